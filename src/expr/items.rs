//! Cells that hold several values.

use std::ops::Range;

use crate::value::Reading;

/// How a cell is cut into items, and how these are read.
#[derive(Debug, Clone, PartialEq)]
pub struct Items {
    /// What stands between them.
    pub separator: String,
    /// How each is read.
    pub reading: Reading,
}

impl Items {
    /// The items of a text with their places in it, without white space around them.
    pub fn of<'t>(&self, text: &'t str) -> impl Iterator<Item = (Range<usize>, &'t str)> {
        let mut from = 0;
        let step = self.separator.len();
        text.split(self.separator.as_str()).map(move |item| {
            let start = from + item.len() - item.trim_start().len();
            from += item.len() + step;
            let own = item.trim();
            (start..start + own.len(), own)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Type;

    #[test]
    fn items_have_places_in_their_cell() {
        let items = |separator: &str, text: &str| {
            let cut = Items { separator: separator.into(), reading: Reading::new(Type::Text) };
            cut.of(text).map(|(at, item)| (at.start, at.end, item.to_string())).collect::<Vec<_>>()
        };
        let made = |all: &[(usize, usize, &str)]| {
            all.iter().map(|(a, b, t)| (*a, *b, t.to_string())).collect::<Vec<_>>()
        };
        assert_eq!(items(";", "a; bc ;"), made(&[(0, 1, "a"), (3, 5, "bc"), (7, 7, "")]));
        assert_eq!(items(" | ", "ä | b"), made(&[(0, 2, "ä"), (5, 6, "b")]));
        assert_eq!(items(";", ""), made(&[(0, 0, "")]));
    }
}
