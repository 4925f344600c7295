//! The groups of a match whose place is known: going back where a way ends, as the places of many
//! groups are too much to carry along all ways at once.
//!
//! The searches of `regex-automata` that give groups keep a bit for each state at each place, or the places
//! of all groups for each state: gigabytes for a pattern of a hundred numbers. Here only what is met is kept.

use std::collections::HashSet;
use std::ops::Range;

use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::primitives::StateID;

/// A regular expression as an automaton whose ways are tried one after the other.
#[derive(Debug)]
pub struct Traced(NFA);

/// What is done next.
enum Next {
    /// To go on from a state, at a place.
    Way(StateID, usize),
    /// To forget where a group begins or ends: the way there ended.
    Restore(usize, Option<usize>),
}

impl Traced {
    /// Of a regular expression, whose size was limited when its search was compiled.
    pub fn of(source: &str) -> Option<Traced> {
        NFA::new(source).ok().map(Traced)
    }

    /// The groups of the match in this range, as a search would give them; the first is all of it. Each
    /// state is gone on from once at each place, so that time grows with the pattern and the match.
    pub fn groups(&self, text: &str, range: Range<usize>) -> Option<Vec<Option<Range<usize>>>> {
        let nfa = &self.0;
        let bytes = text.as_bytes();
        let byte = |at: usize| bytes.get(at).filter(|_| at < range.end);
        let mut slots: Vec<Option<usize>> = vec![None; nfa.group_info().slot_len()];
        let (mut all, mut seen) =
            (vec![Next::Way(nfa.start_anchored(), range.start)], HashSet::new());
        while let Some(next) = all.pop() {
            let (mut id, mut at) = match next {
                Next::Way(id, at) => (id, at),
                Next::Restore(slot, place) => {
                    slots.get_mut(slot).into_iter().for_each(|slot| *slot = place);
                    continue;
                }
            };
            loop {
                let read = match nfa.state(id) {
                    State::ByteRange { trans } => {
                        byte(at).filter(|b| trans.matches_byte(**b)).map(|_| trans.next)
                    }
                    State::Sparse(sparse) => byte(at).and_then(|b| sparse.matches_byte(*b)),
                    State::Dense(dense) => byte(at).and_then(|b| dense.matches_byte(*b)),
                    State::Match { .. } if at == range.end => return Some(ranges(&slots)),
                    State::Match { .. } | State::Fail => None,
                    step => {
                        let is_fork =
                            matches!(step, State::Union { .. } | State::BinaryUnion { .. });
                        if is_fork && !seen.insert((id, at)) {
                            break;
                        }
                        let others: &[StateID] = match step {
                            State::Union { alternates } => alternates,
                            State::BinaryUnion { alt1, alt2 } => &[*alt1, *alt2],
                            State::Look { look, next } => {
                                let holds = nfa.look_matcher().matches(*look, bytes, at);
                                if holds { &[*next] } else { &[] }
                            }
                            State::Capture { next, slot, .. } => {
                                let place = slots.get_mut(slot.as_usize());
                                let was = place.and_then(|place| place.replace(at));
                                all.push(Next::Restore(slot.as_usize(), was));
                                &[*next]
                            }
                            _ => &[],
                        };
                        let Some((first, rest)) = others.split_first() else { break };
                        all.extend(rest.iter().rev().map(|other| Next::Way(*other, at)));
                        id = *first;
                        continue;
                    }
                };
                let Some(next) = read else { break };
                (id, at) = (next, at + 1);
            }
        }
        None
    }
}

fn ranges(slots: &[Option<usize>]) -> Vec<Option<Range<usize>>> {
    slots.chunks(2).map(|ends| Some((*ends.first()?)?..(*ends.last()?)?)).collect()
}

#[cfg(test)]
mod tests {
    use regex_automata::meta::Regex;

    use super::*;

    #[test]
    fn groups_are_those_of_a_search() {
        let sources =
            [r"(a|ab)(c|bcd)?(d*)", r"(?:(\w+?)( ?))*?(\d)?\b", r"((a*)*)(b|)", r"(é+)|(.)(.)?"];
        for source in sources {
            let (regex, traced) = (Regex::new(source), Traced::of(source));
            let (regex, traced) = (regex.expect("a regex"), traced.expect("an automaton"));
            for text in ["abcd", "ab cd 12", "aaab", "éé1", ""] {
                let mut captures = regex.create_captures();
                regex.captures(text, &mut captures);
                let Some(found) = captures.get_match() else { continue };
                let wanted: Vec<_> = captures.iter().map(|g| g.map(|s| s.range())).collect();
                let groups = traced.groups(text, found.range());
                assert_eq!(groups, Some(wanted), "{source} in {text}");
            }
        }
    }
}
