"""Texts to a provider, labels back: a packed question first, whatever it left open asked again alone."""

from collections import deque
from typing import Callable, Iterator, NamedTuple, Sequence

from ..llm.answers import Answer, Ask, Unanswered
from . import prompt, replies
from .prompt import Item, Task
from .replies import Judgement

NO_LABEL = "the answers were no labels of the list"
CUT = "the answer was cut off"
REFUSED = "the provider refuses this text"
_ROOM = 8                   # times as many tokens for an answer that was cut off


class Found(NamedTuple):
    """What a call settled: judgements and reasons for having none, by row."""

    judged: dict[int, Judgement]
    failed: dict[int, str]


class _Question(NamedTuple):
    items: Sequence[Item]
    again: bool = False     # an earlier answer was no label
    wide: bool = False      # an earlier answer was cut off
    late: bool = False      # an earlier call failed as often as it was tried


def label(items: Sequence[Item], task: Task, put: Callable[[Ask], Answer]) -> Iterator[Found]:
    """What each call settles, until every text has a label or a reason why not. A text is asked about at most once in
    company, once alone, and once more with the list of what is allowed."""
    open_questions = deque([_Question(items)])
    while open_questions:
        question = open_questions.popleft()
        found, further = _settled(question, task, put)
        yield found
        open_questions.extend(further)


def _settled(question: _Question, task: Task, put: Callable[[Ask], Answer]) -> tuple[Found, list[_Question]]:
    items, many = question.items, len(question.items) > 1
    asked = prompt.ask(task, items, again=question.again)
    if question.wide:
        asked = asked._replace(limit=asked.limit * _ROOM)
    try:
        answer = put(asked)
    except Unanswered as error:
        if error.later and not question.late:
            return Found({}, {}), [question._replace(late=True)]
        if many and (error.alone or error.later):
            return Found({}, {}), [_Question([item]) for item in items]
        return Found({}, {item.row: error.reason for item in items}), []
    if answer.end == "refused":
        if many:
            return Found({}, {}), [_Question([item]) for item in items]
        return Found({}, {items[0].row: REFUSED}), []
    read = replies.read(answer.text, items, task)
    if many:
        return Found(read.judged, {}), [_Question([item], again=True) for item in read.wrong] + [_Question([item]) for item in read.missing]
    if read.judged:
        return Found(read.judged, {}), []
    if answer.end == "cut" and not question.wide:
        return Found({}, {}), [question._replace(wide=True)]
    if question.again or answer.end == "cut":
        return Found({}, {items[0].row: CUT if answer.end == "cut" else NO_LABEL}), []
    return Found({}, {}), [question._replace(again=True)]
