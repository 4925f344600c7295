//! What 64 bytes hold, and the index as it goes on from them to the next.

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
pub struct Masks {
    /// Delimiters.
    pub delimiter: u64,
    /// Quotes.
    pub quote: u64,
    /// LF.
    pub lf: u64,
    /// CR.
    pub cr: u64,
    /// Control characters other than tab, LF and CR.
    pub control: u64,
    /// Bytes of 0x80 and more.
    pub high: u64,
    /// Bytes that are there.
    pub valid: u64,
}

/// Where bytes of 0x80 and more follow three others: two characters outside ASCII, or a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HighRuns {
    /// The first of 64 bytes.
    pub base: u32,
    /// A bit for each of the 64 that is the fourth of such bytes, or a later one.
    pub fourths: u64,
}

/// What an index says of its block.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
    /// Where four of them follow each other.
    pub runs: Vec<HighRuns>,
    /// A quote out of place, a CR without its LF, or a control character.
    pub irregular: bool,
    /// Whether the block ends within quotes.
    pub open: bool,
}

/// The index as it goes on from masks to masks.
pub struct State<'e> {
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
    /// Bytes of 0x80 and more.
    high: u64,
    /// The last masks's bytes of 0x80 and more.
    high_before: u64,
}

impl<'e> State<'e> {
    /// At the start of a record; offsets go to `ends`.
    pub fn new(ends: &'e mut Vec<u32>) -> State<'e> {
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
            high_before: 0,
        }
    }

    /// Notes the bytes of 0x80 and more of the 64 bytes at `base`.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "a block is far below 4 GiB")]
    pub fn note_high(&mut self, base: usize, high: u64) {
        if high | self.high_before != 0 {
            let back = |n: u32| (high << n) | (self.high_before >> (64 - n));
            let fourths = high & back(1) & back(2) & back(3);
            if fourths != 0 {
                self.found.runs.push(HighRuns { base: base as u32, fourths });
            }
            self.high |= high;
            self.high_before = high;
        }
    }

    /// Whether quotes or a CR reach into the next masks.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    pub fn is_within(&self) -> bool {
        (self.inside | self.closed | self.cr) != 0
    }

    /// Takes 64 bytes at `base` that hold no quote, no CR and no control character, and into which
    /// nothing reaches.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    pub fn take_regular(&mut self, base: usize, separators: u64, lf: u64) {
        self.begins = separators >> 63;
        self.found.lines += lf.count_ones() as usize;
        self.put(base, separators);
    }

    /// Takes 64 bytes at `base`.
    #[inline(always)]
    pub fn take(
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
        self.note_high(base, masks.high);
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

    /// What was found.
    pub fn finish(self) -> Indexed {
        Indexed {
            count: self.count,
            irregular: self.irregular | self.cr != 0,
            open: self.inside != 0,
            high: self.high != 0,
            ..self.found
        }
    }
}
