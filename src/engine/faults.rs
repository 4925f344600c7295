//! The names of what the engine tells.

use crate::fault::Fault;

crate::fault!(
    /// A user's assertion.
    ASSERTION_FAILED, Error, "assertion-failed", "what a rule asserts does not hold");
crate::fault!(
    /// A comparison within rounding.
    IMPROBABLE_ROUNDING, Warning, "improbable-rounding", "a difference could be rounding, but hardly is");
crate::fault!(
    /// A check that judged nothing.
    VACUOUS_CHECK, Error, "vacuous-check", "a check looked at nothing that could hold or fail");
crate::fault!(
    /// A table with too few or too many rows.
    ROW_COUNT, Error, "row-count", "a table has fewer or more rows than expected");
crate::fault!(
    /// A look-up or `in`.
    UNKNOWN_REFERENCE, Error, "unknown-reference", "a value is not among those it must be one of");
crate::fault!(
    /// `only(…)`.
    MORE_THAN_ONE, Error, "more-than-one", "the one row asked for is two");
crate::fault!(
    /// A key.
    DUPLICATE_KEY, Error, "duplicate-key", "two rows have the same key");
crate::fault!(
    /// `unique`.
    DUPLICATE_VALUE, Error, "duplicate-value", "a value stands twice in a column of unique values");
crate::fault!(
    /// `required`.
    MISSING_VALUE, Error, "missing-value", "a cell that must have a value has none");
crate::fault!(
    /// `min`, `max`, `above`, `below`.
    OUT_OF_RANGE, Error, "out-of-range", "a value lies outside the range of its column");
crate::fault!(
    /// `decimals`.
    EXCESS_DIGITS, Error, "excess-digits", "a figure has digits beyond the decimals that its column declares");
crate::fault!(
    /// `min_length`, `max_length`.
    WRONG_LENGTH, Error, "wrong-length", "a text is shorter or longer than its column allows");
crate::fault!(
    /// `matches`.
    PATTERN_MISMATCH, Error, "pattern-mismatch", "a text does not follow the pattern of its column");
crate::fault!(
    /// `one_of`.
    NOT_ONE_OF, Error, "not-one-of", "a value is not in the list of its column");
crate::fault!(
    /// `like`.
    FORMAT_MISMATCH, Error, "format-mismatch", "a text does not have the named format of its column");
crate::fault!(
    /// Dates of prose.
    MIXED_DATE_FORMATS, Warning, "mixed-date-formats", "dates of one list are written in different ways");
crate::fault!(
    /// Marked and bare percentages.
    MIXED_PERCENT_MARKS, Warning, "mixed-percent-marks", "percentages with and without a percent sign stand in one column");

/// The names of this room.
pub static FAULTS: &[&Fault] = &[
    &ASSERTION_FAILED,
    &IMPROBABLE_ROUNDING,
    &VACUOUS_CHECK,
    &ROW_COUNT,
    &UNKNOWN_REFERENCE,
    &MORE_THAN_ONE,
    &DUPLICATE_KEY,
    &DUPLICATE_VALUE,
    &MISSING_VALUE,
    &OUT_OF_RANGE,
    &EXCESS_DIGITS,
    &WRONG_LENGTH,
    &PATTERN_MISMATCH,
    &NOT_ONE_OF,
    &FORMAT_MISMATCH,
    &MIXED_DATE_FORMATS,
    &MIXED_PERCENT_MARKS,
];
