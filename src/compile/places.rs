//! The columns of a table by their names.

use std::collections::HashMap;

use crate::engine::data::table::Table;

/// Where the first column of each name stands.
pub struct Places<'t> {
    /// Of all of them.
    pub all: HashMap<&'t str, usize>,
    /// Of those that the data have.
    pub own: HashMap<&'t str, usize>,
    /// Of those that became rows.
    pub pivot: HashMap<&'t str, usize>,
}

impl<'t> Places<'t> {
    /// Those of a table.
    pub fn of(table: &'t Table) -> Places<'t> {
        let columns = || table.columns.iter().enumerate().rev();
        let pivot = table.layout.pivot.iter().enumerate().rev();
        Places {
            all: columns().map(|(at, c)| (c.name.as_str(), at)).collect(),
            own: columns().filter(|c| !c.1.absent).map(|(at, c)| (c.name.as_str(), at)).collect(),
            pivot: pivot.map(|(at, (_, name))| (name.as_str(), at)).collect(),
        }
    }
}
