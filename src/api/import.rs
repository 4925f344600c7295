//! From schemas of other tools to a rule file.

use crate::api::request::{Request, book};
use crate::compile::UNKNOWN_DATA;
use crate::compile::discover::base_of;
use crate::files::sources::{Sources, portable};
use crate::import::{Import, Input, KINDS, Linked};
use crate::propose::names::quoted;
use crate::render::words::problem_line;
use crate::source::tree::relative;
use crate::source::{Problem, did_you_mean};

/// What `import` is asked for.
#[derive(Debug, Clone, Default)]
pub struct ImportRequest {
    /// Files with schemas.
    pub files: Vec<String>,
    /// Where the rule file will be written; paths in it are relative to that.
    pub output: Option<String>,
    /// The kind of all schemas, where it is not known by what is in them.
    pub from: Option<String>,
    /// Tables and where their data are.
    pub data: Vec<(String, String)>,
}

/// A rule file that was translated.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// The rule file.
    pub text: String,
    /// How many things could not be translated; each is a comment in the text.
    pub unsaid: usize,
}

/// The names of the kinds of schemas, and what they are.
pub fn import_kinds() -> Vec<(&'static str, &'static str)> {
    KINDS.iter().map(|kind| (kind.name, kind.about)).collect()
}

/// Files that schemas name are read like the schemas themselves.
struct Reader<'s>(&'s mut Sources);

impl Linked for Reader<'_> {
    fn read(&mut self, path: &str) -> Result<Input, Problem> {
        let (file, text) = self.0.open_text(path, None)?;
        Ok(Input { file, path: path.to_string(), text })
    }
}

/// Translates schemas.
///
/// # Errors
/// What kept it from that, in words.
pub fn import(request: &Request, ask: &ImportRequest) -> Result<Imported, String> {
    let mut sources = book(request).map_err(|p| problem_line(&p, &Sources::default()))?;
    let mut import = Import::default();
    let done = translate(&mut import, ask, &mut Reader(&mut sources));
    done.map_err(|problem| problem_line(&problem, &sources))?;
    let (text, unsaid) = import.write();
    Ok(Imported { text, unsaid })
}

fn translate(
    import: &mut Import,
    ask: &ImportRequest,
    files: &mut Reader<'_>,
) -> Result<(), Problem> {
    for path in &ask.files {
        let input = files.read(&portable(path))?;
        import.add(&input, ask.from.as_deref(), files)?;
    }
    let base = ask.output.as_deref().map(|path| base_of(&portable(path))).unwrap_or_default();
    for (name, path) in &ask.data {
        let tables = import.tables();
        let is_it =
            |table: &&mut crate::import::rules::Table| table.name == *name || table.label == *name;
        match tables.iter_mut().find(is_it) {
            Some(table) => table.found(portable(path)),
            None => return Err(no_table(name, tables.iter().map(|t| t.name.as_str()))),
        }
    }
    for table in import.tables() {
        table.path = relative(&base, &table.path);
    }
    Ok(())
}

fn no_table<'n>(name: &str, names: impl Iterator<Item = &'n str> + Clone) -> Problem {
    let near = did_you_mean(name, names.clone());
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let names: Vec<String> = names.map(quoted).collect();
            format!("the tables are {}", names.join(", "))
        }
    };
    let message = format!("`--data` names `{name}`, and the schemas have no such table");
    Problem::nowhere(&UNKNOWN_DATA, message).help(help)
}
