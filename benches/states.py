#!/usr/bin/env python3
"""What needs other rows: makes the data, runs each rule by itself, and prints times and memory.

  benches/states.py [-n ROWS] [-r RUNS] [-m SIZE,SIZE] [-k NAME,NAME] [--program PATH]

  -n  rows                                          [1000000]
  -r  runs of each rule, in turns; medians          [3]
  -m  also with these `--memory` sizes              [none]
  -k  only these rules
  --program  what is measured                       [target/release/crossfoot]

The data is the same each time. Needs Python 3 alone. `prev` is the measure: a comparison with the row
before in arithmetic, which goes through the rows one by one on one core, as `cumulative` does.
"""

import argparse
import os
import random
import statistics
import subprocess
import time

TABLE = """
[data.t]
path = "t.csv"
columns.account.type = "text"
columns.day.type = "date"
columns.amount.type = "number"
columns.code.type = "text"
"""

# Each by itself: a check of the table, and what its row in the output is called.
RULES = {
    "a row alone": 'each = "t"\nassert = "amount * 2 >= amount"',
    "prev": 'each = "t"\nassert = "amount - prev(amount by account) <= 2000000"',
    "prev in a loop": 'each = "t"\nassert = "day >= prev(day by account)"',
    "order": 'each = "t"\norder = "account, day"\nassert = "day >= prev(day by account)"',
    "next": 'each = "t"\nassert = "amount - next(amount by account) <= 2000000"',
    "rank": 'each = "t"\nassert = "rank(amount by account) >= 1"',
    "cumulative": 'each = "t"\nassert = "cumulative(amount by account) >= 0"',
    "median": 'each = "t by account"\nassert = "median(amount) <= 2000000"',
    "median of all": 'assert = "median(t.amount) <= 2000000"',
    "mode": 'each = "t by account"\nassert = "mode(amount) <= 2000000"',
    "stddev": 'each = "t by account"\nassert = "stddev(amount) <= 2000000 within 1"',
    "count(distinct)": 'each = "t by account"\nassert = "count(distinct day) >= 1"',
    "count(distinct) of all": 'assert = "count(distinct t.code) >= 1"',
    "order with prev and count(distinct)": 'each = "t"\norder = "account, day"\n'
    'assert = "amount - prev(amount by account) <= 2000000"\n[check.codes]\nassert = "count(distinct t.code) >= 1"',
}

# Keys of any length, of which nothing but `--memory` bounds what is held.
TEXTS = '[data.long]\npath = "long.csv"\ncolumns.key.type = "text"\n'
LONG = {
    "unique keys of 1 kB": (TEXTS + 'key = "key"\n', ""),
    "look-ups by keys of 1 kB": (
        TEXTS + TEXTS.replace("data.long", "data.other") + 'key = "key"\n',
        'each = "long"\nassert = "other[key].value = value"',
    ),
    "groups by keys of 1 kB": (TEXTS, 'each = "long by key"\nassert = "count() >= 1"'),
    "distinct keys of 1 kB": (TEXTS, 'assert = "count(distinct long.key) >= 1"'),
    "an order by keys of 1 kB": (
        TEXTS,
        'each = "long"\norder = "key"\nassert = "key >= prev(key)"',
    ),
    "prev by keys of 1 kB": (TEXTS, 'each = "long"\nassert = "value - prev(value by key) = 0"'),
}


def make(folder, rows):
    """One table with an account, a day, an amount and a code that is unique; one with keys of 1 kB."""
    os.makedirs(folder, exist_ok=True)
    data = f"{folder}/t.csv"
    if not os.path.exists(data):
        chance, accounts = random.Random(1), max(1, rows // 50)
        with open(data, "w") as out:
            out.write("account,day,amount,code\n")
            for row in range(rows):
                day = row * 3000 // rows
                account, amount = chance.randrange(accounts), chance.randrange(100_000_000)
                date = f"{2010 + day // 336}-{day // 28 % 12 + 1:02}-{day % 28 + 1:02}"
                out.write(f"A{account:06},{date},{amount // 100}.{amount % 100:02},K{chance.getrandbits(40):010x}\n")
    data = f"{folder}/long.csv"
    if not os.path.exists(data):
        chance = random.Random(2)
        with open(data, "w") as out:
            out.write("key,value\n")
            for row in range(rows // 10):
                out.write(f"{chance.getrandbits(4000):0>1000x},{row}\n")


def measure(command):
    """Seconds, processor seconds, megabytes and exit status of a run."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return time.monotonic() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, child.returncode


def main():
    arguments = argparse.ArgumentParser(usage=__doc__)
    arguments.add_argument("-n", type=int, default=1_000_000)
    arguments.add_argument("-r", type=int, default=3)
    arguments.add_argument("-m", default="")
    arguments.add_argument("-k", default="")
    arguments.add_argument("--program", default="target/release/crossfoot")
    asked = arguments.parse_args()
    folder = f"target/bench/states-{asked.n}"
    make(folder, asked.n)
    rules = {name: (TABLE, rule) for name, rule in RULES.items()} | LONG
    chosen = [name for name in rules if not asked.k or name in asked.k.split(",")]
    runs = []
    for number, name in enumerate(chosen):
        path, (table, rule) = f"{folder}/rules-{number}.toml", rules[name]
        with open(path, "w") as out:
            out.write(table + (f"\n[check.it]\n{rule}\n" if rule else ""))
        for size in [None, *filter(None, asked.m.split(","))]:
            memory = ["--memory", size] if size else []
            runs.append((name, size, [asked.program, "check", path, "-j2", "-q", *memory]))
    times = [[] for _ in runs]
    for _ in range(asked.r):
        for (_, _, command), taken in zip(runs, times):
            taken.append(measure(command))
    print(f"{asked.n} rows, medians of {asked.r} runs in turns\n")
    print("| | `--memory` | wall s | processor s | peak MB | exit |\n|---|---|---:|---:|---:|---:|")
    for (name, size, _), taken in zip(runs, times):
        wall, processor, peak = (statistics.median(column) for column in list(zip(*taken))[:3])
        print(f"| {name} | {size or 'none'} | {wall:.2f} | {processor:.2f} | {peak:.0f} | {taken[0][3]} |")


main()
