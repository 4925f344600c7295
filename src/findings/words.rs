//! Messages and labels of findings.

use crate::engine::data::check::{Check, Kind};
use crate::engine::data::classes::RawKind;
use crate::engine::data::job::Job;
use crate::engine::states::env::{At, Filled, LocatedRow, Missed};
use crate::explain;
use crate::expr::bound::{Allowance, Op, StateId};
use crate::findings::about::Proof;
use crate::findings::template;
use crate::findings::working;
use crate::report::Working;
use crate::rules::contract::named_format;

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
    table: &str,
    key: &str,
    suggested: impl FnOnce() -> Option<String>,
) -> Words {
    match what {
        Missed::NotFound => Words { message: format!("`{table}` has no row with the key `{key}`"), help: suggested() },
        Missed::Several => Words {
            message: format!("`{table}` has several rows with the key `{key}`"),
            help: Some("a look-up needs one row per key: add `key` to its [data] table to find the duplicates".into()),
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

/// The few words at the primary cell.
pub(crate) fn label(kind: &Kind, proof: &Proof<'_>) -> String {
    match kind {
        Kind::Demand { words, .. } => words.clone(),
        Kind::Like { name, .. } => format!("not a valid {name}"),
        Kind::Assert | Kind::Unique { .. } => {
            let Some(c) = proof.trace.primary() else { return "does not hold".into() };
            let left = working::show(&c.left.value, c.left.bound.ty);
            match working::show_range(&c.left.value, c.left.bound.ty) {
                Some((lo, hi)) if matches!(c.allowance, Allowance::Rounding(_)) => {
                    format!("{left} ({lo} to {hi})")
                }
                _ => left,
            }
        }
    }
}

/// The message of a failed assertion.
pub(crate) fn message(
    check: &Check,
    proof: &Proof<'_>,
    kind: RawKind,
    working: Option<&Working>,
    job: &Job<'_>,
) -> String {
    if let Some(text) = &check.message {
        return template::fill(text, check, proof.env, working, job);
    }
    let assertion = proof.assertion;
    let of_cell = proof.row.and_then(|(table, at)| of_cell(&assertion.kind, table, &at.row, job));
    if let Some(message) = of_cell {
        return message;
    }
    let about = check.title.as_deref().unwrap_or(&assertion.text);
    match (kind, working, proof.trace.primary()) {
        (RawKind::Improbable, Some(w), _) => format!(
            "{about}: {} against {} is possible by rounding, but unlikely",
            w.left.value, w.right.value
        ),
        (_, Some(w), Some(c)) => {
            let fixed = matches!(c.right.bound.op, Op::Const(_));
            let (left, right) = (&w.left.value, &w.right.value);
            format!("{about}: {}", explain::relation(c.op, c.left.bound.ty, left, right, fixed))
        }
        _ => format!("{about}: this does not hold"),
    }
}

/// The message of a demand on a single cell.
fn of_cell(kind: &Kind, table: usize, row: &LocatedRow, job: &Job<'_>) -> Option<String> {
    match kind {
        Kind::Demand { column, words } => {
            let name = &job.tables.get(table)?.columns.get(*column)?.name;
            Some(match row.texts.get(*column)?.as_str() {
                "" => format!("`{name}` {words} but empty"),
                text => format!("`{name}` {words}, but is `{text}`"),
            })
        }
        Kind::Like { column, name } => {
            let text = row.texts.get(*column)?;
            let why = named_format(name).and_then(|f| (f.check)(text).err()).unwrap_or_default();
            Some(format!("`{text}` is not a valid {name}: {why}"))
        }
        Kind::Assert | Kind::Unique { .. } => None,
    }
}
