//! One file of ten columns whose first is a text key of 20 bytes; a few keys stand twice.

use std::path::Path;

use super::common::{Failed, Out, Random, plant, write_truth};

fn key(row: u64) -> String {
    format!("key-{:016x}", row.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// Makes the file.
pub fn make(rows: u64, rate: f64, dir: &Path) -> Result<String, Failed> {
    if rows < 1000 {
        return Err("the keys need 1,000 rows or more".into());
    }
    let mut random = Random(11);
    let (planted, _) = plant(&mut random, &["key"], rows, rate, rows / 4);
    let mut places = Vec::new();
    let mut out = Out::new(dir, "keys.csv")?;
    out.header("key,c1,c2,c3,c4,c5,c6,c7,c8,c9\n")?;
    for number in 0..rows {
        let kind = planted.get(&number);
        let mut text = key(kind.map_or(number, |k| k.1 as u64));
        let end = text.len();
        for column in 1..10 {
            text += &format!(",{}", random.below(10u64.pow(1 + column % 5)));
        }
        text.push('\n');
        places.extend(out.record(
            text.as_bytes(),
            &[end],
            kind.map(|k| (k.0, Some((0, "key")))),
        )?);
    }
    let bytes = out.finish()?;
    Ok(format!("{rows} rows, {bytes} bytes, {}", write_truth(dir, &places)?))
}
