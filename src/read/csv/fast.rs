//! The fast walk: blocks without odd bytes are cut by the field index alone.
//!
//! It takes what is regular, and ragged, blank and repeated records among it. Whatever else a block
//! holds is for the exact walk, which gives the same grid for every block; a test compares them.

use crate::read::csv::anomalies::has_anomalies;
use crate::read::csv::conflict;
use crate::read::csv::dialect::Dialect;
use crate::read::csv::record::{Record, Status};
use crate::read::csv::walk::{RecordSink, Walker, taken};
use crate::read::grid::Grid;
use crate::read::grid::LineEnd;
use crate::read::mojibake;
use crate::simd::{self, Indexed, Path, Special};
use crate::width::to_u32;

impl Walker {
    /// Walks a block by its index; none if that is not enough to know what it holds.
    pub(crate) fn fast(
        &self,
        block: &[u8],
        last: bool,
        stop: usize,
        grid: &mut Grid,
        path: Path,
    ) -> Option<usize> {
        let Dialect { escape, short, headings, .. } = self.dialect;
        if block.len() >= self.limit.min(u32::MAX as usize) || escape.is_some() || short || headings
        {
            return None;
        }
        let mut index = std::mem::take(&mut grid.index);
        let special = Special { delimiter: self.dialect.delimiter, quote: self.dialect.quote };
        let found = simd::index(block, special, path, &mut index);
        // A comment may hold a quote that opens nothing.
        let open = found.open && (last || self.dialect.comment.is_some());
        let consumed = if found.irregular || open {
            None
        } else {
            let fast = FastWalk { walker: self, block, last, stop, found: &found };
            fast.regular(&mut index, grid).or_else(|| fast.ragged(index.get(..found.count)?, grid))
        };
        grid.index = index;
        let consumed = consumed?;
        let text = block.get(..consumed).unwrap_or(block);
        if found.high && has_anomalies(text, last, || mojibake::may_hold_in(text, &found.runs)) {
            return None;
        }
        grid.is_text = true;
        Some(consumed)
    }
}

struct FastWalk<'s> {
    walker: &'s Walker,
    block: &'s [u8],
    last: bool,
    stop: usize,
    found: &'s Indexed,
}

impl FastWalk<'_> {
    fn is_line_end(&self, at: u32) -> bool {
        self.block.get(at as usize) == Some(&b'\n')
    }

    /// Where a record ends whose separator stands `at`, and how.
    #[inline]
    fn end(&self, at: u32) -> (u32, LineEnd) {
        if at as usize >= self.block.len() {
            (at, LineEnd::None)
        } else if self.found.cr && at > 0 && self.block.get(at as usize - 1) == Some(&b'\r') {
            (at - 1, LineEnd::CrLf)
        } else {
            (at, LineEnd::Lf)
        }
    }

    fn is_comment(&self, start: u32) -> bool {
        self.walker.dialect.comment.is_some()
            && self.block.get(start as usize) == self.walker.dialect.comment.as_ref()
    }

    /// Whether a record with all its fields is no plain row: a comment, a header, a blank row, a mark.
    #[inline]
    fn is_odd(&self, start: u32, end: u32) -> bool {
        let (start, end) = (start as usize, end as usize);
        self.block.get(start).is_some_and(|b| self.walker.may_be_odd(*b))
            && self.walker.is_odd(self.block, start, end)
    }

    /// Takes the index as it is where every record has all its fields; nothing is done otherwise.
    fn regular(&self, index: &mut Vec<u32>, grid: &mut Grid) -> Option<usize> {
        let (width, found) = (self.walker.width, self.found.count);
        let whole = self.found.lines * width;
        let body = if whole == 0 { 0 } else { *index.get(..found)?.get(whole - 1)? + 1 };
        let tail = self.last && (body as usize) < self.block.len();
        if tail {
            index.truncate(found);
            index.push(to_u32(self.block.len()));
        }
        let all = index.get(..found + usize::from(tail))?;
        let rows = self.found.lines + usize::from(tail);
        let next =
            if self.last && all.len() != rows * width { None } else { self.rows(all, rows, grid) };
        if next.is_none() {
            grid.clear(width);
            return None;
        }
        index.truncate(grid.rows * width);
        std::mem::swap(index, &mut grid.ends);
        if self.count(grid) {
            // An empty index leaves the block to the exact walk.
            index.clear();
            grid.clear(width);
            return None;
        }
        next
    }

    /// Where rows start, and where the first that is left does; none if one of them is no row.
    fn rows(&self, index: &[u32], rows: usize, grid: &mut Grid) -> Option<usize> {
        let mut start = 0u32;
        for ends in index.chunks_exact(self.walker.width).take(rows) {
            let at = *ends.last()?;
            let (end, how) = self.end(at);
            if how != LineEnd::None && !self.is_line_end(at) {
                return None;
            }
            if start as usize >= self.stop {
                // Not all lines were met: none may stand within the rows that were.
                let taken = index.get(..grid.rows * self.walker.width)?;
                let lines = taken.iter().filter(|at| self.is_line_end(**at)).count();
                return (lines == grid.rows).then_some(start as usize);
            }
            if self.is_odd(start, end) {
                return None;
            }
            grid.starts.push(start);
            start = at + how.lines();
            grid.rows += 1;
        }
        Some(start as usize)
    }

    /// Lines, records and line ends of rows that are all there is; whether a quoted field of one of
    /// them holds lines that look like rows.
    fn count(&self, grid: &mut Grid) -> bool {
        grid.total_records = to_u32(grid.rows);
        if grid.rows == 0 {
            return false;
        }
        if self.found.quoted_lines == 0 && !self.found.cr {
            grid.total_lines = to_u32(grid.rows) - 1 + self.end(grid.end(grid.rows - 1)).1.lines();
            grid.line_ends[0] = grid.total_lines;
            grid.first_line_end[0] = (grid.total_lines > 0).then(|| (grid.end(0), 0, 0));
            return false;
        }
        for row in 0..grid.rows {
            let (place, before) = ((row + 1) * grid.width - 1, grid.total_lines);
            let (end, how) = self.end(grid.ends[place]);
            let mut inner = 0;
            if self.found.quoted_lines > 0 {
                let text =
                    self.block.get(grid.starts[row] as usize..end as usize).unwrap_or_default();
                inner = to_u32(memchr::memchr_iter(b'\n', text).count());
                if inner > 0 && self.walker.swallows_rows(text) {
                    return true;
                }
                grid.lines.push(before);
            }
            grid.ends[place] = end;
            grid.total_records = to_u32(row);
            grid.note_line_end(how, end as usize, before + inner);
            grid.total_lines = before + inner + how.lines();
        }
        grid.total_records = to_u32(grid.rows);
        false
    }

    /// Takes record by record.
    fn ragged(&self, index: &[u32], grid: &mut Grid) -> Option<usize> {
        let mut start = 0u32;
        let tail = to_u32(self.block.len());
        let ends_open = self.last
            && index.last().map_or(tail > 0, |at| at + 1 < tail || !self.is_line_end(*at));
        let mut place = 0;
        loop {
            (place, start) = self.run(index, (place, start), grid);
            let Some((at, fields)) = self
                .record(index, place, ends_open.then_some(tail))
                .filter(|_| (start as usize) < self.stop)
            else {
                break;
            };
            let (end, how) = self.end(at);
            if self.is_comment(start) || conflict::mark(self.block, start as usize).is_some() {
                return None;
            }
            let text = self.block.get(start as usize..end as usize).unwrap_or_default();
            let inner_lines = if self.found.quoted_lines > 0 {
                to_u32(memchr::memchr_iter(b'\n', text).count())
            } else {
                0
            };
            if inner_lines > 0 && self.walker.swallows_rows(text) {
                return None;
            }
            let record = Record {
                start: start as usize,
                end: end as usize,
                how,
                inner_lines,
                fields,
                status: Status::Whole,
            };
            let kept = grid.ends.len();
            grid.ends.extend_from_slice(index.get(place..place + fields - 1).unwrap_or_default());
            grid.ends.push(end);
            if fields == self.walker.width && !self.is_odd(start, end) {
                taken(&record, grid);
            } else {
                RecordSink { walker: self.walker, block: self.block, record, kept, dirty: false }
                    .file(&[], grid);
            }
            start = at + how.lines();
            place += fields;
        }
        Some(start as usize)
    }

    /// Takes records at once as long as each is a row and a line; where the next stands.
    fn run(
        &self,
        index: &[u32],
        (place, mut start): (usize, u32),
        grid: &mut Grid,
    ) -> (usize, u32) {
        let width = self.walker.width;
        if self.found.cr || self.found.quoted_lines > 0 || self.walker.dialect.comment.is_some() {
            return (place, start);
        }
        let rest = index.get(place..).unwrap_or_default();
        let mut rows = 0;
        for ends in rest.chunks_exact(width) {
            let Some((&at, inner)) = ends.split_last() else { break };
            let is_row = self.is_line_end(at)
                && inner.iter().fold(true, |none, at| none & !self.is_line_end(*at));
            if start as usize >= self.stop || !is_row || self.is_odd(start, at) {
                break;
            }
            grid.starts.push(start);
            grid.lines.push(grid.total_lines + rows);
            grid.records.push(grid.total_records + rows);
            start = at + 1;
            rows += 1;
        }
        if let Some(&first) = rest.get(width - 1).filter(|_| rows > 0) {
            grid.first_line_end[0].get_or_insert((first, grid.total_records, grid.total_lines));
        }
        grid.ends.extend_from_slice(rest.get(..rows as usize * width).unwrap_or_default());
        grid.rows += rows as usize;
        grid.line_ends[0] += rows;
        grid.total_records += rows;
        grid.total_lines += rows;
        (place + rows as usize * width, start)
    }

    /// The end of the record whose first separator is the `place`th, and how many fields it has;
    /// `tail` ends the last one where no line end does.
    #[inline]
    fn record(&self, index: &[u32], place: usize, tail: Option<u32>) -> Option<(u32, usize)> {
        let width = self.walker.width;
        if let Some((at, inner)) = index.get(place..place + width).and_then(<[u32]>::split_last)
            && self.is_line_end(*at)
            && inner.iter().fold(true, |none, at| none & !self.is_line_end(*at))
        {
            return Some((*at, width));
        }
        let rest = index.get(place..)?;
        match rest.iter().position(|at| self.is_line_end(*at)) {
            Some(n) => Some((rest[n], n + 1)),
            None => tail.map(|at| (at, rest.len() + 1)).filter(|_| place <= index.len()),
        }
    }
}
