//! What says that figures are rounded: their own digits, a unit, a note around their table.

use crate::odd::{asserts, lines, of, tried};

const ROWS: [[usize; 3]; 7] = [
    [31, 43, 75],
    [22, 34, 56],
    [17, 18, 34],
    [55, 67, 122],
    [44, 23, 67],
    [12, 13, 25],
    [84, 33, 118],
];

fn rows(start: &str, between: &str, end: &str) -> String {
    let cells = |(n, [x, y, total]): (usize, &[usize; 3])| {
        let cells = [format!("N{n}"), x.to_string(), y.to_string(), total.to_string()];
        format!("{start}{}{end}\n", cells.join(between))
    };
    ROWS.iter().enumerate().map(cells).collect()
}

fn is_rounded(path: &str, text: String) -> bool {
    let text = tried(&[(path, text)]);
    let is_active = asserts(&text).iter().any(|rule| rule == "total = x + y within rounding");
    assert!(is_active || text.contains("= x + y within 1'"), "{path}:\n{text}");
    is_active
}

#[test]
fn decimals_of_its_parts_say_that_a_total_is_rounded() {
    let text = of("name,parts,rest,total\nA,5840.4,15351.5,21192\nB,22.0,34.1,56\n\
                   C,17.5,18.0,36\nD,550.2,67.1,617\nE,44.8,2300.0,2345\nF,12.0,13.0,25\n"
        .into());
    assert_eq!(asserts(&text), ["total = parts + rest within rounding"], "{text}");
    // A total of fewer decimals, of which hardly one is exact, and parts that are counts.
    let cents = |n: usize| (1000 + n * 3719 % 8000, 1000 + n * 2713 % 7000);
    let text = of(lines("name,a,b,total", 30, |n| {
        let (a, b) = cents(n + 1);
        let tenths = (a + b + 5) / 10;
        let part = |cents: usize| format!("{}.{:02}", cents / 100, cents % 100);
        format!("N{n},{},{},{}.{}", part(a), part(b), tenths / 10, tenths % 10)
    }));
    assert_eq!(asserts(&text), ["total = a + b within rounding"], "{text}");
    let text = of(lines("name,a,staff,total", 30, |n| {
        let (a, staff) = (cents(n + 1).0, 20 + n * 7 % 61);
        format!("N{n},{}.{:02},{staff},{}", a / 100, a % 100, (a + 50) / 100 + staff)
    }));
    assert_eq!(asserts(&text), ["total = a + staff within rounding"], "{text}");
    assert!(text.contains("staff = { type = \"integer\""), "{text}");
}

#[test]
fn totals_of_another_table_are_rounded_where_their_parts_have_decimals() {
    let (mut cities, mut lands) = ("city,land,area\n".to_string(), "land,area\n".to_string());
    for land in 0..8 {
        let areas = (0..5).map(|n| 1000 + (land * 5 + n + 1) * 3719 % 8000);
        for (n, area) in areas.clone().enumerate() {
            cities += &format!("C{land}{n},L{land},{}.{:02}\n", area / 100, area % 100);
        }
        lands += &format!("L{land},{}\n", (areas.sum::<usize>() + 50) / 100);
    }
    let text = tried(&[("cities.csv", cities), ("lands.csv", lands)]);
    let rule = "lands.area = sum(cities.area where land = lands.land) within rounding";
    assert!(asserts(&text).iter().any(|own| own == rule), "{text}");
}

#[test]
fn a_tolerance_is_what_rounding_would_make_of_the_next_row() {
    let text = of(lines("name,a,b,c,d,total", 30, |n| {
        let parts = [31, 17, 23, 41].map(|by| 10 + (n + 1) * by % 67);
        let [a, b, c, d] = parts;
        let off = usize::from(n % 3 == 0) + 2 * usize::from(n % 3 == 1);
        format!("N{n},{a},{b},{c},{d},{}", a + b + c + d + off - 1)
    }));
    assert!(text.contains("total = sum(a to d) within 2'"), "{text}");
}

#[test]
fn names_of_columns_say_that_figures_are_rounded() {
    let table = |names: &str| format!("{names}\n{}", rows("", ",", ""));
    let text = of(table("name,x (000s),y (000s),total (000s)"));
    let rule = "`total (000s)` = `x (000s)` + `y (000s)` within rounding";
    assert_eq!(asserts(&text), [rule], "{text}");
    assert!(!is_rounded("t.csv", table("name,x,y,total")));
}

#[test]
fn what_a_page_says_around_a_table_is_heard() {
    let table = |caption: &str| {
        let head = "<tr><th>name</th><th>x</th><th>y</th><th>total</th></tr>\n";
        let rows = rows("<tr><td>", "</td><td>", "</td></tr>");
        format!("<table>{caption}\n{head}{rows}</table>")
    };
    let page = |before: &str, caption: &str, after: &str| {
        let text = format!("<h1>Report</h1>\n{before}\n{}\n{after}\n", table(caption));
        is_rounded("t.html", format!("<html><body>\n{text}</body></html>\n"))
    };
    assert!(page("", "<caption>Sales, in millions of dollars</caption>", ""));
    assert!(page("<h2>Sales</h2><p>($ millions)</p>", "", ""));
    assert!(page("<h2>Sales</h2>", "", "<p>Totals may not sum due to <b>rounding</b>.</p>"));
    assert!(!page("<p>Thousands came.</p>", "<caption>Sales</caption>", "<p>By 4% more.</p>"));
    // What is said below the next heading is about something else.
    assert!(!page("", "", "<h2>Staff</h2><p>in thousands</p>"));
    assert!(!page("<p>in thousands</p><table><tr><td>1</td></tr></table>", "", ""));
}

#[test]
fn what_a_text_says_around_a_table_is_heard() {
    let table = format!("| name | x | y | total |\n|---|--:|--:|--:|\n{}", rows("| ", " | ", " |"));
    let text =
        |before: &str, after: &str| is_rounded("t.md", format!("# {before}\n\n{table}\n{after}\n"));
    assert!(text("Sales in $ millions", ""));
    assert!(text("Bericht\n\n## Umsatz in Tausend Euro", ""));
    assert!(text("Sales", "Due to rounding, figures may not add up."));
    assert!(!text("Sales", "Thousands of them were sold in the first\nof these weeks."));
    assert!(!text("Sales", "## Staff\n\nin thousands"));
}

#[test]
fn a_count_is_no_quotient_of_rounded_shares() {
    let text = of("r,n,p\n42,85,0.494117647058824\n46,136,0.338235294117647\n\
                   33,92,0.358695652173913\n62,158,0.392405063291139\n86,148,0.581081081081081\n"
        .into());
    assert_eq!(asserts(&text), ["p = r / n within rounding"], "{text}");
    assert!(text.contains("n = { type = \"integer\""), "{text}");
}

#[test]
fn shares_beside_exact_sums_are_rounded_each_for_itself() {
    let table = |works: &str| {
        format!(
            "Dept,2023,2024,Change,Share 2024\nPolice,13420,14010,590,29.1%\nFire,9880,10150,270,21.1%\n\
             Works,11300,11960,660,{works}\nParks,5640,5780,140,12.0%\nAdmin,6060,6300,240,13.1%\n\
             Total,46300,48200,1900,100.0%\n"
        )
    };
    let text = of(table("24.8%"));
    let rule = "only(t.`Share 2024` where Dept = \"Total\") = sum(t.`Share 2024` where Dept != \"Total\") within rounding";
    assert!(text.contains(rule) && !text.contains("Nearly holds"), "{text}");
    let text = of(table("28.4%"));
    assert!(text.contains("# Nearly holds"), "{text}");
}
