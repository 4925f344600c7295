//! The binary: exit status, nothing else.

#![deny(
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::iter_over_hash_type,
    clippy::panic,
    clippy::unwrap_used
)]

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
