"""What the figures measure arms by: which columns, which way is better, who comes first."""

import math

import numpy as np

SHOWN = 4  # metrics of a figure that has a panel for each


def metric(results, column):
    """better, label, direction, axis and primary of a column, as schema.json says."""
    return results.metric(column)


def columns(results, part):
    """The columns of "train", "validation" or "test" that hold a number, the primary metric's first; the
    arms' own loss where nothing else was measured."""
    names = [f"{part}_{m}" for m in results.metrics if results.has(f"{part}_{m}")]
    names.sort(key=lambda name: not metric(results, name).primary)
    return names or [name for name in (f"{part}_loss",) if results.has(name)]


def primary(results):
    """The column that arms are judged by: test before validation before training; None where
    there is none."""
    return next(iter(judged(results)), None)


def judged(results):
    """The columns of the part that arms are judged by."""
    return (columns(results, "test") or columns(results, "validation")
            or columns(results, "train"))


def is_measured_once(results, column):
    """Whether the column has a number in nothing but the last epoch of each run, though there
    are more: `evaluate: end`."""
    earlier = [v for cell in results.cells for v in cell.series.get(column, ())[:-1]]
    return bool(earlier) and not np.isfinite(earlier).any()


def finals(arm, column):
    """The numbers after the last epoch of the seeds that got there."""
    values = arm.finals(column)
    return values[np.isfinite(values)]


def badness(results, arm, column):
    """Smaller is better, by the mean over the seeds; infinite for an arm without a number,
    and the same for all where nothing says which way is better."""
    values, known = finals(arm, column), metric(results, column)
    if not len(values):
        return math.inf
    if known.better not in ("lower", "higher"):
        return 0.0
    return -values.mean() if known.better == "higher" else values.mean()


def ordered(results, column):
    """All arms, the best first, in file order where no way is better; those of which a seed
    has no number after the others."""
    return sorted(results.arms, key=lambda arm: (
        len(finals(arm, column)) < len(arm.cells), badness(results, arm, column)))


def spread(results, arms, most):
    """(at most `most` of the arms, words that say which or ""): evenly from the best to the
    worst."""
    if len(arms) <= most:
        return arms, ""
    column = primary(results)
    rank = {id(arm): i for i, arm in enumerate(ordered(results, column))} if column else {}
    line = sorted(arms, key=lambda arm: rank.get(id(arm), 0))
    kept = [line[round(i * (len(line) - 1) / (most - 1))] for i in range(most)]
    way = f"from the best to the worst by {metric(results, column).label}" if column else "in order"
    return kept, f"{most} of {len(arms)} arms are shown, evenly {way}."


def seeds_by_epoch(arm, column, epochs):
    """(cells, epochs) of numbers; NaN where there is none."""
    place = {epoch: i for i, epoch in enumerate(epochs)}
    grid = np.full((len(arm.cells), len(epochs)), np.nan)
    for row, cell in zip(grid, arm.cells):
        for epoch, value in zip(cell.epochs, cell.series.get(column, ())):
            row[place[epoch]] = value
    grid[~np.isfinite(grid)] = np.nan
    return grid


def scale(values, bounded=False):
    """(low, high, logarithmic) of an axis that shows these numbers. Logarithmic where all are
    above 0 and they span more than a factor of 20; a few that are far out do not squeeze the
    others on a linear one."""
    values = np.asarray([v for v in np.ravel(values) if math.isfinite(v)])
    if not len(values):
        return 0.0, 1.0, False
    low, high = float(values.min()), float(values.max())
    if low > 0 and high > 20 * low and not bounded:
        margin = (high / low) ** 0.04
        return max(low / margin, 1e-300), min(high * margin, 1e300), True
    first, last = np.percentile(values, [5, 95])
    if high - low > 30 * (last - first) > 0:
        low, high = max(low, first - 3 * (last - first)), min(high, last + 3 * (last - first))
    margin = 0.04 * (high - low) or 0.05 * abs(high) or 0.5
    return low - margin, high + margin, False
