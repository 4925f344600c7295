//! Engines that hold tables: which are declared, where they are, and what is fetched from them.
//!
//! A rule file names a driver and a profile. Where the engine is, and which library is loaded for it,
//! is said by the command line, the environment or the user's own profile.

#[cfg(feature = "engines")]
mod asked;
#[cfg(feature = "engines")]
mod connect;
pub mod drivers;
mod engine;
#[cfg(feature = "engines")]
mod fetch;
#[cfg(feature = "engines")]
mod header;
#[cfg(feature = "engines")]
mod part;
#[cfg(feature = "engines")]
mod profiles;
pub mod statement;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::source::tree::Stamp;
use crate::source::{Bytes, FileId, Problem, Span, Watcher};
use crate::sql::dialect;

pub use engine::{
    Aside, At, DUCKDB, Engine, FAULTS, Failure, Marks, Moved, NO_ENGINES, Named, Part, Refusal,
    SOURCE_FAILED, variable,
};
pub use statement::{Dialect, Rows};

/// The engines of a run.
#[derive(Default)]
pub struct Engines {
    declared: Vec<Engine>,
    /// What the command line says: the name of a source, and where it is.
    given: Vec<(String, String)>,
    /// Whether only sources that the command line names are read: the rules are a stranger's.
    only_given: bool,
    /// Whether none is read: a run beside another one, which has read them.
    is_refused: bool,
    /// Whether none is asked, since the rules are wrong.
    waits: bool,
    /// A table of no more rows is fetched whole when it is opened; as many as are looked at first
    /// where none are said.
    whole: Option<u64>,
    /// Bytes of memory that the run may take.
    memory: Option<u64>,
    /// Who waits for the run, and may stop it.
    watcher: Option<Arc<dyn Watcher>>,
    /// Tables that are fetched whole whatever they are: all of their rows are read before any is judged.
    wholly: BTreeSet<String>,
    /// By name, and whether files are read by it.
    #[cfg(feature = "engines")]
    sessions: BTreeMap<(String, bool), connect::Session>,
    /// Tables that can be asked.
    #[cfg(feature = "engines")]
    open: Vec<Open>,
    /// What statements have moved, by source.
    moved: BTreeMap<String, Moved>,
    /// Statements that were refused.
    refusals: Vec<Refusal>,
    /// The tables that were opened.
    tables: BTreeSet<FileId>,
    /// Files that engines read, and what they looked like.
    handed: Vec<(String, Option<Stamp>)>,
}

/// A table that can be asked.
#[cfg(feature = "engines")]
struct Open {
    file: FileId,
    /// Where a rule says what is read.
    at: (FileId, Span),
    session: (String, bool),
    asked: asked::Asked,
    /// Whether all of its rows are here.
    is_whole: bool,
}

/// The rows of a table, or the first of them.
pub struct Opened {
    /// As an Arrow file.
    pub bytes: Arc<dyn Bytes>,
    #[cfg(feature = "engines")]
    rest: ((String, bool), asked::Asked, bool),
}

impl Engines {
    /// Says where sources are, and whether no others may be reached.
    pub fn give(&mut self, given: &[(String, String)], only_given: bool) {
        (self.given, self.only_given) = (given.to_vec(), only_given);
    }

    /// The names of the sources of which the command line says where they are.
    pub fn given(&self) -> impl Iterator<Item = &str> {
        self.given.iter().map(|given| given.0.as_str())
    }

    /// Says that none is read: they are as they are today, and have no old version.
    pub fn refuse(&mut self) {
        self.is_refused = true;
    }

    /// Says that the rules are wrong, so that nothing is fetched for them.
    pub fn wait(&mut self) {
        self.waits = true;
    }

    /// Whether nothing is fetched.
    pub fn waits(&self) -> bool {
        self.waits
    }

    /// Declares a source that the rules name.
    pub fn declare(
        &mut self,
        name: &str,
        driver: &str,
        profile: Option<&str>,
        timeout: Option<u64>,
    ) {
        let profile = profile.map(|profile| At::Profile(profile.to_string()));
        self.declared.push(Engine {
            name: name.to_string(),
            driver: driver.to_string(),
            at: self.elsewhere(name).or(profile),
            timeout: timeout.unwrap_or(engine::TIMEOUT),
        });
    }

    /// Where the command line or the environment says that a source is.
    fn elsewhere(&self, name: &str) -> Option<At> {
        let given = self.given.iter().rev().find(|given| given.0 == name);
        let in_environment = || std::env::var(variable(name)).ok().filter(|_| !self.only_given);
        let text = given.map(|given| given.1.clone()).or_else(in_environment);
        text.filter(|text| !text.is_empty()).map(|text| At::given(&text))
    }

    /// The names of the sources that are declared.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.declared.iter().map(|engine| engine.name.as_str())
    }

    /// A source by its name; DuckDB needs no declaration to read files.
    pub fn find(&self, name: &str) -> Option<Engine> {
        let declared = self.declared.iter().find(|engine| engine.name == name);
        let own = || Engine {
            name: name.to_string(),
            driver: name.to_string(),
            at: self.elsewhere(name),
            timeout: engine::TIMEOUT,
        };
        declared.cloned().or_else(|| (name == DUCKDB).then(own))
    }

    /// Says who waits for the run, and may stop it.
    pub fn watched_by(&mut self, watcher: Option<Arc<dyn Watcher>>) {
        self.watcher = watcher;
    }

    /// Says how many bytes of memory the run may take: engines that run within it have half of them.
    pub fn keep_within(&mut self, memory: Option<u64>) {
        self.memory = memory;
    }

    /// Says up to how many rows tables are fetched whole when they are opened.
    pub fn fetch_whole(&mut self, rows: Option<u64>) {
        self.whole = rows;
    }

    /// Says that all rows of a table are read before any is judged.
    pub fn fetch_wholly(&mut self, table: &str) {
        self.wholly.insert(table.to_string());
    }

    /// Keeps in mind what a file looks like that an engine reads.
    pub fn hand_over(&mut self, path: &str, stamp: Option<Stamp>) {
        self.handed.push((path.to_string(), stamp));
    }

    /// Files that engines read, and what they looked like.
    pub fn handed(&self) -> &[(String, Option<Stamp>)] {
        &self.handed
    }

    /// Fetches the first rows of a table in the order of its key, and puts them aside as an Arrow file:
    /// all of them where there are no more.
    ///
    /// # Errors
    /// Why they cannot be fetched, or not all of them.
    pub fn open(
        &mut self,
        engine: &Engine,
        (table, rows): (&str, &Rows),
        key: &[String],
    ) -> Result<Opened, Problem> {
        if self.is_refused {
            let message = format!("the source `{}` keeps no old version", engine.name);
            return Err(Problem::nowhere(&SOURCE_FAILED, message));
        }
        let is_given = self.given.iter().any(|given| given.0 == engine.name);
        if self.only_given && !is_given {
            let message = format!("the source `{}` is not read below --root", engine.name);
            let help = format!("say that it may be: --source {}=…", engine.name);
            return Err(Problem::nowhere(&SOURCE_FAILED, message).help(help));
        }
        let most = if self.wholly.contains(table) { Some(u64::MAX) } else { self.whole };
        self.open_here(engine, (rows, key), most)
    }

    #[cfg(feature = "engines")]
    fn open_here(
        &mut self,
        engine: &Engine,
        (rows, key): (&Rows, &[String]),
        whole: Option<u64>,
    ) -> Result<Opened, Problem> {
        let own = (engine.name.clone(), matches!(rows, Rows::Files(..)));
        if !self.sessions.contains_key(&own) {
            let session = connect::Session::open(engine, own.1, self.memory, self.watcher.clone())?;
            self.sessions.insert(own.clone(), session);
        }
        let session = self.sessions.get_mut(&own).ok_or_else(|| unread(engine))?;
        let opened = fetch::open(session, rows, key, whole);
        let (bytes, asked, is_whole) = self.done(&own, opened)?;
        Ok(Opened { bytes, rest: (own, asked, is_whole) })
    }

    #[cfg(not(feature = "engines"))]
    fn open_here(
        &mut self,
        engine: &Engine,
        _: (&Rows, &[String]),
        _: Option<u64>,
    ) -> Result<Opened, Problem> {
        Err(unread(engine))
    }

    /// Counts what was moved; what a failed statement leaves behind is no snapshot.
    #[cfg(feature = "engines")]
    fn done<T>(
        &mut self,
        own: &(String, bool),
        fetched: Result<(T, Moved), Problem>,
    ) -> Result<T, Problem> {
        match fetched {
            Ok((fetched, moved)) => {
                self.moved.entry(own.0.clone()).or_default().add(moved);
                Ok(fetched)
            }
            Err(problem) => {
                self.sessions.remove(own);
                Err(problem)
            }
        }
    }

    /// Keeps in mind what a table is asked by; `at` is where a rule says what is read.
    #[cfg(feature = "engines")]
    pub fn keep(&mut self, file: FileId, at: (FileId, Span), opened: Opened) {
        let (session, asked, is_whole) = opened.rest;
        self.moved.entry(session.0.clone()).or_default().tables += 1;
        self.tables.insert(file);
        self.open.push(Open { file, at, session, asked, is_whole });
    }

    /// Nothing is read.
    #[cfg(not(feature = "engines"))]
    pub fn keep(&mut self, _: FileId, _: (FileId, Span), _: Opened) {}

    /// Whether what is known by this number is a table that a source holds, and no file.
    pub fn holds(&self, file: FileId) -> bool {
        self.tables.contains(&file)
    }

    /// The tables of which only the first rows are here, by their files.
    pub fn still_open(&self) -> Vec<FileId> {
        #[cfg(feature = "engines")]
        return self.open.iter().filter(|open| !open.is_whole).map(|open| open.file).collect();
        #[cfg(not(feature = "engines"))]
        Vec::new()
    }

    /// The source of a table, and how its statements are spelt, where checks are judged there.
    pub fn judges(&self, file: FileId) -> Option<(&str, &'static dialect::Dialect)> {
        #[cfg(feature = "engines")]
        return self.open.iter().find(|open| open.file == file).and_then(|open| {
            let session = self.sessions.get(&open.session)?;
            Some((open.session.0.as_str(), session.dialect.spellings()?))
        });
        #[cfg(not(feature = "engines"))]
        None.filter(|_: &(&str, &'static dialect::Dialect)| file == FileId(0))
    }

    /// What stands behind `from` where a check is judged there: columns by their places, and their names.
    pub fn as_texts(&self, file: FileId, columns: &[(usize, String)]) -> String {
        #[cfg(feature = "engines")]
        if let Some(open) = self.open.iter().find(|open| open.file == file)
            && let Some(session) = self.sessions.get(&open.session)
        {
            return open.asked.as_texts(columns, session.dialect);
        }
        let _ = (file, columns);
        String::new()
    }

    /// Whether single cells of a table can be left where they are.
    pub fn has_cells(&self, file: FileId) -> bool {
        #[cfg(feature = "engines")]
        return self.open.iter().any(|open| open.file == file && !open.asked.has_structures());
        #[cfg(not(feature = "engines"))]
        let _ = file;
        #[cfg(not(feature = "engines"))]
        false
    }

    /// The whole numbers of the one row that a statement gives which asks a table.
    ///
    /// # Errors
    /// Why it gives none.
    #[cfg(feature = "engines")]
    pub fn numbers(&mut self, file: FileId, text: &str) -> Result<Vec<u64>, Failure> {
        self.ask(file, true, |session, _| fetch::numbers(session, text))
    }

    /// That what one statement counted in a table, another did not find there.
    pub fn changed(&self, file: FileId) -> Problem {
        #[cfg(feature = "engines")]
        if let Some(open) = self.open.iter().find(|open| open.file == file) {
            let message =
                format!("the source `{}` gave rows that changed meanwhile", open.session.0);
            let help = "read one version of the table, as its engine names it in a `query`, or run \
                        it again when nobody writes";
            return here(Problem::nowhere(&SOURCE_FAILED, message).help(help), open.at);
        }
        let _ = file;
        lost()
    }

    /// Asks a table; whether the engine may refuse, so that something else is asked.
    #[cfg(feature = "engines")]
    fn ask<T>(
        &mut self,
        file: FileId,
        may_refuse: bool,
        ask: impl FnOnce(&mut connect::Session, &asked::Asked) -> Result<(T, Moved), Problem>,
    ) -> Result<T, Failure> {
        let lost = || Failure::Ended(lost());
        let open = self.open.iter().find(|open| open.file == file).ok_or_else(lost)?;
        let session = self.sessions.get_mut(&open.session).ok_or_else(lost)?;
        let (own, at) = (open.session.clone(), open.at);
        match ask(session, &open.asked) {
            Err(problem) if may_refuse && problem.fault == &SOURCE_FAILED && session.goes_on() => {
                self.moved.entry(own.0).or_default().statements += 1;
                Err(Failure::Refused(problem.message))
            }
            answer => self.done(&own, answer).map_err(|p| Failure::Ended(here(p, at))),
        }
    }

    /// Keeps in mind that a statement about something was refused.
    pub fn refused(&mut self, file: FileId, about: String, why: String) {
        #[cfg(feature = "engines")]
        if let Some(open) = self.open.iter().find(|open| open.file == file) {
            self.refusals.push(Refusal { source: open.session.0.clone(), about, why });
            return;
        }
        let _ = (file, about, why);
    }

    /// The statements that were refused.
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// Nothing is read.
    ///
    /// # Errors
    /// Always.
    #[cfg(not(feature = "engines"))]
    pub fn numbers(&mut self, _: FileId, _: &str) -> Result<Vec<u64>, Failure> {
        Err(Failure::Ended(lost()))
    }

    /// Fetches rows of a table: all of them or some, and the columns that are wanted, by their place.
    ///
    /// # Errors
    /// Why they cannot be fetched, or not all of them; that some are asked for may be refused.
    #[cfg(feature = "engines")]
    pub fn fetch(
        &mut self,
        file: FileId,
        wanted: &[bool],
        part: Option<&Part>,
    ) -> Result<Aside, Failure> {
        self.ask(file, part.is_some(), |session, asked| fetch::fetch(session, asked, wanted, part))
    }

    /// Nothing is read.
    ///
    /// # Errors
    /// Always.
    #[cfg(not(feature = "engines"))]
    pub fn fetch(&mut self, _: FileId, _: &[bool], _: Option<&Part>) -> Result<Aside, Failure> {
        Err(Failure::Ended(lost()))
    }

    /// What statements have moved, by source.
    pub fn moved(&self) -> impl Iterator<Item = (&str, Moved)> {
        self.moved.iter().map(|(name, moved)| (name.as_str(), *moved))
    }

    /// Ends all transactions and connections: what was fetched is put aside.
    pub fn close(&mut self) {
        #[cfg(feature = "engines")]
        {
            self.open.clear();
            self.sessions.clear();
        }
    }
}

/// Whether this build reads tables that engines hold.
pub fn is_built_in() -> bool {
    cfg!(feature = "engines")
}

fn lost() -> Problem {
    Problem::nowhere(&SOURCE_FAILED, "the connection was closed")
}

/// A problem is shown where a rule says what is read.
#[cfg(feature = "engines")]
fn here(problem: Problem, at: (FileId, Span)) -> Problem {
    Problem { at: Some(at), path: None, ..problem.label("read here") }
}

/// What a build without the engines answers.
fn unread(engine: &Engine) -> Problem {
    let message = format!("this build of crossfoot reads no sources, and `{}` is one", engine.name);
    Problem::nowhere(&NO_ENGINES, message).help(
        "released programs and wheels read them; from source: \
         cargo install crossfoot --features engines",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_is_a_profile_or_an_address() {
        for profile in ["warehouse", "wh_2-x", "profiles/wh.toml", "/home/a/wh.toml"] {
            assert_eq!(At::given(profile), At::Profile(profile.into()));
        }
        for address in ["postgresql://h/d", "data/w.duckdb", ":memory:", "http://h/a.toml"] {
            assert_eq!(At::given(address), At::Address(address.into()));
        }
    }

    #[test]
    fn below_a_root_only_what_is_given_is_read() {
        let mut engines = Engines::default();
        engines.give(&[("wh".into(), "prod".into())], true);
        engines.declare("wh", "postgresql", Some("other"), None);
        engines.declare("lake", "spark", Some("lake"), Some(5));
        let find = |name| engines.find(name).expect("a source");
        assert_eq!(find("wh").at, Some(At::Profile("prod".into())));
        assert_eq!((find("lake").at, find("lake").timeout), (Some(At::Profile("lake".into())), 5));
        let lake = find("lake");
        let rows = Rows::Table("t".into());
        let problem = engines.open(&lake, ("t", &rows), &[]).err().expect("it is refused");
        assert_eq!(problem.fault, &SOURCE_FAILED);
        assert!(problem.message.contains("below --root"), "{}", problem.message);
    }

    #[test]
    fn a_build_without_engines_says_which_has_them() {
        let engines = Engines::default();
        let engine = engines.find(DUCKDB).expect("it needs no section");
        assert_eq!(unread(&engine).fault, &NO_ENGINES);
        assert!(engines.find("elsewhere").is_none());
        assert_eq!(variable("my-wh"), "CROSSFOOT_SOURCE_MY_WH");
    }
}
