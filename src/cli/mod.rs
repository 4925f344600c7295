//! Arguments to requests, outcomes to exit statuses. One file per command.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the command line is the edge of the program"
)]

mod args;
mod baseline;
mod check;
mod explain;
mod extract;
mod formats;
mod list;
mod output;
mod progress;
mod report;
mod status;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};

/// Runs the command that was asked for.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let status = match cli.command {
        Some(Command::Check(args)) => check::run(&args, &cli.global),
        Some(Command::Baseline(args)) => baseline::run(&args, &cli.global),
        Some(Command::Explain(args)) => explain::run(&args, &cli.global),
        Some(Command::Extract(args)) => extract::run(&args, &cli.global),
        Some(Command::Report(args)) => report::run(&args, &cli.global),
        Some(Command::List(args)) => list::run(&args, &cli.global),
        Some(Command::Schema(args)) => output::print(&args.text()),
        Some(Command::Completions(args)) => output::print(&args.script()),
        None => check::run(&cli.check, &cli.global),
    };
    ExitCode::from(status)
}
