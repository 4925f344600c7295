//! The first sheet: what was run, on what, and what came of it.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Worksheet, XlsxError};

use crate::render::words::{compared, fewer_judged, remarks, summary};
use crate::render::xlsx::check::Listed;
use crate::render::xlsx::figure::Look;
use crate::render::xlsx::names::SUMMARY;
use crate::render::xlsx::sheet::{Sheet, Style, Styles, Written};
use crate::report::Standing;
use crate::report::collection::Collection;
use crate::report::coverage::FileRole;

/// The widths of the columns, which all tables of the sheet share.
const WIDTHS: [u16; 12] = [28, 40, 16, 12, 12, 12, 12, 12, 12, 12, 14, 24];
/// So many rows of a table are shown.
const MOST: usize = 10_000;

/// Writes the sheet.
pub fn sheet(
    all: &Collection,
    listed: &[Listed<'_>],
    styles: &mut Styles,
) -> Result<Worksheet, XlsxError> {
    let mut page = Page { sheet: Sheet::new(SUMMARY, styles)?, row: 0 };
    page.sheet.widths(WIDTHS)?;
    page.facts(all)?;
    page.result(all)?;
    page.problems(all)?;
    page.checks(all, listed)?;
    page.schedule(all)?;
    page.tables(all)?;
    page.files(all)?;
    page.sheet.print(0, 0)?;
    page.sheet.finish()
}

/// The sheet as far as it is written.
struct Page<'s> {
    sheet: Sheet<'s>,
    row: u32,
}

/// A cell of one of its tables.
enum Cell<'c> {
    Text(&'c str),
    Count(u64),
    Figure(String, Look),
    /// A link to a sheet: its name and the text.
    Sheet(&'c str, &'c str),
    Source(&'c str),
    Day(&'c str),
}

impl Page<'_> {
    /// Who made what with what.
    fn facts(&mut self, all: &Collection) -> Written {
        let document = &all.document;
        let run = &document.run;
        self.sheet.text((0, 0), run.title.as_deref().unwrap_or(TITLE), Style::Title)?;
        self.row = 2;
        let commit = run.commit.as_ref().map(|commit| match run.modified {
            true => format!("{commit}, and files that differ from it"),
            false => commit.clone(),
        });
        let old = document.old.as_ref().map(|old| old.name.as_str());
        let known = [
            ("Date", Some(document.today.as_str())),
            ("Made with", Some(document.crossfoot.as_str())),
            ("Command", run.command.as_deref()),
            ("Commit", commit.as_deref()),
            ("Compared with", old),
        ];
        let known = known.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let said = run.meta.iter().map(|m| (m.name.as_str(), m.value.as_str()));
        for (name, value) in known.chain(said) {
            let value =
                if name == "Made with" { format!("crossfoot {value}") } else { value.into() };
            self.pair(name, &value)?;
        }
        self.pair("Links", "start at the directory in which crossfoot was run")
    }

    fn pair(&mut self, name: &str, value: &str) -> Written {
        self.sheet.text((self.row, 0), name, Style::Line)?;
        self.sheet.text((self.row, 1), value, Style::Line)?;
        self.row += 1;
        Ok(())
    }

    /// What came of it, in sentences.
    fn result(&mut self, all: &Collection) -> Written {
        let counts = &all.document.summary.counts;
        let mut words = summary(counts);
        if let (Some(versions), Some(old)) = (&counts.versions, &all.document.old) {
            words += &compared(versions, &old.name);
            words += &fewer_judged(counts);
        }
        self.heading("Result")?;
        let remarks = all.document.old.iter().flat_map(remarks).map(|remark| remark.words);
        for line in words.lines().map(String::from).chain(remarks) {
            self.sheet.text((self.row, 0), &line, Style::Line)?;
            self.row += 1;
        }
        Ok(())
    }

    fn heading(&mut self, words: &str) -> Written {
        self.row += 1;
        self.sheet.text((self.row, 0), words, Style::Heading)?;
        self.row += 1;
        Ok(())
    }

    /// A table with its heading; nothing where it has no rows.
    fn table<'c>(
        &mut self,
        heading: &str,
        heads: &[&str],
        rows: impl IntoIterator<Item = Vec<Cell<'c>>>,
    ) -> Written {
        let mut rows = rows.into_iter().peekable();
        if rows.peek().is_none() {
            return Ok(());
        }
        self.heading(heading)?;
        self.sheet.header(self.row, heads.iter().copied())?;
        self.row += 1;
        for cells in rows.by_ref().take(MOST) {
            for (column, cell) in (0..).zip(cells) {
                self.cell((self.row, column), &cell)?;
            }
            self.row += 1;
        }
        match rows.count() {
            0 => Ok(()),
            more => {
                let words = format!("{more} more: the JSON report has all");
                self.row += 1;
                self.sheet.text((self.row - 1, 0), &words, Style::Line)
            }
        }
    }

    fn cell(&mut self, at: (u32, u16), cell: &Cell<'_>) -> Written {
        match cell {
            Cell::Text("") => Ok(()),
            Cell::Text(text) => self.sheet.text(at, text, Style::Text),
            Cell::Count(count) => self.sheet.count(at, *count),
            Cell::Figure(exact, look) => {
                self.sheet.figure(at, exact, Style::Number(*look)).map(drop)
            }
            Cell::Sheet(sheet, text) => self.sheet.sheet_link(at, sheet, text),
            Cell::Source(source) => self.sheet.source(at, source),
            Cell::Day(day) => self.sheet.day(at, day),
        }
    }

    /// What prevented checks from being run.
    fn problems(&mut self, all: &Collection) -> Written {
        let rows = all.document.problems.iter().map(|p| {
            vec![
                Cell::Text(&p.fault),
                Cell::Text(&p.message),
                Cell::Text(p.file.as_deref().unwrap_or_default()),
                p.line.map_or(Cell::Text(""), Cell::Count),
            ]
        });
        self.table("Could not be checked", &["Problem", "What it is", "File", "Line"], rows)
    }

    /// Every check: those that agree, too.
    fn checks(&mut self, all: &Collection, listed: &[Listed<'_>]) -> Written {
        const HEADS: [&str; 12] = [
            "Check",
            "What it is about",
            "Result",
            "Severity",
            "Answers",
            "Held",
            "Failed",
            "Undecided",
            "Did not apply",
            "Findings",
            "Accepted or known",
            "On its sheet",
        ];
        let notes: Vec<String> = listed.iter().map(remark).collect();
        let sheet = |id: &str| {
            let found = listed.iter().zip(&notes).find(|(listed, _)| listed.check.id == id);
            found.map(|(listed, note)| (listed, note.as_str()))
        };
        let named = |id| match sheet(id) {
            Some((listed, _)) if listed.fitted.is_some() => Cell::Sheet(&listed.check.sheet, id),
            _ => Cell::Text(id),
        };
        let checks = all.document.summary.counts.checks.iter().map(|c| {
            let t = &c.tally;
            let numbers = [c.seen, t.held, t.failed, t.undecided, t.not_applicable];
            let mut row = vec![
                named(&c.id),
                Cell::Text(c.title.as_deref().unwrap_or_default()),
                Cell::Text(c.standing.map_or("", Standing::words)),
                Cell::Text(c.severity.word()),
            ];
            row.extend(numbers.map(Cell::Count));
            row.extend([Cell::Count(c.findings), Cell::Count(c.known)]);
            row.push(Cell::Text(sheet(&c.id).map_or("", |(_, note)| note)));
            row
        });
        let others = listed.iter().zip(&notes).filter(|(l, _)| l.check.counts.is_none());
        let others = others.map(|(l, note)| {
            let mut row = vec![named(l.check.id)];
            row.extend((1..9).map(|_| Cell::Text("")));
            row.extend([Cell::Count(l.check.all), Cell::Text(""), Cell::Text(note)]);
            row
        });
        self.table("Checks", &HEADS, checks.chain(others))
    }

    /// The schedule of differences: those that matter, and the trivial ones.
    fn schedule(&mut self, all: &Collection) -> Written {
        let looks = looks(all);
        let mut tables: [Vec<Vec<Cell<'_>>>; 2] = Default::default();
        for (id, differences) in &all.schedule.checks {
            let look = looks.get(id.as_str()).copied().unwrap_or_default();
            let counts = all.document.summary.counts.checks.iter().find(|c| c.id == *id);
            let below = counts.and_then(|c| c.trivial_below.as_deref()).unwrap_or_default();
            let both = [&differences.material, &differences.trivial];
            for (table, totals) in tables.iter_mut().zip(both).filter(|(_, t)| t.count > 0) {
                let figures = [&totals.net, &totals.absolute, &totals.largest];
                let mut row = vec![Cell::Text(id), Cell::Text(""), Cell::Count(totals.count)];
                row.extend(figures.map(|figure| Cell::Figure(figure.to_text(), look)));
                row.push(Cell::Text(below));
                table.push(row);
            }
        }
        let heads = ["Check", "", "Differences", "Net", "Absolute", "Largest", "Trivial below"];
        let [material, trivial] = tables;
        self.table("Schedule of differences", &heads, material)?;
        self.table("Trivial differences", &heads, trivial)
    }

    /// Tables with their sources.
    fn tables(&mut self, all: &Collection) -> Written {
        let files: Vec<String> =
            all.document.coverage.tables.iter().map(|t| t.files.join(", ")).collect();
        let rows = all.document.coverage.tables.iter().zip(&files).map(|(t, files)| {
            vec![
                Cell::Text(&t.name),
                t.source.as_deref().map_or(Cell::Text(""), Cell::Source),
                t.retrieved.as_deref().map_or(Cell::Text(""), Cell::Day),
                Cell::Count(t.rows),
                Cell::Count(t.columns.len() as u64),
                Cell::Count(t.unread_columns.len() as u64),
                Cell::Text(files),
            ]
        });
        let heads = ["Table", "Source", "Retrieved", "Rows", "Columns", "Not read", "Files"];
        self.table("Tables", &heads, rows)
    }

    /// Files with their hashes.
    fn files(&mut self, all: &Collection) -> Written {
        let rows = all.document.coverage.files.iter().map(|f| {
            let role = match f.role {
                FileRole::Rules => "rules",
                FileRole::Data => "data",
                FileRole::Baseline => "baseline",
            };
            let hash = f.sha256.as_deref().unwrap_or("not hashed");
            vec![Cell::Text(&f.path), Cell::Text(hash), Cell::Text(role), Cell::Count(f.bytes)]
        });
        self.table("Files", &["File", "SHA-256", "For", "Bytes"], rows)
    }
}

/// What the report is called where nobody says it.
const TITLE: &str = "Discrepancy report";

/// How many findings of a check stand on its sheet, where not all do.
fn remark(listed: &Listed<'_>) -> String {
    match listed.fitted {
        None => "none: too many sheets".to_string(),
        Some(fitted) if fitted < listed.check.all => format!("{fitted} of {}", listed.check.all),
        Some(_) => "all".to_string(),
    }
}

/// How the differences of each check are shown.
fn looks(all: &Collection) -> BTreeMap<&str, Look> {
    let mut looks: BTreeMap<&str, Look> = BTreeMap::new();
    for finding in &all.document.findings {
        let difference = finding.working.as_ref().and_then(|w| w.difference.as_deref());
        let look = looks.entry(&finding.check).or_default();
        *look = look.and(difference.map(Look::worded).unwrap_or_default());
    }
    looks
}
