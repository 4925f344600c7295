//! Proposals for misspelt keys.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::expr::bound::StateId;
use crate::source::did_you_mean;

/// Looking for a proposal costs a comparison with every known key: a check makes only so many.
const MOST_COMPARISONS: u64 = 2_000_000;

/// What has been proposed.
#[derive(Default)]
pub struct Suggestions {
    known: Mutex<HashMap<(StateId, String), Option<String>>>,
}

impl Suggestions {
    /// The known key that is nearest to `key`, as a help line; for a finding that is the `nth` of
    /// its check, so that it does not depend on who asks first.
    pub fn of(&self, state: StateId, key: &str, names: &[String], nth: u64) -> Option<String> {
        // Among keys of one or two characters every other one is window.
        if key.chars().count() < 3 || nth * names.len() as u64 > MOST_COMPARISONS {
            return None;
        }
        let asked = (state, key.to_string());
        if let Some(made) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&asked) {
            return made.clone();
        }
        let made = did_you_mean(key, names.iter().map(String::as_str))
            .map(|n| format!("did you mean `{n}`?"));
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(asked, made.clone());
        made
    }
}
