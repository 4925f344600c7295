//! The page: what it shows of a run with everything that a run can have.

mod html;

use crossfoot::render::html::{LIMIT, compared, page};
use crossfoot::report::collection::{Collection, Limit};
use crossfoot::report::document::{Document, JsonFinding};
use html::{assert_is_page, readable};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

const RICH: &str = include_str!("html/rich.json");

fn rich() -> Document {
    serde_json::from_str(RICH).expect("a document")
}

fn drawn(document: Document, limit: Option<Limit>) -> String {
    let mut out = Vec::new();
    page(&Collection::of(document, limit), &mut out);
    String::from_utf8(out).expect("text")
}

#[test]
fn a_page_shows_all_of_a_run() {
    let drawn = drawn(rich(), Some(LIMIT));
    assert_is_page(&drawn);
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("page", readable(&drawn));
    });
}

#[test]
fn a_run_without_findings_or_checks_has_a_page() {
    let mut empty = rich();
    empty.findings.clear();
    empty.exhibits.clear();
    let none = Document::default();
    for (document, verdict) in
        [(empty, "Not everything could be checked."), (none, "Nothing was tested.")]
    {
        let drawn = drawn(document, Some(LIMIT));
        assert_is_page(&drawn);
        assert!(drawn.contains(verdict) && drawn.contains("There are none."), "{drawn}");
    }
}

#[test]
fn what_is_accepted_does_not_agree() {
    let verdict = |accepted, open, failed| {
        let mut document = Document::default();
        let mut check = rich().summary.counts.checks.first().expect("a check").clone();
        check.tally = crossfoot::report::Tally { failed, held: 1, ..Default::default() };
        let summary = document.summary.counts.to_mut();
        summary.checks.push(check);
        summary.accepted = accepted;
        summary.versions = Some(crossfoot::report::StatusCounts { open, ..Default::default() });
        readable(&drawn(document, Some(LIMIT)))
    };
    for (accepted, open, failed, words) in [
        (0, 0, 0, "Everything that was tested agrees."),
        (1, 0, 1, "Nothing new was found; 1 finding is accepted."),
        (0, 2, 2, "Nothing new was found; 2 findings were there before."),
        (2, 1, 2, "Nothing new was found; 2 findings are accepted, and 1 was there before."),
    ] {
        let drawn = verdict(accepted, open, failed);
        assert!(drawn.contains(words), "{words}: {drawn}");
    }
}

#[test]
fn the_verdict_of_a_page_is_that_of_its_run() {
    for ([errors, warnings], [held, failed, undecided], verdict) in [
        ([2, 0], [3, 2, 0], "Does not agree: 2 errors."),
        ([1, 1], [3, 1, 1], "Does not agree: 1 error and 1 warning."),
        ([1, 0], [3, 0, 0], "Not in order: 1 error."),
        ([0, 2], [3, 2, 0], "No errors, but 2 warnings."),
        ([0, 0], [0, 0, 1], "Nothing was tested."),
        ([0, 0], [3, 0, 1], "What could be decided agrees; not everything could be."),
        ([0, 0], [3, 0, 0], "Everything that was tested agrees."),
    ] {
        let mut run: serde_json::Value = serde_json::from_str(RICH).expect("a document");
        run["findings"] = serde_json::json!([]);
        run["problems"] = serde_json::json!([]);
        let summary = &mut run["summary"];
        let mut check = summary["checks"][0].take();
        for (name, count) in [("held", held), ("failed", failed), ("undecided", undecided)] {
            check[name] = count.into();
        }
        summary["checks"] = serde_json::json!([check]);
        summary["versions"] = serde_json::Value::Null;
        for (name, count) in [("errors", errors), ("warnings", warnings)] {
            summary[name] = count.into();
        }
        for name in ["infos", "accepted", "problems"] {
            summary[name] = 0.into();
        }
        let drawn = drawn(serde_json::from_value(run).expect("a document"), Some(LIMIT));
        assert!(readable(&drawn).contains(verdict), "{verdict}: {drawn}");
    }
}

#[test]
fn a_cell_that_may_be_wrong_says_what_it_would_mend_and_break() {
    for (mends, breaks, reason, words) in [
        (0, 0, "sign", "sign"),
        (1, 0, "swapped-cells", "swapped cells, mends 1 more"),
        (0, 2, "sign", "sign, breaks 2 that hold"),
        (3, 1, "sign", "sign, mends 3 more, breaks 1 that hold"),
    ] {
        let mut run: serde_json::Value = serde_json::from_str(RICH).expect("a document");
        run["findings"][0]["suspects"] = serde_json::json!([{
            "name": "p, a", "stated": "13", "would_be": "14", "exact": "14", "reason": reason,
            "mends": mends, "breaks": breaks, "is_likely": true, "file": "t.csv", "start": 17,
            "end": 19, "line": 2, "column": 3, "record": 1, "column_name": "a", "derived": false,
        }]);
        let drawn = drawn(serde_json::from_value(run).expect("a document"), Some(LIMIT));
        assert!(drawn.contains(&format!("<td>{words}</td>")), "{words}: {drawn}");
    }
}

#[test]
fn what_is_wanted_of_a_figure_is_said_in_words() {
    let count = |document, words| readable(&drawn(document, Some(LIMIT))).matches(words).count();
    for (relation, words) in [
        ("<=", "at most"),
        (">=", "at least"),
        ("<", "below"),
        (">", "above"),
        ("!=", "other than"),
    ] {
        let mut document = rich();
        let mut workings = document.findings.iter_mut().filter_map(|f| f.working.as_mut());
        workings.next().expect("a working").relation = relation.into();
        assert!(count(document, words) > count(rich(), words), "{relation}");
    }
}

#[test]
fn findings_with_one_fingerprint_have_anchors_of_their_own() {
    let mut document = rich();
    let first = serde_json::to_string(&document.findings[0]).expect("JSON");
    for fingerprint in ["3a91c2000000000000000000000000ff", "", "a b", "3a91c20000000"] {
        let mut again: JsonFinding<'static> = serde_json::from_str(&first).expect("a finding");
        again.fingerprint = fingerprint.into();
        document.findings.push(again);
    }
    assert_is_page(&drawn(document, None));
}

/// The JSON that a page holds.
fn embedded(page: &str) -> serde_json::Value {
    let (_, rest) = page.split_once("id=\"crossfoot-run\">").expect("the element");
    let (json, _) = rest.split_once("</script>").expect("its end");
    serde_json::from_str(json).expect("JSON")
}

#[test]
fn a_page_holds_its_run_as_json() {
    let run = embedded(&drawn(rich(), Some(LIMIT)));
    assert_eq!(run["findings"].as_array().map(Vec::len), Some(4));
    assert_eq!(run["findings"][0]["working"]["exact_difference"], "0.8");
    assert_eq!(run["left_out"], 0);
    assert_eq!(run["summary"]["checks"][2]["held"], 1183);
    let read: Document = serde_json::from_value(run).expect("a document");
    assert_eq!(read.findings.len(), 4);
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |group: &[u8]| {
        let bits = (0..3).fold(0, |bits, n| bits << 8 | group.get(n).map_or(0, |b| u32::from(*b)));
        let sign = |n: usize| match n <= group.len() {
            true => char::from(SIGNS[(bits >> (18 - 6 * n) & 63) as usize]),
            false => '=',
        };
        (0..4).map(sign).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

#[test]
fn the_only_script_that_may_run_is_the_one_that_is_there() {
    let drawn = drawn(rich(), Some(LIMIT));
    let (_, rest) = drawn.split_once("<script>").expect("a script");
    let (script, _) = rest.split_once("</script>").expect("its end");
    let wanted = format!("script-src 'sha256-{}'", base64(&Sha256::digest(script.as_bytes())));
    assert!(drawn.contains(&wanted), "POLICY in render/html/mod.rs should say {wanted}");
    assert_eq!(drawn.matches("<script").count(), 2, "the run and the filter");
}

#[test]
fn two_reports_stand_beside_each_other() {
    let mut old = rich();
    let mut new = rich();
    new.findings.iter_mut().for_each(|f| f.status = None);
    // Of the first the figures were others, the second was noted, the third is new, the last settled.
    old.findings[0].evidence = "f".into();
    new.findings[1].note = None;
    old.findings.remove(2);
    new.findings.pop();
    new.findings[2].accepted = None;
    new.summary.counts.to_mut().past.clear();
    let mut out = Vec::new();
    compared(&Collection::of(old, None), &Collection::of(new, None), &mut out);
    let drawn = String::from_utf8(out).expect("text");
    assert_is_page(&drawn);
    let section = drawn.split_once("id=\"compared\"").expect("the section").1;
    let section = section.split_once("</section>").expect("its end").0;
    for said in [
        "<strong>1</strong> new",
        "<strong>1</strong> changed",
        "<strong>1</strong> still open",
        "<strong>1</strong> settled or gone",
        "1 of 12 answers could not be decided",
    ] {
        assert!(section.contains(said), "{said} in {section}");
    }
    for said in
        ["<h5>Before</h5>", "<h5>Now</h5>", "carried over", "the figures have changed since"]
    {
        assert_eq!(drawn.matches(said).count(), 1, "{said} in {drawn}");
    }
}

/// So many findings of so many checks.
fn many(findings: usize, checks: usize) -> Document {
    let mut document = rich();
    let first = serde_json::to_string(&document.findings[0]).expect("JSON");
    document.findings = (0..findings)
        .map(|n| {
            let mut finding: JsonFinding<'static> =
                serde_json::from_str(&first).expect("a finding");
            finding.check = format!("check-{}", n % checks).into();
            finding.fingerprint = format!("{:032x}", (n as u128) << 80).into();
            finding
        })
        .collect();
    document
}

#[test]
fn a_page_of_very_many_findings_stays_small() {
    for (findings, checks) in [(2_000, 1), (5_000, 1), (5_000, 7), (5_000, 400), (20_000, 1_000)] {
        let drawn = drawn(many(findings, checks), Some(LIMIT));
        assert_is_page(&drawn);
        assert!(drawn.len() < 2_000_000, "{findings} of {checks}: {} bytes", drawn.len());
        let shown = drawn.matches("<article ").count() + drawn.matches("<li id=\"f-").count();
        let counted: usize = drawn
            .split(" more finding")
            .filter_map(|before| before.rsplit('>').next()?.parse::<usize>().ok())
            .sum();
        assert_eq!(shown + counted, findings, "{findings} of {checks}");
        // As long as there is room, every check has a finding that is whole.
        assert!(drawn.matches("<article ").count() >= checks.min(200), "{findings} of {checks}");
        let run = embedded(&drawn);
        let listed = run["findings"].as_array().map_or(0, Vec::len) as u64;
        assert_eq!(listed + run["left_out"].as_u64().unwrap_or(0), findings as u64);
    }
}

const HOSTILE: &[&str] = &[
    "</script>",
    "<!--",
    "<script>",
    "-->",
    "]]>",
    "<img src=x onerror=alert(1)>",
    "\"",
    "'",
    "&",
    "&lt;",
    "<",
    ">",
    "\u{1b}[2J",
    "\u{202e}",
    "\u{2066}",
    "\0",
    "\n",
    "\r",
    "\u{7f}",
    "\u{fffe}",
    "\u{10ffff}",
    "`",
    "javascript:x",
    "https://x\"onclick=",
    "é",
    "漢",
    "ح",
    " ",
    "=HYPERLINK(1)",
    "a",
    "9",
    "#",
    "\\",
];

fn hostile() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(HOSTILE), 0..9).prop_map(|all| all.concat())
}

/// Puts texts in the place of all texts of a document but those that have a few values.
fn spoil(value: &mut serde_json::Value, texts: &mut dyn Iterator<Item = &String>) {
    const KEPT: [&str; 16] = [
        "severity",
        "role",
        "kind",
        "fate",
        "tick",
        "outcome",
        "status",
        "standing",
        "change",
        "side",
        "relation",
        "exact",
        "exact_difference",
        "op",
        "number",
        "tier",
    ];
    match value {
        serde_json::Value::String(text) => text.clone_from(texts.next().expect("a text")),
        serde_json::Value::Array(all) => all.iter_mut().for_each(|v| spoil(v, texts)),
        serde_json::Value::Object(fields) => {
            let own = fields.iter_mut().filter(|(name, _)| !KEPT.contains(&name.as_str()));
            own.for_each(|(_, v)| spoil(v, texts));
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_texts_are_the_page_is_one(texts in prop::collection::vec(hostile(), 1..40)) {
        let mut value: serde_json::Value = serde_json::from_str(RICH).expect("JSON");
        spoil(&mut value, &mut texts.iter().cycle());
        let document: Document = serde_json::from_value(value).expect("a document");
        let drawn = drawn(document, Some(LIMIT));
        assert_is_page(&drawn);
        prop_assert_eq!(drawn.matches("<script").count(), 2);
        prop_assert_eq!(drawn.matches("</script").count(), 2);
        prop_assert!(!drawn.contains("<!--") && !drawn.contains("<img"));
        let is_hidden = |c: char| c != '\n' && c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
        let hidden: Vec<char> = drawn.chars().filter(|c| is_hidden(*c)).collect();
        prop_assert!(hidden.is_empty(), "{hidden:?}");
        embedded(&drawn);
    }
}

#[test]
fn five_megabytes_in_a_cell_are_cut() {
    let huge = "x<".repeat(2_500_000);
    let mut document = rich();
    document.run.title = Some(huge.clone());
    document.findings[0].message = huge.clone().into();
    document.findings[0].key = Some(huge.clone().into());
    document.findings[1].quote.as_mut().expect("a quote").before = huge.clone().into();
    document.exhibits[0].rows[0].cells[0].clone_from(&huge);
    document.problems[0].message = huge;
    let drawn = drawn(document, Some(LIMIT));
    assert_is_page(&drawn);
    assert!(drawn.len() < 200_000, "{} bytes", drawn.len());
}
