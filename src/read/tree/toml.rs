//! TOML to values.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::read::note::{FaultText, MALFORMED};
use crate::read::reader::Malformed;
use crate::read::tree::value::{List, Map, Member, Parsed, Value, What};
use crate::source::Span;

/// Reads a text that starts at `base`.
///
/// # Errors
/// Where it is no TOML.
pub fn parse(text: &str, base: u64) -> Result<Parsed, Malformed> {
    let table = DeTable::parse(text).map_err(|error| {
        let range = error.span().unwrap_or_default();
        let span = Span::new(range.start as u64, range.end as u64).shift(base);
        let message = format!("this is not valid TOML: {}", error.message());
        let words = FaultText { message, label: "here".into(), help: None, odd: None };
        Malformed { fault: &MALFORMED, span, words }
    })?;
    let span = Span::new(0, text.len() as u64).shift(base);
    let root = Value { span, what: map(table.get_ref(), text, base) };
    Ok(Parsed { documents: vec![root], twice: Vec::new() })
}

fn span<T>(of: &Spanned<T>, base: u64) -> Span {
    let range = of.span();
    Span::new(range.start as u64, range.end as u64).shift(base)
}

fn map(table: &DeTable<'_>, text: &str, base: u64) -> What {
    let member = |(name, own): (&Spanned<_>, &Spanned<DeValue<'_>>)| Member {
        name: AsRef::<str>::as_ref(name.get_ref()).into(),
        at: span(name, base),
        value: value(own, text, base),
    };
    What::Map(Map::new(table.iter().map(member).collect()).into())
}

fn value(own: &Spanned<DeValue<'_>>, text: &str, base: u64) -> Value {
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
            let items = items.iter().map(|item| value(item, text, base)).collect();
            What::List(List::new(items).into())
        }
        DeValue::Table(table) => map(table, text, base),
    };
    Value { span: span(own, base), what }
}
