"""Calls that carry their whole history, to messages that are counted once.

Each message is known by a hash over all that was said before it and itself (who, what): the same message in a later
call has the same hash, so it is the same message. A call whose conversation has no id belongs to the conversation
whose last words its history ends with, else to the one that begins with the same words.
"""

from collections import deque
from hashlib import blake2b
from typing import Any, NamedTuple

from .formats.content import Message
from .formats.format import Event

WAITING_LIMIT = 50_000      # calls with a history not seen yet that are kept waiting for it
_NO_NEWS = {"model", "model_id"}      # a reply that says no more than these was none
_NO_DIGITS = dict.fromkeys(range(48, 58))


class Call(NamedTuple):
    """One request to a model and what came back."""

    time: str
    messages: list[Message]
    replies: list[Message]
    conversation: str | None = None     # its id, when the log has one
    fallback: str | None = None         # what a conversation that nothing is known of is called
    marked: bool = True                 # whether a conversation found by its history or its fallback is marked as such
    reply_id: str | None = None
    common: dict[str, Any] = {}         # keys of every message: team, user_id
    reply: dict[str, Any] = {}          # keys of the reply: model, tokens, latency, error
    after: str = ""                     # what this call follows on, where the log says so in place of a history


class History:
    """The messages of calls, each once, whatever the order that the calls come in."""

    def __init__(self) -> None:
        # Links are 64-bit hashes of this process: they are compared, and never leave it.
        self._seen: set[int] = set()
        self._ends: dict[int, tuple[str, bool]] = {}       # what had been said when a reply ended -> conversation
        self._failed: dict[int, tuple[str, bool]] = {}     # requests that got no answer -> conversation
        self._waiting: deque[Call] = deque()
        self.repeated = 0

    def events(self, call: Call) -> list[Event]:
        """The messages of a call that were not seen before. A call whose history is not known yet has to wait."""
        root, chain, last = _chain(call)
        found = self._found(call, root, chain, last)
        # What was taken was taken with all before it, so the end of the history stands for the whole.
        if found is None or last >= 0 and hash((chain[last], found[0])) not in self._seen:
            self._waiting.append(call)
            return self._now(self._waiting.popleft()) if len(self._waiting) > WAITING_LIMIT else []
        return self._taken(call, root, chain, last, *found)

    def rest(self) -> list[Event]:
        """The messages of the calls that still wait: their history is not in this input, so they bring it themselves."""
        events: list[Event] = []
        for call in sorted(self._waiting, key=lambda call: (call.time, len(call.messages))):
            events += self._now(call)
        self._waiting.clear()
        return events

    def _now(self, call: Call) -> list[Event]:
        root, chain, last = _chain(call)
        return self._taken(call, root, chain, -1, *(self._found(call, root, chain, last) or _begun(call)))

    def _found(self, call: Call, root: int, chain: list[int], last: int) -> tuple[str, bool] | None:
        """(conversation, whether it was inferred), None when nothing is known of what the call goes on from."""
        if call.conversation:
            return call.conversation, False
        for at in range(last, -1, -1):
            if call.messages[at].role == "assistant" and (found := self._ends.get(chain[at])):
                return found
        if last >= 0:
            return None
        return chain and self._failed.get(chain[-1]) or _begun(call)

    def _taken(self, call: Call, root: int, chain: list[int], last: int, conversation: str, inferred: bool) -> list[Event]:
        """The new messages of a call; those up to the `last` one, except for the system's, are known not to be."""
        head: Event = {"event_time": call.time, "conversation_id": conversation}
        common = call.common | {"conversation_inferred": True} if inferred else call.common
        seen = self._seen
        events: list[Event] = []
        before, place = None, 0
        for at, message in enumerate(call.messages):
            if at > last or message.role == "system":
                link = hash((chain[at], conversation))
                if link in seen:
                    self.repeated += 1
                else:
                    seen.add(link)
                    events.append(_event(head, _identity(conversation, place, before, message), message, common))
            else:
                self.repeated += 1
            if message.role != "system":
                before, place = message, place + 1
        replies = call.replies or ([Message("assistant", "")] if call.reply.keys() - _NO_NEWS else ())
        end = chain[-1] if chain else root
        for number, reply in enumerate(replies):
            identity = call.reply_id
            if identity is None:
                identity = _identity(conversation, place, before, reply if call.replies else Message("", call.time))
            identity = f"{identity}#{number}" if number else identity
            # The same words under another id were said, and paid for, again.
            link = hash((identity, conversation))
            if link in seen:
                self.repeated += 1
                continue
            seen.add(link)
            event = _event(head, identity, reply, common)
            events.append(event | (call.reply if number == 0 else {key: call.reply[key] for key in _NO_NEWS & call.reply.keys()}))
            if call.replies:
                link = _link(end, reply)
                seen.add(hash((link, conversation)))
                if not call.conversation:
                    self._ends.setdefault(link, (conversation, inferred))
        if not call.replies and not call.conversation and chain:
            self._failed.setdefault(end, (conversation, inferred))
        return events


def _begun(call: Call) -> tuple[str, bool]:
    """The conversation of a call that nothing known goes before."""
    if call.conversation:
        return call.conversation, False
    if call.fallback:
        return call.fallback, call.marked
    opening = next((message for message in call.messages if message.role == "user"), None)
    if opening is None and call.reply_id:
        return call.reply_id, True
    return "inferred-" + _digest(*_roots(call), opening.content.strip() if opening else "")[:16], True


def _chain(call: Call) -> tuple[int, list[int], int]:
    """(what the conversation hangs on, a link for each message: of what was said before it and itself, place of the
    last assistant's message). System prompts change while a conversation goes on (they tell the time), so what is said
    after them does not hang on them."""
    root = link = hash((call.conversation, call.after)) if call.conversation else hash(_roots(call))
    links, last = [], -1
    for at, message in enumerate(call.messages):
        role, content, calls = message
        own = hash((link, role, content.strip())) if not calls else _link(link, message)
        links.append(own)
        if role != "system":
            link = own
            if role == "assistant":
                last = at
    return root, links, last


def _link(before: int, message: Message) -> int:
    role, content, calls = message
    if not calls:
        return hash((before, role, content.strip()))
    return hash((before, role, content.strip(), *((call.get("name"), call.get("arguments")) for call in calls)))


def _roots(call: Call) -> tuple[str, str, str]:
    """What tells conversations without an id apart that begin with the same words: who speaks to which prompt."""
    prompt = next((message.content for message in call.messages if message.role == "system"), "")
    return call.common.get("user_id") or call.common.get("team") or "", prompt.translate(_NO_DIGITS) if prompt else "", call.after


def _identity(conversation: str, place: int, before: Message | None, message: Message) -> str:
    """The id of a message that has none: the same wherever and whenever the conversation is read."""
    called = "\0".join(f"{call.get('name')}\0{call.get('arguments')}" for call in message.tool_calls) if message.tool_calls else ""
    return _digest(conversation, str(place), before.content.strip() if before else "", message.role, message.content.strip(), called)


def _digest(*texts: str) -> str:
    return blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _event(head: Event, identity: str, message: Message, common: dict[str, Any]) -> Event:
    event = {**head, "message_id": identity, "role": message.role, "content": message.content, **common}
    if message.tool_calls:
        event["tool_calls"] = list(message.tool_calls)
    return event
