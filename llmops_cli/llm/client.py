"""A model at the other end of a wire: questions in, answers out, what was paid counted, what a server can do remembered."""

import threading
from types import ModuleType
from typing import Callable, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from ..errors import UserError
from ..wire import Request, Response, TransportError
from . import retry
from .answers import Answer, Ask, BadAnswer, Manners, Problem, Unanswered, Usage, json_in
from .budget import Budget, Spent
from .prices import Prices
from .slots import Slots

BUDGET_SPENT = "the budget is spent"


class Place(NamedTuple):
    """Who is asked: the provider's module, the model, the address, the key ("" for none or for a signature), and what to
    do when there is no such model."""

    provider: ModuleType
    model: str
    base_url: str
    key: str
    model_hint: str

    @property
    def where(self) -> str:
        """The address as messages name it: a user, a password and a query are for the server alone."""
        parts = urlsplit(self.base_url)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))


class Spend:
    """What was paid so far: calls, tries beyond the first of each, tokens in and out, nano-dollars; and calls whose tokens nobody said."""

    def __init__(self, before: list[int] | None = None):
        self._lock = threading.Lock()
        self.calls, self.retries, self.input, self.output, self.nano = before or [0, 0, 0, 0, 0]
        self.unsaid = 0

    def add(self, **more: int) -> None:
        with self._lock:
            for name, count in more.items():
                setattr(self, name, getattr(self, name) + count)

    def figures(self) -> list[int]:
        """[calls, retries, tokens in, tokens out, nano-dollars]."""
        with self._lock:
            return [self.calls, self.retries, self.input, self.output, self.nano]


class Client:
    """Asks; for any number of threads. `wire` sends and tries again, `sign` makes a request one of this account's, `mend` puts
    right what a refusal of it complains of, `slots` are the places for calls; `today` is the date of the prices."""

    def __init__(self, place: Place, wire: retry.Client, prices: Prices, spend: Spend, budget: Budget, slots: Slots, *, today: str,
                 sign: Callable[[Request], Request] = lambda request: request, mend: Callable[[Response], bool] = lambda response: False):
        self.place, self._wire, self._spend, self._budget, self._slots, self._sign, self._mend = place, wire, spend, budget, slots, sign, mend
        self._price = prices.of(place.model, today)
        self._manners = Manners(place.provider.FORMS)
        self._dearest = 0           # nano-dollars of the dearest call so far
        self._trouble = ""          # the code of the last error that came as an answer
        self.answered = False       # whether the server has ever given an answer

    def spent(self) -> list[int]:
        """[calls, retries, tokens in, tokens out, nano-dollars] so far."""
        return self._spend.figures()

    def hands(self) -> int:
        """How many threads may ask at a time."""
        return self._slots.hands()

    @property
    def unsaid(self) -> int:
        """Answers that did not say what they took."""
        return self._spend.unsaid

    @property
    def priced(self) -> bool:
        """Whether it is known what the model costs."""
        return self._price is not None

    def ask(self, asked: Ask) -> Answer:
        """The answer. Unanswered when this question gets none; UserError when none will."""
        with self._slots:
            return self._asked(asked, _Call())

    def _asked(self, asked: Ask, call: "_Call") -> Answer:
        while True:
            form, without = self._manners.now()
            request = self.place.provider.request(asked, self.place.model, self.place.base_url, self.place.key, form, without)
            response = self._send(request, self.reckoned(request, self.place.provider.room(asked, without)), call)
            if response.status == 200 and call.answer:
                break
            problem = self._problem(response, call)
            if problem.kind != "form" or not self._manners.refused(form, problem.parameter):
                raise self._because(problem, response)
        self.answered = True
        if form != "plain" and json_in(call.answer.text) is None and call.answer.end == "whole":
            self._manners.ignored(form)
        else:
            self._manners.worked(form)
        return call.answer

    def _send(self, request: Request, reckoned: int, call: "_Call") -> Response:
        """Send as often as is sensible. The money for each try is set aside before and reckoned up after."""
        def make() -> Request:
            try:
                self._budget.reserve(reckoned)
            except Spent:
                raise Unanswered(BUDGET_SPENT) from None
            self._spend.add(**{"retries" if call.sent else "calls": 1})
            call.sent += 1
            return self._sign(request)

        def told(what: Response | TransportError) -> None:
            if isinstance(what, TransportError):
                self._budget.settle(reckoned, 0, reckoned if what.kind in ("cut", "timeout", "large") else 0)

        try:
            return self._wire.send(make, check=lambda response: self._check(response, reckoned, call), mend=self._mend, told=told).response
        except retry.Dead as error:
            raise self._given_up(error, call) from None
        except TransportError as error:
            if error.retry or error.kind == "large" or self.answered:
                raise Unanswered(error.message, later=error.retry) from None
            raise error.for_user() from None

    def _check(self, response: Response, reckoned: int, call: "_Call") -> bool | None:
        """Reckon up an answer; whether another try is worth it, None where its status says so."""
        cost = lost = 0
        call.answer, call.broken = None, ""
        if response.status == 200:
            try:
                call.answer = self.place.provider.answer(response.json())
                usage = call.answer.usage
            except BadAnswer as error:
                call.broken, usage = error.reason, error.usage
            cost, lost = self._count(usage), 0 if usage else reckoned
        self._budget.settle(reckoned, cost, lost)
        if response.status == 200:
            return bool(call.broken) and (self.answered or not _is_page(response))
        problem = self.place.provider.problem(response)
        busy, self._trouble = problem.kind == "busy", problem.code
        return (None if response.status >= 500 or response.status in retry.RETRIED else True) if busy else False

    def _given_up(self, error: retry.Dead, call: "_Call") -> UserError:
        hint = "--resume goes on where this ended" if self.answered else "check --base-url and --model"
        if call.broken:
            return UserError(f"nothing but broken answers: {call.broken}", where=self.place.where, hint=hint)
        if self._trouble:
            return UserError(f"nothing but errors for a while, the last {self._trouble}", where=self.place.where, hint=hint)
        if error.kind == "timeout":
            hint = f"--timeout 2m waits longer for a slow model; {error.hint}"
        else:
            hint = error.hint or hint
        return UserError(error.message, where=error.where or self.place.where, hint=hint)

    def _problem(self, response: Response, call: "_Call") -> Problem:
        if call.broken:
            return Problem("page" if _is_page(response) else "broken", call.broken)
        return self.place.provider.problem(response)

    def _count(self, usage: Usage | None) -> int:
        """Note what an answer took; what it cost in nano-dollars, 0 where that is not known."""
        if usage is None:
            self._spend.add(unsaid=1)
            return 0
        cost = self._price.nano_dollars(*usage) if self._price else 0
        self._spend.add(input=usage.input, output=usage.output, nano=cost)
        self._dearest = max(self._dearest, cost)
        return cost

    def reckoned(self, request: Request, room: int) -> int:
        """Nano-dollars that a call may cost: two bytes a token, an answer as long as it may be, or what the dearest has cost."""
        return max(self._price.nano_dollars(len(request.body) // 2, room), self._dearest) if self._price else 0

    def _because(self, problem: Problem, response: Response) -> Exception:
        """What an error means for the question, or for the run."""
        place, said = self.place, f"({problem.code})"
        if problem.kind == "busy":
            return Unanswered(f"the server {'is too busy' if response.status == 429 else 'failed'} {said}", later=True)
        if problem.kind == "page" and not self.answered:
            return UserError("what answers here is a web page and no model", where=place.where, hint="check --base-url: often /v1 is missing at its end")
        if problem.kind in ("broken", "page"):
            return Unanswered(f"the answer is broken {said}", later=True)
        if problem.kind == "context":
            return Unanswered(f"the text is too long for the model {said}", alone=True)
        if problem.kind == "filter":
            return Unanswered(f"the provider refuses this text {said}", alone=True)
        if problem.kind == "key":
            message, hint = place.provider.refusal(response)
            return UserError(message, where=place.where, hint=hint)
        if problem.kind == "model":
            return UserError(f"there is no model {place.model!r} for us {said}", where=place.where, hint=place.model_hint)
        if problem.kind == "quota":
            return UserError(f"the account has nothing left to spend {said}", where=place.where,
                             hint="add to it, then go on with --resume: what was answered is kept")
        if self.answered:
            return Unanswered(f"the provider does not take this request {said}", alone=True)
        hint = "check --base-url: its path is kept, and what the provider's protocol adds comes after it" if response.status in (301, 302, 307, 308, 404, 405) \
            else "check --model and --base-url"
        return UserError(f"the server does not take our requests {said}", where=place.where, hint=hint)


class _Call:
    """What came of the tries of one call so far."""

    def __init__(self) -> None:
        self.sent, self.broken = 0, ""
        self.answer: Answer | None = None


def _is_page(response: Response) -> bool:
    return response.body.lstrip()[:1] == b"<"
