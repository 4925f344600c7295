//! From data files and texts to a first rule file.

mod delimited;
mod documents;
mod found;
mod groups;
mod open;
mod paths;
mod texts;
mod trial;

use std::sync::Arc;

use crate::api::request::{Request, book};
use crate::files::sources::Sources;
use crate::propose::{self, text};
use crate::render::words::problem_line;
use crate::source::Problem;

/// What `init` is asked for.
#[derive(Debug, Clone, Default)]
pub struct InitRequest {
    /// Data files, texts, patterns of files, directories.
    pub files: Vec<String>,
    /// Where the rule file will be written; paths in it are relative to that.
    pub output: Option<String>,
}

/// A rule file that was proposed.
#[derive(Debug, Clone, Default)]
pub struct Proposed {
    /// The rule file.
    pub text: String,
    /// What was left out, in words.
    pub remarks: Vec<String>,
}

/// Proposes rules for data files and texts.
///
/// # Errors
/// What kept it from that, in words.
pub fn init(request: &Request, ask: &InitRequest) -> Result<Proposed, String> {
    let mut sources = book(request).map_err(|p| problem_line(&p, &Sources::default()))?;
    let worded = |problems: Vec<Problem>, sources: &Sources| -> String {
        problems.iter().map(|p| problem_line(p, sources)).collect()
    };
    let opened = open::tables(ask, &mut sources).map_err(|all| worded(all, &sources))?;
    let name = ask.output.clone().unwrap_or_else(|| "crossfoot.toml".to_string());
    let tree = Arc::clone(sources.shared_tree());
    let mut tables = opened.tables;
    let mut rules = propose::propose(&mut tables);
    let trial = trial::Trial { request, tree, name: &name, parts: &opened.parts };
    let remarks = trial.run(&tables, &mut rules).map_err(|all| all.join(""))?;
    let said: Vec<String> = opened.remarks.iter().chain(&remarks).cloned().collect();
    let text = text::write(&tables, &rules, &name, &said);
    let of_texts = texts::write(&opened.texts, (&tables, &rules), &trial, &text);
    let text = text + &of_texts;
    Ok(Proposed { text, remarks: opened.remarks })
}
