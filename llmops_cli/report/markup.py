"""The pieces that the page is put together from: cards, figures with the numbers behind them, tables."""

from html import escape
from typing import NamedTuple, Sequence


PRINTED = 60        # rows that a table behind a chart may have on paper


class Cell(NamedTuple):
    """What stands in a cell: text, or marks of our own; the number that it sorts by; a class; its share of the greatest."""

    text: str = ""
    value: float | None = None
    kind: str = ""
    marks: str = ""
    shade: float | None = None

    def html(self) -> str:
        said = f' class="{self.kind}"' if self.kind else ""
        if self.value is not None:
            said += f' data-v="{self.value:.10g}"'
        if self.shade:
            said += f' style="--s:{self.shade:.2f}"'
        return f"<td{said}>{self.marks or text(self.text)}</td>"


def text(words: str) -> str:
    """Words as they may stand in the page, without what a reader cannot see."""
    return escape("".join(sign if sign.isprintable() else "\ufffd" for sign in words))


def number(shown: str, value: float | None = None, kind: str = "n") -> Cell:
    """A number on the right of its column."""
    return Cell(shown, -1 if value is None else value, kind)


def mark(marks: str, kind: str = "b") -> Cell:
    """A bar or a small line."""
    return Cell(kind=kind, marks=marks)


def table(name: str, heads: Sequence[tuple[str, str]], rows: Sequence[tuple[str, Sequence[Cell]]], kind: str = "", caption: str = "") -> str:
    """A table in a frame that scrolls: (head, its class) for each column, (name, cells) for each row."""
    top = "".join(_head(*head) for head in heads)
    body = "".join(f'<tr><th scope="row"{f" title={quoted(row)}" if len(row) > 18 else ""}>{text(row)}</th>{"".join(cell.html() for cell in cells)}</tr>\n' for row, cells in rows)
    about = f"<caption>{text(caption)}</caption>" if caption else ""
    return (f'<div class="scroll{" long" * (len(rows) > 20)}{" huge" * (len(rows) > PRINTED)}" tabindex="0" role="region" aria-label={quoted(name)}>'
            f'<table class="{kind}">{about}<thead><tr>{top}</tr></thead><tbody>\n{body}</tbody></table></div>')


def _head(words: str, style: str) -> str:
    """The head of a column, which may break behind a slash; an empty cell over bars."""
    if not words:
        return f"<td class={style or 'n'}></td>"
    return f'<th scope="col"{f" class={style}" if style else ""}>' + text(words).replace("/", "/<wbr>") + "</th>"


def quoted(words: str) -> str:
    return f'"{text(words)}"'


def card(title: str, about: str, content: str) -> str:
    """A block with a heading."""
    return f'<div class="card"><h3>{text(title)}</h3>{f"<p>{text(about)}</p>" if about else ""}{content}</div>'


def figure(title: str, about: str, plot: str, numbers: str, slots: int = 0) -> str:
    """A chart, and the numbers it shows behind it. With `slots`, the rows of the table stand side by side in the picture."""
    return (f'<figure class="card"{f" data-slots={slots}" if slots else ""}><figcaption><h3>{text(title)}</h3>{f"<p>{about}</p>" if about else ""}</figcaption>'
            f"{plot}<details><summary>Numbers: {text(title[0].lower() + title[1:])}</summary>{numbers}</details></figure>")


def section(name: str, title: str, about: str, blocks: Sequence[str]) -> str:
    """A part of the page; nothing when there is nothing in it."""
    shown = "".join(block for block in blocks if block)
    if not shown:
        return ""
    return f'<section id="{name}"><h2>{text(title)}</h2>{f"<p class=about>{text(about)}</p>" if about else ""}{shown}</section>\n'


def pair(*cards: str) -> str:
    """Cards beside each other where there is room."""
    kept = [one for one in cards if one]
    return f'<div class="pair">{"".join(kept)}</div>' if len(kept) > 1 else "".join(kept)
