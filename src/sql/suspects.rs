//! Checks whose rows stay where they are: how many hold there, and by which keys the rows are known that are
//! judged here.

use crate::engine::data::check::Check;
use crate::expr::bound::StateDef;
use crate::sql::cells::{Facet, name_of};
use crate::sql::demands::{Demanded, Input};
use crate::sql::dialect::{Dialect, say};
use crate::sql::pred::Pred;
use crate::sql::printer::select;
use crate::sql::printer::{Asked, Scope, rows_name};
use crate::sql::statement::{Statement, best};

/// What is asked for a check, all of which can be said.
pub struct Suspects {
    /// One row of whole numbers: the suspects; the cases that surely hold or to which nothing applies; for each
    /// assertion, for how many of these it does not apply, and for how many it holds.
    pub counts: String,
    /// The rows that suspects are judged by.
    pub rows: Vec<Rows>,
}

/// Rows of a table.
pub struct Rows {
    pub table: usize,
    /// Whether they are what is judged, or rows of groups that are.
    pub is_judged: bool,
    /// The parts of their keys, as [`marked`] makes them, under their [`part_name`]s.
    pub keys: String,
}

/// A part of a key as it is compared: null is no text.
pub fn marked(text: &str) -> String {
    format!("coalesce('=' || {text}, '')")
}

/// The name of a part of a key.
pub fn part_name(number: usize) -> String {
    format!("part {}", number + 1)
}

/// Several expressions as one that can be looked for in a list.
pub fn tuple(parts: &[String]) -> String {
    if let [only] = parts { only.clone() } else { format!("({})", parts.join(", ")) }
}

/// What is asked for a check whose rows stay where they are, and of these columns of its table, whose cells
/// must be readable; none where something of it is judged here alone.
pub fn suspects(
    input: Input<'_>,
    check: &Check,
    columns: &[usize],
    dialect: &'static Dialect,
) -> Option<Suspects> {
    let typed = check.typed.iter().chain(columns).map(|column| Demanded::Typed(*column));
    let demands: Vec<Demanded<'_>> =
        typed.chain(check.asserts.iter().map(Demanded::Asserted)).collect();
    let (found, kept) = best(input, check, &demands, dialect);
    let (mut statement, _) = found.filter(|_| kept.is_empty())?;
    let any = |is: fn(&Asked) -> bool| statement.printer.asked.iter().any(is);
    // Beside what is joined, the columns that a window goes by could be those of another.
    let is_mixed = any(|asked| asked.is_window) && any(|asked| !asked.is_window);
    if is_mixed || check.filter.is_some() && check.row_table().is_none() {
        return None;
    }
    statement.read_keys()?;
    let mut rows = Vec::new();
    if let Scope::Rows(table) = statement.printer.scope {
        let keys = statement.keys_of_rows(table);
        rows.push(Rows { table, is_judged: true, keys: statement.select(&keys, input) });
    }
    for asked in &statement.printer.asked {
        rows.push(statement.rows_of(asked, input)?);
    }
    Some(Suspects { counts: statement.counts(input), rows })
}

/// The keys of the rows that the condition of a check does not surely leave out, as [`marked`] makes their parts;
/// none where crossfoot alone knows what it chooses.
pub fn chosen(input: Input<'_>, check: &Check, dialect: &'static Dialect) -> Option<String> {
    let table = check.row_table()?;
    let (mut statement, _) = best(input, check, &[], dialect).0?;
    statement.fine = Pred::Never;
    statement.read_keys()?;
    Some(statement.select(&statement.keys_of_rows(table), input))
}

impl Statement<'_> {
    /// Has the rows of each table that is asked know their keys.
    fn read_keys(&mut self) -> Option<()> {
        let asked: Vec<usize> = self.printer.asked.iter().map(|asked| asked.table).collect();
        for number in asked {
            let key = &self.printer.tables.get(number)?.key;
            if key.is_empty() {
                return None;
            }
            let read = |p: &mut crate::sql::printer::Printer<'_>| {
                key.iter().try_for_each(|column| p.facet(*column, Facet::Text).map(|_| ()))
            };
            self.printer.over(number, read).ok()?;
        }
        Some(())
    }

    /// The parts of the key of the rows of a table.
    fn keys_of_rows(&self, number: usize) -> Vec<String> {
        let (printer, dialect) = (&self.printer, self.printer.dialect);
        let Some(table) = printer.tables.get(number) else { return Vec::new() };
        let rows = dialect.quoted(&rows_name(&table.name));
        let part = |column: &usize| format!("{rows}.{}", dialect.quoted(name_of(table, *column)));
        let named =
            |(n, column)| format!("{} as {}", marked(&part(column)), dialect.quoted(&part_name(n)));
        table.key.iter().enumerate().map(named).collect()
    }

    /// What is selected of the suspects.
    fn select(&self, columns: &[String], input: Input<'_>) -> String {
        let (parts, all) = (self.parts(input), columns.join(", "));
        format!("{parts}select {all}\n{}\nwhere {}", self.from(), self.is_suspect())
    }

    /// The rows that suspects ask for by a state: those of their groups, those that they look up, and those of
    /// which nobody knows whether they are.
    fn rows_of(&self, asked: &Asked, input: Input<'_>) -> Option<Rows> {
        let (printer, dialect) = (&self.printer, self.printer.dialect);
        let table = printer.tables.get(asked.table)?;
        let own = |n: usize| {
            let key = dialect.quoted(&format!("key {}", n + 1));
            format!("{}.{key}", dialect.quoted(&asked.name))
        };
        let parts_of_window = match printer.states.all.get(asked.state) {
            Some(StateDef::Window(def)) if asked.is_window => Some(def.by.len()),
            _ => None,
        };
        // Of a window all rows of a part are fetched, whatever their order.
        let keys = asked.keys.get(..parts_of_window.unwrap_or(asked.keys.len()))?;
        let of_suspects = match &asked.joined {
            Some(joined) => joined.clone(),
            None if asked.is_window => keys.to_vec(),
            None => (0..keys.len()).map(own).collect(),
        };
        let from = format!("{}\nwhere {}", self.from(), self.is_suspect());
        let mut any = vec![format!("case when {} then 0 else 1 end = 1", asked.sure.sql())];
        if keys.is_empty() {
            any.push(asked.chosen.sql());
        } else {
            let all = tuple(keys);
            let found = format!("{all} in (select {}\n{from})", of_suspects.join(", "));
            any.push(format!("({}) and {found}", asked.chosen.sql()));
            // The group of those without a key.
            let blank = keys.iter().filter(|_| asked.joined.is_none());
            any.extend(blank.map(|key| format!("{key} is null")));
        }
        if asked.joined.is_some() && asked.known != Pred::Always {
            let open = format!("case when {} then 0 else 1 end = 1", asked.known.sql());
            any.push(format!("exists (select 1\n{from} and {open})"));
        }
        let rows = dialect.quoted(&rows_name(&table.name));
        let keys = self.keys_of_rows(asked.table).join(", ");
        let parts = self.parts(input);
        let keys = format!("{parts}select {keys}\nfrom {rows}\nwhere {}", any.join("\n  or "));
        let is_judged = asked.joined.is_none() && !asked.is_window;
        Some(Rows { table: asked.table, is_judged, keys })
    }

    /// Each case as zeros and ones, and their sums.
    fn counts(&self, input: Input<'_>) -> String {
        let dialect = self.printer.dialect;
        let one = |when: &Pred| format!("case when {} then 1 else 0 end", when.sql());
        let suspect = format!("case when {} then 0 else 1 end", self.is_fine().sql());
        let mut columns =
            vec![format!("{suspect} as suspect"), format!("{} as spared", one(&self.spared))];
        let mut sums = vec!["suspect".to_string(), "(1 - suspect) * (1 - spared)".to_string()];
        for (n, (not_applicable, yes)) in self.answers.iter().enumerate() {
            columns.push(format!("{} as skipped{n}", one(not_applicable)));
            columns.push(format!("{} as held{n}", one(yes)));
            sums.push(format!("(1 - suspect) * (1 - spared) * skipped{n}"));
            sums.push(format!("(1 - suspect) * (1 - spared) * (1 - skipped{n}) * held{n}"));
        }
        let sum = |(n, of): (usize, &String)| {
            format!("{} as n{n}", say(dialect.long, &[&format!("coalesce(sum({of}), 0)")]))
        };
        let sums: Vec<String> = sums.iter().enumerate().map(sum).collect();
        let cases = select(&columns, &dialect.fenced(self.from()));
        format!("{}select {}\nfrom (\n{cases}) as cases", self.parts(input), sums.join(",\n  "))
    }
}
