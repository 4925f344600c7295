//! Texts among the files: what is proposed of their sentences, tried before it is written.

use crate::api::init::trial::{Found, Trial};
use crate::api::outcome::Outcome;
use crate::compile::NO_CHECKS;
use crate::compile::guess::extension;
use crate::fault::Severity;
use crate::files::sources::Sources;
use crate::propose::prose::{self, Prose, Text};
use crate::propose::rules::Rules;
use crate::propose::table::Table;
use crate::read::text::document::{Markup, is_prose};
use crate::read::text::said::Said;

/// Texts that are longer are books, of which each sentence would take a pattern.
const LONGEST: usize = 1 << 20;
/// The text of a file, where it is one and has figures.
pub fn text(path: &str, relative: &str, book: &mut Sources) -> Option<Text> {
    let ending = extension(path).to_ascii_lowercase();
    if !matches!(ending.as_str(), "md" | "markdown" | "html" | "htm" | "xhtml" | "txt") {
        return None;
    }
    let (_, source) = book.open_text(path, None).ok()?;
    let markup = Markup::of_ending(&ending);
    if source.len() > LONGEST || markup == Markup::Plain && !is_prose(&source) {
        return None;
    }
    let said = Said::new(&source, markup);
    let any = said.figures.iter().any(|figure| said.has_words(figure.sentence));
    any.then(|| Text { path: relative.to_string(), source: source.to_string(), markup })
}

/// What is proposed of texts, and holds when it is tried: parts of a rule file.
pub fn write(
    texts: &[Text],
    (tables, rules): (&[Table], &Rules),
    trial: &Trial<'_>,
    before: &str,
) -> String {
    // In a check of rows the name of a column could be that of a sentence.
    let columns = tables.iter().flat_map(|table| &table.columns).map(|own| own.name().to_string());
    let own = tables.iter().map(|table| table.files.name.clone());
    let mut names: Vec<String> = own.chain(columns).collect();
    let mut checks: Vec<String> = rules.checks.iter().map(|check| check.what.id.clone()).collect();
    let propose = |text| prose::propose(text, tables, (&mut names, &mut checks));
    let mut all: Vec<Prose> = texts.iter().map(propose).collect();
    loop {
        let mut written = String::new();
        all.iter().for_each(|prose| prose::write(prose, &mut written));
        if !drop_failed(&mut all, trial.tried(format!("{before}{written}"))) {
            return written;
        }
    }
}

/// Takes out what does not hold after all; whether anything does not.
fn drop_failed(all: &mut [Prose], (outcome, found): (Outcome, Vec<Found>)) -> bool {
    let is_broken = outcome.problems.iter().any(|p| p.fault != &NO_CHECKS);
    let holds = |id: &String| {
        let fails = found.iter().any(|f| f.check == *id && f.severity >= Severity::Warning);
        let summary = outcome.summary.checks.iter().find(|check| check.id == *id);
        !is_broken && !fails && summary.is_some_and(|check| check.tally.held > 0)
    };
    let mut any = false;
    for prose in all {
        let before = prose.relations.len();
        prose.relations.retain(|relation| !relation.holds || holds(&relation.id));
        any |= prose.relations.len() < before;
    }
    any
}
