//! What the first cells of columns look like, before any type is found out.
//!
//! It is fixed before a table is read: what a column holds depends neither on the sizes of chunks nor
//! on the number of workers.

use crate::compile::left_out::LeftOut;
use crate::compile::open::OpenTable;
use crate::compile::reading::{declared_type, implies_text, reading};
use crate::engine::data::table;
use crate::read::block::{Block, Cells, Data};
use crate::read::reader::{BlockSize, Context, MAX_RECORD, ReadError, Step, Wanted};
use crate::rules::TableRule;
use crate::shape::Source;
use crate::value::advice::is_no_value;
use crate::value::{DateFormat, Reading, Type};

/// So many cells that are not missing are looked at.
const CELLS: usize = 100;
/// A column that is mostly blank is looked at no further than this.
const RECORDS: usize = 10_000;

/// What the first cells of a column are.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// How many there are, where all of them are ISO dates.
    pub dates: Option<usize>,
    /// Whether most of its date-times have an offset from UTC, where both kinds could be read.
    pub offsets: Option<bool>,
    /// The first, where the rules name no type and all of them are words.
    pub words: Option<String>,
    /// Whether they are figures without zeros in front, but for a few words, in a column without a contract that
    /// is no key.
    pub figures: bool,
    /// The same of any column of which the rules name no type, unless all are years: those are in order as texts, too.
    pub is_numeric: bool,
}

/// A column while its cells are looked at.
struct Column {
    fields: Vec<usize>,
    /// How it would be read as dates, and as dates and times.
    date: Option<Reading>,
    instant: Option<Reading>,
    /// Its texts for no value, and the first word while there is nothing but words.
    words: Option<(Reading, Option<String>)>,
    /// How it would be read as numbers, while there is nothing but figures and words.
    figures: Option<Reading>,
    /// Whether it has no contract and is no key.
    is_free: bool,
    /// Whether all look like years.
    years: bool,
    /// Words among the figures.
    odd: usize,
    seen: usize,
    with_offset: usize,
    without: usize,
}

/// The looks of a table's columns, from its first file.
pub fn looks(rule: &TableRule, opened: &OpenTable) -> Vec<Look> {
    let mut columns: Vec<Column> = columns(rule, opened);
    // What cannot be read is reported by the pass that reads all.
    let read = walk(rule, opened, &mut columns);
    let look = |column: Column| Look {
        dates: column
            .date
            .as_ref()
            .filter(|_| read.is_ok() && column.seen > 0)
            .map(|_| column.seen),
        offsets: (column.with_offset + column.without > 0)
            .then_some(column.with_offset >= column.without),
        figures: column.is_free && read.is_ok() && column.is_numeric(),
        is_numeric: !column.years && read.is_ok() && column.is_numeric(),
        words: column.words.and_then(|w| w.1).filter(|_| read.is_ok()),
    };
    columns.into_iter().map(look).collect()
}

fn columns(rule: &TableRule, opened: &OpenTable) -> Vec<Column> {
    let layout = &opened.layout;
    let fields = |number: usize| match layout.sources.get(number) {
        Some(Source::Field(field)) => vec![*field],
        Some(Source::PivotValue) => layout.pivot.iter().map(|p| p.0).collect(),
        _ => Vec::new(),
    };
    let column = |(number, column): (usize, &table::Column)| {
        let contract = rule.contract(&column.name);
        let declared = contract.and_then(declared_type);
        let placeholder = opened.types.get(number).copied().flatten();
        let free = declared.or(placeholder).is_none();
        let is_named = placeholder.is_some()
            || contract
                .is_some_and(|c| c.ty.is_some() || !c.formats.is_empty() || !c.truths.is_empty());
        let kind = (opened.prose, opened.has_null());
        let read_as = |ty: Type| reading(rule, contract, ty, kind);
        let both = |r: &Reading| {
            let first = r.formats.first().map(DateFormat::has_offset);
            r.formats.iter().any(|f| Some(f.has_offset()) != first)
        };
        let is_key = rule.key.iter().any(|key| key.value == column.name);
        let is_free = free && contract.is_none() && !is_key;
        Column {
            fields: fields(number),
            date: Some(Reading { formats: iso(), ..read_as(Type::Date) })
                .filter(|_| free && !opened.prose),
            instant: Some(read_as(Type::DateTime))
                .filter(|r| (free || declared == Some(Type::DateTime)) && both(r)),
            words: Some((read_as(Type::Text), None)).filter(|_| !is_named && !opened.prose),
            figures: Some(read_as(Type::Number))
                .filter(|_| (free || contract.is_some_and(implies_text)) && !opened.prose),
            is_free,
            years: true,
            odd: 0,
            seen: 0,
            with_offset: 0,
            without: 0,
        }
    };
    opened.columns.iter().enumerate().map(column).collect()
}

/// Days and months; a year alone is a figure.
fn iso() -> Vec<DateFormat> {
    ["%Y-%m-%d", "%Y-%m"].iter().filter_map(|f| DateFormat::new(f, Type::Date).ok()).collect()
}

fn walk(rule: &TableRule, opened: &OpenTable, columns: &mut [Column]) -> Result<(), ReadError> {
    let Some(first) = opened.files.first().filter(|f| f.reader.head().readable) else {
        return Ok(());
    };
    let size = BlockSize { usual: 1 << 16, longest: MAX_RECORD };
    let (reader, wanted) = (&first.reader, Wanted::default());
    let mut cursor =
        reader.cursor(reader.head().body..reader.end(), &Context::default(), &wanted, size)?;
    let names = opened.columns.iter().map(|column| column.name.as_str());
    let left_out = LeftOut::of(rule, names, opened.has_null());
    let own = |field: usize| first.layout.own(field);
    let (mut block, mut records) = (Block::default(), 0);
    while records < RECORDS
        && columns.iter().any(Column::is_open)
        && cursor.next(&mut block)? == Step::Rows
    {
        for row in 0..block.rows().min(RECORDS - records) {
            let cell = |number: usize| columns.get(number)?.text(&block, row, own);
            if left_out.as_ref().is_some_and(|left_out| left_out.has(&cell)) {
                continue;
            }
            for column in columns.iter_mut().filter(|c| c.is_open()) {
                column.take(&block, row, own);
            }
        }
        records += block.rows();
    }
    Ok(())
}

impl Column {
    fn is_open(&self) -> bool {
        !self.fields.is_empty()
            && self.seen < CELLS
            && (self.date.is_some()
                || self.instant.is_some()
                || self.words.is_some()
                || self.figures.is_some())
    }

    /// Whether nearly all that was seen are figures. A code may be a word with digits in it, or without; a third of
    /// words is no slip.
    fn is_numeric(&self) -> bool {
        self.figures.is_some() && self.seen > 0 && self.odd * 3 <= self.seen
    }

    /// The text of its cell, where it has one in each row.
    fn text(
        &self,
        block: &Block,
        row: usize,
        own: impl Fn(usize) -> Option<usize>,
    ) -> Option<String> {
        let [field] = self.fields[..] else { return None };
        let bytes = block.unquoted(block.field(row, own(field)?));
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn take(&mut self, block: &Block, row: usize, own: impl Fn(usize) -> Option<usize>) {
        for field in self.fields.iter().filter_map(|field| own(*field)) {
            let bytes = block.unquoted(block.field(row, field));
            let text = String::from_utf8_lossy(&bytes);
            let missing = |r: &Reading| r.is_missing(&text);
            let reading = self.date.as_ref().or(self.instant.as_ref());
            let reading = reading.or(self.figures.as_ref());
            if self.seen >= CELLS
                || reading.or(self.words.as_ref().map(|w| &w.0)).is_none_or(missing)
            {
                continue;
            }
            self.seen += 1;
            self.date = self.date.take().filter(|r| r.value(&text).is_some());
            let is_odd = is_word(&text) || is_no_value(&text);
            self.odd += usize::from(is_odd);
            self.years &= is_odd || is_year(&text);
            self.figures = self.figures.take().filter(|r| is_odd || is_figure(&text, r));
            self.words = self.words.take().filter(|_| is_word(&text) || is_no_value(&text));
            if let Some((_, first @ None)) = &mut self.words
                && !is_no_value(&text)
            {
                *first = Some(text.to_string());
            }
            let own = text.trim();
            let reads =
                |f: &&DateFormat| f.shortest() <= own.len() && f.parse_datetime(own).is_ok();
            // Instants that are stored as such are not written in any way.
            let instant = self.instant.as_ref().filter(|_| is_text(block, field));
            let fits = instant.and_then(|r| r.formats.iter().find(reads));
            match fits.map(DateFormat::has_offset) {
                Some(true) => self.with_offset += 1,
                Some(false) => self.without += 1,
                None => {}
            }
        }
    }
}

/// Whether the cells of a field are texts, and no values of a file that has types.
fn is_text(block: &Block, field: usize) -> bool {
    match &block.cells {
        Cells::Columns(all) => all.get(field).is_none_or(|of| matches!(of.column.data, Data::Text)),
        _ => true,
    }
}

/// A whole number that could be a year.
fn is_year(text: &str) -> bool {
    text.trim().parse().is_ok_and(|year: u16| (1500..2200).contains(&year))
}

/// A figure that is no code: codes may begin with zeros.
fn is_figure(text: &str, reading: &Reading) -> bool {
    let digits = text.trim().trim_start_matches(['-', '+', '(']);
    let is_code = digits.starts_with('0') && digits.chars().nth(1).is_some_and(char::is_numeric);
    !is_code && reading.value(text).is_some()
}

/// A text that is no figure and no date, however it might be written.
fn is_word(text: &str) -> bool {
    text.chars().any(char::is_alphabetic) && !text.chars().any(char::is_numeric)
}
