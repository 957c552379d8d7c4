"""What a lake remembers of how its inputs were taken in and what its metrics said, so that dates which are made anew later
are counted alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Iterable

from ..errors import UserError

if TYPE_CHECKING:
    from .lake import Lake

UNTELLABLE = ("partial", "remove", "fake")      # what these styles leave in place of a finding does not say that it was one
Manifests = Iterable[dict[str, Any]]


def way(timezone: str, style: str, kinds: Iterable[str]) -> dict[str, Any]:
    """What the note on an input keeps of the settings that it was taken in with: where days began, what stands in place of
    personal data, and the kinds of findings beside those that the program knows."""
    return {"timezone": timezone, "style": style, "kinds": sorted(kinds)}


def timezone_of(manifests: Manifests) -> str:
    """Where the days of a lake begin, "" when its inputs do not agree or none says so."""
    said = {manifest["way"]["timezone"] for manifest in manifests if manifest.get("way")}
    return said.pop() if len(said) == 1 else ""


def kinds_of(manifests: Manifests) -> frozenset[str]:
    """The kinds of findings, beside those that the program knows, which any of the inputs may hold."""
    return frozenset(kind for manifest in manifests if manifest.get("way") for kind in manifest["way"]["kinds"])


def tellable(manifests: Manifests) -> Callable[[str], bool]:
    """Whether the findings of a date can be counted: not when what stands in their place does not say so in any of the
    inputs that brought events of it."""
    unknown = {date for manifest in manifests if manifest.get("way", {}).get("style") in UNTELLABLE for date in manifest["event_dates"]}
    return lambda date: date not in unknown


class SameHeadcount:
    """The headcounts that the metrics of a date have now, for those that will stand in their place."""

    def __init__(self, lake: Lake, date: str):
        try:
            document = lake.read_json(f"curated/metrics_daily/date={date}/metrics.json") or {}
        except UserError:
            document = {}       # a broken one is about to be replaced
        rows = document.get("metrics", []) if isinstance(document, dict) else []
        self._of = {row["team"]: row.get("headcount") for row in rows if isinstance(row, dict) and isinstance(row.get("team"), str)}

    def of(self, group: tuple[str, ...]) -> int | None:
        """The headcount of a group's team."""
        return self._of.get(group[1])
