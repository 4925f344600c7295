//! Finds the bytes that matter to the structure of a file, 64 at a time.

/// The places of delimiters, quotes and line ends in a block.
///
/// Each 64 bytes become one mask; written so that the compiler makes vector code of it.
pub(crate) struct Marks<'a> {
    block: &'a [u8],
    special: [u8; 4],
    /// Offset of the bytes that `mask` is about.
    base: usize,
    /// A bit for each special byte at `base` and after that is not passed yet.
    mask: u64,
}

impl<'a> Marks<'a> {
    /// The marks of `block`: `delimiter`, line ends, and `quote` if there is one.
    pub fn new(block: &'a [u8], delimiter: u8, quote: Option<u8>) -> Self {
        let special = [delimiter, quote.unwrap_or(b'\n'), b'\n', b'\r'];
        let mut marks = Marks { block, special, base: 0, mask: 0 };
        marks.load(0);
        marks
    }

    /// The offset of the first special byte at or after `from`, or the length of the block.
    /// `from` must not fall, except after [`Marks::rewind`].
    #[inline]
    pub fn next(&mut self, from: usize) -> usize {
        let passed = from.saturating_sub(self.base);
        if passed >= 64 {
            self.load(from);
        } else {
            self.mask &= u64::MAX << passed;
        }
        while self.mask == 0 {
            if self.base + 64 >= self.block.len() {
                return self.block.len();
            }
            self.load(self.base + 64);
        }
        self.base + self.mask.trailing_zeros() as usize
    }

    /// Lets the next search begin at `from`, which may lie before the last one.
    pub fn rewind(&mut self, from: usize) {
        self.load(from);
    }

    fn load(&mut self, from: usize) {
        self.base = from;
        let rest = self.block.get(from..).unwrap_or(&[]);
        self.mask = match rest.first_chunk::<64>() {
            Some(chunk) => mask(chunk, self.special),
            None => {
                let mut chunk = [0; 64];
                chunk[..rest.len()].copy_from_slice(rest);
                mask(&chunk, self.special) & ((1 << rest.len()) - 1)
            }
        };
    }
}

/// One bit for each byte that is special.
#[inline]
fn mask(chunk: &[u8; 64], special: [u8; 4]) -> u64 {
    let mut hits = [0u8; 64];
    for (hit, &byte) in hits.iter_mut().zip(chunk) {
        let [a, b, c, d] = special;
        *hit =
            u8::from(byte == a) | u8::from(byte == b) | u8::from(byte == c) | u8::from(byte == d);
    }
    let mut mask = 0;
    for (i, eight) in hits.as_chunks::<8>().0.iter().enumerate() {
        // Eight bytes of 0 or 1 become eight bits: the product moves byte k to bit 56 + k.
        let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask |= bits << (8 * i);
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_special_byte_and_no_other() {
        let text: Vec<u8> = (0..1000u32).map(|i| (i * i % 61) as u8).collect();
        for from in [0, 1, 63, 64, 65, 500, 990, 999, 1000] {
            let mut marks = Marks::new(&text, b',', Some(b'"'));
            let mut at = from;
            for (i, &byte) in text.iter().enumerate().skip(from) {
                if matches!(byte, b',' | b'"' | b'\n' | b'\r') {
                    assert_eq!(marks.next(at), i);
                    at = i + 1;
                }
            }
            assert_eq!(marks.next(at), text.len());
        }
    }

    #[test]
    fn goes_back_when_told() {
        let mut marks = Marks::new(b"a,b,c", b',', None);
        assert_eq!(marks.next(2), 3);
        marks.rewind(0);
        assert_eq!(marks.next(0), 1);
    }
}
