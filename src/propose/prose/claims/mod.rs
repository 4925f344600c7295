//! What a sentence claims by its words alone: which of its figures follows from which others, and how.
//!
//! A claim is read only where the words state it and no other figure could be meant, so that it is a claim whether
//! its figures agree or not.

mod template;
mod tokens;
mod wordings;

use crate::propose::prose::chance::BIT;
use crate::propose::prose::claims::template::{Found, Phrases, Template};
use crate::propose::prose::claims::tokens::{Token, tokens};
use crate::propose::prose::claims::wordings::Says;
use crate::propose::prose::forms::Form;
use crate::propose::prose::terms::{Kind, Term};
use crate::read::text::said::Said;
use crate::value::language::words::Words;

/// An average that is farther from what would follow is one of something else.
const AVERAGE: i32 = 3 * BIT;

/// What a sentence claims: one of the forms holds.
pub struct Claim<'t> {
    pub target: &'t Term,
    /// What is meant, and what could be meant as well.
    pub forms: Vec<(Form, Vec<&'t Term>)>,
}

/// The claims of a text.
pub fn find<'t>(said: &Said<'_>, terms: &'t [Term]) -> Vec<Claim<'t>> {
    let language: &Words = &said.language;
    if language.claims.up.is_empty() {
        return Vec::new();
    }
    let phrases = Phrases::new(language);
    let all: Vec<(Says, Template)> = wordings::all()
        .into_iter()
        .map(|(says, text)| (says, Template::new(&text, language)))
        .collect();
    let mut found: Vec<Claim<'t>> = Vec::new();
    for sentence in 0..said.sentences.len() {
        let own: Vec<&Term> = terms.iter().filter(|term| term.sentence == sentence).collect();
        if own.len() < 3 {
            continue;
        }
        let Some(tokens) = tokens(said, sentence, &own) else { continue };
        let reader = Reader { tokens, phrases: &phrases, language };
        if reader.is_vetoed() {
            continue;
        }
        for (says, template) in &all {
            let Some(claim) = reader.claim(*says, template) else { continue };
            if !found.iter().any(|known| std::ptr::eq(known.target, claim.target)) {
                found.push(claim);
            }
        }
    }
    found
}

struct Reader<'t, 'p> {
    tokens: Vec<Token<'t>>,
    phrases: &'p Phrases,
    language: &'p Words,
}

impl<'t> Reader<'t, '_> {
    fn is_vetoed(&self) -> bool {
        let veto = &self.language.claims.veto;
        let is_veto = |word: &str| {
            let mut parts = word.split('-');
            parts.any(|part| veto.iter().any(|own| own == part)) || word.ends_with("n't")
        };
        self.tokens.iter().filter_map(Token::word).any(is_veto)
    }

    fn claim(&self, says: Says, template: &Template) -> Option<Claim<'t>> {
        let found = template.find(&self.tokens, self.phrases)?;
        if !self.stands_alone(says, &found) {
            return None;
        }
        match says {
            Says::Change => self.change(&found),
            Says::Times => self.times(&found),
            Says::More | Says::Less => self.compared(says, &found),
            Says::Average => self.average(&found),
            Says::Share => self.share(&found),
            Says::Years => years(&found),
        }
    }

    /// Whether there is an amount among some words; `in the past ten years` is none that could be meant.
    fn has_amount(&self, tokens: &[Token<'_>]) -> bool {
        let is_time = |token: &Token<'_>| {
            let times = &self.language.hedges.times;
            token.word().is_some_and(|word| times.iter().any(|own| own == word))
        };
        let is_time_at = |at: usize| tokens.get(at).is_some_and(is_time);
        tokens.iter().enumerate().any(|(at, token)| token.is_amount() && !is_time_at(at + 1))
    }

    /// Whether no other amount stands in the clause, and none where it could be meant.
    fn stands_alone(&self, says: Says, found: &Found<'_>) -> bool {
        let before = self.tokens.get(..found.start).unwrap_or_default();
        let behind = self.tokens.get(found.end..).unwrap_or_default();
        let any = |tokens: &[Token<'_>]| self.has_amount(tokens);
        if says.is_alone() {
            return !any(before) && !any(behind);
        }
        let is_mark = |token: &Token<'_>| matches!(token, Token::Mark(_));
        let from = before.iter().rposition(is_mark).map_or(0, |at| at + 1);
        let from = if says.is_first() { 0 } else { from };
        let goes_on = |at: usize| behind.get(at + 1).is_some_and(Token::is_amount);
        let is_end = |at: usize, token: &Token<'_>| {
            (is_mark(token) || self.phrases.is_join(token)) && !goes_on(at)
        };
        let end = behind.iter().enumerate().find(|(at, token)| is_end(*at, token));
        let end = end.map_or(behind.len(), |(at, _)| at);
        !any(before.get(from..).unwrap_or_default()) && !any(behind.get(..end).unwrap_or_default())
    }

    /// Whether words say that something is more than it was; nothing where they say both or neither. And whether they
    /// stand beside the amount.
    fn is_up(&self, found: &Found<'_>) -> Option<(bool, bool)> {
        let claims = &self.language.claims;
        let says = |list: &[String], at: usize| {
            let word = self.tokens.get(at).and_then(Token::word);
            word.is_some_and(|word| list.iter().any(|own| own == word))
        };
        let way = |places: &[usize]| {
            let up = places.iter().any(|at| says(&claims.up, *at));
            let down = places.iter().any(|at| says(&claims.down, *at));
            (up != down).then_some(up)
        };
        let beside: Vec<usize> = found.phrases("way").collect();
        if !beside.is_empty() {
            return way(&beside).map(|up| (up, true));
        }
        let all: Vec<usize> = (0..self.tokens.len()).collect();
        way(&all).map(|up| (up, false))
    }

    /// Whether two figures may count the same.
    fn are_alike(&self, found: &Found<'_>, roles: [&str; 2]) -> bool {
        let [a, b] = roles.map(|role| found.unit(role, &self.tokens));
        let is_one = |a: &str, b: &str| {
            let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
            same + 3 >= a.chars().count().max(b.chars().count())
        };
        // `from 1,000 euros to 1,200 dollars`
        let money = roles.map(|role| {
            let at = found.place(role).map(|at| at + 1);
            let word = at.and_then(|at| self.tokens.get(at)).and_then(Token::word);
            word.filter(|word| self.language.cues.money.iter().any(|own| own == word))
        });
        let [one, other] = money;
        a.zip(b).is_none_or(|(a, b)| is_one(a, b)) && one.zip(other).is_none_or(|(a, b)| a == b)
    }

    fn change(&self, found: &Found<'t>) -> Option<Claim<'t>> {
        let (by, was, is) = (found.figure("by")?, found.figure("was")?, found.figure("is")?);
        if !self.are_alike(found, ["was", "is"]) {
            return None;
        }
        if by.kind != Kind::Number && found.unit("by", &self.tokens).is_some() {
            return None;
        }
        let (is_up, is_beside) = self.is_up(found)?;
        let mut forms = vec![changed(by, was, is, is_up)?];
        // `rose 2 places from 12 to 10`
        if !is_beside || by.kind == Kind::Number {
            forms.extend(changed(by, was, is, !is_up));
        }
        Some(Claim { target: by, forms })
    }

    fn times(&self, found: &Found<'t>) -> Option<Claim<'t>> {
        let (times, was, is) = (found.figure("times")?, found.figure("was")?, found.figure("is")?);
        let kinds = [times.kind, was.kind, is.kind];
        // `rose threefold` is said of both.
        let at = found.place("times")?.checked_sub(1);
        let before = at.and_then(|at| self.tokens.get(at)).and_then(Token::word);
        let claims = &self.language.claims;
        let is_way = |word: &str| claims.up.iter().chain(&claims.down).any(|own| own == word);
        let is_verb = !times.said.contains(char::is_whitespace) && !before.is_some_and(is_way);
        let is_known =
            kinds[0] == Kind::Multiple && kinds[1] == Kind::Number && kinds[2] == kinds[1];
        let is_meant = is_known && is_verb && self.are_alike(found, ["was", "is"]);
        let forms = vec![(Form::Ratio, vec![is, was])];
        is_meant.then_some(Claim { target: times, forms })
    }

    fn compared(&self, says: Says, found: &Found<'t>) -> Option<Claim<'t>> {
        let (by, was, is) = (found.figure("by")?, found.figure("was")?, found.figure("is")?);
        if !self.are_alike(found, ["was", "is"]) {
            return None;
        }
        let is_up = match found.phrases("way").next() {
            Some(_) => self.is_up(found)?.0,
            None => says == Says::More,
        };
        // What is many times as much counts something else.
        let is_near = (is.log - was.log).abs() <= 2 * BIT;
        let form = changed(by, was, is, is_up).filter(|_| is_near)?;
        Some(Claim { target: by, forms: vec![form] })
    }

    fn average(&self, found: &Found<'t>) -> Option<Claim<'t>> {
        let (c, m, n) = (found.figure("c")?, found.figure("m")?, found.figure("n")?);
        let are_numbers = [c, m, n].iter().all(|term| term.kind == Kind::Number);
        let unit = found.unit("c", &self.tokens);
        let own = ["m", "n"].map(|role| found.unit(role, &self.tokens));
        let is_of_each = found.phrases("of_each").next().is_some();
        let ratio = |a: &'t Term, b: &'t Term| (Form::Ratio, vec![a, b]);
        let far = |a: &Term, b: &Term| (a.log - b.log - c.log).abs();
        let forms = match (unit, own) {
            _ if is_of_each => vec![ratio(m, n)],
            (Some(unit), [Some(m_unit), _]) if unit == m_unit => vec![ratio(m, n)],
            (Some(unit), [_, Some(n_unit)]) if unit == n_unit => vec![ratio(n, m)],
            (Some(_), _) => return None,
            (None, _) if far(m, n) <= far(n, m) => vec![ratio(m, n), ratio(n, m)],
            (None, _) => vec![ratio(n, m), ratio(m, n)],
        };
        let is_near = far(m, n).min(far(n, m)) <= AVERAGE;
        (are_numbers && is_near).then_some(Claim { target: c, forms })
    }

    fn share(&self, found: &Found<'t>) -> Option<Claim<'t>> {
        let (by, part, whole) =
            (found.figure("by")?, found.figure("part")?, found.figure("whole")?);
        let kinds = [by.kind, part.kind, whole.kind];
        // `The turnover of the 1,200 shops` has no parts.
        let before = found.start.checked_sub(1).and_then(|at| self.tokens.get(at));
        let begins = before.is_none_or(|token| matches!(token, Token::Mark(_)));
        let is_first = found.place("whole") < found.place("part");
        let is_known = kinds == [Kind::Percent, Kind::Number, Kind::Number]
            && part.log <= whole.log
            && (begins || !is_first);
        let forms = vec![(Form::Share, vec![part, whole])];
        is_known.then_some(Claim { target: by, forms })
    }
}

/// A change from one figure to another by a third.
fn changed<'t>(
    by: &'t Term,
    was: &'t Term,
    is: &'t Term,
    is_up: bool,
) -> Option<(Form, Vec<&'t Term>)> {
    let of = if is_up { vec![is, was] } else { vec![was, is] };
    match [by.kind, was.kind, is.kind] {
        [Kind::Percent, Kind::Number, Kind::Number] => {
            Some((if is_up { Form::Rise } else { Form::Fall }, vec![is, was]))
        }
        [Kind::Points, Kind::Percent, Kind::Percent] => Some((Form::Difference, of)),
        [Kind::Number, Kind::Number, Kind::Number] => Some((Form::Difference, of)),
        _ => None,
    }
}

fn years<'t>(found: &Found<'t>) -> Option<Claim<'t>> {
    let (n, from, to) = (found.figure("n")?, found.figure("from")?, found.figure("to")?);
    let is_known = [n.kind, from.kind, to.kind] == [Kind::Number, Kind::Year, Kind::Year];
    let are_years = from.date.is_none() && to.date.is_none();
    let forms = vec![(Form::Years, vec![to, from])];
    (is_known && are_years).then_some(Claim { target: n, forms })
}
