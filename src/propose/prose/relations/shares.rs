//! Percentages: shares, changes, and differences of percentages.

use crate::propose::prose::chance::{BIT, log2};
use crate::propose::prose::cues::Way;
use crate::propose::prose::forms::Form;
use crate::propose::prose::relations::contradicted::is_contradicted;
use crate::propose::prose::relations::{
    APART, Candidate, Finder, SLIPPED_APART, counts, pairs, pairs_here, reach,
};
use crate::propose::prose::terms::{Kind, Term};
use crate::value::Number;

/// What it takes from a percentage that none of its figures stands in its sentence.
const ELSEWHERE: i32 = 3 * BIT / 2;

impl Finder<'_> {
    /// All relations that give percentages.
    pub fn shares(&mut self) {
        for target in self.terms {
            match target.kind {
                Kind::Percent => self.of_percentage(target),
                Kind::Points => self.of_points(target),
                Kind::Number | Kind::Year | Kind::Multiple => {}
            }
        }
    }

    fn of_percentage(&mut self, target: &Term) {
        let numbers = self.around(target, Kind::Number);
        let counts = counts(target, &numbers);
        let one = Number::from(1i64);
        let Some(up) = log2(&(&one + &target.value.value)) else { return };
        let down = log2(&(&one - &target.value.value)).unwrap_or(i32::MIN / 2);
        let way = target.near.way();
        let may_slip = self.known.is_some();
        let is_near =
            |distance: i32| distance.abs() <= if may_slip { SLIPPED_APART } else { APART };
        // Small percentages are nearer to each other than large ones.
        let spread = (target.log + 2 * BIT).min(0);
        for a in &numbers {
            for b in numbers.iter().filter(|b| !std::ptr::eq(**b, *a)) {
                let at = reach(target, &[a, b]);
                let others = counts.get(at).copied().unwrap_or(0);
                let is_here = [a, b].iter().any(|term| term.sentence == target.sentence);
                let tried = pairs(others);
                let tried = if is_here { tried.min(pairs_here(counts, at)) } else { tried };
                let ratio = a.log - b.log;
                let mut weigh = |form, tried, words: i32| {
                    let of = vec![*a, *b];
                    if is_contradicted(form, target, (a, b), &numbers) {
                        return;
                    }
                    // A change stands beside what changed.
                    let words = if is_here { words } else { words - ELSEWHERE };
                    // What is left of a large fall is a small share.
                    let fallen = (down + 2 * BIT).min(0);
                    let spread = if form == Form::Fall { fallen.min(spread) } else { spread };
                    self.weigh(Candidate { form, target, of, spread, tried, words, times: 1 });
                };
                if is_near(ratio - target.log) {
                    // Of a part that stands beside its share only the whole is sought.
                    let tried = if are_joined(target, a) { others } else { tried };
                    weigh(Form::Share, tried, share_words(target, a, b));
                }
                if is_near(ratio - up) && way != Way::Down {
                    weigh(Form::Rise, tried, change_words(target, a, b));
                }
                if is_near(ratio - down) && way != Way::Up {
                    weigh(Form::Fall, tried, change_words(target, a, b));
                }
                // `rose by 212 to 2,946, a rise of 7.8 percent`
                // Of `the year before (2,734)` it is a share.
                let is_after = at < 2 && !b.near.is_earlier();
                let is_near = (ratio - target.log + up).abs() <= APART;
                if is_near && is_after && way != Way::Down && a.near.is_difference() {
                    let words = change_words(target, b, a) + BIT - apart(at);
                    weigh(Form::Added, tried, words);
                }
                // `fell by 2,930 to 84,210, a fall of 3.4 percent`
                let is_near = (ratio - target.log + down).abs() <= APART;
                if is_near && is_after && way != Way::Up && a.near.is_difference() {
                    let words = change_words(target, b, a) + BIT - apart(at);
                    weigh(Form::Lost, tried, words);
                }
            }
        }
    }

    fn of_points(&mut self, target: &Term) {
        let shares = self.around(target, Kind::Percent);
        let counts = counts(target, &shares);
        // Percentages that are compared differ by some twenty points.
        let spread = -2 * BIT;
        for a in &shares {
            for b in shares.iter().filter(|b| b.value.value < a.value.value) {
                let at = reach(target, &[a, b]);
                let is_here = [a, b].iter().any(|term| term.sentence == target.sentence);
                let tried = pairs(counts.get(at).copied().unwrap_or(0));
                let tried = if is_here { tried.min(pairs_here(counts, at)) } else { tried };
                let words = if at < 2 { 3 * BIT } else { BIT };
                let of = vec![*a, *b];
                let form = Form::Difference;
                self.weigh(Candidate { form, target, of, spread, tried, words, times: 1 });
            }
        }
    }
}

/// What it takes from a change by one figure to another that they stand in another sentence.
fn apart(at: usize) -> i32 {
    if at == 0 { 0 } else { 3 * BIT }
}

/// Whether two figures stand side by side: `1,347 (28.0 percent)`, `475 or 38 percent`.
fn are_joined(a: &Term, b: &Term) -> bool {
    let join = |first: &Term, second: &Term| {
        first.sentence == second.sentence
            && second.near.before.len() > first.near.before.len()
            && second.near.before.len() - first.near.before.len() <= 5
    };
    join(a, b) || join(b, a)
}

fn share_words(target: &Term, a: &Term, b: &Term) -> i32 {
    // `has grown by 48, from 600, which is 8 percent` is a share of what there was.
    let is_aside =
        target.near.joins[0].contains('(') || target.near.follows(&target.near.cues().or);
    // `down from 34 of 131 (26%)`: what stands in brackets is no change.
    let is_own = is_aside && are_joined(target, a) && are_joined(a, b);
    let is_change =
        target.near.way() != Way::Unsaid && !a.near.follows(&a.near.cues().by) && !is_own;
    let of = b.near.follows(&b.near.cues().of) || b.near.is_total();
    // `of 482 people 433 (90 percent) said yes and 40 no`: the whole stands before its share.
    let is_behind =
        b.sentence == target.sentence && b.near.before.len() > target.near.before.len() && !of;
    let is_of_other = target.near.joins[0].contains('(') && !are_joined(target, a);
    let mut words = -3 * BIT * i32::from(is_change) + 2 * BIT * i32::from(of);
    words += 2 * BIT * i32::from(are_joined(target, a) && is_aside);
    words += BIT * i32::from(target.near.is_share());
    let is_of_earlier = b.near.is_earlier() && a.near.follows(&a.near.cues().by);
    words += 2 * BIT * i32::from(is_of_earlier);
    words -= 4 * BIT * i32::from(is_behind) + 3 * BIT * i32::from(is_of_other);
    words + BIT * (target.near.shares_with(&a.near) + target.near.shares_with(&b.near))
}

/// What speaks for a change from `b` to `a`.
fn change_words(target: &Term, a: &Term, b: &Term) -> i32 {
    let is_change = target.near.way() != Way::Unsaid;
    let mut words = if is_change { 2 * BIT } else { -2 * BIT };
    // Few things lose more than half in a year.
    words -= BIT * i32::from(target.log > -BIT);
    words += 2 * BIT * i32::from(b.near.is_earlier());
    words += BIT * i32::from(a.near.follows(&a.near.cues().reached));
    words + BIT * (target.near.shares_with(&a.near) + a.near.shares_with(&b.near))
}
