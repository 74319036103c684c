#!/usr/bin/env python3
"""What `run` accepts, every other command accepts too.

    tests/property/accepted.py PROGRAM [--seed N] [--count N] [--only I] [--keep DIR]

Draws random small specs (specs.py). A spec that `run` accepts must pass `verify` (when all
of its cells are there), `report`, `time` with a budget of a moment, and `compare` of that
with itself; one that is refused must be refused with exit code 2, one message that names
the file, and its line where the spec is at fault, and nothing unprintable. No command may
be ended by a signal, print a traceback, or a sanitizer's report.

The seed is printed; `--seed S --only I` tries spec I of it alone. Reports are made in
this process, which imports matplotlib once. Exit codes: 0 all as it should be, 1 not.
"""

import argparse
import contextlib
import csv
import gzip
import io
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
import unicodedata
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(ROOT / "reports")]

import report  # noqa: E402
import specs  # noqa: E402

FILES = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
TRAINING_FAILED, REFUSED = 1, 2
HOSTILE = {"Cc", "Cs", "Zl", "Zp"}
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Broken(Exception):
    """The property does not hold; the message says how."""


def prepare_data(scratch):
    """The data set raw in a folder of the scratch: every run reads it."""
    places = [os.environ.get("LOSSGRID_DATA"), ROOT / "data", "/usr/share/datasets/fashion-mnist"]
    for place in (Path(p) for p in places if p):
        if any(place.glob("train-images-idx3-ubyte*")):
            break
    data = scratch / "data"
    data.mkdir()
    for name in FILES:
        raw = place / f"{name}-ubyte"
        if raw.exists():
            (data / raw.name).symlink_to(raw.resolve())
        else:
            with gzip.open(f"{raw}.gz") as packed, open(data / raw.name, "wb") as file:
                shutil.copyfileobj(packed, file)
    return data


def defaults(text):
    """"lr=0.01 form=paper" as a dict."""
    return dict(part.split("=", 1) for part in text.split())


class Trial:
    """One spec, in a folder of its own."""

    def __init__(self, program, folder, spec):
        self.program, self.folder, self.spec = program, folder, spec
        self.reason = ""  # of a refusal
        folder.mkdir()
        (folder / "spec.yaml").write_text(spec.text(), encoding="utf-8")

    def call(self, *arguments, timeout=600):
        done = subprocess.run([self.program, *arguments], cwd=self.folder, timeout=timeout,
                              stdin=subprocess.DEVNULL, capture_output=True)
        out, err = (s.decode("utf-8", "strict") for s in (done.stdout, done.stderr))
        what = f"lossgrid {' '.join(arguments)}"
        self.check_output(what, done.returncode, out + err)
        return done.returncode, out, err

    @staticmethod
    def check_output(what, code, text):
        if code < 0 or code > 3:
            raise Broken(f"{what} ended with {code}:\n{text}")
        if "Traceback" in text or "Sanitizer" in text or "runtime error:" in text:
            raise Broken(f"{what}:\n{text}")
        for c in text:
            if c != "\n" and (unicodedata.category(c) in HOSTILE or c in BIDI):
                raise Broken(f"{what} printed U+{ord(c):04X}:\n{text!r}")

    def expect_success(self, *arguments):
        code, out, err = self.call(*arguments)
        if code != 0:
            raise Broken(f"lossgrid {' '.join(arguments)} ended with {code}:\n{out}{err}")
        return out

    def check_refusal(self, err):
        last = err.rstrip("\n").split("\n")[-1]
        if err.count("lossgrid: ") != 1 or not last.startswith("lossgrid: "):
            raise Broken(f"a refusal of other than one message:\n{err}")
        if not re.match(r"lossgrid: (spec\.yaml:\d+:\d+: |--set )", last):
            raise Broken(f"a refusal without a line:\n{err}")

    def report(self, folder):
        """As `lossgrid report`, in this process."""
        said = io.StringIO()
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                code = report.main([str(self.folder / folder)])
        except Exception as error:
            raise Broken(f"report {folder}: {traceback.format_exc()}") from error
        if code != 0:
            raise Broken(f"report {folder} ended with {code}:\n{said.getvalue()}")
        if " failed: " in said.getvalue():
            raise Broken(f"report {folder}: a figure failed:\n{said.getvalue()}")
        self.check_output(f"report {folder}", code, said.getvalue())
        if not (self.folder / folder / "report" / "report.md").stat().st_size:
            raise Broken("an empty report.md")

    def check_labels(self):
        """The labels of the spec are in trace.csv as they were written."""
        with open(self.folder / "r" / "trace.csv", newline="", encoding="utf-8") as file:
            found = {row["label"] for row in csv.DictReader(file)}
        grid = self.spec.keys["grid"]
        for block in grid if isinstance(grid, list) else [grid]:
            label = block.get("label")
            if label and not any(f == label or f.startswith(label + " ") for f in found):
                raise Broken(f"label {label!r} is not in trace.csv: {found}")

    def check_costs(self):
        code, _, err = self.call("time", "spec.yaml", "--out", "t", "--budget", "1",
                                 "--quiet", *self.overrides())
        if code == 1 and "nothing to be timed" in err and "diverges" in err:
            return "not timed, since it diverges"
        if code != 0:
            raise Broken(f"lossgrid time ended with {code}:\n{err}")
        code, out, err = self.call("compare", "t", "t")
        if code != 0:
            raise Broken(f"lossgrid compare ended with {code}:\n{out}{err}")
        return ""

    def overrides(self):
        options, kept = self.spec.options, []
        for i, option in enumerate(options):
            if option in ("--set", "--isa"):
                kept += options[i:i + 2]
        return kept

    def run(self, with_report, with_costs):
        """What became of it: in words, such as "refused"."""
        code, _, err = self.call("run", "spec.yaml", "--out", "r", *self.spec.options)
        if code == REFUSED:
            self.check_refusal(err)
            self.reason = err.rstrip("\n").split("\n")[-1]
            if with_costs and "--shard" not in self.spec.options:
                code, _, _ = self.call("time", "spec.yaml", "--out", "t", "--budget", "1",
                                       "--quiet", *self.overrides())
                if code != REFUSED:
                    raise Broken(f"run refuses it, time ends with {code}:\n{err}")
            return "refused"
        if code != 0:
            raise Broken(f"lossgrid run ended with {code}:\n{err}")
        whole = "--shard" not in self.spec.options
        if whole:
            self.check_labels()
        code, out, err = self.call("verify", "r")
        if (code == 0) != whole and not (code == 0 and not whole and self.one_cell()):
            raise Broken(f"lossgrid verify ended with {code}:\n{out}{err}")
        if whole:
            self.expect_success("verify", "r", "--against", "r")
        if with_report:
            self.report("r")
        words = ["reported" if with_report else "run"]
        if with_costs:
            words.append(self.check_costs() or "timed")
        return ", ".join(words)

    def one_cell(self):
        with open(self.folder / "r" / "manifest.json", encoding="utf-8") as file:
            return file.read().count('"slug"') == 1


def read_catalogue(program):
    def table(name):
        done = subprocess.run([program, "list", name, "--format", "csv"], check=True,
                              capture_output=True, text=True)
        return list(csv.DictReader(io.StringIO(done.stdout)))

    def options(name):
        return {row["name"]: defaults(row["options"]) for row in table(name)}
    compares = {row["name"]: row["compares"] for row in table("losses")}
    return specs.Catalogue(options("losses"), compares, options("optimizers"),
                           options("activations"), options("initialisations"),
                           options("schedules"))


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--only", type=int)
    parser.add_argument("--reports", type=float, default=1, metavar="SHARE",
                        help="share of specs that are reported on as well")
    parser.add_argument("--costs", type=float, default=0.2, metavar="SHARE",
                        help="share of specs that are timed as well")
    parser.add_argument("--verbose", action="store_true", help="say what became of each")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the folders of failures")
    options = parser.parse_args(arguments)
    program = str(Path(options.program).resolve())
    catalogue = read_catalogue(program)
    outcomes, failed, began = {}, 0, time.monotonic()
    print(f"property: seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["LOSSGRID_DATA"] = str(prepare_data(Path(scratch)))
        os.environ.pop("LOSSGRID_ISA", None)
        for i in range(options.count) if options.only is None else [options.only]:
            rng = random.Random(f"{options.seed}/{i}")
            spec = specs.draw(rng, catalogue)
            folder = Path(scratch) / str(i)
            trial = Trial(program, folder, spec)
            try:
                outcome = trial.run(rng.random() < options.reports, rng.random() < options.costs)
            except (Broken, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
                failed += 1
                outcome = "FAILED"
                print(f"spec {i} of seed {options.seed} (--seed {options.seed} --only {i}), "
                      f"options {spec.options}, {spec.faulty or 'sound'}:\n{error!s}\n"
                      f"--- spec.yaml\n{spec.text()}---", flush=True)
                if options.keep:
                    shutil.copytree(folder, options.keep / f"{options.seed}-{i}",
                                    dirs_exist_ok=True)
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
            if options.verbose:
                print(f"spec {i}: {outcome} {trial.reason}", flush=True)
            shutil.rmtree(folder)
    words = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
    print(f"property: seed {options.seed}, {sum(outcomes.values())} specs in "
          f"{time.monotonic() - began:.0f} s: {words}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
