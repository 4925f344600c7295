//! Findings of one kind as one block: a headline, the finding with the largest difference whole, a
//! line for each of the others.

use std::collections::BTreeMap;

use unicode_width::UnicodeWidthStr;

use crate::render::full::causes::{Causes, Group, groups};
use crate::render::full::whole::{Headline, Whole, about, detail};
use crate::render::options::Options;
use crate::render::paint::{Paint, fitted, left_to_right, wrapped};
use crate::render::words::{NOT_COUNTED, aligned, figures, location, standing, why_not_counted};
use crate::report::{AbsentKey, Demand, Finding, SourceText, Status, Summary, Working};

/// All findings of one check, assertion, fault and column that are shown.
pub struct Block {
    /// Which findings belong to it.
    first: Finding,
    /// The one that is shown whole, and which of the lines it would be; none where all are known.
    lead: Option<(Finding, usize)>,
    /// The one that it would be of those that no missing key explains.
    unexplained: Option<(Finding, usize)>,
    /// Those that count.
    lines: Vec<Line>,
    /// How many of them compare with the old version in which way.
    statuses: BTreeMap<Option<Status>, u64>,
    /// Those that are accepted, or as they were in the old version.
    known: Vec<Known>,
}

/// A finding that does not count.
struct Known {
    line: Line,
    /// Why not.
    standing: String,
    why: &'static str,
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
    status: Option<Status>,
}

impl Block {
    /// A block of one finding.
    pub fn new(finding: &Finding, sources: &dyn SourceText) -> Block {
        let (lines, known, statuses) = Default::default();
        let (lead, unexplained) = (None, None);
        let first = finding.clone();
        let mut block = Block { first, lead, unexplained, lines, statuses, known };
        block.add(finding, sources);
        block
    }

    /// Whether a finding belongs to it.
    pub fn takes(&self, finding: &Finding) -> bool {
        let (own, other) = (self.first.identity(), finding.identity());
        // What is wrong with the names of several columns is said together.
        let is_of_file = own.demand == Demand::Structure;
        self.first.assertion == finding.assertion
            && (&own.check, own.fault, &own.table) == (&other.check, other.fault, &other.table)
            && (is_of_file || own.column == other.column)
    }

    /// One more finding.
    pub fn add(&mut self, finding: &Finding, sources: &dyn SourceText) {
        let line = Line::new(finding, sources);
        if !finding.counts {
            let standing = standing(finding).unwrap_or_default();
            self.known.push(Known { line, standing, why: why_not_counted(finding) });
            return;
        }
        let own = || Some((finding.clone(), self.lines.len()));
        let leads = |over: &Option<(Finding, usize)>| {
            over.as_ref().is_none_or(|(before, _)| is_further(finding, before))
        };
        let of_all = own().filter(|_| leads(&self.lead));
        let unexplained = own().filter(|(f, _)| {
            f.absent.as_ref().is_none_or(|key| key.is_elsewhere) && leads(&self.unexplained)
        });
        self.lead = of_all.or(self.lead.take());
        self.unexplained = unexplained.or(self.unexplained.take());
        *self.statuses.entry(finding.status).or_insert(0) += 1;
        self.lines.push(line);
    }

    /// The check it is of.
    pub fn check(&self) -> &str {
        self.first.check()
    }

    /// How many of its findings are accepted, or as they were in the old version.
    pub fn known(&self) -> u64 {
        self.known.len() as u64
    }

    /// Whether it says that its check could not be decided in part.
    pub fn is_undecided(&self) -> bool {
        self.first.fault().name == "undecided"
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
        self.lines.iter().map(line).collect::<String>() + &self.known_lines(options)
    }

    /// A line for each finding that does not count, and why.
    fn known_lines(&self, options: Options) -> String {
        let lines: Vec<&Line> = self.known.iter().map(|k| &k.line).collect();
        let columns = self.columns(&lines, false, options);
        let mut out = String::new();
        for (n, Known { line, standing, .. }) in self.known.iter().enumerate() {
            let cells = columns.iter().filter_map(|c| c.get(n)).map(|c| left_to_right(c));
            let cells: Vec<_> = cells.chain([left_to_right(&line.said)]).collect();
            let text = format!("{} ({standing})", cells.join("  "));
            out.push_str(&format!("   {}\n", wrapped(&text, 3, options).join("\n      ")));
        }
        out
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

    /// Its findings with one cause.
    fn groups_of<'b>(&'b self, causes: &Causes<'b>) -> Vec<Group<'b>> {
        let keys = self.lines.iter().map(|l| (l.place.as_str(), l.absent.as_deref()));
        groups(keys, self.check(), causes)
    }

    /// Findings that are not shown and that the lines of its groups count.
    pub fn counted(&self, summary: &Summary, causes: &Causes<'_>) -> u64 {
        let of_check = summary.checks.iter().find(|c| c.id == self.check());
        match of_check.filter(|c| c.known == 0 && !self.has_standings()) {
            Some(c) => {
                let counted = self.groups_of(causes).iter().map(Group::beyond).sum::<u64>();
                counted.min(c.findings.saturating_sub(c.shown))
            }
            None => 0,
        }
    }

    fn found(
        &self,
        whole: Whole<'_>,
        is_only: bool,
        (summary, causes): (&Summary, &Causes<'_>),
    ) -> String {
        let of_check = summary.checks.iter().find(|c| c.id == self.check());
        let held_back = of_check.map_or(0, |c| c.findings.saturating_sub(c.shown));
        let counted = self.counted(summary, causes);
        let shown = self.lines.len() as u64;
        let all = shown + if is_only { held_back } else { counted };
        let known = of_check.map_or(0, |c| c.known);
        let is_cut = held_back > 0 && !self.lines.is_empty()
            || is_only && !self.known.is_empty() && known > self.known();
        let groups = self.groups_of(causes);
        let more = held_back - counted;
        let led_back = groups.iter().filter(|g| g.is_led_back()).flat_map(Group::lines).count();
        let is_led_back = led_back == self.lines.len();
        let lead = self.shown_whole(&groups);
        let at_least = if more > 0 && !is_only { "at least " } else { "" };
        let is_key = |l: &&Line| l.absent.as_ref().is_some_and(|key| key.cases.is_none());
        let is_of_keys = self.lines.iter().filter(is_key).count() > 0;
        let count = match of_check.map_or(0, |c| c.tally.cases) {
            seen if self.has_standings() => self.by_standing(is_cut, seen),
            // A missing key is found once, in whatever row it stands.
            seen if seen >= all && !is_of_keys => format!("{at_least}{all} of {seen} fail"),
            _ => format!("{at_least}{all} times"),
        };
        let headline = |f: &Finding| Headline { about: about(f), count: count.clone() };
        let text = match lead {
            Some((lead, _)) if all == 1 && !is_led_back => whole.finding(lead, None),
            Some((lead, _)) if is_led_back => {
                whole.headline(lead, Some(&headline(lead)).filter(|_| all > 1))
            }
            Some((lead, _)) => whole.finding(lead, Some(&headline(lead))),
            None => whole.headline(&self.first, Some(&headline(&self.first))),
        };
        let mut text = text.trim_end().to_string() + "\n";
        let number = lead.map(|(_, number)| *number);
        let at_least = if more > 0 { "at least " } else { "" };
        text.push_str(&self.groups(&groups, (number, at_least), whole.options));
        text.push_str(&self.others(&groups, number, whole.options));
        if more > 0 && is_only {
            text.push_str(&format!("   … {more} more (--max-per-check 0 shows all)\n"));
        }
        text.push_str(&self.known_lines(whole.options));
        text.push('\n');
        text
    }

    /// Whether its findings are not all alike to those who compare or accept.
    fn has_standings(&self) -> bool {
        !self.known.is_empty() || self.statuses.keys().any(Option::is_some)
    }

    /// `2 new, 1 changed, 5 still open, 1 accepted of 20`.
    fn by_standing(&self, is_cut: bool, seen: u64) -> String {
        let known =
            NOT_COUNTED.map(|why| (why, self.known.iter().filter(|k| k.why == why).count() as u64));
        let counted = self.statuses.iter().map(|(s, n)| (s.map_or("failing", Status::word), *n));
        let parts: Vec<String> = counted
            .chain(known)
            .filter(|(_, n)| *n > 0)
            .map(|(word, n)| format!("{n} {word}"))
            .collect();
        let of = if seen > 0 { format!(" of {seen}") } else { String::new() };
        format!("{}{}{of}", if is_cut { "at least " } else { "" }, parts.join(", "))
    }

    /// The finding that is shown whole: one that is not led back to another check, if there is one.
    fn shown_whole(&self, groups: &[Group<'_>]) -> Option<&(Finding, usize)> {
        let is_led_back = |n| groups.iter().any(|g| g.is_led_back() && g.lines().any(|l| l == n));
        let lead = self.lead.as_ref()?;
        Some(self.unexplained.as_ref().filter(|_| is_led_back(lead.1)).unwrap_or(lead))
    }

    /// A line for all findings with one cause; what helps them, unless another check says it.
    fn groups(
        &self,
        groups: &[Group<'_>],
        (lead, at_least): (Option<usize>, &str),
        options: Options,
    ) -> String {
        let lead = lead.and_then(|n| self.lines.get(n)).and_then(|l| l.help.as_ref());
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
    fn others(&self, groups: &[Group<'_>], shown: Option<usize>, options: Options) -> String {
        let (paint, lead) = (Paint::new(options), shown.and_then(|n| self.lines.get(n)));
        let mut is_said = vec![false; self.lines.len()];
        for n in groups.iter().flat_map(Group::lines).chain(shown) {
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
            let status = of.status.filter(|_| self.statuses.len() > 1);
            let status = status.map_or(String::new(), |s| format!("  ({})", s.word()));
            let room = options.width.saturating_sub(line.width() + status.width() + 3);
            let is_cut = options.wraps && room >= LEAST_WORDS;
            if !words.is_empty() {
                let words = if is_cut { fitted(&words, room) } else { words.as_str().into() };
                line.push_str(&format!("  {}", left_to_right(&words)));
            }
            let line = format!("{}{status}", line.trim_end());
            // Words that are too many to be cut to what is left go below.
            let line = match is_cut {
                true => line,
                false => format!("   {}", wrapped(line.trim_start(), 3, options).join("\n      ")),
            };
            out.push_str(&format!("{line}\n"));
        }
        out
    }

    /// Places, rows and figures as columns, with what they are called; in a narrow terminal without
    /// what can be spared.
    fn columns(&self, lines: &[&Line], has_heading: bool, options: Options) -> Vec<Vec<String>> {
        let names = self.first.working.as_ref().map_or(["", ""], column_names);
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
            status: finding.status,
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

/// What the columns of both sides are called, in the order of their figures.
fn column_names(w: &Working) -> [&str; 2] {
    let [left, right] = [&*w.headings[0], &*w.headings[1]];
    if w.relation == "=" && w.is_turned() { [right, left] } else { [left, right] }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_place_keeps_its_end() {
        for (place, columns, shown) in [
            ("a.csv:1:2", 9, "a.csv:1:2"),
            ("a.csv:1:2", 8, "…csv:1:2"),
            ("data/towns.csv:10:2", 16, "…/towns.csv:10:2"),
            ("日本.csv:1:2", 12, "日本.csv:1:2"),
            ("日本.csv:1:2", 11, "…本.csv:1:2"),
            ("日本.csv:1:2", 10, "….csv:1:2"),
        ] {
            assert_eq!(ending(place, columns), shown, "{place} in {columns}");
        }
    }
}
