//! Paths with placeholders: `posts/{year:integer}/{place}.md`.

use std::ops::Range;

use crate::expr::regex::Regex;
use crate::read::pattern::{PatternProblem, Placeholder, placeholder};
use crate::value::Type;

/// What a placeholder of a path may hold, and its shape.
const TYPES: [(&str, Type); 4] =
    [("text", Type::Text), ("integer", Type::Integer), ("year", Type::Year), ("date", Type::Date)];

/// The braces of a path may stand for so many globs.
const MAX_GLOBS: usize = 1000;

/// A path whose placeholders are columns.
#[derive(Debug, Clone)]
pub struct PathPattern {
    pub placeholders: Vec<Placeholder>,
    /// The same with `*` for every placeholder, once for each way through its `{a,b}`.
    pub globs: Vec<String>,
    regex: Regex,
    /// The same with any text for placeholders that take a year, a number or a date; none without such.
    loose: Option<Regex>,
}

impl PathPattern {
    /// Compiles a path; none where it is a plain name.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn compile(text: &str) -> Result<Option<PathPattern>, PatternProblem> {
        if !text.contains(['{', '*', '?', '[']) {
            return Ok(None);
        }
        let (mut globs, mut regex, mut placeholders) =
            (vec![String::new()], String::new(), Vec::new());
        // Where shapes that are no text stand in it.
        let mut shapes: Vec<Range<usize>> = Vec::new();
        let mut at = 0;
        while let Some(open) = text[at..].find('{').map(|n| at + n) {
            literal(&text[at..open], &mut globs, &mut regex);
            let wrong = |message: &str, help: &str| problem(open..open + 1, message, help);
            let close = text[open..].find('}').map(|n| open + n).ok_or_else(|| {
                wrong(
                    "this placeholder is never closed",
                    "write a placeholder of a path as {name}, {name:integer} or {name:year}",
                )
            })?;
            let inside = &text[open + 1..close];
            let span = open..close + 1;
            if inside.contains('{') {
                return Err(problem(span, "braces cannot contain braces", ALTERNATIVES));
            }
            if inside.contains(',') {
                alternatives(inside, &span, &mut globs, &mut regex)?;
            } else {
                let (placeholder, kind) = placeholder(inside, span.clone(), &TYPES, &placeholders)?;
                let is_joined = |glob: &String| glob.ends_with('*');
                if globs.iter().any(is_joined) || text[close + 1..].starts_with('*') {
                    return Err(problem(span, NOTHING_BETWEEN, SEPARATE));
                }
                globs.iter_mut().for_each(|glob| glob.push('*'));
                let start = regex.len();
                regex.push_str(shape(kind));
                shapes.extend((shape(kind) != TEXT).then_some(start..regex.len()));
                placeholders.push(placeholder);
            }
            at = close + 1;
        }
        literal(&text[at..], &mut globs, &mut regex);
        let whole = |regex: &str| {
            let span = 0..text.len();
            let wrong = |message| PatternProblem { span, message, help: None };
            Regex::new(&format!(r"\A(?:{regex})\z")).map_err(wrong)
        };
        let mut loose = regex.clone();
        shapes.iter().rev().for_each(|shape| loose.replace_range(shape.clone(), TEXT));
        let loose = if shapes.is_empty() { None } else { Some(whole(&loose)?) };
        Ok(Some(PathPattern { placeholders, globs, regex: whole(&regex)?, loose }))
    }

    /// The placeholder that keeps a path from fitting, and the text that is not of its type.
    pub fn misfit(&self, path: &str) -> Option<(&Placeholder, String)> {
        let loose = self.loose.as_ref().filter(|_| !self.regex.is_full_match(path))?;
        if !loose.is_full_match(path) {
            return None;
        }
        let fits = |kind: Type, text: &str| {
            let kind = TYPES.iter().find(|(_, ty)| *ty == kind).map_or("text", |(kind, _)| kind);
            Regex::new(&format!(r"\A{}\z", shape(kind))).is_ok_and(|own| own.is_full_match(text))
        };
        let texts = (1..).zip(&self.placeholders);
        let texts = texts.filter_map(|(n, own)| Some((own, loose.capture(path, n)?.to_string())));
        texts.into_iter().find(|(own, text)| !fits(own.ty, text))
    }

    /// The values of the placeholders in a path, if it fits.
    pub fn matches(&self, path: &str) -> Option<Vec<String>> {
        if !self.regex.is_full_match(path) {
            return None;
        }
        let value = |i| self.regex.capture(path, i).map(str::to_string);
        (1..=self.placeholders.len()).map(value).collect()
    }
}

const ALTERNATIVES: &str = "write {a,b} for either of two names, {name} for a placeholder";

const NOTHING_BETWEEN: &str =
    "nothing shows where this placeholder ends and another one, or a `*`, begins";
const SEPARATE: &str = "put a character between them, as in {year:integer}-{place}.csv";

fn problem(span: Range<usize>, message: &str, help: &str) -> PatternProblem {
    PatternProblem { span, message: message.into(), help: Some(help.into()) }
}

/// Any part of a name.
const TEXT: &str = "([^/]+)";

fn shape(kind: &str) -> &'static str {
    match kind {
        "integer" => "([0-9]+)",
        "year" => "([0-9]{4})",
        "date" => "([0-9]{4}-[0-9]{2}-[0-9]{2})",
        _ => TEXT,
    }
}

/// `{a,b}`: any of several pieces of a name.
fn alternatives(
    inside: &str,
    span: &Range<usize>,
    globs: &mut Vec<String>,
    regex: &mut String,
) -> Result<(), PatternProblem> {
    let pieces: Vec<&str> = inside.split(',').collect();
    if globs.len() * pieces.len() > MAX_GLOBS {
        let message = format!("this path stands for more than {MAX_GLOBS} patterns");
        return Err(problem(span.clone(), &message, "use fewer braces, or `*`"));
    }
    let all = globs.iter().flat_map(|glob| pieces.iter().map(move |p| format!("{glob}{p}")));
    *globs = all.collect();
    let mut either = Vec::new();
    for piece in pieces {
        let mut one = String::new();
        literal(piece, &mut [], &mut one);
        either.push(one);
    }
    regex.push_str(&format!("(?:{})", either.join("|")));
    Ok(())
}

/// Text outside of placeholders, with the signs of globs.
fn literal(text: &str, globs: &mut [String], regex: &mut String) {
    globs.iter_mut().for_each(|glob| glob.push_str(text));
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        if let Some(after) = rest.strip_prefix("**") {
            regex.push_str(".*");
            // `**/` is any number of directories, and none.
            rest = after.strip_prefix('/').unwrap_or(after);
            continue;
        }
        if let Some((class, after)) = class(rest) {
            regex.push_str(&class);
            rest = after;
            continue;
        }
        match c {
            '*' => regex.push_str("[^/]*"),
            '?' => regex.push_str("[^/]"),
            c => escape(c, regex),
        }
        rest = after;
    }
}

/// `[a-z]` or `[!a-z]` at the start of a text, as a class of a regular expression; a `]` that
/// stands first is one of its characters.
fn class(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('[')?;
    let (not, inside) = inside.strip_prefix('!').map_or(("", inside), |i| ("^", i));
    let first = inside.chars().next()?.len_utf8();
    let end = first + inside.get(first..)?.find(']')?;
    let mut class = format!("[{not}");
    for c in inside[..end].chars() {
        if c == '-' { class.push('-') } else { escape(c, &mut class) }
    }
    class.push(']');
    Some((class, &inside[end + 1..]))
}

fn escape(c: char, regex: &mut String) {
    if c.is_ascii_punctuation() {
        regex.push('\\');
    }
    regex.push(c);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pattern: &str, path: &str) -> Option<Vec<String>> {
        PathPattern::compile(pattern).expect("a pattern").expect("signs").matches(path)
    }

    fn wrong(pattern: &str) -> String {
        PathPattern::compile(pattern).expect_err("no pattern").message
    }

    #[test]
    fn placeholders_hold_parts_of_names() {
        let year = |path| values("{place}/[12]*-{y:year}.csv", path);
        assert_eq!(year("x/1a-2020.csv"), Some(vec!["x".into(), "2020".into()]));
        assert_eq!((year("x/3-2020.csv"), year("x/1/a-2020.csv")), (None, None));
        assert_eq!(values("**/{a}.csv", "x/y/b.csv"), Some(vec!["b".into()]));
        assert_eq!(values("**/{a}.csv", "b.csv"), Some(vec!["b".into()]));
    }

    #[test]
    fn braces_with_commas_are_alternatives() {
        let pattern = PathPattern::compile("{a,b*}/{c,}{n}.csv").expect("read").expect("signs");
        assert_eq!(pattern.globs, ["a/c*.csv", "a/*.csv", "b*/c*.csv", "b*/*.csv"]);
        assert_eq!(pattern.matches("bb/cx.csv"), Some(vec!["x".into()]));
        assert_eq!(wrong("{a,{b}}"), "braces cannot contain braces");
        assert!(wrong(&"{a,b}".repeat(10)).contains("more than 1000"));
    }

    #[test]
    fn names_of_placeholders_are_names() {
        assert_eq!(wrong("{a b}.csv"), "`a b` is not a valid placeholder name");
        assert_eq!(wrong("{a:yaer}"), "`yaer` is not a type of placeholder");
        assert_eq!(wrong("{a}{a}"), "two placeholders are called `a`");
        assert_eq!(wrong("{a"), "this placeholder is never closed");
        for joined in ["{a:integer}{b}.csv", "{a}*.csv", "*{a}.csv", "{x,y*}{a}"] {
            assert_eq!(wrong(joined), NOTHING_BETWEEN);
        }
    }
}
