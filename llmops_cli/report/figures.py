"""What is known of a group, read from a tally, a metric row or a daily metrics document."""

from typing import Any

from ..metrics.sketch import MOST
from ..metrics.tally import NANO, VERSION, Tally

# What a row may say: its key, and the count of a tally that it stands for.
ROW_COUNTS = {"conversation_count": "conversations", "total_turns": "turns", "total_chars_user": "chars_user",
              "total_chars_assistant": "chars_assistant", "input_tokens": "input_tokens", "output_tokens": "output_tokens", "errors": "errors",
              "feedback_up": "feedback_up", "feedback_down": "feedback_down", "messages": "messages", "replies": "replies",
              "replies_priced": "priced"}


class Figures:
    """What is known of a group. Rows cannot tell how many people two of them share, nor their common quantiles:
    what one row said of those stands only as long as it is the only one."""

    __slots__ = ("tally", "only_row", "parts", "from_rows", "leaks_known", "said")

    def __init__(self, tally: Tally | None = None) -> None:
        self.tally = tally or Tally()
        self.only_row: dict[str, Any] | None = None
        self.parts = 0
        self.from_rows = False
        self.leaks_known = not self.tally.leaks_unknown
        self.said: set[str] = set()     # the keys that rows have said something of

    def merge(self, other: "Figures") -> None:
        self.only_row = None if self.parts else other.only_row
        self.parts += other.parts
        self.from_rows |= other.from_rows
        self.leaks_known &= other.leaks_known
        self.said |= other.said
        self.tally.merge(other.tally)

    def people(self) -> int | None:
        """Distinct people; None when that is not known."""
        if self.from_rows:
            return self.only_row.get("users") if self.only_row else None
        return self.tally.users.count() or None

    def people_exact(self) -> bool:
        return self.only_row.get("users_exact", True) is True if self.only_row else self.tally.users.exact

    def latencies(self) -> list[float | None]:
        """p50, p95 and p99 of the replies' times in milliseconds."""
        if self.from_rows:
            return [self.only_row.get(f"latency_ms_{name}") if self.only_row else None for name in ("p50", "p95", "p99")]
        return [None if value is None else float(f"{value:.6g}") for value in self.tally.latency.quantiles((0.5, 0.95, 0.99))]

    def timed(self) -> int:
        """How many replies said how long they took."""
        return (self.only_row or {}).get("replies_timed", 0) if self.from_rows else self.tally.latency.count

    def findings(self) -> int | None:
        return sum(self.tally.leaks.values()) if self.leaks_known else None


def group_of(record: dict[str, Any]) -> dict[str, str]:
    """The group of a tally, by key. ValueError when it has none."""
    by, group = record.get("by"), record.get("group")
    if by.__class__ is not list or group.__class__ is not list or len(by) != len(group) or set(map(type, by + group)) - {str}:
        raise ValueError("not a whole tally")
    return dict(zip(by, group))


def groups_of(records: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    """The groups of tallies that are all by the same keys: for each key, what it is in each. ValueError when they are not."""
    if not records:
        return {}
    by = list(group_of(records[0]))
    groups = [record.get("group") for record in records]
    if any([record.get("by") != by for record in records]) or set(map(type, groups)) != {list} or set(map(len, groups)) != {len(by)}:
        raise ValueError("tallies that are not all by the same keys")
    columns = dict(zip(by, zip(*groups)))
    if any(set(map(type, column)) != {str} for column in columns.values()):
        raise ValueError("not a whole tally")
    return columns


def read_tally(record: dict[str, Any]) -> tuple[dict[str, str], Figures]:
    """The group and figures of a tally as `aggregate --partial` writes it. ValueError when it is not whole."""
    if record.get("tally_version") != VERSION:
        raise ValueError(f"a tally of another version than this program's ({VERSION})")
    try:
        figures = Figures(Tally.from_json(record))
        figures.parts = 1
        return group_of(record), figures
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ValueError("not a whole tally") from None


def figures_of_row(row: dict[str, Any]) -> Figures:
    """A metric row's figures. ValueError when it is not one."""
    if "conversation_count" not in row:
        raise ValueError("not a metric row or a tally: conversation_count is missing")
    figures = Figures()
    figures.parts, figures.only_row, figures.from_rows = 1, row, True
    figures.said = {key for key, value in row.items() if value is not None}
    for key, name in ROW_COUNTS.items():
        value = row.get(key)
        if value is not None:
            if value.__class__ is not int or not 0 <= value < MOST:
                raise ValueError(f"{key} is not a count")
            setattr(figures.tally, name, value)
    for key in ("cost_usd", "users", "replies_timed", "pii_findings", "latency_ms_p50", "latency_ms_p95", "latency_ms_p99"):
        if row.get(key).__class__ not in (int, float, type(None)):
            raise ValueError(f"{key} is not a number")
        if not 0 <= (row.get(key) or 0) < MOST:
            raise ValueError(f"{key} is below zero or beyond all bounds")
    if row.get("cost_usd") is not None:
        figures.tally.nano_dollars = round(row["cost_usd"] * NANO)
        figures.tally.priced = figures.tally.priced or 1
    findings = row.get("pii_findings")
    figures.leaks_known = findings is not None
    if findings:
        figures.tally.leaks = {"": findings}     # of kinds that a row does not tell
    return figures


def document_rows(document: Any) -> tuple[str, list[dict[str, Any]]]:
    """Date and rows of a daily metrics document. ValueError when it is not one."""
    if not isinstance(document, dict) or not isinstance(document.get("date"), str):
        raise ValueError("not a metrics document: date is missing")
    rows = document.get("metrics")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("not a metrics document: metrics is not a list of rows")
    for row in rows:
        if row.get("conversation_count").__class__ is not int:
            raise ValueError("not a metrics document: a row has no conversation_count")
    if document.get("total_conversations") != sum(row["conversation_count"] for row in rows):
        raise ValueError("total_conversations is not the sum of its rows")
    return document["date"], rows
