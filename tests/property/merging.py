"""Random shards of one run, merged in random orders: the union is known beforehand.

    merging.py PROGRAM [--count N] [--seed S]

A run is cut into shards that overlap, in which cells are finished, begun, failed or missing. What
the union has is worked out here from the rows of the run. Every order and grouping of the shards
must give just that; where one shard has another bit in a row that a second one has too, every
order must give an alarm, and else none.
"""

import argparse
import json
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
EPOCHS = 4
SPEC = [ROOT / "experiments" / "xor.yaml", "--set", "seeds=[1,2]", "--set", f"epochs={EPOCHS}"]
REASONS = ["", "its process was ended by signal 9", "out of memory"]


class Wrong(Exception):
    pass


def call(program, *words):
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def must(code, program, *words):
    found, out, err = call(program, *words)
    if found != code:
        raise Wrong(f"exit code {found}, expected {code}: {' '.join(map(str, words))}\n{out}{err}")
    return out


def cut(folder, cells, draw):
    """Leave of each cell of a store what is drawn; cell -> (epochs, finished, why)."""
    kept = {}
    with sqlite3.connect(folder / "cells.sqlite") as db:
        for slug in cells:
            fate = draw.choices(["finished", "begun", "missing"], [3, 2, 3])[0]
            cell, = db.execute("SELECT id FROM cell WHERE slug = ?", (slug,)).fetchone()
            if fate == "finished":
                kept[slug] = (EPOCHS, True, "")
                continue
            epochs = draw.randrange(EPOCHS) if fate == "begun" else 0
            why = draw.choice(REASONS) if fate == "begun" else ""
            db.execute("DELETE FROM epoch WHERE cell = ? AND epoch > ?", (cell, epochs))
            if fate == "missing":
                db.execute("DELETE FROM cell WHERE id = ?", (cell,))
                continue
            db.execute("UPDATE cell SET state = 0, seal = '', epochs = ?, why = ? WHERE id = ?",
                       (epochs, why, cell))
            kept[slug] = (epochs, False, why)
    db.close()
    return kept


def union(shards, cells):
    """Cell -> the farthest of the shards; a finished one is farther than any other."""
    best = {}
    for slug in cells:
        of = [kept[slug] for kept in shards.values() if slug in kept]
        if of:
            best[slug] = max(of, key=lambda cell: (cell[1], cell[0], cell[2]))
    return best


def check_union(program, folder, best, rows):
    header, *lines = rows
    expected = [header] + [line for line in lines
                           if int(line.split(",")[5]) <= best.get(line.split(",")[0], (0,))[0]]
    found = (folder / "trace.csv").read_text().splitlines()
    if found != expected:
        raise Wrong(f"{folder}: {len(found)} rows, expected {len(expected)}, or other ones")
    status = json.loads(must(0, program, "status", folder, "--format", "json"))[0]
    counts = {
        "done": sum(finished for _, finished, _ in best.values()),
        "failed": sum(bool(why) for _, _, why in best.values()),
        "stopped": sum(not finished and not why and epochs > 0
                       for epochs, finished, why in best.values()),
    }
    for name, count in counts.items():
        if status[name] != count:
            raise Wrong(f"{folder}: {status[name]} {name}, expected {count}")


def forge(shards, scratch, draw):
    """Another bit in a row of a shard; whether another shard has that row too."""
    shard = draw.choice(sorted(shards))
    having = [slug for slug, cell in sorted(shards[shard].items()) if cell[0] > 0]
    if not having:
        return None
    slug = draw.choice(having)
    epoch = draw.randint(1, shards[shard][slug][0])
    subprocess.run([sys.executable, ROOT / "tests" / "cli" / "store.py", scratch / shard, "forge",
                    slug, str(epoch), "train_loss", "0.0625"], check=True)
    return slug, any(slug in kept and kept[slug][0] >= epoch
                     for other, kept in shards.items() if other != shard)


def trial(program, one, scratch, draw):
    rows = (one / "trace.csv").read_text().splitlines()
    cells = list(dict.fromkeys(row.split(",")[0] for row in rows[1:]))
    shards = {}
    for name in "abcd"[:draw.randint(2, 4)]:
        shutil.copytree(one, scratch / name)
        shards[name] = cut(scratch / name, cells, draw)
    best = union(shards, cells)
    names = [scratch / name for name in shards]
    for number in range(3):
        out = scratch / f"order-{number}"
        draw.shuffle(names)
        must(0, program, "merge", *names, "--out", out)
        check_union(program, out, best, rows)
    middle = draw.randint(1, len(names) - 1)
    must(0, program, "merge", *names[:middle], "--out", scratch / "group")
    must(0, program, "merge", *names[middle:], scratch / "group", "--out", scratch / "whole")
    check_union(program, scratch / "whole", best, rows)
    must(0, program, "merge", *names[middle:], "--out", scratch / "group")
    check_union(program, scratch / "group", best, rows)
    forged = forge(shards, scratch, draw)
    for number in range(2 if forged else 0):
        slug, is_seen = forged
        draw.shuffle(names)
        code, out, err = call(program, "merge", *names, "--out", scratch / f"forged-{number}")
        if code != (1 if is_seen else 0) or is_seen != (f"cell '{slug}' has the same key and other "
                                                        "bits" in err):
            raise Wrong(f"a forged bit in '{slug}': exit code {code}\n{out}{err}")
    return bool(forged and forged[1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    program, alarms = options.program.resolve(), 0
    with tempfile.TemporaryDirectory() as folder:
        one = pathlib.Path(folder) / "one"
        must(0, program, "run", *SPEC, "--out", one, "--quiet")
        for number in range(options.count):
            seed = f"{options.seed} {number}"
            scratch = pathlib.Path(folder) / str(number)
            scratch.mkdir()
            try:
                alarms += trial(program, one, scratch, random.Random(seed))
            except Wrong as wrong:
                print(f"merging: FAILED: trial {number} of seed {options.seed}: {wrong}")
                return 1
            shutil.rmtree(scratch)
    print(f"merging: {options.count} unions are as they should be, {alarms} alarms among them")
    return 0 if alarms > 0 or options.count < 5 else 1


sys.exit(main())
