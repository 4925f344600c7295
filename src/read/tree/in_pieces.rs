//! Looks through a document in pieces: what its columns are, and what is out of order.

use std::ops::Range;
use std::sync::Arc;

use crate::read::format::{Options, Refusal};
use crate::read::nested::Plan;
use crate::read::nested::pointer::Pointer;
use crate::read::note::Note;
use crate::read::reader::Head;
use crate::read::tree::find::{Finder, Found, learn};
use crate::read::tree::language::Language;
use crate::read::tree::notes::{not_a_row, twice, unread};
use crate::read::tree::pieces::Pieces;
use crate::read::tree::rows::TreeRows;
use crate::read::tree::value::{Map, Parsed, What};
use crate::source::{Bytes, Invalid, Span};

/// What was learnt of a document, up to some piece.
struct Survey {
    plan: Plan,
    twice: Vec<Note>,
    others: Vec<Note>,
    too_many: Option<Note>,
    invalid: Option<Invalid>,
    /// What encloses the rows: the names of its members.
    around: Option<Vec<Vec<Arc<str>>>>,
}

/// The rows of a document in pieces of about so many bytes; none where it must be read whole.
///
/// # Errors
/// Where it cannot be read.
pub fn in_pieces(
    (bytes, size): (&Arc<dyn Bytes>, u64),
    language: Language,
    at: &Option<(&str, Option<Pointer>)>,
    options: &Options,
) -> Result<Option<TreeRows>, Refusal> {
    let pointer = match at {
        Some((_, None)) => return Ok(None),
        Some((_, Some(pointer))) => pointer.clone(),
        None => Pointer::elements(),
    };
    let plan = Plan::new(pointer);
    if !plan.is_flat() {
        return Ok(None);
    }
    let Some(pieces) = Pieces::cut(bytes, language, size)? else { return Ok(None) };
    let mut survey = Survey {
        plan,
        twice: Vec::new(),
        others: Vec::new(),
        too_many: None,
        invalid: None,
        around: None,
    };
    for number in 0..pieces.count() {
        if survey.look(&pieces, number)?.is_none() {
            return Ok(None);
        }
    }
    let head = Head { readable: true, header_line: 1, line: 1, ..Head::default() };
    let like_a_name = survey.plan.like_a_name();
    let mut rows = TreeRows::in_pieces(survey.plan, head, pieces);
    rows.notes = survey.twice;
    rows.notes.extend(survey.too_many);
    let same = crate::read::reader::Reader::head(&rows).duplicate();
    rows.notes.extend(like_a_name);
    rows.notes.extend(same);
    rows.notes.extend(survey.others);
    let path = &options.path;
    rows.notes.extend(survey.invalid.map(|invalid| Note::not_utf8(invalid, path)));
    Ok(Some(rows))
}

impl Survey {
    /// Looks at a piece; none where it means something else alone than it does in the whole.
    fn look(&mut self, pieces: &Pieces, number: usize) -> Result<Option<()>, Refusal> {
        let own = pieces.read(number)?;
        let is_above = |at: u64| !own.rows.contains(&at);
        if own.invalid.is_some_and(|invalid| is_above(invalid.first as u64)) {
            return Ok(None);
        }
        // What is wrong with a piece may be right in the whole; else it is found there again.
        let Ok(parsed) = pieces.language.parse(&own.text, own.place) else { return Ok(None) };
        let records = pieces.records(number);
        let mut finder = Finder::of_piece(records.start);
        let [document] = parsed.documents.as_slice() else { return Ok(None) };
        finder.find(&self.plan.pointer, document);
        let found = &finder.found;
        if !is_alike(found, &records, &own.rows) || !self.is_around(found) {
            return Ok(None);
        }
        self.notes(&parsed, found, (number, &own.rows));
        let before = self.invalid.map_or(0, |invalid| invalid.count);
        if let Some(invalid) = own.invalid {
            let first = self.invalid.map_or(invalid.first, |known| known.first);
            self.invalid = Some(Invalid { first, count: before + invalid.count });
        }
        let too_many = learn(&mut self.plan, found).map(unread);
        self.too_many = self.too_many.take().or(too_many);
        Ok(Some(()))
    }

    /// Whether what encloses the rows is the same as in the first piece.
    fn is_around(&mut self, found: &[Found<'_>]) -> bool {
        let names = |map: &Map| map.members.iter().map(|m| m.name.clone()).collect();
        let own = found.first().map(|row| row.above.iter().map(|(map, _)| names(map)).collect());
        match (&self.around, own) {
            (_, None) => false,
            (None, own) => {
                self.around = own;
                true
            }
            (Some(known), Some(own)) => *known == own,
        }
    }

    fn notes(
        &mut self,
        parsed: &Parsed,
        found: &[Found<'_>],
        (number, rows): (usize, &Range<u64>),
    ) {
        // What stands before all rows is there in each piece.
        let is_new = |at: Span| number == 0 || rows.contains(&at.start);
        self.twice.extend(parsed.twice.iter().filter(|own| is_new(own.at)).map(twice));
        let others = found.iter().filter(|row| !matches!(row.value.what, What::Map(_)));
        self.others.extend(others.map(|row| not_a_row(row.value)));
    }
}

/// Whether the rows that were found are those between the cuts.
fn is_alike(found: &[Found<'_>], records: &Range<u64>, rows: &Range<u64>) -> bool {
    let is_within = |row: &Found<'_>| {
        // What an alias stands for may stand before.
        rows.contains(&row.value.span.start)
    };
    found.len() as u64 == records.end - records.start && found.iter().all(is_within)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::block::Block;
    use crate::read::format::open;
    use crate::read::reader::{BlockSize, Context, Reader, Step, Wanted};
    use crate::read::tree::{TOML, YAML};
    use crate::source::FileId;

    /// All that a reader gives: columns, notes, and cells with their places and pointers.
    fn all(reader: &dyn Reader) -> Vec<String> {
        let head = reader.head();
        let mut seen = vec![format!("{:?} {:?}", head.columns, reader.notes(FileId(0)))];
        let (wanted, mut block) = (Wanted { places: true, ..Wanted::default() }, Block::default());
        let again = reader.again(0..reader.end(), &Context::default(), &wanted, &mut block);
        again.expect("rows");
        seen.push(format!("{} {}", block.grid.total_records, block.grid.set_aside));
        for row in 0..block.rows() {
            seen.push(format!("{:?}", block.row_span(row)));
            for field in 0..head.columns.len() {
                let text = block.unquoted(block.field(row, field));
                let pointer = reader.pointer(&block, row, Some(field), row as u64);
                let text = String::from_utf8_lossy(&text).into_owned();
                seen.push(format!("{text} {:?} {pointer:?}", block.cell_span(row, field)));
            }
        }
        seen
    }

    /// The first cells of all rows, walked in chunks.
    fn walked(reader: &dyn Reader, chunk: u64) -> Vec<String> {
        let (size, mut texts) = (BlockSize { usual: 1, longest: 1 }, Vec::new());
        for from in (0..reader.end()).step_by(usize::try_from(chunk).expect("a few")) {
            let range = from..(from + chunk).min(reader.end());
            let wanted = Wanted::default();
            let mut cursor =
                reader.cursor(range, &Context::default(), &wanted, size).expect("a cursor");
            let mut block = Block::default();
            while cursor.next(&mut block).expect("rows") == Step::Rows {
                let text = |row| block.unquoted(block.field(row, 0)).into_owned();
                texts.extend(
                    (0..block.rows()).map(text).map(|t| String::from_utf8(t).expect("a text")),
                );
            }
        }
        texts
    }

    #[test]
    fn pieces_are_read_as_the_whole_is() {
        let yaml = "\u{FEFF}# Costs\n- id: 1\n  place: Zürich\n  tags: [a, b]\n- id: 2\n  more:\n    deep: x\n\
                    -\n  id:\n  place: ' '\n- 7\n- id: 3\n  id: 4\n  text: |\n    - no row\n\n    end\n- id: 5\n";
        let named =
            "year: 2026\nby: {name: é}\nrows:\n  - id: 1\n  - id: 2\n    note: x\n  - {id: 3}\n";
        let toml = "year = 2026\n[[rows]]\nid = 1\nnote = \"é\"\n[[rows]]\nid = 0x10\n[rows.more]\nx = [1, 2]\n\
                    [[rows]]\nnote = \" \"\n[[rows]]\nid = 3\n";
        for (language, at, text) in [
            (Language::Yaml, None, yaml),
            (Language::Yaml, Some("/rows/*"), named),
            (Language::Toml, Some("/rows/*"), toml),
        ] {
            let bytes: Arc<dyn Bytes> = Arc::new(text.as_bytes().to_vec());
            let options = Options { at: at.map(str::to_string), ..Options::default() };
            let format = if language == Language::Yaml { &YAML } else { &TOML };
            let whole = open(format, bytes.clone(), &options).expect("a document");
            let pointer = at.map(|at| (at, Pointer::parse(at)));
            for size in [1, 12, 25] {
                let pieces = in_pieces((&bytes, size), language, &pointer, &options);
                let pieces = pieces.expect("a document").expect("pieces");
                assert_eq!(all(&pieces), all(&*whole), "{size}");
                for chunk in [1, 2, 100] {
                    assert_eq!(walked(&pieces, chunk), walked(&*whole, chunk), "{size}");
                }
            }
        }
    }

    #[test]
    fn what_means_something_else_alone_is_read_whole() {
        for (language, at, text) in [
            (Language::Yaml, None, "- &a {id: 1}\n- *a\n"),
            (Language::Yaml, None, "- id: \"1\n- 2\"\n- id: 3\n"),
            (Language::Yaml, None, "- id: 1\n---\n- id: 2\n"),
            (Language::Yaml, Some("/rows/*"), "rows: [1, 2]\nothers:\n- id: 1\n- id: 2\n"),
            (Language::Yaml, Some("/*/lines/*"), "- lines:\n  - id: 1\n- lines:\n  - id: 2\n"),
            (
                Language::Toml,
                Some("/rows/*"),
                "[[rows]]\nid = 1\n[[rows]]\nid = 2\n[other]\nx = 1\n",
            ),
            (Language::Toml, Some("/rows/*"), "[[rows]]\nid = '''\n[[rows]]\n'''\n"),
            (Language::Toml, Some("/others/*"), "[[rows]]\nid = 1\n[[rows]]\nid = 2\n"),
            (Language::Toml, Some("/rows/*"), "[[rows]]\nid = 1\n[[rows]]\nid = 2 2\n"),
        ] {
            let bytes: Arc<dyn Bytes> = Arc::new(text.as_bytes().to_vec());
            let pointer = at.map(|at| (at, Pointer::parse(at)));
            let pieces = in_pieces((&bytes, 1), language, &pointer, &Options::default());
            assert!(pieces.expect("a text").is_none(), "{text}");
        }
    }
}
