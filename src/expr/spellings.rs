//! What SQL, pandas, spreadsheets, dbt, Frictionless and JSON Schema call things, and how they are
//! written here: one table for every message about a word that is not known.

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
    (Key, &["notnull", "nonnull", "nullable", "mandatory", "presence"], "required"),
    (Key, &["distinct"], "unique"),
    (Key, &["dtype", "datatype", "kind"], "type"),
    (Key, &["foreignkey", "references", "relationships"], "in"),
    (Key, &["primarykey", "pk", "id", "index"], "key"),
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
    (Word, &["isnull", "isnotnull"], "x is missing"),
    (Word, &["mod"], "mod(a, b)"),
    (Word, &["case", "when"], "if a then b else c"),
    (Word, &["eq", "equals"], "a = b"),
];

/// What is written here for a word of another language.
pub fn here(place: Place, word: &str) -> Option<&'static str> {
    let plain = word.replace(['_', '-', ' '], "").to_lowercase();
    let row = SPELLINGS.iter().find(|s| s.0 == place && s.1.contains(&plain.as_str()));
    row.map(|s| s.2)
}

/// What is written here for a foreign key, if it is one of `known`.
pub fn key<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let plain = word.replace(['_', '-', ' '], "").to_lowercase();
    let mut rows = SPELLINGS.iter().filter(|s| s.0 == Key && s.1.contains(&plain.as_str()));
    rows.find_map(|s| known.iter().copied().find(|k| *k == s.2))
}
