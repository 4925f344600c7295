//! The binary: exit status, nothing else.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
