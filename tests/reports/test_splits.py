"""Reports of runs with a validation split, whose test set is measured once, and which stop early.

    /usr/bin/python3 -m unittest discover -s tests/reports -p test_splits.py
"""

import contextlib
import csv
import io
import json
import math
import shutil
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.dont_write_bytecode = True
REPORTS = Path(__file__).resolve().parents[2] / "reports"
sys.path[:0] = [str(REPORTS), str(Path(__file__).resolve().parent)]

import curves  # noqa: E402
import drawing  # noqa: E402
import quality  # noqa: E402
import report  # noqa: E402
import results  # noqa: E402
import sample  # noqa: E402

STOPPED = "mse-s1"  # of three epochs it has two
PARTS = ("train", "validation", "test")


def split(folder, evaluate="end", stopped=()):
    """Give the folder of sample.write() a validation split, whose values are twice those of the
    test set, and the test set's in the last rows alone; `stopped` cells end with epoch 2."""
    path = folder / "trace.csv"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    rows = [r for r in rows if r["cell"] not in stopped or int(r["epoch"]) < 3]
    tests = [c for c in rows[0] if c.startswith("test_")]
    last = {r["cell"]: r["epoch"] for r in rows}
    header = [c for name in rows[0]
              for c in ([t.replace("test", "validation") for t in tests] + [name]
                        if name == tests[0] else [name])]
    for row in rows:
        row |= {t.replace("test", "validation"): repr(2 * float(row[t])) for t in tests}
        if evaluate == "none" or row["epoch"] != last[row["cell"]]:
            row |= {t: "" for t in tests}
        if row["cell"] in stopped and row["epoch"] == "2":
            row["status"] = "stopped"
    sample.write_csv(path, [header, *([row[c] for c in header] for row in rows)])
    sample.edit(folder / "timing.csv", lambda row: None if row["cell"] in stopped
                and row["epoch"] == "3" else row)
    path = folder / "schema.json"
    content = json.loads(path.read_text())
    content["trace.csv"] += [
        column | {"name": column["name"].replace("test_", "validation_"), "part": "validation"}
        for column in content["trace.csv"] if column["name"].startswith("test_")]
    path.write_text(json.dumps(content))


class Splits(unittest.TestCase):
    def setUp(self):
        self.scratch = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.scratch)
        patch = mock.patch.object(drawing, "ENDINGS", ("svg",))
        patch.start()
        self.addCleanup(patch.stop)

    def folder(self, **how):
        folder = sample.write(self.scratch / "run", name="splits", seeds=(1, 2), images=False)
        split(folder, **how)
        return folder

    def report(self, folder):
        with contextlib.redirect_stdout(io.StringIO()) as output:
            self.assertEqual(report.main([str(folder)]), 0)
        return output.getvalue(), (folder / "report" / "report.md").read_text(encoding="utf-8")

    def test_each_number_says_of_which_part_it_is(self):
        folder = self.folder()
        loaded = results.load(folder)
        self.assertEqual(loaded.primary, "test_mse")
        self.assertEqual(loaded.metric("validation_mse").label, "validation mse")
        cell = loaded.cells[0]
        self.assertEqual(cell.final("validation_mse"), 2 * cell.final("test_mse"))
        self.assertTrue(math.isnan(cell.value("test_mse", 1)))
        _, text = self.report(folder)
        for part in PARTS:
            self.assertIn(f"`{part}_mse`, lower is better", text)
        self.assertIn("`validation_` is the split held out of the training set", text)

    def test_what_was_measured_once_is_no_curve(self):
        folder = self.folder()
        loaded = results.load(folder)
        with self.assertRaisesRegex(results.Unavailable, "measured once, after the last epoch"):
            curves.plan(loaded, "test")
        panels, _ = curves.plan(loaded, "validation")
        self.assertEqual(panels[0].column, "validation_mse")
        output, _ = self.report(folder)
        self.assertIn("validation-curves    drawn", output)
        self.assertTrue((folder / "report" / "validation-curves.svg").is_file())
        self.assertFalse((folder / "report" / "test-curves.svg").exists())
        self.assertTrue((folder / "report" / "final-values.svg").is_file())

    def test_without_a_test_set_the_validation_split_judges(self):
        loaded = results.load(self.folder(evaluate="none"))
        self.assertEqual(loaded.primary, "validation_mse")
        self.assertEqual(quality.primary(loaded), "validation_mse")
        self.assertFalse(loaded.has("test_mse"))

    def test_a_run_that_stopped_early_is_whole(self):
        folder = self.folder(stopped=(STOPPED,))
        loaded = results.load(folder)
        cell = next(c for c in loaded.cells if c.slug == STOPPED)
        self.assertEqual((cell.stopped_at, cell.complete, cell.epochs), (2, True, [1, 2]))
        self.assertEqual(cell.final("test_mse"), sample.curve(0.10, 1, 2))
        self.assertTrue(all(c.complete for c in loaded.cells))
        _, text = self.report(folder)
        self.assertIn("1 run of 6 stopped early", text)
        self.assertIn("stopped: seed 1 in epoch 2", text)
        self.assertIn("after at most 3 epochs", text)
        self.assertNotIn("Incomplete", text)

    def test_a_run_that_lacks_an_epoch_is_not(self):
        folder = self.folder()
        sample.edit(folder / "trace.csv", lambda row: None if row["cell"] == STOPPED
                    and row["epoch"] == "3" else row)
        loaded = results.load(folder)
        self.assertFalse(next(c for c in loaded.cells if c.slug == STOPPED).complete)


if __name__ == "__main__":
    unittest.main()
