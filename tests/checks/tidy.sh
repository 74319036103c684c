#!/usr/bin/env bash
# tidy.sh LIST [JOBS]: run clang-tidy on each line of LIST, "COPY FILE FLAG...", JOBS at a
# time; COPY is "plain" or PRECISION-ISA. A copy whose text after the preprocessor is that
# of a copy before it, but for the name of its instruction set, is not checked again. Exit
# status: 0 nothing found, 1 findings, 3 the check itself failed.
set -uo pipefail
list=$1 jobs=${2:-$(nproc)}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export out
[ -s "$list" ] || { echo "lint: nothing to check"; exit 3; }

# each FUNCTION LIST: run it once per line, with the line's number and its words
each() {
    nl -ba -w 6 -n rz -s ' ' "$2" | tr '\n' '\0' |
        xargs -0 -P "$jobs" -n 16 bash -c 'f=$1; shift; for line; do read -ra words <<<"$line"; $f "${words[@]}"; done' lint "$1"
}

# The text that a copy is, as a digest. What does not compile has one of its own.
digest() {
    local number=$1 copy=$2 file=$3 text=$1
    shift 3
    if [ "$copy" != plain ]; then
        # Line markers end in 3 where a system header begins: those differ and are not ours.
        text=$(clang -E "$@" "$file" 2>/dev/null |
            awk '/^# [0-9]+ "/ { system_header = / 3( |$)/; next } !system_header' |
            sed "s/${copy#*-}/ISA/g" | sha256sum) || text=$number
    fi
    echo "$number $file ${text%% *}" >>"$out/digests.$BASHPID"
}

# stderr holds counts of warnings, as of system headers; anything else is shown, and fails.
tidy() {
    local number=$1 copy=$2 file=$3 code=0
    shift 3
    clang-tidy --quiet "$file" -- "$@" >"$out/$number.said" 2>"$out/$number.stderr" || code=$?
    grep -vE '^[0-9]+ warnings? generated\.$' "$out/$number.stderr" >>"$out/$number.said"
    if [ $code -eq 0 ] && ! [ -s "$out/$number.said" ]; then return; fi
    { echo "lint: $file, copy $copy: clang-tidy ended with $code"; cat "$out/$number.said"; } >"$out/$number.found"
}
export -f digest tidy

each digest "$list" && sort "$out"/digests.* | awk '!(($2, $3) in seen) { seen[$2, $3] = 1; print $1 + 0 }' >"$out/first" &&
    awk 'NR == FNR { first[$1] = 1; next } FNR in first' "$out/first" "$list" >"$out/todo" &&
    [ -s "$out/todo" ] && each tidy "$out/todo" || exit 3

found=$(find "$out" -name '*.found' | wc -l)
find "$out" -name '*.found' | sort | xargs -r cat
echo "lint: $(wc -l <"$list") files and copies, of which $(wc -l <"$out/todo") differ: $found with findings"
[ "$found" -eq 0 ]
