//! Books: ledgers, invoices, stocks, payrolls, and tables with nothing in them to be found.

use crate::Made;
use crate::dice::{Dice, places, written};
use crate::lists::{columns, made, row, table};
use crate::published::{day, ratio, sum};

pub fn all() -> Vec<Made> {
    let mut all = Vec::new();
    for seed in 1..=2 {
        all.push(ledger(seed));
        all.push(invoices(seed));
        all.push(stock(seed));
        all.push(payroll(seed));
        all.push(statement(seed));
        all.push(hours(seed));
        all.push(air(seed));
        all.push(noise(seed));
        all.push(fixtures(seed));
        all.push(loose(seed));
    }
    all
}

fn money(v: i64) -> String {
    written(v, 2, ".", "")
}

/// What goes in and out of an account.
fn ledger(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 600);
    let mut rows =
        vec![row(&[&"entry_no", &"date", &"description", &"debit", &"credit", &"balance"])];
    let (mut balance, mut at) = (dice.from(100_000, 900_000), 20_000);
    for n in 0..60 {
        at += dice.from(0, 3);
        let amount = dice.from(100, 90_000);
        let is_credit = dice.one_in(2);
        balance += if is_credit { amount } else { -amount };
        let blank = if seed == 1 { String::new() } else { money(0) };
        let (debit, credit) =
            if is_credit { (blank, money(amount)) } else { (money(amount), blank) };
        let text = dice.pick::<&str>(&["rent", "sale", "fee", "refund", "wages"]);
        rows.push(row(&[&(1 + n), &day(at), text, &debit, &credit, &money(balance)]));
    }
    let optional = if seed == 1 { "?" } else { "" };
    made(
        "ledger",
        vec![("ledger.csv", table(",", &rows))],
        vec![columns(
            "ledger",
            &format!(
                "entry_no:integer date:date description:- debit:number{optional} credit:number{optional} balance:number"
            ),
        )],
        &[
            "!key ledger entry_no",
            "assert date >= prev(date)",
            "assert entry_no > prev(entry_no)",
            "!assert balance = prev(balance) - debit + credit | assert balance = prev(balance) + credit - debit | assert balance = prev(balance) + default(credit, 0) - default(debit, 0)",
            "one_of ledger.description",
        ],
    )
}

/// Invoices and their lines.
fn invoices(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 610);
    let mut heads = vec![row(&[&"invoice_no", &"customer", &"issued", &"net", &"vat", &"gross"])];
    let mut lines =
        vec![row(&[&"invoice_no", &"line", &"item", &"quantity", &"unit_price", &"amount"])];
    let names = places(12);
    for n in 0..26 {
        let no = format!("INV-{}", 1000 + n * 3);
        let mut net = 0;
        for line in 1..=dice.from(1, 6) {
            let (quantity, price) = (dice.from(1, 40), dice.from(99, 9999));
            net += quantity * price;
            let item = dice.pick::<&str>(&["bolt", "nut", "washer", "screw", "hinge"]);
            lines.push(row(&[
                &no,
                &line,
                item,
                &quantity,
                &money(price),
                &money(quantity * price),
            ]));
        }
        let vat = (net * 19 + 50) / 100;
        let date = format!("{:02}/{:02}/2024", n / 3 + 1, 1 + 13 * (n % 3) + dice.from(0, 2));
        heads.push(row(&[
            &no,
            dice.pick::<String>(&names),
            &date,
            &money(net),
            &money(vat),
            &money(net + vat),
        ]));
    }
    made(
        "invoices",
        vec![("invoices.csv", table(",", &heads)), ("lines.csv", table(",", &lines))],
        vec![
            columns(
                "invoices",
                "invoice_no:- customer:- issued:date net:number vat:number gross:number",
            ),
            columns(
                "lines",
                "invoice_no:- line:integer item:- quantity:integer unit_price:number amount:number",
            ),
        ],
        &[
            "!key invoices invoice_no",
            "!key lines invoice_no,line",
            "!in lines.invoice_no invoices.invoice_no",
            "!assert amount = quantity * unit_price",
            "!assert gross = net + vat | assert net = gross - vat",
            "!assert invoices.net = sum(lines.amount where invoice_no = invoices.invoice_no)",
            "assert line > prev(line by invoice_no)",
            "assert net <= gross",
            "assert issued > prev(issued)",
            "assert issued >= prev(issued)",
            "assert vat = 0.19 * net within rounding",
            "one_of lines.item",
        ],
    )
}

/// What a store had, received, issued and has.
fn stock(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 620);
    let mut rows = vec![row(&[
        &"sku",
        &"item",
        &"opening",
        &"received",
        &"issued",
        &"closing",
        &"unit_cost",
        &"stock_value",
    ])];
    for (n, place) in places(40).iter().enumerate() {
        let (opening, received, issued) =
            (dice.from(200, 900), dice.from(10, 500), dice.from(10, 200));
        let closing = opening + received - issued;
        let cost = dice.from(50, 9999);
        rows.push(row(&[
            &format!("{:05}", 10 + 17 * n),
            &format!("{place} lamp"),
            &opening,
            &received,
            &issued,
            &closing,
            &money(cost),
            &money(closing * cost),
        ]));
    }
    made(
        "stock",
        vec![("stock.csv", table(",", &rows))],
        vec![columns(
            "stock",
            "sku:text item:- opening:integer received:integer issued:integer closing:integer unit_cost:number stock_value:number",
        )],
        &[
            "!key stock sku",
            "unique stock.item",
            "!assert closing = opening + received - issued",
            "!assert stock_value = closing * unit_cost",
        ],
    )
}

/// Pay with what is held back.
fn payroll(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 630);
    let mut rows = vec![row(&[
        &"employee_id",
        &"month",
        &"gross",
        &"income_tax",
        &"social_security",
        &"net_pay",
    ])];
    for n in 0..15 {
        for month in 1..=4 {
            let gross = dice.from(200_000, 900_000);
            let (tax, social) =
                (gross * dice.from(10, 30) / 100, gross * dice.from(80, 120) / 1000);
            rows.push(row(&[
                &format!("E{}", 200 + n),
                &format!("2024-{month:02}"),
                &money(gross),
                &money(tax),
                &money(social),
                &money(gross - tax - social),
            ]));
        }
    }
    made(
        "payroll",
        vec![("payroll.csv", table(",", &rows))],
        vec![columns(
            "payroll",
            "employee_id:- month:date gross:number income_tax:number social_security:number net_pay:number",
        )],
        &[
            "!key payroll employee_id,month",
            "!assert net_pay = gross - income_tax - social_security | assert gross = income_tax + social_security + net_pay",
            "assert month > prev(month by employee_id)",
            "assert net_pay <= gross",
        ],
    )
}

/// What companies earn.
fn statement(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 640);
    let mut rows = vec![row(&[
        &"company",
        &"revenue",
        &"cost_of_sales",
        &"gross_profit",
        &"operating_expenses",
        &"operating_profit",
        &"operating_margin",
    ])];
    for place in places(28) {
        let revenue = dice.from(90_000, 900_000);
        let (cost, expenses) =
            (revenue * dice.from(30, 60) / 100, revenue * dice.from(10, 50) / 100);
        let profit = revenue - cost - expenses;
        rows.push(row(&[
            &format!("{place} plc"),
            &revenue,
            &cost,
            &(revenue - cost),
            &expenses,
            &profit,
            &format!("{}%", ratio(100 * profit, revenue, 1)),
        ]));
    }
    made(
        "statement",
        vec![("companies.csv", table(",", &rows))],
        vec![columns(
            "companies",
            "company:- revenue:integer cost_of_sales:integer gross_profit:integer operating_expenses:integer operating_profit:integer operating_margin:percent",
        )],
        &[
            "!key companies company",
            "!assert gross_profit = revenue - cost_of_sales | assert revenue = cost_of_sales + gross_profit",
            "!assert operating_profit = gross_profit - operating_expenses | assert gross_profit = operating_expenses + operating_profit",
            "!assert operating_margin = operating_profit / revenue within rounding",
        ],
    )
}

/// Hours worked, and what they cost.
fn hours(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 650);
    let mut rows = vec![row(&[&"worker", &"day", &"hours", &"hourly_rate", &"pay"])];
    for n in 0..12 {
        let rate = dice.from(1200, 4000);
        for day in 1..=6 {
            let hours = dice.from(2, 20) * 5;
            let pay = (hours * rate + 5) / 10;
            rows.push(row(&[
                &format!("W-{}", 31 + n),
                &format!("2024-05-{day:02}"),
                &written(hours, 1, ".", ""),
                &money(rate),
                &money(pay),
            ]));
        }
    }
    made(
        "hours",
        vec![("hours.csv", table(",", &rows))],
        vec![columns("hours", "worker:- day:date hours:number hourly_rate:number pay:number")],
        &[
            "!key hours worker,day",
            "!assert pay = hours * hourly_rate within rounding | assert pay = hours * hourly_rate",
            "assert day > prev(day by worker)",
            "one_of hours.worker",
        ],
    )
}

/// What stations measured by the hour.
fn air(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 660);
    let mut rows = vec![row(&[&"time", &"station", &"pollutant", &"value", &"unit"])];
    for hour in 0..24 {
        for station in ["north", "south", "centre", "harbour"] {
            for pollutant in ["NO2", "O3", "PM10"] {
                let value = if dice.one_in(30) {
                    "-999".into()
                } else {
                    written(dice.from(10, 900), 1, ".", "")
                };
                rows.push(row(&[
                    &format!("2024-03-01T{hour:02}:00"),
                    &station,
                    &pollutant,
                    &value,
                    &"µg/m³",
                ]));
            }
        }
    }
    made(
        "air",
        vec![("air.csv", table(",", &rows))],
        vec![columns("air", "time:datetime station:- pollutant:- value:number unit:-")],
        &[
            "!key air time,station,pollutant",
            "assert time > prev(time by station, pollutant)",
            "assert time >= prev(time)",
            "one_of air.station",
            "one_of air.pollutant",
            "one_of air.unit",
        ],
    )
}

/// Columns that are called what rules are made of, and hang together in no way.
pub fn noise(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 670);
    let heads = [
        "case_id", "total", "share", "rate", "change", "average", "part_a", "part_b", "index",
        "price", "quantity", "balance",
    ];
    let mut rows = vec![heads.map(str::to_string).to_vec()];
    for n in 0..if seed == 1 { 60 } else { 14 } {
        let mut cells = vec![format!("N{:03}", 7 * n + 2)];
        cells.extend([
            dice.from(100, 9999).to_string(),
            written(dice.from(0, 1000), 1, ".", ""),
            written(dice.from(0, 99), 1, ".", ""),
            written(dice.from(-99, 99), 1, ".", ""),
            written(dice.from(100, 999), 1, ".", ""),
            dice.from(1, 9999).to_string(),
            dice.from(1, 9999).to_string(),
            written(dice.from(900, 1100), 1, ".", ""),
            money(dice.from(99, 9999)),
            dice.from(1, 9).to_string(),
            money(dice.from(-9999, 9999)),
        ]);
        rows.push(cells);
    }
    made(
        "noise",
        vec![("noise.csv", table(",", &rows))],
        vec![columns(
            "noise",
            "case_id:- total:integer share:number rate:number change:number average:number part_a:integer part_b:integer index:number price:number quantity:integer balance:number",
        )],
        &["!key noise case_id"],
    )
}

/// Matches of a season, with a list of the teams.
fn fixtures(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 680);
    let teams = places(12);
    let mut list = vec![row(&[&"team", &"city", &"founded"])];
    for team in &teams {
        list.push(row(&[team, dice.pick::<String>(&places(40)), &dice.from(1880, 1990)]));
    }
    let mut rows = vec![row(&[
        &"match_no",
        &"round",
        &"date",
        &"home",
        &"away",
        &"home_goals",
        &"away_goals",
        &"total_goals",
    ])];
    let mut no = 0;
    for round in 1..=11 {
        for pair in 0..6_usize {
            let (a, b) = if pair == 0 {
                (11, round)
            } else {
                ((round + pair) % 11, (round + 11 - pair) % 11)
            };
            no += 1;
            let goals = [dice.from(0, 6), dice.from(0, 6)];
            let date = day(22_000 + 7 * i64::try_from(round).expect("small"));
            rows.push(row(&[
                &no,
                &round,
                &date,
                &teams[a % 12],
                &teams[b % 11],
                &goals[0],
                &goals[1],
                &sum(&goals),
            ]));
        }
    }
    made(
        "fixtures",
        vec![("teams.csv", table(",", &list)), ("games.csv", table(",", &rows))],
        vec![
            columns("teams", "team:- city:- founded:year? founded:integer?"),
            columns(
                "games",
                "match_no:integer round:integer date:date home:- away:- home_goals:integer away_goals:integer total_goals:integer",
            ),
        ],
        &[
            "!key teams team",
            "!key games match_no",
            "!in games.home teams.team",
            "!in games.away teams.team",
            "!assert total_goals = home_goals + away_goals",
            "assert date >= prev(date)",
            "assert match_no > prev(match_no)",
        ],
    )
}

/// A constant column, a blank one, rows that stand twice: nothing is a key.
fn loose(seed: u64) -> Made {
    let mut dice = Dice::new(seed + 690);
    let mut rows = vec![row(&[&"source", &"species", &"note", &"count", &"observer"])];
    for _ in 0..90 {
        let cells = row(&[
            &"field survey",
            dice.pick::<&str>(&["wren", "robin", "crow", "finch"]),
            &"",
            &dice.from(1, 4),
            dice.pick::<&str>(&["AB", "CD", "EF"]),
        ]);
        rows.push(cells.clone());
        if dice.one_in(8) {
            rows.push(cells);
        }
    }
    made(
        "loose",
        vec![("sightings.csv", table(",", &rows))],
        vec![columns("sightings", "source:- species:- note:-? count:integer observer:-")],
        &["one_of sightings.species", "one_of sightings.observer", "one_of sightings.source"],
    )
}
