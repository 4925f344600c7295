//! The command that makes a report again.

use std::ffi::OsStr;
use std::iter::repeat;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, CommandFactory};

use super::args::Cli;

/// Arguments that say only where the report is written, and how much of it is shown.
const OF_OUTPUT: [&str; 8] =
    ["format", "diff", "fix", "accepted", "verbose", "statistics", "max_per_check", "watch"];

/// `crossfoot check` with the arguments that were given, as a shell reads them.
pub fn command(matches: &ArgMatches) -> String {
    let matches = matches.subcommand_matches("check").unwrap_or(matches);
    let program = Cli::command();
    let known = program.find_subcommand("check").into_iter().flat_map(|c| c.get_arguments());
    let given = known.filter(|arg| {
        let id = arg.get_id().as_str();
        !OF_OUTPUT.contains(&id) && matches.value_source(id) == Some(ValueSource::CommandLine)
    });
    let mut words: Vec<(usize, Vec<String>)> =
        given.flat_map(|arg| written(arg, matches)).collect();
    words.sort();
    let words = words.into_iter().flat_map(|(_, words)| words);
    let all = ["crossfoot".to_string(), "check".to_string()].into_iter().chain(words);
    all.map(quoted).collect::<Vec<_>>().join(" ")
}

/// The words of an argument, each time it was given with the place where it was.
fn written(arg: &Arg, matches: &ArgMatches) -> Vec<(usize, Vec<String>)> {
    let id = arg.get_id().as_str();
    let places = matches.indices_of(id).into_iter().flatten();
    let values = matches.get_raw(id).into_iter().flatten();
    let shown = |value: &OsStr| match value.to_string_lossy() {
        text if id == "source" => without_address(&text),
        text => text.into_owned(),
    };
    // A flag has a place and no value.
    let values = values.map(shown).chain(repeat(String::new()));
    let words = |value: String| match arg.get_long() {
        None if value.starts_with('-') && value.len() > 1 => vec!["--".to_string(), value],
        None => vec![value],
        Some(long) if !arg.get_action().takes_values() => vec![format!("--{long}")],
        Some(long) if value.starts_with('-') => vec![format!("--{long}={value}")],
        Some(long) => vec![format!("--{long}"), value],
    };
    places.zip(values.map(words)).collect()
}

/// Where a source is, without an address, which may hold a password.
fn without_address(source: &str) -> String {
    match source.split_once('=') {
        Some((name, at)) if at.contains("://") || at.contains(';') => format!("{name}=…"),
        _ => source.to_string(),
    }
}

/// A word as a shell reads it; an argument of a program holds no NUL, which none could hold.
fn quoted(word: String) -> String {
    shlex::try_quote(&word).map(String::from).unwrap_or_else(|_| word.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_of_a_source_is_shown() {
        for address in ["postgresql://me:s3cret@host/sales", "Driver={MariaDB};PWD=s3cret"] {
            assert_eq!(without_address(&format!("wh={address}")), "wh=…");
        }
        for own in ["wh=sales", "wh=profiles/sales.toml", "wh=sales.duckdb"] {
            assert_eq!(without_address(own), own);
        }
    }
}
