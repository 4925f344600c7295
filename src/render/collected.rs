//! Reports that are written when all is known, from the same document that `json` writes.

use std::borrow::Cow;
use std::sync::Arc;

use crate::report::collection::{Collection, Limit};
use crate::report::document::{self, Document, JsonFinding, JsonSummary};
use crate::report::{Facts, Finding, SavedSink, Sink, SourceText, Summary};
use crate::source::Problem;

/// Collects a run and writes it at its end.
pub struct Collected {
    collection: Collection,
    write: fn(&Collection, &mut Vec<u8>),
    /// The run that it is compared with, and what writes both.
    old: Option<Arc<Collection>>,
    compare: Option<fn(&Collection, &Collection, &mut Vec<u8>)>,
}

impl Collected {
    /// Shows so many findings, with this writer.
    pub fn new(limit: Option<Limit>, write: fn(&Collection, &mut Vec<u8>)) -> Collected {
        Collected { collection: Collection::new(limit), write, old: None, compare: None }
    }

    /// Shows an old run too, with this writer.
    #[must_use]
    pub fn comparing(self, compare: fn(&Collection, &Collection, &mut Vec<u8>)) -> Collected {
        Collected { compare: Some(compare), ..self }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match (&self.old, self.compare) {
            (Some(old), Some(compare)) => compare(old, &self.collection, out),
            _ => (self.write)(&self.collection, out),
        }
    }
}

impl Sink for Collected {
    fn begin(&mut self, f: &Facts, _: &mut Vec<u8>) {
        let document = &mut self.collection.document;
        document.version = document::VERSION;
        document.crossfoot.clone_from(&f.version);
        document.today.clone_from(&f.today);
        document.rules.clone_from(&f.rule_files);
        document.run.clone_from(&f.run);
        document.old.clone_from(&f.old);
    }

    fn is_document(&self) -> bool {
        true
    }

    fn finding(&self, _: &Finding, _: bool, _: &dyn SourceText, _: &mut Vec<u8>) {}

    fn keeps(&self) -> bool {
        true
    }

    fn is_limited(&self) -> bool {
        self.collection.limit().is_some()
    }

    fn set_beside(&mut self, name: &str) {
        self.collection.beside = Some(name.to_string());
    }

    fn held_back(&self) -> u64 {
        self.collection.held_back()
    }

    fn keep(&mut self, f: &Finding, sources: &dyn SourceText) {
        let finding = document::finding(f, sources);
        // Most of very many findings are only counted.
        if self.collection.takes(&finding) {
            self.collection.document.findings.extend(document::owned(&finding));
        }
    }

    fn problem(&mut self, p: &Problem, sources: &dyn SourceText, _: &mut Vec<u8>) {
        self.collection.document.problems.push(document::problem(p, sources));
    }

    fn end(&mut self, s: &Summary, out: &mut Vec<u8>) {
        let document = &mut self.collection.document;
        document.coverage.clone_from(&s.coverage);
        document.exhibits.clone_from(&s.exhibits);
        document.summary = JsonSummary { complete: s.problems == 0, counts: Cow::Owned(s.clone()) };
        self.write(out);
    }
}

impl SavedSink for Collected {
    fn begin(&mut self, _: &Document, _: &mut Vec<u8>) {}

    fn finding(&mut self, finding: JsonFinding<'static>, _: &mut Vec<u8>) {
        self.collection.add(finding);
    }

    fn end(&mut self, document: Document, out: &mut Vec<u8>) {
        self.collection.complete(document);
        self.write(out);
    }

    fn is_limited(&self) -> bool {
        Sink::is_limited(self)
    }

    fn set_beside(&mut self, name: &str) {
        Sink::set_beside(self, name);
    }

    fn held_back(&self) -> u64 {
        Sink::held_back(self)
    }

    fn old_limit(&self) -> Option<Limit> {
        self.compare.and(self.collection.limit())
    }

    fn compare_with(&mut self, old: &Arc<Collection>) {
        self.old = Some(Arc::clone(old));
    }
}
