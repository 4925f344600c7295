//! Cells that hold several values: each is judged as a cell of its own would be.

use std::ops::Range;

use crate::expr::bound::{Bound, StateId};
use crate::expr::env::{Env, Found};
use crate::expr::functions::Context;
use crate::expr::items::Items;
use crate::value::{Value, Why};

/// What an expression is evaluated over, and how.
type Evaluator<'e> = (&'e dyn Env, &'e dyn Fn(&Bound, &dyn Env) -> Value<'static>);

/// What each item of a cell comes to: its place, its text, and the value of `each` for it.
pub(crate) fn judged(
    items: &Items,
    (unit, column): (usize, usize),
    each: Option<&Bound>,
    (env, eval): Evaluator<'_>,
) -> Result<Vec<(Range<usize>, String, Value<'static>)>, Why> {
    if env.cell(unit, column, false) == Value::Unknown(Why::NotRead) {
        return Err(Why::NotRead);
    }
    let written = env.written(unit, column);
    let Value::Text(text) = &written else { return Err(written.why()) };
    let judge = |(at, item): (Range<usize>, &str)| {
        let read = items.reading.read(item).map(Value::into_owned);
        let answer = match (each, read) {
            (None, Ok(Value::Missing)) => Value::Missing,
            (None, read) => Value::Bool(read.is_ok()),
            (Some(each), read) => {
                let value = read.unwrap_or(Value::Unknown(Why::Unreadable));
                let own = ItemEnv { env, cell: (unit, column), value, text: item };
                eval(each, &own)
            }
        };
        (at, item.to_string(), answer)
    };
    Ok(items.of(text).map(judge).collect())
}

/// The value of a demand on each item: it fails where it fails for one; items that are blank, withheld
/// or cannot be read are asked nothing, unless it fails for them.
pub(crate) fn all(
    items: &Items,
    cell: (usize, usize),
    each: Option<&Bound>,
    evaluator: Evaluator<'_>,
) -> Value<'static> {
    let answers = match judged(items, cell, each, evaluator) {
        Ok(answers) => answers,
        Err(why) => return Value::Unknown(why),
    };
    let (mut holds, mut open) = (false, None);
    for (_, _, answer) in answers {
        match answer {
            Value::Bool(false) => return Value::Bool(false),
            Value::Bool(true) | Value::Possible => holds = true,
            other => match other.why() {
                _ if matches!(other, Value::Missing | Value::NotApplicable) => {}
                Why::Missing | Why::Unreadable | Why::Withheld => {}
                why => open = open.max(Some(why)),
            },
        }
    }
    match open {
        Some(why) => Value::Unknown(why),
        None if holds => Value::Bool(true),
        None => Value::Unknown(Why::Missing),
    }
}

/// A row with an item in the place of the cell that holds it.
struct ItemEnv<'e> {
    env: &'e dyn Env,
    cell: (usize, usize),
    value: Value<'e>,
    text: &'e str,
}

impl Env for ItemEnv<'_> {
    fn cell(&self, unit: usize, column: usize, ranges: bool) -> Value<'_> {
        match (unit, column) == self.cell {
            true => self.value.clone(),
            false => self.env.cell(unit, column, ranges),
        }
    }
    fn written(&self, unit: usize, column: usize) -> Value<'_> {
        match (unit, column) == self.cell {
            true => Value::Text(self.text.into()),
            false => self.env.written(unit, column),
        }
    }
    fn key(&self, unit: usize, key: usize) -> Value<'_> {
        self.env.key(unit, key)
    }
    fn lookup(
        &self,
        state: StateId,
        key: &[Value<'_>],
        column: Option<usize>,
        ranges: bool,
    ) -> Found<'_> {
        self.env.lookup(state, key, column, ranges)
    }
    fn aggregate(&self, state: StateId, slot: usize, key: &[Value<'_>]) -> Value<'_> {
        self.env.aggregate(state, slot, key)
    }
    fn member(&self, state: StateId, value: &Value<'_>) -> Result<bool, Why> {
        self.env.member(state, value)
    }
    fn window(&self, state: StateId) -> Value<'_> {
        self.env.window(state)
    }
    fn row(&self, unit: usize) -> u64 {
        self.env.row(unit)
    }
    fn file(&self, unit: usize) -> Value<'_> {
        self.env.file(unit)
    }
    fn context(&self) -> &Context {
        self.env.context()
    }
    fn missed(&self, lookup: &Bound, state: StateId, key: &[Value<'_>], many: bool) {
        self.env.missed(lookup, state, key, many);
    }
}
