//! A project: what was read before anything is judged.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

use crate::api::allowances::wrong_names;
use crate::api::ask;
use crate::api::reads::Reads;
use crate::api::request::{Request, book};
use crate::compile::build::{Compiled, build};
use crate::compile::comments;
use crate::compile::discover::base_of;
use crate::compile::load::{Loaded, load};
use crate::compile::versions::given;
use crate::compile::{NO_CHECKS, NOT_A_TABLE, UNKNOWN_CHECK};
use crate::files::git::since::old_side;
use crate::files::machine::Machine;
use crate::files::sources::{Sources, portable};
use crate::files::tree::OldSide;
use crate::files::{
    BAD_COMPRESSION, BAD_ENCODING, INFLATES_TOO_FAR, NOT_FETCHED, OUTSIDE_ROOT, UNREADABLE_FILE,
};
use crate::findings::allowance::Allowances;
use crate::gate::baseline::Baseline;
use crate::rules::{CheckRule, RuleSet, TableRule};
use crate::source::tree::{Kind, directory};
use crate::source::{FileId, Problem, Span, did_you_mean, wanted, wanted_by};
use crate::value::{Days, Reading, Type, Value};

/// A project that has been read: rules, files, what can be run.
pub struct Project {
    /// The files that were read, with their bytes.
    pub book: Sources,
    /// Tables and checks.
    pub built: Compiled,
    /// Paths of the rule files.
    pub rule_files: Vec<String>,
    /// Which rules were taken for the data files that were named, in words.
    pub chosen_rules: Vec<String>,
    /// What accepts findings.
    pub allowances: Allowances,
    /// Findings that were there before.
    pub baseline: Baseline,
    /// Whether only what the named data files need is left of the rules.
    pub is_part: bool,
    /// Why nothing but structure would be checked.
    pub no_checks: Option<Problem>,
    /// The number of the first file that is data.
    pub first_data: usize,
    /// Problems of rules and data.
    pub problems: Vec<Problem>,
    /// What `today()` gives.
    pub today: i32,
    /// Where the rule of each table and check begins, and the check's id.
    sections: Vec<((FileId, u64), Option<String>)>,
    /// The tags of the checks that have some, by id.
    pub tags: BTreeMap<String, Vec<String>>,
    /// What the rules call the report.
    pub title: Option<String>,
    /// Where the tables come from of which the rules say it, by name.
    pub origins: BTreeMap<String, Origin>,
    /// What `at` names of the file, by table.
    pub at: BTreeMap<String, String>,
}

/// Where a table comes from, as its rule says it.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// An address or a citation.
    pub source: Option<String>,
    /// The day on which it was taken from there, ISO.
    pub retrieved: Option<String>,
}

impl Origin {
    /// In a line.
    pub fn words(&self) -> String {
        let source = self.source.iter().map(|source| format!("source: {source}"));
        let day = self.retrieved.iter().map(|day| format!("retrieved: {day}"));
        source.chain(day).collect::<Vec<_>>().join(", ")
    }
}

impl Project {
    /// Reads rules and headers, and fetches the rows that engines hold; problems are kept, not thrown.
    pub fn open(request: &Request) -> Project {
        let mut project = Project::heads(request);
        project.fetch();
        project
    }

    /// Reads rules and headers; of tables that engines hold the first rows are there, so that nothing can
    /// be judged.
    pub fn heads(request: &Request) -> Project {
        let (book, refused) = match book(request) {
            Ok(book) => (book, None),
            Err(problem) => (Sources::default(), Some(problem)),
        };
        let mut project = Project {
            book,
            built: Compiled::default(),
            rule_files: Vec::new(),
            chosen_rules: Vec::new(),
            allowances: Allowances::default(),
            baseline: Baseline::default(),
            is_part: false,
            no_checks: None,
            first_data: 0,
            problems: Vec::new(),
            today: today(request),
            sections: Vec::new(),
            tags: BTreeMap::new(),
            title: None,
            origins: BTreeMap::new(),
            at: BTreeMap::new(),
        };
        if let Some(problem) = refused {
            project.problems.push(problem);
            return project;
        }
        let loaded = load(&request.rule_files, &request.paths, request.no_rules, &mut project.book);
        match loaded {
            Ok(loaded) => project.read(loaded, request),
            Err(problem) => project.problems.push(problem),
        }
        project
    }

    /// Reads the headers of the data, and binds the rules to them.
    fn read(&mut self, loaded: Loaded, request: &Request) {
        let Loaded { mut rules, files, problems, is_part, chosen } = loaded;
        self.rule_files = files;
        let root = self.rule_files.first().map(|f| base_of(f)).unwrap_or_default();
        self.book.set_root(directory(&root));
        self.is_part = is_part;
        let tagged = rules.checks.iter().filter(|c| !c.tags.is_empty());
        self.tags = tagged.map(|c| (c.id.value.clone(), c.tags.clone())).collect();
        self.title = rules.title().map(str::to_string);
        self.origins = origins(&rules);
        let at = |t: &TableRule| Some((t.name.value.clone(), t.at.as_ref()?.value.clone()));
        self.at = rules.tables.iter().filter_map(at).collect();
        self.sections = sections(&rules);
        self.problems = problems;
        self.read_baseline(request);
        self.first_data = self.book.len();
        match old(request, &rules, self) {
            Ok(old) => old.into_iter().for_each(|old| self.book.set_old(old)),
            Err(problem) => {
                self.problems.push(problem);
                return;
            }
        }
        if !self.problems.is_empty() {
            self.book.engines().wait();
        }
        let ids = RefCell::new(Vec::new());
        let asked = |id: &str| {
            ids.borrow_mut().push(id.to_string());
            let tags = self.tags.get(id).into_iter().flatten().map(String::as_str);
            wanted_by(&request.checks, &tags.chain([id]).collect::<Vec<_>>())
        };
        self.built =
            build(&mut rules, &request.data, (&asked, !request.without_bindings), &mut self.book);
        let of_comments = self.built.compared.is_some();
        self.chosen_rules = chosen.iter().map(|chosen| chosen.words(of_comments)).collect();
        for filter in self.built.tables.iter_mut().filter_map(|table| table.filter.as_mut()) {
            filter.context.today = self.today;
        }
        self.problems.append(&mut self.built.problems);
        say_once(&mut self.problems);
        self.take_allowances(&rules, request);
        self.leave_out_unread(&request.checks);
        let counts: Vec<String> =
            rules.tables.iter().map(|table| format!("{}.rows", table.name.value)).collect();
        self.no_checks = nothing_checked(self, &rules, request, &ids.borrow())
            .filter(|_| !request.checks.iter().any(|check| counts.contains(check)));
        ids.borrow_mut().extend(self.tags.values().flatten().cloned().chain(counts));
        if self.problems.is_empty() && !is_part {
            self.problems.extend(
                request.checks.iter().filter_map(|pattern| nothing_meant(pattern, &ids.borrow())),
            );
        }
        self.problems.sort_by_key(|p| p.at.map(|(f, s)| (f, s.start)));
    }

    /// Fetches what the checks read of the tables that engines hold.
    fn fetch(&mut self) {
        if !self.problems.is_empty() {
            self.book.engines().close();
            return;
        }
        let reads = Reads::of(&self.built, &self.allowances);
        self.problems.extend(ask::fetch(&mut self.built, &reads, &mut self.book));
    }

    /// The directory of the first rule file, else of the first path that was named: empty, or
    /// ending in `/`.
    pub(crate) fn directory(&self, request: &Request) -> String {
        let named = self.rule_files.first().or(request.paths.first());
        named.map(|path| base_of(&portable(path))).unwrap_or_default()
    }

    /// The check in whose rule a place stands.
    pub(crate) fn check_at(&self, (file, span): (FileId, Span)) -> Option<&str> {
        let after = self.sections.partition_point(|(at, _)| *at <= (file, span.start));
        let (_, check) = self.sections.get(after.checked_sub(1)?).filter(|s| s.0.0 == file)?;
        check.as_deref()
    }

    /// Takes the allowances of the rules, and of comments in the texts.
    fn take_allowances(&mut self, rules: &RuleSet, request: &Request) {
        let texts = Some(&self.built.comments[..]).filter(|_| !request.without_comments);
        let (comments, wrong) = comments::read(texts.unwrap_or_default(), &self.book);
        self.problems.extend(wrong);
        let all_rules = rules.allowances.iter().chain(comments.iter().map(|c| &c.rule));
        self.problems.extend(wrong_names(all_rules, rules, &self.built.tables));
        let mut all = std::mem::take(&mut self.built.allowances);
        all.extend(comments.iter().map(|comment| comment.allowance(&self.book)));
        self.allowances = Allowances { all, today: self.today };
    }

    /// Where checks are chosen, cells that cannot be read are reported of columns that these read, and of
    /// those whose contract is chosen.
    fn leave_out_unread(&mut self, chosen: &[String]) {
        if chosen.is_empty() {
            return;
        }
        let read = Reads::of(&self.built, &self.allowances).all;
        for (number, table) in self.built.tables.iter_mut().enumerate() {
            for (at, column) in table.columns.iter_mut().enumerate() {
                let is_read = || read.contains(&(number, at));
                let contract = || format!("{}.{}", table.name, column.name);
                column.reports_unreadable &= is_read() || wanted(chosen, &contract());
            }
        }
    }

    /// Reads the baseline that is named, or stands beside the first rule file.
    fn read_baseline(&mut self, request: &Request) {
        let beside = || {
            let first = self.rule_files.first()?;
            Some(format!("{}crossfoot.baseline", base_of(first)))
        };
        let Some(path) = request.baseline.clone().or_else(beside) else { return };
        let is_there = self.book.tree().kind(&path).is_some_and(Kind::is_readable);
        self.baseline.path = Some(path.clone());
        self.baseline.is_there = is_there;
        if request.no_baseline || (!is_there && request.baseline.is_none()) {
            return;
        }
        match self.book.open_text(&path, None) {
            Ok((file, text)) => self.problems.extend(self.baseline.read(file, &text)),
            Err(problem) => self.problems.push(problem),
        }
    }

    /// Whether a rule is wrong, so that nothing is judged.
    pub fn is_broken(&self) -> bool {
        let data = [
            &NOT_A_TABLE,
            &UNREADABLE_FILE,
            &BAD_ENCODING,
            &BAD_COMPRESSION,
            &INFLATES_TOO_FAR,
            &OUTSIDE_ROOT,
            &NOT_FETCHED,
        ];
        let is_empty = self.built.tables.is_empty() && self.built.checks.is_empty();
        self.problems.iter().any(|p| !data.contains(&p.fault)) || is_empty
    }
}

/// A file that cannot be read is one problem, however many tables name it.
fn say_once(problems: &mut Vec<Problem>) {
    let mut first: BTreeMap<String, u64> = BTreeMap::new();
    problems.retain(|problem| {
        let count = first.entry(problem.message.clone()).or_default();
        *count += u64::from(problem.fault == &UNREADABLE_FILE);
        *count < 2
    });
    for problem in problems.iter_mut().filter(|problem| problem.fault == &UNREADABLE_FILE) {
        if let Some(tables) = first.get(&problem.message).filter(|tables| **tables > 1) {
            problem.message.push_str(&format!("; {tables} tables name it"));
        }
    }
}

fn origins(rules: &RuleSet) -> BTreeMap<String, Origin> {
    let of = |t: &TableRule| Origin {
        source: t.source.clone(),
        retrieved: t.retrieved.map(|day| Days::day(day).to_text()),
    };
    let said = rules.tables.iter().filter(|t| t.source.is_some() || t.retrieved.is_some());
    said.map(|t| (t.name.value.clone(), of(t))).collect()
}

/// Where the rules of tables and checks begin, in order.
fn sections(rules: &RuleSet) -> Vec<((FileId, u64), Option<String>)> {
    let tables = rules.tables.iter().map(|t| ((t.file, t.name.span.start), None));
    let check = |c: &CheckRule| ((c.file, c.id.span.start), Some(c.id.value.clone()));
    let mut all: Vec<_> = tables.chain(rules.checks.iter().map(check)).collect();
    all.sort();
    all
}

/// The old version that a run is compared with.
fn old(request: &Request, rules: &RuleSet, project: &Project) -> Result<Option<OldSide>, Problem> {
    if request.old.is_some() {
        return Ok(request.old.clone());
    }
    if let Some(since) = &request.since {
        let directory = project.directory(request);
        let inside = Path::new(&directory);
        return old_side(since, (inside, Path::new("")), request.root.as_deref()).map(Some);
    }
    given(&request.old_files, &request.data, (rules, &project.rule_files), &project.book)
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

/// Why no check or contract is left, where there are rules or checks were chosen.
fn nothing_checked(
    project: &Project,
    rules: &RuleSet,
    request: &Request,
    ids: &[String],
) -> Option<Problem> {
    let help = "write a check, or a contract such as `key`, `columns` or `rows`; `crossfoot check FILE --no-rules` checks the structure of a data file alone";
    let message = if !request.checks.is_empty() && project.built.checks.is_empty() {
        let left_out = match ids.len() {
            0 => "there is no check".to_string(),
            1 => "`--check` leaves out the only check".to_string(),
            n => format!("`--check` leaves out all {n} checks"),
        };
        return Some(
            Problem::nowhere(&NO_CHECKS, left_out).help("`crossfoot list` lists the checks"),
        );
    } else if project.rule_files.is_empty()
        || !rules.checks.is_empty()
        || project.built.compared.is_some()
        || rules.tables.iter().any(TableRule::has_contract)
    {
        return None;
    } else if let [file] = project.rule_files.as_slice() {
        format!("`{file}` has no check and no contract")
    } else {
        format!("the {} rule files have no check and no contract", project.rule_files.len())
    };
    Some(Problem::nowhere(&NO_CHECKS, message).help(help))
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
    Some(
        Problem::nowhere(&UNKNOWN_CHECK, format!("there is no check or tag called `{name}`"))
            .help(help),
    )
}
