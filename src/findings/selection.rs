//! Conditions that may not mean what was meant: they compare a column with a text which no cell of it holds, or
//! rows that match another with all rows.

use std::collections::{BTreeSet, HashSet};

use crate::engine::data::check::Check;
use crate::engine::faults::{AGGREGATE_OF_ALL_ROWS, EMPTY_SELECTION};
use crate::engine::pass::scan::{Buffers, revisit};
use crate::engine::pass::sought;
use crate::expr::choice::{Choice, ChosenFor, OverAll};
use crate::findings::place;
use crate::findings::tables::TableFindings;
use crate::report::text::printable;
use crate::report::{Demand, Finding, Identity, Label, Role, Subject, evidence};
use crate::source::{Span, did_you_mean};
use crate::value::Value;
use crate::value::near::is_near;

/// As many distinct values of a column are looked at.
const MOST_VALUES: usize = 10_000;
/// As many values are listed where none is near.
const MOST_LISTED: usize = 6;

/// A text of a condition that no cell holds.
struct Empty<'c> {
    check: &'c Check,
    choice: &'c Choice,
    text: &'c str,
    span: Span,
    /// No text of the condition is in the column, and figures are made of what it chooses.
    is_asked_for: bool,
}

impl TableFindings<'_> {
    /// One finding for each column and text that some condition chooses rows of a table by in vain,
    /// where another value was perhaps meant, or where figures are made of the rows.
    pub fn empty_selections(&self, table: usize) -> Vec<Finding> {
        let result = &self.ran.tables[table];
        // A record that is no row may hold the text.
        let is_read = !self.ran.unfinished[table] && result.rows > 0 && result.set_aside == 0;
        let sought = sought::of_table(self.job.checks, table);
        let absent = sought.iter().zip(&result.met).filter(|(_, met)| !**met && is_read);
        let absent: HashSet<(usize, &str)> = absent.map(|(s, _)| (s.column, s.text)).collect();
        if absent.is_empty() {
            return Vec::new();
        }
        let empty = self.empty_of(table, &absent);
        let mut columns: Vec<usize> = empty.iter().map(|e| e.choice.column).collect();
        columns.sort_unstable();
        columns.dedup();
        let values = self.first_values(table, &columns);
        let mut reported = HashSet::new();
        let mut findings = Vec::new();
        for empty in &empty {
            let known = columns.iter().zip(&values).find(|(c, _)| **c == empty.choice.column);
            let known = known.map_or(&[][..], |(_, values)| values);
            let finding = self.empty_selection(table, empty, known);
            if let Some(finding) =
                finding.filter(|_| reported.insert((empty.choice.column, empty.text)))
            {
                findings.push(finding);
            }
        }
        findings
    }

    /// One finding for each check with aggregates over all rows of a table in conditions of those over some of them.
    pub fn over_all_rows(&self, table: usize) -> Vec<Finding> {
        let of_check = |check: &Check| {
            let mut own: Vec<&OverAll> = Vec::new();
            for over_all in check.over_all.iter().filter(|over_all| over_all.table == table) {
                if own.iter().all(|known| known.written != over_all.written) {
                    own.push(over_all);
                }
            }
            (!own.is_empty()).then(|| self.of_all_rows(check, table, &own))
        };
        self.job.checks.iter().filter_map(of_check).collect()
    }

    fn of_all_rows(&self, check: &Check, table: usize, all: &[&OverAll]) -> Finding {
        let name = &self.job.tables[table].name;
        let what = match all {
            [only] => format!("`{}` is", printable(&only.written)),
            several => format!("{} aggregates are", several.len()),
        };
        let message =
            format!("{what} over all rows of `{name}`, not over those that match the row at hand");
        let identity = Identity::structure(&check.id, &AGGREGATE_OF_ALL_ROWS, name, Subject::Table);
        let mut finding = Finding::new(identity, AGGREGATE_OF_ALL_ROWS.severity, message);
        finding.title.clone_from(&check.title);
        let by: Vec<String> = all.iter().map(|one| format!("`{}`", printable(&one.by))).collect();
        finding.help = Some(format!("for those write {}", by.join(", ")));
        // The help has the others.
        for OverAll { file, span, .. } in all.iter().take(1) {
            let place = place::at(self.files, *file, *span, self.files.line(*file, span.start));
            finding.labels.push(Label { place, role: Role::Rule, text: "over all rows".into() });
        }
        finding
    }

    /// The texts of conditions over a table that no cell holds, in the order of the rules.
    fn empty_of(&self, table: usize, absent: &HashSet<(usize, &str)>) -> Vec<Empty<'_>> {
        let mut all = Vec::new();
        for (number, check) in self.job.checks.iter().enumerate() {
            // That no row meets a condition is said once.
            let is_vacuous = self.ran.tallies[number].cases == 0;
            for choice in check.choices.iter().filter(|c| c.table == table) {
                let is_absent = |text: &str| absent.contains(&(choice.column, text));
                let is_asked_for = choice.chosen_for == ChosenFor::Figures
                    && !is_vacuous
                    && choice.texts.iter().all(|t| is_absent(&t.0));
                let of_choice = choice.texts.iter().filter(|t| is_absent(&t.0));
                all.extend(of_choice.map(|(text, span)| Empty {
                    check,
                    choice,
                    text,
                    span: *span,
                    is_asked_for,
                }));
            }
        }
        all
    }

    fn empty_selection(
        &self,
        table: usize,
        empty: &Empty<'_>,
        values: &[String],
    ) -> Option<Finding> {
        let (info, column) = (&self.job.tables[table], empty.choice.column);
        let name = &info.columns.get(column)?.name;
        // Another way of writing a text that the check asks for as well is no slip.
        let of_column = empty
            .check
            .choices
            .iter()
            .filter(|c| (c.table, c.column) == (empty.choice.table, empty.choice.column));
        let asked: BTreeSet<&str> =
            of_column.flat_map(|c| &c.texts).map(|t| t.0.as_str()).collect();
        let mut others = values.iter().map(String::as_str).filter(|v| !asked.contains(v));
        let near = others.clone().find(|v| is_near(empty.text, v));
        let is_other_way = asked.iter().any(|a| *a != empty.text && is_near(empty.text, a));
        if near.is_none() && (is_other_way || !empty.is_asked_for || self.lacks_rows(empty.check)) {
            return None;
        }
        let meant = near.or_else(|| did_you_mean(empty.text, others.by_ref()));
        let text = printable(empty.text);
        let message = format!("`{text}` occurs nowhere in `{name}` of `{}`", info.name);
        let identity = Identity {
            demand: Demand::Assertion(format!("{name} = {}", empty.text)),
            ..Identity::structure(&empty.check.id, &EMPTY_SELECTION, &info.name, Subject::Table)
        };
        let identity = identity.at(Some(name));
        let mut finding = Finding::new(identity, EMPTY_SELECTION.severity, message);
        finding.title.clone_from(&empty.check.title);
        finding.evidence = evidence(&[empty.text]);
        finding.help = Some(match meant {
            Some(value) => format!("did you mean `{}`?", printable(value)),
            None => listed(values),
        });
        let file = empty.choice.file;
        let line = self.files.line(file, empty.span.start);
        let place = place::at(self.files, file, empty.span, line);
        finding.labels.push(Label { place, role: Role::Rule, text: "in no row".into() });
        Some(finding)
    }

    /// The first distinct texts of some columns, in the order of the rows.
    fn first_values(&self, table: usize, columns: &[usize]) -> Vec<Vec<String>> {
        let (info, directory) = (&self.job.tables[table], &self.ran.tables[table].directory);
        let mut known: Vec<HashSet<String>> = vec![HashSet::new(); columns.len()];
        let mut values: Vec<Vec<String>> = vec![Vec::new(); columns.len()];
        let mut buffers = Buffers::default();
        for head in directory.blocks() {
            if values.iter().all(|v| v.len() >= MOST_VALUES) {
                break;
            }
            let Some(file) = info.files.get(head.part as usize) else { continue };
            let path = (self.job.paths)(file.file);
            let context = directory.context(head);
            // What cannot be read again is not proposed; the run itself reports it.
            let _ = revisit(info, &path, (*head, &context), &mut buffers, &mut |visit| {
                let sets = columns.iter().zip(known.iter_mut().zip(&mut values));
                for (&column, (known, values)) in sets {
                    for row in 0..visit.batch.rows {
                        if values.len() >= MOST_VALUES {
                            break;
                        }
                        if let Value::Text(text) = visit.batch.value(row, column, false)
                            && !known.contains(&*text)
                        {
                            known.insert(text.to_string());
                            values.push(text.into_owned());
                        }
                    }
                }
            });
        }
        values
    }
}

/// What a column holds, where that can be said in a line.
fn listed(values: &[String]) -> String {
    let shown: Vec<String> =
        values.iter().take(MOST_LISTED).map(|v| format!("`{}`", printable(v))).collect();
    match (&shown[..], values.len()) {
        ([], _) => "the column has no values".into(),
        ([only], _) => format!("its only value is {only}"),
        (all, n) if n > MOST_LISTED => format!("its values are {}, …", all.join(", ")),
        ([all @ .., last], _) => format!("its values are {} and {last}", all.join(", ")),
    }
}
