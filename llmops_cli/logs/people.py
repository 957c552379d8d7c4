"""Who belongs to which team, and since when: supplied by the user where a log does not know it."""

import csv
import io
import json
from itertools import chain
from typing import Any, Iterable, Iterator, NamedTuple

from .. import storage
from ..errors import UserError
from ..records import is_utc_stamp, parse_time


class Person(NamedTuple):
    """Where somebody belonged from one date to another (both included; "" is open)."""

    user_id: str
    team: str = ""
    cost_center: str = ""
    since: str = ""
    until: str = ""


class Size(NamedTuple):
    """How many people a team had from one date to another, where they are not listed one by one."""

    team: str
    people: int
    cost_center: str = ""
    since: str = ""
    until: str = ""


class People:
    """The people of an organisation.

    >>> people = People([Person("u-1", "Sales", until="2026-03-31"), Person("u-1", "Support", since="2026-04-01"), Size("Legal", 7)])
    >>> people.of("u-1", "2026-04-01T08:00:00Z").team, people.headcount("2026-02-01", "2026-02-28", "Sales"), people.headcount("", "", "Legal")
    ('Support', 1, 7)
    """

    def __init__(self, people: Iterable[Person | Size]):
        self._by_id: dict[str, list[Person]] = {}
        self._of_team: dict[str, list[Person | Size]] = {}      # a group is asked of its team, not of everybody
        for one in people:
            self._of_team.setdefault(one.team, []).append(one)
            if isinstance(one, Person):
                self._by_id.setdefault(one.user_id, []).append(one)

    def of(self, user_id: str | int, stamp: str) -> Person | None:
        """The entry of a user (an id may be a number, too) that holds at a time."""
        return next((person for person in self._by_id.get(str(user_id), ()) if _holds(person, stamp[:10], stamp[:10])), None)

    def headcount(self, first: str, last: str, team: str | None = None, cost_center: str | None = None) -> int | None:
        """How many people there were on any day from `first` to `last`, of a team or cost center if given; None for one
        that is not in the list. The size of a team that is given as a number goes before the people listed of it."""
        def meant(entry: Person | Size) -> bool:
            return (team is None or entry.team == team) and (cost_center is None or entry.cost_center == cost_center)
        entries = [*chain(*self._of_team.values())] if team is None else self._of_team.get(team, [])
        sizes: dict[tuple[str, str], int] = {}
        for size in entries:
            if size.__class__ is Size and meant(size) and _holds(size, first, last):
                place = size.team, size.cost_center
                sizes[place] = max(size.people, sizes.get(place, 0))    # of several in one period the largest
        sized = {name for name, _ in sizes}
        listed = {entry.user_id for entry in entries
                  if entry.__class__ is Person and meant(entry) and entry.team not in sized and _holds(entry, first, last)}
        if not sizes and not listed and not any(map(meant, entries)):
            return None
        return sum(sizes.values()) + len(listed)

    def teams(self, first: str, last: str) -> int:
        """How many teams had people on any day from `first` to `last`."""
        return sum(any(_holds(entry, first, last) for entry in entries) for team, entries in self._of_team.items() if team)


def _holds(entry: Person | Size, first: str, last: str) -> bool:
    return (not last or entry.since <= last) and (not entry.until or first <= entry.until)


def read(address: str) -> People:
    """The people listed in a CSV file with a header, or in JSON lines: user_id, team, cost_center, from, until; or teams
    by their number of people: team, headcount, cost_center, from, until."""
    with storage.open_source(address).stream as stream:
        data = stream.read()
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:     # names read wrongly would belong to nobody, and teams would be called wrongly
        line = len(data[:error.start + 1].splitlines())
        raise UserError("not UTF-8", where=f"{address}:{line}", hint="save it as UTF-8, as in iconv -f WINDOWS-1252 -t UTF-8") from None
    rows = ([(number, _row(line, address, number)) for number, line in enumerate(text.split("\n"), 1) if line.strip()] if text.lstrip()[:1] == "{"
            else list(_table(text, address)))
    columns = rows[0][1] if rows else text.partition("\n")[0].replace(";", ",").split(",")
    if text.strip() and not {"user_id", "headcount"} & {str(key).strip().strip('"') for key in columns}:
        raise UserError("no user_id in it", where=f"{address}:1", hint="columns: user_id, team, cost_center, from, until; all but the first may be left out; or team and headcount")
    return People(_person(row, f"{address}:{number}") for number, row in rows)


def _table(text: str, address: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of CSV with a header, each with the number of its (last) line."""
    header = text.partition("\n")[0]
    table = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in header and "," not in header else ",", strict=True)
    try:
        for row in table:
            yield table.line_num, row
    except csv.Error:
        raise UserError("not a row of CSV", where=f"{address}:{table.line_num + 1}", hint="a quotation mark that is not closed, say") from None


def _row(line: str, address: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise UserError("not a JSON object", where=f"{address}:{number}")
    return row


def _person(row: dict[str, Any], where: str) -> Person | Size:
    texts = {str(key).strip(): "" if value is None else str(value).strip() for key, value in row.items() if key is not None}
    since, until = texts.get("from", ""), texts.get("until", "")
    for date in (since, until):
        if date and (parse_time(date) is None or not is_utc_stamp(f"{date[:10]}T00:00:00Z")):
            raise UserError("from and until are dates", where=where, hint="as in 2026-01-31")
    if not texts.get("user_id") and texts.get("headcount"):
        if not texts["headcount"].isdecimal() or not texts.get("team"):
            raise UserError("headcount is a whole number, of a team", where=where, hint="as in team=Sales, headcount=12")
        return Size(texts["team"], int(texts["headcount"]), texts.get("cost_center", ""), since[:10], until[:10])
    if not texts.get("user_id"):
        raise UserError("user_id is missing", where=where)
    return Person(texts["user_id"], texts.get("team", ""), texts.get("cost_center", ""), since[:10], until[:10])
