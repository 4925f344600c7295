//! A declared table → its files, columns and rows.

use crate::compile::discover::{self, NotFound, Paths};
use crate::compile::{MISSING_COLUMN, csv_table, prose_table};
use crate::engine::data::table::{Column, TableFile};
use crate::fault::Severity;
use crate::files::UNREADABLE_FILE;
use crate::files::sources::{Sources, portable, refused};
use crate::read::text::PATTERN_SYNTAX;
use crate::read::text::pattern::{Hole, PatternProblem};
use crate::report::{Finding, Identity, Label, Role, Subject};
use crate::rules::TableRule;
use crate::shape::Source;
use crate::source::{Files, Problem};
use crate::value::{Reading, Type};

/// What opening a table gave.
#[derive(Default)]
pub struct OpenTable {
    /// Its columns; readings are made when all types are known.
    pub columns: Vec<Column>,
    /// Types that holes give.
    pub types: Vec<Option<Type>>,
    /// Whether its cells are read as prose.
    pub prose: bool,
    /// Where the cells of each come from.
    pub sources: Vec<Source>,
    /// Its files.
    pub files: Vec<TableFile>,
    /// Fields that are unpivoted.
    pub pivot: Vec<(usize, String)>,
    /// What was found on the way.
    pub findings: Vec<Finding>,
    /// What kept it from being read.
    pub problems: Vec<Problem>,
    /// Its columns are not known.
    pub open: bool,
    /// Optional, and not there.
    pub absent: bool,
}

impl OpenTable {
    /// Adds a column; it is changed through what is returned.
    pub fn add(&mut self, name: &str, source: Source) -> &mut Column {
        let at = self.columns.len();
        self.sources.push(source);
        self.columns.push(column(name));
        &mut self.columns[at]
    }
}

/// A column whose reading is not known yet.
pub fn column(name: &str) -> Column {
    Column {
        name: name.to_string(),
        reading: Reading::new(Type::Text),
        absent: false,
        reports_unreadable: false,
        header: None,
    }
}

/// The ending that tells the format: `a.csv.gz` is csv.
pub fn extension(path: &str) -> &str {
    let path = path.strip_suffix(".gz").or_else(|| path.strip_suffix(".zst")).unwrap_or(path);
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |p| p.1)
}

/// Opens a table; `instead` is its path from `--data`.
pub fn open(rule: &TableRule, instead: Option<&str>, book: &mut Sources) -> OpenTable {
    let mut opened = OpenTable::default();
    if let Err(problem) = open_into(rule, instead, book, &mut opened) {
        opened.problems.push(at_path(rule, problem));
        opened.open = true;
    }
    declared_but_absent(rule, book, &mut opened);
    opened.types.resize(opened.columns.len(), None);
    opened
}

/// A problem of a file is shown where the rule names the file.
fn at_path(rule: &TableRule, mut problem: Problem) -> Problem {
    if problem.at.is_none() {
        problem.at = Some((rule.file, rule.path.span));
        problem.label = "named here".into();
    }
    problem
}

fn open_into(
    rule: &TableRule,
    instead: Option<&str>,
    book: &mut Sources,
    opened: &mut OpenTable,
) -> Result<(), Problem> {
    let (paths, holes) = files(rule, instead, book)?;
    let is_there = |path: &str| path == "-" || book.tree().kind(path).is_some();
    let missing = paths.is_empty() || paths.len() == 1 && !is_there(&paths[0].0);
    if missing && rule.optional {
        opened.absent = true;
        opened.open = true;
        return Ok(());
    }
    if paths.is_empty() {
        return Err(Problem::nowhere(
            &UNREADABLE_FILE,
            format!("no file matches `{}`", rule.path.value.text),
        )
        .help("check the pattern; add `optional = true` if there may be no file"));
    }
    for (path, _) in paths.iter().filter(|p| p.0 != "-") {
        if let Some(problem) = book.tree().kind(path).and_then(|kind| refused(path, kind)) {
            return Err(problem);
        }
    }
    let format =
        rule.format.as_ref().map_or_else(|| guess(rule, &paths[0].0), |f| Some(f.value.clone()));
    let Some(format) = format else {
        let message = format!("the extension of `{}` does not tell its format", paths[0].0);
        return Err(Problem::nowhere(&UNREADABLE_FILE, message)
            .help("add format = \"csv\", \"tsv\", \"text\" or \"markdown\""));
    };
    match format.as_str() {
        "text" | "markdown" => prose_table::open(rule, &format, &paths, &holes, book, opened),
        _ => csv_table::open(
            rule,
            &paths,
            &holes.iter().map(|h| h.name.clone()).collect::<Vec<_>>(),
            book,
            opened,
        )
        .map(|()| {
            let from = opened.columns.len() - holes.len();
            opened.types.resize(from, None);
            opened.types.extend(holes.iter().map(|h| Some(h.ty)));
        }),
    }
}

fn guess(rule: &TableRule, path: &str) -> Option<String> {
    let format = match extension(path).to_lowercase().as_str() {
        "csv" => "csv",
        "tsv" | "tab" => "tsv",
        "md" | "markdown" => "markdown",
        "txt" | "text" if rule.pattern.is_some() || rule.regex.is_some() => "text",
        "txt" => "csv",
        _ if rule.pattern.is_some() || rule.regex.is_some() => "text",
        _ if rule.delimiter.is_some() || path == "-" => "csv",
        _ => return None,
    };
    Some(format.to_string())
}

/// The files of a table with the values of the path's placeholders.
fn files(
    rule: &TableRule,
    instead: Option<&str>,
    book: &Sources,
) -> Result<(Paths, Vec<Hole>), Problem> {
    let found = match instead {
        None => discover::files(&rule.base, &rule.path.value.text, book),
        Some(path) => discover::files("", &portable(path), book),
    };
    let syntax = |p: PatternProblem| {
        let span = match instead {
            None => rule.path.value.span(p.span),
            Some(_) => rule.path.span,
        };
        let mut problem = Problem::new(&PATTERN_SYNTAX, rule.file, span, p.message);
        problem.help = p.help;
        problem
    };
    found.map_err(|e| match e {
        NotFound::Pattern(p) => syntax(p),
        NotFound::Files(problem) => problem,
    })
}

/// Columns that a contract declares and the data does not have.
fn declared_but_absent(rule: &TableRule, book: &Sources, opened: &mut OpenTable) {
    for declared in &rule.columns {
        let name = &declared.name.value;
        if opened.columns.iter().any(|c| c.name == *name)
            || opened.pivot.iter().any(|p| p.1 == *name)
        {
            continue;
        }
        opened.add(name, Source::Nowhere).absent = true;
        if opened.open {
            continue;
        }
        let names: Vec<String> =
            opened.columns.iter().filter(|c| !c.absent).map(|c| c.name.clone()).collect();
        let check = format!("{}.{name}", rule.name.value);
        let identity =
            Identity::structure(check, &MISSING_COLUMN, &rule.name.value, Subject::Header)
                .at(Some(name));
        let message = format!("the declared column `{name}` is not in the data");
        let mut finding = Finding::new(identity, Severity::Error, message);
        finding.help = crate::source::did_you_mean(name, names.iter().map(String::as_str))
            .map(|n| format!("did you mean `{n}`?"));
        if let Some(first) = opened.files.first().filter(|f| !f.reader.head().span.is_empty()) {
            let head = first.reader.head();
            let place =
                csv_table::header_place(book, first.file, head.span, head.header_line, None);
            finding.labels.push(Label { place, role: Role::Stated, text: "the header".into() });
        }
        let place = csv_table::header_place(
            book,
            rule.file,
            declared.name.span,
            book.line(rule.file, declared.name.span.start),
            None,
        );
        finding.labels.push(Label { place, role: Role::Rule, text: "declared here".into() });
        opened.findings.push(finding);
    }
}
