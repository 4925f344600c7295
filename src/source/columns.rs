//! Where characters stand within their lines, without counting all of those before.

use crate::source::lines::characters;

/// Bytes from one mark to the next.
const STEP: usize = 256;

/// Marks in a text.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// The characters of its line that stand before each of them.
    before: Vec<u64>,
    first_end: usize,
}

impl Columns {
    /// Of a text that begins with a line.
    pub fn of(text: &[u8]) -> Columns {
        let mut before = 0;
        let marks = text.chunks_exact(STEP).map(|chunk| {
            before = behind(before, chunk);
            before
        });
        let first_end = memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len());
        Columns { before: marks.collect(), first_end }
    }

    /// Where its first line ends.
    pub fn first_end(&self) -> usize {
        self.first_end
    }

    /// The characters between the beginning of the line and a byte of the same text.
    pub fn before(&self, text: &[u8], at: usize) -> u64 {
        let mark = (at / STEP).min(self.before.len());
        let counted =
            mark.checked_sub(1).and_then(|n| self.before.get(n)).copied().unwrap_or_default();
        behind(counted, text.get(mark * STEP..at).unwrap_or_default())
    }
}

/// How many there are behind more bytes.
fn behind(before: u64, bytes: &[u8]) -> u64 {
    match memchr::memrchr2(b'\n', b'\r', bytes) {
        Some(end) => characters(bytes.get(end + 1..).unwrap_or_default()),
        None => before + characters(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_count_as_reading_from_the_beginning_does() {
        let text = "ü1,23456,".repeat(60) + "\n\r\nä" + &"x€".repeat(150) + "\r";
        let columns = Columns::of(text.as_bytes());
        for at in 0..=text.len() {
            assert_eq!(
                columns.before(text.as_bytes(), at),
                behind(0, &text.as_bytes()[..at]),
                "{at}"
            );
        }
    }
}
