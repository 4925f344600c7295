//! Random numbers, planted places, and the comparison with what was found.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde_json::{Value, json};

pub type Failed = Box<dyn std::error::Error>;

/// Prints a line; there is nothing to do if nobody reads it.
pub fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// SplitMix64: small, and the same everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }
    pub fn pick<'p, T>(&mut self, from: &'p [T]) -> &'p T {
        &from[self.below(from.len() as u64) as usize]
    }
}

/// The planted kinds of a file by row, from 0: `count` of each, in rows from `from` on.
pub fn plant(
    random: &mut Random,
    kinds: &[&'static str],
    rows: u64,
    rate: f64,
    from: u64,
) -> (BTreeMap<u64, (&'static str, usize)>, usize) {
    let count = if rate == 0.0 { 0 } else { ((rows as f64 * rate).round() as usize).max(5) };
    let mut planted = BTreeMap::new();
    for kind in kinds {
        let mut chosen = BTreeSet::new();
        while chosen.len() < count {
            let row = from + random.below(rows - from);
            if !planted.contains_key(&row) {
                chosen.insert(row);
            }
        }
        planted.extend(chosen.into_iter().enumerate().map(|(n, row)| (row, (*kind, n))));
    }
    (planted, count)
}

/// A file that is being written, with where its next byte stands, and its planted places.
pub struct Out {
    file: BufWriter<File>,
    name: &'static str,
    pub at: u64,
    /// Physical lines before the next record, and records.
    pub lines: u64,
    pub records: u64,
}

impl Out {
    pub fn new(dir: &Path, name: &'static str) -> io::Result<Out> {
        let file = BufWriter::with_capacity(1 << 20, File::create(dir.join(name))?);
        Ok(Out { file, name, at: 0, lines: 0, records: 0 })
    }

    /// Writes the header.
    pub fn header(&mut self, line: &str) -> io::Result<()> {
        self.at += line.len() as u64;
        self.lines += 1;
        self.file.write_all(line.as_bytes())
    }

    /// Writes a record whose fields end at `ends`; gives the place of a planted error: of a field, or
    /// of all of it.
    pub fn record(
        &mut self,
        text: &[u8],
        ends: &[usize],
        planted: Option<(&str, Option<(usize, &str)>)>,
    ) -> io::Result<Option<Value>> {
        self.records += 1;
        let place = planted.map(|(key, column)| {
            let (start, end) = match column {
                Some((0, _)) => (0, ends[0]),
                Some((c, _)) => (ends[c - 1] + 1, ends[c]),
                None => (0, *ends.last().unwrap_or(&0)),
            };
            let before = text[..start].iter().filter(|b| **b == b'\n').count() as u64;
            json!({ "key": key, "file": self.name, "record": self.records, "line": self.lines + before + 1, "column": column.map(|c| c.1),
                "start": self.at + start as u64, "end": self.at + end as u64 })
        });
        self.at += text.len() as u64;
        self.lines += text.iter().filter(|b| **b == b'\n').count() as u64;
        self.file.write_all(text)?;
        Ok(place)
    }

    pub fn finish(mut self) -> io::Result<u64> {
        self.file.flush()?;
        Ok(self.at)
    }
}

/// Writes the truth: places line by line, and counts by kind.
pub fn write_truth(dir: &Path, places: &[Value]) -> io::Result<String> {
    let lines: String = places.iter().map(|p| format!("{p}\n")).collect();
    std::fs::write(dir.join("places.jsonl"), lines)?;
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    places
        .iter()
        .filter_map(|p| p["key"].as_str())
        .for_each(|k| *counts.entry(k).or_default() += 1);
    std::fs::write(dir.join("truth.json"), json!({ "counts": counts }).to_string())?;
    Ok(format!("{} planted: {counts:?}", places.len()))
}

fn place(v: &Value, column: &Value) -> String {
    let file = v["file"].as_str().unwrap_or("").rsplit('/').next().unwrap_or("").to_string();
    format!(
        "{file} record {} line {} column {column} bytes {}..{}",
        v["record"], v["line"], v["start"], v["end"]
    )
}

/// Compares the places of all findings with the planted ones: nothing may be missing, nothing too much.
pub fn compare(dir: &Path, findings: &Path) -> Result<String, Failed> {
    let truth = std::fs::read_to_string(dir.join("places.jsonl"))?;
    let truth: Vec<Value> = truth.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let wanted: BTreeSet<String> = truth.iter().map(|v| place(v, &v["column"])).collect();
    let document: Value = serde_json::from_reader(io::BufReader::new(File::open(findings)?))?;
    let all = document["findings"].as_array().ok_or("no findings in the document")?;
    // That blank figures leave a check undecided is no planted error.
    let all: Vec<&Value> = all.iter().filter(|f| f["fault"] != "undecided").collect();
    let of_finding = |f: &&Value| {
        let label = &f["labels"][0];
        place(label, if f["fault"] == "ragged-row" { &Value::Null } else { &label["column_name"] })
    };
    let found: BTreeSet<String> = all.iter().map(of_finding).collect();
    let (missing, extra): (Vec<_>, Vec<_>) =
        (wanted.difference(&found).take(5).collect(), found.difference(&wanted).take(5).collect());
    let counts = format!(
        "{} of {} planted found, {} findings in all",
        wanted.intersection(&found).count(),
        wanted.len(),
        all.len()
    );
    if missing.is_empty() && extra.is_empty() && all.len() == wanted.len() {
        return Ok(counts);
    }
    Err(format!("{counts}\nmissing: {missing:#?}\ntoo much: {extra:#?}").into())
}
