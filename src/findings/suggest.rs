//! Proposals for misspelt keys.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::engine::states::index::BETWEEN_PARTS;
use crate::expr::bound::StateId;
use crate::findings::spellings::Spellings;

/// Looking for a proposal costs a comparison with every known key: a check makes only so many.
const MOST_COMPARISONS: u64 = 2_000_000;

/// What has been proposed.
#[derive(Default)]
pub struct Suggestions {
    known: Mutex<HashMap<(StateId, String), Option<String>>>,
    spellings: Mutex<HashMap<StateId, Arc<Spellings>>>,
}

impl Suggestions {
    /// The known key that is nearest to one of these parts, as a help line; for a finding that is the
    /// `nth` of its check, so that it does not depend on who asks first.
    pub fn of(
        &self,
        state: StateId,
        parts: &[String],
        names: &[String],
        nth: u64,
    ) -> Option<String> {
        // Among keys of one or two characters, every other key is close.
        let is_short = |part: &String| part.chars().count() < 3;
        if parts.iter().all(is_short) || nth * names.len() as u64 > MOST_COMPARISONS {
            return None;
        }
        let asked = (state, parts.join(BETWEEN_PARTS.encode_utf8(&mut [0; 4])));
        if let Some(made) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&asked) {
            return made.clone();
        }
        let near = match parts {
            [key] => self.spellings(state, names).nearest(key, names).map(str::to_string),
            parts => nearest_of_parts(parts, names),
        };
        let made = near.map(|n| format!("did you mean `{n}`?"));
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(asked, made.clone());
        made
    }

    /// The names of an index by their spellings.
    pub fn spellings(&self, state: StateId, names: &[String]) -> Arc<Spellings> {
        let mut all = self.spellings.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(state).or_insert_with(|| Arc::new(Spellings::of(names))))
    }
}

/// The key that differs in one of its parts: by a slip, or where no other differs in that part alone.
fn nearest_of_parts(parts: &[String], names: &[String]) -> Option<String> {
    let mut others: Vec<(usize, &str, Vec<&str>)> = Vec::new();
    for name in names {
        let own: Vec<&str> = name.split(BETWEEN_PARTS).collect();
        let mut differing = own.iter().zip(parts).enumerate().filter(|(_, (a, b))| *a != b);
        if let (Some((at, (other, _))), None) = (differing.next(), differing.next())
            && own.len() == parts.len()
        {
            others.push((at, *other, own.clone()));
        }
    }
    let slip = parts.iter().enumerate().find_map(|(at, part)| {
        let of_part = others.iter().filter(|other| other.0 == at);
        let known: Vec<String> = of_part.map(|other| other.1.to_string()).collect();
        let near = Spellings::of(&known).nearest(part, &known)?.to_string();
        others.iter().find(|other| other.0 == at && other.1 == near)
    });
    let mut alone = (0..parts.len()).filter_map(|at| {
        let mut of_part = others.iter().filter(|other| other.0 == at);
        of_part.next().filter(|_| of_part.next().is_none())
    });
    let only = || alone.next().filter(|_| alone.next().is_none());
    slip.or_else(only).map(|(_, _, own)| own.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_several_parts_differ_in_one() {
        let names: Vec<String> =
            ["2020\u{1f}Mill", "2020\u{1f}Ford", "2021\u{1f}Mill", "2021\u{1f}Lake House"]
                .map(String::from)
                .into();
        for (parts, near) in [
            (["2020", "Mil"], Some("2020, Mill")),
            (["2021", "lakehouse"], Some("2021, Lake House")),
            (["2021", "Ford"], Some("2020, Ford")),
            (["2021", "Lake Hause"], Some("2021, Lake House")),
            (["2022", "Lake House"], Some("2021, Lake House")),
            (["2020", "Lake House"], Some("2021, Lake House")),
            (["2022", "Mill"], None),
            (["2022", "Mil"], None),
        ] {
            let parts = parts.map(String::from);
            assert_eq!(nearest_of_parts(&parts, &names).as_deref(), near, "{parts:?}");
        }
    }
}
