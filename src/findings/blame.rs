//! The part of an assertion that keeps it from being decided, and what to write instead.

use crate::engine::data::table::Table;
use crate::explain::equation::Cell;
use crate::expr::bound::{Op, StateId};
use crate::expr::tree::Arith;
use crate::findings::open_rows::OpenAggregate;
use crate::findings::trace::Step;
use crate::source::RowId;
use crate::value::advice::is_no_value;
use crate::value::unread::Unread;
use crate::value::{Number, Type, Value, Why};

/// What keeps an assertion from being decided.
pub(crate) struct Blame {
    /// The cell to look at.
    pub cell: Option<Cell>,
    /// The aggregate that is undecided; a row of its table is why.
    pub aggregate: Option<OpenAggregate>,
    /// The cells whose text the assertion reads as a number or a date, and that are none.
    pub unread: Vec<(Cell, Unread)>,
    /// What other rows are looked up or counted in.
    pub state: Option<StateId>,
    /// The key that was looked for in it, where nobody knows whether a row has it.
    pub sought: Option<Vec<Value<'static>>>,
    pub why: Why,
    /// The part as the rule writes it, or the name of the column.
    name: String,
    ty: Type,
    /// Whether it is a cell, and not computed from some.
    is_cell: bool,
    /// Whether it is added to or taken from something.
    is_addend: bool,
    /// Whether it is what a comparison allows, and below zero.
    is_amount: bool,
    /// Whether it is of other rows, none of which was found.
    pub is_no_row: bool,
    /// Whether nothing less than the assertion could be blamed.
    is_whole: bool,
    /// What sees other rows, with the row that it sees.
    pub window: Option<(StateId, RowId)>,
    /// Whether it is what gives its row a place among the others.
    is_order: bool,
}

impl Blame {
    /// The same of what gives a row its place among others.
    pub fn of_order(self) -> Blame {
        Blame { is_order: true, ..self }
    }

    /// The first part of an assertion that has no value itself, else the whole of it.
    pub fn of(root: &Step<'_>, why: Why, text: &str, tables: &[Table]) -> Blame {
        let Part { step, is_addend, is_amount, is_whole } = part_to_blame(root, why);
        let cell = step.cell.or_else(|| first_cell(step)).or_else(|| first_cell(root));
        let column = cell
            .and_then(|c| Some(tables.get(c.table)?.columns.get(c.column)?.name.clone()))
            .unwrap_or_default();
        let written = text.get(step.bound.span.clone()).map(str::trim).unwrap_or_default();
        let aggregate = match (&step.bound.op, &step.value) {
            (Op::Aggregate { state, slot, .. }, value) => {
                open(value).map(|why| OpenAggregate::new(*state, *slot, &step.key(), why))
            }
            _ => None,
        };
        let is_no_row = step.cell.is_none()
            && step.value == Value::Missing
            && matches!(step.bound.op, Op::Lookup { .. } | Op::Aggregate { .. });
        let name = match written {
            "" if is_no_row => String::new(),
            "" => column,
            // The key of a row of another version stands nowhere in the rule.
            other if step.cell.is_some() && !other.contains(column.as_str()) => column,
            written => written.to_string(),
        };
        let (ty, is_cell) = (step.bound.ty, step.cell.is_some());
        let unread = unread_texts(root);
        let state = match step.bound.op {
            Op::Aggregate { state, .. } | Op::Lookup { state, .. } | Op::Member { state, .. } => {
                Some(state)
            }
            _ => None,
        };
        let is_doubtful = matches!(step.bound.op, Op::Lookup { .. } | Op::Member { .. })
            && open(&step.value).is_some_and(Why::leaves_row_open)
            && step.args.iter().all(|part| part.value.cause().is_none());
        let own = |part: Value<'_>| part.into_owned();
        let sought = is_doubtful.then(|| step.key().into_iter().map(own).collect());
        let window = match (&step.bound.op, step.cell) {
            (Op::Window { state }, Some(cell)) => Some((*state, cell.row)),
            _ => None,
        };
        Blame {
            window,
            is_order: false,
            cell,
            aggregate,
            unread,
            state,
            sought,
            why,
            name,
            ty,
            is_cell,
            is_addend,
            is_amount,
            is_no_row,
            is_whole,
        }
    }

    /// A cell, where the assertion has no parts.
    pub fn of_cell(cell: Cell, why: Why, table: &Table) -> Blame {
        let column = table.columns.get(cell.column);
        let name = column.map(|c| c.name.clone()).unwrap_or_default();
        let ty = column.map_or(Type::Text, |c| c.reading.ty);
        Blame {
            cell: Some(cell),
            aggregate: None,
            unread: Vec::new(),
            state: None,
            sought: None,
            why,
            name,
            ty,
            is_cell: true,
            is_addend: false,
            is_amount: false,
            is_no_row: false,
            is_whole: false,
            window: None,
            is_order: false,
        }
    }

    /// A few words for the cell.
    pub fn label(&self) -> String {
        let is = match self.why {
            _ if self.is_whole => "is undecided here",
            _ if self.is_no_row => "has no row",
            Why::Missing => "is missing",
            Why::Undecided => "is not exact enough",
            Why::NoRow => "has no single row",
            Why::NotMatched => "cannot be matched with the old version",
            Why::SetAside => "needs a record that was skipped",
            Why::NotRead => "was not read",
            Why::Withheld | Why::RowWithheld => "is withheld",
            Why::Unreadable | Why::RowUnreadable => "cannot be read",
            Why::OutOfBounds if self.is_amount => "is below zero",
            Why::OutOfBounds => "is out of bounds",
            Why::TooLong => "leads on to more than 1,000 rows",
            Why::DivisionByZero => "is zero",
        };
        match self.name.trim_matches('`') {
            _ if self.why == Why::TooLong => format!("this row {is}"),
            "" if self.is_no_row => "no row was found for it".to_string(),
            "" => is.to_string(),
            name if self.is_order => {
                format!("`{name}` {is}: the place of this row is unknown")
            }
            name => format!("`{name}` {is}"),
        }
    }

    /// A few words for the first of so many cells by which rows of a table are found.
    pub fn of_keys(&self, rows: u64, table: &str) -> String {
        let (is, are) = match self.why {
            Why::SetAside => ("needs a record that was skipped", "need records that were skipped"),
            why if why.is_withheld() => ("is withheld", "are withheld"),
            _ => ("cannot be read", "cannot be read"),
        };
        match rows {
            1 => format!("1 key of `{table}` {is}"),
            n => format!("{n} keys of `{table}` {are}"),
        }
    }

    /// How to have it decided; `cell` is the text of the cell.
    pub fn help(&self, cell: Option<&str>) -> Option<String> {
        let name = &self.name;
        let is_number = matches!(self.ty, Type::Number | Type::Integer | Type::Percent);
        match self.why {
            Why::Missing if self.is_whole => {
                Some("a value of an earlier row is missing: write `default(…)` around it".into())
            }
            _ if self.is_whole => None,
            Why::Missing if name.is_empty() => None,
            Why::Missing if self.is_order => Some(format!(
                "fill it in; where such rows are none of the series, leave them out: where = \"{name} is not missing\""
            )),
            Why::Missing if self.is_no_row => {
                Some(format!("if there need not be such a row, write `{name} is missing or …`"))
            }
            Why::Missing if self.is_addend && is_number => Some(format!(
                "where a blank means 0, write `default({name}, 0)`, or `sum(a, b)` instead of `a + b`"
            )),
            Why::Missing => Some(match self.ty {
                _ if is_number => format!("where a blank means 0, write `default({name}, 0)`"),
                Type::Text => format!("where a blank is a value, write `default({name}, \"\")`"),
                _ => format!("write `{name} is missing or …` to let a blank pass"),
            }),
            Why::Unreadable | Why::RowUnreadable if !self.is_cell => Some("correct the cell".into()),
            Why::Unreadable | Why::RowUnreadable => cell.map(|text| match is_no_value(text) {
                false => "correct the cell".to_string(),
                true => format!(
                    "correct the cell; if its text means that there is no value, declare `missing = [\"{text}\"]`"
                ),
            }),
            // That a literal is zero is nothing that a condition could ask.
            Why::DivisionByZero if self.is_cell || !is_zero(name) => {
                Some(format!("write `if {name} != 0 then …`"))
            }
            Why::DivisionByZero => Some("divide by something else: this is 0 in every row".into()),
            Why::NoRow => Some("a look-up needs exactly one row for its key".into()),
            Why::Undecided => Some("write the figure or the date in full".into()),
            Why::NotMatched => {
                Some("give the row a key, and see that it stands once in each version".into())
            }
            Why::SetAside => Some("correct the records that were skipped".into()),
            Why::TooLong => Some(
                "no hierarchy has so many levels: look for a row that is part of one below it".into(),
            ),
            Why::OutOfBounds if self.is_amount => Some(format!(
                "what a comparison allows is 0 or more; if its sign means nothing, write `within abs({name})`"
            )),
            Why::NotRead | Why::Withheld | Why::RowWithheld | Why::OutOfBounds => None,
        }
    }
}

/// Whether a part is written as zero.
fn is_zero(name: &str) -> bool {
    Number::parse(name).is_some_and(|n| n.is_zero())
}

/// Why a part has no value; what does not apply keeps nothing open.
fn open(value: &Value<'_>) -> Option<Why> {
    value.cause().filter(|_| *value != Value::NotApplicable)
}

/// The first operand that is open, for the same reason if there is one.
fn open_part<'s, 't>(step: &'s Step<'t>) -> Option<&'s Step<'t>> {
    let why = open(&step.value)?;
    // Rows whose key is blank make a group, too.
    let of_group = match &step.bound.op {
        Op::Aggregate { key, joins, .. } if why == Why::Missing => key.len() - joins,
        _ => 0,
    };
    let parts = || step.args.iter().skip(of_group);
    parts()
        .find(|a| open(&a.value) == Some(why))
        .or_else(|| parts().find(|a| open(&a.value).is_some()))
}

/// The texts that `number` or `date` could not read and that keep the assertion open.
fn unread_texts(step: &Step<'_>) -> Vec<(Cell, Unread)> {
    if !open(&step.value).is_some_and(Why::is_unreadable) {
        return Vec::new();
    }
    let of_parts: Vec<_> = step.args.iter().flat_map(unread_texts).collect();
    let (Op::Read { reading, .. }, [part], true) =
        (&step.bound.op, &step.args[..], of_parts.is_empty())
    else {
        return of_parts;
    };
    let unread = || {
        let unread = reading.read(&part.value.to_text()).err()?;
        // What could be declared is about whole cells.
        let help = unread.help.filter(|_| part.cell.is_some());
        Some((first_cell(part)?, Unread { help, ..unread }))
    };
    unread().into_iter().collect()
}

/// A part of an assertion that keeps it open.
struct Part<'s, 't> {
    step: &'s Step<'t>,
    is_addend: bool,
    is_amount: bool,
    is_whole: bool,
}

fn part_to_blame<'s, 't>(root: &'s Step<'t>, why: Why) -> Part<'s, 't> {
    // A condition may be open for another reason than the truth that it would have in an assertion.
    let is_open_so = |step: &Step<'_>| open(&step.value) == Some(why);
    let from = if is_open_so(root) { None } else { first_step(root, &is_open_so) };
    let (mut step, mut is_addend, mut is_amount) = (from.unwrap_or(root), false, false);
    while let Some(part) = open_part(step) {
        is_addend = matches!(step.bound.op, Op::Arith(Arith::Add | Arith::Sub, ..));
        step = part;
    }
    match (why, &step.bound.op, &step.args[..]) {
        (Why::DivisionByZero, _, [_, divisor]) => step = divisor,
        (Why::OutOfBounds, Op::Compare { .. } | Op::Between { .. }, [.., amount]) => {
            step = amount;
            is_amount = true;
        }
        (Why::Undecided, _, parts) => step = parts.iter().find(is_partial).unwrap_or(step),
        _ => {}
    }
    if open(&root.value).is_some() {
        return Part { step, is_addend, is_amount, is_whole: false };
    }
    // What an earlier row gave is not at hand: where no cell of this one is open, the assertion as a whole
    // is named.
    match open_cell(root, why) {
        Some(own) => Part { step: own, is_addend: false, is_amount: false, is_whole: false },
        None => Part { step, is_addend, is_amount, is_whole: true },
    }
}

/// Whether it is a date of more than one day.
fn is_partial(step: &&Step<'_>) -> bool {
    matches!(step.value, Value::Date(days) if days.first < days.last)
}

/// The first cell that is open for this reason.
fn open_cell<'s, 't>(root: &'s Step<'t>, why: Why) -> Option<&'s Step<'t>> {
    first_step(root, &|step| step.cell.is_some() && open(&step.value) == Some(why))
}

/// The first step that is so.
fn first_step<'s, 't>(
    root: &'s Step<'t>,
    is_it: &dyn Fn(&Step<'_>) -> bool,
) -> Option<&'s Step<'t>> {
    let mut first = None;
    root.walk(&mut |step| {
        let is_first = first.is_none() && is_it(step);
        first = if is_first { Some(step) } else { first };
    });
    first
}

fn first_cell(step: &Step<'_>) -> Option<Cell> {
    let mut first = None;
    step.walk(&mut |s| first = first.or(s.cell));
    first
}
