//! The arithmetic behind a finding as a tie-out table: addends, what follows, what is stated, the
//! difference.

use maud::{Markup, html};

use crate::render::html::text::{expression, sentence, short, short_place};
use crate::render::html::ticks;
use crate::render::words::aligned;
use crate::report::document::{JsonLabel, JsonPlace, JsonSide, JsonTerm, JsonWorking};
use crate::report::exhibit::Tick;
use crate::report::terms::{Placed, TermShape, arranged};

/// What a row of the table is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Term,
    /// A part of a term that is an addend itself.
    Aside,
    Total,
    Side,
    Difference,
}

struct Row<'a> {
    kind: Kind,
    word: &'static str,
    name: &'a str,
    place: Option<&'a JsonPlace<'a>>,
    figure: String,
    tick: String,
}

/// Whether the right side is what is stated: a cell, where the left one is computed.
pub fn stated_right(w: &JsonWorking<'_>) -> bool {
    w.relation == "=" && is_cell(w, "right") && !is_cell(w, "left")
}

fn is_cell(w: &JsonWorking<'_>, side: &str) -> bool {
    let mut terms = w.terms.iter().filter(|t| t.side == side);
    terms.next().is_some_and(|t| t.part_of.is_empty() && t.place.is_some())
        && terms.next().is_none()
}

/// The stated side and the one that follows.
pub fn sides<'a>(w: &'a JsonWorking<'a>) -> [&'a JsonSide<'a>; 2] {
    if stated_right(w) { [&w.right, &w.left] } else { [&w.left, &w.right] }
}

/// The table of a finding with its labels; `tick` is what an exhibit says was done with the stated figure.
pub fn table(
    (labels, is_trivial): (&[JsonLabel<'_>], bool),
    w: &JsonWorking<'_>,
    tick: Option<Tick>,
) -> Markup {
    let rows = rows(is_trivial, w, tick);
    let figure = |r: &'_ Row<'_>| match r.kind {
        Kind::Aside => String::new(),
        _ => r.figure.clone(),
    };
    let figures: Vec<String> = rows.iter().map(figure).collect();
    let figures: Vec<&str> = figures.iter().map(String::as_str).collect();
    let figures = aligned(&figures);
    let labelled = labels.iter().map(|l| &l.place);
    let places = labelled.chain(w.terms.iter().filter_map(|t| t.place.as_ref()));
    let files: Vec<&str> = places.map(|p| &*p.file).collect();
    html! {
        table class="tie" {
            caption class="out" { "Working" }
            thead class="out" {
                tr {
                    th scope="col" { "What" } th scope="col" { "Where" }
                    th scope="col" { "Figure" } th scope="col" { "Mark" }
                }
            }
            tbody {
                @for (row, figure) in rows.iter().zip(&figures) { (line(row, figure, &files)) }
            }
        }
        @if let Some(allowance) = &w.allowance {
            p class="small" { "Allowed is " (sentence(allowance)) "." }
        }
    }
}

fn line(row: &Row<'_>, figure: &str, files: &[&str]) -> Markup {
    let class = match row.kind {
        Kind::Term => "",
        Kind::Aside => "aside",
        Kind::Total => "total",
        Kind::Side => "side",
        Kind::Difference => "diff",
    };
    // No addend of the sum that it stands in: its figure stands beside its name.
    let is_aside = row.kind == Kind::Aside;
    html! {
        tr class=[Some(class).filter(|c| !c.is_empty())] {
            th scope="row" {
                @if is_aside { bdi { (row.figure) } " " }
                @if !row.word.is_empty() { span class="word" { (row.word) } " " }
                @if !row.name.is_empty() { (expression(row.name)) }
            }
            td { @if let Some(place) = row.place { (short_place(place, files)) } }
            td class="fig" { @if !is_aside { bdi { (figure) } } }
            td class="tick" { (row.tick) }
        }
    }
}

fn rows<'a>(is_trivial: bool, w: &'a JsonWorking<'a>, tick: Option<Tick>) -> Vec<Row<'a>> {
    let right = stated_right(w);
    let tick = tick.unwrap_or_else(|| ticks::tick_of(w, right));
    let is_equation = w.relation == "=";
    let done = format!("{} ✗", ticks::sign(tick));
    let (computed, stated) = if right { ("left", "right") } else { ("right", "left") };
    let [stated_side, computed_side] = sides(w);
    let mut rows = Vec::new();
    let order = match is_equation {
        true => [(computed, computed_side, "computed"), (stated, stated_side, "stated")],
        false => [("left", &w.left, ""), ("right", &w.right, wanted(&w.relation))],
    };
    for (n, (side, value, word)) in order.into_iter().enumerate() {
        let terms: Vec<&JsonTerm> = w.terms.iter().filter(|t| t.side == side).collect();
        let mark = if n == 0 || !is_equation { "" } else { done.as_str() };
        rows.extend(side_rows(&terms, value, word, mark));
    }
    if w.more_terms > 0 {
        let figure = format!("… {} more", w.more_terms);
        rows.insert(0, Row { figure, ..row(Kind::Term, "", "rows that are not listed") });
    }
    if let Some(difference) = &w.difference {
        let tick = if is_trivial { "imm" } else { "" }.to_string();
        let figure = short(difference, 60);
        rows.push(Row { figure, tick, ..row(Kind::Difference, "difference", "") });
    }
    rows
}

fn row<'a>(kind: Kind, word: &'static str, name: &'a str) -> Row<'a> {
    Row { kind, word, name, place: None, figure: String::new(), tick: String::new() }
}

/// What stands before the right side of a demand that is no equation.
fn wanted(relation: &str) -> &'static str {
    match relation {
        "<=" => "at most",
        ">=" => "at least",
        "<" => "below",
        ">" => "above",
        "!=" => "other than",
        _ => "",
    }
}

fn shape<'t>(term: &'t JsonTerm<'_>) -> TermShape<'t> {
    TermShape {
        name: &term.name,
        part_of: &term.part_of,
        sign: &term.sign,
        is_placed: term.place.is_some(),
    }
}

/// The terms of a side and its value, in which the last term stands for the side where it is it.
fn side_rows<'a>(
    terms: &[&'a JsonTerm<'a>],
    side: &'a JsonSide<'a>,
    word: &'static str,
    mark: &str,
) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> = Vec::new();
    let shapes: Vec<TermShape<'_>> = terms.iter().map(|term| shape(term)).collect();
    for placed in arranged(&shapes) {
        let Some(term) = terms.get(placed.at) else { continue };
        let kind = match placed {
            Placed { depth: 1.., .. } => Kind::Aside,
            Placed { is_total: true, .. } => Kind::Total,
            _ => Kind::Term,
        };
        let sign = placed.sign(&term.sign);
        let figure =
            format!("{} {}", short(sign, 4), short(&term.value, 60)).trim_start().to_string();
        rows.push(Row { place: term.place.as_ref(), figure, ..row(kind, "", &term.name) });
    }
    let is_last = terms.last().is_some_and(|t| t.name == side.expression || terms.len() == 1);
    match rows.last_mut().filter(|_| is_last) {
        Some(last) => {
            last.kind = Kind::Side;
            last.word = word;
            last.tick = mark.to_string();
            if terms.len() == 1 {
                last.figure = short(&side.value, 60);
            }
        }
        None => rows.push(Row {
            figure: short(&side.value, 60),
            tick: mark.to_string(),
            ..row(Kind::Side, word, &side.expression)
        }),
    }
    rows
}
