//! Messages, labels and workings of findings.

use crate::engine::data::check::primary_column;
use crate::engine::data::check::{Assertion, Check, Kind};
use crate::engine::data::classes::RawKind;
use crate::engine::data::job::Job;
use crate::engine::pass::locate::{Located, Locator};
use crate::engine::states::env::{At, Filled, LocatedRow, Missed, group_of, table_of};
use crate::explain;
use crate::expr::bound::{Allowance, Bound, Op, StateDef, StateId};
use crate::expr::eval::eval;
use crate::expr::print::sign;
use crate::expr::tree::{Agg, Arith, Cmp};
use crate::findings::place;
use crate::findings::terms::{Terms, row_name};
use crate::findings::working::{self, Failed, Leaf};
use crate::report::{Label, Place, Role, Side, Term, Tier, Working};
use crate::source::Files;
use crate::value::{Number, Type, Value};

/// A message with its help.
pub struct Words {
    /// One sentence.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// Everything that follows from a failed comparison.
#[derive(Default)]
pub struct WorkingParts {
    /// The arithmetic.
    pub working: Option<Working>,
    /// The likely explanation.
    pub explanation: Option<String>,
    /// The cells that were looked at elsewhere.
    pub labels: Vec<Label>,
}

/// The names that a look-up could have found.
pub fn known_names<'n>(env: &'n At<'_>, state: StateId) -> &'n [String] {
    match &env.shared.filled[state] {
        Filled::Index(index) => index.names(),
        _ => &[],
    }
}

/// What a look-up or `only` met.
pub fn miss(
    what: Missed,
    table: &str,
    key: &str,
    suggested: impl FnOnce() -> Option<String>,
) -> Words {
    match what {
        Missed::NotFound => Words { message: format!("`{table}` has no row with the key `{key}`"), help: suggested() },
        Missed::Several => Words {
            message: format!("`{table}` has several rows with the key `{key}`"),
            help: Some("a look-up needs one row per key: add `key` to its [data] table to find the duplicates".into()),
        },
        Missed::OnlySeveral => {
            let of = if key.is_empty() { String::new() } else { format!(" for {key}") };
            Words {
                message: format!("`only` needs a single row of `{table}`{of}, but there are several"),
                help: Some("narrow the `where`, or choose one: first, last, max …".into()),
            }
        }
    }
}

/// The few words at the primary cell.
pub fn label(
    check: &Check,
    assertion: &Assertion,
    env: &At<'_>,
    job: &Job<'_>,
    table: usize,
) -> String {
    match &assertion.kind {
        Kind::Demand { words, .. } => words.clone(),
        Kind::Like { name, .. } => format!("not a valid {name}"),
        _ => {
            let _ = (check, job, table);
            match working::failed(&assertion.bound, env) {
                Some(f) => {
                    let left = working::show(&eval(f.left, env), f.left.ty);
                    match working::show_range(&eval(f.left, env), f.left.ty) {
                        Some((lo, hi)) if matches!(f.allowance, Allowance::Rounding(_)) => {
                            format!("{left} ({lo} to {hi})")
                        }
                        _ => left,
                    }
                }
                None => "does not hold".into(),
            }
        }
    }
}

/// The message of a failed assertion.
pub fn message(
    check: &Check,
    assertion: &Assertion,
    kind: RawKind,
    env: &At<'_>,
    row: Option<(usize, &LocatedRow)>,
    working: Option<&Working>,
    job: &Job<'_>,
) -> String {
    if let Some(template) = &check.message {
        return crate::findings::template::fill(template, check, env, working, job);
    }
    if let (Kind::Demand { column, words }, Some((table, row))) = (&assertion.kind, row) {
        let name = &job.tables[table].columns[*column].name;
        return match row.texts[*column].as_str() {
            "" => format!("`{name}` {words} but empty"),
            text => format!("`{name}` {words}, but is `{text}`"),
        };
    }
    if let (Kind::Like { column, name }, Some((_, row))) = (&assertion.kind, row) {
        let text = &row.texts[*column];
        let why = crate::rules::contract::named_format(name)
            .and_then(|f| (f.check)(text).err())
            .unwrap_or_default();
        return format!("`{text}` is not a valid {name}: {why}");
    }
    let about = check.title.clone().unwrap_or_else(|| assertion.text.clone());
    match (kind, working, working::failed(&assertion.bound, env)) {
        (RawKind::Improbable, Some(w), _) => format!(
            "{about}: {} against {} is possible by rounding, but unlikely",
            w.left.value, w.right.value
        ),
        (_, Some(w), Some(f)) => format!(
            "{about}: {}",
            explain::relation(
                f.op,
                f.left.ty,
                &w.left.value,
                &w.right.value,
                matches!(f.right.op, Op::Const(_))
            )
        ),
        _ => format!("{about}: this does not hold"),
    }
}

struct WorkingBuilder<'m, 'j, 't> {
    job: &'m Job<'j>,
    files: &'m dyn Files,
    assertion: &'m Assertion,
    env: &'m At<'m>,
    row: Option<(usize, &'m Located)>,
    locators: &'m mut [Locator<'t>],
    terms: &'m Terms,
    parts: WorkingParts,
    notes: Vec<String>,
    more: u64,
}

/// The working of a failed assertion; none where no comparison failed.
pub fn working<'m, 't>(
    job: &'m Job<'_>,
    files: &'m dyn Files,
    assertion: &'m Assertion,
    env: &'m At<'m>,
    row: Option<(usize, &'m Located)>,
    locators: &'m mut [Locator<'t>],
    terms: &'m Terms,
) -> WorkingParts {
    let builder = WorkingBuilder {
        job,
        files,
        assertion,
        env,
        row,
        locators,
        terms,
        parts: WorkingParts::default(),
        notes: Vec::new(),
        more: 0,
    };
    let failed = working::failed(&assertion.bound, env).or_else(|| held(&assertion.bound));
    let Some(f) = failed else { return builder.parts };
    if matches!(assertion.kind, Kind::Demand { .. }) {
        return builder.parts;
    }
    builder.make(&f)
}

/// A comparison that held, for what is improbable.
fn held(b: &Bound) -> Option<Failed<'_>> {
    match &b.op {
        Op::Compare { op, left, right, allowance } => {
            Some(Failed { op: *op, left, right, allowance })
        }
        _ => None,
    }
}

impl WorkingBuilder<'_, '_, '_> {
    fn text(&self, b: &Bound) -> String {
        self.assertion
            .text
            .get(b.span.clone())
            .unwrap_or("")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn side(&self, b: &Bound) -> Side {
        let value = eval(b, self.env);
        let exact = value.figure().map(|f| f.value.to_text()).unwrap_or_default();
        Side {
            expression: self.text(b),
            value: working::show(&value, self.shown_type(b)),
            exact,
            range: working::show_range(&value, self.shown_type(b)),
        }
    }

    /// A ratio compared with a percentage is shown as one.
    fn shown_type(&self, b: &Bound) -> Type {
        match held_or_failed(&self.assertion.bound, self.env) {
            Some(f)
                if matches!(b.ty, Type::Number | Type::Percent)
                    && (f.left.ty == Type::Percent || f.right.ty == Type::Percent) =>
            {
                Type::Percent
            }
            _ => b.ty,
        }
    }

    fn make(mut self, f: &Failed<'_>) -> WorkingParts {
        let (left, right) = (self.side(f.left), self.side(f.right));
        let mut terms = Vec::new();
        for (is_right, side) in [(false, f.left), (true, f.right)] {
            for leaf in working::leaves(side, self.env) {
                self.leaf(&leaf, is_right, &mut terms);
            }
        }
        let (x, y) = (eval(f.left, self.env), eval(f.right, self.env));
        let numbers = x.figure().zip(y.figure()).map(|(a, b)| (a.value.clone(), b.value.clone()));
        let difference = numbers.as_ref().map(|(a, b)| {
            let d = Value::number(a - b);
            let shown = working::show(&d, self.shown_type(f.left));
            if shown.ends_with(" %") { shown.replace(" %", " pp") } else { shown }
        });
        if let (Cmp::Eq, Some((a, b))) = (f.op, &numbers) {
            self.parts.explanation = explain::nearest(a, b, &items(&terms));
        }
        let tier = match f.allowance {
            Allowance::Rounding(_) => Tier::Impossible,
            _ => Tier::Exact,
        };
        let required = required(f, self.env).map(|(head, side)| {
            format!(
                "{head} {} {} ({})",
                self.text(side),
                working::show(&eval(side, self.env), side.ty),
                self.side(f.right).value
            )
        });
        self.parts.working = Some(Working {
            left,
            relation: sign(f.op),
            right,
            difference,
            allowance: working::allowance(f, self.env),
            tier,
            required,
            terms,
            more_terms: self.more,
            notes: self.notes,
        });
        self.parts
    }

    fn leaf(&mut self, leaf: &Leaf<'_>, right: bool, terms: &mut Vec<Term>) {
        match &leaf.bound.op {
            Op::Aggregate { state, slot, key, .. } => {
                self.aggregate(leaf, *state, *slot, key, right, terms)
            }
            Op::Cell { unit: 0, column, .. } | Op::Written { unit: 0, column } => {
                let place = self.row.map(|(table, located)| {
                    (located.row.texts[*column].clone(), self.cell(table, *column, located))
                });
                self.push(leaf, right, place, terms);
            }
            Op::Lookup { state, key, column: Some(column), .. } => {
                let keys: Vec<Value<'_>> = key.iter().map(|k| eval(k, self.env)).collect();
                let table = table_of(self.env, *state);
                let row = match &self.env.shared.filled[*state] {
                    Filled::Index(index) => index.find(&keys).map(|e| e.row),
                    _ => None,
                };
                let place = row.and_then(|r| self.locators[table].row(r)).map(|located| {
                    (located.row.texts[*column].clone(), self.cell(table, *column, &located))
                });
                if let Some((_, place)) = &place {
                    self.parts.labels.push(Label {
                        place: place.clone(),
                        role: if right { Role::Operand } else { Role::Stated },
                        text: self.text(leaf.bound),
                    });
                }
                self.push(leaf, right, place, terms);
            }
            Op::Window { state } => {
                let StateDef::Window(def) = &self.env.shared.defs.all[*state] else { return };
                let seen =
                    self.env.window.iter().find(|n| n.0 == *state).map(|n| n.1.clone()).or_else(
                        || match &self.env.shared.filled[*state] {
                            Filled::Window(n) => n.of.get(&self.env.row.0).cloned(),
                            _ => None,
                        },
                    );
                let row = seen.and_then(|s| s.1).filter(|_| def.groups.is_none());
                let column = primary_column(&def.value);
                let place = row.and_then(|r| self.locators[def.table].row(r)).zip(column).map(
                    |(located, c)| {
                        (located.row.texts[c].clone(), self.cell(def.table, c, &located))
                    },
                );
                if let Some((_, place)) = &place {
                    self.parts.labels.push(Label {
                        place: place.clone(),
                        role: Role::Operand,
                        text: format!(
                            "{}: {}",
                            self.text(leaf.bound),
                            working::show(&eval(leaf.bound, self.env), leaf.bound.ty)
                        ),
                    });
                }
                self.push(leaf, right, place, terms);
            }
            _ => self.push(leaf, right, None, terms),
        }
    }

    fn cell(&self, table: usize, column: usize, located: &Located) -> Place {
        place::of_cell(self.files, &self.job.tables[table], column, located)
    }

    fn push(
        &self,
        leaf: &Leaf<'_>,
        right: bool,
        cell: Option<(String, Place)>,
        terms: &mut Vec<Term>,
    ) {
        let value = working::show(&eval(leaf.bound, self.env), leaf.bound.ty);
        let (written, place) = cell.map_or((value.clone(), None), |(text, place)| {
            (if text.is_empty() { value } else { text }, Some(place))
        });
        terms.push(Term {
            right,
            name: self.text(leaf.bound),
            sign: leaf.sign,
            value: written,
            place,
            part_of: String::new(),
        });
    }

    fn aggregate(
        &mut self,
        leaf: &Leaf<'_>,
        state: StateId,
        slot: usize,
        key: &[Bound],
        right: bool,
        terms: &mut Vec<Term>,
    ) {
        let keys: Vec<Value<'_>> = key.iter().map(|k| eval(k, self.env)).collect();
        let StateDef::Groups(def) = &self.env.shared.defs.all[state] else { return };
        let def_slot = &def.slots[slot];
        let name = self.text(leaf.bound);
        self.remarks(state, slot, &keys, def.table, &name);
        let shown = matches!(
            def_slot.agg,
            Agg::Sum
                | Agg::Only
                | Agg::Count
                | Agg::Min
                | Agg::Max
                | Agg::First
                | Agg::Last
                | Agg::Mean
        );
        if let Some(rows) = self.terms.of(state, slot, &keys).filter(|_| shown) {
            self.more += rows.count - rows.rows.len() as u64;
            let located = rows.located(&mut self.locators[def.table]);
            let naming = naming_column(self.job, def.table, &located);
            let column = crate::findings::terms::term_column(&def_slot.args);
            for located in located.iter().filter(|l| column < l.spans.len()) {
                let place = if def_slot.args.is_empty() {
                    place::of_row(self.files, located)
                } else {
                    self.cell(def.table, column, located)
                };
                let value = if def_slot.args.is_empty() {
                    String::new()
                } else {
                    located.row.texts[column].clone()
                };
                terms.push(Term {
                    right,
                    name: naming.map_or_else(
                        || row_name(self.job, def.table, &located.row.texts),
                        |c| located.row.texts[c].clone(),
                    ),
                    sign: if def_slot.agg == Agg::Sum { "+" } else { "" },
                    value,
                    place: Some(place),
                    part_of: name.clone(),
                });
            }
        }
        if def_slot.agg == Agg::Only
            && let Some(place) =
                terms.last().filter(|t| t.part_of == name).and_then(|t| t.place.clone())
        {
            self.parts.labels.insert(
                0,
                Label {
                    place,
                    role: if right { Role::Operand } else { Role::Stated },
                    text: working::show(&eval(leaf.bound, self.env), leaf.bound.ty),
                },
            );
        }
        self.push(leaf, right, None, terms);
    }

    fn remarks(
        &mut self,
        state: StateId,
        slot: usize,
        keys: &[Value<'_>],
        table: usize,
        name: &str,
    ) {
        let set_aside = 0;
        let _ = (table, set_aside);
        let mut note = |n: u64, what: &str| {
            if n > 0 {
                let note = format!("{name}: {n} {what}");
                if !self.notes.contains(&note) {
                    self.notes.push(note);
                }
            }
        };
        match group_of(self.env, state, keys) {
            Some(group) => {
                let acc = &group.slots[slot];
                note(
                    acc.counts.missing,
                    if acc.counts.missing == 1 {
                        "missing value was left out"
                    } else {
                        "missing values were left out"
                    },
                );
                note(acc.counts.left_out, "unreadable cells were left out, as asked");
            }
            None => {
                let note = if keys.is_empty() {
                    format!("{name}: there are no rows")
                } else {
                    format!(
                        "{name}: no row of `{}` has {}",
                        self.job.tables[table].name,
                        keys.iter().map(Value::to_text).collect::<Vec<_>>().join(", ")
                    )
                };
                self.notes.push(note);
            }
        }
    }
}

fn held_or_failed<'b>(b: &'b Bound, env: &At<'_>) -> Option<Failed<'b>> {
    working::failed(b, env).or_else(|| held(b))
}

/// The items of the sum, for the nearest explanation.
fn items(terms: &[Term]) -> Vec<(String, Number)> {
    let parse = |t: &Term| Number::parse(&t.value.replace(',', "")).map(|n| (t.name.clone(), n));
    terms.iter().filter(|t| !t.part_of.is_empty() && t.sign == "+").filter_map(parse).collect()
}

/// For a stated share: what its numerator would have to be.
fn required<'b>(f: &Failed<'b>, env: &At<'_>) -> Option<(String, &'b Bound)> {
    if f.op != Cmp::Eq || !matches!(f.allowance, Allowance::Rounding(_)) {
        return None;
    }
    let Op::Arith(Arith::Div, part, whole) = &f.right.op else { return None };
    let stated = eval(f.left, env);
    let whole_value = eval(whole, env);
    let (stated_figure, whole_figure) = (stated.figure()?, whole_value.figure()?);
    let range = stated_figure.interval().scale(&whole_figure.value);
    let (lo, hi) = (range.lo.at()?, range.hi.at()?);
    let (lo, hi) = if eval(part, env).figure()?.value.is_integer() {
        (lo.ceil(), hi.floor())
    } else {
        (lo.clone(), hi.clone())
    };
    let head = format!(
        "{} of {} needs {} to {};",
        working::show(&stated, f.left.ty),
        whole_figure.value.display(),
        lo.display(),
        hi.display()
    );
    Some((head, part))
}

/// In a table without a key, the first text column that tells its rows apart.
fn naming_column(job: &Job<'_>, table: usize, rows: &[Located]) -> Option<usize> {
    let info = &job.tables[table];
    if !info.key.is_empty() && info.key.len() < 2 {
        return None;
    }
    let first = &rows[..rows.len().min(4)];
    (0..info.columns.len()).find(|&c| {
        info.columns[c].reading.ty == Type::Text
            && !info.columns[c].absent
            && first.windows(2).any(|w| w[0].row.texts[c] != w[1].row.texts[c])
    })
}
