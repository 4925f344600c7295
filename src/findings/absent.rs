//! Keys that no row of a table has: what findings of several checks may have in common.

use crate::engine::states::env::{At, Miss, Missed, group_of, table_of};
use crate::expr::bound::{Op, StateDef, StateId};
use crate::findings::about::{Case, Proof, missed_parts, parts_within};
use crate::findings::elsewhere;
use crate::findings::maker::FindingMaker;
use crate::findings::tables::case_words;
use crate::findings::trace::{Comparison, Step};
use crate::findings::working::{self, UnitCell};
use crate::report::{AbsentKey, AbsentPart};
use crate::value::Value;

impl FindingMaker<'_, '_> {
    /// The key that a look-up did not find.
    pub(crate) fn absent_of_miss(
        &self,
        case: &Case<'_>,
        miss: &Miss,
        env: &At<'_>,
        at: &[UnitCell],
    ) -> Option<AbsentKey> {
        if miss.what != Missed::NotFound {
            return None;
        }
        let parts = match miss.within {
            Some((state, _)) => parts_within(self.job.defs.all.get(state)?, miss, env),
            None => missed_parts(case.check, case.assertion, miss, env),
        };
        let traces: Vec<_> = parts.iter().map(|part| working::trace(part, env, at)).collect();
        let key = traces.iter().map(|trace| &trace.root);
        let absent = self.absent(case, key, (miss.state, true), env)?;
        Some(AbsentKey { cases: None, ..absent })
    }

    /// The key that a failed assertion did not find: of a list in the data, or of an aggregate over
    /// the rows of a key that there are none of.
    pub(crate) fn absent_of_proof(&self, case: &Case<'_>, proof: &Proof<'_>) -> Option<AbsentKey> {
        let decided = proof.trace.decided();
        let [decider] = &decided.by[..] else { return None };
        if let Op::Member { state, not: false, .. } = decider.step.bound.op {
            let key = if decider.held { &[] } else { &decider.step.args[..] };
            return self.absent(case, key.iter(), (state, true), proof.env);
        }
        if let (Op::IsMissing { not: true, .. }, [of]) =
            (&decider.step.bound.op, &decider.step.args[..])
            && let Op::Lookup { state, .. } = of.bound.op
        {
            // A row that is there has a cell, blank or not.
            let is_nowhere = !decider.held && of.cell.is_none() && of.value == Value::Missing;
            let key = if is_nowhere { &of.args[..] } else { &[] };
            return self.absent(case, key.iter(), (state, true), proof.env);
        }
        let comparison = decider.comparison?;
        let mut empty = None;
        for side in [comparison.left, comparison.right] {
            side.walk(&mut |step| empty = empty.or_else(|| is_empty(step, proof.env)));
        }
        match empty {
            Some((state, step)) => self.absent(case, step.args.iter(), (state, false), proof.env),
            None => self.elsewhere(case, &comparison, proof.env),
        }
    }

    /// The key of rows that a sum lacks.
    fn elsewhere(
        &self,
        case: &Case<'_>,
        comparison: &Comparison<'_, '_>,
        env: &At<'_>,
    ) -> Option<AbsentKey> {
        let part = elsewhere::found(comparison, env, self.job)?;
        let table = part.from.split('.').next().unwrap_or_default().to_string();
        let cases = Some(case_words(case.check).1);
        let parts = vec![part];
        Some(AbsentKey { table, parts, is_reference: false, is_elsewhere: true, cases, all: None })
    }

    fn absent<'s, 't: 's>(
        &self,
        case: &Case<'_>,
        key: impl Iterator<Item = &'s Step<'t>>,
        (state, is_reference): (StateId, bool),
        env: &At<'_>,
    ) -> Option<AbsentKey> {
        let part = |step: &Step<'t>| {
            let column = step.cell.and_then(|cell| {
                let table = self.job.tables.get(cell.table)?;
                Some(format!("{}.{}", table.name, table.columns.get(cell.column)?.name))
            });
            let written = || case.assertion.text.get(step.bound.span.clone()).map(str::to_string);
            let from = column.or_else(written).filter(|from| !from.is_empty())?;
            let is_value = step.value.cause().is_none();
            is_value.then(|| AbsentPart::new(from, step.value.to_text()))
        };
        let parts: Vec<AbsentPart> = key.map(part).collect::<Option<_>>()?;
        let table = self.job.tables.get(table_of(env, state))?.name.clone();
        (!parts.is_empty()).then(|| AbsentKey {
            table,
            parts,
            is_reference,
            is_elsewhere: false,
            cases: Some(case_words(case.check).1),
            all: None,
        })
    }
}

/// An aggregate whose table has no row with its key; where a condition came before, the key may be
/// there.
fn is_empty<'s, 't>(step: &'s Step<'t>, env: &At<'_>) -> Option<(StateId, &'s Step<'t>)> {
    let Op::Aggregate { state, .. } = step.bound.op else { return None };
    let StateDef::Groups(def) = env.shared.defs.all.get(state)? else { return None };
    let is_empty = def.filter.is_none() && group_of(env, state, &step.key()).is_none();
    is_empty.then_some((state, step))
}
