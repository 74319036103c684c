#!/usr/bin/env python3
"""Write the report of a comparison of timings: compare.md and its figures.

    reports/compare.py results/compare [--out DIR]

It reads compare.csv and compare.json of the folder, as `lossgrid compare --out` leaves
them, nothing else, and holds no time of its own: the same folder gives the same report.

Exit codes: 0 done, whatever was found; 2 bad usage or input; 3 the environment lacks
something.
"""

import argparse
import json
import math
import re
import string
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import escape  # noqa: E402  (the path comes first)
from check_sections import folded  # noqa: E402
from drawing import Drawn, gnuplot_heading, remove_figure, run_gnuplot, write_table  # noqa: E402
from escape import code, markdown as md  # noqa: E402
from schema import expect, read_rows  # noqa: E402
from tables import InputError  # noqa: E402
from verdict import FASTER, SAME, SLOWER, UNDECIDED, VERDICTS  # noqa: E402
from verdict import NOT_COMPARABLE as NOT  # noqa: E402
from text import listed, number as digits, plural, table  # noqa: E402
from timings import doubts  # noqa: E402

SIDES = ("baseline", "other")
MOST = 40  # cells in a figure


@dataclass
class Comparison:
    """Everything in the folder; rows in file order, None where nothing was measured."""
    folder: Path
    rows: list
    facts: dict
    phases: tuple  # the whole step, then its parts

    @property
    def others(self):
        """Folder compared with the baseline -> its rows."""
        found = defaultdict(list)
        for row in self.rows:
            found[row["other"]].append(row)
        return found

    def letter(self, path):
        paths = [folder["path"] for folder in self.facts["folders"]]
        return chr(ord("A") + paths.index(path)) if path in paths else "?"


def load(folder):
    """Read a folder that `lossgrid compare --out` wrote. Raises InputError."""
    folder = Path(folder)
    for name in ("compare.csv", "compare.json"):
        if not (folder / name).is_file():
            raise InputError(f"{folder}: no {name}; expected a folder that `lossgrid compare --out` "
                             "wrote")
    path = folder / "compare.csv"
    schema = expect(folder, "compare --out")
    rows = read_rows(folder, path.name, schema, "compare --out")
    if not rows:
        raise InputError(f"{path}: no row; expected one for each cell and phase")
    try:
        facts = json.loads((folder / "compare.json").read_text(encoding="utf-8"))
        _ = [folder["path"] for folder in facts["folders"]]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder / 'compare.json'}: not what `lossgrid compare` writes "
                         f"({error!r})") from error
    return Comparison(folder, rows, facts, schema.column("phase", path.name).words)


# ---- Figures -----------------------------------------------------------------


def shown_cells(rows):
    """At most MOST cells, those whose step differs most, ordered by the ratio of their step."""
    def size(row):
        return math.log(row["ratio"])
    steps = {}
    for row in rows:
        if row["ratio"] and (row["phase"] == "step" or row["cell"] not in steps):
            steps[row["cell"]] = size(row)
    kept = sorted(steps, key=lambda name: -abs(steps[name]))[:MOST]
    return sorted(kept, key=lambda name: steps[name]), len(steps)


def ratios(rows, phases):
    """(header, rows) of the table that the figure draws, and how many cells were left out."""
    names, total = shown_cells(rows)
    shown = dict(zip(names, escape.names(names)))
    numbers = []
    for row in rows:
        if row["cell"] in names and row["ratio"]:
            low, high = row["low"] or row["ratio"], row["high"] or row["ratio"]
            floor = 1 + row["floor"] if row["floor"] is not None else ""
            numbers.append([phases.index(row["phase"]) + 1, row["phase"],
                            names.index(row["cell"]) + 1, shown[row["cell"]], row["ratio"], low, high,
                            floor, VERDICTS.index(row["verdict"]) + 1])
    header = ["panel", "phase", "row", "cell", "ratio", "low", "high", "floor", "verdict"]
    return header, numbers, total - len(names)


def missing_phases(rows, phases):
    """Which panels are not there, and why."""
    said = {}
    for phase in phases:
        own = [row for row in rows if row["phase"] == phase]
        if not any(row["ratio"] for row in own):
            why = {row["reason"] for row in own if row["reason"]}
            said.setdefault(listed(sorted(why)) or "not measured in either folder", []).append(phase)
    return "".join(f" Not drawn: {listed(gone)}: {why}." for why, gone in said.items())


def draw(comparison, out):
    """One figure for each folder against the baseline."""
    figures = []
    script = HERE / "compare" / "ratios.gp"
    for other, rows in comparison.others.items():
        letter = comparison.letter(other)
        name = "ratios" if len(comparison.others) == 1 else f"ratios-{letter.lower()}"
        title, caption = gnuplot_heading(script)
        drawn = Drawn(name, f"{title}: {letter} against A", caption)
        header, numbers, left_out = ratios(rows, comparison.phases)
        if left_out:
            drawn.caption += f" {plural(left_out, 'cell')} nearer to 1 are not shown."
        if numbers:
            drawn.caption += missing_phases(rows, comparison.phases)
        target, file = out / name, out / f"{name}.tsv"
        if numbers:
            write_table(file, header, numbers)
            drawn.reason = run_gnuplot(script, file, target)
        else:
            file.unlink(missing_ok=True)
            drawn.reason = "no cell could be compared"
        if drawn.reason:
            remove_figure(target)
        figures.append(drawn)
    return figures


# ---- Sections ----------------------------------------------------------------


def bounds(row, value="ratio", low="low", high="high"):
    """1.05 (1.04 to 1.06); a dash where there is none"""
    if row[value] is None:
        return "–"
    between = f" ({row[low]:.3f} to {row[high]:.3f})" if row[low] is not None else ""
    return f"{row[value]:.3f}{between}"


def percent(value):
    return "–" if value is None else f"{100 * value:.1f} %"


def plain(value):
    """41,234 ns, 350.4 ns, 0.2510 ns"""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 1000 else digits(value)


def headline(comparison):
    """What a reader has to know, of whole steps alone."""
    said = []
    for other, rows in comparison.others.items():
        steps = [row for row in rows if row["phase"] == "step" and row["verdict"] != NOT]
        counts = Counter(row["verdict"] for row in steps)
        letter = comparison.letter(other)
        if not steps:
            said.append(f"{letter} against A: no step could be compared.")
            continue
        words = [f"{counts[v]} {v}" for v in VERDICTS if counts[v]]
        middle = sorted(row["ratio"] for row in steps if row["ratio"])
        text = f"{letter} against A: of {plural(len(steps), 'cell')}, {listed(words)}"
        if middle:
            text += f"; a step takes {middle[len(middle) // 2]:.3f} times as long in the middle cell"
        said.append(text + ".")
    return " ".join(said)


def refusals(comparison):
    """What was not compared, and why: each cell once."""
    lines = [f"- **{comparison.letter(r['other'])}: {r['cells']} refused**, since they did not "
             f"compute the same as in A, the first {code(r['first'])}; {md(r['first_divergence'])}."
             for r in comparison.facts.get("refused", [])]
    seen = {}
    for row in comparison.rows:
        if row["verdict"] == NOT:
            seen.setdefault((row["other"], row["cell"], row["reason"]), []).append(row["phase"])
    rows = [[comparison.letter(other), code(name), ", ".join(phases), md(reason)]
            for (other, name, reason), phases in seen.items()]
    if rows:
        lines.append("\n" + folded(["folder", "cell", "phases", "why"], rows, set()))
    return "\n".join(lines) or "Everything was compared."


def folders(comparison):
    rows = []
    for f in comparison.facts["folders"]:
        env = f.get("env") or {}
        machine = env.get("machine") or {}
        peak = f.get("fma_peak_gflops")
        rows.append([comparison.letter(f["path"]), code(f['path']),
                     md(machine.get("cpu") or "unknown"), md(f"{f['isa']} {f['precision']}"),
                     md(env.get("lossgrid", "unknown")), md(env.get("compiler", "unknown")),
                     f"{peak:.4g}" if peak else md(f.get("calibration_absent") or "unknown"),
                     percent(f.get("noise_floor")), percent(f.get("overhead"))])
    return table(["", "folder", "processor", "copy", "version", "compiler", "FMA peak, GFLOP/s",
                  "noise floor of a step", "overhead of phases"], rows, {6, 7, 8})


def conditions(comparison):
    lines = []
    for f in comparison.facts["folders"]:
        letter = comparison.letter(f["path"])
        if f.get("conditions") is None:
            lines.append(f"- {letter}: conditions were not recorded.")
            continue
        bad = doubts(f["conditions"])
        lines += [f"- {letter}, {line}" for line in bad]
        if not bad:
            lines.append(f"- {letter}: all as they should be, before and after.")
    return "\n".join(lines)


def verdict(row):
    bold = row["verdict"] in (FASTER, SLOWER)
    words = f"**{row['verdict']}**" if bold else row["verdict"]
    return words + (f": {md(row['reason'])}" if row["reason"] else "")


def ratio_tables(comparison):
    parts = []
    for other, rows in comparison.others.items():
        letter = comparison.letter(other)
        lines = [[code(row['cell']), row["phase"], plain(row["baseline_ns"]),
                  plain(row["other_ns"]), bounds(row), bounds(row, "normalised", "normalised_low",
                                                         "normalised_high"),
                  percent(row["floor"]), verdict(row)] for row in rows if row["verdict"] != NOT]
        header = ["cell", "phase", "A, ns a step", f"{letter}, ns a step", f"{letter} / A",
                  "normalised", "noise floor", "verdict"]
        parts.append(f"### {letter} against A\n\n"
                     + (folded(header, lines, {2, 3, 4, 5, 6}) if lines else "Nothing."))
    return "\n\n".join(parts)


def costs(comparison):
    """What each folder's steps cost by themselves."""
    parts, seen = [], set()
    for side in SIDES:
        for other, rows in comparison.others.items():
            path = rows[0][side]
            if path in seen:
                continue
            seen.add(path)
            lines = []
            for row in rows:
                if row[f"{side}_ns"] is None:
                    continue
                counted = row[f"{side}_cycles_per_sample"]
                per_sample = (f"{plain(counted)} cycles" if counted is not None else "–"
                              if row[f"{side}_ticks_per_sample"] is None else
                              f"{plain(row[f'{side}_ticks_per_sample'])} ticks")
                lines.append([code(row['cell']), row["phase"], plain(row[f"{side}_ns"]),
                              f"{plain(row[f'{side}_low_ns'])} to {plain(row[f'{side}_high_ns'])}",
                              per_sample, plain(row[f"{side}_ns_per_parameter"]),
                              percent(row[f"{side}_roofline"])])
            header = ["cell", "phase", "ns a step", "95 % interval", "a sample", "ns a parameter",
                      "of the roofline"]
            parts.append(f"### {comparison.letter(path)}: {code(path)}\n\n"
                         + folded(header, lines, {2, 3, 4, 5, 6}))
    return "\n\n".join(parts)


# ---- The report --------------------------------------------------------------


def write_report(folder, out):
    """Write the report; returns (path of compare.md, headline, figures)."""
    comparison = load(folder)
    out.mkdir(parents=True, exist_ok=True)
    figures = draw(comparison, out)
    drawn = [figure for figure in figures if not figure.reason]
    template = string.Template(
        (HERE / "templates" / "compare.md").read_text(encoding="utf-8"))
    said = headline(comparison)
    text = template.substitute(
        headline=md(said), folders=folders(comparison), conditions=conditions(comparison),
        figures="\n\n".join([*(f.markdown(i) for i, f in enumerate(drawn, 1)),
                             *(f"Not drawn: {f.title}: {md(f.reason)}." for f in figures if f.reason)]),
        ratios=ratio_tables(comparison), refusals=refusals(comparison), costs=costs(comparison))
    path = out / "compare.md"
    path.write_text(re.sub(r"\n{3,}", "\n\n", text), encoding="utf-8")
    return path, said, figures


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="lossgrid compare", description="compare.md and figures of a comparison of timings.",
        epilog="example: lossgrid compare results/before results/after --out results/compare")
    parser.add_argument("folder", metavar="DIR", type=Path,
                        help="a folder that `lossgrid compare --out` wrote")
    parser.add_argument("--out", metavar="DIR", type=Path, help="where to write; DIR by default")
    options = parser.parse_args(arguments)
    try:
        path, said, figures = write_report(options.folder, options.out or options.folder)
    except InputError as error:
        print(f"compare: {escape.terminal(error)}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"compare: {escape.terminal(error)}", file=sys.stderr)
        return 3
    for figure in figures:
        print(f"{figure.name:<20} "
              + (f"not drawn: {escape.terminal(figure.reason)}" if figure.reason else "drawn"))
    print(escape.terminal(path))
    print(escape.terminal(said))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
