"""How every figure looks. style.gp says the same to gnuplot; a test keeps them equal.

Colours are those of M. Okabe and K. Ito, Color Universal Design (2008), without
the yellow, which is too pale for lines. Colour is never the only cue: arms also
differ in marker.
"""

import textwrap
import warnings
from math import isfinite

import matplotlib

import drawing
import escape

matplotlib.use("Agg")

from matplotlib.figure import Figure  # noqa: E402  (the back end comes first)
from matplotlib.lines import Line2D  # noqa: E402
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter  # noqa: E402

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
MARKERS = ["o", "s", "^", "D", "v", "p"]
GREY = "#767676"
PALE = "#E4E4E4"
MIDDLE = "#CFCFCF"
WIDTH = 9.0  # inches; every figure is this wide, so that text has one size in a report

matplotlib.rcParams.update({
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.labelsize": 11,
    "axes.titlesize": 11,
    "legend.fontsize": 10,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": PALE,
    "grid.linewidth": 0.8,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "legend.frameon": False,
    "svg.fonttype": "none",  # texts stay texts: they can be read, searched and told apart
    "svg.hashsalt": "lossgrid",
    "savefig.dpi": 144,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.w_pad": 0.08,
    "figure.constrained_layout.h_pad": 0.06,
})


def arm_style(index):
    """Keyword arguments that draw arm number `index` (from 0) the same way everywhere."""
    return {"color": COLOURS[index % len(COLOURS)],
            "marker": MARKERS[index % len(MARKERS)]}


def figure(height, **keywords):
    """An empty figure of the common width."""
    return Figure(figsize=(WIDTH, height), **keywords)


def arm_handle(index, label, **keywords):
    """A legend entry for arm number `index`."""
    return Line2D([], [], label=str(label), **arm_style(index), **keywords)


def legend_below(fig, handles):
    """One legend for all panels, under them, in as many columns as its labels allow."""
    texts = [handle.get_label() for handle in handles]
    longest = max(map(len, texts))
    columns = min(len(handles), max(1, 95 // (longest + 7)))
    rows = -(-len(handles) // columns)
    room = 0.24 * rows + 0.12  # the figure grows by it: panels keep their size
    fig.set_figheight(fig.get_figheight() + room)
    share = room / fig.get_figheight()
    fig.get_layout_engine().set(rect=(0, share, 1, 1 - share))
    name_legend(fig.legend(handles=handles, labels=["x" * len(t) for t in texts], ncol=columns,
                           loc="lower center", borderaxespad=0.1), texts)


def name_legend(legend, texts):
    """Write the texts into a legend made with others: matplotlib leaves out entries whose label
    begins with an underscore."""
    for entry, text in zip(legend.get_texts(), texts):
        entry.set_text(escape.matplotlib(text))


def save(fig, path):
    """Write path.svg and path.png; the same figure gives the same bytes."""
    with warnings.catch_warnings():
        # Letters that the font lacks are boxes in the PNG and themselves in the SVG.
        warnings.filterwarnings("ignore", message="Glyph .* missing from current font")
        for ending, key in (("svg", "Date"), ("png", "Software")):
            if ending in drawing.ENDINGS:
                fig.savefig(f"{path}.{ending}", metadata={key: None})


def epoch_axis(axes, epochs):
    """Ticks at the first epoch and at round ones."""
    step = max(1, round(epochs[-1] / 6 / 5) * 5)
    axes.set_xticks(sorted({epochs[0]} | {e for e in epochs if e % step == 0}))


def log_axis(axis):
    """Logarithmic, with plain numbers at 1, 2 and 5 of every decade."""
    (axis.axes.set_xscale if axis.axis_name == "x" else axis.axes.set_yscale)("log")
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def log_if_wide(axis, values):
    """A logarithmic axis where the values span more than a factor of 20."""
    values = [v for v in values if isfinite(v)]
    if values and 0 < 20 * min(values) < max(values):
        log_axis(axis)


def wrapped(text, width):
    """The lines of a label that should not be wider than that many characters."""
    return textwrap.wrap(text, width, break_long_words=False) or [text]
