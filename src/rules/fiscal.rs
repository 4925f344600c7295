//! `fiscal_year`: when fiscal years begin, and which year they are called by.

use toml::de::DeValue;

use crate::rules::TableRule;
use crate::rules::toml::{BAD_VALUE, MISSING_KEY, Reader, Section};
use crate::value::date::civil_from_days;
use crate::value::date_format::FISCAL_YEAR;
use crate::value::prose_date::read_prose_date;
use crate::value::{FiscalYear, Language, Named};

const EXAMPLE: &str = "fiscal_year = { from = \"April\", named = \"end\" }";

/// When the fiscal years of a table begin, or of the tables of the file.
pub fn read(r: &mut Reader<'_>, s: &Section<'_>, language: Language) -> Option<FiscalYear> {
    let is_text = matches!(s.table.get("fiscal_year")?.get_ref(), DeValue::String(_));
    let (from, named) = if is_text {
        (r.spanned(s, "fiscal_year", EXAMPLE)?, None)
    } else {
        let (table, span) = r.table(s, "fiscal_year", EXAMPLE)?;
        let inner = Section { table, title: "fiscal_year", span };
        r.unknown_keys(&inner, &["from", "named"]);
        let from = r.spanned(&inner, "from", EXAMPLE);
        let Some(from) = from else {
            r.problem(&MISSING_KEY, span, "`fiscal_year` must say `from` when", "", EXAMPLE);
            return None;
        };
        (from, r.spanned(&inner, "named", EXAMPLE))
    };
    let named = match named.as_ref().map(|named| named.value.as_str()) {
        None => None,
        Some("start") => Some(Named::Start),
        Some("end") => Some(Named::End),
        Some(_) => {
            let span = named.map_or(s.span, |named| named.span);
            let help = "a fiscal year is called by the year in which it starts, \"start\", or by the one in which it ends, \"end\"";
            r.problem(&BAD_VALUE, span, "`named` is \"start\" or \"end\"", "", help);
            return None;
        }
    };
    // Of a year without 29 February.
    let begins =
        |language: Language| read_prose_date(&format!("{} 2001", from.value), language.into());
    let day = begins(language).or_else(|_| begins(Language::default())).ok();
    let first = day.map(|day| civil_from_days(day.days.first));
    let fiscal = first.and_then(|first| FiscalYear::new(first.month, first.day, named));
    if fiscal.is_none() {
        let message = format!("`{}` is no month, and no day that every month has", from.value);
        r.problem(
            &BAD_VALUE,
            from.span,
            message,
            "",
            "write a month or a day: \"April\", \"6 April\"",
        );
    }
    fiscal
}

/// Columns of fiscal years of which nothing says when they begin.
pub fn check(r: &mut Reader<'_>, table: &TableRule) {
    let formats = table.columns.iter().flat_map(|column| &column.formats);
    for format in formats.filter(|f| f.value == FISCAL_YEAR && table.fiscal.is_none()) {
        let message = "no rule says when fiscal years begin";
        let help = format!("for example, for the table: {EXAMPLE}");
        r.problem(&BAD_VALUE, format.span, message, "", help);
    }
}
