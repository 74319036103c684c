#!/usr/bin/env bash
# Run make targets on a Debian that has nothing but its base and make.
#
#   tests/bare.sh [--suite SUITE] [--mnist DIR] TARGET...
#
# A chroot of SUITE (stable by default) is made and removed. Every target runs on a
# clone of the last commit, as root, first without MNIST and then, with --mnist,
# with the four IDX files of DIR. Nothing of the host is seen but its kernel and its
# network: packages come from where its apt takes them. Each target's closing lines,
# exit code and wall time are printed; exit 1 if one of them failed, 3 if no chroot
# can be made here.
set -uo pipefail
cd "$(dirname "$0")/.."
suite=stable mnist=
while [ $# -gt 0 ]; do
    case $1 in
    --suite) suite=$2 && shift 2 ;;
    --mnist) mnist=$(realpath "$2") && shift 2 ;;
    -*) echo "bare: unknown option $1" >&2 && exit 2 ;;
    *) break ;;
    esac
done
[ $# -gt 0 ] || { echo "usage: tests/bare.sh [--suite SUITE] [--mnist DIR] TARGET..." >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo "bare: a chroot is made by root" >&2; exit 3; }

work=$(mktemp -d)
root=$work/root
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM

# A proxy, or a mirror whose lists have aged, is no less so in there.
mapfile -t apt < <(apt-config dump Acquire::Check-Valid-Until Acquire::http::Proxy Acquire::https::Proxy)
echo "bare: making a chroot of Debian $suite"
mmdebstrap --quiet --mode=root --variant=apt --include=make,ca-certificates \
    "${apt[@]/#/--aptopt=}" "$suite" "$root" \
    2>"$work/log" || { tail -n 20 "$work/log" >&2; echo "bare: no chroot of $suite" >&2; exit 3; }
cp /etc/resolv.conf "$root/etc/" 2>/dev/null
git clone --quiet --no-hardlinks . "$root/lossgrid" || exit 3
if [ -n "$mnist" ]; then mkdir "$root/mnist" && cp "$mnist"/*-ubyte* "$root/mnist/" || exit 3; fi

# inside COMMAND...: in the chroot, with mounts and processes that end with it.
inside() {
    # shellcheck disable=SC2016
    unshare --mount --pid --fork --kill-child bash -c '
        mount -t proc proc "$0/proc" && mount -t sysfs -o ro sysfs "$0/sys" &&
            mkdir -p "$0/dev/shm" "$0/dev/pts" && mount -t tmpfs tmpfs "$0/dev/shm" &&
            mount -t devpts -o newinstance,ptmxmode=0666 devpts "$0/dev/pts" &&
            ln -sf pts/ptmx "$0/dev/ptmx" || exit 3
        exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 chroot "$0" "$@"' \
        "$root" "$@" </dev/null
}

passed=0 failed=0
# try NAME COMMAND...: run it, tell how it ended.
try() {
    local name=$1 code=0 start=$SECONDS seconds
    shift
    inside "$@" >"$work/log" 2>&1 || code=$?
    seconds=$((SECONDS - start))
    if [ $code -eq 0 ]; then
        passed=$((passed + 1))
        grep -E '[0-9]+ (passed|failed)|Synthesis|^Ran |images|curves' "$work/log" | sed 's/^/    /'
    else
        failed=$((failed + 1))
        tail -n 60 "$work/log" | sed 's/^/    /'
    fi
    printf 'bare: Debian %s, %s: exit %d after %d min %02d s\n' \
        "$(cat "$root/etc/debian_version")" "$name" $code $((seconds / 60)) $((seconds % 60))
}

for target; do
    try "make $target without MNIST" make -C /lossgrid "$target"
    [ -z "$mnist" ] || try "make $target with MNIST" \
        env LOSSGRID_DATA=/mnist make -C /lossgrid "$target"
done
echo "bare: $passed passed, $failed failed"
[ $failed -eq 0 ]
