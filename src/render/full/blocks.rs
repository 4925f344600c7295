//! Findings of one kind as one block: a headline, the finding with the largest difference whole, a
//! line for each of the others.

use unicode_width::UnicodeWidthStr;

use crate::render::full::causes::{Causes, Group, groups};
use crate::render::full::whole::{Headline, Whole, about, detail};
use crate::render::options::Options;
use crate::render::paint::{Paint, fitted, left_to_right, wrapped};
use crate::render::words::{aligned, location};
use crate::report::{AbsentKey, Finding, SourceText, Summary, Working};

/// All findings of one check, assertion, fault and column that are shown.
pub struct Block {
    /// The one that is shown whole, and which of the lines it would be.
    lead: (Finding, usize),
    /// The one that it would be of those that no missing key explains.
    unexplained: Option<(Finding, usize)>,
    lines: Vec<Line>,
}

/// A finding in one line.
struct Line {
    place: String,
    row: String,
    /// Both sides and the difference.
    figures: [String; 3],
    /// Its message, without what all say.
    said: String,
    maybe: String,
    help: Option<String>,
    absent: Option<Box<AbsentKey>>,
}

impl Block {
    /// A block of one finding.
    pub fn new(finding: &Finding, sources: &dyn SourceText) -> Block {
        Block {
            lines: vec![Line::new(finding, sources)],
            lead: (finding.clone(), 0),
            unexplained: finding.absent.is_none().then(|| (finding.clone(), 0)),
        }
    }

    /// Whether a finding belongs to it.
    pub fn takes(&self, finding: &Finding) -> bool {
        let (own, other) = (self.lead.0.identity(), finding.identity());
        self.lead.0.assertion == finding.assertion
            && (&own.check, own.fault, &own.table, &own.column)
                == (&other.check, other.fault, &other.table, &other.column)
    }

    /// One more finding.
    pub fn add(&mut self, finding: &Finding, sources: &dyn SourceText) {
        if is_further(finding, &self.lead.0) {
            self.lead = (finding.clone(), self.lines.len());
        }
        let before = self.unexplained.as_ref();
        if finding.absent.is_none() && before.is_none_or(|(own, _)| is_further(finding, own)) {
            self.unexplained = Some((finding.clone(), self.lines.len()));
        }
        self.lines.push(Line::new(finding, sources));
    }

    /// The check it is of.
    pub fn check(&self) -> &str {
        self.lead.0.check()
    }

    /// Whether it says that its check could not be decided in part.
    pub fn is_undecided(&self) -> bool {
        self.lead.0.fault().name == "undecided"
    }

    /// Says which keys it found nowhere.
    pub fn tell<'b>(&'b self, causes: &mut Causes<'b>) {
        let keys = self.lines.iter().filter_map(|line| line.absent.as_deref());
        keys.for_each(|key| causes.add(self.check(), key));
    }

    /// A line that says so below what else was found.
    fn undecided(&self, options: Options) -> String {
        let line = |l: &Line| {
            let text = format!("{}  {}", l.place, left_to_right(&l.said));
            format!("   {}\n", wrapped(&text, 3, options).join("\n      "))
        };
        self.lines.iter().map(line).collect()
    }

    /// What is written of it, where `is_only` says that its check has no other block; below it, what
    /// could not be decided.
    pub fn write(
        &self,
        whole: Whole<'_>,
        is_only: bool,
        undecided: Option<&Block>,
        (summary, causes): (&Summary, &Causes<'_>),
    ) -> String {
        let mut text = self.found(whole, is_only, (summary, causes));
        if let Some(undecided) = undecided {
            text.pop();
            text.push_str(&undecided.undecided(whole.options));
            text.push('\n');
        }
        text
    }

    fn found(
        &self,
        whole: Whole<'_>,
        is_only: bool,
        (summary, causes): (&Summary, &Causes<'_>),
    ) -> String {
        let of_check = summary.checks.iter().find(|c| c.id == self.check());
        let held_back = of_check.map_or(0, |c| c.findings.saturating_sub(c.shown));
        let shown = self.lines.len() as u64;
        let all = if is_only { shown + held_back } else { shown };
        let keys = self.lines.iter().map(|l| (l.place.as_str(), l.absent.as_deref()));
        let groups = groups(keys, self.check(), causes);
        let led_back = groups.iter().filter(|g| g.is_led_back()).flat_map(Group::lines).count();
        let is_led_back = led_back == self.lines.len();
        let (lead, number) = self.shown_whole(&groups);
        if all == 1 && !is_led_back {
            return whole.finding(lead, None);
        }
        let at_least = if held_back > 0 && !is_only { "at least " } else { "" };
        let count = match of_check.map_or(0, |c| c.tally.cases) {
            seen if seen >= all => format!("{at_least}{all} of {seen} fail"),
            _ => format!("{at_least}{all} times"),
        };
        let headline = Headline { about: about(lead), count };
        let mut text = match is_led_back {
            true => whole.headline(lead, Some(&headline).filter(|_| all > 1)),
            false => whole.finding(lead, Some(&headline)).trim_end().to_string() + "\n",
        };
        let at_least = if held_back > 0 { "at least " } else { "" };
        text.push_str(&self.groups(&groups, (*number, at_least), whole.options));
        text.push_str(&self.others(&groups, *number, whole.options));
        if held_back > 0 && is_only {
            text.push_str(&format!("   … {held_back} more (--max-per-check 0 shows all)\n"));
        }
        text.push('\n');
        text
    }

    /// The finding that is shown whole: one that is not led back to another check, if there is one.
    fn shown_whole(&self, groups: &[Group<'_>]) -> &(Finding, usize) {
        let is_led_back = |n| groups.iter().any(|g| g.is_led_back() && g.lines().any(|l| l == n));
        match &self.unexplained {
            Some(other) if is_led_back(self.lead.1) => other,
            _ => &self.lead,
        }
    }

    /// A line for all findings with one cause; what helps them, unless another check says it.
    fn groups(
        &self,
        groups: &[Group<'_>],
        (lead, at_least): (usize, &str),
        options: Options,
    ) -> String {
        let lead = self.lines.get(lead).and_then(|l| l.help.as_ref());
        let mut out = String::new();
        for group in groups {
            let mut text = group.text(at_least);
            let first = group.lines().next().and_then(|n| self.lines.get(n));
            let help = first.and_then(|l| l.help.as_ref()).filter(|h| Some(*h) != lead);
            if let Some(help) = help.filter(|_| !group.is_led_back()) {
                text.push_str(&format!("; help: {help}"));
            }
            let lines = wrapped(&left_to_right(&text), 3, options);
            out.push_str(&format!("   {}\n", lines.join("\n     ")));
        }
        out
    }

    /// A line for each finding but the lead and those of groups.
    fn others(&self, groups: &[Group<'_>], shown: usize, options: Options) -> String {
        let (paint, lead) = (Paint::new(options), self.lines.get(shown));
        let mut is_said = vec![false; self.lines.len()];
        for n in groups.iter().flat_map(Group::lines).chain([shown]) {
            is_said.get_mut(n).into_iter().for_each(|said| *said = true);
        }
        let others = self.lines.iter().zip(is_said).filter(|(_, is_said)| !is_said);
        let lines: Vec<&Line> = others.map(|(line, _)| line).collect();
        // Figures of a single line need no heading: they are said in words.
        let has_heading = lines.len() > 1 && lines.iter().any(|l| !l.figures[0].is_empty());
        let columns = self.columns(&lines, has_heading, options);
        let row = |n: usize| {
            let cells = columns.iter().filter_map(|c| c.get(n));
            let cells: Vec<_> = cells.map(|c| left_to_right(c)).collect();
            format!("   {}", cells.join("  "))
        };
        let mut out = String::new();
        if has_heading {
            out.push_str(&format!("{}\n", paint.dim(row(0).trim_end())));
        }
        for (n, of) in lines.iter().enumerate() {
            let mut line = row(n + usize::from(has_heading));
            let words = of.rest(lead, has_heading);
            let room = options.width.saturating_sub(line.width() + 3);
            if !words.is_empty() {
                let is_cut = options.wraps && room >= LEAST_WORDS;
                let words = if is_cut { fitted(&words, room) } else { words.as_str().into() };
                line.push_str(&format!("  {}", left_to_right(&words)));
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }

    /// Places, rows and figures as columns, with what they are called; in a narrow terminal without
    /// what can be spared.
    fn columns(&self, lines: &[&Line], has_heading: bool, options: Options) -> Vec<Vec<String>> {
        let names = self.lead.0.working.as_ref().map_or(["", ""], column_names);
        let names = ["", "", names[0], names[1], "difference"];
        let mut columns: Vec<Vec<String>> = Vec::new();
        for (n, name) in names.iter().enumerate().filter(|(n, _)| *n < 2 || has_heading) {
            let mut cells: Vec<&str> = lines.iter().map(|l| l.cell(n)).collect();
            if cells.iter().all(|c| c.is_empty()) {
                continue;
            }
            if has_heading {
                cells.insert(0, name);
            }
            columns.push(if n < 2 { padded(&cells) } else { headed(&cells, has_heading) });
        }
        let size = |column: &Vec<String>| column.first().map_or(0, |c| c.width()) + 2;
        let used = |columns: &[Vec<String>]| columns.iter().map(size).sum::<usize>() + 2;
        let has_difference = lines.iter().any(|l| !l.figures[2].is_empty()) && has_heading;
        if options.wraps && has_difference && used(&columns) > options.width {
            columns.pop();
        }
        let over = used(&columns).saturating_sub(options.width);
        if let Some(places) = columns.first_mut().filter(|_| options.wraps && over > 0) {
            let most = size(places).saturating_sub(over + 2).max(LEAST_PLACE);
            let cells: Vec<String> = places.iter().map(|p| ending(p.trim_end(), most)).collect();
            *places = padded(&cells.iter().map(String::as_str).collect::<Vec<_>>());
        }
        columns
    }
}

/// Columns that words behind the figures are worth being cut to.
const LEAST_WORDS: usize = 12;

/// Columns of a place that are always shown.
const LEAST_PLACE: usize = 16;

/// The end of a path with its line, in so many columns.
fn ending(place: &str, columns: usize) -> String {
    if place.width() <= columns {
        return place.to_string();
    }
    let fits = |at: &usize| place.get(*at..).is_some_and(|end| end.width() < columns);
    let start = place.char_indices().map(|(at, _)| at).find(fits).unwrap_or(0);
    format!("…{}", place.get(start..).unwrap_or_default())
}

impl Line {
    fn new(finding: &Finding, sources: &dyn SourceText) -> Line {
        let place = finding.labels.first().map(|l| location(sources, &l.place.at));
        let about = about(finding);
        let said = detail(finding, &about);
        // A message of the rule's author says more than the figures.
        let is_own = said == finding.message;
        let figures = finding.working.as_ref().filter(|_| !is_own).map(figures);
        let maybe = finding.explanation.as_ref().map(|e| format!("  maybe: {e}"));
        Line {
            place: place.unwrap_or_default(),
            row: finding.key.clone().unwrap_or_default(),
            figures: figures.unwrap_or_default(),
            said: said.to_string(),
            maybe: maybe.unwrap_or_default(),
            help: finding.help.clone(),
            absent: finding.absent.clone(),
        }
    }

    fn cell(&self, n: usize) -> &str {
        match n {
            0 => &self.place,
            1 => &self.row,
            n => self.figures.get(n - 2).map_or("", String::as_str),
        }
    }

    /// What is said of it beside its figures and was not said of the lead.
    fn rest(&self, lead: Option<&Line>, has_figures: bool) -> String {
        let is_told = has_figures && !self.figures[0].is_empty();
        let said = Some(&self.said).filter(|s| !is_told && lead.is_none_or(|l| l.said != **s));
        let help = self.help.as_ref().filter(|h| lead.is_none_or(|l| l.help.as_ref() != Some(*h)));
        let help = help.map_or(String::new(), |h| format!("  help: {h}"));
        let said = said.map_or("", String::as_str);
        format!("{said}{}{help}", self.maybe).trim_start().to_string()
    }
}

/// Whether both sides of a finding are further apart than those of another.
fn is_further(finding: &Finding, than: &Finding) -> bool {
    let distance = |f: &Finding| f.working.as_ref().and_then(Working::distance);
    match (distance(finding), distance(than)) {
        (Some(own), Some(other)) => own > other,
        (Some(_), None) => true,
        _ => false,
    }
}

/// Both sides, the stated one first, and the difference.
fn figures(w: &Working) -> [String; 3] {
    let difference = w.difference.clone().unwrap_or_default();
    let (left, right) = (w.left.value.clone(), w.right.value.clone());
    match w.relation {
        "=" if is_swapped(w) => [right, left, difference],
        "=" => [left, right, difference],
        relation => [left, format!("{relation} {right}"), difference],
    }
}

/// What the columns of both sides are called.
fn column_names(w: &Working) -> [&'static str; 2] {
    if w.relation == "=" { ["stated", "follows"] } else { ["is", "wanted"] }
}

/// Whether the right side is a cell and the left one is computed.
fn is_swapped(w: &Working) -> bool {
    let is_cell = |right: bool| {
        let mut terms = w.terms.iter().filter(|t| t.right == right);
        terms.next().is_some_and(|t| t.part_of.is_empty() && t.place.is_some())
            && terms.next().is_none()
    };
    is_cell(true) && !is_cell(false)
}

/// Texts, all as wide as the widest.
fn padded(cells: &[&str]) -> Vec<String> {
    let width = cells.iter().map(|c| c.width()).max().unwrap_or(0);
    cells.iter().map(|c| format!("{c}{}", " ".repeat(width - c.width()))).collect()
}

/// Figures aligned at their decimal points below what the column is called.
fn headed(cells: &[&str], has_heading: bool) -> Vec<String> {
    let Some((name, figures)) = cells.split_first().filter(|_| has_heading) else {
        return aligned(cells);
    };
    let figures = aligned(figures);
    let width = figures.first().map_or(0, |f| f.width()).max(name.width());
    let cells = std::iter::once((*name).to_string()).chain(figures);
    cells.map(|c| format!("{}{c}", " ".repeat(width - c.width()))).collect()
}
