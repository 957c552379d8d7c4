"""What the blocks of the terminal report are drawn with: titles, bars, tables of painted cells, blocks beside each other."""

import re
from itertools import zip_longest
from typing import NamedTuple, Sequence

from ..term import Style, bar, width



class Bar(NamedTuple):
    """A number with a bar behind it, as long as its share of the longest; something that is not nothing is seen."""

    number: str
    share: float
    colour: str = "cyan"


Cell = str | tuple[str, str] | Bar      # a text, a text and its colour, a number with its bar

LONGEST_BAR = 34
SHORTEST_BAR = 3        # what is shorter tells nothing, so there are numbers alone
SHORTEST_NAME = 6       # to which names are cut where there is no room

_COLOUR = re.compile(r"\x1b\[[\d;]*m")


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

    def table(self, head: Sequence[str], rows: Sequence[Sequence[Cell]], right: Sequence[int] = (), columns: int = 0) -> list[str]:
        """Aligned rows under a dim head, in `columns` or the whole page; columns without content are left out.

        Those named in `right` are aligned to the right; a column of bars takes the room that the others leave.
        """
        used = [column for column in range(len(head)) if any(row[column][0] for row in rows if row[column])]
        bars = [column for column in used if any(isinstance(row[column], Bar) for row in rows)]
        widths = {column: max([width(head[column]), *(width(_text(row[column])) for row in rows)]) for column in used}
        room = (columns or self.columns) - sum(widths.values()) - 2 * (len(used) - 1)
        digits = longest = 0
        for column in bars:
            digits, room = max(width(_text(row[column])) for row in rows), room + widths[column]
            longest = min(LONGEST_BAR, room - digits - 1)
            widths[column] = max(width(head[column]), digits + (1 + longest if longest >= SHORTEST_BAR else 0))
            room -= widths[column]
        for name in [column for column in reversed(used) if column not in right and column not in bars]:
            cut = max(0, min(-room, widths[name] - SHORTEST_NAME))
            widths[name] -= cut
            room += cut
        lines = [self._row([(head[column], "dim") for column in used], used, widths, right, 0, 0)] if any(head) else []
        return lines + [self._row([row[column] for column in used], used, widths, right, digits, longest) for row in rows]

    def _row(self, cells: Sequence[Cell], used: list[int], widths: dict[int, int], right: Sequence[int], digits: int, longest: int) -> str:
        painted = []
        for column, cell in zip(used, cells):
            text, colour = (_text(cell), "") if isinstance(cell, (str, Bar)) else cell
            text = fit(text, widths[column])
            line = ""
            if isinstance(cell, Bar):
                text = text.rjust(digits)
                line = bar(cell.share, longest) or "▏" * (cell.share > 0) if longest >= SHORTEST_BAR else ""
            pad = " " * (widths[column] - width(text) - (1 + len(line)) * bool(line))
            shown = self.paint(text, *[colour] * bool(colour)) + (" " + self.paint(line, cell.colour) if line else "")
            painted.append(pad + shown if column in right else shown + pad)
        return "  ".join(painted).rstrip()

    def beside(self, left: list[str], right: list[str], at: int) -> list[str]:
        """Two blocks beside each other, the right one from column `at` on; below each other where they are too wide."""
        if not left:
            return right
        if max(map(shown_width, left), default=0) > at - 2 or at + max(map(shown_width, right), default=0) > self.columns:
            return [*left, "", *right]
        return [(one or "") + (" " * (at - shown_width(one or "")) + two if two else "") for one, two in zip_longest(left, right)]


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell[0]
