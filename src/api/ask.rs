//! Asks engines what of the tables that stay there is judged here, and fetches it. What an engine refuses to say, it is
//! not asked: the tables are fetched whole.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::pushed::{Plan, chosen, key, named, plan, tables_of};
use crate::compile::build::Compiled;
use crate::compile::held;
use crate::engine::data::check::{Check, Elsewhere};
use crate::engine::data::table::Table;
use crate::files::engines::{Failure, Marks, Part};
use crate::files::sources::Sources;
use crate::report::Tally;
use crate::source::{FileId, Problem};
use crate::sql::Suspects;
use crate::sql::dialect::say;

/// Fetches the rows that engines hold, as far as they are judged here: the columns that are `read`, by table and
/// number.
pub fn fetch(
    built: &mut Compiled,
    read: &BTreeSet<(usize, usize)>,
    book: &mut Sources,
) -> Vec<Problem> {
    let mut plan = plan(built, read, book.held());
    let mut chosen = chosen(built, read, book.held());
    let fetched = loop {
        let asking = Asking { built, read, book };
        let answers = match asking.all(&mut plan) {
            Ok(answers) => answers,
            Err(problem) => break Err(problem),
        };
        let mut parts = chosen.clone();
        parts.extend(answers.parts());
        match held::fetch(&mut built.tables, read, &parts, book) {
            Ok(marks) => break Ok((answers, marks)),
            Err((_, Failure::Ended(problem))) => break Err(problem),
            Err((file, Failure::Refused(why))) if chosen.remove(&file).is_some() => {
                book.engines().refused(file, "the `where` of a table".into(), why);
            }
            Err((file, Failure::Refused(why))) => {
                let number = plan.tables.iter().find(|(_, own)| **own == file).map(|own| *own.0);
                number
                    .into_iter()
                    .for_each(|number| plan.fetch(number, built, (why.clone(), book)));
            }
        }
    };
    book.engines().close();
    match fetched {
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
    rows: u64,
    part: Part,
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
    fn put(self, built: &mut Compiled, marks: &BTreeMap<FileId, Marks>) {
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

    fn parts(&self) -> BTreeMap<FileId, Part> {
        self.tables.values().map(|table| (table.file, table.part.clone())).collect()
    }

    /// Has the rows of suspects fetched; where those are that are judged.
    fn take(&mut self, suspects: &Suspects, is_check: bool) -> Option<(FileId, usize)> {
        let mut judged = None;
        for rows in &suspects.rows {
            let Some(table) = self.tables.get_mut(&rows.table) else { continue };
            if rows.is_judged && is_check {
                judged = Some((table.file, table.part.marked.len()));
                table.part.marked.push(rows.keys.clone());
            } else {
                table.part.others.push(rows.keys.clone());
            }
        }
        judged
    }
}

/// Who is asked about what.
struct Asking<'a> {
    built: &'a Compiled,
    read: &'a BTreeSet<(usize, usize)>,
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
            let rows = rows.get(number).copied().unwrap_or_default();
            let part = Part { key: key(&self.built.tables, *number), ..Part::default() };
            answers.tables.insert(*number, TableLeft { file: *file, rows, part });
        }
        for (_, suspects) in plan.cells.iter().filter(|(number, _)| cells.contains(number)) {
            answers.take(suspects, false);
        }
        for (number, suspects) in &plan.checks {
            let own = self.built.checks.get(*number).zip(counts.get(number));
            let Some((check, counts)) = own else { continue };
            let (suspected, tally) = tally(check, counts);
            let judged = if suspected > 0 { answers.take(suspects, true) } else { None };
            answers.checks.insert(*number, CheckLeft { suspects: suspected, tally, judged });
        }
        Ok(answers)
    }

    /// How many rows each table has.
    fn rows(&mut self, plan: &mut Plan) -> Result<BTreeMap<usize, u64>, Problem> {
        let mut all = BTreeMap::new();
        for (number, file) in plan.tables.clone() {
            let Some(table) = self.built.tables.get(number) else { continue };
            match count(self.built, (number, table), file, self.read, self.book) {
                Ok((rows, has_all)) => {
                    all.insert(number, rows);
                    if !has_all {
                        plan.tables.remove(&number);
                    }
                }
                Err(Failure::Refused(why)) => plan.fetch(number, self.built, (why, self.book)),
                Err(Failure::Ended(problem)) => return Err(problem),
            }
        }
        plan.settle(self.built);
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
                Err(Failure::Refused(why)) => plan.fetch(number, self.built, (why, self.book)),
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
                    plan.settle(self.built);
                }
                Err(Failure::Ended(problem)) => return Err(problem),
            }
        }
        Ok(all)
    }
}

impl Plan {
    /// Takes a table out of which the engine does not say what is asked.
    fn fetch(&mut self, number: usize, built: &Compiled, (why, book): (String, &mut Sources)) {
        if let Some((file, table)) = self.tables.remove(&number).zip(built.tables.get(number)) {
            book.engines().refused(file, format!("table `{}`", table.name), why);
        }
        self.settle(built);
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

/// How many rows a table has, and whether each text that a condition compares with one of its columns stands
/// there: where one does not, other values are looked at.
fn count(
    built: &Compiled,
    (number, table): (usize, &Table),
    file: FileId,
    read: &BTreeSet<(usize, usize)>,
    book: &mut Sources,
) -> Result<(u64, bool), Failure> {
    let Some((_, dialect)) = book.held().judges(file) else { return Ok((0, false)) };
    let from = book.held().as_texts(file, &named(&built.tables, number, read));
    let choices = built.checks.iter().flat_map(|check| &check.choices);
    let of_table = choices.filter(|choice| choice.table == number);
    let texts =
        of_table.flat_map(|choice| choice.texts.iter().map(|(text, _)| (choice.column, text)));
    let texts: BTreeSet<(usize, &String)> = texts.collect();
    let test = |(n, (column, text)): (usize, &(usize, &String))| {
        let name = table.columns.get(*column).map_or("", |info| info.name.as_str());
        let own = say(dialect.text, &[&dialect.quoted(name)]);
        let when = format!("case when {own} = {} then 1 else 0 end", dialect.literal(text));
        format!(", cast(coalesce(max({when}), 0) as bigint) as n{}", n + 1)
    };
    let tests: String = texts.iter().enumerate().map(test).collect();
    let sql = format!("select cast(count(*) as bigint) as n0{tests} from {from}");
    let counts = book.engines().numbers(file, &sql)?;
    let rows = counts.first().copied().unwrap_or_default();
    Ok((rows, counts.iter().skip(1).all(|met| *met > 0)))
}
