"""Judges the packages by deny.toml as `cargo deny` does, which takes minutes to build.

Every licence must be allowed, and no package may be there in two versions.
"""

import re
import subprocess
import sys
import tomllib


def packages(target):
    """Name, version and licence of all that is built for a target."""
    command = ["cargo", "tree", "--locked", "--all-features", "--edges=normal,build,dev", "--prefix=none"]
    command += [f"--target={target}", "--format={p}|{l}"]
    tree = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for line in sorted(set(tree.splitlines())):
        package, _, licence = line.removesuffix(" (*)").partition("|")
        if package and not package.startswith("["):
            name, version = package.split()[:2]
            yield name, version.lstrip("v"), licence


def is_allowed(expression, allowed):
    """Whether an SPDX expression holds with the allowed licences."""
    tokens = re.findall(r"[()/]|[^\s()/]+(?:\s+WITH\s+[^\s()/]+)?", expression)
    operators = {"OR": "or", "/": "or", "AND": "and", "(": "(", ")": ")"}
    words = [operators.get(token) or str(" ".join(token.split()) in allowed) for token in tokens]
    return bool(words) and eval(" ".join(words), {"__builtins__": {}})


def is_skipped(name, version, skipped):
    specs = (spec.partition("@") for spec in skipped)
    return any(own == name and f"{version}.".startswith(f"{of}.") for own, _, of in specs)


def main():
    with open("deny.toml", "rb") as file:
        rules = tomllib.load(file)
    allowed = set(rules["licenses"]["allow"])
    skipped = [entry["crate"] for entry in rules["bans"]["skip"]]
    wrong, licences = set(), set()
    for target in rules["graph"]["targets"]:
        versions = {}
        for name, version, licence in packages(target):
            licences.update(re.split(r"[\s()/]+", licence))
            if not is_allowed(licence, allowed):
                wrong.add(f"{name} {version}: the licence `{licence}` is not allowed")
            if not is_skipped(name, version, skipped):
                versions.setdefault(name, set()).add(version)
        for name, found in versions.items():
            if len(found) > 1:
                wrong.add(f"{name} is there in the versions {' and '.join(sorted(found))}")
    wrong.update(f"{licence} is allowed, and no package has it" for licence in allowed - licences)
    for line in sorted(wrong):
        print(line, file=sys.stderr)
    return bool(wrong)


sys.exit(main())
