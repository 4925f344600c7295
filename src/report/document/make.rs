//! Findings and problems to their JSON.

use std::borrow::Cow;

use crate::report::document::line::line;
use crate::report::document::types::{
    JsonAbsentKey, JsonAcceptance, JsonCells, JsonCrossed, JsonFinding, JsonFix, JsonKeyValue,
    JsonLabel, JsonPlace, JsonProblem, JsonQuote, JsonSide, JsonSuspect, JsonTerm, JsonUndecided,
    JsonWorking, Text,
};
use crate::report::{
    AbsentKey, AbsentPart, Acceptance, At, Finding, Fix, Label, Neighbours, Place, Quote, Role,
    Side, SourceText, Suspect, UndecidedAnswer, Working, in_text,
};
use crate::source::Problem;

fn some(text: &Option<String>) -> Option<Text<'_>> {
    text.as_deref().map(Into::into)
}

fn place<'t>(p: &'t Place, sources: &'t dyn SourceText) -> JsonPlace<'t> {
    let (file, from) = (p.at.file(), p.at.from());
    let mut made = JsonPlace {
        file: sources.path(file).into(),
        start: 0,
        end: 0,
        line: from.line,
        column: from.column,
        record: p.record(),
        column_name: p.cell.as_ref().and_then(|c| some(&c.column)),
        pointer: p.cell.as_ref().and_then(|c| some(&c.pointer)),
        derived: false,
        sheet: None,
        address: None,
        row_group: None,
        key: Vec::new(),
    };
    match p.at {
        At::Bytes { span, derived, .. } => {
            (made.start, made.end, made.derived) = (span.start, span.end, derived);
        }
        At::Cells { range, .. } => {
            made.sheet = sources.addresses(file).map(|of| of.sheet(range.sheet).into());
            made.address = Some(range.address().into());
        }
        At::Record { row, .. } => {
            made.row_group = row.map(|(group, _)| u64::from(group) + 1);
            made.address = p.at.address(sources.addresses(file)).map(Into::into);
        }
        At::Keyed { row, .. } => {
            (made.line, made.column) = (0, 0);
            let of_row = sources.addresses(file).zip(row);
            let key = of_row.map(|(of, (group, row))| of.key(group, row));
            let value = |(column, text): (String, String)| JsonKeyValue {
                from: column.into(),
                value: text.into(),
            };
            made.key = key.into_iter().flatten().map(value).collect();
            made.address = p.at.address(sources.addresses(file)).map(Into::into);
        }
    }
    made
}

/// The cells around a place in a sheet.
fn cells<'t>(at: &At, sources: &dyn SourceText) -> Option<JsonCells<'t>> {
    let shown = Neighbours::of(at, sources)?;
    Some(JsonCells {
        columns: shown.columns.into_iter().map(Into::into).collect(),
        first_row: u64::from(shown.first_row) + 1,
        rows: shown.rows.into_iter().map(|r| r.into_iter().map(Into::into).collect()).collect(),
    })
}

fn label<'t>(l: &'t Label, sources: &'t dyn SourceText) -> JsonLabel<'t> {
    let role = match l.role {
        Role::Stated => "stated",
        Role::Operand => "operand",
        Role::Condition | Role::Key => "condition",
        Role::First => "first",
        Role::Rule => "rule",
    };
    JsonLabel {
        role: role.into(),
        text: l.text.as_str().into(),
        place: place(&l.place, sources),
        source: None,
        cells: None,
    }
}

/// All labels; the primary one, and where the same stands first, with the lines around them.
fn labels<'t>(f: &'t Finding, sources: &'t dyn SourceText) -> Vec<JsonLabel<'t>> {
    let has_line = |(n, l): &(usize, &Label)| *n == 0 || l.role == Role::First;
    let all = f.labels.iter().enumerate().map(|(n, l)| {
        let shown = Some(&l.place.at).filter(|_| has_line(&(n, l)));
        JsonLabel {
            source: shown.and_then(|at| line(at, sources)),
            cells: shown.and_then(|at| cells(at, sources)),
            ..label(l, sources)
        }
    });
    all.collect()
}

fn undecided<'t>(f: &'t Finding, sources: &'t dyn SourceText) -> Vec<JsonUndecided<'t>> {
    let answers = f.undecided.iter().flat_map(|u| &u.answers);
    let answer = |a: &'t UndecidedAnswer| JsonUndecided {
        assertion: a.assertion,
        cause: a.cause.into(),
        place: place(&a.place, sources),
    };
    answers.map(answer).collect()
}

fn acceptance<'t>(a: &'t Acceptance, sources: &'t dyn SourceText) -> JsonAcceptance<'t> {
    JsonAcceptance {
        kind: a.kind,
        reason: some(&a.reason),
        by: some(&a.by),
        until: some(&a.until),
        place: a.place.as_ref().map(|p| place(p, sources)),
    }
}

fn absent(key: &AbsentKey) -> JsonAbsentKey<'_> {
    let values = key.parts.iter().map(|AbsentPart { from, value, .. }| JsonKeyValue {
        from: from.as_str().into(),
        value: value.as_str().into(),
    });
    JsonAbsentKey { table: key.table.as_str().into(), values: values.collect() }
}

fn quote(q: &Quote) -> JsonQuote<'_> {
    JsonQuote {
        before: q.before.as_str().into(),
        text: q.text.as_str().into(),
        after: q.after.as_str().into(),
    }
}

fn side(s: &Side) -> JsonSide<'_> {
    let range = s.range.as_ref().map(|(low, high)| (low.into(), high.into()));
    JsonSide {
        expression: s.expression.as_str().into(),
        value: s.value.as_str().into(),
        exact: s.exact.as_str().into(),
        range,
    }
}

fn working<'t>(w: &'t Working, sources: &'t dyn SourceText) -> JsonWorking<'t> {
    let terms = w.terms.iter().map(|t| JsonTerm {
        side: if t.right { "right" } else { "left" }.into(),
        sign: t.sign.into(),
        name: t.name.as_str().into(),
        value: t.value.as_str().into(),
        exact: t.number.as_ref().map(|n| n.to_text()).unwrap_or_default(),
        part_of: t.part_of.as_str().into(),
        place: t.place.as_ref().map(|p| place(p, sources)),
    });
    JsonWorking {
        left: side(&w.left),
        relation: w.relation.into(),
        right: side(&w.right),
        difference: some(&w.difference),
        exact_difference: w.exact_difference.as_str().into(),
        allowance: some(&w.allowance),
        tier: w.tier.word().into(),
        required: some(&w.required),
        terms: terms.collect(),
        more_terms: w.more_terms,
        notes: w.notes.iter().map(Into::into).collect(),
    }
}

/// A finding as the document has it.
pub fn finding<'t>(f: &'t Finding, sources: &'t dyn SourceText) -> JsonFinding<'t> {
    JsonFinding {
        check: f.check().into(),
        assertion: f.assertion,
        fault: f.fault().name.into(),
        severity: f.severity.word().into(),
        title: some(&f.title),
        message: f.message.as_str().into(),
        table: f.table().map(Into::into),
        key: some(&f.key),
        labels: labels(f, sources),
        working: f.working.as_ref().map(|w| working(w, sources)),
        certificate: f.certificate.as_deref().map(Cow::Borrowed),
        quote: f.quote.as_deref().map(quote),
        is_trivial: f.is_trivial,
        explanation: some(&f.explanation),
        suspects: f.suspects.iter().map(|s| suspect(s, sources)).collect(),
        fix: f.fix.as_deref().map(|f| fix(f, sources)),
        crossed: f.crossed.iter().map(|member| crossed(member, sources)).collect(),
        help: some(&f.help),
        url: some(&f.url),
        undecided_count: f.undecided.as_ref().map(|u| u.count),
        undecided: undecided(f, sources),
        absent_key: f.absent.as_deref().filter(|key| !key.is_elsewhere).map(absent),
        fingerprint: f.fingerprint_text().into(),
        evidence: format!("{:016x}", f.evidence).into(),
        note: None,
        status: f.status,
        accepted: f.accepted.as_deref().map(|a| acceptance(a, sources)),
    }
}

fn suspect<'t>(s: &'t Suspect, sources: &'t dyn SourceText) -> JsonSuspect<'t> {
    JsonSuspect {
        name: s.name.as_str().into(),
        stated: s.stated.as_str().into(),
        would_be: s.would_be.as_str().into(),
        exact: s.exact.as_str().into(),
        reason: s.reason.map(Into::into),
        mends: s.mends,
        breaks: s.breaks,
        is_likely: s.is_likely,
        place: place(&s.place, sources),
    }
}

fn fix<'t>(f: &'t Fix, sources: &'t dyn SourceText) -> JsonFix<'t> {
    JsonFix {
        kind: f.kind.into(),
        old: f.old.as_str().into(),
        new: f.new.as_str().into(),
        refused: f.written.as_ref().err().map(|why| (*why).into()),
        place: place(&f.place, sources),
    }
}

fn crossed<'t>(f: &'t Finding, sources: &'t dyn SourceText) -> JsonCrossed<'t> {
    JsonCrossed {
        check: f.check().into(),
        assertion: f.assertion,
        fault: f.fault().name.into(),
        severity: f.severity.word().into(),
        title: some(&f.title),
        message: f.message.as_str().into(),
        key: some(&f.key),
        fingerprint: f.fingerprint_text().into(),
        evidence: format!("{:016x}", f.evidence).into(),
        place: f.labels.first().map(|l| place(&l.place, sources)),
        labels: labels(f, sources),
        working: f.working.as_ref().map(|w| working(w, sources)),
        certificate: f.certificate.as_deref().map(Cow::Borrowed),
        is_trivial: f.is_trivial,
        status: f.status,
        accepted: f.accepted.as_deref().map(|a| acceptance(a, sources)),
    }
}

/// A problem as the document has it.
pub fn problem(p: &Problem, sources: &dyn SourceText) -> JsonProblem {
    let at = p.at.map(|(file, span)| in_text(sources, file, span));
    JsonProblem {
        fault: p.fault.name.into(),
        message: p.message.clone(),
        help: p.help.clone(),
        file: at.map(|a| sources.path(a.file()).to_string()).or_else(|| p.path.clone()),
        start: at.map(|a| a.span().start),
        end: at.map(|a| a.span().end),
        line: at.map(|a| a.from().line),
        column: at.map(|a| a.from().column),
    }
}

/// A finding as it is read back from the document: so a page of a run at hand and one of a saved
/// run cannot differ. There is none only where it cannot be written as JSON.
pub fn owned(finding: &JsonFinding<'_>) -> Option<JsonFinding<'static>> {
    serde_json::from_slice(&serde_json::to_vec(finding).ok()?).ok()
}
