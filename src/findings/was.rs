//! What cells were in the old version.

use std::collections::BTreeMap;

use crate::explain::equation::Cell;
use crate::value::Number;

/// What a cell was.
#[derive(Debug, Clone)]
pub struct Was {
    /// As it was written.
    pub text: String,
    pub value: Number,
}

/// Cells that were another figure.
pub type Former = BTreeMap<Cell, Was>;
