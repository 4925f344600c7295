//! What is asked of whole columns of a table that stays where it is, with the count of its rows.

use std::collections::BTreeSet;

use crate::api::pushed::named;
use crate::compile::build::Compiled;
use crate::engine::data::table::{RowsElsewhere, Table};
use crate::files::engines::Failure;
use crate::files::sources::Sources;
use crate::source::FileId;
use crate::sql::dialect::{Dialect, say};
use crate::value::Type;

/// What is asked of the columns of a table.
pub struct Columns<'b> {
    built: &'b Compiled,
    table: (usize, &'b Table),
    read: &'b BTreeSet<(usize, usize)>,
    /// Texts that conditions compare with a column: where one stands nowhere, other values are looked at.
    texts: Vec<(usize, &'b str)>,
    /// Columns of percentages: where some have a sign and others none, the first of each are looked at.
    percents: Vec<usize>,
}

impl<'b> Columns<'b> {
    /// What is asked of a table.
    pub fn of(
        built: &'b Compiled,
        (number, table): (usize, &'b Table),
        read: &'b BTreeSet<(usize, usize)>,
    ) -> Columns<'b> {
        let choices = built.checks.iter().flat_map(|check| &check.choices);
        let of_table = choices.filter(|choice| choice.table == number);
        let texts: BTreeSet<(usize, &str)> = of_table
            .flat_map(|choice| choice.texts.iter().map(|(text, _)| (choice.column, text.as_str())))
            .collect();
        let columns = table.columns.iter().enumerate();
        let percents = columns.filter(|(at, info)| {
            info.reading.ty == Type::Percent
                && info.rounded.is_none()
                && read.contains(&(number, *at))
        });
        let percents = percents.map(|(at, _)| at).collect();
        Columns {
            built,
            table: (number, table),
            read,
            texts: texts.into_iter().collect(),
            percents,
        }
    }

    /// How many rows the table has, and the columns of which all cells are looked at here.
    ///
    /// # Errors
    /// Why the engine does not say it.
    pub fn ask(
        &self,
        file: FileId,
        book: &mut Sources,
    ) -> Result<(RowsElsewhere, BTreeSet<usize>), Failure> {
        let none = RowsElsewhere { rows: 0, has_texts: true };
        let Some((_, dialect)) = book.held().judges(file) else {
            return Ok((none, BTreeSet::new()));
        };
        let from = book.held().as_texts(file, &named(&self.built.tables, self.table.0, self.read));
        let own = |column: usize| {
            let name = self.table.1.columns.get(column).map_or("", |info| info.name.as_str());
            say(dialect.text, &[&dialect.quoted(name)])
        };
        let text = |(column, text): &(usize, &str)| {
            format!("{} = {}", own(*column), dialect.literal(text))
        };
        let signs = |column: &usize| self.signs(*column, &own(*column), dialect);
        let tests = self.texts.iter().map(text).chain(self.percents.iter().flat_map(signs));
        let tests: String = (1..)
            .zip(tests)
            .map(|(n, when)| {
                let any = format!("coalesce(max(case when {when} then 1 else 0 end), 0)");
                format!(",\n  {} as n{n}", say(dialect.long, &[&any]))
            })
            .collect();
        let rows = say(dialect.long, &["count(*)"]);
        let sql = format!("select {rows} as n0{tests}\nfrom {from}");
        let counts = book.engines().numbers(file, &sql)?;
        let (rows, met) = counts.split_first().map_or((0, &[][..]), |(rows, met)| (*rows, met));
        let (texts, signs) = met.split_at_checked(self.texts.len()).unwrap_or_default();
        let has_texts = texts.iter().all(|met| *met > 0);
        let of_texts = self.texts.iter().filter(|_| !has_texts).map(|(column, _)| *column);
        let is_mixed = |met: &[u64]| !matches!(met, [0, _, 0] | [_, 0, 0]);
        let mixed = self.percents.iter().zip(signs.chunks(3)).filter(|(_, met)| is_mixed(met));
        let sought = of_texts.chain(mixed.map(|(column, _)| *column)).collect();
        Ok((RowsElsewhere { rows, has_texts }, sought))
    }

    /// Where a percentage ends with a sign, where with a digit, and where with something else.
    fn signs(&self, column: usize, text: &str, dialect: &Dialect) -> [String; 3] {
        let last = say(dialect.last, &[text, "1"]);
        let digits: Vec<String> = (0..=9).map(|digit| format!("'{digit}'")).collect();
        let digits = digits.join(", ");
        let info = self.table.1.columns.get(column);
        let words = info.into_iter().flat_map(|info| info.reading.special_texts()).map(str::trim);
        let words: BTreeSet<&str> = words.chain([""]).collect();
        let words: Vec<String> = words.into_iter().map(|word| dialect.literal(word)).collect();
        let there = format!("{text} not in ({})", words.join(", "));
        [
            format!("{last} = '%'"),
            format!("{there} and {last} in ({digits})"),
            format!("{there} and {last} not in ('%', {digits})"),
        ]
    }
}
