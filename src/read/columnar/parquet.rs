//! Parquet: row groups, of which the columns that are wanted are decoded page by page.

use std::io::{BufReader, Read};
use std::ops::Range;
use std::sync::Arc;

use arrow_schema::{DataType, FieldRef, Fields, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
    RowSelector,
};
use parquet::basic::Encoding;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

use crate::read::columnar::footer;
use crate::read::columnar::groups::{Batches, Groups, damaged, guarded, part};
use crate::read::format::Refusal;
use crate::source::Bytes;
use crate::width::to_usize;

/// A file of this format begins and ends with them.
const MAGIC: &[u8] = b"PAR1";

/// Decimals of so many digits have 64 bits.
const SHORT: u8 = 18;

/// What an encrypted one begins or ends with.
const ENCRYPTED: &[u8] = b"PARE";

/// An open file.
pub struct Parquet {
    bytes: Stored,
    metadata: ArrowReaderMetadata,
    rows: Vec<u64>,
}

impl Parquet {
    /// Reads the footer.
    ///
    /// # Errors
    /// That it is no Parquet file, or not all of one.
    pub fn open(bytes: Arc<dyn Bytes>) -> Result<Parquet, Refusal> {
        look(&*bytes)?;
        let bytes = Stored(bytes);
        let load =
            |options| guarded(|| ArrowReaderMetadata::load(&bytes, options).map_err(|e| words(&e)));
        let options = ArrowReaderOptions::new();
        // What the program that wrote it adds for itself need not fit its own columns.
        let metadata = load(options.clone())
            .or_else(|_| load(options.with_skip_arrow_metadata(true)))
            .map_err(damaged)?;
        let groups = metadata.metadata().row_groups();
        let rows = groups.iter().map(|group| u64::try_from(group.num_rows()));
        let rows: Result<Vec<u64>, _> = rows.collect();
        let rows = rows.map_err(|_| damaged("a row group has a negative number of rows"))?;
        Ok(Parquet { bytes, metadata, rows })
    }

    /// How a group is decoded of which some wanted columns hold each text once, so that each is
    /// decoded once, or decimals that are short. None where there are no such columns.
    fn with_own_types(&self, group: usize, wanted: &[bool]) -> Option<ArrowReaderMetadata> {
        let stored = self.metadata.metadata().row_groups().get(group)?.columns();
        let schema = self.metadata.parquet_schema();
        let mut fields: Vec<FieldRef> = self.schema().fields().iter().cloned().collect();
        let mut is_any = false;
        for (leaf, column) in stored.iter().enumerate() {
            let root = schema.get_column_root_idx(leaf);
            let Some(field) = fields.get_mut(root) else { continue };
            if let DataType::Decimal128(precision @ ..=SHORT, scale) = *field.data_type() {
                let ty = DataType::Decimal64(precision, scale);
                *field = Arc::new(field.as_ref().clone().with_data_type(ty));
                is_any = true;
            }
            if *field.data_type() != DataType::Utf8 {
                continue;
            }
            let is_once = column.page_encoding_stats_mask().is_some_and(|mask| {
                [Encoding::RLE_DICTIONARY, Encoding::PLAIN_DICTIONARY].map(|e| mask.is_only(e))
                    != [false; 2]
            });
            if is_once && wanted.get(root).copied().unwrap_or(false) {
                let ty = DataType::Dictionary(DataType::Int32.into(), DataType::Utf8.into());
                *field = Arc::new(field.as_ref().clone().with_data_type(ty));
                is_any = true;
            }
        }
        let schema = Arc::new(Schema::new(Fields::from(fields)));
        let options = is_any.then(|| ArrowReaderOptions::new().with_schema(schema))?;
        ArrowReaderMetadata::try_new(self.metadata.metadata().clone(), options).ok()
    }
}

/// Looks at both ends of a file.
fn look(bytes: &dyn Bytes) -> Result<(), Refusal> {
    let len = bytes.len();
    if len < 12 {
        let is = if len == 0 { "the file is empty" } else { "it is no Parquet file" };
        return Err(damaged(is));
    }
    let (first, last) = (part(bytes, 0, 4)?, part(bytes, len - 4, 4)?);
    if first == ENCRYPTED || last == ENCRYPTED {
        return Err(Refusal::Damaged {
            message: "it is encrypted".into(),
            help: "decrypt it with the program that made it".into(),
        });
    }
    match (first == MAGIC, last == MAGIC) {
        (true, true) => look_at_footer(bytes),
        (true, false) => Err(damaged(
            "it does not end as a Parquet file does: it is cut short, or was never closed",
        )),
        (false, _) => Err(Refusal::Damaged {
            message: "it does not begin as a Parquet file does".into(),
            help: "declare what it is, such as format = \"csv\"".into(),
        }),
    }
}

/// Looks at the lists of the footer, if it is all there.
fn look_at_footer(bytes: &dyn Bytes) -> Result<(), Refusal> {
    let trailer = part(bytes, bytes.len() - 8, 4)?;
    let length = trailer.first_chunk().map_or(0, |length| u64::from(u32::from_le_bytes(*length)));
    let Some(from) = (bytes.len() - 8).checked_sub(length) else { return Ok(()) };
    match footer::is_plausible(&part(bytes, from, length)?) {
        true => Ok(()),
        false => Err(damaged("its footer names more values than it has bytes")),
    }
}

/// What is wrong, without the name of the library's own error.
fn words(error: &ParquetError) -> String {
    match error {
        ParquetError::General(text)
        | ParquetError::NYI(text)
        | ParquetError::EOF(text)
        | ParquetError::ArrowError(text) => text.clone(),
        ParquetError::External(inner) => inner.to_string(),
        other => other.to_string(),
    }
}

impl Groups for Parquet {
    fn schema(&self) -> &SchemaRef {
        self.metadata.schema()
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
        let all = self.rows.get(group).copied().unwrap_or_default();
        let roots = wanted.iter().enumerate().filter(|(_, is)| **is).map(|(root, _)| root);
        let mask = ProjectionMask::roots(self.metadata.parquet_schema(), roots);
        let metadata = self.with_own_types(group, wanted);
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(
            self.bytes.clone(),
            metadata.unwrap_or_else(|| self.metadata.clone()),
        )
        .with_row_groups(vec![group])
        .with_projection(mask)
        .with_batch_size(most);
        if rows != (0..all) {
            let (skip, select) = (to_usize(rows.start), to_usize(rows.end - rows.start));
            let selectors = vec![RowSelector::skip(skip), RowSelector::select(select)];
            builder = builder.with_row_selection(RowSelection::from(selectors));
        }
        let reader = guarded(|| builder.build().map_err(|e| words(&e)))?;
        Ok(Box::new(reader.map(|batch| {
            batch.map_err(|e| {
                let text = e.to_string();
                let known = ["Parquet argument error: ", "Parquet error: ", "EOF: ", "NYI: "];
                let short = known
                    .iter()
                    .fold(text.as_str(), |text, start| text.strip_prefix(start).unwrap_or(text));
                short.to_string()
            })
        })))
    }
}

/// Stored bytes as the library reads them.
#[derive(Clone)]
struct Stored(Arc<dyn Bytes>);

impl Length for Stored {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for Stored {
    type T = BufReader<From>;

    fn get_read(&self, start: u64) -> Result<BufReader<From>, ParquetError> {
        Ok(BufReader::new(From { bytes: self.0.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<bytes::Bytes, ParquetError> {
        let part = part(&*self.0, start, length as u64);
        part.map(Into::into).map_err(|e| ParquetError::EOF(e.to_string()))
    }
}

/// Bytes from some place on.
struct From {
    bytes: Arc<dyn Bytes>,
    at: u64,
}

impl Read for From {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let n = self.bytes.read_at(self.at, buf)?;
        self.at += n as u64;
        Ok(n)
    }
}
