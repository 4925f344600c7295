//! The row, group or combination at hand, for the evaluator.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io;

use crate::engine::data::aside::AsidePlace;
use crate::engine::data::batch::{Batch, read_hedged};
use crate::engine::data::check::column_of;
use crate::engine::data::memory::Memory;
use crate::engine::data::table::Table;
use crate::engine::states::accumulate::{Accumulator, Blanks};
use crate::engine::states::groups::{Group, Groups};
use crate::engine::states::index::Index;
use crate::engine::states::kept::{KeptCell, KeptRow};
use crate::engine::states::seen::WindowValue;
use crate::engine::states::values::Values;
use crate::engine::states::window::Window;
use crate::expr::bound::{Bound, Op, Residual, StateDef, StateId, States};
use crate::expr::choose::{Choice, choose};
use crate::expr::eval::{Env, Found};
use crate::expr::functions::Context;
use crate::source::RowId;
use crate::value::{Hedge, Number, Value, Why};

/// A state that has been filled.
#[derive(Default)]
pub enum Filled {
    /// Not yet.
    #[default]
    Nothing,
    /// Aggregates.
    Groups(Groups),
    /// Look-ups.
    Index(Index),
    /// Window.
    Window(Window),
}

impl Filled {
    /// About how many bytes it takes.
    pub fn bytes(&self) -> u64 {
        match self {
            Filled::Nothing => 0,
            Filled::Groups(groups) => groups.bytes(),
            Filled::Index(index) => index.bytes(),
            Filled::Window(window) => window.bytes(),
        }
    }

    /// Puts what is there on disk, if it takes more than `share` bytes.
    ///
    /// # Errors
    /// Where a temporary file fails, or what cannot be put on disk takes more.
    pub fn spill(&mut self, memory: &Memory<'_>, share: u64) -> io::Result<()> {
        if self.bytes() <= share {
            return Ok(());
        }
        match self {
            Filled::Nothing => Ok(()),
            Filled::Groups(groups) => groups.spill(memory, share),
            Filled::Index(index) => index.spill(memory),
            Filled::Window(window) => window.spill(memory),
        }
    }
}

/// What all rows share.
pub struct Shared<'r> {
    pub tables: &'r [Table],
    /// The definitions of the states.
    pub defs: &'r States,
    /// What earlier passes have filled, by the number of the definition.
    pub filled: Vec<Filled>,
    /// Per table how many of its records are no rows, and where the first of them stand.
    pub set_aside: Vec<(u64, Vec<AsidePlace>)>,
    pub context: Context,
}

/// A row found again in its file.
#[derive(Debug, Clone, Default)]
pub struct LocatedRow {
    /// Texts of its cells by column, quotes off.
    pub texts: Vec<String>,
    /// Hedges of its cells.
    pub hedges: Vec<Hedge>,
    /// The columns whose cells nobody knows, as a record that may say what they hold was set aside.
    pub unknown: Vec<usize>,
    /// Which of the columns that became rows it shows.
    pub pivot: usize,
    /// Its number in its table, from 1.
    pub number: u64,
    /// The path of its file.
    pub path: String,
}

/// What stands for one unit.
#[derive(Clone, Copy)]
pub enum UnitRow<'a> {
    /// A row of a batch.
    Batch(&'a Batch<'a>, usize),
    /// A row kept by its cells.
    Kept(&'a [KeptCell]),
    /// A group by its keys.
    Group(&'a [Value<'static>]),
    /// A row found again, of this table.
    Located(&'a LocatedRow, usize),
}

/// What a look-up or `only` met that it should not.
#[derive(Debug, Clone, PartialEq)]
pub struct Miss {
    pub state: StateId,
    /// Where the look-up stands in its expression; the slot of an `only`.
    pub at: usize,
    /// What it is.
    pub what: Missed,
    /// The key that was looked for; none of an `only`.
    pub key: Vec<Value<'static>>,
    /// The column of the row at hand from which the key comes.
    pub column: Option<usize>,
    /// The state and its row, where the look-up was of a row that went into a state.
    pub within: Option<(StateId, RowId)>,
}

impl Miss {
    /// By what it is known again, wherever it was met.
    pub fn name(&self) -> MissName {
        let mut key = Vec::new();
        crate::engine::states::encode(&self.key, &mut key);
        let slot = if self.what == Missed::OnlySeveral { self.at } else { 0 };
        (self.state, self.what, slot, key)
    }
}

/// What a miss is known by: state, kind, slot, key.
pub type MissName = (StateId, Missed, usize, Vec<u8>);

/// The kinds of miss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Missed {
    /// No such key.
    NotFound,
    /// Two rows with the key.
    Several,
    /// `only` met two rows.
    OnlySeveral,
}

/// Whether a finding about one of these misses says why an answer is open.
pub fn is_reported(misses: &RefCell<Vec<Miss>>, why: Why) -> bool {
    let opens = |miss: &Miss| match miss.what {
        Missed::NotFound => why == Why::Missing,
        Missed::Several => matches!(why, Why::NoRow | Why::NotMatched),
        Missed::OnlySeveral => why == Why::NoRow,
    };
    misses.borrow().iter().filter(|miss| miss.within.is_none()).any(opens)
}

/// An environment of the evaluator.
pub struct At<'a> {
    /// What all rows share.
    pub shared: &'a Shared<'a>,
    /// The units at hand.
    pub units: &'a [UnitRow<'a>],
    /// The row (or the group's number) at hand, for finished windows.
    pub row: RowId,
    /// Values of windows over the rows before.
    pub window: &'a [(StateId, WindowValue)],
    /// Misses of this evaluation.
    pub misses: &'a RefCell<Vec<Miss>>,
}

impl At<'_> {
    fn of_groups(&self, state: StateId) -> Option<&Groups> {
        match &self.shared.filled[state] {
            Filled::Groups(groups) => Some(groups),
            _ => None,
        }
    }

    fn miss(&self, miss: Miss) {
        let mut misses = self.misses.borrow_mut();
        if !misses.contains(&miss) {
            misses.push(miss);
        }
    }

    /// The kept rows of a group that an aggregate takes whose condition names outer rows.
    pub fn chosen(&self, state: StateId, slot: usize, group: &Group) -> Vec<RowId> {
        let mut chosen = Vec::new();
        self.each_judged(state, slot, group, |row, choice| {
            if choice.chosen == Ok(true) && !row.args.contains(&Value::Missing) {
                chosen.push(row.row);
            }
        });
        chosen
    }

    /// The kept rows of a group for which a missing value decided such a condition.
    pub fn blanks(&self, state: StateId, slot: usize, group: &Group) -> Blanks {
        let mut blanks = Blanks::default();
        self.each_judged(state, slot, group, |_, choice| blanks.count(choice));
        blanks
    }

    /// Judges the condition of an aggregate for each row that is kept of a group.
    fn each_judged(
        &self,
        state: StateId,
        slot: usize,
        group: &Group,
        mut each: impl FnMut(&KeptRow, Choice),
    ) {
        if let (StateDef::Groups(def), Some(groups)) =
            (&self.shared.defs.all[state], self.of_groups(state))
            && let Some(residual) = &def.slots[slot].residual
        {
            groups.each_kept(group, slot, |row| each(row, self.judged((state, residual), row)));
        }
    }

    /// The condition of an aggregate for one kept row.
    fn judged(&self, (state, residual): (StateId, &Residual), row: &KeptRow) -> Choice {
        let mut units = self.units.to_vec();
        units.resize(residual.source, UnitRow::Kept(&[]));
        units.push(UnitRow::Kept(&row.cells));
        let misses = RefCell::new(Vec::new());
        let env = At { units: &units, misses: &misses, ..*self };
        let choice = choose(&residual.condition, &env);
        for miss in misses.take() {
            self.miss(Miss { within: Some((state, row.row)), ..miss });
        }
        choice
    }

    /// The squared widths of what an aggregate of a group added.
    pub fn squares(&self, state: StateId, slot: usize, group: &Group) -> Option<Number> {
        let own = group.slots.get(slot)?;
        let taken = self.residual(state, slot, group);
        Some(taken.map_or_else(|| own.squares.clone(), |taken| taken.squares))
    }

    /// An aggregate whose condition names outer rows: judged for each kept row.
    fn residual(&self, state: StateId, slot: usize, group: &Group) -> Option<Accumulator> {
        let StateDef::Groups(def) = &self.shared.defs.all[state] else { return None };
        let def = def.slots.get(slot).filter(|def| def.residual.is_some())?;
        let (mut acc, mut values) = (Accumulator::new(def), Values::of(def));
        self.each_judged(state, slot, group, |row, choice| match (choice.chosen, row.open) {
            (Ok(false), _) => {}
            (Ok(true), None) => acc.take(&row.args, (&mut values, 0)),
            (Ok(true), Some(why)) | (Err(why), _) => acc.counts.open(why),
        });
        acc.settle(values);
        acc.counts.why = acc.counts.why.max(group.slots[slot].counts.why);
        Some(acc)
    }

    /// An aggregate of the group with these keys, or over no rows where there is none.
    fn of_group<'g>(
        &self,
        groups: &'g Groups,
        state: StateId,
        slot: usize,
        key: &[Value<'_>],
    ) -> Value<'g> {
        let Some(group) = groups.find(key) else { return groups.of_nothing(slot, key) };
        let acc = &group.slots[slot];
        if let Some(why) = groups.undecided {
            let taken = self.residual(state, slot, &group);
            return taken.as_ref().unwrap_or(acc).finish_beside(why).into_owned();
        }
        if acc.is_many() {
            let (what, key) = (Missed::OnlySeveral, Vec::new());
            self.miss(Miss { state, at: slot, what, key, column: None, within: None });
        }
        if let Some(taken) = self.residual(state, slot, &group) {
            return taken.finish().into_owned();
        }
        match &group {
            Cow::Borrowed(group) => group.slots[slot].finish(),
            Cow::Owned(group) => group.slots[slot].finish().into_owned(),
        }
    }
}

impl Env for At<'_> {
    fn cell(&self, unit: usize, column: usize, ranges: bool) -> Value<'_> {
        match self.units.get(unit) {
            Some(UnitRow::Batch(batch, row)) => batch.value(*row, column, ranges),
            Some(UnitRow::Kept(cells)) => cells
                .iter()
                .find(|c| c.column == column)
                .map_or_else(not_read, |c| c.get(ranges).clone()),
            Some(UnitRow::Located(row, table)) => {
                let info = &self.shared.tables[*table].columns[column];
                if info.absent {
                    return Value::Unknown(Why::NotRead);
                }
                if row.unknown.contains(&column) {
                    return Value::Unknown(Why::SetAside);
                }
                read_hedged(
                    info.reading_of(row.pivot),
                    &row.texts[column],
                    ranges,
                    row.hedges[column],
                )
            }
            _ => not_read(),
        }
    }

    fn written(&self, unit: usize, column: usize) -> Value<'_> {
        match self.units.get(unit) {
            Some(UnitRow::Batch(batch, row)) if batch.is_unknown(*row, column) => {
                Value::Unknown(Why::SetAside)
            }
            Some(UnitRow::Batch(batch, row)) => Value::Text(batch.text(*row, column)),
            Some(UnitRow::Located(row, _)) if row.unknown.contains(&column) => {
                Value::Unknown(Why::SetAside)
            }
            Some(UnitRow::Located(row, _)) => Value::Text(row.texts[column].as_str().into()),
            Some(UnitRow::Kept(_)) => match self.cell(unit, column, false) {
                Value::Text(t) => Value::Text(t),
                other => Value::Text(other.to_text().into()),
            },
            _ => not_read(),
        }
    }

    fn key(&self, unit: usize, key: usize) -> Value<'_> {
        match self.units.get(unit) {
            Some(UnitRow::Group(keys)) => keys.get(key).cloned().unwrap_or_else(not_read),
            _ => not_read(),
        }
    }

    fn lookup(
        &self,
        state: StateId,
        key: &[Value<'_>],
        column: Option<usize>,
        ranges: bool,
    ) -> Found<'_> {
        let (Filled::Index(index), StateDef::Index(def)) =
            (&self.shared.filled[state], &self.shared.defs.all[state])
        else {
            return Found::Many;
        };
        match index.find(key) {
            None => index.doubt(key).map_or(Found::None, Found::Unknown),
            Some(entry) if entry.many => Found::Many,
            Some(entry) => match column {
                None => Found::One(Value::Bool(true)),
                Some(c) => {
                    let at = def.keep.iter().position(|k| *k == (c, ranges));
                    Found::One(at.map_or_else(not_read, |at| entry.kept[at].clone()))
                }
            },
        }
    }

    fn aggregate(&self, state: StateId, slot: usize, key: &[Value<'_>]) -> Value<'_> {
        let Some(groups) = self.of_groups(state) else { return Value::Unknown(Why::NotRead) };
        let StateDef::Groups(def) = &self.shared.defs.all[state] else { return not_read() };
        match self.of_group(groups, state, slot, key) {
            Value::Missing if groups.aside.may_be(def, slot, key) => Value::Unknown(Why::SetAside),
            value => value,
        }
    }

    fn member(&self, state: StateId, value: &Value<'_>) -> Result<bool, Why> {
        match &self.shared.filled[state] {
            Filled::Index(index) => index.holds(value),
            _ => Err(Why::NotRead),
        }
    }

    fn window(&self, state: StateId) -> Value<'_> {
        if let Some((_, seen)) = self.window.iter().find(|n| n.0 == state) {
            return seen.0.clone();
        }
        match &self.shared.filled[state] {
            Filled::Window(n) => n.seen(self.row).map_or(Value::NotApplicable, |seen| seen.0),
            _ => Value::Unknown(Why::NotRead),
        }
    }

    fn row(&self, unit: usize) -> u64 {
        match self.units.get(unit) {
            Some(UnitRow::Batch(batch, row)) => batch.record(*row),
            Some(UnitRow::Located(row, _)) => row.number,
            _ => 0,
        }
    }

    fn file(&self, unit: usize) -> Value<'_> {
        match self.units.get(unit) {
            Some(UnitRow::Batch(batch, _)) => Value::Text(batch.path.into()),
            Some(UnitRow::Located(row, _)) => Value::Text(row.path.as_str().into()),
            _ => not_read(),
        }
    }

    fn context(&self) -> &Context {
        &self.shared.context
    }

    fn missed(&self, lookup: &Bound, state: StateId, key: &[Value<'_>], many: bool) {
        let Op::Lookup { key: parts, .. } = &lookup.op else { return };
        let what = if many { Missed::Several } else { Missed::NotFound };
        let key = key.iter().map(|part| part.clone().into_owned()).collect();
        // Of several units the last is the row that is taken into an aggregate.
        let own = self.units.len().saturating_sub(1);
        let column = parts.iter().find_map(|part| column_of(part, own));
        self.miss(Miss { state, at: lookup.span.start, what, key, column, within: None });
    }
}

/// What stands for a value that the plan did not have read: there is none such.
fn not_read<'a>() -> Value<'a> {
    debug_assert!(false, "the plan reads what expressions need");
    Value::Unknown(Why::NotRead)
}

/// The finished group of an aggregate.
pub fn group_of<'g>(env: &'g At<'_>, state: StateId, keys: &[Value<'_>]) -> Option<Cow<'g, Group>> {
    match &env.shared.filled[state] {
        Filled::Groups(groups) => groups.find(keys),
        _ => None,
    }
}

/// The table that a state is made from.
pub fn table_of(env: &At<'_>, state: StateId) -> usize {
    match &env.shared.defs.all[state] {
        StateDef::Groups(g) => g.table,
        StateDef::Index(i) => i.table,
        StateDef::Window(n) => n.table,
    }
}
