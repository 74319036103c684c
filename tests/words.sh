#!/usr/bin/env bash
# words.sh [TREE]: the retired words of docs/glossary.md are not in the tree, and each of
# them, put into a copy of it, is found. Prints the offenders; the last line counts.
set -uo pipefail
cd "${1:-$(dirname "$0")/..}" || exit 2

retired=$(sed -n '/^## Retired words/,$p' docs/glossary.md |
    sed -n 's/^| \([^|]*[^ |]\) *| .* |$/\1/p' | grep -vx retired | sed 's/, /\n/g')
# A word ends where no letter or digit follows: names are cut at underscores.
pattern=$(paste -s -d '|' <<<"${retired// /[ _-]}")

# found DIR: lines of the files below it that have a retired word; history and results keep theirs
found() {
    grep -rInEi "(^|[^[:alnum:]])($pattern)([^[:alnum:]]|\$)" "$1" \
        --exclude-dir={.git,.ccache,'build*',data,results,adr,__pycache__} \
        --exclude={CHANGELOG.md,glossary.md,'*.csv','*.svg'}
}

passed=0 failed=0
while IFS= read -r line; do
    failed=$((failed + 1))
    echo "words: ${line#./}"
done < <(found .)

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
while IFS= read -r word; do
    echo "/* It is ${word^}. */" >"$copy/comment.h"
    echo "int is_${word// /_}(void);" >"$copy/name.h"
    if [ "$(found "$copy" | wc -l)" -eq 2 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "words: FAILED: '$word' was put in and not found"
    fi
done <<<"$retired"
echo "words: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 9 ]
