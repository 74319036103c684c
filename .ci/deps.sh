#!/usr/bin/env bash
# deps.sh PACKAGE...: install the Debian packages that are missing, and only those.
set -euo pipefail

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "deps: not a Debian system; these packages, by whatever name they have here, are needed:"
    printf '  %s\n' "$@"
    exit 0
fi

missing=()
for package in "$@"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

# One at a time: apt refuses to begin while another works, and parts of the tests run side by side.
exec 9>"${TMPDIR:-/tmp}/lossgrid-deps-$(id -u).lock"
flock 9
sudo=()
[ "$(id -u)" -eq 0 ] || sudo=(sudo)
echo "deps: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
install() { "${sudo[@]}" apt-get install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The package lists may be absent or old: try, refresh them, try again.
install || { "${sudo[@]}" apt-get update >/dev/null 2>&1 || true; install; } || {
    tail -n 20 "$log" >&2
    echo "deps: apt-get could not install: ${missing[*]}" >&2
    exit 3
}
