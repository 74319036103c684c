"""The studies as the article's text meant them: what becomes of its claims.

Every verdict follows from the numbers by the rule in its function; none is typed.
"""

import math
import re

import numpy as np

import speed
from escape import code, markdown as md
from schema import LOWER
from stats import mean_interval, ratio_interval
from text import interval, listed, number, plural, ratio, table

TITLE = "The article's claims against these results"

BACKGROUND = """
In August 2017 a student group published an introduction to loss functions and
optimizers with two small studies: one autoencoder for the handwritten digits of
MNIST (784 pixels, layers of 128, 32, 128 and 784 units, ReLU after each) under
three losses, and under three optimizers. Its code did not do what its text says:
there was no Adam run, a rate was not the one meant, every run had other initial
weights, the test set was never used and nothing was timed. This experiment does
what the text meant: all arms of a seed start from the same weights, Adam is Adam,
there are several seeds, and every arm is measured under every loss on held-out
digits.
"""

SUPPORTED, CONTRADICTED, UNDECIDED, UNTESTED = (speed.SUPPORTED, speed.CONTRADICTED,
                                                speed.UNDECIDED, speed.UNTESTED)


def above(bounds, threshold=1.0):
    """The verdict on "this ratio (or difference) of errors is above the threshold"; of times
    speed.py judges."""
    if bounds is None:
        return UNTESTED
    low, _, high = bounds
    if not math.isfinite(low):
        return UNDECIDED
    return SUPPORTED if low > threshold else CONTRADICTED if high < threshold else UNDECIDED


def all_of(*verdicts):
    return speed.all_of(verdicts)


class Study:
    """The arms by the part they play, and the ratios between them."""

    def __init__(self, results):
        self.results = results
        self.quality = "test_mse" if results.has("test_mse") else "train_mse"
        sgd = sorted(self.find("mse", "sgd"), key=learning_rate)
        self.sgd_slow, self.sgd_fast = (sgd[0], sgd[-1]) if len(sgd) > 1 else (None, None)
        self.sgd_best = min(sgd, key=lambda arm: nan_last(arm.finals(self.quality).mean()),
                            default=None)
        self.adagrad = next(iter(self.find("mse", "adagrad")), None)
        self.adam = next(iter(self.find("mse", "adam")), None)
        losses = dict.fromkeys(arm.loss for arm in results.arms if arm.optimizer == "sgd")
        self.losses = [max(self.find(loss, "sgd"), key=learning_rate) for loss in losses]

    def find(self, loss, optimizer):
        return [a for a in self.results.arms if (a.loss, a.optimizer) == (loss, optimizer)]

    def under(self, loss):
        """The arm of the loss study: SGD, at the larger rate where there are two."""
        return next((arm for arm in self.losses if arm.loss == loss), None)

    def first_images(self, loss):
        """{seed: the image of epoch 1} for the arm under that loss."""
        arm = self.under(loss)
        images = {c.seed: self.results.image(c, 1) for c in arm.cells} if arm else {}
        return {seed: image for seed, image in images.items() if image is not None}

    def error(self, worse, better, column=None, among=1):
        """How many times the final error of one arm is that of the other; among: how many
        such ratios this one was chosen from, or is judged with. None where a seed has no
        number, or where less is not better."""
        if worse is None or better is None:
            return None
        known = self.results.metric(column or self.quality)
        if not known.ranked or known.better != LOWER:
            return None
        return ratio_interval(worse, better, lambda cell: cell.final(known.name), among)

    def timed(self, name):
        """(verdict, what was measured) of a claim about speed."""
        source = speed.source(self.results, self.part)
        verdict, found = speed.judge_claim(speed.claim(name), source)
        floors = {pair.floor for _, pair in found if pair}
        floor = next(iter(floors)) if len(floors) == 1 else None
        states = ", ".join(dict.fromkeys(pair.state for _, pair in found if pair))
        words = "; ".join(f"{md(who)}: {shown(pair and pair.bounds)}" for who, pair in found)
        return verdict, (f"{words}, by {source.by}" + (f" ({states})" if states else "")
                         + (f", noise floor {100 * floor:.1f} %" if floor is not None else
                            ", no noise floor known"))

    def part(self, optimizer):
        """The arm of an optimizer in the run's own timing."""
        return {"sgd": self.sgd_best, "adagrad": self.adagrad, "adam": self.adam}.get(optimizer)


def nan_last(value):
    return math.inf if math.isnan(value) else value


def learning_rate(arm):
    """The rate in the arm's label or in its first run's name."""
    for text in (arm.label, arm.cells[0].slug):
        found = re.search(r"lr[ =_-]*(\d[\d.]*(?:e[+-]?\d+)?)", text)
        if found:
            return float(found.group(1))
    return math.nan


def shown(bounds):
    return "unknown" if bounds is None else ratio(bounds)


def white(study):
    claim = ("Mean square error is more sensitive to outliers than absolute error, and pushes "
             "pixels towards white in the first epoch.")
    square, absolute = (study.first_images(loss) for loss in ("mse", "abs"))
    seeds = [seed for seed in square if seed in absolute]
    if not seeds:
        return claim, UNTESTED, "There are no images of the first epoch."
    mean, half = mean_interval([square[s].mean() - absolute[s].mean() for s in seeds])
    grey, brightest = ([np.mean([how(images[s]) for s in seeds]) for images in (square, absolute)]
                       for how in (np.mean, np.max))
    given = study.results.input_image()
    return claim, above((mean - half, mean, mean + half), 0.0), (
        f"Mean grey level of the image after epoch 1, of 255: {number(grey[0], 3)} under mean "
        f"square, {number(grey[1], 3)} under absolute error, difference {interval(mean, half)}"
        + (f"; the input has {number(given.mean(), 3)}" if given is not None else "")
        + f". Brightest pixel: {brightest[0]:.3g} and {brightest[1]:.3g}. The verdict is on the "
        "grey levels; outliers are not tested.")


def exploding(study):
    claim = ("Smooth L1 is less sensitive to outliers than mean square error and in some cases "
             "prevents exploding gradients.")
    smooth, square = study.under("smooth_l1"), study.under("mse")
    if not (smooth and square):
        return claim, UNTESTED, "The arms are not there."
    burst, kept = (any(c.diverged_at for c in arm.cells) for arm in (square, smooth))
    verdict = (SUPPORTED if not kept else CONTRADICTED) if burst else UNTESTED
    text = ("The mean square arm diverged; the smooth L1 arm "
            + ("did too." if kept else "did not.") if burst else
            "No run under mean square error diverged, so there was nothing to prevent.")
    ratios = [s / m for c in smooth.cells
              for s, m in zip(c.series.get("train_smooth_l1", []), c.series.get("train_mse", []))]
    if ratios:
        text += (f" Smooth L1 over mean square error never falls below {min(ratios):.6f}; errors "
                 "above 1, the outliers it is made for, would pull it below 0.5.")
    return claim, verdict, text


def slow_rate(study):
    claim = ("Too small a learning rate converges painfully slowly; too large a one fluctuates or "
             "diverges.")
    slow, fast = study.sgd_slow, study.sgd_fast
    bounds = study.error(slow, fast, "train_mse")
    if bounds is None:
        return claim, UNTESTED, "There are not two rates of one method to compare."
    epochs = fast.cells[0].epochs
    level = slow.finals("train_mse").mean()
    passed = [e for e, v in zip(epochs, fast.mean_series("train_mse", epochs)) if v < level]
    diverged = [code(a.name) for a in study.results.arms if any(c.diverged_at for c in a.cells)]
    return claim, above(bounds), (
        f"{code(slow.name)} ends with {shown(bounds)} times the training error of {code(fast.name)}"
        + (f", which is below that level from epoch {passed[0]} on" if passed else "") + ". "
        + (f"Diverged: {listed(diverged)}." if diverged else
           "The verdict is on the first half: no rate here is large enough to diverge."))


def no_tuning(study):
    text = "Each adaptive method ran at one learning rate; sensitivity to it needs several."
    bounds = study.error(study.adagrad, study.adam)
    if bounds:
        text += f" At that rate Adagrad ends with {shown(bounds)} times the error of Adam."
    return "Adaptive methods need no manual tuning of the learning rate.", UNTESTED, text


def head_start(study, rival, among):
    """(CPU seconds the rival took, CPU seconds in which Adam passed the rival's final
    error, their ratio by seed)"""
    level = {cell.seed: cell.final(study.quality) for cell in rival.cells}

    def seconds(cell):
        spent = cell.cpu_seconds()
        if cell.label == rival.label:
            return spent[-1] if cell.complete else math.nan
        errors = np.array(cell.series[study.quality])
        below = np.flatnonzero(errors < level.get(cell.seed, math.nan))
        return spent[below[0]] if len(below) else math.inf

    means = (np.mean([seconds(cell) for cell in arm.cells]) for arm in (rival, study.adam))
    return *means, ratio_interval(rival, study.adam, seconds, among)


def adam_wins(study):
    claim = "Adam is faster and outperforms the other techniques."
    others = [arm for arm in (study.sgd_fast, study.sgd_slow, study.adagrad) if arm]
    if study.adam is None or not others:
        return claim, UNTESTED, "The arms are not there."
    ratios = {arm.name: study.error(arm, study.adam, among=len(others) + 1) for arm in others}
    verdict = all_of(*(above(bounds) for bounds in ratios.values()))
    parts = [f"{code(label)} {shown(bounds)}" for label, bounds in ratios.items()]
    text = f"Final {code(study.quality)} in multiples of Adam's: {'; '.join(parts)}."
    rival = min(others, key=lambda arm: nan_last(arm.finals(study.quality).mean()))
    spent, own, bounds = head_start(study, rival, 2 * len(others))
    if bounds:
        text += (f" Adam passes the final error of the best of them, {code(rival.name)}, after at "
                 f"most {number(own, 3)} CPU seconds; that arm took {number(spent, 3)}, "
                 f"{shown(bounds)} times as long.")
    elif math.isinf(own):
        text += f" Not every run of Adam passes the final error of {code(rival.name)}."
    sooner = bounds and speed.Ratio(*bounds, speed.Ran(study.results).floor, "whole")
    return claim, all_of(verdict, speed.judge(sooner)), text


def sgd_fast(study):
    claim = "SGD is much faster than the others, but its results are far from the optimum."
    best = study.sgd_best
    faster, measured = study.timed("sgd-much-faster")
    rival = min((a for a in (study.adagrad, study.adam) if a), default=None,
                key=lambda arm: nan_last(arm.finals(study.quality).mean()))
    rates, rivals = len(study.find("mse", "sgd")), sum(map(bool, (study.adagrad, study.adam)))
    error = study.error(best, rival, among=max(1, rates * rivals))  # both chosen by this error
    verdict = all_of(faster, above(error))
    if best is None or rival is None:
        return claim, verdict, "The arms are not there."
    text = (f"Time of a step: {measured}. That SGD, the better of the rates here, ends with "
            f"{shown(error)} times the error of {code(rival.name)}")
    slow = study.error(study.sgd_slow, rival)
    return claim, verdict, text + (f"; {code(study.sgd_slow.name)} with {shown(slow)} times."
                                   if slow and study.sgd_slow is not best else ".")


def adaptive(study):
    claim = "Adagrad and Adam give better results than SGD but cost more computation."
    best = study.sgd_best
    if not (best and study.adagrad and study.adam):
        return claim, UNTESTED, "The arms are not there."
    slower, measured = study.timed("adaptive-cost-more")
    among = 2 * len(study.find("mse", "sgd"))  # best was chosen, and two errors are judged
    errors = [(arm, study.error(best, arm, among=among)) for arm in (study.adagrad, study.adam)]
    parts = [f"{code(arm.name)} {shown(error)}" for arm, error in errors]
    return claim, all_of(slower, *(above(error) for _, error in errors)), (
        f"{code(best.name)} has so many times the final error of each: {'; '.join(parts)}. Cost: "
        f"{measured}.")


def adam_faster(study):
    claim = "Adam is slightly faster than Adagrad."
    verdict, measured = study.timed("adam-slightly-faster")
    return claim, verdict, f"Time of a step: {measured}."


def own_loss(study):
    claim = ("Different losses give different errors for the same prediction, and different tasks "
             "need different losses.")
    part = study.quality.split("_")[0]  # test or train
    ratios = {}
    for own in study.losses:
        column = f"{part}_{own.loss}"
        others = [arm for arm in study.losses if arm is not own]
        rival = min(others, default=None, key=lambda arm: nan_last(arm.finals(column).mean()))
        ratios[own.loss] = study.error(rival, own, column, len(study.losses) * len(others))
    if not any(ratios.values()):
        return claim, UNTESTED, "There are not two losses to compare."
    parts = [f"{code(loss)} {shown(bounds)}" for loss, bounds in ratios.items()]
    return claim, all_of(*(above(bounds) for bounds in ratios.values())), (
        "The first half holds by definition. For the second, under SGD: the final error of the "
        f"best other arm in multiples of the arm trained for that loss is {listed(parts)}; above "
        "1, the loss's own arm is the best under it.")


def absent(claim, text):
    return lambda study: (claim, UNTESTED, text)


CLAIMS = (
    white, exploding, slow_rate,
    absent("Momentum speeds up the descent.", "No arm uses momentum."),
    absent("An update for each example makes SGD much faster than descent on the full set.",
           "Every arm updates after each example."),
    absent("Adagrad suits sparse data.", "There is one data set, so nothing to compare with."),
    no_tuning, adam_wins, sgd_fast, adaptive, adam_faster, own_loss,
    absent("A perceptron with a single layer is a linear binary classifier.",
           "A matter of proof; no classifier is trained here."),
)


def judged(results):
    """[(number, claim, verdict, evidence)]"""
    study = Study(results)
    quality = results.metric(study.quality)
    if quality.ranked and quality.better == LOWER:
        return [(f"C{i}", *claim(study)) for i, claim in enumerate(CLAIMS, 1)]
    why = f"{code(quality.name)}: {quality.reason or quality.direction}."
    return [(f"C{i}", *(claim(study) if claim is adam_faster else  # of time alone
                        (claim(study)[0], UNTESTED, why))) for i, claim in enumerate(CLAIMS, 1)]


def headline(results):
    verdicts = [verdict for _, _, verdict, _ in judged(results)]
    counts = {v: verdicts.count(v) for v in (SUPPORTED, CONTRADICTED, UNDECIDED, UNTESTED)}
    return (f"Of the article's {len(CLAIMS)} claims these results support {counts[SUPPORTED]}, "
            f"contradict {counts[CONTRADICTED]} and leave {counts[UNDECIDED] or 'none'} undecided; "
            f"{counts[UNTESTED]} are not tested here.")


def broken(results):
    """The arms with seeds that have no final number, as a sentence: nothing with them is
    compared."""
    arms = [f"{code(arm.name)} ({len(there)} of {plural(arm.runs, 'seed')})"
            for arm in (*results.arms, *results.absent)
            if len(there := [c for c in arm.cells if c.complete]) < arm.runs]
    if not arms:
        return ""
    return (" Runs diverged, did not end or are missing, and comparisons with their arms are not "
            f"made; seeds that ended: {listed(arms)}.")


def findings(results):
    rows = [(code, claim, f"**{verdict}**" if verdict != UNTESTED else verdict, evidence)
            for code, claim, verdict, evidence in judged(results)]
    return ("The claims are the article's, in our words. Ratios are taken seed by seed, since the "
            "arms of a seed start from the same weights; brackets hold their 95 % Student t "
            "interval, wider where an arm was chosen among several by the number that is judged, "
            "or where several errors are judged together (Bonferroni). A comparison whose "
            "interval reaches equality, or of times the noise floor, is undecided; a claim with "
            "several parts needs them all, and “much” is read as at least "
            f"{speed.facts()['much']:g} times. Speed is judged as in the report of `lossgrid time`."
            f"{broken(results)}\n\n"
            + table(["", "the article claims", "verdict", "measured"], rows))
