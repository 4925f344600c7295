//! Workload W: twelve checks over one file with 12 columns, and two small ones.

use std::io;
use std::path::Path;

use super::common::{Failed, Out, Random, plant, write_truth};

const REGIONS: u64 = 5000;
const HEADER: &str =
    "id,region,name,start_date,end_date,area_km2,population,share_pct,a,b,c,total\n";
const COLUMNS: [&str; 12] = [
    "id",
    "region",
    "name",
    "start_date",
    "end_date",
    "area_km2",
    "population",
    "share_pct",
    "a",
    "b",
    "c",
    "total",
];
const KINDS: [&str; 12] =
    ["c1_null", "c1_dup", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "c11", "c12"];

fn column(kind: &str) -> Option<(usize, &'static str)> {
    let name = match kind {
        "c1_null" | "c1_dup" => "id",
        "c2" => "region",
        "c3" | "c11" => "start_date",
        "c4" => "end_date",
        "c5" => "area_km2",
        "c6" => "population",
        "c7" => "name",
        "c8" => "total",
        "c9" => "share_pct",
        _ => return None,
    };
    COLUMNS.iter().position(|c| *c == name).map(|at| (at, name))
}

const HEADS: [&str; 20] = [
    "Var", "Lin", "Mor", "Hel", "Tor", "Kal", "Bri", "Østre", "Ćer", "Gjø", "Šum", "Élan", "Ñor",
    "Über", "Жар", "Сол", "Θερ", "Ask", "Pel", "Dun",
];
const TAILS: [&str; 16] = [
    "holm", "vale", "dal", "mark", "wold", "ski", "ów", "sjö", "град", "ská", "polis", "mere",
    "thorpe", "gård", "πολη", "stow",
];
const LASTS: [&str; 7] =
    ["", " Parish", " (Lower)", " Ward 7", "-by-the-Lake", " St. Olaf's", " Rural"];

/// Names as they stand in the file: some quoted without need, some with commas or quotes in them.
fn names(random: &mut Random) -> Vec<String> {
    let one = |random: &mut Random| {
        let (head, tail) = (*random.pick(&HEADS), *random.pick(&TAILS));
        let name = format!("{head}{tail}{}", random.pick(&LASTS));
        match random.below(100) {
            0..=14 => format!("\"{name}, {head}{}\"", random.pick(&TAILS)),
            15..=17 => format!("\"{name} \"\"{head}\"\"\""),
            18..=24 => format!("\"{name}\""),
            _ => name,
        }
    };
    (0..50_000).map(|_| one(random)).collect()
}

/// Day 0 is 1970-01-01 (Howard Hinnant, chrono-Compatible Low-Level Date Algorithms).
fn day(days: i64) -> String {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (d, m) = (doy - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    format!("{:04}-{m:02}-{d:02}", yoe + era * 400 + i64::from(m <= 2))
}

fn decimal(n: u64, decimals: u32) -> String {
    let unit = 10u64.pow(decimals);
    format!("{}.{:0width$}", n / unit, n % unit, width = decimals as usize)
}

/// Ten characters that differ for each row: odd factors and shifts lose nothing of 40 bits.
fn id(row: u64) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mask = (1u64 << 40) - 1;
    let mut x = (row + 1).wrapping_mul(0x58_51F4_2D4D) & mask;
    for _ in 0..2 {
        x ^= x >> 19;
        x = x.wrapping_mul(0x25_45F4_914F) & mask;
    }
    let letters: String =
        (0..8).map(|k| LETTERS[(x >> (35 - 5 * k)) as usize & 31] as char).collect();
    format!("D-{letters}")
}

fn region(n: u64) -> String {
    format!("{}{n:04}", ["AA", "BK", "CN", "DW", "EO", "FX", "GT", "HP"][n as usize % 8])
}

/// The cells of a row as they should be.
struct Row {
    cells: [String; 12],
    region: u64,
    tenths: u64,
    /// Of `total`, in hundredths.
    total: u64,
}

struct Maker {
    random: Random,
    names: Vec<String>,
    offsets: Vec<u64>,
    rows: u64,
}

impl Maker {
    fn row(&mut self, number: u64, unknown_region: bool) -> Row {
        const FIRST_DAY: i64 = 7305; // 1990-01-01
        let random = &mut self.random;
        let of = if number < REGIONS { number } else { random.below(REGIONS) };
        let offset = if unknown_region { 0 } else { self.offsets[of as usize] };
        let start = FIRST_DAY
            + (u128::from(number) * 10_950 / u128::from(self.rows)) as i64
            + offset as i64;
        let end = if random.below(10) == 0 {
            String::new()
        } else {
            day(start + random.below(400) as i64)
        };
        let tenths = 1 + random.below(199_999);
        let exponent = random.below(7) as u32;
        let population = random.below(9 * 10u64.pow(exponent)) + 10u64.pow(exponent);
        let share =
            if random.below(50) == 0 { String::new() } else { decimal(random.below(10_001), 2) };
        let (a, b, c) =
            (random.below(100_000_000), random.below(10_000_000), random.below(1_000_000_000));
        let name = random.pick(&self.names).clone();
        let cells = [
            id(number),
            region(of),
            name,
            day(start),
            end,
            decimal(tenths, 1),
            population.to_string(),
            share,
            decimal(a, 2),
            decimal(b, 2),
            decimal(c, 2),
            decimal(a + b + c, 2),
        ];
        Row { cells, region: of, tenths, total: a + b + c }
    }
}

/// Puts the `n`-th error of a kind into a row; what its area then adds to its region, if anything.
fn spoil(row: &mut Row, kind: &str, n: usize) -> Option<i64> {
    let pick = |from: &[&str]| from[n % from.len()].to_string();
    let mut adds = Some(row.tenths as i64);
    match kind {
        "c1_null" => row.cells[0].clear(),
        "c1_dup" => row.cells[0] = id(1000 + n as u64),
        "c2" => {
            row.cells[1] = pick(&["ZZ9999", "", "aa0008", "AA0008 "]);
            adds = None;
        }
        "c3" => {
            row.cells[3] = pick(&[
                "2021-13-05",
                "2021-02-30",
                "05/03/2021",
                "20210305",
                "",
                "2021-2-3",
                "unknown",
            ])
        }
        "c4" => row.cells[4] = "1989-12-31".into(),
        "c5" => {
            row.cells[5] = pick(&["0.0", "-12.5", "n/a", "", "\"12,5\""]);
            adds = [Some(0), Some(-125), None, None, None][n % 5];
        }
        "c6" => row.cells[6] = pick(&["-5", "2000000001", "12.5", "many", ""]),
        "c7" => row.cells[2] = pick(&["\"\"", "#REF!", "4th Ward", "Foo\tBar", "  "]),
        "c8" => {
            row.cells[11] =
                decimal([row.total + 1, row.total.saturating_sub(1), row.total + 10_000][n % 3], 2)
        }
        "c9" => row.cells[7] = pick(&["100.01", "-0.01", "101", "abc", "1000"]),
        "c11" => row.cells[3] = day(6939 - n as i64), // back from 1988-12-31
        _ => adds = None,
    }
    adds
}

/// Makes the files.
pub fn make(rows: u64, rate: f64, dir: &Path) -> Result<String, Failed> {
    if rows < 50_000 {
        return Err("W needs 50,000 rows or more".into());
    }
    let mut random = Random(42);
    let names = names(&mut random);
    let offsets = (0..REGIONS).map(|_| random.below(365)).collect();
    let (planted, _) = plant(&mut random, &KINDS, rows, rate, 25_000);
    let mut maker = Maker { random, names, offsets, rows };
    let mut sums = vec![0i64; REGIONS as usize];
    let mut places = Vec::new();
    let mut out = Out::new(dir, "data.csv")?;
    out.header(HEADER)?;
    let (mut text, mut ends) = (Vec::new(), Vec::new());
    for number in 0..rows {
        let kind = planted.get(&number).copied();
        let mut row = maker.row(number, kind.is_some_and(|k| k.0 == "c2"));
        let adds = kind.map_or(Some(row.tenths as i64), |(kind, n)| spoil(&mut row, kind, n));
        sums[row.region as usize] += adds.unwrap_or(0);
        text.clear();
        ends.clear();
        // Half of the ragged rows have a comma too much, half end early.
        let (long, short) = kind.map_or((false, false), |(kind, n)| {
            (kind == "c12" && n % 2 == 0, kind == "c12" && n % 2 == 1)
        });
        for (c, cell) in row.cells.iter().enumerate().take(if short { 4 } else { 12 }) {
            if c > 0 {
                text.push(b',');
            }
            text.extend_from_slice(if long && c == 2 { b"Here, There" } else { cell.as_bytes() });
            ends.push(text.len());
        }
        text.push(b'\n');
        places.extend(out.record(&text, &ends, kind.map(|(kind, _)| (kind, column(kind))))?);
    }
    let bytes = out.finish()?;
    regions(dir)?;
    places.extend(totals(dir, &sums, rate)?);
    Ok(format!("{rows} rows, {bytes} bytes, {}", write_truth(dir, &places)?))
}

fn regions(dir: &Path) -> io::Result<()> {
    let mut out = Out::new(dir, "regions.csv")?;
    out.header("region,region_name\n")?;
    for n in 0..REGIONS {
        out.record(format!("{},Region {n}\n", region(n)).as_bytes(), &[], None)?;
    }
    out.finish().map(drop)
}

/// The totals, five of them wrong.
fn totals(dir: &Path, sums: &[i64], rate: f64) -> io::Result<Vec<serde_json::Value>> {
    let mut out = Out::new(dir, "totals.csv")?;
    out.header("region,area_km2_total\n")?;
    let mut places = Vec::new();
    for (n, sum) in sums.iter().enumerate() {
        let wrong = rate > 0.0 && n % 1000 == 115;
        let stated = if wrong { sum + [1, -1, 10, 1, -100][n / 1000] } else { *sum };
        let key = region(n as u64);
        let text = format!(
            "{key},{}{}\n",
            if stated < 0 { "-" } else { "" },
            decimal(stated.unsigned_abs(), 1)
        );
        let ends = [key.len(), text.len() - 1];
        places.extend(out.record(
            text.as_bytes(),
            &ends,
            wrong.then_some(("c10", Some((1, "area_km2_total")))),
        )?);
    }
    out.finish()?;
    Ok(places)
}
