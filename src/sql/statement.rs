//! One statement for each check: the rows or groups for which it does not surely hold, by key, with what they
//! are judged by.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::engine::data::check::{Check, Kind};
use crate::expr::bound::{Bound, Op};
use crate::plan::needs;
use crate::sql::cells::{Facet, name_of};
use crate::sql::decimal::{Unsaid, because};
use crate::sql::demands::{Demanded, Input, Kept, Pushed};
use crate::sql::dialect::{Dialect, say};
use crate::sql::pred::Pred;
use crate::sql::printer::{Asked, Printer, Scope, facet_name, rows_name, select};
use crate::sql::same::Same;

/// What is sent for a check, and what is not.
pub fn push(input: Input<'_>, check: &Check, dialect: &'static Dialect) -> Pushed {
    let demands: Vec<Demanded<'_>> = check
        .typed
        .map(Demanded::Typed)
        .into_iter()
        .chain(check.asserts.iter().map(Demanded::Asserted))
        .collect();
    let (best, kept) = best(input, check, &demands, dialect);
    let mut pushed = Pushed { check: check.id.clone(), demands: Vec::new(), sql: None, kept };
    if let Some((statement, said)) = best.filter(|b| !b.1.is_empty()) {
        pushed.demands = said;
        pushed.sql = Some(statement.sql(input));
    }
    pushed
}

/// The statement that says most of some demands, with their words, and what it does not say.
pub(super) fn best<'p>(
    input: Input<'p>,
    check: &'p Check,
    demands: &[Demanded<'p>],
    dialect: &'static Dialect,
) -> (Option<(Statement<'p>, Vec<String>)>, Vec<Kept>) {
    let start = Printer {
        dialect,
        tables: input.tables,
        states: input.states,
        wide: true,
        scope: Scope::Once,
        qualified: false,
        reads: BTreeMap::new(),
        asked: Vec::new(),
    };
    let mut best: Option<(Statement<'_>, Vec<String>)> = None;
    let mut all_kept = Vec::new();
    for wide in [true, false] {
        let mut kept = Vec::new();
        let mut said = Vec::new();
        let made = Statement::begin(Printer { wide, ..start.copy() }, check);
        let mut statement = match made {
            Ok(statement) => statement,
            Err(why) => {
                let all = demands.iter().map(|d| (d, why.clone()));
                all_kept = all.map(|(d, why)| d.kept(check, input, &why, dialect)).collect();
                continue;
            }
        };
        for demand in demands {
            match statement.add(demand) {
                Ok(()) => said.push(demand.words(check, input.tables)),
                Err(why) => kept.push(demand.kept(check, input, &why, dialect)),
            }
        }
        let is_better = best.as_ref().is_none_or(|b| b.1.len() < said.len());
        if is_better {
            all_kept = kept;
            best = Some((statement, said));
        }
        if all_kept.is_empty() {
            break;
        }
    }
    (best, all_kept)
}

/// A statement, demand by demand.
pub(super) struct Statement<'p> {
    pub printer: Printer<'p>,
    pub check: &'p Check,
    /// Where the check surely judges nothing.
    pub spared: Pred,
    /// Where it surely judges.
    chosen: Pred,
    pub fine: Pred,
    /// For each assertion where it surely does not apply, and where it surely holds.
    pub answers: Vec<(Pred, Pred)>,
    /// What must be unique.
    same: Vec<Same>,
}

impl<'p> Printer<'p> {
    fn copy(&self) -> Printer<'p> {
        Printer {
            scope: self.scope.clone(),
            reads: self.reads.clone(),
            asked: self.asked.clone(),
            ..*self
        }
    }
}

impl<'p> Statement<'p> {
    fn begin(mut printer: Printer<'p>, check: &'p Check) -> Result<Statement<'p>, Unsaid> {
        let needed = needs(check.expressions());
        match &check.units[..] {
            [] => (printer.scope, printer.qualified) = (Scope::Once, true),
            [unit] => match unit.groups {
                Some(state) => {
                    printer.scope = Scope::Group(state);
                    printer.qualified = needed.iter().any(|n| *n != state);
                    printer.groups(state, &[])?;
                }
                None => {
                    printer.scope = Scope::Rows(unit.table);
                    printer.qualified = !needed.is_empty();
                    let Some(table) = printer.tables.get(unit.table) else {
                        return because("its table is not there");
                    };
                    if table.key.is_empty() {
                        return because(format!(
                            "`{}` has no `key` by which its rows could be named",
                            table.name
                        ));
                    }
                    for column in &table.key {
                        printer.facet(*column, Facet::Text)?;
                    }
                }
            },
            _ => return because("it is judged for combinations of rows"),
        }
        let (mut chosen, mut spared) = (Pred::Always, Pred::Never);
        if let Some(filter) = check.filter.as_ref().filter(|_| check.row_table().is_some()) {
            (chosen, spared) = printer.choice(filter)?;
            spared = spared.and(&printer.met(filter)?);
        }
        let (fine, answers, same) = (Pred::Always, Vec::new(), Vec::new());
        Ok(Statement { printer, check, spared, chosen, fine, answers, same })
    }

    /// Adds a demand; where it cannot be said nothing is added.
    fn add(&mut self, demand: &Demanded<'_>) -> Result<(), Unsaid> {
        let before = self.printer.copy();
        let made = match demand {
            Demanded::Typed(column) => self.readable(*column).map(|known| (Pred::Never, known)),
            Demanded::Asserted(a) => match &a.kind {
                Kind::Like { name, .. } => {
                    because(format!("the format `{name}` is known here alone"))
                }
                Kind::Unique { columns } => self.unique(columns),
                // A contract asks nothing of a blank cell.
                Kind::Demand { .. } => self
                    .printer
                    .truth(&a.bound, false)
                    .map(|t| (t.not_applicable.or(&t.blank), t.yes)),
                Kind::Assert => {
                    self.printer.truth(&a.bound, false).map(|t| (t.not_applicable, t.yes))
                }
            },
        };
        let met = match demand {
            Demanded::Asserted(a) => self.printer.met(&a.bound),
            Demanded::Typed(_) => Ok(Pred::Always),
        };
        match made.and_then(|answers| Ok((answers, met?))) {
            Ok(((not_applicable, yes), met)) => {
                self.fine = self.fine.and(&yes.or(&not_applicable)).and(&met);
                if matches!(demand, Demanded::Asserted(_)) {
                    self.answers.push((not_applicable, yes));
                }
            }
            Err(why) => {
                self.printer = before;
                return Err(why);
            }
        }
        Ok(())
    }

    fn cell(&self, column: usize) -> Bound {
        let table = self.check.row_table().and_then(|t| self.printer.tables.get(t));
        let ty = table.map_or(crate::value::Type::Text, |t| t.columns[column].reading.ty);
        Bound { op: Op::Cell { unit: 0, column, ranges: false }, ty, span: 0..0 }
    }

    fn readable(&mut self, column: usize) -> Result<Pred, Unsaid> {
        let cell = self.cell(column);
        Ok(self.printer.value(&cell)?.is_known())
    }

    /// Each value stands in one row alone; where a cell cannot be read, that may be any value.
    fn unique(&mut self, columns: &[usize]) -> Result<(Pred, Pred), Unsaid> {
        let cells: Vec<Bound> = columns.iter().map(|c| self.cell(*c)).collect();
        let qualified = std::mem::replace(&mut self.printer.qualified, false);
        let inner = self.printer.keys(&cells);
        self.printer.qualified = qualified;
        let (inner, outer) = (inner?, self.printer.keys(&cells)?);
        let known = Pred::all_of(&inner.iter().map(|(_, v)| v.is_known()).collect::<Vec<_>>());
        let blank = Pred::any_of(outer.iter().map(|(_, v)| &v.missing));
        let [keys, joined] =
            [inner, outer].map(|all| all.into_iter().map(|(sql, _)| sql).collect());
        let same = Same { keys, joined, known, nth: self.same.len() + 1 };
        let alone = same.is_alone(self.printer.dialect);
        self.same.push(same);
        Ok((blank, alone))
    }

    /// The statement as it is sent.
    fn sql(&self, input: Input<'_>) -> String {
        let (columns, order) = self.selected();
        let mut out = self.parts(input);
        let _ = writeln!(out, "select {}\n{}", columns.join(", "), self.from());
        let _ = write!(out, "where {}", self.is_suspect());
        if !order.is_empty() {
            let _ = write!(out, "\norder by {}", order.join(", "));
        }
        out.push(';');
        out
    }

    /// The tables and states that are asked, by their names.
    pub fn parts(&self, input: Input<'_>) -> String {
        let printer = &self.printer;
        let mut parts: Vec<(String, String)> = Vec::new();
        for (table, read) in &printer.reads {
            parts.extend(self.rows(*table, read, input));
        }
        for asked in &printer.asked {
            parts.extend(self.state(asked));
        }
        if let Scope::Rows(table) = printer.scope {
            let rows = printer.dialect.quoted(&rows_name(self.table_name(table)));
            self.same.iter().for_each(|same| parts.extend(same.parts(&rows, printer.dialect)));
        }
        let mut out = String::new();
        for (n, (name, sql)) in parts.iter().enumerate() {
            let word = if n == 0 { "with" } else { "," };
            let _ = write!(out, "{word} {} as (\n{sql})", printer.dialect.quoted(name));
        }
        if !parts.is_empty() {
            out.push('\n');
        }
        out
    }

    /// Where the check surely holds, or judges nothing.
    pub fn is_fine(&self) -> Pred {
        let printer = &self.printer;
        let required =
            printer.asked.iter().filter(|a| a.is_required).map(|a| a.all_sure(printer.dialect));
        let required = Pred::all_of(&required.collect::<Vec<_>>());
        self.spared.or(&self.chosen.and(&self.fine)).and(&required)
    }

    /// Where it may fail, or be open.
    pub fn is_suspect(&self) -> String {
        format!("case when {}\n  then 0 else 1 end = 1", self.is_fine().sql())
    }

    fn table_name(&self, table: usize) -> &str {
        self.printer.tables.get(table).map_or("", |t| t.name.as_str())
    }

    /// The cells of a table as texts, and their values.
    fn rows(
        &self,
        table: usize,
        read: &[(usize, Facet)],
        input: Input<'_>,
    ) -> Vec<(String, String)> {
        let printer = &self.printer;
        let Some(info) = printer.tables.get(table) else { return Vec::new() };
        let dialect = printer.dialect;
        let (mut texts, mut values) = (Vec::new(), Vec::new());
        for (column, facet) in read {
            let name = dialect.quoted(name_of(info, *column));
            let own = dialect.quoted(&facet_name(info, *column, *facet));
            if *facet == Facet::Text {
                texts.push(format!("{} as {name}", say(dialect.text, &[&name])));
                values.push(name);
            } else if let Ok(sql) = printer.cells(info, *column).facet(*facet, &name) {
                values.push(format!("{sql} as {own}"));
            }
        }
        for all in [&mut texts, &mut values] {
            let mut seen = BTreeSet::new();
            all.retain(|item| seen.insert(item.clone()));
            if all.is_empty() {
                all.push(format!("1 as {}", dialect.quoted("one")));
            }
        }
        let text_name = format!("{} texts", self.table_name(table));
        let computed = dialect.fenced(format!("from {}", dialect.quoted(&text_name)));
        vec![
            (text_name.clone(), select(&texts, &format!("from {}", (input.from)(table)))),
            (rows_name(self.table_name(table)), select(&values, &computed)),
        ]
    }

    /// Groups, rows by key, and how many rows are not sure.
    fn state(&self, asked: &Asked) -> Vec<(String, String)> {
        let dialect = self.printer.dialect;
        let rows = dialect.quoted(&rows_name(self.table_name(asked.table)));
        let mut parts = Vec::new();
        if asked.sure != Pred::Always {
            let unsure = format!("case when {} then 0 else 1 end = 1", asked.sure.sql());
            let count = format!("(select count(*) from {rows} where {unsure})");
            let chosen = match &asked.chosen {
                Pred::Always => String::new(),
                chosen => format!(" where {}", chosen.sql()),
            };
            let ties = format!(
                " + (select count(*) from (select 1 as {one} from {rows}{chosen} group by {} having count(*) > 1) as {ties})",
                asked.keys.join(", "),
                one = dialect.quoted("one"),
                ties = dialect.quoted("ties"),
            );
            let ties = if asked.is_window { ties } else { String::new() };
            let count = format!("{count}{ties} as {}", dialect.quoted("rows"));
            parts.push((asked.unsure_name(), format!("  select {count}\n")));
        }
        if asked.is_window {
            return parts;
        }
        let key = |n: usize| dialect.quoted(&format!("key {}", n + 1));
        let named = |(name, sql): &(String, String)| format!("{sql} as {}", dialect.quoted(name));
        let keys: Vec<String> = (0..asked.keys.len()).map(key).collect();
        let counted = dialect.quoted("rows");
        let mut inner: Vec<String> =
            asked.keys.iter().zip(&keys).map(|(sql, name)| format!("{sql} as {name}")).collect();
        inner.push(format!("count(*) as {counted}"));
        inner.extend(asked.inner.iter().map(named));
        let mut behind = format!("from {rows}");
        if asked.chosen != Pred::Always {
            let _ = write!(behind, "\n  where {}", asked.chosen.sql());
        }
        if !asked.keys.is_empty() {
            let _ = write!(behind, "\n  group by {}", asked.keys.join(", "));
        }
        let grouped = select(&inner, &behind);
        if asked.columns.is_empty() {
            parts.push((asked.name.clone(), grouped));
            return parts;
        }
        let inner_name = format!("{} counted", asked.name);
        let mut outer = keys;
        outer.push(counted);
        outer.extend(asked.columns.iter().map(named));
        let all = select(&outer, &format!("from {}", dialect.quoted(&inner_name)));
        parts.extend([(inner_name, grouped), (asked.name.clone(), all)]);
        parts
    }

    /// What is selected, and by what it is put in order.
    fn selected(&self) -> (Vec<String>, Vec<String>) {
        let printer = &self.printer;
        let dialect = printer.dialect;
        let of = |table: &str, name: &str| match printer.qualified {
            true => format!("{}.{}", dialect.quoted(table), dialect.quoted(name)),
            false => dialect.quoted(name),
        };
        let (mut columns, mut order) = (Vec::new(), Vec::new());
        match printer.scope {
            Scope::Rows(number) => {
                let Some(table) = printer.tables.get(number) else { return (columns, order) };
                let rows = rows_name(&table.name);
                order.extend(table.key.iter().map(|c| of(&rows, name_of(table, *c))));
                columns.clone_from(&order);
                let read = printer.reads.get(&number).into_iter().flatten();
                let texts = read.filter(|r| r.1 == Facet::Text);
                columns.extend(texts.map(|(c, _)| of(&rows, name_of(table, *c))));
            }
            Scope::Group(state) => {
                let own = printer.asked.iter().find(|a| a.state == state && a.joined.is_none());
                let keys = own.map_or(0, |a| a.keys.len());
                order.extend(
                    own.iter()
                        .flat_map(|a| (0..keys).map(|n| of(&a.name, &format!("key {}", n + 1)))),
                );
                columns.clone_from(&order);
                columns.extend(own.iter().map(|a| of(&a.name, "rows")));
                columns
                    .extend(own.iter().flat_map(|a| a.columns.iter().map(|c| of(&a.name, &c.0))));
            }
            Scope::Once => {}
        }
        for asked in printer.asked.iter().filter(|a| a.joined.is_some()) {
            let shown = if asked.columns.is_empty() { &asked.inner } else { &asked.columns };
            columns.extend(shown.iter().map(|c| {
                let shown = dialect.quoted(&format!("{} {}", asked.name, c.0));
                format!("{} as {shown}", of(&asked.name, &c.0))
            }));
        }
        for asked in printer.asked.iter().filter(|a| a.is_window) {
            let shown = asked.inner.iter().filter(|c| c.0 == asked.name);
            columns.extend(shown.map(|c| dialect.quoted(&c.0)));
        }
        let mut seen = BTreeSet::new();
        columns.retain(|c| seen.insert(c.clone()));
        if columns.is_empty() {
            columns.push(format!("1 as {}", dialect.quoted("one")));
        }
        (columns, order)
    }

    /// The rows or groups that are judged, and what is joined to them.
    pub fn from(&self) -> String {
        let printer = &self.printer;
        let dialect = printer.dialect;
        let mut out = match printer.scope {
            Scope::Rows(table) => {
                let rows = dialect.quoted(&rows_name(self.table_name(table)));
                let windows = printer.asked.iter().filter(|a| a.is_window).flat_map(|a| &a.inner);
                let more: Vec<String> = windows
                    .map(|(name, sql)| format!("{sql} as {}", dialect.quoted(name)))
                    .collect();
                if more.is_empty() {
                    format!("from {rows}")
                } else {
                    let more = more.join(",\n    ");
                    format!("from (\n  select {rows}.*,\n    {more}\n  from {rows}) as {rows}")
                }
            }
            Scope::Group(state) => {
                let own = printer.asked.iter().find(|a| a.state == state && a.joined.is_none());
                format!("from {}", dialect.quoted(own.map_or("", |a| &a.name)))
            }
            Scope::Once => {
                format!("from (select 1 as {one}) as {one}", one = dialect.quoted("one"))
            }
        };
        for asked in &printer.asked {
            let Some(joined) = &asked.joined else { continue };
            let name = dialect.quoted(&asked.name);
            let on: Vec<String> = joined
                .iter()
                .enumerate()
                .map(|(n, sql)| {
                    format!("{name}.{} = {sql}", dialect.quoted(&format!("key {}", n + 1)))
                })
                .collect();
            let _ = match on.is_empty() {
                true => write!(out, "\ncross join {name}"),
                false => write!(out, "\nleft join {name} on {}", on.join(" and ")),
            };
        }
        self.same.iter().for_each(|same| out.push_str(&same.join(dialect)));
        out
    }
}
