//! A group that stands several times in a match, `{…}*`: a row for each time.

use std::ops::Range;

use regex_automata::meta;

use crate::read::pattern::machine::{Found, Groups, Machine, build};
use crate::read::pattern::parse::{Element, Part};
use crate::read::pattern::regex::{Writer, between_at_start};
use crate::read::pattern::shapes::in_list;
use crate::value::Language;
use crate::value::prose::is_enclosed;

/// What finds each of the groups in their row.
#[derive(Debug)]
pub struct Repeated {
    one: Machine,
    /// The same of a group in which no range is written with `and`.
    listed: Machine,
    between: meta::Regex,
    language: Language,
}

impl Repeated {
    /// Of the group in a pattern, if it has one.
    ///
    /// # Errors
    /// Why it cannot be compiled.
    pub fn of(
        elements: &[Element],
        kinds: &[String],
        language: Language,
    ) -> Result<Option<Repeated>, String> {
        let inner = elements.iter().find_map(|element| match &element.part {
            Part::Repeated(inner) => Some(inner),
            _ => None,
        });
        let Some(inner) = inner else { return Ok(None) };
        let mut writer = Writer::new((kinds, language), false);
        writer.one_of(inner);
        let groups = Groups { roles: writer.roles, placeholders: kinds.len() };
        let source = format!(r"\A(?:{})", writer.source);
        let listed = Machine::compiled(&in_list(&source, language), &groups)?;
        let one = Machine::compiled(&source, &groups)?;
        Ok(Some(Repeated { one, listed, between: build(&between_at_start(language))?, language }))
    }

    /// The group that begins a range of a text: `60% and 12%` are two of them, `between 60% and 70%` is one.
    fn first(&self, text: &str, range: Range<usize>) -> Option<Found> {
        let listed = self.listed.find_in(text, range.clone());
        let is_enclosed = |place: &Range<usize>| {
            let before = text.get(range.start..place.start).unwrap_or_default();
            is_enclosed(before, self.language)
        };
        let holds_range = |found: &Found| found.placeholders.iter().flatten().any(is_enclosed);
        match listed {
            Some(found) if !holds_range(&found) => Some(found),
            _ => self.one.find_in(text, range.clone()),
        }
    }

    /// The rows of a match, each with what stands beside the groups.
    pub fn rows(&self, text: &str, found: Found) -> Vec<Found> {
        let Some(all) = found.repeated.clone() else { return vec![found] };
        let (mut rows, mut at) = (Vec::new(), all.start);
        while let Some(one) = self.first(text, at..all.end) {
            let Some(own) = one.repeated else { break };
            let mut row = Found { range: own.clone(), ..found.clone() };
            for (place, held) in row.placeholders.iter_mut().zip(one.placeholders) {
                *place = held.or_else(|| place.take());
            }
            rows.push(row);
            let behind = text.get(own.end..all.end).unwrap_or_default();
            let Some(next) = self.between.find(behind) else { break };
            at = own.end + next.end();
        }
        if rows.is_empty() { vec![found] } else { rows }
    }
}
