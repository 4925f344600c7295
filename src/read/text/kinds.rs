//! What a figure of a text is: a date, a percentage, a number; and what it counts.

use crate::read::reader::Figure;
use crate::value::date_format::DateFormat;
use crate::value::language::phrases::{first_word, same};
use crate::value::prose::{
    Kind, Signs, before_currency, figure_at, is_percent, leads_to_figure, may_share_scale,
    multiple_word, scale_of_second,
};
use crate::value::prose_date::date_at;
use crate::value::{Hedge, Language, NumberFormat, Reading, Type};

/// How a value of a type is read in a sentence.
pub(crate) fn in_prose(ty: Type, number: &NumberFormat) -> Reading {
    let number = NumberFormat { prose: true, ..number.clone() };
    let mut how = Reading { ranges: true, number, ..Reading::new(ty) };
    match ty {
        // Dates as people write them, in place of formats.
        Type::Date => how.formats.clear(),
        Type::Time => {
            let of_day = [
                "%I:%M%p",
                "%I:%M %p",
                "%I%p",
                "%I %p",
                "%-I:%M%p",
                "%-I:%M %p",
                "%-I.%M%p",
                "%-I.%M %p",
                "%-I%p",
                "%-I %p",
                "%-H.%M",
                "%-H:%M",
                "%-Hh%M",
                "%-H h %M",
            ];
            how.formats.extend(of_day.iter().filter_map(|f| DateFormat::new(f, ty).ok()));
        }
        _ => {}
    }
    how
}

/// What a figure is, and the type that it is read as.
pub(crate) fn kind(figure: &Figure<'_>, number: &NumberFormat) -> (&'static str, Type) {
    let text = figure.text;
    if is_multiple(text, number.language) {
        return ("multiple", Type::Number);
    }
    let is = |ty: Type| in_prose(ty, number).read_hedged(text, Hedge::None).is_ok();
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        let parts: Vec<usize> = text.split(['.', '/']).map(str::len).collect();
        let is_day = matches!(parts[..], [1..=2, 1..=2, 2 | 4] | [4, 1..=2, 1..=2])
            && text.chars().all(|c| c.is_ascii_digit() || "./".contains(c));
        // `June 31, 1993` is none that there is, `FY2024` perhaps none that is declared.
        if is_day || date_at(text, 0, number.dating()) == Some(text.len()) {
            return ("date", Type::Date);
        }
        let is_time = text.contains(':') || is_time_of_day(figure, number.language);
        if is_time && is(Type::Time) {
            return ("time", Type::Time);
        }
    } else if is_year(figure, number.language) {
        return ("date", Type::Date);
    }
    let is_percentage = !is(Type::Number) && is(Type::Percent) || text.contains('%');
    if is_percentage || has_mark_behind_next(figure, number.language) {
        return ("percent", Type::Percent);
    }
    ("number", Type::Number)
}

/// Whether a figure is a multiple in one word: `doubled`.
pub(crate) fn is_multiple(text: &str, language: Language) -> bool {
    text.starts_with(char::is_alphabetic) && multiple_word(text, 0, language) == Some(text.len())
}

/// Whether a figure is a time of day without a colon: `6.30 pm`, `18.30 Uhr`, `18h30`.
fn is_time_of_day(figure: &Figure<'_>, language: Language) -> bool {
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if let Some((hour, minute)) = figure.text.split_once('h') {
        return is_digits(hour) && is_digits(minute);
    }
    let digits = figure.text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let own = figure.text.get(digits.len()..).unwrap_or_default().trim();
    let word = if own.is_empty() { first_word(figure.behind.trim_start()) } else { own };
    let is_clock = language.compounds.clock.iter().any(|clock| same(clock, word));
    let lengths: Vec<usize> = digits.split('.').map(str::len).collect();
    (is_clock || language.figures.clock.has(word))
        && matches!(lengths[..], [1..=2, 2])
        && digits.split('.').all(is_digits)
}

/// Whether a number is the first of two percentages, of which the second has the mark for both: `from 61.4
/// to 58.2 percent`, `von 61,4 auf 58,2 Prozent`.
fn has_mark_behind_next(figure: &Figure<'_>, language: Language) -> bool {
    let next = next(figure, language).filter(|_| figure.text.chars().all(is_of_digits));
    let mark = next.and_then(|next| next.text.get(next.digits..)).unwrap_or_default().trim_start();
    is_percent(mark, language) && language.points.at(mark).is_none()
}

/// The words of scale that the second of two figures has for both, with what joins them to it: `from 4.8 to
/// 5.3 million`, `from 5 lakh to 7 lakh crore`.
pub(crate) fn scale_of_next<'t>(figure: &Figure<'t>, number: &NumberFormat) -> Option<&'t str> {
    let Next { text, digits, is_money } = next(figure, number.language)?;
    let own = figure.text.trim_start_matches(is_of_digits);
    let first = figure.text.get(..figure.text.len() - own.len()).filter(|own| !own.is_empty())?;
    let mut signs = Signs::of(number);
    signs.is_money = is_money || number.m_is_million || before_currency(figure.before).is_some();
    let end = figure_at(text, 0, Kind::Number, &signs)?.0;
    let more = scale_of_second(own, text.get(digits..end)?, number.language)?;
    let is_one = !more.contains(|c: char| c.is_ascii_digit());
    (is_one && may_share_scale(first, text.get(..digits)?, number.decimal)).then_some(more)
}

fn is_of_digits(c: char) -> bool {
    c.is_ascii_digit() || ".,".contains(c)
}

/// The second of two figures.
#[derive(Clone, Copy)]
struct Next<'t> {
    /// From its digits on, and how many bytes these have.
    text: &'t str,
    digits: usize,
    /// Whether the mark of a currency stands before it.
    is_money: bool,
}

/// The figure behind `to`, where one behind `from` is the first.
fn next<'t>(figure: &Figure<'t>, language: Language) -> Option<Next<'t>> {
    let (words, cues) = (language.words(), &language.words().cues);
    let before = figure.before;
    let before = before.get(..before_currency(before).unwrap_or(before.len()))?.trim_end();
    let before = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let is_from = words.from.has(before)
        || words.hedges.from.has(before)
        || cues.from.iter().any(|own| same(own, before));
    is_from.then_some(())?;
    let behind = figure.behind.trim_start();
    let word = first_word(behind);
    let is_to = words.to.has(word) || cues.to.iter().any(|own| same(own, word));
    let next = behind.get(word.len()..).filter(|_| is_to)?.trim_start();
    let (mark, text) = next.split_at_checked(next.find(|c: char| c.is_ascii_digit())?)?;
    let is_money = before_currency(mark) == Some(0);
    (mark.is_empty() || is_money).then_some(())?;
    let digits = text.len() - text.trim_start_matches(is_of_digits).len();
    Some(Next { text, digits, is_money })
}

/// Whether four digits are a year: after words that stand before years, or where nothing is counted.
fn is_year(figure: &Figure<'_>, language: Language) -> bool {
    let before = figure.before.trim_end();
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let is_within = |of: &[&str]| of.contains(&figure.text.get(..2).unwrap_or_default());
    if figure.text.len() != 4
        || !is_within(&["10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21"])
    {
        return false;
    }
    language.figures.before_years.has(word)
        || is_within(&["18", "19", "20"])
            && before_currency(before).is_none()
            && unit(figure.behind, language).is_none()
}

/// The word behind a figure, unless something stands between them.
pub(crate) fn unit(behind: &str, language: Language) -> Option<String> {
    let rest = behind.trim_start_matches([' ', '\u{a0}', '\u{202f}', '\n', '-']);
    let end = rest.find(|c: char| !c.is_alphanumeric() && !"²³°/%".contains(c));
    let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
    let is_word = word.starts_with(|c: char| c.is_alphabetic() || c == '°');
    let is_of_next = || is_before_next(rest, language);
    (is_word && !language.figures.no_units.has(word) && !is_of_next()).then(|| word.to_string())
}

/// Whether a text begins with words that belong to the figure behind them: `2024 insgesamt 309.370`.
fn is_before_next(text: &str, language: Language) -> bool {
    let words = language.words();
    let hedges = words.hedges.before().map(|hedge| hedge.0);
    let mut all = hedges.chain(words.cues.totals.iter().map(String::as_str));
    all.any(|own| leads_to_figure(text, own))
}
