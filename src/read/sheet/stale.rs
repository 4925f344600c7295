//! What is wrong with the formulas of a sheet.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::read::format::Refusal;
use crate::read::note::FaultText;
use crate::read::sheet::book::{Book, numbers};
use crate::read::sheet::cells::{Area, Cells, Formula, Kind};
use crate::read::sheet::formula::{LONGEST, Sheets, compute, exactly, sheets_named};
use crate::value::Number;

/// Cells that are looked at to compute formulas again; beyond them formulas are believed.
const MOST_LOOKED_AT: u64 = 50_000_000;

/// Characters of a formula that are shown.
const SHOWN: usize = 60;

/// Digits of a figure that are shown.
const DIGITS: i32 = 15;

/// What is wrong with a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// It has no value.
    WithoutValue { formula: String },
    /// Its value is not what its cells give.
    Stale { formula: String, stored: String, follows: String },
}

impl Wrong {
    /// What a finding says.
    pub fn words(&self) -> FaultText {
        match self {
            Wrong::WithoutValue { formula } => FaultText {
                message: format!("the formula `={formula}` has no value in the file"),
                label: "no value".into(),
                help: Some(
                    "open the workbook in a spreadsheet program, which computes it, and save it"
                        .into(),
                ),
                odd: None,
            },
            Wrong::Stale { formula, stored, follows } => FaultText {
                message: format!(
                    "`={formula}` is stored as {stored}, but its cells give {follows}"
                ),
                label: format!("stored as {stored}; its cells give {follows}"),
                help: Some(
                    "open the workbook in a spreadsheet program, recalculate it, and save it"
                        .into(),
                ),
                odd: None,
            },
        }
    }
}

/// The sheets that formulas name.
struct Named<'c> {
    numbers: HashMap<String, usize>,
    own: (usize, &'c Cells),
    others: BTreeMap<usize, Cells>,
}

impl Sheets for Named<'_> {
    fn sheet(&self, name: &str) -> Option<&Cells> {
        let number = self.numbers.get(name)?;
        if *number == self.own.0 { Some(self.own.1) } else { self.others.get(number) }
    }
}

impl<'c> Named<'c> {
    /// Reads the other sheets that the formulas of an area may name, all at once: in some workbooks
    /// one part has them all.
    fn read(
        book: &mut dyn Book,
        own: (usize, &'c Cells),
        area: Area,
    ) -> Result<Named<'c>, Refusal> {
        let numbers: HashMap<String, usize> =
            numbers(book.sheets()).into_iter().map(|(name, n)| (name.to_string(), n)).collect();
        let within = own.1.formulas.iter().filter(|((row, column), _)| area.has(*row, *column));
        let texts = within.filter_map(|(_, formula)| match formula {
            Formula::Own(text) => Some(text),
            Formula::Shared(_) | Formula::Array(_) => None,
        });
        let shared = own.1.shared.values().map(|(_, text)| text);
        let names = texts.chain(shared).flat_map(|text| sheets_named(text));
        let mut named: BTreeSet<usize> =
            names.filter_map(|name| numbers.get(&name).copied()).collect();
        named.remove(&own.0);
        let others = if named.is_empty() { BTreeMap::new() } else { book.several(&named)? };
        Ok(Named { numbers, own, others })
    }
}

/// The formulas of an area that are wrong, by row and column.
///
/// # Errors
/// That another sheet which they name cannot be read.
pub fn wrong(
    book: &mut dyn Book,
    (sheet, cells): (usize, &Cells),
    area: Area,
) -> Result<BTreeMap<(u32, u32), Wrong>, Refusal> {
    let named = Named::read(book, (sheet, cells), area)?;
    let (mut all, mut left) = (BTreeMap::new(), MOST_LOOKED_AT);
    for (at, formula) in cells.formulas.iter().filter(|((row, column), _)| area.has(*row, *column))
    {
        let Some(cell) = cells.cell(at.0, at.1) else { continue };
        let Some(text) = text_of(cells, *at, formula) else { continue };
        if cell.kind == Kind::Unknown {
            all.insert(*at, Wrong::WithoutValue { formula: shortened(&text) });
            continue;
        }
        let stored = match (cell.kind, formula) {
            (Kind::Number, Formula::Own(_) | Formula::Shared(_)) => cells.number_of(&cell),
            _ => None,
        };
        let Some(stored) = stored.and_then(exactly) else { continue };
        let Some(amount) = compute(&text, cells, &named, &mut left) else { continue };
        if !amount.agrees(&stored) {
            let figure = |n: &Number| n.significant(DIGITS);
            let (stored, follows) = (figure(&stored), figure(&amount.value));
            all.insert(*at, Wrong::Stale { formula: shortened(&text), stored, follows });
        }
    }
    Ok(all)
}

/// The formula of a cell, moved from the cell with which it is shared.
fn text_of(cells: &Cells, at: (u32, u32), formula: &Formula) -> Option<String> {
    match formula {
        Formula::Own(text) | Formula::Array(text) => Some(text.clone()),
        Formula::Shared(number) => {
            let (from, text) = cells.shared.get(number)?;
            if text.len() > LONGEST {
                return None;
            }
            calamine::expand_shared_formula(text, *from, at).ok()
        }
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_string(),
    }
}
