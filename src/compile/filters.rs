//! The `where` of tables: conditions on one row alone, bound like those of checks.

use crate::compile::allow::Rows;
use crate::engine::data::check;
use crate::engine::data::filter::{Cells, RowFilter};
use crate::engine::data::table::{Column, Table};
use crate::expr::bind::{BoundCheck, CheckInput, Written};
use crate::expr::bound::{Bound, Op, StateDef, States};
use crate::expr::functions::Context;
use crate::rules::toml::BAD_VALUE;
use crate::rules::{RuleSet, TableRule};
use crate::shape::Source;
use crate::source::Problem;
use crate::value::Type;

/// What has to be bound for the tables of some rules, in their order.
pub fn inputs<'r>(rules: &'r RuleSet, rows: &'r Rows) -> Vec<CheckInput<'r>> {
    let input = |(number, rule): (usize, &'r TableRule)| {
        let filter = rule.filter.as_ref()?;
        let (snippet, tree) = rows.of(number)?;
        let each = vec![Written { snippet, tree }];
        let asserts = vec![Written { snippet: &filter.snippet, tree: &filter.tree }];
        Some(CheckInput { each, filter: None, order: None, asserts })
    };
    rules.tables.iter().enumerate().filter_map(input).collect()
}

/// The conditions of the tables of some rules, by their numbers, from what binding made of the inputs.
pub fn conditions(
    rules: &RuleSet,
    bound: &[Option<BoundCheck>],
    problems: &mut Vec<Problem>,
) -> Vec<Option<Bound>> {
    let mut bound = bound.iter();
    let condition = |rule: &TableRule| {
        let filter = rule.filter.as_ref()?;
        let condition = bound.next()?.as_ref()?.asserts.first()?.clone();
        if sees_others(&condition) {
            let message = "the `where` of a table sees one row, and no others";
            let problem = Problem::new(&BAD_VALUE, rule.file, filter.snippet.whole(), message);
            problems.push(problem.help(
                "compare the cells of the row with texts or numbers; a check can do the rest",
            ));
            return None;
        }
        Some(condition)
    };
    rules.tables.iter().map(condition).collect()
}

/// Whether a condition asks for more than the cells of the row.
fn sees_others(condition: &Bound) -> bool {
    let mut found = false;
    condition.walk(&mut |b| {
        found |= matches!(
            b.op,
            Op::Lookup { .. } | Op::Member { .. } | Op::Aggregate { .. } | Op::Window { .. }
        );
    });
    found
}

/// Has the aggregates over a table choose by its condition too: rows that it does not choose are gone
/// before, but one that it cannot decide leaves every aggregate undecided.
pub fn choose_in(states: &mut States, table: usize, condition: &Bound) {
    for state in &mut states.all {
        let StateDef::Groups(groups) = state else { continue };
        for slot in groups.slots.iter_mut().filter(|_| groups.table == table) {
            slot.filter = Some(match slot.filter.take() {
                None => condition.clone(),
                Some(own) => Bound {
                    ty: Type::Boolean,
                    span: own.span.clone(),
                    op: Op::And(vec![condition.clone(), own]),
                },
            });
        }
    }
}

/// The filter of a table whose condition is bound to the columns of `today`, which it is itself, a view
/// of, or an old version of.
pub fn filter(condition: &Bound, today: &Table, table: &Table) -> RowFilter {
    let cells = |(column, source): (&Column, &Source)| {
        let own = table.columns.iter().position(|c| c.name == column.name);
        match (own, source) {
            (Some(own), _) => Cells::Column(own),
            (None, Source::Field(field)) => Cells::Field(*field, Box::new(column.reading.clone())),
            _ => Cells::Nowhere,
        }
    };
    let columns: Vec<Cells> = today.columns.iter().zip(&today.layout.sources).map(cells).collect();
    let mut asked = vec![false; columns.len()];
    check::columns(condition, 0, &mut asked);
    let by_row = columns.iter().zip(asked).any(|(cells, asked)| match cells {
        Cells::Column(own) => asked && table.layout.is_made(*own),
        _ => false,
    });
    RowFilter { condition: condition.clone(), columns, by_row, context: Context::default() }
}
