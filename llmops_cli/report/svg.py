"""Charts as inline SVG. Marks stand in a picture that is stretched to the width there is; words and numbers stand around it
as text, so that they stay readable on a phone and on a wall."""

from html import escape
from math import floor, log10
from typing import Callable, NamedTuple, Sequence

WIDTH, HEIGHT = 1000.0, 100.0      # of the picture's own coordinates

Values = Sequence[float | None]


class Label(NamedTuple):
    """Words at a place: 0 is left or below, 1 is right or above. What is `minor` may be left out where there is little room."""

    at: float
    text: str
    minor: bool = False
    colour: str = ""


class Scale(NamedTuple):
    """An axis that begins at zero: its end, and the round numbers on it."""

    top: float
    ticks: tuple[float, ...]

    def y(self, value: float) -> str:
        """A value as a coordinate, from above."""
        return _short(HEIGHT - min(1.0, max(0.0, value / self.top)) * HEIGHT)


def scale(greatest: float, whole: bool = False, most: float | None = None) -> Scale:
    """An axis from zero to a round number that holds the greatest value, with three to five steps.

    >>> scale(27).ticks
    (0.0, 10.0, 20.0, 30.0)
    >>> scale(0.9, most=1.0).ticks
    (0.0, 0.25, 0.5, 0.75, 1.0)
    """
    if greatest <= 0:
        greatest = 1.0
    step = 10.0 ** floor(log10(greatest))
    steps = [step * factor for factor in (0.1, 0.2, 0.25, 0.5, 1, 2, 2.5)]
    step = next(one for one in steps if greatest / one <= 4.0001 and (not whole or one >= 1 and one == int(one)) or one == steps[-1])
    if whole:
        step = max(1.0, float(round(step)))
    count = -(-greatest // step)
    if most is not None and count * step > most:
        count = max(1, round(most / step))
    return Scale(count * step, tuple(round(number * step, 10) for number in range(int(count) + 1)))


def place(number: int, count: int) -> float:
    """The middle of a slot among so many, 0..1."""
    return (number + 0.5) / count


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _x(number: int, count: int) -> str:
    return _short(place(number, count) * WIDTH)


def line(values: Values, axis: Scale, name: str) -> str:
    """A line through values; broken where there is none, a dot where one stands alone."""
    parts, pen = [], False
    for number, value in enumerate(values):
        if value is None:
            pen = False
            continue
        alone = not pen and (number + 1 == len(values) or values[number + 1] is None)
        parts.append(f"{'L' if pen else 'M'}{_x(number, len(values))} {axis.y(value)}{'h0' if alone else ''}")
        pen = True
    return f'<path class="line {name}" d="{"".join(parts)}"/>'


def band(low: Values, high: Values, axis: Scale, name: str) -> str:
    """The area between two lines."""
    shapes, upper, lower = [], [], []
    for number in range(len(low) + 1):
        below, above = (low[number], high[number]) if number < len(low) else (None, None)
        if below is None or above is None:
            if upper:
                shapes.append("M" + "L".join(upper + lower[::-1]) + "Z")
            upper, lower = [], []
            continue
        x = _x(number, len(low))
        upper.append(f"{x} {axis.y(above)}")
        lower.append(f"{x} {axis.y(below)}")
    return f'<path class="band {name}" d="{"".join(shapes)}"/>'


def columns(values: Values, axis: Scale, name: str, faint: Sequence[bool] = ()) -> str:
    """Columns from zero up; what is not nothing is seen. The faint ones are not whole."""
    count = len(values)
    wide = WIDTH / count * (0.62 if count < 60 else 0.8)
    marks: dict[str, list[str]] = {"": [], " faint": []}
    for number, value in enumerate(values):
        if value:
            top = min(float(axis.y(value)), HEIGHT - 0.8)
            marks[" faint" if faint and faint[number] else ""].append(
                f"M{_short(place(number, count) * WIDTH - wide / 2)} {HEIGHT:.0f}V{_short(top)}h{_short(wide)}V{HEIGHT:.0f}z")
    return "".join(f'<path class="column {name}{kind}" d="{"".join(paths)}"/>' for kind, paths in marks.items() if paths)


def dots(values: Values, axis: Scale, name: str) -> str:
    """A dot for each value: for so many that columns would blur."""
    points = "".join(f"M{_x(number, len(values))} {axis.y(value)}h0" for number, value in enumerate(values) if value is not None)
    return f'<path class="dots {name}" d="{points}"/>'


def whiskers(low: Values, high: Values, axis: Scale) -> str:
    """An upright line from each low to its high."""
    paths = [f"M{_x(number, len(low))} {axis.y(below)}V{axis.y(above)}" for number, (below, above) in enumerate(zip(low, high))
             if below is not None and above is not None]
    return f'<path class="whisker" d="{"".join(paths)}"/>'


def plot(marks: Sequence[str], axis: Scale, write: Callable[[float], str], below: Sequence[Label], about: str, *,
         beside: Sequence[Label] = (), limits: Sequence[tuple[float, str]] = ()) -> str:
    """The picture with its axes: numbers on the left, dates below, names of lines beside their ends, limits as lines across."""
    grid = "".join(f"M0 {axis.y(tick)}H{WIDTH:.0f}" for tick in axis.ticks[1:])
    across = "".join(f'<path class="limit" d="M0 {axis.y(value)}H{WIDTH:.0f}"/>' for value, _ in limits)
    left = "".join(f'<span style="bottom:{_percent(tick / axis.top)}">{escape(write(tick))}</span>' for tick in axis.ticks)
    under = "".join(f'<span style="left:{_percent(label.at)}"{" class=minor" * label.minor}>{escape(label.text)}</span>' for label in below)
    ends = "".join(f'<span class="{label.colour}" style="bottom:{_percent(label.at)}">{escape(label.text)}</span>' for label in apart(beside))
    named = "".join(f'<span class="limit-name" style="bottom:{_percent(value / axis.top)}">{escape(text)}</span>' for value, text in limits)
    return (f'<div class="plot{" ended" * bool(beside)}"><div class="ys" aria-hidden="true">{left}</div><div class="area">'
            f'<svg role="img" aria-label="{escape(about)}" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" preserveAspectRatio="none">'
            f'<path class="grid" d="{grid}"/>{"".join(marks)}{across}<path class="ground" d="M0 {HEIGHT:.0f}H{WIDTH:.0f}"/></svg>{named}</div>'
            f'<div class="ends" aria-hidden="true">{ends}</div><div class="xs" aria-hidden="true">{under}</div></div>')


def apart(labels: Sequence[Label], least: float = 0.115) -> list[Label]:
    """Labels on one side, moved so far that none covers another."""
    placed: list[Label] = []
    for label in sorted(labels, key=lambda one: one.at):
        at = max(label.at, placed[-1].at + least) if placed else max(0.0, label.at)
        placed.append(label._replace(at=at))
    over = placed[-1].at - 1.0 if placed else 0.0
    if over > 0:
        placed = [label._replace(at=max(0.0, label.at - over)) for label in placed]
    return placed


def _percent(share: float) -> str:
    return f"{100 * share:.1f}".removesuffix(".0") + "%"


def bar(share: float, name: str = "") -> str:
    """A bar of a share (0..1) of the room there is."""
    width = max(0.6, 100 * min(1.0, share)) if share > 0 else 0
    return f'<svg class="bar" aria-hidden="true"><rect class="{name}" width="{width:.1f}%" height="100%"/></svg>'


def between(low: float, middle: float, high: float, most: float) -> str:
    """A range on a line, with a mark where the value is."""
    at = [100 * min(1.0, value / most) if most else 0.0 for value in (low, middle, high)]
    return (f'<svg class="bar range" aria-hidden="true"><rect class="span" x="{at[0]:.1f}%" width="{max(0.5, at[2] - at[0]):.1f}%" y="35%" height="30%"/>'
            f'<rect class="mark" x="{max(0.0, at[1] - 0.6):.1f}%" width="1.2%" height="100%"/></svg>')


def spark(values: Sequence[float]) -> str:
    """A small line of values from zero up."""
    if len(values) < 2:
        return ""
    axis = Scale(max(values) or 1.0, ())
    return f'<svg class="spark" aria-hidden="true" viewBox="0 -4 {WIDTH:.0f} 108" preserveAspectRatio="none">{line(values, axis, "one")}</svg>'
