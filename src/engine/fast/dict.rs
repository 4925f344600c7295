//! Texts of key columns as small numbers: each distinct key is hashed once a row, for all that use it.

use std::hash::BuildHasher;
use std::ops::Range;

use hashbrown::HashTable;

use crate::engine::data::batch::{Batch, Once};
use crate::read::block::State;
use crate::read::grid::unquote;
use crate::value::Value;
use crate::width::to_u32;

/// The number of a key; [`OVER`] where the dictionary is full, or the key is not known.
pub type Code = u32;

/// A key that came when the dictionary was full, or of which a part cannot be read.
pub const OVER: Code = u32::MAX;

/// A key with a missing part that stands alone.
pub const MISSING: Code = 0;

/// The values of a key of so many columns; no bytes: the missing one.
pub fn values(columns: usize, key: Option<&[u8]>) -> Vec<Value<'_>> {
    match (columns, key) {
        (0, _) => Vec::new(),
        (1, Some(text)) => vec![Value::Text(String::from_utf8_lossy(text))],
        (_, Some(bytes)) => crate::engine::states::decode(bytes),
        (_, None) => vec![Value::Missing],
    }
}

/// How much a dictionary takes.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// Keys.
    pub keys: usize,
    /// Their bytes in all.
    pub bytes: usize,
}

/// Keys of one or more columns by number, as one worker met them.
pub struct Dict {
    pub columns: Vec<usize>,
    limit: Limit,
    /// Keys of up to seven bytes, packed with their length, and their codes; 0 is a free place.
    short: Vec<u64>,
    short_codes: Vec<Code>,
    shorts: usize,
    table: HashTable<(u64, Code)>,
    hasher: foldhash::fast::FixedState,
    /// The bytes of all keys, and where each ends.
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// The codes of the batch at hand.
    pub codes: Vec<Code>,
    scratch: Vec<u8>,
}

impl Dict {
    /// An empty one for these columns.
    pub fn new(columns: Vec<usize>, limit: Limit) -> Dict {
        let hasher = foldhash::fast::FixedState::with_seed(0x5eed);
        // Code 0 is the missing key of one column.
        Dict {
            columns,
            limit,
            short: vec![0; 64],
            short_codes: vec![0; 64],
            shorts: 0,
            table: HashTable::new(),
            hasher,
            bytes: Vec::new(),
            ends: vec![0],
            codes: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// How many codes there are, that of the missing key among them.
    pub fn codes_known(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of a key: the text of one column, else the values as [`crate::engine::states::encode`] writes them.
    pub fn key(&self, code: Code) -> &[u8] {
        let at = code as usize;
        let from = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.bytes[from..self.ends[at]]
    }

    /// The values of a key.
    pub fn values(&self, code: Code) -> Vec<Value<'_>> {
        values(self.columns.len(), (code != MISSING).then(|| self.key(code)))
    }

    /// Puts the codes of a batch's rows into `codes`.
    pub fn encode(&mut self, batch: &Batch<'_>) {
        self.codes.clear();
        self.codes.resize(batch.rows, MISSING);
        let mut codes = std::mem::take(&mut self.codes);
        if self.columns.is_empty() {
            codes.fill(self.code(b""));
        } else if let &[column] = &self.columns[..]
            && batch.taken(column).is_none()
        {
            let states = batch.columns[column].as_ref().map(|d| (&d.states[..], d.clean));
            let mut once = Once::new(batch, column);
            batch.each(column, |row, start, end| {
                let state =
                    states.map(|(states, clean)| if clean { State::Good } else { states[row] });
                match state {
                    Some(State::Good) => {
                        codes[row] = once.of(row, || self.code_of(batch, start..end))
                    }
                    // Nobody knows the key: the evaluator says what that leaves open.
                    Some(state) if state.is_unknown() => codes[row] = OVER,
                    _ => {}
                }
            });
        } else {
            let mut key = std::mem::take(&mut self.scratch);
            for (row, code) in codes.iter_mut().enumerate() {
                key.clear();
                let mut is_known = true;
                for &column in &self.columns {
                    let value = batch.value(row, column, false);
                    is_known &= !matches!(value, Value::Unknown(_));
                    crate::engine::states::encode_one(&value, &mut key);
                }
                *code = if is_known { self.code(&key) } else { OVER };
            }
            self.scratch = key;
        }
        self.codes = codes;
    }

    /// The code of a text of a batch.
    #[inline]
    fn code_of(&mut self, batch: &Batch<'_>, at: Range<usize>) -> Code {
        let raw = &batch.bytes[at.clone()];
        match (raw.first(), batch.quote) {
            (Some(first), Some(quote)) if *first == quote => self.code(&unquote(raw, batch.quote)),
            _ => match batch.bytes.get(at.start..at.start + 8).and_then(|b| b.first_chunk::<8>()) {
                Some(eight) if raw.len() < 8 => self.short_code(raw, pack(*eight, raw.len())),
                _ => self.code(raw),
            },
        }
    }

    /// The code of a key of up to seven bytes.
    #[inline]
    fn short_code(&mut self, key: &[u8], packed: u64) -> Code {
        let mask = self.short.len() - 1;
        let mut at = spread(packed) & mask;
        loop {
            match self.short[at] {
                known if known == packed => return self.short_codes[at],
                0 => return self.new_short(key, packed),
                _ => at = (at + 1) & mask,
            }
        }
    }

    fn is_full(&self, key: &[u8]) -> bool {
        self.ends.len() > self.limit.keys || self.bytes.len() + key.len() > self.limit.bytes
    }

    #[cold]
    fn new_short(&mut self, key: &[u8], packed: u64) -> Code {
        if self.is_full(key) {
            return OVER;
        }
        if self.shorts * 3 >= self.short.len() * 2 {
            let size = self.short.len() * 2;
            let (keys, codes) = (
                std::mem::replace(&mut self.short, vec![0; size]),
                std::mem::replace(&mut self.short_codes, vec![0; size]),
            );
            keys.into_iter().zip(codes).filter(|e| e.0 != 0).for_each(|e| self.put_short(e));
        }
        let code = to_u32(self.ends.len());
        self.bytes.extend_from_slice(key);
        self.ends.push(self.bytes.len());
        self.put_short((packed, code));
        self.shorts += 1;
        code
    }

    fn put_short(&mut self, entry: (u64, Code)) {
        let mask = self.short.len() - 1;
        let mut at = spread(entry.0) & mask;
        while self.short[at] != 0 {
            at = (at + 1) & mask;
        }
        (self.short[at], self.short_codes[at]) = entry;
    }

    #[inline]
    fn code(&mut self, key: &[u8]) -> Code {
        if key.len() < 8 {
            let mut eight = [0; 8];
            eight[..key.len()].copy_from_slice(key);
            return self.short_code(key, pack(eight, key.len()));
        }
        let hash = self.hasher.hash_one(key);
        let found = self.table.find(hash, |(h, code)| *h == hash && self.key(*code) == key);
        if let Some((_, code)) = found {
            return *code;
        }
        if self.is_full(key) {
            return OVER;
        }
        let code = to_u32(self.ends.len());
        self.bytes.extend_from_slice(key);
        self.ends.push(self.bytes.len());
        self.table.insert_unique(hash, (hash, code), |(h, _)| *h);
        code
    }
}

/// A key of `len` bytes, up to seven, with its length: never 0.
#[inline]
fn pack(eight: [u8; 8], len: usize) -> u64 {
    let bytes = u64::from_le_bytes(eight) & !(u64::MAX << (8 * len));
    bytes | (len as u64 + 1) << 56
}

#[inline]
fn spread(packed: u64) -> usize {
    (packed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_keys_keep_their_codes() {
        let mut dict = Dict::new(vec![0], Limit { keys: 1000, bytes: usize::MAX });
        let keys: Vec<String> =
            (0..700).map(|i| "x".repeat(i % 12) + &i.to_string()).chain([String::new()]).collect();
        let codes: Vec<Code> = keys.iter().map(|k| dict.code(k.as_bytes())).collect();
        for (key, code) in keys.iter().zip(&codes) {
            assert_eq!(dict.code(key.as_bytes()), *code);
            assert_eq!(dict.key(*code), key.as_bytes());
        }
        assert_eq!(dict.codes_known(), keys.len() + 1);
        assert_eq!(dict.code(b"a"), dict.code(b"a"));
        assert_ne!(dict.code(b"a"), dict.code(b"a\0"));
    }
}
