"""The optimizer study exactly as it was published."""

import published
from escape import markdown as md
from text import indented, listed, number, numbered, scientific, table

TITLE = "What the replay shows about the article's code"

BACKGROUND = """
In August 2017 a student group published an introduction to loss functions and
optimizers, with code for Torch7. Its second study trains the same small
autoencoder on the handwritten digits of MNIST, 784 pixels squeezed through 32
numbers and back (layers of 128, 32, 128 and 784 units, a ReLU after each), with
plain stochastic gradient descent (SGD), with Adagrad and, the article says, with
Adam, and compares the training loss over 30 epochs in one figure. This is that
study computed again, mistakes included: same random numbers, same order of
samples, same arithmetic.
"""

MISLABELLED = "published as Adam"


def headline(results):
    matches, facts = published.compare_curves(results), published.load(results).facts
    own = {label: published.own_match(matches, label) for label in matches}
    absent = [label for label, match in own.items() if match is None]
    found = [match for match in own.values() if match]
    if not found:
        return "None of the published curves has an arm in this run."
    (size, epoch), label = max((match.worst(), match.label) for match in found)
    within = sum(match.worst()[0] <= facts["tolerance"] for match in found)
    text = (f"{within} of {len(own)} published curves reproduced: the largest difference is "
            f"{scientific(size)} ({label}, epoch {epoch}), the published figure can be read to "
            f"{scientific(facts['tolerance'])}.")
    if absent:
        text += f" Not in this run: {listed(absent)}."
    if all(len(match.epochs) < len(published.load(results).epochs()) for match in found):
        text += f" Only {len(found[0].epochs)} epochs were run."
    return f"{text} {adam(results)[0]}".strip()


def adam(results):
    """(one sentence, explanation): what the curve published as Adam is."""
    matches = published.compare_curves(results)
    facts = published.load(results).facts
    nearest = next(iter(matches.get(MISLABELLED, [])), None)
    if nearest is None:
        return "", "The curve published as Adam is not in this run."
    size, epoch = nearest.worst()
    if size > facts["tolerance"]:
        return "", (f"No arm of this run reproduces the curve published as Adam; the nearest, "
                    f"{md(nearest.arm.name)}, is {scientific(size)} away in epoch {epoch}.")
    optimizer = nearest.arm.optimizer
    sentence = f"The curve published as Adam is {optimizer.capitalize()}."
    text = (f"The file for Adam calls Adagrad. The arm that reproduces the curve within "
            f"{scientific(size)} is trained with {md(optimizer)}, from a third draw of the weights.")
    real = [m for m in matches[MISLABELLED] if m.arm.optimizer == "adam"]
    if real:
        text += f" Adam itself ({md(real[0].arm.name)}) misses it by {scientific(real[0].worst()[0])}."
    else:
        text += (" What Adam itself does on this task is in the experiment `article-intended`.")
    return sentence, text


def findings(results):
    points = [curves(results), ("There is no Adam run.", adam(results)[1]), gap(results),
              starved(results), recorded(results), speed(results)]
    return numbered(point for point in points if point)


def curves(results):
    matches, facts = published.compare_curves(results), published.load(results).facts
    rows = []
    for label, candidates in matches.items():
        for match in candidates:
            size, epoch = match.worst()
            rows.append([md(label), md(match.arm.name), md(match.arm.optimizer), scientific(size, 2), epoch,
                         f"{size / facts['pixel']:.1f}",
                         "**yes**" if size <= facts["tolerance"] else "no"])
    header = ["published curve", "arm", "its optimizer", "largest difference", "in epoch",
              "in pixels", "the same?"]
    grid = table(header, rows, {3, 4, 5})
    return ("Every curve against every arm.",
            f"The published curves were {facts['reading']}; one pixel of that figure is "
            f"{scientific(facts['pixel'])} of loss, so the same computation should agree to about "
            f"{scientific(facts['tolerance'])}.\n\n{indented(grid)}\n")


def gap(results):
    named, plain = results.arm(MISLABELLED), results.arm("Adagrad")
    if not (named and plain):
        return None
    a, b = (arm.cells[0].final("train_mse") for arm in (named, plain))
    return ("Adam's lead was the draw of the weights.",
            f"After the last epoch the run published as Adam has {number(a)} and Adagrad "
            f"{number(b)}. Both are Adagrad; they differ in nothing but their initial weights. "
            "With one run an arm, a difference of this size says nothing about optimizers.")


def starved(results):
    arm = results.arm("SGD")
    if not arm:
        return None
    final, level = arm.cells[0].final("train_mse"), published.mean_image_mse()
    column = results.metric("train_mse")
    if not (column.ranked and column.holds(final)):
        why = column.reason or "its run diverged or did not end"
        return "SGD was starved.", f"Not judged: {why}."
    worse = "worse" if column.badness(final) > column.badness(level) else "better"
    return ("SGD was starved.",
            "The loss is a mean over 784 outputs, so its gradient carries a factor of 2/784, and "
            f"the learning rate is 0.0001. SGD ends at {number(final)}, {worse} than the "
            f"{number(level, 3)} of answering every image with the mean training image. That it "
            "falls behind shows the learning rate, not the method.")


def recorded(results):
    text = ("The curve is the mean over an epoch of the training loss before each update, and the "
            "test set is loaded and never used.")
    if results.has("test_mse"):
        pairs = [f"{md(arm.name)} {number(arm.cells[0].final('test_mse'))}" for arm in results.arms]
        text += f" Measured here, mean square error on it after the last epoch: {listed(pairs)}."
    return "What the curves are.", text


def speed(results):
    slow, fast, same = (results.arm(x) for x in ("Adagrad", "SGD", MISLABELLED))
    if not all(arm and arm.cells[0].costs for arm in (slow, fast, same)):
        return None
    cost = {arm.label: arm.cells[0].ns_per_step() for arm in (slow, fast, same)}
    return ("The claims that SGD is much faster and Adam slightly faster than Adagrad.",
            "The code has no timer. Measured here, a step of Adagrad costs "
            f"{cost['Adagrad'] / cost['SGD']:.2f} times one of SGD. A step of the run published as "
            f"Adam costs {cost[MISLABELLED] / cost['Adagrad']:.2f} times one of Adagrad: the same "
            "code on other weights, so this says nothing about Adam.")
