"""CSV files as rows, with complaints that name file, line, what was found and what expected."""

import csv


class InputError(Exception):
    """The folder cannot be reported on; the message says why."""


def read_csv(path, required):
    """(columns, rows as dicts with "line"); checks the header and every row's length. A byte
    order mark at its beginning is none of its contents."""
    try:
        return read_rows(path, required)
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.object[error.start]:#04x} is no UTF-8, which a "
                         "table has to be") from None
    except csv.Error as error:
        raise InputError(f"{path}: no CSV: {error}") from None


def read_rows(path, required):
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        columns = next(reader, [])
        for name in required:
            if name not in columns:
                found = ", ".join(columns) or "an empty file"
                raise InputError(f"{path}: column '{name}' is missing; found: {found}")
        rows = []
        for fields in reader:
            if len(fields) != len(columns):
                raise InputError(f"{path}:{reader.line_num}: {len(fields)} fields, expected "
                                 f"{len(columns)}; a row cut short?")
            rows.append(dict(zip(columns, fields), line=reader.line_num))
    return columns, rows


def number(path, row, column, kind):
    try:
        return kind(row[column])
    except ValueError:
        raise InputError(f"{path}:{row['line']}: {column} is '{row[column]}', "
                         f"expected a number") from None
