//! The same difference again and again is no slip of the hand.

use std::collections::BTreeMap;

use crate::report::{Finding, Suspect};
use crate::value::Number;

/// Equal differences of one assertion that have one cause rather than several.
const LEAST: usize = 3;

/// Where most findings of an assertion have the same difference, or are off in the same way, a slip is likely in
/// none of them; the first says why.
pub(crate) fn withdraw(made: &mut [Option<Finding>]) {
    let mut all: BTreeMap<(String, u32), Vec<usize>> = BTreeMap::new();
    for (n, finding) in made.iter().enumerate() {
        let Some(finding) = finding.as_ref().filter(|f| f.crossed.is_empty()) else { continue };
        let Some(working) = finding.working.as_ref().filter(|w| w.relation == "=") else {
            continue;
        };
        if working.difference.is_some() {
            let assertion = (finding.check().to_string(), finding.assertion);
            all.entry(assertion).or_default().push(n);
        }
    }
    for of in all.into_values() {
        let difference = |f: &Finding| f.working.as_ref().map(|w| w.exact_difference.clone());
        match most(&of, made, &difference) {
            Some(same) => withdraw_all(&same, made, (&has_likely_slip, &same_difference)),
            None => {
                let same = most(&of, made, &same_slip).unwrap_or_default();
                withdraw_all(&same, made, (&|f| slip(f).is_some(), &same_slip));
            }
        }
    }
}

/// Those of some findings that have the same of something, where most have.
fn most(
    of: &[usize],
    made: &[Option<Finding>],
    what: &dyn Fn(&Finding) -> Option<String>,
) -> Option<Vec<usize>> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for &n in of {
        let own = made.get(n).and_then(Option::as_ref).and_then(what);
        own.into_iter().for_each(|own| groups.entry(own).or_default().push(n));
    }
    groups.into_values().find(|same| 2 * same.len() > of.len() && same.len() >= LEAST)
}

/// What is said of findings with one difference, whichever side is written first.
fn same_difference(f: &Finding) -> Option<String> {
    let difference = f.working.as_ref()?.difference.as_ref()?;
    let difference = difference.trim_start_matches(['-', '−']);
    Some(format!(
        "the difference is {difference} in most that fail here: rather one cause than a slip in each"
    ))
}

/// What is said of findings that are off by their signs, or by one power of ten.
fn same_slip(f: &Finding) -> Option<String> {
    let why = match slip(f)?.reason? {
        "sign" => {
            "the sign is another one in most that fail here: rather the rule has its sides or arguments the \
             wrong way round than a slip in each"
                .to_string()
        }
        "decimal-point" => {
            let sides = [&f.working.as_ref()?.left, &f.working.as_ref()?.right];
            let [a, b] = sides.map(|side| side.number().map(|n| n.abs()));
            let (small, large) = (a.clone()?.min(b.clone()?), a?.max(b?));
            let ratio = large.checked_div(&small)?;
            let half = Number::decimal(5, 1);
            let is_near = |n: &i32| {
                let own = ratio.checked_div(&Number::pow10(*n));
                own.is_some_and(|own| own > half && own < Number::from(2i64))
            };
            let power = [1, 2, 3, 6].into_iter().find(is_near)?;
            let factor = Number::pow10(power).to_text();
            let percent = if power == 2 { "percentages (`type = \"percent\"`)" } else { "another unit" };
            format!(
                "most that fail here are off by a factor of {factor}: rather {percent} than a slip in each"
            )
        }
        _ => return None,
    };
    Some(why)
}

/// Whether a slip is likely; what another equation asks for as well has a cause of its own.
fn has_likely_slip(f: &Finding) -> bool {
    f.suspects.iter().any(|s| s.is_likely && s.why.is_some() && s.mends == 0)
}

/// The slip that a finding names, be it as a question, where it is in a whole side: of what is added up, each
/// figure may well have a slip of its own.
fn slip(f: &Finding) -> Option<&Suspect> {
    let only = || f.suspects.first().filter(|_| f.suspects.len() == 1);
    let named = f.suspects.iter().find(|s| s.is_likely).or_else(only);
    let named = named.filter(|s| s.why.is_some() && s.mends == 0 && f.explanation.is_some())?;
    let working = f.working.as_ref()?;
    let is_side = |right| {
        let mut terms = working.terms.iter().filter(|t| t.right == right);
        let place = terms.next().and_then(|term| term.place.as_ref());
        working.is_cell(right) && place.is_some_and(|place| place.at == named.place.at)
    };
    (is_side(false) || is_side(true)).then_some(named)
}

fn withdraw_all(
    of: &[usize],
    made: &mut [Option<Finding>],
    (is_slip, words): (&dyn Fn(&Finding) -> bool, &dyn Fn(&Finding) -> Option<String>),
) {
    let said = of.iter().find_map(|n| words(made.get(*n)?.as_ref()?));
    let mut first = None;
    for &n in of {
        let Some(finding) = made.get_mut(n).and_then(Option::as_mut) else { continue };
        if is_slip(finding) {
            finding.suspects.iter_mut().for_each(|s| s.is_likely = false);
            finding.explanation = None;
            first.get_or_insert(n);
        }
    }
    let Some(first) = first else { return };
    let is_silent = |n: &&usize| {
        made.get(**n).and_then(Option::as_ref).is_some_and(|f| f.explanation.is_none())
    };
    let at = of.iter().find(is_silent).copied().unwrap_or(first);
    if let Some(finding) = made.get_mut(at).and_then(Option::as_mut) {
        finding.explanation = said;
    }
}
