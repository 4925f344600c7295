//! Files that are written alike are one table, where a pattern means them and no others.

use crate::api::init::found::Found;
use crate::compile::discover::files;
use crate::files::sources::Sources;

/// Files that are one table, with its path; in the order in which they were named.
pub fn groups(found: Vec<Found>, book: &Sources) -> Vec<(String, Vec<Found>)> {
    let mut groups: Vec<Vec<Found>> = Vec::new();
    for file in found {
        let like = groups.iter_mut().find(|g| g.first().is_some_and(|first| first.is_like(&file)));
        match like {
            Some(group) => group.push(file),
            None => groups.push(vec![file]),
        }
    }
    let mut all = Vec::new();
    for group in groups {
        let paths: Vec<&str> = group.iter().map(|f| f.path.as_str()).collect();
        match pattern(&paths, book) {
            Some(pattern) => all.push((pattern, group)),
            None => all.extend(group.into_iter().map(|f| (f.path.clone(), vec![f]))),
        }
    }
    all
}

/// A pattern that means exactly these files.
fn pattern(paths: &[&str], book: &Sources) -> Option<String> {
    let (first, rest) = paths.split_first().filter(|(_, rest)| !rest.is_empty())?;
    let same = |a: &str, b: &str| a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let start = rest.iter().map(|path| same(first, path)).min()?;
    let reversed = |path: &str| path.chars().rev().collect::<String>();
    let end = rest.iter().map(|path| same(&reversed(first), &reversed(path))).min()?;
    let shortest = paths.iter().map(|path| path.chars().count()).min()?;
    let end = end.min(shortest - start.min(shortest));
    let length = first.chars().count();
    let prefix: String = first.chars().take(start).collect();
    let suffix: String = first.chars().skip(length - end).collect();
    let differs = |path: &&str| -> String {
        path.chars().skip(start).take(path.chars().count() - start - end).collect()
    };
    let middles: Vec<String> = paths.iter().map(differs).collect();
    let is_digit = |c: char| c.is_ascii_digit();
    let (plain, ending) = (prefix.trim_end_matches(is_digit), suffix.trim_start_matches(is_digit));
    let odd = |text: &str| text.contains(['*', '?', '[', ']', '{', '}', ',']);
    if middles.iter().any(|m| m.contains('/')) || odd(&prefix) || odd(&suffix) {
        return None;
    }
    let means = |pattern: &String| {
        let mut sorted: Vec<&str> = paths.to_vec();
        sorted.sort_unstable();
        let found = files("", pattern, book).ok();
        found.is_some_and(|f| f.0.iter().map(|p| p.0.as_str()).eq(sorted.iter().copied()))
    };
    let either = format!("{prefix}{{{}}}{suffix}", middles.join(","));
    let words = Some(either).filter(|_| !middles.iter().any(|m| odd(m)));
    // `20*.csv` reads like a rule about years, and is an accident.
    let any = [format!("{plain}*{ending}"), format!("{prefix}*{suffix}")];
    any.into_iter().chain(words).find(means)
}
