#!/usr/bin/env bash
# syscalls.sh PROGRAM [OPTION...]: syscalls.py, among processes of its own, so that a program that
# goes wrong can end no other's (kill() of a process that was never started is kill() of all).
set -uo pipefail
here=$(dirname "$(realpath "$0")")
if [ "${1:-}" = --inside ]; then
    shift
    # Not exec: what is left without a parent becomes this shell's, which waits for it.
    "${PYTHON:-python3}" "$here/syscalls.py" "$@"
    exit $?
fi
[ $# -gt 0 ] && [ -x "$1" ] || { echo "usage: tests/syscalls.sh PROGRAM [OPTION...]" >&2; exit 2; }
own=(unshare --pid --fork --mount-proc --kill-child)
[ "$(id -u)" -eq 0 ] || own+=(--user --map-root-user)
if "${own[@]}" true 2>/dev/null; then
    exec "${own[@]}" bash "$here/syscalls.sh" --inside "$@"
fi
echo 'syscalls: WARNING: no namespace for processes here: a process that cannot be started is not tried'
exec bash "$here/syscalls.sh" --inside "$@" --no-clone
