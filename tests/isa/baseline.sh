#!/usr/bin/env bash
# baseline.sh OBJECTS: outside the copies for instruction sets other than generic no object may
# hold an instruction that an x86-64 CPU without AVX lacks: the program must start there, and a
# multiply-add that the compiler fused would change bits. VEX and EVEX instructions are
# recognised by their first byte (c4, c5 or 62), the accumulator registers by their name.
set -uo pipefail
objects=$1
passed=0 failed=0

if [ "$(uname -m)" != x86_64 ]; then
    echo "baseline: skipped: a rule of x86-64"
    echo "baseline: 0 passed, 0 failed, 1 skipped"
    exit 0
fi
foreign='^ *[0-9a-f]+:\t((26|2e|36|3e|64|65|67) )*(c4|c5|62) |%[yz]mm[0-9]|vfn?m(add|sub)'
while IFS= read -r object; do
    if found=$(objdump -dw "$object" | awk -v foreign="$foreign" '$0 ~ foreign && !n++') && [ -z "$found" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "baseline: $object: ${found:-cannot be read}"
    fi
done < <(find "$objects" -name '*.o' \( ! -path '*/f[36][24]-*/*' -o -path '*/f[36][24]-generic/*' \) | sort)
echo "baseline: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
