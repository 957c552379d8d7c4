"""A model at the other end of a wire: questions in, answers out, what was paid counted, what a server can do remembered."""

import threading
from types import ModuleType
from typing import Callable, NamedTuple

from ..errors import UserError
from ..wire import Request, Response, TransportError
from .answers import Answer, Ask, BadAnswer, Manners, Problem, Unanswered, Usage, json_in
from .budget import Budget, Spent
from .prices import Prices

BUDGET_SPENT = "the budget is spent"


class Place(NamedTuple):
    """Who is asked: the provider's module, the model, the address, the key ("" for none or for a signature), and how to
    mend what a user can mend."""

    provider: ModuleType
    model: str
    base_url: str
    key: str
    key_hint: str
    model_hint: str


class Unusable(Exception):
    """An answer or an error that may be another one next time. `wait` seconds are asked for by the server; `throttled` when
    it has too much to do; `response` None when none came."""

    def __init__(self, reason: str, *, response: Response | None = None, throttled: bool = False, error: TransportError | None = None):
        super().__init__(reason)
        self.reason, self.response, self.throttled, self.error = reason, response, throttled, error


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
    """Asks; for any number of threads. `send` carries a request (signed where that is needed), `tries` makes a call of as
    many attempts as are sensible, `today` is the date of the prices."""

    def __init__(self, place: Place, send: Callable[[Request], Response], tries: Callable[[Callable[[], Answer]], Answer], prices: Prices,
                 spend: Spend, budget: Budget, *, today: str, seconds: float):
        self.place, self._send, self._tries, self._spend, self._budget, self._seconds = place, send, tries, spend, budget, seconds
        self._price = prices.of(place.model, today)
        self._manners = Manners(place.provider.FORMS)
        self._dearest = 0           # nano-dollars of the dearest call so far
        self.answered = False       # whether the server has ever given an answer

    def spent(self) -> list[int]:
        """[calls, retries, tokens in, tokens out, nano-dollars] so far."""
        return self._spend.figures()

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
        sent: list[Request] = []
        return self._tries(lambda: self._attempt(asked, sent))

    def _attempt(self, asked: Ask, sent: list[Request]) -> Answer:
        provider, place = self.place.provider, self.place
        while True:
            form, without = self._manners.now()
            request = provider.request(asked, place.model, place.base_url, place.key, form, without)._replace(timeout=self._seconds)
            response = self._paid(request, asked, sent)
            if isinstance(response, Answer):
                break
            problem = provider.problem(response)
            if problem.kind != "form" or not self._manners.refused(form, problem.parameter):
                raise self._because(problem, response)
        if form != "plain" and json_in(response.text) is None and response.end == "whole":
            self._manners.ignored(form)
        else:
            self._manners.worked(form)
        return response

    def _paid(self, request: Request, asked: Ask, sent: list[Request]) -> Answer | Response:
        """Send once: the answer, or an error response. The money is set aside before and reckoned up after."""
        reckoned = self.reckoned(request, asked)
        try:
            self._budget.reserve(reckoned)
        except Spent:
            raise Unanswered(BUDGET_SPENT) from None
        cost = lost = 0
        self._spend.add(**{"retries" if sent else "calls": 1})
        sent.append(request)
        try:
            response = self._send(request)
            if response.status != 200:
                return response
            answer, broken = self._read(response)
            usage = broken.usage if broken else answer.usage
            cost, lost = self._count(usage), 0 if usage else reckoned
            if broken:
                raise Unusable(f"the answer is broken: {broken.reason}", response=response)
            self.answered = True
            return answer
        except TransportError as error:
            lost = reckoned if error.kind in ("cut", "timeout", "large") else 0
            if error.retry:
                raise Unusable(error.message, error=error) from None
            if error.kind == "large":
                raise Unanswered("the answer is too large") from None
            raise error.for_user() from None
        finally:
            self._budget.settle(reckoned, cost, lost)

    def _read(self, response: Response) -> tuple[Answer | None, BadAnswer | None]:
        try:
            return self.place.provider.answer(response.json()), None
        except BadAnswer as error:
            return None, error

    def _count(self, usage: Usage | None) -> int:
        """Note what an answer took; what it cost in nano-dollars, 0 where that is not known."""
        if usage is None:
            self._spend.add(unsaid=1)
            return 0
        cost = self._price.nano_dollars(*usage) if self._price else 0
        self._spend.add(input=usage.input, output=usage.output, nano=cost)
        self._dearest = max(self._dearest, cost)
        return cost

    def reckoned(self, request: Request, asked: Ask) -> int:
        """Nano-dollars that a call may cost: two bytes a token, an answer as long as it may be, or what the dearest has cost."""
        return max(self._price.nano_dollars(len(request.body) // 2, asked.limit), self._dearest) if self._price else 0

    def _because(self, problem: Problem, response: Response) -> Exception:
        """What an error means for the question, or for the run."""
        place, said = self.place, f"({problem.code})"
        if problem.kind == "busy":
            return Unusable(f"the server is busy {said}" if response.status == 429 else f"the server failed {said}", response=response,
                            throttled=response.status in (429, 503))
        if problem.kind == "context":
            return Unanswered(f"the text is too long for the model {said}", alone=True)
        if problem.kind == "filter":
            return Unanswered(f"the provider refuses this text {said}", alone=True)
        if problem.kind == "key":
            return UserError(f"the provider does not let us in {said}", where=place.base_url, hint=place.key_hint)
        if problem.kind == "model":
            return UserError(f"there is no model {place.model!r} for us {said}", where=place.base_url, hint=place.model_hint)
        if problem.kind == "quota":
            return UserError(f"the account has nothing left to spend {said}", where=place.base_url,
                             hint="add to it, then go on with --resume: what was answered is kept")
        if self.answered:
            return Unanswered(f"the provider does not take this request {said}", alone=True)
        hint = "check --base-url: its path is kept, and what the provider's protocol adds comes after it" if response.status in (301, 302, 307, 308, 404, 405) \
            else "check --model and --base-url"
        return UserError(f"the server does not take our requests {said}", where=place.base_url, hint=hint)
