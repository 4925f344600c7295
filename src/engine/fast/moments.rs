//! Dates with a time, times of day and lengths of time to microseconds.

use crate::engine::data::batch::{Batch, Once};
use crate::engine::fast::iso::{digits, iso_day};
use crate::read::block::{Column, Data, State};
use crate::value::{DAY_MICROS, Reading, Type, Value, Why};

/// Decodes a column of such a type.
pub fn moments(batch: &Batch<'_>, column: usize, reading: &Reading, out: &mut Column) {
    let mut micros = match std::mem::take(&mut out.data) {
        Data::Micros(micros) => micros,
        _ => Vec::new(),
    };
    micros.clear();
    let (usual, states) = (Usual::of(reading), &mut out.states);
    let mut once = Once::new(batch, column);
    batch.each(column, |row, start, end| {
        let exact = || exact(reading, &batch.text(row, column));
        let (state, value) = match usual.read(batch.bytes, start, end) {
            Some(usual) => (State::Good, usual),
            None => once.of(row, exact),
        };
        states.push(state);
        micros.push(value);
    });
    out.data = Data::Micros(micros);
}

/// What the reading of the column makes of a text.
fn exact(reading: &Reading, text: &str) -> (State, i64) {
    match reading.value(text) {
        Some(Value::DateTime(micros) | Value::Time(micros) | Value::Duration(micros)) => {
            (State::Good, micros)
        }
        Some(Value::Missing) => (State::Missing, 0),
        Some(value) if value.cause() == Some(Why::Withheld) => (State::Withheld, 0),
        Some(_) => (State::Defer, 0),
        None => (State::Unreadable, 0),
    }
}

/// The usual spellings of a date with a time that a loop may read: `2001-02-03T04:05:06`, and the same
/// with a space, where one format alone reads it.
struct Usual {
    between: [Option<u8>; 2],
}

impl Usual {
    fn of(reading: &Reading) -> Usual {
        let spelling = |between: char| {
            let text = format!("2001-02-03{between}04:05:06");
            let mut read = reading.formats.iter().filter(|f| f.parse_datetime(&text).is_ok());
            let only = read.next().filter(|_| read.next().is_none())?;
            let is_so = only.text == format!("%Y-%m-%d{between}%H:%M:%S");
            let is_plain = reading.special_texts().all(|special| special.trim().len() != LENGTH);
            let counts = reading.offsets != Some(true) && reading.ty == Type::DateTime;
            (is_so && is_plain && counts).then(|| u8::try_from(between).ok()).flatten()
        };
        Usual { between: ['T', ' '].map(spelling) }
    }

    /// The microseconds of a usual spelling.
    #[inline(always)]
    fn read(&self, bytes: &[u8], start: usize, end: usize) -> Option<i64> {
        let text = bytes.get(start..end).filter(|text| text.len() == LENGTH)?;
        if !self.between.contains(&Some(text[10])) || (text[13], text[16]) != (b':', b':') {
            return None;
        }
        let day = iso_day(bytes, start)?;
        let [hour, minute, second] = [11, 14, 17].map(|at| digits(bytes, start + at, 2));
        let (hour, minute, second) = (hour?, minute?, second?);
        // A leap second is for the exact reading.
        (hour < 24 && minute < 60 && second < 60)
            .then(|| i64::from(day) * DAY_MICROS + (hour * 3600 + minute * 60 + second) * 1_000_000)
    }
}

/// Bytes of a usual spelling.
const LENGTH: usize = 19;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fast::decode::SLACK;

    #[test]
    fn usual_moments_are_those_of_the_exact_reading() {
        let reading = Reading::new(Type::DateTime);
        let usual = Usual::of(&reading);
        for text in [
            "2024-02-29T23:59:59",
            "2024-02-29 00:00:00",
            "2023-02-29T00:00:00",
            "2024-02-28T24:00:00",
            "2024-02-28T23:60:00",
            "2024-12-31T23:59:60",
            "2024-12-31_23:59:59",
            "2024-12-31T23.59:59",
            "2024-12-31T2a:59:59",
            "0000-01-01T00:00:00",
            " 2024-12-31T23:59:5",
        ] {
            let bytes = [text.as_bytes(), &[b'7'; SLACK]].concat();
            let exact = exact(&reading, text);
            match usual.read(&bytes, 0, text.len()) {
                Some(micros) => assert_eq!((State::Good, micros), exact, "{text}"),
                None => assert!(exact.0 != State::Good || text.ends_with("60"), "{text}"),
            }
        }
        // Two formats read it, or another one does.
        for formats in [vec!["%Y-%m-%d %H:%M:%S", "%Y-%d-%m %H:%M:%S"], vec!["%Y-%d-%m %H:%M:%S"]] {
            let formats = formats.iter().map(|f| crate::value::DateFormat::new(f, Type::DateTime));
            let reading =
                Reading { formats: formats.collect::<Result<_, _>>().unwrap(), ..reading.clone() };
            assert_eq!(Usual::of(&reading).between, [None, None]);
        }
    }
}
