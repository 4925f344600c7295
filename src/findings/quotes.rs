//! The sentences of a text that findings are about.

use crate::findings::maker::FindingMaker;
use crate::report::{Finding, Role};

impl FindingMaker<'_, '_> {
    /// Adds the sentence that states what is wrong, where it stands in a text. A figure of a table
    /// that a text repeats is quoted from there: the sentence is the claim.
    pub(crate) fn quote(&self, finding: &mut Finding) {
        let stated = finding.labels.iter().filter(|label| label.role == Role::Stated);
        let mut places = stated.map(|label| label.place.at);
        finding.quote =
            places.find_map(|at| self.reader(at.file())?.quote(at.span())).map(Box::new);
    }
}
