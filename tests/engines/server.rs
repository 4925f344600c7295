//! Engines that are there, tables that are put into them, and runs over these.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use adbc_core::options::{AdbcVersion, IngestMode, OptionDatabase, OptionStatement, OptionValue};
use adbc_core::{Connection, Database, Driver, LOAD_FLAG_DEFAULT, Optionable, Statement};
use adbc_driver_manager::{ManagedConnection, ManagedDriver};
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use crossfoot::files::engines::drivers;
use crossfoot::read::csv;
use crossfoot::render::{Format, sink};
use crossfoot::{Request, SinkSlot};
use parquet::arrow::ArrowWriter;
use serde_json::Value;

/// A table of texts: names of columns, and rows of cells.
#[derive(Debug, Clone, Default)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Option<String>>>,
}

impl Table {
    pub fn csv(&self) -> String {
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.columns).expect("a header");
        for row in &self.rows {
            let cells = row.iter().map(|cell| cell.as_deref().unwrap_or_default());
            writer.write_record(cells).expect("a row");
        }
        String::from_utf8(writer.into_inner().expect("all of it")).expect("a text")
    }

    fn batch(&self) -> RecordBatch {
        let field = |name: &String| Field::new(name, DataType::Utf8, true);
        let schema = Schema::new(self.columns.iter().map(field).collect::<Vec<_>>());
        let column = |n: usize| -> ArrayRef {
            let cells = self.rows.iter().map(|row| row[n].as_deref());
            Arc::new(cells.collect::<StringArray>())
        };
        let columns = (0..self.columns.len()).map(column).collect();
        RecordBatch::try_new(Arc::new(schema), columns).expect("a batch")
    }
}

/// An engine with a place of its own for one test.
#[derive(Debug)]
pub struct Server {
    pub driver: String,
    /// What `--source` is given.
    pub address: String,
    /// What stands before the names of tables.
    pub schema: Option<String>,
    folder: tempfile::TempDir,
}

/// How many places were made in this process.
static MADE: AtomicU32 = AtomicU32::new(0);

/// The engines that are there; each gets a place of its own.
pub fn servers() -> Vec<Server> {
    let named = std::env::var("CROSSFOOT_ENGINES").unwrap_or_default();
    named.split_whitespace().map(Server::new).collect()
}

/// Those of which checks are asked: by Flight SQL all rows are fetched.
pub fn that_are_asked() -> Vec<Server> {
    servers().into_iter().filter(|server| server.driver != "flightsql").collect()
}

/// The one engine, if it is there.
pub fn server(driver: &str) -> Option<Server> {
    let named = std::env::var("CROSSFOOT_ENGINES").unwrap_or_default();
    named.split_whitespace().any(|name| name == driver).then(|| Server::new(driver))
}

impl Server {
    fn new(driver: &str) -> Server {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let schema = format!("t{}_{number}", std::process::id());
        let (address, schema) = match driver {
            "postgresql" => {
                let address = std::env::var("CROSSFOOT_POSTGRESQL").expect("where the server is");
                (address, Some(schema))
            }
            "mariadb" => {
                let at = std::env::var("CROSSFOOT_MARIADB").expect("where the server is");
                let (host, port) = at.split_once(':').expect("a host and a port");
                let odbc = "Driver={MariaDB Unicode};UID=root;charset=utf8mb4";
                (format!("{odbc};Server={host};Port={port}"), Some(schema))
            }
            "spark" => (std::env::var("CROSSFOOT_SPARK").expect("where the server is"), None),
            "flightsql" => {
                (std::env::var("CROSSFOOT_FLIGHTSQL").expect("where the server is"), None)
            }
            "duckdb" => (file("held.duckdb"), None),
            "sqlite" => (file("held.sqlite"), None),
            other => panic!("no test knows how to reach {other}"),
        };
        let mut server = Server { driver: driver.into(), address, schema, folder };
        match &server.schema {
            // As it is made where nobody thinks of it: it takes capital and small letters for the same.
            Some(schema) if driver == "mariadb" => {
                let set = "character set utf8mb4 collate utf8mb4_general_ci";
                server.execute(&[&format!("create database {schema} {set}")]);
                server.address = format!("{};Database={schema}", server.address);
            }
            Some(schema) => server.execute(&[&format!("create schema {schema}")]),
            // Its tables are files.
            None if server.has_files() => {}
            None => server.execute(&["create table begun(id integer)"]),
        }
        server
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn connection(&self) -> ManagedConnection {
        let found = drivers::find(&self.driver).expect("the driver of an engine that is named");
        let entry = found.entry.map(str::as_bytes);
        let version = AdbcVersion::V110;
        let driver =
            ManagedDriver::load_from_name(&found.path, entry, version, LOAD_FLAG_DEFAULT, None);
        let key = match self.driver.as_str() {
            "duckdb" => OptionDatabase::Other("path".into()),
            _ => OptionDatabase::Uri,
        };
        let options = [(key, OptionValue::String(self.address.clone()))];
        let database = driver.expect("it loads").new_database_with_opts(options);
        database.expect("a database").new_connection().expect("a connection")
    }

    pub fn execute(&self, statements: &[&str]) {
        let mut connection = self.connection();
        for text in statements {
            let mut statement = connection.new_statement().expect("a statement");
            statement.set_sql_query(text).expect("a text");
            statement.execute_update().unwrap_or_else(|e| panic!("{text}: {e}"));
        }
    }

    /// Whether it can have columns of these names: in MariaDB none ends with a blank.
    pub fn can_hold(&self, table: &Table) -> bool {
        self.driver != "mariadb" || table.columns.iter().all(|name| name.trim_end() == name)
    }

    /// Puts tables into it.
    pub fn load(&self, tables: &[(&str, &Table)]) {
        if self.has_files() {
            return tables.iter().for_each(|(name, table)| self.write(name, &table.batch()));
        }
        if self.driver == "mariadb" {
            return tables.iter().for_each(|(name, table)| self.insert(name, table));
        }
        let mut connection = self.connection();
        for (name, table) in tables {
            let mut statement = connection.new_statement().expect("a statement");
            let mut set = |key, value: OptionValue| {
                statement.set_option(key, value).expect("an option");
            };
            set(OptionStatement::TargetTable, (*name).into());
            set(OptionStatement::IngestMode, IngestMode::Create.into());
            if let Some(schema) = &self.schema {
                set(OptionStatement::TargetDbSchema, schema.as_str().into());
            }
            statement.bind(table.batch()).expect("rows");
            statement.execute_update().unwrap_or_else(|e| panic!("{name}: {e}"));
        }
    }

    /// Puts a table into MariaDB, whose driver makes short texts of long ones.
    fn insert(&self, name: &str, table: &Table) {
        let schema = self.schema.as_deref().unwrap_or_default();
        let named = |name: &str| format!("`{}`", name.replace('`', "``"));
        let columns: Vec<String> =
            table.columns.iter().map(|name| format!("{} longtext", named(name))).collect();
        let name = named(name);
        let cell = |cell: &Option<String>| match cell {
            Some(text) => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''")),
            None => "null".into(),
        };
        let row = |row: &Vec<Option<String>>| {
            format!("({})", row.iter().map(cell).collect::<Vec<_>>().join(", "))
        };
        let mut all = vec![format!("create table {schema}.{name} ({})", columns.join(", "))];
        for rows in table.rows.chunks(1000) {
            let rows: Vec<String> = rows.iter().map(row).collect();
            all.push(format!("insert into {schema}.{name} values {}", rows.join(", ")));
        }
        self.execute(&all.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// Whether its tables are files: Spark, and Sail by Flight SQL.
    fn has_files(&self) -> bool {
        matches!(self.driver.as_str(), "spark" | "flightsql")
    }

    /// Writes a file that Spark reads as a table.
    fn write(&self, name: &str, batch: &RecordBatch) {
        let file = std::fs::File::create(self.path(&format!("{name}.parquet"))).expect("a file");
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a writer");
        writer.write(batch).expect("rows");
        writer.close().expect("all of it");
    }

    /// The name of a table as rules write it.
    pub fn named(&self, table: &str) -> String {
        if self.has_files() {
            let path =
                self.path(&format!("{table}.parquet")).to_string_lossy().replace('"', "\"\"");
            return format!("parquet.\"{path}\"");
        }
        let quoted = format!("\"{}\"", table.replace('"', "\"\""));
        match &self.schema {
            Some(schema) => format!("{schema}.{quoted}"),
            None => quoted,
        }
    }

    /// The section of a table that it holds.
    pub fn section(&self, table: &str) -> String {
        let named = toml::Value::String(self.named(table));
        format!("source = \"held\"\ntable = {named}\n")
    }

    /// Runs rules, below the section of the source.
    pub fn run(&self, rules: &str) -> Ran {
        self.run_with(rules, None)
    }

    /// The same, as if its tables were too large to be fetched whole.
    pub fn run_left(&self, rules: &str) -> Ran {
        self.run_with(rules, Some(0))
    }

    /// The same, as if only tables of no more rows were fetched whole.
    pub fn run_with(&self, rules: &str, whole_rows: Option<u64>) -> Ran {
        let declared = format!("[source.held]\ndriver = \"{}\"\n\n{rules}", self.driver);
        let sources = vec![("held".to_string(), self.address.clone())];
        run_as(self.folder.path(), &declared, Request { sources, whole_rows, ..Request::default() })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(schema) = &self.schema {
            let cascade = if self.driver == "mariadb" { "" } else { "cascade" };
            self.execute(&[&format!("drop schema {schema} {cascade}")]);
        }
    }
}

/// What a run gave.
pub struct Ran {
    pub document: Value,
    pub concise: String,
}

/// Runs rules that stand in a folder.
pub fn run(folder: &Path, rules: &str, sources: &[(String, String)]) -> Ran {
    run_as(folder, rules, Request { sources: sources.to_vec(), ..Request::default() })
}

/// Runs rules that stand in a folder, as a request says.
pub fn run_as(folder: &Path, rules: &str, request: Request) -> Ran {
    let path = folder.join("rules.toml");
    std::fs::write(&path, rules).expect("rules");
    let request = Request {
        rule_files: vec![path.to_string_lossy().into_owned()],
        today: Some("2026-11-23".into()),
        ..request
    };
    let (mut json, mut concise) = (Vec::new(), Vec::new());
    let options = crossfoot::render::Options { width: 100, ..Default::default() };
    let slots = [(Format::Json, &mut json), (Format::Concise, &mut concise)];
    let slot = |(format, out)| SinkSlot {
        sink: sink(format, options),
        out: Box::new(out),
        capped: false,
        error: None,
    };
    let mut slots = slots.map(slot);
    crossfoot::run(&request, &mut slots);
    drop(slots);
    let document = serde_json::from_slice(&json).expect("a document");
    Ran { document, concise: String::from_utf8(concise).expect("a text") }
}

impl Ran {
    /// Its findings without their places, in an order of their own.
    pub fn findings(&self) -> Vec<String> {
        let findings = self.document["findings"].as_array().expect("findings");
        let keys =
            ["check", "fault", "severity", "key", "fingerprint", "evidence", "undecided_count"];
        // What is out of order in the text of a file is in no engine.
        let of_files: Vec<&str> = csv::FAULTS.iter().map(|fault| fault.name).collect();
        let is_own = |f: &&Value| !of_files.contains(&f["fault"].as_str().unwrap_or_default());
        let finding = |finding: &Value| {
            let own = keys.map(|key| finding[key].to_string());
            let sides = ["left", "right", "difference"].map(|k| finding["working"][k].to_string());
            format!("{} {}", own.join(" "), sides.join(" "))
        };
        let mut all: Vec<String> = findings.iter().filter(is_own).map(finding).collect();
        all.sort();
        all
    }

    /// The names of what kept it from judging all.
    pub fn problems(&self) -> Vec<&str> {
        let problems = self.document["problems"].as_array().expect("problems");
        problems.iter().filter_map(|problem| problem["fault"].as_str()).collect()
    }

    /// What the first of these says, and what to do.
    pub fn words(&self) -> String {
        let problem = &self.document["problems"][0];
        format!("{} / {}", problem["message"], problem["help"])
    }
}
