//! Findings of rows: faults of the file, cells, keys, assertions.

use super::super::check::{Assertion, Kind};
use super::super::classes::{Class, RawKind};
use super::super::env::{At, Miss, Missed, UnitRow};
use super::super::locate::{Located, Locator, fault_column};
use super::super::terms::{Terms, row_name};
use super::super::words::{self, Words};
use super::super::{faults, place, working};
use super::Hydrator;
use super::about::{Case, compared, faulty_lines, missed_key};
use crate::expr::bound::{Bound, Op};
use crate::expr::eval::{Verdict, eval, judge};
use crate::expr::ids::ColumnId;
use crate::fault::Severity;
use crate::finding::{Demand, Finding, Identity, Label, Mark, Place, Role, Subject, evidence};
use crate::read::csv::faults::Context as FaultContext;
use crate::read::csv::{FAULTS as CSV_FAULTS, tell};
use crate::source::Span;
use crate::value::Value;

/// A mark of a row that is to become a finding.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowMark {
    /// The table.
    pub table: usize,
    /// What was marked.
    pub mark: Mark,
    /// What it is about.
    pub class: Class,
    /// How many findings of the same name come before it.
    pub nth: u64,
}

impl Hydrator<'_, '_> {
    /// The finding of a mark; none where it is not confirmed. `first` is the place of the first of
    /// two equal keys.
    pub(super) fn of_row(&self, asked: &RowMark, locators: &mut [Locator<'_>], terms: &Terms, first: Option<&Place>) -> Option<Finding> {
        let RowMark { table, mark, class, .. } = *asked;
        if class.kind == RawKind::Structure {
            return self.structure(asked, &mut locators[table]);
        }
        let located = locators[table].row(mark.row)?;
        match class.kind {
            RawKind::Structure => None,
            RawKind::Unreadable => self.unreadable(table, class.column?.index(), &located),
            RawKind::Duplicate => self.duplicate(asked, &located, first?),
            RawKind::Missed => self.missed(asked, &located),
            RawKind::Failed | RawKind::Improbable => self.failed_row(asked, &located, locators, terms),
        }
    }

    fn structure(&self, asked: &RowMark, locator: &mut Locator<'_>) -> Option<Finding> {
        let RowMark { table, mark, class, .. } = *asked;
        let (part, found) = locator.fault(mark.row, u8::try_from(class.check.0).ok()?, mark.aux)?;
        let names: Vec<String> = part.header.columns.iter().map(|c| c.name.clone()).collect();
        let told = tell(&found.irregular, &FaultContext { block: found.block, base: found.base, names: &names, dialect: &part.dialect });
        let fault = CSV_FAULTS[found.irregular.kind as usize % CSV_FAULTS.len()];
        let span = Span::new(found.base + u64::from(found.irregular.start), found.base + u64::from(found.irregular.end));
        let before = found.block.get(..found.irregular.start as usize).unwrap_or_default();
        let mut place = place::after(self.files, part.file, span, found.line, before);
        place.record = (fault.name != "blank-row").then_some(found.record);
        place.column_name = fault_column(&found.irregular).and_then(|c| names.get(c).cloned());
        let lines = String::from_utf8_lossy(faulty_lines(&found));
        let subject = Subject::content(std::iter::once(("", &*lines)));
        let identity = Identity::structure(fault.name, fault, &self.job.tables[table].name, subject);
        let mut finding = Finding::new(identity.at(place.column_name.as_deref()), fault.severity, told.message);
        finding.labels.push(Label { place, role: Role::Stated, text: told.label });
        finding.help = told.help;
        Some(finding)
    }

    fn cell_place(&self, table: usize, column: usize, located: &Located) -> Place {
        place::of_cell(self.files, &self.job.tables[table], column, located)
    }

    /// The place of a cell of the row, or of the row where no column is named.
    fn place_in_row(&self, table: usize, column: Option<ColumnId>, located: &Located) -> Place {
        column.map_or_else(|| place::of_row(self.files, located), |c| self.cell_place(table, c.index(), located))
    }

    fn shown_key(&self, table: usize, located: &Located) -> Option<String> {
        let key = row_name(self.job, table, &located.row.texts);
        (!key.is_empty() && !self.job.tables[table].key.is_empty()).then_some(key)
    }

    /// The assertion of a raw finding, with the row it was asked of.
    fn case(&self, asked: &RowMark, located: &Located) -> Case<'_> {
        let (class, table) = (&asked.class, &self.job.tables[asked.table]);
        let check = &self.job.checks[class.check.index()];
        let assertion = &check.asserts[class.assertion.index()];
        let subject = match &assertion.kind {
            Kind::Unique { columns } => Subject::Group(self.values(asked.table, columns, located)),
            Kind::Assert | Kind::Demand { .. } | Kind::Like { .. } => self.row_subject(asked.table, located),
        };
        let column = class.column.map(|c| table.columns[c.index()].name.as_str());
        Case { check, number: class.assertion, assertion, nth: asked.nth, table: Some(&table.name), subject, column }
    }

    fn unreadable(&self, table: usize, column: usize, located: &Located) -> Option<Finding> {
        let info = &self.job.tables[table].columns[column];
        let unread = info.reading.read_hedged(&located.row.texts[column], located.row.hedges[column]).err()?;
        let of = &self.job.tables[table].name;
        let identity = Identity::structure(format!("{of}.{}", info.name), unread.fault, of, self.row_subject(table, located));
        let identity = Identity { demand: Demand::Contract("type"), ..identity }.at(Some(&info.name));
        let mut finding = Finding::new(identity, Severity::Error, unread.message);
        finding.evidence = evidence(&[&located.row.texts[column]]);
        finding.labels.push(Label { place: self.cell_place(table, column, located), role: Role::Stated, text: unread.label });
        finding.help = unread.help;
        finding.key = self.shown_key(table, located);
        Some(finding)
    }

    fn duplicate(&self, asked: &RowMark, located: &Located, first: &Place) -> Option<Finding> {
        let RowMark { table, class, .. } = *asked;
        let case = self.case(asked, located);
        let Kind::Unique { columns } = &case.assertion.kind else { return None };
        let text = columns.iter().map(|&c| located.row.texts[c].as_str()).collect::<Vec<_>>().join(", ");
        let names: Vec<&str> = columns.iter().map(|&c| self.job.tables[table].columns[c].name.as_str()).collect();
        let message = format!("duplicate {} `{text}`", names.join(", "));
        let mut finding = case.finding(case.assertion.fault, case.check.severity, message);
        let column = columns.first().copied()?;
        finding.labels.push(Label { place: self.cell_place(table, column, located), role: Role::Stated, text: "used again here".into() });
        finding.labels.push(Label { place: first.clone(), role: Role::First, text: "first used here".into() });
        finding.key = self.shown_key(table, located);
        self.rule_label(&mut finding, class.check.index(), class.assertion.index());
        Some(finding)
    }

    fn missed(&self, asked: &RowMark, located: &Located) -> Option<Finding> {
        let RowMark { table, mark, class, .. } = *asked;
        let units = [UnitRow::Located(&located.row, table)];
        let miss = self.ran.misses.get(usize::try_from(mark.aux).ok()?)?;
        let mut finding = self.with_env(&units, mark.row, |env| self.of_miss(&self.case(asked, located), miss, env));
        let place = self.place_in_row(table, class.column, located);
        finding.labels.push(Label { place, role: Role::Stated, text: "no such key".into() });
        finding.key = self.shown_key(table, located);
        self.rule_label(&mut finding, class.check.index(), class.assertion.index());
        Some(finding)
    }

    pub(super) fn of_miss(&self, case: &Case<'_>, miss: &Miss, env: &At<'_>) -> Finding {
        let of = &self.job.tables[working::table_of(env, miss.state)].name;
        let key = missed_key(case.check, case.assertion, miss, env);
        let text = key.iter().map(Value::to_text).collect::<Vec<_>>().join(", ");
        let suggested = || self.suggestions.of(miss.state, &text, words::known_names(env, miss.state), case.nth);
        let Words { message, help } = words::miss(miss.what, of, &text, suggested);
        let fault = match miss.what {
            Missed::NotFound => &faults::UNKNOWN_REFERENCE,
            Missed::Several => &faults::DUPLICATE_KEY,
            Missed::OnlySeveral => &faults::MORE_THAN_ONE,
        };
        let mut finding = case.reference(of, &key, fault, message);
        finding.help = help.or(finding.help);
        finding
    }

    fn failed_row(&self, asked: &RowMark, located: &Located, locators: &mut [Locator<'_>], terms: &Terms) -> Option<Finding> {
        let RowMark { table, mark, class, .. } = *asked;
        let case = self.case(asked, located);
        let units = [UnitRow::Located(&located.row, table)];
        let mut finding = self.with_env(&units, mark.row, |env| {
            if !self.confirms(case.assertion, class.kind, env) {
                return None;
            }
            let mut finding = self.word(&case, class.kind, env, Some((table, located)), locators, terms);
            let place = self.place_in_row(table, class.column, located);
            let text = words::label(case.check, case.assertion, env, self.job, table);
            finding.labels.insert(0, Label { place, role: Role::Stated, text });
            Some(finding)
        })?;
        finding.key = self.shown_key(table, located);
        self.rule_label(&mut finding, class.check.index(), class.assertion.index());
        Some(finding)
    }

    /// Every finding is proved again by the exact evaluator before it is shown.
    pub(super) fn confirms(&self, assertion: &Assertion, kind: RawKind, env: &At<'_>) -> bool {
        match assertion.kind {
            Kind::Like { .. } | Kind::Unique { .. } => true,
            _ if kind == RawKind::Improbable => judge(&assertion.bound, env) == Verdict::Holds,
            _ => judge(&assertion.bound, env) == Verdict::Fails,
        }
    }

    /// Message, working, explanation and operands of a failed assertion.
    pub(super) fn word(
        &self,
        case: &Case<'_>,
        kind: RawKind,
        env: &At<'_>,
        row: Option<(usize, &Located)>,
        locators: &mut [Locator<'_>],
        terms: &Terms,
    ) -> Finding {
        let (check, assertion) = (case.check, case.assertion);
        let mut made = words::working(self.job, self.files, assertion, env, row, locators, terms);
        let message = words::message(check, assertion, kind, env, row.map(|r| (r.0, &r.1.row)), made.working.as_ref(), self.job);
        let mut finding = if kind == RawKind::Improbable {
            if let Some(w) = &mut made.working {
                w.tier = crate::finding::Tier::Improbable;
            }
            let mut finding = case.finding(&faults::IMPROBABLE_ROUNDING, Severity::Warning, message);
            finding.help = Some("the difference is more than three standard deviations of what rounding explains: look for a wrong number".into());
            finding
        } else {
            case.finding(assertion.fault, check.severity, message)
        };
        finding.evidence = compared(assertion, env, row.map(|r| r.1));
        finding.help = self.suggested(&assertion.bound, env, case.nth).or(finding.help);
        finding.explanation = made.explanation;
        finding.labels.extend(made.labels);
        finding.working = made.working;
        finding
    }

    /// The name that a value which is no member of a list in the data was perhaps meant to be.
    fn suggested(&self, bound: &Bound, env: &At<'_>, nth: u64) -> Option<String> {
        let Op::Member { state, value, not: false } = &bound.op else { return None };
        self.suggestions.of(*state, &eval(value, env).to_text(), words::known_names(env, *state), nth)
    }
}
