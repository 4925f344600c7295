//! The keys of rows, to be found unique or not.

use crate::engine::data::batch::Batch;
use crate::engine::fast::answer::{Answer, Answers};
use crate::engine::states::unique::Collector;
use crate::engine::states::{of_whole, with_key};
use crate::read::block::{Column, Data, State};
use crate::read::grid::unquote;
use crate::source::RowId;
use crate::value::{Value, Why};
use crate::width::to_u32;

/// Takes the keys of the selected rows; a key with a missing part is not unique and not double.
pub fn take(
    batch: &Batch<'_>,
    first: RowId,
    columns: &[usize],
    selected: Option<&Answers>,
    keys: &mut Collector,
    out: &mut Answers,
) {
    out.clear();
    out.resize(batch.rows, Answer::HOLDS);
    if columns.iter().any(|&c| batch.table.columns[c].absent) {
        return out.fill(Answer::unknown(Why::NotRead));
    }
    let first = first.row();
    let wanted = |row: usize| selected.is_none_or(|s| s[row] == Answer::HOLDS);
    if let (&[column], Some(Some(d))) = (columns, columns.first().map(|c| &batch.columns[*c]))
        && batch.table.is_text(column)
    {
        batch.each(column, |row, start, end| {
            let raw = &batch.bytes[start..end];
            if !d.clean && d.states[row] != State::Good {
                let state = d.states[row];
                out[row] = match state.is_missing() {
                    true => Answer::NOT_APPLICABLE,
                    false => Answer::of_state(state),
                };
            } else if wanted(row) {
                match (raw.first(), batch.quote) {
                    (Some(first_byte), Some(quote)) if *first_byte == quote => {
                        keys.take(&unquote(raw, batch.quote), first + to_u32(row))
                    }
                    _ => keys.take(raw, first + to_u32(row)),
                }
            }
        });
        return;
    }
    let whole = |row| match columns {
        &[column] if !batch.has_hedges() => whole(batch.columns[column].as_ref()?, row),
        _ => None,
    };
    for (row, answer) in out.iter_mut().enumerate() {
        if let Some(number) = whole(row) {
            if wanted(row) {
                keys.take(&of_whole(number), first + to_u32(row));
            }
            continue;
        }
        let values: Vec<Value<'_>> = columns.iter().map(|&c| batch.value(row, c, false)).collect();
        if values.iter().any(|v| matches!(v, Value::Missing)) {
            *answer = Answer::NOT_APPLICABLE;
        } else if let Some(why) = values.iter().filter_map(Value::cause).max() {
            *answer = Answer::unknown(why);
        } else if wanted(row) {
            with_key(&values, |key| keys.take(key, first + to_u32(row)));
        }
    }
}

/// A whole number; none where the cell holds none.
fn whole(column: &Column, row: usize) -> Option<i64> {
    let Data::Number { mantissas, scales, .. } = &column.data else { return None };
    (column.states[row] == State::Good && scales[row] == 0).then(|| mantissas[row])
}
