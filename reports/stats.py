"""The few statistics a report needs. Intervals are 95 % Student t intervals."""

import math

import numpy as np
from scipy import stats as distributions

CONFIDENCE = 0.95


def t_quantile(degrees, confidence=CONFIDENCE):
    """The t with P(|T| < t) = confidence."""
    return float(distributions.t.ppf((1 + confidence) / 2, degrees))


def mean_interval(values, confidence=CONFIDENCE):
    """(mean, half the width of its interval); the half is NaN for fewer than two values."""
    values = np.asarray(values, dtype=float)
    if len(values) < 2:
        return (values[0] if len(values) else math.nan), math.nan
    error = values.std(ddof=1) / math.sqrt(len(values))
    return values.mean(), t_quantile(len(values) - 1, confidence) * error


def ratio_interval(above, below, measure, among=1):
    """(low, mean, high) of measure(cell of above) / measure(cell of below): geometric
    mean over the seeds that both arms have.

    The arms of a seed may share their initial weights, so the ratio is taken
    seed by seed. With one seed low and high are NaN. None when there is no
    common seed or a number is missing or not positive. among: how many ratios this one
    was chosen from; the interval is as much wider as all of them together need
    (Bonferroni)."""
    seeds = {cell.seed: measure(cell) for cell in below.cells}
    pairs = [(measure(cell), seeds[cell.seed]) for cell in above.cells if cell.seed in seeds]
    if not pairs or not all(0 < a < math.inf and 0 < b < math.inf for a, b in pairs):
        return None
    mean, half = mean_interval([math.log(a / b) for a, b in pairs],
                               1 - (1 - CONFIDENCE) / among)
    return math.exp(mean - half), math.exp(mean), math.exp(mean + half)
