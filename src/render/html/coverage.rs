//! What was covered: every check, what agreed and what did not, what no rule reads, what could not
//! be checked, what is accepted, and the schedule of differences.

use maud::{Markup, html};

use crate::render::html::facts::hash;
use crate::render::html::finding::{acceptance, message};
use crate::render::html::text::{address, at, name, sentence, short};
use crate::render::html::ticks;
use crate::render::html::view::View;
use crate::render::words::{count, rule_change};
use crate::report::coverage::{Coverage, FileRole, TextFacts};
use crate::report::document::JsonProblem;
use crate::report::schedule::{self, Totals};
use crate::report::{CheckSummary, Standing};

/// Rows of a list that are shown.
const MOST: usize = 500;

/// Figures of a text that are listed.
const FIGURES: usize = 50;

/// Everything after the findings and the tables.
pub fn coverage(view: &View<'_>) -> Markup {
    let document = view.document();
    html! {
        section id="coverage" {
            h2 { "Coverage" }
            (checks(view))
            (tables(&document.coverage))
            (unread(&document.coverage))
            (files(&document.coverage))
        }
        (problems(&document.problems))
        (differences(view))
        (accepted(view))
        (changes(view))
    }
}

/// A table that may be wider than the page.
fn wide(label: &str, table: &Markup) -> Markup {
    html! { div class="wide" tabindex="0" role="region" aria-label=(label) { (table) } }
}

/// How many rows of a list are left out.
fn left_out(all: usize) -> Markup {
    html! { @if all > MOST { p class="small" { "and " (all - MOST) " more" } } }
}

/// A number; nothing for none, which is easier to read in a column.
fn number(n: u64) -> Markup {
    html! { td class="fig" { @if n == 0 { span class="quiet" { "0" } } @else { (n) } } }
}

fn checks(view: &View<'_>) -> Markup {
    let all: Vec<&CheckSummary> =
        view.document().summary.counts.checks.iter().filter(|c| c.standing.is_some()).collect();
    let table = html! {
        table {
            thead { tr {
                @for head in ["Check", "Came to", "Seen", "Held", "Failed", "Undecided", "Did not apply", "Findings"] {
                    th scope="col" class=[(!matches!(head, "Check" | "Came to")).then_some("fig")] { (head) }
                }
            } }
            tbody { @for check in all.iter().take(MOST) { (check_row(view, check)) } }
        }
    };
    html! {
        h3 { "Checks, those that agree too" }
        @if all.is_empty() { p { "No check was made." } } @else { (wide("Checks", &table)) }
        (left_out(all.len()))
    }
}

fn check_row(view: &View<'_>, check: &CheckSummary) -> Markup {
    let group = view.groups.iter().find(|g| g.check == check.id);
    let t = &check.tally;
    let standing = check.standing.unwrap_or(Standing::NotJudged);
    let (shape, class) = match standing {
        Standing::Held => ("✓", "good"),
        Standing::Failed => ("✗", "error"),
        Standing::PartlyUndecided | Standing::Undecided => ("?", "warning"),
        Standing::NotApplicable | Standing::NothingTested | Standing::NotJudged => ("–", "quiet"),
    };
    html! {
        tr {
            th scope="row" {
                @if let Some(group) = group { a href={ "#" (group.anchor) } { (name(&check.id)) } }
                @else { (name(&check.id)) }
                @if let Some(title) = &check.title { div class="quiet" { (sentence(title)) } }
            }
            td { span class=(class) { span aria-hidden="true" { (shape) " " } (standing.words()) } }
            @for n in [check.seen, t.held, t.failed, t.undecided, t.not_applicable, check.findings + check.known] { (number(n)) }
        }
    }
}

fn tables(coverage: &Coverage) -> Markup {
    let table = html! {
        table {
            thead { tr {
                th scope="col" { "Table" } th scope="col" { "Files" } th scope="col" class="fig" { "Rows" }
                th scope="col" { "Source" } th scope="col" { "Retrieved" }
            } }
            tbody {
                @for t in coverage.tables.iter().take(MOST) {
                    tr {
                        th scope="row" { (name(&t.name)) }
                        td {
                            @for file in t.files.iter().take(3) { div { (at(file, None, None)) } }
                            @if t.files.len() > 3 { div { "and " (t.files.len() - 3) " more" } }
                        }
                        td class="fig" { (t.rows) }
                        td { @if let Some(s) = &t.source { (address(s)) } @else { span class="quiet" { "not said" } } }
                        td { @if let Some(d) = &t.retrieved { (name(d)) } @else { span class="quiet" { "not said" } } }
                    }
                }
            }
        }
    };
    html! {
        @if !coverage.tables.is_empty() {
            h3 { "Tables and where they come from" }
            (wide("Tables", &table))
            (left_out(coverage.tables.len()))
        }
    }
}

fn unread(coverage: &Coverage) -> Markup {
    let tables: Vec<_> = coverage.tables.iter().filter(|t| !t.unread_columns.is_empty()).collect();
    let texts: Vec<&TextFacts> = coverage.texts.iter().filter(|t| t.unread_count > 0).collect();
    html! {
        h3 id="unread" { "What no rule reads" }
        @if coverage.tables.is_empty() && coverage.texts.is_empty() { p { "Not known of this run." } }
        @else if tables.is_empty() && texts.is_empty() { p { "Every column and every figure is read by a rule." } }
        @if !tables.is_empty() {
            ul class="list" {
                @for t in tables.iter().take(MOST) {
                    li {
                        "Table " strong { (name(&t.name)) } ": "
                        @for (n, column) in t.unread_columns.iter().take(50).enumerate() {
                            @if n > 0 { ", " }
                            (name(column))
                        }
                        @if t.unread_columns.len() > 50 { " and " (t.unread_columns.len() - 50) " more" }
                    }
                }
            }
            (left_out(tables.len()))
        }
        @for text in texts.iter().take(MOST) { (figures(text)) }
    }
}

fn figures(text: &TextFacts) -> Markup {
    let shown = text.unread.len().min(FIGURES) as u64;
    html! {
        details {
            summary {
                "Not checked: " (text.unread_count) " of " (count(text.figures, "figure", "figures")) " of " (at(&text.path, None, None))
            }
            ul class="list" {
                @for figure in text.unread.iter().take(FIGURES) {
                    li {
                        code class="at" { (figure.line) ":" (figure.column) } " "
                        strong { (name(&figure.text)) } " "
                        span class="quiet" { bdi { (short(&figure.around, 200)) } }
                    }
                }
                @if text.unread_count > shown { li { "and " (text.unread_count - shown) " more" } }
            }
        }
    }
}

fn files(coverage: &Coverage) -> Markup {
    let table = html! {
        table {
            thead { tr {
                th scope="col" { "File" } th scope="col" { "Role" }
                th scope="col" class="fig" { "Bytes" } th scope="col" { "SHA-256" }
            } }
            tbody {
                @for file in coverage.files.iter().take(MOST) {
                    tr {
                        th scope="row" { (at(&file.path, None, None)) }
                        td { (role(file.role)) }
                        td class="fig" { (file.bytes) }
                        td { @if let Some(hash) = &file.sha256 { code class="hash" { (short(hash, 64)) } } @else { (hash(file)) } }
                    }
                }
            }
        }
    };
    html! {
        @if !coverage.files.is_empty() {
            details id="files" {
                summary { "Files that were read, with their hashes" }
                (wide("Files", &table))
                (left_out(coverage.files.len()))
            }
        }
    }
}

fn role(role: FileRole) -> &'static str {
    match role {
        FileRole::Rules => "rules",
        FileRole::Data => "data",
        FileRole::Baseline => "baseline",
    }
}

fn problems(problems: &[JsonProblem]) -> Markup {
    html! {
        @if !problems.is_empty() {
            section id="problems" {
                h2 { "Could not be checked" }
                ul class="list" {
                    @for p in problems.iter().take(MOST) {
                        li {
                            (ticks::severity("error")) " " code { (short(&p.fault, 60)) } " "
                            (sentence(&p.message))
                            @if let Some(file) = &p.file { " " (at(file, p.line, p.column)) }
                            @if let Some(help) = &p.help { div class="quiet" { (sentence(help)) } }
                        }
                    }
                }
                (left_out(problems.len()))
            }
        }
    }
}

/// Per check how many figures differ, and by how much in all.
fn differences(view: &View<'_>) -> Markup {
    let checks = &view.all.schedule.checks;
    let is_trivial = |wanted: bool| {
        checks.iter().filter_map(move |(check, d)| {
            let totals = if wanted { &d.trivial } else { &d.material };
            (totals.count > 0).then_some((check.as_str(), totals))
        })
    };
    let (material, trivial): (Vec<_>, Vec<_>) =
        (is_trivial(false).collect(), is_trivial(true).collect());
    html! {
        @if !material.is_empty() || !trivial.is_empty() {
            section id="differences" {
                h2 { "Schedule of differences" }
                p class="small" {
                    "Stated less computed, of all findings with a figure that are not accepted, each in the unit of its
                     check; a percentage is a share of 1. Net: what is too high and what is too low cancel out."
                }
                @if !material.is_empty() { (schedule_table(view, "Differences", &material)) }
                @if !trivial.is_empty() {
                    h3 { "Trivial differences" }
                    (schedule_table(view, "Trivial differences", &trivial))
                }
            }
        }
    }
}

fn schedule_table(view: &View<'_>, label: &str, rows: &[(&str, &Totals)]) -> Markup {
    let below = |check: &str| {
        let of = view.document().summary.counts.checks.iter().find(|c| c.id == check);
        of.and_then(|c| c.trivial_below.as_deref())
    };
    let table = html! {
        table {
            thead { tr {
                th scope="col" { "Check" }
                @for head in ["Figures", "Net", "Absolute", "Largest", "Trivial below"] { th scope="col" class="fig" { (head) } }
            } }
            tbody {
                @for (check, totals) in rows.iter().take(MOST) {
                    tr {
                        th scope="row" { (name(check)) }
                        td class="fig" { (totals.count) }
                        @for figure in [&totals.net, &totals.absolute, &totals.largest] {
                            td class="fig" { bdi { (schedule::shown(figure)) } }
                        }
                        td class="fig" { @if let Some(below) = below(check) { (name(below)) } @else { "–" } }
                    }
                }
            }
        }
    };
    html! { (wide(label, &table)) (left_out(rows.len())) }
}

fn accepted(view: &View<'_>) -> Markup {
    let all: Vec<_> =
        view.items().filter_map(|i| Some((i, i.finding.accepted.as_ref()?))).collect();
    let total = view.document().summary.counts.accepted;
    html! {
        @if total > 0 || !all.is_empty() {
            section id="accepted" {
                h2 { "Accepted" }
                ul class="list" {
                    @for (item, why) in all.iter().take(MOST) {
                        li {
                            a href={ "#" (item.anchor) } { (item.number) } " "
                            (name(&item.finding.check)) ": " bdi { (short(message(item.finding), 160)) }
                            div class="quiet" { (acceptance(why)) }
                        }
                    }
                }
                @if total > all.len().min(MOST) as u64 {
                    p class="small" { (total) " are accepted in all; the others are not in this page." }
                }
            }
        }
    }
}

/// What has changed since the old version: its rules, and findings that are no longer there.
fn changes(view: &View<'_>) -> Markup {
    let document = view.document();
    let rules = document.old.as_ref().map_or(&[][..], |old| &old.rule_changes);
    let past = &document.summary.counts.past;
    html! {
        @if !rules.is_empty() || !past.is_empty() {
            section id="changes" {
                h2 { "Since the old version" }
                @if !rules.is_empty() {
                    h3 { "Rules" }
                    ul class="list" { @for change in rules.iter().take(MOST) { li { (sentence(&rule_change(change))) } } }
                    (left_out(rules.len()))
                }
                @if !past.is_empty() {
                    h3 { "Findings that are no longer there" }
                    ul class="list" {
                        @for p in past.iter().take(MOST) {
                            li {
                                span class="chip" { (p.fate.word()) } " " (name(&p.check)) ": "
                                @if let Some(key) = &p.key { "row " (name(key)) ": " }
                                (sentence(&p.message))
                            }
                        }
                    }
                    (left_out(past.len()))
                }
            }
        }
    }
}
