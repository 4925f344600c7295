//! Findings that only two versions of the data give: what could be judged before and cannot be now.

use std::collections::BTreeMap;

use crate::engine::faults::{FEWER_JUDGED, NO_LONGER_DECIDED};
use crate::findings::maker::FindingMaker;
use crate::findings::subjects::Open;
use crate::findings::tables::case_words;
use crate::findings::undecided::as_unit;
use crate::report::{Demand, Finding, Identity, Label, Role, Tally};

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
                subject: open.subject.clone(),
                ..Identity::new(&check.id, demand, &NO_LONGER_DECIDED)
            };
            let what = check.title.as_deref().unwrap_or("this");
            let message = format!(
                "{what} could be decided in {old}, and cannot be any more: {}",
                undecided.why.words()
            );
            let cause = self.cause(number, undecided, &open_rows, &mut finders);
            let mut finding = Finding::new(identity, check.severity, message);
            finding.title.clone_from(&check.title);
            finding.url.clone_from(&check.url);
            finding.help = cause.help;
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

    /// One finding for each check that judges fewer rows or groups than in `old`. Where its rows have no key it is not
    /// known which ones, and blanked figures look like rows that went: with as many rows as before,
    /// that is as bad as a failure.
    pub fn fewer_judged(&self, before: &BTreeMap<String, Tally>, old: &str) -> Vec<Finding> {
        let checks = (0..self.job.checks.len()).filter(|number| self.ran.is_complete(*number));
        let of = |number: usize| self.fewer(number, before.get(&self.job.checks[number].id)?, old);
        checks.filter_map(of).collect()
    }

    fn fewer(&self, number: usize, before: &Tally, old: &str) -> Option<Finding> {
        let (check, now) = (&self.job.checks[number], &self.ran.tallies[number]);
        let decided = |tally: &Tally| tally.held + tally.failed;
        if decided(now) >= decided(before) {
            return None;
        }
        let is_keyless = check.row_table().is_some_and(|t| self.job.tables[t].key.is_empty());
        let severity = match is_keyless && now.cases >= before.cases {
            true => check.severity,
            false => FEWER_JUDGED.severity,
        };
        let (one, many) = match check.asserts.len() {
            0 | 1 => case_words(check),
            _ => ("answer", "answers"),
        };
        let n = decided(now);
        let what = if n == 1 { one } else { many };
        let message =
            format!("`{}` decides {n} {what}, and {} in {old}", check.id, decided(before));
        let identity = Identity {
            table: check.units.first().map(|u| self.job.tables[u.table].name.clone()),
            ..Identity::new(&check.id, Demand::Structure, &FEWER_JUDGED)
        };
        let mut finding = Finding::new(identity, severity, message);
        finding.title.clone_from(&check.title);
        finding.help = Some("see which rows went, or which of their cells were blanked".into());
        if !check.asserts.is_empty() {
            self.rule_label(&mut finding, number, 0);
        }
        Some(finding)
    }
}
