"""The part of engines.sh that knows W: puts its rows into engines, runs crossfoot, and compares.

    python3 benches/engines.py PROGRAM FOLDER ENGINE…
"""

import csv
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The check that a kind of planted error is found by.
CHECKS = {
    "c1_null": ["data.id"], "c1_dup": ["data.id"], "c2": ["data.region"], "c3": ["data.start_date"],
    "c4": ["data.end_date", "dates-in-order"], "c5": ["data.area_km2"], "c6": ["data.population"],
    "c7": ["data.name"], "c8": ["parts-make-the-total"], "c9": ["data.share_pct"], "c10": ["region-totals"],
    "c11": ["starts-do-not-go-back"],
}
# What looks at the row before is judged by crossfoot: its columns move.
MOVES = "starts-do-not-go-back"


def rows(folder):
    """Each record with its number, by which it is known in an engine; ragged ones are in none."""
    out = folder / "held.csv"
    if out.exists():
        return out
    with open(folder / "data.csv", newline="", encoding="utf-8") as given, \
            open(folder / "held.part", "w", newline="", encoding="utf-8") as held:
        reader, writer = csv.reader(given), csv.writer(held, lineterminator="\n")
        names = next(reader)
        writer.writerow(["record"] + names)
        for number, record in enumerate(reader, 1):
            if len(record) == len(names):
                writer.writerow([f"{number:09}"] + record)
    os.rename(folder / "held.part", out)
    return out


def parquet(folder):
    """The same rows as columns of texts."""
    import adbc_driver_manager.dbapi as adbc  # of the virtual environment
    library = (ROOT / "target/engines/drivers/duckdb.toml").read_text().split('shared = "')[1].split('"')[0]
    with adbc.connect(driver=library, entrypoint="duckdb_adbc_init", autocommit=True) as at:
        for name in ["held", "regions", "totals"]:
            texts = f"select * from read_csv('{folder / name}.csv', all_varchar = true)"
            at.cursor().execute(f"copy ({texts}) to '{folder / name}.parquet'")


def duckdb(folder, engine):
    """Files that DuckDB reads."""
    ending = engine.removeprefix("duckdb-")
    if ending == "parquet":
        parquet(folder)
    return lambda name: f'source = "duckdb"\npath = "{folder.resolve() / name}.{ending}"', []


def postgresql(folder, _):
    """Tables of texts."""
    address = os.environ["CROSSFOOT_POSTGRESQL"]
    for name in ["held", "regions", "totals"]:
        with open(folder / f"{name}.csv", encoding="utf-8") as file:
            columns = ", ".join(f'"{c}" text' for c in next(file).strip().split(","))
        copy = f"\\copy {name} from '{folder / name}.csv' with (format csv, header)"
        make = f"drop table if exists {name}; create table {name}({columns})"
        subprocess.run(["psql", "-q", address, "-c", make, "-c", copy], check=True)
    subprocess.run(["psql", "-q", address, "-c", "analyze"], check=True)
    return held("postgresql", lambda name: name), ["--source", f"warehouse={address}"]


def spark(folder, _):
    """Parquet files, which the executors read in parts."""
    parquet(folder)
    view = lambda name: f'parquet.\\"{folder.resolve() / name}.parquet\\"'
    return held("spark", view), ["--source", f"warehouse={os.environ['CROSSFOOT_SPARK']}"]


def held(driver, name_of):
    declared = f'[source.warehouse]\ndriver = "{driver}"\ntimeout = 3600\n\n'
    place = lambda name: f'source = "warehouse"\ntable = "{name_of(name)}"'
    place.declared = declared
    return place


def rules(place, which):
    """The rules of W, over tables that an engine holds."""
    text = (ROOT / "benches/w.toml").read_text()
    text = text.replace('path = "w/data.csv.zst"', f'{place("held")}\nkey  = "record"')
    for name in ["regions", "totals"]:
        text = text.replace(f'path = "w/{name}.csv"', place(name))
    text = text.replace('[data.totals]', '[data.totals]\nkey  = "region"')
    # An empty text of the file is null in an engine.
    text = text.replace("missing = [], matches", "required = true, matches")
    head, *checks = text.split("[check.")
    own = [check for check in checks if (check.split("]")[0] == MOVES) == (which == "moves")]
    if which == "moves":
        begin, end = head.index("[data.data.columns]"), len(head)
        head = head[:begin] + '[data.data.columns]\nstart_date = { type = "date", format = "%Y-%m-%d" }\n\n'
    return getattr(place, "declared", "") + "[check.".join([head] + own)


def run(program, folder, name, text, given):
    """Wall time, processor time and peak memory of a run, with what it found."""
    file, found = folder / f"{name}.toml", folder / f"{name}.json"
    file.write_text(text, encoding="utf-8")
    command = [program, "check", "-c", str(file), "-q", "-f", f"json={found}", "--max-per-check", "100000", *given]
    began = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    wall = time.monotonic() - began
    if os.waitstatus_to_exitcode(status) > 1:
        sys.exit(f"{name}: status {os.waitstatus_to_exitcode(status)}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, json.loads(found.read_text(encoding="utf-8"))


def planted(folder, which):
    """The kinds of planted errors with their keys: records by their numbers, totals by their regions."""
    with open(folder / "totals.csv", newline="", encoding="utf-8") as file:
        regions = [row["region"] for row in csv.DictReader(file)]
    is_own = lambda kind: kind != "c12" and (kind == "c11") == (which == "moves")
    key = lambda at: regions[at["record"] - 1] if at["key"] == "c10" else f"{at['record']:09}"
    places = map(json.loads, (folder / "places.jsonl").read_text(encoding="utf-8").splitlines())
    return {(at["key"], key(at)) for at in places if is_own(at["key"])}


def found(document, wanted, which):
    """The kinds and keys of the findings; what is no planted error is named by its check."""
    out = set()
    for finding in document["findings"]:
        # That a date cannot be read is found among the checks that stay.
        if finding["fault"] == "undecided" or which == "moves" and finding["check"] != MOVES:
            continue
        key = "/".join(part["value"] for part in finding["labels"][0]["key"])
        fits = [(kind, key) for kind, checks in CHECKS.items() if finding["check"] in checks and (kind, key) in wanted]
        out.update(fits or [(finding["check"], key)])
    return out


def main():
    program, folder, *engines = sys.argv[1:]
    folder = Path(folder)
    rows(folder)
    print("| engine | checks | planted errors found | wall s | processor s | rows moved | peak MB |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for engine in engines:
        put = {"postgresql": postgresql, "spark": spark}.get(engine, duckdb)
        place, given = put(folder, engine)
        for which, words in [("stays", "eleven that are asked there"), ("moves", "one of the row before")]:
            wanted = planted(folder, which)
            wall, cpu, peak, document = run(program, folder, f"{engine}-{which}", rules(place, which), given)
            own = found(document, wanted, which)
            if own != wanted:
                sys.exit(f"{engine}: missing {sorted(wanted - own)[:5]}, too much {sorted(own - wanted)[:5]}")
            moved = document["summary"]["sources"][0]["rows"]
            print(f"| {engine} | {words} | {len(own)} of {len(wanted)} | {wall:.1f} | {cpu:.1f} | {moved:,} | {peak:.0f} |",
                  flush=True)


if __name__ == "__main__":
    main()
