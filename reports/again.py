"""Commands to paste: those that make a result folder again, and those that check it."""

from pathlib import PurePath

from escape import shell


def joined(command):
    return " ".join(map(shell, command))


# Placeholder for a spec whose name is no UTF-8: the manifest, which is JSON, cannot hold it.
NAMELESS = "SPEC"


def words(results):
    """The command line that made the folder, as the manifest records it; rebuilt from the
    spec and its overrides where an older version did not record it."""
    recorded = results.fact("command", default=None)
    if recorded:
        return [str(word) for word in recorded]
    path = results.fact("spec", "path", default=NAMELESS)
    overrides = [word for o in results.fact("spec", "overrides", default=[])
                 for word in ("--set", o)]
    return ["build/lossgrid", "run", path, *overrides, "--out", str(results.folder)]


def folder(results):
    """The folder that the command writes."""
    command = words(results)
    return command[len(command) - 1 - command[::-1].index("--out") + 1]


def commands(results):
    """What to paste: train, and make the report."""
    command = words(results)
    builds = PurePath(command[0]) == PurePath("build/lossgrid")
    lines = [command, [command[0], "report", folder(results)]]
    remark = ["# SPEC: the spec's file, whose name could not be recorded"]
    return "\n".join((remark if command[2] == NAMELESS else [])
                     + (["make"] if builds else []) + [joined(line) for line in lines])


def check(results):
    """Plain words and commands: what `verify` reads, and how the bits are trained again."""
    command = words(results)
    program, there = command[0], folder(results)
    other = [*command[:-1], f"{there}-again"]
    return (joined([program, "verify", there]),
            "\n".join([joined(other),
                       joined([program, "verify", f"{there}-again", "--against", there])]))
