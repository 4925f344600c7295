//! Findings of rows: faults of the file, cells, keys, assertions.

use std::sync::Arc;

use crate::engine::data::check::Kind;
use crate::engine::data::classes::{Class, RawKind};
use crate::engine::faults;
use crate::engine::pass::locate::{Finders, Located, RowFinder};
use crate::engine::states::env::{At, Miss, Missed, UnitRow, table_of};
use crate::expr::bound::{Op, StateDef, StateId};
use crate::expr::eval::Verdict;
use crate::expr::ids::ColumnId;
use crate::expr::tree::Agg;
use crate::fault::Severity;
use crate::findings::about::{Case, Proof, compared, missed_key, parts_within};
use crate::findings::aside;
use crate::findings::builder::{WorkingBuilder, WorkingParts};
use crate::findings::elsewhere;
use crate::findings::irregular;
use crate::findings::items;
use crate::findings::labels::{self, Labeller};
use crate::findings::maker::FindingMaker;
use crate::findings::place;
use crate::findings::terms::{Terms, row_name};
use crate::findings::trace::Comparison;
use crate::findings::words::{self, Words};
use crate::findings::working::{self, UnitCell};
use crate::report::{Demand, Finding, Identity, Label, Place, RawFinding, Role, Subject, evidence};
use crate::value::unread::Unread;
use crate::value::{Number, Value, spreadsheet};

/// A raw finding of a row that is to become a finding.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WantedRow {
    pub table: usize,
    /// What was marked.
    pub raw: RawFinding,
    /// What it is about.
    pub class: Class,
    /// How many findings of the same name come before it.
    pub nth: u64,
    /// How many rows have its key, where that is nowhere in another table.
    pub of_key: Option<u64>,
}

/// The first of two rows with the same key, and the places of its cells.
pub(crate) struct First {
    pub row: Arc<Located>,
    pub places: Vec<Place>,
}

impl FindingMaker<'_, '_> {
    /// The finding of a raw one; none where it is not confirmed. `first` are the cells of the first
    /// of two equal keys.
    pub(crate) fn of_row(
        &self,
        asked: &WantedRow,
        finders: &mut Finders<'_>,
        terms: &Terms,
        first: Option<&First>,
    ) -> Option<Finding> {
        let WantedRow { table, raw, class, .. } = *asked;
        if class.kind == RawKind::Structure {
            return self.structure(asked, &mut *finders[table]);
        }
        let located = finders[table].row(raw.row)?;
        match class.kind {
            RawKind::Structure => None,
            RawKind::Unreadable => self.unreadable(table, class.column?.index(), &located),
            RawKind::Duplicate => self.duplicate(asked, &located, first?, finders, terms),
            RawKind::Missed => self.missed(asked, &located, finders, terms),
            RawKind::Failed | RawKind::Improbable => {
                self.failed_row(asked, &located, finders, terms)
            }
        }
    }

    fn structure(&self, asked: &WantedRow, finder: &mut dyn RowFinder) -> Option<Finding> {
        let WantedRow { table, raw, class, .. } = *asked;
        let at = (raw.row, u8::try_from(class.check.0).ok()?, raw.aux);
        irregular::finding(self.files, &self.job.tables[table], finder, at)
    }

    fn cell_place(&self, table: usize, column: usize, located: &Located) -> Place {
        place::of_cell(self.files, &self.job.tables[table], column, located)
    }

    /// The place of a cell of the row, or of the row where no column is named.
    fn place_in_row(&self, table: usize, column: Option<ColumnId>, located: &Located) -> Place {
        column.map_or_else(
            || place::of_row(self.files, &self.job.tables[table], located),
            |c| self.cell_place(table, c.index(), located),
        )
    }

    fn shown_key(&self, table: usize, located: &Located) -> Option<String> {
        let key = row_name(self.job, table, &located.row.texts);
        (!key.is_empty() && !self.job.tables[table].key.is_empty()).then_some(key)
    }

    /// The assertion of a raw finding, with the row it was asked of.
    pub(crate) fn case(&self, asked: &WantedRow, located: &Located) -> Case<'_> {
        let (class, table) = (&asked.class, &self.job.tables[asked.table]);
        let check = &self.job.checks[class.check.index()];
        let assertion = &check.asserts[class.assertion.index()];
        let subject = match &assertion.kind {
            // Of another table where its filter reads a state of that.
            Kind::Unique { columns } if check.row_table() == Some(asked.table) => {
                Subject::Group(self.values(asked.table, columns, located))
            }
            _ if check.by_user => self.row_subject(asked.table, located),
            _ => self.cell_subject((asked.table, class.column), located),
        };
        let column = class.column.map(|c| table.columns[c.index()].name.as_str());
        Case {
            check,
            check_id: class.check,
            number: class.assertion,
            assertion,
            nth: asked.nth,
            table: Some(&table.name),
            subject,
            column,
        }
    }

    fn unreadable(&self, table: usize, column: usize, located: &Located) -> Option<Finding> {
        let info = &self.job.tables[table].columns[column];
        let unread = info
            .reading_of(located.row.pivot)
            .read_hedged(&located.row.texts[column], located.row.hedges[column])
            .err()?;
        let mut finding = self.unread_cell((table, column), located, unread);
        finding.offer(self.fix_of_unread((table, column), located));
        Some(finding)
    }

    /// The finding of a cell whose text has no value.
    pub(crate) fn unread_cell(
        &self,
        (table, column): (usize, usize),
        located: &Located,
        unread: Unread,
    ) -> Finding {
        let info = &self.job.tables[table].columns[column];
        let of = &self.job.tables[table].name;
        let identity = Identity::structure(
            format!("{of}.{}", info.name),
            unread.fault,
            of,
            self.cell_subject((table, Some(ColumnId::new(column))), located),
        );
        let identity =
            Identity { demand: Demand::Contract("type"), ..identity }.at(Some(&info.name));
        let mut finding = Finding::new(identity, Severity::Error, unread.message);
        finding.odd = Some(unread.at);
        finding.evidence = evidence(&[&located.row.texts[column]]);
        finding.labels.push(Label {
            place: self.cell_place(table, column, located),
            role: Role::Stated,
            text: unread.label,
        });
        finding.help = unread.help;
        finding.certificate = self.of_unread((table, column), located);
        finding.key = self.shown_key(table, located);
        finding
    }

    fn duplicate(
        &self,
        asked: &WantedRow,
        located: &Located,
        first: &First,
        finders: &mut Finders<'_>,
        terms: &Terms,
    ) -> Option<Finding> {
        let WantedRow { table, class, .. } = *asked;
        let case = self.case(asked, located);
        let Kind::Unique { columns } = &case.assertion.kind else { return None };
        let text =
            columns.iter().map(|&c| located.row.texts[c].as_str()).collect::<Vec<_>>().join(", ");
        let names: Vec<&str> =
            columns.iter().map(|&c| self.job.tables[table].columns[c].name.as_str()).collect();
        let message = format!("duplicate {} `{text}`", names.join(", "));
        let severity = case.assertion.severity.unwrap_or(case.check.severity);
        let mut finding = case.finding(case.assertion.fault, severity, message);
        for (n, &column) in columns.iter().enumerate() {
            finding.labels.push(Label {
                place: self.cell_place(table, column, located),
                role: if n == 0 { Role::Stated } else { Role::Operand },
                text: if n == 0 { "used again here".into() } else { String::new() },
            });
        }
        for (n, place) in first.places.iter().enumerate() {
            finding.labels.push(Label {
                place: place.clone(),
                role: Role::First,
                text: if n == 0 { "first used here".into() } else { String::new() },
            });
        }
        let rows = [located, &first.row];
        finding.certificate = self.of_duplicate((table, columns), rows, finders, terms);
        finding.key = self.shown_key(table, located);
        self.rule_label(&mut finding, class.check.index(), class.assertion.index());
        Some(finding)
    }

    fn missed(
        &self,
        asked: &WantedRow,
        located: &Located,
        finders: &mut Finders<'_>,
        terms: &Terms,
    ) -> Option<Finding> {
        let miss = self.miss_of(&asked.raw)?;
        if let Some((state, _)) = miss.within {
            return Some(self.missed_within(asked, located, (miss, state), finders, terms));
        }
        self.asserted(asked, located, |case, env, at| {
            let row = Some((asked.table, located));
            let mut finding = self.of_miss(case, miss, env, at);
            let proof = self.proof(case, (env, at, row));
            finding.labels = self.several(&proof, miss, finders, terms);
            finding.certificate = self.of_missed(&proof, (case.check, miss), finders, terms);
            let is_nowhere = miss.what == Missed::NotFound;
            Some((finding, if is_nowhere { "no such key" } else { "not one row" }.into()))
        })
    }

    /// The miss of a raw finding of one.
    pub(crate) fn miss_of(&self, raw: &RawFinding) -> Option<&Miss> {
        self.ran.misses.get(usize::try_from(raw.aux).ok()?)
    }

    /// Whether it is about a row that the check's assertions are not asked of.
    pub(crate) fn is_of_other_row(&self, asked: &WantedRow) -> bool {
        asked.class.kind == RawKind::Missed
            && self.miss_of(&asked.raw).is_some_and(|miss| miss.within.is_some())
    }

    /// The finding of a key that a row missed on its way into a state that the check reads.
    fn missed_within(
        &self,
        asked: &WantedRow,
        located: &Located,
        (miss, state): (&Miss, StateId),
        finders: &mut Finders<'_>,
        terms: &Terms,
    ) -> Finding {
        let WantedRow { table, raw, class, .. } = *asked;
        let case = self.case(asked, located);
        let units = [UnitRow::Located(&located.row, table)];
        let at = [UnitCell { table, row: raw.row, groups: None }];
        let mut finding = self.with_env(&units, raw.row, |env| {
            let mut finding = self.of_miss(&case, miss, env, &at);
            let parts = parts_within(&self.job.defs.all[state], miss, env);
            if let [first, ..] = parts {
                let trace = working::trace(first, env, &at);
                let row = Some((table, located));
                let (assertion, at) = (case.assertion, &at[..]);
                let proof = Proof { assertion, filter: None, trace, env, row, at };
                let table = table_of(env, miss.state);
                finding.certificate = self.of_unknown(&proof, (parts, table), finders, terms);
            }
            finding
        });
        let place = self.place_in_row(table, class.column, located);
        finding.labels.push(Label { place, role: Role::Stated, text: "no such key".into() });
        finding.key = self.shown_key(table, located);
        self.rule_label(&mut finding, class.check.index(), class.assertion.index());
        finding
    }

    /// A finding of an assertion about a row, and what is said at its place where it labels no cell.
    fn asserted(
        &self,
        asked: &WantedRow,
        located: &Located,
        make: impl FnOnce(&Case<'_>, &At<'_>, &[UnitCell]) -> Option<(Finding, String)>,
    ) -> Option<Finding> {
        let WantedRow { table, raw, class, .. } = *asked;
        let case = self.case(asked, located);
        let units = [UnitRow::Located(&located.row, table)];
        let at = [UnitCell { table, row: raw.row, groups: None }];
        let (mut finding, text) = self.with_env(&units, raw.row, |env| make(&case, env, &at))?;
        if finding.labels.is_empty() {
            let place = self.place_in_row(table, class.column, located);
            finding.labels.push(Label { place, role: Role::Stated, text });
        }
        finding.key = self.shown_key(table, located);
        self.rule_label(&mut finding, class.check.index(), class.assertion.index());
        Some(finding)
    }

    /// Labels for the rows of an `only` that found several.
    pub(crate) fn several(
        &self,
        proof: &Proof<'_>,
        miss: &Miss,
        finders: &mut Finders<'_>,
        terms: &Terms,
    ) -> Vec<Label> {
        if miss.what != Missed::OnlySeveral {
            return Vec::new();
        }
        labels::of_only(&mut self.labeller(proof, finders, terms))
    }

    pub(crate) fn of_miss(
        &self,
        case: &Case<'_>,
        miss: &Miss,
        env: &At<'_>,
        at: &[UnitCell],
    ) -> Finding {
        let table = &self.job.tables[table_of(env, miss.state)];
        let of = &table.name;
        let key = match miss.what {
            Missed::OnlySeveral => missed_key(case.check, case.assertion, miss, env),
            Missed::NotFound | Missed::Several => miss.key.clone(),
        };
        let parts: Vec<String> = key.iter().map(Value::to_text).collect();
        let text = parts.join(", ");
        let known = words::known_names(env, miss.state);
        let suggested = || self.suggestions.of(miss.state, &parts, known, case.nth);
        let about = (of.as_str(), table.old_of.is_some(), !table.key.is_empty());
        let Words { message, help } = words::miss(miss.what, about, &text, suggested);
        let fault = match miss.what {
            Missed::NotFound => &faults::UNKNOWN_REFERENCE,
            Missed::Several => &faults::DUPLICATE_KEY,
            Missed::OnlySeveral => &faults::MORE_THAN_ONE,
        };
        let mut finding = case.reference(self.renames.table(of), &key, fault, message);
        finding.help = help.or(finding.help);
        finding.absent = self.absent_of_miss(case, miss, env, at).map(Box::new);
        if miss.what == Missed::NotFound {
            self.no_record_aside(&mut finding, miss.state, env);
        }
        finding
    }

    fn failed_row(
        &self,
        asked: &WantedRow,
        located: &Located,
        finders: &mut Finders<'_>,
        terms: &Terms,
    ) -> Option<Finding> {
        let kind = asked.class.kind;
        self.asserted(asked, located, |case, env, at| {
            let proof = self.proof(case, (env, at, Some((asked.table, located))));
            let confirmed = proof.confirms(kind);
            confirmed.then(|| {
                let mut finding = self.word(case, kind, &proof, finders, terms);
                if let Some(absent) = &mut finding.absent {
                    absent.all = asked.of_key;
                }
                (finding, words::label(&case.assertion.kind))
            })
        })
    }

    fn labeller<'l, 't>(
        &'l self,
        proof: &'l Proof<'l>,
        finders: &'l mut Finders<'t>,
        terms: &'l Terms,
    ) -> Labeller<'l, 'l, 't> {
        Labeller { job: self.job, files: self.files, proof, finders, terms }
    }

    /// Message, working, explanation and operands of a failed assertion.
    pub(crate) fn word(
        &self,
        case: &Case<'_>,
        kind: RawKind,
        proof: &Proof<'_>,
        finders: &mut Finders<'_>,
        terms: &Terms,
    ) -> Finding {
        let decided = proof.trace.decided();
        let (labels, lead) = match proof.assertion.kind {
            Kind::Assert => self.labeller(proof, finders, terms).label(&decided),
            _ => (items::labels(proof, self.job, self.files), 0),
        };
        let lead = decided.by.get(lead).filter(|d| !d.held && proof.assertion.kind == Kind::Assert);
        // Beside others, a comparison of texts says no more than its labels.
        let shown = |c: &Comparison<'_, '_>| {
            decided.by.len() == 1 || c.left.value.figure().and(c.right.value.figure()).is_some()
        };
        let mut made = match lead.and_then(|d| d.comparison).filter(shown) {
            Some(c) => WorkingBuilder::new(self.job, self.files, proof, finders, terms)
                .with(self.beside(case.nth))
                .build(&c, (case.check_id, case.number)),
            None => WorkingParts::default(),
        };
        let message =
            words::message(case.check, proof, kind, made.working.as_ref(), (self.job, self.files));
        let mut finding = if kind == RawKind::Improbable {
            if let Some(w) = &mut made.working {
                w.tier = crate::report::Tier::Improbable;
            }
            let mut finding =
                case.finding(&faults::IMPROBABLE_ROUNDING, Severity::Warning, message);
            finding.help = Some(improbable_help(&made));
            finding
        } else {
            let severity = case.assertion.severity.unwrap_or(case.check.severity);
            case.finding(case.assertion.fault, severity, message)
        };
        finding.evidence = compared(proof);
        finding.absent = self.absent_of_proof(case, proof).map(Box::new);
        finding.help =
            self.suggested(proof, case.nth).or(finding.help).or_else(|| spreadsheet_damage(proof));
        finding.offer(self.fix_of_demand(proof));
        let elsewhere = elsewhere::words(finding.absent.as_deref());
        finding.explanation = elsewhere.or(made.explanation.words);
        finding.suspects = made.explanation.suspects;
        finding.is_trivial = made.is_trivial;
        finding.labels = labels;
        let of_items = || Some(items::sought(proof)?.0);
        if let Some(state) = sought(&proof.trace.root.bound.op, proof.env).or_else(of_items) {
            self.no_record_aside(&mut finding, state, proof.env);
        }
        finding.working = made.working;
        finding.certificate = self.of_assertion(proof, finders, terms);
        finding
    }

    /// Says of a key that is nowhere that it is not in a record that was set aside either.
    fn no_record_aside(&self, finding: &mut Finding, state: StateId, env: &At<'_>) {
        let table = table_of(env, state);
        finding.help = aside::not_there(finding.help.take(), table, env.shared, self.job);
    }
}

/// A code that does not match its pattern was perhaps lost in a spreadsheet.
fn spreadsheet_damage(proof: &Proof<'_>) -> Option<String> {
    let Op::Matches { not: false, .. } = &proof.trace.root.bound.op else { return None };
    let made = spreadsheet::damage(&proof.trace.root.args.first()?.value.to_text())?;
    Some(format!(
        "it looks as if a spreadsheet had turned it into {made}: take it from the source again"
    ))
}

impl Proof<'_> {
    /// Every finding is proved again by the exact evaluator before it is shown.
    pub(crate) fn confirms(&self, kind: RawKind) -> bool {
        match self.assertion.kind {
            Kind::Like { .. } | Kind::Unique { .. } => true,
            Kind::Assert | Kind::Demand { .. } => {
                let wanted =
                    if kind == RawKind::Improbable { Verdict::Holds } else { Verdict::Fails };
                self.trace.verdict == wanted
            }
        }
    }
}

/// Where a row was sought that should be there, and is not.
fn sought(op: &Op, env: &At<'_>) -> Option<StateId> {
    match op {
        Op::Member { state, not: false, .. } | Op::Lookup { state, .. } => Some(*state),
        Op::IsMissing { not: true, value } => sought(&value.op, env),
        Op::Aggregate { state, slot, .. } => {
            let StateDef::Groups(def) = env.shared.defs.all.get(*state)? else { return None };
            def.slots.get(*slot).is_some_and(|s| s.agg == Agg::Only).then_some(*state)
        }
        _ => None,
    }
}

/// What to do about a difference that rounding hardly explains.
fn improbable_help(parts: &WorkingParts) -> String {
    const LOOK: &str = "the difference is more than three standard deviations of what rounding explains: look for a wrong number";
    let figures = parts.working.iter().flat_map(|w| &w.terms).filter(|t| t.place.is_some());
    let figures: Vec<&Number> = figures.filter_map(|t| t.number.as_ref()).collect();
    let is_multiple = |base: i64| {
        let of = |n: &&Number| n.is_multiple_of(&Number::from(base));
        figures.len() > 2 && figures.iter().all(of)
    };
    match [10, 5, 3].into_iter().find(|base| !parts.has_base && is_multiple(*base)) {
        Some(base) => format!(
            "all figures are multiples of {base}: are they rounded to that? then declare `base = {base}`"
        ),
        None => LOOK.into(),
    }
}
