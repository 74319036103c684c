#!/usr/bin/env bash
# headers.sh OBJECTS: every header that the harness or a user's program includes stands alone,
# and any two go together: all of them in one file, in either order. OBJECTS holds generated/.
set -uo pipefail
cd "$(dirname "$0")/.."
objects=${1:?usage: headers.sh OBJECTS}
passed=0 failed=0
mapfile -t headers < <(find include harness -name '*.h' | sort)

# compiles NAME HEADER...: a file of these includes alone
compiles() {
    local name=$1 said
    shift
    if said=$(printf '#include "%s"\n' "${@#include/}" |
        ${CC:-cc} -std=c17 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only -Iinclude -I. \
            -I"$objects/generated" -x c - 2>&1); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "headers: FAILED: $name: $(grep -m 1 error <<<"$said")"
    fi
}

for header in "${headers[@]}"; do compiles "$header alone" "$header"; done
compiles "all, in order" "${headers[@]}"
mapfile -t reversed < <(printf '%s\n' "${headers[@]}" | sort -r)
compiles "all, in reverse" "${reversed[@]}"
echo "headers: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 2 ]
