//! Arguments to requests, outcomes to exit statuses. One file per command.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the command line is the edge of the program"
)]

mod again;
mod args;
mod baseline;
mod check;
mod explain;
mod extract;
mod figures;
mod fix;
mod formats;
mod help;
mod import;
mod init;
mod list;
mod outlet;
mod output;
mod progress;
mod report;
mod schema;
mod sources;
mod sql;
mod status;
mod values;
mod watch;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use args::{CheckArgs, Cli, Command, Global};

/// Runs the command that was asked for.
pub fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let cli = Cli::from_arg_matches(&matches)
        .unwrap_or_else(|error| error.format(&mut Cli::command()).exit());
    let again = || again::command(&matches);
    let status = match cli.command {
        Some(Command::Check(args)) => checked(&args, &cli.global, &again()),
        Some(Command::Baseline(args)) => baseline::run(&args, &cli.global),
        Some(Command::Explain(args)) => explain::run(&args, &cli.global),
        Some(Command::Extract(args)) => extract::run(&args, &cli.global),
        Some(Command::Figures(args)) => figures::run(&args, &cli.global),
        Some(Command::Import(args)) => import::run(&args, &cli.global),
        Some(Command::Init(args)) => init::run(&args, &cli.global),
        Some(Command::Report(args)) => report::run(&args, &cli.global),
        Some(Command::List(args)) => list::run(&args, &cli.global),
        Some(Command::Sources) => sources::run(),
        Some(Command::Sql(args)) => sql::run(&args, &cli.global),
        Some(Command::Schema(args)) => output::print(&args.text()),
        Some(Command::Completions(args)) => output::print(&args.script()),
        None => checked(&cli.check, &cli.global, &again()),
    };
    ExitCode::from(status)
}

/// Runs the checks once, or whenever something changes.
fn checked(args: &CheckArgs, global: &Global, again: &str) -> u8 {
    match args.watch {
        true => watch::run(args, global, again),
        false => check::run(args, global, again).0,
    }
}
