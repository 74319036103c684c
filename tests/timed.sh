#!/usr/bin/env bash
# timed.sh NAME COMMAND...: run the command; say how long it took, and how many seconds of the
# processors, which other work on the machine hardly changes. The line is also added to the
# file $TIMES_FILE, if there is one. The exit status is the command's.
name=$1 began=$EPOCHREALTIME code=0
shift
"$@" || code=$?
file=$(mktemp)
times >"$file" # not of a pipe: that would be the times of another shell
line=$(awk -v name="$name" -v began="$began" -v ended="$EPOCHREALTIME" -v code=$code '
    NR == 2 { split($1 " " $2, t, /[ms ]+/); cpu = 60 * t[1] + t[2] + 60 * t[3] + t[4] }
    END { printf "%5d s, %5d s of processor: %s%s", ended - began, cpu, name, code ? " (failed: " code ")" : "" }' "$file")
rm "$file"
echo "timed: $line"
if [ -n "${TIMES_FILE:-}" ]; then echo "$line" >>"$TIMES_FILE"; fi
exit $code
  266 s,   206 s of processor: build
   26 s,    15 s of processor: accepted
