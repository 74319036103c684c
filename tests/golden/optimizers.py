"""Golden values of the elementwise optimizers of engine/optimizer, from PyTorch in
float64 (python3-torch 1.13) where it has the thing; the functions marked with
@equations are numpy instead, from the equations that they cite. Decays near 1 lose their
digits in float64 (1 - beta^t, radam's rho): those are mpmath, with 60 digits.

    /usr/bin/python3 tests/golden/optimizers.py > tests/golden/optimizers.csv

Shared rows (empty name): start (parameters) and gradient (steps, parameters) of a
case. Then for each optimizer, option set and case: w (steps, parameters), the
parameters after each step, and where the optimizer evaluates other parameters than
those, evaluated (steps, parameters). To add an optimizer: a line in VARIANTS.
"""

import mpmath
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


def asgd(w, **options):
    return torch.optim.ASGD([w], **options)


def adadelta(w, **options):
    return torch.optim.Adadelta([w], **options)


def rmsprop(w, **options):
    return torch.optim.RMSprop([w], **options)


def rprop(w, eta_minus=0.5, eta_plus=1.2, step_min=1e-6, step_max=50, **options):
    return torch.optim.Rprop(
        [w], etas=(eta_minus, eta_plus), step_sizes=(step_min, step_max), **options
    )


def amsgrad(w, **options):
    return adam(w, amsgrad=True, **options)


def adamw(w, beta1=0.9, beta2=0.999, **options):
    return torch.optim.AdamW([w], betas=(beta1, beta2), **options)


def adamax(w, beta1=0.9, beta2=0.999, **options):
    return torch.optim.Adamax([w], betas=(beta1, beta2), **options)


def nadam_1_13(w, beta1=0.9, beta2=0.999, form=None, **options):
    return torch.optim.NAdam([w], betas=(beta1, beta2), **options)


def radam(w, beta1=0.9, beta2=0.999, **options):
    return torch.optim.RAdam([w], betas=(beta1, beta2), **options)


def nesterov(w, lr=1e-3, momentum=0.9, **options):
    return torch.optim.SGD([w], lr=lr, momentum=momentum, nesterov=True, **options)


EQUATIONS = []


def equations(make):
    EQUATIONS.append(make)
    return make


@equations
def torch7_sgd(start, gradients, lr=1e-2, lr_decay=0, momentum=0.0, nesterov=False):
    """optim.sgd of Torch7 with learningRateDecay."""
    w, velocity, path = start.copy(), None, []
    for step, gradient in enumerate(gradients):
        rate = lr / (1 + step * lr_decay)
        velocity = gradient if velocity is None else momentum * velocity + gradient
        w = w - rate * (gradient + momentum * velocity if nesterov else velocity)
        path.append(w)
    return path


@equations
def torch_nesterov_decayed(start, gradients, momentum=0.9, **options):
    return torch7_sgd(start, gradients, momentum=momentum, nesterov=True, **options)


@equations
def torch7_nag(start, gradients, lr, lr_decay=0, momentum=0.9, weight_decay=0, form=None):
    """optim.nag of Torch7: x is what it returns, and x + momentum v is where the next
    gradient is taken: that point is the path."""
    x, v, path = start.copy(), numpy.zeros_like(start), []
    for step, gradient in enumerate(gradients):
        rate = lr / (1 + step * lr_decay)
        ahead = x + momentum * v
        gradient = gradient + weight_decay * ahead
        v = momentum * v - rate * gradient
        x = x + v
        path.append(x + momentum * v)
    return path


@equations
def nadam(start, gradients, lr=2e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0, momentum_decay=4e-3):
    """Dozat 2016, algorithm 2, with the schedule of its section 3."""
    mu = [beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay)) for t in range(len(gradients) + 2)]
    w, m, v, path = start.copy(), 0, 0, []
    for t, gradient in enumerate(gradients, 1):
        g = gradient + weight_decay * w
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        g_hat = g / (1 - numpy.prod(mu[1 : t + 1]))
        m_hat = m / (1 - numpy.prod(mu[1 : t + 2]))
        m_bar = (1 - mu[t]) * g_hat + mu[t + 1] * m_hat
        w = w - lr * m_bar / (numpy.sqrt(v / (1 - beta2**t)) + eps)
        path.append(w)
    return path


@equations
def adabelief(start, gradients, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0):
    """Zhuang et al. 2020, algorithm 2, arXiv:2010.07468."""
    w, m, s, path = start.copy(), 0, 0, []
    for t, gradient in enumerate(gradients, 1):
        g = gradient + weight_decay * w
        m = beta1 * m + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * (g - m) ** 2 + eps
        w = w - lr * (m / (1 - beta1**t)) / (numpy.sqrt(s / (1 - beta2**t)) + eps)
        path.append(w)
    return path


@equations
def yogi(start, gradients, lr=1e-2, beta1=0.9, beta2=0.999, eps=1e-3, initial_accumulator_value=0, weight_decay=0):
    """Zaheer et al. 2018, algorithm 2."""
    w, m, v, path = start.copy(), 0, numpy.full_like(start, initial_accumulator_value), []
    for gradient in gradients:
        g = gradient + weight_decay * w
        m = beta1 * m + (1 - beta1) * g
        v = v - (1 - beta2) * numpy.sign(v - g**2) * g**2
        w = w - lr * m / (numpy.sqrt(v) + eps)
        path.append(w)
    return path


@equations
def lion(start, gradients, lr=1e-4, beta1=0.9, beta2=0.99, weight_decay=0):
    """Chen et al. 2023, algorithm 2, arXiv:2302.06675."""
    w, m, path = start.copy(), 0, []
    for g in gradients:
        w = w - lr * (numpy.sign(beta1 * m + (1 - beta1) * g) + weight_decay * w)
        m = beta2 * m + (1 - beta2) * g
        path.append(w)
    return path


def weighted_mean(points, weights):
    total = sum(weights)
    return sum(p * (c / total) for p, c in zip(points, weights)) if total else points[0]


@equations
def schedule_free_sgd(start, gradients, lr=1.0, momentum=0.9, weight_decay=0, warmup_steps=0, r=0, weight_lr_power=2):
    """Defazio et al. 2024, equations 3 to 5, arXiv:2405.15682. The average is taken again
    from all points in each step. Returns y and x."""
    y, z, points, weights, rates, path = start, start, [], [], [], ([], [])
    for t, gradient in enumerate(gradients, 1):
        rates.append(lr * min(1, t / warmup_steps if warmup_steps else 1))
        z = z - rates[-1] * (gradient + weight_decay * y)
        points.append(z)
        weights.append(t**r * max(rates) ** weight_lr_power)
        x = weighted_mean(points, weights)
        y = (1 - momentum) * z + momentum * x
        path[0].append(y)
        path[1].append(x)
    return path


@equations
def schedule_free_adamw(start, gradients, lr=0.0025, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0, warmup_steps=0, r=0, weight_lr_power=2, form="paper"):
    """The same, algorithm 1; form package_1_3: the square's bias is corrected as Adam's,
    before eps is added, and the rate has no part in it."""
    y, z, v, points, weights, rates, path = start, start, 0, [], [], [], ([], [])
    for t, g in enumerate(gradients, 1):
        warm = min(1, t / warmup_steps if warmup_steps else 1)
        unbiased = 1 - beta2**t
        rates.append(lr * warm * (numpy.sqrt(unbiased) if form == "paper" else 1))
        v = beta2 * v + (1 - beta2) * g**2
        root = numpy.sqrt(v if form == "paper" else v / unbiased)
        z = z - rates[-1] * g / (root + eps) - rates[-1] * weight_decay * y
        points.append(z)
        weights.append(t**r * max(rates) ** weight_lr_power)
        x = weighted_mean(points, weights)
        y = (1 - beta1) * z + beta1 * x
        path[0].append(y)
        path[1].append(x)
    return path


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
    ("gd", torch7_sgd, {}),
    ("gd", torch7_sgd, {"lr": 0.1, "lr_decay": 0.05}),
    ("nesterov", nesterov, {}),
    ("nesterov", nesterov, {"lr": 0.05, "momentum": 0.5}),
    ("nesterov", nesterov, {"lr": 0.05, "weight_decay": 0.02}),
    ("nesterov", torch_nesterov_decayed, {"lr": 0.05, "lr_decay": 0.05}),
    ("nesterov", torch7_nag, {"lr": 0.05, "form": "torch7"}),
    ("nesterov", torch7_nag, {"lr": 0.05, "lr_decay": 0.05, "weight_decay": 0.02, "form": "torch7"}),
    ("asgd", asgd, {}),
    ("asgd", asgd, {"lr": 0.1, "lambd": 0.3}),
    ("asgd", asgd, {"lr": 0.1, "lambd": 0.3, "alpha": 0.4}),
    ("asgd", asgd, {"lr": 0.1, "t0": 5}),
    ("asgd", asgd, {"lr": 0.1, "weight_decay": 0.02}),
    ("adadelta", adadelta, {}),
    ("adadelta", adadelta, {"lr": 0.5, "rho": 0.5}),
    ("adadelta", adadelta, {"eps": 0.01}),
    ("adadelta", adadelta, {"weight_decay": 0.02}),
    ("rmsprop", rmsprop, {}),
    ("rmsprop", rmsprop, {"lr": 0.05, "alpha": 0.7}),
    ("rmsprop", rmsprop, {"eps": 0.01}),
    ("rmsprop", rmsprop, {"momentum": 0.8}),
    ("rmsprop", rmsprop, {"centered": True}),
    ("rmsprop", rmsprop, {"centered": True, "momentum": 0.8, "alpha": 0.9}),
    ("rmsprop", rmsprop, {"weight_decay": 0.02}),
    ("rprop", rprop, {}),
    ("rprop", rprop, {"lr": 0.1, "eta_minus": 0.3}),
    ("rprop", rprop, {"lr": 0.1, "eta_plus": 1.5}),
    ("rprop", rprop, {"lr": 0.1, "step_min": 0.08}),
    ("rprop", rprop, {"lr": 0.1, "step_max": 0.11}),
    ("rprop", rprop, {"lr": 1e-7}),
    ("amsgrad", amsgrad, {}),
    ("amsgrad", amsgrad, {"lr": 0.05, "beta1": 0.5, "beta2": 0.9}),
    ("amsgrad", amsgrad, {"lr": 0.05, "eps": 0.01}),
    ("amsgrad", amsgrad, {"lr": 0.05, "weight_decay": 0.02}),
    ("adamw", adamw, {}),
    ("adamw", adamw, {"lr": 0.05, "beta1": 0.5, "beta2": 0.9}),
    ("adamw", adamw, {"lr": 0.05, "eps": 0.01}),
    ("adamw", adamw, {"lr": 0.05, "weight_decay": 0.02}),
    ("adamax", adamax, {}),
    ("adamax", adamax, {"lr": 0.05, "beta1": 0.5, "beta2": 0.9}),
    ("adamax", adamax, {"lr": 0.05, "eps": 0.01}),
    ("adamax", adamax, {"lr": 0.05, "weight_decay": 0.02}),
    ("nadam", nadam, {}),
    ("nadam", nadam, {"lr": 0.05, "beta1": 0.5, "beta2": 0.9}),
    ("nadam", nadam, {"lr": 0.05, "eps": 0.01}),
    ("nadam", nadam, {"lr": 0.05, "weight_decay": 0.02}),
    ("radam", radam, {}),
    ("radam", radam, {"lr": 0.05, "beta1": 0.5, "beta2": 0.9}),
    ("radam", radam, {"lr": 0.05, "eps": 0.01}),
    ("radam", radam, {"lr": 0.05, "weight_decay": 0.02}),
    ("adabelief", adabelief, {}),
    ("adabelief", adabelief, {"lr": 0.05, "beta1": 0.5, "beta2": 0.9}),
    ("adabelief", adabelief, {"lr": 0.05, "eps": 0.01}),
    ("adabelief", adabelief, {"lr": 0.05, "weight_decay": 0.02}),
    ("yogi", yogi, {}),
    ("yogi", yogi, {"lr": 0.05, "beta1": 0.5, "beta2": 0.9}),
    ("yogi", yogi, {"lr": 0.05, "eps": 0.01}),
    ("yogi", yogi, {"lr": 0.05, "weight_decay": 0.02}),
    ("adamw", adamw, {"weight_decay": 0}),
    ("adamw", adamw, {"lr": 0.05, "beta2": 0.9, "amsgrad": True}),
    ("nadam", nadam, {"lr": 0.05, "momentum_decay": 0.5}),
    ("nadam", nadam_1_13, {"form": "pytorch_1_13"}),
    ("nadam", nadam_1_13, {"lr": 0.05, "momentum_decay": 0.5, "form": "pytorch_1_13"}),
    ("yogi", yogi, {"initial_accumulator_value": 0.5}),
    ("lion", lion, {}),
    ("lion", lion, {"lr": 0.05, "beta1": 0.5, "beta2": 0.9}),
    ("lion", lion, {"lr": 0.05, "weight_decay": 0.02}),
    ("schedule_free_sgd", schedule_free_sgd, {}),
    ("schedule_free_sgd", schedule_free_sgd, {"lr": 0.05, "momentum": 0.6}),
    ("schedule_free_sgd", schedule_free_sgd, {"lr": 0.05, "warmup_steps": 8}),
    ("schedule_free_sgd", schedule_free_sgd, {"lr": 0.05, "warmup_steps": 8, "r": 1.5, "weight_lr_power": 1}),
    ("schedule_free_sgd", schedule_free_sgd, {"lr": 0.05, "weight_decay": 0.02}),
    ("schedule_free_adamw", schedule_free_adamw, {}),
    ("schedule_free_adamw", schedule_free_adamw, {"lr": 0.05, "beta1": 0.5, "beta2": 0.9}),
    ("schedule_free_adamw", schedule_free_adamw, {"lr": 0.05, "eps": 0.01}),
    ("schedule_free_adamw", schedule_free_adamw, {"lr": 0.05, "warmup_steps": 8}),
    ("schedule_free_adamw", schedule_free_adamw, {"lr": 0.05, "warmup_steps": 8, "r": 1.5, "weight_lr_power": 1}),
    ("schedule_free_adamw", schedule_free_adamw, {"lr": 0.05, "weight_decay": 0.02}),
    ("schedule_free_adamw", schedule_free_adamw, {"form": "package_1_3"}),
    ("schedule_free_adamw", schedule_free_adamw, {"lr": 0.05, "warmup_steps": 8, "eps": 0.01, "weight_decay": 0.02, "form": "package_1_3"}),
]


def moments(g, state, beta1, beta2):
    state["m"] = beta1 * state.get("m", 0) + (1 - beta1) * g
    state["v"] = beta2 * state.get("v", 0) + (1 - beta2) * g**2
    return state["m"], state["v"]


def exact_adam(g, t, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v = moments(g, state, beta1, beta2)
    return lr * m / (1 - beta1**t) / (mpmath.sqrt(v / (1 - beta2**t)) + eps)


def exact_radam(g, t, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Liu et al. 2019, algorithm 2, with PyTorch's eps and its 5."""
    m, v = moments(g, state, beta1, beta2)
    step = lr * m / (1 - beta1**t)
    most = 2 / (1 - beta2) - 1
    rho = most - 2 * t * beta2**t / (1 - beta2**t)
    if rho <= 5:
        return step
    r = mpmath.sqrt((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho))
    return step * r * mpmath.sqrt(1 - beta2**t) / (mpmath.sqrt(v) + eps)


def exact_nadam(g, t, state, lr=2e-3, beta1=0.9, beta2=0.999, eps=1e-8, momentum_decay=4e-3, form="documented"):
    m, v = moments(g, state, beta1, beta2)
    mu, following = (beta1 * (1 - mpmath.mpf(0.96) ** (n * momentum_decay) / 2) for n in (t, t + 1))
    state["product"] = state.get("product", 1) * mu
    both = state["product"] * following * (mu if form == "pytorch_1_13" else 1)
    m_bar = (1 - mu) * g / (1 - state["product"]) + following * m / (1 - both)
    return lr * m_bar / (mpmath.sqrt(v / (1 - beta2**t)) + eps)


def exact_adamax(g, t, state, lr=2e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m, _ = moments(g, state, beta1, beta2)
    state["u"] = max(beta2 * state.get("u", 0), abs(g) + eps)
    return lr * m / (1 - beta1**t) / state["u"]


LEAST_DECAY = 1 - 2**-53  # the double below 1
NEAR_ONE = [
    ("adam", exact_adam, {"lr": 0.05, "beta2": LEAST_DECAY}),
    ("adam", exact_adam, {"lr": 0.05, "beta1": 1 - 1e-9, "beta2": 1 - 1e-12}),
    ("adam", exact_adam, {"lr": 0.05, "beta2": 1 - 1e-5}),
    ("adamax", exact_adamax, {"lr": 0.05, "beta1": LEAST_DECAY}),
    ("nadam", exact_nadam, {"lr": 0.05, "beta1": LEAST_DECAY, "beta2": LEAST_DECAY, "momentum_decay": 1e30}),
    ("nadam", exact_nadam, {"lr": 0.05, "beta1": 1 - 1e-9, "momentum_decay": 1e30, "form": "pytorch_1_13"}),
    ("radam", exact_radam, {"lr": 0.05, "beta2": LEAST_DECAY}),
    ("radam", exact_radam, {"lr": 0.05, "beta2": 1 - 1e-14}),
    ("radam", exact_radam, {"lr": 0.05, "beta2": 1 - 1e-9}),
    ("radam", exact_radam, {"lr": 0.05, "beta2": 1 - 1e-5}),
    ("radam", exact_radam, {"lr": 0.05, "beta2": 0.95}),
]


def exact_path(rule, options, start, gradients):
    """Each parameter by itself; options and gradients are the doubles that they are."""
    exact = {key: mpmath.mpf(value) if isinstance(value, float) else value for key, value in options.items()}
    path = numpy.empty_like(gradients)
    with mpmath.workdps(60):
        for i, first in enumerate(start):
            w, state = mpmath.mpf(first), {}
            for t, g in enumerate(gradients[:, i], 1):
                w -= rule(mpmath.mpf(g), t, state, **exact)
                path[t - 1, i] = float(w)
    return path


def near_one():
    """Numbers that f32 does not hold, nor such decays."""
    return numpy.array([0.3, -0.7, 1.1]), numpy.random.default_rng(7).uniform(-1, 1, (STEPS, 3))


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
    if make in EQUATIONS:
        return numpy.array(make(start, gradients, **options))
    w = torch.tensor(start, requires_grad=True)
    optimizer, path, averages = make(w, **options), [], []
    for gradient in gradients:
        w.grad = torch.tensor(gradient)
        optimizer.step()
        path.append(w.detach().numpy().copy())
        averages += [optimizer.state[w]["ax"].numpy().copy()] if make is asgd else []
    return numpy.array([path, averages] if averages else path)


def main():
    torch.set_default_dtype(torch.float64)  # NAdam and ASGD keep scalars as tensors
    write_header()
    cases = {"ordinary": ordinary(), "extreme": extreme()}
    for case, (start, gradients) in cases.items():
        write("", {}, case, start=start, gradient=gradients)
    for name, make, options in VARIANTS:
        for case, (start, gradients) in cases.items():
            if case == "ordinary" or not options:
                path = path_of(make, options, start, gradients)
                if path.ndim == 3:
                    write(name, options, case, w=path[0], evaluated=path[1])
                else:
                    write(name, options, case, w=path)
    start, gradients = near_one()
    write("", {}, "near_one", start=start, gradient=gradients)
    for name, rule, options in NEAR_ONE:
        write(name, options, "near_one", w=exact_path(rule, options, start, gradients))


main()
