//! The sheet of a check: a row for each finding, and below it the figures that went into it.

use rust_xlsxwriter::{Worksheet, XlsxError};

use crate::render::words::count;
use crate::render::xlsx::allowance::allowance;
use crate::render::xlsx::figure::{Figure, Look, tolerance};
use crate::render::xlsx::names::SUMMARY;
use crate::render::xlsx::sheet::{ROWS, Sheet, Style, Styles, Written};
use crate::render::xlsx::verdict::{accepted, is_swapped, verdict};
use crate::render::xlsx::working::{Compared, Detail, Rows, cell_of, compared, is_read};
use crate::report::CheckSummary;
use crate::report::certificate::{Exact, Operation};
use crate::report::document::{JsonCrossed, JsonFinding, JsonSide, JsonWorking};
use crate::width::to_usize;

/// A check that has findings.
pub struct Check<'c> {
    /// Its name.
    pub id: &'c str,
    /// The name of its sheet.
    pub sheet: String,
    /// What was counted of it.
    pub counts: Option<&'c CheckSummary>,
    /// Its findings that are shown.
    pub findings: Vec<&'c JsonFinding<'static>>,
    /// How many there are.
    pub all: u64,
}

/// Such a check, and what its sheet holds of it.
pub struct Listed<'c> {
    /// What has findings.
    pub check: Check<'c>,
    /// How many findings stand on its sheet; none has one where there are too many checks.
    pub fitted: Option<u64>,
}

/// The columns; those from [`Column::Kind`] on are not printed.
#[derive(Debug, Clone, Copy)]
enum Column {
    Number,
    Severity,
    Verdict,
    Key,
    Stated,
    Relation,
    Recomputed,
    Difference,
    Allowance,
    Agrees,
    Place,
    Message,
    Status,
    Cleared,
    Note,
    Kind,
    Made,
    Written,
    Words,
    Demand,
    Likely,
    Suspect,
    SuspectAt,
    WouldBe,
    Why,
    Also,
    Reason,
    Until,
    Fingerprint,
}

/// Their heads and widths.
const COLUMNS: [(&str, u16); 29] = [
    ("No.", 5),
    ("Severity", 9),
    ("Verdict", 15),
    ("Key or figure", 26),
    ("Stated", 15),
    ("", 4),
    ("Recomputed", 15),
    ("Difference", 14),
    ("Allowance", 12),
    ("Agrees with crossfoot", 11),
    ("Place", 26),
    ("Finding", 44),
    ("Status", 12),
    ("Cleared by", 13),
    ("Note", 26),
    ("Kind", 20),
    ("Recomputed is", 14),
    ("As written", 22),
    ("Allowance in words", 32),
    ("Demand", 40),
    ("Maybe", 36),
    ("Suspect", 22),
    ("Suspect at", 26),
    ("Would be", 14),
    ("Because", 20),
    ("Also explains", 36),
    ("Accepted because", 30),
    ("Accepted until", 12),
    ("Fingerprint", 35),
];

/// The row of the heads.
const HEAD: u32 = 4;
/// Up to so many rows below findings are shown, else folded.
const UNFOLDED: usize = 200;

const HOW: &str = "Recomputed is a live formula over the grouped rows below a finding; the column \
    beside it compares it with what crossfoot computed. Stated, difference and verdict are \
    crossfoot's. Yellow cells are for you.";

/// Writes the sheet; with it, how many findings it has room for.
pub fn sheet(check: &Check<'_>, styles: &mut Styles) -> Result<(Worksheet, u64), XlsxError> {
    let mut sheet = Sheet::new(&check.sheet, styles)?;
    sheet.widths(COLUMNS.iter().map(|column| column.1))?;
    sheet.header(HEAD, COLUMNS.iter().map(|column| column.0))?;
    let mut writer = Writer { sheet, row: HEAD + 1, groups: Vec::new(), details: 0 };
    let mut fitted = 0;
    for (number, finding) in (1..).zip(&check.findings) {
        if !writer.finding(number, finding)? {
            break;
        }
        fitted = number;
    }
    let last = writer.row - 1;
    let mut sheet = writer.grouped()?;
    top(&mut sheet, check, fitted)?;
    sheet.text((1, Column::Difference as u16), "Do not agree", Style::Line)?;
    let disagree = format!("=COUNTIF(J{}:J{},FALSE)", HEAD + 2, last + 1);
    sheet.formula((1, Column::Allowance as u16), &disagree, "0", Style::Number(Look::default()))?;
    sheet.out.autofilter(HEAD, 0, last, Column::Fingerprint as u16)?;
    sheet.out.set_freeze_panes(HEAD + 1, Column::Stated as u16)?;
    sheet.out.set_print_area(0, 0, last, Column::Note as u16)?;
    sheet.print(HEAD, HEAD)?;
    Ok((sheet.finish()?, fitted))
}

/// What stands above the heads.
fn top(sheet: &mut Sheet<'_>, check: &Check<'_>, fitted: u64) -> Written {
    sheet.text((0, 0), check.id, Style::Title)?;
    let title = check.counts.and_then(|c| c.title.as_deref()).unwrap_or_default();
    sheet.text((1, 0), title, Style::Line)?;
    let mut words = count(check.all, "finding", "findings");
    if let Some(c) = check.counts.filter(|c| c.standing.is_some()) {
        let t = &c.tally;
        words += &format!(
            "; {}: {} held, {} failed, {} undecided, {} did not apply",
            count(c.seen, "answer", "answers"),
            t.held,
            t.failed,
            t.undecided,
            t.not_applicable
        );
    }
    if fitted < check.all {
        let left_out = count(check.all - fitted, "finding is", "findings are");
        words += &format!(". {left_out} not on this sheet: the JSON report has all");
    }
    sheet.text((2, 0), &words, Style::Line)?;
    sheet.text((3, 0), HOW, Style::Line)?;
    sheet.sheet_link((0, Column::Note as u16), SUMMARY, SUMMARY)
}

struct Writer<'s> {
    sheet: Sheet<'s>,
    /// The next row.
    row: u32,
    /// Rows below findings: first, last and how deep they are.
    groups: Vec<(u32, u32)>,
    details: usize,
}

/// The sides of a working by what they are, and what its certificate adds.
struct Sides<'f> {
    working: &'f JsonWorking<'static>,
    stated: &'f JsonSide<'static>,
    follows: &'f JsonSide<'static>,
    /// What terms call them.
    names: [&'static str; 2],
    certified: Option<Certified<'f>>,
}

struct Certified<'f> {
    compared: Compared<'f>,
    stated: &'f Operation,
    follows: &'f Operation,
}

impl<'f> Sides<'f> {
    fn of(f: &'f JsonFinding<'static>) -> Option<Sides<'f>> {
        let working = f.working.as_ref()?;
        let turned =
            |is_swapped, left, right| if is_swapped { (right, left) } else { (left, right) };
        let is_swapped = is_swapped(working);
        let (left, right) = (&working.left, &working.right);
        let (stated, follows) = if is_swapped { (right, left) } else { (left, right) };
        let certified = f.certificate.as_deref().and_then(|certificate| {
            let exact = (&*left.exact, &*right.exact);
            let compared = compared(&certificate.demand, &working.relation, exact)?;
            let (stated, follows) = turned(is_swapped, compared.left, compared.right);
            Some(Certified { compared, stated, follows })
        });
        let names = if is_swapped { ["right", "left"] } else { ["left", "right"] };
        Some(Sides { working, stated, follows, names, certified })
    }

    /// The rows of what is stated, where that is more than a cell, and those of what follows with
    /// its formula.
    fn rows(&self, first: usize) -> (Rows<'f>, Rows<'f>, Option<String>) {
        let mut stated = Rows::new("E", first);
        match &self.certified {
            Some(c) if c.stated.op == "cell" || is_read(&c.stated.op) => {}
            Some(c) => drop(stated.side(c.stated)),
            None => stated.terms(self.working, self.names[0]),
        }
        let mut follows = Rows::new("G", first + stated.details.len());
        let formula = self.certified.as_ref().and_then(|c| follows.side(c.follows));
        if self.certified.is_none() {
            follows.terms(self.working, self.names[1]);
        }
        (stated, follows, formula)
    }
}

impl<'s> Writer<'s> {
    /// Writes a finding with what went into it; whether there was room for it.
    fn finding(&mut self, number: u64, f: &JsonFinding<'static>) -> Result<bool, XlsxError> {
        let sides = Sides::of(f);
        // Formulas count rows from 1, and the first is the one below.
        let first = to_usize(self.row) + 2;
        let (stated, follows, formula) = match &sides {
            Some(sides) => sides.rows(first),
            None => (Rows::new("E", first), Rows::new("G", first), None),
        };
        let details = stated.details.len() + follows.details.len();
        if details + first > to_usize(ROWS) {
            return Ok(false);
        }
        self.count(number)?;
        self.about(f)?;
        self.accepted_and_noted(f)?;
        if let Some(sides) = &sides {
            self.compared(sides, formula.as_deref(), &follows.details)?;
        }
        self.row += 1;
        let top = self.row;
        for (column, rows) in [(Column::Stated, &stated), (Column::Recomputed, &follows)] {
            for detail in &rows.details {
                self.count(number)?;
                self.detail(detail, column as u16)?;
                self.row += 1;
            }
        }
        self.group(top, stated.details.iter().chain(&follows.details).map(|d| d.depth));
        Ok(true)
    }

    fn at(&self, column: Column) -> (u32, u16) {
        (self.row, column as u16)
    }

    fn text(&mut self, column: Column, text: &str) -> Written {
        if text.is_empty() { Ok(()) } else { self.sheet.text(self.at(column), text, Style::Text) }
    }

    fn count(&mut self, number: u64) -> Written {
        self.sheet.count(self.at(Column::Number), number)
    }

    /// What the finding is about.
    fn about(&mut self, f: &JsonFinding<'static>) -> Written {
        self.text(Column::Severity, &f.severity)?;
        self.text(Column::Verdict, verdict(f))?;
        self.text(Column::Key, f.key.as_deref().unwrap_or_default())?;
        self.text(Column::Message, &f.message)?;
        self.text(Column::Kind, &f.fault)?;
        self.text(Column::Likely, f.explanation.as_deref().unwrap_or_default())?;
        self.suspected(f)?;
        self.text(Column::Fingerprint, &f.fingerprint)?;
        match f.labels.first() {
            Some(label) => {
                let place = &label.place;
                self.sheet.place(self.at(Column::Place), &place.file, &place.behind())
            }
            None => Ok(()),
        }
    }

    /// The first cell that may be wrong, and the findings that are one with this.
    fn suspected(&mut self, f: &JsonFinding<'static>) -> Written {
        if let Some(s) = f.suspects.first() {
            let likely = if s.is_likely { " (likely)" } else { "" };
            self.text(Column::Suspect, &format!("{}{likely}", s.name))?;
            let at = self.at(Column::SuspectAt);
            self.sheet.place(at, &s.place.file, &s.place.behind())?;
            self.text(Column::WouldBe, &s.would_be)?;
            let why = s.reason.as_ref().map(|reason| reason.replace('-', " "));
            self.text(Column::Why, why.as_deref().unwrap_or_default())?;
        }
        let named = |c: &JsonCrossed<'_>| match &c.key {
            Some(key) => format!("{}: {key}", c.check),
            None => c.check.to_string(),
        };
        let also: Vec<String> = f.crossed.iter().map(named).collect();
        self.text(Column::Also, &also.join("; "))
    }

    fn accepted_and_noted(&mut self, f: &JsonFinding<'static>) -> Written {
        let status = match (&f.accepted, f.status) {
            (Some(_), _) => "accepted",
            (None, status) => status.map_or("", |status| status.word()),
        };
        self.text(Column::Status, status)?;
        if let Some(a) = &f.accepted {
            self.text(Column::Reason, &accepted(a))?;
            if let Some(until) = &a.until {
                self.sheet.day(self.at(Column::Until), until)?;
            }
        }
        let note = f.note.as_ref();
        let by = note.and_then(|n| n.cleared_by.as_deref()).unwrap_or_default();
        self.sheet.text(self.at(Column::Cleared), by, Style::Input)?;
        let text = note.and_then(|n| n.text.as_deref()).unwrap_or_default();
        let is_outdated = note.is_some_and(|n| n.outdated);
        let mark = if is_outdated { "(the figures have changed since) " } else { "" };
        self.sheet.text(self.at(Column::Note), &format!("{mark}{text}"), Style::Input)
    }

    /// Both sides, their difference and what is allowed.
    fn compared(
        &mut self,
        sides: &Sides<'_>,
        formula: Option<&str>,
        details: &[Detail<'_>],
    ) -> Written {
        let Sides { working, stated, follows, certified, .. } = sides;
        let of = certified.as_ref();
        self.side(Column::Stated, stated, of.map(|c| c.stated))?;
        self.text(Column::Relation, &working.relation)?;
        let demand = format!("{} {} {}", stated.expression, working.relation, follows.expression);
        self.text(Column::Demand, &demand)?;
        self.text(Column::Words, working.allowance.as_deref().unwrap_or_default())?;
        if let Some(c) = of {
            self.text(Column::Written, cell_of(c.stated).0)?;
            if let Some((formula, result)) = allowance(&c.compared) {
                let at = self.at(Column::Allowance);
                let look = Look::worded(working.difference.as_deref().unwrap_or_default());
                self.sheet.formula(at, &format!("={formula}"), &result, Style::Number(look))?;
            }
        }
        if !working.exact_difference.is_empty() {
            let look = Look::worded(working.difference.as_deref().unwrap_or_default());
            let at = self.at(Column::Difference);
            self.sheet.figure(at, &working.exact_difference, Style::Number(look))?;
        }
        self.recomputed(sides, formula, details)
    }

    /// A side as crossfoot has it; what the cell holds of its number.
    fn side(
        &mut self,
        column: Column,
        side: &JsonSide<'_>,
        certified: Option<&Operation>,
    ) -> Result<Option<Figure>, XlsxError> {
        let at = self.at(column);
        match certified.map(|c| &c.value) {
            Some(Exact::Date(first, last)) if first == last => self.sheet.day(at, first)?,
            _ if side.exact.is_empty() => self.text(column, &side.value)?,
            _ => {
                let style = Style::Number(Look::worded(&side.value));
                return self.sheet.figure(at, &side.exact, style).map(Some);
            }
        }
        Ok(None)
    }

    /// What follows, as a live formula where there is one, and whether that gives crossfoot's value.
    fn recomputed(
        &mut self,
        sides: &Sides<'_>,
        formula: Option<&str>,
        details: &[Detail<'_>],
    ) -> Written {
        let follows = sides.follows;
        let of = sides.certified.as_ref().map(|c| &c.follows.value);
        let figure = Figure::of(&follows.exact);
        let value = figure.as_ref().and_then(|f| Some((f.literal(&follows.exact)?, f.result()?)));
        let (at, row) = (self.at(Column::Recomputed), self.row + 1);
        match (formula, value, of) {
            (Some(formula), Some((literal, result)), _) => {
                let style = Style::Number(Look::worded(&follows.value));
                self.sheet.formula(at, &format!("={formula}"), &result, style)?;
                let tolerance = tolerance(figures(sides, details));
                let mut agrees = format!("ABS(G{row}-{literal})<={tolerance}");
                let others = [&sides.stated.exact, &sides.working.exact_difference];
                if others.iter().all(|e| Figure::of(e).is_some_and(|f| f != Figure::Long)) {
                    agrees += &format!(",ABS(E{row}-G{row}-H{row})<={tolerance}");
                }
                self.agrees(&format!("AND({agrees})"))
            }
            (Some(formula), None, Some(Exact::Date(day, last))) if day == last => {
                self.sheet.day_formula(at, &format!("={formula}"), day)?;
                let [year, month, date] =
                    [0..4, 5..7, 8..10].map(|r| day.get(r).unwrap_or_default());
                self.agrees(&format!("G{row}=DATE({year},{month},{date})"))
            }
            _ => {
                let of = sides.certified.as_ref().map(|c| c.follows);
                let figure = self.side(Column::Recomputed, follows, of)?;
                self.text(Column::Made, figure.as_ref().map_or("value", Figure::remark))
            }
        }
    }

    fn agrees(&mut self, formula: &str) -> Written {
        self.text(Column::Made, "live formula")?;
        let at = self.at(Column::Agrees);
        self.sheet.formula(at, &format!("={formula}"), "TRUE", Style::Truth)
    }

    /// A figure that went into the finding above.
    fn detail(&mut self, detail: &Detail<'_>, column: u16) -> Written {
        let at = (self.row, column);
        self.sheet.text(self.at(Column::Key), &detail.name, Style::Detail(detail.depth))?;
        self.text(Column::Relation, detail.sign)?;
        self.text(Column::Written, detail.text)?;
        if let Some((file, behind)) = &detail.place {
            self.sheet.place(self.at(Column::Place), file, behind)?;
        }
        let number = match &*detail.value {
            Exact::Number(exact) => exact,
            Exact::Date(first, last) if first == last => return self.sheet.day(at, first),
            Exact::Text(text) => return self.sheet.text(at, text, Style::Text),
            Exact::Missing => return self.sheet.text(at, "missing", Style::Text),
            Exact::NotApplicable => return self.sheet.text(at, "does not apply", Style::Text),
            Exact::Unknown(why) => return self.sheet.text(at, why, Style::Text),
            _ => return self.sheet.text(at, detail.text, Style::Text),
        };
        let style = Style::Addend(detail.look);
        let result = Figure::of(number).and_then(|figure| figure.result());
        match (&detail.formula, result) {
            (Some(formula), Some(result)) => {
                self.text(Column::Made, "live formula")?;
                self.sheet.formula(at, &format!("={formula}"), &result, style)
            }
            _ => {
                let figure = self.sheet.figure(at, number, style)?;
                let is_plain = matches!(figure, Figure::Decimal(_));
                self.text(Column::Made, if is_plain { "" } else { figure.remark() })
            }
        }
    }

    /// Notes which rows belong together.
    fn group(&mut self, top: u32, depths: impl Iterator<Item = u8>) {
        let mut open: Vec<u32> = Vec::new();
        let mut row = top;
        for depth in depths {
            self.close(&mut open, usize::from(depth), row);
            open.resize(usize::from(depth).max(open.len()), row);
            row += 1;
        }
        self.close(&mut open, 0, row);
        self.details += to_usize(row - top);
    }

    /// Ends the groups that are deeper than this before a row.
    fn close(&mut self, open: &mut Vec<u32>, depth: usize, row: u32) {
        let ended = open.drain(depth.min(open.len())..);
        self.groups.extend(ended.map(|first| (first, row - 1)));
    }

    /// The sheet with its rows grouped.
    fn grouped(mut self) -> Result<Sheet<'s>, XlsxError> {
        let is_folded = self.details > UNFOLDED;
        self.sheet.out.group_symbols_above(true);
        for (first, last) in &self.groups {
            match is_folded {
                true => self.sheet.out.group_rows_collapsed(*first, *last)?,
                false => self.sheet.out.group_rows(*first, *last)?,
            };
        }
        Ok(self.sheet)
    }
}

/// All figures of a working.
fn figures<'t>(sides: &Sides<'t>, details: &'t [Detail<'_>]) -> impl Iterator<Item = &'t str> {
    let of_sides = [&sides.stated.exact, &sides.follows.exact].map(|exact| &**exact);
    let of_details = details.iter().filter_map(|detail| match &*detail.value {
        Exact::Number(exact) => Some(exact.as_str()),
        _ => None,
    });
    of_sides.into_iter().chain(of_details)
}
