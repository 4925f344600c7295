//! Exhibits of a run: small tables as their files have them, with what checks found of their cells.
//!
//! They are made when all findings are, from few rows: checks are asked once more of what is shown.

mod cases;
mod draw;
mod marks;
mod rows;
mod ticks;

use std::collections::BTreeSet;

use crate::expr::bound::StateDef;
use crate::findings::exhibits::cases::Cases;
use crate::findings::exhibits::draw::draw;
use crate::findings::exhibits::marks::{Marked, Marks};
use crate::findings::exhibits::rows::{MOST_WHOLE, Part, RowReader, Shown};
use crate::findings::maker::FindingMaker;
use crate::findings::noted::NotedFindings;
use crate::plan::needs;
use crate::report::exhibit::{Exhibit, MarkOutcome};
use crate::source::RowId;

/// Exhibits of a run.
const MOST_EXHIBITS: usize = 60;
/// Bytes of text in all of them.
const MOST_TEXT: usize = 200_000;

impl FindingMaker<'_, '_> {
    /// The exhibits, in the order of the rules; none unless the findings have been made for a
    /// document.
    pub fn exhibits(&self) -> Vec<Exhibit> {
        let Some(noted) = self.noted.get() else { return Vec::new() };
        let mut finders = self.finders();
        let mut reader = RowReader::new(self.job, self.ran, &mut finders);
        let parts = self.parts_to_show(noted, &reader);
        let shown: Vec<Shown> = parts
            .iter()
            .filter_map(|part| reader.shown(*part, &self.rows_with_findings(*part, noted)))
            .filter(|shown| !self.is_claim(shown))
            .collect();
        let cases = Cases { maker: self, noted, shown: &shown };
        let marks = Marks::of(cases, &mut finders);
        let marked = shown.iter().zip(&marks).filter(|(_, marks)| !marks.is_empty());
        let drawn: Vec<(bool, Exhibit)> =
            marked.map(|(shown, marks)| (has_findings(marks), draw(self, shown, marks))).collect();
        fitting(drawn)
    }

    /// The files of which exhibits are perhaps made: those with findings first, in the order of the
    /// rules.
    fn parts_to_show(&self, noted: &NotedFindings, reader: &RowReader<'_, '_, '_>) -> Vec<Part> {
        let (used, found) = self.tables_used(noted);
        let mut ranked = BTreeSet::new();
        for (table, info) in self.job.tables.iter().enumerate() {
            let is_read = !self.ran.unfinished[table] && !info.unread && !info.absent;
            let is_read = is_read && info.elsewhere.is_none();
            if !info.is_declared() || !is_read || !used.contains(&table) {
                continue;
            }
            let with_rows = self.parts_with_findings(table, noted);
            for part in 0..info.files.len() {
                let of = Part { table, part };
                let has_rows = with_rows.contains(&part);
                let is_small = reader.records(of) <= MOST_WHOLE;
                if reader.records(of) > 0 && (has_rows || is_small) {
                    ranked.insert((!(has_rows || found.contains(&table)), of));
                }
            }
        }
        let mut parts: Vec<Part> =
            ranked.into_iter().take(MOST_EXHIBITS).map(|(_, of)| of).collect();
        parts.sort_unstable();
        parts
    }

    /// The tables that checks read, and those of checks with findings about groups or combinations.
    fn tables_used(&self, noted: &NotedFindings) -> (BTreeSet<usize>, BTreeSet<usize>) {
        let (mut used, mut found) = (BTreeSet::new(), BTreeSet::new());
        used.extend(self.job.defs.all.iter().map(StateDef::table));
        for (number, check) in self.job.checks.iter().enumerate() {
            let states = needs(check.expressions());
            let of_states = states.into_iter().map(|state| self.job.defs.all[state].table());
            let tables: Vec<usize> =
                check.units.iter().map(|unit| unit.table).chain(of_states).collect();
            if noted.units(number).next().is_some() {
                found.extend(&tables);
            }
            used.extend(tables);
        }
        (used, found)
    }

    /// The files of a table that have rows with findings.
    fn parts_with_findings(&self, table: usize, noted: &NotedFindings) -> BTreeSet<usize> {
        noted.rows(table).filter_map(|(row, _)| self.part_of(table, row)).collect()
    }

    fn part_of(&self, table: usize, row: RowId) -> Option<usize> {
        let directory = &self.ran.tables[table].directory;
        let head = directory.blocks().get(directory.block_of(row)?)?;
        Some(head.part as usize)
    }

    /// The rows of a file that a finding is about, in order.
    fn rows_with_findings(&self, of: Part, noted: &NotedFindings) -> Vec<RowId> {
        let rows = noted.rows(of.table).map(|(row, _)| row);
        rows.filter(|row| self.part_of(of.table, *row) == Some(of.part)).collect()
    }

    /// Whether it is one passage of a text: its sentence says more.
    fn is_claim(&self, shown: &Shown) -> bool {
        let [row] = &shown.rows[..] else { return false };
        self.reader(row.file).is_some_and(|reader| reader.quote(row.span).is_some())
    }
}

fn has_findings(marks: &BTreeSet<Marked>) -> bool {
    marks.iter().any(|mark| mark.outcome == MarkOutcome::Failed)
}

/// Those that fit, the ones with findings first; in order.
fn fitting(drawn: Vec<(bool, Exhibit)>) -> Vec<Exhibit> {
    let text = |exhibit: &Exhibit| {
        let cells = exhibit.rows.iter().flat_map(|row| &row.cells);
        cells.chain(&exhibit.columns).map(String::len).sum::<usize>()
    };
    let (mut room, mut kept) = (MOST_TEXT, BTreeSet::new());
    for has_findings in [true, false] {
        for (n, (_, exhibit)) in drawn.iter().enumerate().filter(|(_, d)| d.0 == has_findings) {
            if let Some(rest) = room.checked_sub(text(exhibit)) {
                room = rest;
                kept.insert(n);
            }
        }
    }
    let all = drawn.into_iter().enumerate();
    all.filter(|(n, _)| kept.contains(n)).map(|(_, (_, exhibit))| exhibit).collect()
}
