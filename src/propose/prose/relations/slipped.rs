//! Relations that would hold but for one slip of the hand.

use crate::propose::prose::chance::{log2_of, surprise};
use crate::propose::prose::forms::{Form, computed};
use crate::propose::prose::relations::fit::shown;
use crate::propose::prose::relations::{Candidate, Finder, Judged, Relation, Weight};
use crate::propose::prose::slips::{Digits, Known, Slip, Slipped};
use crate::propose::prose::terms::{Kind, Term};
use crate::value::Number;

impl Finder<'_> {
    /// Relations that are a surprise, by themselves or with what the same slip mends beside them.
    pub(super) fn mended(self) -> Vec<Relation> {
        let all = self.slipped;
        let key = |relation: &Relation| {
            relation.slip.as_ref().map(|slip| (slip.figure.clone(), slip.meant))
        };
        let best: Vec<_> =
            all.iter().map(|(own, _)| (key(own), own.target.clone(), own.bits)).collect();
        let mended = |(relation, weight): (Relation, Weight)| {
            let is_other = |own: &&(Option<(String, i128)>, String, i32)| {
                own.0 == key(&relation) && own.1 != relation.target
            };
            let more = best.iter().filter(is_other).map(|own| own.2).max().unwrap_or(0);
            let (bits, score) = (weight.bits + more, weight.score + more);
            let weight = Weight { bits, score, ..weight };
            weight.is_enough().then_some(Relation { bits, score, ..relation })
        };
        all.into_iter().filter_map(mended).collect()
    }
}

impl Candidate<'_> {
    /// The slip in one of its figures without which it would hold; those that agree with others are right.
    pub(super) fn slipped(&self, known: &Known) -> Option<Judged> {
        let terms: Vec<&Term> =
            std::iter::once(self.target).chain(self.of.iter().copied()).collect();
        let digits: Vec<&Digits> =
            terms.iter().map(|term| term.digits.as_ref()).collect::<Option<_>>()?;
        let counts: Vec<i128> = digits.iter().map(|own| own.count).collect();
        let equation = Equation::of(self.form, self.target, &digits)?;
        let is_open = |n: &usize| terms.get(*n).is_some_and(|own| !known.has(&own.code));
        let open: Vec<usize> = (0..terms.len()).filter(is_open).collect();
        if open.is_empty() || equation.holds(&counts) {
            return None;
        }
        let (slip, n, count, ways) = slip(&equation, &counts, &open)?;
        let (term, own) = (terms.get(n)?, digits.get(n)?);
        // Figures that agree with each other were not chosen among many.
        let others = terms.iter().enumerate().filter(|(other, _)| *other != n);
        let others: Vec<&str> = others.map(|(_, term)| term.code.as_str()).collect();
        let together = known.together(&others);
        let tried = if together > 0 { together.min(self.tried) } else { self.tried };
        let unit = &digits.first()?.unit;
        let exactly = surprise(self.spread, unit, &Number::default(), unit);
        let bits = exactly - log2_of(ways as u64) - log2_of(tried.max(1) as u64);
        let meant = said(term, count, own);
        let value = computed(self.form, &self.of)?;
        let words = format!("{meant} in place of {}: {}", said(term, own.count, own), slip.words());
        let allows = if self.is_exact() { String::new() } else { " within rounding".to_string() };
        let follows = shown(&value, self.target);
        let slip = Slipped { figure: term.code.clone(), meant: count, words, is_led: together > 0 };
        Some(Judged { holds: false, bits, allows, follows, slip: Some(slip) })
    }
}

/// The likeliest slip in one of some figures without which an equation holds: in which of them, what it was meant to
/// be, and how many figures slips of its kind might make.
fn slip(
    equation: &Equation,
    counts: &[i128],
    open: &[usize],
) -> Option<(Slip, usize, i128, usize)> {
    Slip::ALL.into_iter().find_map(|slip| {
        let meant = |n: &usize| {
            let own = counts.get(*n).map_or(Vec::new(), |count| slip.meant(*count));
            own.into_iter().map(|meant| (*n, meant)).collect::<Vec<_>>()
        };
        let all: Vec<(usize, i128)> = open.iter().flat_map(meant).collect();
        let would_hold = |(n, meant): &&(usize, i128)| {
            let mut own = counts.to_vec();
            own.get_mut(*n).map(|count| *count = *meant).is_some() && equation.holds(&own)
        };
        let (n, meant) = *all.iter().find(would_hold)?;
        Some((slip, n, meant, all.len()))
    })
}

/// A figure with other digits, as it is written.
fn said(term: &Term, count: i128, digits: &Digits) -> String {
    let is_share = term.kind == Kind::Percent;
    let unit = if is_share { &digits.unit * &Number::from(100i64) } else { digits.unit.clone() };
    let value = &Number::decimal(count, 0) * &unit;
    let text = value.to_rounded(unit.decimals().unwrap_or(0));
    let language = term.near.language;
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let is_grouped = term
        .said
        .contains(|c: char| language.grouping.contains(&c) || c == '\u{a0}' || c == '\u{202f}');
    let sign = language.grouping.first().copied().unwrap_or(',');
    let mut out = String::new();
    for (n, c) in whole.chars().enumerate() {
        if is_grouped && n > 0 && (whole.len() - n).is_multiple_of(3) {
            out.push(sign);
        }
        out.push(c);
    }
    if !part.is_empty() {
        out.push(language.decimal);
        out.push_str(part);
    }
    if is_share { format!("{out} %") } else { out }
}

/// What is asked of the digits of figures, the stated one first.
enum Equation {
    /// It is the sum of the others, or the first of them less the second.
    Sum { is_difference: bool },
    /// It is a share, a rise or a fall, with so many decimals.
    Ratio { form: Form, one: i128 },
}

impl Equation {
    fn of(form: Form, target: &Term, digits: &[&Digits]) -> Option<Equation> {
        let (first, rest) = digits.split_first()?;
        let unit = &rest.first()?.unit;
        let are_alike = rest.iter().all(|own| own.unit == *unit);
        match form {
            Form::Sum | Form::Difference if are_alike && first.unit == *unit => {
                Some(Equation::Sum { is_difference: form == Form::Difference })
            }
            Form::Share | Form::Rise | Form::Fall if are_alike && target.kind == Kind::Percent => {
                let decimals = first.unit.decimals()?;
                let is_power = first.unit == Number::decimal(1, i32::try_from(decimals).ok()?);
                let one = 10_i128.checked_pow(decimals).filter(|_| is_power)?;
                Some(Equation::Ratio { form, one })
            }
            _ => None,
        }
    }

    fn holds(&self, counts: &[i128]) -> bool {
        let [stated, of @ ..] = counts else { return false };
        match (self, of) {
            (Equation::Sum { is_difference: true }, [a, b]) => *stated == a - b,
            (Equation::Sum { .. }, of) => *stated == of.iter().sum::<i128>(),
            (Equation::Ratio { form, one }, [a, b]) => {
                let part = match form {
                    Form::Rise => a - b,
                    Form::Fall => b - a,
                    _ => *a,
                };
                // Half a unit of the stated figure.
                let scaled = part.checked_mul(2 * one).zip(stated.checked_mul(2 * b));
                scaled.is_some_and(|(follows, stated)| (follows - stated).abs() <= *b) && part > 0
            }
            (Equation::Ratio { .. }, _) => false,
        }
    }
}
