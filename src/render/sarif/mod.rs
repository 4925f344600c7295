//! SARIF 2.1.0, for code scanning: one run, with a rule for each check.

mod cells;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::fault::Severity;
use crate::render::words::{address, count, location, maybe, remarks, uri};
use crate::render::worst::Worst;
use crate::report::{
    Acceptance, AcceptedBy, At, Facts, Finding, Label, Place, RuleFacts, Sink, SourceText, Status,
    Summary, in_text,
};
use crate::source::Problem;

/// The schema that the document follows.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// GitHub rejects a run with more results.
const MOST_RESULTS: usize = 25_000;

/// GitHub rejects a rule with more tags.
const MOST_TAGS: usize = 20;

/// Longer texts are not quoted in a region.
const MOST_QUOTED: u64 = 500;

/// The name of the directory that paths are relative to.
const BASE: &str = "SRCROOT";

/// The rule of the result that says how many were left out.
const LEFT_OUT: &str = "results-left-out";

/// Keeps the worst results until all is known that stands before them.
pub struct Sarif {
    run: Value,
    version: String,
    results: Worst<String>,
    rules: Listed<Value>,
    artifacts: Listed<Value>,
    /// Where the rules stand.
    places: BTreeMap<String, Place>,
    /// The first rule file: where something without a place is reported.
    nowhere: String,
    /// What is said of the rules.
    remarks: Vec<Value>,
    problems: Vec<Value>,
}

/// Things by name, in the order in which they were met.
struct Listed<T> {
    numbers: BTreeMap<String, usize>,
    all: Vec<T>,
}

impl<T> Listed<T> {
    fn new() -> Listed<T> {
        Listed { numbers: BTreeMap::new(), all: Vec::new() }
    }

    fn number(&mut self, name: &str, make: impl FnOnce() -> T) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        self.all.push(make());
        self.numbers.insert(name.to_string(), self.all.len() - 1);
        self.all.len() - 1
    }
}

impl Default for Sarif {
    fn default() -> Sarif {
        Sarif {
            run: Value::Null,
            version: String::new(),
            results: Worst::new(MOST_RESULTS),
            rules: Listed::new(),
            artifacts: Listed::new(),
            places: BTreeMap::new(),
            nowhere: String::new(),
            remarks: Vec::new(),
            problems: Vec::new(),
        }
    }
}

impl Sarif {
    fn artifact(&mut self, path: &str) -> Value {
        let (uri, is_relative) = uri(path);
        let mut location = json!({ "uri": uri });
        if is_relative {
            location["uriBaseId"] = BASE.into();
        }
        let listed = json!({ "location": location.clone() });
        location["index"] = self.artifacts.number(path, || listed).into();
        location
    }

    fn location(&mut self, at: &At, sources: &dyn SourceText) -> Value {
        if !at.is_in_file() {
            return named(self.nowhere(), &location(sources, at));
        }
        let artifact = self.artifact(sources.path(at.file()));
        // GitHub refuses a place without a line, also in files that have none.
        let region = region(at, sources).unwrap_or_else(|| json!({ "startLine": 1 }));
        let location =
            json!({ "physicalLocation": { "artifactLocation": artifact, "region": region } });
        match address(sources, at) {
            Some(address) => named(location, &address),
            None => location,
        }
    }

    /// The place of a rule, else the first line of the first rule file.
    fn place_of_rule(&mut self, check: &str, sources: &dyn SourceText) -> Value {
        match self.places.get(check).map(|place| place.at) {
            Some(at) => self.location(&at, sources),
            None => self.nowhere(),
        }
    }

    fn nowhere(&mut self) -> Value {
        let nowhere = self.nowhere.clone();
        let artifact = self.artifact(&nowhere);
        json!({ "physicalLocation": { "artifactLocation": artifact, "region": { "startLine": 1 } } })
    }

    fn result(&mut self, f: &Finding, sources: &dyn SourceText) -> Value {
        let rule = self.rules.number(f.check(), || rule_of_fault(f));
        let (first, others) = match f.labels.split_first() {
            Some((first, others)) if first.place.at.is_in_file() => {
                (self.location(&first.place.at, sources), others)
            }
            Some((first, others)) => {
                let of_rule = self.place_of_rule(f.check(), sources);
                (named(of_rule, &location(sources, &first.place.at)), others)
            }
            None => (self.place_of_rule(f.check(), sources), f.labels.as_slice()),
        };
        let mut result = json!({
            "ruleId": f.check(),
            "ruleIndex": rule,
            "level": level(f.severity),
            "message": { "text": message(&said(f, sources)) },
            "locations": [first],
        });
        if !others.is_empty() {
            let related = others.iter().enumerate();
            let related = related.map(|(n, label)| self.related(n, label, sources));
            result["relatedLocations"] = related.collect();
        }
        // GitHub makes its own of the lines around the place where there is none by this name.
        let print = f.fingerprint_text();
        let of_line = print.get(..16).unwrap_or_default();
        result["partialFingerprints"] =
            json!({ "crossfoot/v1": print, "primaryLocationLineHash": format!("{of_line}:1") });
        // All results of a run have the list, or none has.
        let suppressions = f.accepted.iter().map(|a| self.suppression(a, sources)).collect();
        result["suppressions"] = Value::Array(suppressions);
        if let Some(status) = f.status {
            result["baselineState"] = match status {
                Status::New => "new",
                Status::Changed => "updated",
                Status::Open => "unchanged",
            }
            .into();
        }
        result["properties"] = json!({ "fault": f.fault().name, "table": f.table(), "key": f.key });
        if !f.suspects.is_empty() {
            result["properties"]["suspects"] = cells::suspects(f, sources);
        }
        let fix = f.fix.as_ref().filter(|fix| fix.written.is_ok());
        if let Some(fix) = fix
            && let Some(region) = region(&fix.place.at, sources)
        {
            let artifact = self.artifact(sources.path(fix.place.at.file()));
            result["fixes"] = cells::fixes(fix, &artifact, &region);
        }
        if !f.crossed.is_empty() {
            result["properties"]["crossed"] = cells::crossed(f, sources);
        }
        result
    }

    fn related(&mut self, number: usize, label: &Label, sources: &dyn SourceText) -> Value {
        let mut location = self.location(&label.place.at, sources);
        location["id"] = (number + 1).into();
        if !label.text.is_empty() {
            location["message"] = json!({ "text": message(&label.text) });
        }
        location
    }

    fn suppression(&mut self, a: &Acceptance, sources: &dyn SourceText) -> Value {
        let kind = match a.kind {
            AcceptedBy::Comment => "inSource",
            AcceptedBy::Allowance | AcceptedBy::Baseline => "external",
        };
        let mut made = json!({ "kind": kind, "status": "accepted" });
        made["justification"] = a.reason.as_deref().unwrap_or("listed in the baseline").into();
        if let Some(place) = &a.place {
            made["location"] = self.location(&place.at, sources);
        }
        made["properties"] = json!({ "by": a.by, "until": a.until });
        made
    }

    /// The result that says what is not there.
    fn left_out(&mut self, findings: u64) -> Value {
        let said = format!(
            "{} not in this file, which has the worst of them; --format json has all",
            count(findings, "more finding is", "more findings are")
        );
        let short = "More findings than the file may have";
        let rule = self.rules.number(LEFT_OUT, || {
            json!({
                "id": LEFT_OUT,
                "shortDescription": { "text": short },
                "fullDescription": { "text": short },
                "help": { "text": "Mend the findings that are shown, or read the JSON output." },
                "defaultConfiguration": { "level": "note" },
            })
        });
        json!({
            "ruleId": LEFT_OUT,
            "ruleIndex": rule,
            "level": "note",
            "message": { "text": said },
            "locations": [self.nowhere()],
            "partialFingerprints": { "primaryLocationLineHash": "0000000000000000:1" },
            "suppressions": [],
        })
    }
}

/// A location with the name of a cell.
fn named(mut location: Value, name: &str) -> Value {
    let cell = json!({ "name": name, "fullyQualifiedName": name, "kind": "cell" });
    location["logicalLocations"] = json!([cell]);
    location
}

/// One sentence and what may be added to it, a line each.
fn said(f: &Finding, sources: &dyn SourceText) -> String {
    let mut out = f.message.clone();
    for (word, text) in [("maybe", &maybe(f, sources)), ("help", &f.help)] {
        if let Some(text) = text {
            out.push_str(&format!("\n{word}: {text}"));
        }
    }
    out
}

/// A text in which nothing is a link (`[words](target)`) or stands for an argument (`{0}`).
fn message(text: &str) -> String {
    let linked = if text.contains("](") {
        text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
    } else {
        text.to_string()
    };
    let is_number = |n: &str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit());
    let is_argument = |after: &str| after.split_once('}').is_some_and(|(n, _)| is_number(n));
    if linked.split('{').skip(1).any(is_argument) {
        linked.replace('{', "{{").replace('}', "}}")
    } else {
        linked
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// Lines, columns and bytes; none in a file that is no text.
fn region(at: &At, sources: &dyn SourceText) -> Option<Value> {
    let At::Bytes { span, from, to, derived, .. } = *at else { return None };
    let mut region = json!({ "startLine": from.line, "startColumn": from.column });
    if let Some(to) = to {
        region["endLine"] = to.line.into();
        region["endColumn"] = to.column.into();
    }
    // Bytes of a text that was decompressed are not those of the file.
    if !derived {
        region["byteOffset"] = span.start.into();
        region["byteLength"] = span.len().into();
    }
    if let Some(text) = quoted(at, sources) {
        region["snippet"] = json!({ "text": text });
    }
    Some(region)
}

/// The text of a place.
fn quoted(at: &At, sources: &dyn SourceText) -> Option<String> {
    let span = at.span();
    if span.len() > MOST_QUOTED || span.is_empty() {
        return None;
    }
    let excerpt = sources.excerpt(at, 0)?;
    let start = usize::try_from(span.start.checked_sub(excerpt.start)?).ok()?;
    let length = usize::try_from(span.len()).ok()?;
    let bytes = excerpt.bytes.get(start..start.checked_add(length)?)?;
    Some(crate::report::text::printable(&String::from_utf8_lossy(bytes)).into_owned())
}

/// A rule that is known before it finds anything.
fn rule_of_check(rule: &RuleFacts) -> Value {
    let page = rule.page.unwrap_or_default();
    let says = says(page);
    let short = rule.title.as_deref().or(says).unwrap_or(&rule.id);
    let full = says.unwrap_or(short);
    let help = rule.help.as_deref().unwrap_or(full);
    let mut made = descriptor(&rule.id, short, full, (help, page), rule.severity);
    // Where the rule's author says what to do, it stands before the page.
    if let Some(own) = &rule.help {
        made["help"]["markdown"] = format!("{}\n\n{page}", plain(own)).into();
    }
    if let Some(url) = rule.url.as_ref().filter(|url| is_uri(url)) {
        made["helpUri"] = url.as_str().into();
    }
    let tags = rule.tags.iter().take(MOST_TAGS).map(|tag| tag.as_str().into());
    made["properties"]["tags"] = Value::Array(tags.collect());
    made
}

/// A rule for findings about the structure of files.
fn rule_of_fault(f: &Finding) -> Value {
    let fault = f.fault();
    let full = says(fault.page).unwrap_or(fault.summary);
    descriptor(f.check(), fault.summary, full, (full, fault.page), f.severity)
}

fn descriptor(
    id: &str,
    short: &str,
    full: &str,
    (help, page): (&str, &str),
    severity: Severity,
) -> Value {
    let gravity = match severity {
        Severity::Info => "recommendation",
        severity => severity.word(),
    };
    json!({
        "id": id,
        "shortDescription": { "text": short },
        "fullDescription": { "text": full },
        "help": { "text": help, "markdown": page },
        "defaultConfiguration": { "level": level(severity) },
        "properties": { "problem.severity": gravity },
    })
}

/// The paragraph of a page that says what a finding means.
fn says(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("## What it says\n\n")?;
    rest.split("\n\n").next()
}

/// A sentence in which nothing is markup.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn is_uri(url: &str) -> bool {
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=%".contains(&b);
    (url.starts_with("https://") || url.starts_with("http://")) && url.bytes().all(is_allowed)
}

impl Sink for Sarif {
    fn begin(&mut self, facts: &Facts, _: &mut Vec<u8>) {
        let file = facts.rule_files.first().map_or("crossfoot.toml", String::as_str);
        self.nowhere = file.to_string();
        self.version.clone_from(&facts.version);
        for rule in &facts.rules {
            self.rules.number(&rule.id, || rule_of_check(rule));
            self.places.insert(rule.id.clone(), rule.place.clone());
        }
        for remark in facts.old.iter().flat_map(remarks) {
            let mut note = json!({
                "descriptor": { "id": remark.name },
                "level": "note",
                "message": { "text": message(&remark.words) },
            });
            if let Some((file, line)) = remark.place {
                let region = json!({ "startLine": line });
                note["locations"] = json!([{ "physicalLocation": {
                    "artifactLocation": self.artifact(&file), "region": region,
                } }]);
            }
            self.remarks.push(note);
        }
        self.run = json!({ "today": facts.today, "rules": facts.rule_files });
        if let Some(old) = &facts.old {
            self.run["old"] = json!({ "name": old.name, "commit": old.commit });
        }
    }

    fn finding(&self, _: &Finding, _: bool, _: &dyn SourceText, _: &mut Vec<u8>) {}

    fn keeps(&self) -> bool {
        true
    }

    fn keep(&mut self, finding: &Finding, sources: &dyn SourceText) {
        if let Some(key) = self.results.counts(finding) {
            let result = self.result(finding, sources);
            self.results.keep(key, result.to_string());
        }
    }

    fn problem(&mut self, p: &Problem, sources: &dyn SourceText, _: &mut Vec<u8>) {
        let said = match &p.help {
            Some(help) => format!("{}\nhelp: {help}", p.message),
            None => p.message.clone(),
        };
        let location = match (p.at, &p.path) {
            (Some((file, span)), _) => self.location(&in_text(sources, file, span), sources),
            (None, Some(path)) => {
                json!({ "physicalLocation": { "artifactLocation": self.artifact(path) } })
            }
            (None, None) => self.nowhere(),
        };
        self.problems.push(json!({
            "descriptor": { "id": p.fault.name },
            "level": "error",
            "message": { "text": message(&said) },
            "locations": [location],
        }));
    }

    fn end(&mut self, s: &Summary, out: &mut Vec<u8>) {
        let mut last = None;
        if self.results.left_out() > 0 {
            self.results.limit(MOST_RESULTS - 1);
            last = Some(self.left_out(self.results.left_out()).to_string());
        }
        let mut invocation = json!({
            "executionSuccessful": s.problems == 0,
            "toolExecutionNotifications": self.problems,
            "toolConfigurationNotifications": self.remarks,
        });
        // Without a problem the status depends on --fail-on, which no format knows.
        if s.problems > 0 {
            invocation["exitCode"] = 2.into();
            invocation["exitCodeDescription"] = "not everything could be checked".into();
        }
        let driver = json!({
            "name": "crossfoot",
            "semanticVersion": self.version,
            "rules": self.rules.all,
        });
        let base =
            json!({ "description": { "text": "The directory in which crossfoot was run." } });
        let mut run = self.run.take();
        run["summary"] = json!({
            "errors": s.errors, "warnings": s.warnings, "infos": s.infos, "accepted": s.accepted,
        });
        if let Some(counts) = &s.versions {
            run["versions"] = json!(counts);
        }
        let results: Vec<&str> =
            self.results.in_order().map(String::as_str).chain(last.as_deref()).collect();
        let text = format!(
            "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{\n\
             \"tool\":{},\n\"columnKind\":\"unicodeCodePoints\",\n\"originalUriBaseIds\":{},\n\
             \"invocations\":[{invocation}],\n\"artifacts\":{},\n\"results\":[\n{}\n],\n\
             \"properties\":{run}}}]}}\n",
            json!({ "driver": driver }),
            json!({ BASE: base }),
            Value::Array(std::mem::take(&mut self.artifacts.all)),
            results.join(",\n"),
        );
        out.extend(text.bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::{message, uri};

    #[test]
    fn paths_are_uris() {
        assert_eq!(uri("data/a b%é#.csv"), ("data/a%20b%25%C3%A9%23.csv".into(), true));
        assert_eq!(uri("/tmp/a.csv"), ("file:///tmp/a.csv".into(), false));
        assert_eq!(uri("C:/a.csv"), ("file:///C:/a.csv".into(), false));
        assert_eq!(uri("a:b.csv"), ("a%3Ab.csv".into(), true));
    }

    #[test]
    fn texts_are_no_links_and_no_arguments() {
        assert_eq!(message("`a[1]` is {x}"), "`a[1]` is {x}");
        assert_eq!(message("[a](http://x)"), "\\[a\\](http://x)");
        assert_eq!(message("{0}"), "{{0}}");
        assert_eq!(message(r"\u{202e} {}"), r"\u{202e} {}");
    }
}
