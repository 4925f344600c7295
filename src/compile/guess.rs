//! Which format a file is read in.

use crate::files::UNREADABLE_FILE;
use crate::read::format::Format;
use crate::read::formats;
use crate::rules::TableRule;
use crate::rules::toml::BAD_VALUE;
use crate::source::Problem;

/// The ending that shows the format: `a.csv.gz` is csv.
pub fn extension(path: &str) -> &str {
    let path = path.strip_suffix(".gz").or_else(|| path.strip_suffix(".zst")).unwrap_or(path);
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |p| p.1)
}

/// The format that the rule declares, or that the name of a file shows.
///
/// # Errors
/// That neither does.
pub fn declared_or_guessed(rule: &TableRule, path: &str) -> Result<&'static Format, Problem> {
    if let Some(declared) = rule.format.as_ref().and_then(|f| formats::find(&f.value)) {
        return Ok(declared);
    }
    let has_pattern = rule.pattern.is_some() || rule.regex.is_some();
    let key = if has_pattern { "pattern" } else { "delimiter" };
    let by_key = || formats::by_key(key).filter(|_| path == "-" || rule.delimiter.is_some());
    // What --data names may have no ending: `/dev/fd/63`.
    let as_in_rule = || formats::by_ending(extension(&rule.path.value.text), has_pattern);
    formats::by_ending(extension(path), has_pattern)
        .or_else(as_in_rule)
        .or_else(|| formats::by_key(key).filter(|_| has_pattern))
        .or_else(by_key)
        .ok_or_else(|| {
            let message = format!("the extension of `{path}` does not say its format");
            let names: Vec<String> = formats::names().iter().map(|n| format!("\"{n}\"")).collect();
            let (last, first) = names.split_last().map_or(("", &[][..]), |(l, f)| (l.as_str(), f));
            Problem::nowhere(&UNREADABLE_FILE, message)
                .help(format!("add format = {} or {last}", first.join(", ")))
        })
}

/// A key that has no meaning in the format which the name of the file shows; those of a format that
/// the rule declares were looked at with the rule.
pub fn foreign_key(rule: &TableRule, format: &Format) -> Option<Problem> {
    let written = [
        ("at", rule.at.is_some()),
        ("delimiter", rule.delimiter.is_some()),
        ("quote", rule.quote.is_some()),
        ("comment", rule.comment.is_some()),
        ("figures", rule.figures_stored.is_some()),
        ("pattern", rule.pattern.is_some()),
        ("regex", rule.regex.is_some()),
    ];
    let of_frame = rule.frame_keys.iter().map(|key| (*key, true));
    let is_foreign = |(key, written): &(&str, bool)| *written && !format.takes(key);
    let all = written.into_iter().chain(of_frame);
    let (key, _) = all.filter(|_| rule.format.is_none()).find(is_foreign)?;
    let message = format!("`{key}` has no meaning in a {} file", format.name);
    Some(Problem::nowhere(&BAD_VALUE, message).help("remove it, or add the `format` that is meant"))
}
