#!/usr/bin/env bash
# neon.sh BUILD: cross-compile the engine for AArch64, run it under qemu, and hold each
# of its copies against the tables that the copies for x86-64 are held against: every
# row of training.csv and kernels.csv.
set -uo pipefail
cd "$(dirname "$0")/../.."
mkdir -p "$1" && build=$(cd "$1" && pwd) || exit 3
tables=$build/tables
passed=0 failed=0

make -s -j "$(nproc)" BUILD="$build" CC=aarch64-linux-gnu-gcc OPT=-O3 LDFLAGS=-static tables || exit 3

# check NAME TABLE PRECISIONS PROGRAM...: the program prints exactly these rows
check() {
    local name=$1 table=$2 precisions=$3 row before=$failed good=0
    shift 3
    tests/isa/table.sh qemu-aarch64 "$@" | grep -v '^precision,' >"$build/got" || {
        echo "neon: $name: $1 did not run"
        failed=$((failed + 1))
    }
    grep -E "^$precisions," "tests/golden/$table" >"$build/expected"
    while read -r row; do
        if grep -qxF -- "$row" "$build/got"; then
            good=$((good + 1))
        else
            failed=$((failed + 1))
            echo "neon: $name: other bits than the row ${row%,*}"
        fi
    done <"$build/expected"
    if [ "$(wc -l <"$build/got")" -ne "$(wc -l <"$build/expected")" ]; then
        failed=$((failed + 1))
        echo "neon: $name: the program has other rows than $table; see make golden-bits"
    fi
    passed=$((passed + good))
    echo "neon: $name: $good rows of $table equal, $((failed - before)) wrong"
}

for isa in neon generic; do
    check $isa training.csv 'f(32|64)' "$tables/training" $isa
    for precision in f32 f64; do
        check $isa-$precision kernels.csv $precision "$tables/kernels-$precision-$isa"
    done
done
echo "neon: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
