"""What is wrong with one reply, and what it says of itself that few do."""

from typing import Any

SECRETS = ("SECRET", "PASSWORD")
Judged = tuple[str, float | None, float | None, str]       # alert, value, limit, evidence


def judged(slow_ms: float, *, slow: float | None, error: str, refused: bool, empty: bool, cut: bool, kinds: dict[str, int] | None) -> list[Judged]:
    """The alerts of one reply. `slow` is its latency when that is over `slow_ms`; `error` the class of its error, "" for none.

    >>> judged(5000.0, slow=6000.0, error="", refused=False, empty=False, cut=False, kinds={"SECRET": 2, "EMAIL": 1})
    [('slow_reply', 6000.0, 5000.0, ''), ('pii', 1, None, '1 EMAIL'), ('secret', 2, None, '2 SECRET')]
    """
    found: list[Judged] = []
    if slow is not None:
        found.append(("slow_reply", slow, slow_ms, ""))
    if error:
        found.append(("error", None, None, error))
    found += [(name, None, None, "") for name, holds in (("refusal", refused), ("empty_reply", empty), ("truncated_reply", cut)) if holds]
    for name, some in (("pii", [kind for kind in sorted(kinds or ()) if kind not in SECRETS]), ("secret", [kind for kind in SECRETS if kind in (kinds or ())])):
        if some:
            found.append((name, sum(kinds[kind] for kind in some), None, ", ".join(f"{kinds[kind]} {kind}" for kind in some)))
    return found


def scores(event: dict[str, Any]) -> list[tuple[str, float]]:
    """The scores of an event that are numbers from nought up to a million."""
    said = event.get("scores")
    return [(str(name), value) for name, value in said.items() if value.__class__ in (int, float) and 0 <= value <= 1_000_000] if isinstance(said, dict) else []
