"""The figures of what steps cost: for each the numbers it draws, as a table beside it, and
the gnuplot script of the same name in cost/ that draws them."""

from pathlib import Path

from drawing import Drawn, gnuplot_heading, remove_figure, run_gnuplot, write_table

HERE = Path(__file__).resolve().parent
MOST = 48  # rows of a figure


def ordered(timings, phase, column="median_ns"):
    """At most MOST arms that have this of the phase, the fastest first. Where there are more, the
    first arm of each optimizer comes before a second one of any."""
    measured = [arm for arm in timings.arms if arm.get(phase, column) is not None]
    count, ranks = {}, {}
    for arm in measured:
        name = arm.facts["optimizer"]
        ranks[arm.cell] = count[name] = count.get(name, 0) + 1
    kept = sorted(measured, key=lambda arm: ranks[arm.cell])[:MOST]  # stable
    return sorted(kept, key=lambda arm: arm.get(phase, column)), len(measured) - len(kept)


def update_cost(timings):
    """Panel by panel: nanoseconds, and what else was counted, a parameter per update."""
    arms, left_out = ordered(timings, "update", "ns_per_parameter")
    rows = []
    for place, arm in enumerate(arms, 1):
        ends = [arm.get("update", f"{end}_ns_per_parameter") for end in ("low", "high")]
        value = arm.get("update", "ns_per_parameter")
        if value:
            rows.append([1, "nanoseconds", place, arm.name, value,
                         *(value if end is None else end for end in ends)])
    panel = 1
    for column in ("cycles", "instructions"):
        counted = [[place, arm.name, arm.per_parameter("update", column)]
                   for place, arm in enumerate(arms, 1)]
        if any(value for _, _, value in counted):
            panel += 1
            rows += [[panel, column, place, title, value, value, value]
                     for place, title, value in counted if value]
    return ["panel", "unit", "row", "arm", "value", "low", "high"], rows, left_out


def phases(timings):
    """The parts of each arm's step, one on the other, in percent of their sum; and the step."""
    arms, left_out = ordered(timings, "step")
    rows = []
    for place, arm in enumerate(arms, 1):
        parts = [(phase, arm.get(phase, "median_ns")) for phase in timings.parts]
        total = sum(ns for _, ns in parts if ns)
        below = 0.0
        for phase, ns in parts:
            if not ns:
                continue
            share = 100 * ns / total
            rows.append([place, arm.name, arm.get("step", "median_ns"), timings.parts.index(phase) + 1,
                         below, below + share, phase])
            below += share
    return ["row", "arm", "step", "phase", "from", "to", "name"], rows, left_out


# Name -> (what gives its numbers, why there may be none).
FIGURES = {
    "update-cost": (update_cost, "cost.csv has no update of its own"),
    "phases": (phases, "cost.csv has no phases"),
}


def draw(timings, out):
    """Draw what can be drawn into `out`; returns name -> Drawn. What an earlier report left
    and this one cannot draw is removed."""
    figures = {}
    for name, (prepare, absent) in FIGURES.items():
        script, target = HERE / "cost" / f"{name}.gp", out / name
        drawn = Drawn(name, *gnuplot_heading(script))
        header, rows, left_out = prepare(timings)
        numbers = Path(f"{target}.tsv")
        if left_out:
            drawn.caption += f" {left_out} more arms are in the table alone."
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
