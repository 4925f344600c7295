//! One file per output format, each a sink.

pub mod concise;
pub mod full;
pub mod json;
mod options;
mod paint;
mod printable;
mod snippet;
pub mod words;

use crate::render::printable::{Printable, Readers};
use crate::report::Sink;

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
}

/// What is known of a format.
#[derive(Debug)]
pub struct Row {
    /// What the row is about.
    pub format: Format,
    /// Its name on the command line.
    pub name: &'static str,
    /// Makes a sink.
    make: fn(Options) -> Box<dyn Sink>,
    /// It holds all findings, however many a check has.
    pub complete: bool,
    /// It writes problems for people to read; where no format does, standard error has them.
    pub writes_problems: bool,
}

/// All formats.
pub static FORMATS: [&Row; 3] = [&FULL, &CONCISE, &JSON];

static FULL: Row = Row {
    format: Format::Full,
    name: "full",
    make: |options| fit(full::Full::new(options), Readers::People),
    complete: false,
    writes_problems: true,
};

static CONCISE: Row = Row {
    format: Format::Concise,
    name: "concise",
    make: |options| fit(concise::Concise::new(options), Readers::People),
    complete: false,
    writes_problems: true,
};

static JSON: Row = Row {
    format: Format::Json,
    name: "json",
    make: |_| fit(json::Json::default(), Readers::Programs),
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
        }
    }
}

/// A sink of a format.
pub fn sink(format: Format, options: Options) -> Box<dyn Sink> {
    (format.row().make)(options)
}

fn fit(sink: impl Sink + 'static, readers: Readers) -> Box<dyn Sink> {
    Box::new(Printable { sink, readers })
}
