//! Findings with one cause become one: they are solved before they are made, and joined after.

use std::collections::BTreeMap;

use crate::engine::data::parallel::in_parallel;
use crate::engine::pass::locate::{Finders, Located, RowFinder};
use crate::engine::states::env::UnitRow;
use crate::explain::Slip;
use crate::explain::equation::Cell;
use crate::expr::ids::{AssertionId, CheckId};
use crate::expr::tree::Cmp;
use crate::findings::about::Proof;
use crate::findings::builder::WorkingBuilder;
use crate::findings::crossings::{Cause, Crossing, Crossings, crossings};
use crate::findings::maker::FindingMaker;
use crate::findings::place;
use crate::findings::rows::WantedRow;
use crate::findings::shared::{Equation, Shared};
use crate::findings::solved::Solved;
use crate::findings::suspects::MOST_SUSPECTS;
use crate::findings::terms::{Terms, row_name};
use crate::findings::together::{Together, together};
use crate::findings::wanted::{MOST, Wanted, failing};
use crate::findings::working::UnitCell;
use crate::report::{Finding, Label, Role, Suspect};
use crate::source::RowId;

/// What explains several findings, found before any of them has words.
#[derive(Default)]
pub(crate) struct Causes {
    pub crossings: Crossings,
    /// What is said of findings that have no other explanation, by their numbers.
    pub together: BTreeMap<usize, Together>,
}

impl FindingMaker<'_, '_> {
    /// The findings among those that are wanted that have one cause. What it solves for that is kept.
    pub(crate) fn causes(
        &self,
        wanted: &[Wanted],
        terms: &Terms,
        workers: &mut [Vec<Box<dyn RowFinder + '_>>],
    ) -> Causes {
        let failed = failing(wanted);
        if failed.is_empty() || failed.len() > MOST {
            return Causes::default();
        }
        let solved = in_parallel(workers, failed.len(), &|finders, n| {
            let (demand, solved) = self.solved(&wanted[failed[n]], finders, terms)?;
            Some(Equation { finding: Some(failed[n]), demand, solved })
        });
        let mut equations: Vec<Equation> = solved.into_iter().flatten().collect();
        let bounds = self.bounds(&equations, wanted, workers, terms);
        if equations.is_empty() && bounds.iter().all(|bound| bound.finding.is_none()) {
            return Causes::default();
        }
        let Some(finders) = workers.first_mut() else { return Causes::default() };
        equations.extend(self.holding(finders, terms));
        // A maker makes its findings once.
        let _ = self.outside.set(self.outside(wanted, finders));
        let shared = Shared::new(equations, bounds);
        let small = (0..self.job.tables.len()).filter(|table| self.is_small(*table)).collect();
        let mut crossings = crossings(&shared, small, finders);
        crossings.found.iter_mut().for_each(|c| c.members.sort_unstable());
        let together = together(&shared, &crossings.found, self.files);
        let _ = self.shared.set(shared);
        Causes { crossings, together }
    }

    /// Does something with the steps of an assertion about a row.
    fn of_case<T>(
        &self,
        asked: &WantedRow,
        located: &Located,
        f: impl FnOnce(&Proof<'_>, (CheckId, AssertionId)) -> T,
    ) -> T {
        let case = self.case(asked, located);
        let units = [UnitRow::Located(&located.row, asked.table)];
        let at = [UnitCell { table: asked.table, row: asked.raw.row, groups: None }];
        self.with_env(&units, asked.raw.row, |env| {
            let proof = self.proof(&case, (env, &at, Some((asked.table, located))));
            f(&proof, (case.check_id, case.number))
        })
    }

    /// A failing assertion, solved for its cells.
    fn solved(
        &self,
        wanted: &Wanted,
        finders: &mut Finders<'_>,
        terms: &Terms,
    ) -> Option<((usize, usize), Solved)> {
        match wanted {
            Wanted::Ready(_) => None,
            Wanted::Row(asked) => {
                let located = finders[asked.table].row(asked.raw.row)?;
                let solved = self
                    .of_case(asked, &located, |proof, of| self.solve(proof, of, finders, terms))?;
                Some(((asked.class.check.index(), asked.class.assertion.index()), solved))
            }
            Wanted::Unit(unit, _) => {
                let found = self.units_of(unit, finders);
                let units = self.unit_rows(unit, &found);
                let at = self.unit_cells(unit, &found);
                let row = unit.at.first().copied().unwrap_or(RowId(0));
                let of = (CheckId::new(unit.check), AssertionId::new(unit.assertion));
                let assertion = &self.job.checks[unit.check].asserts[unit.assertion];
                let solved = self.with_env(&units, row, |env| {
                    let proof = self.proof_of(assertion, None, (env, &at, None));
                    self.solve(&proof, of, finders, terms)
                })?;
                Some(((unit.check, unit.assertion), solved))
            }
        }
    }

    /// The equation by which alone an assertion comes to what it does.
    pub(crate) fn solve(
        &self,
        proof: &Proof<'_>,
        of: (CheckId, AssertionId),
        finders: &mut Finders<'_>,
        terms: &Terms,
    ) -> Option<Solved> {
        let parts = proof.trace.rests_on();
        let [part] = &parts[..] else { return None };
        let c = part.comparison.filter(|c| c.op == Cmp::Eq && !part.held)?;
        WorkingBuilder::new(self.job, self.files, proof, finders, terms).solve(&c, of)
    }

    /// Says what explains several findings, and joins those that have one cause; `joined` takes each
    /// finding that others became part of.
    pub(crate) fn explain_several(
        &self,
        Causes { crossings, together }: Causes,
        made: &mut [Option<Finding>],
        workers: &mut [Vec<Box<dyn RowFinder + '_>>],
        joined: &mut dyn FnMut(&Finding),
    ) {
        let Some(finders) = workers.first_mut() else { return };
        for (n, suspects) in &crossings.contested {
            let finding = made.get_mut(*n).and_then(Option::as_mut);
            finding.into_iter().for_each(|finding| self.ask(finding, suspects, finders));
        }
        for (n, together) in &together {
            let finding = made.get_mut(*n).and_then(Option::as_mut);
            finding.into_iter().for_each(|finding| together.say(finding));
        }
        for crossing in crossings.found {
            self.join(&crossing, made, finders).into_iter().for_each(&mut *joined);
        }
    }

    /// Asks about the cells each of which would mend a finding together with another one, in place of what
    /// is likely by the finding alone.
    fn ask(&self, finding: &mut Finding, suspects: &[(Cell, Suspect)], finders: &mut Finders<'_>) {
        let was_likely = finding.suspects.iter().any(|suspect| suspect.is_likely);
        if finding.explanation.is_some() && !was_likely {
            return;
        }
        finding.suspects.iter_mut().for_each(|suspect| suspect.is_likely = false);
        finding.explanation = None;
        if suspects.is_empty() || suspects.len() > MOST_SUSPECTS {
            return;
        }
        finding.suspects = suspects.iter().map(|(cell, s)| self.named(*cell, s, finders)).collect();
        let change = |s: &Suspect| format!("{} be {} instead of {}", s.name, s.would_be, s.stated);
        let changes: Vec<String> = finding.suspects.iter().map(change).collect();
        let each = if changes.len() > 1 { "each" } else { "it" };
        let changes = changes.join(", or ");
        finding.explanation =
            Some(format!("should {changes}? {each} would mend another finding as well"));
    }

    /// Joins findings that have one cause: the others become part of the worst.
    fn join<'m>(
        &self,
        crossing: &Crossing,
        made: &'m mut [Option<Finding>],
        finders: &mut Finders<'_>,
    ) -> Option<&'m Finding> {
        let members = &crossing.members;
        let severity = |n: &usize| made.get(*n)?.as_ref().map(|f| f.severity);
        if members.iter().any(|n| severity(n).is_none()) || self.is_of_all(crossing, made) {
            return None;
        }
        let lead = members.iter().rev().copied().max_by_key(severity)?;
        let others = members.iter().filter(|n| **n != lead);
        let others: Vec<Finding> = others.filter_map(|n| made.get_mut(*n)?.take()).collect();
        let finding = made.get_mut(lead)?.as_mut()?;
        self.explain_all(finding, &others, &crossing.cause, finders);
        finding.crossed = others;
        Some(finding)
    }

    /// Whether the same was done to all figures of a column that one assertion asks about: then the rule or the
    /// unit is another one, and no figure is wrong by itself.
    fn is_of_all(&self, crossing: &Crossing, made: &[Option<Finding>]) -> bool {
        let Cause::Line { cells, is_row: false, .. } = &crossing.cause else { return false };
        let mut members = crossing.members.iter().filter_map(|n| made.get(*n)?.as_ref());
        let Some(first) = members.next() else { return false };
        // Of what is added up, one column may well be another figure throughout.
        let is_compared = cells.first().is_some_and(|(cell, _)| {
            first.identity().column.as_deref() == Some(self.column_name(*cell))
        });
        let is_same = |f: &Finding| f.check() == first.check() && f.assertion == first.assertion;
        let check = self.job.checks.iter().position(|check| check.id == first.check());
        let none_holds =
            check.and_then(|check| self.ran.tallies.get(check)).is_some_and(|t| t.held == 0);
        is_compared && none_holds && members.all(is_same)
    }

    fn explain_all(
        &self,
        finding: &mut Finding,
        others: &[Finding],
        cause: &Cause,
        finders: &mut Finders<'_>,
    ) {
        let also = format!("the same explains {}", in_short(others));
        let words = match cause {
            Cause::Cell(cell, suspect) => {
                self.explain_cell(finding, (*cell, suspect), &also, finders)
            }
            Cause::Swap(pair) => {
                let [a, b] = pair.each_ref().map(|(cell, s)| self.named(*cell, s, finders));
                let at = [&a, &b].map(|s| place::words(self.files, &s.place));
                let are = if a.is_likely { "are likely" } else { "are perhaps" };
                let words = format!(
                    "{} in {} and {} in {} {are} swapped; {also}",
                    a.stated, at[0], b.stated, at[1]
                );
                note(finding, &a, format!("would be {}", a.would_be));
                note(finding, &b, format!("would be {}", b.would_be));
                finding.suspects = vec![a, b];
                words
            }
            Cause::Row(cell, suspect) => {
                format!("{}; {also}", self.explain_row(finding, (*cell, suspect), finders))
            }
            Cause::Line { cells, slip, is_row } => {
                let said = self.explain_line(finding, (cells, *slip, *is_row), finders);
                format!("{said}; {also}")
            }
            Cause::Shifted { cells, is_left } => {
                let side = if *is_left { "left" } else { "right" };
                let row = self.name_line(finding, cells, true, finders);
                format!("the figures of {row} likely stand one column too far {side}; {also}")
            }
            Cause::Zeros { cells, names } => {
                let row = self.name_line(finding, cells, true, finders);
                format!("the figures of {row} are zeros, and would be {names}; {also}")
            }
            Cause::Blank(cell, suspect) => {
                self.explain_blank(finding, (*cell, suspect), &also, finders)
            }
            Cause::Missing(words) => {
                finding.suspects = Vec::new();
                format!("{words}; {also}")
            }
        };
        finding.explanation = Some(words);
    }

    /// Says what a cell would be, and what else that explains.
    fn explain_cell(
        &self,
        finding: &mut Finding,
        (cell, suspect): (Cell, &Suspect),
        also: &str,
        finders: &mut Finders<'_>,
    ) -> String {
        let suspect = self.named(cell, suspect, finders);
        let Suspect { name, would_be, stated, .. } = &suspect;
        let why = suspect.why.map(|why| format!(" ({why})")).unwrap_or_default();
        let at = place::words(self.files, &suspect.place);
        let words = format!("{name} ({at}) would be {would_be} instead of {stated}{why}; {also}");
        let was = self.was.get().and_then(|was| was.get(&cell));
        let was = was.filter(|was| was.value.to_text() == suspect.exact);
        let was = was.map_or("", |_| "; so it was in the old version");
        note(finding, &suspect, format!("would be {would_be}"));
        finding.suspects = vec![suspect];
        format!("{words}{was}")
    }

    /// The same of a cell without a value.
    fn explain_blank(
        &self,
        finding: &mut Finding,
        (cell, suspect): (Cell, &Suspect),
        also: &str,
        finders: &mut Finders<'_>,
    ) -> String {
        let suspect = self.named(cell, suspect, finders);
        let Suspect { name, would_be, .. } = &suspect;
        let at = place::words(self.files, &suspect.place);
        let words = format!("{name} ({at}) is blank, and would be {would_be}; {also}");
        note(finding, &suspect, format!("would be {would_be}"));
        finding.suspects = vec![suspect];
        words
    }

    /// Says that a row is counted too often.
    fn explain_row(
        &self,
        finding: &mut Finding,
        (cell, suspect): (Cell, &Suspect),
        finders: &mut Finders<'_>,
    ) -> String {
        let suspect = self.named(cell, suspect, finders);
        let row = self.row_name(cell, finders);
        let at = place::words(self.files, &suspect.place);
        note(finding, &suspect, "counted too often".into());
        finding.suspects = vec![suspect];
        format!("the row {row} ({at}) is counted twice, or is no part of the totals")
    }

    /// Says what was done to figures of a row or a column.
    fn explain_line(
        &self,
        finding: &mut Finding,
        (cells, slip, is_row): (&[(Cell, Suspect)], Slip, bool),
        finders: &mut Finders<'_>,
    ) -> String {
        let line = self.name_line(finding, cells, is_row, finders);
        let count = cells.len();
        match slip {
            Slip::Sign => format!("the signs of {count} figures of {line} are likely wrong"),
            Slip::Power(-3 | 3 | -6 | 6) => {
                format!("{count} figures of {line} are likely {}", slip.words())
            }
            _ => format!("in {count} figures of {line} the decimal point likely slipped"),
        }
    }

    /// A row or a column of a finding in words, with what each of its cells would be at the cell.
    fn name_line(
        &self,
        finding: &mut Finding,
        cells: &[(Cell, Suspect)],
        is_row: bool,
        finders: &mut Finders<'_>,
    ) -> String {
        let line = cells.first().map(|(cell, suspect)| {
            let at = place::words(self.files, &suspect.place);
            match is_row {
                true => format!("the row {} ({at})", self.row_name(*cell, finders)),
                false => format!("{} ({at})", self.column_name(*cell)),
            }
        });
        let named = |(cell, s): &(Cell, Suspect)| self.named(*cell, s, finders);
        finding.suspects = cells.iter().map(named).collect();
        for suspect in finding.suspects.clone() {
            note(finding, &suspect, format!("would be {}", suspect.would_be));
        }
        finding.suspects.truncate(MOST_SUSPECTS);
        line.unwrap_or_default()
    }

    fn row_name(&self, cell: Cell, finders: &mut Finders<'_>) -> String {
        let located = finders.get_mut(cell.table).and_then(|f| f.row(cell.row));
        located.map(|l| row_name(self.job, cell.table, &l.row.texts)).unwrap_or_default()
    }

    /// The column of the file, where several became rows.
    fn melted_column(&self, cell: Cell, finders: &mut Finders<'_>) -> Option<&str> {
        let table = self.job.tables.get(cell.table).filter(|t| t.is_pivot_value(cell.column))?;
        let pivot = finders.get_mut(cell.table)?.row(cell.row)?.row.pivot;
        table.layout.pivot.get(pivot).map(|(_, name)| name.as_str())
    }

    fn column_name(&self, cell: Cell) -> &str {
        let column = self.job.tables.get(cell.table).and_then(|t| t.columns.get(cell.column));
        column.map_or("", |c| c.name.as_str())
    }

    /// A cell by its row and its column: of columns that became rows, by the one that it stands in.
    fn named(&self, cell: Cell, suspect: &Suspect, finders: &mut Finders<'_>) -> Suspect {
        let row = self.row_name(cell, finders);
        let of_file = self.melted_column(cell, finders).filter(|name| !row.contains(*name));
        let column = of_file.unwrap_or_else(|| self.column_name(cell));
        let name = if row.is_empty() { column.to_string() } else { format!("{row}, {column}") };
        Suspect { name, ..suspect.clone() }
    }
}

/// Findings as another one names them.
fn in_short(findings: &[Finding]) -> String {
    let names: Vec<String> = findings.iter().map(short).collect();
    let runs = names.chunk_by(|a, b| a == b);
    let run = |same: &[String]| match same {
        [one] => one.clone(),
        many => format!("{} ({} times)", many.first().map_or("", String::as_str), many.len()),
    };
    runs.map(run).collect::<Vec<String>>().join(", ")
}

/// A finding as others name it.
fn short(f: &Finding) -> String {
    match &f.key {
        Some(key) => format!("[{}] {key}", f.check()),
        None => format!("[{}]", f.check()),
    }
}

/// Says at a cell what it would be.
fn note(finding: &mut Finding, suspect: &Suspect, text: String) {
    let at = |l: &&mut Label| l.place.at == suspect.place.at && l.role != Role::Rule;
    match finding.labels.iter_mut().find(at) {
        Some(label) => label.text = text,
        None => {
            let label = Label { place: suspect.place.clone(), role: Role::Operand, text };
            let rule = finding.labels.iter().position(|l| l.role == Role::Rule);
            finding.labels.insert(rule.unwrap_or(finding.labels.len()), label);
        }
    }
}
