#!/usr/bin/env bash
# sanitized.sh UNIT [OPTION...]: run the sanitized unit tests. A test's process has ended for
# Criterion when leaks are looked for, so that a leak fails no test: what the sanitizers say
# goes into files, and any of them is a failure.
set -uo pipefail
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
code=0
ASAN_OPTIONS=log_path=$reports/report:${ASAN_OPTIONS:-} UBSAN_OPTIONS=log_path=$reports/report:${UBSAN_OPTIONS:-} \
    "$@" || code=$?
found=$(find "$reports" -type f | wc -l)
find "$reports" -type f -exec cat {} +
echo "sanitized: $found processes with findings"
[ "$code" -eq 0 ] && [ "$found" -eq 0 ]
