//! One file per output format, each a sink.

pub mod collected;
pub mod concise;
pub mod csv;
pub mod diff;
pub mod full;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
mod options;
mod paint;
mod printable;
pub mod sarif;
mod snippet;
pub mod words;
mod worst;
pub mod xlsx;

use crate::render::collected::Collected;
use crate::render::printable::{Printable, Readers};
use crate::report::{SavedSink, Sink};

pub use options::Options;

/// The output formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For reading on a terminal.
    Full,
    /// One line per finding.
    Concise,
    /// Everything, for programs.
    Json,
    /// The same, one object a line.
    Jsonl,
    /// A table of findings, for a spreadsheet.
    Csv,
    /// A report for a comment on a pull request or the summary of a job.
    Markdown,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// A Code Quality report for GitLab.
    Gitlab,
    /// JUnit XML, a test case for each check.
    Junit,
    /// A page.
    Html,
    /// A workbook for an auditor.
    Xlsx,
    /// A patch with figures as they would be; it has an option of its own.
    Diff,
}

/// What is known of a format.
#[derive(Debug)]
pub struct Row {
    /// What the row is about.
    pub format: Format,
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is for, in a few words.
    pub about: &'static str,
    /// Makes a sink.
    make: fn(Options) -> Box<dyn Sink>,
    /// Makes what writes a saved run, where that can be done without its files.
    pub saved: Option<fn() -> Box<dyn SavedSink>>,
    /// It holds all findings, however many a check has.
    pub complete: bool,
    /// It writes problems for people to read; where no format does, standard error has them.
    pub writes_problems: bool,
}

/// All formats of reports.
pub static FORMATS: [&Row; 12] = [
    &FULL, &CONCISE, &JSON, &JSONL, &CSV, &MARKDOWN, &SARIF, &GITHUB, &GITLAB, &JUNIT, &HTML, &XLSX,
];

static FULL: Row = Row {
    format: Format::Full,
    name: "full",
    about: "for reading on a terminal",
    make: |options| fit(full::Full::new(options), Readers::People, options),
    saved: None,
    complete: false,
    writes_problems: true,
};

static CONCISE: Row = Row {
    format: Format::Concise,
    name: "concise",
    about: "one line per finding",
    make: |options| fit(concise::Concise::new(options), Readers::People, options),
    saved: None,
    complete: false,
    writes_problems: true,
};

static JSON: Row = Row {
    format: Format::Json,
    name: "json",
    about: "everything, as one document",
    make: |options| fit(json::Json::default(), Readers::Programs, options),
    saved: Some(|| Box::new(json::Json::default())),
    complete: true,
    writes_problems: false,
};

static JSONL: Row = Row {
    format: Format::Jsonl,
    name: "jsonl",
    about: "everything, one object a line",
    make: |options| fit(json::lines::Lines, Readers::Programs, options),
    saved: Some(|| Box::new(json::lines::Lines)),
    complete: true,
    writes_problems: false,
};

static CSV: Row = Row {
    format: Format::Csv,
    name: "csv",
    about: "a table of findings for a spreadsheet",
    make: |options| fit(csv::Csv, Readers::Programs, options),
    saved: None,
    complete: true,
    writes_problems: false,
};

static MARKDOWN: Row = Row {
    format: Format::Markdown,
    name: "markdown",
    about: "for a pull request or the summary of a job",
    make: |options| fit(markdown::Markdown::default(), Readers::People, options),
    saved: None,
    complete: true,
    writes_problems: true,
};

static SARIF: Row = Row {
    format: Format::Sarif,
    name: "sarif",
    about: "SARIF 2.1.0 for code scanning",
    make: |options| fit(sarif::Sarif::default(), Readers::People, options),
    saved: None,
    complete: true,
    writes_problems: false,
};

static GITHUB: Row = Row {
    format: Format::Github,
    name: "github",
    about: "annotations of GitHub Actions",
    make: |options| fit(github::Github::default(), Readers::People, options),
    saved: None,
    complete: false,
    writes_problems: true,
};

static JUNIT: Row = Row {
    format: Format::Junit,
    name: "junit",
    about: "JUnit XML, a test case for each check",
    make: |options| fit(junit::Junit::default(), Readers::People, options),
    saved: None,
    complete: true,
    writes_problems: false,
};

static GITLAB: Row = Row {
    format: Format::Gitlab,
    name: "gitlab",
    about: "a Code Quality report for GitLab",
    make: |options| fit(gitlab::Gitlab::default(), Readers::People, options),
    saved: None,
    complete: true,
    writes_problems: false,
};

static HTML: Row = Row {
    format: Format::Html,
    name: "html",
    about: "a page to read, print and sign",
    make: |options| fit(Collected::new(Some(html::LIMIT), html::page), Readers::Programs, options),
    saved: Some(|| {
        Box::new(Collected::new(Some(html::LIMIT), html::page).comparing(html::compared))
    }),
    complete: true,
    writes_problems: false,
};

static XLSX: Row = Row {
    format: Format::Xlsx,
    name: "xlsx",
    about: "a workbook for an auditor",
    make: |options| {
        fit(Collected::new(Some(xlsx::LIMIT), xlsx::workbook), Readers::Programs, options)
    },
    saved: Some(|| Box::new(Collected::new(Some(xlsx::LIMIT), xlsx::workbook))),
    complete: true,
    writes_problems: false,
};

static DIFF: Row = Row {
    format: Format::Diff,
    name: "diff",
    about: "a patch with figures as they would be",
    make: |options| fit(diff::Diff::default(), Readers::Programs, options),
    saved: None,
    complete: true,
    writes_problems: false,
};

impl Format {
    /// What is known of it.
    pub fn row(self) -> &'static Row {
        match self {
            Format::Full => &FULL,
            Format::Concise => &CONCISE,
            Format::Json => &JSON,
            Format::Jsonl => &JSONL,
            Format::Csv => &CSV,
            Format::Markdown => &MARKDOWN,
            Format::Sarif => &SARIF,
            Format::Github => &GITHUB,
            Format::Gitlab => &GITLAB,
            Format::Junit => &JUNIT,
            Format::Html => &HTML,
            Format::Xlsx => &XLSX,
            Format::Diff => &DIFF,
        }
    }
}

impl Format {
    /// Whether it is no text, which a terminal could not show.
    pub fn is_binary(self) -> bool {
        self == Format::Xlsx
    }
}

/// A sink of a format.
pub fn sink(format: Format, options: Options) -> Box<dyn Sink> {
    (format.row().make)(options)
}

fn fit(sink: impl Sink + 'static, readers: Readers, options: Options) -> Box<dyn Sink> {
    Box::new(Printable { sink, readers, omits_accepted: options.omits_accepted })
}
