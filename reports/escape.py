"""Text on its way into a format that interprets it: one function for each format.

A label, title, file name or the name of a machine is any text at all. Whatever a report
writes goes through the function of the format it is written to; nothing else in reports/
escapes. Every function first makes the text visible(), so that no format gets a line
break, an escape sequence of a terminal or a mark that turns the direction of writing.

  visible     one line that shows everything that is in the text
  names       a list of labels -> names that a reader can tell apart
  markdown    a run of text in GitHub-flavoured Markdown, also in a table
  code        a code span in Markdown, also in a table
  fence       a code block in Markdown
  link        the target of a link in Markdown: a relative path
  html        text or an attribute of HTML
  latex       text of LaTeX
  csv_field   a field of a CSV file for people, who open it in a spreadsheet
  terminal    a line on a terminal
  gnuplot     a string of a gnuplot script, as an expression
  gnuplot_field   a text column of a tab-separated file that gnuplot reads
  matplotlib  any text of a matplotlib figure; for legends see style.name_legend
  shell       a word of a shell command
"""

import html as html_library
import re
import shlex
import unicodedata
from urllib.parse import quote

LONGEST = 120      # characters of a name; longer ones lose their middle
MARKS = 3          # combining marks on one letter; more would cover the lines above
BLANK = "(blank)"
# Drawn as nothing although Unicode counts them as letters, marks or symbols.
INVISIBLE = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}


def spelled(character):
    """A sign in place of a character that cannot be seen."""
    point = ord(character)
    if point < 0x20:
        return chr(0x2400 + point)
    return "\N{SYMBOL FOR DELETE}" if point == 0x7F else f"⟨U+{point:04X}⟩"


def visible(text):
    """The text as one line in which every character can be seen: control characters, marks
    of direction, characters of no width and odd spaces are spelled out. Other text is left
    as it is."""
    text, out, marks = str(text), [], MARKS
    if text.isascii() and text.isprintable():
        return text
    for character in text:
        category = unicodedata.category(character)
        if category.startswith("M"):
            if not out:
                out.append("\N{DOTTED CIRCLE}")
                marks = 0
            marks += 1
        else:
            marks = 0
        hidden = category in HIDDEN and character != " "
        too_many = category.startswith("M") and marks > MARKS
        out.append(spelled(character) if hidden or too_many or ord(character) in INVISIBLE
                   else character)
    return "".join(out)


def name(label):
    """How a label is called: visible, never empty, its outer and repeated spaces shown, and
    not longer than LONGEST."""
    shown = visible(label)
    shown = re.sub(r"^ +| +$| {2,}", lambda run: "␠" * len(run.group()), shown)
    if not shown:
        return BLANK
    if len(shown) > LONGEST:
        shown = f"{shown[:LONGEST * 2 // 3]} … {shown[-LONGEST // 4:]}"
    return shown


def names(labels):
    """A name for each label, in their order. Labels that would look the same (equal ones, or
    ones that differ in the encoding of their letters alone) get a number behind."""
    taken, out = set(), []
    for label in labels:
        plain, number = name(label), 1
        shown = plain
        while unicodedata.normalize("NFKC", shown) in taken:
            number += 1
            shown = f"{plain} ({number})"
        taken.add(unicodedata.normalize("NFKC", shown))
        out.append(shown)
    return out


def right_to_left(text):
    return any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in text)


def isolated(text):
    """Text of the other direction kept from moving what stands beside it."""
    if not right_to_left(text):
        return text
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"


def markdown(text):
    """Text that Markdown shows as it is, within a line or a cell of a table."""
    text = visible(text)
    text = re.sub(r"[\\`*<>&~$]|\](?=[(\[:])|\[(?=\^|[ xX]\])", r"\\\g<0>", text)
    # An underscore between letters is none of Markdown's business (smooth_l1).
    text = re.sub(r"(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])", r"\\_", text)
    # Lists, headings and rules begin a line; links need no brackets in GitHub's.
    text = re.sub(r"^( *)([-+=#])(?=[-+=# ]|$)", r"\1\\\2", text)
    text = re.sub(r"^( *\d+)([.)])(?= |$)", r"\1\\\2", text)
    text = re.sub(r"://|(?<=www)\.|@", lambda found: "".join("\\" + c for c in found.group()), text,
                  flags=re.IGNORECASE)
    text = re.sub(r"^ +| +$", lambda run: "&#32;" * len(run.group()), text)
    text = text.replace("|", "&#124;")  # "\\|" ends a cell in some readers
    return isolated(text)


def code(text):
    """A code span; what a code span cannot hold in a table is a span of HTML instead."""
    text = visible(text)
    if not text.strip() or "|" in text or right_to_left(text):
        return f"<code>{markdown(text)}</code>"
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    pad = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{'`' * (longest + 1)}{pad}{text}{pad}{'`' * (longest + 1)}"


def fence(text, language=""):
    """A code block. Its lines stay lines; what cannot be seen in them is spelled out."""
    lines = [visible(line.replace("\t", "    ")) for line in re.split(r"\r\n|\n", text)]
    longest = max((len(run) for line in lines for run in re.findall(r"`+", line)), default=0)
    mark = "`" * max(3, longest + 1)
    return "\n".join([f"{mark}{language}", *lines, mark])


def link(path):
    return quote(str(path))


def html(text):
    return html_library.escape(visible(text), quote=True)


LATEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
         "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
         '"': r"\textquotedbl{}", "'": r"\textquotesingle{}", "`": r"\textasciigrave{}",
         "-": "{-}", **{c: "\\" + c for c in "#$%&_{}"}}


def latex(text):
    return "".join(LATEX.get(c, c) for c in visible(text))


def csv_field(text):
    """A field that a spreadsheet takes for text and not for a formula. A csv writer still has
    to quote it."""
    text = visible(text)
    return f"'{text}" if re.match(r"\s*[=+\-@]", text) else text


def terminal(text):
    return visible(text)


def gnuplot(text):
    """An expression that gives the text: gnuplot takes nothing in single quotes for an escape,
    but fails on some strings that begin with '' for a quote. Its terminals are set noenhanced,
    so that _, ^, {} and @ are letters."""
    parts = [f"'{part}'" for part in visible(text).split("'")]
    return '."\\047".'.join(parts)


def gnuplot_field(text):
    """gnuplot reads escapes in the fields of a file, and ends a field at a quote."""
    return visible(text).replace("\\", "\\\\").replace('"', "\\042")


def matplotlib(text):
    """Two dollars would be mathematics, and what is none an error."""
    return visible(text).replace("$", r"\$")


def shell(text):
    """One word of a shell command that gives this text, on one line."""
    text = str(text)
    if visible(text) == text:
        return shlex.quote(text)
    out = "".join(c if visible(c) == c and c not in "\\'" else
                  f"\\{c}" if c in "\\'" else
                  "".join(f"\\x{byte:02x}" for byte in c.encode("utf-8", "surrogateescape"))
                  for c in text)
    return f"$'{out}'"
