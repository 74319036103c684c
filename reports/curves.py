"""Curves over epochs, for 1 to some hundred arms: which panels, who is in which colour, where
each name stands; and the gnuplot script that draws them.

Up to ABREAST arms: a panel for each metric, with all arms. More arms: the primary metric alone
in small multiples, each of which shows some arms in colour and all others in grey. They are
grouped by optimizer or by loss where that makes few panels, else by their rank.
"""

import math
from dataclasses import dataclass, field

import numpy as np

import drawing
import escape
import quality
import style
from results import Unavailable

ABREAST = 8      # curves in colour in a panel: each has a colour of its own
PANELS = 24      # of a figure
WIDTH = 900      # of the SVG in pixels; the PNG is 1.44 times as large
LEFT, GAP, TITLE, BELOW, LINE = 66, 14, 30, 46, 17  # pixels
LEAST = 190      # width and height of a plot, in pixels
TALL = 330       # height of a plot that is alone in its row


PARTS = {"train": "training set", "validation": "validation split", "test": "test set"}


@dataclass
class Panel:
    title: str
    column: str
    arms: list                                   # in colour
    box: tuple = ()                              # left, top, width, height in pixels
    labels: list = field(default_factory=list)   # (arm, x, y, size)


def runs(items, most):
    """[(words for which part, items)]: the list cut into parts of nearly equal size."""
    parts = -(-len(items) // most)
    cut = [len(items) * i // parts for i in range(parts + 1)]
    return [(f" ({i + 1} of {parts})" if parts > 1 else "", items[a:b])
            for i, (a, b) in enumerate(zip(cut, cut[1:]))]


def grouped(results, column):
    """Panels of at most ABREAST arms each: by optimizer, by loss or by rank."""
    ranked = quality.ordered(results, column)
    fewest = -(-len(ranked) // ABREAST)
    found = []
    for key in ("optimizer", "loss"):
        groups = {}
        for arm in ranked:
            groups.setdefault(getattr(arm, key), []).append(arm)
        panels = [Panel(name + part, column, arms) for name in sorted(groups)
                  for part, arms in runs(groups[name], ABREAST)]
        if 1 < len(groups) and len(panels) <= max(3, 1.7 * fewest):
            found.append(panels)
    if found:
        return min(found, key=len)
    place, panels = 0, []
    for _, arms in runs(ranked, ABREAST):
        panels.append(Panel(f"places {place + 1} to {place + len(arms)}", column, arms))
        place += len(arms)
    return panels


def plan(results, part):
    """(panels, note) of the figure of "train", "validation" or "test". Raises Unavailable."""
    names = quality.columns(results, part)
    if not names:
        raise Unavailable(f"no metric of the {PARTS[part]} was measured")
    if len(results.epochs) < 2:
        raise Unavailable("a curve needs two epochs; the final values show the one there is")
    if all(quality.is_measured_once(results, name) for name in names):
        raise Unavailable(f"the {PARTS[part]} was measured once, after the last epoch; the final "
                          "values show it")
    if len(results.arms) <= ABREAST:
        left = names[quality.SHOWN:]
        note = f"{len(left)} more metrics are in trace.csv." if left else ""
        return [Panel(quality.metric(results, c).label, c, results.arms)
                for c in names[:quality.SHOWN]], note
    panels = grouped(results, names[0])
    others = "Each panel shows its arms in colour and all the others in grey."
    if len(panels) > PANELS:
        shown = sum(len(p.arms) for p in panels[:PANELS])
        others += f" {shown} of {len(results.arms)} arms are in colour."
    return panels[:PANELS], others


# ---- Layout ------------------------------------------------------------------


def columns_of(panels, widest):
    """(how many panels stand in a row, whether names stand at the right of a plot)."""
    for across in range(min(3, len(panels)), 1 if len(panels) > 2 else 0, -1):
        if WIDTH / across - LEFT - GAP - widest >= LEAST + 40 * (across < 3):
            return across, True
    across = 2 if len(panels) > 1 and widest < WIDTH / 2 - LEFT - GAP else 1
    return across, False


def layout(panels):
    """Give every panel its box; returns (height of the figure, whether names stand beside)."""
    sizes = {id(a): style.text_width(a.name, 13) for p in panels for a in p.arms}
    widest = max(sizes.values()) + 30
    across, beside = columns_of(panels, widest)
    width = WIDTH / across - LEFT - GAP - (widest if beside else 0)
    most = max(len(p.arms) for p in panels)
    plot = max(TALL if across == 1 or len(panels) == across else LEAST,
               (most + 1) * LINE if beside else 0)
    row = TITLE + plot + BELOW + (0 if beside else most * LINE + 8)
    for i, panel in enumerate(panels):
        panel.box = (i % across * WIDTH / across + LEFT, i // across * row + TITLE, width, plot)
    return -(-len(panels) // across) * row + 6, beside


def apart(wanted, low, high, gap):
    """Places near those wanted (ascending) that are at least `gap` apart, within low and high.
    gap: one for all, or for each place its distance from the one before."""
    gaps = [gap] * len(wanted) if np.isscalar(gap) else list(gap)
    places = []
    for place, before in zip(wanted, gaps):
        places.append(max(place, places[-1] + before if places else low))
    limit = high
    for i in range(len(places) - 1, -1, -1):
        places[i] = min(places[i], limit)
        limit = places[i] - gaps[i]
    return places


def place_names(panel, ends, range_of, beside):
    """Set panel.labels: beside the plot at the height of the curve's end, or under it."""
    left, top, width, height = panel.box
    low, high, log = range_of

    def pixel(value):
        if not math.isfinite(value):
            return top + (0 if not panel.better_high else height)
        f = math.log if log else float
        share = (f(min(max(value, low), high)) - f(low)) / (f(high) - f(low))
        return top + height * (1 - share)

    if not beside:
        room = width + GAP - 24  # what is left of the panel's share of the row
        panel.labels = [
            (arm, left + 6, top + height + BELOW + 8 + LINE * i,
             min(13.0, 13 * room / max(1, style.text_width(arm.name, 13))))
            for i, arm in enumerate(panel.arms)]
        return
    order = sorted(panel.arms, key=lambda arm: pixel(ends[id(arm)]))
    places = apart([pixel(ends[id(arm)]) for arm in order], top, top + height, LINE)
    panel.labels = [(arm, left + width + 18, y, 13.0) for arm, y in zip(order, places)]


# ---- Drawing -----------------------------------------------------------------


def numbers(results, names):
    """(text of the table, ends, ranges): a block for each arm, of each column the mean, the
    lowest and the highest seed; what each arm ends with; how each column's axis goes."""
    lines = ["# arm\tepoch\t" + "\t".join(f"{c} mean\tlowest\thighest" for c in names)]
    ends, ranges = {}, {}
    for name in names:
        ends[name], ranges[name] = {}, []
    for arm in results.arms:
        epochs = arm_epochs(arm)
        stack = []
        for name in names:
            grid = quality.seeds_by_epoch(arm, name, epochs)
            there = np.isfinite(grid)
            count = there.sum(axis=0)
            total = np.where(there, grid, 0.0).sum(axis=0)
            mean = np.where(count, total / np.maximum(count, 1), np.nan)
            low = np.where(there, grid, np.inf).min(axis=0, initial=np.inf)
            high = np.where(there, grid, -np.inf).max(axis=0, initial=-np.inf)
            stack.append((mean, low, high))
            finite = mean[np.isfinite(mean)]
            ends[name][id(arm)] = finite[-1] if len(finite) else math.nan
            ranges[name] += [low[count > 0], high[count > 0]]
        lines.append(f"# {escape.gnuplot_field(arm.name)}")
        for i, epoch in enumerate(epochs):
            lines.append("\t".join([str(results.arms.index(arm)), str(epoch)] + [
                f"{v[i]:.9g}" if math.isfinite(v[i]) else "NaN" for s in stack for v in s]))
        if not epochs:
            lines.append("\t".join(["-1", "0"] + ["NaN"] * 3 * len(names)))
        lines += ["", ""]
    ranges = {name: quality.scale(np.concatenate(parts), quality.metric(results, name).better == "higher")
              for name, parts in ranges.items()}
    return "\n".join(lines), ends, ranges


def arm_epochs(arm):
    return sorted({epoch for cell in arm.cells for epoch in cell.epochs})


def tics(log, low, high):
    """gnuplot commands for the tics of a y axis."""
    if not log:
        return 'unset logscale y; set ytics autofreq; set format y "%g"'
    decades = math.log10(high / low)
    steps = (1, 2, 5) if decades < 2.5 else (1,)
    every = max(1, round(decades / 5))
    marks = [m * 10.0 ** e for e in range(math.floor(math.log10(low)), math.ceil(
        math.log10(high)) + 1) if e % every == 0 for m in steps]
    marks = [m for m in marks if low <= m <= high] or [low, high]
    return ("set logscale y; set ytics ("
            + ", ".join(f'"{m:.3g}" {m:.17g}' for m in marks) + ")")


def text_of(name):
    """A gnuplot expression: the name, in a PNG without the letters that the font lacks."""
    plain = style.drawable(name)
    if plain == name:
        return escape.gnuplot(name)
    return f"(png ? {escape.gnuplot(plain)} : {escape.gnuplot(name)})"


def draw_panel(results, panel, number, table, names, ends, ranges, height):
    """The gnuplot commands of one panel."""
    left, top, width, tall = panel.box
    low, high, log = ranges[panel.column]
    first = 3 + 3 * names.index(panel.column)
    last = results.epochs[-1]
    lines = [f"# {number}", "unset label; unset arrow",
             f"set lmargin at screen {left / WIDTH:.6f}",
             f"set rmargin at screen {(left + width) / WIDTH:.6f}",
             f"set tmargin at screen {1 - top / height:.6f}",
             f"set bmargin at screen {1 - (top + tall) / height:.6f}",
             tics(log, low, high), f"set yrange [{low:.9g}:{high:.9g}]"]
    size = min(13.0, 13 * (width + 40) / max(1, style.text_width(panel.title, 13)))
    lines.append(f"set label 1 {text_of(panel.title)} at screen {left / WIDTH:.6f}, "
                 f"screen {1 - (top - 13) / height:.6f} left font size({size:.3g})")
    plots = []
    if len(results.arms) > len(panel.arms):
        plots.append(f"{table} using 2:{first} every {max(1, len(results.epochs) // 15)} "
                     "with lines linewidth 0.7 linecolor rgb '#D4D4D4'")
    several = any(len(arm.cells) > 1 for arm in panel.arms)
    for place, arm in enumerate(panel.arms):
        index = results.arms.index(arm)
        if several:
            plots.append(f"{table} index {index} using 2:{first + 1}:{first + 2} with filledcurves "
                         f"fillcolor rgb '#D8{style.COLOURS[place][1:]}' fillstyle solid noborder")
        plots.append(f"{table} index {index} using 2:{first} with linespoints linetype {place + 1} "
                     f"pointsize 0.7 pointinterval {max(1, -(-len(results.epochs) // 10))}")
        for cell in arm.cells:
            if cell.diverged_at:
                lines.append(f"set label at first {cell.diverged_at}, graph 0.97 '' point "
                             f"linetype {place + 1} pointtype 2 pointsize 1.3 front")
    for arm, x, y, points in panel.labels:
        place = panel.arms.index(arm)
        end = ends[panel.column][id(arm)]
        at = f"screen {x / WIDTH:.6f}, screen {1 - y / height:.6f}"
        sign = "" if math.isfinite(end) else " pointtype 2"
        lines.append(f"set label {text_of(arm.name)} at {at} left font size({points:.3g}) point "
                     f"linetype {place + 1}{sign} pointsize 0.9 offset 1.1, 0 front")
        epochs = arm_epochs(arm)
        if x > left + width and math.isfinite(end) and epochs:
            lines.append(f"set arrow from first {min(epochs[-1], last)}, first "
                         f"{min(max(end, low), high):.9g} to screen {(x - 5) / WIDTH:.6f}, screen "
                         f"{1 - y / height:.6f} nohead linewidth 0.6 linecolor rgb '#B0B0B0'")
    plots.append("NaN notitle")
    return "\n".join(lines) + "\nplot " + ", \\\n     ".join(plots)


def script(results, panels, table, ends, ranges, names, height):
    """The whole gnuplot script. Its argument is the file to write, .svg or .png."""
    epochs = results.epochs
    step = max(1, -(-(epochs[-1] - epochs[0]) // 5))
    lines = ["# Made by `lossgrid report`. By hand: gnuplot -c THIS.gp OUT.svg",
             "out = ARG1", f"height = {height:.0f}", f"load {escape.gnuplot('style.gp')}",
             "unset datafile", "set datafile separator tab", "unset key",
             f"set xrange [{epochs[0]}:{epochs[-1]}]",
             f"set xtics {epochs[0]}, {step}" if step == 1 else
             "set xtics (" + ", ".join(str(e) for e in sorted(
                 {epochs[0]} | {e for e in epochs if e % step == 0})) + ")",
             "set xlabel 'epoch' offset 0, 0.6", "set multiplot"]
    for i, panel in enumerate(panels):
        lines.append(draw_panel(results, panel, i + 1, table, names, ends, ranges, height))
    return "\n".join([*lines, "unset multiplot", ""])


def write(results, part, target):
    """Draw target.svg and target.png; returns a note for the caption. Raises Unavailable."""
    panels, note = plan(results, part)
    names = list(dict.fromkeys(panel.column for panel in panels))
    text, ends, ranges = numbers(results, names)
    height, beside = layout(panels)
    for panel in panels:
        panel.better_high = quality.metric(results, panel.column).better == "higher"
        place_names(panel, ends[panel.column], ranges[panel.column], beside)
    table, commands = drawing.beside(target, ".tsv"), drawing.beside(target, ".gp")
    table.write_text(text, encoding="utf-8")
    commands.write_text(script(results, panels, escape.gnuplot(table.name), ends, ranges, names,
                               height), encoding="utf-8")
    reason = drawing.run_commands(commands, target)
    if reason:
        raise Unavailable(reason)
    direction = quality.metric(results, panels[0].column).direction
    return f"{quality.metric(results, panels[0].column).label}: {direction}. {note}".strip()
