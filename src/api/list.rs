//! What a project holds, in words.

use std::fmt::Write as _;

use crate::api::moved;
use crate::api::preview::preview;
use crate::api::project::Project;
use crate::engine::data::check::{Check, Kind};
use crate::engine::data::table::{Column, Table};
use crate::expr::bind::ty::word;
use crate::expr::bound::{Op, StateDef};
use crate::expr::tree::Agg;
use crate::plan::{Task, needs, stages};
use crate::report::text::{cut, printable, printable_lines};
use crate::shape::Source;
use crate::source::Files;
use crate::value::Basis;

/// Characters of a cell that are shown.
const CELL: usize = 24;

/// Tables and checks.
pub fn list(project: &Project) -> String {
    let mut out = String::from("tables\n");
    for t in project.built.tables.iter().filter(|t| t.is_declared()) {
        let names: Vec<String> =
            t.files.iter().map(|f| Files::path(&project.book, f.file)).collect();
        let files = names.join(", ");
        let columns: Vec<&str> = shown(t).map(|(_, column)| column.name.as_str()).collect();
        let _ = writeln!(
            out,
            "  {}: {}\n    columns {}",
            printable(&t.name),
            if files.is_empty() { "(no file)".into() } else { printable(&files) },
            printable(&columns.join(", "))
        );
        if let Some(origin) = project.origins.get(&t.name) {
            let _ = writeln!(out, "    {}", printable(&origin.words()));
        }
        shape(project, t, &mut out);
        for column in &t.columns {
            let Basis::FirstCells(cells) = column.reading.basis else { continue };
            let because = match cells {
                1 => "its only cell is an ISO date".to_string(),
                n => format!("its first {n} cells are ISO dates"),
            };
            let _ = writeln!(out, "    `{}` is a date: {because}", printable(&column.name));
        }
    }
    out.push_str("checks\n");
    for c in &project.built.checks {
        let _ = writeln!(
            out,
            "  {} ({}){}",
            printable(&c.id),
            c.severity.word(),
            c.title.as_ref().map_or(String::new(), |t| format!(": {}", printable(t)))
        );
    }
    out
}

/// The columns of a table that the files have, with their numbers.
fn shown(table: &Table) -> impl Iterator<Item = (usize, &Column)> {
    let own = table.columns.iter().zip(&table.layout.sources).enumerate();
    let is_own = |(_, (column, source)): &(usize, (&Column, &Source))| {
        column.rounded.is_none() && !matches!(source, Source::Marks(_))
    };
    own.filter(is_own).map(|(at, (column, _))| (at, column))
}

/// What became of the records of a table's files, and its first rows.
fn shape(project: &Project, table: &Table, out: &mut String) {
    let preview = preview(table, &|file| Files::path(&project.book, file));
    if !preview.left_out.is_nothing() {
        let _ = writeln!(out, "    left out: {}", preview.left_out.words());
    }
    if let Some(headings) = table.layout.headings.as_ref().filter(|all| all.count > 0) {
        let names: Vec<String> = headings
            .first
            .iter()
            .map(|name| cut(&printable(name), CELL, None).into_owned())
            .collect();
        let more = if headings.count > names.len() as u64 { ", …" } else { "" };
        let _ = writeln!(out, "    headings: {}, {}{more}", headings.count, names.join(", "));
    }
    for row in &preview.rows {
        let own = shown(table).filter_map(|(at, _)| row.get(at));
        let cells: Vec<String> =
            own.map(|cell| cut(&printable(cell), CELL, None).into_owned()).collect();
        let _ = writeln!(out, "    | {}", cells.join(" | "));
    }
}

/// What is accepted: what for, why, by whom, until when.
pub fn allowed(project: &Project) -> String {
    let mut out = String::from("allowances\n");
    for allowance in &project.allowances.all {
        let of = &allowance.acceptance;
        let _ = writeln!(out, "  {}", printable(&allowance.subject()));
        let _ = writeln!(out, "    {}", printable(of.reason.as_deref().unwrap_or_default()));
        let place = &allowance.place.at;
        let path = Files::path(&project.book, place.file());
        let mut words = vec![format!("{path}:{}", place.from().line)];
        words.extend(of.by.as_ref().map(|by| format!("by {by}")));
        words.extend(allowance.until.as_ref().zip(of.until.as_ref()).map(|((day, _), until)| {
            let ended = *day < project.today;
            format!("{} {until}", if ended { "ended on" } else { "until" })
        }));
        words.extend(of.any_value.then(|| "whatever the figures are".to_string()));
        let _ = writeln!(out, "    {}", printable(&words.join(", ")));
    }
    if project.allowances.is_empty() {
        out.push_str("  (none)\n");
    }
    out
}

/// What a check says.
pub fn describe(project: &Project, name: &str) -> Option<String> {
    let check: &Check = project.built.checks.iter().find(|c| c.id == name)?;
    let mut out = format!("# {}\n\n", check.id);
    if let Some(title) = &check.title {
        let _ = writeln!(out, "{title}\n");
    }
    let units: Vec<String> = check
        .units
        .iter()
        .map(|u| {
            if u.keys.is_empty() {
                format!("each row of `{}`", project.built.tables[u.table].name)
            } else {
                format!(
                    "each group of `{}` by {}",
                    project.built.tables[u.table].name,
                    u.keys.join(", ")
                )
            }
        })
        .collect();
    let _ = writeln!(
        out,
        "Checked {}; severity {}.\n",
        if units.is_empty() { "once".to_string() } else { format!("for {}", units.join(" with ")) },
        check.severity.word()
    );
    let typed = check.typed.zip(check.row_table());
    if let Some((column, table)) = typed {
        let ty = word(project.built.tables[table].columns[column].reading.ty);
        let _ = writeln!(out, "    must be {ty}");
    }
    for a in &check.asserts {
        let text = match &a.kind {
            Kind::Assert => a.text.clone(),
            Kind::Demand { words, .. } if matches!(a.bound.op, Op::Items { .. }) => {
                format!("each item {words}")
            }
            Kind::Demand { words, .. } => words.clone(),
            Kind::Like { name, .. } => format!("must be {name}"),
            Kind::Unique { .. } => "must be unique".to_string(),
        };
        let _ = writeln!(out, "    {text}");
    }
    let _ = writeln!(
        out,
        "\nDefined in {}, line {}.",
        Files::path(&project.book, check.rule.0),
        project.book.line(check.rule.0, check.rule.1.start)
    );
    if let Some(help) = &check.help {
        let _ = writeln!(out, "\n{help}");
    }
    Some(printable_lines(&out) + "\n")
}

/// What is read before the passes that judge.
fn before(tables: &[Table]) -> String {
    let mut out = String::new();
    for table in tables {
        let is_measured = |c: &&Column| {
            let mut all = std::iter::once(&c.reading).chain(&c.melted);
            c.rounded.is_none() && all.any(|reading| reading.number.most_decimals.is_some())
        };
        let columns = table.columns.iter().filter(is_measured);
        let names: Vec<String> = columns.map(|c| format!("`{}`", printable(&c.name))).collect();
        if !names.is_empty() {
            let (shown, names) = (table.shown(), names.join(", "));
            let table = printable(&shown);
            let _ =
                writeln!(out, "before: one pass over {table}, for the last decimals of {names}");
        }
        // A view has what was found in its table.
        if table.view_of.is_some() {
            continue;
        }
        let (shown, layout) = (table.shown(), &table.layout);
        let shown = printable(&shown);
        if layout.headings.is_some() {
            let _ = writeln!(out, "before: one pass over {shown}, for its headings");
        }
        let hierarchy = layout.hierarchy.as_ref().filter(|h| h.codes.is_some());
        if let Some(column) = hierarchy.and_then(|h| table.columns.get(h.column)) {
            let name = printable(&column.name);
            let _ = writeln!(out, "before: one pass over {shown}, for the codes of `{name}`");
        }
    }
    out
}

/// The passes over the data: what each fills and judges, and what it costs.
pub fn plan(project: &Project) -> String {
    let built = &project.built;
    let tasks: Vec<Task> = built
        .checks
        .iter()
        .map(|c| Task { table: c.row_table(), needs: needs(c.expressions()) })
        .collect();
    let mut out = moved::words(project) + &before(&built.tables);
    for (n, stage) in stages(built.tables.len(), &built.states, &tasks).iter().enumerate() {
        let table = &built.tables[stage.table];
        let _ = writeln!(out, "stage {}: one pass over {}", n + 1, printable(&table.shown()));
        for &s in &stage.states {
            let _ = writeln!(out, "  collects {}", printable(&state(project, s)));
        }
        for &c in &stage.checks {
            let check = &built.checks[c];
            let unique = check.asserts.iter().any(|a| matches!(a.kind, Kind::Unique { .. }));
            let before = needs(check.expressions())
                .iter()
                .any(|&s| matches!(&built.states.all[s], StateDef::Window(n) if n.streams()));
            let keeps =
                if unique { format!(": keeps 8 bytes a row{BEYOND}") } else { String::new() };
            let keeps = if before {
                format!("{keeps}: keeps the last row of each key{BEYOND}")
            } else {
                keeps
            };
            let _ = writeln!(out, "  checks {}{keeps}", printable(&check.id));
        }
    }
    let once: Vec<&str> =
        built.checks.iter().filter(|c| c.row_table().is_none()).map(|c| c.id.as_str()).collect();
    if !once.is_empty() {
        let _ = writeln!(out, "at the end, without another pass: {}", printable(&once.join(", ")));
    }
    out
}

/// What becomes of keys and groups that do not fit in memory.
const BEYOND: &str = ", in temporary files beyond --memory";

fn state(project: &Project, id: usize) -> String {
    let built = &project.built;
    let column = |t: usize, c: usize| built.tables[t].columns[c].name.as_str();
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    match &built.states.all[id] {
        StateDef::Groups(g) => {
            let whole = g.slots.iter().any(|s| {
                s.residual.is_some()
                    || matches!(s.agg, Agg::Median | Agg::Mode | Agg::Stddev | Agg::Quantile)
            });
            let whole = if whole { "; all rows of one group stay in memory" } else { "" };
            let (slots, keys) = (count(g.slots.len(), "aggregate"), count(g.keys.len(), "key"));
            format!("{slots} by {keys}: memory grows with the groups{BEYOND}{whole}")
        }
        StateDef::Index(i) if i.columns.is_empty() => "the only row".into(),
        StateDef::Index(i) => {
            let columns =
                i.columns.iter().map(|&c| column(i.table, c)).collect::<Vec<_>>().join(", ");
            format!("rows by {columns}: memory grows with the keys{BEYOND}")
        }
        StateDef::Window(_) => {
            "neighbouring rows in order: memory grows with the rows, all in memory".into()
        }
    }
}
