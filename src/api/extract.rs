//! What a pattern finds: the loop in which a fact-checker writes one.

use std::fmt::Write as _;

use crate::api::request::{Request, book};
use crate::compile::discover::{NotFound, files};
use crate::compile::guess::extension;
use crate::compile::load::{Loaded, load};
use crate::compile::tables::values_for;
use crate::files::sources::Sources;
use crate::findings::figures::Style;
use crate::read::pattern::Pattern;
use crate::read::text::document::{Document, markdown, plain};
use crate::read::text::extract::{Cell, Extraction, NearMiss, Spec, Trouble, extract as find};
use crate::render::words::{problem_line, shown};
use crate::report::text::printable;
use crate::rules::{RuleSet, TableRule};
use crate::source::{FileId, Files, Span, did_you_mean};
use crate::value::{Reading, Type};
use crate::width::to_usize;

/// What `extract` is asked for.
#[derive(Debug, Clone, Default)]
pub struct ExtractRequest {
    /// A table of the rules, or a file.
    pub target: String,
    /// The pattern to try on a file.
    pub pattern: Option<String>,
    /// What separates items.
    pub split: Option<String>,
    /// Start of the section.
    pub from: Option<String>,
    /// End of the section.
    pub to: Option<String>,
}

/// Prints every match, its values and places, and the near misses.
///
/// # Errors
/// What kept it from looking, in words.
pub fn extract(request: &Request, ask: &ExtractRequest) -> Result<String, String> {
    let mut book = book(request).map_err(|p| problem_line(&p, &Sources::default()))?;
    if let Some(pattern) = &ask.pattern {
        let pattern = Pattern::compile(pattern).map_err(|e| {
            e.iter()
                .map(|p| {
                    format!(
                        "error[pattern-syntax]: {}\n{}",
                        shown(&p.message),
                        p.help
                            .as_ref()
                            .map_or(String::new(), |h| format!("  help: {}\n", shown(h)))
                    )
                })
                .collect::<String>()
        })?;
        let spec = Spec {
            pattern: &pattern,
            from: ask.from.as_deref(),
            to: ask.to.as_deref(),
            split: ask.split.as_deref(),
        };
        return of_files(std::slice::from_ref(&ask.target), &spec, &mut book);
    }
    let loaded = load(&request.rule_files, &request.paths, false, &mut book);
    let Loaded { rules, problems, .. } = loaded.map_err(|p| problem_line(&p, &book))?;
    let Some(rule) = rules.tables.iter().find(|t| t.name.value == ask.target) else {
        let names: Vec<&str> = rules.tables.iter().map(|t| t.name.value.as_str()).collect();
        let help = did_you_mean(&ask.target, names.iter().copied()).map_or_else(
            || {
                "name a table that has a pattern, or a text file together with --pattern"
                    .to_string()
            },
            |n| format!("did you mean `{n}`?"),
        );
        let told: String = problems.iter().map(|p| problem_line(p, &book)).collect();
        return Err(format!(
            "{told}error: there is no table called `{}`\n  help: {help}\n",
            ask.target
        ));
    };
    let pattern = pattern(rule, (&rules, &request.data), &mut book)?;
    let section = rule.section.as_ref();
    let spec = Spec {
        pattern: &pattern,
        from: section.and_then(|s| s.from.as_ref()).map(|f| f.value.as_str()),
        to: section.and_then(|s| s.to.as_ref()).map(|t| t.value.as_str()),
        split: rule.split.as_ref().map(|s| s.value.as_str()),
    };
    of_files(&paths(rule, &book)?, &spec, &mut book)
}

/// The pattern of a table.
fn pattern(
    rule: &TableRule,
    (rules, data): (&RuleSet, &[(String, String)]),
    book: &mut Sources,
) -> Result<Pattern, String> {
    let pattern = match (&rule.pattern, &rule.regex) {
        (Some(p), _) => {
            let values = values_for(rule, rules, data, book);
            Pattern::with_values(&p.text, &values.map_err(|p| problem_line(&p, book))?)
        }
        (None, Some(r)) => Pattern::from_regex(&r.text),
        (None, None) => {
            return Err(format!("error: the table `{}` has no pattern\n", rule.name.value));
        }
    };
    pattern.map_err(|e| {
        e.iter()
            .map(|p| format!("error[pattern-syntax]: {}\n", shown(&p.message)))
            .collect::<String>()
    })
}

fn paths(rule: &TableRule, book: &Sources) -> Result<Vec<String>, String> {
    let found = files(&rule.base, &rule.path.value.text, book).map_err(|e| match e {
        NotFound::Files(problem) => problem_line(&problem, book),
        NotFound::Pattern(p) => format!("error[pattern-syntax]: {}\n", shown(&p.message)),
    });
    Ok(found?.0.into_iter().map(|p| p.0).collect())
}

fn of_files(paths: &[String], spec: &Spec<'_>, book: &mut Sources) -> Result<String, String> {
    let mut out = String::new();
    for path in paths {
        let (file, text) = book.open_text(path, None).map_err(|p| problem_line(&p, book))?;
        let doc: Document<'_> = if matches!(extension(path), "md" | "markdown") {
            markdown(&text)
        } else {
            plain(&text)
        };
        let found = find(&doc, spec);
        Show { book, file, text: &text, out: &mut out }.extraction(&found, spec.pattern);
    }
    Ok(out)
}

/// The text that a pattern is tried on, and what its matches are written to.
struct Show<'a> {
    book: &'a Sources,
    file: FileId,
    text: &'a str,
    out: &'a mut String,
}

impl Show<'_> {
    fn place(&self, span: Span) -> String {
        let (book, start) = (self.book, to_usize(span.start));
        let line_start = self.text[..start].rfind('\n').map_or(0, |i| i + 1);
        let column = self.text[line_start..start].chars().count() + 1;
        let path = Files::path(book, self.file);
        format!("{}:{}:{column}", printable(&path), book.line(self.file, span.start))
    }

    fn extraction(&mut self, found: &Extraction<'_>, pattern: &Pattern) {
        let _ = writeln!(
            self.out,
            "{}: {} match{}",
            printable(&Files::path(self.book, self.file)),
            found.rows.len(),
            if found.rows.len() == 1 { "" } else { "es" }
        );
        let width = pattern.placeholders.iter().map(|h| h.name.chars().count()).max().unwrap_or(0);
        for row in &found.rows {
            let place = self.place(row.span);
            let _ = writeln!(self.out, "\n{place}");
            for (placeholder, cell) in pattern.placeholders.iter().zip(&row.cells) {
                let name = &placeholder.name;
                let _ = match cell {
                    None => writeln!(self.out, "  {name:<width$}  not in this match"),
                    Some(cell) => writeln!(
                        self.out,
                        "  {name:<width$}  {:<24} {:<28} bytes {}..{}",
                        shown(cell.text),
                        shown(&value(placeholder.ty, cell)),
                        cell.span.start,
                        cell.span.end
                    ),
                };
            }
        }
        found.troubles.iter().for_each(|t| self.trouble(t));
        self.near_misses(&found.near);
    }

    fn trouble(&mut self, trouble: &Trouble) {
        match trouble {
            Trouble::Unmatched { span, text, near } => {
                let place = self.place(*span);
                let item = text.split_whitespace().collect::<Vec<_>>().join(" ");
                let _ = writeln!(self.out, "\n{place}: this item does not match: {}", shown(&item));
                if let Some(n) = near {
                    let (expected, found) = (expected(&n.expected), shown(&n.found));
                    let _ = writeln!(self.out, "  expected {expected}, found `{found}`");
                }
            }
            Trouble::Doubtful { at, word, readings } => {
                let _ = writeln!(
                    self.out,
                    "\n{}: a sentence may end after `{}`, so that no row is read of:",
                    self.place(*at),
                    shown(word)
                );
                for (span, text) in readings {
                    let _ = writeln!(self.out, "  {}: {}", self.place(*span), shown(text));
                }
            }
            Trouble::NoSection { text } => {
                let _ = writeln!(self.out, "\nthe section text `{}` was not found", shown(text));
            }
            Trouble::NoMatch => {}
        }
    }

    fn near_misses(&mut self, near: &[NearMiss]) {
        if !near.is_empty() {
            let _ = writeln!(self.out, "\nnear misses:");
        }
        for n in near {
            let place = self.place(n.span);
            let _ = writeln!(
                self.out,
                "  {place}: {} part{} matched, then expected {}, found `{}`",
                n.reached,
                if n.reached == 1 { "" } else { "s" },
                expected(&n.expected),
                shown(&n.found)
            );
        }
    }
}

/// What a cell is read as, with the range of a figure.
fn value(ty: Type, cell: &Cell<'_>) -> String {
    let mut reading = Reading::new(ty);
    reading.number.prose = true;
    reading.ranges = true;
    if ty == Type::Date {
        reading.formats.clear();
    }
    match reading.read_hedged(cell.text, cell.hedge) {
        Ok(v) if ty == Type::Text => v.to_text(),
        Ok(v) => {
            let range = Style::default()
                .range(&v, ty)
                .map_or(String::new(), |(lo, hi)| format!(" ({lo} to {hi})"));
            format!("{}{range}", v.to_text())
        }
        Err(e) => format!("unreadable: {}", e.label),
    }
}

/// A part of a pattern as it is written; white space is quoted, so that it is seen.
fn expected(part: &str) -> String {
    if part.trim().is_empty() { format!("`{}`", shown(part)) } else { shown(part) }
}
