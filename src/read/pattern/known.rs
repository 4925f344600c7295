//! Patterns that were compiled already: whoever opens the same rules again, as `init` does when it tries
//! what it proposes, need not wait once more.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::read::pattern::{Pattern, PatternProblem};
use crate::value::Language;

/// So many are kept; beyond that, all are forgotten.
const MOST: usize = 256;

/// By language and text.
type Known = BTreeMap<(usize, String), Pattern>;
static KNOWN: Mutex<Known> = Mutex::new(BTreeMap::new());

/// A pattern that is known by its text and language, or what is compiled now.
pub(super) fn or(
    (text, language): (&str, Language),
    compile: impl FnOnce() -> Result<Pattern, Vec<PatternProblem>>,
) -> Result<Pattern, Vec<PatternProblem>> {
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (language.number(), text.to_string());
    if let Some(pattern) = known().get(&key) {
        return Ok(pattern.clone());
    }
    let pattern = compile()?;
    let mut known = known();
    if known.len() >= MOST {
        known.clear();
    }
    known.insert(key, pattern.clone());
    Ok(pattern)
}
