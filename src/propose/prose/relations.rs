//! The relations among the figures of a text, and between them and tables, by how improbable they are.

mod contradicted;
pub mod fit;
mod numbers;
mod shares;
mod slipped;
mod with_data;
mod years;

use crate::propose::prose::cells;
use crate::propose::prose::chance::{BIT, log2_of};
use crate::propose::prose::forms::{Form, computed, titled, written};
use crate::propose::prose::relations::fit::{Fit, fit, is_exact, shown};
use crate::propose::prose::slips::{Known, Slipped};
use crate::propose::prose::terms::{Kind, Term, Terms};
use crate::propose::table::Table;
use crate::value::{Figure, Number};

/// Sentences between figures that may have to do with each other.
const REACH: usize = 12;
/// What a relation must score that holds, and one that nearly does.
const HOLDS: i32 = 23 * BIT / 4;
const NEARLY: i32 = 10 * BIT;
/// The same among many figures of one that holds over several sentences, without words that say it.
const HOLDS_FAR: i32 = HOLDS + BIT;
/// The same within a sentence whose words say it, and what these must count.
const NEARLY_SAID: i32 = 8 * BIT;
const SAID: i32 = 4 * BIT;
/// How improbable a relation must be without its words, and one that nearly holds.
const LEAST: i32 = 2 * BIT;
const LEAST_NEARLY: i32 = 5 * BIT;
/// Figures of a text beyond which the most improbable of its relations is a surprise no longer.
const FEW: usize = 20;
/// What counts for a quotient that is the stated figure to its last digit.
const EVEN: i32 = 3 * BIT / 2;
/// What each sentence between a figure and another takes from the score.
const FAR: i32 = BIT / 16;
/// Logarithms that are further apart are those of figures that do not even nearly agree.
const APART: i32 = 40;
/// The same where a digit may be swapped, too many or lacking; and sentences between such figures.
const SLIPPED_APART: i32 = 4 * BIT;
const SLIPPED_REACH: usize = 2;

/// A relation.
#[derive(Debug, Clone)]
pub struct Relation {
    /// What its check is called.
    pub id: String,
    pub title: String,
    pub assert: String,
    /// The figure that it is about, as rules call it.
    pub target: String,
    /// Where that begins in the text without mark-up.
    pub at: usize,
    /// That in the file: its path, line and column.
    pub place: String,
    /// Whether it holds, or nearly.
    pub holds: bool,
    /// Whether the words state it, and it does not hold.
    pub is_claimed: bool,
    /// What is stated, and what follows.
    pub stated: String,
    pub follows: String,
    /// The slip of the hand without which it would hold.
    pub slip: Option<Slipped>,
    /// How improbable it would be among made-up figures.
    pub bits: i32,
    /// Whether the words around speak for it.
    pub by_words: bool,
    /// How improbable it is with what the words say.
    pub score: i32,
    /// The figures in it, as rules call them.
    pub members: Vec<String>,
    pub form: Form,
    /// Whether cells of tables are in it.
    pub asks_data: bool,
}

/// A relation to be weighed.
struct Candidate<'t> {
    form: Form,
    target: &'t Term,
    of: Vec<&'t Term>,
    /// How far what follows might be spread: a logarithm.
    spread: i32,
    /// How many combinations of this kind were tried.
    tried: usize,
    /// What the words around say for it.
    words: i32,
    /// Factor of units: a table in thousands.
    times: i64,
}

struct Finder<'t> {
    terms: &'t [Term],
    /// What the number of figures takes from each score: among many more agree by chance.
    many: i32,
    found: Vec<Relation>,
    /// What holds, once slips are looked for that keep others from it.
    known: Option<Known>,
    slipped: Vec<(Relation, Weight)>,
}

/// The relations of a text: those that nearly hold first, the most improbable of each first.
pub fn find(terms: &Terms<'_>, tables: &[Table]) -> Vec<Relation> {
    let data = cells::data(tables, terms);
    let many = log2_of(terms.all.len().max(FEW) as u64) - log2_of(FEW as u64);
    let new = |known| {
        let (found, slipped) = Default::default();
        Finder { terms: &terms.all, many, found, known, slipped }
    };
    let mut finder = new(None);
    finder.shares();
    finder.numbers();
    finder.years();
    finder.with_data(&data, terms);
    let mut found = finder.found;
    let holding = chosen(found.clone()).into_iter().filter(|relation| relation.holds);
    let mut finder = new(Some(Known(holding.map(|relation| relation.members).collect())));
    finder.shares();
    finder.numbers();
    found.extend(finder.mended());
    chosen(found)
}

impl<'t> Finder<'t> {
    /// The terms that may have to do with one, without it.
    fn around(&self, target: &Term, kind: Kind) -> Vec<&'t Term> {
        let reach = if self.known.is_some() { SLIPPED_REACH } else { REACH };
        let is_near = |term: &&Term| {
            term.kind == kind
                && term.sentence.abs_diff(target.sentence) <= reach
                && !std::ptr::eq(*term, target)
        };
        self.terms.iter().filter(is_near).collect()
    }

    /// Whether figures whose logarithms are so far apart may agree but for a slip, where these are looked for.
    fn may_slip(&self, distance: i32) -> bool {
        self.known.is_some() && distance.abs() <= SLIPPED_APART
    }

    /// Weighs a relation, and keeps it where it is a surprise.
    fn weigh(&mut self, candidate: Candidate<'_>) {
        let judged = match &self.known {
            None => candidate.judged(),
            Some(known) => candidate.slipped(known),
        };
        let Some(judged) = judged else { return };
        let Candidate { form, target, of, words, times, .. } = candidate;
        // Of figures that are said several times the nearest is meant.
        let apart_by = |term: &&Term| match term.sentence {
            usize::MAX => 0,
            own => own.abs_diff(target.sentence).min(REACH),
        };
        let far: usize = of.iter().map(apart_by).sum();
        let Judged { holds, bits, allows, follows, slip } = judged;
        let score = bits + words - self.many - FAR * i32::try_from(far).unwrap_or(0);
        let is_among_many = self.many > BIT / 2;
        let is_led = slip.as_ref().is_some_and(|slip| slip.is_led);
        let weight = Weight { form, holds, bits, words, score, far, is_among_many, is_led };
        // What the same slip mends beside it may be enough.
        if !weight.is_enough() && (slip.is_none() || bits <= 0) {
            return;
        }
        let expression = written(form, &of);
        let expression = match times {
            1 => expression,
            _ if of.len() == 1 => format!("{times} * {expression}"),
            _ => format!("{times} * ({expression})"),
        };
        let members = of.iter().map(|term| term.code.clone()).chain([target.code.clone()]);
        let relation = Relation {
            id: target.code.replace(['.', '_'], "-"),
            title: titled(form, &target.said, &of),
            assert: format!("{} = {expression}{allows}", target.code),
            target: target.code.clone(),
            at: target.at.start,
            place: String::new(),
            holds,
            is_claimed: false,
            stated: target.said.clone(),
            follows,
            slip,
            bits,
            by_words: words > BIT,
            score,
            members: members.collect(),
            form,
            asks_data: of.iter().any(|term| term.sentence == usize::MAX),
        };
        match relation.slip {
            Some(_) => self.slipped.push((relation, weight)),
            None => self.found.push(relation),
        }
    }
}

/// What became of a candidate.
struct Judged {
    holds: bool,
    bits: i32,
    /// What the assertion allows.
    allows: String,
    /// What follows, as it would be stated.
    follows: String,
    /// With which figure it would hold, in words.
    slip: Option<Slipped>,
}

impl Candidate<'_> {
    /// Whether all of its figures count.
    fn is_exact(&self) -> bool {
        is_exact(self.form, self.target, &self.of)
    }

    fn judged(&self) -> Option<Judged> {
        let Candidate { form, target, of, spread, tried, .. } = self;
        let is_exact = self.is_exact();
        let asks_data = of.iter().any(|term| term.sentence == usize::MAX);
        let value = computed(*form, of)?.mul(&Figure::exact(Number::from(self.times)));
        let adds_up = matches!(form, Form::Sum | Form::Difference);
        let fit = fit(target, &value, (is_exact, asks_data), (*spread, adds_up))?;
        // Made-up figures seldom divide without a remainder.
        let divides = matches!(form, Form::Share | Form::Ratio | Form::Rise | Form::Fall)
            && fit.holds
            && !is_exact
            && value.value == target.value.value;
        let bits = fit.bits + EVEN * i32::from(divides) - log2_of((*tried).max(1) as u64);
        let Fit { holds, allows, .. } = fit;
        Some(Judged { holds, bits, allows, follows: shown(&value, target), slip: None })
    }
}

/// What speaks for a relation.
#[derive(Clone, Copy)]
struct Weight {
    form: Form,
    holds: bool,
    bits: i32,
    words: i32,
    score: i32,
    far: usize,
    is_among_many: bool,
    /// Whether the other figures agree with each other.
    is_led: bool,
}

impl Weight {
    fn is_enough(&self) -> bool {
        let Weight { form, bits, words, far, .. } = *self;
        let is_same = form == Form::Same;
        let is_said = far == 0 && words >= SAID;
        let least = match self.holds {
            true if self.is_among_many && far > 0 && words <= BIT && !is_same => HOLDS_FAR,
            true => HOLDS,
            false if is_said || self.is_led => NEARLY_SAID,
            false => NEARLY,
        };
        // Whatever the words say: what is not even improbable is no mistake. Whole numbers that add up, as
        // `all four` and `11 fewer than the usual 45`, need no surprise.
        let adds_up = is_same || matches!(form, Form::Sum | Form::Difference | Form::Years);
        let is_common = match self.holds {
            true => bits < LEAST && !adds_up,
            false => bits < LEAST_NEARLY,
        };
        self.score >= least && !is_common
    }
}

/// How far apart two sentences are: the same, neighbours, or further.
fn level(a: usize, b: usize) -> usize {
    a.abs_diff(b).min(2)
}

/// The farthest of several from each other.
fn reach(target: &Term, of: &[&Term]) -> usize {
    of.iter().map(|term| level(term.sentence, target.sentence)).max().unwrap_or(0)
}

/// How many terms there are up to each distance.
fn counts(target: &Term, terms: &[&Term]) -> [usize; 3] {
    let up_to = |most: usize| {
        terms.iter().filter(|term| level(term.sentence, target.sentence) <= most).count()
    };
    [up_to(0), up_to(1), up_to(2)]
}

/// Pairs of so many.
fn pairs(n: usize) -> usize {
    (n * n.saturating_sub(1) / 2).max(1)
}

/// Pairs of which one stands in the sentence of the target.
fn pairs_here(counts: [usize; 3], at: usize) -> usize {
    let all = counts.get(at).copied().unwrap_or(0);
    (counts[0].max(1) * all.saturating_sub(1)).max(1)
}

/// Whether two relations add up a figure in two ways: by sex, and by region.
fn are_apart(a: &Relation, b: &Relation) -> bool {
    let adds_up = |r: &Relation| r.form == Form::Sum && r.holds && !r.asks_data;
    let is_other = |member: &String| *member == a.target || !b.members.contains(member);
    adds_up(a) && adds_up(b) && a.members.iter().all(is_other)
}

/// The best relations: of each figure one of a kind, and none that another says already.
fn chosen(mut found: Vec<Relation>) -> Vec<Relation> {
    found.sort_by(|a, b| (b.holds, b.score, &a.assert).cmp(&(a.holds, a.score, &b.assert)));
    let mut all: Vec<Relation> = Vec::new();
    for relation in found {
        let group = |r: &Relation| match r.form {
            Form::Sum | Form::Difference | Form::Years => 0,
            Form::Same => 1,
            _ => 2,
        };
        let mut own = relation.members.clone();
        own.sort();
        let is_said = all.iter().any(|known| {
            let mut members = known.members.clone();
            members.sort();
            let same = known.target == relation.target;
            members == own
                || same && !relation.holds
                || same
                    && group(known) == group(&relation)
                    && known.asks_data == relation.asks_data
                    && !are_apart(known, &relation)
        });
        if !is_said {
            all.push(relation);
        }
    }
    // A slip among some figures of a sum that takes in more is none.
    let sums: Vec<Vec<String>> =
        all.iter().filter(|r| r.form == Form::Sum).map(|r| r.members.clone()).collect();
    let is_within = |r: &Relation, sum: &Vec<String>| {
        let adds_up = matches!(r.form, Form::Sum | Form::Difference);
        adds_up && sum.len() > r.members.len() && r.members.iter().all(|own| sum.contains(own))
    };
    all.retain(|r| r.holds || !sums.iter().any(|sum| is_within(r, sum)));
    all.sort_by(|a, b| (a.holds, -a.score, &a.assert).cmp(&(b.holds, -b.score, &b.assert)));
    all
}
