"""The committed reference: it can be reported on, and its digests replace images that are not
committed."""
import collections
import csv
import re
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
REFERENCE = TOP / "results/reference/article-losses"
sys.path.insert(0, str(TOP / "reports"))

import published  # noqa: E402  (the path comes first)
import results  # noqa: E402


class Reference(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / "article-losses"
        self.folder.mkdir()
        for name in ("manifest.json", "schema.json", "trace.csv", "timing.csv"):
            shutil.copy(REFERENCE / name, self.folder)

    def verdicts(self):
        return collections.Counter(published.compare_images(results.load(self.folder)).values())

    def change(self, digests):
        path = self.folder / "trace.csv"
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        for row, digest in zip(rows, digests):
            row["image_sha256"] = digest
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def test_every_published_image_is_equal_by_its_digest(self):
        self.assertEqual(self.verdicts(), {published.EQUAL: 90})

    def test_the_manifest_is_that_of_the_trace(self):
        notices = results.load(self.folder).notices
        self.assertEqual(len(notices), 1, notices)
        self.assertIn("90 images not in this folder", notices[0])

    def test_another_digest_is_another_image_and_none_is_missing(self):
        self.change(["0" * 64, ""])
        self.assertEqual(self.verdicts(), {published.EQUAL: 88, published.DIFFERENT: 1,
                                           published.MISSING: 1})

    def test_nothing_in_it_names_a_machine_s_folders(self):
        text = (REFERENCE / "manifest.json").read_text()
        self.assertEqual(set(re.findall(r'"/[^"]*"', text)) - {'"/sys"'}, set())


if __name__ == "__main__":
    unittest.main()
