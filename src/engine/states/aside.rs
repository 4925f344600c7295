//! Which keys stand in records that are no rows.

use std::collections::HashMap;

use crate::engine::data::aside::Aside;
use crate::engine::data::table::Table;
use crate::engine::states::encode;
use crate::expr::bound::IndexDef;
use crate::value::Value;
use crate::width::to_u32;

/// The keys that may stand in the records of a table that are no rows.
#[derive(Debug, Default)]
pub struct AsideKeys {
    /// For each part of the key the values that it may have, with their records in order.
    parts: Vec<HashMap<Box<[u8]>, Vec<u32>>>,
    /// Nobody knows their cells: any key may stand in one.
    any: bool,
}

impl AsideKeys {
    /// Each cell of a record may be each part of a key.
    pub fn of(def: &IndexDef, table: &Table, aside: &Aside) -> AsideKeys {
        let part = |column: &usize| {
            let mut values: HashMap<Box<[u8]>, Vec<u32>> = HashMap::new();
            let Some(of) = table.columns.get(*column) else { return values };
            let mut key = Vec::new();
            for (record, cells) in aside.records.iter().enumerate() {
                for value in cells.iter().filter_map(|c| of.reading.read(c).ok()) {
                    encode(&[value], &mut key);
                    let records = values.entry(key.as_slice().into()).or_default();
                    if records.last() != Some(&to_u32(record)) {
                        records.push(to_u32(record));
                    }
                }
            }
            values
        };
        AsideKeys { parts: def.columns.iter().map(part).collect(), any: aside.unknown }
    }

    /// Whether a record holds all parts of a key.
    pub fn may_hold(&self, key: &[Value<'_>]) -> bool {
        if self.any {
            return true;
        }
        let mut bytes = Vec::new();
        let mut common: Option<Vec<u32>> = None;
        for (part, value) in self.parts.iter().zip(key) {
            encode(std::slice::from_ref(value), &mut bytes);
            let Some(records) = part.get(bytes.as_slice()) else { return false };
            common = Some(match common {
                None => records.clone(),
                Some(others) => {
                    others.into_iter().filter(|r| records.binary_search(r).is_ok()).collect()
                }
            });
        }
        common.is_some_and(|records| !records.is_empty())
    }
}
