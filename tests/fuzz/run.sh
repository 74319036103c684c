#!/usr/bin/env bash
# run.sh BUILD OBJ [SECONDS [NAME...]]: build the fuzz targets, or those named, with clang and
# its sanitizers, and feed each changed copies of its seeds for SECONDS (60). JOBS (all
# processors) run at a time. What breaks a reader is left in BUILD/NAME. What a target does not
# name as a source is linked as `make all` left it in OBJ.
set -uo pipefail
cd "$(dirname "$0")/../.."
mkdir -p "$1" && build=$(cd "$1" && pwd) && object=$(cd "$2" && pwd) || exit 3
seconds=${3:-60}
shift $(($# < 3 ? $# : 3))
names=("$@")
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(cd tests/fuzz && printf '%s\n' *_fuzz.c | sed 's/_fuzz\.c$//')
# In memory where the system lets us: targets write files all the time.
if [ -w /dev/shm ]; then FUZZ_FOLDER=$(mktemp -d -p /dev/shm); else FUZZ_FOLDER=$(mktemp -d); fi
trap 'rm -rf "$FUZZ_FOLDER"' EXIT
export FUZZ_FOLDER build object seconds
rm -f "$build/rest.a"
find "$object/harness" -name '*.o' ! -path "$object/harness/main.o" -exec ar rcs "$build/rest.a" {} + || exit 3

# field NAME WORD: what the lines "WORD: ..." of a target's first comment say
field() { sed -n "s,^ \* $2: ,,p; /\*\/\$/q" "tests/fuzz/$1_fuzz.c" | sed 's, *\*/$,,'; }

# fuzz NAME: prints its figures; the status is the target's
fuzz() {
    local name=$1 out=$build/$1 dictionary=() code=0
    rm -rf "$out/seeds" && mkdir -p "$out/corpus" "$out/seeds" || return 3
    # shellcheck disable=SC2046 # Sources and seeds are words, and may be patterns.
    clang -std=c17 -O1 -g -fsanitize=fuzzer,address,undefined,float-cast-overflow -fno-sanitize-recover=all \
        -D_GNU_SOURCE -Iinclude -I. -I"$object/generated" "tests/fuzz/${name}_fuzz.c" \
        $(find $(field "$name" Sources) -name '*.c') "$build/rest.a" "$object/liblossgrid.a" \
        $(pkg-config --libs libfyaml jansson libpng sqlite3 zlib libcrypto) -pthread -o "$out/target" || { echo "fuzz: $name: FAILED: does not compile"; return 1; }
    if [ -e "tests/fuzz/$name.dict" ]; then dictionary=(-dict="tests/fuzz/$name.dict"); fi
    # shellcheck disable=SC2046
    cp -r $(field "$name" Seeds) "$out/seeds/" || return 3
    "$out/target" -max_total_time="$seconds" -max_len=8192 -timeout=20 -verbosity=0 \
        -print_final_stats=1 "${dictionary[@]}" -artifact_prefix="$out/" \
        "$out/corpus" "$out/seeds" >"$out/log" 2>&1 || code=$?
    local runs
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$out/log")
    if [ $code -ne 0 ] || [ "${runs:-0}" -eq 0 ]; then
        grep -v '^stat::' "$out/log" | head -n 60
        echo "fuzz: $name: FAILED with status $code; see $out"
        return 1
    fi
    echo "fuzz: $name: $runs inputs in $seconds s, nothing found"
}
export -f field fuzz

printf '%s\n' "${names[@]}" | xargs -P "${JOBS:-$(nproc)}" -I{} bash -c 'fuzz {}' || {
    echo "fuzz: a target failed"
    exit 1
}
echo "fuzz: ${#names[@]} targets passed"
