//! The `where` of tables: conditions on one record alone, bound like those of checks.

use crate::compile::allow::Rows;
use crate::engine::data::filter::{Cells, RowFilter};
use crate::engine::data::table::{Column, Table};
use crate::expr::bind::{BoundCheck, CheckInput, Written};
use crate::expr::bound::{Bound, Op};
use crate::expr::functions::Context;
use crate::rules::toml::BAD_VALUE;
use crate::rules::{RuleSet, TableRule};
use crate::shape::Source;
use crate::source::Problem;

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

/// The filter of a table whose condition is bound to the columns of `today`, which it is itself, a view
/// of, or an old version of.
pub fn filter(condition: &Bound, today: &Table, table: &Table) -> RowFilter {
    let cells = |(column, source): (&Column, &Source)| {
        let own = table.columns.iter().position(|c| c.name == column.name);
        match (own, source) {
            (Some(own), _) => Cells::Column(own),
            (None, Source::Field(field)) => Cells::Field(*field, column.reading.clone()),
            _ => Cells::Nowhere,
        }
    };
    let columns = today.columns.iter().zip(&today.layout.sources).map(cells).collect();
    RowFilter { condition: condition.clone(), columns, context: Context::default() }
}
