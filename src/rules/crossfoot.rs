//! What is written in `crossfoot = { … }`.

use crate::expr::parse::parse_expr;
use crate::rules::composed::Composed;
use crate::rules::equation::{self, Equation, Named, Part};
use crate::rules::spanned::Spanned;
use crate::rules::toml::{BAD_VALUE, MISSING_KEY, Reader, Section};
use crate::source::{Snippet, Span};
use toml::de::DeValue;

const EXAMPLE: &str = "crossfoot = { table = \"sales\", rows = \"Q1 to Q4\", total = \"Total\", \
                       columns_total = 'region = \"Total\"' }";
const BY_LABEL: &str = "label = \"item\", columns = [\"Profit = Revenue - Costs\"]";
const PARENT: &str = "parent = \"label\" or parent = { column = \"part_of\", of = \"code\" }";

const KEYS: &[&str] = &[
    "table",
    "rows",
    "total",
    "figures",
    "columns_total",
    "by",
    "parent",
    "columns",
    "label",
    "within",
];

/// What is written.
pub(crate) struct Crossfoot {
    pub table: Spanned<String>,
    /// What holds in every row; those without a total only name columns.
    pub equations: Vec<Equation>,
    /// The columns that are added up downwards, ranges first.
    pub figures: Vec<Part>,
    /// Which rows hold the sums of the columns, the innermost totals first.
    pub totals: Vec<Snippet>,
    /// By which columns rows are grouped, the outermost first.
    pub keys: Vec<Named>,
    pub parent: Option<Hierarchy>,
    /// What holds in every column, of rows that are named by their labels.
    pub lines: Vec<Equation>,
    /// The column of these labels.
    pub label: Option<Named>,
    pub within: Option<Snippet>,
    /// Where the whole stands.
    pub span: Span,
}

/// What shows which row a row is part of.
pub(crate) enum Hierarchy {
    /// The `parent` of the table, by this column.
    Table(Named),
    /// A column that holds what `of` holds in the row above.
    Column { column: Named, of: Named },
}

/// Rows of totals of one level.
pub(crate) struct Level<'c> {
    /// Which row of a group is the total.
    pub total: &'c Snippet,
    /// Which rows are added up, where these are totals themselves.
    pub inner: Option<&'c Snippet>,
    /// Rows of totals of the levels around it.
    pub outer: &'c [Snippet],
    pub keys: &'c [Named],
    /// The last of its keys, as a part of a check's name.
    pub name: Option<String>,
}

impl Level<'_> {
    /// What is asked of its rows of totals.
    pub(crate) fn said(&self) -> String {
        let total = &self.total.text;
        match self.inner {
            Some(inner) => format!("{total} is the sum of the rows with {}", inner.text),
            None => format!("{total} is the sum of the other rows"),
        }
    }
}

impl Crossfoot {
    pub(crate) fn levels(&self) -> Vec<Level<'_>> {
        let level = |(n, total)| {
            let count = self.keys.len().saturating_sub(n);
            let keys = self.keys.get(..count).unwrap_or(&[]);
            let plain = |c: char| if c.is_alphanumeric() || c == '_' { c } else { '-' };
            Level {
                total,
                inner: n.checked_sub(1).and_then(|n| self.totals.get(n)),
                outer: self.totals.get(n + 1..).unwrap_or(&[]),
                keys,
                name: keys.last().map(|key| key.text.chars().map(plain).collect()),
            }
        };
        self.totals.iter().enumerate().map(level).collect()
    }
}

pub(crate) fn read(r: &mut Reader<'_>, s: &Section<'_>) -> Option<Crossfoot> {
    let (table, span) = r.table(s, "crossfoot", EXAMPLE)?;
    let inner = Section { table, title: "crossfoot", span };
    r.unknown_keys(&inner, KEYS);
    let before = r.problems.len();
    let of_table = r.spanned(&inner, "table", EXAMPLE);
    let equations = rows(r, &inner);
    let lines = equations_of(r, &inner, "columns", BY_LABEL);
    let figures = figures(r, &inner, &equations);
    let totals = r.texts(&inner, "columns_total", EXAMPLE).unwrap_or_default();
    let keys = r.texts(&inner, "by", "by = [\"country\", \"region\"]").unwrap_or_default();
    let asked = Crossfoot {
        table: of_table.unwrap_or(Spanned { value: String::new(), span }),
        equations,
        figures,
        totals,
        keys: keys.iter().map(Named::of).collect(),
        parent: parent(r, &inner),
        lines,
        label: r.text(&inner, "label", BY_LABEL).as_ref().map(Named::of),
        within: r.text(&inner, "within", "within = \"rounding\""),
        span,
    };
    is_whole(r, &inner, &asked);
    own_parts(r, asked.equations.iter().chain(&asked.lines));
    are_clean(r, &asked);
    (r.problems.len() == before).then_some(asked)
}

/// `rows` and `total`.
fn rows(r: &mut Reader<'_>, s: &Section<'_>) -> Vec<Equation> {
    let mut all = equations_of(r, s, "rows", EXAMPLE);
    let Some(total) = r.text(s, "total", EXAMPLE) else { return all };
    match &mut all[..] {
        [only] if only.total.is_none() => only.total = Some(Named::of(&total)),
        [] => {}
        _ => {
            let message = "`rows` says its totals itself, so `total` means nothing more";
            let help = "write each as \"Year = Q1 to Q4\", and leave `total` out";
            r.problem(&BAD_VALUE, total.whole(), message, "", help);
        }
    }
    all
}

fn equations_of(r: &mut Reader<'_>, s: &Section<'_>, key: &str, example: &str) -> Vec<Equation> {
    let texts = r.texts(s, key, example).unwrap_or_default();
    texts.iter().filter_map(|text| equation::read(r, text)).collect()
}

/// The columns with figures: `figures`, or all that `rows` and `total` name.
fn figures(r: &mut Reader<'_>, s: &Section<'_>, equations: &[Equation]) -> Vec<Part> {
    let own = equations_of(r, s, "figures", "figures = \"2019 to 2023\"");
    for total in own.iter().filter_map(|e| e.total.as_ref()) {
        let message = "`figures` only names columns; what they add up to stands in `rows`";
        r.problem(&BAD_VALUE, total.span, message, "", "for example: rows = \"Total = Q1 to Q4\"");
    }
    let from = if s.table.contains_key("figures") { &own[..] } else { equations };
    let column =
        |name: &Named| Part { is_minus: false, factor: None, from: name.clone(), to: None };
    let parts = from.iter().flat_map(|e| &e.parts);
    let parts = parts.map(|p| Part { to: p.to.clone(), ..column(&p.from) });
    let totals = from.iter().filter_map(|e| e.total.as_ref()).map(column);
    let mut all: Vec<Part> = Vec::new();
    for part in parts.chain(totals) {
        let ends = |p: &Part| (p.from.text.clone(), p.to.as_ref().map(|to| to.text.clone()));
        if !all.iter().any(|known| ends(known) == ends(&part)) {
            all.push(part);
        }
    }
    all.sort_by_key(|p| p.to.is_none());
    all
}

fn parent(r: &mut Reader<'_>, s: &Section<'_>) -> Option<Hierarchy> {
    let item = s.table.get("parent")?;
    match item.get_ref() {
        DeValue::String(_) => {
            r.text_item(item, "parent", PARENT).as_ref().map(Named::of).map(Hierarchy::Table)
        }
        DeValue::Table(table) => {
            let inner = Section { table, title: "parent", span: r.span(item) };
            r.unknown_keys(&inner, &["column", "of"]);
            let column = r.text(&inner, "column", PARENT).as_ref().map(Named::of);
            let of = r.text(&inner, "of", PARENT).as_ref().map(Named::of);
            let (Some(column), Some(of)) = (column, of) else {
                let message = "`parent` needs `column`, which names the row above, and `of`, the \
                               column with these names";
                r.problem(&MISSING_KEY, inner.span, message, "", format!("for example: {PARENT}"));
                return None;
            };
            if column.text == of.text {
                let message = format!("`{}` cannot name both a row and the row above it", of.text);
                r.problem(&BAD_VALUE, of.span, message, "", format!("for example: {PARENT}"));
                return None;
            }
            Some(Hierarchy::Column { column, of })
        }
        _ => {
            r.wrong(item, "parent", "the column of the table's `parent`, or a table", PARENT);
            None
        }
    }
}

/// Whether there is something to add up, and something to compare it with.
fn is_whole(r: &mut Reader<'_>, s: &Section<'_>, asked: &Crossfoot) {
    let has = |key: &str| s.table.contains_key(key);
    let key_span = |key: &str| s.key_span(key).unwrap_or(s.span);
    if !has("table") || !(has("rows") || has("figures")) {
        let message = "`crossfoot` needs `table`, and `rows` or `figures`: the columns that are \
                       added up";
        r.problem(&MISSING_KEY, s.span, message, "", EXAMPLE);
        return;
    }
    if has("total") && !has("rows") {
        let message = "`total` needs `rows`, the columns whose sum it holds";
        r.problem(&MISSING_KEY, key_span("total"), message, "", EXAMPLE);
    }
    let has_total = has("total") || asked.equations.iter().any(|e| e.total.is_some());
    if !has_total && !["columns_total", "parent", "columns"].into_iter().any(has) {
        let message = "`crossfoot` has nothing to compare sums with";
        let help = "say which column holds the totals of the rows (`total`), which row those of the \
                    columns (`columns_total`), or both; `parent` adds up a hierarchy, `columns` rows \
                    by their labels";
        r.problem(&MISSING_KEY, s.span, message, "", help);
    }
    if has("columns") != has("label") {
        let (there, lacks) = if has("label") { ("label", "columns") } else { ("columns", "label") };
        let message = match there {
            "label" => "`label` needs `columns`: what holds of the rows that it names",
            _ => {
                "`columns` says what holds of rows, and needs `label`: the column with their names"
            }
        };
        let help = format!("for example: {BY_LABEL}; to name columns, use `rows` or `figures`");
        r.problem(&MISSING_KEY, key_span(there), message, format!("no `{lacks}`").as_str(), help);
    }
    for line in asked.lines.iter().filter(|line| line.total.is_none()) {
        let span = line.parts.first().map_or(s.span, |p| p.from.span);
        let message = "this says of no row that it is a total";
        r.problem(&BAD_VALUE, span, message, "no `=`", format!("for example: {BY_LABEL}"));
    }
    if has("by") && !has("columns_total") && !has("columns") {
        let message = "`by` groups rows, and needs `columns_total` or `columns`";
        r.problem(&MISSING_KEY, key_span("by"), message, "", EXAMPLE);
    }
    let most = asked.keys.len() + 1;
    if let Some(beyond) = asked.totals.get(most) {
        let message = format!(
            "of {} rows of totals, only {most} are of a level of their own",
            asked.totals.len()
        );
        let help = "every level but the last is a group: by = [\"country\", \"region\"] beside \
                    totals of cities, of regions, and of all countries";
        r.problem(&BAD_VALUE, beyond.whole(), message, "one too many", help);
    }
}

/// A total is none of its parts, and a part is one once.
fn own_parts<'e>(r: &mut Reader<'_>, all: impl Iterator<Item = &'e Equation>) {
    for equation in all {
        let mut seen: Vec<&str> = Vec::new();
        for part in &equation.parts {
            let ends = std::iter::once(&part.from).chain(&part.to);
            let is_total =
                |name: &&Named| equation.total.as_ref().is_some_and(|t| t.text == name.text);
            let again = ends.clone().find(|name| seen.contains(&name.text.as_str()));
            if let Some(name) = ends.clone().find(is_total) {
                let message = format!("`{}` is one of its own parts", name.text);
                let help = "name the parts alone, without what they add up to";
                r.problem(&BAD_VALUE, name.span, message, "the total itself", help);
            } else if let Some(name) = again {
                let message = format!("`{}` is a part twice", name.text);
                let help = format!("if it counts twice, write 2 * {}", name.text);
                r.problem(&BAD_VALUE, name.span, message, "the second", help);
            }
            seen.extend(ends.map(|name| name.text.as_str()));
        }
    }
}

/// Conditions and allowances stand in several checks: a mistake in one is reported once.
fn are_clean(r: &mut Reader<'_>, asked: &Crossfoot) {
    for total in &asked.totals {
        let (_, errors) = parse_expr(&total.text);
        r.syntax(total, errors);
    }
    if let Some(within) = &asked.within {
        Composed::new(asked.span).words("0 = 0 within ").own(within).expr(r);
    }
}
