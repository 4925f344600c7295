"""The same rows in each format that is read: makes the data, runs ten checks over them in turns, and
prints a table of wall time and peak memory beside CSV. With --peers, jq, DuckDB and pandas answer the
same questions over the same files (counts only).

    python3 benches/formats.py [-n ROWS] [-r RUNS] [--peers] [--formats csv,ndjson,…]

Needs cargo, and the packages pyarrow and xlsxwriter; with --peers duckdb, pandas and the program jq.
The rows are the same each time.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES = ["id", "region", "day", "net", "tax", "gross", "pieces", "note"]
RULES = """
[data.t]
path = "{file}"
{at}
[data.t.columns]
id     = {{ type = "integer", required = true, unique = true }}
region = {{ required = true, max_length = 10 }}
day    = {{ type = "date", min = "2026-01-01", max = "2026-12-31" }}
net    = {{ type = "number", min = 0 }}
tax    = {{ type = "number" }}
gross  = {{ type = "number" }}
pieces = {{ type = "integer", min = 1, max = 99 }}
[check.gross]
each = "t"
assert = "gross = net + tax"
[check.sums]
each = "t by region"
assert = ["sum(gross) = sum(net) + sum(tax)", "count(id) > 0"]
[check.rising]
each = "t"
assert = "id > prev(id)"
"""
# The ending of the file, and where its rows are.
FORMATS = {
    "csv": ("csv", ""), "ndjson": ("ndjson", ""), "json": ("json", ""),
    "json in an object": ("envelope.json", 'at = "/rows/*"'), "parquet": ("parquet", ""),
    "arrow": ("arrow", ""), "xlsx": ("xlsx", ""), "ods": ("ods", ""), "html": ("html", ""),
    "yaml": ("yaml", ""), "toml": ("toml", 'at = "/rows/*"'),
}


def cents(n):
    return f"{n // 100}.{n % 100:02d}"


def rows(count):
    draw = random.Random(7)
    for n in range(1, count + 1):
        net, tax = draw.randrange(1_000_000), draw.randrange(100_000)
        yield (n, f"region {draw.randrange(500):03d}",
               f"2026-{draw.randrange(1, 13):02d}-{draw.randrange(1, 29):02d}", net, tax,
               draw.randrange(1, 91), "as ordered" if n % 3 else "")


def texts(count):
    for n, region, day, net, tax, pieces, note in rows(count):
        yield n, region, day, cents(net), cents(tax), cents(net + tax), pieces, note


def as_object(row):
    n, region, day, net, tax, gross, pieces, note = row
    return (f'{{"id":{n},"region":"{region}","day":"{day}","net":{net},"tax":{tax},'
            f'"gross":{gross},"pieces":{pieces},"note":"{note}"}}')


def write_texts(folder, count):
    names = ["csv", "ndjson", "json", "envelope.json", "html", "yaml", "toml"]
    files = {name: open(folder / f"t.{name}", "w", encoding="utf-8") for name in names}
    files["csv"].write(",".join(NAMES) + "\n")
    files["json"].write("[\n")
    files["envelope.json"].write('{"year": 2026, "rows": [\n')
    head = "".join(f"<th>{name}" for name in NAMES)
    files["html"].write(f"<!doctype html>\n<table>\n<thead><tr>{head}</thead>\n")
    for row in texts(count):
        one, more = as_object(row), "," if row[0] < count else ""
        files["csv"].write(",".join(map(str, row)) + "\n")
        files["ndjson"].write(one + "\n")
        files["json"].write(one + more + "\n")
        files["envelope.json"].write(one + more + "\n")
        files["html"].write("<tr>" + "".join(f"<td>{cell}" for cell in row) + "\n")
        files["yaml"].write("- " + "\n  ".join(f"{k}: {v}" for k, v in zip(NAMES, row)) + "\n")
        quoted = (str(v) if k in (0, 3, 4, 5, 6) else f'"{v}"' for k, v in enumerate(row))
        files["toml"].write("[[rows]]\n" + "".join(f"{k} = {v}\n" for k, v in zip(NAMES, quoted)))
    files["json"].write("]\n")
    files["envelope.json"].write('], "currency": "EUR"}\n')
    files["html"].write("</table>\n")
    for file in files.values():
        file.close()


def write_columns(folder, count):
    import datetime
    from decimal import Decimal

    import pyarrow as pa
    import pyarrow.feather
    import pyarrow.parquet
    ids, regions, days, nets, taxes, pieces, notes = map(list, zip(*rows(count)))
    money = lambda all_: pa.array([Decimal(n).scaleb(-2) for n in all_], pa.decimal128(12, 2))
    table = pa.table({
        "id": pa.array(ids, pa.int64()), "region": regions,
        "day": pa.array([datetime.date.fromisoformat(day) for day in days]),
        "net": money(nets), "tax": money(taxes),
        "gross": money([a + b for a, b in zip(nets, taxes)]),
        "pieces": pa.array(pieces, pa.int64()), "note": [note or None for note in notes]})
    pa.parquet.write_table(table, folder / "t.parquet", row_group_size=100_000)
    pa.feather.write_feather(table, folder / "t.arrow", compression="zstd", chunksize=100_000)


def write_sheets(folder, count):
    import xlsxwriter
    count = min(count, 1_048_575)
    book = xlsxwriter.Workbook(str(folder / "t.xlsx"), {"constant_memory": True})
    sheet, money = book.add_worksheet(), book.add_format({"num_format": "0.00"})
    sheet.write_row(0, 0, NAMES)
    content = zipfile.ZipFile(folder / "t.ods", "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    content.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    with content.open("content.xml", "w", force_zip64=True) as ods:
        text = lambda t: f'<table:table-cell office:value-type="string"><text:p>{t}</text:p></table:table-cell>'
        figure = lambda n: (f'<table:table-cell office:value-type="float" office:value="{n}">'
                            f"<text:p>{n}</text:p></table:table-cell>")
        put = lambda cells: ods.write(f"<table:table-row>{''.join(cells)}</table:table-row>".encode())
        ods.write((f'<?xml version="1.0" encoding="UTF-8"?><office:document-content '
                   f'xmlns:office="{urn}:office:1.0" xmlns:table="{urn}:table:1.0" '
                   f'xmlns:text="{urn}:text:1.0"><office:body><office:spreadsheet>'
                   f'<table:table table:name="t">').encode())
        put(map(text, NAMES))
        for row, (n, region, day, net, tax, gross, pieces, note) in enumerate(texts(count), 1):
            sheet.write_number(row, 0, n)
            sheet.write_string(row, 1, region)
            sheet.write_string(row, 2, day)
            for column, value in ((3, net), (4, tax), (5, gross)):
                sheet.write_number(row, column, float(value), money)
            sheet.write_number(row, 6, pieces)
            if note:
                sheet.write_string(row, 7, note)
            put([figure(n), text(region), text(day), figure(net), figure(tax), figure(gross),
                 figure(pieces), text(note)])
        ods.write(b"</table:table></office:spreadsheet></office:body></office:document-content>")
    content.close()
    book.close()


def timed(command, cwd):
    """Wall seconds, processor seconds and peak MB of a command."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, status


SQL = """select count(*) filter (gross <> net + tax), count(*) filter (id is null or region is null),
 count(*) - count(distinct id), count(*) filter (length(region) > 10),
 count(*) filter (day < '2026-01-01' or day > '2026-12-31'), count(*) filter (net < 0),
 count(*) filter (pieces not between 1 and 99) from t;
select count(*) from (select region from t group by region having sum(gross) <> sum(net) + sum(tax));
select count(*) from (select id <= lag(id) over () as falls from t) where falls"""
DUCKDB = {
    "csv": "read_csv('t.csv', types={'net':'decimal(12,2)','tax':'decimal(12,2)','gross':'decimal(12,2)'})",
    "ndjson": "read_json('t.ndjson')", "json": "read_json('t.json')", "parquet": "read_parquet('t.parquet')",
}
PANDAS = {
    "csv": "read_csv('t.csv')", "ndjson": "read_json('t.ndjson', lines=True)",
    "json": "read_json('t.json')", "parquet": "read_parquet('t.parquet')",
}


def peers():
    for name, read in DUCKDB.items():
        code = f"import duckdb; c = duckdb.connect(); c.execute('create view t as select * from ' + {read!r})"
        code += f"; [c.execute(q).fetchall() for q in {SQL!r}.split(';')]"
        yield f"DuckDB, {name}", [sys.executable, "-c", code]
    for name, read in PANDAS.items():
        code = f"""import pandas as pd
t = pd.{read}
r = [((t.gross * 100).round() != (t.net * 100).round() + (t.tax * 100).round()).sum(), t.id.isna().sum(),
 t.id.duplicated().sum(), (t.region.str.len() > 10).sum(), (t.net < 0).sum(), (~t.pieces.between(1, 99)).sum(),
 (~t.day.astype(str).between('2026-01-01', '2026-12-31')).sum(), (t.id.diff() <= 0).sum()]
g = t.groupby('region')[['net', 'tax', 'gross']].sum()
r.append(((g.gross - g.net - g.tax).abs() > .005).sum())"""
        yield f"pandas, {name} (floats)", [sys.executable, "-c", code]
    yield "jq, ndjson (one check, floats)", ["jq", "-c", "select(.gross != .net + .tax) | .id", "t.ndjson"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("-n", type=int, default=1_000_000)
    parser.add_argument("-r", type=int, default=3)
    parser.add_argument("--formats", default=",".join(FORMATS))
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--program", default=str(ROOT / "target/release/crossfoot"))
    parser.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    folder = ROOT / f"target/bench/formats-{given.n}"
    folder.mkdir(parents=True, exist_ok=True)
    if given.make:
        for write in (write_texts, write_columns, write_sheets):
            write(folder, given.n)
        (folder / "done").touch()
        return
    if given.program == str(ROOT / "target/release/crossfoot"):
        subprocess.run(["cargo", "build", "--release", "--features", "parquet", "--quiet"], cwd=ROOT, check=True)
    if not (folder / "done").exists():
        # In a process of its own: what is measured afterwards starts as a copy of this one.
        subprocess.run([sys.executable, __file__, "--make", "-n", str(given.n)], check=True)
    commands = {}
    for name in given.formats.split(","):
        file, at = FORMATS[name]
        rules = f"{file}.toml" if file != "toml" else "rows.rules.toml"
        (folder / rules).write_text(RULES.format(file=f"t.{file}", at=at))
        commands[name] = [given.program, "check", "-q", rules]
    if given.peers:
        commands.update(peers())
    runs = {name: [] for name in commands}
    for _ in range(given.r):
        for name, command in commands.items():
            runs[name].append(timed(command, folder))
    middle = lambda name, at: statistics.median(run[at] for run in runs[name])
    print("| | wall s | times CSV | processor s | peak MB |\n|---|---:|---:|---:|---:|")
    for name in commands:
        wall = middle(name, 0)
        beside = wall / middle("csv", 0) if "csv" in runs else float("nan")
        failed = "" if all(run[3] == 0 for run in runs[name]) else " (failed)"
        print(f"| {name}{failed} | {wall:.2f} | {beside:.2f} | {middle(name, 1):.2f} | {middle(name, 2):.0f} |")


if __name__ == "__main__":
    main()
