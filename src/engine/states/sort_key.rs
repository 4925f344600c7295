//! Values as bytes that sort as the values do, one behind the other: rows are put in order, and spilled
//! in order, by comparing bytes. No key is the beginning of another.

use crate::value::{Days, Value, Why, number_key};

const MISSING: u8 = 0;
const WITHHELD: u8 = 1;
const BOOL: u8 = 2;
const MICROS: u8 = 3;
const DATE: u8 = 4;
const NUMBER: u8 = 5;
const TEXT: u8 = 6;
/// Before every value, whether it rises or descends.
const UNPLACED: u8 = 0;

/// Writes the key of a value in an order: what is no value comes first, or last where it descends.
pub fn put(value: &Value<'_>, descending: bool, out: &mut Vec<u8>) {
    let from = out.len();
    put_rising(value, out);
    if descending {
        out[from..].iter_mut().for_each(|byte| *byte = !*byte);
    }
}

/// Writes the key of a value that rows are grouped by: all that are withheld are one group.
pub fn put_group(value: &Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Missing => out.push(MISSING),
        value if value.cause().is_some() => out.push(WITHHELD),
        value => put_rising(value, out),
    }
}

/// Writes, behind what is known of it, the key of a row that has no place: before those that have one, and
/// what weighs most before the others.
pub fn put_unplaced(why: Why, out: &mut Vec<u8>) {
    out.extend([UNPLACED, !(why as u8)]);
}

/// Writes the key of a row among others whose order is that in which they came.
pub fn put_alike(out: &mut Vec<u8>) {
    out.push(BOOL);
}

/// How much of a key is known whose row has no place, and why: of the parts behind the group, each of which
/// descends or not.
pub fn unplaced(key: &[u8], group: usize, ways: &[bool]) -> Option<(usize, Why)> {
    let mut at = group;
    let mut ways = ways.iter();
    loop {
        let rest = key.get(at..)?;
        if let [UNPLACED, why] = *rest {
            return Why::ALL.get(usize::from(!why)).map(|why| (at, *why));
        }
        at += match ways.next()? {
            false => len(1, rest),
            true => len(1, &rest.iter().map(|byte| !byte).collect::<Vec<_>>()),
        };
    }
}

/// Whether a value could stand anywhere in an order: it is there, and not known.
pub fn is_open(value: &Value<'_>) -> bool {
    value.cause().is_some() && !matches!(value, Value::Missing | Value::NotApplicable)
}

/// Whether a value has a place in an order among others.
pub fn is_value(value: &Value<'_>) -> bool {
    !matches!(value, Value::Missing | Value::Unknown(_) | Value::NotApplicable | Value::Possible)
}

/// Whether a key is that of no value.
pub fn is_of_no_value(key: &[u8], descending: bool) -> bool {
    key.first() == Some(&if descending { !MISSING } else { MISSING })
}

fn put_rising(value: &Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Missing | Value::Unknown(_) | Value::NotApplicable | Value::Possible => {
            out.push(MISSING);
        }
        Value::Bool(b) => out.extend([BOOL, u8::from(*b)]),
        Value::DateTime(t) | Value::Time(t) | Value::Duration(t) => {
            out.push(MICROS);
            out.extend((t ^ i64::MIN).to_be_bytes());
        }
        Value::Date(days) => date(*days, out),
        Value::Number(figure) => {
            out.push(NUMBER);
            number_key::put(&figure.value, out);
        }
        Value::Text(text) => {
            out.push(TEXT);
            // A zero byte is written as two, the last of which is none.
            for (n, part) in text.as_bytes().split(|byte| *byte == 0).enumerate() {
                if n > 0 {
                    out.extend([0, 0xff]);
                }
                out.extend(part);
            }
            out.extend([0, 0]);
        }
    }
}

/// The last day is written where it is another.
fn date(days: Days, out: &mut Vec<u8>) {
    out.push(DATE);
    out.extend((days.first ^ i32::MIN).to_be_bytes());
    out.push(u8::from(days.last != days.first));
    if days.last != days.first {
        out.extend((days.last ^ i32::MIN).to_be_bytes());
    }
}

/// How many bytes so many keys take that stand first, none of which descends.
pub fn len(count: usize, bytes: &[u8]) -> usize {
    let mut end = 0;
    for _ in 0..count {
        let rest = bytes.get(end..).unwrap_or_default();
        end += match rest.first() {
            Some(&BOOL) => 2,
            Some(&MICROS) => 9,
            Some(&DATE) if rest.get(5) == Some(&0) => 6,
            Some(&DATE) => 10,
            Some(&NUMBER) => 1 + number_key::len(&rest[1..]),
            Some(&TEXT) => text(&rest[1..]) + 1,
            _ => 1,
        };
    }
    end.min(bytes.len())
}

/// How many bytes a text takes with its end.
fn text(bytes: &[u8]) -> usize {
    let is_end = |at: &usize| bytes.get(at + 1) != Some(&0xff);
    memchr::memchr_iter(0, bytes).find(is_end).map_or(bytes.len(), |at| at + 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Why;

    fn key(value: &Value<'_>, descending: bool) -> Vec<u8> {
        let mut key = Vec::new();
        put(value, descending, &mut key);
        key
    }

    #[test]
    fn keys_sort_as_values_do_and_end_where_they_end() {
        let date = |first, last| Value::Date(Days { first, last });
        let text = |t: &'static str| Value::Text(t.into());
        let number = |n: i64| Value::number(n.into());
        let texts = ["", "\0", "\0\0", "\0a", "a", "a\0", "a\0b", "ab", "\u{e9}"];
        let days = [(-5, -5), (0, 0), (0, 30), (1, 1)];
        let kinds: [Vec<Value<'_>>; 5] = [
            texts.map(text).into(),
            days.map(|(first, last)| date(first, last)).into(),
            [-10, -9, 0, 1, 100].map(number).into(),
            [-1, 0, 1 << 40].map(Value::Time).into(),
            [false, true].map(Value::Bool).into(),
        ];
        for mut values in kinds {
            values.insert(0, Value::Missing);
            let all = || values.iter().enumerate();
            for ((i, a), (j, b)) in all().flat_map(|a| all().map(move |b| (a, b))) {
                let (rising, falling) =
                    ([a, b].map(|v| key(v, false)), [a, b].map(|v| key(v, true)));
                assert_eq!(rising[0].cmp(&rising[1]), i.cmp(&j), "{a:?} {b:?}");
                assert_eq!(falling[1].cmp(&falling[0]), i.cmp(&j), "{a:?} {b:?}");
                assert_eq!(len(1, &rising.concat()), rising[0].len(), "{a:?}");
                assert_eq!(len(2, &rising.concat()), rising.concat().len(), "{a:?} {b:?}");
            }
            assert!(values.iter().all(|v| is_value(v) != is_of_no_value(&key(v, true), true)));
        }
        assert_eq!(key(&Value::Unknown(Why::Unreadable), false), key(&Value::Missing, false));
    }
}
