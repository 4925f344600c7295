//! A declared table → its files, columns and rows.

use std::collections::HashSet;
use std::sync::Arc;

use crate::compile::differing::{self, the_header};
use crate::compile::discover::{self, Paths, no_file};
use crate::compile::guess::{declared_or_guessed, foreign_key};
use crate::compile::options::options;
use crate::compile::reading::declared_type;
use crate::compile::texts::{TextOf, Texts};
use crate::compile::{
    FILE_LEFT_OUT, MISSING_COLUMN, codes, dates, held, look_ahead, marks, names, order,
};
use crate::engine::data::table::{Column, TableFile};
use crate::expr::bind::UNKNOWN_COLUMN;
use crate::expr::regex::Regex;
use crate::files::BAD_ENCODING;
use crate::files::sources::{Sources, refused, shown};
use crate::read::format::{Comment, Format, Options};
use crate::read::note::{NamedBy, Note, SHEET_NOT_FOUND, START_NOT_FOUND, Spot, TABLE_NOT_FOUND};
use crate::read::pattern::{Placeholder, Values};
use crate::read::reader::{Head, HeaderCell, Reader};
use crate::read::text::{PATTERN_NO_MATCH, SECTION_NOT_FOUND};
use crate::report::Subject;
use crate::rules::{Heading, ParentBy, TableRule};
use crate::shape::{Codes, FileLayout, Headings, Layout, ShapeOptions, Source};
use crate::source::{FileId, Files, Problem, Snippet, Span, did_you_mean};
use crate::value::{Reading, Type};

/// What opening a table gave.
#[derive(Default)]
pub struct OpenTable {
    /// Its columns; readings are made when all types are known.
    pub columns: Vec<Column>,
    /// Types that placeholders give.
    pub types: Vec<Option<Type>>,
    /// Whether its cells are read as prose.
    pub prose: bool,
    /// Where the cells of each come from.
    pub layout: Layout,
    /// The first file that can be read, and its columns.
    pub first: Option<(FileId, Vec<HeaderCell>)>,
    pub files: Vec<TableFile>,
    /// Comments in its texts that speak to this program.
    pub comments: Vec<(FileId, Vec<Comment>)>,
    /// What was found on the way.
    pub notes: Vec<Note>,
    /// What kept it from being read.
    pub problems: Vec<Problem>,
    /// Its columns are not known.
    pub open: bool,
    /// Optional, and not there.
    pub absent: bool,
    /// Not all of its files could be opened.
    pub unread: bool,
    /// Where the number of its rows is demanded.
    pub rule: Option<(FileId, Span)>,
}

impl OpenTable {
    /// Whether a blank cell is missing, whatever texts mean that there is no value.
    pub fn has_null(&self) -> bool {
        self.files.iter().any(|file| file.reader.has_null())
    }
}

/// A column whose reading is not known yet.
pub fn column(name: &str) -> Column {
    Column {
        name: name.to_string(),
        reading: Reading::new(Type::Text),
        melted: Vec::new(),
        rounded: None,
        absent: false,
        reports_unreadable: false,
        reliability: 1,
        header: None,
    }
}

/// Opens a table; `instead` is its path from `--data`.
pub fn open(
    rule: &TableRule,
    instead: Option<&str>,
    (book, texts): (&mut Sources, &mut Texts),
    values: &Values,
) -> OpenTable {
    let mut opened = OpenTable::default();
    if let Err(problem) = open_into(rule, instead, (book, texts), (values, &mut opened)) {
        // That a table has no path is reported where its rule is read.
        let has_path = instead.is_some() || rule.held.is_some() || !rule.path.value.text.is_empty();
        opened.problems.extend(has_path.then(|| at_path(rule, instead, problem)));
        opened.open = true;
        opened.unread = true;
        // Without its columns, the rows of the files before the one that failed mean nothing.
        opened.files.clear();
    }
    opened.open |= rule.is_unclear;
    opened.rule = rule.rows_place(instead);
    declared_but_absent(rule, &mut opened);
    opened.types.resize(opened.columns.len(), None);
    for note in &mut opened.notes {
        note.table.clone_from(&rule.name.value);
        note.rule = note.rule.take().or_else(|| note.key.map(|key| asked_by(rule, key)));
    }
    opened
}

/// A problem of a file is shown where a rule names the file; where none does, by its path.
fn at_path(rule: &TableRule, instead: Option<&str>, problem: Problem) -> Problem {
    match (problem.at, rule.argument(instead)) {
        (Some(_), _) => problem,
        (None, Some(path)) => Problem { path: Some(shown(path)), ..problem },
        (None, None) => {
            let encoding = rule.encoding.as_ref().filter(|_| problem.fault == &BAD_ENCODING);
            let span = encoding.map_or(rule.path.span, |e| e.span);
            Problem { at: Some((rule.file, span)), ..problem.label("named here") }
        }
    }
}

fn open_into(
    rule: &TableRule,
    instead: Option<&str>,
    (book, texts): (&mut Sources, &mut Texts),
    (values, opened): (&Values, &mut OpenTable),
) -> Result<(), Problem> {
    if let Some(held) = rule.held.as_ref().filter(|_| instead.is_none()) {
        let Some((file, reader)) = held::open(rule, held, book)? else {
            (opened.open, opened.unread) = (true, true);
            return Ok(());
        };
        take_file(rule, (file, reader), &Files::path(book, file), &[], opened);
        return finish(rule, &[], opened);
    }
    let found = texts.files(rule, instead, book)?;
    let (paths, placeholders) = &*found;
    let is_there = |path: &str| book.is_input(path) || book.tree().kind(path).is_some();
    let missing = paths.is_empty() || paths.len() == 1 && !is_there(&paths[0].0);
    if missing && rule.optional {
        opened.absent = true;
        opened.open = true;
        return Ok(());
    }
    if missing {
        let path = paths.first().map(|p| p.0.as_str());
        return Err(no_file(instead.unwrap_or(&rule.path.value.text), path, book));
    }
    if let Some(problem) = no_file_at(paths, book) {
        return Err(problem);
    }
    let usual = declared_or_guessed(rule, &paths[0].0)?;
    if let Some(problem) = foreign_key(rule, usual) {
        return Err(problem);
    }
    let has_pattern = rule.pattern.is_some() || rule.regex.is_some();
    opened.prose = usual.is_prose || has_pattern && usual.takes("pattern");
    let mut options = match texts.options(rule) {
        Some(options) => options,
        None => options(rule, (opened.prose, &mut opened.problems), values)?,
    };
    for (path, values) in paths {
        let own = declared_or_guessed(rule, path).ok().filter(|f| f.is_prose == usual.is_prose);
        let book = (&mut *book, &mut *texts);
        open_file(rule, own.unwrap_or(usual), (path, values), &mut options, book, opened)?;
    }
    if instead.is_none() && placeholders.iter().any(|own| own.ty != Type::Text) {
        opened.notes.extend(misfits(rule, book));
    }
    if opened.files.len() > 1 {
        (1..).zip(&mut opened.files).for_each(|(n, file)| file.layout.number = Some(n));
    }
    finish(rule, placeholders, opened)
}

/// What follows from all files of a table: its columns, and what is out of order in them.
fn finish(
    rule: &TableRule,
    placeholders: &[Placeholder],
    opened: &mut OpenTable,
) -> Result<(), Problem> {
    plan(rule, placeholders, opened);
    // A table that no document has, or a pattern that no text has, is not one without rows.
    let is_nowhere = opened.first.is_none();
    let nowhere = [&TABLE_NOT_FOUND, &SHEET_NOT_FOUND, &START_NOT_FOUND];
    let says_so = |note: &Note| note.key == Some("at") || nowhere.contains(&note.fault);
    opened.unread |= is_nowhere && opened.notes.iter().any(says_so);
    let unmatched = [&SECTION_NOT_FOUND, &PATTERN_NO_MATCH];
    let without = opened.notes.iter().filter(|note| unmatched.contains(&note.fault)).count();
    opened.unread |= without > 0 && without >= opened.files.len();
    let columns = (&opened.columns[..], &mut opened.layout);
    opened.notes.extend(codes::read(rule, columns, &opened.files)?);
    opened.notes.extend(look_ahead::headings(&mut opened.layout, &opened.files)?);
    opened.problems.extend(unmatched_unpivot(rule, opened));
    if opened.prose {
        let mixed = {
            let OpenTable { columns, types, layout, files, .. } = &*opened;
            dates::mixed(rule, columns, types, &layout.sources, files)
        };
        opened.notes.extend(mixed);
    }
    if let Some((file, columns)) = &opened.first {
        let line = opened.files.iter().find(|f| f.file == *file);
        let line = line.map(|f| f.reader.head().header_line);
        opened.notes.extend(order::undeclared(rule, columns, (*file, line)));
    }
    Ok(())
}

/// Why the one path that is named is no file; a pattern of paths names files alone.
fn no_file_at(paths: &Paths, book: &Sources) -> Option<Problem> {
    let [(path, _)] = &paths[..] else { return None };
    let kind = (path != "-").then(|| book.tree().kind(path)).flatten();
    kind.and_then(|kind| refused(path, kind))
}

fn open_file(
    rule: &TableRule,
    format: &Format,
    (path, values): (&str, &[String]),
    options: &mut Options,
    (book, texts): (&mut Sources, &mut Texts),
    opened: &mut OpenTable,
) -> Result<(), Problem> {
    let Some(text) = texts.text(rule, format, path, options, book)? else { return Ok(()) };
    let TextOf { file, comments, reader } = text;
    if !comments.is_empty() {
        opened.comments.push((file, comments));
    }
    if let Some(addresses) = reader.addresses() {
        book.set_addresses(file, addresses);
    }
    take_file(rule, (file, reader), &options.path, values, opened);
    Ok(())
}

/// Adds a file to a table, and what is out of order in it before its rows.
fn take_file(
    rule: &TableRule,
    (file, reader): (FileId, Arc<dyn Reader>),
    path: &str,
    values: &[String],
    opened: &mut OpenTable,
) {
    names::add_notes(rule, &mut opened.notes, reader.notes(file));
    let head = reader.head();
    // Of a file that is not empty, but cannot be cut into records, nothing is known.
    opened.unread |= !head.readable && reader.size() > 0;
    let head = &*names::of_today(rule, head);
    if opened.first.is_none() && head.readable {
        opened.first = Some((file, head.columns.clone()));
    }
    add_optional(rule, head, opened);
    let of_table = opened.first.as_ref().map_or(&[][..], |first| &first.1);
    let mut layout = FileLayout::new(of_table, &head.columns, values.to_vec());
    let kinds = (0..).zip(reader.faults());
    let without_labels = kinds.filter(|(_, fault)| WITHOUT_LABELS.contains(&fault.name));
    layout.without_labels = without_labels.map(|(kind, _)| kind).collect();
    if let Some(before) = opened.files.last().filter(|last| last.layout.fields == layout.fields) {
        layout.fields = before.layout.fields.clone();
    }
    let is_alike = head.columns.iter().map(|c| &c.name).eq(of_table.iter().map(|c| &c.name));
    if head.readable && !is_alike {
        opened.notes.extend(differing::notes(rule, (file, path), head, of_table, &layout));
    }
    opened.files.push(TableFile { file, reader, layout });
}

/// Faults of records that are no rows, and no labels of rows below them either.
const WITHOUT_LABELS: [&str; 2] = ["repeated-header", "blank-row"];

/// Adds the columns to a table that its first files lack, and that need not be there.
fn add_optional(rule: &TableRule, head: &Head, opened: &mut OpenTable) {
    let Some((_, of_table)) = &mut opened.first else { return };
    let is_optional = |name: &str| rule.contract(name).is_some_and(|own| own.optional);
    let before = of_table.len();
    for own in head.columns.iter().filter(|own| is_optional(&own.name)) {
        if of_table.iter().all(|known| known.name != own.name) {
            // The first file has no place for its name.
            of_table.push(HeaderCell { span: None, ..own.clone() });
        }
    }
    let added = of_table.len() - before;
    for file in opened.files.iter_mut().filter(|_| added > 0) {
        let fields = file.layout.fields.iter().copied();
        file.layout.fields = fields.chain(std::iter::repeat_n(None, added)).collect();
    }
}

/// The columns of the table, from those of its first file.
pub(super) fn plan(rule: &TableRule, placeholders: &[Placeholder], opened: &mut OpenTable) {
    let unpivot = rule.unpivot.as_ref().and_then(|u| {
        let columns = Regex::new(&u.columns.text).ok()?;
        Some((columns, u.name.value.as_str(), u.value.value.as_str()))
    });
    let options = ShapeOptions {
        unpivot,
        fill: rule.fill.iter().map(|f| f.value.as_str()).collect(),
        path: placeholders,
        heading: rule.heading.as_ref().map(|h| (h.name.value.as_str(), headings(h))),
        parent: rule.parent.as_ref().map(|p| (p.column.value.as_str(), codes(&p.by))),
        has_files: opened.files.len() > 1,
        is_filtered: rule.filter.is_some(),
    };
    let fields = opened.first.as_ref().map_or(&[][..], |first| &first.1);
    let (layout, columns) = Layout::plan(fields, &options);
    opened.layout = layout;
    opened.open = opened.first.is_none();
    let marked: Vec<(usize, String)> = columns
        .iter()
        .enumerate()
        .filter_map(|(at, planned)| {
            let name = &planned.name;
            let contract = rule.contract(name);
            let is_text = contract.and_then(declared_type) == Some(Type::Text);
            let source = opened.layout.sources.get(at)?;
            let of_file = matches!(source, Source::Field(_) | Source::PivotValue);
            let all = marks::of_each(rule, (name, source), &opened.layout);
            (of_file && !is_text && all.iter().any(Option::is_some))
                .then(|| (at, format!("{name}.marks")))
        })
        .collect();
    for planned in columns {
        let header = opened.first.as_ref().zip(planned.span).map(|(f, span)| (f.0, span));
        opened.columns.push(Column { header, ..column(&planned.name) });
        opened.types.push(planned.ty);
    }
    for (of, name) in marked {
        opened.layout.sources.push(Source::Marks(of));
        opened.columns.push(column(&name));
        opened.types.push(Some(Type::Text));
    }
}

fn headings(rule: &Heading) -> Headings {
    Headings { matches: rule.matches.clone(), end: rule.end.clone(), ..Headings::default() }
}

/// The codes that show a hierarchy, before any is read.
fn codes(by: &ParentBy) -> Option<Codes> {
    match by {
        ParentBy::Indent => None,
        ParentBy::Prefix(separator) => {
            Some(Codes { separator: separator.clone(), ..Codes::default() })
        }
    }
}

/// An `unpivot` that means no column of the data.
fn unmatched_unpivot(rule: &TableRule, opened: &OpenTable) -> Option<Problem> {
    let unpivot = rule.unpivot.as_ref().filter(|_| opened.layout.pivot.is_empty())?;
    let (_, fields) = opened.first.as_ref()?;
    let columns = &unpivot.columns;
    let message =
        format!("no column of `{}` matches `{}` of `unpivot`", rule.name.value, columns.text);
    let names: Vec<&str> = fields.iter().take(10).map(|c| c.name.as_str()).collect();
    let help = format!("it must match whole names of columns, such as {}", names.join(", "));
    let problem = Problem::new(&UNKNOWN_COLUMN, columns.file, columns.whole(), message);
    Some(problem.label("matches nothing").help(help))
}

/// Files that a placeholder leaves out, since a part of their names is not of its type.
fn misfits(rule: &TableRule, book: &Sources) -> Option<Note> {
    let all = discover::misfits(&rule.base, &rule.path.value.text, book);
    let (path, text, ty) = all.first()?;
    let more = match all.len() {
        1 => String::new(),
        2 => "; nor is one more file".to_string(),
        n => format!("; nor are {} more files", n - 1),
    };
    let message = format!("`{path}` is not read: `{text}` is no {}{more}", ty.word());
    let help = "rename the file; if any text may stand there, take the type out of the placeholder";
    Some(Note {
        at: Some(rule_spot(rule, rule.path.span, "a file that this leaves out")),
        help: Some(help.into()),
        ..Note::new(&FILE_LEFT_OUT, NamedBy::Table, Subject::File(path.clone()), message)
    })
}

/// Where a rule asks for what a note says is not there.
fn asked_by(rule: &TableRule, key: &str) -> Spot {
    let pattern = || rule.pattern.as_ref().or(rule.regex.as_ref()).map(Snippet::whole);
    let span = match key {
        "at" => rule.at.as_ref().map(|a| a.span),
        _ => pattern(),
    };
    rule_spot(rule, span.unwrap_or(rule.path.span), "required here")
}

fn rule_spot(rule: &TableRule, span: Span, text: &str) -> Spot {
    Spot { file: rule.file, span, line: None, column: None, text: text.to_string() }
}

/// Columns that a contract declares and the data does not have.
fn declared_but_absent(rule: &TableRule, opened: &mut OpenTable) {
    let pivot = opened.layout.pivot.iter().map(|p| &p.1);
    let known: HashSet<String> =
        opened.columns.iter().map(|c| &c.name).chain(pivot).cloned().collect();
    for declared in rule.columns.iter().filter(|c| !known.contains(&c.name.value)) {
        let name = &declared.name.value;
        // The cells of one that need not be there are missing.
        let absent = !declared.optional || opened.open;
        opened.columns.push(Column { absent, ..column(name) });
        opened.layout.sources.push(Source::Nowhere);
        if opened.open || declared.optional {
            continue;
        }
        let names = opened.columns.iter().filter(|c| !c.absent).map(|c| c.name.as_str());
        let help = did_you_mean(name, names).map(|n| format!("did you mean `{n}`?"));
        let first = opened.files.first().map(|f| the_header(f.file, f.reader.head()));
        let message = format!("the declared column `{name}` is not in the data");
        opened.notes.push(Note {
            column: Some(name.clone()),
            help,
            at: first.filter(|header| !header.span.is_empty()),
            rule: Some(rule_spot(rule, declared.name.span, "declared here")),
            ..Note::new(&MISSING_COLUMN, NamedBy::Column, Subject::Header, message)
        });
    }
}
