"""The figures of a gradient check: for each the numbers it draws, as a table beside it,
and the gnuplot script of the same name in gradcheck/ that draws them. """

import math
import textwrap
from collections import defaultdict
from pathlib import Path

from checks import SUBJECT, block_key, subject_title, wilson
from drawing import Drawn, gnuplot_heading, remove_figure, run_gnuplot, write_table

HERE = Path(__file__).resolve().parent
METHOD_TITLES = {"central": "central", "richardson": "Richardson",
                 "reference-central": "central, long double", "reference-richardson": "Richardson, long double"}
PANELS = 6
ZERO = 1e-21       # where a logarithmic axis shows an error of exactly 0
DECADE = 8         # dots of the calibration closer than a 1/8 decade are drawn as one
LAST_BIN = 12      # of the histogram, in powers of two: what is farther off is wrong, not rounded
TITLE_WIDTH = 30


def usable(value):
    return value is not None and math.isfinite(value)


def curves(checks):
    """Block and coordinate -> the rows of its sweep that have an error, in file order."""
    found = defaultdict(list)
    for row in checks.sweep:
        if usable(row["relative_error"]):
            found[*block_key(row), row["coordinate"]].append(row)
    return found


def arm(rows):
    """Decades that central differences fall from the largest step to their best, or rise from
    there to the smallest, whichever is less: the height of the V; 0 where an arm is missing."""
    central = sorted((row["h"], max(row["relative_error"], 1e-16))
                     for row in rows if row["method"] == "central")
    if not central:
        return 0.0
    best = min(error for _, error in central)
    return math.log10(min(central[0][1], central[-1][1]) / best)


def choose_panels(checks):
    """The keys of at most PANELS curves, one a subject: what failed, a smooth loss, a loss
    with a kink, the other kinds in turn, then whatever is left. Of several candidates the
    one whose V is the deepest, since a V without arms has nothing to show."""
    every = curves(checks)
    kinked = {tuple(kink[c] for c in SUBJECT) for kink in checks.kinks}
    bad = {block_key(block.row) for block in checks.bad}
    order = sorted(every, key=lambda key: -arm(every[key]))  # stable: ties stay in file order
    chosen = []

    def take(wanted):
        taken = {key[:3] for key in chosen}
        found = next((k for k in order if k[:3] not in taken and wanted(k)), None)
        if found and len(chosen) < PANELS:
            chosen.append(found)
        return found

    while len(chosen) < PANELS - 2 and take(lambda key: key[:4] in bad):
        pass
    take(lambda key: key[0] == "loss" and key[:3] not in kinked)
    take(lambda key: key[0] == "loss" and key[:3] in kinked)
    kinds = [kind for kind in dict.fromkeys(key[0] for key in every) if kind != "loss"]
    for kind in sorted(kinds, key=lambda kind: kind not in ("activation", "network")):
        (take(lambda key, kind=kind: key[0] == kind and key[:3] not in kinked)
         or take(lambda key, kind=kind: key[0] == kind))
    while len(chosen) < PANELS and take(lambda key: True):
        pass
    return chosen, every


def panel_title(key, row):
    lines = [f"{key[0]} {subject_title(row)}", f"{key[3]} {key[4]}".strip()]
    return [textwrap.shorten(line, TITLE_WIDTH, placeholder=" …") for line in lines]


def v_plots(checks):
    chosen, every = choose_panels(checks)
    blocks = {block_key(block.row): block for block in checks.blocks}
    rows = []
    for panel, key in enumerate(chosen, 1):
        block = blocks.get(key[:4])
        for row in every[key]:
            rows.append([panel, *panel_title(key, row), row["method"], row["h"],
                         max(row["relative_error"], ZERO), block.own_rounding if block else ""])
    return ["panel", "subject", "coordinate", "method", "h", "error", "rounding"], rows


def judged(checks):
    """(method, relative bar, relative error, own rounding of the analytic gradient) of every
    estimate of the sweep that has them all; gradcheck.csv's verdicts rest on the best of these."""
    blocks = {block_key(block.row): block for block in checks.blocks}
    for row in checks.sweep:
        block, error = blocks.get(block_key(row)), row["relative_error"]
        if block is None or not (usable(error) and usable(row["error_bar"])
                                 and usable(row["estimate"]) and usable(row["analytic"])):
            continue
        scale = abs(row["estimate"] - row["analytic"]) / error if error else abs(row["estimate"])
        if scale > 0:
            yield row["method"], row["error_bar"] / scale, error, block.own_rounding


def calibration(checks):
    """One dot for each cell of a fine grid that has any: thousands of dots look the same,
    and need a picture of megabytes."""
    dots = {}
    for method, bar, error, rounding in judged(checks):
        bar, error = max(bar, ZERO), max(error, ZERO)
        cell = tuple(round(DECADE * math.log10(v)) for v in (bar, error))
        dots.setdefault((method, *cell), [method, bar, error])
    rounding = max((b.own_rounding for b in checks.blocks), default=0.0)
    return ["method", "bar", "error", "rounding"], [[*dot, rounding] for dot in dots.values()]


def power_of_two(exponent):
    return str(2 ** exponent) if exponent < 10 else f"2^{exponent}"


def bin_title(log2_ulps):
    if log2_ulps < 1:
        return "equal" if log2_ulps < 0 else "below 2"
    if log2_ulps == LAST_BIN:
        return f"{power_of_two(log2_ulps)} or more"
    return f"{power_of_two(log2_ulps)} to {power_of_two(log2_ulps + 1)}"


def ulps(checks):
    """Percentage of the derivatives of each precision in each bin; no gap between bins."""
    counts = defaultdict(int)
    for row in checks.ulps:
        counts[row["precision"], min(max(row["log2_ulps"], -1), LAST_BIN)] += row["count"]
    totals = {p: sum(n for (q, _), n in counts.items() if p == q) for p in ("f64", "f32")}
    if not any(totals.values()):
        return [], []
    rows = [[bin_title(b), *(100 * counts[p, b] / totals[p] if totals[p] else ""
                             for p in ("f64", "f32"))]
            for b in range(-1, max(b for _, b in counts) + 1)]
    return ["distance", "f64", "f32"], rows


def detection_power(checks):
    """Percentage of trials that saw an error of one element of each size, with the 95 %
    Wilson interval, and that named it."""
    rows = []
    for row in sorted((p for p in checks.injected if p["size"] is not None and p["trials"]),
                      key=lambda p: p["size"]):
        low, high = wilson(row["detected"], row["trials"])
        rows.append([row["size"], 100 * row["detected"] / row["trials"], 100 * low, 100 * high,
                     100 * row["named"] / row["trials"]])
    return ["size", "detected", "low", "high", "named"], rows


# Name -> (what gives its numbers, why there may be none).
FIGURES = {
    "v-plots": (v_plots, "sweep.csv has no error at any step"),
    "calibration": (calibration, "sweep.csv has no estimate with an error bar"),
    "ulps": (ulps, "ulps.csv holds no distance"),
    "detection-power": (detection_power, "injected.csv has no fault of a given size"),
}


def draw(checks, out):
    """Draw what can be drawn into `out`; returns name -> Drawn. What an earlier report left
    and this one cannot draw is removed."""
    figures = {}
    for name, (prepare, absent) in FIGURES.items():
        script, target = HERE / "gradcheck" / f"{name}.gp", out / name
        drawn = Drawn(name, *gnuplot_heading(script))
        header, rows = prepare(checks)
        numbers = Path(f"{target}.tsv")
        if rows:
            write_table(numbers, header, rows)
            drawn.reason = run_gnuplot(script, numbers, target)
        else:
            numbers.unlink(missing_ok=True)
            drawn.reason = absent
        if drawn.reason:
            remove_figure(target)
        figures[name] = drawn
    return figures
