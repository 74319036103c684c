"""What is said of speed, in one place: whether one step takes so many times as long as another.

Every report that judges such a claim does it here, by one rule. A ratio is of two arms in one
state of their training; equal things differ by a factor of up to 1 + floor here, and a claim is
decided only where the whole interval lies beyond that. Ratios of `lossgrid time` are paired,
round by round, and its floor is that of an arm that was measured twice. Those of a run are
paired by seed, and its floor is how far the runs of one arm, equal work but for the seed, lie
apart; with one seed none is known, and nothing is decided. Where `lossgrid time` has left its
folder beside a run, that is judged by.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import timings as timed
from stats import ratio_interval
from tables import InputError

SUPPORTED, CONTRADICTED, UNDECIDED, UNTESTED = ("supported", "contradicted", "undecided",
                                                "not tested")
FACTS = Path(__file__).resolve().parent / "published" / "speed.json"


@dataclass(frozen=True)
class Ratio:
    """How many times as long one thing takes as another; low and high are NaN where there is no
    interval, floor None where no noise floor is known."""
    low: float
    value: float
    high: float
    floor: float | None = None
    state: str = ""  # of what state of the training; "" where both differ, or it is unknown

    @property
    def bounds(self):
        return self.low, self.value, self.high


def judge(ratio, least=1.0):
    """The verdict on "this ratio is above `least`"."""
    if ratio is None:
        return UNTESTED
    if ratio.floor is None or not math.isfinite(ratio.low):
        return UNDECIDED
    if ratio.low > least * (1 + ratio.floor):
        return SUPPORTED
    return CONTRADICTED if ratio.high < least / (1 + ratio.floor) else UNDECIDED


def all_of(verdicts):
    """The verdict on a claim with several parts: one that is contradicted decides it; what was
    not tested, among others that were, leaves it undecided."""
    verdicts = set(verdicts)
    if CONTRADICTED in verdicts:
        return CONTRADICTED
    if verdicts == {UNTESTED} or not verdicts:
        return UNTESTED
    return SUPPORTED if verdicts == {SUPPORTED} else UNDECIDED


def inverse(ratio):
    return None if ratio is None else Ratio(1 / ratio.high, 1 / ratio.value, 1 / ratio.low,
                                            ratio.floor, ratio.state)


# ---- The article's claims ----------------------------------------------------


def facts():
    """What the article claims of speed: its source, what "much" is read as, and the claims."""
    return json.loads(FACTS.read_text(encoding="utf-8"))


def claim(name):
    return next(c for c in facts()["claims"] if c["name"] == name)


def judge_claim(about, source):
    """(verdict, [(words, Ratio or None)]) of a claim by what a source has measured: for each
    method that is to be slower, its pairs with the one that is to be faster."""
    found = [pair for slower in about["slower"]
             for pair in source.pairs(slower, about["faster"], about["phase"])]
    return all_of(judge(ratio, about["least"]) for _, ratio in found), found


class Timed:
    """A folder of `lossgrid time`."""
    by = "`lossgrid time`"

    def __init__(self, timings):
        self.timings = timings

    def pairs(self, slower, faster, phase):
        """Every pair under one loss, the first of each; rates and the like are not distinguished."""
        found, seen = [], set()
        for slow in self.timings.by_optimizer(slower):
            for fast in self.timings.by_optimizer(faster):
                loss = slow.facts["loss"]
                if loss == fast.facts["loss"] and loss not in seen:
                    seen.add(loss)
                    found.append((f"{slow.name} / {fast.name}", self.ratio(slow, fast, phase)))
        return found or [(f"{slower} / {faster}", None)]

    def ratio(self, slow, fast, phase):
        bounds = self.timings.paired(slow, fast, phase)
        if bounds is None:
            return None
        states = {arm.state[0] for arm in (slow, fast)}
        return Ratio(*bounds, self.timings.floor(phase),
                     states.pop() if len(states) == 1 else timed.UNSETTLED)


class Ran:
    """A run's own timing: whole steps alone, over all of its training."""
    by = "this run's own timing of whole steps"

    def __init__(self, results, choose=None):
        self.results = results
        self.choose = choose or self.first
        self.floor = self.seeds_apart()

    def first(self, optimizer):
        return next((arm for arm in self.results.arms if arm.optimizer == optimizer), None)

    def seeds_apart(self):
        """The largest factor, less 1, between the costs of two runs of one arm; None: unknown."""
        found = []
        for arm in self.results.arms:
            costs = [c for c in (cell.ns_per_step() for cell in arm.cells) if c > 0]
            if len(costs) > 1:
                found.append(max(costs) / min(costs) - 1)
        return max(found, default=None)

    def pairs(self, slower, faster, phase):
        slow, fast = self.choose(slower), self.choose(faster)
        if slow is None or fast is None:
            return [(f"{slower} / {faster}", None)]
        return [(f"{slow.label} / {fast.label}", self.ratio(slow, fast))]

    def ratio(self, slow, fast):
        bounds = ratio_interval(slow, fast, lambda cell: cell.ns_per_step())
        return None if bounds is None else Ratio(*bounds, self.floor, "whole")


def source(results, choose=None):
    """By what the claims of a run are judged: the timings beside it, else its own. choose: the
    arm of an optimizer, where there are several."""
    for folder in (results.folder / "timing", results.folder):
        if (folder / "cost.csv").is_file():
            try:
                return Timed(timed.load(folder))
            except InputError:
                pass  # its own report says what is wrong
    return Ran(results, choose)
