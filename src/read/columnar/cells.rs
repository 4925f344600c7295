//! Decoded columns to the cells of a block: with their values where the engine knows such, else as
//! texts.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal32Type, Decimal64Type, Decimal128Type, Float64Type,
    Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, OffsetSizeTrait};
use arrow_schema::DataType;

use crate::read::block::{Column, Data, Shared, State, TypedColumn};
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
    let state = |row| if is_missing(row) { State::Missing } else { State::Good };
    let states: Vec<State> = match has_missing {
        true => (0..array.len()).map(state).collect(),
        false => vec![State::Good; array.len()],
    };
    let clean = !has_missing || states.iter().all(|state| *state == State::Good);
    match values(array, &states, clean) {
        Some(data) => {
            TypedColumn { column: Column { states, data, clean }, ..TypedColumn::default() }
        }
        None => {
            let (texts, shared) = texts(array, &states, bytes);
            TypedColumn { column: Column { states, data: Data::Text, clean }, texts, shared }
        }
    }
}

/// The cells of a column that nobody asked for.
pub fn unread(rows: usize) -> TypedColumn {
    let states = vec![State::NotRead; rows];
    let column = Column { states, data: Data::Text, clean: false };
    TypedColumn { column, texts: vec![FieldSpan::default(); rows], shared: None }
}

/// Whole numbers, decimals and days that the engine has room for.
fn values(array: &ArrayRef, states: &[State], clean: bool) -> Option<Data> {
    match array.data_type() {
        DataType::Int64 if clean => as_they_are::<Int64Type>(array, 0),
        DataType::Decimal64(_, scale) if clean => as_they_are::<Decimal64Type>(array, *scale),
        DataType::Float64 => floats(array, states),
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

/// The decimals of figures, where they fit.
fn fitting(scale: i8) -> Option<u8> {
    /// Decimals of a figure that fits.
    const MOST: u8 = 18;
    u8::try_from(scale).ok().filter(|scale| *scale <= MOST)
}

fn as_they_are<T: ArrowPrimitiveType<Native = i64>>(array: &ArrayRef, scale: i8) -> Option<Data> {
    let (scale, values) = (fitting(scale)?, array.as_primitive_opt::<T>()?.values());
    let mantissas = values.to_vec();
    Some(Data::Number { scales: vec![scale; mantissas.len()], mantissas, scale: Some(scale) })
}

/// Floats whose shortest exact texts are decimals of few digits.
fn floats(array: &ArrayRef, states: &[State]) -> Option<Data> {
    let values = array.as_primitive_opt::<Float64Type>()?.values();
    let (mut mantissas, mut scales) = (vec![0; values.len()], vec![0; values.len()]);
    let (mut usual, mut one, mut same) = (0, None, true);
    let places = mantissas.iter_mut().zip(&mut scales);
    for ((value, state), (mantissa, scale)) in values.iter().zip(states).zip(places) {
        if *state == State::Good {
            (*mantissa, *scale) = decimal(*value, &mut usual)?;
            same &= *one.get_or_insert(*scale) == *scale;
        }
    }
    Some(Data::Number { mantissas, scales, scale: same.then_some(one.unwrap_or(0)) })
}

const POWERS: [f64; 10] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/// The decimal of no more than 15 digits that a float is the nearest to: of these there is one at most,
/// which is its shortest text. `usual` is a number of decimals that is tried first.
#[allow(clippy::float_arithmetic, reason = "a whole number below 2^53 by a power of ten is exact")]
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "it is below 2^53")]
fn decimal(value: f64, usual: &mut usize) -> Option<(i64, u8)> {
    const MOST: f64 = 1e15;
    for scale in *usual..POWERS.len() {
        let power = *POWERS.get(scale)?;
        let near = value * power;
        // Neither what is no number nor a zero with a sign, which has another text.
        if near.abs() < MOST && !(value == 0.0 && value.is_sign_negative()) {
            let whole = (near + 0.5_f64.copysign(near)) as i64;
            if whole as f64 / power == value {
                *usual = scale;
                let (mut mantissa, mut decimals) = (whole, scale);
                while decimals > 0 && mantissa % 10 == 0 {
                    (mantissa, decimals) = (mantissa / 10, decimals - 1);
                }
                return Some((mantissa, u8::try_from(decimals).ok()?));
            }
        }
    }
    // It may have fewer decimals than the last one.
    if *usual > 0 {
        *usual = 0;
        return decimal(value, usual);
    }
    None
}

fn figures<T: ArrowPrimitiveType>(array: &ArrayRef, states: &[State], scale: i8) -> Option<Data>
where
    T::Native: TryInto<i64>,
{
    let scale = fitting(scale)?;
    let values = array.as_primitive_opt::<T>()?.values().iter();
    let known = |(value, state): (&T::Native, &State)| match state {
        State::Good => (*value).try_into().ok(),
        _ => Some(0),
    };
    let mantissas = values.zip(states).map(known).collect::<Option<Vec<i64>>>()?;
    Some(Data::Number { scales: vec![scale; mantissas.len()], mantissas, scale: Some(scale) })
}

/// Where the texts of cells are, and which of those that cells share each has.
type Texts = (Vec<FieldSpan>, Option<Shared>);

/// The texts of all cells; what several cells share is written once where they are few.
fn texts(array: &ArrayRef, states: &[State], bytes: &mut Vec<u8>) -> Texts {
    /// A dictionary of more values for each cell is not gone through for them.
    const MOST: usize = 4;
    if let Some(joined) = joined::<i32>(array, states, bytes) {
        return (joined, None);
    }
    if let Some(joined) = joined::<i64>(array, states, bytes) {
        return (joined, None);
    }
    if let Some(truths) = array.as_boolean_opt() {
        let no = put(bytes, |out| out.extend(b"false"));
        let yes = put(bytes, |out| out.extend(b"true"));
        let spans = spans(states, |row| if truths.value(row) { yes } else { no });
        return (spans, Some(shared(states, 2, |row| Some(usize::from(truths.value(row))))));
    }
    let Some(known) = array.as_any_dictionary_opt().filter(|known| !known.values().is_empty())
    else {
        let write = writer(array);
        return (spans(states, |row| put(bytes, |out| write(row, out))), None);
    };
    let (keys, write) = (known.normalized_keys(), writer(known.values()));
    let count = known.values().len();
    let is_shared = count <= MOST * states.len();
    let mut written: Vec<Option<FieldSpan>> = vec![None; if is_shared { count } else { 0 }];
    let spans = spans(states, |row| {
        let Some(key) = keys.get(row).copied() else { return FieldSpan::default() };
        match written.get_mut(key) {
            Some(span) => *span.get_or_insert_with(|| put(bytes, |out| write(key, out))),
            None => put(bytes, |out| write(key, out)),
        }
    });
    (spans, is_shared.then(|| shared(states, count, |row| keys.get(row).copied())))
}

/// Which of some texts each cell has; those without a value have one of their own.
fn shared(states: &[State], count: usize, of: impl Fn(usize) -> Option<usize>) -> Shared {
    let which = |(row, state): (usize, &State)| match state {
        State::Good => to_u32(of(row).unwrap_or(count)),
        _ => to_u32(count),
    };
    Shared { which: states.iter().enumerate().map(which).collect(), count: count + 1 }
}

/// Puts a text behind others.
fn put(bytes: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) -> FieldSpan {
    let start = to_u32(bytes.len());
    write(bytes);
    FieldSpan { start, end: to_u32(bytes.len()) }
}

/// The texts of the cells that have a value.
fn spans(states: &[State], mut of: impl FnMut(usize) -> FieldSpan) -> Vec<FieldSpan> {
    let text = |(row, state): (usize, &State)| match state {
        State::Good => of(row),
        _ => FieldSpan::default(),
    };
    states.iter().enumerate().map(text).collect()
}

/// Texts that are stored one behind the other are copied at once.
fn joined<O: OffsetSizeTrait>(
    array: &ArrayRef,
    states: &[State],
    bytes: &mut Vec<u8>,
) -> Option<Vec<FieldSpan>> {
    let all = array.as_string_opt::<O>()?;
    let (ends, before) = (all.value_offsets(), bytes.len());
    let first = ends.first()?.as_usize();
    bytes.extend_from_slice(all.value_data().get(first..ends.last()?.as_usize())?);
    let place = |end: &O| to_u32(end.as_usize() - first + before);
    let span = |(ends, state): (&[O], &State)| match (ends, state) {
        ([start, end], State::Good) => FieldSpan { start: place(start), end: place(end) },
        _ => FieldSpan::default(),
    };
    Some(ends.windows(2).zip(states).map(span).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The text of a float, by its decimal.
    fn text(value: f64, mut usual: usize) -> Option<String> {
        let (mantissa, scale) = decimal(value, &mut usual)?;
        let data =
            Data::Number { mantissas: vec![mantissa], scales: vec![scale], scale: Some(scale) };
        let column = Column { states: vec![State::Good], data, clean: true };
        let mut text = Vec::new();
        column.put_value(0, '.', &mut text);
        String::from_utf8(text).ok()
    }

    #[test]
    fn floats_of_many_digits_are_no_decimals() {
        for value in [0.1 + 0.2, 1.0 / 3.0, 1e15, -1e300, f64::NAN, f64::INFINITY, -0.0, 1e-10] {
            assert_eq!(text(value, 0), None, "{value}");
            assert_eq!(text(value, 3), None, "{value}");
        }
        for value in [0.0, 5.0, -1.5, 432.77, 0.1, 999_999_999_999_999.0, 1e-9, 0.000_12] {
            assert_eq!(text(value, 0), Some(value.to_string()));
            assert_eq!(text(value, 9), Some(value.to_string()));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            rng_seed: proptest::test_runner::RngSeed::Fixed(7),
            ..ProptestConfig::default()
        })]

        #[test]
        fn a_decimal_is_the_shortest_text(m in -9_999_999_999i64..9_999_999_999, s in 0usize..9, usual in 0usize..9) {
            let value: f64 = format!("{m}e-{s}").parse().expect("a number");
            prop_assert_eq!(text(value, usual), Some(value.to_string()));
            let near = f64::from_bits(value.to_bits() + 1);
            if let Some(text) = text(near, usual) {
                prop_assert_eq!(text, near.to_string());
            }
        }
    }
}
