//! How the rules of two versions differ, by what they say: blanks, order and comments do not count,
//! nor do words that are only shown.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use crate::expr::lex::lex;
use crate::report::{Change, RuleChange, is_iso_day};
use crate::rules::RowCount;
use crate::value::Number;

/// Keys that change nothing of what is demanded.
const WORDS: [&str; 7] = ["title", "help", "url", "message", "retrieved", "trivial_below", "was"];
/// Keys of a rule file that hold for each of its tables that does not say it.
const USUAL: [&str; 2] = ["language", "fiscal_year"];
/// Keys of a table that are contracts, so that one that is added demands more.
const DEMANDS: [&str; 3] = ["columns", "columns_only", "key"];
/// Keys of a column that say how its cells are read, so that one that is added may demand less.
const READING: [&str; 5] = ["missing", "withheld", "type", "format", "severity"];
/// Keys of a check that are written in the language of expressions.
const EXPRESSIONS: [&str; 4] = ["assert", "where", "each", "order"];

/// What each named thing of the rules says, by the name that it had first, with that of today.
type Parts = BTreeMap<(Part, String), (String, Value)>;

/// A part of a rule file, in the order in which changes are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// `[check.<id>]`.
    Check,
    /// `columns.<c>` of a table: `table.column`.
    Contract,
    /// Everything else of `[data.<t>]`.
    Table,
    /// `[source.<s>]`: where the rows of tables are.
    Source,
    /// An `[[allow]]`, by all that it says.
    Allowance,
}

impl Part {
    fn word(self) -> &'static str {
        match self {
            Part::Check => "check",
            Part::Contract => "contract",
            Part::Table => "table",
            Part::Source => "source",
            Part::Allowance => "allowance for",
        }
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub part: Part,
    /// The check's id, `table.column`, the table, or what is allowed.
    pub name: String,
    /// The same in the old version.
    pub then: String,
    /// The name that it had first.
    pub first: String,
    pub change: Change,
    /// Whether it demands less than before, or may do so.
    pub loosens: bool,
}

impl Difference {
    /// One of a comment in a text.
    pub fn of_comment(part: Part, name: String, change: Change, loosens: bool) -> Difference {
        let (then, first) = (name.clone(), name.clone());
        Difference { part, name, then, first, change, loosens }
    }

    /// As it is reported.
    pub fn report(&self, hides: Option<u64>) -> RuleChange {
        RuleChange {
            change: self.change,
            what: format!("{} {}", self.part.word(), self.name),
            hides,
            loosens: self.loosens || hides.is_some_and(|n| n > 0),
            file: None,
            line: None,
        }
    }
}

/// The differences between the rule files of two versions, in order; a file that is no TOML says
/// nothing, nor does a table whose file has moved: `moved` are old paths of files with those of today.
pub fn differences(old: &[String], new: &[String], moved: &[(String, String)]) -> Vec<Difference> {
    let (old, new) = (parts(old), parts(new));
    let names: BTreeSet<&(Part, String)> = old.keys().chain(new.keys()).collect();
    let difference = |name: &(Part, String)| {
        let (part, ref first) = *name;
        let (shown, change, loosens) = match (old.get(name), new.get(name)) {
            (Some((_, old)), Some((_, new))) if old == new => return None,
            (Some((_, old)), Some((_, new)))
                if part == Part::Table && is_moved(old, new, moved) =>
            {
                return None;
            }
            (Some((_, old)), Some((shown, new))) => {
                (shown, Change::Edited, may_loosen(part, old, new))
            }
            (None, Some((shown, _))) => (shown, Change::Added, part == Part::Allowance),
            (Some((shown, _)), None) => {
                let loosens = !matches!(part, Part::Source | Part::Allowance);
                (shown, Change::Removed, loosens)
            }
            (None, None) => return None,
        };
        let then = old.get(name).map_or(shown, |(then, _)| then).clone();
        Some(Difference { part, name: shown.clone(), then, first: first.clone(), change, loosens })
    };
    names.into_iter().filter_map(difference).collect()
}

/// Whether two versions of a table differ in the path of their file alone, which has moved from the one to the
/// other. Paths are below the rule files.
fn is_moved(old: &Value, new: &Value, moved: &[(String, String)]) -> bool {
    let (Value::Table(old), Value::Table(new)) = (old, new) else { return false };
    let path = |table: &Table| table.get("path").and_then(Value::as_str).map(str::to_string);
    let (Some(from), Some(to)) = (path(old), path(new)) else { return false };
    let is_it = |(then, now): &(String, String)| {
        let folder = |all: &str, path: &str| all.strip_suffix(path).map(str::to_string);
        let (then, now) = (folder(then, &from), folder(now, &to));
        then == now && then.is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
    };
    let without_path = |table: &Table| {
        let rest = table.iter().filter(|(key, _)| *key != "path");
        rest.map(|(key, value)| (key.clone(), value.clone())).collect::<Table>()
    };
    moved.iter().any(is_it) && without_path(old) == without_path(new)
}

/// The lines of a rule file, from 1, at which its parts begin, by what they are called in it.
pub fn lines(text: &str) -> BTreeMap<(Part, String), u64> {
    let mut all = BTreeMap::new();
    let (Ok(root), Ok(values)) = (DeTable::parse(text), text.parse::<Table>()) else { return all };
    let line = |at: usize| 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count() as u64;
    for (id, _) in members(root.get_ref(), "check") {
        all.insert((Part::Check, id.get_ref().to_string()), line(id.span().start));
    }
    for (name, item) in members(root.get_ref(), "data") {
        all.insert((Part::Table, name.get_ref().to_string()), line(name.span().start));
        let DeValue::Table(of_table) = item.get_ref() else { continue };
        for (column, _) in members(of_table, "columns") {
            let id = format!("{}.{}", name.get_ref(), column.get_ref());
            all.insert((Part::Contract, id), line(column.span().start));
        }
    }
    for (name, _) in members(root.get_ref(), "source") {
        all.insert((Part::Source, name.get_ref().to_string()), line(name.span().start));
    }
    let allowances = values.get("allow").and_then(Value::as_array).into_iter().flatten();
    if let Some(DeValue::Array(items)) = root.get_ref().get("allow").map(Spanned::get_ref) {
        for (allowance, item) in allowances.zip(items.iter()) {
            all.insert((Part::Allowance, accepted(allowance)), line(item.span().start));
        }
    }
    all
}

/// What stands in a table of a table.
fn members<'d, 'i>(
    table: &'d DeTable<'i>,
    key: &str,
) -> impl Iterator<Item = (&'d Spanned<Cow<'i, str>>, &'d Spanned<DeValue<'i>>)> {
    let of_key = table.get(key).and_then(|item| match item.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    });
    of_key.into_iter().flat_map(|table| table.iter())
}

fn parts(texts: &[String]) -> Parts {
    let mut all = Parts::new();
    for file in texts.iter().filter_map(|text| text.parse::<Table>().ok()) {
        let tables =
            |key: &str| file.get(key).and_then(Value::as_table).cloned().unwrap_or_default();
        for (id, check) in tables("check") {
            all.insert((Part::Check, former(&id, &check)), (id, expressions(without_words(check))));
        }
        for (name, source) in tables("source") {
            let Value::Table(mut own) = source else { continue };
            own.remove("timeout");
            all.insert((Part::Source, name.clone()), (name, Value::Table(own)));
        }
        for (name, table) in tables("data") {
            let had = former(&name, &table);
            let Value::Table(mut table) = without_words(table) else { continue };
            for key in USUAL {
                if let Some(usual) = file.get(key).filter(|_| !table.contains_key(key)) {
                    table.insert(key.to_string(), usual.clone());
                }
            }
            // Where no source holds its rows, it is a citation.
            if !["table", "query"].iter().any(|key| table.contains_key(*key)) {
                table.remove("source");
            }
            if let Some(Value::Table(columns)) = table.remove("columns") {
                for (column, contract) in columns {
                    let id = (Part::Contract, format!("{had}.{}", former(&column, &contract)));
                    all.insert(id, (format!("{name}.{column}"), without_words(contract)));
                }
            }
            all.insert((Part::Table, had), (name, Value::Table(table)));
        }
        let allowances = file.get("allow").and_then(Value::as_array).cloned().unwrap_or_default();
        for allowance in allowances {
            let first = under_first_names(&allowance, &tables("check"));
            let mut what = (Part::Allowance, accepted(&first));
            // Each of several that are about the same counts.
            while all.contains_key(&what) {
                what.1.push('+');
            }
            all.insert(what, (accepted(&allowance), first));
        }
    }
    all
}

/// An allowance with the names that its checks had first: it stays the same when a check gets another name.
fn under_first_names(allowance: &Value, checks: &Table) -> Value {
    let first = |name: &Value| {
        let renamed = name.as_str().and_then(|id| Some(former(id, checks.get(id)?)));
        renamed.map_or_else(|| name.clone(), Value::String)
    };
    let mut own = allowance.clone();
    if let Value::Table(own) = &mut own
        && let Some(names) = own.get_mut("check")
    {
        *names = match &*names {
            Value::Array(all) => Value::Array(all.iter().map(first).collect()),
            one => first(one),
        };
    }
    own
}

/// What an allowance accepts, as findings about it say: "`sum` where `region = "North"`".
fn accepted(allowance: &Value) -> String {
    let texts = |key: &str| {
        let all = allowance.get(key).map(list).unwrap_or_default();
        let text = |v: &Value| format!("`{}`", v.as_str().unwrap_or_default());
        all.iter().map(text).collect::<Vec<_>>().join(", ")
    };
    let parts = [("", "check"), ("finding ", "fingerprint"), ("table ", "table")];
    let said = parts.map(|(word, key)| (word, texts(key)));
    let said = said.into_iter().filter(|(_, text)| !text.is_empty());
    let what = said.map(|(word, text)| format!("{word}{text}")).collect::<Vec<_>>().join(", ");
    match texts("where") {
        filter if filter.is_empty() => what,
        filter => format!("{what} where {filter}"),
    }
}

/// The first name of what is called so today.
fn former(name: &str, rule: &Value) -> String {
    rule.get("was").and_then(Value::as_str).unwrap_or(name).to_string()
}

fn without_words(value: Value) -> Value {
    let Value::Table(mut table) = value else { return value };
    WORDS.iter().for_each(|key| {
        table.remove(*key);
    });
    Value::Table(table)
}

/// A check whose expressions are equal where blanks alone differ, and its tags where their order does.
fn expressions(check: Value) -> Value {
    let Value::Table(mut table) = check else { return check };
    for key in EXPRESSIONS {
        match table.get_mut(key) {
            Some(Value::String(text)) => *text = without_blanks(text),
            Some(Value::Array(all)) => {
                for item in all {
                    if let Value::String(text) = item {
                        *text = without_blanks(text);
                    }
                }
            }
            _ => {}
        }
    }
    // Checks are chosen by their tags, in whichever order these stand.
    if let Some(Value::Array(tags)) = table.get_mut("tags") {
        tags.sort_by_key(Value::to_string);
        tags.dedup();
    }
    Value::Table(table)
}

/// An expression with one blank between its tokens; as it is, where it has other signs.
fn without_blanks(text: &str) -> String {
    let (tokens, errors) = lex(text);
    if !errors.is_empty() {
        return text.to_string();
    }
    let words: Vec<&str> = tokens.iter().filter_map(|t| text.get(t.span.clone())).collect();
    words.join(" ").trim_end().to_string()
}

/// Whether an edit may have made a rule demand less: all but demands that were added or narrowed, and a
/// severity that was raised.
fn may_loosen(part: Part, old: &Value, new: &Value) -> bool {
    let (Value::Table(old), Value::Table(new)) = (old, new) else { return true };
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    keys.into_iter().any(|key| match (key.as_str(), old.get(key), new.get(key)) {
        (_, old, new) if old == new => false,
        ("severity", old, new) => rank(new) < rank(old),
        ("assert", Some(old), Some(new)) => {
            let new = list(new);
            list(old).iter().any(|a| !new.contains(a))
        }
        ("rows", old, new) if part == Part::Table => !is_within(new, old),
        ("reason" | "by", ..) if part == Part::Allowance => false,
        // Without a condition, all rows are asked.
        ("where", Some(_), None) => part != Part::Check,
        (key @ ("required" | "unique" | "optional" | "columns_only"), old, new)
            if part != Part::Check =>
        {
            let is_set = |value: Option<&Value>| value.is_some_and(|v| *v != Value::Boolean(false));
            let (old, new) = (is_set(old), is_set(new));
            old != new && old != (key == "optional") || old && new
        }
        (key, Some(old), Some(new)) if part == Part::Contract => !is_narrower(key, old, new),
        (key, None, Some(_)) => match part {
            Part::Contract => READING.contains(&key),
            Part::Table => !DEMANDS.contains(&key),
            Part::Check | Part::Source | Part::Allowance => true,
        },
        _ => true,
    })
}

/// Whether `rows` allows no number that the old one did not.
fn is_within(new: Option<&Value>, old: Option<&Value>) -> bool {
    let count = |value: Option<&Value>| match value {
        None => Some(RowCount::USUAL),
        Some(Value::String(text)) => RowCount::parse(text),
        Some(number) => RowCount::parse(&number.to_string()),
    };
    count(new).zip(count(old)).is_some_and(|(new, old)| new.is_within(old))
}

/// Whether a bound or a list of values allows nothing that the old one did not.
fn is_narrower(key: &str, old: &Value, new: &Value) -> bool {
    match key {
        "min" | "above" | "min_length" => is_less(old, new),
        "max" | "below" | "max_length" => is_less(new, old),
        "one_of" => {
            let old = list(old);
            list(new).iter().all(|value| old.contains(value))
        }
        _ => false,
    }
}

/// Whether a bound is less than another, where that is clear: numbers and percentages as they are
/// written, and days.
fn is_less(a: &Value, b: &Value) -> bool {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(_) | Value::Float(_) | Value::Datetime(_) => Some(value.to_string()),
        _ => None,
    };
    let (Some(a), Some(b)) = (text(a), text(b)) else { return false };
    if is_iso_day(&a) && is_iso_day(&b) {
        return a < b;
    }
    let number = |text: &str| {
        Some((text.ends_with('%'), Number::parse(text.trim_end_matches('%').trim_end())?))
    };
    match (number(&a), number(&b)) {
        (Some((percent, a)), Some((also, b))) => percent == also && a < b,
        _ => false,
    }
}

fn rank(severity: Option<&Value>) -> u8 {
    match severity.and_then(Value::as_str) {
        Some("info") => 0,
        Some("warning") => 1,
        _ => 2,
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_else(|| vec![value.clone()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(old: &str, new: &str) -> Vec<String> {
        let moved = [("in/d/t.csv".to_string(), "in/e/t.csv".to_string())];
        let all = differences(&[old.into()], &[new.into()], &moved);
        let words = |d: &Difference| {
            let change = d.report(None);
            let loosens = if change.loosens { ", may loosen" } else { "" };
            format!("{} {}{loosens}", change.what, change.change.word())
        };
        all.iter().map(words).collect()
    }

    #[test]
    fn a_table_whose_file_has_moved_is_as_it_was() {
        let table = |path: &str, more: &str| format!("[data.t]\npath = '{path}'\n{more}");
        let now = table("e/t.csv", "");
        assert_eq!(said(&table("d/t.csv", ""), &now), Vec::<String>::new());
        assert_eq!(said(&table("t.csv", ""), &now), ["table t edited, may loosen"]);
        let keyed = table("d/t.csv", "key = 'k'\n");
        assert_eq!(said(&keyed, &now), ["table t edited, may loosen"]);
    }

    #[test]
    fn only_what_is_demanded_counts() {
        let old = "[check.a]\nassert = 'x = 1'\ntitle = 'A'\n[data.t]\npath = 't.csv'\n";
        let new = "# moved\n[data.t]\npath='t.csv'\n[check.a]\nhelp = 'B'\nassert = \"x = 1\"\n";
        assert_eq!(said(old, new), Vec::<String>::new());
    }

    #[test]
    fn blanks_in_expressions_are_no_edit() {
        let old = "[check.a]\nassert = 'sum(d.v)=5'\nwhere = 'a<b'\neach='d'\n[check.b]\nassert = ['a =  \"x y\"']\n";
        let new = "[check.a]\nassert = 'sum( d.v ) = 5'\nwhere = ' a < b'\neach='d '\n[check.b]\nassert = ['a = \"x y\"']\n";
        assert_eq!(said(old, new), Vec::<String>::new());
        let other = new.replace("x y", "x  y");
        assert_eq!(said(old, &other), ["check b edited, may loosen"]);
    }

    #[test]
    fn a_contract_that_allows_less_loosens_nothing() {
        for (old, new, loosens) in [
            ("min = 0", "min = 1", false),
            ("min = 1", "min = 0", true),
            ("min = -0.5", "min = -0.25", false),
            ("above = '5%'", "above = '10%'", false),
            ("above = '5%'", "above = '10'", true),
            ("max = 10", "max = 9.99", false),
            ("max = 9.99", "max = 10", true),
            ("below = '2026-01-02'", "below = '2025-12-31'", false),
            ("below = '2025-12-31'", "below = '2026-01-02'", true),
            ("min_length = 2", "min_length = 3", false),
            ("max_length = 2", "max_length = 3", true),
            ("one_of = ['a', 'b']", "one_of = ['b']", false),
            ("one_of = ['a', 'b']", "one_of = ['a', 'c']", true),
            ("required = true", "required = false", true),
            ("required = false", "required = true", false),
            ("optional = true", "optional = false", false),
            ("min = 0", "min = 0, optional = true", true),
            ("min = 0", "min = 0, unique = true", false),
            ("min = 0", "min = 0, max = 9", false),
            ("min = 0, max = 9", "min = 0", true),
            ("matches = 'a'", "matches = 'b'", true),
        ] {
            let of = |contract: &str| format!("[data.t]\ncolumns.n = {{ {contract} }}");
            let wanted = if loosens { ", may loosen" } else { "" };
            assert_eq!(
                said(&of(old), &of(new)),
                [format!("contract t.n edited{wanted}")],
                "{old} {new}"
            );
        }
    }

    /// A new key is compared, unless it is listed here as one that changes no demand.
    #[test]
    fn every_key_of_a_rule_file_is_compared_or_changes_nothing() {
        use crate::rules::{allow, check, column, held, report, walk};
        let sections: [(&str, &str, &[&str], &[&str]); 7] = [
            ("", "\n[data.t]", walk::TOP_KEYS, &["source", "data", "check", "allow", "report"]),
            ("[data.t]\n", "", walk::DATA_KEYS, &["source", "retrieved", "columns"]),
            ("[data.t]\ncolumns.c = { ", " }", column::COLUMN_KEYS, &["title", "help"]),
            (
                "[check.c]\n",
                "",
                check::CHECK_KEYS,
                &["title", "help", "url", "message", "trivial_below"],
            ),
            ("[[allow]]\n", "", allow::ALLOW_KEYS, &[]),
            ("[source.s]\n", "", held::SOURCE_KEYS, &["timeout"]),
            ("[report]\n", "", report::REPORT_KEYS, report::REPORT_KEYS),
        ];
        for (before, behind, keys, harmless) in sections {
            // By `was` things are known, whatever they are called.
            for key in keys.iter().filter(|key| **key != "was") {
                let of = |value: &str| format!("{before}{key} = '{value}'{behind}");
                let is_seen = !said(&of("x"), &of("y")).is_empty();
                assert_eq!(is_seen, !harmless.contains(key), "{before}{key}");
            }
        }
        let held = |source: &str| format!("[data.t]\nsource = '{source}'\ntable = 'p.t'");
        assert_eq!(said(&held("a"), &held("b")), ["table t edited, may loosen"]);
        let tagged = |tags: &str| format!("[check.a]\nassert = 'x'\ntags = [{tags}]");
        assert_eq!(said(&tagged("'b', 'c'"), &tagged("'c', 'b'")), [""; 0]);
        assert_eq!(said(&tagged("'b', 'c'"), &tagged("'c'")), ["check a edited, may loosen"]);
        let usual = |file: &str, own: &str| format!("{file}\n[data.t]\n{own}");
        assert_eq!(said(&usual("language = 'de'", ""), &usual("", "language = 'de'")), [""; 0]);
        let allowed = |until: &str| {
            let one = |until: &str| format!("[[allow]]\ncheck = 'a'\nuntil = {until}\n");
            format!("{}{}", one(until), one("2027-01-01"))
        };
        assert_eq!(said(&allowed("2026-01-01"), &allowed("2028-01-01")).len(), 1);
    }

    #[test]
    fn what_may_demand_less_is_said() {
        for (old, new, wanted) in [
            ("", "[check.a]\nassert = 'x'", "check a added"),
            ("[check.a]\nassert = 'x'", "", "check a removed, may loosen"),
            (
                "[data.t]\npath = 't'",
                "[data.t]\npath = 't'\nrows = '0..'",
                "table t edited, may loosen",
            ),
            ("[data.t]\npath = 't'", "[data.t]\npath = 't'\nrows = '2..'", "table t edited"),
            ("[data.t]\nrows = '0..'", "[data.t]\npath = 't'", "table t edited, may loosen"),
            ("[data.t]\nrows = '2..'", "[data.t]", "table t edited, may loosen"),
            ("[data.t]\nrows = '..9'", "[data.t]\nrows = 3", "table t edited"),
            ("[data.t]\nrows = 3", "[data.t]\nrows = 4", "table t edited, may loosen"),
            ("[check.a]\nassert = 'x'", "[check.a]\nassert = ['x', 'y']", "check a edited"),
            ("[check.a]\nassert = 'x'", "[check.a]\nassert = 'y'", "check a edited, may loosen"),
            (
                "[check.a]\nassert = 'x'",
                "[check.a]\nassert = 'x'\nwhere = 'z'",
                "check a edited, may loosen",
            ),
            ("[check.a]\nseverity = 'warning'", "[check.a]\nseverity = 'error'", "check a edited"),
            (
                "[check.a]\nassert = 'x'",
                "[check.a]\nassert = 'x'\nseverity = 'info'",
                "check a edited, may loosen",
            ),
            (
                "[data.t]\ncolumns.n = { min = 1 }",
                "[data.t]\ncolumns.n = { min = 1, max = 2 }",
                "contract t.n edited",
            ),
            (
                "[data.t]\ncolumns.n = { min = 1 }",
                "[data.t]\ncolumns.n = { min = 0 }",
                "contract t.n edited, may loosen",
            ),
            ("[data.t]\npath = 'a'", "[data.t]\npath = 'a'\nkey = 'id'", "table t edited"),
            ("[check.a]\nassert = 'x'\nwhere = 'z'", "[check.a]\nassert = 'x'", "check a edited"),
            (
                "[data.t]\npath = 'a'",
                "[data.t]\npath = 'a'\nmissing = ['-']",
                "table t edited, may loosen",
            ),
            (
                "",
                "[[allow]]\ncheck = 'a'\nwhere = 'n = 1'\nreason = 'r'",
                "allowance for `a` where `n = 1` added, may loosen",
            ),
            ("[[allow]]\ncheck = 'a'", "", "allowance for `a` removed"),
            (
                "[check.a]\nassert = 'x'",
                "[check.b]\nwas = 'a'\nassert = 'y'",
                "check b edited, may loosen",
            ),
            (
                "[data.t]\ncolumns.n = { min = 1 }",
                "[data.u]\nwas = 't'\ncolumns.m = { was = 'n', min = 0 }",
                "contract u.m edited, may loosen",
            ),
        ] {
            assert_eq!(said(old, new), [wanted], "{old}\n{new}");
        }
    }
}
