//! Spanned TOML → rule set.

use std::collections::BTreeSet;

use crate::by_name::ByName;
use crate::expr::regex::Regex;
use crate::expr::spellings;
use crate::read::format::Format;
use crate::read::formats;
use crate::rules::toml::{BAD_VALUE, Item, MISSING_KEY, Reader, Section, UNKNOWN_KEY, span_of};
use crate::rules::{
    ColumnsOnly, RowCount, RuleSet, Section as TextSection, Spanned, TableRule, Trim, allow, check,
    column, fiscal, frame, held, made, references, report,
};
use crate::source::{FileId, FlatMap, Problem, Snippet, Span};
use crate::value::Dating;
use toml::de::DeValue;

/// Keys of a rule file.
pub const TOP_KEYS: &[&str] =
    &["language", "fiscal_year", "source", "data", "check", "allow", "report"];
/// Keys of `[data.<name>]`.
pub const DATA_KEYS: &[&str] = &[
    "path",
    "optional",
    "format",
    "at",
    "delimiter",
    "quote",
    "escape",
    "header",
    "skip",
    "skip_end",
    "from",
    "until",
    "where",
    "heading",
    "parent",
    "short",
    "repeated",
    "encoding",
    "comment",
    "missing",
    "withheld",
    "marks",
    "true",
    "false",
    "language",
    "decimal",
    "grouping",
    "m_is_million",
    "fiscal_year",
    "rounding",
    "base",
    "trim",
    "figures",
    "fill",
    "unpivot",
    "references",
    "key",
    "rows",
    "columns",
    "columns_only",
    "pattern",
    "regex",
    "section",
    "split",
    "source",
    "table",
    "query",
    "retrieved",
    "was",
];
/// Those of them that not every format takes, and that say where a table stands in its file.
const FRAME_KEYS: &[&str] =
    &["header", "skip", "skip_end", "from", "until", "escape", "short", "repeated"];

/// Reads a rule file; `base` is its directory, `""` or ending in `/`. All its errors are reported.
pub fn read(text: &str, file: FileId, base: &str) -> (RuleSet, Vec<Problem>) {
    let mut reader = Reader { text, file, problems: Vec::new(), misspelt: Vec::new() };
    let Some(root) = reader.parse() else { return (RuleSet::default(), reader.problems) };
    let top = Section { table: root.get_ref(), title: "the rule file", span: Span::default() };
    if let Some((key, span)) = foreign(&top) {
        let message = format!("`{key}` is not part of a rule file");
        reader.problem(&UNKNOWN_KEY, span, message, "unknown", DECLARE);
        return (RuleSet::default(), reader.problems);
    }
    reader.unknown_keys(&top, TOP_KEYS);
    let mut rules = RuleSet::default();
    let language = column::language(&mut reader, &top).unwrap_or_default();
    let usual = Dating { language, fiscal: fiscal::read(&mut reader, &top, language) };
    let sources = held::names(top.table);
    // Checks speak of tables, wherever these stand.
    let mut all_checks = Vec::new();
    for (key, item) in top.table.iter() {
        let key: &str = key.get_ref();
        // What is meant by an unknown key is read all the same: others speak of it.
        match spellings::key(key, TOP_KEYS).unwrap_or(key) {
            "source" => rules.sources.extend(held::sources(&mut reader, item)),
            "data" => {
                let of_file = OfFile { base, usual, sources: &sources };
                data_tables(&mut reader, item, of_file, &mut rules);
            }
            "check" => all_checks.push(item),
            "allow" => rules.allowances.extend(allow::read(&mut reader, item)),
            "report" => rules.reports.extend(report::read(&mut reader, item)),
            _ => {}
        }
    }
    all_checks.into_iter().for_each(|item| checks(&mut reader, item, &mut rules));
    (rules, reader.problems)
}

/// What a rule file says of all its tables.
struct OfFile<'f> {
    base: &'f str,
    usual: Dating,
    /// The sources that it declares.
    sources: &'f BTreeSet<String>,
}

fn data_tables(r: &mut Reader<'_>, item: &Item<'_>, of_file: OfFile<'_>, rules: &mut RuleSet) {
    let Some(all) = r.named("data", item, "[data.districts]") else { return };
    for (name, item) in all.table.iter() {
        let title = format!("[data.{}]", name.get_ref());
        if let Some(section) = r.named(&title, item, "[data.districts]") {
            let name = Spanned { value: name.get_ref().to_string(), span: span_of(name.span()) };
            let language = column::language(r, &section).unwrap_or(of_file.usual.language);
            let fiscal = fiscal::read(r, &section, language).or(of_file.usual.fiscal);
            r.unknown_keys(&section, DATA_KEYS);
            let of_table = OfFile { usual: Dating { language, fiscal }, ..of_file };
            let mut table = data_table(r, name, &section, of_table);
            table.is_unclear = table.unpivot.is_none() && section.table.contains_key("unpivot");
            columns(r, &section, &mut table);
            rules.tables.push(table);
        }
    }
}

fn checks(r: &mut Reader<'_>, item: &Item<'_>, rules: &mut RuleSet) {
    let Some(all) = r.named("check", item, "[check.totals]") else { return };
    for (id, item) in all.table.iter() {
        let title = format!("[check.{}]", id.get_ref());
        if let Some(section) = r.named(&title, item, "[check.totals]") {
            let id = Spanned { value: id.get_ref().to_string(), span: span_of(id.span()) };
            let check = check::check(r, id, &section);
            rules.checks.extend(made::checks(r, check, &section, &rules.tables));
        }
    }
}

/// What is written instead of the fields of another schema.
const DECLARE: &str = "declare each table: [data.orders] with path = \"orders.csv\", and columns.id = { type = \"integer\", required = true } for a field";

/// A key that a data package, a schema of dbt or a JSON Schema begins with. The rest of such a file
/// is not spoken of.
fn foreign(top: &Section<'_>) -> Option<(&'static str, Span)> {
    const KEYS: [&str; 6] = ["resources", "fields", "properties", "models", "seeds", "$schema"];
    KEYS.iter().find_map(|key| Some((*key, top.key_span(key)?)))
}

fn data_table(
    r: &mut Reader<'_>,
    name: Spanned<String>,
    s: &Section<'_>,
    OfFile { base, usual: Dating { language, fiscal }, sources }: OfFile<'_>,
) -> TableRule {
    let (held, path) = rows_of(r, s, &name, sources);
    TableRule {
        undeclared: false,
        file: r.file,
        base: base.to_string(),
        path: Spanned { span: path.whole(), value: path },
        optional: r.flag(s, "optional").unwrap_or(false),
        format: format(r, s),
        at: r.spanned(s, "at", "at = \"## Costs\""),
        delimiter: one_byte(r, s, "delimiter", "delimiter = \";\"").flatten(),
        quote: one_byte(r, s, "quote", "quote = \"'\""),
        escape: one_byte(r, s, "escape", "escape = '\\'").flatten(),
        frame: frame::frame(r, s),
        frame_keys: FRAME_KEYS.iter().copied().filter(|k| s.table.contains_key(*k)).collect(),
        short: frame::short(r, s),
        repeated: frame::repeated(r, s),
        heading: frame::heading(r, s),
        parent: frame::parent(r, s),
        filter: frame::filter(r, s),
        encoding: r.spanned(s, "encoding", "encoding = \"latin1\""),
        comment: one_byte(r, s, "comment", "comment = \"#\"").flatten(),
        missing: missing(r, s),
        withheld: column::withheld(r, s).unwrap_or_default(),
        marks: column::marks(r, s),
        truths: column::truths(r, s),
        language,
        decimal: column::decimal(r, s).unwrap_or(language.decimal),
        grouping: r.character(s, "grouping", "grouping = \".\"").and_then(|c| c.value),
        m_is_million: r.flag(s, "m_is_million").unwrap_or(false),
        fiscal,
        trim: trim(r, s),
        figures_stored: column::figures(r, s),
        fill: spanned_list(r, s, "fill", "fill = [\"region\"]"),
        unpivot: frame::unpivot(r, s),
        is_unclear: false,
        references: references::read(r, s),
        key: spanned_list(r, s, "key", "key = \"id\""),
        rows_given: s.table.contains_key("rows"),
        rows: row_count(r, s),
        columns: ByName::default(),
        patterns: Vec::new(),
        columns_only: columns_only(r, s),
        pattern: r.text(s, "pattern", "pattern = \"{place}: {area:number} km2\""),
        regex: r.text(s, "regex", "regex = '(?<place>\\w+)'"),
        section: section(r, s),
        split: r.spanned(s, "split", "split = \";\""),
        rounding: column::rounding(r, s).unwrap_or_default(),
        source: source(r, s, held.is_some()),
        held,
        was: r.was(s),
        retrieved: r.day(s, "retrieved", "retrieved = 2026-01-31").map(|day| day.value),
        name,
    }
}

fn missing(r: &mut Reader<'_>, s: &Section<'_>) -> Vec<String> {
    let texts = r.texts(s, "missing", "missing = [\"\", \"n/a\"]");
    let usual = || vec![String::new()];
    texts.map_or_else(usual, |all| all.into_iter().map(|t| t.text).collect())
}

/// Where the rows of a table are: what a source holds of them, and the path of its files.
fn rows_of(
    r: &mut Reader<'_>,
    s: &Section<'_>,
    name: &Spanned<String>,
    sources: &BTreeSet<String>,
) -> (Option<held::Held>, Snippet) {
    let held = held::held(r, s, sources);
    let path = match held.as_ref().filter(|_| !s.table.contains_key("path")) {
        Some(held) => held::no_path(r, held),
        None => path(r, s, name),
    };
    (held, path)
}

/// Where the data come from, in words; of a table of a source its name is no such.
fn source(r: &mut Reader<'_>, s: &Section<'_>, is_held: bool) -> Option<String> {
    const EXAMPLE: &str = "source = \"https://example.org/areas.csv\"";
    let source = r.spanned(s, "source", EXAMPLE).filter(|_| !is_held)?;
    if source.value.trim().is_empty() {
        let message = format!("the `source` of {} is blank", s.title);
        let help = format!("write an address or a citation, for example: {EXAMPLE}");
        r.problem(&BAD_VALUE, source.span, message, "", help);
    }
    Some(source.value)
}

fn path(r: &mut Reader<'_>, s: &Section<'_>, name: &Spanned<String>) -> Snippet {
    const EXAMPLE: &str = "path = \"data.csv\"";
    let meant = s.meant("path", DATA_KEYS);
    let path = match s.table.get("path").or(meant) {
        Some(item) => r.text_item(item, "path", EXAMPLE),
        None => {
            let message = format!("{} needs a `path`", s.title);
            let help = format!("for example: {EXAMPLE}");
            r.problem(&MISSING_KEY, name.span, message, "no `path`", help);
            None
        }
    };
    if let Some(empty) = path.as_ref().filter(|p| p.text.is_empty()) {
        let message = format!("the `path` of {} is empty", s.title);
        let help = format!("for example: {EXAMPLE}");
        r.problem(&BAD_VALUE, empty.whole(), message, "no path", help);
    }
    let fallback =
        || Snippet { text: String::new(), file: r.file, map: FlatMap::identity(name.span.start) };
    path.unwrap_or_else(fallback)
}

fn columns(r: &mut Reader<'_>, s: &Section<'_>, table: &mut TableRule) {
    if let Some((columns, _)) = r.table(s, "columns", "columns.area = { type = \"number\" }") {
        for (column_name, item) in columns.iter() {
            let title = format!("{} columns.{}", s.title, column_name.get_ref());
            if let Some(section) = r.named(&title, item, "area = { type = \"number\", min = 0 }") {
                let column_name = Spanned {
                    value: column_name.get_ref().to_string(),
                    span: span_of(column_name.span()),
                };
                let pattern = pattern_of(r, &column_name);
                let contract = column::read(r, column_name, &section);
                match pattern {
                    Some(regex) => table.patterns.extend(regex.map(|regex| (regex, contract))),
                    None => table.columns.push(contract),
                }
            }
        }
    }
    check_consistency(r, table, s);
}

/// The pattern of `columns."/regex/"`; nothing within where it cannot be read.
fn pattern_of(r: &mut Reader<'_>, name: &Spanned<String>) -> Option<Option<Regex>> {
    let text = name.value.strip_prefix('/')?.strip_suffix('/')?;
    match Regex::new(text) {
        Ok(regex) => Some(Some(regex)),
        Err(why) => {
            let message = format!("the pattern of columns cannot be read: {why}");
            let help = "for example: columns.\"/20[0-9][0-9]/\" = { type = \"number\" }";
            r.problem(&BAD_VALUE, name.span, message, "", help);
            Some(None)
        }
    }
}

/// `columns_only = true`, or `"ordered"`.
fn columns_only(r: &mut Reader<'_>, s: &Section<'_>) -> Option<ColumnsOnly> {
    match s.table.get("columns_only")?.get_ref() {
        DeValue::String(word) if *word == "ordered" => Some(ColumnsOnly::Ordered),
        _ => r.flag(s, "columns_only")?.then_some(ColumnsOnly::Declared),
    }
}

/// What cannot be meant together.
fn check_consistency(r: &mut Reader<'_>, t: &TableRule, s: &Section<'_>) {
    let prose = t.pattern.is_some() || t.regex.is_some();
    let key_span = |key: &str| s.key_span(key).unwrap_or(t.name.span);
    if t.pattern.is_some() && t.regex.is_some() {
        r.problem(
            &BAD_VALUE,
            key_span("regex"),
            "a table can have a `pattern` or a `regex`, not both",
            "",
            "remove one of them",
        );
    }
    for key in ["section", "split", "m_is_million"] {
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
    fiscal::check(r, t);
    if let Some(format) = t.format.as_ref().and_then(|f| formats::find(&f.value)) {
        keys_of_format(r, t, s, format);
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

/// Keys that have no meaning in the format that a table declares.
fn keys_of_format(r: &mut Reader<'_>, t: &TableRule, s: &Section<'_>, format: &Format) {
    let name = format.name;
    if (t.pattern.is_some() || t.regex.is_some()) && !format.takes("pattern") {
        let message = format!("a `pattern` reads text, but the format is {name}");
        let span = s.key_span("pattern").unwrap_or(t.name.span);
        r.problem(&BAD_VALUE, span, message, "", "set format = \"text\"");
    }
    for (key, _) in s.table.iter() {
        let (span, key) = (span_of(key.span()), key.get_ref());
        // What belongs to a pattern is spoken of with the pattern.
        let is_free = format.takes(key) || formats::by_key(key).is_none_or(|f| f.takes("split"));
        let message = match &**key {
            "at" if !format.takes("at") => {
                format!("`at` names a table within a file, but a {name} file is a single table")
            }
            _ if is_free => continue,
            key => format!("`{key}` has no meaning in a {name} file"),
        };
        r.problem(&BAD_VALUE, span, message, "", "remove it");
    }
}

fn format(r: &mut Reader<'_>, s: &Section<'_>) -> Option<Spanned<String>> {
    let format = r.spanned(s, "format", "format = \"csv\"")?;
    if formats::find(&format.value).is_none() {
        r.problem(
            &BAD_VALUE,
            format.span,
            format!("`{}` is not a format that can be read", format.value),
            "",
            format!("the formats are {}", formats::names().join(", ")),
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

/// `trim = true`, or the columns.
fn trim(r: &mut Reader<'_>, s: &Section<'_>) -> Trim {
    let Some(item) = s.table.get("trim") else { return Trim::Usual };
    match item.get_ref() {
        DeValue::Boolean(true) => Trim::All,
        DeValue::Boolean(false) => Trim::Off,
        _ => Trim::Columns(spanned_list(r, s, "trim", "trim = true, or trim = [\"region\"]")),
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
    let usual = RowCount::USUAL;
    let Some(item) = s.table.get("rows") else { return Spanned { value: usual, span: s.span } };
    let span = r.span(item);
    let count = match item.get_ref() {
        DeValue::Integer(n) => RowCount::parse(n.as_str()),
        DeValue::String(text) if text.contains("..") => RowCount::parse(text),
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
