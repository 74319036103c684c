"""What every figure of a report has, whatever draws it, and how gnuplot draws one."""

import csv
import os
import re
import shutil
import subprocess
import tempfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import escape

HERE = Path(__file__).resolve().parent
ENDINGS = ("svg", "png")  # what every figure is written as


@dataclass
class Drawn:
    """A figure of the report; `reason` says why it is not there, if it is not."""
    name: str
    title: str
    caption: str
    reason: str = ""

    def markdown(self, place):
        """The figure as the report shows it, with its number."""
        path = escape.link(self.name)
        return (f"### Figure {place}. {self.title}\n\n![{self.title}]({path}.png)\n\n"
                f"{self.caption} ([SVG]({path}.svg))")


def split_heading(text):
    """(title, caption) of a docstring or comment block."""
    title, _, caption = text.strip().partition("\n")
    return title.strip(), " ".join(caption.split())


def gnuplot_heading(script):
    """(title, caption) of a gnuplot script: its first comment block."""
    heading = re.match(r"(?:# .*\n)+", script.read_text(encoding="utf-8")).group()
    return split_heading(heading.replace("# ", ""))


def write_table(path, header, rows):
    """The numbers of a figure as gnuplot reads them: divided by tabs, since it cuts a quoted
    text such as "[1, 3]" at its comma, and without quotes, which it does not undo."""
    with Path(path).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, "excel-tab", lineterminator="\n", quoting=csv.QUOTE_NONE,
                   quotechar=None).writerows(
            [[escape.gnuplot_field(x) if isinstance(x, str) else x for x in row]
             for row in [header, *rows]])


def run_gnuplot(script, table, target, folder=HERE):
    """Draw target.svg and target.png from a table; returns why it could not, or nothing. A
    script that was made for this figure has no argument but the file to write."""
    if not shutil.which("gnuplot"):
        return "gnuplot is not installed (package gnuplot-nox)"
    for ending in ENDINGS:
        with tempfile.TemporaryDirectory() as scratch:
            numbers = table.resolve() if table.name else None
            if numbers and ending == "png":
                numbers = spelled_out(numbers, Path(scratch))
            done = subprocess.run(
                ["gnuplot", "-c", str(script), *([str(numbers)] if numbers else []),
                 f"{target.resolve()}.{ending}"],
                cwd=folder, env=os.environ | {"LC_ALL": "C.UTF-8", "GNUPLOT_LIB": str(HERE)},
                capture_output=True, text=True, check=False)
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if "line" in line]
            return f"gnuplot: {(lines or [done.stderr.strip()])[-1]}"
    return ""


def spelled_out(table, scratch):
    """The table, or a copy without the letters that the font lacks: a PNG would take them from
    whatever font there is, at whatever size."""
    text = table.read_text(encoding="utf-8")
    if text.isascii():
        return table
    from style import drawable  # matplotlib, which knows the font, is needed for this alone
    copy = scratch / table.name
    copy.write_text("".join(c if c in "\t\n" else drawable(c) for c in text), encoding="utf-8")
    return copy


def run_commands(commands, target):
    """Run a gnuplot script made for this figure, in its own folder: it draws target.svg and
    target.png. Returns why it could not, or nothing."""
    return run_gnuplot(Path(commands.name), Path(), target, folder=commands.parent)


def beside(target, ending):
    """The file of that ending beside a figure's."""
    return Path(f"{target}{ending}")


def remove_figure(target):
    """Remove what an earlier report drew."""
    for ending in (".svg", ".png", ".tsv", ".gp"):
        beside(target, ending).unlink(missing_ok=True)
