//! `crossfoot import`.

use crossfoot::Request;
use crossfoot::api::{ImportRequest, import};

use super::args::{Global, ImportArgs};
use super::init::{is_refused, put};
use super::output;
use super::status::INCOMPLETE;

/// Writes rules that were translated; the exit status.
pub fn run(args: &ImportArgs, global: &Global) -> u8 {
    if is_refused(args.output.as_ref()) {
        return INCOMPLETE;
    }
    let request = Request { root: args.root.clone(), ..Request::default() };
    let ask = ImportRequest {
        files: args.files.clone(),
        output: args.output.clone(),
        from: args.from.clone(),
        data: args.data.clone(),
    };
    match import(&request, &ask) {
        Ok(imported) => {
            let remarks = match imported.unsaid {
                0 => String::new(),
                1 => "1 thing could not be translated: it is a comment in the rules\n".to_string(),
                n => {
                    format!("{n} things could not be translated: they are comments in the rules\n")
                }
            };
            put(args.output.as_deref(), &imported.text, &remarks, global)
        }
        Err(text) => {
            output::report(&text);
            INCOMPLETE
        }
    }
}
