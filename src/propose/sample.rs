//! Some rows of a table, held column by column.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::read::block::{Block, Cells};
use crate::read::reader::{
    BlockSize, Context, HeaderCell, MAX_RECORD, Order, ReadError, Reader, Step, Wanted,
};
use crate::source::Span;

/// So many cells of a table are held.
const CELLS: usize = 1 << 20;
/// Bytes of text of a table that are held.
const BYTES: usize = 64 << 20;

/// A column of a sample: each text once, and which one each row has.
#[derive(Debug, Clone, Default)]
pub struct SampleColumn {
    /// Its name in the header.
    pub name: String,
    /// The number of the text of each row.
    pub rows: Vec<u32>,
    /// The texts, in the order in which they are met.
    pub texts: Vec<Box<str>>,
    /// How many rows have each.
    pub counts: Vec<u32>,
    /// Signs beside its figures.
    pub marks: Vec<String>,
    /// Whether its format knows figures, and it holds none.
    pub is_stored_text: bool,
    /// Whether it holds the heading above the table.
    pub is_heading: bool,
}

impl SampleColumn {
    /// Whether words that rarely mean "no value" stand in as many cells as all others: few figures among
    /// them are words, too.
    pub fn is_of_words(&self, others: usize) -> bool {
        const WORDS: [&str; 4] = ["x", "none", "nil", "tbd"];
        let is_word = |text: &str| WORDS.iter().any(|word| text.trim().eq_ignore_ascii_case(word));
        let all = self.texts.iter().zip(&self.counts).filter(|(text, _)| is_word(text));
        all.map(|(_, count)| *count as usize).sum::<usize>() >= others
    }

    /// The text of a row.
    pub fn text(&self, row: usize) -> &str {
        let text = self.rows.get(row).and_then(|id| self.texts.get(*id as usize));
        text.map_or("", |text| text)
    }
}

impl SampleColumn {
    /// Takes the white space off its name and its texts.
    fn trim(&mut self) {
        self.name = self.name.trim().to_string();
        let (mut ids, mut places): (HashMap<Box<str>, u32>, Vec<u32>) = Default::default();
        let (mut texts, mut counts): (Vec<Box<str>>, Vec<u32>) = Default::default();
        for (text, count) in self.texts.iter().zip(&self.counts) {
            let own: Box<str> = Box::from(text.trim());
            let id = *ids.entry(own.clone()).or_insert_with(|| {
                texts.push(own);
                counts.push(0);
                crate::width::to_u32(texts.len() - 1)
            });
            if let Some(all) = counts.get_mut(id as usize) {
                *all += count;
            }
            places.push(id);
        }
        for row in &mut self.rows {
            *row = places.get(*row as usize).copied().unwrap_or(*row);
        }
        (self.texts, self.counts) = (texts, counts);
    }
}

/// Rows of a table: all of them, or some from the start, the middle and the end of each file.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    pub columns: Vec<SampleColumn>,
    pub rows: usize,
    /// Where a part of a file begins that does not follow the row before.
    pub seams: Vec<usize>,
    /// Where the rows of each file begin.
    pub files: Vec<usize>,
    /// Whether these are all rows of the table.
    pub is_whole: bool,
    /// The heading above the table, in formats that know it.
    pub heading: Option<String>,
    /// Whether the texts are UTF-8, but for fewer than have characters that only UTF-8 writes so.
    pub is_text: bool,
}

impl Sample {
    /// Reads rows of the files of a table. All files have the same columns.
    ///
    /// # Errors
    /// Which file cannot be read on, and where.
    pub fn read(readers: &[&dyn Reader]) -> Result<Sample, (usize, ReadError)> {
        let columns = readers.first().map(|r| r.head().columns.as_slice()).unwrap_or_default();
        let named = |c: &HeaderCell| SampleColumn {
            name: c.name.clone(),
            is_heading: is_heading(c),
            ..SampleColumn::default()
        };
        let sample = Sample {
            columns: columns.iter().map(named).collect(),
            is_whole: true,
            is_text: true,
            ..Sample::default()
        };
        let most = (CELLS / columns.len().max(1)).max(4);
        let ids = vec![HashMap::new(); columns.len()];
        let mut filler = Filler { sample, ids, bytes: 0, broken: 0, good: 0 };
        for (n, reader) in readers.iter().enumerate() {
            let left = readers.len() - n;
            filler.sample.files.push(filler.sample.rows);
            let quota = most.saturating_sub(filler.sample.rows) / left;
            filler.file(*reader, quota.max(4)).map_err(|e| (n, e))?;
        }
        Ok(filler.sample)
    }
}

/// Whether a column holds what stands above the table, and is none of its own.
pub fn is_heading(column: &HeaderCell) -> bool {
    let inner = column.name.trim_start_matches("parent.");
    let is_own = inner == "heading" && inner.len() < column.name.len();
    column.span.is_none() && (column.name == "parent" || is_own)
}

impl Sample {
    /// The column that names blocks of rows in the first row of each: a blank means the name above.
    pub fn names_blocks(&self) -> Option<usize> {
        let is_blank = |column: &SampleColumn, row: usize| column.text(row).trim().is_empty();
        let names = |c: &usize| {
            let (Some(own), Some(next)) = (self.columns.get(*c), self.columns.get(c + 1)) else {
                return false;
            };
            let blank: Vec<usize> = (0..self.rows).filter(|row| is_blank(own, *row)).collect();
            let filled = self.rows - blank.len();
            let texts = own.texts.iter().zip(&own.counts);
            let is_own = texts.filter(|(text, _)| !text.trim().is_empty()).all(|(_, n)| *n == 1);
            // What stands beside it is the name of the row.
            let is_label = |row: &usize| {
                let text = next.text(*row).trim();
                !text.is_empty() && !text.starts_with(|c: char| c.is_ascii_digit())
            };
            is_own
                && filled > 1
                && blank.len() >= filled
                && !is_blank(own, 0)
                && blank.iter().all(is_label)
        };
        let is_full = |c: usize| {
            self.columns.get(c).is_some_and(|own| (0..self.rows).all(|row| !is_blank(own, row)))
        };
        let usual = self.is_whole && self.files.len() == 1;
        [0, 1].into_iter().filter(|c| *c == 0 || is_full(0)).find(names).filter(|_| usual)
    }

    /// Takes white space off names and texts, where a name or most texts of a column have some around
    /// them; whether there is any.
    pub fn trim(&mut self) -> bool {
        let is_padded = |text: &str| text.trim().len() < text.len();
        let pads = |column: &SampleColumn| {
            let filled = column.texts.iter().filter(|t| !t.trim().is_empty());
            let words = filled.filter(|t| t.contains(char::is_alphabetic));
            let padded = words.clone().filter(|t| is_padded(t)).count();
            padded > 1 && padded * 2 > words.count()
        };
        let mut names: Vec<&str> = self.columns.iter().map(|c| c.name.trim()).collect();
        let of_names = self.columns.iter().any(|c| is_padded(&c.name));
        names.sort_unstable();
        let is_clear = names.windows(2).all(|pair| matches!(pair, [a, b] if a != b));
        if !is_clear || !of_names && !self.columns.iter().any(pads) {
            return false;
        }
        self.columns.iter_mut().for_each(SampleColumn::trim);
        true
    }

    /// Puts the value above into each blank cell of a column.
    pub fn fill(&mut self, column: usize) {
        let Some(own) = self.columns.get_mut(column) else { return };
        let mut above = None;
        for id in &mut own.rows {
            let is_blank = own.texts.get(*id as usize).is_none_or(|text| text.trim().is_empty());
            if let Some(above) = above.filter(|_| is_blank) {
                *id = above;
            }
            above = Some(*id);
        }
        own.counts.fill(0);
        for id in &own.rows {
            if let Some(count) = own.counts.get_mut(*id as usize) {
                *count += 1;
            }
        }
    }
}

/// The text of a cell, or of its value.
fn cell(block: &Block, row: usize, field: usize) -> Cow<'_, [u8]> {
    if let Cells::Columns(columns) = &block.cells
        && let Some(column) = columns.get(field).filter(|c| c.texts.len() != block.rows())
    {
        let mut text = Vec::new();
        column.column.put_value(row, '.', &mut text);
        return Cow::Owned(text);
    }
    block.unquoted(block.field(row, field))
}

struct Filler {
    sample: Sample,
    ids: Vec<HashMap<Box<str>, u32>>,
    bytes: usize,
    /// Different texts that are not UTF-8, and that are and not ASCII.
    broken: usize,
    good: usize,
}

impl Filler {
    /// All rows of a file, or a third of the quota from its start, its middle and its end.
    fn file(&mut self, reader: &dyn Reader, quota: usize) -> Result<(), ReadError> {
        let head = reader.head();
        if !head.readable {
            return Ok(());
        }
        let (body, end) = (head.body, reader.end());
        self.sample.seams.push(self.sample.rows);
        if reader.order() == Order::InOrder {
            return self.rest(reader, body, quota).map(|_| ());
        }
        let before = self.sample.rows;
        // A file that ends soon is read whole.
        let first = self.part(reader, Span::new(body, end), quota / 3)?;
        let taken = self.sample.rows - before;
        if first >= end {
            return Ok(());
        }
        let a_row = (first - body) / (taken.max(1) as u64) + 1;
        let rest = (quota - taken.min(quota)) as u64;
        if (end - first) / a_row < rest {
            return self.rest(reader, first, quota * 2).map(|_| ());
        }
        self.sample.is_whole = false;
        let mut buffer = Vec::new();
        let length = (a_row * rest / 2).min((end - first) / 3);
        for from in [first + (end - first) / 2 - length / 2, end - length] {
            let from = reader.guess(from, &mut buffer)?;
            self.sample.seams.push(self.sample.rows);
            self.part(reader, Span::new(from, end), quota / 3)?;
        }
        Ok(())
    }

    fn rest(&mut self, reader: &dyn Reader, from: u64, most: usize) -> Result<u64, ReadError> {
        let end = reader.end();
        let reached = self.part(reader, Span::new(from, end), most)?;
        self.sample.is_whole &= reached >= end;
        Ok(reached)
    }

    /// Rows from a place on; where the next would be.
    fn part(&mut self, reader: &dyn Reader, part: Span, most: usize) -> Result<u64, ReadError> {
        let size = BlockSize { usual: 1 << 15, longest: MAX_RECORD };
        let (context, wanted) = (Context::default(), Wanted::default());
        let mut cursor = reader.cursor(part.start..part.end, &context, &wanted, size)?;
        let (mut block, mut taken, mut at) = (Block::default(), 0, part.start);
        while taken < most && self.bytes < BYTES {
            if cursor.next(&mut block)? == Step::End {
                return Ok(part.end);
            }
            self.take(&block);
            taken += block.rows();
            at = block.at + block.len;
        }
        Ok(at)
    }

    fn take(&mut self, block: &Block) {
        for (field, column) in self.sample.columns.iter_mut().enumerate() {
            let Some(ids) = self.ids.get_mut(field) else { continue };
            for row in 0..block.rows() {
                let bytes = cell(block, row, field);
                let text = String::from_utf8_lossy(&bytes);
                let id = match ids.get(&*text) {
                    Some(id) => *id,
                    None => {
                        let id = crate::width::to_u32(column.texts.len());
                        self.bytes += text.len() + 64;
                        let is_broken = matches!(text, Cow::Owned(_));
                        self.broken += usize::from(is_broken);
                        self.good += usize::from(!is_broken && !text.is_ascii());
                        column.texts.push(Box::from(&*text));
                        column.counts.push(0);
                        ids.insert(Box::from(&*text), id);
                        id
                    }
                };
                column.rows.push(id);
                if let Some(count) = column.counts.get_mut(id as usize) {
                    *count += 1;
                }
            }
        }
        self.sample.rows += block.rows();
        self.sample.is_text = self.broken == 0 || self.broken < self.good;
    }
}
