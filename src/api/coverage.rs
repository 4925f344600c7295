//! What was read in a run, and what of it no rule reads.

use std::collections::BTreeMap;

use crate::api::project::Project;
use crate::api::reads;
use crate::api::summary::left_out;
use crate::engine::data::job::TableResult;
use crate::engine::data::table::Table;
use crate::engine::pass::ran::Ran;
use crate::files::sources::shown;
use crate::report::coverage::{FileFacts, FileRole, TableFacts};
use crate::shape::Source;
use crate::source::{FileId, Files};

/// The files of today that are read, each once and sorted by path: their numbers, and what is known
/// of them without reading them.
pub fn files(project: &Project) -> (Vec<FileId>, Vec<FileFacts>) {
    let baseline = project.baseline.path.as_deref().map(shown);
    let role = |file: FileId, path: &str| match () {
        () if file.0 as usize >= project.first_data => Some(FileRole::Data),
        () if project.rule_files.iter().any(|rules| shown(rules) == path) => Some(FileRole::Rules),
        () if baseline.as_deref() == Some(path) => Some(FileRole::Baseline),
        // Rules that were looked at, and read none of the data.
        () => None,
    };
    let facts = |file| {
        let path = Files::path(&project.book, file);
        let bytes = project.book.as_stored(file)?.len();
        let role = role(file, &path)?;
        Some((path.clone(), (file, FileFacts { path, role, bytes, sha256: None })))
    };
    let mut all = BTreeMap::new();
    for (path, file) in project.book.current().filter_map(facts) {
        all.entry(path).or_insert(file);
    }
    all.into_values().unzip()
}

/// The tables of today, in the order of the rules.
pub fn tables(project: &Project, ran: &Ran<'_>) -> Vec<TableFacts> {
    let read = reads::columns(&project.built);
    let all = project.built.tables.iter().zip(&ran.tables).enumerate();
    let today = all.filter(|(_, (table, _))| table.is_declared());
    let facts = |(number, (table, result)): (usize, (&Table, &TableResult))| {
        let columns = columns(table, &|column| read.contains(&(number, column)));
        let origin = project.origins.get(&table.name).cloned().unwrap_or_default();
        let unread = columns.iter().filter(|column| !column.is_read);
        TableFacts {
            name: table.name.clone(),
            files: table.files.iter().map(|f| Files::path(&project.book, f.file)).collect(),
            rows: result.rows,
            left_out: left_out(table, result),
            unread_columns: unread.map(|column| column.name.clone()).collect(),
            columns: columns.into_iter().map(|column| column.name).collect(),
            source: origin.source,
            retrieved: origin.retrieved,
        }
    };
    today.map(facts).collect()
}

/// A column of the data.
struct DataColumn {
    name: String,
    is_read: bool,
}

/// The columns of the data in the order of the first file, then those of the path; of columns that
/// became rows each that was written.
fn columns(table: &Table, is_read: &dyn Fn(usize) -> bool) -> Vec<DataColumn> {
    let head = table.files.iter().map(|f| f.reader.head()).find(|head| head.readable);
    let fields = head.map_or(&[][..], |head| &head.columns);
    // What the format names itself, such as the heading above a table, is no column of the data.
    let is_of_data = |field: usize| {
        fields.get(field).is_some_and(|cell| cell.span.is_some() || cell.ty.is_some())
    };
    let mut all: Vec<((bool, usize), DataColumn)> = Vec::new();
    let mut pivot_is_read = false;
    for (number, (column, source)) in table.columns.iter().zip(&table.layout.sources).enumerate() {
        if column.rounded.is_some() {
            continue;
        }
        let is_read = is_read(number);
        let own = DataColumn { name: column.name.clone(), is_read };
        match *source {
            Source::Field(field) if is_of_data(field) => all.push(((false, field), own)),
            Source::Path(number) => all.push(((true, number), own)),
            Source::PivotName | Source::PivotValue => pivot_is_read |= is_read,
            Source::Field(_)
            | Source::Marks(_)
            | Source::Heading
            | Source::Hierarchy(_)
            | Source::Nowhere => {}
        }
    }
    for (field, name) in &table.layout.pivot {
        let own = DataColumn { name: name.clone(), is_read: pivot_is_read };
        all.push(((false, *field), own));
    }
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, column)| column).collect()
}
