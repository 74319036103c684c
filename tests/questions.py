#!/usr/bin/env python3
"""Run every command of docs/questions.md in a result folder and compare the answers.

    questions.py FOLDER

FOLDER is that of an experiment with `tune` and `targets`. The right answers are computed here
from the CSV files with the standard library alone. A tool that is not installed is named, and
its commands are not run; pandas and SQLite have to be there.
"""

import csv
import math
import pathlib
import re
import shutil
import statistics
import subprocess
import sys

DOCUMENT = pathlib.Path(__file__).resolve().parents[1] / "docs" / "questions.md"
TOOLS = {"python": [sys.executable, "-"], "r": ["Rscript", "-"], "sql": ["sqlite3"],
         "duckdb": ["duckdb"]}
NEEDED = {"python", "sql"}


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def last_rows(path):
    """Of each cell that did not diverge."""
    ends = {}
    for row in rows(path):
        if row["cell"] not in ends or int(row["epoch"]) > int(ends[row["cell"]]["epoch"]):
            ends[row["cell"]] = row
    return [r for r in ends.values() if r["status"] != "diverged"]


def gather(pairs):
    groups = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups


def best_rates(folder):
    """[optimizer, rate, mean, deviation] of each optimizer."""
    rate = {r["label"]: float(r["optimizer.lr"])
            for r in rows(folder / "trials" / "configurations.csv")}
    by_rate = gather(((r["optimizer"], rate[r["label"]]), float(r["validation_accuracy"]))
                     for r in last_rows(folder / "trials" / "trace.csv"))
    best = {}
    for (optimizer, lr), values in by_rate.items():
        mean = statistics.fmean(values)
        if optimizer not in best or mean > best[optimizer][1]:
            best[optimizer] = [lr, mean, statistics.stdev(values)]
    return [[key, *values] for key, values in best.items()]


def times(folder):
    """[optimizer, value, mean steps, how many reached it, how many seeds]"""
    by_target = gather(((r["optimizer"], float(r["value"])), r["step"])
                       for r in rows(folder / "targets.csv"))
    found = []
    for (optimizer, value), steps in by_target.items():
        reached = [float(s) for s in steps if s]
        found.append([optimizer, value] + ([statistics.fmean(reached)] if reached else [])
                     + [len(reached), len(steps)])
    return found


def front(folder):
    """[label, nanoseconds, quality] of the arms that no other one beats in both."""
    by_cell = gather(((r["label"], r["cell"]), float(r["cpu_ns"]))
                     for r in rows(folder / "timing.csv"))
    cost = gather((label, sum(values)) for (label, _), values in by_cell.items())
    quality = gather((r["label"], float(r["test_accuracy"]))
                     for r in last_rows(folder / "trace.csv"))
    points = {label: (statistics.fmean(cost[label]), statistics.fmean(values))
              for label, values in quality.items()}
    return [[label, *p] for label, p in points.items()
            if not any(o[0] <= p[0] and o[1] >= p[1] and o != p for o in points.values())]


def others(folder, expected):
    """Labels of arms that are not in the answer."""
    return {r["label"] for r in rows(folder / "trace.csv")} - {row[0] for row in expected}


QUESTIONS = {"The best learning rate": best_rates, "Time to target": times, "The front": front}


def commands():
    """(heading, tool, text) of every command of the document."""
    heading, found = "", []
    pattern = re.compile(r"^## (.*?)$|^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    for match in pattern.finditer(DOCUMENT.read_text(encoding="utf-8")):
        if match[1] is not None:
            heading = match[1]
        else:
            found.append((heading, match[2], match[3]))
    return found


def numbers(line):
    return [float(x) for x in re.findall(r"(?<![\w.])-?\d+\.?\d*(?:e[-+]?\d+)?", line)]


def names(line, name):
    return re.search(rf"(?<![\w=.]){re.escape(name)}(?![\w=.])", line)


def says(output, expected):
    """Whether a line has the name and every number of the row; a row that a table breaks, or
    whose name is above it, is a name and lines below."""
    name, *values = expected
    text = output.replace("|", " ").replace(",", " ").replace('"', "")
    lines = text.splitlines()
    for i, line in enumerate(lines):
        if not names(line, name):
            continue
        for extent in (1, 2, 3):
            found = numbers(" ".join(lines[i:i + extent]).replace(name, " "))
            if all(any(math.isclose(f, v, rel_tol=2e-4, abs_tol=1e-6) for f in found)
                   for v in values):
                return True
    return False


def main():
    folder = pathlib.Path(sys.argv[1])
    ran, wrong, absent = 0, [], set()
    for heading, tool, text in commands():
        if shutil.which(TOOLS[tool][0]) is None:
            absent.add(tool)
            continue
        answer = subprocess.run(TOOLS[tool], input=text, cwd=folder, capture_output=True, text=True)
        ran += 1
        if answer.returncode != 0:
            wrong.append(f"{heading}, {tool}: {answer.stderr.strip()}")
            continue
        expected = next(f for start, f in QUESTIONS.items() if heading.startswith(start))(folder)
        wrong += [f"{heading}, {tool}: does not say {row}:\n{answer.stdout}"
                  for row in expected if not says(answer.stdout, row)]
        if heading.startswith("The front"):
            wrong += [f"{heading}, {tool}: says {label}, which is beaten:\n{answer.stdout}"
                      for label in others(folder, expected) if names(answer.stdout, label)]
        if not expected:
            wrong.append(f"{heading}: no answer is expected, so nothing is tested")
    wrong += [f"{tool} has to be installed" for tool in sorted(absent & NEEDED)]
    for tool in sorted(absent):
        print(f"questions: {TOOLS[tool][0]} is not installed: its commands were not run")
    print("\n".join(wrong) or f"questions: {ran} commands, each with the right answer")
    sys.exit(1 if wrong or ran == 0 else 0)


main()
