//! What was compiled already: whoever opens the same rules again, as `init` does when it tries what it
//! proposes, need not wait once more.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// So many are kept; beyond that, all are forgotten.
const MOST: usize = 256;

/// What was compiled, by its text and the number of its language.
pub(super) struct Known<T>(Mutex<BTreeMap<(usize, String), T>>);

impl<T: Clone> Known<T> {
    /// Nothing yet.
    pub const fn new() -> Known<T> {
        Known(Mutex::new(BTreeMap::new()))
    }

    /// What is known of a text in a language, or what is compiled now.
    pub fn or<E>(
        &self,
        (text, language): (&str, usize),
        compile: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (language, text.to_string());
        if let Some(compiled) = known().get(&key) {
            return Ok(compiled.clone());
        }
        let compiled = compile()?;
        let mut known = known();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, compiled.clone());
        Ok(compiled)
    }
}
