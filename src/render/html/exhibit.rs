//! Tables as their files have them, with tick marks at the figures that were checked.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use crate::render::html::text::{at, cell, name, short};
use crate::render::html::ticks;
use crate::render::html::view::{View, cell_anchor};
use crate::report::exhibit::{Exhibit, ExhibitRow, Mark, MarkOutcome, Tick};

/// What the marks of one table are, cell by cell.
struct Marks<'e> {
    of_cell: BTreeMap<(u64, u32), Vec<&'e Mark>>,
    failing_rows: BTreeSet<u64>,
    failing_columns: BTreeSet<u32>,
}

/// All exhibits; nothing where there is none.
pub fn exhibits(view: &View<'_>) -> Markup {
    let exhibits = &view.document().exhibits;
    html! {
        @if !exhibits.is_empty() {
            section id="exhibits" {
                h2 { "Tables, as their files have them" }
                @for (n, exhibit) in exhibits.iter().enumerate() { (table(view, n, exhibit)) }
            }
        }
    }
}

fn marks(exhibit: &Exhibit) -> Marks<'_> {
    let mut all = Marks {
        of_cell: BTreeMap::new(),
        failing_rows: BTreeSet::new(),
        failing_columns: BTreeSet::new(),
    };
    let addends = exhibit.marks.iter().filter(|m| !m.is_stated);
    let (mut columns, mut rows) = (BTreeSet::new(), BTreeSet::new());
    for mark in addends {
        columns.insert((answer(mark), mark.column));
        rows.insert((answer(mark), mark.record));
    }
    for mark in &exhibit.marks {
        all.of_cell.entry((mark.record, mark.column)).or_default().push(mark);
        if !mark.is_stated || mark.outcome != MarkOutcome::Failed {
            continue;
        }
        // A column or a row fails where its total does, not where the total of another table does.
        match mark.tick {
            Tick::Footed if columns.contains(&(answer(mark), mark.column)) => {
                all.failing_columns.insert(mark.column);
            }
            Tick::CrossFooted if rows.contains(&(answer(mark), mark.record)) => {
                all.failing_rows.insert(mark.record);
            }
            _ => {}
        }
    }
    all
}

/// Which answer of which check a mark is about.
fn answer(mark: &Mark) -> (&str, u32, Tick, Option<&str>) {
    (&mark.check, mark.assertion, mark.tick, mark.fingerprint.as_deref())
}

fn table(view: &View<'_>, n: usize, exhibit: &Exhibit) -> Markup {
    let marks = marks(exhibit);
    let label = format!("Table {}", short(&exhibit.table, 80));
    html! {
        div class="exhibit" tabindex="0" role="region" aria-label=(label) {
            table {
                caption {
                    strong { (name(&exhibit.table)) } " "
                    (at(&exhibit.file, Some(exhibit.line).filter(|l| *l > 0), None))
                }
                thead {
                    tr {
                        th scope="col" class="ln" { span class="out" { "Line" } }
                        @for (n, column) in exhibit.columns.iter().enumerate() {
                            th scope="col" class=(column_class(exhibit, &marks, n)) { (name(column)) }
                        }
                    }
                }
                tbody {
                    @for (before, row) in gaps(&exhibit.rows) {
                        @if before { tr class="gap" { td colspan=(exhibit.columns.len() + 1) { "⋯" } } }
                        (line(view, n, exhibit, row, &marks))
                    }
                }
            }
            @if exhibit.more_rows > 0 {
                p class="small" { (exhibit.more_rows) " more rows are not shown." }
            }
        }
    }
}

/// The rows, each with whether others come before it that are not shown.
fn gaps(rows: &[ExhibitRow]) -> impl Iterator<Item = (bool, &ExhibitRow)> {
    let before = std::iter::once(0).chain(rows.iter().map(|r| r.record));
    rows.iter().zip(before).map(|(row, before)| (row.record > before + 1, row))
}

fn column_number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn column_class(exhibit: &Exhibit, marks: &Marks<'_>, n: usize) -> String {
    let figures = exhibit.figures.get(n).copied().unwrap_or(false);
    let fails = marks.failing_columns.contains(&column_number(n));
    [(figures, "fig"), (fails, "fails")]
        .iter()
        .filter(|c| c.0)
        .map(|c| c.1)
        .collect::<Vec<_>>()
        .join(" ")
}

fn line(
    view: &View<'_>,
    n: usize,
    exhibit: &Exhibit,
    row: &ExhibitRow,
    marks: &Marks<'_>,
) -> Markup {
    let fails = marks.failing_rows.contains(&row.record);
    html! {
        tr class=[fails.then_some("fails")] {
            th scope="row" class="ln" { (row.line) }
            @for (column, text) in row.cells.iter().enumerate() {
                @let of_cell = marks.of_cell.get(&(row.record, column_number(column)));
                @let own = of_cell.map_or(&[][..], Vec::as_slice);
                @let class = format!("{} {}", column_class(exhibit, marks, column), outcome(own));
                td class=[Some(class.trim()).filter(|c| !c.is_empty())]
                    id=[(!own.is_empty()).then(|| cell_anchor(n, row.record, column_number(column)))] {
                    (cell(text)) (signs(view, own))
                }
            }
        }
    }
}

/// The class of a cell: the worst that was found of it; that it went into another figure.
fn outcome(marks: &[&Mark]) -> &'static str {
    let stated = || marks.iter().filter(|m| m.is_stated);
    match () {
        () if stated().any(|m| m.outcome == MarkOutcome::Failed) => "bad",
        () if stated().any(|m| m.outcome == MarkOutcome::Undecided) => "open",
        () if stated().next().is_some() => "good",
        () if !marks.is_empty() => "used",
        () => "",
    }
}

/// The signs at a cell, each once; one that failed leads to its finding.
fn signs(view: &View<'_>, marks: &[&Mark]) -> Markup {
    let mut seen = BTreeSet::new();
    let stated = marks.iter().filter(|m| m.is_stated);
    let each: Vec<_> =
        stated.filter(|m| seen.insert((m.tick, m.outcome, &m.fingerprint))).collect();
    html! {
        @for mark in each {
            @let link = mark.fingerprint.as_deref().and_then(|f| view.anchor_of(f));
            @let said = format!("{} ({})", ticks::words(mark.tick, mark.outcome), short(&mark.check, 60));
            " "
            @if let Some(anchor) = link {
                a class="mark failed" href={ "#" (anchor) } title=(said) { (sign(mark)) }
            } @else {
                span class="mark" title=(said) { (sign(mark)) }
            }
        }
    }
}

fn sign(mark: &Mark) -> String {
    let outcome = match mark.outcome {
        MarkOutcome::Held => "",
        MarkOutcome::Failed => "✗",
        MarkOutcome::Undecided => "?",
    };
    // What is checked and fails is not ticked as well.
    match (mark.tick, mark.outcome) {
        (Tick::Checked, MarkOutcome::Failed) => outcome.to_string(),
        (tick, _) => format!("{}{outcome}", ticks::sign(tick)),
    }
}
