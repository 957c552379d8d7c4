"""Calls that carry their whole history, to messages that are counted once.

Each message is known by a hash over all that was said before it and itself (who, what): the same message in a later
call has the same hash, so it is the same message. A call whose conversation has no id belongs to the conversation
whose last words its history ends with, else to the one that begins with the same words.
"""

import re
from collections import deque
from hashlib import blake2b
from typing import Any, NamedTuple

from .formats.content import Message
from .formats.format import Event

WAITING_LIMIT = 50_000      # calls with a history not seen yet that are kept waiting for it


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
        self._seen: set[bytes] = set()
        self._ends: dict[bytes, tuple[str, bool]] = {}     # what had been said when a reply ended -> conversation
        self._failed: dict[bytes, tuple[str, bool]] = {}   # requests that got no answer -> conversation
        self._waiting: deque[Call] = deque()
        self.repeated = 0

    def events(self, call: Call) -> list[Event]:
        """The messages of a call that were not seen before. A call whose history is not known yet has to wait."""
        chain = _chain(call)
        found = self._found(call, chain)
        if found is None or not self._heard(call, chain, found[0]):
            self._waiting.append(call)
            if len(self._waiting) <= WAITING_LIMIT:
                return []
            return self._now(self._waiting.popleft())
        return self._taken(call, chain, *found)

    def rest(self) -> list[Event]:
        """The messages of the calls that still wait: their history is not in this input, so they bring it themselves."""
        events: list[Event] = []
        for call in sorted(self._waiting, key=lambda call: (call.time, len(call.messages))):
            events += self._now(call)
        self._waiting.clear()
        return events

    def _now(self, call: Call) -> list[Event]:
        chain = _chain(call)
        return self._taken(call, chain, *(self._found(call, chain) or self._begun(call, chain)))

    def _found(self, call: Call, chain: list[bytes]) -> tuple[str, bool] | None:
        """(conversation, whether it was inferred), None when nothing is known of what the call goes on from."""
        if call.conversation:
            return call.conversation, False
        ends = [at for at, message in enumerate(call.messages) if message.role == "assistant"]
        for at in reversed(ends):
            if found := self._ends.get(chain[at]):
                return found
        if ends:
            return None
        return chain and self._failed.get(chain[-1]) or self._begun(call, chain)

    def _heard(self, call: Call, chain: list[bytes], conversation: str) -> bool:
        """Whether all that the call repeats was seen before."""
        last = max((at for at, message in enumerate(call.messages) if message.role == "assistant"), default=-1)
        return all(self._key(conversation, chain[at]) in self._seen or call.messages[at].role == "system" for at in range(last + 1))

    def _begun(self, call: Call, chain: list[bytes]) -> tuple[str, bool]:
        """The conversation of a call that nothing known goes before."""
        if call.conversation:
            return call.conversation, False
        if call.fallback:
            return call.fallback, call.marked
        if not chain:
            return call.reply_id or "inferred-" + _root(call).hex()[:16], True
        opening = next((at for at, message in enumerate(call.messages) if message.role == "user"), -1)
        return "inferred-" + chain[opening].hex()[:16], True

    def _taken(self, call: Call, chain: list[bytes], conversation: str, inferred: bool) -> list[Event]:
        head: Event = {"event_time": call.time, "conversation_id": conversation}
        common = call.common | {"conversation_inferred": True} if inferred else call.common
        events = []
        for message, link in zip(call.messages, chain):
            if self._new(conversation, link):
                event = head | {"message_id": link.hex(), "role": message.role, "content": message.content} | common
                if message.tool_calls:
                    event["tool_calls"] = list(message.tool_calls)
                events.append(event)
        replies = call.replies or ([Message("assistant", "")] if call.reply.keys() - _NO_NEWS else [])
        last = chain[-1] if chain else _root(call)
        for number, reply in enumerate(replies):
            link = _link(last, reply)
            identity = link.hex() if call.reply_id is None else call.reply_id if number == 0 else f"{call.reply_id}#{number}"
            if call.reply_id is None and not call.replies:
                identity = _link(last, Message("", call.time)).hex()
            # The same words under another id were said, and paid for, again.
            if not self._new(conversation, identity.encode("utf-8", "surrogatepass")):
                continue
            self._seen.add(self._key(conversation, link))
            event = head | {"message_id": identity, "role": reply.role, "content": reply.content} | common
            if reply.tool_calls:
                event["tool_calls"] = list(reply.tool_calls)
            events.append(event | (call.reply if number == 0 else {key: call.reply[key] for key in ("model", "model_id") if key in call.reply}))
            if call.replies:
                self._ends.setdefault(link, (conversation, inferred))
        if not call.replies and not call.conversation and chain:
            self._failed.setdefault(chain[-1], (conversation, inferred))
        return events

    def _new(self, conversation: str, link: bytes) -> bool:
        key = self._key(conversation, link)
        if key in self._seen:
            self.repeated += 1
            return False
        self._seen.add(key)
        return True

    @staticmethod
    def _key(conversation: str, link: bytes) -> bytes:
        return link + conversation.encode("utf-8", "surrogatepass")


_NO_NEWS = {"model", "model_id"}      # a reply that says no more than these was none


def _chain(call: Call) -> list[bytes]:
    """A hash for each message: of what was said before it and itself. System prompts change while a conversation
    goes on (they tell the time), so what is said after them does not hang on them."""
    link = _root(call)
    links = []
    for message in call.messages:
        own = _link(link, message)
        links.append(own)
        if message.role != "system":
            link = own
    return links


def _link(before: bytes, message: Message) -> bytes:
    called = "\0".join(f"{call.get('name')}\0{call.get('arguments')}" for call in message.tool_calls) if message.tool_calls else ""
    text = f"{message.role}\0{message.content.strip()}\0{called}"
    return blake2b(before + text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _root(call: Call) -> bytes:
    """What tells conversations apart that begin with the same words: their id, else who speaks to which prompt."""
    if call.conversation:
        text = f"{call.conversation}\0{call.after}"
    else:
        prompt = next((message.content for message in call.messages if message.role == "system"), "")
        who = call.common.get("user_id") or call.common.get("team") or ""
        text = f"\0{who}\0{re.sub(r'[0-9]+', '', prompt)}\0{call.after}"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
