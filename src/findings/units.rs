//! Findings of groups and combinations of rows.

use crate::engine::data::check::primary_column;
use crate::engine::data::classes::RawKind;
use crate::engine::pass::locate::{Finders, Located};
use crate::engine::pass::ran::RawUnitFinding;
use crate::engine::states::env::{Filled, UnitRow};
use crate::expr::bind::BoundUnit;
use crate::expr::bound::{Bound, StateDef};
use crate::expr::ids::{AssertionId, CheckId};
use crate::findings::about::{Case, UnitAt, group_name};
use crate::findings::maker::FindingMaker;
use crate::findings::terms::{Terms, row_name};
use crate::findings::working::UnitCell;
use crate::findings::{place, working};
use crate::report::{Finding, Label, Role};
use crate::source::RowId;

impl FindingMaker<'_, '_> {
    pub(crate) fn unit_rows<'u>(
        &self,
        unit: &RawUnitFinding,
        found: &'u [UnitAt<'u>],
    ) -> Vec<UnitRow<'u>> {
        let units = self.job.checks[unit.check].units.iter().zip(found);
        let row = |(bound, at): (&BoundUnit, &'u UnitAt<'u>)| match at {
            UnitAt::Group(group) => UnitRow::Group(&group.keys),
            UnitAt::Row(located) => UnitRow::Located(&located.row, bound.table),
            UnitAt::Nowhere => UnitRow::Kept(&[]),
        };
        units.map(row).collect()
    }

    pub(crate) fn units_of(
        &self,
        unit: &RawUnitFinding,
        finders: &mut Finders<'_>,
    ) -> Vec<UnitAt<'_>> {
        let units = self.job.checks[unit.check].units.iter().zip(&unit.at);
        let found = |(bound, at): (&BoundUnit, &RowId)| match bound
            .groups
            .map(|state| &self.ran.shared.filled[state])
        {
            Some(Filled::Groups(groups)) => groups.named(*at).map(UnitAt::Group),
            Some(_) => None,
            None => finders[bound.table].row(*at).map(UnitAt::Row),
        };
        units.map(found).map(|at| at.unwrap_or(UnitAt::Nowhere)).collect()
    }

    pub(crate) fn want_terms_of_unit(
        &self,
        unit: &RawUnitFinding,
        finders: &mut Finders<'_>,
        terms: &mut Terms,
    ) {
        let found = self.units_of(unit, finders);
        let units = self.unit_rows(unit, &found);
        let bound: &Bound = &self.job.checks[unit.check].asserts[unit.assertion].bound;
        let row = unit.at.first().copied().unwrap_or(RowId(0));
        self.with_env(&units, row, |env| {
            working::aggregates(bound, env)
                .iter()
                .for_each(|(s, slot, keys)| terms.want(*s, *slot, keys))
        });
    }

    pub(crate) fn of_unit(
        &self,
        unit: &RawUnitFinding,
        nth: u64,
        finders: &mut Finders<'_>,
        terms: &Terms,
    ) -> Option<Finding> {
        let check = &self.job.checks[unit.check];
        let assertion = &check.asserts[unit.assertion];
        let found = self.units_of(unit, finders);
        let units = self.unit_rows(unit, &found);
        let table = check.units.first().map(|u| self.job.tables[u.table].name.as_str());
        let subject = self.unit_subject(unit, &found);
        let case = Case {
            check,
            check_id: CheckId::new(unit.check),
            number: AssertionId::new(unit.assertion),
            assertion,
            nth,
            table,
            subject,
            column: None,
        };
        let row = unit.at.first().copied().unwrap_or(RowId(0));
        let kind = if unit.improbable { RawKind::Improbable } else { RawKind::Failed };
        let mut finding = self.with_env(&units, row, |env| {
            let at = self.unit_cells(unit, &found);
            if let Some(miss) = &unit.miss {
                let mut finding = self.of_miss(&case, miss, env, &at);
                let proof = self.proof(&case, (env, &at, None));
                finding.labels = self.several(&proof, miss, finders, terms);
                finding.certificate = self.of_missed(&proof, (check, miss), finders, terms);
                return Some(finding);
            }
            let proof = self.proof(&case, (env, &at, None));
            proof.confirms(kind).then(|| self.word(&case, kind, &proof, finders, terms))
        })?;
        self.place_unit(&mut finding, unit, &found, finders);
        self.rule_label(&mut finding, unit.check, unit.assertion);
        Some(finding)
    }

    /// Where the units stand: a group at its first row.
    pub(crate) fn unit_cells(&self, unit: &RawUnitFinding, found: &[UnitAt<'_>]) -> Vec<UnitCell> {
        let units = self.job.checks[unit.check].units.iter().zip(&unit.at).zip(found);
        let cell = |((bound, at), found): ((&BoundUnit, &RowId), &UnitAt<'_>)| UnitCell {
            table: bound.table,
            row: if let UnitAt::Group(group) = found { group.first } else { *at },
            groups: bound.groups,
        };
        units.map(cell).collect()
    }

    /// A group without a labelled cell stands at its keys in its first row, a combination at its
    /// rows.
    pub(crate) fn place_unit(
        &self,
        finding: &mut Finding,
        unit: &RawUnitFinding,
        found: &[UnitAt<'_>],
        finders: &mut Finders<'_>,
    ) {
        let check = &self.job.checks[unit.check];
        let mut names = Vec::new();
        for (bound, at) in check.units.iter().zip(found) {
            let table = &self.job.tables[bound.table];
            match at {
                UnitAt::Group(group) => {
                    names.push(group_name(bound, group));
                    let placed = finding.labels.iter().any(|l| l.role != Role::Rule);
                    if let (Some(first), false) = (finders[bound.table].row(group.first), placed) {
                        finding.labels.extend(self.group_labels(bound, &first));
                    }
                }
                UnitAt::Row(located) => {
                    names.push(row_name(self.job, bound.table, &located.row.texts));
                    let is_of_row = |l: &Label| {
                        l.place
                            .cell
                            .as_ref()
                            .is_some_and(|c| c.table == table.name && c.record == located.record)
                    };
                    if !finding.labels.iter().any(is_of_row) {
                        let first = finding.labels.is_empty();
                        finding.labels.push(Label {
                            place: place::of_row(self.files, table, located),
                            role: if first { Role::Stated } else { Role::Operand },
                            text: format!("`{}`", bound.name),
                        });
                    }
                }
                UnitAt::Nowhere => {}
            }
        }
        if !names.is_empty() {
            finding.key = Some(names.join("; "));
        }
    }

    /// The keys of a group in its first row; the row where they are computed.
    fn group_labels(&self, bound: &BoundUnit, first: &Located) -> Vec<Label> {
        let table = &self.job.tables[bound.table];
        let keys = match bound.groups.map(|state| &self.job.defs.all[state]) {
            Some(StateDef::Groups(def)) => &def.keys[..],
            _ => &[],
        };
        let mut places: Vec<_> = keys
            .iter()
            .filter_map(primary_column)
            .map(|column| place::of_cell(self.files, table, column, first))
            .collect();
        if places.is_empty() {
            places.push(place::of_row(self.files, table, first));
        }
        let label = |(n, place)| match n {
            0 => Label { place, role: Role::Stated, text: "the first row of the group".into() },
            _ => Label { place, role: Role::Operand, text: String::new() },
        };
        places.into_iter().enumerate().map(label).collect()
    }
}
