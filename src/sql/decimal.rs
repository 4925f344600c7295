//! Exact numbers of a statement, with the digits that they can have: nothing is printed that could be more
//! than the dialect's numbers hold.

use crate::expr::tree::{Arith, Cmp};
use crate::sql::dialect::{Dialect, say};
use crate::value::Number;

/// Why something is not printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsaid {
    /// Its numbers could have more digits than the dialect's; narrower cells may do.
    Digits,
    /// Anything else, in words.
    Because(String),
}

impl Unsaid {
    /// In words.
    pub fn words(&self, dialect: &Dialect) -> String {
        match self {
            Unsaid::Digits => format!("its numbers could have more than {} digits", dialect.digits),
            Unsaid::Because(why) => why.clone(),
        }
    }
}

/// Anything that is not printed, in words.
pub fn because<T>(why: impl Into<String>) -> Result<T, Unsaid> {
    Err(Unsaid::Because(why.into()))
}

/// An exact number: less than `10^whole`, a multiple of `10^-scale`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    pub sql: String,
    pub whole: u32,
    pub scale: u32,
    /// How tightly its text holds together: 0 for a sum, 1 for a product, 2 for anything else.
    tight: u8,
}

impl Decimal {
    /// A column or a call.
    pub fn atom(sql: impl Into<String>, whole: u32, scale: u32) -> Decimal {
        Decimal { sql: sql.into(), whole, scale, tight: 2 }
    }

    /// Whether it is small enough for its square to be summed.
    pub fn is_small(&self) -> bool {
        self.whole <= 3 && self.scale <= 9
    }

    fn operand(&self, tight: u8) -> String {
        if self.tight < tight { format!("({})", self.sql) } else { self.sql.clone() }
    }

    /// The same value by another text.
    #[must_use]
    pub fn by(&self, sql: impl Into<String>) -> Decimal {
        Decimal::atom(sql, self.whole, self.scale)
    }
}

/// Arithmetic of one dialect.
#[derive(Debug, Clone, Copy)]
pub struct Digits(pub &'static Dialect);

impl Digits {
    fn fitting(self, number: Decimal) -> Result<Decimal, Unsaid> {
        let fits = number.whole + number.scale <= self.0.digits;
        fits.then_some(number).ok_or(Unsaid::Digits)
    }

    /// A number of a rule.
    ///
    /// # Errors
    /// Where its decimals never end, or it has too many digits.
    pub fn literal(self, number: &Number) -> Result<Decimal, Unsaid> {
        let Some(scale) = number.decimals() else {
            return because("a number of it has no end of decimals");
        };
        let text = number.to_text();
        let digits = text.trim_start_matches('-').split('.').next().unwrap_or_default().len();
        let whole = u32::try_from(digits).unwrap_or(u32::MAX / 2);
        if whole > 1000 || scale > 1000 {
            return Err(Unsaid::Digits);
        }
        let sql = match self.0.is_whole {
            true => (number * &Number::pow10(i32::try_from(scale).unwrap_or(0))).to_text(),
            // A whole one would be taken for an integer of any size.
            false if scale == 0 && !matches!(text.as_str(), "0" | "1") => format!("{text}.0"),
            false => text,
        };
        let scale = if sql.ends_with(".0") { 1 } else { scale };
        let tight = if sql.starts_with('-') { 0 } else { 2 };
        self.fitting(Decimal { sql, whole, scale, tight })
    }

    /// A number counted in a smaller unit, where numbers are whole.
    fn at(self, number: &Decimal, scale: u32, tight: u8) -> String {
        let zeros = scale.saturating_sub(number.scale);
        if !self.0.is_whole || zeros == 0 || number.sql == "0" {
            return number.operand(tight);
        }
        format!("({} * 1{})", number.operand(1), "0".repeat(zeros as usize))
    }

    /// The sum, the difference or the product of two.
    ///
    /// # Errors
    /// Where it could have too many digits.
    pub fn arithmetic(self, op: Arith, a: &Decimal, b: &Decimal) -> Result<Decimal, Unsaid> {
        let scale = a.scale.max(b.scale);
        let (sql, whole, scale, tight) = match op {
            Arith::Add | Arith::Sub => {
                if b.sql == "0" {
                    return Ok(a.clone());
                }
                let sign = if op == Arith::Add { '+' } else { '-' };
                let sql = match (a.sql == "0", op) {
                    (true, Arith::Add) => return Ok(b.clone()),
                    (true, _) => format!("-{}", self.at(b, scale, 2)),
                    _ => format!("{} {sign} {}", self.at(a, scale, 0), self.at(b, scale, 1)),
                };
                (sql, a.whole.max(b.whole) + 1, scale, 0)
            }
            Arith::Mul => {
                let is_one = |d: &Decimal| d.sql == "1" && d.scale == 0;
                if is_one(a) {
                    return Ok(b.clone());
                } else if is_one(b) {
                    return Ok(a.clone());
                }
                let sql = format!("{} * {}", a.operand(1), b.operand(2));
                (sql, a.whole + b.whole, a.scale + b.scale, 1)
            }
            Arith::Div => return because("it divides by a figure that can be rounded"),
        };
        self.fitting(Decimal { sql, whole, scale, tight })
    }

    /// Without its sign.
    pub fn abs(self, a: &Decimal) -> Decimal {
        if a.sql.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return a.clone();
        }
        a.by(format!("abs({})", a.sql))
    }

    /// The least or the greatest of some that are all null or none; the first where there is one.
    pub fn extreme(self, spelling: &str, all: &[Decimal]) -> Option<Decimal> {
        let (first, rest) = all.split_first()?;
        let scale = all.iter().map(|d| d.scale).max()?;
        let whole = all.iter().map(|d| d.whole).max()?;
        let start = Decimal::atom(self.at(first, scale, 0), whole, scale);
        Some(rest.iter().fold(start, |sum, next| {
            let next = self.at(next, scale, 0);
            if next == sum.sql { sum } else { sum.by(say(spelling, &[&sum.sql, &next])) }
        }))
    }

    /// The same with so many digits before the point, where it is known to have no more.
    pub fn narrowed(self, a: &Decimal, whole: u32) -> Decimal {
        if a.whole <= whole || self.0.is_whole {
            return Decimal { whole: a.whole.min(whole), ..a.clone() };
        }
        let (digits, scale) = ((whole + a.scale).to_string(), a.scale.to_string());
        Decimal::atom(say(self.0.cast, &[&a.sql, &digits, &scale]), whole, a.scale)
    }

    /// A comparison.
    ///
    /// # Errors
    /// Where both could have too many digits together.
    pub fn compare(self, op: Cmp, a: &Decimal, b: &Decimal) -> Result<String, Unsaid> {
        let scale = a.scale.max(b.scale);
        if a.whole.max(b.whole) + scale > self.0.digits {
            return Err(Unsaid::Digits);
        }
        Ok(format!("{} {} {}", self.at(a, scale, 0), sign(op), self.at(b, scale, 0)))
    }
}

/// A comparison as every dialect writes it.
pub fn sign(op: Cmp) -> &'static str {
    match op {
        Cmp::Eq => "=",
        Cmp::Ne => "<>",
        Cmp::Lt => "<",
        Cmp::Le => "<=",
        Cmp::Gt => ">",
        Cmp::Ge => ">=",
    }
}

/// What holds where a comparison does not.
pub fn opposite(op: Cmp) -> Cmp {
    match op {
        Cmp::Eq => Cmp::Ne,
        Cmp::Ne => Cmp::Eq,
        Cmp::Lt => Cmp::Ge,
        Cmp::Le => Cmp::Gt,
        Cmp::Gt => Cmp::Le,
        Cmp::Ge => Cmp::Lt,
    }
}
