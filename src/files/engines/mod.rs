//! Engines that hold tables: which are declared, where they are, and what is fetched from them.
//!
//! A rule file names a driver and a profile. Where the engine is, and which library is loaded for it,
//! is said by the command line, the environment or the user's own profile.

#[cfg(feature = "engines")]
mod connect;
pub mod drivers;
mod engine;
#[cfg(feature = "engines")]
mod fetch;
#[cfg(feature = "engines")]
mod profiles;
pub mod statement;

use std::sync::Arc;

use crate::source::{Bytes, Problem};

pub use engine::{At, DUCKDB, Engine, FAULTS, NO_ENGINES, SOURCE_FAILED, variable};
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
    /// By name, and whether files are read by it.
    #[cfg(feature = "engines")]
    sessions: std::collections::BTreeMap<(String, bool), connect::Session>,
}

impl Engines {
    /// Says where sources are, and whether no others may be reached.
    pub fn give(&mut self, given: &[(String, String)], only_given: bool) {
        (self.given, self.only_given) = (given.to_vec(), only_given);
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

    /// Fetches rows, ordered by their key, and puts them aside as an Arrow file.
    ///
    /// # Errors
    /// Why they cannot be fetched, or not all of them.
    pub fn fetch(
        &mut self,
        engine: &Engine,
        rows: &Rows,
        key: &[String],
    ) -> Result<Arc<dyn Bytes>, Problem> {
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
        self.fetch_here(engine, rows, key)
    }

    #[cfg(feature = "engines")]
    fn fetch_here(
        &mut self,
        engine: &Engine,
        rows: &Rows,
        key: &[String],
    ) -> Result<Arc<dyn Bytes>, Problem> {
        let (reads_files, name) = (matches!(rows, Rows::Files(_)), engine.name.clone());
        let own = (name, reads_files);
        if !self.sessions.contains_key(&own) {
            let session = connect::Session::open(engine, reads_files)?;
            self.sessions.insert(own.clone(), session);
        }
        let session = self.sessions.get_mut(&own);
        let session = session.ok_or_else(|| unread(engine))?;
        let fetched = fetch::fetch(session, rows, key);
        // What a failed statement leaves behind is no snapshot.
        if fetched.is_err() {
            self.sessions.remove(&own);
        }
        fetched
    }

    #[cfg(not(feature = "engines"))]
    fn fetch_here(
        &mut self,
        engine: &Engine,
        _: &Rows,
        _: &[String],
    ) -> Result<Arc<dyn Bytes>, Problem> {
        Err(unread(engine))
    }

    /// Ends all transactions and connections: what was fetched is put aside.
    pub fn close(&mut self) {
        #[cfg(feature = "engines")]
        self.sessions.clear();
    }
}

/// Whether this build reads tables that engines hold.
pub fn is_built_in() -> bool {
    cfg!(feature = "engines")
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
        let problem = engines.fetch(&lake, &rows, &[]).err().expect("it is refused");
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
