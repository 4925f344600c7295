//! Workbooks as formats: a file has a table for each sheet.

use std::cell::Cell;
use std::collections::HashSet;
use std::sync::Arc;

use crate::read::format::{Container, Format, Options, Refusal};
use crate::read::note::{NamedBy, Note};
use crate::read::reader::Reader;
use crate::read::sheet::binary::Binary;
use crate::read::sheet::book::Book;
use crate::read::sheet::faults::{FAULTS, SHEET_NOT_FOUND};
use crate::read::sheet::ods::Ods;
use crate::read::sheet::package::{Package, damaged, encrypted};
use crate::read::sheet::reader::SheetReader;
use crate::read::sheet::select::select;
use crate::read::sheet::xlsx::Xlsx;
use crate::report::Subject;
use crate::source::{Bytes, FileId, Span};

/// `short`: a row of a sheet has all cells, those that nobody wrote are missing.
const KEYS: &[&str] = &["at", "figures", "header", "skip", "skip_end", "from", "until", "short"];

const fn workbook(
    name: &'static str,
    about: &'static str,
    endings: &'static [&'static str],
) -> Format {
    Format {
        name,
        about,
        endings,
        keys: KEYS,
        faults: FAULTS,
        is_prose: false,
        is_text: false,
        needs_pattern: false,
        open: |bytes| Ok(Box::new(Workbook::open(bytes)?)),
        comments: |_| Vec::new(),
    }
}

/// Excel since 2007.
pub static XLSX: Format =
    workbook("xlsx", "a sheet of an Excel workbook", &["xlsx", "xlsm", "xltx", "xltm"]);

/// The same in binary records.
pub static XLSB: Format = workbook("xlsb", "a sheet of a binary Excel workbook", &["xlsb"]);

/// Excel before 2007.
pub static XLS: Format = workbook("xls", "a sheet of an old Excel workbook", &["xls", "xlt"]);

/// LibreOffice and others.
pub static ODS: Format = workbook("ods", "a sheet of an OpenDocument workbook", &["ods", "ots"]);

/// What a file is, whatever its name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

struct Workbook {
    bytes: Arc<dyn Bytes>,
    sort: Sort,
    sheets: Vec<String>,
    /// As it was opened for the names of its sheets: in some, these stand throughout the file.
    first: Cell<Option<Box<dyn Book>>>,
}

/// Bytes that are enough to know a file by.
const ENOUGH: usize = 512;

/// What a file is by its first bytes and its parts.
fn sort(bytes: &Arc<dyn Bytes>) -> Result<Sort, Refusal> {
    let mut head = vec![0; ENOUGH];
    let n = bytes.read_at(0, &mut head)?;
    head.truncate(n);
    if head.is_empty() {
        return Err(damaged("the file is empty"));
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        // An XLSX file with a password is an encrypted package in the container of old files.
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        return if holds(&**bytes, &name)? { Err(encrypted()) } else { Ok(Sort::Xls) };
    }
    if !head.starts_with(b"PK") {
        let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&head).trim_ascii_start();
        let (message, help) = match text.first() {
            Some(b'<') => (
                "it is a page of HTML or XML, and no workbook",
                "open it in a spreadsheet program and save it as XLSX",
            ),
            _ if !head.contains(&0) => (
                "it is a text, and no workbook",
                "declare its format, such as format = \"csv\" with its `delimiter`",
            ),
            _ => ("it is no workbook", "check what the file is"),
        };
        return Err(Refusal::Damaged { message: message.into(), help: help.into() });
    }
    let package = Package::open(bytes.clone())?;
    Ok(match () {
        () if package.has("xl/workbook.bin") => Sort::Xlsb,
        () if package.has("content.xml") => Sort::Ods,
        () => Sort::Xlsx,
    })
}

/// Whether a file has some bytes in it, near its start or its end, where the directory of an old
/// file stands.
fn holds(bytes: &dyn Bytes, sought: &[u8]) -> std::io::Result<bool> {
    const NEAR: u64 = 1 << 20;
    for at in [0, bytes.len().saturating_sub(NEAR)] {
        let mut near = vec![0; usize::try_from(NEAR.min(bytes.len())).unwrap_or(0)];
        let n = bytes.read_at(at, &mut near)?;
        near.truncate(n);
        if memchr::memmem::find(&near, sought).is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Reads a workbook. The decoder of binary ones panics at some that are damaged.
fn guarded<T>(sort: Sort, read: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    match sort {
        Sort::Xlsx | Sort::Ods => read(),
        Sort::Xls | Sort::Xlsb => {
            let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
            read.unwrap_or_else(|_| {
                Err(Refusal::Damaged {
                    message: "the workbook is damaged".into(),
                    help: "open it in a spreadsheet program, which may mend it, and save it again"
                        .into(),
                })
            })
        }
    }
}

impl Workbook {
    fn open(bytes: Arc<dyn Bytes>) -> Result<Workbook, Refusal> {
        let sort = sort(&bytes)?;
        guarded(sort, || Workbook::of(bytes, sort))
    }

    fn of(bytes: Arc<dyn Bytes>, sort: Sort) -> Result<Workbook, Refusal> {
        let mut workbook = Workbook { bytes, sort, sheets: Vec::new(), first: Cell::new(None) };
        let book = workbook.book()?;
        let names: Vec<String> = book.sheets().iter().map(|sheet| sheet.name.clone()).collect();
        if names.is_empty() {
            return Err(damaged("the workbook has no sheet with cells"));
        }
        let mut seen = HashSet::new();
        if let Some(name) = names.iter().find(|name| !seen.insert(*name)) {
            return Err(Refusal::Damaged {
                message: format!("the workbook has two sheets with the name `{name}`"),
                help: "give each sheet a name of its own".into(),
            });
        }
        workbook.sheets = names;
        workbook.first = Cell::new(Some(book));
        Ok(workbook)
    }

    fn book(&self) -> Result<Box<dyn Book>, Refusal> {
        let bytes = self.bytes.clone();
        let package = || Package::open(self.bytes.clone());
        Ok(match self.sort {
            Sort::Xlsx => Box::new(Xlsx::open(package()?)?),
            Sort::Ods => Box::new(Ods::open(package()?)?),
            Sort::Xls => Box::new(Binary::xls(bytes)?),
            Sort::Xlsb => Box::new(Binary::xlsb(bytes, package()?)?),
        })
    }
}

impl Container for Workbook {
    fn tables(&self) -> Vec<String> {
        self.sheets.clone()
    }

    fn table(&self, options: &Options) -> Result<Arc<dyn Reader>, Refusal> {
        guarded(self.sort, || self.sheet(options))
    }
}

impl Workbook {
    fn sheet(&self, options: &Options) -> Result<Arc<dyn Reader>, Refusal> {
        let mut book = self.first.take().map_or_else(|| self.book(), Ok)?;
        match select(&mut *book, options.at.as_deref())? {
            Ok(selected) => Ok(Arc::new(SheetReader::open(&mut *book, &selected, options)?)),
            Err(words) => {
                let subject = Subject::File(options.path.clone());
                let place = (FileId(0), Span::default(), None);
                let note = Note::worded(&SHEET_NOT_FOUND, NamedBy::Table, subject, words, place);
                let note = Note { key: Some("at"), at: None, ..note };
                Ok(Arc::new(SheetReader::missing(note)))
            }
        }
    }
}
