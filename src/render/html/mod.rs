//! A page for people: one file, which asks for nothing from anywhere, can be read without script,
//! and printed.

mod compare;
mod contents;
mod coverage;
mod embed;
mod exhibit;
mod facts;
mod filter;
mod finding;
mod groups;
mod line;
mod text;
mod ticks;
mod view;
mod working;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::render::html::text::short;
use crate::render::html::view::View;
use crate::report::collection::{Collection, Limit};

/// How many findings a page shows.
pub const LIMIT: Limit = Limit { all: 2_000, each: 100 };

const STYLE: &str = include_str!("page.css");

const SCRIPT: &str = include_str!("page.js");

/// What a page may load and run: nothing from elsewhere, and of scripts that one alone of which this
/// is the hash.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; \
    script-src 'sha256-HrMoBZt3bezqHgaM7f2Kb9udS4M1OWfGRY54V0Fbsu4='";

/// Writes the page of a run.
pub fn page(all: &Collection, out: &mut Vec<u8>) {
    write(View::new(all, None), |_| html! {}, out);
}

/// Writes the page of a run beside an earlier one: findings by what became of them, with both workings
/// where the figures have changed, and notes carried over.
pub fn compared(old: &Collection, new: &Collection, out: &mut Vec<u8>) {
    write(View::new(new, Some(old)), |view| compare::section(old, view), out);
}

fn write(mut view: View<'_>, compared: impl Fn(&View<'_>) -> Markup, out: &mut Vec<u8>) {
    let compared = compared(&view);
    let (findings, left) = groups::groups(&view);
    view.leave_out(&left);
    let page = whole(&view, &html! { (compared) (findings) });
    out.extend_from_slice(page.into_string().as_bytes());
    out.push(b'\n');
}

/// The page around its findings.
fn whole(view: &View<'_>, findings: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (facts::title(view.document())) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (facts::first_screen(view))
                (contents::contents(view))
                main {
                    (findings)
                    (exhibit::exhibits(view))
                    (coverage::coverage(view))
                    (again(view))
                    (legend())
                }
                (embed::json(view))
                footer { p { "Made by crossfoot " (short(&view.document().crossfoot, 40)) "." } }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

/// How the report is made again.
fn again(view: &View<'_>) -> Markup {
    let document = view.document();
    let rules = document.rules.first().map_or("RULES", String::as_str);
    let command = document.run.command.clone();
    let command = command.unwrap_or_else(|| format!("crossfoot check {rules}"));
    html! {
        section id="again" {
            h2 { "How to run it again" }
            pre { code { (short(&command, 1_000)) } }
            p class="small" { "One finding by itself: " code { "crossfoot explain FINGERPRINT" } "." }
        }
    }
}

fn legend() -> Markup {
    html! {
        section id="legend" {
            h2 { "Legend" }
            dl class="legend" {
                @for (sign, words) in ticks::LEGEND { div { dt { (sign) } dd { (words) } } }
                div { dt { mark { "figure" } } dd { "in a line or a sentence, the figure that the finding is about" } }
                div { dt { u { "figure" } } dd { "another figure or text of the line that went into it" } }
            }
        }
    }
}
