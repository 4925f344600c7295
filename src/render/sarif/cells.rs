//! Cells that may be wrong, and cells in another form.

use serde_json::{Value, json};

use crate::render::words::location;
use crate::report::{Finding, Fix, SourceText, Suspect};

/// Cells that may be wrong.
pub fn suspects(f: &Finding, sources: &dyn SourceText) -> Value {
    let one = |s: &Suspect| {
        json!({
            "name": s.name,
            "place": location(sources, &s.place.at),
            "stated": s.stated,
            "would_be": s.would_be,
            "reason": s.reason,
            "is_likely": s.is_likely,
        })
    };
    f.suspects.iter().map(one).collect()
}

/// Findings that are one with this.
pub fn crossed(f: &Finding, sources: &dyn SourceText) -> Value {
    let one = |m: &Finding| {
        let place = m.labels.first().map(|label| location(sources, &label.place.at));
        json!({
            "ruleId": m.check(),
            "key": m.key,
            "message": m.message,
            "place": place,
            "fingerprint": m.fingerprint_text(),
        })
    };
    f.crossed.iter().map(one).collect()
}

/// What would mend a cell; nothing where its file cannot be written so.
pub fn fixes(fix: &Fix, artifact: &Value, region: &Value) -> Value {
    let change = |written: &Vec<u8>| {
        let inserted = json!({ "text": String::from_utf8_lossy(written) });
        let replacement = json!({ "deletedRegion": region, "insertedContent": inserted });
        let change = json!({ "artifactLocation": artifact, "replacements": [replacement] });
        let words = format!("{} in place of {}", fix.new, fix.old);
        json!({ "description": { "text": words }, "artifactChanges": [change] })
    };
    fix.written.iter().map(change).collect()
}
