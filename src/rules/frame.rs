//! Keys of `[data.<name>]` that say where a table stands in its file, and what its rows are.

use toml::de::DeValue;

use crate::expr::parse::parse_expr;
use crate::expr::regex::Regex;
use crate::expr::tree::Expr;
use crate::read::frame::{Frame, Header};
use crate::rules::rows::{Heading, Parent, ParentBy, Unpivot};
use crate::rules::spanned::Code;
use crate::rules::toml::{BAD_VALUE, Item, MISSING_KEY, Reader, Section};

const HEADER: &str =
    "header = 2, header = [4, 5], header = [\"region\", \"total\"] or header = false";

/// Where the table begins and ends, and what names its columns.
pub(crate) fn frame(r: &mut Reader<'_>, s: &Section<'_>) -> Frame {
    Frame {
        header: header(r, s),
        skip: count(r, s, "skip"),
        from: regex(r, s, "from", "from = '^Region'"),
        until: regex(r, s, "until", "until = '^(Source|Notes?:)'"),
        skip_end: count(r, s, "skip_end").unwrap_or(0),
    }
}

/// A number of records.
fn count(r: &mut Reader<'_>, s: &Section<'_>, key: &str) -> Option<u32> {
    let found = r.integer(s, key)?;
    let count = u32::try_from(found.value).ok();
    if count.is_none() {
        let message = format!("`{key}` must be a number of lines, but is {}", found.value);
        r.problem(&BAD_VALUE, found.span, message, "", format!("for example: {key} = 2"));
    }
    count
}

fn regex(r: &mut Reader<'_>, s: &Section<'_>, key: &str, example: &str) -> Option<Regex> {
    let text = r.text(s, key, example)?;
    match Regex::new(&text.text) {
        Ok(regex) => Some(regex),
        Err(why) => {
            let message = format!("the pattern of `{key}` cannot be read: {why}");
            r.problem(&BAD_VALUE, text.whole(), message, "", format!("for example: {example}"));
            None
        }
    }
}

fn header(r: &mut Reader<'_>, s: &Section<'_>) -> Header {
    let Some(item) = s.table.get("header") else { return Header::default() };
    let found = match item.get_ref() {
        DeValue::Boolean(is_there) => Some(Header::Rows(u32::from(*is_there))),
        DeValue::Integer(n) => n.as_str().parse().ok().map(Header::Rows),
        DeValue::Array(all) if !all.is_empty() => lines(all).or_else(|| names(all)),
        _ => None,
    };
    found.unwrap_or_else(|| {
        r.wrong(
            item,
            "header",
            "a number of rows, their numbers, or the names of the columns",
            HEADER,
        );
        Header::default()
    })
}

/// The numbers of rows, rising.
fn lines(all: &[Item<'_>]) -> Option<Header> {
    let line = |item: &Item<'_>| match item.get_ref() {
        DeValue::Integer(n) => n.as_str().parse::<u32>().ok().filter(|n| *n > 0),
        _ => None,
    };
    let lines: Vec<u32> = all.iter().map(line).collect::<Option<_>>()?;
    lines.is_sorted_by(|a, b| a < b).then_some(Header::Lines(lines))
}

fn names(all: &[Item<'_>]) -> Option<Header> {
    let name = |item: &Item<'_>| match item.get_ref() {
        DeValue::String(name) => Some(name.to_string()),
        _ => None,
    };
    all.iter().map(name).collect::<Option<_>>().map(Header::Names)
}

/// `heading = "block"` or `{ as = "block", matches = "…", end = "…" }`.
pub(crate) fn heading(r: &mut Reader<'_>, s: &Section<'_>) -> Option<Heading> {
    const EXAMPLE: &str =
        "heading = \"block\" or heading = { as = \"block\", matches = '^Region' }";
    let item = s.table.get("heading")?;
    let DeValue::Table(_) = item.get_ref() else {
        let name = r.spanned(s, "heading", EXAMPLE)?;
        return Some(Heading { name, matches: None, end: None });
    };
    let (table, span) = r.table(s, "heading", EXAMPLE)?;
    let inner = Section { table, title: "heading", span };
    r.unknown_keys(&inner, &["as", "matches", "end"]);
    let matches = regex(r, &inner, "matches", "matches = '^Region'");
    let end = regex(r, &inner, "end", "end = '^Total'");
    let name = r.spanned(&inner, "as", EXAMPLE);
    if name.is_none() && !table.contains_key("as") {
        let message = "`heading` needs the name of its column";
        r.problem(&MISSING_KEY, span, message, "", format!("for example: {EXAMPLE}"));
    }
    Some(Heading { name: name?, matches, end })
}

/// `parent = { indent = "label" }` or `{ prefix = "code", separator = "." }`.
pub(crate) fn parent(r: &mut Reader<'_>, s: &Section<'_>) -> Option<Parent> {
    const EXAMPLE: &str =
        "parent = { indent = \"label\" } or { prefix = \"code\", separator = \".\" }";
    let (table, span) = r.table(s, "parent", EXAMPLE)?;
    let inner = Section { table, title: "parent", span };
    r.unknown_keys(&inner, &["indent", "prefix", "separator"]);
    let indent = r.spanned(&inner, "indent", EXAMPLE);
    let prefix = r.spanned(&inner, "prefix", EXAMPLE);
    let separator = r.spanned(&inner, "separator", EXAMPLE);
    match (indent, prefix) {
        (Some(_), None) if separator.is_some() => {
            let message = "`separator` stands between the parts of codes, and `indent` has none";
            r.problem(&BAD_VALUE, span, message, "", format!("for example: {EXAMPLE}"));
            None
        }
        (Some(column), None) => Some(Parent { column, by: ParentBy::Indent }),
        (None, Some(column)) => {
            let separator = separator.map(|separator| separator.value).unwrap_or_default();
            Some(Parent { column, by: ParentBy::Prefix(separator) })
        }
        _ => {
            let message = "`parent` needs either `indent` or `prefix`";
            r.problem(&MISSING_KEY, span, message, "", format!("for example: {EXAMPLE}"));
            None
        }
    }
}

/// `where`: which records are rows.
pub(crate) fn filter(r: &mut Reader<'_>, s: &Section<'_>) -> Option<Code<Expr>> {
    let snippet = r.text(s, "where", "where = 'region != \"Total\"'")?;
    let (tree, errors) = parse_expr(&snippet.text);
    r.syntax(&snippet, errors).then_some(Code { snippet, tree })
}

/// `repeated = "data"`: a record that is like the header is a row.
pub(crate) fn repeated(r: &mut Reader<'_>, s: &Section<'_>) -> bool {
    const EXAMPLE: &str = "repeated = \"data\"";
    word(r, s, "repeated", "data", EXAMPLE)
}

/// `short = "missing"`: fields that a record lacks at its end are missing.
pub(crate) fn short(r: &mut Reader<'_>, s: &Section<'_>) -> bool {
    const EXAMPLE: &str = "short = \"missing\"";
    word(r, s, "short", "missing", EXAMPLE)
}

/// Whether a key has the only word that it can have.
fn word(r: &mut Reader<'_>, s: &Section<'_>, key: &str, wanted: &str, example: &str) -> bool {
    let Some(found) = r.spanned(s, key, example) else { return false };
    if found.value != wanted {
        let message = format!("`{key}` can only be \"{wanted}\"");
        r.problem(&BAD_VALUE, found.span, message, "", format!("write {example}, or remove it"));
    }
    found.value == wanted
}

/// `unpivot`: columns that become rows.
pub(crate) fn unpivot(r: &mut Reader<'_>, s: &Section<'_>) -> Option<Unpivot> {
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
