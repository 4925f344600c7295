//! A pattern for each sentence with figures: its own words, with placeholders where the figures stand.

use std::ops::Range;

use crate::propose::prose::called;
use crate::propose::prose::counts::counts;
use crate::propose::prose::cues::Near;
use crate::propose::prose::points::{self, in_a_text, is_points};
use crate::read::pattern::{Pattern, Values, Writing};
use crate::read::text::extract::{Cell, Searched, Spec, visit_in};
use crate::read::text::kinds::{in_prose, is_multiple};
use crate::read::text::said::{Said, SaidFigure};
use crate::value::{Hedge, Language, Number, NumberFormat, Type};

/// Sentences of a text that get a pattern.
const SENTENCES: usize = 300;
/// Figures of a sentence beyond which it is no sentence but a list.
const MOST: usize = 40;
/// Words before the first figure, on each side of `…`, and behind the last figure.
const WORDS: usize = 4;

/// A sentence with a pattern.
#[derive(Debug, Clone)]
pub struct Sentence {
    /// What its table is called.
    pub name: String,
    pub pattern: String,
    pub figures: Vec<Read>,
}

/// A figure as its placeholder reads it.
#[derive(Debug, Clone)]
pub struct Read {
    /// Its number among the figures of the text.
    pub figure: usize,
    /// Where it stands in the text without mark-up.
    pub range: Range<usize>,
    /// What its placeholder is called.
    pub name: String,
    /// Its text, with what another figure says for both.
    pub text: String,
    pub hedge: Hedge,
    pub ty: Type,
}

/// A placeholder in a sentence.
struct Hole {
    figure: usize,
    range: Range<usize>,
    name: String,
    kind: &'static str,
    ty: Type,
}

/// The sentences with figures, and where those begin that no pattern matches.
pub fn sentences(said: &Said<'_>, taken: &mut Vec<String>) -> (Vec<Sentence>, Vec<usize>) {
    let (mut all, mut left_out) = (Vec::new(), Vec::new());
    for (number, range) in said.sentences.iter().enumerate() {
        let own = said.figures.iter().enumerate().filter(|(_, f)| f.sentence == number);
        let own: Vec<(usize, &SaidFigure)> = own.filter(|(_, f)| is_known(said, f)).collect();
        let range = &beside_cells(said, range, &own);
        let is_said = |_: &&SaidFigure| said.has_words(number) || is_item(said, range, &own);
        let first = own.first().map(|own| own.1).filter(is_said);
        let Some(first) = first else { continue };
        let holes = holes(said, range, &own);
        let texts =
            [Cut::Short, Cut::Start, Cut::None].map(|cut| pattern(said, range, &holes, cut));
        let is_one = own.len() <= MOST && all.len() < SENTENCES;
        let texts = texts.into_iter().filter(|_| is_one);
        let mut read = texts.filter_map(|text| Some((read(said, &text, &holes)?, text)));
        let Some((figures, pattern)) = read.next() else {
            left_out.push(range.start);
            continue;
        };
        let name = called::sentence(&near(said, range, &first.range), taken);
        taken.push(name.clone());
        all.push(Sentence { name, pattern, figures });
    }
    (all, left_out)
}

/// Whether a sentence is a name with one figure, as lists have it: `Primary: 2,410`.
fn is_item(said: &Said<'_>, sentence: &Range<usize>, own: &[(usize, &SaidFigure)]) -> bool {
    let [(_, figure)] = own else { return false };
    let text = |range: Range<usize>| said.document.text.get(range).unwrap_or_default().trim();
    let before = text(sentence.start..figure.range.start);
    let name = before.trim_end_matches([':', '–', '—', '-']).trim_end();
    let is_alone = text(figure.range.end..sentence.end).is_empty();
    figure.ty != Type::Date
        && name.chars().filter(|c| c.is_alphabetic()).count() > 2
        && (name.len() < before.len() || is_alone)
}

/// Whether a figure can be read, and a placeholder takes it: of a fiscal year it is not known when it begins, and times of
/// day and telephone numbers have no part in relations.
fn is_known(said: &Said<'_>, figure: &SaidFigure) -> bool {
    let text = said.document.text.get(figure.range.clone()).unwrap_or_default();
    let how = in_prose(figure.ty, &NumberFormat::in_language(said.language));
    match figure.ty {
        Type::Date | Type::Number => how.read_hedged(text, Hedge::None).is_ok(),
        ty => ty == Type::Percent,
    }
}

/// The part of a sentence around its figures that no cell of a table stands in.
fn beside_cells(
    said: &Said<'_>,
    sentence: &Range<usize>,
    own: &[(usize, &SaidFigure)],
) -> Range<usize> {
    let text = |range: Range<usize>| said.document.text.get(range).unwrap_or_default();
    let (Some((_, first)), Some((_, last))) = (own.first(), own.last()) else {
        return sentence.clone();
    };
    let before = text(sentence.start..first.range.start);
    let start = before.rfind(" | ").map_or(sentence.start, |at| sentence.start + at + " | ".len());
    let behind = text(last.range.end..sentence.end).find(" | ");
    start..behind.map_or(sentence.end, |at| last.range.end + at)
}

/// The words around a figure of a sentence.
pub fn near(said: &Said<'_>, sentence: &Range<usize>, figure: &Range<usize>) -> Near {
    let text = |range: Range<usize>| said.document.text.get(range).unwrap_or_default();
    let (before, behind) = (text(sentence.start..figure.start), text(figure.end..sentence.end));
    Near::new(before, behind, said.language)
}

fn holes(said: &Said<'_>, sentence: &Range<usize>, own: &[(usize, &SaidFigure)]) -> Vec<Hole> {
    let mut names = Vec::new();
    let points = |figure: &SaidFigure| points::with_word(said, figure);
    let range = |figure: &SaidFigure| points(figure).unwrap_or_else(|| figure.range.clone());
    let nears: Vec<Near> =
        own.iter().map(|(_, figure)| near(said, sentence, &range(figure))).collect();
    let counts = counts(said, own, &nears);
    let hole = |(n, (number, figure)): (usize, &(usize, &SaidFigure))| {
        let points = points(figure);
        let range = range(figure);
        let text = said.document.text.get(range.clone()).unwrap_or_default();
        let is_points = points.is_some() || is_points(text, said.language);
        let is_year = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
        let ty = match figure.ty {
            Type::Date if is_year => Type::Year,
            Type::Number if points.is_some() => Type::Percent,
            Type::Number
                if !is_multiple(text, said.language) && is_fraction(text, said.language) =>
            {
                Type::Percent
            }
            Type::Number if counts.get(n).is_some_and(|counts| *counts) => Type::Integer,
            ty => ty,
        };
        let kind = match ty {
            Type::Date => "date",
            Type::Year => "year",
            Type::Integer => "integer",
            Type::Percent if is_points => "points",
            Type::Percent => "percent",
            _ if is_multiple(text, said.language) => "multiple",
            _ => "number",
        };
        let name = match nears.get(n) {
            Some(near) => called::placeholder(ty, is_points, near, &names),
            None => String::new(),
        };
        names.push(name.clone());
        Hole { figure: *number, range, name, kind, ty }
    };
    own.iter().enumerate().map(hole).collect()
}

/// Whether a figure is a part of a whole, in words: `a sixth`, `half`.
fn is_fraction(text: &str, language: Language) -> bool {
    let has_digits = text.contains(|c: char| c.is_numeric());
    let value = in_prose(Type::Number, &NumberFormat::in_language(language));
    let value = value.read_hedged(text, Hedge::None);
    let value = value.ok().filter(|_| !has_digits);
    value.is_some_and(|v| v.figure().is_some_and(|f| f.value < Number::from(1i64)))
}

/// How much of a sentence is left out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// Its start, its end, and words between figures that are far apart.
    Short,
    /// Nothing but its end.
    Start,
    None,
}

fn pattern(said: &Said<'_>, sentence: &Range<usize>, holes: &[Hole], cut: Cut) -> String {
    let mut literals = Vec::new();
    let mut at = sentence.start;
    for hole in holes {
        literals.push(said.document.text.get(at..hole.range.start).unwrap_or_default());
        at = hole.range.end;
    }
    literals.push(said.document.text.get(at..sentence.end).unwrap_or_default());
    let escapes = escapes_brackets(&literals);
    let last = literals.len() - 1;
    let mut out = String::new();
    for (number, literal) in literals.into_iter().enumerate() {
        let own = match (number, cut) {
            (_, Cut::None) => in_one_line(literal),
            (0, Cut::Short) => end_of(literal),
            (n, Cut::Short | Cut::Start) if n == last => start_of(literal, said.language),
            (_, Cut::Short) => shortened(literal),
            (_, Cut::Start) => in_one_line(literal),
        };
        escape(&own, escapes, &mut out);
        if let Some(hole) = holes.get(number) {
            out.push_str(&format!("{{{}:{}}}", hole.name, hole.kind));
        }
    }
    out.trim().to_string()
}

/// White space as one space.
fn in_one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_space = |c: Option<char>| c.is_some_and(char::is_whitespace);
    let before = if is_space(text.chars().next()) { " " } else { "" };
    let behind = if is_space(text.chars().next_back()) { " " } else { "" };
    if words.is_empty() {
        before.to_string()
    } else {
        format!("{before}{}{behind}", words.join(" "))
    }
}

/// The last words of a text.
fn end_of(text: &str) -> String {
    let line = in_one_line(text);
    let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
    if words.len() <= WORDS + 2 {
        return line;
    }
    let from = words.len() - WORDS;
    let end = if line.ends_with(' ') { " " } else { "" };
    format!("{}{end}", words.get(from..).unwrap_or_default().join(" "))
}

/// The first words of a text: up to what a comma or a bracket closes.
fn start_of(text: &str, language: Language) -> String {
    let line = in_one_line(text);
    let mut words: Vec<&str> = line.split(' ').collect();
    words.truncate(WORDS);
    let goes_on = |word: &&str| language.words().cues.open.iter().any(|own| own == word);
    // A pattern does not end in the middle of what is said.
    while words.len() > 1 && words.last().is_some_and(goes_on) {
        words.pop();
    }
    let text = words.join(" ");
    text.trim_end_matches(|c: char| ",;:–—".contains(c)).to_string()
}

/// A text without the words in its middle.
fn shortened(text: &str) -> String {
    let line = in_one_line(text);
    let words: Vec<&str> = line.split(' ').collect();
    if words.len() <= 2 * WORDS + 3 {
        return line;
    }
    let (first, last) = (words.get(..WORDS), words.get(words.len() - WORDS..));
    format!("{} … {}", first.unwrap_or_default().join(" "), last.unwrap_or_default().join(" "))
}

/// Whether brackets of the text have a meaning in a pattern that they have not here.
fn escapes_brackets(literals: &[&str]) -> bool {
    let mut depth = 0i32;
    let all = literals.concat();
    for c in all.chars() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        if depth < 0 {
            return true;
        }
    }
    depth != 0 || all.contains('|') || literals.iter().any(|text| text.contains("()"))
}

fn escape(text: &str, brackets: bool, out: &mut String) {
    for c in text.chars() {
        if "{}[]\\|".contains(c) || brackets && "()".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
}

/// The figures of a sentence, where a pattern matches it and nothing else.
fn read(said: &Said<'_>, text: &str, holes: &[Hole]) -> Option<Vec<Read>> {
    let pattern = Pattern::with_values(text, &Values::new(), said.language).ok()?;
    let writing = Writing { number: in_a_text(said.language), columns: Vec::new() };
    let spec = Spec { pattern: &pattern, from: None, to: None, split: None, writing: &writing };
    let mut rows = Vec::new();
    let searched = Searched::new(&said.document, &spec);
    let (troubles, _) = visit_in(&searched, false, &mut |row| rows.push(row));
    let row = rows.first().filter(|_| rows.len() == 1 && troubles.is_empty())?;
    if row.cells.len() != holes.len() {
        return None;
    }
    let read = |(cell, hole): (&Option<Cell<'_>>, &Hole)| {
        let span = said.document.map.span(hole.range.clone());
        let cell = cell.as_ref().filter(|cell| cell.span == span)?;
        let (name, ty, hedge) = (hole.name.clone(), hole.ty, cell.hedge);
        let (figure, range) = (hole.figure, hole.range.clone());
        Some(Read { figure, range, name, text: cell.text.to_string(), hedge, ty })
    };
    row.cells.iter().zip(holes).map(read).collect()
}
