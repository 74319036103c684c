#!/usr/bin/env bash
# injected.sh SCRATCH: can the checks fail? In a copy of the tree, put in one fault at a time and
# see lint, the sanitizers, a fuzz target or the time limit find it. The copy has the objects
# of `make all` and of `make VARIANT=asan all` at the same place, so that what has no fault is not
# compiled again. A fault whose edit no longer applies is a failure too.
set -uo pipefail
cd "$(dirname "$0")/../.."
rm -rf "${1:?usage: injected.sh SCRATCH}" && mkdir -p "$1/tree/build" && work=$(cd "$1" && pwd) || exit 3
tests/tree.sh "$work/tree" && cp -a build/obj "$work/tree/build" && cd "$work/tree" || exit 3
passed=0 failed=0
compile() { make -s -j "${JOBS:-$(nproc)}" "$@"; }

# injected FAULT FILE SED FOUND COMMAND...: COMMAND fails, and what it prints has FOUND
injected() {
    local fault=$1 file=$2 edit=$3 found=$4
    shift 4
    cp -p "$file" "$work/original"
    sed -i -e "$edit" "$file"
    if cmp -s "$work/original" "$file"; then
        echo "injected: FAILED: $fault: $file has nothing for the edit"
        failed=$((failed + 1))
    elif "$@" >"$work/log" 2>&1; then
        echo "injected: FAILED: $fault: nothing failed"
        failed=$((failed + 1))
    elif ! grep -qE "$found" "$work/log"; then
        echo "injected: FAILED: $fault: something else failed than $found:"
        head -n 20 "$work/log"
        failed=$((failed + 1))
    else
        echo "injected: $fault: found: $(grep -m 1 -oE "$found" "$work/log")"
        passed=$((passed + 1))
    fi
    cp "$work/original" "$file" # and not -p: what was made of the fault is older now
}

# clean NAME COMMAND...: the check passes before anything is injected
clean() {
    "${@:2}" >"$work/log" 2>&1 && return
    echo "injected: FAILED: $1 fails before anything is injected"
    head -n 20 "$work/log"
    failed=$((failed + 1))
}

# ---- Lint: in a header that one instruction set includes, in one precision, of the harness ----
lint() { compile lint LINT_FILES="$1"; }
fault='static int injected(void) { int *p = 0; return *p; }'
in_header='static inline double injected(void) { return 7 / 2; }'
clean lint lint "engine/kernel/rows.c harness/support/text.c"
for isa in avx512 neon; do
    injected "a whole division in the header of $isa" engine/kernel/simd/$isa.h "\$i /* clang-format off */ $in_header" \
        "simd/$isa.h:.*bugprone-integer-division" lint engine/kernel/rows.c
done
injected "a null pointer in the copies of f32" engine/loss/huber.c \
    "\$a /* clang-format off */\n#if LG_PRECISION == 32\n${fault/int/int __attribute__((unused))}\n#endif" \
    'huber.c, copy f32-[a-z0-9]*' lint engine/loss/huber.c
injected "a whole division in a header of the harness" harness/support/text.h "\$i /* clang-format off */ $in_header" \
    'support/text.h:.*bugprone-integer-division' lint harness/support/text.c
injected "a header that is not there" harness/support/text.c '1i /* clang-format off */\n#include "harness/support/injected.h"' \
    "'harness/support/injected.h' file not found" lint harness/support/text.c
injected "a line that is not formatted" harness/support/text.c 's/^#include "harness/#include    "harness/' \
    'code should be clang-formatted' lint harness/support/text.c

# ---- Sanitizers: a heap overflow, a leak, undefined behaviour ---------------------------------
asan() { compile VARIANT=asan ${ASAN_ISAS:+ISAS="$ASAN_ISAS"} all && tests/cli/run.sh build/lossgrid-asan "$1"; }
clean asan asan test_verify_reports_missing_rows
injected "a field too few" harness/support/csv.c 's/capacity \* sizeof \*fields/(capacity - 1) * sizeof *fields/' \
    'AddressSanitizer: heap-buffer-overflow' asan test_verify_reports_missing_rows
injected "memory not given back" harness/support/csv.c 's/^    free(table->bytes);$//' \
    'LeakSanitizer: detected memory leaks' asan test_verify_reports_missing_rows
injected "a shift by 64" harness/support/csv.c \
    's/^    size_t mark = 0;$/    size_t mark = size ^ size << (size > 0 ? 64 : 0) ^ size; mark = 0;/' \
    'runtime error: shift exponent 64' asan test_verify_reports_missing_rows

# ---- Fuzz: checks of a reader that are left out; no seed shows either -------------------------
fuzz() { tests/fuzz/run.sh "$work/fuzz" build/obj/release 20 "$1"; }
injected "a rank that is not checked" engine/data/idx.c 's/ rank > LG_IDX_DIMENSIONS_MAX)/ rank > 255)/' \
    'runtime error: index [0-9]+ out of bounds|AddressSanitizer: [a-z-]+' fuzz idx
injected "a seal that is not compared" harness/store/store_read.c \
    's/strcmp(claim->chain, database_text(statement, [0-9]*)) != 0/false/' 'deadly signal' fuzz store

# ---- The time limit of unit tests --------------------------------------------------------------
unit() {
    compile unit UNIT_SECONDS=2 UNIT_SRC='tests/unit/time_limit.c tests/unit/harness/support/csv_test.c' UNIT_TEMPLATE_SRC=
}
clean "the unit tests" unit
injected "a test that hangs" tests/unit/harness/support/csv_test.c \
    '$a Test(csv, injected)\n{\n    for (volatile int i = 0; i < 1;)\n        ;\n}' \
    'time limit: the test was stopped|csv::injected.*CRASH' unit

echo "injected: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
