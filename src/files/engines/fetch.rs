//! Rows of an engine: read in batches to their end, and put aside.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use adbc_core::CancelHandle;
use adbc_core::Statement;
use adbc_core::error::{Error, Status};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchReader, StringArray};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use arrow_select::concat::concat_batches;

use crate::files::engines::connect::Session;
use crate::files::engines::engine::{SOURCE_FAILED, SOURCE_TIMEOUT};
use crate::files::engines::statement::{self, Dialect, Fetched, Rows};
use crate::files::machine::Spool;
use crate::source::{Bytes, Problem};

/// Rows of a group at least, but for the last: engines give small batches.
const GROUP: usize = 1 << 16;

/// Fetches rows in the order of their key.
///
/// # Errors
/// Why they cannot be fetched, or not all of them.
pub fn fetch(
    session: &mut Session,
    rows: &Rows,
    key: &[String],
) -> Result<Arc<dyn Bytes>, Problem> {
    let name = session.engine.name.clone();
    let from = rows.from(session.dialect).map_err(|why| {
        let message = format!("the rows of the source `{name}` cannot be asked for: {why}");
        Problem::nowhere(&SOURCE_FAILED, message)
    })?;
    let asked = columns(session, &from)?;
    let text = statement::rows(session.dialect, &from, &asked.columns, &asked.order(key));
    let (late, spooled) =
        within_time(session, &text, |session, reader| put_aside(session, reader, &asked))?;
    match spooled {
        Err(_) if late => {
            let seconds = session.engine.timeout;
            let message = format!("the source `{name}` took longer than {seconds} seconds");
            let help = "set a larger `timeout` in its section, in seconds";
            Err(Problem::nowhere(&SOURCE_TIMEOUT, message).help(help))
        }
        other => other,
    }
}

/// The columns that are asked for.
struct Asked {
    columns: Vec<(String, Fetched)>,
    schema: SchemaRef,
}

impl Asked {
    /// The order of rows: the columns of the key, then the others, so that it is the same each time
    /// where a key stands twice. With each goes whether it holds texts, which have collations.
    fn order(&self, key: &[String]) -> Vec<(String, bool)> {
        let is_text = |field: &Field| match of_postgresql(field) {
            Some(own) => ["text", "varchar", "bpchar", "name"].contains(&own),
            None => matches!(
                field.data_type(),
                DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
            ),
        };
        let has_order = |field: &Field| {
            let ty = field.data_type();
            is_text(field) || ty.is_numeric() || ty.is_temporal()
        };
        let fields = self.schema.fields().iter().map(AsRef::as_ref);
        let of_key = key.iter().filter_map(|name| self.schema.field_with_name(name).ok());
        let others = fields.filter(|field| !key.contains(field.name()) && has_order(field));
        of_key.chain(others).map(|field| (field.name().clone(), is_text(field))).collect()
    }

    fn is_marked(&self) -> bool {
        self.columns.iter().any(|(_, how)| *how == Fetched::Marked)
    }
}

/// What PostgreSQL calls the type of a column.
fn of_postgresql(field: &Field) -> Option<&str> {
    field.metadata().get("POSTGRESQL:type").map(String::as_str)
}

/// Which columns there are, and in which form each is fetched.
fn columns(session: &mut Session, from: &str) -> Result<Asked, Problem> {
    let text = statement::columns(from);
    let schema = session.statement(&text).and_then(|mut statement| {
        let reader = statement.execute()?;
        Ok(reader.schema())
    });
    let schema = schema.map_err(|error| session.failed("does not give the table", &error))?;
    let how = |field: &Field| match (session.dialect, field.data_type()) {
        (Dialect::Sqlite, _) => Fetched::Marked,
        // A file of columns has one dictionary for all of its rows.
        (_, DataType::Dictionary(..) | DataType::Union(..)) => Fetched::AsText,
        // Types that the driver has no form for come as bytes.
        (Dialect::PostgreSql, DataType::Binary | DataType::FixedSizeBinary(_))
            if of_postgresql(field).is_some_and(|own| own != "bytea") =>
        {
            Fetched::AsText
        }
        _ => Fetched::Plain,
    };
    let column = |field: &Arc<Field>| (field.name().clone(), how(field));
    Ok(Asked { columns: schema.fields().iter().map(column).collect(), schema })
}

type Batches<'r> = dyn RecordBatchReader + Send + 'r;

/// Executes a statement, and cancels it when its time is over; gives whether it was.
fn within_time<T>(
    session: &mut Session,
    text: &str,
    read: impl FnOnce(&Session, &mut Batches<'_>) -> T,
) -> Result<(bool, T), Problem> {
    let failed = |session: &Session, error: &Error| session.failed("does not give its rows", error);
    let mut statement = session.statement(text).map_err(|error| failed(session, &error))?;
    let watch = Watch::over(statement.get_cancel_handle(), session.engine.timeout);
    let executed = statement.execute();
    let done = executed.map(|mut reader| read(session, &mut *reader));
    let late = watch.end();
    match done {
        Ok(done) => Ok((late, done)),
        Err(mut error) => {
            if late {
                error.status = Status::Timeout;
            }
            Err(failed(session, &error))
        }
    }
}

/// Reads all batches and puts them aside. What ends in an error is not used.
fn put_aside(
    session: &Session,
    reader: &mut Batches<'_>,
    asked: &Asked,
) -> Result<Arc<dyn Bytes>, Problem> {
    let schema = given(&reader.schema(), asked);
    let broken = |error: ArrowError| {
        let error = Error::from(error);
        session.failed("broke off while its rows were read", &error)
    };
    let changed = || {
        let error = Error::with_message_and_status("its columns changed", Status::InvalidData);
        session.failed("gave other columns than it has", &error)
    };
    if !is_same(&schema, asked) {
        return Err(changed());
    }
    let mut writer = FileWriter::try_new(Spool::default(), &schema).map_err(broken)?;
    let (mut group, mut held) = (Vec::new(), 0);
    for batch in reader {
        let batch = checked(batch.map_err(broken)?, &schema, asked).map_err(broken)?;
        held += batch.num_rows();
        group.push(batch);
        if held >= GROUP {
            write(&mut writer, &schema, &mut group).map_err(broken)?;
            held = 0;
        }
    }
    write(&mut writer, &schema, &mut group).map_err(broken)?;
    writer.finish().map_err(broken)?;
    writer.into_inner().map(Spool::finish).map_err(broken)
}

fn write(
    writer: &mut FileWriter<Spool>,
    schema: &SchemaRef,
    group: &mut Vec<RecordBatch>,
) -> Result<(), ArrowError> {
    if group.iter().all(|batch| batch.num_rows() == 0) {
        group.clear();
        return Ok(());
    }
    writer.write(&concat_batches(schema, group.iter())?)?;
    group.clear();
    Ok(())
}

/// The columns as they are put aside: marked ones are texts.
fn given(schema: &Schema, asked: &Asked) -> SchemaRef {
    if !asked.is_marked() {
        return Arc::new(schema.clone());
    }
    let field = |field: &Arc<Field>| Field::new(field.name(), DataType::Utf8, true);
    Arc::new(Schema::new(schema.fields().iter().map(field).collect::<Vec<_>>()))
}

/// Whether the columns are those that were asked for.
fn is_same(schema: &Schema, asked: &Asked) -> bool {
    let names = asked.columns.iter().map(|(name, _)| name);
    schema.fields().len() == asked.columns.len()
        && schema.fields().iter().map(|field| field.name()).eq(names)
}

/// A batch that is sound: what a driver gives has been checked by nobody. Marks are taken off.
fn checked(
    batch: RecordBatch,
    schema: &SchemaRef,
    asked: &Asked,
) -> Result<RecordBatch, ArrowError> {
    for column in batch.columns() {
        column.to_data().validate_full()?;
    }
    if !asked.is_marked() {
        return Ok(batch);
    }
    let columns: Result<Vec<ArrayRef>, ArrowError> = batch.columns().iter().map(unmarked).collect();
    RecordBatch::try_new(schema.clone(), columns?)
}

/// The texts behind their marks. A column without a single text has another type.
fn unmarked(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let texts: StringArray = match column.as_string_opt::<i32>() {
        Some(texts) => texts.iter().map(|text| text?.strip_prefix('=')).collect(),
        None if column.null_count() == column.len() => {
            std::iter::repeat_n(None::<&str>, column.len()).collect()
        }
        None => return Err(ArrowError::SchemaError("a column holds no texts".into())),
    };
    Ok(Arc::new(texts))
}

/// Cancels a statement when its time is over.
struct Watch {
    end: Sender<()>,
    late: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    fn over(handle: Box<dyn CancelHandle>, seconds: u64) -> Watch {
        let (end, ended) = mpsc::channel();
        let late = Arc::new(AtomicBool::new(false));
        let is_late = late.clone();
        let wait = move || {
            if ended.recv_timeout(Duration::from_secs(seconds)) == Err(RecvTimeoutError::Timeout) {
                is_late.store(true, Ordering::Relaxed);
                // A driver that cannot cancel is waited for.
                let _ = handle.try_cancel();
            }
        };
        let thread = thread::Builder::new().spawn(wait).ok();
        Watch { end, late, thread }
    }

    /// Whether the time was over before.
    fn end(mut self) -> bool {
        let _ = self.end.send(());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.late.load(Ordering::Relaxed)
    }
}
