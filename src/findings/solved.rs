//! An equation, solved for each of its cells.

use crate::explain::equation::{Cell, Linear, Term};
use crate::explain::formula::Difference;
use crate::explain::{self, Effect, Slip, Unknown};
use crate::findings::alike::{alike, decimals};
use crate::findings::figures::Style;
use crate::report::{Place, Suspect};
use crate::value::{Figure, Interval, Number, Type};
use crate::width::to_i32;

/// A cell that a figure of the working is read from.
#[derive(Clone)]
pub struct CellFigure {
    pub cell: Cell,
    /// What it is called.
    pub name: String,
    /// As it is written.
    pub text: String,
    pub place: Place,
    pub figure: Figure,
    pub ty: Type,
    /// How much rather it is right than others, by the contract of its column.
    pub reliability: u32,
    /// What is stored in the cell of a workbook that shows another figure.
    pub stored: Option<Number>,
}

/// A failing equation, solved for each of its cells.
#[derive(Default)]
pub struct Solved {
    pub cells: Vec<CellFigure>,
    /// The cells in the digits that are written.
    pub unknowns: Vec<Unknown>,
    /// Cells that enter in a way that cannot be solved.
    pub unsolved: Vec<CellFigure>,
    /// The equation by the figures of the cells, where each enters by a factor.
    pub linear: Option<Linear>,
    /// The same where some enter in another way, and all are among the cells.
    pub difference: Option<Difference>,
    /// Whether all figures that enter are among the cells.
    pub is_whole: bool,
    /// Whether a sum leaves out a cell without a value.
    pub leaves_out: bool,
    /// Cells without a value that sums leave out.
    pub blanks: Vec<CellFigure>,
    /// The only one of them, and what it would be.
    pub blank: Option<(CellFigure, Unknown)>,
    pub style: Style,
}

impl Solved {
    /// Whether a cell enters as others of its column do, so that it may be counted too often.
    pub fn is_one_of_several(&self, index: usize) -> bool {
        let factor = |at: usize| {
            let terms = &self.linear.as_ref()?.terms;
            terms.iter().find(|term| term.at == at).map(|term| &term.factor)
        };
        let column_and_record = |at: usize| {
            let place = self.cells.get(at)?.place.cell.as_ref()?;
            Some((&place.column, place.record?))
        };
        let Some((column, record)) = column_and_record(index) else { return false };
        let is_alike = |at: usize| {
            let other = column_and_record(at).filter(|other| other.0 == column);
            other.is_some_and(|other| other.1 != record) && factor(at) == factor(index)
        };
        (0..self.cells.len()).any(is_alike)
    }

    /// A cell that may be wrong, with its place.
    pub fn suspect(&self, s: &explain::Suspect) -> Option<Suspect> {
        let figure = self.cells.get(s.index)?;
        let would_be = of_digits(&s.would_be, figure.ty);
        Some(Suspect {
            place: figure.place.clone(),
            name: figure.name.clone(),
            stated: figure.text.clone(),
            would_be: self.with_fewer(s.index, &s.would_be, self.fewer(s))?,
            exact: would_be.to_text(),
            reason: s.slip.map(Slip::name),
            why: s.slip.map(Slip::words),
            mends: s.effect.mends,
            breaks: s.effect.breaks,
            is_likely: s.likely,
        })
    }

    /// The only cell without a value, with the figure that it would hold.
    pub fn blank_suspect(&self) -> Option<(Cell, Suspect)> {
        let (figure, unknown) = self.blank.as_ref()?;
        let value = unknown.middle()?.checked_div(&factor(figure.ty))?;
        let alone = Solved {
            cells: vec![figure.clone()],
            unknowns: vec![unknown.clone()],
            style: self.style,
            ..Solved::default()
        };
        Some((figure.cell, alone.because(0, (Some(&value), "blank"), false)?))
    }

    /// Another figure for a cell, in the digits that are written, in the form of what is written there.
    pub fn written(&self, index: usize, digits: &Number) -> Option<String> {
        self.with_fewer(index, digits, 0)
    }

    /// Decimals that go where a decimal point slipped, or one of them was added, and each figure has its own number of
    /// digits.
    fn fewer(&self, s: &explain::Suspect) -> u32 {
        let is_decimal = || {
            let whole = |n: &Number| n.abs().floor().to_text().len();
            self.unknowns.get(s.index).is_some_and(|u| whole(&u.value) == whole(&s.would_be))
        };
        match s.slip {
            Some(Slip::Power(n @ ..0)) if !self.are_alike() => n.unsigned_abs(),
            Some(Slip::Added) if !self.are_alike() && is_decimal() => 1,
            _ => 0,
        }
    }

    fn with_fewer(&self, index: usize, digits: &Number, fewer: u32) -> Option<String> {
        let (figure, unknown) = (self.cells.get(index)?, self.unknowns.get(index)?);
        let alike = alike(self.style, &figure.text, (&unknown.value, digits), fewer);
        let decimals = u32::try_from(unknown.decimals).unwrap_or_default();
        Some(alike.unwrap_or_else(|| self.style.written(digits, decimals, figure.ty)))
    }

    /// One of the cells with another figure in it, which other equations ask for as well.
    pub fn changed(
        &self,
        index: usize,
        (would_be, slip): (Number, Option<Slip>),
        effect: Effect,
    ) -> Option<Suspect> {
        let likely = slip.is_some();
        let (one_in, is_rare) = (Number::default(), likely);
        self.suspect(&explain::Suspect { index, would_be, slip, effect, one_in, is_rare, likely })
    }

    /// One of the cells for another reason than a slip, with the figure that it would hold; without
    /// one, what is written stays.
    pub fn because(
        &self,
        index: usize,
        (would_be, reason): (Option<&Number>, &'static str),
        is_likely: bool,
    ) -> Option<Suspect> {
        let cell = self.cells.get(index)?;
        let would_be = would_be.unwrap_or(&cell.figure.value) * &factor(cell.ty);
        let suspect = self.changed(index, (would_be, None), Effect::default())?;
        Some(Suspect { reason: Some(reason), is_likely, ..suspect })
    }

    /// Whether it would hold with other figures in some cells, as far as that is known.
    pub fn holds_with(&self, changes: &[(usize, Number)]) -> bool {
        if let Some(linear) = &self.linear {
            return linear.holds_with(changes);
        }
        if let Some(difference) = &self.difference {
            return difference.holds(&|at| {
                let changed = changes.iter().find(|(of, _)| *of == at).map(|(_, value)| value);
                changed.or(Some(&self.cells.get(at)?.figure.value)).cloned()
            });
        }
        let [(index, value)] = changes else { return false };
        let cell = self.cells.get(*index).zip(self.unknowns.get(*index));
        cell.is_some_and(|(cell, unknown)| unknown.would_be.contains(&(value * &factor(cell.ty))))
    }

    /// The cell that could be any figure of its size by chance, where cells do not enter alike: the stated
    /// one where it is rounded, else the longest.
    pub fn any(&self, stated: Option<Cell>) -> Option<usize> {
        if self.are_alike() {
            return None;
        }
        let is_exact = self.unknowns.iter().all(|unknown| unknown.would_be.is_point());
        let is_stated = |figure: &CellFigure| !is_exact && Some(figure.cell) == stated;
        let longest = || (0..self.unknowns.len()).rev().max_by_key(|n| self.digits(*n));
        self.cells.iter().position(is_stated).or_else(longest)
    }

    fn digits(&self, index: usize) -> usize {
        let text = self.cells.get(index).map_or("", |cell| &cell.text);
        text.bytes().filter(u8::is_ascii_digit).count()
    }

    /// Whether all cells enter alike, but for their sign, in the digits that are written.
    fn are_alike(&self) -> bool {
        let in_digits = |term: &Term| {
            let by = factor(self.cells.get(term.at)?.ty);
            term.factor.abs().checked_div(&by)
        };
        self.linear.as_ref().is_some_and(|linear| {
            let mut all = linear.terms.iter().map(in_digits);
            let first = all.next();
            all.all(|other| Some(other) == first)
        })
    }

    /// A cell with what is written in it.
    pub fn as_it_is(&self, index: usize) -> Option<String> {
        let cell = self.cells.get(index)?;
        Some(format!("{} ({})", cell.name, cell.text))
    }

    /// Whether a figure has one digit: such are alike by chance.
    pub fn is_short(&self, index: usize) -> bool {
        self.unknowns.get(index).is_none_or(|unknown| !unknown.is_long())
    }

    /// The cells that a slip explains, in words; nothing where there are too many to say anything.
    pub fn words(&self, suspects: &[explain::Suspect]) -> Option<String> {
        let said = |s: &explain::Suspect| {
            let Suspect { name, stated, would_be, .. } = self.suspect(s)?;
            Some((format!("{name} be {would_be} instead of {stated}"), s.slip?.words()))
        };
        let first = suspects.first()?;
        if first.likely {
            let Suspect { name, stated, would_be, .. } = self.suspect(first)?;
            let why = first.slip?.words();
            return Some(format!("{name} is likely {would_be}, not {stated} ({why})"));
        }
        let told = explain::worth_asking(suspects).into_iter().filter_map(said);
        let mut told: Vec<String> = told.map(|(change, why)| format!("{change} ({why})")).collect();
        told.dedup();
        let (last, before) = told.split_last()?;
        Some(match before {
            [] => format!("should {last}?"),
            _ => format!("should {}, or {last}?", before.join(", ")),
        })
    }
}

/// What a percentage is written as, in its own digits.
pub fn factor(ty: Type) -> Number {
    Number::from(if ty == Type::Percent { 100i64 } else { 1 })
}

/// A figure in the digits that are written, in the style of its file.
pub fn unknown(figure: &CellFigure, range: &Interval, style: Style) -> Unknown {
    let by = factor(figure.ty);
    let value = &figure.figure.value * &by;
    let decimals = decimals(style, &figure.text, &value);
    let decimals = decimals.or_else(|| value.decimals().map(to_i32)).unwrap_or_default();
    let in_words = !figure.text.is_empty() && figure.text.chars().all(|c| !c.is_numeric());
    Unknown { value, decimals, in_words, would_be: range.scale(&by), exact: None }
}

/// A figure of such digits.
fn of_digits(digits: &Number, ty: Type) -> Number {
    digits.checked_div(&factor(ty)).unwrap_or_default()
}
