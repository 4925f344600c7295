//! What went into a run, and what no rule has looked at.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who and what made a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunFacts {
    /// What the report is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What was said with `--meta`: `prepared-by` and the like, in the order given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meta: Vec<Named>,
    /// The commit of the working tree in full, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Whether files that were read differ from that commit, or are not in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub modified: bool,
    /// The command that makes it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

impl RunFacts {
    /// Adds what the command line says: a title, and names with their values. What was said before
    /// under the same name is replaced.
    pub fn say(&mut self, title: Option<&String>, meta: &[(String, String)]) {
        if title.is_some() {
            self.title = title.cloned();
        }
        for (name, value) in meta {
            let named = Named { name: name.clone(), value: value.clone() };
            match self.meta.iter_mut().find(|known| known.name == *name) {
                Some(known) => *known = named,
                None => self.meta.push(named),
            }
        }
    }
}

/// A name with its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Named {
    /// The name.
    pub name: String,
    /// What it is.
    pub value: String,
}

/// What was read, and what of it no rule reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// Files that were read, sorted by path.
    pub files: Vec<FileFacts>,
    /// Tables, in the order of the rules.
    pub tables: Vec<TableFacts>,
    /// Texts, by path: how many figures stand in them, and those that no rule reads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<TextFacts>,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileFacts {
    /// Its path, relative to the working directory, with `/`.
    pub path: String,
    /// What it is for.
    pub role: FileRole,
    /// Its size on the disk; of standard input what was read.
    pub bytes: u64,
    /// The SHA-256 of its bytes, compressed as they are, in 64 hexadecimal digits; none where they
    /// could not be read to the end, and of more than 64 MB where that was not asked for.
    pub sha256: Option<String>,
}

/// What a file is for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum FileRole {
    /// A rule file.
    Rules,
    /// Data or a text.
    Data,
    /// A baseline of accepted findings.
    Baseline,
}

/// A table of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TableFacts {
    /// Its name in the rules.
    pub name: String,
    /// Its files.
    pub files: Vec<String>,
    /// Its rows.
    pub rows: u64,
    /// What of its files is none of it.
    #[serde(default, skip_serializing_if = "LeftOut::is_nothing")]
    pub left_out: LeftOut,
    /// All of its columns.
    pub columns: Vec<String>,
    /// Those of them that no check, contract or key reads.
    pub unread_columns: Vec<String>,
    /// Where it comes from, as the rule says it: an address or a citation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When it was taken from there, ISO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retrieved: Option<String>,
}

/// Records of the files of a table that are none of its rows, because the rule says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// Above the header.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub above: u64,
    /// Below the last row.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub below: u64,
    /// By the `where` of the table.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub filtered: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl LeftOut {
    /// Whether all records are rows.
    pub fn is_nothing(&self) -> bool {
        *self == LeftOut::default()
    }

    /// `4 lines above the header, 1 row by where`.
    pub fn words(&self) -> String {
        let parts = [
            (self.above, "line", "above the header"),
            (self.below, "line", "below the table"),
            (self.filtered, "row", "by `where`"),
        ];
        let said = parts.iter().filter(|part| part.0 > 0);
        let said = said.map(|(n, what, how)| {
            let s = if *n == 1 { "" } else { "s" };
            format!("{n} {what}{s} {how}")
        });
        said.collect::<Vec<_>>().join(", ")
    }
}

/// A text, and the figures in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TextFacts {
    /// Its path.
    pub path: String,
    /// How many figures stand in it.
    pub figures: u64,
    /// How many of them no rule reads.
    pub unread_count: u64,
    /// The first thousand of these, and of all texts the first twenty thousand.
    pub unread: Vec<UnreadFigure>,
}

/// A figure that no rule reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnreadFigure {
    /// As it is written.
    pub text: String,
    /// First byte in the file.
    pub start: u64,
    /// One past its last byte.
    pub end: u64,
    /// Line, from 1.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: u64,
    /// The sentence or cell around it, cut where it is long.
    pub around: String,
}
