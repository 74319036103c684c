"""The report of what steps cost: its figures, the article's claims, and its complaints.

    /usr/bin/python3 -m unittest discover -s tests/reports
"""

import contextlib
import csv
import hashlib
import io
import re
import shutil
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.dont_write_bytecode = True
REPORTS = Path(__file__).resolve().parents[2] / "reports"
sys.path[:0] = [str(REPORTS), str(Path(__file__).resolve().parent)]

import cost  # noqa: E402
import described  # noqa: E402
import cost_figures  # noqa: E402
import cost_sections as sections  # noqa: E402
import timing_sample as made_up  # noqa: E402
import timings  # noqa: E402
from sample import edit  # noqa: E402


class Folder(unittest.TestCase):
    def setUp(self):
        scratch = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, scratch)
        self.folder = scratch / "timing"

    def write(self, **keywords):
        return made_up.write(self.folder, **keywords)

    def change(self, file, where, values):
        def new(row):
            hit = all(row[c] == value for c, value in where.items())
            return row | values if hit else row
        edit(self.folder / file, new)

    def drop(self, file, **where):
        edit(self.folder / file,
             lambda row: None if all(row[c] == v for c, v in where.items()) else row)

    def load(self):
        return timings.load(self.folder)

    def run_report(self, *arguments):
        """(exit code, standard output, standard error)"""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = cost.main([str(self.folder), *arguments])
        return code, out.getvalue(), err.getvalue()

    def report(self):
        """report.md without its figures, which take time"""
        with mock.patch.object(cost_figures, "run_gnuplot", return_value="not asked for"):
            self.assertEqual(self.run_report()[0], 0)
        return (self.folder / "report" / "report.md").read_text()

    def claim(self, words):
        """The row of the table of claims that has these words."""
        return next(line for line in sections.claims(self.load()).splitlines() if words in line)


class Whole(Folder):
    def test_same_folder_gives_the_same_bytes(self):
        self.write(only="mse", cycles=1)
        digests = []
        for name in ("one", "two"):
            out = self.folder / name
            self.assertEqual(self.run_report("--out", str(out))[0], 0)
            digests.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                            for path in out.iterdir()})
        self.assertEqual(digests[0], digests[1])
        self.assertEqual(len(digests[0]), 2 * 3 + 1)  # svg, png, tsv each; report.md

    def test_last_lines_are_path_and_headline_and_every_picture_is_there(self):
        self.write()
        code, out, err = self.run_report()
        *_, path, headline = out.splitlines()
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(headline, r"^An update costs from 0\.2\d\d ns a parameter \(\w+ sgd\) to "
                         r"11\.\d ns \(\w+ muon\), 46\.\d times as much\.$")
        text = Path(path).read_text()
        self.assertIn(headline, text)
        for picture in re.findall(r"\]\(([^)]*\.(?:png|svg))\)", text):
            self.assertTrue((self.folder / "report" / picture).is_file(), picture)
        self.assertEqual(re.findall(r"Figure (\d)", text), ["1", "2"])

    def test_without_phases_the_steps_are_shown(self):
        self.write(only="mse")
        edit(self.folder / "cost.csv", lambda row: row if row["phase"] == "step" else None)
        text = self.report()
        self.assertIn("12 arms timed, without their phases; the fastest step is that of mse sgd",
                      text)
        self.assertIn("The update was not measured by itself.", text)
        self.assertIn("cost.csv has no update of its own", text)
        self.assertNotIn("nan", text)

    def test_the_control_is_no_arm(self):
        self.write()
        loaded = self.load()
        self.assertEqual(len(loaded.arms), 24)
        self.assertEqual([arm.cell for arm in loaded.controls], ["mse-gd-s1"])


class Claims(Folder):
    def test_what_was_measured_decides(self):
        self.write()
        self.assertIn("**contradicted**", self.claim("Adam is slightly faster than Adagrad."))
        self.assertIn("**supported**", self.claim("cost more computation than SGD"))
        self.assertIn("mse adagrad / mse sgd: 2.5", self.claim("cost more computation than SGD"))

    def test_a_difference_within_the_noise_decides_nothing(self):
        self.write(floor=0.4)
        self.assertIn("**undecided**", self.claim("Adam is slightly faster than Adagrad."))

    def test_without_a_noise_floor_nothing_is_decided(self):
        self.write()
        self.change("noise.csv", {}, {"floor": ""})
        for words in ("Adam is slightly faster", "cost more computation"):
            self.assertIn("**undecided**", self.claim(words))

    def test_what_was_not_timed_is_not_tested(self):
        self.write(only="mse-sgd")
        self.assertIn("| adagrad / adam: not timed | **not tested**",
                      self.claim("Adam is slightly faster"))
        self.assertIn("**not tested**", self.claim("cost more computation"))

    def test_half_a_claim_is_not_supported(self):
        self.write()
        self.drop("cost.csv", optimizer="adam", phase="update")
        self.assertIn("**undecided**", self.claim("cost more computation than SGD"))

    def test_ratios_are_paired_round_by_round(self):
        """A machine that halves its pace in some rounds moves both arms, and no ratio."""
        self.write(only="mse", spread=0.001)

        def slow(row):
            factor = 2 if int(row["round"]) % 3 == 0 else 1
            return row | {"wall_ns": factor * int(row["wall_ns"])}
        edit(self.folder / "samples.csv", slow)
        loaded = self.load()
        adam, sgd = (loaded.by_optimizer(name)[0] for name in ("adam", "sgd"))
        low, middle, high = loaded.paired(adam, sgd, "update")
        self.assertLess(abs(middle - 0.83 / 0.25), 0.01)
        self.assertLess(high / low, 1.01)

    def test_what_is_judged_is_the_later_state(self):
        """In their first steps all cost the same here."""
        self.write(only="mse")
        loaded = self.load()
        adam = loaded.by_optimizer("adam")[0]
        self.assertEqual(adam.state, ("settled", 4096))
        self.assertAlmostEqual(adam.first["step"]["median_ns"] / adam.get("step", "median_ns"), 0.5,
                               delta=0.02)
        self.assertIn("settled, step 4096", sections.steps(loaded))
        self.write(only="mse", state="unsettled")
        self.assertIn("(unsettled)", self.claim("Adam is slightly faster than Adagrad."))


class Parts(Folder):
    def test_different_batches_are_compared_by_the_sample(self):
        """A step of 64 samples that takes as long as one of a single sample is 64 times as fast."""
        self.write()
        before = self.load()
        slowest = max(before.arms, key=lambda arm: arm.get("step", "median_ns"))
        quickest = min(before.arms, key=lambda arm: arm.get("step", "median_ns"))
        self.assertFalse(before.batches_differ)
        self.assertNotIn("Batches differ", sections.steps(before))
        self.change("cost.csv", {"cell": slowest.cell}, {"batch": 64})
        after = self.load()
        table = sections.steps(after)
        self.assertIn("Batches differ: arms are ranked and compared by their time a sample", table)
        first = next(line for line in table.splitlines() if line.startswith("| ") and "step, ns" not in line
                     and "---" not in line)
        self.assertIn(slowest.name, first)
        by_name = {arm.cell: arm for arm in after.arms}
        step = after.paired(by_name[quickest.cell], by_name[slowest.cell], "step")[1]
        sample = after.paired_samples(by_name[quickest.cell], by_name[slowest.cell], "step")[1]
        self.assertAlmostEqual(sample, 64 * step)

    def test_no_winner_within_the_noise(self):
        self.write(only="mse")
        lines = sections.updates(self.load()).splitlines()
        self.assertTrue(lines[2].endswith("| – |"), lines[2])     # the fastest itself
        self.assertTrue(lines[-1].endswith("| slower |"), lines[-1])
        self.change("noise.csv", {"phase": "update"}, {"floor": "50"})
        for line in sections.updates(self.load()).splitlines()[3:]:
            self.assertTrue(line.endswith("| same within the noise floor |"), line)

    def test_counters_are_per_parameter_and_a_dash_where_there_are_none(self):
        self.write(only="mse-sgd", cycles=1)
        row = sections.updates(self.load()).splitlines()[2]
        ns, cycles, instructions = (float(x.split()[0]) for x in row.split("|")[3:6])
        self.assertAlmostEqual(cycles, ns * made_up.GHZ_CYCLES, delta=0.01)
        self.assertAlmostEqual(instructions, ns * made_up.GHZ_CYCLES * made_up.PER_CYCLE,
                               delta=0.02)
        self.write(only="mse-sgd")
        self.assertIn("| – | – |", sections.updates(self.load()))

    def test_panels_are_what_was_counted(self):
        self.write(only="mse")
        _, rows, _ = cost_figures.update_cost(self.load())
        self.assertEqual({row[1] for row in rows}, {"nanoseconds"})
        self.write(only="mse", cycles=1)
        _, rows, _ = cost_figures.update_cost(self.load())
        self.assertEqual({(row[0], row[1]) for row in rows},
                         {(1, "nanoseconds"), (2, "cycles"), (3, "instructions")})

    def test_shares_of_a_step_add_up(self):
        self.write(only="mse")
        _, rows, _ = cost_figures.phases(self.load())
        for row in rows:
            self.assertLess(row[4], row[5])
        self.assertEqual([round(row[5], 9) for row in rows if row[3] == 5], [100] * 12)
        steps = [row[2] for row in rows if row[3] == 5]
        self.assertEqual(steps, sorted(steps))

    def test_a_long_figure_keeps_one_arm_of_each_optimizer(self):
        self.write()
        with mock.patch.object(cost_figures, "MOST", 12):
            arms, left_out = cost_figures.ordered(self.load(), "update")
        self.assertEqual(left_out, 12)
        self.assertEqual({arm.facts["optimizer"] for arm in arms}, set(made_up.OPTIMIZERS))

    def test_ratios_come_from_the_far_ends(self):
        self.write(only="mse-a")
        loaded = self.load()
        adam, adagrad = loaded.by_optimizer("adam")[0], loaded.by_optimizer("adagrad")[0]
        low, middle, high = timings.times(adam, adagrad, "update")
        self.assertEqual(low, adam.get("update", "low_ns") / adagrad.get("update", "high_ns"))
        self.assertEqual(high, adam.get("update", "high_ns") / adagrad.get("update", "low_ns"))
        self.assertTrue(low < middle < high)

    def test_conditions_and_calibration_are_shown(self):
        self.write(only="mse-sgd", warning=1, calibration=0)
        text = self.report()
        self.assertIn("- before and after: **warning**: The load was 3.2 on 2 cores.", text)
        self.assertIn("- As they should be: governor.", text)
        self.assertIn("| calibration | absent: not asked for |", text)

    def test_empty_tables_are_said_to_be_empty(self):
        self.write(only="mse-sgd")
        for file in ("noise.csv", "phases.csv", "conditions.csv"):
            path = self.folder / file
            path.write_text(path.read_text().splitlines()[0] + "\n")
        text = self.report()
        for words in ("Nothing was measured twice: no winner can be named.",
                      "The overhead of measuring phases was not measured.",
                      "Conditions were not recorded."):
            self.assertIn(words, text)


class Complaints(Folder):
    def assert_complaint(self, *words):
        code, _, err = self.run_report()
        self.assertEqual(code, 2)
        self.assertEqual(len(err.splitlines()), 1, err)
        for word in words:
            self.assertIn(word, err)

    def test_a_missing_file_is_named(self):
        for name in (*timings.FILES, "schema.json", "machine.json", "manifest.json"):
            self.write(only="mse-sgd")
            (self.folder / name).unlink()
            self.assert_complaint(f"no {name}; expected a folder that `lossgrid time` wrote")

    def test_bad_values_are_named_with_their_line(self):
        self.write(only="mse-sgd")
        self.change("cost.csv", {"phase": "data"}, {"median_ns": "fast"})
        self.assert_complaint("cost.csv:3: median_ns is 'fast', expected a number")
        self.write(only="mse-sgd")
        self.change("cost.csv", {"phase": "data"}, {"median_ns": "nan"})
        self.assert_complaint("cost.csv:3: median_ns is 'nan', expected a finite number")
        self.write(only="mse-sgd")
        self.change("cost.csv", {"phase": "data"}, {"phase": "date"})
        self.assert_complaint("cost.csv:3: phase is 'date', expected one of step, data")

    def test_a_column_or_object_that_is_not_there(self):
        self.write(only="mse-sgd")
        path = self.folder / "cost.csv"
        path.write_text(path.read_text().replace("ns_per_parameter", "ns_a_parameter", 1))
        self.assert_complaint("cost.csv: column 'ns_per_parameter' is missing")
        self.write(only="mse-sgd")
        path.write_text(path.read_text().replace("cell,", "cell,weather,", 1).replace(
            "\nmse", "\nsunny,mse"))
        self.assert_complaint("cost.csv: column 'weather' is not in schema.json next to it")
        # What neither the file nor its schema has, and the report needs.
        self.write(only="mse-sgd")
        edit(self.folder / "cost.csv", lambda row: {k: v for k, v in row.items()
                                                    if k != "median_ns"})
        described.write(self.folder)
        self.assert_complaint("cost.csv: column 'median_ns' is missing; found: cell, is_control")
        self.write(only="mse-sgd")
        (self.folder / "machine.json").write_text("[]")
        self.assert_complaint("machine.json: found list, expected an object")


if __name__ == "__main__":
    unittest.main()
