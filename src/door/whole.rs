//! Findings about whole tables and whole checks: row counts, line ends, marks, checks that judged nothing.

use crate::engine::check::Check;
use crate::engine::faults::{MIXED_PERCENT_MARKS, ROW_COUNT, VACUOUS_CHECK};
use crate::engine::locate::Locator;
use crate::engine::run::Ran;
use crate::engine::table::Rows;
use crate::fault::{Fault, Severity};
use crate::finding::{Demand, Finding, Identity, Label, Place, Role, Subject, evidence};
use crate::project;
use crate::read::csv::faults::{BARE_CR, MIXED_LINE_ENDS};
use crate::source::{FileId, Files, Span};

use super::Project;

fn rule_place(project: &Project, (file, span): (FileId, Span)) -> Place {
    project::csv_table::header_place(&project.book, file, span, project.book.line(file, span.start), None)
}

pub(super) fn row_counts(project: &Project, ran: &Ran<'_>) -> Vec<Finding> {
    let mut all = Vec::new();
    for ((table, result), _) in project.built.tables.iter().zip(&ran.tables).zip(&ran.unfinished).filter(|(_, unfinished)| !**unfinished) {
        let unread = project.problems.iter().any(|p| p.at.is_some_and(|a| a.0 == table.rule.0 && a.1 == table.rule.1)) || table.absent;
        let told = project.built.findings.iter().flatten().any(|f| {
            f.table.as_deref() == Some(&table.name) && f.severity == Severity::Error && f.fault.name != "missing-column" && f.fault.name != "item-unmatched"
        });
        let (min, max) = table.expected;
        let fits = result.rows >= min && max.is_none_or(|m| result.rows <= m);
        if fits || unread || (told && result.rows == 0) {
            continue;
        }
        let rows = |n: u64| match n {
            0 => "no rows".to_string(),
            1 => "1 row".to_string(),
            n => format!("{n} rows"),
        };
        let expected = match max {
            Some(m) if m == min => format!("exactly {m}"),
            Some(m) if min == 0 => format!("at most {m}"),
            Some(m) => format!("{min} to {m}"),
            None => format!("at least {min}"),
        };
        let verb = if max.unwrap_or(min) == 1 { "is" } else { "are" };
        let message = format!("`{}` has {}; {expected} {verb} expected", table.name, rows(result.rows));
        let demand = Demand::Contract("rows");
        let identity = Identity::structure(format!("{}.rows", table.name), &ROW_COUNT, &table.name, Subject::Table);
        let mut f = Finding::new(Identity { demand, ..identity }, Severity::Error, message);
        f.evidence = evidence(&[result.rows.to_string()]);
        if result.set_aside > 0 {
            let were = if result.set_aside == 1 { "1 row was".to_string() } else { format!("{} rows were", result.set_aside) };
            f.help = Some(format!("{were} skipped because of a wrong number of fields or an unclosed quote"));
        }
        f.labels.push(Label { place: rule_place(project, table.rule), role: Role::Rule, text: "expected here".into() });
        all.push(f);
    }
    all
}

pub(super) fn vacuous(project: &Project, ran: &Ran<'_>) -> Vec<Finding> {
    let mut all = Vec::new();
    let unfinished = |check: &Check| check.units.iter().any(|u| ran.unfinished[u.table]);
    for (number, (check, tally)) in project.built.checks.iter().zip(&ran.tallies).enumerate() {
        if ran.left_out.contains(&number) || unfinished(check) || !check.by_user || check.may_be_vacuous || tally.held + tally.failed > 0 {
            continue;
        }
        let why = vacuous_words(check, tally);
        let severity = if tally.seen > 0 && tally.unknown == 0 { Severity::Warning } else { check.severity };
        let message = format!("this check tested nothing: {why}");
        let mut f = Finding::new(Identity::new(&check.id, Demand::Structure, &VACUOUS_CHECK), severity, message);
        f.title.clone_from(&check.title);
        f.labels.push(Label { place: rule_place(project, check.rule), role: Role::Rule, text: "this check".into() });
        all.push(f);
    }
    all
}

fn vacuous_words(check: &Check, tally: &crate::finding::Tally) -> String {
    if tally.seen == 0 {
        return if check.filter.is_some() { "no row meets its `where`".into() } else { "there is no row to check".into() };
    }
    if tally.unknown == 0 {
        return match tally.seen {
            1 => "it does not apply to the only case".into(),
            n => format!("it does not apply to any of the {n} cases"),
        };
    }
    match tally.seen {
        1 => "the only case could not be checked: values are missing or unreadable".into(),
        n => format!("none of the {n} cases could be checked: values are missing or unreadable"),
    }
}

/// Line ends that differ, reported once per file.
pub(super) fn line_ends(project: &Project, ran: &Ran<'_>, table: usize) -> Vec<Finding> {
    let Rows::Csv(parts) = &project.built.tables[table].rows else { return Vec::new() };
    let mut all = Vec::new();
    for (part, counts, firsts) in &ran.tables[table].line_ends {
        let part = &parts[*part as usize];
        let header = &part.header;
        let counts: [u64; 3] = std::array::from_fn(|k| counts[k] + u64::from(header.line_ends[k]));
        let firsts: [_; 3] = std::array::from_fn(|k| header.first_line_end[k].map(|(o, r, l)| (o.into(), r.into(), l.into())).or(firsts[k]));
        let met: Vec<usize> = (0..3).filter(|&k| counts[k] > 0).collect();
        let first = |k: usize| firsts[k].map_or(u64::MAX, |f| f.0);
        let mut tell = |fault: &'static Fault, kind: usize, message: String, label: &str| {
            let Some((offset, _, lines)) = firsts[kind] else { return };
            let subject = Subject::File(Files::path(&project.book, part.file));
            let identity = Identity::structure(fault.name, fault, &project.built.tables[table].name, subject);
            let mut f = Finding::new(identity, fault.severity, message);
            let place = project::csv_table::header_place(&project.book, part.file, Span::new(offset, offset + 1), lines + 1, None);
            f.labels.push(Label { place, role: Role::Stated, text: label.into() });
            f.help = Some("convert the file to one kind of line ending".into());
            all.push(f);
        };
        const NAMES: [&str; 3] = ["LF", "CRLF", "CR"];
        if met.len() > 1 {
            let mut order = met.clone();
            order.sort_by_key(|&k| first(k));
            let shown: Vec<String> = met.iter().map(|&k| format!("{} {}", counts[k], NAMES[k])).collect();
            tell(&MIXED_LINE_ENDS, order[1], format!("this file mixes line endings: {}", shown.join(", ")), "the first different line ending");
        } else if met == [2] {
            tell(&BARE_CR, 2, "the lines of this file end with a carriage return only".into(), "CR without LF");
        }
    }
    all
}

/// Percentages with and without a sign in one column, told once.
pub(super) fn percent_marks(project: &Project, ran: &Ran<'_>, table: usize, paths: &(dyn Fn(FileId) -> String + Sync)) -> Vec<Finding> {
    let info = &project.built.tables[table];
    let mut locator = Locator::new(info, &ran.tables[table].directory, paths);
    let mut all = Vec::new();
    for (column, marked, bare_row) in &ran.tables[table].percent_marks {
        let (Some(marked), Some(bare_row)) = (marked, bare_row) else { continue };
        let (later, first) = if marked > bare_row { (marked, bare_row) } else { (bare_row, marked) };
        let (Some(later), Some(first)) = (locator.row(*later), locator.row(*first)) else { continue };
        let name = &info.columns[*column].name;
        let check = format!("{}.{name}", info.name);
        let identity = Identity::structure(check, &MIXED_PERCENT_MARKS, &info.name, Subject::Table).at(Some(name));
        let message = format!("`{name}` has percentages both with and without a percent sign; all were read as percentages");
        let mut f = Finding::new(identity, Severity::Warning, message);
        for (row, role) in [(&later, Role::Stated), (&first, Role::First)] {
            let mut place = project::csv_table::header_place(&project.book, row.file, row.spans[*column], row.lines[*column], Some(name));
            place.record = row.record;
            f.labels.push(Label { place, role, text: String::new() });
        }
        f.help = Some("write all of them the same way; for fractions such as 0.2, set `type = \"number\"`".into());
        all.push(f);
    }
    all
}
