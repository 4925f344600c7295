//! `columns_only`: columns that are not declared, or not in the order in which they are.

use crate::compile::UNEXPECTED_COLUMN;
use crate::expr::print;
use crate::read::note::{NamedBy, Note, Spot};
use crate::read::reader::HeaderCell;
use crate::report::Subject;
use crate::rules::{ColumnsOnly, TableRule};
use crate::source::FileId;

/// The columns of a header that `columns_only` does not allow, or not where they stand.
pub fn undeclared(
    rule: &TableRule,
    columns: &[HeaderCell],
    (file, line): (FileId, Option<u64>),
) -> Vec<Note> {
    let Some(only) = rule.columns_only else { return Vec::new() };
    let place = |name: &str| rule.columns.place(name);
    let (mut notes, mut last) = (Vec::new(), None);
    for column in columns {
        let name = &column.name;
        let before = place(name).zip(last).filter(|(own, last)| own < last);
        let before = before.and_then(|(_, last)| rule.columns.get(last));
        last = place(name).max(last);
        let (message, text, help) = match before {
            Some(before) if only == ColumnsOnly::Ordered => (
                format!(
                    "the column `{name}` stands behind `{}`, before which it is declared",
                    before.name.value
                ),
                "out of order",
                "put the columns in the order of the rules, or write columns_only = true".into(),
            ),
            _ if rule.contract(name).is_none() => (
                format!("the column `{name}` is not declared, and `columns_only` allows no others"),
                "not declared",
                format!("declare it: columns.{} = {{}}", print::name(name)),
            ),
            _ => continue,
        };
        let Some(span) = column.span else { continue };
        let spot = Spot { file, span, line, column: Some(name.clone()), text: text.into() };
        notes.push(Note {
            column: Some(name.clone()),
            at: Some(spot),
            help: Some(help),
            ..Note::new(&UNEXPECTED_COLUMN, NamedBy::Column, Subject::Header, message)
        });
    }
    notes
}
