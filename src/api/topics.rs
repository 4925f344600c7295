//! What `explain` knows beside faults and checks: functions, keys of rule files, words of the
//! language, named formats. They are the rows of the tables in the pages of docs/.

use std::fmt::Write as _;

const PAGES: [&str; 5] = [
    include_str!("../../docs/functions.md"),
    include_str!("../../docs/language.md"),
    include_str!("../../docs/rules.md"),
    include_str!("../../docs/formats.md"),
    include_str!("../../docs/gate.md"),
];

/// What the first column of a table names, by its heading; other tables are no topics.
const KINDS: [(&str, &str); 7] = [
    ("function", "a function"),
    ("aggregate", "an aggregate"),
    ("word", "a word of the expression language"),
    ("key", "a key of rule files"),
    ("part", "a part of the format of dates and times"),
    ("format", "a named format for `like`"),
    ("note", "a note of reports that compare with an old version"),
];

/// A row of a table.
struct Topic<'a> {
    names: Vec<&'a str>,
    kind: &'static str,
    /// The heading above the table.
    section: &'a str,
    /// The headings of the columns, beside the cells.
    cells: Vec<(&'a str, String)>,
}

/// The names of all topics, sorted, each once.
pub fn names() -> Vec<&'static str> {
    let mut all: Vec<&str> =
        PAGES.iter().flat_map(|page| topics(page)).flat_map(|topic| topic.names).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What the pages say of a name, in every meaning that it has.
pub fn describe(name: &str) -> Option<String> {
    let all = PAGES.iter().flat_map(|page| topics(page));
    let found: Vec<String> =
        all.filter(|topic| topic.names.contains(&name)).map(|topic| topic.text(name)).collect();
    (!found.is_empty()).then(|| found.join("\n"))
}

impl Topic<'_> {
    fn text(&self, name: &str) -> String {
        let mut out = format!("# {name}: {}", self.kind);
        if self.kind == "a key of rule files" {
            let _ = write!(out, ", in {}", self.section);
        }
        out.push('\n');
        for (heading, cell) in &self.cells {
            let bare = cell.trim_matches('`');
            let _ = match *heading {
                "example" => write!(out, "\n    {bare}\n"),
                _ if bare == name => Ok(()),
                _ => write!(out, "\n{cell}\n"),
            };
        }
        out
    }
}

fn topics(page: &str) -> Vec<Topic<'_>> {
    let mut topics = Vec::new();
    let (mut section, mut headings) = ("", Vec::new());
    for line in page.lines() {
        if let Some(title) = line.strip_prefix('#') {
            section = title.trim_start_matches('#').trim();
        }
        let Some(row) = line.strip_prefix("| ").and_then(|l| l.strip_suffix(" |")) else {
            if !line.starts_with("|--") {
                headings.clear();
            }
            continue;
        };
        if headings.is_empty() {
            headings = row.split(" | ").collect();
            continue;
        }
        let kind = KINDS.iter().find(|(heading, _)| headings.first() == Some(heading));
        let Some(&(_, kind)) = kind else { continue };
        let cells = row.split(" | ").map(|cell| cell.replace("\\|", "|"));
        topics.push(Topic {
            names: names_in(row.split(" | ").next().unwrap_or_default()),
            kind,
            section,
            cells: headings.iter().copied().zip(cells).collect(),
        });
    }
    topics
}

/// The texts in backticks; of `sum(a, b)` and `columns.<c>`, the name in front.
fn names_in(cell: &str) -> Vec<&str> {
    let quoted = cell.split('`').skip(1).step_by(2);
    quoted
        .map(|text| text.split("(").next().unwrap_or(text))
        .map(|text| text.trim_end_matches(".<c>"))
        .collect()
}
