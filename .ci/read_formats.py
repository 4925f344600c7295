"""Reads reports in the formats of other programs with readers that are not crossfoot's own."""

import csv
import json
import pathlib
import sys

import jsonschema
import junitparser

# The tool has no page of its own yet; artifacts are listed so that results can name them.
KNOWN = {"SARIF2004", "SARIF2005"}
REMARKS = {"rules-changed", "old-version"}


def validated(path):
    """What the validator says beyond what is known."""
    results = json.loads(pathlib.Path(path).read_text(encoding="utf-8-sig"))["runs"][0]["results"]
    for result in results:
        if result["ruleId"] not in KNOWN:
            yield f"{result['ruleId']}: {json.dumps(result)[:400]}"


def read(folder, schema):
    """What is wrong with a report, or differs between the reports of one run."""
    schema = json.loads(pathlib.Path(schema).read_text(encoding="utf-8-sig"))
    validator = jsonschema.validators.validator_for(schema)(
        schema, format_checker=jsonschema.FormatChecker()
    )
    reports = sorted(pathlib.Path(folder).glob("*.sarif"))
    if len(reports) < 100:
        yield f"only {len(reports)} reports"
    for path in reports:
        sarif = json.loads(path.read_text(encoding="utf-8"))
        for error in validator.iter_errors(sarif):
            yield f"{path}: {error.json_path}: {error.message[:200]}"
        results = sarif["runs"][0]["results"]
        lines = path.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
        kinds = [json.loads(line)["kind"] for line in lines]
        findings, problems = kinds.count("finding"), kinds.count("problem")
        with path.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
            rows = [row["check"] for row in csv.DictReader(file, strict=True)]
        issues = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        # What is said of the old version before any finding.
        remarks = sum(name in REMARKS for name in rows)
        rows, lines = len(rows) - remarks, len(issues) - problems - remarks
        absent = sum(result.get("baselineState") == "absent" for result in results)
        if not (len(results) - absent == rows == findings == lines):
            yield f"{path}: {len(results)} results, {rows} rows, {findings} lines"
        prints = [issue["fingerprint"] for issue in issues]
        if len(prints) != len(set(prints)):
            yield f"{path}: a fingerprint is there twice"
        suites = junitparser.JUnitXml.fromfile(str(path.with_suffix(".xml")))
        cases = [case for suite in suites for case in suite]
        if sum(case.is_error for case in cases) != problems:
            yield f"{path}: not {problems} errors in JUnit"


def main():
    if sys.argv[1] == "--validated":
        wrong = list(validated(sys.argv[2]))
    else:
        wrong = list(read(sys.argv[1], sys.argv[2]))
    print("\n".join(wrong), end="\n" if wrong else "")
    sys.exit(bool(wrong))


main()
