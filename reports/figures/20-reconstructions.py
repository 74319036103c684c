"""Reconstructions

The network's output for one training sample, captured in the forward pass of
the epoch's last step and cut to 8 bits, in the article's arrangement: one row an
arm, one column an epoch, the input at the left. A check mark under an image says
that all of its pixels equal the published one, a cross that they do not.
Where an arm has several seeds, the first is shown.
"""

from matplotlib.patches import Rectangle

import published
import quality
import style
from results import Unavailable

MOST = 16  # arms
EPOCHS = (1, 5, 10, 15, 20, 25, 30)
SIGNS = {published.EQUAL: ("✓ equal", style.COLOURS[0]),
         published.DIFFERENT: ("× differs", style.COLOURS[1])}


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
    names = [style.fitted(arm.name, 1.7, 10) for arm in arms]
    given = results.input_image()
    first = given if given is not None else results.image(arms[0].cells[0], epochs[0])
    left = max(name.width for name in names) + 0.15
    side = (style.WIDTH - left - 0.08) / columns  # inches of a tile with its gap
    tile = side - 0.06
    tall = min(tile, tile * first.shape[0] / first.shape[1])
    row = max(tall + (0.22 if verdicts else 0.06), 0.17 * max(name.lines for name in names) + 0.04)
    height = len(arms) * row + 0.35
    fig = style.figure(height, placed=True)
    axes = fig.add_axes([0, 0, 1, 1])
    axes.axis("off")
    for column, words in enumerate(["input", *(f"epoch {epoch}" for epoch in epochs)]):
        axes.text(left + side * column + tile / 2, 0.18, words, ha="center", va="center", size=10)
    for i, (arm, name) in enumerate(zip(arms, names)):
        top = 0.35 + i * row
        axes.text(left - 0.1, top + tall / 2, name.text, ha="right", va="center", size=name.size)
        for column, epoch in enumerate([None, *epochs]):
            pixels = given if epoch is None else results.image(arm.cells[0], epoch)
            at = left + side * column
            if pixels is not None:
                axes.imshow(pixels, cmap="gray", vmin=0, vmax=255, interpolation="nearest",
                            extent=(at, at + tile, top + tall, top))
                axes.add_patch(Rectangle((at, top), tile, tall, fill=False, linewidth=0.5,
                                         edgecolor=style.MIDDLE))  # of a white one on white
            sign, colour = SIGNS.get(verdicts.get((arm.label, epoch)), ("", "black"))
            axes.text(at + tile / 2, top + tall + 0.11, sign, color=colour, size=9, ha="center",
                      va="center")
    axes.set(xlim=(0, style.WIDTH), ylim=(height, 0), aspect="auto")
    fig.note = note
    return fig
