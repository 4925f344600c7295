//! Certificates of what is no assertion: keys that stand twice, rows that are not there or not
//! alone, cells that cannot be read, numbers of rows, and what was only seen.

use std::sync::Arc;

use crate::engine::data::check::{Check, Kind};
use crate::engine::pass::locate::{Finders, Located};
use crate::engine::states::env::{Miss, Missed, table_of};
use crate::explain::equation::Cell;
use crate::expr::bound::{Bound, Op};
use crate::findings::about::{Proof, missed_parts};
use crate::findings::certificate::Certifier;
use crate::findings::exact::{cell_place, made};
use crate::findings::maker::FindingMaker;
use crate::findings::terms::Terms;
use crate::report::certificate::{Certificate, Exact, Operation};
use crate::report::{At, Finding, Role};
use crate::source::{FileId, Files, Span};
use crate::value::{NumberFormat, Reading, Type, Value};
use crate::width::to_usize;

/// Longer texts are not held in a certificate: it says then what was seen, and where.
const MOST_TEXT: usize = 10_000;

/// Likewise of trees that are deeper: each step is two levels of JSON, of which readers take 128.
const MOST_STEPS: usize = 50;

/// The demand for something that is otherwise than it should be.
fn failed(op: &str, args: Vec<Operation>) -> Operation {
    made(op, args, &Value::Bool(false))
}

/// What a finding says that cannot be computed again: the text at its place.
pub fn observed(finding: &Finding, files: &dyn Files) -> Certificate {
    /// Longer ones say nothing that the place does not.
    const MOST: u64 = 300;
    let mut seen = failed("observed", Vec::new());
    if let Some(label) = finding.labels.iter().find(|label| label.role != Role::Rule) {
        seen.text = match label.place.at {
            At::Bytes { file, span, .. } if span.len() <= MOST => text(files, file, span),
            At::Bytes { .. } => None,
            at => files
                .addresses(at.file())
                .and_then(|of| at.text(&*of).filter(|text| text.len() <= to_usize(MOST))),
        };
        seen.place = Some(cell_place(files, &label.place));
    }
    Certificate { demand: seen, given: None }
}

fn text(files: &dyn Files, file: FileId, span: Span) -> Option<String> {
    let mut own = vec![0; to_usize(span.len())];
    let n = files.bytes(file)?.read_at(span.start, &mut own).ok()?;
    String::from_utf8(own).ok().filter(|own| own.len() == n)
}

/// The demand for another number of rows.
pub fn of_rows(table: &str, rows: u64, (min, max): (u64, Option<u64>)) -> Certificate {
    let number = |n: u64| Exact::Number(n.to_string());
    let counted =
        Operation { name: table.to_string(), ..Operation::new("given:rows", number(rows)) };
    let mut args = vec![counted, Operation::new("constant", number(min))];
    args.extend(max.map(|max| Operation::new("constant", number(max))));
    let op = if max.is_some() { "between" } else { ">=" };
    Certificate { demand: failed(op, args), given: Some(format!("how many rows `{table}` has")) }
}

/// What the cells of a column are read as, and whether it is simple to say of a text that it is
/// none.
fn type_name(reading: &Reading) -> (String, bool) {
    let (usual, number) = (NumberFormat::default(), &reading.number);
    let is_plain = (number.decimal, number.grouping, number.prose)
        == (usual.decimal, usual.grouping, usual.prose);
    let name = reading.ty.word();
    let formats: Vec<&str> = reading.formats.iter().map(|f| f.text.as_str()).collect();
    let is_simple = match reading.ty {
        Type::Number | Type::Integer => is_plain,
        Type::Date => formats == ["%Y-%m-%d", "%Y-%m", "%Y"],
        _ => false,
    };
    let name =
        if formats.is_empty() { name.into() } else { format!("{name} {}", formats.join(" or ")) };
    (name, is_simple)
}

/// A certificate that is neither too long nor too deep.
fn kept(made: Certificate) -> Option<Arc<Certificate>> {
    let is_kept = length(&made.demand) <= MOST_TEXT && depth(&made.demand) <= MOST_STEPS;
    is_kept.then(|| Arc::new(made))
}

fn depth(operation: &Operation) -> usize {
    1 + operation.args.iter().map(depth).max().unwrap_or(0)
}

fn length(operation: &Operation) -> usize {
    let own = operation.text.as_ref().map_or(0, String::len);
    let value = match &operation.value {
        Exact::Text(text) | Exact::Number(text) => text.len(),
        _ => 0,
    };
    own + value + operation.name.len() + operation.args.iter().map(length).sum::<usize>()
}

impl FindingMaker<'_, '_> {
    /// What makes certificates, where they are asked for.
    fn certifier<'c, 't>(
        &'c self,
        finders: &'c mut Finders<'t>,
        terms: &'c Terms,
    ) -> Option<Certifier<'c, 'c, 't>> {
        self.certifies.then(|| Certifier::new(self.job, self.files, finders, terms))
    }

    /// The certificate of an assertion.
    pub(crate) fn of_assertion(
        &self,
        proof: &Proof<'_>,
        finders: &mut Finders<'_>,
        terms: &Terms,
    ) -> Option<Arc<Certificate>> {
        let mut certifier = self.certifier(finders, terms)?;
        let made = match (&proof.assertion.kind, proof.row) {
            (Kind::Like { column, name }, Some((table, located))) => {
                let cell = Cell { table, row: located.id, column: *column };
                let cell = certifier.cell(cell, located);
                let like = Operation { name: name.clone(), ..failed("given:like", vec![cell]) };
                certifier.certificate(like)
            }
            (Kind::Demand { column, words }, Some((table, located)))
                if matches!(proof.assertion.bound.op, Op::Items { .. }) =>
            {
                let cell = Cell { table, row: located.id, column: *column };
                let cell = certifier.cell(cell, located);
                let name = format!("each item {words}");
                certifier.certificate(Operation { name, ..failed("given:items", vec![cell]) })
            }
            _ => certifier.of_proof(proof),
        };
        kept(made)
    }

    /// The certificate of a key that stands twice: the cells of both rows are the same.
    pub(crate) fn of_duplicate(
        &self,
        (table, columns): (usize, &[usize]),
        rows: [&Located; 2],
        finders: &mut Finders<'_>,
        terms: &Terms,
    ) -> Option<Arc<Certificate>> {
        let mut certifier = self.certifier(finders, terms)?;
        let row = |located: &Located| {
            let cell = |&column| certifier.cell(Cell { table, row: located.id, column }, located);
            made("row", columns.iter().map(cell).collect(), &Value::Bool(true))
        };
        let demand = failed("unique", rows.map(row).into());
        kept(certifier.certificate(demand))
    }

    /// The certificate of a cell that cannot be read.
    pub(crate) fn of_unread(
        &self,
        (table, column): (usize, usize),
        located: &Located,
    ) -> Option<Arc<Certificate>> {
        let reading = self.job.tables.get(table)?.reading(located.row.pivot, column)?;
        let terms = Terms::default();
        let mut certifier = self.certifier(&mut [], &terms)?;
        let cell = certifier.cell(Cell { table, row: located.id, column }, located);
        let (name, is_simple) = type_name(reading);
        let op = if is_simple { "readable" } else { "given:readable" };
        let read = Operation { name, ..failed(op, vec![cell]) };
        kept(certifier.certificate(read))
    }

    /// The certificate of a look-up without one row, or of an `only` with several.
    pub(crate) fn of_missed(
        &self,
        proof: &Proof<'_>,
        (check, miss): (&Check, &Miss),
        finders: &mut Finders<'_>,
        terms: &Terms,
    ) -> Option<Arc<Certificate>> {
        let mut certifier = self.certifier(finders, terms)?;
        if miss.what == Missed::OnlySeveral {
            let mut steps = Vec::new();
            proof.trace.root.walk(&mut |step| steps.push(step));
            let is_it = |b: &Op| match b {
                Op::Aggregate { state, slot, .. } => (*state, *slot) == (miss.state, miss.at),
                _ => false,
            };
            let step = steps.into_iter().find(|step| is_it(&step.bound.op));
            let made = step.and_then(|step| certifier.several(step, proof));
            if let Some(demand) = made {
                return kept(certifier.certificate(demand));
            }
        }
        let table = table_of(proof.env, miss.state);
        let parts = missed_parts(check, proof.assertion, miss, proof.env);
        if miss.what == Missed::NotFound {
            return self.of_unknown(proof, (parts, table), finders, terms);
        }
        let table = &self.job.tables.get(table)?.name;
        certifier.takes(format!("that several rows of `{table}` have this key"));
        let key = parts.iter().map(|part| certifier.of_key(part, proof)).collect();
        kept(certifier.certificate(failed("given:one row", key)))
    }

    /// The certificate of a key that no row of a table has.
    pub(crate) fn of_unknown(
        &self,
        proof: &Proof<'_>,
        (key, table): (&[Bound], usize),
        finders: &mut Finders<'_>,
        terms: &Terms,
    ) -> Option<Arc<Certificate>> {
        let mut certifier = self.certifier(finders, terms)?;
        let table = &self.job.tables.get(table)?.name;
        certifier.takes(format!("that no row of `{table}` has this key"));
        let key = key.iter().map(|part| certifier.of_key(part, proof)).collect();
        kept(certifier.certificate(failed("given:one row", key)))
    }
}
