//! Field ends of a block, 64 bytes at a time: the only room with `unsafe`.
//!
//! The index knows regular text only. What it calls irregular is walked again by the exact reader,
//! so nothing here decides what a file means. Both paths give the same bits; a test compares them.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod portable;

/// The bytes that matter to the structure of a file.
#[derive(Debug, Clone, Copy)]
pub struct Special {
    /// Between fields.
    pub delimiter: u8,
    /// Around fields that hold special bytes.
    pub quote: Option<u8>,
}

/// What 64 bytes hold, a bit each; the lowest bit is the first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Masks {
    delimiter: u64,
    quote: u64,
    lf: u64,
    cr: u64,
    /// Control characters other than tab, LF and CR.
    control: u64,
    /// Bytes of 0x80 and more.
    high: u64,
    /// Bytes that are there.
    valid: u64,
}

/// What an index says of its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Indexed {
    /// Separators outside quotes.
    pub count: usize,
    /// Line ends (LF) outside quotes.
    pub lines: usize,
    /// LF within quotes.
    pub quoted_lines: usize,
    /// Whether there is a CR.
    pub cr: bool,
    /// Whether there is a byte of 0x80 or more.
    pub high: bool,
    /// A quote out of place, a CR without its LF, or a control character.
    pub irregular: bool,
    /// Whether the block ends within quotes.
    pub open: bool,
}

/// Which path is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// The best of this machine.
    Best,
    /// The portable one, with the same result: for tests and measurements.
    Portable,
}

/// Writes the offset of every delimiter and LF outside quotes to the first places of `ends`, and looks
/// for what is not regular. `block` must begin where a record does. `ends` is room that is used
/// again: what stands behind the last offset means nothing.
pub fn index(block: &[u8], special: Special, path: Path, ends: &mut Vec<u32>) -> Indexed {
    #[cfg(target_arch = "x86_64")]
    if path == Path::Best && avx2::is_there() {
        return avx2::index(block, special, ends);
    }
    let _ = path;
    let mut state = State::new(ends);
    for (number, masks) in block.chunks(64).enumerate() {
        state.take(number * 64, portable::masks(masks, special), portable::prefix_xor, special);
    }
    state.finish()
}

/// The index as it goes on from masks to masks.
struct State<'e> {
    ends: &'e mut Vec<u32>,
    count: usize,
    found: Indexed,
    /// All ones where the next masks begins within quotes.
    inside: u64,
    /// Whether a field may begin at the next masks's first byte: after a separator.
    begins: u64,
    /// Whether the byte before was a closing quote, and a CR.
    closed: u64,
    cr: u64,
    irregular: u64,
    high: u64,
}

impl<'e> State<'e> {
    fn new(ends: &'e mut Vec<u32>) -> State<'e> {
        State {
            ends,
            count: 0,
            found: Indexed::default(),
            inside: 0,
            begins: 1,
            closed: 0,
            cr: 0,
            irregular: 0,
            high: 0,
        }
    }

    /// Whether quotes or a CR reach into the next masks.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn is_within(&self) -> bool {
        (self.inside | self.closed | self.cr) != 0
    }

    /// Takes 64 bytes at `base` that hold no quote, no CR and no control character, and into which
    /// nothing reaches.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn take_calm(&mut self, base: usize, separators: u64, lf: u64) {
        self.begins = separators >> 63;
        self.found.lines += lf.count_ones() as usize;
        self.put(base, separators);
    }

    /// Takes 64 bytes at `base`.
    #[inline(always)]
    fn take(
        &mut self,
        base: usize,
        masks: Masks,
        prefix_xor: impl Fn(u64) -> u64,
        special: Special,
    ) {
        let mut separators = masks.delimiter | masks.lf;
        let mut lines = masks.lf;
        if special.quote.is_some() && (masks.quote | self.inside | self.closed) != 0 {
            let inside = prefix_xor(masks.quote) ^ self.inside;
            let opening = masks.quote & inside;
            let closing = masks.quote & !inside;
            self.found.quoted_lines += (masks.lf & inside).count_ones() as usize;
            separators &= !inside;
            lines &= !inside;
            // A quote opens where a field begins or doubles the one before it; after one that
            // closes, the field ends or a second follows.
            let begins = (separators << 1) | self.begins;
            let after = (closing << 1) | self.closed;
            self.irregular |= opening & !(begins | after);
            self.irregular |= after & masks.valid & !(separators | opening | masks.cr);
            self.inside = ((inside as i64) >> 63) as u64;
            self.closed = closing >> 63;
        }
        self.begins = separators >> 63;
        if masks.cr | self.cr != 0 {
            self.irregular |= ((masks.cr << 1) | self.cr) & !masks.lf;
            self.cr = masks.cr >> 63;
            self.found.cr = true;
        }
        self.irregular |= masks.control;
        self.high |= masks.high;
        self.found.lines += lines.count_ones() as usize;
        self.put(base, separators);
    }

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "a block is far below 4 GiB")]
    fn put(&mut self, base: usize, mut separators: u64) {
        let count = separators.count_ones() as usize;
        if self.ends.len() < self.count + 64 {
            self.ends.resize(self.count + self.count / 8 + 512, 0);
        }
        let room = &mut self.ends[self.count..self.count + 64];
        // Eight at a time, whether they are there or not: what is too much is overwritten.
        let mut from = 0;
        while from < count {
            for place in &mut room[from..from + 8] {
                *place = (base + separators.trailing_zeros() as usize) as u32;
                separators &= separators.wrapping_sub(1);
            }
            from += 8;
        }
        self.count += count;
    }

    fn finish(self) -> Indexed {
        Indexed {
            count: self.count,
            irregular: self.irregular | self.cr != 0,
            open: self.inside != 0,
            high: self.high != 0,
            ..self.found
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COMMA: Special = Special { delimiter: b',', quote: Some(b'"') };

    fn both(text: &[u8], special: Special) -> (Vec<u32>, Indexed) {
        let (mut best, mut portable) = (Vec::new(), Vec::new());
        let found = index(text, special, Path::Best, &mut best);
        assert_eq!(found, index(text, special, Path::Portable, &mut portable));
        best.truncate(found.count);
        portable.truncate(found.count);
        assert_eq!(best, portable);
        (best, found)
    }

    #[test]
    fn finds_separators_outside_quotes() {
        let (ends, found) = both(b"a,\"b,\n\"\"c\",d\ne,f,g\n", COMMA);
        assert_eq!(ends, [1, 10, 12, 14, 16, 18]);
        assert_eq!(
            (found.lines, found.quoted_lines, found.irregular, found.open),
            (2, 1, false, false)
        );
    }

    #[test]
    fn irregular_text_is_told() {
        let odd: [&[u8]; 7] =
            [b"a\"b\n", b"\"a\"b\n", b"\"\"a\"\n", b"a\rb\n", b"a\r", b"a\0b", b"\x7f"];
        for text in odd {
            assert!(both(text, COMMA).1.irregular, "{text:?}");
        }
        let plain: [&[u8]; 5] =
            [b"\"\"\n", b"\"\"\"a\"\"\",b\r\n", b"a,\"b\"", "ä\tö\n".as_bytes(), b""];
        for text in plain {
            assert!(!both(text, COMMA).1.irregular, "{text:?}");
        }
        assert!(both(b"a,\"b", COMMA).1.open);
        assert!(!both(b"a\"b\n", Special { delimiter: b',', quote: None }).1.irregular);
    }

    proptest! {
        #[test]
        fn paths_agree_on_any_bytes(text in proptest::collection::vec(prop_oneof![Just(b','), Just(b'"'), Just(b'\n'), Just(b'\r'), Just(b'a'), any::<u8>()], 0..300)) {
            both(&text, COMMA);
            both(&text, Special { delimiter: b';', quote: None });
        }
    }
}
