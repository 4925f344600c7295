//! Values of other rows in order.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::io;

use crate::engine::data::memory::Memory;
use crate::engine::states::Map;
use crate::engine::states::accumulate::size;
use crate::engine::states::spill::{Spill, Spilled};
use crate::expr::bound::{StateDef, StateId, States, WindowDef};
use crate::expr::choose::chooses;
use crate::expr::compare::compare;
use crate::expr::eval::{Env, eval};
use crate::expr::tree::{Cmp, WindowFunction};
use crate::source::RowId;
use crate::value::{Value, Why};

/// What the last value of a key takes beside its bytes, while its map grows and when it is sorted.
const LAST: u64 = 3 * size_of::<(Box<[u8]>, WindowValue)>() as u64 + 32;

/// A neighbour's value and its row.
pub type WindowValue = (Value<'static>, Option<RowId>);

impl Spill for WindowValue {
    /// The last row counts.
    fn join(&mut self, later: WindowValue) {
        *self = later;
    }
}

/// A row that is walked: order keys, group, value.
struct Walked {
    row: RowId,
    order: Vec<Value<'static>>,
    group: Box<[u8]>,
    value: Value<'static>,
}

/// The window of one definition.
#[derive(Default)]
pub struct Window {
    /// Streaming: the last value (or running sum) of each group.
    last: Map<Box<[u8]>, WindowValue>,
    /// What was last for keys that have been put on disk.
    older: Spilled<WindowValue>,
    walked: Vec<Walked>,
    /// Finished: what each row (or group, by number) sees.
    pub of: Map<u64, WindowValue>,
    key: Vec<u8>,
    /// Why the row that looked last has no group.
    open: Option<Why>,
    /// About how many bytes the last values and the kept rows take.
    bytes: u64,
}

impl Window {
    /// Encodes the group of a row; why it has none.
    fn group(&mut self, def: &WindowDef, env: &dyn Env) -> Option<Why> {
        let by: Vec<Value<'_>> = def.by.iter().map(|k| eval(k, env)).collect();
        crate::engine::states::encode(&by, &mut self.key);
        let open = by.iter().filter(|v| matches!(v, Value::Unknown(_) | Value::NotApplicable));
        open.map(Value::why).max()
    }

    /// What a row sees when rows are met in order.
    pub fn look(&mut self, def: &WindowDef, env: &dyn Env) -> WindowValue {
        self.open = self.group(def, env);
        if let Some(why) = self.open {
            return (Value::Unknown(why), None);
        }
        let before = match self.last.get(&self.key[..]) {
            None if !self.older.is_empty() => self.older.find(&self.key).map(Cow::Owned),
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
                (Some((sum, _)), v) => (Value::Unknown(either(sum, &v)), None),
            },
        }
    }

    /// Takes the row that has just looked.
    pub fn pass(&mut self, def: &WindowDef, env: &dyn Env, row: RowId, seen: &WindowValue) {
        if self.open.is_some() {
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
        self.bytes = 0;
        self.older.push(std::mem::take(&mut self.last), memory)
    }

    /// Keeps a row until all are there.
    pub fn keep(&mut self, def: &WindowDef, env: &dyn Env, row: RowId) {
        if !chooses(def.filter.as_ref(), env) {
            return;
        }
        if let Some(why) = self.group(def, env) {
            self.of.insert(row.0, (Value::Unknown(why), None));
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
        let mut sums: Map<&[u8], Value<'static>> = Map::default();
        for w in walked {
            let sum = sums
                .entry(&w.group)
                .or_insert_with(|| Value::number(crate::value::Number::default()));
            *sum = match (&*sum, &w.value) {
                (Value::Number(sum), Value::Number(f)) => Value::Number(sum.add(f)),
                (sum, Value::Missing) => sum.clone(),
                (sum, value) => Value::Unknown(either(sum, value)),
            };
            self.of.insert(w.row.0, (sum.clone(), None));
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
                let value = if matches!(w.value, Value::Missing | Value::Unknown(_)) {
                    w.value.clone()
                } else {
                    Value::number(crate::value::Number::from(rank))
                };
                self.of.insert(w.row.0, (value, None));
            }
        }
    }
}

/// What a row sees of the rows before it.
pub fn look(
    defs: &States,
    wanted: &[StateId],
    all: &mut [(StateId, Window)],
    env: &dyn Env,
    seen: &mut Vec<(StateId, WindowValue)>,
) {
    seen.clear();
    for (id, n) in all.iter_mut().filter(|(id, _)| wanted.contains(id)) {
        if let StateDef::Window(def) = &defs.all[*id] {
            seen.push((*id, n.look(def, env)));
        }
    }
}

/// Lets later rows see this one, unless the window's own filter leaves it out.
pub fn pass_on(
    defs: &States,
    wanted: &[StateId],
    all: &mut [(StateId, Window)],
    env: &dyn Env,
    id: RowId,
    seen: &[(StateId, WindowValue)],
    kept: bool,
) {
    for (state, n) in all.iter_mut().filter(|(s, _)| wanted.contains(s)) {
        let StateDef::Window(def) = &defs.all[*state] else { continue };
        if !kept && def.filter.is_some() {
            continue;
        }
        if let Some((_, neighbour)) = seen.iter().find(|s| s.0 == *state) {
            n.pass(def, env, id, neighbour);
        }
    }
}

/// Why two values have no sum.
fn either(a: &Value<'_>, b: &Value<'_>) -> Why {
    a.cause().max(b.cause()).unwrap_or_else(|| Value::mistyped().why())
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
        (Value::Missing | Value::Unknown(_), Value::Missing | Value::Unknown(_)) => Ordering::Equal,
        (Value::Missing | Value::Unknown(_), _) => Ordering::Less,
        (_, Value::Missing | Value::Unknown(_)) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}
