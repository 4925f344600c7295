//! `crossfoot extract`.

use crossfoot::api::{ExtractRequest, extract};

use super::args::{ExtractArgs, Global, TextOrJson};
use super::output;
use super::status::INCOMPLETE;

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
        Ok(text) => output::print(&text),
        Err(text) => {
            output::report(&text);
            INCOMPLETE
        }
    }
}
