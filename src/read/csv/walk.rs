//! The exact walk: whole records of a block into a grid.

use super::dialect::Dialect;
use super::faults::{self, irregular};
use super::grid::{FieldSpan, Grid, Irregular};
use super::header::Header;
use super::record::{LineEnd, Scanned, Scanner, count_lines};

/// A record longer than this is given up: 64 MiB.
pub const MAX_RECORD: usize = 64 << 20;

/// Walks the records of one file. It keeps nothing between blocks, so that any cut gives the same.
#[derive(Debug, Clone)]
pub struct Walker {
    scanner: Scanner,
    dialect: Dialect,
    width: usize,
    header: Vec<u8>,
}

impl Walker {
    /// A walker for the records that follow `header`; `head` holds the header's bytes.
    pub fn new(dialect: Dialect, header: &Header, head: &[u8]) -> Walker {
        let bytes = head.get(header.span.start as usize..header.span.end as usize).unwrap_or(&[]);
        Walker { scanner: Scanner::new(dialect), dialect, width: header.columns.len(), header: bytes.to_vec() }
    }

    /// How many columns a row has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Walks whole records of `block`; returns the offset of the first that is left for later.
    ///
    /// Records that start at or after `stop` are left, and one that the block does not hold whole.
    /// `last`: the block ends the file (or its growing was given up), so everything is taken.
    pub fn walk(&self, block: &[u8], last: bool, stop: usize, grid: &mut Grid) -> usize {
        grid.clear(self.width);
        let mut at = 0;
        while at < block.len() && at < stop {
            match self.step(block, at, last, grid) {
                Some(next) => at = next,
                None => break,
            }
        }
        self.odd_bytes(&block[..at], grid);
        grid.faults.sort_by_key(|f| (f.start, f.kind));
        at
    }

    /// One record, comment or blank line; the offset after it.
    fn step(&self, block: &[u8], at: usize, last: bool, grid: &mut Grid) -> Option<usize> {
        if self.dialect.comment == Some(block[at]) {
            return self.comment(block, at, last, grid);
        }
        let (record, line) = (grid.total_records, grid.total_lines);
        let before = (grid.fields.len(), grid.faults.len());
        let Grid { fields, faults: told, .. } = grid;
        let scanned = self.scanner.record(block, at, last, fields, |offset, field| {
            let mut fault = irregular(&faults::STRAY_QUOTE, offset..offset + 1, record, line, 0);
            fault.column = field as u32;
            told.push(fault);
        });
        match scanned {
            Scanned::More => {
                grid.fields.truncate(before.0);
                grid.faults.truncate(before.1);
                None
            }
            Scanned::Unclosed { quote } => {
                grid.fields.truncate(before.0);
                grid.faults.truncate(before.1);
                Some(self.unclosed(block, at, quote, grid))
            }
            Scanned::Record { end, next, how, inner_lines } => {
                self.line_end(grid, how, end);
                self.record(block, at..end, before.0, inner_lines + u32::from(how != LineEnd::None), grid);
                Some(next)
            }
        }
    }

    fn record(&self, block: &[u8], range: std::ops::Range<usize>, first: usize, lines: u32, grid: &mut Grid) {
        let found = grid.fields.len() - first;
        let (record, line) = (grid.total_records, grid.total_lines);
        grid.total_lines += lines;
        if range.is_empty() && self.width != 1 {
            grid.fields.truncate(first);
            grid.faults.push(irregular(&faults::BLANK_ROW, range, record, line, 0));
            return;
        }
        grid.total_records += 1;
        let again = self.dialect.header && range.len() == self.header.len() && block[range.clone()] == self.header[..];
        if found != self.width || again {
            grid.fields.truncate(first);
            grid.set_aside += 1;
            grid.asides.push((range.start as u32, range.end as u32, record, line));
            let fault = if again { &faults::REPEATED_HEADER } else { &faults::RAGGED_ROW };
            grid.faults.push(irregular(fault, range, record, line, found as u32));
            return;
        }
        grid.rows += 1;
        grid.starts.push(range.start as u32);
        grid.ends.push(range.end as u32);
        grid.lines.push(line);
        grid.records.push(record);
    }

    fn comment(&self, block: &[u8], at: usize, last: bool, grid: &mut Grid) -> Option<usize> {
        let next = match memchr::memchr2(b'\n', b'\r', &block[at..]) {
            Some(n) if block[at + n] == b'\n' => at + n + 1,
            Some(n) if block.get(at + n + 1) == Some(&b'\n') => at + n + 2,
            Some(n) if at + n + 1 < block.len() || last => at + n + 1,
            None if last => block.len(),
            _ => return None,
        };
        grid.total_lines += 1;
        Some(next)
    }

    /// Told at the opening quote; the walk goes on at the line after it.
    fn unclosed(&self, block: &[u8], at: usize, quote: usize, grid: &mut Grid) -> usize {
        let (record, line) = (grid.total_records, grid.total_lines);
        let before = count_lines(&block[at..quote], None);
        grid.faults.push(irregular(&faults::UNCLOSED_QUOTE, quote..quote + 1, record, line + before, 0));
        grid.total_records += 1;
        grid.set_aside += 1;
        let rest = &block[quote..];
        let next = match memchr::memchr2(b'\n', b'\r', rest) {
            Some(n) if rest[n] == b'\r' && rest.get(n + 1) == Some(&b'\n') => quote + n + 2,
            Some(n) => quote + n + 1,
            None => block.len(),
        };
        grid.total_lines += count_lines(&block[at..next], block.get(next));
        grid.asides.push((at as u32, next as u32, record, line));
        next
    }

    fn line_end(&self, grid: &mut Grid, how: LineEnd, at: usize) {
        let kind = match how {
            LineEnd::Lf => 0,
            LineEnd::CrLf => 1,
            LineEnd::Cr => 2,
            LineEnd::None => return,
        };
        grid.line_ends[kind] += 1;
        if grid.first_line_end[kind].is_none() {
            grid.first_line_end[kind] = Some((at as u32, grid.total_records, grid.total_lines));
        }
    }

    /// Bytes that no text should hold; found by whole-block searches, told per cell.
    fn odd_bytes(&self, walked: &[u8], grid: &mut Grid) {
        let mut odd: Vec<(usize, usize, &'static crate::fault::Fault)> = Vec::new();
        if simdutf8::basic::from_utf8(walked).is_err() {
            invalid_utf8(walked, &mut odd);
        }
        if walked.iter().fold(false, |any, &b| any | (b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) | (b == 0x7f)) {
            control(walked, &mut odd);
        }
        for start in memchr::memmem::find_iter(walked, "\u{fffd}") {
            odd.push((start, start + 3, &faults::REPLACEMENT_CHARACTER));
        }
        for start in memchr::memmem::find_iter(walked, "\u{feff}") {
            odd.push((start, start + 3, &faults::STRAY_BOM));
        }
        if odd.is_empty() {
            return;
        }
        odd.sort_by_key(|o| o.0);
        let mut last: Option<(u8, u32, u32)> = None;
        for (start, end, fault) in odd {
            let mut i = irregular(fault, start..end, 0, 0, 0);
            place(&mut i, walked, grid);
            // One of a kind per cell.
            if last == Some((i.kind, i.record, i.column)) {
                continue;
            }
            last = Some((i.kind, i.record, i.column));
            grid.faults.push(i);
        }
    }

    /// A guess where the first record starts at or after the beginning of `head`: after its first line end.
    pub fn guess(&self, head: &[u8]) -> usize {
        match memchr::memchr2(b'\n', b'\r', head) {
            Some(n) if head[n] == b'\r' && head.get(n + 1) == Some(&b'\n') => n + 2,
            Some(n) => n + 1,
            None => head.len(),
        }
    }
}

fn invalid_utf8(walked: &[u8], odd: &mut Vec<(usize, usize, &'static crate::fault::Fault)>) {
    let mut at = 0;
    while let Err(e) = simdutf8::compat::from_utf8(&walked[at..]) {
        let start = at + e.valid_up_to();
        let end = e.error_len().map_or(walked.len(), |n| start + n);
        odd.push((start, end, &faults::INVALID_UTF8));
        at = end;
    }
}

fn control(walked: &[u8], odd: &mut Vec<(usize, usize, &'static crate::fault::Fault)>) {
    let mut at = 0;
    while at < walked.len() {
        let b = walked[at];
        if b == 0 {
            let len = walked[at..].iter().take_while(|b| **b == 0).count();
            odd.push((at, at + len, &faults::NUL_BYTE));
            at += len;
            continue;
        }
        if b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r') || b == 0x7f {
            odd.push((at, at + 1, &faults::CONTROL_CHARACTER));
        }
        at += 1;
    }
}

/// Finds the record, line and column of an offset.
fn place(i: &mut Irregular, walked: &[u8], grid: &Grid) {
    let row = grid.starts.partition_point(|s| *s <= i.start).checked_sub(1);
    if let Some(row) = row.filter(|r| i.start < grid.ends[*r]) {
        let fields: &[FieldSpan] = grid.row(row);
        let column = fields.partition_point(|f| f.start <= i.start).saturating_sub(1);
        i.column = column as u32;
        i.record = grid.records[row];
        i.line = grid.lines[row] + count_lines(&walked[grid.starts[row] as usize..i.start as usize], None);
        return;
    }
    let aside = grid.asides.iter().find(|a| a.0 <= i.start && i.start < a.1);
    match aside {
        Some(&(start, _, record, line)) => {
            i.record = record;
            i.line = line + count_lines(&walked[start as usize..i.start as usize], None);
        }
        // Between records: a comment.
        None => {
            let rows = row.map_or(0, |r| grid.records[r] + 1);
            let asides = grid.asides.iter().filter(|a| a.1 <= i.start).map(|a| a.2 + 1).max().unwrap_or(0);
            i.record = rows.max(asides);
            i.line = count_lines(&walked[..i.start as usize], None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::unquote;
    use super::super::header::{HeaderRead, read_header};
    use super::*;
    use proptest::prelude::*;

    fn whole(text: &[u8]) -> (Header, Grid) {
        let HeaderRead::Done(h) = read_header(text, true, &Dialect::default()) else { panic!("no header") };
        let walker = Walker::new(Dialect::default(), &h, text);
        let mut grid = Grid::default();
        let body = &text[h.body as usize..];
        assert_eq!(walker.walk(body, true, usize::MAX, &mut grid), body.len());
        (h, grid)
    }

    fn told(text: &[u8]) -> Vec<(&'static str, u32, u32, u32)> {
        let (h, grid) = whole(text);
        let base = h.body as u32;
        let names = |f: &Irregular, base: u32| (super::super::FAULTS[f.kind as usize].name, f.start + base, f.record, f.line);
        h.faults.iter().map(|f| names(f, 0)).chain(grid.faults.iter().map(|f| names(f, base))).collect()
    }

    #[test]
    fn every_fault_at_its_place() {
        assert_eq!(told(b"a,b\n1,2,3\n4,5\n6\n"), [("ragged-row", 4, 0, 0), ("ragged-row", 14, 2, 2)]);
        assert_eq!(told(b"a,b\n\n1,2\n"), [("blank-row", 4, 0, 0)]);
        assert_eq!(told(b"a,b\n1,x\"y\n2,\"z\"w\n"), [("stray-quote", 7, 0, 0), ("stray-quote", 15, 1, 1)]);
        assert_eq!(told(b"a,b\n1,\"x\n2,y\n3,z\n"), [("unclosed-quote", 6, 0, 0)]);
        assert_eq!(told(b"a,b\n1,2\na,b\n3,4\n"), [("repeated-header", 8, 1, 1)]);
        assert_eq!(told(b"a,b\n1,\xff\n2,\x00\n"), [("invalid-utf8", 6, 0, 0), ("nul-byte", 10, 1, 1)]);
        assert_eq!(
            told(b"\xef\xbb\xbfa,a,A, b,\n"),
            [
                ("byte-order-mark", 0, 0, 0),
                ("duplicate-column-name", 5, 0, 0),
                ("similar-column-name", 7, 0, 0),
                ("padded-column-name", 9, 0, 0),
                ("blank-column-name", 12, 0, 0)
            ]
        );
        assert_eq!(told(b"a;b\n1;2\n"), [("suspicious-delimiter", 0, 0, 0)]);
        assert_eq!(told(b""), [("empty-file", 0, 0, 0)]);
        assert_eq!(told(b"a\0,\0b\0\n\0"), [("undeclared-encoding", 0, 0, 0)]);
    }

    #[test]
    fn lines_and_records_count_apart() {
        let (_, grid) = whole(b"a,b\n\"x\ny\",1\n\n2,3\r4,5\r\n6,7");
        assert_eq!(grid.lines, [0, 3, 4, 5]);
        assert_eq!(grid.records, [0, 1, 2, 3]);
        assert_eq!(grid.line_ends, [2, 1, 1]);
    }

    fn csv_bytes() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(prop::sample::select(b"a1,\"\n\r \xc3\xa9".to_vec()), 0..120)
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same(text in csv_bytes(), cut in 1usize..40, stop in 1usize..50) {
            let mut full = b"h,k\n".to_vec();
            full.extend(&text);
            let (h, grid) = whole(&full);
            let walker = Walker::new(Dialect::default(), &h, &full);
            let body = &full[h.body as usize..];
            let (mut at, mut rows, mut records, mut lines) = (0, Vec::new(), 0, 0);
            let mut faults = Vec::new();
            while at < body.len() {
                let mut end = (at + cut).min(body.len());
                let mut part = Grid::default();
                let consumed = loop {
                    let n = walker.walk(&body[at..end], end == body.len(), stop, &mut part);
                    if n > 0 || end == body.len() { break n; }
                    end = (end + cut).min(body.len());
                };
                for r in 0..part.rows {
                    rows.push((part.starts[r] + at as u32, part.lines[r] + lines, part.records[r] + records));
                }
                faults.extend(part.faults.iter().map(|f| (f.kind, f.start + at as u32, f.record + records, f.line + lines)));
                records += part.total_records;
                lines += part.total_lines;
                at += consumed;
            }
            let expect: Vec<_> = (0..grid.rows).map(|r| (grid.starts[r], grid.lines[r], grid.records[r])).collect();
            prop_assert_eq!(rows, expect);
            prop_assert_eq!(faults, grid.faults.iter().map(|f| (f.kind, f.start, f.record, f.line)).collect::<Vec<_>>());
            prop_assert_eq!((records, lines), (grid.total_records, grid.total_lines));
        }

        #[test]
        fn agrees_with_the_csv_crate(text in csv_bytes()) {
            let mut full = b"h,k\n".to_vec();
            full.extend(&text);
            let (h, grid) = whole(&full);
            let quotes_regular = !grid.faults.iter().any(|f| matches!(super::super::FAULTS[f.kind as usize].name, "stray-quote" | "unclosed-quote" | "repeated-header"));
            if quotes_regular {
                let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(&full[..]);
                let records: Vec<csv::ByteRecord> = reader.byte_records().map(|r| r.unwrap()).filter(|r| r.len() == 2).collect();
                let body = &full[h.body as usize..];
                let ours: Vec<Vec<Vec<u8>>> = (0..grid.rows).map(|r| grid.row(r).iter().map(|f| unquote(&body[f.start as usize..f.end as usize], Some(b'"')).into_owned()).collect()).collect();
                let theirs: Vec<Vec<Vec<u8>>> = records.iter().map(|r| r.iter().map(<[u8]>::to_vec).collect()).collect();
                prop_assert_eq!(ours, theirs);
            }
        }
    }
}
