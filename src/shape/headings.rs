//! Records that are headings: what stands alone in one is a value of the rows below.

use crate::expr::regex::Regex;
use crate::read::block::Block;
use crate::read::reader::Heading;

/// What stands between headings of which one follows the other.
const BETWEEN: &str = " / ";

/// Which records of a table are headings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Headings {
    /// What their texts match; any do where it is not given.
    pub matches: Option<Regex>,
    /// What the first cell of a record matches from which on no heading holds.
    pub end: Option<Regex>,
    /// How many the files have, and the first of them.
    pub count: u64,
    pub first: Vec<String>,
}

/// What a record is to the headings of its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Row,
    /// One of its own, or one more below the last.
    Heading,
    /// No row either: it says that the heading above holds no longer.
    End,
}

impl Headings {
    /// What a record is, by its first cell, and what holds after it.
    pub fn step(&self, above: &mut Heading, first: &str, is_alone: bool) -> Kind {
        let first = first.trim();
        let is_end = self.end.as_ref().is_some_and(|end| end.is_match(first));
        if is_end {
            *above = Heading::default();
            return if is_alone { Kind::End } else { Kind::Row };
        }
        if !self.is_heading(first, is_alone) {
            above.is_open = false;
            return Kind::Row;
        }
        above.text = match above.is_open {
            true => format!("{}{BETWEEN}{first}", above.text),
            false => first.to_string(),
        };
        above.is_open = true;
        above.is_unknown = false;
        Kind::Heading
    }

    /// Whether a record is a heading, by its first cell.
    pub fn is_heading(&self, first: &str, is_alone: bool) -> bool {
        is_alone && self.matches.as_ref().is_none_or(|matches| matches.is_match(first.trim()))
    }
}

/// The first cell of a record, and whether it stands alone beside `others`.
pub fn first_cell(block: &Block, row: usize, others: &[usize]) -> (String, bool) {
    let text = |field: usize| {
        String::from_utf8_lossy(&block.unquoted(block.field(row, field))).trim().to_string()
    };
    let first = text(0);
    let is_alone = !first.is_empty() && others.iter().all(|field| text(*field).is_empty());
    (first, is_alone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_join_and_end() {
        let regex = |text| Some(Regex::new(text).unwrap());
        let headings =
            Headings { matches: regex("^[A-Z]"), end: regex("^All"), ..Headings::default() };
        let mut above = Heading::default();
        for (first, is_alone, kind, text) in [
            ("North", true, Kind::Heading, "North"),
            (" Urban ", true, Kind::Heading, "North / Urban"),
            ("a", false, Kind::Row, "North / Urban"),
            ("b", true, Kind::Row, "North / Urban"),
            ("South", true, Kind::Heading, "South"),
            ("All", true, Kind::End, ""),
            ("c", false, Kind::Row, ""),
            ("West", true, Kind::Heading, "West"),
            ("All of it", false, Kind::Row, ""),
        ] {
            assert_eq!((headings.step(&mut above, first, is_alone), &*above.text), (kind, text));
        }
    }
}
