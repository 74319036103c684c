"""A folder as `lossgrid gradcheck` leaves it, for the tests: real derivatives of
small functions, differenced in double and in 50-digit decimals cut to 64 bits.

    /usr/bin/python3 tests/reports/gradcheck_sample.py DIR    writes one to look at
"""

import json
import math
import random
import sys
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from pathlib import Path
from typing import Callable

import described
from sample import write_csv

FILES = ("gradcheck", "sweep", "kinks", "ulps", "injected")
GRADCHECK, SWEEP, KINKS, ULPS, INJECTED = (described.header(f"{name}.csv") for name in FILES)
FAULTS = ("factor 2", "wrong sign", "transposed weight", "swapped bias", "one wrong element",
           "stale buffer", "off-by-one batch")
EPSILON = {"f64": 2.0 ** -52, "reference": 2.0 ** -63}


@dataclass
class Subject:
    """One block of one coordinate: f and its derivative at x, in floats or decimals."""
    kind: str
    name: str
    options: str
    block: str
    f: Callable
    slope: Callable
    x: float
    symmetric: bool = False  # has a Hessian whose symmetry was measured

    @property
    def key(self):
        return [self.kind, self.name, self.options, self.block]


def softplus(x):
    return ln(1 + exp(x))


def exp(x):
    return x.exp() if isinstance(x, Decimal) else math.exp(x)


def ln(x):
    return x.ln() if isinstance(x, Decimal) else math.log(x)


def tanh(x):
    return 1 - 2 / (exp(2 * x) + 1)


def sigmoid(x):
    return 1 / (1 + exp(-x))


def tanh_slope(x):
    return 1 - tanh(x) * tanh(x)


SUBJECTS = (
    Subject("loss", "soft_margin", "", "prediction", lambda x: softplus(-x),
            lambda x: -sigmoid(-x), 0.7, True),
    Subject("loss", "log_cosh", "", "prediction", lambda x: ln((exp(x) + exp(-x)) / 2), tanh, 0.9,
            True),
    Subject("loss", "mse", "", "prediction", lambda x: x * x, lambda x: 2 * x, 0.37, True),
    Subject("loss", "mse", "reduction=sum", "prediction", lambda x: 7 * x * x, lambda x: 14 * x,
            1.37, True),
    Subject("loss", "abs", "", "prediction", abs, lambda x: 1 if x > 0 else -1, 0.0031),
    Subject("loss", "huber", "delta=0.5;reduction=sum", "prediction",
            lambda x: x * x / 2 if abs(x) < 0.5 else abs(x) / 2 - type(x)(0.125),
            lambda x: x if abs(x) < 0.5 else type(x)(0.5), 0.497),
    Subject("loss", "bce_with_logits", "pos_weight=2", "prediction",
            lambda x: 2 * softplus(-x), lambda x: -2 * sigmoid(-x), -1.3, True),
    Subject("activation", "tanh", "", "input", tanh, tanh_slope, 0.6),
    Subject("activation", "sigmoid", "", "input", sigmoid,
            lambda x: sigmoid(x) * (1 - sigmoid(x)), 1.1),
    Subject("activation", "relu", "", "input", lambda x: max(x, 0 * x),
            lambda x: 1 if x > 0 else 0, 0.02),
    Subject("layer", "linear", "", "weight", lambda x: 3 * x * x / 7 + x / 3,
            lambda x: 6 * x / 7 + 1 / 3, 0.8),
    Subject("initialisation", "xavier", "", "layer 1 weight", lambda x: tanh(x * x),
            lambda x: 2 * x * tanh_slope(x * x), 0.4),
    *(Subject("network", "article-losses", "loss=abs", block,
              lambda x, a=a: tanh(tanh(x) * 3 / 2 + x / 5) * a,
              lambda x, a=a: a * tanh_slope(tanh(x) * 1.5 + x / 5) * (1.5 * tanh_slope(x) + 0.2), x)
      for block, a, x in (("layer 1 weight", 3, 0.31), ("layer 1 bias", 2, 0.22),
                          ("layer 2 weight", 5, 0.47), ("layer 2 bias", 1, 0.1))),
    Subject("path", "streaming", "batch=1", "layer 1 weight", lambda x: sigmoid(3 * x),
            lambda x: 3 * sigmoid(3 * x) * (1 - sigmoid(3 * x)), 0.2),
    Subject("optimizer", "adam", "lr=0.001", "step", lambda x: exp(-x * x / 2),
            lambda x: -x * exp(-x * x / 2), 0.9),
)


def differences(subject, method, h):
    """(estimate, error bar) of one method at one step."""
    reference = method.startswith("reference")
    number = Decimal if reference else float
    x, step = number(subject.x), number(h)

    def central(s):
        return (subject.f(x + s) - subject.f(x - s)) / (2 * s)

    one, half, quarter = central(step), central(step / 2), central(step / 4)
    rounding = EPSILON["reference" if reference else "f64"] * (abs(float(subject.f(x))) + 1e-3) / h
    if method.endswith("central"):
        return float(one), abs(float(one - half)) * 1.5 + 2 * rounding
    first, second = (4 * half - one) / 3, (4 * quarter - half) / 3
    return float(first), abs(float(first - second)) * 1.5 + 8 * rounding


def sweep(subject, analytic):
    rows = []
    for method in ("central", "richardson", "reference-central", "reference-richardson"):
        for k in range(2, 27 if method.startswith("reference") else 21):
            h = 10.0 ** (-k / 2)
            estimate, bar = differences(subject, method, h)
            relative = abs(estimate - analytic) / max(abs(estimate), abs(analytic))
            rows.append([method, h, estimate, bar, analytic, relative])
    return rows


def block_rows(random_numbers):
    """(rows of gradcheck.csv, rows of sweep.csv)"""
    blocks, sweeps = [], []
    for subject in SUBJECTS:
        analytic = float(subject.slope(subject.x))
        rows = sweep(subject, analytic)
        method, _, numeric, bar, _, relative = min(rows, key=lambda row: row[3])
        short = "reference" if method.startswith("reference") else method
        sweeps += [[*subject.key, "[1, 3]", *row] for row in rows]
        size = random_numbers.choice((12, 40, 96))
        kinked = subject.name in ("abs", "relu")
        symmetry = ([random_numbers.uniform(0.1, 4) * 1e-16, 4e-15] if subject.symmetric
                    else ["", ""])
        blocks.append([*subject.key, size, size - 2 * kinked, 2 * kinked, 0, "", "[1, 3]",
                       analytic, numeric, bar, relative, short,
                       random_numbers.choice((0, 0.25, 0.5, 0.75, 1.5)),
                       random_numbers.choice((0.5, 0.75, 1, 2)), *symmetry, "pass", ""])
    blocks.append(["layer", "embedding", "", "index", 8, 0, 0, 8, "an index has no derivative",
                   *[""] * 10, "skipped", ""])
    return blocks, sweeps


def kink_rows():
    loss = ["loss", "abs", "", "prediction"]
    return [[*loss, "[0, 0]", 0, -1, 1, 0, "pass"], [*loss, "[2, 1]", 0, -1, 1, 0, "pass"],
            ["loss", "huber", "delta=0.5;reduction=sum", "prediction", "[0, 2]", 0.5, 0.5, 0.5,
             0.5, "pass"],
            ["activation", "relu", "", "input", "[0, 0]", 0, 0, 1, 0, "pass"],
            ["loss", "margin", "margin=1", "prediction", "[3, 0]", 1, -1, 0, -0.25, "pass"]]


def ulps_rows():
    rows = []
    for precision, counts in (("f64", (5200, 6100, 900, 80, 3)), ("f32", (3100, 7000, 2100, 310,
                                                                           25, 2))):
        for kind, share in (("activation", 0.3), ("loss", 1), ("network", 4)):
            rows += [[precision, kind, bin_, round(n * share)]
                     for bin_, n in enumerate(counts, -1) if round(n * share)]
    return rows


def injected_rows():
    rows = [[fault, "", 100, 100, 100 if fault != "stale buffer" else 97] for fault in FAULTS]
    for exponent in range(1, 15):
        seen = round(100 / (1 + math.exp(2.2 * (exponent - 11.4))))
        rows.append(["one wrong element", f"1e-{exponent}", 100, seen, max(0, seen - exponent // 5)])
    return rows


def write(folder, manifest=None, empty=()):
    """Write the folder; `empty` names files that get their header alone."""
    folder.mkdir(parents=True, exist_ok=True)
    with localcontext(Context(prec=19)):
        blocks, sweeps = block_rows(random.Random(1))
    for name, header, rows in (("gradcheck", GRADCHECK, blocks), ("sweep", SWEEP, sweeps),
                               ("kinks", KINKS, kink_rows()), ("ulps", ULPS, ulps_rows()),
                               ("injected", INJECTED, injected_rows())):
        file = f"{name}.csv"
        write_csv(folder / file, [header, *([] if file in empty else rows)])
    described.write(folder)
    sums = [sum(row[i] for row in blocks) for i in (5, 6, 7)]
    facts = {
        "lossgrid": "v0", "machine": {"cpu": "A CPU"}, "isa": "avx2", "seconds": 41.5,
        "precision_bits_reference": 64, "seed": 1, "command": "lossgrid gradcheck --all",
        "totals": {"subjects": len({tuple(row[:3]) for row in blocks}), "blocks": len(blocks),
                   "checked": sums[0], "certified": sums[1], "skipped": sums[2], "failed": 0,
                   "dead": 0},
    } | (manifest or {})
    (folder / "manifest.json").write_text(json.dumps(facts))
    return folder


if __name__ == "__main__":
    write(Path(sys.argv[1]))
