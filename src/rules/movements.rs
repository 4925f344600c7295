//! `roll_forward` and `prior` of a check: balances that carry over from row to row, and figures of an
//! earlier year against what was published then. They become ordinary checks.

use crate::expr::parse::{parse_expr, parse_order};
use crate::expr::print::name as quoted;
use crate::expr::tree::{OrderKey, Unit};
use crate::rules::composed::Composed;
use crate::rules::equation::{Named, Part};
use crate::rules::footing::{no_other, part, sum};
use crate::rules::toml::{BAD_VALUE, MISSING_KEY, Reader, Section};
use crate::rules::{CheckRule, Code, Said, Spanned, TableRule};
use crate::source::{FlatMap, Snippet, Span};

const ROLL: &str = "roll_forward = { table = \"assets\", opening = \"Opening\", additions = \
                    [\"Additions\"], reductions = [\"Disposals\"], closing = \"Closing\" }";
const PRIOR: &str = "prior = { table = \"accounts\", column = \"2023\", in = \"accounts_2023\" }";

/// The checks of a `roll_forward`: every row from opening to closing, and each opening against the
/// closing of the row before.
pub(crate) fn roll_forward(
    r: &mut Reader<'_>,
    check: &CheckRule,
    s: &Section<'_>,
) -> Vec<CheckRule> {
    no_other(r, s, "roll_forward");
    let Some((table, span)) = r.table(s, "roll_forward", ROLL) else { return Vec::new() };
    let s = Section { table, title: "roll_forward", span };
    r.unknown_keys(
        &s,
        &["table", "opening", "additions", "reductions", "closing", "order", "by", "within"],
    );
    let of_table = r.spanned(&s, "table", ROLL);
    let mut one = |key: &str| r.text(&s, key, ROLL).as_ref().map(Named::of);
    let (opening, closing) = (one("opening"), one("closing"));
    let (Some(of_table), Some(opening), Some(closing)) = (of_table, opening, closing) else {
        let message = "`roll_forward` needs `table`, `opening` and `closing`";
        r.problem(&MISSING_KEY, span, message, "", format!("for example: {ROLL}"));
        return Vec::new();
    };
    let mut parts = vec![column(&opening, false)];
    for (key, is_minus) in [("additions", false), ("reductions", true)] {
        let names = r.texts(&s, key, ROLL).unwrap_or_default();
        parts.extend(names.iter().map(|name| column(&Named::of(name), is_minus)));
    }
    once(r, &closing, &parts);
    let order = r.text(&s, "order", "order = \"Year\"").and_then(|text| order(r, text));
    let keys = r.texts(&s, "by", "by = \"Class\"").unwrap_or_default();
    let within = within(r, &s);
    let each = Composed::new(of_table.span).table(&of_table).unit(r);
    let text = Composed::new(closing.span).name(&closing).words(" = ");
    let movements = within(sum(text, &parts)).expr(r);
    let text = Composed::new(opening.span).name(&opening).words(" = prev(").name(&closing);
    let by = |(n, key): (usize, &Snippet)| {
        format!("{}{}", if n > 0 { ", " } else { " by " }, quoted(&key.text))
    };
    let by: String = keys.iter().enumerate().map(by).collect();
    let carried = within(text.words(&by).words(")")).expr(r);
    let (Some(each), Some(movements), Some(carried)) = (each, movements, carried) else {
        return Vec::new();
    };
    let made = |name: &str, assert| CheckRule {
        each: vec![each.clone()],
        asserts: vec![assert],
        ..part(check, name)
    };
    vec![made("movements", movements), CheckRule { order, ..made("carried", carried) }]
}

fn column(name: &Named, is_minus: bool) -> Part {
    Part { is_minus, factor: None, from: name.clone(), to: None }
}

fn order(r: &mut Reader<'_>, snippet: Snippet) -> Option<Code<Vec<OrderKey>>> {
    let (tree, errors) = parse_order(&snippet.text);
    r.syntax(&snippet, errors).then_some(Code { snippet, tree })
}

/// What is behind a comparison: a mistake in it is reported once.
fn within<'r>(r: &mut Reader<'_>, s: &Section<'_>) -> impl Fn(Composed) -> Composed + use<'r> {
    let within = r.text(s, "within", "within = \"rounding\"");
    let clean = within.filter(|within| {
        let (_, errors) = parse_expr(&format!("0 = 0 within {}", within.text));
        let count = errors.len();
        let shifted = errors.into_iter().map(|mut e| {
            let by = "0 = 0 within ".len();
            e.span = e.span.start.saturating_sub(by)..e.span.end.saturating_sub(by);
            e
        });
        r.syntax(within, shifted.collect());
        count == 0
    });
    move |text| match &clean {
        Some(within) => text.words(" within ").own(within),
        None => text,
    }
}

/// Reports a column that stands twice in one equation.
fn once(r: &mut Reader<'_>, closing: &Named, parts: &[Part]) {
    let mut seen = vec![closing.text.as_str()];
    for part in parts {
        if seen.contains(&part.from.text.as_str()) {
            let message =
                format!("`{}` stands twice in what makes `{}`", part.from.text, closing.text);
            let help = "name every column once";
            r.problem(&BAD_VALUE, part.from.span, message, "the second", help);
        }
        seen.push(&part.from.text);
    }
}

/// The checks of a `prior`: figures of an earlier year against what was published then, and whether
/// what was published then is still there.
pub(crate) fn prior(
    r: &mut Reader<'_>,
    check: &CheckRule,
    s: &Section<'_>,
    tables: &[TableRule],
) -> Vec<CheckRule> {
    no_other(r, s, "prior");
    let Some((table, span)) = r.table(s, "prior", PRIOR) else { return Vec::new() };
    let s = Section { table, title: "prior", span };
    r.unknown_keys(&s, &["table", "column", "in", "value", "key", "within"]);
    let of_table = r.spanned(&s, "table", PRIOR);
    let other = r.spanned(&s, "in", PRIOR);
    let texts = |r: &mut Reader<'_>, key: &str| r.texts(&s, key, PRIOR).unwrap_or_default();
    let columns = texts(r, "column");
    let keys = match &other {
        Some(other) if !s.table.contains_key("key") => key_of(r, other, tables),
        _ => texts(r, "key"),
    };
    let values = s.table.contains_key("value").then(|| texts(r, "value"));
    let values = values.unwrap_or_else(|| columns.clone());
    let Some(of_table) = of_table.filter(|_| !columns.is_empty()) else {
        let message = "`prior` needs `table`, and `column`: the figures of an earlier year";
        r.problem(&MISSING_KEY, span, message, "", format!("for example: {PRIOR}"));
        return Vec::new();
    };
    if values.len() != columns.len() {
        let message = "`value` names as many columns as `column`: where each was published";
        let at = s.key_span("value").unwrap_or(span);
        r.problem(&BAD_VALUE, at, message, "", format!("for example: {PRIOR}"));
        return Vec::new();
    }
    if !has_key_and_table(r, &s, (other.is_some(), !keys.is_empty())) {
        return Vec::new();
    }
    let within = within(r, &s);
    let pairs: Vec<(Named, Named)> =
        columns.iter().map(Named::of).zip(values.iter().map(Named::of)).collect();
    // Rows of an old version have the key of the table itself.
    let keys = if other.is_some() { keys } else { key_of(r, &of_table, tables) };
    let asked = Prior { table: &of_table, other: other.as_ref(), keys: &keys };
    let behind = |text: Composed| match s.table.contains_key("within") {
        true => within(text),
        // Two columns of which nothing is known are texts; what is compared within an amount are figures.
        false => text.words(" within 0"),
    };
    let each = Composed::new(of_table.span).table(&of_table).unit(r);
    let Some(each) = each else { return Vec::new() };
    let figures = asked.figures(r, check, (&each, &pairs), &behind);
    let mut all: Vec<CheckRule> = figures.into_iter().collect();
    all.extend(asked.blank(r, check, (&each, &pairs)));
    all.extend(asked.left_out(r, check, &pairs));
    all.extend(asked.unpublished(r, check, &pairs));
    all
}

/// Whether another table and its key are both there, or neither; reports which is not.
fn has_key_and_table(
    r: &mut Reader<'_>,
    s: &Section<'_>,
    (is_other, has_key): (bool, bool),
) -> bool {
    if is_other != has_key {
        let (there, message) = match is_other {
            true => (
                "in",
                "`in` needs `key`, the columns that hold the key of that table: it declares none in this file",
            ),
            false => (
                "key",
                "`key` is for another table, and needs `in`; an old version of this \
                              one is matched by the key of the table",
            ),
        };
        let at = s.key_span(there).unwrap_or(s.span);
        r.problem(&MISSING_KEY, at, message, "", format!("for example: {PRIOR}"));
    }
    is_other == has_key
}

/// The key that a table of this file declares, said where that table is named.
fn key_of(r: &Reader<'_>, named: &Spanned<String>, tables: &[TableRule]) -> Vec<Snippet> {
    let table = tables.iter().find(|table| table.name.value == named.value);
    let key = |name: &Spanned<String>| Snippet {
        text: name.value.clone(),
        file: r.file,
        map: FlatMap::identity(named.span.start),
    };
    table.map(|table| table.key.iter().map(key).collect()).unwrap_or_default()
}

struct Prior<'p> {
    table: &'p Spanned<String>,
    other: Option<&'p Spanned<String>>,
    keys: &'p [Snippet],
}

impl Prior<'_> {
    fn key(&self) -> String {
        self.keys.iter().map(|key| quoted(&key.text)).collect::<Vec<_>>().join(", ")
    }

    /// Figures of an earlier year are what was published then; which of them are blank is asked apart.
    fn figures(
        &self,
        r: &mut Reader<'_>,
        check: &CheckRule,
        (each, pairs): (&Code<Unit>, &[(Named, Named)]),
        behind: &dyn Fn(Composed) -> Composed,
    ) -> Option<CheckRule> {
        let assert = |pair: &(Named, Named)| {
            let text = Composed::new(pair.0.span).words("if ").name(&pair.0);
            behind(self.figure(pair, text.words(" is not missing then ")))
        };
        let asserts: Option<Vec<_>> = pairs.iter().map(|pair| assert(pair).expr(r)).collect();
        let claim = |pair| self.figure(pair, Composed::new(each.snippet.whole()));
        let claim = |pair| Said::Figures(claim(pair).snippet(r.file).text);
        Some(CheckRule {
            each: vec![each.clone()],
            said: pairs.iter().map(claim).collect(),
            asserts: asserts?,
            ..part(check, "figures")
        })
    }

    /// A figure of an earlier year is what was published then.
    fn figure(&self, (column, value): &(Named, Named), text: Composed) -> Composed {
        self.published(value, text.name(column).words(" = "))
    }

    /// What was published then.
    fn published(&self, value: &Named, text: Composed) -> Composed {
        match self.other {
            Some(other) => {
                let of = format!("{}[{}].", quoted(&other.value), self.key());
                text.words(&of).name(value)
            }
            None => text.words("old(").name(value).words(")"),
        }
    }

    /// Where a figure was published then, one is stated.
    fn blank(
        &self,
        r: &mut Reader<'_>,
        check: &CheckRule,
        (each, pairs): (&Code<Unit>, &[(Named, Named)]),
    ) -> Option<CheckRule> {
        let assert = |(column, value): &(Named, Named)| {
            let text = self.published(value, Composed::new(column.span).words("if "));
            text.words(" is not missing then ").name(column).words(" is not missing")
        };
        let asserts: Option<Vec<_>> = pairs.iter().map(|pair| assert(pair).expr(r)).collect();
        let claim = |(column, value): &(Named, Named)| {
            let text = Composed::new(column.span).name(column).words(" is stated where ");
            Said::Figures(self.published(value, text).words(" is").snippet(r.file).text)
        };
        Some(CheckRule {
            each: vec![each.clone()],
            said: pairs.iter().map(claim).collect(),
            asserts: asserts?,
            ..part(check, "blank")
        })
    }

    /// What was published then and is no longer there, where it had a figure.
    fn left_out(
        &self,
        r: &mut Reader<'_>,
        check: &CheckRule,
        pairs: &[(Named, Named)],
    ) -> Option<CheckRule> {
        let start = Composed::new(self.other.unwrap_or(self.table).span);
        let each = match self.other {
            Some(other) => start.table(other),
            None => start.words("old(").table(self.table).words(")"),
        };
        let message = format!("`{}` was published, and is no longer there", self.names());
        let values: Vec<&Named> = pairs.iter().map(|(_, value)| value).collect();
        let at = self.other.unwrap_or(self.table).span;
        let among = quoted(&self.table.value);
        let stands = Stands { at, each, name: "published", among, values: &values };
        Some(CheckRule {
            title: Some("What was published is still there".to_string()),
            message: Some(self.message(r, &message)?),
            ..stands.check(r, part(check, "left-out"), self.keys)?
        })
    }

    /// What has a figure of an earlier year and was not published then: of another table the look-up
    /// says so.
    fn unpublished(
        &self,
        r: &mut Reader<'_>,
        check: &CheckRule,
        pairs: &[(Named, Named)],
    ) -> Option<CheckRule> {
        if self.other.is_some() {
            return None;
        }
        let each = Composed::new(self.table.span).words("added(").table(self.table).words(")");
        let message = format!(
            "`{}` has figures of an earlier year, and was not published then",
            self.names()
        );
        let values: Vec<&Named> = pairs.iter().map(|(column, _)| column).collect();
        let among = format!("old({})", quoted(&self.table.value));
        let at = self.table.span;
        let stands = Stands { at, each, name: "latest", among, values: &values };
        Some(CheckRule {
            title: Some("What has figures of an earlier year was published then".to_string()),
            message: Some(self.message(r, &message)?),
            ..stands.check(r, part(check, "unpublished"), self.keys)?
        })
    }

    /// Placeholders for the values of the key.
    fn names(&self) -> String {
        self.keys.iter().map(|key| format!("{{{}}}", key.text)).collect::<Vec<_>>().join(", ")
    }

    fn message(&self, r: &Reader<'_>, words: &str) -> Option<Snippet> {
        Some(Composed::new(self.keys.first()?.whole()).words(words).snippet(r.file))
    }
}

/// That rows with figures stand among others, too, by their key.
struct Stands<'s> {
    at: Span,
    each: Composed,
    name: &'static str,
    among: String,
    values: &'s [&'s Named],
}

impl Stands<'_> {
    fn check(self, r: &mut Reader<'_>, of: CheckRule, keys: &[Snippet]) -> Option<CheckRule> {
        let there = |value: &&Named| format!("{} is not missing", quoted(&value.text));
        let there: Vec<String> = self.values.iter().map(there).collect();
        let filter = Composed::new(self.at).words(&there.join(" or ")).expr(r)?;
        let same = |key: &Snippet| {
            let key = quoted(&key.text);
            format!("{key} = {}.{key}", self.name)
        };
        let same: Vec<String> = keys.iter().map(same).collect();
        let assert = format!("count({} where {}) > 0", self.among, same.join(" and "));
        let assert = Composed::new(keys.first()?.whole()).words(&assert).expr(r)?;
        Some(CheckRule {
            each: vec![self.each.words(&format!(" as {}", self.name)).unit(r)?],
            filter: Some(filter),
            asserts: vec![assert],
            ..of
        })
    }
}
