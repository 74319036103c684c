"""Published images against the replay

One tile for each published reconstruction. Equal means that all 784 grey values
are the same, shown by the SHA-256 of the pixels.
"""

from matplotlib.patches import Patch

import escape
import published
import style

TILES = {published.EQUAL: (style.COLOURS[0], ""),
         published.DIFFERENT: (style.COLOURS[1], "×"),
         published.MISSING: (style.PALE, "?")}


def draw(results):
    verdicts = published.compare_images(results)
    facts = published.load(results)
    labels, epochs = facts.labels(), facts.epochs()
    fig = style.figure(0.36 * len(labels) + 1.3)
    axes = fig.subplots()
    for (label, epoch), verdict in verdicts.items():
        colour, sign = TILES[verdict]
        row = labels.index(label)
        axes.bar(epoch, 0.84, width=0.84, bottom=row - 0.42, color=colour)
        axes.text(epoch, row, sign, ha="center", va="center", size=9,
                  color="white" if verdict == published.DIFFERENT else "black")
    axes.set(xlabel="epoch", xlim=(epochs[0] - 0.6, epochs[-1] + 0.6),
             ylim=(len(labels) - 0.5, -0.5))
    axes.set_yticks(range(len(labels)), [escape.matplotlib(x) for x in labels])
    axes.set_xticks([e for e in epochs if e == epochs[0] or e % 5 == 0])
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    counts = {v: list(verdicts.values()).count(v) for v in TILES}
    names = {v: f"{n} {v} {TILES[v][1]}".strip() for v, n in counts.items() if n}
    style.legend_below(fig, [Patch(color=TILES[v][0], label=name) for v, name in names.items()])
    return fig
