//! The second workload, so that nothing is tuned to W: CRLF, quoted newlines, 200 columns of which
//! four are used, long texts, and almost as many groups as rows.

use std::path::Path;

use super::common::{Failed, Out, Random, plant, write_truth};

const KINDS: [&str; 4] = ["amount", "entry", "account", "ragged"];
const WIDTH: usize = 200;
/// Where the used columns stand.
const USED: [(usize, &str); 4] = [(3, "entry"), (71, "account"), (140, "amount"), (199, "note")];

const WORDS: [&str; 12] = [
    "carried",
    "over",
    "from",
    "the",
    "ledger",
    "of",
    "March",
    "see",
    "„Belege“",
    "naïve",
    "remainder\r\nnext line,",
    "with \"\"quotes\"\" and, commas\n",
];

fn note(random: &mut Random, text: &mut Vec<u8>) {
    text.push(b'"');
    for _ in 0..10 + random.below(60) {
        text.extend_from_slice(random.pick(&WORDS).as_bytes());
        text.push(b' ');
    }
    text.push(b'"');
}

fn account(n: u64) -> String {
    format!("account/{:016x}/{n}", n.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// Makes the files: two entries for each account on the average.
pub fn make(rows: u64, rate: f64, dir: &Path) -> Result<String, Failed> {
    if rows < 1000 {
        return Err("the hard workload needs 1,000 rows or more".into());
    }
    let accounts = rows / 2;
    let mut random = Random(7);
    let (planted, _) = plant(&mut random, &KINDS, rows, rate, rows / 4);
    let mut sums = vec![0i64; accounts as usize];
    let mut places = Vec::new();
    let mut out = Out::new(dir, "ledger.csv")?;
    let name = |c: usize| {
        USED.iter().find(|u| u.0 == c).map_or_else(|| format!("f{c:03}"), |u| u.1.to_string())
    };
    out.header(&((0..WIDTH).map(name).collect::<Vec<_>>().join(",") + "\r\n"))?;
    let (mut text, mut ends) = (Vec::new(), Vec::new());
    for number in 0..rows {
        let kind = planted.get(&number).copied();
        let is = |wanted: &str| kind.is_some_and(|k| k.0 == wanted);
        let (of, cents) = (random.below(accounts), random.below(2_000_000) as i64 - 1_000_000);
        if !["amount", "account", "ragged"].into_iter().any(is) {
            sums[of as usize] += cents;
        }
        text.clear();
        ends.clear();
        for c in 0..if is("ragged") { WIDTH - 1 } else { WIDTH } {
            if c > 0 {
                text.push(b',');
            }
            match USED.iter().find(|u| u.0 == c).map_or("", |u| u.1) {
                "entry" => text.extend_from_slice(
                    format!(
                        "{:09}",
                        if is("entry") { kind.map_or(0, |k| k.1) as u64 } else { number }
                    )
                    .as_bytes(),
                ),
                "account" => text.extend_from_slice(
                    if is("account") { "account/none".to_string() } else { account(of) }.as_bytes(),
                ),
                "amount" if is("amount") => text.extend_from_slice(b"12.3.4"),
                "amount" => text.extend_from_slice(cents_text(cents).as_bytes()),
                "note" => note(&mut random, &mut text),
                _ => text.extend_from_slice((number % 97 + c as u64).to_string().as_bytes()),
            }
            ends.push(text.len());
        }
        text.extend_from_slice(b"\r\n");
        let column = kind.and_then(|(kind, _)| USED.iter().find(|u| u.1 == kind).copied());
        places.extend(out.record(&text, &ends, kind.map(|(kind, _)| (kind, column)))?);
    }
    let bytes = out.finish()?;
    let mut out = Out::new(dir, "accounts.csv")?;
    out.header("account,total\r\n")?;
    for (n, sum) in sums.iter().enumerate() {
        let wrong = rate > 0.0 && n % (accounts as usize / 5) == 17;
        let key = account(n as u64);
        let text = format!("{key},{}\r\n", cents_text(sum + i64::from(wrong)));
        let ends = [key.len(), text.len() - 2];
        places.extend(out.record(
            text.as_bytes(),
            &ends,
            wrong.then_some(("totals", Some((1, "total")))),
        )?);
    }
    out.finish()?;
    Ok(format!("{rows} rows, {bytes} bytes, {}", write_truth(dir, &places)?))
}

fn cents_text(cents: i64) -> String {
    format!("{}{}.{:02}", if cents < 0 { "-" } else { "" }, cents.abs() / 100, cents.abs() % 100)
}
