//! The part of the JSON Schema that is about sources.
#![allow(missing_docs)]
#![expect(dead_code, reason = "only what schemars makes of the structs is used")]

use schemars::JsonSchema;

/// An engine that holds tables.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Source {
    /// The driver that it is reached by, such as duckdb or postgresql.
    driver: String,
    /// The profile of the user that says where it is.
    profile: Option<String>,
    /// How many seconds a statement may take: 600 where none is said.
    timeout: Option<u64>,
}
