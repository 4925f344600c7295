//! Tables in nested documents: where their rows are, and which columns they have.

pub mod fields;
pub mod pointer;

use crate::read::frame;
use crate::read::nested::fields::Fields;
use crate::read::nested::pointer::{Pointer, Segment, above};
use crate::read::note::{DUPLICATE_COLUMN_NAME, FaultText, NamedBy, Note, duplicate_name};
use crate::read::reader::HeaderCell;
use crate::report::Subject;
use crate::source::FileId;

/// What stands where a row should be, in words.
pub fn not_a_row(described: &str) -> FaultText {
    FaultText {
        message: format!("{described} stands where a row should be"),
        label: "not an object".into(),
        help: Some(
            "rows are objects, whose members are the cells; `at` says where they are".into(),
        ),
        odd: None,
    }
}

/// A member that stands twice, in words.
pub fn stands_twice(name: &str, help: &str) -> FaultText {
    FaultText {
        message: format!("the member `{name}` stands twice in this object"),
        label: "stands a second time".into(),
        help: Some(help.into()),
        odd: None,
    }
}

/// A member that is one column too many, in words.
pub fn too_many(name: &str) -> FaultText {
    FaultText {
        message: format!("the member `{name}` is no column of the table"),
        label: "not read".into(),
        help: Some(
            "a table has at most 10,000 columns: let `at` name what is within this object".into(),
        ),
        odd: None,
    }
}

/// What to do about a member that stands twice.
pub const LAST_IS_READ: &str =
    "remove one of them: programs differ in which they take; here the last is read";

/// The elements that enclose rows, one step up or several.
#[derive(Debug, Clone, Default)]
pub struct Level {
    /// The step of the pointer that leaves them.
    pub segment: usize,
    pub fields: Fields,
    /// Whether they have names themselves.
    pub is_named: bool,
    /// Whether all of them are arrays, whose elements are no columns; nothing until one was met.
    pub are_arrays: Option<bool>,
}

/// The columns of a table.
#[derive(Debug, Clone)]
pub struct Plan {
    pub pointer: Pointer,
    pub rows: Fields,
    /// Whether rows have names: they are members of an object.
    pub is_named: bool,
    /// The nearest first.
    pub levels: Vec<Level>,
}

/// Where the cells of a column come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A member of the row.
    Row(usize),
    /// The name of the row.
    RowName,
    /// A member of an enclosing element.
    Level(usize, usize),
    /// The name of an enclosing element.
    LevelName(usize),
}

impl Plan {
    /// Nothing is known of the columns yet.
    pub fn new(pointer: Pointer) -> Plan {
        let level = |segment| Level { segment, fields: Fields::above(), ..Level::default() };
        let levels = pointer.levels().into_iter().map(level).collect();
        Plan { pointer, rows: Fields::new(), is_named: false, levels }
    }

    /// Where the cells of each column come from.
    pub fn origins(&self) -> Vec<Origin> {
        let mut all: Vec<Origin> = (0..self.rows.columns.len()).map(Origin::Row).collect();
        all.extend(self.is_named.then_some(Origin::RowName));
        for (number, level) in self.levels.iter().enumerate() {
            let columns = 0..level.fields.columns.len();
            all.extend(columns.map(|column| Origin::Level(number, column)));
            all.extend(level.is_named.then_some(Origin::LevelName(number)));
        }
        all
    }

    /// The columns. A member that is called as the names of its objects are has the number of its column for
    /// a name.
    pub fn header(&self) -> Vec<HeaderCell> {
        let mut all = self.as_written();
        for (at, _) in self.like_names(&all) {
            if let Some(column) = all.get_mut(at) {
                column.name = frame::number(at);
            }
        }
        all
    }

    /// What is said of the first member that is called as the names of its objects are.
    pub fn like_a_name(&self) -> Option<Note> {
        let all = self.as_written();
        let (at, name) = self.like_names(&all).into_iter().next()?;
        let names: Vec<String> = all.iter().map(|column| column.name.clone()).collect();
        let span = all.get(at).and_then(|column| column.span).unwrap_or_default();
        let words = duplicate_name(&names, (name, at));
        let place = (FileId(0), span, None);
        let fault = &DUPLICATE_COLUMN_NAME;
        let note = Note::worded(fault, NamedBy::Fault, Subject::Header, words, place);
        Some(Note { column: Some(frame::number(at)), ..note })
    }

    /// The columns of members that are called as those of names, each with the column of these.
    fn like_names(&self, all: &[HeaderCell]) -> Vec<(usize, usize)> {
        let is_name = |origin: &Origin| matches!(origin, Origin::RowName | Origin::LevelName(_));
        let origins = self.origins();
        let names = origins.iter().zip(all).enumerate().filter(|(_, (origin, _))| is_name(origin));
        let members = |(name, (_, own)): (usize, (&Origin, &HeaderCell))| {
            let same = origins.iter().zip(all).position(|(o, c)| !is_name(o) && c.name == own.name);
            Some((same?, name))
        };
        names.filter_map(members).collect()
    }

    /// The columns as members are called.
    fn as_written(&self) -> Vec<HeaderCell> {
        let cell = |name: String, span| HeaderCell { name, span, ty: None, is_around: false };
        let around = |name, span| HeaderCell { is_around: true, ..cell(name, span) };
        let of = |origin: Origin| match origin {
            Origin::Row(column) => {
                self.rows.columns.get(column).map(|c| cell(c.name.clone(), c.span))
            }
            Origin::RowName => Some(around("key".into(), None)),
            Origin::Level(level, column) => {
                let own = self.levels.get(level)?.fields.columns.get(column)?;
                Some(around(format!("{}{}", above(self.steps_up(level)), own.name), own.span))
            }
            Origin::LevelName(level) => {
                Some(around(format!("{}key", above(self.steps_up(level))), None))
            }
        };
        self.origins().into_iter().filter_map(of).collect()
    }

    /// How many objects enclose a row up to those of a level.
    fn steps_up(&self, level: usize) -> usize {
        self.levels.iter().take(level + 1).filter(|level| level.are_arrays != Some(true)).count()
    }

    /// The objects that enclose a row, so many steps up.
    fn enclosing(&mut self, up: usize) -> Option<&mut Level> {
        let mut objects = self.levels.iter_mut().filter(|level| level.are_arrays != Some(true));
        objects.nth(up.checked_sub(1)?)
    }

    /// Adds the columns that a rule declares and nothing had so far.
    pub fn declare(&mut self, names: &[String]) {
        let known: Vec<String> = self.header().into_iter().map(|c| c.name).collect();
        for name in names.iter().filter(|name| !known.contains(name)) {
            let mut rest = name.as_str();
            let mut up = 0;
            while let Some(after) = rest.strip_prefix("parent/") {
                (rest, up) = (after, up + 1);
            }
            match up {
                0 => self.rows.declare(rest),
                _ => match self.enclosing(up) {
                    Some(level) => level.fields.declare(rest),
                    None => self.rows.declare(name),
                },
            }
        }
        self.number();
    }

    /// Numbers the columns.
    pub fn number(&mut self) {
        self.rows.number();
        self.levels.iter_mut().for_each(|level| level.fields.number());
    }

    /// The number of the level that a step leaves.
    pub fn level(&self, segment: usize) -> Option<usize> {
        self.levels.iter().position(|level| level.segment == segment)
    }

    /// Whether a row stands in a place that any of them could be asked for alone: the elements of
    /// one array.
    pub fn is_flat(&self) -> bool {
        let each = |s: &Segment| *s == Segment::Each;
        let (opens, segments) = (self.pointer.opens, &self.pointer.segments);
        let arrays = segments.iter().filter(|s| each(s)).count() + usize::from(opens);
        arrays == 1 && (opens || segments.last().is_some_and(each))
    }

    /// The number of the first column of a level.
    pub fn first_column(&self, level: usize) -> usize {
        let of = |origin: &Origin| matches!(origin, Origin::Level(own, _) if *own == level);
        self.origins().iter().position(of).unwrap_or_default()
    }

    /// Where a cell of a row stands, or the row itself, as a JSON pointer.
    pub fn pointer_of(&self, origin: Option<Origin>, row: &str) -> Option<String> {
        let up_to = |steps: usize| {
            let end = row.match_indices('/').nth(steps).map_or(row.len(), |(at, _)| at);
            row.get(..end).unwrap_or_default().to_string()
        };
        let level = |level: usize| self.levels.get(level);
        match origin {
            None => Some(row.to_string()),
            Some(Origin::Row(column)) => {
                Some(format!("{row}{}", self.rows.columns.get(column)?.pointer))
            }
            Some(Origin::RowName) => Some(up_to(self.pointer.segments.len())),
            Some(Origin::LevelName(of)) => Some(up_to(level(of)?.segment)),
            Some(Origin::Level(of, column)) => {
                let level = level(of)?;
                Some(up_to(level.segment) + &level.fields.columns.get(column)?.pointer)
            }
        }
    }
}
