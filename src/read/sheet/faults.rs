//! What can be wrong with a workbook.

use crate::fault::Fault;
pub use crate::read::note::SHEET_NOT_FOUND;

crate::fault!(
    /// Reported per cell.
    FORMULA_WITHOUT_VALUE, Error, "formula-without-value", "a formula has no value in the file");
crate::fault!(
    /// Reported per cell.
    STALE_FORMULA, Error, "stale-formula", "the value of a formula is not what its cells give");
crate::fault!(
    /// Reported once.
    OTHER_SHEETS, Info, "other-sheets", "a workbook has more sheets than the one that is read");
crate::fault!(
    /// Reported once.
    HIDDEN_CELLS, Info, "hidden-cells", "rows, columns or a sheet are read that are not shown");

crate::fault!(
    /// Reported once.
    TOTALS_ROW, Info, "totals-row", "the totals of a table of a workbook are read like its rows");
crate::fault!(
    /// Reported once for a column.
    NUMBER_AS_TEXT, Info, "number-as-text", "numbers of a column of a workbook are stored as texts");

/// Faults of readers, by number.
pub static FAULTS: &[&Fault] = &[
    &FORMULA_WITHOUT_VALUE,
    &STALE_FORMULA,
    &SHEET_NOT_FOUND,
    &OTHER_SHEETS,
    &HIDDEN_CELLS,
    &TOTALS_ROW,
    &NUMBER_AS_TEXT,
];
