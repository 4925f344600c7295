//! Proposals as a rule file.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::propose::column::Column;
use crate::propose::lines::{self, Line, comment, list};
use crate::propose::names::{expression, key, quoted};
use crate::propose::rules::{Check, Demand, Proposal, Rules, State, TableRules};
use crate::propose::table::Table;
use crate::read::frame::Header;
use crate::render::words::count;
use crate::report::text::cut;
use crate::value::{Language, Type};

/// Columns whose contracts are written.
const MOST_COLUMNS: usize = 300;

/// The rule file; `name` is what it will be called.
pub fn write(tables: &[Table], rules: &Rules, name: &str, remarks: &[String]) -> String {
    let mut out = String::from(
        "# First rules, proposed by `crossfoot init` from what the files hold today.\n",
    );
    let run = match name.rsplit('/').next() {
        Some("crossfoot.toml") | None => "crossfoot check".to_string(),
        Some(_) => format!("crossfoot check {}", comment(name)),
    };
    let _ = writeln!(out, "# Read them, delete what is not meant, then run `{run}`.");
    for remark in remarks {
        let _ = writeln!(out, "#\n# {}", comment(remark));
    }
    for (number, table) in tables.iter().enumerate() {
        let none = TableRules::default();
        let own = rules.tables.get(number).unwrap_or(&none);
        out.push('\n');
        Writer { tables, table, own, out: &mut out }.table();
    }
    for check in &rules.checks {
        write_check(check, &mut out);
    }
    out
}

struct Writer<'a> {
    tables: &'a [Table],
    table: &'a Table,
    own: &'a TableRules,
    out: &'a mut String,
}

impl Writer<'_> {
    fn table(&mut self) {
        let files = &self.table.files;
        for remark in files.remarks.iter().chain(&self.own.findings) {
            let _ = writeln!(self.out, "# {}", comment(remark));
        }
        let _ = writeln!(self.out, "[data.{}]", key(&files.name));
        let lines = self.lines();
        lines::write(&lines, self.out);
        let columns = self.columns();
        if !columns.is_empty() {
            let _ = writeln!(self.out, "\n[data.{}.columns]", key(&files.name));
            lines::write(&columns, self.out);
            let more = self.table.usable().len().saturating_sub(MOST_COLUMNS);
            if more > 0 {
                let _ = writeln!(self.out, "# {more} more columns are not listed");
            }
        }
    }

    /// How the files are read, and the key.
    fn lines(&self) -> Vec<Line> {
        let table = self.table;
        let mut lines = self.dialect();
        lines.extend(self.frame());
        let mut line = |key: &str, value: String, remark: String| {
            lines.push(Line::new(key, value, remark));
        };
        let language = table.figures.language;
        if language != Language::ENGLISH {
            let is_named = table.columns.iter().any(Column::names_months);
            let words = if is_named { "names of months" } else { "that of the text around it" };
            line("language", quoted(language.code()), words.into());
        }
        if table.figures.decimal != language.decimal {
            line("decimal", quoted(&table.figures.decimal.to_string()), String::new());
        }
        if let Some(grouping) = table.figures.grouping {
            line("grouping", quoted(&grouping.to_string()), String::new());
        }
        if table.trim {
            line("trim", "true".into(), "white space around names and texts".into());
        }
        if !table.marks.is_empty() {
            line("marks", list(&table.marks), "beside figures".into());
        }
        if !table.missing.is_empty() {
            line("missing", missing(&table.missing), cells(table, &table.missing));
        }
        if let Some(column) = table.fill.and_then(|c| table.column(c)) {
            let words = "a blank cell means the one above";
            lines.push(Line::new("fill", format!("[{}]", quoted(column.name())), words));
        }
        lines.extend(self.parent());
        lines.extend(self.key());
        if lines.iter().all(|line| line.nearly.is_some() || line.key != "key")
            && self.columns().iter().all(|line| line.nearly.is_some())
        {
            // Rules that ask for nothing are an error.
            let (rows, words) = match table.rows {
                0 => ("\"0..\"", "no rows yet"),
                _ => ("\"1..\"", "at least one row"),
            };
            lines.push(Line::new("rows", rows.into(), words));
        }
        lines
    }

    /// Which file it is, and how that is cut into fields.
    fn dialect(&self) -> Vec<Line> {
        let files = &self.table.files;
        let (dialect, usual) = (files.cut.dialect, files.usual);
        let mut lines = Vec::new();
        let mut line = |key: &str, value: String| lines.push(Line::new(key, value, ""));
        line("path", quoted(&files.path));
        if let Some(format) = files.format {
            line("format", quoted(format));
        }
        if let Some(at) = &files.at {
            line("at", quoted(at));
        }
        if let Some(encoding) = &files.encoding {
            line("encoding", quoted(encoding));
        }
        if dialect.delimiter != usual.delimiter {
            line("delimiter", quoted(&char::from(dialect.delimiter).to_string()));
        }
        if dialect.quote != usual.quote {
            let quote = dialect.quote.map(|q| quoted(&char::from(q).to_string()));
            line("quote", quote.unwrap_or_else(|| "false".into()));
        }
        if let Some(sign) = dialect.comment {
            line("comment", quoted(&char::from(sign).to_string()));
        }
        lines
    }

    /// Where the table stands in its file.
    fn frame(&self) -> Vec<Line> {
        let cut = &self.table.files.cut;
        let mut lines = Vec::new();
        if let Some(skip) = cut.frame.skip {
            let above: Vec<&str> = cut.above.iter().map(String::as_str).collect();
            let titles = short(&above.join(" / "));
            let said = if titles.is_empty() { "blank".into() } else { titles };
            let remark = format!("above the header: {said}");
            lines.push(Line::new("skip", skip.to_string(), remark));
        }
        match &cut.frame.header {
            Header::Rows(1) => {}
            Header::Rows(rows @ 2..) => {
                let remark = "their names are joined with ` / `";
                lines.push(Line::new("header", rows.to_string(), remark));
            }
            _ => lines.push(Line::new("header", "false".into(), no_header(cut.above.is_empty()))),
        }
        if let Some(until) = &cut.frame.until {
            let remark = format!("below the table: {}", short(&cut.below.join(" / ")));
            lines.push(Line::new("until", expression(&until.text), remark));
        }
        lines
    }

    /// By which codes rows stand under each other.
    fn parent(&self) -> Option<Line> {
        let (column, separator) = self.table.parent?;
        let code = quoted(self.table.column(column)?.name());
        let cut = separator
            .map_or(String::new(), |sign| format!(", separator = {}", quoted(&sign.to_string())));
        let words = "a code stands under the longest that it begins with";
        Some(Line::new("parent", format!("{{ prefix = {code}{cut} }}"), words))
    }

    fn key(&self) -> Option<Line> {
        let proposal = self.own.key.as_ref().filter(|key| key.state != State::Dropped)?;
        let name = |c: &usize| self.table.column(*c).map(|c| quoted(c.name()));
        let columns: Vec<String> = proposal.what.iter().filter_map(name).collect();
        let value = match columns.as_slice() {
            [only] => only.clone(),
            several => format!("[{}]", several.join(", ")),
        };
        let mut line = Line::new("key", value, proposal.support.clone());
        line.nearly = nearly(&proposal.state);
        Some(line)
    }

    fn columns(&self) -> Vec<Line> {
        let usable = self.table.usable();
        let columns = usable.iter().take(MOST_COLUMNS);
        let none = Vec::new();
        columns
            .flat_map(|number| {
                let demands = self.own.demands.get(number).unwrap_or(&none);
                self.table.column(*number).map_or(Vec::new(), |column| self.column(column, demands))
            })
            .collect()
    }

    /// How the cells of a column are read.
    fn read_as(&self, column: &Column) -> Vec<String> {
        let mut parts = type_parts(column);
        let own: Vec<String> =
            column.missing.iter().filter(|m| !self.table.missing.contains(m)).cloned().collect();
        // What a column has of its own stands for what the table says.
        if column.sample.marks.iter().any(|mark| !self.table.marks.contains(mark)) {
            let all: BTreeSet<&String> =
                self.table.marks.iter().chain(&column.sample.marks).collect();
            parts.push(format!("marks = {}", list(all)));
        }
        if !own.is_empty() {
            let mut all = self.table.missing.clone();
            all.extend(own.iter().cloned());
            parts.push(format!("missing = {}", missing(&all)));
        }
        parts
    }

    /// The contract of a column; what nearly holds is a line of its own.
    fn column(&self, column: &Column, demands: &[Proposal<Demand>]) -> Vec<Line> {
        let mut parts = self.read_as(column);
        let mut remarks = Vec::new();
        let mut lines = Vec::new();
        for demand in demands.iter().filter(|demand| demand.state == State::Made) {
            parts.push(self.demand(&demand.what));
            remarks.push(demand.support.clone());
        }
        for demand in demands {
            match &demand.state {
                State::Nearly(words) => {
                    // It can be taken as it is: a column has one line.
                    let mut all = parts.clone();
                    all.push(self.demand(&demand.what));
                    let value = format!("{{ {} }}", all.join(", "));
                    let mut line = Line::new(&key(column.name()), value, demand.support.clone());
                    line.nearly = Some(words.clone());
                    lines.push(line);
                }
                State::Made | State::Dropped => {}
            }
        }
        remarks.dedup();
        let said = |words: &String| format!("{}: {words}", column.name());
        let above: Vec<String> = column.notes.iter().map(|n| comment(&said(n))).collect();
        if let Some(doubt) = &column.doubt {
            let mut all = type_words(doubt.ty, doubt.format.as_ref());
            all.extend(parts.iter().cloned());
            let value = format!("{{ {} }}", all.join(", "));
            let mut line = Line::new(&key(column.name()), value, "");
            line.nearly = Some(said(&doubt.words));
            lines.insert(0, line);
        }
        if !parts.is_empty() {
            let in_place = "In place of its line above:";
            lines.iter_mut().for_each(|line| line.replaces = Some(in_place));
        }
        if !parts.is_empty() {
            let value = format!("{{ {} }}", parts.join(", "));
            let mut line = Line::new(&key(column.name()), value, remarks.join(", "));
            line.above = above;
            lines.insert(0, line);
        } else if let Some(line) = lines.first_mut() {
            line.above = above;
        } else if !above.is_empty() {
            let mut line = Line::new("", String::new(), "");
            line.above = above;
            lines.push(line);
        }
        lines
    }

    fn demand(&self, demand: &Demand) -> String {
        match demand {
            Demand::Required => "required = true".into(),
            Demand::Unique => "unique = true".into(),
            Demand::In(table, column) => {
                let table = self.tables.get(*table);
                let name = table.map_or("", |t| t.files.name.as_str());
                let column = table.and_then(|t| t.column(*column)).map_or("", Column::name);
                format!("in = {}", quoted(&format!("{name}.{column}")))
            }
            Demand::OneOf(values) => format!("one_of = {}", list(values)),
        }
    }
}

/// What stands in a file, as far as a remark shows it.
fn short(text: &str) -> String {
    cut(text, 60, None).into_owned()
}

/// Why a file has no header; rows above may have names that none of them has all of.
fn no_header(is_first: bool) -> &'static str {
    match is_first {
        true => "the first row is one of data",
        false => "no one row names the columns, so they are numbered",
    }
}

fn nearly(state: &State) -> Option<String> {
    if let State::Nearly(words) = state { Some(words.clone()) } else { None }
}

fn type_parts(column: &Column) -> Vec<String> {
    if column.ty == Type::Text && !column.is_code {
        return Vec::new();
    }
    type_words(column.ty, column.format.as_ref())
}

fn type_words(ty: Type, format: Option<&String>) -> Vec<String> {
    let format = format.map(|f| format!("format = {}", quoted(f)));
    std::iter::once(format!("type = \"{}\"", ty.word())).chain(format).collect()
}

/// The blank cell and other texts for no value.
fn missing(markers: &[String]) -> String {
    list(std::iter::once(&String::new()).chain(markers))
}

/// How many cells hold one of some texts.
fn cells(table: &Table, markers: &[String]) -> String {
    let of_column = |c: &Column| -> u32 {
        let texts = c.sample.texts.iter().zip(&c.sample.counts);
        texts.filter(|(t, _)| markers.iter().any(|m| *m == t.trim())).map(|(_, n)| *n).sum()
    };
    let cells = table.columns.iter().map(of_column).fold(0, u32::saturating_add);
    let columns = table.columns.iter().filter(|c| of_column(c) > 0).count();
    let sample = if table.is_whole { "" } else { " of the rows that were looked at" };
    let cells = count(u64::from(cells), "cell", "cells");
    format!("{cells} in {}{sample}", count(columns as u64, "column", "columns"))
}

fn write_check(proposal: &Proposal<Check>, out: &mut String) {
    let Check { id, title, each, filter, asserts, .. } = &proposal.what;
    let mut keys = vec![("title", quoted(title))];
    keys.extend(each.as_ref().map(|each| ("each", quoted(each))));
    keys.extend(filter.as_ref().map(|filter| ("where", expression(filter))));
    let text = lines::check(id, &keys, asserts);
    match &proposal.state {
        State::Made => {
            let _ = write!(out, "\n# {}\n{text}", comment(&proposal.support));
        }
        State::Nearly(words) => {
            let _ = writeln!(out, "\n# {}", comment(words));
            for line in text.lines() {
                let _ = writeln!(out, "# {line}");
            }
        }
        State::Dropped => {}
    }
}
