"""Which arms are on the front of time against quality, given the noise of both.

The rule. An arm beats another when its quality is better and its time is at most MARGIN
longer, both beyond noise. An arm is *not* on the front when another one beats it. It is *on*
the front when against every other arm it is better in time or in quality beyond noise. Else
it *may be* on it. Beyond noise: a one-sided t test over the seeds that both arms have, paired
seed by seed, at LEVEL divided by the number of other arms. Time is compared by its logarithm.
So an arm that belongs on the front is called beaten in at most 5 % of reports.
With one seed the noise is unknown, and so is the answer. Two arms of the same loss and
optimizer are alike where their quality is the same number in every seed, or where no test at
ALIKE distinguishes them in time or quality: they are the same as far as anyone can see, and where
they would get different words, both get "may be".
"""

import math

from scipy.special import stdtr  # the distribution function of Student's t

LEVEL = 0.05
ALIKE = 0.01
MARGIN = 0.05
ON, MAYBE, OFF, UNKNOWN, NONE = STATES = (
    "on the front", "may be on the front", "not on the front", "one seed: not known",
    "no number")


def chance_below(differences, bound=0.0):
    """p of the one-sided test that the mean of these differences is below the bound."""
    count = len(differences)
    if count < 2:
        return 1.0
    mean = math.fsum(differences) / count
    squares = math.fsum((d - mean) ** 2 for d in differences)
    if squares == 0:
        return 0.0 if mean < bound else 0.5 if mean == bound else 1.0
    return float(stdtr(count - 1, (mean - bound) / math.sqrt(squares / (count - 1) / count)))


class Pairs:
    """p of every comparison between two arms. points: seed -> (seconds, badness) for each arm."""

    def __init__(self, points):
        self.points = [{s: (math.log(t), q) for s, (t, q) in p.items() if t > 0
                        and math.isfinite(t) and math.isfinite(q)} for p in points]

    def p(self, a, b, axis, bound=0.0):
        """That arm a is below arm b plus the bound, of time (axis 0) or badness (axis 1)."""
        seeds = [s for s in self.points[a] if s in self.points[b]]
        return chance_below([self.points[a][s][axis] - self.points[b][s][axis] for s in seeds],
                            bound)

    def alike(self, a, b):
        """The same quality in every seed, or no test at ALIKE distinguishes the two."""
        first, second = self.points[a], self.points[b]
        if first.keys() == second.keys() and all(first[s][1] == second[s][1] for s in first):
            return True
        return all(self.p(x, y, axis) >= ALIKE / 2 for axis in (0, 1) for x, y in ((a, b), (b, a)))


def statuses(points, kinds):
    """A word of STATES for each arm. points: {seed: (seconds, badness)} for each; kinds: the
    names by which arms could be alike, such as (loss, optimizer)."""
    pairs, count = Pairs(points), len(points)
    level = LEVEL / max(1, count - 1)
    there = [i for i in range(count) if pairs.points[i]]
    words = [NONE] * count
    for i in there:
        others = [j for j in there if j != i]
        if len(pairs.points[i]) < 2:
            words[i] = UNKNOWN
        elif any(pairs.p(j, i, 1) < level and pairs.p(j, i, 0, math.log1p(MARGIN)) < level
                 for j in others):
            words[i] = OFF
        elif all(pairs.p(i, j, 0) < level or pairs.p(i, j, 1) < level for j in others):
            words[i] = ON
        else:
            words[i] = MAYBE
    level_alike(words, pairs, kinds, there)
    return words


def level_alike(words, pairs, kinds, there):
    """Give arms that are alike one word, in chains too."""
    changed = True
    while changed:
        changed = False
        for a in there:
            for b in there:
                if (a < b and kinds[a] == kinds[b] and words[a] != words[b]
                        and UNKNOWN not in (words[a], words[b]) and pairs.alike(a, b)):
                    words[a] = words[b] = MAYBE
                    changed = True
