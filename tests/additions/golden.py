"""Golden values of what tests/additions.sh adds, by the formulas of the papers.

    golden.py KIND: rows for the CSV file of that kind in tests/golden/
"""

import csv
import math
import sys

from pathlib import Path


def rows(name, options, case, **quantities):
    for quantity, values in quantities.items():
        for index, value in enumerate(values):
            print(name, options, case, quantity, index, f"{value:.17g}", sep=",")


def activation():
    z, upstream = [-2, -0.5, 0, 0.75, 3], [1, 0.5, -2, 1.5, 4]
    rows("softsign", "", "exact", z=z, h=[x / (1 + abs(x)) for x in z], upstream=upstream,
         gradient=[u / (1 + abs(x)) ** 2 for x, u in zip(z, upstream)])


def schedule():
    steps = range(1, 41)
    rows("linear", "", "40 steps", steps=[40], step=steps, factor=[(41 - s) / 40 for s in steps])


def loss():
    prediction, target = [1, -0.5, 4], [0, 0.25, 1]
    errors = [y - t for y, t in zip(prediction, target)]
    value = [math.log1p(e * e / 2) for e in errors]
    for reduction, share in (("mean", 1 / 3), ("sum", 1)):
        rows("cauchy", f"reduction={reduction}", "three", prediction=prediction, target=target,
             value=value, loss=[sum(value) * share],
             gradient=[share * e / (1 + e * e / 2) for e in errors])


def optimizer():
    with Path("tests/golden/optimizers.csv").open(newline="") as file:
        shared = [r for r in csv.DictReader(file) if r["name"] == "" and r["case"] == "ordinary"]
    start, gradient = ([float(r["value"]) for r in shared if r["quantity"] == quantity]
                       for quantity in ("start", "gradient"))
    for options, lr in (("", 1e-4), ("lr=0.05", 0.05)):
        w = list(start)
        for g in gradient:
            w.append(w[-len(start)] - lr * ((g > 0) - (g < 0)))
        rows("sign_sgd", options, "ordinary", w=w[len(start):])


globals()[sys.argv[1]]()
