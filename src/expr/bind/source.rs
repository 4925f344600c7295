//! Which rows an aggregate runs over: those at hand, or those of a table it names.

use std::ops::Range;

use crate::expr::bind::{AMBIGUOUS_NAME, Binder, Hand, NO_ROW_AT_HAND, WRONG_ARGUMENTS};
use crate::expr::bound::Bound;
use crate::expr::tree::{Agg, AggArg, Expr, Kind, Name, TableRef, Version};

/// The rows an aggregate runs over.
pub(crate) enum Source {
    Hand(Hand),
    /// Those of a table, or of a version of it, which it is called by.
    Table {
        table: usize,
        name: String,
        filter: Option<Bound>,
    },
}

impl Binder<'_> {
    /// A lone name that is a table and no column is the table.
    pub(crate) fn settle_argument(&mut self, arg: &AggArg) -> AggArg {
        if let AggArg::Table(t) = arg {
            return self.old_value(t).unwrap_or_else(|| arg.clone());
        }
        let AggArg::Expr(e, None) = arg else { return arg.clone() };
        let Kind::Ref(names) = &e.kind else { return arg.clone() };
        let [name] = &names[..] else { return arg.clone() };
        let is_table = self.catalog.table(&name.text).is_some()
            || self.scope.units.iter().any(|u| u.name == name.text);
        let is_column = self.scope.inner.is_some_and(|u| {
            self.catalog.tables[self.scope.units[u].table].column(&name.text).is_some()
        });
        if is_table && is_column {
            self.ambiguous(
                name.span.clone(),
                format!("`{}` is both a table and a column of this row", name.text),
                "write the column with its table, or give `each` an alias",
            );
        }
        if is_table && !is_column {
            return AggArg::Table(TableRef {
                version: Version::Current,
                name: name.clone(),
                span: e.span.clone(),
            });
        }
        arg.clone()
    }

    /// `old(x)` is the old value of a column where there is no table `x`.
    fn old_value(&mut self, t: &TableRef) -> Option<AggArg> {
        if t.version != Version::Old || self.catalog.table(&t.name.text).is_some() {
            return None;
        }
        let column = Expr { kind: Kind::Ref(vec![t.name.clone()]), span: t.name.span.clone() };
        let name = Name { text: "old".into(), span: t.span.start..t.span.start + 3 };
        let call = Kind::Call { name, args: vec![column] };
        Some(AggArg::Expr(Box::new(Expr { kind: call, span: t.span.clone() }), None))
    }

    /// The rows that an aggregate runs over; none where it is a mistake.
    pub(crate) fn source(
        &mut self,
        agg: Agg,
        arg: &AggArg,
        by: &[Expr],
        span: &Range<usize>,
    ) -> Option<Source> {
        let mut named: Vec<TableRef> = Vec::new();
        let mut bare = false;
        match arg {
            AggArg::Empty => bare = true,
            AggArg::Table(t) => named.push(t.clone()),
            AggArg::Expr(e, _) => self.sources_in(e, &mut named, &mut bare),
            AggArg::Distinct(all) => {
                all.iter().for_each(|e| self.sources_in(e, &mut named, &mut bare))
            }
        }
        if matches!(arg, AggArg::Empty | AggArg::Table(_))
            && !matches!(agg, Agg::Count | Agg::Any | Agg::All)
        {
            let help = "name a column: sum(area), max(t.area)".to_string();
            self.problem(
                &WRONG_ARGUMENTS,
                span.clone(),
                "this aggregate needs a column; only count, any and all take a table or nothing"
                    .into(),
                "",
                Some(help),
            );
            return None;
        }
        let mut names: Vec<String> = named.iter().map(TableRef::shown).collect();
        names.dedup();
        if names.len() > 1 {
            let help = "an aggregate works on one table; get values of the other by look-up: other[key].column".to_string();
            self.problem(
                &AMBIGUOUS_NAME,
                span.clone(),
                format!("this names two tables, {}", names.join(" and ")),
                "over which one?",
                Some(help),
            );
            return None;
        }
        match named.first() {
            Some(reference) => self.named_table(reference, by, span),
            None => self.rows_at_hand(bare, by, span),
        }
    }

    fn named_table(
        &mut self,
        reference: &TableRef,
        by: &[Expr],
        span: &Range<usize>,
    ) -> Option<Source> {
        let name = &reference.shown();
        if self.scope.units.iter().any(|u| u.name == *name) {
            let help = self.rename_help(name, "");
            self.problem(
                &NO_ROW_AT_HAND,
                span.clone(),
                format!("`{name}` is the current row here"),
                "a single row",
                Some(help),
            );
            return None;
        }
        if !by.is_empty() {
            let help = "write the condition: where column = row.column".to_string();
            self.problem(
                &WRONG_ARGUMENTS,
                span.clone(),
                "`by` compares with the current row, so it only works on the rows of this check"
                    .into(),
                "",
                Some(help),
            );
            return None;
        }
        let (table, filter) = self.version(reference, 0)?;
        Some(Source::Table { table, name: reference.shown(), filter })
    }

    fn rows_at_hand(&mut self, bare: bool, by: &[Expr], span: &Range<usize>) -> Option<Source> {
        if !bare {
            let unit =
                self.scope.units.iter().rev().find(|u| !u.name.is_empty()).map(|u| u.name.clone());
            let (message, help) = match unit {
                Some(name) => (
                    format!("`{name}` is the current row here, and no table is named"),
                    Some(
                        self.rename_help(&name, &format!("; then `{name}.column` means the table")),
                    ),
                ),
                None => (
                    "this names neither a table nor a column".to_string(),
                    Some("write sum(table.column)".to_string()),
                ),
            };
            self.problem(&NO_ROW_AT_HAND, span.clone(), message, "over which rows?", help);
            return None;
        }
        let Some(hand) = self.scope.hand.clone() else {
            let help = "name the table: sum(table.column), count(table)".to_string();
            self.problem(
                &NO_ROW_AT_HAND,
                span.clone(),
                "there are no current rows here".into(),
                "of which table?",
                Some(help),
            );
            return None;
        };
        if hand.groups.is_some() && !by.is_empty() {
            let help = "group further with `each`".to_string();
            self.problem(
                &WRONG_ARGUMENTS,
                span.clone(),
                "`by` is not allowed in an aggregate of a group".into(),
                "",
                Some(help),
            );
            return None;
        }
        Some(Source::Hand(hand))
    }

    /// How to name the whole table where a row of it is at hand.
    fn rename_help(&self, name: &str, then: &str) -> String {
        let source = self
            .scope
            .units
            .iter()
            .rposition(|u| u.name == name)
            .is_some_and(|u| u >= self.scope.outer);
        if source {
            return format!(
                "inside an aggregate of `{name}`, name the bare column: max(area) is over the same rows, max(area by kind) over those of this row's kind"
            );
        }
        format!("give the current row another name: each = \"{name} as x\"{then}")
    }

    /// Tables named outside look-up brackets and inner aggregates, and whether a bare column is.
    fn sources_in(&self, e: &Expr, named: &mut Vec<TableRef>, bare: &mut bool) {
        match &e.kind {
            Kind::Ref(names) | Kind::Range { from: names, .. } => {
                let first = &names[0];
                if self.is_bare(names) {
                    *bare = true;
                } else {
                    // A table that does not exist is taken for the source, and reported there.
                    let single = self
                        .catalog
                        .table(&first.text)
                        .is_some_and(|t| self.catalog.tables[t].single);
                    let in_scope = self.scope.units.iter().any(|u| u.name == first.text);
                    if !in_scope && !single {
                        named.push(TableRef {
                            version: Version::Current,
                            name: first.clone(),
                            span: first.span.clone(),
                        });
                    }
                }
            }
            Kind::Column { table, .. } => named.push(table.clone()),
            Kind::Call { name, .. } if matches!(name.text.as_str(), "row" | "file") => *bare = true,
            Kind::Aggregate { .. } | Kind::Lookup { .. } => {
                if let Kind::Lookup { key, .. } = &e.kind {
                    let mut ignored = Vec::new();
                    key.iter().for_each(|k| self.sources_in(k, &mut ignored, bare));
                    named.extend(ignored);
                }
            }
            _ => crate::expr::tree::children(e)
                .into_iter()
                .for_each(|c| self.sources_in(c, named, bare)),
        }
    }
}
