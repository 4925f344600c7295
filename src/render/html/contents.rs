//! The contents of a page: findings by check, by file and by size of difference.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::render::html::finding::message;
use crate::render::html::text::{at, name, short};
use crate::render::html::ticks;
use crate::render::html::view::{Item, View};
use crate::report::schedule;

/// Files that are listed.
const FILES: usize = 200;

/// Findings that are linked to for each file.
const OF_FILE: usize = 12;

/// Findings that are listed by size.
const LARGEST: usize = 25;

/// Links to everything.
pub fn contents(view: &View<'_>) -> Markup {
    html! {
        nav aria-label="Contents" {
            ul class="jump" {
                li { a href="#findings" { "Findings" } }
                @if !view.document().exhibits.is_empty() { li { a href="#exhibits" { "Tables" } } }
                li { a href="#coverage" { "Coverage" } }
                li { a href="#again" { "How to run it again" } }
                li { a href="#legend" { "Legend" } }
            }
            @if !view.groups.is_empty() {
                (by_check(view))
                (by_file(view))
                (by_size(view))
            }
        }
    }
}

fn by_check(view: &View<'_>) -> Markup {
    html! {
        details open {
            summary { "By check" }
            ul class="list" {
                @for group in &view.groups {
                    li {
                        a href={ "#" (group.anchor) } { (name(group.check)) } " " (group.total)
                        @if let Some(title) = group.title() { span class="quiet" { " " (name(title)) } }
                    }
                }
            }
        }
    }
}

fn by_file(view: &View<'_>) -> Markup {
    let mut files: BTreeMap<&str, Vec<&Item<'_>>> = BTreeMap::new();
    for item in view.items() {
        let file = item.finding.labels.first().map_or("", |l| &*l.place.file);
        files.entry(file).or_default().push(item);
    }
    html! {
        details {
            summary { "By file" }
            ul class="list" {
                @for (file, items) in files.iter().take(FILES) {
                    li {
                        @if file.is_empty() { "without a place" } @else { (at(file, None, None)) }
                        " " (items.len()) ":"
                        @for item in items.iter().take(OF_FILE) {
                            " " a href={ "#" (item.anchor) } { (item.number) }
                        }
                        @if items.len() > OF_FILE { " …" }
                    }
                }
                @if files.len() > FILES { li { "and " (files.len() - FILES) " more files" } }
            }
        }
    }
}

fn by_size(view: &View<'_>) -> Markup {
    let mut sized: Vec<_> =
        view.items().filter_map(|i| Some((schedule::amount(i.finding)?, i))).collect();
    sized.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.number.cmp(&b.1.number)));
    html! {
        @if !sized.is_empty() {
            details {
                summary { "By size of difference" }
                ol class="list" {
                    @for (amount, item) in sized.iter().take(LARGEST) {
                        li {
                            a href={ "#" (item.anchor) } {
                                (difference(item).unwrap_or_else(|| schedule::shown(amount)))
                            }
                            " " (ticks::severity(&item.finding.severity)) " "
                            span class="quiet" { bdi { (short(message(item.finding), 80)) } }
                        }
                    }
                }
                @if sized.len() > LARGEST { p class="small" { "The " (LARGEST) " largest of " (sized.len()) "." } }
            }
        }
    }
}

/// The difference in the unit of its figures.
fn difference(item: &Item<'_>) -> Option<String> {
    let difference = item.finding.working.as_ref()?.difference.as_deref()?;
    Some(short(difference.trim_start_matches(['-', '−']), 40))
}
