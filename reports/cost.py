#!/usr/bin/env python3
"""Write the report of what steps cost: figures and report.md.

    reports/cost.py results/article-optimizers/timing [--out DIR]

It reads cost.csv, noise.csv, phases.csv, conditions.csv, machine.json and manifest.json of
the folder, as `lossgrid time` leaves them, nothing else, and holds no time of its own: the
same folder gives the same report.

How to add a figure: one function in cost_figures.py that returns the numbers, with a row in
its FIGURES, one script of that name in cost/, and a place in templates/cost.md.

Exit codes: 0 done, whatever was measured; 2 bad usage or input; 3 the environment lacks
something.
"""

import argparse
import re
import string
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import cost_figures  # noqa: E402  (the path comes first)
import cost_sections as sections  # noqa: E402
import escape  # noqa: E402
from tables import InputError  # noqa: E402
from timings import load  # noqa: E402


def place_figures(figures):
    """Template name -> Markdown of a figure, numbered in the order of the report; `not_drawn`
    says why one is not there."""
    drawn = [f for f in figures.values() if not f.reason]
    parts = {f"{name.partition('-')[0]}_figure":
             f.markdown(drawn.index(f) + 1) if f in drawn else "" for name, f in figures.items()}
    absent = "\n".join(f"- {f.title}: {escape.markdown(f.reason)}." for f in figures.values() if f.reason)
    return parts | {"not_drawn": f"Figures not drawn:\n\n{absent}" if absent else ""}


def write_report(folder, out):
    """Write the report; returns (path of report.md, headline, figures)."""
    timings = load(folder)
    out.mkdir(parents=True, exist_ok=True)
    figures = cost_figures.draw(timings, out)
    said = sections.headline(timings)
    template = string.Template((HERE / "templates" / "cost.md").read_text(encoding="utf-8"))
    text = template.substitute(
        place_figures(figures), headline=escape.markdown(said), updates=sections.updates(timings),
        steps=sections.steps(timings), claims=sections.claims(timings),
        conditions=sections.conditions(timings), noise=sections.noise(timings),
        provenance=sections.provenance(timings))
    path = out / "report.md"
    path.write_text(re.sub(r"\n{3,}", "\n\n", text), encoding="utf-8")
    return path, said, figures


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="lossgrid report", description="Figures and report.md of what steps cost.",
        epilog="example: lossgrid report results/article-optimizers/timing")
    parser.add_argument("folder", metavar="DIR", type=Path,
                        help="a folder that `lossgrid time` wrote")
    parser.add_argument("--out", metavar="DIR", type=Path,
                        help="where to write; DIR/report by default")
    options = parser.parse_args(arguments)
    try:
        path, said, figures = write_report(options.folder,
                                           options.out or options.folder / "report")
    except InputError as error:
        print(f"cost: {escape.terminal(error)}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"cost: {escape.terminal(error)}", file=sys.stderr)
        return 3
    for figure in figures.values():
        print(f"{figure.name:<20} "
              + (f"not drawn: {escape.terminal(figure.reason)}" if figure.reason else "drawn"))
    print(escape.terminal(path))
    print(escape.terminal(said))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
