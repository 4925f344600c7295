//! A word that every match of a pattern holds: a text is searched around it alone.

use std::cmp::Reverse;
use std::ops::Range;

use regex_automata::{Input, meta};

use crate::read::pattern::machine::build;
use crate::read::pattern::parse::{Element, Part, escape};

/// The word, and how far a match reaches on both sides of it.
#[derive(Debug)]
pub struct Needle {
    regex: meta::Regex,
    /// How many ends of sentences a match may go across before the word, and how many behind it; none
    /// where there is no bound.
    reach: [Option<usize>; 2],
}

impl Needle {
    /// That of a pattern: its longest word, which is likely to be rare.
    pub fn of(elements: &[Element], kinds: &[String]) -> Option<Needle> {
        let literal = |(at, element): (usize, &Element)| match &element.part {
            Part::Literal(text) => {
                Some((text.matches(char::is_alphanumeric).count(), at, escape(text)))
            }
            _ => None,
        };
        let all = elements.iter().enumerate().filter_map(literal);
        let (_, at, word) = all.max_by_key(|(letters, at, _)| (*letters, Reverse(*at)))?;
        let regex = build(&format!("(?i:{word})")).ok()?;
        let (before, behind) = (elements.get(..at)?, elements.get(at + 1..)?);
        Some(Needle { regex, reach: [reach(before, kinds), reach(behind, kinds)] })
    }

    /// The parts of a section in which matches may stand, each of them in one part as a whole. The ends
    /// of sentences in the text are given by their first and their last mark.
    pub fn parts(
        &self,
        text: &str,
        section: &Range<usize>,
        ends: &[Range<usize>],
    ) -> Vec<Range<usize>> {
        let mut parts: Vec<Range<usize>> = Vec::new();
        for word in self.regex.find_iter(Input::new(text).range(section.clone())) {
            let before = ends.partition_point(|end| end.start < word.start());
            let first = self.reach[0].and_then(|reach| before.checked_sub(reach + 1));
            let start = first.and_then(|n| ends.get(n)).map_or(section.start, |end| end.end);
            let behind = ends.partition_point(|end| end.start < word.end());
            let last = self.reach[1].and_then(|reach| ends.get(behind + reach));
            // A text at the end of a pattern goes on to the mark that ends its sentence.
            let end = last.map_or(section.end, |end| end.start + 1).min(section.end);
            match parts.last_mut().filter(|part| start < part.end) {
                Some(part) => part.end = part.end.max(end),
                None => parts.push(start.max(section.start)..end),
            }
        }
        parts
    }

    /// Whether it stands in a part of a text.
    pub fn is_in(&self, text: &str, part: Range<usize>) -> bool {
        self.regex.is_match(Input::new(text).range(part))
    }
}

/// How many ends of sentences what some elements match may go across: white space may be one.
fn reach(elements: &[Element], kinds: &[String]) -> Option<usize> {
    let of = |element: &Element| match &element.part {
        Part::Space => Some(1),
        Part::Literal(_) | Part::Gap { .. } => Some(0),
        Part::Placeholder(n) => {
            let is_wide = |kind: &String| matches!(kind.as_str(), "text" | "line");
            (!kinds.get(*n).is_some_and(is_wide)).then_some(0)
        }
        Part::Optional(inner) => reach(inner, kinds),
        Part::Alternatives(all) => {
            let mut all = all.iter().map(|inner| reach(inner, kinds));
            all.try_fold(0, |most, own| Some(most.max(own?)))
        }
        Part::Repeated(inner) => reach(inner, kinds).filter(|reach| *reach == 0),
    };
    elements.iter().map(of).sum()
}
