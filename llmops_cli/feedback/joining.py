"""What logs know of the messages and conversations that verdicts are about: team, task, model, and the words themselves."""

from typing import Any, Iterable, Iterator, Mapping

KEYS = ("team", "task_category", "model", "release")


class Joiner:
    """Looks up in logs what a verdict does not say of itself. Only what verdicts name is remembered."""

    def __init__(self, verdicts: Iterable[Mapping[str, Any]]):
        self._messages: dict[str, dict[str, Any]] = {}
        self._conversations: dict[str, dict[str, Any]] = {}
        for verdict in verdicts:
            for key, known in (("message_id", self._messages), ("conversation_id", self._conversations)):
                if verdict.get(key):
                    known.setdefault(str(verdict[key]), {})

    def read(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Learn from conversations or events."""
        for record in records:
            messages = record.get("messages")
            parts = [part for part in messages if isinstance(part, dict)] if isinstance(messages, list) else [record]
            identity = str(record.get("conversation_id"))
            conversation = self._conversations.get(identity)
            for part in (record, *parts):
                if conversation is not None:
                    conversation.update({key: part[key] for key in KEYS if part.get(key)})
                message = self._messages.get(str(part.get("message_id")))
                if message is not None:
                    message.update({key: value for key in KEYS if (value := part.get(key) or record.get(key))})

    def of(self, verdict: Mapping[str, Any], key: str) -> Any:
        """What is known of a verdict's `key`: what it says itself, what its message says, what its conversation says."""
        return verdict.get(key) or self._messages.get(str(verdict.get("message_id") or ""), {}).get(key) \
            or self._conversations.get(str(verdict.get("conversation_id") or ""), {}).get(key)


def pairs(conversations: Iterable[Mapping[str, Any]], verdicts: Iterable[Mapping[str, Any]], up_or_down) -> Iterator[dict[str, Any]]:
    """Training pairs: what was asked, what was answered, whether people liked it: `prompt` (messages), `completion`,
    `label` (true is up), `comment`. A verdict on a message is about that reply; one on a conversation, about its last."""
    of_message: dict[str, list] = {}
    of_conversation: dict[str, list] = {}
    for verdict in verdicts:
        word = up_or_down(verdict)
        if not word:
            continue
        if verdict.get("message_id"):
            of_message.setdefault(str(verdict["message_id"]), []).append((word, verdict))
        elif verdict.get("conversation_id"):
            of_conversation.setdefault(str(verdict["conversation_id"]), []).append((word, verdict))
    for conversation in conversations:
        messages = [part for part in conversation.get("messages") or () if isinstance(part, dict)]
        answered = [place for place, part in enumerate(messages) if part.get("role") == "assistant" and part.get("content")]
        about = [(place, one) for place in answered for one in of_message.get(str(messages[place].get("message_id")), ())]
        if answered:
            about += [(answered[-1], one) for one in of_conversation.get(str(conversation.get("conversation_id")), ())]
        for place, (word, verdict) in about:
            yield {"prompt": [{"role": part.get("role"), "content": part.get("content")} for part in messages[:place]],
                   "completion": messages[place]["content"], "label": word == "up", "comment": verdict.get("text"),
                   "conversation_id": conversation.get("conversation_id"), "message_id": messages[place].get("message_id"),
                   "feedback_id": verdict.get("feedback_id")}
