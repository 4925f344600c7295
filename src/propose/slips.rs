//! What may be a slip: how many cases of a rule may be otherwise, so that it nearly holds.

/// How many of some cases may be otherwise by a slip: one in fifty, and one or two where they are few.
pub fn slips(cases: usize) -> usize {
    let few = match cases {
        0..4 => 0,
        4..40 => 1,
        _ => 2,
    };
    few.max(cases / 50)
}
