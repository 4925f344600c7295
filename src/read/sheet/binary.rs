//! XLS and XLSB: binary records, of which calamine decodes values and formulas. What it knows nothing of,
//! the number formats among it, is read beside.

use std::io::BufReader;
use std::sync::Arc;

use calamine::{Cell, Data, DataRef, Reader, SheetType, SheetVisible, Xls, Xlsb};

use crate::read::format::Refusal;
use crate::read::sheet::biff::Biff;
use crate::read::sheet::book::{Book, Named, SheetName, numbers, reference};
use crate::read::sheet::cells::{Area, Cells, Formula, Kind};
use crate::read::sheet::decimal::Decimal;
use crate::read::sheet::formatting::Formatting;
use crate::read::sheet::number_format::{NumberFormat, Style};
use crate::read::sheet::package::{Package, damaged, encrypted, room};
use crate::read::sheet::serial::Epoch;
use crate::read::sheet::weigh::weigh;
use crate::read::sheet::xlsb::Parts;
use crate::source::{Bytes, Seeker};
use crate::width::to_usize;

type Source = BufReader<Seeker>;

/// What calamine has opened, and its records.
enum Decoder {
    Xls(Box<Xls<Source>>, Biff),
    Xlsb(Box<Xlsb<Source>>, Box<Parts>),
}

/// A workbook.
pub struct Binary {
    decoder: Decoder,
    sheets: Vec<SheetName>,
    /// For each sheet its number among all of the file, charts included.
    numbers: Vec<usize>,
    names: Vec<(String, String)>,
    /// Bytes that cells may still take.
    room: u64,
}

fn broken(e: &dyn std::fmt::Display) -> Refusal {
    damaged(format!("the workbook is damaged or cut short ({e})"))
}

fn source(bytes: Arc<dyn Bytes>) -> Source {
    BufReader::new(Seeker::new(bytes))
}

impl Binary {
    /// Opens an XLS file.
    ///
    /// # Errors
    /// That it is none, or encrypted.
    pub fn xls(bytes: Arc<dyn Bytes>) -> Result<Binary, Refusal> {
        let room = room(bytes.len());
        let Some(records) = Biff::open(&*bytes)? else {
            return Err(damaged("the workbook is damaged or cut short"));
        };
        weigh(&records, room)?;
        let xls = Xls::new(source(bytes)).map_err(|e| match e {
            calamine::XlsError::Password => encrypted(),
            e => broken(&e),
        })?;
        let (sheets, names) = (xls.sheets_metadata().to_vec(), xls.defined_names().to_vec());
        Ok(Binary::of(Decoder::Xls(Box::new(xls), records), &sheets, names, room))
    }

    /// Opens an XLSB file.
    ///
    /// # Errors
    /// That it is none, or encrypted, or inflates too far.
    pub fn xlsb(bytes: Arc<dyn Bytes>, mut package: Package) -> Result<Binary, Refusal> {
        let room = room(bytes.len());
        package.weigh()?;
        // Before calamine, which makes room for as many bytes as a record says that it has.
        let parts = Box::new(Parts::open(package)?);
        let xlsb = Xlsb::new(source(bytes)).map_err(|e| match e {
            calamine::XlsbError::Password => encrypted(),
            e => broken(&e),
        })?;
        let (sheets, names) = (xlsb.sheets_metadata().to_vec(), xlsb.defined_names().to_vec());
        Ok(Binary::of(Decoder::Xlsb(Box::new(xlsb), parts), &sheets, names, room))
    }

    fn of(
        decoder: Decoder,
        all: &[calamine::Sheet],
        names: Vec<(String, String)>,
        room: u64,
    ) -> Binary {
        let is_own = |(_, sheet): &(usize, &calamine::Sheet)| sheet.typ == SheetType::WorkSheet;
        let sheet = |(number, sheet): (usize, &calamine::Sheet)| {
            let is_hidden = sheet.visible != SheetVisible::Visible;
            (SheetName { name: sheet.name.clone(), is_hidden }, number)
        };
        let (sheets, numbers) = all.iter().enumerate().filter(is_own).map(sheet).unzip();
        Binary { decoder, sheets, numbers, names, room }
    }
}

impl Book for Binary {
    fn sheets(&self) -> &[SheetName] {
        &self.sheets
    }

    fn names(&mut self) -> Result<Vec<Named>, Refusal> {
        let numbers = numbers(&self.sheets);
        let named = |(name, of): &(String, String)| {
            let (sheet, area) = reference(of)?;
            let sheet = *numbers.get(sheet.as_str())?;
            Some(Named { name: name.clone(), sheet, area, rows: None })
        };
        Ok(self.names.iter().filter_map(named).collect())
    }

    fn defined(&self) -> &[(String, String)] {
        &self.names
    }

    fn cells(&mut self, sheet: usize, point: u8, stored: bool) -> Result<Cells, Refusal> {
        let name = self.sheets.get(sheet).map(|s| s.name.clone()).unwrap_or_default();
        let number = self.numbers.get(sheet).copied().unwrap_or(usize::MAX);
        let (is_1904, formats, formatting) = match &mut self.decoder {
            Decoder::Xls(xls, book) => {
                (xls.has_1904_epoch(), &book.formats, book.formatting(number))
            }
            Decoder::Xlsb(xlsb, book) => {
                let formatting = book.formatting(number)?;
                (xlsb.has_1904_epoch(), &book.formats, formatting)
            }
        };
        let epoch = if is_1904 { Epoch::Day1904 } else { Epoch::Day1900 };
        let mut taker = Taker {
            cells: Cells::new((&name, self.room), point, stored),
            style: Style { point, epoch, stored },
            formats: formats.clone(),
            formatting,
        };
        match &mut self.decoder {
            Decoder::Xls(xls, _) => taker.xls(xls, &name)?,
            Decoder::Xlsb(xlsb, _) => taker.xlsb(xlsb, &name)?,
        }
        let Taker { mut cells, formatting, .. } = taker;
        cells.merged.extend(formatting.merged);
        cells.hidden_rows.extend(formatting.hidden_rows);
        cells.hidden_columns.extend(formatting.hidden_columns);
        cells.finish()?;
        self.room = cells.room;
        Ok(cells)
    }
}

struct Taker {
    cells: Cells,
    style: Style,
    /// The formats of the workbook.
    formats: Arc<[NumberFormat]>,
    formatting: Formatting,
}

impl Taker {
    fn xls(&mut self, xls: &mut Xls<Source>, name: &str) -> Result<(), Refusal> {
        let range = xls.worksheet_range(name).map_err(|e| broken(&e))?;
        let start = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let place =
                |n: usize, from: u32| u32::try_from(n).unwrap_or(u32::MAX).saturating_add(from);
            self.value((place(row, start.0), place(column, start.1)), &borrowed(value))?;
        }
        for area in xls.merge_cells_by_sheet_name(name).map_err(|e| broken(&e))? {
            let (start, end) = (area.start, area.end);
            self.cells.merged.push(Area { rows: (start.0, end.0), columns: (start.1, end.1) });
        }
        let formulas = xls.worksheet_formula(name).map_err(|e| broken(&e))?;
        let start = formulas.start().unwrap_or_default();
        for (row, column, formula) in formulas.used_cells() {
            let place =
                |n: usize, from: u32| u32::try_from(n).unwrap_or(u32::MAX).saturating_add(from);
            self.formula((place(row, start.0), place(column, start.1)), formula)?;
        }
        Ok(())
    }

    fn xlsb(&mut self, xlsb: &mut Xlsb<Source>, name: &str) -> Result<(), Refusal> {
        let mut reader = xlsb.worksheet_cells_reader(name).map_err(|e| broken(&e))?;
        while let Some(cell) = reader.next_cell().map_err(|e| broken(&e))? {
            self.value(cell.get_position(), cell.get_value())?;
        }
        drop(reader);
        let mut reader = xlsb.worksheet_cells_reader(name).map_err(|e| broken(&e))?;
        loop {
            match reader.next_formula() {
                Ok(Some(cell)) => self.formula(Cell::get_position(&cell), cell.get_value())?,
                Ok(None) => return Ok(()),
                // A formula that is not understood takes nothing from the values.
                Err(_) => return Ok(()),
            }
        }
    }

    fn formula(&mut self, at: (u32, u32), formula: &str) -> Result<(), Refusal> {
        match formula {
            "" => Ok(()),
            formula => self.cells.formula(at, Formula::Own(formula.to_string())),
        }
    }

    fn value(&mut self, at: (u32, u32), value: &DataRef<'_>) -> Result<(), Refusal> {
        match value {
            DataRef::Int(n) => self.number(at, &n.to_string()),
            DataRef::Float(n) => self.number(at, &n.to_string()),
            DataRef::String(text) => self.text(at, text),
            DataRef::SharedString(text) => self.text(at, text),
            DataRef::Bool(truth) => {
                let word: &[u8] = if *truth { b"true" } else { b"false" };
                self.cells.text(at, Kind::Truth, word)
            }
            DataRef::DateTime(n) => self.number(at, &n.as_f64().to_string()),
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                self.cells.text(at, Kind::Date, text.as_bytes())
            }
            DataRef::Error(error) => self.cells.text(at, Kind::Error, error.to_string().as_bytes()),
            DataRef::Empty => Ok(()),
        }
    }

    fn text(&mut self, at: (u32, u32), text: &str) -> Result<(), Refusal> {
        match text {
            "" => Ok(()),
            text => self.cells.text(at, Kind::Text, text.as_bytes()),
        }
    }

    fn number(&mut self, at: (u32, u32), text: &str) -> Result<(), Refusal> {
        let Some(number) = Decimal::parse(text.as_bytes()) else {
            return self.cells.text(at, Kind::Text, text.as_bytes());
        };
        let usual = NumberFormat::default();
        let style = self.formatting.style(at).unwrap_or(0);
        let format = match self.formats.get(to_usize(style)) {
            Some(format) => format,
            // A workbook without styles has the usual one.
            None if self.formats.is_empty() => &usual,
            None => {
                let what = format!("the style {style}, counted from 0");
                return Err(self.cells.lacks(at, &what, self.formats.len()));
            }
        };
        self.cells.number(at, number, (format, self.style))
    }
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(n) => DataRef::Int(*n),
        Data::Float(n) => DataRef::Float(*n),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::DateTime(date) => DataRef::DateTime(*date),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}
