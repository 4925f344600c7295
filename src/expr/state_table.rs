//! A pattern for whole texts as a table of states.

use std::sync::Arc;

use regex_automata::Anchored;
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::{primitives::StateID, start};

/// Texts that are best matched at once.
pub const TOGETHER: usize = 4;

/// A table of states larger than this is not made: 2 MiB.
const MOST_TABLE: usize = 2 << 20;

/// The states of a pattern, with the one it starts in; shared by all workers.
#[derive(Debug, Clone)]
pub struct StateTable {
    states: Arc<dense::DFA<Vec<u32>>>,
    start: StateID,
    resting: Option<Arc<Resting>>,
}

/// The state that the most characters of ASCII do not leave, as in the middle of `[a-z ]+`.
#[derive(Debug)]
struct Resting {
    state: StateID,
    /// Whether a byte leads from the state to itself.
    stays: [bool; 256],
}

impl StateTable {
    /// The table of a pattern, where it stays small.
    pub fn new(pattern: &str) -> Option<StateTable> {
        let config = dense::Config::new()
            .start_kind(StartKind::Anchored)
            .dfa_size_limit(Some(MOST_TABLE))
            .determinize_size_limit(Some(4 * MOST_TABLE));
        let nfa = thompson::Config::new().nfa_size_limit(Some(MOST_TABLE));
        let states = dense::Builder::new()
            .configure(config)
            .thompson(nfa)
            .build(&format!(r"\A(?:{pattern})\z"))
            .ok()?;
        let start = states.start_state(&start::Config::new().anchored(Anchored::Yes)).ok()?;
        let resting = resting(&states, start).map(Arc::new);
        Some(StateTable { states: Arc::new(states), start, resting })
    }

    /// Whether it matches the whole of a text: every byte leads on, if only to the dead state.
    #[inline]
    pub fn is_match(&self, text: &[u8]) -> bool {
        let last = match &self.resting {
            Some(resting) => self.last_of_skimmed(text, resting),
            None => text.iter().fold(self.start, |state, b| self.states.next_state(state, *b)),
        };
        self.is_end(last)
    }

    /// Where a text leads; bytes that stay in the resting state are only counted.
    #[inline]
    fn last_of_skimmed(&self, text: &[u8], resting: &Resting) -> StateID {
        let (mut state, mut rest) = (self.start, text);
        while let Some((byte, after)) = rest.split_first() {
            state = self.states.next_state(state, *byte);
            rest = after;
            if state == resting.state {
                let staying = rest.iter().take_while(|b| resting.stays[usize::from(**b)]).count();
                rest = &rest[staying..];
            }
        }
        state
    }

    fn is_end(&self, state: StateID) -> bool {
        self.states.is_match_state(self.states.next_eoi_state(state))
    }

    /// Whether it matches each of the texts.
    pub fn are_matches(&self, texts: [&[u8]; TOGETHER]) -> [bool; TOGETHER] {
        match &self.resting {
            Some(resting) => texts.map(|text| self.is_end(self.last_of_skimmed(text, resting))),
            None => self.last_of_each(texts).map(|state| self.is_end(state)),
        }
    }

    /// A step waits for the one before it; steps of several texts do not wait for each other.
    fn last_of_each(&self, texts: [&[u8]; TOGETHER]) -> [StateID; TOGETHER] {
        let lengths = texts.map(<[u8]>::len);
        let shortest = lengths.into_iter().min().unwrap_or_default();
        let longest = lengths.into_iter().max().unwrap_or_default();
        let [mut a, mut b, mut c, mut d] = [self.start; TOGETHER];
        let [of_a, of_b, of_c, of_d] = texts.map(|text| &text[..shortest]);
        for (((of_a, of_b), of_c), of_d) in of_a.iter().zip(of_b).zip(of_c).zip(of_d) {
            a = self.states.next_state(a, *of_a);
            b = self.states.next_state(b, *of_b);
            c = self.states.next_state(c, *of_c);
            d = self.states.next_state(d, *of_d);
        }
        let mut states = [a, b, c, d];
        for at in shortest..longest {
            for (state, text) in states.iter_mut().zip(texts) {
                let next = self.states.next_state(*state, *text.get(at).unwrap_or(&0));
                *state = if at < text.len() { next } else { *state };
            }
        }
        states
    }
}

/// Fewer characters are no run worth skimming.
const LEAST_STAYING: usize = 10;

/// Looks for it among the states that texts of ASCII lead to.
fn resting(states: &dense::DFA<Vec<u32>>, start: StateID) -> Option<Resting> {
    let (mut seen, mut next, mut best) = (vec![start], 0, None);
    while let Some(&state) = seen.get(next) {
        next += 1;
        let mut staying = 0;
        for byte in 0..0x80 {
            let to = states.next_state(state, byte);
            staying += usize::from(to == state);
            if !seen.contains(&to) && seen.len() < MOST_SEEN {
                seen.push(to);
            }
        }
        let is_more = best.is_none_or(|(_, most)| staying > most);
        if is_more && staying >= LEAST_STAYING && !states.is_dead_state(state) {
            best = Some((state, staying));
        }
    }
    let (state, _) = best?;
    let stays = std::array::from_fn(|byte| {
        u8::try_from(byte).is_ok_and(|byte| states.next_state(state, byte) == state)
    });
    Some(Resting { state, stays })
}

/// States that are looked at: a pattern of more is no simple run.
const MOST_SEEN: usize = 64;
