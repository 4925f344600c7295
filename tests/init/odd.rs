//! Small tables of odd kinds: what is proposed for them passes on their own data, or says that it does not.

use crossfoot::{Request, run};
use std::sync::Arc;

use crate::dice::{Dice, written};
use crate::{Made, proposed, said};

/// What is proposed for some files; it is run on them, and must pass, or announce what it finds.
pub fn tried(files: &[(&str, String)]) -> String {
    let files = files.iter().map(|(path, text)| (path.to_string(), text.clone().into_bytes()));
    let made = Made { name: "odd".into(), files: files.collect(), rules: Vec::new() };
    let (proposal, mut tree) = proposed(&made);
    tree.insert("crossfoot.toml", proposal.text.clone().into_bytes());
    let rule_files = vec!["crossfoot.toml".into()];
    let request = Request { rule_files, tree: Some(Arc::new(tree)), ..Request::default() };
    let outcome = run(&request, &mut []);
    assert!(outcome.problems.is_empty(), "{:?}\n{}", outcome.problem_lines, proposal.text);
    let says = proposal.text.contains("What will be found today");
    assert!(outcome.summary.errors == 0 || says, "{}", proposal.text);
    proposal.text
}

pub fn of(text: String) -> String {
    tried(&[("t.csv", text)])
}

pub fn lines(head: &str, count: usize, mut line: impl FnMut(usize) -> String) -> String {
    (0..count).fold(format!("{head}\n"), |all, n| all + &line(n) + "\n")
}

pub fn asserts(text: &str) -> Vec<String> {
    let all = said(text).into_iter();
    all.filter_map(|rule| rule.strip_prefix("assert ").map(str::to_string)).collect()
}

#[test]
fn flags_and_padded_names_are_said() {
    let flags = ["b", "p", "e"];
    let cell = |n: usize| match n % 7 {
        0 => ": ".to_string(),
        3 | 5 => format!("{}.{} {}", n * 13 % 97, n % 10, flags[n % 3]),
        _ => format!("{}.{} ", n * 31 % 89, n % 10),
    };
    let text = lines("unit,geo\t2020 \t2021 ", 30, |n| {
        format!("THS,G{n:02}\t{}\t{}", cell(n), cell(n + 3))
    });
    let text = tried(&[("t.tsv", text)]);
    for words in [
        "trim    = true",
        "marks   = [\"b\", \"e\", \"p\"]",
        "missing = [\"\", \":\"]",
        "2020 = { type = \"number\"",
        "2021 = { type = \"number\"",
    ] {
        assert!(text.contains(words), "{words}:\n{text}");
    }
}

#[test]
fn words_among_figures_are_no_values() {
    let mut dice = Dice::new(7);
    let text = of(lines("area,count", 60, |n| {
        let count = if n % 5 == 2 { "[c]".to_string() } else { dice.from(100, 999).to_string() };
        format!("E{n:02},{count}")
    }));
    assert!(text.contains("count = { type = \"integer\", missing = [\"\", \"[c]\"] }"), "{text}");
}

#[test]
fn a_column_may_be_called_like_a_table() {
    let districts = lines("district,schools", 20, |n| format!("D{n},{}", n % 4 + 1));
    let mut schools = "school,district\n".to_string();
    for n in 0..20 {
        (0..=n % 4).for_each(|m| schools += &format!("S{n}-{m},D{n}\n"));
    }
    let text = tried(&[("districts.csv", districts), ("schools.csv", schools)]);
    let counts = "districts.schools = count(schools.school where district = districts.district)";
    assert_eq!(asserts(&text), [counts], "{text}");
}

/// `sum(population)` would be the table or its column, so that the table gets another name.
#[test]
fn a_column_may_be_called_like_its_own_table() {
    let mut dice = Dice::new(8);
    let mut text = "year,age,population\n".to_string();
    for year in 2015..2023 {
        let people = [0; 3].map(|_| dice.from(1000, 9000));
        for (age, people) in ["0-14", "15-64", "65+"].iter().zip(people) {
            text += &format!("{year},{age},{people}\n");
        }
        text += &format!("{year},Total,{}\n", people.iter().sum::<i64>());
    }
    let text = tried(&[("population.csv", text)]);
    let rule = "only(population where age = \"Total\") = sum(population where age != \"Total\")";
    assert!(asserts(&text).contains(&rule.to_string()), "{text}");
    assert!(text.contains("[data.table_population]"), "{text}");
}

#[test]
fn telling_names_make_no_rule() {
    let names = "id,total,share,rate,change,average,change %,per_capita,balance,amount";
    for (seed, rows) in (20..).zip([9, 14, 40, 200]) {
        let mut dice = Dice::new(seed);
        let text = of(lines(names, rows, |n| {
            let cells: Vec<String> =
                (0..9).map(|_| written(dice.from(0, 999), 1, ".", "")).collect();
            format!("N{n:03},{}", cells.join(","))
        }));
        assert!(asserts(&text).is_empty(), "{text}");
        // Answers from 1 to 5, of which some would add up.
        let text = of(lines("person,a,b,c,d,e,f,g,h,i,j,k", rows, |n| {
            let cells: Vec<String> = (0..11).map(|_| dice.from(1, 5).to_string()).collect();
            format!("N{n:03},{}", cells.join(","))
        }));
        assert!(asserts(&text).is_empty(), "{text}");
    }
}

#[test]
fn small_and_empty_columns_give_rules_that_pass() {
    let mut dice = Dice::new(5);
    of("a,b,c\n1,2,3\n".into());
    of("a,b,c\n".into());
    of(lines("id,same,empty,v", 30, |n| format!("{n},x,,{}", dice.from(1, 99))));
    let row = |n: usize| format!("{},{},{}", n % 5, n % 3, n * 7 % 11);
    of(lines("n,g,v", 40, |n| row(n % 30)));
    of(lines("id,a,b,c,d", 200, |n| {
        let cells: Vec<String> = (0..4).map(|_| dice.from(0, 9).max(8).to_string()).collect();
        format!("{n},{}", cells.join(","))
    }));
}

/// The share of each row in the row of the total, and codes that begin alike.
#[test]
fn totals_may_stand_in_a_row() {
    let mut dice = Dice::new(6);
    let values: Vec<i64> = (0..15).map(|_| dice.from(100, 9000)).collect();
    let total: i64 = values.iter().sum();
    let share = |v: i64| written((2000 * v + total) / (2 * total), 1, ".", "") + "%";
    let mut text = lines("Region,Sales,% of total", 15, |n| {
        format!("R{n},{},{}", values[n], share(values[n]))
    });
    text += &format!("Total,{total},{}\n", share(total));
    let text = of(text);
    let rule =
        "row.`% of total` = row.Sales / only(t.Sales where Region = \"Total\") within rounding";
    assert!(asserts(&text).contains(&rule.to_string()), "{text}");
}

#[test]
fn few_figures_among_words_are_words() {
    let text = lines("k,v", 9, |n| format!("r{n},{}", if n == 4 { "3" } else { "x" }));
    assert!(!of(text).contains("missing"));
    let text = lines("k,v", 30, |n| {
        format!("r{n},{}", if n == 4 { "x".into() } else { (n * 7).to_string() })
    });
    assert!(of(text).contains("missing = [\"\", \"x\"]"));
}

#[test]
fn subtotals_of_a_small_budget_are_seen_together() {
    let text = "item,amount\nA0,599\nA1,129\nA2,955\nSubtotal A,1683\nB0,499\nB1,543\nB2,722\nSubtotal B,1764\n\
                C0,880\nC1,885\nC2,102\nSubtotal C,1867\nGrand total,5314\n";
    let rules = asserts(&of(text.into()));
    assert_eq!(rules.len(), 4, "{rules:?}");
    // With one of them wrong nothing holds them together.
    let rules = asserts(&of(text.replace("1764", "1846")));
    assert!(rules.is_empty(), "{rules:?}");
}

/// A budget by codes, with a row of the total that has none, or one of another kind.
#[test]
fn a_total_without_a_code_is_the_sum_of_the_heads() {
    let budget = |total: &str| {
        let mut text = "code,title,y2023,y2024\n".to_string();
        for (head, [a, b, c]) in
            [[9100, 3300, 700], [5050, 3200, 410], [10020, 5300, 880]].iter().enumerate()
        {
            let head = head + 1;
            text += &format!("{head},Head {head},{},{}\n", a + b + c, a + b + c + 9);
            text += &format!("{head}.1,Roads {head},{a},{a}\n{head}.2,Schools {head},{b},{b}\n");
            text += &format!("{head}.3,Parks {head},{c},{}\n", c + 9);
        }
        text + total
    };
    for (total, label) in [
        (",Total,37960,37987\n", "title = \"Total\""),
        ("T,Total,37960,37987\n", "title = \"Total\""),
        ("0,Insgesamt,37960,37987\n", "title = \"Insgesamt\""),
        ("Total,,37960,37987\n", "code = \"Total\""),
    ] {
        let text = of(budget(total));
        let all = asserts(&text);
        let whole =
            format!("only(t.y2024 where {label}) = sum(t.y2024 where `code.parent` is missing");
        assert!(all.iter().any(|rule| rule.starts_with(&whole)), "{text}");
        assert!(all.iter().any(|rule| rule.contains("= row.`code.id`")), "{text}");
    }
    // One of two totals is wrong: it nearly holds.
    let text = of(budget(",Total,37960,37897\n"));
    assert!(text.contains("# assert = 'only(t.y2024 where title"), "{text}");
}

/// Sub-totals of which the label is blank, and a total that is called so or is blank, too.
#[test]
fn rows_without_a_label_are_totals_of_their_group() {
    let mut dice = Dice::new(9);
    let mut table = |total: &str, slip: i64| {
        let (mut text, mut all) = ("region,district,people\n".to_string(), 0);
        for region in ["North", "South", "East", "West"] {
            let people = [0; 3].map(|_| dice.from(1000, 9000));
            let sum: i64 = people.iter().sum();
            for (district, people) in ["a", "b", "c"].iter().zip(people) {
                text += &format!("{region},{region} {district},{people}\n");
            }
            text += &format!("{region},,{}\n", if region == "East" { sum + slip } else { sum });
            all += sum;
        }
        format!("{text}{total},,{all}\n")
    };
    let (group, whole) = (
        "only(people where district is missing) = sum(people where district is not missing)",
        "only(t.people where region = \"Total\") = sum(t.people where district is missing and region != \"Total\")",
    );
    let text = of(table("Total", 0));
    assert_eq!(asserts(&text), [group, whole], "{text}");
    assert!(text.contains("each   = \"t by region\"\nwhere  = 'region != \"Total\"'"), "{text}");
    let blank = "only(t.people where region is missing) = sum(t.people where district is missing and region is not missing)";
    assert_eq!(asserts(&of(table("", 0))), [group, blank]);
    // One of four is wrong: they nearly hold.
    let text = of(table("Total", 90));
    assert!(text.contains(&format!("# assert = '{group}'")), "{text}");
    // Labels that are not there are no totals.
    let text = of(table("Total", 0).replace("North,,", "North,x,").replace("East,,", "East,y,"));
    assert!(asserts(&text).is_empty(), "{text}");
}

#[test]
fn years_below_a_blank_corner_are_names() {
    let rows = "North,1200,1250\nSouth,500,600\nEast,310,305\n";
    let text = of(format!(",2019,2020\n{rows}"));
    assert!(!text.contains("header"), "{text}");
    assert!(text.contains("columns.\"2019\"") || text.contains("2019 ="), "{text}");
    // Beside labels of which one is blank, figures are no names.
    assert!(of(format!(",190,180\n{rows}")).contains("header = false"));
}

#[test]
fn names_that_a_page_marks_are_names() {
    let rows = "<tr><td>North</td><td>4125</td><td>4203</td></tr><tr><td>South</td><td>3882</td><td>3910</td></tr>\
        <tr><td>West</td><td>5013</td><td>4987</td></tr><tr><td>Total</td><td>13020</td><td>13100</td></tr>";
    let page = |head: &str, rows: &str| {
        tried(&[("t.html", format!("<table>{head}<tbody>{rows}</tbody></table>"))])
    };
    let spanned = "<tr><th rowspan=2>Region</th><th colspan=2>Spent</th></tr><tr><th>2023</th><th>2024</th></tr>";
    for head in [format!("<thead>{spanned}</thead>"), spanned.to_string()] {
        let text = page(&head, rows);
        for own in ["header = 2", "\"Spent / 2023\"", "\"Spent / 2024\""] {
            assert!(text.contains(own), "{own}: {text}");
        }
    }
    let coded = "<thead><tr><th>Region</th><th>Spent</th></tr><tr><th>(code)</th><th>2024</th></tr></thead>";
    let text = page(coded, "<tr><td>N</td><td>4125</td></tr><tr><td>S</td><td>3882</td></tr>");
    assert!(text.contains("header = 2") && text.contains("\"Spent / 2024\""), "{text}");
    // Units stand below names, also in cells.
    let unit = "<tr><td></td><td>persons</td></tr><tr><td>N</td><td>4125</td></tr><tr><td>S</td><td>3882</td></tr>";
    let text = page("<tr><th>Region</th><th>People</th></tr>", unit);
    assert!(text.contains("header = 2") && text.contains("People / persons"), "{text}");
    // One row of names that span figures is one.
    let one = "<tr><th>Region</th><th colspan=3>Spent</th></tr>";
    let rows = "<tr><td>North</td><td>1</td><td>2</td><td>3</td></tr><tr><td>South</td><td>4</td><td>2</td><td>6</td></tr>";
    for head in [format!("<thead>{one}</thead>"), one.to_string()] {
        let text = page(&head, rows);
        assert!(!text.contains("header"), "{text}");
    }
}

#[test]
fn years_below_a_name_that_spans_them_are_names() {
    let rows = "North,4125,4203\nSouth,3882,3910\nWest,5013,4987\nTotal,13020,13100\n";
    let text = of(format!("Region,Spent,\n,2023,2024\n{rows}"));
    for own in ["header = 2", "\"Spent / 2023\"", "\"Spent / 2024\""] {
        assert!(text.contains(own), "{own}: {text}");
    }
}
