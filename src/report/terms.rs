//! The terms of a side in the order in which a reader redoes them.

/// What the order of terms depends on.
#[derive(Debug, Clone, Copy)]
pub struct TermShape<'t> {
    /// What it is called.
    pub name: &'t str,
    /// The name of what it is a part of.
    pub part_of: &'t str,
    /// How it enters what it is part of.
    pub sign: &'t str,
    /// Whether it stands in a cell: such a term has no parts.
    pub is_placed: bool,
}

/// Where a term stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Which one it is of the terms as they are given.
    pub at: usize,
    /// How far it stands aside.
    pub depth: usize,
    /// Whether it has parts.
    pub is_total: bool,
}

impl Placed {
    /// The sign before its value: what the parts before it come to is no addend.
    pub fn sign<'s>(&self, own: &'s str) -> &'s str {
        if self.is_total && own.is_empty() { "=" } else { own }
    }
}

/// A term with its parts.
struct Whole {
    at: usize,
    parts: Vec<Whole>,
}

/// The terms, each where it stands. Parts are added up before what they make; but where that is
/// added to something else, its parts stand behind it, aside, since they are no addends themselves.
pub fn arranged(terms: &[TermShape<'_>]) -> Vec<Placed> {
    let mut wholes: Vec<Whole> = Vec::new();
    for (at, term) in terms.iter().enumerate() {
        let is_part = |whole: &&Whole| {
            let part = terms.get(whole.at).map_or("", |part| part.part_of);
            !part.is_empty() && part == term.name
        };
        let count = match term.is_placed {
            true => 0,
            false => wholes.iter().rev().take_while(is_part).count(),
        };
        let parts = wholes.split_off(wholes.len() - count);
        wholes.push(Whole { at, parts });
    }
    let mut all = Vec::with_capacity(terms.len());
    wholes.iter().for_each(|whole| list(whole, terms, 0, &mut all));
    all
}

fn list(whole: &Whole, terms: &[TermShape<'_>], depth: usize, all: &mut Vec<Placed>) {
    let is_first = terms.get(whole.at).is_none_or(|term| term.sign.is_empty());
    let inner = if is_first { depth } else { depth + 1 };
    let own = Placed { at: whole.at, depth, is_total: !whole.parts.is_empty() };
    if !is_first {
        all.push(own);
    }
    whole.parts.iter().for_each(|part| list(part, terms, inner, all));
    if is_first {
        all.push(own);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of signs, names and what these are parts of, in the order in which they are made.
    fn of(terms: &[(&str, &str, &str)]) -> String {
        let shapes: Vec<TermShape<'_>> = terms
            .iter()
            .map(|&(sign, name, part_of)| {
                let is_placed = name.chars().all(char::is_lowercase);
                TermShape { name, part_of, sign, is_placed }
            })
            .collect();
        let all = arranged(&shapes);
        let name = |placed: &Placed| format!("{}{}", placed.depth, shapes[placed.at].name);
        all.iter().map(name).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn parts_of_a_first_sum_come_before_it_and_those_of_another_one_behind_it() {
        let one = [("+", "a", "X"), ("+", "b", "X"), ("", "X", "")];
        assert_eq!(of(&one), "0a 0b 0X");
        let two = [&one[..], &[("+", "c", "Y"), ("+", "d", "Y"), ("+", "Y", "")]].concat();
        assert_eq!(of(&two), "0a 0b 0X 0Y 1c 1d");
        // `v ÷ (f(a) + b)`
        let deep = [("", "v", ""), ("", "a", "F"), ("", "F", "S"), ("+", "b", "S"), ("÷", "S", "")];
        assert_eq!(of(&deep), "0v 0S 1a 1F 1b");
        // The same sum twice.
        let twice = [("+", "a", "X"), ("", "X", ""), ("+", "a", "X"), ("+", "X", "")];
        assert_eq!(of(&twice), "0a 0X 0X 1a");
    }
}
