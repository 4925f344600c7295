//! Truths of a statement, from bound expressions: where they surely hold, and where they surely do not.

use crate::expr::bound::{Allowance, Bound, Op};
use crate::expr::regex::Regex;
use crate::expr::tree::Cmp;
use crate::sql::cells::Facet;
use crate::sql::decimal::{Unsaid, because, opposite, sign};
use crate::sql::dialect::say;
use crate::sql::figures::Figure;
use crate::sql::pattern::portable;
use crate::sql::pred::Pred;
use crate::sql::printer::{LONGEST, Of, Printer, Truth, Val};
use crate::sql::values::reason;
use crate::value::{Number, Type, Value};

impl Printer<'_> {
    /// A truth; as a condition that chooses rows a missing text equals no text that is there.
    ///
    /// # Errors
    /// Where it is not printed.
    pub fn truth(&mut self, b: &Bound, chooses: bool) -> Result<Truth, Unsaid> {
        match self.truth_of(b, chooses)? {
            truth if truth.len() > LONGEST => because("its statement would be too long"),
            truth => Ok(truth),
        }
    }

    fn truth_of(&mut self, b: &Bound, chooses: bool) -> Result<Truth, Unsaid> {
        match &b.op {
            Op::Const(Value::Bool(true)) => Ok(Truth::of((Pred::Always, Pred::Never))),
            Op::Const(Value::Bool(false)) => Ok(Truth::of((Pred::Never, Pred::Always))),
            Op::Compare { op, left, right, allowance } => {
                self.compare(*op, left, right, allowance, chooses)
            }
            Op::Between { not, value, low, high, allowance } => {
                let above = self.compare(Cmp::Ge, value, low, allowance, chooses)?;
                let below = self.compare(Cmp::Le, value, high, allowance, chooses)?;
                Ok(both(&[above, below]).negated_if(*not))
            }
            Op::InList { not, value, list } => self.in_list(*not, value, list, chooses),
            Op::IsMissing { not, value } => self.is_missing(value).map(|t| t.negated_if(*not)),
            Op::IsReadable { not, value } => {
                let there = self.value(value)?.is_there();
                Ok(Truth::of((there, Pred::Never)).negated_if(*not))
            }
            Op::Matches { not, value, regex, whole } => {
                self.matches(*not, value, (regex, *whole), chooses)
            }
            Op::Member { state, value, not } => self.member(*state, value, *not, chooses),
            Op::Not(x) => Ok(self.truth(x, chooses)?.negated()),
            Op::And(all) => Ok(both(&self.truths(all, chooses)?)),
            Op::Or(all) => {
                let opposites: Vec<Truth> =
                    self.truths(all, chooses)?.into_iter().map(Truth::negated).collect();
                Ok(both(&opposites).negated())
            }
            Op::If { condition, then, otherwise } => {
                self.if_truth(condition, then, otherwise.as_deref(), chooses)
            }
            Op::Call { function, args } if b.ty == Type::Boolean => {
                self.predicate(function.name, args, chooses)
            }
            Op::Cell { .. }
            | Op::Lookup { column: Some(_), .. }
            | Op::Default { .. }
            | Op::Window { .. } => {
                let value = self.value(b)?;
                let Of::Truth(sql) = &value.of else { return because("it is no truth") };
                let when = |n| Pred::When(format!("{sql} = {n}"));
                Ok(Truth {
                    yes: when(1),
                    no: when(0),
                    blank: value.missing.clone(),
                    not_applicable: value.not_applicable,
                })
            }
            Op::IsWithheld { .. } => because("whether a figure is withheld is read here"),
            op => because(reason(op)),
        }
    }

    fn matches(
        &mut self,
        not: bool,
        value: &Bound,
        (regex, whole): (&Regex, bool),
        chooses: bool,
    ) -> Result<Truth, Unsaid> {
        let value = self.value(value)?;
        let Of::Text(text) = &value.of else { return because("its pattern is for no text") };
        let Some(pattern) = portable(&regex.text, whole, self.dialect.has_ranges) else {
            return because(format!("the pattern `{}` may mean something else there", regex.text));
        };
        let Some(search) = self.dialect.search else {
            return because(format!("{} has no regular expressions", self.dialect.name));
        };
        let pattern_text = self.dialect.literal(&pattern.text(self.dialect.end));
        let yes = Pred::When(say(search, &[text, &pattern_text]));
        let no = match pattern.is_exact {
            true => Pred::When(format!("not {}", yes.sql())),
            false => Pred::Never,
        };
        Ok(self.of_text(Truth::of((yes, no)).negated_if(not), not, &value, chooses))
    }

    fn truths(&mut self, all: &[Bound], chooses: bool) -> Result<Vec<Truth>, Unsaid> {
        all.iter().map(|b| self.truth(b, chooses)).collect()
    }

    /// Where a condition surely chooses a row, and where it surely does not: a missing value that leaves it open
    /// does not.
    ///
    /// # Errors
    /// Where it is not printed.
    pub fn choice(&mut self, b: &Bound) -> Result<(Pred, Pred), Unsaid> {
        let truth = self.truth(b, true)?;
        Ok((truth.yes, Pred::any_of([&truth.no, &truth.blank])))
    }

    /// In a condition that chooses rows a missing text is a text like no other.
    pub fn of_text(&self, truth: Truth, not: bool, value: &Val, chooses: bool) -> Truth {
        let truth = Truth { not_applicable: value.not_applicable.clone(), ..truth };
        match (chooses, not) {
            (false, _) => Truth { blank: value.missing.clone(), ..truth },
            (true, false) => Truth { no: truth.no.or(&value.missing), ..truth },
            (true, true) => Truth { yes: truth.yes.or(&value.missing), ..truth },
        }
    }

    fn compare(
        &mut self,
        op: Cmp,
        left: &Bound,
        right: &Bound,
        allowance: &Allowance,
        chooses: bool,
    ) -> Result<Truth, Unsaid> {
        if let Some(truth) = self.decimals(op, left, right)? {
            return Ok(truth);
        }
        let (a, b) = (self.value(left)?, self.value(right)?);
        let blank = a.missing.and(&b.is_known()).or(&b.missing.and(&a.is_known()));
        let not_applicable = a.not_applicable.or(&b.not_applicable);
        let sure = match (&a.of, &b.of) {
            (Of::Figure(x), Of::Figure(y)) => self.figures(op, (x, y), allowance)?,
            (Of::Text(x), Of::Text(y)) if *allowance == Allowance::Exact => {
                let when = |op| Pred::When(format!("{x} {} {y}", sign(op)));
                (when(op), when(opposite(op)))
            }
            (Of::Truth(x), Of::Truth(y)) => {
                let when = |op| Pred::When(format!("{x} {} {y}", sign(op)));
                (when(op), when(opposite(op)))
            }
            (Of::Nothing, _) | (_, Of::Nothing) => (Pred::Never, Pred::Never),
            _ => return because("it compares days within an amount"),
        };
        let (mut yes, mut no) = sure;
        let is_text = [left, right].iter().any(|s| s.ty == Type::Text);
        if chooses && is_text && matches!(op, Cmp::Eq | Cmp::Ne) {
            let one = a.missing.and(&b.is_there()).or(&b.missing.and(&a.is_there()));
            if op == Cmp::Eq {
                no = no.or(&one)
            } else {
                yes = yes.or(&one)
            }
            let blank = a.missing.and(&b.missing);
            return Ok(Truth { yes, no, blank, not_applicable });
        }
        Ok(Truth { yes, no, blank, not_applicable })
    }

    fn figures(
        &mut self,
        op: Cmp,
        (x, y): (&Figure, &Figure),
        allowance: &Allowance,
    ) -> Result<(Pred, Pred), Unsaid> {
        let digits = self.digits();
        let minus = Number::from(-1i64);
        match allowance {
            Allowance::Exact => {
                let is_exact = |f: &Figure| {
                    matches!(
                        f,
                        Figure::Around { off: None, .. } | Figure::Between { exact: true, .. }
                    )
                };
                if !is_exact(x) || !is_exact(y) {
                    return because("it compares rounded figures exactly");
                }
                if let (Some(x), Some(y)) = (x.plain(), y.plain()) {
                    let when = |op| digits.compare(op, x, y).map(Pred::When);
                    return Ok((when(op)?, when(opposite(op))?));
                }
                digits.possibly(op, &digits.plus(x, y, &minus)?)
            }
            Allowance::Rounding(Some(linear)) => {
                let difference = self.linear(linear)?;
                let difference = self.figure(&difference)?.clone();
                let (yes, no) = digits.possibly(op, &difference)?;
                let firm = match op {
                    Cmp::Eq => self.firm((x, y), linear, &difference)?,
                    _ => Pred::Always,
                };
                Ok((yes.and(&firm), no))
            }
            Allowance::Rounding(None) => digits.possibly(op, &digits.plus(x, y, &minus)?),
            Allowance::Relative(share) => {
                let Some(right) = y.plain() else {
                    return because("it allows a share of a quotient or of rounded figures");
                };
                let share = Figure::exact(digits.literal(&share.abs())?);
                let amount = digits.times(&share, &Figure::exact(digits.abs(right)))?;
                digits.within(op, &digits.plus(x, y, &minus)?, &amount)
            }
            Allowance::Absolute(amount) => {
                let amount = self.value(amount)?;
                let difference = digits.plus(x, y, &minus)?;
                let amount = self.figure(&amount)?;
                let (yes, no) = digits.within(op, &difference, amount)?;
                let is_amount = digits.is_no_less_than_zero(amount)?;
                Ok((yes.and(&is_amount), no.and(&is_amount)))
            }
        }
    }

    /// `x = round(x, n)`: as many decimals at most are written.
    fn decimals(&mut self, op: Cmp, left: &Bound, right: &Bound) -> Result<Option<Truth>, Unsaid> {
        let (Op::Cell { unit: 0, column, .. }, Op::Call { function, args }) = (&left.op, &right.op)
        else {
            return Ok(None);
        };
        let [same, digits] = &args[..] else { return Ok(None) };
        let Op::Const(Value::Number(most)) = &digits.op else { return Ok(None) };
        let most = most.value.to_i64().filter(|n| *n >= 0);
        let Some(most) =
            most.filter(|_| op == Cmp::Eq && function.name == "round" && same.same(left))
        else {
            return Ok(None);
        };
        let value = self.value(left)?;
        let written = self.facet(*column, Facet::Decimals)?;
        let yes = value.is_there().and(&Pred::When(format!("{written} <= {most}")));
        Ok(Some(Truth { blank: value.missing, ..Truth::of((yes, Pred::Never)) }))
    }

    fn in_list(
        &mut self,
        not: bool,
        value: &Bound,
        list: &[Bound],
        chooses: bool,
    ) -> Result<Truth, Unsaid> {
        let val = self.value(value)?;
        let mut any = Truth::of((Pred::Never, Pred::Always));
        for item in list {
            let equal = self.compare(Cmp::Eq, value, item, &Allowance::Exact, false)?;
            any.yes = any.yes.or(&equal.yes);
            any.no = any.no.and(&equal.no);
        }
        // Shorter, and the same: each of them is compared as it is.
        let texts: Vec<String> = list
            .iter()
            .filter_map(|item| match self.value(item).ok()?.of {
                Of::Text(text) if text.starts_with('\'') => Some(text),
                _ => None,
            })
            .collect();
        if let (Of::Text(text), true) = (&val.of, !list.is_empty() && texts.len() == list.len()) {
            any.yes = Pred::When(format!("{text} in ({})", texts.join(", ")));
            any.no = Pred::When(format!("{text} not in ({})", texts.join(", ")));
        }
        let truth = any.negated_if(not);
        Ok(self.of_text(truth, not, &val, chooses && value.ty == Type::Text))
    }

    fn is_missing(&mut self, value: &Bound) -> Result<Truth, Unsaid> {
        if let Op::Lookup { column: None, .. } = &value.op {
            return self.is_absent(value);
        }
        let val = self.value(value)?;
        let yes = val.missing.or(&val.not_applicable);
        Ok(Truth::of((yes, val.is_there())))
    }

    fn if_truth(
        &mut self,
        condition: &Bound,
        then: &Bound,
        otherwise: Option<&Bound>,
        chooses: bool,
    ) -> Result<Truth, Unsaid> {
        let condition = self.truth(condition, false)?;
        let then = self.truth(then, chooses)?;
        let (yes, no) = (&condition.yes, &condition.no);
        let otherwise = otherwise.map(|other| self.truth(other, chooses)).transpose()?;
        let pick = |part: &dyn Fn(&Truth) -> Pred| {
            let second = otherwise.as_ref().map_or(Pred::Never, |other| no.and(&part(other)));
            yes.and(&part(&then)).or(&second)
        };
        let not_chosen = if otherwise.is_none() { no.clone() } else { Pred::Never };
        Ok(Truth {
            yes: pick(&|t| t.yes.clone()),
            no: pick(&|t| t.no.clone()),
            blank: Pred::Never,
            not_applicable: pick(&|t| t.not_applicable.clone())
                .or(&not_chosen)
                .or(&condition.not_applicable),
        })
    }

    /// `contains` and its like.
    fn predicate(
        &mut self,
        function: &'static str,
        args: &[Bound],
        chooses: bool,
    ) -> Result<Truth, Unsaid> {
        let [text, part] = args else { return because(format!("`{function}` is computed here")) };
        let Op::Const(Value::Text(wanted)) = &part.op else {
            return because(format!("`{function}` looks for a text that differs from row to row"));
        };
        let value = self.value(text)?;
        let Of::Text(text) = &value.of else { return because("it looks into what is no text") };
        let (quoted, length) = (self.dialect.literal(wanted), wanted.chars().count().to_string());
        let test = match function {
            _ if wanted.is_empty() => return because("it looks for an empty text"),
            "contains" => format!("{} > 0", say(self.dialect.position, &[text, &quoted])),
            "starts_with" => {
                format!("{} = {quoted}", say(self.dialect.slice, &[text, "1", &length]))
            }
            "ends_with" => format!("{} = {quoted}", say(self.dialect.last, &[text, &length])),
            _ => return because(format!("`{function}` is computed here")),
        };
        let no = if function == "contains" {
            format!("{} = 0", test.trim_end_matches(" > 0"))
        } else {
            test.replace(&format!(" = {quoted}"), &format!(" <> {quoted}"))
        };
        Ok(self.of_text(Truth::of((Pred::When(test), Pred::When(no))), false, &value, chooses))
    }
}

/// Kleene's `and`; what does not apply is neutral, and where nothing applies neither does the whole.
fn both(all: &[Truth]) -> Truth {
    let fine = |t: &Truth| t.yes.or(&t.not_applicable);
    let applies = Pred::any_of(all.iter().map(|t| &t.yes));
    let fine = Pred::all_of(&all.iter().map(fine).collect::<Vec<_>>());
    let is_simple = all.iter().all(|t| t.not_applicable == Pred::Never);
    let known = |t: &Truth| t.yes.or(&t.blank);
    let blank = Pred::any_of(all.iter().map(|t| &t.blank))
        .and(&Pred::all_of(&all.iter().map(known).collect::<Vec<_>>()));
    Truth {
        yes: if is_simple { fine } else { fine.and(&applies) },
        no: Pred::any_of(all.iter().map(|t| &t.no)),
        blank,
        not_applicable: Pred::all_of(all.iter().map(|t| &t.not_applicable)),
    }
}
