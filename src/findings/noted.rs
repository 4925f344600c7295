//! What is noted of findings while they are made: the rows that exhibits show, and their marks.

use std::collections::BTreeMap;

use crate::engine::data::classes::{Class, RawKind};
use crate::engine::pass::ran::RawUnitFinding;
use crate::findings::terms::Terms;
use crate::report::Finding;
use crate::source::RowId;

/// Rows of a table with findings that are noted: exhibits show no more.
const MOST_ROWS: usize = 3_600;
/// Groups and combinations of a check likewise.
const MOST_UNITS: usize = 200;

/// A finding of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OfRow {
    pub class: Class,
    pub fingerprint: u128,
}

/// The assertions of a check that failed for a group or combination, with their findings.
type OfUnit = Vec<(usize, u128)>;

/// The first findings of each table and check.
#[derive(Default)]
pub(crate) struct NotedFindings {
    /// By table and row.
    rows: BTreeMap<(usize, RowId), Vec<OfRow>>,
    /// How many rows of each table.
    rows_of: BTreeMap<usize, usize>,
    /// By check and what it is about.
    units: BTreeMap<(usize, Vec<RowId>), OfUnit>,
    /// How many of each check.
    units_of: BTreeMap<usize, usize>,
    /// The rows of the aggregates that findings speak of.
    pub terms: Terms,
}

impl NotedFindings {
    /// Notes a finding of a row.
    pub fn row(&mut self, table: usize, row: RowId, class: Class, fingerprint: u128) {
        if class.kind == RawKind::Structure {
            return;
        }
        let count = self.rows_of.entry(table).or_default();
        let is_known = self.rows.contains_key(&(table, row));
        if is_known || *count < MOST_ROWS {
            *count += usize::from(!is_known);
            self.rows.entry((table, row)).or_default().push(OfRow { class, fingerprint });
        }
    }

    /// Notes a finding of a group or a combination.
    pub fn unit(&mut self, unit: &RawUnitFinding, fingerprint: u128) {
        let count = self.units_of.entry(unit.check).or_default();
        if unit.miss.is_none() && !unit.improbable && *count < MOST_UNITS {
            *count += 1;
            let of_unit = self.units.entry((unit.check, unit.at.clone())).or_default();
            of_unit.push((unit.assertion, fingerprint));
        }
    }

    /// Puts a finding in the place of those that became part of it.
    pub fn join(&mut self, lead: &Finding) {
        let others: Vec<u128> = lead.crossed.iter().map(Finding::fingerprint).collect();
        let join = |fingerprint: &mut u128| {
            if others.contains(fingerprint) {
                *fingerprint = lead.fingerprint();
            }
        };
        let of_rows = self.rows.values_mut().flatten().map(|of| &mut of.fingerprint);
        of_rows.chain(self.units.values_mut().flatten().map(|of| &mut of.1)).for_each(join);
    }

    /// The rows of a table with findings, in order.
    pub fn rows(&self, table: usize) -> impl Iterator<Item = (RowId, &[OfRow])> {
        let of_table = self.rows.range((table, RowId(0))..=(table, RowId(u64::MAX)));
        of_table.map(|((_, row), all)| (*row, &all[..]))
    }

    /// The findings of a row.
    pub fn of_row(&self, table: usize, row: RowId) -> &[OfRow] {
        self.rows.get(&(table, row)).map_or(&[], Vec::as_slice)
    }

    /// The groups and combinations of a check with findings.
    pub fn units(&self, check: usize) -> impl Iterator<Item = (&[RowId], &OfUnit)> {
        let of_check = self.units.range((check, Vec::new())..(check + 1, Vec::new()));
        of_check.map(|((_, at), failed)| (&at[..], failed))
    }

    /// The finding of an assertion that failed for a row of a table, or for a group or combination.
    pub fn fingerprint(
        &self,
        (check, assertion): (usize, usize),
        row_table: Option<usize>,
        at: &[RowId],
    ) -> Option<u128> {
        let Some(table) = row_table else {
            let of_unit = self.units.get(&(check, at.to_vec()))?;
            return of_unit.iter().find(|failed| failed.0 == assertion).map(|failed| failed.1);
        };
        let is_it = |of: &&OfRow| {
            matches!(of.class.kind, RawKind::Failed | RawKind::Duplicate)
                && (of.class.check.index(), of.class.assertion.index()) == (check, assertion)
        };
        self.of_row(table, *at.first()?).iter().find(is_it).map(|of| of.fingerprint)
    }
}
