"""Columns drawn with characters: heights from zero up in eighths of a line, never without their numbers beside them."""

from typing import Sequence

EIGHTHS = " ▁▂▃▄▅▆▇█"


def columns(values: Sequence[float | None], height: int, width: int = 1, gap: int = 0) -> list[str]:
    """Lines of a column chart, top first; something that is not nothing is always seen, None is a dot on the ground.

    >>> columns([0, 1, 4, None, 8], 2)
    ['    █', ' ▂█·█']
    """
    top = max((value for value in values if value), default=0)
    filled = [None if value is None else max(1, round(value / top * height * 8)) if value and top else 0 for value in values]
    lines = []
    for floor in range((height - 1) * 8, -1, -8):
        signs = ("·" if eighths is None and not floor else EIGHTHS[min(8, max(0, (eighths or 0) - floor))] for eighths in filled)
        lines.append((" " * gap).join(sign * width for sign in signs))
    return lines


def axis(labels: dict[int, str], length: int) -> str:
    """Labels at their columns, none over another.

    >>> axis({0: "2 Mar", 3: "no", 9: "9 Mar"}, 14)
    '2 Mar    9 Mar'
    """
    line = ""
    for column, label in sorted(labels.items()):
        if column + len(label) <= length and (not line or column > len(line)):
            line = line.ljust(column) + label
    return line


def rounded_up(value: float) -> int:
    """The next round number that is not below: 1, 2 or 5 times a power of ten.

    >>> [rounded_up(value) for value in (3, 27, 50, 51, 1234)]
    [5, 50, 50, 100, 2000]
    """
    step = 1
    while True:
        for factor in (1, 2, 5):
            if factor * step >= value:
                return factor * step
        step *= 10
