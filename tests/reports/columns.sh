#!/usr/bin/env bash
# columns.sh PROGRAM: print tests/reports/columns.json, the columns of folders that PROGRAM
# writes now, with those of every counter.
set -euo pipefail
program=$(realpath "$1")
root=$(realpath "$(dirname "$0")/../..")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
{
    "$program" run "$root/experiments/perceptron-xor.yaml" --set epochs=2 --quiet --out run
    "$program" time "$root/experiments/xor.yaml" --set 'grid.optimizers=[sgd]' --budget 1 \
        --counters all --quiet --out time
    "$program" gradcheck --loss mse --trials 2 --quiet --out gradcheck
    "$program" compare time time --out compare
    "$program" run "$root/experiments/xor.yaml" --set epochs=1 --set 'evaluate=none' --quiet \
        --set 'tune={metric: train_accuracy, budget: 1}' --out tuned
} >log 2>&1 || { cat log >&2; exit 1; }
python3 "$root/tests/reports/described.py" run time gradcheck compare tuned
