#!/usr/bin/env bash
# spec.sh PROGRAM: print docs/spec.md, as the program knows it.
set -euo pipefail
cat <<'HEAD'
# A spec, key by key

Written by `make catalogue` from the table that checks specs; a test compares. `lossgrid list keys` prints the same.

A spec is one YAML file: what is learnt, by which network, and a grid of losses and optimizers. Every key that is absent has the value below. `--set KEY=VALUE` overrides one from the command line, by its dotted path: `--set epochs=2 --set model.layers='[{outputs: 10}]'`. A list where one value is due, as in `lr: [0.01, 0.1]`, makes one arm of each.

```yaml
title: Which optimizer for a small classifier?
dataset: mnist
task: classify
model:
  inputs: 784
  layers:
    - {outputs: 64, activation: relu}
    - {outputs: 10}
initialisation: {method: he_normal}
batch: 32
epochs: 5
seeds: [1, 2, 3]
evaluate: test
grid:
  losses: [cross_entropy]
  optimizers:
    - {name: sgd, lr: [0.01, 0.1], momentum: 0.9}
    - {name: adam, lr: 0.001}
```

## Axes
An option of a loss or an optimizer may have several values, one arm for each:

```yaml
grid:
  losses: [cross_entropy]
  optimizers:
    - {name: sgd, lr: {log: [1e-5, 1], points: 21}, momentum: [0, 0.9]}
    - {name: adam, lr: {random: log_uniform, range: [1e-5, 1], count: 50}}
    - {name: rmsprop, lr: 0.001, alpha: {linear: [0.9, 0.99], points: 4}}
  exclude:
    - {optimizer: {name: sgd, lr: 1, momentum: 0.9}}
```

- `[0.01, 0.1]`: these values.
- `{log: [a, b], points: n}`: from a to b, each the same multiple of the one before. `{linear: [a, b], points: n}`: evenly spaced.
- `{random: log_uniform, range: [a, b], count: n}`: drawn from a to b, uniformly by the logarithm; `uniform`: by the value; `integer_uniform`: whole numbers, both ends among them. All are different. With a larger count the first ones stay, and others follow.

Both ends are as they are written. Values between them are rounded to 6 significant digits (first to 12, then from there, half to even), those of an option that takes whole numbers to whole ones. So a value is a number that one can type, the same on every machine: `{log: [0.001, 0.1], points: 5}` is `[0.001, 0.00316228, 0.01, 0.0316228, 0.1]`, and its cells have the same keys. Points that would be equal after rounding are refused.

What is drawn comes from PCG by the SHA-256 of the axis's name (`optimizer.adam.lr`: its kind, entry and option) and its `seed`, 1 by default. It depends neither on other axes nor on where the entry stands. Two entries of one optimizer draw the same, unless their seeds differ.

An option that only one optimizer has is an axis for that one alone. A block's `batch`, `schedule` and `initialisation` (its method), in place of the spec's, may be several in the same ways: `{batch: [16, 64], schedule: [constant, {name: cosine, minimum: [0, 0.1]}]}`. `exclude` leaves out arms: those that have all that an entry says, a loss, an optimizer, options, of each option one of the values listed. An entry that leaves out nothing is an error.

`lossgrid run --dry-run` prints the number of cells and the values of every axis, and trains nothing. `configurations.csv` has each arm as a row and each option as a column.

## Keys
`experiments/` has a spec for every task. Names of losses, optimizers, activations, initialisations and schedules, and their options, are in [catalogue.md](catalogue.md).

HEAD
"$1" list keys --format=markdown
