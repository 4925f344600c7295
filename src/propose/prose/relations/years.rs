//! Lengths of time between years: `opened in 1998 … closed 25 years later, in 2023`.

use crate::propose::prose::chance::BIT;
use crate::propose::prose::forms::Form;
use crate::propose::prose::relations::{Candidate, Finder, counts, pairs, reach};
use crate::propose::prose::terms::{Kind, Term};

impl Finder<'_> {
    /// Relations that give years.
    pub fn years(&mut self) {
        for target in self.terms.iter().filter(|term| is_length(term)) {
            let years = self.around(target, Kind::Year);
            let counts = counts(target, &years);
            for a in &years {
                for b in years.iter().filter(|b| b.value.value < a.value.value) {
                    let at = reach(target, &[a, b]);
                    // The age of one is not that of another, whom the next sentence is of.
                    if at > 0 && !target.near.counts_years() {
                        continue;
                    }
                    let tried = pairs(counts.get(at).copied().unwrap_or(0));
                    // Groups of people have an age, too.
                    let words = match target.near.counts_years() {
                        true if at == 0 => 3 * BIT,
                        true => 2 * BIT,
                        false => BIT,
                    };
                    let (form, of, spread) = (Form::Years, vec![*a, *b], target.log + BIT);
                    self.weigh(Candidate { form, target, of, spread, tried, words, times: 1 });
                }
            }
        }
    }
}

/// Whether a figure is a length of time in years.
fn is_length(term: &Term) -> bool {
    term.kind == Kind::Number && (term.near.counts_years() || term.near.is_age())
}
