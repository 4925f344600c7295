//! What a schema says, in the terms of rule files: what every kind of schema is translated to, and
//! what one writer makes the text of.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};

use crate::import::pattern::Patterns;
use crate::propose::names;
use crate::value::Type;

/// A remark in the rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// Something worth knowing.
    Said(String),
    /// Something that the schema says and the rules do not, with the reason.
    Unsaid(String),
}

/// Remarks that stand above something.
#[derive(Debug, Clone, Default)]
pub struct Remarks(pub Vec<Remark>);

impl Remarks {
    /// Adds something worth knowing.
    pub fn say(&mut self, words: impl Into<String>) {
        self.0.push(Remark::Said(words.into()));
    }

    /// Adds something that could not be translated: what, and why.
    pub fn unsaid(&mut self, what: impl Into<String>, why: &str) {
        let what = what.into();
        self.0.push(Remark::Unsaid(if why.is_empty() { what } else { format!("{what}: {why}") }));
    }

    /// How many things could not be translated.
    pub fn count(&self) -> usize {
        self.0.iter().filter(|remark| matches!(remark, Remark::Unsaid(_))).count()
    }
}

/// All that a schema says.
#[derive(Debug, Default)]
pub struct Rules {
    /// What reports are called.
    pub title: Option<String>,
    pub remarks: Remarks,
    pub tables: Vec<Table>,
    /// Those that were met in schemas.
    pub patterns: Patterns,
}

/// Which columns a file may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Only {
    /// Any.
    #[default]
    Any,
    /// Those that are declared.
    Declared,
    /// Those that are declared, in their order.
    Ordered,
}

/// A table.
#[derive(Debug, Default)]
pub struct Table {
    /// What the rule file calls it.
    pub name: String,
    /// What the schema calls it.
    pub label: String,
    /// Where its data are, from the working directory.
    pub path: String,
    /// Whether others only refer to it, so that a further schema may describe it.
    pub is_awaited: bool,
    /// How that is known, where it is not what the schema says.
    pub whereabouts: Option<String>,
    pub remarks: Remarks,
    /// Keys with their values, as TOML writes them, and a remark.
    pub keys: Vec<(&'static str, String, String)>,
    /// Texts that mean "no value", where these are not those that they usually are.
    pub missing: Option<Vec<String>>,
    /// Of these, the one that is so for each column, whatever the column says.
    pub null: Option<String>,
    /// The columns that identify a row.
    pub key: Vec<String>,
    pub only: Only,
    pub columns: Columns,
    pub checks: Vec<Check>,
}

impl Table {
    /// Adds a key with its value.
    pub fn set(&mut self, key: &'static str, value: impl Into<String>, remark: &str) {
        self.keys.push((key, value.into(), remark.to_string()));
    }

    /// The column of a name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.get(self.columns.place(name)?)
    }

    /// Says where its data are, whatever the schema says.
    pub fn found(&mut self, path: String) {
        self.path = path;
        self.whereabouts = None;
    }

    /// That some columns have values.
    pub fn there(&self, columns: &[String]) -> Vec<String> {
        columns.iter().filter_map(|name| self.column(name)?.there()).collect()
    }

    /// The check that the values of several columns stand together in a row of a table.
    pub fn refers(&self, own: &[String], (target, other): (&str, &[String])) -> Check {
        let cells: Vec<String> = own.iter().map(|name| names::in_expression(name)).collect();
        // A column is counted, as a table may be called like one.
        let first = names::in_expression(other.first().map_or("", String::as_str));
        let equal = |(own, other): (&String, &String)| {
            format!("{} = own.{own}", names::in_expression(other))
        };
        let equal: Vec<String> = cells.iter().zip(other).map(equal).collect();
        Check {
            id: format!("{}-{}-in-{target}", self.name, slug(&own.join("-"))),
            title: format!("each {} of {} is found in {target}", own.join(" and "), self.name),
            each: Some(format!("{} as own", self.name)),
            filter: Some(self.there(own).join(" and ")),
            asserts: vec![format!("count({target}.{first} where {}) > 0", equal.join(" and "))],
            ..Check::default()
        }
    }

    /// Adds the text that is "no value" in each column to those of one.
    pub fn with_null(&self, mut texts: Vec<String>) -> Vec<String> {
        let null = self.null.clone().filter(|null| !texts.contains(null));
        texts.extend(null);
        texts
    }

    /// Adds a check.
    pub fn check(&mut self, check: Check) {
        self.checks.push(check);
    }
}

/// The columns of a table in their order, found by their names.
#[derive(Debug, Default)]
pub struct Columns {
    all: Vec<Column>,
    /// The first of each name. No column is renamed once it is here.
    places: HashMap<String, usize>,
}

impl Columns {
    /// Adds a column.
    pub fn push(&mut self, column: Column) {
        self.places.entry(column.name.clone()).or_insert(self.all.len());
        self.all.push(column);
    }

    /// Where the column of a name is.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }
}

impl Deref for Columns {
    type Target = [Column];

    fn deref(&self) -> &[Column] {
        &self.all
    }
}

impl DerefMut for Columns {
    fn deref_mut(&mut self) -> &mut [Column] {
        &mut self.all
    }
}

/// What is asked of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Demand {
    Required,
    Unique,
    Min(String),
    Max(String),
    Above(String),
    Below(String),
    MinLength(u64),
    MaxLength(u64),
    /// A pattern for the whole cell.
    Matches(String),
    OneOf(Vec<String>),
    /// Other values than these: a check.
    NoneOf(Vec<String>),
    /// A column of a table, by the names that the rule file has for them.
    In(String, String),
    /// Formats of which one must fit.
    Like(Vec<&'static str>),
}

/// The contract of a column.
#[derive(Debug, Clone, Default)]
pub struct Column {
    pub name: String,
    pub remarks: Remarks,
    /// What stands behind its line.
    pub about: Vec<String>,
    pub optional: bool,
    /// Whether its cells may be null.
    pub nullable: bool,
    pub ty: Option<Type>,
    /// What stands between the values of its cells, where these are lists; the type is that of a value.
    pub list: Option<String>,
    /// How dates and times are written.
    pub formats: Vec<String>,
    pub missing: Option<Vec<String>>,
    pub marks: Vec<String>,
    pub yes: Vec<String>,
    pub no: Vec<String>,
    pub decimal: Option<char>,
    pub grouping: Option<char>,
    pub demands: Vec<Demand>,
    /// Demands that hold only for some rows, or whose findings are warnings.
    pub apart: Vec<Apart>,
}

/// A demand that is a check of its own.
#[derive(Debug, Clone)]
pub struct Apart {
    pub demand: Demand,
    /// A condition, as expressions write it.
    pub filter: Option<String>,
    pub is_warning: bool,
}

impl Column {
    /// A column of which nothing is asked yet.
    pub fn new(name: impl Into<String>) -> Column {
        Column { name: name.into(), ..Column::default() }
    }

    /// Asks for something.
    pub fn demand(&mut self, demand: Demand) {
        self.demands.push(demand);
    }

    /// How expressions name it, where they can.
    pub fn cell(&self) -> Option<String> {
        names::is_usable(&self.name).then(|| names::in_expression(&self.name))
    }

    /// Whether its cell has a value that can be read; where not, that is found already.
    pub fn there(&self) -> Option<String> {
        let cell = self.cell()?;
        let readable =
            if self.is_text() { String::new() } else { format!("{cell} is readable and ") };
        Some(format!("{readable}{cell} is not missing"))
    }

    /// Whether its cells are read as texts in expressions.
    fn is_text(&self) -> bool {
        self.list.is_some() || matches!(self.ty, None | Some(Type::Text))
    }

    /// Its cell as a text, where expressions can name it.
    pub fn text(&self) -> Option<String> {
        let cell = self.cell()?;
        Some(if self.is_text() { cell } else { format!("text({cell})") })
    }
}

/// A check.
#[derive(Debug, Clone, Default)]
pub struct Check {
    /// What it is called where no other is; made one of its own.
    pub id: String,
    pub title: String,
    pub each: Option<String>,
    pub filter: Option<String>,
    pub asserts: Vec<String>,
    pub is_warning: bool,
    pub remarks: Remarks,
}

/// A name as a part of the name of a check: letters, digits and hyphens.
pub fn slug(name: &str) -> String {
    let mut own = String::new();
    for c in name.chars().take(60) {
        match c {
            c if c.is_alphanumeric() => own.extend(c.to_lowercase()),
            _ if own.ends_with('-') || own.is_empty() => {}
            _ => own.push('-'),
        }
    }
    let own = own.trim_end_matches('-');
    if own.is_empty() { "column".to_string() } else { own.to_string() }
}

/// The name of a column in a rule file. One that expressions cannot write, or that stands twice, is
/// called by its place, where the schema says in which order columns stand.
pub fn column_name(name: &str, place: Option<usize>, is_repeated: bool) -> Option<String> {
    let numbered =
        name.strip_prefix("column ").is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
    let is_pattern = name.len() > 1 && name.starts_with('/') && name.ends_with('/');
    if names::is_usable(name) && !numbered && !is_pattern && !is_repeated {
        return Some(name.to_string());
    }
    place.map(|place| format!("column {}", place + 1))
}
