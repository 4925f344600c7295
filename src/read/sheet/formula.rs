//! Formulas computed again from the cells that they name: `SUM`, `SUBTOTAL`, `AVERAGE`, `ROUND` and
//! the four operations. Exactly, with a bound for what binary numbers may differ by.

use crate::read::sheet::book::area;
use crate::read::sheet::cells::{Area, Cells, Kind};
use crate::read::sheet::decimal::Decimal;
use crate::value::Number;

/// Characters of a formula at most, as programs have it.
pub const LONGEST: usize = 8_192;

/// Bits of a number at most; it has more where many are divided or multiplied.
const MOST_BITS: usize = 3_072;

/// Brackets within each other at most.
const DEEPEST: u32 = 64;

/// The sheets that formulas name.
pub trait Sheets {
    /// The cells of a sheet by its name; none where there is none of this name.
    fn sheet(&self, name: &str) -> Option<&Cells>;
}

/// A number, and by how much a program that computes with binary numbers may miss it.
#[derive(Debug, Clone)]
pub struct Amount {
    pub value: Number,
    pub doubt: Number,
}

/// What binary numbers miss of a number: two units in the last of 15 digits.
fn dust(of: &Number) -> Number {
    &of.abs() * &Number::decimal(2, 15)
}

fn plain(value: Number) -> Amount {
    let doubt = dust(&value);
    Amount { value, doubt }
}

/// Powers of ten beyond which there are no binary numbers.
const MOST_POWER: i32 = 400;

/// A stored number, exactly.
pub fn exactly(value: Decimal) -> Option<Number> {
    let digits = i128::try_from(value.digits).ok().filter(|_| value.scale.abs() <= MOST_POWER)?;
    Some(Number::decimal(if value.negative { -digits } else { digits }, value.scale))
}

impl Amount {
    fn add(&self, other: &Amount) -> Amount {
        let value = &self.value + &other.value;
        let larger = &self.value.abs() + &other.value.abs();
        Amount { value, doubt: &(&self.doubt + &other.doubt) + &dust(&larger) }
    }

    fn negated(self) -> Amount {
        Amount { value: -&self.value, doubt: self.doubt }
    }

    fn times(&self, other: &Amount) -> Amount {
        let value = &self.value * &other.value;
        let crossed = &(&self.value.abs() * &other.doubt) + &(&other.value.abs() * &self.doubt);
        Amount { doubt: &crossed + &dust(&value), value }
    }

    fn over(&self, other: &Amount) -> Option<Amount> {
        let value = self.value.checked_div(&other.value)?;
        let crossed = &self.doubt + &(&value.abs() * &other.doubt);
        let doubt = crossed.checked_div(&other.value.abs())?;
        Some(Amount { doubt: &doubt + &dust(&value), value })
    }

    fn rounded(&self, digits: i32) -> Amount {
        let low = (&self.value - &self.doubt).round(digits);
        let high = (&self.value + &self.doubt).round(digits);
        let value = self.value.round(digits);
        Amount { doubt: &(&high - &low) + &dust(&value), value }
    }

    /// Whether a stored number is what a program may have computed.
    pub fn agrees(&self, stored: &Number) -> bool {
        (&self.value - stored).abs() <= &self.doubt + &dust(stored)
    }
}

/// An amount that was computed; none where computing on takes too long.
fn counted(amount: Amount, left: &mut u64) -> Option<Amount> {
    let bits = amount.value.bits() + amount.doubt.bits();
    // Two short decimals are as quick as a cell; with fractions each step takes longer.
    let cost = if bits <= 256 { 1 } else { bits / 16 };
    *left = left.checked_sub(cost as u64)?;
    (bits <= MOST_BITS).then_some(amount)
}

/// Whether a character is one of a word: a name, an address or a function.
fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '$')
}

/// The sheets that a formula may name: what stands before each `!`.
pub fn sheets_named(formula: &str) -> Vec<String> {
    let (mut names, mut name, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut rest = formula.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\'' if is_quoted && rest.next_if_eq(&'\'').is_some() => name.push(c),
            '\'' => {
                is_quoted = !is_quoted;
                if is_quoted {
                    name.clear();
                }
            }
            '!' if !is_quoted => names.push(std::mem::take(&mut name)),
            c if is_quoted || is_part(c) => name.push(c),
            _ => name.clear(),
        }
    }
    names
}

/// What a formula gives; none where it is not simple, or names what is no number.
pub fn compute(formula: &str, own: &Cells, sheets: &dyn Sheets, left: &mut u64) -> Option<Amount> {
    if formula.len() > LONGEST {
        return None;
    }
    let text: Vec<char> = formula.chars().collect();
    // A formula that is shared by many cells is read for each.
    *left = left.checked_sub(text.len() as u64 / 8)?;
    let mut parser = Parser { text: &text, at: 0, depth: 0, own, sheets, left };
    let amount = parser.sum()?;
    parser.blanks();
    (parser.at == text.len()).then_some(amount)
}

struct Parser<'p> {
    text: &'p [char],
    at: usize,
    depth: u32,
    own: &'p Cells,
    sheets: &'p dyn Sheets,
    /// What may still be looked at: cells, and the more of them the longer numbers get.
    left: &'p mut u64,
}

/// The numbers of some cells together.
#[derive(Default)]
struct Total {
    sum: Option<Amount>,
    count: u64,
}

impl Total {
    fn take(&mut self, amount: Amount, left: &mut u64) -> Option<()> {
        self.sum = Some(match &self.sum {
            Some(sum) => counted(sum.add(&amount), left)?,
            None => amount,
        });
        self.count += 1;
        Some(())
    }
}

impl Parser<'_> {
    fn blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn takes(&mut self, sign: char) -> bool {
        self.blanks();
        let is_there = self.peek() == Some(sign);
        self.at += usize::from(is_there);
        is_there
    }

    fn sum(&mut self) -> Option<Amount> {
        let mut amount = self.product()?;
        loop {
            let other = if self.takes('+') {
                self.product()?
            } else if self.takes('-') {
                self.product()?.negated()
            } else {
                return Some(amount);
            };
            amount = counted(amount.add(&other), self.left)?;
        }
    }

    fn product(&mut self) -> Option<Amount> {
        let mut amount = self.signed()?;
        loop {
            let result = if self.takes('*') {
                amount.times(&self.signed()?)
            } else if self.takes('/') {
                amount.over(&self.signed()?)?
            } else {
                return Some(amount);
            };
            amount = counted(result, self.left)?;
        }
    }

    fn signed(&mut self) -> Option<Amount> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut amount = if self.takes('-') {
            self.signed()?.negated()
        } else if self.takes('+') {
            self.signed()?
        } else if self.takes('(') {
            let inner = self.sum()?;
            self.takes(')').then_some(inner)?
        } else {
            self.operand()?
        };
        while self.takes('%') {
            let percent = Amount { value: Number::from(100), doubt: Number::from(0) };
            amount = counted(amount.over(&percent)?, self.left)?;
        }
        self.depth -= 1;
        Some(amount)
    }

    /// A number, a function, or a cell.
    fn operand(&mut self) -> Option<Amount> {
        self.blanks();
        if self.peek()?.is_ascii_digit() || self.peek()? == '.' {
            return self.number();
        }
        let start = self.at;
        if self.word().is_some_and(|word| !word.is_empty()) && self.takes('(') {
            let word: String = self.text.get(start..self.at - 1)?.iter().collect();
            return self.function(word.trim());
        }
        self.at = start;
        let (sheet, area) = self.reference()?;
        if area.rows.0 != area.rows.1 || area.columns.0 != area.columns.1 {
            return None;
        }
        let cells = match &sheet {
            None => self.own,
            Some(name) => self.sheets.sheet(name)?,
        };
        match cells.cell(area.rows.0, area.columns.0) {
            None => Some(plain(Number::from(0))),
            Some(cell) => Some(plain(exactly(cells.number_of(&cell)?)?)),
        }
    }

    fn number(&mut self) -> Option<Amount> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit() || c == '.') {
            self.at += 1;
        }
        if self.peek().is_some_and(|c| matches!(c, 'e' | 'E')) {
            self.at += 1;
            if self.peek().is_some_and(|c| matches!(c, '+' | '-')) {
                self.at += 1;
            }
            while self.peek().is_some_and(|c| c.is_ascii_digit()) {
                self.at += 1;
            }
        }
        let text: String = self.text.get(start..self.at)?.iter().collect();
        exactly(Decimal::parse(text.as_bytes())?).map(plain)
    }

    /// Letters, digits, `.`, `_` and `$`.
    fn word(&mut self) -> Option<String> {
        let start = self.at;
        while self.peek().is_some_and(is_part) {
            self.at += 1;
        }
        Some(self.text.get(start..self.at)?.iter().collect())
    }

    /// A sheet, if one is named, and cells of it: `B2`, `'My costs'!B2:C3`.
    fn reference(&mut self) -> Option<(Option<String>, Area)> {
        self.blanks();
        let quoted = if self.takes('\'') { Some(self.quoted()?) } else { None };
        let is_quoted = quoted.is_some();
        let mut word = quoted.map_or_else(|| self.word(), Some)?;
        let sheet = match self.peek() {
            Some('!') => {
                self.at += 1;
                Some(std::mem::replace(&mut word, self.word()?))
            }
            _ if is_quoted => return None,
            _ => None,
        };
        if self.peek() == Some(':') {
            self.at += 1;
            word = format!("{word}:{}", self.word()?);
        }
        Some((sheet, area(&word)?))
    }

    /// The rest of a quoted name.
    fn quoted(&mut self) -> Option<String> {
        let mut name = String::new();
        loop {
            let c = self.peek()?;
            self.at += 1;
            match c {
                '\'' if self.peek() == Some('\'') => self.at += 1,
                '\'' => return Some(name),
                _ => {}
            }
            name.push(c);
        }
    }

    fn function(&mut self, name: &str) -> Option<Amount> {
        match name.to_ascii_uppercase().as_str() {
            "SUM" => {
                let total = self.arguments(false)?;
                Some(total.sum.unwrap_or_else(|| plain(Number::from(0))))
            }
            "AVERAGE" => mean(&self.arguments(false)?),
            "SUBTOTAL" => {
                let kind = self.sum()?.value.to_i64()?;
                (self.takes(',') || self.takes(';')).then_some(())?;
                let total = self.arguments(true)?;
                match kind {
                    9 | 109 => Some(total.sum.unwrap_or_else(|| plain(Number::from(0)))),
                    1 | 101 => mean(&total),
                    _ => None,
                }
            }
            "ROUND" => {
                let amount = self.sum()?;
                (self.takes(',') || self.takes(';')).then_some(())?;
                let digits = i32::try_from(self.sum()?.value.to_i64()?).ok()?;
                self.takes(')').then_some(())?;
                (-300..=300).contains(&digits).then(|| amount.rounded(digits))
            }
            _ => None,
        }
    }

    /// What the arguments up to the closing bracket come to.
    fn arguments(&mut self, of_subtotal: bool) -> Option<Total> {
        let mut total = Total::default();
        loop {
            let start = self.at;
            let is_area = match self.reference() {
                Some(_) => {
                    self.blanks();
                    matches!(self.peek(), Some(',' | ';' | ')'))
                }
                None => false,
            };
            self.at = start;
            if is_area {
                let (sheet, area) = self.reference()?;
                self.area(sheet.as_deref(), area, of_subtotal, &mut total)?;
            } else {
                total.take(self.sum()?, self.left)?;
            }
            if self.takes(')') {
                return Some(total);
            }
            (self.takes(',') || self.takes(';')).then_some(())?;
        }
    }

    /// Takes the numbers of an area: texts and truths are passed over, as spreadsheets do.
    fn area(
        &mut self,
        sheet: Option<&str>,
        area: Area,
        of_subtotal: bool,
        total: &mut Total,
    ) -> Option<()> {
        let cells = match sheet {
            None => self.own,
            Some(name) => self.sheets.sheet(name)?,
        };
        // Whether rows were filtered or hidden by hand, and so count, the file does not say.
        let hidden = cells.hidden_rows.partition_point(|row| *row < area.rows.0);
        if of_subtotal && cells.hidden_rows.get(hidden).is_some_and(|row| *row <= area.rows.1) {
            return None;
        }
        for nth in cells.nth(area.rows.0)..cells.nth(area.rows.1.saturating_add(1)) {
            for cell in cells.row(nth, area.columns) {
                *self.left = self.left.checked_sub(1)?;
                // A subtotal takes no other subtotals.
                if of_subtotal && cells.subtotals.contains(&(cell.row, cell.column)) {
                    continue;
                }
                match cell.kind {
                    Kind::Number => {
                        total.take(plain(exactly(cells.number_of(&cell)?)?), self.left)?;
                    }
                    Kind::Text | Kind::Truth => {}
                    Kind::Date | Kind::Error | Kind::Unknown => return None,
                }
            }
        }
        Some(())
    }
}

fn mean(total: &Total) -> Option<Amount> {
    let count = Number::from(i64::try_from(total.count).ok()?);
    total.sum.as_ref()?.over(&Amount { value: count, doubt: Number::from(0) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::sheet::cells::Formula;

    struct Other(Cells);

    impl Sheets for Other {
        fn sheet(&self, name: &str) -> Option<&Cells> {
            (name == "My rates").then_some(&self.0)
        }
    }

    fn sheet(rows: &[&[&str]]) -> Cells {
        let mut cells = Cells::new(("S", u64::MAX), b'.', false);
        for (row, texts) in (0..).zip(rows) {
            for (column, text) in (0..).zip(*texts) {
                let kind = match Decimal::parse(text.as_bytes()) {
                    Some(_) => Kind::Number,
                    None if text.starts_with('#') => Kind::Error,
                    None => Kind::Text,
                };
                if !text.is_empty() {
                    cells.text((row, column), kind, text.as_bytes()).expect("a cell");
                }
            }
        }
        cells.finish().expect("no cell twice");
        cells
    }

    #[test]
    fn simple_formulas_are_computed_exactly() {
        let mut own = sheet(&[&["a", "1.5", "2"], &["b", "0.1", "0.2"], &["#REF!", "", "x"]]);
        own.formula((1, 1), Formula::Own("subtotal(9,B1)".into())).expect("room");
        let other = Other(sheet(&[&["rate", "50"]]));
        for (formula, expected) in [
            ("SUM(B1:C2)", Some("3.8")),
            (" sum( B1 : B1 , C1 ) ", None),
            ("SUM($B$1,C1;0.5)", Some("4")),
            ("AVERAGE(B1:B3)", Some("0.8")),
            ("ROUND(B1/7,3)", Some("0.214")),
            ("ROUND(-2.5,0)", Some("-3")),
            ("SUBTOTAL(109,B1:B2)", Some("1.5")),
            ("SUBTOTAL(101,C1:C2)", Some("1.1")),
            ("SUBTOTAL(3,B1:B2)", None),
            ("B1+C1*2-(B2-C2)/-2", Some("5.45")),
            ("'My rates'!B1%*C1", Some("1")),
            ("Nowhere!B1", None),
            ("B9", Some("0")),
            ("B1/B9", None),
            ("A1+1", None),
            ("SUM(A1:A2)", Some("0")),
            ("SUM(A1:A3)", None),
            ("1e3+.5", Some("1000.5")),
            ("IF(B1>1,1,2)", None),
            ("B1^2", None),
            ("SUM(B1:C2", None),
            ("AVERAGE(A1)", None),
            ("B1:B2", None),
        ] {
            let mut left = 1_000;
            let amount = compute(formula, &own, &other, &mut left);
            let text = amount.map(|amount| amount.value.to_text());
            assert_eq!(text.as_deref(), expected, "{formula}");
        }
        let (deep, mut left) = (format!("{}1{}", "(".repeat(9_999), ")".repeat(9_999)), 1_000);
        assert!(compute(&deep, &own, &other, &mut left).is_none());
        assert!(compute("SUM(B1:C2)", &own, &other, &mut 3).is_none());
    }

    #[test]
    fn long_formulas_and_numbers_are_believed() {
        let (own, other) = (sheet(&[&["7", "1e-300"]]), Other(Cells::default()));
        let repeated = |first: &str, rest: &str, times| format!("{first}{}", rest.repeat(times));
        for (formula, is_computed) in [
            (repeated("1", "+1", 4_095), true),
            (repeated("1", "+1", 4_096), false),
            (repeated("1", "/A1", 40), true),
            (repeated("1", "/A1", 2_000), false),
            (repeated("1", "/7", 4_000), false),
            (repeated("B1", "*A1", 2), true),
            (repeated("B1", "*B1", 1), false),
        ] {
            let amount = compute(&formula, &own, &other, &mut 1_000_000);
            assert_eq!(amount.is_some(), is_computed, "{}…", formula.get(..9).unwrap_or(&formula));
        }
        assert!(compute(&repeated("1", "/7", 40), &own, &other, &mut 30).is_none());
    }

    #[test]
    fn sheets_are_known_by_what_follows_their_names() {
        for (formula, expected) in [
            ("SUM(B2:C2)", ""),
            ("Rates!B2+SUM(My.Costs_2!B2:B3)", "Rates,My.Costs_2"),
            ("1-'It''s <2024>'!B2*'a''b'!C3", "It's <2024>,a'b"),
            ("IF(A1<>'x y'!B2,Rates!A1)", "x y,Rates"),
            ("'open", ""),
        ] {
            assert_eq!(sheets_named(formula).join(","), expected, "{formula}");
        }
    }

    #[test]
    fn what_binary_numbers_miss_is_no_difference() {
        let own = sheet(&[&["0.1", "0.2", "0.7", "3"]]);
        let other = Other(Cells::default());
        let number = |text: &str| exactly(Decimal::parse(text.as_bytes()).expect("a number"));
        for (formula, stored, agrees) in [
            ("A1+B1", "0.30000000000000004", true),
            ("A1+B1-0.3", "5.55111512312578E-17", true),
            ("A1+B1-0.3", "0", true),
            ("A1+B1", "0.3000000001", false),
            ("1/D1", "0.333333333333333", true),
            ("1/D1", "0.33333", false),
            ("ROUND(C1/D1,2)", "0.23", true),
            ("ROUND(C1/D1,2)", "0.24", false),
            ("ROUND(A1*25,0)", "3", true),
            ("ROUND(A1*25,0)", "2", true),
        ] {
            let amount = compute(formula, &own, &other, &mut 1_000).expect("a number");
            assert_eq!(amount.agrees(&number(stored).expect("a number")), agrees, "{formula}");
        }
    }
}
