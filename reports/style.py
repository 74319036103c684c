"""How every figure looks. style.gp says the same to gnuplot; a test keeps them equal.

Colours are those of M. Okabe and K. Ito, Color Universal Design (2008), without
the yellow, which is too pale for lines, and the wine of P. Tol's muted scheme (2021). Colour is never the only cue: arms also
differ in marker.
"""

import functools
import textwrap
import warnings
from dataclasses import dataclass
from math import isfinite, log10

import matplotlib

import drawing
import escape

matplotlib.use("Agg")

from matplotlib.figure import Figure  # noqa: E402  (the back end comes first)
from matplotlib.lines import Line2D  # noqa: E402
from matplotlib.text import Text  # noqa: E402
from matplotlib import font_manager  # noqa: E402
from matplotlib.ft2font import LOAD_NO_HINTING  # noqa: E402
from matplotlib.ticker import (  # noqa: E402
    FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator)

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000",
           "#882255"]
MARKERS = ["o", "s", "^", "D", "v", "p"]
GREY = "#767676"
PALE = "#E4E4E4"
MIDDLE = "#CFCFCF"
FONT = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
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
    "svg.fonttype": "none",  # texts stay texts: they can be read, searched and distinguished
    "svg.hashsalt": "lossgrid",
    "image.composite_image": False,
    "savefig.dpi": 144,
    "figure.constrained_layout.w_pad": 0.08,
    "figure.constrained_layout.h_pad": 0.06,
})


def arm_style(index):
    """Keyword arguments that draw arm number `index` (from 0) the same way everywhere."""
    return {"color": COLOURS[index % len(COLOURS)],
            "marker": MARKERS[index % len(MARKERS)]}


def figure(height, placed=False):
    """An empty figure of the common width, whose panels find their place by themselves, or are
    `placed` by hand."""
    return Figure(figsize=(WIDTH, height), layout=None if placed else "constrained")


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
        # Only while the SVG is made, in which they are themselves.
        warnings.filterwarnings("ignore", message="Glyph .* missing from ")
        for ending, key in (("svg", "Date"), ("png", "Software")):
            if ending == "png":
                spell_out(fig)
            if ending in drawing.ENDINGS:
                fig.savefig(f"{path}.{ending}", metadata={key: None})


def text_width(text, size):
    """How wide a line of text is, in the unit of its size; letters that the font lacks have
    the width of what is written for them in a PNG."""
    return size * sum(letter_width(c) for c in text)


@functools.lru_cache(maxsize=None)
def letter_width(letter):
    """Of the size of the text."""
    index = FONT.get_char_index(ord(letter))
    if index == 0:
        return sum(map(letter_width, drawable(letter)))
    FONT.set_size(64, 72)
    return FONT.load_glyph(index, flags=LOAD_NO_HINTING).linearHoriAdvance / 65536 / 64


@dataclass
class Fitted:
    """A name as matplotlib text: on as many lines as it needs; width in inches."""
    text: str
    lines: int
    width: float
    size: float


def fitted(name, most, size):
    """A name no wider than `most` inches: on several lines, between words where it can be."""
    lines = [""]
    for letter in name:
        if text_width(lines[-1] + letter, size) / 72 > most:
            head, space, tail = lines[-1].rpartition(" ")
            lines[-1:] = [head + space, tail] if head and letter != " " else [lines[-1], ""]
        lines[-1] += letter
    return Fitted("\n".join(map(escape.matplotlib, lines)), len(lines),
                  max(text_width(line, size) for line in lines) / 72, size)


def legend_at_foot(fig, handles):
    """One legend in a row at the lower edge of a figure that has left room for it."""
    name_legend(fig.legend(handles=handles, labels=["x"] * len(handles), ncol=len(handles),
                           loc="lower center", borderaxespad=0.2),
                [handle.get_label() for handle in handles])


def few_tics(axis, low, high, log):
    """Not more numbers than a narrow panel has room for."""
    decades = log10(high / low) if log else 0.0
    if decades >= 0.7:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5) if decades < 1.5 else (1, 3)
                                          if decades < 3 else (1,), numticks=5))
    else:
        axis.set_major_locator(MaxNLocator(4))


def drawable(text):
    """The text with every letter that the font lacks spelled out: as a box it could be any, and
    gnuplot's PNG takes it from whatever font there is."""
    def spelled(letter):
        control = 0x2400 <= ord(letter) < 0x2420  # the sign of a control character
        return f"⟨U+{ord(letter) - (0x2400 if control else 0):04X}⟩"
    return "".join(c if FONT.get_char_index(ord(c)) else spelled(c) for c in text)


def spell_out(fig):
    """Make the texts of a figure drawable."""
    for text in fig.findobj(Text):
        if drawable(text.get_text()) != text.get_text():
            text.set_text("\n".join(map(drawable, text.get_text().split("\n"))))


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
    axis.set_minor_locator(NullLocator())


def log_if_wide(axis, values):
    """A logarithmic axis where the values span more than a factor of 20."""
    values = [v for v in values if isfinite(v)]
    if values and 0 < 20 * min(values) < max(values):
        log_axis(axis)


def wrapped(text, width):
    """The lines of a label that should not be wider than that many characters."""
    return textwrap.wrap(text, width, break_long_words=False) or [text]
