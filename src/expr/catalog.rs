//! What binding may know of the data: tables, columns, keys. Filled by `project/`.

use crate::by_name::{ByName, HasName};
use crate::value::{NumberFormat, Type};

/// All tables of a run, in the order of the rules.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// In the order of the rule files.
    pub tables: Vec<Table>,
}

/// The number from 0 of a column that is called by its number: `column 3`.
pub fn by_number(name: &str) -> Option<usize> {
    let digits = name.strip_prefix("column ")?;
    let is_plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse::<usize>().ok().filter(|_| is_plain)?.checked_sub(1)
}

/// One table.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Its name in the rules.
    pub name: String,
    /// Its name when fingerprints were made, where that is another one.
    pub was: Option<String>,
    /// Its columns in file order.
    pub columns: ByName<Column>,
    /// Columns of its key.
    pub key: Vec<usize>,
    /// Declared with `rows = 1`: its columns can be named in every check.
    pub single: bool,
    /// Its columns could not be read: any name is taken, so that only the cause is told.
    pub open: bool,
    /// An optional file that is not there: a table without rows.
    pub absent: bool,
    /// It has more than one file: equal numbers of records need not be the same record.
    pub several_files: bool,
    /// How its numbers are written.
    pub number: NumberFormat,
    /// Its old version, where there is one.
    pub old: Option<usize>,
    /// The table whose old version it is: no rule can name it.
    pub old_of: Option<usize>,
    /// The table of which it is a view, and how: no rule can name it.
    pub melt: Option<Melt>,
}

/// A view of a table in which each cell of some columns is a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Melt {
    /// The table.
    pub of: usize,
    /// The first of the columns.
    pub from: usize,
    /// The last.
    pub to: usize,
    /// How many columns the table has.
    pub columns: usize,
    /// What the cell of each is called.
    pub name: String,
}

impl Melt {
    /// The column of the names of columns.
    pub fn name_column(&self) -> String {
        format!("{}.name", self.name)
    }

    /// The column of the marks of their cells, where they have some.
    pub fn marks_column(&self) -> String {
        format!("{}.marks", self.name)
    }
}

/// One column.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// As written in the header or the rule.
    pub name: String,
    /// Its name when fingerprints were made, where that is another one.
    pub was: Option<String>,
    /// The type from its contract, from its placeholder, or from the expressions that use it.
    pub ty: Option<Type>,
    /// Whether the type was declared.
    pub declared: bool,
    /// Texts that stand for no value.
    pub missing: Vec<String>,
    /// How many of its first cells were looked at, where all of them are ISO dates.
    pub dates: Option<usize>,
    /// Whether its date-times have offsets from UTC; nothing where that is not known.
    pub offsets: Option<bool>,
    /// The first of its first cells, where all of them are words and no type is declared.
    pub words: Option<String>,
    /// Whether all of its first cells are figures, and nothing else is known of it.
    pub figures: bool,
    /// Whether all of its first cells are figures, whatever else is known of it, but that its contract names no type.
    pub is_numeric: bool,
    /// Whether an expression asks for a text where it stands.
    pub wants_text: bool,
    /// Its number in the file, from 0; none where it does not stand there.
    pub field: Option<usize>,
    /// It is a date by the expressions that use it, and by its first cells.
    pub inferred: bool,
    /// Texts have their natural order.
    pub is_natural: bool,
    /// The column of which it is a second reading, and to how many decimals the figures are rounded.
    pub rounded: Option<(usize, i32)>,
}

impl HasName for Column {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Column {
    /// A column of which only the name is known.
    pub fn unknown(name: String) -> Column {
        Column { name, ..Column::default() }
    }
}

impl Catalog {
    /// The table called `name`.
    pub fn table(&self, name: &str) -> Option<usize> {
        self.tables.iter().position(|t| t.is_declared() && t.name == name)
    }
    /// The column of today's table that has the type of a column of an old version or of a view: that
    /// of the same name, else itself.
    pub fn today(&self, table: usize, column: usize) -> (usize, usize) {
        let of = &self.tables[table];
        let Column { name, rounded, .. } = &of.columns[column];
        if let Some((own, _)) = rounded {
            return self.today(table, *own);
        }
        if let Some(today) = of.old_of.and_then(|t| Some((t, self.tables[t].column(name)?))) {
            return self.today(today.0, today.1);
        }
        match &of.melt {
            Some(melt) if column < melt.columns => (melt.of, column),
            _ => (table, column),
        }
    }
    /// A view of a table.
    pub fn view(&self, melt: &Melt) -> Option<usize> {
        self.tables.iter().position(|t| t.old_of.is_none() && t.melt.as_ref() == Some(melt))
    }
    /// The names of all tables.
    pub fn table_names(&self) -> impl Iterator<Item = &str> {
        self.tables.iter().filter(|t| t.is_declared()).map(|t| t.name.as_str())
    }
}

impl Table {
    /// Whether it is a table of the rules, as it is today.
    pub fn is_declared(&self) -> bool {
        self.old_of.is_none() && self.melt.is_none()
    }
    /// The column called `name`, also by its number in the file: `column 3`. The first where a header
    /// has the name twice.
    pub fn column(&self, name: &str) -> Option<usize> {
        let named = self.columns.place(name);
        named.or_else(|| {
            let field = by_number(name)?;
            self.columns.iter().position(|c| c.field == Some(field))
        })
    }
    /// The message and the help for a name that several columns have; none where it is not repeated.
    pub fn repeated(&self, name: &str) -> Option<(String, String)> {
        let own = |place: &usize| self.columns.get(*place).filter(|c| c.rounded.is_none());
        let places = self.columns.places(name);
        if places.len() < 2 {
            return None;
        }
        let named = places.iter().filter_map(own);
        let numbers: Vec<String> = named.filter_map(|c| Some((c.field? + 1).to_string())).collect();
        let (last, first) = numbers.split_last().filter(|(_, first)| !first.is_empty())?;
        let columns = first.join(", ");
        let message =
            format!("columns {columns} and {last} of `{}` are called `{name}`", self.name);
        let calls: Vec<String> = numbers.iter().map(|n| format!("`column {n}`")).collect();
        Some((message, format!("call it by its number: {}", calls.join(" or "))))
    }
    /// The columns without second readings.
    pub fn own_columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|c| c.rounded.is_none())
    }
    /// The names of all columns.
    pub fn column_names(&self) -> impl Iterator<Item = &str> {
        self.own_columns().map(|c| c.name.as_str())
    }
}
