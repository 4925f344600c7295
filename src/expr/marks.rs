//! Marks that publishers put on figures and names: `872.7E`, `*0.5`, `12 1)`.

use crate::expr::regex::Regex;

/// Marks that are stripped from the start and the end of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks {
    at_start: Regex,
    at_end: Regex,
}

impl Marks {
    /// Marks as they stand, or, with a backslash, as regular expressions.
    ///
    /// # Errors
    /// Which of them cannot be read, and why.
    pub fn new<'t>(texts: impl Iterator<Item = &'t str>) -> Result<Marks, (usize, String)> {
        let mut all = Vec::new();
        for (number, text) in texts.enumerate() {
            let pattern = if text.contains('\\') { text.to_string() } else { escaped(text) };
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
    /// and spaces alone are never marks.
    pub fn strip<'t>(&self, text: &'t str) -> Option<(&'t str, String)> {
        let is_of_figure = |c: char| c.is_ascii_digit() || "+-.,' \u{a0}".contains(c);
        if text.chars().all(is_of_figure) {
            return None;
        }
        let (mut rest, mut before, mut after) = (text.trim(), Vec::new(), Vec::new());
        while let Some(at) = self.at_end.find(rest).filter(|at| !at.is_empty()) {
            let (left, mark) = rest.split_at(at.start);
            if is_inside_word(left.chars().next_back(), mark.chars().next()) {
                break;
            }
            after.push(mark.trim());
            rest = left;
        }
        while let Some(at) = self.at_start.find(rest).filter(|at| !at.is_empty()) {
            let (mark, left) = rest.split_at(at.end);
            if is_inside_word(mark.chars().next_back(), left.chars().next()) {
                break;
            }
            before.push(mark.trim());
            rest = left;
        }
        before.extend(after.into_iter().rev());
        (!before.is_empty()).then(|| (rest, before.join(" ")))
    }
}

/// Whether a letter that might be a mark is one of a word.
fn is_inside_word(left: Option<char>, right: Option<char>) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    is_letter(left) && is_letter(right)
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        out.extend(c.is_ascii_punctuation().then_some('\\'));
        out.push(c);
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
            ("1) 872.72)†", "872.7", "1) 2) †"),
            ("5 (est.)", "5", "(est.)"),
            ("E", "", "E"),
            ("Total r", "Total", "r"),
            ("-1.5pr", "-1.5pr", ""),
        ] {
            let expected = (!found.is_empty()).then(|| (left, found.to_string()));
            assert_eq!(marks.strip(text), expected, "{text}");
        }
        assert_eq!(marks.strip("Year"), None);
        assert_eq!(marks.strip("-1 234.5"), None);
        let refused = |text: &str| Marks::new([text].into_iter()).unwrap_err().0;
        assert_eq!((refused(r"\d*"), refused(r"\d(")), (0, 0));
    }
}
