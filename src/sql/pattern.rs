//! Regular expressions that mean the same everywhere: letters, digits, classes of them, groups, alternatives and
//! counts. What is wider here, `\d` or `.`, is printed for ASCII alone: the rest comes back to be judged.

use std::ops::RangeInclusive;

/// A pattern that every dialect reads alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portable {
    body: String,
    whole: bool,
    /// Whether it matches all that it is printed for, and not only a part.
    pub is_exact: bool,
}

impl Portable {
    /// The pattern, by what stands for the end of a text.
    pub fn text(&self, end: &str) -> String {
        if self.whole { format!("^({}){end}", self.body) } else { self.body.clone() }
    }
}

/// The pattern as every dialect reads it, if there is such a one; whether ranges of letters mean the same on every
/// server: some engines look through all that stand by themselves.
pub fn portable(pattern: &str, whole: bool, has_ranges: bool) -> Option<Portable> {
    let inner = pattern.strip_prefix('^').unwrap_or(pattern);
    let is_escaped = inner.ends_with("\\$");
    let inner = inner.strip_suffix('$').filter(|_| !is_escaped).unwrap_or(inner);
    let anchored = pattern.starts_with('^') && pattern.ends_with('$') && !is_escaped;
    let is_alternative = inner.contains('|');
    // An anchor belongs to its alternative alone.
    if inner.len() < pattern.len() && (is_alternative || !(whole || anchored)) {
        return None;
    }
    let mut scan = Scan {
        rest: inner.chars().collect(),
        at: 0,
        out: String::new(),
        is_exact: true,
        has_ranges,
    };
    scan.alternatives()?;
    let done = scan.at == scan.rest.len() && !inner.is_empty();
    done.then_some(Portable { body: scan.out, whole: whole || anchored, is_exact: scan.is_exact })
}

struct Scan {
    rest: Vec<char>,
    at: usize,
    out: String,
    is_exact: bool,
    has_ranges: bool,
}

impl Scan {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        self.at += 1;
        self.rest.get(self.at - 1).copied()
    }

    fn alternatives(&mut self) -> Option<()> {
        loop {
            match self.peek() {
                None | Some(')') => return Some(()),
                Some('|') => {
                    self.at += 1;
                    self.out.push('|');
                }
                Some(_) => {
                    self.piece()?;
                    self.count()?;
                }
            }
        }
    }

    fn piece(&mut self) -> Option<()> {
        match self.next()? {
            '(' => {
                if self.peek() == Some('?') {
                    self.at += 2;
                    if self.rest.get(self.at - 1) != Some(&':') {
                        return None;
                    }
                }
                self.out.push('(');
                self.alternatives()?;
                self.out.push(')');
                (self.next()? == ')').then_some(())
            }
            '[' => self.class(),
            '\\' => {
                let class = self.escaped().filter(|class| !class.is_empty())?;
                self.out.push_str(&format!("[{class}]"));
                Some(())
            }
            '.' => {
                self.is_exact = false;
                self.out.push_str("[ -~]");
                Some(())
            }
            c if is_plain(c) => {
                self.out.push(c);
                Some(())
            }
            _ => None,
        }
    }

    /// What an escape stands for, within a class.
    fn escaped(&mut self) -> Option<String> {
        let wider = |class: &str| Some(class.to_string());
        match self.next()? {
            'd' => {
                self.is_exact = false;
                wider("0-9")
            }
            'w' => {
                self.is_exact = false;
                wider("A-Za-z0-9_")
            }
            's' => {
                self.is_exact = false;
                wider(" ")
            }
            'p' => self.property(),
            c @ ('.' | '+' | '*' | '?' | '(' | ')' | '|' | '/' | '$' | '{' | '}') => {
                Some(c.to_string())
            }
            _ => None,
        }
    }

    /// What `\p{…}` stands for, within a class: letters of the alphabets that are met most.
    fn property(&mut self) -> Option<String> {
        let end = self.rest.iter().skip(self.at).position(|c| *c == '}')?;
        let name: String = self.rest.get(self.at..=self.at + end)?.iter().collect();
        self.at += end + 1;
        self.is_exact = false;
        let of = |is: fn(char) -> bool| {
            let letters = LETTERS.iter().cloned().flatten().filter(|c| is(*c));
            Some(if self.has_ranges { ranges(letters) } else { letters.collect() })
        };
        match name.as_str() {
            "{L}" => of(char::is_alphabetic),
            "{Lu}" => of(char::is_uppercase),
            "{Ll}" => of(char::is_lowercase),
            "{N}" | "{Nd}" => Some("0-9".into()),
            "{M}" => Some(String::new()),
            _ => None,
        }
    }

    fn class(&mut self) -> Option<()> {
        let mut out = String::from("[");
        loop {
            match self.next()? {
                ']' if out.len() > 1 => break,
                // A hyphen is itself at the end alone.
                '-' if self.peek() == Some(']') => out.push('-'),
                '\\' => out.push_str(&self.escaped()?),
                c if is_plain(c) && c != '-' || ".+*?(){}|/$".contains(c) => {
                    out.push(c);
                    if self.peek() == Some('-') && self.rest.get(self.at + 1) != Some(&']') {
                        let (_, end) = (self.next(), self.next()?);
                        let is_range = c.is_ascii_alphanumeric() && end.is_ascii_alphanumeric();
                        if !is_range {
                            return None;
                        }
                        out.extend(['-', end]);
                    }
                }
                _ => return None,
            }
        }
        self.out.push_str(&out);
        self.out.push(']');
        Some(())
    }

    fn count(&mut self) -> Option<()> {
        match self.peek() {
            Some(c @ ('?' | '*' | '+')) => {
                self.at += 1;
                self.out.push(c);
            }
            Some('{') => {
                let end = self.rest.iter().skip(self.at).position(|c| *c == '}')?;
                let count: String = self.rest.get(self.at..=self.at + end)?.iter().collect();
                let inner = count.trim_matches(['{', '}']);
                let is_count = inner.bytes().all(|b| b.is_ascii_digit() || b == b',');
                let begins = inner.bytes().next().is_some_and(|b| b.is_ascii_digit());
                // Some engines count no further than 255.
                let is_small = inner.split(',').all(|n| n.is_empty() || n.parse::<u8>().is_ok());
                if !is_count || !begins || !is_small || inner.matches(',').count() > 1 {
                    return None;
                }
                self.at += end + 1;
                self.out.push_str(&count);
            }
            _ => return Some(()),
        }
        // Lazy and possessive counts, and counts of counts, are not the same everywhere.
        (!matches!(self.peek(), Some('?' | '*' | '+' | '{'))).then_some(())
    }
}

/// Letters in order, those that follow each other as a range.
fn ranges(letters: impl Iterator<Item = char>) -> String {
    let mut ranges: Vec<(char, char)> = Vec::new();
    for c in letters {
        match ranges.last_mut() {
            Some((_, last)) if u32::from(*last) + 1 == u32::from(c) => *last = c,
            _ => ranges.push((c, c)),
        }
    }
    ranges.into_iter().map(|(a, b)| if a == b { a.into() } else { format!("{a}-{b}") }).collect()
}

/// A character that stands for itself, in and out of a class.
fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || " -_/:;,@#%&=!<>~\"'‘’“”„«»–—…°§".contains(c)
}

/// Latin with its accents, Greek and Cyrillic, each letter by itself: what lies between two of them depends on the
/// encoding of a server.
static LETTERS: [RangeInclusive<char>; 5] =
    ['A'..='Z', 'a'..='z', '\u{c0}'..='\u{24f}', '\u{386}'..='\u{3ff}', '\u{400}'..='\u{481}'];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::regex::Regex;

    #[test]
    fn what_means_the_same_everywhere_is_printed() {
        for (pattern, whole, printed) in [
            ("[A-Z]{2}[0-9]{3}", true, Some("^([A-Z]{2}[0-9]{3})$")),
            ("^N-\\d+$", false, Some("^(N-[0-9]+)$")),
            ("a.c|b?", true, Some("^(a[ -~]c|b?)$")),
            ("(?:x|y)\\.z", true, Some("^((x|y)[.]z)$")),
            ("v[0-9.-]+", false, Some("v[0-9.-]+")),
            ("a{2,}", false, Some("a{2,}")),
            ("^a", false, None),
            ("(?i)a", true, None),
            ("[^a]", true, None),
            ("\\p{Greek}", true, None),
            ("[\\p{M}]", true, None),
            ("\\p{M}", true, None),
            ("[\\p{M}0-9’]", true, Some("^([0-9’])$")),
            ("a+?", true, None),
            ("a{300}", true, None),
            ("\\bx", true, None),
            ("", true, None),
        ] {
            let found = portable(pattern, whole, false).map(|p| p.text("$"));
            assert_eq!(found.as_deref(), printed, "{pattern}");
        }
        assert!(portable("[0-9]", true, true).is_some_and(|p| p.is_exact));
        assert!(portable("\\d", true, true).is_some_and(|p| !p.is_exact));
    }

    #[test]
    fn letters_that_are_printed_are_letters() {
        for (property, least) in [("L", 500), ("Lu", 200), ("Ll", 200)] {
            let pattern = format!("\\p{{{property}}}");
            let printed = portable(&pattern, true, false).expect("it is printed").text("$");
            let ranges = portable(&pattern, true, true).expect("it is printed").text("$");
            let own = Regex::new(&pattern).expect("a pattern");
            let letters = printed.trim_matches(['^', '(', '[', ']', ')', '$']).chars();
            let letters: Vec<char> = letters.collect();
            assert!(letters.len() > least, "{property}: {}", letters.len());
            let others: Vec<&char> =
                letters.iter().filter(|c| !own.is_full_match(&c.to_string())).collect();
            assert_eq!(others, [&'x'; 0], "{property}");
            let ranges = Regex::new(&ranges).expect("a pattern");
            let is_same = |c: char| ranges.is_full_match(&c.to_string()) == letters.contains(&c);
            assert_eq!(('\0'..='\u{500}').find(|c| !is_same(*c)), None, "{property}");
        }
    }
}
