"""Labels of every kind go through whole reports: nothing breaks, and each can be read back.

    /usr/bin/python3 -m unittest discover -s tests/reports
"""

import contextlib
import csv
import io
import json
import random
import re
import shutil
import sys
import subprocess
import tempfile
import unicodedata
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from unittest import mock

from markdown_it import MarkdownIt

sys.dont_write_bytecode = True
REPORTS = Path(__file__).resolve().parents[2] / "reports"
sys.path[:0] = [str(REPORTS), str(Path(__file__).resolve().parent)]

import compare  # noqa: E402
import cost  # noqa: E402
import described  # noqa: E402
import drawing  # noqa: E402
import escape  # noqa: E402
import gradcheck  # noqa: E402
import gradcheck_sample  # noqa: E402
import report  # noqa: E402
import sample  # noqa: E402
import test_compare  # noqa: E402
import timing_sample  # noqa: E402

SEED = 20250101
LABELS = 240  # hostile labels that go through reports, 24 at a time
TOGETHER = 24
READER = MarkdownIt("commonmark").enable("table")

# Each is one thing that some format takes for more than a text.
PIECES = [
    "$", "$$", "\\$", "\\", "\\\\", "\\n", "\\t", "\\042", "%", "%d", "%s", "%g", "%%", "|", "||", "\\|",
    "`", "``", "```", "*", "**", "_", "__", "_x_", "~~", "#", "# ", "- ", "+ ", "1. ", "=", "=cmd|' /C calc'!A0",
    "@SUM(1)", "+1+1", "<i>", "</i>", "<script>", "<!--", "-->", "&", "&amp;", "&#124;", "[x]", "[x](y)", "](",
    "![a](b)", "[^1]", "[ ] ", "]: ", "http://a.b", "www.a.b", "a@b.c", ":-)", ":smile:", "{", "}", "{/Bold x}",
    "^", "^2", "'", "''", '"', '""', ",", ";", ":", "!", "?", "(", ")", "/", "../x", "~", " ", "  ",
    "\n", "\r\n", "\t", "\x07", "\x1b[31m", "\x7f", "\x85", "\xa0", "\xad", "\u200b", "\u200d", "\u200e",
    "\u202e", "\u2066", "\u2069", "\u2028", "\ufeff", "\u2800", "\u3164", "é", "e\u0301", "\u0301", "Z\u0300\u0301\u0302\u0303\u0304",
    "שלום", "العربية", "模型", "日本", "🙂", "👩\u200d💻", "ﬁ", "Ω", "ß", "İ", "NaN", "inf", "1e5", "0", "label", "x", "adam", "lr=0.01",
    "$x^2$", "$\\frac{1}{", "${name}", "$(ls)", "`ls`", "@x", "a_b", "smooth_l1",
]
WHOLE = ["", " ", "   ", "_", "_hidden", "$", "$$", "$a$b", "\n", "\u200b", "\u202eabc", "nolegend", "_nolegend_",
         "x" * 100, "ж" * 50, "W" * 119, "=1+1", "---", "===", "| a | b |", "a\nb", "a\\nb", "a␊b", "same", "same ",
         " same", "sa\u200bme", "é", "e\u0301", "#", "1.", "%", '"', "'", "\\", "NaN", "\\042"]


def hostile(count, seed=SEED):
    """`count` different labels: each of the worst ones, then mixtures."""
    draw, labels = random.Random(seed), dict.fromkeys(WHOLE)
    while len(labels) < count:
        labels["".join(draw.choice(PIECES) for _ in range(draw.randint(1, 7)))[:100]] = None
    return list(labels)[:count]


def texts(svg):
    """Every text of an SVG."""
    return ["".join(node.itertext()) for node in ElementTree.parse(svg).iter()
            if node.tag.endswith("}text")]


def tables(markdown):
    """Tables of a Markdown text as a reader sees them: lists of rows of plain texts."""
    found, inside = [], False
    for token in READER.parse(markdown):
        inside = token.type != "table_close" and (inside or token.type == "table_open")
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type == "inline" and inside:
            found[-1][-1].append("".join(
                t.content for t in token.children if t.type in ("text", "code_inline")))
    return found


def read_back(text):
    """A name as it stands in a cell, without the marks that hold its direction."""
    return text.replace("\u2068", "").replace("\u2069", "").strip()


def raw_widths(markdown):
    """[(columns of the rule, columns of a row)] for every row of every table, counted by bars
    that no backslash takes away, whatever stands between them."""
    lines, out = markdown.splitlines(), []
    for i, line in enumerate(lines):
        if re.fullmatch(r"\|( -+:? \|)+", line):
            for row in lines[i - 1:i] + lines[i + 1:]:
                if not row.startswith("|"):
                    break
                out.append((line.count("|"), len(re.findall(r"(?<!\\)\|", row))))
    return out


class Whole(unittest.TestCase):
    def setUp(self):
        self.scratch = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.scratch)
        patch = mock.patch.object(drawing, "ENDINGS", ("svg",))
        patch.start()
        self.addCleanup(patch.stop)

    def run_report(self, module, folder):
        """The Markdown that it wrote; whatever it says on the terminal has to be harmless."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = module.main([str(folder)])
        self.assertEqual((code, err.getvalue()), (0, ""))
        self.assertNotIn(" failed: ", out.getvalue())
        for character in out.getvalue():
            self.assertTrue(character == "\n" or escape.visible(character) == character
                            or unicodedata.category(character).startswith("M"), repr(character))
        paths = [line for line in out.getvalue().splitlines() if line.endswith(".md")]
        return Path(paths[-1]), Path(paths[-1]).read_text(encoding="utf-8")

    def assert_sound(self, markdown):
        """Tables keep their columns, and nothing that was a text is markup."""
        self.assertTrue(raw_widths(markdown))
        for rule, row in raw_widths(markdown):
            self.assertEqual(rule, row)
        for table in tables(markdown):
            self.assertEqual({len(row) for row in table}, {len(table[0])})
        kinds = {"html_inline": set(), "link_open": set(), "image": set()}
        for token in READER.parse(markdown):
            for child in token.children or ():
                if child.type in kinds:
                    kinds[child.type].add(child.attrGet("href") or child.content)
        self.assertLessEqual(kinds["html_inline"], {"<code>", "</code>", "<summary>", "</summary>",
                                                    "<details>", "</details>"})
        for target in kinds["link_open"]:
            self.assertRegex(target, r"^[a-z-]+\.svg$")

    def assert_drawn(self, svg, labels):
        """Every name is in the figure, on however many lines, which stand one after the other."""
        drawn = "\n".join(texts(svg)).replace("\n", "").replace(" ", "")
        for name in escape.names(labels):
            self.assertIn(name.replace(" ", ""), drawn, svg)

    def assert_names(self, found, labels):
        """Every label's name is there, and no two are the same."""
        names = escape.names(labels)
        self.assertEqual(len(set(names)), len(labels))
        for name in names:
            self.assertIn(name, found)

    def test_reports_of_runs(self):
        labels = hostile(LABELS)
        for start in range(0, len(labels), TOGETHER):
            group = labels[start:start + TOGETHER]
            with self.subTest(seed=SEED, labels=group):
                arms = [(f"arm {i}", "mse", "sgd", 0.1 + i / 100, 15000) for i in range(len(group))]
                folder = sample.write(self.scratch / str(start), "mine", arms, seeds=(1, 2),
                                      epochs=2, images=False)
                for name in ("trace.csv", "timing.csv"):
                    relabel(folder / name, {f"arm {i}": x for i, x in enumerate(group)}, "label")
                path, markdown = self.run_report(report, folder)
                self.assert_sound(markdown)
                first = next(t for t in tables(markdown) if t[0][0] == "arm")
                self.assert_names([read_back(row[0]) for row in first[1:]], group)
                for figure in ("training-curves", "test-curves", "final-values", "speed-quality"):
                    self.assert_drawn(path.parent / f"{figure}.svg", group)

    def test_reports_of_costs(self):
        for seed in range(SEED, SEED + 3):
            with self.subTest(seed=seed):
                folder = timing_sample.write(self.scratch / str(seed), rounds=4, warning=1)
                self.hostile_table(folder / "cost.csv", seed, "label")
                self.hostile_table(folder / "noise.csv", seed, "cell")
                self.hostile_table(folder / "phases.csv", seed, "cell")
                self.hostile_table(folder / "conditions.csv", seed, "condition", "sentence")
                path, markdown = self.run_report(cost, folder)
                self.assert_sound(markdown)
                with (folder / "cost.csv").open(newline="", encoding="utf-8") as file:
                    rows = [r for r in csv.DictReader(file) if r["is_control"] == "0"]
                labels = dict.fromkeys((row["cell"], row["label"]) for row in rows)
                wanted = [label or cell for cell, label in labels]
                table = next(t for t in tables(markdown) if t[0][:2] == ["arm", "step, ns"])
                folded = [t for t in tables(markdown) if t[0][:2] == ["arm", "step, ns"]][-1]
                self.assert_names([read_back(row[0]) for row in table + folded], wanted)
                for figure in ("update-cost", "phases"):
                    self.assert_names(texts(path.parent / f"{figure}.svg"), wanted)

    def test_reports_of_comparisons(self):
        for seed in range(SEED, SEED + 3):
            with self.subTest(seed=seed):
                folder = self.scratch / str(seed)
                folder.mkdir()
                cells = [f"cell {i}" for i in range(18)]
                rows = [test_compare.row(cell, phase, 1 + i / 30)
                        for i, cell in enumerate(cells) for phase in timing_sample.PHASES]
                rows += [test_compare.row(f"gone {i}", "step", None, reason=f"reason {i}")
                         for i in range(6)]
                test_compare.write_csv(folder / "compare.csv", [test_compare.HEADER, *rows])
                described.write(folder)
                facts = test_compare.facts("a", "b")
                (folder / "compare.json").write_text(json.dumps(facts))
                self.hostile_table(folder / "compare.csv", seed, "cell", "reason")
                path, markdown = self.run_report(compare, folder)
                self.assert_sound(markdown)
                with (folder / "compare.csv").open(newline="", encoding="utf-8") as file:
                    wanted = list(dict.fromkeys(r["cell"] for r in csv.DictReader(file)
                                                if r["ratio"]))
                self.assert_names(texts(path.parent / "ratios.svg"), wanted)

    def test_reports_of_gradient_checks(self):
        for seed in range(SEED, SEED + 3):
            with self.subTest(seed=seed):
                folder = gradcheck_sample.write(self.scratch / str(seed))
                texts_of = ("name", "options", "block", "coordinate", "worst", "reason", "message",
                            "fault")
                for file in sorted(folder.glob("*.csv")):
                    self.hostile_table(file, seed, *texts_of)
                self.assert_sound(self.run_report(gradcheck, folder)[1])

    def hostile_table(self, path, seed, *columns):
        """Replace every text of the columns, equal ones by equal ones, the same in each file."""
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        values = dict.fromkeys(row[c] for row in rows for c in columns if row.get(c))
        labels = hostile(max(len(WHOLE), len(values)) + len(WHOLE), seed)
        random.Random(seed).shuffle(labels)
        fitting = [x for x in labels if x.strip()]
        mapping = {old: fitting[i % len(fitting)] for i, old in enumerate(values)}
        for column in columns:
            relabel(path, mapping, column)

    def test_every_text_of_the_manifest(self):
        """Titles, names of machines, flags, paths: one hostile text in each place."""
        for i, label in enumerate(hostile(len(WHOLE) + 12)[::4]):
            with self.subTest(label=label):
                folder = sample.write(self.scratch / str(i), "mine", epochs=1, images=False)
                manifest = json.loads((folder / "manifest.json").read_text())
                replaced = replace_texts(manifest, label)
                (folder / "manifest.json").write_text(json.dumps(replaced))
                self.assert_sound(self.run_report(report, folder)[1])


def relabel(path, mapping, column):
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if column in row:
            row[column] = mapping.get(row[column], row[column])
    timing_sample.write_csv(path, [list(rows[0]), *(list(row.values()) for row in rows)])


def replace_texts(value, text):
    """The same tree with every text replaced, but for those that name files of ours."""
    if isinstance(value, dict):
        return {k: v if k in ("slug", "sha256", "status") else replace_texts(v, text)
                for k, v in value.items()}
    if isinstance(value, list):
        return [replace_texts(v, text) for v in value]
    return text if isinstance(value, str) else value


class Functions(unittest.TestCase):
    """Each function against a reader of its format, or what is known of it."""

    def test_names_can_be_distinguished(self):
        labels = ["a", "a", "a ", "a\u200b", "a (2)", "", " ", "é", "e\u0301", "x" * 200,
                  "x" * 199, "a\nb", "a␊b", "a\\nb"]
        names = escape.names(labels)
        self.assertEqual(len({unicodedata.normalize("NFKC", n) for n in names}), len(labels))
        self.assertEqual(names[0], "a")
        self.assertEqual(names[5], "(blank)")

    def test_nothing_hides(self):
        for text in hostile(400):
            for character in escape.visible(text):
                self.assertNotIn(unicodedata.category(character), escape.HIDDEN - {"Zs"})
            self.assertEqual(escape.visible(escape.visible(text)), escape.visible(text))

    def test_markdown_and_code_read_back(self):
        for text in hostile(400):
            for shown in (escape.markdown(text), escape.code(text)):
                for place in (f"before {shown} after", f"{shown}", f"- {shown}",
                              f"| a | {shown} | c |\n| --- | --- | --- |\n| 1 | {shown} | 3 |"):
                    html = READER.render(place)
                    plain = "".join(ElementTree.fromstring(f"<x>{html}</x>").itertext())
                    self.assertIn(escape.visible(text).strip(), plain, (text, place))

    def test_html(self):
        for text in hostile(400):
            for form in (f"<x a='1'>{escape.html(text)}</x>", f'<x a="{escape.html(text)}"/>'):
                node = ElementTree.fromstring(form)
                found = node.text if node.text is not None else node.get("a", "") * ("'1'" not in form)
                self.assertEqual(found, escape.visible(text))

    def test_fence_holds_any_text(self):
        for text in hostile(200):
            tokens = READER.parse(escape.fence(f"a\n{text}\nb", "yaml"))
            self.assertEqual([t.type for t in tokens], ["fence"])

    def test_shell(self):
        for text in [*hostile(120), "a'b\nc\\d\te"]:
            done = subprocess.run(["bash", "-c", f"printf %s {escape.shell(text)}"],
                                  capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"})
            self.assertEqual(done.stdout.decode(), text)

    def test_latex(self):
        self.assertEqual(escape.latex("50% of a_b & c#1 {x} $y$"),
                         r"50\% of a\_b \& c\#1 \{x\} \$y\$")
        for text in hostile(400):
            bare = re.sub(r"\\[A-Za-z]+\{\}|\\[#$%&_{}]|\{-\}", "", escape.latex(text))
            self.assertNotRegex(bare, r"[\\#$%&_{}~^]")

    def test_csv_field_is_no_formula(self):
        for text in hostile(400):
            self.assertNotRegex(escape.csv_field(text), r"^\s*[=+\-@]")
        self.assertEqual(escape.csv_field("adam"), "adam")

    def test_matplotlib_has_no_mathematics(self):
        from matplotlib import cbook
        for text in hostile(400):
            self.assertFalse(cbook.is_math_text(escape.matplotlib(text)), text)

    def test_gnuplot_reads_back(self):
        labels = escape.names(hostile(200))
        with tempfile.TemporaryDirectory() as scratch:
            table, script = Path(scratch) / "table.tsv", Path(scratch) / "script.gp"
            drawing.write_table(table, ["row", "name"], list(enumerate(labels)))
            script.write_text("set datafile separator tab\nset datafile columnheaders\n"
                              + "\n".join(f"print {escape.gnuplot(x)}" for x in labels)
                              + f"\nstats '{table}' using (print(strcol('name')), 0) nooutput\n"
                              .replace("print(strcol('name'))", "seen = seen.strcol('name').\"\\n\"")
                              .replace("stats", "seen = ''\nstats") + "print seen[1:strlen(seen)-1]\n", "utf-8")
            done = subprocess.run(["gnuplot", script], capture_output=True, text=True, check=True,
                                  env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"})
        self.assertEqual(done.stderr.splitlines()[:len(labels)], labels)
        self.assertEqual(done.stderr.splitlines()[-len(labels):], labels)


class Files(unittest.TestCase):
    """Tables that are none end with a complaint that names the file."""

    def check(self, content, words):
        with tempfile.TemporaryDirectory() as scratch:
            folder = sample.write(Path(scratch) / "result", "mine", epochs=1)
            (folder / "trace.csv").write_bytes(content((folder / "trace.csv").read_bytes()))
            err = io.StringIO()
            with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.StringIO()):
                code = report.main([str(folder)])
            self.assertEqual(code, 2 if words else 0, err.getvalue())
            self.assertIn(words, err.getvalue())

    def test_byte_order_mark_is_none_of_the_contents(self):
        self.check(lambda data: b"\xef\xbb\xbf" + data, "")

    def test_bytes_that_are_no_text(self):
        self.check(lambda data: data.replace(b"smooth_l1", b"smooth\xff"), "trace.csv: byte 0xff")

    def test_a_field_without_end(self):
        self.check(lambda data: data + b'"' + b"x" * 200000, "trace.csv: no CSV")


if __name__ == "__main__":
    unittest.main()
