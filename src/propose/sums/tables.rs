//! Figures of a table that are the sum of rows which refer to it: of another table, or of its own.

use crate::propose::column::Column;
use crate::propose::labels::slug;
use crate::propose::names;
use crate::propose::rules::{Check, Rules, of};
use crate::propose::slips::slips;
use crate::propose::sums::joins::{Join, joins};
use crate::propose::sums::parts::{addable, cell, counted, in_doubt, off, room, round, scale};
use crate::propose::table::Table;
use crate::value::Type;

/// Groups of rows that agree, at least.
const GROUPS: usize = 3;
/// Halvings of the chance that make it a surprise, beside those for the number of sums tried.
const SURPRISE: u32 = 16;

/// A figure that is a sum, or a count.
pub struct Found {
    stated: usize,
    /// What is added up; rows are counted where there is none.
    added: Option<usize>,
    /// Without any rounding.
    pub is_exact: bool,
    /// How often it holds, and fails.
    pub held: usize,
    pub failed: usize,
    /// Of those that hold, those that are exact.
    pub exact: usize,
    /// How far whole numbers are off at most, where nothing says that they are rounded.
    pub off: Option<String>,
}

impl Found {
    /// What is added to an assertion.
    pub fn ending(&self) -> String {
        match (&self.off, self.is_exact) {
            (Some(off), _) => format!(" within {off}"),
            (None, true) => String::new(),
            (None, false) => " within rounding".into(),
        }
    }

    /// Whether figures are rounded, which need a type that knows how.
    pub fn is_rounded(&self) -> bool {
        !self.is_exact && self.off.is_none()
    }
}

/// Finds them, and writes checks.
pub fn propose(tables: &mut [Table], rules: &mut Rules) {
    for join in joins(tables, rules) {
        let found = sums(tables, &join);
        if found.is_empty() {
            continue;
        }
        for sum in found.iter().filter(|sum| sum.is_rounded()) {
            let added: Vec<usize> = sum.added.into_iter().collect();
            if let Some(table) = tables.get_mut(join.from) {
                round(table, &added);
            }
            if let Some(table) = tables.get_mut(join.to) {
                round(table, &[sum.stated]);
            }
        }
        let (doubtful, found): (Vec<Found>, Vec<Found>) =
            found.into_iter().partition(|sum| sum.off.is_some());
        write(tables, &join, &found, rules);
        write(tables, &join, &doubtful, rules);
    }
}

fn sums(tables: &[Table], join: &Join) -> Vec<Found> {
    let (Some(from), Some(to)) = (tables.get(join.from), tables.get(join.to)) else {
        return Vec::new();
    };
    let groups = join.groups(tables).filter(|_| join.is_whole(tables)).unwrap_or_default();
    let own: Vec<usize> = join.on.iter().map(|on| on.from).collect();
    let stated = addable(to);
    let added: Vec<usize> = addable(from).into_iter().filter(|c| !own.contains(c)).collect();
    let tried = (stated.len() * (added.len() + 1)).max(1).ilog2();
    let find = |stated: &usize| {
        let total = to.column(*stated)?;
        // The name decides which of several sums is meant.
        let alike = |c: &&usize| {
            from.column(**c).is_some_and(|c| names::words(c.name()) == names::words(total.name()))
        };
        let is_own = |c: &&usize| join.from == join.to && **c != *stated;
        let named = added.iter().filter(alike);
        let others = added.iter().filter(|c| !alike(c) && !is_own(c));
        let sums = named.chain(others).map(|c| Some(*c)).chain([None]);
        let judged = sums.filter_map(|added| judge((from, added), (to, *stated), &groups, tried));
        judged.max_by_key(|found| found.held)
    };
    stated.iter().filter_map(find).collect()
}

/// Whether the figures of a column are the sums, or the counts, of groups of rows.
pub fn judge(
    (from, added): (&Table, Option<usize>),
    (to, stated): (&Table, usize),
    groups: &[(usize, Vec<usize>)],
    tried: u32,
) -> Option<Found> {
    let total = to.column(stated)?;
    let part = added.and_then(|c| from.column(c));
    if added.is_none() && total.ty != Type::Integer {
        return None;
    }
    let columns: Vec<&Column> = part.into_iter().chain([total]).collect();
    let scale = scale(&columns);
    let one = 10_i128.checked_pow(scale)?;
    let (mut held, mut failed, mut rounded, mut bits, mut telling) = (0, 0, 0, 0_u32, 0);
    let mut most = 0;
    for (row, rows) in groups {
        let Some(stated) = cell(total, *row, scale) else { continue };
        let (mut sum, mut units, mut finest, mut present) = (0, stated.unit, stated.unit, 0);
        for row in rows {
            let cell = match part {
                Some(column) => cell(column, *row, scale),
                None => Some(crate::propose::sums::parts::Cell { value: one, unit: 0 }),
            };
            if let Some(cell) = cell {
                sum += cell.value;
                units += cell.unit;
                finest = finest.min(cell.unit);
                present += usize::from(cell.value != 0);
            }
        }
        let apart = (stated.value - sum).abs();
        if apart * 2 > units || (apart > 0 && added.is_none()) {
            failed += 1;
            if failed > slips(groups.len()) {
                return None;
            }
            continue;
        }
        held += 1;
        rounded += usize::from(apart > 0);
        most = most.max(room(units, finest));
        if present > 1 && stated.value != 0 {
            let room = stated.value.unsigned_abs() / units.unsigned_abs().max(1) + 1;
            bits = bits.saturating_add(room.ilog2());
            telling += 1;
        }
    }
    let is_exact = rounded * 10 <= held && (rounded == 0 || groups.len() >= 10);
    // Where not all digits are compared, a slip may be rounding.
    let is_exact = is_exact && columns.iter().all(|column| !column.is_cut);
    let exact = held - rounded;
    let (held, failed) = if is_exact { (exact, failed + rounded) } else { (held, failed) };
    // Parts with decimals say that a whole total was rounded.
    let is_doubtful = !is_exact && part.is_some_and(Column::holds_counts);
    let off = is_doubtful.then(|| off(most, scale)).flatten();
    let is_surprise = telling >= GROUPS && bits >= SURPRISE + tried;
    let fits = is_surprise && failed <= slips(groups.len());
    fits.then_some(Found { stated, added, is_exact, held, failed, exact, off })
}

fn write(tables: &[Table], join: &Join, found: &[Found], rules: &mut Rules) {
    let (Some(from), Some(to)) = (tables.get(join.from), tables.get(join.to)) else { return };
    if found.is_empty() {
        return;
    }
    let (name, own) = (&to.files.name, &from.files.name);
    let row = if join.from == join.to { "row" } else { name.as_str() };
    let on = join.condition(tables, row);
    let each = if row == name { name.clone() } else { format!("{name} as {row}") };
    let rows = counted(from, to);
    let assertion = |sum: &Found| {
        let stated = to.called(sum.stated);
        let computed = match sum.added {
            Some(added) => format!("sum({own}.{} where {on})", from.called(added)),
            None => format!("count({rows} where {on})"),
        };
        let ending = sum.ending();
        let assertion = format!("{row}.{stated} = {computed}{ending}");
        match join.from == join.to {
            true => format!("if count({rows} where {on}) > 0 then {assertion}"),
            false => assertion,
        }
    };
    let stated = |sum: &Found| to.column(sum.stated).map_or("", Column::name).to_string();
    let names: Vec<String> = found.iter().map(stated).collect();
    let what = if join.from == join.to {
        "the rows below it".into()
    } else {
        format!("its rows in {own}")
    };
    let check = Check {
        id: match join.from == join.to {
            true => format!("{name}-{}-levels", slug(&names.join(" "))),
            false => format!("{name}-{own}"),
        },
        title: format!(
            "{} of each row of {name} {} what {what} add up to",
            super::parts::listed(&names),
            if names.len() == 1 { "is" } else { "are" }
        ),
        table: join.to,
        each: Some(each),
        asserts: found.iter().map(assertion).collect(),
        ..Check::default()
    };
    take(check, found.iter(), rules);
}

/// Adds a check of some sums, which are all in doubt or none.
pub fn take<'f>(check: Check, found: impl Iterator<Item = &'f Found> + Clone, rules: &mut Rules) {
    let count = |of: fn(&Found) -> usize| found.clone().map(of).sum::<usize>();
    let all = count(|sum| sum.held + sum.failed);
    if found.clone().any(|sum| sum.off.is_some()) {
        return rules.doubtful(check, in_doubt(count(|sum| sum.exact), all, "sum"));
    }
    rules.check(check, of(count(|sum| sum.held), all, "sum"));
}
