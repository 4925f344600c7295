//! Arrow IPC: batches of rows, each decoded whole.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{FileDecoder, read_footer_length};
use arrow_ipc::{Block, Message, root_as_footer, root_as_message};
use arrow_schema::{ArrowError, SchemaRef};

use crate::read::columnar::groups::{Batches, Groups, damaged, guarded, part};
use crate::read::format::Refusal;
use crate::source::Bytes;
use crate::width::to_usize;

/// A file of this format begins and ends with them.
const MAGIC: &[u8] = b"ARROW1";

/// What stands behind the footer: its length and the magic bytes.
const TRAILER: u64 = 10;

/// What comes before a message and its length in all files but the oldest.
const CONTINUES: [u8; 4] = [0xFF; 4];

/// So much may a batch hold when it is decompressed, or so many times its own size.
const FREE: u64 = 64 << 20;
const TIMES: u64 = 1000;

/// An open file.
pub struct Ipc {
    bytes: Arc<dyn Bytes>,
    schema: SchemaRef,
    decoder: FileDecoder,
    batches: Vec<Block>,
    rows: Vec<u64>,
    /// The last batch that was decoded: chunks are parts of it, and rows are read again.
    last: Mutex<Option<(usize, RecordBatch)>>,
}

impl Ipc {
    /// Reads the footer, the length of each batch, and what all of them share.
    ///
    /// # Errors
    /// That it is no Arrow file, or not all of one.
    pub fn open(bytes: Arc<dyn Bytes>) -> Result<Ipc, Refusal> {
        let footer = footer(&*bytes)?;
        guarded(|| Ipc::read_footer(bytes, &footer)).map_err(damaged)
    }

    fn read_footer(bytes: Arc<dyn Bytes>, footer: &[u8]) -> Result<Ipc, String> {
        let footer = root_as_footer(footer).map_err(|e| format!("its footer is damaged: {e}"))?;
        let schema = footer.schema().ok_or("its footer names no columns")?;
        if !schema.endianness().equals_to_target_endianness() {
            return Err("its numbers are stored in the other order of bytes".into());
        }
        let schema: SchemaRef = Arc::new(try_fb_to_schema(schema).map_err(|e| words(&e))?);
        let mut decoder = FileDecoder::new(schema.clone(), footer.version());
        for block in footer.dictionaries().iter().flatten() {
            let body = message(&*bytes, block)?;
            decoder.read_dictionary(block, &body.into()).map_err(|e| words(&e))?;
        }
        let batches: Vec<Block> = footer.recordBatches().iter().flatten().copied().collect();
        let rows: Result<_, String> = batches.iter().map(|block| length(&*bytes, block)).collect();
        Ok(Ipc { schema, decoder, rows: rows?, batches, last: Mutex::new(None), bytes })
    }

    /// Decodes a batch.
    fn batch(&self, group: usize) -> Result<RecordBatch, String> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, batch)) = last.as_ref().filter(|(own, _)| *own == group) {
            return Ok(batch.clone());
        }
        *last = None;
        drop(last);
        let block = self.batches.get(group).ok_or("it is not there")?;
        let body = message(&*self.bytes, block)?;
        let read =
            guarded(|| self.decoder.read_record_batch(block, &body.into()).map_err(|e| words(&e)))?;
        let batch = read.ok_or("it has no rows where its footer names some")?;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some((group, batch.clone()));
        Ok(batch)
    }
}

/// Looks at both ends of a file, and reads its footer.
fn footer(bytes: &dyn Bytes) -> Result<Vec<u8>, Refusal> {
    let len = bytes.len();
    let is_stream = |first: &[u8]| first.starts_with(&CONTINUES);
    let first = part(bytes, 0, len.min(8))?;
    if is_stream(&first) || first.starts_with(b"FEA1") {
        let what = if is_stream(&first) { "an Arrow stream" } else { "Feather of version 1" };
        return Err(Refusal::Damaged {
            message: format!("it is {what}, which is not read"),
            help: "write it as an Arrow IPC file, in Python: pyarrow.feather.write_feather".into(),
        });
    }
    if len == 0 {
        return Err(damaged("the file is empty"));
    }
    if !first.starts_with(MAGIC) {
        return Err(Refusal::Damaged {
            message: "it does not begin as an Arrow file does".into(),
            help: "declare what it is, such as format = \"csv\"".into(),
        });
    }
    let cut = "it does not end as an Arrow file does: it is cut short, or was never closed";
    let room = len.checked_sub(TRAILER + 8).ok_or_else(|| damaged(cut))?;
    let trailer = part(bytes, len - TRAILER, TRAILER)?;
    let trailer = trailer.first_chunk().copied().unwrap_or_default();
    let length = read_footer_length(trailer).map_err(|_| damaged(cut))? as u64;
    if length > room {
        return Err(damaged("its footer is said to be longer than the file"));
    }
    Ok(part(bytes, len - TRAILER - length, length)?)
}

/// The bytes of a message with its body.
fn message(bytes: &dyn Bytes, block: &Block) -> Result<Vec<u8>, String> {
    let length = |n: i64| u64::try_from(n).map_err(|_| "a batch has a negative length".to_string());
    let (head, body) = (length(block.metaDataLength().into())?, length(block.bodyLength())?);
    let all = part(bytes, length(block.offset())?, head.saturating_add(body));
    let all = all.map_err(|e| e.to_string())?;
    let of_body = all.get(to_usize(head)..).unwrap_or_default();
    weigh(parse(&all)?, of_body)?;
    Ok(all)
}

/// The head of a message.
fn parse(bytes: &[u8]) -> Result<Message<'_>, String> {
    let skipped = if bytes.starts_with(&CONTINUES) { 8 } else { 4 };
    let own = bytes.get(skipped..).unwrap_or_default();
    root_as_message(own).map_err(|e| format!("the head of a batch is damaged: {e}"))
}

/// Rows of a batch.
fn length(bytes: &dyn Bytes, block: &Block) -> Result<u64, String> {
    let number = |n: i64| u64::try_from(n).map_err(|_| "a batch has a negative length".to_string());
    let (at, len) = (number(block.offset())?, number(block.metaDataLength().into())?);
    let head = part(bytes, at, len).map_err(|e| e.to_string())?;
    let batch = parse(&head)?.header_as_record_batch();
    number(batch.ok_or("its footer names a batch that is none")?.length())
}

/// Refuses a message whose buffers are said to be very large when they are decompressed: room is
/// made for them before anything is.
fn weigh(message: Message<'_>, body: &[u8]) -> Result<(), String> {
    let of_dictionary = message.header_as_dictionary_batch().and_then(|batch| batch.data());
    let Some(batch) = message.header_as_record_batch().or(of_dictionary) else { return Ok(()) };
    if batch.compression().is_none() {
        return Ok(());
    }
    let size = |start: i64| {
        let start = usize::try_from(start).ok()?;
        let size = body.get(start..)?.first_chunk().map(|bytes| i64::from_le_bytes(*bytes))?;
        u64::try_from(size).ok()
    };
    let buffers = batch.buffers();
    let sizes = buffers.iter().flatten().filter(|buffer| buffer.length() > 0);
    let all = sizes.filter_map(|buffer| size(buffer.offset())).fold(0, u64::saturating_add);
    let most = (body.len() as u64).saturating_mul(TIMES).max(FREE);
    if all > most {
        return Err(format!("a batch of {} bytes is said to hold {all}", body.len()));
    }
    Ok(())
}

/// What is wrong, without the name of the library's own error.
fn words(error: &ArrowError) -> String {
    match error {
        ArrowError::ParseError(text)
        | ArrowError::IpcError(text)
        | ArrowError::InvalidArgumentError(text)
        | ArrowError::SchemaError(text)
        | ArrowError::NotYetImplemented(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Groups for Ipc {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn rows(&self) -> &[u64] {
        &self.rows
    }

    fn read(
        &self,
        group: usize,
        rows: Range<u64>,
        wanted: &[bool],
        most: usize,
    ) -> Result<Batches, String> {
        let batch = self.batch(group)?;
        if batch.num_rows() as u64 != self.rows.get(group).copied().unwrap_or_default() {
            return Err("it has other rows than its head says".into());
        }
        let roots = wanted.iter().enumerate().filter(|(_, is)| **is).map(|(root, _)| root);
        let batch = batch.project(&roots.collect::<Vec<_>>()).map_err(|e| words(&e))?;
        let (end, most) = (to_usize(rows.end), most.max(1));
        Ok(Box::new(
            (to_usize(rows.start)..end)
                .step_by(most)
                .map(move |start| Ok(batch.slice(start, most.min(end - start)))),
        ))
    }
}
