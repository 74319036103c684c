"""Ask or change the store of a result folder.

    store.py FOLDER epochs          how many epochs are committed; 0 where there is no store
    store.py FOLDER checkpoints     how many cells could be gone on with
    store.py FOLDER damage WHAT     turn a bit over: of every `checkpoint`, or of the first
                                    `trace`, `timing`, `image` or `seal` (of a finished cell)
"""

import pathlib
import sqlite3
import sys

WHERE = {
    "checkpoint": ("checkpoint", "state", "1"),
    "trace": ("epoch", "trace", "epoch = 1 LIMIT 1"),
    "timing": ("epoch", "timing", "epoch = 1 LIMIT 1"),
    "image": ("epoch", "image", "epoch = 1 AND image NOT NULL LIMIT 1"),
    "seal": ("cell", "seal", "state = 1 LIMIT 1"),
}


def flip(value):
    """One bit of it, in the middle."""
    is_text = isinstance(value, str)
    content = bytearray(value.encode() if is_text else value)
    content[len(content) // 2] ^= 1
    return content.decode() if is_text else bytes(content)


def main():
    folder, what = pathlib.Path(sys.argv[1]), sys.argv[2]
    path = folder / "cells.sqlite"
    if not path.exists():
        print(0)
        return
    with sqlite3.connect(path, timeout=10) as db:
        if what in ("epochs", "checkpoints"):
            table = what.removesuffix("s")
            known = db.execute("SELECT count(*) FROM sqlite_master WHERE name = ?", (table,))
            print(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                  if known.fetchone()[0] else 0)
            return
        table, column, which = WHERE[sys.argv[3]]
        found = db.execute(f"SELECT rowid, {column} FROM {table} WHERE {which}").fetchall()
        for row, value in found:
            db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (flip(value), row))
        if not found:
            sys.exit("store.py: nothing to damage")
    db.close()


main()
