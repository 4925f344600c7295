//! What the kernels of a pass share.

use crate::expr::bound::StateId;

/// What kernels of a pass share: dictionaries by columns, and which keys stand in which index.
#[derive(Debug, Default)]
pub struct SharedInputs {
    /// Columns of each dictionary, and whether it must take every key.
    pub dicts: Vec<(Vec<usize>, bool)>,
    /// Indexes whose members are noted, with the dictionary.
    pub membership: Vec<(StateId, usize)>,
}

impl SharedInputs {
    /// The dictionary of some columns; found or made.
    pub fn dict(&mut self, columns: &[usize], every: bool) -> usize {
        let at = self.dicts.iter().position(|d| d.0 == columns).unwrap_or_else(|| {
            self.dicts.push((columns.to_vec(), false));
            self.dicts.len() - 1
        });
        self.dicts[at].1 |= every;
        at
    }

    /// Takes back what was added since there was so much.
    pub fn take_back(&mut self, [dicts, membership]: [usize; 2]) {
        self.dicts.truncate(dicts);
        self.membership.truncate(membership);
    }

    /// How much there is.
    pub fn sizes(&self) -> [usize; 2] {
        [self.dicts.len(), self.membership.len()]
    }

    /// The number of an index whose members are noted; found or made.
    pub fn members(&mut self, state: StateId, dict: usize) -> usize {
        self.membership.iter().position(|m| *m == (state, dict)).unwrap_or_else(|| {
            self.membership.push((state, dict));
            self.membership.len() - 1
        })
    }
}
