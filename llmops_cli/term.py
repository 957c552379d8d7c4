"""What makes output pleasant on a terminal and plain elsewhere: colour, tables, sparklines, progress."""

import re
from typing import Callable, Mapping, Sequence, TextIO

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}


class Style:
    """Paints text when colour is on, and leaves it alone when it is off."""

    def __init__(self, on: bool):
        self.on = on

    def __call__(self, text: str, *names: str) -> str:
        codes = ";".join(_CODES[name] for name in names)
        return f"\x1b[{codes}m{text}\x1b[0m" if self.on and codes else text


def style(when: str, stream: TextIO, environ: Mapping[str, str]) -> Style:
    """Colour as `--color WHEN` says; `auto` is a terminal, unless NO_COLOR is set or TERM is dumb."""
    if when != "auto":
        return Style(when == "always")
    return Style(stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb")


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def plain(text: str) -> str:
    """A text from a record as it may stand in a line for people: what would steer the terminal, or begin a line of its own, is a space.

    >>> plain("Sales\\x1b[2J\\nall is well")
    'Sales [2J all is well'
    """
    return _CONTROL.sub(" ", text)


def width(text: str) -> int:
    """Columns that a text takes on a terminal: East Asian wide characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width
    return sum(0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def table(rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), gap: str = "  ") -> list[str]:
    """Rows as aligned lines; the columns named in `right` are aligned to the right.

    >>> table([["team", "n"], ["Sales", "12"]], right=[1])
    ['team    n', 'Sales  12']
    """
    columns = max(map(len, rows), default=0)
    widths = [max((width(row[column]) for row in rows if column < len(row)), default=0) for column in range(columns)]
    lines = []
    for row in rows:
        cells = []
        for column, cell in enumerate(row):
            pad = " " * (widths[column] - width(cell))
            cells.append(pad + cell if column in right else cell + pad)
        lines.append(gap.join(cells).rstrip())
    return lines


def sparkline(values: Sequence[float | None]) -> str:
    """A row of bars from zero to the greatest value; a gap where there is none.

    >>> sparkline([0, 1, 2, None, 4])
    '▁▂▄ █'
    """
    top = max((value for value in values if value), default=0)
    if not top:
        return "".join(" " if value is None else "▁" for value in values)
    return "".join(" " if value is None else "▁▂▃▄▅▆▇█"[min(7, int(value / top * 7.999))] for value in values)


def bar(share: float, columns: int) -> str:
    """A bar of `share` (0..1) of `columns` cells, in eighths of a cell.

    >>> bar(0.5, 3)
    '█▌'
    """
    eighths = round(max(0.0, min(1.0, share)) * columns * 8)
    return "█" * (eighths // 8) + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[eighths % 8]


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 line`, `2,000 lines`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def figures(value: float, number: int, sign: str = "") -> str:
    """A number to so many significant figures, a great one to the whole: nobody reads 1.5e+03 at night. `sign` "+" is written.

    >>> figures(0.03125, 3), figures(1500.4, 3), figures(999.9, 3), figures(12_345.0, 3, "+")
    ('0.0312', '1,500', '1,000', '+12,345')
    """
    text = f"{value:{sign},.{number}g}"
    return f"{value:{sign},.0f}" if "e+" in text else text


def duration(seconds: float) -> str:
    """`12 s`, `3 min 20 s`, `2 h 05 min`, `12 days`.

    >>> duration(200), duration(7500), duration(1e6)
    ('3 min 20 s', '2 h 05 min', '12 days')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    if whole >= 3 * 86400:
        return f"{round(whole / 86400):,} days"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def size(number: float) -> str:
    """Bytes for people: `1.4 MB`.

    >>> size(1_400_000), size(12)
    ('1.4 MB', '12 B')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000 or unit == "GB":
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return ""


class Progress:
    """Share, pace and time left of a long job: a line redrawn on a terminal after its first second;
    with `verbose` and no terminal, a line a minute; otherwise nothing. `now` is a clock in seconds."""

    def __init__(self, stream: TextIO, now: Callable[[], float], *, total: int | None = None,
                 quiet: bool = False, verbose: bool = False):
        self._terminal = stream.isatty() and not quiet
        self._every = 0.2 if self._terminal else 60.0 if verbose and not quiet else 0.0
        self._stream, self._now, self.total = stream, now, total
        self._began = self._drawn = now()
        self._shown = False
        self.told: Callable[[], str] = lambda: ""       # what else is worth telling: the cost so far, say

    def update(self, done: int, note: str = "") -> None:
        """Say that `done` bytes of the total have been worked through."""
        if not self._every:
            return
        now = self._now()
        if now - self._drawn < self._every or now - self._began < 1:
            return
        self._drawn = now
        pace = done / (now - self._began)
        parts = [f"{size(done)} at {size(pace)}/s"]
        if self.total and pace:
            parts.insert(0, f"{min(1.0, done / self.total):4.0%}")
            parts.append(f"{duration(max(0, self.total - done) / pace)} left")
        line = ", ".join(part for part in (*parts, note, self.told()) if part)
        self._stream.write(f"\r\x1b[K{line}" if self._terminal else f"llmops: {line}\n")
        self._stream.flush()
        self._shown = self._terminal

    def done(self) -> None:
        """Take the line away."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False
