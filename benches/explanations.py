#!/usr/bin/env python3
"""How often the wrong figure is named: makes tables that add up, does one thing to a cell of each, and counts.

  benches/explanations.py [-s SEED] [-n CASES] [--crossed] [--kinds all] [--program PATH]

  -s  seed of the tables and the errors             [1]
  -n  tables                                        [1400]
  --crossed   each cell is in a sum of its row and in one of its column
  --kinds     `seven`, those of the figures in docs/explanations.md; or `all`, with two kinds more  [seven]
  --program   what is measured                      [target/release/crossfoot]

For each kind of error: in what part of the tables the cell is the first that is named, among the first three,
called likely, and how many of those that are called likely are right. A table has 3 to 40 parts in one to three
levels, whole numbers or up to four decimals, figures up to 10,000,000,000, and is of one of the shapes below.
Errors that leave no trace (nothing fails) are not counted. Needs Python 3 alone.
"""

import argparse
import json
import os
import random
import subprocess
import tempfile

SEVEN = ["swapped", "added", "left out", "replaced", "sign", "thousand", "other"]
MORE = ["decimal point", "sixty"]
SHAPES = ["skewed", "skewed", "even", "counts", "money", "rounded", "exported", "large"]
AT_ONCE = 25


class Table:
    """Rows of a label, the label of the row that they are parts of, and figures in units of the last decimal."""

    def __init__(self, chance, columns):
        self.shape = chance.choice(SHAPES)
        self.decimals = {"money": 2, "counts": 0, "exported": 0}.get(self.shape, chance.choice([0, 0, 0, 1, 2, 4]))
        self.middle = chance.uniform(7, 9) if self.shape == "large" else chance.uniform(2, 6.5)
        self.spread = 0.1 if self.shape == "even" else chance.choice([0.3, 0.5, 0.8])
        self.rows = []
        self.columns = columns
        self.block("", "All", chance.choice([1, 1, 1, 2, 2, 3]), chance)
        self.right = [row["figures"] for row in self.rows]
        if columns > 1:
            self.right = [figures + [sum(figures)] for figures in self.right]

    def part(self, chance):
        if self.shape == "counts":
            return int(chance.choice([0, 1, 2, 3, 5, 8, 13, 40, 200]) * chance.uniform(0.5, 3))
        if chance.random() < 0.03:
            return 0
        figure = min(10**10, int(10 ** chance.gauss(self.middle, self.spread)))
        if self.shape == "rounded":
            figure -= figure % 100
        return -figure if self.shape == "money" and chance.random() < 0.06 else figure

    def block(self, parent, label, levels, chance):
        row = {"label": label, "parent": parent, "figures": None}
        self.rows.append(row)
        if levels == 0:
            row["figures"] = [self.part(chance) for _ in range(self.columns)]
            return row["figures"]
        # Most sums have few parts.
        many = int(3 * 10 ** (chance.random() ** 1.6 * (1.13 if levels == 1 else 0.4)))
        parts = [self.block(label, f"{label}.{n}", levels - 1, chance) for n in range(many)]
        row["figures"] = [sum(column) for column in zip(*parts)]
        return row["figures"]

    def equations(self, row):
        """How many sums of its column a row is in."""
        label = self.rows[row]["label"]
        return (self.rows[row]["parent"] != "") + any(other["parent"] == label for other in self.rows)

    def text(self, figure):
        digits = str(abs(figure)).zfill(self.decimals + 1)
        whole = digits[: len(digits) - self.decimals]
        decimals = "." + digits[len(whole) :] if self.decimals else ".0" if self.shape == "exported" else ""
        return ("-" if figure < 0 else "") + whole + decimals


def corrupted(figure, kind, chance):
    """Another figure in place of one; None where there is no such error."""
    digits = list(str(abs(figure)))
    if kind == "swapped":
        places = [n for n in range(len(digits) - 1) if digits[n] != digits[n + 1]]
        if not places:
            return None
        at = chance.choice(places)
        digits[at], digits[at + 1] = digits[at + 1], digits[at]
    elif kind == "added":
        digits.insert(chance.randint(0, len(digits)), chance.choice("0123456789"))
    elif kind == "left out":
        if len(digits) < 2:
            return None
        digits.pop(chance.randrange(len(digits)))
    elif kind == "replaced":
        digits[chance.randrange(len(digits))] = chance.choice("0123456789")
    elif kind == "other":
        return figure + chance.choice([1, -1]) * chance.randint(1, max(10, abs(figure)))
    elif kind == "decimal point":
        return figure * 10 if chance.random() < 0.5 else figure // 10 if figure % 10 == 0 else None
    else:
        return figure * {"sign": -1, "thousand": 1000, "sixty": 60}[kind]
    return (-1 if figure < 0 else 1) * int("".join(digits))


def case(kind, crossed, chance):
    """A table with an error, and the place of the cell."""
    while True:
        table = Table(chance, 3 if crossed else 1)
        row = chance.randrange(len(table.rows))
        column = chance.randrange(len(table.right[row]))
        right = table.right[row][column]
        wrong = corrupted(right, kind, chance)
        if wrong not in (None, right) and (crossed or table.equations(row) == 1):
            figures = [list(figures) for figures in table.right]
            figures[row][column] = wrong
            return table, figures, (row + 1, column)


def write(folder, number, table, figures):
    """The file of a table; returns its rules."""
    names = ["v"] if table.columns == 1 else ["a", "b", "c", "total"]
    with open(os.path.join(folder, f"t{number}.csv"), "w", encoding="utf-8") as out:
        out.write(",".join(["label", "parent", *names]) + "\n")
        for row, own in zip(table.rows, figures):
            out.write(",".join([row["label"], row["parent"], *map(table.text, own)]) + "\n")
    rules = f'[data.t{number}]\npath = "t{number}.csv"\n'
    for name in names:
        rules += (
            f'[check.t{number}-{name}]\neach = "t{number} as p"\n'
            f"where = 'count(t{number} where parent = p.label) > 0'\n"
            f"assert = 'p.{name} = sum(t{number}.{name} where t{number}.parent = p.label)'\n"
        )
    if table.columns > 1:
        rules += f"[check.t{number}-row]\neach = \"t{number}\"\nassert = 'a + b + c = total'\n"
    return rules


def suspects(program, folder, rules):
    """What is named for each table: in the order of the findings, those that are called likely first."""
    with open(os.path.join(folder, "crossfoot.toml"), "w", encoding="utf-8") as out:
        out.write(rules)
    done = subprocess.run(
        [program, "check", "-f", "json", "--max-per-check", "0"], cwd=folder, capture_output=True, check=False
    )
    document = json.loads(done.stdout)
    if document.get("problems"):
        raise SystemExit(document["problems"][0])
    found = {}
    for finding in document["findings"]:
        number = int(finding["check"].split("-")[0][1:])
        found.setdefault(number, []).append(finding["suspects"])
    return found


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("-s", type=int, default=1)
    options.add_argument("-n", type=int, default=1400)
    options.add_argument("--crossed", action="store_true")
    options.add_argument("--kinds", choices=["seven", "all"], default="seven")
    options.add_argument("--program", default="target/release/crossfoot")
    asked = options.parse_args()
    program = os.path.abspath(asked.program)
    kinds = SEVEN if asked.kinds == "seven" else SEVEN + MORE
    chance = random.Random(asked.s)
    scores = {kind: [0] * 5 for kind in kinds}
    for start in range(0, asked.n, AT_ONCE):
        cases = {n: (kinds[n % len(kinds)], *case(kinds[n % len(kinds)], asked.crossed, chance))
                 for n in range(start, min(start + AT_ONCE, asked.n))}
        with tempfile.TemporaryDirectory() as folder:
            rules = [write(folder, n, table, figures) for n, (_, table, figures, _) in cases.items()]
            found = suspects(program, folder, "".join(rules))
        for n, (kind, table, _, (row, column)) in cases.items():
            findings = [named for named in found.get(n, []) if named is not None]
            if n not in found:
                continue
            name = ["v"][column] if table.columns == 1 else ["a", "b", "c", "total"][column]
            is_it = lambda suspect: (suspect["record"], suspect["column_name"]) == (row, name)
            likely = [suspect for named in findings for suspect in named if suspect["is_likely"]]
            score = scores[kind]
            score[0] += 1
            score[1] += any(named and is_it(named[0]) for named in findings)
            score[2] += any(is_it(suspect) for named in findings for suspect in named)
            score[3] += bool(likely)
            score[4] += bool(likely) and all(map(is_it, likely))
    scores["all"] = [sum(column) for column in zip(*scores.values())]
    print(f"{'':14} tables  first  three likely  right")
    for kind, (tables, first, three, likely, right) in scores.items():
        of = lambda part, whole: f"{part / whole:6.3f}" if whole else "     -"
        print(f"{kind:14} {tables:6} {of(first, tables)} {of(three, tables)} {of(likely, tables)} {of(right, likely)}")


if __name__ == "__main__":
    main()
