//! `[[allow]]` of a rule file: findings that are accepted, with a reason.

use toml::de::DeValue;

use crate::expr::parse::parse_expr;
use crate::rules::toml::{BAD_VALUE, Item, MISSING_KEY, Reader, Section};
use crate::rules::{AllowRule, Code, Spanned};

/// Keys of `[[allow]]`.
pub const ALLOW_KEYS: &[&str] =
    &["check", "table", "where", "fingerprint", "reason", "by", "until", "any_value"];

const EXAMPLE: &str = "[[allow]] with check = \"area-total\" and reason = \"…\"";
/// Digits of a fingerprint that are enough to name a finding, and all of them.
pub const FINGERPRINT_DIGITS: std::ops::RangeInclusive<usize> = 8..=32;

/// Reads all `[[allow]]` of a file.
pub(crate) fn read(r: &mut Reader<'_>, item: &Item<'_>) -> Vec<AllowRule> {
    let DeValue::Array(all) = item.get_ref() else {
        r.wrong(item, "allow", "a list of tables, each below [[allow]]", EXAMPLE);
        return Vec::new();
    };
    let one = |item: &Item<'_>| {
        let section = r.named("[[allow]]", item, EXAMPLE)?;
        Some(allow(r, &section))
    };
    all.iter().filter_map(one).collect()
}

fn allow(r: &mut Reader<'_>, s: &Section<'_>) -> AllowRule {
    r.unknown_keys(s, ALLOW_KEYS);
    let checks = r.texts(s, "check", "check = [\"area-*\", \"districts.area\"]");
    let checks: Vec<Spanned<String>> = checks
        .unwrap_or_default()
        .into_iter()
        .map(|t| Spanned { span: t.whole(), value: t.text })
        .collect();
    let table = r.spanned(s, "table", "table = \"districts\"");
    let filter = r.text(s, "where", "where = 'id = \"NW\"'").and_then(|snippet| {
        let (tree, errors) = parse_expr(&snippet.text);
        r.syntax(&snippet, errors).then_some(Code { snippet, tree })
    });
    let fingerprint = fingerprint(r, s);
    let names = [
        checks.first().map(|c| c.span),
        fingerprint.as_ref().map(|f| f.span),
        table.as_ref().map(|t| t.span),
    ];
    let is_named = ["check", "table", "fingerprint"]
        .iter()
        .any(|k| s.table.contains_key(*k) || s.meant(k, ALLOW_KEYS).is_some());
    if !is_named {
        let message = "[[allow]] does not say what it accepts";
        let help = "name a `check`, a `table` or a `fingerprint`: check = \"area-total\"";
        r.problem(&MISSING_KEY, s.span, message, "accepts what?", help);
    }
    if let (Some(span), true) = (s.key_span("where"), fingerprint.is_some()) {
        let message =
            "`where` beside `fingerprint` says nothing more: a fingerprint is one finding";
        r.problem(&BAD_VALUE, span, message, "", "remove one of them");
    }
    AllowRule {
        file: r.file,
        span: names.into_iter().flatten().next().unwrap_or(s.span),
        checks,
        table,
        filter,
        fingerprint,
        reason: reason(r, s),
        by: r.words(s, "by", "by = \"A. Name\""),
        until: r.day(s, "until", "until = 2027-03-31"),
        any_value: r.flag(s, "any_value").unwrap_or(false),
    }
}

fn fingerprint(r: &mut Reader<'_>, s: &Section<'_>) -> Option<Spanned<String>> {
    let given = r.spanned(s, "fingerprint", "fingerprint = \"3fa91c2e\"")?;
    let digits = given.value.strip_prefix("v1:").unwrap_or(&given.value).to_ascii_lowercase();
    let is_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_hex || !FINGERPRINT_DIGITS.contains(&digits.len()) {
        let message = format!("`{}` is not the fingerprint of a finding", given.value);
        let help = "copy 8 to 32 of its hexadecimal digits from the JSON output or the baseline";
        r.problem(&BAD_VALUE, given.span, message, "", help);
        return None;
    }
    Some(Spanned { value: digits, span: given.span })
}

/// What is accepted without a reason is not understood by the next reader.
fn reason(r: &mut Reader<'_>, s: &Section<'_>) -> String {
    const REASON: &str = "reason = \"the source is being corrected, issue 41\"";
    if !s.table.contains_key("reason") {
        if s.meant("reason", ALLOW_KEYS).is_none() {
            let help = format!("say why it is accepted: {REASON}");
            r.problem(&MISSING_KEY, s.span, "[[allow]] has no `reason`", "no `reason`", help);
        }
        return String::new();
    }
    let Some(reason) = r.spanned(s, "reason", REASON) else { return String::new() };
    if reason.value.trim().is_empty() {
        let help = format!("say why it is accepted: {REASON}");
        r.problem(&BAD_VALUE, reason.span, "the `reason` of [[allow]] is blank", "", help);
    }
    reason.value
}
