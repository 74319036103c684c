"""The rule of reports/verdict.py is that of harness/stats/verdict.c: one table for both."""
import csv
import sys
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "reports"))

import verdict  # noqa: E402  (the path comes first)


class Table(unittest.TestCase):
    def rows(self):
        with open(TOP / "tests/golden/verdicts.csv", newline="") as file:
            return list(csv.DictReader(file))

    def test_it_is_that_of_the_table(self):
        rows = self.rows()
        self.assertGreaterEqual(len(rows), 16)
        for row in rows:
            with self.subTest(**row):
                found = verdict.of_interval(*(float(row[c]) for c in ("low", "high", "floor")))
                self.assertEqual(found, row["verdict"])

    def test_none_is_unknown(self):
        self.assertEqual(verdict.of_interval(None, None, 0.1), verdict.UNDECIDED)
        self.assertEqual(verdict.of_interval(1.5, 1.6, None), verdict.UNDECIDED)

    def test_every_word_but_that_of_a_refusal_is_in_the_table(self):
        self.assertEqual({row["verdict"] for row in self.rows()}, set(verdict.VERDICTS[:-1]))


if __name__ == "__main__":
    unittest.main()
