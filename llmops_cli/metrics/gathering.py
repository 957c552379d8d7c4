"""What is kept of an event that is to be counted: not the event, only what it adds and the keys it may be grouped by."""

from typing import Any, Callable

from .pile import Figures, Pile, NUMBERS, no_numbers, nothing_more, numbers_of, rare_of
from .tally import Tally

TOGETHER = 4096     # figures of a conversation that are held before they are added up

# A message in short: the characters of its content, and where it says more than that (characters, figures, what is rare, the
# kinds of its findings, what it says of the keys of groups), the last three None where there are none.
Facts = int | tuple


def facts_of(event: dict[str, Any], keys: frozenset[str], find: Callable[[str], list[str]]) -> Facts:
    """What an event adds, and what it says of each of `keys`; its role and its user are known to who asks."""
    content = event["content"]
    leaks = find(content) if "[" in content else None
    said = None
    for key in keys:
        if key in event and event[key] not in (None, ""):
            said = {**(said or {}), key: event[key]}
    if nothing_more(event):
        return len(content) if not leaks and not said else (len(content), None, None, leaks, said)
    figures: Figures | None = None
    try:
        figures = numbers_of(event)
    except KeyError:
        if not no_numbers(event):
            figures = tuple(map(event.get, NUMBERS))
    rare = None
    if ("error" in event or "feedback" in event or "cached_input_tokens" in event or "cache_write_tokens" in event or "reasoning_tokens" in event):
        rare = rare_of(event)
    return len(content), figures, rare, leaks, said


class Gathering(list):
    """The messages of one conversation in the order of time, each its role, its user and its facts; a list that can `fold`."""

    __slots__ = ("messages", "asked", "answered", "chars_user", "chars_assistant", "pile", "tally", "said")

    def __init__(self) -> None:
        self.messages = self.asked = self.answered = self.chars_user = self.chars_assistant = 0
        self.pile = Pile()
        self.tally: Tally | None = None     # what was added up already, of a long conversation
        self.said: dict[str, Any] = {}      # for each key, what the first message that has it says

    def fold(self) -> None:
        """Add up what is on the list, which is empty then."""
        asked = answered = chars_user = chars_assistant = 0
        pile, seen_user = self.pile, None
        for role, user, facts in self:
            if facts.__class__ is int:
                length = facts
            else:
                length, figures, rare, leaks, said = facts
                if figures:
                    pile.figures.append(figures)
                if rare:
                    pile.rare.append(rare)
                if leaks:
                    pile.leaks += leaks
                if said:
                    self.said = said | self.said
            if role == "user":
                asked += 1
                chars_user += length
            elif role == "assistant":
                answered += 1
                chars_assistant += length
            if user != seen_user and user is not None:
                pile.users.append(user)
                seen_user = user
        self.messages += len(self)
        self.asked += asked
        self.answered += answered
        self.chars_user += chars_user
        self.chars_assistant += chars_assistant
        self.clear()
        if len(pile.figures) > TOGETHER:
            self.tally = self.tally or Tally()
            self.tally.count(pile)

    def onto(self, pile: Pile, user: Any) -> None:
        """Put this conversation of `user`, folded, on the pile of its group."""
        own = self.pile
        pile.rows.append((self.messages, self.asked + self.answered, self.answered, self.chars_user, self.chars_assistant, user))
        pile.figures += own.figures
        pile.rare += own.rare
        pile.users += own.users
        pile.leaks += own.leaks
