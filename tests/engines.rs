//! Tables that engines hold: the findings are those of files, and what an engine does not give whole
//! is never judged.
//!
//! `CROSSFOOT_ENGINES` names the engines that are there (`duckdb sqlite postgresql mariadb spark flightsql`); their
//! drivers are found as a user's are, and `CROSSFOOT_POSTGRESQL`, `CROSSFOOT_MARIADB`, `CROSSFOOT_SPARK` and
//! `CROSSFOOT_FLIGHTSQL` say where these servers are. `.ci/engines` sets all of these, so that none is left out unseen.
//! Without them only what needs no engine is tested.
#![cfg(feature = "engines")]

mod engines {
    pub mod alike;
    pub mod broken;
    pub mod fixtures;
    pub mod hostile;
    pub mod left;
    pub mod native;
    pub mod rules;
    pub mod server;
}
