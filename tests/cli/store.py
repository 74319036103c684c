"""Ask or change the store of a result folder.

    store.py FOLDER epochs          how many epochs are committed; 0 where there is no store
    store.py FOLDER checkpoints     how many cells could be gone on with
    store.py FOLDER damage WHAT     turn a bit over: of every `checkpoint`, or of the first
                                    `trace`, `timing`, `image` or `seal` (of a finished cell)
    store.py FOLDER forge CELL EPOCH WHAT VALUE
                                    another value in a column of trace.csv, or in `image`,
                                    `parameters`, `evaluations`, `key` or `state`, sealed as if it
                                    had been trained so
    store.py FOLDER repack CELL EPOCH same|other
                                    another PNG file of the same pixels, or of other ones
"""

import csv
import hashlib
import io
import pathlib
import sqlite3
import struct
import sys
import zlib

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


def sha256(*parts):
    """Of parts with their sizes, NULL as nothing: what harness/store/seal.c says, once more."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part or b""
        digest.update(b"%d:" % len(content) + content)
    return digest.hexdigest()


def seal(db, cell):
    key, dataset, slug, state = db.execute(
        "SELECT key, dataset, slug, state FROM cell WHERE id = ?", (cell,)).fetchone()
    chain = sha256(key, dataset, slug)
    for epoch, *content in db.execute("SELECT epoch, trace, timing, image, parameters, evaluations FROM epoch"
                                      " WHERE cell = ? ORDER BY epoch", (cell,)).fetchall():
        chain = sha256(chain, str(epoch), *content)
        db.execute("UPDATE epoch SET seal = ? WHERE cell = ? AND epoch = ?", (chain, cell, epoch))
    end = hashlib.sha256(f"{chain}:{state}".encode()).hexdigest() if state else ""
    db.execute("UPDATE cell SET seal = ? WHERE id = ?", (end, cell))


def forge(db, folder, slug, epoch, what, value):
    cell = db.execute("SELECT id FROM cell WHERE slug = ?", (slug,)).fetchone()[0]
    if what in ("key", "state"):
        db.execute(f"UPDATE cell SET {what} = ? WHERE id = ?", (value, cell))
    elif what in ("image", "parameters", "evaluations"):
        db.execute(f"UPDATE epoch SET {what} = ? WHERE cell = ? AND epoch = ?",
                   (value.encode(), cell, epoch))
    else:
        with open(folder / "trace.csv", newline="") as file:
            names = next(csv.reader(file))
        line, = db.execute("SELECT trace FROM epoch WHERE cell = ? AND epoch = ?",
                           (cell, epoch)).fetchone()
        row, changed = next(csv.reader([line.decode()])), io.StringIO()
        row[names.index(what)] = value
        csv.writer(changed, lineterminator="\n").writerow(row)
        db.execute("UPDATE epoch SET trace = ? WHERE cell = ? AND epoch = ?",
                   (changed.getvalue().encode(), cell, epoch))
    seal(db, cell)


def chunks(png):
    """The parts of a PNG file: name and content."""
    at = 8
    while at < len(png):
        size, = struct.unpack(">I", png[at:at + 4])
        yield png[at + 4:at + 8], png[at + 8:at + 8 + size]
        at += size + 12


def repack(db, slug, epoch, how):
    cell, png = db.execute("SELECT cell, image FROM epoch JOIN cell ON cell.id = cell"
                           " WHERE slug = ? AND epoch = ?", (slug, epoch)).fetchone()
    rows = bytearray(zlib.decompress(b"".join(c for name, c in chunks(png) if name == b"IDAT")))
    if how == "other":
        rows[-1] ^= 1
    packed = png[:8]
    for name, content in chunks(png):
        content = zlib.compress(rows, 0) if name == b"IDAT" else content
        packed += struct.pack(">I", len(content)) + name + content
        packed += struct.pack(">I", zlib.crc32(name + content))
    assert packed != png
    db.execute("UPDATE epoch SET image = ? WHERE cell = ? AND epoch = ?", (packed, cell, epoch))
    seal(db, cell)


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
        if what in ("forge", "repack"):
            slug, epoch, *rest = sys.argv[3:]
            if what == "forge":
                forge(db, folder, slug, int(epoch), *rest)
            else:
                repack(db, slug, int(epoch), *rest)
            return
        table, column, which = WHERE[sys.argv[3]]
        found = db.execute(f"SELECT rowid, {column} FROM {table} WHERE {which}").fetchall()
        for row, value in found:
            db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (flip(value), row))
        if not found:
            sys.exit("store.py: nothing to damage")
    db.close()


main()
