//! Where an equation surely holds by no more rounding than is likely, and for no other figure as well: of all
//! others crossfoot says so.

use crate::expr::bound::StateDef;
use crate::expr::bound::{Linear, Op};
use crate::expr::print::aggregate_word;
use crate::expr::tree::{Agg, Cmp};
use crate::sql::decimal::{Decimal, Unsaid};
use crate::sql::dialect::say;
use crate::sql::figures::Figure;
use crate::sql::pred::Pred;
use crate::sql::printer::Printer;
use crate::value::Number;

/// As many rounded figures can be off by no more than is likely, whatever they are.
const FEW: usize = 3;

impl Printer<'_> {
    /// Where a difference that holds within rounding is likely, and small beside its figures.
    ///
    /// # Errors
    /// Where one of its parts is not printed.
    pub fn firm(
        &mut self,
        (left, right): (&Figure, &Figure),
        linear: &Linear,
        difference: &Figure,
    ) -> Result<Pred, Unsaid> {
        let Figure::Around { value, off } = difference else { return Ok(Pred::Never) };
        // Exact figures are off by nothing.
        let Some(off) = off else { return Ok(Pred::Always) };
        let digits = self.digits();
        let zero = digits.literal(&Number::default())?;
        let is_exact = Pred::When(digits.compare(Cmp::Eq, value, &zero)?);
        let likely = match self.likely(linear, value)? {
            Some(likely) => likely.or(&is_exact),
            None => is_exact,
        };
        let four = digits.literal(&Number::from(4i64))?;
        let Ok(most) = digits.arithmetic(crate::expr::tree::Arith::Mul, off, &four) else {
            return Ok(Pred::Never);
        };
        let is_large = |figure: &Figure| match figure {
            Figure::Around { value, .. } => {
                let large = digits.compare(Cmp::Ge, &digits.abs(value), &most);
                large.map_or(Pred::Never, Pred::When)
            }
            Figure::Between { .. } => Pred::Never,
        };
        Ok(likely.and(&is_large(left).or(&is_large(right))))
    }

    /// Where a difference is within three standard deviations of what rounding does; none where that is not
    /// said.
    fn likely(&mut self, linear: &Linear, value: &Decimal) -> Result<Option<Pred>, Unsaid> {
        let (mut squares, mut rounded, mut has_sums) = (Vec::new(), 0, false);
        let mut is_said = value.scale <= 9;
        for term in &linear.terms {
            let of_term = self.value(&term.atom)?;
            let Figure::Around { off, .. } = self.figure(&of_term)? else {
                is_said = false;
                rounded += 1;
                continue;
            };
            let Some(off) = off else { continue };
            rounded += 1;
            is_said &= term.factor.abs() == Number::from(1i64);
            match self.squares_of(&term.atom.op) {
                Some(sum) => {
                    has_sums = true;
                    squares.push(sum);
                }
                None => {
                    is_said &= off.is_small();
                    squares.push(self.dialect.square(&off.sql));
                }
            }
        }
        if rounded <= FEW && !has_sums {
            return Ok(Some(Pred::Always));
        }
        if !is_said {
            return Ok(None);
        }
        let digits = self.digits();
        let million = digits.literal(&Number::from(1_000_000i64))?;
        let small = Pred::When(digits.compare(Cmp::Lt, &digits.abs(value), &million)?);
        let own = say(self.dialect.cast, &[&value.sql, "18", "9"]);
        let sum = format!("({})", squares.join(" + "));
        // The cast is made only where it fits.
        let test =
            format!("case when {} then {own} * {own} <= {sum} + {sum} + {sum} end", small.sql());
        Ok(Some(Pred::When(test)))
    }

    /// The squares of what a sum added may be off by.
    fn squares_of(&self, op: &Op) -> Option<String> {
        let Op::Aggregate { state, slot, .. } = op else { return None };
        let StateDef::Groups(def) = self.states.all.get(*state)? else { return None };
        let agg = def.slots.get(*slot)?.agg;
        let at = self.asked.iter().rposition(|asked| asked.state == *state)?;
        let column = format!("{} {} off squares", aggregate_word(agg), slot + 1);
        let is_made = self.asked.get(at)?.columns.iter().any(|(name, _)| *name == column);
        (is_made && agg == Agg::Sum)
            .then(|| format!("coalesce({}, 0)", self.column_of(at, &column)))
    }
}
