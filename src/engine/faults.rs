//! The faults that the engine reports.

use crate::fault::Fault;

crate::fault!(
    /// A user's assertion.
    ASSERTION_FAILED, Error, "assertion-failed", "an assertion of a check does not hold");
crate::fault!(
    /// A comparison within rounding.
    IMPROBABLE_ROUNDING, Warning, "improbable-rounding", "a difference could be due to rounding, but that is unlikely");
crate::fault!(
    /// A check that judged nothing.
    VACUOUS_CHECK, Error, "vacuous-check", "a check tested nothing");
crate::fault!(
    /// A check within rounding all of whose answers rest on figures without an end, or very rough ones.
    WEAK_CHECK, Info, "weak-check", "a check holds for figures half as large or twice as large");
crate::fault!(
    /// A condition of a check, at its text.
    EMPTY_SELECTION, Warning, "empty-selection", "a condition compares a column with a text that no row has");
crate::fault!(
    /// An aggregate in the condition of another, at its text.
    AGGREGATE_OF_ALL_ROWS, Warning, "aggregate-of-all-rows", "an aggregate over the rows that match another row compares them with one over all rows");
crate::fault!(
    /// A check that could not be decided for some of its rows or groups.
    UNDECIDED, Info, "undecided", "a check could not be decided for some of its rows or groups");
crate::fault!(
    /// A row or group, compared with an old version.
    NO_LONGER_DECIDED, Error, "no-longer-decided", "what could be judged in the old version cannot be judged any more");
crate::fault!(
    /// A check, compared with an old version.
    FEWER_JUDGED, Error, "fewer-judged", "a check judges fewer rows than in the old version, though they are there");
crate::fault!(
    /// A table with too few or too many rows.
    ROW_COUNT, Error, "row-count", "a table has fewer or more rows than expected");
crate::fault!(
    /// A look-up or `in`.
    UNKNOWN_REFERENCE, Error, "unknown-reference", "a value refers to something that does not exist");
crate::fault!(
    /// `only(…)`.
    MORE_THAN_ONE, Error, "more-than-one", "several rows were found where `only` allows one");
crate::fault!(DUPLICATE_KEY, Error, "duplicate-key", "two rows have the same key");
crate::fault!(
    /// `unique`.
    DUPLICATE_VALUE, Error, "duplicate-value", "a value occurs twice in a column of unique values");
crate::fault!(
    /// `required`.
    MISSING_VALUE, Error, "missing-value", "a required cell is empty");
crate::fault!(
    /// `min`, `max`, `above`, `below`.
    OUT_OF_RANGE, Error, "out-of-range", "a value is outside the allowed range of its column");
crate::fault!(
    /// `decimals`.
    EXCESS_DIGITS, Warning, "excess-digits", "a number has more digits than the `decimals` of its column allow");
crate::fault!(
    /// `base`.
    NO_MULTIPLE, Warning, "no-multiple", "a number is no multiple of the base to which its column is rounded");
crate::fault!(
    /// `min_length`, `max_length`.
    WRONG_LENGTH, Error, "wrong-length", "a text is shorter or longer than its column allows");
crate::fault!(
    /// `matches`.
    PATTERN_MISMATCH, Error, "pattern-mismatch", "a text does not match the pattern of its column");
crate::fault!(
    /// `one_of`.
    NOT_ONE_OF, Error, "not-one-of", "a value is not in the list of allowed values");
crate::fault!(
    /// `like`.
    FORMAT_MISMATCH, Error, "format-mismatch", "a text does not have the format that `like` names");
crate::fault!(
    /// Dates of prose.
    MIXED_DATE_FORMATS, Warning, "mixed-date-formats", "the dates of one list are written in different ways");
crate::fault!(
    /// Marked and bare percentages.
    MIXED_PERCENT_MARKS, Warning, "mixed-percent-marks", "a column has percentages both with and without a percent sign");

/// The faults of this module.
pub static FAULTS: &[&Fault] = &[
    &ASSERTION_FAILED,
    &IMPROBABLE_ROUNDING,
    &VACUOUS_CHECK,
    &WEAK_CHECK,
    &EMPTY_SELECTION,
    &AGGREGATE_OF_ALL_ROWS,
    &UNDECIDED,
    &NO_LONGER_DECIDED,
    &FEWER_JUDGED,
    &ROW_COUNT,
    &UNKNOWN_REFERENCE,
    &MORE_THAN_ONE,
    &DUPLICATE_KEY,
    &DUPLICATE_VALUE,
    &MISSING_VALUE,
    &OUT_OF_RANGE,
    &EXCESS_DIGITS,
    &NO_MULTIPLE,
    &WRONG_LENGTH,
    &PATTERN_MISMATCH,
    &NOT_ONE_OF,
    &FORMAT_MISMATCH,
    &MIXED_DATE_FORMATS,
    &MIXED_PERCENT_MARKS,
];
