//! Which rules a data file needs that was named.

use std::collections::{BTreeMap, BTreeSet};

use crate::compile::discover;
use crate::compile::guess::extension;
use crate::compile::said::said;
use crate::expr::lex::{Token, lex};
use crate::files::sources::{Sources, portable};
use crate::read::formats;
use crate::rules::{CheckRule, RuleSet, TableRule};
use crate::source::tree::resolve;
use crate::source::whole_text;

/// Which files tables read; each path of a rule is looked up once.
#[derive(Default)]
pub struct ReadFiles {
    /// By the directory of a rule file and the path in it.
    known: BTreeMap<(String, String), BTreeSet<String>>,
}

impl ReadFiles {
    /// Whether a table reads the file at `path`.
    pub fn reads(&mut self, table: &TableRule, path: &str, book: &Sources) -> bool {
        if table.held.is_some() {
            return false;
        }
        let rule = (table.base.clone(), table.path.value.text.clone());
        let look_up = || {
            let found = discover::files(&table.base, &table.path.value.text, book);
            let paths = found.map(|(paths, _)| paths).unwrap_or_default();
            paths.iter().map(|(path, _)| absolute(path, book)).collect()
        };
        self.known.entry(rule).or_insert_with(look_up).contains(&absolute(path, book))
    }

    /// Whether one of the tables reads the file at `path`.
    pub fn any(&mut self, tables: &[TableRule], path: &str, book: &Sources) -> bool {
        tables.iter().any(|table| self.reads(table, path, book))
    }
}

/// A path by which the same file is known below the working directory and above it.
fn absolute(path: &str, book: &Sources) -> String {
    resolve(&format!("{}/", portable(&book.machine().directory())), &portable(path))
}

/// Leaves the checks and contracts that read one of the data files, and the tables that these need.
pub fn restrict(rules: &mut RuleSet, data: &[String], files: &mut ReadFiles, book: &Sources) {
    let is_read = |table: &&TableRule| data.iter().any(|path| files.reads(table, path, book));
    let own: BTreeSet<String> =
        rules.tables.iter().filter(is_read).map(|t| t.name.value.clone()).collect();
    rules.checks.retain(|check| names(check).iter().any(|name| own.contains(name)));
    let mut needed: BTreeSet<String> = rules.checks.iter().flat_map(names).collect();
    let refers = |table: &&TableRule| table.referenced().any(|name| own.contains(name));
    needed.extend(rules.tables.iter().filter(refers).map(|t| t.name.value.clone()));
    needed.extend(own);
    needed.extend(data.iter().flat_map(|path| names_in_comments(path, book)));
    loop {
        let tables = rules.tables.iter().filter(|t| needed.contains(&t.name.value));
        let more: Vec<String> =
            tables.flat_map(TableRule::referenced).map(str::to_string).collect();
        let before = needed.len();
        needed.extend(more);
        if needed.len() == before {
            break;
        }
    }
    rules.tables.retain(|table| needed.contains(&table.name.value));
}

/// The names in comments of a text that compare its figures: those of tables are among them.
fn names_in_comments(path: &str, book: &Sources) -> Vec<String> {
    let format = formats::by_ending(extension(path), true).filter(|f| f.takes("pattern"));
    let read = format.and_then(|format| Some((format, book.tree().open(path).ok()?.bytes)));
    let Some((format, Ok((text, _)))) = read.map(|(format, bytes)| (format, whole_text(&*bytes)))
    else {
        return Vec::new();
    };
    let comments = (format.comments)(&text);
    comments
        .iter()
        .filter_map(|comment| said(&comment.words))
        .flat_map(|s| names_of(&s.text))
        .collect()
}

/// All names in a check: those of its tables are among them.
fn names(check: &CheckRule) -> Vec<String> {
    let asserts = check.asserts.iter().map(|code| &code.snippet);
    let each = check.each.iter().map(|code| &code.snippet);
    let filter = check.filter.iter().map(|code| &code.snippet);
    let order = check.order.iter().map(|code| &code.snippet);
    let texts = asserts.chain(each).chain(filter).chain(order);
    texts.flat_map(|snippet| names_of(&snippet.text)).collect()
}

fn names_of(text: &str) -> Vec<String> {
    let name = |token| if let Token::Name(name, _) = token { Some(name) } else { None };
    lex(text).0.into_iter().filter_map(|lexed| name(lexed.token)).collect()
}
