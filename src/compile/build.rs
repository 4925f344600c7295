//! Rule set and headers → tables and checks that the engine can run.

use std::collections::{BTreeSet, HashSet};

use crate::compile::compared::Compared;
use crate::compile::open::OpenTable;
use crate::compile::probe::Look;
use crate::compile::reading::{Stored, plain, reading};
use crate::compile::tables::Tables;
use crate::compile::{
    MISSING_COLUMN, UNKNOWN_DATA, allow, bases, bindings, contracts, filters, footing, held, marks,
    melt, precision, references, renames, tables, unread,
};
use crate::engine::data::check::{Assertion, Check, Kind};
use crate::engine::data::table::{Column, Table};
use crate::engine::faults::ASSERTION_FAILED;
use crate::expr::bind::{BoundCheck, CheckInput, Pair, UNKNOWN_COLUMN, Written, bind_checks};
use crate::expr::bound::{Bound, Op, States};
use crate::expr::catalog::{self, Catalog};
use crate::expr::print::print;
use crate::fault::Severity;
use crate::files::sources::Sources;
use crate::findings::allowance::Allowance;
use crate::findings::template;
use crate::plan::needs;
use crate::read::format::Comment;
use crate::read::note::Note;
use crate::report::{self, Renames};
use crate::rules::{CheckRule, Demand, RuleSet, TableRule, Trim};
use crate::shape::{Layout, Marked, Source};
use crate::source::{FileId, Problem, did_you_mean};
use crate::value::{Basis, Type};

/// Everything that a run needs.
#[derive(Default)]
pub struct Compiled {
    pub tables: Vec<Table>,
    /// The checks: contracts in the order of the tables, then the user's.
    pub checks: Vec<Check>,
    /// The states of all checks.
    pub states: States,
    /// What accepts findings.
    pub allowances: Vec<Allowance>,
    /// The names under which fingerprints are made.
    pub renames: Renames,
    /// Comments in its texts, which may accept findings too.
    pub comments: Vec<(FileId, Vec<Comment>)>,
    /// What comments in its texts demand that compare figures; none where there are no such.
    pub compared: Option<Vec<Compared>>,
    /// What was found while opening, per table.
    pub notes: Vec<Vec<Note>>,
    /// What cannot be carried out.
    pub problems: Vec<Problem>,
}

impl Compiled {
    /// Gives tables, their views and their old versions the conditions which of their records are rows.
    fn filter_rows(&mut self, conditions: &[Option<Bound>]) {
        for number in 0..self.tables.len() {
            let own = self.tables.get(number).map(|t| t.old_of.unwrap_or(number));
            let today = own.and_then(|n| self.tables.get(n).map(|t| t.view_of.unwrap_or(n)));
            let condition = today.and_then(|n| conditions.get(n)).and_then(Option::as_ref);
            let (Some(condition), Some(base), Some(table)) =
                (condition, today.and_then(|n| self.tables.get(n)), self.tables.get(number))
            else {
                continue;
            };
            let filter = filters::filter(condition, base, table);
            if let Some(table) = self.tables.get_mut(number) {
                table.filter = Some(filter);
            }
            if today == Some(number) {
                filters::choose_in(&mut self.states, number, condition);
            }
        }
    }

    /// Makes the checks of contracts, then the user's.
    fn make_checks<'r>(
        &mut self,
        rules: &RuleSet,
        checks: impl Iterator<Item = (&'r CheckRule, Option<BoundCheck>)>,
        catalog: &Catalog,
        keep: &dyn Fn(&str) -> bool,
    ) {
        for (number, rule) in rules.tables.iter().enumerate() {
            let mut made =
                contracts::make(rule, number, &self.tables[number], catalog, &mut self.states);
            self.problems.append(&mut made.problems);
            made.checks.extend(bases::check_of(rule, number, &self.tables[number]));
            self.checks.extend(made.checks.into_iter().filter(|c| keep(&c.id)));
        }
        for (rule, bound) in checks {
            if let Some(bound) = bound {
                renames::add_demands(&mut self.renames, rule, &bound);
                let (tables, compares) = reads(&bound, self);
                let vacuous =
                    rule.optional || compares || tables.iter().any(|&t| self.tables[t].absent);
                self.problems.extend(unknown_placeholders(rule, &bound, &self.tables));
                self.checks.push(user_check(rule, bound, (vacuous, compares)));
            }
        }
        for check in self.checks.iter_mut().filter(|check| check.by_user) {
            check.trivial_below = check.trivial_below.or(&rules.trivial_below(check.rule.0));
        }
    }
}

/// Opens the tables and binds the checks; those that comments of texts make are added to the rules, where
/// these are asked for.
pub fn build(
    rules: &mut RuleSet,
    data: &[(String, String)],
    (keep, with_comments): (&dyn Fn(&str) -> bool, bool),
    book: &mut Sources,
) -> Compiled {
    let mut built = Compiled { problems: unknown_names(rules, data, book), ..Compiled::default() };
    let mut opened = tables::open_all(rules, data, book, &mut built.problems);
    let asked = (with_comments, &mut *book);
    built.compared = bindings::bind(rules, &mut opened, asked, &mut built.problems);
    let rules = &*rules;
    built.renames = renames::of_rules(rules, &mut built.problems);
    let mut tables = Tables::new(rules, opened, &mut built.problems);
    let of_comments = |o: &mut OpenTable| std::mem::take(&mut o.comments);
    built.comments = tables.opened.iter_mut().flat_map(of_comments).collect();
    let (mut pairs, of_lists) = pairs(rules, &tables.catalog);
    let tied = pairs.iter().chain(&of_lists).flat_map(|(a, b)| [*a, *b]);
    let tied: HashSet<(usize, usize)> = tied.collect();
    let of_references = references::checks(rules, &mut built.problems);
    let settled = footing::settle(&rules.checks, &tables.catalog, &mut built.problems);
    let all = settled.iter().map(AsRef::as_ref).chain(&of_references);
    let wanted: Vec<&CheckRule> = all.filter(|c| keep(&c.id.value)).collect();
    let inputs: Vec<(&CheckRule, CheckInput<'_>)> = wanted.iter().map(|c| (*c, input(c))).collect();
    let rows = allow::Rows::new(rules);
    let targets = allow::targets(rules, &inputs, &rows, &tables.catalog);
    let inputs = inputs.into_iter().map(|(_, input)| input);
    let of_allowances = targets.iter().map(|t| t.input.clone());
    let filters = filters::inputs(rules, &rows);
    let filtered = filters.len();
    let inputs: Vec<CheckInput<'_>> = inputs.chain(filters).chain(of_allowances).collect();
    tables.add_views(&inputs, &mut pairs);
    let mut notes = tables.add_old_versions(&inputs, data, book);
    let Tables { rules: of_tables, opened, looks, mut catalog, .. } = tables;
    let (mut bound, states, mut problems) = bind(&wanted, &inputs, &pairs, &mut catalog);
    let of_allowances = bound.split_off(wanted.len() + filtered);
    let conditions =
        filters::conditions(rules, bound.get(wanted.len()..).unwrap_or_default(), &mut problems);
    let filters = allow::filters(rules, &targets, of_allowances, &mut problems);
    built.allowances = allow::make(rules, filters, &*book, &mut problems);
    built.states = states;
    built.problems.extend(unread::once(problems, rules, &*book));
    let mut uses = uses(&bound, &built.states);
    for (number, table) in catalog.tables.iter().enumerate() {
        let rounded = table.columns.iter().filter_map(|c| c.rounded);
        uses.extend(rounded.map(|(of, _)| (number, of)));
    }
    for melt in catalog.tables.iter().filter_map(|t| t.melt.as_ref()) {
        uses.extend((melt.from..=melt.to).map(|column| (melt.of, column)));
    }
    for (number, (rule, o)) in of_tables.into_iter().zip(opened).enumerate() {
        let (table, mut of_table) = table(rule, o, (number, &looks), &catalog, (&uses, &tied));
        of_table.extend(notes.extract_if(.., |n| n.table == table.name));
        built.notes.push(of_table);
        built.tables.push(table);
    }
    built.filter_rows(&conditions);
    precision::measure(&mut built.tables, rules, &*book);
    built.make_checks(rules, wanted.into_iter().zip(bound), &catalog, keep);
    built
}

/// Binds all checks, those of the rules first.
fn bind(
    rules: &[&CheckRule],
    checks: &[CheckInput<'_>],
    pairs: &[Pair],
    catalog: &mut Catalog,
) -> (Vec<Option<BoundCheck>>, States, Vec<Problem>) {
    let (mut bound, mut states, problems) = bind_checks(checks, pairs, catalog);
    footing::follow_chains(rules, &mut bound, catalog, &mut states);
    (bound, states, problems)
}

/// That the command line names tables or sources that no rule declares.
fn unknown_names(rules: &RuleSet, data: &[(String, String)], book: &Sources) -> Vec<Problem> {
    let mut all = held::unknown(rules, book.held());
    all.extend(data.iter().filter_map(|(name, _)| undeclared(name, rules)));
    all
}

/// That `--data` names a table that no rule declares.
fn undeclared(name: &str, rules: &RuleSet) -> Option<Problem> {
    let mut names = rules.tables.iter().map(|t| t.name.value.as_str());
    if names.any(|n| n == name) {
        return None;
    }
    let names: Vec<&str> = rules.tables.iter().map(|t| t.name.value.as_str()).collect();
    let help = did_you_mean(name, names.iter().copied()).map_or_else(
        || format!("the tables are {}", names.join(", ")),
        |n| format!("did you mean `{n}`?"),
    );
    let message = format!("--data names `{name}`, but no rule declares it");
    Some(Problem::nowhere(&UNKNOWN_DATA, message).help(help))
}

/// Placeholders of a message that nothing fills.
fn unknown_placeholders(rule: &CheckRule, bound: &BoundCheck, tables: &[Table]) -> Vec<Problem> {
    let Some(message) = &rule.message else { return Vec::new() };
    let mut known: Vec<String> = template::WORKING.iter().map(|n| n.to_string()).collect();
    for unit in &bound.units {
        let names: Vec<&str> = match unit.groups {
            Some(_) => unit.keys.iter().map(String::as_str).collect(),
            None => tables[unit.table].columns.iter().map(|c| c.name.as_str()).collect(),
        };
        known.extend(names.iter().flat_map(|n| [n.to_string(), format!("{}.{n}", unit.name)]));
    }
    let mut problems = Vec::new();
    for (range, name) in template::placeholders(&message.text)
        .into_iter()
        .filter(|h| !known.iter().any(|k| k == h.1))
    {
        let help = did_you_mean(name, known.iter().map(String::as_str)).map_or_else(
            || "a message can use left, right, difference, and the columns or keys of the row or group; write `{{` for a brace".to_string(),
            |n| format!("did you mean `{{{n}}}`?"),
        );
        let text = format!("unknown placeholder `{{{name}}}`");
        let problem = Problem::new(&UNKNOWN_COLUMN, message.file, message.span(range), text);
        // What can stand there is said once.
        let is_said = problems.iter().any(|p: &Problem| p.help.as_ref() == Some(&help));
        let problem = problem.label("unknown");
        problems.push(if is_said { problem } else { problem.help(help) });
    }
    problems
}

fn input(c: &CheckRule) -> CheckInput<'_> {
    CheckInput {
        each: c.each.iter().map(|u| Written { snippet: &u.snippet, tree: &u.tree }).collect(),
        filter: c.filter.as_ref().map(|f| Written { snippet: &f.snippet, tree: &f.tree }),
        order: c.order.as_ref().map(|o| Written { snippet: &o.snippet, tree: &o.tree }),
        asserts: c.asserts.iter().map(|a| Written { snippet: &a.snippet, tree: &a.tree }).collect(),
    }
}

fn user_check(
    rule: &CheckRule,
    bound: BoundCheck,
    (may_be_vacuous, compares): (bool, bool),
) -> Check {
    let asserts = bound.asserts.into_iter().zip(&rule.asserts).enumerate();
    let asserts = asserts.map(|(n, (b, code))| Assertion {
        bound: b,
        kind: Kind::Assert,
        demand: report::Demand::Assertion(print(&code.tree)),
        fault: &ASSERTION_FAILED,
        severity: None,
        rule: (rule.file, code.snippet.whole()),
        text: code.snippet.text.clone(),
        said: rule.said.get(n).cloned(),
    });
    Check {
        id: rule.id.value.clone(),
        by_user: true,
        asserts: asserts.collect(),
        units: bound.units,
        filter: bound.filter,
        choices: bound.choices,
        over_all: bound.over_all,
        severity: rule.severity,
        title: rule.title.clone(),
        help: rule.help.clone(),
        url: rule.url.clone(),
        trivial_below: rule.trivial_below.clone(),
        message: rule.message.as_ref().map(|m| m.text.clone()),
        rule: (rule.file, rule.id.span),
        may_be_vacuous,
        compares,
        typed: None,
        elsewhere: None,
    }
}

/// The tables that a check reads, and whether it compares with an old version. What it needs may be
/// absent: it may judge nothing then.
fn reads(bound: &BoundCheck, built: &Compiled) -> (Vec<usize>, bool) {
    let mut tables: BTreeSet<usize> = bound.units.iter().map(|u| u.table).collect();
    let mut is_absent = false;
    let mut open = bound.asserts.iter().chain(&bound.filter).collect::<Vec<_>>();
    let mut seen = BTreeSet::new();
    while let Some(e) = open.pop() {
        e.walk(&mut |b| is_absent |= b.op == Op::Absent);
        for state in needs([e]).into_iter().filter(|s| seen.insert(*s)) {
            tables.insert(built.states.all[state].table());
            open.extend(built.states.all[state].reads());
        }
    }
    let is_old = |&t: &usize| built.tables[t].old_of.is_some();
    let compares = is_absent || tables.iter().any(is_old);
    (tables.into_iter().collect(), compares)
}

/// Columns tied by `in` contracts, which have one type; apart those whose cells are lists, which are
/// texts.
fn pairs(rules: &RuleSet, catalog: &Catalog) -> (Vec<Pair>, Vec<Pair>) {
    let (mut all, mut of_lists) = (Vec::new(), Vec::new());
    for (t, rule) in rules.tables.iter().enumerate() {
        for contract in &rule.contracts(catalog.tables[t].column_names()) {
            let Some(c) = catalog.tables[t].column(&contract.name.value) else { continue };
            for d in &contract.demands {
                if let Demand::In { table, column } = &d.value {
                    let other = catalog
                        .table(table)
                        .and_then(|u| Some((u, catalog.tables[u].column(column)?)));
                    let kind = if contract.list.is_some() { &mut of_lists } else { &mut all };
                    kind.extend(other.map(|o| ((t, c), o)));
                }
            }
        }
    }
    (all, of_lists)
}

/// Which columns some rule reads: by table and column.
fn uses(bound: &[Option<BoundCheck>], states: &States) -> HashSet<(usize, usize)> {
    let mut all = HashSet::new();
    for check in bound.iter().flatten() {
        for e in check.asserts.iter().chain(&check.filter) {
            e.walk(&mut |b| {
                if let Op::Cell { unit, column, .. } = b.op {
                    all.extend(check.units.get(unit).map(|u| (u.table, column)));
                }
            });
        }
    }
    for state in &states.all {
        for e in state.expressions() {
            e.walk(&mut |b| {
                if let Op::Cell { unit: 0, column, .. } = b.op {
                    all.insert((state.table(), column));
                }
            });
        }
        if let crate::expr::bound::StateDef::Index(i) = state {
            all.extend(i.columns.iter().chain(i.keep.iter().map(|k| &k.0)).map(|&c| (i.table, c)));
        }
    }
    all
}

/// A column that some files lack matters where a rule reads it.
fn lowered(mut notes: Vec<Note>, is_used: &dyn Fn(&str) -> bool) -> Vec<Note> {
    let lacked = notes.iter_mut().filter(|note| note.fault == &MISSING_COLUMN);
    for note in lacked.filter(|note| note.column.as_deref().is_some_and(|c| !is_used(c))) {
        note.severity = Severity::Info;
    }
    notes
}

fn table(
    rule: &TableRule,
    o: OpenTable,
    (number, looks): (usize, &[Vec<Look>]),
    catalog: &Catalog,
    (uses, tied): (&HashSet<(usize, usize)>, &HashSet<(usize, usize)>),
) -> (Table, Vec<Note>) {
    let kind = (o.prose, o.has_null());
    let stored = Stored::of(&o.files);
    let (mut columns, mut layout) = (o.columns, o.layout);
    add_columns(&catalog.tables[number], &mut columns, &mut layout);
    let of_run = OfRun { rule, number, looks: &looks[number], catalog, uses, stored };
    for (i, column) in columns.iter_mut().enumerate() {
        let ty = of_run.read(i, column, &layout, kind);
        let is_figure = matches!(ty, Type::Number | Type::Integer | Type::Percent | Type::Year);
        let source = layout.sources.get(i).copied().unwrap_or(Source::Nowhere);
        if matches!(source, Source::Hierarchy(_)) && rule.contract(&column.name).is_none() {
            plain(&mut column.reading);
        }
        let marks = marks::of_each(rule, (&column.name, &source), &layout);
        let of = marks::stripped(marks, |pivot| column.reading_of(pivot));
        if let Some(of) = of.filter(|_| is_figure) {
            layout.marked.push(Marked { column: i, of });
        }
        let is_tied = rule.trim != Trim::Off && tied.contains(&catalog.today(number, i));
        if ty == Type::Text && (rule.trims(&column.name) || is_tied) {
            layout.trim.push(i);
        }
    }
    let named = rule.columns.iter().map(|c| &c.name).chain(&rule.key).chain(&rule.fill);
    let named: HashSet<&str> = named.map(|name| name.value.as_str()).collect();
    // Those of the catalog, in their order.
    let of = &catalog.tables[number];
    let find = |name: &str| of.columns.place(name);
    let is_used = |name: &str| {
        let at = find(name);
        named.contains(name) || at.is_none_or(|at| uses.contains(&(number, at)))
    };
    let notes = lowered(o.notes, &is_used);
    let is_declared = of.is_declared();
    let table = Table {
        name: of.name.clone(),
        old_of: of.old_of,
        view_of: of.melt.as_ref().map(|melt| melt.of),
        layout,
        key: rule.key.iter().filter_map(|k| find(&k.value)).collect(),
        columns,
        filter: None,
        files: o.files,
        expected: if is_declared { (rule.rows.value.min, rule.rows.value.max) } else { (0, None) },
        rule: o.rule,
        absent: o.absent,
        unread: o.unread,
        elsewhere: None,
    };
    (table, if is_declared { notes } else { Vec::new() })
}

/// Adds the columns that binding made: second readings, and names that it took on trust, because the
/// file could not be read.
fn add_columns(known: &catalog::Table, columns: &mut Vec<Column>, layout: &mut Layout) {
    for extra in known.columns.iter().skip(columns.len()) {
        let own = extra
            .rounded
            .and_then(|(of, _)| Some((of, columns.get(of)?.clone(), *layout.sources.get(of)?)));
        let Some((of, column, source)) = own else {
            let column = crate::compile::open::column(&extra.name);
            layout.sources.push(Source::Nowhere);
            columns.push(Column { absent: true, ..column });
            continue;
        };
        if layout.fill.contains(&of) {
            layout.fill.push(columns.len());
        }
        layout.sources.push(source);
        columns.push(Column { rounded: Some(of), ..column });
    }
}

/// What a run knows of a table and its columns.
struct OfRun<'r> {
    rule: &'r TableRule,
    number: usize,
    looks: &'r [Look],
    catalog: &'r Catalog,
    uses: &'r HashSet<(usize, usize)>,
    stored: Stored<'r>,
}

impl OfRun<'_> {
    /// Sets how the cells of a column are read; gives their type.
    fn read(&self, i: usize, column: &mut Column, layout: &Layout, kind: (bool, bool)) -> Type {
        let table = &self.catalog.tables[self.number];
        let contract = self.rule.contract(&column.name);
        let (t, c) = self.catalog.today(self.number, i);
        let ty = self.catalog.tables[t].columns[c].ty.unwrap_or(Type::Text);
        column.reading = reading(self.rule, contract, ty, kind);
        column.reliability = contract.and_then(|c| c.reliability).unwrap_or(1);
        if contract.is_some_and(|c| c.optional) {
            // Files that lack it have blank cells in it.
            column.reading.missing.push(String::new());
        }
        if layout.sources.get(i) == Some(&Source::PivotValue) {
            let usual = (&column.reading, kind);
            column.melted = melt::readings(self.rule, contract, &layout.pivot, usual);
        }
        if let Some((_, to)) = table.columns[i].rounded {
            let all = std::iter::once(&mut column.reading).chain(&mut column.melted);
            // Decimals of a share are those of its percents.
            let to = |ty: Type| if ty == Type::Percent { to.saturating_add(2) } else { to };
            all.for_each(|reading| reading.number = reading.number.rounded_to(to(reading.ty)));
        }
        self.stored.note(column, layout.sources.get(i).copied());
        column.reading.offsets = self.looks.get(i).and_then(|look| look.offsets);
        let known = &table.columns[i];
        column.reading.basis = match known.dates.filter(|_| known.inferred) {
            Some(cells) => Basis::FirstCells(cells),
            None if known.declared => Basis::Contract,
            None => Basis::Use,
        };
        let named = contract.is_some() || self.uses.contains(&(self.number, i));
        column.reports_unreadable = (ty != Type::Text || !column.reading.errors.is_empty())
            && (named || kind.0)
            && !column.absent
            && column.rounded.is_none()
            && table.is_declared();
        ty
    }
}
