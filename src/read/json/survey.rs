//! Where a document holds objects that could be rows.

use crate::read::json::scan::{Stop, Text, wrong};
use crate::read::json::{fields, scan::What};
use crate::read::nested::pointer::step_to_rows;

/// So many pointers are enough to choose from.
const MOST: usize = 200;

/// Levels that are looked at.
const DEPTH: usize = 8;

/// Pointers to the elements of arrays and objects that are objects themselves, as they come.
pub fn pointers(text: &Text<'_>) -> Vec<String> {
    let mut found = Vec::new();
    // What is cut or no JSON ends the survey.
    let _ = value(text, 0, "", 0, &mut found);
    found
}

/// Whether a document is an object of objects, so that each may be a row with a name.
pub fn names_rows(text: &Text<'_>) -> bool {
    let mut found = Vec::new();
    let within = text.after_space(0).and_then(|(byte, at)| match byte {
        b'{' => object(text, at + 1, "", 1, &mut found),
        _ => Ok(at),
    });
    within.is_ok() && found.iter().any(|pointer| pointer == "/*")
}

fn value(
    text: &Text<'_>,
    at: usize,
    pointer: &str,
    depth: usize,
    found: &mut Vec<String>,
) -> Result<usize, Stop> {
    let (byte, at) = text.after_space(at)?;
    if depth >= DEPTH || found.len() >= MOST {
        return text.value(at);
    }
    match byte {
        b'[' => array(text, at + 1, &format!("{pointer}/*"), depth, found),
        b'{' => object(text, at + 1, pointer, depth, found),
        _ => text.value(at),
    }
}

/// Of the elements of an array only the first is looked at.
fn array(
    text: &Text<'_>,
    at: usize,
    pointer: &str,
    depth: usize,
    found: &mut Vec<String>,
) -> Result<usize, Stop> {
    let (byte, mut at) = text.after_space(at)?;
    if byte == b']' {
        return Ok(at + 1);
    }
    if byte == b'{' && !found.iter().any(|p| p == pointer) {
        found.push(pointer.to_string());
    }
    let mut end = value(text, at, pointer, depth + 1, found)?;
    loop {
        match text.after_space(end)? {
            (b',', comma) => at = comma + 1,
            (b']', close) => return Ok(close + 1),
            (_, at) => return Err(wrong(at, What::Comma)),
        }
        end = text.after_space(at).and_then(|(_, at)| text.value(at))?;
    }
}

fn object(
    text: &Text<'_>,
    at: usize,
    pointer: &str,
    depth: usize,
    found: &mut Vec<String>,
) -> Result<usize, Stop> {
    let (byte, mut at) = text.after_space(at)?;
    if byte == b'}' {
        return Ok(at + 1);
    }
    let (mut members, mut objects) = (0, 0);
    let place = found.len();
    loop {
        let (_, _, name, start) = fields::name(text, at)?;
        let own = step_to_rows(&String::from_utf8_lossy(&name));
        let start = text.after_space(start)?;
        members += 1;
        objects += usize::from(start.0 == b'{');
        let end = value(text, start.1, &format!("{pointer}{own}"), depth + 1, found)?;
        match text.after_space(end)? {
            (b',', comma) => at = comma + 1,
            (b'}', close) => {
                // An object of objects names its rows.
                if members > 1 && members == objects && depth > 0 {
                    found.insert(place, format!("{pointer}/*"));
                }
                return Ok(close + 1);
            }
            (_, at) => return Err(wrong(at, What::Comma)),
        }
    }
}
