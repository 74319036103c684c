"""Does `lossgrid time` see what is there, and nothing else? Two equal arms are compared
again and again: no winner may be named. Then one of them is slowed down by a few per cent:
it must be found. On a machine that does nothing else.

    detect.py PROGRAM [--repeats 20] [--least 19] [--slow-down 5] [--budget 5] [--out DIR]
"""
import argparse
import csv
import json
import subprocess
import sys
from pathlib import Path

SPEC = """\
title: Two equal arms
description: A and B differ in name alone.
dataset: mnist
model:
  inputs: 784
  layers:
    - {outputs: 32, activation: relu}
    - {outputs: 784, activation: sigmoid}
batch: 16
epochs: 2
samples: 2000
metrics: [mse]
grid:
  - {label: A, losses: [mse], optimizers: [{name: sgd, lr: 0.1}]}
  - {label: B, losses: [mse], optimizers: [{name: sgd, lr: 0.1}]}
"""
COLUMNS = ["kind", "seed", "winner", "ratio", "low", "high", "floor", "rounds", "warnings", "right"]


def compare(options, kind, seed):
    """One comparison; what ranking.csv says of it."""
    folder = options.out / f"{kind}-{seed}"
    command = [options.program, "time", options.out / "two-equals.yaml", "--seed", seed,
               "--budget", options.budget, "--precision", options.precision, "--quiet",
               "--out", folder]
    if kind == "injected":
        command += ["--slow-down", f"B={options.slow_down:g}"]
    done = subprocess.run([str(part) for part in command], text=True, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"detect: {done.stderr}")
    with open(folder / "ranking.csv", newline="") as file:
        first, second = (row for row in csv.DictReader(file) if row["state"] != "first")
    with open(folder / "conditions.csv", newline="") as file:
        warnings = {row["condition"] for row in csv.DictReader(file) if row["verdict"] == "warning"}
    timing = json.loads((folder / "manifest.json").read_text())["timing"]
    winner = first["label"] if second["verdict"] == "slower" else ""
    return {"kind": kind, "seed": seed, "winner": winner, "ratio": second["ratio"],
            "low": second["low"], "high": second["high"], "floor": second["floor"],
            "rounds": timing["rounds"], "warnings": " ".join(sorted(warnings)),
            "right": winner == ("A" if kind == "injected" else "")}


def show(row):
    print("{kind:>8} {seed:3}  winner {winner:1}  ratio {ratio:.4f}  floor {floor:.4f}  "
          "{rounds} rounds".format(**{**row, "winner": row["winner"] or "-",
                                      "ratio": float(row["ratio"]),
                                      "floor": float(row["floor"] or "nan")}), flush=True)


def main():
    parser = argparse.ArgumentParser(description="equals and injected slow-downs, compared")
    parser.add_argument("program")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--least", type=int, default=19, help="right answers of each kind")
    parser.add_argument("--slow-down", type=float, default=5, help="per cent (default: 5)")
    parser.add_argument("--budget", type=int, default=5, help="seconds (default: 5)")
    parser.add_argument("--precision", type=float, default=0.5, help="per cent (default: 0.5)")
    parser.add_argument("--out", type=Path, default=Path("results/detect"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "two-equals.yaml").write_text(SPEC)
    rows = []
    for seed in range(1, options.repeats + 1):
        for kind in ("equal", "injected"):
            rows.append(compare(options, kind, seed))
            show(rows[-1])
    with open(options.out / "detect.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    right = {kind: sum(row["right"] for row in rows if row["kind"] == kind)
             for kind in ("equal", "injected")}
    spoilt = sorted({word for row in rows for word in row["warnings"].split()})
    print(f"equals: no winner in {right['equal']} of {options.repeats}")
    print(f"slowed by {options.slow_down:g} %: found in {right['injected']} of {options.repeats}")
    if spoilt:
        print(f"conditions with warnings: {', '.join(spoilt)}")
    sys.exit(min(right.values()) < options.least)


main()
