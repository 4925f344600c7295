//! Hedges: "about", "nearly", "over", "at least" before a figure, "or so" behind it.
//!
//! Few kinds are distinguished (Ferson et al. 2015 found little more in how people read them). About
//! is one step on each side: the largest power of ten, or half of one, that divides the figure as it
//! is written, but no more than an eighth of it.

use crate::value::date::Days;
use crate::value::interval::End;
use crate::value::prose::before_currency;
use crate::value::{Interval, Number, Type};

/// What words around a figure make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Hedge {
    /// There are none.
    #[default]
    None,
    /// exactly, only: the figure as it is written.
    Plain,
    /// about, around, roughly, or so.
    About,
    /// nearly, almost, just under: below, within a step.
    Nearly,
    /// just over, slightly more than: above, within a step.
    JustOver,
    /// over, more than.
    Over,
    /// at least, no less than.
    AtLeast,
    /// at least about.
    AboutAtLeast,
    /// at most, up to, no more than.
    AtMost,
    /// no more than about.
    AboutAtMost,
    /// under, less than, fewer than.
    Under,
}

/// Words before a figure; of those that fit the longest is meant.
const BEFORE: [(&str, Hedge); 78] = [
    ("about", Hedge::About),
    ("around", Hedge::About),
    ("approximately", Hedge::About),
    ("approx.", Hedge::About),
    ("approx", Hedge::About),
    ("roughly", Hedge::About),
    ("circa", Hedge::About),
    ("ca.", Hedge::About),
    ("ca", Hedge::About),
    ("c.", Hedge::About),
    ("~", Hedge::About),
    ("≈", Hedge::About),
    ("∼", Hedge::About),
    ("some", Hedge::About),
    ("an estimated", Hedge::About),
    ("estimated at", Hedge::About),
    ("in the region of", Hedge::About),
    ("in the order of", Hedge::About),
    ("on the order of", Hedge::About),
    ("more or less", Hedge::About),
    ("something like", Hedge::About),
    ("nearly", Hedge::Nearly),
    ("almost", Hedge::Nearly),
    ("close to", Hedge::Nearly),
    ("not quite", Hedge::Nearly),
    ("approaching", Hedge::Nearly),
    ("just shy of", Hedge::Nearly),
    ("shy of", Hedge::Nearly),
    ("just short of", Hedge::Nearly),
    ("over", Hedge::Over),
    ("above", Hedge::Over),
    ("more than", Hedge::Over),
    ("greater than", Hedge::Over),
    ("larger than", Hedge::Over),
    ("higher than", Hedge::Over),
    ("upwards of", Hedge::Over),
    ("upward of", Hedge::Over),
    ("in excess of", Hedge::Over),
    ("north of", Hedge::Over),
    ("exceeding", Hedge::Over),
    (">", Hedge::Over),
    ("under", Hedge::Under),
    ("below", Hedge::Under),
    ("less than", Hedge::Under),
    ("fewer than", Hedge::Under),
    ("lower than", Hedge::Under),
    ("smaller than", Hedge::Under),
    ("south of", Hedge::Under),
    ("<", Hedge::Under),
    ("at least", Hedge::AtLeast),
    ("no less than", Hedge::AtLeast),
    ("no fewer than", Hedge::AtLeast),
    ("no lower than", Hedge::AtLeast),
    ("a minimum of", Hedge::AtLeast),
    ("minimum of", Hedge::AtLeast),
    ("as few as", Hedge::AtLeast),
    ("as little as", Hedge::AtLeast),
    ("as low as", Hedge::AtLeast),
    ("≥", Hedge::AtLeast),
    (">=", Hedge::AtLeast),
    ("at most", Hedge::AtMost),
    ("up to", Hedge::AtMost),
    ("no more than", Hedge::AtMost),
    ("no higher than", Hedge::AtMost),
    ("no greater than", Hedge::AtMost),
    ("a maximum of", Hedge::AtMost),
    ("maximum of", Hedge::AtMost),
    ("as many as", Hedge::AtMost),
    ("as much as", Hedge::AtMost),
    ("as high as", Hedge::AtMost),
    ("≤", Hedge::AtMost),
    ("<=", Hedge::AtMost),
    ("only", Hedge::Plain),
    ("just", Hedge::Plain),
    ("exactly", Hedge::Plain),
    ("precisely", Hedge::Plain),
    ("a mere", Hedge::Plain),
    ("a total of", Hedge::Plain),
];

/// Words behind a figure.
const BEHIND: [(&str, Hedge); 15] = [
    ("+", Hedge::AtLeast),
    ("or so", Hedge::About),
    ("or thereabouts", Hedge::About),
    ("more or less", Hedge::About),
    ("or more", Hedge::AtLeast),
    ("or over", Hedge::AtLeast),
    ("or above", Hedge::AtLeast),
    ("or higher", Hedge::AtLeast),
    ("at least", Hedge::AtLeast),
    ("or fewer", Hedge::AtMost),
    ("or less", Hedge::AtMost),
    ("or under", Hedge::AtMost),
    ("or below", Hedge::AtMost),
    ("or lower", Hedge::AtMost),
    ("at most", Hedge::AtMost),
];

/// Words that bring what follows them near to the figure.
const JUST: [&str; 8] =
    ["just", "slightly", "a little", "a bit", "marginally", "a touch", "narrowly", "a fraction"];
/// Words that add nothing to what follows them.
const WELL: [&str; 8] =
    ["well", "far", "much", "significantly", "considerably", "only", "many", "just"];
/// What is counted in a length of time; `over ten years` is no number beyond ten.
const TIMES: [&str; 9] =
    ["year", "month", "week", "day", "hour", "minute", "second", "decade", "yr"];
/// Bytes before and behind a figure in which hedges stand.
pub const WINDOW: usize = 64;

/// The hedge around a figure, by the text before it and behind it.
pub fn read_hedge(before: &str, behind: &str, of: Type) -> Hedge {
    if matches!(of, Type::Date | Type::Year) {
        return match before_figure(before, behind) {
            Hedge::About => Hedge::About,
            _ if behind_figure(behind) == Hedge::About => Hedge::About,
            _ => Hedge::None,
        };
    }
    match (before_figure(before, behind), behind_figure(behind)) {
        (Hedge::None | Hedge::Plain, hedge) if hedge != Hedge::None => hedge,
        (hedge, _) => hedge,
    }
}

fn behind_figure(behind: &str) -> Hedge {
    let text = behind.trim_start();
    let fits = |(words, _): &&(&str, Hedge)| {
        let Some(rest) = strip(text, words) else { return false };
        let mut next = rest.chars();
        match *words {
            "+" => behind.starts_with('+') && !next.next().is_some_and(char::is_alphanumeric),
            _ => text.len() < behind.len() && !next.next().is_some_and(char::is_alphanumeric),
        }
    };
    BEHIND.iter().find(fits).map_or(Hedge::None, |b| b.1)
}

/// The text behind these words, whatever their capitals.
fn strip<'t>(text: &'t str, words: &str) -> Option<&'t str> {
    let start = text.get(..words.len())?;
    start.eq_ignore_ascii_case(words).then(|| text.get(words.len()..)).flatten()
}

/// The text before these words at its end, whatever their capitals and the white space in them.
fn strip_end<'t>(text: &'t str, words: &str) -> Option<&'t str> {
    let mut rest = text.trim_end();
    // Most words are told apart by their last letter.
    let (last, own) = (words.as_bytes().last()?, rest.as_bytes().last()?);
    own.eq_ignore_ascii_case(last).then_some(())?;
    for (n, word) in words.rsplit(' ').enumerate() {
        if n > 0 {
            let shorter = rest.trim_end();
            (shorter.len() < rest.len()).then_some(())?;
            rest = shorter;
        }
        let start = rest.len().checked_sub(word.len())?;
        rest.get(start..)?.eq_ignore_ascii_case(word).then_some(())?;
        rest = rest.get(..start)?;
    }
    let is_word = words.starts_with(char::is_alphabetic);
    let is_whole = !is_word || !rest.ends_with(|c: char| c.is_alphanumeric() || c == '-');
    is_whole.then_some(rest)
}

/// Without articles and currency marks at its end.
fn without_marks(before: &str) -> &str {
    let mut text = before.trim_end();
    for _ in 0..3 {
        let shorter = match before_currency(text) {
            Some(start) => text.get(..start).unwrap_or(text),
            None => ["a", "an", "the"].iter().find_map(|a| strip_end(text, a)).unwrap_or(text),
        };
        text = shorter.trim_end();
    }
    text
}

fn longest(text: &str) -> Option<(Hedge, &'static str, &str)> {
    let fits = BEFORE
        .iter()
        .filter_map(|(words, hedge)| strip_end(text, words).map(|rest| (*hedge, *words, rest)));
    fits.max_by_key(|found| found.1.len())
}

fn before_figure(before: &str, behind: &str) -> Hedge {
    // `an estimated`, `a minimum of`: the article belongs to the words.
    let marked = without_marks(before);
    let Some((hedge, words, rest)) = longest(before).or_else(|| longest(marked)) else {
        return Hedge::None;
    };
    if is_no_hedge(hedge, words, rest, behind) {
        return Hedge::None;
    }
    let near = JUST.iter().any(|just| strip_end(rest, just).is_some());
    let hedge = match hedge {
        Hedge::Over if near => return Hedge::JustOver,
        Hedge::Under if near => return Hedge::Nearly,
        hedge => hedge,
    };
    let rest = WELL.iter().find_map(|well| strip_end(rest, well)).unwrap_or(rest);
    let is_not = words != "not quite" && is_negated(rest);
    match hedge {
        _ if is_not => negated(hedge, words),
        Hedge::About => about(rest, behind),
        Hedge::Plain => match longest(rest) {
            // `at least just 5`: the outer words count.
            Some((Hedge::None | Hedge::Plain, ..)) | None => Hedge::Plain,
            Some((outer, words, rest)) if !is_no_hedge(outer, words, rest, behind) => outer,
            Some(_) => Hedge::Plain,
        },
        hedge => hedge,
    }
}

/// `about` with other words before it: `no more than about`.
fn about(rest: &str, behind: &str) -> Hedge {
    let Some((outer, words, rest)) = longest(rest) else { return Hedge::About };
    let outer = if is_negated(rest) { negated(outer, words) } else { outer };
    match outer {
        _ if is_no_hedge(outer, words, rest, behind) => Hedge::About,
        Hedge::Over | Hedge::AtLeast | Hedge::AboutAtLeast => Hedge::AboutAtLeast,
        Hedge::Under | Hedge::AtMost | Hedge::AboutAtMost => Hedge::AboutAtMost,
        _ => Hedge::About,
    }
}

fn is_negated(before: &str) -> bool {
    ["not", "never"].iter().any(|not| strip_end(before, not).is_some())
        || ["n't", "n’t"].iter().any(|not| before.trim_end().ends_with(not))
}

fn negated(hedge: Hedge, words: &str) -> Hedge {
    match hedge {
        Hedge::Over => Hedge::AtMost,
        Hedge::Under => Hedge::AtLeast,
        Hedge::AtLeast | Hedge::AboutAtLeast => Hedge::Under,
        Hedge::AtMost | Hedge::AboutAtMost => Hedge::Over,
        Hedge::Nearly if words != "close to" => Hedge::Under,
        Hedge::Plain if matches!(words, "exactly" | "precisely") => Hedge::About,
        _ => Hedge::None,
    }
}

/// Whether words that may be a hedge say something else here.
fn is_no_hedge(hedge: Hedge, words: &str, rest: &str, behind: &str) -> bool {
    match words {
        "over" | "under" | "above" | "below" => {
            let unit = behind.trim_start_matches(|c: char| c.is_whitespace() || c == '-');
            let is_time = TIMES.iter().any(|time| strip(unit, time).is_some());
            // `the over-65s`, `aged under 5`
            let is_age = behind.starts_with(['s', '’']) || behind.starts_with("'s");
            is_time || is_age || strip_end(rest, "aged").is_some()
        }
        "up to" => {
            let sentence = rest.rsplit(['.', ';', '!', '?']).next().unwrap_or(rest);
            sentence.split_whitespace().any(|word| word.eq_ignore_ascii_case("from"))
        }
        // A quotation in Markdown or a mail, an arrow.
        ">" => {
            let line = rest.rsplit('\n').next().unwrap_or(rest);
            line.trim().is_empty() || rest.ends_with(['-', '=', '>'])
        }
        "<" => rest.ends_with('<'),
        // `1.5 times as many as the 212`, `3.5 percent more than the 81 million`: what it is compared with.
        "as many as" | "as much as" | "as few as" | "as little as" | "as high as" | "as low as" => {
            ends_with_amount(rest)
        }
        "more than" | "less than" | "fewer than" | "greater than" | "larger than"
        | "higher than" | "lower than" | "smaller than" => ends_with_amount(rest),
        "c." | "ca" | "ca." => hedge != Hedge::About,
        _ => false,
    }
}

/// Whether a text ends with an amount by which one figure is more or less than another.
fn ends_with_amount(text: &str) -> bool {
    const MARKS: [&str; 14] = [
        "percent", "cent", "pct", "points", "point", "times", "twice", "half", "third", "thirds",
        "quarter", "quarters", "million", "billion",
    ];
    let text = text.trim_end();
    text.ends_with(|c: char| c.is_ascii_digit() || c == '%')
        || MARKS.iter().any(|mark| strip_end(text, mark).is_some())
}

/// How far about, nearly and just over reach from a figure.
#[derive(Debug, Clone)]
pub struct Step {
    pub by: Number,
    /// Whether it is a share of a whole, which ends at one.
    pub is_share: bool,
}

impl Step {
    /// Of a figure by the unit of its last digit that is not zero and that of its last one; nothing
    /// where it is a fraction in words.
    pub fn of(value: &Number, units: Option<(&Number, &Number)>, is_share: bool) -> Step {
        let eighth = &value.abs() * &Number::decimal(125, 3);
        let one = Number::from(1i64);
        let is_share = is_share && value.abs() <= one;
        let Some((weak, last)) = units else { return Step { by: eighth, is_share } };
        let five = &Number::from(5i64) * weak;
        let is_of_five = value.checked_rem(&five).is_some_and(|rest| rest.is_zero());
        let step = if is_of_five { five } else { weak.clone() };
        let least = last * &Number::decimal(5, 1);
        let is_count = value.is_integer() && !is_share && *last <= one;
        let by = step.min(eighth).max(least);
        Step { by: if is_count { by.max(one) } else { by }, is_share }
    }

    /// One step on each side, not beyond zero nor the whole.
    fn around(&self, value: &Number) -> Interval {
        let (zero, one) = (Number::default(), Number::from(1i64));
        let (mut lo, mut hi) = (value - &self.by, value + &self.by);
        match value.signum() {
            1 => lo = lo.max(zero),
            -1 => hi = hi.min(zero),
            _ => {}
        }
        if self.is_share {
            (lo, hi) = (lo.max(-&one), hi.min(one));
        }
        Interval::closed(lo, hi)
    }
}

impl Hedge {
    /// What a figure can mean; a hedge does not narrow it.
    pub fn interval(self, value: &Number, implied: &Interval, step: &Step) -> Interval {
        let around = || implied.hull(&step.around(value));
        let closed = || End::Closed(value.clone());
        let open = || End::Open(value.clone());
        // What is nearly there is nearer to zero.
        let is_below = value.signum() >= 0;
        match self {
            Hedge::None | Hedge::Plain => implied.clone(),
            Hedge::About => around(),
            Hedge::Nearly if is_below => Interval { lo: around().lo, hi: closed() },
            Hedge::Nearly => Interval { lo: closed(), hi: around().hi },
            Hedge::JustOver if is_below => Interval { lo: closed(), hi: around().hi },
            Hedge::JustOver => Interval { lo: around().lo, hi: closed() },
            Hedge::Over => Interval { lo: open(), hi: End::Unbounded },
            Hedge::AtLeast => Interval { lo: closed(), hi: End::Unbounded },
            Hedge::AboutAtLeast => Interval { lo: around().lo, hi: End::Unbounded },
            Hedge::AtMost => Interval { lo: End::Unbounded, hi: closed() },
            Hedge::AboutAtMost => Interval { lo: End::Unbounded, hi: around().hi },
            Hedge::Under => Interval { lo: End::Unbounded, hi: open() },
        }
    }

    /// What a date can mean: about is one written unit on each side.
    #[must_use]
    pub fn days(self, days: Days) -> Days {
        if self == Hedge::About { days.give_or_take() } else { days }
    }

    /// What it is called for people; nothing where there is none.
    pub fn words(self) -> Option<&'static str> {
        Some(match self {
            Hedge::None => return None,
            Hedge::Plain => "as written",
            Hedge::About => "about",
            Hedge::Nearly => "nearly",
            Hedge::JustOver => "just over",
            Hedge::Over => "more than",
            Hedge::AtLeast => "at least",
            Hedge::AboutAtLeast => "at least about",
            Hedge::AtMost => "at most",
            Hedge::AboutAtMost => "at most about",
            Hedge::Under => "less than",
        })
    }
}
