//! The run as JSON within the page, for tools that are given the page alone.

use std::borrow::Cow;

use maud::{Markup, PreEscaped, html};
use serde::Serialize;
use serde_json::Value;

use crate::render::html::view::View;
use crate::report::OldVersion;
use crate::report::coverage::RunFacts;
use crate::report::document::{JsonFinding, JsonProblem, JsonSummary};
use crate::report::text::{cut, escape};

/// Bytes that it may take; findings have what the rest leaves.
const ROOM: usize = 300_000;

/// Characters of a text, and items of a list.
const MOST: usize = 1_000;

/// What of a finding only the whole JSON of the run has.
const LEFT_OUT: [&str; 3] = ["certificate", "undecided", "absent_key"];

/// The document without its findings, and without what only the whole JSON has.
#[derive(Serialize)]
struct Run<'a> {
    version: u32,
    crossfoot: &'a str,
    today: &'a str,
    rules: &'a [String],
    run: &'a RunFacts,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<&'a OldVersion>,
    findings: Vec<Value>,
    /// Findings of the run that are not in the list.
    left_out: u64,
    problems: &'a [JsonProblem],
    summary: &'a JsonSummary<'static>,
}

/// The element that holds it.
pub fn json(view: &View<'_>) -> Markup {
    let document = view.document();
    let run = Run {
        version: document.version,
        crossfoot: &document.crossfoot,
        today: &document.today,
        rules: &document.rules,
        run: &document.run,
        old: document.old.as_ref(),
        left_out: 0,
        findings: Vec::new(),
        problems: &document.problems,
        summary: &document.summary,
    };
    let mut run = serde_json::to_value(&run).unwrap_or_default();
    bound(&mut run);
    let mut room = ROOM.saturating_sub(run.to_string().len());
    let mut findings = Vec::new();
    for item in view.items() {
        let value = short(item.finding);
        let Some(rest) = room.checked_sub(value.to_string().len()) else { break };
        room = rest;
        findings.push(value);
    }
    let total = view.all.counts.values().sum::<u64>();
    if let Value::Object(fields) = &mut run {
        fields.insert("left_out".into(), total.saturating_sub(findings.len() as u64).into());
        fields.insert("findings".into(), findings.into());
    }
    let text = inert(&run.to_string());
    html! { script type="application/json" id="crossfoot-run" { (PreEscaped(text)) } }
}

/// Cuts long texts and lists.
fn bound(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(short) = cut(text, MOST, None) {
                *text = short;
            }
        }
        Value::Array(all) => {
            all.truncate(MOST);
            all.iter_mut().for_each(bound);
        }
        Value::Object(fields) => fields.values_mut().for_each(bound),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A finding with its primary place and without its terms.
fn short(finding: &JsonFinding<'_>) -> Value {
    let mut value = serde_json::to_value(finding).unwrap_or_default();
    if let Value::Object(fields) = &mut value {
        fields.retain(|name, value| !value.is_null() && !LEFT_OUT.contains(&name.as_str()));
        if let Some(Value::Array(labels)) = fields.get_mut("labels") {
            labels.truncate(1);
            let first = labels.first_mut().and_then(Value::as_object_mut);
            first.and_then(|label| label.remove("source"));
        }
        if let Some(Value::Array(terms)) =
            fields.get_mut("working").and_then(|w| w.get_mut("terms"))
        {
            terms.clear();
        }
    }
    bound(&mut value);
    value
}

/// JSON in which nothing ends the element, and everything can be seen.
fn inert(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut seen = String::new();
    for c in json.chars() {
        seen.clear();
        if matches!(c, '<' | '>' | '&') || escape(c, &mut seen) {
            let units = &mut [0; 2];
            c.encode_utf16(units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}
