"""Rankings and winners, on results whose best arm is known.

    /usr/bin/python3 -m unittest discover -s tests/reports -p test_ranking.py
"""

import csv
import math
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

sys.dont_write_bytecode = True
REPORTS = Path(__file__).resolve().parents[2] / "reports"
sys.path[:0] = [str(REPORTS), str(Path(__file__).resolve().parent)]

import ranking  # noqa: E402
import report  # noqa: E402
import results  # noqa: E402
import sample  # noqa: E402
import schema  # noqa: E402
import sections  # noqa: E402

ACCURACY = schema.Column("test_accuracy", better="higher", unit="1", minimum=0, maximum=1,
                         metric="accuracy", part="test", ranked=True, primary=True)
ERROR = schema.Column("test_mse", better="lower", minimum=0, metric="mse", part="test",
                      ranked=True, primary=True)
SCORE = schema.Column("test_score", better="higher", metric="score", part="test", ranked=True,
                      primary=True)


def made(values, column=ACCURACY, diverged=(), missing=()):
    """Results of one epoch in memory. values: {label: numbers by seed, from 1}; diverged:
    (label, seed) pairs; missing: labels, once for each run that is not there."""
    arms = []
    for label, numbers in values.items():
        cells = []
        for seed, value in enumerate(numbers, 1):
            broken = (label, seed) in diverged
            cells.append(results.Cell(
                f"{label}-s{seed}", label, "loss", "optimizer", seed, epochs=[] if broken else [1],
                series={column.name: [] if broken else [value]}, diverged_at=int(broken),
                complete=not broken))
        lost = [f"{label}-{i}" for i, name in enumerate(missing) if name == label]
        arms.append(results.Arm(label, "loss", "optimizer", cells, missing=lost))
    results.name_arms(arms)
    return results.Results(
        Path("nowhere"), {"spec": {"name": "mine"}}, "mnist",
        [f"train_{column.metric}", column.name], arms,
        schema=schema.Schema({"trace.csv": {column.name: column}}))


def generic():
    return report.load_module(REPORTS / "findings" / "generic.py")


def verdict(values, column=ACCURACY, **keywords):
    """(labels in order, labels of the best, the winner's label or None)"""
    ranked = ranking.rank(made(values, column, **keywords), column.name)
    return ([s.label for s in ranked.standings], {s.label for s in ranked.best},
            ranked.winner and ranked.winner.label)


def alike(random, arms, seeds, spread=0.01):
    """Arms that differ in nothing: each seed has an effect of its own, shared by all."""
    shared = random.normal(0, spread, seeds)
    return {f"arm {i}": list(0.5 + shared + random.normal(0, spread, seeds))
            for i in range(arms)}


def winners(simulate, column=SCORE, times=1000, comparisons=1):
    """How often a winner is named among arms that are all alike."""
    named = 0
    for _ in range(times):
        ranked = ranking.rank(made(simulate(), column), column.name, comparisons)
        named += ranked.winner is not None
    return named


class Direction(unittest.TestCase):
    ISSUE = {f"arm {i:02d}": [0.1131 + 0.01 * i + 0.002 * (s * 7 % 3 - 1) for s in range(3)]
             for i in range(23)} | {"the good one": [0.937, 0.938, 0.939]}

    def test_24_arms_of_3_seeds_the_highest_accuracy_is_best(self):
        loaded = made(self.ISSUE)
        order, _, winner = verdict(self.ISSUE)
        self.assertEqual(order[0], "the good one")
        self.assertEqual(winner, "the good one")
        self.assertTrue(generic().headline(loaded).startswith(
            "Highest test_accuracy after 1 epoch: 0.9380, the good one, better than the other "
            "23 arms by more than chance."), generic().headline(loaded))
        row = next(line for line in generic().findings(loaded).splitlines()
                   if line.startswith("| `test_accuracy`"))
        self.assertIn("| higher is better | the good one | 0.9380", row)

    def test_lower_is_better_where_the_schema_says_so(self):
        values = {label: [1 - v for v in numbers] for label, numbers in self.ISSUE.items()}
        self.assertEqual(verdict(values, ERROR)[0][0], "the good one")
        self.assertIn("Lowest test_mse after 1 epoch: 0.06200, the good one",
                      generic().headline(made(values, ERROR)))

    def test_a_metric_negated_with_its_direction_gives_the_same_verdicts(self):
        negated = schema.Column("test_x", better="lower", metric="x", ranked=True)
        random = np.random.default_rng(3)
        for seeds in (1, 2, 3, 6):
            for _ in range(20):
                values = {label: list(np.array(v) + 0.004 * i) for i, (label, v) in
                          enumerate(alike(random, 5, seeds).items())}
                other = {label: [-v for v in numbers] for label, numbers in values.items()}
                self.assertEqual(verdict(values, SCORE), verdict(other, negated))

    def test_order_and_names_of_arms_change_nothing(self):
        random = np.random.default_rng(4)
        for seeds in (1, 3, 5):
            values = {label: list(np.array(v) + 0.005 * i) for i, (label, v) in
                      enumerate(alike(random, 7, seeds).items())}
            expected = verdict(values, SCORE)
            labels = list(values)
            for _ in range(10):
                random.shuffle(labels)
                self.assertEqual(verdict({x: values[x] for x in labels}, SCORE), expected)
            names = {label: f"other {i}" for i, label in enumerate(labels)}
            renamed = verdict({names[x]: v for x, v in values.items()}, SCORE)
            self.assertEqual(renamed[0], [names[x] for x in expected[0]])
            self.assertEqual(renamed[1], {names[x] for x in expected[1]})

    def test_without_a_schema_nothing_is_ranked_and_nothing_guessed(self):
        for column in ("test_accuracy", "test_mse", "train_nll"):
            loaded = made({"a": [0.1, 0.2], "b": [0.3, 0.4]},
                          schema.Column(column, metric=column[5:]))
            loaded.schema = schema.Schema({}, missing=True)
            self.assertEqual(ranking.rank(loaded, column).standings, [])
            self.assertEqual(generic().headline(loaded), "Nothing is ranked: there is no "
                             "schema.json to say which way is better.")
            self.assertIn("not ranked: there is no schema.json", generic().findings(loaded))

    def test_a_column_outside_its_domain_is_not_ranked(self):
        column = schema.Column("train_loss", better="none", metric="loss", part="train",
                               reason="nll takes log-probabilities")
        ranked = ranking.rank(made({"a": [-4.1, -4.0], "b": [-3.0, -3.1]}, column), column.name)
        self.assertEqual(ranked.standings, [])
        self.assertEqual(ranked.reason, "nll takes log-probabilities")

    def test_a_value_that_the_metric_cannot_have_does_not_win(self):
        order, best, _ = verdict({"a": [0.5, 0.51, 0.5], "b": [-4.1, -4.2, -4.0],
                                  "c": [0.6, 0.61, 0.62]}, ERROR)
        self.assertEqual(order, ["a", "c", "b"])
        self.assertNotIn("b", best)


class Winners(unittest.TestCase):
    """A/A: arms that are all alike. Each draw is a report; 5 % of them may name a winner, and
    a count may exceed 5 % by three standard deviations of its own."""

    def assert_rare(self, named, times):
        most = ranking.LEVEL * times + 3 * math.sqrt(ranking.LEVEL * (1 - ranking.LEVEL) * times)
        self.assertLessEqual(named, most, f"{named} of {times}")

    def test_identical_arms_rarely_give_a_winner(self):
        for arms, seeds in ((2, 3), (3, 3), (8, 3), (8, 5), (16, 4), (24, 3), (24, 5)):
            with self.subTest(arms=arms, seeds=seeds):
                random = np.random.default_rng(arms * 100 + seeds)
                self.assert_rare(winners(lambda: alike(random, arms, seeds)), 1000)

    def test_nor_where_values_are_coarse_or_skewed(self):
        random = np.random.default_rng(11)
        shapes = {
            "shares of 100 samples": (ACCURACY, lambda n: random.binomial(100, 0.9, n) / 100),
            "shares of 1000 samples": (ACCURACY, lambda n: random.binomial(1000, 0.95, n) / 1000),
            "log-normal": (ERROR, lambda n: np.exp(random.normal(0, 1, n))),
            "uniform": (SCORE, lambda n: random.random(n)),
        }
        for name, (column, draw) in shapes.items():
            for arms, seeds in ((2, 2), (2, 4), (8, 3), (12, 5)):
                with self.subTest(name, arms=arms, seeds=seeds):
                    self.assert_rare(winners(lambda: {f"arm {i}": list(draw(seeds))
                                                      for i in range(arms)}, column, 500), 500)

    def test_nor_do_several_metrics_together(self):
        random = np.random.default_rng(14)
        for arms, seeds, metrics in ((2, 3, 3), (4, 4, 6)):
            named = 0
            for _ in range(1000):
                named += any([ranking.rank(made(alike(random, arms, seeds), SCORE), SCORE.name,
                                           metrics).winner for _ in range(metrics)])
            self.assert_rare(named, 1000)

    def test_the_truly_best_is_seldom_left_out(self):
        random = np.random.default_rng(12)
        lost = 0
        for _ in range(1000):
            values = alike(random, 8, 4)
            values["arm 3"] = [v + 0.003 for v in values["arm 3"]]
            lost += "arm 3" not in verdict(values, SCORE)[1]
        self.assert_rare(lost, 1000)

    def test_an_injected_effect_is_found(self):
        random = np.random.default_rng(13)
        for arms, seeds, effect in ((2, 5, 0.06), (8, 5, 0.06), (24, 5, 0.07), (24, 3, 0.3)):
            found = 0
            for _ in range(100):
                values = alike(random, arms, seeds)
                values["arm 1"] = [v + effect for v in values["arm 1"]]
                found += verdict(values, SCORE)[2] == "arm 1"
            self.assertGreaterEqual(found, 90, f"{arms} arms, {seeds} seeds")

    def test_arms_that_cannot_be_distinguished_are_named_together(self):
        values = {"a": [0.90, 0.92, 0.91, 0.93, 0.90], "b": [0.91, 0.90, 0.92, 0.92, 0.90],
                  "c": [0.10, 0.12, 0.11, 0.13, 0.12]}
        order, best, winner = verdict(values)
        self.assertEqual((order, best, winner), (["a", "b", "c"], {"a", "b"}, None))
        loaded = made(values)
        self.assertIn("which the seeds cannot tell from 1 of the other 2 arms",
                      generic().headline(loaded))
        self.assertIn("| b |", generic().findings(loaded).splitlines()[2])

    def test_metrics_share_the_level(self):
        values = {"a": [0.90, 0.92, 0.91, 0.93], "b": [0.91, 0.94, 0.92, 0.95]}
        loaded = made(values)
        one, three = (ranking.rank(loaded, ACCURACY.name, n) for n in (1, 3))
        self.assertAlmostEqual(three.p, 3 * one.p)
        self.assertAlmostEqual(three.standings[1].p, 3 * one.standings[1].p)
        self.assertEqual([one.p], [s.p for s in one.standings[1:]])

    def test_one_seed_decides_nothing(self):
        order, _, winner = verdict({"a": [0.1], "b": [0.9]})
        self.assertEqual((order, winner), (["b", "a"], None))
        self.assertIn("undecided (one seed cannot say)",
                      generic().headline(made({"a": [0.1], "b": [0.9]})))

    def test_seeds_that_change_nothing_decide_nothing(self):
        self.assertIsNone(verdict({"a": [0.1, 0.1], "b": [0.2, 0.2]})[2])

    def test_disjoint_seeds_decide_nothing(self):
        loaded = made({"a": [0.1, 0.2], "b": [0.8, 0.9]})
        for cell, seed in zip(loaded.arms[1].cells, (7, 8)):
            cell.seed = seed
        ranked = ranking.rank(loaded, ACCURACY.name)
        self.assertIsNone(ranked.winner)
        self.assertEqual(ranked.undecided, "the arms have no two seeds in common")


class Visible(unittest.TestCase):
    """An arm never vanishes, whatever became of its seeds."""
    VALUES = {"steady": [0.80, 0.81, 0.82], "lucky": [0.95, 0.95, 0.96],
              "other": [0.50, 0.51, 0.50]}

    def test_a_diverged_seed_is_shown_and_ranked_below(self):
        loaded = made(self.VALUES, diverged=[("lucky", 2)])
        order, best, _ = verdict(self.VALUES, diverged=[("lucky", 2)])
        self.assertEqual(order, ["steady", "other", "lucky"])
        self.assertNotIn("lucky", best)
        text = generic().findings(loaded)
        row = next(line for line in text.splitlines() if line.startswith("| 3 |"))
        self.assertIn("| lucky | (0.95", row)
        self.assertIn("1 of 3 seeds diverged", row)
        self.assertIn("1 arm has seeds that diverged or are missing.", generic().headline(loaded))

    def test_more_diverged_seeds_rank_lower_and_all_of_them_last(self):
        self.assertEqual(verdict(
            {"x": [0.9] * 3, "y": [0.8] * 3, "z": [0.7, 0.71, 0.72]},
            diverged=[("x", 1), ("x", 2), ("x", 3), ("y", 1)])[0], ["z", "y", "x"])

    def test_a_diverged_seed_of_every_arm_leaves_no_best(self):
        loaded = made({"a": [0.1, 0.2], "b": [0.3, 0.4]}, diverged=[("a", 1), ("b", 2)])
        self.assertEqual(generic().headline(loaded),
                         "No arm has a value in every seed that ran: nothing is called best.")
        text = generic().findings(loaded)
        for label in ("a", "b"):
            self.assertRegex(text, rf"\| {label} \| \(.*1 of 2 seeds diverged")

    def test_missing_runs_are_shown(self):
        loaded = made({"a": [0.1, 0.2], "b": [0.3, 0.4]}, missing=["b"])
        loaded.absent = [results.Arm("never begun", "", "", [], "never begun", ["n-s1", "n-s2"])]
        text = generic().findings(loaded)
        self.assertRegex(text, r"\| b \| \(.*1 of 3 runs missing or unfinished")
        self.assertRegex(text, r"\| never begun \| – .*2 of 2 runs missing or unfinished")

    def test_a_number_that_is_none_is_shown(self):
        text = generic().findings(made({"a": [0.1, math.inf], "b": [0.3, 0.4]}))
        self.assertRegex(text, r"\| a \| \(.*1 of 2 seeds without a number in the range of acc")


class Written(unittest.TestCase):
    """The report's other sentences about better and worse."""

    def setUp(self):
        self.scratch = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.scratch)

    def write(self, *arguments, **keywords):
        return sample.write(self.scratch / "result", *arguments, **keywords)

    def test_final_values_say_which_way_is_better(self):
        folder = self.write("mine", seeds=(1, 2))
        sample.write_schema(folder, [("mse", "lower"), ("abs", "higher")])
        text = sections.values(results.load(folder))
        self.assertNotIn("less is better", text)
        self.assertIn("`test_mse`, lower is better", text)
        self.assertIn("`test_abs`, higher is better", text)
        self.assertIn("`test_smooth_l1`, direction unknown", text)

    def test_a_mean_over_the_surviving_seeds_says_so(self):
        folder = self.write("mine", seeds=(1, 2, 3))
        sample.edit(folder / "trace.csv", lambda row: None if (
            row["cell"], row["epoch"]) == ("mse-s1", "3") else row)
        row = next(line for line in sections.values(results.load(folder)).splitlines()
                   if line.startswith("| mse"))
        self.assertIn(", 2 of 3 seeds)", row)

    def test_a_diverged_arm_is_neither_better_nor_worse_than_a_constant(self):
        for name, arms in (("article-losses", sample.LOSSES),
                           ("article-optimizers", sample.OPTIMIZERS)):
            label = "SGD" if name == "article-optimizers" else "mse"
            folder = sample.write(self.scratch / name, name, arms, diverge=[(label, 2)])
            loaded = results.load(folder)
            module = report.load_module(REPORTS / "findings" / f"{name}.py")
            text = (module.starved(loaded) if label == "SGD" else module.constant(loaded))[1]
            self.assertNotRegex(text, rf"better[^.]*\b{label}\b")
            self.assertNotIn("ends at", text)
            self.assertRegex(text, "diverged or did not end")

    def test_the_claims_name_the_arms_with_broken_seeds(self):
        folder = self.write("article-intended", sample.INTENDED, seeds=(1, 2, 3),
                            diverge=[("mse adam", 2)])
        module = report.load_module(REPORTS / "findings" / "article-intended.py")
        self.assertIn("seeds that ended: `mse adam` (0 of 3 seeds)",
                      module.findings(results.load(folder)))

    def test_a_claim_about_a_chosen_rival_needs_a_wider_interval(self):
        folder = self.write("article-intended", sample.INTENDED, seeds=(1, 2, 3))
        sample.edit(folder / "trace.csv", lambda row: row | {"test_mse": "0.035"}
                    if row["cell"] == "mse-adagrad-s1" and row["epoch"] == "3" else row)
        module = report.load_module(REPORTS / "findings" / "article-intended.py")
        study = module.Study(results.load(folder))
        one, four = (study.error(study.adagrad, study.adam, among=n) for n in (1, 4))
        self.assertLess(four[0], one[0])
        self.assertGreater(four[2], one[2])
        self.assertEqual(four[1], one[1])

    def test_claims_without_a_schema_are_not_tested(self):
        folder = self.write("article-intended", sample.INTENDED, seeds=(1, 2, 3))
        (folder / "schema.json").unlink()
        module = report.load_module(REPORTS / "findings" / "article-intended.py")
        verdicts = {code: verdict for code, _, verdict, _ in
                    module.judged(results.load(folder))}
        self.assertEqual(verdicts["C8"], "not tested")


class Files(unittest.TestCase):
    """schema.json beside the other files of a folder."""

    def setUp(self):
        self.scratch = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.scratch)
        self.folder = sample.write(self.scratch / "result", "mine", seeds=(1, 2))

    def test_direction_comes_from_the_file(self):
        loaded = results.load(self.folder)
        self.assertEqual(loaded.metric("test_mse").better, "lower")
        self.assertEqual(loaded.metric("test_mse").label, "test mse")
        sample.write_schema(self.folder, [("smooth_l1", "lower"), ("mse", "higher")])
        loaded = results.load(self.folder)
        self.assertEqual(loaded.metric("test_mse").better, "higher")
        self.assertEqual(loaded.primary, "test_smooth_l1")
        self.assertEqual(loaded.metric("test_abs").better, "unknown")

    def test_a_folder_without_it_says_so(self):
        (self.folder / "schema.json").unlink()
        loaded = results.load(self.folder)
        self.assertIn("There is no schema.json", "\n".join(loaded.notices))
        self.assertEqual(loaded.metric("test_accuracy").direction, "direction unknown")

    def test_what_was_not_measured_has_its_reason_in_the_notices(self):
        sample.write_schema(self.folder, [("mse", "lower")], [("nll", "it takes logs")])
        self.assertIn("`nll` is not measured: it takes logs.", results.load(self.folder).notices)

    def test_values_beyond_the_range_are_in_the_notices(self):
        sample.edit(self.folder / "trace.csv", lambda row: row | {"test_abs": "-0.5"}
                    if row["cell"] == "mse-s1" and row["epoch"] == "3" else row)
        notices = "\n".join(results.load(self.folder).notices)
        self.assertIn("`test_abs` has values that abs cannot have", notices)
        self.assertIn("`mse-s1`", notices)

    def test_a_run_that_never_began_is_an_arm_of_the_ranking(self):
        with (self.folder / "trace.csv").open(newline="") as file:
            rows = [row for row in csv.reader(file) if row[3] != "abs"]
        sample.write_csv(self.folder / "trace.csv", rows)
        loaded = results.load(self.folder)
        self.assertEqual([arm.label for arm in loaded.absent], ["abs"])
        self.assertIn("| abs | – | – |  | 2 of 2 runs missing or unfinished |",
                      generic().findings(loaded))

    def test_a_damaged_schema_is_refused(self):
        for text, words in (("[]", "not a schema"), ('{"schema": 2}', "expected 1"),
                            ('{"schema": 1, "trace.csv": [{"name": "x"}]}', "not a schema")):
            (self.folder / "schema.json").write_text(text)
            with self.assertRaisesRegex(results.InputError, words):
                results.load(self.folder)


if __name__ == "__main__":
    unittest.main()
