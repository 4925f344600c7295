//! Some of the rows of a table: those that statements name by their keys.

use arrow_array::{ArrayRef, RecordBatch};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_schema::{ArrowError, DataType, Field};

use crate::files::engines::asked::{Asked, of_postgresql};
use crate::files::engines::engine::{Marks, Named, Part};
use crate::files::engines::statement::{ALIAS, Dialect, Fetched};
use crate::sql::{dialect, marked, part_name};

/// Stands before a text that an engine may write otherwise than it is read here: no statement is sure of it.
const UNSURE: char = '\u{1}';

/// The name of a column of marks.
fn mark(number: usize) -> String {
    format!("crossfoot {}", number + 1)
}

impl Asked {
    /// What stands behind `from` where a check is judged in the engine: columns by their places, with what they
    /// are called; their texts are those that are read here, and others that no statement is sure of.
    pub fn as_texts(&self, columns: &[(usize, String)], dialect: Dialect) -> String {
        let column = |(at, name): &(usize, String)| {
            let field = self.schema.fields().get(*at)?;
            Some(format!("{} as {}", presented(field, dialect), dialect.name(name)))
        };
        let columns: Vec<String> = columns.iter().filter_map(column).collect();
        format!("(select {} from {}) as {ALIAS}", columns.join(", "), self.from)
    }

    /// What stands behind `from` for some of the rows or cells, with a column of marks for each statement that names
    /// rows.
    pub fn part(&self, part: &Part, dialect: Dialect, own: &dialect::Dialect) -> String {
        let fields = part.key.iter().filter_map(|at| self.schema.fields().get(*at));
        let text =
            |field: &Arc<Field>| marked(&dialect::say(own.text, &[&presented(field, dialect)]));
        let key: Vec<String> = fields.map(text).collect();
        let name = |number: usize| dialect.name(&mark(number));
        let column = |number: usize| {
            let (name, first) = (name(number), dialect.name(&part_name(0)));
            let is_marked = format!("case when {name}.{first} is null then 0 else 1 end");
            format!(",\n {} as {name}", dialect::say(own.long, &[&is_marked]))
        };
        let numbers = 0..part.named().count();
        let columns: String = numbers.clone().map(column).collect();
        // Joined, and not looked for in a list: engines read a long list once for each row.
        let joined = |(number, named): (usize, &Named)| {
            let (name, sql) = (name(number), &named.keys);
            let part = |(n, key)| format!("{key} = {name}.{}", dialect.name(&part_name(n)));
            let on: Vec<String> = key.iter().enumerate().map(part).collect();
            format!(
                "\n left join (select distinct * from (\n{sql}\n) as {name}) as {name} on {}",
                on.join(" and ")
            )
        };
        let joined: String = part.named().enumerate().map(joined).collect();
        let any = |numbers: &mut dyn Iterator<Item = usize>| {
            let any: Vec<String> = numbers.map(|number| format!("{} = 1", name(number))).collect();
            if any.is_empty() { "1 = 0".to_string() } else { any.join(" or ") }
        };
        let chosen = match part.whole {
            Some(_) => String::new(),
            None => format!(" where {}", any(&mut numbers.clone())),
        };
        let cell = |(at, (column, _)): (usize, &(String, Fetched))| {
            let column = dialect.name(column);
            match part.of_column(at) {
                Some(own) => {
                    format!("case when {} then {column} end as {column}", any(&mut own.into_iter()))
                }
                None => column,
            }
        };
        let list = if part.is_patchy() {
            let cells = self.columns.iter().enumerate().map(cell);
            cells.chain(numbers.map(name)).collect::<Vec<_>>().join(", ")
        } else {
            "*".to_string()
        };
        let from = &self.from;
        format!(
            "(select {list} from (select {ALIAS}.*{columns} from {from}{joined}) as {ALIAS}{chosen}) as {ALIAS}"
        )
    }

    /// The columns of marks: of all rows that are named where some columns are not fetched with all of them.
    pub fn marks(part: &Part) -> Vec<(String, Fetched)> {
        let count = if part.is_patchy() { part.named().count() } else { part.marked.len() };
        (0..count).map(|number| (mark(number), Fetched::Plain)).collect()
    }
}

/// The rows that are named by any of some statements.
pub fn any_of(marks: &[Marks], numbers: &[usize]) -> Marks {
    let mut all = Marks::new();
    for own in numbers.iter().filter_map(|number| marks.get(*number)) {
        all.resize(all.len().max(own.len()), 0);
        all.iter_mut().zip(own).for_each(|(all, own)| *all |= own);
    }
    all
}

/// A value as the text that is read here; behind [`UNSURE`] where that may be another.
fn presented(field: &Field, dialect: Dialect) -> String {
    let name = format!("{ALIAS}.{}", dialect.name(field.name()));
    let unsure = || format!("'{UNSURE}' || cast({name} as {})", dialect.text());
    let is_plain = match field.data_type() {
        ty if ty.is_integer() => true,
        DataType::Decimal128(..) | DataType::Decimal256(..) | DataType::Date32 => true,
        DataType::Boolean => true,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            let texts = ["text", "varchar", "numeric", "bpchar", "char", "name"];
            of_postgresql(field).is_none_or(|own| texts.contains(&own))
        }
        _ => false,
    };
    match dialect {
        Dialect::Sqlite => format!(
            "case typeof({name}) when 'text' then {name} when 'integer' then cast({name} as text) \
             when 'null' then null else {} end",
            unsure()
        ),
        _ if is_plain => name,
        _ => unsure(),
    }
}

/// The values of a column of whole numbers; some drivers make small ones of large ones where all are small.
pub fn whole_numbers(column: &ArrayRef) -> Option<Box<dyn Iterator<Item = Option<i64>> + '_>> {
    if let Some(values) = column.as_primitive_opt::<Int64Type>() {
        return Some(Box::new(values.iter()));
    }
    let values = column.as_primitive_opt::<Int32Type>()?;
    Some(Box::new(values.iter().map(|value| value.map(i64::from))))
}

/// Takes the marks of the rows of a batch, which stand behind its other columns.
///
/// # Errors
/// That there are none.
pub fn take(marks: &mut [Marks], batch: &RecordBatch, first: u64) -> Result<(), ArrowError> {
    let columns = batch.columns();
    let from = columns.len().saturating_sub(marks.len());
    for (bits, column) in marks.iter_mut().zip(columns.get(from..).unwrap_or_default()) {
        let lacking = || ArrowError::SchemaError("marks are no whole numbers".into());
        let values = whole_numbers(column).ok_or_else(lacking)?;
        for (row, _) in values.enumerate().filter(|(_, value)| *value == Some(1)) {
            let row = first + row as u64;
            let word = crate::width::to_usize(row / 64);
            bits.resize(bits.len().max(word + 1), 0);
            if let Some(bits) = bits.get_mut(word) {
                *bits |= 1 << (row % 64);
            }
        }
    }
    Ok(())
}
