"""Speed against quality

Every marker is an epoch of an arm: how much CPU time its training took so far,
and the error it reached (means over the seeds; small dots are the seeds after
their last epoch). Down and to the left is better. The grey front joins the points
that no other one beats in both time and error.
"""

import numpy as np
from matplotlib.lines import Line2D

import style
from results import Unavailable
from stats import pareto_front

PANELS = (("train_mse", "training set"), ("test_mse", "held-out test set"))


def draw(results):
    panels = [(column, name) for column, name in PANELS if results.has(column)]
    if not any(cell.costs for cell in results.cells):
        raise Unavailable("timing.csv holds no finished epoch")
    if not panels:
        raise Unavailable("the mean square error was not measured")
    fig = style.figure(4.6 + 0.24 * (len(results.arms) // 3))
    row = fig.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, (column, name) in zip(row, panels):
        draw_panel(axes, results, column)
        axes.set_title(name)
        axes.set_xlabel("CPU seconds of training")
    row[0].set_ylabel("mean square error")
    handles = [style.arm_handle(i, arm.name) for i, arm in enumerate(results.arms)]
    front = Line2D([], [], color=style.MIDDLE, linewidth=7, label="Pareto front")
    style.legend_below(fig, [*handles, front])
    return fig


def draw_panel(axes, results, column):
    points = []
    for index, arm in enumerate(results.arms):
        looks = style.arm_style(index)
        epochs = arm.cells[0].epochs
        paths = [cell.cpu_seconds() for cell in arm.cells if cell.epochs == epochs]
        seconds, error = np.mean(paths, axis=0), arm.mean_series(column, epochs)
        points += zip(seconds, error)
        axes.plot(seconds, error, linewidth=1.2, markersize=4.5, **looks)
        for cell in arm.cells if len(arm.cells) > 1 else ():
            if cell.epochs and not cell.diverged_at:
                axes.plot(cell.cpu_seconds()[-1], cell.value(column), linestyle="", marker=".",
                          markersize=5, color=looks["color"], alpha=0.6)
    front = pareto_front(points)
    axes.step(*zip(*front), where="post", color=style.MIDDLE, linewidth=7, zorder=0,
              solid_capstyle="round")
    style.log_if_wide(axes.yaxis, [y for _, y in points])
    style.log_axis(axes.xaxis)
