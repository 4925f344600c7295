//! Rule files → rule set.

use std::collections::BTreeMap;

use crate::compile::NO_RULES;
use crate::compile::choose::{ReadFiles, restrict};
use crate::compile::discover::{self, Found};
use crate::compile::guess::extension;
use crate::files::sources::{Sources, shown};
use crate::read::text::document::{Markup, is_prose};
use crate::rules::secrets::hidden;
use crate::rules::walk::read;
use crate::rules::{RuleSet, TableRule};
use crate::source::Problem;
use crate::source::tree::Kind;
use crate::value::Language;

/// The rules of a run.
pub struct Loaded {
    /// All of them.
    pub rules: RuleSet,
    /// Paths of the rule files.
    pub files: Vec<String>,
    /// What is wrong with them.
    pub problems: Vec<Problem>,
    /// Whether only what the named data files need is left of the rules.
    pub is_part: bool,
    /// Which rules were taken for which of the named data files.
    pub chosen: Vec<Chosen>,
}

/// Rules that were taken for data files.
pub struct Chosen {
    /// Paths of the rule files; none where no rule reads the data.
    rules: Vec<String>,
    data: Vec<String>,
}

/// Rule files that were read together and do not read a file, in case that they read another.
type Levels = BTreeMap<Vec<String>, (RuleSet, Vec<Problem>)>;

/// Reads all rule files of a run. Named data files are read by the tables of the nearest rules, unless
/// these are `ignored`; those that no table reads become tables of their own.
///
/// # Errors
/// Where no rule file is found.
pub fn load(
    config: &[String],
    paths: &[String],
    ignored: bool,
    book: &mut Sources,
) -> Result<Loaded, Problem> {
    let Found { rules: files, data } = discover::find(config, paths, book)?;
    let mut loaded = Loaded {
        rules: RuleSet::default(),
        files: Vec::new(),
        problems: Vec::new(),
        is_part: files.is_empty(),
        chosen: Vec::new(),
    };
    if let Some(path) = files.first().filter(|_| ignored) {
        let message = format!("`{path}` is a rule file, and --no-rules says to use none");
        return Err(Problem::nowhere(&NO_RULES, message).help("leave out one of the two"));
    }
    let is_named = !files.is_empty();
    let mut read_files = ReadFiles::default();
    let (rules, problems) = read_all(&files, book);
    loaded.take(files, rules, problems);
    if !is_named && !ignored {
        loaded.nearest(&data, &mut read_files, book)?;
    }
    for path in &data {
        if read_files.any(&loaded.rules.tables, path, book) {
            continue;
        }
        let text = rule_for(path, &said_of(path, book), &loaded.rules);
        let file = book.add_text("the command line", &text);
        let (mut rules, problems) = read(&text, file, "");
        rules.tables.iter_mut().for_each(|table| table.undeclared = true);
        loaded.take(Vec::new(), rules, problems);
    }
    Ok(loaded)
}

impl Loaded {
    fn take(&mut self, files: Vec<String>, rules: RuleSet, problems: Vec<Problem>) {
        self.files.extend(files);
        self.problems.extend(problems);
        self.problems.extend(self.rules.merge(rules));
    }

    /// Takes the nearest rules that read each of the data files, and what of them the files need.
    fn nearest(
        &mut self,
        data: &[String],
        read_files: &mut ReadFiles,
        book: &mut Sources,
    ) -> Result<(), Problem> {
        let mut chosen: Vec<Chosen> = Vec::new();
        let mut levels = Levels::new();
        for path in data.iter().filter(|path| *path != "-") {
            let files = self.nearest_of(path, (read_files, &mut levels), book)?;
            let shown = shown(path);
            match chosen.iter_mut().find(|c| c.rules == files) {
                Some(chosen) => chosen.data.push(shown),
                None => chosen.push(Chosen { rules: files, data: vec![shown] }),
            }
        }
        restrict(&mut self.rules, data, read_files, book);
        self.chosen = chosen;
        Ok(())
    }

    /// The nearest rule files that read a data file, or that cannot be read themselves; none where
    /// there are none.
    fn nearest_of(
        &mut self,
        path: &str,
        (read_files, read): (&mut ReadFiles, &mut Levels),
        book: &mut Sources,
    ) -> Result<Vec<String>, Problem> {
        let directory = format!("{}.", discover::base_of(path));
        let upwards: Vec<_> = discover::upwards(&directory, book).collect();
        for files in upwards {
            let files = files?;
            if files.is_empty() {
                continue;
            }
            if files.iter().all(|f| self.files.contains(f)) {
                let is_own = |t: &&TableRule| files.iter().any(|f| discover::base_of(f) == t.base);
                let mut own = self.rules.tables.iter().filter(is_own);
                if own.any(|t| read_files.reads(t, path, book)) {
                    return Ok(files);
                }
                continue;
            }
            let (rules, problems) = read.remove(&files).unwrap_or_else(|| read_all(&files, book));
            if !problems.is_empty() || read_files.any(&rules.tables, path, book) {
                self.take(files.clone(), rules, problems);
                return Ok(files);
            }
            read.insert(files, (rules, problems));
        }
        Ok(Vec::new())
    }
}

impl Chosen {
    /// In a line; `has_bindings` where comments in texts check something, too.
    pub fn words(&self, has_bindings: bool) -> String {
        chosen_words(&self.rules, &self.data, has_bindings)
    }
}

fn chosen_words(rules: &[String], data: &[String], has_bindings: bool) -> String {
    let checked = match (data.len(), has_bindings) {
        (1, false) => "its structure is",
        (1, true) => "its structure and what its comments say are",
        (_, false) => "their structure is",
        (_, true) => "their structure and what their comments say are",
    };
    let list = |paths: &[String]| {
        let names: Vec<String> = paths.iter().take(3).map(|f| format!("`{f}`")).collect();
        match paths.len().saturating_sub(names.len()) {
            0 => names.join(", "),
            more => format!("{} and {more} more", names.join(", ")),
        }
    };
    match (rules, data.len()) {
        ([], _) => format!("no rule reads {}: only {checked} checked", list(data)),
        (_, 1) => format!("{} is checked by {}", list(data), list(rules)),
        _ => format!("{} are checked by {}", list(data), list(rules)),
    }
}

/// The rules of these files together.
fn read_all(files: &[String], book: &mut Sources) -> (RuleSet, Vec<Problem>) {
    let mut rules = RuleSet::default();
    let mut problems = Vec::new();
    for path in files {
        match book.open_text(path, None) {
            Ok((file, text)) => {
                let (set, found) = read(&text, file, &discover::base_of(path));
                book.show_as(file, hidden(&text));
                problems.extend(found);
                problems.extend(rules.merge(set));
            }
            Err(problem) => problems.push(problem),
        }
    }
    (rules, problems)
}

/// A rule file that declares one table and nothing else.
fn rule_for(path: &str, said: &str, rules: &RuleSet) -> String {
    let stem = path
        .rsplit('/')
        .next()
        .unwrap_or(path)
        .split('.')
        .next()
        .filter(|s| !s.is_empty() && *s != "-")
        .unwrap_or("data");
    let mut name = stem.to_string();
    let mut n = 2;
    while rules.tables.iter().any(|t| t.name.value == name) {
        name = format!("{stem}-{n}");
        n += 1;
    }
    format!("[data.{}]\npath = {}\n{said}", quoted(&name), quoted(path))
}

/// Bytes at the start of a file by which it is known.
const HEAD: usize = 1 << 16;

/// What of a text shows how it is to be read: whether it is none but running text, where its name may be
/// that of a table, and in what language it is.
fn said_of(path: &str, book: &Sources) -> String {
    let ending = extension(path).to_ascii_lowercase();
    let markup = Markup::of_ending(&ending);
    let is_either = ["txt", "text"].contains(&ending.as_str());
    let is_there = path.to_ascii_lowercase().ends_with(&format!(".{ending}"))
        && book.tree().kind(path).is_some_and(Kind::is_readable);
    if !is_there || !is_either && markup == Markup::Plain {
        return String::new();
    }
    let mut head = vec![0; HEAD];
    let read = book.tree().open(path).and_then(|file| file.bytes.read_at(0, &mut head));
    let text = String::from_utf8_lossy(head.get(..read.unwrap_or(0)).unwrap_or_default());
    if is_either && !is_prose(&text) {
        return String::new();
    }
    let mut said = String::new();
    if is_either {
        said.push_str("format = \"text\"\n");
    }
    let language = Language::of_text(&markup.flat(&text).text);
    if language != Language::default() {
        said.push_str(&format!("language = \"{}\"\n", language.code()));
    }
    said
}

/// A text as a TOML string; a file name may hold any sign, a line end too.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_quoted_whatever_is_in_them() {
        assert_eq!(quoted("a\nb\"c\\\u{7f}é"), "\"a\\u000Ab\\\"c\\\\\\u007Fé\"");
        let rules = rule_for("a\n\u{1}.csv", "", &RuleSet::default());
        let (set, problems) = read(&rules, crate::source::FileId(0), "");
        assert!(problems.is_empty());
        assert_eq!(set.tables[0].path.value.text, "a\n\u{1}.csv");
    }
}
