"""What the server shows of a lake: each document kept until one of its files changes."""

import threading
from typing import Any, Callable, Hashable, Mapping

from ..report import page, trends
from ..report.evidence import Evidence
from ..report.gather import document, from_lake, metrics_of
from ..report.lakefiles import CURATED, METRICS, MODELS, REJECTS, REPORTS, RUN, TALLIES, LakeFiles, Unusable, place
from ..report.summary import summary
from . import exposition, openapi
from .messages import HTML, Body, Problem, encoded

MOST_KEPT = 64 << 20    # bytes of documents that are kept
SHOWN_DATES = 1000      # that an answer of 404 names


class Content:
    """The documents of a lake. Many threads may ask at once; what takes long is made by one of them."""

    def __init__(self, files: LakeFiles, *, week_start: str = "mon", budget: Mapping[str, Any] | None = None):
        self.files, self._week_start, self._budget = files, week_start, budget or {}
        self._kept: dict[Hashable, tuple[Hashable, Body]] = {}
        self._bytes = 0
        self._lock, self._making, self._looking = threading.Lock(), threading.Lock(), threading.Lock()
        self._looks = 0         # how many times the lake was looked over
        self._seen: dict[Hashable, tuple[int, Hashable]] = {}
        self._openapi = Body(encoded(openapi.document()))

    def metrics(self, date: str) -> Body:
        """The daily metrics document of a date, as it stands in the lake. Problem when there is none, or when it is broken."""
        return self._file(CURATED, date, METRICS, lambda: metrics_of(self.files, date))

    def report(self, date: str) -> Body:
        """The run report of a date, as it stands in the lake. Problem when there is none, or when it is broken."""
        name = place(REPORTS, date, RUN)

        def check() -> None:
            if not isinstance(document(self.files, name), dict):
                raise Unusable(name, "is not a run report")
        return self._file(REPORTS, date, RUN, check)

    def dates(self) -> Body:
        """The dates that have metrics; those whose files cannot be used are marked."""
        return self._made("dates", self._signature(METRICS), self._dates)

    def trends(self, first: str | None, last: str | None, by: str) -> Body:
        """A row for each value of `by`, over all dates or a span."""
        return self._made(("trends", first, last, by), self._signature(METRICS, MODELS if by == "model" else TALLIES),
                          lambda: self._trends(first, last, by))

    def page(self, first: str | None, last: str | None) -> Body:
        """The dashboard."""
        signature = self._signature(METRICS, TALLIES, MODELS), self._signature(RUN, REJECTS, stage=REPORTS)
        return self._made(("page", first, last), signature, lambda: self._page(first, last))

    def scraped(self, openmetrics: bool, answered: Mapping[int, int]) -> Body:
        """The numbers as Prometheus reads them, and how often this server has answered what."""
        signature = self._signature(METRICS, TALLIES)
        lake = self._made(("exposition", openmetrics), signature, lambda: Body(exposition.of_lake(self._numbers(), openmetrics)))
        return Body(lake.data + exposition.of_server(answered, openmetrics), exposition.OPENMETRICS if openmetrics else exposition.PROMETHEUS)

    def openapi(self) -> Body:
        return self._openapi

    # How they are made and kept -------------------------------------------------------------------------------------

    def _signature(self, *names: str, stage: str = CURATED) -> Hashable:
        """What changes with the files of these names. Who had to wait for another's look takes what it saw, if that look
        began after the question came."""
        asked = self._looks
        with self._looking:
            number, seen = self._seen.get((stage, names), (-1, None))
            if number <= asked:
                self._looks = number = self._looks + 1
                seen = self.files.tags(stage, names)
                self._seen[stage, names] = number, seen
            return seen

    def _made(self, key: Hashable, signature: Hashable, make: Callable[[], Body]) -> Body:
        """The document that is kept under a key while its files are as they were, else one made anew."""
        kept = self._kept.get(key)
        if kept and kept[0] == signature:
            return kept[1]
        with self._making:
            kept = self._kept.get(key)
            if kept and kept[0] == signature:
                return kept[1]
            body = make()
        self._keep(key, signature, body)
        return body

    def _keep(self, key: Hashable, signature: Hashable, body: Body) -> None:
        with self._lock:
            old = self._kept.pop(key, None)
            self._bytes += len(body.data) - (len(old[1].data) if old else 0)
            self._kept[key] = signature, body
            while self._bytes > MOST_KEPT and len(self._kept) > 1:
                _, dropped = self._kept.pop(next(iter(self._kept)))
                self._bytes -= len(dropped.data)

    def _file(self, stage: str, date: str, name: str, check: Callable[[], Any]) -> Body:
        """A file as it stands in the lake, once it has been checked."""
        path = place(stage, date, name)
        tag = self.files.tag(path)
        kept = self._kept.get(path)
        if kept and kept[0] == tag and tag is not None:
            return kept[1]
        if tag is None:
            dates = [each for each in self.files.dates(stage) if each != "unknown"]
            raise Problem(404, "unknown-date", "There is nothing of that date", f"The lake has {len(dates):,} dates; the latest stand beside this.",
                          dates=dates[-SHOWN_DATES:])
        try:
            check()
            body = Body(self.files.read(path) or b"")
        except Unusable as error:
            raise Problem(500, "unusable-file", "The file of that date cannot be used", f"{error.file} {error}.", date=date) from None
        self._keep(path, tag, body)
        return body

    def _with_metrics(self, first: str | None = None, last: str | None = None) -> list[str]:
        """The dates of a span that have a metrics document; those without a date only when no span is asked for."""
        return [date for date in self.files.dates(CURATED) if Evidence(first, last).wants(date) and self.files.tag(place(CURATED, date, METRICS)) is not None]

    def _dates(self) -> Body:
        dates, unusable = [date for date in self._with_metrics() if date != "unknown"], []
        for date in self.files.ahead(dates, CURATED, (METRICS,)):
            try:
                metrics_of(self.files, date)
            except Unusable as error:
                unusable.append({"date": date, "reason": str(error)})
        return Body(encoded({"dates": dates} | ({"unusable": unusable} if unusable else {})))

    def _trends(self, first: str | None, last: str | None, by: str) -> Body:
        rows, left_out = trends.rows(self.files, by, self._with_metrics(first, last), self._week_start)
        return Body(encoded({"by": by, "rows": rows} | ({"left_out": [{"date": date, "reason": why} for date, why in left_out.items()]} if left_out else {})))

    def _numbers(self) -> exposition.Numbers:
        totals, used, unusable = exposition.Totals(), [], 0
        for date in self.files.ahead(self._with_metrics(), CURATED, (METRICS,)):
            try:
                totals.add(metrics_of(self.files, date)["metrics"])
                used.append(date)
            except Unusable:
                unusable += 1
        latest, _ = trends.rows(self.files, "date", [date for date in used if date != "unknown"][-1:])
        return exposition.Numbers(totals.by["team"], totals.by["task_category"], latest[0] if latest else None, len(used), unusable)

    def _page(self, first: str | None, last: str | None) -> Body:
        evidence, dates = Evidence(first, last, self._week_start), self.files.dates(CURATED)
        if dates:
            from_lake(self.files, evidence, lambda file, why: None)      # what is left out is said on the page
        shown = page.Served(dates[0], dates[-1]) if dates and dates[-1] != "unknown" else page.Served(None, None)
        html = page.html(summary(evidence), budget=self._budget, served=shown)
        return Body(html.encode("utf-8", "backslashreplace"), HTML, f"{page.POLICY}; frame-ancestors 'none'")
