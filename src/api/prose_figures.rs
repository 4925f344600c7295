//! The figures of texts, what reads them and which checks depend on them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::api::cells::{self, HeldCells};
use crate::api::extract::reading;
use crate::api::places::Places;
use crate::api::project::Project;
use crate::api::reads;
use crate::api::request::Request;
use crate::compile::guess::extension;
use crate::engine::data::table::TableFile;
use crate::files::sources::shown as shown_path;
use crate::read::formats;
use crate::read::reader::Figure;
use crate::read::text::document::Markup;
use crate::read::text::figures::{Where, visit};
use crate::read::text::kinds::{in_prose, kind, scale_of_next, unit};
use crate::render::words::{problem_line, shown};
use crate::report::document::prose::{FiguresDocument, FiguresFile, ProseFigure, json};
use crate::report::text::printable;
use crate::source::{Files, Span};
use crate::value::hedge::{read_hedge, words_of_hedge};
use crate::value::{Hedge, Language, NumberFormat, Reading, Type};
use crate::width::to_usize;

/// What `figures` is asked for.
#[derive(Debug, Clone, Default)]
pub struct FiguresRequest {
    /// Texts whose figures are listed.
    pub files: Vec<String>,
    /// Whether only figures are listed that no check depends on.
    pub unread: bool,
    /// The language of the texts; that of a table that reads them where none is named.
    pub language: Option<Language>,
    /// Whether a JSON document is written.
    pub as_json: bool,
}

/// Lists the figures of texts, and the problems of rules that read them.
///
/// # Errors
/// What kept it from reading a text, in words.
pub fn figures(request: &Request, ask: &FiguresRequest) -> Result<(String, String), String> {
    let request = Request { paths: ask.files.clone(), ..request.clone() };
    let mut project = Project::open(&request);
    // Where no rules read a text, its figures are listed all the same.
    let wrong = project.problems.iter().filter(|p| p.at.is_some());
    let problems: String = wrong.map(|p| problem_line(p, &project.book)).collect();
    let mut files = Vec::new();
    for path in &ask.files {
        let opened = project.book.open_text(path, None);
        let (file, text) = opened.map_err(|p| problem_line(&p, &project.book))?;
        let is_text =
            formats::by_ending(extension(path), true).is_none_or(|format| format.takes("pattern"));
        if !is_text {
            return Err(format!(
                "error: `{}` is no text\n  help: figures are listed of plain text, Markdown and web pages\n",
                shown(&shown_path(path))
            ));
        }
        let held = held(&project, &shown_path(path));
        let places = Places::new(&project.book, file, &text);
        let number = match ask.language {
            Some(language) => Some(NumberFormat::in_language(language)),
            None => {
                let document = Markup::of_ending(extension(path)).flat(&text);
                let known = Language::known_of_text(&document.text);
                let of_rules = number_format(&project, &shown_path(path));
                // A text without rules has a table that says nothing of it.
                let of_rules = of_rules.filter(|_| known.is_some() || !held.is_empty());
                of_rules.or_else(|| known.map(NumberFormat::in_language))
            }
        };
        files.push(match number {
            Some(number) => of_text((path, &text), &places, (held, &number), ask.unread),
            None => in_no_language(path),
        });
    }
    let document = FiguresDocument { version: 1, files };
    Ok((if ask.as_json { json(&document) } else { in_words(&document) }, problems))
}

/// What a text is in whose language is not read.
const UNKNOWN: &str = "unknown";

/// A text of whose figures nothing is known, since its language is none that is read.
fn in_no_language(path: &str) -> FiguresFile {
    let language = Some(UNKNOWN.to_string());
    FiguresFile { path: shown_path(path), language, figures: 0, unread: 0, list: Vec::new() }
}

/// How the figures of a text are written, by the first table that reads it.
fn number_format(project: &Project, path: &str) -> Option<NumberFormat> {
    let is_of = |file: &&TableFile| Files::path(&project.book, file.file) == path;
    let tables = project.built.tables.iter().filter(|table| table.is_declared());
    let mut files = tables.filter_map(|table| table.files.iter().find(is_of));
    files.find_map(|file| file.reader.number_format()).cloned()
}

/// Cells of a text that a column of a table has, and who reads them.
struct Held<'p> {
    cells: HeldCells<'p>,
    name: String,
    checks: Vec<String>,
    /// How they are read.
    reading: Option<Reading>,
}

/// The cells of a text, by column.
fn held<'p>(project: &'p Project, path: &str) -> Vec<Held<'p>> {
    let by_check = reads::by_check(&project.built);
    let mut all = Vec::new();
    for (number, table) in project.built.tables.iter().enumerate().filter(|t| t.1.is_declared()) {
        for file in &table.files {
            // A text that is read as records has no columns in its sentences.
            let is_text = file.reader.bytes().is_none();
            if !is_text || Files::path(&project.book, file.file) != path {
                continue;
            }
            for (field, column) in cells::columns(table, file) {
                let reads_it =
                    |of: &&(String, BTreeSet<(usize, usize)>)| of.1.contains(&(number, column));
                let checks = by_check.iter().filter(reads_it).map(|of| of.0.clone()).collect();
                let own = table.columns.get(column);
                let name = own.map_or("", |c| c.name.as_str());
                let reading = own.map(|own| own.reading.clone());
                let Some(cells) = HeldCells::of(&*file.reader, &|f| f == field) else { continue };
                all.push(Held { cells, name: format!("{}.{name}", table.name), checks, reading });
            }
        }
    }
    all
}

fn of_text(
    (path, text): (&str, &str),
    places: &Places<'_>,
    (mut held, number): (Vec<Held<'_>>, &NumberFormat),
    is_unread: bool,
) -> FiguresFile {
    let markup = Markup::of_ending(extension(path));
    let is_usual = number.language == Language::default();
    let language = (!is_usual).then(|| number.language.name.clone());
    let mut file =
        FiguresFile { path: shown_path(path), language, figures: 0, unread: 0, list: Vec::new() };
    visit(text, (markup, number, Where::Tables), &mut |figure| {
        let mut one = of_figure(figure, places, number);
        for column in &mut held {
            if let Some(cell) = column.cells.meet(figure.span) {
                if let Some(reading) = column.reading.as_ref().filter(|_| one.read_by.is_empty()) {
                    read_so(&mut one, &part(figure, cell), reading);
                }
                one.read_by.push(column.name.clone());
                one.checks.extend(column.checks.iter().cloned());
            }
        }
        one.checks.sort();
        one.checks.dedup();
        file.figures += 1;
        file.unread += u64::from(one.checks.is_empty());
        if !is_unread || one.checks.is_empty() {
            file.list.push(one);
        }
    });
    file
}

/// What a cell holds of a figure: three in `three quarters`. Of two figures, as `64 of 74` are, each has its own.
fn part<'f>(figure: &Figure<'f>, cell: Span) -> Figure<'f> {
    let all = Figure { ..*figure };
    let Span { start, end } = figure.span;
    let length = figure.text.len() as u64;
    let is_part = cell.start == start && cell.end < end && end - start == length;
    let Some((text, rest)) = figure.text.split_at_checked(to_usize(cell.end.saturating_sub(start)))
    else {
        return all;
    };
    let is_one = !rest.contains(|c: char| c.is_ascii_digit());
    if is_part && is_one { Figure { text, behind: "", ..all } } else { all }
}

/// A figure as the column reads it that holds it, if that reads the same text.
fn read_so(one: &mut ProseFigure, figure: &Figure<'_>, how: &Reading) {
    let kind = match how.ty {
        Type::Number | Type::Integer if one.kind == "multiple" => one.kind,
        Type::Number | Type::Integer => "number",
        Type::Percent => "percent",
        Type::Date | Type::Year => "date",
        _ => return,
    };
    let hedge = read_hedge(figure.before, figure.behind, how.ty, how.number.language);
    let is_short = scale_of_next(figure, &how.number).is_some();
    let read = reading(how.clone(), figure.text, hedge);
    if read.unreadable.is_none() && !is_short {
        (one.kind, one.reading) = (kind, read);
    }
}

fn of_figure(figure: &Figure<'_>, places: &Places<'_>, number: &NumberFormat) -> ProseFigure {
    let (kind, ty) = kind(figure, number);
    let language = number.language;
    let is_moment = matches!(ty, Type::Date | Type::Time);
    // `from 4.8 to 5.3 million`: both are millions.
    let scale = scale_of_next(figure, number).filter(|_| ty == Type::Number);
    let whole = scale.map_or(figure.text.to_string(), |scale| format!("{}{scale}", figure.text));
    let hedge = read_hedge(figure.before, figure.behind, ty, language);
    ProseFigure {
        text: figure.text.to_string(),
        said: said(figure, hedge, language),
        place: places.of(figure.span),
        kind,
        reading: reading(in_prose(ty, number), &whole, hedge),
        hedge: hedge.words().map(str::to_string),
        unit: unit(figure.behind, language).filter(|_| !is_moment && kind != "multiple"),
        around: (figure.around)(),
        read_by: Vec::new(),
        checks: Vec::new(),
    }
}

/// A figure with the words around it that say how near to it is meant, as they stand there.
fn said(figure: &Figure<'_>, hedge: Hedge, language: Language) -> String {
    let (start, end) = match hedge {
        Hedge::None => (figure.before.len(), 0),
        _ => words_of_hedge(figure.before, figure.behind, language),
    };
    let before = figure.before.get(start..).unwrap_or_default();
    let behind = figure.behind.get(..end).unwrap_or_default();
    let all = [before, figure.text, behind].concat();
    all.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The document for people.
fn in_words(document: &FiguresDocument) -> String {
    let mut out = String::new();
    for file in &document.files {
        let path = printable(&file.path);
        let plural = if file.figures == 1 { "" } else { "s" };
        if file.language.as_deref() == Some(UNKNOWN) {
            let _ = writeln!(
                out,
                "{path}: no figures are read, since its language is not known; `--language` names it"
            );
            continue;
        }
        let language = file.language.as_ref().map_or(String::new(), |name| format!(" in {name}"));
        let _ = writeln!(
            out,
            "{path}: {} figure{plural}{language}, {} that no check depends on",
            file.figures, file.unread
        );
        for figure in &file.list {
            let place = format!("{path}:{}:{}", figure.place.line, figure.place.column);
            let unit = figure.unit.as_ref().filter(|_| figure.said.ends_with(&figure.text));
            let unit = unit.map_or(String::new(), |unit| format!(" {unit}"));
            let written = format!("{}{unit}", figure.said);
            let read = format!("{} {}", figure.kind, figure.reading);
            let checks = match figure.checks.as_slice() {
                [] => "not checked".to_string(),
                checks => checks.join(", "),
            };
            let by = figure.read_by.iter().map(|by| format!("{{{by}}} ")).collect::<String>();
            let (written, read) = (shown(&written), shown(&read));
            let _ = writeln!(out, "  {place}  {written:<24}  {read:<36}  {by}{checks}");
        }
    }
    out
}
