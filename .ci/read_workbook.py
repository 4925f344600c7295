"""Compares workbooks as crossfoot wrote them with the same ones as a spreadsheet computed them.

`strip FOLDER` copies FOLDER/written to FOLDER/stripped without the results of formulas, and adds a
copy of each in which one figure is another. `compare FOLDER` reads FOLDER/computed.
"""
import re
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULA = re.compile(r"(<c [^>]*>)(<f>[^<]*</f>)<v>[^<]*</v>")
# A figure below a finding: a number in the column of what follows, in a row that is grouped.
GROUPED = re.compile(r'<row [^>]*outlineLevel[^>]*>.*?</row>', re.DOTALL)
FIGURE = re.compile(r'(<c r="G\d+"(?![^>]* t=)[^>]*><v>)([^<]+)(</v></c>)')
# The column that says whether a workbook agrees with crossfoot.
AGREES = "J"


def cells(path):
    """Cells by sheet and address: the type, the value and the formula."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        for number, sheet in enumerate(book.iter(MAIN + "sheet"), 1):
            tree = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
            for cell in tree.iter(MAIN + "c"):
                formula, value = cell.find(MAIN + "f"), cell.find(MAIN + "v")
                if value is not None or formula is not None:
                    text = None if value is None else value.text
                    key = (sheet.get("name"), cell.get("r"))
                    found[key] = (cell.get("t", "n"), text, None if formula is None else formula.text)
    return found


def rewritten(source, target, change):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                text = change(text.decode()).encode()
            new.writestr(name, text)


def stripped(text):
    return FORMULA.sub(lambda m: m[1].replace(' t="b"', "") + m[2], text)


def strip(folder):
    for path in sorted((folder / "written").glob("*.xlsx")):
        rewritten(path, folder / "stripped" / path.name, stripped)
        changed = []

        def tampered(text):
            def row(found):
                figure = FIGURE.search(found[0])
                if not figure:
                    return found[0]
                changed.append(path)
                start, end = figure.span(2)
                another = float(figure[2]) + max(1.5, abs(float(figure[2])) / 100)
                return f"{found[0][:start]}{another}{found[0][end:]}"

            return GROUPED.sub(row, stripped(text))

        copy = folder / "stripped" / f"tampered-{path.name}"
        rewritten(path, copy, tampered)
        if not changed:
            copy.unlink()


def differs(one, other):
    """Whether two results are not the same number, or not the same text."""
    try:
        one, other = float(one), float(other)
    except (TypeError, ValueError):
        return one != other
    return abs(one - other) > 1e-12 * max(abs(one), abs(other), 1e-300)


def compare(folder):
    formulas = checks = told = 0
    wrong = []
    for path in sorted((folder / "written").glob("*.xlsx")):
        computed = cells(folder / "computed" / path.name)
        for key, (_, value, formula) in cells(path).items():
            if formula is None:
                continue
            kind, result, _ = computed.get(key, ("none", None, None))
            formulas += 1
            if key[1].startswith(AGREES):
                checks += 1
                if result != "1":
                    wrong.append(f"{path.name}: {key}: ={formula} is {result}, not TRUE")
            elif value and differs(value, result) or kind == "e":
                wrong.append(f"{path.name}: {key}: ={formula} is {result}, crossfoot has {value}")
    tampered, not_told = [], []
    for path in sorted((folder / "computed").glob("tampered-*.xlsx")):
        now, before = cells(path), cells(folder / "computed" / path.name.removeprefix("tampered-"))
        nothing = ("none", None, None)
        changed = [
            c
            for (sheet, at), c in now.items()
            if at.startswith(AGREES) and c[2]
            for figure in [(sheet, "G" + at[1:])]
            if differs(now.get(figure, nothing)[1], before.get(figure, nothing)[1])
        ]
        if changed:  # what follows from the figure is another one
            tampered.append(path)
            if all(value == "0" for _, value, _ in changed):
                told += 1
            else:
                not_told.append(path.name)
    print("\n".join(wrong[:50]), end="\n" if wrong else "")
    print(f"{formulas} formulas, {checks} of them compare with crossfoot: {len(wrong)} wrong")
    print(f"{len(tampered)} workbooks with another figure: {told} told", *not_told)
    return bool(wrong) or formulas == 0 or checks == 0 or not tampered or told < len(tampered)


if __name__ == "__main__":
    command, where = sys.argv[1], Path(sys.argv[2])
    sys.exit(strip(where) if command == "strip" else compare(where))
