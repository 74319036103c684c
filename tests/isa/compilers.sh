#!/usr/bin/env bash
# compilers.sh BUILD PROGRAM: PROGRAM is what gcc -O3 made. Build with gcc -O0 and with clang,
# -O0 and -O3; run a short piece of every experiment with each build, and PROGRAM with every
# instruction set of this CPU. All trace.csv must be byte-identical.
set -uo pipefail
cd "$(dirname "$0")/../.."
build=$1 reference=$(realpath "$2")
passed=0 failed=0 skipped=0
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# run PROGRAM NAME SAMPLES OPTION...: a short run of every experiment; XOR has 4 samples
run() {
    local program=$1 name=$2 most=$3 spec samples tune
    shift 3
    for spec in experiments/*.yaml; do
        samples=$most
        grep -q '^dataset: xor' "$spec" && samples=all
        tune=()
        grep -q '^tune:' "$spec" && tune=(--set validation=20 --set tune.budget=2)
        "$program" run "$spec" --quiet --fresh --out "$out/$name/$(basename "$spec" .yaml)" \
            --set epochs=2 --set "samples=$samples" --set 'seeds=[0]' --set evaluate=none \
            ${tune[@]+"${tune[@]}"} "$@" >/dev/null || return 1
    done
}

# same A B: every trace of A equals B's
same() {
    local spec
    for spec in experiments/*.yaml; do
        spec=$(basename "$spec" .yaml)
        if cmp "$out/$1/$spec/trace.csv" "$out/$2/$spec/trace.csv"; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
        fi
    done
}

# The copy that runs here, and the plain one: no more is compiled.
isas=$("$reference" list isas --format csv | awk -F, '$2 == "yes" { print $1 }')
best=$(head -n 1 <<<"$isas")
build_with() {
    make -s -j "$(nproc)" BUILD="$build/$1$2" CC="$1" OPT="$2" ISAS="$best $([ "$best" = generic ] || echo generic)" all
}

run "$reference" reference 100 || exit 1
for compiler in gcc clang; do
    for level in -O0 -O3; do
        name=$compiler$level
        [ "$name" = gcc-O3 ] && continue
        build_with $compiler $level && run "$build/$name/lossgrid" "$name" 100 || exit 1
        same "$name" reference
        echo "bits: $name against gcc-O3: $passed equal, $failed different so far"
    done
done
for isa in $isas; do
    run "$reference" "isa-$isa" 100 --isa "$isa" || exit 1
    same "isa-$isa" reference
    echo "bits: --isa $isa: $passed equal, $failed different so far"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
