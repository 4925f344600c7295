//! `[check.<id>]` of a rule file.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use toml::de::{DeTable, DeValue};

use crate::expr::lex::SyntaxError;
use crate::expr::parse::{SYNTAX, parse_expr, parse_order, parse_unit};
use crate::expr::print::print;
use crate::expr::tree::{Expr, Unit};
use crate::fault::Severity;
use crate::rules::toml::{
    BAD_VALUE, DUPLICATE_ASSERTION, Item, MISSING_KEY, Reader, Section, span_of,
};
use crate::rules::{CheckRule, Code, Example, Expected, Spanned, report};
use crate::source::{Problem, Snippet, Span};

/// Keys of `[check.<id>]`.
pub const CHECK_KEYS: &[&str] = &[
    "assert",
    "crossfoot",
    "roll_forward",
    "prior",
    "each",
    "where",
    "order",
    "title",
    "help",
    "url",
    "tags",
    "severity",
    "message",
    "trivial_below",
    "optional",
    "was",
    "examples",
];

impl Reader<'_> {
    /// Puts the errors of an expression where it stands in the file.
    pub(crate) fn syntax(&mut self, snippet: &Snippet, errors: Vec<SyntaxError>) -> bool {
        let clean = errors.is_empty();
        for e in errors {
            let mut problem =
                Problem::new(&SYNTAX, snippet.file, snippet.span(e.span), e.message).label(e.label);
            problem.help = e.help;
            self.problems.push(problem);
        }
        clean
    }
}

/// Reads a check.
pub(crate) fn check(r: &mut Reader<'_>, id: Spanned<String>, s: &Section<'_>) -> CheckRule {
    r.unknown_keys(s, CHECK_KEYS);
    check_name(r, &id, s);
    let mut asserts = asserts(r, s);
    let before = r.problems.len();
    let each = each(r, s);
    // Of which rows is not known then: what follows from that is not reported.
    let is_open = r.problems.len() > before || s.meant("each", CHECK_KEYS).is_some();
    if is_open {
        asserts.clear();
    }
    let filter = r.text(s, "where", "where = 'status = \"final\"'").and_then(|snippet| {
        let (tree, errors) = parse_expr(&snippet.text);
        r.syntax(&snippet, errors).then_some(Code { snippet, tree })
    });
    let order = r.text(s, "order", "order = \"year\"").and_then(|snippet| {
        let (tree, errors) = parse_order(&snippet.text);
        r.syntax(&snippet, errors).then_some(Code { snippet, tree })
    });
    without_rows(r, s);
    CheckRule {
        file: r.file,
        asserts,
        each,
        filter: filter.filter(|_| !is_open),
        order: order.filter(|_| !is_open),
        title: r.words(s, "title", "title = \"…\""),
        help: r.words(s, "help", "help = \"…\""),
        url: r.words(s, "url", "url = \"https://…\""),
        tags: r
            .texts(s, "tags", "tags = [\"a\"]")
            .unwrap_or_default()
            .into_iter()
            .map(|t| t.text)
            .collect(),
        severity: r.severity(s).unwrap_or(Severity::Error),
        message: r.text(s, "message", "message = \"{place}: {left} stated, {right} listed\""),
        trivial_below: report::trivial_below(r, s),
        optional: r.flag(s, "optional").unwrap_or(false),
        was: r.was(s),
        said: Vec::new(),
        footing: None,
        examples: examples(r, s),
        id,
    }
}

/// A check has a name that can be written after `--check`, and an assertion.
fn check_name(r: &mut Reader<'_>, id: &Spanned<String>, s: &Section<'_>) {
    if id.value.is_empty()
        || !id.value.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    {
        r.problem(
            &BAD_VALUE,
            id.span,
            format!("`{}` is not a valid name for a check", id.value),
            "",
            "use letters, digits, `-` and `_`",
        );
    }
    let has_own = ["assert", "crossfoot", "roll_forward", "prior"]
        .iter()
        .any(|key| s.table.contains_key(*key));
    let is_empty = s.table.get("assert").and_then(|item| item.get_ref().as_array());
    let is_empty = is_empty.is_some_and(|list| list.is_empty());
    if is_empty || !has_own && s.meant("assert", CHECK_KEYS).is_none() {
        r.problem(
            &MISSING_KEY,
            id.span,
            format!("{} has no assertion", s.title),
            if is_empty { "`assert` is empty" } else { "no `assert`" },
            "for example: assert = 'area > 0'",
        );
    }
}

fn each(r: &mut Reader<'_>, s: &Section<'_>) -> Vec<Code<Unit>> {
    let mut each = Vec::new();
    for snippet in r.texts(s, "each", "each = \"districts\"").unwrap_or_default() {
        let (tree, errors) = parse_unit(&snippet.text);
        r.syntax(&snippet, errors);
        each.extend(tree.map(|tree| Code { snippet, tree }));
    }
    each
}

/// Keys that need the rows of `each`.
fn without_rows(r: &mut Reader<'_>, s: &Section<'_>) {
    if s.meant("each", CHECK_KEYS).is_some() {
        return;
    }
    for key in ["order", "where"] {
        if let Some((k, _)) = s.table.get_key_value(key).filter(|_| !s.table.contains_key("each")) {
            r.problem(
                &BAD_VALUE,
                span_of(k.span()),
                format!("`{key}` without `each` has no rows to work on"),
                "",
                "add each = \"table\", or put the condition into the aggregate: sum(t.x where …)",
            );
        }
    }
}

/// The assertions of a check. Two equal ones would have the same findings twice, and a reader of a
/// report could not say which of them is meant.
fn asserts(r: &mut Reader<'_>, s: &Section<'_>) -> Vec<Code<Expr>> {
    let mut asserts: Vec<Code<Expr>> = Vec::new();
    let mut firsts: HashMap<String, Span> = HashMap::new();
    let texts = r.texts(s, "assert", "assert = 'a = b'").unwrap_or_default();
    let are_several = texts.len() > 1;
    for snippet in texts {
        let (tree, errors) = parse_expr(&snippet.text);
        if !r.syntax(&snippet, errors) {
            continue;
        }
        match firsts.entry(if are_several { print(&tree) } else { String::new() }) {
            Entry::Vacant(entry) => {
                entry.insert(snippet.whole());
                asserts.push(Code { snippet, tree });
            }
            Entry::Occupied(first) => {
                let message = format!("{} asserts `{}` twice", s.title, first.key());
                let problem = Problem::new(&DUPLICATE_ASSERTION, r.file, snippet.whole(), message)
                    .label("the second");
                r.problems.push(problem.help("remove one of them").related(
                    r.file,
                    *first.get(),
                    "the first",
                ));
            }
        }
    }
    asserts
}

fn examples(r: &mut Reader<'_>, s: &Section<'_>) -> Vec<Example> {
    const EXAMPLE: &str = "examples = [{ tables = { t = \"a,b\\n1,2\" }, expect = \"holds\" }]";
    let Some(item) = s.table.get("examples") else { return Vec::new() };
    let DeValue::Array(all) = item.get_ref() else {
        r.wrong(item, "examples", "a list of tables", EXAMPLE);
        return Vec::new();
    };
    all.iter().filter_map(|item| example(r, item, EXAMPLE)).collect()
}

fn example(r: &mut Reader<'_>, item: &Item<'_>, shown: &str) -> Option<Example> {
    let section = r.named("an example", item, shown)?;
    r.unknown_keys(&section, &["tables", "expect"]);
    let (tables, _) = r.table(&section, "tables", shown)?;
    let expect = r.spanned(&section, "expect", shown)?;
    let value = match expect.value.as_str() {
        "holds" => Expected::Holds,
        "fails" => Expected::Fails,
        "unknown" => Expected::Unknown,
        "not-applicable" => Expected::NotApplicable,
        other => {
            r.problem(
                &BAD_VALUE,
                expect.span,
                format!("`{other}` is not a verdict"),
                "",
                "write holds, fails, unknown or not-applicable",
            );
            return None;
        }
    };
    let tables = texts_of(r, tables, shown);
    Some(Example { span: section.span, tables, expect: Spanned { value, span: expect.span } })
}

fn texts_of(
    r: &mut Reader<'_>,
    table: &DeTable<'_>,
    shown: &str,
) -> Vec<(Spanned<String>, Snippet)> {
    let mut all = Vec::new();
    for (name, item) in table.iter() {
        if let Some(text) = r.text_item(item, "tables", shown) {
            all.push((
                Spanned { value: name.get_ref().to_string(), span: span_of(name.span()) },
                text,
            ));
        }
    }
    all
}
