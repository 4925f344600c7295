//! `crossfoot extract`.

use crossfoot::api::{ExtractRequest, extract};

use super::args::{ExtractArgs, Global, TextOrJson};
use super::output;
use super::status::{CLEAN, INCOMPLETE, NOT_FOUND};

/// Prints matches and near misses; the exit status.
pub fn run(args: &ExtractArgs, _: &Global) -> u8 {
    let ask = ExtractRequest {
        target: args.target.clone(),
        pattern: args.pattern.clone(),
        split: args.split.clone(),
        from: args.from.clone(),
        to: args.to.clone(),
        language: args.language.unwrap_or_default(),
        as_json: args.format == TextOrJson::Json,
    };
    match extract(&args.input.request(), &ask) {
        Ok(found) => match output::print(&found.text) {
            CLEAN if !found.has_matches => NOT_FOUND,
            status => status,
        },
        Err(text) => {
            output::report(&text);
            INCOMPLETE
        }
    }
}
