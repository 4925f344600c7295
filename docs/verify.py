#!/usr/bin/env python3
"""Recomputes the verdicts of crossfoot from the certificates in its JSON, and from nothing else:
`python3 docs/verify.py [--data DIR] [--values] FINDINGS.json ...`

A certificate is a tree: cells and constants, what is done with them, and what each step comes to.
Every step is computed again, exactly; the demand at the root must then be false. What a tree cannot
hold (which rows were chosen) is taken as given. Exit status 1: something is wrong; 2: bad input.
"""
import argparse, json, re, warnings
from collections import Counter, namedtuple
from datetime import date
from fractions import Fraction
from functools import lru_cache, reduce
from math import ceil, floor, inf
from pathlib import Path

# A number and the ends of what it could be: (n, 0) itself, (n, 1) just above, (n, -1) just below.
Figure = namedtuple("Figure", "value low high")
Days = type("Days", (Figure,), {})  # a date: its first and its last possible day
Blank = namedtuple("Blank", "kind")  # what is no value
MISSING, UNKNOWN, OPEN, OFF = map(Blank, ("missing", "unknown", "possible", "not-applicable"))
OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
READABLE = {"integer": r"[-+]?\d+", "number": r"[-+]?\d+(\.\d+)?", "date %Y-%m-%d or %Y-%m or %Y":
            r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|1\d|2[0-8]))?)?"}
ZERO, TINY, bytes_of = (0, 0), Fraction(1, 10**99), lru_cache(8)(Path.read_bytes)

class Given(Exception):
    """A step that cannot be computed again: its value is taken as it is recorded."""

# ---- what is recorded
def exactly(n):
    return Figure(Fraction(n), (Fraction(n), 0), (Fraction(n), 0))
def figure(text, span):
    end = lambda key, none, beside: (none, 0) if span[key] is None else (
        Fraction(span[key]), beside * (key + "_open" in span))
    ends = (end("low", -inf, 1), end("high", inf, -1)) if span else exactly(text)[1:]
    return Figure(Fraction(text), *ends)
def days(first, last):  # Python's calendar begins with the year 1; 2000 years are 730,485 days
    number = lambda iso: Fraction(date.fromisoformat(iso.replace("0000-", "2000-")).toordinal()
                                  - 730485 * (iso < "0001"))
    return Days(number(first), (number(first), 0), (number(last), 0))
def recorded(op):
    value = op["value"]
    kind, of = (value, None) if isinstance(value, str) else next(iter(value.items()))
    return days(*of) if kind == "date" else of if kind in ("text", "truth") else (
        figure(of, op.get("range")) if kind in ("number", "micros") else Blank(kind))

# ---- figures: what is done with all that they could be
def add(a, b):
    end = lambda x, y, beside: (x + y, 0 if abs(x + y) == inf else beside)
    return Figure(a.value + b.value, end(a.low[0], b.low[0], max(a.low[1], b.low[1])),
                  end(a.high[0], b.high[0], min(a.high[1], b.high[1])))
def scale(a, by):
    ends = [(n * by, beside if by > 0 else -beside) for n, beside in a[1:]]
    return Figure(a.value * by, *(ends if by > 0 else reversed(ends)))
def times(a, b):
    if inf in (-a.low[0], a.high[0], -b.low[0], b.high[0]):
        raise Given
    ends = [(x * y, int(bool(i or j) and not (x == 0 == i or y == 0 == j)))
            for x, i in a[1:] for y, j in b[1:]]
    return Figure(a.value * b.value, min(ends), max((n, -is_open) for n, is_open in ends))
def divide(a, b):
    if b.low[0] <= 0 <= b.high[0]:
        raise Given
    return times(a, Figure(1 / b.value, *((1 / n, -beside) for n, beside in b[:0:-1])))
half_up = lambda n, unit: (n > 0 or -1) * floor(abs(n) / unit + Fraction(1, 2)) * unit
subtract = lambda a, b: add(a, scale(b, -1))
minus = lambda a: scale(a, -1)
absolute = lambda a: Figure(
    abs(a.value), max(a.low, minus(a).low, ZERO), max(minus(a).high, a.high))
each_end = lambda a, f: Figure(f(a.value), *((n if abs(n) == inf else f(n), 0) for n, _ in a[1:]))
extreme = lambda values, best: (
    Figure(*map(best, zip(*values))) if type(values[0]) is Figure else best(values))

# ---- comparisons
def blank(*values):
    found = [kind for kind in (OFF, UNKNOWN, OPEN, MISSING) if kind in values]
    return found and (UNKNOWN if found[0] == OPEN else found[0])
def could(sign, d):
    """Whether some number that d could be compares with zero like this."""
    return {"=": d.low <= ZERO <= d.high, "!=": (d.low, d.high) != (ZERO, ZERO),
            "<": d.low[0] < 0, "<=": d.low <= ZERO, ">": d.high[0] > 0, ">=": d.high >= ZERO}[sign]
def near(sign, d, most):
    d = abs(d) if sign in ("=", "!=") else -d if ">" in sign else d
    return d > most if sign == "!=" else d < most if sign in "<>" else d <= most
def compare(sign, a, b):
    if blank(a, b):
        return UNKNOWN if blank(a, b) == MISSING else blank(a, b)
    d = subtract(a, b) if isinstance(a, Figure) else exactly((a > b) - (a < b))
    return OPEN if could(sign, d) and could(OPPOSITE[sign], d) else could(sign, d)

def compared(sign, left, right, within):
    a, b = recorded(left), recorded(right)
    if not within or blank(a, b) or within == "rounding" and type(a) is not Figure:
        return compare(sign, a, b)
    if within == "rounding":
        scaled = (scale(recorded(op), factor) for factor, op in linear(left, right))
        return could(sign, reduce(add, scaled, exactly(0)))
    most = recorded(within["amount"]) if "amount" in within else scale(
        absolute(b), Fraction(within["share"])) if Fraction(within["share"]) else exactly(0)
    if blank(most) or "amount" in within and most.value < 0:
        return compare("=", most, most) if blank(most) else UNKNOWN
    # What holds at both ends and at the least distance between them holds at every distance.
    low, high = (n + beside * TINY for n, beside in subtract(a, b)[1:])
    verdicts = {near(sign, n, end[0]) for n in (low, high, max(low, min(0, high))) for end in most[1:]}
    return OPEN if len(verdicts) == 2 or most.low[0] < 0 else verdicts.pop()

# ---- `within rounding`: left minus right as figures with their factors: each is widened once
is_constant = lambda op: op["op"] == "constant" or op["op"] in "neg+-*/" and all(
    map(is_constant, op["args"]))

def identity(op):
    """The same for what reads the same: a cell by its place, rows that were chosen by name."""
    place, name = op.get("place"), "".join(op.get("name", "").split())
    return (place["file"], place.get("address", place["start"])) if op["op"] == "cell" and place else (
        op["op"], name, json.dumps(op["value"]), *map(identity, op.get("args", [])))
def collect(op, factor, form):
    kind, args = op["op"], op.get("args", [])
    fixed = [is_constant(arg) for arg in args]
    if kind == "neg" or kind in ("+", "-") and type(recorded(args[0])) is Figure:
        collect(args[0], -factor if kind == "neg" else factor, form)
        for arg in args[1:]:
            collect(arg, factor if kind == "+" else -factor, form)
    elif kind in ("*", "/") and fixed[1] or kind == "*" and fixed[0]:
        of, by = args if fixed[1] else reversed(args)
        collect(of, factor * recorded(by).value ** (1 if kind == "*" else -1), form)
    else:
        form.setdefault(identity(op), [0, op])[0] += factor
def linear(left, right):
    form = {}
    collect(left, Fraction(1), form)
    collect(right, Fraction(-1), form)
    return [term for term in form.values() if term[0] != 0]
def is_improbable(left, right):
    """More than three standard deviations of what rounding explains: d² > 9 · Σ width² / 12."""
    squared = lambda op: (recorded(op).high[0] - recorded(op).low[0]) ** 2
    distance = squares = 0
    for factor, op in linear(left, right):
        rest = Fraction(op.get("rest", {}).get("squares", 0))
        of_rows = rest + sum(map(squared, op.get("args", [])))
        squares += factor**2 * (of_rows if op["op"] == "sum" else squared(op))
        distance += factor * recorded(op).value
    return distance != 0 and 12 * distance**2 > 9 * squares

# ---- what other steps come to
def gather(parts, decisive):  # `and`, where false decides; `or`, where true does
    if decisive in parts or UNKNOWN in parts or MISSING in parts:
        return decisive if decisive in parts else UNKNOWN
    return OPEN if OPEN in parts else not decisive if (not decisive) in parts else OFF
def aggregate(kind, values, op):
    """What the rows that are listed come to, together with the rest."""
    rest, decisive = op.get("rest", {}), kind == "any"
    count = len(values) + rest.get("count", 0)
    if kind in ("count", "one row"):
        return exactly(count) if kind == "count" else count == 1
    if kind in ("any", "all") and (decisive in values or not rest):
        return decisive if decisive in values else UNKNOWN if UNKNOWN in values else not decisive
    if rest and kind != "first" and "value" not in rest:
        raise Given
    values = values + ([figure(rest["value"], rest.get("range"))] if "value" in rest else [])
    if not values:
        return exactly(0) if op["op"] == "sum" else MISSING
    return {"sum": lambda: reduce(add, values), "first": lambda: values[0],
            "mean": lambda: divide(reduce(add, values), exactly(count)),
            "min": lambda: extreme(values, min), "max": lambda: extreme(values, max),
            "last": lambda: values[-1], "only": lambda: values[0]}[kind]()

def matches(text, pattern):
    if re.search(r"\\[pPzwbAB]|\[\[|&&|\$.", pattern) or not (text + pattern).isascii():
        raise Given  # Python may read it in another way
    return bool(re.search(pattern.replace("$", r"\Z"), text))
def part(d, name):  # of a date, where both its ends share it
    if d.low[0] < 1:
        raise Given
    ends = {getattr(date.fromordinal(int(n)), name) for n, _ in d[1:]}
    return exactly(ends.pop()) if len(ends) == 1 else MISSING

# Of values that all are there. What is not here would need more than a short program.
FUNCTIONS = {
    "neg": minus, "+": add, "-": subtract, "*": times, "/": divide, "abs": absolute,
    "floor": lambda a: each_end(a, floor), "ceil": lambda a: each_end(a, ceil),
    "round": lambda a, n=ZERO: each_end(a, lambda x: half_up(x, 1 / Fraction(10) ** int(n[0]))),
    "least": lambda *of: extreme(of, min), "greatest": lambda *of: extreme(of, max),
    "mod": lambda a, b: exactly(a.value % b.value), "length": lambda text: exactly(len(text)),
    "change": lambda new, old: subtract(divide(new, old), exactly(1)),
    "concat": lambda *of: "".join(of), "lower": str.lower, "upper": str.upper, "trim": str.strip, "contains": str.__contains__,
    "starts_with": str.startswith, "ends_with": str.endswith, "day": lambda d: part(d, "day"),
    "year": lambda d: part(d, "year"), "month": lambda d: part(d, "month"),
    "days": lambda a, b: subtract(b, a)}
NOT_COMPUTED = ("attainable capture date decimals exp hour left like log minute months number power "
                "quarter read replace right slice sqrt text weekday years").split()

def follows(op, today):
    """What a step comes to by what its operands are recorded to be."""
    kind, args, within = op["op"], op.get("args", []), op.get("within")
    v = [recorded(arg) for arg in args]
    if kind.startswith("given:") or kind in NOT_COMPUTED:
        raise Given
    if kind in OPPOSITE:
        return compared(kind, *args, within)
    if kind == "between":
        ends = compared(">=", args[0], args[1], within), compared("<=", args[0], args[2], within)
        return next((end for end in (False, OFF, UNKNOWN, OPEN) if end in ends), True)
    if kind in FUNCTIONS:
        return blank(*v) or FUNCTIONS[kind](*v)
    if kind.startswith("along "):
        there = [value for value in v if value not in (MISSING, OFF)]
        return blank(*there) or aggregate(kind[6:], there, op)
    if kind == "unique":
        return len({tuple(map(recorded, row["args"])) for row in args}) > 1
    if kind in ("cell", "constant", "row", "today"):
        return days(today, today) if kind == "today" else recorded(op)
    if kind == "readable":
        return re.fullmatch(READABLE[op["name"]], args[0]["text"]) is not None
    return STEPS[kind](*v) if kind in STEPS else aggregate(kind, v, op)

STEPS = {
    "and": lambda *v: gather(v, False), "or": lambda *v: gather(v, True),
    "not": lambda a: not a if isinstance(a, bool) else a if a in (OFF, OPEN) else UNKNOWN,
    "in": lambda a, *items: gather([compare("=", a, item) for item in items], True),
    "if": lambda a, *taken: UNKNOWN if a in (UNKNOWN, OPEN, MISSING) else (*taken, OFF)[0],
    "default": lambda a, *other: other[0] if a in (MISSING, OFF) else a, "prev": lambda a: a,
    "is missing": lambda a: a in (MISSING, OFF), "next": lambda a: a,
    "is readable": lambda a: not isinstance(a, Blank) or a == OPEN, "same": lambda a, b: a == b,
    "look-up": lambda *v: UNKNOWN if False in v[:-1] else v[-1], "observed": lambda: False,
    "matches": lambda a, b: matches(a, b) if isinstance(a, str) else OFF if a == OFF else UNKNOWN}

def agrees(op, value):  # whether a cell has the digits or the text of its value
    text, digits = op.get("text", ""), lambda text: "".join(re.findall(r"\d", text)).strip("0")
    if type(value) is Figure and re.fullmatch(r"[-+(]?[.]?\d[\d., ']{0,14}\s*%?[-)]?", text):
        return "number" not in op["value"] or digits(text) == digits(op["value"]["number"])
    return not isinstance(value, str) or "text" not in op or value == text

# ---- findings
def check(op, run, found, depth=0):
    """Computes a step and all below it again, and notes what is wrong."""
    within = op.get("within", "")
    for arg in op.get("args", []) + ([within["amount"]] if "amount" in within else []):
        check(arg, run, found, depth + 1)
    value, name = recorded(op), f"{op['op']} {op.get('name', '')}".strip()
    try:
        result = follows(op, run.today)
    except (Given, Warning, ZeroDivisionError, re.error):
        result, found["given"] = value, True
    if result != value and not ("micros" in op["value"] and abs(result.value - value.value) < 1):
        found["wrong"] += [f"{name}: {op['value']} is recorded, {result} follows"]
    if op["op"] == "cell" and not agrees(op, value):
        found["wrong"] += [f"{name}: {op['text']!r} is not {op['value']}"]
    if run.data and "text" in op and "place" in op:
        place, quoted = op["place"], '"' + op["text"].replace('"', '""') + '"'
        is_apart = "derived" in place or "address" in place
        run.counts["apart" if is_apart else "read"] += 1
        there = b"" if is_apart else bytes_of(run.data / place["file"])
        there = there[place["start"]:place["end"]].decode(errors="replace").strip()
        if not is_apart and there not in (op["text"].strip(), quoted):
            found["wrong"] += [f"{name}: the file has {there!r}, not {op['text']!r}"]
    if run.values:
        print("  " * (depth + 1) + f"{op.get('name') or op['op']} = {op['value']}")

def verify(finding, run):
    found = {"wrong": [], "given": "given" in finding.get("certificate", {})}
    try:
        demand, is_met = finding["certificate"]["demand"], finding["fault"] == "improbable-rounding"
        if run.values:
            print(finding["check"], finding["fingerprint"])
        check(demand, run, found)
        if recorded(demand) is not is_met or is_met and not is_improbable(*demand["args"]):
            found["wrong"] += ["the demand is met"]
    except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError) as error:
        found["wrong"] += [f"its certificate cannot be read: {error!r}"]
    for line in found["wrong"]:
        print(f"{finding['check']} {finding['fingerprint']}: {line}")
    return ("wrong" if found["wrong"] else "observed" if demand["op"] == "observed" else
            "given" if found["given"] else "verified")

def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("documents", nargs="+", type=Path, metavar="FINDINGS.json")
    parser.add_argument("--data", type=Path, help="read each cell below this folder, too")
    parser.add_argument("--values", action="store_true", help="print all steps")
    run = parser.parse_args(namespace=argparse.Namespace(counts=Counter()))
    warnings.simplefilter("error")
    for path in run.documents:
        try:
            document = json.loads(path.read_bytes())
            run.today, findings = document["today"], list(document["findings"])
            # Those that are one with another have a certificate of their own.
            findings += [own for f in document["findings"] for own in f.get("crossed", ()) if "certificate" in own]
            if document["version"] != 1:
                raise ValueError(f"its version is {document['version']}, not 1")
        except (LookupError, OSError, TypeError, ValueError) as error:
            parser.exit(2, f"{path}: this is no document of findings: {error!r}\n")
        run.counts["findings"] += len(findings)
        run.counts.update(verify(finding, run) for finding in findings)
    if run.data:
        print("{read} cells read, {apart} in archives, compressed files and workbooks not".format_map(run.counts))
    print("{findings} findings: {verified} verified, {observed} observed, {given} with parts taken "
          "as given, {wrong} wrong".format_map(run.counts))
    parser.exit(1 if run.counts["wrong"] else 0)

if __name__ == "__main__":
    main()
