//! From a difference to words: which side is off, what the operand would have to be, and the
//! nearest explanation. Pure.

pub mod equation;

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

/// What auditors try first, worded as a question: an item left out or counted twice, a wrong sign,
/// a shifted decimal point, two digits swapped. `stated` against `computed` with the items of both,
/// figures written by `show`.
pub fn nearest(
    stated: &Number,
    computed: &Number,
    items: &[Item],
    show: &dyn Fn(&Number) -> String,
) -> Option<String> {
    let difference = stated - computed;
    if difference.is_zero() {
        return None;
    }
    // Without an item the sides would be equal, or with it once more, or with its sign turned.
    let only = |wanted: &Number| {
        let mut hits = items.iter().filter(|i| i.amount == *wanted);
        hits.next().filter(|_| items.len() > 1 && hits.next().is_none()).map(Item::words)
    };
    if let Some(one) = only(&difference) {
        return Some(format!(
            "the difference is {one}: is it counted twice, or not part of the total?"
        ));
    }
    if let Some(one) = only(&-&difference) {
        return Some(format!(
            "the difference is {one}: is it missing from the sum, or listed once too often in the total?"
        ));
    }
    if let Some(one) = only(&(&difference * &Number::decimal(5, 1))) {
        return Some(format!("the difference is twice {one}: does it have the wrong sign?"));
    }
    for power in [1, 2, 3, 6] {
        let factor = Number::pow10(power);
        if *stated == computed * &factor || *computed == stated * &factor {
            return Some(format!(
                "one side is {} times the other: is the unit wrong, or the decimal point?",
                factor.to_text()
            ));
        }
    }
    swapped(stated, computed).then(|| {
        format!(
            "{} and {} differ by two swapped digits: which one is right?",
            show(stated),
            show(computed)
        )
    })
}

/// Whether two numbers differ by a swap of two neighbouring digits.
fn swapped(a: &Number, b: &Number) -> bool {
    let scale = a.decimals().unwrap_or(99).max(b.decimals().unwrap_or(99));
    if scale > 30 {
        return false;
    }
    let (x, y) = (a.to_rounded(scale), b.to_rounded(scale));
    let (x, y): (Vec<char>, Vec<char>) =
        (x.chars().filter(|c| *c != '.').collect(), y.chars().filter(|c| *c != '.').collect());
    let differ: Vec<usize> = if x.len() == y.len() {
        (0..x.len()).filter(|&i| x[i] != y[i]).collect()
    } else {
        return false;
    };
    matches!(differ[..], [i, j] if j == i + 1 && x[i] == y[j] && x[j] == y[i])
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
        let asked =
            |stated: &str| nearest(&n(stated), &n("12.1"), &items, &Number::to_text).unwrap();
        assert!(asked("7.1").contains("North (5,0): is it counted twice"));
        assert!(asked("19.2").contains("South (7,1): is it missing"));
        assert!(asked("2.1").contains("twice North (5,0)"));
        // A sum on the left: its items add to the difference.
        let left = [item("", "5.0", "5.0"), item("South", "7.1", "7.1")];
        assert!(
            nearest(&n("12.1"), &n("7.1"), &left, &Number::to_text)
                .unwrap()
                .contains("is 5.0: is it counted")
        );
        assert!(nearest(&n("22.1"), &n("12.1"), &items, &Number::to_text).is_none());
        assert!(
            nearest(&n("1210"), &n("12.1"), &items, &Number::to_text)
                .unwrap()
                .contains("100 times")
        );
        assert!(
            nearest(&n("63.1"), &n("61.3"), &[], &Number::to_text).unwrap().contains("swapped")
        );
        assert!(
            nearest(&n("6.31"), &n("6.13"), &[], &Number::to_text).unwrap().contains("swapped")
        );
        assert!(
            nearest(&n("321"), &n("123"), &[], &Number::to_text).is_none(),
            "the digits are no window"
        );
        assert!(nearest(&n("63.1"), &n("61.4"), &[], &Number::to_text).is_none());
    }
}
