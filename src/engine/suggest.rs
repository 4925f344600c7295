//! Proposals for misspelt keys.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use crate::expr::bound::StateId;
use crate::source::did_you_mean;

/// What has been proposed. Looking for them costs a comparison with every known key, so a run
/// makes only so many, in the order of the findings.
pub struct Suggestions {
    known: RefCell<HashMap<(StateId, String), Option<String>>>,
    left: Cell<usize>,
}

impl Default for Suggestions {
    fn default() -> Self {
        Suggestions { known: RefCell::default(), left: Cell::new(4_000_000) }
    }
}

impl Suggestions {
    /// The known key that is nearest to `key`, as a help line.
    pub fn of(&self, state: StateId, key: &str, names: &[String]) -> Option<String> {
        // Among keys of one or two characters every other one is near.
        if key.chars().count() < 3 {
            return None;
        }
        let mut known = self.known.borrow_mut();
        if let Some(made) = known.get(&(state, key.to_string())) {
            return made.clone();
        }
        let left = self.left.get().checked_sub(names.len())?;
        self.left.set(left);
        let made = did_you_mean(key, names.iter().map(String::as_str)).map(|n| format!("did you mean `{n}`?"));
        known.insert((state, key.to_string()), made.clone());
        made
    }
}
