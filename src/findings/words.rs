//! Messages and labels of findings.

use std::borrow::Cow;

use crate::engine::data::check::{Check, Kind, primary_column};
use crate::engine::data::classes::RawKind;
use crate::engine::data::job::Job;
use crate::engine::pass::locate::Located;
use crate::engine::states::env::{At, Filled, Missed};
use crate::explain;
use crate::expr::bound::{Op, StateDef, StateId};
use crate::expr::formats::has_format;
use crate::expr::tree::Cmp;
use crate::findings::about::Proof;
use crate::findings::figures::{Style, as_written, in_digits, is_moment};
use crate::findings::items;
use crate::findings::place;
use crate::findings::roles::{self, Standing};
use crate::findings::template;
use crate::findings::trace::{Comparison, Decided, Decider, Step};
use crate::report::text::{PEOPLE, cut};
use crate::report::{Side, Working};
use crate::rules::Said;
use crate::source::Files;
use crate::value::{Type, Value, Why};

/// A message with its help.
pub struct Words {
    /// One sentence.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// The names that a look-up could have found.
pub fn known_names<'n>(env: &'n At<'_>, state: StateId) -> &'n [String] {
    match &env.shared.filled[state] {
        Filled::Index(index) => index.names(),
        _ => &[],
    }
}

/// What a look-up or `only` met.
pub fn miss(
    what: Missed,
    (table, is_old, has_key): (&str, bool, bool),
    key: &str,
    suggested: impl FnOnce() -> Option<String>,
) -> Words {
    match what {
        Missed::NotFound => Words { message: format!("`{table}` has no row with the key `{key}`"), help: suggested() },
        Missed::Several => Words {
            message: format!("`{table}` has several rows with the key `{key}`"),
            help: Some(match (is_old, has_key) {
                (true, _) => "rows of two versions are matched by their key: this one is not compared".into(),
                (false, true) => format!("the check `{table}.key` names these rows"),
                (false, false) => "a look-up needs one row per key: add `key` to its [data] table to find the duplicates".into(),
            }),
        },
        Missed::OnlySeveral => {
            let of = if key.is_empty() { String::new() } else { format!(" for {key}") };
            Words {
                message: format!("`only` needs a single row of `{table}`{of}, but there are several"),
                help: Some("narrow the `where`, or choose one: first, last, max …".into()),
            }
        }
    }
}

/// The few words at the cell of a demand; an assertion's own labels say more.
pub(crate) fn label(kind: &Kind) -> String {
    match kind {
        Kind::Demand { words, .. } => words.clone(),
        Kind::Like { name, .. } => format!("not a valid {name}"),
        Kind::Assert | Kind::Unique { .. } => "does not hold".into(),
    }
}

/// The message of a failed assertion; `working` is that of the comparison that decided it.
pub(crate) fn message(
    check: &Check,
    proof: &Proof<'_>,
    kind: RawKind,
    working: Option<&Working>,
    (job, files): (&Job<'_>, &dyn Files),
) -> String {
    if let Some(text) = &check.message {
        return template::fill(text, check, proof.env, working, job);
    }
    if let Some(message) = items::message(proof, job) {
        return message;
    }
    let assertion = proof.assertion;
    let of_cell = proof.row.and_then(|of| of_cell(&assertion.kind, of, (job, files)));
    if let Some(message) = of_cell {
        let title = check.title.as_ref().map(|title| format!("{title}: "));
        return title.unwrap_or_default() + &message;
    }
    if let (Some(Said::Row(Some(label))), Some(w)) = (&assertion.said, working) {
        return match w.left.value.as_str() {
            "0" => format!("there is no row `{label}`"),
            rows => format!("`{label}` stands {rows} times"),
        };
    }
    if let (Some(Said::Row(None)), Some(w)) = (&assertion.said, working) {
        let is_of_group = check.units.iter().any(|unit| unit.groups.is_some());
        return match (w.left.value.as_str(), is_of_group) {
            ("0", false) => "there is no row of totals".into(),
            ("0", true) => "this group has no row of totals".into(),
            (rows, false) => format!("there are {rows} rows of totals, and only one can be meant"),
            (rows, true) => {
                format!("this group has {rows} rows of totals, and only one can be meant")
            }
        };
    }
    let about = check.title.as_ref().or(assertion.claim()).unwrap_or(&assertion.text);
    let decided = proof.trace.decided();
    let alone = match &decided.by[..] {
        [Decider { comparison: Some(c), held: false, .. }] => working.map(|w| (c, w)),
        _ => None,
    };
    match (kind, alone) {
        (RawKind::Improbable, Some((_, w))) => format!(
            "{about}: {} against {} is possible by rounding, but unlikely",
            w.left.value, w.right.value
        ),
        (_, Some((c, w))) => format!("{about}: {}", compared(c, w, proof)),
        _ => match together(&decided, proof, job) {
            Some(values) => format!("{about}: this does not hold, as {values}"),
            None => format!("{about}: this does not hold"),
        },
    }
}

/// A side of a comparison; a number of hundreds of digits is cut like a cell.
fn figure(side: &Side) -> Cow<'_, str> {
    match side.exact.is_empty() {
        true => Cow::Borrowed(&side.value),
        false => cut(&side.value, PEOPLE.cell, None),
    }
}

/// A failed comparison in words.
fn compared(c: &Comparison<'_, '_>, w: &Working, proof: &Proof<'_>) -> String {
    let [left, right] = [&w.left, &w.right].map(figure);
    if c.op != Cmp::Eq {
        return explain::relation(c.op, c.left.bound.ty, &left, &right);
    }
    // `at most 500`
    let said = |side: &Side, value: &str| match side.hedge {
        Some(hedge) => format!("{hedge} {value}"),
        None => value.to_string(),
    };
    let (left, right) = (&said(&w.left, &left), &said(&w.right, &right));
    let defs = proof.env.shared.defs;
    match (roles::of(c.left, defs), roles::of(c.right, defs)) {
        (Standing::Stated(_), Standing::Follows) => format!("{left} is stated, {right} follows"),
        (Standing::Follows, Standing::Stated(_)) => format!("{right} is stated, {left} follows"),
        (Standing::Stated(_), Standing::Required) => {
            format!("{right} is required, {left} is stated")
        }
        (Standing::Required, Standing::Stated(_)) => {
            format!("{left} is required, {right} is stated")
        }
        (Standing::Follows, Standing::Required) => format!("{right} is required, {left} follows"),
        (Standing::Required, Standing::Follows) => format!("{left} is required, {right} follows"),
        // A figure of a text that is written in the claim.
        (Standing::Stated(_), Standing::Stated(_)) if w.left.expression == w.left.value => {
            format!("{left} is stated, {} is {right}", w.right.expression)
        }
        (Standing::Stated(_), Standing::Stated(_)) => {
            format!("{} is {left}, {} is {right}", w.left.expression, w.right.expression)
        }
        _ => format!("left is {left}, right is {right}"),
    }
}

/// What several parts of an assertion came to, side by side.
fn together(decided: &Decided<'_, '_>, proof: &Proof<'_>, job: &Job<'_>) -> Option<String> {
    let style = decided.by.iter().find_map(|d| style(d.step, proof, job)).unwrap_or_default();
    let mut all: Vec<String> = Vec::new();
    let mut add = |step: &Step<'_>, ty: Type| {
        let is_row = matches!(step.bound.op, Op::Lookup { column: None, .. });
        let value = match &step.value {
            Value::NotApplicable if step.bound.op.is_other_version() => "not there".to_string(),
            Value::Missing if is_row => "not there".to_string(),
            Value::Bool(true) if is_row => "there".to_string(),
            Value::Missing | Value::NotApplicable => "blank".to_string(),
            value if value.cause() == Some(Why::Withheld) && step.cell.is_some() => {
                "withheld".to_string()
            }
            value => written(step, proof)
                .and_then(|text| match is_moment(value) {
                    true => Some(text.trim().to_string()),
                    false => as_written(text, ty),
                })
                .unwrap_or_else(|| style.show(value, ty)),
        };
        let words = format!("{} is {value}", proof.name(step));
        if !roles::is_literal(step.bound) && !all.contains(&words) {
            all.push(words);
        }
    };
    for decider in &decided.by {
        match &decider.comparison {
            Some(c) => [c.left, c.right].iter().for_each(|side| add(side, c.shown_type(side))),
            None if matches!(decider.step.bound.op, Op::Aggregate { .. }) => {
                let step = decider.step;
                // The keys of the group at hand are written nowhere in `any` and `all`.
                let is_written = |key: &&Step<'_>| proof.name(key) != proof.name(step);
                let keys: Vec<&Step<'_>> = step.args.iter().filter(is_written).collect();
                keys.iter().for_each(|key| add(key, key.bound.ty));
                if keys.is_empty() && decided.by.len() > 1 {
                    add(step, step.bound.ty);
                }
            }
            None if decider.step.args.is_empty() => add(decider.step, decider.step.bound.ty),
            None => decider.step.args.iter().for_each(|operand| add(operand, operand.bound.ty)),
        }
    }
    let last = all.pop()?;
    Some(if all.is_empty() { last } else { format!("{} and {last}", all.join(", ")) })
}

/// The text of a figure that is read from the row at hand.
fn written<'p>(step: &Step<'_>, proof: &Proof<'p>) -> Option<&'p str> {
    let cell = step.cell.filter(|_| step.value.figure().is_some() || is_moment(&step.value))?;
    let (table, located) = proof.row?;
    let is_own = (cell.table, cell.row) == (table, located.id);
    located.row.texts.get(cell.column).filter(|_| is_own).map(String::as_str)
}

/// How the file of the first figure below a step writes.
fn style(step: &Step<'_>, proof: &Proof<'_>, job: &Job<'_>) -> Option<Style> {
    let defs = proof.env.shared.defs;
    let mut found: Option<Style> = None;
    step.walk(&mut |step| {
        let cell = match &step.bound.op {
            Op::Aggregate { state, slot, .. } => match defs.all.get(*state) {
                Some(StateDef::Groups(def)) => def
                    .slots
                    .get(*slot)
                    .and_then(|s| s.args.iter().find_map(primary_column))
                    .map(|column| (def.table, column)),
                _ => None,
            },
            _ => step.cell.map(|cell| (cell.table, cell.column)),
        };
        let Some((table, column)) = cell.filter(|_| step.value.figure().is_some()) else { return };
        let written = written(step, proof).unwrap_or_default();
        let Some(of) = job.tables.get(table).and_then(|t| t.columns.get(column)) else { return };
        let style = Style::of(&of.reading.number, written);
        match &mut found {
            Some(seen) => seen.join(style),
            None => found = Some(style),
        }
    });
    found
}

/// The message of a demand on a single cell.
fn of_cell(
    kind: &Kind,
    (table, located): (usize, &Located),
    (job, files): (&Job<'_>, &dyn Files),
) -> Option<String> {
    let row = &located.row;
    match kind {
        Kind::Demand { column, words } => {
            let table = job.tables.get(table)?;
            let name = &table.columns.get(*column)?.name;
            let text = row.texts.get(*column)?.clone();
            let place = place::of_cell(files, table, *column, located);
            Some(match in_digits(text, &place, files).as_str() {
                "" => format!("`{name}` {words} but empty"),
                text => format!("`{name}` {words}, but is `{text}`"),
            })
        }
        Kind::Like { column, name } => {
            let text = row.texts.get(*column)?;
            let why = has_format(name, text).err().unwrap_or_default();
            Some(format!("`{text}` is not a valid {name}: {why}"))
        }
        Kind::Assert | Kind::Unique { .. } => None,
    }
}
