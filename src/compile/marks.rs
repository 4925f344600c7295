//! Which marks the figures of a column may have.

use std::sync::Arc;

use crate::expr::marks::Marks;
use crate::rules::TableRule;
use crate::shape::{Layout, Source, Stripped};
use crate::value::Reading;

/// The marks of a column by its contract; where its cells are those of columns that became rows, of each
/// of these by its own.
pub fn of_each<'r>(
    rule: &'r TableRule,
    (name, source): (&str, &Source),
    layout: &Layout,
) -> Vec<Option<&'r Arc<Marks>>> {
    let of_column = rule.marks_of(rule.contract(name));
    match source {
        Source::PivotValue => {
            let own = |(_, name): &(usize, String)| rule.contract(name)?.marks.as_ref();
            layout.pivot.iter().map(|column| own(column).or(of_column)).collect()
        }
        _ => vec![of_column],
    }
}

/// What is stripped from the figures of a column; nothing where they have no marks.
pub fn stripped<'c>(
    marks: Vec<Option<&Arc<Marks>>>,
    reading: impl Fn(usize) -> &'c Reading,
) -> Option<Vec<Option<Stripped>>> {
    let of = |(pivot, marks): (usize, Option<&Arc<Marks>>)| {
        let whole = reading(pivot).special_texts().map(String::from).collect();
        Some(Stripped { marks: Arc::clone(marks?), whole })
    };
    let all: Vec<Option<Stripped>> = marks.into_iter().enumerate().map(of).collect();
    all.iter().any(Option::is_some).then_some(all)
}
