"""Answers whose rows come one by one, in several files, with copies: put together at the end of the input."""

from typing import Any, Iterable, Iterator, NamedTuple

from ..shelf import Shelf
from . import content
from .format import Event


_COST = 600     # bytes that a waiting answer takes beside its text, measured


class Rank(NamedTuple):
    """Which of several rows of an answer has the figures that count: the greatest."""

    own: bool           # not a subagent's copy
    tokens: int
    has_speed: bool


class _Answer:
    """What is known of an answer so far."""

    def __init__(self, rank: Rank, head: Event, figures: Event):
        self.rank, self.head, self.figures = rank, head, figures
        self.said: list[Any] = []


class Answers:
    """Every answer is known by its id and that of its request. A row of a subagent, or one without a request, is that of any
    request for the same answer; a subagent's rows count only where the answer has no others."""

    def __init__(self, memory: int):
        self._by_id: dict[str, dict[str, _Answer]] = {}
        self._shelf = Shelf(memory)

    def add(self, identity: str, request: str, rank: Rank, head: Event, figures: Event, blocks: Any) -> bool:
        """Take a row; whether it is the first of its answer."""
        requests = self._by_id.setdefault(identity, {})
        if request not in requests and (not rank.own or not request or "" in requests):
            request = next(iter(requests), request)
        answer = requests.get(request)
        first = answer is None
        if answer is None:
            answer = requests[request] = _Answer(rank, head, figures)
        if blocks is not None:
            answer.said += [self._shelf.put(message, _COST + len(message.content) + sum(len(str(call)) for call in message.tool_calls))
                            for message in content.messages("assistant", blocks) if message.content or message.tool_calls]
        if not first:
            begun = min(head["event_time"], answer.head["event_time"]) if rank.own == answer.rank.own else None
            if rank > answer.rank:
                answer.rank, answer.head, answer.figures = rank, head, figures
            if begun:
                answer.head = answer.head | {"event_time": begun}
        return first

    def events(self) -> Iterator[Event]:
        """Every answer as an event."""
        for identity, requests in self._by_id.items():
            own = {request: answer for request, answer in requests.items() if answer.rank.own} or dict(list(requests.items())[:1])
            for number, (_, answer) in enumerate(sorted(own.items(), key=lambda item: item[0])):
                head = answer.head | {"message_id": f"{identity}#{number}" if number else identity}
                yield put_together(head, (content.Message(*self._shelf.get(place)) for place in answer.said), answer.figures)
        self._by_id.clear()


def put_together(head: Event, said: Iterable[content.Message], figures: Event) -> Event:
    """One event of what stands on the rows of an answer; a text that grew while it was streamed counts once."""
    texts: list[str] = []
    called: dict[str, dict[str, str]] = {}
    for message in said:
        for call in message.tool_calls:
            called[call.get("id") or str(call)] = call
        if text := message.content:
            grown = next((at for at, other in enumerate(texts) if text.startswith(other) or other.startswith(text)), None)
            if grown is None:
                texts.append(text)
            else:
                texts[grown] = max(texts[grown], text, key=len)
    event = {**head, "role": "assistant", "content": "\n".join(texts)}
    if called:
        event["tool_calls"] = list(called.values())
    return event | figures
