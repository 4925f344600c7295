//! The page: what it shows of a run with everything that a run can have.

mod html;

use crossfoot::render::html::{LIMIT, page};
use crossfoot::report::collection::{Collection, Limit};
use crossfoot::report::document::Document;
use html::{assert_is_page, readable};

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
fn findings_with_one_fingerprint_have_anchors_of_their_own() {
    let mut document = rich();
    let first = serde_json::to_string(&document.findings[0]).expect("JSON");
    for fingerprint in ["3a91c2000000000000000000000000ff", "", "a b", "3a91c20000000"] {
        let mut again: crossfoot::report::document::JsonFinding<'static> =
            serde_json::from_str(&first).expect("a finding");
        again.fingerprint = fingerprint.into();
        document.findings.push(again);
    }
    assert_is_page(&drawn(document, None));
}
