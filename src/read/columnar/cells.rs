//! Decoded columns to the cells of a block: with their values where the engine knows such, else as
//! texts.

use std::collections::HashMap;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal32Type, Decimal64Type, Decimal128Type, Int8Type,
    Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;

use crate::read::block::{Column, Data, State, TypedColumn};
use crate::read::columnar::leaves::Found;
use crate::read::columnar::moments::day;
use crate::read::columnar::texts::writer;
use crate::read::grid::FieldSpan;
use crate::width::to_u32;

/// The cells of a column; their texts go behind `bytes`.
pub fn cells(found: &Found, bytes: &mut Vec<u8>) -> TypedColumn {
    let array = &found.cells;
    let nulls = array.logical_nulls();
    let is_missing = |row: usize| {
        nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))
            || found.around.iter().any(|outer| outer.is_null(row))
    };
    let has_missing =
        nulls.as_ref().is_some_and(|nulls| nulls.null_count() > 0) || !found.around.is_empty();
    let state = |row| if has_missing && is_missing(row) { State::Missing } else { State::Good };
    let states: Vec<State> = (0..array.len()).map(state).collect();
    let clean = states.iter().all(|state| *state == State::Good);
    match values(array, &states) {
        Some(data) => TypedColumn { column: Column { states, data, clean }, texts: Vec::new() },
        None => {
            let texts = texts(array, &states, bytes);
            TypedColumn { column: Column { states, data: Data::Text, clean }, texts }
        }
    }
}

/// The cells of a column that nobody asked for.
pub fn unread(rows: usize) -> TypedColumn {
    let states = vec![State::NotRead; rows];
    let column = Column { states, data: Data::Text, clean: false };
    TypedColumn { column, texts: vec![FieldSpan::default(); rows] }
}

/// Whole numbers, decimals and days that the engine has room for.
fn values(array: &ArrayRef, states: &[State]) -> Option<Data> {
    match array.data_type() {
        DataType::Int8 => figures::<Int8Type>(array, states, 0),
        DataType::Int16 => figures::<Int16Type>(array, states, 0),
        DataType::Int32 => figures::<Int32Type>(array, states, 0),
        DataType::Int64 => figures::<Int64Type>(array, states, 0),
        DataType::UInt8 => figures::<UInt8Type>(array, states, 0),
        DataType::UInt16 => figures::<UInt16Type>(array, states, 0),
        DataType::UInt32 => figures::<UInt32Type>(array, states, 0),
        DataType::UInt64 => figures::<UInt64Type>(array, states, 0),
        DataType::Decimal32(_, scale) => figures::<Decimal32Type>(array, states, *scale),
        DataType::Decimal64(_, scale) => figures::<Decimal64Type>(array, states, *scale),
        DataType::Decimal128(_, scale) => figures::<Decimal128Type>(array, states, *scale),
        DataType::Date32 => {
            let days = array.as_primitive_opt::<Date32Type>()?.values().iter();
            let known = |(number, state): (&i32, &State)| match state {
                State::Good => day((*number).into()),
                _ => Some(0),
            };
            days.zip(states).map(known).collect::<Option<Vec<i32>>>().map(Data::Day)
        }
        _ => None,
    }
}

fn figures<T: ArrowPrimitiveType>(array: &ArrayRef, states: &[State], scale: i8) -> Option<Data>
where
    T::Native: TryInto<i64>,
{
    /// Decimals of a figure that fits.
    const MOST: u8 = 18;
    let scale = u8::try_from(scale).ok().filter(|scale| *scale <= MOST)?;
    let values = array.as_primitive_opt::<T>()?.values().iter();
    let known = |(value, state): (&T::Native, &State)| match state {
        State::Good => (*value).try_into().ok(),
        _ => Some(0),
    };
    let mantissas = values.zip(states).map(known).collect::<Option<Vec<i64>>>()?;
    Some(Data::Number { scales: vec![scale; mantissas.len()], mantissas, scale: Some(scale) })
}

/// The texts of all cells; what several cells share is written once.
fn texts(array: &ArrayRef, states: &[State], bytes: &mut Vec<u8>) -> Vec<FieldSpan> {
    let known = array.as_any_dictionary_opt().filter(|known| !known.values().is_empty());
    let keys = known.map(|known| known.normalized_keys());
    let values = known.map_or(array, |known| known.values());
    let write = writer(values);
    let mut written: HashMap<usize, FieldSpan> = HashMap::new();
    let mut put = |at: usize| {
        let start = to_u32(bytes.len());
        write(at, bytes);
        FieldSpan { start, end: to_u32(bytes.len()) }
    };
    let text = |(row, state): (usize, &State)| match (state, &keys) {
        (State::Good, None) => put(row),
        (State::Good, Some(keys)) => match keys.get(row) {
            Some(key) => *written.entry(*key).or_insert_with(|| put(*key)),
            None => FieldSpan::default(),
        },
        _ => FieldSpan::default(),
    };
    states.iter().enumerate().map(text).collect()
}
