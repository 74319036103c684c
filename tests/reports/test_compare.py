"""The report of a comparison of timings: what it says of what, and its complaints.

    /usr/bin/python3 -m unittest discover -s tests/reports
"""

import contextlib
import hashlib
import io
import json
import shutil
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.dont_write_bytecode = True
REPORTS = Path(__file__).resolve().parents[2] / "reports"
sys.path[:0] = [str(REPORTS), str(Path(__file__).resolve().parent)]

import compare  # noqa: E402
import described  # noqa: E402
from timing_sample import PHASES, write_csv  # noqa: E402

HEADER = described.header("compare.csv")


def row(cell, phase, ratio, other="b", verdict=None, reason="", **changes):
    """A row of compare.csv; ratio None: nothing was compared."""
    verdict = verdict or ("slower" if ratio and ratio > 1.03 else "faster" if ratio and ratio < 0.97
                          else "same within the noise floor" if ratio else "not comparable")
    values = dict.fromkeys(HEADER, "") | {
        "cell": cell, "loss": "mse", "optimizer": "adam", "label": cell, "precision": "f64",
        "phase": phase, "baseline": "a", "other": other, "batch": 1, "parameters": 1000,
        "verdict": verdict, "reason": reason, "baseline_isa": "avx2", "baseline_rounds": 24,
        "baseline_ns": 2000, "baseline_low_ns": 1990, "baseline_high_ns": 2010,
        "baseline_ticks_per_sample": 5400, "baseline_ns_per_parameter": 2}
    if ratio:
        values |= {"ratio": ratio, "low": ratio * 0.99, "high": ratio * 1.01, "floor": 0.02,
                   "normalised": ratio * 2, "normalised_low": ratio * 1.9,
                   "normalised_high": ratio * 2.1, "other_isa": "avx2", "other_rounds": 24,
                   "other_ns": 2000 * ratio, "other_low_ns": 1990 * ratio,
                   "other_high_ns": 2010 * ratio, "other_cycles_per_sample": 8200,
                   "other_ticks_per_sample": 5400, "other_ns_per_parameter": 2,
                   "other_roofline": 0.41}
    return [str(v) for v in (values | changes).values()]


def facts(*paths, refused=(), **changes):
    return {"lossgrid": "v0", "interval": "95 %", "refused": list(refused), "folders": [
        {"path": path, "cells": 2, "isa": "avx2", "precision": "f64", "noise_floor": 0.02,
         "overhead": 0.01, "fma_peak_gflops": 67.0, "calibration_absent": None,
         "conditions": [{"when": "before", "condition": "load", "verdict": "ok",
                         "sentence": "The load was 0.1."}],
         "env": {"lossgrid": "v0", "compiler": "cc", "machine": {"cpu": "A CPU"}}} | changes
        for path in paths]}


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, rows, found):
        write_csv(self.folder / "compare.csv", [HEADER, *rows])
        described.write(self.folder)
        (self.folder / "compare.json").write_text(json.dumps(found))

    def two(self):
        self.write([row(cell, phase, ratio) for cell, ratio in (("adam", 1.05), ("sgd", 1.0))
                    for phase in PHASES] + [row("lion", phase, None, reason="only in the baseline")
                                            for phase in PHASES], facts("a", "b"))

    def run_report(self, *arguments):
        """(exit code, standard output, standard error)"""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = compare.main([str(self.folder), *arguments])
        return code, out.getvalue(), err.getvalue()

    def report(self):
        """compare.md without its figure, which takes time"""
        with mock.patch.object(compare, "run_gnuplot", return_value="not asked for"):
            self.assertEqual(self.run_report()[0], 0)
        return (self.folder / "compare.md").read_text()


class Whole(Folder):
    def test_same_folder_gives_the_same_bytes(self):
        self.two()
        digests = []
        for name in ("one", "two"):
            self.assertEqual(self.run_report("--out", str(self.folder / name))[0], 0)
            digests.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                            for path in (self.folder / name).iterdir()})
        self.assertEqual(digests[0], digests[1])
        self.assertEqual(sorted(digests[0]), ["compare.md", "ratios.png", "ratios.svg",
                                              "ratios.tsv"])

    def test_the_headline_counts_whole_steps_alone(self):
        self.two()
        code, out, err = self.run_report()
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(out.splitlines()[-1], "B against A: of 2 cells, 1 slower and 1 same within "
                         "the noise floor; a step takes 1.050 times as long in the middle cell.")

    def test_each_folder_has_its_figure_and_its_letter(self):
        self.write([row("adam", "step", 1.5), row("adam", "step", 0.5, other="c")],
                   facts("a", "b", "c"))
        _, out, _ = self.run_report()
        self.assertIn("ratios-b             drawn", out)
        self.assertIn("ratios-c             drawn", out)
        text = (self.folder / "compare.md").read_text()
        self.assertIn("### C against A", text)
        self.assertIn("| `adam` | step | 2,000 | 1,000 | 0.500 (0.495 to 0.505) |", text)
        self.assertIn("**faster**", text)

    def test_without_gnuplot_there_is_a_report_that_says_so(self):
        self.two()
        with mock.patch("shutil.which", return_value=None):
            self.assertEqual(self.run_report()[0], 0)
        text = (self.folder / "compare.md").read_text()
        self.assertIn("gnuplot is not installed", text)
        self.assertNotIn(".png", text)


class Parts(Folder):
    def test_what_was_not_compared_is_reported_once(self):
        self.two()
        text = self.report()
        self.assertEqual(text.count("only in the baseline"), 1)
        self.assertIn("| B | `lion` | step, data, forward, loss, backward, update | only in", text)

    def test_a_refusal_says_where_the_traces_part(self):
        self.write([row("adam", "step", None, reason="weights_sha256 differ: 1 and 2"),
                    row("sgd", "step", 1.0)],
                   facts("a", "b", refused=[{"other": "b", "cells": 1, "first": "adam",
                                             "first_divergence": "the traces part at epoch 2"}]))
        text = self.report()
        self.assertIn("**B: 1 refused**", text)
        self.assertIn("the traces part at epoch 2.", text)

    def test_cycles_differ_from_ticks_and_nothing_from_both(self):
        self.write([row("adam", "step", 1.5),
                    row("sgd", "step", 1.5, baseline_ticks_per_sample="")], facts("a", "b"))
        text = self.report()
        self.assertIn("| `adam` | step | 2,000 | 1,990 to 2,010 | 5,400 ticks | 2.000 | – |", text)
        self.assertIn("| `sgd` | step | 2,000 | 1,990 to 2,010 | – | 2.000 | – |", text)
        self.assertIn("| 8,200 cycles | 2.000 | 41.0 % |", text)

    def test_conditions_that_were_not_as_they_should_be(self):
        found = facts("a", "b")
        found["folders"][1]["conditions"][0] |= {"verdict": "warning", "sentence": "The load was 9."}
        found["folders"][0]["conditions"] = None
        self.write([row("adam", "step", 1.0)], found)
        text = self.report()
        self.assertIn("- A: conditions were not recorded.", text)
        self.assertIn("- B, before: **warning**: The load was 9.", text)

    def test_no_calibration_is_no_number(self):
        found = facts("a", "b", fma_peak_gflops=None, calibration_absent="not asked for")
        self.write([row("adam", "step", 1.0, normalised="", normalised_low="", normalised_high="")],
                   found)
        text = self.report()
        self.assertIn("| not asked for |", text)
        self.assertIn("| 1.000 (0.990 to 1.010) | – | 2.0 % |", text)

    def test_the_figure_shows_the_cells_that_differ_most(self):
        rows = [row(f"c{i}", "step", 1 + i / 1000) for i in range(60)]
        self.write(rows, facts("a", "b"))
        _, numbers, left_out = compare.ratios(compare.load(self.folder).rows, tuple(PHASES))
        self.assertEqual(left_out, 60 - compare.MOST)
        self.assertEqual({n[3] for n in numbers}, {f"c{i}" for i in range(20, 60)})
        self.assertEqual([n[2] for n in numbers], list(range(1, 41)))

    def test_nothing_compared_is_no_figure(self):
        self.write([row("adam", "step", None, reason="only in the other")], facts("a", "b"))
        code, out, _ = self.run_report()
        self.assertEqual(code, 0)
        self.assertIn("not drawn: no cell could be compared", out)
        self.assertIn("no step could be compared", out)


class Complaints(Folder):
    def assert_complaint(self, *words):
        code, _, err = self.run_report()
        self.assertEqual(code, 2)
        self.assertEqual(len(err.splitlines()), 1, err)
        for word in words:
            self.assertIn(word, err)

    def test_a_missing_file_is_named(self):
        self.assert_complaint("no compare.csv; expected a folder that `lossgrid compare --out`")
        self.two()
        (self.folder / "compare.json").unlink()
        self.assert_complaint("no compare.json")

    def test_bad_values_are_named_with_their_line(self):
        self.write([row("adam", "step", 1.0), row("sgd", "step", 1.0, low="1.0x")], facts("a", "b"))
        self.assert_complaint("compare.csv:3: low is '1.0x', expected a number")
        self.write([row("adam", "step", 1.0, verdict="quick")], facts("a", "b"))
        self.assert_complaint("compare.csv:2: verdict is 'quick', expected one of faster, slower")

    def test_a_file_that_is_no_comparison(self):
        self.two()
        (self.folder / "compare.json").write_text("[]")
        self.assert_complaint("compare.json: not what `lossgrid compare` writes")


class Panels(unittest.TestCase):
    """A phase that was not compared has no panel, and the caption says why."""

    def test_why_a_phase_is_not_drawn(self):
        rows = [{"phase": "step", "ratio": 1.1, "reason": ""},
                {"phase": "update", "ratio": None, "reason": "only in the baseline"}]
        said = compare.missing_phases(rows, PHASES)
        self.assertIn("Not drawn: update: only in the baseline.", said)
        self.assertIn("Not drawn: data, forward, loss and backward: not measured in either folder.",
                      said)
        self.assertEqual(compare.missing_phases([{"phase": phase, "ratio": 1.0, "reason": ""}
                                                 for phase in PHASES], PHASES), "")

    def test_one_panel_alone_is_drawn(self):
        scratch = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, scratch)
        numbers = [["panel", "phase", "row", "cell", "ratio", "low", "high", "floor", "verdict"],
                   [1, "step", 1, "a", 1.1, 1.09, 1.11, 1.02, 2]]
        file = scratch / "ratios.tsv"
        file.write_text("\n".join("\t".join(map(str, row)) for row in numbers) + "\n")
        reason = compare.run_gnuplot(REPORTS / "compare" / "ratios.gp", file, scratch / "ratios")
        self.assertFalse(reason, reason)
        drawn = (scratch / "ratios.svg").read_text()
        self.assertIn(">step<", drawn)
        self.assertNotIn("not measured", drawn)
        self.assertNotIn(">update<", drawn)


if __name__ == "__main__":
    unittest.main()
