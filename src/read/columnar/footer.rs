//! A look at the footer of a Parquet file before it is decoded. The library goes through what it does not know element
//! by element, and truths in a list take no bytes there: forty bytes could keep it busy for hours. It also makes room
//! for as many columns as one says that it holds.
//!
//! The footer is written in [Thrift's compact encoding][spec].
//!
//! [spec]: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md

/// So deep the library goes as well.
const DEEPEST: u32 = 128;

/// How a value is written; the last one is a UUID.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const STRUCTURE: u8 = 12;
const LAST: u8 = 13;

/// Fields of the footer. The library reads what it knows by the number alone, however it is written.
const VERSION: i16 = 1;
const COLUMNS: i16 = 2;
const ROWS: i16 = 3;
const WRITER: i16 = 6;
/// Fields of a column: the others up to the ninth are numbers as well.
const NAME: i16 = 4;
const CHILDREN: i16 = 5;

/// Whether its lists may hold as many truths as they say: each takes a byte at least; and its columns as many
/// others. What else is wrong with it the library finds.
pub fn is_plausible(footer: &[u8]) -> bool {
    let mut walk = Walk { rest: footer, truths: footer.len() as u64, is_plausible: true };
    walk.fields(&mut |walk, field, kind| match field {
        COLUMNS => walk.columns(),
        VERSION | ROWS => walk.number().map(|_| ()),
        WRITER => walk.text(),
        _ => walk.value(kind, 1),
    });
    walk.is_plausible
}

/// Goes past a field, by its number and how it is written.
type Field<'w> = &'w mut dyn FnMut(&mut Walk<'_>, i16, u8) -> Option<()>;

struct Walk<'f> {
    rest: &'f [u8],
    /// How many truths in lists are left.
    truths: u64,
    is_plausible: bool,
}

impl Walk<'_> {
    /// Goes past the fields of a structure, by their numbers; none where there is nothing more to go through.
    fn fields(&mut self, take: Field<'_>) -> Option<()> {
        let mut field = 0i16;
        loop {
            let header = self.byte()?;
            let (step, kind) = (header >> 4, header & 0x0F);
            if kind == 0 {
                return Some(());
            }
            if kind > LAST {
                return None;
            }
            field = match step {
                // Of a longer number the library takes the last bits.
                0 => {
                    let [a, b, ..] = self.signed()?.to_le_bytes();
                    i16::from_le_bytes([a, b])
                }
                step => field.checked_add(step.into())?,
            };
            take(self, field, kind)?;
        }
    }

    /// The columns are a tree: each says how many of those behind it are in it.
    fn columns(&mut self) -> Option<()> {
        let (count, kind) = self.list_head()?;
        if kind != STRUCTURE {
            return None;
        }
        (0..count).try_for_each(|_| {
            self.fields(&mut |walk, field, kind| match field {
                NAME => walk.text(),
                CHILDREN => {
                    let [a, b, c, d, ..] = walk.signed()?.to_le_bytes();
                    let children = u64::try_from(i32::from_le_bytes([a, b, c, d]));
                    walk.is_plausible = children.is_ok_and(|children| children <= count);
                    walk.is_plausible.then_some(())
                }
                1..=9 => walk.number().map(|_| ()),
                _ => walk.value(kind, 2),
            })
        })
    }

    fn value(&mut self, kind: u8, depth: u32) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match kind {
            TRUE | FALSE => Some(()),
            3 => self.skip(1),
            4..=6 => self.number().map(|_| ()),
            7 => self.skip(8),
            8 => self.text(),
            9 | 10 => {
                let head = self.list_head()?;
                self.elements(head, depth)
            }
            11 => self.map(depth),
            // A truth that is a field stands in its header.
            STRUCTURE => self.fields(&mut |walk, _, kind| walk.value(kind, depth + 1)),
            LAST => self.skip(16),
            _ => None,
        }
    }

    /// How many elements a list has, and how they are written.
    fn list_head(&mut self) -> Option<(u64, u8)> {
        let header = self.byte()?;
        let (short, kind) = (header >> 4, header & 0x0F);
        Some((if short == 0x0F { self.number()? } else { short.into() }, kind))
    }

    fn elements(&mut self, (count, kind): (u64, u8), depth: u32) -> Option<()> {
        if matches!(kind, TRUE | FALSE) {
            return self.take_truths(count);
        }
        (0..count).try_for_each(|_| self.value(kind, depth + 1))
    }

    fn map(&mut self, depth: u32) -> Option<()> {
        let count = self.number()?;
        if count == 0 {
            return Some(());
        }
        let kinds = self.byte()?;
        let (key, value) = (kinds >> 4, kinds & 0x0F);
        if [key, value].iter().all(|kind| matches!(*kind, TRUE | FALSE)) {
            return self.take_truths(count);
        }
        (0..count).try_for_each(|_| {
            self.value(key, depth + 1)?;
            self.value(value, depth + 1)
        })
    }

    fn take_truths(&mut self, count: u64) -> Option<()> {
        let left = self.truths.checked_sub(count);
        self.is_plausible = left.is_some();
        self.truths = left?;
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    /// A number, seven bits in each byte, the last ones first. The library reads one of any length, and has what
    /// is beyond 64 bits begin anew.
    fn number(&mut self) -> Option<u64> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F).wrapping_shl(shift);
            if byte & 0x80 == 0 {
                return Some(number);
            }
            shift = (shift + 7) % u64::BITS;
        }
    }

    /// One whose sign stands in its last bit.
    fn signed(&mut self) -> Option<i64> {
        self.number().map(|number| (number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    fn text(&mut self) -> Option<()> {
        let length = self.number()?;
        self.skip(length)
    }

    fn skip(&mut self, count: u64) -> Option<()> {
        self.rest = self.rest.get(usize::try_from(count).ok()?..)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_columns_hold_no_more_than_there_may_be() {
        // A field of an unknown number that is a list of three truths, then the end.
        assert!(is_plausible(b"\x09\x50\x31\x00"));
        // The same with two thousand million, by itself and in lists of lists.
        assert!(!is_plausible(b"\x09\x50\xF1\xFF\xFF\xFF\xFF\x07\x00"));
        assert!(!is_plausible(b"\x09\x50\xCA\xCA\xC9\xF2\xFF\xFF\xFF\xFF\x07\x00"));
        // In a map, of texts to lists, of truths to truths.
        assert!(!is_plausible(b"\x0B\x50\x01\x89\x01k\xF1\xFF\xFF\x7F\x00"));
        assert!(!is_plausible(b"\x0B\x50\xFF\xFF\x7F\x12\x00"));
        // Beside other fields, and where it ends in the middle.
        assert!(is_plausible(b"\x15\x02\x18\x03abc\x17\0\0\0\0\0\0\0\0\x1C\x15\x02\x00\x00"));
        assert!(is_plausible(b"\x19\xFC\xFF\xFF\xFF\xFF\x07\x15"));
        // One column that holds one, and one that holds two thousand million.
        assert!(is_plausible(b"\x15\x02\x19\x1C\x55\x02\x00\x00"));
        assert!(!is_plausible(b"\x15\x02\x19\x1C\x55\xFE\xFF\xFF\xFF\x0F\x00\x00"));
        // The same, where what lists the columns is written as a structure.
        assert!(!is_plausible(b"\x2C\x1C\x5C\xFE\xFF\xFF\xFF\x0F\x00\x00"));
        // A number of more bytes than it needs, before what says how many columns there are.
        let long =
            [&b"\x15\x02\x19\x1C\x15"[..], &[0xC1; 20], b"\x00\x45\xFE\xFF\xFF\xFF\x0F\x00\x00"];
        assert!(!is_plausible(&long.concat()));
        let deep = [&b"\x09\x50"[..], &[0x19; 500]].concat();
        assert!(is_plausible(&deep));
    }
}
