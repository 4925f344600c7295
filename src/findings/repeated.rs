//! The same difference again and again is no slip of the hand.

use std::collections::BTreeMap;

use crate::report::Finding;

/// Equal differences of one assertion that have one cause rather than several.
const LEAST: usize = 3;

/// Where most findings of an assertion have the same difference, a slip is likely in none of them; the
/// first says why.
pub(crate) fn withdraw(made: &mut [Option<Finding>]) {
    let mut all: BTreeMap<(String, u32), BTreeMap<String, Vec<usize>>> = BTreeMap::new();
    for (n, finding) in made.iter().enumerate() {
        let Some(finding) = finding.as_ref().filter(|f| f.crossed.is_empty()) else { continue };
        let Some(working) = finding.working.as_ref().filter(|w| w.relation == "=") else {
            continue;
        };
        if working.difference.is_some() {
            let assertion = (finding.check().to_string(), finding.assertion);
            let difference = working.exact_difference.clone();
            all.entry(assertion).or_default().entry(difference).or_default().push(n);
        }
    }
    for differences in all.into_values() {
        let count: usize = differences.values().map(Vec::len).sum();
        let most = differences.into_values().find(|of| 2 * of.len() > count && of.len() >= LEAST);
        most.into_iter().for_each(|of| withdraw_all(&of, made));
    }
}

fn withdraw_all(of: &[usize], made: &mut [Option<Finding>]) {
    let mut first = None;
    for &n in of {
        let Some(finding) = made.get_mut(n).and_then(Option::as_mut) else { continue };
        // What another equation asks for as well has a cause of its own.
        let is_slip =
            finding.suspects.iter().any(|s| s.is_likely && s.why.is_some() && s.mends == 0);
        if is_slip {
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
    let finding = made.get_mut(at).and_then(Option::as_mut);
    // Whichever side is written first.
    let difference = |f: &Finding| {
        let difference = f.working.as_ref()?.difference.as_ref()?;
        Some(difference.trim_start_matches(['-', '−']).to_string())
    };
    if let Some((finding, difference)) = finding.and_then(|f| difference(f).map(|d| (f, d))) {
        finding.explanation = Some(format!(
            "the difference is {difference} in most that fail here: rather one cause than a slip in each"
        ));
    }
}
