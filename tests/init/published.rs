//! Tables as offices publish them, made by rules that are written beside each; none of them was looked at
//! while the search for rules was written.

use crate::Made;
use crate::dice::{Dice, places, written};
use crate::lists::{columns, made, row, table};

pub fn all() -> Vec<Made> {
    let mut all = Vec::new();
    for seed in 1..=2 {
        all.push(holders(seed));
        all.push(half_years(seed));
        all.push(faiths(seed));
        all.push(turnout(seed));
        all.push(by_age(seed));
        all.push(regions(seed));
        all.push(wide_years(seed));
        all.push(long_years(seed));
        all.push(two_heads(seed));
        all.push(departments(seed));
        all.push(provinces(seed));
        all.push(household(seed));
    }
    all
}

/// `n / d`, rounded half up, with so many decimals.
pub fn ratio(n: i64, d: i64, decimals: u32) -> String {
    let unit = 10_i64.pow(decimals);
    let value = (2 * n * unit + d).div_euclid(2 * d);
    written(value, decimals, ".", "")
}

pub fn sum(values: &[i64]) -> i64 {
    values.iter().sum()
}

pub fn day(n: i64) -> String {
    let first = chrono::NaiveDate::from_ymd_opt(1960, 1, 1).expect("a day");
    (first + chrono::Days::new(u64::try_from(n).expect("later"))).to_string()
}

/// Who held which office, and how long.
fn holders(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 200);
    let mut rows = vec![row(&[&"office", &"holder", &"party", &"start", &"end", &"days"])];
    for office in ["Mayor", "Treasurer", "Clerk", "Sheriff", "Auditor"] {
        let mut at = dice.from(0, 900);
        for _ in 0..15 {
            let days = dice.from(300, 2000);
            let holder = format!("Holder {}", dice.from(100, 999));
            let party = dice.pick::<&str>(&["Blue", "Red", "Green", ""]);
            rows.push(row(&[&office, &holder, party, &day(at), &day(at + days), &days]));
            at += days;
        }
    }
    made(
        "holders",
        vec![("offices.csv", table(",", &rows))],
        vec![columns("offices", "office:- holder:- party:-? start:date end:date days:integer")],
        &[
            "!key offices office,start",
            "!assert start > prev(start by office) | assert start = prev(end by office)",
            "assert start > prev(start by office)",
            "!assert days = end - start",
            "assert start <= end",
            "one_of offices.office",
            "one_of offices.party",
            "unique offices.end",
        ],
    )
}

/// Sales by region and product, with halves and the year.
fn half_years(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 210);
    let mut rows =
        vec![row(&[&"Region", &"Product", &"Q1", &"Q2", &"H1", &"Q3", &"Q4", &"H2", &"Year"])];
    let heads = ["Q1", "Q2", "H1", "Q3", "Q4", "H2", "Year"];
    for region in ["North", "South", "East", "West"] {
        let mut sums = [0; 7];
        for product in ["Bikes", "Cars", "Boats", "Trains"] {
            let q: Vec<i64> = (0..4).map(|_| dice.from(100, 990)).collect();
            let own = [q[0], q[1], q[0] + q[1], q[2], q[3], q[2] + q[3], sum(&q)];
            sums.iter_mut().zip(own).for_each(|(s, v)| *s += v);
            rows.push(
                [region, product]
                    .map(str::to_string)
                    .into_iter()
                    .chain(own.map(|v| v.to_string()))
                    .collect(),
            );
        }
        let last = [region, "All products"].map(str::to_string);
        rows.push(last.into_iter().chain(sums.map(|v| v.to_string())).collect());
    }
    let list = heads.map(|h| format!("{h}:integer")).join(" ");
    let mut made = made(
        "half_years",
        vec![("sales.csv", table(",", &rows))],
        vec![columns("sales", &format!("Region:- Product:- {list}"))],
        &[
            "!key sales Region,Product",
            "!assert H1 = Q1 + Q2",
            "!assert H2 = Q3 + Q4",
            "!assert Year = H1 + H2 | assert Year = Q1 + Q2 + Q3 + Q4",
        ],
    );
    for head in heads {
        made.rules.push(format!(
            "!assert only({head} where Product = \"All products\") = sum({head} where Product != \"All products\")"
        ));
    }
    made
}

/// Faiths of the people of cantons, with shares.
fn faiths(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 220);
    let parts = ["Catholic", "Protestant", "None", "Other"];
    let mut head = row(&[&"Canton", &"Population"]);
    head.extend(parts.map(str::to_string));
    head.extend(parts.map(|p| format!("{p} share")));
    let mut rows = vec![head];
    for n in 0..26 {
        let own: Vec<i64> = parts.iter().map(|_| dice.from(9000, 90_000)).collect();
        let all = sum(&own);
        let mut cells = row(&[&format!("C{n:02}"), &all]);
        cells.extend(own.iter().map(i64::to_string));
        cells.extend(own.iter().map(|v| ratio(100 * v, all, 1)));
        rows.push(cells);
    }
    let mut made = made(
        "faiths",
        vec![("religion.csv", table(",", &rows))],
        vec![columns(
            "religion",
            "Canton:- Population:integer Catholic:integer Protestant:integer None:integer Other:integer",
        )],
        &[
            "!key religion Canton",
            "!assert Population = sum(Catholic to Other)",
            "assert sum(`Catholic share` to `Other share`) = 100 within rounding",
        ],
    );
    for part in parts {
        made.rules.push(format!("type religion.{part} share number"));
        made.rules.push(format!("required religion.{part} share"));
        let count = if part == "None" { "`None`" } else { part };
        made.rules
            .push(format!("!assert `{part} share` = 100 * {count} / Population within rounding"));
    }
    made
}

/// Precincts with figures between quotes, and the turnout in percent.
fn turnout(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 230);
    let heads = [
        "County",
        "Precinct",
        "Registered",
        "Ballots Cast",
        "Smith (D)",
        "Jones (R)",
        "Other",
        "Turnout %",
    ];
    let mut rows = vec![heads.map(str::to_string).to_vec()];
    for (c, county) in places(6).iter().enumerate() {
        for n in 1..=dice.from(8, 14) {
            let votes = [dice.from(300, 2900), dice.from(300, 2900), dice.from(5, 99)];
            let cast = sum(&votes);
            let registered = cast + dice.from(900, 3000);
            let grouped = |v: i64| written(v, 0, ".", ",");
            rows.push(row(&[
                county,
                &format!("{:02}-{n:03}", c + 1),
                &grouped(registered),
                &grouped(cast),
                &grouped(votes[0]),
                &grouped(votes[1]),
                &votes[2],
                &format!("{}%", ratio(100 * cast, registered, 1)),
            ]));
        }
    }
    let mut made = made(
        "turnout",
        vec![("election.csv", table(",", &rows))],
        vec![columns("election", "County:- Precinct:- Registered:integer Other:integer")],
        &[
            "!key election Precinct",
            "!assert `Ballots Cast` = `Smith (D)` + `Jones (R)` + Other",
            "!assert `Turnout %` = `Ballots Cast` / Registered within rounding",
            "assert `Ballots Cast` <= Registered",
            "type election.Turnout % percent",
            "required election.Turnout %",
            "one_of election.County",
        ],
    );
    for head in ["Ballots Cast", "Smith (D)", "Jones (R)"] {
        made.rules
            .extend([format!("type election.{head} integer"), format!("required election.{head}")]);
    }
    made
}

/// People by age and sex, with totals both ways.
fn by_age(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 240);
    let mut rows = vec![row(&[&"year", &"age_group", &"male", &"female", &"total"])];
    let ages = ["0-14", "15-24", "25-44", "45-64", "65-79", "80+"];
    for year in 2015..2023 {
        let mut sums = [0; 2];
        for age in ages {
            let own = [dice.from(9000, 900_000), dice.from(9000, 900_000)];
            sums = [sums[0] + own[0], sums[1] + own[1]];
            rows.push(row(&[&year, &age, &own[0], &own[1], &sum(&own)]));
        }
        rows.push(row(&[&year, &"Total", &sums[0], &sums[1], &sum(&sums)]));
    }
    let mut made = made(
        "by_age",
        vec![("population.csv", table(",", &rows))],
        vec![columns(
            "population",
            "year:year age_group:- male:integer female:integer total:integer",
        )],
        &[
            "!key population year,age_group",
            "!assert total = male + female",
            "assert year > prev(year by age_group)",
            "assert year >= prev(year)",
        ],
    );
    for head in ["male", "female", "total"] {
        made.rules.push(format!(
            "!assert only({head} where age_group = \"Total\") = sum({head} where age_group != \"Total\")"
        ));
    }
    made
}

/// Codes of regions on four levels, each the sum of those that begin with it.
fn regions(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 250);
    let names = places(160);
    let mut names = names.iter();
    let mut rows = vec![row(&[&"nuts", &"name", &"level", &"population"])];
    let mut lines: Vec<(String, i64)> = Vec::new();
    let mut total = 0;
    for a in 1..=3 {
        let mut of_a = (lines.len(), 0);
        lines.push((format!("XX{a}"), 0));
        for b in 1..=dice.from(2, 4) {
            let of_b = lines.len();
            lines.push((format!("XX{a}{b}"), 0));
            for c in 1..=dice.from(2, 6) {
                let people = dice.from(90_000, 900_000);
                lines.push((format!("XX{a}{b}{c}"), people));
                lines[of_b].1 += people;
            }
            of_a.1 += lines[of_b].1;
        }
        lines[of_a.0].1 = of_a.1;
        total += of_a.1;
    }
    lines.insert(0, ("XX".to_string(), total));
    for (code, people) in lines {
        let name = names.next().expect("a name");
        rows.push(row(&[&code, name, &(code.len() - 2), &people]));
    }
    made(
        "regions",
        vec![("nuts.csv", table(",", &rows))],
        vec![columns("nuts", "nuts:- name:- level:integer population:integer")],
        &[
            "!key nuts nuts",
            "unique nuts.name",
            "assert level = length(nuts) - 2",
            "!assert if count(nuts.nuts where `nuts.parent` = row.`nuts.id`) > 0 then row.population = sum(nuts.population where `nuts.parent` = row.`nuts.id`)",
        ],
    )
}

/// Years beside each other, with the world below.
fn wide_years(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 260);
    let years: Vec<String> = (2015..2022).map(|y: i64| y.to_string()).collect();
    let mut rows = vec![[vec!["Country".to_string()], years.clone()].concat()];
    let mut sums = vec![0; years.len()];
    for place in places(18) {
        let own: Vec<i64> = years.iter().map(|_| dice.from(1000, 90_000)).collect();
        sums.iter_mut().zip(&own).for_each(|(s, v)| *s += v);
        rows.push(std::iter::once(place).chain(own.iter().map(i64::to_string)).collect());
    }
    rows.push(
        std::iter::once("World".to_string()).chain(sums.iter().map(i64::to_string)).collect(),
    );
    let title = "Table 4: Visitors by country of origin\n\n";
    let note = "\nSource: visitor survey; figures are rounded to persons\n";
    let mut made = made(
        "wide_years",
        vec![("visitors.csv", format!("{title}{}{note}", table(",", &rows)))],
        Vec::new(),
        &["!key visitors Country"],
    );
    for year in years {
        made.rules.push(format!("type visitors.{year} integer"));
        made.rules.push(format!("required visitors.{year}"));
        made.rules.push(format!(
            "!assert only(visitors.`{year}` where Country = \"World\") = sum(visitors.`{year}` where Country != \"World\")"
        ));
    }
    made
}

/// The same down the rows, with an indicator beside it.
fn long_years(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 270);
    let mut rows = vec![row(&[&"iso3", &"country", &"year", &"indicator", &"value"])];
    let mut list = vec![row(&[&"iso3", &"continent"])];
    for (n, place) in places(14).iter().enumerate() {
        let iso = format!(
            "{}{}",
            place.get(..2).expect("letters").to_uppercase(),
            char::from(b'A' + u8::try_from(n).expect("few"))
        );
        list.push(row(&[&iso, dice.pick::<&str>(&["Europe", "Asia", "Africa"])]));
        for year in 2016..2022 {
            for (indicator, most) in [("gdp", 900_000), ("co2", 90_000)] {
                rows.push(row(&[
                    &iso,
                    place,
                    &year,
                    &indicator,
                    &written(dice.from(100, most), 1, ".", ""),
                ]));
            }
        }
    }
    made(
        "long_years",
        vec![("countries.csv", table(",", &list)), ("indicators.csv", table(",", &rows))],
        vec![
            columns("countries", "iso3:- continent:-"),
            columns("indicators", "iso3:- country:- year:year indicator:- value:number"),
        ],
        &[
            "!key countries iso3",
            "!key indicators iso3,year,indicator | key indicators country,year,indicator",
            "!in indicators.iso3 countries.iso3",
            "assert count(distinct country) = 1",
            "assert count(distinct iso3) = 1",
            "assert year > prev(year by iso3, indicator)",
            "one_of indicators.indicator",
            "one_of indicators.iso3",
            "one_of indicators.country",
            "one_of countries.continent",
        ],
    )
}

/// Two rows of names.
fn two_heads(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 280);
    let mut text = "Region,2022,,,2023,,\n,Men,Women,Total,Men,Women,Total\n".to_string();
    let names: Vec<String> = ["2022", "2023"]
        .iter()
        .flat_map(|y| ["Men", "Women", "Total"].map(|s| format!("{y} / {s}")))
        .collect();
    let mut sums = [0; 6];
    for place in places(15) {
        let v = [0; 4].map(|_| dice.from(100, 9000));
        let own = [v[0], v[1], v[0] + v[1], v[2], v[3], v[2] + v[3]];
        sums.iter_mut().zip(own).for_each(|(s, v)| *s += v);
        text += &format!("{place},{}\n", own.map(|v| v.to_string()).join(","));
    }
    text += &format!("All regions,{}\n", sums.map(|v| v.to_string()).join(","));
    let mut made = made(
        "two_heads",
        vec![("students.csv", text)],
        Vec::new(),
        &[
            "!key students Region",
            "!assert `2022 / Total` = `2022 / Men` + `2022 / Women`",
            "!assert `2023 / Total` = `2023 / Men` + `2023 / Women`",
        ],
    );
    for name in names {
        made.rules.push(format!("type students.{name} integer"));
        made.rules.push(format!("required students.{name}"));
        made.rules.push(format!(
            "!assert only(students.`{name}` where Region = \"All regions\") = sum(students.`{name}` where Region != \"All regions\")"
        ));
    }
    made
}

/// French signs: blanks between thousands, decimal commas, a rate.
fn departments(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 290);
    let mut rows = vec![row(&[
        &"Code",
        &"Département",
        &"Hommes",
        &"Femmes",
        &"Ensemble",
        &"Part des femmes (%)",
    ])];
    let mut sums = [0; 3];
    let mut line = |code: &str, name: &str, men: i64, women: i64| {
        let spaced = |v: i64| written(v, 0, ",", "\u{a0}");
        let share = ratio(100 * women, men + women, 1).replace('.', ",");
        rows.push(row(&[&code, &name, &spaced(men), &spaced(women), &spaced(men + women), &share]));
    };
    for (n, place) in places(22).iter().enumerate() {
        let (men, women) = (dice.from(90_000, 900_000), dice.from(90_000, 900_000));
        sums = [sums[0] + men, sums[1] + women, sums[2] + men + women];
        line(&format!("{:02}", n + 1), place, men, women);
    }
    let mut made = made(
        "departments",
        vec![("departements.csv", table(";", &rows))],
        vec![columns(
            "departements",
            "Code:text Département:- Hommes:integer Femmes:integer Ensemble:integer",
        )],
        &[
            "!key departements Code",
            "!assert Ensemble = Hommes + Femmes",
            "!assert `Part des femmes (%)` = 100 * Femmes / Ensemble within rounding",
            "unique departements.Département",
        ],
    );
    made.rules.push("type departements.Part des femmes (%) number".into());
    made.rules.push("required departements.Part des femmes (%)".into());
    made
}

/// Spanish words for totals.
fn provinces(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 300);
    let mut rows = vec![row(&[&"Provincia", &"Ambos sexos", &"Hombres", &"Mujeres"])];
    let dotted = |v: i64| written(v, 0, ",", ".");
    let (mut lines, mut sums) = (Vec::new(), [0; 2]);
    for place in places(19) {
        let own = [dice.from(90_000, 900_000), dice.from(90_000, 900_000)];
        sums = [sums[0] + own[0], sums[1] + own[1]];
        lines.push(row(&[&place, &dotted(sum(&own)), &dotted(own[0]), &dotted(own[1])]));
    }
    rows.push(row(&[&"Total Nacional", &dotted(sum(&sums)), &dotted(sums[0]), &dotted(sums[1])]));
    rows.extend(lines);
    let mut made = made(
        "provinces",
        vec![("provincias.csv", table(";", &rows))],
        vec![columns("provincias", "Provincia:- Hombres:integer Mujeres:integer")],
        &[
            "!key provincias Provincia",
            "!assert `Ambos sexos` = Hombres + Mujeres",
            "type provincias.Ambos sexos integer",
            "required provincias.Ambos sexos",
        ],
    );
    for head in ["`Ambos sexos`", "Hombres", "Mujeres"] {
        made.rules.push(format!(
            "!assert only(provincias.{head} where Provincia = \"Total Nacional\") = sum(provincias.{head} where Provincia != \"Total Nacional\")"
        ));
    }
    made
}

/// A German budget with a change in euros and in percent.
fn household(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 310);
    let mut rows = vec![row(&[
        &"Einzelplan",
        &"Bezeichnung",
        &"Soll 2023",
        &"Soll 2024",
        &"Veränderung",
        &"Veränderung in %",
    ])];
    let mut sums = [0; 2];
    let line = |code: &str, name: &str, a: i64, b: i64| {
        let dotted = |v: i64| written(v, 0, ",", ".");
        let share = ratio(100 * (b - a), a, 1).replace('.', ",");
        row(&[&code, &name, &dotted(a), &dotted(b), &dotted(b - a), &share])
    };
    for (n, place) in places(17).iter().enumerate() {
        let a = dice.from(90_000, 9_000_000);
        let b = a + a * dice.from(-200, 300) / 1000;
        sums = [sums[0] + a, sums[1] + b];
        rows.push(line(&format!("{:02}", n + 1), place, a, b));
    }
    rows.push(line("", "Summe", sums[0], sums[1]));
    let mut made = made(
        "household",
        vec![("einzelplaene.csv", table(";", &rows))],
        vec![columns("einzelplaene", "Einzelplan:text? Bezeichnung:- Veränderung:integer?")],
        &[
            "!key einzelplaene Bezeichnung | key einzelplaene Einzelplan",
            "!assert Veränderung = `Soll 2024` - `Soll 2023`",
            "!assert `Veränderung in %` = 100 * (`Soll 2024` - `Soll 2023`) / `Soll 2023` within rounding | assert `Veränderung in %` = 100 * Veränderung / `Soll 2023` within rounding",
            "unique einzelplaene.Einzelplan",
            "type einzelplaene.Veränderung in % number",
        ],
    );
    for head in ["Soll 2023", "Soll 2024"] {
        made.rules.push(format!("type einzelplaene.{head} integer"));
    }
    for head in ["`Soll 2023`", "`Soll 2024`", "Veränderung"] {
        made.rules.push(format!(
            "!assert only(einzelplaene.{head} where Bezeichnung = \"Summe\") = sum(einzelplaene.{head} where Bezeichnung != \"Summe\")"
        ));
    }
    made
}
