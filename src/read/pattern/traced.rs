//! The groups of a match whose place is known, in two passes: backwards to know at each place from
//! which states the end can be reached, then forwards through those alone, so that no way fails.
//!
//! The searches of `regex-automata` that give groups keep a bit for each state at each place, or the places
//! of all groups for each state: gigabytes for a pattern of a hundred numbers, most of whose states are
//! alive at once. Here a set of states is made once, as those of a lazy automaton are, and then only
//! looked up: time grows with the match, not with the pattern.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::look::LookSet;
use regex_automata::util::pool::Pool;
use regex_automata::util::primitives::StateID;

/// A regular expression as an automaton that is walked both ways.
pub struct Traced {
    nfa: NFA,
    before: Before,
    known: Pool<Known, fn() -> Known>,
}

/// The states that lead to each state.
#[derive(Debug)]
struct Before {
    /// Where those of each state begin in the list of all.
    starts: Vec<u32>,
    all: Vec<StateID>,
}

/// States in order: those that read the byte at a place and can then reach the end, or that end the match.
type Set = Arc<[StateID]>;

/// What counts at a place: the number of its set, and the assertions that hold there.
type Place = (u32, LookSet);

/// What was met so far. The bits of assertions stand for them.
#[derive(Debug, Default)]
struct Known {
    sets: Vec<Set>,
    numbers: HashMap<Set, u32>,
    /// The set at a byte and what is known behind it; none is at the end.
    steps: HashMap<Option<(u8, u32, u32)>, u32>,
    /// Where the way goes on from a state.
    ways: HashMap<(StateID, u32, u32), Way>,
    /// States in all sets.
    size: usize,
}

/// A way to a state that reads a byte or ends the match.
#[derive(Debug)]
struct Way {
    /// The groups that begin or end on it.
    slots: Box<[u32]>,
    to: StateID,
}

/// So many states are held from one match to the next; a way is held as so many, roughly.
const MOST: usize = 4 << 20;
const ROUGHLY: usize = 16;

impl std::fmt::Debug for Traced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Traced").field("states", &self.nfa.states().len()).finish_non_exhaustive()
    }
}

impl Traced {
    /// Of a regular expression, whose size was limited when its search was compiled.
    pub fn of(source: &str) -> Option<Traced> {
        let nfa = NFA::new(source).ok()?;
        let before = Before::of(&nfa);
        Some(Traced { nfa, before, known: Pool::new(Known::default) })
    }

    /// The groups of the match in this range, as a search would give them; the first is all of it.
    pub fn groups(&self, text: &str, range: Range<usize>) -> Option<Vec<Option<Range<usize>>>> {
        let mut known = self.known.get();
        if known.size + known.ways.len() * ROUGHLY > MOST {
            *known = Known::default();
        }
        let places = self.backwards(&mut known, text.as_bytes(), &range);
        let slots = self.forwards(&mut known, text.as_bytes(), range, &places)?;
        Some(slots.chunks(2).map(|ends| Some((*ends.first()?)?..(*ends.last()?)?)).collect())
    }

    /// What counts at the places of a range, from the last on.
    fn backwards(&self, known: &mut Known, bytes: &[u8], range: &Range<usize>) -> Vec<Place> {
        let (looks, matcher) = (self.nfa.look_set_any(), self.nfa.look_matcher());
        let mut all: Vec<Place> = Vec::with_capacity(range.len() + 1);
        for at in range.clone().chain([range.end]).rev() {
            let behind = all.last().zip(bytes.get(at)).map(|(place, byte)| (*byte, *place));
            let set = self.step(known, behind);
            let hold = looks.iter().filter(|look| matcher.matches(*look, bytes, at));
            all.push((set, hold.fold(LookSet::empty(), LookSet::insert)));
        }
        all
    }

    /// The set at a byte before a place, or at the end.
    fn step(&self, known: &mut Known, behind: Option<(u8, Place)>) -> u32 {
        let key = behind.map(|(byte, (set, hold))| (byte, set, hold.bits));
        if let Some(number) = known.steps.get(&key) {
            return *number;
        }
        let own =
            behind.and_then(|(byte, (n, hold))| Some((byte, known.sets.get(n as usize)?, hold)));
        let mut all: Vec<StateID> = match own {
            None => self.ends().collect(),
            Some((byte, set, hold)) => self.before(byte, set, hold),
        };
        all.sort_unstable();
        all.dedup();
        let number = known.number(all.into());
        known.steps.insert(key, number);
        number
    }

    fn ends(&self) -> impl Iterator<Item = StateID> {
        let states = self.nfa.states().iter().enumerate();
        let ends = states.filter(|(_, state)| matches!(state, State::Match { .. }));
        ends.filter_map(|(id, _)| StateID::new(id).ok())
    }

    /// The states that read a byte and lead to those of a set, where such assertions hold behind it.
    fn before(&self, byte: u8, set: &[StateID], hold: LookSet) -> Vec<StateID> {
        let mut seen = vec![false; self.nfa.states().len()];
        let mut leading = set.to_vec();
        let mut all = Vec::new();
        while let Some(to) = leading.pop() {
            for from in self.before.of_state(to) {
                let leads = match self.nfa.state(*from) {
                    State::Look { look, .. } => hold.contains(*look),
                    State::Union { .. } | State::BinaryUnion { .. } | State::Capture { .. } => true,
                    _ if self.read(*from, byte) == Some(to) => {
                        all.push(*from);
                        false
                    }
                    _ => false,
                };
                let seen = seen.get_mut(from.as_usize()).filter(|seen| leads && !**seen);
                if let Some(seen) = seen {
                    *seen = true;
                    leading.push(*from);
                }
            }
        }
        all
    }

    /// Where a state goes that reads a byte.
    fn read(&self, id: StateID, byte: u8) -> Option<StateID> {
        match self.nfa.state(id) {
            State::ByteRange { trans } => trans.matches_byte(byte).then_some(trans.next),
            State::Sparse(sparse) => sparse.matches_byte(byte),
            State::Dense(dense) => dense.matches_byte(byte),
            _ => None,
        }
    }

    /// The places of all groups on the first of the ways that reach the end.
    fn forwards(
        &self,
        known: &mut Known,
        bytes: &[u8],
        range: Range<usize>,
        places: &[Place],
    ) -> Option<Vec<Option<usize>>> {
        let mut slots = vec![None; self.nfa.group_info().slot_len()];
        let mut id = self.nfa.start_anchored();
        for (at, (number, hold)) in (range.start..).zip(places.iter().rev()) {
            let key = (id, *number, hold.bits);
            let way = match known.ways.get(&key) {
                Some(way) => way,
                None => {
                    let way = self.way(id, known.sets.get(*number as usize)?, *hold)?;
                    known.ways.entry(key).or_insert(way)
                }
            };
            for slot in &way.slots {
                slots.get_mut(*slot as usize).into_iter().for_each(|place| *place = Some(at));
            }
            id = match bytes.get(at).filter(|_| at < range.end) {
                Some(byte) => self.read(way.to, *byte)?,
                None => return Some(slots),
            };
        }
        None
    }

    /// The first way from a state to one of a set. A fork that was met leads nowhere new.
    fn way(&self, from: StateID, set: &[StateID], hold: LookSet) -> Option<Way> {
        let (mut all, mut seen, mut slots) = (vec![(from, 0)], HashSet::new(), Vec::new());
        while let Some((mut id, before)) = all.pop() {
            slots.truncate(before);
            loop {
                id = match self.nfa.state(id) {
                    State::Look { look, next } if hold.contains(*look) => *next,
                    State::Capture { next, slot, .. } => {
                        slots.push(slot.as_u32());
                        *next
                    }
                    State::Union { alternates } if seen.insert(id) => {
                        all.extend(alternates.iter().rev().map(|id| (*id, slots.len())));
                        break;
                    }
                    State::BinaryUnion { alt1, alt2 } if seen.insert(id) => {
                        all.push((*alt2, slots.len()));
                        *alt1
                    }
                    _ if set.binary_search(&id).is_ok() => {
                        return Some(Way { slots: slots.into(), to: id });
                    }
                    _ => break,
                };
            }
        }
        None
    }
}

impl Before {
    fn of(nfa: &NFA) -> Before {
        let mut all: Vec<(StateID, StateID)> = Vec::new();
        for (from, state) in nfa.states().iter().enumerate() {
            let Ok(from) = StateID::new(from) else { break };
            let mut add = |to: StateID| all.push((to, from));
            match state {
                State::ByteRange { trans } => add(trans.next),
                State::Sparse(sparse) => sparse.transitions.iter().for_each(|t| add(t.next)),
                State::Dense(dense) => dense.transitions.iter().for_each(|to| add(*to)),
                State::Look { next, .. } | State::Capture { next, .. } => add(*next),
                State::Union { alternates } => alternates.iter().for_each(|to| add(*to)),
                State::BinaryUnion { alt1, alt2 } => {
                    [alt1, alt2].into_iter().for_each(|to| add(*to))
                }
                State::Fail | State::Match { .. } => {}
            }
        }
        all.sort_unstable();
        all.dedup();
        let mut starts = vec![0; nfa.states().len() + 1];
        for (to, _) in &all {
            starts.get_mut(to.as_usize() + 1).into_iter().for_each(|count| *count += 1);
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Before { starts, all: all.into_iter().map(|(_, from)| from).collect() }
    }

    fn of_state(&self, id: StateID) -> &[StateID] {
        let start = |id: usize| self.starts.get(id).map_or(0, |start| *start as usize);
        let id = id.as_usize();
        self.all.get(start(id)..start(id + 1)).unwrap_or_default()
    }
}

impl Known {
    /// The number of a set, which may be new.
    fn number(&mut self, set: Set) -> u32 {
        let next = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(set.clone()).or_insert(next);
        if number == next {
            self.size += set.len();
            self.sets.push(set);
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;
    use regex_automata::meta::Regex;

    use super::*;

    /// Compares the groups with those of a search.
    fn compare(source: &str, texts: &[&str]) {
        let (regex, traced) = (Regex::new(source), Traced::of(source));
        let (regex, traced) = (regex.expect("a regex"), traced.expect("an automaton"));
        for text in texts {
            for captures in regex.captures_iter(*text) {
                let found = captures.get_match().expect("a match");
                let wanted: Vec<_> = captures.iter().map(|g| g.map(|s| s.range())).collect();
                let groups = traced.groups(text, found.range());
                assert_eq!(groups, Some(wanted), "{source} in {text}");
            }
        }
    }

    #[test]
    fn groups_are_those_of_a_search() {
        let sources =
            [r"(a|ab)(c|bcd)?(d*)", r"(?:(\w+?)( ?))*?(\d)?\b", r"((a*)*)(b|)", r"(é+)|(.)(.)?"];
        for source in sources {
            compare(source, &["abcd", "ab cd 12", "aaab", "éé1", ""]);
        }
    }

    /// Regular expressions over few letters, with empty parts, loops in loops and assertions.
    fn regexes() -> impl Strategy<Value = String> {
        let leaf = prop::sample::select(
            &["a", "b", "é", "[ab]", ".", " ", r"\b", r"\b{start-half}", "$", ""][..],
        );
        leaf.prop_map(str::to_string).prop_recursive(5, 24, 3, |inner| {
            let signs = prop::sample::select(&["", "?", "*", "+", "??", "*?", "+?", "{2,3}"][..]);
            let all = prop::collection::vec(inner.clone(), 1..4);
            prop_oneof![
                (inner.clone(), signs).prop_map(|(inner, sign)| format!("({inner}){sign}")),
                all.clone().prop_map(|all| all.concat()),
                all.prop_map(|all| format!("(?:{})", all.join("|"))),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 600, rng_seed: RngSeed::Fixed(18), ..ProptestConfig::default() })]

        #[test]
        fn groups_of_any_regex_are_those_of_a_search(
            source in regexes(),
            texts in prop::collection::vec("[abé ]{0,12}", 1..4),
        ) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            compare(&source, &texts);
        }
    }

    #[test]
    fn what_was_met_is_not_made_again() {
        let numbers = 30;
        let traced = Traced::of(&vec![r"([0-9]+(?: and [0-9]+)*)"; numbers].join(" and "));
        let traced = traced.expect("an automaton");
        let text = |n: usize| {
            let all = (0..numbers + 20).map(|i| ((i * n * 7) % 1000).to_string());
            all.collect::<Vec<_>>().join(" and ")
        };
        let mut sizes = Vec::new();
        for n in 1..20 {
            let text = text(n);
            let groups = traced.groups(&text, 0..text.len()).expect("a match");
            assert!(groups.iter().all(Option::is_some));
            let known = traced.known.get();
            sizes.push((known.sets.len(), known.ways.len()));
        }
        assert_eq!(sizes[9..], vec![sizes[18]; 10]);
    }
}
