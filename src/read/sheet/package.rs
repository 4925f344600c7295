//! Workbooks that are ZIP archives of XML: their parts, read within bounds.

use std::io::{self, BufReader, Read};
use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::result::ZipError;

use crate::read::format::Refusal;
use crate::source::{Bytes, Seeker};

/// So much may all parts hold that are read of any workbook.
const FREE: u64 = 256 << 20;

/// How many times the size of its file a larger one may hold, and at most.
const TIMES: u64 = 100;
const MOST: u64 = 16 << 30;

/// Bytes that a file of so many may hold, and that its cells may take: a text may stand in many.
pub fn room(packed: u64) -> u64 {
    FREE.max(packed.saturating_mul(TIMES)).min(MOST)
}

/// Bytes between two tags; no text of a cell has a tenth of them.
const MOST_TEXT: usize = 16 << 20;

/// An archive.
pub struct Package {
    zip: ZipArchive<BufReader<Seeker>>,
    /// The size of its file.
    pub packed: u64,
    /// Bytes that may still be read of its parts.
    left: u64,
}

/// A part of an archive as XML.
pub type Xml<'p> = Reader<BufReader<Guard<'p>>>;

/// The bytes of a part, of which there must not be too many.
pub struct Guard<'p> {
    part: Box<dyn Read + 'p>,
    left: &'p mut u64,
    /// Bytes since the last tag began.
    text: usize,
}

impl Read for Guard<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.part.read(buf)?;
        let read = buf.get(..n).unwrap_or_default();
        self.text = match memchr::memrchr(b'<', read) {
            Some(at) => n - at,
            None => self.text + n,
        };
        *self.left = self.left.saturating_sub(n as u64);
        if *self.left == 0 || self.text > MOST_TEXT {
            return Err(io::Error::other(TooLarge));
        }
        Ok(n)
    }
}

/// A part inflates too far.
#[derive(Debug)]
struct TooLarge;

impl std::fmt::Display for TooLarge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("it inflates too far")
    }
}

impl std::error::Error for TooLarge {}

impl Package {
    /// Opens an archive.
    ///
    /// # Errors
    /// That it is none, or is cut short.
    pub fn open(bytes: Arc<dyn Bytes>) -> Result<Package, Refusal> {
        let packed = bytes.len();
        let zip = ZipArchive::new(BufReader::new(Seeker::new(bytes))).map_err(|e| broken(&e))?;
        Ok(Package { zip, packed, left: room(packed) })
    }

    /// Allows for parts that are walked so many times.
    pub fn walked(&mut self, times: u64) {
        self.left = self.left.saturating_mul(times);
    }

    /// Whether it has a part of this name.
    pub fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// A part as XML; none where there is none of this name.
    ///
    /// # Errors
    /// That it cannot be unpacked.
    pub fn part(&mut self, name: &str) -> Result<Option<Xml<'_>>, Refusal> {
        let Some(number) = self.zip.index_for_name(name) else { return Ok(None) };
        let part = self.zip.by_index(number).map_err(|e| broken(&e))?;
        let guard = Guard { part: Box::new(part), left: &mut self.left, text: 0 };
        let mut xml = Reader::from_reader(BufReader::with_capacity(1 << 16, guard));
        // What is cut short is told by its end; names of closing tags are looked at by nobody.
        xml.config_mut().check_end_names = false;
        xml.config_mut().expand_empty_elements = true;
        Ok(Some(xml))
    }

    /// Walks a part: `take` gets each tag that begins, and the reader to read on with; it says
    /// whether it has read up to the end of the element. A part that is not there has no tags.
    ///
    /// # Errors
    /// That the part cannot be read to its end, and what `take` says.
    pub fn walk(
        &mut self,
        name: &str,
        mut take: impl FnMut(&BytesStart<'_>, &mut Xml<'_>) -> Result<bool, Refusal>,
    ) -> Result<(), Refusal> {
        let Some(mut xml) = self.part(name)? else { return Ok(()) };
        let (mut buf, mut depth) = (Vec::new(), 0_u32);
        loop {
            buf.clear();
            match xml.read_event_into(&mut buf).map_err(|e| no_xml(name, &e))? {
                Event::Start(tag) => depth += u32::from(!take(&tag, &mut xml)?),
                Event::End(_) => depth = depth.saturating_sub(1),
                Event::Eof if depth > 0 => {
                    return Err(damaged(format!("`{name}` in the workbook is cut short")));
                }
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    /// A part that is no XML; none where there is none of this name. All parts are weighed before.
    ///
    /// # Errors
    /// That it cannot be unpacked.
    pub fn bytes(&mut self, name: &str) -> Result<Option<impl Read + '_>, Refusal> {
        let Some(number) = self.zip.index_for_name(name) else { return Ok(None) };
        let part = self.zip.by_index(number).map_err(|e| broken(&e))?;
        Ok(Some(BufReader::with_capacity(1 << 16, part)))
    }

    /// Unpacks all parts once: a decoder that is not ours reads them without bounds.
    ///
    /// # Errors
    /// That one cannot be unpacked, or that they inflate too far.
    pub fn weigh(&mut self) -> Result<(), Refusal> {
        for number in 0..self.zip.len() {
            let mut part = self.zip.by_index(number).map_err(|e| broken(&e))?;
            let read = io::copy(&mut part.by_ref().take(self.left), &mut io::sink());
            self.left -= read.map_err(|e| unreadable(&e))?;
            if self.left == 0 {
                return Err(unreadable(&io::Error::other(TooLarge)));
            }
        }
        Ok(())
    }
}

/// What an archive lacks.
fn broken(e: &ZipError) -> Refusal {
    match e {
        ZipError::Io(e) => unreadable(e),
        e => damaged(format!("the workbook is damaged or cut short ({e})")),
    }
}

/// Why XML cannot be read.
pub fn no_xml(part: &str, e: &quick_xml::Error) -> Refusal {
    match e {
        quick_xml::Error::Io(e) if e.get_ref().is_some_and(|e| e.is::<TooLarge>()) => unreadable(e),
        e => damaged(format!("`{part}` in the workbook is damaged or cut short ({e})")),
    }
}

/// Why a part cannot be unpacked.
pub fn unreadable(e: &io::Error) -> Refusal {
    match e.get_ref().is_some_and(|e| e.is::<TooLarge>()) {
        true => too_large(),
        false => damaged(format!("the workbook is damaged or cut short ({e})")),
    }
}

/// A workbook that would fill the memory.
pub fn too_large() -> Refusal {
    Refusal::Damaged {
        message: "the workbook inflates to far more than a workbook of its size holds".into(),
        help: "if it is what it seems, save the sheet as CSV".into(),
    }
}

/// A workbook that is not whole.
pub fn damaged(message: impl Into<String>) -> Refusal {
    Refusal::Damaged {
        message: message.into(),
        help: "download or save it again; a spreadsheet program may be able to mend it".into(),
    }
}

/// A workbook that needs a password.
pub fn encrypted() -> Refusal {
    Refusal::Damaged {
        message: "the workbook is encrypted".into(),
        help: "save a copy without a password".into(),
    }
}

/// An attribute of a tag by its name, entities resolved.
pub fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let own = tag.attributes().with_checks(false).flatten().find(|a| a.key.as_ref() == name)?;
    unescape(&own.value).ok().map(|value| value.into_owned())
}

/// Likewise, whatever its prefix is: `r:id`.
pub fn local_attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let is_it = |key: &str| key.rsplit(':').next() == Some(name);
    let own = tag.attributes().with_checks(false).flatten().find(|a| is_it(a.key.as_ref()))?;
    unescape(&own.value).ok().map(|value| value.into_owned())
}

/// Whether an attribute says so.
pub fn flag(tag: &BytesStart<'_>, name: &str) -> bool {
    matches!(attribute(tag, name).as_deref(), Some("1" | "true" | "on"))
}

/// Where a relation of a part leads: relative to its folder, or from the root.
fn target(folder: &str, to: &str) -> String {
    match to.strip_prefix('/') {
        Some(absolute) => absolute.to_string(),
        None => crate::source::tree::resolve(folder, to),
    }
}

/// The relations of a part: id, kind and target.
///
/// # Errors
/// That the part which lists them cannot be read.
pub fn relations(
    package: &mut Package,
    part: &str,
) -> Result<Vec<(String, String, String)>, Refusal> {
    let (folder, name) = part.rsplit_once('/').map_or(("", part), |(folder, name)| (folder, name));
    let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let mut all = Vec::new();
    package.walk(&format!("{folder}_rels/{name}.rels"), |tag, _| {
        if tag.local_name().as_ref() == "Relationship" {
            let [id, kind, to] = ["Id", "Type", "Target"].map(|name| attribute(tag, name));
            let to = to.map(|to| target(&folder, &to)).unwrap_or_default();
            all.push((id.unwrap_or_default(), kind.unwrap_or_default(), to));
        }
        Ok(false)
    })?;
    Ok(all)
}
