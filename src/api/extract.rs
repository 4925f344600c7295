//! What a pattern finds: the loop in which a fact-checker writes one.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::api::places::Places;
use crate::api::request::{Request, book};
use crate::compile::discover::{NotFound, files};
use crate::compile::guess::extension;
use crate::compile::load::{Loaded, load};
use crate::compile::reading::writing;
use crate::compile::tables::values_for;
use crate::fault::Fault;
use crate::files::sources::Sources;
use crate::findings::figures::Style;
use crate::read::pattern::{Pattern, Placeholder, Values, Writing};
use crate::read::text::document::Markup;
use crate::read::text::extract::{Cell, Extraction, Row, Spec, Trouble, extract as find};
use crate::read::text::near::NearMiss;
use crate::read::text::{ITEM_UNMATCHED, SECTION_NOT_FOUND, SENTENCE_IN_DOUBT};
use crate::render::words::{problem_line, shown};
use crate::report::document::prose::{
    ExtractDocument, ExtractFile, ExtractMatch, ExtractNear, ExtractReading, ExtractTrouble,
    ExtractValue, ProsePlace, ProseReading, json,
};
use crate::report::text::printable;
use crate::rules::{RuleSet, TableRule};
use crate::source::{Span, did_you_mean};
use crate::value::{Hedge, Language, NumberFormat, Reading, Type};

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
    /// The language of a text that a pattern is tried on.
    pub language: Language,
    /// Whether a JSON document is written.
    pub as_json: bool,
}

/// What `extract` prints.
#[derive(Debug, Clone)]
pub struct Extracted {
    /// Every match with its values and places, and the near misses.
    pub text: String,
    /// Whether there is a match.
    pub has_matches: bool,
}

/// Prints every match, its values and places, and the near misses.
///
/// # Errors
/// What kept it from looking, in words.
pub fn extract(request: &Request, ask: &ExtractRequest) -> Result<Extracted, String> {
    let mut book = book(request).map_err(|p| problem_line(&p, &Sources::default()))?;
    if let Some(pattern) = &ask.pattern {
        let pattern = Pattern::with_values(pattern, &Values::new(), ask.language).map_err(|e| {
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
            writing: &in_language(ask.language),
        };
        return of_files(std::slice::from_ref(&ask.target), &spec, (&mut book, ask.as_json));
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
        writing: &writing(rule),
    };
    of_files(&paths(rule, &book)?, &spec, (&mut book, ask.as_json))
}

/// How figures are written in a language.
fn in_language(language: Language) -> Writing {
    let number = NumberFormat { lone_points: true, ..NumberFormat::in_language(language) };
    Writing { number, columns: Vec::new() }
}

/// The pattern of a table.
fn pattern(
    rule: &TableRule,
    (rules, data): (&RuleSet, &[(String, String)]),
    book: &mut Sources,
) -> Result<Arc<Pattern>, String> {
    let pattern = match (&rule.pattern, &rule.regex) {
        (Some(p), _) => {
            let all: Vec<&TableRule> = rules.tables.iter().collect();
            let values = values_for(rule, &all, data, book);
            let values = values.map_err(|p| problem_line(&p, book))?;
            Pattern::with_values(&p.text, &values, rule.language)
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

fn of_files(
    paths: &[String],
    spec: &Spec<'_>,
    (book, as_json): (&mut Sources, bool),
) -> Result<Extracted, String> {
    let mut files = Vec::new();
    for path in paths {
        let (file, text) = book.open_text(path, None).map_err(|p| problem_line(&p, book))?;
        let doc = Markup::of_ending(extension(path)).flat(&text);
        let found = find(&doc, spec);
        let places = Places::new(book, file, &text);
        files.push(Facts { places, pattern: spec.pattern, writing: spec.writing }.of(&found));
    }
    let document = ExtractDocument { version: 1, files };
    let has_matches = document.files.iter().any(|file| !file.matches.is_empty());
    let text = if as_json { json(&document) } else { in_words(&document) };
    Ok(Extracted { text, has_matches })
}

/// What was found in a text.
struct Facts<'a> {
    places: Places<'a>,
    pattern: &'a Pattern,
    writing: &'a Writing,
}

impl Facts<'_> {
    fn of(&self, found: &Extraction<'_>) -> ExtractFile {
        ExtractFile {
            path: self.places.path(),
            matches: found.rows.iter().map(|row| self.row(row)).collect(),
            troubles: found.troubles.iter().filter_map(|t| self.trouble(t)).collect(),
            near_misses: found.near.iter().map(|near| self.near(near)).collect(),
        }
    }

    fn row(&self, row: &Row<'_>) -> ExtractMatch {
        let cells = self.pattern.placeholders.iter().zip(&row.cells);
        let value = |(placeholder, cell): (&Placeholder, &Option<Cell<'_>>)| ExtractValue {
            name: placeholder.name.clone(),
            text: cell.as_ref().map(|cell| cell.text.to_string()),
            place: cell.as_ref().map(|cell| self.places.of(cell.span)),
            reading: cell.as_ref().map_or_else(ProseReading::default, |cell| {
                reading(self.how(placeholder), &cell.text, cell.hedge)
            }),
        };
        ExtractMatch { place: self.places.of(row.span), values: cells.map(value).collect() }
    }

    /// How the figures of a placeholder are read.
    fn how(&self, placeholder: &Placeholder) -> Reading {
        let own = self.writing.columns.iter().find(|own| own.0 == placeholder.name);
        let mut how = Reading::new(placeholder.ty);
        how.number = own.map_or(&self.writing.number, |own| &own.1).clone();
        if placeholder.ty == Type::Date {
            how.formats = own.map(|own| own.2.clone()).unwrap_or_default();
        }
        how
    }

    fn trouble(&self, trouble: &Trouble) -> Option<ExtractTrouble> {
        let made = |fault: &'static Fault, message: String, span: Option<Span>| ExtractTrouble {
            fault: fault.name,
            message,
            place: span.map(|span| self.places.of(span)),
            readings: Vec::new(),
            near: None,
        };
        Some(match trouble {
            Trouble::Unmatched { span, text, near } => {
                let item = text.split_whitespace().collect::<Vec<_>>().join(" ");
                let message = format!("this item does not match: {item}");
                let near = near.as_ref().map(|near| self.near(near));
                ExtractTrouble { near, ..made(&ITEM_UNMATCHED, message, Some(*span)) }
            }
            Trouble::Doubtful { at, word, readings } => {
                let message =
                    format!("a sentence may end after `{word}`, so that no row is read of:");
                let reading = |(span, text): &(Span, String)| ExtractReading {
                    text: text.clone(),
                    place: self.places.of(*span),
                };
                let readings = readings.iter().map(reading).collect();
                ExtractTrouble { readings, ..made(&SENTENCE_IN_DOUBT, message, Some(*at)) }
            }
            Trouble::NoSection { text } => {
                let message = format!("the section text `{text}` was not found");
                made(&SECTION_NOT_FOUND, message, None)
            }
            Trouble::NoMatch => return None,
        })
    }

    fn near(&self, near: &NearMiss) -> ExtractNear {
        ExtractNear {
            place: self.places.of(near.span),
            words: near.words.0,
            of_words: near.words.1,
            expected: near.expected.clone(),
            found: near.found.clone(),
            unseen: near.unseen.clone(),
        }
    }
}

/// The document for people.
fn in_words(document: &ExtractDocument) -> String {
    let mut out = String::new();
    for file in &document.files {
        let path = printable(&file.path);
        let count = file.matches.len();
        let _ = writeln!(out, "{path}: {count} match{}", if count == 1 { "" } else { "es" });
        let place = |place: &ProsePlace| format!("{path}:{}:{}", place.line, place.column);
        for row in &file.matches {
            let _ = writeln!(out, "\n{}", place(&row.place));
            let width = row.values.iter().map(|v| v.name.chars().count()).max().unwrap_or(0);
            row.values.iter().for_each(|value| write_value(value, width, &mut out));
        }
        for trouble in &file.troubles {
            let before = trouble.place.as_ref().map_or(String::new(), |p| place(p) + ": ");
            let _ = writeln!(out, "\n{before}{}", shown(&trouble.message));
            for reading in &trouble.readings {
                let _ = writeln!(out, "  {}: {}", place(&reading.place), shown(&reading.text));
            }
            if let Some(near) = &trouble.near {
                let _ = writeln!(out, "  {}", departs(near));
            }
        }
        if !file.near_misses.is_empty() {
            let _ = writeln!(out, "\nnear misses:");
        }
        for near in &file.near_misses {
            let words = match near.of_words {
                0 => String::new(),
                of => format!("{} of {of} word{}, ", near.words, if of == 1 { "" } else { "s" }),
            };
            let _ = writeln!(out, "  {}: {words}{}", place(&near.place), departs(near));
        }
    }
    out
}

fn write_value(value: &ExtractValue, width: usize, out: &mut String) {
    let name = &value.name;
    let (Some(text), Some(place)) = (&value.text, &value.place) else {
        let _ = writeln!(out, "  {name:<width$}  not in this match");
        return;
    };
    let (text, read) = (shown(text), shown(&value.reading.to_string()));
    let _ = writeln!(
        out,
        "  {name:<width$}  {text:<24} {read:<28} bytes {}..{}",
        place.start, place.end
    );
}

/// Where a text departs from the pattern.
fn departs(near: &ExtractNear) -> String {
    let expected = match near.expected.trim().is_empty() {
        true => "white space".to_string(),
        false => format!("`{}`", shown(&near.expected)),
    };
    let unseen = near.unseen.as_ref().map_or(String::new(), |unseen| format!(": {unseen}"));
    format!("expected {expected}, found `{}`{unseen}", shown(&near.found))
}

/// What a text is read as, with the range of a figure.
pub fn reading(mut how: Reading, text: &str, hedge: Hedge) -> ProseReading {
    how.number.prose = true;
    how.ranges = true;
    let ty = how.ty;
    match how.read_hedged(text, hedge) {
        Ok(value) => {
            let range = (ty != Type::Text).then(|| Style::default().range(&value, ty)).flatten();
            let (low, high) = range.unzip();
            let hedge = hedge.words().map(str::to_string);
            let shown = (ty == Type::Percent).then(|| Style::default().show(&value, ty));
            let value = Some(value.to_text());
            ProseReading { value, shown, hedge, low, high, unreadable: None }
        }
        Err(e) => ProseReading { unreadable: Some(e.label), ..ProseReading::default() },
    }
}
