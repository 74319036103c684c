"""Complete command lines in a real shell on a terminal; print each line as it is then.

    complete.py bash|zsh SCRIPT PROGRAM LINE...

Each LINE is typed, then a tab. Its completion is printed, then, indented, the words that the
shell showed to choose from. The program is called `lossgrid`, as in the PATH of a user.
"""

import os
import pty
import re
import select
import sys
import tempfile
import time

LIMIT_S = 20
SETUP = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
}
BEGIN = {
    "bash": """PS1='> '; bind 'set show-all-if-ambiguous on'; bind 'set page-completions off'
bind 'set completion-query-items 0'; bind 'set bell-style none'
bind 'set enable-bracketed-paste off'
source {script}
bind -x '"\\C-g": printf "LINE<%s>\\n" "$READLINE_LINE"'
""",
    "zsh": """PS1='> '; unsetopt beep prompt_sp prompt_cr zle_bracketed_paste; unset zle_bracketed_paste
autoload -Uz compinit && compinit -u -D
setopt list_packed auto_list; LISTMAX=10000
source {script}
zstyle ':completion:*' list-prompt ''
show() {{ print -r "LINE<$BUFFER>" >/dev/tty; }}; zle -N show; bindkey '^G' show
""",
}


def read_until(terminal, mark):
    said, end = b"", time.monotonic() + LIMIT_S
    while mark not in said:
        ready, _, _ = select.select([terminal], [], [], end - time.monotonic())
        if not ready:
            sys.exit(f"complete.py: no {mark} within {LIMIT_S} s: {said!r}")
        said += os.read(terminal, 65536)
    return said.decode(errors="replace")


def main():
    shell, script, program, lines = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.realpath(program), os.path.join(folder, "lossgrid"))
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ.update(PATH=folder + ":" + os.environ["PATH"], TERM="dumb", COLUMNS="200")
            os.execvp(SETUP[shell][0], SETUP[shell])
        setup = BEGIN[shell].format(script=os.path.realpath(script))
        os.write(terminal, (setup + "stty -echo cols 200; echo REA''DY\n").encode())
        read_until(terminal, b"READY\r\n")
        for line in lines:
            os.write(terminal, (line + "\t\a").encode())
            said = read_until(terminal, b">\r\n")
            said = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said).replace("\r", "\n")
            completed = re.findall(r"LINE<(.*)>", said)[-1]
            shown = said[: said.index("LINE<")].replace(line, " ").split()
            print(completed)
            print("    " + " ".join(sorted({word for word in shown if word != ">"})))
            os.write(terminal, b"\x15")  # Ctrl-U: an empty line
        os.write(terminal, b"exit\n")
        os.waitpid(pid, 0)


main()
