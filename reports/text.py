"""Markdown and numbers as the report prints them. Texts from outside pass escape.py first."""

import math
import re


def table(header, rows, right=()):
    """A Markdown table; `right` names the columns (by index) that are aligned right. Its cells
    are Markdown already; one that would end its row or column all the same is kept from it."""
    def cell(content):
        return re.sub(r"(?<!\\)\|", "&#124;", re.sub(r"\s*\n\s*", " ", str(content)))
    rule = ["---:" if i in right else "---" for i in range(len(header))]
    lines = [header, rule, *rows]
    return "\n".join("| " + " | ".join(cell(x) for x in line) + " |" for line in lines)


def number(value, digits=4):
    """Four significant digits, or a dash for a number that does not exist."""
    return f"{value:#.{digits}g}" if math.isfinite(value) else "–"


def scientific(value, digits=1):
    """1.6e-4"""
    return re.sub(r"e([+-])0", r"e\1", f"{value:.{digits}e}")


def interval(mean, half):
    """mean ± half, both to the second significant digit of half; mean alone without one."""
    if not (math.isfinite(mean) and math.isfinite(half)) or half <= 0:
        return number(mean)
    decimals = max(0, 1 - math.floor(math.log10(half)))
    return f"{mean:.{decimals}f}\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}{half:.{decimals}f}"


def ratio(bounds):
    """A (low, mean, high) ratio in words: 1.23 (1.20 to 1.26)."""
    low, mean, high = bounds
    return f"{mean:.3g}" + (f" ({low:.3g} to {high:.3g})" if math.isfinite(low) else "")


def listed(words):
    """a, b and c"""
    words = list(words)
    return " and ".join(([", ".join(words[:-1])] if len(words) > 1 else []) + words[-1:])


def numerals(values):
    """1 to 5, or 1, 2, 7"""
    values = sorted(values)
    if len(values) > 2 and values == list(range(values[0], values[-1] + 1)):
        return f"{values[0]} to {values[-1]}"
    return ", ".join(str(v) for v in values)


def some(words, most=5):
    """a, b, c, d, e and 19 more"""
    words = list(words)
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def plural(count, word):
    return f"{count} {word}" + ("" if count == 1 else "s")


def indented(block):
    """A block inside an item of a numbered list."""
    return "\n".join("   " + line for line in block.splitlines())


def numbered(points):
    """A numbered list of (lead, text)."""
    return "\n".join(f"{i}. **{lead}** {body}" for i, (lead, body) in enumerate(points, 1))
