//! References of several columns: `references = [{ columns = ["a", "b"], in = "u" }]`.

use toml::de::DeValue;

use crate::fault::Severity;
use crate::rules::spanned::Spanned;
use crate::rules::toml::{MISSING_KEY, Reader, Section};
use crate::source::{Snippet, Span};

const EXAMPLE: &str = "references = [{ columns = [\"year\", \"code\"], in = \"areas\" }]";

/// Columns whose values together must be those of a row of another table.
#[derive(Debug, Clone)]
pub struct Reference {
    pub columns: Vec<Spanned<String>>,
    pub table: Spanned<String>,
    pub severity: Severity,
    /// All of it.
    pub span: Span,
}

/// Reads the references of a table.
pub(crate) fn read(r: &mut Reader<'_>, s: &Section<'_>) -> Vec<Reference> {
    let Some(item) = s.table.get("references") else { return Vec::new() };
    let DeValue::Array(items) = item.get_ref() else {
        r.wrong(item, "references", "a list of tables", EXAMPLE);
        return Vec::new();
    };
    let mut all = Vec::new();
    for item in items {
        let span = r.span(item);
        let DeValue::Table(table) = item.get_ref() else {
            r.wrong(item, "references", "a list of tables", EXAMPLE);
            continue;
        };
        let inner = Section { table, title: "references", span };
        r.unknown_keys(&inner, &["columns", "in", "severity"]);
        let columns = r.texts(&inner, "columns", EXAMPLE).unwrap_or_default();
        let table = r.spanned(&inner, "in", EXAMPLE);
        let severity = r.severity(&inner).unwrap_or(Severity::Error);
        let Some(table) = table.filter(|_| !columns.is_empty()) else {
            let message = "a reference needs `columns` and `in`";
            r.problem(&MISSING_KEY, span, message, "", format!("for example: {EXAMPLE}"));
            continue;
        };
        let column = |text: Snippet| Spanned { span: text.whole(), value: text.text };
        let columns = columns.into_iter().map(column).collect();
        all.push(Reference { columns, table, severity, span });
    }
    all
}
