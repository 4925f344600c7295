//! Findings that are made once for a column, with the number of its cells.

use std::collections::HashMap;

use crate::engine::data::once::{FirstCell, Once};
use crate::engine::data::table::Column;
use crate::engine::pass::locate::{Locator, RowFinder};
use crate::expr::print;
use crate::findings::irregular;
use crate::findings::place;
use crate::findings::tables::TableFindings;
use crate::read::mojibake;
use crate::read::note::{DOUBLE_ENCODED, FaultText, LATE_MEMBER};
use crate::report::text::printable;
use crate::report::{Finding, Identity, Label, Role, Subject, evidence};
use crate::value::Basis;
use crate::value::unread::{AMBIGUOUS_DATE, BINARY_RESIDUE, MIXED_OFFSETS, Unread};

impl TableFindings<'_> {
    /// What is reported once for each column of a table, by the first cell.
    pub fn once(&self, table: usize) -> Vec<Finding> {
        let info = &self.job.tables[table];
        let result = &self.ran.tables[table];
        let mut locator = Locator::new(info, &result.directory, self.job.paths);
        let mut once: Vec<&Once> = result.once.iter().collect();
        // The first of those with one name.
        let columns = info.columns.iter().enumerate().rev();
        let numbers: HashMap<&str, usize> = columns.map(|(n, c)| (c.name.as_str(), n)).collect();
        let number = |name: &str| numbers.get(name).copied();
        // Workers meet the columns of a block one after the other, whatever its size.
        once.sort_by_key(|o| (o.first.order(), number(&o.column), o.fault.name));
        let finding = |once: &&Once| {
            let first = match once.first {
                FirstCell::OfRow(row) => row,
                FirstCell::OfFile { beside, offset, kind } => {
                    let at = (beside, kind, offset);
                    let finding = irregular::finding(self.files, info, &mut locator, at)?;
                    return Some(with_count(finding, once));
                }
            };
            let number = number(&once.column)?;
            let column = &info.columns[number];
            let row = locator.row(first)?;
            let text = &row.row.texts[number];
            let unread = of_column(column, once, text)?;
            let check = match once.fault == &DOUBLE_ENCODED {
                true => once.fault.name.to_string(),
                false => format!("{}.{}", info.name, column.name),
            };
            let identity = Identity::structure(check, once.fault, &info.name, Subject::Table)
                .at(Some(&column.name));
            let mut finding = Finding::new(identity, once.fault.severity, unread.message);
            finding.odd = Some(unread.at);
            finding.evidence = evidence(&[text]);
            finding.help = unread.help;
            let place = place::of_cell(self.files, info, number, &row);
            finding.labels.push(Label { place, role: Role::Stated, text: unread.label });
            Some(match once.fault == &DOUBLE_ENCODED {
                true => with_count(finding, once),
                false => finding,
            })
        };
        once.iter().filter_map(finding).collect()
    }
}

/// Says of how many cells of its column, or rows, a finding is.
fn with_count(mut finding: Finding, once: &Once) -> Finding {
    let what = match once.column.as_str() {
        _ if once.fault == &LATE_MEMBER => "members of the table are not read",
        "" => "rows are like that",
        _ => "cells of this column are like that",
    };
    if once.count > 1 {
        finding.message.push_str(&format!("; {} {what}", once.count));
    }
    finding
}

/// Not all cells of a column are dates, or not all are numbers: its contract must say which they are.
fn not_all_dates(column: &Column, count: u64, text: &str, unread: Unread) -> Unread {
    let name = &column.name;
    let key = print::name(name);
    let cells = |of: &str, ofs: &str| match count {
        1 => format!("1 cell is {of}"),
        n => format!("{n} cells are {ofs}"),
    };
    let Basis::FirstCells(first) = column.reading.basis else {
        let dates = cells("a date", "dates");
        return Unread {
            message: format!("`{name}` is used as a number, but {dates}, such as `{text}`"),
            label: "a date".into(),
            help: Some(format!(
                "if it holds dates, write columns.{key} = {{ type = \"date\" }}, with `missing` for texts that mean \"no value\""
            )),
            ..unread
        };
    };
    let none = cells("none", "none");
    let quoted = printable(text).replace('\\', "\\\\").replace('"', "\\\"");
    Unread {
        message: format!(
            "`{name}` begins with ISO dates (the first {first}), but {none}, such as `{text}`"
        ),
        label: "not an ISO date".into(),
        help: Some(format!(
            "say what the column holds: columns.{key} = {{ type = \"date\", missing = [\"\", \"{quoted}\"] }}, or another `type` or `format`"
        )),
        ..unread
    }
}

/// The words for all cells of a column, with those for its first.
fn of_column(column: &Column, once: &Once, text: &str) -> Option<Unread> {
    let name = &column.name;
    let cells = |one: &str, many: &str| match once.count {
        1 => format!("1 cell of `{name}` {one}"),
        n => format!("{n} cells of `{name}` {many}"),
    };
    if once.fault == &BINARY_RESIDUE {
        let sign = column.reading.number.decimal.to_string();
        let mark = if text.trim_end().ends_with('%') { "%" } else { "" };
        let read = column.reading.residue(text)?.to_text().replace('.', &sign) + mark;
        let said = cells("ends in the residue", "end in the residue");
        return Some(Unread {
            fault: once.fault,
            message: format!("{said} of binary arithmetic: `{text}` is read as {read}"),
            label: format!("read as {read}"),
            help: Some("round the figures where the file is written".into()),
            at: 0..text.len(),
        });
    }
    if once.fault == &DOUBLE_ENCODED {
        let FaultText { message, label, help, odd } = mojibake::words(text);
        return Some(Unread {
            fault: once.fault,
            message,
            label,
            help,
            at: odd.unwrap_or_default(),
        });
    }
    let unread = column.reading.read(text).err()?;
    let said = if once.fault == &AMBIGUOUS_DATE {
        cells("can be read in two ways", "can be read in two ways")
    } else if once.fault == &MIXED_OFFSETS {
        cells("is not compared with the others", "are not compared with the others")
    } else {
        return Some(not_all_dates(column, once.count, text, unread));
    };
    Some(Unread { fault: once.fault, message: format!("{said}: {}", unread.message), ..unread })
}
