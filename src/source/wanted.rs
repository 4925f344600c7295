//! Names that patterns choose.

/// Whether a check is asked for: patterns with `*`, `!` leaves out.
pub fn wanted(patterns: &[String], id: &str) -> bool {
    wanted_by(patterns, &[id])
}

/// The same of a check that goes by several names: its id and its tags.
pub fn wanted_by(patterns: &[String], names: &[&str]) -> bool {
    let fits = |p: &str| {
        glob::Pattern::new(p).is_ok_and(|pattern| names.iter().any(|name| pattern.matches(name)))
    };
    let (no, yes): (Vec<&String>, Vec<&String>) = patterns.iter().partition(|p| p.starts_with('!'));
    (yes.is_empty() || yes.iter().any(|p| fits(p)))
        && !no.iter().any(|p| p.strip_prefix('!').is_some_and(fits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tags_and_patterns_choose() {
        for (patterns, chosen) in [
            (&[][..], true),
            (&["area"], true),
            (&["are*"], true),
            (&["yearly"], true),
            (&["other"], false),
            (&["!yearly"], false),
            (&["!other"], true),
            (&["area", "!yearly"], false),
        ] {
            let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
            assert_eq!(wanted_by(&patterns, &["area", "yearly"]), chosen, "{patterns:?}");
        }
    }
}
