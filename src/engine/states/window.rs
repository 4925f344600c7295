//! Values of other rows in order.

use std::borrow::Cow;
use std::io;

use crate::engine::data::memory::Memory;
use crate::engine::states::Map;
use crate::engine::states::encode_one;
use crate::engine::states::kept::size;
use crate::engine::states::ordered::{Ordered, Unplaced, why_open};
use crate::engine::states::seen::{WindowValue, plus};
use crate::engine::states::spill::Spilled;
use crate::expr::bound::{StateDef, StateId, States, WindowDef};
use crate::expr::choose::choose;
use crate::expr::eval::{Env, eval};
use crate::expr::tree::WindowFunction;
use crate::source::RowId;
use crate::value::{Number, Value, Why};

/// What the last value of a key takes beside its bytes, while its map grows and when it is sorted.
const LAST: u64 = 3 * size_of::<(Box<[u8]>, WindowValue)>() as u64 + 32;

/// The window of one definition.
#[derive(Default)]
pub struct Window {
    /// Streaming: the last value (or running sum) of each group.
    last: Map<Box<[u8]>, WindowValue>,
    /// What was last for keys that have been put on disk.
    older: Spilled<WindowValue>,
    /// Rows (or groups, by number) in an order.
    ordered: Ordered,
    key: Vec<u8>,
    /// Why the row that looked last has no group.
    open: Option<Why>,
    /// The last row of which nobody knew the group: any row may see it.
    stray: Option<Unplaced>,
    /// About how many bytes the last values take.
    bytes: u64,
}

impl Window {
    /// Encodes the group of a row; why it has none.
    fn group(&mut self, def: &WindowDef, env: &dyn Env) -> Option<Why> {
        self.key.clear();
        let mut open = None;
        for key in &def.by {
            let value = eval(key, env);
            open = open.max(why_open(&value));
            encode_one(&value, &mut self.key);
        }
        open
    }

    /// What a row sees when rows are met in order.
    pub fn look(&mut self, def: &WindowDef, env: &dyn Env) -> WindowValue {
        self.open = self.group(def, env);
        if let Some(why) = self.open {
            return (Value::Unknown(why.of_row()), None);
        }
        if let Some(stray) = self.stray
            && def.window != WindowFunction::Prev
        {
            return stray.seen();
        }
        let before = match self.last.get(&self.key[..]) {
            None if !self.older.is_empty() => self.older.find(&self.key).map(Cow::Owned),
            known => known.map(Cow::Borrowed),
        };
        let is_before = |stray: &Unplaced| {
            before.as_deref().and_then(|before| before.1).is_none_or(|row| row < stray.row)
        };
        match def.window {
            WindowFunction::Prev => match self.stray.filter(is_before) {
                Some(stray) => stray.seen(),
                None => before.map_or((Value::NotApplicable, None), Cow::into_owned),
            },
            _ => match (before.as_deref(), eval(&def.value, env)) {
                (None, Value::Missing) => (Value::number(Number::default()), None),
                (None, v) => (v.into_owned(), None),
                (Some((sum, _)), v) => (plus(sum, &v), None),
            },
        }
    }

    /// Takes the row that has just looked; `doubt`: why nobody knows whether it is walked at all.
    pub fn pass(
        &mut self,
        def: &WindowDef,
        env: &dyn Env,
        row: RowId,
        (seen, doubt): (&WindowValue, Option<Why>),
    ) {
        if let Some(why) = self.open {
            let is_of_none = def.by.iter().any(|key| eval(key, env) == Value::NotApplicable);
            self.stray = if is_of_none { self.stray } else { Some(Unplaced { why, row }) };
            return;
        }
        let new = match (doubt, def.window) {
            (Some(why), _) => Unplaced { why, row }.seen(),
            (None, WindowFunction::Prev) => passed_on(def, env, row),
            (None, _) => seen.clone(),
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
        self.bytes + self.ordered.bytes()
    }

    /// Puts the last values and the kept rows on disk.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn spill(&mut self, memory: &Memory<'_>) -> io::Result<()> {
        self.bytes = 0;
        if !self.last.is_empty() {
            self.older.push(std::mem::take(&mut self.last), memory)?;
        }
        self.ordered.spill(memory)
    }

    /// Keeps a row until all are there.
    pub fn keep(&mut self, def: &WindowDef, env: &dyn Env, row: RowId) {
        match def.filter.as_ref().map_or(Ok(true), |filter| choose(filter, env).chosen) {
            Ok(true) => self.ordered.keep(def, env, row, None),
            Ok(false) => {}
            Err(why) => self.ordered.keep(def, env, row, Some(why)),
        }
    }

    /// Takes the rows that later chunks kept.
    pub fn merge(&mut self, later: Window) {
        self.ordered.merge(later.ordered);
    }

    /// All rows are there: they are put in order, and each sees its neighbour.
    ///
    /// # Errors
    /// Where a temporary file fails.
    pub fn finish(
        &mut self,
        def: &WindowDef,
        memory: &Memory<'_>,
        (jobs, share): (usize, u64),
    ) -> io::Result<()> {
        self.ordered.finish(def, memory, (jobs, share))
    }

    /// What a row (or group, by number) sees, once all are there; none where it sees nothing.
    pub fn seen(&self, row: RowId) -> Option<WindowValue> {
        self.ordered.seen(row)
    }
}

/// What later rows see of a row.
pub fn passed_on(def: &WindowDef, env: &dyn Env, row: RowId) -> WindowValue {
    (eval(&def.value, env).into_owned(), Some(row))
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

/// Lets later rows see this one, unless the window's own filter leaves it out; `chosen` is what that says.
pub fn pass_on(
    defs: &States,
    wanted: &[StateId],
    all: &mut [(StateId, Window)],
    env: &dyn Env,
    id: RowId,
    seen: &[(StateId, WindowValue)],
    chosen: Result<bool, Why>,
) {
    for (state, n) in all.iter_mut().filter(|(s, _)| wanted.contains(s)) {
        let StateDef::Window(def) = &defs.all[*state] else { continue };
        let chosen = if def.filter.is_some() { chosen } else { Ok(true) };
        if chosen == Ok(false) {
            continue;
        }
        if let Some((_, neighbour)) = seen.iter().find(|s| s.0 == *state) {
            n.pass(def, env, id, (neighbour, chosen.err()));
        }
    }
}
