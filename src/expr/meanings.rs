//! The scalar meanings of the functions. Arguments are there and known; a wrong type gives unknown.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::expr::formats::{has_format, named_format};
use crate::expr::regex::Regex;
use crate::value::date::{
    DAY_MICROS, civil_from_days, day_of_micros, months_between, weekday as weekday_of,
};
use crate::value::exponential::{self, Bounds};
use crate::value::{DateFormat, Days, Figure, Interval, Number, Reading, Type, Value, Why, figure};

type V<'a> = Value<'a>;

/// What the clock and the run give to functions.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context {
    /// `today()`, days since 1970-01-01.
    pub today: i32,
}

fn figure_of<'x>(args: &'x [V<'_>], i: usize) -> Option<&'x Figure> {
    args.get(i)?.figure()
}

fn text_of<'x>(args: &'x [V<'_>], i: usize) -> Option<&'x str> {
    match args.get(i)? {
        Value::Text(t) => Some(t),
        _ => None,
    }
}

fn day_of(args: &[V<'_>], i: usize) -> Option<Days> {
    match args.get(i)? {
        Value::Date(d) => Some(*d),
        Value::DateTime(t) => Some(Days::day(day_of_micros(*t))),
        _ => None,
    }
}

fn whole(args: &[V<'_>], i: usize) -> Option<i64> {
    figure_of(args, i)?.value.to_i64()
}

fn or_mistyped<'a>(value: Option<V<'a>>) -> V<'a> {
    value.unwrap_or_else(Value::mistyped)
}

/// The value, unless there is none for this reason.
fn or_unknown<'a>(why: Why, value: Option<V<'a>>) -> V<'a> {
    value.unwrap_or(Value::Unknown(why))
}

/// The number, unless there is none for this reason.
fn number_or<'a>(why: Why, f: Option<Figure>) -> V<'a> {
    or_unknown(why, f.map(Value::Number))
}

fn integer<'a>(n: i64) -> V<'a> {
    Value::number(Number::from(n))
}

fn owned<'a>(text: String) -> V<'a> {
    Value::Text(text.into())
}

pub(crate) fn never<'a>(_: &[V<'a>], _: &Context) -> V<'a> {
    Value::mistyped()
}
pub(crate) fn abs<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    or_mistyped(figure_of(a, 0).map(|f| Value::Number(f.abs())))
}
pub(crate) fn round<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    let digits = if a.len() > 1 { whole(a, 1) } else { Some(0) };
    let digits = digits.and_then(|d| i32::try_from(d).ok()).filter(|d| d.abs() <= 1000);
    number_or(
        Why::OutOfBounds,
        digits.and_then(|d| Some(figure_of(a, 0)?.monotone(|n| n.round(d)))),
    )
}
pub(crate) fn floor<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    or_mistyped(figure_of(a, 0).map(|f| Value::Number(f.monotone(Number::floor))))
}
pub(crate) fn ceil<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    or_mistyped(figure_of(a, 0).map(|f| Value::Number(f.monotone(Number::ceil))))
}

fn extreme<'a>(
    a: &[V<'a>],
    wanted: std::cmp::Ordering,
    figures: fn(&Figure, &Figure) -> Figure,
) -> V<'a> {
    let mut best = match a.first() {
        Some(v) => v.clone(),
        None => return Value::mistyped(),
    };
    for v in &a[1..] {
        best = match (&best, v) {
            (Value::Number(x), Value::Number(y)) => Value::Number(figures(x, y)),
            (Value::Date(x), Value::Date(y)) => {
                Value::Date(if (x.first, x.last).cmp(&(y.first, y.last)) == wanted {
                    *x
                } else {
                    *y
                })
            }
            (Value::DateTime(x), Value::DateTime(y)) => {
                Value::DateTime(if x.cmp(y) == wanted { *x } else { *y })
            }
            (Value::Time(x), Value::Time(y)) => {
                Value::Time(if x.cmp(y) == wanted { *x } else { *y })
            }
            (Value::Duration(x), Value::Duration(y)) => {
                Value::Duration(if x.cmp(y) == wanted { *x } else { *y })
            }
            (Value::Text(x), Value::Text(y)) => {
                Value::Text(if x.cmp(y) == wanted { x.clone() } else { y.clone() })
            }
            _ => return Value::mistyped(),
        };
    }
    best
}

pub(crate) fn least<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    extreme(a, std::cmp::Ordering::Less, Figure::least)
}
pub(crate) fn greatest<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    extreme(a, std::cmp::Ordering::Greater, Figure::greatest)
}
pub(crate) fn exp<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    between(figure_of(a, 0), None, exponential::exp)
}
pub(crate) fn log<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    match figure_of(a, 1) {
        None => between(figure_of(a, 0), None, exponential::ln),
        Some(base) => between(figure_of(a, 0), Some(base), |x| exponential::log(x, &base.value)),
    }
}
pub(crate) fn power<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    let (Some(x), Some(exponent)) = (figure_of(a, 0), figure_of(a, 1)) else {
        return Value::mistyped();
    };
    if x.value.is_zero() && exponent.value.signum() < 0 {
        return Value::Unknown(Why::DivisionByZero);
    }
    between(Some(x), Some(exponent), |x| exponential::power(x, &exponent.value))
}

/// A function that rises or falls with a number, at the ends of what it may be; the second argument is
/// taken as it is written.
fn between<'a>(
    f: Option<&Figure>,
    second: Option<&Figure>,
    bounds: impl Fn(&Number) -> Option<Bounds>,
) -> V<'a> {
    let figure = f.and_then(|f| {
        let own = bounds(&f.value)?;
        let Some(range) = &f.range else {
            return Some(Figure::ranged(own.0.clone(), Interval::closed(own.0, own.1)));
        };
        let (a, b) = (range.lo.at()?, range.hi.at()?);
        let (at_a, at_b) = (bounds(a)?, bounds(b)?);
        let mut low = at_a.0.min(at_b.0);
        // An even power falls and rises again; one with a negative exponent has no bounds around zero.
        if a.signum() < 0 && b.signum() > 0 {
            low = low.min(bounds(&Number::default())?.0);
        }
        let whole = Interval::closed(low, at_a.1.max(at_b.1));
        let withheld = f.withheld || second.is_some_and(|second| second.withheld);
        Some(Figure { withheld, ..Figure::ranged(own.0, whole) })
    });
    number_or(Why::OutOfBounds, figure)
}

pub(crate) fn decimals<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    match (figure_of(a, 0), text_of(a, 1)) {
        (Some(f), None) => {
            or_unknown(Why::OutOfBounds, f.value.decimals().map(|n| integer(n.into())))
        }
        _ => decimals_behind(a, '.'),
    }
}
pub(crate) fn decimals_behind_comma<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    decimals_behind(a, ',')
}

fn decimals_behind<'a>(a: &[V<'a>], sign: char) -> V<'a> {
    let Some(text) = text_of(a, 1) else { return Value::mistyped() };
    or_unknown(Why::Unreadable, written_decimals(text, sign).map(integer))
}

/// How many digits of a figure stand behind its decimal sign; an exponent moves it.
fn written_decimals(text: &str, sign: char) -> Option<i64> {
    let figure = text.trim();
    let digits = figure.chars().filter(char::is_ascii_digit).count();
    let behind = figure.rsplit_once(sign).map_or("", |(_, behind)| behind);
    let decimals = behind.chars().take_while(char::is_ascii_digit).count();
    let (_, exponent) = figure.split_once(['e', 'E']).unwrap_or_default();
    let shift = exponent.parse::<i64>().unwrap_or(0);
    let count = i64::try_from(decimals).ok()?.checked_sub(shift)?;
    (digits > 0).then_some(count.max(0))
}

/// Of a cell the second argument is how it is written; the names of formats come last.
pub(crate) fn like<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    let texts: Option<Vec<&str>> = (1..a.len()).map(|n| text_of(a, n)).collect();
    let Some((texts, first)) = texts.zip(a.first()) else { return Value::mistyped() };
    let (text, names) = match texts.as_slice() {
        [written, names @ ..] if named_format(written).is_none() => ((*written).into(), names),
        names => (first.to_text(), names),
    };
    Value::Bool(has_format(&names.join(" or "), &text).is_ok())
}
pub(crate) fn modulo<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    let rest =
        figure_of(a, 0).zip(figure_of(a, 1)).and_then(|(x, y)| x.value.checked_rem(&y.value));
    number_or(Why::DivisionByZero, rest.map(Figure::exact))
}
pub(crate) fn sqrt<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    let root = |x: &Number| x.sqrt_bounds(30);
    match figure_of(a, 0) {
        // A figure that is written without a sign is not below zero, however it was rounded.
        Some(f) if f.value.signum() >= 0 => {
            between(Some(f), None, |x| root(&x.clone().max(Number::default())))
        }
        f => between(f, None, root),
    }
}
pub(crate) fn change<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    // new / old - 1 names each figure once, so that the interval is no wider than it must be.
    number_or(
        Why::DivisionByZero,
        figure_of(a, 0)
            .zip(figure_of(a, 1))
            .and_then(|(new, old)| Some(new.div(old)?.sub(&Figure::exact(Number::from(1i64))))),
    )
}
pub(crate) fn attainable<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    or_mistyped(
        figure_of(a, 0)
            .zip(figure_of(a, 1))
            .map(|(f, n)| Value::Bool(figure::attainable(f, &n.value))),
    )
}
pub(crate) fn length<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    or_mistyped(text_of(a, 0).map(|t| integer(t.chars().count() as i64)))
}
pub(crate) fn lower<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    or_mistyped(text_of(a, 0).map(|t| owned(t.to_lowercase())))
}
pub(crate) fn upper<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    or_mistyped(text_of(a, 0).map(|t| owned(t.to_uppercase())))
}
pub(crate) fn concat<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    let texts: Option<Vec<&str>> = (0..a.len()).map(|at| text_of(a, at)).collect();
    or_mistyped(texts.map(|texts| owned(texts.concat())))
}
pub(crate) fn trim<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    or_mistyped(text_of(a, 0).map(|t| owned(t.trim().to_string())))
}
fn characters<'a>(t: &str, from: i64, n: i64) -> V<'a> {
    let skip = usize::try_from(from).unwrap_or(0);
    owned(t.chars().skip(skip).take(usize::try_from(n).unwrap_or(0)).collect())
}
pub(crate) fn left<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    or_unknown(Why::OutOfBounds, text_of(a, 0).zip(whole(a, 1)).map(|(t, n)| characters(t, 0, n)))
}
pub(crate) fn right<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    or_unknown(
        Why::OutOfBounds,
        text_of(a, 0)
            .zip(whole(a, 1))
            .map(|(t, n)| characters(t, (t.chars().count() as i64 - n.max(0)).max(0), n)),
    )
}
pub(crate) fn slice<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    or_unknown(
        Why::OutOfBounds,
        text_of(a, 0)
            .zip(whole(a, 1))
            .zip(whole(a, 2))
            .map(|((t, from), n)| characters(t, from.saturating_sub(1).max(0), n)),
    )
}
pub(crate) fn replace<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    or_mistyped(text_of(a, 0).zip(text_of(a, 1)).zip(text_of(a, 2)).map(|((t, old), new)| {
        owned(if old.is_empty() { t.to_string() } else { t.replace(old, new) })
    }))
}

thread_local! {
    /// Patterns of `capture` by their text: they are constants in practice.
    static PATTERNS: RefCell<HashMap<String, Option<Regex>>> = RefCell::new(HashMap::new());
}

pub(crate) fn capture<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    let group = if a.len() > 2 { whole(a, 2) } else { Some(1) };
    let (Some(t), Some(pattern), Some(group)) = (text_of(a, 0), text_of(a, 1), group) else {
        return Value::Unknown(Why::OutOfBounds);
    };
    PATTERNS.with_borrow_mut(|known| {
        if known.len() > 256 {
            known.clear();
        }
        let regex = known.entry(pattern.to_string()).or_insert_with(|| Regex::new(pattern).ok());
        match regex {
            Some(r) => r
                .capture(t, usize::try_from(group).unwrap_or(0).min(r.groups()))
                .map_or(Value::Missing, |c| owned(c.to_string())),
            None => Value::Unknown(Why::Unreadable),
        }
    })
}
pub(crate) fn starts_with<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    or_mistyped(text_of(a, 0).zip(text_of(a, 1)).map(|(t, p)| Value::Bool(t.starts_with(p))))
}
pub(crate) fn ends_with<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    or_mistyped(text_of(a, 0).zip(text_of(a, 1)).map(|(t, p)| Value::Bool(t.ends_with(p))))
}
pub(crate) fn contains<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    or_mistyped(text_of(a, 0).zip(text_of(a, 1)).map(|(t, p)| Value::Bool(t.contains(p))))
}

/// A part of a date that both its ends share; missing where they do not.
fn part<'a>(a: &[V<'_>], of: impl Fn(i32) -> i64) -> V<'a> {
    match day_of(a, 0) {
        Some(d) if of(d.first) == of(d.last) => integer(of(d.first)),
        Some(_) => Value::Missing,
        None => Value::mistyped(),
    }
}
pub(crate) fn year<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    part(a, |d| i64::from(civil_from_days(d).year))
}
pub(crate) fn month<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    part(a, month_number).map_number(|n| n.rem_euclid(12) + 1)
}
pub(crate) fn quarter<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    part(a, |d| month_number(d).div_euclid(3)).map_number(|n| n.rem_euclid(4) + 1)
}
/// Minutes since midnight; a leap second is in the minute that follows.
fn minutes<'a>(a: &[V<'_>], of: impl Fn(i64) -> i64) -> V<'a> {
    match a.first() {
        Some(Value::Time(t) | Value::DateTime(t)) => {
            integer(of(t.rem_euclid(DAY_MICROS) / 60_000_000))
        }
        _ => Value::mistyped(),
    }
}
pub(crate) fn hour<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    minutes(a, |n| n / 60)
}
pub(crate) fn minute<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    minutes(a, |n| n % 60)
}
pub(crate) fn day<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    match day_of(a, 0) {
        Some(d) if d.is_day() => integer(i64::from(civil_from_days(d.first).day)),
        Some(_) => Value::Missing,
        None => Value::mistyped(),
    }
}
pub(crate) fn weekday<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    match day_of(a, 0) {
        Some(d) if d.is_day() => integer(i64::from(weekday_of(d.first))),
        Some(_) => Value::Missing,
        None => Value::mistyped(),
    }
}

/// A distance; of partial dates all that it can be.
fn distance<'a>(a: &[V<'_>], of: impl Fn(i32, i32) -> i64) -> V<'a> {
    let (Some(x), Some(y)) = (day_of(a, 0), day_of(a, 1)) else { return Value::mistyped() };
    let (least, most) = (of(x.last, y.first), of(x.first, y.last));
    if least == most {
        return integer(least);
    }
    let range = Interval::closed(Number::from(least), Number::from(most));
    Value::Number(Figure::ranged(Number::from(of(x.first, y.first)), range))
}
pub(crate) fn days<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    distance(a, |x, y| i64::from(y) - i64::from(x))
}
pub(crate) fn months<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    distance(a, |x, y| {
        if a.iter().all(|v| matches!(v, Value::Date(d) if !d.is_day())) {
            month_number(y) - month_number(x)
        } else {
            months_between(x, y)
        }
    })
}
fn month_number(day: i32) -> i64 {
    let c = civil_from_days(day);
    i64::from(c.year) * 12 + i64::from(c.month) - 1
}
pub(crate) fn years<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    distance(a, |x, y| months_between(x, y) / 12)
}
pub(crate) fn today<'a>(_: &[V<'a>], c: &Context) -> V<'a> {
    Value::Date(Days::day(c.today))
}
pub(crate) fn date<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    if let Some(day) = day_of(a, 0) {
        return Value::Date(day);
    }
    let Some(t) = text_of(a, 0) else { return Value::mistyped() };
    let read = match text_of(a, 1) {
        Some(format) => DateFormat::new(format, Type::Date)
            .ok()
            .and_then(|f| f.parse_date(t).ok())
            .map(Value::Date),
        None => Reading::new(Type::Date).read(t).ok().map(Value::into_owned),
    };
    or_unknown(Why::Unreadable, read)
}
pub(crate) fn number<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    if let Some(f) = figure_of(a, 0) {
        return Value::Number(f.clone());
    }
    or_unknown(
        Why::Unreadable,
        text_of(a, 0).and_then(|t| Reading::new(Type::Number).read(t).ok().map(Value::into_owned)),
    )
}
pub(crate) fn text<'a>(a: &[V<'a>], _: &Context) -> V<'a> {
    or_mistyped(a.first().map(|v| owned(v.to_text())))
}

trait MapNumber {
    fn map_number(self, f: impl FnOnce(i64) -> i64) -> Self;
}

impl MapNumber for Value<'_> {
    fn map_number(self, f: impl FnOnce(i64) -> i64) -> Self {
        match self.figure().and_then(|n| n.value.to_i64()) {
            Some(n) => integer(f(n)),
            None => self,
        }
    }
}
