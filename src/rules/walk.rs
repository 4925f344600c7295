//! Spanned TOML → rule set.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::expr::lex::SyntaxError;
use crate::expr::parse::{SYNTAX, parse_expr, parse_order, parse_unit};
use crate::expr::print::print;
use crate::expr::regex::Regex;
use crate::expr::tree::Expr;
use crate::fault::Severity;
use crate::rules::toml::{
    BAD_VALUE, DUPLICATE_ASSERTION, DUPLICATE_NAME, Item, MISSING_KEY, Reader, Section, span_of,
};
use crate::rules::{
    CheckRule, Code, Example, Expected, RowCount, RuleSet, Section as TextSection, Spanned,
    TableRule, Unpivot, column,
};
use crate::source::{FileId, FlatMap, Problem, Snippet, Span};
use toml::de::{DeTable, DeValue};

/// Keys of a rule file.
pub const TOP_KEYS: &[&str] = &["data", "check"];
/// Keys of `[data.<name>]`.
pub const DATA_KEYS: &[&str] = &[
    "path",
    "optional",
    "format",
    "at",
    "delimiter",
    "quote",
    "header",
    "skip",
    "encoding",
    "comment",
    "missing",
    "decimal",
    "grouping",
    "rounding",
    "fill",
    "unpivot",
    "key",
    "rows",
    "columns",
    "columns_only",
    "pattern",
    "regex",
    "section",
    "split",
];
/// Keys of `[check.<id>]`.
pub const CHECK_KEYS: &[&str] = &[
    "assert", "each", "where", "order", "title", "help", "url", "tags", "severity", "message",
    "examples",
];
/// Input formats that are read.
pub const FORMATS: &[&str] = &["csv", "tsv", "text", "markdown"];

/// Reads a rule file; `base` is its directory, `""` or ending in `/`. All its errors are told.
pub fn read(text: &str, file: FileId, base: &str) -> (RuleSet, Vec<Problem>) {
    let mut reader = Reader { text, file, problems: Vec::new() };
    let root = reader.parse();
    let top = Section { table: root.get_ref(), title: "the rule file", span: Span::default() };
    reader.unknown_keys(&top, TOP_KEYS);
    let mut rules = RuleSet::default();
    if let Some((data, _)) = reader.table(&top, "data", "[data.districts]") {
        for (name, item) in data.iter() {
            let title = format!("[data.{}]", name.get_ref());
            if let Some(section) = reader.named(&title, item, "[data.districts]") {
                let name =
                    Spanned { value: name.get_ref().to_string(), span: span_of(name.span()) };
                rules.tables.extend(data_table(&mut reader, name, &section, base));
            }
        }
    }
    if let Some((checks, _)) = reader.table(&top, "check", "[check.totals]") {
        for (id, item) in checks.iter() {
            let title = format!("[check.{}]", id.get_ref());
            if let Some(section) = reader.named(&title, item, "[check.totals]") {
                let id = Spanned { value: id.get_ref().to_string(), span: span_of(id.span()) };
                rules.checks.extend(check(&mut reader, id, &section));
            }
        }
    }
    (rules, reader.problems)
}

impl RuleSet {
    /// Adds the rules of another file; names that stand twice are told with both places.
    pub fn merge(&mut self, other: RuleSet) -> Vec<Problem> {
        let mut problems = Vec::new();
        let [tables, checks] = &mut self.names;
        for table in other.tables {
            match first_of(tables, &table.name, table.file) {
                Some((file, span)) => {
                    problems.push(twice("table", &table.name, table.file, file, span))
                }
                None => self.tables.push(table),
            }
        }
        for check in other.checks {
            match first_of(checks, &check.id, check.file) {
                Some((file, span)) => {
                    problems.push(twice("check", &check.id, check.file, file, span))
                }
                None => self.checks.push(check),
            }
        }
        problems
    }
}

/// Where a name stands already; notes it otherwise.
fn first_of(
    names: &mut HashMap<String, (FileId, Span)>,
    name: &Spanned<String>,
    file: FileId,
) -> Option<(FileId, Span)> {
    match names.entry(name.value.clone()) {
        Entry::Occupied(first) => Some(*first.get()),
        Entry::Vacant(entry) => {
            entry.insert((file, name.span));
            None
        }
    }
}

fn twice(
    what: &str,
    name: &Spanned<String>,
    file: FileId,
    first_file: FileId,
    first: Span,
) -> Problem {
    Problem::new(
        &DUPLICATE_NAME,
        file,
        name.span,
        format!("two {what}s are called `{}`", name.value),
    )
    .label("the second")
    .help("rename one of them")
    .related(first_file, first, "the first")
}

impl Reader<'_> {
    fn named<'a>(
        &mut self,
        title: &'a str,
        item: &'a Item<'a>,
        example: &str,
    ) -> Option<Section<'a>> {
        let span = self.span(item);
        match item.get_ref() {
            DeValue::Table(table) => Some(Section { table, title, span }),
            _ => {
                self.wrong(item, title, "a table", example);
                None
            }
        }
    }

    /// Puts the errors of an expression where it stands in the file.
    fn syntax(&mut self, snippet: &Snippet, errors: Vec<SyntaxError>) -> bool {
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

fn data_table(
    r: &mut Reader<'_>,
    name: Spanned<String>,
    s: &Section<'_>,
    base: &str,
) -> Option<TableRule> {
    r.unknown_keys(s, DATA_KEYS);
    let path = r.text(s, "path", "path = \"data.csv\"");
    if path.is_none() && !s.table.contains_key("path") {
        r.problem(
            &MISSING_KEY,
            name.span,
            format!("{} needs a `path`", s.title),
            "no `path`",
            "for example: path = \"data.csv\"",
        );
    }
    let fallback =
        || Snippet { text: String::new(), file: r.file, map: FlatMap::identity(name.span.start) };
    let path = path.unwrap_or_else(fallback);
    let rows = row_count(r, s);
    let mut table = TableRule {
        file: r.file,
        base: base.to_string(),
        path: Spanned { span: path.whole(), value: path },
        optional: r.flag(s, "optional").unwrap_or(false),
        format: format(r, s),
        at: r.spanned(s, "at", "at = \"## Costs\""),
        delimiter: one_byte(r, s, "delimiter", "delimiter = \";\"").flatten(),
        quote: one_byte(r, s, "quote", "quote = \"'\""),
        header: r.flag(s, "header").unwrap_or(true),
        skip: r.integer(s, "skip").and_then(|n| u32::try_from(n.value).ok()).unwrap_or(0),
        encoding: r.spanned(s, "encoding", "encoding = \"latin1\""),
        comment: one_byte(r, s, "comment", "comment = \"#\"").flatten(),
        missing: r
            .texts(s, "missing", "missing = [\"\", \"n/a\"]")
            .map_or_else(|| vec![String::new()], |all| all.into_iter().map(|t| t.text).collect()),
        decimal: r.character(s, "decimal", "decimal = \",\"").and_then(|c| c.value).unwrap_or('.'),
        grouping: r.character(s, "grouping", "grouping = \".\"").and_then(|c| c.value),
        fill: spanned_list(r, s, "fill", "fill = [\"region\"]"),
        unpivot: unpivot(r, s),
        key: spanned_list(r, s, "key", "key = \"id\""),
        rows_given: s.table.contains_key("rows"),
        rows,
        columns: Vec::new(),
        columns_only: r.flag(s, "columns_only").unwrap_or(false),
        pattern: r.text(s, "pattern", "pattern = \"{place}: {area:number} km2\""),
        regex: r.text(s, "regex", "regex = '(?<place>\\w+)'"),
        section: section(r, s),
        split: r.spanned(s, "split", "split = \";\""),
        truncate: column::rounding(r, s).unwrap_or(false),
        name,
    };
    if let Some((columns, _)) = r.table(s, "columns", "columns.area = { type = \"number\" }") {
        for (column_name, item) in columns.iter() {
            let title = format!("{} columns.{}", s.title, column_name.get_ref());
            if let Some(section) = r.named(&title, item, "area = { type = \"number\", min = 0 }") {
                let column_name = Spanned {
                    value: column_name.get_ref().to_string(),
                    span: span_of(column_name.span()),
                };
                table.columns.push(column::read(r, column_name, &section));
            }
        }
    }
    check_consistency(r, &table, s);
    Some(table)
}

/// What cannot be meant together.
fn check_consistency(r: &mut Reader<'_>, t: &TableRule, s: &Section<'_>) {
    let prose = t.pattern.is_some() || t.regex.is_some();
    let key_span =
        |key: &str| s.table.get_key_value(key).map_or(t.name.span, |(k, _)| span_of(k.span()));
    if t.pattern.is_some() && t.regex.is_some() {
        r.problem(
            &BAD_VALUE,
            key_span("regex"),
            "a table can have a `pattern` or a `regex`, not both",
            "",
            "remove one of them",
        );
    }
    for key in ["section", "split"] {
        if s.table.contains_key(key) && !prose {
            r.problem(
                &BAD_VALUE,
                key_span(key),
                format!("`{key}` is only for a table with a `pattern`"),
                "",
                "add a `pattern`, or remove it",
            );
        }
    }
    if let Some(format) = &t.format {
        let tabular = matches!(format.value.as_str(), "csv" | "tsv");
        if prose && tabular {
            r.problem(
                &BAD_VALUE,
                key_span("pattern"),
                format!("a `pattern` reads text, but the format is {}", format.value),
                "",
                "set format = \"text\"",
            );
        }
        if t.at.is_some() && tabular {
            r.problem(
                &BAD_VALUE,
                key_span("at"),
                format!(
                    "`at` names a table within a file, but a {} file is a single table",
                    format.value
                ),
                "",
                "remove it",
            );
        }
    }
    if let Some(grouping) = t.grouping.filter(|g| *g == t.decimal) {
        r.problem(
            &BAD_VALUE,
            key_span("grouping"),
            format!("`{grouping}` cannot be both the decimal and the grouping character"),
            "",
            "set `decimal` too",
        );
    }
}

fn format(r: &mut Reader<'_>, s: &Section<'_>) -> Option<Spanned<String>> {
    let format = r.spanned(s, "format", "format = \"csv\"")?;
    if !FORMATS.contains(&format.value.as_str()) {
        r.problem(
            &BAD_VALUE,
            format.span,
            format!("`{}` is not a format that can be read", format.value),
            "",
            format!("the formats are {}", FORMATS.join(", ")),
        );
        return None;
    }
    Some(format)
}

fn one_byte(r: &mut Reader<'_>, s: &Section<'_>, key: &str, example: &str) -> Option<Option<u8>> {
    let c = r.character(s, key, example)?;
    match c.value {
        None => Some(None),
        Some(c) if c.is_ascii() && c != '\n' && c != '\r' => Some(Some(c as u8)),
        Some(_) => {
            r.problem(
                &BAD_VALUE,
                c.span,
                format!("`{key}` must be an ASCII character"),
                "",
                format!("for example: {example}"),
            );
            None
        }
    }
}

fn spanned_list(
    r: &mut Reader<'_>,
    s: &Section<'_>,
    key: &str,
    example: &str,
) -> Vec<Spanned<String>> {
    let all = r.texts(s, key, example).unwrap_or_default();
    all.into_iter().map(|t| Spanned { span: t.whole(), value: t.text }).collect()
}

fn row_count(r: &mut Reader<'_>, s: &Section<'_>) -> Spanned<RowCount> {
    let usual = RowCount { min: 1, max: None };
    let Some(item) = s.table.get("rows") else { return Spanned { value: usual, span: s.span } };
    let span = r.span(item);
    let count = match item.get_ref() {
        DeValue::Integer(n) => n.as_str().parse().ok().map(|n| RowCount { min: n, max: Some(n) }),
        DeValue::String(text) => text.split_once("..").and_then(|(a, b)| {
            let min = if a.is_empty() { 0 } else { a.parse().ok()? };
            let max = if b.is_empty() { None } else { Some(b.parse().ok()?) };
            Some(RowCount { min, max }).filter(|c| c.max.is_none_or(|m| m >= c.min))
        }),
        _ => None,
    };
    if count.is_none() {
        r.problem(
            &BAD_VALUE,
            span,
            "`rows` must be a number or a range of numbers",
            "",
            "write rows = 3, rows = \"1..\", rows = \"..10\" or rows = \"2..5\"",
        );
    }
    Spanned { value: count.unwrap_or(usual), span }
}

fn unpivot(r: &mut Reader<'_>, s: &Section<'_>) -> Option<Unpivot> {
    const EXAMPLE: &str =
        "unpivot = { columns = \"20[0-9][0-9]\", name = \"year\", value = \"people\" }";
    let (table, span) = r.table(s, "unpivot", EXAMPLE)?;
    let inner = Section { table, title: "unpivot", span };
    r.unknown_keys(&inner, &["columns", "name", "value"]);
    let columns = r.text(&inner, "columns", EXAMPLE);
    let name = r.spanned(&inner, "name", EXAMPLE);
    let value = r.spanned(&inner, "value", EXAMPLE);
    let (Some(columns), Some(name), Some(value)) = (columns, name, value) else {
        r.problem(&MISSING_KEY, span, "`unpivot` needs `columns`, `name` and `value`", "", EXAMPLE);
        return None;
    };
    if let Err(why) = Regex::new(&columns.text) {
        r.problem(
            &BAD_VALUE,
            columns.whole(),
            format!("the pattern of `unpivot` cannot be read: {why}"),
            "",
            EXAMPLE,
        );
        return None;
    }
    Some(Unpivot { columns, name, value })
}

fn section(r: &mut Reader<'_>, s: &Section<'_>) -> Option<TextSection> {
    const EXAMPLE: &str = "section = { from = \"In figures\", to = \"\\n\\n\" }";
    let (table, span) = r.table(s, "section", EXAMPLE)?;
    let inner = Section { table, title: "section", span };
    r.unknown_keys(&inner, &["from", "to"]);
    Some(TextSection {
        from: r.spanned(&inner, "from", EXAMPLE),
        to: r.spanned(&inner, "to", EXAMPLE),
    })
}

fn check(r: &mut Reader<'_>, id: Spanned<String>, s: &Section<'_>) -> Option<CheckRule> {
    r.unknown_keys(s, CHECK_KEYS);
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
    let asserts = asserts(r, s);
    if !s.table.contains_key("assert") {
        r.problem(
            &MISSING_KEY,
            id.span,
            format!("{} has no assertion", s.title),
            "no `assert`",
            "for example: assert = 'area > 0'",
        );
    }
    let mut each = Vec::new();
    for snippet in r.texts(s, "each", "each = \"districts\"").unwrap_or_default() {
        let (tree, errors) = parse_unit(&snippet.text);
        r.syntax(&snippet, errors);
        each.extend(tree.map(|tree| Code { snippet, tree }));
    }
    let filter = r.text(s, "where", "where = 'status = \"final\"'").and_then(|snippet| {
        let (tree, errors) = parse_expr(&snippet.text);
        r.syntax(&snippet, errors).then_some(Code { snippet, tree })
    });
    let order = r.text(s, "order", "order = \"year\"").and_then(|snippet| {
        let (tree, errors) = parse_order(&snippet.text);
        r.syntax(&snippet, errors).then_some(Code { snippet, tree })
    });
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
    Some(CheckRule {
        file: r.file,
        asserts,
        each,
        filter,
        order,
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
        examples: examples(r, s),
        id,
    })
}

/// The assertions of a check. Two equal ones would have the same findings twice, and a reader of a
/// report could not say which of them is meant.
fn asserts(r: &mut Reader<'_>, s: &Section<'_>) -> Vec<Code<Expr>> {
    let mut asserts: Vec<Code<Expr>> = Vec::new();
    let mut firsts: HashMap<String, Span> = HashMap::new();
    for snippet in r.texts(s, "assert", "assert = 'a = b'").unwrap_or_default() {
        let (tree, errors) = parse_expr(&snippet.text);
        if !r.syntax(&snippet, errors) {
            continue;
        }
        match firsts.entry(print(&tree)) {
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
