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
use crate::value::{Figure, Interval, Number, Value};

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

/// What it came to for one key.
#[derive(Debug, Clone, Copy)]
struct Entry {
    mark: Mark,
    mantissa: i64,
    /// How far the number may be off.
    half: i64,
}

impl Entry {
    const DEFERRED: Entry = Entry { mark: Mark::DEFER, mantissa: 0, half: 0 };

    fn marked(mark: Mark) -> Entry {
        Entry { mark, ..Entry::DEFERRED }
    }

    /// With as many decimals as its parts need.
    fn of(value: &Value<'_>) -> (Entry, u8) {
        let whole = |mantissa| Entry { mark: Mark::GOOD, mantissa, half: 0 };
        let entry = match value {
            Value::Missing => Entry::marked(Mark::MISSING),
            Value::NotApplicable => Entry::marked(Mark::NOT_APPLICABLE),
            Value::Unknown(why) => Entry::marked(Mark::unknown(*why)),
            Value::Bool(truth) => whole(i64::from(*truth)),
            Value::Date(days) if days.is_day() => whole(days.first.into()),
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
        let ((m, s), (h, t)) = (figure.value.as_decimal()?, half.as_decimal()?);
        let scale = u8::try_from(s.max(t)).ok().filter(|s| *s <= 18)?;
        let at = |m: i128, s: u32| {
            let by = power(scale - u8::try_from(s).ok()?)?;
            i64::try_from(m).ok()?.checked_mul(by).filter(|m| *m != i64::MIN)
        };
        Some((Entry { mark: Mark::GOOD, mantissa: at(m, s)?, half: at(h, t)? }, scale))
    }

    /// With more decimals; for the evaluator where they do not fit.
    fn scaled(self, by: u8) -> Entry {
        let scaled = |m: i64| m.checked_mul(power(by)?);
        match scaled(self.mantissa).zip(scaled(self.half)) {
            Some((mantissa, half)) => Entry { mantissa, half, ..self },
            None => Entry::DEFERRED,
        }
    }
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
    let (mut cells, mut marks) = (Vec::with_capacity(batch.rows), Vec::with_capacity(batch.rows));
    let mut is_good = true;
    for (row, code) in dict.codes.iter().enumerate() {
        let mut entry = known.entry(*code);
        if !all_clean && !is_decided(keyed, batch, row, *code)
            || part == Part::Exact && entry.half != 0
        {
            entry = Entry::DEFERRED;
        }
        is_good &= entry.mark.is_good();
        cells.push(if part == Part::Half { entry.half } else { entry.mantissa });
        marks.push(entry.mark);
    }
    let marks = if is_good { Marks::Clean } else { Marks::each(marks) };
    Numbers::new(Cells::own(cells), known.scale, marks)
}

/// A truth that keys decide; where it chooses rows, one that a missing value leaves open is for the
/// evaluator.
pub fn truths(numbers: &Numbers<'_>, chooses: bool, rows: usize) -> Answers {
    let answer = |row| match numbers.marks.at(row) {
        Mark::GOOD => Answer::of(numbers.cells.at(row) != 0),
        mark if chooses && mark.cause() != Some(crate::value::Why::Unreadable) => Answer::DEFER,
        mark => mark.answer(),
    };
    (0..rows).map(answer).collect()
}
