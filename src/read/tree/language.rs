//! The languages of documents.

use crate::read::format::Refusal;
use crate::read::tree::value::{Location, Parsed};
use crate::read::tree::{toml, yaml};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Yaml,
    Toml,
}

impl Language {
    /// Reads a text.
    ///
    /// # Errors
    /// Where it is not of this language.
    pub fn parse(self, text: &str, place: Location) -> Result<Parsed, Refusal> {
        let parsed = match self {
            Language::Yaml => yaml::parse(text, place),
            Language::Toml => toml::parse(text, place),
        };
        parsed.map_err(|malformed| Refusal::Malformed(Box::new(malformed)))
    }
}
