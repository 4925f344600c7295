//! One file per output format, each a sink.

pub mod concise;
pub mod full;

pub mod json;
pub mod words;

use crate::finding::Sink;

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

/// Names of the formats.
pub const FORMATS: &[(&str, Format)] = &[("full", Format::Full), ("concise", Format::Concise), ("json", Format::Json)];

/// How it is shown.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// With colour.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
}

/// A sink of a format.
pub fn sink(format: Format, options: Options) -> Box<dyn Sink> {
    match format {
        Format::Full => Box::new(full::Full::new(options)),
        Format::Concise => Box::new(concise::Concise),
        Format::Json => Box::new(json::Json::default()),
    }
}
