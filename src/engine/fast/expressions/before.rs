//! `prev` and `cumulative` within expressions, where rows are met in order: what the rows of a block see
//! of the rows before them becomes numbers like those of a column.

use crate::engine::data::batch::moment;
use crate::engine::fast::answer::{Answer, Answers};
use crate::engine::fast::dict::{Code, OVER};
use crate::engine::fast::expressions::compile::{Compiler, NamedWindow, is_moment};
use crate::engine::fast::expressions::known::{Entry, numbers_of};
use crate::engine::fast::expressions::list::Root;
use crate::engine::fast::expressions::op::{NodeId, Op, Part};
use crate::engine::fast::expressions::register::{Mark, Numbers};
use crate::engine::fast::expressions::run::Run;
use crate::engine::states::Map;
use crate::engine::states::seen::{WindowValue, plus};
use crate::expr::bind::ty::is_numeric;
use crate::expr::bound::{Bound, Op as Meaning, StateId, WindowDef};
use crate::expr::tree::{Arith, WindowFunction};
use crate::source::RowId;
use crate::value::{Days, Figure, Interval, Number, Type, Value};
use crate::width::to_i32;

/// What rows see by one window.
#[derive(Debug)]
pub struct Plan {
    /// The window's state.
    pub state: StateId,
    window: WindowFunction,
    ty: Type,
    /// The value of a row, and how far it may be off.
    value: Root,
    half: Option<Root>,
    /// Where what the rows see is looked for, and how far it may be off.
    seen: [NodeId; 2],
    /// The dictionary of the keys.
    dict: usize,
    /// Whether rows that the check leaves out are walked, too.
    all_walk: bool,
}

/// A value that rows see, and the row that it is from.
#[derive(Debug, Clone, Copy)]
struct Seen {
    entry: Entry,
    scale: u8,
    row: Option<RowId>,
}

/// What the first row of a key sees.
const NOTHING: Seen = Seen { entry: Entry::marked(Mark::NOT_APPLICABLE), scale: 0, row: None };

/// What is kept for one window, from block to block.
#[derive(Default)]
pub struct Before {
    /// By the codes of the keys.
    last: Vec<Option<Seen>>,
    /// What each row of the block at hand sees.
    seen: Vec<Seen>,
    /// Values that no loop holds: by key, and by row of the block at hand.
    odd: Map<Code, WindowValue>,
    odd_seen: Map<usize, WindowValue>,
}

/// What the evaluator has later rows see of a row of the block at hand.
pub type Exact<'e> = &'e mut dyn FnMut(usize) -> WindowValue;

impl Compiler<'_> {
    /// Compiles a window of a check, by its number in the program, if loops can keep its values.
    pub fn window(&mut self, state: StateId, def: &WindowDef, number: usize) -> Option<Plan> {
        let fits =
            is_numeric(def.value.ty) || is_moment(def.value.ty) || def.value.ty == Type::Date;
        let key = |b: &Bound| match b.op {
            Meaning::Cell { unit: 0, column, .. } if b.ty == Type::Text => {
                let info = &self.table.columns[column];
                (info.melted.is_empty() && !info.absent).then_some(column)
            }
            _ => None,
        };
        let by: Vec<usize> = def.by.iter().map(key).collect::<Option<_>>()?;
        if !fits || !def.streams() {
            return None;
        }
        let is_wide = !self.means_itself(&def.value);
        let saved = std::mem::replace(&mut self.wide, is_wide);
        let value = self.number_root(|compiler| compiler.quantity(&def.value));
        let half = value.filter(|_| is_wide);
        let half = half.map(|_| self.number_root(|compiler| compiler.half_of(&def.value)));
        self.wide = saved;
        let (value, half) = (value?, if is_wide { Some(half??) } else { None });
        let seen = [Part::Value, Part::Half].map(|part| self.add(Op::Seen(number, part)));
        self.windows.push(NamedWindow { state, number, is_wide });
        Some(Plan {
            state,
            window: def.window,
            ty: def.value.ty,
            value,
            half,
            seen,
            dict: self.shares.dict(&by, true),
            all_walk: def.filter.is_none(),
        })
    }

    /// What rows see by a window of the check at hand.
    pub(super) fn seen(&mut self, state: StateId, part: Part) -> Option<NodeId> {
        let Some(named) = self.windows.iter().copied().find(|named| named.state == state) else {
            return self.in_order(state, part);
        };
        (self.wide || !named.is_wide).then(|| self.add(Op::Seen(named.number, part)))
    }

    /// Whether a window of the check at hand shows nothing but exact values.
    pub(super) fn is_exact_window(&self, state: StateId) -> bool {
        self.windows.iter().any(|named| named.state == state && !named.is_wide)
            || self.is_exact_in_order(state)
    }

    /// How far a sum of figures may be off, to both sides alike.
    fn half_of(&mut self, b: &Bound) -> Option<NodeId> {
        match &b.op {
            _ if self.means_itself(b) => Some(self.add(Op::Fixed(0, 0))),
            Meaning::Neg(x) => self.half_of(x),
            Meaning::Arith(Arith::Add | Arith::Sub, x, y) => {
                let (x, y) = (self.half_of(x)?, self.half_of(y)?);
                Some(self.add(Op::Sum(x, y)))
            }
            _ => self.half(&Number::from(1i64), b),
        }
    }
}

impl Before {
    /// Walks the rows of a block; false where a key has no number, so that nothing can be kept of it.
    /// `selected` are the rows that the check judges.
    pub fn walk(
        &mut self,
        plan: &Plan,
        run: &mut Run<'_>,
        selected: Option<&Answers>,
        first: RowId,
        exact: Exact<'_>,
    ) -> bool {
        let values = run.numbers_of(plan.value);
        let halves = plan.half.map(|half| run.numbers_of(half));
        let dict = &run.input.dicts[plan.dict];
        self.last.resize(dict.codes_known().max(self.last.len()), None);
        self.seen.clear();
        self.odd_seen.clear();
        for (row, &code) in dict.codes.iter().enumerate() {
            let is_open = selected.is_some_and(|s| !plan.all_walk && s[row].is_open());
            if code == OVER || is_open {
                return false;
            }
            let own = own(&values, halves.as_ref(), row);
            let seen = self.look(plan, code, (row, own), exact);
            self.seen.push(seen);
            if selected.is_none_or(|s| plan.all_walk || s[row] == Answer::HOLDS) {
                let id = RowId(first.0 + row as u64);
                self.pass(plan, code, (row, id, own), seen, exact);
            }
        }
        let scale = self.seen.iter().map(|seen| seen.scale).max().unwrap_or(0);
        for (node, part) in plan.seen.into_iter().zip([Part::Value, Part::Half]) {
            let scaled = |seen: &Seen| seen.entry.scaled(scale - seen.scale);
            run.set(node, numbers_of(self.seen.iter().map(scaled), part, scale, self.seen.len()));
        }
        true
    }

    fn look(
        &mut self,
        plan: &Plan,
        code: Code,
        (row, own): (usize, Option<(Entry, u8)>),
        exact: Exact<'_>,
    ) -> Seen {
        let before = self.last[code as usize];
        let odd = self.odd.get(&code);
        if plan.window == WindowFunction::Prev {
            if let Some(odd) = odd {
                self.odd_seen.insert(row, odd.clone());
            }
            return before.unwrap_or(NOTHING);
        }
        if let Some((entry, scale)) = odd.is_none().then(|| summed(before, own)).flatten() {
            return Seen { entry, scale, row: None };
        }
        let sum = match odd {
            Some((odd, _)) => Some(odd.clone()),
            None => before.map(|before| before.value(plan.ty)),
        };
        let value = match (sum, exact(row).0) {
            (None, Value::Missing) => Value::number(Number::default()),
            (None, value) => value,
            (Some(sum), value) => plus(&sum, &value),
        };
        let (entry, scale) = Entry::of(&value);
        if entry.mark == Mark::DEFER {
            self.odd_seen.insert(row, (value, None));
        }
        Seen { entry, scale, row: None }
    }

    fn pass(
        &mut self,
        plan: &Plan,
        code: Code,
        (row, id, own): (usize, RowId, Option<(Entry, u8)>),
        seen: Seen,
        exact: Exact<'_>,
    ) {
        let (next, odd) = match (plan.window, own) {
            (WindowFunction::Prev, Some((entry, scale))) => {
                (Seen { entry, scale, row: Some(id) }, None)
            }
            (WindowFunction::Prev, None) => {
                let value = exact(row);
                let (entry, scale) = Entry::of(&value.0);
                let odd = (entry.mark == Mark::DEFER).then_some(value);
                (Seen { entry, scale, row: Some(id) }, odd)
            }
            _ => (seen, self.odd_seen.get(&row).cloned()),
        };
        self.last[code as usize] = Some(next);
        match odd {
            Some(value) => _ = self.odd.insert(code, value),
            None if self.odd.is_empty() => {}
            None => _ = self.odd.remove(&code),
        }
    }

    /// What a row of the block at hand sees; nothing where the block was not walked to it.
    pub fn value(&self, plan: &Plan, row: usize) -> WindowValue {
        let seen = self.seen.get(row).unwrap_or(&NOTHING);
        let odd = self.odd_seen.get(&row).cloned();
        odd.unwrap_or_else(|| (seen.value(plan.ty), seen.row))
    }
}

impl Seen {
    fn value<'v>(&self, ty: Type) -> Value<'v> {
        let Entry { mark, mantissa, half, divisor } = self.entry;
        match (mark, ty) {
            (Mark::MISSING, _) => Value::Missing,
            (Mark::NOT_APPLICABLE, _) => Value::NotApplicable,
            (Mark::GOOD, Type::Date) => Value::Date(Days::day(to_i32(mantissa))),
            (Mark::GOOD, ty) if is_moment(ty) => moment(ty, mantissa),
            (Mark::GOOD, _) => {
                let number = |m: i64| {
                    let whole = Number::decimal(m.into(), i32::from(self.scale));
                    match divisor {
                        1 => whole,
                        by => whole.checked_div(&Number::from(by)).unwrap_or_default(),
                    }
                };
                let (value, half) = (number(mantissa), number(half));
                let range = Interval::closed(&value - &half, &value + &half);
                Value::Number(Figure::ranged(value, range))
            }
            (mark, _) => Value::Unknown(mark.cause().unwrap_or(crate::value::Why::Undecided)),
        }
    }
}

/// The value of a row with how far it may be off; none where only the evaluator knows it.
fn own(values: &Numbers<'_>, halves: Option<&Numbers<'_>>, row: usize) -> Option<(Entry, u8)> {
    let mark = halves.map_or(Mark::GOOD, |h| h.marks.at(row)).max(values.marks.at(row));
    if mark == Mark::DEFER {
        return None;
    }
    if !mark.is_good() {
        return Some((Entry::marked(mark), 0));
    }
    let divisor = values.divisors.as_ref().map_or(1, |d| d.at(row));
    let value = Entry { mark, mantissa: values.cells.at(row), half: 0, divisor };
    let Some(halves) = halves else { return Some((value, values.scale)) };
    let half = Entry { mantissa: halves.cells.at(row), ..value };
    let is_whole = halves.divisors.as_ref().is_none_or(|d| d.at(row) == 1) && divisor == 1;
    let scale = values.scale.max(halves.scale);
    let (value, half) = (value.scaled(scale - values.scale), half.scaled(scale - halves.scale));
    let fits = is_whole && value.mark.is_good() && half.mark.is_good();
    fits.then_some((Entry { half: half.mantissa, ..value }, scale))
}

/// A running sum with the value of a row; none where no loop adds the two.
fn summed(before: Option<Seen>, own: Option<(Entry, u8)>) -> Option<(Entry, u8)> {
    let (own, own_scale) = own?;
    let Some(Seen { entry: sum, scale, .. }) = before else {
        let is_missing = own.mark == Mark::MISSING;
        let zero = Entry { mark: Mark::GOOD, mantissa: 0, half: 0, divisor: 1 };
        return Some(if is_missing { (zero, 0) } else { (own, own_scale) });
    };
    let is_plain = |mark: Mark| mark != Mark::NOT_APPLICABLE && mark != Mark::DEFER;
    if !is_plain(sum.mark) || !is_plain(own.mark) || sum.mark == Mark::MISSING {
        return None;
    }
    match (sum.mark, own.mark) {
        (Mark::GOOD, Mark::GOOD) => {
            let finer = scale.max(own_scale);
            let (a, b) = (sum.scaled(finer - scale), own.scaled(finer - own_scale));
            let fits = a.mark.is_good() && b.mark.is_good() && (a.divisor, b.divisor) == (1, 1);
            let mantissa = a.mantissa.checked_add(b.mantissa).filter(|m| *m != i64::MIN)?;
            let half = a.half.checked_add(b.half)?;
            fits.then_some((Entry { mantissa, half, ..a }, finer))
        }
        (_, Mark::MISSING) => Some((sum, scale)),
        (sum, own) => Some((Entry::marked(sum.max(own)), 0)),
    }
}
