"""What verdicts add up to, for a terminal."""

from typing import Any

from .. import term
from ..term import Style

_NAMES = {"down": "unhappy", "up": "happy", "bug": "bugs", "praise": "praise", "idea": "ideas", "safety": "safety"}


def share(row: dict[str, Any]) -> str:
    """`71 % (52–85)` of up and down; a dash where nothing was rated.

    >>> share({"share_up": 0.714, "share_up_low": 0.5, "share_up_high": 0.85})
    '71 % (50–85)'
    """
    if row["share_up"] is None:
        return "-"
    return f"{percent(row['share_up'])} % ({percent(row['share_up_low'])}–{percent(row['share_up_high'])})"


def percent(part: float) -> str:
    """A share as a whole number of per cent; 0 and 100 only where it is that.

    >>> percent(0.9996), percent(1.0), percent(0.004)
    ('>99', '100', '<1')
    """
    whole = round(part * 100)
    return "<1" if not whole and part else ">99" if whole == 100 and part < 1 else str(whole)


def summary(document: dict[str, Any], by: tuple[str, ...], paint: Style, columns: int = 80) -> list[str]:
    """The lines of a summary."""
    if not document["total"]:
        return ["nothing was said so far"]
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in document["types"].items())
    lines = [paint(f"{term.count(document['total'], 'verdict')}, {document['up']:,} up and {document['down']:,} down: {share(document)} up", "bold"),
             f"{kinds}", ""]
    lines += table(document["by"], by, paint)
    weeks = document["trend"]
    if len(weeks) > 1 and by[0] != "week":
        rated = [week["share_up"] for week in weeks][-columns // 2:]
        lines += ["", f"share up by week, {weeks[0]['week']} to {weeks[-1]['week']}: {term.sparkline(rated)}  last {share(weeks[-1])}"]
    if document["themes"]:
        lines += ["", paint("what they talk about that the others do not", "bold")]
        for of in dict.fromkeys(theme["of"] for theme in document["themes"]):
            words = [f"{theme['words']} ({theme['texts']:,})" for theme in document["themes"] if theme["of"] == of]
            lines += _wrapped(f"{_NAMES[of]:<8}", words, columns)
    if document["themes_from_texts"] < document["texts"]:
        lines.append(f"(words from {document['themes_from_texts']:,} of {document['texts']:,} texts)")
    return lines


def table(rows: list[dict[str, Any]], by: tuple[str, ...], paint: Style) -> list[str]:
    """Groups with their counts, aligned."""
    heads = [*by, "total", "up", "down", "share up (95 %)"]
    cells = [[*(term.plain(str(row[key])) for key in by), f"{row['total']:,}", f"{row['up']:,}", f"{row['down']:,}", share(row)] for row in rows]
    lines = term.table([heads, *cells], right=tuple(range(len(by), len(by) + 3)))
    return [paint(lines[0], "dim"), *lines[1:]]


def listing(records: list[dict[str, Any]], paint: Style, columns: int = 100) -> list[str]:
    """Verdicts, one a line: when, id, type, rating, what about, words."""
    rows = [["time", "id", "type", "rating", "about", "text"]]
    for record in records:
        about = record.get("message_id") or record.get("conversation_id") or record.get("release") or ""
        text = " ".join(str(record.get("text") or "").split())
        rows.append([str(record.get("event_time"))[:16], str(record.get("feedback_id")), str(record.get("type")), str(record.get("rating") or ""),
                     str(about), text if len(text) <= columns else text[:columns - 1] + "…"])
    lines = term.table([list(map(term.plain, row)) for row in rows])
    return [paint(lines[0], "dim"), *lines[1:]]


def _wrapped(name: str, words: list[str], columns: int) -> list[str]:
    lines, line = [], name
    for place, word in enumerate(words):
        piece = word + ("," if place < len(words) - 1 else "")
        if len(line) + len(piece) + 1 > columns and line.strip():
            lines.append(line)
            line = " " * len(name)
        line += " " + piece
    return [*lines, line]
