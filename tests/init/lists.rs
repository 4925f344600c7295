//! Rules of many columns, and tables as text.

use crate::Made;

/// Lines of cells with a delimiter between them; cells with a sign of their own are quoted.
pub fn table(delimiter: &str, rows: &[Vec<String>]) -> String {
    let cell = |cell: &String| {
        if cell.contains(delimiter) || cell.contains('"') {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.clone()
        }
    };
    let line = |row: &Vec<String>| row.iter().map(cell).collect::<Vec<_>>().join(delimiter);
    rows.iter().map(|row| line(row) + "\n").collect()
}

pub fn row(cells: &[&dyn std::fmt::Display]) -> Vec<String> {
    cells.iter().map(ToString::to_string).collect()
}

/// `type` for each of `a:integer b:text`, and `required` for all of them; `?` leaves that out.
pub fn columns(table: &str, list: &str) -> Vec<String> {
    let mut all = Vec::new();
    for item in list.split_whitespace() {
        let (name, ty) = item.split_once(':').expect("a name and a type");
        let (ty, is_optional) = ty.strip_suffix('?').map_or((ty, false), |ty| (ty, true));
        if ty != "-" {
            all.push(format!("type {table}.{name} {ty}"));
        }
        if !is_optional {
            all.push(format!("required {table}.{name}"));
        }
    }
    all
}

pub fn made(name: &str, files: Vec<(&str, String)>, rules: Vec<Vec<String>>, own: &[&str]) -> Made {
    let own = own.iter().map(|rule| (*rule).to_string());
    Made {
        name: name.to_string(),
        files: files.into_iter().map(|(n, text)| (n.to_string(), text.into_bytes())).collect(),
        rules: rules.into_iter().flatten().chain(own).collect(),
    }
}
