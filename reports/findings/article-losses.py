"""The loss study exactly as it was published."""

import numpy as np

import published
from escape import markdown as md
from results import pixels_sha256
from text import indented, listed, number, numbered, table

TITLE = "What the replay shows about the article's code"

BACKGROUND = """
In August 2017 a student group published an introduction to loss functions and
optimizers, with code for Torch7. Its first study trains the same small
autoencoder on the handwritten digits of MNIST, 784 pixels squeezed through 32
numbers and back (layers of 128, 32, 128 and 784 units, a ReLU after each), once
under each of three losses: absolute, mean square and smooth L1 (half the square
for errors below 1, linear beyond). The article judges the losses by how the
reconstruction of one digit looks after each of 30 epochs. This is that study
computed again, mistakes included: same random numbers, same order of samples,
same arithmetic.
"""


def headline(results):
    verdicts = list(published.compare_images(results).values())
    equal, absent = verdicts.count(published.EQUAL), verdicts.count(published.MISSING)
    compared = len(verdicts) - absent
    if not compared:
        return f"None of the {absent} published images is in this run."
    text = f"{equal} of {compared} images equal"
    if equal == len(verdicts):
        return text + ": every published reconstruction is reproduced in all of its 784 pixels."
    if equal < compared:
        other = compared - equal
        text += f"; {other} {'differs' if other == 1 else 'differ'} from the published ones"
    if absent:
        text += f"; {absent} of the {len(verdicts)} published ones are not in this run"
    return text + "."


def findings(results):
    points = [images(results), rate(results), initialisation(results), smooth(results),
              white(results), dead(results), constant(results), held_out(results), speed(results)]
    return numbered(point for point in points if point)


def images(results):
    facts = published.load(results).facts
    given = results.input_image()
    if given is None:
        same = "The input image is missing from this run, so it could not be compared."
    elif pixels_sha256(given) == facts["input_sha256"]:
        same = "The input image equals the published one, too."
    else:
        same = "**The input image differs from the published one.**"
    return ("What the images show.",
            f"One training sample only, number {facts['input_sample']}, which is the last of each "
            "epoch. The output is taken in the forward pass, before that step's update, and cut, "
            f"not rounded, to 8 bits. {same}")


def rate(results):
    equal = list(published.compare_images(results).values()).count(published.EQUAL)
    return ("The learning rate was not the one meant.",
            "The code means to use 0.01 but passes a variable that does not exist, so Torch's "
            f"default of 0.001 applied. {equal} images of this run, trained at the rate in the "
            "experiment file above, equal the published ones.")


def initialisation(results):
    first = [f"{md(arm.name)} {number(arm.cells[0].value('train_mse', 1))}" for arm in results.arms]
    return ("The losses are not the only difference between the arms.",
            "The generator is seeded once and every arm then draws its own initial weights. With "
            "one run an arm, nothing separates the effect of the loss from that of the draw. Mean "
            f"square error in the first epoch: {listed(first)}.")


def smooth(results):
    arm, square = results.arm("smooth_l1"), results.arm("mse")
    if not (arm and square and results.has("train_smooth_l1")):
        return None
    cell, other = arm.cells[0], square.cells[0]
    ratios = [s / m for s, m in zip(cell.series["train_smooth_l1"], cell.series["train_mse"])]
    if not ratios:
        return None
    last = cell.epochs[-1]
    text = ("Smooth L1 is half the squared error wherever the error is below 1, with half the "
            f"gradient. In its arm, loss over mean square error is {min(ratios):.6f} or more in "
            "every epoch; errors above 1 would pull it below 0.5.")
    if min(ratios) > 0.499:
        text += (" Such errors were practically absent: this arm is mean square at half the "
                 "learning rate, and no outlier was ever tested.")
    if last // 2 in other.epochs:
        text += (f" After {last} epochs it has reached {number(cell.value('train_mse'))}; the mean "
                 f"square arm had {number(other.value('train_mse', last // 2))} after {last // 2}.")
    return "Smooth L1 was mean square, slower.", text


def brightest(results, label):
    arm = results.arm(label)
    pixels = results.image(arm.cells[0], 1) if arm else None
    return None if pixels is None else int(pixels.max())


def white(results):
    levels = {arm.name: brightest(results, arm.label) for arm in results.arms}
    if levels.get("mse") is None:
        return None
    others = [f"{v} under {md(k)}" for k, v in levels.items() if k != "mse" and v is not None]
    verdict = "far from white" if levels["mse"] < 128 else "nearer to white than to black"
    return ("The claim that mean square pushes pixels towards white in the first epoch.",
            f"The brightest pixel of its image is then {levels['mse']} of 255: {verdict}"
            + (f". It is {listed(others)}." if others else "."))


def dead(results):
    rows = []
    given = results.input_image()
    for arm in results.arms:
        stack = [results.image(arm.cells[0], e) for e in results.image_epochs(arm.cells[0])]
        if stack and given is not None:
            black = np.all(np.array(stack) == 0, axis=0)
            bright = black & (given > 127)
            rows.append([md(arm.name), len(stack), int(black.sum()), int(bright.sum())])
    if not rows:
        return None
    return ("Output units die.",
            "The output layer has a ReLU as well, so an output below zero is cut to black and gets "
            "no gradient from that sample. Pixels that stay black in all images of an arm, and how "
            "many of those are bright (above 127) in the input:\n\n"
            + indented(table(["arm", "images", "always black, of 784", "bright in the input"],
                             rows, {1, 2, 3})) + "\n")


def constant(results):
    level = published.mean_image_mse()
    finals = {md(arm.name): arm.cells[0].final("train_mse") for arm in results.arms}
    column = results.metric("train_mse")
    if not column.ranked:
        return "Against a constant answer.", f"Not judged: {column.reason}."
    worse = [label for label, value in finals.items()
             if column.badness(value) > column.badness(level)]
    better = [label for label, value in finals.items()
              if column.badness(value) < column.badness(level)]
    none = [label for label, value in finals.items() if not column.holds(value)]
    verdict = f"Worse than that after the last epoch: {listed(worse) or 'none'}; "
    verdict += f"better: {listed(better) or 'none'}."
    if none:
        verdict += f" Without a number, since they diverged or did not end: {listed(none)}."
    return ("Against a constant answer.",
            "Answering every image with the mean of all training images has a mean square error "
            f"of {number(level, 3)}. {verdict}")


def held_out(results):
    if not results.has("test_mse"):
        return None
    pairs = [f"{md(arm.name)} {number(arm.cells[0].final('test_mse'))} "
             f"({number(arm.cells[0].final('train_mse'))} in training)" for arm in results.arms]
    return ("The test set was loaded and never used.",
            f"Measured here, mean square error on it after the last epoch: {listed(pairs)}.")


def speed(results):
    pairs = [f"{md(arm.name)} {arm.cells[0].ns_per_step() / 1e3:.1f} µs"
             for arm in results.arms if arm.cells[0].costs]
    if not pairs:
        return None
    return ("The code has no timer.", f"Measured here, one step of training: {listed(pairs)}.")
