//! Comparisons, membership, logic.

use std::ops::Range;

use crate::expr::bind::{Binder, TYPE_MISMATCH, Ty};
use crate::expr::bound::{Allowance, Bound, Op};
use crate::expr::choice::ChosenFor;
use crate::expr::print;
use crate::expr::regex::Regex;
use crate::expr::tree::{Agg, AggArg, Cmp, Expr, Kind, WindowFunction, Within};
use crate::value::{Type, Value};

impl Binder<'_> {
    /// Everything that is true or false.
    pub(crate) fn logic(&mut self, e: &Expr) -> Bound {
        let op = match &e.kind {
            Kind::Compare { op, left, right, within } => {
                match self.same_record(*op, [left, right], within.is_some(), e) {
                    Some(op) => op,
                    None => self.compare(*op, left, right, within.as_ref(), e),
                }
            }
            Kind::Between { not, value, low, high, within } => {
                self.between(*not, value, low, high, within.as_ref())
            }
            Kind::InList { not, value, list } => self.in_list(*not, value, list),
            Kind::InColumn { not, value, table, column } => self.member(*not, value, table, column),
            // Without an old version nothing can be said of what is missing in it.
            Kind::IsMissing { not, value } => match self.quietly(value) {
                value if value.is_absent() => Op::Absent,
                value => Op::IsMissing { not: *not, value: Box::new(value) },
            },
            Kind::IsReadable { not, value } => match self.quietly(value) {
                value if value.is_absent() => Op::Absent,
                value => Op::IsReadable { not: *not, value: Box::new(value) },
            },
            Kind::IsWithheld { not, value } => match self.quietly(value) {
                value if value.is_absent() => Op::Absent,
                value => Op::IsWithheld { not: *not, value: Box::new(value) },
            },
            Kind::Matches { not, value, pattern, pattern_span } => {
                self.matches(*not, value, pattern, pattern_span)
            }
            // What is left out need not be there.
            Kind::Not(x) => {
                let chosen_for = self.chosen_for.map(|_| ChosenFor::Question);
                Op::Not(Box::new(self.choosing(chosen_for, |b| b.condition(x))))
            }
            Kind::And(all) => Op::And(all.iter().map(|x| self.condition(x)).collect()),
            Kind::Or(all) => Op::Or(all.iter().map(|x| self.condition(x)).collect()),
            _ => Op::Absent,
        };
        Bound { op, ty: Type::Boolean, span: e.span.clone() }
    }

    /// An operand of `is missing` or `default`: a look-up without a hit is no finding there.
    pub(crate) fn quietly(&mut self, e: &Expr) -> Bound {
        let saved = std::mem::replace(&mut self.quiet, true);
        let (bound, _) = self.expr(e);
        self.quiet = saved;
        bound
    }

    fn operands<const N: usize>(
        &mut self,
        parts: [&Expr; N],
        within: Option<&Within>,
    ) -> ([Bound; N], [Ty; N]) {
        let to = if let Some(Within::Rounding(to)) = within { *to } else { None };
        let saved =
            std::mem::replace(&mut self.ranges, matches!(within, Some(Within::Rounding(_))));
        let saved_to = std::mem::replace(&mut self.rounding_to, to);
        let is_share = |part: &&Expr| matches!(part.kind, Kind::Percent(_));
        let has_share = parts.iter().any(is_share);
        let pairs = parts.map(|part| {
            self.totals_a_share = has_share && matches!(part.kind, Kind::Aggregate { .. });
            self.expr(part)
        });
        self.totals_a_share = false;
        (self.ranges, self.rounding_to) = (saved, saved_to);
        let types = std::array::from_fn(|i| pairs[i].1);
        (pairs.map(|p| p.0), types)
    }

    fn compare(
        &mut self,
        op: Cmp,
        left: &Expr,
        right: &Expr,
        within: Option<&Within>,
        e: &Expr,
    ) -> Op {
        for side in [left, right] {
            if side.kind == Kind::Missing {
                let (word, other) =
                    if op == Cmp::Ne { ("is not missing", "!=") } else { ("is missing", "=") };
                self.problem(
                    &TYPE_MISMATCH,
                    e.span.clone(),
                    format!("`{other} missing` is never true: a missing value cannot be compared"),
                    "cannot be compared",
                    Some(format!("write `… {word}`")),
                );
            }
        }
        self.note_constant(&[left, right]);
        let ([l, r], [lt, rt]) = self.operands([left, right], within);
        if self.undated([(lt, left), (rt, right)])
            || self.words((&l, lt, left), &[(rt, right)])
            || self.words((&r, rt, right), &[(lt, left)])
        {
            return Op::Absent;
        }
        if matches!(op, Cmp::Eq | Cmp::Ne) {
            self.want_equal([(lt, left), (rt, right)]);
        }
        self.unify(lt, rt, e.span.clone());
        self.same_clock([(lt, left), (rt, right)]);
        self.no_missing_text(&l, &r, op == Cmp::Ne);
        self.no_missing_text(&r, &l, op == Cmp::Ne);
        if op == Cmp::Eq {
            self.note_choice(&l, &[&r]);
            self.note_choice(&r, &[&l]);
        }
        self.idle(op, (&l, left), &r, &e.span);
        self.shares([(lt, left), (rt, right)]);
        if !matches!(op, Cmp::Eq | Cmp::Ne) {
            let is_meant = [&l, &r].iter().any(|side| self.is_declared(side));
            self.ordered([lt, rt], [left, right], is_meant);
        }
        match within {
            Some(within) => self.sensible_within(op, within, [(lt, left), (rt, right)]),
            None => self.known_exactly(op, [&l, &r]),
        }
        let allowance = self.allowance(within, &l, &r);
        let [l, r] = self.compared(op, [l, r]);
        Op::Compare { op, left: Box::new(l), right: Box::new(r), allowance }
    }

    /// `row() = last(row())` over a table of several files asks for the same record, which its file
    /// and its number make together.
    fn same_record(
        &mut self,
        op: Cmp,
        [left, right]: [&Expr; 2],
        is_within: bool,
        e: &Expr,
    ) -> Option<Op> {
        let units = self.scope.units.iter();
        let several =
            units.filter_map(|u| self.catalog.tables.get(u.table)).any(|t| t.several_files);
        if !several || is_within || !matches!(op, Cmp::Eq | Cmp::Ne) {
            return None;
        }
        let files = file_of_row(left).zip(file_of_row(right))?;
        let mut compared = |left: &Expr, right: &Expr| {
            let op = self.compare(op, left, right, None, e);
            Bound { op, ty: Type::Boolean, span: e.span.clone() }
        };
        let both = vec![compared(left, right), compared(&files.0, &files.1)];
        Some(if op == Cmp::Eq { Op::And(both) } else { Op::Or(both) })
    }

    /// A cell that holds one of its column's texts for no value is missing: it equals no text.
    fn no_missing_text(&mut self, cell: &Bound, text: &Bound, not: bool) {
        let (Op::Cell { unit, column, .. }, Op::Const(Value::Text(t))) = (&cell.op, &text.op)
        else {
            return;
        };
        let table = self.scope.units.get(*unit).and_then(|u| self.catalog.tables.get(u.table));
        let Some(of) = table.and_then(|t| t.columns.get(*column)) else { return };
        if !of.missing.iter().any(|m| m == t) {
            return;
        }
        let name = of.name.clone();
        let message = match t.is_empty() {
            true => format!("a blank `{name}` is missing, and never equals `\"\"`"),
            false => format!("`{t}` stands for no value in `{name}`, which never equals it"),
        };
        let word = if not { "is not missing" } else { "is missing" };
        let help = Some(format!("write `{} {word}`", print::name(&name)));
        self.problem(&TYPE_MISMATCH, text.span.clone(), message, "a text for no value", help);
    }

    /// Whether it is a cell of a column the type of which is declared.
    fn is_declared(&self, b: &Bound) -> bool {
        let Op::Cell { unit, column, .. } = &b.op else { return false };
        let table = self.scope.units.get(*unit).and_then(|u| self.catalog.tables.get(u.table));
        table.and_then(|t| t.columns.get(*column)).is_some_and(|c| c.declared)
    }

    /// `<` and its like order numbers, dates, times, and texts by their characters. A number or a day in
    /// quotes would be such a text, and is meant beside a column of texts alone.
    fn ordered(&mut self, [lt, rt]: [Ty; 2], [left, right]: [&Expr; 2], is_meant: bool) {
        let sides = [(lt, left), (rt, right)];
        for (ty, e) in sides {
            if let Ty::Open(..) = ty {
                self.want_order(ty, e.span.clone(), "this");
            }
        }
        // Two types that do not go together have been reported.
        let is_text = |ty: Ty| ty == Ty::Known(Type::Text);
        if !self.report || is_text(lt) != is_text(rt) {
            return;
        }
        let literal = sides.iter().find_map(|(_, e)| match &e.kind {
            Kind::Text(t) if t.starts_with(|c: char| c.is_ascii_digit()) => Some((t, *e)),
            _ => None,
        });
        let literal = literal.filter(|_| !is_meant);
        let message = "only numbers, dates, times and words have an order".to_string();
        let (e, label, help) =
            match (literal, sides.iter().find(|s| s.0 == Ty::Known(Type::Boolean))) {
                (Some((t, e)), _) if t.contains('-') => {
                    (e, "text", format!("write a fixed day as date \"{t}\""))
                }
                (Some((_, e)), _) => (e, "text", "a number has no quotes".to_string()),
                (None, Some((_, e))) => {
                    (*e, "boolean", "compare it with true or false".to_string())
                }
                (None, None) => return,
            };
        self.problem(&TYPE_MISMATCH, e.span.clone(), message, label, Some(help));
    }

    /// What is known between two bounds only is never equal to anything.
    fn known_exactly(&mut self, op: Cmp, sides: [&Bound; 2]) {
        if !matches!(op, Cmp::Eq | Cmp::Ne) || !self.report {
            return;
        }
        for side in sides {
            let mut inexact = None;
            side.walk(&mut |b| {
                if let Op::Call { function, args } = &b.op {
                    let of_whole = args.get(1).is_some_and(is_whole);
                    let is_inexact = matches!(function.name, "exp" | "log")
                        || function.name == "power" && !of_whole;
                    if is_inexact && inexact.is_none() {
                        inexact = Some((function.name, b.span.clone()));
                    }
                }
            });
            if let Some((name, span)) = inexact {
                let message = format!(
                    "`{name}` is known between two bounds, and seldom equals anything exactly"
                );
                let help = "write `… within rounding`, or `… within 0.001`".to_string();
                self.problem(&TYPE_MISMATCH, span, message, "an approximation", Some(help));
            }
        }
    }

    fn sensible_within(&mut self, op: Cmp, within: &Within, sides: [(Ty, &Expr); 2]) {
        if op == Cmp::Ne {
            let span = sides[0].1.span.start..sides[1].1.span.end;
            let help = "write `not (a = b within …)`".to_string();
            self.problem(
                &TYPE_MISMATCH,
                span,
                "`!=` with `within` would mean the opposite of what it seems to say".into(),
                "",
                Some(help),
            );
        }
        self.amount(within, sides);
        for (ty, e) in sides {
            let dated =
                matches!(ty, Ty::Known(Type::Date)) && !matches!(within, Within::Rounding(_));
            if !dated {
                self.want(
                    ty,
                    Type::Number,
                    e.span.clone(),
                    "what is compared `within` an allowance",
                );
            }
        }
    }

    fn between(
        &mut self,
        not: bool,
        value: &Expr,
        low: &Expr,
        high: &Expr,
        within: Option<&Within>,
    ) -> Op {
        self.note_constant(&[value, low, high]);
        let ([v, l, h], [vt, lt, ht]) = self.operands([value, low, high], within);
        if self.undated([(vt, value), (lt, low), (ht, high)])
            || self.words((&v, vt, value), &[(lt, low), (ht, high)])
        {
            return Op::Absent;
        }
        self.shares([(vt, value), (lt, low), (ht, high)]);
        self.unify(vt, lt, value.span.start..low.span.end);
        self.unify(vt, ht, value.span.start..high.span.end);
        self.same_clock([(vt, value), (lt, low), (ht, high)]);
        let is_meant = self.is_declared(&v);
        self.ordered([vt, lt], [value, low], is_meant);
        self.ordered([vt, ht], [value, high], is_meant);
        let allowance = match within {
            Some(Within::Rounding(_)) => Allowance::Rounding(None),
            other => self.allowance(other, &l, &h),
        };
        let [v, l, h] = self.in_order([v, l, h]);
        Op::Between { not, value: Box::new(v), low: Box::new(l), high: Box::new(h), allowance }
    }

    fn in_list(&mut self, not: bool, value: &Expr, list: &[Expr]) -> Op {
        let (bound, ty) = self.expr(value);
        let mut items = Vec::new();
        let mut types = Vec::new();
        for item in list {
            let (b, t) = self.expr(item);
            self.no_missing_text(&bound, &b, not);
            items.push(b);
            types.push((t, item));
        }
        if self.words((&bound, ty, value), &types) {
            return Op::Absent;
        }
        for (t, item) in types {
            self.unify(ty, t, item.span.clone());
            self.same_clock([(ty, value), (t, item)]);
        }
        if !not {
            self.note_choice(&bound, &items.iter().collect::<Vec<_>>());
        }
        Op::InList { not, value: Box::new(bound), list: items }
    }

    fn matches(&mut self, not: bool, value: &Expr, pattern: &str, span: &Range<usize>) -> Op {
        let (bound, ty) = self.expr(value);
        self.want(ty, Type::Text, value.span.clone(), "what `matches` looks at");
        match Regex::new(pattern) {
            Ok(regex) => Op::Matches { not, value: Box::new(bound), regex, whole: false },
            Err(why) => {
                self.problem(
                    &TYPE_MISMATCH,
                    span.clone(),
                    format!("the pattern cannot be read: {why}"),
                    "",
                    None,
                );
                Op::Absent
            }
        }
    }
}

/// The file of the record whose number an expression is, written alike.
fn file_of_row(e: &Expr) -> Option<Expr> {
    let mut of_file = e.clone();
    match &mut of_file.kind {
        Kind::Call { name, args } if name.text == "row" && args.is_empty() => {
            name.text = "file".into();
        }
        Kind::Aggregate {
            agg: Agg::Only | Agg::First | Agg::Last,
            arg: AggArg::Expr(value, _),
            ..
        }
        | Kind::Window { window: WindowFunction::Prev | WindowFunction::Next, value, .. } => {
            **value = file_of_row(value)?;
        }
        _ => return None,
    }
    Some(of_file)
}

/// Whether a number that is written out is a whole one.
fn is_whole(b: &Bound) -> bool {
    match &b.op {
        Op::Const(Value::Number(figure)) => figure.value.is_integer(),
        Op::Neg(value) => is_whole(value),
        _ => false,
    }
}
