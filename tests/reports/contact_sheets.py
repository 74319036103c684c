"""Contact sheets: every figure of reports of made-up runs, to be looked at.

    /usr/bin/python3 tests/reports/contact_sheets.py [--out DIR] [--only NAME]

For 1, 3, 8, 26 and 100 arms, 1, 5 and 30 epochs, a classifier and an autoencoder, it writes a
result folder of formulas, runs the report on it and tiles its figures into one PNG. Some arms
diverge, two are the same arm under two names, and some have names that are hard to draw.
"""

import argparse
import contextlib
import io
import json
import math
import random
import shutil
import sys
import time
from pathlib import Path

from PIL import Image, ImageDraw

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "reports"), str(Path(__file__).resolve().parent)]

import report  # noqa: E402
import sample  # noqa: E402

ARMS, EPOCHS = (1, 3, 8, 26, 100), (1, 5, 30)
TASKS = {"classify": ("accuracy", "cross_entropy"), "reconstruct": ("mse", "abs", "smooth_l1")}
OPTIMIZERS = ("sgd", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "lion", "radam", "yogi",
              "muon")
LOSSES = {"classify": ("cross_entropy", "multi_margin", "focal"),
          "reconstruct": ("mse", "abs", "smooth_l1")}
ODD = ("$x$ and _y_|<i>", "a\nb", "größer 模型")  # names of arms 5 to 7 where there are so many
COST = dict(zip(OPTIMIZERS, (15, 17, 26, 27, 30, 31, 21, 33, 31, 90)))
ACROSS, WIDTH = 2, 1000  # tiles in a row, and the pixels of one


def arms_of(count, task):
    """(label, loss, optimizer, learning rate): all optimizers, then other losses and rates."""
    found = []
    for rate in (0.001, 0.01, 0.1, 0.0001):
        for loss in LOSSES[task]:
            for optimizer in OPTIMIZERS:
                found.append((f"{loss} {optimizer} lr={rate:g}", loss, optimizer, rate))
    found = found[:count]
    if count >= 8:
        label, loss, optimizer, rate = found[2]
        found[3] = (f"{label} again", loss, optimizer, rate)
        for i, name in enumerate(ODD, 5):
            found[i] = (name, *found[i][1:])
    return found


def quality(task, arm, share, draw):
    """The values of the metrics of a task after that share of training; nothing if diverged."""
    _, loss, optimizer, rate = arm
    skill = OPTIMIZERS.index(optimizer) / 10 + LOSSES[task].index(loss) / 15
    reach = 0.25 * math.exp(-3 * share * (0.4 + skill)) + 0.02 + 0.08 * (1 - skill) ** 2
    reach *= math.exp(abs(math.log10(rate) + 2) / 4) * draw.lognormvariate(0, 0.06)
    if task == "classify":
        return [max(0.1, 1 - reach), 3 * reach]
    return [reach, math.sqrt(reach), reach / 2]


def write(folder, task, count, epochs, seeds, images=True):
    """A result folder as `lossgrid run` leaves it."""
    metrics = TASKS[task]
    header = ["cell", "loss", "optimizer", "label", "seed", "epoch", "dataset", "status", "steps",
              "train_loss", *(f"train_{m}" for m in metrics), "test_loss",
              *(f"test_{m}" for m in metrics), "image_sha256", "weights_sha256", "state_sha256"]
    trace, timing, cells, draw = [], [], [], random.Random(count * 100 + epochs)
    arms = arms_of(count, task)
    for number, arm in enumerate(arms):
        label, loss, optimizer, rate = arm
        same = number == 3 and count >= 8
        for seed in range(1, seeds + 1):
            slug = f"arm-{number}-s{seed}"
            own = random.Random(f"{2 if same else number} {seed}")
            lost = number % 13 == 12 and (seed == 1 or number % 2) and max(1, epochs // 2)
            key = [slug, loss, optimizer, label, seed]
            for epoch in range(1, epochs + 1):
                if lost and epoch >= lost:
                    trace.append([*key, epoch, "mnist", "diverged", 7, *[""] * (len(header) - 9)])
                    break
                train, test = (quality(task, arm, epoch / 30, own) for _ in range(2))
                digest = ""
                if images and task == "reconstruct" and count <= 26:
                    pixels = sample.pixels(label, seed, epoch)
                    (folder / "images" / slug).mkdir(parents=True, exist_ok=True)
                    Image.fromarray(pixels).save(folder / "images" / slug / f"{epoch:02d}.png")
                    digest = sample.digest(pixels)
                trace.append([*key, epoch, "mnist", "ok", 100, train[-1], *train, test[-1], *test,
                              digest, "0" * 64, "0" * 64])
                ns = int(100000 * COST[optimizer] * draw.lognormvariate(0, 0.04))
                timing.append([*key, epoch, "mnist", "0123456789ab", "f64", "avx2", 1, 100, 100, ns, ns, ns / 100,
                               ns / 100, 5000])
            cells.append({"slug": slug, "label": label, "key": "0" * 64, "epochs": epochs,
                          "status": "diverged" if lost else "done"})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "images").mkdir(exist_ok=True)
    if images and task == "reconstruct" and count <= 26:
        Image.fromarray(sample.pixels("input", 0, 0)).save(folder / "images" / "input.png")
    sample.write_csv(folder / "trace.csv", [header, *trace])
    sample.write_csv(folder / "timing.csv", [sample.TIMING, *timing])
    if hasattr(sample, "write_schema"):
        sample.write_schema(folder, [(m, "higher" if m == "accuracy" else "lower")
                                     for m in metrics])
    facts = {"spec": {"name": "made-up", "path": "experiments/made-up.yaml", "title": "Made up",
                      "description": "Formulas.", "sha256": "1" * 64, "text": "epochs: 1\n",
                      "overrides": []},
             "lossgrid": {"version": "v0"}, "machine": {"cpu": "A CPU", "cores": 2},
             "data": {"asked": "mnist", "used": "mnist", "title": "MNIST", "files": []},
             "build": {"compiler": "cc", "flags": "-O3", "variant": "release"},
             "engine": {"isa": "generic", "precision": "f64"}, "jobs": 1,
             "started": "2025-01-01T00:00:00Z", "finished": "2025-01-01T00:01:00Z", "cells": cells}
    (folder / "manifest.json").write_text(json.dumps(facts))
    return folder


def tile(figures, target):
    """One picture of all figures, at the same width."""
    pictures = []
    for path in figures:
        picture = Image.open(path).convert("RGB")
        picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)),
                                 Image.LANCZOS)
        framed = Image.new("RGB", (WIDTH + 20, picture.height + 44), "#909090")
        framed.paste(picture, (10, 34))
        ImageDraw.Draw(framed).text((12, 10), path.stem, fill="white")
        pictures.append(framed)
    columns = [[] for _ in range(ACROSS)]
    for picture in pictures:
        min(columns, key=lambda c: sum(p.height for p in c)).append(picture)
    height = max(sum(p.height for p in c) for c in columns)
    sheet = Image.new("RGB", (ACROSS * (WIDTH + 20), height), "#404040")
    for i, column in enumerate(columns):
        y = 0
        for picture in column:
            sheet.paste(picture, (i * (WIDTH + 20), y))
            y += picture.height
    sheet.save(target)


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "contact-sheets")
    parser.add_argument("--only", default="", help="part of a name, such as classify-26")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args(arguments)
    for task in TASKS:
        for count in ARMS:
            for epochs in EPOCHS:
                name = f"{task}-{count}-arms-{epochs}-epochs"
                if options.only not in name:
                    continue
                folder = options.out / name
                shutil.rmtree(folder, ignore_errors=True)
                write(folder, task, count, epochs, options.seeds)
                begun = time.monotonic()
                said = io.StringIO()
                with contextlib.redirect_stdout(said):
                    code = report.main([str(folder)])
                absent = [line for line in said.getvalue().splitlines() if "not drawn" in line]
                tile(sorted((folder / "report").glob("*.png")), options.out / f"{name}.png")
                print(f"{name}: exit {code}, {time.monotonic() - begun:.1f} s; "
                      + "; ".join(" ".join(line.split()) for line in absent), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
