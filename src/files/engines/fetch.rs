//! Rows of an engine: read in batches to their end, and put aside.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use adbc_core::CancelHandle;
use adbc_core::Statement;
use adbc_core::error::{Error, Status};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, NullArray, RecordBatch, RecordBatchReader, StringArray};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use arrow_select::concat::concat_batches;

use crate::files::engines::asked::{Asked, of_postgresql};
use crate::files::engines::connect::Session;
use crate::files::engines::engine::{Aside, Marks, Moved, Part, SOURCE_FAILED, SOURCE_TIMEOUT};
use crate::files::engines::part::whole_numbers;
use crate::files::engines::statement::{self, Dialect, Fetched, Rows};
use crate::files::engines::{header, part};
use crate::files::machine::Spool;
use crate::source::{Bytes, Problem, Watcher};

/// Rows of a group at least, but for the last: engines give small batches.
const GROUP: usize = 1 << 16;

/// Rows that are looked at before it is known which columns are wanted: the types of columns that no rule
/// names go by them.
const FIRST: u64 = 10_000;

/// Fetches the first rows in the order of their key: all of them where there are no more than `whole`, or than
/// [`FIRST`]. With them goes what the table is asked by, and whether these are all.
///
/// # Errors
/// Why they cannot be fetched, or not all of them.
pub fn open(
    session: &mut Session,
    rows: &Rows,
    key: &[String],
    whole: Option<u64>,
) -> Result<((Arc<dyn Bytes>, Asked, bool), Moved), Problem> {
    let from = rows.from(session.dialect).map_err(|why| {
        let name = &session.engine.name;
        let message = format!("the rows of the source `{name}` cannot be asked for: {why}");
        Problem::nowhere(&SOURCE_FAILED, message)
    })?;
    let asked = columns(session, from, key)?;
    header::check(session, rows)?;
    let wanted = vec![true; asked.columns.len()];
    let most = whole.unwrap_or(FIRST).max(FIRST).checked_add(1);
    let (bytes, _, mut moved) = spooled(session, &asked, (&wanted, None), most)?;
    moved.statements += 1;
    let is_whole = moved.rows <= whole.unwrap_or(FIRST);
    Ok(((bytes, asked, is_whole), moved))
}

/// Fetches the columns that are wanted, in the order of their key: of all rows, or of some.
///
/// # Errors
/// Why they cannot be fetched, or not all of them.
pub fn fetch(
    session: &mut Session,
    asked: &Asked,
    wanted: &[bool],
    part: Option<&Part>,
) -> Result<(Aside, Moved), Problem> {
    // The members of structures are columns of their own: all of them stay in their places.
    let wanted = if asked.has_structures() { &[] } else { wanted };
    let (bytes, marks, moved) = spooled(session, asked, (wanted, part), None)?;
    let of_column = |place| Some(part::any_of(&marks, &part?.of_column(place)?));
    let is_patchy = part.is_some_and(Part::is_patchy);
    let cells = match is_patchy {
        true => (0..asked.columns.len()).map(of_column).collect(),
        false => Vec::new(),
    };
    Ok((Aside { bytes, marks, cells }, moved))
}

/// Rows that are put aside, their marks, and what they move.
fn spooled(
    session: &mut Session,
    asked: &Asked,
    (wanted, part): (&[bool], Option<&Part>),
    most: Option<u64>,
) -> Result<(Arc<dyn Bytes>, Vec<Marks>, Moved), Problem> {
    let is_wanted = |at: usize| wanted.get(at).copied().unwrap_or(true);
    let columns = asked.columns.iter().enumerate().filter(|(at, _)| is_wanted(*at));
    let mut columns: Vec<_> = columns.map(|(_, column)| column.clone()).collect();
    let marks = part.map(Asked::marks).unwrap_or_default();
    let put = Put { asked, wanted, marks: &marks };
    columns.extend(marks.iter().cloned());
    let from = match (part, session.dialect.spellings()) {
        (Some(part), Some(own)) => asked.part(part, session.dialect, own),
        _ => asked.from.clone(),
    };
    let order = asked.order(&is_wanted);
    let text = statement::rows(session.dialect, &from, &columns, &order, most);
    let (bytes, rows, marks) =
        within_time(session, &text, |session, reader| put.aside(session, reader))?;
    let moved = Moved { tables: 0, statements: 1, rows, bytes: bytes.len() };
    Ok((bytes, marks, moved))
}

/// The whole numbers of the one row that a statement gives.
///
/// # Errors
/// Why it gives none.
pub fn numbers(session: &mut Session, text: &str) -> Result<(Vec<u64>, Moved), Problem> {
    let all = within_time(session, text, |session, reader| {
        let batches: Result<Vec<RecordBatch>, ArrowError> = reader.collect();
        let broken = |error| session.failed("broke off while it counted", &Error::from(error));
        let batches = batches.map_err(broken)?;
        let batch = batches.iter().find(|batch| batch.num_rows() == 1);
        let number = |column: &ArrayRef| u64::try_from(whole_numbers(column)?.next()??).ok();
        let all = batch.and_then(|batch| batch.columns().iter().map(number).collect());
        all.ok_or_else(|| {
            let error = Error::with_message_and_status("it gave no numbers", Status::InvalidData);
            session.failed("was asked for counts", &error)
        })
    })?;
    Ok((all, Moved { tables: 0, statements: 1, rows: 1, bytes: 0 }))
}

/// Types of PostgreSQL whose texts there say more than what the driver makes of them.
const TEXTS_OF_POSTGRESQL: [&str; 3] = ["numeric", "money", "bpchar"];

/// Types of DuckDB of which the driver makes something else.
const TEXTS_OF_DUCKDB: [&str; 5] = ["UHUGEINT", "BIGNUM", "VARINT", "BIT", "TIME WITH TIME ZONE"];

/// Types of MariaDB of which drivers make other values: floats are lost, and the 0th of a month is the day before.
fn is_altered_on_the_way(ty: &DataType) -> bool {
    matches!(ty, DataType::Float32) || ty.is_temporal()
}

/// Which columns there are, and in which form each is fetched.
fn columns(session: &mut Session, from: String, key: &[String]) -> Result<Asked, Problem> {
    let text = statement::columns(&from);
    let schema = session.statement(&text).and_then(|mut statement| {
        let reader = statement.execute()?;
        Ok(reader.schema())
    });
    let schema = schema.map_err(|error| session.failed("does not give the table", &error))?;
    let types = types(session, &text)?;
    let how = |(at, field): (usize, &Arc<Field>)| match (session.dialect, field.data_type()) {
        (Dialect::Sqlite, _) => Fetched::Marked,
        (Dialect::DuckDb, _)
            if types.get(at).is_some_and(|own| TEXTS_OF_DUCKDB.contains(&own.as_str())) =>
        {
            Fetched::AsText
        }
        (Dialect::MariaDb, ty) if is_altered_on_the_way(ty) => Fetched::AsText,
        // A file of columns has one dictionary for all of its rows.
        (_, DataType::Dictionary(..) | DataType::Union(..)) => Fetched::AsText,
        // Types that the driver has no form for come as bytes.
        (Dialect::PostgreSql, DataType::Binary | DataType::FixedSizeBinary(_))
            if of_postgresql(field).is_some_and(|own| own != "bytea") =>
        {
            Fetched::AsText
        }
        (Dialect::PostgreSql, _)
            if of_postgresql(field).is_some_and(|own| TEXTS_OF_POSTGRESQL.contains(&own)) =>
        {
            Fetched::AsText
        }
        _ => Fetched::Plain,
    };
    let fields = schema.fields().iter().enumerate();
    let columns = fields.map(|(at, field)| (field.name().clone(), how((at, field)))).collect();
    Ok(Asked { from, columns, key: key.to_vec(), schema })
}

/// What DuckDB calls the types of the columns of a statement, which its driver does not say.
fn types(session: &mut Session, text: &str) -> Result<Vec<String>, Problem> {
    if session.dialect != Dialect::DuckDb {
        return Ok(Vec::new());
    }
    let given = session.statement(&format!("describe {text}")).and_then(|mut statement| {
        let reader = statement.execute()?;
        let mut types = Vec::new();
        for batch in reader {
            let batch = batch?;
            let column = batch.column_by_name("column_type").map(|column| column.to_data());
            let own = column.map(StringArray::from);
            types.extend(own.iter().flatten().map(|ty| ty.unwrap_or_default().to_string()));
        }
        Ok(types)
    });
    given.map_err(|error| session.failed("does not give the types of the table", &error))
}

type Batches<'r> = dyn RecordBatchReader + Send + 'r;

/// Executes a statement and reads what it gives; cancels it when its time is over, or when the run is stopped.
fn within_time<T>(
    session: &mut Session,
    text: &str,
    read: impl FnOnce(&Session, &mut Batches<'_>) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let failed = |session: &Session, error: &Error| session.failed("does not give its rows", error);
    let mut statement = session.statement(text).map_err(|error| failed(session, &error))?;
    let (seconds, watcher) = (session.engine.timeout, session.watcher.clone());
    watcher.iter().for_each(|watcher| watcher.asks(&session.engine.name));
    let watch = Watch::over(statement.get_cancel_handle(), seconds, watcher.clone());
    let executed = statement.execute();
    let done = executed.map_err(|error| failed(session, &error));
    let done = done.and_then(|mut reader| read(session, &mut *reader));
    let (ended, name) = (watch.end(), &session.engine.name);
    watcher.iter().for_each(|watcher| watcher.answered());
    done.map_err(|problem| match ended {
        Ended::InTime => problem,
        Ended::Late => {
            let unit = if seconds == 1 { "second" } else { "seconds" };
            let message = format!("the source `{name}` took longer than {seconds} {unit}");
            let help = "set a larger `timeout` in its section, in seconds";
            Problem::nowhere(&SOURCE_TIMEOUT, message).help(help)
        }
        Ended::Stopped => {
            let message = format!("stopped while the source `{name}` gave its rows");
            Problem::nowhere(&SOURCE_FAILED, message).help("nothing was judged")
        }
    })
}

/// How rows are put aside: columns that are not wanted have their places, and no cells.
struct Put<'p> {
    asked: &'p Asked,
    wanted: &'p [bool],
    /// Columns behind the others, which are not put aside.
    marks: &'p [(String, Fetched)],
}

impl Put<'_> {
    fn is_wanted(&self, at: usize) -> bool {
        self.wanted.get(at).copied().unwrap_or(true)
    }

    /// Reads all batches and puts them aside; gives how many rows they have, and their marks. What ends in
    /// an error is not used.
    fn aside(
        &self,
        session: &Session,
        reader: &mut Batches<'_>,
    ) -> Result<(Arc<dyn Bytes>, u64, Vec<Marks>), Problem> {
        let broken = |error: ArrowError| {
            let error = Error::from(error);
            session.failed("broke off while its rows were read", &error)
        };
        let given = reader.schema();
        if !self.is_same(&given) {
            let error = Error::with_message_and_status("its columns changed", Status::InvalidData);
            return Err(session.failed("gave other columns than it has", &error));
        }
        let schema = self.schema(&given);
        let mut writer = FileWriter::try_new(Spool::default(), &schema).map_err(broken)?;
        let (mut group, mut held, mut rows) = (Vec::new(), 0, 0);
        let mut marks = vec![Vec::new(); self.marks.len()];
        for batch in reader {
            let batch = batch.map_err(broken)?;
            part::take(&mut marks, &batch, rows).map_err(broken)?;
            let batch = self.checked(&batch, &schema).map_err(broken)?;
            held += batch.num_rows();
            rows += batch.num_rows() as u64;
            group.push(batch);
            if held >= GROUP {
                write(&mut writer, &schema, &mut group).map_err(broken)?;
                held = 0;
            }
        }
        write(&mut writer, &schema, &mut group).map_err(broken)?;
        writer.finish().map_err(broken)?;
        Ok((writer.into_inner().map(Spool::finish).map_err(broken)?, rows, marks))
    }

    /// The columns as they are put aside: marked ones are texts.
    fn schema(&self, given: &Schema) -> SchemaRef {
        let mut given = given.fields().iter();
        let field = |(at, (name, how)): (usize, &(String, Fetched))| {
            let own = self.is_wanted(at).then(|| given.next()).flatten();
            match (own, how) {
                (None, _) => Arc::new(Field::new(name, DataType::Null, true)),
                (Some(_), Fetched::Marked) => Arc::new(Field::new(name, DataType::Utf8, true)),
                (Some(field), _) => Arc::clone(field),
            }
        };
        Arc::new(Schema::new(self.asked.columns.iter().enumerate().map(field).collect::<Vec<_>>()))
    }

    /// Whether the columns are those that were asked for.
    fn is_same(&self, given: &Schema) -> bool {
        let all = self.asked.columns.iter().enumerate().filter(|(at, _)| self.is_wanted(*at));
        let all = all.map(|(_, column)| column).chain(self.marks).map(|(name, _)| name);
        given.fields().iter().map(|field| field.name()).eq(all)
    }

    /// A batch that is sound: what a driver gives has been checked by nobody. Marks are taken off.
    fn checked(&self, batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
        for column in batch.columns() {
            column.to_data().validate_full()?;
        }
        let mut given = batch.columns().iter();
        let column = |(at, (_, how)): (usize, &(String, Fetched))| -> Result<ArrayRef, ArrowError> {
            match (self.is_wanted(at).then(|| given.next()).flatten(), how) {
                (None, _) => Ok(Arc::new(NullArray::new(batch.num_rows()))),
                (Some(column), Fetched::Marked) => unmarked(column),
                (Some(column), _) => Ok(Arc::clone(column)),
            }
        };
        let columns = self.asked.columns.iter().enumerate().map(column);
        RecordBatch::try_new(schema.clone(), columns.collect::<Result<_, _>>()?)
    }
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

/// How a statement ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// By itself.
    InTime,
    /// Its time was over.
    Late,
    /// The run was stopped.
    Stopped,
}

/// How often it is asked whether the run is stopped.
const GLANCE: Duration = Duration::from_millis(100);

/// Cancels a statement when its time is over, or the run is stopped.
struct Watch {
    end: Sender<()>,
    thread: Option<JoinHandle<Ended>>,
}

impl Watch {
    fn over(
        handle: Box<dyn CancelHandle>,
        seconds: u64,
        watcher: Option<Arc<dyn Watcher>>,
    ) -> Watch {
        let (end, ended) = mpsc::channel();
        let wait = move || {
            let time = Duration::from_secs(seconds);
            let began = Instant::now();
            loop {
                let left = time.saturating_sub(began.elapsed());
                if ended.recv_timeout(left.min(GLANCE)) != Err(RecvTimeoutError::Timeout) {
                    return Ended::InTime;
                }
                let is_stopped = watcher.as_ref().is_some_and(|watcher| watcher.stops() > 0);
                if is_stopped || began.elapsed() >= time {
                    // A driver that cannot cancel is waited for.
                    let _ = handle.try_cancel();
                    return if is_stopped { Ended::Stopped } else { Ended::Late };
                }
            }
        };
        let thread = thread::Builder::new().spawn(wait).ok();
        Watch { end, thread }
    }

    fn end(mut self) -> Ended {
        let _ = self.end.send(());
        self.thread.take().and_then(|thread| thread.join().ok()).unwrap_or(Ended::InTime)
    }
}
