#!/usr/bin/env python3
"""Measures what a run costs before it reads rows: benches/setup.py PROGRAM FOLDER [RUNS]

Many files, checks, columns and placeholders, each at a quarter of its size and whole: what is linear
takes at most four times as long. Prints a table of the least processor time and of the peak memory.
"""

import os
import subprocess
import sys
import time


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(text)


def files(folder, count):
    """Small CSV files that one pattern of paths finds."""
    for number in range(count):
        write(f"{folder}/data/{number:05}.csv", f"id,n\n{number},5\n{number}x,7\n")
    write(f"{folder}/crossfoot.toml", "[data.t]\npath = 'data/*.csv'\nkey = 'id'\ncolumns.n = { min = 1 }\n")


def checks(folder, count):
    """As many checks of their own over one table."""
    write(f"{folder}/t.csv", "a,b\n1,2\n3,4\n")
    rules = ["[data.t]\npath = 't.csv'\n"]
    rules += [f"[check.c{n}]\neach = 't'\nassert = 'a < b + {n}'\n" for n in range(count)]
    write(f"{folder}/crossfoot.toml", "".join(rules))


def columns(folder, count):
    """A table with as many columns, some of which have contracts."""
    names = [f"c{n}" for n in range(count)]
    row = ",".join(str(n % 97) for n in range(count))
    write(f"{folder}/t.csv", f"{','.join(names)}\n{row}\n{row}\n")
    rules = ["[data.t]\npath = 't.csv'\n"]
    rules += [f"columns.c{n} = {{ min = 0 }}\n" for n in range(0, count, 100)]
    write(f"{folder}/crossfoot.toml", "".join(rules))


def placeholders(folder, count):
    """One pattern with as many placeholders."""
    parts = " and ".join(f"{{p{n}:number}}" for n in range(count))
    said = " and ".join(str(n) for n in range(count))
    write(f"{folder}/t.md", f"# Report\n\nThey were {said} in all.\n")
    write(f"{folder}/crossfoot.toml",
          f"[data.t]\npath = 't.md'\npattern = 'were {parts} in all'\nrows = 1\n"
          "[check.c]\nassert = 't.p0 = 0'\n")


def repository(folder, count):
    """Tables, texts and checks of a project, a megabyte in all for a hundred."""
    rules = []
    for n in range(count):
        rows = "".join(f"{row},{row % 7},{row % 7 + 2}\n" for row in range(900))
        write(f"{folder}/data/t{n}.csv", f"id,a,b\n{rows}")
        rules.append(f"[data.t{n}]\npath = 'data/t{n}.csv'\nkey = 'id'\ncolumns.a = {{ min = 0 }}\n"
                     f"[check.c{n}]\neach = 't{n}'\nassert = 'b = a + 2'\n")
    write(f"{folder}/crossfoot.toml", "".join(rules))


CASES = [("files of one pattern", files, 10_000), ("checks", checks, 66_000),
         ("columns", columns, 100_000), ("placeholders of one pattern", placeholders, 32),
         ("tables, 1 MB in all", repository, 100)]


def measure(program, folder):
    """The processor seconds, the wall seconds and the peak megabytes of a run, which must find nothing."""
    start = time.perf_counter()
    child = subprocess.Popen([program, "check", "-q"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    if status:
        sys.exit(f"{folder}: {said.decode(errors='replace')[:2000]}")
    return used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024


def main():
    program, root = os.path.abspath(sys.argv[1]), sys.argv[2]
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    print("| | processor s | a quarter of it | wall s | peak MB |\n|---|---:|---:|---:|---:|")
    for name, make, count in CASES:
        best = []
        for size in (count, count // 4):
            folder = f"{root}/{make.__name__}-{size}"
            if not os.path.exists(f"{folder}/crossfoot.toml"):
                make(folder, size)
            all_runs = [measure(program, folder) for _ in range(runs)]
            best.append([min(column) for column in zip(*all_runs)])
        (cpu, wall, peak), (quarter, _, _) = best
        print(f"| {count:,} {name} | {cpu:.3f} | {quarter:.3f} | {wall:.3f} | {peak:.0f} |")


main()
