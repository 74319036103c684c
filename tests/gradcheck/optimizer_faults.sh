#!/usr/bin/env bash
# optimizer_faults.sh BUILD [OPTIMIZER]: make optimizers wrong, one fault of
# optimizer_faults.tsv at a time in a copy of the tree, and say who sees it: gradcheck,
# unit tests, nobody. Writes BUILD/optimizer_faults.csv. A fault that gradcheck does not
# see, an edit that no longer applies or does not compile, or an alarm without a fault is a
# failure. Minutes.
set -uo pipefail
cd "$(dirname "$0")/../.."
rm -rf "${1:?usage: optimizer_faults.sh BUILD [OPTIMIZER]}/tree"
mkdir -p "$1/tree" && build=$(cd "$1" && pwd) || exit 3
only=${2:-}
git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
    xargs -0 cp -p --parents -t "$build/tree" || exit 3
cd "$build/tree" || exit 3
: "${JOBS:=$(nproc)}"

# The plain copies are enough: every copy compiles the same formula.
compile() {
    make -s -j "$JOBS" BUILD="$build" OPT=-O1 ISAS=generic "$build/lossgrid" >"$build/log" 2>&1 &&
        make -s -j "$JOBS" BUILD="$build" OPT=-O1 ISAS=generic UNIT_SRC= HARNESS_SRC= \
            "$build/unit-release" >"$build/log" 2>&1
}

# Who sees it, into `gradcheck` and `unit`: yes or no. Tests of f64 are those of f32 again.
look() {
    gradcheck=no unit=no
    "$build/lossgrid" gradcheck --optimizer "$1" --quiet >"$build/gradcheck.log" 2>&1 || gradcheck=yes
    look_at_units
}
look_at_units() {
    "$build/unit-release" --jobs "$JOBS" --filter 'lg_@(adam|batch_method|block_optimizer|collect|optimizer_golden|optimizer_property|training)_f64_*/*' \
        >"$build/unit.log" 2>&1 || unit=yes
    grep -q 'Tested: [1-9]' "$build/unit.log" || unit=none-run
}

passed=0 failed=0
fail() {
    failed=$((failed + 1))
    echo "faults: FAILED: $*"
}

compile || {
    tail "$build/log"
    exit 1
}
echo "optimizer,fault,gradcheck,unit tests" >"$build/optimizer_faults.csv"
unit=no
look_at_units
[ "$unit" = no ] || fail "unit tests fail before there is a fault: $unit"
for optimizer in $(grep -v '^#' tests/gradcheck/optimizer_faults.tsv | cut -f 1 | sort -u); do
    [ -z "$only" ] || [ "$optimizer" = "$only" ] || continue
    "$build/lossgrid" gradcheck --optimizer "$optimizer" --quiet >"$build/gradcheck.log" 2>&1 ||
        fail "$optimizer: gradcheck fails without a fault"
done
while IFS=$'\t' read -r optimizer what file edit; do
    [ -n "$optimizer" ] && [ "${optimizer:0:1}" != "#" ] || continue
    [ -z "$only" ] || [ "$optimizer" = "$only" ] || continue
    cp "$file" "$build/original"
    sed -i -e "$edit" "$file"
    if cmp -s "$build/original" "$file"; then
        fail "$optimizer, $what: $file has nothing for the edit $edit"
    elif ! compile; then
        fail "$optimizer, $what: does not compile: $(grep -m 1 error "$build/log")"
    else
        look "$optimizer"
        echo "$optimizer,\"$what\",$gradcheck,$unit" | tee -a "$build/optimizer_faults.csv"
        if [ "$gradcheck" = yes ]; then passed=$((passed + 1)); else fail "$optimizer, $what: gradcheck does not see it"; fi
    fi
    cat "$build/original" >"$file"
done <tests/gradcheck/optimizer_faults.tsv
echo "faults: $passed seen by gradcheck, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
