//! Proposals for texts: a pattern for each sentence with figures, and the relations among these figures,
//! and between them and the cells of tables.
//!
//! A relation is proposed where it would be a surprise among made-up figures: by how exactly the figures
//! are written, by how many combinations were tried, by how far apart they stand, and by the words around
//! them. Nothing here is a verdict.

mod called;
mod cells;
mod chance;
mod claimed;
mod claims;
mod counts;
mod cues;
mod forms;
mod of_many;
mod patterns;
mod points;
mod relations;
mod slips;
mod terms;
mod text;
mod written;

use crate::propose::table::Table;
use crate::read::text::said::Said;
pub use text::{Prose, Text};
pub use written::write;

/// Proposes rules for a text; the names of tables and of checks that there are grow by those that are made.
pub fn propose(
    text: &Text,
    tables: &[Table],
    (names, checks): (&mut Vec<String>, &mut Vec<String>),
) -> Prose {
    let mut said = Said::new(&text.source, text.markup);
    of_many::split(&mut said);
    let (sentences, left_out) = patterns::sentences(&said, names);
    let terms = terms::Terms::new(&said, &sentences);
    let claims = claims::find(&said, &terms.all);
    let claimed = claimed::contradicted(&claims);
    let mut relations = claimed::first(claimed, relations::find(&terms, tables));
    for relation in &mut relations {
        relation.id = called::unused(&relation.id, "-", checks);
        checks.push(relation.id.clone());
    }
    let before = |at: usize| {
        let start = crate::width::to_usize(said.document.map.span(at..at).start);
        text.source.get(..start).unwrap_or_default()
    };
    let line = |at: usize| before(at).matches('\n').count() + 1;
    for relation in &mut relations {
        let own = before(relation.at).rsplit('\n').next().unwrap_or_default();
        let column = own.trim_start_matches('\u{feff}').chars().count() + 1;
        relation.place = format!("{}:{}:{column}", text.path, line(relation.at));
    }
    let left_out = left_out.iter().map(|at| line(*at)).collect();
    let language = said.language;
    Prose { path: text.path.clone(), language, sentences, relations, left_out }
}
