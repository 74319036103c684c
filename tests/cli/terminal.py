"""Run a command on a terminal of so many columns; print its exit code, how many lines it wrote
rewritten in place, and the columns of the widest of them.

    terminal.py COLUMNS PROGRAM [ARGUMENT]...
"""

import fcntl
import os
import pty
import re
import struct
import sys
import termios
import unicodedata


def width(line):
    line = re.sub(r"\x1b\[[0-9;]*m", "", line)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF"
               else 1 for c in line)


def run(columns, command):
    """(what it wrote, exit code)"""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm"
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        os.execv(command[0], command)
    said = b""
    try:
        while piece := os.read(terminal, 65536):
            said += piece
    except OSError:  # Linux: the other end is closed
        pass
    return said.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


text, code = run(int(sys.argv[1]), sys.argv[2:])
# What ends in a line feed is a line of its own, which a terminal wraps.
rewritten = [width(part) for part in text.split("\r\x1b[K")[1:] if "\r\n" not in part]
print(code, sum(w > 0 for w in rewritten), max(rewritten, default=0))
