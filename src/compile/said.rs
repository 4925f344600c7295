//! What a comment says of figures of its text: `20 percent = sum(figures.area) / country.area -- why`.

use std::ops::Range;

/// The first word of a comment that accepts findings.
pub const ALLOW: &str = "allow";

/// What a comment says of figures, cut into its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Without white space around it and without the note.
    pub text: String,
    /// Where that begins in the words of the comment.
    pub from: usize,
    /// The ways in which the first figure can be cut off: what stands before a comparison.
    pub lefts: Vec<Comparison>,
    /// What stands in braces, braces included.
    pub braces: Vec<Range<usize>>,
    /// What follows `--`.
    pub note: Option<String>,
}

/// A sign or word of comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Where it stands in the text.
    pub at: Range<usize>,
    /// How expressions write it; nothing where they write it so.
    pub sign: Option<&'static str>,
}

/// Comparisons that a comment may write otherwise than an expression does, the longer ones first.
const WORDS: [(&str, &str); 5] = [
    ("at least", ">="),
    ("at most", "<="),
    ("more than", ">"),
    ("less than", "<"),
    ("fewer than", "<"),
];
const SIGNS: [(&str, Option<&str>); 9] = [
    ("!=", None),
    ("<=", None),
    (">=", None),
    ("=", None),
    ("<", None),
    (">", None),
    ("≠", Some("!=")),
    ("≤", Some("<=")),
    ("≥", Some(">=")),
];
/// Comparisons that are words of expressions.
const OWN_WORDS: [&str; 2] = ["not between", "between"];

/// What the words of a comment say of figures; nothing where they compare nothing.
pub fn said(words: &str) -> Option<Said> {
    let from = words.len() - words.trim_start().len();
    let text = words.trim();
    if text.split_whitespace().next() == Some(ALLOW) {
        return None;
    }
    let mut said =
        Said { text: String::new(), from, lefts: Vec::new(), braces: Vec::new(), note: None };
    let mut at = 0;
    let mut end = text.len();
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        let close = match c {
            '"' | '`' => Some(c),
            '{' => Some('}'),
            _ => None,
        };
        if let Some(close) = close {
            let length =
                rest.get(1..).and_then(|inner| inner.find(close)).map_or(rest.len(), |n| n + 2);
            if c == '{' {
                said.braces.push(at..at + length);
            }
            at += length;
            continue;
        }
        if !said.lefts.is_empty() && is_dash(text, at) {
            let note = rest.trim_start_matches(['-', '–', '—']).split_whitespace();
            said.note = Some(note.collect::<Vec<_>>().join(" ")).filter(|note| !note.is_empty());
            end = at;
            break;
        }
        match comparison(text, at) {
            Some(found) if !text.get(..at).unwrap_or_default().trim().is_empty() => {
                at = found.at.end;
                said.lefts.push(found);
            }
            _ => at += c.len_utf8(),
        }
    }
    said.text = text.get(..end).unwrap_or_default().trim_end().to_string();
    (!said.lefts.is_empty()).then_some(said)
}

/// Whether a dash stands here, by itself.
fn is_dash(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let behind = rest.strip_prefix("--").or_else(|| rest.strip_prefix(['–', '—']));
    let is_apart = text.get(..at).is_some_and(|before| before.ends_with(char::is_whitespace));
    is_apart
        && behind.is_some_and(|behind| behind.is_empty() || behind.starts_with(char::is_whitespace))
}

/// The comparison that stands here.
fn comparison(text: &str, at: usize) -> Option<Comparison> {
    let rest = text.get(at..)?;
    let sign = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign));
    if let Some((sign, written)) = sign {
        return Some(Comparison { at: at..at + sign.len(), sign: *written });
    }
    let is_word = |word: &str| {
        let own = rest.get(..word.len()).is_some_and(|own| own.eq_ignore_ascii_case(word));
        let behind = rest.get(word.len()..).and_then(|behind| behind.chars().next());
        own && behind.is_none_or(char::is_whitespace)
    };
    if !text.get(..at)?.ends_with(char::is_whitespace) {
        return None;
    }
    let own = OWN_WORDS.iter().find(|word| is_word(word)).map(|word| (word.len(), None));
    let other = || WORDS.iter().find(|(word, _)| is_word(word));
    let (length, sign) = own.or_else(|| other().map(|(word, sign)| (word.len(), Some(*sign))))?;
    Some(Comparison { at: at..at + length, sign })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_cut_into_their_parts() {
        let parts = |words: &str| {
            let said = said(words)?;
            let text = |range: &Range<usize>| said.text[range.clone()].to_string();
            let lefts = said.lefts.iter().map(|left| {
                format!("{}{}", said.text[..left.at.start].trim(), left.sign.unwrap_or(""))
            });
            let lefts = lefts.collect::<Vec<_>>().join(";");
            let braces = said.braces.iter().map(text).collect::<String>();
            Some(format!("{}|{lefts}|{braces}|{}", said.text, said.note.unwrap_or_default()))
        };
        for (words, wanted) in [
            (" 20 percent = a / b ", Some("20 percent = a / b|20 percent||")),
            ("5 at least a -- the\n  source", Some("5 at least a|5>=||the source")),
            ("5 ≤ a — x", Some("5 ≤ a|5<=||x")),
            ("5 between 3 and 8", Some("5 between 3 and 8|5||")),
            ("at least 5 > a - -b", Some("at least 5 > a - -b|at least 5||")),
            (
                "{5%} = 1 - {9.4 = m} / \"=\"",
                Some("{5%} = 1 - {9.4 = m} / \"=\"|{5%}|{5%}{9.4 = m}|"),
            ),
            ("10 – 15 percent = a", Some("10 – 15 percent = a|10 – 15 percent||")),
            ("5 = if a > 3 then 1", Some("5 = if a > 3 then 1|5;5 = if a||")),
            ("claim.homes is right", None),
            ("allow a -- = b", None),
            ("= 5", None),
            ("", None),
        ] {
            assert_eq!(parts(words).as_deref(), wanted, "{words}");
        }
    }
}
