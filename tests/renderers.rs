//! Every format renders one sample report; whatever a terminal is sent is printable.

mod html;
mod sheets;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crossfoot::fault::Severity;
use crossfoot::files::tree::Memory;
use crossfoot::findings::place;
use crossfoot::render::{FORMATS, Format, Options, sink, words};
use crossfoot::report::{
    Acceptance, AcceptedBy, At, CellName, Change, CheckSummary, Demand, Excerpt, Facts, Fate,
    Finding, Identity, Label, OldVersion, PastFinding, Place, Position, Role, RuleChange,
    RuleFacts, Side, SourceText, Standing, Status, StatusCounts, Subject, Summary, Tally, Term,
    Tier, Working,
};
use crossfoot::source::tree::Tree;
use crossfoot::source::{Address, Addresses, Bytes, CellRange, FileId, Files, Problem, Span};
use crossfoot::{Request, SinkSlot, faults};
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

const OPTIONS: Options = Options {
    color: false,
    width: 80,
    wraps: false,
    ascii: false,
    verbose: false,
    quiet: false,
    omits_accepted: false,
};

/// Files of which all is known: path and text.
struct Texts(Vec<(&'static str, String)>);

impl SourceText for Texts {
    fn path(&self, file: FileId) -> &str {
        self.0[file.0 as usize].0
    }

    fn addresses(&self, file: FileId) -> Option<&dyn Addresses> {
        SHEETS.get(file.0 as usize).copied().flatten()
    }

    fn excerpt(&self, at: &At, _: u64) -> Option<Excerpt> {
        let At::Bytes { .. } = at else { return None };
        let text = &self.0[at.file().0 as usize].1;
        let (start, end) = (at.span().start as usize, at.span().end as usize);
        let from = text[..start].rfind('\n').map_or(0, |n| n + 1);
        let to = text[end..].find('\n').map_or(text.len(), |n| end + n + 1);
        let bytes = text.as_bytes()[from..to].to_vec();
        Some(Excerpt { bytes, start: from as u64, first_line: at.from().line, first_column: 0 })
    }
}

/// A workbook of one sheet, whose cells are numbered row by row; a file of groups of ten rows.
struct Sheet;
struct Groups;

const SHEETS: [Option<&dyn Addresses>; 5] = [None, None, None, Some(&Sheet), Some(&Groups)];

const CELLS: [[&str; 4]; 4] = [
    ["District", "Area", "People", "Remark \u{1b}[2J"],
    ["North", "12.9", "1200", ""],
    ["South", "7.5", "a text that is much too long to be shown whole", "x"],
    ["Sum", "20.3", "2000", ""],
];

impl Addresses for Sheet {
    fn address(&self, span: Span) -> Address {
        let at = |n: u64| (n as u32 / 4, n as u32 % 4);
        let ((top, left), (bottom, right)) = (at(span.start), at(span.end - 1));
        Address::Cells(CellRange { sheet: 0, rows: (top, bottom), columns: (left, right) })
    }
    fn sheet(&self, _: u32) -> &str {
        "Costs 2024"
    }
    fn text(&self, _: u32, row: u32, column: u32) -> Option<Cow<'_, str>> {
        CELLS.get(row as usize)?.get(column as usize).map(|text| Cow::Borrowed(*text))
    }
}

impl Addresses for Groups {
    fn address(&self, span: Span) -> Address {
        Address::Record { row: Some(((span.start / 10) as u32, span.start % 10)), column: Some(2) }
    }
    fn sheet(&self, _: u32) -> &str {
        ""
    }
    fn text(&self, _: u32, row: u32, column: u32) -> Option<Cow<'_, str>> {
        CELLS.get(row as usize)?.get(column as usize).map(|text| Cow::Borrowed(*text))
    }
    fn column(&self, column: u32) -> Option<Cow<'_, str>> {
        ["region", "spent", "paid"].get(column as usize).map(|name| Cow::Borrowed(*name))
    }
}

impl Files for Texts {
    fn addresses(&self, file: FileId) -> Option<Arc<dyn Addresses>> {
        match file.0 {
            3 => Some(Arc::new(Sheet)),
            4 => Some(Arc::new(Groups)),
            _ => None,
        }
    }

    fn path(&self, file: FileId) -> String {
        SourceText::path(self, file).to_string()
    }

    fn bytes(&self, file: FileId) -> Option<Arc<dyn Bytes>> {
        Some(Arc::new(self.0[file.0 as usize].1.clone().into_bytes()))
    }

    fn derived(&self, _: FileId) -> bool {
        false
    }

    fn line(&self, _: FileId, _: u64) -> u64 {
        1
    }
}

impl Texts {
    /// The place of the first such text in a file.
    fn place(&self, file: u32, found: &str) -> Place {
        let text = &self.0[file as usize].1;
        let start = text.find(found).expect("a text of the file");
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |n| n + 1);
        let span = Span::new(start as u64, (start + found.len()) as u64);
        let line = before.matches('\n').count() as u64 + 1;
        let place = place::at(self, FileId(file), span, line);
        let column = before[line_start..].chars().count() as u64 + 1;
        assert_eq!(place.at.from(), Position { line, column });
        place
    }
}

fn files() -> Texts {
    let wide = format!("{},12.5 %,{}", "left ".repeat(30), "right ".repeat(30));
    let rows: String = (1..=17).map(|n| format!("N{n},{n}\n")).collect();
    Texts(vec![
        (
            "data/totals.csv",
            "region,total,note\nNorth,160,Zürich\nSouth,7,\u{1b}[2J\u{202e}x\n".into(),
        ),
        ("data/rows.csv", format!("region,n\n{rows}{wide}\n")),
        ("rules.toml", "[check.totals]\nassert = 'total = sum(rows.n)'\n".into()),
        ("data/costs.xlsx", String::new()),
        ("data/trips.parquet", String::new()),
    ])
}

fn plain(name: &str, severity: Severity, message: &str) -> Finding {
    of_table(None, name, severity, message)
}

fn of_table(table: Option<&str>, name: &str, severity: Severity, message: &str) -> Finding {
    let fault = faults().into_iter().find(|f| f.name == name).expect("a built-in name");
    let demand = Demand::Assertion("total = sum(rows.n)".into());
    let table = table.map(str::to_string);
    let identity = Identity { table, ..Identity::new("totals", demand, fault) };
    let mut finding = Finding::new(identity, severity, message.into());
    finding.assertion = 1;
    finding
}

fn label(place: Place, role: Role, text: &str) -> Label {
    Label { place, role, text: text.into() }
}

fn side(expression: &str, value: &str, range: Option<(&str, &str)>) -> Side {
    let range = range.map(|(low, high)| (low.to_string(), high.to_string()));
    Side {
        expression: expression.into(),
        value: value.into(),
        exact: value.into(),
        range,
        hedge: None,
    }
}

/// 17 terms, of which two places are known; 3 more are counted.
fn sum(texts: &Texts) -> Working {
    let terms = (1..=17).map(|n| Term {
        right: true,
        name: format!("N{n}"),
        sign: "+",
        value: n.to_string(),
        number: None,
        place: (n < 3).then(|| texts.place(1, &format!("N{n},"))),
        part_of: "sum(rows.n)".into(),
    });
    let stated = Term {
        right: false,
        name: "total".into(),
        sign: "",
        value: "160".into(),
        number: None,
        place: Some(texts.place(0, "160")),
        part_of: String::new(),
    };
    Working {
        headings: ["stated", "follows"].map(Into::into),
        exact_difference: "7".into(),
        left: side("total", "160", Some(("159.5", "160.5"))),
        relation: "=",
        right: side("sum(rows.n)", "153", None),
        difference: Some("7".into()),
        allowance: Some("0.5, half a unit of each figure as written".into()),
        tier: Tier::Impossible,
        required: Some("N17 needs 24".into()),
        terms: std::iter::once(stated).chain(terms).collect(),
        more_terms: 3,
        notes: vec!["sum(rows.n): 2 missing values were left out".into()],
    }
}

/// Every severity and role, a working, a derived place, a wide line, no place, and hostile text.
fn findings(texts: &Texts) -> Vec<Finding> {
    let mut stated = texts.place(0, "160");
    stated.cell = Some(CellName {
        table: "totals".into(),
        record: Some(1),
        column: Some("total".into()),
        pointer: None,
    });
    let message = "160 is stated, 153 follows";
    let mut failed = of_table(Some("totals"), "assertion-failed", Severity::Error, message);
    failed.title = Some("totals add up".into());
    failed.labels = vec![
        label(stated, Role::Stated, "160"),
        label(texts.place(1, "2\n"), Role::Operand, "the second"),
        label(texts.place(2, "'total = sum(rows.n)'"), Role::Rule, ""),
    ];
    failed.working = Some(sum(texts));
    failed.explanation = Some("is a region counted twice?".into());
    failed.help = Some("ask the office".into());
    failed.url = Some("https://example.org/totals".into());
    failed.key = Some("North".into());

    let mut twice = plain("duplicate-value", Severity::Warning, "`12.5 %` is there twice");
    let mut derived = texts.place(1, "12.5 %");
    if let At::Bytes { derived: is_derived, .. } = &mut derived.at {
        *is_derived = true;
    }
    twice.labels = vec![
        label(derived, Role::Stated, "again here"),
        label(texts.place(1, "N1,"), Role::First, "first here"),
    ];

    let nowhere = plain("vacuous-check", Severity::Info, "this check looked at nothing");

    let mut hostile = plain("assertion-failed", Severity::Error, "`\u{1b}[2J\u{202e}x` is bad\n!");
    hostile.labels = vec![label(texts.place(0, "x\n"), Role::Stated, "\u{7}")];

    let open = known(texts, "totals", "4 is stated, 5 follows", None);
    let reason = "counted twice\u{1b}[2J\n::error::<b> until the office corrects it";
    let accepted = Acceptance {
        kind: AcceptedBy::Allowance,
        reason: Some(reason.into()),
        by: Some("AB".into()),
        until: Some("2027-03-31".into()),
        any_value: false,
        allowance: None,
        place: Some(texts.place(2, "totals")),
    };
    let allowed = known(texts, "totals", "7 is stated, 9 follows", Some(accepted));
    let baseline = Acceptance {
        kind: AcceptedBy::Baseline,
        reason: None,
        by: None,
        until: None,
        any_value: false,
        allowance: None,
        place: None,
    };
    let listed = known(texts, "rows.n", "`8` is there twice", Some(baseline));
    failed.status = Some(Status::Changed);
    let mut all = vec![failed, twice, nowhere, hostile];
    all.iter_mut().skip(1).for_each(|f| f.status = Some(Status::New));
    all.extend([open, allowed, listed]);
    all.extend(elsewhere(texts));
    all
}

/// Cells of a sheet, one of them in another row, and a row of a file without lines.
fn elsewhere(texts: &Texts) -> [Finding; 2] {
    let at = |file, n, len| place::at(texts, FileId(file), Span::new(n, n + len), 1);
    let mut sheet = plain("assertion-failed", Severity::Error, "20.3 is stated, 20.4 follows");
    sheet.labels = vec![
        label(at(3, 13, 1), Role::Stated, "20.3"),
        label(at(3, 9, 1), Role::Operand, ""),
        label(at(3, 4, 4), Role::Operand, "its row"),
        label(texts.place(2, "'total = sum(rows.n)'"), Role::Rule, ""),
    ];
    let mut row = plain("duplicate-value", Severity::Error, "`7` is there twice");
    row.labels = vec![label(at(4, 17, 1), Role::Stated, "again here")];
    [sheet, row]
}

/// A finding that was there before, and is perhaps accepted.
fn known(texts: &Texts, check: &str, message: &str, accepted: Option<Acceptance>) -> Finding {
    let fault = faults().into_iter().find(|f| f.name == "assertion-failed").expect("a name");
    let demand = Demand::Assertion("total = sum(rows.n)".into());
    let mut identity = Identity::new(check, demand, fault);
    identity.table = Some("totals".into());
    identity.subject = Subject::Claim(message.into());
    let mut finding = Finding::new(identity, Severity::Error, message.into());
    finding.labels = vec![label(texts.place(0, "South"), Role::Stated, "here")];
    finding.key = Some("South".into());
    finding.status = Some(Status::Open);
    finding.accepted = accepted.map(Box::new);
    finding.counts = false;
    finding
}

/// What the sample is compared with.
fn old() -> OldVersion {
    let change = |change, what: &str, hides, loosens| RuleChange {
        change,
        what: what.into(),
        hides,
        loosens,
        file: (change != Change::Removed).then(|| "rules/a.toml".into()),
        line: (change != Change::Removed).then_some(7),
    };
    OldVersion {
        name: "main (3fb2c1a)".into(),
        commit: Some("3fb2c1a".repeat(5) + "3fb2c"),
        unknown: Some("`rows.csv` is a Git LFS pointer".into()),
        is_known_in_part: false,
        rule_changes: vec![
            change(Change::Edited, "check totals", Some(3), true),
            change(Change::Removed, "check a|b\u{1b}[2J", None, true),
            change(Change::Added, "check new-one", None, false),
        ],
    }
}

fn past(fate: Fate, message: &str) -> PastFinding {
    PastFinding {
        fate,
        check: "totals".into(),
        fault: "assertion-failed".into(),
        severity: Severity::Error,
        table: Some("totals".into()),
        key: Some("West\u{7}".into()),
        message: message.into(),
        fingerprint: "0".repeat(32),
    }
}

fn summary() -> Summary {
    let tally = Tally {
        cases: 8,
        held: 4,
        failed: 2,
        undecided: 1,
        not_applicable: 1,
        weak: 1,
        set_aside: 3,
        ..Tally::default()
    };
    let check = |id: &str, severity, tally: Tally, (findings, known)| CheckSummary {
        trivial_below: None,
        id: id.into(),
        title: Some("totals add up".into()),
        severity,
        standing: (tally.seen() > 0).then(|| Standing::of(&tally, true)),
        seen: tally.seen(),
        tally,
        findings,
        shown: 2,
        whole: 0,
        fewer_judged: (findings > 4).then(|| "6 rows, 7 before".into()),
        known,
    };
    Summary {
        left_out: Vec::new(),
        coverage: Default::default(),
        exhibits: Vec::new(),
        errors: 2,
        warnings: 1,
        infos: 1,
        accepted: 2,
        versions: Some(StatusCounts {
            settled_or_gone: 0,
            new: 3,
            changed: 1,
            open: 3,
            settled: 1,
            gone: 1,
            not_judged: 1,
        }),
        past: vec![
            past(Fate::Settled, "5 is stated, 6 follows"),
            past(Fate::Gone, "6 is stated, 7 follows"),
            past(Fate::NotJudged, "\u{1b}[2Jx"),
        ],
        problems: 1,
        uncompared: 0,
        files: 2,
        rows: 20,
        sources: Vec::new(),
        checks: vec![
            check("totals", Severity::Error, tally, (5, 4)),
            check("vacuous-check", Severity::Info, Tally::default(), (1, 0)),
            check("rows.n", Severity::Error, tally, (0, 1)),
        ],
        bytes: 1234,
        stages: vec!["stage 1: `rows` (read in blocks)".into()],
        spilled: 1,
    }
}

fn rules(texts: &Texts) -> Vec<RuleFacts> {
    vec![RuleFacts {
        id: "totals".into(),
        title: Some("totals add up".into()),
        help: Some("ask the office".into()),
        url: Some("https://example.org/totals".into()),
        tags: vec!["money".into()],
        severity: Severity::Error,
        page: Some("# assertion-failed\n\n## What it says\n\nA page.\n"),
        place: texts.place(2, "check.totals"),
    }]
}

/// The sample report in a format.
fn rendered(format: Format, options: Options, texts: &Texts, findings: &[Finding]) -> String {
    let mut sink = sink(format, options);
    let mut out = Vec::new();
    let facts = Facts {
        run: Default::default(),
        version: "0.0.0".into(),
        today: "2026-11-23".into(),
        rule_files: vec!["rules.toml".into()],
        rules: rules(texts),
        old: Some(old()),
    };
    sink.begin(&facts, &mut out);
    let taken: Vec<&Finding> = findings.iter().filter(|f| sink.takes(f)).collect();
    for (n, finding) in taken.into_iter().enumerate() {
        match sink.keeps() {
            true => sink.keep(finding, texts),
            false => sink.finding(finding, n == 0, texts, &mut out),
        }
    }
    sink.write_kept(&summary(), texts, &mut out);
    let fault = faults().into_iter().find(|f| f.name == "unreadable-file").expect("a name");
    let span = texts.place(2, "sum(rows.n)").at.span();
    let problem = Problem::new(fault, FileId(2), span, "`rows.csv` cannot be read")
        .label("named here")
        .help("try again")
        .related(FileId(0), texts.place(0, "North").at.span(), "needed here");
    sink.problem(&problem, texts, &mut out);
    sink.end(&summary(), &mut out);
    text_of(format, out)
}

/// A report as text; of a workbook, its cells.
fn text_of(format: Format, report: Vec<u8>) -> String {
    match format {
        Format::Xlsx => sheets::listed(&report),
        _ => String::from_utf8(report).expect("text"),
    }
}

#[test]
fn every_format_renders_the_sample_report() {
    let texts = files();
    for format in FORMATS {
        let report = rendered(format.format, OPTIONS, &texts, &findings(&texts));
        if format.format == Format::Markdown {
            assert_is_plain_markdown(&report);
        }
        let report = match format.format {
            Format::Html => html::readable(&report),
            _ => report,
        };
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(format!("sample_{}", format.name), report);
        });
    }
    let verbose = Options { verbose: true, ..OPTIONS };
    let report = rendered(Format::Full, verbose, &texts, &findings(&texts));
    assert_is_printable(&report);
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("sample_full_verbose", report);
    });
    let color = Options { color: true, ..OPTIONS };
    let report = rendered(Format::Full, color, &texts, &findings(&texts));
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("sample_full_color", report.replace('\u{1b}', "␛"));
    });
    let counts = format!("{}\n{}", words::statistics(&summary()), words::summary(&summary()));
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("sample_counts", counts);
    });
}

#[test]
fn accepted_findings_are_marked_or_left_out_of_every_format() {
    let texts = files();
    let omitting = Options { omits_accepted: true, ..OPTIONS };
    for format in FORMATS {
        let marked = rendered(format.format, OPTIONS, &texts, &findings(&texts));
        assert!(marked.contains("7 is stated, 9 follows"), "{marked}");
        assert!(marked.contains("until the office corrects it"), "{marked}");
        let omitted = rendered(format.format, omitting, &texts, &findings(&texts));
        assert!(omitted.contains("4 is stated, 5 follows"), "{omitted}");
        assert!(!omitted.contains("7 is stated, 9 follows"), "{omitted}");
    }
}

#[test]
fn a_block_says_which_of_its_findings_are_new() {
    let texts = files();
    let all = [Status::New, Status::Changed, Status::New, Status::Open].into_iter().zip(1..);
    let findings: Vec<Finding> = all
        .map(|(status, n)| {
            let mut finding = known(&texts, "rows.n", &format!("{n} is stated"), None);
            finding.status = Some(status);
            finding.counts = status != Status::Open;
            finding
        })
        .collect();
    let report = rendered(Format::Full, OPTIONS, &texts, &findings);
    let wanted = "error[rows.n] total = sum(rows.n): 2 new, 1 changed, 1 still open of 8
   ╭─[data/totals.csv:3:1]  row South
 3 │ South,7,\\e[2J\\u{202e}x
   · ───── 1 is stated
   data/totals.csv:3:1  South  2 is stated  (changed)
   data/totals.csv:3:1  South  3 is stated  (new)
   data/totals.csv:3:1  South  4 is stated (still open)
";
    assert!(report.contains(wanted), "{report}");
}

#[test]
fn reports_with_a_limit_hold_the_worst_and_say_what_is_left_out() {
    let texts = files();
    let all: Vec<Finding> = (0..25_100)
        .map(|n| {
            let mut finding = known(&texts, "totals", &format!("{n}: {}", "x".repeat(300)), None);
            finding.status = Some(if n < 25_050 { Status::Open } else { Status::New });
            finding.counts = n >= 25_050;
            finding
        })
        .collect();
    let sarif = rendered(Format::Sarif, OPTIONS, &texts, &all);
    let sarif: serde_json::Value = serde_json::from_str(&sarif).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("a list");
    assert_eq!(results.len(), 25_000);
    let said = results[24_999]["message"]["text"].as_str().expect("a text");
    assert!(said.starts_with("101 more findings are not in this file"), "{said}");
    let new = results.iter().filter(|r| r["baselineState"] == "new").count();
    assert_eq!(new, 50, "none that is new");
    let markdown = rendered(Format::Markdown, OPTIONS, &texts, &all);
    assert!(markdown.len() < 1_000_100, "{}", markdown.len());
    let written = markdown.matches("\n- **error** `totals`").count();
    let left_out = format!("\n{} more findings are left out here", all.len() - written);
    assert!(written > 2_000 && markdown.contains(&left_out), "{written}");
    assert_eq!(markdown.matches("(new)").count(), 50);
    let github = rendered(Format::Github, OPTIONS, &texts, &all);
    assert_eq!(github.matches("\n::error ").count(), 10, "{github}");
    assert_eq!(github.matches("::notice ").count(), 10, "{github}");
    assert!(
        github.contains("\n::notice file=rules.toml,line=1,title=crossfoot::25086 more are"),
        "{github}"
    );
    let junit = rendered(Format::Junit, OPTIONS, &texts, &all);
    assert!(junit.contains("… and 24050 more\n</system-out>"), "{}", junit.len());
}

#[test]
fn json_counts_the_terms_that_it_leaves_out() {
    let texts = files();
    let report = rendered(Format::Json, OPTIONS, &texts, &findings(&texts));
    let json: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(json["findings"][0]["working"]["more_terms"], 3);
}

/// What a run of `crossfoot check` writes.
fn run(request: &Request, format: Format, options: Options) -> (String, String) {
    let mut out = Vec::new();
    let slot = SinkSlot {
        sink: sink(format, options),
        out: Box::new(&mut out),
        capped: false,
        error: None,
    };
    let mut slots = [slot];
    let outcome = crossfoot::run(request, &mut slots);
    drop(slots);
    let counts = words::statistics(&outcome.summary) + &words::summary(&outcome.summary);
    (text_of(format, out), outcome.problem_lines.concat() + &counts)
}

/// The text without the colour codes that renderers write.
fn without_color(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, code)) = rest.split_once("\u{1b}[") {
        out.push_str(before);
        let end = code.find(|c: char| !c.is_ascii_digit() && c != ';').expect("the code ends");
        assert!(code[end..].starts_with('m'), "no colour: {:?}", &code[..=end]);
        rest = &code[end + 1..];
    }
    out + rest
}

fn assert_is_printable(text: &str) {
    let hidden =
        "\u{ad}\u{61c}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2028}\u{2029}\u{2060}\u{feff}";
    let is_bad = |c: char| {
        c != '\n' && c.is_control()
            || hidden.contains(c)
            || ('\u{202a}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
            || ('\u{e0000}'..='\u{e007f}').contains(&c)
    };
    let bad: Vec<char> = text.chars().filter(|c| is_bad(*c)).collect();
    assert!(bad.is_empty(), "{bad:?} in\n{}", text.escape_debug());
}

const HOSTILE: &[&str] = &[
    "\u{1b}[2J",
    "\u{1b}]0;x\u{7}",
    "\u{1b}",
    "\r",
    "\n",
    "\t",
    "\0",
    "\u{7f}",
    "\u{9b}31m",
    "\u{85}",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{200d}",
    "\u{2028}",
    "\u{feff}",
    "\u{ad}",
    "\u{e0041}",
    "a",
    "9",
    "é",
    "漢",
    "`",
    "\"\"",
    ",",
    "╭",
    "╰",
    "{",
    "::error::",
    "=",
    "@",
    "-",
    "<",
    "&",
    "|",
    "](http://x)",
    "\u{fffe}",
    "\\n",
];

fn hostile() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(HOSTILE), 0..8).prop_map(|all| all.concat())
}

/// A TOML basic string.
fn toml(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        out += &format!("\\U{:08X}", u32::from(c));
    }
    out + "\""
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_terminal_is_sent_is_printable(
        cells in prop::collection::vec(hostile(), 2..6),
        (column, title) in (hostile(), hostile()),
        name in hostile(),
        color in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let name: String = name.chars().filter(|c| !matches!(c, '\0' | '{' | '/')).collect();
        let data = format!("t{}.csv", name.replace('\\', ""));
        let rows: String = cells.iter().map(|c| format!("\"{c}\",1\n")).collect();
        std::fs::write(folder.path().join(&data), format!("\"n{column}\",b\n{rows}")).expect("data");
        let columns = toml(&format!("n{}", column.replace("\"\"", "\"")));
        let rules = format!(
            "[data.t]\npath = {}\n[data.t.columns]\nb = {{ min = 2 }}\n{columns} = {{ type = \"number\", max = 1 }}\n\
             [check.c]\neach = \"t\"\ntitle = {}\nassert = 'b = 3'\n[check.b]\neach = \"t\"\nassert = 'b = 4'\nmessage = {}\n",
            toml(&data), toml(&title), toml(&title.replace(['{', '}'], "")),
        );
        let path = folder.path().join("rules.toml");
        std::fs::write(&path, rules).expect("rules");
        let path = path.to_string_lossy().into_owned();
        let request = Request { rule_files: vec![path], today: Some("2026-11-23".into()), ..Request::default() };

        let (document, _) = run(&request, Format::Json, OPTIONS);
        let json: serde_json::Value = serde_json::from_str(&document).expect("JSON");
        let all = |list: &str| json[list].as_array().map_or(0, Vec::len);
        for format in [Format::Full, Format::Concise] {
            let (report, counts) = run(&request, format, Options { color, ..OPTIONS });
            assert_is_printable(&without_color(&report));
            assert_is_printable(&counts);
            if format == Format::Concise {
                prop_assert_eq!(report.lines().count(), all("findings") + all("problems"), "{}", report);
            }
        }
        for format in FORMATS {
            let (report, _) = run(&request, format.format, OPTIONS);
            assert_is_well_formed(format.format, &report, &json);
        }
        // Programs get the texts as they are.
        let messages: String = document_texts(&json);
        if !title.is_empty() && json["findings"].to_string().contains("\"c\"") {
            prop_assert!(messages.contains(&title), "{messages:?} {title:?}");
        }
    }
}

/// Whether a report can be read by what reads its format, and has all that the document has.
fn assert_is_well_formed(format: Format, report: &str, json: &serde_json::Value) {
    let all = |list: &str| json[list].as_array().map_or(0, Vec::len);
    let (findings, problems) = (all("findings"), all("problems"));
    match format {
        Format::Full | Format::Concise | Format::Diff => {}
        Format::Html => {
            html::assert_is_page(report);
            assert_is_printable(&html::readable(report));
            assert_eq!(report.matches("<article ").count(), findings, "{report}");
        }
        Format::Json => assert!(serde_json::from_str::<serde_json::Value>(report).is_ok()),
        Format::Jsonl => {
            let line = |l| serde_json::from_str::<serde_json::Value>(l).expect("JSON");
            let lines: Vec<_> = report.lines().map(line).collect();
            let of = |kind| lines.iter().filter(|l| l["kind"] == kind).count();
            let counts = ["run", "finding", "problem", "coverage", "summary"].map(of);
            assert_eq!(counts, [1, findings, problems, 1, 1], "{report}");
            assert_eq!(lines.last().expect("a line")["kind"], "summary");
            let found: Vec<_> = lines.iter().filter(|l| l["kind"] == "finding").collect();
            for (found, wanted) in found.iter().zip(json["findings"].as_array().expect("a list")) {
                assert_eq!(found["message"], wanted["message"]);
            }
        }
        Format::Csv => {
            assert_is_printable(report);
            let mut reader = csv::Reader::from_reader(report.as_bytes());
            let records: Vec<_> = reader.records().map(|r| r.expect("a record")).collect();
            assert_eq!(records.len(), findings, "{report}");
            let is_formula = |cell: &str| cell.starts_with(['=', '@', '\t', '\r']);
            assert!(!records.iter().flatten().any(is_formula), "{report}");
        }
        Format::Gitlab => {
            let issues: serde_json::Value = serde_json::from_str(report).expect("JSON");
            let issues = issues.as_array().expect("a list");
            issues.iter().for_each(|i| assert_is_printable(i["description"].as_str().unwrap()));
            assert_eq!(issues.len(), findings + problems, "{report}");
            let prints: BTreeSet<_> =
                issues.iter().filter_map(|i| i["fingerprint"].as_str()).collect();
            assert_eq!(prints.len(), issues.len(), "each once\n{report}");
        }
        Format::Markdown => {
            assert_is_printable(report);
            assert_eq!(report.matches("- **").count(), findings + problems, "{report}");
            assert_is_plain_markdown(report);
        }
        Format::Sarif => {
            let sarif: serde_json::Value = serde_json::from_str(report).expect("JSON");
            let run = &sarif["runs"][0];
            let results = run["results"].as_array().expect("a list");
            assert_eq!(results.len(), findings, "{report}");
            for result in results {
                assert_is_printable(
                    &result["message"]["text"].as_str().unwrap().replace('\n', " "),
                );
                let rule = result["ruleIndex"].as_u64().expect("a number") as usize;
                assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
                let place = &result["locations"][0]["physicalLocation"]["artifactLocation"];
                let artifact = place["index"].as_u64().expect("a number") as usize;
                assert_eq!(run["artifacts"][artifact]["location"]["uri"], place["uri"]);
            }
            let notes = run["invocations"][0]["toolExecutionNotifications"].as_array();
            assert_eq!(notes.map_or(0, Vec::len), problems);
        }
        Format::Xlsx => {
            assert_is_printable(report);
            let is_fingerprint = |line: &&str| {
                let text = line.strip_prefix("AC").and_then(|l| l.split_once(": "));
                text.is_some_and(|(_, text)| text.len() == 32)
            };
            assert_eq!(report.lines().filter(is_fingerprint).count(), findings, "{report}");
            let formulas = report.lines().filter(|line| line.contains("  ="));
            for formula in formulas.filter_map(|line| line.split_once(": ")) {
                let column = formula.0.trim_end_matches(|c: char| c.is_ascii_digit());
                let is_text = ["A", "B", "C", "D", "F", "K", "L"].contains(&column);
                assert!(!is_text || !formula.1.starts_with("  ="), "{formula:?}");
            }
        }
        Format::Github => {
            assert_is_printable(report);
            for kind in ["error", "warning", "notice"] {
                let command = format!("::{kind} file=");
                let count = report.lines().filter(|l| l.starts_with(&command)).count();
                assert!(count <= 10, "{report}");
            }
            let is_command = |l: &str| {
                let rest = l.strip_prefix("::").and_then(|l| l.split_once(" file="));
                rest.is_some_and(|(kind, _)| ["error", "warning", "notice"].contains(&kind))
            };
            assert!(report.lines().all(is_command), "{report}");
        }
        Format::Junit => {
            let report: String = report.split('\n').collect();
            assert_is_printable(&report);
            let document = roxmltree::Document::parse(&report).expect("XML");
            let count = |tag| document.descendants().filter(|n| n.has_tag_name(tag)).count();
            let suite = document.descendants().find(|n| n.has_tag_name("testsuite"));
            let said = |name| suite.and_then(|s| s.attribute(name)).and_then(|n| n.parse().ok());
            assert_eq!(said("tests"), Some(count("testcase")), "{report}");
            assert_eq!(said("failures"), Some(count("failure")), "{report}");
            assert_eq!(said("errors"), Some(count("error")), "{report}");
            assert_eq!(said("skipped"), Some(count("skipped")), "{report}");
            assert_eq!(count("error"), problems, "{report}");
        }
    }
}

/// Whether a text of Markdown has no links, no pictures, no emphasis but the severities, and no HTML
/// but comments that keep texts apart.
fn assert_is_plain_markdown(text: &str) {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    for event in Parser::new_ext(text, Options::all()) {
        let is_wrong = match &event {
            Event::Start(tag) => matches!(
                tag,
                Tag::Link { .. }
                    | Tag::Image { .. }
                    | Tag::Emphasis
                    | Tag::Strikethrough
                    | Tag::HtmlBlock
                    | Tag::BlockQuote(_)
            ),
            Event::InlineHtml(html) => html.as_ref() != "<!-- -->",
            Event::InlineMath(_) | Event::DisplayMath(_) | Event::FootnoteReference(_) => true,
            Event::Html(_) => true,
            _ => false,
        };
        assert!(!is_wrong, "{event:?} in\n{text}");
    }
}

/// Titles of a document.
fn document_texts(json: &serde_json::Value) -> String {
    let findings = json["findings"].as_array().cloned().unwrap_or_default();
    findings.iter().filter_map(|f| f["title"].as_str().map(String::from)).collect()
}

/// The checks of a fixture, as they stand in a folder of their own.
fn of_fixture(name: &str) -> Request {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    let mut tree = Memory::default();
    for entry in std::fs::read_dir(&folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let file = path.file_name().expect("a name").to_string_lossy().into_owned();
        tree.insert(&format!("checks/{file}"), std::fs::read(&path).expect("a file"));
    }
    let tree: Arc<dyn Tree> = Arc::new(tree);
    let rule_files = vec!["checks/rules.toml".to_string()];
    let today = Some("2026-11-23".to_string());
    Request { rule_files, today, tree: Some(tree), ..Request::default() }
}

/// What is wrong stands out from what it is compared with, and columns that have no room are left out.
#[test]
fn the_cells_of_a_sheet_around_a_finding_are_drawn() {
    let options = Options { width: 40, color: true, ..OPTIONS };
    let (report, _) = run(&of_fixture("workbooks/shown"), Format::Full, options);
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("narrow_sheet_color", report.replace('\u{1b}', "␛"));
    });
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for name in ["layout/people", "contracts", "tiers", "language/48-awkward-names"] {
        let request = of_fixture(name);
        for width in [60, 80, 160] {
            let options = Options { width, wraps: true, ..OPTIONS };
            let (report, _) = run(&request, Format::Full, options);
            assert!(report.lines().count() > 9, "{report}");
            let wide = report.lines().find(|line| line.width() > width);
            assert_eq!(wide, None, "{name} in {width} columns\n{report}");
            if width == 60 {
                insta::with_settings!({ omit_expression => true }, {
                    insta::assert_snapshot!(format!("narrow_{}", name.replace('/', "_")), report);
                });
            }
        }
    }
}

#[test]
fn lines_from_right_to_left_keep_their_order() {
    let mut tree = Memory::default();
    let rules = "[data.t]\npath = \"t.csv\"\nkey = \"city\"\ncolumns.area = { min = 5 }\n";
    tree.insert("rules.toml", rules.into());
    tree.insert("t.csv", "city,land,area\nالقاهرة,مصر,1\nParis,France,2\n".into());
    let rule_files = vec!["rules.toml".to_string()];
    let request = Request { rule_files, tree: Some(Arc::new(tree)), ..Request::default() };
    let (report, _) = run(&request, Format::Full, OPTIONS);
    assert!(report.contains("\n 2 │ القاهرة,\u{200e}مصر,\u{200e}1\u{200e}\n"), "{report}");
    assert!(report.contains("\n   ·             ─ but is `1`\n"), "{report}");
    assert!(report.contains("\n   t.csv:3:14  Paris"), "{report}");
}

#[test]
fn a_long_cell_gives_a_short_finding() {
    let folder = tempfile::tempdir().expect("a folder");
    let cell = format!("{}x{}", "1".repeat(1 << 19), "2".repeat(1 << 19));
    std::fs::write(folder.path().join("t.csv"), format!("a,b\n{cell},1\n")).expect("data");
    let rules = "[data.t]\npath = \"t.csv\"\nkey = \"a\"\ncolumns.a = { type = \"number\" }\ncolumns.b = { min = 2 }\n";
    let path = folder.path().join("rules.toml");
    std::fs::write(&path, rules).expect("rules");
    let rule_files = vec![path.to_string_lossy().into_owned()];
    let request = Request { rule_files, ..Request::default() };
    for row in FORMATS {
        let (format, most) = match row.format {
            Format::Full => (Format::Full, 4_000),
            Format::Concise => (Format::Concise, 1_000),
            format => (format, 32_000),
        };
        let (report, _) = run(&request, format, OPTIONS);
        assert!(report.contains("11x22") && report.contains("must be at least 2"), "{report}");
        assert!(report.len() < most, "{format:?}: {} bytes\n{report}", report.len());
    }
}

#[test]
fn problems_stand_at_their_line_in_long_rule_files() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("t.csv"), "a\n1\n").expect("data");
    let rules = format!("{}[data.t]\npath = \"t.csv\"\nkez = \"a\"\n", "# a line\n".repeat(2_000));
    let path = folder.path().join("rules.toml");
    std::fs::write(&path, rules).expect("rules");
    let rule_files = vec![path.to_string_lossy().into_owned()];
    let request = Request { rule_files, ..Request::default() };
    let (report, _) = run(&request, Format::Concise, OPTIONS);
    assert!(report.contains("rules.toml:2003:1: "), "{report}");
}

#[test]
fn excerpts_of_long_lines_know_what_is_cut_before_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("t.csv");
    std::fs::write(&path, format!("a,b\n{},9\n", "é".repeat(4_000))).expect("data");
    let request =
        Request { paths: vec![path.to_string_lossy().into_owned()], ..Request::default() };
    let project = crossfoot::Project::open(&request);
    let file = (0..9).map(FileId).find(|f| SourceText::path(&project.book, *f).ends_with("t.csv"));
    let file = file.expect("the file");
    let start = 4 + 8_001;
    let at = At::bytes(file, Span::new(start, start + 1), Position { line: 2, column: 4_002 });
    let excerpt = project.book.excerpt(&at, 0).expect("an excerpt");
    let before = &excerpt.bytes[..(start - excerpt.start) as usize];
    let characters = before.iter().filter(|b| **b & 0xC0 != 0x80).count() as u64;
    assert_eq!(excerpt.first_column + characters, at.from().column - 1);
    assert!(excerpt.first_column > 2_000);
}
