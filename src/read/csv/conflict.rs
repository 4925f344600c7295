//! Merge conflicts: the marks that a version control system leaves in a file.

use crate::read::csv::record::{Record, Status};
use crate::read::grid::LineEnd;
use crate::read::reader::FaultText;
use crate::source::count_lines;

/// A conflict that does not end within so many bytes is taken for a lone mark.
const LONGEST: usize = 1 << 20;

/// What stands at a line that marks a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conflict {
    /// Both sides, from the first mark to the last.
    Whole(Record),
    /// A mark without the others.
    Lone(Record),
    /// Its end may stand behind the block.
    Unfinished,
}

/// The sign of the mark that the line at `at` is: seven times `<`, `=` or `>`.
pub(crate) fn mark(block: &[u8], at: usize) -> Option<u8> {
    let sign = *block.get(at).filter(|b| matches!(b, b'<' | b'=' | b'>'))?;
    let is_mark = block.get(at..at + 7)?.iter().all(|b| *b == sign);
    let ends = match block.get(at + 7) {
        None | Some(b'\n' | b'\r') => true,
        Some(b' ') => sign != b'=',
        Some(_) => false,
    };
    (is_mark && ends).then_some(sign)
}

/// The conflict that begins at the line at `at`, if it is a mark.
pub(crate) fn at(block: &[u8], at: usize, last: bool) -> Option<Conflict> {
    let sign = mark(block, at)?;
    let Some((end, how)) = line_end(block, at, last) else { return Some(Conflict::Unfinished) };
    let record = |end: usize, how| Record {
        start: at,
        end,
        how,
        inner_lines: count_lines(block.get(at..end).unwrap_or_default(), None),
        fields: 0,
        status: Status::Whole,
    };
    let lone = Conflict::Lone(record(end, how));
    if sign != b'<' {
        return Some(lone);
    }
    let mut line = end + how.bytes();
    while line < at.saturating_add(LONGEST) && (line < block.len() || !last) {
        let Some((end, how)) = line_end(block, line, last) else {
            return Some(Conflict::Unfinished);
        };
        match mark(block, line) {
            Some(b'>') => return Some(Conflict::Whole(record(end, how))),
            Some(b'<') => break,
            _ => line = end + how.bytes(),
        }
    }
    Some(lone)
}

/// Where a line ends, and how; none where that may stand behind the block.
fn line_end(block: &[u8], at: usize, last: bool) -> Option<(usize, LineEnd)> {
    let end = memchr::memchr2(b'\n', b'\r', block.get(at..)?).map_or(block.len(), |n| at + n);
    let how = LineEnd::of(block, end);
    let unsure = how == LineEnd::None || (how == LineEnd::Cr && end + 1 == block.len());
    (last || !unsure).then_some((end, how))
}

/// The sides of a conflict: for each the name of its branch and its lines. What both come from,
/// between `|||||||` and `=======`, is none of them.
pub(crate) fn sides(text: &str) -> [(&str, Vec<&str>); 2] {
    let name = |line: &'_ str| line.len().min("<<<<<<< ".len());
    let (mut ours, mut theirs) = (("", Vec::new()), ("", Vec::new()));
    let mut side = 0;
    for line in text.lines() {
        match line.get(..7) {
            Some("<<<<<<<") => ours.0 = line.get(name(line)..).unwrap_or_default(),
            Some(">>>>>>>") => theirs.0 = line.get(name(line)..).unwrap_or_default(),
            Some("|||||||") if side == 0 => side = 1,
            Some("=======") if line.len() == 7 => side = 2,
            _ if side == 0 => ours.1.push(line),
            _ if side == 2 => theirs.1.push(line),
            _ => {}
        }
    }
    [ours, theirs]
}

/// The words of a conflict, or of a mark of one that stands alone.
pub(crate) fn words(bytes: &[u8], is_alone: bool) -> FaultText {
    if is_alone {
        return FaultText {
            message: "this line is left over from a merge conflict".into(),
            label: "no row".into(),
            help: Some(
                "remove the line, and check that the rows around it are the right ones".into(),
            ),
            odd: None,
        };
    }
    let text = String::from_utf8_lossy(bytes);
    let side = |(name, lines): &(&str, Vec<&str>)| {
        let of = if name.is_empty() { String::new() } else { format!(" ({name})") };
        match lines.as_slice() {
            [] => format!("nothing{of}"),
            [only] => format!("`{only}`{of}"),
            [first, others @ ..] => {
                let s = if others.len() == 1 { "" } else { "s" };
                format!("`{first}` and {} more line{s}{of}", others.len())
            }
        }
    };
    let [ours, theirs] = sides(&text);
    FaultText {
        message: format!("an unresolved merge conflict: {} or {}", side(&ours), side(&theirs)),
        label: "the conflict starts here".into(),
        help: Some("keep the lines that are right, and remove the others and the lines with `<<<<<<<`, `=======` and `>>>>>>>`; until then neither side is checked".into()),
        odd: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"<<<<<<< HEAD\na,1\n=======\na,2\n>>>>>>> b\nc,3\n";

    #[test]
    fn a_conflict_reaches_to_its_last_mark() {
        let Some(Conflict::Whole(record)) = at(TEXT, 0, true) else { panic!("no conflict") };
        assert_eq!((record.end, record.inner_lines, record.next()), (38, 4, 39));
        for cut in 13..39 {
            assert_eq!(at(&TEXT[..cut], 0, false), Some(Conflict::Unfinished), "{cut}");
        }
        assert_eq!(at(&TEXT[..39], 0, false), at(TEXT, 0, true));
    }

    #[test]
    fn a_mark_alone_is_one_line() {
        for text in [&b"<<<<<<< HEAD\na\n"[..], b">>>>>>>\n", b"=======\nb\n", b">>>>>>> x"] {
            assert!(matches!(at(text, 0, true), Some(Conflict::Lone(r)) if r.inner_lines == 0));
        }
        for text in [&b"<<<<<<<<\n"[..], b"<<<<<<,\n", b"======= \n", b"a\n", b"<<<<<<<,a\n"] {
            assert_eq!(at(text, 0, true), None);
        }
        let second = b"<<<<<<< a\nx\n<<<<<<< b\ny\n=======\nz\n>>>>>>> c\n";
        assert!(matches!(at(second, 0, true), Some(Conflict::Lone(_))));
    }

    #[test]
    fn sides_are_told_apart() {
        let text = "<<<<<<< HEAD\na,1\n||||||| base\na,0\n=======\na,2\nb,2\n>>>>>>> fix";
        assert_eq!(sides(text), [("HEAD", vec!["a,1"]), ("fix", vec!["a,2", "b,2"])]);
    }
}
