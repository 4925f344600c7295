//! Names of output formats on the command line.

use crossfoot::render::{Format, Row};

use super::outlet::is_stdout;

/// A format, and the file that it is written to; none where that is standard output.
pub fn format(text: &str) -> Result<(Format, Option<String>), String> {
    let (name, file) = text.split_once('=').map_or((text, None), |(n, f)| (n, Some(f.to_string())));
    Ok((format_name(name)?, file.filter(|path| !is_stdout(path))))
}

/// The help of --format.
pub fn formats() -> String {
    let all = crossfoot::render::FORMATS.map(|f| format!("{} ({})", f.name, f.about));
    let all = all.join(", ");
    format!("Output format, to standard output or to FILE; may be repeated: {all} [default: full]")
}

/// A format in which a saved run can be written.
pub fn saved_format(text: &str) -> Result<(Format, Option<String>), String> {
    let (format, file) = format(text)?;
    let row = format.row();
    let of = || of_saved().map(|f| f.name).collect::<Vec<_>>().join(", ");
    let wrong = || format!("`{}` is not made of a saved run; these are: {}", row.name, of());
    row.saved.map(|_| (format, file)).ok_or_else(wrong)
}

fn of_saved() -> impl Iterator<Item = &'static Row> {
    crossfoot::render::FORMATS.into_iter().filter(|f| f.saved.is_some())
}

/// The help of --format of a report.
pub fn saved_formats() -> String {
    let all: Vec<_> = of_saved().map(|f| format!("{} ({})", f.name, f.about)).collect();
    let all = all.join(", ");
    format!("Output format, to standard output or to FILE; may be repeated: {all} [default: html]")
}

fn format_name(name: &str) -> Result<Format, String> {
    let found = crossfoot::render::FORMATS.iter().find(|f| f.name == name);
    let names: Vec<&str> = crossfoot::render::FORMATS.iter().map(|f| f.name).collect();
    let wrong = || format!("`{name}` is not a format; the formats are {}", names.join(", "));
    found.map(|f| f.format).ok_or_else(wrong)
}

/// A format, and whether accepted findings are left out of it; no format means all of them.
pub fn accepted(text: &str) -> Result<(Option<Format>, bool), String> {
    let (format, what) = match text.split_once('=') {
        Some((name, what)) => (Some(format_name(name)?), what),
        None => (None, text),
    };
    match what {
        "mark" => Ok((format, false)),
        "omit" => Ok((format, true)),
        _ => Err("write mark or omit, or FORMAT=omit for one format".into()),
    }
}
