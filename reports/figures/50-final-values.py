"""Final quality under every loss

Each dot is one seed after the last epoch; the diamond is the mean and the bar its
95 % Student t interval over the seeds. Every arm is measured under every loss,
whatever it was trained on; less is better.
"""

import numpy as np

import escape
import style
from results import Unavailable
from stats import mean_interval


def draw(results):
    if not results.has_seeds:
        raise Unavailable("every arm has one seed: there is no spread to show")
    columns = [c for c in results.quality_columns() if any(
        np.isfinite(arm.finals(c)).any() for arm in results.arms)][:4]
    if not columns:
        raise Unavailable("no run has reached its last epoch")
    fig = style.figure(0.46 * len(results.arms) + 0.9)
    panels = fig.subplots(1, len(columns), sharey=True, squeeze=False)[0]
    for axes, column in zip(panels, columns):
        for index, arm in enumerate(results.arms):
            draw_arm(axes, index, arm.finals(column))
        axes.set_title(column.replace("test_", "test ").replace("train_", "training "))
        style.log_if_wide(axes.xaxis, [v for arm in results.arms for v in arm.finals(column)])
        axes.grid(False, axis="y")
    panels[0].set_yticks(range(len(results.arms)), [escape.matplotlib(arm.name) for arm in results.arms])
    panels[0].set_ylim(len(results.arms) - 0.5, -0.5)
    return fig


def draw_arm(axes, index, values):
    values = values[np.isfinite(values)]
    if not len(values):
        axes.text(0.5, index, "diverged", transform=axes.get_yaxis_transform(), ha="center",
                  va="center", color=style.GREY)
        return
    colour = style.arm_style(index)["color"]
    mean, half = mean_interval(values)
    axes.plot(values, [index + 0.18] * len(values), linestyle="", marker="o", markersize=5,
              color=colour, alpha=0.6, markeredgewidth=0)
    axes.errorbar(mean, index - 0.12, xerr=half if np.isfinite(half) else None, marker="D",
                  markersize=5, color=colour, capsize=3, linewidth=1.8)
