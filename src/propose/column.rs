//! What the cells of a column are.

use std::collections::BTreeSet;

use crate::propose::days::{DAYS, INSTANTS, ambiguous, few, fitting};
use crate::propose::marks::strip;
use crate::propose::names;
use crate::propose::sample::SampleColumn;
use crate::value::advice::is_no_value;
use crate::value::read::read_number;
use crate::value::{DateFormat, Language, NumberFormat, Reading, Type, Value};
use crate::width::{to_u32, to_usize};

/// Decimals of figures that are compared at most: those with more are rounded, as products of two must
/// not grow beyond all bounds.
const MOST_DECIMALS: u32 = 12;
const CUT_TO: u32 = 10;

/// A figure as it is written: `mantissa / 10^scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    pub mantissa: i128,
    pub scale: u32,
}

/// What a column may be, and why that is not sure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    pub ty: Type,
    /// How dates would be written.
    pub format: Option<String>,
    pub words: String,
}

/// A column with what its cells are.
#[derive(Debug, Clone)]
pub struct Column {
    pub sample: SampleColumn,
    /// What they are read as.
    pub ty: Type,
    /// Whether the texts look like figures and are none: codes with zeros in front.
    pub is_code: bool,
    /// How dates are written, where it is not the usual way.
    pub format: Option<String>,
    /// Two ways of reading it that fit as well as each other.
    pub doubt: Option<Doubt>,
    /// What a reader should know of its cells: lines of text.
    pub notes: Vec<String>,
    /// Texts that stand for no value among the others.
    pub missing: Vec<String>,
    /// Texts that cannot be read: few.
    pub odd: Vec<u32>,
    /// Rows that have a value.
    pub filled: usize,
    /// Whether each text is a value.
    pub is_value: Vec<bool>,
    /// Different values.
    pub distinct: usize,
    /// The figure of each text, where the column holds figures.
    pub figures: Vec<Option<Written>>,
    /// The place in order of each text, where values have one: figures, dates, times.
    pub ranks: Vec<Option<i128>>,
    /// Whether something says that its figures are rounded: a unit such as thousands, a note.
    pub is_rounded: bool,
    /// Whether it has figures of more decimals than are compared here.
    pub is_cut: bool,
}

impl Column {
    /// What the cells of a column are.
    pub fn new(sample: SampleColumn, format: &NumberFormat) -> Column {
        let mut column = Column {
            sample,
            ty: Type::Text,
            is_code: false,
            format: None,
            doubt: None,
            notes: Vec::new(),
            missing: Vec::new(),
            odd: Vec::new(),
            filled: 0,
            is_value: Vec::new(),
            distinct: 0,
            figures: Vec::new(),
            ranks: Vec::new(),
            is_rounded: false,
            is_cut: false,
        };
        column.find_type(format);
        column.count();
        if column.holds_figures() {
            let marks = &column.sample.marks;
            let figure = |text: &str| written(strip(text, marks), format);
            column.figures = column.sample.texts.iter().map(|t| figure(t)).collect();
            column.is_cut =
                column.figures.iter().zip(&column.sample.texts).any(|(figure, text)| {
                    figure.is_some_and(|f| f.scale == CUT_TO)
                        && text.len() > to_usize(MOST_DECIMALS)
                });
            for (figure, is_value) in column.figures.iter_mut().zip(&column.is_value) {
                *figure = figure.filter(|_| *is_value);
            }
        }
        column.rank(format);
        column
    }

    /// Leaves figures a text that may be read in two ways; `example` is one of them.
    pub fn leave_in_doubt(&mut self, example: &str, sign: char, format: &NumberFormat) {
        let plain = NumberFormat { decimal: '!', ..format.clone() };
        let sample = std::mem::take(&mut self.sample);
        *self = Column::new(sample, &plain);
        let words = format!(
            "figures? `{sign}` cuts decimals or thousands in {example}: every cell fits both."
        );
        self.is_code = false;
        self.doubt = Some(Doubt { ty: Type::Number, format: None, words });
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.sample.name
    }

    /// Whether its cells are figures that can be added up.
    pub fn holds_figures(&self) -> bool {
        matches!(self.ty, Type::Number | Type::Integer | Type::Percent)
    }

    /// Whether its figures are whole numbers that nothing says are rounded: they are exact.
    pub fn holds_counts(&self) -> bool {
        self.ty == Type::Integer && !self.is_rounded
    }

    /// Whether its cells are moments.
    pub fn holds_dates(&self) -> bool {
        matches!(self.ty, Type::Date | Type::DateTime | Type::Year | Type::Time | Type::Duration)
    }

    /// The number of the text of a row, if it is a value.
    pub fn value(&self, row: usize) -> Option<u32> {
        let id = *self.sample.rows.get(row)?;
        self.is_value.get(id as usize).copied()?.then_some(id)
    }

    /// The figure of a row.
    pub fn figure(&self, row: usize) -> Option<Written> {
        *self.figures.get(*self.sample.rows.get(row)? as usize)?
    }

    /// The place in order of the value of a row.
    pub fn place(&self, row: usize) -> Option<i128> {
        *self.ranks.get(*self.sample.rows.get(row)? as usize)?
    }

    /// The usual reading of its type, with its formats.
    pub fn reading(&self, format: &NumberFormat) -> Reading {
        let mut reading = Reading::new(self.ty);
        reading.number = format.clone();
        if let Some(own) = &self.format {
            let own = DateFormat::new(own, self.ty).into_iter();
            reading.formats = own.map(|own| own.in_language(format.language)).collect();
        }
        reading
    }

    /// Whether its dates name months in another language than English.
    pub fn names_months(&self) -> bool {
        let own = self.format.as_ref().filter(|own| own.contains("%B") || own.contains("%b"));
        let Some(Ok(english)) = own.map(|own| DateFormat::new(own, self.ty)) else { return false };
        let mut values = self.sample.texts.iter().zip(&self.is_value).filter(|(_, is)| **is);
        values.any(|(text, _)| english.read(self.ty, text.trim()).is_err())
    }

    /// Texts with how often they occur, those for no value left out.
    fn values(&self) -> Vec<(&str, u32, u32)> {
        let ids = 0..to_u32(self.sample.texts.len());
        let all = self.sample.texts.iter().zip(&self.sample.counts).zip(ids);
        let values = all.map(|((text, count), id)| (strip(text, &self.sample.marks), *count, id));
        values.filter(|(text, ..)| !text.trim().is_empty() && !is_marker(text)).collect()
    }

    fn find_type(&mut self, format: &NumberFormat) {
        let values = self.values();
        let cells: usize = values.iter().map(|v| v.1 as usize).sum();
        if cells == 0 || self.sample.is_of_words(cells) {
            return;
        }
        let found = self
            .figures_type(&values, cells, format)
            .or_else(|| self.dates_type(&values, format.language));
        let words = if found.is_none() { words(&values) } else { Vec::new() };
        let found = found.or_else(|| self.beside_words(&values, &words, format));
        let Some(found) = found else {
            let doubt = ambiguous(&values, format.language).map(|(ty, a, b)| {
                let words = format!("dates, written {a} or {b}? Every cell fits both.");
                Doubt { ty, format: Some(a), words }
            });
            (self.is_code, self.doubt) = (is_figures(&values), doubt);
            self.sample.marks.clear();
            return;
        };
        let marks = &self.sample.marks;
        let texts = self.sample.texts.iter().map(|text| strip(text, marks).trim());
        let markers = texts.filter(|text| is_marker(text) && !text.is_empty());
        let mut missing: Vec<String> = markers.map(str::to_string).collect();
        missing.extend(words);
        missing.sort();
        missing.dedup();
        (self.ty, self.format, self.odd) = found;
        if !self.holds_figures() {
            self.sample.marks.clear();
        }
        self.missing = missing;
    }

    /// The type of a column of figures, truths or years.
    fn figures_type(
        &self,
        values: &[(&str, u32, u32)],
        cells: usize,
        format: &NumberFormat,
    ) -> Option<(Type, Option<String>, Vec<u32>)> {
        let words = |text: &str| matches!(&*text.to_lowercase(), "true" | "false" | "yes" | "no");
        if values.len() == 2 && values.iter().all(|v| words(v.0)) {
            return Some((Type::Boolean, None, Vec::new()));
        }
        if is_code(values) || self.has_levels(values) {
            return None;
        }
        let is_year = |text: &str| {
            let text = text.trim();
            text.len() == 4 && text.parse().is_ok_and(|y: u32| (1500..2200).contains(&y))
        };
        if values.iter().all(|v| is_year(v.0)) {
            let years = values.iter().filter_map(|v| v.0.trim().parse::<usize>().ok());
            let (least, most) = years.fold((usize::MAX, 0), |(a, b), y| (a.min(y), b.max(y)));
            let is_dense = values.len() > 2 && most - least < values.len() * 2;
            if names::is_year(self.name()) || is_dense && most < 2101 && least > 1799 {
                return Some((Type::Year, None, Vec::new()));
            }
        }
        let compact = self.compact_days(values);
        if compact.is_some() {
            return compact;
        }
        let ends = |text: &str| text.trim_end().ends_with(['%', '‰']);
        let ty = if values.iter().all(|v| ends(v.0)) { Type::Percent } else { Type::Number };
        let number = Reading { number: format.clone(), ..Reading::new(ty) };
        let odd = few(values, cells, |text| number.is_readable(text))?;
        let integer = Reading { number: format.clone(), ..Reading::new(Type::Integer) };
        let whole = |v: &&(&str, u32, u32)| odd.contains(&v.2) || integer.is_readable(v.0);
        // A sheet that shows thousands of a number rounds it: `1.235e6`.
        let is_rounded = values.iter().any(|v| v.0.contains(['e', 'E']));
        let is_whole = ty == Type::Number && values.iter().all(|v| whole(&v)) && !is_rounded;
        // Whoever writes digits as a text means a code, unless no value is written so too, or thousands
        // are set apart.
        let is_amount =
            |text: &str| is_marker(text) || format.grouping.is_some_and(|sign| text.contains(sign));
        let is_code = self.sample.is_stored_text && !self.sample.texts.iter().any(|t| is_amount(t));
        if is_whole && is_code && !names::is_measure(self.name()) {
            return None;
        }
        Some((if is_whole { Type::Integer } else { ty }, None, odd))
    }

    /// Whether digits are those of an identifier with levels, of which `1.1` and `1.10` are two. Codes have
    /// no decimals, and what is called a number may be measured.
    fn has_levels(&self, values: &[(&str, u32, u32)]) -> bool {
        let has_parts = |text: &&str| text.contains('.') && !text.contains(',');
        let all: BTreeSet<&str> = values.iter().map(|v| v.0.trim()).collect();
        let is_fraction = |text: &str| {
            text.rsplit_once('.').is_some_and(|(above, last)| {
                last.len() > 3 || above.starts_with('-') || above == "0"
            })
        };
        names::is_identifier(self.name())
            && all.iter().any(has_parts)
            && !all.iter().any(|text| is_fraction(text))
            && (!names::is_only_number(self.name()) || are_levels(&all))
    }

    /// The type of the figures, or the moments, beside words that stand for no value.
    fn beside_words(
        &self,
        values: &[(&str, u32, u32)],
        words: &[String],
        format: &NumberFormat,
    ) -> Option<(Type, Option<String>, Vec<u32>)> {
        let is_word = |text: &str| words.iter().any(|word| word == text.trim());
        let rest: Vec<(&str, u32, u32)> =
            values.iter().filter(|v| !is_word(v.0)).copied().collect();
        let cells = rest.iter().map(|v| v.1 as usize).sum();
        if rest.len() == values.len() {
            return None;
        }
        let is_figure = |ty: Type| matches!(ty, Type::Number | Type::Integer | Type::Percent);
        let figures = self.figures_type(&rest, cells, format).filter(|found| is_figure(found.0));
        // A word that is no moment may stand for all of them.
        let is_total = words.iter().any(|word| names::is_total(word));
        let found = figures.or_else(|| {
            self.dates_type(&rest, format.language)
                .or_else(|| self.compact_days(&rest))
                .filter(|_| !is_total)
        });
        found.filter(|found| found.2.is_empty())
    }

    /// Days written as eight digits.
    fn compact_days(
        &self,
        values: &[(&str, u32, u32)],
    ) -> Option<(Type, Option<String>, Vec<u32>)> {
        let format = DateFormat::new("%Y%m%d", Type::Date).ok()?;
        let fits = |text: &str| {
            text.len() == 8
                && (text.starts_with("19") || text.starts_with("20"))
                && format.parse_date(text).is_ok()
        };
        let named = names::words(self.name()).iter().any(|w| w.contains("dat") || w == "day");
        let all = values.iter().all(|v| fits(v.0));
        let is_date = all && (values.len() >= 5 || named);
        is_date.then(|| (Type::Date, Some("%Y%m%d".to_string()), Vec::new()))
    }

    /// The type of a column of moments.
    fn dates_type(
        &self,
        values: &[(&str, u32, u32)],
        language: Language,
    ) -> Option<(Type, Option<String>, Vec<u32>)> {
        let cells = values.iter().map(|v| v.1 as usize).sum();
        let usual = |ty: Type| {
            let reading = Reading::new(ty);
            few(values, cells, |text| reading.value(text).is_some())
        };
        if !values.iter().take(20).any(|v| v.0.contains(|c: char| c.is_ascii_digit())) {
            return None;
        }
        let by_format = |formats: &[&[&str]], ty: Type| {
            formats.iter().find_map(|group| {
                match fitting(group, (ty, language), values).as_slice() {
                    [(format, odd)] => Some((format.clone(), odd.clone())),
                    _ => None,
                }
            })
        };
        if let Some((format, odd)) = by_format(&DAYS, Type::Date) {
            return Some((Type::Date, Some(format).filter(|f| f != "%Y-%m-%d"), odd));
        }
        if let Some(odd) = usual(Type::DateTime) {
            return Some((Type::DateTime, None, odd));
        }
        if let Some((format, odd)) = by_format(&INSTANTS, Type::DateTime) {
            return Some((Type::DateTime, Some(format), odd));
        }
        // `61:44` may be goals as well.
        let has_seconds = |text: &str| text.matches(':').count() > 1 || text.contains('P');
        let is_told =
            names::is_of_time(self.name()) || values.iter().all(|v| has_seconds(v.0.trim()));
        let times = usual(Type::Time).filter(|_| is_told || !names::is_score(self.name()));
        if let Some(odd) = times.filter(Vec::is_empty) {
            return Some((Type::Time, None, odd));
        }
        usual(Type::Duration).filter(|_| is_told).map(|odd| (Type::Duration, None, odd))
    }

    fn count(&mut self) {
        let (missing, marks) = (&self.missing, &self.sample.marks);
        let is_value = |text: &str| {
            let text = strip(text, marks).trim();
            !text.is_empty() && !missing.iter().any(|m| m == text)
        };
        self.is_value = self.sample.texts.iter().map(|t| is_value(t)).collect();
        for id in &self.odd {
            if let Some(is_value) = self.is_value.get_mut(*id as usize) {
                *is_value = false;
            }
        }
        let filled = self.is_value.iter().zip(&self.sample.counts).filter(|(is, _)| **is);
        self.filled = filled.clone().map(|(_, count)| *count as usize).sum();
        self.distinct = filled.count();
    }

    fn rank(&mut self, format: &NumberFormat) {
        if self.holds_figures() {
            let most = self.figures.iter().flatten().map(|f| f.scale).max().unwrap_or(0);
            let place = |f: &Option<Written>| f.and_then(|f| at_scale(f, most));
            self.ranks = self.figures.iter().map(place).collect();
            return;
        }
        if !self.holds_dates() {
            return;
        }
        let reading = self.reading(format);
        let place = |text: &str| match reading.value(text)? {
            Value::Date(days) => Some(i128::from(days.first)),
            Value::DateTime(n) | Value::Time(n) => Some(i128::from(n)),
            Value::Duration(n) => Some(i128::from(n)),
            Value::Number(figure) => figure.value.to_i64().map(i128::from),
            _ => None,
        };
        self.ranks = self.sample.texts.iter().map(|t| place(t)).collect();
    }
}

/// A figure in units of another scale.
pub fn at_scale(figure: Written, scale: u32) -> Option<i128> {
    let factor = 10_i128.checked_pow(scale.checked_sub(figure.scale)?)?;
    figure.mantissa.checked_mul(factor)
}

/// Whether a text may stand for no value among figures and dates.
fn is_marker(text: &str) -> bool {
    let text = text.trim();
    text.chars().count() <= 8 && is_no_value(text)
}

/// Words that recur among many figures: `c`, `[x]`, `suppressed`.
fn words(values: &[(&str, u32, u32)]) -> Vec<String> {
    const FIGURES: usize = 10;
    const WORDS: usize = 3;
    let has_digit = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    let (figures, words): (Vec<_>, Vec<_>) = values.iter().partition(|v| has_digit(v.0));
    let cells = |all: &[&(&str, u32, u32)]| -> u32 { all.iter().map(|v| v.1).sum() };
    let is_word = |v: &&&(&str, u32, u32)| v.1 > 2 && v.0.trim().chars().count() <= 12;
    let are_words = words.len() <= WORDS && words.iter().filter(is_word).count() == words.len();
    if !are_words || figures.len() < FIGURES || cells(&words) > cells(&figures) {
        return Vec::new();
    }
    words.iter().map(|v| v.0.trim().to_string()).collect()
}

/// Whether a column of digits is one of codes: a zero stands in front, or there are too many digits.
fn is_code(values: &[(&str, u32, u32)]) -> bool {
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b".-/".contains(&b));
    let has_zero =
        |text: &str| matches!(text.as_bytes(), [b'0', second, ..] if second.is_ascii_digit());
    let zeros = values.iter().filter(|v| has_zero(v.0.trim())).count();
    let long = values.iter().filter(|v| v.0.len() > 17 && !is_fraction(v.0.trim())).count();
    let others = values.iter().filter(|v| !is_digits(v.0.trim()));
    // A total has a word in the place of its code.
    let is_total = |text: &str| !text.contains(char::is_numeric) && names::is_total(text);
    zeros + long > 0 && others.clone().count() <= 1 && others.into_iter().all(|v| is_total(v.0))
}

/// Whether a text is digits with a decimal sign among them: codes have none.
fn is_fraction(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    digits.split_once(['.', ',']).is_some_and(|(whole, part)| is_digits(whole) && is_digits(part))
}

/// Whether digits with points are codes of levels: what is above or before each is there, too.
fn are_levels(all: &BTreeSet<&str>) -> bool {
    let mut parts = all.iter().filter_map(|text| text.rsplit_once('.')).map(|(above, _)| above);
    parts.all(|above| {
        let first = ["0", "1", "00", "01", "001"].map(|first| format!("{above}.{first}"));
        all.contains(above) || first.iter().any(|first| all.contains(first.as_str()))
    })
}

/// Whether texts look like figures, though they were not taken for any.
fn is_figures(values: &[(&str, u32, u32)]) -> bool {
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    values.iter().all(|v| is_digits(v.0.trim()))
}

/// The figure that a text is; one with very many decimals is rounded.
fn written(text: &str, format: &NumberFormat) -> Option<Written> {
    let read = read_number(text.trim(), format, &[]).ok()?;
    let (mantissa, scale) = read.value.as_decimal()?;
    let decimals = u32::try_from(read.decimals).unwrap_or(0);
    let scale_to = decimals.max(scale);
    if scale_to > MOST_DECIMALS {
        let near = read.value.round(i32::try_from(CUT_TO).ok()?);
        let (mantissa, scale) = near.as_decimal()?;
        return at_scale(Written { mantissa, scale }, CUT_TO)
            .map(|mantissa| Written { mantissa, scale: CUT_TO });
    }
    at_scale(Written { mantissa, scale }, scale_to)
        .map(|mantissa| Written { mantissa, scale: scale_to })
}
