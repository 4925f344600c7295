//! Names that patterns choose.

/// Whether a check is asked for: patterns with `*`, `!` leaves out.
pub fn wanted(patterns: &[String], id: &str) -> bool {
    let fits = |p: &str| glob::Pattern::new(p).is_ok_and(|g| g.matches(id));
    let (no, yes): (Vec<&String>, Vec<&String>) = patterns.iter().partition(|p| p.starts_with('!'));
    (yes.is_empty() || yes.iter().any(|p| fits(p)))
        && !no.iter().any(|p| p.strip_prefix('!').is_some_and(fits))
}
