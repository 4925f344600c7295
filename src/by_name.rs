//! Lists whose items are found by their names.

use std::ops::{Deref, DerefMut};

use hashbrown::HashMap;

/// What is found by its name.
pub trait HasName {
    /// Stays the same while it is in a list.
    fn name(&self) -> &str;
}

/// Items in their order, found by their names however many there are.
#[derive(Debug, Clone)]
pub struct ByName<T> {
    items: Vec<T>,
    /// Where those of each name stand, in their order.
    places: HashMap<String, Vec<usize>, foldhash::fast::RandomState>,
}

impl<T> Default for ByName<T> {
    fn default() -> Self {
        ByName { items: Vec::new(), places: HashMap::default() }
    }
}

impl<T: HasName> ByName<T> {
    /// Adds an item at the end.
    pub fn push(&mut self, item: T) {
        let place = self.items.len();
        match self.places.get_mut(item.name()) {
            Some(places) => places.push(place),
            None => _ = self.places.insert(item.name().to_string(), vec![place]),
        }
        self.items.push(item);
    }

    /// Where the items of a name stand, in their order.
    pub fn places(&self, name: &str) -> &[usize] {
        self.places.get(name).map_or(&[], Vec::as_slice)
    }

    /// Where the first item of a name stands.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.places(name).first().copied()
    }

    /// The first item of a name.
    pub fn named(&self, name: &str) -> Option<&T> {
        self.items.get(self.place(name)?)
    }
}

impl<T> Deref for ByName<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T> DerefMut for ByName<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.items
    }
}

impl<T: HasName> FromIterator<T> for ByName<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut all = ByName::default();
        items.into_iter().for_each(|item| all.push(item));
        all
    }
}

impl<'l, T> IntoIterator for &'l ByName<T> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::{ByName, HasName};

    impl HasName for &str {
        fn name(&self) -> &str {
            self
        }
    }

    #[test]
    fn items_are_found_by_their_names_in_their_order() {
        let list: ByName<&str> = ["b", "a", "b", ""].into_iter().collect();
        assert_eq!(list.to_vec(), ["b", "a", "b", ""]);
        assert_eq!(
            (list.places("b"), list.place("a"), list.place("")),
            (&[0, 2][..], Some(1), Some(3))
        );
        assert_eq!((list.named("a"), list.named("c")), (Some(&"a"), None));
    }
}
