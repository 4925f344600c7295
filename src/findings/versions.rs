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

    /// Findings of checks that decide fewer rows or groups than in `old`: together for those of a
    /// table that has fewer rows, else for each. Where rows have no key it is not known which ones
    /// they are, and blanked figures look like rows that went: with as many rows as before, that is
    /// as bad as a failure.
    pub fn fewer_judged(&self, before: &BTreeMap<String, Tally>, old: &str) -> Vec<Finding> {
        let checks = (0..self.job.checks.len()).filter(|number| self.ran.is_complete(*number));
        let of = |number: usize| {
            let tallies = [before.get(&self.job.checks[number].id)?, &self.ran.tallies[number]];
            (decided(tallies[1]) < decided(tallies[0])).then_some((number, tallies))
        };
        let fewer: Vec<(usize, [&Tally; 2])> = checks.filter_map(of).collect();
        let by_rows = |(number, [before, now]): &(usize, [&Tally; 2])| {
            self.job.checks[*number].row_table().filter(|_| now.cases < before.cases)
        };
        let mut of_tables: BTreeMap<usize, Vec<(usize, [&Tally; 2])>> = BTreeMap::new();
        for one in &fewer {
            by_rows(one)
                .into_iter()
                .for_each(|table| of_tables.entry(table).or_default().push(*one));
        }
        of_tables.retain(|_, all| all.len() > 1);
        let is_alone = |one: &&(usize, [&Tally; 2])| {
            by_rows(one).is_none_or(|table| !of_tables.contains_key(&table))
        };
        let alone = fewer.iter().filter(is_alone).map(|one| self.fewer(*one, old));
        let together = of_tables.iter().map(|(table, all)| self.fewer_of(*table, all, old));
        together.chain(alone).collect()
    }

    /// Checks over rows of a table that has fewer of them.
    fn fewer_of(&self, table: usize, all: &[(usize, [&Tally; 2])], old: &str) -> Finding {
        let table = &self.job.tables[table].name;
        let words = |(number, [before, now]): &(usize, [&Tally; 2])| {
            let id = &self.job.checks[*number].id;
            format!("`{id}` {} ({} before)", decided(now), decided(before))
        };
        let mut names: Vec<String> = all.iter().take(MOST_NAMED).map(words).collect();
        if let more @ 1.. = all.len() - names.len() {
            names.push(format!("{more} more"));
        }
        let last = names.pop().unwrap_or_default();
        let message = format!(
            "{} checks decide fewer rows of `{table}` than in {old}: {} and {last}",
            all.len(),
            names.join(", ")
        );
        let identity = Identity::structure(FEWER_JUDGED.name, &FEWER_JUDGED, table, Subject::Table);
        let mut finding = Finding::new(identity, FEWER_JUDGED.severity, message);
        finding.help = Some(FEWER_HELP.into());
        self.asked_by(&mut finding, all[0].0);
        finding
    }

    fn fewer(&self, (number, [before, now]): (usize, [&Tally; 2]), old: &str) -> Finding {
        let check = &self.job.checks[number];
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
        finding.help = Some(FEWER_HELP.into());
        self.asked_by(&mut finding, number);
        finding
    }

    /// A check of types alone asserts nothing else.
    fn asked_by(&self, finding: &mut Finding, number: usize) {
        if !self.job.checks[number].asserts.is_empty() {
            self.rule_label(finding, number, 0);
        }
    }
}

/// So many checks are named.
const MOST_NAMED: usize = 3;
const FEWER_HELP: &str = "see which rows went, or which of their cells were blanked";

/// Answers of a check that are known.
fn decided(tally: &Tally) -> u64 {
    tally.held + tally.failed
}
