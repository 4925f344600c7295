//! A finding as an article: what was found, where, its working, and what is known of it besides.

use maud::{Markup, html};

use crate::render::html::line::number_line;
use crate::render::html::text::{address, name, place, rest, sentence, short};
use crate::render::html::view::{Item, View};
use crate::render::html::{ticks, working};
use crate::render::words::count;
use crate::report::coverage::TableFacts;
use crate::report::document::{
    JsonAcceptance, JsonCells, JsonFinding, JsonLabel, JsonNote, JsonQuote, JsonSource, JsonSuspect,
};

/// Labels of a finding that have a line of their own.
const MOST_LABELS: usize = 12;

/// A finding with all that is known of it.
pub fn article(view: &View<'_>, item: &Item<'_>) -> Markup {
    let f = item.finding;
    let class = format!("finding {}", ticks::class(&f.severity));
    html! {
        article id=(item.anchor) class=(class) data-severity=(ticks::class(&f.severity)) data-status=(view.sorted(item)) {
            @if let Some(whole) = &item.whole { span id=(whole) {} }
            (head(view, item))
            (rest(message(f)))
            (places(view, f))
            @if let Some(quote) = &f.quote { (claim(f, quote)) }
            @else { (source_lines(f)) }
            (arithmetic(view, f, item.before.filter(|_| item.has_changed())))
            (remarks(f))
            @if f.quote.is_some() { (sources(view, f)) }
            (known(item))
        }
    }
}

/// What the page may leave out of a finding when there are very many.
pub fn brief(view: &View<'_>, item: &Item<'_>) -> Markup {
    let f = item.finding;
    html! {
        li id=(item.anchor) data-severity=(ticks::class(&f.severity)) data-status=(view.sorted(item)) {
            (ticks::severity(&f.severity)) " "
            @if let Some(label) = f.labels.first() { (place(&label.place)) " " }
            @if let Some(key) = &f.key { (name(key)) ": " }
            bdi { (short(message(f), 160)) }
        }
    }
}

/// What the finding says, without the title of its check, which stands above.
pub fn message<'f>(f: &'f JsonFinding<'_>) -> &'f str {
    let title = f.title.as_deref().unwrap_or_default();
    let own = f.message.strip_prefix(title).and_then(|rest| rest.strip_prefix(": "));
    own.filter(|_| !title.is_empty()).unwrap_or(&f.message)
}

fn head(view: &View<'_>, item: &Item<'_>) -> Markup {
    let f = item.finding;
    html! {
        h4 {
            a class="number" href={ "#" (item.anchor) } title=(short(&f.fingerprint, 64)) { (item.number) }
            " " (ticks::severity(&f.severity))
            @if let Some(status) = view.status(item) { " " span class="chip" { (status.word()) } }
            @if f.accepted.is_some() { " " span class="chip" { "accepted" } }
            @if f.is_trivial { " " span class="chip" { "trivial" } }
            " " span class="say" { (sentence(message(f))) }
        }
    }
}

/// Where it is, in a line.
fn places(view: &View<'_>, f: &JsonFinding<'_>) -> Markup {
    let rule = f.labels.iter().find(|l| l.role == "rule");
    let marked = view.marked(&f.fingerprint);
    let first = f.labels.first();
    html! {
        p class="where" {
            @if let Some(label) = first { span { (place(&label.place)) } }
            @if let Some(key) = &f.key { span { "row " (name(key)) } }
            @if let Some(column) = first.and_then(|l| l.place.column_name.as_deref()) {
                span { "column " (name(column)) }
            }
            @if let Some(rule) = rule.filter(|_| f.labels.len() > 1) {
                span { "rule " (place(&rule.place)) }
            }
            @if let Some(marked) = marked { span { a href={ "#" (marked.anchor) } { "see it in its table" } } }
            @if first.is_some_and(|l| l.place.derived) {
                span { "counted in the decompressed or decoded text" }
            }
        }
    }
}

/// The sentence that states the figure, and what the figures say.
fn claim(f: &JsonFinding<'_>, quote: &JsonQuote<'_>) -> Markup {
    let part = |text: &str| html! { bdi { (short(text, 500)) } };
    html! {
        blockquote class="claim" {
            "“" (part(&quote.before)) mark { (part(&quote.text)) } (part(&quote.after)) "”"
        }
        @if let Some(w) = f.working.as_ref().filter(|w| w.relation == "=") {
            p class="conclusion" {
                "The other figures give " strong { (name(&working::sides(w)[1].value)) } "."
            }
        }
    }
}

/// The lines of the files, with the cells marked; of several each with its place and its words.
fn source_lines(f: &JsonFinding<'_>) -> Markup {
    let is_shown = |l: &&JsonLabel<'_>| l.source.is_some() || l.cells.is_some();
    let lines: Vec<&JsonLabel<'_>> = f.labels.iter().filter(is_shown).collect();
    html! {
        @for (n, label) in lines.iter().enumerate() {
            @if lines.len() > 1 {
                p class="where" {
                    @if n > 0 { span { (place(&label.place)) } }
                    span { (sentence(&label.text)) }
                }
            }
            @if let Some(source) = &label.source { (source_line(f, label, source)) }
            @if let Some(cells) = &label.cells { (sheet_cells(f, label, cells)) }
        }
    }
}

/// A cell of a sheet with those around it, and what else of them the finding labels.
fn sheet_cells(f: &JsonFinding<'_>, label: &JsonLabel<'_>, cells: &JsonCells<'_>) -> Markup {
    let is_here = |l: &&JsonLabel<'_>| {
        (&l.place.file, &l.place.sheet, l.place.row_group)
            == (&label.place.file, &label.place.sheet, label.place.row_group)
    };
    let here: Vec<&JsonLabel<'_>> = f.labels.iter().filter(is_here).take(MOST_LABELS).collect();
    // A range of cells of a sheet is marked at its first.
    let is_at = |l: &JsonLabel<'_>, address: &str| {
        let first = |own: &str| match l.place.row_group {
            Some(_) => own == address,
            None => own.split(':').next() == Some(address),
        };
        l.place.address.as_ref().is_some_and(|own| first(own))
    };
    html! {
        table class="sheet" {
            thead { tr { td {} @for column in &cells.columns { th scope="col" { (column) } } } }
            tbody {
                @for (row, number) in cells.rows.iter().zip(cells.first_row..) {
                    tr {
                        th scope="row" { (number) }
                        @for (text, column) in row.iter().zip(&cells.columns) {
                            @let address = match label.place.row_group {
                                Some(group) => format!("row {number} of group {group}, column {column}"),
                                None => format!("{column}{number}"),
                            };
                            td {
                                @if is_at(label, &address) { mark { bdi { (short(text, 60)) } } }
                                @else if here.iter().any(|l| is_at(l, &address)) {
                                    u { bdi { (short(text, 60)) } }
                                } @else { bdi { (short(text, 60)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A line with the cells of it that the finding labels.
fn source_line(f: &JsonFinding<'_>, label: &JsonLabel<'_>, source: &JsonSource<'_>) -> Markup {
    let offset = |byte: u64| usize::try_from(byte.checked_sub(source.start)?).ok();
    let is_here = |l: &&JsonLabel| {
        l.place.file == label.place.file && l.place.line == label.place.line && l.role != "rule"
    };
    let span = |l: &JsonLabel| {
        let (from, to) = (offset(l.place.start)?, offset(l.place.end)?.min(source.text.len()));
        source.text.get(from..to).map(|_| (from, to, l.place.start == label.place.start))
    };
    let mut spans: Vec<(usize, usize, bool)> =
        f.labels.iter().filter(is_here).take(MOST_LABELS).filter_map(span).collect();
    // Of two that overlap the primary one is marked, else the first.
    spans.sort_by_key(|s| (!s.2, s.0));
    let mut apart: Vec<(usize, usize, bool)> = Vec::new();
    for s in spans {
        if apart.iter().all(|o| s.1 <= o.0 || o.1 <= s.0) {
            apart.push(s);
        }
    }
    apart.sort_unstable();
    let mut parts: Vec<(&str, Option<bool>)> = Vec::new();
    let mut at = 0;
    for (from, to, is_primary) in apart {
        parts.push((source.text.get(at..from).unwrap_or_default(), None));
        parts.push((source.text.get(from..to).unwrap_or_default(), Some(is_primary)));
        at = to;
    }
    parts.push((source.text.get(at..).unwrap_or_default(), None));
    html! {
        div class="source" {
            span class="ln" { (label.place.line) }
            code {
                @if source.cut_before { "…" }
                @for (text, marked) in parts {
                    @match marked {
                        None => { bdi { (short(text, 800)) } }
                        Some(true) => { mark { bdi { (short(text, 300)) } } }
                        Some(false) => { u { bdi { (short(text, 300)) } } }
                    }
                }
                @if source.cut_after { "…" }
            }
        }
    }
}

/// Working and number line; where the figures have changed, those of before beside them.
fn arithmetic(view: &View<'_>, f: &JsonFinding<'_>, before: Option<&JsonFinding<'_>>) -> Markup {
    let tick = view.marked(&f.fingerprint).map(|m| m.tick);
    let table = |f: &JsonFinding<'_>| {
        html! {
            @if let Some(w) = &f.working { (working::table((&f.labels, f.is_trivial), w, tick)) }
            @else { p { (sentence(message(f))) } }
        }
    };
    html! {
        @if let Some(before) = before {
            div class="pair" {
                div { h5 { "Before" } (table(before)) (number_line(before)) }
                div { h5 { "Now" } (table(f)) (number_line(f)) }
            }
        } @else if let Some(w) = &f.working {
            div class="proof" { div { (working::table((&f.labels, f.is_trivial), w, tick)) } (number_line(f)) }
        }
    }
}

/// What would be needed, the likely explanation, and what to do.
fn remarks(f: &JsonFinding<'_>) -> Markup {
    let w = f.working.as_ref();
    let required = w.and_then(|w| w.required.as_deref());
    let notes = w.map_or(&[][..], |w| &w.notes);
    let is_any = required.is_some() || !notes.is_empty() || f.explanation.is_some();
    html! {
        @if is_any || f.help.is_some() || f.url.is_some() {
            dl class="remarks" {
                @if let Some(text) = &f.explanation {
                    dt { @if f.suspects.iter().any(|s| s.is_likely) { "Likely" } @else { "Maybe" } }
                    dd { (sentence(text)) }
                }
                @if let Some(text) = required { dt { "Needs" } dd { (sentence(text)) } }
                @for note in notes { dt { "Note" } dd { (sentence(note)) } }
                @if let Some(text) = &f.help { dt { "Help" } dd { (sentence(text)) } }
                @if let Some(text) = &f.url { dt { "See" } dd { (address(text)) } }
            }
        }
        (suspects(f))
        @if !f.undecided.is_empty() { (undecided(f)) }
    }
}

/// Cells that may be wrong, and the findings that have the same cause.
fn suspects(f: &JsonFinding<'_>) -> Markup {
    let effect = |s: &JsonSuspect<'_>| {
        let mends = (s.mends > 0).then(|| format!("mends {} more", s.mends));
        let breaks = (s.breaks > 0).then(|| format!("breaks {} that hold", s.breaks));
        let why = s.reason.as_ref().map(|reason| reason.replace('-', " "));
        why.into_iter().chain(mends).chain(breaks).collect::<Vec<_>>().join(", ")
    };
    html! {
        @if !f.suspects.is_empty() {
            table class="suspects" {
                thead { tr { th scope="col" { "Cell" } th scope="col" { "Stated" } th scope="col" { "Would be" } th scope="col" { "Because" } } }
                tbody {
                    @for s in &f.suspects {
                        tr {
                            td { (name(&s.name)) " " (place(&s.place)) }
                            td class="fig" { (name(&s.stated)) }
                            td class="fig" { @if s.is_likely { strong { (name(&s.would_be)) } } @else { (name(&s.would_be)) } }
                            td { (short(&effect(s), 160)) }
                        }
                    }
                }
            }
        }
        @if !f.crossed.is_empty() {
            p class="where" { (count(f.crossed.len() as u64, "other finding has", "other findings have")) " the same cause, and " @if f.crossed.len() == 1 { "is" } @else { "are" } " counted with this one:" }
            ul class="brief" {
                @for c in &f.crossed {
                    li {
                        code { (short(&c.check, 80)) } " "
                        @if let Some(at) = &c.place { (place(at)) " " }
                        @if let Some(key) = &c.key { (name(key)) ": " }
                        bdi { (short(&c.message, 160)) }
                        @if let Some(w) = &c.working {
                            details {
                                summary { "working" }
                                (working::table((&c.labels, c.is_trivial), w, None))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn undecided(f: &JsonFinding<'_>) -> Markup {
    let all = f.undecided_count.unwrap_or(f.undecided.len() as u64);
    let shown = f.undecided.len().min(20);
    html! {
        details {
            summary { (count(all, "answer", "answers")) " could not be decided" }
            ul {
                @for answer in f.undecided.iter().take(shown) {
                    li { (place(&answer.place)) " " (sentence(&answer.cause)) }
                }
                @if all > shown as u64 { li { "and " (all - shown as u64) " more" } }
            }
        }
    }
}

/// Where the figures of a claim come from.
fn sources(view: &View<'_>, f: &JsonFinding<'_>) -> Markup {
    let files = f.labels.iter().filter(|l| l.role != "rule").map(|l| &*l.place.file);
    let terms = f.working.iter().flat_map(|w| &w.terms).filter_map(|t| t.place.as_ref());
    let files: std::collections::BTreeSet<&str> = files.chain(terms.map(|p| &*p.file)).collect();
    let is_used = |t: &&TableFacts| t.files.iter().any(|file| files.contains(file.as_str()));
    let tables = view.document().coverage.tables.iter().filter(is_used);
    let tables: Vec<&TableFacts> =
        tables.filter(|t| t.source.is_some() || t.retrieved.is_some()).collect();
    html! {
        @if !tables.is_empty() {
            p class="small" {
                "Source: "
                @for (n, table) in tables.iter().enumerate() {
                    @if n > 0 { "; " }
                    (name(&table.name))
                    @if let Some(source) = &table.source { ", " (address(source)) }
                    @if let Some(date) = &table.retrieved { ", retrieved " (name(date)) }
                }
                "."
            }
        }
    }
}

/// What accepts it, and what was noted of it, in this report or in an earlier one.
fn known(item: &Item<'_>) -> Markup {
    let f = item.finding;
    let earlier = item.before.and_then(|before| before.note.as_ref());
    html! {
        @if let Some(a) = &f.accepted { p class="accepted" { (acceptance(a)) } }
        @if let Some(note) = &f.note { (noted(note, note.carried_over, note.outdated)) }
        @else if let Some(note) = earlier { (noted(note, true, note.outdated || item.has_changed())) }
    }
}

/// That it is accepted: by whom, until when, why.
pub fn acceptance(a: &JsonAcceptance<'_>) -> Markup {
    html! {
        "Accepted by " (a.kind.word())
        @if let Some(by) = &a.by { ", " (name(by)) }
        @if let Some(until) = &a.until { ", until " (name(until)) }
        @if let Some(reason) = &a.reason { ": " (sentence(reason)) }
        @if let Some(p) = &a.place { " (" (place(p)) ")" }
    }
}

/// What a person noted.
fn noted(note: &JsonNote<'_>, carried_over: bool, outdated: bool) -> Markup {
    html! {
        p class="note" {
            @if let Some(by) = &note.cleared_by { "Cleared by " strong { (name(by)) } }
            @else { "Note" }
            @if let Some(text) = &note.text { ": " (sentence(text)) }
            @if carried_over { " " span class="chip" { "carried over" } }
            @if outdated { " " span class="chip warning" { "the figures have changed since" } }
        }
    }
}
