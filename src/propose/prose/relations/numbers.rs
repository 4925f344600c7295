//! Numbers: sums, differences, averages and ratios, rates, and what is said twice.

use crate::propose::prose::chance::{BIT, log2};
use crate::propose::prose::forms::Form;
use crate::propose::prose::relations::{
    APART, Candidate, Finder, counts, level, pairs, pairs_here, reach,
};
use crate::propose::prose::terms::{Kind, Term};
use crate::value::Number;

/// Figures of a list that is summed up.
const LONGEST: usize = 10;

/// Words between what is more or less, and what it is compared with, at most.
const BETWEEN: usize = 10;

/// Whether a figure says by how much something is more or less than the next one: `0.9 degrees warmer than
/// the mean of 10.4`.
fn is_compared(by: &Term, with: &Term) -> bool {
    let (from, to) = (by.near.before.len(), with.near.before.len());
    let between = to.checked_sub(from).filter(|n| (2..=BETWEEN).contains(n));
    let words = between.and_then(|n| with.near.before.get(to - n..)).unwrap_or_default();
    let own = |word: &String| word.starts_with(|c: char| c.is_ascii_digit());
    // The words of the figure itself, and no other figure.
    by.sentence == with.sentence
        && words.iter().skip(1).any(|word| by.near.cues().from.contains(word))
        && !words.iter().skip(2).any(own)
}

/// Whether a sentence goes from its first figure through all of a list to its total.
fn is_summed_up(total: &Term, of: &[&Term], numbers: &[&Term]) -> bool {
    let here = |term: &&&Term| term.sentence == total.sentence;
    let place = |term: &Term| term.near.before.len();
    let mut before = numbers.iter().filter(here).filter(|term| place(term) < place(total));
    total.near.is_total()
        && of.iter().all(|term| before.next().is_some_and(|own| std::ptr::eq(*own, *term)))
        && before.next().is_none()
}

/// All other figures of the sentence of a total.
fn all_beside<'t>(total: &Term, numbers: &[&'t Term]) -> Vec<&'t Term> {
    numbers.iter().filter(|term| term.sentence == total.sentence).copied().collect()
}

fn is_same(a: &[&Term], b: &[&Term]) -> bool {
    a.len() == b.len() && is_part_of(a, b)
}

fn is_part_of(part: &[&Term], of: &[&Term]) -> bool {
    part.iter().all(|term| of.iter().any(|own| std::ptr::eq(*own, *term)))
}

/// Whether some figures add up to what is nearer to a total than what others do, which are not it.
fn is_nearer(total: &Term, these: &[&Term], than: &[&Term]) -> bool {
    let off = |of: &[&Term]| {
        let sum = of.iter().fold(Number::default(), |sum, term| &sum + &term.value.value);
        (&sum - &total.value.value).abs()
    };
    let others = off(than);
    !others.is_zero() && off(these) < others
}

impl<'t> Finder<'t> {
    /// All relations that give numbers.
    pub fn numbers(&mut self) {
        for target in self.terms.iter().filter(|term| term.kind == Kind::Number) {
            let numbers = self.around(target, Kind::Number);
            let counts = counts(target, &numbers);
            self.pairs(target, &numbers, counts);
            self.lists(target, &numbers);
            self.means(target, &numbers);
            self.ratios(target, &numbers, counts);
            self.twice(target, &numbers, counts);
        }
        for target in self.terms.iter().filter(|term| term.kind == Kind::Multiple) {
            let numbers = self.around(target, Kind::Number);
            let counts = counts(target, &numbers);
            self.ratios(target, &numbers, counts);
        }
    }

    /// Two figures that make a third; where words say so, as their difference.
    fn pairs(&mut self, target: &'t Term, numbers: &[&'t Term], counts: [usize; 3]) {
        let mut together = 1;
        for (n, a) in numbers.iter().enumerate() {
            let of_sentence = |b: &&&Term| b.sentence == a.sentence;
            together += numbers.iter().skip(n + 1).filter(of_sentence).count();
        }
        for (n, a) in numbers.iter().enumerate() {
            for b in numbers.iter().skip(n + 1) {
                let most = a.log.max(b.log);
                let is_between = target.log >= most && target.log <= most + BIT + APART;
                if !is_between && !self.may_slip(target.log - most) {
                    continue;
                }
                let at = reach(target, &[a, b]).max(level(a.sentence, b.sentence));
                let is_one = a.sentence == b.sentence && at < 3;
                let tried = pairs(counts.get(at).copied().unwrap_or(0));
                let tried = if is_one { tried.min(together) } else { tried };
                let least = a.log.min(b.log);
                // A small difference of large figures is no surprise.
                let spread = i32::midpoint(target.log, least);
                let both = [(a, b), (b, a)];
                let compared = both
                    .into_iter()
                    .find(|(c, other)| is_compared(c, other) || is_compared(c, target));
                let says = |c: &Term| c.near.is_difference() || c.near.is_of_others();
                // `from 61.4 to 70.9, an increase of 9.5`: the last is the difference.
                let is_amount = |c: &Term| c.near.is_amount_of_change();
                let said = || both.into_iter().find(|(c, _)| is_amount(c));
                let near = || both.into_iter().find(|(c, _)| says(c) && !c.near.is_start());
                let difference = compared.or_else(said).or_else(near);
                // Of what is more or less than another only the third figure is sought.
                let is_third = compared.is_some() && at < 2;
                let others = counts.get(at).copied().unwrap_or(0);
                let tried = if is_third { tried.min(others) } else { tried };
                let mut words = BIT * (a.near.shares_with(&b.near)) + 2 * BIT * i32::from(is_third);
                words += 2 * BIT * i32::from(target.near.is_total());
                let (form, target, of) = match difference {
                    Some((c, other)) if !target.near.is_total() => {
                        // `cut by 31 million, from 220 million to 189 million`
                        let is_from = target.near.is_earlier() || other.near.is_earlier();
                        words += 2 * BIT + BIT * i32::from(is_from && at == 0);
                        // `three of the five, and the other two`
                        words += 3 * BIT * i32::from(c.near.is_of_others() && at < 2);
                        (Form::Difference, *c, vec![target, *other])
                    }
                    _ => {
                        // `roads cost 3 and schools 4, a total of 7`: the total is no part of 4.
                        let is_part =
                            |c: &Term| c.near.is_plainly_total() && c.sentence == target.sentence;
                        words -= 3 * BIT * i32::from(is_part(a) || is_part(b));
                        (Form::Sum, target, vec![*a, *b])
                    }
                };
                self.weigh(Candidate { form, target, of, spread, tried, words, times: 1 });
            }
        }
    }

    /// The figures of a sentence or of several that follow each other, or a part of one from its start or to
    /// its end, that add up to another: three or more.
    fn lists(&mut self, target: &'t Term, numbers: &[&'t Term]) {
        let mut lists: Vec<&[&Term]> = Vec::new();
        let begins = |n: usize| {
            let before = n.checked_sub(1).and_then(|n| numbers.get(n));
            numbers.get(n).map(|term| term.sentence) != before.map(|term| term.sentence)
        };
        for start in 0..numbers.len() {
            for end in start + 3..=numbers.len().min(start + LONGEST) {
                let Some(of) = numbers.get(start..end) else { break };
                let ends = [of.first(), of.last()].map(|term| term.map_or(0, |t| t.sentence));
                let is_whole = begins(start) && begins(end);
                let is_part = ends[0] == ends[1] && (begins(start) || begins(end));
                // Items of a list have a figure each.
                let is_list = ends[1] - ends[0] + 1 == of.len();
                if (ends[1] - ends[0] < 4 || is_list) && (is_whole || is_part) {
                    lists.push(of);
                }
            }
        }
        let whole = all_beside(target, numbers);
        let near = |of: &&&[&Term]| reach(target, of) < 2;
        let counts = [lists.iter().filter(near).count(), lists.len()];
        for of in lists {
            let less = of.iter().map(|term| term.log).max().unwrap_or(0);
            let least = of.iter().map(|term| term.log).min().unwrap_or(0);
            let is_like = less - least < 7 * BIT;
            if !is_like || target.log < less || target.log > less + 4 * BIT {
                continue;
            }
            let is_all = is_same(of, &whole);
            // Where all figures of a sentence come nearer, those that a part of them lacks are no slip.
            if !is_all && is_part_of(of, &whole) && is_nearer(target, &whole, of) {
                continue;
            }
            let tried = counts.get(reach(target, of) / 2).copied().unwrap_or(1);
            // `3 in March and 8 in December, 34 in all`: the only list that ends there.
            let tried = if is_summed_up(target, of, numbers) { 1 } else { tried };
            let is_rest = of.last().is_some_and(|last| last.near.is_difference());
            let is_said = target.near.is_total() || is_rest;
            let words = BIT + 2 * BIT * i32::from(is_said) + BIT * i32::from(is_all);
            let (form, of, spread) = (Form::Sum, of.to_vec(), target.log);
            self.weigh(Candidate { form, target, of, spread, tried, words, times: 1 });
        }
    }

    /// The average of figures that follow each other in its sentence: by how far they are apart it shows how
    /// improbable it is, as any average is among them.
    fn means(&mut self, target: &'t Term, numbers: &[&'t Term]) {
        if !target.near.is_average() {
            return;
        }
        let here = numbers.iter().filter(|term| term.sentence == target.sentence);
        let here: Vec<&Term> = here.copied().collect();
        let ends = |n: usize, m: usize| n == 0 || m == here.len();
        let runs = (0..here.len()).flat_map(|n| (n + 2..=here.len()).map(move |m| (n, m)));
        let runs = runs.filter(|(n, m)| m - n <= LONGEST && ends(*n, *m));
        let lists: Vec<&[&Term]> = runs.filter_map(|(n, m)| here.get(n..m)).collect();
        for of in &lists {
            let values = || of.iter().map(|term| &term.value.value);
            let (Some(least), Some(largest)) = (values().min(), values().max()) else { continue };
            let Some(spread) = log2(&(largest - least)) else { continue };
            let logs = || of.iter().map(|term| term.log);
            let is_like = logs().max().unwrap_or(0) - logs().min().unwrap_or(0) < 4 * BIT;
            if !is_like || target.value.value < *least || target.value.value > *largest {
                continue;
            }
            let words = 3 * BIT + BIT * i32::from(target.near.is_plainly_average());
            let (form, of, tried) = (Form::Mean, of.to_vec(), lists.len());
            self.weigh(Candidate { form, target, of, spread, tried, words, times: 1 });
        }
    }

    /// Averages, multiples, and so many for each of so many.
    fn ratios(&mut self, target: &'t Term, numbers: &[&'t Term], counts: [usize; 3]) {
        // `doubled` says that it is one.
        let is_multiple = target.kind == Kind::Multiple;
        if !is_multiple && !target.near.is_average() {
            return;
        }
        for a in numbers {
            for b in numbers.iter().filter(|b| !std::ptr::eq(**b, *a)) {
                let at = reach(target, &[a, b]);
                let is_here = [a, b].iter().any(|term| term.sentence == target.sentence);
                let tried = pairs(counts.get(at).copied().unwrap_or(0));
                let tried = if is_here { tried.min(pairs_here(counts, at)) } else { tried };
                let mut words = BIT + BIT * i32::from(target.near.is_times());
                words += BIT / 2 * i32::from(target.near.is_plainly_average());
                words += 2 * BIT * i32::from(is_multiple);
                words +=
                    BIT * (target.near.shares_with(&a.near) + target.near.shares_with(&b.near));
                let spread = target.log + BIT;
                let ratio = a.log - b.log;
                if (ratio - target.log).abs() <= APART {
                    let (form, of) = (Form::Ratio, vec![*a, *b]);
                    self.weigh(Candidate { form, target, of, spread, tried, words, times: 1 });
                }
                let every = numbers.iter().filter(|c| {
                    c.sentence == target.sentence
                        && c.near.follows(&c.near.cues().every)
                        && ![*a, *b].iter().any(|other| std::ptr::eq(*other, **c))
                });
                for c in every.filter(|c| (ratio + c.log - target.log).abs() <= APART) {
                    let (form, of) = (Form::Rate, vec![*a, *b, *c]);
                    self.weigh(Candidate { form, target, of, spread, tried, words, times: 1 });
                }
            }
        }
    }

    /// A figure that was said before.
    fn twice(&mut self, target: &'t Term, numbers: &[&'t Term], counts: [usize; 3]) {
        let place = |term: &Term| (term.sentence, term.near.before.len());
        let is_all = |term: &Term| target.near.is_all() || term.near.is_all();
        let is_same = |term: &Term| {
            term.said == target.said || is_all(term) && term.value.value == target.value.value
        };
        let before = |term: &&&Term| place(term) < place(target) && is_same(term);
        for a in numbers.iter().filter(before) {
            let at = reach(target, &[a]);
            let tried = counts.get(at).copied().unwrap_or(1);
            // Small figures are said again of other things.
            let is_small = target.log < 7 * BIT;
            let words = match is_small {
                // `all four`
                true if is_all(a) && at < 2 => 6 * BIT,
                true => -BIT,
                false => BIT,
            };
            let words = words + BIT * target.near.shares_with(&a.near);
            let (form, of, spread) = (Form::Same, vec![*a], target.log);
            self.weigh(Candidate { form, target, of, spread, tried, words, times: 1 });
        }
    }
}
