#!/usr/bin/env python3
"""Writes Markdown texts and rules for them: benches/texts.py FOLDER [FILES] [BYTES].

By default 5,000 texts of 20 kB, and ten patterns with three placeholders each. Every text has
each of the ten sentences once, among other prose with figures.
"""

import os
import random
import sys

FILLER = [sentence.rstrip(". ") + "." for sentence in (
    "The council met on a Tuesday, and nobody spoke for long. Some 40 people had come, fewer than in "
    "1998, and the hall was cold. *A question* about the [road](https://example.org/road) was put off. "
    "Mr. Ott asked whether the 3 bridges would be painted; the answer was that they would. "
).replace("Mr. ", "Mr.~").split(". ") if sentence]

SENTENCES = [
    ("In {y}, about {p} percent of {n:,} homes were empty.",
     "in {y:year}, {p:percent} of {n:integer} homes were empty"),
    ("Turnout fell from {p} to {q} percent in {y}.",
     "turnout fell from {a:percent} to {b:percent} in {y:year}"),
    ("Of {n:,} voters {m:,} stayed home in {y}.",
     "of {n:integer} voters {m:integer} stayed home in {y:year}"),
    ("Revenue rose by {p} percent to ${q}.4 million by May {y}.",
     "revenue rose by {p:percent} to ${r:number} by {d:date}"),
    ("The school had {m} pupils in {p} classes and {q} teachers.",
     "the school had {a:integer} pupils in {b:integer} classes and {c:integer} teachers"),
    ("The budget of {y} gave ${p}.5 million to roads and ${q}.1 million to water.",
     "the budget of {y:year} gave ${a:number} to roads and ${b:number} to water"),
    ("Police counted {m} thefts in {y}, {p} percent fewer than before.",
     "police counted {n:integer} thefts in {y:year}, {p:percent} fewer than before"),
    ("The lake covered {m} km2 in {y} and lost {q} km2 since.",
     "the lake covered {a:number} km2 in {y:year} and lost {b:number} km2 since"),
    ("More than {p} percent of {m} farms grew wheat on {q} May {y}.",
     "{p:percent} of {n:integer} farms grew wheat on {d:date}"),
    ("Every {q} minutes one of {m} trains was late by {p} seconds.",
     "every {a:integer} minutes one of {b:integer} trains was late by {c:integer} seconds"),
]


def text(rng, size):
    """One text of about so many bytes."""
    said = []
    for sentence, _ in SENTENCES:
        p, q = rng.randint(11, 48), rng.randint(2, 28)
        n, m = rng.randint(20000, 90000), rng.randint(120, 990)
        said.append(sentence.format(p=p, q=q, n=n, m=m, y=rng.randint(1980, 2020)))
    parts, length = [f"# Report {rng.randint(1, 9999)}\n"], 0
    while length < size or said:
        paragraph = [rng.choice(FILLER).replace("~", " ") for _ in range(rng.randint(4, 9))]
        if said and rng.random() < 12 * 600 / size:
            paragraph.insert(rng.randint(0, len(paragraph)), said.pop())
        if length >= size and said:
            paragraph.append(said.pop())
        parts.append(" ".join(paragraph) + "\n")
        length += len(parts[-1]) + 1
    return "\n".join(parts)


def main():
    folder = sys.argv[1]
    files = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    size = int(sys.argv[3]) if len(sys.argv) > 3 else 20000
    os.makedirs(os.path.join(folder, "texts"), exist_ok=True)
    rng = random.Random(18)
    for number in range(files):
        with open(os.path.join(folder, "texts", f"{number:05}.md"), "w") as out:
            out.write(text(rng, size))
    with open(os.path.join(folder, "crossfoot.toml"), "w") as out:
        for number, (_, pattern) in enumerate(SENTENCES):
            out.write(f"[data.t{number}]\npath = 'texts/*.md'\npattern = '{pattern}'\n")
            out.write(f"rows = {files}\n\n")


main()
