"""Golden values of engine/optimizer, from PyTorch in float64 (python3-torch 1.13).

    /usr/bin/python3 tests/golden/optimizers.py > tests/golden/optimizers.csv

Shared rows (empty name): start (parameters) and gradient (steps, parameters) of a
case. Then for each optimizer, option set and case: w (steps, parameters), the
parameters after each step. To add an optimizer: a line in VARIANTS.
"""

import numpy
import torch

from table import as_floats, random_floats, write, write_header

STEPS = 25


def sgd(w, lr=1e-3, lr_decay=0, **options):
    """torch.optim.SGD; it has no lr_decay, so Torch7's rule is written out below."""
    return torch.optim.SGD([w], lr=lr, **options)


def adagrad(w, **options):
    return torch.optim.Adagrad([w], **options)


def adam(w, beta1=0.9, beta2=0.999, **options):
    return torch.optim.Adam([w], betas=(beta1, beta2), **options)


def torch7_sgd(start, gradients, lr, lr_decay, momentum=0.0):
    """Torch7's optim.sgd with learningRateDecay, in numpy."""
    w, velocity, path = start.copy(), None, []
    for step, gradient in enumerate(gradients):
        rate = lr / (1 + step * lr_decay)
        velocity = gradient if velocity is None else momentum * velocity + gradient
        w = w - rate * velocity
        path.append(w)
    return numpy.array(path)


VARIANTS = [
    ("sgd", sgd, {}),
    ("sgd", sgd, {"lr": 0.1}),
    ("sgd", sgd, {"lr": 0.05, "momentum": 0.9}),
    ("sgd", sgd, {"lr": 0.05, "momentum": 0.9, "dampening": 0.3}),
    ("sgd", sgd, {"lr": 0.05, "momentum": 0.8, "nesterov": True}),
    ("sgd", sgd, {"lr": 0.1, "weight_decay": 0.05}),
    ("sgd", sgd, {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.02}),
    ("sgd", torch7_sgd, {"lr": 0.1, "lr_decay": 0.05}),
    ("sgd", torch7_sgd, {"lr": 0.1, "momentum": 0.5, "lr_decay": 0.01}),
    ("adagrad", adagrad, {}),
    ("adagrad", adagrad, {"lr": 0.1, "lr_decay": 0.05}),
    ("adagrad", adagrad, {"lr": 0.1, "weight_decay": 0.02}),
    ("adagrad", adagrad, {"lr": 0.1, "initial_accumulator_value": 0.5}),
    ("adagrad", adagrad, {"lr": 0.1, "eps": 0.01}),
    ("adam", adam, {}),
    ("adam", adam, {"lr": 0.05, "beta1": 0.5, "beta2": 0.9}),
    ("adam", adam, {"lr": 0.05, "beta1": 0.0}),
    ("adam", adam, {"lr": 0.05, "eps": 0.01}),
    ("adam", adam, {"lr": 0.05, "weight_decay": 0.02}),
]


def ordinary():
    """Four parameters: generic gradients; mostly exact zeros; large; small."""
    generator = numpy.random.default_rng(5)
    gradients = random_floats(generator, -1, 1, STEPS, 4)
    gradients[:8, 1] = 0
    gradients[12:, 1] = 0
    gradients[:, 2] = as_floats(gradients[:, 2] * 1e4)
    gradients[:, 3] = as_floats(gradients[:, 3] * 1e-6)
    return as_floats([0.3, -0.7, 1.1, 0.05]), gradients


def extreme():
    """Gradients whose squares only doubles can hold, and zeros of both signs."""
    generator = numpy.random.default_rng(6)
    gradients = generator.uniform(-1, 1, (STEPS, 3)) * [1e150, 1e-150, 0]
    return numpy.array([0.3, -0.7, 0.0]), gradients


def path_of(make, options, start, gradients):
    if make is torch7_sgd:
        return torch7_sgd(start, gradients, **options)
    w = torch.tensor(start, requires_grad=True)
    optimizer, path = make(w, **options), []
    for gradient in gradients:
        w.grad = torch.tensor(gradient)
        optimizer.step()
        path.append(w.detach().numpy().copy())
    return numpy.array(path)


def main():
    write_header()
    cases = {"ordinary": ordinary(), "extreme": extreme()}
    for case, (start, gradients) in cases.items():
        write("", {}, case, start=start, gradient=gradients)
    for name, make, options in VARIANTS:
        for case, (start, gradients) in cases.items():
            if case == "ordinary" or not options:
                write(name, options, case, w=path_of(make, options, start, gradients))


main()
