//! One file per output format, each a sink.

pub mod concise;
pub mod full;
pub mod json;
mod printable;
mod snippet;
pub mod words;

use crate::render::printable::{Printable, Readers};
use crate::report::Sink;

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
pub const FORMATS: &[(&str, Format)] =
    &[("full", Format::Full), ("concise", Format::Concise), ("json", Format::Json)];

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
        Format::Full => fit(full::Full::new(options), Readers::People),
        Format::Concise => fit(concise::Concise, Readers::People),
        Format::Json => fit(json::Json::default(), Readers::Programs),
    }
}

fn fit(sink: impl Sink + 'static, readers: Readers) -> Box<dyn Sink> {
    Box::new(Printable { sink, readers })
}
