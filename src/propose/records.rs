//! The records at the start or the end of a file, as a reader of it would see them.

/// A record, with its cells without quotes and the white space around them.
pub struct Line {
    /// Where it stands: its first byte, or its number among the rows of its sheet, from 0.
    pub number: usize,
    pub cells: Vec<String>,
    /// Whether a blank row stands before it.
    pub is_apart: bool,
    /// The last row that a cell of it is merged over; none where there is no such cell.
    pub merged_to: Option<usize>,
}

impl Line {
    /// How many of its cells are filled.
    pub fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.is_empty()).count()
    }
}
