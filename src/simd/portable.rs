//! The index in plain Rust, written so that a compiler makes vector code of it.

use crate::simd::state::{Masks, Special};

/// The bits of up to 64 bytes.
pub fn masks(bytes: &[u8], special: Special) -> Masks {
    match bytes.first_chunk::<64>() {
        Some(full) => of(full, special, u64::MAX),
        None => {
            let mut padded = [0; 64];
            padded[..bytes.len()].copy_from_slice(bytes);
            of(&padded, special, (1 << bytes.len()) - 1)
        }
    }
}

#[inline]
fn of(bytes: &[u8; 64], special: Special, valid: u64) -> Masks {
    let quote = special.quote.map_or(0, |q| bits(bytes, |b| b == q));
    let (lf, cr) = (bits(bytes, |b| b == b'\n'), bits(bytes, |b| b == b'\r'));
    let control = bits(bytes, |b| b < 0x20 || b == 0x7F) & !(lf | cr | bits(bytes, |b| b == b'\t'));
    let delimiter = bits(bytes, |b| b == special.delimiter);
    let high = bits(bytes, |b| b >= 0x80);
    Masks {
        delimiter: delimiter & valid,
        quote: quote & valid,
        lf: lf & valid,
        cr: cr & valid,
        control: control & valid & !delimiter,
        high: high & valid,
        valid,
    }
}

/// A bit for each byte of which something holds.
#[inline(always)]
pub fn bits(bytes: &[u8; 64], is: impl Fn(u8) -> bool) -> u64 {
    let mut hits = [0u8; 64];
    for (hit, &byte) in hits.iter_mut().zip(bytes) {
        *hit = u8::from(is(byte));
    }
    let mut mask = 0;
    for (i, eight) in hits.as_chunks::<8>().0.iter().enumerate() {
        // Eight bytes of 0 or 1 become eight bits: the product moves byte k to bit 56 + k.
        let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask |= bits << (8 * i);
    }
    mask
}

/// Each bit is the parity of the bits up to it: set from an opening quote to before its closing one.
#[inline(always)]
pub fn prefix_xor(mut bits: u64) -> u64 {
    for by in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << by;
    }
    bits
}
