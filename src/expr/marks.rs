//! Marks that publishers put on figures and names: `872.7E`, `*0.5`, `12 1)`.

use std::borrow::Cow;
use std::ops::Range;

use crate::expr::regex::Regex;

/// Marks that are stripped from the start and the end of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks {
    at_start: Regex,
    at_end: Regex,
}

impl Marks {
    /// Marks as they stand; regular expressions are those in slashes, and those with a backslash.
    ///
    /// # Errors
    /// Which of them cannot be read, and why.
    pub fn new<'t>(texts: impl Iterator<Item = &'t str>) -> Result<Marks, (usize, String)> {
        let mut all = Vec::new();
        for (number, text) in texts.enumerate() {
            let within = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
            let pattern = match within.filter(|within| !within.is_empty()) {
                Some(within) => within.to_string(),
                None if text.contains('\\') => text.to_string(),
                None => escaped(text),
            };
            let regex = Regex::new(&pattern).map_err(|why| (number, why))?;
            if regex.is_full_match("") {
                return Err((number, "it matches an empty text".into()));
            }
            all.push(format!("(?:{pattern})"));
        }
        let any = all.join("|");
        let regex = |pattern: String| Regex::new(&pattern).map_err(|why| (0, why));
        Ok(Marks {
            at_start: regex(format!(r"\A(?:{any})\s*"))?,
            at_end: regex(format!(r"\s*(?:{any})\z"))?,
        })
    }

    /// What is left of a text, and its marks in their order; nothing where it has none. Digits, signs
    /// and spaces alone are never marks. A mark may be set high: `12ᵃ` has the mark `a`, and whatever
    /// matches `ᵃ`.
    ///
    /// A sign or a bracket may stand before a mark: `-$4` is -4, and `($4)` is (4).
    pub fn strip<'t>(&self, text: &'t str) -> Option<(Cow<'t, str>, String)> {
        if text.chars().all(is_of_figure) {
            return None;
        }
        let (left, marks) = match self.outer(text) {
            Some((left, marks)) => (left, Some(marks)),
            None => (text.trim(), None),
        };
        match self.behind_sign(left) {
            Some((figure, mark)) => {
                let all = marks.into_iter().fold(mark.to_string(), |all, mark| all + " " + &mark);
                Some((Cow::Owned(figure), all))
            }
            None => Some((Cow::Borrowed(left), marks?)),
        }
    }

    /// A figure with the mark between its sign and its digits.
    fn behind_sign<'t>(&self, text: &'t str) -> Option<(String, &'t str)> {
        let sign = text.chars().next().filter(|c| "-−–(".contains(*c))?;
        let rest = text.get(sign.len_utf8()..)?;
        let (mark, digits) = rest.split_at_checked(self.at_start.find(rest)?.end)?;
        let is_figure = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
        let is_apart = !mark.ends_with(|c: char| c.is_ascii_digit());
        (is_figure && is_apart).then(|| (format!("{sign}{digits}"), mark.trim()))
    }

    /// What is left of a text without what is marked at its ends.
    fn outer<'t>(&self, text: &'t str) -> Option<(&'t str, String)> {
        let text = Lowered::new(text);
        let (left, marks) = self.found(&text)?;
        Some((text.shown(&left)?, marks))
    }

    /// Where what is left of a text stands, and its marks.
    fn found(&self, text: &Lowered<'_>) -> Option<(Range<usize>, String)> {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let start = text.low.len() - text.low.trim_start().len();
        let mut rest = start..start + text.low.trim().len();
        while let Some(at) = text.find(&self.at_end, &rest) {
            let (left, mark) = (text.low.get(rest.start..at.start)?, text.low.get(at.clone())?);
            let is_figure = || is_joined(left, mark) || is_all(mark, left);
            if !text.is_raised(at.start) && is_figure() || closes(left, mark) {
                break;
            }
            after.push(mark.trim());
            rest.end = at.start;
        }
        while let Some(at) = text.find(&self.at_start, &rest) {
            let (mark, left) = (text.low.get(at.clone())?, text.low.get(at.end..rest.end)?);
            let (last, next) = (mark.trim_end().chars().next_back(), left.chars().next());
            let is_digit =
                last.is_some_and(|c| c.is_ascii_digit()) && next.is_some_and(is_of_figure);
            let is_in_word = is_inside_word(mark.chars().next_back(), next);
            if !text.is_raised(at.start) && (is_digit || is_in_word || is_all(mark, left)) {
                break;
            }
            before.push(mark.trim());
            rest.start = at.end;
        }
        before.extend(after.into_iter().rev());
        (!before.is_empty()).then(|| (rest, before.join(" ")))
    }
}

/// A text without its raised characters, and as it is shown.
struct Lowered<'t> {
    shown: &'t str,
    low: Cow<'t, str>,
    /// Where each character ends when it is low and as it is shown, and whether it is raised; none
    /// where no character is.
    ends: Vec<(usize, usize, bool)>,
}

impl<'t> Lowered<'t> {
    fn new(shown: &'t str) -> Lowered<'t> {
        if shown.is_ascii() || !shown.chars().any(|c| lowered_of(c).is_some()) {
            return Lowered { shown, low: shown.into(), ends: Vec::new() };
        }
        let mut low = String::with_capacity(shown.len());
        let mut ends = vec![(0, 0, false)];
        for (at, c) in shown.char_indices() {
            let lowered = lowered_of(c);
            low.push(lowered.unwrap_or(c));
            ends.push((low.len(), at + c.len_utf8(), lowered.is_some()));
        }
        Lowered { shown, low: low.into(), ends }
    }

    /// Whether the character at a place is raised.
    fn is_raised(&self, at: usize) -> bool {
        let before = self.ends.partition_point(|end| end.0 < at);
        self.ends.get(before + 1).is_some_and(|end| end.2)
    }

    /// What is shown in a range.
    fn shown(&self, low: &Range<usize>) -> Option<&'t str> {
        if self.ends.is_empty() {
            return self.shown.get(low.clone());
        }
        let place = |at: usize| Some(self.ends.get(self.ends.partition_point(|end| end.0 < at))?.1);
        self.shown.get(place(low.start)?..place(low.end)?)
    }

    /// Where something is found in a part of the text; what is raised may be named as it is shown.
    fn find(&self, regex: &Regex, within: &Range<usize>) -> Option<Range<usize>> {
        let found = |text: &str| regex.find(text).filter(|at| !at.is_empty());
        if let Some(at) = found(self.low.get(within.clone())?) {
            return Some(within.start + at.start..within.start + at.end);
        }
        if self.ends.is_empty() {
            return None;
        }
        let shown = self.shown(within)?;
        let before = self.shown(&(0..within.start))?.len();
        let at = found(shown)?;
        let place = |at: usize| {
            let after = self.ends.partition_point(|end| end.1 < before + at);
            self.ends.get(after).map(|end| end.0)
        };
        Some(place(at.start)?..place(at.end)?)
    }
}

fn is_of_figure(c: char) -> bool {
    c.is_ascii_digit() || "+-.,' \u{a0}".contains(c)
}

/// Whether what might be a mark belongs to what stands before it: a letter to a word, and to anything
/// that ends in a digit and is no figure; a digit to a figure.
fn is_joined(left: &str, mark: &str) -> bool {
    let (last, first) = (left.chars().next_back(), mark.chars().next());
    let after_digit = last.is_some_and(|c| c.is_ascii_digit());
    is_inside_word(last, first)
        || after_digit && first.is_some_and(|c| c.is_ascii_digit())
        || after_digit
            && first.is_some_and(char::is_alphabetic)
            && left.chars().any(char::is_alphabetic)
}

/// Whether what might be a mark has all digits of a text that says nothing else: `2` of `2¹`.
fn is_all(mark: &str, left: &str) -> bool {
    mark.contains(|c: char| c.is_ascii_digit()) && !left.contains(char::is_alphanumeric)
}

/// Whether what might be a mark ends with the bracket that opens before it: `(7)` is a figure.
fn closes(left: &str, mark: &str) -> bool {
    let depth = |text: &str| text.matches('(').count().cmp(&text.matches(')').count());
    depth(left).is_gt() && depth(mark).is_lt()
}

/// Whether a letter that might be a mark is one of a word.
fn is_inside_word(left: Option<char>, right: Option<char>) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    is_letter(left) && is_letter(right)
}

/// Characters that may be set high, and how they look then.
const RAISED: &[(char, char)] = &[
    ('0', '⁰'),
    ('1', '¹'),
    ('2', '²'),
    ('3', '³'),
    ('4', '⁴'),
    ('5', '⁵'),
    ('6', '⁶'),
    ('7', '⁷'),
    ('8', '⁸'),
    ('9', '⁹'),
    ('a', 'ᵃ'),
    ('b', 'ᵇ'),
    ('c', 'ᶜ'),
    ('d', 'ᵈ'),
    ('e', 'ᵉ'),
    ('f', 'ᶠ'),
    ('g', 'ᵍ'),
    ('h', 'ʰ'),
    ('i', 'ⁱ'),
    ('j', 'ʲ'),
    ('k', 'ᵏ'),
    ('l', 'ˡ'),
    ('m', 'ᵐ'),
    ('n', 'ⁿ'),
    ('o', 'ᵒ'),
    ('p', 'ᵖ'),
    ('r', 'ʳ'),
    ('s', 'ˢ'),
    ('t', 'ᵗ'),
    ('u', 'ᵘ'),
    ('v', 'ᵛ'),
    ('w', 'ʷ'),
    ('x', 'ˣ'),
    ('y', 'ʸ'),
    ('z', 'ᶻ'),
];

/// A character set high; none where it has no such form.
pub fn superscript(c: char) -> Option<char> {
    RAISED.iter().find(|(low, _)| *low == c).map(|(_, high)| *high)
}

/// What a character that is set high looks like otherwise.
fn lowered_of(c: char) -> Option<char> {
    RAISED.iter().find(|(_, high)| *high == c).map(|(low, _)| *low)
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        out.extend(c.is_ascii_punctuation().then_some('\\'));
        out.push(lowered_of(c).unwrap_or(c));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_stripped_from_both_ends() {
        let texts = ["E", "r", "p", "*", r"\d\)", "†", "(est.)"];
        let marks = Marks::new(texts.into_iter()).unwrap();
        for (text, left, found) in [
            ("872.7E", "872.7", "E"),
            ("* 12,5 p r", "12,5", "* p r"),
            ("1) 872.7 2)†", "872.7", "1) 2) †"),
            ("872.7²⁾", "872.7²⁾", ""),
            ("1201)", "1201)", ""),
            ("(7)", "(7)", ""),
            ("(7) 1)", "(7)", "1)"),
            ("872.7ᵖ", "872.7", "p"),
            ("Total ʳ *", "Total", "r *"),
            ("Größeᴱ", "Größeᴱ", ""),
            ("Größe r", "Größe", "r"),
            ("G7r", "G7r", ""),
            ("G7 r", "G7", "r"),
            ("5 (est.)", "5", "(est.)"),
            ("E", "", "E"),
            ("Total r", "Total", "r"),
            ("-1.5pr", "-1.5pr", ""),
            ("-*4", "-4", "*"),
            ("(*4)", "(4)", "*"),
            ("(* 1.234,5) †", "(1.234,5)", "* †"),
        ] {
            let expected = (!found.is_empty()).then(|| (left.into(), found.to_string()));
            assert_eq!(marks.strip(text), expected, "{text}");
        }
        let marks = Marks::new(["1", "/[a-c]/", "²"].into_iter()).unwrap();
        assert_eq!(marks.strip("1,234¹"), Some(("1,234".into(), "1".into())));
        assert_eq!(marks.strip("1,234ᶜ"), Some(("1,234".into(), "c".into())));
        assert_eq!(marks.strip("1 234¹"), Some(("1 234".into(), "1".into())));
        assert_eq!(marks.strip("¹ 1 234"), Some(("1 234".into(), "1".into())));
        assert_eq!(marks.strip("1 Total"), Some(("Total".into(), "1".into())));
        assert_eq!(marks.strip("1¹"), Some(("1".into(), "1".into())));
        assert_eq!(marks.strip("-1²"), Some(("-1".into(), "2".into())));
        assert_eq!(marks.strip("km²"), Some(("km".into(), "2".into())));
        for pattern in ["/[¹²]/", r"/\p{No}/", "/[12]/", "/ ?¹|²/"] {
            let marks = Marks::new([pattern].into_iter()).unwrap();
            assert_eq!(marks.strip("10¹"), Some(("10".into(), "1".into())), "{pattern}");
            assert_eq!(
                marks.strip("² ca. 1ª ¹"),
                Some(("ca. 1ª".into(), "2 1".into())),
                "{pattern}"
            );
            assert_eq!(marks.strip("101"), None);
        }
        let marks = Marks::new(["r"].into_iter()).unwrap();
        assert_eq!(marks.strip("Year"), None);
        assert_eq!(marks.strip("-1 234.5"), None);
        let refused = |text: &str| Marks::new([text].into_iter()).unwrap_err().0;
        assert_eq!((refused(r"\d*"), refused(r"\d(")), (0, 0));
    }
}
