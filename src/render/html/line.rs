//! The number line of a finding, drawn as SVG.

use maud::{Markup, html};

use crate::render::html::text::short;
use crate::render::html::working::{sides, stated_right};
use crate::report::axis::{Axis, Point};
use crate::report::document::{JsonFinding, JsonSide, JsonWorking};

/// Width of the drawing.
const WIDTH: u32 = 340;

/// Height of the line itself in the drawing.
const LINE: u32 = 34;

/// The line of a finding; nothing where its sides are no numbers.
pub fn number_line(f: &JsonFinding<'_>) -> Markup {
    let (Some(axis), Some(w)) = (Axis::of(f), &f.working) else { return html! {} };
    let right = stated_right(w);
    let (stated, computed) =
        if right { (&axis.right, &axis.left) } else { (&axis.left, &axis.right) };
    let [stated_side, computed_side] = sides(w);
    html! {
        svg class="line" viewBox="0 0 340 68" role="img" aria-label=(words(w)) {
            line class="axis" x1="4" x2="336" y1=(LINE) y2=(LINE) {}
            // What is allowed is allowed of the right side; the frame stands around what follows.
            @if let Some((low, high)) = axis.allowed.filter(|_| !right) {
                rect class="allowed" x=(x(low)) width=(wide(low, high)) y=(LINE - 9) height="18" {}
            }
            @for (point, class) in [(stated, "stated"), (computed, "computed")] {
                @if let Some((low, high)) = point.range {
                    rect class={ "range " (class) } x=(x(low)) width=(wide(low, high)) y=(LINE - 4) height="8" {}
                }
            }
            circle class="stated" cx=(x(stated.at)) cy=(LINE) r="5" {}
            (diamond(x(computed.at)))
            (label(stated, 16, &format!("{} {}", said(w), short(&stated_side.value, 24))))
            (label(computed, 60, &format!("{} {}", follows(w), short(&computed_side.value, 24))))
        }
    }
}

fn said(w: &JsonWorking<'_>) -> &'static str {
    if w.relation == "=" { "stated" } else { "is" }
}

fn follows(w: &JsonWorking<'_>) -> String {
    match &*w.relation {
        "=" => "computed".to_string(),
        relation => format!("wanted {}", short(relation, 4)),
    }
}

/// The drawing in words.
fn words(w: &JsonWorking<'_>) -> String {
    let side = |s: &JsonSide| {
        let range = s.range.as_ref().map(|(low, high)| format!(" ({low} to {high})"));
        short(&format!("{}{}", s.value, range.unwrap_or_default()), 120)
    };
    let [stated, computed] = sides(w);
    let apart =
        w.difference.as_ref().map(|d| format!(", {} apart", d.trim_start_matches(['-', '−'])));
    let apart = short(&apart.unwrap_or_default(), 80);
    format!("Number line: {} {}, {} {}{apart}", said(w), side(stated), follows(w), side(computed))
}

fn x(at: u32) -> u32 {
    at * WIDTH / 1000
}

fn wide(low: u32, high: u32) -> u32 {
    x(high).saturating_sub(x(low)).max(3)
}

fn diamond(x: u32) -> Markup {
    let points = format!("{},{LINE} {x},{} {},{LINE} {x},{}", x - 6, LINE - 6, x + 6, LINE + 6);
    html! { polygon class="computed" points=(points) {} }
}

/// Words above or below a point, within the drawing.
fn label(point: &Point, y: u32, text: &str) -> Markup {
    let (anchor, x) = match point.at {
        0..=350 => ("start", x(point.at) - 6),
        351..=649 => ("middle", x(point.at)),
        _ => ("end", x(point.at) + 6),
    };
    html! { text x=(x) y=(y) text-anchor=(anchor) { (text) } }
}
