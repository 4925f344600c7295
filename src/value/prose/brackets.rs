//! Figures in brackets behind which their word of scale stands: `a loss of (3.2) million`.

use std::ops::Range;

use crate::value::language::Language;
use crate::value::language::phrases::gap;

/// All of such a figure, of which the digits are a piece.
pub(super) fn in_brackets(
    text: &str,
    figure: &Range<usize>,
    language: Language,
) -> Option<Range<usize>> {
    let before = text.get(..figure.start)?.trim_end_matches(['$', '€', '£', '¥']);
    let before = before.strip_suffix('(')?;
    let behind = text.get(figure.end..)?.strip_prefix(')')?;
    let space = gap(behind);
    let (scale, _) = language.scales.at(behind.get(space..).filter(|_| space > 0)?)?;
    Some(before.len()..figure.end + 1 + space + scale)
}
