//! Which cells an assertion speaks of, and what it does with them.

use crate::engine::data::check::primary_column;
use crate::engine::states::env::At;
use crate::explain::equation::Cell;
use crate::expr::bound::{Bound, GroupsDef, Op, Slot, StateDef, StateId};
use crate::expr::tree::{Agg, Arith, Cmp};
use crate::findings::labels::condition_column;
use crate::findings::roles::{self, Standing};
use crate::findings::terms::{MOST_TERMS, TermRows, Terms};
use crate::findings::trace::{Comparison, Decider, Step, Trace};
use crate::findings::working::UnitCell;
use crate::report::exhibit::Tick;

/// A cell, and what was done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    pub cell: Cell,
    pub tick: Tick,
    /// Whether it is what is checked.
    pub is_stated: bool,
}

/// How a side of a comparison is made of figures.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Sums of rows, added up.
    Totals,
    /// Counts of rows likewise.
    Counts,
    /// Cells, added up.
    Cells,
    Other,
}

/// Cells that go into a side of a comparison.
#[derive(Default)]
struct Operands {
    cells: Vec<Cell>,
    /// There are more that are not known.
    is_cut: bool,
}

/// Finds the cells of an assertion.
pub(crate) struct Ticker<'t> {
    pub env: &'t At<'t>,
    /// Where the units at hand stand.
    pub at: &'t [UnitCell],
    /// The rows of aggregates, as they were looked for.
    pub terms: [&'t Terms; 2],
}

impl Ticker<'_> {
    /// The cells of the parts that an assertion rests on, or fails by.
    pub fn spots(&self, trace: &Trace<'_>) -> Vec<Spot> {
        let parts = trace.rests_on();
        parts.iter().flat_map(|part| self.part(part)).collect()
    }

    fn part(&self, part: &Decider<'_, '_>) -> Vec<Spot> {
        match (&part.comparison, &part.step.bound.op) {
            (Some(c), Op::Compare { .. }) => self.comparison(c, part.held),
            _ => self.predicate(part.step),
        }
    }

    fn comparison(&self, c: &Comparison<'_, '_>, is_negated: bool) -> Vec<Spot> {
        let defs = self.env.shared.defs;
        let sides = [c.left, c.right].map(|side| (side, roles::of(side, defs)));
        let (mut stated, mut operands) = (Vec::new(), Operands::default());
        for (side, standing) in &sides {
            match standing {
                Standing::Stated(step) => stated.extend(self.cell(step)),
                Standing::Required => {}
                Standing::Follows => self.cells(side, &mut operands),
            }
        }
        c.amount.into_iter().for_each(|amount| self.cells(amount, &mut operands));
        let tick = match c.op {
            Cmp::Eq if !is_negated => self.tick(&sides, &stated, &operands.cells),
            _ => Tick::Checked,
        };
        // What stands elsewhere is what a cell at hand is compared with.
        let has_own = stated.iter().any(|cell| self.is_own(*cell));
        let is_stated = |cell: Cell| !has_own || self.is_own(cell);
        let spot = |cell, is_stated| Spot { cell, tick, is_stated };
        let stated = stated.into_iter().map(|cell| spot(cell, is_stated(cell)));
        let is_short = !operands.is_cut && operands.cells.len() <= MOST_TERMS;
        let operands = operands.cells.into_iter().filter(|_| is_short);
        stated.chain(operands.map(|cell| spot(cell, false))).collect()
    }

    fn is_own(&self, cell: Cell) -> bool {
        self.at.iter().any(|unit| (unit.table, unit.row) == (cell.table, cell.row))
    }

    /// What an equation does with the cells that it states.
    fn tick(
        &self,
        sides: &[(&Step<'_>, Standing<'_, '_>); 2],
        stated: &[Cell],
        operands: &[Cell],
    ) -> Tick {
        let follows = sides.iter().filter(|side| matches!(side.1, Standing::Follows));
        let shapes: Vec<Shape> = follows.map(|side| self.shape(side.0)).collect();
        let are = |shape: Shape| shapes.iter().all(|s| *s == shape);
        let mut cells = stated.iter().chain(operands).map(|cell| (cell.table, cell.row));
        let is_one_row = cells.next().is_some_and(|first| cells.all(|cell| cell == first));
        let is_required = sides.iter().any(|side| matches!(side.1, Standing::Required));
        match shapes[..] {
            [] if is_required => Tick::Checked,
            [] => Tick::Agreed,
            _ if are(Shape::Totals) => Tick::Footed,
            // How many rows there should be is no total of theirs.
            _ if are(Shape::Counts) && is_required => Tick::Checked,
            _ if are(Shape::Counts) => Tick::Footed,
            _ if are(Shape::Cells) && is_one_row => Tick::CrossFooted,
            _ => Tick::Recomputed,
        }
    }

    fn shape(&self, step: &Step<'_>) -> Shape {
        match (&step.bound.op, &step.args[..]) {
            (Op::Cell { .. } | Op::Written { .. } | Op::Lookup { column: Some(_), .. }, _) => {
                Shape::Cells
            }
            (Op::Along { agg: Agg::Sum, .. }, args) => self.joined(args),
            (Op::Aggregate { .. }, _) => match self.slot(step).map(|(_, slot)| slot.agg) {
                Some(Agg::Sum) => Shape::Totals,
                Some(Agg::Count) => Shape::Counts,
                _ => Shape::Other,
            },
            (Op::Arith(Arith::Add | Arith::Sub, ..), args) => self.joined(args),
            (Op::Arith(_, a, _), [_, of]) if roles::is_literal(a) => self.shape(of),
            (Op::Arith(_, _, b), [of, _]) if roles::is_literal(b) => self.shape(of),
            (Op::If { .. } | Op::Default { .. }, _) => {
                step.taken().or(step.args.first()).map_or(Shape::Other, |s| self.shape(s))
            }
            (Op::Neg(_), [of, ..]) => self.shape(of),
            (Op::Call { function, .. }, [of, ..])
                if matches!(function.name, "round" | "abs" | "number") =>
            {
                self.shape(of)
            }
            _ => Shape::Other,
        }
    }

    fn joined(&self, parts: &[Step<'_>]) -> Shape {
        let mut shapes = parts.iter().map(|part| self.shape(part));
        let first = shapes.next().unwrap_or(Shape::Other);
        if shapes.all(|shape| shape == first) { first } else { Shape::Other }
    }

    /// The cells of a part that compares no figures.
    fn predicate(&self, step: &Step<'_>) -> Vec<Spot> {
        let spot = |cell, is_stated| Spot { cell, tick: Tick::Checked, is_stated };
        let (mut stated, mut others) = (Operands::default(), Operands::default());
        match &step.bound.op {
            Op::Between { .. } | Op::InList { .. } => {
                let mut args = step.args.iter();
                args.next().into_iter().for_each(|value| self.cells(value, &mut stated));
                args.for_each(|arg| self.cells(arg, &mut others));
            }
            _ => self.cells(step, &mut stated),
        }
        if stated.cells.is_empty() {
            // That a row is there is asked of the cells of its key.
            step.walk(&mut |below| stated.cells.extend(below.cell));
        }
        let stated = stated.cells.into_iter().map(|cell| spot(cell, true));
        stated.chain(others.cells.into_iter().map(|cell| spot(cell, false))).collect()
    }

    /// The cell that a step states.
    fn cell(&self, step: &Step<'_>) -> Option<Cell> {
        match step.bound.op {
            Op::Aggregate { .. } => self.chosen(step),
            _ => step.cell,
        }
    }

    /// The cells that a step is made of, without those that say which rows are meant.
    fn cells(&self, step: &Step<'_>, all: &mut Operands) {
        match &step.bound.op {
            Op::Cell { .. } | Op::Written { .. } | Op::Lookup { .. } | Op::Window { .. } => {
                all.cells.extend(step.cell);
            }
            Op::Key { .. } => {}
            Op::Aggregate { .. } => self.rows(step, all),
            Op::If { .. } => step.taken().into_iter().for_each(|taken| self.cells(taken, all)),
            _ => step.args.iter().for_each(|arg| self.cells(arg, all)),
        }
    }

    fn slot(&self, step: &Step<'_>) -> Option<(&GroupsDef, &Slot)> {
        let Op::Aggregate { state, slot, .. } = &step.bound.op else { return None };
        let StateDef::Groups(def) = self.env.shared.defs.all.get(*state)? else { return None };
        Some((def, def.slots.get(*slot)?))
    }

    /// The cell that `only`, `first` or `last` takes.
    fn chosen(&self, step: &Step<'_>) -> Option<Cell> {
        let (Op::Aggregate { state, slot: n, .. }, (def, slot)) =
            (&step.bound.op, self.slot(step)?)
        else {
            return None;
        };
        let column = primary_column(slot.args.first()?)?;
        let rows = self.counted(*state, *n, step)?;
        Some(Cell { table: def.table, row: rows.giving(slot.agg)?, column })
    }

    fn counted(&self, state: StateId, slot: usize, step: &Step<'_>) -> Option<TermRows> {
        self.terms.iter().find_map(|terms| terms.counted(self.env, state, slot, &step.key()))
    }

    /// The cells of the rows that an aggregate took.
    fn rows(&self, step: &Step<'_>, all: &mut Operands) {
        let (Op::Aggregate { state, slot: n, .. }, Some((def, slot))) =
            (&step.bound.op, self.slot(step))
        else {
            return;
        };
        let mut columns = Vec::new();
        slot.args.iter().for_each(|arg| columns_of(arg, &mut columns));
        if columns.is_empty() {
            columns.extend(condition_column(slot));
        }
        let Some(rows) = self.counted(*state, *n, step) else {
            all.is_cut = true;
            return;
        };
        all.is_cut |= rows.count > rows.rows.len() as u64;
        all.cells.extend(rows.rows.iter().flat_map(|(row, _)| {
            columns.iter().map(|column| Cell { table: def.table, row: *row, column: *column })
        }));
    }
}

/// The columns of its row that an argument reads, each once.
fn columns_of(argument: &Bound, all: &mut Vec<usize>) {
    argument.walk(&mut |b| {
        if let Op::Cell { unit: 0, column, .. } | Op::Written { unit: 0, column } = b.op
            && !all.contains(&column)
        {
            all.push(column);
        }
    });
}
