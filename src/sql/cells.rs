//! Cells: from the text of a cell to its value, where that is sure.
//!
//! Only a text that a narrow pattern admits is cast. Whatever else may be readable too, a number with an exponent
//! or a date of the month alone, is null here, and so comes back to be judged.

use crate::engine::data::table::{Column, Table};
use crate::shape::Source;
use crate::sql::decimal::{Decimal, Digits, Unsaid, because};
use crate::sql::dialect::{Dialect, say};
use crate::sql::pred::Pred;
use crate::value::digits::NumberFormat;
use crate::value::figure::{Rounding, implied_interval};
use crate::value::{Number, Reading, Type};

/// What a statement asks of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Facet {
    /// What is written, trimmed where the rules trim.
    Text,
    /// What it means in the type of its column.
    Value,
    /// How far off it may be by its last written digit.
    Off,
    /// How many decimals it is written with.
    Decimals,
}

impl Facet {
    /// What is added to the name of the column.
    pub fn suffix(self) -> &'static str {
        match self {
            Facet::Text => "",
            Facet::Value => " value",
            Facet::Off => " off",
            Facet::Decimals => " decimals",
        }
    }
}

/// Digits of a value before the point, and decimals.
type Width = (u32, u32);

/// The cells of a column of one dialect.
pub struct Cells<'c> {
    pub dialect: &'static Dialect,
    pub reading: &'c Reading,
    /// Whether numbers of more than nine digits are read as well.
    pub wide: bool,
    /// Whether white space around its texts is cut off.
    pub trimmed: bool,
}

/// What keeps a table from being read by a statement.
pub fn unread(table: &Table) -> Option<&'static str> {
    let layout = &table.layout;
    if table.old_of.is_some() {
        Some("it compares with an old version")
    } else if table.absent || table.unread {
        Some("its table is not there")
    } else if layout.is_filtered || table.filter.is_some() {
        Some("a condition of the table says which records are rows")
    } else if !layout.pivot.is_empty() || table.view_of.is_some() {
        Some("columns of the table become rows")
    } else if !layout.fill.is_empty() || layout.headings.is_some() || layout.hierarchy.is_some() {
        Some("its rows depend on those above them")
    } else {
        None
    }
}

/// What keeps a column from being read.
pub fn unread_column(table: &Table, column: usize) -> Option<String> {
    let info = table.columns.get(column)?;
    let source = table.layout.sources.get(column);
    if info.absent {
        Some(format!("`{}` is not in the data", info.name))
    } else if !matches!(source, Some(Source::Field(_))) {
        Some(format!("`{}` is made by crossfoot", info.name))
    } else if table.layout.marked.iter().any(|m| m.column == column) {
        Some(format!("figures of `{}` have marks", info.name))
    } else {
        None
    }
}

/// The column of the data that holds the cells of a column.
pub fn name_of(table: &Table, column: usize) -> &str {
    let own = |info: &Column| info.rounded.unwrap_or(column);
    let at = table.columns.get(column).map_or(column, own);
    table.columns.get(at).map_or("", |info| info.name.as_str())
}

impl Cells<'_> {
    fn digits(&self) -> Digits {
        Digits(self.dialect)
    }

    /// Where a text surely means no value.
    pub fn missing(&self, text: &str) -> Pred {
        let mut words: Vec<&str> = self.reading.missing.iter().map(|m| m.trim()).collect();
        words.dedup();
        let equals = match &words[..] {
            [] => return Pred::When(format!("{text} is null")),
            [word] => format!("{text} = {}", self.dialect.literal(word)),
            _ => format!("{text} in ({})", self.list(&words)),
        };
        Pred::Any(vec![format!("{text} is null"), equals])
    }

    fn list(&self, words: &[&str]) -> String {
        words.iter().map(|w| self.dialect.literal(w)).collect::<Vec<_>>().join(", ")
    }

    /// Where a text is none of the words for no value, or for one that is withheld.
    fn ordinary(&self, text: &str, may_be: &dyn Fn(&str) -> bool) -> Pred {
        let specials = self.reading.special_texts().map(str::trim);
        let mut words: Vec<&str> = specials.filter(|w| !w.is_empty() && may_be(w)).collect();
        words.sort_unstable();
        words.dedup();
        match &words[..] {
            [] => Pred::Always,
            [word] => Pred::When(format!("{text} <> {}", self.dialect.literal(word))),
            _ => Pred::When(format!("{text} not in ({})", self.list(&words))),
        }
    }

    fn is_number(&self) -> bool {
        matches!(self.reading.ty, Type::Number | Type::Percent)
    }

    /// A facet as a statement computes it from the text; its own text is never asked for.
    ///
    /// # Errors
    /// Where the dialect has no words for it, or crossfoot alone reads such cells.
    pub fn facet(&self, facet: Facet, text: &str) -> Result<String, Unsaid> {
        match facet {
            Facet::Text => Ok(text.to_string()),
            Facet::Value => self.value(text),
            Facet::Off => self.off(text),
            Facet::Decimals => Ok(self.decimals(text)),
        }
    }

    fn said(&self, shape: Option<String>, what: &str) -> Result<Pred, Unsaid> {
        match shape {
            Some(shape) => Ok(Pred::When(shape)),
            None => {
                because(format!("{} has no words for the pattern of {what}", self.dialect.name))
            }
        }
    }

    fn value(&self, text: &str) -> Result<String, Unsaid> {
        let (dialect, ty) = (self.dialect, self.reading.ty);
        if self.reading.number.prose {
            return because("its figures are those of a text");
        }
        let looks_like_number =
            |w: &str| w.bytes().all(|b| b.is_ascii_digit() || b"-.,%".contains(&b));
        let ordinary = self.ordinary(text, &looks_like_number);
        match ty {
            Type::Text => {
                let mut words: Vec<&str> = self.reading.special_texts().map(str::trim).collect();
                words.retain(|w| !w.is_empty());
                words.dedup();
                // What a dialect does not cut off leaves an end that cannot be seen.
                let cut = format!("trim({text})");
                let text = if self.trimmed { &cut } else { text };
                let seen = dialect.is_there(text, &words, self.trimmed);
                let seen = self.said(seen, "a text that is not blank")?;
                // Where there are no regular expressions, the words are not looked for within white space.
                let ordinary = self.ordinary(text, &|_| dialect.search.is_none());
                Ok(seen.and(&ordinary).guards(text))
            }
            Type::Number | Type::Percent | Type::Integer => self.number(text, &ordinary),
            Type::Year => {
                let shape = self.said(dialect.year(text), "a year")?.and(&ordinary);
                Ok(shape.guards(&say(dialect.read, &[text, "4", "0"])))
            }
            Type::Date if self.reading.reads_iso_days() => {
                Ok(self.said(dialect.day(text), "a day")?.and(&ordinary).guards(text))
            }
            Type::Date => because("its dates are not written as 2001-02-03"),
            Type::Boolean => Ok(self.truth(text)),
            Type::DateTime | Type::Time | Type::Duration => because("it reads times"),
        }
    }

    fn truth(&self, text: &str) -> String {
        let usual = |words: &[&str]| {
            let forms = |w: &&str| {
                let (first, rest) = w.split_at(1);
                [w.to_string(), first.to_uppercase() + rest, w.to_uppercase()]
            };
            let mut all: Vec<String> = words.iter().flat_map(forms).collect();
            all.dedup();
            all
        };
        let truths = &self.reading.truths;
        let (yes, no) = if truths.is_empty() {
            (usual(&["true", "t", "yes", "y", "1"]), usual(&["false", "f", "no", "n", "0"]))
        } else {
            (truths.yes.clone(), truths.no.clone())
        };
        let list =
            |words: &[String]| self.list(&words.iter().map(String::as_str).collect::<Vec<_>>());
        let when = |words: &[String], value: &str| match words {
            [] => String::new(),
            words => format!(" when {text} in ({}) then {value}", list(words)),
        };
        format!("case{}{} end", when(&yes, "1"), when(&no, "0"))
    }

    /// The text with a point before its decimals, without a percent sign.
    fn plain(&self, text: &str) -> String {
        let replace = |text: &str, old: char, new: &str| {
            let operands =
                [text, &self.dialect.literal(&old.to_string()), &self.dialect.literal(new)];
            say(self.dialect.replace, &operands)
        };
        let NumberFormat { decimal, .. } = self.reading.number;
        let pointed = if decimal == '.' || !self.is_number() {
            text.to_string()
        } else {
            replace(text, decimal, ".")
        };
        let is_percent = self.reading.ty == Type::Percent && !self.dialect.is_whole;
        if is_percent { replace(&pointed, '%', "") } else { pointed }
    }

    fn number(&self, text: &str, ordinary: &Pred) -> Result<String, Unsaid> {
        let (dialect, point) = (self.dialect, self.reading.number.decimal);
        let is_whole = self.reading.ty == Type::Integer;
        let percent = self.reading.ty == Type::Percent;
        if self.reading.number.rounding.has_base() && is_whole {
            return because("its counts are rounded to multiples");
        }
        let narrow = if is_whole {
            dialect.narrow_whole(text)
        } else {
            dialect.narrow(text, point, percent)
        };
        let narrow = self.said(narrow, "a number")?.and(ordinary);
        let wide = if is_whole { dialect.wide_whole(text) } else { dialect.wide(text, point) };
        let read = |(whole, scale): Width| {
            let plain = self.plain(text);
            if dialect.is_whole && scale > 0 {
                let point = say(dialect.position, &[text, "'.'"]);
                let zeros = format!("'{}'", "0".repeat(scale as usize));
                return format!(
                    "cast(replace({text}, '.', '') || substr({zeros}, case when {point} = 0 then 1 else length({text}) - {point} + 1 end) as integer)"
                );
            }
            say(dialect.read, &[&plain, &(whole + scale).to_string(), &scale.to_string()])
        };
        let narrow_value = read(self.width(false));
        match wide.filter(|_| self.wide && !percent) {
            Some(wide) => {
                let wide = Pred::When(wide).and(ordinary);
                let wide_value = read(self.width(true));
                Ok(format!(
                    "case when {} then {narrow_value} when {} then {wide_value} end",
                    narrow.sql(),
                    wide.sql()
                ))
            }
            None => Ok(narrow.guards(&narrow_value)),
        }
    }

    /// The decimals that are read.
    fn most_decimals(&self) -> u32 {
        let most = self.dialect.decimals;
        if self.reading.ty == Type::Percent { most.min(6) } else { most }
    }

    fn width(&self, wide: bool) -> Width {
        let wide = wide && self.dialect.reads_wide;
        match self.reading.ty {
            Type::Year => (4, 0),
            Type::Integer | Type::Boolean => (if wide { 18 } else { 9 }, 0),
            Type::Percent => (6, self.most_decimals() + 1),
            // One decimal more than is read, for half a unit.
            _ => (if wide { 19 } else { 9 }, self.dialect.decimals + 1),
        }
    }

    /// The value in a column of this name.
    ///
    /// # Errors
    /// Where a share has too many digits.
    pub fn figure(&self, name: &str) -> Result<Decimal, Unsaid> {
        let (whole, scale) = self.width(self.wide);
        self.share(Decimal::atom(name, whole, scale))
    }

    /// How far off it may be, in a column of this name.
    ///
    /// # Errors
    /// Where a share has too many digits.
    pub fn half(&self, name: &str) -> Result<Decimal, Unsaid> {
        let base = match self.reading.number.rounding {
            Rounding::To(base) | Rounding::Random(base) => base.max(1).ilog10() + 1,
            _ => 1,
        };
        let coarse = self.reading.number.decimals.map_or(0, |d| (-d).max(0).unsigned_abs());
        self.share(Decimal::atom(name, base.max(coarse + 1), self.most_decimals() + 1))
    }

    fn share(&self, value: Decimal) -> Result<Decimal, Unsaid> {
        if self.reading.ty != Type::Percent {
            return Ok(value);
        }
        let hundredth = self.digits().literal(&Number::decimal(1, 2))?;
        self.digits().arithmetic(crate::expr::tree::Arith::Mul, &value, &hundredth)
    }

    /// How many decimals a number is written with.
    fn decimals(&self, text: &str) -> String {
        let dialect = self.dialect;
        let plain = self.plain(text);
        let (length, point) =
            (say(dialect.length, &[&plain]), say(dialect.position, &[&plain, "'.'"]));
        format!("{length} - coalesce(nullif({point}, 0), {length})")
    }

    fn off(&self, text: &str) -> Result<String, Unsaid> {
        let number = &self.reading.number;
        let half = |written: u32| {
            let written = number.decimals.unwrap_or(i32::try_from(written).unwrap_or(0));
            let decimals = number.most_decimals.map_or(written, |most| written.min(most));
            let range =
                implied_interval(&Number::default(), &Number::pow10(-decimals), number.rounding);
            range.hi.at().filter(|_| range.hi.is_closed()).cloned()
        };
        let scale = self.most_decimals() + 1;
        let halves: Option<Vec<Number>> = (0..=self.most_decimals()).map(half).collect();
        let Some(halves) = halves else { return because("its figures are cut off, not rounded") };
        let mut printed = Vec::new();
        for half in &halves {
            let units = half * &Number::pow10(i32::try_from(scale).unwrap_or(0));
            printed.push(if self.dialect.is_whole { units.to_text() } else { half.to_text() });
        }
        if halves.iter().any(|h| h.decimals().is_none_or(|d| d > scale)) {
            return because("its figures are finer than the dialect's numbers");
        }
        if let Some(first) = printed.first().filter(|first| printed.iter().all(|p| p == *first)) {
            return Ok(first.clone());
        }
        let whens: Vec<String> =
            printed.iter().enumerate().map(|(n, half)| format!("when {n} then {half}")).collect();
        Ok(format!("case {} {} end", self.decimals(text), whens.join(" ")))
    }
}
