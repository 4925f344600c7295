//! Tables that a source holds: their rows are fetched, and read as those of a file are. The first of them
//! are fetched when the table is opened, and all others when it is known which columns are wanted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::compile::options::{files, named};
use crate::engine::data::table::Table;
use crate::files::UNREADABLE_FILE;
use crate::files::engines::{DUCKDB, Engine, Engines, Failure, Marks, Part, Rows};
use crate::files::sources::Sources;
use crate::read::reader::Reader;
use crate::rules::held::UNKNOWN_SOURCE;
use crate::rules::{Held, HeldRows, RuleSet, TableRule};
use crate::source::{Bytes, FileId, Files, Problem, did_you_mean};

/// Addresses that DuckDB reads itself.
const REMOTE: &[&str] = &["s3://", "gs://", "gcs://", "r2://", "az://", "abfss://"];

/// Declares the sources of the rules, and tables of which all rows are read before any is judged: for the
/// decimals of a column, and for values that the patterns of other tables name.
pub fn declare(rules: &RuleSet, book: &mut Sources) {
    let measured = rules.tables.iter().filter(|t| t.columns.iter().any(|c| c.decimals_by_column));
    let measured = measured.map(|table| table.name.value.clone());
    let of_patterns = rules.tables.iter().flat_map(named).map(|(table, _)| table);
    measured.chain(of_patterns).for_each(|table| book.engines().fetch_wholly(&table));
    for source in &rules.sources {
        let profile = source.profile.as_ref().map(|profile| profile.value.as_str());
        let (name, driver) = (&source.name.value, &source.driver.value);
        book.engines().declare(name, driver, profile, source.timeout);
    }
}

/// Sources that `--source` names, and no rule declares.
pub fn unknown(rules: &RuleSet, engines: &Engines) -> Vec<Problem> {
    let names = || rules.sources.iter().map(|source| source.name.value.as_str());
    let is_known = |name: &str| name == DUCKDB || names().any(|own| own == name);
    let problem = |name: &str| {
        let help = match did_you_mean(name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if rules.sources.is_empty() => {
                format!("declare it: [source.{name}] with driver = \"postgresql\"")
            }
            None => format!("the sources are {}", names().collect::<Vec<_>>().join(", ")),
        };
        let message = format!("--source names `{name}`, but no rule declares it");
        Problem::nowhere(&UNKNOWN_SOURCE, message).help(help)
    };
    engines.given().filter(|name| !is_known(name)).map(problem).collect()
}

/// Fetches the rows of a table, and opens them; nothing where the rules are wrong.
///
/// # Errors
/// That there is no such source, or why it does not give the rows.
pub fn open(
    rule: &TableRule,
    held: &Held,
    book: &mut Sources,
) -> Result<Option<(FileId, Arc<dyn Reader>)>, Problem> {
    // That it names none is reported where its rule is read.
    if held.source.value.is_empty() {
        return Ok(None);
    }
    let engine = engine(rule, held, book)?;
    if book.engines().waits() {
        return Ok(None);
    }
    let rows = rows(rule, held, book)?;
    let key: Vec<String> = rule.key.iter().map(|column| column.value.clone()).collect();
    let here = |problem| at(problem, rule, held);
    let opened = book.engines().open(&engine, (&rule.name.value, &rows), &key).map_err(here)?;
    let name = match &rows {
        Rows::Table(table) => table,
        Rows::Query(_) => &rule.name.value,
        Rows::Files(..) => &rule.path.value.text,
    };
    let path = format!("{}:{name}", engine.name);
    let file = book.add_text(&path, "");
    let reader =
        opened_rows(opened.bytes.clone(), (&key, Vec::new()), (&path, file)).map_err(here)?;
    if let Some(addresses) = reader.addresses() {
        book.set_addresses(file, addresses);
    }
    let span = held.snippet().map_or(rule.path.span, |snippet| snippet.whole());
    book.engines().keep(file, (rule.file, span), opened);
    Ok(Some((file, reader)))
}

/// Fetches the rows of the tables of which only the first are here, or the parts of them that are said: the
/// columns that are `read`, and the others that [`wanted`] adds. The tables have them when all are there.
///
/// # Errors
/// For which table they cannot be fetched, and why.
pub fn fetch(
    tables: &mut [Table],
    read: &BTreeSet<(usize, usize)>,
    parts: &BTreeMap<FileId, Part>,
    book: &mut Sources,
) -> Result<BTreeMap<FileId, Vec<Marks>>, (FileId, Failure)> {
    let (mut all, mut readers) = (BTreeMap::new(), Vec::new());
    let mut files: BTreeSet<FileId> = book.held().still_open().into_iter().collect();
    files.extend(parts.keys());
    for file in files {
        let wanted = wanted(tables, read, file);
        let key: Vec<String> = tables.iter().find_map(|table| key(table, file)).unwrap_or_default();
        let path = Files::path(book, file);
        let fetched = book.engines().fetch(file, &wanted, parts.get(&file));
        let fetched = fetched.map_err(|why| (file, why))?;
        let reader = opened_rows(fetched.bytes, (&key, fetched.cells), (&path, file));
        readers.push((file, reader.map_err(|problem| (file, Failure::Ended(problem)))?));
        all.insert(file, fetched.marks);
    }
    for (file, reader) in readers {
        if let Some(addresses) = reader.addresses() {
            book.set_addresses(file, addresses);
        }
        let files = tables.iter_mut().flat_map(|table| &mut table.files);
        files.filter(|of| of.file == file).for_each(|of| of.reader = Arc::clone(&reader));
    }
    Ok(all)
}

/// The names of the columns of the key, of a table that reads a file.
fn key(table: &Table, file: FileId) -> Option<Vec<String>> {
    let is_own = table.files.iter().any(|of| of.file == file);
    let names = || table.key.iter().filter_map(|column| table.columns.get(*column));
    is_own.then(|| names().map(|column| column.name.clone()).collect())
}

/// The fields of a file that the tables want which read it: those of the key, of columns that are `read`, and
/// of those whose cells are reported where they cannot be read.
pub fn wanted(tables: &[Table], read: &BTreeSet<(usize, usize)>, file: FileId) -> Vec<bool> {
    let mut wanted = Vec::new();
    for (number, table) in tables.iter().enumerate() {
        let Some(of) = table.files.iter().find(|of| of.file == file) else { continue };
        wanted.resize(of.reader.head().columns.len(), false);
        for (column, info) in table.columns.iter().enumerate() {
            let is_read = read.contains(&(number, column)) || table.key.contains(&column);
            if !is_read && !info.reports_unreadable {
                continue;
            }
            for pivot in 0..table.layout.rows_per_record() {
                let field =
                    table.layout.field_of(pivot, column).and_then(|field| of.layout.own(field));
                if let Some(wanted) = field.and_then(|field| wanted.get_mut(field)) {
                    *wanted = true;
                }
            }
        }
    }
    wanted
}

/// A problem is shown where the rule says what is read.
fn at(problem: Problem, rule: &TableRule, held: &Held) -> Problem {
    let span = held.snippet().map_or(rule.path.span, |snippet| snippet.whole());
    Problem { at: Some((rule.file, span)), path: None, ..problem.label("read here") }
}

fn engine(rule: &TableRule, held: &Held, book: &mut Sources) -> Result<Engine, Problem> {
    let name = &held.source.value;
    let engines = book.engines();
    engines.find(name).ok_or_else(|| {
        // An address may hold a password.
        if name.contains('@') {
            let message = "an address is no name of a source";
            let help = "declare it, and say where it is when it is run: --source NAME=…";
            return Problem::new(&UNKNOWN_SOURCE, rule.file, held.source.span, message).help(help);
        }
        let help = match did_you_mean(name, engines.names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("declare it: [source.{name}] with driver = \"postgresql\""),
        };
        let message = format!("there is no source `{name}`");
        Problem::new(&UNKNOWN_SOURCE, rule.file, held.source.span, message).help(help)
    })
}

/// What is asked for; files are looked up as those of other tables are.
fn rows(rule: &TableRule, held: &Held, book: &mut Sources) -> Result<Rows, Problem> {
    match &held.rows {
        HeldRows::Table(table) => return Ok(Rows::Table(table.text.clone())),
        HeldRows::Query(query) => return Ok(Rows::Query(query.text.clone())),
        HeldRows::Files => {}
    }
    let path = &rule.path.value.text;
    let here = |problem| at(problem, rule, held);
    if REMOTE.iter().any(|scheme| path.starts_with(scheme)) {
        return Ok(Rows::Files(vec![path.clone()], rule.delimiter));
    }
    let (paths, placeholders) = files(rule, None, book)?;
    if !placeholders.is_empty() {
        let message = "placeholders in a path have no meaning where DuckDB reads the files";
        return Err(here(Problem::nowhere(&UNREADABLE_FILE, message)));
    }
    let paths: Vec<String> = paths.into_iter().map(|(path, _)| path).collect();
    let missing = paths.iter().find(|path| book.tree().kind(path).is_none());
    if missing.is_some() || paths.is_empty() {
        let message = format!("there is no file `{path}`");
        let help = "check the path; in a rule file it is relative to that file";
        return Err(here(Problem::nowhere(&UNREADABLE_FILE, message).help(help)));
    }
    for path in &paths {
        let stamp = book.tree().stamp(path);
        book.engines().hand_over(path, stamp);
    }
    let real = |path: String| book.tree().real_path(&path).unwrap_or(path);
    Ok(Rows::Files(paths.into_iter().map(real).collect(), rule.delimiter))
}

#[cfg(feature = "engines")]
fn opened_rows(
    bytes: Arc<dyn Bytes>,
    (key, cells): (&[String], Vec<Option<Marks>>),
    (path, file): (&str, FileId),
) -> Result<Arc<dyn Reader>, Problem> {
    use crate::compile::refused::not_read;
    let reader = crate::read::columnar::keyed(bytes, key, cells);
    reader.map_err(|why| not_read(why, (path, file), &crate::read::columnar::ARROW))
}

#[cfg(not(feature = "engines"))]
fn opened_rows(
    _: Arc<dyn Bytes>,
    _: (&[String], Vec<Option<Marks>>),
    (path, _): (&str, FileId),
) -> Result<Arc<dyn Reader>, Problem> {
    let message = format!("`{path}` cannot be read");
    Err(Problem::nowhere(&UNREADABLE_FILE, message))
}
