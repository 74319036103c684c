#!/usr/bin/env bash
# cycles.sh OBJECTS: within a folder too, files depend on each other in one direction: no
# two objects of a folder need, directly or by others, symbols of each other. The
# #includes between folders are the business of arrows.sh.
set -uo pipefail
cd "$(dirname "$0")/.."
objects=${1:?usage: cycles.sh OBJECTS}
passed=0 failed=0

# edges OBJECT...: a line for each pair of which the first needs a symbol of the second
edges() {
    for file in "$@"; do
        nm --defined-only -g "$file" | awk -v file="$file" '{print "defines", $3, file}'
        nm -u "$file" | awk -v file="$file" '{print "needs", $2, file}'
    done | awk '$1 == "defines" { by[$2] = $3 }
        $1 == "needs" { symbol[++n] = $2; file[n] = $3 }
        END { for (i = 1; i <= n; i++)
                  if ((symbol[i] in by) && by[symbol[i]] != file[i]) print file[i], by[symbol[i]] }' |
        sort -u
}

# Objects whose source is gone may lie there from an earlier build.
sources() {
    local object source
    for object in "$1"/*.o; do
        source=${object#"$objects"/}
        source=${source#f64-generic/}
        [ -f "${source%.o}.c" ] && echo "$object"
    done
}

while read -r folder; do
    mapfile -t files < <(sources "$folder")
    [ ${#files[@]} -gt 0 ] || continue
    if loop=$(edges "${files[@]}" | tsort 2>&1 >/dev/null); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "cycles: FAILED: ${folder#"$objects"/}: $(sed -n 's/^tsort: .*\/\(.*\)\.o$/\1/p' <<<"$loop" | paste -sd ' ')"
    fi
done < <(find "$objects"/harness "$objects"/engine "$objects"/f64-generic/engine -name '*.o' -printf '%h\n' | sort -u)
echo "cycles: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 10 ]
