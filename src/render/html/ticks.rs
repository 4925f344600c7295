//! Tick marks, as auditors set them, and the words and signs of severities.

use maud::{Markup, html};

use crate::report::document::JsonWorking;
use crate::report::exhibit::{MarkOutcome, Tick};

/// All tick marks with what they mean.
pub const LEGEND: [(&str, &str); 10] = [
    ("Ft", "footed: compared with a total down the rows"),
    ("Cft", "cross-footed: compared with a total across the columns of its row"),
    ("Rx", "recalculated from other figures"),
    ("→", "agreed to a figure elsewhere"),
    ("✓", "meets its contract, or another demand"),
    ("✗", "after one of these: does not agree, or does not hold"),
    ("?", "after one of these: cannot be decided"),
    ("imm", "immaterial: the difference is below what the check calls trivial"),
    ("●", "on a number line, what is stated; the bar around it is what its digits could mean"),
    ("◆", "on a number line, what follows from the other figures; the frame is what is allowed"),
];

/// The mark of what was done.
pub fn sign(tick: Tick) -> &'static str {
    match tick {
        Tick::Footed => "Ft",
        Tick::CrossFooted => "Cft",
        Tick::Recomputed => "Rx",
        Tick::Agreed => "→",
        Tick::Checked => "✓",
    }
}

/// What a mark says, in words.
pub fn words(tick: Tick, outcome: MarkOutcome) -> String {
    let done = match tick {
        Tick::Footed => "footed",
        Tick::CrossFooted => "cross-footed",
        Tick::Recomputed => "recalculated",
        Tick::Agreed => "compared with a figure elsewhere",
        Tick::Checked => "checked",
    };
    let outcome = match outcome {
        MarkOutcome::Held => "holds",
        MarkOutcome::Failed => "does not hold",
        MarkOutcome::Undecided => "cannot be decided",
    };
    format!("{done}: {outcome}")
}

/// What was done with the stated figure, as its working shows it.
pub fn tick_of(working: &JsonWorking<'_>, stated_right: bool) -> Tick {
    let side = if stated_right { "left" } else { "right" };
    let terms: Vec<_> = working.terms.iter().filter(|t| t.side == side).collect();
    let places: Vec<_> = terms.iter().filter_map(|t| t.place.as_ref()).collect();
    let is_row = |w: &[&_]| matches!(w, [a, b] if same_line(a, b));
    let is_sum = terms.iter().all(|t| matches!(&*t.sign, "+" | "-" | "−" | "" | "="));
    match places.len() {
        0 | 1 if terms.len() <= 1 => Tick::Agreed,
        2.. if is_sum && places.windows(2).all(is_row) => Tick::CrossFooted,
        2.. if is_sum => Tick::Footed,
        _ => Tick::Recomputed,
    }
}

fn same_line(
    a: &crate::report::document::JsonPlace<'_>,
    b: &crate::report::document::JsonPlace<'_>,
) -> bool {
    (&a.file, &a.sheet, a.row_group, a.line) == (&b.file, &b.sheet, b.row_group, b.line)
}

/// A severity by its word and a shape of its own.
pub fn severity(word: &str) -> Markup {
    let (shape, shown) = match word {
        "error" => ("✖", "error"),
        "warning" => ("▲", "warning"),
        _ => ("●", "note"),
    };
    html! { span class={ "sev " (class(word)) } { span aria-hidden="true" { (shape) } " " (shown) } }
}

/// The class of a severity in the page.
pub fn class(severity: &str) -> &'static str {
    match severity {
        "error" => "error",
        "warning" => "warning",
        _ => "info",
    }
}
