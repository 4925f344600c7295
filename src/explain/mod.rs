//! From a difference to words: which side is off, what the operand would have to be, and the
//! nearest explanation. Pure.

pub mod cells;
pub mod equation;
pub mod formula;
mod items;
pub mod minimal;
mod odds;
mod pairs;
mod sizes;
mod slip;
mod suspects;
mod totals;
#[cfg(test)]
mod trial;
mod units;
mod unknown;

pub use items::{Apart, Item};
pub use pairs::{Change, two_slips};
pub use slip::{Slip, places};
pub use suspects::{Effect, LIKELY, RARE, Suspect, suspects, totals, worth_asking};
pub use totals::Totals;
pub use units::by_unit;
pub use unknown::Unknown;

use crate::expr::tree::Cmp;
use crate::value::Type;

/// A failed comparison in words: what the left side is to the right.
pub fn relation(op: Cmp, ty: Type, left: &str, right: &str) -> String {
    let dated = matches!(ty, Type::Date | Type::DateTime | Type::Time);
    match (op, dated) {
        (Cmp::Eq, _) => format!("{left} is not {right}"),
        (Cmp::Ne, _) => format!("both are {left}"),
        (Cmp::Lt, false) => format!("{left} is not less than {right}"),
        (Cmp::Le, false) => format!("{left} is more than {right}"),
        (Cmp::Gt, false) => format!("{left} is not more than {right}"),
        (Cmp::Ge, false) => format!("{left} is less than {right}"),
        (Cmp::Lt, true) => format!("{left} is not before {right}"),
        (Cmp::Le, true) => format!("{left} is after {right}"),
        (Cmp::Gt, true) => format!("{left} is not after {right}"),
        (Cmp::Ge, true) => format!("{left} is before {right}"),
    }
}
