//! The findings of a page, check by check. What a page has no room for is a line each, or is only
//! counted.

use std::collections::BTreeSet;

use maud::{Markup, PreEscaped, html};

use crate::render::html::filter;
use crate::render::html::finding::{article, brief};
use crate::render::html::text::{name, short};
use crate::render::html::view::{Group, View};
use crate::render::words::count;

/// Bytes that whole findings may take in a page, and findings in a line.
const ROOM: usize = 650_000;
const BRIEF_ROOM: usize = 200_000;

/// All groups, and the numbers of findings for which there was no room.
pub fn groups(view: &View<'_>) -> (Markup, BTreeSet<usize>) {
    let mut room = Room { whole: ROOM, brief: BRIEF_ROOM, groups: view.groups.len() };
    let mut left = BTreeSet::new();
    let markup = html! {
        section id="findings" {
            h2 { "Findings" }
            (filter::form(view))
            @if view.groups.is_empty() { p { "There are none." } }
            @for group in &view.groups { (self::group(view, group, &mut room, &mut left)) }
        }
    };
    (markup, left)
}

/// What is left of the room, and the groups that share it.
struct Room {
    whole: usize,
    brief: usize,
    groups: usize,
}

fn group(
    view: &View<'_>,
    group: &Group<'_>,
    room: &mut Room,
    left: &mut BTreeSet<usize>,
) -> Markup {
    let groups = room.groups.max(1);
    room.groups = groups - 1;
    let (mut whole, mut brief_room) = (room.whole / groups, room.brief / groups);
    let mut drawn = String::new();
    let mut lines = String::new();
    let mut more = group.total.saturating_sub(group.items.len() as u64);
    for item in &group.items {
        let text = match whole {
            0 => String::new(),
            _ => article(view, item).into_string(),
        };
        // The first may take more than its share, so that every check has one that is whole.
        let fits = text.len() <= whole || (drawn.is_empty() && text.len() <= room.whole);
        if !text.is_empty() && fits {
            room.whole = room.whole.saturating_sub(text.len());
            whole = whole.saturating_sub(text.len());
            drawn.push_str(&text);
            continue;
        }
        whole = 0;
        let line = brief(view, item).into_string();
        if let Some(rest) = brief_room.checked_sub(line.len()) {
            brief_room = rest;
            room.brief = room.brief.saturating_sub(line.len());
            lines.push_str(&line);
        } else {
            left.insert(item.number);
            more += 1;
        }
    }
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

fn head(group: &Group<'_>) -> Markup {
    let tally = group.summary.filter(|s| s.standing.is_some()).map(|s| &s.tally);
    html! {
        header {
            h3 class="check" {
                @if let Some(title) = group.title() { bdi { (short(title, 200)) } " " }
                code { (name(group.check)) }
            }
            p class="where" {
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
    html! {
        p class="more" {
            (count(more, "more finding of this check is", "more findings of this check are"))
            " not in this page; "
            @match &view.all.beside {
                Some(file) => { "they are in " a href=(link(file)) { (file) } "." }
                None => { "they are in the JSON of the run." }
            }
        }
    }
}

/// The address of a file beside the page.
fn link(file: &str) -> String {
    let escaped = |b: u8| match b {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(b).to_string()
        }
        b => format!("%{b:02X}"),
    };
    format!("./{}", file.bytes().map(escaped).collect::<String>())
}
