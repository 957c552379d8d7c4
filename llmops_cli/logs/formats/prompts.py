"""Prompts that are one text with the roles marked inside it (Llama, Mistral, Titan, early Claude), to messages."""

import re

from .content import ROLES, Message

_HEADERS = re.compile(r"<\|start_header_id\|>\s*(\w+)\s*<\|end_header_id\|>")
_CHATML = re.compile(r"<\|im_start\|>\s*(\w+)\n?")
_SPOKEN = re.compile(r"(?:\A|\n+)(Human|Assistant|User|Bot|System):[ \n]?")
_MARKS = re.compile(r"<\|(?:begin_of_text|end_of_text|eot_id|eom_id|im_end|endoftext)\|>")


def messages(prompt: str) -> list[Message]:
    """The messages inside a prompt; one of the user when no roles are marked in it.

    >>> messages("User: Hello\\n\\nBot:")
    [Message(role='user', content='Hello', tool_calls=())]
    >>> [message.content for message in messages("<s>[INST] Hi [/INST] Hello </s>[INST] Bye [/INST]")]
    ['Hi', 'Hello', 'Bye']
    """
    if "[/INST]" in prompt:
        return _instructions(prompt)
    for marks in (_HEADERS, _CHATML, _SPOKEN):
        pieces = marks.split(prompt)
        if len(pieces) > 1 and (marks is not _SPOKEN or prompt.rstrip().endswith(("Assistant:", "Bot:"))):
            found = [Message("system", _MARKS.sub("", pieces[0]).strip())]
            found += [Message(ROLES.get(role.lower(), role.lower()), _MARKS.sub("", text).strip())
                      for role, text in zip(pieces[1::2], pieces[2::2])]
            return [message for message in found if message.content]
    return [Message("user", prompt)] if prompt else []


def _instructions(prompt: str) -> list[Message]:
    found = []
    for piece in re.split(r"\[INST\]", prompt)[1:]:
        asked, _, answered = piece.partition("[/INST]")
        system = re.search(r"<<SYS>>(.*?)<</SYS>>", asked, re.S)
        if system:
            found.append(Message("system", system[1].strip()))
            asked = asked[:system.start()] + asked[system.end():]
        found.append(Message("user", asked.strip()))
        found.append(Message("assistant", answered.replace("</s>", "").replace("<s>", "").strip()))
    return [message for message in found if message.content]
