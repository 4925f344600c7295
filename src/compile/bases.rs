//! Figures that are rounded to a base are multiples of it: one that is none is more precise than the rule says, or wrong.

use crate::compile::contracts::{check, demand, truth};
use crate::engine::data::check::{Assertion, Check};
use crate::engine::data::table::{Column, Table};
use crate::engine::faults;
use crate::expr::bound::{Allowance, Bound, Op};
use crate::expr::functions;
use crate::expr::tree::Cmp;
use crate::fault::Severity;
use crate::report;
use crate::rules::TableRule;
use crate::value::{Number, Rounding, Type, Value};

/// The check of all columns of a table whose figures have a base; the key is no figure.
pub fn check_of(rule: &TableRule, number: usize, table: &Table) -> Option<Check> {
    let columns = table.columns.iter().enumerate();
    let asserts: Vec<Assertion> = columns
        .filter(|(at, column)| {
            !column.absent && column.rounded.is_none() && !table.key.contains(at)
        })
        .filter_map(|(at, column)| assertion(rule, (at, column), base_of(column)?))
        .collect();
    let span = rule.path.span;
    // The contract of a column that is called so has that name.
    let is_taken = table.columns.iter().any(|column| column.name == "base");
    let name = if is_taken { "multiples" } else { "base" };
    (!asserts.is_empty()).then(|| Check {
        severity: Severity::Warning,
        ..check(rule, number, span, name, asserts, None)
    })
}

fn base_of(column: &Column) -> Option<u32> {
    let is_number = matches!(column.reading.ty, Type::Number | Type::Integer);
    match column.reading.number.rounding {
        Rounding::To(base) | Rounding::Random(base) if is_number && base > 1 => Some(base),
        _ => None,
    }
}

fn assertion(rule: &TableRule, (at, column): (usize, &Column), base: u32) -> Option<Assertion> {
    let function = functions::find("mod")?;
    let number = |n: u32| Bound {
        op: Op::Const(Value::number(Number::from(i64::from(n)))),
        ty: Type::Integer,
        span: 0..0,
    };
    let ty = column.reading.ty;
    let cell = Bound { op: Op::Cell { unit: 0, column: at, ranges: false }, ty, span: 0..0 };
    let args = vec![cell, number(base)];
    let rest = Bound { op: Op::Call { function, args }, ty: Type::Number, span: 0..0 };
    let contract = rule.columns.iter().find(|c| c.name.value == column.name);
    Some(Assertion {
        bound: truth(Op::Compare {
            op: Cmp::Eq,
            left: Box::new(rest),
            right: Box::new(number(0)),
            allowance: Allowance::Exact,
        }),
        kind: demand(at, &format!("must be a multiple of {base}, to which it is rounded")),
        demand: report::Demand::Contract("base"),
        fault: &faults::NO_MULTIPLE,
        severity: None,
        rule: (rule.file, contract.map_or(rule.path.span, |c| c.name.span)),
        text: String::new(),
        said: None,
    })
}
