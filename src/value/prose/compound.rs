//! What says one thing in two figures: `12 feet 6`, `1 in 5`, `2 × 40`, `10 to 1`, `No. 10`, `30 July`.
//! Neither of them alone is what the text states.

use std::collections::HashSet;
use std::ops::Range;

use crate::value::Number;
use crate::value::language::Language;
use crate::value::language::others::is_scale_elsewhere;
use crate::value::language::phrases::{HYPHENS, List, first_word, gap};
use crate::value::language::words::Words;
use crate::value::prose::amount::Amount;
use crate::value::prose::brackets::in_brackets;
use crate::value::prose::currency::currency;
use crate::value::prose::cursor::{Cursor, DASHES, MINUS};
use crate::value::prose::dated::date_of;
use crate::value::prose::digits::Signs;
use crate::value::prose::groups::groups;
use crate::value::prose::number::number;
use crate::value::prose::parts::parts;
use crate::value::prose::share::{in_parts, is_change, is_year};
use crate::value::prose::words::is_word_of_figures;

/// Words before a figure among which the one is looked for that it belongs to.
const WORDS: usize = 6;
/// Bytes in which they stand.
const BEFORE: usize = 64;
/// Signs between the two figures of a product.
const PRODUCT: [char; 4] = ['×', 'x', '*', '·'];

/// The whole of which a number is a piece, with what stands before or behind it.
pub fn compound(text: &str, figure: &Range<usize>, signs: &Signs) -> Option<Range<usize>> {
    if let Some(label) = label(text, figure, signs.language) {
        return Some(label..figure.end);
    }
    let all = date_of(text, figure, signs.language);
    let all = all.or_else(|| in_brackets(text, figure, signs.language));
    if let Some(all) = all.or_else(|| scaled_otherwise(text, figure, signs.language)) {
        return Some(all);
    }
    // `30m` behind hours are minutes.
    let mut signs = *signs;
    signs.is_money = signs.m_is_million;
    let signs = &signs;
    let goes_on = may_go_on(text.get(figure.end..)?, signs.language);
    let behind = || goes_on.then(|| Some(figure.start..link(text, figure, signs)?.1))?;
    before(text, figure, &|first| link(text, first, signs), signs).or_else(behind)
}

/// A figure with a word of scale behind it that is none of its own: that of another language, which nobody knows
/// here, or a smaller one, `3,25 miljoner`, `3 million thousand`.
fn scaled_otherwise(text: &str, figure: &Range<usize>, language: Language) -> Option<Range<usize>> {
    let behind = text.get(figure.end..)?;
    let space = gap(behind);
    let next = behind.get(space..)?;
    let word = first_word(next);
    let is_smaller = text.get(figure.clone())?.ends_with(char::is_alphabetic)
        && language.scales.get(word).is_some()
        && !next.get(word.len()..)?.starts_with(HYPHENS);
    let is_scale = space > 0 && (is_smaller || is_scale_elsewhere(word, language.words()));
    is_scale.then(|| figure.start..figure.end + space + word.len())
}

/// The whole of which a percentage is a piece: `7 to 8 in 10`, `1 234 percent`.
pub fn shared(text: &str, figure: &Range<usize>, signs: &Signs) -> Option<Range<usize>> {
    // `page 3 of 12`
    let own = whole_number(text, figure.start, signs).map_or(figure.end, |number| number.0);
    if let Some(label) = label(text, &(figure.start..own), signs.language) {
        return Some(label..figure.end);
    }
    let link = |first: &Range<usize>| {
        let c = Cursor { text, at: first.end };
        groups(c, first, signs).or_else(|| ratio(c, first, signs))
    };
    before(text, figure, &link, signs)
}

/// From the first figure on that is linked with the one at a place.
fn before(
    text: &str,
    figure: &Range<usize>,
    link: &dyn Fn(&Range<usize>) -> Option<(usize, usize)>,
    signs: &Signs,
) -> Option<Range<usize>> {
    if !may_link(text.get(..figure.start)?, signs.language) {
        return None;
    }
    let start = starts(text, figure.start, signs.language).into_iter().find(|start| {
        let first = whole_number(text, *start, signs).map(|first| first.0);
        // `an hour and a half`, `quarter to five`
        let rest = text.get(*start..).unwrap_or_default();
        let article = || signs.language.articles.at(rest).map(|found| found.0);
        let part = || signs.language.part.at(rest).map(|found| found.0);
        let one = || Some(start + article().or_else(part)?);
        let end = first.or_else(one).filter(|end| *end < figure.start);
        let goes_on = |end: &usize| may_go_on(text.get(*end..).unwrap_or_default(), signs.language);
        let end = end.filter(goes_on);
        let link = end.and_then(|end| link(&(*start..end)));
        link.is_some_and(|link| figure.contains(&link.0))
    })?;
    Some(start..figure.end)
}

/// The number at a place: where it ends, and its value.
fn whole_number(text: &str, at: usize, signs: &Signs) -> Option<(usize, Number)> {
    let mut c = Cursor { text, at };
    let amount = number(&mut c, signs)?;
    Some((c.at, amount.value))
}

/// Whether the last word of a text may link a figure with one before it: most do not.
fn may_link(before: &str, language: Language) -> bool {
    let before = before.trim_end_matches(|c: char| c.is_whitespace() || HYPHENS.contains(&c));
    let start = before.char_indices().rev().find(|(_, c)| !c.is_alphabetic());
    let (start, last) = start.map_or((0, ' '), |(at, c)| (at + c.len_utf8(), c));
    last.is_numeric() || is_link(before.get(start..).unwrap_or_default(), language)
}

/// Whether one of the first two words of a text may link a figure before it with the next: most do not.
fn may_go_on(behind: &str, language: Language) -> bool {
    let mut c = Cursor { text: behind, at: 0 };
    // Behind a comma or at the end of a sentence nothing is linked.
    if behind.is_empty() || behind.starts_with([',', '.', ';', ')', '!', '?', '"', '”']) {
        return behind.get(1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_numeric()));
    }
    c.joint();
    if is_link(c.word(), language) {
        return true;
    }
    c.joint();
    !c.rest().is_empty() && is_link(c.word(), language)
}

/// Whether a word may stand between two figures that say one thing; what is no word may, too.
fn is_link(word: &str, language: Language) -> bool {
    let links = language.words().links.get_or_init(|| links(language.words()));
    word.chars().nth(1).is_none() || links.contains(&word.to_lowercase())
}

/// The words that may stand so.
fn links(words: &Words) -> HashSet<String> {
    let (shares, compounds) = (&words.shares, &words.compounds);
    let lists = [
        &words.and,
        &words.to,
        &words.of,
        &words.times,
        &words.minus,
        &words.articles,
        &shares.within,
        &shares.of,
        &shares.every,
        &compounds.by,
        &compounds.against,
        &compounds.per,
        &compounds.give_or_take,
        &compounds.below_zero,
    ];
    let all = lists.iter().flat_map(|list| &list.all);
    let units = compounds.measures.iter().flat_map(|family| &family.all);
    let all = all.chain(units).chain(&words.scales.all).chain(&compounds.clock);
    let of_phrases = all.flat_map(|phrase| phrase.split(' '));
    of_phrases.map(|word| word.trim_end_matches('.').to_lowercase()).collect()
}

/// Where figures may begin among the words before a place, the first one first.
fn starts(text: &str, to: usize, language: Language) -> Vec<usize> {
    let mut from = to.saturating_sub(BEFORE);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = text.get(from..to).unwrap_or_default();
    let is_edge = |c: char| c.is_whitespace() || HYPHENS.contains(&c) || "$€£¥(".contains(c);
    let mut all = Vec::new();
    let mut end = before.len();
    for _ in 0..=WORDS {
        let rest = before.get(..end).unwrap_or_default().trim_end_matches(is_edge);
        let edge = rest.char_indices().rev().find(|(_, c)| is_edge(*c));
        let start = edge.map_or(0, |(at, c)| at + c.len_utf8());
        let word = rest.get(start..).unwrap_or_default();
        if word.is_empty() || word.ends_with(['.', ';', '!', '?', ':']) && !is_short(word) {
            break;
        }
        let is_figure = word.trim_start_matches(MINUS).starts_with(|c: char| c.is_numeric())
            || is_word_of_figures(word, language)
            || language.articles.has(word);
        if is_figure && (start > 0 || from == 0) {
            all.push(from + start);
        }
        end = start;
    }
    all.reverse();
    all
}

/// Whether a word with a sign at its end may stand between two figures: a unit that is cut short.
fn is_short(word: &str) -> bool {
    word == ":" || word.ends_with('.') && word.len() < 5
}

/// The second figure that a first one is linked with: where it begins, and where all of it ends.
fn link(text: &str, first: &Range<usize>, signs: &Signs) -> Option<(usize, usize)> {
    let c = Cursor { text, at: first.end };
    let own = text.get(first.clone())?;
    let ends_in_digit = own.ends_with(|c: char| c.is_ascii_digit());
    by(c, signs)
        .or_else(|| ends_in_digit.then(|| product(c, signs).or_else(|| groups(c, first, signs)))?)
        .or_else(|| share(text, first, signs))
        .or_else(|| give_or_take(c, signs))
        .or_else(|| added(c, own, signs))
        .or_else(|| below_zero(c, signs.language))
        .or_else(|| clock(c, signs.language))
        .or_else(|| millions(c))
        .or_else(|| ratio(c, first, signs))
        .or_else(|| measure(c, first, signs))
}

/// The figure at a place, where one begins there in digits or in words.
fn second(c: Cursor<'_>, signs: &Signs) -> Option<(usize, usize)> {
    let mut look = c;
    currency(&mut look);
    let start = look.at;
    let is_plain = look.rest().trim_start_matches(MINUS).starts_with(char::is_alphanumeric);
    is_plain.then(|| number(&mut look, signs))??;
    (!look.is_in_word() || look.rest().starts_with(|c: char| c.is_alphabetic()))
        .then_some((start, look.at))
}

/// The second figure behind a word that stands between spaces or hyphens; says whether these are hyphens.
fn behind_word(mut c: Cursor<'_>, list: &List, signs: &Signs) -> Option<(bool, (usize, usize))> {
    let hyphen = c.eat(&HYPHENS).is_some();
    (hyphen || c.gap()).then_some(())?;
    c.take(list)?;
    let is_alike = if hyphen { c.eat(&HYPHENS).is_some() } else { c.gap() };
    is_alike.then(|| second(c, signs))?.map(|found| (hyphen, found))
}

/// `2-by-4`, `12 by 15 metres`.
fn by(c: Cursor<'_>, signs: &Signs) -> Option<(usize, usize)> {
    let (hyphen, found) = behind_word(c, &signs.language.compounds.by, signs)?;
    let mut unit = Cursor { at: found.1, ..c };
    unit.joint();
    (hyphen || units(unit, signs.language).next().is_some()).then_some(found)
}

/// `2 × 40`, `2 x 40`, `2 times 40`, `3 : 1`.
fn product(mut c: Cursor<'_>, signs: &Signs) -> Option<(usize, usize)> {
    let is_apart = c.gap();
    let is_sign = c.eat(&PRODUCT).is_some()
        || is_apart && (c.eat(&[':']).is_some() || c.take(&signs.language.times).is_some());
    (is_sign && c.gap() == is_apart).then_some(())?;
    c.peek()?.is_ascii_digit().then_some(())?;
    let digits = || (c.at, c.at + Cursor { ..c }.digits().len());
    second(c, signs).or_else(|| Some(digits()))
}

/// `5 ± 1`, `5 plus or minus 1`.
fn give_or_take(mut c: Cursor<'_>, signs: &Signs) -> Option<(usize, usize)> {
    c.gap();
    let signs_of_both = ["±", "+/-", "+/−", "+-"];
    let sign = signs_of_both.iter().find(|sign| c.rest().starts_with(**sign));
    match sign {
        Some(sign) => c.at += sign.len(),
        None => c.take(&signs.language.compounds.give_or_take)?,
    }
    c.gap();
    second(c, signs)
}

/// `2 million 500 thousand`, `a dozen and a half`.
fn added(mut c: Cursor<'_>, own: &str, signs: &Signs) -> Option<(usize, usize)> {
    c.gap().then_some(())?;
    let is_scaled =
        own.starts_with(|c: char| c.is_ascii_digit()) && own.ends_with(char::is_alphabetic);
    if is_scaled && c.peek().is_some_and(|c| c.is_ascii_digit()) {
        return second(c, signs);
    }
    c.take(&signs.language.and)?;
    c.gap().then_some(())?;
    let mut part = c;
    (part.take(&signs.language.behind_and).is_some() || parts(&mut part, signs).is_some())
        .then_some((c.at, part.at))
}

/// `5 degrees below zero`.
fn below_zero(mut c: Cursor<'_>, language: Language) -> Option<(usize, usize)> {
    c.gap().then_some(())?;
    let mut unit = c;
    let below = &language.words().compounds.below_zero;
    if below.at(c.rest()).is_none() && !unit.word().is_empty() && unit.gap() {
        c = unit;
    }
    let (length, ()) = below.at(c.rest())?;
    let phrase = c.rest().get(..length)?;
    let zero = phrase.len() - phrase.rfind(' ').map_or(0, |at| at + 1);
    Some((c.at + length - zero, c.at + length))
}

/// `5 p.m.`, `5 o'clock`.
fn clock(mut c: Cursor<'_>, language: Language) -> Option<(usize, usize)> {
    c.gap();
    let is_here = |own: &&String| {
        let rest = c.rest().get(own.len()..).unwrap_or_default();
        c.rest().get(..own.len()).is_some_and(|text| text.eq_ignore_ascii_case(own))
            && !rest.starts_with(char::is_alphanumeric)
    };
    let own = language.words().compounds.clock.iter().find(is_here)?;
    Some((c.at, c.at + own.len()))
}

/// `2.1m tonnes`: nothing says that it is millions, and it is no length. Nothing is linked behind it.
fn millions(c: Cursor<'_>) -> Option<(usize, usize)> {
    let counted = c.rest().strip_prefix("m ")?;
    let word = first_word(counted);
    let is_plural = word.ends_with('s') && word.len() > 3
        || ["people", "women", "men", "children"].contains(&word);
    is_plural.then_some((c.at + 1, c.at + 1))
}

/// `1 in 5`, `one in 5,000`, `84 of every 1,000`.
fn share(text: &str, first: &Range<usize>, signs: &Signs) -> Option<(usize, usize)> {
    let shares = &signs.language.shares;
    let mut c = Cursor { text, at: first.end };
    c.joint().then_some(())?;
    // `7 to 8 in 10`
    let own = text.get(first.clone())?;
    let last = own.rsplit([' ', '-', '–']).next().filter(|last| last.starts_with(char::is_numeric));
    let first = last.map_or(first.start, |last| first.end - last.len());
    let is_one = whole_number(text, first, signs)?.1 == Number::from(1i64);
    // `one person in five`
    let mut noun = c;
    let has_noun = is_one
        && shares.within.at(c.rest()).is_none()
        && !noun.word().is_empty()
        && noun.gap()
        && shares.within.at(noun.rest()).is_some();
    if has_noun {
        c = noun;
    }
    let within = shares.within.at(c.rest());
    let (length, ()) = within.or_else(|| shares.of.at(c.rest()))?;
    c.at += length;
    c.joint().then_some(())?;
    let has_every = c.take(&shares.every).is_some() && c.joint();
    let found = second(c, signs)?;
    let mut whole = Cursor { text, at: first };
    let read = in_parts(&mut whole, signs).filter(|_| whole.at >= found.1);
    if has_noun {
        return read.map(|_| found);
    }
    let is_counted = read.as_ref().is_some_and(Amount::is_counted);
    // `1 in 5,000` is a share that has no reading; `1 in 2008` may be none.
    let is_grouped = text.get(c.at..found.1)?.contains(|c: char| !c.is_ascii_digit());
    let is_share = match read {
        Some(_) => within.is_some() && (!is_counted || is_one),
        None => within.is_some() && is_one && is_grouped,
    };
    (is_share || has_every).then_some((c.at, whole.at.max(found.1)))
}

/// `10 to 1`, `10-to-1`, `12 per 1,000`.
fn ratio(c: Cursor<'_>, first: &Range<usize>, signs: &Signs) -> Option<(usize, usize)> {
    let language = signs.language;
    let between = |list: &List| Some(behind_word(c, list, signs)?.1);
    let is_round = |found: &(usize, usize)| {
        let own = c.text.get(found.0..found.1).unwrap_or_default();
        let mut digits = own.chars().filter(char::is_ascii_digit);
        digits.next() == Some('1') && own.len() > 1 && digits.all(|digit| digit == '0')
    };
    let begin = Cursor { at: first.start, ..c };
    // `48,500 against 50,000` are two figures.
    let is_short = |range: &Range<usize>| {
        let own = c.text.get(range.clone()).unwrap_or_default();
        own.bytes().filter(u8::is_ascii_digit).count() < 3
    };
    let against = || {
        let found = between(&language.compounds.against)?;
        (is_short(first) && is_short(&(found.0..found.1))).then_some(found)
    };
    // `1990 to 48`, but `1990 to 1`
    let is_odds = |found: &(usize, usize)| {
        let year = c.text.get(first.clone()).unwrap_or_default();
        let is_year = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
        !is_year || c.text.get(found.0..found.1) == Some("1")
    };
    let to = || {
        between(&language.to)
            .filter(is_odds)
            .or_else(against)
            .filter(|found| !is_change(begin, signs) && !is_year(begin, found.1, false, signs))
    };
    between(&language.compounds.per).filter(is_round).or_else(to)
}

/// A unit of a measure.
struct Unit<'t> {
    name: &'t str,
    end: usize,
    /// Its family, which has the larger ones first, and its place there.
    family: usize,
    rank: usize,
}

/// The unit at a place, in each family that has it.
fn units<'t>(c: Cursor<'t>, language: Language) -> impl Iterator<Item = Unit<'t>> {
    let families = language.words().compounds.measures.iter().enumerate();
    families.filter_map(move |(family, words)| {
        let (length, rank) = words.at(c.rest())?;
        Some(Unit { name: c.rest().get(..length)?, end: c.at + length, family, rank })
    })
}

/// `12 feet 6`, `5 ft 11 in`, `1 hour and 20 minutes`, `6-foot-4`, `£1 2s 6d`.
fn measure(c: Cursor<'_>, first: &Range<usize>, signs: &Signs) -> Option<(usize, usize)> {
    let mut unit = c;
    unit.joint();
    let is_pounds = c.text.get(..first.start)?.ends_with('£');
    let shillings = || smaller(c, None, signs).filter(|_| is_pounds);
    let all = units(unit, signs.language);
    let mut all = all.filter_map(|unit| smaller(Cursor { at: unit.end, ..c }, Some(unit), signs));
    all.next().or_else(shillings)
}

/// The figure behind a unit, with a smaller one of its family behind it or with none; shillings behind
/// pounds.
fn smaller(mut c: Cursor<'_>, unit: Option<Unit<'_>>, signs: &Signs) -> Option<(usize, usize)> {
    let language = signs.language;
    let has_comma = c.eat(&[',']).is_some();
    c.joint();
    let mut and = c;
    let has_and = and.take(&language.and).is_some() && and.gap();
    if has_and {
        c = and;
        // `an hour and a half`
        let mut part = c;
        if part.take(&language.behind_and).is_some() || parts(&mut part, signs).is_some() {
            return Some((c.at, part.at));
        }
    }
    let found = second(c, signs)?;
    let own = c.text.get(found.0..found.1)?;
    let mut behind = Cursor { at: found.1, ..c };
    let Some(unit) = unit else { return (behind.word() == "s").then_some(found) };
    behind.joint();
    let is_smaller = |own: &Unit<'_>| own.family == unit.family && own.rank > unit.rank;
    if let Some(small) = units(behind, language).find(is_smaller) {
        return Some((found.0, small.end));
    }
    let bare = &language.words().compounds;
    let is_small = own.len() <= 2 && own.bytes().all(|b| b.is_ascii_digit())
        || language.numbers.get(own).is_some_and(|n| n < 20);
    // `2 heures 30`, but `2 heures 12 personnes`.
    let is_even = unit.name.len() < 3 || own.ends_with(['0', '5']);
    let is_bare =
        bare.bare.has(unit.name) || own.len() == 2 && is_even && bare.bare_in_two.has(unit.name);
    (is_small && is_bare && !has_comma && !has_and).then_some(found)
}

/// Where the word begins that makes a name of a small number: `No. 10`, `page 3`.
pub fn label(text: &str, figure: &Range<usize>, language: Language) -> Option<usize> {
    let own = text.get(figure.clone())?;
    // `Route 66 to 221`
    let digits = own.bytes().take_while(u8::is_ascii_digit).count();
    let more = own.get(digits..)?;
    let is_range = more.starts_with(DASHES)
        || more.starts_with(' ') && language.to.at(more.trim_start()).is_some();
    ((1..=4).contains(&digits) && (more.is_empty() || is_range)).then_some(())?;
    let before = text.get(..figure.start)?;
    let trimmed = before.trim_end_matches([' ', '\u{a0}', '\u{202f}', '\n']);
    let signs = ['§', '№', '#'];
    if let Some(rest) = trimmed.strip_suffix(signs) {
        return Some(rest.len());
    }
    (trimmed.len() < before.len()).then_some(())?;
    let plain = trimmed.trim_end_matches(['.', '°', 'º']);
    let edge = plain.char_indices().rev().find(|(_, c)| !c.is_alphabetic() && *c != '.');
    let start = edge.map_or(0, |(at, c)| at + c.len_utf8());
    let label = text.get(start..trimmed.len())?;
    if language.dates.decade.has(label) {
        return Some(start);
    }
    // `с 5 до 7`, but `с. 5`
    if language.from.has(label) && !label.ends_with('.') {
        return None;
    }
    let (length, ()) = language.compounds.labels.at(label)?;
    let rest = label.get(length..)?;
    // `in the room 40 people`
    let before = text.get(..start)?.trim_end();
    let edge = before.char_indices().rev().find(|(_, c)| !c.is_alphabetic());
    let word = before.get(edge.map_or(0, |(at, c)| at + c.len_utf8())..)?;
    let words = language.words();
    let lists = [&words.the, &words.articles, &words.compounds.per, &words.compounds.determiners];
    if lists.iter().any(|list| list.has(word)) {
        return None;
    }
    (rest.is_empty() || rest == "°" || rest == "º").then_some(start)
}
