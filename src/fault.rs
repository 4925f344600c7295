//! Names of everything that can be wrong, as data.
//!
//! A fault is a `static` in the module that raises it; `lib.rs` lists them all and a test finds the
//! unlisted. The page is what `crossfoot explain NAME` prints.

use serde::{Deserialize, Serialize};

/// How much a finding matters. The order is that of `--fail-on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; never fails a run unless asked.
    Info,
    /// Probably wrong, or a check that could not do its work.
    Warning,
    /// Wrong.
    Error,
}

impl Severity {
    /// All of them, the worst first.
    pub const ALL: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Info];

    /// The word that stands in reports and rule files.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A built-in name for one thing that can be wrong, with its page.
#[derive(Debug)]
pub struct Fault {
    /// Stable kebab-case name; reads well after "allow".
    pub name: &'static str,
    /// One sentence without a full stop.
    pub summary: &'static str,
    /// The severity unless a rule says otherwise.
    pub severity: Severity,
    /// Markdown page: What it says, Why it matters, Example, What to do.
    pub page: &'static str,
}

impl PartialEq for Fault {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Fault {}

/// Declares a [`Fault`] whose page is `docs/faults/<name>.md`.
#[macro_export]
macro_rules! fault {
    ($(#[$doc:meta])* $id:ident, $severity:ident, $name:literal, $summary:literal) => {
        $(#[$doc])*
        #[doc = $summary]
        pub static $id: $crate::fault::Fault = $crate::fault::Fault {
            name: $name,
            summary: $summary,
            severity: $crate::fault::Severity::$severity,
            page: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/faults/", $name, ".md")),
        };
    };
}
