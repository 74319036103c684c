"""What a report says of a choice, where the choice is known."""

import csv
import json
import sys
import tempfile
import unittest
from pathlib import Path

import described
import sample

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "reports"))

import report  # noqa: E402
import tuning  # noqa: E402
from results import Unavailable, load  # noqa: E402

# group, id, chosen level, value, lead, trials, diverged, edge
CHOSEN = (("mse sgd", "a" * 12, "0.1", 0.5, 0.25, 3, 0, ""),
          ("mse adagrad", "b" * 12, "1", 0.25, 0.125, 3, 1, "optimizer.lr=1 is the largest tried"))


def write_rows(path, columns, rows):
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def tune(folder, chosen=CHOSEN):
    """Add what `tune` leaves to a result folder."""
    schema = json.loads((folder / "schema.json").read_text())
    for name in ("tuned.csv", "tried.csv"):
        schema[name] = described.KNOWN[name]
    (folder / "schema.json").write_text(json.dumps(schema))
    write_rows(folder / "tuned.csv", described.header("tuned.csv"), [
        {"group": group, "id": key, "label": group, "levels": f"optimizer.lr={level}", "edge": edge,
         "metric": "validation_mse", "better": "lower", "trials": trials, "trial_seeds": 1,
         "diverged": diverged, "value": value, "lead": lead, "ties": 0, "final_seeds": 1,
         "final_diverged": 0}
        for group, key, level, value, lead, trials, diverged, edge in chosen])
    levels, tried = [], []
    for group, key, level, value, lead, trials, diverged, _ in chosen:
        for i in range(trials):
            own = key if i == 0 else f"{key[:11]}{i}"
            levels.append({"id": own, "optimizer.lr": float(level) / 10 ** i})
            lost = i >= trials - diverged
            tried.append({"group": group, "id": own, "label": f"{group} {i}", "seeds": 1,
                          "diverged": int(lost), "value": "" if lost else value + i * lead,
                          "chosen": "no" if i else "yes"})
    write_rows(folder / "tried.csv", described.header("tried.csv"), tried)
    (folder / "trials").mkdir()
    write_rows(folder / "trials" / "configurations.csv", ["id", "optimizer.lr"], levels)


class TuningTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        sample.write(self.folder, name="tuned")

    def test_a_run_without_tuning_says_nothing_of_it(self):
        self.assertEqual(tuning.section(load(self.folder)), "")

    def test_what_was_chosen_and_what_lies_at_an_edge(self):
        tune(self.folder)
        text = tuning.section(load(self.folder))
        self.assertIn("the best of 3 trials by `validation_mse`", text)
        self.assertIn("| mse sgd | optimizer.lr=0.1 | 0.5 | 0.25 | 0 |  |", text)
        self.assertIn("| mse adagrad | optimizer.lr=1 | 0.25 | 0.125 | 1 | optimizer.lr=1 is the "
                      "largest tried |", text)
        self.assertIn("1 choice of 2 lie at an edge", text)

    def test_unequal_budgets_are_seen(self):
        tune(self.folder, (CHOSEN[0], (*CHOSEN[1][:5], 2, 0, "")))
        self.assertIn("2 to 3 trials (**not the same for all**)", tuning.section(load(self.folder)))

    def test_the_figure_has_a_panel_for_each_group_and_every_trial(self):
        tune(self.folder)
        figure = report.load_module(ROOT / "reports" / "figures" / "25-trials.py").draw(
            load(self.folder))
        self.assertEqual([a.get_title() for a in figure.axes], ["mse sgd", "mse adagrad"])
        curve, chosen, lost = figure.axes[1].get_lines()
        self.assertEqual([list(curve.get_xdata()), list(chosen.get_xdata())], [[0.1, 1.0], [1.0]])
        self.assertEqual(list(lost.get_xdata()), [0.01])

    def test_several_factors_have_no_place_in_the_figure(self):
        tune(self.folder, (CHOSEN[0], ("mse adagrad", "b" * 12, "1 batch=32", 1, 1, 1, 0, "")[:2]
                           + ("1", 0.25, 0.125, 3, 0, "")))
        path = self.folder / "tuned.csv"
        path.write_text(path.read_text().replace("optimizer.lr=1,", "optimizer.lr=1 batch=32,"))
        with self.assertRaises(Unavailable):
            report.load_module(ROOT / "reports" / "figures" / "25-trials.py").draw(
                load(self.folder))


if __name__ == "__main__":
    unittest.main()
