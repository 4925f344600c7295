//! `crossfoot` of a check: rows against their totals, and columns against theirs, in one line. It
//! becomes ordinary checks, `<id>.rows` and `<id>.columns`.

use crate::expr::parse::{parse_expr, parse_unit};
use crate::expr::print::name as quoted;
use crate::expr::tree::{Expr, Unit};
use crate::rules::toml::{BAD_VALUE, MISSING_KEY, Reader, Section, span_of};
use crate::rules::{CheckRule, Code, Spanned};
use crate::source::{FlatMap, Snippet};

const EXAMPLE: &str = "crossfoot = { table = \"sales\", rows = \"Q1 to Q4\", total = \"Total\", \
                       columns_total = 'region = \"Total\"' }";

const CROSSFOOT_KEYS: &[&str] = &["table", "rows", "total", "columns_total", "within"];

/// What is written.
struct Crossfoot {
    table: Spanned<String>,
    /// The columns that are added up along a row: `Q1 to Q4`, `a, c to e`.
    rows: Snippet,
    /// The column that holds their sum.
    total: Option<Spanned<String>>,
    /// Which row holds the sums of the columns.
    columns_total: Option<Snippet>,
    /// ` within rounding`, or nothing.
    within: String,
}

/// The checks that a `crossfoot` is, with all else that is said of the check.
pub(crate) fn checks(r: &mut Reader<'_>, check: &CheckRule, s: &Section<'_>) -> Vec<CheckRule> {
    for key in ["assert", "each", "where", "order", "was", "examples"] {
        if let Some((k, _)) = s.table.get_key_value(key) {
            let message =
                format!("`{key}` cannot stand beside `crossfoot`, which says what is asked");
            r.problem(&BAD_VALUE, span_of(k.span()), message, "", "write it in a check of its own");
        }
    }
    let Some(asked) = read(r, s) else { return Vec::new() };
    let mut all = Vec::new();
    let part = |name: &str, each: Option<Code<Unit>>, asserts: Vec<Code<Expr>>| CheckRule {
        id: Spanned { value: format!("{}.{name}", check.id.value), span: check.id.span },
        each: each.into_iter().collect(),
        asserts,
        ..check.clone()
    };
    if let Some(total) = &asked.total {
        let mut text = Composed::new(asked.rows.whole().start);
        text.words(&format!("{} = sum(", quoted(&total.value)));
        text.own(&asked.rows);
        text.words(&format!("){}", asked.within));
        let each = unit(r, &asked, &quoted(&asked.table.value));
        all.extend(each.zip(expr(r, text)).map(|(each, a)| part("rows", Some(each), vec![a])));
    }
    if asked.columns_total.is_some() {
        columns(r, &asked, &part, &mut all);
    }
    all
}

/// The checks of columns: of each range, and of those that stand alone.
fn columns(
    r: &mut Reader<'_>,
    asked: &Crossfoot,
    part: &dyn Fn(&str, Option<Code<Unit>>, Vec<Code<Expr>>) -> CheckRule,
    all: &mut Vec<CheckRule>,
) {
    let mut alone = Vec::new();
    let mut ranges = 0;
    for item in asked.rows.text.split(',').map(str::trim) {
        if !item.contains(" to ") {
            alone.push(item.to_string());
            continue;
        }
        let table = quoted(&asked.table.value);
        let each = unit(r, asked, &format!("{table} by column {item} as q"));
        let assertion = expr(r, sum_of_column(asked, "q", ""));
        ranges += 1;
        let name = if ranges > 1 { format!("columns.{ranges}") } else { "columns".into() };
        all.extend(each.zip(assertion).map(|(each, a)| part(&name, Some(each), vec![a])));
    }
    alone.extend(asked.total.iter().map(|total| quoted(&total.value)));
    let table = format!("{}.", quoted(&asked.table.value));
    let asserts: Vec<Code<Expr>> =
        alone.iter().filter_map(|column| expr(r, sum_of_column(asked, column, &table))).collect();
    if !asserts.is_empty() {
        let name = if ranges > 0 { "total" } else { "columns" };
        all.push(part(name, None, asserts));
    }
}

/// One row of a column holds the sum of the others.
fn sum_of_column(asked: &Crossfoot, column: &str, table: &str) -> Composed {
    let mut text = Composed::new(asked.rows.whole().start);
    let Some(condition) = &asked.columns_total else { return text };
    text.words(&format!("only({table}{column} where "));
    text.own(condition);
    text.words(&format!(") = sum({table}{column} where not ("));
    text.own(condition);
    text.words(&format!(")){}", asked.within));
    text
}

fn read(r: &mut Reader<'_>, s: &Section<'_>) -> Option<Crossfoot> {
    let (table, span) = r.table(s, "crossfoot", EXAMPLE)?;
    let inner = Section { table, title: "crossfoot", span };
    r.unknown_keys(&inner, CROSSFOOT_KEYS);
    let of_table = r.spanned(&inner, "table", EXAMPLE);
    let rows = r.text(&inner, "rows", EXAMPLE);
    let total = r.spanned(&inner, "total", EXAMPLE);
    let columns_total = r.text(&inner, "columns_total", EXAMPLE);
    let within = r.text(&inner, "within", "within = \"rounding\"");
    let (Some(of_table), Some(rows)) = (of_table, rows) else {
        let message = "`crossfoot` needs `table` and `rows`, the columns that are added up";
        r.problem(&MISSING_KEY, span, message, "", EXAMPLE);
        return None;
    };
    if total.is_none() && columns_total.is_none() {
        let message = "`crossfoot` has nothing to compare sums with";
        let help = "say which column holds the totals of the rows (`total`), which row those of the \
                    columns (`columns_total`), or both";
        r.problem(&MISSING_KEY, span, message, "", help);
        return None;
    }
    let within = within.map_or(String::new(), |within| format!(" within {}", within.text));
    Some(Crossfoot { table: of_table, rows, total, columns_total, within })
}

fn unit(r: &mut Reader<'_>, asked: &Crossfoot, text: &str) -> Option<Code<Unit>> {
    let mut composed = Composed::new(asked.table.span.start);
    composed.words(text);
    let snippet = composed.snippet(r);
    let (tree, errors) = parse_unit(&snippet.text);
    r.syntax(&snippet, errors).then_some(())?;
    Some(Code { tree: tree?, snippet })
}

fn expr(r: &mut Reader<'_>, text: Composed) -> Option<Code<Expr>> {
    let snippet = text.snippet(r);
    let (tree, errors) = parse_expr(&snippet.text);
    r.syntax(&snippet, errors).then_some(Code { snippet, tree })
}

/// A text of what is written in a rule file and words that are not.
struct Composed {
    text: String,
    map: FlatMap,
    /// Where such words stand.
    at: u64,
}

impl Composed {
    fn new(at: u64) -> Composed {
        Composed { text: String::new(), map: FlatMap::default(), at }
    }

    /// Words that stand nowhere.
    fn words(&mut self, words: &str) {
        let from = self.text.len();
        (from..from + words.len()).for_each(|n| self.map.push(crate::width::to_u32(n), self.at));
        self.text.push_str(words);
    }

    /// What is written.
    fn own(&mut self, snippet: &Snippet) {
        self.map.push(crate::width::to_u32(self.text.len()), snippet.whole().start);
        self.text.push_str(&snippet.text);
    }

    fn snippet(self, r: &Reader<'_>) -> Snippet {
        Snippet { text: self.text, file: r.file, map: self.map }
    }
}
