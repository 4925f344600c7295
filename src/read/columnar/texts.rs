//! The texts of stored values: what a cell shows that has no other value.

use std::io::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type,
    Decimal256Type, DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType,
    DurationSecondType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, IntervalDayTimeType, IntervalMonthDayNanoType, IntervalYearMonthType,
    Time32MillisecondType, Time32SecondType, Time64MicrosecondType, Time64NanosecondType,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, OffsetSizeTrait};
use arrow_schema::{DataType, IntervalUnit, TimeUnit};

use crate::read::columnar::moments::{day_of_millis, put_day, put_moment, put_time};
use crate::width::to_usize;

/// Puts the text of a row's value behind others; of a null it means nothing.
pub type Writer<'a> = Box<dyn Fn(usize, &mut Vec<u8>) + 'a>;

/// Longer figures are written with an exponent.
const LONGEST: usize = 24;

/// What writes the values of an array as cells.
pub fn writer(array: &dyn Array) -> Writer<'_> {
    match array.data_type() {
        DataType::Boolean => {
            let truths = array.as_boolean_opt();
            Box::new(move |row, out| {
                if let Some(truths) = truths {
                    let _ = write!(out, "{}", truths.value(row));
                }
            })
        }
        DataType::Utf8 => {
            let all = array.as_string_opt::<i32>();
            bytes(move |row| all.map(|all| all.value(row).as_bytes()))
        }
        DataType::LargeUtf8 => {
            let all = array.as_string_opt::<i64>();
            bytes(move |row| all.map(|all| all.value(row).as_bytes()))
        }
        DataType::Utf8View => {
            let all = array.as_string_view_opt();
            bytes(move |row| all.map(|all| all.value(row).as_bytes()))
        }
        DataType::Binary => {
            let all = array.as_binary_opt::<i32>();
            hex(move |row| all.map(|all| all.value(row)))
        }
        DataType::LargeBinary => {
            let all = array.as_binary_opt::<i64>();
            hex(move |row| all.map(|all| all.value(row)))
        }
        DataType::BinaryView => {
            let all = array.as_binary_view_opt();
            hex(move |row| all.map(|all| all.value(row)))
        }
        DataType::FixedSizeBinary(_) => {
            let all = array.as_fixed_size_binary_opt();
            hex(move |row| all.map(|all| all.value(row)))
        }
        DataType::List(_) => list::<i32>(array),
        DataType::LargeList(_) => list::<i64>(array),
        DataType::FixedSizeList(..) | DataType::Map(..) | DataType::Struct(_) => nested(array),
        DataType::Dictionary(..) => dictionary(array),
        _ => number(array).unwrap_or_else(|| moment(array)),
    }
}

fn primitive<'a, T: ArrowPrimitiveType>(
    array: &'a dyn Array,
    put: impl Fn(T::Native, &mut Vec<u8>) + 'a,
) -> Writer<'a> {
    let values = array.as_primitive_opt::<T>();
    Box::new(move |row, out| {
        if let Some(values) = values {
            put(values.value(row), out);
        }
    })
}

fn bytes<'a>(of: impl Fn(usize) -> Option<&'a [u8]> + 'a) -> Writer<'a> {
    Box::new(move |row, out| out.extend_from_slice(of(row).unwrap_or_default()))
}

/// Bytes that are no text.
fn hex<'a>(of: impl Fn(usize) -> Option<&'a [u8]> + 'a) -> Writer<'a> {
    Box::new(move |row, out| {
        for byte in of(row).unwrap_or_default() {
            let _ = write!(out, "{byte:02x}");
        }
    })
}

/// Figures; none where the array has none.
fn number(array: &dyn Array) -> Option<Writer<'_>> {
    macro_rules! plain {
        ($ty:ty) => {
            primitive::<$ty>(array, |value, out| {
                let _ = write!(out, "{value}");
            })
        };
    }
    macro_rules! float {
        ($ty:ty, $value:ident => $shown:expr) => {
            primitive::<$ty>(array, |$value, out| {
                let start = out.len();
                let _ = write!(out, "{}", $shown);
                if out.len() - start > LONGEST {
                    out.truncate(start);
                    let _ = write!(out, "{:e}", $shown);
                }
            })
        };
    }
    Some(match array.data_type() {
        DataType::Int8 => plain!(Int8Type),
        DataType::Int16 => plain!(Int16Type),
        DataType::Int32 => plain!(Int32Type),
        DataType::Int64 => plain!(Int64Type),
        DataType::UInt8 => plain!(UInt8Type),
        DataType::UInt16 => plain!(UInt16Type),
        DataType::UInt32 => plain!(UInt32Type),
        DataType::UInt64 => plain!(UInt64Type),
        DataType::Float16 => float!(Float16Type, value => value.to_f32()),
        DataType::Float32 => float!(Float32Type, value => value),
        DataType::Float64 => float!(Float64Type, value => value),
        DataType::Decimal32(_, scale) => decimal::<Decimal32Type>(array, *scale),
        DataType::Decimal64(_, scale) => decimal::<Decimal64Type>(array, *scale),
        DataType::Decimal128(_, scale) => decimal::<Decimal128Type>(array, *scale),
        DataType::Decimal256(_, scale) => decimal::<Decimal256Type>(array, *scale),
        _ => return None,
    })
}

/// All decimals of the scale: they say how finely the figure was rounded.
fn decimal<T: ArrowPrimitiveType>(array: &dyn Array, scale: i8) -> Writer<'_>
where
    T::Native: std::fmt::Display,
{
    primitive::<T>(array, move |value, out| {
        let text = value.to_string();
        let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |d| ("-", d));
        let decimals = usize::from(scale.max(0).unsigned_abs());
        let padded = format!("{digits:0>width$}", width = decimals + 1);
        let (whole, part) = padded.split_at(padded.len() - decimals);
        let _ = match (part, scale) {
            (_, ..0) => write!(out, "{sign}{digits}e{}", scale.unsigned_abs()),
            ("", _) => write!(out, "{sign}{whole}"),
            _ => write!(out, "{sign}{whole}.{part}"),
        };
    })
}

/// Dates, times, durations; nothing of other arrays.
fn moment(array: &dyn Array) -> Writer<'_> {
    macro_rules! moments {
        ($ty:ty, $unit:ident, $zone:expr) => {{
            let is_instant = $zone.is_some();
            primitive::<$ty>(array, move |value, out| {
                put_moment(value, TimeUnit::$unit, is_instant, out)
            })
        }};
    }
    macro_rules! times {
        ($ty:ty, $unit:ident) => {
            primitive::<$ty>(array, |value, out| put_time(value.into(), TimeUnit::$unit, out))
        };
    }
    use TimeUnit::{Microsecond, Millisecond, Nanosecond, Second};
    match array.data_type() {
        DataType::Date32 => primitive::<Date32Type>(array, |day, out| put_day(day.into(), out)),
        DataType::Date64 => {
            primitive::<Date64Type>(array, |millis, out| put_day(day_of_millis(millis), out))
        }
        DataType::Timestamp(Second, zone) => moments!(TimestampSecondType, Second, zone),
        DataType::Timestamp(Millisecond, zone) => {
            moments!(TimestampMillisecondType, Millisecond, zone)
        }
        DataType::Timestamp(Microsecond, zone) => {
            moments!(TimestampMicrosecondType, Microsecond, zone)
        }
        DataType::Timestamp(Nanosecond, zone) => {
            moments!(TimestampNanosecondType, Nanosecond, zone)
        }
        DataType::Time32(Second) => times!(Time32SecondType, Second),
        DataType::Time32(_) => times!(Time32MillisecondType, Millisecond),
        DataType::Time64(Microsecond) => times!(Time64MicrosecondType, Microsecond),
        DataType::Time64(_) => times!(Time64NanosecondType, Nanosecond),
        DataType::Duration(Second) => times!(DurationSecondType, Second),
        DataType::Duration(Millisecond) => times!(DurationMillisecondType, Millisecond),
        DataType::Duration(Microsecond) => times!(DurationMicrosecondType, Microsecond),
        DataType::Duration(Nanosecond) => times!(DurationNanosecondType, Nanosecond),
        DataType::Interval(unit) => interval(array, *unit),
        _ => Box::new(|_, _| {}),
    }
}

/// Calendar periods, as in ISO 8601.
fn interval(array: &dyn Array, unit: IntervalUnit) -> Writer<'_> {
    match unit {
        IntervalUnit::YearMonth => primitive::<IntervalYearMonthType>(array, |months, out| {
            let _ = write!(out, "P{months}M");
        }),
        IntervalUnit::DayTime => primitive::<IntervalDayTimeType>(array, |of, out| {
            let (sign, size) = (minus(of.milliseconds < 0), of.milliseconds.unsigned_abs());
            let _ = write!(out, "P{}DT{sign}{}.{:03}S", of.days, size / 1000, size % 1000);
        }),
        IntervalUnit::MonthDayNano => primitive::<IntervalMonthDayNanoType>(array, |of, out| {
            let (sign, size) = (minus(of.nanoseconds < 0), of.nanoseconds.unsigned_abs());
            let (seconds, part) = (size / 1_000_000_000, size % 1_000_000_000);
            let _ = write!(out, "P{}M{}DT{sign}{seconds}.{part:09}S", of.months, of.days);
        }),
    }
}

fn minus(is_negative: bool) -> &'static str {
    if is_negative { "-" } else { "" }
}

/// Values by their number among a few that are stored once.
fn dictionary(array: &dyn Array) -> Writer<'_> {
    let Some(known) = array.as_any_dictionary_opt() else { return Box::new(|_, _| {}) };
    if known.values().is_empty() {
        return Box::new(|_, _| {});
    }
    let (keys, value) = (known.normalized_keys(), writer(known.values()));
    Box::new(move |row, out| {
        if let Some(key) = keys.get(row) {
            value(*key, out);
        }
    })
}

/// Values within lists and structures, as JSON.
fn element(array: &dyn Array) -> Writer<'_> {
    let (nulls, value) = (array.logical_nulls(), writer(array));
    let ty = array.data_type();
    let is_nested = ty.is_nested() && !matches!(ty, DataType::Dictionary(..));
    let (is_bare, is_truth) = (ty.is_numeric(), *ty == DataType::Boolean);
    Box::new(move |row, out| {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) || *ty == DataType::Null {
            out.extend_from_slice(b"null");
        } else if is_nested || is_truth {
            value(row, out);
        } else {
            let mut own = Vec::new();
            value(row, &mut own);
            // Infinity and what is no number are words.
            match is_bare && own.last().is_some_and(u8::is_ascii_digit) {
                true => out.extend_from_slice(&own),
                false => {
                    let _ = serde_json::to_writer(out, &String::from_utf8_lossy(&own));
                }
            }
        }
    })
}

fn items(rows: std::ops::Range<usize>, value: &Writer<'_>, out: &mut Vec<u8>) {
    out.push(b'[');
    for row in rows.clone() {
        if row > rows.start {
            out.extend_from_slice(b", ");
        }
        value(row, out);
    }
    out.push(b']');
}

fn list<O: OffsetSizeTrait>(array: &dyn Array) -> Writer<'_> {
    let Some(lists) = array.as_list_opt::<O>() else { return Box::new(|_, _| {}) };
    let (value, ends) = (element(lists.values()), lists.value_offsets());
    Box::new(move |row, out| {
        let of = |at: usize| ends.get(at).map_or(0, |end| end.as_usize());
        items(of(row)..of(row + 1), &value, out);
    })
}

/// Lists of one length, maps and structures.
fn nested(array: &dyn Array) -> Writer<'_> {
    if let Some(lists) = array.as_fixed_size_list_opt() {
        let (value, length) = (element(lists.values()), to_usize(lists.value_length()));
        return Box::new(move |row, out| items(row * length..(row + 1) * length, &value, out));
    }
    if let Some(maps) = array.as_map_opt() {
        let (keys, values) = (writer(maps.keys()), element(maps.values()));
        let ends = maps.value_offsets();
        return Box::new(move |row, out| {
            let of = |at: usize| ends.get(at).map_or(0, |end| to_usize(*end));
            let member = |row| (row, &keys, &values);
            object((of(row)..of(row + 1)).map(member), out);
        });
    }
    let Some(records) = array.as_struct_opt() else { return Box::new(|_, _| {}) };
    let name = |name: &'_ String| -> Writer<'_> {
        let name = name.clone();
        Box::new(move |_, out| out.extend_from_slice(name.as_bytes()))
    };
    let names: Vec<Writer<'_>> = records.fields().iter().map(|f| name(f.name())).collect();
    let values: Vec<Writer<'_>> = records.columns().iter().map(|c| element(c)).collect();
    Box::new(move |row, out| {
        object(names.iter().zip(&values).map(|(name, value)| (row, name, value)), out);
    })
}

fn object<'w, 'a: 'w>(
    members: impl Iterator<Item = (usize, &'w Writer<'a>, &'w Writer<'a>)>,
    out: &mut Vec<u8>,
) {
    out.push(b'{');
    for (at, (row, name, value)) in members.enumerate() {
        if at > 0 {
            out.extend_from_slice(b", ");
        }
        let mut own = Vec::new();
        name(row, &mut own);
        let _ = serde_json::to_writer(&mut *out, &String::from_utf8_lossy(&own));
        out.extend_from_slice(b": ");
        value(row, out);
    }
    out.push(b'}');
}
