//! Regular expressions of other dialects as crossfoot's, which match in linear time.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::expr::regex::Regex;

/// An address with a scheme, whatever it is.
pub const URI: &str = r"[A-Za-z][A-Za-z0-9+.\-]*:\S+";
/// Bytes written in base 64.
pub const BASE64: &str = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?";
/// A length of time of ISO 8601, years and months too.
pub const DURATION: &str = r"-?P(?:(?:[0-9]+Y(?:[0-9]+M)?(?:[0-9]+D)?|[0-9]+M(?:[0-9]+D)?|[0-9]+[DW])(?:T(?:[0-9]+H(?:[0-9]+M)?(?:[0-9.]+S)?|[0-9]+M(?:[0-9.]+S)?|[0-9.]+S))?|T(?:[0-9]+H(?:[0-9]+M)?(?:[0-9.]+S)?|[0-9]+M(?:[0-9.]+S)?|[0-9.]+S))";

/// A length of time of RFC 3339, as JSON Schema has it.
pub const RFC_DURATION: &str = r"P(?:(?:[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)(?:T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S))?|T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S)|[0-9]+W)";
/// A length of time of XML Schema, which has no weeks.
pub const XSD_DURATION: &str = r"-?P(?:(?:[0-9]+Y(?:[0-9]+M)?(?:[0-9]+D)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)(?:T(?:[0-9]+H(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?|[0-9]+M(?:[0-9]+(?:\.[0-9]+)?S)?|[0-9]+(?:\.[0-9]+)?S))?|T(?:[0-9]+H(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?|[0-9]+M(?:[0-9]+(?:\.[0-9]+)?S)?|[0-9]+(?:\.[0-9]+)?S))";
/// Of that, what has days and parts of them alone.
pub const DAY_TIME_DURATION: &str = r"-?P(?:[0-9]+D(?:T(?:[0-9]+H(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?|[0-9]+M(?:[0-9]+(?:\.[0-9]+)?S)?|[0-9]+(?:\.[0-9]+)?S))?|T(?:[0-9]+H(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?|[0-9]+M(?:[0-9]+(?:\.[0-9]+)?S)?|[0-9]+(?:\.[0-9]+)?S))";
/// Of that, what has years and months alone.
pub const YEAR_MONTH_DURATION: &str = r"-?P(?:[0-9]+Y(?:[0-9]+M)?|[0-9]+M)";

/// A time of day with its offset from UTC.
pub const TIME_WITH_OFFSET: &str = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?(?:[Zz]|[+\-][0-9]{2}:[0-9]{2})";

/// Whose regular expressions they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Of JavaScript: JSON Schema, CSVW.
    Ecma,
    /// Of Java: CSV Schema.
    Java,
    /// Of Python and of XML Schema: Frictionless.
    Python,
}

/// The patterns of schemas. Many fields have the same, and each is compiled once.
#[derive(Debug, Default)]
pub struct Patterns {
    /// Whether a blank cell fits, or why it cannot be read.
    known: RefCell<HashMap<String, Result<bool, String>>>,
}

impl Patterns {
    /// A pattern for whole cells out of one for whole texts.
    ///
    /// # Errors
    /// Why it cannot be said.
    pub fn whole(&self, pattern: &str, dialect: Dialect) -> Result<String, String> {
        let own = Translator::run(pattern, dialect)?;
        let stripped = own.stripped();
        self.first_readable([stripped.0, own.out], pattern)
    }

    /// A pattern for whole cells out of one that may match anywhere in a text.
    ///
    /// # Errors
    /// Why it cannot be said.
    pub fn anywhere(&self, pattern: &str, dialect: Dialect) -> Result<String, String> {
        let own = Translator::run(pattern, dialect)?;
        let any = "(?s:.*)";
        let (inner, begins, ends) = own.stripped();
        let start = if begins { "" } else { any };
        let end = if ends { "" } else { any };
        let inner = if own.alternates { format!("(?:{inner})") } else { inner };
        let neat = format!("{start}{inner}{end}");
        let plain = format!("{any}(?:{}){any}", own.out);
        self.first_readable([neat, plain], pattern)
    }

    /// Whether a blank cell fits a pattern of crossfoot's.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn fits_blank(&self, pattern: &str) -> Result<bool, String> {
        if let Some(known) = self.known.borrow().get(pattern) {
            return known.clone();
        }
        let fits = Regex::new(pattern).map(|regex| regex.is_full_match(""));
        self.known.borrow_mut().insert(pattern.to_string(), fits.clone());
        fits
    }

    fn first_readable(&self, own: [String; 2], pattern: &str) -> Result<String, String> {
        let why = || match self.fits_blank(pattern) {
            Ok(_) => "its dialect has no such pattern".into(),
            Err(why) => why,
        };
        own.into_iter().find(|own| self.fits_blank(own).is_ok()).ok_or_else(why)
    }
}

struct Translator {
    dialect: Dialect,
    out: String,
    /// Classes within which the place lies.
    classes: usize,
    groups: usize,
    /// Whether it is several patterns with `|` between them.
    alternates: bool,
    /// Whether what stands before the place is a quantifier.
    is_quantified: bool,
}

impl Translator {
    fn run(pattern: &str, dialect: Dialect) -> Result<Translator, String> {
        let mut own = Translator {
            dialect,
            out: String::new(),
            classes: 0,
            groups: 0,
            alternates: false,
            is_quantified: false,
        };
        let mut rest = pattern;
        while let Some(c) = rest.chars().next() {
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            rest = match c {
                '\\' => own.escape(rest)?,
                c if own.classes > 0 => own.in_class(c, rest),
                c => own.outside(c, rest)?,
            };
        }
        Ok(own)
    }

    /// The pattern without anchors that mean its whole, and whether it began and ended with them.
    fn stripped(&self) -> (String, bool, bool) {
        let out = self.out.as_str();
        if self.alternates {
            return (out.to_string(), false, false);
        }
        let (out, begins) = out.strip_prefix('^').map_or((out, false), |rest| (rest, true));
        let is_escaped =
            |text: &str| text.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1;
        match out.strip_suffix('$').filter(|rest| !is_escaped(rest)) {
            Some(rest) => (rest.to_string(), begins, true),
            None => (out.to_string(), begins, false),
        }
    }

    /// What follows a backslash.
    fn escape<'p>(&mut self, rest: &'p str) -> Result<&'p str, String> {
        let Some(c) = rest.chars().next() else { return Err("it ends with a backslash".into()) };
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        let is_python = self.dialect == Dialect::Python;
        self.is_quantified = false;
        match c {
            'd' | 'w' if !is_python => {
                let signs = if c == 'd' { "0-9" } else { "0-9A-Za-z_" };
                self.push(&if self.classes > 0 { signs.into() } else { format!("[{signs}]") });
            }
            'D' | 'W' if !is_python => {
                self.push(if c == 'D' { "[^0-9]" } else { "[^0-9A-Za-z_]" });
            }
            's' if self.dialect == Dialect::Java => self.push(r"[ \t\n\x0B\f\r]"),
            'S' if self.dialect == Dialect::Java => self.push(r"[^ \t\n\x0B\f\r]"),
            'b' if self.classes > 0 => self.push(r"\x08"),
            'b' | 'B' if !is_python => self.push(&format!(r"(?-u:\{c})")),
            'Z' => self.push(r"\z"),
            '<' | '>' => self.out.push(c),
            '1'..='9' | 'k' => return Err("it refers back to a group".into()),
            'p' if self.dialect == Dialect::Java => return Ok(self.posix(after)),
            c => {
                self.out.push('\\');
                self.out.push(c);
            }
        }
        Ok(after)
    }

    /// Java's `\p{Alpha}` is of ASCII.
    fn posix<'p>(&mut self, rest: &'p str) -> &'p str {
        const NAMES: [&str; 8] =
            ["Alpha", "Digit", "Alnum", "Upper", "Lower", "Punct", "Space", "XDigit"];
        let named = NAMES.iter().find_map(|name| {
            let rest = rest.strip_prefix('{')?.strip_prefix(name)?.strip_prefix('}')?;
            Some((name.to_lowercase(), rest))
        });
        let Some((name, rest)) = named else {
            self.push(r"\p");
            return rest;
        };
        let class = format!("[:{name}:]");
        self.push(&if self.classes > 0 { class } else { format!("[{class}]") });
        rest
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn in_class<'p>(&mut self, c: char, rest: &'p str) -> &'p str {
        let is_java = self.dialect == Dialect::Java;
        match c {
            ']' => {
                self.classes -= 1;
                self.out.push(c);
            }
            '[' if is_java => {
                self.classes += 1;
                self.out.push(c);
            }
            // XML Schema takes one class out of another: `[a-z-[aeiou]]`.
            '[' if self.dialect == Dialect::Python
                && self.out.ends_with('-')
                && rest.contains("]]") =>
            {
                self.classes += 1;
                self.push("-[");
            }
            '[' => self.push(r"\["),
            '&' | '-' | '~' if rest.starts_with(c) && !(is_java && c == '&') => {
                self.push(&format!(r"\{c}\{c}"));
                return rest.get(1..).unwrap_or_default();
            }
            c => self.out.push(c),
        }
        rest
    }

    fn outside<'p>(&mut self, c: char, rest: &'p str) -> Result<&'p str, String> {
        let was_quantified = std::mem::take(&mut self.is_quantified);
        match c {
            '[' => {
                self.classes = 1;
                self.out.push('[');
                let negated = rest.strip_prefix('^');
                let inner = negated.unwrap_or(rest);
                if negated.is_some() {
                    self.out.push('^');
                }
                if let Some(after) = inner.strip_prefix(']') {
                    if self.dialect == Dialect::Ecma {
                        return Err("it has a class without a character".into());
                    }
                    self.push(r"\]");
                    return Ok(after);
                }
                return Ok(inner);
            }
            '(' => {
                let looks = ["?=", "?!", "?<=", "?<!"].iter().any(|sign| rest.starts_with(sign));
                if looks {
                    return Err("it looks ahead or behind, and patterns here do not".into());
                }
                if rest.starts_with("?>") || rest.starts_with("?P=") {
                    return Err("it depends on how a group was matched".into());
                }
                self.groups += 1;
            }
            ')' => self.groups = self.groups.saturating_sub(1),
            '|' if self.groups == 0 => self.alternates = true,
            '+' if was_quantified => return Err("it has a possessive quantifier".into()),
            '*' | '+' => self.is_quantified = true,
            '?' if !was_quantified && !self.out.ends_with('(') => self.is_quantified = true,
            '{' => {
                let Some((counts, after)) = counts(rest) else {
                    self.push(r"\{");
                    return Ok(rest);
                };
                self.push(&format!("{{{counts}}}"));
                self.is_quantified = true;
                return Ok(after);
            }
            _ => {}
        }
        self.out.push(c);
        Ok(rest)
    }
}

/// The counts of a quantifier behind its brace, `3`, `3,` or `3,5`, and what follows it.
fn counts(rest: &str) -> Option<(String, &str)> {
    let (inner, after) = rest.split_once('}')?;
    let (low, high) = inner.split_once(',').map_or((inner, None), |(l, h)| (l, Some(h)));
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(low) || !high.is_none_or(is_number) || inner.is_empty() || inner == "," {
        return None;
    }
    let low = if low.is_empty() { "0" } else { low };
    Some((high.map_or_else(|| low.to_string(), |high| format!("{low},{high}")), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_keep_their_meaning() {
        for (pattern, dialect, yes, no) in [
            ("[A-Z]{2}", Dialect::Python, "AB", "ABC"),
            ("^[A-Z]{2}$", Dialect::Python, "AB", "ABC"),
            (r"\d+", Dialect::Ecma, "12", "१२"),
            (r"\d+", Dialect::Python, "१२", "x"),
            (r"[\w.]+", Dialect::Java, "a.b", "é"),
            (r"[^\W]+", Dialect::Ecma, "ab", "a b"),
            ("[[a]+", Dialect::Ecma, "[a", "b"),
            ("[a-z-[aeiou]]", Dialect::Python, "b", "a"),
            ("[a-z&&[^b]]", Dialect::Java, "a", "b"),
            ("[a&&b]+", Dialect::Ecma, "a&b", "c"),
            (r"\p{Alpha}+", Dialect::Java, "ab", "é"),
            ("a{,2}", Dialect::Python, "aa", "aaa"),
            ("{a}", Dialect::Ecma, "{a}", "a"),
            (r"a\/b", Dialect::Ecma, "a/b", "ab"),
            ("[]x]+", Dialect::Python, "]x", "y"),
            (r"a\<b", Dialect::Ecma, "a<b", "ab"),
        ] {
            let own = Patterns::default().whole(pattern, dialect);
            let own = own.unwrap_or_else(|why| panic!("{pattern}: {why}"));
            let regex = Regex::new(&own).expect("a pattern");
            assert!(regex.is_full_match(yes) && !regex.is_full_match(no), "{pattern} is {own}");
        }
    }

    #[test]
    fn a_search_finds_its_pattern_anywhere() {
        for (pattern, own, yes, no) in [
            ("^ab$", "ab", "ab", "xab"),
            ("^ab", "ab(?s:.*)", "abc", "xab"),
            ("ab$", "(?s:.*)ab", "xab", "abc"),
            ("ab", "(?s:.*)ab(?s:.*)", "x\nabc", "a"),
            ("^a|b$", "(?s:.*)(?:^a|b$)(?s:.*)", "ax", "ba"),
            (r"^a\$", r"a\$(?s:.*)", "a$c", "a"),
        ] {
            let made = Patterns::default().anywhere(pattern, Dialect::Ecma).expect("a pattern");
            assert_eq!(made, own, "{pattern}");
            let regex = Regex::new(&made).expect("a pattern");
            assert!(regex.is_full_match(yes) && !regex.is_full_match(no), "{pattern}");
        }
    }

    #[test]
    fn what_has_no_counterpart_is_refused() {
        for pattern in ["(?=a)b", "(?<!a)b", r"(a)\1", "a++", "[", r"a\", "(?>a)b"] {
            assert!(Patterns::default().whole(pattern, Dialect::Java).is_err(), "{pattern}");
        }
        assert!(Patterns::default().whole("[]", Dialect::Ecma).is_err());
    }
}
