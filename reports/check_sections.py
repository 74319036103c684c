"""The parts of a gradient check's report.md, as Markdown."""

import hashlib
import math
from collections import defaultdict

from check_figures import METHOD_TITLES, judged, power_of_two
from checks import FILES, block_key, subject_title, wilson
from escape import code, markdown as md
from text import listed, plural, scientific, some, table

SHOWN = 20  # rows before the rest of a long table is folded
KIND_ORDER = ("loss", "activation", "layer", "initialisation", "network", "path", "optimizer")


def small(value):
    """1.6e-13; a dash for what was not measured."""
    if value is None:
        return "–"
    return "0" if value == 0 else scientific(value)


def exact(value):
    """A derivative to ten digits; a dash for what was not measured."""
    return "–" if value is None else f"{value:.10g}"


def plain(value):
    return "–" if value is None else f"{value:.4g}"


def folded(header, rows, right):
    """The first rows as a table, all of them under a fold where there are more."""
    shown = table(header, rows[:SHOWN], right)
    if len(rows) <= SHOWN:
        return shown
    return (f"{shown}\n\n<details><summary>All {len(rows):,} rows</summary>\n\n"
            f"{table(header, rows, right)}\n\n</details>")


def worst_of(blocks):
    """The block with the largest relative error, or None."""
    return max((b for b in blocks if b.relative_error is not None),
               key=lambda b: b.severity, default=None)


def headline(checks):
    totals, unseen = checks.totals, checks.unseen
    said = (f"{plural(totals['blocks'], 'block')} of {plural(totals['subjects'], 'subject')}: "
            f"{plural(totals['checked'], 'derivative')} checked, {totals['certified']:,} certified "
            f"at a kink, {totals['skipped']:,} skipped.")
    wrong = [f"{plural(totals[key], 'block')} {words}" for key, words in
             (("failed", "failed"),) if totals[key]]
    if checks.lifeless:
        wrong.append(f"{plural(len(checks.lifeless), 'subject')} dead (nothing was shown)")
    if checks.false_alarms:
        wrong.append(f"{plural(checks.false_alarms, 'false alarm')}")
    if checks.bad_kinks:
        wrong.append(f"{plural(len(checks.bad_kinks), 'kink')} outside the subdifferential")
    if unseen:
        wrong.append(f"{plural(len(unseen), 'injected fault')} unseen in some trial")
    if not totals["checked"] + totals["certified"]:
        wrong.append("nothing was checked")
    if checks.manifest.get("interrupted"):
        wrong.insert(0, "interrupted, not all was checked")
    if wrong:
        return f"FAILED: {listed(wrong)}. {said}"
    worst = worst_of(checks.blocks)
    return (f"All gradients pass. {said}"
            + (f" The largest relative error is {small(worst.relative_error)}." if worst else ""))


def where(row):
    """loss mse, output [1, 2]"""
    return f"{row['kind']} {subject_title(row)}, {row['block']} {row['coordinate']}"


def failures(checks):
    """What failed, worst first, each with its message and its numbers."""
    parts = []
    for block in checks.bad:
        numbers = (f" Analytic {exact(block.analytic)}, numeric {exact(block.numeric)} ± "
                   f"{small(block.error_bar)} ({md(block.method)}), relative error "
                   f"{small(block.relative_error)}, at {md(block.worst)}."
                   if block.verdict == "fail" else "")
        message = md((block.message or "The check gave no message").rstrip("."))
        said = md(f"{block.kind} {block.title}, {block.block}: {block.verdict}.")
        parts.append(f"1. **{said}** "
                     f"{message}.{numbers}")
    parts += [f"1. **{md(where(k))}: outside the subdifferential.** At "
              f"{plain(k['at'])} the gradient is {exact(k['analytic'])}, the "
              f"one-sided derivatives are {exact(k['left'])} and {exact(k['right'])}."
              for k in checks.bad_kinks]
    parts += [f"1. **Injected fault \"{md(p['fault'])}\" went unseen** in "
              f"{p['trials'] - p['detected']} of {plural(p['trials'], 'trial')}: the check is "
              "not to be trusted to find a mistake of this sort." for p in checks.unseen]
    if checks.false_alarms:
        parts.append(f"1. **{plural(checks.false_alarms, 'false alarm')}** where nothing was "
                     "injected.")
    return "\n".join(parts) or "Nothing failed, and every subject showed something."


def kinds(checks):
    """One row for each kind of subject."""
    by_kind = defaultdict(list)
    for block in checks.blocks:
        by_kind[block.kind].append(block)
    order = sorted(by_kind, key=lambda kind: (*KIND_ORDER, kind).index(kind))
    rows = []
    for kind in order:
        blocks, worst = by_kind[kind], worst_of(by_kind[kind])
        sums = [f"{sum(b.row[c] for b in blocks):,}" for c in ("checked", "certified", "skipped")]
        verdicts = [sum(b.verdict == verdict for b in blocks) for verdict in ("fail", "dead")]
        rows.append([md(kind), len({b.subject for b in blocks}), len(blocks), *sums, *verdicts,
                     small(worst and worst.relative_error), small(worst and worst.relative_bar),
                     md(f"{worst.title}, {worst.block}") if worst else "–"])
    header = ["kind", "subjects", "blocks", "checked", "at a kink", "skipped", "failed", "dead",
              "worst relative error", "its error bar", "in"]
    return table(header, rows, set(range(1, 10)))


def calibration(checks):
    """How many estimates were within their own error bar, by method."""
    counts = defaultdict(lambda: [0, 0])
    for method, bar, error, rounding in judged(checks):
        counts[method][0] += 1
        counts[method][1] += error <= bar + rounding
    if not counts:
        return "No estimate has an error bar."
    rows = [[title, f"{counts[m][0]:,}", f"{counts[m][1]:,}",
             f"{100 * counts[m][1] / counts[m][0]:.2f} %"]
            for m, title in METHOD_TITLES.items() if m in counts]
    return ("An estimate is within its bar when it differs from the analytic gradient by no more "
            "than the bar and the rounding of the gradient's own block. Steps that reach over a "
            "kink count too, and are where bars fail; a verdict rests on the estimate with the "
            "narrowest bar alone.\n\n"
            + table(["method", "estimates", "within the bar", "share"], rows, {1, 2, 3}))


def ulps(checks):
    """How far the compiled copies are from more exact ones, by precision and kind."""
    groups = defaultdict(dict)
    for row in checks.ulps:
        if row["count"]:
            bins = groups[row["precision"], row["kind"]]
            bins[row["log2_ulps"]] = bins.get(row["log2_ulps"], 0) + row["count"]
    rows = []
    for (precision, kind), bins in groups.items():
        total, widest = sum(bins.values()), max(bins)
        rows.append([md(precision), md(kind), f"{total:,}", f"{100 * bins.get(-1, 0) / total:.1f} %",
                     "0" if widest < 0 else f"below {power_of_two(widest + 1)}"])
    if not rows:
        return "No distance was measured."
    return table(["copy", "kind", "derivatives", "equal", "all, units in the last place"], rows,
                 {2, 3, 4})


def position(left, right, value):
    """Where a gradient lies between its one-sided derivatives, in words."""
    if None in (left, right, value):
        return "–"
    width = right - left
    if abs(width) <= 1e-6 * max(abs(left), abs(right)):
        return "both sides agree"
    share = (value - left) / width
    for place, words in ((0, "left"), (0.5, "middle"), (1, "right")):
        if abs(share - place) < 1e-6:
            return words
    return f"{share:.3g} of the way from left to right"


def kinks(checks):
    """One row for each convention: kinks that differ in their place alone are one row."""
    groups = defaultdict(list)
    for kink in checks.kinks:
        values = [plain(kink[c]) for c in ("analytic", "left", "right")]
        where = position(kink["left"], kink["right"], kink["analytic"])
        groups[(*block_key(kink), *values, where, kink["verdict"])].append(kink)
    if not groups:
        return "No kink was met."
    rows = []
    for (kind, name, options, block, value, left, right, where, verdict), met in sorted(
            groups.items(), key=lambda item: item[0][-1] == "pass"):
        rows.append([md(kind), md(name), md(options.replace(";", ", ")) or "–",
                     md(f"{block} {met[0]['coordinate']}"), plain(met[0]["at"]), value,
                     f"[{left}, {right}]", where, len(met), verdict])
    header = ["kind", "name", "options", "first met at", "at", "gradient there",
              "[left, right]", "which", "times", "verdict"]
    return folded(header, rows, {4, 5, 8})


def worst(checks):
    """The worst coordinate of each block, the largest error first."""
    blocks = [b for b in checks.blocks if b.worst]
    if not blocks:
        return "No block has a coordinate that was compared."
    order = sorted(blocks, key=lambda b: (b.verdict not in ("fail", "dead"), -b.severity))
    rows = [[md(b.kind), md(b.title), md(b.block), md(b.worst), exact(b.analytic),
             f"{exact(b.numeric)} ± {small(b.error_bar)}", small(b.relative_error), b.method,
             plain(b.ulps_f64), plain(b.ulps_f32), b.verdict] for b in order]
    header = ["kind", "subject", "block", "worst at", "analytic", "numeric ± error bar",
              "relative error", "method", "ulps f64", "ulps f32", "verdict"]
    return folded(header, rows, {4, 5, 6, 8, 9})


def symmetry(checks):
    """The Hessians, the least symmetric for its bar first."""
    blocks = [b for b in checks.blocks if b.asymmetry is not None]
    if not blocks:
        return "No Hessian was measured."

    def excess(block):
        if not math.isfinite(block.asymmetry):
            return math.inf
        return block.asymmetry / block.asymmetry_bar if block.asymmetry_bar else block.asymmetry

    def within(block):
        if block.asymmetry_bar is None:
            return "–"
        return "yes" if block.asymmetry <= block.asymmetry_bar else "**no**"
    rows = [[md(b.kind), md(b.title), md(b.block), small(b.asymmetry), small(b.asymmetry_bar),
             within(b)] for b in sorted(blocks, key=excess, reverse=True)]
    inside = sum(row[-1] == "yes" for row in rows)
    return (f"{inside} of {plural(len(blocks), 'block')} within the error bar.\n\n"
            + folded(["kind", "subject", "block", "asymmetry", "its error bar", "within"], rows,
                     {3, 4}))


def skipped(checks):
    """Every reason for which something was not checked."""
    groups = defaultdict(list)
    for block in checks.blocks:
        if block.skipped or block.verdict == "skipped":
            groups[md(block.reason) or "**no reason given**"].append(block)
    if not groups:
        return "None was skipped."
    rows = [[reason, f"{sum(b.row['skipped'] for b in blocks):,}", len(blocks),
             md(some(dict.fromkeys(f"{b.kind} {b.title}" for b in blocks)))]
            for reason, blocks in groups.items()]
    return table(["why", "derivatives", "blocks", "of"], rows, {1, 2})


def injected(checks):
    """The faults injected on purpose and how many were seen."""
    if not checks.injected:
        return "No fault was injected: this run does not show that the check can fail."
    rows = []
    for p in checks.injected:
        if p["trials"]:
            low, high = wilson(p["detected"], p["trials"])
            share = f"{100 * low:.1f} to {100 * high:.1f} %"
        else:
            share = "–"
        rows.append([md(p["fault"]), small(p["size"]), p["trials"], p["detected"], share,
                     p["named"]])
    return table(["fault", "relative size", "trials", "seen", "95 % interval", "and named"], rows,
                 {1, 2, 3, 4, 5}) + "\n\n" + power(checks)


def power(checks):
    """From which size on a mistake in one element was always seen."""
    sized = sorted((p for p in checks.injected if p["size"] is not None and p["trials"]),
                   key=lambda p: -p["size"])
    if not sized:
        return "No fault was given several sizes, so the smallest mistake seen is not known."
    always = []
    for p in sized:
        if p["detected"] < p["trials"]:
            break
        always.append(p["size"])
    if not always:
        return "A mistake in one element was not always seen, whatever its size."
    return (f"A mistake in one element of relative size {small(always[-1])} or more was seen in "
            "every trial" + ("." if len(always) < len(sized) else "; no smaller one was tried."))


def provenance(checks):
    digests = [[name, "SHA-256 "
                + code(hashlib.sha256((checks.folder / name).read_bytes()).hexdigest())]
               for name in FILES]
    bits = checks.fact("precision_bits_reference", default=0)
    rows = [["command", code(checks.fact("command"))],
            ["lossgrid", md(checks.fact("lossgrid"))],
            ["machine", md(checks.fact("machine", "cpu"))],
            ["instruction set", md(checks.fact("isa"))],
            ["arithmetic of the reference copy", f"{bits} bits of significand" if bits else "not recorded"],
            ["seed", md(checks.fact("seed"))],
            ["seconds", md(checks.fact("seconds"))],
            *digests]
    return table(["what", "which"], rows)
