//! What is out of order in a document.

use crate::read::nested::{self, LAST_IS_READ, stands_twice};
use crate::read::note::{DUPLICATE_MEMBER, LATE_MEMBER, NamedBy, Note, ROW_NOT_AN_OBJECT, Spot};
use crate::read::tree::value::{Member, Twice, Value, What};
use crate::report::Subject;
use crate::source::FileId;

/// A member that stands twice.
pub fn twice(found: &Twice) -> Note {
    let words = stands_twice(&found.name, LAST_IS_READ);
    let place = (FileId(0), found.at, None);
    let subject = Subject::Claim(found.name.clone());
    let note = Note::worded(&DUPLICATE_MEMBER, NamedBy::Fault, subject, words, place);
    let text = "first here".into();
    let first = Spot { file: FileId(0), span: found.first, line: None, column: None, text };
    Note { first: Some(first), ..note }
}

/// The first member that is one column too many.
pub fn unread(member: &Member) -> Note {
    let words = nested::too_many(&member.name);
    let place = (FileId(0), member.at, None);
    Note::worded(&LATE_MEMBER, NamedBy::Fault, Subject::Header, words, place)
}

/// A value that is no row.
pub fn not_a_row(value: &Value) -> Note {
    /// Of a long text a part is enough to know it by.
    const PART: usize = 100;
    let words = nested::not_a_row(value.described());
    let text = match &value.what {
        What::Scalar(text) => text.chars().take(PART).collect(),
        _ => value.described().to_string(),
    };
    let place = (FileId(0), value.span, None);
    Note::worded(&ROW_NOT_AN_OBJECT, NamedBy::Fault, Subject::Claim(text), words, place)
}
