#!/usr/bin/env bash
# install.sh PROGRAM LIBRARY: `make install` from a tree that is no repository, and what it
# installed used from another folder: a run and its report; a program of C on the library.
set -uo pipefail
program=$(realpath "$1") library=$(realpath "$2")
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() {
    cat "$scratch/log"
    echo "install: $*"
    echo "install: FAILED"
    exit 1
}

tests/tree.sh "$scratch/tree" || fail 'the tree could not be copied'
# The program is there already: nothing is compiled for this.
make -C "$scratch/tree" --no-print-directory -o all install BIN="$program" ENGINE_LIB="$library" \
    DESTDIR="$scratch/image" PREFIX=/usr >"$scratch/log" 2>&1 || fail 'make install failed'
mkdir "$scratch/elsewhere" && cd "$scratch/elsewhere" || exit
share=$scratch/image/usr/share/lossgrid
"$scratch/image/usr/bin/lossgrid" run "$share/experiments/xor.yaml" --quiet --out xor \
    >"$scratch/log" 2>&1 || fail 'the installed program does not run an installed experiment'
"$scratch/image/usr/bin/lossgrid" report xor >"$scratch/log" 2>&1 ||
    fail 'the installed program makes no report'
[ -s xor/report/report.md ] || fail 'no report.md'

man --warnings -l -P cat "$scratch/image/usr/share/man/man1/lossgrid.1" >"$scratch/log" 2>&1 ||
    fail 'the installed manual page does not read'
bash -n "$scratch/image/usr/share/bash-completion/completions/lossgrid" >"$scratch/log" 2>&1 ||
    fail 'the installed completion is no bash'

# The library, by its pkg-config file and its headers alone.
cp "$scratch/tree/docs/example.c" . || exit
export PKG_CONFIG_PATH=$scratch/image/usr/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$scratch/image
flags=$(pkg-config --static --cflags --libs lossgrid 2>"$scratch/log") || fail 'pkg-config knows no lossgrid'
# shellcheck disable=SC2086 # a list
${CC:-cc} -std=c17 -Wall -Wextra -Werror example.c $flags -o example >"$scratch/log" 2>&1 ||
    fail 'docs/example.c does not compile with what was installed'
./example >"$scratch/log" || fail 'docs/example.c does not run'
# By hand: (0.5^2 / 2 + (3 - 1/2) + (1 - 1/2)) / 3 = 3.125 / 3, and (0.5, 1, -1) / 3.
printf '%s\n' 1.0416666666666667 0.16666666666666666,0.33333333333333331,-0.33333333333333331 |
    cmp -s - "$scratch/log" || fail 'docs/example.c: another value'
echo 'install: 2 passed, 0 failed'
