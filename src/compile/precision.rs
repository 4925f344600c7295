//! `decimals = "column"`: trailing zeros that all figures of a column have are no precision.

use crate::engine::data::batch::Batch;
use crate::engine::data::job::Sizes;
use crate::engine::data::table::{Column, Table};
use crate::engine::pass::scan::scan;
use crate::files::sources::Sources;
use crate::rules::{RuleSet, TableRule};
use crate::source::Files;
use crate::value::Type;

/// The last decimals of a column's cells, by the columns that became rows.
struct Measured {
    column: usize,
    most: Vec<i32>,
}

/// Reads the columns that ask for it once, and notes how many decimals their figures use, for second
/// readings of them too. What cannot
/// be read is reported by the pass that judges.
pub fn measure(tables: &mut [Table], rules: &RuleSet, book: &Sources) {
    for table in tables {
        let Some(rule) = rules.tables.iter().find(|rule| is_of(table, rule)) else { continue };
        let mut all = measured(table, rule);
        if all.is_empty() {
            continue;
        }
        let paths = |file| Files::path(book, file);
        let read = scan(table, &paths, (Sizes::default(), &()), &mut |visit| {
            all.iter_mut().for_each(|column| column.take(&visit.batch));
        });
        if read.is_err() {
            continue;
        }
        for Measured { column, most } in all {
            for (number, info) in table.columns.iter_mut().enumerate() {
                if number == column || info.rounded == Some(column) {
                    note(info, &most);
                }
            }
        }
    }
}

/// Whether a table, an old version or a view of one is declared by a rule.
fn is_of(table: &Table, rule: &TableRule) -> bool {
    let name = &rule.name.value;
    table.name == *name || table.name == crate::expr::tree::Version::Old.of(name)
}

fn measured(table: &Table, rule: &TableRule) -> Vec<Measured> {
    let by_column = |name: &str| rule.contract(name).is_some_and(|c| c.decimals_by_column);
    let asks = |(number, info): (usize, &Column)| {
        let is_melted = table.is_pivot_value(number);
        let melted = is_melted && table.layout.pivot.iter().any(|p| by_column(&p.1));
        let is_figure = matches!(info.reading.ty, Type::Number | Type::Percent);
        let asks = (by_column(&info.name) || melted) && is_figure;
        let columns = if is_melted { table.layout.rows_per_record() } else { 1 };
        (asks && info.rounded.is_none() && !info.absent)
            .then(|| Measured { column: number, most: vec![0; columns] })
    };
    table.columns.iter().enumerate().filter_map(asks).collect()
}

impl Measured {
    fn take(&mut self, batch: &Batch<'_>) {
        let Some(info) = batch.table.columns.get(self.column) else { return };
        let columns = self.most.len();
        for row in 0..batch.rows {
            let pivot = batch.pivot(row);
            let decimals = info.reading_of(pivot).last_decimals(&batch.text(row, self.column));
            if let Some((most, decimals)) = self.most.get_mut(pivot % columns).zip(decimals) {
                *most = decimals.max(*most);
            }
        }
    }
}

fn note(info: &mut Column, most: &[i32]) {
    if let [only] = most {
        let all = std::iter::once(&mut info.reading).chain(&mut info.melted);
        all.for_each(|reading| reading.number = reading.number.rounded_to(*only));
        return;
    }
    let of = |(number, most): (usize, &i32)| {
        let mut reading = info.reading_of(number).clone();
        reading.number = reading.number.rounded_to(*most);
        reading
    };
    info.melted = most.iter().enumerate().map(of).collect();
}
