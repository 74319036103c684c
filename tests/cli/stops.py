"""What early stopping and targets have to give, recomputed from a run that nothing stopped.

    stops.py stop WHOLE STOPPED COLUMN lower|higher [patience N CHANGE] [reaches VALUE]
    stops.py targets FOLDER lower|higher COLUMN VALUE [lower|higher COLUMN VALUE]...

stop: the cells of STOPPED end where the rule says, and have the rows of WHOLE until then: of
evaluations.csv where there is one, else of trace.csv. targets: targets.csv is what trace.csv,
timing.csv and evaluations.csv say. Exits 1 with a message where they differ.
"""

import csv
import pathlib
import sys


def rows(folder, name):
    path = pathlib.Path(folder, name)
    if not path.is_file():
        return None
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def by_cell(table):
    cells = {}
    for row in table:
        cells.setdefault(row["cell"], []).append(row)
    return cells


def stop_at(values, is_lower, patience, change, reaches):
    """How many of the values a run sees; all where no rule stops it."""
    signed = [v if is_lower else -v for v in values]
    best, waited = None, 0
    for i, value in enumerate(signed):
        if best is None or best - value > change:
            best, waited = value, 0
        else:
            waited += 1
        goal = reaches is not None and value <= (reaches if is_lower else -reaches)
        if goal or (patience and waited >= patience):
            return i + 1, True
    return len(values), False


def stop(whole, stopped, column, way, *rule):
    words = dict(patience=0, change=0.0, reaches=None)
    rule = list(rule)
    while rule:
        word = rule.pop(0)
        if word == "patience":
            words["patience"], words["change"] = int(rule.pop(0)), float(rule.pop(0))
        else:
            words["reaches"] = float(rule.pop(0))
    name = "evaluations.csv" if rows(whole, "evaluations.csv") else "trace.csv"
    ends = {row["cell"]: row for row in rows(stopped, "trace.csv")}
    found, counts = by_cell(rows(stopped, name)), []
    for cell, all_rows in by_cell(rows(whole, name)).items():
        count, is_stopped = stop_at([float(r[column]) for r in all_rows], way == "lower", **words)
        expected = [dict(r) for r in all_rows[:count]]
        if name == "trace.csv" and is_stopped:
            expected[-1]["status"] = "stopped"
        if found[cell] != expected:
            sys.exit(f"{cell}: {len(found[cell])} rows of {name}, expected {count}, or other ones")
        if ends[cell]["status"] != ("stopped" if is_stopped else "ok"):
            sys.exit(f"{cell} ends {ends[cell]['status']}")
        counts.append(is_stopped)
    if not any(counts):
        sys.exit("no cell stops: the test tests nothing")


def targets(folder, *wanted):
    timing = {(r["cell"], r["epoch"]): int(r["samples"]) for r in rows(folder, "timing.csv")}
    trace, within = by_cell(rows(folder, "trace.csv")), rows(folder, "evaluations.csv")
    found, expected = [], []
    for row in rows(folder, "targets.csv"):
        found.append(tuple(row[c] for c in ("cell", "metric", "value", "reached", "epoch", "step",
                                            "samples", "found")))
        if (row["why"] == "") != (row["reached"] == "yes"):
            sys.exit(f"{row['cell']}: reached {row['reached']}, and why is '{row['why']}'")
    for cell, epochs in trace.items():
        steps = samples = 0
        places = []
        for row in epochs:
            steps += int(row["steps"])
            samples += timing[cell, row["epoch"]]
            places.append(row | {"step": str(steps), "samples": str(samples)})
        for way, column, value in zip(wanted[::3], wanted[1::3], wanted[2::3]):
            seen = places
            if within and column in within[0]:
                seen = [r for r in within if r["cell"] == cell]
            first = next((r for r in seen if r[column] != "" and
                          (float(r[column]) <= float(value) if way == "lower" else
                           float(r[column]) >= float(value))), None)
            expected.append((cell, column, value) + (
                ("yes", first["epoch"], first["step"], first["samples"], first[column]) if first
                else ("no", "", "", "", "")))
    if sorted(found) != sorted(expected):
        sys.exit(f"targets.csv differs: {sorted(set(found) ^ set(expected))[:4]}")
    if {row[3] for row in found} != {"yes", "no"}:
        sys.exit("not both are there, reached and not: the test tests little")


{"stop": stop, "targets": targets}[sys.argv[1]](*sys.argv[2:])
