"""The report: its figures, verdicts and complaints.

    /usr/bin/python3 -m unittest discover -s tests/reports
"""

import contextlib
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.dont_write_bytecode = True
REPORTS = Path(__file__).resolve().parents[2] / "reports"
sys.path[:0] = [str(REPORTS), str(Path(__file__).resolve().parent)]

import published  # noqa: E402
import report  # noqa: E402
import results  # noqa: E402
import sample  # noqa: E402
import stats  # noqa: E402
import style  # noqa: E402


style.matplotlib.rcParams["savefig.dpi"] = 40  # small pictures are quick


class Folder(unittest.TestCase):
    """A scratch folder for results, and one for published facts in place of the real ones."""

    def setUp(self):
        self.scratch = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.scratch)
        self.facts = self.scratch / "published"
        self.facts.mkdir()
        shutil.copy(REPORTS / "published" / "mnist.json", self.facts)
        patch = mock.patch.object(published, "FOLDER", self.facts)
        patch.start()
        self.addCleanup(patch.stop)

    def write(self, *arguments, **keywords):
        return sample.write(self.scratch / "result", *arguments, **keywords)

    def findings(self, folder):
        """(results, the module of its findings)"""
        loaded = results.load(folder)
        return loaded, report.choose_findings(loaded)[1]

    def headline(self, folder):
        loaded, module = self.findings(folder)
        return module.headline(loaded)

    def run_report(self, folder):
        """(exit code, standard output, standard error)"""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = report.main([str(folder)])
        return code, out.getvalue(), err.getvalue()

    def assert_complaint(self, folder, words):
        code, _, err = self.run_report(folder)
        self.assertEqual(code, 2)
        self.assertIn(words, err)


class Whole(Folder):
    def test_same_folder_gives_the_same_bytes(self):
        sample.publish_images(self.facts)
        folder = self.write()
        digests = []
        for out in ("one", "two"):
            with contextlib.redirect_stdout(io.StringIO()):
                self.assertEqual(report.main([str(folder), "--out", str(self.scratch / out)]), 0)
            digests.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                            for path in (self.scratch / out).iterdir()})
        self.assertEqual(digests[0], digests[1])
        for name in ("published-images", "reconstructions", "training-curves", "speed-quality"):
            self.assertIn(f"{name}.svg", digests[0])
            self.assertIn(f"{name}.png", digests[0])

    def test_last_lines_are_path_and_headline(self):
        sample.publish_curves(self.facts)
        folder = self.write("article-optimizers", sample.OPTIMIZERS)
        code, out, _ = self.run_report(folder)
        *_, path, headline = out.splitlines()
        self.assertEqual(code, 0)
        self.assertEqual(path, str(folder / "report" / "report.md"))
        self.assertIn(headline, Path(path).read_text())
        for image in re.findall(r"\]\(([^)]*\.(?:png|svg))\)", Path(path).read_text()):
            self.assertTrue((folder / "report" / image).is_file(), image)

    def test_the_machines_are_those_that_trained(self):
        """Not the one that merged and wrote the manifest; equal nodes of a cluster are counted."""
        node, other = {"cpu": "Node", "cores": 8, "kernel": "K"}, {"cpu": "Other", "kernel": "K"}
        folder = self.write("mine", manifest={"machines": {"a": node, "b": other, "c": node}})
        code, _, err = self.run_report(folder)
        self.assertEqual(code, 0, err)
        text = (folder / "report" / "report.md").read_text()
        self.assertIn("on 2 × Node, 8 cores; Other; instruction set", text)
        self.assertIn("2 × Node, 8 cores, kernel K; Other, kernel K", text)
        self.assertNotIn("A CPU", text)

    def test_users_own_experiment_with_seeds_and_divergence_on_fashion(self):
        folder = self.write("mine", sample.LOSSES, seeds=(1, 2), dataset="fashion_mnist",
                            diverge=[("abs", 2)])
        (folder / "report").mkdir()
        (folder / "report" / "published-images.png").write_text("from an earlier run")
        _, out, _ = self.run_report(folder)
        text = (folder / "report" / "report.md").read_text()
        self.assertIn("2 runs diverged: abs-s1 in epoch 2, abs-s2 in epoch 2", out)
        self.assertIn("**diverged**: seed 1 in epoch 2 and seed 2 in epoch 2", text)
        self.assertIn("**Fashion-MNIST stands in for mnist**", text)
        self.assertIn("![Final quality of every arm](final-values.png)", text)
        self.assertFalse((folder / "report" / "published-images.png").exists())
        self.assertIn("Lowest test_mse after 3 epochs: 0.0", text)

    def test_a_diverged_run_has_no_final_value(self):
        folder = self.write("mine", diverge=[(arm[0], 3) for arm in sample.LOSSES])
        self.assertEqual(self.headline(folder), "No run has reached its last epoch.")


class Verdicts(Folder):
    def test_all_images_equal(self):
        sample.publish_images(self.facts)
        self.assertTrue(self.headline(self.write()).startswith("9 of 9 images equal: every"))

    def test_one_altered_hash_is_counted(self):
        sample.publish_images(self.facts)
        rows = self.facts / "article-losses.csv"
        text = rows.read_text()
        first = re.search(r"[0-9a-f]{64}", text).group()
        rows.write_text(text.replace(first, "f" * 64))
        self.assertEqual(self.headline(self.write()),
                         "8 of 9 images equal; 1 differs from the published ones.")

    def test_one_altered_image_is_counted_and_named(self):
        sample.publish_images(self.facts)
        folder = self.write()
        shutil.copy(folder / "images" / "input.png", folder / "images" / "mse-s0" / "02.png")
        self.assertTrue(self.headline(folder).startswith("8 of 9 images equal; 1 differ"))
        self.assertIn("1 image with other pixels than trace.csv records: mse-s0/02.png.",
                      results.load(folder).notices)

    def test_images_that_were_not_computed_do_not_count_as_equal(self):
        sample.publish_images(self.facts, epochs=5)
        folder = self.write(epochs=4)
        sample.edit(folder / "trace.csv", lambda row: row if row["epoch"] != "4" else None)
        self.assertEqual(self.headline(folder), "9 of 9 images equal; 6 of the 15 published ones "
                                                "are not in this run.")

    def test_curves_within_and_beyond_the_tolerance(self):
        folder = self.write("article-optimizers", sample.OPTIMIZERS)
        sample.publish_curves(self.facts, error=1e-4)
        self.assertIn("3 of 3 published curves reproduced: the largest difference is 1.0e-4",
                      self.headline(folder))
        self.assertIn("The curve published as Adam is Adagrad.", self.headline(folder))
        sample.publish_curves(self.facts, error=3e-4)
        self.assertIn("0 of 3 published curves reproduced", self.headline(folder))
        self.assertNotIn("is Adagrad", self.headline(folder))

    def test_curves_are_held_against_every_arm(self):
        sample.publish_curves(self.facts)
        real = ("Adam", "mse", "adam", 0.03, 30000)
        loaded, module = self.findings(
            self.write("article-optimizers", (*sample.OPTIMIZERS, real)))
        self.assertIn("Adam itself (Adam) misses it by 4.0e-2.", module.findings(loaded))

    def test_published_numbers_do_not_apply_to_other_data(self):
        sample.publish_images(self.facts)
        folder = self.write(dataset="fashion_mnist")
        code, out, _ = self.run_report(folder)
        text = (folder / "report" / "report.md").read_text()
        self.assertEqual(code, 0)
        headline = "Trained on Fashion-MNIST: the published numbers do not apply."
        self.assertIn(headline, out.splitlines()[-1])
        self.assertIn(f"> **{headline}", text)
        self.assertNotIn("images equal", text)

    def test_real_facts_are_complete(self):
        for name, arms in (("article-losses", sample.LOSSES),
                           ("article-optimizers", sample.OPTIMIZERS)):
            loaded = results.load(sample.write(self.scratch / name, name, arms))
            with mock.patch.object(published, "FOLDER", REPORTS / "published"):
                facts = published.load(loaded)
            self.assertEqual(facts.labels(), [arm.label for arm in loaded.arms])
            self.assertEqual(len(facts.rows), 90)
            self.assertEqual(facts.epochs(), list(range(1, 31)))


class Claims(Folder):
    def verdicts(self, arms=sample.INTENDED, **keywords):
        loaded, module = self.findings(
            self.write("article-intended", arms, **{"seeds": (1, 2, 3)} | keywords))
        self.assertIn("C11", module.findings(loaded))
        return {code: verdict for code, _, verdict, _ in module.judged(loaded)}

    def with_adam(self, first=0.03, ns=27000):
        return (*sample.INTENDED[:-1], ("mse adam", "mse", "adam", first, ns))

    def test_follow_the_numbers(self):
        verdicts = self.verdicts(self.with_adam(ns=26000, first=0.02))
        self.assertEqual(verdicts["C3"], "supported")
        self.assertEqual(verdicts["C8"], "supported")
        self.assertEqual(verdicts["C11"], "contradicted")
        self.assertEqual(verdicts["C4"], "not tested")

    def test_turn_with_the_numbers(self):
        verdicts = self.verdicts(self.with_adam(first=0.3, ns=20000))
        self.assertEqual(verdicts["C8"], "contradicted")
        self.assertEqual(verdicts["C11"], "supported")

    def test_one_seed_decides_nothing(self):
        verdicts = self.verdicts(seeds=(1,))
        self.assertNotIn("supported", verdicts.values())
        self.assertNotIn("contradicted", verdicts.values())

    def test_missing_times_decide_nothing_about_speed(self):
        folder = self.write("article-intended", sample.INTENDED, seeds=(1, 2))
        (folder / "timing.csv").unlink()
        loaded, module = self.findings(folder)
        verdicts = {code: verdict for code, _, verdict, _ in module.judged(loaded)}
        self.assertEqual(verdicts["C11"], "not tested")
        self.assertIn("timing.csv holds no finished epoch: speed is not reported.",
                      loaded.notices)

    def test_findings_survive_any_diverged_arm(self):
        sample.publish_images(self.facts)
        sample.publish_curves(self.facts)
        for name, arms in (("article-intended", sample.INTENDED), ("article-losses", sample.LOSSES),
                           ("article-optimizers", sample.OPTIMIZERS), ("mine", sample.LOSSES)):
            for label, epoch in [(arm[0], epoch) for arm in arms for epoch in (1, 2)]:
                with self.subTest(f"{name}, {label} in epoch {epoch}"):
                    folder = sample.write(self.scratch / f"{name} {label} {epoch}", name, arms,
                                          seeds=(1, 2), diverge=[(label, epoch)])
                    loaded, module = self.findings(folder)
                    self.assertTrue(module.headline(loaded) and module.findings(loaded))


class Complaints(Folder):
    def test_no_such_folder(self):
        self.assert_complaint(self.scratch / "nothing", "no manifest.json")

    def test_empty_folder(self):
        (self.scratch / "empty").mkdir()
        self.assert_complaint(self.scratch / "empty", "expected a folder that `lossgrid run` wrote")

    def test_no_rows(self):
        folder = self.write()
        sample.write_csv(folder / "trace.csv", [sample.TRACE])
        self.assert_complaint(folder, "no row yet")

    def test_missing_column(self):
        folder = self.write()
        sample.edit(folder / "trace.csv",
                    lambda row: {k: v for k, v in row.items() if k != "epoch"})
        self.assert_complaint(folder, "trace.csv: column 'epoch' is missing; found: cell, loss")

    def test_row_cut_short(self):
        folder = self.write()
        text = (folder / "trace.csv").read_text()
        (folder / "trace.csv").write_text(text[:-100])
        self.assert_complaint(folder, "trace.csv:10: 19 fields, expected 20")

    def test_text_where_a_number_belongs(self):
        folder = self.write()
        sample.edit(folder / "trace.csv", lambda row: row | {"train_mse": "much"})
        self.assert_complaint(folder, "trace.csv:2: train_mse is 'much', expected a number")

    def test_epoch_twice(self):
        folder = self.write()
        sample.edit(folder / "trace.csv", lambda row: row | {"epoch": "1"})
        self.assert_complaint(folder, "trace.csv:3: a second row of abs-s0, epoch 1")

    def test_manifest_that_is_none(self):
        folder = self.write()
        (folder / "manifest.json").write_text("[]")
        self.assert_complaint(folder, "manifest.json: not a manifest")

    def test_image_of_another_size(self):
        folder = self.write()
        sample.Image.new("L", (10, 10)).save(folder / "images" / "mse-s0" / "01.png")
        self.assert_complaint(folder, "01.png: 10 x 10 pixels, expected 28 x 28")

    def test_what_is_missing_or_changed_is_said(self):
        folder = self.write(manifest={"trace_sha256": "0" * 64})
        sample.edit(folder / "trace.csv", lambda row: None if row["cell"] == "abs-s0" or (
            row["cell"], row["epoch"]) == ("mse-s0", "3") else row)
        (folder / "images" / "mse-s0" / "01.png").unlink()
        manifest = json.loads((folder / "manifest.json").read_text())
        manifest["spec"]["overrides"] = ["epochs=3"]
        (folder / "manifest.json").write_text(json.dumps(manifest))
        notices = "\n".join(results.load(folder).notices)
        for words in ("1 of 3 runs are missing:** `abs-s0`", "`mse-s0` has 2",
                      "1 image not in this folder: the digests in trace.csv replace them: "
                      "mse-s0/01.png", "overridden: `epochs=3`",
                      "not the file whose digest"):
            self.assertIn(words, notices)

    def test_unknown_option_is_bad_usage(self):
        done = subprocess.run([sys.executable, REPORTS / "report.py", "--fast"],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)


class Parts(unittest.TestCase):
    def test_t_quantiles(self):
        # Two-sided 95 % points as printed in every table of the t distribution.
        for degrees, expected in ((1, 12.706), (2, 4.303), (4, 2.776), (9, 2.262), (30, 2.042)):
            self.assertAlmostEqual(stats.t_quantile(degrees), expected, 3)

    def test_ratio_is_paired_by_seed(self):
        def arm(**values):
            cells = [results.Cell("", "", "", "", int(k[1:]), series={"v": [v]}, epochs=[1],
                                  complete=True) for k, v in values.items()]
            return results.Arm("", "", "", cells)

        def measure(cell):
            return cell.final("v")

        low, mean, high = stats.ratio_interval(arm(s1=2.0, s2=40.0, s3=6.0), arm(s2=20.0, s1=1.0),
                                               measure)
        self.assertAlmostEqual(low, 2)
        self.assertAlmostEqual(mean, 2)
        self.assertAlmostEqual(high, 2)
        self.assertIsNone(stats.ratio_interval(arm(s1=1.0), arm(s2=1.0), measure))

    def test_gnuplot_and_matplotlib_share_a_palette(self):
        text = (REPORTS / "style.gp").read_text()
        colours = re.search(r"array colours\[\d+\] = \[(.*)\]", text).group(1)
        self.assertEqual(re.findall(r'"(.*?)"', colours), style.COLOURS)
        markers = re.search(r"array markers\[(\d+)\]", text).group(1)
        self.assertEqual(int(markers), len(style.MARKERS))

    def test_every_figure_says_what_it_is(self):
        for path in [*REPORTS.glob("figures/*.py"), *REPORTS.glob("figures/*.gp")]:
            with self.subTest(path.name):
                self.assertRegex(path.name, r"^\d\d-[a-z-]+\.(py|gp)$")
                first = path.read_text().splitlines()[0]
                self.assertRegex(first, r'^("""|# )[A-Z]')


if __name__ == "__main__":
    unittest.main()
