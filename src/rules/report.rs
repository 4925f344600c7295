//! `[report]` of a rule file: what reports say beside the findings.

use crate::rules::ReportRule;
use crate::rules::toml::{Item, Reader};

/// Keys of `[report]`.
pub const REPORT_KEYS: &[&str] = &["title"];

/// Reads `[report]`.
pub(crate) fn read(r: &mut Reader<'_>, item: &Item<'_>) -> Option<ReportRule> {
    let section = r.named("[report]", item, "[report] with title = \"…\"")?;
    r.unknown_keys(&section, REPORT_KEYS);
    Some(ReportRule { title: r.words(&section, "title", "title = \"…\"") })
}
