//! Aggregates inside aggregates, at random: what the engine makes of them is what a few lines do
//! that look at all rows each time.

use crossfoot::Request;
use proptest::prelude::*;

/// An expression over one row among those at hand.
#[derive(Debug, Clone)]
enum Expr {
    A,
    Row,
    Prev,
    Cumulative,
    Rank,
    Const(i64),
    /// `sum`, `count`, `max` or `min` of `a` minus something, where one thing is less than another.
    Aggregate(&'static str, Box<Expr>, Option<Box<(Expr, Expr)>>),
}

#[derive(Debug, Clone, Copy)]
struct Row {
    group: &'static str,
    a: i64,
    number: i64,
}

fn text(e: &Expr, table: &str) -> String {
    match e {
        Expr::A => "a".into(),
        Expr::Row => "row()".into(),
        Expr::Prev => "default(prev(a), 0)".into(),
        Expr::Cumulative => "cumulative(a)".into(),
        Expr::Rank => "rank(a)".into(),
        Expr::Const(n) => n.to_string(),
        Expr::Aggregate(name, of, condition) => {
            let of = text(of, "");
            let condition = condition
                .as_ref()
                // Of the plain `a < a` a rule error would say that it is never true.
                .map(|c| format!(" where {} + 0 < {}", text(&c.0, ""), text(&c.1, "")))
                .unwrap_or_default();
            format!("default({name}({table}a - ({of}){condition}), 0)")
        }
    }
}

fn value(e: &Expr, rows: &[Row], at: usize) -> i64 {
    match e {
        Expr::A => rows[at].a,
        Expr::Row => rows[at].number,
        Expr::Prev => at.checked_sub(1).map_or(0, |before| rows[before].a),
        Expr::Cumulative => rows[..=at].iter().map(|r| r.a).sum(),
        Expr::Rank => 1 + rows.iter().filter(|r| r.a > rows[at].a).count() as i64,
        Expr::Const(n) => *n,
        Expr::Aggregate(name, of, condition) => {
            let chosen = |row: &usize| {
                condition.as_ref().is_none_or(|c| value(&c.0, rows, *row) < value(&c.1, rows, *row))
            };
            let values =
                (0..rows.len()).filter(chosen).map(|row| rows[row].a - value(of, rows, row));
            match *name {
                "sum" => values.sum(),
                "count" => values.count() as i64,
                "max" => values.max().unwrap_or(0),
                _ => values.min().unwrap_or(0),
            }
        }
    }
}

fn aggregate(depth: u32) -> BoxedStrategy<Expr> {
    let part = || expr(depth - 1);
    let condition = prop::option::weighted(0.7, (part(), part()).prop_map(Box::new));
    (prop::sample::select(vec!["sum", "count", "max", "min"]), part(), condition)
        .prop_map(|(name, of, c)| Expr::Aggregate(name, Box::new(of), c))
        .boxed()
}

fn expr(depth: u32) -> BoxedStrategy<Expr> {
    let leaf = prop_oneof![
        3 => Just(Expr::A),
        1 => prop::sample::select(vec![Expr::Row, Expr::Prev, Expr::Cumulative, Expr::Rank]),
        1 => (-3i64..4).prop_map(Expr::Const),
    ];
    if depth == 0 { leaf.boxed() } else { prop_oneof![2 => leaf, 3 => aggregate(depth)].boxed() }
}

/// Rules that hold if the engine agrees: the figures stand in files beside the data.
fn case(e: &Expr, rows: &[Row]) -> [(&'static str, String); 4] {
    let rules = format!(
        "[data.t]\npath = \"t.csv\"\n[data.groups]\npath = \"groups.csv\"\nkey = \"g\"\n[data.groups.columns]\nwanted = {{ type = \"number\" }}\n\
         [data.whole]\npath = \"whole.csv\"\nrows = 1\n[data.whole.columns]\nwanted = {{ type = \"number\" }}\n\
         [check.group]\neach = \"t by g\"\nassert = '{} = groups[g].wanted'\n[check.whole]\nassert = '{} = whole.wanted'\n",
        text(e, ""),
        text(e, "t.")
    );
    let mut groups = String::from("g,wanted\n");
    for name in ["x", "y"] {
        let of: Vec<Row> = rows.iter().copied().filter(|r| r.group == name).collect();
        groups += &format!("{name},{}\n", value(e, &of, 0));
    }
    let data: String = rows.iter().map(|r| format!("{},{}\n", r.group, r.a)).collect();
    let whole = format!("wanted\n{}\n", value(e, rows, 0));
    [
        ("rules.toml", rules),
        ("t.csv", format!("g,a\n{data}")),
        ("groups.csv", groups),
        ("whole.csv", whole),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn nested_aggregates_are_what_all_rows_say(
        e in aggregate(3),
        cells in prop::collection::vec((prop::sample::select(vec!["x", "y"]), -4i64..10), 1..7),
        (chunk, block, jobs) in (prop::option::of(1u64..60), prop::option::of(1usize..40), 1usize..4),
        (exact, memory) in (any::<bool>(), prop::option::of(Just(0u64))),
    ) {
        let rows: Vec<Row> = (1..).zip(&cells).map(|(number, c)| Row { group: c.0, a: c.1, number }).collect();
        let folder = tempfile::tempdir().expect("a folder");
        let files = case(&e, &rows);
        for (name, text) in &files {
            std::fs::write(folder.path().join(name), text).expect("a file");
        }
        let rule_file = folder.path().join("rules.toml").to_string_lossy().into_owned();
        let request = Request { rule_files: vec![rule_file], chunk, block, jobs: Some(jobs), exact, memory, ..Request::default() };
        let outcome = crossfoot::run(&request, &mut []);
        prop_assert!(outcome.problems.is_empty(), "{:?}\n{:?}", outcome.problems, files);
        let groups = ["x", "y"].iter().filter(|g| rows.iter().any(|r| r.group == **g)).count() as u64;
        for (check, wanted) in [("group", groups), ("whole", 1)] {
            let held = outcome.summary.checks.iter().find(|c| c.id == check).map(|c| c.tally.held);
            prop_assert_eq!(held, Some(wanted), "{} of {:?}", check, files);
        }
    }
}
