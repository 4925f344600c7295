//! A schema that is being translated: how its file is read, what is wrong with it, and names and paths
//! of its tables.

use std::collections::BTreeSet;

use crate::fault::Fault;
use crate::import::rules::{Rules, Table};
use crate::propose::names;
use crate::read::json;
use crate::read::reader::Malformed;
use crate::read::tree::value::{Location, Parsed, Value, What};
use crate::read::tree::yaml;
use crate::source::tree::resolve;
use crate::source::{FileId, Problem, Span};

crate::fault!(
    UNKNOWN_SCHEMA,
    Error,
    "unknown-schema",
    "a file is no schema that can be translated"
);
crate::fault!(BAD_SCHEMA, Error, "bad-schema", "a schema contradicts what its kind asks for");

/// The faults of this module.
pub static FAULTS: &[&Fault] = &[&UNKNOWN_SCHEMA, &BAD_SCHEMA];

/// A file with a schema.
#[derive(Debug)]
pub struct Input {
    pub file: FileId,
    /// From the working directory.
    pub path: String,
    pub text: String,
}

/// Where schemas find the files that they name.
pub trait Linked {
    /// Reads a file.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn read(&mut self, path: &str) -> Result<Input, Problem>;
}

/// A kind of schema.
pub struct Kind {
    /// What `--from` calls it.
    pub name: &'static str,
    /// What it is, with an article.
    pub about: &'static str,
    /// Whether a document is of this kind.
    pub is: fn(&Value) -> bool,
    /// Translates one.
    pub read: fn(&mut Job<'_>, &Value) -> Result<(), Problem>,
}

/// A schema that is being translated.
pub struct Job<'j> {
    pub input: &'j Input,
    pub linked: &'j mut dyn Linked,
    pub rules: &'j mut Rules,
}

/// A document may grow so far by its aliases.
const MOST_VALUES: u64 = 100_000;

impl Job<'_> {
    /// Reads a file as JSON, or as YAML where it does not begin like JSON.
    ///
    /// # Errors
    /// Where it is neither, or holds too much.
    pub fn document(&mut self, input: &Input) -> Result<Value, Problem> {
        let text = input.text.strip_prefix('\u{FEFF}').unwrap_or(&input.text);
        let base = (input.text.len() - text.len()) as u64;
        let is_json = text.trim_start().starts_with(['{', '[']);
        let parsed = if is_json {
            json::tree::parse(text, base)
        } else {
            yaml::parse(text, Location::whole(base))
        };
        let Parsed { documents, twice } =
            parsed.map_err(|malformed| no_document(input, malformed))?;
        for member in &twice {
            let words = format!("`{}` stands twice in one object: the last was read.", member.name);
            self.rules.remarks.say(words);
        }
        let document = documents.into_iter().next();
        let nothing = Value { span: Span::new(0, 0), what: What::Null };
        let document = document.unwrap_or(nothing);
        if document.size() > MOST_VALUES.max(text.len() as u64) {
            let message = format!("with its aliases this holds {} values", document.size());
            let help = "such a file is made to exhaust its readers; write out what is meant";
            return Err(Problem::new(&BAD_SCHEMA, input.file, document.span, message).help(help));
        }
        Ok(document)
    }

    /// What is wrong with the schema at a value.
    pub fn bad(&self, at: &Value, message: impl Into<String>, help: &str) -> Problem {
        let problem = Problem::new(&BAD_SCHEMA, self.input.file, at.span, message);
        if help.is_empty() { problem } else { problem.help(help) }
    }

    /// A path of the schema, from the working directory.
    pub fn path(&self, written: &str) -> String {
        let base = self.input.path.rfind('/').map_or("", |at| &self.input.path[..=at]);
        resolve(base, written)
    }

    /// Names for tables, none of which has been given.
    pub fn names(&self, labels: &[String]) -> Vec<String> {
        let mut own = Vec::new();
        let mut seen: BTreeSet<String> = self.rules.tables.iter().map(|t| t.name.clone()).collect();
        for label in labels {
            let plain = label.replace(['.', '/', '\\'], "_");
            let mut name = names::table(&plain, &[]);
            let first = name.clone();
            let mut numbers = 2..;
            while !seen.insert(name.clone()) {
                name = format!("{first}_{}", numbers.next().unwrap_or(0));
            }
            own.push(name);
        }
        own
    }

    /// A table whose data the schema does not name: they are where they would be beside it.
    pub fn guessed(&self, name: String, label: &str, stem: &str) -> Table {
        let path = self.path(&format!("{stem}.csv"));
        let whereabouts = Some("a guess by the name: the schema does not say it".to_string());
        Table { name, label: label.to_string(), path, whereabouts, ..Table::default() }
    }

    /// The name of the schema's file without its endings.
    pub fn stem(&self) -> String {
        let name = self.input.path.rsplit('/').next().unwrap_or_default();
        const ENDINGS: [&str; 9] = [
            ".json",
            ".yaml",
            ".yml",
            ".csvs",
            ".schema",
            "-schema",
            "_schema",
            "-metadata",
            ".csv",
        ];
        let mut stem = name;
        for ending in ENDINGS {
            let rest = stem.strip_suffix(ending).filter(|rest| !rest.is_empty());
            stem = rest.unwrap_or(stem);
        }
        if stem.is_empty() { "data".to_string() } else { stem.to_string() }
    }
}

fn no_document(input: &Input, malformed: Malformed) -> Problem {
    let Malformed { fault, span, words } = malformed;
    let problem = Problem::new(fault, input.file, span, words.message).label(words.label);
    match words.help {
        Some(help) => problem.help(help),
        None => problem,
    }
}

/// Whether a path is an address, from which nothing is read.
pub fn is_address(path: &str) -> bool {
    path.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+')
    })
}

/// A text without percent signs for others.
pub fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| *first == b'%');
        let byte = digits.and_then(|d| u8::from_str_radix(std::str::from_utf8(d).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
