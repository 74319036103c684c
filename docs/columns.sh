#!/usr/bin/env bash
# columns.sh PROGRAM: print docs/columns.md, as the program knows it.
set -euo pipefail
cat <<'HEAD'
# Columns of CSV files

Written by `make catalogue` from the rows of code that write the columns (`harness/*/*_columns.c`); a test compares. `lossgrid list columns` prints the same. A unit of 1 is a pure number, and an empty one is none, or the loss's. A field is empty where there is no value; 0 is a value. `schema.json` next to the files has the same for programs, with what may be empty and which words occur.

Columns with `<metric>` are there once for each metric of the spec, those with `<option>` for each option of the losses (optimizers, activations and so on) that are used, and samples.csv has those of the counters that were chosen.

HEAD
"$1" list files --format=markdown
echo
"$1" list columns --format=markdown
