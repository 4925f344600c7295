//! What the engine is asked, and all findings of what it ran.

use std::collections::BTreeMap;

use crate::api::project::Project;
use crate::api::request::Request;
use crate::engine::data::job::{Job, Sizes};
use crate::engine::data::memory::Memory;
use crate::engine::data::table::Table;
use crate::engine::pass::ran::Ran;
use crate::expr::functions::Context;
use crate::fault::Severity;
use crate::files::machine::Machine;
use crate::findings::hydrate::{FindingSink, Written};
use crate::findings::maker::FindingMaker;
use crate::findings::notes::of_notes;
use crate::findings::tables::TableFindings;
use crate::read::note::Note;
use crate::report::{Finding, RawFinding};
use crate::source::{FileId, Files};

/// What judges a project and what came of it.
pub(crate) struct Given<'g, 'j> {
    pub job: &'g Job<'j>,
    pub ran: &'g Ran<'j>,
}

/// Takes findings, those about whole checks apart.
pub(crate) trait Collector: FindingSink {
    /// Findings about whole checks.
    fn whole(&mut self, findings: Vec<Finding>);
}

/// Calls `f` with what a request asks of a project. Of each class so many raw findings are kept, of
/// each check so many undecided answers.
pub(crate) fn with_job<T>(
    project: &Project,
    request: &Request,
    (most_raw, most_undecided): (Option<u64>, usize),
    f: impl FnOnce(&Job<'_>) -> T,
) -> T {
    let built = &project.built;
    let paths = |file: FileId| Files::path(&project.book, file);
    let jobs = request.jobs.unwrap_or_else(|| project.book.machine().cores()).max(1);
    let memory = Memory::new(request.memory, jobs, &Machine);
    f(&Job {
        tables: &built.tables,
        defs: &built.states,
        checks: &built.checks,
        context: Context { today: project.today },
        sizes: sizes(request, &memory),
        jobs,
        exact: request.exact,
        memory,
        most_raw,
        most_undecided,
        watch: request.watcher.as_deref().unwrap_or(&()),
        paths: &paths,
    })
}

/// Makes all findings of a run, in order.
pub(crate) fn give_findings(
    project: &Project,
    given: &Given<'_, '_>,
    maker: &FindingMaker<'_, '_>,
    (raw, most_places): (Vec<Vec<RawFinding>>, usize),
    taker: &mut dyn Collector,
) -> Written {
    let of_tables = TableFindings { job: given.job, ran: given.ran, files: &project.book };
    let extra = of_columns_and_files(project, &of_tables);
    let swallowed = of_tables.swallowed(&raw);
    let written = maker.all(raw, extra, taker);
    let explained = |table: &Table, rows| is_explained(project, table, rows);
    let late = maker.unread_texts().into_iter();
    let late = late.chain(of_tables.row_counts(&explained, &swallowed)).collect();
    for finding in maker.under_former_names(late) {
        if taker.wants(finding.check(), finding.severity) {
            taker.take(vec![finding]);
        }
    }
    let undecided = maker.undecided(most_places, &explained);
    taker.whole(maker.under_former_names(undecided));
    written
}

/// Per table what was found while opening it, and what is reported once for a file or a column.
fn of_columns_and_files(project: &Project, of_tables: &TableFindings<'_>) -> Vec<Vec<Finding>> {
    let notes = project.built.notes.iter().enumerate();
    // What is wrong with a header that several tables read is said once.
    let mut met = BTreeMap::new();
    let mut is_new = |table: usize, finding: &Finding| {
        let name = finding.fault().name;
        let place = finding.labels.first().map(|label| &label.place.at);
        place.filter(|_| finding.check() == name).is_none_or(|at| {
            let path = Files::path(&project.book, at.file());
            let what = (path, at.span().start, name, finding.message.clone());
            *met.entry(what).or_insert(table) == table
        })
    };
    let of_table = |(t, notes): (usize, &Vec<Note>)| {
        let mut findings = of_notes(notes, &project.book);
        findings.retain(|finding| is_new(t, finding));
        if !project.built.tables[t].is_declared() {
            return findings;
        }
        findings.extend(of_tables.uneven(t));
        findings.extend(of_tables.line_ends(t));
        findings.extend(of_tables.percent_signs(t));
        findings.extend(of_tables.once(t));
        findings.extend(of_tables.empty_selections(t));
        findings.extend(of_tables.over_all_rows(t));
        findings
    };
    notes.map(of_table).collect()
}

fn sizes(request: &Request, memory: &Memory) -> Sizes {
    let usual = Sizes::default();
    Sizes {
        chunk: request.chunk,
        block: request.block.unwrap_or(usual.block),
        most: memory.chunk(usual.most),
    }
}

/// Whether a problem or a finding accounts for the number of a table's rows.
fn is_explained(project: &Project, table: &Table, rows: u64) -> bool {
    let by_finding = project.built.notes.iter().flatten().any(|f| {
        f.table == table.name
            && f.severity == Severity::Error
            && f.fault.name != "missing-column"
            && f.fault.name != "item-unmatched"
    });
    table.unread || (by_finding && rows == 0)
}
