//! Tables with rates, shares, changes and differences, made by rules that are written beside each.

use crate::Made;
use crate::dice::{Dice, places, written};
use crate::lists::{columns, made, row, table};
use crate::published::{ratio, sum};

pub fn all() -> Vec<Made> {
    let mut all = Vec::new();
    for seed in 1..=2 {
        all.push(movements(seed));
        all.push(labour(seed));
        all.push(per_head(seed));
        all.push(quarters(seed));
        all.push(trade(seed));
        all.push(crime(seed));
        all.push(candidates(seed));
        all.push(flags(seed));
        all.push(hospitals(seed));
        all.push(marks(seed));
        all.push(league(seed));
        all.push(weather(seed));
        all.push(schools(seed));
    }
    all
}

/// How the people of districts became more or fewer.
fn movements(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 400);
    let mut rows = vec![row(&[
        &"district",
        &"year",
        &"pop_start",
        &"births",
        &"deaths",
        &"natural_increase",
        &"immigration",
        &"emigration",
        &"net_migration",
        &"pop_end",
    ])];
    for place in places(12) {
        let mut people = dice.from(9000, 90_000);
        for year in 2018..2023 {
            let [b, d, i, e] = [0; 4].map(|_| dice.from(100, 900));
            let end = people + b - d + i - e;
            rows.push(row(&[&place, &year, &people, &b, &d, &(b - d), &i, &e, &(i - e), &end]));
            people = end;
        }
    }
    made(
        "movements",
        vec![("movements.csv", table(",", &rows))],
        vec![columns(
            "movements",
            "district:- year:year pop_start:integer births:integer deaths:integer natural_increase:integer immigration:integer emigration:integer net_migration:integer pop_end:integer",
        )],
        &[
            "!key movements district,year",
            "!assert natural_increase = births - deaths",
            "!assert net_migration = immigration - emigration",
            "!assert pop_end = pop_start + natural_increase + net_migration | assert pop_end = pop_start + births - deaths + immigration - emigration",
            "!assert pop_start = prev(pop_end by district)",
            "assert year > prev(year by district)",
            "one_of movements.district",
        ],
    )
}

/// The labour force and the rate of the unemployed.
fn labour(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 410);
    let mut rows =
        vec![row(&[&"state", &"labour_force", &"employed", &"unemployed", &"unemployment_rate"])];
    for place in places(30) {
        let (employed, unemployed) = (dice.from(90_000, 900_000), dice.from(9000, 90_000));
        let force = employed + unemployed;
        rows.push(row(&[
            &place,
            &force,
            &employed,
            &unemployed,
            &ratio(100 * unemployed, force, 1),
        ]));
    }
    made(
        "labour",
        vec![("labour.csv", table(",", &rows))],
        vec![columns(
            "labour",
            "state:- labour_force:integer employed:integer unemployed:integer unemployment_rate:number",
        )],
        &[
            "!key labour state",
            "!assert labour_force = employed + unemployed",
            "!assert unemployment_rate = 100 * unemployed / labour_force within rounding",
        ],
    )
}

/// Deaths by 100,000 people, and product by head.
fn per_head(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 420);
    let mut rows = vec![row(&[
        &"country",
        &"population",
        &"gdp",
        &"gdp_per_capita",
        &"deaths",
        &"deaths_per_100k",
        &"area_km2",
        &"density",
    ])];
    for place in places(34) {
        let people = dice.from(900_000, 90_000_000);
        let gdp = people * dice.from(9000, 70_000) + dice.from(0, people - 1);
        let deaths = people / dice.from(80, 200);
        let area = dice.from(9000, 900_000);
        rows.push(row(&[
            &place,
            &people,
            &gdp,
            &ratio(gdp, people, 0),
            &deaths,
            &ratio(100_000 * deaths, people, 1),
            &area,
            &ratio(people, area, 1),
        ]));
    }
    made(
        "per_head",
        vec![("countries.csv", table(",", &rows))],
        vec![columns(
            "countries",
            "country:- population:integer gdp:integer gdp_per_capita:integer gdp_per_capita:number deaths:integer deaths_per_100k:number area_km2:integer density:number",
        )],
        &[
            "!key countries country",
            "!assert gdp_per_capita = gdp / population within rounding",
            "!assert deaths_per_100k = 100000 * deaths / population within rounding",
            "!assert density = population / area_km2 within rounding",
        ],
    )
}

/// Quarters with the change on the quarter before.
fn quarters(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 430);
    let mut rows = vec![row(&[&"quarter", &"gdp", &"qoq_change", &"yoy_change"])];
    let mut all: Vec<i64> = Vec::new();
    for n in 0..48 {
        let own = dice.from(90_000, 99_000);
        let change = |by: usize| {
            let before = all.len().checked_sub(by).and_then(|at| all.get(at));
            before.map_or(String::new(), |b| ratio(100 * (own - b), *b, 1))
        };
        rows.push(row(&[
            &format!("{}-Q{}", 2010 + n / 4, n % 4 + 1),
            &own,
            &change(1),
            &change(4),
        ]));
        all.push(own);
    }
    made(
        "quarters",
        vec![("gdp.csv", table(",", &rows))],
        vec![columns("gdp", "quarter:date gdp:integer qoq_change:number? yoy_change:number?")],
        &[
            "!key gdp quarter",
            "assert quarter > prev(quarter)",
            "!assert qoq_change = 100 * (gdp - prev(gdp)) / prev(gdp) within rounding",
            "assert yoy_change = 100 * (gdp - prev(gdp, 4)) / prev(gdp, 4) within rounding",
        ],
    )
}

/// Trade of goods by code, with a balance.
fn trade(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 440);
    let mut rows =
        vec![row(&[&"hs", &"goods", &"exports", &"imports", &"balance", &"coverage_ratio"])];
    let mut sums = [0; 2];
    let money = |v: i64| written(v, 1, ".", "");
    let line = |code: &str, name: &str, x: i64, m: i64| {
        row(&[&code, &name, &money(x), &money(m), &money(x - m), &ratio(100 * x, m, 1)])
    };
    for (n, place) in places(24).iter().enumerate() {
        let own = [dice.from(9000, 900_000), dice.from(9000, 900_000)];
        sums = [sums[0] + own[0], sums[1] + own[1]];
        rows.push(line(&format!("{:04}", 101 + 37 * n), place, own[0], own[1]));
    }
    rows.push(line("TOTAL", "All goods", sums[0], sums[1]));
    let mut made = made(
        "trade",
        vec![("trade.csv", table(",", &rows))],
        vec![columns(
            "trade",
            "hs:- goods:- exports:number imports:number balance:number coverage_ratio:number",
        )],
        &[
            "!key trade hs",
            "!assert balance = exports - imports",
            "!assert coverage_ratio = 100 * exports / imports within rounding",
            "unique trade.goods",
        ],
    );
    for head in ["exports", "imports", "balance"] {
        made.rules.push(format!(
            "!assert only(trade.{head} where hs = \"TOTAL\") = sum(trade.{head} where hs != \"TOTAL\") | assert only(trade.{head} where goods = \"All goods\") = sum(trade.{head} where goods != \"All goods\")"
        ));
    }
    made
}

/// Cases of two years with the difference and the change in percent.
fn crime(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 450);
    let heads = ["Offence", "2022", "2023", "Difference", "% change", "Cleared", "Clearance rate"];
    let mut rows = vec![heads.map(str::to_string).to_vec()];
    for name in places(16) {
        let (a, b) = (dice.from(100, 9000), dice.from(100, 9000));
        let cleared = b * dice.from(100, 900) / 1000;
        rows.push(row(&[
            &name,
            &a,
            &b,
            &(b - a),
            &format!("{}%", ratio(100 * (b - a), a, 1)),
            &cleared,
            &format!("{}%", ratio(100 * cleared, b, 0)),
        ]));
    }
    let mut made = made(
        "crime",
        vec![("crime.csv", table(",", &rows))],
        vec![columns("crime", "Offence:- Difference:integer? Cleared:integer?")],
        &[
            "!key crime Offence",
            "!assert Difference = `2023` - `2022`",
            "!assert `% change` = (`2023` - `2022`) / `2022` within rounding | assert `% change` = Difference / `2022` within rounding",
            "!assert `Clearance rate` = Cleared / `2023` within rounding",
            "assert Cleared <= `2023`",
        ],
    );
    for (head, ty) in [
        ("2022", "integer"),
        ("2023", "integer"),
        ("% change", "percent"),
        ("Clearance rate", "percent"),
    ] {
        made.rules.push(format!("type crime.{head} {ty}"));
    }
    made
}

/// Candidates with their share of the votes of the district, and a list of the districts.
fn candidates(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 460);
    let mut rows = vec![row(&[&"district_no", &"candidate", &"party", &"votes", &"vote_share"])];
    let mut list = vec![row(&[&"district_no", &"name", &"electorate", &"valid_votes"])];
    for (n, place) in places(20).iter().enumerate() {
        let no = 11 + 3 * n;
        let own: Vec<i64> = (0..dice.from(3, 6)).map(|_| dice.from(300, 30_000)).collect();
        let all = sum(&own);
        list.push(row(&[&no, place, &(all + dice.from(5000, 30_000)), &all]));
        for (k, votes) in own.iter().enumerate() {
            let party = ["Blue", "Red", "Green", "Union", "Farmers", "Local"][k];
            rows.push(row(&[
                &no,
                &format!("Candidate {n}.{k}"),
                &party,
                votes,
                &ratio(100 * votes, all, 2),
            ]));
        }
    }
    made(
        "candidates",
        vec![("districts.csv", table(",", &list)), ("candidates.csv", table(",", &rows))],
        vec![
            columns(
                "districts",
                "district_no:integer name:- electorate:integer valid_votes:integer",
            ),
            columns(
                "candidates",
                "district_no:integer candidate:- party:- votes:integer vote_share:number",
            ),
        ],
        &[
            "!key districts district_no",
            "!key candidates district_no,party | key candidates district_no,candidate | key candidates candidate",
            "!in candidates.district_no districts.district_no",
            "!assert districts.valid_votes = sum(candidates.votes where district_no = districts.district_no)",
            "!assert vote_share = 100 * votes / sum(votes by district_no) within rounding | assert vote_share = 100 * votes / districts[district_no].valid_votes within rounding",
            "unique districts.name",
            "one_of candidates.party",
            "assert valid_votes <= electorate",
            "assert district_no >= prev(district_no)",
        ],
    )
}

/// Figures with flags behind them, and colons for none.
fn flags(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 470);
    let mut text = "unit,sex,geo\\TIME_PERIOD\t2018 \t2019 \t2020 \t2021 \n".to_string();
    let flag: [&str; 3] = if seed == 1 { [" b", " p", " e"] } else { [" ep", " d", " u"] };
    for geo in ["AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR"]
    {
        for sex in ["T", "M", "F"] {
            let cells: Vec<String> = (0..4)
                .map(|_| match dice.from(1, 20) {
                    1 => ": ".to_string(),
                    n @ 2..=4 => {
                        let mark = flag[usize::try_from(n - 2).expect("small")];
                        written(dice.from(100, 9999), 1, ".", "") + mark
                    }
                    _ => written(dice.from(100, 9999), 1, ".", "") + " ",
                })
                .collect();
            text += &format!("THS,{sex},{geo}\t{}\n", cells.join("\t"));
        }
    }
    let mut made = made(
        "flags",
        vec![("flags.tsv", text)],
        Vec::new(),
        &["!key flags unit,sex,geo\\TIME_PERIOD"],
    );
    for year in 2018..2022 {
        made.rules.push(format!("!type flags.{year} number"));
        made.rules.push(format!("required flags.{year}"));
    }
    made
}

/// Hospitals with beds and staff.
fn hospitals(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 480);
    let mut rows = vec![row(&[
        &"hospital_id",
        &"name",
        &"ownership",
        &"beds",
        &"doctors",
        &"nurses",
        &"staff",
        &"staff_per_bed",
        &"admissions",
        &"patient_days",
        &"average_stay",
    ])];
    for (n, place) in places(45).iter().enumerate() {
        let (beds, doctors, nurses) = (dice.from(40, 900), dice.from(20, 300), dice.from(60, 900));
        let admissions = beds * dice.from(20, 40);
        let days = admissions * dice.from(40, 90) / 10;
        rows.push(row(&[
            &format!("H{:03}", 100 + n),
            &format!("{place} Hospital"),
            dice.pick::<&str>(&["public", "private", "church"]),
            &beds,
            &doctors,
            &nurses,
            &(doctors + nurses),
            &ratio(doctors + nurses, beds, 2),
            &admissions,
            &days,
            &ratio(days, admissions, 1),
        ]));
    }
    made(
        "hospitals",
        vec![("hospitals.csv", table(",", &rows))],
        vec![columns(
            "hospitals",
            "hospital_id:- name:- ownership:- beds:integer doctors:integer nurses:integer staff:integer staff_per_bed:number admissions:integer patient_days:integer average_stay:number",
        )],
        &[
            "!key hospitals hospital_id",
            "!assert staff = doctors + nurses",
            "!assert staff_per_bed = staff / beds within rounding",
            "!assert average_stay = patient_days / admissions within rounding",
            "one_of hospitals.ownership",
            "unique hospitals.name",
        ],
    )
}

/// Marks of pupils and their mean.
fn marks(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 490);
    let mut rows = vec![row(&[&"pupil_id", &"class", &"maths", &"physics", &"german", &"average"])];
    for n in 0..70 {
        let own = [0; 3].map(|_| dice.from(20, 100));
        let class = dice.pick::<&str>(&["7a", "7b", "8a"]);
        rows.push(row(&[
            &(4000 + 7 * n),
            class,
            &own[0],
            &own[1],
            &own[2],
            &ratio(sum(&own), 3, 1),
        ]));
    }
    made(
        "marks",
        vec![("marks.csv", table(",", &rows))],
        vec![columns(
            "marks",
            "pupil_id:integer class:- maths:integer physics:integer german:integer average:number",
        )],
        &[
            "!key marks pupil_id",
            "!assert average = (maths + physics + german) / 3 within rounding | assert average = mean(maths to german) within rounding | assert average = mean(maths, physics, german) within rounding",
            "one_of marks.class",
        ],
    )
}

/// A league table.
fn league(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 500);
    let heads = ["Pos", "Team", "Pld", "W", "D", "L", "GF", "GA", "GD", "Pts"];
    let mut rows = Vec::new();
    for place in places(18) {
        let (w, d) = (dice.from(4, 20), dice.from(2, 9));
        let (gf, ga) = (dice.from(30, 90), dice.from(30, 90));
        rows.push((3 * w + d, gf - ga, [place, "34".into()], [w, d, 34 - w - d, gf, ga]));
    }
    rows.sort_by_key(|r| (-r.0, -r.1));
    let lines = rows.iter().enumerate().map(|(n, (points, gd, names, v))| {
        row(&[&(n + 1), &names[0], &names[1], &v[0], &v[1], &v[2], &v[3], &v[4], gd, points])
    });
    let all: Vec<Vec<String>> =
        std::iter::once(heads.map(str::to_string).to_vec()).chain(lines).collect();
    let list = heads
        .iter()
        .filter(|h| **h != "Team")
        .map(|h| format!("{h}:integer?"))
        .collect::<Vec<_>>()
        .join(" ");
    made(
        "league",
        vec![("league.csv", table(",", &all))],
        vec![columns("league", &list)],
        &[
            "!key league Pos | key league Team",
            "!assert Pld = W + D + L",
            "!assert GD = GF - GA",
            "!assert Pts = 3 * W + D",
            "unique league.Team",
            "assert Pts <= prev(Pts)",
        ],
    )
}

/// Days of stations, with a list of these.
fn weather(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 510);
    let mut list = vec![row(&[&"station_id", &"name", &"elevation", &"opened"])];
    let mut rows =
        vec![row(&[&"station_id", &"date", &"tmin", &"tmean", &"tmax", &"rain_mm", &"quality"])];
    for (n, place) in places(12).iter().enumerate() {
        let opened =
            format!("{:02}.{:02}.{}", dice.from(1, 28), dice.from(1, 12), dice.from(1950, 2010));
        list.push(row(&[&format!("ST{n:02}"), place, &dice.from(2, 2900), &opened]));
        for day in 1..=20 {
            let low = dice.from(-90, 120);
            let high = low + dice.from(20, 120);
            let mean = low + (high - low) * dice.from(30, 70) / 100;
            let one = |v: i64| written(v, 1, ",", "");
            rows.push(row(&[
                &format!("ST{n:02}"),
                &format!("2024-02-{day:02}"),
                &one(low),
                &one(mean),
                &one(high),
                &one(dice.from(0, 90)),
                dice.pick::<&str>(&["A", "B"]),
            ]));
        }
    }
    made(
        "weather",
        vec![("stations.csv", table(";", &list)), ("readings.csv", table(";", &rows))],
        vec![
            columns("stations", "station_id:- name:- elevation:integer? opened:date?"),
            columns(
                "readings",
                "station_id:- date:date tmin:number tmean:number tmax:number rain_mm:number quality:-",
            ),
        ],
        &[
            "!key stations station_id",
            "!key readings station_id,date",
            "!in readings.station_id stations.station_id",
            "assert date > prev(date by station_id)",
            "assert tmin <= tmean",
            "assert tmean <= tmax",
            "assert tmin <= tmax",
            "one_of readings.quality",
            "one_of readings.station_id",
        ],
    )
}

/// Schools and their classes: the second file refers to two columns of the first.
fn schools(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 520);
    let mut classes = vec![row(&[&"school", &"class", &"teacher", &"pupils"])];
    let mut results = vec![row(&[
        &"school",
        &"class",
        &"subject",
        &"boys",
        &"girls",
        &"sat",
        &"passed",
        &"pass_rate",
    ])];
    for n in 1..=14 {
        for class in
            ["a", "b", "c", "d"].iter().take(usize::try_from(dice.from(2, 4)).expect("few"))
        {
            let school = format!("SCH{n:02}");
            classes.push(row(&[
                &school,
                class,
                &format!("T{}", dice.from(100, 999)),
                &dice.from(15, 32),
            ]));
            for subject in ["maths", "music"] {
                let (boys, girls) = (dice.from(10, 60), dice.from(10, 60));
                let passed = dice.from(8, boys + girls);
                let rate = format!("{}%", ratio(100 * passed, boys + girls, 1));
                results.push(row(&[
                    &school,
                    class,
                    &subject,
                    &boys,
                    &girls,
                    &(boys + girls),
                    &passed,
                    &rate,
                ]));
            }
        }
    }
    made(
        "schools",
        vec![("classes.csv", table(",", &classes)), ("results.csv", table(",", &results))],
        vec![
            columns("classes", "school:- class:- teacher:- pupils:integer"),
            columns(
                "results",
                "school:- class:- subject:- boys:integer girls:integer sat:integer passed:integer pass_rate:percent",
            ),
        ],
        &[
            "!key classes school,class",
            "!key results school,class,subject",
            "!assert classes[school, class] is not missing",
            "!assert sat = boys + girls",
            "!assert pass_rate = passed / sat within rounding",
            "assert passed <= sat",
            "one_of classes.class",
            "one_of results.class",
            "one_of results.subject",
        ],
    )
}
