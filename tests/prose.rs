//! The figures of `fixtures/prose.txt`, and those of `fixtures/hedges.txt` with what words around them
//! make of them, are read whole wherever a placeholder stands in its pattern: in front, in the middle,
//! at the end.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use crossfoot::Request;
use crossfoot::api::{FiguresRequest, figures};
use crossfoot::files::tree::Memory;
use crossfoot::read::pattern::{Found, Pattern, Values, Writing};
use crossfoot::read::text::document::plain;
use crossfoot::read::text::extract::{Cell, Spec, extract};
use crossfoot::value::interval::End;
use crossfoot::value::{FiscalYear, Interval, Language, Named, NumberFormat, Reading, Type, Value};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// A sentence with one figure.
struct Case<'t> {
    kind: &'t str,
    text: String,
    figure: Range<usize>,
    /// Its value, with the ends of what it may mean; nothing where there is no figure of this kind.
    value: Option<&'t str>,
    written: &'t str,
}

fn cases(file: &str) -> impl Iterator<Item = Case<'_>> {
    file.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let [kind, sentence, value] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("three columns: {line}")
        };
        let text = sentence.replace("\\n", "\n");
        let start = text.find('[').expect("a figure");
        let end = text.find(']').expect("a figure") - 1;
        let text = text.replacen('[', "", 1).replacen(']', "", 1);
        let value = (value != "-").then_some(value);
        Case { kind, text, figure: start..end, value, written: sentence }
    })
}

/// The last word of a text, or the first.
fn last_word(text: &str) -> &str {
    text.trim_end().rsplit(' ').next().unwrap_or_default()
}

fn first_word(text: &str) -> &str {
    let start = text.len() - text.trim_start().len();
    let end = text[start..].find([' ', '.', ',']).map_or(text.len(), |at| start + at);
    &text[..end.max(start)]
}

/// What a cell is read as: its value, with the ends of its interval in two ways of writing them.
fn read(ty: Type, cell: &Cell<'_>, number: &NumberFormat) -> [String; 3] {
    let mut reading = Reading::new(ty);
    reading.number = NumberFormat { prose: true, ..number.clone() };
    reading.ranges = true;
    reading.formats.clear();
    match reading.read_hedged(&cell.text, cell.hedge) {
        Err(unread) => [unread.message, String::new(), String::new()],
        Ok(Value::Number(figure)) => {
            let ends = figure.interval();
            let value = figure.value.round(6).to_text();
            let [lo, hi] = [&ends.lo, &ends.hi].map(end);
            let wide = format!("{value} ({lo} to {hi})");
            [value.clone(), wide, format!("{value} {}", with_ends(&ends))]
        }
        Ok(value) => [value.to_text(), String::new(), String::new()],
    }
}

fn end(end: &End) -> String {
    end.at().map_or("…".to_string(), |n| n.round(6).to_text())
}

/// An interval as it is written in `fixtures/hedges.txt`.
fn with_ends(ends: &Interval) -> String {
    let left = if ends.lo.is_closed() { '[' } else { '(' };
    let right = if ends.hi.is_closed() { ']' } else { ')' };
    format!("{left}{}, {}{right}", end(&ends.lo), end(&ends.hi))
}

/// What a pattern reads where the figure stands: nothing, the figure, or something else.
fn outcome(
    case: &Case<'_>,
    pattern: &str,
    number: &NumberFormat,
) -> Result<Option<String>, String> {
    let values = Values::new();
    let compiled = Pattern::with_values(pattern, &values, number.language).expect("a pattern");
    let document = plain(&case.text);
    let writing = Writing { number: number.clone(), columns: Vec::new() };
    let spec = Spec { pattern: &compiled, from: None, to: None, split: None, writing: &writing };
    let found = extract(&document, &spec);
    let ty = compiled.placeholders[0].ty;
    let mut whole = None;
    for cell in found.rows.iter().filter_map(|row| row.cells[0].as_ref()) {
        let span =
            usize::try_from(cell.span.start).unwrap()..usize::try_from(cell.span.end).unwrap();
        if span.end <= case.figure.start || span.start >= case.figure.end {
            continue;
        }
        let value = read(ty, cell, number);
        // Without an interval only the value is asserted.
        let fits = case.value.is_some_and(|wanted| value.iter().any(|own| own == wanted));
        let value = value.into_iter().rfind(|own| !own.is_empty()).unwrap_or_default();
        if fits && span == case.figure {
            whole = Some(value);
        } else {
            return Err(format!("`{}` as {value}", cell.text));
        }
    }
    Ok(whole)
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        if "{}[]()|\\".contains(c) {
            out.push('\\');
        }
        out.push(c);
        out
    })
}

#[test]
fn figures_are_read_whole_or_not_at_all() {
    let file = include_str!("../fixtures/prose.txt");
    let (counts, failures) = every_position(file, &NumberFormat::default());
    assert!(failures.is_empty(), "\n{failures}");
    assert!(counts.iter().all(|read| *read >= 200), "{counts:?}");
}

#[test]
fn hedges_widen_figures_and_nothing_else_does() {
    let file = include_str!("../fixtures/hedges.txt");
    let moments = ["date", "year"];
    let has_ends = |case: &Case<'_>| {
        moments.contains(&case.kind) || case.value.is_some_and(|v| v.ends_with([']', ')']))
    };
    let without = cases(file).find(|case| !has_ends(case)).map(|case| case.written);
    assert_eq!(without, None, "each figure has its interval");
    let (counts, failures) = every_position(file, &NumberFormat::default());
    assert!(failures.is_empty(), "\n{failures}");
    assert!(counts.iter().all(|read| *read >= 200), "{counts:?}");
}

#[test]
fn fiscal_years_are_read_as_they_are_declared() {
    let file = include_str!("../fixtures/fiscal.txt");
    let (other, declared) = file.split_once("# Declared").expect("two parts");
    let april = FiscalYear::new(4, 1, Some(Named::End));
    for (part, fiscal) in [(other, None), (declared, april)] {
        let part = part.split_once('\n').expect("a heading").1;
        let (counts, failures) =
            every_position(part, &NumberFormat { fiscal, ..NumberFormat::default() });
        assert!(failures.is_empty(), "\n{failures}");
        assert!(counts.iter().all(|read| *read >= 8), "{counts:?}");
    }
}

/// What `crossfoot figures` lists of a text.
fn listed(name: &str, text: &str, rules: &str, language: Option<Language>) -> Vec<String> {
    let mut tree = Memory::default();
    tree.insert(name, text.as_bytes().to_vec());
    tree.insert("crossfoot.toml", rules.as_bytes().to_vec());
    let rule_files = if rules.is_empty() { Vec::new() } else { vec!["crossfoot.toml".into()] };
    let request = Request { tree: Some(Arc::new(tree)), rule_files, ..Request::default() };
    let ask = FiguresRequest { files: vec![name.into()], language, ..FiguresRequest::default() };
    let (list, problems) = figures(&request, &ask).expect("the figures of a text");
    assert_eq!(problems, "", "{text}");
    let columns = |line: &str| {
        let columns: Vec<&str> =
            line.split("  ").map(str::trim).filter(|c| !c.is_empty()).collect();
        columns[1..].join(" | ")
    };
    list.lines().skip(1).map(columns).collect()
}

#[test]
fn figures_are_listed_as_the_text_has_them_and_as_rules_read_them() {
    let german = "Rund ein Drittel der 1.250 Menschen, mehr als 2,5 Mio. Euro, 40 oder mehr.\n";
    assert_eq!(
        listed("a.md", german, "", Language::find("de")),
        [
            "Rund ein Drittel | number about 1/3 (≈ 0.291667 to 0.375) | not checked",
            "1.250 Menschen | number 1250 (1249.5 to 1250.5) | not checked",
            "mehr als 2,5 Mio. Euro | number more than 2500000 (2500000 to …) | not checked",
            "40 oder mehr | number at least 40 (40 to …) | not checked",
        ]
    );
    let odd = "It has 12\u{200b}345 cars, 12\u{ad}345 bikes and 12\u{2060}345 boats; ３４５ people, ٣٤٥ cats, 12３ dogs.\n\n\
               Between 10 and 15 percent came; between 1990 and 2000 some 5 points were lost.\n";
    assert_eq!(
        listed("a.md", odd, "", None)
            .iter()
            .map(|l| l.split(" | ").nth(1).unwrap())
            .collect::<Vec<_>>(),
        [
            "number unreadable: an invisible character, U+200B",
            "number unreadable: an invisible character, U+00AD",
            "number unreadable: an invisible character, U+2060",
            "number unreadable: digits of another script",
            "number unreadable: digits of another script",
            "number unreadable: digits of another script",
            "percent 12.5 % (9.5 % to 15.5 %)",
            "date 1990",
            "date 2000",
            "number about 5 (4 to 6)",
        ]
    );
    let pieces = "The wall is 12 feet 6 high at No. 10, for a ninth year. On 30 July and July 30, 2024, an hour and \
                  a half went by; 7 to 8 in 10 came, 899³ of 10⁶, in 1995 to 3,615 tonnes.\n";
    assert_eq!(
        listed("a.md", pieces, "", None),
        [
            "12 feet 6 high | number unreadable: not one number alone | not checked",
            "30 July | date unreadable: a day without its year | not checked",
            "July 30, 2024 | date 2024-07-30 | not checked",
            "an hour and a half went | number unreadable: not one number alone | not checked",
            "7 to 8 in 10 came | number unreadable: not one number alone | not checked",
            "899³ | number unreadable: digits set high or low | not checked",
            "10⁶ | number unreadable: not a number | not checked",
            "1995 | date 1995 | not checked",
            "3,615 tonnes | number 3615 (3614.5 to 3615.5) | not checked",
        ]
    );
    let rules = "[data.t]\npath = \"a.txt\"\npattern = \"on {day:date}\"\nm_is_million = true\nfiscal_year = \"July\"\n\
                 columns.day = { type = \"date\", format = \"%d.%m.%Y\" }\n";
    let text = "They sold 12m cards in 2023/24, on 18.05.1992 and in FY2024.\n";
    assert_eq!(
        listed("a.txt", text, rules, None),
        [
            "12m cards | number 12000000 (11500000 to 12500000) | not checked",
            "2023/24 | date 2023-07-01 to 2024-06-30 | not checked",
            "18.05.1992 | date 1992-05-18 | {t.day} t.day",
            "FY2024 | date unreadable: a fiscal year, and no rule says which of its years names it | not checked",
        ]
    );
}

#[test]
fn figures_of_tables_are_listed_and_those_of_their_headers_are_not() {
    let rules = |name: &str| {
        format!(
            "[data.t]\npath = \"{name}\"\nat = \"table 1\"\ngrouping = \",\"\n[check.s]\nassert = 'sum(t.`2023`) > 5'\n"
        )
    };
    let wanted = [
        "12 towns | number 12 (11.5 to 12.5) | not checked",
        "1,840 | number 1840 (1839.5 to 1840.5) | {t.2023} s",
        "8.5 % | percent 8.5 % (8.45 % to 8.55 %) | {t.rise} not checked",
        "8 | number 8 (7.5 to 8.5) | {t.2023} s",
        "40 more | number 40 (39.5 to 40.5) | not checked",
    ];
    let markdown = "Of 12 towns:\n\n| Town | 2023 | rise |\n|---|---:|---|\n| Elm | 1,840 | 8.5 % |\n\
                    | Ash | ~~7~~ 8 | `5` |\n\nAnd 40 more.\n";
    assert_eq!(listed("a.md", markdown, &rules("a.md"), None), wanted);
    let page = "<p>Of 12 towns:<table><tr><th>Town<th>2023<th>rise</tr><tr><td>Elm<td>1,840<td>8.5 %</tr>\n\
                <tr><td>Ash</td><td><del>7</del> 8</td><td><code>5</code></td></tr></table><p>And 40 more.";
    assert_eq!(listed("a.html", page, &rules("a.html"), None), wanted);
}

#[test]
fn the_mark_behind_the_second_of_two_percentages_holds_for_the_first() {
    let texts = [
        (
            "en",
            "It fell from 61.4 to 58.2 percent. They rose from 12 to 14 and from 1 to 2 percentage points.",
        ),
        ("de", "Es fiel von 61,4 auf 58,2 Prozent. Es stieg von 12 auf 14."),
        ("fr", "Elle passe de 61,4 à 58,2 %. Elle passe de 12 à 14."),
        ("it", "Scende dal 61,4 al 58,2 per cento. Scende da 12 a 14."),
        ("pt", "Passa de 61,4 para 58,2 por cento. Passa de 12 para 14."),
        ("es", "Baja del 61,4 al 58,2 por ciento. Baja de 12 a 14."),
    ];
    let scaled = listed("a.md", "It rose from $4.8 to $5.3 million.\n", "", None);
    assert!(
        scaled[0].ends_with("| number 4800000 (4750000 to 4850000) | not checked"),
        "{scaled:?}"
    );
    let points = listed(
        "a.md",
        "Es waren 1.5 Millionen um 18.30 Uhr in 1.2.3 dort.\n",
        "",
        Language::find("de"),
    );
    assert_eq!(points.len(), 2, "{points:?}");
    assert!(points[1].contains("| time 18:30:00 |"), "{points:?}");
    let clock = listed("a.md", "They met at 6.30 pm and left 6.30 metres.\n", "", None);
    assert!(clock[0].contains("6.30 pm | time 18:30:00 |"), "{clock:?}");
    assert!(clock[1].contains("| number 6.3 "), "{clock:?}");
    let clock = listed("a.md", "Le train part à 18h30 et non à 17h05.\n", "", Language::find("fr"));
    assert!(clock.len() == 2 && clock[0].contains("18h30 | time 18:30:00 |"), "{clock:?}");
    for (code, text) in texts {
        let all = listed("a.txt", &format!("{text}\n"), "", Language::find(code));
        let of = |n: usize| all[n].split(" | ").nth(1).unwrap().to_string();
        assert_eq!(of(0), "percent 61.4 % (61.35 % to 61.45 %)", "{code}");
        assert_eq!(of(1), "percent 58.2 % (58.15 % to 58.25 %)", "{code}");
        assert!(all[2..4].iter().all(|figure| figure.contains("| number ")), "{code}: {all:?}");
    }
}

#[test]
fn names_and_codes_are_no_figures_of_a_text() {
    let text = "The G20 met on A4 paper about COVID-19, 5G, 3D films and 4K films in v1.2.3 of B52s; \
                write to 192.168.0.1. In his 30s he spent 1.2 to 1.4 billion, \
                twice 12 km.\n";
    let all = listed("a.txt", text, "", None);
    let figures: Vec<&str> = all.iter().map(|line| line.split(" | ").next().unwrap()).collect();
    assert_eq!(figures, ["1.2 to 1.4 billion", "twice", "12 km"]);
    let text = "Route 66 to 221B Baker Street, and bus 4 to 12b. See pages 3 to 12 of ISSN 1234-5678. The book is \
                ISBN 91-7000-150-6 here, and ISBN-13: 978-91-7000-150-6 too. It cost $4b, and 3.4B dollars.\n";
    let all = listed("a.txt", text, "", None);
    let figures: Vec<&str> = all.iter().map(|line| line.split(" | ").next().unwrap()).collect();
    assert_eq!(figures, ["4b", "3.4B dollars"]);
    let text = "It was 5 degrees below zero, then 7 under zero and 2 above it.\n";
    let all = listed("a.txt", text, "", None);
    let figures: Vec<&str> = all.iter().map(|line| line.split(" | ").next().unwrap()).collect();
    assert_eq!(figures, ["5 degrees below zero", "7 under zero", "2 above"]);
    let text = "They hold 5 thousand thousand plots and 3 hundred hundred. There are five in one room in five, \
                of form 6/49a.\n";
    let all = listed("a.txt", text, "", None);
    let figures: Vec<&str> = all.iter().map(|line| line.split(" | ").next().unwrap()).collect();
    let wanted =
        ["5 thousand thousand plots", "3 hundred hundred", "five", "one room in five", "6", "49"];
    assert_eq!(figures, wanted);
    assert!(all[..2].iter().all(|line| line.contains("unreadable")), "{all:?}");
}

#[test]
fn scales_are_read_whole_or_not_at_all() {
    let text = "The outlay of ₹3 lakh crore was cut from 1.5 thousand crore to 5 lakh million. It had 3 million \
                thousand, and 3,25 miljoner.\n";
    let all = listed("a.txt", text, "", Some(Language::default()));
    let unreadable = "number unreadable: not one number alone | not checked";
    let wanted = [
        "3 lakh crore | number 3000000000000 (2500000000000 to 3500000000000) | not checked".into(),
        "1.5 thousand crore | number 15000000000 (14500000000 to 15500000000) | not checked".into(),
        "5 lakh million | number 500000000000 (450000000000 to 550000000000) | not checked".into(),
        format!("3 million thousand | {unreadable}"),
    ];
    assert_eq!(all.get(..4), Some(&wanted[..]));
}

#[test]
fn the_second_of_two_figures_says_the_scale_of_both() {
    let five = |scale: &str| format!("| number 5{scale} (");
    let (lakh_crore, million) = ("000000000000", "000000");
    for (code, text, scale) in [
        ("en", "It rose from 5 lakh to 7 lakh crore in May.", lakh_crore),
        ("en", "It rose from Rs 5 lakh to Rs 7 lakh crore in May.", lakh_crore),
        ("en", "It rose from 5 lakh to 7 crore in May.", "00000"),
        ("en", "It rose from 5 lakh to 7 lakh in May.", "00000"),
        ("en", "It rose from $5 to $7bn in May.", "000000000"),
        ("en", "It rose from $5 to $7m in May.", million),
        ("en", "It rose from 5 to 7 m in May.", ""),
        ("de", "Es stieg von 5 auf 7 Mio. Euro im Mai.", million),
        ("es", "Sube de 5 mil a 7 mil millones de euros.", "000000000"),
        ("pl", "Wzrost z 5 do 7 mln zł w maju.", million),
        ("ru", "Цена выросла с 5 до 7 млн рублей в мае.", million),
        ("uk", "Ціна зросла від 5 до 7 млн грн у травні.", million),
    ] {
        let all = listed("a.txt", &format!("{text}\n"), "", Language::find(code));
        assert!(all.len() == 2 && all[0].contains(&five(scale)), "{text}: {all:?}");
    }
    // An abbreviation with its full stop names a page.
    let page = listed("a.txt", "Это на с. 5 книги.\n", "", Language::find("ru"));
    assert_eq!(page, Vec::<String>::new());
    let text = "It rose from 5 lakh to 7 lakh crore in May.\n";
    let rules = "[data.t]\npath = \"a.txt\"\npattern = \"from {a:number} to {b:number} in\"\n\
                 [check.c]\neach = \"t\"\nassert = \"a = 5000000000000\"\n";
    let mut tree = Memory::default();
    tree.insert("a.txt", text.as_bytes().to_vec());
    tree.insert("crossfoot.toml", rules.as_bytes().to_vec());
    let request = Request {
        tree: Some(Arc::new(tree)),
        rule_files: vec!["crossfoot.toml".into()],
        ..Request::default()
    };
    let outcome = crossfoot::run(&request, &mut []);
    assert!(outcome.problems.is_empty(), "{:?}", outcome.problem_lines);
    assert_eq!((outcome.summary.errors, outcome.summary.checks.len()), (0, 1));
}

#[test]
fn a_text_whose_language_is_not_known_has_no_figures() {
    let swedish = "Försäljningen steg med 1,5 procent till 12.500 kronor, från 12 315 kronor år 2022, och vinsten \
                   blev 3,25 miljoner.\n";
    assert_eq!(listed("a.md", swedish, "", None), Vec::<String>::new());
    let dutch = listed("a.md", swedish, "", Language::find("nl"));
    assert_eq!(
        dutch.last().map(String::as_str),
        Some("3,25 miljoner | number unreadable: not one number alone | not checked")
    );
    let english = "Sales in Malmö: 12 kronor, up 5.\n";
    assert_eq!(listed("a.md", english, "", None).len(), 2);
}

#[test]
fn years_before_to_and_multiples_are_figures_of_their_own() {
    let text = "Jobs rose from 9 percent in 2010 to 4 percent in 2020. Wages were 10 pounds in 2019 to \
                £12,400 in 2024. It ran 2019 to 2024, doubled once, in a double room.\n";
    let all = listed("a.txt", text, "", None);
    let figures: Vec<&str> = all.iter().map(|line| line.split(" | ").next().unwrap()).collect();
    let years = ["9 percent", "2010", "4 percent", "2020", "10 pounds", "2019", "12,400", "2024"];
    assert_eq!(figures, [&years[..], &["2019 to 2024", "doubled"]].concat());
}

#[test]
fn a_text_that_no_rule_reads_is_no_table() {
    let mut tree = Memory::default();
    let text = "The town of Elm has 1,250 people <!-- crossfoot: 1,250 = 1251 --> and 30 shops.\n";
    tree.insert("a.txt", text.as_bytes().to_vec());
    tree.insert("b.txt", b"town,people\nElm,1250\n".to_vec());
    let tree: Arc<Memory> = Arc::new(tree);
    let run = |path: &str| {
        let request =
            Request { tree: Some(tree.clone()), paths: vec![path.into()], ..Request::default() };
        crossfoot::run(&request, &mut [])
    };
    let text = run("a.txt");
    assert!(text.problems.is_empty(), "{:?}", text.problem_lines);
    assert_eq!((text.summary.errors, text.summary.checks.len()), (1, 1));
    assert_eq!(run("b.txt").summary.errors, 0);
}

#[test]
fn comments_bind_each_of_two_figures_and_points_alone() {
    let text = "It fell by 3.2 points from 36.5% to 33.3 %. <!-- crossfoot: {3.2 points:points} = {36.5 %} - {33.3%} within rounding -->\n\n\
                There were 31 and 29, or 61 in all. <!-- crossfoot: 61 = {31} + {29} -->\n\n\
                It fell by 3.2 points from 36.5% to 33.3%. <!-- crossfoot: 3.2 points = {36.5%} - {33.3%} within rounding -->\n\n\
                They won by 12 points of 40. <!-- crossfoot: 12 points = {40} - 28 -->\n\n\
                A quarter of the €2.4bn, €600m, went to roads. <!-- crossfoot: {600m} = {2.4bn} / 4 -->\n\n\
                A third of the €1.8bn, €600m, went to roads. <!-- crossfoot: 600m = {1.8bn} / 4 -->\n\n\
                A quarter of the €2.4bn, €600m, went to roads. <!-- crossfoot: {2.4bn} = {600m} * 4 -->\n";
    let mut tree = Memory::default();
    tree.insert("a.md", text.as_bytes().to_vec());
    let request =
        Request { tree: Some(Arc::new(tree)), paths: vec!["a.md".into()], ..Request::default() };
    let outcome = crossfoot::run(&request, &mut []);
    assert!(outcome.problems.is_empty(), "{:?}", outcome.problem_lines);
    assert_eq!((outcome.summary.errors, outcome.summary.checks.len()), (2, 7));
}

#[test]
fn figures_are_read_whole_in_every_language() {
    let mut all = String::new();
    for language in Language::all().skip(1) {
        let code = language.code();
        let file = std::fs::read_to_string(format!("fixtures/languages/{code}.txt"));
        let (counts, failures) = every_position(
            &file.expect("a fixture of each language"),
            &NumberFormat::in_language(language),
        );
        writeln!(all, "{}", failures.replace('\n', &format!("\n{code} "))).unwrap();
        let least = if ["de", "fr"].contains(&code) { 40 } else { 12 };
        if counts.iter().any(|read| *read < least) {
            writeln!(all, "{code}: {counts:?}").unwrap();
        }
    }
    assert!(all.trim().is_empty(), "{all}");
}

/// Reads the figures of a file wherever the placeholder stands: how many are read in each position,
/// and what is read wrongly or not at all.
fn every_position(file: &str, number: &NumberFormat) -> (Vec<usize>, String) {
    let all: Vec<Case<'_>> = cases(file).collect();
    let mut failures = String::new();
    let mut counts = Vec::new();
    for position in ["front", "middle", "end"] {
        let mut read = 0;
        for case in &all {
            let before = escaped(last_word(&case.text[..case.figure.start]));
            let glued = case.text[..case.figure.start].ends_with(' ');
            let behind = escaped(first_word(&case.text[case.figure.end..]));
            let before = if glued { format!("{before} ") } else { before };
            let hole = format!("{{x:{}}}", case.kind);
            let pattern = match position {
                "front" => format!("{hole}{behind}"),
                "middle" => format!("{before}{hole}{behind}"),
                _ => format!("{before}{hole}"),
            };
            if position != "front" && before.trim().is_empty()
                || position != "end" && behind.trim().is_empty()
            {
                continue;
            }
            match outcome(case, &pattern, number) {
                Ok(Some(_)) => read += 1,
                Ok(None) if case.value.is_none() => {}
                Ok(None) => {
                    writeln!(failures, "{position}: {pattern}: {}: nothing", case.written).unwrap()
                }
                Err(why) => {
                    let wanted = case.value.unwrap_or("nothing");
                    writeln!(
                        failures,
                        "{position}: {pattern}: {}: {why}, not {wanted}",
                        case.written
                    )
                    .unwrap();
                }
            }
        }
        counts.push(read);
    }
    (counts, failures)
}

/// The marks of a text, those with nothing but white space between them as one.
fn ends(text: &str) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices(|c: char| ('\u{1d}'..='\u{1f}').contains(&c)) {
        match all.last_mut().filter(|last| text[last.end..at].trim().is_empty()) {
            Some(last) => last.end = at + 1,
            None => all.push(at..at + 1),
        }
    }
    all
}

/// Matches in some parts of a text, one after the other.
fn found(pattern: &Pattern, text: &str, parts: Vec<Range<usize>>) -> Vec<Found> {
    let (mut all, mut at) = (Vec::new(), 0);
    for part in parts {
        at = part.start.max(at);
        while let Some(found) = pattern.find(text, at..part.end) {
            at = found.range.end.max(at + 1);
            all.push(found);
        }
    }
    all
}

const PATTERNS: [&str; 9] = [
    "in {y:year}, {p:percent} of {n:integer} homes",
    "{p:percent} of homes",
    "{who} had homes",
    "homes {rest}",
    "{a:text} homes {b:line} in",
    "in {y:year} … homes",
    "[about ]{n:number} (homes|of them)[ in {y:year}] were",
    "homes {{n:integer} of {m:integer}}*",
    "{n:number}",
];
const PIECES: [&str; 20] = [
    "homes",
    "Homes",
    "of",
    "in",
    "in 1998,",
    "12 percent",
    "5",
    "1,200",
    "had",
    "were",
    "them",
    "about",
    "and",
    ",",
    "\u{1d}",
    "\u{1e}",
    "\u{1f}",
    "\u{1e} \n\u{1f}",
    "。",
    "it",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 200, rng_seed: RngSeed::Fixed(18), ..ProptestConfig::default() })]

    #[test]
    fn what_is_found_around_a_word_is_what_is_found(
        pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 1..40),
    ) {
        let text = pieces.join(" ");
        let ends = ends(&text);
        for pattern in PATTERNS {
            let pattern = Pattern::compile(pattern).expect("a pattern");
            let all = 0..text.len();
            let parts = pattern.parts(&text, &all, &ends);
            let whole = found(&pattern, &text, vec![all.clone()]);
            prop_assert_eq!(found(&pattern, &text, parts), whole, "{} in {:?}", pattern.text, text);
        }
    }
}
