//! XLS and XLSB: binary records, which calamine decodes. It knows dates, and no other formats: what
//! is stored is what is read.

use std::io::BufReader;
use std::sync::Arc;

use calamine::{Cell, Data, DataRef, Reader, SheetType, SheetVisible, Xls, Xlsb};

use crate::read::format::Refusal;
use crate::read::sheet::book::{Book, Named, SheetName, numbers, reference};
use crate::read::sheet::cells::{Area, Cells, Formula, Kind};
use crate::read::sheet::decimal::Decimal;
use crate::read::sheet::number_format::{NumberFormat, Style};
use crate::read::sheet::package::{damaged, encrypted, room};
use crate::read::sheet::serial::Epoch;
use crate::read::sheet::weigh::weigh;
use crate::source::{Bytes, Seeker};

type Source = BufReader<Seeker>;

/// What calamine has opened.
enum Decoder {
    Xls(Box<Xls<Source>>),
    Xlsb(Box<Xlsb<Source>>),
}

/// A workbook.
pub struct Binary {
    decoder: Decoder,
    sheets: Vec<SheetName>,
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
        weigh(&*bytes)?;
        let room = room(bytes.len());
        let xls = Xls::new(source(bytes)).map_err(|e| match e {
            calamine::XlsError::Password => encrypted(),
            e => broken(&e),
        })?;
        let (sheets, names) = about(xls.sheets_metadata(), xls.defined_names());
        Ok(Binary { decoder: Decoder::Xls(Box::new(xls)), sheets, names, room })
    }

    /// Opens an XLSB file.
    ///
    /// # Errors
    /// That it is none, or encrypted.
    pub fn xlsb(bytes: Arc<dyn Bytes>) -> Result<Binary, Refusal> {
        let room = room(bytes.len());
        let xlsb = Xlsb::new(source(bytes)).map_err(|e| match e {
            calamine::XlsbError::Password => encrypted(),
            e => broken(&e),
        })?;
        let (sheets, names) = about(xlsb.sheets_metadata(), xlsb.defined_names());
        Ok(Binary { decoder: Decoder::Xlsb(Box::new(xlsb)), sheets, names, room })
    }
}

fn about(
    sheets: &[calamine::Sheet],
    names: &[(String, String)],
) -> (Vec<SheetName>, Vec<(String, String)>) {
    let own = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let sheet = |sheet: &calamine::Sheet| SheetName {
        name: sheet.name.clone(),
        is_hidden: sheet.visible != SheetVisible::Visible,
    };
    (own.map(sheet).collect(), names.to_vec())
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
        let is_1904 = match &self.decoder {
            Decoder::Xls(xls) => xls.has_1904_epoch(),
            Decoder::Xlsb(xlsb) => xlsb.has_1904_epoch(),
        };
        let epoch = if is_1904 { Epoch::Day1904 } else { Epoch::Day1900 };
        let mut taker = Taker {
            cells: Cells::new((&name, self.room), point, stored),
            style: Style { point, epoch, stored },
        };
        taker.cells.lacks_formats = true;
        match &mut self.decoder {
            Decoder::Xls(xls) => taker.xls(xls, &name)?,
            Decoder::Xlsb(xlsb) => taker.xlsb(xlsb, &name)?,
        }
        taker.cells.finish()?;
        self.room = taker.cells.room;
        Ok(taker.cells)
    }
}

struct Taker {
    cells: Cells,
    style: Style,
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
            DataRef::Int(n) => self.number(at, &n.to_string(), &NumberFormat::default()),
            DataRef::Float(n) => self.number(at, &n.to_string(), &NumberFormat::default()),
            DataRef::String(text) => self.text(at, text),
            DataRef::SharedString(text) => self.text(at, text),
            DataRef::Bool(truth) => {
                let word: &[u8] = if *truth { b"true" } else { b"false" };
                self.cells.text(at, Kind::Truth, word)
            }
            DataRef::DateTime(n) => self.date(at, n),
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

    fn number(&mut self, at: (u32, u32), text: &str, format: &NumberFormat) -> Result<(), Refusal> {
        match Decimal::parse(text.as_bytes()) {
            Some(number) => self.cells.number(at, number, (format, self.style)),
            None => self.cells.text(at, Kind::Text, text.as_bytes()),
        }
    }

    /// A date, a time below a day, or both; whole days have no time.
    fn date(&mut self, at: (u32, u32), of: &calamine::ExcelDateTime) -> Result<(), Refusal> {
        let text = of.as_f64().to_string();
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let code = match (of.is_duration(), whole, part) {
            (true, ..) => "[h]:mm:ss",
            (_, _, "") => "yyyy-mm-dd",
            (_, "0", _) => "hh:mm:ss",
            _ => "yyyy-mm-dd hh:mm:ss",
        };
        self.number(at, &text, &NumberFormat::parse(code))
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
