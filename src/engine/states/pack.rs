//! Values as bytes, to be kept in little memory and in temporary files.

use std::io;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::value::{Days, Figure, Number, Value};

/// Begin what most values are: a decimal that fits 64 bits, and a day. No other value begins so.
const DECIMAL: u8 = 0xff;
const DAY: u8 = 0xfe;

/// A value as bytes for a temporary file.
///
/// # Errors
/// If it cannot be written so.
pub fn pack<T: Serialize>(value: &T) -> io::Result<Vec<u8>> {
    postcard::to_stdvec(value).map_err(io::Error::other)
}

/// The value of such bytes.
///
/// # Errors
/// If they are none.
pub fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> io::Result<T> {
    postcard::from_bytes(bytes).map_err(io::Error::other)
}

/// Writes a value of a row as bytes in the place of others.
pub fn pack_value(value: &Value<'_>, out: &mut Vec<u8>) {
    out.clear();
    match value {
        Value::Number(Figure { value, range: None, withheld: false }) => {
            let small = |(mantissa, scale)| {
                Some((i64::try_from(mantissa).ok()?, u8::try_from(scale).ok()?))
            };
            if let Some((mantissa, scale)) = value.as_decimal().and_then(small) {
                out.extend([DECIMAL, scale]);
                return out.extend(mantissa.to_le_bytes());
            }
        }
        Value::Date(days) if days.is_day() => {
            out.push(DAY);
            return out.extend(days.first.to_le_bytes());
        }
        _ => {}
    }
    // A value can always be written: it holds texts and numbers only.
    *out = postcard::to_extend(value, std::mem::take(out)).unwrap_or_default();
}

/// The value of such bytes.
///
/// # Errors
/// If they are none.
pub fn unpack_value(bytes: &[u8]) -> io::Result<Value<'static>> {
    match bytes {
        [DECIMAL, scale, mantissa @ ..] => {
            let mantissa = i64::from_le_bytes(mantissa.try_into().map_err(io::Error::other)?);
            Ok(Value::number(Number::decimal(mantissa.into(), i32::from(*scale))))
        }
        [DAY, day @ ..] => {
            let day = i32::from_le_bytes(day.try_into().map_err(io::Error::other)?);
            Ok(Value::Date(Days::day(day)))
        }
        _ => unpack(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Rounding, Why};

    #[test]
    fn values_come_back_as_they_were() {
        let number = |m: i128, s| Value::number(Number::decimal(m, s));
        let values = [
            number(0, 0),
            number(-1, 2),
            number(i128::from(i64::MIN), 38),
            number(i128::from(i64::MAX) + 1, 0),
            Value::Number(Figure::implied(Number::from(3i64), 1, Rounding::Nearest)),
            Value::Date(Days::day(-719_162)),
            Value::Date(Days { first: 0, last: 30 }),
            Value::Text("\u{ff}\u{fe}".into()),
            Value::Missing,
            Value::Unknown(Why::Withheld),
            Value::Time(5),
        ];
        let mut bytes = vec![7];
        for value in values {
            pack_value(&value, &mut bytes);
            assert_eq!(unpack_value(&bytes).ok(), Some(value));
        }
    }
}
