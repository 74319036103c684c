"""Arms in the order of a metric, and from how many of them the best cannot be distinguished.

Whoever looks for the best among k arms finds one even where all are alike. Two questions
are asked of it, by one-sided paired t tests over the seeds that both arms have, each pair
with its own variance, since arms scatter differently; LEVEL is shared by the metrics of a
report (Bonferroni's inequality).

Is the arm that was selected the best? It is named a winner if it beats every other arm at
LEVEL / 2, which needs no more correction, however many there are: the runner-up represents
all (S. Gutmann, Z. Maymin, Is the selected population the best?, Annals of Statistics 15,
1987, pages 456 to 461). Of arms that are all alike one is named in at most LEVEL of the
cases, and most often where there are two.

If not, which could be? All that no other arm beats at LEVEL divided by the number of arms:
a set that holds the true best with probability 1 - LEVEL at least (S. S. Gupta,
Technometrics 7, 1965, pages 225 to 245; J. C. Hsu, Annals of Statistics 12, 1984, pages
1136 to 1144).
"""

import math
from dataclasses import dataclass, field

import numpy as np
from scipy import stats as distributions

from stats import mean_interval
from text import plural

LEVEL = 0.05
COMPLETE, SHORT, BROKEN, EMPTY = range(4)  # every seed has a value; some are missing; some
#                                            diverged or have none; no value at all


@dataclass
class Standing:
    """An arm's place under a metric. `place` counts from 1, equal values share it; arms of
    which a seed has no value come after those that are complete. `p` is the adjusted p of
    the hypothesis that the arm is the best one, where a winner is named that it is no worse
    than the winner; NaN for the winner and where nothing can be judged."""
    arm: object
    values: dict               # seed -> value
    state: str                 # "", or what is wrong: "1 of 3 seeds diverged"
    tier: int
    place: int = 0
    p: float = math.nan
    among_best: bool = False

    @property
    def label(self):
        return self.arm.label

    @property
    def name(self):
        return self.arm.name

    @property
    def mean(self):
        """Over the seeds that have a value; NaN for none."""
        return math.fsum(self.values.values()) / len(self.values) if self.values else math.nan

    def interval(self):
        return mean_interval(list(self.values.values()))


@dataclass
class Ranking:
    """`reason`: why nothing can be ranked, or "". `undecided`: why the seeds can tell
    nothing, or ""."""
    column: object
    standings: list = field(default_factory=list)
    reason: str = ""
    undecided: str = ""
    comparisons: int = 1       # metrics that share LEVEL
    named: bool = False        # the leader beats every other arm
    p: float = math.nan        # of the hypothesis that the leader is not the best one

    @property
    def eligible(self):
        return [s for s in self.standings if s.tier in (COMPLETE, SHORT)]

    @property
    def best(self):
        """The standings that cannot be distinguished from the best, in order."""
        return [s for s in self.standings if s.among_best]

    @property
    def leader(self):
        """The best that was measured, distinguishable or not; None where no arm has a value in
        every seed that ran."""
        return next(iter(self.best), None)

    @property
    def winner(self):
        """The arm that is better than every other one beyond chance, or None."""
        return self.leader if self.named else None


def state_of(arm, values, column):
    """(what is wrong, tier)"""
    runs = arm.runs
    diverged = sum(bool(cell.diverged_at) for cell in arm.cells)
    absent = len(arm.missing) + sum(not c.complete and not c.diverged_at for c in arm.cells)
    useless = runs - diverged - absent - len(values)
    parts = []
    if diverged:
        parts.append(f"{diverged} of {plural(runs, 'seed')} diverged")
    if useless:
        parts.append(f"{useless} of {plural(runs, 'seed')} without a number in the range of "
                     f"{column.metric or column.name}")
    if absent:
        parts.append(f"{absent} of {plural(runs, 'run')} missing or unfinished")
    broken = diverged or useless
    tier = EMPTY if not values else BROKEN if broken else SHORT if absent else COMPLETE
    return "; ".join(parts), tier


def standing(arm, column):
    finals = {cell.seed: cell.final(column.name) for cell in arm.cells}
    values = {seed: value for seed, value in finals.items() if column.holds(value)}
    return Standing(arm, values, *state_of(arm, values, column))


def matrix(standings, column):
    """(arms, seeds) of numbers, less is better; NaN where an arm lacks the seed."""
    seeds = sorted({seed for s in standings for seed in s.values})
    return np.array([[column.badness(s.values.get(seed, math.nan)) for seed in seeds]
                     for s in standings]).reshape(len(standings), len(seeds))


def least_variance(values):
    """The variance that rounding alone gives a difference of two values: they are no finer
    than the smallest gap between any two, and shares of few samples are coarse."""
    gaps = np.diff(np.unique(values[np.isfinite(values)]))
    return gaps.min() ** 2 / 6 if len(gaps) else 0.0


def paired(values):
    """p[i][j]: one-sided p of a paired t test that arm j is better than arm i; NaN where the
    two have no two seeds in common, and for i = j. values: as matrix() gives them."""
    behind = values[:, None, :] - values[None, :, :]  # positive: the second is better
    there = np.isfinite(behind)
    seeds = there.sum(axis=2)
    judged = (seeds > 1) & ~np.eye(len(values), dtype=bool)
    n = np.where(judged, seeds, 2)
    mean = np.where(there, behind, 0).sum(axis=2) / n
    squares = (np.where(there, behind - mean[:, :, None], 0) ** 2).sum(axis=2) / (n - 1)
    error = np.sqrt(np.maximum(squares, least_variance(values)) / n)
    t = np.divide(mean, error, out=np.zeros_like(mean), where=error > 0)
    return np.where(judged, distributions.t.sf(t, n - 1), math.nan)


def in_order(standings, column):
    """Sorted, with their places."""
    keys = {id(s): (s.tier, column.badness(s.mean) if s.values else math.inf)
            for s in standings}
    ordered = sorted(standings, key=lambda s: keys[id(s)])
    for at, s in enumerate(ordered):
        tied = at > 0 and keys[id(s)] == keys[id(ordered[at - 1])]
        s.place = ordered[at - 1].place if tied else at + 1
    return ordered


def judge(ranking, comparisons):
    """Fill in who can be distinguished from the best; comparisons: metrics judged in one report."""
    eligible = ranking.eligible
    ranking.comparisons = comparisons
    if not eligible:
        ranking.undecided = "no arm has a value in every seed that ran"
        return
    if len(eligible) == 1:
        eligible[0].among_best = True
        ranking.undecided = "no other arm has a value in every seed that ran"
        return
    p = paired(matrix(eligible, ranking.column))
    if not np.isfinite(p).any():
        most = max(len(s.values) for s in eligible)
        ranking.undecided = ("one seed cannot say" if most < 2 else
                             "the arms have no two seeds in common")
        eligible[0].among_best = True
        return
    beaten = np.where(np.isfinite(p), p, math.inf).min(axis=1)
    for s, least in zip(eligible, beaten):
        s.p = min(1.0, least * len(eligible) * comparisons) if math.isfinite(least) else math.nan
        s.among_best = not s.p <= LEVEL
    name_winner(ranking, p)
    if not ranking.best:  # a circle, which unequal seeds can make
        ranking.undecided = "the arms beat each other in a circle"
        for s in eligible:
            s.among_best = True


def name_winner(ranking, p):
    """The first arm, if it beats every other one."""
    behind = p[1:, 0]
    if not np.isfinite(behind).all():
        return
    ranking.p = min(1.0, 2 * float(behind.max()) * ranking.comparisons)
    ranking.named = ranking.p <= LEVEL
    leader, *others = ranking.eligible
    leader.among_best = True
    if ranking.named:
        leader.p = math.nan
        for s, least in zip(others, behind):
            s.among_best = False
            s.p = min(1.0, 2 * float(least) * ranking.comparisons)


def rank(results, name, comparisons=1):
    """The Ranking of all arms after the last epoch under the column of that name."""
    column = results.metric(name)
    ranking = Ranking(column)
    if not column.ranked:
        ranking.reason = column.reason or f"{column.name} has no direction"
        return ranking
    ranking.standings = in_order(
        [standing(arm, column) for arm in (*results.arms, *results.absent)], column)
    judge(ranking, comparisons)
    return ranking


def rankings(results):
    """The Ranking under each metric that final quality is read from, the report's own
    first; they share LEVEL among them."""
    names = results.quality_columns()
    judged = sum(results.metric(name).ranked for name in names)
    return [rank(results, name, judged) for name in names]
