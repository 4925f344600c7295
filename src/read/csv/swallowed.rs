//! Quoted fields that hold rows: a quote is never closed, and another one closes it by chance.

use std::ops::Range;

use crate::read::csv::dialect::Dialect;

/// A quoted field whose lines look like records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Swallowed {
    /// Its bytes in the row, quotes included.
    pub range: Range<usize>,
    pub column: usize,
    /// How many lines it has.
    pub lines: usize,
}

/// The fields of a row of `width` columns that hold rows.
pub(crate) fn fields(row: &[u8], dialect: &Dialect, width: usize) -> Vec<Swallowed> {
    let Some(quote) = dialect.quote.filter(|_| width > 1) else { return Vec::new() };
    let mut all = Vec::new();
    let (mut at, mut column) = (0, 0);
    while let Some(first) = row.get(at) {
        let start = at;
        if *first == quote {
            at += 1;
            while let Some(n) = row.get(at..).and_then(|rest| memchr::memchr(quote, rest)) {
                at += n + 1;
                if row.get(at) != Some(&quote) {
                    break;
                }
                at += 1;
            }
            let inner = row.get(start + 1..at.saturating_sub(1)).unwrap_or_default();
            if let Some(lines) = lines_like_records(inner, dialect.delimiter, (column, width)) {
                all.push(Swallowed { range: start..at, column, lines });
            }
        }
        let rest = row.get(at..).unwrap_or_default();
        at += memchr::memchr(dialect.delimiter, rest).unwrap_or(rest.len()) + 1;
        column += 1;
    }
    all
}

/// How many lines a text has, if they look like the records of a table: what precedes the text in its
/// record completes the first line, what follows it the last one.
fn lines_like_records(
    text: &[u8],
    delimiter: u8,
    (column, width): (usize, usize),
) -> Option<usize> {
    memchr::memchr(b'\n', text)?;
    let lines: Vec<&[u8]> = text.split(|b| *b == b'\n').map(|l| l.trim_ascii_end()).collect();
    let delimiters = |line: &[u8]| memchr::memchr_iter(delimiter, line).count();
    let (first, rest) = lines.split_first()?;
    let (last, middle) = rest.split_last()?;
    // Two lines may have a delimiter by chance.
    let least = match width {
        2 => 2,
        3 => 1,
        _ => 0,
    };
    if middle.len() < least
        || delimiters(first) != width.checked_sub(column + 1)?
        || delimiters(last) != column
    {
        return None;
    }
    let like_records = middle.iter().filter(|l| delimiters(l) == width - 1).count();
    // In a sentence a space follows each comma.
    let is_prose = memchr::memchr_iter(delimiter, text)
        .all(|at| text.get(at + 1).is_some_and(|b| matches!(b, b' ' | b'\n' | b'\r')));
    (like_records * 10 >= middle.len() * 9 && !is_prose).then_some(lines.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(row: &str, delimiter: u8, width: usize) -> Vec<(Range<usize>, usize, usize)> {
        let dialect = Dialect { delimiter, ..Dialect::default() };
        let all = fields(row.as_bytes(), &dialect, width).into_iter();
        all.map(|s| (s.range, s.column, s.lines)).collect()
    }

    #[test]
    fn rows_within_quotes_are_found() {
        let row = "4;\"Mill;Town;40\n5;Lock;Town;50\n6;Weir\";Town;60";
        assert_eq!(found(row, b';', 4), [(2..38, 1, 3)]);
        assert_eq!(found("1,\"a,b,c\n2,d\",e,f", b',', 4), [(2..13, 1, 2)]);
    }

    #[test]
    fn comments_of_several_lines_are_none() {
        for (row, width) in [
            ("1,\"first line\nsecond line\",x", 3),
            ("1,\"red, green, blue\nor, perhaps, grey\nor, say, none\",x", 3),
            ("1,\"a\nb,c\"", 2),
            ("1,\"a \"\"b\"\"\n\nc\",x,y", 4),
        ] {
            assert_eq!(found(row, b',', width), [], "{row}");
        }
    }
}
