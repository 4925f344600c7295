//! Rows and groups by the names that findings show as their keys.

use crate::engine::states::env::Filled;
use crate::findings::about::group_name;
use crate::findings::maker::FindingMaker;
use crate::findings::terms::row_name;

impl FindingMaker<'_, '_> {
    /// Whether all rows and groups are at hand: all tables were read to their ends, and none is asked
    /// where it stands.
    pub fn has_all_rows(&self) -> bool {
        let job = self.job;
        !self.ran.unfinished.contains(&true)
            && job.tables.iter().all(|table| !table.unread)
            && job.checks.iter().all(|check| check.elsewhere.is_none())
    }

    /// Gives the names of all rows and groups that findings may be about.
    pub fn each_name(&self, take: &mut dyn FnMut(&str)) {
        let units = || self.job.checks.iter().filter(|c| c.row_table().is_none());
        let units = || units().flat_map(|check| &check.units);
        for (number, table) in self.job.tables.iter().enumerate() {
            // Without a key a row has a name only beside another one.
            let is_unit = units().any(|unit| unit.table == number && unit.groups.is_none());
            let is_named = !table.key.is_empty() || is_unit;
            self.each_block(number, is_named, &mut |batch, _| {
                for row in 0..batch.rows {
                    let texts = (0..table.columns.len()).map(|c| batch.text(row, c).into_owned());
                    take(&row_name(self.job, number, &texts.collect::<Vec<_>>()));
                }
            });
        }
        for unit in units() {
            let groups = unit.groups.map(|state| &self.ran.shared.filled[state]);
            let Some(Filled::Groups(groups)) = groups else { continue };
            let mut place = 0;
            while let Some((name, next)) = groups.at(place) {
                if let Some(group) = groups.named(name) {
                    take(&group_name(unit, &group));
                }
                place = next;
            }
        }
    }
}
