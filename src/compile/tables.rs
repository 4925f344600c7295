//! The tables of a run: those of the rules, the views that checks `by column` go through, and the old
//! versions that checks compare with.

use std::collections::HashSet;

use crate::compile::held;
use crate::compile::look_ahead::column_values;
use crate::compile::melt;
use crate::compile::names::{no_column, repeated};
use crate::compile::open::{OpenTable, open};
use crate::compile::options::named;
use crate::compile::probe::{self, Look};
use crate::compile::reading::{declared_type, implies_text, missing_texts, number_format};
use crate::compile::texts::Texts;
use crate::compile::versions::{open_old, without, without_columns};
use crate::engine::data::table::Column;
use crate::expr::bind::{CheckInput, Pair, old_tables};
use crate::expr::catalog::{self, Catalog, Melt};
use crate::expr::tree::Version;
use crate::files::sources::Sources;
use crate::read::note::Note;
use crate::read::pattern::Values;
use crate::rules::toml::BAD_VALUE;
use crate::rules::{ColumnRule, RuleSet, TableRule, Trim};
use crate::shape::Source;
use crate::source::Problem;
use crate::value::{DateFormat, Type};

/// The tables of a run: those of the rules, then views of them, then old versions.
pub struct Tables<'r> {
    /// The rule of each.
    pub rules: Vec<&'r TableRule>,
    pub opened: Vec<OpenTable>,
    /// What the first cells of their columns look like.
    pub looks: Vec<Vec<Look>>,
    pub catalog: Catalog,
}

impl<'r> Tables<'r> {
    /// Those of the rules, which have been opened.
    pub fn new(
        rules: &'r RuleSet,
        opened: Vec<OpenTable>,
        problems: &mut Vec<Problem>,
    ) -> Tables<'r> {
        let all: Vec<&TableRule> = rules.tables.iter().collect();
        let looks: Vec<Vec<Look>> =
            all.iter().zip(&opened).map(|(rule, o)| probe::looks(rule, o)).collect();
        let catalog = catalog_of(rules, &opened, &looks, problems);
        Tables { rules: all, opened, looks, catalog }
    }

    /// Adds the views that checks `by column` go through.
    pub fn add_views(&mut self, inputs: &[CheckInput<'_>], pairs: &mut Vec<Pair>) {
        for melt in melt::wanted(inputs, &self.catalog) {
            let of = melt.of;
            let Some(view) = melt::view(&self.opened[of], &melt) else { continue };
            self.rules.push(self.rules[of]);
            let of_table = (melt, &self.opened[of]);
            let looks = melt::add(&mut self.catalog, of_table, &self.looks[of], pairs);
            self.looks.push(looks);
            self.opened.push(view);
        }
    }

    /// Adds the old versions that checks compare with; gives a note for each that is not there.
    pub fn add_old_versions(
        &mut self,
        inputs: &[CheckInput<'_>],
        data: &[(String, String)],
        book: &mut Sources,
    ) -> Vec<Note> {
        let mut notes = Vec::new();
        for (number, columns) in old_tables(inputs, &self.catalog) {
            let rule = self.rules[number];
            let of_old = |book: &mut Sources| values_for(rule, &self.rules, data, book);
            // Where they cannot be read, the pattern says which are not there.
            let values = book.within_old(of_old).unwrap_or_default();
            let old = open_old(rule, data, &values, book);
            match old.map(|o| o.and_then(|o| of_view(o, &self.catalog, number))) {
                Some(Ok(o)) => {
                    self.looks.push(probe::looks(rule, &o));
                    add_old(&mut self.catalog, number, rule, &o);
                    let both = (&self.catalog.tables[number], self.catalog.tables.last());
                    notes.extend(without_columns(rule, &columns, both, book));
                    self.opened.push(o);
                    self.rules.push(rule);
                }
                Some(Err(why)) => notes.push(without(rule, &why, book)),
                None => {}
            }
        }
        notes
    }
}

/// The old version of a table that is a view of another.
fn of_view(old: OpenTable, catalog: &Catalog, today: usize) -> Result<OpenTable, String> {
    let Some(melt) = &catalog.tables[today].melt else { return Ok(old) };
    let place = |column: usize| {
        let name = &catalog.tables[melt.of].columns[column].name;
        old.columns.iter().position(|c| c.name == *name)
    };
    let range = place(melt.from).zip(place(melt.to));
    let own = range.map(|(from, to)| Melt { from, to, ..melt.clone() });
    own.and_then(|own| melt::view(&old, &own))
        .ok_or_else(|| format!("the columns that `{}` stands for are not there", melt.name))
}

/// Opens all tables of the rules: first those that need no values of others.
pub fn open_all(
    rules: &RuleSet,
    data: &[(String, String)],
    book: &mut Sources,
    problems: &mut Vec<Problem>,
) -> Vec<OpenTable> {
    held::declare(rules, book);
    let count = rules.tables.len();
    let (with, without): (Vec<usize>, Vec<usize>) =
        (0..count).partition(|n| !named(&rules.tables[*n]).is_empty());
    let mut all: Vec<OpenTable> = Vec::new();
    all.resize_with(count, OpenTable::default);
    let mut of_rule: Vec<Vec<Problem>> = vec![Vec::new(); count];
    let mut values = Values::new();
    let mut texts = Texts::read(rules, data, book);
    for number in without.into_iter().chain(with.iter().copied()) {
        let rule = &rules.tables[number];
        for column in named(rule) {
            let other = rules.tables.iter().position(|other| other.name.value == column.0);
            let other = other.filter(|other| !with.contains(other));
            let read = other.map_or(Ok(None), |other| values_of(&all[other], &column.1));
            match read {
                Ok(read) => values.extend(read.map(|read| (column, read))),
                Err(problem) => of_rule[number].push(problem),
            }
        }
        let mut opened = open(rule, instead(rule, data), (&mut *book, &mut texts), &values);
        of_rule[number].append(&mut opened.problems);
        all[number] = opened;
    }
    problems.extend(of_rule.into_iter().flatten());
    all
}

fn instead<'d>(rule: &TableRule, data: &'d [(String, String)]) -> Option<&'d str> {
    data.iter().rev().find(|d| d.0 == rule.name.value).map(|d| d.1.as_str())
}

fn values_of(table: &OpenTable, column: &str) -> Result<Option<Vec<String>>, Problem> {
    column_values((&table.columns, &table.layout), &table.files, column)
}

/// The values that the pattern of one table needs, of tables that are opened for it.
///
/// # Errors
/// A file that cannot be read.
pub fn values_for(
    rule: &TableRule,
    rules: &[&TableRule],
    data: &[(String, String)],
    book: &mut Sources,
) -> Result<Values, Problem> {
    let mut values = Values::new();
    for column in named(rule) {
        let other = rules.iter().copied().find(|other| other.name.value == column.0);
        let Some(other) = other.filter(|other| named(other).is_empty()) else { continue };
        let opened =
            open(other, instead(other, data), (&mut *book, &mut Texts::default()), &values);
        values.extend(values_of(&opened, &column.1)?.map(|read| (column, read)));
    }
    Ok(values)
}

fn catalog_of(
    rules: &RuleSet,
    opened: &[OpenTable],
    looks: &[Vec<Look>],
    problems: &mut Vec<Problem>,
) -> Catalog {
    let of_rule = rules.tables.iter().zip(opened).zip(looks);
    let table = |((rule, o), looks)| catalog_table(rule, (o, looks), problems);
    Catalog { tables: of_rule.map(table).collect() }
}

/// Adds the old version of a table, whose columns have the types of today's.
fn add_old(catalog: &mut Catalog, number: usize, rule: &TableRule, o: &OpenTable) {
    let looks = vec![Look::default(); o.columns.len()];
    let mut table = catalog_table(rule, (o, &looks), &mut Vec::new());
    table.name = Version::Old.of(&table.name);
    table.old_of = Some(number);
    catalog.tables[number].old = Some(catalog.tables.len());
    catalog.tables.push(table);
}

fn catalog_table(
    rule: &TableRule,
    (o, looks): (&OpenTable, &Vec<Look>),
    problems: &mut Vec<Problem>,
) -> catalog::Table {
    let mut table = catalog::Table {
        name: rule.name.value.clone(),
        was: rule.was.as_ref().map(|was| was.value.clone()),
        single: rule.rows.value.min == 1 && rule.rows.value.max == Some(1),
        open: o.open,
        absent: o.absent,
        several_files: o.files.len() > 1,
        number: number_format(rule),
        ..catalog::Table::default()
    };
    let of_cells = o.columns.iter().zip(&o.types).zip(&o.layout.sources);
    for (((column, placeholder), source), look) in of_cells.zip(looks) {
        let contract = rule.contract(&column.name);
        // Bounds of numbers make no numbers of words.
        let fits = |ty: &Type| look.words.is_none() || *ty == Type::Text;
        let melted = || {
            let pivot = o.layout.pivot.iter().filter(|_| *source == Source::PivotValue);
            melt::one_type(pivot.map(|p| declared_type(rule.contract(&p.1)?)))
        };
        let own = contract.and_then(declared_type).or(*placeholder).or_else(melted);
        // Figures that must be written in some way are texts unless an expression takes them for numbers.
        let wants_text = look.is_numeric && contract.is_some_and(implies_text);
        let declared = own.filter(fits).filter(|_| !wants_text);
        table.columns.push(catalog::Column {
            name: column.name.clone(),
            was: contract.and_then(|c| Some(c.was.as_ref()?.value.clone())),
            ty: declared,
            declared: declared.is_some(),
            missing: missing_texts(rule, contract, o.has_null()),
            dates: look.dates,
            offsets: look.offsets.or_else(|| offsets_of(contract)),
            words: look.words.clone(),
            figures: look.figures,
            is_numeric: look.is_numeric,
            wants_text,
            field: match source {
                Source::Field(field) => Some(*field),
                _ => None,
            },
            inferred: false,
            is_natural: contract.is_some_and(|c| c.is_natural),
            rounded: None,
        });
    }
    named_columns(rule, o, &mut table, problems);
    problems.extend(new_columns(rule, o));
    table
}

/// That date-times have offsets by the formats that a contract names; those of a format without one are meant to be
/// compared with any.
fn offsets_of(contract: Option<&ColumnRule>) -> Option<bool> {
    let formats = &contract.filter(|contract| !contract.formats.is_empty())?.formats;
    let has_offset = |text: &str| Some(DateFormat::new(text, Type::DateTime).ok()?.has_offset());
    formats.iter().all(|f| has_offset(&f.value) == Some(true)).then_some(true)
}

/// New columns of a table that have the name of one which its files have: neither could be told from the
/// other.
fn new_columns(rule: &TableRule, o: &OpenTable) -> Vec<Problem> {
    let columns = || o.columns.iter().zip(&o.layout.sources);
    let of_files = columns().filter(|(_, source)| matches!(source, Source::Field(_)));
    let of_files: HashSet<&str> = of_files.map(|(column, _)| column.name.as_str()).collect();
    let unpivot = rule.unpivot.as_ref();
    let taken = |(column, source): (&Column, &Source)| {
        let span = match source {
            Source::PivotName => unpivot?.name.span,
            Source::PivotValue => unpivot?.value.span,
            Source::Heading => rule.heading.as_ref()?.name.span,
            Source::Hierarchy(_) => rule.parent.as_ref()?.column.span,
            Source::Path(_) => rule.path.span,
            Source::Field(_) | Source::Marks(_) | Source::Nowhere => return None,
        };
        let name = Some(&column.name).filter(|name| of_files.contains(name.as_str()))?;
        let message =
            format!("`{name}` is a column of the file, so that no new one can have its name");
        let help = match source {
            Source::Hierarchy(_) => "rename the column of the file",
            _ => "choose another name for the new one",
        };
        Some(Problem::new(&BAD_VALUE, rule.file, span, message).label("taken").help(help))
    };
    columns().filter_map(taken).collect()
}

/// Looks up the columns that a table's keys name.
fn named_columns(
    rule: &TableRule,
    o: &OpenTable,
    table: &mut catalog::Table,
    problems: &mut Vec<Problem>,
) {
    let named = rule.columns.iter().map(|c| &c.name).chain(&rule.key).chain(&rule.fill);
    problems.extend(named.filter_map(|name| repeated(table, &name.value, rule.file, name.span)));
    for (n, key) in rule.key.iter().enumerate() {
        if rule.key.iter().take(n).any(|earlier| earlier.value == key.value) {
            let message = format!("`{}` is twice in the key", key.value);
            let problem = Problem::new(&BAD_VALUE, rule.file, key.span, message);
            problems.push(problem.label("the second").help("remove it"));
        }
        match table.column(&key.value) {
            Some(c) => table.key.push(c),
            // The key is known from the rule: what is looked up by it waits for the table.
            None if o.unread => {
                let name = key.value.clone();
                table.key.push(table.columns.len());
                table.columns.push(catalog::Column::unknown(name));
            }
            None if o.open => {}
            None => problems.push(no_column(table, &key.value, rule.file, key.span)),
        }
    }
    let trimmed = match &rule.trim {
        Trim::Columns(columns) => &columns[..],
        _ => &[],
    };
    let parent = rule.parent.as_ref().map(|parent| &parent.column);
    for named in rule.fill.iter().chain(trimmed).chain(parent) {
        if table.column(&named.value).is_none() && !o.open {
            problems.push(no_column(table, &named.value, rule.file, named.span));
        }
    }
}
