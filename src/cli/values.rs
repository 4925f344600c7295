//! The values of options, as they are written.

use crossfoot::value::Language;

/// `NAME=PATH`.
pub fn name_and_path(text: &str) -> Result<(String, String), String> {
    let (name, path) = text.split_once('=').ok_or("write NAME=PATH")?;
    Ok((name.to_string(), path.to_string()))
}

/// `NAME=VALUE`.
pub fn name_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_string(), value.trim().to_string()))
        }
        _ => Err("write NAME=VALUE, such as prepared-by='A. Keller'".into()),
    }
}

/// A path that begins with no name of a table is a path, whatever signs are in it.
pub fn old_file(text: &str) -> Result<(Option<String>, String), String> {
    Ok(match text.split_once('=') {
        Some((table, path)) if !table.contains('/') && !path.is_empty() => {
            (Some(table.to_string()), path.to_string())
        }
        _ => (None, text.to_string()),
    })
}

/// A language by its two letters.
pub fn language(code: &str) -> Result<Language, String> {
    Language::find(code).ok_or_else(|| Language::unknown(code))
}

/// A day.
pub fn date(text: &str) -> Result<String, String> {
    crossfoot::value::iso_day(text).map(|_| text.to_string())
}

/// Bytes of memory: the least is 16 MB.
pub fn size(text: &str) -> Result<u64, String> {
    let size = bytes(text)?;
    if size < LEAST_MEMORY { Err("a run needs at least 16MB".into()) } else { Ok(size) }
}

/// Bytes: `64MB`, `2GiB`, `500M`.
pub fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let wrong = || format!("`{text}` is not a size; write it like 512MB or 4GB");
    let number: u64 = text[..digits].parse().map_err(|_| wrong())?;
    let unit: u64 = match text[digits..].trim_start().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "t" | "tb" => 1_000_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        _ => return Err(wrong()),
    };
    number.checked_mul(unit).ok_or_else(wrong)
}

/// Code, rules and a few blocks need as much.
const LEAST_MEMORY: u64 = 16_000_000;
