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

/// The format of a date pattern of Unicode: `dd.MM.yyyy`.
///
/// # Errors
/// The letters that cannot be read.
pub fn unicode(pattern: &str, ty: Type) -> Result<String, String> {
    const PARTS: [(&str, &str); 16] = [
        ("yyyy", "%Y"),
        ("yy", "%y"),
        ("MMMM", "%B"),
        ("MMM", "%b"),
        ("MM", "%m"),
        ("M", "%-m"),
        ("dd", "%d"),
        ("d", "%-d"),
        ("HH", "%H"),
        ("mm", "%M"),
        ("ss.S", "%S"),
        ("ss", "%S"),
        ("XXX", "%z"),
        ("XX", "%z"),
        ("X", "%z"),
        ("xxx", "%z"),
    ];
    let (mut out, mut rest) = (String::new(), pattern);
    while let Some(c) = rest.chars().next() {
        let part = PARTS.iter().find_map(|(own, ours)| Some((*ours, rest.strip_prefix(own)?)));
        match part {
            Some((ours, after)) => {
                out.push_str(ours);
                // Digits behind the point are read with the seconds.
                rest = if ours == "%S" { after.trim_start_matches('S') } else { after };
            }
            None if c.is_ascii_alphabetic() && c != 'T' => {
                return Err(format!("`{c}` in it cannot be read"));
            }
            None => {
                out.push_str(if c == '%' { "%%" } else { "" });
                if c != '%' {
                    out.push(c);
                }
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
    }
    DateFormat::new(&out, ty).map(|_| out).map_err(|error| error.message)
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
        for (pattern, ty, format) in [
            ("dd.MM.yyyy", Type::Date, "%d.%m.%Y"),
            ("M/d/yyyy", Type::Date, "%-m/%-d/%Y"),
            ("yyyy-MM-ddTHH:mm:ss.SSS", Type::DateTime, "%Y-%m-%dT%H:%M:%S"),
            ("HHmm", Type::Time, "%H%M"),
            ("yyyy-MM-dd HH:mm X", Type::DateTime, "%Y-%m-%d %H:%M %z"),
        ] {
            assert_eq!(unicode(pattern, ty).expect("a format"), format);
        }
        assert!(unicode("EEE d", Type::Date).is_err());
    }
}
