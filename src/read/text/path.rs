//! Paths with holes: `posts/{year:integer}/{place}.md`.

use super::pattern::{Hole, PatternProblem};
use crate::expr::regex::Regex;
use crate::value::Type;

/// A path whose holes are columns.
#[derive(Debug, Clone)]
pub struct PathPattern {
    /// Its holes.
    pub holes: Vec<Hole>,
    /// The same with `*` for every hole.
    pub glob: String,
    regex: Regex,
}

impl PathPattern {
    /// Compiles a path; none where it has no holes.
    ///
    /// # Errors
    /// What is wrong with a hole.
    pub fn compile(text: &str) -> Result<Option<PathPattern>, PatternProblem> {
        if !text.contains('{') {
            return Ok(None);
        }
        let (mut glob, mut regex, mut holes) = (String::new(), String::new(), Vec::new());
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let at = text.len() - rest.len() + open;
            let wrong = |message: String| PatternProblem {
                span: at..at + 1,
                message,
                help: Some("write a placeholder of a path as {name}, {name:integer} or {name:year}".into()),
            };
            let close = rest[open..].find('}').map(|n| open + n).ok_or_else(|| wrong("this placeholder is never closed".into()))?;
            let inside = &rest[open + 1..close];
            let (name, kind) = inside.split_once(':').unwrap_or((inside, "text"));
            let (ty, shape) = match kind {
                "text" => (Type::Text, "([^/]+)"),
                "integer" => (Type::Integer, "([0-9]+)"),
                "year" => (Type::Year, "([0-9]{4})"),
                "date" => (Type::Date, "([0-9]{4}-[0-9]{2}-[0-9]{2})"),
                other => return Err(wrong(format!("`{other}` is not a type of placeholder in a path"))),
            };
            literal(&rest[..open], &mut glob, &mut regex);
            glob.push('*');
            regex.push_str(shape);
            holes.push(Hole { name: name.to_string(), ty, span: at..at + close - open + 1 });
            rest = &rest[close + 1..];
        }
        literal(rest, &mut glob, &mut regex);
        let regex = Regex::new(&regex).map_err(|message| PatternProblem { span: 0..text.len(), message, help: None })?;
        Ok(Some(PathPattern { holes, glob, regex }))
    }

    /// The values of the holes in a path, if it fits.
    pub fn matches(&self, path: &str) -> Option<Vec<String>> {
        if !self.regex.is_full_match(path) {
            return None;
        }
        (1..=self.holes.len()).map(|i| self.regex.capture(path, i).map(str::to_string)).collect()
    }
}

fn literal(text: &str, glob: &mut String, regex: &mut String) {
    glob.push_str(text);
    for c in text.chars() {
        match c {
            '*' => regex.push_str("[^/]*"),
            '?' => regex.push_str("[^/]"),
            c => {
                if c.is_ascii_punctuation() {
                    regex.push('\\');
                }
                regex.push(c);
            }
        }
    }
}
