//! What the chunks of a run added up by group, for all of them.

use crate::engine::fast::dict::Code;
use crate::engine::fast::sums::{ChunkSums, Plan, SlotSum, SumSlot};
use crate::engine::states::accumulate::Accumulator;
use crate::engine::states::groups::{Groups, Keys};
use crate::engine::states::values::Values;
use crate::expr::bound::{GroupsDef, Slot};
use crate::expr::tree::Agg;
use crate::source::RowId;
use crate::value::{Figure, Interval, Number, Rounding, Why};
use crate::width::to_u32;

/// The sums of a run, by the run's own key numbers.
#[derive(Debug, Default)]
pub struct Totals {
    /// Whether a key has a group.
    there: Vec<bool>,
    firsts: Vec<RowId>,
    rows: Vec<u64>,
    sums: Vec<SlotSum>,
    scales: Vec<Option<u8>>,
    undecided: Option<Why>,
    not_chosen: u64,
    /// What each aggregate kept, by the run's key numbers.
    values: Vec<Values>,
    /// How many figures of each scale a total has, where their widths matter.
    other: crate::engine::states::Map<usize, Vec<(u8, u64)>>,
}

impl Totals {
    /// Adds what a chunk gave; `keys` are the run's numbers of the touched codes.
    pub fn add(&mut self, chunk: &mut ChunkSums, keys: &[u32], plan: &Plan) {
        let slots = plan.slots.len();
        self.scales.resize(slots, None);
        self.undecided = self.undecided.max(chunk.undecided);
        self.not_chosen += chunk.not_chosen;
        self.keep(std::mem::take(&mut chunk.values), (&chunk.touched, keys), plan);
        let most = keys.iter().map(|k| *k as usize + 1).max().unwrap_or(0);
        if self.there.len() < most {
            self.there.resize(most, false);
            self.firsts.resize(most, RowId(0));
            self.rows.resize(most, 0);
            self.sums.resize(most * slots, SlotSum::default());
        }
        let factors: Vec<i128> =
            (0..slots).map(|s| self.scale(s, slots, chunk.scales[s])).collect();
        for (i, key) in keys.iter().enumerate() {
            let at = *key as usize;
            if !self.there[at] {
                self.there[at] = true;
                self.firsts[at] = chunk.firsts[i];
            }
            self.rows[at] += chunk.rows[i];
            for (s, factor) in factors.iter().enumerate() {
                let (from, to) = (&chunk.sums[i * slots + s], &mut self.sums[at * slots + s]);
                to.total += from.total * factor;
                to.counts.add(&from.counts);
                if plan.slots[s].ranges && chunk.scales[s] != self.scales[s] {
                    self.other
                        .entry(at * slots + s)
                        .or_default()
                        .push((chunk.scales[s].unwrap_or(0), from.counts.taken));
                }
            }
        }
    }

    /// Takes what a chunk kept; `keys` are the run's numbers of the codes that it touched.
    fn keep(&mut self, values: Vec<Values>, (touched, keys): (&[Code], &[u32]), plan: &Plan) {
        self.values.resize_with(plan.slots.len(), Values::default);
        if values.iter().all(Values::is_nothing) {
            return;
        }
        let most = touched.iter().max().map_or(0, |most| *most as usize + 1);
        let mut numbers = vec![u32::MAX; most];
        touched.iter().zip(keys).for_each(|(code, key)| numbers[*code as usize] = *key);
        for ((all, slot), values) in self.values.iter_mut().zip(&plan.slots).zip(values) {
            if all.is_nothing() {
                *all = slot.values.clone();
            }
            all.append(values, &numbers);
        }
    }

    /// About how many bytes the values take that are kept.
    pub fn bytes(&self) -> u64 {
        self.values.iter().map(Values::bytes).sum()
    }

    /// Takes out what each aggregate kept, by the run's key numbers.
    pub fn take_values(&mut self) -> Vec<Values> {
        self.values.iter_mut().map(Values::take_all).collect()
    }

    fn scale(&mut self, slot: usize, slots: usize, scale: Option<u8>) -> i128 {
        let Some(scale) = scale else { return 1 };
        let known = *self.scales[slot].get_or_insert(scale);
        if known < scale {
            let by = 10i128.pow(u32::from(scale - known));
            self.sums.iter_mut().skip(slot).step_by(slots).for_each(|l| l.total *= by);
            // Widths of what was added at the coarser scale are counted by scale from now on.
            for at in (slot..self.sums.len()).step_by(slots) {
                let others = self.other.get(&at).map_or(0, |o| o.iter().map(|o| o.1).sum());
                let taken = self.sums[at].counts.taken - others;
                if taken > 0 {
                    self.other.entry(at).or_default().push((known, taken));
                }
            }
            self.scales[slot] = Some(scale);
            return 1;
        }
        10i128.pow(u32::from(known - scale))
    }

    /// Gives all groups to the exact ones.
    pub fn finish(
        mut self,
        def: &GroupsDef,
        plan: &Plan,
        key: &dyn Fn(u32) -> Keys,
        groups: &mut Groups,
    ) {
        if let Some(why) = self.undecided {
            groups.open(why);
        }
        groups.blanks.not_chosen += self.not_chosen;
        let slots = plan.slots.len();
        let mut places = vec![u32::MAX; self.there.len()];
        for at in (0..self.there.len()).filter(|at| self.there[*at]) {
            let accumulators = (0..slots)
                .map(|s| self.accumulator(&def.slots[s], &plan.slots[s], at * slots + s, s))
                .collect();
            places[at] = groups.join(key(to_u32(at)), self.firsts[at], self.rows[at], accumulators);
        }
        groups.join_values(self.take_values(), &places);
    }

    fn accumulator(&self, def: &Slot, slot: &SumSlot, at: usize, number: usize) -> Accumulator {
        let slot_sum = &self.sums[at];
        let mut acc = Accumulator::new(def);
        let scale = self.scales[number].unwrap_or(0);
        let is_sum = matches!(def.agg, Agg::Sum | Agg::Mean);
        let figure = (slot_sum.counts.taken > 0 && is_sum).then(|| {
            let total = Number::decimal(slot_sum.total, i32::from(scale));
            if !slot.ranges {
                return (Figure::exact(total), Number::default());
            }
            let others = self.other.get(&at).cloned().unwrap_or_default();
            let rest = slot_sum.counts.taken - others.iter().map(|o| o.1).sum::<u64>();
            widths(total, others.into_iter().chain([(scale, rest)]))
        });
        acc.put(figure, slot_sum.counts);
        acc
    }
}

/// A total with the interval and the squared widths of the figures that made it.
fn widths(total: Number, figures: impl Iterator<Item = (u8, u64)>) -> (Figure, Number) {
    let (mut range, mut squares) = (Interval::point(total.clone()), Number::default());
    for (scale, count) in figures {
        let count = Number::from(count);
        let unit = Number::pow10(-i32::from(scale));
        let one = Figure::implied(Number::default(), i32::from(scale), Rounding::Nearest);
        range = range.add(&one.interval().scale(&count));
        squares = &squares + &(&(&unit * &unit) * &count);
    }
    (Figure::ranged(total, range), squares)
}
