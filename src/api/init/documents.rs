//! Files of other formats than fields between signs: which tables they hold.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::api::init::found::{Found, no_table};
use crate::compile::refused;
use crate::files::sources::shown;
use crate::propose::around;
use crate::propose::below;
use crate::propose::dialect::{Cut, framed};
use crate::propose::records::Line;
use crate::propose::sample::is_heading;
use crate::read::block::Block;
use crate::read::csv::Dialect;
use crate::read::format::{self, Format, Options, Refusal};
use crate::read::frame::{Frame, Header};
use crate::read::reader::{BlockSize, Context, MAX_RECORD, Order, ReadError, Reader, Step, Wanted};
use crate::read::text::document::Markup;
use crate::render::words::count;
use crate::source::{Address, Addresses, Bytes, FileId, Problem, Span};
use crate::value::Language;
use crate::width::to_usize;

/// Tables of a file that are proposed.
const MOST: usize = 20;
/// Rows of a table whose place in its sheet is sought.
const ROWS: usize = 200;
/// Bytes of a text by which its language is known.
const LOOKED_AT: usize = 1 << 16;

/// A file with its format.
pub struct Document<'d> {
    pub path: &'d str,
    pub file: FileId,
    pub format: &'static Format,
    /// Whether the name of the file says another format.
    pub is_named: bool,
    pub encoding: Option<&'d str>,
    pub bytes: Arc<dyn Bytes>,
}

impl Document<'_> {
    /// Its tables, and what is said of those that are left out.
    ///
    /// # Errors
    /// That it cannot be read, or holds no table.
    pub fn tables(&self) -> Result<(Vec<Found>, Vec<String>), Problem> {
        let refused = |why| refused::not_read(why, (self.path, self.file), self.format);
        let names = self.names().map_err(refused)?;
        let is_one = names.len() == 1;
        let (mut found, mut left_out, mut small, mut refusal) = (Vec::new(), 0, 0, None);
        for name in &names {
            // A pointer must be written; the only sheet or table of a file need not be named.
            let at = Some(name.as_str()).filter(|n| n.starts_with('/') || !is_one && !n.is_empty());
            match self.table(at) {
                Ok(None) => small += 1,
                Ok(Some(table)) if found.len() < MOST => found.push(table),
                Ok(Some(_)) => left_out += 1,
                Err(why) => refusal = refusal.or(Some(why)),
            }
        }
        if found.is_empty() {
            return Err(match refusal {
                Some(why) => refused(why),
                None => self.nothing(),
            });
        }
        let path = shown(self.path);
        let said = |n: u64, what: &str| {
            let words = format!("Left out of {path}: {} {what}.", count(n, "table", "tables"));
            Some(words).filter(|_| n > 0)
        };
        let remarks =
            [said(left_out, "more, which `at` can name"), said(small, "of a single column")];
        Ok((found, remarks.into_iter().flatten().collect()))
    }

    fn names(&self) -> Result<Vec<String>, Refusal> {
        let open = || (self.format.open)(self.bytes.clone()).map(|container| container.tables());
        let opened = std::panic::catch_unwind(std::panic::AssertUnwindSafe(open));
        opened.unwrap_or(Err(Refusal::Panicked))
    }

    fn nothing(&self) -> Problem {
        let (what, help) = match self.format.name {
            "markdown" => (
                "it is a text without figures",
                "rules for texts are written with a `pattern`: see docs/fact-check.md",
            ),
            "html" => ("it is a page without tables of figures", "look at it in a browser"),
            "json" | "ndjson" | "yaml" | "toml" => {
                ("it has no list of objects", "`at` can name rows that are found by hand")
            }
            _ => ("it has no cells", "check where it comes from"),
        };
        no_table(self.path, what, help)
    }

    /// A table of the file; none where it is too small to be one.
    fn table(&self, at: Option<&str>) -> Result<Option<Found>, Refusal> {
        let mut cut = Cut::default();
        if self.format.takes("until") {
            let (first, last, named, place) = self.lines(at)?;
            if self.format.name != "markdown" {
                cut = framed(&first, named);
            }
            let width = first.iter().map(|line| line.cells.len()).max().unwrap_or(0);
            if let Some((until, below)) = below::find(&last, width, &first) {
                (cut.frame.until, cut.below) = (Some(until), below);
            }
            cut.around = self.around(place);
            cut.language = self.language();
        }
        // Where nothing was left out above, what reads like a title is not looked for once more.
        let mut frame = cut.frame.clone();
        if self.format.takes("until") {
            frame.skip = frame.skip.or(Some(0));
        }
        let reader = self.open(at, frame)?;
        let head = reader.head();
        // One of several sheets, or tables of a page, that has a single column is a text or a layout.
        let columns = head.columns.iter().filter(|c| !is_heading(c)).count();
        let is_small = columns < 2 && at.is_some() && self.format.takes("until");
        if !head.readable || head.columns.is_empty() || is_small {
            return Ok(None);
        }
        let texts = self.stored_texts(&*reader);
        Ok(Some(Found {
            path: self.path.to_string(),
            file: self.file,
            at: at.map(str::to_string),
            label: at.map(label),
            cut,
            usual: Dialect::default(),
            format: self.is_named.then_some(self.format.name),
            encoding: self.encoding.map(str::to_string),
            bytes: self.bytes.clone(),
            reader,
            texts,
            is_records: self.format.name == "ndjson" && at.is_none(),
        }))
    }

    fn open(&self, at: Option<&str>, frame: Frame) -> Result<Arc<dyn Reader>, Refusal> {
        let at = at.map(str::to_string);
        let path = self.path.to_string();
        let options = Options { at, frame, path, decimal: Some('.'), ..Options::default() };
        format::open(self.format, self.bytes.clone(), &options)
    }

    /// The language of a page or a text.
    fn language(&self) -> Language {
        let Some(markup) = self.markup() else { return Language::default() };
        let mut bytes = vec![0; LOOKED_AT];
        let read = self.bytes.read_at(0, &mut bytes).unwrap_or(0);
        bytes.truncate(read);
        around::language(&String::from_utf8_lossy(&bytes), markup)
    }

    fn markup(&self) -> Option<Markup> {
        match self.format.name {
            "html" => Some(Markup::Html),
            "markdown" => Some(Markup::Markdown),
            _ => None,
        }
    }

    /// What a page or a text says around a table of how its figures are rounded.
    fn around(&self, place: Span) -> Vec<String> {
        let Some(markup) = self.markup() else { return Vec::new() };
        let near = |from: u64| {
            let mut bytes = vec![0; around::NEAR];
            let read = self.bytes.read_at(from, &mut bytes).unwrap_or(0);
            bytes.truncate(read);
            bytes
        };
        let from = place.start.saturating_sub(around::NEAR as u64);
        let (mut before, after) = (near(from), near(place.end));
        before.truncate(to_usize(place.start - from));
        let (before, after) = (String::from_utf8_lossy(&before), String::from_utf8_lossy(&after));
        around::lines((&before, &after), markup)
    }

    /// The first and the last rows of a table, with all that stands above and below it, how many of the
    /// first are marked as names of columns, and where in the file all of them stand.
    fn lines(&self, at: Option<&str>) -> Result<(Vec<Line>, Vec<Line>, usize, Span), Refusal> {
        let frame = Frame { header: Header::Rows(0), skip: Some(0), ..Frame::default() };
        let reader = self.open(at, frame)?;
        let (body, end) = (reader.head().body, reader.end());
        let all = reader.head().columns.len() as u64;
        let mut first = Lines::new(&*reader);
        each_block(&*reader, body, ROWS, &mut |block| first.take(block)).map_err(|e| e.error)?;
        let mut last = Lines::new(&*reader);
        let most = all * ROWS as u64;
        let from = match reader.order() {
            Order::Independent => end.saturating_sub(most).max(body),
            _ => body,
        };
        each_block(&*reader, from, usize::MAX, &mut |block| last.take(block))
            .map_err(|e| e.error)?;
        let place = Span::new(first.place.start, last.place.end);
        Ok((first.lines, last.lines, reader.named_rows(), place))
    }

    /// Which columns are stored as texts in a format that knows figures: their first cells stand
    /// between quotes.
    fn stored_texts(&self, reader: &dyn Reader) -> Vec<bool> {
        let columns = reader.head().columns.len();
        let (mut quoted, mut bare) = (BTreeSet::new(), BTreeSet::new());
        if matches!(self.format.name, "json" | "ndjson" | "yaml" | "toml") {
            // What cannot be read is found when the sample is.
            let _ = each_block(reader, reader.head().body, ROWS, &mut |block| {
                for (row, field) in
                    (0..block.rows()).flat_map(|r| (0..columns).map(move |f| (r, f)))
                {
                    let (mut first, span) = ([0], block.cell_span(row, field));
                    let is_blank = block.unquoted(block.field(row, field)).is_empty();
                    let read = self.bytes.read_at(span.start, &mut first).ok() == Some(1);
                    if read && !is_blank {
                        let is_quote = matches!(first, [b'"' | b'\'']);
                        if is_quote {
                            quoted.insert(field)
                        } else {
                            bare.insert(field)
                        };
                    }
                }
            });
        }
        (0..columns).map(|field| quoted.contains(&field) && !bare.contains(&field)).collect()
    }
}

/// Rows as they are met.
struct Lines {
    lines: Vec<Line>,
    width: usize,
    addresses: Option<Arc<dyn Addresses>>,
    is_apart: bool,
    merged: Vec<(u32, u32)>,
    /// Where they stand in the file.
    place: Span,
}

impl Lines {
    fn new(reader: &dyn Reader) -> Lines {
        let width = reader.head().columns.iter().filter(|c| !is_heading(c)).count();
        let (addresses, merged) = (reader.addresses(), reader.merged_rows());
        let (lines, place) = (Vec::new(), Span::default());
        Lines { lines, width, addresses, is_apart: false, merged, place }
    }

    fn take(&mut self, block: &Block) {
        for row in 0..block.rows() {
            let cell = |field| {
                let bytes = block.unquoted(block.field(row, field));
                String::from_utf8_lossy(&bytes).trim().to_string()
            };
            let cells: Vec<String> = (0..self.width).map(cell).collect();
            let span = block.row_span(row);
            self.place = if self.place == Span::default() { span } else { self.place.join(span) };
            let place = self.addresses.as_ref().map(|all| all.address(span));
            let number = match place {
                Some(Address::Cells(range)) => to_usize(range.rows.0),
                _ => to_usize(block.at) + row,
            };
            if cells.iter().all(String::is_empty) {
                self.is_apart = true;
                continue;
            }
            let gap = self.lines.last().is_some_and(|last| last.number + 1 < number);
            let is_apart = std::mem::take(&mut self.is_apart) || gap;
            let own = self.merged.iter().filter(|rows| to_usize(u64::from(rows.0)) == number);
            let merged_to = own.map(|rows| to_usize(u64::from(rows.1))).max();
            self.lines.push(Line { number, cells, is_apart, merged_to });
        }
    }
}

/// Walks the blocks of a table from a place on, at least so many rows, with the places of their cells.
fn each_block(
    reader: &dyn Reader,
    from: u64,
    most: usize,
    take: &mut dyn FnMut(&Block),
) -> Result<(), ReadError> {
    let size = BlockSize { usual: 1 << 15, longest: MAX_RECORD };
    let wanted = Wanted { places: true, ..Wanted::default() };
    let mut cursor = reader.cursor(from..reader.end(), &Context::default(), &wanted, size)?;
    let (mut block, mut rows) = (Block::default(), 0);
    while rows < most && cursor.next(&mut block)? == Step::Rows {
        rows += block.rows();
        take(&block);
    }
    Ok(())
}

/// What a table is called by its place: the sheet, the last name of a pointer.
fn label(at: &str) -> String {
    let mut names = at.split('/').filter(|step| !matches!(*step, "" | "*"));
    match at.starts_with('/') {
        true => names.next_back().unwrap_or_default().to_string(),
        false => at.strip_prefix("table ").unwrap_or(at).to_string(),
    }
}
