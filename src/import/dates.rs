//! How dates and times are written elsewhere, as the formats of rule files.

use crate::value::{DateFormat, Type};

/// ISO dates.
pub const DAY: &[&str] = &["%Y-%m-%d"];
/// Dates with a time, with an offset from UTC or without one.
pub const MOMENT: &[&str] = &["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"];
/// Dates with a time and an offset.
pub const MOMENT_WITH_OFFSET: &[&str] = &["%Y-%m-%dT%H:%M:%S%z"];
/// Times of day.
pub const TIME: &[&str] = &["%H:%M:%S"];

/// Formats as texts.
pub fn owned(formats: &[&str]) -> Vec<String> {
    formats.iter().map(|format| (*format).to_string()).collect()
}

/// The formats that read what Python's `strptime` reads with one, which wants no zeros in front.
///
/// # Errors
/// The part that cannot be read.
pub fn strptime(format: &str, ty: Type) -> Result<Vec<String>, String> {
    if let Some(part) = ["%c", "%x", "%X"].iter().find(|part| format.contains(**part)) {
        return Err(format!("`{part}` depends on where it is read"));
    }
    DateFormat::new(format, ty).map_err(|error| error.message)?;
    let mut all = vec![format.to_string()];
    for (padded, bare) in [("%d", "%-d"), ("%m", "%-m"), ("%H", "%-H")] {
        if format.contains(padded) && !format.contains("%%") {
            let more: Vec<String> = all.iter().map(|f| f.replace(padded, bare)).collect();
            all.extend(more.into_iter().filter(|f| DateFormat::new(f, ty).is_ok()));
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_those_of_rule_files() {
        assert_eq!(strptime("%Y", Type::Date).expect("a format"), ["%Y"]);
        assert_eq!(
            strptime("%d/%m/%Y", Type::Date).expect("a format"),
            ["%d/%m/%Y", "%-d/%m/%Y", "%d/%-m/%Y", "%-d/%-m/%Y"]
        );
        assert!(strptime("%c", Type::Date).is_err());
    }
}
