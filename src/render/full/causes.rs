//! Findings with one cause, led back to it: a key that no row of a table has.

use std::collections::BTreeMap;

use crate::report::AbsentKey;

/// Findings with the same key that are said in one line.
const LEAST_TOGETHER: usize = 3;

/// Places that are named of findings with one cause.
const MOST_PLACES: usize = 5;

/// Keys that are named of findings that are led back to one check.
const MOST_KEYS: usize = 3;

/// Which check says first that a key is nowhere.
#[derive(Default)]
pub struct Causes<'b> {
    /// By the table and the values of the key.
    keys: BTreeMap<(&'b str, Vec<u64>), &'b str>,
    /// By the values, of those that should be there.
    references: BTreeMap<Vec<u64>, &'b str>,
}

impl<'b> Causes<'b> {
    /// A check says so.
    pub fn add(&mut self, check: &'b str, key: &'b AbsentKey) {
        if key.is_elsewhere {
            return;
        }
        self.keys.entry((&key.table, ids(key))).or_insert(check);
        if key.is_reference {
            self.references.entry(ids(key)).or_insert(check);
        }
    }

    /// The other check that said so before, of the key or of one of its values.
    fn before(&self, check: &str, key: &AbsentKey) -> Option<&'b str> {
        let ids = ids(key);
        let part = || ids.iter().find_map(|id| self.references.get(&vec![*id]));
        let same = self.keys.get(&(key.table.as_str(), ids.clone()));
        let found = same.or_else(|| self.references.get(&ids)).or_else(part);
        found.copied().filter(|other| *other != check)
    }
}

fn ids(key: &AbsentKey) -> Vec<u64> {
    key.parts.iter().map(|part| part.id).collect()
}

/// Findings of a block with one cause.
pub struct Group<'b> {
    /// The check that says it first, if it is another one.
    see: Option<&'b str>,
    /// Where they stand, by the number of their line.
    places: Vec<(usize, &'b str)>,
    /// The keys, each once.
    keys: Vec<&'b AbsentKey>,
}

/// The groups of a block's lines, in the order of their first ones.
pub fn groups<'b>(
    lines: impl Iterator<Item = (&'b str, Option<&'b AbsentKey>)>,
    check: &str,
    causes: &Causes<'b>,
) -> Vec<Group<'b>> {
    let mut numbers = BTreeMap::new();
    let mut all: Vec<Group<'b>> = Vec::new();
    for (line, (place, key)) in lines.enumerate() {
        let Some(key) = key else { continue };
        let see = causes.before(check, key);
        // Without a check that finds fault with the key, it explains a difference, and no more.
        if key.is_elsewhere && see.is_none() {
            continue;
        }
        // What is led back to one check is together, whatever the key.
        let of = (
            see,
            key.is_elsewhere,
            key.table.as_str(),
            if see.is_some() { Vec::new() } else { ids(key) },
        );
        let number = *numbers.entry(of).or_insert(all.len());
        if number == all.len() {
            all.push(Group { see, places: Vec::new(), keys: Vec::new() });
        }
        let Some(group) = all.get_mut(number) else { continue };
        group.places.push((line, place));
        if group.keys.len() <= MOST_KEYS && group.keys.iter().all(|k| ids(k) != ids(key)) {
            group.keys.push(key);
        }
    }
    all.retain(|group| group.see.is_some() || group.places.len() >= LEAST_TOGETHER);
    all
}

impl Group<'_> {
    /// The lines of the block that it stands for.
    pub fn lines(&self) -> impl Iterator<Item = usize> {
        self.places.iter().map(|(line, _)| *line)
    }

    /// Whether another check says it first.
    pub fn is_led_back(&self) -> bool {
        self.see.is_some()
    }

    /// How many there are where that is known, shown or not.
    fn all(&self) -> Option<u64> {
        let known = self.keys.iter().map(|key| key.all);
        if self.keys.len() > MOST_KEYS { None } else { known.sum() }
    }

    /// How many of them are not shown, where that is known.
    pub fn beyond(&self) -> u64 {
        self.all().map_or(0, |all| all.saturating_sub(self.places.len() as u64))
    }

    /// How many there are, of which key, and where. There may be more than are shown, also where it is
    /// not known how many: then it is said that there are `at_least` so many.
    pub fn text(&self, at_least: &str) -> String {
        let (Some((_, first)), Some(key)) = (self.places.first(), self.keys.first()) else {
            return String::new();
        };
        let shown = |key: &&AbsentKey| {
            let values: Vec<&str> = key.parts.iter().map(|part| part.value.as_str()).collect();
            format!("`{}`", values.join(", "))
        };
        let mut keys: Vec<String> = self.keys.iter().take(MOST_KEYS).map(shown).collect();
        if self.keys.len() > MOST_KEYS {
            keys.push("…".into());
        }
        let table = &key.table;
        let see = self.see.map_or(String::new(), |check| format!(", see `{check}`"));
        let last = keys.pop().unwrap_or_default();
        let keys = match keys.is_empty() {
            true => last,
            false => format!("{} or {last}", keys.join(", ")),
        };
        let shown = self.places.len() as u64;
        let (n, at_least) = match self.all() {
            Some(all) => (all.max(shown), ""),
            None => (shown, at_least),
        };
        let cases = key.cases.filter(|_| n > 1);
        let mut text = match cases {
            _ if key.is_elsewhere => {
                let differ = match cases {
                    Some(cases) => format!("{at_least}{n} {cases} differ"),
                    None => "differs".to_string(),
                };
                format!("{first}  {differ} by what the rows with {keys} add up to")
            }
            Some(cases) => {
                format!("{first}  {at_least}{n} {cases} have {keys}, which no row of `{table}` has")
            }
            None => format!("{first}  no row of `{table}` has {keys}"),
        };
        text.push_str(&see);
        let named = shown.min(MOST_PLACES as u64);
        for (before, (_, place)) in self.places.iter().enumerate().take(MOST_PLACES).skip(1) {
            text.push_str(if before == 1 { "; also " } else { ", " });
            text.push_str(place);
        }
        if n > named {
            text.push_str(&format!(", … {} more", n - named));
        }
        text
    }
}
