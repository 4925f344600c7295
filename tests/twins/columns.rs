//! Tables whose columns have types, in groups of two rows.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Int64Array, RecordBatch,
    StringArray,
};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

use crate::Cell::{Bare, Nothing, Text};
use crate::{Cell, Table, written};

fn text(cell: &Cell) -> Option<&'static str> {
    match cell {
        Text(text) | Bare(text) => Some(text),
        Nothing => None,
    }
}

fn all<T>(cells: &[&Cell], read: impl Fn(&str) -> Option<T>) -> Option<Vec<Option<T>>> {
    let one = |cell: &&Cell| match text(cell) {
        Some(text) => read(text).map(Some),
        None => Some(None),
    };
    cells.iter().map(one).collect()
}

/// A column of the narrowest type that says the same as the texts of its cells.
fn column(name: &str, cells: &[&Cell]) -> ArrayRef {
    let whole = |text: &str| text.parse::<i64>().ok().filter(|n| n.to_string() == text);
    if let Some(values) = all(cells, whole) {
        return Arc::new(Int64Array::from(values));
    }
    let places = |text: &str| text.split_once('.').map_or(0, |(_, part)| part.len());
    let scale = cells.iter().find_map(|cell| text(cell)).map_or(0, places);
    let decimal = |text: &str| {
        let digits = text.replace('.', "");
        (places(text) == scale).then(|| digits.parse::<i128>().ok()).flatten()
    };
    if let Some(values) = all(cells, decimal) {
        let scale = i8::try_from(scale).expect("few decimals");
        let array = Decimal128Array::from(values).with_precision_and_scale(38, scale);
        return Arc::new(array.expect("decimals"));
    }
    let day = |text: &str| {
        let days = crossfoot::value::read::iso_day(text).ok()?;
        (text.len() == 10).then_some(days)
    };
    if let Some(values) = all(cells, day) {
        return Arc::new(Date32Array::from(values));
    }
    if let Some(values) = all(cells, |text| text.parse::<bool>().ok()) {
        return Arc::new(BooleanArray::from(values));
    }
    let texts = cells.iter().map(|cell| text(cell));
    match name {
        "region" => Arc::new(texts.collect::<DictionaryArray<Int32Type>>()),
        _ => Arc::new(texts.collect::<StringArray>()),
    }
}

fn batch(table: &Table) -> RecordBatch {
    let names = written::columns(table).into_iter().enumerate();
    let columns = names.map(|(at, name)| {
        let cells: Vec<&Cell> = table.rows.iter().map(|row| &row[at]).collect();
        (name.clone(), column(&name, &cells), true)
    });
    RecordBatch::try_from_iter_with_nullable(columns).expect("a batch")
}

pub fn parquet(table: &Table) -> Vec<u8> {
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(2)).build();
    let batch = batch(table);
    let writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties));
    let mut writer = writer.expect("a writer");
    writer.write(&batch).expect("rows");
    writer.into_inner().expect("a file")
}

pub fn arrow(table: &Table) -> Vec<u8> {
    let batch = batch(table);
    let writer = arrow_ipc::writer::FileWriter::try_new(Vec::new(), &batch.schema());
    let mut writer = writer.expect("a writer");
    for start in (0..batch.num_rows()).step_by(2) {
        let part = batch.slice(start, 2.min(batch.num_rows() - start));
        writer.write(&part).expect("rows");
    }
    writer.into_inner().expect("a file")
}
