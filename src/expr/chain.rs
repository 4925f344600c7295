//! Rows that name the row above them, and whether following them leads back.

use crate::expr::arithmetic::blanks;
use crate::expr::bound::StateId;
use crate::expr::env::{Env, Found};
use crate::value::{Value, Why};

/// Rows of a chain that are followed.
const LONGEST_CHAIN: usize = 1000;

/// Whether no chain that begins with the row above leads back to the row at hand. One that names itself
/// does not; nor do rows that lead into a circle of others.
pub fn leads<'e>(
    env: &'e dyn Env,
    (state, column): (StateId, usize),
    own: &Value<'e>,
    above: Value<'e>,
) -> Value<'e> {
    if let Some(blank) = blanks(&[own, &above]) {
        return blank;
    }
    if let Some(why) = own.cause().max(above.cause()) {
        return Value::Unknown(why);
    }
    let is_same = |a: &Value<'_>, b: &Value<'_>| match (a, b) {
        (Value::Text(a), Value::Text(b)) => a.trim() == b.trim(),
        (a, b) => a == b,
    };
    if is_same(own, &above) {
        return Value::Bool(true);
    }
    // The row met last at a power of two steps is met again within any other circle.
    let (mut at, mut mark) = (above.clone(), above);
    for step in 1..=LONGEST_CHAIN {
        at = match env.lookup(state, &[at], Some(column), false) {
            Found::One(above) if above.cause().is_none() => above,
            Found::One(Value::Missing) | Found::None => return Value::Bool(true),
            Found::One(above) => return above,
            Found::Many => return Value::Unknown(Why::NoRow),
            Found::Unknown(why) => return Value::Unknown(why),
        };
        if is_same(own, &at) || is_same(&mark, &at) {
            return Value::Bool(!is_same(own, &at));
        }
        if step.is_power_of_two() {
            mark = at.clone();
        }
    }
    Value::Unknown(Why::TooLong)
}
