//! What each dialect calls things: one row for each.
//!
//! `{0}`, `{1}` and `{2}` stand for operands. A spelling that is not there is something that the
//! dialect cannot say; what needs it is fetched and judged here.

use crate::sql::quote::{self, Escape};

/// The spellings of one dialect.
#[derive(Debug)]
pub struct Dialect {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What else a reader should know.
    pub remark: Option<&'static str>,
    /// The mark around names.
    pub name_mark: char,
    /// How a text holds apostrophes and backslashes.
    pub escape: Escape,
    /// How many digits its exact numbers have.
    pub digits: u32,
    /// Exact numbers have no decimals: they are counted in their smallest unit.
    pub is_whole: bool,
    /// Any value as a text that is compared byte by byte.
    pub text: &'static str,
    /// Whether a regular expression matches somewhere in a text.
    pub search: Option<&'static str>,
    /// Whether a range of letters in a regular expression goes by their numbers in Unicode on every server.
    pub has_ranges: bool,
    /// The very end of a text in a regular expression.
    pub end: &'static str,
    /// Whether a text begins and ends with a character that can be seen.
    pub is_visible: Option<&'static str>,
    /// Whether a text is a number of few digits, with these decimals at most: `{1}` is the sign before them.
    pub is_narrow: Option<&'static str>,
    /// Whether it is a whole number of few digits.
    pub is_narrow_whole: Option<&'static str>,
    /// Whether it is a day of the calendar: 29 February is left out.
    pub is_day: Option<&'static str>,
    /// Whether it is a year.
    pub is_year: Option<&'static str>,
    /// The decimals that are read.
    pub decimals: u32,
    /// A text that is a number as one of `{1}` digits, `{2}` of them decimals.
    pub read: &'static str,
    /// A number as one of `{1}` digits, `{2}` of them decimals.
    pub cast: &'static str,
    /// A count as a whole number of 64 bits.
    pub long: &'static str,
    /// Whether it reads numbers of more digits than a narrow one.
    pub reads_wide: bool,
    /// Characters of a text.
    pub length: &'static str,
    /// Where `{1}` begins in `{0}`, from 1; 0 where it does not.
    pub position: &'static str,
    /// `{2}` characters of `{0}` from `{1}`.
    pub slice: &'static str,
    /// The last `{1}` characters of `{0}`.
    pub last: &'static str,
    /// `{1}` in `{0}` replaced by `{2}`.
    pub replace: &'static str,
    /// The smaller and the greater of two that are both there.
    pub least: &'static str,
    pub greatest: &'static str,
    /// How many rows there are, as a number to compute with.
    pub count: &'static str,
    /// Both parts of a sum of whole numbers, above and below nine digits, where a sum could overflow.
    pub limbs: Option<(&'static str, &'static str)>,
    /// What keeps a part of a statement whole, where a planner would write its columns into each place that reads
    /// them, and so compute them anew for each.
    pub fence: Option<&'static str>,
    /// The value of the row before and of the row after, in the window `{1}`.
    pub previous: &'static str,
    pub next: &'static str,
}

/// Characters that can be seen, in every language that is written with them: no white space is among them.
const VISIBLE: &str = "[!-~\u{a1}-\u{ac}\u{ae}-\u{34e}\u{370}-\u{61b}\u{620}-\u{115e}\u{1200}-\u{167f}\u{3001}-\u{3163}\u{3165}-\u{d7ff}]";

const ANSI: Dialect = Dialect {
    name: "ansi",
    remark: Some(
        "standard SQL: it cannot force the collation of a column; run it only where texts are compared byte by byte",
    ),
    name_mark: '"',
    escape: Escape::Doubled,
    digits: 38,
    is_whole: false,
    text: "cast({0} as varchar(4000))",
    search: Some("{0} like_regex {1}"),
    has_ranges: false,
    end: "$",
    is_visible: None,
    is_narrow: None,
    is_narrow_whole: None,
    is_day: None,
    is_year: None,
    decimals: 8,
    read: "cast({0} as decimal({1}, {2}))",
    cast: "cast({0} as decimal({1}, {2}))",
    long: "cast({0} as bigint)",
    reads_wide: true,
    length: "char_length({0})",
    position: "position({1} in {0})",
    slice: "substring({0} from {1} for {2})",
    last: "substring({0} from greatest(char_length({0}) - {1} + 1, 1))",
    replace: "replace({0}, {1}, {2})",
    least: "least({0}, {1})",
    greatest: "greatest({0}, {1})",
    count: "cast(count({0}) as decimal(19, 0))",
    limbs: None,
    fence: None,
    previous: "lag({0}) over ({1})",
    next: "lead({0}) over ({1})",
};

const DUCKDB: Dialect = Dialect {
    name: "duckdb",
    remark: None,
    text: "cast({0} as varchar) collate \"binary\"",
    search: Some("regexp_matches({0}, {1})"),
    has_ranges: true,
    read: "try_cast({0} as decimal({1}, {2}))",
    length: "length({0})",
    position: "strpos({0}, {1})",
    slice: "substr({0}, {1}, {2})",
    last: "right({0}, {1})",
    ..ANSI
};

const POSTGRESQL: Dialect = Dialect {
    name: "postgresql",
    remark: None,
    digits: 1000,
    text: "cast({0} as text) collate \"C\"",
    search: Some("{0} ~ {1}"),
    length: "char_length({0})",
    position: "strpos({0}, {1})",
    slice: "substr({0}, {1}, {2})",
    last: "right({0}, {1})",
    fence: Some("offset 0"),
    ..ANSI
};

/// Numbers are counted in hundred-thousandths: four decimals and the half of the last.
const SQLITE: Dialect = Dialect {
    name: "sqlite",
    remark: Some(
        "SQLite has no exact decimals: figures are counted in hundred-thousandths; patterns, and figures of more than nine digits before the point or four behind it, are judged by crossfoot",
    ),
    digits: 18,
    is_whole: true,
    text: "cast({0} as text) || ''",
    search: None,
    is_visible: Some(
        "{0} glob '[!-~\u{a1}-\u{167f}\u{3001}-\u{d7ff}]*' and {0} glob '*[!-~\u{a1}-\u{167f}\u{3001}-\u{d7ff}]'",
    ),
    is_narrow: Some(
        "{0} glob '*[0-9]' and not {0} glob '*[^-0-9.]*' and not {0} glob '?*-*' and not {0} glob '*.*.*' and not {0} glob '.*' and not {0} glob '-.*' and not {0} glob '*[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]*' and not {0} glob '*.[0-9][0-9][0-9][0-9][0-9]*' and length({0}) <= 15",
    ),
    is_narrow_whole: Some(
        "{0} glob '*[0-9]' and not {0} glob '*[^-0-9]*' and not {0} glob '?*-*' and length({0}) <= 9",
    ),
    is_day: Some(
        "({0} glob '[1-9][0-9][0-9][0-9]-[01][0-9]-[012][0-9]' or {0} glob '[1-9][0-9][0-9][0-9]-[01][0-9]-3[01]') and substr({0}, 6, 2) between '01' and '12' and substr({0}, 9, 2) between '01' and case when substr({0}, 6, 2) = '02' then '28' when substr({0}, 6, 2) in ('04', '06', '09', '11') then '30' else '31' end",
    ),
    is_year: Some("{0} glob '[0-9][0-9][0-9][0-9]'"),
    decimals: 4,
    read: "cast({0} as integer)",
    cast: "{0}",
    reads_wide: false,
    length: "length({0})",
    position: "instr({0}, {1})",
    slice: "substr({0}, {1}, {2})",
    last: "substr({0}, -{1})",
    least: "min({0}, {1})",
    greatest: "max({0}, {1})",
    count: "count({0})",
    limbs: Some(("sum({0} / 1000000000)", "sum({0} % 1000000000)")),
    ..ANSI
};

const MARIADB: Dialect = Dialect {
    name: "mariadb",
    remark: None,
    name_mark: '`',
    escape: Escape::BothDoubled,
    digits: 65,
    text: "cast({0} as char character set utf8mb4) collate utf8mb4_nopad_bin",
    search: Some("{0} regexp {1}"),
    end: "\\z",
    long: "cast({0} as signed)",
    length: "char_length({0})",
    position: "locate({1}, {0})",
    slice: "substr({0}, {1}, {2})",
    last: "right({0}, {1})",
    ..ANSI
};

const SPARK: Dialect = Dialect {
    name: "spark",
    remark: None,
    name_mark: '`',
    escape: Escape::Backslash,
    text: "cast({0} as string)",
    search: Some("{0} rlike {1}"),
    has_ranges: true,
    end: "\\z",
    read: "try_cast({0} as decimal({1}, {2}))",
    length: "char_length({0})",
    position: "instr({0}, {1})",
    slice: "substr({0}, {1}, {2})",
    last: "right({0}, {1})",
    ..ANSI
};

/// All of them, the usual ones first.
pub static DIALECTS: [&Dialect; 6] = [&DUCKDB, &POSTGRESQL, &SQLITE, &MARIADB, &SPARK, &ANSI];

/// The dialect of this name.
pub fn find(name: &str) -> Option<&'static Dialect> {
    DIALECTS.into_iter().find(|d| d.name == name)
}

/// A spelling with its operands.
pub fn say(spelling: &str, operands: &[&str]) -> String {
    let mut out = String::new();
    let mut rest = spelling;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let number = after.split_once('}').and_then(|(n, behind)| Some((n.parse().ok()?, behind)));
        let operand = number.and_then(|(n, behind): (usize, _)| Some((operands.get(n)?, behind)));
        match operand {
            Some((operand, behind)) => {
                out.push_str(operand);
                rest = behind;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out + rest
}

impl Dialect {
    /// A name as it writes it.
    pub fn quoted(&self, name: &str) -> String {
        quote::name(name, self.name_mark)
    }

    /// A text as it writes it.
    pub fn literal(&self, text: &str) -> String {
        quote::text(text, self.escape)
    }

    /// What stands behind the columns of a part of a statement that are computed once.
    pub fn fenced(&self, behind: String) -> String {
        match self.fence {
            Some(fence) => format!("{behind}\n  {fence}"),
            None => behind,
        }
    }

    /// The square of a small number: less than a thousand, of nine decimals at most.
    pub fn square(&self, number: &str) -> String {
        let small = say(self.cast, &[number, "12", "9"]);
        format!("{small} * {small}")
    }

    /// Whether the whole of a text matches a regular expression.
    pub fn matches(&self, text: &str, pattern: &str) -> Option<String> {
        let whole = format!("^({pattern}){}", self.end);
        self.search.map(|search| say(search, &[text, &self.literal(&whole)]))
    }

    /// Whether a text is surely there as it is: it holds a character that can be seen, and is none of some words,
    /// with or without white space around it. Where white space is cut off, there is none.
    pub fn is_there(&self, text: &str, words: &[&str], trimmed: bool) -> Option<String> {
        let Some(search) = self.search else {
            let ends = say(self.is_visible?, &[text]);
            let seen = format!("{text} glob '*{VISIBLE}*'");
            return Some(if words.is_empty() && !trimmed { seen } else { ends });
        };
        let found = |pattern: &str| say(search, &[text, &self.literal(pattern)]);
        let (blank, end) = (VISIBLE.replacen('[', "[^", 1), self.end);
        let words: Vec<String> = words.iter().map(|w| escaped(w)).collect();
        let words = if words.is_empty() {
            String::new()
        } else {
            format!("({})?{blank}*", words.join("|"))
        };
        let there = format!("not {}", found(&format!("^{blank}*{words}{end}")));
        let ends = || {
            format!("{} and {}", found(&format!("^{VISIBLE}")), found(&format!("{VISIBLE}{end}")))
        };
        Some(match (trimmed, words.is_empty()) {
            (false, _) => there,
            (true, true) => ends(),
            (true, false) => format!("{there} and {}", ends()),
        })
    }

    /// Whether a text is a number of at most nine digits before the point: one that is read without loss, and has
    /// too few digits for what binary computing leaves behind.
    pub fn narrow(&self, text: &str, point: char, percent: bool) -> Option<String> {
        let (whole, most) = if percent { (6, self.decimals.min(6)) } else { (9, self.decimals) };
        if let Some(own) = self.is_narrow {
            return (point == '.' && !percent).then(|| say(own, &[text]));
        }
        let mark = if percent { "%?" } else { "" };
        let shape = self
            .matches(text, &format!("-?[0-9]{{1,{whole}}}([{point}][0-9]{{1,{most}}})?{mark}"))?;
        Some(format!("{shape} and {} <= 15", say(self.length, &[text])))
    }

    /// Whether it is a whole number of at most nine digits.
    pub fn narrow_whole(&self, text: &str) -> Option<String> {
        let own = self.is_narrow_whole.map(|own| say(own, &[text]));
        own.or_else(|| self.matches(text, "-?[0-9]{1,9}"))
    }

    /// Whether it is a longer number that is read without loss.
    pub fn wide(&self, text: &str, point: char) -> Option<String> {
        let shape = format!("-?([0-9]{{1,18}}|[0-9]{{1,12}}[{point}][0-9]{{1,2}})");
        self.matches(text, &shape).filter(|_| self.reads_wide)
    }

    /// Whether it is a whole number of at most 18 digits.
    pub fn wide_whole(&self, text: &str) -> Option<String> {
        self.matches(text, "-?[0-9]{1,18}").filter(|_| self.reads_wide)
    }

    /// Whether it is a day of the calendar; 29 February is left to crossfoot.
    pub fn day(&self, text: &str) -> Option<String> {
        const DAY: &str = "[1-9][0-9]{3}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)";
        let own = self.is_day.map(|own| say(own, &[text]));
        own.or_else(|| self.matches(text, DAY))
    }

    /// Whether it is a year of four digits.
    pub fn year(&self, text: &str) -> Option<String> {
        let own = self.is_year.map(|own| say(own, &[text]));
        own.or_else(|| self.matches(text, "[0-9]{4}"))
    }
}

/// A word as it stands for itself in a regular expression.
fn escaped(word: &str) -> String {
    let one =
        |c: char| if c.is_alphanumeric() || c == ' ' { c.to_string() } else { format!("[{c}]") };
    word.chars().map(|c| if "^]\\[".contains(c) { "(.)".to_string() } else { one(c) }).collect()
}
