"""Figures for 1 to 100 arms and 1 to 30 epochs, and who is on the front.

    /usr/bin/python3 -m unittest discover -s tests/reports
"""

import contextlib
import io
import itertools
import math
import random
import re
import shutil
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path
from unittest import mock

sys.dont_write_bytecode = True
REPORTS = Path(__file__).resolve().parents[2] / "reports"
sys.path[:0] = [str(REPORTS), str(Path(__file__).resolve().parent)]

import contact_sheets  # noqa: E402
import curves  # noqa: E402
import drawing  # noqa: E402
import front  # noqa: E402
import quality  # noqa: E402
import report  # noqa: E402
import results  # noqa: E402
import sample  # noqa: E402
import style  # noqa: E402

LEAST_PIXELS = 180  # of a panel, either way


class Box:
    """Where a text of an SVG by gnuplot stands."""

    def __init__(self, text, x, y, size):
        self.text, self.top, self.bottom = text, y - size, y
        self.left, self.right = x, x + style.text_width(text, size)

    def overlaps(self, other):
        return (min(self.right, other.right) - max(self.left, other.left) > 1
                and min(self.bottom, other.bottom) - max(self.top, other.top) > 1)


def gnuplot_texts(svg):
    found = []
    for group in ElementTree.parse(svg).iter("{http://www.w3.org/2000/svg}g"):
        place = re.match(r"translate\(([\d.-]+),([\d.-]+)\)", group.get("transform", ""))
        for text in group.findall("{http://www.w3.org/2000/svg}text"):
            if place and group.get("text-anchor") == "start":
                found.append(Box("".join(text.itertext()), float(place[1]), float(place[2]),
                                 float(group.get("font-size"))))
    return found


class Drawn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.scratch)
        patch = mock.patch.object(drawing, "ENDINGS", ("svg",))
        patch.start()
        cls.addClassCleanup(patch.stop)

    def report(self, task, arms, epochs, seeds=3):
        """(results, folder of the report, report.md) of made-up runs; made once."""
        folder = self.scratch / f"{task}-{arms}-{epochs}-{seeds}"
        if not folder.exists():
            contact_sheets.write(folder, task, arms, epochs, seeds, images=False)
            with contextlib.redirect_stdout(io.StringIO()):
                self.assertEqual(report.main([str(folder)]), 0)
        return (results.load(folder), folder / "report",
                (folder / "report" / "report.md").read_text(encoding="utf-8"))

    def test_every_task_has_every_figure(self):
        for task, metric in (("classify", "accuracy"), ("reconstruct", "mse")):
            _, folder, text = self.report(task, 3, 5)
            for name in ("training-curves", "test-curves", "speed-quality", "final-values"):
                self.assertTrue((folder / f"{name}.svg").is_file(), (task, name))
            self.assertIn(f"test {metric}", (folder / "test-curves.svg").read_text())
            self.assertIn(f"test {metric}", (folder / "speed-quality.svg").read_text())
            self.assertNotIn(" failed: ", text)

    def test_curves_name_every_arm_once_and_nothing_overlaps(self):
        for arms, epochs in ((1, 2), (3, 5), (8, 5), (26, 5), (100, 5)):
            loaded, folder, _ = self.report("classify", arms, epochs)
            for part in ("train", "test"):
                panels, _ = curves.plan(loaded, part)
                svg = folder / f"{'training' if part == 'train' else 'test'}-curves.svg"
                boxes = gnuplot_texts(svg)
                counts = Counter(box.text for box in boxes)
                for arm in loaded.arms:
                    times = sum(arm in panel.arms for panel in panels)
                    self.assertEqual(counts[arm.name], times, (arms, arm.name))
                    self.assertEqual(times, len(panels) if arms <= curves.ABREAST else 1)
                for a, b in itertools.combinations(boxes, 2):
                    self.assertFalse(a.overlaps(b), (arms, a.text, b.text))
                for box in boxes:
                    self.assertLessEqual(box.right, curves.WIDTH + 1, box.text)

    def test_panels_keep_their_size_and_their_colours_apart(self):
        for arms in (1, 3, 8, 26, 100):
            loaded, folder, _ = self.report("classify", arms, 5)
            panels, _ = curves.plan(loaded, "test")
            curves.layout(panels)
            for panel in panels:
                self.assertGreaterEqual(min(panel.box[2:]), LEAST_PIXELS)
                self.assertLessEqual(len(panel.arms), len(style.COLOURS))
            script = (folder / "test-curves.gp").read_text(encoding="utf-8")
            for commands in script.split("\nplot ")[1:]:
                types = re.findall(r"linespoints linetype (\d+)", commands)
                self.assertEqual(len(types), len(set(types)))

    def test_names_as_long_as_can_be_stay_in_the_picture(self):
        for length in (20, 60, 119):
            arms = [results.Arm("", "mse", "sgd", name=f"{i}" + "W" * length) for i in range(20)]
            panels = [curves.Panel("p", "c", arms[:8]), curves.Panel("q", "c", arms[8:16]),
                      curves.Panel("r", "c", arms[16:])]
            _, beside = curves.layout(panels)
            for panel in panels:
                panel.better_high = False
                curves.place_names(panel, {id(a): 1.0 for a in arms}, (0.5, 2.0, False), beside)
                for arm, x, _, size in panel.labels:
                    self.assertLessEqual(x + 14 + style.text_width(arm.name, size), curves.WIDTH)
                self.assertGreaterEqual(min(panel.box[2:]), LEAST_PIXELS)

    def test_one_epoch_is_no_curve_and_the_report_says_so(self):
        _, folder, text = self.report("classify", 3, 1, seeds=1)
        self.assertFalse((folder / "test-curves.svg").exists())
        self.assertIn("Test curves: a curve needs two epochs", text)
        self.assertTrue((folder / "final-values.svg").is_file())

    def test_final_values_are_in_order_and_stand_apart(self):
        for arms in (3, 26, 100):
            loaded, folder, _ = self.report("classify", arms, 5)
            column = quality.primary(loaded)
            self.assertEqual(column, "test_accuracy")
            places = {}
            for node in ElementTree.parse(folder / "final-values.svg").iter():
                if node.tag.endswith("}text") and node.get("style"):
                    y = re.search(r"translate\([\d.-]+ ([\d.-]+)\)", node.get("transform") or "")
                    y = float(y[1]) if y else float(node.get("y", "nan"))
                    places.setdefault("".join(node.itertext()), y)
            order = [places[arm.name] for arm in quality.ordered(loaded, column)]
            self.assertEqual(order, sorted(order))
            self.assertGreater(min(b - a for a, b in zip(order, order[1:])), 8)
            whole = [a for a in loaded.arms if len(quality.finals(a, column)) == len(a.cells)]
            best = max(whole, key=lambda arm: quality.finals(arm, column).mean())
            self.assertEqual(quality.ordered(loaded, column)[0], best)

    def test_diverged_arms_are_seen(self):
        loaded, folder, _ = self.report("classify", 26, 5)
        svg = (folder / "final-values.svg").read_text()
        self.assertIn("1/3 ×", svg)   # of arm 25 one seed diverged
        self.assertIn("3/3 ×", svg)   # of arm 12 all
        self.assertIn(">diverged<", svg)
        crosses = (folder / "test-curves.gp").read_text().count("pointtype 2")
        self.assertGreaterEqual(crosses, sum(bool(c.diverged_at) for c in loaded.cells))

    def test_planes_of_many_networks_are_some_that_are_named(self):
        """100 panels side by side were 3.2 MB and none could be read."""
        folder = self.scratch / "planes"
        contact_sheets.write(folder, "classify", 100, 1, 1, images=False)
        for name in ("trace.csv", "timing.csv"):
            sample.edit(folder / name, lambda row: row | {"dataset": "xor"})
        rng, header = random.Random(1), ["cell", "layer", "activation", "output", "input",
                                           "value"]
        table = [header]
        for number in range(100):
            if number == 3:
                continue  # one that has not finished
            rows = [[1, "tanh", o, i, rng.gauss(0, 2)] for o in (1, 2, 3) for i in ("", 1, 2)]
            rows += [[2, "identity", 1, i, rng.gauss(0, 2)] for i in ("", 1, 2, 3)]
            table += [[f"arm-{number}-s1", *row] for row in rows]
        sample.write_csv(folder / "parameters.csv", table)
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(report.main([str(folder)]), 0)
        svg = folder / "report" / "boundary.svg"
        self.assertLess(svg.stat().st_size, 1_000_000)
        self.assertEqual(len(re.findall(r'id="axes_\d+"', svg.read_text())), 12)
        self.assertRegex((folder / "report" / "report.md").read_text(),
                         "12 of (98|99) arms are shown, evenly from the best to the worst")

    def test_the_same_bytes_again(self):
        _, folder, _ = self.report("classify", 26, 5)
        with contextlib.redirect_stdout(io.StringIO()):
            report.main([str(folder.parent), "--out", str(self.scratch / "again")])
        for path in folder.glob("*"):
            self.assertEqual(path.read_bytes(), (self.scratch / "again" / path.name).read_bytes(),
                             path.name)


class Front(unittest.TestCase):
    """Arms whose true time and badness are known."""

    def draw(self, truth, seed, seeds=5, noise=0.02):
        rng = random.Random(seed)
        return [{s: (t * rng.lognormvariate(0, noise), q + rng.gauss(0, noise)) for s in
                 range(seeds)} for t, q in truth]

    def test_a_known_front(self):
        truth = [(1, 1.0), (2, 0.5), (4, 0.2), (4.5, 0.9), (3, 1.2)]
        words = front.statuses(self.draw(truth, 1), "abcde")
        self.assertEqual(words, [front.ON, front.ON, front.ON, front.OFF, front.OFF])

    def test_equal_arms_have_the_same_word(self):
        for seed in range(150):
            truth = [(1, 0.6), (1.2, 0.5), (1.2, 0.5), (2.5, 0.46), (1.25, 0.52)]
            words = front.statuses(self.draw(truth, seed, seeds=random.Random(seed).randint(2, 8),
                                             noise=0.03), ["s", "a", "a", "b", "c"])
            self.assertEqual(words[1] == words[2] or self.distinguished(truth, seed), True, seed)

    def distinguished(self, truth, seed):
        """By chance: equal arms differ at the 1 % that the rule allows."""
        points = self.draw(truth, seed, seeds=random.Random(seed).randint(2, 8), noise=0.03)
        return not front.Pairs(points).alike(1, 2)

    def test_one_arm_under_two_names_is_not_distinguished(self):
        """The same bits, timed twice, as in the replay of the optimizers."""
        for seed in range(60):
            rng = random.Random(seed)
            good = {s: 0.3 + rng.gauss(0, 0.01) for s in range(3)}
            points = [{s: (2 * rng.lognormvariate(0, 0.05), v) for s, v in good.items()}
                      for _ in range(2)]
            points.append({s: (1 * rng.lognormvariate(0, 0.05), 0.5 + rng.gauss(0, 0.01))
                           for s in range(3)})
            words = front.statuses(points, ["a", "a", "b"])
            self.assertEqual(words[:2], [front.MAYBE, front.MAYBE])

    def test_arms_that_are_all_alike_are_hardly_ever_called_beaten(self):
        """Each in 5 % of reports at most: 36 of 720, and some for chance."""
        wrong = sum(front.statuses(self.draw([(1, 1)] * 12, seed, seeds=4), range(12))
                    .count(front.OFF) for seed in range(60))
        self.assertLessEqual(wrong, 36 + 12)

    def test_order_of_arms_and_seeds_changes_nothing(self):
        truth = [(1, 1.0), (2, 0.5), (2.1, 0.5), (4.5, 0.9)]
        points = self.draw(truth, 7)
        words = front.statuses(points, "abcd")
        for order in itertools.permutations(range(4)):
            turned = [dict(sorted(points[i].items(), reverse=True)) for i in order]
            self.assertEqual(front.statuses(turned, ["abcd"[i] for i in order]),
                             [words[i] for i in order])

    def test_what_is_not_known_is_not_said(self):
        self.assertEqual(front.statuses([{1: (1, 1)}, {1: (2, 2)}], "ab"), [front.UNKNOWN] * 2)
        self.assertEqual(front.statuses([{}, {1: (1, 1), 2: (1.1, 1)}], "ab")[0], front.NONE)
        self.assertEqual(front.statuses([{1: (1, math.nan), 2: (0, 1)}], "a"), [front.NONE])

    def test_p_is_that_of_the_t_test(self):
        from scipy import stats
        values = [-0.3, 0.1, -0.5, -0.2, 0.05]
        for bound in (0.0, 0.1, -0.2):
            expected = stats.ttest_1samp(values, bound, alternative="less").pvalue
            self.assertAlmostEqual(front.chance_below(values, bound), expected, 12)


class Axes(unittest.TestCase):
    def test_logarithmic_only_where_it_is_legal_and_helps(self):
        for values, log in (((1, 2, 3), False), ((1e-3, 1), True), ((0, 1, 100), False),
                            ((-1, 100), False), ((5,), False), ((0,), False), ((), False),
                            ((math.nan, 1, 1e6), True), ((1e-300, 1e300), True)):
            low, high, found = quality.scale(values)
            self.assertEqual(found, log, values)
            self.assertLess(low, high)
            self.assertTrue(math.isfinite(low) and math.isfinite(high))
            for value in values:
                if math.isfinite(value):
                    self.assertTrue(low <= value <= high, values)

    def test_one_far_out_does_not_squeeze_the_rest(self):
        low, high, _ = quality.scale([-1.0] * 50 + [-2.0] * 50 + [1e9])
        self.assertLess(high, 100)

    def test_places_are_apart(self):
        for seed in range(200):
            rng = random.Random(seed)
            wanted = sorted(rng.choice([rng.uniform(0, 300), 5.0]) for _ in range(rng.randint(1, 17)))
            places = curves.apart(wanted, 0, 300, 17)
            self.assertTrue(all(b - a >= 16.999 for a, b in zip(places, places[1:])))
            self.assertLessEqual(places[-1], 300)
            self.assertGreaterEqual(places[0], -1e-9)

    def test_places_of_unequal_height_are_apart(self):
        for seed in range(200):
            rng = random.Random(seed)
            sizes = [rng.choice([10, 20]) for _ in range(rng.randint(1, 14))]
            wanted = sorted(rng.choice([rng.uniform(0, 300), 5.0]) for _ in sizes)
            gaps = [(a + b) / 2 for a, b in zip([0, *sizes], sizes)]
            places = curves.apart(wanted, sizes[0] / 2, 300 - sizes[-1] / 2, gaps)
            for i in range(1, len(places)):
                self.assertGreaterEqual(places[i] - places[i - 1], gaps[i] - 1e-9)
            self.assertGreaterEqual(places[0], sizes[0] / 2 - 1e-9)

    def test_one_long_name_leaves_the_others_in_the_picture(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = contact_sheets.write(Path(scratch) / "r", "classify", 19, 2, 1, images=False)
            loaded = results.load(folder)
            loaded.arms[3].name = "a name of so many words that it has to be broken into two lines"
            figure = report.load_module(
                report.HERE / "figures" / "40-speed-quality.py").draw(loaded)
        axes = figure.axes[0]
        names = [t for t in axes.texts if t.get_text()]
        self.assertGreater(len(names), 15)  # one diverged
        self.assertTrue(all(-0.05 <= t.get_position()[1] <= 1.05 for t in names),
                        [t.get_position()[1] for t in names])

    def test_a_choice_among_many_has_the_best_and_the_worst(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = contact_sheets.write(Path(scratch) / "r", "classify", 100, 1, 1, images=False)
            loaded = results.load(folder)
        kept, words = quality.spread(loaded, loaded.arms, 12)
        order = quality.ordered(loaded, "test_accuracy")
        self.assertEqual((kept[0], kept[-1], len(kept)), (order[0], order[-1], 12))
        self.assertIn("12 of 100 arms are shown", words)
        self.assertEqual(quality.spread(loaded, loaded.arms[:5], 12), (loaded.arms[:5], ""))


if __name__ == "__main__":
    unittest.main()
