#!/usr/bin/env python3
"""Measure what a grid of many small cells costs: tests/bench/grid.py [build/lossgrid]

Trains 100,000 XOR cells of one step in a new folder, resumes it, asks for its status, and trains
one cell of a million. Prints a Markdown table: wall time and CPU by wait4, memory as the most that
one process had. `--cells N` for another number. Nothing is compared with a bound: what is measured
depends on the machine and on what else it does.
"""
import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SPEC = """title: Many one-step cells
dataset: xor
task: classify
model: {{inputs: 2, layers: [{{outputs: 2, activation: tanh}}, {{outputs: 2}}]}}
batch: 4
epochs: 1
keep: []
grid:
  losses: [cross_entropy]
  optimizers:
    - name: sgd
      lr: {{log: [1e-4, 1], points: {rates}}}
      momentum: {{linear: [0, 0.999], points: 1000}}
"""


def spec(folder, cells):
    path = folder / f"many-{cells}.yaml"
    path.write_text(SPEC.format(rates=cells // 1000))
    return path


def measure(*words):
    """Wall seconds, CPU seconds of it and its children, MB of the parent."""
    begin = time.monotonic()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - begin
    if status != 0:
        sys.exit(f"{' '.join(map(str, words))}: status {status}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def processor():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?", default="build/lossgrid")
    parser.add_argument("--cells", type=int, default=100000, help="a multiple of 1000")
    parser.add_argument("--jobs", default="2")
    given = parser.parse_args()
    program = str(Path(given.program).resolve())
    folder = Path(tempfile.mkdtemp())
    try:
        out = folder / "out"
        run = [program, "run", spec(folder, given.cells), "--out", out, "--jobs", given.jobs,
               "--quiet"]
        rows = [("run", *measure(*run))]
        files = sum(len(names) for _, _, names in os.walk(out))
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
        rows.append(("the same command again", *measure(*run)))
        rows.append(("status", *measure(program, "status", out)))
        rows.append(("verify", *measure(program, "verify", out)))
        million = spec(folder, 1000000)
        rows.append(("one cell of 1,000,000", *measure(
            program, "run", million, "--out", folder / "one", "--shard", "0/1000000", "--quiet")))
    finally:
        shutil.rmtree(folder)
    print(f"{time.strftime('%Y-%m-%d')}, {processor()}, {os.cpu_count()} processors, load "
          f"{os.getloadavg()[0]:.1f}, {platform.system()} {platform.release()}, "
          f"{given.cells} cells, --jobs {given.jobs}\n")
    print("| what | wall, s | CPU, s | most memory of a process, MB |\n|---|---|---|---|")
    for what, wall, cpu, memory in rows:
        print(f"| {what} | {wall:.2f} | {cpu:.2f} | {memory:.0f} |")
    wall, cpu = rows[0][1:3]
    print(f"\nA cell: {wall / given.cells * 1e3:.3f} ms of wall time, "
          f"{cpu / given.cells * 1e3:.3f} ms of CPU. The folder: {files} files, "
          f"{size / given.cells:.0f} bytes a cell.")


if __name__ == "__main__":
    main()
