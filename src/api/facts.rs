//! What is known of the rules before they are judged.

use std::collections::BTreeMap;

use crate::engine::data::check::Check;
use crate::fault::Fault;
use crate::findings::place;
use crate::report::RuleFacts;
use crate::source::Files;

/// The checks and contracts of a run, with the tags of those that have some.
pub fn of_rules(
    checks: &[Check],
    tags: &BTreeMap<String, Vec<String>>,
    files: &dyn Files,
) -> Vec<RuleFacts> {
    let facts = |check: &Check| {
        let (file, span) = check.rule;
        RuleFacts {
            id: check.id.clone(),
            title: check.title.clone(),
            help: check.help.clone(),
            url: check.url.clone(),
            tags: tags.get(&check.id).cloned().unwrap_or_default(),
            severity: check.severity,
            page: check.asserts.first().map(|a| a.fault.page),
            place: place::at(files, file, span, files.line(file, span.start)),
        }
    };
    checks.iter().map(facts).collect()
}

/// All built-in names.
pub fn faults() -> Vec<&'static Fault> {
    let lists: [&[&Fault]; 19] = [
        crate::read::csv::FAULTS,
        crate::read::json::FAULTS,
        crate::read::tree::FAULTS,
        crate::read::text::FAULTS,
        crate::read::sheet::FAULTS,
        crate::value::unread::FAULTS,
        crate::engine::faults::FAULTS,
        crate::rules::toml::FAULTS,
        crate::rules::held::FAULTS,
        crate::expr::parse::FAULTS,
        crate::expr::bind::FAULTS,
        crate::files::FAULTS,
        crate::files::engines::FAULTS,
        crate::import::FAULTS,
        crate::compile::FAULTS,
        crate::findings::allowance::FAULTS,
        crate::gate::baseline::FAULTS,
        crate::report::document::FAULTS,
        crate::report::notes::FAULTS,
    ];
    let mut all = lists.concat();
    // Formats share some.
    let mut known = std::collections::BTreeSet::new();
    all.retain(|fault| known.insert(fault.name));
    all
}
