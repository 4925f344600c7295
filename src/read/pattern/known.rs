//! Patterns that were compiled already: whoever opens the same rules again, as `init` does when it tries
//! what it proposes, need not wait once more.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::read::pattern::{Pattern, PatternProblem};

/// So many are kept; beyond that, all are forgotten.
const MOST: usize = 256;

static KNOWN: Mutex<BTreeMap<String, Pattern>> = Mutex::new(BTreeMap::new());

/// A pattern that is known by its text, or what is compiled now.
pub(super) fn or(
    text: &str,
    compile: impl FnOnce() -> Result<Pattern, Vec<PatternProblem>>,
) -> Result<Pattern, Vec<PatternProblem>> {
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pattern) = known().get(text) {
        return Ok(pattern.clone());
    }
    let pattern = compile()?;
    let mut known = known();
    if known.len() >= MOST {
        known.clear();
    }
    known.insert(text.to_string(), pattern.clone());
    Ok(pattern)
}
