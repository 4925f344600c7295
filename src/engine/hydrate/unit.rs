//! Findings of groups and combinations of rows.

use super::super::env::{Filled, UnitRow};
use super::super::locate::{Located, Locator};
use super::super::run::{UnitMark, mark};
use super::super::terms::{Terms, row_name};
use super::super::{place, working};
use super::{Hydrator, shown_key};
use crate::expr::bound::Bound;
use crate::finding::{Finding, Label, Role};
use crate::source::RowId;

impl Hydrator<'_, '_> {
    fn unit_rows<'u>(&'u self, unit: &UnitMark, rows: &'u [Option<Located>]) -> Vec<UnitRow<'u>> {
        let check = &self.job.checks[unit.check];
        check
            .units
            .iter()
            .zip(&unit.at)
            .zip(rows)
            .map(|((bound, at), located)| match (bound.groups, located) {
                (Some(state), _) => match &self.ran.shared.filled[state] {
                    Filled::Groups(g) => UnitRow::Group(&g.all[at.0 as usize].keys),
                    _ => UnitRow::Group(&[]),
                },
                (None, Some(located)) => UnitRow::Located(&located.row, bound.table),
                (None, None) => UnitRow::Kept(&[]),
            })
            .collect()
    }

    fn rows_of(&self, unit: &UnitMark, locators: &mut [Locator<'_>]) -> Vec<Option<Located>> {
        let check = &self.job.checks[unit.check];
        check.units.iter().zip(&unit.at).map(|(bound, at)| if bound.groups.is_some() { None } else { locators[bound.table].row(*at) }).collect()
    }

    pub(super) fn want_terms_of_unit(&self, unit: &UnitMark, locators: &mut [Locator<'_>], terms: &mut Terms) {
        let rows = self.rows_of(unit, locators);
        let units = self.unit_rows(unit, &rows);
        let bound: &Bound = &self.job.checks[unit.check].asserts[unit.assertion].bound;
        let row = unit.at.first().copied().unwrap_or(RowId(0));
        self.with_env(&units, row, |env| working::aggregates(bound, env).iter().for_each(|(s, slot, keys)| terms.want(*s, *slot, keys)));
    }

    pub(super) fn of_unit(&self, unit: &UnitMark, nth: u64, locators: &mut [Locator<'_>], terms: &Terms) -> Option<Finding> {
        let check = &self.job.checks[unit.check];
        let assertion = &check.asserts[unit.assertion];
        let rows = self.rows_of(unit, locators);
        let units = self.unit_rows(unit, &rows);
        let row = unit.at.first().copied().unwrap_or(RowId(0));
        let kind = if unit.improbable { mark::IMPROBABLE } else { mark::FAILED };
        let mut finding = self.with_env(&units, row, |env| match &unit.miss {
            Some(miss) => Some(self.of_miss(check, assertion, miss, env, nth)),
            None if !self.confirms(assertion, kind, env) => None,
            None => Some(self.word(check, assertion, (kind, nth), env, None, locators, terms)),
        })?;
        self.place_unit(&mut finding, unit, &rows, locators);
        self.rule_label(&mut finding, unit.check, unit.assertion);
        Some(finding)
    }

    /// A group stands at its first row, a combination at its rows.
    fn place_unit(&self, finding: &mut Finding, unit: &UnitMark, rows: &[Option<Located>], locators: &mut [Locator<'_>]) {
        let check = &self.job.checks[unit.check];
        let mut names = Vec::new();
        for ((bound, at), located) in check.units.iter().zip(&unit.at).zip(rows) {
            finding.table.get_or_insert_with(|| self.job.tables[bound.table].name.clone());
            match (bound.groups, located) {
                (Some(state), _) => {
                    let Filled::Groups(groups) = &self.ran.shared.filled[state] else { continue };
                    let group = &groups.all[at.0 as usize];
                    names.push(bound.keys.iter().zip(&group.keys).map(|(n, v)| format!("{n} = {}", shown_key(v))).collect::<Vec<_>>().join(", "));
                    let placed = finding.labels.iter().any(|l| l.role != Role::Rule);
                    if let (Some(first), false) = (locators[bound.table].row(group.first), placed) {
                        finding.labels.push(Label { place: place::of_row(self.files, &first), role: Role::Stated, text: "the first row of the group".into() });
                    }
                }
                (None, Some(located)) => {
                    names.push(row_name(self.job, bound.table, &located.row.texts));
                    finding.labels.push(Label { place: place::of_row(self.files, located), role: Role::Stated, text: format!("`{}`", bound.name) });
                }
                _ => {}
            }
        }
        if !names.is_empty() {
            finding.key = Some(names.join("; "));
        }
    }
}
