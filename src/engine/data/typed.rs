//! Blocks whose cells come with their values: taken as they are where the rule reads them so, and
//! as texts otherwise. The text of a value that is taken is read as the same value; where the layout
//! is plain it is not written before somebody asks for it, since most checks need the value alone.

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
            reading.number.decimals.is_none()
                && (reading.number.is_decimal || !may_be_residue(mantissas, scales))
        }
        (Data::Number { scales, .. }, Type::Integer) => scales.iter().all(|scale| *scale == 0),
        (Data::Number { mantissas, scales, .. }, Type::Year) => {
            scales.iter().all(|scale| *scale == 0)
                && mantissas.iter().all(|year| (0..=9999).contains(year))
        }
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
/// block become texts. Where the layout is plain, what is taken is gone from the block.
pub fn take(block: &mut Block, table: &Table, file: &TableFile) -> Vec<Option<Column>> {
    let mut taken: Vec<Option<Column>> = vec![None; table.columns.len()];
    let Block { cells: Cells::Columns(columns), bytes, grid, .. } = block else { return taken };
    let (shown, is_plain) = (shown(table, file, columns.len()), table.layout.is_plain());
    if table.layout.is_in_place() {
        for (number, (info, taken)) in table.columns.iter().zip(&mut taken).enumerate() {
            let field = table.layout.field_of(0, number).and_then(|f| file.layout.own(f));
            let Some((field, typed)) = field.and_then(|f| Some((f, columns.get_mut(f)?))) else {
                continue;
            };
            if fits(&info.reading, &typed.column.data) {
                let is_alone = is_plain && shown.get(field) == Some(&Shown::By(number));
                *taken = Some(if is_alone {
                    std::mem::take(&mut typed.column)
                } else {
                    typed.column.clone()
                });
            }
        }
    }
    for (column, shown) in columns.iter_mut().zip(shown) {
        // What is gone has no states.
        if column.column.states.len() == grid.rows {
            write(column, grid.rows, shown.sign(table), bytes);
        }
    }
    taken
}

/// Puts the texts of all columns behind the bytes of a block, for those who show its rows.
pub fn write_all(block: &mut Block, table: &Table, file: &TableFile) {
    let Block { cells: Cells::Columns(columns), bytes, grid, .. } = block else { return };
    let shown = shown(table, file, columns.len());
    for (column, shown) in columns.iter_mut().zip(shown) {
        write(column, grid.rows, shown.sign(table), bytes);
    }
}

/// Which columns of a table show a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Nowhere,
    By(usize),
    /// This one first.
    BySeveral(usize),
}

impl Shown {
    /// The decimal sign of the column that shows it.
    fn sign(self, table: &Table) -> char {
        let column = match self {
            Shown::Nowhere => 0,
            Shown::By(column) | Shown::BySeveral(column) => column,
        };
        table.columns.get(column).map_or('.', |c| c.reading.number.decimal)
    }
}

/// For each field of a file which columns show it.
fn shown(table: &Table, file: &TableFile, fields: usize) -> Vec<Shown> {
    let mut all = vec![Shown::Nowhere; fields];
    for (column, source) in table.layout.sources.iter().enumerate() {
        let Source::Field(field) = source else { continue };
        if let Some(shown) = file.layout.own(*field).and_then(|field| all.get_mut(field)) {
            *shown = match *shown {
                Shown::Nowhere => Shown::By(column),
                Shown::By(first) | Shown::BySeveral(first) => Shown::BySeveral(first),
            };
        }
    }
    all
}

/// Puts the texts of a column's values behind the bytes of its block.
fn write(column: &mut TypedColumn, rows: usize, sign: char, bytes: &mut Vec<u8>) {
    if column.texts.len() == rows {
        return;
    }
    column.texts.clear();
    for row in 0..rows {
        let start = to_u32(bytes.len());
        column.column.put_value(row, sign, bytes);
        column.texts.push(FieldSpan { start, end: to_u32(bytes.len()) });
    }
}
