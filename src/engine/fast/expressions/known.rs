//! What depends on a few keys alone, once for each: look-ups, aggregates beside the row, functions of
//! texts and of dates. The evaluator says what it is for the first row with a key.

use std::cell::RefCell;

use crate::engine::data::batch::Batch;
use crate::engine::fast::answer::{Answer, Answers};
use crate::engine::fast::dict::{Code, Dict, MISSING, OVER};
use crate::engine::fast::expressions::arithmetic::power;
use crate::engine::fast::expressions::op::Part;
use crate::engine::fast::expressions::register::{Cells, Mark, Marks, Numbers};
use crate::engine::states::env::{At, Shared, UnitRow};
use crate::expr::bound::Bound;
use crate::expr::eval::eval;
use crate::read::block::State;
use crate::source::RowId;
use crate::value::{Figure, Interval, Number, Value, Why};

/// An expression that keys decide.
#[derive(Debug)]
pub struct Keyed {
    /// By what it is found again.
    pub name: String,
    pub bound: Bound,
    /// The dictionary of the keys, and their columns.
    pub dict: usize,
    pub columns: Vec<usize>,
}

/// What rows share, and where they stand.
#[derive(Clone, Copy)]
pub struct Around<'g> {
    pub shared: &'g Shared<'g>,
    /// The first row of the block.
    pub first: RowId,
}

/// What an expression came to for each code of its dictionary.
#[derive(Debug, Default)]
pub struct Known {
    entries: Vec<Option<Entry>>,
    /// Decimals of all of them, and of their half units.
    scale: u8,
}

/// What it came to for one key, or what a row sees of another.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub mark: Mark,
    pub mantissa: i64,
    /// How far the number may be off.
    pub half: i64,
    /// What both are divided by; a mean is seldom a decimal.
    pub divisor: i64,
}

impl Entry {
    const DEFERRED: Entry = Entry { mark: Mark::DEFER, mantissa: 0, half: 0, divisor: 1 };

    pub const fn marked(mark: Mark) -> Entry {
        Entry { mark, ..Entry::DEFERRED }
    }

    /// With as many decimals as its parts need.
    pub fn of(value: &Value<'_>) -> (Entry, u8) {
        let whole = |mantissa| Entry { mark: Mark::GOOD, mantissa, ..Entry::DEFERRED };
        let entry = match value {
            Value::Missing => Entry::marked(Mark::MISSING),
            Value::NotApplicable => Entry::marked(Mark::NOT_APPLICABLE),
            Value::Unknown(why) => Entry::marked(Mark::unknown(*why)),
            Value::Bool(truth) => whole(i64::from(*truth)),
            Value::Date(days) if days.is_day() => whole(days.first.into()),
            Value::DateTime(t) | Value::Time(t) | Value::Duration(t) if *t != i64::MIN => whole(*t),
            Value::Number(figure) if !figure.withheld => {
                return Entry::of_figure(figure).unwrap_or((Entry::DEFERRED, 0));
            }
            _ => Entry::DEFERRED,
        };
        (entry, 0)
    }

    fn of_figure(figure: &Figure) -> Option<(Entry, u8)> {
        let half = match figure.range.as_deref() {
            None => Number::default(),
            Some(range @ Interval { lo, hi }) => {
                let half = hi.at()? - &figure.value;
                let even = Interval::closed(&figure.value - &half, &figure.value + &half);
                (*range == even && lo.is_closed()).then_some(half)?
            }
        };
        let Some(((m, s), (h, t))) = figure.value.as_decimal().zip(half.as_decimal()) else {
            return Some((Entry::of_fraction(&figure.value, &half)?, 0));
        };
        let scale = u8::try_from(s.max(t)).ok().filter(|s| *s <= 18)?;
        let at = |m: i128, s: u32| {
            let by = power(scale - u8::try_from(s).ok()?)?;
            i64::try_from(m).ok()?.checked_mul(by).filter(|m| *m != i64::MIN)
        };
        let (mantissa, half) = (at(m, s)?, at(h, t)?);
        Some((Entry { mark: Mark::GOOD, mantissa, half, divisor: 1 }, scale))
    }

    /// A number, and how far it may be off, over one divisor.
    fn of_fraction(value: &Number, half: &Number) -> Option<Entry> {
        let ((n, d), (m, e)) = (value.as_fraction()?, half.as_fraction()?);
        let (by, of) = (e / common(d, e), d / common(d, e));
        let whole = |n: i64, by: i64| n.checked_mul(by).filter(|n| *n != i64::MIN);
        let (mantissa, half) = (whole(n, by)?, whole(m, of)?);
        Some(Entry { mark: Mark::GOOD, mantissa, half, divisor: d.checked_mul(by)? })
    }

    /// With more decimals; for the evaluator where they do not fit.
    pub fn scaled(self, by: u8) -> Entry {
        let scaled = |m: i64| m.checked_mul(power(by)?);
        match scaled(self.mantissa).zip(scaled(self.half)) {
            Some((mantissa, half)) => Entry { mantissa, half, ..self },
            None => Entry::DEFERRED,
        }
    }
}

/// The greatest divisor that two numbers have in common.
fn common(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Known {
    /// Asks the evaluator for the keys of a block that are new.
    fn learn(&mut self, keyed: &Keyed, batch: &Batch<'_>, dict: &Dict, around: Around<'_>) {
        self.entries.resize(dict.codes_known().max(self.entries.len()), None);
        let misses = RefCell::new(Vec::new());
        for (row, code) in dict.codes.iter().enumerate() {
            let is_new = self.entries.get(*code as usize).is_some_and(Option::is_none);
            if !is_new || !is_decided(keyed, batch, row, *code) {
                continue;
            }
            let units = [UnitRow::Batch(batch, row)];
            let id = RowId(around.first.0 + row as u64);
            let env =
                At { shared: around.shared, units: &units, row: id, window: &[], misses: &misses };
            let (mut entry, scale) = Entry::of(&eval(&keyed.bound, &env));
            // Whoever misses something is to say so for each row.
            if !misses.take().is_empty() {
                entry = Entry::DEFERRED;
            }
            if scale > self.scale {
                let by = scale - self.scale;
                self.entries.iter_mut().flatten().for_each(|known| *known = known.scaled(by));
                self.scale = scale;
            }
            self.entries[*code as usize] = Some(entry.scaled(self.scale - scale));
        }
    }

    fn entry(&self, code: Code) -> Entry {
        self.entries.get(code as usize).copied().flatten().unwrap_or(Entry::DEFERRED)
    }
}

/// Whether the code of a row stands for all that the keys are.
fn is_decided(keyed: &Keyed, batch: &Batch<'_>, row: usize, code: Code) -> bool {
    let alone = keyed.columns.len() == 1;
    code != OVER
        && keyed.columns.iter().all(|column| {
            let state = batch.columns[*column].as_ref().map(|d| d.states[row]);
            match state {
                Some(State::Good) => true,
                Some(State::Missing | State::Absent) => !alone || code == MISSING,
                _ => false,
            }
        })
}

/// What an expression comes to for the rows of a block.
pub fn numbers<'b>(
    keyed: &Keyed,
    known: &RefCell<Known>,
    part: Part,
    (batch, dict, around): (&Batch<'_>, &Dict, Around<'_>),
) -> Numbers<'b> {
    if batch.has_hedges() {
        return Numbers::deferred();
    }
    known.borrow_mut().learn(keyed, batch, dict, around);
    let known = known.borrow();
    let clean = |column: &usize| batch.columns[*column].as_ref().is_some_and(|d| d.clean);
    let all_clean = keyed.columns.iter().all(clean);
    let entries = dict.codes.iter().enumerate().map(|(row, code)| {
        let entry = known.entry(*code);
        let is_open = !all_clean && !is_decided(keyed, batch, row, *code)
            || part == Part::Exact && entry.half != 0;
        if is_open { Entry::DEFERRED } else { entry }
    });
    numbers_of(entries, part, known.scale, batch.rows)
}

/// The numbers of entries of one scale, or how far they may be off.
pub fn numbers_of<'b>(
    entries: impl Iterator<Item = Entry>,
    part: Part,
    scale: u8,
    rows: usize,
) -> Numbers<'b> {
    let (mut cells, mut marks) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let (mut divisors, mut is_good) = (Vec::new(), true);
    for (row, entry) in entries.enumerate() {
        is_good &= entry.mark.is_good();
        cells.push(if part == Part::Half { entry.half } else { entry.mantissa });
        marks.push(entry.mark);
        if entry.divisor != 1 {
            divisors.resize(rows, 1);
            divisors[row] = entry.divisor;
        }
    }
    let (cells, marks) =
        (Cells::own(cells), if is_good { Marks::Clean } else { Marks::each(marks) });
    match divisors.is_empty() {
        true => Numbers::new(cells, scale, marks),
        false => Numbers::fraction((cells, Cells::own(divisors)), scale, marks),
    }
}

/// A truth that keys decide; where it chooses rows, one that a missing value leaves open is for the
/// evaluator.
pub fn truths(numbers: &Numbers<'_>, chooses: bool, rows: usize) -> Answers {
    let answer = |row| match numbers.marks.at(row) {
        Mark::GOOD => Answer::of(numbers.cells.at(row) != 0),
        mark if chooses && !mark.cause().is_some_and(Why::is_unreadable) => Answer::DEFER,
        mark => mark.answer(),
    };
    (0..rows).map(answer).collect()
}
