//! What a rule says of the files of its table: which they are, and how each is read.

use std::sync::Arc;

use crate::compile::discover::{self, NotFound, Paths};
use crate::compile::reading::writing;
use crate::files::sources::{Sources, portable};
use crate::read::format::Options;
use crate::read::pattern::{Pattern, PatternProblem, Placeholder, Values, columns_named};
use crate::read::text::PATTERN_SYNTAX;
use crate::rules::{ParentBy, Spanned, TableRule};
use crate::source::{Problem, Snippet};

/// What the rule says of how each file is read.
pub fn options(
    rule: &TableRule,
    (prose, problems): (bool, &mut Vec<Problem>),
    values: &Values,
) -> Result<Options, Problem> {
    let pattern = match (&rule.pattern, &rule.regex) {
        _ if !prose => None,
        (Some(p), _) => Some((p, Pattern::with_values(&p.text, values, rule.language))),
        (None, Some(r)) => Some((r, Pattern::from_regex(&r.text))),
        (None, None) => None,
    };
    let pattern = match pattern {
        Some((snippet, Err(wrong))) => {
            let mut all = wrong.into_iter().map(|p| pattern_problem(snippet, p));
            let first = all.next();
            problems.extend(all);
            return Err(first.unwrap_or_else(|| {
                let message = "the pattern cannot be read";
                Problem::new(&PATTERN_SYNTAX, snippet.file, snippet.whole(), message)
            }));
        }
        Some((_, Ok(pattern))) => Some(pattern),
        None => None,
    };
    let text = |of: &Option<Spanned<String>>| of.as_ref().map(|t| t.value.clone());
    Ok(Options {
        delimiter: rule.delimiter,
        quote: rule.quote,
        frame: rule.frame.clone(),
        escape: rule.escape,
        short: rule.short,
        headings: rule.heading.is_some(),
        indented: rule.parent.as_ref().is_some_and(|p| matches!(p.by, ParentBy::Indent)),
        repeated: rule.repeated,
        comment: rule.comment,
        at: text(&rule.at),
        pattern,
        section: rule.section.as_ref().map_or((None, None), |s| (text(&s.from), text(&s.to))),
        split: text(&rule.split),
        declared: rule.columns.iter().map(|c| c.name.value.clone()).collect(),
        undeclared: rule.undeclared,
        // A table over many files need not match in each of them.
        must_match: rule.rows.value.min > 0 && !rule.path.value.text.contains(['*', '{', '?']),
        decimal: Some(rule.decimal),
        writing: Arc::new(writing(rule)),
        figures_stored: rule.figures_stored.unwrap_or(false),
        table: rule.name.value.clone(),
        path: String::new(),
    })
}

fn pattern_problem(snippet: &Snippet, p: PatternProblem) -> Problem {
    let mut problem = Problem::new(&PATTERN_SYNTAX, snippet.file, snippet.span(p.span), p.message);
    problem.help = p.help;
    problem
}

/// The files of a table with the values of the path's placeholders.
pub fn files(
    rule: &TableRule,
    instead: Option<&str>,
    book: &Sources,
) -> Result<(Paths, Vec<Placeholder>), Problem> {
    let found = match instead {
        None => discover::files(&rule.base, &rule.path.value.text, book),
        Some(path) => discover::files("", &portable(path), book),
    };
    let syntax = |p: PatternProblem| {
        let written = rule.argument(instead).is_none();
        let at = written.then(|| (rule.file, rule.path.value.span(p.span)));
        Problem { at, help: p.help, ..Problem::nowhere(&PATTERN_SYNTAX, p.message) }
    };
    found.map_err(|e| match e {
        NotFound::Pattern(p) => syntax(p),
        NotFound::Files(problem) => problem,
    })
}

/// The columns whose values the pattern of a table names.
pub fn named(rule: &TableRule) -> Vec<(String, String)> {
    rule.pattern.as_ref().map_or(Vec::new(), |pattern| columns_named(&pattern.text))
}
