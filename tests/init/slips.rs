//! Small tables with one thing wrong in them, and files that are no tables: what is said of them.

use crate::{Made, proposed};

fn text(files: &[(&str, String)]) -> String {
    let files = files.iter().map(|(path, text)| (path.to_string(), text.clone().into_bytes()));
    let made = Made { name: "slips".into(), files: files.collect(), rules: Vec::new() };
    proposed(&made).0.text
}

fn of(text_of_file: String) -> String {
    text(&[("t.csv", text_of_file)])
}

fn rows(head: &str, count: usize, row: impl Fn(usize) -> String) -> String {
    (0..count).fold(format!("{head}\n"), |all, n| all + &row(n) + "\n")
}

fn says(text: &str, all: &[&str]) {
    for words in all {
        assert!(text.contains(words), "{words}:\n{text}");
    }
}

#[test]
fn one_column_shows_how_the_figures_of_all_are_written() {
    let figures = ["11.100", "12.153", "13.206", "16365"];
    let both =
        of(rows("k;b;n", 12, |n| format!("K{n};{}.{}00,{n};{}", n + 1, n % 9 + 1, figures[n % 4])));
    says(&both, &["decimal ", "grouping ", "n: without the `.` between thousands: 16365"]);
    says(&both, &["n = { type = \"integer\""]);
    let alone = of(rows("k;n", 12, |n| format!("K{n};{}", figures[n % 4])));
    says(&alone, &["every cell fits both", "# n = { type = \"number\""]);
    assert!(!alone.contains("\nn = { type"), "{alone}");
}

#[test]
fn one_wrong_cell_of_few_leaves_a_trace() {
    let cell = |n: usize| if n == 7 { "1O5".to_string() } else { (n * 37 % 101).to_string() };
    let figures = of(rows("place,v", 20, |n| format!("P{n:02},{}", cell(n))));
    says(&figures, &["v = { type = \"integer\"", "1O5"]);
    let status = |n: usize| if n == 77 { "piad" } else { ["paid", "open", "void"][n % 3] };
    let list = of(rows("id,status", 200, |n| format!("{n},{}", status(n))));
    says(
        &list,
        &[
            "# Nearly holds (199 of 200); not at t.csv:79:",
            "# In place of its line above:\n# status = { required = true, one_of = [\"open\", \"paid\", \"void\"] }",
        ],
    );
}

#[test]
fn a_wrong_total_of_one_column_is_named() {
    let row = |n: usize| (1..4).map(|c| (n * n + 100) * c * 7 + n % c).collect::<Vec<usize>>();
    let mut all =
        rows("place,a,b,c", 9, |n| format!("P{n},{},{},{}", row(n)[0], row(n)[1], row(n)[2]));
    let sum = |c: usize| (0..9).map(|n| row(n)[c]).sum::<usize>();
    all += &format!("Total,{},{},{}\n", sum(0), sum(1) + 90, sum(2));
    let text = of(all);
    says(
        &text,
        &[
            "# Nearly holds (2 of 3); not at t.csv:11:",
            "# assert = 'only(t.b where place = \"Total\") = sum(t.b where place != \"Total\")'",
            "[check.t-total]",
        ],
    );
}

#[test]
fn a_name_in_the_first_row_of_a_block_is_filled() {
    let mut all = "kapitel,titel,a,b\n".to_string();
    for block in 0..3 {
        let of = |n: usize| [(block + 1) * 1000 + n * 317, (block + 3) * 977 + n * 211];
        for n in 0..4 {
            let name = if n == 0 { format!("K{block}") } else { String::new() };
            all += &format!("{name},K{block}-{n},{},{}\n", of(n)[0], of(n)[1]);
        }
        let sum = |c: usize| (0..4).map(|n| of(n)[c]).sum::<usize>();
        all += &format!(",Summe K{block},{},{}\n", sum(0), sum(1));
    }
    let text = of(all);
    says(&text, &["fill = [\"kapitel\"]", "titel = \"Summe K1\"", "key "]);
}

#[test]
fn columns_that_are_together_a_key_elsewhere_are_looked_for_there() {
    let races =
        rows("office,district,seats", 24, |n| format!("O{},D{},{}", n / 6, n % 6, n * 13 % 7 + 1));
    let votes = rows("office,district,party,votes", 72, |n| {
        format!("O{},D{},P{},{}", n / 18, n / 3 % 6, n % 3, n * 7919 % 997)
    });
    let text = text(&[("races.csv", races), ("votes.csv", votes)]);
    says(&text, &["assert = 'races[office, district] is not missing'", "24 of 24 combinations"]);
}

#[test]
fn what_is_no_table_is_named() {
    let lines = "{\"id\": 1, \"n\": 4}\n{\"id\": 2, \"n\": 5}\n".to_string();
    let table = rows("id,v", 20, |n| format!("{n},{}", n * 3));
    let settings = "{\"name\": \"a\"}".to_string();
    let text = text(&[("a.csv", table), ("b.json", settings), ("c.csv", lines)]);
    says(&text, &["`b.json` is not a table: it has no list of objects", "format = \"ndjson\""]);
}

#[test]
fn the_one_file_that_differs_is_named() {
    let figures = |year: usize| rows("k,v", 20, |n| format!("K{n},{}", n * 31 % 97 + year));
    let texts = rows("k,v", 20, |n| format!("K{n},{n}.x"));
    let text = text(&[("y2021.csv", figures(1)), ("y2024.csv", texts), ("y2025.csv", figures(5))]);
    says(&text, &["v: figures in all files but y2024.csv"]);
}

#[test]
fn a_table_is_found_between_titles_and_notes() {
    let row = |n: usize| (1..5).map(|c| (n * n + 100) * c * 7 + n % c).collect::<Vec<usize>>();
    let mut all =
        "Table 3: Employment\nthousands\n\nRegion;2020;;2021;\n;Men;Women;Men;Women\n".to_string();
    for n in 0..9 {
        let cells: Vec<String> = row(n).iter().map(usize::to_string).collect();
        all += &format!("Region {n};{}\n", cells.join(";"));
    }
    let sum = |c: usize| (0..9).map(|n| row(n)[c]).sum::<usize>();
    all += &format!("Total;{};{};{};{}\n\n", sum(0), sum(1), sum(2), sum(3));
    all += "1) preliminary\nSource: the office, 2024\n";
    let text = of(all);
    says(&text, &["skip      = 3 ", "header    = 2 ", "until     = '^1\\) preliminary'"]);
    says(&text, &["`2021 / Women` where Region != \"Total\"", "key       = \"Region\""]);
    assert!(!text.contains("What will be found"), "{text}");
}

#[test]
fn figures_that_run_on_are_found() {
    let new = |n: usize| n * 7919 % 211 + 1;
    let total = |n: usize| (0..=n).map(new).sum::<usize>();
    let days = of(rows("no,new,cumulative", 40, |n| format!("{n},{},{}", new(n), total(n))));
    says(&days, &["assert = 'cumulative = cumulative(new)'"]);
    let since = |n: usize| (n / 12 * 12..=n).map(new).sum::<usize>();
    let sales = of(rows("shop,month,sales,so_far", 48, |n| {
        format!("S{},{},{},{}", n / 12, n % 12 + 1, new(n), since(n))
    }));
    says(&sales, &["assert = 'so_far = cumulative(sales by shop)'"]);
    let off = |n: usize| total(n) + usize::from(n == 20) * 9 + 500;
    let wrong = of(rows("no,new,cumulative", 120, |n| format!("{n},{},{}", new(n), off(n))));
    says(&wrong, &["# Nearly holds", "# assert = 'cumulative = prev(cumulative) + new'"]);
}

#[test]
fn signs_of_money_and_notes_are_no_part_of_figures() {
    let net = |n: usize| n * 7919 % 9973 + 100;
    let money = of(rows("order_id,net,tax,gross", 30, |n| {
        let cents = |c: usize| format!("${}.{:02}", c / 100, c % 100);
        format!("{n},{},{},{}", cents(net(n)), cents(n * 31 % 997), cents(net(n) + n * 31 % 997))
    }));
    says(&money, &["marks = [\"$\"]", "net      = { type = \"number\"", "'net = gross - tax'"]);
    let noted = of(rows("place,v", 30, |n| format!("P{n},{}{}", net(n), ["", "", "*", ""][n % 4])));
    says(&noted, &["v = { type = \"integer\", marks = [\"*\"]"]);
}

#[test]
fn totals_of_totals_name_the_totals() {
    let cell = |n: usize, c: usize| (n * n + 90) * c + n % 7;
    let mut all = "item,a,b,c\n".to_string();
    let mut sums = [0; 3];
    for block in 0..3 {
        let parts = block * 4..block * 4 + 4;
        for n in parts.clone() {
            all += &format!("Town {n},{},{},{}\n", cell(n, 3), cell(n, 5), cell(n, 7));
        }
        let sum = |c: usize| parts.clone().map(|n| cell(n, c)).sum::<usize>();
        let own = [sum(3), sum(5), sum(7)];
        all += &format!("Area {block} total,{},{},{}\n", own[0], own[1], own[2]);
        sums = [0, 1, 2].map(|c| sums[c] + own[c]);
    }
    all += &format!("Grand total,{},{},{}\n", sums[0], sums[1], sums[2]);
    let of_totals = "sum(t.a where item in (\"Area 0 total\", \"Area 1 total\", \"Area 2 total\"))";
    says(&of(all), &[of_totals, "Town 8\", \"Town 9\", \"Town 10\", \"Town 11\""]);
}

#[test]
fn what_is_a_part_by_name_is_not_more() {
    let race = of(rows("runner_id,half,finish", 40, |n| {
        format!("{n},{},{}", n * 7919 % 2000 + 4000, n * 7919 % 2000 + 4000 + n * 31 % 4000 + 4500)
    }));
    says(&race, &["assert = 'half <= finish'", "half is not more than finish"]);
}
