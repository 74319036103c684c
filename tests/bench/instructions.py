"""Instructions of a training step, counted by callgrind: the same number in every run,
on a machine without performance counters too. Each program is counted twice, and the two
counts must be equal to the instruction.

    instructions.py PROGRAM [--optimizers NAME...] [--out FILE]
"""
import argparse
import csv
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PHASES = ["forward", "loss", "backward", "update", "rest"]


def count(program, arguments):
    """Run the program under callgrind; what it printed, and the dump."""
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder, "dump")
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--collect-atstart=no", "--dump-line=no",
             f"--callgrind-out-file={dump}", str(program), *map(str, arguments)],
            text=True, capture_output=True)
        if done.returncode != 0:
            sys.exit(f"instructions: {program} failed:\n{done.stderr}")
        return done.stdout.split(), dump.read_text()


def read_dump(text):
    """The total, and each call from one function to another with what it cost inside:
    (caller's file, callee's file, callee, instructions). A function's name and file are
    written out once and a number afterwards."""
    total = int(re.search(r"^(?:summary|totals): (\d+)$", text, re.M).group(1))
    names, files, file_of, calls = {}, {}, {}, []
    file = function = callee = None
    lines = iter(text.splitlines())
    for line in lines:
        key, _, value = line.partition("=")
        match = re.match(r"\((\d+)\)(?: (.*))?$", value)
        if match:
            number, name = match.groups()
            table = files if key in ("fl", "fi", "fe", "cfi", "cfl") else names
            if name is not None and key in ("fl", "fi", "fe", "cfi", "cfl", "fn", "cfn"):
                table[number] = name
        if key in ("fl", "fi", "fe"):
            file = files[number]
        elif key == "fn":
            function = number
            file_of[function] = file
        elif key == "cfn":
            callee = number
        elif key == "calls":
            calls.append((function, callee, int(next(lines).split()[-1])))
    return total, [(file_of.get(a, ""), file_of.get(b, ""), names[b], cost) for a, b, cost in calls]


def split(total, calls):
    """Instructions of each phase of net_train(). The optimizer is called within the
    backward pass; a method that searches runs the network within its update."""
    def inside(*names):
        return sum(cost for caller, _, name, cost in calls if caller.endswith("engine/net/train.c")
                   and any(name.startswith(f"lg_net_{n}_f") for n in names))
    update = sum(cost for caller, file, _, cost in calls
                 if "engine/optimizer/" in file and "engine/optimizer/" not in caller)
    found = {"forward": inside("forward"), "loss": inside("loss", "loss_gradient"),
             "backward": inside("backward", "step_collected") - update, "update": update}
    found["rest"] = total - sum(found.values())
    if min(found.values()) < 0 or 0 in (found["forward"], found["backward"], found["update"]):
        sys.exit(f"instructions: the phases' functions have other names or were inlined: {found}")
    return found


def measure(program, options, optimizer):
    arguments = [options.precision, optimizer, options.batch, options.steps, options.isa]
    printed, dump = count(program, [a for a in arguments if a])
    again, other = count(program, [a for a in arguments if a])
    total, calls = read_dump(dump)
    if (printed, total) != (again, read_dump(other)[0]):
        sys.exit(f"instructions: {optimizer}: {total} instructions, then {read_dump(other)[0]}")
    isa, steps, parameters = printed[0], int(printed[1]), int(printed[2])
    phases = split(total, calls)
    row = {"optimizer": optimizer, "precision": options.precision, "isa": isa,
           "batch": options.batch, "steps": steps, "parameters": parameters,
           "instructions": total, "per_step": total // steps}
    for phase in PHASES:
        row[phase] = phases[phase] // steps
    row["update_per_parameter"] = f"{phases['update'] / steps / parameters:.3f}"
    return row


def main():
    parser = argparse.ArgumentParser(description="instructions of a training step, by callgrind")
    parser.add_argument("program")
    parser.add_argument("--optimizers", nargs="+", default=["sgd", "adagrad", "adam"])
    parser.add_argument("--precision", choices=["f32", "f64"], default="f32")
    parser.add_argument("--isa", default="", help="valgrind knows no AVX-512 (default: its best)")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--out", type=Path, help="a CSV file")
    options = parser.parse_args()
    columns = ["optimizer", "isa", "per_step", *PHASES, "update_per_parameter"]
    rows = []
    print("  ".join(f"{c:>12}" for c in columns))
    for optimizer in options.optimizers:
        rows.append(measure(options.program, options, optimizer))
        print("  ".join(f"{rows[-1][c]:>12}" for c in columns), flush=True)
    print(f"instructions: {len(rows)} counted twice, equal to the instruction")
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        with options.out.open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


main()
