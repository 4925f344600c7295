//! Rows of which a part of the key cannot be read or is withheld: any key that has their other parts may
//! be theirs.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::engine::states::{encode, with_key};
use crate::source::RowId;
use crate::value::{Value, Why};

/// So many are kept by their other parts; beyond that each may have any key.
const MOST: usize = 10_000;

/// Rows that may have the same keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownRows {
    /// How many there are.
    pub rows: u64,
    /// The first of them.
    pub first: RowId,
    /// What keeps their key from being known.
    pub why: Why,
}

impl UnknownRows {
    /// Of several causes the rows of the greatest one count.
    fn join(&mut self, other: &UnknownRows) {
        match self.why.cmp(&other.why) {
            Ordering::Less => *self = *other,
            Ordering::Equal => {
                self.rows += other.rows;
                self.first = self.first.min(other.first);
            }
            Ordering::Greater => {}
        }
    }
}

/// The rows of a table whose key is not known, by the parts that are.
#[derive(Debug, Default)]
pub struct UnknownKeys {
    by_key: BTreeMap<Box<[u8]>, UnknownRows>,
    /// Which parts are not known, for each kind of key among them.
    kinds: BTreeSet<Vec<bool>>,
    /// All rows, where there are too many kinds of keys.
    any: Option<UnknownRows>,
}

impl UnknownKeys {
    /// Takes a row; one with a blank part is none that could be found.
    pub fn take(&mut self, key: &[Value<'_>], row: RowId) {
        let is_blank = |part: &Value<'_>| matches!(part, Value::Missing | Value::NotApplicable);
        let cause = key.iter().filter_map(Value::cause).max();
        let Some(why) = cause.filter(|_| !key.iter().any(is_blank)) else { return };
        let unknown: Vec<bool> = key.iter().map(|part| part.cause().is_some()).collect();
        let mut bytes = Vec::new();
        encode(&masked(key, &unknown), &mut bytes);
        self.kinds.insert(unknown);
        self.add(bytes.into(), UnknownRows { rows: 1, first: row, why: why.of_row() });
    }

    fn add(&mut self, key: Box<[u8]>, rows: UnknownRows) {
        if let Some(any) = &mut self.any {
            return any.join(&rows);
        }
        self.by_key.entry(key).and_modify(|known| known.join(&rows)).or_insert(rows);
        if self.by_key.len() > MOST {
            self.any = together(std::mem::take(&mut self.by_key).into_values());
        }
    }

    /// Takes those of later rows.
    pub fn merge(&mut self, later: UnknownKeys) {
        self.kinds.extend(later.kinds);
        if later.any.is_some() && self.any.is_none() {
            self.any = together(std::mem::take(&mut self.by_key).into_values());
        }
        self.any = together(self.any.into_iter().chain(later.any));
        later.by_key.into_iter().for_each(|(key, rows)| self.add(key, rows));
    }

    /// The rows that may have a key.
    pub fn with(&self, key: &[Value<'_>]) -> Option<UnknownRows> {
        let of_kind =
            |kind: &Vec<bool>| with_key(&masked(key, kind), |key| self.by_key.get(key).copied());
        together(self.any.into_iter().chain(self.kinds.iter().filter_map(of_kind)))
    }
}

fn together(rows: impl Iterator<Item = UnknownRows>) -> Option<UnknownRows> {
    rows.reduce(|mut all, rows| {
        all.join(&rows);
        all
    })
}

/// A key without the parts that are not known.
fn masked<'v>(key: &[Value<'v>], unknown: &[bool]) -> Vec<Value<'v>> {
    let part = |(part, unknown): (&Value<'v>, &bool)| match unknown {
        true => Value::Possible,
        false => part.clone(),
    };
    key.iter().zip(unknown).map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNREAD: Value<'static> = Value::Unknown(Why::Unreadable);

    fn text(text: String) -> Value<'static> {
        Value::Text(text.into())
    }

    fn taken(keys: impl Iterator<Item = [Value<'static>; 2]>) -> UnknownKeys {
        let mut all = UnknownKeys::default();
        keys.zip(0..).for_each(|(key, row)| all.take(&key, RowId(row)));
        all
    }

    #[test]
    fn a_row_may_have_the_keys_that_share_its_known_parts() {
        let a = || text("a".into());
        let all = taken([[a(), UNREAD], [a(), UNREAD], [UNREAD, Value::Missing]].into_iter());
        let found = UnknownRows { rows: 2, first: RowId(0), why: Why::RowUnreadable };
        assert_eq!(all.with(&[a(), text("x".into())]), Some(found));
        assert_eq!(all.with(&[text("b".into()), a()]), None);
    }

    #[test]
    fn of_rows_that_are_withheld_and_others_that_cannot_be_read_the_latter_are_counted() {
        let withheld = Value::Unknown(Why::Withheld);
        for keys in [[withheld.clone(), UNREAD], [UNREAD, withheld]] {
            let mut all = UnknownKeys::default();
            keys.into_iter().zip(0..).for_each(|(key, row)| all.take(&[key], RowId(row)));
            let found = all.with(&[text("a".into())]);
            assert_eq!(found.map(|f| (f.rows, f.why)), Some((1, Why::RowUnreadable)));
        }
    }

    #[test]
    fn beyond_a_bound_each_row_may_have_any_key_in_whatever_order_they_come() {
        let some =
            |from: usize, to: usize| taken((from..to).map(|n| [text(n.to_string()), UNREAD]));
        let other = [text("other".into()), UNREAD];
        let mut all = some(0, MOST);
        assert_eq!(all.with(&other), None);
        all.merge(some(MOST, MOST + 1));
        let rows = |of: &UnknownKeys| of.with(&other).map(|found| found.rows);
        assert_eq!(rows(&all), Some(MOST as u64 + 1));
        let mut few = some(0, 2);
        few.merge(all);
        assert_eq!(rows(&few), Some(MOST as u64 + 3));
    }
}
