//! What is wrong with rule files and with the run itself.

use crate::fault::Fault;
use crate::source::span::{FileId, Span};

/// Something wrong with a rule file or with the run itself, at its place.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The kind of problem.
    pub fault: &'static Fault,
    /// Where: a file and a span in it; `None` only where there is no such file to point into.
    pub at: Option<(FileId, Span)>,
    /// The file that it is about, where there is nothing to point into.
    pub path: Option<String>,
    /// What is wrong, one sentence.
    pub message: String,
    /// A few words that stand at the span; may be empty.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Other places that matter, with a few words each.
    pub related: Vec<(FileId, Span, String)>,
}

impl Problem {
    /// A problem at `span` of `file`.
    pub fn new(
        fault: &'static Fault,
        file: FileId,
        span: Span,
        message: impl Into<String>,
    ) -> Self {
        Problem {
            fault,
            at: Some((file, span)),
            path: None,
            message: message.into(),
            label: String::new(),
            help: None,
            related: Vec::new(),
        }
    }
    /// A problem of the run as a whole.
    pub fn nowhere(fault: &'static Fault, message: impl Into<String>) -> Self {
        Problem {
            fault,
            at: None,
            path: None,
            message: message.into(),
            label: String::new(),
            help: None,
            related: Vec::new(),
        }
    }
    /// Adds the few words that stand at the span.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }
    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
    /// Adds another place.
    #[must_use]
    pub fn related(mut self, file: FileId, span: Span, words: impl Into<String>) -> Self {
        self.related.push((file, span, words.into()));
        self
    }
}
