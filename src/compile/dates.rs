//! The dates of a list of prose follow one format.

use crate::compile::reading::number_format;
use crate::engine::data::table::{Column, TableFile};
use crate::engine::faults::MIXED_DATE_FORMATS;
use crate::read::block::Block;
use crate::read::note::{NamedBy, Note, Spot};
use crate::read::reader::{BlockSize, Context, MAX_RECORD, ReadError, Step, Wanted};
use crate::report::Subject;
use crate::rules::TableRule;
use crate::shape::Source;
use crate::source::{FileId, Span};
use crate::value::prose_date::{Shape, read_prose_date};
use crate::value::{Dating, Type};

/// A note for each column of dates that are written in two ways; a declared format says what is
/// right, and its columns are left out.
pub fn mixed(
    rule: &TableRule,
    columns: &[Column],
    types: &[Option<Type>],
    sources: &[Source],
    files: &[TableFile],
) -> Vec<Note> {
    let declared = |name: &str| rule.contract(name).is_some_and(|c| !c.formats.is_empty());
    let mut all = Vec::new();
    for ((column, ty), source) in columns.iter().zip(types).zip(sources) {
        let Source::Field(field) = *source else { continue };
        if *ty != Some(Type::Date) || declared(&column.name) {
            continue;
        }
        // What cannot be read again is reported when its rows are.
        if let Ok(Some((a, b))) = clash(files, field, number_format(rule).dating()) {
            all.push(note(&column.name, a, b));
        }
    }
    all
}

fn note(column: &str, a: Dated, b: Dated) -> Note {
    let message = format!("`{}` and `{}` are written in different formats", a.text, b.text);
    let help = format!(
        "one is {}, the other {}; write all dates of a list the same way",
        a.shape.format(),
        b.shape.format()
    );
    let spot = |d: &Dated| {
        Some(Spot { file: d.file, span: d.span, line: None, column: None, text: d.shape.format() })
    };
    Note {
        column: Some(column.to_string()),
        help: Some(help),
        at: spot(&b),
        first: spot(&a),
        compared: vec![a.text, b.text],
        ..Note::new(&MIXED_DATE_FORMATS, NamedBy::Column, Subject::Table, message)
    }
}

/// A date as a document writes it.
struct Dated {
    file: FileId,
    text: String,
    span: Span,
    shape: Shape,
}

/// The first date of a field that does not follow the format of an earlier one, and that one.
fn clash(
    files: &[TableFile],
    field: usize,
    dating: Dating,
) -> Result<Option<(Dated, Dated)>, ReadError> {
    let mut shapes: Vec<Dated> = Vec::new();
    let wanted = Wanted { columns: Vec::new(), places: true };
    let size = BlockSize { usual: 1 << 16, longest: MAX_RECORD };
    for TableFile { file, reader, layout } in files {
        let Some(field) = layout.own(field) else { continue };
        let mut cursor = reader.cursor(0..reader.end(), &Context::default(), &wanted, size)?;
        let mut block = Block::default();
        while cursor.next(&mut block)? == Step::Rows {
            for row in 0..block.rows() {
                let bytes = block.unquoted(block.field(row, field));
                let text = String::from_utf8_lossy(&bytes);
                let Some(shape) = read_prose_date(&text, dating).ok().and_then(|d| d.shape) else {
                    continue;
                };
                let known = shapes.iter().any(|s| s.shape == shape);
                let other = shapes.iter().position(|s| !s.shape.agrees(&shape));
                if known && other.is_none() {
                    continue;
                }
                let span = block.cell_span(row, field);
                let dated = Dated { file: *file, text: text.into_owned(), span, shape };
                if let Some(at) = other {
                    return Ok(Some((shapes.swap_remove(at), dated)));
                }
                shapes.push(dated);
            }
        }
    }
    Ok(None)
}
