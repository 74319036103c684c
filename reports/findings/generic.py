"""What any result folder can say: which arm ends best under each metric, and
whether the seeds can tell it from the next."""

import numpy as np

from escape import code, markdown as md
from stats import ratio_interval
from text import number, plural, ratio, table

TITLE = "What the results show"
BACKGROUND = ""


def ranking(results, column):
    """[(mean over the seeds, arm)], best first; arms that diverged are left out."""
    means = [(np.mean(arm.finals(column)), arm) for arm in results.arms]
    return sorted(((m, a) for m, a in means if np.isfinite(m)), key=lambda pair: pair[0])


def headline(results):
    for column in results.quality_columns():
        order = ranking(results, column)
        if order:
            mean, arm = order[0]
            return (f"Lowest {column} after {plural(arm.cells[0].epochs[-1], 'epoch')}: "
                    f"{number(mean)}, {arm.name}.")
    return "No run has reached its last epoch."


def decided(best, second, column):
    """Whether the seeds tell two arms apart, as a cell of the table."""
    bounds = ratio_interval(second, best, lambda cell: cell.final(column))
    if bounds is None or not np.isfinite(bounds[0]):
        return "one seed: cannot say"
    return f"{'yes' if bounds[0] > 1 else 'no'}: {ratio(bounds)} times"


def findings(results):
    rows = []
    for column in results.quality_columns():
        order = ranking(results, column)
        if len(order) > 1:
            (low, best), (high, second) = order[:2]
            rows.append([code(column), md(best.name), number(low), md(second.name), number(high),
                         decided(best, second, column)])
    if not rows:
        return "There are not two arms to compare."
    return ("The best arm under each metric after the last epoch, and the next. The last column "
            "asks whether the difference is more than chance: the ratio of the two, seed by seed, "
            "with its 95 % Student t interval, has to stay above 1.\n\n"
            + table(["metric", "best", "mean", "next", "mean", "told apart?"], rows, {2, 4}))
