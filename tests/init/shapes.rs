//! Tables of the kinds that offices publish, each made by rules that are written beside it.

use crate::Made;
use crate::dice::{Dice, places, written};
use crate::lists::{columns, made, row, table};

pub fn all() -> Vec<Made> {
    let mut all = Vec::new();
    for seed in 1..=3 {
        all.push(vital(seed));
        all.push(election(seed));
        all.push(budget(seed));
        all.push(codes(seed));
        all.push(timetable(seed));
        all.push(survey(seed));
        all.push(prices(seed));
        all.push(by_sex(seed));
        all.push(days(seed));
        all.push(sheet(seed));
        all.push(shares(seed));
        all.push(grants(seed));
        all.push(levels(seed));
        all.push(through(seed));
        all.push(random(seed));
    }
    all
}

/// Births and deaths of regions in years, with a list of the regions.
fn vital(seed: u64) -> Made {
    let mut dice = Dice::new(seed);
    let names = places(usize::try_from(10 + 4 * seed).expect("few"));
    let mut list = vec![row(&[&"code", &"name", &"area_km2"])];
    let mut rows = vec![row(&[&"code", &"region", &"year", &"births", &"deaths", &"balance"])];
    for (n, name) in names.iter().enumerate() {
        let code = format!("R{:02}", n + 1);
        list.push(row(&[&code, name, &written(dice.from(2000, 90000), 1, ".", "")]));
        for year in 2010..2010 + 4 * i64::try_from(seed).expect("small") {
            let (births, deaths) = (dice.from(500, 9000), dice.from(500, 9000));
            rows.push(row(&[&code, name, &year, &births, &deaths, &(births - deaths)]));
        }
    }
    made(
        "vital",
        vec![("regions.csv", table(",", &list)), ("vital.csv", table(",", &rows))],
        vec![
            columns("regions", "code:- name:- area_km2:number"),
            columns(
                "vital",
                "code:- region:- year:year births:integer deaths:integer balance:integer",
            ),
        ],
        &[
            "!key regions code",
            "!key vital code,year",
            "!in vital.code regions.code",
            "!assert balance = births - deaths",
            "assert count(distinct region) = 1",
            "assert count(distinct code) = 1",
            "assert year > prev(year by code)",
            "one_of vital.code",
            "one_of vital.region",
            "unique regions.name",
        ],
    )
}

/// Votes of parties by precinct, and totals of districts.
fn election(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 10);
    let parties = ["Reds", "Blues", "Greens", "Union"];
    let mut rows = vec![row(&[
        &"precinct_id",
        &"district",
        &"electors",
        &"ballots",
        &"invalid",
        &"valid",
        &"Reds",
        &"Blues",
        &"Greens",
        &"Union",
    ])];
    let mut districts = vec![row(&[&"district", &"valid", &"Reds", &"Blues", &"Greens", &"Union"])];
    let mut precinct = 1000;
    for name in places(usize::try_from(12 + seed).expect("few")) {
        let mut sums = [0; 5];
        for _ in 0..dice.from(3, 7) {
            precinct += 1;
            let votes: Vec<i64> = parties.iter().map(|_| dice.from(20, 900)).collect();
            let valid: i64 = votes.iter().sum();
            let invalid = dice.from(1, 60);
            let electors = valid + invalid + dice.from(100, 900);
            for (sum, v) in sums.iter_mut().zip(std::iter::once(&valid).chain(&votes)) {
                *sum += v;
            }
            let [a, b, c, d] = votes[..] else { unreachable!() };
            rows.push(row(&[
                &precinct,
                &name,
                &electors,
                &(valid + invalid),
                &invalid,
                &valid,
                &a,
                &b,
                &c,
                &d,
            ]));
        }
        let [valid, a, b, c, d] = sums;
        districts.push(row(&[&name, &valid, &a, &b, &c, &d]));
    }
    let of = |column: &str| {
        format!(
            "assert districts.{column} = sum(precincts.{column} where district = districts.district)"
        )
    };
    let mut made = made(
        "election",
        vec![("precincts.csv", table(",", &rows)), ("districts.csv", table(",", &districts))],
        vec![
            columns(
                "precincts",
                "precinct_id:integer district:- electors:integer ballots:integer invalid:integer valid:integer Reds:integer Blues:integer Greens:integer Union:integer",
            ),
            columns(
                "districts",
                "district:- valid:integer Reds:integer Blues:integer Greens:integer Union:integer",
            ),
        ],
        &[
            "!key precincts precinct_id",
            "!key districts district",
            "!in precincts.district districts.district",
            "!assert ballots = invalid + valid",
            "!assert valid = sum(Reds to Union)",
            "!assert ballots <= electors",
        ],
    );
    for column in ["valid", "Reds", "Blues", "Greens", "Union"] {
        made.rules.push(format!("!{}", of(column)));
    }
    made
}

/// Spending by item and quarter, with totals both ways.
fn budget(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 20);
    let decimals = if seed == 2 { 2 } else { 0 };
    let cell = |value: i64| written(value, decimals, ".", "");
    let mut rows = vec![row(&[&"Item", &"Q1", &"Q2", &"Q3", &"Q4", &"Total"])];
    let mut sums = [0; 5];
    for item in ["Schools", "Roads", "Police", "Parks", "Health", "Housing", "Culture", "Water"] {
        let quarters: Vec<i64> = (0..4).map(|_| dice.from(1000, 90000)).collect();
        let total: i64 = quarters.iter().sum();
        let mut cells = vec![item.to_string()];
        for (sum, value) in sums.iter_mut().zip(quarters.iter().chain([&total])) {
            *sum += value;
            cells.push(cell(*value));
        }
        rows.push(cells);
    }
    let mut last = vec!["Total".to_string()];
    last.extend(sums.iter().map(|v| cell(*v)));
    rows.push(last);
    let ty = if decimals > 0 { "number" } else { "integer" };
    let list = format!("Item:- Q1:{ty}? Q2:{ty}? Q3:{ty}? Q4:{ty}? Total:{ty}?");
    let name = "budget";
    let mut made = made(
        name,
        vec![("budget.csv", table(",", &rows))],
        vec![columns(name, &list)],
        &["!key budget Item", "!assert Total = sum(Q1 to Q4)"],
    );
    for column in ["Q1", "Q2", "Q3", "Q4", "Total"] {
        made.rules.push(format!(
            "!assert only(budget.{column} where Item = \"Total\") = sum(budget.{column} where Item != \"Total\")"
        ));
    }
    made
}

/// A classification: codes with labels, each below another.
fn codes(seed: u64) -> Made {
    let mut rows = vec![row(&[&"code", &"label", &"parent"])];
    let names = places(120);
    let mut names = names.iter();
    for a in 1..=9 + seed {
        rows.push(row(&[&format!("{a:02}"), names.next().expect("a name"), &""]));
        for b in 1..=(3 + (a + seed) % 4) {
            let code = format!("{a:02}.{b}");
            rows.push(row(&[&code, names.next().expect("a name"), &format!("{a:02}")]));
        }
    }
    made(
        "codes",
        vec![("classification.csv", table(";", &rows))],
        vec![columns("classification", "code:text label:- parent:text?")],
        &["!key classification code", "!in classification.parent classification.code"],
    )
}

/// Stops, routes, trips and times, as timetables are exchanged.
fn timetable(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 30);
    let mut stops = vec![row(&[&"stop_id", &"stop_name", &"stop_lat", &"stop_lon"])];
    for (n, name) in places(30).iter().enumerate() {
        let (lat, lon) = (dice.from(47_000_000, 48_000_000), dice.from(8_000_000, 9_000_000));
        stops.push(row(&[
            &format!("S{}", 100 + n),
            name,
            &written(lat, 6, ".", ""),
            &written(lon, 6, ".", ""),
        ]));
    }
    let mut routes = vec![row(&[&"route_id", &"route_short_name", &"route_type"])];
    let mut trips = vec![row(&[&"route_id", &"service_id", &"trip_id"])];
    let mut times =
        vec![row(&[&"trip_id", &"arrival_time", &"departure_time", &"stop_id", &"stop_sequence"])];
    let clock = |m: i64| format!("{:02}:{:02}:00", m / 60, m % 60);
    for route in 1..=12 {
        routes.push(row(&[&format!("L{route}"), &route, &dice.from(0, 3)]));
        for trip in 1..=4 {
            let id = format!("L{route}-{trip}");
            let service = dice.pick::<&str>(&["WEEK", "SAT", "SUN"]);
            trips.push(row(&[&format!("L{route}"), service, &id]));
            let mut minute = dice.from(300, 1350);
            for stop in 1..=dice.from(5, 9) {
                let leaves = minute + dice.from(0, 2);
                let at = format!("S{}", 100 + dice.from(0, 29));
                times.push(row(&[&id, &clock(minute), &clock(leaves), &at, &stop]));
                minute = leaves + dice.from(2, 9);
            }
        }
    }
    made(
        "timetable",
        vec![
            ("stops.txt", table(",", &stops)),
            ("routes.txt", table(",", &routes)),
            ("trips.txt", table(",", &trips)),
            ("stop_times.txt", table(",", &times)),
        ],
        vec![
            columns("stops", "stop_id:- stop_name:- stop_lat:number stop_lon:number"),
            columns("routes", "route_id:- route_short_name:integer route_type:integer"),
            columns("trips", "route_id:- service_id:- trip_id:-"),
            columns(
                "stop_times",
                "trip_id:- arrival_time:duration departure_time:duration stop_id:- stop_sequence:integer",
            ),
            columns("stop_times", "arrival_time:time departure_time:time"),
        ],
        &[
            "!key stops stop_id",
            "!key routes route_id",
            "!key trips trip_id",
            "!key stop_times trip_id,stop_sequence",
            "!in trips.route_id routes.route_id",
            "!in stop_times.trip_id trips.trip_id",
            "!in stop_times.stop_id stops.stop_id",
            "assert arrival_time <= departure_time",
            "assert stop_sequence > prev(stop_sequence by trip_id)",
            "one_of trips.service_id",
        ],
    )
}

/// Answers of persons.
fn survey(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 40);
    let mut rows = vec![row(&[&"person", &"sex", &"age", &"education", &"income", &"answer"])];
    let mut number = 0;
    for _ in 0..400 {
        number += dice.from(1, 3);
        let income =
            if dice.one_in(9) { "n/a".to_string() } else { dice.from(9, 90).to_string() + "00" };
        rows.push(row(&[
            &format!("P{number:05}"),
            dice.pick::<&str>(&["f", "m"]),
            &dice.from(18, 95),
            dice.pick::<&str>(&["none", "school", "college", "degree"]),
            &income,
            dice.pick::<&str>(&["yes", "no"]),
        ]));
    }
    made(
        "survey",
        vec![("survey.csv", table(",", &rows))],
        vec![columns(
            "survey",
            "person:- sex:- age:integer education:- income:integer? answer:boolean",
        )],
        &["!key survey person", "one_of survey.sex", "one_of survey.education"],
    )
}

/// Prices of products on days, as a spreadsheet writes them.
fn prices(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 50);
    let mut products = vec![row(&[&"sku", &"product", &"unit"])];
    let mut rows = vec![row(&[&"date", &"sku", &"price"])];
    for (n, name) in places(15).iter().enumerate() {
        products.push(row(&[
            &format!("{:04}", 17 * (n + 1)),
            name,
            dice.pick::<&str>(&["kg", "l", "piece"]),
        ]));
    }
    for month in 1..=12 {
        for n in 1..=15 {
            let date = match seed {
                1 => format!("01.{month:02}.2024"),
                2 => format!("2024-{month:02}-01"),
                _ => format!("{month:02}/28/2024"),
            };
            let price = written(dice.from(80, 250_000), 2, ",", ".");
            rows.push(row(&[&date, &format!("{:04}", 17 * n), &price]));
        }
    }
    made(
        "prices",
        vec![("products.csv", table(";", &products)), ("prices.csv", table(";", &rows))],
        vec![
            columns("products", "sku:text product:- unit:-"),
            columns("prices", "date:date sku:text price:number"),
        ],
        &[
            "!key products sku",
            "!key prices date,sku",
            "!in prices.sku products.sku",
            "assert date > prev(date by sku)",
            "one_of products.unit",
        ],
    )
}

/// Counts by region, sex and year with totals of both sexes.
fn by_sex(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 60);
    let mut rows =
        vec![row(&[&"region", &"sex", &"year", &"employed", &"unemployed", &"labour_force"])];
    for region in places(6 + usize::try_from(seed).expect("small")) {
        for year in 2015..2021 {
            let mut sums = [0, 0];
            for sex in ["women", "men"] {
                let (employed, unemployed) = (dice.from(1000, 90000), dice.from(100, 9000));
                sums = [sums[0] + employed, sums[1] + unemployed];
                let force = employed + unemployed;
                rows.push(row(&[&region, &sex, &year, &employed, &unemployed, &force]));
            }
            rows.push(row(&[&region, &"total", &year, &sums[0], &sums[1], &(sums[0] + sums[1])]));
        }
    }
    let mut made = made(
        "by_sex",
        vec![("labour.csv", table(",", &rows))],
        vec![columns(
            "labour",
            "region:- sex:- year:year employed:integer unemployed:integer labour_force:integer",
        )],
        &[
            "!key labour region,sex,year",
            "!assert labour_force = employed + unemployed",
            "one_of labour.region",
            "one_of labour.sex",
            "assert year > prev(year by region, sex)",
        ],
    );
    for column in ["employed", "unemployed", "labour_force"] {
        made.rules.push(format!(
            "!assert only({column} where sex = \"total\") = sum({column} where sex != \"total\")"
        ));
    }
    made
}

/// A series of days.
fn days(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 70);
    let mut rows = vec![row(&[&"date", &"new_cases", &"rate"])];
    for month in 1..=4 {
        for day in 1..=28 {
            let rate = written(dice.from(10, 990), 1, ".", "");
            let cases =
                if dice.one_in(20) { "-".to_string() } else { dice.from(0, 400).to_string() };
            rows.push(row(&[&format!("2021-{month:02}-{day:02}"), &cases, &rate]));
        }
    }
    made(
        "days",
        vec![("cases.csv", table(",", &rows))],
        vec![columns("cases", "date:date new_cases:integer? rate:number")],
        &["!key cases date", "assert date > prev(date)"],
    )
}

/// A table as it comes out of a spreadsheet: a title, decimal commas, markers, an old encoding.
fn sheet(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 80);
    let mut text = "Bevölkerung nach Kreisen;;;;\nStand: 31.12.2023;;;;\n\n".to_string();
    let mut rows = vec![row(&[&"Kreis", &"Fläche", &"Einwohner", &"männlich", &"weiblich"])];
    let mut sums = [0; 4];
    for name in places(14) {
        let (area, men, women) =
            (dice.from(900, 90_000), dice.from(9000, 90_000), dice.from(9000, 90_000));
        let own = [area, men + women, men, women];
        sums.iter_mut().zip(own).for_each(|(sum, v)| *sum += v);
        let whole = |v: i64| written(v, 0, ",", ".");
        rows.push(row(&[
            &name,
            &written(area, 2, ",", "."),
            &whole(men + women),
            &whole(men),
            &whole(women),
        ]));
    }
    let whole = |v: i64| written(v, 0, ",", ".");
    rows.push(row(&[
        &"Insgesamt",
        &written(sums[0], 2, ",", "."),
        &whole(sums[1]),
        &whole(sums[2]),
        &whole(sums[3]),
    ]));
    text.push_str(&table(";", &rows));
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    let mut made = made(
        "sheet",
        vec![("kreise.csv", String::new())],
        vec![columns(
            "kreise",
            "Kreis:- Fläche:number? Einwohner:integer? männlich:integer? weiblich:integer?",
        )],
        &["!key kreise Kreis", "!assert Einwohner = männlich + weiblich"],
    );
    made.files[0].1 = latin;
    for column in ["Fläche", "Einwohner", "männlich", "weiblich"] {
        made.rules.push(format!(
            "!assert only(kreise.{column} where Kreis = \"Insgesamt\") = sum(kreise.{column} where Kreis != \"Insgesamt\")"
        ));
    }
    made
}

/// Amounts in thousands, rounded one by one, with their rounded total.
fn shares(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 90);
    let mut rows = vec![row(&[&"country", &"coal", &"gas", &"wind", &"sun", &"all_sources"])];
    for name in places(40) {
        let parts: Vec<i64> = (0..4).map(|_| dice.from(1_000, 900_000)).collect();
        let total: i64 = parts.iter().sum();
        let mut cells = vec![name];
        // Hundredths, rounded to tenths.
        cells.extend(parts.iter().chain([&total]).map(|v| written((v + 5) / 10, 1, ".", "")));
        rows.push(cells);
    }
    made(
        "shares",
        vec![("power.csv", table(",", &rows))],
        vec![columns(
            "power",
            "country:- coal:number gas:number wind:number sun:number all_sources:number",
        )],
        &["!key power country", "!assert all_sources = sum(coal to sun) within rounding"],
    )
}

/// Grants with days in order, in several files.
fn grants(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 100);
    let header =
        row(&[&"grant_id", &"recipient", &"start_date", &"end_date", &"amount", &"currency"]);
    let names = places(90);
    let mut files = Vec::new();
    let mut number = 500;
    for year in 2019..2022 {
        let mut rows = vec![header.clone()];
        for _ in 0..40 {
            number += dice.from(1, 9);
            let (from, months) = (dice.from(1, 12), dice.from(1, 30));
            let to = from + months;
            rows.push(row(&[
                &format!("G-{number}"),
                dice.pick::<String>(&names),
                &format!("{year}-{from:02}-{:02}", dice.from(1, 15)),
                &format!(
                    "{}-{:02}-{:02}",
                    year + (to - 1) / 12,
                    (to - 1) % 12 + 1,
                    dice.from(16, 28)
                ),
                &written(dice.from(10_000, 9_000_000), 2, ".", ""),
                dice.pick::<&str>(&["EUR", "GBP", "USD"]),
            ]));
        }
        files.push((format!("grants/{year}.csv"), table(",", &rows).into_bytes()));
    }
    let mut made = made(
        "grants",
        Vec::new(),
        vec![columns(
            "grants",
            "grant_id:- recipient:- start_date:date end_date:date amount:number currency:-",
        )],
        &["!key grants grant_id", "assert start_date <= end_date", "one_of grants.currency"],
    );
    made.files = files;
    made
}

/// An account plan: each account holds the sum of those below it.
fn levels(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 110);
    let names = places(200);
    let mut rows = vec![row(&[&"account_code", &"account", &"parent_code", &"planned", &"spent"])];
    for a in 1..=11 {
        let parts: Vec<(i64, i64)> = (0..dice.from(2, 6))
            .map(|_| (dice.from(100, 90_000), dice.from(100, 90_000)))
            .collect();
        let planned: i64 = parts.iter().map(|p| p.0).sum();
        let spent: i64 = parts.iter().map(|p| p.1).sum();
        rows.push(row(&[&format!("A{a}"), &names[a], &"", &planned, &spent]));
        for (n, (planned, spent)) in parts.iter().enumerate() {
            let code = format!("A{a}-{}", n + 1);
            rows.push(row(&[&code, &names[a * 9 + n + 12], &format!("A{a}"), planned, spent]));
        }
    }
    let below = |column: &str| {
        format!(
            "!assert if count(accounts where parent_code = row.account_code) > 0 then row.{column} = sum(accounts.{column} where parent_code = row.account_code)"
        )
    };
    let mut made = made(
        "levels",
        vec![("accounts.csv", table(",", &rows))],
        vec![columns(
            "accounts",
            "account_code:- account:- parent_code:-? planned:integer spent:integer",
        )],
        &["!key accounts account_code", "!in accounts.parent_code accounts.account_code"],
    );
    made.rules.extend([below("planned"), below("spent")]);
    made
}

/// Totals of regions, whose districts are listed in a table of their own.
fn through(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 130);
    let mut districts = vec![row(&[&"district", &"region"])];
    let mut figures = vec![row(&[&"district", &"year", &"people"])];
    let mut totals = vec![row(&[&"region", &"year", &"people"])];
    let mut number = 100;
    for region in places(9) {
        let mut sums = [0; 4];
        for _ in 0..dice.from(4, 9) {
            number += 1;
            let district = format!("D{number}");
            districts.push(row(&[&district, &region]));
            for (n, sum) in sums.iter_mut().enumerate() {
                let people = dice.from(900, 90_000);
                *sum += people;
                figures.push(row(&[&district, &(2010 + n), &people]));
            }
        }
        for (n, sum) in sums.iter().enumerate() {
            totals.push(row(&[&region, &(2010 + n), sum]));
        }
    }
    made(
        "through",
        vec![
            ("districts.csv", table(",", &districts)),
            ("figures.csv", table(",", &figures)),
            ("totals.csv", table(",", &totals)),
        ],
        vec![
            columns("districts", "district:- region:-"),
            columns("figures", "district:- year:year people:integer"),
            columns("totals", "region:- year:year people:integer"),
        ],
        &[
            "!key districts district",
            "!key figures district,year",
            "!key totals region,year",
            "!in figures.district districts.district",
            "!assert totals.people = sum(figures.people where districts[district].region = totals.region and year = totals.year)",
            "assert year > prev(year by district)",
            "assert year > prev(year by region)",
            "one_of districts.region",
            "one_of totals.region",
        ],
    )
}

/// Figures without any rule.
pub fn random(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 120);
    let mut rows = vec![row(&[&"a", &"b", &"c", &"d", &"e", &"f"])];
    for _ in 0..60 + 40 * seed {
        let cells: Vec<String> = (0..6)
            .map(|n| match n {
                0 | 1 => dice.from(0, 99_999).to_string(),
                2 => dice.from(0, 9).to_string(),
                3 => written(dice.from(-50_000, 50_000), 2, ".", ""),
                4 => written(dice.from(0, 9999), 1, ".", ""),
                _ => dice.from(1, 300).to_string(),
            })
            .collect();
        rows.push(cells);
    }
    let list = "a:integer b:integer c:integer d:number e:number f:integer";
    made("random", vec![("random.csv", table(",", &rows))], vec![columns("random", list)], &[])
}
