//! What `cumulative` and `rank` of a row are made of, as lines of a working.

use crate::engine::data::job::Job;
use crate::explain::equation::Cell;
use crate::expr::bound::{Bound, Op, StateDef, StateId, WindowDef};
use crate::expr::choose::choose;
use crate::expr::eval::{Env, eval};
use crate::expr::tree::WindowFunction;
use crate::findings::about::Proof;
use crate::findings::labels;
use crate::findings::trace::Step;
use crate::report::Term;
use crate::source::Files;
use crate::value::{Figure, Type, Value, Why};

/// A line, and its value where that is computed.
pub type Made = (Term, Option<(Value<'static>, Type)>);

/// The cell of the row at hand; before it what the rows before it add up to.
pub fn terms(
    (step, state, right): (&Step<'_>, StateId, bool),
    proof: &Proof<'_>,
    job: &Job<'_>,
    files: &dyn Files,
) -> Vec<Made> {
    made((step, state, right), proof, job, files).unwrap_or_default()
}

fn made(
    (step, state, right): (&Step<'_>, StateId, bool),
    proof: &Proof<'_>,
    job: &Job<'_>,
    files: &dyn Files,
) -> Option<Vec<Made>> {
    let StateDef::Window(def) = job.defs.all.get(state)? else { return None };
    let adds = match def.window {
        WindowFunction::Cumulative => true,
        WindowFunction::Rank => false,
        WindowFunction::Prev | WindowFunction::Next => return None,
    };
    let (table, located) =
        proof.row.filter(|(table, _)| *table == def.table && def.groups.is_none())?;
    let Op::Cell { column, .. } = def.value.op else { return None };
    let cell = Cell { table, row: located.id, column };
    let (text, place) = labels::of_cell(job, files, cell, located)?;
    let (own, ty) = (eval(&def.value, proof.env).figure()?.clone(), def.value.ty);
    let line = |name: &str| Term {
        right,
        name: name.to_string(),
        sign: if adds { "+" } else { "" },
        value: String::new(),
        number: None,
        place: None,
        part_of: proof.text(step.bound),
    };
    let mut all: Vec<Made> = Vec::new();
    let before = step.value.figure().filter(|_| adds).map(|all| &all.value - &own.value);
    if let Some(before) = before.filter(|before| !before.is_zero()) {
        let term = Term { number: Some(before.clone()), ..line("the rows before") };
        all.push((term, Some((Value::Number(Figure::exact(before)), ty))));
    }
    let name = &job.tables.get(table)?.columns.get(column)?.name;
    let own = Term { value: text, number: Some(own.value), place: Some(place), ..line(name) };
    all.push((own, None));
    Some(all)
}

/// What leaves a row without a place among those that a window walks: whether it is walked, with which, and
/// where.
pub fn open_part<'d>(def: &'d WindowDef, why: Why, env: &dyn Env) -> Option<&'d Bound> {
    let is_it = |own: Why| own.leads_to(why);
    let filter = def.filter.iter().find(|f| choose(f, env).chosen.is_err_and(is_it));
    let is_rank = def.window == WindowFunction::Rank;
    let order = def.order.iter().map(|order| &order.0).filter(|_| !is_rank);
    let mut places = order.chain(is_rank.then_some(&def.value));
    // Rows without a value to be grouped by are a group.
    let is_open = |by: &Value<'_>| *by != Value::Missing && by.cause().is_some_and(is_it);
    let group = def.by.iter().find(|by| is_open(&eval(by, env)));
    filter.or(group).or_else(|| places.find(|part| eval(part, env).cause().is_some_and(is_it)))
}
