"""What every figure of a report has, whatever draws it, and how gnuplot draws one."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass
class Drawn:
    """A figure of the report; `reason` says why it is not there, if it is not."""
    name: str
    title: str
    caption: str
    reason: str = ""

    def markdown(self, place):
        """The figure as the report shows it, with its number."""
        return (f"### Figure {place}. {self.title}\n\n![{self.title}]({self.name}.png)\n\n"
                f"{self.caption} ([SVG]({self.name}.svg))")


def split_heading(text):
    """(title, caption) of a docstring or comment block."""
    title, _, caption = text.strip().partition("\n")
    return title.strip(), " ".join(caption.split())


def gnuplot_heading(script):
    """(title, caption) of a gnuplot script: its first comment block."""
    heading = re.match(r"(?:# .*\n)+", script.read_text(encoding="utf-8")).group()
    return split_heading(heading.replace("# ", ""))


def run_gnuplot(script, table, target):
    """Draw target.svg and target.png from a CSV file; returns why it could not, or nothing."""
    if not shutil.which("gnuplot"):
        return "gnuplot is not installed (package gnuplot-nox)"
    for ending in ("svg", "png"):
        done = subprocess.run(
            ["gnuplot", "-c", str(script), str(table.resolve()), f"{target.resolve()}.{ending}"],
            cwd=HERE, env=os.environ | {"LC_ALL": "C"}, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if "line" in line]
            return f"gnuplot: {(lines or [done.stderr.strip()])[-1]}"
    return ""


def remove_figure(target):
    """Remove what an earlier report drew."""
    for ending in ("svg", "png"):
        Path(f"{target}.{ending}").unlink(missing_ok=True)
