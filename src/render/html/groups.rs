//! The findings of a page, check by check. What a page has no room for is a line each, or is only
//! counted.

use std::collections::BTreeMap;

use maud::{Markup, PreEscaped, html};

use crate::render::html::finding::{article, brief};
use crate::render::html::text::{name, short};
use crate::render::html::ticks;
use crate::render::html::view::{Group, Item, View};
use crate::render::words::count;
use crate::report::document::JsonFinding;

/// Bytes that whole findings may take in a page, and findings in a line.
const ROOM: usize = 900_000;
const BRIEF_ROOM: usize = 300_000;

/// Findings of before, by fingerprint, where a page compares two reports.
pub type Before<'a> = BTreeMap<&'a str, &'a JsonFinding<'static>>;

/// All groups.
pub fn groups(view: &View<'_>, before: &Before<'_>) -> Markup {
    let mut room = Room { whole: ROOM, brief: BRIEF_ROOM, groups: view.groups.len() };
    html! {
        section id="findings" {
            h2 { "Findings" }
            @if view.groups.is_empty() { p { "There are none." } }
            @for group in &view.groups { (self::group(view, group, before, &mut room)) }
        }
    }
}

/// What is left of the room, and the groups that share it.
struct Room {
    whole: usize,
    brief: usize,
    groups: usize,
}

fn group(view: &View<'_>, group: &Group<'_>, before: &Before<'_>, room: &mut Room) -> Markup {
    let groups = room.groups.max(1);
    room.groups = groups - 1;
    let (mut whole, mut brief_room) = (room.whole / groups, room.brief / groups);
    let mut drawn = String::new();
    let mut lines = String::new();
    let mut left = 0;
    for item in &group.items {
        let text = match whole {
            0 => String::new(),
            _ => article(view, item, changed(item, before)).into_string(),
        };
        if !text.is_empty() && (text.len() <= whole || drawn.is_empty()) {
            room.whole = room.whole.saturating_sub(text.len());
            whole = whole.saturating_sub(text.len());
            drawn.push_str(&text);
            continue;
        }
        whole = 0;
        let line = brief(item).into_string();
        match brief_room.checked_sub(line.len()) {
            Some(rest) => {
                brief_room = rest;
                room.brief = room.brief.saturating_sub(line.len());
                lines.push_str(&line);
            }
            None => left += 1,
        }
    }
    let more = group.total.saturating_sub(group.items.len() as u64) + left;
    html! {
        section class="group" id=(group.anchor) data-check=(short(group.check, 200)) {
            (head(group))
            (PreEscaped(drawn))
            @if !lines.is_empty() {
                details class="briefs" open {
                    summary { "More findings of this check, in a line each" }
                    ul class="brief" { (PreEscaped(lines)) }
                }
            }
            @if more > 0 { (held_back(view, more)) }
        }
    }
}

/// What an older report has of a finding, where it has changed since.
fn changed<'b>(item: &Item<'_>, before: &Before<'b>) -> Option<&'b JsonFinding<'static>> {
    let old = before.get(&*item.finding.fingerprint)?;
    (old.evidence != item.finding.evidence).then_some(*old)
}

fn head(group: &Group<'_>) -> Markup {
    let tally = group.summary.filter(|s| s.standing.is_some()).map(|s| &s.tally);
    html! {
        header {
            h3 class="check" {
                @if let Some(title) = group.title() { bdi { (short(title, 200)) } " " }
                code { (name(group.check)) }
            }
            p class="where" {
                @if let Some(first) = group.items.first() { span { (ticks::severity(&first.finding.severity)) } }
                span { (count(group.total, "finding", "findings")) }
                @if let Some(t) = tally {
                    span { (t.held) " held, " (t.failed) " failed"
                        @if t.undecided > 0 { ", " (t.undecided) " undecided" } }
                }
            }
        }
    }
}

/// How many findings of a check are not in the page, and where they are.
fn held_back(view: &View<'_>, more: u64) -> Markup {
    let _ = view;
    html! {
        p class="more" {
            (count(more, "more finding of this check is", "more findings of this check are"))
            " not in this page; they are in the JSON of the run."
        }
    }
}
