//! A project: what was read before anything is judged.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::api::request::{Request, book};
use crate::compile::UNKNOWN_CHECK;
use crate::compile::build::{Compiled, build};
use crate::compile::load::load;
use crate::files::machine::Machine;
use crate::files::sources::Sources;
use crate::files::{
    BAD_COMPRESSION, BAD_ENCODING, INFLATES_TOO_FAR, OUTSIDE_ROOT, UNREADABLE_FILE,
};
use crate::source::{Problem, did_you_mean, wanted};
use crate::value::{Reading, Type, Value};

/// A project that has been read: rules, files, what can be run.
pub struct Project {
    /// The files that were read, with their bytes.
    pub book: Sources,
    /// Tables and checks.
    pub built: Compiled,
    /// Paths of the rule files.
    pub rule_files: Vec<String>,
    /// The number of the first file that is data.
    pub first_data: usize,
    /// Problems of rules and data.
    pub problems: Vec<Problem>,
    /// What `today()` gives.
    pub today: i32,
    /// The tags of the checks that have some, by id.
    pub tags: BTreeMap<String, Vec<String>>,
}

impl Project {
    /// Reads rules and headers; problems are kept, not thrown.
    pub fn open(request: &Request) -> Project {
        let (book, refused) = match book(request) {
            Ok(book) => (book, None),
            Err(problem) => (Sources::default(), Some(problem)),
        };
        let mut project = Project {
            book,
            built: Compiled::default(),
            rule_files: Vec::new(),
            first_data: 0,
            problems: Vec::new(),
            today: today(request),
            tags: BTreeMap::new(),
        };
        if let Some(problem) = refused {
            project.problems.push(problem);
            return project;
        }
        let (rules, found, problems) =
            match load(&request.rule_files, &request.paths, &mut project.book) {
                Ok(loaded) => loaded,
                Err(problem) => {
                    project.problems.push(problem);
                    return project;
                }
            };
        project.rule_files = found.rules;
        let tagged = rules.checks.iter().filter(|c| !c.tags.is_empty());
        project.tags = tagged.map(|c| (c.id.value.clone(), c.tags.clone())).collect();
        project.first_data = project.book.len();
        project.problems = problems;
        let ids = RefCell::new(Vec::new());
        let asked = |id: &str| {
            ids.borrow_mut().push(id.to_string());
            wanted(&request.checks, id)
        };
        project.built = build(&rules, &request.data, &asked, &mut project.book);
        project.problems.append(&mut project.built.problems);
        if project.problems.is_empty() {
            project.problems.extend(
                request.checks.iter().filter_map(|pattern| nothing_meant(pattern, &ids.borrow())),
            );
        }
        project.problems.sort_by_key(|p| p.at.map(|(f, s)| (f, s.start)));
        project
    }

    /// Whether a rule is wrong, so that nothing is judged.
    pub fn is_broken(&self) -> bool {
        let data =
            [&UNREADABLE_FILE, &BAD_ENCODING, &BAD_COMPRESSION, &INFLATES_TOO_FAR, &OUTSIDE_ROOT];
        self.problems.iter().any(|p| !data.contains(&p.fault)) || self.built.tables.is_empty()
    }
}

fn today(request: &Request) -> i32 {
    let read = request
        .today
        .as_deref()
        .and_then(|t| Reading::new(Type::Date).read(t).ok().map(Value::into_owned));
    match read {
        Some(Value::Date(d)) => d.first,
        _ => Machine.today(),
    }
}

/// A name after `--check` that means no check: a slip that would leave all checks out.
fn nothing_meant(pattern: &str, ids: &[String]) -> Option<Problem> {
    let name = pattern.strip_prefix('!').unwrap_or(pattern);
    if ids.iter().any(|id| wanted(&[name.to_string()], id)) {
        return None;
    }
    let help = did_you_mean(name, ids.iter().map(String::as_str)).map_or_else(
        || "`crossfoot list` lists them".to_string(),
        |near| format!("did you mean `{near}`?"),
    );
    Some(Problem::nowhere(&UNKNOWN_CHECK, format!("there is no check called `{name}`")).help(help))
}
