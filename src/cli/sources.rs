//! `crossfoot sources`.

use crossfoot::files::engines::{drivers, is_built_in};
use crossfoot::report::text::printable;

use super::output;

/// Lists the drivers that were found, and how to get the others; the exit status.
pub fn run() -> u8 {
    output::print(&text(is_built_in()))
}

fn text(is_built_in: bool) -> String {
    let known = drivers::KNOWN.iter().map(|known| (known.name.to_string(), known.about));
    let others = drivers::others().into_iter().map(|name| (name, "by its manifest"));
    let all: Vec<(String, &str)> = known.chain(others).collect();
    let width = all.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, about) in &all {
        text.push_str(&format!("{name:width$}  {about}\n"));
        let line = match drivers::find(name) {
            Some(found) => {
                let path = found.path.display().to_string();
                format!("found ({}): {}", found.by, printable(&path))
            }
            None => format!("not found; {}", drivers::how_to_get(name)),
        };
        text.push_str(&format!("{:width$}  {line}\n", ""));
    }
    if !is_built_in {
        text.push_str(
            "\nThis build of crossfoot reads no sources; released programs and wheels do.\n",
        );
    }
    text
}
