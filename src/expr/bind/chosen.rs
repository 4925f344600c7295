//! What conditions choose rows by, noted while they are bound.

use crate::expr::bind::Binder;
use crate::expr::bound::{Bound, Op};
use crate::expr::choice::{Choice, ChosenFor, OverAll};
use crate::expr::tree::{Agg, Expr, Kind};
use crate::source::Span;
use crate::value::{Type, Value};

impl Binder<'_> {
    /// Binds something that stands within a condition, or in none.
    pub(crate) fn choosing<R>(
        &mut self,
        chosen_for: Option<ChosenFor>,
        bind: impl FnOnce(&mut Self) -> R,
    ) -> R {
        let saved = std::mem::replace(&mut self.chosen_for, chosen_for);
        let result = bind(self);
        self.chosen_for = saved;
        result
    }

    /// What the conditions of an aggregate choose rows for.
    pub(crate) fn purpose(&mut self, agg: Agg) -> ChosenFor {
        let is_against_constant = std::mem::take(&mut self.against_constant);
        match agg {
            Agg::Any | Agg::All => ChosenFor::Question,
            Agg::Count if is_against_constant => ChosenFor::Question,
            _ => ChosenFor::Figures,
        }
    }

    /// Notes whether an aggregate is compared with a constant.
    pub(crate) fn note_constant(&mut self, sides: &[&Expr]) {
        let is_number = |e: &&&Expr| matches!(e.kind, Kind::Number(_) | Kind::Percent(_));
        let is_aggregate = |e: &&Expr| matches!(e.kind, Kind::Aggregate { .. });
        let numbers = sides.iter().filter(is_number).count();
        self.against_constant = numbers + 1 == sides.len() && sides.iter().any(is_aggregate);
    }

    /// Notes the texts that a column is compared with, within a condition.
    pub(crate) fn note_choice(&mut self, cell: &Bound, texts: &[&Bound]) {
        let (Some(chosen_for), Some(snippet)) = (self.chosen_for, &self.snippet) else { return };
        let Op::Cell { unit, column, .. } = cell.op else { return };
        let Some(table) = self.scope.units.get(unit).map(|u| u.table) else { return };
        let text = |b: &&Bound| match &b.op {
            Op::Const(Value::Text(t)) if !t.is_empty() => {
                Some((t.to_string(), snippet.span(b.span.clone())))
            }
            _ => None,
        };
        let texts: Vec<(String, Span)> = texts.iter().filter_map(text).collect();
        if self.report && cell.ty == Type::Text && !texts.is_empty() {
            let file = snippet.file;
            self.choices.push(Choice { table, column, texts, file, chosen_for });
        }
    }

    /// Notes the aggregates over all rows of a table within one that takes those of them that match another row
    /// in these values; `within` are its condition and its arguments.
    pub(crate) fn note_over_all<'b>(
        &mut self,
        table: usize,
        matched: &[Bound],
        within: impl Iterator<Item = &'b Bound>,
    ) {
        let Some(snippet) = self.snippet.clone().filter(|_| self.report && !matched.is_empty())
        else {
            return;
        };
        let text = |b: &Bound| snippet.text.get(b.span.clone()).unwrap_or_default();
        let by = matched.iter().map(text).collect::<Vec<_>>().join(", ");
        for part in within {
            part.walk(&mut |b| {
                let Op::Aggregate { state, key, .. } = &b.op else { return };
                let written = text(b);
                let (true, Some(start)) = (key.is_empty(), written.strip_suffix(')')) else {
                    return;
                };
                if self.states.all[*state].table() == table {
                    self.over_all.push(OverAll {
                        table,
                        written: written.to_string(),
                        by: format!("{start} by {by})"),
                        file: snippet.file,
                        span: snippet.span(b.span.clone()),
                    });
                }
            });
        }
    }
}
