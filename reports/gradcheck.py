#!/usr/bin/env python3
"""Write the report of a gradient check: figures and report.md.

    reports/gradcheck.py results/gradcheck [--out DIR]

It reads gradcheck.csv, sweep.csv, kinks.csv, ulps.csv, injected.csv and
manifest.json of the folder, as `lossgrid gradcheck --out` leaves them, nothing
else, and holds no time of its own: the same folder gives the same report. A file
may have no row but its header; then the report says that nothing was there.

How to add a figure: one function in check_figures.py that returns the numbers,
with a row in its FIGURES, one script of that name in gradcheck/, and a place in
templates/gradcheck.md.

Exit codes: 0 done, whatever the check found; 2 bad usage or input; 3 the
environment lacks something.
"""

import argparse
import re
import string
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import check_figures  # noqa: E402  (the path comes first)
import check_sections as sections  # noqa: E402
import escape  # noqa: E402
from checks import load  # noqa: E402
from tables import InputError  # noqa: E402


def place_figures(figures):
    """Template name -> Markdown of a figure, numbered in the order of the report; a figure
    that is not there leaves no gap, and `not_drawn` says why."""
    drawn = [f for f in figures.values() if not f.reason]
    parts = {name: f.markdown(drawn.index(f) + 1) if f in drawn else ""
             for name, f in figures.items()}
    absent = "\n".join(f"- {f.title}: {escape.markdown(f.reason)}." for f in figures.values() if f.reason)
    return {"v_plots": parts["v-plots"] or "Not drawn; see below.",
            "calibration_figure": parts["calibration"], "ulps_figure": parts["ulps"],
            "power_figure": parts["detection-power"],
            "not_drawn": f"Figures not drawn:\n\n{absent}" if absent else ""}


def write_report(folder, out):
    """Write the report; returns (path of report.md, headline, figures, notices)."""
    checks = load(folder)
    out.mkdir(parents=True, exist_ok=True)
    figures = check_figures.draw(checks, out)
    headline = sections.headline(checks)
    template = string.Template(
        (HERE / "templates" / "gradcheck.md").read_text(encoding="utf-8"))
    text = template.substitute(
        place_figures(figures),
        headline=escape.markdown(headline),
        notices="\n".join(f"- {escape.markdown(notice)}" for notice in checks.notices),
        failures=sections.failures(checks),
        kinds=sections.kinds(checks),
        calibration=sections.calibration(checks),
        ulps=sections.ulps(checks),
        injected=sections.injected(checks),
        kinks=sections.kinks(checks),
        worst=sections.worst(checks),
        symmetry=sections.symmetry(checks),
        skipped=sections.skipped(checks),
        provenance=sections.provenance(checks))
    path = out / "report.md"
    path.write_text(re.sub(r"\n{3,}", "\n\n", text), encoding="utf-8")
    return path, headline, figures, checks.notices


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="lossgrid gradcheck", description="Figures and report.md of a gradient check.",
        epilog="example: lossgrid gradcheck --all --out results/gradcheck")
    parser.add_argument("folder", metavar="DIR", type=Path,
                        help="a folder that `lossgrid gradcheck` wrote")
    parser.add_argument("--out", metavar="DIR", type=Path,
                        help="where to write; DIR/report by default")
    options = parser.parse_args(arguments)
    try:
        path, headline, figures, notices = write_report(
            options.folder, options.out or options.folder / "report")
    except InputError as error:
        print(f"gradcheck: {escape.terminal(error)}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"gradcheck: {escape.terminal(error)}", file=sys.stderr)
        return 3
    for figure in figures.values():
        print(f"{figure.name:<20} "
              + (f"not drawn: {escape.terminal(figure.reason)}" if figure.reason else "drawn"))
    for notice in notices:
        print(f"note: {escape.terminal(notice)}")
    print(escape.terminal(path))
    print(escape.terminal(headline))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
