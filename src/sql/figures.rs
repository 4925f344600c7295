//! Figures of a statement: exact ones, those that may be half a unit off, and quotients, which are never
//! computed: both sides are multiplied instead.

use crate::expr::tree::{Arith, Cmp};
use crate::sql::decimal::{Decimal, Digits, Unsaid, because, opposite};
use crate::sql::pred::Pred;
use crate::value::Number;

/// A quotient; without a divisor a number. A divisor that is there is above zero.
#[derive(Debug, Clone)]
pub struct Quotient {
    pub over: Decimal,
    pub under: Option<Decimal>,
}

/// A figure: null where it is not surely known.
#[derive(Debug, Clone)]
pub enum Figure {
    /// A value, and how far off it may be on both sides, both included.
    Around { value: Decimal, off: Option<Decimal> },
    /// Between two ends, both included; where it is exact they are the same.
    Between { low: Quotient, high: Quotient, exact: bool },
}

use Figure::{Around, Between};

impl Figure {
    /// Exactly this.
    pub fn exact(value: Decimal) -> Figure {
        Around { value, off: None }
    }

    /// What is null where it is not known.
    pub fn anchor(&self) -> &str {
        match self {
            Around { value, .. } => &value.sql,
            Between { low, .. } => &low.over.sql,
        }
    }

    /// Its value, where it is exact and no quotient.
    pub fn plain(&self) -> Option<&Decimal> {
        if let Around { value, off: None } = self { Some(value) } else { None }
    }

    /// The same where a condition holds, null elsewhere; by another text.
    #[must_use]
    pub fn map(&self, f: &dyn Fn(&Decimal) -> Decimal) -> Figure {
        match self {
            Around { value, off } => Around { value: f(value), off: off.clone() },
            Between { low, high, exact } => {
                let end = |q: &Quotient| Quotient { over: f(&q.over), under: q.under.clone() };
                Between { low: end(low), high: end(high), exact: *exact }
            }
        }
    }
}

impl Digits {
    /// The ends of a figure.
    fn ends(self, figure: &Figure) -> Result<(Quotient, Quotient, bool), Unsaid> {
        match figure {
            Between { low, high, exact } => Ok((low.clone(), high.clone(), *exact)),
            Around { value, off: None } => {
                let end = Quotient { over: value.clone(), under: None };
                Ok((end.clone(), end, true))
            }
            Around { value, off: Some(off) } => {
                let end = |op| {
                    let end = self.arithmetic(op, value, off)?;
                    // Half a unit more leaves as many digits before the point.
                    Ok(Quotient { over: self.narrowed(&end, value.whole), under: None })
                };
                Ok((end(Arith::Sub)?, end(Arith::Add)?, false))
            }
        }
    }

    /// The sum of two, the second multiplied by an exact factor.
    ///
    /// # Errors
    /// Where it could have too many digits.
    pub fn plus(self, a: &Figure, b: &Figure, factor: &Number) -> Result<Figure, Unsaid> {
        if let (Around { value: x, off: p }, Around { value: y, off: q }) = (a, b) {
            let negative = factor.signum() < 0;
            let size = self.literal(&factor.abs())?;
            let op = if negative { Arith::Sub } else { Arith::Add };
            let value = self.arithmetic(op, x, &self.arithmetic(Arith::Mul, y, &size)?)?;
            let times = |q: &Decimal| self.arithmetic(Arith::Mul, q, &size);
            let off = match (p, q) {
                (Some(p), Some(q)) => Some(self.arithmetic(Arith::Add, p, &times(q)?)?),
                (p, Some(q)) if p.is_none() => Some(times(q)?),
                (p, _) => p.clone(),
            };
            return Ok(Around { value, off });
        }
        let ((a_low, a_high, a_exact), (b_low, b_high, b_exact)) = (self.ends(a)?, self.ends(b)?);
        let (b_low, b_high) = if factor.signum() < 0 { (b_high, b_low) } else { (b_low, b_high) };
        let add = |a: &Quotient, b: &Quotient| self.add_quotients(a, b, factor);
        Ok(Between {
            low: add(&a_low, &b_low)?,
            high: add(&a_high, &b_high)?,
            exact: a_exact && b_exact,
        })
    }

    fn add_quotients(
        self,
        a: &Quotient,
        b: &Quotient,
        factor: &Number,
    ) -> Result<Quotient, Unsaid> {
        let size = self.literal(&factor.abs())?;
        let op = if factor.signum() < 0 { Arith::Sub } else { Arith::Add };
        let times = |x: &Decimal, y: Option<&Decimal>| match y {
            Some(y) => self.arithmetic(Arith::Mul, x, y),
            None => Ok(x.clone()),
        };
        let second = self.arithmetic(Arith::Mul, &b.over, &size)?;
        let over = self.arithmetic(
            op,
            &times(&a.over, b.under.as_ref())?,
            &times(&second, a.under.as_ref())?,
        )?;
        let under = match (&a.under, &b.under) {
            (Some(x), y) => Some(times(x, y.as_ref())?),
            (None, y) => y.clone(),
        };
        Ok(Quotient { over, under })
    }

    /// The product of two.
    ///
    /// # Errors
    /// Where it could have too many digits, or is one of quotients of rounded figures.
    pub fn times(self, a: &Figure, b: &Figure) -> Result<Figure, Unsaid> {
        if let (Some(x), Some(y)) = (a.plain(), b.plain()) {
            return Ok(Figure::exact(self.arithmetic(Arith::Mul, x, y)?));
        }
        let ((a_low, a_high, a_exact), (b_low, b_high, b_exact)) = (self.ends(a)?, self.ends(b)?);
        if a_exact && b_exact {
            let both = |x: &Option<Decimal>, y: &Option<Decimal>| match (x, y) {
                (Some(x), Some(y)) => self.arithmetic(Arith::Mul, x, y).map(Some),
                (x, y) => Ok(x.clone().or_else(|| y.clone())),
            };
            let over = self.arithmetic(Arith::Mul, &a_low.over, &b_low.over)?;
            let end = Quotient { over, under: both(&a_low.under, &b_low.under)? };
            return Ok(Between { low: end.clone(), high: end, exact: true });
        }
        let mut products = Vec::new();
        for x in [&a_low, &a_high] {
            for y in [&b_low, &b_high] {
                if x.under.is_some() || y.under.is_some() {
                    return because("it multiplies a quotient of rounded figures");
                }
                products.push(self.arithmetic(Arith::Mul, &x.over, &y.over)?);
            }
        }
        let end = |spelling| {
            let over = self.extreme(spelling, &products).ok_or(Unsaid::Digits)?;
            Ok(Quotient { over, under: None })
        };
        Ok(Between { low: end(self.0.least)?, high: end(self.0.greatest)?, exact: false })
    }

    /// The quotient of two: null where the divisor is not surely above zero.
    ///
    /// # Errors
    /// Where one of them is a quotient itself.
    pub fn over(self, a: &Figure, b: &Figure) -> Result<Figure, Unsaid> {
        let ((a_low, a_high, a_exact), (b_low, b_high, b_exact)) = (self.ends(a)?, self.ends(b)?);
        if [&a_low, &b_low, &a_high, &b_high].iter().any(|q| q.under.is_some()) {
            return because("it divides a quotient, or by one");
        }
        let zero = self.literal(&Number::default())?;
        let is_above = Pred::When(self.compare(Cmp::Gt, &b_low.over, &zero)?);
        let is_literal = |d: &Decimal| d.sql.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let is_above =
            if is_literal(&b_low.over) && b_low.over.sql != "0" { Pred::Always } else { is_above };
        let end = |over: &Decimal, if_below: &Decimal, otherwise: &Decimal| {
            let under = if if_below.sql == otherwise.sql {
                otherwise.clone()
            } else {
                let is_below = self.compare(Cmp::Lt, over, &zero)?;
                let (below, else_) = (&if_below.sql, &otherwise.sql);
                otherwise.by(format!("case when {is_below} then {below} else {else_} end"))
            };
            let over = over.by(is_above.guards(&over.sql));
            Ok::<_, Unsaid>(Quotient { over, under: Some(under) })
        };
        Ok(Between {
            low: end(&a_low.over, &b_low.over, &b_high.over)?,
            high: end(&a_high.over, &b_high.over, &b_low.over)?,
            exact: a_exact && b_exact,
        })
    }

    /// Where some value that a difference can have satisfies a comparison with zero, and where none does.
    ///
    /// # Errors
    /// Where that could take too many digits.
    pub fn possibly(self, op: Cmp, difference: &Figure) -> Result<(Pred, Pred), Unsaid> {
        let zero = self.literal(&Number::default())?;
        let when = |sql: Result<String, Unsaid>| sql.map(Pred::When);
        match difference {
            Around { value, off } => self.around(op, value, off.as_ref().unwrap_or(&zero)),
            // A divisor above zero changes no sign.
            Between { low, high, exact } => {
                let low = |op| when(self.compare(op, &low.over, &zero));
                let high = |op| when(self.compare(op, &high.over, &zero));
                Ok(match op {
                    Cmp::Eq if *exact => (low(Cmp::Eq)?, low(Cmp::Ne)?),
                    Cmp::Ne if *exact => (low(Cmp::Ne)?, low(Cmp::Eq)?),
                    Cmp::Eq => {
                        (low(Cmp::Le)?.and(&high(Cmp::Ge)?), low(Cmp::Gt)?.or(&high(Cmp::Lt)?))
                    }
                    Cmp::Ne => return because("it asks whether rounded quotients differ"),
                    Cmp::Lt | Cmp::Le => (low(op)?, low(opposite(op))?),
                    Cmp::Gt | Cmp::Ge => (high(op)?, high(opposite(op))?),
                })
            }
        }
    }

    /// The same of a value that may be so far off.
    fn around(self, op: Cmp, value: &Decimal, off: &Decimal) -> Result<(Pred, Pred), Unsaid> {
        let size = self.abs(value);
        let when = |op, a: &Decimal, b: &Decimal| self.compare(op, a, b).map(Pred::When);
        let is_exact = off.sql == "0";
        Ok(match op {
            Cmp::Eq if is_exact => (when(Cmp::Eq, value, off)?, when(Cmp::Ne, value, off)?),
            Cmp::Ne if is_exact => (when(Cmp::Ne, value, off)?, when(Cmp::Eq, value, off)?),
            Cmp::Eq => (when(Cmp::Le, &size, off)?, when(Cmp::Gt, &size, off)?),
            // Two rounded figures may always differ.
            Cmp::Ne => (when(Cmp::Ne, value, &self.literal(&Number::default())?)?, Pred::Never),
            Cmp::Lt | Cmp::Le => (when(op, value, off)?, when(opposite(op), value, off)?),
            Cmp::Gt | Cmp::Ge => {
                let least = if is_exact { off.clone() } else { off.by(format!("-({})", off.sql)) };
                (when(op, value, &least)?, when(opposite(op), value, &least)?)
            }
        })
    }

    /// Where an amount is one: below zero it is none.
    ///
    /// # Errors
    /// Where it is a quotient or a rounded figure.
    pub fn is_no_less_than_zero(self, amount: &Figure) -> Result<Pred, Unsaid> {
        let Some(amount) = amount.plain() else {
            return because("its allowance is a quotient or a rounded figure");
        };
        if amount.sql.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            return Ok(Pred::Always);
        }
        let zero = self.literal(&Number::default())?;
        self.compare(Cmp::Ge, amount, &zero).map(Pred::When)
    }

    /// Where a difference of figures satisfies a comparison that is widened by an amount, in favour of holding.
    ///
    /// # Errors
    /// Where that could take too many digits, or the difference is not exact.
    pub fn within(
        self,
        op: Cmp,
        difference: &Figure,
        amount: &Figure,
    ) -> Result<(Pred, Pred), Unsaid> {
        let Some(amount) = amount.plain() else {
            return because("its allowance is a quotient or a rounded figure");
        };
        let amount = self.abs(amount);
        let (over, amount) = match difference {
            Around { value, .. } => (value.clone(), amount),
            Between { low: Quotient { over, under: None }, exact: true, .. } => {
                (over.clone(), amount)
            }
            Between { low: Quotient { over, under: Some(under) }, exact: true, .. } => {
                (over.clone(), self.arithmetic(Arith::Mul, &amount, under)?)
            }
            Between { .. } => {
                return because("it allows an amount for quotients of rounded figures");
            }
        };
        match op {
            Cmp::Ne => {
                let size = self.abs(&over);
                let when = |op| self.compare(op, &size, &amount).map(Pred::When);
                Ok((when(Cmp::Gt)?, when(Cmp::Le)?))
            }
            _ => self.around(op, &over, &amount),
        }
    }
}
