//! What an equation that is no sum makes of its figures. Pure.

use crate::value::{Interval, Number};

/// Figures by their places, and what is computed of them.
#[derive(Debug, Clone)]
pub enum Formula {
    Figure(usize),
    Constant(Number),
    Sum(Vec<Formula>),
    Negative(Box<Formula>),
    Product(Box<[Formula; 2]>),
    Quotient(Box<[Formula; 2]>),
    /// Rounded to so many digits.
    Rounded(Box<Formula>, i32),
}

impl Formula {
    /// What it comes to; none where something is divided by zero.
    fn of(&self, figure: &dyn Fn(usize) -> Option<Number>) -> Option<Number> {
        Some(match self {
            Formula::Figure(at) => figure(*at)?,
            Formula::Constant(n) => n.clone(),
            Formula::Sum(all) => {
                let mut sum = Number::default();
                for one in all {
                    sum = &sum + &one.of(figure)?;
                }
                sum
            }
            Formula::Negative(x) => -&x.of(figure)?,
            Formula::Product(pair) => &pair[0].of(figure)? * &pair[1].of(figure)?,
            Formula::Quotient(pair) => pair[0].of(figure)?.checked_div(&pair[1].of(figure)?)?,
            Formula::Rounded(x, digits) => x.of(figure)?.round(*digits),
        })
    }
}

/// Left minus right, and what that may be.
#[derive(Debug, Clone)]
pub struct Difference {
    pub formula: Formula,
    pub allowed: Interval,
}

impl Difference {
    /// Whether the equation holds with these figures.
    pub fn holds(&self, figure: &dyn Fn(usize) -> Option<Number>) -> bool {
        self.formula.of(figure).is_some_and(|n| self.allowed.contains(&n))
    }
}
