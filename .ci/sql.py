"""Whether statements name all suspects: random tables are judged by crossfoot from CSV, and asked of engines.

    sql.py CROSSFOOT FOLDER [TABLES]
"""

import csv
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import warnings

import duckdb

warnings.filterwarnings("ignore")
CROSSFOOT, FOLDER = sys.argv[1:3]
TABLES = int(sys.argv[3]) if len(sys.argv) > 3 else 28

RULES = """
[data.totals]
path = "totals.csv"
key = "region"
columns.region = { matches = "[A-Z]{2}" }
columns.area = { type = "number", min = 0 }

[data.districts]
path = "districts.csv"
key = "id"
missing = ["", "n/a", "999"]
columns.id = { type = "integer" }
columns.region = { required = true, in = "totals.region" }
columns.area = { type = "number", decimals = 2, max = 100000 }
columns.day = { type = "date", min = "1993-01-01" }
columns.kind = { one_of = ["x", "y", "O'Brien", "a\\\\b"] }
columns.name = { unique = true, min_length = 2 }
columns.code = { type = "number", unique = true }
columns.share = { type = "percent", max = "100%" }
columns.flag = { type = "boolean" }
columns.year = { type = "year", below = "2030" }

[check.row_sum]
each = "districts"
assert = "area = a + b within rounding"

[check.row_exact]
each = "districts"
assert = "area = a + b"

[check.row_within]
each = "districts"
assert = "area = a + b within 0.5"

[check.row_percent]
each = "districts"
assert = "area = a + b within 1%"

[check.row_less]
each = "districts"
assert = "a <= area within rounding"

[check.along]
each = "districts"
assert = "area = sum(a, b) within rounding"

[check.quotient]
each = "districts"
assert = "share = a / area within rounding"

[check.quotient_exact]
each = "districts"
where = 'kind = "x" or kind = "y"'
assert = "a / area <= 0.6"

[check.product]
each = "districts"
assert = "a * b <= 400"

[check.product_rounded]
each = "districts"
assert = "area = share * a within rounding"

[check.texts]
each = "districts"
where = 'region != "AA"'
assert = 'kind != "x" or starts_with(name, "a") or not contains(name, "-")'

[check.conditions]
each = "districts"
assert = 'if kind in ("x", "y") and a is not missing then a >= b else b between -100 and 100'

[check.days]
each = "districts"
assert = 'day < date "2020-01-01" and month(day) != 7'

[check.flags]
each = "districts"
assert = "flag or year > 2000"

[check.default]
each = "districts"
assert = "default(a, 0) + default(b, 0) >= 1"

[check.looked_up]
each = "districts"
assert = "area <= totals[region].area"

[check.there]
each = "districts"
assert = "not (totals[region] is missing)"

[check.previous]
each = "districts"
order = "id"
assert = "a >= prev(a)"

[check.following]
each = "districts"
order = "id"
assert = "b <= next(b by region)"

[check.chosen_before]
each = "districts"
where = 'region != "A" and a > 0'
order = "id"
assert = "b >= prev(b by region)"

[check.total]
each = "totals"
assert = "area = sum(districts.area where region = totals.region) within rounding"

[check.total_of_x]
each = "totals"
assert = 'area >= sum(districts.a where region = totals.region and kind = "x")'

[check.counted]
each = "districts by region"
assert = "count() >= 3"

[check.group_sum]
each = "districts by region"
assert = "sum(area) = sum(a) + sum(b) within rounding"

[check.group_mean]
each = "districts by region"
where = 'kind != "y"'
assert = "mean(a) <= max(a) and count(distinct kind) < 4"

[check.letters]
each = "districts"
assert = 'upper(name) != "SS"'

[check.all]
assert = "sum(districts.area) = sum(totals.area) within rounding"
"""

COLUMNS = ["id", "region", "area", "a", "b", "day", "kind", "name", "code", "share", "flag", "year"]
NUMBERS = ["12.7", "0.0000000001", "9" * 37, "1e3", "1,840", "1_000", "12.7x", " 5", "5 ", "+5", "(5)", "5-", "\u22125", "\u0661\u0662", "0x10", "1993",
           "12.3456789", "1" * 38, "-" + "9" * 38, "9.140000000000001", "99999999999999999999", "n/a", "999", "NaN", "inf",
           "1.", ".5", "00012", "-0", "1e-10", "9223372036854775807", "9" * 19 + ".5", "1234567890.12", "0.000001",
           "123456789.12345678", "0.1234567890123456789", "-999999999.99999999", "12.90", "12.900", "1 000", "\t7", "20%", "--5", "5.5.5", ""]
TEXTS = ["a", "A", "a ", " a", "\u00df", "\u1e9e", "ss", "SS", "\u00e9", "e\u0301", "O'Brien", 'x"y', "a\\b", "--", "; drop table districts", "",
         "\u00a0", "\u3000", "'", "%", "_", "x", "X", "x\n", "\nx", "n/a", "N/A", "a\u00a0", "\u6771\u4eac", "\U0001f600", "ab", "aB", "AB-1", "'; --"]
DAYS = ["1993-02-30", "1993", "1993-02", "1993-02-03x", "0000-01-01", "9999-12-31", "2024-02-29", "2023-02-29", "", "1993-2-3", "03/02/1993",
        " 1993-02-03", "1993-13-01", "1993-00-10", "1993-04-31", "1992-12-31", "1993-01-01", "99999-01-01"]
FLAGS = ["true", "True", "TRUE", "tRuE", "yes", "0", "1", "2", "", "y", "N", "no", " no", "t"]


def decimal(r, places):
    return f"{r.randint(0, 4000) / 10 ** places:.{places}f}"


def table(seed):
    """Two tables of texts; the even ones are clean."""
    r = random.Random(seed)
    clean = seed % 4 == 0
    blank = seed % 4 == 2

    def odd(pool, plain, often=8):
        if clean or r.randint(1, often) > 1:
            return plain
        return r.choice(["", "n/a"]) if blank else r.choice(pool)

    if seed == 1:
        return each_oddity()
    regions = ["AA", "BB", "CC", "DD"] + ([] if clean or blank else ["aa", "EE", "\u00c9\u00c9", "", "AA "])
    rows, sums = [], {}
    for number in range(1, r.randint(8, 60)):
        region = r.choice(regions)
        places = r.randint(0, 3)
        a, b = decimal(r, places), decimal(r, places)
        area = f"{float(a) + float(b):.{r.randint(0, 2)}f}"
        share = f"{100 * float(a) / max(float(area), 1):.1f}%"
        # A blank part is none, and leaves no half unit open.
        if blank and r.randint(1, 3) == 1:
            b, area = r.choice(["", "n/a"]), a
        # As far off as half units allow, or a little more.
        if not clean and r.randint(1, 4) == 1:
            area = f"{float(area) + r.choice([0.1, 0.5, 0.55, 1, 1.5, 2]):.1f}"
        elif not clean and r.randint(1, 8) == 1:
            area = decimal(r, 1)
        sums[region] = sums.get(region, 0) + float(area or 0)
        rows.append([
            str(number) if clean or r.randint(1, 40) > 1 else r.choice(["1", "01", "x", "", "1e1"]),
            region,
            odd(NUMBERS, area),
            odd(NUMBERS, a, 12),
            odd(NUMBERS, b, 12),
            odd(DAYS, f"{r.randint(1993, 2019)}-0{r.choice([1, 3, 8])}-{r.randint(10, 28)}"),
            odd(TEXTS, r.choice("xy")),
            odd(TEXTS, f"name {number}"),
            odd(NUMBERS, str(number), 10),
            odd(NUMBERS, share),
            odd(FLAGS, r.choice(["true", "false"])),
            odd(NUMBERS, str(r.randint(1990, 2025))),
        ])
    totals = [[region, odd(NUMBERS, f"{total:.1f}")] for region, total in sums.items() if clean or r.randint(1, 6) > 1]
    if not clean and r.randint(1, 3) == 1 and totals:
        totals.append(r.choice(totals)[:])
    return {
        "districts": (COLUMNS, rows),
        "totals": (["region", "area"], totals),
    }


def each_oddity():
    """Every text on which engines disagree in silence, once in every column."""
    rows = []
    for number in range(max(len(NUMBERS), len(TEXTS), len(DAYS))):
        of = lambda pool: pool[number % len(pool)]
        rows.append([str(number), "AB"[number % 2] * 2, of(NUMBERS), "0", of(NUMBERS), of(DAYS), of(TEXTS), of(TEXTS), of(NUMBERS), of(NUMBERS),
                     of(FLAGS), of(NUMBERS)])
    for column in (0, 3):
        for text in NUMBERS:
            row = [str(len(rows)), "CC", "1", "1", "1", "1993-02-03", "x", f"name {len(rows)}", str(100 + len(rows)), "5%", "true", "1993"]
            row[column] = text
            rows.append(row)
    return {"districts": (COLUMNS, rows), "totals": (["region", "area"], [["AA", "1e3"], ["BB", "9" * 38], ["CC", "1"]])}


class Engine:
    """A database that holds the tables as texts."""

    def __init__(self, name, connect, execute, collation):
        self.name, self.connect, self.execute, self.collation = name, connect, execute, collation

    def load(self, tables, blank, collated):
        self.database = self.connect()
        collation = self.collation if collated else self.collation.split()[0]
        for name, (columns, rows) in tables.items():
            declared = ", ".join(f'"{c}" {collation}' for c in columns)
            marks = ", ".join("?" if self.name in ("duckdb", "sqlite") else "%s" for _ in columns)
            self.execute(self.database, f'create table "{name}" ({declared})')
            for row in rows:
                cells = [None if blank and c == "" else c for c in row]
                self.execute(self.database, f'insert into "{name}" values ({marks})', cells)

    def ask(self, statement):
        return [tuple(row) for row in self.execute(self.database, statement).fetchall()]


def on_duckdb(database, statement, cells=()):
    return database.execute(statement, list(cells)) if cells else database.execute(statement)


def on_sqlite(database, statement, cells=()):
    return database.execute(statement, cells)


def on_postgresql(database, statement, cells=None):
    return database.execute(statement, cells)


def postgresql():
    import psycopg

    database = psycopg.connect(os.environ["CROSSFOOT_POSTGRESQL"], autocommit=True)
    database.execute("drop schema if exists crossfoot_sql cascade")
    database.execute("create schema crossfoot_sql")
    database.execute("set search_path to crossfoot_sql")
    return database


ENGINES = [
    Engine("duckdb", lambda: duckdb.connect(":memory:"), on_duckdb, "varchar collate nocase"),
    Engine("sqlite", lambda: sqlite3.connect(":memory:"), on_sqlite, "text collate nocase"),
]
def on_mariadb(database, statement, cells=None):
    cursor = database.cursor()
    cursor.execute(statement, cells)
    return cursor


def mariadb():
    import pymysql

    host, port = os.environ["CROSSFOOT_MARIADB"].split(":")
    database = pymysql.connect(host=host, port=int(port), user="root", charset="utf8mb4", autocommit=True)
    for statement in ("set sql_mode = 'ANSI_QUOTES'", "drop database if exists crossfoot_sql",
                      "create database crossfoot_sql character set utf8mb4", "use crossfoot_sql"):
        on_mariadb(database, statement)
    return database


if "CROSSFOOT_MARIADB" in os.environ:
    ENGINES.append(Engine("mariadb", mariadb, on_mariadb, "text collate utf8mb4_general_ci"))
if "CROSSFOOT_POSTGRESQL" in os.environ:
    ENGINES.append(Engine("postgresql", postgresql, on_postgresql, "text"))


def run(folder, *arguments):
    done = subprocess.run([os.path.abspath(CROSSFOOT), *arguments], cwd=folder, capture_output=True, text=True)
    if done.returncode > 2 or not done.stdout:
        sys.exit(f"{arguments}: {done.stderr}")
    return done.stdout


def judged(folder):
    """By check: records that fail or are undecided by table, and how many there are."""
    found, counts = {}, {}
    for line in run(folder, "check", "-f", "jsonl", "--max-per-check", "0").splitlines():
        item = json.loads(line) if line.startswith("{") else {}
        # What is said of a whole column is no row's.
        if item.get("kind") == "finding" and not item["fault"].startswith("mixed-"):
            places = item["undecided"] if item["fault"] == "undecided" else [
                l for l in item["labels"] if l["role"] != "rule"][:1]
            for place in places:
                if place.get("record"):
                    found.setdefault(item["check"], set()).add((place["file"], place["record"], item["fault"]))
        elif item.get("kind") == "summary":
            counts = {c["id"]: c for c in item["checks"]}
    return found, counts


def statements(folder, dialect):
    """The statement of each check, and whether all of it is sent."""
    text = run(folder, "sql", "--dialect", dialect)
    all = {}
    for part in re.split(r"^-- check ", text, flags=re.M)[1:]:
        name, rest = part.split("\n", 1)
        lines = rest.splitlines(keepends=True)
        sql = "".join(l for l in lines if not l.startswith("-- "))
        kept = [l for l in lines if l.startswith("--   judged by crossfoot")]
        all[name] = (sql.strip().rstrip(";"), not kept)
    return all


UNIT = {"total": "totals", "total_of_x": "totals", "counted": "region", "group_sum": "region", "group_mean": "region", "all": None}
# What is undecided there is shown at a cell of another row.
ELSEWHERE = {"previous", "following", "chosen_before", "looked_up", "there", "all"}


def main():
    os.makedirs(FOLDER, exist_ok=True)
    tally = {e.name: dict(statements=0, wanted=0, suspects=0, rows=0, clean_suspects=0, clean_wanted=0, kept=set()) for e in ENGINES}
    missed = []
    for seed in range(TABLES):
        tables = table(seed)
        folder = os.path.join(FOLDER, str(seed))
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "crossfoot.toml"), "w") as out:
            out.write(RULES)
        for name, (columns, rows) in tables.items():
            with open(os.path.join(folder, f"{name}.csv"), "w", newline="", encoding="utf-8") as out:
                writer = csv.writer(out, quoting=csv.QUOTE_ALL)
                writer.writerows([columns, *rows])
        found, counts = judged(folder)
        for engine in ENGINES:
            engine.load(tables, blank=seed % 2 == 1, collated=seed % 3 == 1)
            for check, (sql, is_whole) in statements(folder, engine.name).items():
                of = tally[engine.name]
                if not sql:
                    of["kept"].add(check)
                    continue
                try:
                    rows = engine.ask(sql)
                except Exception as error:
                    missed.append(f"{engine.name} table {seed} {check}: {error}"[:400])
                    continue
                unit = UNIT.get(check, check.split(".")[0] if "." in check else "districts")
                keys = {row[0] or "" for row in rows}
                wanted = set()
                for file, record, fault in found.get(check, ()):
                    own = file.removesuffix(".csv")
                    cells = tables[own][1][record - 1]
                    if fault == "undecided" and (check in ELSEWHERE or not is_whole):
                        continue
                    if unit in ("region", "totals") or own == "totals":
                        # The columns of a reference are without white space around their texts.
                        region = (cells[0] if own == "totals" else cells[1])
                        wanted.add(region if unit == "totals" else region.strip())
                    elif unit == own:
                        wanted.add(cells[0])
                if unit == "districts" and any(f == "totals.csv" for f, _, _ in found.get(check, ())):
                    wanted = set()
                if unit is None:
                    wanted = set()
                # The row of a region may have white space around it.
                left = {w for w in wanted if w not in keys and (unit == "districts" or w.strip() not in {k.strip() for k in keys})}
                if is_whole and left:
                    missed.append(f"{engine.name} table {seed} {check}: {sorted(left)}")
                count = counts.get(check)
                if is_whole and count and "." not in check:
                    open_ = count["failed"] + count["undecided"]
                    wanted_count = open_
                    if len(rows) < open_:
                        missed.append(f"{engine.name} table {seed} {check}: {len(rows)} suspects of {open_}")
                else:
                    wanted_count = len(wanted)
                of["statements"] += 1
                of["wanted"] += wanted_count
                of["suspects"] += len(rows)
                of["rows"] += len(tables.get(unit, tables["districts"])[1])
                if seed % 4 == 0:
                    of["clean_suspects"] += len(rows)
                    of["clean_wanted"] += wanted_count
    for engine, of in tally.items():
        print(f"{engine}: {of['statements']} statements, {of['wanted']} failing or undecided, {of['suspects']} suspects of {of['rows']} rows; "
              f"clean tables: {of['clean_wanted']} and {of['clean_suspects']}; not sent: {', '.join(sorted(of['kept'])) or 'none'}")
        if of["clean_suspects"] > of["clean_wanted"] + of["rows"] // 100:
            missed.append(f"{engine}: too many suspects of clean tables")
    for line in missed[:40]:
        print(line)
    print(f"{len(missed)} missed")
    sys.exit(1 if missed else 0)


main()
