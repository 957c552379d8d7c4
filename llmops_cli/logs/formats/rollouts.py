"""Sessions that were written as rows with growing totals, and that begin with the rows of the session they were forked from."""

from typing import Any

from . import figures, times
from .calls import known
from .content import Message
from .format import Event

TOKENS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")
_COUNTS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens")      # the same, in events
_MARKED = ("said", "total")     # rows by which a session is known again


class Session:
    """The rows of one file: (time, what it is, its value), in order."""

    def __init__(self) -> None:
        self.id, self.parent, self.project, self.began = "", "", None, ""
        self.rows: list[tuple[str, str, Any]] = []


class _Telling:
    """The events of a session, as its rows are taken one after the other."""

    def __init__(self, session: Session) -> None:
        self.events: list[Event] = []
        self._session = session
        self._model: str | None = None
        self._number = 0                    # of the last message
        self._totals = (0,) * len(TOKENS)
        self._answer: Event | None = None   # the reply to which tokens and errors belong

    def pass_over(self, what: str, value: Any) -> None:
        """A row of the session that this one repeats."""
        if what == "said":
            self._number += 1
        else:
            self._totals = value

    def take(self, time: str, what: str, value: Any) -> None:
        """A row of the session's own."""
        if what == "model":
            self._model = value or self._model
        elif what == "said":
            self._say(time, value)
        elif what == "error":
            self._reply(time)["error"] = value
        else:
            counts = self._grown(value) if what == "total" else value
            if any(counts):
                answer = self._reply(time)
                for key, count in zip(_COUNTS, counts):
                    answer[key] = answer.get(key, 0) + count

    def _say(self, time: str, message: Message) -> None:
        """A new message; or more calls of the reply before it, as long as that was not counted."""
        self._number += 1
        answer = self._answer
        if message.role == "assistant" and message.tool_calls and answer and answer is self.events[-1] and "input_tokens" not in answer:
            answer.setdefault("tool_calls", []).extend(message.tool_calls)
            return
        event = self._head(time) | {"message_id": f"{self._session.id}-{self._number}", "role": message.role, "content": message.content}
        if message.tool_calls:
            event["tool_calls"] = list(message.tool_calls)
        if message.role == "assistant":
            event |= self._named()
            self._answer = event
        self.events.append(event)

    def _reply(self, time: str) -> Event:
        """The reply that tokens and errors belong to; an empty one where none was said yet."""
        if not self._answer:
            self._answer = self._head(time) | {"message_id": f"{self._session.id}-{self._number}-usage", "role": "assistant", "content": ""} | self._named()
            self.events.append(self._answer)
        return self._answer

    def _grown(self, totals: tuple[int, ...]) -> tuple[int, ...]:
        """By how much the totals grew; all of them where they began anew."""
        before, self._totals = self._totals, totals
        if any(now < then for now, then in zip(totals, before)):
            return totals
        return tuple(now - then for now, then in zip(totals, before))

    def _head(self, time: str) -> Event:
        return known(event_time=time, conversation_id=self._session.id, project=self._session.project)

    def _named(self) -> Event:
        return figures.model(self._model) if self._model else {"model": "gpt-5", "model_estimated": True}


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
        marks = [hash(str(value)) for _, what, value in session.rows if what in _MARKED]
        repeats = self._repeats(session, marks)
        self._known.setdefault(session.id, marks)
        if len(marks) > len(self._known[session.id]):
            self._known[session.id] = marks
        telling = _Telling(session)
        for time, what, value in session.rows:
            if repeats and what in _MARKED:
                repeats -= 1
                self.repeated += what == "said"
                telling.pass_over(what, value)
            else:
                telling.take(time, what, value)
        return telling.events

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
            passed += what in _MARKED
            if time < session.began or what == "total" and time <= limit:
                last = passed
        return last
