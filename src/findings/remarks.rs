//! What else is known of the cells of a finding: that other digits are stored than are shown.

use crate::findings::maker::FindingMaker;
use crate::report::{At, Finding, Place, Role};

/// Cells of a working that are remarked on.
const MOST: usize = 4;

impl FindingMaker<'_, '_> {
    /// Adds what else is known of the cell that is wrong, and of those that it was compared with.
    pub(crate) fn remark(&self, finding: &mut Finding) {
        let stated = finding.labels.iter_mut().filter(|label| label.role == Role::Stated);
        for label in stated {
            // What the finding itself says is not said again.
            let remark = self.remark_of(&label.place).filter(|words| !label.text.contains(words));
            if let Some(words) = remark {
                let before = if label.text.is_empty() { "" } else { "; " };
                label.text.push_str(&format!("{before}{words}"));
            }
        }
        let own = finding.labels.first().map(|label| label.place.at);
        let Some(working) = &mut finding.working else { return };
        let terms = working.terms.iter().filter(|term| term.place.as_ref().map(|p| p.at) != own);
        let all: Vec<String> = terms
            .filter_map(|term| {
                Some(format!("{}: {}", term.name, self.remark_of(term.place.as_ref()?)?))
            })
            .collect();
        let more = all.len().saturating_sub(MOST);
        let more = (more > 0).then(|| format!("{more} more cells have other digits"));
        working.notes.extend(all.into_iter().take(MOST).chain(more));
    }

    fn remark_of(&self, place: &Place) -> Option<String> {
        let At::Cells { file, range, .. } = place.at else { return None };
        self.files.addresses(file)?.remark(range.sheet, range.rows.0, range.columns.0)
    }
}
