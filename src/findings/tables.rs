//! Findings about whole tables and whole checks: row counts, line ends, percent signs, checks that judged nothing.

use std::sync::Arc;

use crate::engine::data::check::{Assertion, Check};
use crate::engine::data::classes;
use crate::engine::data::job::Job;
use crate::engine::data::table::Table;
use crate::engine::data::uneven::Uneven;
use crate::engine::faults::{MIXED_PERCENT_MARKS, ROW_COUNT, VACUOUS_CHECK, WEAK_CHECK};
use crate::engine::pass::locate::{Locator, RowFinder};
use crate::engine::pass::ran::Ran;
use crate::expr::bound::{Op, StateDef, StateId};
use crate::fault::{Fault, Severity};
use crate::findings::observed::of_rows;
use crate::findings::place;
use crate::read::block::Block;
use crate::read::csv::faults::{BARE_CR, MIXED_LINE_ENDS, SWALLOWED_ROWS};
use crate::read::note::RAGGED_ROW;
use crate::read::reader::{BlockSize, Context, Step, Wanted};
use crate::report::text::printable;
use crate::report::{
    Demand, Finding, Identity, Label, Place, RawFinding, Role, Subject, Tally, evidence,
};
use crate::source::tree::relative;
use crate::source::{FileId, Files, Span};
use crate::value::Why;
use crate::width::{to_u32, to_usize};

/// Where no more rows than this are expected, and there are more, the first of them are shown.
const SHOWN: u64 = 4;

/// Makes the findings about whole tables and checks.
#[derive(Clone, Copy)]
pub struct TableFindings<'f> {
    /// What was run.
    pub job: &'f Job<'f>,
    /// What it found.
    pub ran: &'f Ran<'f>,
    pub files: &'f dyn Files,
}

impl TableFindings<'_> {
    /// A file, by its path as it is seen from the rules.
    fn file_subject(&self, file: FileId) -> Subject {
        Subject::File(relative(self.files.root(), &self.files.path(file)))
    }

    /// Tables with fewer or more rows than expected; not those for which `is_explained` says that
    /// another finding or problem accounts for so many rows. `swallowed` says per table where a
    /// quoted field holds rows.
    pub fn row_counts(
        &self,
        is_explained: &dyn Fn(&Table, u64) -> bool,
        swallowed: &[Option<String>],
    ) -> Vec<Finding> {
        let mut all = Vec::new();
        let tables = self.job.tables.iter().zip(&self.ran.tables).zip(&self.ran.unfinished);
        for (number, ((table, result), unfinished)) in tables.enumerate() {
            let (min, max) = table.expected;
            let fits = result.rows >= min && max.is_none_or(|m| result.rows <= m);
            // That nothing is left where all was set aside follows from why it was.
            let follows = result.rows == 0 && result.set_aside > 0 && (min, max) == (1, None);
            if *unfinished || fits || follows || table.absent || is_explained(table, result.rows) {
                continue;
            }
            let rows = |n: u64| match n {
                0 => "no rows".to_string(),
                1 => "1 row".to_string(),
                n => format!("{n} rows"),
            };
            let expected = match max {
                Some(m) if m == min => format!("exactly {m}"),
                Some(m) if min == 0 => format!("at most {m}"),
                Some(m) => format!("{min} to {m}"),
                None => format!("at least {min}"),
            };
            let verb = if max.unwrap_or(min) == 1 { "is" } else { "are" };
            let message =
                format!("`{}` has {}; {expected} {verb} expected", table.name, rows(result.rows));
            let demand = Demand::Contract("rows");
            let identity = Identity::structure(
                format!("{}.rows", table.name),
                &ROW_COUNT,
                &table.name,
                Subject::Table,
            );
            let mut f = Finding::new(Identity { demand, ..identity }, Severity::Error, message);
            f.evidence = evidence(&[result.rows.to_string()]);
            f.help = swallowed.get(number).cloned().flatten().or_else(|| skipped(result.set_aside));
            if let Some(max) = max.filter(|max| *max < result.rows && *max < SHOWN) {
                f.labels.extend(self.matches(table, max + 1));
            }
            f.labels.extend(self.expected(table));
            f.certificate = Some(Arc::new(of_rows(&table.name, result.rows, (min, max))));
            all.push(f);
        }
        all
    }

    /// The first rows of a table that a pattern finds: one of them is meant.
    fn matches(&self, table: &Table, count: u64) -> Vec<Label> {
        let mut all = Vec::new();
        for file in table.files.iter().filter(|file| file.reader.bytes().is_none()) {
            let wanted = Wanted { places: true, ..Wanted::default() };
            let size = BlockSize { usual: 1 << 16, longest: 1 << 16 };
            let mut block = Block::default();
            let context = Context::default();
            let Ok(mut cursor) =
                file.reader.cursor(0..file.reader.end().min(count), &context, &wanted, size)
            else {
                continue;
            };
            if !matches!(cursor.next(&mut block), Ok(Step::Rows)) {
                continue;
            }
            let rows = block.places.as_ref().map_or(&[][..], |places| &places.rows);
            // Only rows of a text stand in sentences.
            let rows = rows.iter().filter(|row| file.reader.quote(**row).is_some());
            for row in rows.take(to_usize(count) - all.len()) {
                let line = self.files.line(file.file, row.start);
                let place = place::at(self.files, file.file, *row, line);
                let text = format!("match {}", all.len() + 1);
                all.push(Label { place, role: Role::Operand, text });
            }
        }
        all
    }

    /// Where a number of rows is expected; else where the first file begins.
    fn expected(&self, table: &Table) -> Option<Label> {
        if let Some(rule) = table.rule {
            let text = "expected here".into();
            return Some(Label { place: self.rule_place(rule), role: Role::Rule, text });
        }
        let first = table.files.first()?;
        let head = first.reader.head();
        let place = place::at(self.files, first.file, head.span, head.header_line);
        let text = if head.span.is_empty() { "" } else { "the header" }.into();
        let place = place::in_header(place, &table.name, None);
        Some(Label { place, role: Role::Stated, text })
    }

    /// Per table where the first quoted field is that holds lines which look like rows, in words.
    pub fn swallowed(&self, raw: &[Vec<RawFinding>]) -> Vec<Option<String>> {
        let of_table = |(number, raw): (usize, &Vec<RawFinding>)| {
            let (table, result) = (self.job.tables.get(number)?, self.ran.tables.get(number)?);
            let kind = table.faults().iter().position(|f| **f == SWALLOWED_ROWS)?;
            let kind = u8::try_from(kind).ok()?;
            let first = raw.iter().find(|raw| raw.class == classes::of_fault(kind))?;
            let mut locator = Locator::new(table, &result.directory, self.job.paths);
            let (file, found) = locator.fault(first.row, kind, first.aux)?;
            let path = printable(&self.files.path(file.file)).into_owned();
            Some(format!(
                "a quoted field at {path}:{} goes on for {} lines that look like rows, see swallowed-rows",
                found.line, found.irregular.aux
            ))
        };
        raw.iter().enumerate().map(of_table).collect()
    }

    /// Whether another check of the same rule says that rows are not there which a check needs.
    pub fn lacks_rows(&self, check: &Check) -> bool {
        self.job.checks.iter().zip(&self.ran.tallies).any(|(other, tally)| {
            other.rule == check.rule && other.asks_for_rows() && tally.failed > 0
        }) && !check.asks_for_rows()
    }

    /// The finding of a check that judged nothing.
    pub fn vacuous(&self, number: usize) -> Option<Finding> {
        let (check, tally) = (&self.job.checks[number], &self.ran.tallies[number]);
        // Where findings say why nothing could be decided, or all that decides is kept back by its publisher,
        // there is no more to say.
        let open = tally.unreported();
        let withheld = Why::ALL.into_iter().filter(|why| why.is_withheld());
        let withheld: u64 = withheld.map(|why| open.undecided_for(why)).sum();
        let is_said = tally.undecided > 0 && open.undecided == withheld;
        if !check.by_user || check.may_be_vacuous || tally.held + tally.failed > 0 || is_said {
            return None;
        }
        let is_inapplicable = tally.cases > 0 && tally.undecided == 0;
        let severity = if is_inapplicable { Severity::Warning } else { check.severity };
        let message = format!("this check tested nothing: {}", vacuous_words(check, tally));
        let identity = Identity::new(&check.id, Demand::Structure, &VACUOUS_CHECK);
        let mut finding = Finding::new(identity, severity, message);
        finding.title.clone_from(&check.title);
        finding.labels.push(Label {
            place: self.rule_place(check.rule),
            role: Role::Rule,
            text: "this check".into(),
        });
        Some(finding)
    }

    /// The finding of a check that held only because its figures may be almost anything.
    pub fn weak(&self, number: usize) -> Option<Finding> {
        let (check, tally) = (&self.job.checks[number], &self.ran.tallies[number]);
        let is_weak = tally.weak > 0 && tally.weak >= tally.held && tally.failed == 0;
        let some: Vec<usize> = match tally.failed {
            0 => tally.weak_assertions().filter(|a| *a < check.asserts.len()).collect(),
            _ => Vec::new(),
        };
        if !check.by_user || !is_weak && tally.far == 0 && some.is_empty() {
            return self.alone(number);
        }
        let message = weak_words(tally, is_weak, (&some, check.asserts.len()));
        let identity = Identity::new(&check.id, Demand::Structure, &WEAK_CHECK);
        let mut finding = Finding::new(identity, WEAK_CHECK.severity, message);
        finding.title.clone_from(&check.title);
        finding.help = Some("assert as well how far the figure may be on the other side".into());
        let first = some.first().and_then(|a| check.asserts.get(*a)).filter(|_| !is_weak);
        finding.labels.push(Label {
            place: self.rule_place(first.map_or(check.rule, |assertion| assertion.rule)),
            role: Role::Rule,
            text: if first.is_some() { "this assertion" } else { "this check" }.into(),
        });
        Some(finding)
    }

    /// The finding of a check of one row that held because it was compared with itself: its `where` takes the other
    /// rows out of `rank(x)` and `max(x)`, too.
    fn alone(&self, number: usize) -> Option<Finding> {
        let (check, tally) = (&self.job.checks[number], &self.ran.tallies[number]);
        let (own, filter) = (check.row_table().filter(|_| check.by_user)?, check.filter.as_ref()?);
        if tally.cases != 1 || tally.failed > 0 || self.ran.tables[own].rows < 2 {
            return None;
        }
        let is_own = |state: StateId| {
            let (table, of) = match self.job.defs.all.get(state) {
                Some(StateDef::Groups(def)) => (def.table, def.filter.as_ref()),
                Some(StateDef::Window(def)) => (def.table, def.filter.as_ref()),
                _ => return false,
            };
            table == own && of.is_some_and(|of| of.same(filter))
        };
        let compares = |assertion: &&Assertion| {
            let mut found = false;
            assertion.bound.walk(&mut |b| {
                found |= match b.op {
                    Op::Aggregate { state, .. } | Op::Window { state } => is_own(state),
                    _ => false,
                };
            });
            found
        };
        let assertion = check.asserts.iter().find(compares)?;
        let message =
            "this check is weak: its `where` leaves one row, which is compared with itself";
        let identity = Identity::new(&check.id, Demand::Structure, &WEAK_CHECK);
        let mut finding = Finding::new(identity, WEAK_CHECK.severity, message.to_string());
        finding.title.clone_from(&check.title);
        finding.help = Some(
            "`where` takes the other rows out of aggregates and neighbours, too: say it as `if … then …` in the assertion"
                .into(),
        );
        let place = self.rule_place(assertion.rule);
        finding.labels.push(Label { place, role: Role::Rule, text: "this assertion".into() });
        Some(finding)
    }

    /// Line ends that differ, once per file.
    pub fn line_ends(&self, table: usize) -> Vec<Finding> {
        let mut all = Vec::new();
        let files = self.job.tables[table].files.iter().enumerate();
        for (number, part) in files.filter(|(_, file)| file.reader.head().readable) {
            let header = part.reader.head();
            // A file of a header alone has no records, but line ends.
            let of_records = &self.ran.tables[table].line_ends;
            let own = of_records.binary_search_by_key(&to_u32(number), |of| of.0).ok();
            let own = own.and_then(|at| of_records.get(at));
            let (counts, firsts) = own.map(|of| (of.1, of.2)).unwrap_or_default();
            let counts: [u64; 3] =
                std::array::from_fn(|k| counts[k] + u64::from(header.line_ends[k]));
            let firsts: [_; 3] = std::array::from_fn(|k| {
                header.first_line_end[k]
                    .map(|(o, r, l)| (o.into(), r.into(), l.into()))
                    .or(firsts[k])
            });
            let met: Vec<usize> = (0..3).filter(|&k| counts[k] > 0).collect();
            let first = |k: usize| firsts[k].map_or(u64::MAX, |f| f.0);
            let mut word = |fault: &'static Fault, kind: usize, message: String, label: &str| {
                let Some((offset, _, lines)) = firsts[kind] else { return };
                let subject = self.file_subject(part.file);
                let identity =
                    Identity::structure(fault.name, fault, &self.job.tables[table].name, subject);
                let mut f = Finding::new(identity, fault.severity, message);
                let place =
                    place::at(self.files, part.file, Span::new(offset, offset + 1), lines + 1);
                f.labels.push(Label { place, role: Role::Stated, text: label.into() });
                f.help = Some("convert the file to one kind of line ending".into());
                all.push(f);
            };
            const NAMES: [&str; 3] = ["LF", "CRLF", "CR"];
            if met.len() > 1 {
                let mut order = met.clone();
                order.sort_by_key(|&k| first(k));
                let shown: Vec<String> =
                    met.iter().map(|&k| format!("{} {}", counts[k], NAMES[k])).collect();
                word(
                    &MIXED_LINE_ENDS,
                    order[1],
                    format!("this file mixes line endings: {}", shown.join(", ")),
                    "the first different line ending",
                );
            } else if met == [2] {
                word(
                    &BARE_CR,
                    2,
                    "the lines of this file end with a carriage return only".into(),
                    "CR without LF",
                );
            }
        }
        all
    }

    /// Files of which all records have another number of fields than the header, each once.
    pub fn uneven(&self, table: usize) -> Vec<Finding> {
        let info = &self.job.tables[table];
        let finding = |(part, uneven): &(u32, Uneven)| {
            let file = info.files.get(*part as usize)?;
            let head = file.reader.head();
            let (width, fields) = (head.columns.len(), uneven.fields as usize);
            let names = if width == 1 { "1 name".into() } else { format!("{width} names") };
            let cells = if fields == 1 { "1 field".into() } else { format!("{fields} fields") };
            let message = format!(
                "the header has {names}, but all {} rows have {cells}, so no row is read",
                uneven.alike
            );
            let line = head.header_line;
            let help = uneven_help(uneven, width, line);
            let subject = self.file_subject(file.file);
            let identity = Identity::structure(RAGGED_ROW.name, &RAGGED_ROW, &info.name, subject);
            let mut finding = Finding::new(identity, RAGGED_ROW.severity, message);
            finding.evidence = evidence(&[format!("{width} {fields}")]);
            finding.help = Some(help);
            let place = place::at(self.files, file.file, head.span, line);
            finding.labels.push(Label { place, role: Role::Stated, text: names });
            Some(finding)
        };
        self.ran.tables[table].uneven.iter().filter_map(finding).collect()
    }

    /// Percentages with and without a sign in one column, once.
    pub fn percent_signs(&self, table: usize) -> Vec<Finding> {
        let info = &self.job.tables[table];
        let mut locator = Locator::new(info, &self.ran.tables[table].directory, self.job.paths);
        let mut all = Vec::new();
        for (column, marked, bare_row) in &self.ran.tables[table].percent_signs {
            let (Some(marked), Some(bare_row)) = (marked, bare_row) else { continue };
            let (later, first) =
                if marked > bare_row { (marked, bare_row) } else { (bare_row, marked) };
            let (Some(later), Some(first)) = (locator.row(*later), locator.row(*first)) else {
                continue;
            };
            let name = &info.columns[*column].name;
            let check = format!("{}.{name}", info.name);
            let identity =
                Identity::structure(check, &MIXED_PERCENT_MARKS, &info.name, Subject::Table)
                    .at(Some(name));
            let message = format!(
                "`{name}` has percentages both with and without a percent sign; all were read as percentages"
            );
            let mut f = Finding::new(identity, Severity::Warning, message);
            for (row, role) in [(&later, Role::Stated), (&first, Role::First)] {
                let place = place::of_cell(self.files, info, *column, row);
                f.labels.push(Label { place, role, text: String::new() });
            }
            f.help =
                Some("write all of them the same way; for fractions such as 0.2, set `type = \"number\"`".into());
            all.push(f);
        }
        all
    }

    fn rule_place(&self, (file, span): (FileId, Span)) -> Place {
        place::at(self.files, file, span, self.files.line(file, span.start))
    }
}

/// Why a check is weak, or so many of its assertions.
fn weak_words(tally: &Tally, is_weak: bool, (some, all): (&[usize], usize)) -> String {
    let answers = match tally.held {
        1 => "its only answer".to_string(),
        held => format!("each of its {held} answers"),
    };
    const WEAK: &str = "would also hold for half of the figure, or for twice it";
    // Words such as "more than" and "at most" leave it open.
    let far = "one side is more than 1.5 times the other";
    match (is_weak, tally.far) {
        (true, 0) => format!("this check is weak: {answers} {WEAK}"),
        (true, n) if n == tally.held => format!("this check is weak: {answers} {WEAK}, and {far}"),
        (false, 0) => {
            let numbers: Vec<String> = some.iter().map(|a| (a + 1).to_string()).collect();
            match numbers.as_slice() {
                [one] => format!("assertion {one} of {all} is weak: it {WEAK}"),
                more => format!("assertions {} of {all} are weak: they {WEAK}", more.join(", ")),
            }
        }
        (_, n) => {
            let held = tally.held;
            format!("this check is weak: in {n} of the {held} answers that hold, {far}")
        }
    }
}

/// What to do where all records have other fields than the header on this line has names.
fn uneven_help(uneven: &Uneven, width: usize, line: u64) -> String {
    let fields = uneven.fields as usize;
    let end = uneven.last.filter(|b| b",;\t|".contains(b) && fields == width + 1);
    match end {
        Some(b'\t') => "remove the tab at the end of each row".into(),
        Some(sign) => format!("remove the `{}` at the end of each row", char::from(sign)),
        None if fields > width => format!(
            "give each column a name; if line {line} is a title and not the header, set `skip = {line}`"
        ),
        None => "remove the names that no column has, or add the cells that are missing".into(),
    }
}

/// How many records are no rows, and why.
fn skipped(set_aside: u64) -> Option<String> {
    let were = match set_aside {
        0 => return None,
        1 => "1 row was".to_string(),
        n => format!("{n} rows were"),
    };
    Some(format!(
        "{were} skipped because of a wrong number of fields, an unclosed quote or a merge conflict"
    ))
}

/// What the cases of a check are called.
pub(crate) fn case_words(check: &Check) -> (&'static str, &'static str) {
    match &check.units[..] {
        [unit] if unit.groups.is_none() => ("row", "rows"),
        [_] => ("group", "groups"),
        _ => ("case", "cases"),
    }
}

fn vacuous_words(check: &Check, tally: &Tally) -> String {
    if tally.cases == 0 {
        return match (&check.filter, tally.not_chosen_blank) {
            (None, _) => format!("there is no {} to check", case_words(check).0),
            (Some(_), 0) => "no row meets its `where`".into(),
            (Some(_), 1) => "no row meets its `where`, for which 1 row misses a value".into(),
            (Some(_), n) => format!("no row meets its `where`, for which {n} rows miss a value"),
        };
    }
    if tally.undecided == 0 {
        return match tally.cases {
            1 => "it does not apply to the only case".into(),
            n => format!("it does not apply to any of the {n} cases"),
        };
    }
    let (one, many) = case_words(check);
    let causes = causes_in_words(tally);
    match tally.cases {
        1 => format!("the only {one} could not be checked: {causes}"),
        n => format!("none of the {n} {many} could be checked: {causes}"),
    }
}

/// "division by zero, unreadable values and missing values".
pub(crate) fn causes_in_words(tally: &Tally) -> String {
    let mut words: Vec<&str> = tally.causes().map(Why::words).collect();
    words.dedup();
    match words.split_last() {
        Some((last, [])) => (*last).to_string(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}
