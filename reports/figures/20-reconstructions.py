"""Reconstructions

The network's output for one training sample, captured in the forward pass of
the epoch's last step and cut to 8 bits, in the article's arrangement: one row an
arm, one column an epoch, the input at the left. A check mark under an image says
that all of its pixels equal the published one, a cross that they do not.
Where an arm has several seeds, the first is shown.
"""

import escape
import published
import quality
import style
from results import Unavailable

MOST = 16  # arms
EPOCHS = (1, 5, 10, 15, 20, 25, 30)
SIGNS = {published.EQUAL: ("✓ equal", style.COLOURS[0]),
         published.DIFFERENT: ("× differs", style.COLOURS[1])}


def show(axes, pixels):
    axes.set(xticks=[], yticks=[])
    axes.grid(False)
    axes.spines[:].set_visible(False)
    if pixels is not None:
        axes.imshow(pixels, cmap="gray", vmin=0, vmax=255, interpolation="nearest")


def draw(results):
    arms = [arm for arm in results.arms if results.image_epochs(arm.cells[0])]
    arms, note = quality.spread(results, arms, MOST)
    there = {e for arm in arms for e in results.image_epochs(arm.cells[0])}
    if not there:
        raise Unavailable("there are no images")
    epochs = [e for e in EPOCHS if e in there] or sorted(there)[:len(EPOCHS)]
    if max(there) not in epochs:
        epochs = epochs[:len(EPOCHS) - 1] + [max(there)]
    try:
        verdicts = published.compare_images(results)
    except Unavailable:
        verdicts = {}
    columns = len(EPOCHS) + 1
    names = [style.wrapped(arm.name, 14) for arm in arms]
    beside = 0.09 * max(len(line) for name in names for line in name)
    side = (style.WIDTH - beside - 0.3) / columns
    fig = style.figure(len(arms) * (side + (0.12 if verdicts else 0.02)) + 0.35)
    grid = fig.subplots(len(arms), columns, squeeze=False)
    for row, arm, name in zip(grid, arms, names):
        show(row[0], results.input_image())
        row[0].set_ylabel("\n".join(map(escape.matplotlib, name)), rotation=0, ha="right",
                          va="center", labelpad=8)
        for axes in row[len(epochs) + 1:]:
            axes.set_visible(False)
        for axes, epoch in zip(row[1:], epochs):
            show(axes, results.image(arm.cells[0], epoch))
            sign, colour = SIGNS.get(verdicts.get((arm.label, epoch)), ("", "black"))
            axes.set_xlabel(sign, color=colour, size=9, labelpad=3)
    grid[0][0].set_title("input")
    for axes, epoch in zip(grid[0][1:], epochs):
        axes.set_title(f"epoch {epoch}")
    fig.note = note
    return fig
