//! The JSON documents of what a pattern finds in texts, and of the figures of texts.

use schemars::JsonSchema;
use serde::Serialize;

/// What a pattern finds: the output of `crossfoot extract --format json`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(title = "crossfoot extract")]
pub struct ExtractDocument {
    /// The version of this format.
    pub version: u32,
    /// The texts that were looked through, in order.
    pub files: Vec<ExtractFile>,
}

/// What a pattern finds in a text.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExtractFile {
    /// The path of the text, with `/`.
    pub path: String,
    /// The rows, in the order of the text.
    pub matches: Vec<ExtractMatch>,
    /// What kept rows from being read.
    pub troubles: Vec<ExtractTrouble>,
    /// What nearly matched, the nearest first.
    pub near_misses: Vec<ExtractNear>,
}

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProsePlace {
    /// The first byte.
    pub start: u64,
    /// The byte behind the last.
    pub end: u64,
    /// The line, from 1.
    pub line: u64,
    /// The character in the line, from 1.
    pub column: u64,
}

/// A row.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExtractMatch {
    /// Where it stands.
    pub place: ProsePlace,
    /// What its placeholders hold, in the order of the pattern.
    pub values: Vec<ExtractValue>,
}

/// What a placeholder holds.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExtractValue {
    /// The name of the placeholder.
    pub name: String,
    /// Its text; none where an optional part is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<ProsePlace>,
    /// How it is read.
    #[serde(flatten)]
    pub reading: ProseReading,
}

/// How a text is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProseReading {
    /// The value that it is read as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The value for people, where they write it otherwise: `61.3 %`.
    #[serde(skip)]
    pub shown: Option<String>,
    /// What the words around it say of how near it is meant: about, at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hedge: Option<String>,
    /// The least value that would be written so, `…` where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<String>,
    /// The largest one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<String>,
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
}

impl std::fmt::Display for ProseReading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(why) = &self.unreadable {
            return write!(f, "unreadable: {why}");
        }
        if let Some(hedge) = &self.hedge {
            write!(f, "{hedge} ")?;
        }
        let value = self.shown.as_ref().or(self.value.as_ref());
        f.write_str(value.map_or("", String::as_str))?;
        match (&self.low, &self.high) {
            (Some(low), Some(high)) => write!(f, " ({low} to {high})"),
            _ => Ok(()),
        }
    }
}

/// What kept rows from being read.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExtractTrouble {
    /// The kind of finding that it is in a run.
    pub fault: &'static str,
    /// In words.
    pub message: String,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<ProsePlace>,
    /// What would match in one reading or the other.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<ExtractReading>,
    /// How far an item matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub near: Option<ExtractNear>,
}

/// One of several readings of a text.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExtractReading {
    /// What matches.
    pub text: String,
    /// Where it stands.
    pub place: ProsePlace,
}

/// Something that nearly matched.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExtractNear {
    /// What matched of the beginning, or the sentence.
    pub place: ProsePlace,
    /// How many of the words of the pattern stand there in order.
    pub words: usize,
    /// How many words the pattern has.
    pub of_words: usize,
    /// The part of the pattern that is not there.
    pub expected: String,
    /// What stands in its place.
    pub found: String,
    /// A difference that cannot be seen, or what would read a figure of another kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unseen: Option<String>,
}

/// The figures of texts: the output of `crossfoot figures --format json`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(title = "crossfoot figures")]
pub struct FiguresDocument {
    /// The version of this format.
    pub version: u32,
    /// The texts, in the order given.
    pub files: Vec<FiguresFile>,
}

/// The figures of a text.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FiguresFile {
    /// The path of the text, with `/`.
    pub path: String,
    /// The language that it is read in, where that is not English.
    #[serde(skip)]
    pub language: Option<String>,
    /// How many figures it has.
    pub figures: u64,
    /// How many of them no check depends on.
    pub unread: u64,
    /// The figures, in the order of the text.
    pub list: Vec<ProseFigure>,
}

/// A figure of a text.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProseFigure {
    /// As it is written.
    pub text: String,
    /// The same with the words around it that say how near to it is meant.
    #[serde(skip)]
    pub said: String,
    /// Where it stands.
    pub place: ProsePlace,
    /// What it is: `number`, `percent`, `multiple`, `date` or `time`.
    pub kind: &'static str,
    /// How it is read.
    #[serde(flatten)]
    pub reading: ProseReading,
    /// The words before it that widen its range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hedge: Option<String>,
    /// The word behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The sentence that it stands in, or the part of it around the figure.
    pub around: String,
    /// Placeholders that hold it, as `table.name`.
    pub read_by: Vec<String>,
    /// Checks that depend on it.
    pub checks: Vec<String>,
}

/// The text of such a document.
pub fn json<T: Serialize>(document: &T) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default() + "\n"
}

/// The JSON Schema of [`ExtractDocument`].
pub fn extract_schema() -> String {
    json(&schemars::schema_for!(ExtractDocument))
}

/// The JSON Schema of [`FiguresDocument`].
pub fn figures_schema() -> String {
    json(&schemars::schema_for!(FiguresDocument))
}
