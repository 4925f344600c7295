//! Relations that the words of a sentence state, and that do not hold.

use crate::propose::prose::chance::BIT;
use crate::propose::prose::claims::Claim;
use crate::propose::prose::forms::{Form, computed, titled, written};
use crate::propose::prose::relations::Relation;
use crate::propose::prose::relations::fit::{agrees, is_exact, shown, zeros};
use crate::propose::prose::terms::{Kind, Term};
use crate::value::{Figure, Number};

/// Years by which a length of time may differ from that between two years: the first and the last may count, or not.
const YEARS: i64 = 1;

/// Whether what follows is what is stated, as far as figures are written so.
fn holds(form: Form, target: &Term, of: &[&Term], value: &Figure) -> bool {
    if agrees(target, value, is_exact(form, target, of)) {
        return true;
    }
    let distance = (&value.value - &target.value.value).abs();
    let may = match form {
        Form::Years => Number::from(YEARS),
        // `a rise of 39,000`: zeros at its end may be rounded.
        _ if target.kind == Kind::Number && target.is_whole => {
            &zeros(&target.value.value) * &Number::decimal(5, 1)
        }
        _ => return false,
    };
    distance <= may && may >= Number::from(1i64)
}

/// The relations that do not hold of those that are claimed.
pub fn contradicted(claims: &[Claim<'_>]) -> Vec<Relation> {
    claims.iter().filter_map(relation).collect()
}

fn relation(claim: &Claim<'_>) -> Option<Relation> {
    let Claim { target, forms } = claim;
    let (form, of) = forms.first()?;
    let value = computed(*form, of)?;
    let any = forms
        .iter()
        .any(|(form, of)| computed(*form, of).is_none_or(|value| holds(*form, target, of, &value)));
    if any {
        return None;
    }
    let allows = if is_exact(*form, target, of) { "" } else { " within rounding" };
    let members = of.iter().map(|term| term.code.clone()).chain([target.code.clone()]);
    Some(Relation {
        id: target.code.replace(['.', '_'], "-"),
        title: titled(*form, &target.said, of),
        assert: format!("{} = {}{allows}", target.code, written(*form, of)),
        target: target.code.clone(),
        at: target.at.start,
        place: String::new(),
        holds: false,
        is_claimed: true,
        stated: target.said.clone(),
        follows: shown(&value, target),
        slip: None,
        bits: 0,
        by_words: true,
        score: BIT,
        members: members.collect(),
        form: *form,
        asks_data: false,
    })
}

/// Puts relations that are claimed and do not hold among those that nearly hold, each in the place of what nearly holds
/// of the same figure; a slip that explains it stays.
pub fn first(mut claimed: Vec<Relation>, mut others: Vec<Relation>) -> Vec<Relation> {
    let members = |relation: &Relation| {
        let mut own = relation.members.clone();
        own.sort();
        own
    };
    for own in &mut claimed {
        let same = others.iter().find(|other| !other.holds && members(other) == members(own));
        own.slip = same.and_then(|other| other.slip.clone());
    }
    let is_other = |other: &Relation| {
        let is_own = |own: &Relation| own.target == other.target || members(own) == members(other);
        other.holds || !claimed.iter().any(is_own)
    };
    others.retain(is_other);
    claimed.extend(others);
    // What does not hold stands in the order of the text.
    claimed.sort_by_key(|own| (own.holds, if own.holds { 0 } else { own.at }));
    claimed
}
