//! One aggregate over the rows of one group.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::engine::states::kept::KeptRow;
use crate::engine::states::ranked::{self, Search};
use crate::engine::states::reach::Reach;
use crate::engine::states::values::Values;
use crate::expr::bound::Slot;
use crate::expr::choose::Choice;
use crate::expr::tree::{Agg, Quantile};
use crate::value::{Figure, Number, Value, Why, natural};

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
    /// How many of them are on disk.
    on_disk: u64,
    /// About how many bytes the rows take that it keeps.
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
    /// Values are kept until all are there; how far ends of figures are from them, where that is known.
    Waiting(Option<Box<Reach>>),
    /// What came of all values.
    Settled(Value<'static>),
    /// How many figures, their sum and that of their squares.
    Spread(u64, Number, Number),
    Micros(i64),
}

impl Accumulator {
    /// An empty one.
    pub fn new(slot: &Slot) -> Accumulator {
        let state = match slot.agg {
            Agg::Any | Agg::All => State::Truth { yes: false, no: false, open: None },
            Agg::Stddev => State::Spread(0, Number::default(), Number::default()),
            _ if !Values::of(slot).is_nothing() => State::Waiting(None),
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
            on_disk: 0,
            bytes: 0,
        }
    }

    /// Takes the arguments of one row; where it keeps values, they go to those of its group.
    pub fn take(&mut self, args: &[Value<'_>], (values, group): (&mut Values, u32)) {
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
        let first = args.first();
        match self.state {
            // Of other values than figures there is no quantile.
            State::Waiting(_)
                if self.is_quantile() && first.is_none_or(|v| v.figure().is_none()) => {}
            State::Waiting(_) => values.take(group, args),
            _ => first.into_iter().for_each(|v| self.value(v)),
        }
    }

    fn is_quantile(&self) -> bool {
        matches!(self.agg, Agg::Median | Agg::Quantile)
    }

    /// Whether bounds of its arguments are bounds of its result; a count needs no more than that they
    /// are there.
    fn is_of_bounds(&self) -> bool {
        match self.state {
            State::Waiting(_) => self.is_quantile(),
            _ => self.agg != Agg::Stddev,
        }
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
            _ => {}
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
        self.on_disk += later.on_disk;
        self.bytes += later.bytes;
        match (&mut self.state, later.state) {
            (_, State::Nothing | State::Waiting(_)) => {}
            (State::Truth { yes, no, open }, State::Truth { yes: y, no: n, open: o }) => {
                *yes |= y;
                *no |= n;
                *open = (*open).max(o);
            }
            (State::Waiting(_), settled @ State::Settled(_)) => self.state = settled,
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
        self.bytes += row.bytes();
        self.kept.push(row);
    }

    /// How many rows it keeps.
    pub fn rows_kept(&self) -> u64 {
        self.kept.len() as u64 + self.on_disk
    }

    /// Takes out the rows that it keeps, to put them on disk.
    pub fn take_kept(&mut self) -> Vec<KeptRow> {
        let kept = std::mem::take(&mut self.kept);
        self.on_disk += kept.len() as u64;
        self.bytes -= kept.iter().map(KeptRow::bytes).sum::<u64>();
        kept
    }

    /// Looks for what comes of so many values; they will be shown in order.
    pub fn search(&self, count: u64) -> Search {
        match self.agg {
            Agg::Mode => Search::mode(),
            Agg::Count => Search::count(count),
            _ => {
                let reach = match &self.state {
                    State::Waiting(Some(reach)) => &**reach,
                    _ => &Reach::default(),
                };
                Search::quantile(self.quantile.as_ref(), count, reach)
            }
        }
    }

    /// Notes how far the ends of the figures are from them that are kept for it.
    pub fn widen(&mut self, values: &Values) {
        if let (State::Waiting(own), Some(reach)) = (&mut self.state, values.reach()) {
            own.get_or_insert_default().join(reach);
        }
    }

    /// Takes what came of all values.
    pub fn settle_as(&mut self, value: Value<'static>) {
        self.state = State::Settled(value);
    }

    /// All values of its one group are there: what comes of them is found.
    pub fn settle(&mut self, values: Values) {
        let mut found = None;
        self.widen(&values);
        values.settle((1, 1), |count| self.search(count), |_, value| found = Some(value));
        found.into_iter().for_each(|value| self.settle_as(value));
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
            return Value::Unknown(self.why_open(why));
        }
        match (self.agg, &self.state) {
            (_, State::Settled(value)) => value.clone(),
            (Agg::Count, State::Waiting(_)) => Value::number(Number::default()),
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
            _ => Value::Missing,
        }
    }

    /// What it comes to where nobody knows of some rows whether they belong to its group: `any` and `all`
    /// may be decided by others.
    pub fn finish_beside(&self, why: Why) -> Value<'_> {
        match self.state {
            State::Truth { yes, no, open } => self.finish_truth(yes, no, open.max(Some(why))),
            _ => Value::Unknown(self.why_open(why)),
        }
    }

    /// Why it is not known: where too few rows were taken for certain, it may have no value at all.
    fn why_open(&self, why: Why) -> Why {
        let least = match self.agg {
            Agg::Sum | Agg::Count | Agg::Any | Agg::All => 0,
            Agg::Stddev => 2,
            _ => 1,
        };
        let has_value = self.counts.taken + self.counts.unreadable >= least;
        if has_value { why } else { why.of_row() }
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
