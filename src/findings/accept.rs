//! Judges the `where` of allowances for findings of rows and groups.

use crate::engine::pass::locate::Finders;
use crate::engine::pass::ran::RawUnitFinding;
use crate::engine::states::env::{At, UnitRow};
use crate::expr::bound::Bound;
use crate::expr::choose::chooses;
use crate::findings::allowance::Allowance;
use crate::findings::maker::FindingMaker;
use crate::findings::rows::WantedRow;
use crate::report::Finding;
use crate::source::RowId;

impl FindingMaker<'_, '_> {
    /// Accepts a finding of a row where an allowance's `where` is true of it.
    pub(crate) fn accept_row(
        &self,
        finding: &mut Finding,
        asked: &WantedRow,
        finders: &mut Finders<'_>,
    ) {
        let asking = self.allowances.asking(finding);
        if asking.is_empty() {
            return;
        }
        let Some(located) = finders[asked.table].row(asked.raw.row) else { return };
        let units = [UnitRow::Located(&located.row, asked.table)];
        let is_own = !self.is_of_other_row(asked);
        self.with_env(&units, asked.raw.row, |env| {
            for (allowance, filter) in asking {
                let of_table = || filter.of_tables.get(&asked.table);
                let of_check = || filter.of_checks.get(finding.check()).filter(|_| is_own);
                let bound = of_check().or_else(of_table);
                self.accept_where(finding, allowance, bound, env);
            }
        });
    }

    /// Accepts a finding of a group or a combination likewise.
    pub(crate) fn accept_unit(
        &self,
        finding: &mut Finding,
        unit: &RawUnitFinding,
        finders: &mut Finders<'_>,
    ) {
        let asking = self.allowances.asking(finding);
        if asking.is_empty() {
            return;
        }
        let found = self.units_of(unit, finders);
        let units = self.unit_rows(unit, &found);
        let row = unit.at.first().copied().unwrap_or(RowId(0));
        self.with_env(&units, row, |env| {
            for (allowance, filter) in asking {
                let bound = filter.of_checks.get(finding.check());
                self.accept_where(finding, allowance, bound, env);
            }
        });
    }

    fn accept_where(
        &self,
        finding: &mut Finding,
        allowance: &Allowance,
        bound: Option<&Bound>,
        env: &At<'_>,
    ) {
        if bound.is_some_and(|bound| chooses(Some(bound), env)) {
            self.allowances.apply(allowance, finding);
        }
    }
}
