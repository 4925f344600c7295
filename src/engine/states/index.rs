//! Rows by key, for look-ups and membership.

use super::Map;

use crate::expr::bound::IndexDef;
use crate::expr::eval::Env;
use crate::source::RowId;
use crate::value::Value;

/// A row that can be found.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The row.
    pub row: RowId,
    /// Whether another row has the same key.
    pub many: bool,
    /// Values of the kept columns, in the order of the definition.
    pub kept: Vec<Value<'static>>,
}

/// The rows of a table by key.
#[derive(Debug, Default)]
pub struct Index {
    map: Map<Box<[u8]>, Entry>,
    key: Vec<u8>,
    /// Texts of the keys, for "did you mean", as long as there are few.
    pub names: Vec<String>,
}

const MOST_NAMES: usize = 20_000;

impl Index {
    /// Takes one row; rows with a missing or unreadable key cannot be found.
    pub fn take(&mut self, def: &IndexDef, env: &dyn Env, row: RowId) {
        let keys: Vec<Value<'_>> = def.columns.iter().map(|&c| env.cell(0, c, false)).collect();
        if keys.iter().any(|k| matches!(k, Value::Missing | Value::Unknown)) {
            return;
        }
        super::encode(&keys, &mut self.key);
        if let Some(entry) = self.map.get_mut(&self.key[..]) {
            entry.many = true;
            return;
        }
        let kept = def.keep.iter().map(|&(c, ranges)| env.cell(0, c, ranges).into_owned()).collect();
        self.map.insert(self.key.clone().into(), Entry { row, many: false, kept });
        if self.names.len() < MOST_NAMES && !keys.is_empty() {
            self.names.push(keys.iter().map(Value::to_text).collect::<Vec<_>>().join(", "));
        }
    }

    /// Takes the rows of later stretches.
    pub fn merge(&mut self, later: Index) {
        for (key, mut entry) in later.map {
            match self.map.entry(key) {
                hashbrown::hash_map::Entry::Occupied(mut known) => known.get_mut().many = true,
                hashbrown::hash_map::Entry::Vacant(free) => {
                    entry.kept.shrink_to_fit();
                    free.insert(entry);
                }
            }
        }
        let room = MOST_NAMES.saturating_sub(self.names.len());
        self.names.extend(later.names.into_iter().take(room));
    }

    /// The entry with this key.
    pub fn find(&self, keys: &[Value<'_>]) -> Option<&Entry> {
        super::with_key(keys, |key| self.map.get(key))
    }
}
