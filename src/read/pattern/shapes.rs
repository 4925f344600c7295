//! The shapes of what placeholders hold, as regular expressions.
//!
//! A shape is wide: it finds the place of a figure, and `whole.rs` looks what figure stands there.

use crate::read::pattern::phrases::{any, behind_digits, ends, said};
use crate::value::Language;
use crate::value::language::phrases::Phrases;

/// The sign or the name of a currency before a figure.
const CURRENCY: &str = r"(?:(?:US|A|C|NZ|HK|S|R|CA|AU)?\$|[€£¥₹₽]|(?:USD|EUR|GBP|CHF|JPY|CNY|INR|CAD|AUD|SEK|NOK|DKK|PLN|RUB|UAH|AZN|TRY|Rs\.?)[ \u{a0}]?)";
/// Letters, and whatever else is beyond ASCII.
const LETTERS: &str = r"[^\x00-\x40\[-\x60{-\x7f]+";
const VULGAR: &str = "[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]";
/// What stands between the words of a figure.
const GAP: &str = r"(?:[ \n\r\t\u{a0}]+|\n?[-‐‑]\n?)";
/// What stands between the ends of a range; `and` behind `between`.
fn to(language: Language) -> String {
    between_ends(&any([&language.to.all, &language.and.all]))
}

fn between_ends(word: &str) -> String {
    format!(
        r"(?:[-‐‑]?[ \n\u{{a0}}]+{word}[ \n\u{{a0}}]+|[-‐‑]{word}[-‐‑]|[ \u{{a0}}]?[-‐‑–][ \u{{a0}}]?)"
    )
}

/// A regular expression with shapes, as it is in a list: there `and` stands before the last figure, and between no
/// ends of a range.
pub(crate) fn in_list(source: &str, language: Language) -> String {
    source.replace(&to(language), &between_ends(&any([&language.to.all])))
}

/// Words before a figure that say how near to it is meant, with what belongs to them.
fn hedge(language: Language) -> String {
    let words = language.words();
    let hedges = &words.hedges;
    let more = said(hedges.not.iter().chain(&hedges.well).chain(&hedges.just).map(String::as_str));
    let own = said(hedges.before().map(|hedge| hedge.0));
    let articles = any([&words.articles.all, &words.the.all]);
    format!(r"(?:(?:{more})*(?:{own})+(?:{articles}\s+)??)|[~≈∼<>≤≥]=?\s?")
}

/// Words behind a figure that say how near to it is meant.
fn hedge_behind(language: Language) -> String {
    let words: Vec<String> =
        language.words().hedges.behind().map(|hedge| hedge.0.to_string()).collect();
    format!(r"(?:\+|\s+{})", any([&words]))
}

fn percent_mark(language: Language) -> String {
    let words = behind_digits([&language.percent.all]);
    format!(r"(?:[ \n\u{{a0}}\u{{202f}}-]*(?:%|‰|{words}))")
}

/// The words of whole numbers.
fn small(language: Language) -> String {
    let words = language.words();
    if words.unit_before_tens.is_empty() {
        let single = words.numbers.all.iter().flat_map(|phrase| phrase.split(' '));
        let own: Vec<String> =
            single.filter(|word| !words.and.has(word)).map(str::to_string).collect();
        return any([&own]);
    }
    // Parts of words: `ein`, `und`, `zwanzig`, `tausend`.
    let is_plain =
        |word: &&String| words.numbers.known(word).is_some_and(|n| n < 20 || n % 10 == 0);
    let numbers = words.numbers.all.iter().filter(is_plain);
    let mut all: Vec<&str> =
        numbers.chain(&words.scales.all).chain(&words.half_behind).map(String::as_str).collect();
    all.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    let (all, between) = (all.join("|"), &words.unit_before_tens);
    format!(r"(?i:(?-u:\b)(?:{all})(?:(?:{between})?(?:{all}))*(?-u:\b))")
}

/// A number in digits, with what is glued to it.
fn digits(language: Language) -> String {
    let number = r"(?:[0-9](?:[0-9.,'’/⁄\u{a0}\u{202f}\u{2009}\u{2007}]*[0-9])?|\.[0-9]+)";
    let scales = [&language.short_scales.all, &language.money_scales.all, &language.scales.all];
    let scales = behind_digits(scales);
    format!(
        r"(?:{number}(?: ?{VULGAR})?(?:[eE][-+]?[0-9]{{1,3}}| ?[×x] ?10(?:\^[-−]?[0-9]+|⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))?(?:[ \u{{a0}}\u{{202f}}-]?{scales})?|{VULGAR})"
    )
}

/// A number in digits and words.
fn one(language: Language) -> String {
    let words = language.words();
    let others = [
        &words.scales.all,
        &words.dozen.all,
        &words.part.all,
        &words.parts.all,
        &words.fractions.all,
        &words.behind_and.all,
    ];
    let token = format!("(?:{}|{}|{})", digits(language), small(language), any(others));
    let joints = any([&words.and.all, &words.articles.all, &words.of.all, &words.point.all]);
    let (minus, article) = (any([&words.minus.all]), any([&words.articles.all]));
    let sign = format!(r"(?:(?:[-−–+]|{minus}\s+)(?:{CURRENCY})?|{article}{GAP})");
    format!("(?:{sign})?{token}(?:(?:{GAP}{joints})*{GAP}{token})*?")
}

/// A number, or a range of them.
fn number(language: Language) -> String {
    let (one, to) = (one(language), to(language));
    format!("(?:{one}(?:{to}(?:{CURRENCY})?{one})?)")
}

/// `a third`, `3/4`, `three in five`, `jeder dritte`.
fn share(language: Language) -> String {
    let words = language.words();
    let shares = &words.shares;
    let grouped = r"[0-9]+(?:[.,'’ \u{a0}\u{202f}\u{2009}\u{2007}][0-9]{3})*";
    let count = format!("(?:{}|{grouped})", small(language));
    let of = any([&shares.within.all, &shares.of.all]);
    let every = format!("(?:{GAP}{})?", any([&shares.every.all]));
    let of = format!("{GAP}{of}{every}{GAP}");
    let article = any([&words.articles.all]);
    // `one driver in eight`
    let of_noun = format!("{}{GAP}(?:{LETTERS}{GAP}){{1,2}}", any([&ones(language)]));
    let (within, by) = (any([&shares.within.all]), any([&words.scales.all]));
    let whole = format!("(?:{count}|{article}{GAP})(?:{GAP}?{by})?");
    let parts = any([&words.part.all, &words.parts.all]);
    let (phrase, each) = (any([&words.fractions.all]), any([&shares.each.all]));
    format!(
        r"(?:{phrase}|(?:{article}|{count}){GAP}{parts}|{VULGAR}|[0-9]+[/⁄][0-9]+|{count}{of}{whole}|{of_noun}{within}{every}{GAP}{whole}|{each}{GAP}{LETTERS})"
    )
}

fn percent(language: Language) -> String {
    let (one, share, to) = (one(language), share(language), to(language));
    let mark = percent_mark(language);
    let words = language.words();
    let article = any([&words.of.all, &words.articles.all, &ones(language)]);
    format!(
        "(?:{one}(?:{mark}?{to}(?:{CURRENCY})?{one})?(?: {article})*{mark}|{share}(?:{to}{share})?)"
    )
}

/// The words for one.
fn ones(language: Language) -> Vec<String> {
    of_value(&language.words().numbers, 1..=1).map(str::to_string).collect()
}

/// The phrases with a meaning in a range.
fn of_value(
    phrases: &Phrases<i64>,
    range: std::ops::RangeInclusive<i64>,
) -> impl Iterator<Item = &str> {
    let is_in = move |phrase: &&String| phrases.known(phrase).is_some_and(|n| range.contains(&n));
    phrases.all.iter().filter(is_in).map(String::as_str)
}

fn date(language: Language) -> String {
    let words = language.words();
    let dates = &words.dates;
    let (s, o, end) = (r"[ \n\r\t\u{a0}]+", r"[ \n\u{a0}]?", r"(?-u:\b)");
    let month = any([&dates.months.all]);
    let day = format!("[0-9]{{1,2}}(?:{})?", ends(&dates.day_ends));
    let behind = match dates.year.all.is_empty() {
        true => String::new(),
        false => format!("(?:{s}{})?", any([&dates.year.all])),
    };
    let year = format!("(?:[0-9]{{4}}|['’][0-9]{{2}}){end}{behind}");
    let of = any([&dates.of.all]);
    let to = any([&words.to.all]);
    let span = format!("(?:{o}[-–—]{o}|{s}{to}{s})");
    let thirds = any([&dates.early.all, &dates.mid.all, &dates.late.all]);
    let within = format!(r"{thirds}(?:\s+{})?[ \n-]+", any([&dates.within.all]));
    let letters = any([&dates.quarter_letters.all, &dates.half_letters.all]);
    let letters = letters.replace(r"\b", "");
    let firsts: Vec<String> = of_value(&words.ordinals, 1..=4).map(str::to_string).collect();
    let (firsts, part) = (any([&firsts]), any([&dates.quarter.all, &dates.half.all]));
    let nth = format!("(?:{firsts}|[1-4]{})", ends(&words.ordinal_ends));
    let of_year =
        format!(r"(?:(?-u:\b)(?:{letters}[1-4]|[1-4]{letters})|{nth}[ \n-]{part}),?(?:\s+{of})?");
    let letters_of_years = any([&dates.fiscal_letters.all]).replace(r"\b", "");
    let fiscal = format!(
        r"(?:(?-u:\b){letters_of_years}{o}|{}{s})['’]?[0-9]{{2,4}}(?:[-‐‑–/][0-9]{{2,4}})?{end}",
        any([&dates.fiscal.all])
    );
    let fiscal_behind = any([&dates.fiscal_behind.all]);
    let two_years = "[0-9]{4}[-‐‑–/][0-9]{2,4}";
    let count = format!("(?:[0-9]{{1,2}}|{})", small(language));
    let months_to =
        format!("(?:{}|{count}{s}{})", any([&dates.year_to.all]), any([&dates.months_to.all]));
    let end_of = any([&dates.end_of.all]);
    let spaced = r"[0-9]{1,2}\.[ \u{a0}][0-9]{1,2}\.[ \u{a0}][0-9]{4}";
    let numeric = format!("(?:[0-9]{{1,4}}[-./][0-9]{{1,2}}[-./][0-9]{{2,4}}|{spaced})");
    let month_first = format!(
        "{month}(?:{s}{day}(?:{span}{day})?,?{s}{year}|(?:{span}{month})?,?(?:{s}{of})?{s}{year})"
    );
    let day_first = format!("{day}(?:{span}{day})?{s}(?:{of}{s})?{month},?(?:{s}{of})?{s}{year}");
    let years =
        format!("[0-9]{{4}}(?:{o}(?:[-–—/]|{to}){o}(?:[0-9]{{4}}|[0-9]{{2}}))?{end}{behind}");
    let decade = format!("{}{s}[0-9]{{3}}0{end}", any([&dates.decade.all]));
    let decades = format!("[0-9]{{3}}0{}{end}", ends(&dates.decade_ends));
    let of_fiscal = format!(
        "(?:{of_year}{s})?{fiscal}(?:[ -]?{letters}[1-4]{end})?|{of_year}{s}{two_years}{end}|{two_years}[ -]?{letters}[1-4]{end}|[0-9]{{4}}(?:[-‐‑–/][0-9]{{2,4}})?(?:{s}|-){fiscal_behind}"
    );
    let up_to = format!("{months_to}{s}(?:{end_of}(?:{s}|-))?(?:{month_first}|{day_first})");
    format!(
        "(?:{within})?(?:{up_to}|{of_fiscal}|{numeric}{end}|[0-9]{{1,2}}-{month}-[0-9]{{4}}{end}|{month_first}|{day_first}|[0-9]{{4}}[ -]?{letters}[1-4]{end}|{of_year}(?:(?:{s}|/)[0-9]{{4}}|/?['’][0-9]{{2}}|/[0-9]{{2}}){end}{behind}|{decade}|{decades}|{years})"
    )
}

fn ordinal(language: Language) -> String {
    let words = language.words();
    let (small, own) = (small(language), any([&words.ordinals.all]));
    let scales = any([&words.scales.all]);
    let and = any([&words.and.all]);
    let behind = match words.ordinal_behind.is_empty() {
        true => String::new(),
        false => format!(r"|{LETTERS}(?:{})", ends(&words.ordinal_behind)),
    };
    format!(
        r"(?:[0-9]+{}|(?:(?:{small}|{scales}){GAP}(?:{and}\s+)?)*{own}{behind})",
        ends(&words.ordinal_ends)
    )
}

fn multiple(language: Language) -> String {
    let words = language.words();
    let own = any([&words.multiples.all]);
    let fold = format!("{LETTERS}{}", ends(&words.fold));
    let times = any([&words.times.all]);
    let mark = format!(r"(?:\s?[x×]|{GAP}{times})");
    let (one, to) = (one(language), to(language));
    format!("(?:{own}|{fold}|{one}(?:{mark}?{to}{one})?{mark})")
}

/// A multiple in one word: `doubled`, `threefold`.
pub(crate) const MULTIPLE_WORD: &str = "word of a multiple";

/// A date that may leave its year, or its month and its year, to the next one.
pub(super) const BARE_DATE: &str = "bare date";

/// What such a date begins with: `March`, `5`, `5 May`, `May 5`, `Q1`.
fn part_of_date(language: Language) -> String {
    let dates = &language.words().dates;
    let (s, month) = (r"[ \n\r\t\u{a0}]+", any([&dates.months.all]));
    let day = format!("[0-9]{{1,2}}(?:{})?(?-u:\\b)", ends(&dates.day_ends));
    let letters = any([&dates.quarter_letters.all, &dates.half_letters.all]).replace(r"\b", "");
    let part = format!(r"(?-u:\b)(?:{letters}[1-4]|[1-4]{letters})(?-u:\b)");
    format!("(?:{part}|{day}(?:{s}{month})?|{month}(?:{s}{day})?)")
}

/// A percentage that may leave its mark to the next one.
pub(super) const BARE_PERCENT: &str = "bare percent";

/// The shape of what a placeholder holds; what has the shape but no value is found later, at its place.
pub(crate) fn shape(kind: &str, language: Language) -> String {
    match kind {
        "number" | "integer" => number(language),
        "percent" => percent(language),
        BARE_PERCENT => format!("(?:{}|{})", percent(language), number(language)),
        BARE_DATE => format!("(?:{}|{})", date(language), part_of_date(language)),
        "points" => format!(
            r"(?:{}(?:[\s-]+{})?(?:[\s-]+{})?[ \n\u{{a0}}\u{{202f}}-]*{})",
            number(language),
            any([&language.of.all]),
            any([&language.articles.all, &ones(language)]),
            behind_digits([&language.points.all, &language.lone_points.all])
        ),
        "ordinal" => ordinal(language),
        "multiple" => multiple(language),
        MULTIPLE_WORD => {
            let words = language.words();
            format!("(?:{}|{LETTERS}{})", any([&words.multiples.all]), ends(&words.fold))
        }
        "date" => date(language),
        "year" => r"[0-9]{4}(?-u:\b)".to_string(),
        _ => String::new(),
    }
}

/// What may stand before a figure and is no part of it.
pub(crate) fn before(kind: &str, language: Language) -> String {
    match kind {
        "number" | "integer" | "percent" | BARE_PERCENT | "points" | "multiple" => {
            let enclosing = any([&language.words().enclosing.all]);
            format!(r"(?:{}|{enclosing}\s+)?(?:{CURRENCY})?", hedge(language))
        }
        "date" | BARE_DATE | "year" => {
            let about = said(language.words().hedges.about.iter().map(String::as_str));
            format!("(?:{about})?")
        }
        _ => String::new(),
    }
}

/// What may stand behind a figure and is no part of it.
pub(crate) fn behind(kind: &str, language: Language) -> String {
    match kind {
        "number" | "integer" | "percent" | BARE_PERCENT | "points" => {
            format!("{}?", hedge_behind(language))
        }
        _ => String::new(),
    }
}

/// Whether a text is the mark of a currency.
pub(crate) fn is_currency(text: &str) -> bool {
    !text.is_empty() && crate::value::prose::before_currency(text) == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_regular_expressions() {
        for (kind, language) in
            ["number", "percent", "points", "ordinal", "multiple", "date", "year"]
                .into_iter()
                .flat_map(|kind| Language::all().map(move |language| (kind, language)))
        {
            for source in [shape(kind, language), before(kind, language), behind(kind, language)] {
                let regex = regex_automata::meta::Regex::new(&source);
                assert!(regex.is_ok(), "{kind} {}: {source}", language.code());
            }
        }
    }
}
