//! The index with AVX2 and carry-less multiplication, where the machine has them.
#![allow(unsafe_code)]

use std::arch::x86_64::*;

use crate::simd::portable;
use crate::simd::state::{Indexed, Masks, Special, State};

/// Whether this machine has what it needs.
pub fn is_there() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("pclmulqdq")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt")
}

/// The index of a block; only where [`is_there`].
pub fn index(block: &[u8], special: Special, ends: &mut Vec<u32>) -> Indexed {
    assert!(is_there());
    // SAFETY: the features that `vector` is compiled for are there.
    unsafe { vector(block, special, ends) }
}

#[target_feature(enable = "avx2,pclmulqdq,bmi1,bmi2,popcnt")]
fn vector(block: &[u8], special: Special, ends: &mut Vec<u32>) -> Indexed {
    let mut state = State::new(ends);
    let (full, rest) = block.as_chunks::<64>();
    for (number, bytes) in full.iter().enumerate() {
        let regular = regular(bytes, special);
        if regular.is_odd | state.is_within() {
            state.take(number * 64, masks(bytes, special), |q| prefix_xor(q), special);
        } else {
            state.note_high(number * 64, regular.high);
            state.take_regular(number * 64, regular.separators, regular.lf);
        }
    }
    if !rest.is_empty() {
        state.take(full.len() * 64, portable::masks(rest, special), portable::prefix_xor, special);
    }
    state.finish()
}

/// What 64 bytes hold if nothing is odd about them: no quote, no CR, no control character.
struct Regular {
    separators: u64,
    lf: u64,
    high: u64,
    is_odd: bool,
}

#[inline]
#[target_feature(enable = "avx2")]
fn regular(bytes: &[u8; 64], special: Special) -> Regular {
    let (a, b) = load(bytes);
    let is = |x: __m256i, to: u8| _mm256_cmpeq_epi8(x, _mm256_set1_epi8(to as i8));
    let (lf_a, lf_b) = (is(a, b'\n'), is(b, b'\n'));
    let (sep_a, sep_b) = (
        _mm256_or_si256(lf_a, is(a, special.delimiter)),
        _mm256_or_si256(lf_b, is(b, special.delimiter)),
    );
    let odd = |x: __m256i, separators: __m256i| {
        let low = _mm256_cmpeq_epi8(_mm256_min_epu8(x, _mm256_set1_epi8(0x1F)), x);
        let odd = _mm256_andnot_si256(separators, _mm256_or_si256(low, is(x, 0x7F)));
        special.quote.map_or(odd, |q| _mm256_or_si256(odd, is(x, q)))
    };
    let odd = _mm256_or_si256(odd(a, sep_a), odd(b, sep_b));
    Regular {
        separators: bits(sep_a, sep_b),
        lf: bits(lf_a, lf_b),
        high: bits(a, b),
        is_odd: _mm256_testz_si256(odd, odd) == 0,
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(bytes: &[u8; 64]) -> (__m256i, __m256i) {
    let at = bytes.as_ptr().cast::<__m256i>();
    // SAFETY: both loads lie within the 64 bytes and need no alignment.
    unsafe { (_mm256_loadu_si256(at), _mm256_loadu_si256(at.add(1))) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn bits(a: __m256i, b: __m256i) -> u64 {
    u64::from(_mm256_movemask_epi8(a) as u32) | u64::from(_mm256_movemask_epi8(b) as u32) << 32
}

#[inline]
#[target_feature(enable = "avx2")]
fn masks(bytes: &[u8; 64], special: Special) -> Masks {
    let (a, b) = load(bytes);
    let equal = |to: u8| {
        let to = _mm256_set1_epi8(to as i8);
        bits(_mm256_cmpeq_epi8(a, to), _mm256_cmpeq_epi8(b, to))
    };
    let (lf, cr) = (equal(b'\n'), equal(b'\r'));
    let low = _mm256_set1_epi8(0x1F);
    let low = bits(
        _mm256_cmpeq_epi8(_mm256_min_epu8(a, low), a),
        _mm256_cmpeq_epi8(_mm256_min_epu8(b, low), b),
    );
    let delimiter = equal(special.delimiter);
    let control = (low | equal(0x7F)) & !(lf | cr | equal(b'\t') | delimiter);
    Masks {
        delimiter,
        quote: special.quote.map_or(0, equal),
        lf,
        cr,
        control,
        high: bits(a, b),
        valid: u64::MAX,
    }
}

#[inline]
#[target_feature(enable = "pclmulqdq")]
fn prefix_xor(bits: u64) -> u64 {
    if bits == 0 {
        return 0;
    }
    _mm_cvtsi128_si64(_mm_clmulepi64_si128::<0>(_mm_set_epi64x(0, bits as i64), _mm_set1_epi8(-1)))
        as u64
}
