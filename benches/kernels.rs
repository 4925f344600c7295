//! The kernels one by one, on the first block of workload W:
//!
//! ```text
//! cargo bench                 # all of them
//! cargo bench -- decode       # those with "decode" in their names
//! ```

#[allow(dead_code)]
#[path = "workload/common.rs"]
mod common;
#[path = "workload/w.rs"]
mod w;

use std::path::PathBuf;
use std::sync::LazyLock;

use crossfoot::engine::data::batch::Batch;
use crossfoot::engine::data::job::Sizes;
use crossfoot::engine::data::table::{Table, TableFile};
use crossfoot::engine::fast::answer::Answers;
use crossfoot::engine::fast::decode::{self, decode};
use crossfoot::engine::fast::dict::{Dict, Limit};
use crossfoot::engine::fast::expressions::compile::Compiler;
use crossfoot::engine::fast::expressions::list::Expressions;
use crossfoot::engine::fast::expressions::run::Run;
use crossfoot::engine::fast::kernels::KernelInput;
use crossfoot::engine::fast::shares::SharedInputs;
use crossfoot::engine::fast::sums::{self, GroupSums};
use crossfoot::engine::pass::scan::scan;
use crossfoot::engine::states::unique::{Collector, Unique};
use crossfoot::expr::bound::StateDef;
use crossfoot::read::block::{Block, Column};
use crossfoot::read::csv::{Dialect, HeaderRead, Walker, read_header};
use crossfoot::read::frame::Frame;
use crossfoot::read::grid::Grid;
use crossfoot::read::reader::{BlockSize, Context, Wanted};
use crossfoot::simd::{self, Path, Special};
use crossfoot::source::RowId;
use crossfoot::{Project, Request};
use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

/// W with 50,000 rows and its rules.
static PROJECT: LazyLock<Project> = LazyLock::new(|| {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("w-50000");
    if !dir.join("truth.json").exists() {
        std::fs::create_dir_all(&dir).expect("a folder");
        w::make(50_000, 0.0, &dir).expect("the files of W");
    }
    let data = |name: &str| {
        (name.to_string(), dir.join(format!("{name}.csv")).to_string_lossy().into_owned())
    };
    let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/w.toml");
    Project::open(&Request {
        rule_files: vec![rules.into()],
        data: ["data", "regions", "totals"].map(data).into(),
        ..Request::default()
    })
});

fn table() -> &'static Table {
    PROJECT.built.tables.iter().find(|t| t.name == "data").expect("the table of W")
}

fn file() -> &'static TableFile {
    table().files.first().expect("the file of W")
}

/// Walks records like those of W.
fn walker() -> Walker {
    let names: Vec<&str> = file().reader.head().columns.iter().map(|c| c.name.as_str()).collect();
    let head = format!("{}\n", names.join(","));
    match read_header(head.as_bytes(), true, &Dialect::default(), &Frame::default()) {
        HeaderRead::Done(header) => Walker::new(Dialect::default(), &header, head.as_bytes()),
        HeaderRead::NeedMore => panic!("the header is whole"),
    }
}

fn column(name: &str) -> usize {
    table().columns.iter().position(|c| c.name == name).expect("a column of W")
}

/// Whole records: the first block.
fn block() -> Vec<u8> {
    let mut block = Block::default();
    let body = file().reader.head().body;
    let size = BlockSize { usual: Sizes::default().block, longest: usize::MAX };
    let cursor = file().reader.cursor(
        body..file().reader.end(),
        &Context::default(),
        &Wanted::default(),
        size,
    );
    cursor.and_then(|mut c| c.next(&mut block)).expect("W can be read");
    block.bytes
}

/// Hands the first block to `with`, its columns decoded.
fn with_batch(with: impl FnOnce(&mut Batch<'_>)) {
    let mut with = Some(with);
    let paths = |_| "data.csv".to_string();
    let scanned = scan(table(), &paths, (Sizes::default(), &()), &mut |visit| {
        if let Some(with) = with.take() {
            decode::columns(&mut visit.batch, &vec![true; table().columns.len()]);
            with(&mut visit.batch);
        }
    });
    assert!(scanned.is_ok(), "W can be read");
}

#[divan::bench(args = [Path::Best, Path::Portable])]
fn field_ends(bencher: Bencher<'_, '_>, path: Path) {
    let (block, mut ends) = (block(), Vec::new());
    let special = Special { delimiter: b',', quote: Some(b'"') };
    bencher
        .counter(BytesCount::of_slice(&block))
        .bench_local(|| simd::index(black_box(&block), special, path, &mut ends));
}

#[divan::bench]
fn records_by_the_index(bencher: Bencher<'_, '_>) {
    let (block, walker, mut grid) = (block(), walker(), Grid::default());
    bencher
        .counter(BytesCount::of_slice(&block))
        .bench_local(|| walker.walk(black_box(&block), true, usize::MAX, &mut grid));
}

#[divan::bench]
fn records_by_the_index_one_ragged(bencher: Bencher<'_, '_>) {
    let (mut block, walker, mut grid) = (block(), walker(), Grid::default());
    block.extend_from_slice(b"one,two\n");
    bencher
        .counter(BytesCount::of_slice(&block))
        .bench_local(|| walker.walk(black_box(&block), true, usize::MAX, &mut grid));
}

#[divan::bench]
fn records_by_the_exact_walk(bencher: Bencher<'_, '_>) {
    let (block, walker, mut grid) = (block(), walker(), Grid::default());
    bencher
        .counter(BytesCount::of_slice(&block))
        .bench_local(|| walker.walk_exactly(black_box(&block), true, usize::MAX, &mut grid));
}

#[divan::bench(args = ["id", "name", "start_date", "area_km2", "population", "total"])]
fn decode_cells(bencher: Bencher<'_, '_>, name: &str) {
    let column = column(name);
    with_batch(|batch| {
        let mut out = Column::default();
        bencher
            .counter(ItemsCount::new(batch.rows))
            .bench_local(|| decode(batch, column, &mut out));
    });
}

#[divan::bench(args = ["region", "name", "id"])]
fn number_keys(bencher: Bencher<'_, '_>, name: &str) {
    let mut dict = Dict::new(vec![column(name)], Limit { keys: 1 << 20, bytes: 1 << 30 });
    with_batch(|batch| {
        bencher.counter(ItemsCount::new(batch.rows)).bench_local(|| dict.encode(batch))
    });
}

#[divan::bench(args = ["dates-in-order", "parts-make-the-total", "data.population", "data.name"])]
fn judge(bencher: Bencher<'_, '_>, check: &str) {
    let check = PROJECT.built.checks.iter().find(|c| c.id == check).expect("a check of W");
    let (mut expressions, mut shares) = (Expressions::default(), SharedInputs::default());
    let mut compiler = compiler(&mut expressions, &mut shares);
    let roots: Vec<_> = check.asserts.iter().filter_map(|a| compiler.assertion(&a.bound)).collect();
    assert!(!roots.is_empty(), "{} has no loop", check.id);
    expressions.finish();
    with_batch(|batch| {
        let input = KernelInput { batch, dicts: &[], around: None, membership: &[] };
        let mut answers = Answers::new();
        bencher.counter(ItemsCount::new(batch.rows)).bench_local(|| {
            let mut run = Run::new(&expressions, input, &[]);
            roots.iter().for_each(|root| run.answers(*root, &mut answers));
        });
    });
}

fn compiler<'c>(expressions: &'c mut Expressions, shares: &'c mut SharedInputs) -> Compiler<'c> {
    let defs = &PROJECT.built.states;
    Compiler {
        expressions,
        shares,
        table: table(),
        defs,
        today: 0,
        wide: false,
        windows: Vec::new(),
    }
}

#[divan::bench]
fn add_up_by_region(bencher: Bencher<'_, '_>) {
    let data = PROJECT.built.tables.iter().position(|t| t.name == "data");
    let groups = PROJECT.built.states.all.iter().find_map(|s| {
        if let StateDef::Groups(def) = s {
            Some(def).filter(|d| Some(d.table) == data)
        } else {
            None
        }
    });
    let (mut expressions, mut shares) = (Expressions::default(), SharedInputs::default());
    let plan =
        sums::plan(groups.expect("the sums of W"), &mut compiler(&mut expressions, &mut shares))
            .expect("a loop");
    expressions.finish();
    with_batch(|batch| {
        let mut dict =
            Dict::new(shares.dicts[0].0.clone(), Limit { keys: 1 << 20, bytes: 1 << 30 });
        dict.encode(batch);
        let dicts = [dict];
        let input = KernelInput { batch, dicts: &dicts, around: None, membership: &[] };
        let (mut run, mut sums) = (Run::new(&expressions, input, &[]), GroupSums::default());
        bencher
            .counter(ItemsCount::new(batch.rows))
            .bench_local(|| sums.take(&plan, &mut run, 1, RowId::new(1, 0)));
    });
}

/// A million keys of 20 bytes.
fn keys() -> Vec<String> {
    (0..1_000_000u64).map(|n| format!("{:020}", n.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect()
}

#[divan::bench(sample_count = 10)]
fn hash_unique_keys(bencher: Bencher<'_, '_>) {
    let keys = keys();
    bencher.counter(ItemsCount::new(keys.len())).bench_local(|| {
        let mut collector = Collector::default();
        keys.iter().zip(0..).for_each(|(key, row)| collector.take(key.as_bytes(), row));
        collector.run(1)
    });
}

#[divan::bench(sample_count = 10)]
fn find_keys_that_stand_twice(bencher: Bencher<'_, '_>) {
    let mut collector = Collector::default();
    keys().iter().zip(0..).for_each(|(key, row)| collector.take(key.as_bytes(), row));
    let mut unique = Unique::default();
    unique.push(collector.run(1));
    bencher
        .counter(ItemsCount::new(1_000_000usize))
        .bench_local(|| unique.candidates(1, (0, 1), None));
}
