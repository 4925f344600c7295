"""Many rules over a wide table, and checks of each shape by themselves: makes the data, runs them in turns,
and prints medians of processor time. With --polars the wide table is checked in Polars, too (counts only);
with -p another build of crossfoot runs in turns with the one at hand.

    python3 benches/many.py [-n ROWS] [-r RUNS] [-p PROGRAM] [--polars]

Needs cargo; with --polars the package polars. The rows are the same each time.
"""

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "target" / "bench"
COLUMNS = 60

# Checks that are compared with the first.
SHAPES = {
    "total = a + b + c": "total = a + b + c",
    "… within rounding": "total = a + b + c within rounding",
    "… within 0.05": "total = a + b + c within 0.05",
    "share of two columns, rounded": "share = a / total * 100 within rounding",
    "the same by round()": "share = round(a / total * 100, 1)",
    "two conditions, or": "a > b or c <= total and a + b < 2 * total",
    "if, between": "if kind = \"k1\" then a between 0 and total",
    "look-up compared": "a <= regions[region].most",
    "sum of a group beside the row": "a <= sum(a by region)",
    "share of a group's sum": "portion = a / sum(a by region) * 100 within rounding",
    "least and greatest": "greatest(a, b, c) <= total",
    "days": "until - day < 400 and year(until) >= year(day)",
    "function of a text": "left(region, 1) = \"R\"",
}


def wide(folder, rows):
    draw = random.Random(1)
    with open(folder / "wide.csv", "w") as f:
        f.write(",".join(f"c{i}" for i in range(COLUMNS)) + "\n")
        for _ in range(rows):
            f.write(",".join(str(draw.randint(0, 1000)) for _ in range(COLUMNS)) + "\n")
    contracts = ["[data.t]", 'path = "wide.csv"'] + [
        f'columns.c{i} = {{ type = "integer", min = 0, max = 1000, required = true }}' for i in range(COLUMNS)
    ]
    checks = [f"[check.x{i}]\neach = \"t\"\nassert = 'c{i} + c{i + 1} >= c{i + 2} - 1000'" for i in range(58)]
    checks += [
        f"[check.y{i}]\neach = \"t\"\nwhere = 'c{i} > 500'\nassert = 'c{i + 3} * 2 >= 0 - c{i + 2}'" for i in range(40)
    ]
    (folder / "contracts.toml").write_text("\n".join(contracts) + "\n")
    (folder / "wide.toml").write_text("\n".join(contracts + checks) + "\n")


def cents(n):
    return f"{n // 100}.{n % 100:02d}"


def shapes(folder, rows):
    draw = random.Random(2)
    cells = []
    for _ in range(rows):
        a, b, c = (draw.randint(100_000, 9_999_999) for _ in range(3))
        day = draw.randint(0, 300)
        cells.append((a, b, c, draw.randrange(400), f"k{draw.randrange(5)}", day, day + draw.randint(0, 60)))
    sums = [0] * 400
    for a, _, _, region, *_ in cells:
        sums[region] += a

    def tenths(part, whole):
        n = (2000 * part + whole) // (2 * whole)
        return f"{n // 10}.{n % 10}"

    def date(n):
        return time.strftime("%Y-%m-%d", time.gmtime(1_700_000_000 + 86_400 * n))

    with open(folder / "shapes.csv", "w") as f:
        f.write("a,b,c,total,share,portion,region,kind,day,until\n")
        for a, b, c, region, kind, day, until in cells:
            share, portion = tenths(a, a + b + c), tenths(a, sums[region])
            row = [cents(a), cents(b), cents(c), cents(a + b + c), share, portion, f"R{region:03}", kind]
            f.write(",".join(row + [date(day), date(until)]) + "\n")
    with open(folder / "regions.csv", "w") as f:
        f.write("region,most\n" + "".join(f"R{r:03},{cents(10_000_000 + r)}\n" for r in range(400)))
    number = ["a", "b", "c", "total", "share", "portion"]
    head = ['[data.t]\npath = "shapes.csv"'] + [f'columns.{c} = {{ type = "number" }}' for c in number]
    head += ['columns.day = { type = "date" }\ncolumns.until = { type = "date" }']
    head += ['[data.regions]\npath = "regions.csv"\nkey = "region"\ncolumns.most = { type = "number" }']
    (folder / "none.toml").write_text("\n".join(head) + "\n")
    for at, check in enumerate(SHAPES.values()):
        text = "\n".join(head) + f"\n[check.one]\neach = \"t\"\nassert = '''{check}'''\n"
        (folder / f"shape{at}.toml").write_text(text)


POLARS = """
import sys, polars as pl
e, c = [], lambda i: pl.col(f"c{i}")
for i in range(60): e.append((c(i).is_null() | (c(i) < 0) | (c(i) > 1000)).sum().alias(f"a{i}"))
for i in range(58): e.append((~(c(i) + c(i + 1) >= c(i + 2) - 1000)).sum().alias(f"b{i}"))
for i in range(40): e.append(((c(i) > 500) & ~(c(i + 3) * 2 >= -c(i + 2))).sum().alias(f"d{i}"))
assert sum(pl.scan_csv(sys.argv[1]).select(e).collect().row(0)) == 0
"""


def run(command):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode > 0:
        sys.exit(f"{command} ends with {done.returncode}: {done.stderr}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(title, commands, runs):
    """In turns; each against the first."""
    times = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            times[name].append(run(command))
    print(f"\n{title}\n\n| what | wall s | processor s | wall, times the first | processor, times the first |")
    print("|---|---:|---:|---:|---:|")
    middle = {name: [statistics.median(t) for t in zip(*times[name])] for name in commands}
    first = next(iter(middle.values()))
    for name, (wall, cpu) in middle.items():
        print(f"| {name} | {wall:.3f} | {cpu:.3f} | {wall / first[0]:.2f} | {cpu / first[1]:.2f} |", flush=True)
    return middle


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("-n", type=int, default=200_000)
    arguments.add_argument("-r", type=int, default=5)
    arguments.add_argument("-p")
    arguments.add_argument("--polars", action="store_true")
    given = arguments.parse_args()
    program = ROOT / "target" / "release" / "crossfoot"
    if not program.exists():
        subprocess.run(["cargo", "build", "--release", "--quiet", "--bin", "crossfoot"], cwd=ROOT, check=True)
    folder = OUT / f"many-{given.n}"
    if not (folder / "shapes.csv").exists():
        os.makedirs(folder, exist_ok=True)
        wide(folder, given.n)
        shapes(folder, given.n)
    programs = {"": program} | ({"before: ": given.p} if given.p else {})

    def check(program, rules):
        return [str(program), "check", str(folder / rules), "-q", "-j2"]

    commands = {}
    if given.polars:
        commands["Polars"] = [sys.executable, "-c", POLARS, str(folder / "wide.csv")]
    for which, path in programs.items():
        commands[f"{which}crossfoot"] = check(path, "wide.toml")
        commands[f"{which}crossfoot, the contracts alone"] = check(path, "contracts.toml")
    measure(f"60 contracts and 98 checks over 60 columns, {given.n} rows", commands, given.r)
    for which, path in programs.items():
        commands = {"no check": check(path, "none.toml")}
        commands |= {name: check(path, f"shape{at}.toml") for at, name in enumerate(SHAPES)}
        middle = measure(f"{which}one check of one shape, {given.n} rows", commands, given.r)
        base, of_sum = middle["no check"][1], middle[next(iter(SHAPES))][1]
        print(f"\nThe check itself: the sum {1e9 * (of_sum - base) / given.n:.0f} ns a row.")


main()
