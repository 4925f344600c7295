//! Names as rule files and expressions write them, and what names say.

use crate::expr::lex::{FOREIGN_MISSING, RESERVED};
use crate::report::text::printable;

/// A name for a table from that of a file: small letters, digits and `_`.
pub fn table(path: &str, taken: &[String]) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    let mut own = String::new();
    for c in stem.chars() {
        match c {
            c if c.is_alphanumeric() => own.extend(c.to_lowercase()),
            _ if own.ends_with('_') => {}
            _ => own.push('_'),
        }
    }
    let own = own.trim_matches('_');
    let is_plain = is_plain(own) && !RESERVED.contains(&own);
    let own = if is_plain { own.to_string() } else { format!("table_{own}") };
    let own = own.trim_end_matches('_').to_string();
    let own = if is_plain || self::is_plain(&own) { own } else { "table".to_string() };
    let numbered = (2..).map(|n| format!("{own}_{n}"));
    let mut names = std::iter::once(own.clone()).chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or(own)
}

/// What a table of several files is called: what their names have in common, or their directory.
pub fn of_pattern(pattern: &str) -> String {
    let (directory, name) = pattern.rsplit_once('/').unwrap_or(("", pattern));
    let stem = name.split(['{', '*']).next().unwrap_or_default();
    let rest = name.rsplit(['}', '*']).next().unwrap_or_default();
    let rest = rest.split('.').next().unwrap_or_default();
    let folder = directory.rsplit('/').next().unwrap_or_default();
    let is_name = |text: &&str| text.contains(char::is_alphabetic);
    let named = [stem, rest, folder].into_iter().find(is_name).unwrap_or("table");
    named.trim_matches(|c: char| !c.is_alphabetic()).to_string()
}

/// Whether a name can be written as it is.
fn is_plain(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c))
        && chars.all(|c| c == '_' || unicode_ident::is_xid_continue(c))
}

/// Whether expressions can name a column at all.
pub fn is_usable(name: &str) -> bool {
    !name.trim().is_empty() && !name.contains('`') && !name.contains(char::is_control)
}

/// A column in an expression.
pub fn in_expression(name: &str) -> String {
    let is_foreign = ["to", "rounding"].contains(&name) || FOREIGN_MISSING.contains(&name);
    if is_plain(name) && !RESERVED.contains(&name) && !is_foreign {
        name.to_string()
    } else {
        format!("`{name}`")
    }
}

/// A text in an expression.
pub fn text(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A key of TOML.
pub fn key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(is_bare) { name.to_string() } else { quoted(name) }
}

/// A text of TOML.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || printable(c.encode_utf8(&mut [0; 4])) != c.to_string() => {
                out.push_str(&format!("\\U{:08X}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out + "\""
}

/// An expression as a text of TOML: literal where it can be.
pub fn expression(text: &str) -> String {
    let is_literal = !text.contains('\'') && printable(text) == text;
    if is_literal { format!("'{text}'") } else { quoted(text) }
}

/// What a title adds for groups: ` for each region and year`.
pub fn for_each<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() { String::new() } else { format!(" for each {}", names.join(" and ")) }
}

/// The words of a name: `stopId`, `stop_id` and `Stop ID` are `stop` and `id`.
pub fn words(name: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut was_small = false;
    for c in name.chars() {
        let breaks = !c.is_alphanumeric() || (c.is_uppercase() && was_small);
        if breaks && all.last().is_some_and(|word| !word.is_empty()) {
            all.push(String::new());
        }
        was_small = c.is_lowercase();
        if let Some(word) = all.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    all.retain(|word| !word.is_empty());
    all
}

fn has_word(name: &str, of: &[&str]) -> bool {
    words(name).iter().any(|word| of.contains(&word.as_str()))
}

/// Whether a name says that the column identifies something.
pub fn is_identifier(name: &str) -> bool {
    const IDS: [&str; 35] = [
        "id",
        "ids",
        "code",
        "key",
        "nr",
        "no",
        "number",
        "nummer",
        "num",
        "iso",
        "iso2",
        "iso3",
        "uuid",
        "guid",
        "ref",
        "slug",
        "isbn",
        "email",
        "ags",
        "fips",
        "nuts",
        "geoid",
        "lau",
        "ident",
        "kennung",
        "kennziffer",
        "schluessel",
        "schlüssel",
        "codigo",
        "kod",
        "pid",
        "oid",
        "sku",
        "ean",
        "gtin",
    ];
    // Words such as `valid` and `paid` end like this too.
    const OWNERS: [&str; 14] = [
        "stop", "trip", "route", "user", "person", "order", "customer", "product", "country",
        "region", "item", "object", "record", "parent",
    ];
    let joined = name.to_lowercase();
    let of_owner = joined.strip_suffix("id").is_some_and(|owner| OWNERS.contains(&owner));
    // "number of beds" counts them, "no %" is a share.
    let words = words(name);
    // `no` alone is as likely the opposite of `yes`.
    let is_no = words == ["no"];
    let counts = words.windows(2).any(|pair| matches!(pair, [a, b] if is_number(a) && b == "of"));
    let is_share = words.len() > 1 && is_measure(name);
    !counts && !is_share && !is_no && (has_word(name, &IDS) || of_owner || joined.ends_with("code"))
}

fn is_number(word: &str) -> bool {
    matches!(word, "no" | "nr" | "num" | "number")
}

/// Whether the name of an identifier says so by nothing but "number".
pub fn is_only_number(name: &str) -> bool {
    let mut rest = words(name);
    rest.retain(|word| !is_number(word));
    !is_identifier(&rest.join("_"))
}

/// Whether a column is called what its table lists: `station` of `stations`, `account` of `accounts`.
pub fn is_of_table(name: &str, table: &str) -> bool {
    let (own, table) = (words(name), words(table));
    let is_one = |one: &String, many: &String| {
        let stem = one.strip_suffix('y').unwrap_or(one);
        one == many || [format!("{one}s"), format!("{one}es"), format!("{stem}ies")].contains(many)
    };
    matches!((own.as_slice(), table.last()), ([one], Some(many)) if is_one(one, many))
}

/// Whether a column is called a name of things.
pub fn is_label(name: &str) -> bool {
    has_word(name, &["name", "licence", "license", "permit", "reference", "label", "title"])
}

/// Whether a name says that the column holds years.
pub fn is_year(name: &str) -> bool {
    const YEARS: [&str; 10] =
        ["year", "jahr", "annee", "année", "ano", "año", "anno", "rok", "yr", "aar"];
    has_word(name, &YEARS)
}

/// Whether a name says that the column counts years, months, days.
pub fn is_calendar(name: &str) -> bool {
    const PARTS: [&str; 10] =
        ["month", "monat", "quarter", "quartal", "week", "woche", "day", "tag", "hour", "weekday"];
    is_year(name) || has_word(name, &PARTS)
}

/// Whether a name says that the column holds times, or how long something takes.
pub fn is_of_time(name: &str) -> bool {
    const PARTS: [&str; 24] = [
        "time", "zeit", "temps", "tiempo", "tempo", "durat", "durée", "duree", "duraci", "dauer",
        "durchs", "hour", "stunde", "heure", "minut", "elaps", "delay", "wait", "clock", "length",
        "pace", "split", "finish", "uhr",
    ];
    let name = name.to_lowercase();
    let is_unit = has_word(&name, &["h", "hh", "hrs", "min", "mins", "mm", "lap", "gap", "std"]);
    is_unit || PARTS.iter().any(|part| name.contains(part))
}

/// Whether a name is that of what two sides made of a match, as in `F:A`.
pub fn is_score(name: &str) -> bool {
    const WORDS: [&str; 12] = [
        "goals", "score", "scores", "result", "results", "tore", "ergebnis", "sets", "points",
        "buts", "goles", "gol",
    ];
    name.contains(':') || has_word(name, &WORDS)
}

/// Whether a name says that the column holds places on the earth, which are measured.
pub fn is_measure(name: &str) -> bool {
    const MEASURES: [&str; 28] = [
        "lat",
        "lon",
        "lng",
        "latitude",
        "longitude",
        "x",
        "y",
        "population",
        "area",
        "count",
        "amount",
        "value",
        "price",
        "total",
        "share",
        "rate",
        "percent",
        "pct",
        "votes",
        "people",
        "births",
        "deaths",
        "sum",
        "average",
        "mean",
        "cost",
        "turnout",
        "km2",
    ];
    has_word(name, &MEASURES)
}

/// Whether a name or a label says that something is a total.
pub fn is_total(name: &str) -> bool {
    const TOTALS: [&str; 32] = [
        "total",
        "totals",
        "all",
        "sum",
        "overall",
        "together",
        "insgesamt",
        "gesamt",
        "summe",
        "alle",
        "zusammen",
        "ensemble",
        "tous",
        "totaal",
        "totale",
        "totali",
        "suma",
        "razem",
        "ogółem",
        "celkem",
        "összesen",
        "totalt",
        "alt",
        "ialt",
        "yhteensä",
        "both",
        "tot",
        "ttl",
        "t",
        "grand",
        "todos",
        "subtotal",
    ];
    let words = words(name);
    let first = words.first().map_or("", String::as_str);
    let last = words.last().map_or("", String::as_str);
    (words.len() < 7 && TOTALS.contains(&first)) || (words.len() < 4 && TOTALS.contains(&last))
}

/// Whether a label names a part of another: "of which women".
pub fn is_of_which(name: &str) -> bool {
    const WORDS: [&str; 8] =
        ["of which", "thereof", "darunter", "davon", "dont", "di cui", "including", "incl"];
    let name = name.trim().trim_start_matches(['-', '–', '·', ' ']).to_lowercase();
    WORDS.iter().any(|word| name.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tables_are_plain() {
        let none: &[String] = &[];
        for (path, name) in [
            ("data/Regions 2020.csv", "regions_2020"),
            ("2020.csv", "table_2020"),
            ("in.csv", "table_in"),
            ("Größe.csv.gz", "größe"),
            ("].csv", "table"),
            (".csv", "table"),
        ] {
            assert_eq!(table(path, none), name, "{path}");
        }
        assert_eq!(table("a.csv", &["a".to_string()]), "a_2");
        assert_eq!(of_pattern("grants/20*.csv"), "grants");
        assert_eq!(of_pattern("data/sales_{2020,2021}.csv"), "sales");
        assert_eq!(of_pattern("*-sales.csv"), "sales");
        assert_eq!(of_pattern("*.csv"), "table");
    }

    #[test]
    fn nothing_breaks_out_of_a_text() {
        assert_eq!(quoted("a\"b\\c\nd\u{202e}"), "\"a\\\"b\\\\c\\nd\\U0000202E\"");
        assert_eq!(key("a b"), "\"a b\"");
        assert_eq!(expression("a = \"x\""), "'a = \"x\"'");
        assert_eq!(expression("`it's` = 1"), "\"`it's` = 1\"");
        assert_eq!(in_expression("where"), "`where`");
        assert!(is_identifier("stopId") && is_identifier("stopid") && !is_identifier("valid"));
        assert_eq!(text("a\"b"), "\"a\"\"b\"");
    }

    #[test]
    fn names_are_cut_into_words() {
        assert_eq!(words("stopId"), ["stop", "id"]);
        assert_eq!(words("Stop ID_x2"), ["stop", "id", "x2"]);
    }
}
