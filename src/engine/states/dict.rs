//! Texts of key columns as small numbers: each distinct key is hashed once a row, for all that use it.

use std::hash::BuildHasher;

use hashbrown::HashTable;

use crate::engine::batch::{Batch, State};
use crate::read::csv::unquote;
use crate::value::Value;

/// The number of a key; [`OVER`] where the dictionary is full.
pub type Code = u32;

/// A key that came when the dictionary was full.
pub const OVER: Code = u32::MAX;

/// A key with a missing part that stands alone.
pub const MISSING: Code = 0;

/// The values of a key of so many columns; no bytes: the missing one.
pub fn values(columns: usize, key: Option<&[u8]>) -> Vec<Value<'_>> {
    match (columns, key) {
        (0, _) => Vec::new(),
        (1, Some(text)) => vec![Value::Text(String::from_utf8_lossy(text))],
        (_, Some(bytes)) => super::decode(bytes),
        (_, None) => vec![Value::Missing],
    }
}

/// Keys of one or more text columns by number, as one worker met them.
pub struct Dict {
    /// The columns.
    pub columns: Vec<usize>,
    /// How many keys it takes.
    limit: usize,
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
    /// An empty one for these columns; it takes `limit` keys.
    pub fn new(columns: Vec<usize>, limit: usize) -> Dict {
        let hasher = foldhash::fast::FixedState::with_seed(0x5eed);
        // Code 0 is the missing key of one column.
        Dict { columns, limit, table: HashTable::new(), hasher, bytes: Vec::new(), ends: vec![0], codes: Vec::new(), scratch: Vec::new() }
    }

    /// How many codes there are, that of the missing key among them.
    pub fn codes_known(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of a key: the text of one column, else the values as [`super::encode`] writes them.
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
            codes.fill(1);
            self.code(b"");
        } else if let &[column] = &self.columns[..] {
            let states = batch.columns[column].as_ref().map(|d| (&d.states[..], d.clean));
            batch.each(column, |row, start, end| {
                if !states.is_some_and(|(states, clean)| clean || states[row] == State::Good) {
                    return;
                }
                let raw = &batch.bytes[start..end];
                codes[row] = match (raw.first(), batch.quote) {
                    (Some(first), Some(quote)) if *first == quote => self.code(&unquote(raw, batch.quote)),
                    _ => self.code(raw),
                };
            });
        } else {
            let mut key = std::mem::take(&mut self.scratch);
            for (row, code) in codes.iter_mut().enumerate() {
                key.clear();
                for &column in &self.columns {
                    super::encode_one(&batch.value(row, column, false), &mut key);
                }
                *code = self.code(&key);
            }
            self.scratch = key;
        }
        self.codes = codes;
    }

    #[inline]
    fn code(&mut self, key: &[u8]) -> Code {
        let hash = self.hasher.hash_one(key);
        let found = self.table.find(hash, |(h, code)| *h == hash && self.key(*code) == key);
        if let Some((_, code)) = found {
            return *code;
        }
        if self.ends.len() > self.limit {
            return OVER;
        }
        let code = self.ends.len() as Code;
        self.bytes.extend_from_slice(key);
        self.ends.push(self.bytes.len());
        self.table.insert_unique(hash, (hash, code), |(h, _)| *h);
        code
    }
}
