//! Findings, problems and counts with their texts cut, and escaped for a terminal: what every
//! renderer is given, so that none has to think of it.

use std::borrow::Cow;
use std::ops::Range;

use crate::report::text::{self, Limits};
use crate::report::{
    Acceptance, Facts, Finding, Label, OldVersion, Place, RuleFacts, Side, Sink, SourceText,
    Summary, Term, Working,
};
use crate::source::Problem;

/// What is done to the texts before a renderer sees them.
#[derive(Debug, Clone, Copy)]
pub enum Readers {
    /// Cut shorter, and nothing in them that a terminal obeys or that cannot be seen.
    People,
    /// Cut, but else as they are.
    Programs,
}

/// A sink that gets texts that are fit for its readers.
pub struct Printable<S> {
    pub sink: S,
    /// Who reads what it writes.
    pub readers: Readers,
    /// Whether it writes nothing of accepted findings.
    pub omits_accepted: bool,
}

impl<S: Sink> Sink for Printable<S> {
    fn begin(&mut self, facts: &Facts, out: &mut Vec<u8>) {
        let mut facts = facts.clone();
        facts.rule_files.iter_mut().for_each(|path| self.readers.sentence(path));
        facts.rules.iter_mut().for_each(|rule| self.readers.rule(rule));
        facts.old.iter_mut().for_each(|old| self.readers.old(old));
        self.sink.begin(&facts, out);
    }

    fn finding(&self, finding: &Finding, first: bool, sources: &dyn SourceText, out: &mut Vec<u8>) {
        let mut finding = finding.clone();
        self.readers.finding(&mut finding);
        self.sink.finding(&finding, first, sources, out);
    }

    fn takes(&self, finding: &Finding) -> bool {
        !(self.omits_accepted && finding.accepted.is_some()) && self.sink.takes(finding)
    }

    fn is_document(&self) -> bool {
        self.sink.is_document()
    }

    fn lists_figures(&self) -> bool {
        self.sink.lists_figures()
    }

    fn keeps(&self) -> bool {
        self.sink.keeps()
    }

    fn is_limited(&self) -> bool {
        self.sink.is_limited()
    }

    fn set_beside(&mut self, name: &str) {
        self.sink.set_beside(name);
    }

    fn held_back(&self) -> u64 {
        self.sink.held_back()
    }

    fn keep(&mut self, finding: &Finding, sources: &dyn SourceText) {
        let mut finding = finding.clone();
        self.readers.finding(&mut finding);
        self.sink.keep(&finding, sources);
    }

    fn write_kept(&mut self, summary: &Summary, sources: &dyn SourceText, out: &mut Vec<u8>) {
        self.sink.write_kept(&self.readers.summary(summary), sources, out);
    }

    fn problem(&mut self, problem: &Problem, sources: &dyn SourceText, out: &mut Vec<u8>) {
        let mut problem = problem.clone();
        problem.path.iter_mut().for_each(|path| self.readers.sentence(path));
        self.readers.sentence(&mut problem.message);
        self.readers.sentence(&mut problem.label);
        problem.help.iter_mut().for_each(|help| self.readers.sentence(help));
        problem.related.iter_mut().for_each(|(_, _, words)| self.readers.sentence(words));
        self.sink.problem(&problem, sources, out);
    }

    fn end(&mut self, summary: &Summary, out: &mut Vec<u8>) {
        self.sink.end(&self.readers.summary(summary), out);
    }
}

impl Readers {
    fn limits(self) -> Limits {
        match self {
            Readers::People => text::PEOPLE,
            Readers::Programs => text::PROGRAMS,
        }
    }

    fn replace(self, text: &mut String, short: Option<String>) {
        if let Some(short) = short {
            *text = short;
        }
        if let (Readers::People, Cow::Owned(clean)) = (self, text::printable(text)) {
            *text = clean;
        }
    }

    /// Whether a text can be shown as it is; most are short and plain.
    fn is_fit(self, text: &str) -> bool {
        let is_plain = || text.bytes().all(|b| matches!(b, b' '..=b'~'));
        text.len() <= self.limits().cell && (matches!(self, Readers::Programs) || is_plain())
    }

    fn cell(self, text: &mut String) {
        if self.is_fit(text) {
            return;
        }
        let short = changed(text::cut(text, self.limits().cell, None));
        self.replace(text, short);
    }

    fn sentence(self, text: &mut String) {
        self.sentence_around(text, None);
    }

    /// A sentence that quotes a cell of which some bytes are odd.
    fn sentence_around(self, text: &mut String, odd: Option<&Range<usize>>) {
        if self.is_fit(text) {
            return;
        }
        let short = changed(text::cut_sentence(text, self.limits(), odd));
        self.replace(text, short);
    }

    fn summary(self, summary: &Summary) -> Summary {
        let mut summary = summary.clone();
        for check in &mut summary.checks {
            self.sentence(&mut check.id);
            check.title.iter_mut().for_each(|title| self.sentence(title));
        }
        summary.stages.iter_mut().for_each(|stage| self.sentence(stage));
        for past in &mut summary.past {
            [&mut past.check, &mut past.message].into_iter().for_each(|text| self.sentence(text));
            let names = [&mut past.table, &mut past.key];
            names.into_iter().flatten().for_each(|name| self.sentence(name));
        }
        summary
    }

    fn old(self, old: &mut OldVersion) {
        self.sentence(&mut old.name);
        old.unknown.iter_mut().for_each(|why| self.sentence(why));
        old.rule_changes.iter_mut().for_each(|change| self.sentence(&mut change.what));
    }

    fn acceptance(self, accepted: &mut Acceptance) {
        let words = [&mut accepted.reason, &mut accepted.by, &mut accepted.until];
        words.into_iter().flatten().for_each(|text| self.sentence(text));
        accepted.place.iter_mut().for_each(|place| self.place(place));
    }

    fn rule(self, rule: &mut RuleFacts) {
        self.sentence(&mut rule.id);
        let words = [&mut rule.title, &mut rule.help, &mut rule.url];
        words.into_iter().flatten().for_each(|text| self.sentence(text));
        rule.tags.iter_mut().for_each(|tag| self.sentence(tag));
        self.place(&mut rule.place);
    }

    fn finding(self, f: &mut Finding) {
        f.shown_names().for_each(|name| self.sentence(name));
        self.sentence_around(&mut f.message, f.odd.as_ref());
        let others = [&mut f.title, &mut f.explanation, &mut f.help, &mut f.url];
        others.into_iter().flatten().for_each(|text| self.sentence(text));
        f.key.iter_mut().for_each(|key| self.sentence(key));
        for Label { place, text, .. } in &mut f.labels {
            self.sentence_around(text, f.odd.as_ref());
            self.place(place);
        }
        for suspect in &mut f.suspects {
            self.sentence(&mut suspect.name);
            [&mut suspect.stated, &mut suspect.would_be].into_iter().for_each(|t| self.cell(t));
            self.place(&mut suspect.place);
        }
        if let Some(fix) = &mut f.fix {
            [&mut fix.old, &mut fix.new].into_iter().for_each(|text| self.cell(text));
            self.place(&mut fix.place);
        }
        f.crossed.iter_mut().for_each(|member| self.finding(member));
        f.working.iter_mut().for_each(|w| self.working(w));
        if let Some(absent) = &mut f.absent {
            self.sentence(&mut absent.table);
            for part in &mut absent.parts {
                self.sentence(&mut part.from);
                self.cell(&mut part.value);
            }
        }
        f.accepted.iter_mut().for_each(|accepted| self.acceptance(accepted));
        let undecided = f.undecided.iter_mut().flat_map(|u| &mut u.answers);
        undecided.for_each(|answer| self.place(&mut answer.place));
    }

    fn working(self, w: &mut Working) {
        self.side(&mut w.left);
        self.side(&mut w.right);
        w.difference.iter_mut().for_each(|text| self.cell(text));
        let words = [&mut w.allowance, &mut w.required];
        words.into_iter().flatten().for_each(|text| self.sentence(text));
        w.notes.iter_mut().for_each(|note| self.sentence(note));
        for Term { name, value, place, part_of, .. } in &mut w.terms {
            // Names are compared with the expressions of the sides: they are cut alike.
            self.sentence(name);
            self.sentence(part_of);
            self.cell(value);
            place.iter_mut().for_each(|place| self.place(place));
        }
    }

    fn side(self, side: &mut Side) {
        self.sentence(&mut side.expression);
        self.cell(&mut side.value);
        self.cell(&mut side.exact);
        if let Some((low, high)) = &mut side.range {
            self.cell(low);
            self.cell(high);
        }
    }

    fn place(self, place: &mut Place) {
        if let Some(cell) = &mut place.cell {
            self.sentence(&mut cell.table);
            cell.column.iter_mut().for_each(|name| self.cell(name));
        }
    }
}

fn changed(text: Cow<'_, str>) -> Option<String> {
    match text {
        Cow::Owned(text) => Some(text),
        Cow::Borrowed(_) => None,
    }
}
