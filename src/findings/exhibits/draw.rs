//! Rows as their file has them: its columns, and one row for each record.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::data::table::{Table, TableFile};
use crate::findings::exhibits::marks::{MOST_MARKS, Marked};
use crate::findings::exhibits::rows::{MOST_COLUMNS, Shown, cut};
use crate::findings::maker::FindingMaker;
use crate::findings::place;
use crate::report::exhibit::{Exhibit, ExhibitRow, Mark, MarkOutcome};
use crate::source::RowId;
use crate::value::Type;
use crate::width::to_u32;

/// The fields of a file that are columns of the table, and are shown.
struct Fields {
    /// Numbers of the fields, in the order of the file.
    fields: Vec<usize>,
    /// Whether each holds figures.
    figures: Vec<bool>,
    /// Fields that are not shown.
    more: u64,
}

/// A file as it is shown.
struct Drawing<'d> {
    table: &'d Table,
    file: &'d TableFile,
    shown: &'d Shown,
    /// For each row which of the columns that became rows it shows.
    pivots: BTreeMap<RowId, usize>,
}

/// The exhibit of a file.
pub(crate) fn draw(
    maker: &FindingMaker<'_, '_>,
    shown: &Shown,
    marks: &BTreeSet<Marked>,
) -> Exhibit {
    let table = &maker.job.tables[shown.of.table];
    let file = &table.files[shown.of.part];
    let pivots = shown.rows.iter().map(|row| (row.id, row.row.pivot)).collect();
    let drawing = Drawing { table, file, shown, pivots };
    let fields = drawing.fields(marks);
    let rows = drawing.rows(maker, &fields);
    let head = file.reader.head();
    let names = fields.fields.iter().filter_map(|field| head.columns.get(*field));
    Exhibit {
        table: table.name.clone(),
        file: maker.files.path(file.file),
        line: if head.span.is_empty() { 0 } else { head.header_line },
        columns: names.map(|column| column.name.clone()).collect(),
        more_rows: shown.records.saturating_sub(rows.len() as u64),
        more_columns: fields.more,
        marks: drawing.marks(maker, &fields, marks),
        figures: fields.figures,
        rows,
    }
}

impl Drawing<'_> {
    /// The field of the file that a cell stands in; none where it is what stands above the table.
    fn field(&self, row: RowId, column: usize) -> Option<usize> {
        let pivot = *self.pivots.get(&row)?;
        let field = self.file.layout.own(self.table.layout.field_of(pivot, column)?)?;
        let head = self.file.reader.head();
        let is_named = head.columns.get(field).is_some_and(|column| column.span.is_some());
        (is_named || head.span.is_empty()).then_some(field)
    }

    /// Where there are many, those of the key and those with marks come first.
    fn fields(&self, marks: &BTreeSet<Marked>) -> Fields {
        let mut types: BTreeMap<usize, Type> = BTreeMap::new();
        let mut keys = BTreeSet::new();
        for row in &self.shown.rows {
            for (number, column) in self.table.columns.iter().enumerate() {
                if let Some(field) = self.field(row.id, number) {
                    types.insert(field, column.reading.ty);
                    keys.extend(self.table.key.contains(&number).then_some(field));
                }
            }
        }
        let marked = marks.iter().filter_map(|mark| self.field(mark.row, mark.column));
        let first = keys.iter().copied().chain(marked).chain(types.keys().copied());
        let mut kept = BTreeSet::new();
        for field in first {
            if kept.len() < MOST_COLUMNS {
                kept.insert(field);
            }
        }
        let is_figure = |field: &usize| {
            matches!(types.get(field), Some(Type::Number | Type::Integer | Type::Percent))
        };
        Fields {
            figures: kept.iter().map(is_figure).collect(),
            more: (types.len() - kept.len()) as u64,
            fields: kept.into_iter().collect(),
        }
    }

    /// A row for each record: what was made several rows of is put together again.
    fn rows(&self, maker: &FindingMaker<'_, '_>, fields: &Fields) -> Vec<ExhibitRow> {
        let mut rows: Vec<ExhibitRow> = Vec::new();
        for located in &self.shown.rows {
            let record = located.row.number;
            if rows.last().is_none_or(|row| row.record != record) {
                let line = match located.line {
                    0 => place::of_row(maker.files, self.table, located).at.from().line,
                    line => line,
                };
                let mut cells = vec![String::new(); fields.fields.len()];
                for (field, text) in &located.beside {
                    let at = fields.fields.binary_search(field).ok();
                    if let Some(cell) = at.and_then(|at| cells.get_mut(at)) {
                        *cell = cut(text);
                    }
                }
                rows.push(ExhibitRow { record, line, cells });
            }
            let Some(row) = rows.last_mut() else { continue };
            for (column, text) in located.row.texts.iter().enumerate() {
                // What was filled from above is blank in the file.
                let is_blank = located.spans.get(column).is_some_and(|span| span.is_empty());
                let at = self.field(located.id, column);
                let at = at.and_then(|field| fields.fields.binary_search(&field).ok());
                if let Some(cell) = at.and_then(|at| row.cells.get_mut(at)).filter(|_| !is_blank) {
                    *cell = cut(text);
                }
            }
        }
        rows
    }

    fn marks(
        &self,
        maker: &FindingMaker<'_, '_>,
        fields: &Fields,
        marks: &BTreeSet<Marked>,
    ) -> Vec<Mark> {
        let numbers: BTreeMap<RowId, u64> =
            self.shown.rows.iter().map(|row| (row.id, row.row.number)).collect();
        let mark = |marked: &Marked| {
            let field = self.field(marked.row, marked.column)?;
            let column = fields.fields.binary_search(&field).ok()?;
            let check = match marked.check {
                Some(check) => maker.job.checks.get(check)?.id.clone(),
                None => {
                    let column = self.table.columns.get(marked.column)?;
                    format!("{}.{}", self.table.name, column.name)
                }
            };
            Some(Mark {
                record: *numbers.get(&marked.row)?,
                column: to_u32(column),
                tick: marked.tick,
                outcome: marked.outcome,
                is_stated: !marked.is_operand,
                check,
                assertion: to_u32(marked.assertion),
                fingerprint: marked.fingerprint.map(|f| format!("{f:032x}")),
            })
        };
        let mut all: Vec<Mark> = marks.iter().filter_map(mark).collect();
        if all.len() > MOST_MARKS {
            all.sort_by_key(|mark| mark.outcome != MarkOutcome::Failed);
            all.truncate(MOST_MARKS);
        }
        let key = |m: &Mark| (m.record, m.column, m.check.clone(), m.assertion, !m.is_stated);
        all.sort_by_cached_key(|m| (key(m), m.tick, m.outcome, m.fingerprint.clone()));
        all.dedup();
        all
    }
}
