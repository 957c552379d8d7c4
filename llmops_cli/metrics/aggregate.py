"""Conversations to one tally a group, tallies to bigger tallies, tallies to rows."""

from typing import Any, Iterable, Iterator

from ..errors import UserError
from ..jsonl import BadLine
from ..pii.detector import KINDS
from ..records import UNKNOWN, Calendar
from .gathering import Facts, Gathering, facts_of
from .keys import Group, Keys
from .opinions import Opinions
from .overflow import Tallies
from .periods import CALENDAR_KEYS
from .pile import Pile
from .rows import daily, measures, rows     # also for those who ask here
from .tally import DENIED, TOKEN, VERSION, Tally, token

BY = ("date", "team", "task_category")
TOGETHER = 80_000   # conversations and messages that wait before they are counted; some 15 MB
GROUPS = 5_000      # of them
OF_CONVERSATIONS = ("conversation_id", "team", "user_id")      # what no message need be asked for


class Aggregator:
    """Tallies of groups. With `own_dates`, a conversation that says its `date` is believed. `opinions` are joined to the
    messages and conversations that they are about. `kinds` are the names that may stand in the place of personal data;
    without `findings_known` its findings are not counted but unknown: what replaced them cannot be told from other text.
    Beyond `memory` bytes tallies go to temporary files; the rows are the same."""

    def __init__(self, by: tuple[str, ...], calendar: Calendar, *, own_dates: bool = True, since: str | None = None, until: str | None = None,
                 opinions: Opinions | None = None, findings_known: bool = True, kinds: Iterable[str] = (), memory: int | None = None):
        self.by, self._opinions, self._findings_known = by, opinions, findings_known
        self._keys = Keys(by, calendar, own_dates, since, until)
        self._find = token((*KINDS, DENIED, *kinds)).findall if kinds else TOKEN.findall
        self._tallies = Tallies(memory)
        self._piles: dict[Group, Pile] = {}     # what waits to be counted
        self._waiting = 0
        # The pile of a conversation by what its keys say, where that alone decides; asking a dict is faster than asking the keys.
        self._by_said: dict[Any, Pile] = {}
        self._by_gathered: dict[Any, Pile] = {}
        self._said_by_messages = frozenset(by) - {*CALENDAR_KEYS, *OF_CONVERSATIONS}

    def add(self, conversation: dict[str, Any]) -> str:
        """Count a conversation; why it was not, "" when it was."""
        messages = conversation.get("messages")
        if messages.__class__ is not list:
            return "messages is missing" if messages is None else "messages is not a list"
        try:
            if self._opinions:
                messages = [self._opinions.told(message) for message in messages]
            try:
                pile = self._by_said[self._keys.said(conversation)]
            except (KeyError, TypeError):
                conversation = self._keys.dated(conversation, messages)
                pile = self._by_said.get(self._keys.told(conversation)) or self._pile(conversation, messages, self._by_said)
                if pile is None:
                    return ""
            pile.take(conversation.get("user_id"), messages, self._find)
        except (TypeError, AttributeError):
            return "a message is not an object"
        except BadLine as error:
            return f"a key of --by holds {error.reason}"
        if self._opinions:
            self._hear(conversation, pile)
        self._waiting += 1 + len(messages)
        if self._waiting > TOGETHER:
            self._settle()
        return ""

    def facts(self, event: dict[str, Any]) -> Facts:
        """What is to be kept of an event of a conversation that `add_gathered` will get."""
        if self._opinions:
            event = self._opinions.told(event)
        return facts_of(event, self._said_by_messages, self._find)

    def add_gathered(self, keys: dict[str, Any], gathering: Gathering) -> str:
        """Count an assembled conversation of which only the facts were kept."""
        gathering.fold()
        for key, said in gathering.said.items():
            if keys.get(key) in (None, ""):
                keys[key] = said
        try:
            pile = self._by_gathered.get(self._keys.gathered(keys)) or self._pile(keys, [], self._by_gathered)
        except BadLine as error:
            return f"a key of --by holds {error.reason}"
        except TypeError:       # a key of --by is a list or an object
            pile = self._pile(keys, [], {})
        if pile is None:
            return ""
        if gathering.tally:     # before the pile: counting empties it, and then it is no longer known
            self._tallies.merge(self._keys.group(keys, []), gathering.tally)
        gathering.onto(pile, keys["user_id"])
        if self._opinions:
            self._hear(keys, pile)
        self._waiting += 1 + len(gathering.pile.figures)
        if self._waiting > TOGETHER:
            self._settle()
        return ""

    def _pile(self, conversation: dict[str, Any], messages: list[dict[str, Any]], known: dict[Any, Pile]) -> Pile | None:
        """The pile of a conversation, from now on among the known ones if it can be; None when it is not asked for.

        BadLine when a key of its group cannot be written, AttributeError when a message is no object."""
        group = self._keys.group(conversation, messages)
        if group is None:
            return None
        pile = self._piles.get(group)
        if pile is None:
            if len(self._piles) >= GROUPS:
                self._settle()
            pile = self._piles[group] = Pile()
        if "team" not in self.by and (team := self._keys.team(conversation, messages)) != UNKNOWN:
            self._tallies.of(group).note_team(team)
        said = self._keys.gathered(conversation) if known is self._by_gathered else self._keys.told(conversation)
        if said is not None:
            known[said] = pile
        return pile

    def _hear(self, conversation: dict[str, Any], pile: Pile) -> None:
        """Put what people said of a conversation on its pile."""
        votes = self._opinions.of_conversation(conversation.get("conversation_id"))
        if any(votes):
            pile.rare.append((None, None, None, False, votes))

    def _settle(self) -> None:
        """Count what waits."""
        for group, pile in self._piles.items():
            tally = self._tallies.of(group)
            if not self._findings_known:
                tally.leaks_unknown += len(pile.rows)
            tally.count(pile)
        self._piles.clear()
        self._by_said.clear()
        self._by_gathered.clear()
        self._waiting = 0

    def merge(self, record: dict[str, Any], where: str = "") -> str:
        """Add a tally that `partials` gave, here or elsewhere; why it cannot be, "" when it was.

        `where` is the place to name when it is of another version or was grouped otherwise, which is a UserError.
        """
        version = record.get("tally_version")
        if version.__class__ is not int:
            return "not a tally: tally_version is missing"
        if version != VERSION:
            raise UserError(f"a tally of version {version}; this program reads version {VERSION}", where=where,
                            hint="make it again with `llmops aggregate --partial` of this version")
        by, group = record.get("by"), record.get("group")
        if by.__class__ is not list or group.__class__ is not list or any(key.__class__ is not str for key in by + group):
            return "not a whole tally"
        if by != list(self.by):
            raise UserError("a tally grouped by other keys", where=where,
                            hint=f"give --by as it was given with --partial: --by {','.join(by)}")
        try:
            tally = Tally.from_json(record)
            key = tuple(group)
        except (KeyError, TypeError, ValueError, AttributeError):
            return "not a whole tally"
        if len(key) != len(self.by):
            return "not a whole tally"
        if "date" in self.by and not self._keys.asked_for(key[self.by.index("date")]):
            return ""
        self._tallies.merge(key, tally)
        return ""

    def groups(self) -> Iterator[tuple[tuple[str, ...], Tally]]:
        """The groups, sorted."""
        self._settle()
        return self._tallies.sorted()

    def merge_all(self, other: "Aggregator") -> None:
        """Add what another one with the same keys has counted."""
        for group, tally in other.groups():
            self._tallies.merge(group, tally)

    def absorb(self, group: Group, tally: Tally) -> None:
        """Add the tally of a group that was counted elsewhere with the same keys."""
        self._tallies.merge(group, tally)

    def partials(self) -> Iterator[dict[str, Any]]:
        """The tallies in the form that `merge` takes."""
        for group, tally in self.groups():
            yield {"tally_version": VERSION, "by": list(self.by), "group": list(group), **tally.to_json()}

    def rows(self) -> Iterator[dict[str, Any]]:
        """One row a group."""
        return rows(self)

    @property
    def spilled(self) -> bool:
        """Whether there were more groups than memory for them, and temporary files hold the rest."""
        self._settle()
        return self._tallies.spilled
