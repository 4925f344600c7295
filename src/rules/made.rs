//! Checks that say what is asked in words of their own, and become ordinary ones.

use crate::rules::toml::{Reader, Section};
use crate::rules::{CheckRule, TableRule, footing, movements};

/// The checks that a `[check.<id>]` is, beside the tables of its file.
pub(crate) fn checks(
    r: &mut Reader<'_>,
    check: CheckRule,
    s: &Section<'_>,
    tables: &[TableRule],
) -> Vec<CheckRule> {
    let has = |key: &str| s.table.contains_key(key);
    if has("crossfoot") {
        footing::checks(r, &check, s)
    } else if has("roll_forward") {
        movements::roll_forward(r, &check, s)
    } else if has("prior") {
        movements::prior(r, &check, s, tables)
    } else {
        vec![check]
    }
}
