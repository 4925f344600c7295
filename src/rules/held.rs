//! Sources: `[source.wh]`, and tables whose rows an engine holds.

use std::collections::BTreeSet;

use crate::fault::Fault;
use crate::rules::Spanned;
use crate::rules::toml::{BAD_VALUE, Item, MISSING_KEY, Reader, Section, UNKNOWN_KEY, span_of};
use crate::source::{FileId, FlatMap, Snippet, Span};
use toml::de::DeTable;

crate::fault!(
    /// Raised by the rule reader.
    SECRET_IN_RULES, Error, "secret-in-rules", "a rule file names a password, an address or a library of a source");
crate::fault!(
    /// Raised by the rule reader.
    UNKNOWN_SOURCE, Error, "unknown-source", "a table or --source names a source that no rule file declares");

/// The faults of this module.
pub static FAULTS: &[&Fault] = &[&SECRET_IN_RULES, &UNKNOWN_SOURCE];

/// Keys of `[source.<name>]`.
pub const SOURCE_KEYS: &[&str] = &["driver", "profile", "timeout"];

/// The source that needs no section: it reads files, wherever they are.
const OWN: &str = "duckdb";

/// Keys that say where a source is, or what code is loaded for it: none of a rule file's business.
const SECRETS: &[&str] = &[
    "uri",
    "url",
    "dsn",
    "host",
    "user",
    "username",
    "password",
    "token",
    "secret",
    "library",
    "entrypoint",
    "path",
];

/// Keys that say how a file is read, and what depends on the order of its records.
const OF_FILES: &[&str] = &[
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
    "heading",
    "parent",
    "short",
    "repeated",
    "encoding",
    "comment",
    "figures",
    "fill",
    "pattern",
    "regex",
    "section",
    "split",
    "optional",
];

/// `[source.<name>]`: an engine that holds tables.
#[derive(Debug, Clone)]
pub struct SourceRule {
    /// The rule file.
    pub file: FileId,
    /// As `source` of a table refers to it.
    pub name: Spanned<String>,
    /// The driver that it is reached by.
    pub driver: Spanned<String>,
    /// The user's profile that says where it is.
    pub profile: Option<Spanned<String>>,
    /// Seconds that a statement may take.
    pub timeout: Option<u64>,
}

/// Where the rows of a table are that a source holds.
#[derive(Debug, Clone)]
pub struct Held {
    /// The name of the source.
    pub source: Spanned<String>,
    /// What is read there.
    pub rows: HeldRows,
}

/// What is read in a source.
#[derive(Debug, Clone)]
pub enum HeldRows {
    /// `table`: by its name, with that of its schema before it.
    Table(Snippet),
    /// `query`: what a statement gives.
    Query(Snippet),
    /// `path`: files that the engine reads.
    Files,
}

impl Held {
    /// Where the rule says what is read; nothing where it is the path.
    pub fn snippet(&self) -> Option<&Snippet> {
        match &self.rows {
            HeldRows::Table(snippet) | HeldRows::Query(snippet) => Some(snippet),
            HeldRows::Files => None,
        }
    }
}

/// The sources that a rule file declares.
pub(crate) fn sources(r: &mut Reader<'_>, item: &Item<'_>) -> Vec<SourceRule> {
    const EXAMPLE: &str = "[source.warehouse]";
    let Some(all) = r.named("source", item, EXAMPLE) else { return Vec::new() };
    let mut sources = Vec::new();
    for (name, item) in all.table.iter() {
        let title = format!("[source.{}]", name.get_ref());
        if let Some(section) = r.named(&title, item, EXAMPLE) {
            let name = Spanned { value: name.get_ref().to_string(), span: span_of(name.span()) };
            sources.push(source(r, name, &section));
        }
    }
    sources
}

/// The names of the sources that a rule file declares, before any is read.
pub(crate) fn names(top: &DeTable<'_>) -> BTreeSet<String> {
    let sources = top.get("source").and_then(|item| item.get_ref().as_table());
    let names = sources.into_iter().flat_map(|all| all.iter());
    names.map(|(name, _)| name.get_ref().to_string()).collect()
}

fn source(r: &mut Reader<'_>, name: Spanned<String>, s: &Section<'_>) -> SourceRule {
    const EXAMPLE: &str = "driver = \"postgresql\"";
    let secrets: Vec<&str> =
        SECRETS.iter().copied().filter(|secret| s.table.contains_key(*secret)).collect();
    for key in &secrets {
        let message = format!("`{key}` of {} does not belong in a rule file", s.title);
        // What must not be known is not shown either.
        r.problem(&SECRET_IN_RULES, name.span, message, "", instead(&name.value));
    }
    for (key, _) in s.table.iter() {
        let key: &str = key.get_ref();
        // Whatever it is meant as, its value is not shown.
        if !SOURCE_KEYS.contains(&key) && !SECRETS.contains(&key) {
            let message = format!("unknown key `{key}` in {}", s.title);
            let help = format!("the keys here are {}", SOURCE_KEYS.join(", "));
            r.problem(&UNKNOWN_KEY, name.span, message, "", help);
        }
    }
    if !s.table.contains_key("driver") {
        let message = format!("{} needs a `driver`", s.title);
        let help = format!("for example: {EXAMPLE}");
        r.problem(&MISSING_KEY, name.span, message, "no `driver`", help);
    }
    let driver = word(r, s, ("driver", EXAMPLE), &name);
    let profile = word(r, s, ("profile", "profile = \"warehouse\""), &name);
    let timeout = timeout(r, s);
    // One whose driver is wrong is declared all the same: its tables are spoken of.
    let driver = driver.unwrap_or(Spanned { value: String::new(), span: name.span });
    SourceRule { file: r.file, driver, profile, timeout, name }
}

fn instead(name: &str) -> String {
    format!(
        "name a profile of your own, `profile = \"{name}\"`, or say it when it is run: \
         --source {name}=…"
    )
}

/// A name of a driver or a profile: letters, digits, `-` and `_`. All else could be a path.
fn word(
    r: &mut Reader<'_>,
    s: &Section<'_>,
    (key, example): (&str, &str),
    source: &Spanned<String>,
) -> Option<Spanned<String>> {
    let word = r.spanned(s, key, example)?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if word.value.is_empty() || !word.value.chars().all(is_plain) {
        let message = format!("`{key}` is a name of letters, digits, `-` and `_`");
        // An address may hold a password, which is not shown.
        let (fault, span, help) = match word.value.contains(['/', '\\', ':', '.', '@']) {
            true => (&SECRET_IN_RULES, source.span, instead(&source.value)),
            false => (&BAD_VALUE, word.span, format!("for example: {example}")),
        };
        r.problem(fault, span, message, "", help);
        return None;
    }
    Some(word)
}

fn timeout(r: &mut Reader<'_>, s: &Section<'_>) -> Option<u64> {
    let seconds = r.integer(s, "timeout")?;
    let found = u64::try_from(seconds.value).ok().filter(|n| *n > 0);
    if found.is_none() {
        let message = "`timeout` is a number of seconds from 1 on";
        r.problem(&BAD_VALUE, seconds.span, message, "", "for example: timeout = 600");
    }
    found
}

/// Whether rows of a table are held by a source, and where; `source` is a citation else.
pub(crate) fn held(
    r: &mut Reader<'_>,
    s: &Section<'_>,
    declared: &BTreeSet<String>,
) -> Option<Held> {
    const TABLE: &str = "table = \"public.orders\"";
    const QUERY: &str = "query = \"select id, net from orders\"";
    let named = s.table.get("source").and_then(|item| item.get_ref().as_str());
    let is_source = named.is_some_and(|name| name == OWN || declared.contains(name));
    let table = r.text(s, "table", TABLE);
    let query = r.text(s, "query", QUERY);
    if !is_source && table.is_none() && query.is_none() {
        return None;
    }
    let has_path = s.table.contains_key("path");
    let source = match s.table.contains_key("source") {
        true => r.spanned(s, "source", "source = \"warehouse\""),
        false => {
            let key = if table.is_some() { "table" } else { "query" };
            let message =
                format!("{} has a `{key}`, but no `source` that it is read from", s.title);
            let help = "name the source: source = \"warehouse\", which [source.warehouse] declares";
            r.problem(&MISSING_KEY, s.key_span(key).unwrap_or(s.span), message, "", help);
            None
        }
    };
    // What is reported here is spoken of as a table of a source all the same.
    let source = source.unwrap_or(Spanned { value: String::new(), span: s.span });
    if let Some(query) = query.as_ref().filter(|_| table.is_some()) {
        let message = "a table has a `table` or a `query`, not both";
        r.problem(&BAD_VALUE, query.whole(), message, "", "remove one of them");
    }
    if table.is_none() && query.is_none() && !has_path {
        let message = format!("{} names a source, but not what is read there", s.title);
        r.problem(&MISSING_KEY, source.span, message, "", format!("for example: {TABLE}"));
    }
    let rows = match (table, query) {
        (Some(table), _) => HeldRows::Table(table),
        (None, Some(query)) => HeldRows::Query(query),
        (None, None) => HeldRows::Files,
    };
    if let Some(blank) = [&rows].into_iter().find_map(blank) {
        r.problem(&BAD_VALUE, blank, "this is empty", "", format!("for example: {TABLE}"));
    }
    foreign_keys(r, s, has_path, matches!(rows, HeldRows::Files));
    if !s.table.contains_key("key") {
        let message = format!("{} needs a `key`: rows of a source are found by it", s.title);
        let help = "for example: key = [\"id\"]";
        r.problem(&MISSING_KEY, source.span, message, "no `key`", help);
    }
    Some(Held { source, rows })
}

fn blank(rows: &HeldRows) -> Option<Span> {
    match rows {
        HeldRows::Table(text) | HeldRows::Query(text) => {
            text.text.trim().is_empty().then(|| text.whole())
        }
        HeldRows::Files => None,
    }
}

/// Keys that have no meaning where there is no file, or where the order of records has none.
fn foreign_keys(r: &mut Reader<'_>, s: &Section<'_>, has_path: bool, is_files: bool) {
    for (key, _) in s.table.iter() {
        let (span, key) = (span_of(key.span()), &**key.get_ref());
        // DuckDB must know what stands between the cells of a file.
        let is_meant = is_files && matches!(key, "path" | "delimiter");
        if !is_meant && (OF_FILES.contains(&key) || has_path && key == "path") {
            let message = format!("`{key}` has no meaning in a table of a source");
            r.problem(&BAD_VALUE, span, message, "", "remove it");
        }
    }
}

/// What stands for the path of a table that has none: nothing, at the place where its rows are named.
pub(crate) fn no_path(r: &Reader<'_>, held: &Held) -> Snippet {
    let span = held.snippet().map_or(held.source.span, Snippet::whole);
    Snippet { text: String::new(), file: r.file, map: FlatMap::identity(span.start) }
}
