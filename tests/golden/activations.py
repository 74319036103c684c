"""Golden values of engine/activation, from PyTorch in float64 (python3-torch 1.13).

    /usr/bin/python3 tests/golden/activations.py > tests/golden/activations.csv

Quantities: z, h = f(z), upstream (dh) and gradient (dz = f'(z) dh). To add an
activation: a line in ACTIVATIONS.
"""

import numpy
import torch

from table import as_floats, random_floats, write, write_header

ACTIVATIONS = {
    "identity": lambda z: z * 1,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}


def cases():
    generator = numpy.random.default_rng(3)
    yield "generic", random_floats(generator, -6, 6, 40)
    yield "kink", as_floats([0.0, -0.0, 1e-7, -1e-7, 1e-45, -1e-45])
    yield "large", as_floats([9, -9, 17, -17, 40, -40, 88, -88, 100, -100, 1000, -1000, 1e30, -1e30])
    yield "tiny", as_floats([1e-3, -1e-3, 1e-8, -1e-8, 1e-20, -1e-20, 1e-30, -1e-30, 1e-40, -1e-40])
    yield "doubles", numpy.array([1e-300, -1e-300, 5e-324, 1e300, -1e300, 700, -700, 0.1, -0.1])


def main():
    write_header()
    for name, function in ACTIVATIONS.items():
        generator = numpy.random.default_rng(4)
        for case, points in cases():
            z = torch.tensor(points, requires_grad=True)
            upstream = random_floats(generator, -2, 2, points.size)
            h = function(z)
            h.backward(torch.tensor(upstream))
            write(
                name,
                {},
                case,
                z=points,
                h=h.detach().numpy(),
                upstream=upstream,
                gradient=z.grad.numpy(),
            )


main()
