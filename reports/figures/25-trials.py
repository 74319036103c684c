"""What was tried

The metric that arms were chosen by, over the one factor that was tuned; a panel for each group.
A dot is a trial, its mean over the trial's seeds; the filled one was chosen, and a cross at the
worse edge marks a trial that diverged. All panels have the same axes. The wider the valley, the
less the choice of the factor matters.
"""

import math

from matplotlib.ticker import NullLocator

import escape
import style
import tuning
from results import Unavailable

COLUMNS = 4


def draw(results):
    tuned, tried = tuning.rows(results), tuning.rows(results, "tried.csv")
    if not tuned:
        raise Unavailable("nothing was tuned")
    factor = only_factor(tuned)
    level = {key: float(text) for key, text in tuning.levels(results, factor).items()}
    groups = {row["group"]: [t for t in tried if t["group"] == row["group"] and t["id"] in level]
              for row in tuned}
    values = [t["value"] for trials in groups.values() for t in trials if t["value"] is not None]
    if not values:
        raise Unavailable("no trial has a value")
    higher = tuned[0]["better"] == "higher"
    is_log = min(level.values()) > 0
    lines = -(-len(groups) // COLUMNS)
    fig = style.figure(1.75 * lines + 1.0)
    panels = fig.subplots(lines, min(COLUMNS, len(groups)), sharex=True, sharey=True,
                          squeeze=False).ravel()
    for axes in panels[len(groups):]:
        axes.remove()
    for axes, (name, trials) in zip(panels, groups.items()):
        axes.set_title(escape.matplotlib(name), size=9)
        panel(axes, trials, level, min(values) if higher else max(values))
        if is_log:
            axes.set_xscale("log")
            axes.xaxis.set_minor_locator(NullLocator())
        if not higher and min(values) > 0 and max(values) / min(values) > 20:
            axes.set_yscale("log")
        axes.tick_params(labelsize=8)
    fig.supxlabel(escape.matplotlib(factor), size=11)
    fig.supylabel(escape.matplotlib(tuned[0]["metric"])
                  + f"\n{tuned[0]['better']} is better", size=11)
    return fig


def only_factor(tuned):
    """The name of the one numeric factor that all groups were tuned over."""
    factors = {part.split("=")[0] for row in tuned for part in (row["levels"] or "").split()}
    if len(factors) != 1:
        raise Unavailable(f"the groups were tuned over {len(factors) or 'no'} factors, and one "
                          "has a place here")
    name = factors.pop()
    for row in tuned:
        if not number(row["levels"].partition("=")[2] if row["id"] else "0"):
            raise Unavailable(f"{name} is no number")
    return name


def number(text):
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def panel(axes, trials, level, worst):
    trials = sorted(trials, key=lambda t: level[t["id"]])
    sound = [t for t in trials if t["value"] is not None]
    axes.plot([level[t["id"]] for t in sound], [t["value"] for t in sound], color=style.COLOURS[0],
              marker="o", markersize=4, markerfacecolor="white", linewidth=1)
    chosen = [t for t in sound if t["chosen"] == "yes"]
    axes.plot([level[t["id"]] for t in chosen], [t["value"] for t in chosen], linestyle="",
              marker="o", markersize=7, color=style.COLOURS[1], zorder=3)
    lost = [t for t in trials if t["value"] is None]
    axes.plot([level[t["id"]] for t in lost], [worst] * len(lost), linestyle="", marker="x",
              color=style.GREY, markersize=5)
