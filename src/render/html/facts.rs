//! The first screen: the verdict in a sentence, counts, what was tested and what was not, and what
//! made the report.

use maud::{Markup, html};

use crate::render::html::text::{at, name, sentence, short};
use crate::render::html::view::View;
use crate::render::words::{self, count};
use crate::report::coverage::{FileFacts, FileRole};
use crate::report::document::Document;
use crate::report::{Standing, Summary};

/// The title of the report.
pub fn title(document: &Document) -> String {
    let title = document.run.title.as_deref().filter(|t| !t.trim().is_empty());
    short(title.unwrap_or("Discrepancy report"), 200)
}

/// Everything above the contents.
pub fn first_screen(view: &View<'_>) -> Markup {
    let document = view.document();
    let s = &*document.summary.counts;
    let (shape, class, verdict) = verdict(document);
    html! {
        header {
            p class="kind" {
                @if document.run.title.is_some() { "Discrepancy report, " }
                (name(&document.today))
            }
            h1 { bdi { (title(document)) } }
            p class={ "verdict " (class) } { span aria-hidden="true" { (shape) " " } (verdict) }
            (compared(document))
            (counts(s))
            (bar(s))
            div class="pair" { (tested(view)) (not_tested(view)) }
            (run(document))
        }
    }
}

/// What the report says in all, in a sentence, with a shape and a class.
fn verdict(document: &Document) -> (&'static str, &'static str, String) {
    let s = &*document.summary.counts;
    let new = if s.versions.is_some() { "new " } else { "" };
    let found = [
        (s.errors, format!("{new}error"), format!("{new}errors")),
        (s.warnings, format!("{new}warning"), format!("{new}warnings")),
    ];
    let found = found.iter().filter(|f| f.0 > 0).map(|(n, one, many)| count(*n, one, many));
    let found = found.collect::<Vec<_>>().join(" and ");
    let judged = s.checks.iter().filter(|c| c.tally.held + c.tally.failed > 0).count();
    let failed = s.checks.iter().any(|c| c.tally.failed > 0);
    let (shape, class, verdict) = match () {
        () if s.errors > 0 && failed => ("✖", "error", format!("Does not agree: {found}.")),
        () if s.errors > 0 => ("✖", "error", format!("Not in order: {found}.")),
        () if s.warnings > 0 => ("▲", "warning", format!("No {new}errors, but {found}.")),
        () if judged == 0 => ("?", "warning", "Nothing was tested.".to_string()),
        () if s.infos > 0 && failed => {
            let notes = count(s.infos, &format!("{new}note"), &format!("{new}notes"));
            ("✓", "good", format!("No {new}errors or warnings, but {notes}."))
        }
        () if known(s).is_some() => {
            let open = if s.undecided().0 > 0 { "; not everything could be decided" } else { "" };
            let known = known(s).unwrap_or_default();
            ("✓", "good", format!("Nothing new was found; {known}{open}."))
        }
        () if s.undecided().0 > 0 => {
            ("?", "warning", "What could be decided agrees; not everything could be.".to_string())
        }
        () => ("✓", "good", "Everything that was tested agrees.".to_string()),
    };
    match s.problems {
        0 => (shape, class, verdict),
        _ if judged == 0 => ("✖", "error", "Nothing could be checked.".to_string()),
        _ => ("✖", "error", format!("Not everything could be checked. {verdict}")),
    }
}

/// What was found and does not count, in words.
fn known(s: &Summary) -> Option<String> {
    let before = s.versions.map_or(0, |versions| versions.open);
    let accepted = count(s.accepted, "finding is accepted", "findings are accepted");
    let before_too = count(before, "was there before", "were there before");
    match (s.accepted, before) {
        (0, 0) => None,
        (_, 0) => Some(accepted),
        (0, _) => Some(count(before, "finding was there before", "findings were there before")),
        _ => Some(format!("{accepted}, and {before_too}")),
    }
}

/// How it compares with an older version, in a line.
fn compared(document: &Document) -> Markup {
    let Some(old) = &document.old else { return html! {} };
    let counts = document.summary.counts.versions.unwrap_or_default();
    let line = words::compared(&counts, &old.name);
    html! {
        p { "Compared" bdi { (short(line.trim_end().trim_start_matches("compared"), 300)) } }
        @if let Some(unknown) = words::unknown_version(old) { p { (sentence(&unknown)) } }
    }
}

fn counts(s: &Summary) -> Markup {
    let held: u64 = s.checks.iter().map(|c| c.tally.held).sum();
    let (undecided, _) = s.undecided();
    let all = [
        (s.errors, "error", "errors", "#findings"),
        (s.warnings, "warning", "warnings", "#findings"),
        (s.infos, "note", "notes", "#findings"),
        (
            s.problems,
            "problem kept checks from running",
            "problems kept checks from running",
            "#problems",
        ),
        (undecided, "answer is undecided", "answers are undecided", "#coverage"),
        (s.accepted, "accepted", "accepted", "#accepted"),
        (held, "answer agrees", "answers agree", "#coverage"),
    ];
    html! {
        ul class="counts" {
            @for (n, one, many, link) in all {
                @if n > 0 || one == "error" || one == "answer agrees" {
                    li { a href=(link) { strong { (n) } " " (if n == 1 { one } else { many }) } }
                }
            }
        }
    }
}

/// Width of the bar in the drawing.
const WIDTH: u64 = 1000;

/// Held, failed and undecided answers as a bar; the words stand below it.
fn bar(s: &Summary) -> Markup {
    let sum = |of: fn(&crate::report::Tally) -> u64| -> u64 {
        s.checks.iter().map(|c| of(&c.tally)).sum()
    };
    let parts = [
        (sum(|t| t.held), "held"),
        (sum(|t| t.failed), "failed"),
        (sum(|t| t.undecided), "undecided"),
    ];
    let all: u64 = parts.iter().map(|p| p.0).sum();
    if all == 0 {
        return html! {};
    }
    // What there is at all can be seen; the largest part makes room.
    let share = |n: u64| if n == 0 { 0 } else { share(n, all).max(8) };
    let mut widths = parts.map(|p| share(p.0));
    let over = widths.iter().sum::<u64>().saturating_sub(WIDTH);
    if let Some(widest) = widths.iter_mut().max() {
        *widest = widest.saturating_sub(over);
    }
    let words = parts.iter().filter(|p| p.0 > 0).map(|(n, word)| format!("{n} {word}"));
    let words = format!("Answers of all checks: {}", words.collect::<Vec<_>>().join(", "));
    let [held, failed, _] = widths;
    let starts = [0, held, held + failed];
    html! {
        svg class="bar" viewBox="0 0 1000 24" preserveAspectRatio="none" role="img" aria-label=(words) {
            @for ((_, class), (x, width)) in parts.iter().zip(starts.into_iter().zip(widths)) {
                // What failed is taller, so that colour alone need not tell it.
                @let (y, height) = if *class == "failed" { (0, 24) } else { (6, 12) };
                rect class=(class) x=(x) y=(y) width=(width) height=(height) {}
            }
        }
        p class="small" { (words) "." }
    }
}

fn share(n: u64, all: u64) -> u64 {
    u64::try_from(u128::from(n) * u128::from(WIDTH) / u128::from(all.max(1))).unwrap_or(WIDTH)
}

fn tested(view: &View<'_>) -> Markup {
    let document = view.document();
    let s = &*document.summary.counts;
    let of = |standing| s.checks.iter().filter(|c| c.standing == Some(standing)).count() as u64;
    let checks = s.checks.iter().filter(|c| c.standing.is_some()).count() as u64;
    let figures: u64 =
        document.coverage.texts.iter().map(|t| t.figures - t.unread_count.min(t.figures)).sum();
    html! {
        section {
            h2 { "What was tested" }
            ul {
                li { a href="#coverage" { (count(checks, "check", "checks")) } " over "
                    (count(s.rows, "row", "rows")) " in " (words::read(s)) }
                li { (count(of(Standing::Held), "check holds", "checks hold")) ", "
                    (count(of(Standing::Failed), "fails", "fail")) }
                @if figures > 0 { li { (count(figures, "figure", "figures")) " of the texts" } }
            }
        }
    }
}

fn not_tested(view: &View<'_>) -> Markup {
    let document = view.document();
    let s = &*document.summary.counts;
    let standings = [
        Standing::PartlyUndecided,
        Standing::Undecided,
        Standing::NotApplicable,
        Standing::NothingTested,
        Standing::NotJudged,
    ];
    let of = |standing| s.checks.iter().filter(|c| c.standing == Some(standing)).count() as u64;
    let columns: usize = document.coverage.tables.iter().map(|t| t.unread_columns.len()).sum();
    let figures: u64 = document.coverage.texts.iter().map(|t| t.unread_count).sum();
    let is_all = standings.iter().all(|k| of(*k) == 0) && columns == 0 && figures == 0;
    html! {
        section {
            h2 { "What was not" }
            ul {
                @for kind in standings.into_iter().filter(|k| of(*k) > 0) {
                    li { a href="#coverage" { (count(of(kind), "check", "checks")) } " " (kind.words()) }
                }
                @if columns > 0 { li { a href="#unread" { (count(columns as u64, "column", "columns")) } " that no rule reads" } }
                @if figures > 0 { li { a href="#unread" { (count(figures, "figure", "figures")) } " that no rule reads" } }
                @if s.problems > 0 { li { a href="#problems" { (count(s.problems, "problem", "problems")) } " kept checks from running" } }
                @if is_all && s.problems == 0 { li { "Nothing that is known of." } }
            }
        }
    }
}

/// Digits of a hash that are shown.
const HASH: usize = 12;

/// A hash by its first digits; the whole is in the table of files.
pub fn hash(file: &FileFacts) -> Markup {
    html! {
        @if let Some(hash) = &file.sha256 {
            code title=(short(hash, 64)) { (short(hash.get(..HASH).unwrap_or(hash), HASH)) }
        } @else { "not hashed" }
    }
}

/// What made the report.
fn run(document: &Document) -> Markup {
    let run = &document.run;
    let files = &document.coverage.files;
    let rules: Vec<&FileFacts> = files.iter().filter(|f| f.role == FileRole::Rules).collect();
    let data = files.iter().filter(|f| f.role == FileRole::Data).count() as u64;
    html! {
        dl class="facts" {
            @for meta in &run.meta { dt { (name(&meta.name)) } dd { (name(&meta.value)) } }
            dt { "Made by" } dd { "crossfoot " (name(&document.crossfoot)) ", " (name(&document.today)) }
            @if let Some(commit) = &run.commit {
                dt { "Commit" }
                dd { code { (short(commit, 40)) } @if run.modified { ", with changes that are not committed" } }
            }
            dt { "Rules" }
            dd {
                @for (n, path) in document.rules.iter().take(20).enumerate() {
                    @if n > 0 { ", " }
                    (at(path, None, None))
                    @if let Some(file) = rules.iter().find(|f| f.path == *path) { " sha256 " (hash(file)) }
                }
                @if document.rules.len() > 20 { " and " (document.rules.len() - 20) " more" }
            }
            @if data > 0 { dt { "Data" } dd { a href="#files" { (count(data, "file", "files")) } ", with their hashes" } }
            @if let Some(command) = &run.command { dt { "Command" } dd { code { (short(command, 1_000)) } } }
        }
    }
}
