"""What a terminal shows while a log is watched: quality, latency, cost, the windows behind, the last alerts."""

from collections import deque
from typing import Sequence

from ..term import Style, count, sparkline, width
from .alerts import CLEARED, Alert, sentence
from .budgets import dollars
from .counts import Counts, ratio
from .summary import milliseconds, money, percent
from .watcher import Watcher

WINDOWS = 60        # that are drawn
ALERTS = 8
_COLOURS = {"info": "cyan", "warning": "yellow", "critical": "red"}


class Dashboard:
    """Draws a watcher. `alerts` are the newest that were said."""

    def __init__(self, watcher: Watcher, columns: int, paint: Style):
        self._watcher, self.columns, self._paint = watcher, columns, paint
        self.alerts: deque[Alert] = deque(maxlen=ALERTS)
        self.said = 0
        watcher.history.keep_counts = True

    def note(self, alert: Alert) -> None:
        """Remember an alert that was said."""
        self.alerts.append(alert)
        self.said += 1

    def lines(self, names: Sequence[str]) -> list[str]:
        """The picture, line by line, no line wider than the terminal."""
        history, paint = self._watcher.history, self._paint
        windows = self._windows()
        now, whole = (windows[-1] if windows else Counts()), Counts()
        for counts in windows:
            whole.merge(counts)
        length = self._watcher.moments.length
        title = f"llmops monitor  {', '.join(names)}"
        lines = [paint(self._cut(title), "bold"), self._cut(f"{count(whole.replies, 'reply', 'replies')} in {count(len(windows), 'window')} of {_length(length)}, the last line of {history.last or '-'}"), ""]
        p50, p95, p99 = zip(*(counts.latency.quantiles((0.5, 0.95, 0.99)) for counts in windows)) if windows else ((), (), ())
        rows = (("replies", f"{now.replies:,}", [counts.replies for counts in windows], False), ("errors", percent(ratio(now.errors, now.replies)), [ratio(counts.errors, counts.replies) for counts in windows], now.errors > 0.05 * now.replies),
                ("refusals", percent(ratio(now.refusals, now.replies)), [ratio(counts.refusals, counts.replies) for counts in windows], now.refusals > 0.1 * now.replies),
                ("leaks", f"{now.leaks:,}", [counts.leaks for counts in windows], now.leaks > 0), ("p50", milliseconds(p50[-1] if p50 else None), p50, False), ("p95", milliseconds(p95[-1] if p95 else None), p95, bool(p95 and p95[-1] and p95[-1] > 2000)),
                ("p99", milliseconds(p99[-1] if p99 else None), p99, bool(p99 and p99[-1] and p99[-1] > 5000)), ("cost", money(dollars(now.nano_dollars) if now.priced else None), [counts.nano_dollars for counts in windows], False),
                ("tokens", f"{now.input_tokens + now.output_tokens:,}", [counts.input_tokens + counts.output_tokens for counts in windows], False))
        for name, shown, values, bad in rows:
            bars = sparkline(list(values)[-max(10, self.columns - 24):])
            lines.append(f"  {name:<9}{paint(f'{shown:>10}', 'red') if bad else f'{shown:>10}'}  {bars}")
        lines += self._money()
        lines += ["", paint(f"last alerts ({self.said:,} so far)", "bold")]
        if not self.alerts:
            lines.append("  none")
        for alert in reversed(self.alerts):
            cleared = alert["state"] == CLEARED
            word = "cleared" if cleared else alert["severity"]
            lines.append("  " + alert["time"][11:19] + "  " + paint(f"{word:<8}", "green" if cleared else _COLOURS[alert["severity"]]) + "  " + self._cut(sentence(alert).removeprefix("cleared: "), 22))
        return lines

    def _windows(self) -> list[Counts]:
        """The newest windows, all scopes together, those without a reply in between as empty ones."""
        history = self._watcher.history
        if history.newest is None:
            return []
        found = []
        first = max(min(history.kept, default=history.newest), history.newest - WINDOWS + 1)
        for window in range(first, history.newest + 1):
            whole = Counts()
            for cell in history.kept.get(window, {}).values():
                if tuple(cell.scope.values) == self._watcher.by:
                    for part in (cell.counts, *cell.leaves):
                        whole.merge(part)
            found.append(whole)
        return found

    def _money(self) -> list[str]:
        spent = self._watcher.money.spent_now()
        if not spent:
            return []
        line = f"  spent    {money(spent['day'])} on {spent['date']}, {money(spent['month'])} in the month"
        if "month_forecast" in spent:
            line += f", which will cost {money(spent['month_forecast'])}"
        lines = ["", self._cut(line)]
        for one in self._watcher.money.spendings:
            period, nano = self._watcher.money.now(one)
            if period:
                share = nano / one.budget.nano
                lines.append(self._cut(f"  budget   {one.budget.scope} {period}: {money(dollars(nano))} of {money(dollars(one.budget.nano))} ({share * 100:.0f} %)"))
        return lines

    def _cut(self, text: str, before: int = 0) -> str:
        room = max(10, self.columns - before)
        if width(text) <= room:
            return text
        while width(text) > room - 1:
            text = text[:-1]
        return text + "…"


def _length(seconds: int) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
