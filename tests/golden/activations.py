"""Golden values of engine/activation, from PyTorch in float64 (python3-torch 1.13), or,
where that loses digits to cancellation, from its formulas in mpmath.

    /usr/bin/python3 tests/golden/activations.py > tests/golden/activations.csv

Quantities: z, h = f(z), upstream (dh) and gradient (f's derivative, turned, times
dh). A softmax takes all points of a case as one sample. h_magnitude and
gradient_magnitude, where they are given, are the largest numbers that cancel on the
way. To add an activation: a line in VARIANTS.
"""

import mpmath
import numpy
import torch
from torch.nn import functional

from table import as_floats, random_floats, write, write_header

mpmath.mp.dps = 60

VARIANTS = [
    ("identity", {}, lambda z: z * 1),
    ("relu", {}, torch.relu),
    ("sigmoid", {}, torch.sigmoid),
    ("tanh", {}, torch.tanh),
    ("leaky_relu", {}, functional.leaky_relu),
    ("leaky_relu", {"negative_slope": 0.25}, functional.leaky_relu),
    ("hard_tanh", {}, functional.hardtanh),
    ("hard_tanh", {"min_val": -0.5, "max_val": 2.0}, functional.hardtanh),
    ("softmax", {}, lambda z: torch.softmax(z, 0)),
    ("log_softmax", {}, lambda z: torch.log_softmax(z, 0)),
]


SELU = mpmath.mpf("1.0507009873554804934193349852946"), mpmath.mpf("1.6732632423543772848170429916717")


def elu(z, alpha=1.0):
    return z if z > 0 else alpha * mpmath.expm1(z)


def selu(z):
    return SELU[0] * elu(z, SELU[1])


def softplus(z, beta=1.0, threshold=20.0):
    return z if beta * z > threshold else mpmath.log1p(mpmath.exp(beta * z)) / beta


def silu(z):
    return z / (1 + mpmath.exp(-z))


def gelu(z, approximate="none"):
    if approximate == "none":
        return z * mpmath.ncdf(z)
    inner = mpmath.sqrt(2 / mpmath.pi) * (z + mpmath.mpf(0.044715) * z**3)
    return z * (1 + mpmath.tanh(inner)) / 2


def elu_slope(z, alpha=1.0):
    return 1 if z > 0 else alpha * mpmath.exp(z)


def selu_slope(z):
    return SELU[0] * elu_slope(z, SELU[1])


def softplus_slope(z, beta=1.0, threshold=20.0):
    return 1 if beta * z > threshold else 1 / (1 + mpmath.exp(-beta * z))


def silu_slope(z):
    s = 1 / (1 + mpmath.exp(-z))
    return s * (1 + z * (1 - s))


def gelu_slope(z, approximate="none"):
    if approximate == "none":
        return mpmath.ncdf(z) + z * mpmath.npdf(z)
    root, cube = mpmath.sqrt(2 / mpmath.pi), mpmath.mpf(0.044715)
    t = mpmath.tanh(root * (z + cube * z**3))
    return (1 + t) / 2 + z / 2 * (1 - t * t) * root * (1 + 3 * cube * z * z)


EXACT = [
    ("elu", {}, elu, elu_slope),
    ("elu", {"alpha": 0.5}, elu, elu_slope),
    ("selu", {}, selu, selu_slope),
    ("softplus", {}, softplus, softplus_slope),
    ("softplus", {"beta": 2.0, "threshold": 10.0}, softplus, softplus_slope),
    ("silu", {}, silu, silu_slope),
    ("gelu", {}, gelu, gelu_slope),
    ("gelu", {"approximate": "tanh"}, gelu, gelu_slope),
]


def cases():
    generator = numpy.random.default_rng(3)
    yield "generic", random_floats(generator, -6, 6, 40)
    yield "kink", as_floats([0.0, -0.0, 1e-7, -1e-7, 1e-45, -1e-45, 1, -1, 2, -0.5, 20, 5])
    yield "large", as_floats([9, -9, 17, -17, 40, -40, 88, -88, 100, -100, 1000, -1000, 1e30, -1e30])
    yield "tiny", as_floats([1e-3, -1e-3, 1e-8, -1e-8, 1e-20, -1e-20, 1e-30, -1e-30, 1e-40, -1e-40])
    yield "doubles", numpy.array([1e-300, -1e-300, 5e-324, 1e300, -1e300, 700, -700, 0.1, -0.1])


def write_torch(name, options, function):
    generator = numpy.random.default_rng(4)
    by_row = name.endswith("softmax")
    for case, points in cases():
        z = torch.tensor(points, requires_grad=True)
        upstream = random_floats(generator, -2, 2, points.size)
        h = function(z, **options)
        h.backward(torch.tensor(upstream))
        more = {}
        if by_row:
            largest = max(abs(points)) if name == "log_softmax" else 1
            more["h_magnitude"] = largest + numpy.abs(h.detach().numpy())
            more["gradient_magnitude"] = numpy.full(points.size, sum(abs(upstream)))
        write(name, options, case, z=points, h=h.detach().numpy(), upstream=upstream,
              gradient=z.grad.numpy(), **more)


def write_exact(name, options, function, slope):
    """Far out mpmath would take for ever; there a rectifier is one side or the other."""
    generator = numpy.random.default_rng(4)
    far = {"elu": (-options.get("alpha", 1.0), 1), "selu": (-float(SELU[0] * SELU[1]), float(SELU[0]))}
    below, above = far.get(name, (0.0, 1))
    for case, points in cases():
        upstream = random_floats(generator, -2, 2, points.size)
        h, gradient = [], []
        for z, dh in zip(points, upstream):
            near = abs(z) <= 1000
            h.append(float(function(mpmath.mpf(z), **options)) if near else above * z if z > 0 else below)
            gradient.append(float(slope(mpmath.mpf(z), **options) * dh) if near else above * dh * (z > 0))
        write(name, options, case, z=points, h=h, upstream=upstream, gradient=gradient,
              h_magnitude=numpy.maximum(numpy.abs(points) if name == "gelu" else 0, numpy.abs(h)),
              gradient_magnitude=2 * numpy.abs(upstream))


def main():
    write_header()
    for variant in VARIANTS:
        write_torch(*variant)
    for variant in EXACT:
        write_exact(*variant)


main()
