//! Column contracts, keys → ordinary checks.

use crate::compile::names::reference;
use crate::compile::places::Places;
use crate::compile::{contradictions, lists};
use crate::engine::data::check::{Assertion, Check, Kind};
use crate::engine::data::table::Table;
use crate::engine::faults;
use crate::expr::bind::{BoundUnit, UNKNOWN_COLUMN};
use crate::expr::bound::{Allowance, Bound, Op, States};
use crate::expr::catalog::Catalog;
use crate::expr::functions;
use crate::expr::items::Items;
use crate::expr::regex::Regex;
use crate::expr::tree::Cmp;
use crate::fault::{Fault, Severity};
use crate::report;
use crate::report::schedule::TrivialBelow;
use crate::rules::toml::BAD_VALUE;
use crate::rules::{ColumnRule, Demand, TableRule};
use crate::shape::Source;
use crate::source::{Problem, Span};
use crate::value::{Number, NumberFormat, Reading, Type, Value};

/// What contracts are made into.
pub struct Contracts {
    pub checks: Vec<Check>,
    /// What could not be made.
    pub problems: Vec<Problem>,
}

/// Makes the checks of a table's contracts.
pub fn make(
    rule: &TableRule,
    number: usize,
    table: &Table,
    catalog: &Catalog,
    states: &mut States,
) -> Contracts {
    let mut made = Contracts { checks: Vec::new(), problems: Vec::new() };
    made.checks.extend(key(rule, number, table));
    made.problems.extend(rule.patterns.iter().filter_map(|of| unmatched(rule, of, table)));
    let own = table.columns.iter().filter(|c| c.rounded.is_none()).map(|c| c.name.as_str());
    let names = own.chain(table.layout.pivot.iter().map(|p| p.1.as_str()));
    let places = Places::of(table);
    for contract in &rule.contracts(names) {
        let name = contract.name.value.as_str();
        let melted = places.pivot.get(name).and_then(|pivot| melted(name, *pivot, table));
        let own = places.own.get(name).copied();
        let named = || places.all.get(name).copied();
        let of_values = melted.as_ref().map(|m| m.column);
        let Some(column) = own.or(of_values).or_else(named) else { continue };
        let melted = melted.filter(|_| own.is_none());
        // Of a column that need not be there, and is not, nothing is asked.
        if contract.optional && table.layout.sources.get(column) == Some(&Source::Nowhere) {
            continue;
        }
        let pivot = melted.as_ref().map_or(0, |m| m.pivot);
        let items = lists::items(rule, contract, catalog);
        let reading = items.as_ref().map(|items| &items.reading);
        let reading = reading.unwrap_or_else(|| table.columns[column].reading_of(pivot));
        contradictions::of_column(rule, contract, reading, &mut made.problems);
        let mut m = ContractBuilder {
            rule,
            contract,
            table,
            column,
            items: items.as_ref(),
            catalog,
            states,
            problems: Vec::new(),
        };
        let mut asserts: Vec<Assertion> =
            contract.demands.iter().filter_map(|d| m.assertion(&d.value, d.span)).collect();
        if let Some(items) = &items {
            let typed = lists::typed((rule, contract), column, items);
            asserts = typed.into_iter().chain(asserts).collect();
        }
        made.problems.extend(m.problems);
        // Cells that cannot be read are those of the column of values.
        let is_own = melted.is_none() && table.columns[column].reports_unreadable;
        let typed = is_own.then_some(column);
        if !asserts.is_empty() || typed.is_some() {
            let name = &contract.name;
            let made_of = check(rule, number, name.span, &name.value, asserts, Some(contract));
            made.checks.push(Check { typed, filter: melted.map(|m| m.filter), ..made_of });
        }
    }
    made
}

/// A contract whose pattern no column matches.
fn unmatched(
    rule: &TableRule,
    (regex, contract): &(Regex, ColumnRule),
    table: &Table,
) -> Option<Problem> {
    let melted = table.layout.pivot.iter().map(|p| &p.1);
    let mut names = table.columns.iter().map(|c| &c.name).chain(melted);
    let is_known = table.absent || table.unread || table.files.is_empty();
    if is_known || names.any(|name| regex.is_full_match(name)) {
        return None;
    }
    let message = format!("no column of `{}` matches `{}`", rule.name.value, contract.name.value);
    let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).take(10).collect();
    let help = format!("it must match whole names of columns, such as {}", names.join(", "));
    let problem = Problem::new(&UNKNOWN_COLUMN, rule.file, contract.name.span, message);
    Some(problem.label("matches nothing").help(help))
}

/// The cells of a column that became rows.
struct Melted {
    /// The column of values.
    column: usize,
    /// Which of the columns that became rows it is.
    pivot: usize,
    /// What chooses its rows.
    filter: Bound,
}

fn melted(name: &str, pivot: usize, table: &Table) -> Option<Melted> {
    let at = |wanted: Source| table.layout.sources.iter().position(|s| *s == wanted);
    let (names, column) = (at(Source::PivotName)?, at(Source::PivotValue)?);
    let text = Op::Const(Value::Text(name.to_string().into()));
    let filter = truth(Op::Compare {
        op: Cmp::Eq,
        left: Box::new(cell(names, table)),
        right: Box::new(Bound { op: text, ty: Type::Text, span: 0..0 }),
        allowance: Allowance::Exact,
    });
    Some(Melted { column, pivot, filter })
}

pub(crate) fn check(
    rule: &TableRule,
    number: usize,
    span: Span,
    name: &str,
    asserts: Vec<Assertion>,
    contract: Option<&ColumnRule>,
) -> Check {
    Check {
        id: format!("{}.{name}", rule.name.value),
        by_user: false,
        units: vec![BoundUnit {
            name: rule.name.value.clone(),
            table: number,
            groups: None,
            keys: Vec::new(),
        }],
        filter: None,
        asserts,
        choices: Vec::new(),
        over_all: Vec::new(),
        severity: contract.and_then(|c| c.severity).unwrap_or(Severity::Error),
        title: contract.and_then(|c| c.title.clone()),
        help: contract.and_then(|c| c.help.clone()),
        url: None,
        trivial_below: TrivialBelow::default(),
        message: None,
        rule: (rule.file, span),
        may_be_vacuous: true,
        compares: false,
        typed: None,
        elsewhere: None,
    }
}

/// A key is present and unique.
fn key(rule: &TableRule, number: usize, table: &Table) -> Option<Check> {
    let first = rule.key.first()?;
    let mut asserts = Vec::new();
    for part in &rule.key {
        let Some(column) = table.columns.iter().position(|c| c.name == part.value) else {
            continue;
        };
        let said = rule.columns.iter().any(|c| {
            c.name.value == part.value && c.demands.iter().any(|d| d.value == Demand::Required)
        });
        if !said {
            asserts.push(Assertion {
                bound: present(column, table),
                kind: demand(column, "is part of the key"),
                demand: report::Demand::Contract("key"),
                fault: &faults::MISSING_VALUE,
                severity: None,
                rule: (rule.file, part.span),
                text: String::new(),
                said: None,
            });
        }
    }
    let columns: Vec<usize> = rule
        .key
        .iter()
        .filter_map(|k| table.columns.iter().position(|c| c.name == k.value))
        .collect();
    if columns.len() == rule.key.len() {
        asserts.push(Assertion {
            bound: always(),
            kind: Kind::Unique { columns },
            demand: report::Demand::Contract("key"),
            fault: &faults::DUPLICATE_KEY,
            severity: None,
            rule: (rule.file, first.span),
            text: String::new(),
            said: None,
        });
    }
    Some(check(rule, number, first.span, "key", asserts, None))
}

pub(crate) fn demand(column: usize, words: &str) -> Kind {
    Kind::Demand { column, words: words.to_string() }
}

/// The key of a contract that says it.
fn name(d: &Demand) -> &'static str {
    match d {
        Demand::Decimals(_) => "decimals",
        Demand::Required => "required",
        Demand::Unique => "unique",
        Demand::Min(_) => "min",
        Demand::Max(_) => "max",
        Demand::Above(_) => "above",
        Demand::Below(_) => "below",
        Demand::MinLength(_) => "min_length",
        Demand::MaxLength(_) => "max_length",
        Demand::Matches(_) => "matches",
        Demand::OneOf(_) => "one_of",
        Demand::In { .. } => "in",
        Demand::Like(_) => "like",
    }
}

fn characters(n: u64) -> String {
    if n == 1 { "1 character".into() } else { format!("{n} characters") }
}

fn decimals_words(n: i32) -> String {
    match n {
        0 => "must be a whole number (`decimals = 0`)".into(),
        -1 => "must end in a zero (`decimals = -1`)".into(),
        n if n < 0 => format!("must end in {} zeros (`decimals = {n}`)", -n),
        1 => "must not have more than 1 decimal".into(),
        n => format!("must not have more than {n} decimals"),
    }
}

pub(crate) fn truth(op: Op) -> Bound {
    Bound { op, ty: Type::Boolean, span: 0..0 }
}

fn always() -> Bound {
    truth(Op::Const(Value::Bool(true)))
}

fn cell(column: usize, table: &Table) -> Bound {
    Bound {
        op: Op::Cell { unit: 0, column, ranges: false },
        ty: table.columns[column].reading.ty,
        span: 0..0,
    }
}

fn present(column: usize, table: &Table) -> Bound {
    truth(Op::IsMissing { not: true, value: Box::new(cell(column, table)) })
}

/// What a demand asks, its words, and what is wrong where it does not hold.
type Judged = (Bound, Kind, &'static Fault);

struct ContractBuilder<'m> {
    rule: &'m TableRule,
    contract: &'m ColumnRule,
    table: &'m Table,
    column: usize,
    /// How its cells are cut, where they are lists.
    items: Option<&'m Items>,
    catalog: &'m Catalog,
    states: &'m mut States,
    problems: Vec<Problem>,
}

impl ContractBuilder<'_> {
    fn assertion(&mut self, d: &Demand, span: Span) -> Option<Assertion> {
        let (bound, kind, fault): Judged = match d {
            Demand::Decimals(n) => {
                (self.decimals(*n), self.says(&decimals_words(*n)), &faults::EXCESS_DIGITS)
            }
            Demand::Required => (self.present(), self.says("is required"), &faults::MISSING_VALUE),
            Demand::Unique => {
                (always(), Kind::Unique { columns: vec![self.column] }, &faults::DUPLICATE_VALUE)
            }
            Demand::Min(t) => self.bound(Cmp::Ge, "at least", t, span)?,
            Demand::Max(t) => self.bound(Cmp::Le, "at most", t, span)?,
            Demand::Above(t) => self.bound(Cmp::Gt, "above", t, span)?,
            Demand::Below(t) => self.bound(Cmp::Lt, "below", t, span)?,
            Demand::MinLength(n) => self.long(Cmp::Ge, "at least", *n),
            Demand::MaxLength(n) => self.long(Cmp::Le, "at most", *n),
            Demand::Matches(pattern) => self.matches(pattern)?,
            Demand::OneOf(all) => self.one_of(all, span),
            Demand::In { table, column } => (
                self.member(table, column, span)?,
                self.says(&format!("must be in `{table}.{column}`")),
                &faults::UNKNOWN_REFERENCE,
            ),
            Demand::Like(name) if self.items.is_some() => (
                lists::like(name, self.written())?,
                self.says(&format!("must be a valid {name}")),
                &faults::FORMAT_MISMATCH,
            ),
            Demand::Like(name) => (
                always(),
                Kind::Like { column: self.column, name: name.clone() },
                &faults::FORMAT_MISMATCH,
            ),
        };
        let demand = report::Demand::Contract(name(d));
        // By how fine a unit figures are judged is said apart: digits beyond it break no sum.
        let is_unit = matches!(d, Demand::Decimals(_)) && self.contract.severity.is_none();
        let severity = is_unit.then_some(Severity::Warning);
        let rule = (self.rule.file, span);
        let made = Assertion {
            bound,
            kind,
            demand,
            fault,
            severity,
            rule,
            text: String::new(),
            said: None,
        };
        Some(match self.items.filter(|_| *d != Demand::Unique) {
            Some(items) => lists::of_items(made, self.column, items),
            None => made,
        })
    }

    /// How the cell is read, or each of its items.
    fn reading(&self) -> &Reading {
        let items = self.items.map(|items| &items.reading);
        items.unwrap_or_else(|| &self.table.columns[self.column].reading)
    }

    fn present(&self) -> Bound {
        truth(Op::IsMissing { not: true, value: Box::new(self.cell()) })
    }

    fn cell(&self) -> Bound {
        Bound { ty: self.reading().ty, ..cell(self.column, self.table) }
    }

    fn bound(&mut self, op: Cmp, words: &str, text: &str, span: Span) -> Option<Judged> {
        let says = self.says(&format!("must be {words} {text}"));
        Some((self.compare(op, text, span)?, says, &faults::OUT_OF_RANGE))
    }

    fn long(&self, op: Cmp, words: &str, n: u64) -> Judged {
        let says = self.says(&format!("must have {words} {}", characters(n)));
        (self.length(op, n), says, &faults::WRONG_LENGTH)
    }

    fn matches(&self, pattern: &str) -> Option<Judged> {
        let regex = Regex::new(pattern).ok()?;
        let op = Op::Matches { not: false, value: Box::new(self.written()), regex, whole: true };
        let says = self.says(&format!("must match `{pattern}`"));
        Some((truth(op), says, &faults::PATTERN_MISMATCH))
    }

    fn one_of(&mut self, all: &[String], span: Span) -> Judged {
        let list = all.iter().filter_map(|t| self.literal(t, span)).collect();
        let value = Box::new(self.cell());
        let says = self.says(&format!("must be one of {}", lists::shown(all)));
        (truth(Op::InList { not: false, value, list }), says, &faults::NOT_ONE_OF)
    }

    fn says(&self, words: &str) -> Kind {
        demand(self.column, words)
    }

    /// The cell as text, whatever its type.
    fn written(&self) -> Bound {
        let column = self.column;
        if self.reading().ty == Type::Text {
            return self.cell();
        }
        // A missing cell stays missing: a pattern is for cells that have a value.
        let there = self.present();
        let text = Bound { op: Op::Written { unit: 0, column }, ty: Type::Text, span: 0..0 };
        let missing = Bound { op: Op::Const(Value::Missing), ty: Type::Text, span: 0..0 };
        Bound {
            op: Op::If {
                condition: Box::new(there),
                then: Box::new(text),
                otherwise: Some(Box::new(missing)),
            },
            ty: Type::Text,
            span: 0..0,
        }
    }

    fn literal(&mut self, text: &str, span: Span) -> Option<Bound> {
        let reading = self.reading().clone();
        let (missing, number) = (Vec::new(), NumberFormat::default());
        let plain = Reading { ranges: false, missing, number, ..reading.clone() };
        if reading.ty == Type::Percent && Number::parse(text).is_some() {
            let message = format!(
                "`{}` is a percentage, and `{text}` is a bare number",
                self.contract.name.value
            );
            let problem = Problem::new(&BAD_VALUE, self.rule.file, span, message);
            self.problems.push(problem.label("which share?").help(format!("write \"{text}%\"")));
            return None;
        }
        match plain.read(text).or_else(|_| Reading::new(reading.ty).read(text)) {
            Ok(value) => {
                Some(Bound { op: Op::Const(value.into_owned()), ty: reading.ty, span: 0..0 })
            }
            Err(unread) => {
                let message = format!(
                    "`{text}` is not a valid value for the column `{}`: {}",
                    self.contract.name.value, unread.label
                );
                self.problems.push(
                    Problem::new(&BAD_VALUE, self.rule.file, span, message)
                        .help("write it the way the cells of the column are written"),
                );
                None
            }
        }
    }

    fn compare(&mut self, op: Cmp, text: &str, span: Span) -> Option<Bound> {
        let right = self.literal(text, span)?;
        Some(truth(Op::Compare {
            op,
            left: Box::new(self.cell()),
            right: Box::new(right),
            allowance: Allowance::Exact,
        }))
    }

    /// The cell has no digits that its declared decimals leave out: it is what it is rounded to.
    fn decimals(&self, n: i32) -> Bound {
        let (ty, cell) = (self.reading().ty, || self.cell());
        match functions::find("round").filter(|_| ty == Type::Number) {
            Some(function) => {
                let digits = Bound {
                    op: Op::Const(Value::number(Number::from(i64::from(n)))),
                    ty: Type::Integer,
                    span: 0..0,
                };
                let rounded =
                    Bound { op: Op::Call { function, args: vec![cell(), digits] }, ty, span: 0..0 };
                truth(Op::Compare {
                    op: Cmp::Eq,
                    left: Box::new(cell()),
                    right: Box::new(rounded),
                    allowance: Allowance::Exact,
                })
            }
            None => always(),
        }
    }

    fn length(&self, op: Cmp, n: u64) -> Bound {
        let right =
            Bound { op: Op::Const(Value::number(Number::from(n))), ty: Type::Integer, span: 0..0 };
        let left = match functions::find("length") {
            Some(function) => Bound {
                op: Op::Call { function, args: vec![self.written()] },
                ty: Type::Integer,
                span: 0..0,
            },
            None => right.clone(),
        };
        truth(Op::Compare {
            op,
            left: Box::new(left),
            right: Box::new(right),
            allowance: Allowance::Exact,
        })
    }

    fn member(&mut self, table: &str, column: &str, span: Span) -> Option<Bound> {
        let (catalog, file) = (self.catalog, self.rule.file);
        let (t, c) = reference(catalog, table, column, file, span, &mut self.problems)?;
        let names = (self.contract.name.value.as_str(), table, column);
        let types = (self.reading().ty, catalog.tables[t].columns[c].ty);
        if let Some(problem) = contradictions::of_types(names, types, (file, span)) {
            self.problems.push(problem);
            return None;
        }
        let state = self.states.index(t, &[c], None);
        Some(truth(Op::Member { state, value: Box::new(self.cell()), not: false }))
    }
}
