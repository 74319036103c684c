#!/usr/bin/env bash
# arrows.sh: every #include must follow the direction of dependency.
# Prints the offenders; the last line counts.
set -uo pipefail
cd "$(dirname "$0")/.."
passed=0 failed=0

# may FOLDER ALLOWED...: files under FOLDER include only from the allowed prefixes
may() {
    local folder=$1 file include allowed ok
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
    done < <(grep -rHoE '^#include "(engine|harness|tests)/[^"]+' "$folder" --include='*.[ch]' |
        sed 's/#include "//')
}

base=engine/base/
may engine/base $base
may engine/math $base engine/math/
may engine/kernel $base engine/kernel/
may engine/data $base engine/data/
may engine/activation $base engine/math/ engine/kernel/ engine/activation/
may engine/loss $base engine/math/ engine/kernel/ engine/loss/
may engine/optimizer $base engine/math/ engine/kernel/ engine/optimizer/
may engine/initialisation $base engine/math/ engine/kernel/ engine/initialisation/initialisation.h
may engine/schedule $base engine/math/ engine/schedule/schedule.h
may engine/net $base engine/math/ engine/kernel/ engine/activation/ engine/loss/ engine/optimizer/ \
    engine/initialisation/ engine/schedule/ engine/data/ engine/net/ engine/backend.h
may harness $base engine/data/ engine/backend.h harness/
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
