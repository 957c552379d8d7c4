"""Who belongs to which team, and since when: supplied by the user where a log does not know it."""

import csv
import io
import json
from collections import Counter
from typing import Any, Iterable, NamedTuple

from .. import storage
from ..errors import UserError
from ..records import parse_time


class Person(NamedTuple):
    """Where somebody belonged from one date to another (both included; "" is open)."""

    user_id: str
    team: str = ""
    cost_center: str = ""
    since: str = ""
    until: str = ""


class People:
    """The people of an organisation.

    >>> people = People([Person("u-1", "Sales", until="2026-03-31"), Person("u-1", "Support", since="2026-04-01")])
    >>> people.of("u-1", "2026-04-01T08:00:00Z").team, people.headcounts("2026-02-01")
    ('Support', {'Sales': 1})
    """

    def __init__(self, people: Iterable[Person]):
        self._by_id: dict[str, list[Person]] = {}
        for person in people:
            self._by_id.setdefault(person.user_id, []).append(person)

    def of(self, user_id: str, stamp: str) -> Person | None:
        """The entry of a user that holds at a time."""
        return next((person for person in self._by_id.get(user_id, ()) if _holds(person, stamp[:10])), None)

    def headcounts(self, date: str) -> dict[str, int]:
        """How many people each team has on a date."""
        teams = Counter(person.team for entries in self._by_id.values() for person in entries if person.team and _holds(person, date))
        return dict(sorted(teams.items()))


def _holds(person: Person, date: str) -> bool:
    return person.since <= date and (not person.until or date <= person.until)


def read(address: str) -> People:
    """The people listed in a CSV file with a header, or in JSON lines: user_id, team, cost_center, from, until."""
    with storage.open_source(address).stream as stream:
        text = stream.read().decode("utf-8-sig", "replace")
    if text.lstrip()[:1] == "{":
        rows = [(number, _row(line, address, number)) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    else:
        delimiter = ";" if ";" in text.partition("\n")[0] and "," not in text.partition("\n")[0] else ","
        rows = list(enumerate(csv.DictReader(io.StringIO(text), delimiter=delimiter), 2))
    if rows and "user_id" not in rows[0][1]:
        raise UserError("no user_id in it", where=f"{address}:1", hint="columns: user_id, team, cost_center, from, until; all but the first may be left out")
    return People(_person(row, f"{address}:{number}") for number, row in rows)


def _row(line: str, address: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise UserError("not a JSON object", where=f"{address}:{number}")
    return row


def _person(row: dict[str, Any], where: str) -> Person:
    texts = {str(key).strip(): "" if value is None else str(value).strip() for key, value in row.items() if key is not None}
    since, until = texts.get("from", ""), texts.get("until", "")
    for date in (since, until):
        if date and (len(date) < 10 or parse_time(date) is None):
            raise UserError("from and until are dates", where=where, hint="as in 2026-01-31")
    if not texts.get("user_id"):
        raise UserError("user_id is missing", where=where)
    return Person(texts["user_id"], texts.get("team", ""), texts.get("cost_center", ""), since[:10], until[:10])
