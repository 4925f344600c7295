//! Asks engines what of the tables that stay there is judged here, and fetches it. What an engine refuses to say, it is
//! not asked: the cells are fetched.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::columns_asked::Columns;
use crate::api::pushed::{Plan, chosen, key, places, plan, tables_of};
use crate::api::reads::Reads;
use crate::compile::build::Compiled;
use crate::compile::held;
use crate::engine::data::check::{Check, Elsewhere};
use crate::engine::data::table::RowsElsewhere;
use crate::files::engines::{Failure, Marks, Named, Part};
use crate::files::sources::Sources;
use crate::report::Tally;
use crate::source::{FileId, Problem};
use crate::sql::Suspects;

/// Fetches the rows that engines hold, as far as they are judged here, and the columns that are read.
pub fn fetch(built: &mut Compiled, reads: &Reads, book: &mut Sources) -> Vec<Problem> {
    let mut plan = plan(built, reads, book.held());
    let mut chosen = chosen(built, &reads.all, book.held());
    let fetched = loop {
        let asking = Asking { built, reads, book };
        let answers = match asking.all(&mut plan) {
            Ok(answers) => answers,
            Err(problem) => break Err(problem),
        };
        let mut parts = chosen.clone();
        parts.extend(answers.parts());
        match held::fetch(&mut built.tables, &reads.all, &parts, book) {
            Ok(marks) => break Ok((answers, marks)),
            Err((_, Failure::Ended(problem))) => break Err(problem),
            Err((file, Failure::Refused(why))) if chosen.remove(&file).is_some() => {
                book.engines().refused(file, "the `where` of a table".into(), why);
            }
            Err((file, Failure::Refused(why))) => {
                let number = plan.tables.iter().find(|(_, own)| **own == file).map(|own| *own.0);
                number
                    .into_iter()
                    .for_each(|number| plan.fetch(number, (built, reads), (why.clone(), book)));
            }
        }
    };
    let checked = fetched.and_then(|(answers, marks)| match answers.changed(built, &marks) {
        Some(file) => Err(book.engines().changed(file)),
        None => Ok((answers, marks)),
    });
    book.engines().close();
    match checked {
        Ok((answers, marks)) => answers.put(built, &marks),
        Err(problem) => return vec![problem],
    }
    Vec::new()
}

/// What engines have answered.
#[derive(Default)]
struct Answers {
    /// Tables that stay where they are.
    tables: BTreeMap<usize, TableLeft>,
    /// Checks that were judged there.
    checks: BTreeMap<usize, CheckLeft>,
}

/// A table that stays where it is.
struct TableLeft {
    file: FileId,
    rows: RowsElsewhere,
    part: Part,
}

impl TableLeft {
    /// Has rows fetched and marked; where their marks are.
    fn mark(&mut self, rows: Named) -> (FileId, usize) {
        self.part.marked.push(rows);
        (self.file, self.part.marked.len() - 1)
    }
}

/// A check that was judged there.
struct CheckLeft {
    suspects: u64,
    tally: Tally,
    /// The rows that are judged here: their file, and which of its marks they have.
    judged: Option<(FileId, usize)>,
}

impl Answers {
    /// Says in the tables and checks what was counted, and which rows are judged here.
    fn put(self, built: &mut Compiled, marks: &BTreeMap<FileId, Vec<Marks>>) {
        for (number, of_check) in self.checks {
            let marks = of_check.judged.and_then(|(file, at)| marks.get(&file)?.get(at).cloned());
            let elsewhere = Elsewhere {
                left: marks.unwrap_or_default(),
                is_left: of_check.suspects > 0,
                tally: of_check.tally,
            };
            if let Some(check) = built.checks.get_mut(number) {
                check.elsewhere = Some(elsewhere);
            }
        }
        for (number, table) in self.tables {
            if let Some(info) = built.tables.get_mut(number) {
                info.elsewhere = Some(table.rows);
            }
        }
    }

    /// The table that gave fewer suspects of a check than it had counted: it changed meanwhile.
    fn changed(&self, built: &Compiled, marks: &BTreeMap<FileId, Vec<Marks>>) -> Option<FileId> {
        let is_fewer = |(number, of_check): (&usize, &CheckLeft)| {
            let (file, at) = of_check.judged?;
            let own = marks.get(&file)?.get(at)?;
            let found: u64 = own.iter().map(|word| u64::from(word.count_ones())).sum();
            let is_of_rows = built.checks.get(*number)?.row_table().is_some();
            (is_of_rows && found < of_check.suspects).then_some(file)
        };
        self.checks.iter().find_map(is_fewer)
    }

    fn parts(&self) -> BTreeMap<FileId, Part> {
        self.tables.values().map(|table| (table.file, table.part.clone())).collect()
    }

    /// Has the rows of suspects fetched; where those are that are judged.
    fn take(&mut self, suspects: &Suspects, is_check: bool) -> Option<(FileId, usize)> {
        let mut judged = None;
        for rows in &suspects.rows {
            let Some(table) = self.tables.get_mut(&rows.table) else { continue };
            let named = Named { keys: rows.keys.clone(), columns: None };
            if rows.is_judged && is_check {
                judged = Some(table.mark(named));
            } else {
                table.part.others.push(named);
            }
        }
        judged
    }

    /// Has the rows fetched that the conditions of checks choose which are judged here.
    fn take_chosen(&mut self, plan: &Plan, built: &Compiled, reads: &Reads) {
        for (number, keys) in &plan.chosen {
            let Some(of) = built.checks.get(*number).and_then(Check::row_table) else { continue };
            let own = self.tables.get_mut(&of).zip(built.tables.get(of));
            let Some((table, info)) = own else { continue };
            let columns = plan.with_rows(*number, built, reads);
            let columns = places(info, columns.into_iter()).collect();
            let judged = table.mark(Named { keys: keys.clone(), columns: Some(columns) });
            let tally = Tally::default();
            self.checks.insert(*number, CheckLeft { suspects: 0, tally, judged: Some(judged) });
        }
    }
}

/// Who is asked about what.
struct Asking<'a> {
    built: &'a Compiled,
    reads: &'a Reads,
    book: &'a mut Sources,
}

impl Asking<'_> {
    /// Asks for counts, and keeps what names suspects. What is refused is taken out of the plan.
    fn all(mut self, plan: &mut Plan) -> Result<Answers, Problem> {
        let rows = self.rows(plan)?;
        let cells = self.cells(plan)?;
        let counts = self.checks(plan)?;
        let mut answers = Answers::default();
        for (number, file) in &plan.tables {
            let own = rows.get(number).copied().zip(self.built.tables.get(*number));
            let Some((rows, table)) = own else { continue };
            let whole = plan.whole(*number, self.built, self.reads);
            let whole = whole.map(|columns| places(table, columns.into_iter()).collect());
            let part = Part { key: key(&self.built.tables, *number), whole, ..Part::default() };
            answers.tables.insert(*number, TableLeft { file: *file, rows, part });
        }
        for (_, suspects) in plan.cells.iter().filter(|(number, _)| cells.contains(number)) {
            answers.take(suspects, false);
        }
        for (number, suspects) in &plan.checks {
            let own = self.built.checks.get(*number).zip(counts.get(number));
            let Some((check, counts)) = own else { continue };
            let (suspected, tally) = tally(check, counts);
            if let Some(table) = check.row_table().and_then(|own| answers.tables.get(&own))
                && check.filter.is_none()
                && suspected + tally.cases != table.rows.rows
            {
                return Err(self.book.engines().changed(table.file));
            }
            let judged = if suspected > 0 { answers.take(suspects, true) } else { None };
            answers.checks.insert(*number, CheckLeft { suspects: suspected, tally, judged });
        }
        answers.take_chosen(plan, self.built, self.reads);
        Ok(answers)
    }

    /// How many rows each table has. Columns about which something is to be said that is no question about a row are
    /// looked at here.
    fn rows(&mut self, plan: &mut Plan) -> Result<BTreeMap<usize, RowsElsewhere>, Problem> {
        let mut all = BTreeMap::new();
        for (number, file) in plan.tables.clone() {
            let Some(table) = self.built.tables.get(number) else { continue };
            let asked = Columns::of(self.built, (number, table), &self.reads.all);
            match asked.ask(file, self.book) {
                Ok((rows, sought)) => {
                    all.insert(number, rows);
                    plan.sought.extend(sought.into_iter().map(|column| (number, column)));
                }
                Err(Failure::Refused(why)) => {
                    plan.fetch(number, (self.built, self.reads), (why, self.book));
                }
                Err(Failure::Ended(problem)) => return Err(problem),
            }
        }
        plan.settle(self.built, self.reads);
        Ok(all)
    }

    /// The tables that have cells which may not be read.
    fn cells(&mut self, plan: &mut Plan) -> Result<BTreeSet<usize>, Problem> {
        let mut suspected = BTreeSet::new();
        for number in plan.cells.keys().copied().collect::<Vec<_>>() {
            let own = plan.tables.get(&number).zip(plan.cells.get(&number));
            let Some((file, suspects)) = own else { continue };
            match self.book.engines().numbers(*file, &suspects.counts) {
                Ok(counts) if counts.first().is_none_or(|suspects| *suspects == 0) => {}
                Ok(_) => {
                    suspected.insert(number);
                }
                Err(Failure::Refused(why)) => {
                    plan.fetch(number, (self.built, self.reads), (why, self.book));
                }
                Err(Failure::Ended(problem)) => return Err(problem),
            }
        }
        // Those of tables that are fetched are looked at here.
        suspected.retain(|number| plan.tables.contains_key(number));
        Ok(suspected)
    }

    /// What each check was answered.
    fn checks(&mut self, plan: &mut Plan) -> Result<BTreeMap<usize, Vec<u64>>, Problem> {
        let mut all = BTreeMap::new();
        for number in plan.checks.keys().copied().collect::<Vec<_>>() {
            let own = self.built.checks.get(number).zip(plan.checks.get(&number));
            let Some((check, suspects)) = own else { continue };
            let tables = tables_of(check, &self.built.states);
            let Some(file) = tables.first().and_then(|table| plan.tables.get(table)).copied()
            else {
                continue;
            };
            match self.book.engines().numbers(file, &suspects.counts) {
                Ok(counts) => {
                    all.insert(number, counts);
                }
                Err(Failure::Refused(why)) => {
                    let about = format!("check `{}`", check.id);
                    self.book.engines().refused(file, about, why);
                    plan.checks.remove(&number);
                    plan.settle(self.built, self.reads);
                }
                Err(Failure::Ended(problem)) => return Err(problem),
            }
        }
        Ok(all)
    }
}

impl Plan {
    /// Takes a table out of which the engine does not say what is asked.
    fn fetch(
        &mut self,
        number: usize,
        (built, reads): (&Compiled, &Reads),
        (why, book): (String, &mut Sources),
    ) {
        if let Some((file, table)) = self.tables.remove(&number).zip(built.tables.get(number)) {
            book.engines().refused(file, format!("table `{}`", table.name), why);
        }
        self.settle(built, reads);
    }
}

/// How many suspects a check has, and what came of all others.
fn tally(check: &Check, counts: &[u64]) -> (u64, Tally) {
    let (suspects, cases) = match counts {
        [suspects, cases, ..] => (*suspects, *cases),
        _ => (0, 0),
    };
    let mut tally = Tally { cases, ..Tally::default() };
    for pair in counts.get(2..).unwrap_or_default().chunks(2) {
        if let [not_applicable, held] = pair {
            tally.not_applicable += not_applicable;
            tally.held += held;
        }
    }
    if check.typed.is_some() {
        tally.held += cases;
    }
    (suspects, tally)
}
