//! Dates as people write them in running text.

use crate::value::Days;
use crate::value::date_list::impossible;
use crate::value::fiscal::Dating;
use crate::value::prose_day::{day_first, in_digits, month_first, without_year, year_first};
use crate::value::prose_fiscal::fiscal_at;
use crate::value::prose_scan::{Cursor, NoDays, Scan};
pub use crate::value::prose_scan::{Order, Shape};
use crate::value::prose_span::span_at;
use crate::value::unread::{DATE_UNREADABLE, Unread};

/// A date read out of prose, and how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProseDate {
    /// What it means.
    pub days: Days,
    /// How it was written, for whole days.
    pub shape: Option<Shape>,
}

/// The longest date that begins at a byte of a text; of two that are as long, the fiscal one.
fn scan(text: &str, at: usize, dating: Dating) -> Option<Scan> {
    let c = Cursor { text, at, language: dating.language, fiscal: dating.fiscal };
    let all = [
        month_first(c),
        day_first(c),
        without_year(c),
        year_first(c),
        in_digits(c),
        span_at(c),
        fiscal_at(c),
    ];
    let is_whole = |scan: &Scan| {
        let next = text.get(scan.end..).and_then(|t| t.chars().next());
        next.is_none_or(|c| !c.is_alphanumeric())
    };
    all.into_iter().flatten().filter(is_whole).max_by_key(|scan| scan.end)
}

/// Where the longest date ends that begins at a byte of a text, whether there is such a day or not.
pub fn date_at(text: &str, at: usize, dating: Dating) -> Option<usize> {
    scan(text, at, dating).map(|scan| scan.end)
}

/// Reads `may 18, 1992`, `18 May 1992`, `May 1992`, `1992`, `1992-05-18`, `1988-1992`, `Q3 2020`,
/// `FY2024` where a rule declares when fiscal years begin.
///
/// # Errors
/// `date-impossible` where there is no such day, `date-unreadable` where it is no date.
pub fn read_prose_date(text: &str, dating: Dating) -> Result<ProseDate, Unread> {
    let unread = |message: String, label: &str, help: &str| Unread {
        fault: &DATE_UNREADABLE,
        message,
        label: label.into(),
        help: Some(help.into()),
        at: 0..text.len(),
    };
    let Some(found) = scan(text, 0, dating).filter(|s| s.end == text.len()) else {
        let is_numeric = text.contains(['.', '/']) && !text.contains(char::is_alphabetic);
        let help = match is_numeric {
            true => {
                "which number is the day and which the month is declared: `format = \"%d.%m.%Y\"` for the column"
            }
            false => {
                "dates in text are written like `18 May 1992`, `May 18, 1992`, `May 1992`, `1992`, `1988-1992` and `1992-05-18`"
            }
        };
        return Err(unread(format!("`{text}` is not a date"), "not a date", help));
    };
    found.days.map(|days| ProseDate { days, shape: found.shape }).map_err(|why| match why {
        NoDays::Impossible(why) => impossible(text, &why),
        NoDays::NoFiscalYear(why) => unread(why.message(text), why.label(), why.help()),
        NoDays::NoYear => unread(
            format!("`{text}` is a day of no certain year"),
            "a day without its year",
            "a date has its year beside it: `18 May 1992`, `May 18, 1992`",
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_are_none_are_dates_all_the_same() {
        assert_eq!(
            read_prose_date("june 31, 1993", Dating::default()).unwrap_err().label,
            "June has 30 days"
        );
        assert_eq!(date_at("june 31, 1993, territory", 0, Dating::default()), Some(13));
        assert_eq!(date_at("1988-1992, t", 0, Dating::default()), Some(9));
        assert_eq!(date_at("19921", 0, Dating::default()), None);
        assert!(read_prose_date("soon", Dating::default()).is_err());
    }

    #[test]
    fn formats_differ_where_one_cannot_be_the_other() {
        let shape = |t: &str| read_prose_date(t, Dating::default()).unwrap().shape.unwrap();
        assert!(!shape("may 08, 1992").agrees(&shape("april 2, 1993")));
        assert!(shape("may 18, 1992").agrees(&shape("april 2, 1993")));
        assert!(!shape("18 May 1992").agrees(&shape("May 18, 1992")));
    }
}
