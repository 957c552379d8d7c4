"""What is kept of an event that is to be counted: not the event, only what it adds and the keys it may be grouped by."""

from typing import Any, Callable

from .pile import Figures, Pile, NUMBERS, no_numbers, nothing_more, nothing_rare, numbers_of, rare_of
from .tally import Tally

TOGETHER = 4096     # figures of a conversation that are held before they are added up

# A message in short: the characters of its content, and where it says more than that (characters, figures, what is rare, the
# kinds of its findings, what it says of the keys of groups), the last three None where there are none.
Facts = int | tuple


def facts_of(event: dict[str, Any], keys: frozenset[str], find: Callable[[str], list[str]]) -> Facts:
    """What an event adds, and what it says of each of `keys`; its role and its user are known to who asks."""
    content = event["content"]
    leaks = find(content) if "[" in content else None
    said = None if keys.isdisjoint(event) else {key: event[key] for key in keys if event.get(key) not in (None, "")}
    if nothing_more(event):
        return len(content) if not leaks and not said else (len(content), None, None, leaks, said)
    figures: Figures | None = None
    try:
        figures = numbers_of(event)
    except KeyError:
        if not no_numbers(event):
            figures = tuple(map(event.get, NUMBERS))
    return len(content), figures, None if nothing_rare(event) else rare_of(event), leaks, said


class Gathering:
    """The facts of the messages of one conversation, in the order of time."""

    __slots__ = ("messages", "asked", "answered", "chars_user", "chars_assistant", "pile", "tally", "said", "_seen_user")

    def __init__(self) -> None:
        self.messages = self.asked = self.answered = self.chars_user = self.chars_assistant = 0
        self.pile = Pile()
        self.tally: Tally | None = None     # what was added up already, of a long conversation
        self.said: dict[str, Any] = {}      # for each key, what the first message that has it says
        self._seen_user = None

    def append(self, message: tuple[str, Any, Facts]) -> None:
        """Take a message: its role, its user, its facts."""
        role, user, facts = message
        if facts.__class__ is int:
            length = facts
        else:
            length, figures, rare, leaks, said = facts
            pile = self.pile
            if figures:
                pile.figures.append(figures)
                if len(pile.figures) > TOGETHER:
                    self.tally = self.tally or Tally()
                    self.tally.count(pile)
            if rare:
                pile.rare.append(rare)
            if leaks:
                pile.leaks += leaks
            if said:
                self.said = said | self.said
        self.messages += 1
        if role == "user":
            self.asked += 1
            self.chars_user += length
        elif role == "assistant":
            self.answered += 1
            self.chars_assistant += length
        if user != self._seen_user and user is not None:
            self.pile.users.append(user)
            self._seen_user = user

    def onto(self, pile: Pile, user: Any) -> None:
        """Put this conversation of `user` on the pile of its group."""
        own = self.pile
        pile.rows.append((self.messages, self.asked + self.answered, self.answered, self.chars_user, self.chars_assistant, user))
        pile.figures += own.figures
        pile.rare += own.rare
        pile.users += own.users
        pile.leaks += own.leaks
