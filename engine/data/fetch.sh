#!/bin/sh
# Download MNIST's four files into a folder and verify them.
#
#   engine/data/fetch.sh [--check] [DIR]     DIR: data
#
# --check downloads nothing. Exit status: 0 all four files are there and right,
# 2 wrong usage or a file in the way, 3 not complete.
# LOSSGRID_MIRRORS replaces the mirrors: addresses of folders, separated by spaces.
set -u

here=$(dirname "$0")
public_mirrors="https://ossci-datasets.s3.amazonaws.com/mnist
https://storage.googleapis.com/cvdf-datasets/mnist"
mirrors=${LOSSGRID_MIRRORS:-$public_mirrors}

say() { printf '%s\n' "$*"; }
fail() { status=$1; shift; printf 'fetch: %s\n' "$*" >&2; exit "$status"; }

check_only=false
if [ "${1:-}" = --check ]; then check_only=true; shift; fi
case ${1:-} in -*) fail 2 "unknown option '$1'; valid: --check" ;; esac
[ $# -le 1 ] || fail 2 "found $# folders, expected at most one"
directory=${1:-data}

# "name sha256" per line. The registry's own file is the one place that knows.
files=$(tr -d ' \n' <"$here/set/mnist.c" | grep -o '{"[^"]*",[0-9]*,"[0-9a-f]\{64\}"}' |
    sed 's/{"\(.*\)",[0-9]*,"\(.*\)"}/\1 \2/')
[ "$(say "$files" | wc -l)" -eq 4 ] || fail 3 "$here/set/mnist.c does not list four files"

if command -v sha256sum >/dev/null; then sha256() { sha256sum | cut -c 1-64; }
elif command -v shasum >/dev/null; then sha256() { shasum -a 256 | cut -c 1-64; }
else fail 3 "neither sha256sum nor shasum is installed"; fi

# gzip -t also refuses what follows the stream, which a digest of its content does not see.
right_gz() { gzip -tq "$1" 2>/dev/null && [ "$(gzip -dc "$1" | sha256)" = "$2" ]; }
right_plain() { [ "$(sha256 <"$1")" = "$2" ]; }

# Whether the file is there and right. A plain file goes before a .gz, as in the program.
have() {
    if [ -e "$directory/$1" ]; then right_plain "$directory/$1" "$2"
    else [ -e "$directory/$1.gz" ] && right_gz "$directory/$1.gz" "$2"; fi
}

# The names still to get, one "name sha256" per line.
missing() {
    say "$files" | while read -r name digest; do
        have "$name" "$digest" || say "$name $digest"
    done
}

download() { # ADDRESS FILE; its messages go to stdout
    if command -v curl >/dev/null; then
        curl -fsSL --connect-timeout 5 --speed-limit 1000 --speed-time 10 --max-time 300 \
            -o "$2" "$1" 2>&1
    elif command -v wget >/dev/null; then
        wget -nv --tries=1 --timeout=10 -O "$2" "$1" 2>&1
    else
        say "neither curl nor wget is installed"
        return 1
    fi
}

# All that is missing from one mirror, up to the first failure.
fetch_from() {
    list=$(missing)
    while read -r name digest; do
        if ! error=$(download "$1/$name.gz" "$part"); then
            say "failed: $1/$name.gz: $(say "$error" | tail -n 1)" >&2
            return 1
        elif ! right_gz "$part" "$digest"; then
            say "failed: $1/$name.gz: not MNIST's, by the SHA-256 of its raw content" >&2
            return 1
        fi
        chmod 644 "$part" && mv -f "$part" "$directory/$name.gz" || return 1
        say "got: $directory/$name.gz from $1"
    done <<EOF
$list
EOF
}

left=$(missing)
if [ -z "$left" ]; then
    say "MNIST is complete in $directory/: nothing to do"
    exit 0
fi
while read -r name _; do
    plain=$directory/$name
    if $check_only; then
        if [ -e "$plain" ]; then say "wrong: $plain is not MNIST's"
        elif [ -e "$plain.gz" ]; then say "wrong: $plain.gz is damaged or not MNIST's"
        else say "missing: $plain.gz"; fi
    elif [ -e "$plain" ]; then
        fail 2 "$plain is not MNIST's and would hide a good $name.gz: move it away first"
    fi
done <<EOF
$left
EOF
! $check_only || exit 3

mkdir -p "$directory" || exit 3
part=$(mktemp "$directory/.fetch.XXXXXX") || exit 3
trap 'rm -f "$part"' EXIT
trap 'exit 130' INT TERM
for mirror in $mirrors; do
    if fetch_from "${mirror%/}"; then
        say "MNIST is complete in $directory/"
        exit 0
    fi
done
fail 3 "MNIST is not complete: put its four .gz files into $directory/ by hand, or go on without;" \
    "the packaged Fashion-MNIST (dataset-fashion-mnist) then stands in, and is called so"
