#!/usr/bin/env bash
# arrows_injected.sh: put one forbidden include into each folder of a copy of the tree, one at
# a time: arrows.sh must name it. Each line of the table: a folder, a header it may not see.
set -uo pipefail
cd "$(dirname "$0")/.."
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
tests/tree.sh "$tree" || exit 3
passed=0 failed=0

tests/arrows.sh "$tree" >/dev/null || {
    echo "arrows: the tree is wrong before anything is put in"
    exit 1
}
while read -r folder header; do
    file=$(find "$tree/$folder" -name '*.[ch]' | sort | head -n 1)
    cp "$file" "$tree/original"
    echo "#include \"$header\"" >>"$file"
    output=$(tests/arrows.sh "$tree")
    if [[ -n $file && $output == *"arrows: ${file#"$tree/"} includes $header;"* ]]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "arrows: FAILED: $folder included $header, and arrows.sh passed"
    fi
    cp "$tree/original" "$file"
done <<'TABLE'
include/lossgrid engine/base/real.h
engine/base engine/math/math.h
engine/math engine/kernel/gemm.h
engine/kernel engine/math/math.h
engine/data engine/net/net.h
engine/activation engine/loss/loss.h
engine/loss engine/activation/activation.h
engine/optimizer engine/net/net.h
engine/initialisation engine/optimizer/optimizer.h
engine/schedule engine/kernel/gemm.h
engine/net harness/support/text.h
engine/backend.c engine/net/net.h
engine/task.c engine/net/net.h
harness/support harness/stats/sample.h
harness/stats harness/machine/machine.h
harness/machine harness/counter/counter.h
harness/counter harness/spec/node.h
harness/spec harness/store/epoch_columns.h
harness/dataset harness/store/epoch_columns.h
harness/store harness/run/cell.h
harness/calibrate harness/env/env_command.h
harness/compare harness/verify/verify_command.h
harness/env harness/timing/timing.h
harness/eval harness/gradcheck/check.h
harness/gradcheck harness/eval/eval.h
harness/list harness/run/cell.h
harness/report harness/run/study.h
harness/run harness/timing/timing.h
harness/timing harness/run/cell.h
harness/verify harness/compare/pairing.h
harness/run engine/net/net.h
TABLE
# And a folder that nobody has thought of.
mkdir "$tree/harness/new" && echo '#include "harness/run/cell.h"' >"$tree/harness/new/new.c"
output=$(tests/arrows.sh "$tree")
if [[ $output == *'harness/new/ has no rule'* ]]; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    echo "arrows: FAILED: a new folder needs no rule"
fi
echo "arrows, injected: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
