"""Golden values of the block optimizers of engine/optimizer, in float64.

    /usr/bin/python3 tests/golden/block_optimizers.py > tests/golden/block_optimizers.csv

PyTorch 1.13 has none of them, so every rule is written out below in numpy, from the
paper or the reference named beside it, in the frameworks' layout (outputs, inputs) and
with numpy's own sums and eigen-decompositions. The CSV has the engine's layout, (inputs,
outputs), which is the transpose.

Cases are shapes: 3x5 is a weight of 3 inputs and 5 outputs, 1x6-bias a bias of 6;
zero-2x3 starts from zeros and has no gradient in its first two steps. Shared rows
(empty name): start and gradient (steps, inputs, outputs); then for each optimizer, option
set and case w (recorded, inputs, outputs), the parameters after each step of RECORDED.
20x3 has the default options alone.
"""

import numpy

from table import as_floats, random_floats, write, write_header

STEPS = 25
RECORDED = [1, 2, 5, 21, 25]  # the steps whose parameters are written
EPSILON = 2.0**-52


def norm(x):
    return numpy.sqrt((x * x).sum())


def ratio_or_one(above, below, ratio):
    """Layer-wise rates say nothing where a norm is 0."""
    return ratio() if above > 0 and below > 0 else 1.0


def lars(
    w, gradients, lr=0.1, momentum=0.9, weight_decay=0.0, trust_coefficient=1e-3, eps=1e-8, adapt_bias=False
):
    """You, Gitman and Ginsburg 2017, algorithm 1. That the ratio is 1 where a norm is 0 and
    that biases are left out is the authors' later TensorFlow code (LARSOptimizer)."""
    velocity = numpy.zeros_like(w)
    for g in gradients:
        ratio, decay = 1.0, 0.0
        if w.ndim > 1 or adapt_bias:
            decay, size, slope = weight_decay, norm(w), norm(g)
            ratio = ratio_or_one(
                size, slope, lambda: trust_coefficient * size / (slope + weight_decay * size + eps)
            )
        velocity = momentum * velocity + lr * ratio * (g + decay * w)
        w = w - velocity
        yield w


def lamb(w, gradients, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-6, weight_decay=0.01, adapt_bias=False):
    """You et al. 2019, algorithm 2, phi the identity; norms of 0 and biases as in the
    authors' TensorFlow code (LAMBOptimizer)."""
    m, v = numpy.zeros_like(w), numpy.zeros_like(w)
    for t, g in enumerate(gradients, 1):
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        u = m / (1 - beta1**t) / (numpy.sqrt(v / (1 - beta2**t)) + eps)
        ratio = 1.0
        if w.ndim > 1 or adapt_bias:
            u = u + weight_decay * w
            ratio = ratio_or_one(norm(w), norm(u), lambda: norm(w) / norm(u))
        w = w - lr * ratio * u
        yield w


def adafactor(
    w,
    gradients,
    lr=1e-2,
    beta2_decay=-0.8,
    eps1=0.0,
    eps2=1e-3,
    d=1.0,
    weight_decay=0.0,
    relative_step=True,
    scale_parameter=True,
    form="pytorch",
):
    """Shazeer and Stern 2018, algorithms 4 and 5; form pytorch has eps1 where
    torch.optim.Adafactor (2.5 and later) has it, form paper where the paper has it. Decay,
    which the paper has not, is that of PyTorch, or of Hugging Face transformers: there its
    rate is the one of the step."""
    paper = form == "paper"
    eps1 = eps1 or (1e-30 if paper else EPSILON)
    rows = columns = whole = 0.0
    for t, g in enumerate(gradients, 1):
        share = float(t) ** beta2_decay
        rho = min(lr, 1 / t**0.5) if relative_step else lr
        alpha = max(eps2, norm(w) / w.size**0.5) * rho if scale_parameter else rho
        w = w * (1 - (alpha if paper else lr) * weight_decay)
        square = g * g + (eps1 if paper else 0.0)
        if w.ndim > 1:
            rows = rows + share * (square.mean(axis=1) - rows)
            columns = columns + share * (square.mean(axis=0) - columns)
            middle = rows.mean() if paper else max(rows.mean(), eps1)
            variance = numpy.outer(rows, columns) / middle
        else:
            whole = whole + share * (square - whole)
            variance = whole
        if not paper:
            variance = numpy.maximum(variance, eps1**2)
        u = g / numpy.sqrt(variance)
        w = w - alpha * u / max(1.0, norm(u) / u.size**0.5 / d)
        yield w


def muon(
    w,
    gradients,
    lr=0.02,
    momentum=0.95,
    nesterov=True,
    ns_steps=5,
    weight_decay=0.0,
    eps=1e-7,
    adam_lr=3e-4,
    adam_beta1=0.9,
    adam_beta2=0.95,
    adam_eps=1e-10,
    adam_weight_decay=0.0,
):
    """Jordan et al. 2024: the polynomial acts on singular values, so it is applied to those
    of numpy's decomposition; no matrix product of the iteration is repeated here. Biases:
    AdamW (Loshchilov and Hutter 2017, arXiv:1711.05101)."""
    m, v = numpy.zeros_like(w), numpy.zeros_like(w)
    for t, g in enumerate(gradients, 1):
        if w.ndim == 1:
            m = adam_beta1 * m + (1 - adam_beta1) * g
            v = adam_beta2 * v + (1 - adam_beta2) * g * g
            u = m / (1 - adam_beta1**t) / (numpy.sqrt(v / (1 - adam_beta2**t)) + adam_eps)
            w = w * (1 - adam_lr * adam_weight_decay) - adam_lr * u
            yield w
            continue
        m = momentum * m + (1 - momentum) * g
        u = (1 - momentum) * g + momentum * m if nesterov else m
        left, values, right = numpy.linalg.svd(u / (norm(u) + eps), full_matrices=False)
        for _ in range(ns_steps):
            values = 3.4445 * values - 4.7750 * values**3 + 2.0315 * values**5
        u = left @ numpy.diag(values) @ right * max(1.0, w.shape[0] / w.shape[1]) ** 0.5
        w = w * (1 - lr * weight_decay) - lr * u
        yield w


def inverse_root(matrix, order):
    values, vectors = numpy.linalg.eigh(matrix)
    return vectors @ numpy.diag(values ** (-1 / order)) @ vectors.T


def shampoo(w, gradients, lr=0.1, eps=1e-4, update_freq=20, max_preconditioner=256, weight_decay=0.0):
    """Gupta, Koren and Singer 2018, algorithm 1; a bias: algorithm 2 with one dimension,
    whose root is the second. A dimension beyond max_preconditioner keeps its diagonal."""
    order = 2 * w.ndim
    sums = [eps * numpy.eye(n) for n in w.shape]
    roots = [None] * w.ndim
    for t, g in enumerate(gradients):
        for side in range(w.ndim):
            unfolded = numpy.moveaxis(g, side, 0).reshape(w.shape[side], -1)
            product = unfolded @ unfolded.T
            full = w.shape[side] <= max_preconditioner
            sums[side] = sums[side] + (product if full else numpy.diag(numpy.diag(product)))
            if t % update_freq == 0:
                roots[side] = inverse_root(sums[side], order)
        u = roots[0] @ g @ roots[1] if w.ndim > 1 else roots[0] @ g
        w = w * (1 - lr * weight_decay) - lr * u
        yield w


VARIANTS = [
    (lars, {}),
    (lars, {"lr": 2.0, "momentum": 0.5, "weight_decay": 0.02, "trust_coefficient": 0.05, "eps": 0.01}),
    (lars, {"weight_decay": 0.02, "trust_coefficient": 0.1, "adapt_bias": True}),
    (lamb, {}),
    (lamb, {"lr": 0.05, "beta1": 0.5, "beta2": 0.9, "eps": 0.01, "weight_decay": 0.1}),
    (lamb, {"lr": 0.02, "adapt_bias": True}),
    (adafactor, {}),
    (adafactor, {"lr": 0.3, "beta2_decay": -0.5, "d": 1.25, "weight_decay": 0.1}),
    (adafactor, {"eps1": 0.3, "eps2": 0.6}),
    (adafactor, {"lr": 0.05, "relative_step": False, "scale_parameter": False}),
    (adafactor, {"form": "paper"}),
    (adafactor, {"form": "paper", "eps1": 0.05}),
    (adafactor, {"form": "paper", "lr": 0.3, "weight_decay": 0.1}),
    (muon, {}),
    (muon, {"lr": 0.1, "momentum": 0.5, "nesterov": False, "ns_steps": 2}),
    (muon, {"weight_decay": 0.3, "eps": 0.5}),
    (muon, {"adam_lr": 0.05, "adam_beta1": 0.5, "adam_beta2": 0.8, "adam_eps": 0.01}),
    (muon, {"adam_lr": 0.02, "adam_weight_decay": 0.5}),
    (shampoo, {}),
    (shampoo, {"update_freq": 1}),
    (shampoo, {"lr": 0.03, "eps": 0.5, "update_freq": 7, "weight_decay": 0.2}),
    (shampoo, {"update_freq": 1, "max_preconditioner": 4}),
    (shampoo, {"update_freq": 3, "max_preconditioner": 0}),
]

SHAPES = ["1x1", "3x5", "7x4", "20x3", "zero-2x3", "1x6-bias"]


def case_of(label, generator):
    """start and gradients in the engine's layout."""
    shape = [int(n) for n in label.replace("zero-", "").replace("-bias", "").split("x")]
    gradients = random_floats(generator, -1, 1, STEPS, *shape)
    gradients[20] = as_floats(gradients[20] * 100)
    if not label.startswith("zero"):
        return random_floats(generator, -1, 1, *shape), gradients
    gradients[:2] = 0
    return numpy.zeros(shape), gradients


def path_of(rule, options, label, start, gradients):
    if label.endswith("bias"):
        path = list(rule(start[0], gradients[:, 0], **options))
        return numpy.array([path[step - 1] for step in RECORDED])
    path = list(rule(start.T, [g.T for g in gradients], **options))
    return numpy.array([path[step - 1].T for step in RECORDED])


def main():
    write_header()
    generator = numpy.random.default_rng(11)
    cases = {label: case_of(label, generator) for label in SHAPES}
    for label, (start, gradients) in cases.items():
        write("", {}, label, start=start, gradient=gradients)
    for rule, options in VARIANTS:
        for label, (start, gradients) in cases.items():
            if label != "20x3" or not options:
                write(rule.__name__, options, label, w=path_of(rule, options, label, start, gradients))


main()
