//! What a pass fills for later passes: aggregates by group, look-ups, windows, keys.

pub mod accumulate;
pub mod aside;
mod entries;
pub mod env;
pub mod groups;
pub mod index;
pub mod kept;
mod key_set;
mod ordered;
mod pack;
mod ranked;
mod reach;
pub mod rounding;
mod runs;
pub mod seen;
mod sort_key;
pub mod spill;
pub mod unique;
pub mod unknown_keys;
pub mod values;
mod walk;
pub mod window;

use crate::value::Value;
use crate::value::number::shortest;

/// A hash map that hashes the same way in every run; nothing iterates over one on the way to output.
pub type Map<K, V> = hashbrown::HashMap<K, V, foldhash::fast::FixedState>;

/// Writes values as bytes that are equal where the values are.
pub fn encode(values: &[Value<'_>], out: &mut Vec<u8>) {
    out.clear();
    for v in values {
        encode_one(v, out);
    }
}

/// The values that [`encode`] wrote, where they are texts or missing.
pub fn decode(mut bytes: &[u8]) -> Vec<Value<'static>> {
    let mut values = Vec::new();
    while let Some((tag, rest)) = bytes.split_first() {
        bytes = rest;
        let Some((len, rest)) = rest.split_first_chunk::<4>().filter(|_| *tag == b'T') else {
            values.push(Value::Missing);
            continue;
        };
        let (text, rest) = rest.split_at(u32::from_le_bytes(*len) as usize);
        values.push(Value::Text(String::from_utf8_lossy(text).into_owned().into()));
        bytes = rest;
    }
    values
}

thread_local! {
    /// A key that is looked for: its memory is used again.
    static KEY: std::cell::RefCell<Vec<u8>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// Calls `f` with the bytes of a key.
pub fn with_key<T>(values: &[Value<'_>], f: impl FnOnce(&[u8]) -> T) -> T {
    let mut key = KEY.take();
    encode(values, &mut key);
    let result = f(&key);
    KEY.set(key);
    result
}

/// The bytes of a key that is a whole number, as [`encode`] writes them.
pub fn of_whole(number: i64) -> [u8; 18] {
    let mut key = [0; 18];
    key[0] = b'N';
    key[1..17].copy_from_slice(&i128::from(number).to_le_bytes());
    key
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a text is shorter than a record, and decimals fit a byte"
)]
pub(crate) fn encode_one(v: &Value<'_>, out: &mut Vec<u8>) {
    match v {
        Value::Text(t) => {
            out.push(b'T');
            out.extend((t.len() as u32).to_le_bytes());
            out.extend(t.as_bytes());
        }
        Value::Number(f) if f.withheld => out.push(b'?'),
        Value::Number(f) => match f.value.as_decimal() {
            Some((m, s)) => {
                let (m, s) = shortest(m, s);
                out.push(b'N');
                out.extend(m.to_le_bytes());
                out.push(s as u8);
            }
            None => {
                let text = f.value.to_text();
                out.push(b'R');
                out.extend((text.len() as u32).to_le_bytes());
                out.extend(text.as_bytes());
            }
        },
        Value::Date(d) => {
            out.push(b'D');
            out.extend(d.first.to_le_bytes());
            out.extend(d.last.to_le_bytes());
        }
        Value::DateTime(t) => tagged(b'I', *t, out),
        Value::Time(t) => tagged(b'C', *t, out),
        Value::Duration(t) => tagged(b'L', *t, out),
        Value::Bool(b) => out.extend([b'B', u8::from(*b)]),
        Value::Missing => out.push(b'-'),
        Value::Unknown(_) | Value::NotApplicable | Value::Possible => out.push(b'?'),
    }
}

fn tagged(tag: u8, n: i64, out: &mut Vec<u8>) {
    out.push(tag);
    out.extend(n.to_le_bytes());
}
