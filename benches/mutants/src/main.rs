//! Mutation testing of crossfoot in one build: every mutant is compiled in, and an environment variable
//! says which is on.

mod find;
mod plant;
mod run;

use std::path::Path;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["plant", from, to, sample, seed] => {
            let count = |text: &str| text.parse().expect("a whole number");
            plant::plant(Path::new(from), Path::new(to), count(sample), count(seed) as u64);
        }
        ["measure", tree, ref chosen @ ..] => run::measure(Path::new(tree), chosen),
        ["run", tree] => run::run(Path::new(tree)),
        _ => eprintln!(
            "plant FROM COPY SAMPLE SEED | measure COPY ARGUMENTS-OF-CARGO-TEST | run COPY"
        ),
    }
}
