"""Every system call of a small run failing once.

    syscalls.sh PROGRAM [--every] [--jobs N] [--only CALL] [--subject NAME] [--verbose]

Counts the system calls of a run that nobody disturbs, by kind, and then runs it again for each
of them with that one call failing (strace --inject). Whatever fails, the run must

    - end with exit code 0, and the same bytes as the undisturbed run in every file that holds
      no time, or with another exit code and a message;
    - not crash, not hang, leave no process;
    - leave a folder that the same command, undisturbed, makes the same, with no temporary file.

Without --every, of calls that are made often only some are taken, spread over the run. Three
runs are disturbed: the parent of a run with workers, all processes of it (the N-th call of each
fails), and the parent of a run with images, from the reading of its data on.
"""

import argparse
import collections
import concurrent.futures
import filecmp
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PATIENCE_S = 90  # SQLite alone tries for ten seconds to get a lock
SAME = ("trace.csv", "configurations.csv", "parameters.csv", "schema.json")
TEMPORARY = (".tmp", ".new", ".old", "-journal", "-wal", "-shm")

# How a call may fail. Others fail by EIO.
WAYS = {
    "access": ["EACCES"],
    "arch_prctl": ["EINVAL"],
    "brk": ["0"],  # the kernel's way to say no: a break below the one asked for
    "clock_gettime": ["EINVAL"],
    "clone": ["EAGAIN", "ENOMEM"],
    "clone3": ["EAGAIN"],
    "close": ["EIO", "EINTR"],
    "fcntl": ["EAGAIN", "ENOLCK"],
    "fdatasync": ["EIO", "ENOSPC"],
    "flock": ["ENOLCK", "EINTR"],
    "fork": ["EAGAIN"],
    "fsync": ["EIO", "ENOSPC"],
    "fchown": ["EPERM"],
    "ftruncate": ["EIO", "ENOSPC"],
    "getcwd": ["ENOENT"],
    "getrandom": ["ENOSYS"],
    "ioctl": ["EIO"],
    "mkdir": ["EACCES", "ENOSPC"],
    "mmap": ["ENOMEM"],
    "mprotect": ["ENOMEM"],
    "mremap": ["ENOMEM"],
    "munmap": ["ENOMEM"],
    "newfstatat": ["EIO", "EACCES"],
    "openat": ["EACCES", "EMFILE", "EIO"],
    "poll": ["EINTR", "ENOMEM"],
    "prctl": ["EINVAL"],
    "prlimit64": ["EPERM"],
    "pwrite64": ["EIO", "ENOSPC"],
    "read": ["EIO", "EINTR"],
    "recvfrom": ["EIO", "EINTR", "ENOMEM"],
    "rename": ["EIO", "EACCES", "ENOSPC"],
    "rt_sigaction": ["EINVAL"],
    "sched_getaffinity": ["EINVAL"],
    "sendmsg": ["EPIPE", "EINTR", "ENOBUFS"],
    "socketpair": ["EMFILE"],
    "sysinfo": ["EFAULT"],
    "unlink": ["EACCES", "EIO"],
    "unlinkat": ["EACCES", "EIO"],
    "wait4": ["EINTR"],
    "write": ["ENOSPC", "EINTR", "EIO"],
}
# No failure: they do not return, or strace does not see the process yet.
NEVER = {"execve", "exit", "exit_group", "rt_sigreturn", "restart_syscall", "futex"}
# The first thing that the program itself does.
LOADED = r"rt_sigaction\(SIGINT"
# Calls of a kind that are made by the hundred: so many are taken, spread evenly.
SAMPLE = 8


class Subject:
    """A run to be disturbed, and what it leaves undisturbed."""

    def __init__(self, name, program, words, follow, scratch, begin):
        """begin: calls before the first whose line has this are not tried."""
        self.name, self.follow, self.scratch, self.begin = name, follow, scratch, begin
        self.words = [program, "run", *words]
        self.whole = scratch / name
        if not self.whole.exists():
            code, said = self.run(self.whole)
            if code != 0:
                sys.exit(f"syscalls: the undisturbed run fails:\n{said}")

    def run(self, folder, tracer=()):
        """Exit code and what was said; None: it hung. Its processes are a session."""
        with subprocess.Popen([*tracer, *self.words, "--out", str(folder)], text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, start_new_session=True) as process:
            try:
                said, _ = process.communicate(timeout=PATIENCE_S)
                code = process.returncode
            except subprocess.TimeoutExpired:
                waiting = what_they_wait_for(process.pid)
                os.killpg(process.pid, signal.SIGKILL)
                said, code = process.communicate()[0] + waiting, None
        if code is not None and not is_over(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
            return code, said + "\nA PROCESS IS LEFT"
        return code, said

    def strace(self, log, *words):
        return ["strace", *(["-f"] if self.follow else []), "-qq", "-o", str(log), *words]

    def calls(self):
        """(first, last) of each to be tried. Keeps how often each is made before the program
        begins, while its libraries are loaded."""
        log = self.scratch / f"{self.name}.log"
        folder = self.scratch / "counted"
        shutil.rmtree(folder, ignore_errors=True)
        code, said = self.run(folder, self.strace(log, "-e", "trace=all"))
        if code != 0 or not log.exists() or log.stat().st_size == 0:
            print(f"syscalls: strace cannot trace here (ptrace forbidden?):\n{said}")
            sys.exit(3)
        counts = collections.defaultdict(collections.Counter)
        marks = {}  # how often each was made before the program, and before what is to be tried
        parent = None
        for line in log.read_text(errors="replace").splitlines():
            process, _, rest = line.partition(" ") if self.follow else ("", "", line)
            parent = parent or process
            call = re.match(r"\s*(\w+)\(", rest)
            if not call:
                continue
            for mark in (LOADED, self.begin):
                if mark not in marks and re.search(mark, line):
                    marks[mark] = {call: by[process] for call, by in counts.items()}
            counts[call[1]][process] += 1
        self.loading = marks[LOADED]
        ranges = {}
        for call, by in counts.items():
            # Of several, those that the others make; the parent's alone are another subject.
            last = max(count for process, count in {**by, "": by[""]}.items()
                       if not self.follow or process != parent)
            first = 1 + marks[self.begin].get(call, 0)
            if first <= last and call not in NEVER:
                ranges[call] = first, last
        return ranges


def what_they_wait_for(session):
    lines = []
    for about in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(about.name)) == session:
                words = (about / "cmdline").read_bytes().split(b"\0")
                lines.append(f"\nprocess {about.name}, {words[0].decode()}: "
                             + (about / "syscall").read_text().strip() + " "
                             + (about / "wchan").read_text())
        except OSError:
            pass
    return "".join(lines)


def is_over(session):
    """Nothing of the session is left, after a moment."""
    for _ in range(100):
        try:
            os.killpg(session, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def differences(whole, folder):
    """The files that are not as they are to be."""
    images = [path.relative_to(whole) for path in whole.glob("images/**/*.png")]
    for name in (*SAME, *images):
        if (whole / name).exists() != (folder / name).exists():
            yield f"{name} is {'missing' if (whole / name).exists() else 'there'}"
        elif (whole / name).exists() and not filecmp.cmp(whole / name, folder / name, False):
            yield f"{name} differs"
    for name in ("timing.csv", "manifest.json", "cells.sqlite"):
        if not (folder / name).exists():
            yield f"{name} is missing"
    if not any(True for _ in images) and (folder / "images").exists():
        yield "images is there"


def temporaries(folder):
    return [str(path.relative_to(folder)) for path in folder.rglob("*")
            if path.name.endswith(TEMPORARY)]


def judge(subject, call, way, number):
    """(whether the call failed, what is wrong or None, what the run said)."""
    where = pathlib.Path(tempfile.mkdtemp(dir=subject.scratch))
    folder, log = where / "r", where / "log"
    try:
        code, said = subject.run(folder, subject.strace(
            log, "-e", f"trace={call}", "-e",
            f"inject={call}:{'retval' if way.isdigit() else 'error'}={way}:when={number}"))
        text = log.read_text(errors="replace") if log.exists() else ""
        if "(INJECTED)" not in text:
            return False, None, said
        said = f"exit code {code}: {said.strip()}"
        if code is None:
            return True, "it hangs", said
        if "A PROCESS IS LEFT" in said:
            return True, "a process is left", said
        loading = number <= subject.loading.get(call, 0)
        if (code < 0 or code > 128) and not loading:
            return True, f"it crashes: {code}", said
        if code == 0:
            wrong = [*differences(subject.whole, folder), *temporaries(folder)]
            if wrong:
                return True, "exit code 0, and " + ", ".join(wrong), said
        elif "lossgrid: " not in said and not loading:
            return True, "no message", said
        code, after = subject.run(folder)
        said += f"\nthen exit code {code}: {after.strip()}"
        if code != 0:
            return True, "it cannot be gone on with", said
        wrong = [*differences(subject.whole, folder), *temporaries(folder)]
        return True, "gone on with, " + ", ".join(wrong) if wrong else None, said
    finally:
        shutil.rmtree(where, ignore_errors=True)


def trials(subject, every, only):
    for call, (first, last) in sorted(subject.calls().items()):
        count = last - first + 1
        if only and call not in only:
            continue
        ways = WAYS.get(call, ["EIO"])
        for at, way in enumerate(ways):
            numbers = range(first, last + 1)
            if not every and count > SAMPLE:
                # Other ways fail at other places.
                numbers = sorted({first + (i * len(ways) + at) * (count - 1) // (SAMPLE * len(ways))
                                  for i in range(SAMPLE)} | {last})
            for number in numbers:
                yield call, way, number


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--every", action="store_true", help="every call, however many")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--only", action="append", help="these calls")
    parser.add_argument("--subject", action="append", help="this run: parent, processes, images")
    parser.add_argument("--no-clone", action="store_true", help="start all processes")
    parser.add_argument("--verbose", action="store_true", help="what each run said")
    options = parser.parse_args()
    if shutil.which("strace") is None:
        sys.exit("syscalls: strace is missing")
    program = os.path.realpath(options.program)
    tiny = [str(ROOT / "experiments/xor.yaml"), "--set", "epochs=3", "--set", "seeds=[1]",
            "--jobs", "2"]
    image = [str(ROOT / "experiments/article-losses.yaml"), "--set", "samples=10", "--set",
             "epochs=1", "--set", "evaluate=none", "--jobs", "1"]
    failed = 0
    total = collections.Counter()
    with tempfile.TemporaryDirectory(prefix="syscalls-") as scratch:
        scratch = pathlib.Path(scratch)
        for name, words, follow, begin in (("parent", tiny, False, ""),
                                           ("processes", tiny, True, LOADED),
                                           ("images", image, False, "-ubyte|images")):
            if options.subject and name not in options.subject:
                continue
            subject = Subject(name, program, words, follow, scratch, begin)
            plan = [trial for trial in trials(subject, options.every, options.only)
                    if not (options.no_clone and trial[0] in ("clone", "clone3", "fork"))]
            with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
                outcomes = pool.map(lambda trial: judge(subject, *trial), plan)
                for (call, way, number), (hit, wrong, said) in zip(plan, outcomes):
                    total[name] += hit
                    failed += wrong is not None
                    if wrong or (options.verbose and hit):
                        print(f"{name}: {call} number {number}, {way}: {wrong or 'fine'}")
                        print("    " + said.replace("\n", "\n    "), flush=True)
    print(f"syscalls: {sum(total.values())} system calls failed ("
          + ", ".join(f"{name} {count}" for name, count in total.items())
          + f"); {failed} of these runs went wrong")
    sys.exit(1 if failed or not total else 0)


main()
