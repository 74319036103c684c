#!/usr/bin/env bash
# catalogue.sh PROGRAM: print docs/catalogue.md, as the program knows it.
set -euo pipefail
echo '# What a spec may name'
echo
echo 'Written by `make catalogue` from what the program says of itself; a test compares.'
for list in losses optimizers activations initialisations schedules; do
    echo
    "$1" list "$list" --format=markdown
done
