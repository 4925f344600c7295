//! From one width of whole numbers to another.
//!
//! There are many rows, columns and offsets within a block, so each takes 32 bits only. A number
//! that does not fit becomes the largest: a look-up with it finds nothing, where a number cut off
//! would find something else.

/// `n` in 32 bits.
#[inline(always)]
pub fn to_u32<T: TryInto<u32>>(n: T) -> u32 {
    n.try_into().unwrap_or(u32::MAX)
}

/// `n` in 32 bits, with a sign.
#[inline(always)]
pub fn to_i32<T: TryInto<i32>>(n: T) -> i32 {
    n.try_into().unwrap_or(i32::MAX)
}

/// `n` as a size in memory.
#[inline(always)]
pub fn to_usize<T: TryInto<usize>>(n: T) -> usize {
    n.try_into().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_becomes_the_largest() {
        assert_eq!(
            [to_u32(7_usize), to_u32(u64::MAX), to_u32(1_u64 << 32)],
            [7, u32::MAX, u32::MAX]
        );
        assert_eq!([to_i32(-7_i64), to_i32(i64::MAX)], [-7, i32::MAX]);
        assert_eq!([to_usize(7_u64), to_usize(u128::MAX)], [7, usize::MAX]);
    }
}
