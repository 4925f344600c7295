//! TOML to values.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::read::note::{FaultText, MALFORMED};
use crate::read::reader::Malformed;
use crate::read::tree::value::{List, Location, Map, Member, Parsed, Value, What};

/// Reads a text.
///
/// # Errors
/// Where it is no TOML.
pub fn parse(text: &str, place: Location) -> Result<Parsed, Malformed> {
    let table = DeTable::parse(text).map_err(|error| {
        let range = error.span().unwrap_or_default();
        let span = place.span(range);
        let message = format!("this is not valid TOML: {}", error.message());
        let words = FaultText { message, label: "here".into(), help: None, odd: None };
        Malformed { fault: &MALFORMED, span, words }
    })?;
    let span = place.span(0..text.len());
    let root = Value { span, what: map(table.get_ref(), text, place) };
    Ok(Parsed { documents: vec![root], twice: Vec::new() })
}

fn map(table: &DeTable<'_>, text: &str, place: Location) -> What {
    let member = |(name, own): (&Spanned<_>, &Spanned<DeValue<'_>>)| Member {
        name: AsRef::<str>::as_ref(name.get_ref()).into(),
        at: place.span(name.span()),
        value: value(own, text, place),
    };
    What::Map(Map::new(table.iter().map(member).collect()).into())
}

fn value(own: &Spanned<DeValue<'_>>, text: &str, place: Location) -> Value {
    let written = || text.get(own.span()).unwrap_or_default().to_string();
    let what = match own.get_ref() {
        DeValue::String(text) => What::Scalar(text.as_ref().into()),
        DeValue::Integer(number) if number.radix() != 10 => {
            let value = i64::from_str_radix(number.as_str(), number.radix());
            What::Scalar(value.map_or_else(|_| written(), |value| value.to_string()).into())
        }
        DeValue::Integer(number) => What::Scalar(number.as_str().into()),
        DeValue::Float(number) => What::Scalar(number.as_str().into()),
        DeValue::Boolean(_) | DeValue::Datetime(_) => What::Scalar(written().into()),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| value(item, text, place)).collect();
            What::List(List::new(items).into())
        }
        DeValue::Table(table) => map(table, text, place),
    };
    Value { span: place.span(own.span()), what }
}
