//! Connections: the driver is loaded, and a transaction that only reads is begun.

use std::path::Path;
use std::sync::Arc;

use adbc_core::error::{Error, Status};
use adbc_core::options::{AdbcVersion, OptionDatabase, OptionValue};
use adbc_core::{Connection, Database, Driver, LOAD_FLAG_DEFAULT, Statement};
use adbc_driver_manager::{ManagedConnection, ManagedDriver, ManagedStatement};
use arrow_array::RecordBatchReader;
use tempfile::TempDir;

use crate::files::engines::drivers::{self, Found, how_to_get};
use crate::files::engines::engine::{
    At, Engine, NO_DRIVER, SOURCE_FAILED, SOURCE_TIMEOUT, variable,
};
use crate::files::engines::profiles::{self, Profile};
use crate::files::engines::statement::Dialect;
use crate::source::{Problem, Watcher};

/// A connection, within a transaction that only reads.
pub struct Session {
    pub engine: Engine,
    pub dialect: Dialect,
    /// Who waits for it, and may stop it.
    pub watcher: Option<Arc<dyn Watcher>>,
    connection: ManagedConnection,
    /// What must not be shown: passwords and tokens.
    secrets: Vec<String>,
    /// Where DuckDB puts what does not fit into memory; it goes after the connection.
    _spill: Option<TempDir>,
}

impl Session {
    /// Loads the driver, connects, and begins a transaction; `memory` is what the run may take, in bytes.
    ///
    /// # Errors
    /// Which of these failed.
    pub fn open(
        engine: &Engine,
        reads_files: bool,
        memory: Option<u64>,
        watcher: Option<Arc<dyn Watcher>>,
    ) -> Result<Session, Problem> {
        let profile = profile(engine)?;
        let secrets = secrets(&profile.options);
        let mut driver = load(&profile.driver)?;
        let dialect = Dialect::of(&engine.driver);
        let spill = (dialect == Dialect::DuckDb).then(|| tempfile::tempdir().ok()).flatten();
        let bounds = Bounds { reads_files, memory, spill: spill.as_ref().map(TempDir::path) };
        let options = bounded(profile.options, dialect, &bounds);
        let failed = |error: Error| failed(engine, &secrets, UNREACHED, &error);
        let database = driver.new_database_with_opts(options).map_err(failed)?;
        let connection = database.new_connection().map_err(failed)?;
        let own = engine.clone();
        let mut session =
            Session { engine: own, dialect, watcher, connection, secrets, _spill: spill };
        if dialect == Dialect::Ansi {
            session.dialect = session.quotes()?;
        }
        for text in dialect.settings() {
            let _refused =
                session.statement(text).and_then(|mut statement| statement.execute_update());
        }
        for text in dialect.begin(engine.timeout) {
            let done =
                session.statement(&text).and_then(|mut statement| statement.execute_update());
            done.map_err(|error| session.failed("cannot begin to read", &error))?;
        }
        Ok(session)
    }

    /// A statement that is ready to be executed.
    ///
    /// # Errors
    /// What the driver says.
    pub fn statement(&mut self, text: &str) -> Result<ManagedStatement, Error> {
        let mut statement = self.connection.new_statement()?;
        statement.set_sql_query(text)?;
        Ok(statement)
    }

    /// The dialect by how names are quoted, in an engine of which it is not known: where double quotes stand around
    /// texts, each cell would be the name of its column.
    fn quotes(&mut self) -> Result<Dialect, Problem> {
        let neither = "neither double quotes nor backticks stand around names";
        let mut refused = Error::with_message_and_status(neither, Status::Unknown);
        for dialect in [Dialect::Ansi, Dialect::Backticks] {
            let name = dialect.name("crossfoot");
            let text = format!("select {name} from (select 1 as {name}) as crossfoot_rows");
            match self.statement(&text).and_then(|mut statement| Ok(statement.execute()?.schema()))
            {
                Ok(schema)
                    if schema.fields().iter().all(|field| field.data_type().is_numeric()) =>
                {
                    return Ok(dialect);
                }
                Ok(_) => {}
                Err(error) => refused = error,
            }
        }
        Err(self.failed("cannot begin to read", &refused))
    }

    /// Whether it can be asked something else, after it refused a statement.
    pub fn goes_on(&mut self) -> bool {
        let is_stopped = self.watcher.as_ref().is_some_and(|watcher| watcher.stops() > 0);
        let mut all = self.dialect.go_on().iter();
        let mut is_done = |text: &str| {
            self.statement(text).and_then(|mut statement| statement.execute_update()).is_ok()
        };
        !is_stopped && all.all(|text| is_done(text))
    }

    /// That the engine answered with an error.
    pub fn failed(&self, what: &str, error: &Error) -> Problem {
        failed(&self.engine, &self.secrets, what, error)
    }
}

/// Where an engine is, and by which driver.
fn profile(engine: &Engine) -> Result<Profile, Problem> {
    let own = |options| Profile { driver: engine.driver.clone(), options };
    match &engine.at {
        Some(At::Address(address)) if is_missing_file(&engine.driver, address) => {
            let message = format!("the source `{}` has no file `{address}`", engine.name);
            Err(Problem::nowhere(&SOURCE_FAILED, message).help("check the path"))
        }
        Some(At::Address(address)) => {
            let key = match engine.driver.as_str() {
                "duckdb" => OptionDatabase::Other("path".into()),
                _ => OptionDatabase::Uri,
            };
            Ok(own(vec![(key, OptionValue::String(address.clone()))]))
        }
        Some(At::Profile(name)) => profiles::read(name).map_err(|why| {
            let message =
                format!("the profile of the source `{}` cannot be read: {why}", engine.name);
            let help = "a profile stands in adbc/profiles/ of the user's configuration, or in a \
                        folder that ADBC_PROFILE_PATH names";
            Problem::nowhere(&SOURCE_FAILED, message).help(help)
        }),
        // In memory: it reads files.
        None if engine.driver == "duckdb" => Ok(own(Vec::new())),
        None => {
            let message = format!("nothing says where the source `{}` is", engine.name);
            let help = format!(
                "name a profile in its section, or say it when it is run: --source {}=…, or {} in \
                 the environment",
                engine.name,
                variable(&engine.name)
            );
            Err(Problem::nowhere(&SOURCE_FAILED, message).help(help))
        }
    }
}

/// Whether the file of a database is not there: SQLite would make one.
fn is_missing_file(driver: &str, address: &str) -> bool {
    let is_path = !address.starts_with(':') && !address.contains("://");
    let is_path = is_path && !address.starts_with("file:");
    matches!(driver, "sqlite" | "duckdb") && is_path && !Path::new(address).exists()
}

/// Loads a driver by its name; a profile of the user may name the path of a library, too.
fn load(name: &str) -> Result<ManagedDriver, Problem> {
    let is_path = name.contains(['/', '\\']) || name.ends_with(".toml");
    let own = || Found { path: name.into(), by: "profile", entry: None };
    let found = if is_path { Some(own()) } else { drivers::find(name) };
    let found = found.ok_or_else(|| {
        let message = format!("the driver `{name}` is not found");
        let help = format!("{}; `crossfoot sources` lists what is there", how_to_get(name));
        Problem::nowhere(&NO_DRIVER, message).help(help)
    })?;
    let entry = found.entry.map(str::as_bytes);
    let open = |version| {
        ManagedDriver::load_from_name(&found.path, entry, version, LOAD_FLAG_DEFAULT, None)
    };
    // Drivers that know nothing of the newer version say so.
    let loaded =
        open(AdbcVersion::V110).or_else(|first| open(AdbcVersion::V100).map_err(|_| first));
    loaded.map_err(|error| {
        let words = in_a_line(&error.message);
        let message = format!("the driver `{name}` ({}) cannot be loaded: {words}", found.by);
        let help = "check that it is made for this system, and that its version fits: `crossfoot \
                    sources` lists where it was found";
        Problem::nowhere(&NO_DRIVER, message).help(help)
    })
}

/// What DuckDB, which runs within crossfoot, may do.
#[derive(Default)]
struct Bounds<'b> {
    reads_files: bool,
    /// Bytes that the whole run may take.
    memory: Option<u64>,
    /// Where it puts what does not fit: by itself it would choose the folder of the user.
    spill: Option<&'b Path>,
}

/// What a driver is given, and beside it that DuckDB keeps within its bounds: it writes nothing but what does
/// not fit into memory, and reads no other files than it is handed.
fn bounded(
    mut options: Vec<(OptionDatabase, OptionValue)>,
    dialect: Dialect,
    bounds: &Bounds<'_>,
) -> Vec<(OptionDatabase, OptionValue)> {
    /// With less it answers nothing.
    const LEAST_MEMORY: u64 = 256 << 20;
    if dialect != Dialect::DuckDb {
        return options;
    }
    let path = options.iter().find_map(|(key, value)| match (key.as_ref(), value) {
        ("path", OptionValue::String(path)) => Some(path.clone()),
        _ => None,
    });
    let is_on_disk = path.is_some_and(|path| !path.is_empty() && path != ":memory:");
    let mut add = |key: &str, value: &str| {
        if !options.iter().any(|(own, _)| own.as_ref() == key) {
            options.push((OptionDatabase::Other(key.into()), OptionValue::String(value.into())));
        }
    };
    if is_on_disk {
        add("access_mode", "READ_ONLY");
    }
    if let Some(bytes) = bounds.memory {
        add("memory_limit", &format!("{}B", (bytes / 2).max(LEAST_MEMORY)));
    }
    if let Some(folder) = bounds.spill.and_then(Path::to_str) {
        add("temp_directory", folder);
    }
    // Behind it no folder may be set.
    if !bounds.reads_files {
        add("enable_external_access", "false");
    }
    options
}

/// The parts of options that must not be shown.
fn secrets(options: &[(OptionDatabase, OptionValue)]) -> Vec<String> {
    const KEYS: [&str; 6] = ["password", "pwd", "token", "secret", "credential", "key"];
    let secret = |(key, value): &(OptionDatabase, OptionValue)| {
        let OptionValue::String(text) = value else { return Vec::new() };
        let key = key.as_ref().to_ascii_lowercase();
        if KEYS.iter().any(|part| key.contains(part)) {
            return vec![text.clone()];
        }
        // `scheme://user:password@host/…?password=…`
        let user = text.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@'));
        let of_user = user.and_then(|(user, _)| Some(user.split_once(':')?.1.to_string()));
        let query = text.split_once('?').map_or("", |(_, query)| query);
        let parts = query.split('&').filter_map(|part| part.split_once('='));
        // `UID=user;PWD=password` of ODBC.
        let parts = parts.chain(text.split(';').filter_map(|part| part.split_once('=')));
        let is_secret = |key: &str| KEYS.iter().any(|part| key.to_ascii_lowercase().contains(part));
        let own = parts.filter(|(key, _)| is_secret(key)).map(|(_, value)| value.to_string());
        of_user.into_iter().chain(own).collect()
    };
    options.iter().flat_map(secret).filter(|text| !text.is_empty()).collect()
}

/// That an engine answered with an error; what is secret is left out of its words.
fn failed(engine: &Engine, secrets: &[String], what: &str, error: &Error) -> Problem {
    // Before they are cut, so that no part of a secret is left.
    let mut words = error.message.clone();
    for secret in secrets {
        words = words.replace(secret, "…");
    }
    let words = in_a_line(without_statement(&words));
    let is_late = error.status == Status::Timeout || state(error) == "57014";
    let (fault, help) = match error.status {
        _ if is_late => (&SOURCE_TIMEOUT, "set a larger `timeout` in its section, in seconds"),
        Status::Unauthenticated | Status::Unauthorized => {
            (&SOURCE_FAILED, "a role that may read the table is enough: nothing is written")
        }
        _ if what == UNREACHED || is_refused(error) => {
            (&SOURCE_FAILED, "check that it runs, and what --source or the profile says")
        }
        _ if is_unknown(error) => (
            &SOURCE_FAILED,
            "check the names in it; a table may need that of its schema: public.orders",
        ),
        _ => (&SOURCE_FAILED, "nothing was judged of what it did not give whole"),
    };
    let message = format!("the source `{}` {what}: {words}", engine.name);
    Problem::nowhere(fault, message).help(help)
}

/// What is said of an engine that cannot be reached.
const UNREACHED: &str = "cannot be reached";

/// Whether a table or a column is not there.
fn is_unknown(error: &Error) -> bool {
    let words =
        ["does not exist", "no such table", "no such column", "not found", "cannot be found"];
    words.iter().any(|words| error.message.contains(words))
}

/// Whether nobody answers where the engine should be: Spark is reached when it is asked first.
fn is_refused(error: &Error) -> bool {
    error.message.contains("connection refused")
}

/// The words of an engine without what a driver puts before them, and without the statement, which is ours.
fn without_statement(words: &str) -> &str {
    const BEFORE: [&str; 7] = [
        "[libpq]",
        "[SQLite]",
        "Failed to execute query:",
        "Failed to prepare query:",
        "could not begin COPY:",
        "failed to execute:",
        "Execution error [PGRES_FATAL_ERROR]:",
    ];
    // What a stream broke off with.
    let mut words =
        words.rsplit_once("Producer error: ").map_or(words, |(_, own)| own).trim_start();
    while let Some(rest) = BEFORE.iter().find_map(|before| words.strip_prefix(before)) {
        words = rest.trim_start();
    }
    let ends = ["\nLINE ", "\nQuery was:", "\nquery: ", "\nquery was:"];
    let end = ends.iter().filter_map(|end| words.find(end)).min().unwrap_or(words.len());
    words.get(..end).unwrap_or(words)
}

/// The five signs by which SQL names an error.
fn state(error: &Error) -> String {
    let sign = |c: &std::ffi::c_char| u8::try_from(*c).map_or('?', char::from);
    error.sqlstate.iter().map(sign).collect()
}

/// Words of an engine in one line, cut where they are long.
pub fn in_a_line(words: &str) -> String {
    const MOST: usize = 300;
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_found_wherever_they_stand() {
        let of = |key: &str, text: &str| {
            secrets(&[(OptionDatabase::from(key), OptionValue::String(text.into()))])
        };
        assert_eq!(of("uri", "postgresql://a:s3c:r@t@h/d"), ["s3c:r@t"]);
        assert_eq!(of("uri", "postgresql://h/d?user=a&password=xyz"), ["xyz"]);
        assert_eq!(of("adbc.spark.token", "abc"), ["abc"]);
        assert_eq!(of("uri", "postgresql://a@h/d"), [""; 0]);
        assert_eq!(in_a_line("a\n  b\t c"), "a b c");
    }

    #[test]
    fn duckdb_writes_nothing_and_reads_what_it_is_handed() {
        let within = |path: Option<&str>, bounds: Bounds<'_>| {
            let options = path.map(|path| (OptionDatabase::Other("path".into()), path.into()));
            let all = bounded(options.into_iter().collect(), Dialect::DuckDb, &bounds);
            all.iter().map(|(key, _)| key.as_ref().to_string()).collect::<Vec<_>>()
        };
        let keys = |path, reads_files| within(path, Bounds { reads_files, ..Bounds::default() });
        let small =
            Bounds { reads_files: true, memory: Some(1 << 20), spill: Some(Path::new("spill")) };
        assert_eq!(within(None, small), ["memory_limit", "temp_directory"]);
        let closed = Bounds { spill: Some(Path::new("spill")), ..Bounds::default() };
        assert_eq!(within(None, closed), ["temp_directory", "enable_external_access"]);
        assert_eq!(keys(None, true), [""; 0]);
        assert_eq!(keys(Some(":memory:"), false), ["path", "enable_external_access"]);
        assert_eq!(keys(Some("a.db"), false), ["path", "access_mode", "enable_external_access"]);
    }
}
