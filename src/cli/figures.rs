//! `crossfoot figures`.

use crossfoot::api::{FiguresRequest, figures};

use super::args::{FiguresArgs, Global, TextOrJson};
use super::output;
use super::status::INCOMPLETE;

/// Prints the figures of texts; the exit status.
pub fn run(args: &FiguresArgs, _: &Global) -> u8 {
    let ask = FiguresRequest {
        files: args.files.clone(),
        unread: args.unread,
        language: args.language,
        as_json: args.format == TextOrJson::Json,
    };
    match figures(&args.input.request(), &ask) {
        Ok((text, problems)) => {
            let printed = output::print(&text);
            output::report(&problems);
            if problems.is_empty() { printed } else { INCOMPLETE }
        }
        Err(text) => {
            output::report(&text);
            INCOMPLETE
        }
    }
}
