"""How two releases ran: at the same time or one after the other, and the rows that this allows to compare."""

from operator import add
from typing import Sequence

from .ledger import BASELINE, BUCKETS, CANDIDATE, Cell, Ledger, Row
from .metrics import REPLIES

FEWEST_UNITS = 8        # filled buckets on a side before they say something of how its replies hang together
Pair = tuple[Row, Row]  # rows of the baseline and of the candidate


def overlap(ledger: Ledger) -> tuple[list[Cell], str, float]:
    """The cells to compare, the design, and how much information sharing the time gives, of what a steady split would."""
    cells = ledger.cells
    if ledger.spans[0] is None or ledger.spans[1] is None:
        return cells, "concurrent", 1.0
    first = max(span[0] for span in ledger.spans)
    last = min(span[1] for span in ledger.spans)
    begin = max((at for at, cell in enumerate(cells) if cell.start <= first), default=0)
    shared = [cell for cell in cells[begin:] if cell.start <= last]
    counts = [(cell.rows[0][REPLIES], cell.rows[1][REPLIES]) for cell in shared]
    inside = sum(candidate for _, candidate in counts)
    if last < first or inside * 2 < ledger.total(CANDIDATE):
        return cells, "sequential", 0.0
    b, c = sum(one for one, _ in counts), inside
    if not b or not c:
        return cells, "sequential", 0.0
    information = 0.0
    for group in _groups([one + other for one, other in counts], max(1, min(20, min(b, c) // 5))):
        x, y = map(sum, zip(*counts[group])) if counts[group] else (0, 0)
        information += x * y / (x + y) if x + y else 0.0
    steadiness = min(1.0, information * (b + c) / (b * c))
    return (shared, "concurrent", steadiness) if steadiness >= 0.5 else (cells, "sequential", steadiness)


def blocks_of(cells: Sequence[Cell], wanted: int, of: int | None = None) -> list[Pair]:
    """The cells in order as `wanted` blocks of nearly as many replies each (of one side's replies, if `of` says which)."""
    counts = [cell.rows[0][REPLIES] + cell.rows[1][REPLIES] if of is None else cell.rows[of][REPLIES] for cell in cells]
    width = len(cells[0].rows[0]) if cells else 0
    return [tuple(row_of([cell.rows[side] for cell in cells[group]], width) for side in (0, 1)) for group in _groups(counts, wanted)]


def _groups(counts: Sequence[int], wanted: int) -> list[slice]:
    """Where `wanted` stretches of nearly as much each begin and end."""
    total, seen, group = sum(counts), 0, 0
    bounds = [0]
    for at, count in enumerate(counts):
        here = min(wanted - 1, (2 * seen + count) * wanted // (2 * total) if total else 0)
        if here > group:
            bounds += [at] * (here - group)
            group = here
        seen += count
    bounds += [len(counts)] * (wanted + 1 - len(bounds))
    return [slice(begin, end) for begin, end in zip(bounds, bounds[1:])]


def by_hour(cells: Sequence[Cell], ledger: Ledger) -> list[Pair] | None:
    """Rows by hour of the day when the baseline knows the hours that the candidate ran in: it spans most of a day and has
    replies in the hours of nine in ten of the candidate's. None when it does not."""
    span = ledger.spans[BASELINE]
    if span is None or span[1] - span[0] < 20 * 3600:
        return None
    width = ledger.width
    hours: list[Pair] = [([0] * width, [0] * width) for _ in range(24)]
    for at, cell in enumerate(cells):
        end = cells[at + 1].start if at + 1 < len(cells) else ledger.last
        if end - cell.start > 4 * 3600:
            return None
        known = hours[int((cell.start + end) / 2 // 3600) % 24]
        for side in (BASELINE, CANDIDATE):
            known[side][:] = map(add, known[side], cell.rows[side])
    candidate = sum(row[REPLIES] for _, row in hours)
    matched = sum(row[REPLIES] for base, row in hours if base[REPLIES] >= 20)
    return hours if candidate and matched >= 0.9 * candidate else None


def by_unit(ledger: Ledger, sums: list[Row]) -> list[list[Pair]]:
    """Rows by bucket of users and of conversations, where most replies name one and there are enough."""
    empty = [0] * ledger.width
    found = []
    for buckets in ledger.units:
        sides = [[row for row in buckets[side * BUCKETS:(side + 1) * BUCKETS]] for side in (BASELINE, CANDIDATE)]
        filled = [[row for row in side if row] for side in sides]
        named = [sum(row[REPLIES] for row in side) for side in filled]
        if min(map(len, filled)) >= FEWEST_UNITS and all(named[side] >= 0.9 * sums[side][REPLIES] for side in (BASELINE, CANDIDATE)):
            found.append([(one or empty, other or empty) for one, other in zip(*sides) if one or other])
    return found


def row_of(rows: Sequence[Row], width: int) -> Row:
    return list(map(sum, zip(*rows))) if rows else [0] * width
