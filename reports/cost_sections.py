"""The parts of the report of what steps cost, as Markdown."""

import math

import speed
import verdict
from check_sections import folded
from escape import code, markdown as md
from text import listed, number, plural, ratio, table
from timings import doubts, times


def shown(value, low=None, high=None):
    """0.251 (0.249 to 0.253); a dash for what was not measured."""
    if value is None:
        return "–"
    between = f" ({number(low, 3)} to {number(high, 3)})" if None not in (low, high) else ""
    return number(value, 3) + between


def percent(value):
    return "–" if value is None else f"{100 * value:.1f} %"


def nanoseconds(value):
    return "–" if value is None else f"{value:,.0f}" if value >= 1000 else number(value)


def fastest_step(timings):
    return min((arm for arm in timings.arms if arm.get("step", "median_ns")),
               key=lambda arm: arm.get("step", "median_ns"), default=None)


def headline(timings):
    arms = [arm for arm in timings.arms if arm.get("update", "ns_per_parameter")]
    if not arms:
        first = fastest_step(timings)
        return (f"{plural(len(timings.arms), 'arm')} timed, without their phases; the fastest step "
                f"is that of {first.name}, {nanoseconds(first.get('step', 'median_ns'))} ns."
                if first else "Nothing was timed.")
    arms.sort(key=lambda arm: arm.get("update", "ns_per_parameter"))
    low, high = arms[0], arms[-1]
    unsettled = sum(arm.state[0] != "settled" for arm in timings.arms)
    doubt = f" {unsettled} of {len(timings.arms)} arms had not settled." if unsettled else ""
    return (f"An update costs from {shown(low.get('update', 'ns_per_parameter'))} ns a parameter "
            f"({low.name}) to {shown(high.get('update', 'ns_per_parameter'))} ns ({high.name}), "
            f"{number(times(high, low, 'update', '_per_parameter')[1], 3)} times as much."
            + doubt)


def against_fastest(timings, bounds, phase):
    """The verdict on a ratio to the fastest."""
    low, _, high = bounds or (None, None, None)
    return verdict.of_interval(low, high, timings.floor(phase))


def updates(timings):
    """One row for each arm that has an update, the fastest first."""
    arms = sorted((arm for arm in timings.arms if arm.get("update", "ns_per_parameter")),
                  key=lambda arm: arm.get("update", "ns_per_parameter"))
    if not arms:
        return "The update was not measured by itself."
    base = arms[0]
    rows = []
    for arm in arms:
        bounds = timings.paired(arm, base, "update")
        rows.append([
            md(arm.name), md(arm.facts["optimizer"]),
            shown(*(arm.get("update", f"{end}ns_per_parameter") for end in ("", "low_", "high_"))),
            shown(arm.per_parameter("update", "cycles")),
            shown(arm.per_parameter("update", "instructions")),
            ratio(bounds) if bounds else "–",
            "–" if arm is base else against_fastest(timings, bounds, "update")])
    header = ["arm", "optimizer", "ns a parameter", "cycles", "instructions",
              "relative to the fastest", "verdict"]
    return folded(header, rows, {2, 3, 4, 5})


def in_state(arm):
    """settled, step 4096"""
    state, step = arm.state
    return state + (f", step {step:.0f}" if step is not None else "")


def steps(timings):
    """One row for each arm: the whole step and its phases; ranked by the time of a sample, which
    is the same order unless batches differ."""
    ranked = sorted(timings.arms, key=lambda arm: arm.sample_ns("step") or math.inf)
    base = ranked[0]
    rows = []
    for arm in ranked:
        bounds = timings.paired_samples(arm, base, "step")
        rows.append([md(arm.name), *(
            f"{nanoseconds(arm.get('step', c))}" for c in ("median_ns", "low_ns", "high_ns")),
            in_state(arm), nanoseconds(arm.first.get("step", {}).get("median_ns")),
            *(nanoseconds(arm.get(phase, "median_ns")) for phase in timings.parts),
            ratio(bounds) if bounds else "–",
            "–" if arm is base else against_fastest(timings, bounds, "step")])
    table = folded(["arm", "step, ns", "low", "high", "state", "first steps, ns", *timings.parts,
                    "relative to the fastest", "verdict"], rows, {1, 2, 3, *range(5, 12)})
    if timings.batches_differ:
        table += "\n\nBatches differ: arms are ranked and compared by their time a sample."
    return table


# ---- The article -------------------------------------------------------------


def claims(timings):
    """What the article's text says about speed, and the measurements."""
    facts = speed.facts()
    rows = []
    for claim in facts["claims"]:
        verdict, found = speed.judge_claim(claim, speed.Timed(timings))
        measured = "; ".join(f"{md(words)}: {of_states(pair)}" for words, pair in found)
        rows.append([claim["says"], claim["phase"], measured, f"**{verdict}**"])
    return (table(["the text says", "measured in", "times as long", "verdict"], rows)
            + f"\n\nThe source is {facts['source']}. “Much” is read as at least "
            f"{facts['much']:g} times. Ratios are paired round by round; a report of a run beside "
            "these timings judges by them and by the same rule. What is meant here is the time of a "
            "step or an update, not how many of them a goal takes: for that see the report of a run. "
            "Where batches differ, as between one example and the full set, it is the time of one "
            "update.")


def of_states(pair):
    """2.51 (2.49 to 2.53), and of what state if not a settled one"""
    if pair is None:
        return "not timed"
    return ratio(pair.bounds) + ("" if pair.state == "settled" else f" ({pair.state})")


# ---- Trust -------------------------------------------------------------------


def conditions(timings):
    if not timings.conditions:
        return "- Conditions were not recorded."
    lines = [f"- {line}" for line in doubts(timings.conditions)]
    good = [c["condition"] for c in timings.conditions if c["verdict"] == "ok"]
    if good:
        lines.append(f"- As they should be: {md(listed(dict.fromkeys(good)))}.")
    return "\n".join(lines)


def noise(timings):
    """The A/A pair and the overhead of looking."""
    rows = [[code(row["cell"]), md(row["phase"]), number(row["ratio"], 4) if row["ratio"] else "–",
             f"{row['low']:.4f} to {row['high']:.4f}" if None not in (row["low"], row["high"])
             else "–", percent(row["floor"])] for row in timings.noise]
    parts = [table(["measured twice", "phase", "ratio", "95 % interval", "floor"], rows, {2, 3, 4})
             if rows else "Nothing was measured twice: no winner can be named."]
    worst = max((row for row in timings.overheads if row["overhead"] is not None),
                key=lambda row: row["overhead"], default=None)
    parts.append(f"Looking into a step makes it at most {percent(worst['overhead'])} longer (in "
                 f"{code(worst['cell'])}); whole steps are measured without looking."
                 if worst else "The overhead of measuring phases was not measured.")
    return "\n\n".join(parts)


def provenance(timings):
    calibration = timings.machine.get("calibration")
    absent = timings.machine.get("calibration_absent") or "not recorded"
    first = timings.arms[0].facts
    spec, data, method = ({**(timings.manifest.get(key) or {})} for key in
                          ("spec", "data", "timing"))
    rows = [["processor", timings.fact("machine", "cpu")],
            ["kernel", timings.fact("machine", "kernel")],
            ["hypervisor", timings.fact("machine", "hypervisor", default="unknown")],
            ["copy", f"{first['isa']} {first['precision']}"],
            ["lossgrid", timings.fact("lossgrid")],
            ["compiler", f"{timings.fact('compiler')} {timings.fact('flags')}"],
            ["build", timings.fact("variant")],
            ["calibration", "in machine.json" if calibration else f"absent: {absent}"],
            ["spec", f"{spec.get('name', 'unknown')}, SHA-256 {spec.get('sha256', 'unknown')}"],
            ["data", data.get("title", "unknown")],
            *([key.replace("_", " "), value] for key, value in method.items())]
    return table(["what", "which"], [[md(x) for x in row] for row in rows])
