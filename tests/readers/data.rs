//! The same rows as each format writes them.

use std::fmt::Write as _;

use crossfoot::read::reader::{Head, HeaderCell};
use crossfoot::value::Days;

pub const NAMES: [&str; 6] = ["region", "id", "day", "x", "total", "note"];

/// A figure and its decimals.
pub type Figure = (i64, u8);

pub struct Row {
    pub region: String,
    pub id: i64,
    pub day: i32,
    pub x: Option<Figure>,
    pub total: Figure,
    pub note: Option<String>,
}

/// The row of a number; all differ, few are wrong.
pub fn row(n: i64) -> Row {
    let x = (100 + n * 7 % 50, 1);
    let total = match n % 41 {
        0 => (x.0 + 3, 1),
        1 => (x.0 * 10 + 4, 2),
        2 => (x.0 * 10, 2),
        _ => x,
    };
    Row {
        region: format!("r{}", n / 25),
        id: if n % 97 == 96 { n - 1 } else { n },
        day: 10_957 + i32::try_from(n % 60).unwrap_or_default(),
        x: (n % 53 != 52).then_some(x),
        total,
        note: match n % 5 {
            0 => None,
            1 => Some(format!("a \"{n}\", ü")),
            2 if n % 3 == 0 => Some("much too long".into()),
            _ => Some("note".into()),
        },
    }
}

pub fn rows(count: i64) -> Vec<Row> {
    (0..count).map(row).collect()
}

pub fn figure((mantissa, scale): Figure) -> String {
    let unit = 10_i64.pow(scale.into());
    let (whole, rest) = (mantissa / unit, mantissa % unit);
    match scale {
        0 => whole.to_string(),
        _ => format!("{whole}.{rest:0>width$}", width = usize::from(scale)),
    }
}

impl Row {
    /// Its cells as text; none where it has no such cell.
    pub fn texts(&self) -> [Option<String>; 6] {
        [
            Some(self.region.clone()),
            Some(self.id.to_string()),
            Some(Days::day(self.day).to_text()),
            self.x.map(figure),
            Some(figure(self.total)),
            self.note.clone(),
        ]
    }

    /// As an object of one line; an absent cell has no key.
    pub fn object(&self, from: usize) -> String {
        let member = |(at, text): (usize, Option<String>)| {
            let text = text?;
            let value = if matches!(at, 1 | 3 | 4) {
                text
            } else {
                serde_json::Value::from(text).to_string()
            };
            Some(format!("\"{}\":{value}", NAMES[at]))
        };
        let members = self.texts().into_iter().enumerate().skip(from).filter_map(member);
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }
}

pub fn csv(rows: &[Row]) -> String {
    let mut text = NAMES.join(",") + "\n";
    for row in rows {
        let cell = |text: Option<String>| match text.unwrap_or_default() {
            text if text.contains('"') => format!("\"{}\"", text.replace('"', "\"\"")),
            text => text,
        };
        let _ = writeln!(text, "{}", row.texts().map(cell).join(","));
    }
    text
}

pub fn ndjson(rows: &[Row]) -> String {
    rows.iter().map(|row| row.object(0) + "\n").collect()
}

/// An array of regions, each with its rows.
pub fn array(rows: &[Row]) -> String {
    let regions = rows.chunk_by(|a, b| a.region == b.region).map(|of| {
        let own: Vec<String> = of.iter().map(|row| row.object(1)).collect();
        format!("{{\"region\":\"{}\",\"rows\":[\n{}\n]}}", of[0].region, own.join(",\n"))
    });
    format!("[\n{}\n]\n", regions.collect::<Vec<_>>().join(",\n"))
}

/// A head without a place.
pub fn head() -> Head {
    let column =
        |name: &str| HeaderCell { name: name.into(), span: None, ty: None, is_around: false };
    Head {
        columns: NAMES.map(column).into(),
        header_line: 1,
        line: 1,
        readable: true,
        ..Head::default()
    }
}
