//! Findings of checks that tested nothing, or that could not be decided for some of their cases.

use crate::engine::data::check::{Check, Kind};
use crate::engine::data::table::Table;
use crate::engine::faults::UNDECIDED;
use crate::engine::pass::locate::Finders;
use crate::engine::pass::ran::RawUnitFinding;
use crate::engine::pass::undecided::Undecided;
use crate::engine::states::env::{Filled, UnitRow};
use crate::explain::equation::Cell;
use crate::expr::bound::StateDef;
use crate::expr::eval::Env;
use crate::findings::aside;
use crate::findings::blame::Blame;
use crate::findings::maker::FindingMaker;
use crate::findings::open_rows::{OpenRows, open_part};
use crate::findings::place;
use crate::findings::tables::{TableFindings, case_words, causes_in_words};
use crate::findings::windows;
use crate::findings::working::{self, UnitCell};
use crate::report::{
    Demand, Finding, Identity, Label, Place, Role, Tally, UndecidedAnswer, UndecidedAnswers,
};
use crate::source::RowId;
use crate::value::Why;

/// Why an answer is undecided, and where that can be seen.
pub(crate) struct Cause {
    pub place: Option<Place>,
    pub label: String,
    pub help: Option<String>,
}

impl FindingMaker<'_, '_> {
    /// One finding for each check that tested nothing or was undecided in part, with the places of
    /// the first `most` undecided answers. A check over a table for which `is_explained` says that
    /// another finding or problem accounts for its having no rows has none.
    pub fn undecided(
        &self,
        most: usize,
        is_explained: &dyn Fn(&Table, u64) -> bool,
    ) -> Vec<Finding> {
        let follows = |table: usize| {
            let rows = self.ran.tables[table].rows;
            rows == 0 && is_explained(&self.job.tables[table], rows)
        };
        let mut finders = self.finders();
        let open_rows = self.open_rows(most, &mut finders);
        (0..self.job.checks.len())
            .filter(|number| self.ran.is_complete(*number))
            .filter(|number| !self.job.checks[*number].units.iter().any(|u| follows(u.table)))
            .filter_map(|number| self.undecided_check(number, most, &open_rows, &mut finders))
            .collect()
    }

    fn undecided_check(
        &self,
        number: usize,
        most: usize,
        open_rows: &OpenRows,
        finders: &mut Finders<'_>,
    ) -> Option<Finding> {
        let (check, tally) = (&self.job.checks[number], &self.ran.tallies[number]);
        let of_tables = TableFindings { job: self.job, ran: self.ran, files: self.files };
        let mut vacuous = of_tables.vacuous(number);
        let mut tally = worth_saying(check, tally);
        if tally.undecided == 0 {
            return vacuous.or_else(|| of_tables.weak(number));
        }
        let kept = self.ran.undecided[number].iter().filter(|u| tally.undecided_for(u.why) > 0);
        let mut kept: Vec<&Undecided> = kept.collect();
        if of_tables.lacks_rows(check) {
            let said = kept.extract_if(.., |u| self.lacks_row(number, u, finders));
            said.for_each(|u| tally.add_reported(u.why, 1));
            if tally.reported_by_cause != <[u64; Why::ALL.len()]>::default() {
                vacuous = None;
            }
            tally = tally.unreported();
            if kept.is_empty() {
                return None;
            }
        }
        let (tally, is_new) = (&tally, vacuous.is_none());
        let seen = self.ran.tallies[number].seen();
        let mut finding = vacuous.unwrap_or_else(|| self.partly(check, tally, seen));
        let mut answers = Vec::new();
        for (n, undecided) in kept.into_iter().take(most).enumerate() {
            let cause = self.cause(number, undecided, open_rows, finders);
            if n == 0 {
                finding.assertion = undecided
                    .assertion
                    .and_then(|a| u32::try_from(a).ok())
                    .unwrap_or(finding.assertion);
                if let Some(place) = cause.place.clone() {
                    let label = Label { place, role: Role::Stated, text: cause.label };
                    finding.labels.insert(0, label);
                }
                finding.help = cause.help;
                if is_new && !check.asserts.is_empty() {
                    self.rule_label(&mut finding, number, undecided.assertion.unwrap_or(0));
                    if let Some(rule) = finding.labels.last_mut() {
                        rule.text = "undecided".into();
                    }
                }
            }
            answers.extend(cause.place.map(|place| UndecidedAnswer {
                assertion: undecided.assertion.and_then(|a| u32::try_from(a).ok()),
                cause: undecided.why.words(),
                place,
            }));
        }
        finding.undecided = Some(Box::new(UndecidedAnswers { count: tally.undecided, answers }));
        self.quote(&mut finding);
        Some(finding)
    }

    /// Whether an answer is open because a row that it asks for is not there, or not alone.
    fn lacks_row(&self, number: usize, undecided: &Undecided, finders: &mut Finders<'_>) -> bool {
        undecided.why == Why::NoRow
            || self.blame(number, undecided, finders).is_some_and(|blame| blame.is_no_row)
    }

    /// The finding of a check that was decided for some cases, without places.
    fn partly(&self, check: &Check, tally: &Tally, seen: u64) -> Finding {
        let identity = Identity {
            table: check.units.first().map(|u| self.job.tables[u.table].name.clone()),
            ..Identity::new(&check.id, Demand::Structure, &UNDECIDED)
        };
        let message = format!(
            "{} could not be decided: {}",
            counted(check, tally, seen),
            causes_in_words(tally)
        );
        let mut finding = Finding::new(identity, UNDECIDED.severity, message);
        finding.title.clone_from(&check.title);
        finding.url.clone_from(&check.url);
        finding
    }

    pub(crate) fn cause(
        &self,
        number: usize,
        undecided: &Undecided,
        open_rows: &OpenRows,
        finders: &mut Finders<'_>,
    ) -> Cause {
        let check = &self.job.checks[number];
        let assertion = undecided.assertion.and_then(|a| check.asserts.get(a));
        let blame = self.blame(number, undecided, finders);
        if let Some(cause) = blame.as_ref().and_then(|b| self.unknown_keys(b, finders)) {
            return cause;
        }
        let within = blame.as_ref().and_then(|b| {
            self.in_aggregate(b, open_rows, finders).or_else(|| self.in_window(b, finders))
        });
        let blame = within.or(blame);
        let own = || {
            let column = match assertion.map(|a| &a.kind)? {
                Kind::Like { column, .. } => *column,
                Kind::Unique { columns } => *columns.first()?,
                Kind::Assert | Kind::Demand { .. } => return None,
            };
            Some(Cell { table: check.row_table()?, row: *undecided.at.first()?, column })
        };
        let cell = blame.as_ref().and_then(|b| b.cell).or_else(own);
        let Some((cell, located)) =
            cell.and_then(|cell| Some((cell, finders[cell.table].row(cell.row)?)))
        else {
            let place = self.unit_place(number, undecided, finders);
            let label = blame.as_ref().map_or_else(|| "undecided".into(), Blame::label);
            return Cause { place, label, help: blame.and_then(|b| self.help(&b, None)) };
        };
        let table = &self.job.tables[cell.table];
        let blame = blame
            .filter(|b| b.cell.is_some())
            .unwrap_or_else(|| Blame::of_cell(cell, undecided.why, table));
        let text = located.row.texts.get(cell.column).map(String::as_str);
        Cause {
            place: Some(place::of_cell(self.files, table, cell.column, &located)),
            label: blame.label(),
            help: self.help(&blame, text),
        }
    }

    /// The rows whose key is not known, of which one may be what is looked for.
    fn unknown_keys(&self, blame: &Blame, finders: &mut Finders<'_>) -> Option<Cause> {
        let state = blame.state?;
        let StateDef::Index(def) = &self.job.defs.all[state] else { return None };
        let Filled::Index(index) = &self.ran.shared.filled[state] else { return None };
        let unknown = index.unknown_with(blame.sought.as_ref()?)?;
        let (table, located) =
            (&self.job.tables[def.table], finders[def.table].row(unknown.first)?);
        let units = [UnitRow::Located(&located.row, def.table)];
        let is_open = |column: &&usize| {
            self.with_env(&units, unknown.first, |env| {
                env.cell(0, **column, false).cause().is_some()
            })
        };
        let column = *def.columns.iter().find(is_open)?;
        let cell = Blame::of_cell(
            Cell { table: def.table, row: unknown.first, column },
            unknown.why,
            table,
        );
        Some(Cause {
            place: Some(place::of_cell(self.files, table, column, &located)),
            label: cell.of_keys(unknown.rows, &table.name),
            help: cell.help(located.row.texts.get(column).map(String::as_str)),
        })
    }

    /// How to have an answer decided; what was set aside of the table is named.
    fn help(&self, blame: &Blame, cell: Option<&str>) -> Option<String> {
        let help = blame.help(cell);
        let Some(state) = blame.state else { return help };
        let (table, shared) = (self.job.defs.all[state].table(), &self.ran.shared);
        match blame.why {
            Why::SetAside => aside::help(table, shared, self.job).or(help),
            Why::Missing if blame.is_no_row => aside::not_there(help, table, shared, self.job),
            _ => help,
        }
    }

    /// What keeps an answer open, as far as the row or group at hand shows it.
    pub(crate) fn blame(
        &self,
        number: usize,
        undecided: &Undecided,
        finders: &mut Finders<'_>,
    ) -> Option<Blame> {
        let check = &self.job.checks[number];
        let assertion = undecided.assertion.and_then(|a| check.asserts.get(a));
        let bound = assertion.map(|a| &a.bound).or(check.filter.as_ref())?;
        let unit = as_unit(number, undecided);
        let found = self.units_of(&unit, finders);
        let units = self.unit_rows(&unit, &found);
        let at = self.unit_cells(&unit, &found);
        let row = undecided.at.first().copied().unwrap_or(RowId(0));
        let text = assertion.map_or("", |a| a.text.as_str());
        self.with_env(&units, row, |env| {
            let trace = working::trace(bound, env, &at);
            Some(Blame::of(&trace.root, undecided.why, text, self.job.tables))
        })
    }

    /// What keeps an aggregate open, in the row that was found for it.
    pub(crate) fn in_aggregate(
        &self,
        blame: &Blame,
        open_rows: &OpenRows,
        finders: &mut Finders<'_>,
    ) -> Option<Blame> {
        let aggregate = blame.aggregate.as_ref()?;
        let StateDef::Groups(def) = &self.job.defs.all[aggregate.state] else { return None };
        let row = open_rows.of(aggregate)?;
        let located = finders[def.table].row(row)?;
        let units = [UnitRow::Located(&located.row, def.table)];
        self.with_env(&units, row, |env| {
            let part = open_part(def, aggregate.slot, aggregate.why, env)?;
            let at = [UnitCell { table: def.table, row, groups: None }];
            let trace = working::trace(part, env, &at);
            Some(Blame::of(&trace.root, aggregate.why, "", self.job.tables))
        })
    }

    /// What leaves the row without a place that a window looks at.
    fn in_window(&self, blame: &Blame, finders: &mut Finders<'_>) -> Option<Blame> {
        let (state, row) = blame.window?;
        let StateDef::Window(def) = &self.job.defs.all[state] else { return None };
        let located = finders[def.table].row(row)?;
        let units = [UnitRow::Located(&located.row, def.table)];
        self.with_env(&units, row, |env| {
            let part = windows::open_part(def, blame.why, env)?;
            let at = [UnitCell { table: def.table, row, groups: None }];
            let trace = working::trace(part, env, &at);
            Some(Blame::of(&trace.root, blame.why, "", self.job.tables).of_order())
        })
    }

    /// The rows that keep aggregates of undecided answers open.
    pub(crate) fn open_rows<'r>(&'r self, most: usize, finders: &mut Finders<'_>) -> OpenRows {
        let of_check = |(number, all): (usize, &'r Vec<Undecided>)| {
            let tally = worth_saying(&self.job.checks[number], &self.ran.tallies[number]);
            let kept = all.iter().filter(move |u| tally.undecided_for(u.why) > 0);
            kept.take(most).map(move |undecided| (number, undecided))
        };
        self.open_rows_of(self.ran.undecided.iter().enumerate().flat_map(of_check), finders)
    }

    /// The same for these answers, with the numbers of their checks.
    pub(crate) fn open_rows_of<'u>(
        &self,
        answers: impl Iterator<Item = (usize, &'u Undecided)>,
        finders: &mut Finders<'_>,
    ) -> OpenRows {
        let mut rows = OpenRows::default();
        for (number, undecided) in answers {
            let blame = self.blame(number, undecided, finders);
            blame.and_then(|b| b.aggregate).into_iter().for_each(|a| rows.want(a));
        }
        rows.search(self.job, self.ran);
        rows
    }

    /// The place of a row, or of the first row of a group.
    fn unit_place(
        &self,
        number: usize,
        undecided: &Undecided,
        finders: &mut Finders<'_>,
    ) -> Option<Place> {
        let unit = as_unit(number, undecided);
        let found = self.units_of(&unit, finders);
        let mut nowhere = self.partly(&self.job.checks[number], &Tally::default(), 0);
        self.place_unit(&mut nowhere, &unit, &found, finders);
        nowhere.labels.into_iter().next().map(|l| l.place)
    }
}

/// An undecided answer as what the places of findings are made from.
pub(crate) fn as_unit(number: usize, undecided: &Undecided) -> RawUnitFinding {
    RawUnitFinding {
        check: number,
        assertion: undecided.assertion.unwrap_or(0),
        at: undecided.at.clone(),
        miss: None,
        improbable: false,
    }
}

/// The counts of what is worth saying: that an optional table may be absent is known, and so is
/// what another finding says, and that values are withheld.
fn worth_saying(check: &Check, tally: &Tally) -> Tally {
    let mut rest = tally.unreported();
    let is_known = |why: &Why| match why {
        Why::NotRead => check.may_be_vacuous,
        why => why.is_withheld(),
    };
    for why in Why::ALL.into_iter().filter(is_known) {
        if let Some(count) = rest.undecided_by_cause.get_mut(why as usize) {
            rest.undecided -= std::mem::take(count);
        }
    }
    rest
}

/// "5 rows", "1 group".
fn of_cases(check: &Check, n: u64) -> String {
    let (one, many) = case_words(check);
    format!("{n} {}", if n == 1 { one } else { many })
}

/// "1 of 5 rows", "2 of 4 assertions", "6 of 24 assertions (4 for each of 6 rows)": of all answers
/// that were `seen`.
fn counted(check: &Check, tally: &Tally, seen: u64) -> String {
    let cases = of_cases(check, tally.cases);
    match check.asserts.len() {
        0 | 1 => format!("{} of {cases}", tally.undecided),
        n if tally.cases == 1 => format!("{} of {n} assertions", tally.undecided),
        n => {
            format!("{} of {seen} assertions ({n} for each of {cases})", tally.undecided)
        }
    }
}
