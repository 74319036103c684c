"""Golden values of engine/loss, from PyTorch in float64 (python3-torch 1.13).

    /usr/bin/python3 tests/golden/losses.py > tests/golden/losses.csv

Quantities: prediction and target (batch, features), value (batch): each sample's
loss, gradient (batch, features) of the batch's loss. To add a loss: a function
that gives the terms, a line in VARIANTS.
"""

import numpy
import torch
from torch.nn import functional

from table import as_floats, random_floats, write, write_header


def mse(prediction, target):
    return functional.mse_loss(prediction, target, reduction="none")


def absolute(prediction, target, at_zero="zero"):
    return functional.l1_loss(prediction, target, reduction="none")


def smooth_l1(prediction, target, beta=1.0):
    return functional.smooth_l1_loss(prediction, target, reduction="none", beta=beta)


# name, its terms, the option sets beside `reduction`, and where the kinks lie.
VARIANTS = [
    ("mse", mse, {}, 1.0),
    ("abs", absolute, {"at_zero": "zero"}, 1.0),
    ("abs", absolute, {"at_zero": "plus_one"}, 1.0),
    ("smooth_l1", smooth_l1, {}, 1.0),
    ("smooth_l1", smooth_l1, {"beta": 0.5}, 0.5),
    ("smooth_l1", smooth_l1, {"beta": 2.0}, 2.0),
    ("smooth_l1", smooth_l1, {"beta": 0.1}, 0.1),
]


def generic(batch, features, seed):
    generator = numpy.random.default_rng(seed)
    return (
        random_floats(generator, -2, 2, batch, features),
        random_floats(generator, 0, 1, batch, features),
    )


def kinks(beta):
    """Errors of 0, of exactly beta, and one float beside it, on both sides."""
    beta = numpy.float32(beta)
    inside, outside = numpy.nextafter(beta, numpy.float32(0)), numpy.nextafter(beta, numpy.float32(9))
    errors = as_floats([0, beta, -beta, inside, -inside, outside, -outside])
    target = numpy.zeros((1, errors.size))
    return errors[None, :], target


def equal_entries():
    """Errors of 0 at entries that are not 0."""
    target = as_floats([[0.25, -3.0, 1e30, 1.0], [0.5, 0.1, 1e-30, -7.5]])
    prediction = target.copy()
    prediction[:, 3] = [0.25, -7.25]
    return prediction, target


def extremes():
    """A sample of huge errors, one of tiny ones, one of both signs of nothing much."""
    prediction = as_floats([[1e30, -1e30, 1e30, 0], [1e-30, -1e-30, 0, 3e-30], [1e30, 1e-30, 1, -1]])
    target = as_floats([[0, 1, -1e30, 1e30], [0, 1e-30, 1e-30, -3e-30], [1e30, 0, 1, 1e-30]])
    return prediction, target


def torch7_absolute_gradient(prediction, target, scale):
    """Torch7's AbsCriterion: x >= y ? +norm : -norm."""
    return numpy.where(prediction >= target, scale, -scale)


def write_case(variant, reduction, case, inputs):
    name, terms, options, _ = variant
    prediction = torch.tensor(inputs[0], requires_grad=True)
    target = torch.tensor(inputs[1])
    each = terms(prediction, target, **options)
    values = each.mean(dim=1) if reduction == "mean" else each.sum(dim=1)
    loss = each.mean() if reduction == "mean" else each.sum()
    loss.backward()
    gradient = prediction.grad.numpy()
    if options.get("at_zero") == "plus_one":
        scale = 1 / each.numel() if reduction == "mean" else 1.0
        gradient = torch7_absolute_gradient(inputs[0], inputs[1], scale)
    write(
        name,
        {"reduction": reduction, **options},
        case,
        prediction=inputs[0],
        target=inputs[1],
        value=values.detach().numpy(),
        gradient=gradient,
    )


def main():
    write_header()
    for variant in VARIANTS:
        for reduction in ("mean", "sum"):
            write_case(variant, reduction, "one", generic(1, 19, 1))
            write_case(variant, reduction, "three", generic(3, 5, 2))
            write_case(variant, reduction, "kinks", kinks(variant[3]))
            write_case(variant, reduction, "equal", equal_entries())
            write_case(variant, reduction, "extremes", extremes())


main()
