//! Findings that only two versions of the data give: what could be judged before and cannot be now.

use std::collections::BTreeMap;

use crate::engine::faults::{FEWER_JUDGED, NO_LONGER_DECIDED};
use crate::findings::maker::FindingMaker;
use crate::findings::subjects::Open;
use crate::findings::tables::case_words;
use crate::findings::undecided::as_unit;
use crate::report::{Demand, Finding, Identity, Label, Role, Subject, Tally};

impl FindingMaker<'_, '_> {
    /// One finding for each of these answers, which `old`, the old version, decides: at the check's
    /// own severity.
    pub fn no_longer_decided(&self, open: &[&Open], old: &str) -> Vec<Finding> {
        let mut finders = self.finders();
        let answers = open.iter().map(|o| (o.at.0, &self.ran.undecided[o.at.0][o.at.1]));
        let open_rows = self.open_rows_of(answers, &mut finders);
        let finding = |open: &&Open| {
            let (number, nth) = open.at;
            let check = &self.job.checks[number];
            let undecided = &self.ran.undecided[number][nth];
            let assertion = undecided.assertion.and_then(|a| check.asserts.get(a));
            let demand = assertion.map_or(Demand::Structure, |a| a.demand.clone());
            let identity = Identity {
                table: check.units.first().map(|u| self.job.tables[u.table].name.clone()),
                subject: self.subject(open, &mut finders).unwrap_or(Subject::Run),
                ..Identity::new(&check.id, demand, &NO_LONGER_DECIDED)
            };
            let what = check.title.as_deref().unwrap_or("this");
            let message = match &open.blank[..] {
                [] => format!(
                    "{what} could be decided in {old}, and cannot be any more: {}",
                    undecided.why.words()
                ),
                [column] => format!("`{column}` was blanked: it has a value in {old}"),
                all => format!("`{}` were blanked: they have values in {old}", all.join("`, `")),
            };
            let cause = self.cause(number, undecided, &open_rows, &mut finders);
            let mut finding = Finding::new(identity, check.severity, message);
            finding.title.clone_from(&check.title);
            finding.url.clone_from(&check.url);
            // No rule has to say what a blank means that was none.
            finding.help = cause.help.filter(|_| open.blank.is_empty());
            if let Some(place) = cause.place {
                finding.labels.push(Label { place, role: Role::Stated, text: cause.label });
            }
            let unit = as_unit(number, undecided);
            let found = self.units_of(&unit, &mut finders);
            self.place_unit(&mut finding, &unit, &found, &mut finders);
            if let Some(a) = undecided.assertion {
                finding.assertion = u32::try_from(a).unwrap_or(0);
                self.rule_label(&mut finding, number, a);
            }
            finding
        };
        open.iter().map(finding).collect()
    }

    /// Checks that decide fewer rows or groups than in the old version, with how many of both:
    /// `12 rows, 13 before`.
    pub fn fewer_judged(&self, before: &BTreeMap<String, Tally>) -> BTreeMap<usize, String> {
        let checks = (0..self.job.checks.len()).filter(|number| self.ran.is_complete(*number));
        let fewer = |number: usize| {
            let check = &self.job.checks[number];
            let before = decided(before.get(&check.id)?);
            let now = decided(&self.ran.tallies[number]);
            let is_one = check.asserts.len() + usize::from(check.typed.is_some()) == 1;
            let (one, many) = if is_one { case_words(check) } else { ("answer", "answers") };
            let what = if now == 1 { one } else { many };
            (now < before).then(|| (number, format!("{now} {what}, {before} before")))
        };
        checks.filter_map(fewer).collect()
    }

    /// One finding for each of those checks whose rows have no key, though as many or more are there:
    /// nobody knows which ones could be judged before, and figures were blanked.
    pub fn blanked(&self, before: &BTreeMap<String, Tally>, old: &str) -> Vec<Finding> {
        let finding = |(number, words): (usize, String)| {
            let check = &self.job.checks[number];
            let table = &self.job.tables[check.row_table()?];
            let cases = before.get(&check.id)?.cases;
            if !table.key.is_empty() || self.ran.tallies[number].cases < cases {
                return None;
            }
            let message = format!("`{}` decides {words} in {old}", check.id);
            let identity = Identity {
                table: Some(table.name.clone()),
                ..Identity::new(&check.id, Demand::Structure, &FEWER_JUDGED)
            };
            let mut finding = Finding::new(identity, check.severity, message);
            finding.title.clone_from(&check.title);
            finding.help = Some(
                "look for figures that were blanked; with a `key` crossfoot says which".into(),
            );
            // A check of types alone asserts nothing else.
            if !check.asserts.is_empty() {
                self.rule_label(&mut finding, number, 0);
            }
            Some(finding)
        };
        self.fewer_judged(before).into_iter().filter_map(finding).collect()
    }
}

/// Answers of a check that are known.
fn decided(tally: &Tally) -> u64 {
    tally.held + tally.failed
}
