//! What SQL, pandas, spreadsheets, dbt, Frictionless and JSON Schema call things, and how they are
//! written here: one table for every message about a word that is not known.

use crate::expr::lex::{RESERVED, Token};

/// Where a foreign word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Place {
    Key,
    Type,
    Function,
    /// Between or before operands.
    Word,
}

use Place::{Function, Key, Type, Word};

/// Words in lower case without `_`, where they stand, and what is written here.
const SPELLINGS: &[(Place, &[&str], &str)] = &[
    (Key, &["enum", "values", "acceptedvalues", "oneof", "isin", "choices"], "one_of"),
    (Key, &["pattern", "regex", "regexp", "like"], "matches"),
    (Key, &["minimum", "gte", "ge"], "min"),
    (Key, &["maximum", "lte", "le"], "max"),
    (Key, &["exclusiveminimum", "gt"], "above"),
    (Key, &["exclusivemaximum", "lt"], "below"),
    (Key, &["notnull", "nonnull", "mandatory", "presence"], "required"),
    (Key, &["distinct"], "unique"),
    (Key, &["dtype", "datatype", "kind"], "type"),
    (Key, &["foreignkey", "references", "relationships"], "in"),
    (Key, &["primarykey", "pk", "id", "index"], "key"),
    (Key, &["const", "constant", "equals"], "one_of"),
    (Key, &["minlength", "minlen"], "min_length"),
    (Key, &["maxlength", "maxlen"], "max_length"),
    (Key, &["decimalchar", "decimalseparator"], "decimal"),
    (Key, &["groupchar", "groupseparator", "thousandsseparator", "bignum"], "grouping"),
    (Key, &["quotechar"], "quote"),
    (Key, &["commentprefix", "commentchar"], "comment"),
    (Key, &["skiprows", "skiplines"], "skip"),
    (Key, &["file", "filename", "source", "url"], "path"),
    (Key, &["sep", "separator", "dialect"], "delimiter"),
    (Key, &["navalues", "nullvalues", "missingvalues", "na"], "missing"),
    (Key, &["thousands"], "grouping"),
    (Key, &["fields", "schema"], "columns"),
    (Key, &["melt", "pivotlonger"], "unpivot"),
    (Key, &["expect", "expression", "test", "condition", "rule", "sql"], "assert"),
    (Key, &["for", "foreach", "table", "from", "on", "data"], "each"),
    (Key, &["groupby", "by"], "each"),
    (Key, &["filter", "if", "when"], "where"),
    (Key, &["sort", "orderby", "sortby"], "order"),
    (Key, &["description", "name", "label"], "title"),
    (Key, &["level"], "severity"),
    (Key, &["checks", "tests", "rules", "assertions", "models"], "check"),
    (Key, &["tables", "sources", "files", "resources", "table"], "data"),
    (Type, &["float", "double", "decimal", "real", "numeric", "float64"], "number"),
    (Type, &["int", "bigint", "long", "smallint", "int64", "whole"], "integer"),
    (Type, &["string", "str", "varchar", "char", "object", "category"], "text"),
    (Type, &["bool", "logical"], "boolean"),
    (Type, &["timestamp", "timestamptz"], "datetime"),
    (Type, &["percentage", "share", "rate"], "percent"),
    (Function, &["avg", "average"], "mean(x)"),
    (Function, &["len", "strlen", "charlength"], "length(t)"),
    (Function, &["substr", "substring", "mid"], "slice(t, from, n)"),
    (Function, &["nvl", "ifnull", "coalesce", "fillna"], "default(x, y)"),
    (Function, &["isnull", "isna", "isblank", "isempty"], "x is missing"),
    (Function, &["notnull", "notna", "isnotnull"], "x is not missing"),
    (Function, &["nunique", "countdistinct", "countunique"], "count(distinct x)"),
    (Function, &["sumif", "sumifs"], "sum(x where condition)"),
    (Function, &["countif", "countifs"], "count(where condition)"),
    (Function, &["iif", "ifelse"], "if a then b else c"),
    (Function, &["lag", "shift"], "prev(x by key)"),
    (Function, &["lead"], "next(x by key)"),
    (Function, &["std", "stdev", "stddevsamp"], "stddev(x)"),
    (Function, &["cumsum"], "cumulative(x by key)"),
    (Function, &["percentile", "quantilecont"], "quantile(x, 0.9)"),
    (Function, &["ceiling"], "ceil(x)"),
    (Function, &["startswith"], "starts_with(t, start)"),
    (Function, &["endswith"], "ends_with(t, end)"),
    (Function, &["regexplike", "regexmatch", "like"], "t matches \"^N\""),
    (Function, &["cast", "tonumber", "float", "int", "value"], "number(t)"),
    (Function, &["todate", "datevalue", "strptime"], "date(t, format)"),
    (Function, &["now", "currentdate", "getdate"], "today()"),
    (Function, &["vlookup", "xlookup", "lookup"], "table[key].column"),
    (Function, &["rownumber"], "row()"),
    (Function, &["lcase", "tolower"], "lower(t)"),
    (Function, &["ucase", "toupper"], "upper(t)"),
    (Word, &["like", "ilike", "rlike", "regexp"], "t matches \"^N\""),
    (Word, &["percent", "pct"], "5%"),
    (Word, &["contains", "includes"], "contains(t, part)"),
    (Word, &["startswith", "beginswith"], "starts_with(t, start)"),
    (Word, &["endswith"], "ends_with(t, end)"),
    (Word, &["isnull", "isna"], "x is missing"),
    (Word, &["isnotnull", "notnull", "notna"], "x is not missing"),
    (Word, &["notin"], "x not in (1, 2)"),
    (Word, &["ne", "neq"], "a != b"),
    (Word, &["mod"], "mod(a, b)"),
    (Word, &["case", "when"], "if a then b else c"),
    (Word, &["eq", "equals"], "a = b"),
];

/// Words that say the opposite of a key of ours, and what is so without that key.
const OPPOSITES: &[(&[&str], &str, &str)] = &[
    (
        &["nullable", "null", "allownull", "allownulls", "allowblank", "allowmissing", "optional"],
        "required",
        "a cell may be blank",
    ),
    (&["allowduplicates", "duplicates"], "unique", "a value may stand twice"),
    (
        &["additionalproperties", "additionalcolumns", "allowextra", "extracolumns"],
        "columns_only",
        "there may be more columns",
    ),
];

/// Keys that are no single key here: a key that is known where they stand, and what to do instead.
const OTHERWISE: &[(&[&str], &str, &str)] = &[
    (
        &["primarykey", "pk", "key", "index"],
        "one_of",
        "the key of a table stands above its columns: [data.t] with key = \"column\"",
    ),
    (
        &["multipleof", "step", "divisibleby"],
        "one_of",
        "write a check: each = \"t\" with assert = 'mod(x, 5) = 0'; decimals = 2 is for hundredths",
    ),
    (
        &["tests", "constraints", "checks", "validations"],
        "one_of",
        "write what they ask as keys of the column: required = true, unique = true, one_of, in, min, max, matches",
    ),
    (
        &["notin", "notoneof", "disallowed", "forbidden", "exclude"],
        "one_of",
        "write a check: each = \"t\" with assert = 'x not in (\"a\", \"b\")'",
    ),
    (
        &["foreignkeys", "foreignkey", "references", "relationships"],
        "path",
        "write it for the column: columns.region = { in = \"regions.code\" }",
    ),
    (
        &["unless", "except", "exclude", "skipif", "ignoreif"],
        "assert",
        "write `where` with the opposite condition: where = 'not (…)'",
    ),
];

/// What is written instead of a word that says the opposite of one of the `known` keys, or that is
/// no single key: the key, where there is one, and what to do. `value` is the truth it is given.
pub fn instead(
    word: &str,
    value: Option<bool>,
    known: &[&str],
) -> Option<(Option<&'static str>, String)> {
    let plain = plain(word);
    let is_meant = |words: &[&str], key: &str| known.contains(&key) && words.contains(&&*plain);
    if let Some((_, ours, otherwise)) = OPPOSITES.iter().find(|o| is_meant(o.0, o.1)) {
        let help = match value {
            Some(true) => format!("leave it out: {otherwise} unless `{ours} = true`"),
            _ => format!("write `{ours} = true`"),
        };
        return Some((Some(ours), help));
    }
    let found = OTHERWISE.iter().find(|o| is_meant(o.0, o.1));
    found.map(|(_, _, help)| (None, (*help).to_string()))
}

fn plain(word: &str) -> String {
    word.replace(['_', '-', ' '], "").to_lowercase()
}

/// What is written here for a word of another language.
pub fn here(place: Place, word: &str) -> Option<&'static str> {
    let plain = plain(word);
    let row = SPELLINGS.iter().find(|s| s.0 == place && s.1.contains(&plain.as_str()));
    row.map(|s| s.2)
}

/// What is written here for a foreign key, if it is one of `known`.
pub fn key<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let plain = plain(word);
    let mut rows = SPELLINGS.iter().filter(|s| s.0 == Key && s.1.contains(&plain.as_str()));
    rows.find_map(|s| known.iter().copied().find(|k| *k == s.2))
}

/// What is written here for a word of another language between operands, or for one of ours in
/// capitals.
pub fn word(word: &str) -> Option<String> {
    let lower = word.to_lowercase();
    let is_ours = lower != word && RESERVED.contains(&lower.as_str());
    let ours = here(Word, word).map(|ours| format!("write {ours}"));
    ours.or_else(|| is_ours.then(|| format!("write `{lower}` in lower case")))
}

/// The sign of what is said with a word behind a number: `percent`, `percentage points`.
pub fn percentage(word: &str, next: &Token) -> Option<&'static str> {
    let behind = match next {
        Token::Name(next, false) => next.to_lowercase(),
        _ => String::new(),
    };
    match (word.to_lowercase().as_str(), behind.as_str()) {
        ("percentage" | "percent" | "pct", "point" | "points") | ("pp" | "ppt", _) => Some("pp"),
        ("percent" | "pct" | "prozent" | "percentage", _) | ("per", "cent") => Some("%"),
        _ => None,
    }
}

/// What is written here for `not` and such a word.
pub fn not_word(word: &str) -> String {
    match here(Word, word) {
        Some(ours) => format!("write not {ours}"),
        None => "`not` stands before a condition: not (a and b)".to_string(),
    }
}
