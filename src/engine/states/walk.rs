//! Rows of groups gone through in order: what each sees of those beside it.

use std::io;

use crate::engine::states::entries::ALL_ALIKE;
use crate::engine::states::seen::plus;
use crate::engine::states::sort_key;
use crate::expr::bound::{Bound, WindowDef};
use crate::expr::tree::WindowFunction;
use crate::value::{Number, Type, Value, Why};

/// What one row sees.
pub enum Sight<T> {
    /// The value of another row.
    Row(T),
    Rank(u64),
    /// Its own value, which is none to be ranked by.
    Itself,
    Sum(Value<'static>),
    /// A row that has no place may stand beside it.
    Unplaced(Why, T),
}

/// Takes what a row sees.
pub type See<'s, T> = &'s mut dyn FnMut(T, Sight<T>) -> io::Result<()>;

/// Goes through rows in order.
pub struct Walk<'d, T> {
    def: &'d WindowDef,
    /// How many bytes the group takes at the beginning of a key.
    group: usize,
    /// Whether a row has no place.
    has_unplaced: bool,
    /// Whether the rows at hand have no value to be ranked by.
    is_of_no_value: bool,
    /// The rows at hand among which one has no place.
    among: Option<Among<T>>,
    /// The row before in the group.
    last: Option<T>,
    /// Rows of the group so far, and the rank of the last.
    rank: (u64, u64),
    sum: Value<'static>,
}

/// Rows that are alike in what is known of a row without a place.
struct Among<T> {
    /// With how many bytes their keys begin alike.
    alike: usize,
    why: Why,
    row: T,
}

impl<T: Clone> Among<T> {
    fn sight(&self) -> Sight<T> {
        Sight::Unplaced(self.why, self.row.clone())
    }
}

impl<'d, T: Clone> Walk<'d, T> {
    /// Before the first row.
    pub fn new(def: &'d WindowDef, has_unplaced: bool) -> Walk<'d, T> {
        Walk {
            def,
            group: 0,
            has_unplaced,
            is_of_no_value: false,
            among: None,
            last: None,
            rank: (0, 0),
            sum: Value::Missing,
        }
    }

    /// Goes on to a row whose key begins with so many bytes as that of the row before, and of the row after
    /// if there is one. Keys lie far apart in memory: few are looked at.
    ///
    /// # Errors
    /// Where a value cannot be read again.
    pub fn step<'k>(
        &mut self,
        (alike, after): (usize, Option<usize>),
        key: impl FnOnce() -> &'k [u8],
        row: T,
        value: impl FnOnce() -> io::Result<Value<'static>>,
        see: See<'_, T>,
    ) -> io::Result<()> {
        let is_first = self.last.is_none() || alike < self.group;
        let is_rank = self.def.window == WindowFunction::Rank;
        let was_among = self.among.is_some();
        let left = self.among.take_if(|among| is_first || alike < among.alike);
        if is_first || self.has_unplaced || is_rank && alike == self.group {
            let key = key();
            if is_first {
                self.group = sort_key::len(self.def.by.len(), key);
            }
            self.is_of_no_value = is_rank && sort_key::is_of_no_value(&key[self.group..], true);
            if self.has_unplaced && self.among.is_none() {
                self.among = self.unplaced(key, after, &row);
            }
        }
        let before = self.last.replace(row.clone()).filter(|_| !is_first);
        match self.def.window {
            WindowFunction::Prev => match (&self.among, left, before) {
                (Some(among), ..) => see(row, among.sight()),
                (None, Some(left), Some(_)) => see(row, left.sight()),
                (None, _, Some(before)) => see(row, Sight::Row(before)),
                (None, _, None) => Ok(()),
            },
            WindowFunction::Next => {
                // Those among which one has no place have seen so already.
                match (&self.among, before.filter(|_| !was_among)) {
                    (Some(among), Some(before)) => see(before, among.sight())?,
                    (None, Some(before)) => see(before, Sight::Row(row.clone()))?,
                    (_, None) => {}
                }
                self.among.as_ref().map_or(Ok(()), |among| see(row, among.sight()))
            }
            WindowFunction::Rank => {
                let own = self.rank(is_first, alike == ALL_ALIKE);
                see(row, self.among.as_ref().map_or(own, Among::sight))
            }
            WindowFunction::Cumulative => {
                if is_first {
                    self.sum = Value::number(Number::default());
                }
                self.sum = plus(&self.sum, &value()?);
                let sum = || Sight::Sum(self.sum.clone());
                see(row, self.among.as_ref().map_or_else(sum, Among::sight))
            }
        }
    }

    /// The rows from this one on among which it has no place; alone it has one.
    fn unplaced(&self, key: &[u8], after: Option<usize>, row: &T) -> Option<Among<T>> {
        let by_value = self.def.window == WindowFunction::Rank;
        let orders = ordered_by(self.def).filter(|_| !by_value).map(|order| order.1);
        let ways: Vec<bool> = orders.chain(by_value.then_some(true)).collect();
        let (alike, why) = sort_key::unplaced(key, self.group, &ways)?;
        let is_alone = after.is_none_or(|after| after < alike);
        (!is_alone).then(|| Among { alike, why, row: row.clone() })
    }

    /// 1 for the greatest; equal values share a rank.
    fn rank(&mut self, is_first: bool, is_equal: bool) -> Sight<T> {
        let (count, rank) = if is_first { (0, 0) } else { self.rank };
        self.rank = (count + 1, if is_equal && !is_first { rank } else { count + 1 });
        if self.is_of_no_value { Sight::Itself } else { Sight::Rank(self.rank.1) }
    }
}

/// What rows of a group are put in order by: texts by which they are grouped too are the same in all of it.
pub fn ordered_by(def: &WindowDef) -> impl Iterator<Item = &(Bound, bool)> {
    let is_of_group =
        |order: &Bound| order.ty == Type::Text && def.by.iter().any(|group| group.op == order.op);
    def.order.iter().filter(move |(order, _)| !is_of_group(order))
}
