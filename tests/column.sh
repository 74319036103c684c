#!/bin/bash
# A column costs one row of code, as ARCHITECTURE.md says: one is added to a CSV file of each
# kind of folder in a copy of the tree. Header, rows, `list columns`, docs and schema.json have
# it, and reports read the folder.
#
#   tests/column.sh [SCRATCH]
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=${1:-$(mktemp -d)}
trap 'rm -rf "$scratch"' EXIT
tests/tree.sh "$scratch"
if [ -d build/obj ]; then cp -r --parents -p build/obj "$scratch"; fi
source=$PWD
cd "$scratch"
quietly() { "$@" >log 2>&1 || { cat log; exit 1; }; }

# add FILE BEFORE ROW: put a row into a file, in front of the only line that begins so
add() {
    [ "$(grep -cF -- "$2" "$1")" -eq 1 ] || { echo "column: $1 has not one line with $2"; exit 1; }
    row=$3 awk -v before="$2" 'index($0, before) { print ENVIRON["row"] } { print }' "$1" >new
    mv new "$1"
    [ "$(diff "$source/$1" "$1" | grep -c '^[<>]')" -eq 1 ] || { echo "column: not one line"; exit 1; }
}
add harness/timing/timing_columns.c 'COLUMN_INTEGER("blocks"' \
    'COLUMN_INTEGER("added", "1", "times a block does its steps", arm->repeats);'
add harness/gradcheck/gradcheck_columns.c 'COLUMN_INTEGER("skipped"' \
    'COLUMN_INTEGER("added", "1", "sums that cancel", judgement->cancelled);'
add harness/compare/compare_columns.c 'COLUMN_TEXT("reason"' \
    'COLUMN_TEXT("added", "the state compared", cell->state);'
add harness/store/epoch_columns.c '{"train_loss"' \
    '{"added", "samples", "training samples of those steps", COLUMN_MEASURED, FIELD_INTEGER, COLUMN_ALWAYS, FIELD(samples), BETTER_NONE, false},'
quietly make -j "$(nproc)" all
quietly build/lossgrid run experiments/perceptron-xor.yaml --set epochs=2 --quiet --out run
quietly build/lossgrid time experiments/xor.yaml --set 'grid.optimizers=[sgd]' --budget 1 --quiet --out time
quietly build/lossgrid gradcheck --loss mse --trials 2 --quiet --out gradcheck
quietly build/lossgrid compare time time --out compare
for folder in run time gradcheck compare; do
    quietly build/lossgrid report $folder
done
build/lossgrid list columns --format=csv >list.csv
docs/columns.sh build/lossgrid >columns.md
for file in run/trace.csv time/cost.csv gradcheck/gradcheck.csv compare/compare.csv; do
    name=${file#*/}
    head -n 1 $file | grep -q '\(^\|,\)added,' || { echo "column: not in $file"; exit 1; }
    grep -q "^$name,added," list.csv || { echo "column: $name is not in the list"; exit 1; }
    grep -q "^| $name | added |" columns.md || { echo "column: $name is not in the docs"; exit 1; }
    python3 -c 'import json, sys
file, name = sys.argv[1:]
assert any(c["name"] == "added" for c in json.load(open(file))[name])' "${file%/*}/schema.json" "$name"
done
echo "column: 4 columns, one row each: header, rows, list, docs, schema.json and reports have them"
