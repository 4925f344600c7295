//! Field ends of a block, 64 bytes at a time: the only module with `unsafe`.
//!
//! The index knows regular text only. What it calls irregular is walked again by the exact reader,
//! so nothing here decides what a file means. Both paths give the same bits; a test compares them.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod portable;
mod state;

pub use portable::{bits, prefix_xor};
use state::State;
pub use state::{HighRuns, Indexed, Special};

/// Which path is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// The best of this machine.
    Best,
    /// The portable one, with the same result: for tests and measurements.
    Portable,
}

/// Writes the offset of every delimiter and LF outside quotes to the first places of `ends`, and looks
/// for what is not regular. `block` must begin where a record does. `ends` is a buffer that is reused
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
    fn irregular_text_is_found() {
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

    #[test]
    fn runs_of_high_bytes_are_found_across_the_edges_of_64_bytes() {
        for at in 0..140 {
            let text = |high: usize| {
                let bytes =
                    (0..150).map(|n| if (at..at + high).contains(&n) { 0xC3 } else { b'a' });
                both(&bytes.collect::<Vec<u8>>(), COMMA).1
            };
            let fourths = |high: usize| -> Vec<usize> {
                let places = |run: &HighRuns| {
                    let (base, fourths) = (run.base as usize, run.fourths);
                    (0..64).filter(move |n| fourths >> n & 1 == 1).map(move |n| base + n)
                };
                text(high).runs.iter().flat_map(places).collect()
            };
            assert!(text(3).high && fourths(3).is_empty(), "{at}");
            assert_eq!(fourths(5), [at + 3, at + 4]);
        }
    }

    proptest! {
        #[test]
        fn paths_agree_on_any_bytes(text in proptest::collection::vec(prop_oneof![Just(b','), Just(b'"'), Just(b'\n'), Just(b'\r'), Just(b'a'), any::<u8>()], 0..300)) {
            both(&text, COMMA);
            both(&text, Special { delimiter: b';', quote: None });
        }
    }
}
