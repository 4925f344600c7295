//! Contracts to types and readings of columns.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::engine::data::table::{Column, TableFile};
use crate::read::pattern::Writing;
use crate::rules::{ColumnRule, Demand, TableRule, Withheld};
use crate::shape::Source;
use crate::value::End;
use crate::value::date_format::FISCAL_YEAR;
use crate::value::{DateFormat, Interval, Number, NumberFormat, Reading, Rounding, Type};

/// What the files of a table say of how their cells are stored.
pub struct Stored<'f> {
    files: &'f [TableFile],
    errors: Arc<BTreeSet<String>>,
}

impl<'f> Stored<'f> {
    pub fn of(files: &'f [TableFile]) -> Stored<'f> {
        let errors = files.iter().flat_map(|file| file.reader.errors()).collect();
        Stored { files, errors: Arc::new(errors) }
    }

    /// Reads the cells of a column as they are stored.
    pub fn note(&self, column: &mut Column, source: Option<Source>) {
        for reading in std::iter::once(&mut column.reading).chain(&mut column.melted) {
            reading.errors.clone_from(&self.errors);
        }
        column.reading.number.is_decimal = self.has_decimals(source);
    }

    /// Whether the figures of a column are decimals in all files.
    fn has_decimals(&self, source: Option<Source>) -> bool {
        let Some(Source::Field(field)) = source else { return false };
        let is_decimal =
            |file: &TableFile| file.layout.own(field).is_none_or(|own| file.reader.is_decimal(own));
        !self.files.is_empty() && self.files.iter().all(is_decimal)
    }
}

/// The type of a column that its contract says or implies; a list is a text.
pub fn declared_type(c: &ColumnRule) -> Option<Type> {
    if c.list.is_some() || c.is_natural { Some(Type::Text) } else { item_type(c) }
}

/// The type of cells, or of their items where they are lists, that a contract says or implies.
pub fn item_type(c: &ColumnRule) -> Option<Type> {
    if let Some(ty) = &c.ty {
        return Some(ty.value);
    }
    if !c.formats.is_empty() {
        return Some(Type::Date);
    }
    if !c.truths.is_empty() {
        return Some(Type::Boolean);
    }
    let implied = c.demands.iter().find_map(|d| match &d.value {
        Demand::Min(t) | Demand::Max(t) | Demand::Above(t) | Demand::Below(t) => {
            Some(if Number::parse(t).is_some() { Type::Number } else { Type::Date })
        }
        Demand::Decimals(_) => Some(Type::Number),
        Demand::MinLength(_) | Demand::MaxLength(_) | Demand::Matches(_) | Demand::Like(_) => {
            Some(Type::Text)
        }
        _ => None,
    });
    let has_base = c.rounding.is_some_and(Rounding::has_base);
    implied.or((c.lists_numbers || has_base).then_some(Type::Number))
}

/// Whether a contract asks for the writing of its cells and names no type: figures may be in it.
pub fn implies_text(c: &ColumnRule) -> bool {
    c.ty.is_none() && declared_type(c) == Some(Type::Text) && c.list.is_none() && !c.is_natural
}

/// The texts that stand for no value in a column; `has_null` where a blank cell is `null`, too.
pub fn missing_texts(
    rule: &TableRule,
    contract: Option<&ColumnRule>,
    has_null: bool,
) -> Vec<String> {
    let mut texts =
        contract.and_then(|c| c.missing.clone()).unwrap_or_else(|| rule.missing.clone());
    if has_null && texts.iter().all(|text| !text.trim().is_empty()) {
        texts.push(String::new());
    }
    texts
}

/// How the numbers of a table are written.
pub fn number_format(rule: &TableRule) -> NumberFormat {
    NumberFormat {
        decimal: rule.decimal,
        grouping: rule.grouping,
        rounding: rule.rounding,
        language: rule.language,
        m_is_million: rule.m_is_million,
        lone_points: true,
        fiscal: rule.fiscal,
        ..NumberFormat::default()
    }
}

/// How the figures of a text are written, by what a rule says of its table.
pub fn writing(rule: &TableRule) -> Writing {
    let own = |c: &ColumnRule| {
        let number = reading(rule, Some(c), Type::Number, (true, false)).number;
        (c.name.value.clone(), number, reading(rule, Some(c), Type::Date, (true, false)).formats)
    };
    Writing { number: number_format(rule), columns: rule.columns.iter().map(own).collect() }
}

/// How the cells of a column are read, by its table and its contract; of prose, or where there is
/// `null`, in their own way.
pub fn reading(
    rule: &TableRule,
    contract: Option<&ColumnRule>,
    ty: Type,
    (prose, has_null): (bool, bool),
) -> Reading {
    let mut reading = Reading::new(ty);
    // In text a language may group by several signs.
    let usual = || if prose { None } else { rule.language.grouping_of_columns(rule.decimal) };
    reading.number = NumberFormat {
        decimal: contract.and_then(|c| c.decimal).unwrap_or(rule.decimal),
        grouping: contract.and_then(|c| c.grouping).or(rule.grouping).or_else(usual),
        decimals: contract.and_then(|c| c.decimals),
        rounding: contract.and_then(|c| c.rounding).unwrap_or(rule.rounding),
        prose,
        ..number_format(rule)
    };
    reading.missing = missing_texts(rule, contract, has_null);
    let truths = contract.map(|c| &c.truths).filter(|t| !t.is_empty());
    reading.truths = truths.unwrap_or(&rule.truths).clone();
    let own = contract.and_then(|c| c.withheld.as_ref());
    let withheld = own.unwrap_or(&rule.withheld).iter();
    reading.withheld = withheld.map(|w| (w.text.clone(), range(w, contract, &reading))).collect();
    let fiscal = || DateFormat::fiscal(number_format(rule).dating());
    let formats: Vec<DateFormat> = contract
        .iter()
        .flat_map(|c| &c.formats)
        .filter_map(|f| match f.value.as_str() {
            FISCAL_YEAR => Some(fiscal()),
            format => Some(DateFormat::new(format, ty).ok()?.in_language(rule.language)),
        })
        .collect();
    if !formats.is_empty() {
        reading.formats = formats;
    } else if prose && ty == Type::Date {
        reading.formats.clear();
    } else if ty == Type::Date && rule.fiscal.is_some() {
        reading.formats.push(fiscal());
    }
    reading
}

/// Reads figures as they are: what a table says of its own is not said of where its rows stand.
pub fn plain(reading: &mut Reading) {
    (reading.number, reading.missing) = (NumberFormat::default(), vec![String::new()]);
    reading.withheld.clear();
}

/// What is known of a withheld value: by its own bounds, else by those of the contract.
fn range(withheld: &Withheld, contract: Option<&ColumnRule>, reading: &Reading) -> Interval {
    let plain = Reading { number: NumberFormat::default(), ..Reading::new(reading.ty) };
    let number = |text: &str| plain.read(text).ok()?.figure().map(|f| f.value.clone());
    if let Some((low, high)) = &withheld.bounds
        && let (Some(low), Some(high)) = (number(low), number(high))
    {
        return Interval::closed(low, high);
    }
    let mut range = Interval { lo: End::Unbounded, hi: End::Unbounded };
    for demand in contract.iter().flat_map(|c| &c.demands) {
        match &demand.value {
            Demand::Min(t) => range.lo = number(t).map_or(range.lo, End::Closed),
            Demand::Max(t) => range.hi = number(t).map_or(range.hi, End::Closed),
            Demand::Above(t) => range.lo = number(t).map_or(range.lo, End::Open),
            Demand::Below(t) => range.hi = number(t).map_or(range.hi, End::Open),
            _ => {}
        }
    }
    range
}
