#!/usr/bin/env bash
# run.sh BUILD [SECONDS]: build the fuzz target with clang and its sanitizers, and
# feed it changed copies of the specs for a minute. A file that breaks the reader
# is left in BUILD.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$1 seconds=${2:-60}

mkdir -p "$build/corpus"
make -s BUILD="$build" "$build/obj/release/generated/registry.h"
clang -std=c17 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
    -D_GNU_SOURCE -Iinclude -I. -I"$build/obj/release/generated" \
    tests/fuzz/spec_fuzz.c tests/unit/harness/spec/fake_backend.c harness/spec/*.c \
    engine/base/{status,digest,option}.c engine/data/{dataset,idx,raw}.c engine/data/set/*.c \
    -lfyaml -lz -lcrypto -o "$build/spec_fuzz"
"$build/spec_fuzz" -max_total_time="$seconds" -max_len=4096 -timeout=5 -verbosity=0 \
    -print_final_stats=1 -dict=tests/fuzz/spec.dict -artifact_prefix="$build/" \
    "$build/corpus" experiments
