//! Two reports beside each other: how many findings are new, changed, still open and settled, and
//! which are settled.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::render::html::finding::message;
use crate::render::html::text::{name, place, sentence, short};
use crate::render::html::view::View;
use crate::render::html::{facts, ticks};
use crate::render::words::count;
use crate::report::Status;
use crate::report::collection::Collection;
use crate::report::document::{Document, JsonFinding};

/// Settled findings that are listed.
const MOST: usize = 500;

/// What has become of the findings of the earlier report.
pub fn section(old: &Collection, view: &View<'_>) -> Markup {
    let settled = settled(old, view);
    html! {
        section id="compared" {
            h2 { "Compared with an earlier report" }
            (both(&old.document, view.document()))
            (counts(view, settled.as_ref().map(Vec::len)))
            @match settled {
                Some(settled) => { (list(&settled)) }
                None => { p { "Which findings are settled is not known here: not all findings are in this page." } }
            }
        }
    }
}

/// What made both reports.
fn both(old: &Document, new: &Document) -> Markup {
    let rows: [(&str, fn(&Document) -> Markup); 6] = [
        ("Title", |d| html! { bdi { (facts::title(d)) } }),
        ("Date", |d| name(&d.today)),
        ("crossfoot", |d| name(&d.crossfoot)),
        ("Commit", |d| html! { code { (short(d.run.commit.as_deref().unwrap_or("–"), 12)) } }),
        ("Findings that count", |d| {
            let s = &*d.summary.counts;
            html! { (s.errors + s.warnings + s.infos) }
        }),
        ("Answers that hold", |d| {
            html! { (d.summary.counts.checks.iter().map(|c| c.tally.held).sum::<u64>()) }
        }),
    ];
    html! {
        table class="both" {
            thead { tr { td {} th scope="col" { "Earlier" } th scope="col" { "This one" } } }
            tbody {
                @for (word, of) in rows { tr { th scope="row" { (word) } td { (of(old)) } td { (of(new)) } } }
            }
        }
    }
}

fn counts(view: &View<'_>, settled: Option<usize>) -> Markup {
    let of = |status| view.items().filter(|i| view.status(i) == Some(status)).count();
    let statuses = [Status::New, Status::Changed, Status::Open];
    html! {
        ul class="counts" {
            @for status in statuses { li { strong { (of(status)) } " " (status.word()) } }
            @if let Some(settled) = settled { li { strong { (settled) } " settled or gone" } }
        }
    }
}

/// Findings of the earlier report that this one does not have; none where that is not known.
fn settled<'o>(old: &'o Collection, view: &View<'_>) -> Option<Vec<&'o JsonFinding<'static>>> {
    let past = &view.document().summary.counts.past;
    let past: BTreeSet<&str> = past.iter().map(|p| p.fingerprint.as_str()).collect();
    let now: BTreeSet<&str> = view.items().map(|i| &*i.finding.fingerprint).collect();
    let is_known = view.all.held_back() == 0 || !past.is_empty();
    let is_settled = |f: &&JsonFinding<'static>| match past.is_empty() {
        true => !now.contains(&*f.fingerprint),
        false => past.contains(&*f.fingerprint),
    };
    is_known.then(|| old.document.findings.iter().filter(is_settled).collect())
}

fn list(settled: &[&JsonFinding<'static>]) -> Markup {
    html! {
        @if !settled.is_empty() {
            details open {
                summary { (count(settled.len() as u64, "finding", "findings")) " of the earlier report, settled or gone" }
                ul class="list" {
                    @for f in settled.iter().take(MOST) {
                        li {
                            (ticks::severity(&f.severity)) " " (name(&f.check)) " "
                            @if let Some(label) = f.labels.first() { (place(&label.place)) " " }
                            @if let Some(key) = &f.key { "row " (name(key)) ": " }
                            (sentence(message(f)))
                            @if let Some(text) = f.note.as_ref().and_then(|n| n.text.as_deref()) {
                                div class="quiet" { "Note: " (sentence(text)) }
                            }
                        }
                    }
                }
                @if settled.len() > MOST { p class="small" { "and " (settled.len() - MOST) " more" } }
            }
        }
    }
}
