#!/usr/bin/env bash
# install.sh PROGRAM: `make install` from a tree that is no repository, and the
# installed program used from another folder: a run and its report.
set -uo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() {
    cat "$scratch/log"
    echo "install: $*"
    echo "install: 0 passed, 1 failed"
    exit 1
}

tests/tree.sh "$scratch/tree" || fail 'the tree could not be copied'
# The program is there already: nothing is compiled for this.
make -C "$scratch/tree" --no-print-directory -o all install BIN="$program" \
    DESTDIR="$scratch/image" PREFIX=/usr >"$scratch/log" 2>&1 || fail 'make install failed'
mkdir "$scratch/elsewhere" && cd "$scratch/elsewhere" || exit
share=$scratch/image/usr/share/lossgrid
"$scratch/image/usr/bin/lossgrid" run "$share/experiments/xor.yaml" --quiet --out xor \
    >"$scratch/log" 2>&1 || fail 'the installed program does not run an installed experiment'
"$scratch/image/usr/bin/lossgrid" report xor >"$scratch/log" 2>&1 ||
    fail 'the installed program makes no report'
[ -s xor/report/report.md ] || fail 'no report.md'
echo 'install: 1 passed, 0 failed'
