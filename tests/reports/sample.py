"""Small result folders and published facts for the tests, made of formulas."""

import csv
import hashlib
import json

import numpy as np
from PIL import Image

import described

METRICS = ("mse", "abs", "smooth_l1")
TRACE = ["cell", "loss", "optimizer", "label", "seed", "epoch", "dataset", "status", "steps",
         "train_loss", *(f"train_{m}" for m in METRICS), "test_loss",
         *(f"test_{m}" for m in METRICS), "image_sha256", "weights_sha256", "state_sha256"]
TIMING = described.header("timing.csv")
TITLES = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST"}

# label, loss, optimizer, first mean square error, nanoseconds a step
LOSSES = (("abs", "abs", "sgd", 0.11, 15000), ("mse", "mse", "sgd", 0.10, 15000),
          ("smooth_l1", "smooth_l1", "sgd", 0.12, 16000))
OPTIMIZERS = (("SGD", "mse", "sgd", 0.10, 15000), ("Adagrad", "mse", "adagrad", 0.08, 29000),
              ("published as Adam", "mse", "adagrad", 0.07, 29000))
INTENDED = (("abs sgd", "abs", "sgd", 0.11, 15000), ("mse sgd lr=0.01", "mse", "sgd", 0.08, 15000),
            ("smooth_l1 sgd", "smooth_l1", "sgd", 0.12, 15000),
            ("mse sgd lr=0.0001", "mse", "sgd", 0.2, 15000),
            ("mse adagrad", "mse", "adagrad", 0.09, 25000),
            ("mse adam", "mse", "adam", 0.03, 27000))


def schema_columns(metrics, loss_better="lower"):
    """The columns of trace.csv as schema.json describes them. metrics: (name, better) pairs,
    the primary one first."""
    numbers = ("seed", "epoch", "steps")
    columns = [{"name": name, "type": "integer" if name in numbers else "text", "role": "key", "unit": "", "meaning": "a key",
                "better": "none", "range": [None, None], "metric": None, "part": None,
                "ranked": False, "reason": ""} for name in TRACE[:9] + TRACE[-3:]]
    for part in ("train", "test"):
        columns.append(metric_column(f"{part}_loss", "loss", part, loss_better) | {
            "ranked": False, "reason": "each arm's own loss"})
        columns += [metric_column(f"{part}_{name}", name, part, better) | {"primary": not i}
                    for i, (name, better) in enumerate(metrics)]
    return columns


def metric_column(name, metric, part, better):
    least, most = (0, 1) if metric == "accuracy" else (None, None) if better == "none" else (
        (0, None) if better == "lower" else (None, 0))
    return {"name": name, "type": "real", "role": "measured", "unit": "1", "meaning": metric,
            "better": better, "range": [least, most], "metric": metric, "part": part,
            "defined_on": "any numbers", "chance": None, "ranked": better != "none",
            "reason": "" if better != "none" else "it has no direction"}


def write_schema(folder, metrics, not_measured=()):
    (folder / "schema.json").write_text(json.dumps(
        {"schema": 1, "trace.csv": schema_columns(metrics), "timing.csv": described.KNOWN["timing.csv"],
         "not_measured": [{"metric": m, "reason": r} for m, r in not_measured]}))


def slug(label, seed):
    return label.lower().replace(" ", "-").replace("=", "-") + f"-s{seed}"


def pixels(label, seed, epoch):
    """A 28 x 28 image that is different for every argument."""
    start = int(hashlib.sha256(f"{label} {seed} {epoch}".encode()).hexdigest()[:8], 16)
    return np.random.default_rng(start).integers(0, 85, (28, 28), dtype=np.uint8)


def digest(image):
    return hashlib.sha256(image.tobytes()).hexdigest()


def curve(first, seed, epoch):
    return first / (epoch + 0.02 * (seed * 7 % 5))


def write(folder, name="article-losses", arms=LOSSES, seeds=(0,), epochs=3, dataset="mnist",
          diverge=(), manifest=None, images=True):
    """Write a result folder. diverge: (label, epoch) pairs; manifest: keys to replace."""
    (folder / "images").mkdir(parents=True)
    Image.fromarray(pixels("input", 0, 0)).save(folder / "images" / "input.png")
    trace, timing, cells = [], [], []
    for label, loss, optimizer, first, ns in arms:
        for seed in seeds:
            cell = slug(label, seed)
            key = [cell, loss, optimizer, label, seed]
            (folder / "images" / cell).mkdir()
            last = next((e for name, e in diverge if name == label), epochs + 1)
            for epoch in range(1, min(last, epochs + 1)):
                mse = curve(first, seed, epoch)
                values = {"mse": mse, "abs": mse ** 0.5, "smooth_l1": mse / 2}
                numbers = [values[loss], *(values[m] for m in METRICS)]
                image = pixels(label, seed, epoch) if images else None
                if images:
                    Image.fromarray(image).save(folder / "images" / cell / f"{epoch:02d}.png")
                trace.append([*key, epoch, dataset, "ok", 100, *map(repr, numbers * 2),
                              digest(image) if images else "", "0" * 64, "0" * 64])
                cost = 100 * ns + 1000 * seed
                timing.append([*key, epoch, dataset, "0123456789ab", "f64", "generic", 1, 100, 100, cost, cost,
                               cost / 100, cost / 100, 5000])
            if last <= epochs:
                trace.append([*key, last, dataset, "diverged", 7, *[""] * 11])
            cells.append({"slug": cell, "label": label, "key": "0" * 64,
                          "status": "diverged" if last <= epochs else "done",
                          "epochs": min(last, epochs)})
    for file, header, rows in (("trace.csv", TRACE, trace), ("timing.csv", TIMING, timing)):
        write_csv(folder / file, [header, *rows])
    facts = {
        "lossgrid": {"version": "v0"},
        "spec": {"name": name, "path": f"experiments/{name}.yaml", "title": "A title",
                 "description": "A description.", "sha256": "1" * 64, "text": "epochs: 3\n",
                 "overrides": []},
        "data": {"asked": "mnist", "used": dataset, "title": TITLES[dataset], "directory": "data",
                 "substituted": dataset != "mnist", "files": []},
        "build": {"compiler": "cc", "flags": "-O3", "variant": "release"},
        "engine": {"isa": "generic", "precision": "f64"}, "jobs": 1,
        "machine": {"cpu": "A CPU", "cores": 2}, "started": "2025-01-01T00:00:00Z",
        "finished": "2025-01-01T00:01:00Z", "cells": cells,
    } | (manifest or {})
    (folder / "manifest.json").write_text(json.dumps(facts))
    write_schema(folder, [(m, "lower") for m in METRICS])
    return folder


def write_csv(path, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)


def edit(path, change):
    """Rewrite a CSV file; change(row as a dict) returns the row, or None to drop it."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [row for row in map(change, rows) if row is not None]
    write_csv(path, [kept[0].keys(), *(row.values() for row in kept)])


def publish_images(folder, epochs=3):
    """Facts that the images of write() meet."""
    rows = [[a[0], e, digest(pixels(a[0], 0, e))] for a in LOSSES for e in range(1, epochs + 1)]
    write_csv(folder / "article-losses.csv", [["label", "epoch", "image_sha256"], *rows])
    (folder / "article-losses.json").write_text(json.dumps(
        {"column": "image_sha256", "source": "a test", "input_sample": 60000,
         "input_sha256": digest(pixels("input", 0, 0))}))


def publish_curves(folder, epochs=3, error=1e-4):
    """Facts that the curves of write() meet up to an error."""
    rows = [[e, *(curve(a[3], 0, e) + error for a in OPTIMIZERS)] for e in range(1, epochs + 1)]
    write_csv(folder / "article-optimizers.csv", [["epoch", *(a[0] for a in OPTIMIZERS)], *rows])
    (folder / "article-optimizers.json").write_text(json.dumps(
        {"column": "train_mse", "source": "a test", "reading": "made up", "pixel": 2.1e-4,
         "tolerance": 1.6e-4}))
