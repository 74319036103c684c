"""The few statistics a report needs. Intervals are 95 % Student t intervals."""

import math

import numpy as np

CONFIDENCE = 0.95


def t_probability(t, degrees):
    """P(|T| < t) for whole degrees of freedom: the finite series of M. Abramowitz
    and I. A. Stegun, Handbook of Mathematical Functions (1964), 26.7.3 and 26.7.4."""
    angle = math.atan(t / math.sqrt(degrees))
    sine, cosine = math.sin(angle), math.cos(angle)
    if degrees == 1:
        return 2 * angle / math.pi
    first = degrees % 2
    term = total = cosine if first else 1.0
    for k in range(first + 2, degrees - 1, 2):
        term *= cosine * cosine * (k - 1) / k
        total += term
    return 2 / math.pi * (angle + sine * total) if first else sine * total


def t_quantile(degrees, confidence=CONFIDENCE):
    """The t with P(|T| < t) = confidence."""
    low, high = 0.0, 1e3
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if t_probability(middle, degrees) < confidence else (low, middle)
    return (low + high) / 2


def mean_interval(values):
    """(mean, half the width of its interval); the half is NaN for fewer than two values."""
    values = np.asarray(values, dtype=float)
    if len(values) < 2:
        return (values[0] if len(values) else math.nan), math.nan
    error = values.std(ddof=1) / math.sqrt(len(values))
    return values.mean(), t_quantile(len(values) - 1) * error


def ratio_interval(above, below, measure):
    """(low, mean, high) of measure(cell of above) / measure(cell of below): geometric
    mean over the seeds that both arms have.

    The arms of a seed may share their initial weights, so the ratio is taken
    seed by seed. With one seed low and high are NaN. None when there is no
    common seed or a number is missing or not positive."""
    seeds = {cell.seed: measure(cell) for cell in below.cells}
    pairs = [(measure(cell), seeds[cell.seed]) for cell in above.cells if cell.seed in seeds]
    if not pairs or not all(0 < a < math.inf and 0 < b < math.inf for a, b in pairs):
        return None
    mean, half = mean_interval([math.log(a / b) for a, b in pairs])
    return math.exp(mean - half), math.exp(mean), math.exp(mean + half)
