"""Many tallies in the form they are written in, checked and added up at once: a column at a time, several times as fast as
one by one."""

from collections import deque
from itertools import chain
from operator import itemgetter
from typing import Any, Iterable

from ..metrics.distinct import EXACT_LIMIT, Distinct
from ..metrics.sketch import FARTHEST, MOST, Sketch
from ..metrics.tally import COUNTS, VERSION, Tally

Values = tuple      # of one tally: its counts, then its sketch, its people, its teams and its leaks as they are written
values_of = itemgetter(*COUNTS, "latency_ms", "users", "teams", "leaks")
CONVERSATIONS, NANO_DOLLARS, PRICED = map(COUNTS.index, ("conversations", "nano_dollars", "priced"))


class _Hashes(dict):
    """The hash that a text of sixteen digits stands for. The same people come again in every file."""

    def __missing__(self, text: str) -> int:
        hashed = int(text, 16)
        if not 0 <= hashed < 1 << 64:
            raise ValueError("not a hash of a person")
        if len(self) > 200_000:
            self.clear()
        self[text] = hashed
        return hashed


_hash_of = _Hashes().__getitem__


def added_up(records: list[dict[str, Any]]) -> Tally:
    """The tally of all of them. ValueError when one is not a whole tally of this version."""
    return summed(checked(records))


def checked(records: list[dict[str, Any]]) -> list[Values]:
    """What tallies say, each in a tuple. ValueError when one is not a whole tally of this version."""
    try:
        if any([record["tally_version"] != VERSION for record in records]):
            raise ValueError(f"a tally of another version than this program's ({VERSION})")
        rows = [*map(values_of, records)]
        if rows:
            _check(*zip(*rows))
        return rows
    except (KeyError, TypeError, AttributeError, OverflowError):
        raise ValueError("not a whole tally") from None


def _check(*columns: tuple) -> None:
    """Any of these errors when a value in a column cannot be what it should be."""
    *counts, latency, users, teams, leaks = columns
    found = [sketch["buckets"] for sketch in latency]
    pairs = [*chain.from_iterable(found)]
    buckets, numbers = zip(*pairs, strict=True) if pairs else ((0,), (0,))
    kinds = [*filter(None, leaks)]
    _check_counts([*chain.from_iterable(counts), *[sketch["zeros"] for sketch in latency], *chain.from_iterable(found.values() for found in kinds)])
    _check_counts(numbers)
    if set(map(type, leaks)) != {dict} or set(map(type, found)) != {list} or set(map(type, buckets)) != {int} \
            or min(buckets) < -FARTHEST or max(buckets) > FARTHEST:
        raise ValueError("not a whole tally")
    _check_people(users)
    _check_people(teams)


def _check_counts(numbers: Iterable[Any]) -> None:
    if set(map(type, numbers)) != {int} or min(numbers) < 0 or max(numbers) >= MOST:
        raise ValueError("not a whole tally")


def _check_people(values: tuple[Any, ...]) -> None:
    if set(map(type, values)) == {list}:
        lists = values
    else:
        lists = [value for value in values if value.__class__ is list]
        for value in values:
            if value.__class__ is not list:
                Distinct.from_json(value)
    if max(map(len, lists), default=0) > EXACT_LIMIT:
        raise ValueError("not hashes of people")
    deque(map(_hash_of, chain.from_iterable(lists)), 0)


def summed(rows: list[Values]) -> Tally:
    """The tally of all of them, which were checked before."""
    tally = Tally()
    if rows:
        *counts, latency, users, teams, leaks = zip(*rows)
        for name, column in zip(COUNTS, counts):
            setattr(tally, name, sum(column))
        tally.latency = _latency(latency)
        tally.users, tally.teams = _people(users), _people(teams)
        for found in filter(None, leaks):
            for kind, number in found.items():
                tally.leaks[kind] = tally.leaks.get(kind, 0) + number
    return tally


def _latency(sketches: Iterable[dict[str, Any]]) -> Sketch:
    buckets: dict[int, int] = {}
    get = buckets.get
    for sketch in sketches:
        for bucket, number in sketch["buckets"]:
            buckets[bucket] = get(bucket, 0) + number
    return Sketch(buckets, sum([sketch["zeros"] for sketch in sketches]))


def _people(values: tuple[list[str] | str, ...]) -> Distinct:
    """The people of all of them: one set while all are sets, since many are the same."""
    made = Distinct()
    lists = [value for value in values if value.__class__ is list]
    if sum(map(len, lists)) <= EXACT_LIMIT:
        made.hashes = set(map(_hash_of, chain.from_iterable(lists)))
    else:
        for value in lists:
            made.merge(_set_of(value))
    if len(lists) < len(values):
        for value in values:
            if value.__class__ is not list:
                made.merge(Distinct.from_json(value))
    return made


def _set_of(texts: list[str]) -> Distinct:
    made = Distinct()
    made.hashes = set(map(_hash_of, texts))
    return made
