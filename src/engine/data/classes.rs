//! What raw findings can be about: a table of classes for each table, made before it is read.
//!
//! A raw finding carries the number of its class, so that neither a check nor a column is ever
//! squeezed into fewer bits than it needs.

use crate::engine::data::check::{Check, Kind, column_of, primary_column};
use crate::engine::data::reach::{Reached, reached};
use crate::engine::data::table::Table;
use crate::expr::bound::{Bound, Op, StateDef, States};
use crate::expr::ids::{AssertionId, CheckId, ColumnId};
use crate::report::RawFinding;
use crate::width::to_usize;

/// What kind of thing a raw finding reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum RawKind {
    /// Something is wrong with the file; `aux` is the offset.
    Structure,
    /// An assertion failed; `aux` is the hash of a key that no row of another table has, else 0.
    Failed,
    /// A cell cannot be read.
    Unreadable,
    /// A key stands a second time; `aux` is the first row.
    Duplicate,
    /// A look-up found none, or several; `aux` numbers the miss.
    Missed,
    /// An assertion holds, but by more rounding than is likely.
    Improbable,
}

/// What raw findings that are reported alike have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Class {
    /// What kind.
    pub kind: RawKind,
    /// The check; of [`RawKind::Structure`] the number of the fault.
    pub check: CheckId,
    /// The assertion of the check.
    pub assertion: AssertionId,
    /// The column at which it is shown.
    pub column: Option<ColumnId>,
}

impl Class {
    /// Whether it is about a cell by its contract alone, and cells of the column may be of several rows.
    fn is_shared(&self, checks: &[Check], table: &Table) -> bool {
        let is_contract = match self.kind {
            RawKind::Unreadable => true,
            RawKind::Failed => checks.get(self.check.index()).is_some_and(|check| !check.by_user),
            _ => false,
        };
        is_contract && self.column.is_some_and(|column| table.has_shared_cells(column.index()))
    }

    /// The order in which raw findings of one row are reported: no column comes last.
    fn order(&self) -> (bool, bool, Option<ColumnId>, CheckId, AssertionId, RawKind) {
        (
            self.kind != RawKind::Structure,
            self.column.is_none(),
            self.column,
            self.check,
            self.assertion,
            self.kind,
        )
    }

    fn of_check(kind: RawKind, check: usize, assertion: usize, column: Option<usize>) -> Class {
        Class {
            kind,
            check: CheckId::new(check),
            assertion: AssertionId::new(assertion),
            column: column.map(ColumnId::new),
        }
    }

    fn of_fault(fault: usize) -> Class {
        Class::of_check(RawKind::Structure, fault, 0, None)
    }

    fn of_cell(column: usize) -> Class {
        Class::of_check(RawKind::Unreadable, 0, 0, Some(column))
    }
}

/// The classes of one table, in the order in which they are reported.
#[derive(Debug, Default)]
pub struct Classes {
    all: Vec<Class>,
    /// The first so many are faults of files.
    faults: u32,
    /// By number, whether rows may share the cell that they are about.
    shared: Vec<bool>,
}

/// The number of no class; a raw finding that had it would not be confirmed.
const NONE: u32 = u32::MAX;

impl Classes {
    /// For each table its classes.
    pub fn of_tables(tables: &[Table], checks: &[Check], defs: &States) -> Vec<Classes> {
        let faults = |table: &Table| (0..table.faults().len()).map(Class::of_fault);
        let mut all: Vec<Vec<Class>> =
            tables.iter().map(|table| faults(table).chain(cells(table)).collect()).collect();
        for (number, check) in checks.iter().enumerate() {
            if let Some(of_table) = check.row_table().and_then(|t| all.get_mut(t)) {
                of_check(number, check, of_table);
            }
            of_states(number, check, defs, &mut all);
        }
        let sorted = |(mut all, table): (Vec<Class>, &Table)| {
            all.sort_unstable_by_key(Class::order);
            all.dedup();
            let shared = all.iter().map(|class| class.is_shared(checks, table)).collect();
            let faults = u32::try_from(table.faults().len()).unwrap_or(u32::MAX);
            Classes { all, faults, shared }
        };
        all.into_iter().zip(tables).map(sorted).collect()
    }

    /// Whether those of a class are about cells that are of several rows, and so are one.
    pub fn is_shared(&self, number: u32) -> bool {
        self.shared.get(to_usize(u64::from(number))) == Some(&true)
    }

    /// The class with a number.
    pub fn get(&self, number: u32) -> Option<&Class> {
        self.all.get(number as usize)
    }

    fn number(&self, class: &Class) -> u32 {
        let found = self.all.binary_search_by_key(&class.order(), Class::order);
        debug_assert!(found.is_ok(), "{class:?} is not planned");
        found.ok().and_then(|n| u32::try_from(n).ok()).unwrap_or(NONE)
    }

    /// The number of an assertion's class.
    pub fn of_check(
        &self,
        kind: RawKind,
        check: usize,
        assertion: usize,
        column: Option<usize>,
    ) -> u32 {
        self.number(&Class::of_check(kind, check, assertion, column))
    }

    /// The number of the class of a column's unreadable cells.
    pub fn of_cell(&self, column: usize) -> u32 {
        self.number(&Class::of_cell(column))
    }

    /// Whether `aux` of a raw finding is the hash of a key that no row of another table has.
    pub fn names_key(&self, raw: &RawFinding) -> bool {
        raw.aux != 0 && self.get(raw.class).is_some_and(|class| class.kind == RawKind::Failed)
    }

    /// Sorts raw findings as they are reported: by row, what is wrong with the file first. Those of
    /// one block are sorted by the worker that made them, so that all of them are nearly in order.
    pub fn sort(&self, raw: &mut [RawFinding]) {
        let is_fault = |m: &RawFinding| m.class < self.faults;
        raw.sort_by_key(|m| (m.row, !is_fault(m), if is_fault(m) { m.aux } else { 0 }, m.class));
    }
}

/// The number of the class of a fault of the file: the same in each table.
pub fn of_fault(fault: u8) -> u32 {
    u32::from(fault)
}

fn cells(table: &Table) -> impl Iterator<Item = Class> {
    table
        .columns
        .iter()
        .enumerate()
        .filter(|(_, c)| c.reports_unreadable)
        .map(|(column, _)| Class::of_cell(column))
}

fn of_check(number: usize, check: &Check, all: &mut Vec<Class>) {
    for (a, assertion) in check.asserts.iter().enumerate() {
        let mut add = |kind, column| all.push(Class::of_check(kind, number, a, column));
        match &assertion.kind {
            Kind::Unique { columns } => add(RawKind::Duplicate, columns.first().copied()),
            Kind::Like { column, .. } => add(RawKind::Failed, Some(*column)),
            Kind::Assert | Kind::Demand { .. } => {
                let column = primary_column(&assertion.bound);
                add(RawKind::Failed, column);
                add(RawKind::Improbable, column);
            }
        }
        add(RawKind::Missed, None);
        // What the filter misses is reported by the first assertion.
        for bound in check.filter.iter().filter(|_| a == 0).chain([&assertion.bound]) {
            look_up_columns((bound, 0), &mut |column| add(RawKind::Missed, Some(column)));
        }
    }
}

/// What rows miss that go into the states that a check reads.
fn of_states(number: usize, check: &Check, defs: &States, all: &mut [Vec<Class>]) {
    for Reached { state, assertion, .. } in reached(check, defs) {
        let Some(def) = defs.all.get(state) else { continue };
        let Some(of_table) = all.get_mut(def.table()) else { continue };
        let mut add =
            |column| of_table.push(Class::of_check(RawKind::Missed, number, assertion, column));
        add(None);
        def.expressions().into_iter().for_each(|e| look_up_columns((e, 0), &mut |c| add(Some(c))));
        if let StateDef::Groups(groups) = def {
            for residual in groups.slots.iter().filter_map(|slot| slot.residual.as_ref()) {
                let of = (&residual.condition, residual.source);
                look_up_columns(of, &mut |c| add(Some(c)));
            }
        }
    }
}

/// The columns of a unit that keys of look-ups come from.
fn look_up_columns((bound, unit): (&Bound, usize), found: &mut dyn FnMut(usize)) {
    bound.walk(&mut |b| {
        if let Op::Lookup { key, .. } = &b.op
            && let Some(column) = key.iter().find_map(|part| column_of(part, unit))
        {
            found(column);
        }
    });
}
