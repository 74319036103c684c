"""The parts of report.md that are the same for every experiment, as Markdown."""

from collections import Counter
from pathlib import Path

import numpy as np

import again
import published
from escape import code, fence, markdown as md, shell
from stats import mean_interval
from text import interval, listed, numerals, plural, table


def facts(results):
    """What the template takes straight from the manifest."""
    spec = Path(results.fact("spec", "path", default=f"{results.name}.yaml"))
    spec_file = spec.name if spec.is_absolute() else str(spec)
    verify = ""
    if published.applies(results) and published.load(results).column == "image_sha256":
        cell = results.cells[0]
        image = shell(f"results/{results.name}/images/{cell.slug}/01.png")
        verify = (f"One image by hand, to compare with its line in "
                  f"{code(f'reports/published/{results.name}.csv')}:\n\n"
                  + fence("python3 -c 'import sys; from PIL import Image\n"
                          "sys.stdout.buffer.write(Image.open(sys.argv[1]).tobytes())' \\\n"
                          f"  {image} | sha256sum", "sh"))
    return {"title": md(results.fact("spec", "title", default=results.name)),
            "description": md(results.fact("spec", "description", default="").strip()),
            "spec_file": f"<code>{md(spec_file)}</code>",
            "spec_text": fence(str(results.fact("spec", "text")).strip(), "yaml"),
            "commands": fence(again.commands(results), "sh"),
            "verify_command": code(again.check(results)[0]),
            "again": fence(again.check(results)[1], "sh"),
            "verify": verify}


def state(arm):
    diverged = [f"seed {c.seed} in epoch {c.diverged_at}" for c in arm.cells if c.diverged_at]
    if diverged:
        return "**diverged**: " + listed(diverged)
    short = sum(not c.complete for c in arm.cells) + len(arm.missing)
    early = [f"seed {c.seed} in epoch {c.stopped_at}" for c in arm.cells if c.stopped_at]
    done = "stopped: " + listed(early) if early else "done"
    return f"incomplete: {plural(short, 'run')}" if short else done


def arms(results):
    """Data, precision and one row for each arm."""
    rows = [[md(arm.name), md(arm.loss), md(arm.optimizer), numerals(c.seed for c in arm.cells),
             max((len(c.epochs) for c in arm.cells), default=0), state(arm)]
            for arm in (*results.arms, *results.absent)]
    return (f"Trained on **{md(results.dataset_title)}** in "
            f"{md(results.fact('engine', 'precision'))}.\n\n"
            + table(["arm", "trained under", "optimizer", "seeds", "epochs", "state"], rows, {4}))


def final_value(arm, column):
    """The mean over the seeds with its interval; in parentheses where seeds have none."""
    finals = arm.finals(column)
    there = finals[np.isfinite(finals)]
    text = interval(*mean_interval(there))
    return text if len(there) in (0, arm.runs) else f"({text}, {len(there)} of {arm.runs} seeds)"


def values(results):
    """One row for each arm: every metric after the last epoch."""
    columns = [c for m in results.metrics
               for c in (f"train_{m}", f"validation_{m}", f"test_{m}") if results.has(c)]
    rows = []
    for arm in (*results.arms, *results.absent):
        rows.append([md(arm.name)] + [final_value(arm, c) for c in columns])
    legend = ("After the last epoch. `train_` is the mean over the training "
              "samples of that epoch, each taken before its update")
    if any(c.startswith("validation_") for c in columns):
        legend += "; `validation_` is the split held out of the training set, after the epoch"
    tested = any(c.startswith("test_") for c in columns)
    legend += ("; `test_` is the held-out test set after the epoch." if tested else
               ". The test set was not measured.")
    if results.has_seeds:
        legend += " ± is the 95 % Student t interval of the mean over the seeds."
    if any(cell.diverged_at or not cell.complete for cell in results.cells):
        legend += (" Runs that diverged or did not end have no number; a mean over the others is "
                   "in parentheses, with their number.")
    header = ["arm"] + [f"{code(c)}, {results.metric(c).direction}" for c in columns]
    return legend + "\n\n" + table(header, rows, set(range(1, len(header))))


def figures(drawn):
    parts = [f.markdown(i) for i, f in enumerate((f for f in drawn if not f.reason), 1)]
    absent = [f"- {f.title}: {md(f.reason)}." for f in drawn if f.reason]
    if absent:
        parts.append("Not drawn:\n\n" + "\n".join(absent))
    return "\n\n".join(parts)


def time(results):
    """Cost of a training step for each arm, and the machine it was measured on."""
    timed = [arm for arm in results.arms if any(cell.costs for cell in arm.cells)]
    if not timed:
        return "Nothing was timed."
    means = {}
    for arm in timed:
        each = np.array([cell.ns_per_step() for cell in arm.cells if cell.costs]) / 1e3
        means[arm.name] = mean_interval(each)
    fastest = min(mean for mean, _ in means.values())
    rows = []
    for arm in timed:
        mean, half = means[arm.name]
        total = sum(cost["cpu_ns"] for cell in arm.cells for cost in cell.costs.values()) / 1e9
        rows.append([md(arm.name), interval(mean, half), f"{mean / fastest:.2f}",
                     f"{1e6 / mean:,.0f}", f"{total:,.1f}"])
    costs = [cost for cell in results.cells for cost in cell.costs.values()]
    isas, jobs = ({cost[key] for cost in costs} for key in ("isa", "jobs"))
    where = (f"CPU time of training steps alone, evaluation apart, on {machine(results)}; "
             f"instruction set {md(listed(sorted(isas)))}, parallel jobs "
             f"{md(listed([str(count) for count in sorted(jobs)]))}.")
    if any(len(arm.cells) > 1 for arm in timed):
        where += " ± is the 95 % Student t interval of the mean over the seeds."
    header = ["arm", "µs a step", "relative", "steps a CPU second", "CPU seconds, all runs"]
    return where + "\n\n" + table(header, rows, {1, 2, 3, 4})


def machine(results, with_kernel=False):
    """The machines that trained, equal ones counted; in a folder of an earlier version the one
    that wrote the manifest."""
    trained = list(results.fact("machines", default={}).values())
    kinds = Counter(description(facts, with_kernel)
                    for facts in trained or [results.fact("machine", default={})])
    return "; ".join(name if count == 1 else f"{count} × {name}" for name, count in kinds.items())


def description(facts, with_kernel):
    cores, virtual = facts.get("cores"), facts.get("hypervisor") or "none"
    return (md(facts.get("cpu") or "an unknown CPU")
            + (f", {plural(cores, 'core')}" if cores else "")
            + (f", virtual machine ({md(virtual)})" if virtual != "none" else "")
            + (f", kernel {md(facts.get('kernel') or 'not recorded')}" if with_kernel else ""))


def provenance(results):
    def fact(*keys):
        return md(results.fact(*keys))

    files = results.fact("data", "files", default=[])
    rows = [
        ["lossgrid", fact("lossgrid", "version")],
        ["experiment", f"{facts(results)['spec_file']}, "
                       f"SHA-256 {code(results.fact('spec', 'sha256'))}"],
        ["trace.csv", f"SHA-256 {code(results.fact('trace_sha256'))}"],
        *([md(f["name"]), f"{f['size_bytes']:,} bytes, SHA-256 {code(f['sha256'])}"]
          for f in files),
        ["compiler", f"{fact('build', 'compiler')}, {fact('build', 'variant')}"],
        ["flags", code(results.fact("build", "flags"))],
        ["engine", f"{fact('engine', 'precision')} on {fact('engine', 'isa')}, "
                   f"jobs {fact('jobs')}"],
        ["machine", machine(results, with_kernel=True)],
        ["started", fact("started")],
        ["finished", fact("finished")],
    ]
    return table(["what", "which"], rows)
