"""What the blocks of the terminal report are drawn with: titles, bars, tables of painted cells, blocks beside each other."""

import re
from itertools import zip_longest
from typing import Iterable, NamedTuple, Sequence

from ..term import Style, bar, width

Cell = str | tuple[str, str]     # a text, or a text and the colour of its bar, or of all of it when it has none

_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_BAR = re.compile("[▁-▏]+")


def fit(text: str, columns: int) -> str:
    """A name cut to a number of columns, without anything that a terminal would act on.

    >>> fit("Customer Comms (support/sales)", 15)
    'Customer Comms…'
    """
    text = "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
    if width(text) <= columns:
        return text
    while text and width(text) > columns - 1:
        text = text[:-1]
    return text.rstrip(" (/") + "…"


def short(name: str, columns: int) -> str:
    """A name without what stands in brackets, if that makes it fit.

    >>> short("Internal Q&A (policy/process)", 15)
    'Internal Q&A'
    """
    return fit(name if width(name) <= columns else name.partition(" (")[0], columns)


def shown_width(painted: str) -> int:
    """The columns that a painted text takes."""
    return width(_COLOUR.sub("", painted))


class Canvas(NamedTuple):
    """How wide the page is, and how text is painted."""

    columns: int
    paint: Style

    def title(self, text: str, about: str = "") -> str:
        return self.paint(text, "bold") + (self.paint(f"  {fit(about, self.columns - len(text) - 2)}", "dim") if about else "")

    def note(self, text: str) -> str:
        return self.paint(fit(text, self.columns), "dim")

    def wrapped(self, sentence: str, mark: str = "") -> list[str]:
        """A sentence on as many lines as it needs, the first after a mark."""
        from textwrap import wrap
        return wrap(fit(sentence, 1000), self.columns, initial_indent=mark, subsequent_indent=" " * len(mark))

    def table(self, head: Sequence[str], rows: Sequence[Sequence[Cell]], right: Sequence[int] = ()) -> list[str]:
        """Aligned rows under a dim head; the columns named in `right` are aligned to the right, empty ones left out."""
        cells = [[(name, "dim") for name in head], *([cell if isinstance(cell, tuple) else (cell, "") for cell in row] for row in rows)]
        widths = [max(width(row[column][0]) for row in cells) for column in range(len(head))]
        used = [column for column in range(len(head)) if any(row[column][0] for row in cells[1:])]
        lines = []
        for row in cells:
            line = []
            for column in used:
                text, colour = row[column]
                pad = " " * (widths[column] - width(text))
                painted = self._painted(text, colour)
                line.append(pad + painted if column in right else painted + pad)
            lines.append("  ".join(line).rstrip())
        return lines if any(head) else lines[1:]

    def _painted(self, text: str, colour: str) -> str:
        if not colour:
            return text
        bars = _BAR.sub(lambda found: self.paint(found[0], colour), text)
        return bars if bars != text else self.paint(text, colour)

    def beside(self, left: list[str], right: list[str], at: int) -> list[str]:
        """Two blocks beside each other, the right one from column `at` on."""
        return [(one or "") + (" " * max(2, at - shown_width(one or "")) + two if two else "") for one, two in zip_longest(left, right)]


def drawn(number: str, digits: int, part: float | None, most: float | None, columns: int) -> str:
    """A number with its bar; something that is not nothing is seen.

    >>> drawn("1", 3, 1, 2, 4), drawn("12", 3, 1, 1000, 4), drawn("0", 3, 0, 5, 2)
    ('  1 ██', ' 12 ▏', '  0')
    """
    line = (bar(part / most, columns) or "▏" * (part > 0)) if part and most else ""
    return f"{number:>{digits}} {line}".rstrip()


def digits(numbers: Iterable[str]) -> int:
    """The columns that the longest of some numbers takes."""
    return max(map(len, numbers), default=0)
