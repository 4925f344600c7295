//! From a difference to words: which side is off, what the operand would have to be, and the
//! nearest explanation. Pure.

pub mod equation;
mod slip;
mod suspects;
#[cfg(test)]
mod trial;

pub use slip::Slip;
pub use suspects::{Effect, Suspect, Unknown, suspects, worth_asking};

use crate::expr::tree::Cmp;
use crate::value::{Number, Type};

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

/// A row of a sum, for an explanation.
pub struct Item {
    /// What it is called; may be empty.
    pub name: String,
    /// What it is, as it is written.
    pub text: String,
    /// What it adds to left minus right.
    pub amount: Number,
}

impl Item {
    fn words(&self) -> String {
        if self.name.is_empty() {
            self.text.clone()
        } else {
            format!("{} ({})", self.name, self.text)
        }
    }
}

/// What auditors try first, worded as a question: an item left out or counted twice. `stated`
/// against `computed` with the items of both.
pub fn by_an_item(stated: &Number, computed: &Number, items: &[Item]) -> Option<String> {
    let difference = stated - computed;
    if difference.is_zero() {
        return None;
    }
    // Without an item the sides would be equal, or with it once more.
    let only = |wanted: &Number| {
        let mut hits = items.iter().filter(|i| i.amount == *wanted);
        hits.next().filter(|_| items.len() > 1 && hits.next().is_none()).map(Item::words)
    };
    if let Some(one) = only(&difference) {
        return Some(format!(
            "the difference is {one}: is it counted twice, or not part of the total?"
        ));
    }
    let one = only(&-&difference)?;
    Some(format!(
        "the difference is {one}: is it missing from the sum, or listed once too often in the total?"
    ))
}

/// Whether one side is a power of ten times the other.
pub fn by_unit(stated: &Number, computed: &Number) -> Option<String> {
    let is_times = |power: &&i32| {
        let factor = Number::pow10(**power);
        *stated == computed * &factor || *computed == stated * &factor
    };
    let power = [1, 2, 3, 6].iter().find(is_times).filter(|_| stated != computed)?;
    Some(format!(
        "one side is {} times the other: is the unit wrong, or the decimal point?",
        Number::pow10(*power).to_text()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_what_auditors_try() {
        let n = |t: &str| Number::parse(t).unwrap();
        let item = |name: &str, text: &str, amount: &str| Item {
            name: name.into(),
            text: text.into(),
            amount: n(amount),
        };
        let items = [item("North", "5,0", "-5.0"), item("South", "7,1", "-7.1")];
        let asked = |stated: &str| by_an_item(&n(stated), &n("12.1"), &items);
        assert!(asked("7.1").unwrap().contains("North (5,0): is it counted twice"));
        assert!(asked("19.2").unwrap().contains("South (7,1): is it missing"));
        assert_eq!(asked("12.1"), None);
        // A sum on the left: its items add to the difference.
        let left = [item("", "5.0", "5.0"), item("South", "7.1", "7.1")];
        let counted = by_an_item(&n("12.1"), &n("7.1"), &left).unwrap();
        assert!(counted.contains("is 5.0: is it counted"));
        assert_eq!(asked("22.1"), None);
        assert!(by_unit(&n("1210"), &n("12.1")).unwrap().contains("100 times"));
        assert_eq!(by_unit(&n("1211"), &n("12.1")), None);
    }
}
