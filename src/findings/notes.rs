//! Notes to findings.

use crate::findings::place;
use crate::read::note::{NamedBy, Note, Spot};
use crate::report::{Finding, Identity, Label, Place, Position, Role, Subject, evidence};
use crate::source::tree::relative;
use crate::source::{Bytes, FileId, Files};

/// The findings of the notes of a table, in their order.
pub fn of_notes(notes: &[Note], files: &dyn Files) -> Vec<Finding> {
    let mut columns = Columns { files, file: None, at: 0, column: 1 };
    notes.iter().map(|note| finding(note, &mut columns)).collect()
}

fn finding(note: &Note, columns: &mut Columns<'_>) -> Finding {
    let column = note.column.as_deref();
    let check = match (note.named_by, column) {
        (NamedBy::Fault, _) => note.fault.name.to_string(),
        (NamedBy::Column, Some(column)) => format!("{}.{column}", note.table),
        (NamedBy::Table | NamedBy::Column, _) => note.table.clone(),
    };
    let subject = match &note.subject {
        Subject::File(path) => Subject::File(relative(columns.files.root(), path)),
        other => other.clone(),
    };
    let identity = Identity::structure(check, note.fault, &note.table, subject);
    let mut finding = Finding::new(identity.at(column), note.severity, note.message.clone());
    finding.help.clone_from(&note.help);
    if !note.compared.is_empty() {
        finding.evidence = evidence(&note.compared);
    }
    let spots = [(&note.at, Role::Stated), (&note.first, Role::First), (&note.rule, Role::Rule)];
    for (spot, role) in spots {
        let Some(spot) = spot else { continue };
        let place = match columns.place(spot) {
            place if spot.column.is_none() => place,
            place => place::in_header(place, &note.table, spot.column.as_deref()),
        };
        finding.labels.push(Label { place, role, text: spot.text.clone() });
    }
    finding
}

/// Counts the characters of a line once for all notes in it: a header may have as many as columns.
struct Columns<'f> {
    files: &'f dyn Files,
    file: Option<FileId>,
    at: u64,
    column: u64,
}

impl Columns<'_> {
    fn place(&mut self, spot: &Spot) -> Place {
        let line = spot.line.unwrap_or_else(|| self.files.line(spot.file, spot.span.start));
        let bytes = self.files.bytes(spot.file);
        let passed = bytes.filter(|_| self.file == Some(spot.file) && self.at <= spot.span.start);
        let place = match passed.and_then(|bytes| self.pass(&*bytes, spot.span.start)) {
            Some(column) => {
                let from = Position { line, column };
                place::from_position(self.files, spot.file, spot.span, from)
            }
            None => place::at(self.files, spot.file, spot.span, line),
        };
        (self.file, self.at, self.column) =
            (Some(spot.file), spot.span.start, place.at.from().column);
        place
    }

    /// The column of an offset that follows the last one; none where that is far away.
    fn pass(&self, bytes: &dyn Bytes, offset: u64) -> Option<u64> {
        /// Places further apart are looked up alone.
        const NEAR: u64 = 1 << 16;
        let len = usize::try_from(offset.checked_sub(self.at).filter(|n| *n <= NEAR)?).ok()?;
        let mut passed = vec![0; len];
        let n = bytes.read_at(self.at, &mut passed).ok()?;
        passed.truncate(n);
        let line_start = passed.iter().rposition(|b| matches!(b, b'\n' | b'\r'));
        let own = passed.get(line_start.map_or(0, |n| n + 1)..)?;
        let own = if self.at == 0 && line_start.is_none() {
            own.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(own)
        } else {
            own
        };
        let before = if line_start.is_some() { 1 } else { self.column };
        Some(before + own.iter().filter(|b| **b & 0xC0 != 0x80).count() as u64)
    }
}
