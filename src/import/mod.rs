//! Rules from elsewhere: schemas of other tools, translated to a rule file. What cannot be said stands
//! in it as a remark, where it would stand; nothing is left out silently, nothing is invented.
//!
//! Each kind of schema is a file that fills a [`Rules`]; one writer makes the text.

mod csvs;
mod csvw;
mod dates;
mod dbt;
mod document;
mod frictionless;
mod job;
mod json_schema;
mod literals;
mod pattern;
pub mod rules;
mod settle;
mod write;

pub use job::{FAULTS, Input, Kind, Linked};

use crate::import::document::map;
use crate::import::job::{Job, UNKNOWN_SCHEMA};
use crate::import::rules::{Rules, Table};
use crate::read::tree::value::{Value, What};
use crate::source::{Problem, Span};

/// All kinds; the first that a document is of counts.
pub static KINDS: &[Kind] =
    &[frictionless::KIND, csvw::KIND, json_schema::KIND, dbt::KIND, csvs::KIND];

/// The names of all kinds.
pub fn kinds() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name).collect()
}

/// Translates schemas.
#[derive(Default)]
pub struct Import {
    rules: Rules,
    sources: Vec<(String, &'static str)>,
}

impl Import {
    /// Translates one schema; `from` is the name of its kind, where it is known.
    ///
    /// # Errors
    /// Why it cannot be translated.
    pub fn add(
        &mut self,
        input: &Input,
        from: Option<&str>,
        linked: &mut dyn Linked,
    ) -> Result<(), Problem> {
        let mut job = Job { input, linked, rules: &mut self.rules };
        // It alone is no document of values.
        let is_csvs = from.map_or_else(|| csvs::is(&input.text), |f| f == csvs::KIND.name);
        let nothing = Value { span: Span::new(0, 0), what: What::Null };
        let document = if is_csvs { nothing } else { job.document(input)? };
        let from = if is_csvs { Some(csvs::KIND.name) } else { from };
        let is_kind = |kind: &&Kind| from.map_or_else(|| (kind.is)(&document), |f| f == kind.name);
        let kind = KINDS.iter().find(is_kind).ok_or_else(|| unknown(input, &document))?;
        (kind.read)(&mut job, &document)?;
        self.sources.push((input.path.clone(), kind.about));
        Ok(())
    }

    /// The tables, whose paths may be changed.
    pub fn tables(&mut self) -> &mut [Table] {
        &mut self.rules.tables
    }

    /// The rule file, and how many things could not be translated.
    pub fn write(mut self) -> (String, usize) {
        settle::settle(&mut self.rules);
        (write::write(&self.rules, &self.sources), write::unsaid(&self.rules))
    }
}

/// What a file can be that is none of it.
fn unknown(input: &Input, document: &Value) -> Problem {
    let message = format!("`{}` is no schema that can be translated", input.path);
    let about: Vec<String> =
        KINDS.iter().map(|kind| format!("{} (--from {})", kind.about, kind.name)).collect();
    let help = format!("it can be {}", about.join(", "));
    let span = map(document)
        .map_or(document.span, |_| Span::new(document.span.start, document.span.start + 1));
    Problem::new(&UNKNOWN_SCHEMA, input.file, span, message).help(help)
}
