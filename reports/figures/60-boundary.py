"""What each network learnt of the plane

For networks of two inputs: the shade is the class that the network gives each point
of the plane, the line where it changes its mind; dots are the training samples, filled
where their class is the second.
"""

import csv
import re

import numpy as np

import escape
import quality
import style
from results import Unavailable

MOST, ACROSS = 12, 4  # panels, and how many in a row
ACTIVATIONS = {
    "identity": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
}
POINTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


def draw(results):
    if results.dataset != "xor":
        raise Unavailable("the samples are no points of a plane")
    if results.fact("spec", "task", default=task_of(results)) != "classify":
        raise Unavailable("the networks give no class")
    networks_of = read(results.folder / "parameters.csv")
    finished = [arm for arm in results.arms if first_cell(arm) in networks_of]
    arms, note = quality.spread(results, finished, MOST)
    networks = [(arm.name, layers_of(networks_of[first_cell(arm)])) for arm in arms]
    if not networks:
        raise Unavailable("no cell has finished")
    across = min(ACROSS, max(3, len(networks)))
    down = -(-len(networks) // across)
    names = [style.fitted(label, style.WIDTH / across - 0.7, 10) for label, _ in networks]
    fig = style.figure(down * (style.WIDTH / across + 0.15 * max(n.lines for n in names)) + 0.2)
    panels = fig.subplots(down, across, sharex=True, sharey=True, squeeze=False)
    for axes, name, (_, layers) in zip(panels.flat, names, networks):
        draw_plane(axes, layers)
        axes.set_title(name.text, size=10)
    for axes in list(panels.flat)[len(networks):]:
        axes.set_visible(False)
    fig.supxlabel("first pixel", size=11)
    fig.supylabel("second pixel", size=11)
    fig.note = note
    return fig


def first_cell(arm):
    """The name of the arm's cell of the first seed."""
    return arm.cells[0].slug


def task_of(results):
    """The task as the experiment file has it."""
    found = re.search(r"^task: *(\w+)", str(results.fact("spec", "text")), re.MULTILINE)
    return found.group(1) if found else "classify"


def read(path):
    """Finished cell -> its rows; written where networks are small."""
    cells = {}
    if path.exists():
        with open(path, newline="") as file:
            for row in csv.DictReader(file):
                cells.setdefault(row["cell"], []).append(row)
    return cells


def layers_of(rows):
    """[(weight, bias, activation)], first layer first."""
    layers = []
    for number in sorted({int(row["layer"]) for row in rows}):
        mine = [row for row in rows if int(row["layer"]) == number]
        outputs = max(int(row["output"]) for row in mine)
        inputs = max(int(row["input"] or 0) for row in mine)
        weight, bias = np.zeros((outputs, inputs)), np.zeros(outputs)
        for row in mine:
            if row["input"]:
                weight[int(row["output"]) - 1, int(row["input"]) - 1] = float(row["value"])
            else:
                bias[int(row["output"]) - 1] = float(row["value"])
        if mine[0]["activation"] not in ACTIVATIONS:
            raise Unavailable(f"a layer's activation is {mine[0]['activation']}")
        layers.append((weight, bias, ACTIVATIONS[mine[0]["activation"]]))
    return layers


def decide(layers, points):
    """Positive where the network says the second class."""
    h = points
    for weight, bias, activation in layers:
        h = activation(h @ weight.T + bias)
    return h[:, 0] if h.shape[1] == 1 else h[:, 1] - h[:, 0]


def draw_plane(axes, layers):
    ticks = np.linspace(-0.4, 1.4, 181)
    x, y = np.meshgrid(ticks, ticks)
    z = decide(layers, np.column_stack([x.ravel(), y.ravel()])).reshape(x.shape)
    axes.contourf(x, y, z > 0, levels=[-0.5, 0.5, 1.5], colors=["#ffffff", "#cfe3f2"])
    if z.min() < 0 < z.max():
        axes.contour(x, y, z, levels=[0], colors=[style.GREY], linewidths=1.5)
    for point in POINTS:
        second = point[0] != point[1]
        right = (decide(layers, point[None, :].astype(float))[0] > 0) == second
        axes.plot(*point, marker="o", markersize=11, markeredgewidth=2, color="#000000",
                  markerfacecolor="#000000" if second else "#ffffff")
        if not right:
            axes.annotate("wrong", point, xytext=(0, 11), textcoords="offset points", ha="center")
    axes.set_aspect("equal")
    axes.grid(False)
