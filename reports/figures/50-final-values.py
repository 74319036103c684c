"""Final quality of every arm

The best arm at the top, by the first panel's metric; a panel for each metric, whatever an arm
was trained under. Small dots are the seeds after the last epoch, the diamond is their mean and
the bar its 95 % Student t interval, which goes on where it reaches the edge. An arm of which some seed diverged or did not finish stands
below the others, and how many did is written beside its name.
"""

import numpy as np

import escape
import quality
import style
from results import Unavailable
from stats import mean_interval

PANELS = 4


def draw(results):
    columns = quality.judged(results)
    columns = [c for c in columns if any(len(quality.finals(a, c)) for a in results.arms)][:PANELS]
    if not columns:
        raise Unavailable("no run has reached its last epoch")
    arms = quality.ordered(results, columns[0])
    size = 10 if len(arms) <= 40 else 8
    names = [style.fitted(arm.name, 3.0, size) for arm in arms]
    tops = np.concatenate([[0], np.cumsum([max(n.lines, 1.25) for n in names])])
    middles = (tops[:-1] + tops[1:]) / 2
    inch = 0.021 * size
    tall = inch * tops[-1]
    fig = style.figure(tall + 1.0, placed=True)
    short = any(missing(arm, columns[0]) for arm in arms)
    aside = 0.55 if short else 0.08  # inches between a name and the first panel
    left, each = max(n.width for n in names) + aside + 0.1, 0.3
    width = (style.WIDTH - left - 0.15 - each * (len(columns) - 1)) / len(columns)
    for i, column in enumerate(columns):
        axes = fig.add_axes([(left + i * (width + each)) / style.WIDTH, 0.62 / (tall + 1.0),
                             width / style.WIDTH, tall / (tall + 1.0)])
        panel(axes, results, arms, middles, column)
        axes.set_ylim(tops[-1], 0)
        for top, bottom in zip(tops[:-1:2], tops[1::2]):
            axes.axhspan(top, bottom, color="#F4F4F4", linewidth=0, zorder=0)
        axes.set_yticks([])
        if not i:
            for name, middle, arm in zip(names, middles, arms):
                axes.text(-aside / width, middle, name.text, size=name.size, ha="right", va="center",
                          transform=axes.get_yaxis_transform())
                axes.text(-0.08 / width, middle, missing(arm, columns[0]), size=size - 1, ha="right",
                          va="center", transform=axes.get_yaxis_transform(),
                          color=style.COLOURS[1])
    return fig


def missing(arm, column):
    """How many seeds have no number, such as 1/3 ×; nothing where all have."""
    lost = len(arm.cells) - len(quality.finals(arm, column))
    return f"{lost}/{len(arm.cells)} ×" if lost else ""


def panel(axes, results, arms, middles, column):
    dots, means = ([], []), ([], [], [])
    for arm, middle in zip(arms, middles):
        values = quality.finals(arm, column)
        if not len(values):
            axes.text(0.5, middle, "diverged" if any(c.diverged_at for c in arm.cells)
                      else "not finished", transform=axes.get_yaxis_transform(), ha="center",
                      va="center", color=style.COLOURS[1], size=8)
            continue
        mean, half = mean_interval(values)
        dots[0].extend(values)
        dots[1].extend([middle] * len(values))
        for store, value in zip(means, (mean, middle, half if np.isfinite(half) else 0)):
            store.append(value)
    axes.plot(*dots, linestyle="", marker="o", markersize=3.5, color=style.COLOURS[5],
              markeredgewidth=0, zorder=2)
    axes.errorbar(means[0], means[1], xerr=means[2], linestyle="", marker="D", markersize=4,
                  color=style.COLOURS[0], linewidth=1.2, zorder=3)
    metric = quality.metric(results, column)
    low, high, log = quality.scale(dots[0], metric.better == "higher")
    if log:
        style.log_axis(axes.xaxis)
    style.few_tics(axes.xaxis, low, high, log)
    axes.set_xlim(low, high)
    axes.set_xlabel(escape.matplotlib(metric.label) + "\n"
                    + escape.matplotlib(metric.direction))
    axes.grid(False, axis="y")
