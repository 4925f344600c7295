//! Comparisons that are well-formed and mean something else than they seem to say.

use std::ops::Range;

use crate::expr::bind::ty::{is_numeric, word};
use crate::expr::bind::{Binder, CONTRADICTORY_RULE, TYPE_MISMATCH, Ty};
use crate::expr::bound::{Bound, Op};
use crate::expr::print::{name as name_of, print};
use crate::expr::tree::{Arith, Cmp, Expr, Kind, Within, children};
use crate::report::text::printable;
use crate::value::{DateFormat, Number, Type};

impl Binder<'_> {
    /// A comparison of something with itself.
    pub(crate) fn idle(
        &mut self,
        op: Cmp,
        (left, written): (&Bound, &Expr),
        right: &Bound,
        span: &Range<usize>,
    ) {
        let Op::Cell { unit, column, .. } = &left.op else { return };
        if !left.same(right) {
            return;
        }
        let holds = matches!(op, Cmp::Eq | Cmp::Le | Cmp::Ge);
        let message = format!(
            "both sides are the same column, so this {} true",
            if holds { "is always" } else { "is never" }
        );
        let table = self.scope.units[*unit].table;
        let name = self.catalog.tables[table].columns[*column].name.clone();
        let outer = self.scope.units[..*unit]
            .iter()
            .rev()
            .find(|u| !u.name.is_empty() && self.catalog.tables[u.table].column(&name).is_some());
        let help = outer.map(|u| {
            let (unit, column) = (name_of(&u.name), name_of(&name));
            format!("name the outer row: {} = {unit}.{column}", print(written))
        });
        let help = help.unwrap_or_else(|| "compare with another column, or remove it".into());
        self.problem(&CONTRADICTORY_RULE, span.clone(), message, "the same twice", Some(help));
    }

    /// A percentage compared with a number that was meant as one.
    pub(crate) fn shares<const N: usize>(&mut self, sides: [(Ty, &Expr); N]) {
        let share = |(ty, e): &(Ty, &Expr)| {
            *ty == Ty::Known(Type::Percent) && !matches!(e.kind, Kind::Percent(_) | Kind::Points(_))
        };
        if !sides.iter().any(share) {
            return;
        }
        for (ty, e) in sides {
            if ty == Ty::Known(Type::Percent) {
                continue;
            }
            if let Some(n) = plain_number(e).filter(|n| n.abs() > Number::from(1)) {
                let text = n.to_text();
                let message = format!(
                    "this compares a percentage with {text}, which is {} %",
                    (&n * &Number::from(100)).to_text()
                );
                self.problem(
                    &TYPE_MISMATCH,
                    e.span.clone(),
                    message,
                    "a bare number",
                    Some(format!("write {text}%")),
                );
            } else if is_hundredfold(e) {
                let message = "a percentage is a share already: 50 % is 0.5, not 50".to_string();
                let help = Some("leave out the factor 100".to_string());
                self.problem(
                    &TYPE_MISMATCH,
                    e.span.clone(),
                    message,
                    "a hundred times a share",
                    help,
                );
            }
        }
    }

    /// An amount that is allowed, and is below zero, or is one of percentages and was meant in points.
    pub(crate) fn amount(&mut self, within: &Within, sides: [(Ty, &Expr); 2]) {
        let Within::Absolute(amount) = within else { return };
        if plain_number(amount).is_some_and(|n| n < Number::default()) {
            let message = "an allowance below zero allows nothing".to_string();
            let help = Some("write it without the minus sign".to_string());
            self.problem(&CONTRADICTORY_RULE, amount.span.clone(), message, "below zero", help);
            return;
        }
        let is_large = |n: &Number| (&n.abs() * &Number::from(10)) >= Number::from(1);
        let Some(n) = plain_number(amount).filter(is_large) else { return };
        let (text, points) = (n.to_text(), (&n * &Number::from(100)).to_text());
        let is_share = |(ty, _): &(Ty, &Expr)| *ty == Ty::Known(Type::Percent);
        let (message, help) = if sides.iter().any(is_share) {
            let message = format!("this allows a difference of {points} percentage points");
            (message, format!("write `within {text}pp`"))
        } else {
            let Some(name) = sides.iter().find_map(|(_, e)| self.share_among(e)) else { return };
            let name = printable(&name).into_owned();
            let message = format!("in the column `{name}` this allows {points} percentage points");
            (message, format!("check `{name}` by itself, `within {text}pp`"))
        };
        let span = amount.span.clone();
        self.problem(&TYPE_MISMATCH, span, message, "a bare number", Some(help));
    }

    /// A column of percentages among those of which an expression reads each cell by the name of all.
    fn share_among(&self, e: &Expr) -> Option<String> {
        let Kind::Ref(names) = &e.kind else {
            return children(e).into_iter().find_map(|part| self.share_among(part));
        };
        let name = names.last()?;
        self.scope.units.iter().find_map(|unit| {
            let melt = self.catalog.tables.get(unit.table)?.melt.as_ref();
            let melt = melt.filter(|melt| melt.name == name.text)?;
            let columns = self.catalog.tables.get(melt.of)?.columns.get(melt.from..=melt.to)?;
            let share = columns.iter().find(|column| column.ty == Some(Type::Percent))?;
            Some(share.name.clone())
        })
    }

    /// A column of words that is compared with something else than a text; whether there is one.
    pub(crate) fn words(&mut self, side: (&Bound, Ty, &Expr), others: &[(Ty, &Expr)]) -> bool {
        let (Op::Cell { unit, column, .. }, Ty::Known(Type::Text), true) =
            (&side.0.op, side.1, self.report)
        else {
            return false;
        };
        let other = |(ty, _): &(Ty, &Expr)| match ty {
            Ty::Known(ty) => Some(*ty).filter(|ty| !matches!(ty, Type::Text | Type::Boolean)),
            _ => None,
        };
        let table = self.scope.units.get(*unit).and_then(|u| self.catalog.tables.get(u.table));
        let column = table.and_then(|t| t.columns.get(*column));
        let text = column.and_then(|c| c.words.as_ref());
        let (Some(column), Some(text), Some(other)) = (column, text, others.iter().find_map(other))
        else {
            return false;
        };
        let (name, text) = (&column.name, printable(text));
        let (key, is) = (name_of(name), if is_numeric(other) { "number" } else { "date" });
        let message =
            format!("`{name}` holds texts, such as `{text}`, and is compared with {}", word(other));
        let help = format!(
            "compare it with a text in quotes, such as \"{text}\"; if it should hold {is}s, write columns.{key} = {{ type = \"{is}\" }}"
        );
        self.problem(&TYPE_MISMATCH, side.2.span.clone(), message, "holds texts", Some(help));
        true
    }

    /// A date in quotes that is compared with something that may be one; whether there is one.
    pub(crate) fn undated<const N: usize>(&mut self, sides: [(Ty, &Expr); N]) -> bool {
        if !sides
            .iter()
            .any(|(ty, e)| !matches!(e.kind, Kind::Text(_)) && *ty == Ty::Known(Type::Date))
        {
            return false;
        }
        let is_day = |t: &str| {
            DateFormat::new("%Y-%m-%d", Type::Date).is_ok_and(|f| f.parse_date(t).is_ok())
        };
        for (_, e) in sides {
            if let Kind::Text(t) = &e.kind
                && is_day(t)
            {
                let message = format!("\"{t}\" is a text, not a date");
                let help = Some(format!("write date \"{t}\""));
                self.problem(&TYPE_MISMATCH, e.span.clone(), message, "a text", help);
                return true;
            }
        }
        false
    }
}

fn plain_number(e: &Expr) -> Option<Number> {
    match &e.kind {
        Kind::Number(n) => Some(n.clone()),
        Kind::Neg(x) => Some(-&plain_number(x)?),
        _ => None,
    }
}

/// `100 * x`, `x * 100`, `100 * x / y`.
fn is_hundredfold(e: &Expr) -> bool {
    let hundred = |e: &Expr| plain_number(e).is_some_and(|n| n == Number::from(100));
    match &e.kind {
        Kind::Arith(Arith::Mul, a, b) => [a, b].iter().any(|e| hundred(e) || is_hundredfold(e)),
        Kind::Arith(Arith::Div, a, _) => is_hundredfold(a),
        _ => false,
    }
}
