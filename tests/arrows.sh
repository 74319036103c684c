#!/usr/bin/env bash
# arrows.sh [TREE]: every #include must follow the direction of dependency, in this tree or
# in another one. Prints the offenders; the last line counts.
set -uo pipefail
cd "${1:-$(dirname "$0")/..}" || exit 2
passed=0 failed=0
ruled=()

# may FOLDER ALLOWED...: files under FOLDER include only from the allowed prefixes
may() {
    local folder=$1 file include allowed ok
    ruled+=("$folder")
    shift
    while IFS=: read -r file include; do
        ok=no
        for allowed in "$@"; do
            [[ $include == "$allowed"* ]] && ok=yes
        done
        if [ $ok = yes ]; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "arrows: $file includes $include; $folder may include: $*"
        fi
    done < <(grep -rHoE '^#include "(lossgrid|engine|harness|tests)/[^"]+' "$folder" --include='*.[ch]' |
        sed 's/#include "//')
}

# ---- The engine: base, math, kernel, the parts, net, backend ------------------
# What each may see of the public headers: all but the table of everything.
public="lossgrid/arena.h lossgrid/digest.h lossgrid/fpenv.h lossgrid/option.h lossgrid/path.h
        lossgrid/pcg.h lossgrid/precision.h lossgrid/status.h lossgrid/target.h"
data="lossgrid/dataset.h lossgrid/hold_out.h lossgrid/order.h lossgrid/pair_sampler.h"
base="$public engine/base/"
may include/lossgrid lossgrid/
# shellcheck disable=SC2086 # lists of prefixes
{
    may engine/base $base
    may engine/math $base engine/math/
    may engine/kernel $base engine/kernel/
    may engine/data $base $data engine/data/
    may engine/activation $base engine/math/ engine/kernel/ engine/activation/
    may engine/loss $base engine/math/ engine/kernel/ engine/loss/
    may engine/optimizer $base engine/math/ engine/kernel/ engine/optimizer/
    may engine/initialisation $base engine/math/ engine/kernel/ engine/initialisation/initialisation.h
    may engine/schedule $base engine/math/ engine/schedule/schedule.h
    may engine/net $base $data engine/math/ engine/kernel/ engine/activation/ engine/loss/ \
        engine/optimizer/ engine/initialisation/ engine/schedule/ engine/data/ engine/net/ \
        lossgrid/backend.h
    may engine/backend.c lossgrid/ engine/base/
    may engine/task.c lossgrid/ engine/base/
}

# ---- The harness: support, stats, machine, counter, spec, dataset, store, commands ----
h() { printf 'harness/%s/ ' "$@"; }
# shellcheck disable=SC2046 # lists of prefixes
{
    may harness/support lossgrid/status.h $(h support)
    may harness/stats lossgrid/status.h lossgrid/pcg.h $(h support stats)
    may harness/machine lossgrid/ $(h support stats machine)
    may harness/counter lossgrid/ $(h support stats machine counter)
    may harness/spec lossgrid/ $(h support spec)
    may harness/dataset lossgrid/ $(h support spec dataset)
    may harness/store lossgrid/ $(h support stats machine counter spec dataset store)
    # One folder is one command. None includes another; what two need goes further down.
    for command in calibrate compare env eval gradcheck help list merge report run status timing verify; do
        may "harness/$command" lossgrid/ \
            $(h support stats machine counter spec dataset store "$command")
    done
}

# A folder without a rule would be free to do anything.
for folder in include/*/ engine/*/ harness/*/; do
    [[ " ${ruled[*]} " == *" ${folder%/} "* ]] || {
        failed=$((failed + 1))
        echo "arrows: $folder has no rule here"
    }
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
