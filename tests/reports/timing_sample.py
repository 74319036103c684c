"""A folder as `lossgrid time` leaves it, for the tests: times drawn around known medians.

    /usr/bin/python3 tests/reports/timing_sample.py DIR [KEY=VALUE]...    writes one

Keys: seed, rounds, scale (of every time), isa, precision, cpu, salt (of the weights), spread
(of the blocks), floor, cycles=1 (counted), calibration=0 (absent), peak (of it, GFLOP/s),
slow=CELL:FACTOR, state and from_step (of the later state), early (cost of first steps over it),
 drop=CELL, only=FILTER (cells whose name has it), warning=1 (the load was high).
"""

import csv
import hashlib
import json
import random
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import described  # noqa: E402

COST = described.header("cost.csv")
PHASES = next(c["values"] for c in described.KNOWN["cost.csv"] if c["name"] == "phase")
SAMPLES = described.header("samples.csv")[:11]  # with the counters that are always there
PARAMETERS = 100480  # 784-64-784 and its biases would be 101168: nearly the article's network
GHZ_TICKS, GHZ_CYCLES, PER_CYCLE = 2.7, 4.1, 2.1
# optimizer: ns a parameter per update
OPTIMIZERS = {"gd": 0.26, "sgd": 0.25, "nesterov": 0.36, "adagrad": 0.64, "rmsprop": 0.71,
              "adadelta": 1.25, "adam": 0.83, "adamw": 0.87, "amsgrad": 1.0, "lion": 0.42,
              "muon": 11.6, "lbfgs": 5.6}
LOSSES = ("mse", "abs")
SHARES = {"data": 350.0, "forward": 5100.0, "loss": 610.0, "backward": 9200.0}


class Settings(dict):
    """What can be asked for, with what it is otherwise."""

    def __init__(self, **given):
        super().__init__({"seed": 1, "rounds": 24, "scale": 1.0, "isa": "avx2", "precision": "f64",
                          "cpu": "A CPU", "salt": "", "spread": 0.01, "floor": 0.012, "cycles": 0,
                          "calibration": 1, "peak": 67.0, "slow": "", "drop": "", "only": "",
                          "batch": 1, "warning": 0, "state": "settled", "from_step": 4096,
                          "early": 0.5} | given)

    def __getattr__(self, key):
        return self[key]


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def arms(s):
    """(cell, loss, optimizer, label, factor of time)"""
    slow, _, factor = s.slow.partition(":")
    for loss in LOSSES:
        for optimizer in OPTIMIZERS:
            cell = f"{loss}-{optimizer}-s1"
            if cell != s.drop and s.only in cell:
                yield cell, loss, optimizer, f"{loss} {optimizer}", float(factor) if cell == slow else 1


def medians(s, optimizer, factor):
    """Phase -> true ns a step."""
    scale = s.scale * factor
    parts = {phase: ns * scale for phase, ns in SHARES.items()}
    parts["update"] = OPTIMIZERS[optimizer] * PARAMETERS * scale
    return {"step": sum(parts.values())} | parts


def interval(values):
    """The median and its 95 % interval between order statistics, roughly."""
    ordered, count = sorted(values), len(values)
    rank = max(1, round(count / 2 - 0.98 * count ** 0.5))
    return statistics.median(ordered), ordered[rank - 1], ordered[count - rank]


def counts(s, ns):
    """ticks, cycles, instructions of that many ns; empty where not counted"""
    counted = [ns * GHZ_CYCLES, ns * GHZ_CYCLES * PER_CYCLE] if int(s.cycles) else ["", ""]
    return [ns * GHZ_TICKS, *counted]


def cost_row(s, arm, control, phase, state, values, steps):
    cell, loss, optimizer, label, _ = arm
    median, low, high = interval(values)
    per = [v / PARAMETERS for v in (median, low, high)]
    return [cell, control, loss, optimizer, label, s.precision, s.isa, s.batch, PARAMETERS, phase,
            state, s.from_step if state != "first" else 16, len(values), steps * len(values), median, low, high, *per, *counts(s, median),
            digest(f"{arm[0]} {s.precision} {s.salt} {state == 'first' or s.from_step}")]


def calibration(s):
    measures = [{"name": "fma_peak", "isa": isa, "precision": precision, "unit": "GFLOP/s",
                 "median": peak, "low": 0.99 * peak, "high": 1.01 * peak}
                for isa, factor in (("avx2", 1), ("generic", 0.003)) for precision, times in
                (("f64", 1), ("f32", 2)) for peak in (float(s.peak) * factor * times,)]
    return {"measures": measures + [
        {"name": "copy_bandwidth", "isa": "avx2", "level": level, "working_set_bytes": size,
         "unit": "GB/s", "median": rate} for level, size, rate in
        (("L1", 24576, 300.0), ("L2", 221184, 150.0), ("L3", 5928960, 80.0),
         ("DRAM", 134215680, 20.0))]}


def write_csv(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def write_machine(folder, s):
    env = {"lossgrid": "v0", "compiler": "cc", "flags": "-O3", "variant": "release",
           "isas": ["avx2", "generic"], "data": {"name": "mnist", "title": "MNIST"},
           "machine": {"cpu": s.cpu, "cores": 4, "kernel": "Linux", "hypervisor": None}}
    machine = {"env": env, "calibration": calibration(s) if int(s.calibration) else None}
    if not int(s.calibration):
        machine["calibration_absent"] = "not asked for"
    (folder / "machine.json").write_text(json.dumps(machine, indent=2))
    (folder / "manifest.json").write_text(json.dumps(
        {"lossgrid": {"version": "v0"}, "data": {"used": "mnist", "title": "MNIST"},
         "spec": {"name": "optimizers", "sha256": "1" * 64},
         "timing": {"seed": int(s.seed), "budget_s": 60.0, "rounds": int(s.rounds)}}))


def write(folder, **given):
    """Write a folder; see the top of this file for what can be given."""
    s = Settings(**given)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(int(s.seed))
    for key in ("scale", "spread", "floor"):
        s[key] = float(s[key])
    steps, cost, samples, phases, whole = 50, [], [], [], {}
    every = list(arms(s))
    for position, arm in enumerate([*every, every[0]]):
        cell, control = arm[0], int(position == len(every))
        for state, of_it in (("first", float(s.early)), (s.state, 1.0)):
            for phase, ns in medians(s, arm[2], arm[4]).items():
                values = [ns * of_it * draw.lognormvariate(0, s.spread)
                          for _ in range(int(s.rounds))]
                cost.append(cost_row(s, arm, control, phase, state, values, steps))
                samples += [[cell, control, phase, state, i, position, steps, round(v * steps), *(
                    c and round(c * steps) for c in counts(s, v))] for i, v in enumerate(values)]
                if phase == "step" and state != "first" and not control:
                    whole[cell] = values
            samples.append([cell, control, "probed", state, 0, position, steps, 1000000, "", "", ""])
            phases.append([cell, control, state, 0.008, 0.005, 0.011])
    f = s.floor
    noise = [[every[0][0], phase, s.state, 1 + f / 3, 1 - f / 2, 1 + f, f] for phase in PHASES]
    base = min((arm[0] for arm in every), key=lambda cell: statistics.median(whole[cell]))
    ranking = [[cell, s.state, *interval([a / b for a, b in zip(whole[cell], whole[base])]), f,
                "fastest" if cell == base else "slower"] for cell, *_ in every]
    write_csv(folder / "ranking.csv", [described.header("ranking.csv", {"label"}), *ranking])
    write_csv(folder / "cost.csv", [COST, *cost])
    write_csv(folder / "samples.csv", [SAMPLES, *samples])
    write_csv(folder / "noise.csv", [described.header("noise.csv"),
                                     *noise, [every[0][0], "all", s.state, "", "", "", f]])
    write_csv(folder / "phases.csv", [described.header("phases.csv"), *phases])
    write_csv(folder / "conditions.csv", [
        described.header("conditions.csv"),
        ["before", "governor", "ok", "The governor is performance."],
        ["before", "load", "warning" if int(s.warning) else "ok", "The load was 3.2 on 2 cores."],
        ["after", "load", "warning" if int(s.warning) else "ok", "The load was 3.2 on 2 cores."]])
    described.write(folder)
    write_machine(folder, s)
    return folder


if __name__ == "__main__":
    write(sys.argv[1], **dict(argument.split("=", 1) for argument in sys.argv[2:]))
