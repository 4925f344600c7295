//! Rows of a sum by which two sides are apart: one, or a few of them. Pure.

use std::collections::BTreeMap;

use crate::explain::equation::Cell;
use crate::explain::suspects::RARE;
use crate::explain::totals::Totals;
use crate::value::Number;

/// A row of a sum, for an explanation.
pub struct Item {
    /// What it is called; may be empty.
    pub name: String,
    /// What it is, as it is written.
    pub text: String,
    /// What it adds to left minus right.
    pub amount: Number,
    /// The cell that this is read from.
    pub cell: Option<Cell>,
}

impl Item {
    fn words(&self) -> String {
        if self.name.is_empty() {
            self.text.clone()
        } else {
            format!("{} ({})", self.name, self.text)
        }
    }
}

/// The only items without which the sides would be equal, or with which once more.
#[derive(Debug, PartialEq, Eq)]
pub struct Apart {
    /// Their places, in order.
    pub items: Vec<usize>,
    /// Whether they are counted: twice, or though they are no part of the total.
    pub counted: bool,
}

/// Pairs of items that are tried; beyond them, sets of three are not looked for.
const MOST_PAIRS: usize = 20_000;

impl Apart {
    /// What auditors try first: one item that is the difference, which is stated minus computed.
    pub fn by_one(difference: &Number, items: &[Item]) -> Option<Apart> {
        if difference.is_zero() || items.len() < 2 {
            return None;
        }
        let only = |wanted: &Number| {
            let mut hits = (0..items.len()).filter(|&n| items[n].amount == *wanted);
            hits.next().filter(|_| hits.next().is_none()).map(|n| vec![n])
        };
        let counted = only(difference).or_else(|| twice(difference, items));
        let counted = counted.map(|items| Apart { items, counted: true });
        counted.or_else(|| only(&-difference).map(|items| Apart { items, counted: false }))
    }

    /// Two items that are the difference together; three where no two are. Only where no others would
    /// do, and chance seldom makes such.
    pub fn by_several(difference: &Number, items: &[Item], totals: &Totals) -> Option<Apart> {
        let nonzero = |n: &usize| !items[*n].amount.is_zero();
        let places: Vec<usize> = (0..items.len()).filter(nonzero).collect();
        let mut by_amount: BTreeMap<&Number, Vec<usize>> = BTreeMap::new();
        places.iter().for_each(|&n| by_amount.entry(&items[n].amount).or_default().push(n));
        let search = Sets { items, places: &places, by_amount: &by_amount };
        let n = places.len() as u64;
        let pairs = n.saturating_mul(n.saturating_sub(1)) / 2;
        // A set of nearly all items is its rest, left alone.
        if n < 4 || difference.is_zero() || !totals.is_below(pairs.saturating_mul(2), RARE) {
            return None;
        }
        let found = search.both(difference, &|target| search.pairs(target));
        if !found.is_empty() || n < 6 || pairs > MOST_PAIRS as u64 {
            return only(found);
        }
        let triples = pairs.saturating_mul(n - 2) / 3;
        let is_rare = totals.is_below(triples.saturating_mul(2), RARE);
        is_rare.then(|| search.both(difference, &|target| search.triples(target))).and_then(only)
    }

    /// The question that it is.
    pub fn words(&self, items: &[Item]) -> Option<String> {
        let names: Vec<String> =
            self.items.iter().filter_map(|n| Some(items.get(*n)?.words())).collect();
        let (last, before) = names.split_last()?;
        let is_twice = |n: &usize| twice(&items[*n].amount, items).is_some();
        Some(match (before, self.counted) {
            ([], true) if self.items.iter().all(is_twice) => {
                format!("the difference is {last}, which is listed twice: is one of them too many?")
            }
            ([], true) => {
                format!("the difference is {last}: is it counted twice, or not part of the total?")
            }
            ([], false) => format!(
                "the difference is {last}: is it missing from the sum, or listed once too often in the total?"
            ),
            (_, true) => format!(
                "the difference is {} and {last} together: are they counted twice, or not part of the total?",
                before.join(", ")
            ),
            (_, false) => format!(
                "the difference is {} and {last} together: are they missing from the sum, or counted once too often in the total?",
                before.join(", ")
            ),
        })
    }
}

/// The second of the two items that are this, if they have the same name.
fn twice(amount: &Number, items: &[Item]) -> Option<Vec<usize>> {
    let hits: Vec<usize> = (0..items.len()).filter(|&n| items[n].amount == *amount).collect();
    let [first, second] = hits[..] else { return None };
    let is_same = !items[first].name.is_empty() && items[first].name == items[second].name;
    is_same.then(|| vec![second])
}

fn only(mut found: Vec<Apart>) -> Option<Apart> {
    if found.len() == 1 { found.pop() } else { None }
}

/// The look for sets of items of a sum.
struct Sets<'i> {
    items: &'i [Item],
    places: &'i [usize],
    by_amount: &'i BTreeMap<&'i Number, Vec<usize>>,
}

impl Sets<'_> {
    /// Sets that are the difference or its opposite; two at most, which is one too many.
    fn both(&self, difference: &Number, find: &dyn Fn(&Number) -> Vec<Vec<usize>>) -> Vec<Apart> {
        let opposite = -difference;
        let all = [(difference, true), (&opposite, false)].into_iter();
        let found = all.flat_map(|(target, counted)| {
            find(target).into_iter().map(move |items| Apart { items, counted })
        });
        found.take(2).collect()
    }

    /// Later items that are exactly this.
    fn after(&self, place: usize, amount: &Number) -> impl Iterator<Item = usize> + use<'_> {
        let all = self.by_amount.get(amount).into_iter().flatten();
        all.copied().filter(move |n| *n > place)
    }

    fn pairs(&self, target: &Number) -> Vec<Vec<usize>> {
        let amount = |n: usize| &self.items[n].amount;
        let first = self.places.iter().copied();
        let of = |a: usize| self.after(a, &(target - amount(a))).map(move |b| vec![a, b]);
        first.flat_map(of).take(2).collect()
    }

    fn triples(&self, target: &Number) -> Vec<Vec<usize>> {
        let amount = |n: usize| &self.items[n].amount;
        let mut found = Vec::new();
        for (nth, &a) in self.places.iter().enumerate() {
            let rest = target - amount(a);
            for &b in self.places.get(nth + 1..).unwrap_or_default() {
                found.extend(self.after(b, &(&rest - amount(b))).map(|c| vec![a, b, c]));
                if found.len() > 1 {
                    return found;
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    fn item(name: &str, text: &str, amount: &str) -> Item {
        Item { name: name.into(), text: text.into(), amount: n(amount), cell: None }
    }

    #[test]
    fn one_item_is_tried_first() {
        let items = [item("North", "5,0", "-5.0"), item("South", "7,1", "-7.1")];
        let asked = |stated: &str| Apart::by_one(&(&n(stated) - &n("12.1")), &items)?.words(&items);
        assert!(asked("7.1").unwrap().contains("North (5,0): is it counted twice"));
        assert!(asked("19.2").unwrap().contains("South (7,1): is it missing"));
        assert_eq!(asked("12.1"), None);
        // A sum on the left: its items add to the difference.
        let left = [item("", "5.0", "5.0"), item("South", "7.1", "7.1")];
        let counted = Apart::by_one(&n("5"), &left).and_then(|apart| apart.words(&left)).unwrap();
        assert!(counted.contains("is 5.0: is it counted"));
        assert_eq!(asked("22.1"), None);
        // Two equal items of one name, and of two.
        let listed = |other: &str| {
            let items =
                [item("b", "348", "348"), item("c", "911", "911"), item(other, "348", "348")];
            let apart = Apart::by_one(&n("348"), &items)?;
            Some((apart.items.clone(), apart.words(&items)?))
        };
        let (at, words) = listed("b").unwrap();
        assert!(at == [2] && words.contains("b (348), which is listed twice"));
        assert_eq!(listed("d"), None);
    }

    #[test]
    fn few_items_are_found_where_no_others_would_do() {
        let amounts = ["1203", "2284", "588", "737", "611", "420", "937"];
        let items: Vec<Item> = amounts.iter().map(|amount| item("", amount, amount)).collect();
        let totals = Totals::of(&[(n("96780"), 0)]);
        let found = |difference: &str| Apart::by_several(&n(difference), &items, &totals);
        let set = |items: &[usize], counted| Some(Apart { items: items.to_vec(), counted });
        assert_eq!(found("1199"), set(&[2, 4], true));
        assert_eq!(found("-1199"), set(&[2, 4], false));
        assert_eq!(found("2234"), set(&[0, 4, 5], true));
        let rare = Totals::of(&[(n("967800"), 0)]);
        assert_eq!(Apart::by_several(&n("-1745"), &items, &rare), set(&[2, 3, 5], false));
        assert_eq!(Apart::by_several(&n("-1745"), &items[..6], &rare), set(&[2, 3, 5], false));
        assert_eq!(found("7"), None);
        // Two ways to be as much say nothing.
        let mut twice = items;
        twice.push(item("", "611", "611"));
        assert_eq!(Apart::by_several(&n("1199"), &twice, &totals), None);
        let few = Totals::of(&[(n("67"), 0)]);
        assert_eq!(Apart::by_several(&n("1199"), &twice[..7], &few), None, "by chance");
    }
}
