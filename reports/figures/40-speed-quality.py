"""Speed against quality

Where each arm ended: how much CPU time its training took, and the quality it reached (means
over the seeds; bars are 95 % Student t intervals, and go on where they reach the edge; thin
lines are the way there, epoch by epoch). An arm is not on the front when another one is better beyond noise and not more than
5 % slower, beyond noise as well; it is on the front when against every other arm it is faster
or better beyond noise; else it may be (paired one-sided t tests over the seeds at 5 % divided
by the number of other arms). The time is training's own, from timing.csv of this run: all
steps from the first on, with evaluation apart.
"""

import math
from collections import Counter

import numpy as np
from matplotlib.lines import Line2D

import escape
import front
import quality
import style
from curves import apart
from results import Unavailable
from stats import mean_interval

NAMED = 30  # arms with a name beside the plot
LOOKS = {front.ON: {"color": style.COLOURS[0], "marker": "o"},
         front.MAYBE: {"color": style.COLOURS[4], "marker": "D"},
         front.OFF: {"color": style.GREY, "marker": "s"},
         front.UNKNOWN: {"color": "#000000", "marker": "o", "markerfacecolor": "none"}}


class Point:
    """An arm at its end. `ends`: seed -> (seconds, value) of the runs that have both."""

    def __init__(self, arm, column):
        self.arm = arm
        self.ends = {}
        for cell in arm.cells:
            seconds = cell.cpu_seconds()
            value = cell.final(column)
            if len(seconds) and seconds[-1] > 0 and math.isfinite(value):
                self.ends[cell.seed] = (float(seconds[-1]), float(value))
        self.seconds, self.half_seconds = mean_interval([s for s, _ in self.ends.values()])
        self.value, self.half_value = mean_interval([v for _, v in self.ends.values()])


def draw(results):
    column = quality.primary(results)
    if column is None:
        raise Unavailable("no metric was measured")
    if not any(cell.costs for cell in results.cells):
        raise Unavailable("timing.csv holds no finished epoch")
    every = [Point(arm, column) for arm in results.arms]
    points = [p for p in every if p.ends]
    if not points:
        raise Unavailable("no run has both its last epoch and the time of all its epochs")
    metric = quality.metric(results, column)
    if metric.better not in ("lower", "higher"):
        raise Unavailable(f"{column}: {metric.reason or metric.direction}")
    sign = -1 if metric.better == "higher" else 1
    words = front.statuses([{s: (t, sign * v) for s, (t, v) in p.ends.items()} for p in points],
                           [(p.arm.loss, p.arm.optimizer) for p in points])
    for point, word in zip(points, words):
        point.word = word
    return picture(results, column, points, len(every) - len(points))


def picture(results, column, points, absent):
    named, note = choose(points)
    names = {id(p): style.fitted(p.arm.name, 3.2, 10) for p in named}
    beside = max((n.width for n in names.values()), default=0) + 0.35
    tall = max(3.6, 0.19 * sum(n.lines for n in names.values()) + 0.2)
    height = tall + 1.15
    fig = style.figure(height, placed=True)
    axes = fig.add_axes([0.8 / style.WIDTH, 0.95 / height,
                         (style.WIDTH - 0.9 - beside) / style.WIDTH, tall / height])
    axes.set_xlabel("CPU seconds of training (timing.csv of this run)")
    axes.set_ylabel(escape.matplotlib(quality.metric(results, column).axis))
    for point in points:
        path(axes, point.arm, column)
    for word, looks in LOOKS.items():
        same = [p for p in points if p.word == word]
        if same:
            axes.errorbar([p.seconds for p in same], [p.value for p in same], markersize=6,
                          xerr=[finite(p.half_seconds) for p in same],
                          yerr=[finite(p.half_value) for p in same],
                          elinewidth=1.2 if len(points) <= 12 else 0.5, linestyle="", **looks)
    ranges(axes, results, column, points)
    write_names(fig, axes, named, names)
    counts = Counter(p.word for p in points)
    style.legend_at_foot(fig, [Line2D([], [], linestyle="", label=f"{word}: {counts[word]}", **looks)
                               for word, looks in LOOKS.items() if counts[word]])
    if absent:
        note += f" {absent} arms have no run with a final value and a time."
    fig.note = note.strip()
    return fig


def choose(points):
    """(points with a name, note): all where there is room, else the likeliest of the front."""
    order = list(LOOKS)
    if len(points) <= NAMED:
        return points, ""
    kept = sorted((p for p in points if p.word != front.OFF),
                  key=lambda p: (order.index(p.word), p.seconds))[:NAMED]
    kept = kept or points[:NAMED]
    return kept, f"{len(kept)} of {len(points)} arms are named, those of the front first."


def finite(half):
    return half if math.isfinite(half) else 0.0


def path(axes, arm, column):
    cells = [c for c in arm.cells if c.epochs == arm.cells[0].epochs and len(c.epochs) > 1]
    if not cells:
        return
    with np.errstate(invalid="ignore"):
        axes.plot(np.mean([c.cpu_seconds() for c in cells], axis=0),
                  np.mean([c.series[column] for c in cells], axis=0),
                  color=style.MIDDLE, linewidth=0.8, zorder=1)


def ranges(axes, results, column, points):
    """Both axes show every end and the way there, as far as that is of any use."""
    high = quality.metric(results, column).better == "higher"
    values = [v for p in points for _, v in p.ends.values()]
    way = [v for p in points for c in p.arm.cells for v in c.series.get(column, ())]
    low, top, log = quality.scale(values + way, high)
    if log:
        style.log_axis(axes.yaxis)
    axes.set_ylim(low, top)
    seconds = [s for p in points for s, _ in p.ends.values()]
    seconds += [s for p in points for c in p.arm.cells for s in c.cpu_seconds()[:1] if s > 0]
    style.log_axis(axes.xaxis)
    axes.set_xlim(min(seconds) / 1.15, max(seconds) * 1.15)
    style.few_tics(axes.xaxis, *axes.get_xlim(), True)


def write_names(fig, axes, points, names):
    """Each name at the right of the plot, joined to its point by a thin line."""
    height = fig.get_figheight() * axes.get_position().height
    to_axes = axes.transData + axes.transAxes.inverted()
    where = {id(p): to_axes.transform((p.seconds, p.value)) for p in points}
    order = sorted(points, key=lambda p: where[id(p)][1])
    sizes = [0.19 * names[id(p)].lines / height for p in order]
    gaps = [(a + b) / 2 for a, b in zip([0.0, *sizes], sizes)]
    places = apart([where[id(p)][1] for p in order], sizes[0] / 2, 1 - sizes[-1] / 2, gaps)
    for point, y in zip(order, places):
        axes.add_line(Line2D([where[id(point)][0], 1.02], [where[id(point)][1], y], linewidth=0.6,
                             color="#B0B0B0", transform=axes.transAxes, clip_on=False, zorder=1))
        axes.text(1.03, y, names[id(point)].text, transform=axes.transAxes, va="center",
                  size=names[id(point)].size, color="black")
