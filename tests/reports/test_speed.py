"""What is said of speed: one rule, of ratios whose truth is known, the same for every report.

    /usr/bin/python3 -m unittest discover -s tests/reports
"""

import math
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
REPORTS = Path(__file__).resolve().parents[2] / "reports"
sys.path[:0] = [str(REPORTS), str(Path(__file__).resolve().parent)]

import cost_sections  # noqa: E402
import results  # noqa: E402
import sample  # noqa: E402
import speed  # noqa: E402
import timing_sample  # noqa: E402
import timings  # noqa: E402
from report import choose_findings  # noqa: E402


class Rule(unittest.TestCase):
    def test_verdicts(self):
        for bounds, least, floor, verdict in (
                ((1.1, 1.2, 1.3), 1, 0.05, "supported"), ((1.04, 1.2, 1.3), 1, 0.05, "undecided"),
                ((0.7, 0.8, 0.9), 1, 0.05, "contradicted"), ((1.1, 1.2, 1.3), 2, 0.05, "contradicted"),
                ((2.0, 2.2, 2.3), 2, 0.05, "undecided"), ((1.01, 1.02, 1.03), 1, 0.03, "undecided"),
                ((1.01, 1.02, 1.03), 1, None, "undecided"),
                ((math.nan, 9.0, math.nan), 1, 0.01, "undecided")):
            self.assertEqual(speed.judge(speed.Ratio(*bounds, floor), least), verdict, bounds)
        self.assertEqual(speed.judge(None), "not tested")

    def test_parts(self):
        for parts, verdict in (
                (["supported", "supported"], "supported"),
                (["supported", "not tested"], "undecided"),
                (["supported", "contradicted", "not tested"], "contradicted"),
                (["not tested"], "not tested"), ([], "not tested"),
                (["undecided", "not tested"], "undecided")):
            self.assertEqual(speed.all_of(iter(parts)), verdict, parts)

    def test_claims_have_names(self):
        names = [claim["name"] for claim in speed.facts()["claims"]]
        self.assertEqual(len(set(names)), len(names))


class Callers(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def run_folder(self, adam_ns, **keywords):
        arms = (*sample.INTENDED[:-1], ("mse adam", "mse", "adam", 0.03, adam_ns))
        return sample.write(self.folder / "article-intended", "article-intended", arms,
                            **{"seeds": (1, 2, 3)} | keywords)

    def verdict_of_run(self, folder):
        loaded = results.load(folder)
        judged = choose_findings(loaded)[1].judged(loaded)
        return next((verdict, words) for code, _, verdict, words in judged if code == "C11")

    def verdict_of_cost(self, folder):
        row = next(line for line in cost_sections.claims(timings.load(folder)).splitlines()
                   if "slightly faster" in line)
        return row.rsplit("**", 2)[1]

    def test_a_run_beside_timings_says_what_they_say(self):
        """Its own timing says the opposite; Adagrad takes 0.64 and Adam 0.83 ns a parameter."""
        for floor, verdict in ((0.012, "contradicted"), (0.5, "undecided")):
            folder = self.run_folder(20000)
            self.assertEqual(self.verdict_of_run(folder)[0], "supported")
            timing_sample.write(folder / "timing", only="mse", floor=floor)
            found, words = self.verdict_of_run(folder)
            self.assertEqual(found, verdict)
            self.assertEqual(found, self.verdict_of_cost(folder / "timing"))
            self.assertIn("by `lossgrid time` (settled)", words)
            shutil.rmtree(folder)

    def test_equal_ratios_have_equal_verdicts(self):
        """A run and a timing that measured one ratio, and floors that both sides of it."""
        for value in (0.5, 0.97, 1.0, 1.02, 1.06, 1.5):
            for floor in (None, 0.001, 0.04, 0.6):
                pair = speed.Ratio(0.995 * value, value, 1.005 * value, floor, "settled")

                class Made:
                    by = "a test"

                    def pairs(self, slower, faster, phase):
                        return [(f"{slower} / {faster}", pair)]
                about = speed.claim("adam-slightly-faster")
                self.assertEqual(speed.judge_claim(about, Made())[0], speed.judge(pair))

    def test_runs_of_one_arm_are_the_floor_of_a_run(self):
        """2 % between Adagrad and Adam; the seeds of an arm lie 30 % apart, or 0.1 %."""
        folder = self.run_folder(24500)
        loaded = results.load(folder)
        self.assertEqual(self.verdict_of_run(folder)[0], "supported")
        for arm in loaded.arms:
            for i, cell in enumerate(arm.cells):
                for row in cell.costs.values():
                    row["cpu_ns"] *= 1 + 0.15 * i
        self.assertAlmostEqual(speed.Ran(loaded).floor, 0.3, delta=0.01)
        self.assertEqual(speed.judge_claim(speed.claim("adam-slightly-faster"),
                                           speed.Ran(loaded))[0], "undecided")

    def test_one_seed_has_no_floor(self):
        loaded = results.load(self.run_folder(20000, seeds=(1,)))
        self.assertIsNone(speed.Ran(loaded).floor)


if __name__ == "__main__":
    unittest.main()
