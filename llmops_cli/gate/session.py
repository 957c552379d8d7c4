"""One comparison from replies to verdict: which release is which side, what was seen before, opinions, what is still open."""

from collections import Counter
from hashlib import blake2b
from typing import Any, Callable, Iterable, Mapping, NamedTuple

from . import reading
from .ledger import BASELINE, CANDIDATE, Item
from .metrics import Plan
from .order import Sorter
from .reading import Reply
from .seen import Seen
from .verdict import Judge, Verdict

WAITING = 20_000        # replies that are kept while it is not known which release is the baseline
NEVER = float("-inf")    # the time of an opinion that says none
SAMPLED = 2_000         # replies of each side that are looked at to see whether both sides are one


class Releases(NamedTuple):
    """Which values of the key are compared; the baseline is None when it is to be found."""

    baseline: str | None
    candidate: str


class Counts:
    """What was read, over all looks."""

    NAMES = ("lines", "rejected", "replies", "repeated", "unnamed", "others", "opinions", "opinions_without_reply")

    def __init__(self, values: Mapping[str, int] = {}):
        for name in self.NAMES:
            setattr(self, name, int(values.get(name, 0)))

    lines: int
    rejected: int
    replies: int            # of both sides, repeats left out
    repeated: int
    unnamed: int            # replies that do not say their release
    others: int             # replies of releases that are not compared
    opinions: int
    opinions_without_reply: int

    def dump(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.NAMES}


class Session:
    """Takes replies and opinions, and gives the verdict. `lasting` when it is kept in a file between looks."""

    def __init__(self, plan: Plan, releases: Releases, *, alpha: float, fewest: int, lasting: bool = False):
        self.plan, self.releases = plan, releases
        self.judge = Judge(plan, alpha, fewest)
        self.baseline = releases.baseline
        self.counts = Counts()
        self.elsewhere: Counter[str] = Counter()         # replies of releases that are not the candidate, by name
        self._seen = Seen()
        self._number: Callable[[tuple[str, Any]], int] = _stable_pair if lasting else _quick
        self._lasting = lasting
        self._fewest = fewest
        self._sorter = Sorter()
        self._names: list[str] = [releases.baseline or "", releases.candidate]     # by number; 0 and 1 are the sides
        self._numbers = {name: number for number, name in enumerate(self._names) if name}
        self.waiting: list[tuple[str, Item]] = []      # from earlier looks, with their release
        self._first: tuple[set[str], set[str]] = (set(), set())
        self.opinions: Opinions | None = None

    # Taking in -------------------------------------------------------------------------------------------------------

    def add(self, reply: Reply) -> None:
        """Take a reply of any release."""
        release = reply[2]
        number = self._numbers.get(release) if release.__class__ is str else None
        if number is None:
            if release is None or release == "":
                self.counts.unnamed += 1
                return
            release = str(release)
            number = self._numbers.get(release)
            if number is None:
                number = self._new(release)
        if number < 0:
            self.counts.others += 1
        else:
            self._add(reply, release, number)

    def add_to(self, side: int, reply: Reply) -> None:
        """Take a reply whose side is told by the file it stands in."""
        if len(self._first[side]) < SAMPLED and reply[1]:
            self._first[side].add(reply[1])
        self._add(reply, self._names[side], side)

    def _add(self, reply: Reply, release: str, number: int) -> None:
        time, identity, _, conversation, user, in_conversation, row = reply
        # Replies without either id may be alike and none the less many: an outage fails hundreds in a second.
        if identity or conversation is not None:
            if not self._seen.add(self._number((release, identity or (time, conversation if conversation.__class__ is str else str(conversation), row)))):
                self.counts.repeated += 1
                return
        self.counts.replies += 1
        self._sorter.add((time, identity, number, user, in_conversation, row))
        if number != CANDIDATE:
            self.elsewhere[release] += 1
        if self.opinions:
            for said, down in self.opinions.about(identity, conversation):
                self._opinion(max(said, time), number, down, user, in_conversation)

    def _new(self, release: str) -> int:
        """The number of a release that was not seen before, -1 when it takes no part."""
        self.elsewhere[release] += self.baseline is not None
        if self.baseline is not None:
            self._numbers[release] = -1
            return -1
        self._numbers[release] = len(self._names)
        self._names.append(release)
        return self._numbers[release]

    def _opinion(self, time: float, number: int, down: bool, user: int = -1, conversation: int = -1) -> None:
        self.counts.opinions += 1
        self._sorter.add((time, "", number, user, conversation, reading.opinion_row(self.plan, down)))

    def same_on_both_sides(self) -> bool:
        """Whether the two sides hold the same messages."""
        one, other = self._first
        return min(len(one), len(other)) >= 1 and 2 * len(one & other) > min(len(one), len(other))

    # Giving the verdict ----------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Weigh what was taken since the last look."""
        for release, item in self.waiting:
            self._sorter.add((*item[:2], self._known(release), *item[3:]))
        self.waiting = []
        if self.opinions:
            for time, release, down in self.opinions.of_earlier(self._seen_before):
                self._opinion(self.judge.ledger.last if time == NEVER else time, self._known(release), down)
            self.counts.opinions_without_reply = self.opinions.left()
        if self.baseline is None and not self._choose():
            self._wait()
            return
        chosen = self._numbers.get(self.baseline, 0)
        for items in self._sorter.in_order():
            if chosen:
                items = [item if item[2] == CANDIDATE else (*item[:2], BASELINE, *item[3:]) for item in items if item[2] in (CANDIDATE, chosen)]
            self.judge.take(items)
        self._sorter = Sorter()

    def _known(self, release: str) -> int:
        """The number of a release, given one if it has none."""
        if release not in self._numbers:
            self._numbers[release] = len(self._names)
            self._names.append(release)
        return self._numbers[release]

    def _seen_before(self, message: str) -> str | None:
        """Which of the two releases gave a reply that was read in an earlier look, None when neither did."""
        for release in (self.releases.candidate, self.baseline):
            if release is not None and self._number((release, message)) in self._seen:
                return release
        return None

    def _choose(self) -> bool:
        """Make the release with most replies in the candidate's span the baseline. While looks go on, only once the
        candidate has enough replies."""
        first = last = None
        candidates = 0
        for items in self._sorter.in_order():
            times = [item[0] for item in items if item[2] == CANDIDATE]
            if times:
                first, last = times[0] if first is None else first, times[-1]
                candidates += len(times)
        if self._lasting and candidates < self._fewest or first is None:
            return False
        inside: dict[int, int] = {}
        overall: dict[int, int] = {}
        for items in self._sorter.in_order():
            for item in items:
                if item[2] != CANDIDATE:
                    overall[item[2]] = overall.get(item[2], 0) + 1
                    if first <= item[0] <= last:
                        inside[item[2]] = inside.get(item[2], 0) + 1
        # A few stragglers of an old release do not make it what the candidate took the place of.
        counts = inside if max(inside.values(), default=0) * 10 >= candidates else overall
        if not counts:
            return False
        self.baseline = self._names[max(sorted(counts, key=lambda number: self._names[number]), key=counts.__getitem__)]
        return True

    def _wait(self) -> None:
        """Keep what was taken until the baseline is known; of very much, what came last."""
        for items in self._sorter.in_order():
            self.waiting += [(self._names[item[2]], item) for item in items]
            if len(self.waiting) > 2 * WAITING:
                del self.waiting[:-WAITING]
        if len(self.waiting) > WAITING:
            del self.waiting[:-WAITING]
        self._sorter = Sorter()

    def verdict(self, *, improvement: bool = False) -> Verdict:
        return self.judge.verdict(improvement=improvement)

    def n(self) -> tuple[int, int]:
        """Replies of each side."""
        if self.baseline is None:
            return 0, sum(release == self.releases.candidate and bool(item[5][0]) for release, item in self.waiting)
        return self.judge.ledger.total(BASELINE), self.judge.ledger.total(CANDIDATE)

    # Between looks ---------------------------------------------------------------------------------------------------

    def dump(self) -> dict[str, Any]:
        return {"judge": self.judge.dump(), "seen": self._seen.dump(), "baseline": self.baseline, "counts": self.counts.dump(),
                "elsewhere": self.elsewhere, "waiting": self.waiting, "opinions": self.opinions.dump() if self.opinions else []}

    def load(self, values: Mapping[str, Any]) -> None:
        """Go on from what `dump` wrote. KeyError, TypeError or ValueError when it is something else."""
        self.judge.load(values["judge"])
        self._seen = Seen.load(values["seen"])
        self.counts = Counts(values["counts"])
        self.elsewhere = Counter({str(name): int(count) for name, count in values["elsewhere"].items()})
        self.waiting = [(str(release), (float(item[0]), str(item[1]), int(item[2]), int(item[3]), int(item[4]), tuple(map(int, item[5]))))
                        for release, item in values["waiting"]]
        if any(len(item[5]) != self.plan.width - 2 for _, item in self.waiting):
            raise ValueError("waiting")
        if values["baseline"] is not None and self.baseline is None:
            self.baseline = str(values["baseline"])
            self._names[BASELINE] = self.baseline
            self._numbers[self.baseline] = BASELINE
        if self.opinions:
            self.opinions.counted = {int(number) for number in values["opinions"]}


class Opinions:
    """Opinions from a file, waiting for the replies that they are about. Memory grows with their number alone."""

    def __init__(self, records: Iterable[Mapping[str, Any]], opinion: Callable[[Any], str]):
        self.counted: set[int] = set()
        self._messages: dict[str, dict[str, tuple[float, bool]]] = {}
        self._conversations: dict[str, dict[str, tuple[float, bool]]] = {}
        for number, record in enumerate(records):
            word = opinion(record.get("rating", record.get("feedback")))
            message, conversation = record.get("message_id"), record.get("conversation_id")
            if not word or message in (None, "") and conversation in (None, ""):
                continue
            try:
                time = reading.seconds(record.get("event_time"))
            except ValueError:
                time = NEVER        # it counts when its reply does
            person = str(record.get("user_id") or record.get("feedback_id") or number)
            about = self._messages if message not in (None, "") else self._conversations
            about.setdefault(str(message if about is self._messages else conversation), {})[person] = time, word == "down"

    def about(self, identity: str, conversation: Any) -> list[tuple[float, bool]]:
        """The opinions on a reply, or on its conversation, that were not counted before: when, and whether it was bad."""
        found = self._take("m", identity, self._messages.pop(identity)) if identity in self._messages else []
        if conversation is not None and str(conversation) in self._conversations:
            found += self._take("c", str(conversation), self._conversations.pop(str(conversation)))
        return found

    def of_earlier(self, release_of: Callable[[str], str | None]) -> list[tuple[float, str, bool]]:
        """Opinions on replies of earlier looks."""
        found = []
        for message in list(self._messages):
            release = release_of(message)
            if release is not None:
                found += [(time, release, down) for time, down in self._take("m", message, self._messages.pop(message))]
        return found

    def left(self) -> int:
        """How many are about nothing that was read."""
        return sum(map(len, self._messages.values())) + sum(map(len, self._conversations.values()))

    def _take(self, kind: str, identity: str, people: Mapping[str, tuple[float, bool]]) -> list[tuple[float, bool]]:
        fresh = []
        for person, (time, down) in people.items():
            number = _stable(f"{kind}\0{identity}\0{person}")
            if number not in self.counted:
                self.counted.add(number)
                fresh.append((time, down))
        return fresh

    def dump(self) -> list[int]:
        return sorted(self.counted)


def _quick(named: tuple[str, Any]) -> int:
    """A 64-bit number of a release and one of its messages, of this process only."""
    return hash(named) & 0xFFFFFFFFFFFFFFFF


def _stable_pair(named: tuple[str, Any]) -> int:
    """The same in every process."""
    return _stable(f"{named[0]}\0{named[1]}")


def _stable(text: str) -> int:
    """A 64-bit number of a text, the same everywhere."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
