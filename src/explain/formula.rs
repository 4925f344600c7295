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

    /// The same of figures in other places; none where one of them has none.
    pub fn at(&self, place: &dyn Fn(usize) -> Option<usize>) -> Option<Formula> {
        let both = |[a, b]: &[Formula; 2]| Some(Box::new([a.at(place)?, b.at(place)?]));
        Some(match self {
            Formula::Figure(at) => Formula::Figure(place(*at)?),
            Formula::Constant(n) => Formula::Constant(n.clone()),
            Formula::Sum(all) => {
                Formula::Sum(all.iter().map(|one| one.at(place)).collect::<Option<_>>()?)
            }
            Formula::Negative(x) => Formula::Negative(Box::new(x.at(place)?)),
            Formula::Product(pair) => Formula::Product(both(pair)?),
            Formula::Quotient(pair) => Formula::Quotient(both(pair)?),
            Formula::Rounded(x, digits) => Formula::Rounded(Box::new(x.at(place)?), *digits),
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
