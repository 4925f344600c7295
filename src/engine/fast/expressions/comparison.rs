//! Comparisons of the numbers of a block.

use crate::engine::fast::answer::{Answer, Answers};
use crate::engine::fast::expressions::arithmetic::{add, align, power, times};
use crate::engine::fast::expressions::register::{Both, Cells, Numbers, View};
use crate::expr::tree::Cmp;

/// What the mantissas of a comparison may be at most, brought to one scale.
const MOST: u128 = i64::MAX as u128;

/// Left against right.
pub fn compare(op: Cmp, a: &Numbers<'_>, b: &Numbers<'_>, rows: usize) -> Answers {
    let Some((_, fa, fb)) = align(a.scale, b.scale) else { return vec![Answer::DEFER; rows] };
    let marks = a.marks.and(&b.marks);
    let mut out = if a.divisors.is_some() || b.divisors.is_some() {
        fractions(op, (a, fa), (b, fb), rows)
    } else if (fa, fb) == (1, 1) {
        by_order(op, &a.cells, &b.cells, |a, b| (a, b)).answers(rows)
    } else if times(a.most(), fa).max(times(b.most(), fb)) <= MOST {
        by_order(op, &a.cells, &b.cells, |a, b| (a * fa, b * fb)).answers(rows)
    } else {
        let wide = |a, b| (i128::from(a) * i128::from(fa), i128::from(b) * i128::from(fb));
        by_order(op, &a.cells, &b.cells, wide).answers(rows)
    };
    marks.overlay(&mut out);
    out
}

/// A loop for each comparison.
#[inline(always)]
fn by_order<T: Ord>(
    op: Cmp,
    a: &Cells<'_>,
    b: &Cells<'_>,
    at_one_scale: impl Fn(i64, i64) -> (T, T),
) -> Both<Answer> {
    macro_rules! by {
        ($cmp:tt) => {
            a.zip(b, |a, b| {
                let (a, b) = at_one_scale(a, b);
                Answer::of(a $cmp b)
            })
        };
    }
    match op {
        Cmp::Eq => by!(==),
        Cmp::Ne => by!(!=),
        Cmp::Lt => by!(<),
        Cmp::Le => by!(<=),
        Cmp::Gt => by!(>),
        Cmp::Ge => by!(>=),
    }
}

/// Quotients by cross-multiplication.
fn fractions(
    op: Cmp,
    (a, fa): (&Numbers<'_>, i64),
    (b, fb): (&Numbers<'_>, i64),
    rows: usize,
) -> Answers {
    let at = |row| {
        let ((n, d), (m, e)) = (a.at(row), b.at(row));
        let left = (n * e).checked_mul(fa.into());
        let Some((left, right)) = left.zip((m * d).checked_mul(fb.into())) else {
            return Answer::DEFER;
        };
        Answer::of(op.holds(&left, &right))
    };
    (0..rows).map(at).collect()
}

/// Left against right, widened by an amount in favour of holding.
pub fn within(op: Cmp, [left, right, amount]: [&Numbers<'_>; 3], rows: usize) -> Answers {
    let difference = add(left, right, true, rows);
    let mut out = widened(op, &difference, amount, rows);
    // An amount below zero is none.
    match amount.cells.view() {
        View::Same(amount) if amount < 0 => out.fill(Answer::DEFER),
        View::Each(all) if all.iter().any(|amount| *amount < 0) => {
            let below = out.iter_mut().zip(all).filter(|(_, amount)| **amount < 0);
            below.for_each(|(answer, _)| *answer = Answer::DEFER);
        }
        View::Same(_) | View::Each(_) => {}
    }
    // The amount is asked for where both sides are there.
    amount.marks.overlay(&mut out);
    difference.marks.overlay(&mut out);
    out
}

/// A difference against an amount, whose marks are left out.
fn widened(op: Cmp, d: &Numbers<'_>, amount: &Numbers<'_>, rows: usize) -> Answers {
    let plain = d.divisors.is_none() && amount.divisors.is_none();
    if plain && let Some(most) = at_scale(op, amount, d.scale) {
        let most = Cells::Same(most);
        return match op {
            Cmp::Eq => d.cells.zip(&most, |d, w| Answer::of(d.abs() <= w)),
            Cmp::Ne => d.cells.zip(&most, |d, w| Answer::of(d.abs() > w)),
            Cmp::Lt => d.cells.zip(&most, |d, w| Answer::of(d < w)),
            Cmp::Le => d.cells.zip(&most, |d, w| Answer::of(d <= w)),
            Cmp::Gt => d.cells.zip(&most, |d, w| Answer::of(-d < w)),
            Cmp::Ge => d.cells.zip(&most, |d, w| Answer::of(-d <= w)),
        }
        .answers(rows);
    }
    let Some((_, fd, fw)) = align(d.scale, amount.scale) else { return vec![Answer::DEFER; rows] };
    let at = |row| {
        let ((n, by), (w, of)) = (d.at(row), amount.at(row));
        let difference = (n * of).checked_mul(fd.into());
        let Some((d, w)) = difference.zip((w.abs() * by).checked_mul(fw.into())) else {
            return Answer::DEFER;
        };
        Answer::of(match op {
            Cmp::Eq => d.abs() <= w,
            Cmp::Ne => d.abs() > w,
            Cmp::Lt => d < w,
            Cmp::Le => d <= w,
            Cmp::Gt => -d < w,
            Cmp::Ge => -d <= w,
        })
    };
    (0..rows).map(at).collect()
}

/// An amount that is the same in all rows, in whole numbers of a scale, such that what is compared
/// with it comes to the same.
fn at_scale(op: Cmp, amount: &Numbers<'_>, scale: u8) -> Option<i64> {
    let Cells::Same(amount_at_own) = amount.cells else { return None };
    let whole = amount_at_own.checked_abs()?;
    if scale >= amount.scale {
        return whole.checked_mul(power(scale - amount.scale)?);
    }
    let by = power(amount.scale - scale)?;
    // What must be less than 2.5 must be less than 3; what may be 2.5 may be 2.
    let strict = matches!(op, Cmp::Lt | Cmp::Gt);
    Some(whole / by + i64::from(strict && whole % by != 0))
}
