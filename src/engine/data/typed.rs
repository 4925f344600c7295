//! Blocks whose cells come with their values: taken as they are where the rule reads them so, and
//! as texts otherwise. The text of a value that is taken is read as the same value.

use crate::engine::data::table::{Table, TableFile};
use crate::read::block::{Block, Cells, Column, Data, TypedColumn};
use crate::read::grid::FieldSpan;
use crate::shape::Source;
use crate::value::{Reading, Type, Value, residue};
use crate::width::to_u32;

/// Whether values of a column can be taken as they are.
fn fits(reading: &Reading, data: &Data) -> bool {
    let fits = match (data, reading.ty) {
        (Data::Number { mantissas, scales, .. }, Type::Number) => {
            reading.number.decimals.is_none() && !may_be_residue(mantissas, scales)
        }
        (Data::Number { scales, .. }, Type::Integer) => scales.iter().all(|scale| *scale == 0),
        (Data::Day(_), Type::Date) => reading.reads_iso_days(),
        _ => false,
    };
    fits && !some_value_is_missing(reading)
}

/// Whether a decimal has so many digits that its text may be read as another figure.
fn may_be_residue(mantissas: &[i64], scales: &[u8]) -> bool {
    let long = |(mantissa, scale): (&i64, &u8)| {
        *scale > 0 && mantissa.unsigned_abs() >= residue::LEAST_MANTISSA.unsigned_abs()
    };
    mantissas.iter().zip(scales).any(long)
}

/// Whether a text that means "no value" or a withheld one would have one, such as `-999`.
fn some_value_is_missing(reading: &Reading) -> bool {
    let plain = Reading { missing: Vec::new(), withheld: Vec::new(), ..reading.clone() };
    reading.special_texts().any(|text| plain.read(text).is_ok_and(|v| v != Value::Missing))
}

/// Gives the columns whose values are taken as they are, by column of the table; all others of the
/// block become texts.
pub fn take(block: &mut Block, table: &Table, file: &TableFile) -> Vec<Option<Column>> {
    let mut taken: Vec<Option<Column>> = vec![None; table.columns.len()];
    let Block { cells: Cells::Columns(columns), bytes, grid, .. } = block else { return taken };
    if table.layout.is_in_place() {
        for (number, (info, taken)) in table.columns.iter().zip(&mut taken).enumerate() {
            let field = table.layout.field_of(0, number).and_then(|f| file.layout.own(f));
            let typed = field.and_then(|f| columns.get(f)).map(|c| &c.column);
            *taken = typed.filter(|c| fits(&info.reading, &c.data)).cloned();
        }
    }
    for (field, column) in columns.iter_mut().enumerate() {
        write(column, grid.rows, sign_of(table, file, field), bytes);
    }
    taken
}

/// The decimal sign of the column that shows a field.
fn sign_of(table: &Table, file: &TableFile, field: usize) -> char {
    let shows =
        |source: &Source| matches!(source, Source::Field(f) if file.layout.own(*f) == Some(field));
    let column = table.layout.sources.iter().position(shows).unwrap_or_default();
    table.columns.get(column).map_or('.', |c| c.reading.number.decimal)
}

/// Puts the texts of a column's values behind the bytes of its block.
fn write(column: &mut TypedColumn, rows: usize, sign: char, bytes: &mut Vec<u8>) {
    if column.texts.len() == rows {
        return;
    }
    column.texts.clear();
    for row in 0..rows {
        let start = to_u32(bytes.len());
        column.put_value(row, sign, bytes);
        column.texts.push(FieldSpan { start, end: to_u32(bytes.len()) });
    }
}
