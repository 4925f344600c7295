//! Ten passages, each with a rule for every relation that it states: where one of their figures is
//! changed, a check fails, or the figure is listed as one that no check depends on.

#![allow(clippy::print_stdout, reason = "what is measured is shown")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossfoot::Request;
use crossfoot::api::{FiguresRequest, figures};
use crossfoot::fault::Severity;
use crossfoot::files::tree::{Disk, Overlay};
use serde_json::Value;

const PASSAGES: &str = "fixtures/passages";
const TEXTS: [&str; 3] = ["txt", "md", "html"];

/// A text and the rules about it.
struct Passage {
    name: String,
    path: String,
    rules: String,
    text: String,
}

fn passages() -> Vec<Passage> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(PASSAGES);
    let paths = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).expect("a folder");
        let mut all: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        all.sort();
        all
    };
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    let passage = |folder: PathBuf| {
        let is_text =
            |p: &PathBuf| TEXTS.iter().any(|e| p.extension().is_some_and(|own| own == *e));
        let text = paths(&folder).into_iter().find(is_text).expect("a text");
        let here = format!("{PASSAGES}/{}", name(&folder));
        Passage {
            path: format!("{here}/{}", name(&text)),
            rules: format!("{here}/rules.toml"),
            text: std::fs::read_to_string(&text).expect("a text"),
            name: name(&folder),
        }
    };
    paths(&root).into_iter().map(passage).collect()
}

/// Rules over the disk, with another text in the place of the passage.
fn request(passage: &Passage, text: &str) -> Request {
    let mut tree = Overlay::new(Arc::new(Disk::default()));
    tree.insert(&passage.path, text.to_string());
    Request {
        rule_files: vec![passage.rules.clone()],
        tree: Some(Arc::new(tree)),
        jobs: Some(1),
        ..Request::default()
    }
}

/// Whether the rules find the text wrong.
fn fails(passage: &Passage, text: &str) -> bool {
    let outcome = crossfoot::run(&request(passage, text), &mut []);
    assert!(outcome.problems.is_empty(), "{}: {:?}", passage.name, outcome.problem_lines);
    outcome.worst >= Some(Severity::Error)
}

/// Where the figures of a text begin and end; only those that no check depends on, if asked.
fn spans(passage: &Passage, text: &str, unread: bool) -> Vec<(usize, usize)> {
    let files = vec![passage.path.clone()];
    let ask = FiguresRequest { files, unread, as_json: true, ..FiguresRequest::default() };
    let (json, _) = figures(&request(passage, text), &ask).expect("the figures of a text");
    let document: Value = serde_json::from_str(&json).expect("a document");
    let list = document["files"][0]["list"].as_array().expect("a list");
    let end = |figure: &Value, key| {
        usize::try_from(figure["place"][key].as_u64().expect("a place")).expect("a place")
    };
    list.iter().map(|figure| (end(figure, "start"), end(figure, "end"))).collect()
}

/// Words and those that are put in their place.
const WORDS: [(&str, &str); 11] = [
    ("doubled", "tripled"),
    ("Doubled", "Tripled"),
    ("two thirds", "two fifths"),
    ("half", "two thirds"),
    ("tenth", "fifth"),
    ("sixth", "fifth"),
    ("seven", "eight"),
    ("five", "six"),
    ("three", "four"),
    ("two", "three"),
    ("ten", "twelve"),
];

/// What may become of a figure by a slip: what the slip is, and the figure afterwards.
fn slips(figure: &str) -> Vec<(&'static str, String)> {
    let digits: Vec<(usize, char)> =
        figure.char_indices().filter(|(_, c)| c.is_ascii_digit()).collect();
    let with = |at: usize, c: char| format!("{}{c}{}", &figure[..at], &figure[at + 1..]);
    let Some((first, digit)) = digits.first().copied() else {
        let word = WORDS.iter().find(|(word, _)| figure.contains(word));
        let word = word.or(Some(&("four", "five"))).filter(|word| figure.contains(word.0));
        let (from, to) = word.unwrap_or_else(|| panic!("a word for {figure}"));
        return vec![("another word", figure.replacen(from, to, 1))];
    };
    let is_year = figure.len() >= 4 && figure[figure.len() - 4..].parse::<u16>().is_ok();
    let (last, unit) = *digits.last().expect("a digit");
    let other = |c: char, by: u32| {
        char::from_digit((c.to_digit(10).expect("a digit") + by) % 10, 10).expect("a digit")
    };
    let leading = if digit == '9' { '8' } else { other(digit, 1) };
    let mut all = vec![("another first digit", with(first, leading))];
    if is_year {
        all.push(("a neighbouring year", with(last, other(unit, 1))));
    } else {
        all.push(("a factor of ten", tenfold(figure, first, last)));
    }
    if let Some(pair) = digits.windows(2).find(|pair| pair[0].1 != pair[1].1) {
        let swapped = with(pair[0].0, pair[1].1);
        let swapped =
            format!("{}{}{}", &swapped[..pair[1].0], pair[0].1, &swapped[pair[1].0 + 1..]);
        all.push(("swapped digits", swapped));
    }
    all
}

/// A figure with its point a place further to the right, or with one more zero.
fn tenfold(figure: &str, first: usize, last: usize) -> String {
    let (before, number, behind) = (&figure[..first], &figure[first..=last], &figure[last + 1..]);
    match number.split_once('.') {
        None if number.contains(',') => format!("{before}{}0{behind}", number.replace(',', "")),
        None => format!("{before}{number}0{behind}"),
        Some((whole, part)) => {
            let (next, rest) = part.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            format!("{before}{}{next}{point}{rest}{behind}", whole.trim_start_matches('0'))
        }
    }
}

/// What became of the slips in one passage.
#[derive(Default)]
struct Tally {
    figures: usize,
    slips: usize,
    listed: usize,
    missed: Vec<String>,
}

fn tally(passage: &Passage) -> Tally {
    let text = &passage.text;
    assert!(!fails(passage, text), "{} is right as it stands", passage.name);
    let mut tally = Tally::default();
    for (start, end) in spans(passage, text, false) {
        tally.figures += 1;
        for (slip, figure) in slips(&text[start..end]) {
            tally.slips += 1;
            let other = format!("{}{figure}{}", &text[..start], &text[end..]);
            if fails(passage, &other) {
                continue;
            }
            if spans(passage, &other, true).iter().any(|span| span.0 == start) {
                tally.listed += 1;
                continue;
            }
            let (name, was) = (&passage.name, &text[start..end]);
            tally.missed.push(format!("{name}: {slip}: `{was}` as `{figure}`"));
        }
    }
    tally
}

#[test]
fn no_slip_in_a_figure_goes_unseen() {
    let passages = passages();
    assert_eq!(passages.len(), 10);
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            passages.iter().map(|passage| scope.spawn(move || tally(passage))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a tally")).collect()
    });
    let sum = |of: fn(&Tally) -> usize| tallies.iter().map(of).sum::<usize>();
    let (figures, slips, listed) = (sum(|t| t.figures), sum(|t| t.slips), sum(|t| t.listed));
    let missed: Vec<&String> = tallies.iter().flat_map(|tally| &tally.missed).collect();
    let found = slips - listed - missed.len();
    println!("{figures} figures, {slips} slips: {found} fail a check, {listed} are listed");
    assert!(figures >= 180, "{figures} figures");
    assert!(missed.is_empty(), "{missed:#?}");
    assert!(listed * 20 <= slips, "{listed} of {slips} are only listed");
}
