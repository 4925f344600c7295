//! What is being printed: one statement, with the tables and states that it has asked for so far.

use std::collections::BTreeMap;

use crate::engine::data::table::Table;
use crate::expr::bound::{Bound, StateId, States};
use crate::sql::cells::{Cells, Facet, name_of, unread, unread_column};
use crate::sql::decimal::{Digits, Unsaid, because};
use crate::sql::dialect::Dialect;
use crate::sql::figures::Figure;
use crate::sql::pred::Pred;

/// An expression whose statement were longer is judged here: parts of parts are written more than once.
pub const LONGEST: usize = 20_000;

/// What the columns of an expression belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// A row of a table.
    Rows(usize),
    /// A group, by its state.
    Group(StateId),
    /// Nothing: it is asked once.
    Once,
}

/// A value of an expression.
#[derive(Debug, Clone)]
pub struct Val {
    /// What it is; null where it is not surely there.
    pub of: Of,
    /// Where it is surely missing.
    pub missing: Pred,
    /// Where it surely does not apply.
    pub not_applicable: Pred,
}

/// What a value is.
#[derive(Debug, Clone)]
pub enum Of {
    /// A figure.
    Figure(Figure),
    /// A text, or a day as ten characters.
    Text(String),
    /// 1 or 0.
    Truth(String),
    /// Surely missing, always.
    Nothing,
}

impl Val {
    /// What is there wherever it is not null.
    pub fn there(of: Of) -> Val {
        Val { of, missing: Pred::Never, not_applicable: Pred::Never }
    }

    /// How long it is written.
    pub fn len(&self) -> usize {
        let own = match &self.of {
            Of::Figure(figure) => figure.anchor().len(),
            Of::Text(text) | Of::Truth(text) => text.len(),
            Of::Nothing => 0,
        };
        own + self.missing.len() + self.not_applicable.len()
    }

    /// Where it is surely there.
    pub fn is_there(&self) -> Pred {
        let text = match &self.of {
            Of::Figure(figure) => figure.anchor(),
            Of::Text(text) | Of::Truth(text) => text,
            Of::Nothing => return Pred::Never,
        };
        if text.starts_with('\'')
            || text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-')
        {
            return Pred::Always;
        }
        Pred::When(format!("{text} is not null"))
    }

    /// Where it is surely known, if only that it is missing.
    pub fn is_known(&self) -> Pred {
        self.is_there().or(&self.missing)
    }
}

/// A truth: where it surely holds, where it surely does not, where a missing value alone leaves it open,
/// and where it surely does not apply.
#[derive(Debug, Clone)]
pub struct Truth {
    pub yes: Pred,
    pub no: Pred,
    pub blank: Pred,
    pub not_applicable: Pred,
}

impl Truth {
    /// One that nothing leaves open but what is not known.
    pub fn of((yes, no): (Pred, Pred)) -> Truth {
        Truth { yes, no, blank: Pred::Never, not_applicable: Pred::Never }
    }

    /// How long it is written.
    pub fn len(&self) -> usize {
        self.yes.len() + self.no.len() + self.blank.len() + self.not_applicable.len()
    }

    /// What surely holds and what surely fails change places.
    #[must_use]
    pub fn negated(self) -> Truth {
        Truth { yes: self.no, no: self.yes, ..self }
    }

    /// The opposite, if asked.
    #[must_use]
    pub fn negated_if(self, not: bool) -> Truth {
        if not { self.negated() } else { self }
    }
}

/// A state that a statement reads.
#[derive(Debug, Clone)]
pub struct Asked {
    pub state: StateId,
    /// What it is called in the statement.
    pub name: String,
    pub table: usize,
    /// Its keys over the rows of its table.
    pub keys: Vec<String>,
    /// Which of its rows are sure to count, where not all do.
    pub chosen: Pred,
    /// Which of its rows are sure to be in no group or in a known one.
    pub sure: Pred,
    /// Its columns: what each is called, an aggregate, and where it is known.
    pub columns: Vec<(String, String)>,
    /// The same of each row, before any is grouped.
    pub inner: Vec<(String, String)>,
    /// How rows are joined to it, where they are.
    pub joined: Option<Vec<String>>,
    /// Where what they are joined by is known, if only that it is missing.
    pub known: Pred,
    /// It is a window over its rows.
    pub is_window: bool,
    /// Nothing is sure where not all of its rows are.
    pub is_required: bool,
}

impl Asked {
    /// What its rows that are not sure are counted by.
    pub fn unsure_name(&self) -> String {
        format!("{} unsure", self.name)
    }

    /// Where all rows of its table are sure.
    pub fn all_sure(&self, dialect: &Dialect) -> Pred {
        if self.sure == Pred::Always {
            return Pred::Always;
        }
        let (rows, from) = (dialect.quoted("rows"), dialect.quoted(&self.unsure_name()));
        Pred::When(format!("(select {rows} from {from}) = 0"))
    }
}

/// A part of a statement, a column on each line.
pub(super) fn select(columns: &[String], behind: &str) -> String {
    format!("  select {}\n  {behind}\n", columns.join(",\n    "))
}

/// A statement being made.
pub struct Printer<'p> {
    pub dialect: &'static Dialect,
    pub tables: &'p [Table],
    pub states: &'p States,
    /// Whether numbers of more than nine digits are read as well.
    pub wide: bool,
    pub scope: Scope,
    /// Whether names of columns say what they are columns of.
    pub qualified: bool,
    /// What is asked of the columns of each table.
    pub reads: BTreeMap<usize, Vec<(usize, Facet)>>,
    pub asked: Vec<Asked>,
}

impl<'p> Printer<'p> {
    /// Arithmetic of its dialect.
    pub fn digits(&self) -> Digits {
        Digits(self.dialect)
    }

    /// The table whose rows are at hand.
    ///
    /// # Errors
    /// Where there is none.
    pub fn table(&self) -> Result<(usize, &'p Table), Unsaid> {
        let Scope::Rows(number) = self.scope else {
            return because("it reads a row outside of a table");
        };
        match self.tables.get(number) {
            Some(table) => Ok((number, table)),
            None => because("its table is not there"),
        }
    }

    /// A facet of a cell of the row at hand, as a column that the rows of the table get.
    ///
    /// # Errors
    /// Where crossfoot alone reads such cells.
    pub fn facet(&mut self, column: usize, facet: Facet) -> Result<String, Unsaid> {
        let (number, table) = self.table()?;
        if let Some(why) = unread(table) {
            return because(why);
        }
        if let Some(why) = unread_column(table, column) {
            return because(why);
        }
        let text = self.dialect.quoted(name_of(table, column));
        self.cells(table, column).facet(facet, &text)?;
        let reads = self.reads.entry(number).or_default();
        for wanted in [(column, Facet::Text), (column, facet)] {
            if !reads.contains(&wanted) {
                reads.push(wanted);
            }
        }
        let name = self.dialect.quoted(&facet_name(table, column, facet));
        Ok(self.of_rows(number, name))
    }

    /// A column of the rows of a table, with what it is a column of where that is not clear.
    fn of_rows(&self, table: usize, name: String) -> String {
        let of = self.tables.get(table).map_or("", |t| t.name.as_str());
        if self.qualified {
            format!("{}.{name}", self.dialect.quoted(&rows_name(of)))
        } else {
            name
        }
    }

    /// How the cells of a column are read.
    pub fn cells<'t>(&self, table: &'t Table, column: usize) -> Cells<'t> {
        static NONE: std::sync::OnceLock<crate::value::Reading> = std::sync::OnceLock::new();
        let none = || NONE.get_or_init(|| crate::value::Reading::new(crate::value::Type::Text));
        let reading = table.columns.get(column).map_or_else(none, |info| &info.reading);
        let trimmed = table.layout.trim.contains(&column);
        Cells { dialect: self.dialect, reading, wide: self.wide, trimmed }
    }

    /// What `f` prints over the rows of another table, whose columns are the only ones there.
    ///
    /// # Errors
    /// As `f`.
    pub fn over<T>(
        &mut self,
        table: usize,
        f: impl FnOnce(&mut Self) -> Result<T, Unsaid>,
    ) -> Result<T, Unsaid> {
        let scope = std::mem::replace(&mut self.scope, Scope::Rows(table));
        let qualified = std::mem::replace(&mut self.qualified, false);
        let made = f(self);
        (self.scope, self.qualified) = (scope, qualified);
        made
    }

    /// Where each part of a key is surely there, and the parts.
    ///
    /// # Errors
    /// Where one is no text, day or whole number.
    pub fn keys(&mut self, keys: &[Bound]) -> Result<Vec<(String, Val)>, Unsaid> {
        let mut all = Vec::new();
        for key in keys {
            let value = self.value(key)?;
            let sql = match &value.of {
                Of::Text(sql) => sql.clone(),
                Of::Figure(figure) => match figure.plain() {
                    Some(plain) => plain.sql.clone(),
                    None => return because("a key is a rounded figure or a quotient"),
                },
                Of::Truth(_) | Of::Nothing => return because("a key is a truth"),
            };
            all.push((sql, value));
        }
        Ok(all)
    }
}

/// What the rows of a table are called in a statement.
pub fn rows_name(table: &str) -> String {
    format!("{table} rows")
}

/// What a facet of a column is called; no other column has that name.
pub fn facet_name(table: &Table, column: usize, facet: Facet) -> String {
    let second = if table.columns.get(column).is_some_and(|c| c.rounded.is_some()) {
        " rounded"
    } else {
        ""
    };
    let second = if facet == Facet::Text { "" } else { second };
    let mut name = format!("{}{second}{}", name_of(table, column), facet.suffix());
    while facet != Facet::Text && table.columns.iter().any(|c| c.name.eq_ignore_ascii_case(&name)) {
        name.push('\'');
    }
    name
}
