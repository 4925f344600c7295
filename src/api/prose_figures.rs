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
use crate::engine::data::table::{Table, TableFile};
use crate::files::sources::shown as shown_path;
use crate::read::formats;
use crate::read::reader::Figure;
use crate::read::text::document::Markup;
use crate::read::text::figures::visit;
use crate::read::text::kinds::{in_prose, kind, unit};
use crate::render::words::{problem_line, shown};
use crate::report::document::prose::{FiguresDocument, FiguresFile, ProseFigure, json};
use crate::report::text::printable;
use crate::source::Files;
use crate::value::hedge::read_hedge;
use crate::value::{Language, Type};

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
        let language = language_of(&project, &shown_path(path));
        files.push(of_text((path, &text), &places, (held, language), ask));
    }
    let document = FiguresDocument { version: 1, files };
    Ok((if ask.as_json { json(&document) } else { in_words(&document) }, problems))
}

/// The language of a text by the first table that reads it.
fn language_of(project: &Project, path: &str) -> Language {
    let is_of = |file: &TableFile| Files::path(&project.book, file.file) == path;
    let reads = |table: &&Table| table.is_declared() && table.files.iter().any(is_of);
    let table = project.built.tables.iter().find(reads);
    let column = table.and_then(|table| table.columns.first());
    column.map(|column| column.reading.number.language).unwrap_or_default()
}

/// Cells of a text that a column of a table has, and who reads them.
struct Held<'p> {
    cells: HeldCells<'p>,
    name: String,
    checks: Vec<String>,
}

/// The cells of a text, by column.
fn held<'p>(project: &'p Project, path: &str) -> Vec<Held<'p>> {
    let by_check = reads::by_check(&project.built);
    let mut all = Vec::new();
    for (number, table) in project.built.tables.iter().enumerate().filter(|t| t.1.is_declared()) {
        for file in &table.files {
            if Files::path(&project.book, file.file) != path {
                continue;
            }
            for (field, column) in cells::columns(table, file) {
                let reads_it =
                    |of: &&(String, BTreeSet<(usize, usize)>)| of.1.contains(&(number, column));
                let checks = by_check.iter().filter(reads_it).map(|of| of.0.clone()).collect();
                let name = table.columns.get(column).map_or("", |c| c.name.as_str());
                let Some(cells) = HeldCells::of(&*file.reader, &|f| f == field) else { continue };
                all.push(Held { cells, name: format!("{}.{name}", table.name), checks });
            }
        }
    }
    all
}

fn of_text(
    (path, text): (&str, &str),
    places: &Places<'_>,
    (mut held, language): (Vec<Held<'_>>, Language),
    ask: &FiguresRequest,
) -> FiguresFile {
    let language = ask.language.unwrap_or(language);
    let markup = Markup::of_ending(extension(path));
    let mut file = FiguresFile { path: shown_path(path), figures: 0, unread: 0, list: Vec::new() };
    visit(text, (markup, language), &mut |figure| {
        let mut one = of_figure(figure, places, language);
        for column in &mut held {
            if column.cells.meet(figure.span) {
                one.read_by.push(column.name.clone());
                one.checks.extend(column.checks.iter().cloned());
            }
        }
        one.checks.sort();
        one.checks.dedup();
        file.figures += 1;
        file.unread += u64::from(one.checks.is_empty());
        if !ask.unread || one.checks.is_empty() {
            file.list.push(one);
        }
    });
    file
}

fn of_figure(figure: &Figure<'_>, places: &Places<'_>, language: Language) -> ProseFigure {
    let (kind, ty) = kind(figure, language);
    let is_moment = matches!(ty, Type::Date | Type::Time);
    let hedge = read_hedge(figure.before, figure.behind, ty, language);
    ProseFigure {
        text: figure.text.to_string(),
        place: places.of(figure.span),
        kind,
        reading: reading(in_prose(ty, language), figure.text, hedge),
        hedge: hedge.words().map(str::to_string),
        unit: unit(figure.behind, language).filter(|_| !is_moment),
        around: (figure.around)(),
        read_by: Vec::new(),
        checks: Vec::new(),
    }
}

/// The document for people.
fn in_words(document: &FiguresDocument) -> String {
    let mut out = String::new();
    for file in &document.files {
        let path = printable(&file.path);
        let plural = if file.figures == 1 { "" } else { "s" };
        let _ = writeln!(
            out,
            "{path}: {} figure{plural}, {} that no check depends on",
            file.figures, file.unread
        );
        for figure in &file.list {
            let place = format!("{path}:{}:{}", figure.place.line, figure.place.column);
            let hedge = figure.hedge.as_ref().map_or(String::new(), |h| format!("{h} "));
            let unit = figure.unit.as_ref().map_or(String::new(), |unit| format!(" {unit}"));
            let written = format!("{hedge}{}{unit}", figure.text);
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
