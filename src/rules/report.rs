//! `[report]` of a rule file: what reports say beside the findings.

use toml::de::DeValue;

use crate::report::schedule::TrivialBelow;
use crate::rules::toml::{BAD_VALUE, Item, Reader, Section};
use crate::rules::{ReportRule, Spanned};
use crate::value::Number;

/// Keys of `[report]`.
pub const REPORT_KEYS: &[&str] = &["title", "trivial_below"];

/// Reads `[report]`.
pub(crate) fn read(r: &mut Reader<'_>, item: &Item<'_>) -> Option<ReportRule> {
    let section = r.named("[report]", item, "[report] with title = \"…\"")?;
    r.unknown_keys(&section, REPORT_KEYS);
    Some(ReportRule {
        file: r.file,
        title: r.words(&section, "title", "title = \"…\""),
        trivial_below: trivial_below(r, &section),
    })
}

/// `trivial_below`: an amount, a percentage, or both in a list.
pub(crate) fn trivial_below(r: &mut Reader<'_>, s: &Section<'_>) -> TrivialBelow {
    let Some(item) = s.table.get("trivial_below") else { return TrivialBelow::default() };
    let items: Vec<&Item<'_>> = match item.get_ref() {
        DeValue::Array(all) => all.iter().collect(),
        _ => vec![item],
    };
    let mut below = TrivialBelow::default();
    for item in items {
        if !matches!(item.get_ref(), DeValue::Integer(_) | DeValue::Float(_) | DeValue::String(_)) {
            r.wrong(item, "trivial_below", "a number or a percentage", "trivial_below = 1000");
            continue;
        }
        let Some(written) = r.scalar(item, "trivial_below") else { continue };
        let Some((number, is_percent)) = amount(&written) else {
            let message = format!("`{}` is no amount above 0", written.value);
            r.problem(&BAD_VALUE, written.span, message, "", FOR_EXAMPLE);
            continue;
        };
        let of = if is_percent { &mut below.points } else { &mut below.amount };
        if of.replace(number).is_some() {
            let message = "`trivial_below` takes one number and one percentage";
            r.problem(&BAD_VALUE, written.span, message, "the second of its kind", "remove one");
        }
    }
    below
}

const FOR_EXAMPLE: &str = "write trivial_below = 1000, for differences of percentages \"0.5%\", for both [1000, \"0.5%\"]";

/// A number above 0, and whether it is a percentage.
fn amount(written: &Spanned<String>) -> Option<(Number, bool)> {
    let text = written.value.trim();
    let (digits, is_percent) = match text.strip_suffix('%') {
        Some(digits) => (digits.trim_end(), true),
        None => (text, false),
    };
    let number = Number::parse(&digits.replace('_', "")).filter(|n| n.signum() > 0)?;
    Some((if is_percent { &number * &Number::decimal(1, 2) } else { number }, is_percent))
}
