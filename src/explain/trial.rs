//! A measurement: tables that add up, one figure of each corrupted, and what is said of it.

use crate::explain::suspects::{Effect, Suspect, suspects};
use crate::explain::unknown::Unknown;
use crate::value::{Interval, Number};
use crate::width::to_usize;

/// Numbers that only look random (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    /// A place in something of this length.
    fn place(&mut self, length: usize) -> usize {
        to_usize(self.below(length as u64))
    }

    fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.below(to - from + 1)
    }
}

/// Kinds of errors: six slips and any other figure.
const KINDS: [&str; 7] = ["swapped", "added", "left out", "replaced", "sign", "thousand", "other"];

/// A table of whole units: parts in rows and columns, with totals on both sides.
struct Table {
    cells: Vec<Vec<i64>>,
    decimals: i32,
}

fn table(random: &mut Random, columns: usize) -> Table {
    // Most sums have few parts.
    let most = [3, 3, 3, 3, 4, 4, 5, 6, 8, 12, 20, 40][random.place(12)];
    let rows = random.between(3, most);
    let decimals = [0, 0, 0, 0, 1, 1, 2, 4][random.place(8)];
    let base = 10u64.pow(u32::try_from(random.between(4, 7)).expect("few"));
    let mut cells: Vec<Vec<i64>> = (0..rows)
        .map(|_| {
            (0..columns)
                .map(|_| {
                    // Skewed: most figures are small.
                    let figure = (0..3).fold(base, |size, _| size * random.between(1, 100) / 100);
                    i64::try_from(figure).expect("small")
                })
                .collect()
        })
        .collect();
    if columns > 1 {
        cells.iter_mut().for_each(|row| row.push(row.iter().sum()));
    }
    let width = cells[0].len();
    let totals = (0..width).map(|c| cells.iter().map(|row| row[c]).sum()).collect();
    cells.push(totals);
    Table { cells, decimals }
}

/// Another figure in place of one, by an error of a kind; none where there is no such error.
fn corrupt(figure: i64, kind: &str, random: &mut Random) -> Option<i64> {
    let text = figure.abs().to_string();
    let mut digits: Vec<u8> = text.bytes().collect();
    let at = random.place(digits.len());
    match kind {
        "swapped" => {
            let at = random.place(digits.len().checked_sub(1)?);
            (digits.len() > 1).then(|| digits.swap(at, at + 1))?;
        }
        "added" => digits.insert(random.place(digits.len() + 1), digit(random)),
        "left out" => {
            digits.remove(at);
        }
        "replaced" => digits[at] = digit(random),
        "sign" => return (figure != 0).then_some(-figure),
        "thousand" => return (figure != 0).then_some(figure * 1000),
        _ => {
            let size = figure.unsigned_abs().max(10);
            let off = i64::try_from(random.between(1, size)).ok()?;
            return Some(if random.below(2) == 0 { figure + off } else { figure - off });
        }
    }
    let made: i64 = String::from_utf8(digits).ok()?.parse().ok()?;
    (made != figure).then_some(made)
}

fn digit(random: &mut Random) -> u8 {
    b'0' + u8::try_from(random.below(10)).expect("a digit")
}

/// What came of all cases of a kind.
#[derive(Debug, Default, Clone, Copy)]
struct Score {
    cases: u32,
    first: u32,
    three: u32,
    likely: u32,
    right: u32,
}

impl Score {
    fn add(&mut self, all: &[Suspect], truth: usize) {
        self.cases += 1;
        self.first += u32::from(all.first().is_some_and(|s| s.index == truth));
        self.three += u32::from(all.iter().take(3).any(|s| s.index == truth));
        if let Some(likely) = all.iter().find(|s| s.likely) {
            self.likely += 1;
            self.right += u32::from(likely.index == truth);
        }
    }
}

/// Where a cell stands in the equations of a table: signed figures that add up to zero.
fn column(table: &Table, c: usize) -> Vec<(usize, usize, i64)> {
    let last = table.cells.len() - 1;
    (0..=last).map(|r| (r, c, if r == last { -1 } else { 1 })).collect()
}

fn row(table: &Table, r: usize) -> Vec<(usize, usize, i64)> {
    let last = table.cells[r].len() - 1;
    (0..=last).map(|c| (r, c, if c == last { -1 } else { 1 })).collect()
}

fn unknowns(table: &Table, equation: &[(usize, usize, i64)]) -> Vec<Unknown> {
    let value = |r: usize, c: usize| Number::decimal(table.cells[r][c].into(), table.decimals);
    let signed = |&(r, c, f): &(usize, usize, i64)| &value(r, c) * &Number::from(f);
    let residual = equation.iter().map(signed).fold(Number::default(), |a, b| &a + &b);
    let unknown = |&(r, c, f): &(usize, usize, i64)| {
        let stated = value(r, c);
        let would_be = Interval::point(&stated - &(&residual * &Number::from(f)));
        Unknown { value: stated, decimals: table.decimals, in_words: false, would_be, exact: None }
    };
    equation.iter().map(unknown).collect()
}

fn run(columns: usize, cases: usize) -> [Score; 7] {
    let mut random = Random(20_261_126);
    let mut scores = [Score::default(); 7];
    for case in 0..cases {
        let mut table = table(&mut random, columns);
        let (rows, width) = (table.cells.len(), table.cells[0].len());
        let (r, c) = (random.place(rows), random.place(width));
        let kind = case % KINDS.len();
        let Some(wrong) = corrupt(table.cells[r][c], KINDS[kind], &mut random) else { continue };
        table.cells[r][c] = wrong;
        let equation = column(&table, c);
        let crossing = |n: usize, would_be: &Number| -> Effect {
            if columns < 2 {
                return Effect::default();
            }
            let (r, c, _) = equation[n];
            let unknowns = unknowns(&table, &row(&table, r));
            let holds = unknowns[c].would_be.contains(&unknowns[c].value);
            let mends = !holds && unknowns[c].would_be.contains(would_be);
            Effect { mends: mends.into(), breaks: holds.into() }
        };
        let all = suspects(&unknowns(&table, &equation), None, &crossing);
        scores[kind].add(&all, r);
    }
    scores
}

fn total(scores: &[Score]) -> Score {
    scores.iter().fold(Score::default(), |a, b| Score {
        cases: a.cases + b.cases,
        first: a.first + b.first,
        three: a.three + b.three,
        likely: a.likely + b.likely,
        right: a.right + b.right,
    })
}

/// Parts of a thousand.
fn share(part: u32, of: u32) -> u32 {
    part * 1000 / of.max(1)
}

#[test]
fn the_wrong_figure_is_found() {
    // First, among three, likely, and right of these, in thousandths.
    for (columns, least) in [(1, [780, 920, 595, 990]), (6, [990, 990, 800, 990])] {
        let scores = run(columns, 7_000);
        let all = total(&scores);
        let reached = [
            share(all.first, all.cases),
            share(all.three, all.cases),
            share(all.likely, all.cases),
            share(all.right, all.likely),
        ];
        assert!(reached.iter().zip(least).all(|(r, l)| *r >= l), "{reached:?}, {least:?}");
    }
}

/// What is named first for parts and their total: which figure, what it would be, and whether that is likely.
fn first_of(parts: &[i64], total: i64) -> (usize, String, bool) {
    let mut cells: Vec<Vec<i64>> = parts.iter().map(|part| vec![*part]).collect();
    cells.push(vec![total]);
    let table = Table { cells, decimals: 0 };
    let all = suspects(&unknowns(&table, &column(&table, 0)), None, &|_, _| Effect::default());
    let first = all.first().expect("a suspect");
    (first.index, first.would_be.to_text(), first.likely)
}

#[test]
fn what_all_others_have_in_common_speaks_against_a_figure() {
    // The only negative figure, though a digit may as well be missing from the last part.
    assert_eq!(first_of(&[-425, 229, 118, 102, 97], 971), (0, "425".into(), true));
    // Others are negative, too.
    assert_eq!(first_of(&[-425, -229, -118, -102, 97], 73), (0, "425".into(), false));
    // The only one that is no multiple of a hundred.
    assert_eq!(first_of(&[200, 10, 300, 100, 600], 1300), (1, "100".into(), false));
    // One digit for another is seldom the larger one.
    assert_eq!(first_of(&[1523, 9200, 4071], 6794), (1, "1200".into(), false));
}
