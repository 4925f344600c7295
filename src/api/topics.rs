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
    ("key", A_KEY),
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
    /// As it stands in the page.
    row: &'a str,
    /// The headings of the columns, beside the cells.
    cells: Vec<(&'a str, String)>,
}

/// The names of all topics, sorted, each once.
pub fn names() -> Vec<&'static str> {
    let topics: Vec<Topic<'_>> = PAGES.iter().flat_map(|page| topics(page)).collect();
    let mut all: Vec<&str> = topics.iter().flat_map(Topic::types).collect();
    all.extend(topics.iter().filter_map(Topic::of_section));
    all.extend(topics.into_iter().flat_map(|topic| topic.names));
    all.sort_unstable();
    all.dedup();
    all
}

/// What the pages say of a name, in every meaning that it has.
pub fn describe(name: &str) -> Option<String> {
    let all: Vec<Topic<'_>> = PAGES.iter().flat_map(|page| topics(page)).collect();
    let of_type = |topic: &&Topic<'_>| topic.types().any(|ty| ty == name);
    let mut found: Vec<String> = all
        .iter()
        .filter(|topic| topic.names.contains(&name))
        .map(|topic| topic.text(name, topic.kind))
        .chain(all.iter().filter(of_type).map(|topic| topic.text(name, A_TYPE)))
        .collect();
    let keys: Vec<&str> = all
        .iter()
        .filter(|topic| topic.of_section() == Some(name))
        .flat_map(|topic| topic.names.iter().copied())
        .collect();
    if !keys.is_empty() {
        let keys = keys.join(", ");
        found.push(format!("# {name}: a section of rule files\n\nIts keys: {keys}.\n"));
    }
    (!found.is_empty()).then(|| found.join("\n"))
}

const A_KEY: &str = "a key of rule files";
const A_TYPE: &str = "a type of columns";

impl<'a> Topic<'a> {
    /// The section that it is a key of: `data` of `[data.<name>]`.
    fn of_section(&self) -> Option<&'a str> {
        let title = self.section.trim_matches(['`', '[', ']']);
        let name = title.split('.').next().filter(|name| !name.contains(' '));
        name.filter(|_| self.kind == A_KEY && self.section.starts_with('`'))
    }

    /// The types of columns, of the key that names them.
    fn types(&self) -> impl Iterator<Item = &'a str> {
        let is_type = self.names == ["type"] && self.of_section() == Some("columns");
        let texts = self.row.split('`').skip(1).step_by(2).skip(1);
        texts.filter(move |_| is_type)
    }

    fn text(&self, name: &str, kind: &str) -> String {
        let mut out = format!("# {name}: {kind}");
        if kind == A_KEY {
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
            row,
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
