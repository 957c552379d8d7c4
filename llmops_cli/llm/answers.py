"""What is asked of a model and what it answers, whichever provider it is: plain values, and why an answer is none."""

import json
import re
import threading
from typing import Any, NamedTuple


class Ask(NamedTuple):
    """Instructions, a text, the JSON schema of the answer, and how many tokens the answer may have."""

    system: str
    text: str
    schema: dict[str, Any]
    limit: int


class Usage(NamedTuple):
    """Tokens that were paid for; `input` includes those read from or written to a provider's cache."""

    input: int = 0
    output: int = 0
    cached_input: int = 0
    cache_write: int = 0


class Answer(NamedTuple):
    """What a model said. `end` is "whole", "cut" (more tokens than it may have) or "refused"; `usage` None when unsaid."""

    text: str
    usage: Usage | None
    end: str = "whole"


class BadAnswer(Exception):
    """A success that holds no answer: HTML, half a document, no choices. What it cost is known when it says so."""

    def __init__(self, reason: str, usage: Usage | None = None):
        super().__init__(reason)
        self.reason, self.usage = reason, usage


class Unanswered(Exception):
    """A question that gets no answer, for a reason that all of its texts share; `alone` when fewer texts might get one,
    `later` when the same question might."""

    def __init__(self, reason: str, *, alone: bool = False, later: bool = False):
        super().__init__(reason)
        self.reason, self.alone, self.later = reason, alone, later


class Problem(NamedTuple):
    """What a server's error means. `kind` is one of KINDS; `code` is what a message may show: the server's own word for
    it, never its sentence; `parameter` the part of the request that it does not take."""

    kind: str
    code: str
    parameter: str = ""


KINDS = {
    "busy": "try again",
    "key": "who asks is unknown, or may not",
    "model": "there is no such model, or not for this account",
    "quota": "no money left, or not this much",
    "context": "this text is too long for the model",
    "filter": "this text is refused by the provider's rules",
    "form": "a part of the request that other servers take",
    "request": "the request itself is wrong",
    "clock": "the clock of this machine is wrong",
}
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,59}")


def code_of(*candidates: Any) -> str:
    """The first candidate that is a code and not a sentence, "" when none is.

    >>> code_of(None, "Incorrect API key provided: sk-1", "invalid_api_key")
    'invalid_api_key'
    """
    return next((one for one in candidates if one.__class__ is str and _CODE.fullmatch(one)), "")


class Manners:
    """What a server was found to understand, shared by the threads of a run: the form of answers, and parts of a request
    that it does not take. `forms` are tried in turn; one that has once worked is not given up."""

    STRIKES = 3     # answers that ignore a form before it has ever worked

    def __init__(self, forms: tuple[str, ...]):
        self._forms, self._at, self._proven, self._strikes = forms, 0, False, 0
        self._without: frozenset[str] = frozenset()
        self._lock = threading.Lock()

    def now(self) -> tuple[str, frozenset[str]]:
        """(form, parts to leave out or to write in another way)."""
        with self._lock:
            return self._forms[self._at], self._without

    def worked(self, form: str) -> None:
        """An answer came in that form."""
        if not self._proven:
            with self._lock:
                self._proven = self._proven or form == self._forms[self._at]

    def ignored(self, form: str) -> None:
        """An answer came that took no notice of the form."""
        with self._lock:
            self._strikes += 1
        if self._strikes >= self.STRIKES:
            self.refused(form, "")

    def refused(self, form: str, parameter: str) -> bool:
        """A request of that form was not taken: whether there is another way of putting it."""
        with self._lock:
            if parameter and parameter not in self._without:
                self._without |= {parameter}
                return True
            if form != self._forms[self._at]:
                return True         # another thread has moved on
            if self._proven or self._at + 1 == len(self._forms):
                return False
            self._at, self._strikes = self._at + 1, 0
            return True


def json_in(text: str) -> Any:
    """The JSON value that a text is, or that stands in a code fence or after a model's thoughts; None when there is none.

    >>> json_in('<think>hm</think>```json\\n{"n": 1}\\n```')
    {'n': 1}
    >>> json_in("Technical Help") is None
    True
    """
    text = text.rpartition("</think>")[2].strip()
    if text.startswith("```") and text.endswith("```") and "\n" in text:
        text = text[text.index("\n"):-3].strip()
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def bare(text: str) -> str:
    """What was said without thoughts, fences and quotation marks around it.

    >>> bare(' "Technical Help"\\n')
    'Technical Help'
    """
    return text.rpartition("</think>")[2].strip().strip("`\"'").strip()


def count(value: Any) -> int | None:
    """A number of tokens as a server said it, None when it is none, or none that an answer can have."""
    return value if value.__class__ is int and 0 <= value < 10 ** 12 else None
