//! One aggregate over the rows of one group.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::engine::states::entries::Entries;
use crate::engine::states::key_set::KeySet;
use crate::engine::states::ranked::{self, Search};
use crate::engine::states::sort_key::with_group_key;
use crate::engine::states::spill;
use crate::expr::bound::Slot;
use crate::expr::choose::Choice;
use crate::expr::tree::{Agg, Quantile};
use crate::source::RowId;
use crate::value::{Figure, Number, Value, Why, natural};

/// About how many bytes a value takes.
pub fn size(v: &Value<'_>) -> u64 {
    size_of::<Value<'_>>() as u64 + if let Value::Text(t) = v { t.len() as u64 } else { 0 }
}

/// A cell that outlives its batch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptCell {
    pub column: usize,
    pub value: Value<'static>,
    /// Its value with the written precision, where that is another.
    pub ranged: Option<Value<'static>>,
}

impl KeptCell {
    /// A cell by its value with and without the written precision.
    pub fn new(column: usize, value: Value<'static>, ranged: Value<'static>) -> KeptCell {
        KeptCell { column, ranged: (ranged != value).then_some(ranged), value }
    }

    /// The value that is asked for.
    pub fn get(&self, ranges: bool) -> &Value<'static> {
        self.ranged.as_ref().filter(|_| ranges).unwrap_or(&self.value)
    }
}

/// A row kept for conditions that name outer rows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptRow {
    pub row: RowId,
    /// Why the part of the condition that does not name outer rows is left open.
    pub open: Option<Why>,
    /// Its cells, as far as the condition reads them.
    pub cells: Vec<KeptCell>,
    /// The arguments of the aggregate.
    pub args: Vec<Value<'static>>,
}

/// Rows whose condition a missing value decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Blanks {
    /// Those that were chosen.
    pub chosen: u64,
    /// Those that were not.
    pub not_chosen: u64,
}

impl Blanks {
    /// Counts a row.
    pub fn count(&mut self, choice: Choice) {
        match choice {
            Choice { chosen: Ok(true), blank: true } => self.chosen += 1,
            Choice { chosen: Ok(false), blank: true } => self.not_chosen += 1,
            _ => {}
        }
    }

    /// Adds those of other rows.
    pub fn add(&mut self, other: &Blanks) {
        self.chosen += other.chosen;
        self.not_chosen += other.not_chosen;
    }
}

/// What an aggregate was given, and what it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Rows that took part.
    pub taken: u64,
    /// Cells left out because they were missing.
    pub missing: u64,
    /// Cells that cannot be read.
    pub unreadable: u64,
    /// Cells that `is readable` left out.
    pub left_out: u64,
    /// Rows whose condition a missing value decided.
    pub blanks: Blanks,
    /// Why there is no result: a cell that cannot be read, or a condition that is left open.
    pub why: Option<Why>,
}

impl Counts {
    /// Adds those of other rows.
    pub fn add(&mut self, other: &Counts) {
        self.taken += other.taken;
        self.missing += other.missing;
        self.unreadable += other.unreadable;
        self.left_out += other.left_out;
        self.blanks.add(&other.blanks);
        self.why = self.why.max(other.why);
    }

    /// Notes why the result is unknown.
    pub fn open(&mut self, why: Why) {
        self.why = self.why.max(Some(why));
    }

    /// A cell that cannot be read.
    fn unreadable(&mut self, why: Why) {
        self.unreadable += 1;
        self.open(why);
    }
}

/// An aggregate being made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Accumulator {
    agg: Agg,
    distinct: bool,
    quantile: Option<Quantile>,
    is_natural: bool,
    /// What it was given.
    pub counts: Counts,
    /// Squared widths of the figures added, for how likely a difference is.
    pub squares: Number,
    state: State,
    /// Rows whose condition names outer rows.
    pub kept: Vec<KeptRow>,
    /// About how many bytes the values, keys and rows take that it keeps.
    pub bytes: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum State {
    Nothing,
    Total(Figure),
    One(Value<'static>),
    Many,
    Truth {
        yes: bool,
        no: bool,
        open: Option<Why>,
    },
    /// All values by their keys.
    Values(Entries),
    /// Distinct keys; on disk they stand apart.
    Seen(#[serde(skip)] KeySet),
    /// What came of all values, or of all keys.
    Settled(Value<'static>),
    /// How many figures, their sum and that of their squares.
    Spread(u64, Number, Number),
    Micros(i64),
}

impl Accumulator {
    /// An empty one.
    pub fn new(slot: &Slot) -> Accumulator {
        let state = match (slot.agg, slot.distinct) {
            (Agg::Count, true) => State::Seen(KeySet::default()),
            (Agg::Any | Agg::All, _) => State::Truth { yes: false, no: false, open: None },
            (Agg::Median | Agg::Mode | Agg::Quantile, _) => State::Values(Entries::default()),
            (Agg::Stddev, _) => State::Spread(0, Number::default(), Number::default()),
            _ => State::Nothing,
        };
        Accumulator {
            agg: slot.agg,
            distinct: slot.distinct,
            quantile: slot.quantile.clone(),
            is_natural: slot.is_natural,
            counts: Counts::default(),
            squares: Number::default(),
            state,
            kept: Vec::new(),
            bytes: 0,
        }
    }

    /// Takes the arguments of one row.
    pub fn take(&mut self, args: &[Value<'_>]) {
        if matches!(self.agg, Agg::Any | Agg::All) {
            return self.truth(args.first());
        }
        for v in args {
            match v {
                Value::Missing | Value::NotApplicable => {
                    self.counts.missing += 1;
                    return;
                }
                // Withheld, and so there.
                Value::Unknown(Why::Withheld) if self.agg == Agg::Count && !self.distinct => {}
                Value::Unknown(_) | Value::Possible => {
                    self.counts.unreadable(v.why());
                    return;
                }
                Value::Number(f) if f.withheld && !self.is_of_bounds() => {
                    self.counts.unreadable(Why::Withheld);
                    return;
                }
                _ => {}
            }
        }
        self.counts.taken += 1;
        if self.distinct {
            if let State::Seen(seen) = &mut self.state {
                let before = seen.bytes();
                with_group_key(args, |key| seen.insert(key));
                self.bytes += seen.bytes() - before;
            }
            return;
        }
        if let Some(v) = args.first() {
            self.value(v);
        }
    }

    /// Whether bounds of its arguments are bounds of its result; a count needs no more than that they
    /// are there.
    fn is_of_bounds(&self) -> bool {
        !self.distinct && !matches!(self.agg, Agg::Median | Agg::Mode | Agg::Stddev | Agg::Quantile)
    }

    fn truth(&mut self, arg: Option<&Value<'_>>) {
        if let Some(Value::Missing) = arg {
            self.counts.missing += 1;
            return;
        }
        self.counts.taken += 1;
        if let State::Truth { yes, no, open } = &mut self.state {
            match arg {
                // `any(where …)`: a row that passed is enough.
                None | Some(Value::Bool(true)) => *yes = true,
                Some(Value::Bool(false)) => *no = true,
                Some(Value::NotApplicable) => {}
                Some(other) => *open = (*open).max(Some(other.why())),
            }
        }
    }

    fn value(&mut self, v: &Value<'_>) {
        match self.agg {
            Agg::Sum | Agg::Mean => self.add(v),
            Agg::Min => self.extreme(v, Ordering::Less),
            Agg::Max => self.extreme(v, Ordering::Greater),
            Agg::First => {
                if matches!(self.state, State::Nothing) {
                    self.state = State::One(v.clone().into_owned());
                }
            }
            Agg::Last => self.state = State::One(v.clone().into_owned()),
            Agg::Only => {
                self.state = if matches!(self.state, State::Nothing) {
                    State::One(v.clone().into_owned())
                } else {
                    State::Many
                };
            }
            Agg::Stddev => {
                if let (State::Spread(n, sum, squares), Some(f)) = (&mut self.state, v.figure()) {
                    *n += 1;
                    *sum = &*sum + &f.value;
                    *squares = &*squares + &(&f.value * &f.value);
                }
            }
            _ => {
                // Of other values than figures there is no quantile.
                if let State::Values(all) = &mut self.state
                    && (self.agg == Agg::Mode || v.figure().is_some())
                {
                    let before = all.bytes() + all.bytes_to_sort();
                    let packed = spill::pack(v).unwrap_or_default();
                    with_group_key(std::slice::from_ref(v), |key| all.push(key, &packed));
                    self.bytes += all.bytes() + all.bytes_to_sort() - before;
                }
            }
        }
    }

    fn add(&mut self, v: &Value<'_>) {
        if let Some(range) = v.figure().and_then(|f| f.range.as_ref())
            && let (Some(lo), Some(hi)) = (range.lo.at(), range.hi.at())
        {
            let width = hi - lo;
            self.squares = &self.squares + &(&width * &width);
        }
        match (&mut self.state, v) {
            (State::Total(total), Value::Number(f)) => *total = total.add(f),
            (State::Nothing, Value::Number(f)) => self.state = State::Total(f.clone()),
            (State::Nothing, Value::Duration(d)) => self.state = State::Micros(*d),
            (State::Micros(total), Value::Duration(d)) => match total.checked_add(*d) {
                Some(sum) => *total = sum,
                None => self.counts.unreadable(Why::OutOfBounds),
            },
            _ => self.counts.unreadable(Value::mistyped().why()),
        }
    }

    fn extreme(&mut self, v: &Value<'_>, wanted: Ordering) {
        let State::One(best) = &self.state else {
            self.state = State::One(v.clone().into_owned());
            return;
        };
        let new = match (best, v) {
            (Value::Number(x), Value::Number(y)) => {
                Some(Value::Number(if wanted == Ordering::Less {
                    x.least(y)
                } else {
                    x.greatest(y)
                }))
            }
            (Value::Date(x), Value::Date(y)) => {
                ((y.first, y.last).cmp(&(x.first, x.last)) == wanted).then_some(Value::Date(*y))
            }
            (Value::DateTime(x), Value::DateTime(y))
            | (Value::Time(x), Value::Time(y))
            | (Value::Duration(x), Value::Duration(y)) => {
                (y.cmp(x) == wanted).then(|| v.clone().into_owned())
            }
            (Value::Text(x), Value::Text(y)) => {
                let order = if self.is_natural { natural::order(y, x) } else { y.cmp(x) };
                (order == wanted).then(|| v.clone().into_owned())
            }
            _ => None,
        };
        if let Some(new) = new {
            self.state = State::One(new);
        }
    }

    /// Puts in what was added up elsewhere: a sum with its squared widths, and the counts.
    pub fn put(&mut self, sum: Option<(Figure, Number)>, counts: Counts) {
        self.counts.add(&counts);
        if let Some((figure, squares)) = sum {
            self.squares = &self.squares + &squares;
            self.state = State::Total(match &self.state {
                State::Total(total) => total.add(&figure),
                _ => figure,
            });
        }
    }

    /// Takes what later rows gave.
    pub fn merge(&mut self, later: Accumulator) {
        self.counts.add(&later.counts);
        self.squares = &self.squares + &later.squares;
        self.kept.extend(later.kept);
        if let (State::Seen(all), State::Seen(more)) = (&mut self.state, &later.state) {
            let before = all.bytes();
            all.extend(more);
            self.bytes += all.bytes() - before + later.bytes - more.bytes();
            return;
        }
        self.bytes += later.bytes;
        match (&mut self.state, later.state) {
            (_, State::Nothing) => {}
            (State::Truth { yes, no, open }, State::Truth { yes: y, no: n, open: o }) => {
                *yes |= y;
                *no |= n;
                *open = (*open).max(o);
            }
            (State::Values(all), State::Values(more)) => {
                let both = all.bytes() + more.bytes();
                all.append(more);
                self.bytes -= both - all.bytes();
            }
            (State::Values(_) | State::Seen(_), settled @ State::Settled(_)) => {
                self.state = settled;
            }
            (State::Spread(n, sum, squares), State::Spread(m, more, more_squares)) => {
                *n += m;
                *sum = &*sum + &more;
                *squares = &*squares + &more_squares;
            }
            (State::Total(total), State::Total(more)) => *total = total.add(&more),
            (State::Micros(total), State::Micros(more)) => match total.checked_add(more) {
                Some(sum) => *total = sum,
                None => self.counts.unreadable(Why::OutOfBounds),
            },
            (State::Total(_), State::Micros(_)) | (State::Micros(_), State::Total(_)) => {
                self.counts.unreadable(Value::mistyped().why())
            }
            (State::One(_), State::One(v)) => self.value(&v),
            (State::One(_), State::Many) => self.state = State::Many,
            (State::Nothing, more) => self.state = more,
            _ => {}
        }
    }

    /// Keeps a row for a condition that names outer rows.
    pub fn keep(&mut self, row: KeptRow) {
        self.bytes += 64
            + row.cells.iter().map(|c| 48 + size(&c.value)).sum::<u64>()
            + row.args.iter().map(size).sum::<u64>();
        self.kept.push(row);
    }

    /// Takes out distinct keys, to settle them on disk.
    pub fn take_keys(&mut self) -> KeySet {
        let State::Seen(seen) = &mut self.state else { return KeySet::default() };
        self.bytes -= seen.bytes();
        std::mem::take(seen)
    }

    /// Takes out all values, to settle them on disk.
    pub fn take_values(&mut self) -> Entries {
        let State::Values(all) = &mut self.state else { return Entries::default() };
        self.bytes -= all.bytes() + all.bytes_to_sort();
        std::mem::take(all)
    }

    /// Whether it keeps all values or keys until what comes of them is found.
    pub fn keeps_values(&self) -> bool {
        matches!(self.state, State::Values(_) | State::Seen(_))
    }

    /// Looks for what comes of so many values or keys; they will be shown in order.
    pub fn search(&self, count: u64) -> Search {
        match self.agg {
            Agg::Mode => Search::mode(),
            Agg::Count => Search::count(count),
            _ => Search::quantile(self.quantile.as_ref(), count),
        }
    }

    /// Takes what came of all values or keys.
    pub fn settle_as(&mut self, value: Value<'static>) {
        self.state = State::Settled(value);
    }

    /// All values and keys are there: what comes of them is found once.
    pub fn settle(&mut self, jobs: usize) {
        match &self.state {
            State::Values(_) => {
                let all = self.take_values();
                self.settle_as(self.of_values(&all, jobs));
            }
            State::Seen(_) => {
                let count = self.take_keys().len();
                self.settle_as(Value::number(Number::from(count)));
            }
            _ => {}
        }
    }

    fn of_values(&self, all: &Entries, jobs: usize) -> Value<'static> {
        let mut search = self.search(u64::from(all.len()));
        for n in all.sorted(jobs) {
            search.show(all.key(n), u64::from(n), all.value(n));
        }
        search.found()
    }

    /// Whether the one value asked for was met twice.
    pub fn is_many(&self) -> bool {
        matches!(self.state, State::Many)
    }

    pub fn finish(&self) -> Value<'_> {
        if let State::Truth { yes, no, open } = self.state {
            return self.finish_truth(yes, no, open);
        }
        if let Some(why) = self.counts.why {
            return Value::Unknown(why);
        }
        match (self.agg, &self.state) {
            (Agg::Count, State::Seen(seen)) => Value::number(Number::from(seen.len())),
            (_, State::Settled(value)) => value.clone(),
            (Agg::Count, _) => Value::number(Number::from(self.counts.taken)),
            (Agg::Sum, State::Total(f)) => Value::Number(f.clone()),
            (Agg::Sum, State::Micros(d)) => Value::Duration(*d),
            (Agg::Sum, _) => Value::number(Number::default()),
            (Agg::Mean, State::Total(f)) => f
                .div(&Figure::exact(Number::from(self.counts.taken)))
                .map_or(Value::Unknown(Why::DivisionByZero), Value::Number),
            (Agg::Mean, State::Micros(d)) => Value::Duration(d / self.counts.taken.max(1) as i64),
            (_, State::One(v)) => v.clone(),
            (_, State::Many) => Value::Unknown(Why::NoRow),
            (_, State::Spread(n, sum, squares)) => ranked::stddev(*n, sum, squares),
            (_, State::Values(all)) => self.of_values(all, 1),
            _ => Value::Missing,
        }
    }

    fn finish_truth(&self, yes: bool, no: bool, open: Option<Why>) -> Value<'_> {
        match (self.agg, open.max(self.counts.why)) {
            (Agg::Any, _) if yes => Value::Bool(true),
            (Agg::All, _) if no => Value::Bool(false),
            (_, Some(why)) => Value::Unknown(why),
            (Agg::Any, None) => Value::Bool(false),
            _ => Value::Bool(true),
        }
    }
}
