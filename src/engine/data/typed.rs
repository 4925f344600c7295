//! Blocks whose cells come with their values: taken as they are where the rule reads them so, and
//! as texts otherwise.

use crate::engine::data::table::{Table, TableFile};
use crate::read::block::{Block, Cells, Column, Data, State, TypedColumn};
use crate::read::grid::FieldSpan;
use crate::value::{Days, Number, Reading, Type};

/// Whether values of a column can be taken as they are.
fn fits(reading: &Reading, data: &Data) -> bool {
    match data {
        Data::Text => false,
        Data::Number { .. } => {
            matches!(reading.ty, Type::Number | Type::Integer) && reading.number.decimals.is_none()
        }
        Data::Day(_) => reading.ty == Type::Date,
    }
}

/// Gives the columns whose values are taken as they are, by column of the table; all others of the
/// block become texts.
pub fn take(block: &mut Block, table: &Table, file: &TableFile) -> Vec<Option<Column>> {
    let mut taken: Vec<Option<Column>> = vec![None; table.columns.len()];
    let Block { cells: Cells::Columns(columns), bytes, grid, .. } = block else { return taken };
    if table.layout.is_plain() {
        for (number, (info, taken)) in table.columns.iter().zip(&mut taken).enumerate() {
            let field = table.layout.field_of(0, number).and_then(|f| file.layout.own(f));
            let typed = field.and_then(|f| columns.get(f)).map(|c| &c.column);
            *taken = typed.filter(|c| fits(&info.reading, &c.data)).cloned();
        }
    }
    for column in columns {
        write(column, grid.rows, bytes);
    }
    taken
}

/// Puts the texts of a column's values behind the bytes of its block.
fn write(column: &mut TypedColumn, rows: usize, bytes: &mut Vec<u8>) {
    if column.texts.len() == rows {
        return;
    }
    for row in 0..rows {
        let start = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(text(&column.column, row).as_bytes());
        let end = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        column.texts.push(FieldSpan { start, end });
    }
}

/// A value as text; nothing where there is none.
pub fn text(column: &Column, row: usize) -> String {
    match (column.states.get(row), &column.data) {
        (Some(State::Good), Data::Number { mantissas, scales, .. }) => {
            let (Some(m), Some(s)) = (mantissas.get(row), scales.get(row)) else {
                return String::new();
            };
            Number::decimal(i128::from(*m), i32::from(*s)).to_text()
        }
        (Some(State::Good), Data::Day(days)) => {
            days.get(row).map_or_else(String::new, |day| Days::day(*day).to_text())
        }
        _ => String::new(),
    }
}
