"""Sessions that were written as rows with growing totals, and that begin with the rows of the session they were forked from."""

from typing import Any

from . import figures, times
from .calls import known
from .format import Event

TOKENS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")


class Session:
    """The rows of one file: (time, what it is, its value), in order."""

    def __init__(self) -> None:
        self.id, self.parent, self.project, self.began = "", "", None, ""
        self.rows: list[tuple[str, str, Any]] = []


class Rollouts:
    """Makes events of sessions, each message and each token once, whatever the order that the files come in."""

    def __init__(self) -> None:
        self._known: dict[str, list[int]] = {}      # session -> what was said and counted in it, as hashes
        self._orphans: list[Session] = []           # forks whose parent was not seen yet
        self.repeated = 0

    def ended(self, session: Session) -> list[Event]:
        """The events of a file that has ended; a fork whose parent was not seen yet has to wait."""
        if session.parent and session.parent not in self._known and session.id not in self._known:
            self._orphans.append(session)
            return []
        return self._events(session)

    def rest(self) -> list[Event]:
        """The events of the forks that still wait."""
        events = []
        for session in sorted(self._orphans, key=lambda session: session.began):    # a parent begins before its forks
            events += self._events(session)
        self._orphans.clear()
        return events

    def _events(self, session: Session) -> list[Event]:
        marks = [hash(str(value)) for _, what, value in session.rows if what in ("said", "total")]
        repeats = self._repeats(session, marks)
        self._known.setdefault(session.id, marks)
        if len(marks) > len(self._known[session.id]):
            self._known[session.id] = marks
        events: list[Event] = []
        answer: Event | None = None
        before, model, number, passed = (0,) * len(TOKENS), None, 0, 0
        for time, what, value in session.rows:
            if what in ("said", "total") and (passed := passed + 1) <= repeats:
                number += what == "said"
                before = value if what == "total" else before
                self.repeated += what == "said"
                continue
            head = known(event_time=time, conversation_id=session.id, project=session.project)
            named = figures.model(model) if model else {"model": "gpt-5", "model_estimated": True}
            if what == "model":
                model = value or model
            elif what == "said":
                number += 1
                if value.role == "assistant" and answer and answer is events[-1] and "input_tokens" not in answer and value.tool_calls:
                    answer.setdefault("tool_calls", []).extend(value.tool_calls)
                    continue
                events.append(head | {"message_id": f"{session.id}-{number}", "role": value.role, "content": value.content}
                              | ({"tool_calls": list(value.tool_calls)} if value.tool_calls else {}) | (named if value.role == "assistant" else {}))
                answer = events[-1] if value.role == "assistant" else answer
            else:
                spent = value if what == "spent" else None
                if what == "total":
                    fell = any(now < then for now, then in zip(value, before))
                    spent, before = (value if fell else tuple(now - then for now, then in zip(value, before))), value
                if spent is not None and not any(spent):
                    continue
                if not answer:
                    events.append(head | {"message_id": f"{session.id}-{number}-usage", "role": "assistant", "content": ""} | named)
                    answer = events[-1]
                if what == "error":
                    answer["error"] = value
                else:
                    for key, count in zip(("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens"), spent):
                        answer[key] = answer.get(key, 0) + count
        return events

    def _repeats(self, session: Session, marks: list[int]) -> int:
        """How many rows at the beginning are those of the session's parent, or of another copy of it."""
        others = self._known.get(session.id) or self._known.get(session.parent)
        if others is not None:
            at = 0
            for count, mark in enumerate(marks):
                try:
                    at = others.index(mark, at) + 1
                except ValueError:
                    return count
            return len(marks)
        if not session.parent:
            return 0
        # The parent is not here: what is older than the fork, or was counted within its first second, is the parent's.
        limit, last, passed = times.later(session.began, 1), 0, 0
        for time, what, _ in session.rows:
            passed += what in ("said", "total")
            if time < session.began or what == "total" and time <= limit:
                last = passed
        return last
