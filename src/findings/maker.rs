//! What makes findings: a run that is over, and the files it read.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::engine::data::job::Job;
use crate::engine::pass::locate::{Locator, RowFinder};
use crate::engine::pass::ran::Ran;
use crate::engine::states::env::{At, UnitRow};
use crate::findings::allowance::Allowances;
use crate::findings::beside::Outside;
use crate::findings::noted::NotedFindings;
use crate::findings::place;
use crate::findings::shared::Shared;
use crate::findings::suggest::Suggestions;
use crate::findings::was::Former;
use crate::read::reader::Reader;
use crate::report::{Finding, Label, Place, Renames, Role};
use crate::source::{FileId, Files, RowId};

/// Makes findings.
pub struct FindingMaker<'h, 'j> {
    pub(crate) job: &'h Job<'j>,
    pub(crate) ran: &'h Ran<'j>,
    pub(crate) files: &'h dyn Files,
    /// Makes what finds rows of a table again.
    pub(crate) finder: Box<dyn Fn(usize) -> Box<dyn RowFinder + 'h> + Sync + 'h>,
    /// What has been proposed for a misspelt key.
    pub(crate) suggestions: Suggestions,
    /// Per check and assertion the place that asks for it.
    rules: Vec<Vec<OnceLock<Place>>>,
    /// What accepts findings.
    pub(crate) allowances: &'h Allowances,
    /// The names under which fingerprints are made.
    pub(crate) renames: &'h Renames,
    /// What has read each data file.
    readers: Vec<(FileId, &'h dyn Reader)>,
    /// Whether findings get certificates.
    pub(crate) certifies: bool,
    /// The equations that were solved before findings are made.
    pub(crate) shared: OnceLock<Shared>,
    /// What cells were in the old version.
    pub(crate) was: OnceLock<Former>,
    /// What rows of small tables would add to the sums that fail.
    pub(crate) outside: OnceLock<Outside>,
    /// Whether exhibits are asked for.
    pub(crate) notes_findings: bool,
    /// What exhibits are made from.
    pub(crate) noted: OnceLock<NotedFindings>,
}

static NO_ALLOWANCES: Allowances = Allowances { all: Vec::new(), today: 0 };
static NO_RENAMES: Renames = Renames {
    checks: BTreeMap::new(),
    tables: BTreeMap::new(),
    columns: BTreeMap::new(),
    demands: BTreeMap::new(),
};

impl<'h, 'j> FindingMaker<'h, 'j> {
    /// Over what was run.
    pub fn new(job: &'h Job<'j>, ran: &'h Ran<'j>, files: &'h dyn Files) -> Self {
        let rules = job
            .checks
            .iter()
            .map(|c| c.asserts.iter().map(|_| OnceLock::new()).collect())
            .collect();
        let in_files = move |table: usize| -> Box<dyn RowFinder + 'h> {
            Box::new(Locator::new(&job.tables[table], &ran.tables[table].directory, job.paths))
        };
        let finder = Box::new(in_files);
        let data = job.tables.iter().flat_map(|table| &table.files);
        let mut readers =
            Vec::with_capacity(job.tables.iter().map(|table| table.files.len()).sum());
        readers.extend(data.map(|file| (file.file, &*file.reader)));
        readers.sort_unstable_by_key(|of: &(FileId, _)| of.0);
        FindingMaker {
            job,
            ran,
            files,
            finder,
            suggestions: Suggestions::default(),
            rules,
            allowances: &NO_ALLOWANCES,
            renames: &NO_RENAMES,
            readers,
            certifies: false,
            shared: OnceLock::new(),
            was: OnceLock::new(),
            outside: OnceLock::new(),
            notes_findings: false,
            noted: OnceLock::new(),
        }
    }

    /// What reads a file.
    pub(crate) fn reader(&self, file: FileId) -> Option<&'h dyn Reader> {
        let at = self.readers.binary_search_by_key(&file, |of| of.0).ok()?;
        self.readers.get(at).map(|of| of.1)
    }

    /// With what accepts findings.
    #[must_use]
    pub fn accepting(self, allowances: &'h Allowances) -> Self {
        FindingMaker { allowances, ..self }
    }

    /// With the names under which fingerprints are made.
    #[must_use]
    pub fn renamed(self, renames: &'h Renames) -> Self {
        FindingMaker { renames, ..self }
    }

    /// Findings with fingerprints under former names.
    pub fn under_former_names(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        findings.iter_mut().for_each(|f| f.rename(self.renames));
        findings
    }

    /// Whether its findings get certificates.
    #[must_use]
    pub fn certifying(self, certifies: bool) -> Self {
        FindingMaker { certifies, ..self }
    }

    /// With what exhibits are made from, if they are asked for.
    #[must_use]
    pub fn with_exhibits(self, asked: bool) -> Self {
        FindingMaker { notes_findings: asked, ..self }
    }

    /// With rows from elsewhere than files; each worker has its own finder of a table.
    #[must_use]
    pub fn with_rows(self, finder: impl Fn(usize) -> Box<dyn RowFinder + 'h> + Sync + 'h) -> Self {
        FindingMaker { finder: Box::new(finder), ..self }
    }

    /// Runs `f` with the environment of a row: window_values that were kept, misses thrown away.
    pub(crate) fn with_env<T>(
        &self,
        units: &[UnitRow<'_>],
        row: RowId,
        f: impl FnOnce(&At<'_>) -> T,
    ) -> T {
        let misses = RefCell::new(Vec::new());
        let window: Vec<_> = (0..self.job.defs.all.len())
            .filter_map(|s| self.ran.window_values.get(&(s, row.0)).map(|n| (s, n.clone())))
            .collect();
        let env = At { shared: &self.ran.shared, units, row, window: &window, misses: &misses };
        f(&env)
    }

    pub(crate) fn rule_label(&self, finding: &mut Finding, check: usize, assertion: usize) {
        let place = self.rules[check][assertion].get_or_init(|| {
            let (file, span) = self.job.checks[check].asserts[assertion].rule;
            place::at(self.files, file, span, self.files.line(file, span.start))
        });
        finding.labels.push(Label {
            place: place.clone(),
            role: Role::Rule,
            text: "required here".into(),
        });
    }
}
