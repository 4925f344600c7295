//! The codes that show which rows of a table stand under which: all are read before the first row is judged.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use crate::compile::REPEATED_CODE;
use crate::compile::look_ahead::{each_row, unreadable};
use crate::engine::data::table::{Column, TableFile};
use crate::read::block::Block;
use crate::read::note::{FaultText, NamedBy, Note};
use crate::read::reader::{Heading, Wanted};
use crate::report::Subject;
use crate::rules::TableRule;
use crate::rules::toml::BAD_VALUE;
use crate::shape::{Codes, Kind, Layout, Source, first_cell};
use crate::source::{FileId, Problem, Span};

/// Signs that stand between the parts of codes.
const SEPARATORS: [u8; 3] = *b".-/";

/// Reads all codes of a table whose codes show which rows stand under which.
///
/// The note says that a code stands in several rows, and no key tells them apart.
///
/// # Errors
/// A file that cannot be read; codes of parts where the rule does not say what is between these.
pub fn read(
    rule: &TableRule,
    (columns, layout): (&[Column], &mut Layout),
    files: &[TableFile],
) -> Result<Option<Note>, Problem> {
    let Some(hierarchy) = layout.hierarchy.as_ref().filter(|h| h.codes.is_some()) else {
        return Ok(None);
    };
    let beside = beside(rule, hierarchy.column, (columns, layout));
    let mut found = Found { field: hierarchy.field, beside: beside.clone(), ..Found::default() };
    for file in files.iter().filter(|file| file.reader.head().readable) {
        found.read(layout, file)?;
    }
    let note = found.note();
    let Some(codes) = layout.hierarchy.as_mut().and_then(|h| h.codes.as_mut()) else {
        return Ok(None);
    };
    if let (true, Some(code)) = (codes.separator.is_empty(), &found.of_parts) {
        return Err(no_separator(rule, code));
    }
    codes.all = Arc::new(found.all);
    codes.beside = beside.unwrap_or_default();
    Ok(note)
}

/// The columns that tell rows with one code apart: those of the key beside that of the codes, if it is one of the
/// key.
fn beside(
    rule: &TableRule,
    own: usize,
    (columns, layout): (&[Column], &Layout),
) -> Option<Vec<usize>> {
    let number = |name: &str| columns.iter().position(|column| column.name == name);
    let key: Vec<usize> = rule.key.iter().filter_map(|name| number(&name.value)).collect();
    // What `unpivot` adds is the same for all that one record becomes.
    let is_of_record = |column: &usize| {
        let source = layout.sources.get(*column);
        matches!(source, Some(Source::Field(_) | Source::Path(_) | Source::Heading))
    };
    let others = key.iter().copied().filter(|column| *column != own);
    key.contains(&own).then(|| others.filter(is_of_record).collect())
}

/// The codes of a table.
#[derive(Default)]
struct Found {
    /// The field where they stand.
    field: usize,
    /// The columns that tell equal ones apart; none where no column does.
    beside: Option<Vec<usize>>,
    all: BTreeMap<Vec<u8>, (Option<u32>, u64)>,
    /// The least one with parts.
    of_parts: Option<Vec<u8>>,
    /// The first that stands again, and where; how many others do.
    again: Option<(Vec<u8>, (FileId, Span))>,
    more: u64,
}

impl Found {
    fn read(&mut self, layout: &Layout, file: &TableFile) -> Result<(), Problem> {
        let Some(field) = file.layout.own(self.field) else { return Ok(()) };
        let others = layout.fields_beside_first(&file.layout);
        let columns = self.beside.clone();
        let mut parts = Parts::new(columns.as_deref().unwrap_or_default(), layout, file);
        let mut above = Heading::default();
        let wanted = Wanted { places: columns.is_none(), ..Wanted::default() };
        let take = &mut |block: &Block, row: usize, record: u64| {
            if let Some(headings) = &layout.headings {
                let (first, is_alone) = first_cell(block, row, &others);
                if headings.step(&mut above, &first, is_alone) != Kind::Row {
                    return;
                }
            }
            let code = block.unquoted(block.field(row, field)).trim_ascii().to_vec();
            let key = Codes::key(&parts.of(block, row, &above), &code);
            if code.is_empty() {
                return;
            }
            let has_parts = code.iter().any(|byte| SEPARATORS.contains(byte));
            if has_parts && self.of_parts.as_ref().is_none_or(|least| code < *least) {
                self.of_parts = Some(code.clone());
            }
            match self.all.entry(key) {
                Entry::Vacant(entry) => _ = entry.insert((file.layout.number, record)),
                Entry::Occupied(_) if columns.is_some() => {}
                Entry::Occupied(_) if self.again.is_some() => self.more += 1,
                Entry::Occupied(_) => self.again = Some((code, (file.file, block.row_span(row)))),
            }
        };
        each_row(&*file.reader, &wanted, take).map_err(unreadable)
    }

    /// That codes stand in several rows, and nothing tells these apart.
    fn note(&self) -> Option<Note> {
        let (code, (file, span)) = self.again.as_ref()?;
        let code = String::from_utf8_lossy(code).into_owned();
        let more = match self.more {
            0 => String::new(),
            1 => "; so does another row".into(),
            n => format!("; so do {n} more rows"),
        };
        let words = FaultText {
            message: format!("the code `{code}` stands here again{more}"),
            label: "again".into(),
            help: Some(
                "which rows stand under which is not clear: name the columns that tell them apart \
                 in `key`, such as key = [\"year\", \"code\"]"
                    .into(),
            ),
            odd: None,
        };
        let subject = Subject::Claim(code);
        Some(Note::worded(&REPEATED_CODE, NamedBy::Table, subject, words, (*file, *span, None)))
    }
}

/// The texts of columns of a record that tell equal codes apart.
struct Parts<'p> {
    sources: Vec<(Option<usize>, &'p Source, bool)>,
    path: &'p [String],
    /// What a blank means in columns that are filled from above.
    last: Vec<Vec<u8>>,
}

impl<'p> Parts<'p> {
    fn new(columns: &[usize], layout: &'p Layout, file: &'p TableFile) -> Parts<'p> {
        let source = |column: &usize| {
            let source = layout.sources.get(*column)?;
            let field = match source {
                Source::Field(field) => file.layout.own(*field),
                _ => None,
            };
            Some((field, source, layout.fill.contains(column)))
        };
        let sources: Vec<_> = columns.iter().filter_map(source).collect();
        let last = vec![Vec::new(); sources.len()];
        Parts { sources, path: &file.layout.path, last }
    }

    fn of(&mut self, block: &Block, row: usize, above: &Heading) -> Vec<Vec<u8>> {
        let path = self.path;
        let text = |((field, source, is_filled), last): (&(_, &Source, bool), &mut Vec<u8>)| {
            let own = match (source, *field) {
                (Source::Path(at), _) => path.get(*at).map(|text| text.as_bytes().to_vec()),
                (Source::Heading, _) => Some(above.text.as_bytes().to_vec()),
                (_, Some(field)) => {
                    Some(block.unquoted(block.field(row, field)).trim_ascii().to_vec())
                }
                (_, None) => None,
            };
            let own = own.unwrap_or_default();
            if *is_filled {
                if own.is_empty() {
                    return last.clone();
                }
                last.clone_from(&own);
            }
            own
        };
        self.sources.iter().zip(&mut self.last).map(text).collect()
    }
}

/// A code has parts, and the rule does not say what stands between them.
fn no_separator(rule: &TableRule, code: &[u8]) -> Problem {
    let sign = code.iter().find(|byte| SEPARATORS.contains(byte)).copied().unwrap_or(b'.');
    let message = format!(
        "codes such as `{}` have parts, and nothing says what stands between these",
        String::from_utf8_lossy(code)
    );
    let (name, span) = match &rule.parent {
        Some(parent) => (parent.column.value.as_str(), parent.column.span),
        None => ("code", rule.path.span),
    };
    let help = format!(
        "write parent = {{ prefix = \"{name}\", separator = \"{}\" }}: `10` is not under `1` then",
        char::from(sign)
    );
    Problem::new(&BAD_VALUE, rule.file, span, message).help(help)
}
