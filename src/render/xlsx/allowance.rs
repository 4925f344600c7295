//! How much is allowed between two sides, as a number where it is one.

use crate::render::xlsx::figure::{Figure, half_widths, share_of};
use crate::render::xlsx::working::Compared;
use crate::report::certificate::{Exact, Within};

/// The formula of what is allowed, and what it gives.
pub fn allowance(compared: &Compared<'_>) -> Option<(String, String)> {
    match &**compared.of.within.as_ref()? {
        Within::Amount(amount) => {
            let amount = number(&amount.value)?;
            Some((literal(amount)?, Figure::of(amount)?.result()?))
        }
        Within::Share(share) => {
            let right = number(&compared.right.value)?;
            let formula = format!("{}*ABS({})", literal(share)?, literal(right)?);
            Some((formula, share_of(share, right)?))
        }
        // Of `between`, only one end is compared.
        Within::Rounding if compared.of.args.len() != 2 => None,
        Within::Rounding => {
            let ranges = compared.of.args.iter().filter_map(|arg| arg.range.as_ref());
            let ends = ranges.map(|range| range.low.as_deref().zip(range.high.as_deref()));
            let ends = ends.collect::<Option<Vec<_>>>().filter(|ends| !ends.is_empty())?;
            let width =
                |(low, high): &(&str, &str)| Some(format!("{}-{}", literal(high)?, literal(low)?));
            let widths = ends.iter().map(width).collect::<Option<Vec<_>>>()?;
            Some((format!("({})/2", widths.join("+")), half_widths(&ends)?))
        }
    }
}

fn number(value: &Exact) -> Option<&str> {
    match value {
        Exact::Number(exact) => Some(exact),
        _ => None,
    }
}

fn literal(exact: &str) -> Option<String> {
    Figure::of(exact)?.literal(exact)
}
