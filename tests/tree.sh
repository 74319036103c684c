#!/usr/bin/env bash
# tree.sh DIR: a copy of the source tree in DIR, without what was built, measured or
# downloaded, and without a repository: what a tarball holds.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p "$1"
tar -c --exclude=./.git --exclude=./build --exclude=./data --exclude=__pycache__ . |
    tar -x -C "$1"
find "$1/results" -mindepth 1 -maxdepth 1 ! -name reference -exec rm -rf {} +
