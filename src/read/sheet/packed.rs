//! Cells of a sheet packed one behind the other: of each what it holds, its column unless that is the
//! next one, and its text behind the length of it. A sheet of numbers so takes little more than its texts.

use crate::width::{to_u32, to_usize};

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text, or a number that is stored as one.
    Text,
    /// A number.
    Number,
    /// A date, a time or a duration.
    Date,
    /// A truth.
    Truth,
    /// An error: `#REF!`.
    Error,
    /// A formula whose value is not in the file.
    Unknown,
}

/// A cell.
#[derive(Debug, Clone, Copy)]
pub struct Cell<'c> {
    /// From 0.
    pub row: u32,
    /// From 0.
    pub column: u32,
    pub kind: Kind,
    /// What it gives.
    pub text: &'c [u8],
    /// What else is known of a number: what is stored where its text is what is shown, and the other
    /// way round.
    pub other: Option<&'c [u8]>,
}

impl Cell<'_> {
    fn place(&self) -> (u32, u32) {
        (self.row, self.column)
    }
}

const KINDS: [Kind; 6] =
    [Kind::Text, Kind::Number, Kind::Date, Kind::Truth, Kind::Error, Kind::Unknown];

/// The bits of the first byte of a cell that are its kind, and what its others say.
const KIND: u8 = 7;
const HAS_COLUMN: u8 = 8;
const HAS_OTHER: u8 = 16;

/// The length of a text that four bytes behind it give.
const LONG: u8 = u8::MAX;

/// So many cells of a row are walked to find one of them.
const STEP: u32 = 64;

/// Bytes that a cell takes beside its texts, at most, about: its first one, its column, its lengths.
pub const BESIDE: usize = 8;

/// The cells of a sheet.
#[derive(Debug, Default)]
pub struct Packed {
    bytes: Vec<u8>,
    /// The rows that have cells, and where they begin.
    rows: Vec<(u32, u32)>,
    /// Where some cells of long rows are: which of the rows, the column, and the place.
    steps: Vec<(u32, u32, u32)>,
    /// The last cell: its place, and where it begins.
    last: Option<((u32, u32), u32)>,
    /// Cells of the last row.
    count: u32,
}

/// Walks the cells of a row.
pub struct Row<'c> {
    bytes: &'c [u8],
    row: u32,
    next: u32,
}

impl<'c> Row<'c> {
    fn take(&mut self, n: usize) -> Option<&'c [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(n)?;
        self.bytes = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn text(&mut self) -> Option<&'c [u8]> {
        let length = match self.byte()? {
            LONG => to_usize(u32::from_le_bytes(self.take(4)?.try_into().ok()?)),
            short => usize::from(short),
        };
        self.take(length)
    }
}

impl<'c> Iterator for Row<'c> {
    type Item = Cell<'c>;

    fn next(&mut self) -> Option<Cell<'c>> {
        let first = self.byte()?;
        let column = match first & HAS_COLUMN {
            0 => self.next,
            _ => u16::from_le_bytes(self.take(2)?.try_into().ok()?).into(),
        };
        self.next = column + 1;
        let kind = KINDS.get(usize::from(first & KIND)).copied().unwrap_or(Kind::Unknown);
        let text = self.text()?;
        let other = if first & HAS_OTHER == 0 { None } else { Some(self.text()?) };
        Some(Cell { row: self.row, column, kind, text, other })
    }
}

impl Packed {
    /// Takes a cell; those that are not in order are put into it by [`Packed::sort`].
    pub fn push(&mut self, cell: Cell<'_>) {
        let start = to_u32(self.bytes.len());
        let before = self.last.map(|(place, _)| place);
        let is_new_row = before.is_none_or(|place| place.0 != cell.row || place >= cell.place());
        if is_new_row {
            self.rows.push((cell.row, start));
            self.count = 0;
        }
        let is_step = self.count > 0 && self.count.is_multiple_of(STEP);
        if is_step {
            self.steps.push((to_u32(self.rows.len() - 1), cell.column, start));
        }
        let next = if is_new_row { 0 } else { before.map_or(0, |place| place.1 + 1) };
        let is_next = cell.column == next && !is_step;
        let kind = KINDS.iter().position(|kind| *kind == cell.kind).unwrap_or(0);
        let mut first = u8::try_from(kind).unwrap_or(0);
        first |= if is_next { 0 } else { HAS_COLUMN };
        first |= if cell.other.is_some() { HAS_OTHER } else { 0 };
        self.bytes.push(first);
        if !is_next {
            // A sheet has fewer columns.
            let column = u16::try_from(cell.column).unwrap_or(u16::MAX);
            self.bytes.extend_from_slice(&column.to_le_bytes());
        }
        for text in [Some(cell.text), cell.other].into_iter().flatten() {
            match u8::try_from(text.len()) {
                Ok(length) if length < LONG => self.bytes.push(length),
                _ => {
                    self.bytes.push(LONG);
                    self.bytes.extend_from_slice(&to_u32(text.len()).to_le_bytes());
                }
            }
            self.bytes.extend_from_slice(text);
        }
        self.last = Some((cell.place(), start));
        self.count += 1;
    }

    /// The last cell that was taken.
    pub fn last(&self) -> Option<Cell<'_>> {
        let ((row, column), start) = self.last?;
        let bytes = self.bytes.get(to_usize(start)..)?;
        Row { bytes, row, next: column }.next()
    }

    /// Puts the cells in order.
    ///
    /// # Errors
    /// The row and the column at which two cells stand.
    pub fn sort(&mut self) -> Result<(), (u32, u32)> {
        if self.rows.is_sorted_by(|one, next| one.0 < next.0) {
            return Ok(());
        }
        let old = std::mem::take(self);
        let mut all: Vec<Cell<'_>> = (0..old.rows.len()).flat_map(|nth| old.row(nth, 0)).collect();
        all.sort_by_key(Cell::place);
        if let Some(two) =
            all.windows(2).find(|two| two.first().map(Cell::place) == two.last().map(Cell::place))
        {
            return Err(two.first().map(Cell::place).unwrap_or_default());
        }
        all.into_iter().for_each(|cell| self.push(cell));
        Ok(())
    }

    /// Bytes of all of them.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The number of the `nth` row that has a cell.
    pub fn row_number(&self, nth: usize) -> Option<u32> {
        self.rows.get(nth).map(|(row, _)| *row)
    }

    /// Which of the rows that have cells is the first at or below a row.
    pub fn nth(&self, row: u32) -> usize {
        self.rows.partition_point(|(number, _)| *number < row)
    }

    /// The cells of the `nth` row that has some, from a column on.
    pub fn row(&self, nth: usize, from: u32) -> impl Iterator<Item = Cell<'_>> {
        let (row, first) = self.rows.get(nth).copied().unwrap_or((0, u32::MAX));
        let end = self.rows.get(nth + 1).map_or(self.bytes.len(), |(_, start)| to_usize(*start));
        let number = to_u32(nth);
        let steps = self.steps.partition_point(|step| (step.0, step.1) <= (number, from));
        let step = steps.checked_sub(1).and_then(|last| self.steps.get(last));
        let start = step.filter(|step| step.0 == number).map_or(first, |step| step.2);
        let bytes = self.bytes.get(to_usize(start)..end).unwrap_or_default();
        Row { bytes, row, next: 0 }.skip_while(move |cell| cell.column < from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(row: u32, column: u32, text: &str) -> Cell<'_> {
        Cell { row, column, kind: Kind::Text, text: text.as_bytes(), other: None }
    }

    #[test]
    fn cells_are_given_as_they_were_taken() {
        let (mut packed, long) = (Packed::default(), "x".repeat(300));
        let other = Some(&b"0.123"[..]);
        let all = [
            cell(3, 0, "a"),
            cell(3, 1, ""),
            Cell { kind: Kind::Number, other, ..cell(3, 16_383, "0.1") },
            cell(9, 7, &long),
            Cell { kind: Kind::Unknown, ..cell(9, 8, "") },
        ];
        for own in all {
            packed.push(own);
            assert_eq!(packed.last().map(|cell| cell.text), Some(own.text));
        }
        let given: Vec<String> =
            (0..3).flat_map(|nth| packed.row(nth, 0)).map(|c| format!("{c:?}")).collect();
        assert_eq!(given, all.map(|cell| format!("{cell:?}")));
        assert_eq!((packed.nth(4), packed.row_number(1)), (1, Some(9)));
    }

    #[test]
    fn cells_of_long_rows_are_found() {
        let mut packed = Packed::default();
        (0..2).for_each(|row| (0..999).for_each(|n| packed.push(cell(row, 2 * n, "7"))));
        for from in [0, 1, 127, 128, 129, 1_995, 1_996] {
            let found = packed.row(1, from).next().map(|cell| cell.place());
            assert_eq!(found, Some((1, from.next_multiple_of(2))));
        }
        assert!(packed.row(1, 1_997).next().is_none() && packed.row(2, 0).next().is_none());
    }

    #[test]
    fn cells_are_put_in_order_and_two_at_one_place_are_an_error() {
        let mut packed = Packed::default();
        for (row, column, text) in [(1, 1, "b"), (1, 0, "a"), (0, 5, "c")] {
            packed.push(cell(row, column, text));
        }
        assert_eq!(packed.sort(), Ok(()));
        let all: Vec<&[u8]> =
            (0..3).flat_map(|nth| packed.row(nth, 0)).map(|cell| cell.text).collect();
        assert_eq!(all, [b"c", b"a", b"b"]);
        packed.push(cell(1, 0, "d"));
        assert_eq!(packed.sort(), Err((1, 0)));
    }
}
