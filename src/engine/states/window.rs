//! Values of other rows in order.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::io;

use crate::engine::data::memory::Memory;
use crate::engine::states::Map;
use crate::engine::states::accumulate::size;
use crate::engine::states::spill::{Runs, Writer, hash, pack, unpack};
use crate::expr::bound::WindowDef;
use crate::expr::eval::{Env, compare, eval};
use crate::expr::tree::{Cmp, WindowFunction};
use crate::source::RowId;
use crate::value::{Figure, Value};

/// What the last value of a key takes beside its bytes, while its map grows and when it is sorted.
const LAST: u64 = 3 * size_of::<(Box<[u8]>, WindowValue)>() as u64 + 32;

/// A neighbour's value and its row.
pub type WindowValue = (Value<'static>, Option<RowId>);

/// A row that is walked: order keys, group, value.
struct Walked {
    row: RowId,
    order: Vec<Value<'static>>,
    group: Box<[u8]>,
    value: Value<'static>,
}

/// Window of the rows of one definition.
#[derive(Default)]
pub struct Window {
    /// Streaming: the last value (or running sum) of each group.
    last: Map<Box<[u8]>, WindowValue>,
    /// What was last for keys that have been put on disk.
    older: Runs,
    walked: Vec<Walked>,
    /// Finished: what each row (or group, by number) sees.
    pub of: Map<u64, WindowValue>,
    key: Vec<u8>,
    /// Whether the row that looked last has a group.
    known: bool,
    /// About how many bytes the last values and the kept rows take.
    bytes: u64,
}

impl Window {
    fn group(&mut self, def: &WindowDef, env: &dyn Env) -> bool {
        let by: Vec<Value<'_>> = def.by.iter().map(|k| eval(k, env)).collect();
        let known = !by.iter().any(|v| matches!(v, Value::Unknown | Value::NotApplicable));
        crate::engine::states::encode(&by, &mut self.key);
        known
    }

    /// What a row sees when rows are met in order.
    pub fn look(&mut self, def: &WindowDef, env: &dyn Env) -> WindowValue {
        self.known = self.group(def, env);
        if !self.known {
            return (Value::Unknown, None);
        }
        let before = match self.last.get(&self.key[..]) {
            None if !self.older.is_empty() => self
                .older
                .find(hash(&self.key), &self.key, |seen| unpack(seen).ok())
                .map(Cow::Owned),
            known => known.map(Cow::Borrowed),
        };
        match def.window {
            WindowFunction::Prev => before.map_or((Value::NotApplicable, None), Cow::into_owned),
            _ => match (before.as_deref(), eval(&def.value, env)) {
                (Some((Value::Number(sum), _)), Value::Number(f)) => {
                    (Value::Number(sum.add(&f)), None)
                }
                (Some((sum, _)), Value::Missing) => (sum.clone(), None),
                (None, Value::Missing) => (Value::number(crate::value::Number::default()), None),
                (None, v) => (v.into_owned(), None),
                _ => (Value::Unknown, None),
            },
        }
    }

    /// Takes the row that has just looked.
    pub fn pass(&mut self, def: &WindowDef, env: &dyn Env, row: RowId, seen: &WindowValue) {
        if !self.known {
            return;
        }
        let new = match def.window {
            WindowFunction::Prev => (eval(&def.value, env).into_owned(), Some(row)),
            _ => seen.clone(),
        };
        match self.last.get_mut(&self.key[..]) {
            Some(last) => *last = new,
            None => {
                self.bytes += LAST + self.key.len() as u64 + size(&new.0);
                self.last.insert(self.key.clone().into(), new);
            }
        }
    }

    /// About how many bytes the last values and the kept rows take.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Puts the last values on disk.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn spill(&mut self, memory: &Memory<'_>) -> io::Result<()> {
        let mut order: Vec<(u64, Box<[u8]>, WindowValue)> = std::mem::take(&mut self.last)
            .into_iter()
            .map(|(key, seen)| (hash(&key), key, seen))
            .collect();
        order.sort_unstable_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let mut writer = Writer::new(memory, order.len() as u64)?;
        order.iter().try_for_each(|(hash, key, seen)| writer.put(*hash, key, &pack(seen)?))?;
        self.bytes = 0;
        let latest = &mut |earlier: &mut Vec<u8>, later: &[u8]| {
            *earlier = later.to_vec();
            Ok(())
        };
        self.older.push(writer.finish()?, memory, latest)
    }

    /// Keeps a row until all are there.
    pub fn keep(&mut self, def: &WindowDef, env: &dyn Env, row: RowId) {
        if let Some(filter) = &def.filter
            && eval(filter, env) != Value::Bool(true)
        {
            return;
        }
        if !self.group(def, env) {
            self.of.insert(row.0, (Value::Unknown, None));
            return;
        }
        let order: Vec<Value<'static>> =
            def.order.iter().map(|o| eval(&o.0, env).into_owned()).collect();
        let value = eval(&def.value, env).into_owned();
        // Later it stands in the map of what each row sees, too.
        self.bytes += (size_of::<Walked>() + size_of::<WindowValue>() + 16 + self.key.len()) as u64
            + size(&value)
            + order.iter().map(size).sum::<u64>();
        self.walked.push(Walked { row, order, group: self.key.clone().into(), value });
    }

    /// Takes the rows that later chunks kept.
    pub fn merge(&mut self, later: Window) {
        self.bytes += later.bytes;
        self.walked.extend(later.walked);
        self.of.extend(later.of);
    }

    /// All rows are there: sort them and let each see its neighbour.
    pub fn finish(&mut self, def: &WindowDef) {
        let mut walked = std::mem::take(&mut self.walked);
        walked.sort_by(|a, b| by_order(def, a, b).then(a.row.cmp(&b.row)));
        match def.window {
            WindowFunction::Prev => self.prev(walked.iter()),
            WindowFunction::Next => self.prev(walked.iter().rev()),
            WindowFunction::Cumulative => self.cumulative(&walked),
            WindowFunction::Rank => self.rank(&walked),
        }
    }

    fn prev<'w>(&mut self, walked: impl Iterator<Item = &'w Walked>) {
        let mut last: Map<&[u8], &Walked> = Map::default();
        for w in walked {
            let seen = last
                .insert(&w.group, w)
                .map_or((Value::NotApplicable, None), |b| (b.value.clone(), Some(b.row)));
            self.of.insert(w.row.0, seen);
        }
    }

    fn cumulative(&mut self, walked: &[Walked]) {
        let mut sums: Map<&[u8], Option<Figure>> = Map::default();
        for w in walked {
            let sum = sums
                .entry(&w.group)
                .or_insert_with(|| Some(Figure::exact(crate::value::Number::default())));
            *sum = match (&*sum, &w.value) {
                (Some(sum), Value::Number(f)) => Some(sum.add(f)),
                (Some(sum), Value::Missing) => Some(sum.clone()),
                _ => None,
            };
            self.of.insert(w.row.0, (sum.clone().map_or(Value::Unknown, Value::Number), None));
        }
    }

    /// 1 for the greatest; equal values share a rank.
    fn rank(&mut self, walked: &[Walked]) {
        let mut groups: Map<&[u8], Vec<&Walked>> = Map::default();
        for w in walked {
            groups.entry(&w.group).or_default().push(w);
        }
        #[expect(clippy::disallowed_methods, reason = "each by itself")]
        for rows in groups.values_mut() {
            rows.sort_by(|a, b| order(&b.value, &a.value));
            let mut rank = 0;
            for (i, w) in rows.iter().enumerate() {
                if i == 0 || order(&rows[i - 1].value, &w.value) != Ordering::Equal {
                    rank = i + 1;
                }
                let value = if matches!(w.value, Value::Missing | Value::Unknown) {
                    w.value.clone()
                } else {
                    Value::number(crate::value::Number::from(rank))
                };
                self.of.insert(w.row.0, (value, None));
            }
        }
    }
}

fn by_order(def: &WindowDef, a: &Walked, b: &Walked) -> Ordering {
    for ((x, y), (_, descending)) in a.order.iter().zip(&b.order).zip(&def.order) {
        let o = order(x, y);
        if o != Ordering::Equal {
            return if *descending { o.reverse() } else { o };
        }
    }
    Ordering::Equal
}

/// A total order for sorting: values that cannot be compared come first.
pub fn order(a: &Value<'_>, b: &Value<'_>) -> Ordering {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => x.value.cmp(&y.value),
        (Value::Date(x), Value::Date(y)) => x.cmp(y),
        _ if compare(Cmp::Lt, a, b) == Value::Bool(true) => Ordering::Less,
        _ if compare(Cmp::Gt, a, b) == Value::Bool(true) => Ordering::Greater,
        (Value::Missing | Value::Unknown, Value::Missing | Value::Unknown) => Ordering::Equal,
        (Value::Missing | Value::Unknown, _) => Ordering::Less,
        (_, Value::Missing | Value::Unknown) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}
