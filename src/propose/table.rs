//! A table as it is proposed: how its files are read, and what its columns are.

use crate::propose::column::Column;
use crate::propose::dialect::Cut;
use crate::propose::marks;
use crate::propose::months;
use crate::propose::names;
use crate::propose::sample::Sample;
use crate::propose::signs::{self, Signs};
use crate::propose::units;
use crate::read::csv::dialect::Dialect;
use crate::value::{Language, NumberFormat, Reading, Type};

/// How the files of a table are read.
#[derive(Debug, Clone)]
pub struct Files {
    /// What the table is called in rules.
    pub name: String,
    /// The path as the rule file writes it.
    pub path: String,
    /// The paths of the files, as they were opened.
    pub paths: Vec<String>,
    /// Which table of the file it is, where that must be said.
    pub at: Option<String>,
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
    /// Signs beside the figures of several columns.
    pub marks: Vec<String>,
    /// Whether white space around names and texts is left out.
    pub trim: bool,
    pub columns: Vec<Column>,
    /// Rows of the sample.
    pub rows: usize,
    /// Rows that do not follow the one before.
    pub seams: Vec<usize>,
    /// Whether the sample holds all rows.
    pub is_whole: bool,
    /// The columns by which rows are known, once they are found.
    pub key: Vec<usize>,
    /// The column in which a blank means the cell above.
    pub fill: Option<usize>,
    /// The column whose codes stand under each other by how they begin, and what separates their levels.
    pub parent: Option<(usize, Option<char>)>,
    /// Labels of which the rows are the sums of others, each with its column.
    pub totals: Vec<(usize, String)>,
}

impl Table {
    /// A table from rows of its files.
    pub fn new(files: Files, mut sample: Sample) -> Table {
        let trim = sample.trim();
        let fill = sample.names_blocks();
        fill.into_iter().for_each(|column| sample.fill(column));
        for column in &mut sample.columns {
            column.marks = marks::of(column);
        }
        let (figures, told, doubtful) = written(&sample, &files);
        let mut columns: Vec<Column> =
            sample.columns.into_iter().map(|column| Column::new(column, &figures)).collect();
        for column in &mut columns {
            let other = other_file(column, &sample.files, &figures);
            let path = other.and_then(|n| files.paths.get(n));
            column.notes.extend(
                path.map(|path| {
                    format!("figures in all files but {path}: other texts stand there")
                }),
            );
        }
        for column in columns.iter_mut().filter(|column| column.holds_figures()) {
            let example = doubtful.and_then(|sign| signs::in_doubt(&column.sample, sign));
            if let (Some(sign), Some(example)) = (doubtful, example.map(str::to_string)) {
                column.leave_in_doubt(&example, sign, &figures);
            }
        }
        let (missing, marks) = (common_markers(&columns), common_marks(&columns));
        let mut table = Table {
            files,
            figures: NumberFormat::default(),
            missing,
            marks,
            trim,
            columns,
            rows: sample.rows,
            seams: sample.seams,
            is_whole: sample.is_whole,
            key: Vec::new(),
            fill,
            parent: None,
            totals: Vec::new(),
        };
        table.figures = table.needed(&figures, told);
        let Files { name, at, cut, .. } = &table.files;
        let around = cut.above.iter().chain(&cut.below).chain(&cut.around);
        let around = around.chain(at).chain([name]);
        let is_rounded = units::are_rounded(around.map(String::as_str), &table.columns);
        for column in &mut table.columns {
            column.is_rounded = is_rounded || units::say_rounded(column.name());
        }
        let format = &table.figures;
        for column in table.columns.iter_mut().filter(|column| column.holds_figures()) {
            let bare = signs::ungrouped(&column.sample, format);
            if let (Some(sign), false) = (format.grouping, bare.is_empty()) {
                let words = format!("without the `{sign}` between thousands: {}", bare.join(", "));
                column.notes.push(words);
            }
        }
        table
    }

    /// The signs that its figures need, and the language, where it names months or the text around the table tells
    /// how they are written.
    fn needed(&self, found: &NumberFormat, told: Language) -> NumberFormat {
        let texts = self.columns.iter().filter(|c| c.holds_figures()).flat_map(|c| &c.sample.texts);
        let (mut grouping, mut decimal) = (None, '.');
        for text in texts {
            let is_group = |g: &char| match g {
                ' ' => text.trim().contains([' ', '\u{a0}', '\u{202f}', '\u{2009}', '\u{2007}']),
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
        let is_named = self.columns.iter().any(Column::names_months);
        let has_signs = grouping.is_some() || self.figures_have(found.decimal);
        let language = match is_named {
            true => found.language,
            false if has_signs => told,
            false => Language::ENGLISH,
        };
        let is_open = grouping.is_none() && !self.figures_have('.');
        let decimal = if decimal == '.' && is_open { language.decimal } else { decimal };
        NumberFormat { decimal, grouping, language, ..NumberFormat::default() }
    }

    /// Whether a sign stands in some figure.
    fn figures_have(&self, sign: char) -> bool {
        let mut columns = self.columns.iter().filter(|c| c.holds_figures());
        columns.any(|c| c.sample.texts.iter().any(|text| text.contains(sign)))
    }

    /// Whether a column does nothing but number the rows: it is one more in each.
    pub fn numbers_rows(&self, column: usize) -> bool {
        const ENOUGH: usize = 5;
        let Some(own) = self.columns.get(column).filter(|own| own.ty == Type::Integer) else {
            return false;
        };
        let place = |row: usize| Some(own.place(row)?.checked_sub(i128::try_from(row).ok()?));
        self.rows >= ENOUGH
            && (1..self.rows).all(|row| place(row).is_some_and(|p| Some(p) == place(0)))
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

/// How the figures of a table are written, in which language the text around it tells so, and the sign of which
/// nothing says what it cuts.
fn written(sample: &Sample, files: &Files) -> (NumberFormat, Language, Option<char>) {
    let how = (files.cut.dialect.delimiter, files.cut.language);
    let Signs { format, doubtful } = signs::in_text(sample, how);
    let told = format.language;
    let named = Some(months::language(sample)).filter(|own| *own != Language::ENGLISH);
    (NumberFormat { language: named.unwrap_or(told), ..format }, told, doubtful)
}

/// The one file of several in which a column does not hold figures.
fn other_file(column: &Column, files: &[usize], format: &NumberFormat) -> Option<usize> {
    if column.ty != Type::Text || column.is_code || files.len() < 2 {
        return None;
    }
    let number = Reading { number: format.clone(), ..Reading::new(Type::Number) };
    let fits: Vec<bool> = column.sample.texts.iter().map(|t| number.is_readable(t)).collect();
    let ends = files.iter().copied().skip(1).chain([column.sample.rows.len()]);
    let holds = |(from, to): (&usize, usize)| {
        let rows = column.sample.rows.get(*from..to).unwrap_or_default();
        let values = rows.iter().filter(|id| {
            column.sample.texts.get(**id as usize).is_some_and(|text| !text.trim().is_empty())
        });
        values.clone().next().is_some()
            && values.into_iter().all(|id| fits.get(*id as usize) == Some(&true))
    };
    let holds: Vec<bool> = files.iter().zip(ends).map(holds).collect();
    let others: Vec<usize> = (0..holds.len()).filter(|n| !holds[*n]).collect();
    match others.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// Signs beside the figures of more than one column.
fn common_marks(columns: &[Column]) -> Vec<String> {
    let mut all: Vec<&String> = columns.iter().flat_map(|c| &c.sample.marks).collect();
    all.sort();
    let again = all.windows(2).filter_map(|pair| match pair {
        [a, b] if a == b => Some((*a).clone()),
        _ => None,
    });
    let mut again: Vec<String> = again.collect();
    again.dedup();
    again
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
