"""schema.json of made-up folders: the columns are those that the program describes.

`columns.json` holds them, by file, as the program wrote them: `make catalogue` renews it, and
a test compares (tests/cli/columns.sh). From folders with every column in them:

    /usr/bin/python3 tests/reports/described.py DIR... >tests/reports/columns.json
"""

import csv
import json
import sys
from pathlib import Path



def known():
    """File -> its columns; the meaning of each is its name."""
    files = json.loads((Path(__file__).parent / "columns.json").read_text())
    return {file: [column | {"meaning": column["name"]} for column in columns]
            for file, columns in files.items()}


KNOWN = known() if __name__ != "__main__" else {}


def header(file, without=()):
    """The names of the columns of a file."""
    return [column["name"] for column in KNOWN[file] if column["name"] not in without]


def write(folder):
    """Write schema.json: for each CSV file of the folder, the columns that its header has."""
    files = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            names = next(csv.reader(file))
        by_name = {column["name"]: column for column in KNOWN[path.name]}
        files[path.name] = [by_name[name] for name in names]
    (folder / "schema.json").write_text(json.dumps({"schema": 1} | files))


def gather(folders):
    """The columns of every CSV file in the folders, one a line, without their meanings; those of
    trace.csv and configurations.csv are another spec's."""
    lines, seen = [], {"trace.csv", "configurations.csv"}
    for folder in folders:
        for file, columns in json.loads((Path(folder) / "schema.json").read_text()).items():
            if file.endswith(".csv") and file not in seen:
                seen.add(file)
                rows = [json.dumps({k: v for k, v in column.items() if k != "meaning"})
                        for column in columns]
                lines.append(f'"{file}": [\n' + ",\n".join(rows) + "\n]")
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    sys.stdout.write(gather(sys.argv[1:]))
