//! Values that an aggregate keeps until all are there: those of all groups together, each behind the
//! number of its group.

use crate::engine::states::entries::{ALL_ALIKE, Entries};
use crate::engine::states::key_set::KeySet;
use crate::engine::states::pack::pack_value;
use crate::engine::states::ranked::Search;
use crate::engine::states::reach::Reach;
use crate::engine::states::sort_key::{put, put_group};
use crate::expr::bound::Slot;
use crate::expr::tree::Agg;
use crate::value::{Number, Value};
use crate::width::to_u32;

/// Bytes of the number of a group.
const NUMBER: usize = size_of::<u32>();

/// What one aggregate keeps.
#[derive(Debug, Clone, Default)]
pub enum Values {
    /// It keeps none.
    #[default]
    Nothing,
    /// Of `count(distinct …)` each value once.
    Distinct(KeySet),
    /// All, by what they are sorted by; of figures how far their ends are from them.
    All(Entries, Reach),
}

thread_local! {
    /// Key and value that are made for a moment: their memory is used again.
    static ENTRY: std::cell::RefCell<(Vec<u8>, Vec<u8>)> = const { std::cell::RefCell::new((Vec::new(), Vec::new())) };
}

impl Values {
    /// None yet.
    pub fn of(slot: &Slot) -> Values {
        match (slot.agg, slot.distinct) {
            (Agg::Count, true) => Values::Distinct(KeySet::default()),
            (Agg::Median | Agg::Mode | Agg::Quantile, _) => {
                Values::All(Entries::default(), Reach::default())
            }
            _ => Values::Nothing,
        }
    }

    /// Whether the aggregate keeps none.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Values::Nothing)
    }

    /// Whether there are none yet.
    fn is_empty(&self) -> bool {
        match self {
            Values::Nothing => true,
            Values::Distinct(seen) => seen.len() == 0,
            Values::All(all, _) => all.is_empty(),
        }
    }

    /// How far the ends of figures are from them, where they are kept.
    pub fn reach(&self) -> Option<&Reach> {
        match self {
            Values::All(_, reach) => Some(reach),
            Values::Nothing | Values::Distinct(_) => None,
        }
    }

    /// Takes them out, and leaves none.
    pub fn take_all(&mut self) -> Values {
        let none = match self {
            Values::Nothing => Values::Nothing,
            Values::Distinct(_) => Values::Distinct(KeySet::default()),
            Values::All(..) => Values::All(Entries::default(), Reach::default()),
        };
        std::mem::replace(self, none)
    }

    /// Takes the arguments of a row of a group.
    pub fn take(&mut self, group: u32, args: &[Value<'_>]) {
        let (mut key, mut packed) = ENTRY.take();
        key.clear();
        key.extend(group.to_be_bytes());
        for arg in args {
            match arg {
                // One that is withheld stands by its low end.
                Value::Number(_) => put(arg, false, &mut key),
                _ => put_group(arg, &mut key),
            }
        }
        match self {
            Values::Nothing => {}
            Values::Distinct(seen) => _ = seen.insert(&key),
            Values::All(all, reach) => {
                let figure = args.first().and_then(|value| value.figure());
                figure.into_iter().for_each(|figure| reach.take(figure));
                args.first().into_iter().for_each(|value| pack_value(value, &mut packed));
                all.push(&key, &packed);
            }
        }
        ENTRY.set((key, packed));
    }

    /// Takes those of later rows; their groups have these numbers.
    pub fn append(&mut self, mut later: Values, numbers: &[u32]) {
        let is_own = |(own, number): (u32, &u32)| *number == own || *number == u32::MAX;
        if self.is_empty() && (0..).zip(numbers).all(is_own) {
            *self = later;
            return;
        }
        let renumber = |entry: &mut [u8]| {
            if let Some(number) = entry.first_chunk_mut::<NUMBER>() {
                let own = u32::from_be_bytes(*number) as usize;
                *number = numbers.get(own).copied().unwrap_or(u32::MAX).to_be_bytes();
            }
        };
        match (self, &mut later) {
            (Values::Distinct(all), Values::Distinct(more)) => {
                more.drain(renumber, |key| _ = all.insert(key));
            }
            (Values::All(all, reach), Values::All(more, other)) => {
                reach.join(other);
                let mut more = std::mem::take(more);
                more.change(renumber);
                all.append(more);
            }
            _ => {}
        }
    }

    /// About how many bytes they take, and will take when they are put in order.
    pub fn bytes(&self) -> u64 {
        match self {
            Values::Nothing => 0,
            Values::Distinct(seen) => seen.bytes(),
            Values::All(all, _) => all.bytes() + all.bytes_to_sort(),
        }
    }

    /// Each with the number of its group, what it is sorted by, and itself where all are kept.
    pub fn each<E>(
        &self,
        mut each: impl FnMut(u32, &[u8], Option<&[u8]>) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Values::Nothing => Ok(()),
            Values::Distinct(seen) => seen.iter().try_for_each(|key| {
                let (group, own) = split(key);
                each(group, own, None)
            }),
            Values::All(all, _) => all.iter().try_for_each(|(key, value)| {
                let (group, own) = split(key);
                each(group, own, Some(value))
            }),
        }
    }

    /// All are there: what comes of those of each of so many groups that has some. `search` looks for
    /// it among so many.
    pub fn settle(
        self,
        (groups, jobs): (usize, usize),
        search: impl Fn(u64) -> Search,
        mut found: impl FnMut(u32, Value<'static>),
    ) {
        let mut counts = vec![0u64; groups];
        let counted = self.each(|group, _, _| {
            counts.get_mut(group as usize).into_iter().for_each(|count| *count += 1);
            Ok::<(), std::convert::Infallible>(())
        });
        debug_assert!(counted.is_ok());
        let all = match self {
            Values::Nothing => return,
            Values::Distinct(_) => {
                let counts = counts.into_iter().enumerate().filter(|(_, count)| *count > 0);
                return counts
                    .for_each(|(at, n)| found(to_u32(at), Value::number(Number::from(n))));
            }
            Values::All(all, _) => all,
        };
        let mut open: Option<(u32, Search)> = None;
        for (n, alike) in all.sorted(jobs) {
            if open.is_none() || alike < NUMBER {
                let (group, _) = split(all.key(n));
                let count = counts.get(group as usize).copied().unwrap_or_default();
                let last = open.replace((group, search(count)));
                last.into_iter().for_each(|(group, search)| found(group, search.found()));
            }
            if let Some((_, search)) = &mut open {
                search.show(alike == ALL_ALIKE, u64::from(n), || all.value(n).to_vec());
            }
        }
        open.into_iter().for_each(|(group, search)| found(group, search.found()));
    }
}

/// The number of the group, and the key.
fn split(key: &[u8]) -> (u32, &[u8]) {
    key.split_first_chunk::<NUMBER>()
        .map_or((u32::MAX, key), |(group, own)| (u32::from_be_bytes(*group), own))
}
