//! What a row sees of the rows before it, or of those beside it in an order.

use crate::engine::states::spill::Spill;
use crate::source::RowId;
use crate::value::{Value, Why};

/// A neighbour's value and its row.
pub type WindowValue = (Value<'static>, Option<RowId>);

impl Spill for WindowValue {
    /// The last row counts.
    fn join(&mut self, later: WindowValue) {
        *self = later;
    }
}

/// A running sum with one value more; a missing one adds nothing.
pub fn plus(sum: &Value<'static>, value: &Value<'_>) -> Value<'static> {
    match (sum, value) {
        (Value::Number(sum), Value::Number(more)) => Value::Number(sum.add(more)),
        (sum, Value::Missing) => sum.clone(),
        (sum, value) => Value::Unknown(either(sum, value)),
    }
}

/// Why two values have no sum.
fn either(a: &Value<'_>, b: &Value<'_>) -> Why {
    a.cause().max(b.cause()).unwrap_or_else(|| Value::mistyped().why())
}
