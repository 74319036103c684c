"""Golden values of the batch methods of engine/optimizer, in float64.

    /usr/bin/python3 tests/golden/batch_methods.py > tests/golden/batch_methods.csv

lbfgs: torch.optim.LBFGS of python3-torch 1.13 with a closure. cg: PyTorch has none; the
rule is written out below in numpy from the description of C. E. Rasmussen's minimize.m
(2001) with the constants and the stopping rule of Torch7's optim.cg.

Cases are functions, which tests/unit/engine/optimizer/problem_test.c has too:

    quadratic   sum over i of (i + 1) w_i^2 / 2 + w_i w_(i + 1) / 4 - w_i
    rosenbrock  sum over pairs (a, b) of 100 (b - a^2)^2 + (1 - a)^2
    logistic    mean over samples of log(1 + exp(-label (features . w))) + |w|^2 / 100
    wavy        sum over i of w_i^2 / 20 + sin((i + 1) w_i)

Shared rows (empty name): start of each; features and labels of logistic. Then for each
optimizer, option set and function: w (steps, n) after each step, and evaluations (steps),
how many each step made, the one that it starts from included. A path ends before the
step at which it no longer says anything about a rule: a start one rounding away would
have moved w by more than SPREAD there (long line searches near a minimum come to that).
"""

import numpy
import torch

from table import as_floats, random_floats, write, write_header

STEPS = 6
SPREAD = 1e-11
NEIGHBOURS = 4
GENERATOR = numpy.random.default_rng(23)
FEATURES = random_floats(GENERATOR, -1, 1, 20, 5)
LABELS = numpy.where(FEATURES @ [1.0, -2.0, 0.5, 0.0, 1.5] + GENERATOR.uniform(-1, 1, 20) > 0, 1.0, -1.0)


def quadratic(w):
    stiffness = torch.arange(1, len(w) + 1, dtype=torch.float64)
    return (stiffness * w * w / 2 - w).sum() + (w[:-1] * w[1:]).sum() / 4


def rosenbrock(w):
    a, b = w[::2], w[1::2]
    return (100 * (b - a * a) ** 2 + (1 - a) ** 2).sum()


def logistic(w):
    margins = torch.tensor(LABELS) * (torch.tensor(FEATURES) @ w)
    return torch.nn.functional.softplus(-margins, threshold=1000).mean() + (w * w).sum() / 100


def wavy(w):
    return (w * w / 20 + torch.sin(torch.arange(1, len(w) + 1, dtype=torch.float64) * w)).sum()


CASES = {
    "quadratic": (quadratic, random_floats(GENERATOR, -3, 3, 19)),
    "rosenbrock": (rosenbrock, as_floats([-1.2, 1.0, 0.5, -0.5])),
    "logistic": (logistic, random_floats(GENERATOR, -1, 1, 5)),
    "wavy": (wavy, random_floats(GENERATOR, -5, 5, 3)),
    "wavy-1": (wavy, random_floats(GENERATOR, -5, 5, 1)),
    # Starts that lead through rare branches: a loss that rises at the first lengthening of
    # a bracket (lbfgs), a bracket whose other end is above its origin (cg).
    "wavy-5a": (wavy, as_floats([-4.241592, 5.33376, 4.6295567, 1.161195, -0.86363608])),
    "wavy-5b": (wavy, as_floats([-4.9578056, -5.5893326, 3.7449033, -3.5245912, 3.7343702])),
}


class Counted:
    """Loss and gradient by autograd, counting."""

    def __init__(self, function):
        self.function, self.count = function, 0

    def __call__(self, w):
        self.count += 1
        at = torch.tensor(w, requires_grad=True)
        loss = self.function(at)
        loss.backward()
        return loss.item(), at.grad.numpy()


def lbfgs(function, start, line_search_fn="none", max_eval=None, **options):
    w = torch.tensor(start, requires_grad=True)
    search = None if line_search_fn == "none" else line_search_fn
    optimizer = torch.optim.LBFGS([w], line_search_fn=search, max_eval=max_eval, **options)
    count = 0

    def closure():
        nonlocal count
        count += 1
        optimizer.zero_grad()
        loss = function(w)
        loss.backward()
        return loss

    for _ in range(STEPS):
        count = 0
        optimizer.step(closure)
        yield w.detach().numpy().copy(), count


def longer(f2, f3, d2, d3, z1, z3, limit, int_, ext):
    """Cubic extrapolation with its bounds."""
    a = 6 * (f2 - f3) / z3 + 3 * (d2 + d3)
    b = 3 * (f3 - f2) - z3 * (d3 + 2 * d2)
    z2 = -d2 * z3 * z3 / (b + numpy.sqrt(b * b - a * d2 * z3 * z3))
    if not numpy.isfinite(z2) or z2 < 0:
        return z1 * (ext - 1) if limit < -0.5 else (limit - z1) / 2
    if limit > -0.5 and z2 + z1 > limit:
        return (limit - z1) / 2
    if limit < -0.5 and z2 + z1 > z1 * ext:
        return z1 * (ext - 1)
    if z2 < -z3 * int_:
        return -z3 * int_
    if limit > -0.5 and z2 < (limit - z1) * (1 - int_):
        return (limit - z1) * (1 - int_)
    return z2


def shorter(f1, f2, f3, d2, d3, z3, int_):
    """Quadratic or cubic interpolation with its bounds."""
    if f2 > f1:
        z2 = z3 - (0.5 * d3 * z3 * z3) / (d3 * z3 + f2 - f3)
    else:
        a = 6 * (f2 - f3) / z3 + 3 * (d2 + d3)
        b = 3 * (f3 - f2) - z3 * (d3 + 2 * d2)
        z2 = (numpy.sqrt(b * b - a * d2 * z3 * z3) - b) / a
    if not numpy.isfinite(z2):
        z2 = z3 / 2
    return max(min(z2, int_ * z3), (1 - int_) * z3)


def cg_step(evaluate, w, max_iter=20, max_eval=None, rho=0.01, sig=0.5, int=0.1, ext=3.0, ratio=100.0):
    """One call of optim.cg."""
    max_eval = max_eval or 1.25 * max_iter
    f1, df1 = evaluate(w)
    evaluations = 1
    s = -df1
    d1 = -s @ s
    z1 = 1 / (1 - d1)
    while evaluations < max_eval:
        w0 = w
        w = w + z1 * s
        f2, df2 = evaluate(w)
        evaluations += 1
        d2, f3, d3, z3 = df2 @ s, f1, d1, -z1
        left, limit = min(max_iter, max_eval - evaluations), -1.0
        while True:
            while (f2 > f1 + z1 * rho * d1 or d2 > -sig * d1) and left > 0:
                limit = z1
                z2 = shorter(f1, f2, f3, d2, d3, z3, int)
                z1, w = z1 + z2, w + z2 * s
                f2, df2 = evaluate(w)
                evaluations, left = evaluations + 1, left - 1
                d2, z3 = df2 @ s, z3 - z2
            good = not (f2 > f1 + z1 * rho * d1 or d2 > -sig * d1) and d2 > sig * d1
            if good or left <= 0 or f2 > f1 + z1 * rho * d1 or d2 > -sig * d1:
                break
            z2 = longer(f2, f3, d2, d3, z1, z3, limit, int, ext)
            f3, d3, z3 = f2, d2, -z2
            z1, w = z1 + z2, w + z2 * s
            f2, df2 = evaluate(w)
            evaluations, left = evaluations + 1, left - 1
            d2 = df2 @ s
        if not good:
            return w0
        s = (df2 @ df2 - df2 @ df1) / (df1 @ df1) * s - df2
        f1, df1 = f2, df2
        d2 = df1 @ s
        if d2 > 0:
            s = -df1
            d2 = -s @ s
        z1 = z1 * min(ratio, d1 / (d2 - 1e-320))
        d1 = d2
    return w


def cg(function, start, **options):
    w = start
    for _ in range(STEPS):
        evaluate = Counted(function)
        w = cg_step(evaluate, w, **options)
        yield w, evaluate.count


VARIANTS = [
    (lbfgs, {"max_iter": 4}),
    (lbfgs, {}),
    (lbfgs, {"lr": 0.5, "max_iter": 3, "history_size": 2}),
    (lbfgs, {"max_iter": 1}),
    (lbfgs, {"max_iter": 5, "max_eval": 3, "tolerance_grad": 0.1, "tolerance_change": 1e-3}),
    (lbfgs, {"line_search_fn": "strong_wolfe"}),
    (lbfgs, {"line_search_fn": "strong_wolfe", "max_iter": 2}),
    (lbfgs, {"line_search_fn": "strong_wolfe", "max_iter": 2, "lr": 30}),
    (lbfgs, {"line_search_fn": "strong_wolfe", "max_iter": 3, "lr": 0.001, "history_size": 1}),
    (lbfgs, {"line_search_fn": "strong_wolfe", "max_iter": 2, "lr": 10}),
    (lbfgs, {"line_search_fn": "strong_wolfe", "max_iter": 2, "lr": 3}),
    (cg, {}),
    (cg, {"max_iter": 4}),
    (cg, {"max_iter": 10}),
    (cg, {"max_iter": 8, "max_eval": 6}),
    (cg, {"max_iter": 6, "rho": 0.2, "sig": 0.3}),
    (cg, {"max_iter": 10, "sig": 0.1}),
    (cg, {"max_iter": 10, "sig": 0.9, "ratio": 1000}),
    (cg, {"max_iter": 6, "int": 0.3, "ext": 1.5, "ratio": 2}),
]


def path_of(rule, function, start, options):
    """The steps of a path that its neighbours share: [(w, evaluations)]."""
    path = list(rule(function, start, **options))
    steps = len(path)
    for seed in range(NEIGHBOURS):
        signs = numpy.random.default_rng(seed).choice([-1.0, 1.0], len(start))
        for i, (w, count) in enumerate(rule(function, start * (1 + signs * 2.0**-52), **options)):
            spread = abs(w - path[i][0]).max() / abs(path[i][0]).max()
            if spread > SPREAD or count != path[i][1]:
                steps = min(steps, i)
    return path[:steps]


def main():
    write_header()
    for label, (_, start) in CASES.items():
        extra = {"features": FEATURES, "labels": LABELS} if label == "logistic" else {}
        write("", {}, label, start=start, **extra)
    for rule, options in VARIANTS:
        for label, (function, start) in CASES.items():
            with numpy.errstate(all="ignore"):
                path = path_of(rule, function, start, options)
            w, evaluations = [w for w, _ in path], [count for _, count in path]
            write(rule.__name__, options, label, w=w, evaluations=evaluations)


main()
