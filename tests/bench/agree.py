"""Does `lossgrid time` charge what training pays? Each element-wise optimizer on the article's
network (batch of one) and on a classifier: what `lossgrid time` says of a step, first and later,
beside what `lossgrid run --jobs 1` took for its steps around the same one. Both take turns,
several times, so that what else the machine does falls on both; times are the processor's.

    agree.py PROGRAM [--epoch 512] [--epochs 5] [--repeats 3] [--budget 60] [--only NAME]...
             [--network article|classifier] [--out DIR]

A run's epochs are EPOCH steps; `time --settle` goes to the middle of the last one, and is set
beside it, since the cost of some still rises there. A machine that does other things moves both:
the spread of the repeats is what to hold the ratio against. A repeat whose budget did not reach
that step is left out, and said. Writes agree.csv and agree.md; exits with 1 when a ratio lies
further from 1 than the noise floor and that spread together.
"""
import argparse
import csv
import os
import statistics
import subprocess
import sys
from pathlib import Path

NETWORKS = {
    "article": """\
title: The article's network, every element-wise optimizer
dataset: mnist
precision: f32
model:
  inputs: 784
  layers:
    - {{outputs: 128, activation: relu}}
    - {{outputs: 32, activation: relu}}
    - {{outputs: 128, activation: relu}}
    - {{outputs: 784, activation: relu}}
initialisation: {{method: torch7_uniform, rng: pcg}}
batch: 1
shuffle: false
samples: {samples}
epochs: {epochs}
evaluate: none
metrics: [mse]
grid:
{arms}
""",
    "classifier": """\
title: A classifier, every element-wise optimizer
dataset: mnist
task: classify
precision: f32
model:
  inputs: 784
  layers: [{{outputs: 128, activation: relu}}, {{outputs: 10}}]
initialisation: {{method: he_normal}}
batch: 8
samples: {samples}
epochs: {epochs}
evaluate: none
grid:
{arms}
"""}
BATCH = {"article": 1, "classifier": 8}
LOSS = {"article": "mse", "classifier": "cross_entropy"}
# Label: what the spec says. Rates at which each trains both networks.
OPTIMIZERS = {
    "sgd": "name: sgd, lr: 0.01", "momentum": "name: sgd, lr: 1e-3, momentum: 0.9",
    "nesterov": "name: nesterov, lr: 1e-3", "asgd": "name: asgd, lr: 0.01",
    "adagrad": "name: adagrad, lr: 1e-3", "adadelta": "name: adadelta, lr: 0.1",
    "rmsprop": "name: rmsprop, lr: 1e-4", "adam": "name: adam, lr: 1e-4",
    "amsgrad": "name: amsgrad, lr: 1e-4", "adamw": "name: adamw, lr: 1e-4",
    "adamax": "name: adamax, lr: 1e-4", "nadam": "name: nadam, lr: 1e-4",
    "radam": "name: radam, lr: 1e-4", "adabelief": "name: adabelief, lr: 1e-4",
    "yogi": "name: yogi, lr: 1e-4", "lion": "name: lion, lr: 1e-5",
    "schedule_free_sgd": "name: schedule_free_sgd, lr: 0.1",
    "schedule_free_adamw": "name: schedule_free_adamw, lr: 1e-4"}
COLUMNS = ["network", "label", "state", "from_step", "first_us", "time_us", "run_first_us",
           "run_us", "ratio", "low", "high", "floor", "repeats", "times_sgd_time", "times_sgd_run"]


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def call(options, *arguments):
    done = subprocess.run([str(a) for a in (options.program, *arguments)], text=True,
                          capture_output=True)
    if done.returncode != 0:
        sys.exit(f"agree: {' '.join(str(a) for a in arguments)}: {done.stderr}")


def run(options, spec, folder):
    """Cell -> ns a step of each epoch"""
    call(options, "run", spec, "--jobs", 1, "--fresh", "--quiet", "--out", folder)
    found = {}
    for row in rows_of(folder / "timing.csv"):
        found.setdefault(row["cell"], []).append(int(row["cpu_ns"]) / int(row["steps"]))
    return found


def wanted(options):
    """The step to time at."""
    return options.epochs * options.epoch - options.epoch // 2


def time(options, spec, folder, seed):
    """(cell -> (state, from_step, first ns, later ns), the later state's floor)"""
    # Twice the epochs: blocks at the end of a training have to end within it.
    call(options, "time", spec, "--set", f"epochs={2 * options.epochs}", "--settle",
         wanted(options), "--budget", options.budget, "--seed", seed, "--quiet", "--out", folder)
    costs = [row for row in rows_of(folder / "cost.csv")
             if row["phase"] == "step" and "@" not in row["cell"]]
    first = {row["cell"]: float(row["median_ns"]) for row in costs if row["state"] == "first"}
    floors = [float(row["floor"]) for row in rows_of(folder / "noise.csv")
              if row["phase"] == "step" and row["state"] != "first" and row["floor"]]
    return ({row["cell"]: (row["state"], int(row["from_step"]), first[row["cell"]],
                           float(row["median_ns"])) for row in costs if row["state"] != "first"},
            max(floors, default=float("nan")))


def compare(options, network):
    """One row for each optimizer, the repeats side by side."""
    names = [n for n in OPTIMIZERS if not options.only or n in options.only]
    spec = options.out / f"{network}.yaml"
    arms = "\n".join(f"  - {{label: {name}, losses: [{LOSS[network]}], optimizers: [{{"
                     f"{OPTIMIZERS[name]}}}]}}" for name in names)
    spec.write_text(NETWORKS[network].format(samples=options.epoch * BATCH[network],
                                             epochs=options.epochs, arms=arms))
    pairs = []
    for repeat in range(options.repeats):
        ran = run(options, spec, options.out / f"{network}-run")
        timed, floor = time(options, spec, options.out / f"{network}-timing", repeat + 1)
        pairs.append((ran, timed, floor))
        print(f"{network}: {repeat + 1} of {options.repeats}, load {os.getloadavg()[0]:.1f}",
              flush=True)
    labels = {row["cell"]: row["label"] for row in
              rows_of(options.out / f"{network}-timing" / "cost.csv")}
    rows = []
    for cell, label in labels.items():
        own = [(ran, timed, floor) for ran, timed, floor in pairs
               if cell in ran and cell in timed and timed[cell][1] == wanted(options)]
        if own:
            rows.append(one(network, label, cell, own))
        if len(own) < len(pairs) and "@" not in cell:
            print(f"{network} {label}: the budget reached step {wanted(options)} in {len(own)} of "
                  f"{len(pairs)} repeats", flush=True)
    return rows


def one(network, label, cell, pairs):
    ratios = sorted(timed[cell][3] / ran[cell][-1] for ran, timed, _ in pairs)
    middle = statistics.median
    state, step, *_ = pairs[-1][1][cell]
    return {"network": network, "label": label, "state": state, "from_step": step,
            "first_us": middle(t[cell][2] for _, t, _ in pairs) / 1e3,
            "time_us": middle(t[cell][3] for _, t, _ in pairs) / 1e3,
            "run_first_us": middle(r[cell][0] for r, _, _ in pairs) / 1e3,
            "run_us": middle(r[cell][-1] for r, _, _ in pairs) / 1e3,
            "ratio": middle(ratios), "low": ratios[0], "high": ratios[-1],
            "floor": max(floor for _, _, floor in pairs), "repeats": len(pairs)}


def against_sgd(rows):
    for row in rows:
        base = next((r for r in rows if (r["network"], r["label"]) ==
                     (row["network"], "sgd")), None)
        for column in ("time", "run"):
            row[f"times_sgd_{column}"] = (row[f"{column}_us"] / base[f"{column}_us"] if base
                                          else float("nan"))


def markdown(rows):
    lines = ["| network | optimizer | time: first, µs | time: later, µs | state | run: first epoch,"
             " µs | run: last epoch, µs | time / run | repeats | floor | × SGD, time | × SGD, run"
             " |",
             "|---|---|" + "---:|" * 2 + "---|" + "---:|" * 7]
    for row in rows:
        lines.append("| {network} | {label} | {first_us:.2f} | {time_us:.2f} | {state} at "
                     "{from_step} | {run_first_us:.2f} | {run_us:.2f} | {ratio:.3f} | {repeats}: {low:.3f} to "
                     "{high:.3f} | {floor:.1%} | {times_sgd_time:.2f} | {times_sgd_run:.2f} |"
                     .format(**row))
    return "\n".join(lines)


def agrees(row):
    """True if 1 lies within the repeats, widened by the noise floor."""
    return row["low"] <= 1 + row["floor"] and row["high"] >= 1 / (1 + row["floor"])


def main():
    parser = argparse.ArgumentParser(description="`lossgrid time` beside `lossgrid run --jobs 1`")
    parser.add_argument("program", type=Path)
    parser.add_argument("--epoch", type=int, default=512, help="steps of a run's epoch")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--budget", type=int, default=60, help="seconds of `lossgrid time`")
    parser.add_argument("--only", action="append", choices=OPTIMIZERS, default=[])
    parser.add_argument("--network", action="append", choices=NETWORKS, default=[])
    parser.add_argument("--out", type=Path, default=Path("results/agree"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rows = [row for network in options.network or NETWORKS for row in compare(options, network)]
    against_sgd(rows)
    with open(options.out / "agree.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    text = markdown(rows)
    (options.out / "agree.md").write_text(text + "\n", encoding="utf-8")
    apart = [f"{row['network']} {row['label']}" for row in rows if not agrees(row)]
    print(text)
    print(f"agree within the noise: {len(rows) - len(apart)} of {len(rows)}"
          + (f"; not: {', '.join(apart)}" if apart else ""))
    sys.exit(1 if apart else 0)


if __name__ == "__main__":
    main()
