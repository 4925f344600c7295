//! A table as it is proposed: how its files are read, and what its columns are.

use crate::propose::column::Column;
use crate::propose::dialect::Cut;
use crate::propose::names;
use crate::propose::sample::Sample;
use crate::propose::signs;
use crate::read::csv::dialect::Dialect;
use crate::value::NumberFormat;

/// How the files of a table are read.
#[derive(Debug, Clone)]
pub struct Files {
    /// What the table is called in rules.
    pub name: String,
    /// The path as the rule file writes it.
    pub path: String,
    /// How they are cut, and how files of their kind usually are.
    pub cut: Cut,
    pub usual: Dialect,
    /// What they are called where their names do not say it.
    pub format: Option<&'static str>,
    /// Their encoding, where it is not UTF-8.
    pub encoding: Option<String>,
    /// What a reader should know: lines of text.
    pub remarks: Vec<String>,
}

/// A table with some of its rows.
#[derive(Debug, Clone)]
pub struct Table {
    pub files: Files,
    /// How its figures are written.
    pub figures: NumberFormat,
    /// Texts for no value in all columns.
    pub missing: Vec<String>,
    pub columns: Vec<Column>,
    /// Rows of the sample.
    pub rows: usize,
    /// Rows that do not follow the one before.
    pub seams: Vec<usize>,
    /// Whether the sample holds all rows.
    pub is_whole: bool,
    /// The columns by which rows are known, once they are found.
    pub key: Vec<usize>,
}

impl Table {
    /// A table from rows of its files.
    pub fn new(files: Files, sample: Sample) -> Table {
        let figures = signs::of(&sample, files.cut.dialect.delimiter);
        let columns: Vec<Column> =
            sample.columns.into_iter().map(|column| Column::new(column, &figures)).collect();
        let missing = common_markers(&columns);
        let mut table = Table {
            files,
            figures: NumberFormat::default(),
            missing,
            columns,
            rows: sample.rows,
            seams: sample.seams,
            is_whole: sample.is_whole,
            key: Vec::new(),
        };
        table.figures = table.needed(&figures);
        table
    }

    /// The signs that its figures need.
    fn needed(&self, found: &NumberFormat) -> NumberFormat {
        let texts = self.columns.iter().filter(|c| c.holds_figures()).flat_map(|c| &c.sample.texts);
        let (mut grouping, mut decimal) = (None, '.');
        for text in texts {
            let is_group = |g: &char| match g {
                ' ' => text.trim().contains([' ', '\u{a0}', '\u{202f}', '\u{2009}']),
                '\'' => text.contains(['\'', '’']),
                g => text.contains(*g),
            };
            grouping = grouping.or(found.grouping.filter(is_group));
            if text.contains(found.decimal) {
                decimal = found.decimal;
            }
        }
        // A comma that only cuts thousands leaves the point what it is.
        if grouping == Some('.') {
            decimal = found.decimal;
        }
        NumberFormat { decimal, grouping, ..NumberFormat::default() }
    }

    /// Whether rules can name a column: its name is its own, and can be written.
    pub fn is_usable(&self, column: usize) -> bool {
        let Some(own) = self.columns.get(column).map(Column::name) else { return false };
        let same = self.columns.iter().filter(|c| c.name() == own).count();
        names::is_usable(own) && same == 1
    }

    /// The columns that rules can name.
    pub fn usable(&self) -> Vec<usize> {
        let mut names: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
        for column in &self.columns {
            *names.entry(column.name()).or_default() += 1;
        }
        let own = |c: &usize| {
            self.columns.get(*c).is_some_and(|column| {
                names.get(column.name()) == Some(&1) && names::is_usable(column.name())
            })
        };
        (0..self.columns.len()).filter(own).collect()
    }

    /// A column.
    pub fn column(&self, column: usize) -> Option<&Column> {
        self.columns.get(column)
    }

    /// The name of a column in an expression.
    pub fn called(&self, column: usize) -> String {
        self.columns.get(column).map_or_else(String::new, |c| names::in_expression(c.name()))
    }

    /// Whether a row has a value in each of some columns.
    pub fn is_filled(&self, row: usize, columns: &[usize]) -> bool {
        columns.iter().all(|c| self.columns.get(*c).is_some_and(|c| c.value(row).is_some()))
    }
}

/// Texts for no value that several columns have, and that mean nothing else in another.
fn common_markers(columns: &[Column]) -> Vec<String> {
    let mut all: Vec<String> = columns.iter().flat_map(|c| c.missing.clone()).collect();
    all.sort();
    all.dedup();
    all.retain(|marker| {
        let has = columns.iter().filter(|c| c.missing.contains(marker)).count();
        let others = columns.iter().filter(|c| !c.missing.contains(marker));
        has > 1 && !others.into_iter().any(|c| c.sample.texts.iter().any(|t| t.trim() == marker))
    });
    all
}
