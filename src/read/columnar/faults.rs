//! What can be wrong with a file of columns that can be read.

use crate::fault::Fault;
use crate::read::note::DUPLICATE_COLUMN_NAME;

/// Faults of its reader, by number.
pub static FAULTS: &[&Fault] = &[&DUPLICATE_COLUMN_NAME];
