//! The first look at a file of JSON: where its rows are, and which columns they have.

use std::sync::Arc;

use crate::read::format::{Options, Refusal};
use crate::read::json::fields::{Odd, OddKind};
use crate::read::json::nav::{Nav, Next};
use crate::read::json::plan::{Filler, Learner, Plan, Window};
use crate::read::json::scan::{Stop, Text, What, Wrong, wrong};
use crate::read::json::survey;
use crate::read::json::words;
use crate::read::nested::pointer::{Pointer, Segment};
use crate::read::note::{
    BYTE_ORDER_MARK, EMPTY_FILE, FaultText, MALFORMED, NamedBy, Note, TABLE_NOT_FOUND,
};
use crate::read::reader::{Head, Malformed};
use crate::report::Subject;
use crate::source::{Bytes, FileId, Span, count_lines, did_you_mean};

/// Columns are those of so many rows, and of so many bytes.
const ROWS: usize = 1000;
const BYTES: u64 = 1 << 20;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// What a first look found.
pub struct Looked {
    pub plan: Plan,
    pub head: Head,
    /// Where the first row stands in the document.
    pub start: Nav,
    pub notes: Vec<Note>,
}

/// Where rows are, and how far a look came.
#[derive(Default)]
struct Found {
    rows: usize,
    /// Whether the container of the rows was met.
    reached: bool,
    /// Whether all of the file was looked at.
    at_end: bool,
}

/// Looks at a file.
///
/// # Errors
/// Where it cannot be read, or is no JSON before its first row.
pub fn look(source: &Arc<dyn Bytes>, options: &Options, is_lines: bool) -> Result<Looked, Refusal> {
    let mut start = [0; 4];
    let n = source.read_at(0, &mut start)?;
    let start = start.get(..n).unwrap_or_default();
    let begin = if start.starts_with(BOM) { BOM.len() as u64 } else { 0 };
    let mut notes: Vec<Note> = (begin > 0).then(byte_order_mark).into_iter().collect();
    if source.len() == begin && !is_lines {
        notes.push(empty_file(options, begin));
    }
    let usual = || if is_lines { Pointer::default() } else { Pointer::elements() };
    let pointer = options.at.as_deref().map_or_else(|| Some(usual()), Pointer::parse);
    let Some(pointer) = pointer else {
        let at = options.at.as_deref().unwrap_or_default();
        notes.push(not_found(options, &format!("write `/{at}`: a pointer begins with a slash")));
        return Ok(nothing(source, Pointer::default(), notes, true));
    };
    if source.len() == begin {
        return Ok(nothing(source, pointer, notes, false));
    }
    if options.at.is_none() && !is_lines {
        // Only an array says by itself that it holds rows.
        let mut first = Window::new(begin);
        first.fill(&**source)?;
        let byte = first.text(&**source).after_space(0);
        if byte.is_ok_and(|(byte, _)| matches!(byte, b'{' | b'"' | b'-' | b'0'..=b'9')) {
            return lost(source, (begin, false), options, notes);
        }
    }
    let learn = |plan: &mut Plan| if is_lines { lines(plan, begin) } else { document(plan, begin) };
    let mut plan = Plan::new(pointer.clone(), source.clone());
    let found = learn(&mut plan)?;
    if !found.reached {
        return lost(source, (begin, is_lines), options, notes);
    }
    if found.rows == 0 && found.at_end {
        return Ok(nothing(source, pointer, notes, false));
    }
    plan.number();
    if !found.at_end {
        plan.declare(&options.declared);
    }
    let (head, start, odd) = if is_lines {
        (Head { body: begin, header_line: 1, line: 1, ..Head::default() }, Nav::default(), vec![])
    } else {
        first_row(&plan, begin)?
    };
    notes.extend(odd);
    if !is_lines && (plan.is_named || plan.levels.iter().any(|level| level.is_named)) {
        notes.extend(names_twice(&plan, begin)?);
    }
    let columns = plan.header();
    let head = Head { columns, readable: true, ..head };
    notes.extend(plan.like_a_name());
    notes.extend(head.duplicate());
    Ok(Looked { plan, head, start, notes })
}

/// What `at` names is not there, or the document is no array; or it is no document at all.
fn lost(
    source: &Arc<dyn Bytes>,
    (begin, is_lines): (u64, bool),
    options: &Options,
    mut notes: Vec<Note>,
) -> Result<Looked, Refusal> {
    let (help, wrong) = elsewhere(source, begin, options, is_lines)?;
    if let Some(wrong) = wrong {
        return Err(wrong);
    }
    notes.push(not_found(options, &help));
    Ok(nothing(source, Pointer::default(), notes, true))
}

/// A table without columns; `unread` where its rows are not found, so that nothing is known of them.
fn nothing(source: &Arc<dyn Bytes>, pointer: Pointer, notes: Vec<Note>, unread: bool) -> Looked {
    let plan = Plan::new(pointer, source.clone());
    let body = if unread { 0 } else { source.len() };
    let head = Head { body, header_line: 1, line: 1, ..Head::default() };
    Looked { plan, head, start: Nav::default(), notes }
}

fn refused(stop: Stop, text: &Text<'_>) -> Refusal {
    match stop {
        Stop::Wrong(wrong) => Refusal::Malformed(Box::new(words::unreadable(wrong, text))),
        Stop::Io(error) => Refusal::Io(error),
        Stop::More => Refusal::Io(words::stopped(Stop::More, text).error),
    }
}

/// Learns the columns of a document.
fn document(plan: &mut Plan, begin: u64) -> Result<Found, Refusal> {
    let source = plan.source.clone();
    let mut window = Window::new(begin);
    let (mut nav, mut found, mut first) = (Nav::default(), Found::default(), None);
    loop {
        window.fill(&*source)?;
        let text = window.text(&*source);
        let mut at = 0;
        let stop = loop {
            let place = text.base + at as u64;
            let most = first.is_some_and(|first| place > first + BYTES) || found.rows >= ROWS;
            if nav.next == Next::Row && most {
                return Ok(found);
            }
            if nav.next == Next::Nothing {
                found.at_end = true;
                return match text.after_space(at) {
                    // Rows that come before are read, and then it is said.
                    Ok((_, at)) if found.rows == 0 => {
                        Err(refused(wrong(at, What::Trailing), &text))
                    }
                    _ => Ok(found),
                };
            }
            match step(plan, &mut nav, &text, at, &mut found) {
                Ok(end) => {
                    at = end;
                    first = first.or((found.rows > 0).then_some(place));
                }
                Err(stop) => break stop,
            }
        };
        match stop {
            Stop::More if at > 0 || window.may_grow() => {}
            // Rows that come before are read, and then it is said.
            Stop::Wrong(_) if found.rows > 0 => return Ok(found),
            stop => return Err(refused(stop, &text)),
        }
        window.pass(at);
    }
}

/// Goes one step towards the next row, or learns the row.
fn step(
    plan: &mut Plan,
    nav: &mut Nav,
    text: &Text<'_>,
    at: usize,
    found: &mut Found,
) -> Result<usize, Stop> {
    if nav.next != Next::Row {
        let end = nav.step(&mut Learner(plan), text, at)?;
        let (depth, pointer) = (nav.frames.len(), &plan.pointer);
        found.reached |= match pointer.segments.last() {
            Some(Segment::Each) => depth >= pointer.segments.len(),
            // The value itself, or the array that it is.
            _ => {
                depth > pointer.segments.len()
                    || depth == pointer.segments.len() && nav.next == Next::Row
            }
        };
        return Ok(end);
    }
    let end = match text.get(at) {
        Some(b'{') => {
            // A row that is cut is learned when it is whole.
            text.value(at)?;
            plan.rows.learn(text, at + 1)?
        }
        _ => text.value(at)?,
    };
    Learner(plan).note_names(nav);
    found.rows += 1;
    nav.ended();
    Ok(end)
}

/// Learns the columns of lines.
fn lines(plan: &mut Plan, begin: u64) -> Result<Found, Refusal> {
    let source = plan.source.clone();
    let (mut window, mut found) = (Window::new(begin), Found::default());
    found.reached = plan.pointer.segments.is_empty();
    let mut seen = 0;
    loop {
        window.fill(&*source)?;
        let text = window.text(&*source);
        let mut at = 0;
        while at < text.bytes.len() {
            let rest = text.bytes.get(at..).unwrap_or_default();
            let end = match memchr::memchr(b'\n', rest) {
                Some(len) => at + len,
                None if text.last => text.bytes.len(),
                None => break,
            };
            let bytes = text.bytes.get(..end).unwrap_or_default();
            line(plan, &Text { bytes, last: true, ..text }, at, &mut found);
            (at, seen) = ((end + 1).min(text.bytes.len()), seen + 1);
            if seen >= ROWS || text.base + at as u64 > begin + BYTES {
                found.at_end = text.last && at == text.bytes.len();
                return Ok(found);
            }
        }
        if text.last {
            found.at_end = true;
            return Ok(found);
        }
        if at == 0 && !window.may_grow() {
            return Ok(found);
        }
        window.pass(at);
    }
}

/// Learns a line; one that is no JSON is reported when it is read.
fn line(plan: &mut Plan, text: &Text<'_>, start: usize, found: &mut Found) {
    let Ok((_, mut at)) = text.after_space(start) else { return };
    if !text.value(at).is_ok_and(|end| text.after_space(end).is_err()) {
        // That there is a row is known all the same.
        found.rows += 1;
        return;
    }
    let mut nav = Nav::default();
    while nav.next != Next::Nothing {
        match step(plan, &mut nav, text, at, found) {
            Ok(end) => at = end,
            Err(_) => return,
        }
    }
}

/// Finds the first row of a document: where it stands, and what encloses it.
fn first_row(plan: &Plan, begin: u64) -> Result<(Head, Nav, Vec<Note>), Refusal> {
    let (mut nav, mut line, mut notes) = (Nav::default(), 1, Vec::new());
    let body = walk(plan, begin, &mut nav, &mut |nav, odd, text, (from, to)| {
        notes.extend(odd.iter().map(|odd| noted(odd, text, plan)));
        let passed = text.bytes.get(from..to).unwrap_or_default();
        line += u64::from(count_lines(passed, text.bytes.get(to)));
        nav.next == Next::Row
    })?;
    let head = Head { body, header_line: line, line, ..Head::default() };
    Ok((head, nav, notes))
}

/// The names of rows, or of what encloses them, that stand twice in one object. A walk that may begin
/// anywhere does not know them all, so that they are looked for before.
fn names_twice(plan: &Plan, begin: u64) -> Result<Vec<Note>, Refusal> {
    /// At most so many are reported.
    const MOST: usize = 100;
    let mut nav = Nav { notes_names: true, ..Nav::default() };
    let mut notes = Vec::new();
    // What is no JSON is reported where rows are read.
    let walked = walk(plan, begin, &mut nav, &mut |nav, odd, text, _| {
        let is_name = |odd: &&Odd| odd.kind == OddKind::Twice && odd.level.is_none();
        notes.extend(odd.iter().filter(is_name).map(|odd| noted(odd, text, plan)));
        if nav.next == Next::Row {
            nav.next = Next::Skipped;
        }
        nav.next == Next::Nothing || notes.len() >= MOST
    });
    match walked {
        Err(Refusal::Io(error)) => Err(Refusal::Io(error)),
        _ => Ok(notes),
    }
}

/// What a step through a document shows; whether it was the last.
type Visit<'v> = dyn FnMut(&mut Nav, &[Odd], &Text<'_>, (usize, usize)) -> bool + 'v;

/// Goes through a document step by step; gives where it stopped.
fn walk(plan: &Plan, begin: u64, nav: &mut Nav, visit: &mut Visit<'_>) -> Result<u64, Refusal> {
    let (mut window, mut odd) = (Window::new(begin), Vec::new());
    loop {
        window.fill(&*plan.source)?;
        let text = window.text(&*plan.source);
        let mut at = 0;
        let stop = loop {
            match nav.step(&mut Filler { plan, odd: &mut odd }, &text, at) {
                Ok(end) => {
                    let passed = (std::mem::replace(&mut at, end), end);
                    if visit(nav, &std::mem::take(&mut odd), &text, passed) {
                        return Ok(text.base + at as u64);
                    }
                }
                Err(stop) => break stop,
            }
        };
        match stop {
            Stop::More if at > 0 || window.may_grow() => window.pass(at),
            stop => return Err(refused(stop, &text)),
        }
    }
}

/// Something out of order before the first row.
fn noted(odd: &Odd, text: &Text<'_>, plan: &Plan) -> Note {
    let irregular = words::of_object(odd);
    let span = Span::new(odd.start as u64, odd.end as u64).shift(text.base);
    let fault = words::FAULTS.get(usize::from(irregular.kind)).copied().unwrap_or(&MALFORMED);
    let words = words::word(&irregular, text.bytes, plan);
    Note::worded(fault, NamedBy::Fault, Subject::Header, words, (FileId(0), span, None))
}

fn byte_order_mark() -> Note {
    let words = FaultText {
        message: "the file starts with a byte order mark, which JSON does not have".into(),
        label: "byte order mark".into(),
        help: Some("save it as UTF-8 without a byte order mark: some tools refuse it".into()),
        odd: None,
    };
    let place = (FileId(0), Span::new(0, BOM.len() as u64), Some(1));
    Note::worded(&BYTE_ORDER_MARK, NamedBy::Fault, Subject::Header, words, place)
}

fn empty_file(options: &Options, at: u64) -> Note {
    let words = FaultText {
        message: "the file is empty: it does not even have `[]`".into(),
        label: String::new(),
        help: Some("check where the file comes from".into()),
        odd: None,
    };
    let subject = Subject::File(options.path.clone());
    let place = (FileId(0), Span::new(at, at), Some(1));
    Note::worded(&EMPTY_FILE, NamedBy::Fault, subject, words, place)
}

fn not_found(options: &Options, help: &str) -> Note {
    let message = match &options.at {
        Some(at) => format!("there is nothing at `{at}`: {}", options.path),
        None => format!("the document is no array, so its rows must be named: {}", options.path),
    };
    let help = (!help.is_empty()).then(|| help.to_string());
    let words = FaultText { message, label: String::new(), help, odd: None };
    let subject = Subject::File(options.path.clone());
    let place = (FileId(0), Span::default(), None);
    let note = Note::worded(&TABLE_NOT_FOUND, NamedBy::Table, subject, words, place);
    Note { key: Some("at"), ..note }
}

/// Where rows may be, by the start of a document; an array of rows needs no name.
pub fn places(source: &dyn Bytes) -> Vec<String> {
    let mut bytes = vec![0; 1 << 20];
    let n = source.read_at(0, &mut bytes).unwrap_or(0);
    bytes.truncate(n);
    let base = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
    let (last, rows) = (n as u64 >= source.len(), bytes.get(base..).unwrap_or_default());
    let is_list = rows.trim_ascii_start().starts_with(b"[");
    let text = Text { bytes: rows, last, base: base as u64 };
    let mut known = survey::pointers(&text);
    if known.is_empty() && survey::names_rows(&text) {
        known.push("/*".to_string());
    }
    let name = |at: String| if at == "/*" && is_list { String::new() } else { at };
    known.into_iter().map(name).collect()
}

/// Where rows may be instead, or why there are none.
fn elsewhere(
    source: &Arc<dyn Bytes>,
    begin: u64,
    options: &Options,
    is_lines: bool,
) -> Result<(String, Option<Refusal>), Refusal> {
    let mut bytes = vec![0; 1 << 20];
    let n = source.read_at(begin, &mut bytes)?;
    bytes.truncate(n);
    let last = begin + n as u64 >= source.len();
    let text = Text { bytes: &bytes, last, base: begin };
    let known = survey::pointers(&text);
    let at = options.at.as_deref().unwrap_or_default();
    let like = did_you_mean(at, known.iter().map(String::as_str)).filter(|_| !at.is_empty());
    let help = match (like, known.as_slice()) {
        (Some(like), _) => format!("did you mean `{like}`?"),
        (None, []) => "the document has no array of objects".to_string(),
        (None, [only]) => format!("add at = \"{only}\""),
        (None, several) => {
            let all: Vec<String> = several.iter().take(6).map(|p| format!("`{p}`")).collect();
            format!("rows may be at {}", all.join(", "))
        }
    };
    // Lines of JSON begin like a document that is an object.
    let trailing = text.value(0).ok().and_then(|end| text.after_space(end).ok());
    let wrong = trailing.filter(|_| !is_lines).map(|(_, at)| {
        let wrong = Wrong { at, what: What::Trailing };
        let malformed: Malformed = words::unreadable(wrong, &text);
        Refusal::Malformed(Box::new(malformed))
    });
    Ok((help, wrong))
}
