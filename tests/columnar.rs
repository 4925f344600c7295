//! Parquet and Arrow IPC: what other programs write is read, and what is damaged is refused.
#![cfg(feature = "parquet")]

use std::sync::{Arc, Mutex};

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray,
    DurationMillisecondArray, Float32Array, Float64Array, Int64Array, RecordBatch, StringArray,
    StructArray, Time64MicrosecondArray, TimestampNanosecondArray, TimestampSecondArray,
    UInt64Array,
};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{DataType, Field};
use crossfoot::files::tree::Memory;
use crossfoot::read::block::{Block, Cells};
use crossfoot::read::format::{Options, open};
use crossfoot::read::formats::find;
use crossfoot::read::reader::{BlockSize, Context, Step, Wanted};
use crossfoot::render::{Format, sink};
use crossfoot::source::Watcher;
use crossfoot::{Request, SinkSlot};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

fn printed(request: Request, format: Format) -> String {
    let mut out = Vec::new();
    let options = crossfoot::render::Options { width: 100, ..Default::default() };
    let slot = SinkSlot {
        sink: sink(format, options),
        out: Box::new(&mut out),
        capped: false,
        error: None,
    };
    crossfoot::run(&request, &mut [slot]);
    String::from_utf8(out).expect("a text")
}

#[test]
fn what_pyarrow_writes_is_read() {
    insta::glob!("columnar", "*/rules.toml", |path| {
        let folder = path.parent().expect("a folder").to_path_buf();
        let name = folder.file_name().and_then(|name| name.to_str()).expect("a name");
        let rules = format!("tests/columnar/{name}/rules.toml");
        let how = || Request { rule_files: vec![rules.clone()], ..Request::default() };
        let full = printed(how(), Format::Full);
        for (chunk, block, jobs) in [(1, 1, 1), (7, 64, 3), (13, 4096, 2), (1 << 20, 400, 2)] {
            for exact in [false, true] {
                let sizes = Request { chunk: Some(chunk), block: Some(block), ..how() };
                let again = Request { jobs: Some(jobs), exact, ..sizes };
                assert_eq!(printed(again, Format::Full), full, "chunks of {chunk}, {block}");
            }
        }
        let concise = printed(how(), Format::Concise);
        insta::with_settings!({ snapshot_path => folder, prepend_module_to_snapshot => false, snapshot_suffix => "", omit_expression => true }, {
            insta::assert_snapshot!("expected", format!("{full}\n{concise}"));
        });
    });
}

/// Columns of all kinds, with the texts of their cells.
fn columns() -> Vec<(&'static str, ArrayRef, [&'static str; 3])> {
    let mut tags = ListBuilder::new(StringBuilder::new());
    tags.append_value([Some("a"), Some("b\"c"), None]);
    tags.append_null();
    tags.append_value([Some(""); 0]);
    let city: ArrayRef = Arc::new(StringArray::from(vec![Some("Ulm"), Some("x"), None]));
    let address = StructArray::new(
        vec![Field::new("city", DataType::Utf8, true)].into(),
        vec![city],
        Some(vec![true, false, true].into()),
    );
    let decimals = |values: Vec<Option<i128>>, precision, scale| {
        let array = Decimal128Array::from(values).with_precision_and_scale(precision, scale);
        Arc::new(array.expect("a decimal")) as ArrayRef
    };
    vec![
        (
            "whole",
            Arc::new(Int64Array::from(vec![Some(i64::MIN), None, Some(0)])),
            ["-9223372036854775808", "", "0"],
        ),
        (
            "large",
            Arc::new(UInt64Array::from(vec![u64::MAX, 0, 1])),
            ["18446744073709551615", "0", "1"],
        ),
        ("money", decimals(vec![Some(1050), Some(-5), None], 12, 2), ["10.50", "-0.05", ""]),
        (
            "long",
            decimals(vec![Some(10_i128.pow(30)), Some(7), None], 38, 3),
            ["1000000000000000000000000000.000", "0.007", ""],
        ),
        (
            "float",
            Arc::new(Float64Array::from(vec![0.1, 1e300, f64::NAN])),
            ["0.1", "1e300", "NaN"],
        ),
        (
            "short",
            Arc::new(Float32Array::from(vec![0.1, -2.5, 1e20])),
            ["0.1", "-2.5", "100000000000000000000"],
        ),
        (
            "day",
            Arc::new(Date32Array::from(vec![Some(0), None, Some(20_000)])),
            ["1970-01-01", "", "2024-10-04"],
        ),
        (
            "far",
            Arc::new(Date32Array::from(vec![i32::MAX, 0, 1])),
            ["infinity", "1970-01-01", "1970-01-02"],
        ),
        (
            "moment",
            Arc::new(TimestampSecondArray::from(vec![Some(0), None, Some(-1)])),
            ["1970-01-01 00:00:00", "", "1969-12-31 23:59:59"],
        ),
        (
            "instant",
            Arc::new(TimestampNanosecondArray::from(vec![1, 0, 2]).with_timezone("Europe/Berlin")),
            [
                "1970-01-01 00:00:00.000000001Z",
                "1970-01-01 00:00:00Z",
                "1970-01-01 00:00:00.000000002Z",
            ],
        ),
        (
            "time",
            Arc::new(Time64MicrosecondArray::from(vec![0, 1, 86_399_000_000])),
            ["00:00:00", "00:00:00.000001", "23:59:59"],
        ),
        (
            "took",
            Arc::new(DurationMillisecondArray::from(vec![129_600_500, 0, -1])),
            ["36:00:00.5", "00:00:00", "-00:00:00.001"],
        ),
        (
            "open",
            Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])),
            ["true", "", "false"],
        ),
        ("raw", Arc::new(BinaryArray::from(vec![&b"\0\xFF"[..], b"", b"a"])), ["00ff", "", "61"]),
        (
            "kind",
            Arc::new(DictionaryArray::<arrow_array::types::Int8Type>::from_iter([
                Some("ä"),
                None,
                Some("ä"),
            ])),
            ["ä", "", "ä"],
        ),
        ("address", Arc::new(address), ["Ulm", "", ""]),
        ("tags", Arc::new(tags.finish()), ["[\"a\", \"b\\\"c\", null]", "", "[]"]),
    ]
}

fn batch() -> RecordBatch {
    RecordBatch::try_from_iter(columns().into_iter().map(|(name, array, _)| (name, array)))
        .expect("a batch")
}

fn parquet(batch: &RecordBatch, rows: usize) -> Vec<u8> {
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(rows)).build();
    let mut writer =
        ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).expect("a writer");
    writer.write(batch).expect("rows");
    writer.into_inner().expect("a file")
}

fn arrow(batch: &RecordBatch, rows: usize) -> Vec<u8> {
    let mut writer = FileWriter::try_new(Vec::new(), &batch.schema()).expect("a writer");
    for start in (0..batch.num_rows()).step_by(rows) {
        let part = batch.slice(start, rows.min(batch.num_rows() - start));
        writer.write(&part).expect("rows");
    }
    writer.into_inner().expect("a file")
}

/// The names of the columns, and the texts of all cells, row by row.
fn read(format: &str, bytes: Vec<u8>) -> (Vec<String>, Vec<Vec<String>>) {
    let format = find(format).expect("a format");
    let reader = open(format, Arc::new(bytes), &Options::default()).expect("a reader");
    let names = reader.head().columns.iter().map(|column| column.name.clone()).collect();
    let size = BlockSize { usual: 64, longest: 1 << 20 };
    let chunk = reader.head().body..reader.end();
    let mut cursor =
        reader.cursor(chunk, &Context::default(), &Wanted::default(), size).expect("a cursor");
    let (mut block, mut rows) = (Block::default(), Vec::new());
    while cursor.next(&mut block).expect("rows") == Step::Rows {
        let Cells::Columns(columns) = &block.cells else { panic!("no columns") };
        for row in 0..block.rows() {
            let text = |column: &crossfoot::read::block::TypedColumn| {
                let mut text = Vec::new();
                match column.texts.get(row) {
                    Some(span) => text.extend_from_slice(&block.unquoted(*span)),
                    None => column.column.put_value(row, '.', &mut text),
                }
                String::from_utf8(text).expect("a text")
            };
            rows.push(columns.iter().map(text).collect());
        }
    }
    (names, rows)
}

#[test]
fn values_have_the_texts_that_say_all_of_them() {
    for (format, bytes) in [("parquet", parquet(&batch(), 2)), ("arrow", arrow(&batch(), 2))] {
        let (names, rows) = read(format, bytes);
        assert_eq!(names.len(), columns().len(), "{names:?}");
        assert!(names.contains(&"address/city".to_string()), "{names:?}");
        for (column, (name, _, texts)) in columns().iter().enumerate() {
            let found: Vec<&str> = rows.iter().map(|row| row[column].as_str()).collect();
            assert_eq!(found, texts, "{name} in {format}");
        }
    }
}

/// What is printed of a file; each file here is refused, before or while it is read.
fn refused(path: &str, bytes: Vec<u8>) -> String {
    let rules =
        format!("[data.t]\npath = \"{path}\"\n[check.c]\neach = 't'\nassert = 'whole < 1'\n");
    let mut tree = Memory::default();
    tree.insert("rules.toml", rules.into());
    tree.insert(path, bytes);
    let mut out = Vec::new();
    let request = Request {
        rule_files: vec!["rules.toml".into()],
        tree: Some(Arc::new(tree)),
        ..Request::default()
    };
    let options = crossfoot::render::Options::default();
    let slot = SinkSlot {
        sink: sink(Format::Concise, options),
        out: Box::new(&mut out),
        capped: false,
        error: None,
    };
    let outcome = crossfoot::run(&request, &mut [slot]);
    let problems: Vec<String> = outcome.problems.iter().map(|p| p.message.clone()).collect();
    problems.join("; ")
}

fn changed(bytes: &[u8], at: usize, with: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at..at + with.len()].copy_from_slice(with);
    bytes
}

#[test]
fn damaged_files_are_refused_in_words() {
    let (p, a) = (parquet(&batch(), 2), arrow(&batch(), 2));
    let length = u32::from_le_bytes(p[p.len() - 8..p.len() - 4].try_into().expect("four bytes"));
    let encrypted = changed(&changed(&p, 0, b"PARE"), p.len() - 4, b"PARE");
    let huge = u32::MAX.to_le_bytes();
    // Sets of sets of truths, two thousand million of them.
    let sets = b"PAR1\xC2\xCA\xCA\xCA\xCA\xCA\xCA\xCA\xCA\xCA\xCA\xCA\xCA\xF2\xFF\xFF\xFF\xCA\x07\0\x14\0\0\0PAR1";
    for (path, bytes, words) in [
        ("t.parquet", Vec::new(), "the file is empty"),
        ("t.parquet", b"id,n\n1,2\n3,4\n".to_vec(), "does not begin as a Parquet file does"),
        ("t.parquet", p[..p.len() - 1].to_vec(), "cut short, or was never closed"),
        ("t.parquet", p[..p.len() / 2].to_vec(), "cut short, or was never closed"),
        ("t.parquet", changed(&p, p.len() - 8, &huge), "`t.parquet` cannot be read"),
        ("t.parquet", changed(&p, p.len() - 8 - length as usize, &[0xFF; 40]), "cannot be read"),
        ("t.parquet", sets.to_vec(), "its footer names more values than it has bytes"),
        ("t.parquet", encrypted, "it is encrypted"),
        ("t.parquet", changed(&p, 4, &[0xFF; 24]), "group 1 of its rows, from row 1 on"),
        ("t.arrow", Vec::new(), "the file is empty"),
        ("t.arrow", b"id,n\n1,2\n3,4\n".to_vec(), "does not begin as an Arrow file does"),
        ("t.arrow", b"FEA1 and more of it".to_vec(), "it is Feather of version 1"),
        ("t.arrow", vec![0xFF; 32], "it is an Arrow stream"),
        ("t.arrow", a[..a.len() - 1].to_vec(), "cut short, or was never closed"),
        ("t.arrow", a[..a.len() / 2].to_vec(), "cut short, or was never closed"),
        (
            "t.arrow",
            changed(&a, a.len() - 10, &0x7FFF_FFFF_u32.to_le_bytes()),
            "longer than the file",
        ),
    ] {
        let problems = refused(path, bytes);
        assert!(problems.contains(words), "{words}: {problems}");
    }
}

/// Every byte of the smallest files, changed: read or refused, and nothing else.
#[test]
fn no_byte_can_make_a_reader_fail() {
    let column: ArrayRef = Arc::new(StringArray::from(vec!["a", "b", "a"]));
    let whole: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3]));
    let batch = RecordBatch::try_from_iter([("whole", whole), ("b", column)]).expect("a batch");
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut refusals = 0;
    for (path, bytes) in [("t.parquet", parquet(&batch, 2)), ("t.arrow", arrow(&batch, 2))] {
        for at in 0..bytes.len() {
            // A declared size may become very large by it.
            refusals += usize::from(!refused(path, changed(&bytes, at, &[0x7F])).is_empty());
        }
    }
    std::panic::set_hook(hook);
    assert!(refusals > 100, "{refusals}");
}

#[test]
fn names_that_are_repeated_are_told_and_usable_by_number() {
    let whole: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3]));
    let batch = RecordBatch::try_from_iter([("n", whole.clone()), ("n", whole)]).expect("a batch");
    let rules = "[data.t]\npath = \"t.arrow\"\ncolumns.\"column 2\" = { max = 2 }\n";
    let mut tree = Memory::default();
    tree.insert("rules.toml", rules.into());
    tree.insert("t.arrow", arrow(&batch, 3));
    let request = Request {
        rule_files: vec!["rules.toml".into()],
        tree: Some(Arc::new(tree)),
        ..Request::default()
    };
    let printed = printed(request, Format::Concise);
    let told =
        "t.arrow:column n: warning[duplicate-column-name]: column 2 is called `n`, as is column 1";
    assert!(printed.contains(told), "{printed}");
    assert!(printed.contains("t.arrow:row 3 of group 1, column n: error[t.column 2]"), "{printed}");
}

/// How much is read of files, each time.
#[derive(Debug, Default)]
struct Reads(Mutex<Vec<u64>>);

impl Watcher for Reads {
    fn read(&self, bytes: u64) {
        self.0.lock().expect("a list").push(bytes);
    }
}

#[test]
fn each_group_of_rows_is_decoded_once() {
    let whole: ArrayRef = Arc::new(Int64Array::from_iter_values(0..12));
    let batch = RecordBatch::try_from_iter([("a", whole.clone()), ("b", whole)]).expect("a batch");
    for (path, bytes) in [("t.parquet", parquet(&batch, 3)), ("t.arrow", arrow(&batch, 3))] {
        let size = bytes.len() as u64;
        let rules =
            format!("[data.t]\npath = \"{path}\"\n[check.c]\neach = 't'\nassert = 'a = b'\n");
        let mut tree = Memory::default();
        tree.insert("rules.toml", rules.into());
        tree.insert(path, bytes);
        let reads = Arc::new(Reads::default());
        let request = Request {
            rule_files: vec!["rules.toml".into()],
            tree: Some(Arc::new(tree)),
            jobs: Some(2),
            watcher: Some(reads.clone()),
            ..Request::default()
        };
        printed(request, Format::Concise);
        let reads = reads.0.lock().expect("a list");
        assert_eq!((reads.len(), reads.iter().sum::<u64>()), (4, size), "{path}: {reads:?}");
    }
}

/// Texts that a dictionary of a Parquet file holds are those of the same rows in an Arrow file.
#[test]
fn texts_that_cells_share_are_judged_like_others() {
    let texts = |all: [Option<&str>; 4]| -> ArrayRef {
        Arc::new(StringArray::from_iter(all.into_iter().cycle().take(40)))
    };
    let (k, day) = (
        texts([Some("abc"), None, Some(""), Some("ä")]),
        texts([Some("30.02.2026"), Some("01.03.2026"), None, Some("x")]),
    );
    let n: ArrayRef = Arc::new(Int64Array::from_iter_values(0..40));
    let batch = RecordBatch::try_from_iter([("k", k), ("day", day), ("n", n)]).expect("a batch");
    let report = |path: &str, bytes: Vec<u8>| {
        let rules = format!(
            "[data.t]\npath = \"{path}\"\n[data.t.columns]\nk = {{ max_length = 1 }}\n\
             day = {{ type = \"date\", format = \"%d.%m.%Y\", required = true }}\n\
             [check.sums]\neach = \"t by k\"\nassert = \"sum(n) < 200\"\n"
        );
        let mut tree = Memory::default();
        tree.insert("rules.toml", rules.into());
        tree.insert(path, bytes);
        let (rule_files, tree) = (vec!["rules.toml".into()], Some(Arc::new(tree) as _));
        let request = Request { rule_files, tree, ..Request::default() };
        printed(request, Format::Concise).replace(path, "t")
    };
    let shared = report("t.parquet", parquet(&batch, 12));
    assert_eq!(shared, report("t.arrow", arrow(&batch, 12)));
    for words in ["error[sums]", "error[t.k]", "`30.02.2026`", "row 7 of group 1, column day"] {
        assert!(shared.contains(words), "{words}: {shared}");
    }
}

/// Decimals never were binary numbers: no digit of theirs is residue.
#[test]
fn decimals_are_counted_to_their_last_digit() {
    let values = vec![Some(2_000_000_000_000_001), Some(1), Some(2_000_000_000_000_000)];
    let net = Decimal128Array::from(values).with_precision_and_scale(18, 2).expect("decimals");
    let keys: ArrayRef = Arc::new(StringArray::from(vec!["a", "b", "T"]));
    let batch = RecordBatch::try_from_iter([("k", keys), ("net", Arc::new(net) as ArrayRef)]);
    let mut tree = Memory::default();
    tree.insert("a.parquet", parquet(&batch.expect("a batch"), 8));
    let rules = "[data.a]\npath = \"a.parquet\"\n\n[check.same]\n\
        assert = 'only(a.net where k = \"T\") = only(a.net where k = \"a\")'\n\n[check.sum]\n\
        assert = 'only(a.net where k = \"T\") = sum(a.net where k != \"T\")'\n";
    tree.insert("rules.toml", rules.into());
    let request = Request {
        rule_files: vec!["rules.toml".into()],
        tree: Some(Arc::new(tree)),
        ..Request::default()
    };
    let printed = printed(request, Format::Concise);
    for line in ["20000000000000.01", "20000000000000.02 follows"] {
        assert!(printed.contains(line), "{line} is not in\n{printed}");
    }
    assert_eq!(printed.matches("error").count(), 2, "{printed}");
}
