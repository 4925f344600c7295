//! What can be wrong with YAML and TOML.

use crate::fault::Fault;
use crate::read::note::{
    DUPLICATE_COLUMN_NAME, DUPLICATE_MEMBER, INVALID_UTF8, LATE_MEMBER, MALFORMED,
    ROW_NOT_AN_OBJECT, TABLE_NOT_FOUND,
};

/// What can be wrong with YAML and TOML.
pub static FAULTS: &[&Fault] = &[
    &MALFORMED,
    &ROW_NOT_AN_OBJECT,
    &DUPLICATE_MEMBER,
    &LATE_MEMBER,
    &INVALID_UTF8,
    &TABLE_NOT_FOUND,
    &DUPLICATE_COLUMN_NAME,
];
