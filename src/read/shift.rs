//! Texts that are set high or low, such as the mark of a note: they are none of the digits before them.

use crate::expr::marks::superscript;

/// How far a text stands above or below its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// `<sup>`
    High,
    /// `<sub>`
    Low,
}

impl Shift {
    /// By the name of an element.
    pub fn of(name: &[u8]) -> Option<Shift> {
        match name {
            b"sup" => Some(Shift::High),
            b"sub" => Some(Shift::Low),
            _ => None,
        }
    }

    /// A digit that is shifted.
    pub fn digit(self, c: char) -> Option<char> {
        let value = c.to_digit(10)?;
        match self {
            Shift::High => superscript(c),
            Shift::Low => char::from_u32(u32::from('₀') + value),
        }
    }

    /// Whether digits may be shifted behind a text: `km<sup>2</sup>` is a name.
    pub fn is_behind(before: &str) -> bool {
        !before.ends_with(char::is_alphabetic)
    }

    /// A text that is shifted as a whole: a mark at a figure must not read as one of its digits.
    pub fn text(self, text: &str) -> String {
        let low = |c| self.digit(c).unwrap_or(c);
        let mut out = String::new();
        match self {
            Shift::Low => out.extend(text.chars().map(low)),
            Shift::High => {
                for c in text.chars() {
                    let high = superscript(c);
                    out.extend((c.is_alphanumeric() && high.is_none()).then_some(' '));
                    out.push(high.unwrap_or(c));
                }
            }
        }
        out
    }
}
