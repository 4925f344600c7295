//! What holds only by chance, or only nearly, is not proposed; figures are taken for what they are.

#![allow(clippy::float_arithmetic, reason = "what other programs print is what is tested")]

use crate::odd::{asserts, lines, of, tried};

fn sums(wrong: impl Fn(usize) -> usize) -> String {
    lines("region,men,women,total", 40, |n| {
        let (men, women) = (20 + 7 * n % 61, 15 + 11 * n % 53);
        format!("R{n},{men},{women},{}", men + women + wrong(n) - 1)
    })
}

#[test]
fn whole_numbers_are_exact() {
    // Of 40 totals 27 are wrong by one.
    let text = of(sums(|n| n % 3));
    assert!(asserts(&text).is_empty(), "{text}");
    for words in ["total = { type = \"integer\"", "# Only 13 of 40 rows are exact", "within 1'"] {
        assert!(text.contains(words), "{words}:\n{text}");
    }
    // It can be taken as it is.
    let (head, check) = text.split_once("# [check.").expect("a check");
    let check: Vec<&str> =
        check.lines().map(|line| line.strip_prefix("# ").unwrap_or(line)).collect();
    let taken = format!("{head}[check.{}", check.join("\n"));
    assert!(asserts(&taken).iter().any(|rule| rule == "total = men + women within 1"), "{taken}");
    // A slip is one.
    let text = of(sums(|n| if n == 9 { 2 } else { 1 }));
    assert!(text.contains("# Nearly holds (39 of 40)"), "{text}");
}

#[test]
fn numbers_that_a_unit_calls_rounded_are_added_up_so() {
    let rule = "total = men + women within rounding";
    let rounded = |n: usize| if n.is_multiple_of(5) { n % 2 * 2 } else { 1 };
    let text = of(format!("Employed\nin thousands\n\n{}", sums(rounded)));
    assert!(asserts(&text).contains(&rule.to_string()), "{text}");
    let text = of(format!("{}\nNote: figures are rounded\n", sums(rounded)));
    assert!(asserts(&text).contains(&rule.to_string()), "{text}");
    let text = of(sums(rounded));
    assert!(asserts(&text).is_empty(), "{text}");
}

/// The total of each group is off by one in most groups: by label, and by a column of another table.
#[test]
fn totals_of_whole_numbers_are_exact() {
    let mut text = "year,sex,people\n".to_string();
    for year in 0..12 {
        let (men, women) = (700 + year * 37 % 91, 800 + year * 53 % 77);
        let total = men + women + [1, 0, 2][year % 3] - 1;
        text += &format!("{0},men,{men}\n{0},women,{women}\n{0},Total,{total}\n", 2001 + year);
    }
    let text = of(text);
    assert!(asserts(&text).iter().all(|rule| !rule.contains("Total")), "{text}");
    assert!(text.contains("people = { type = \"integer\"") && text.contains("within 1'"), "{text}");
}

#[test]
fn answers_of_yes_and_no_are_no_shares() {
    let text = of(lines("month,approve,disapprove,unsure,war,attack", 65, |n| {
        let (yes, no) = (30 + n * 17 % 41, 20 + n * 5 % 7);
        format!("M{n},{yes},{no},{},{},{}", 100 - yes - no, usize::from(n > 40), n / 3 % 2)
    }));
    let all = asserts(&text);
    assert!(all.iter().any(|rule| rule == "sum(approve to unsure) = 100"), "{text}");
    assert!(!all.iter().any(|rule| rule.contains("war") || rule.contains("attack")), "{text}");
}

#[test]
fn nothing_is_divided_by_answers() {
    let text = of(lines("id,s,i,t", 60, |n| {
        let (i, t) = (n * 13 % 47 + 3, n % 2);
        format!("N{n:02},{},{i},{t}", if t == 1 { i } else { n * 29 % 31 })
    }));
    assert!(asserts(&text).is_empty(), "{text}");
}

#[test]
fn what_numbers_the_rows_is_related_to_nothing() {
    let text = of(lines(",women,people,score", 40, |n| {
        format!("{},{n},{},{}", n + 1, n * 31 % 97, n * 17 % 89)
    }));
    assert!(asserts(&text).iter().all(|rule| !rule.contains("prev(")), "{text}");
    let text = of(lines("strata,treated,index,y", 85, |n| {
        format!("{},{},{},{}", n, n % 3 % 2, n + 1, n * 31 % 97)
    }));
    assert!(asserts(&text).is_empty(), "{text}");
}

#[test]
fn binary_numbers_are_figures() {
    let double = |a: usize, b: usize| (a as f64 / b as f64).to_string();
    let text = of(lines("place,electors,votes,turnout", 40, |n| {
        let (all, votes) = (900 + n * 137 % 601, 300 + n * 71 % 509);
        format!("P{n},{all},{votes},{}", double(votes, all))
    }));
    assert!(text.contains("turnout  = { type = \"number\""), "{text}");
    let rule = "turnout = votes / electors within rounding";
    assert!(asserts(&text).contains(&rule.to_string()), "{text}");
    let objects: Vec<String> = (0..40)
        .map(|n| format!("{{\"id\": \"p{n}\", \"p\": {}}}", double(n * 17 % 43 + 1, 49)))
        .collect();
    let text = tried(&[("t.json", format!("[{}]", objects.join(",\n")))]);
    assert!(text.contains("p = { type = \"number\""), "{text}");
    let text = of("id,p\na,0.0972222222222222\nb,0.25\n".into());
    assert!(text.contains("p = { type = \"number\" }"), "{text}");
    // Long digits without a sign are codes.
    let text = of(lines("id,account", 9, |n| format!("{n},40600508420078400{n}1")));
    assert!(text.contains("account = { type = \"text\""), "{text}");
}

/// Sums of figures with more decimals than are compared hold within rounding.
#[test]
fn sums_of_binary_numbers_hold_within_rounding() {
    let part = |n: usize, by: usize| (n * 17 % 97 + 1) as f64 / by as f64;
    let text = of(lines("id,a,b,total", 40, |n| {
        let (a, b) = (part(n, 7), part(n + 5, 11));
        format!("N{n},{a},{b},{}", a + b)
    }));
    assert_eq!(asserts(&text), ["total = a + b within rounding"], "{text}");
}

#[test]
fn codes_have_no_decimals() {
    for name in ["Word_Number", "Word_Number_Series", "code"] {
        let text =
            of(lines(&format!("area,{name}"), 30, |n| format!("A{n},0.{}", 100 + n * 37 % 800)));
        assert!(text.contains(&format!("{name} = {{ type = \"number\"")), "{text}");
    }
    let text = of(lines("area,Word_Number_Series", 30, |n| {
        format!("A{n},{}.{}", 1 + n % 4, 31 + n * 37 % 60)
    }));
    assert!(text.contains("Word_Number_Series = { type = \"number\""), "{text}");
    let text = of(lines("code,v", 8, |n| format!("{}.{},{}", 3 + n / 4, 5 + n, n * 7)));
    assert!(text.contains("code = { type = \"text\""), "{text}");
    let text = of("code,v\n1,5\n1.1,3\n1.2,2\n2,9\n2.1,5\n2.10,4\n".into());
    assert!(text.contains("code = { type = \"text\""), "{text}");
}

#[test]
fn goals_are_no_durations() {
    let row = |n: usize| format!("T{n},{}:{}", 30 + n * 7 % 60, 25 + n * 11 % 50);
    let text = of(lines("team,F:A", 20, row));
    assert!(!text.contains("duration") && !text.contains("\"time\""), "{text}");
    let text = of(lines("team,goals", 20, |n| format!("T{n},{}:{}", 10 + n % 9, 10 + n * 7 % 13)));
    assert!(!text.contains("\"time\""), "{text}");
    let text = of(lines("runner,time", 20, |n| format!("R{n},{}:{}", 24 + n, 10 + n * 7 % 50)));
    assert!(text.contains("time = { type = \"duration\""), "{text}");
}

#[test]
fn a_sign_for_nothing_may_have_a_flag() {
    let text = "geo,y2015,y2016\nEU28,1627.5 b,1640.9\nBE,53.5,56.0 e\nBG,12.1,12.4\nCZ,22.0,23.1\n\
                DE,300.2,301.0\nDK,: c,17.1\nEE,4.4,4.5\nFI,20.1,20.7\n";
    let text = of(text.into());
    assert!(text.contains("missing = [\"\", \":\"]"), "{text}");
}

#[test]
fn quoted_amounts_are_figures() {
    let amount = |n: usize, year: usize| match n % 6 {
        0 => format!("{},{:03},{:03}", 10 + n, (n * 97 + year) % 1000, n * 31 % 1000),
        _ => "0".to_string(),
    };
    let objects: Vec<String> = (0..36)
        .map(|n| {
            let (a, b) = (amount(n, 1962), amount(n, 1963));
            format!("{{\"name\": \"N{n}\", \"1962\": \"{a}\", \"1963\": \"{b}\"}}")
        })
        .collect();
    let text = tried(&[("t.json", format!("[{}]", objects.join(",\n")))]);
    assert!(text.contains("grouping = \",\"") && !text.contains("has one"), "{text}");
    assert!(text.contains("1962 = { type = \"integer\""), "{text}");
}

#[test]
fn words_among_dates_are_no_values() {
    let text = of(lines("name,left", 30, |n| match n % 10 {
        7 => format!("N{n},Reagan admin"),
        _ => format!("N{n},{}-0{}-1{}", 1981 + n % 8, 1 + n % 9, n % 7),
    }));
    let column = "left = { type = \"date\", missing = [\"\", \"Reagan admin\"]";
    assert!(text.contains(column), "{text}");
}

#[test]
fn few_years_without_a_gap_rise() {
    let rises = "year > prev(year)".to_string();
    for (rows, is_found) in [(30, true), (8, true), (7, false)] {
        let text = of(lines("year,v", rows, |n| format!("{},{}", 1920 + n, n * 37 % 101)));
        assert_eq!(asserts(&text).contains(&rises), is_found, "{rows}: {text}");
    }
    let text = of(lines("year,v", 20, |n| format!("{},{}", 1920 + n + n / 9, n * 37 % 101)));
    assert!(!asserts(&text).contains(&rises), "{text}");
}
