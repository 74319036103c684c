"""The report of a gradient check: its figures, verdicts and complaints.

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

import check_figures  # noqa: E402
import check_sections as sections  # noqa: E402
import checks  # noqa: E402
import gradcheck  # noqa: E402
import gradcheck_sample as made_up  # noqa: E402
from sample import edit  # noqa: E402

FILES = ("gradcheck.csv", "sweep.csv", "kinks.csv", "ulps.csv", "injected.csv")


class Folder(unittest.TestCase):
    def setUp(self):
        scratch = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, scratch)
        self.folder = scratch / "checked"

    def write(self, **keywords):
        return made_up.write(self.folder, **keywords)

    def change(self, file, where, values):
        """Write values into the rows in which the columns of `where` have its values."""
        def new(row):
            hit = all(row[c] == value for c, value in where.items())
            return row | values if hit else row
        edit(self.folder / file, new)

    def load(self):
        return checks.load(self.folder)

    def run_report(self, *arguments):
        """(exit code, standard output, standard error)"""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = gradcheck.main([str(self.folder), *arguments])
        return code, out.getvalue(), err.getvalue()

    def report(self):
        """report.md without its figures, which take time"""
        with mock.patch.object(check_figures, "run_gnuplot", return_value="not asked for"):
            self.assertEqual(self.run_report()[0], 0)
        return (self.folder / "report" / "report.md").read_text()

    def assert_complaint(self, *words):
        code, _, err = self.run_report()
        self.assertEqual(code, 2)
        self.assertEqual(len(err.splitlines()), 1, err)
        for word in words:
            self.assertIn(word, err)


class Whole(Folder):
    def test_same_folder_gives_the_same_bytes(self):
        self.write()
        digests = []
        for name in ("one", "two"):
            out = self.folder / name
            self.assertEqual(self.run_report("--out", str(out))[0], 0)
            digests.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                            for path in out.iterdir()})
        self.assertEqual(digests[0], digests[1])
        self.assertEqual(len(digests[0]), 4 * 3 + 1)  # svg, png, tsv each; report.md

    def test_last_lines_are_path_and_headline_and_every_picture_is_there(self):
        self.write()
        code, out, err = self.run_report()
        *_, path, headline = out.splitlines()
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(path, str(self.folder / "report" / "report.md"))
        self.assertEqual(headline, "All gradients pass. 19 blocks of 16 subjects: 968 derivatives "
                         "checked, 4 certified at a kink, 8 skipped. "
                         "The largest relative error is 3.3e-15.")
        text = Path(path).read_text()
        self.assertIn(headline, text)
        pictures = re.findall(r"\]\(([^)]*\.(?:png|svg))\)", text)
        self.assertEqual(len(pictures), 8)
        for picture in pictures:
            self.assertTrue((self.folder / "report" / picture).is_file(), picture)
        self.assertEqual(re.findall(r"Figure (\d)", text), ["1", "2", "3", "4"])

    def test_every_curve_is_named_in_full(self):
        self.write()
        self.run_report()
        text = (self.folder / "report" / "v-plots.svg").read_text()
        for words in ("loss soft_margin", "prediction [1, 3]", "Richardson, long double", "central, long double",
                      "analytic&apos;s own rounding"):
            self.assertIn(words, text.replace("'", "&apos;").replace("&#39;", "&apos;"))

    def test_without_gnuplot_there_is_a_report_that_says_so(self):
        self.write()
        with mock.patch("shutil.which", return_value=None):
            self.assertEqual(self.run_report()[0], 0)
        text = (self.folder / "report" / "report.md").read_text()
        self.assertEqual(text.count("gnuplot is not installed"), 4)
        self.assertNotIn(".png", text)


class Verdicts(Folder):
    def break_two(self):
        self.write()
        self.change("gradcheck.csv", {"name": "tanh"}, {
            "verdict": "fail", "relative_error": "1e-3", "message": "a small mistake"})
        self.change("gradcheck.csv", {"name": "log_cosh"}, {
            "verdict": "fail", "relative_error": "0.5", "message": "twice what it should be"})
        self.change("gradcheck.csv", {"name": "sigmoid"}, {
            "verdict": "dead", "message": "every derivative is 0"})

    def test_the_worst_failure_comes_first_and_dead_blocks_last(self):
        self.break_two()
        loaded = self.load()
        self.assertTrue(sections.headline(loaded).startswith(
            "FAILED: 2 blocks failed and 1 subject dead (nothing was shown). 19 blocks"))
        text = sections.failures(loaded)
        places = [text.index(m) for m in ("twice what it should be. Analytic 0.716", "a small",
                                          "every derivative is 0")]
        self.assertEqual(places, sorted(places))
        self.assertIn("log_cosh", sections.worst(loaded).splitlines()[2])

    def test_a_dead_block_beside_live_ones_does_not_fail(self):
        self.write()
        blocks = self.load().blocks
        subject = next(b.subject for b in blocks
                       if sum(c.subject == b.subject for c in blocks) > 1)
        dead = next(b for b in blocks if b.subject == subject)
        self.change("gradcheck.csv", {"name": dead.name, "block": dead.block}, {"verdict": "dead"})
        self.assertTrue(sections.headline(self.load()).startswith("All gradients pass."))

    def test_a_false_alarm_fails(self):
        self.write()
        with (self.folder / "injected.csv").open("a", encoding="utf-8") as file:
            file.write("none,,100,1,0\n")
        self.assertIn("1 false alarm", sections.headline(self.load()))

    def test_a_failure_that_is_no_number_is_the_worst(self):
        self.break_two()
        self.change("gradcheck.csv", {"name": "adam"}, {"verdict": "fail", "relative_error": "nan"})
        self.assertEqual(self.load().bad[0].name, "adam")

    def test_what_failed_gets_the_first_panels(self):
        self.break_two()
        chosen, _ = check_figures.choose_panels(self.load())
        self.assertEqual({key[1] for key in chosen[:3]}, {"log_cosh", "tanh", "sigmoid"})

    def test_panels_are_of_different_sorts(self):
        self.write()
        chosen, _ = check_figures.choose_panels(self.load())
        self.assertEqual([key[:2] for key in chosen], [
            ("loss", "soft_margin"), ("loss", "huber"), ("activation", "tanh"),
            ("network", "article-losses"), ("layer", "linear"), ("initialisation", "xavier")])

    def test_a_kink_outside_the_subdifferential_fails(self):
        self.write()
        self.change("kinks.csv", {"name": "relu"}, {"analytic": "1.5", "verdict": "fail"})
        text = self.report()
        self.assertIn("FAILED: 1 kink outside the subdifferential.", text)
        self.assertIn("activation relu, input [0, 0]: outside the subdifferential.** At 0 the "
                      "gradient is 1.5, the one-sided derivatives are 0 and 1", text)

    def test_an_unseen_fault_fails_but_not_one_of_a_size(self):
        self.write()
        self.assertTrue(sections.headline(self.load()).startswith("All gradients pass"))
        self.change("injected.csv", {"fault": "stale buffer"}, {"detected": "99", "named": "97"})
        text = self.report()
        self.assertIn("FAILED: 1 injected fault unseen in some trial", text)
        self.assertIn('"stale buffer" went unseen** in 1 of 100 trials', text)
        self.assertIn("of relative size 1.0e-8 or more was seen in every trial.", text)

    def test_nothing_checked_is_no_pass(self):
        self.write()
        for file in FILES[:1]:
            edit(self.folder / file, lambda row: row if row["verdict"] == "skipped" else None)
        self.assertIn("FAILED: nothing was checked.", sections.headline(self.load()))


class Parts(Folder):
    def test_empty_files_are_said_to_be_empty(self):
        self.write(empty=FILES[1:])
        out = self.folder / "report"
        out.mkdir()
        for left in ("v-plots.png", "v-plots.svg", "v-plots.tsv"):
            (out / left).write_text("from an earlier run")
        code, _, _ = self.run_report()
        text = (out / "report.md").read_text()
        self.assertEqual(code, 0)
        self.assertEqual([path.name for path in out.iterdir()], ["report.md"])
        for words in ("No kink was met.", "No distance was measured.",
                      "No estimate has an error bar.", "No fault was injected",
                      "- Error against step: the V of each method: sweep.csv has no error"):
            self.assertIn(words, text)

    def test_none_skipped_and_no_hessian(self):
        self.write()
        self.change("gradcheck.csv", {}, {"asymmetry": "", "asymmetry_bar": ""})
        edit(self.folder / "gradcheck.csv",
             lambda row: None if row["verdict"] == "skipped" else row)
        text = self.report()
        self.assertIn("None was skipped.", text)
        self.assertIn("No Hessian was measured.", text)

    def test_skips_are_grouped_by_reason(self):
        self.write()
        self.assertIn("| an index has no derivative | 8 | 1 | layer embedding |",
                      sections.skipped(self.load()))
        self.change("gradcheck.csv", {"name": "tanh"}, {"skipped": "3"})
        self.assertIn("| **no reason given** | 3 | 1 | activation tanh |",
                      sections.skipped(self.load()))

    def test_an_asymmetric_hessian_comes_first(self):
        self.write()
        self.change("gradcheck.csv", {"name": "log_cosh"}, {"asymmetry": "1e-3"})
        text = sections.symmetry(self.load())
        self.assertIn("4 of 5 blocks within the error bar", text)
        self.assertIn("log_cosh | prediction | 1.0e-3 | 4.0e-15 | **no** |", text.splitlines()[4])

    def test_kinks_that_differ_in_their_coordinate_alone_are_one_row(self):
        self.write()
        self.assertIn("| loss | abs | – | prediction [0, 0] | 0 | 0 | [-1, 1] | middle | 2 | pass |",
                      sections.kinks(self.load()))

    def test_where_a_gradient_lies_at_a_kink(self):
        for left, right, value, words in ((-1, 1, 1, "right"), (-1, 1, -1, "left"),
                                          (1, -1, 0, "middle"), (2, 2, 2, "both sides agree"),
                                          (0, 1, 0.25, "0.25 of the way from left to right"),
                                          (None, 1, 1, "–")):
            self.assertEqual(sections.position(left, right, value), words)

    def test_estimates_outside_their_bar_are_counted(self):
        self.write()
        before = sections.calibration(self.load())
        self.assertIn("| central | 342 | 336 |", before)
        self.change("sweep.csv", {"method": "central", "name": "tanh"}, {"error_bar": "0"})
        inside = int(re.search(r"\| central \| 342 \| (\d+)", sections.calibration(
            self.load())).group(1))
        self.assertLess(inside, 336 - 10)

    def test_bins_of_distances_have_no_gap_and_shares_add_up(self):
        self.write()
        edit(self.folder / "ulps.csv",
             lambda row: None if row["log2_ulps"] in ("1", "2") else row)
        self.change("ulps.csv", {"log2_ulps": "4"}, {"log2_ulps": "60"})
        _, rows = check_figures.ulps(self.load())
        self.assertEqual([row[0] for row in rows[:4]], ["equal", "below 2", "2 to 4", "4 to 8"])
        self.assertEqual(rows[-1][0], "2^12 or more")
        self.assertGreater(rows[-1][2], 0)
        self.assertEqual(rows[2][1:], [0, 0])
        for column in (1, 2):
            self.assertAlmostEqual(sum(row[column] for row in rows), 100)

    def test_distances_of_one_precision_alone_are_drawn(self):
        self.write()
        edit(self.folder / "ulps.csv", lambda row: None if row["precision"] == "f64" else row)
        _, out, _ = self.run_report()
        self.assertIn("ulps                 drawn", out)
        self.assertIn("f64: not measured", (self.folder / "report" / "ulps.svg").read_text())

    def test_the_dashed_line_is_the_rounding_of_the_block(self):
        self.write()
        self.change("gradcheck.csv", {"name": "soft_margin"}, {"ulps_f64": "3"})
        self.change("gradcheck.csv", {"name": "huber"}, {"ulps_f64": ""})
        _, rows = check_figures.v_plots(self.load())
        lines = {row[1]: row[6] for row in rows}
        self.assertEqual(lines["loss soft_margin"], 3 * 2.0 ** -52)
        self.assertEqual(next(v for k, v in lines.items() if k.startswith("loss huber")), 2.0 ** -52)

    def test_wilson_intervals(self):
        for seen, trials, low, high in ((0, 10, 0, 0.2775), (5, 10, 0.2366, 0.7634),
                                        (100, 100, 0.9630, 1)):
            for found, expected in zip(checks.wilson(seen, trials), (low, high)):
                self.assertAlmostEqual(found, expected, 4)

    def test_a_bar_in_a_name_does_not_end_its_cell(self):
        self.write()
        self.change("gradcheck.csv", {"name": "tanh"}, {"name": "|x|"})
        row = next(r for r in sections.worst(self.load()).splitlines() if "x" in r)
        self.assertEqual(len(re.findall(r"(?<!\\)\|", row)), 12)

    def test_a_long_table_is_folded(self):
        self.write()
        with (self.folder / "gradcheck.csv").open(newline="") as file:
            header, *rows = csv.reader(file)
        made_up.write_csv(self.folder / "gradcheck.csv", [header, *rows * 2])
        text = sections.worst(self.load())
        self.assertIn("<details><summary>All 36 rows</summary>", text)
        self.assertEqual(text.count("| activation | tanh |"), 4)

    def test_the_manifest_is_believed_no_more_than_the_table(self):
        self.write(manifest={"totals": {"checked": 9999, "failed": 0}})
        self.assertEqual(self.load().notices, [
            "manifest.json says 9999 checked, gradcheck.csv holds 968; the report counts "
            "gradcheck.csv."])


class Complaints(Folder):
    def test_a_missing_file_is_named(self):
        for name in (*FILES, "schema.json", "manifest.json"):
            self.write()
            (self.folder / name).unlink()
            self.assert_complaint(f"no {name}; expected a folder that `lossgrid gradcheck` wrote")

    def test_a_missing_column_is_named(self):
        for name in FILES:
            self.write()
            path = self.folder / name
            path.write_text(path.read_text().replace("name,", "title,", 1)
                            if name in FILES[:3] else
                            path.read_text().replace("count", "number", 1).replace(
                                "trials", "number", 1))
            self.assert_complaint(str(path), "is missing; found: ")

    def test_a_bad_number_is_named_with_its_line(self):
        for name, column, value in (("gradcheck.csv", "relative_error", "1e-3x"),
                                    ("gradcheck.csv", "checked", ""), ("sweep.csv", "h", "small"),
                                    ("kinks.csv", "left", "-"), ("ulps.csv", "count", "4.5"),
                                    ("injected.csv", "trials", "many")):
            self.write()
            edit(self.folder / name, lambda row, c=column, v=value: row | {c: v})
            self.assert_complaint(f"{self.folder / name}:2: {column} is '{value}', "
                                  "expected a number")

    def test_values_that_cannot_be(self):
        for name, values, words in (
                ("gradcheck.csv", {"verdict": "ok"}, "verdict is 'ok', expected one of pass, fail"),
                ("gradcheck.csv", {"checked": "-1"}, "checked is -1, expected 0 or more"),
                ("sweep.csv", {"method": "guess"}, "method is 'guess', expected one of central"),
                ("sweep.csv", {"h": "0"}, "h is 0.0, expected more than 0"),
                ("ulps.csv", {"precision": "f16"}, "precision is 'f16', expected one of f32, f64"),
                ("injected.csv", {"detected": "101"}, "100 trials, 101 detected")):
            self.write()
            edit(self.folder / name, lambda row, v=values: row | v)
            self.assert_complaint(f"{name}:2: ", words)

    def test_a_row_cut_short(self):
        self.write()
        with (self.folder / "kinks.csv").open("a") as file:
            file.write("loss,abs\n")
        self.assert_complaint("kinks.csv:7: 2 fields, expected 10")

    def test_no_block_at_all(self):
        self.write(empty=("gradcheck.csv",))
        self.assert_complaint("gradcheck.csv: no row; expected one for each block")

    def test_a_broken_manifest(self):
        self.write()
        (self.folder / "manifest.json").write_text("{")
        self.assert_complaint("manifest.json: not a manifest")


if __name__ == "__main__":
    unittest.main()
