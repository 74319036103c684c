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

`experiments/` has a spec for every task. Names of losses, optimizers, activations, initialisations and schedules, and their options, are in [catalogue.md](catalogue.md).

HEAD
"$1" list keys --format=markdown
