//! A group that stands several times in a match, `{…}*`: a row for each time.

use regex_automata::meta;

use crate::read::pattern::machine::{Found, Groups, Machine, build};
use crate::read::pattern::parse::{Element, Part};
use crate::read::pattern::regex::{Writer, between_at_start};
use crate::value::Language;

/// What finds each of the groups in their row.
#[derive(Debug)]
pub struct Repeated {
    one: Machine,
    between: meta::Regex,
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
        let one = Machine::compiled(&format!(r"\A(?:{})", writer.source), &groups)?;
        Ok(Some(Repeated { one, between: build(&between_at_start(language))? }))
    }

    /// The rows of a match, each with what stands beside the groups.
    pub fn rows(&self, text: &str, found: Found) -> Vec<Found> {
        let Some(all) = found.repeated.clone() else { return vec![found] };
        let (mut rows, mut at) = (Vec::new(), all.start);
        while let Some(one) = self.one.find_in(text, at..all.end) {
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
