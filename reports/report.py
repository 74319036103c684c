#!/usr/bin/env python3
"""Write the report of a result folder: figures and report.md.

    reports/report.py results/article-losses [--out DIR]

It reads trace.csv, timing.csv, schema.json, manifest.json and the images of the folder
and the committed facts in reports/published/, nothing else, and holds no time of
its own: the same folder gives the same report.

How to add a figure: put one file into reports/figures/. The number in front of
its name is its place in the report.

  NN-name.py   Its docstring is the figure's title (first line) and caption.
               draw(results) returns a matplotlib figure, or write(results, target)
               writes target.svg and target.png and returns a note for the caption (a
               figure may have one as `note`). Either raises
               results.Unavailable(reason) where it has nothing to show.
  NN-name.gp   Its first comment block is title and caption in the same way;
               `# needs: COLUMN ...` names columns of trace.csv. It is called
               with the paths of trace.csv and of the file to write.

How to add the text of an experiment: reports/findings/<experiment>.py with
headline(results), findings(results) and BACKGROUND; findings/generic.py is used
where there is none, and for a replay of published numbers on other data.

Exit codes: 0 done, 2 bad usage or input, 3 the environment lacks something.
"""

import argparse
import importlib.util
import re
import string
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

try:
    import escape
    import published
    import sections
    import style
    import tuning
    from drawing import Drawn, gnuplot_heading, remove_figure, run_gnuplot, split_heading
    from results import InputError, Unavailable, load
except ImportError as error:
    print(f"report: {error}; install python3-matplotlib, python3-numpy and python3-scipy, or set PYTHON "
          "to an interpreter that has them", file=sys.stderr)
    sys.exit(3)


def load_module(path):
    spec = importlib.util.spec_from_file_location(re.sub(r"\W", "_", path.stem), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def draw_python(path, results, target):
    module = load_module(path)
    title, caption = split_heading(module.__doc__)
    try:
        if hasattr(module, "write"):
            note = module.write(results, target)
        else:
            fig = module.draw(results)
            style.save(fig, target)
            note = getattr(fig, "note", "")
    except Unavailable as reason:
        return Drawn(target.name, title, caption, str(reason))
    except Exception as error:  # the rest of the report is worth having; this one says why
        return Drawn(target.name, title, caption, f"{path.name} failed: {error!r}")
    return Drawn(target.name, title, f"{caption} {escape.markdown(note)}".strip())


def draw_gnuplot(path, results, target):
    drawn = Drawn(target.name, *gnuplot_heading(path))
    needs = re.search(r"^# needs: (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    absent = [c for c in (needs.group(1).split() if needs else ()) if not results.has(c)]
    if absent:
        drawn.reason = f"trace.csv has no number in {', '.join(absent)}"
    else:
        drawn.reason = run_gnuplot(path, results.folder / "trace.csv", target)
    return drawn


def draw_figures(results, out):
    """Draw what can be drawn; a figure left from an earlier report is removed."""
    figures = []
    for path in sorted([*HERE.glob("figures/*.py"), *HERE.glob("figures/*.gp")]):
        target = out / re.sub(r"^\d+-", "", path.stem)
        draw = draw_python if path.suffix == ".py" else draw_gnuplot
        figures.append(draw(path, results, target))
        if figures[-1].reason:
            remove_figure(target)
    return figures


def choose_findings(results):
    """(background, module): the experiment's own texts, or the generic ones where it
    has none or its published numbers do not apply."""
    own = {path.stem: path for path in HERE.glob("findings/*.py")}
    generic = load_module(own.pop("generic"))
    if results.name not in own:
        return "", generic
    own = load_module(own[results.name])
    usable = published.applies(results) or not published.exists(results.name)
    return own.BACKGROUND, own if usable else generic


def write_report(folder, out):
    """Write the report; returns (path of report.md, headline, figures, notices)."""
    results = load(folder)
    out.mkdir(parents=True, exist_ok=True)
    figures = draw_figures(results, out)
    background, findings = choose_findings(results)
    headline = findings.headline(results)
    if background and results.dataset != "mnist":
        headline = (f"Trained on {escape.visible(results.dataset_title)}: the published numbers do "
                    f"not apply. {headline}")
    template = string.Template((HERE / "templates" / "report.md").read_text(encoding="utf-8"))
    text = template.substitute(
        sections.facts(results),
        headline=escape.markdown(headline),
        notices="\n".join(f"- {notice}" for notice in results.notices),
        background=background.strip(),
        arms=sections.arms(results),
        tuning=tuning.section(results),
        results=sections.values(results),
        figures=sections.figures(figures),
        findings_title=findings.TITLE,
        findings=findings.findings(results),
        time=sections.time(results),
        provenance=sections.provenance(results))
    path = out / "report.md"
    path.write_text(re.sub(r"\n{3,}", "\n\n", text), encoding="utf-8")
    return path, headline, figures, results.notices


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="lossgrid report", description="Figures and report.md of a result folder.",
        epilog="example: lossgrid report results/article-losses")
    parser.add_argument("folder", metavar="DIR", type=Path,
                        help="a folder that `lossgrid run` wrote")
    parser.add_argument("--out", metavar="DIR", type=Path,
                        help="where to write; DIR/report by default")
    options = parser.parse_args(arguments)
    try:
        path, headline, figures, notices = write_report(
            options.folder, options.out or options.folder / "report")
    except InputError as error:
        print(f"report: {escape.terminal(error)}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"report: {escape.terminal(error)}", file=sys.stderr)
        return 3
    for figure in figures:
        print(f"{figure.name:<20} "
              + (f"not drawn: {escape.terminal(figure.reason)}" if figure.reason else "drawn"))
    for notice in notices:
        print(f"note: {escape.terminal(notice.replace('**', '').replace('`', ''))}")
    print(escape.terminal(path))
    print(escape.terminal(headline))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
