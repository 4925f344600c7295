//! The names of the months.

use std::ops::Deref;

use serde::Deserialize;

use crate::value::language::phrases::Phrases;

/// A month by a form of its name.
#[derive(Debug, Clone, Copy)]
pub struct Month {
    pub number: u32,
    /// Whether the name is cut short; nothing where its month has no shorter one.
    pub is_short: Option<bool>,
}

/// The names of the months; those that are cut short end with a full stop in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Vec<Vec<String>>")]
pub struct Months {
    all: Phrases<Month>,
    /// The full names in small letters, and the short ones with the full stop that may follow; longer ones first.
    names: [Vec<(String, u32)>; 2],
    /// Whether they are written with capital letters.
    pub has_capitals: bool,
}

impl From<Vec<Vec<String>>> for Months {
    fn from(all: Vec<Vec<String>>) -> Months {
        let of = |(number, names): (u32, &Vec<String>)| {
            let has_short = names.iter().any(|name| name.ends_with('.'));
            let one = move |name: &String| {
                let is_short = has_short.then(|| name.ends_with('.'));
                (name.clone(), Month { number, is_short })
            };
            names.iter().map(one).collect::<Vec<_>>()
        };
        let all: Vec<(String, Month)> = (1..).zip(&all).flat_map(of).collect();
        let has_capitals = all.iter().any(|(name, _)| name.starts_with(char::is_uppercase));
        let named = |is_short: bool| {
            let own =
                all.iter().filter(|(_, month)| month.is_short.is_none_or(|own| own == is_short));
            let mut names: Vec<(String, u32)> =
                own.map(|(name, month)| (name.to_lowercase(), month.number)).collect();
            names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
            names
        };
        let names = [named(false), named(true)];
        let all = Phrases::new(all.iter().map(|(name, month)| (name.as_str(), *month)));
        Months { all, names, has_capitals }
    }
}

impl Months {
    /// The full or the short name of a month that a text begins with, whatever follows: how many bytes it has, and
    /// the number of the month. `takes_stop`: a full stop that may end it is a part of it.
    pub fn named_at(&self, text: &str, is_short: bool, takes_stop: bool) -> Option<(usize, u32)> {
        let [full, short] = &self.names;
        let names = if is_short { short } else { full };
        names.iter().find_map(|(name, number)| {
            let plain = name.strip_suffix('.').unwrap_or(name);
            let length = begins_with(text, plain)?;
            let behind = text.get(length..)?;
            let has_stop = plain.len() < name.len() && takes_stop && behind.starts_with('.');
            Some((length + usize::from(has_stop), *number))
        })
    }
}

/// How many bytes of a text are a name in small letters, be they large or small; nothing where it begins otherwise.
fn begins_with(text: &str, name: &str) -> Option<usize> {
    let mut rest = text.chars();
    for own in name.chars() {
        let c = rest.next()?;
        let is_same = match c.is_ascii() {
            true => c.to_ascii_lowercase() == own,
            false => c.to_lowercase().eq([own]),
        };
        is_same.then_some(())?;
    }
    Some(text.len() - rest.as_str().len())
}

impl Deref for Months {
    type Target = Phrases<Month>;
    fn deref(&self) -> &Phrases<Month> {
        &self.all
    }
}
