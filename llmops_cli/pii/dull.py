"""Texts of which one glance says that there is nothing in them. Whoever has only such texts needs none of the rules."""
from __future__ import annotations

from typing import Any

from .pattern import Pattern

# Ids and times of our own records: left alone unless the whole value is personal.
IDS = frozenset("event_time started_at ended_at date conversation_id message_id user_id team role model release prompt_version region "
                "task_category classified_by".split())
PLAIN_ID = Pattern(r"\d{4}-\d\d-\d\d(?:[T ][\d:.]{5,15}(?:Z|[+-]\d\d:?\d\d)?)?|[A-Za-z_.:/ -]{0,40}\d{0,6}[A-Za-z_.:/ -]{0,40}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

LEAST = 4       # characters of the shortest text in which anything can be found
SHORT = 100     # characters of a short text, up to and without
# Short texts in which there is nothing.
DULL = Pattern(r"[A-Za-z_ ,!?'()-]*|[a-z_]{1,20}[_-]?\d{1,3}|[a-z_-]{1,40}[_-]\d{1,5}|(?:[a-z]{1,12}[|:/])?(?:[a-z]{1,4}[:])?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:[a-z]{1,12}[|:/])?(?:[a-z]{1,4}[:])?(?=[0-9]{0,12}[a-f])[0-9a-f]{16}")
# Plain sentences: without digits, signs of addresses and capitals joined by hyphens, and without the words that secrets stand behind.
PLAIN = Pattern(r"(?:[A-Za-z_ .,;!?'()\n]|-(?![A-F])){0,600}")
# Each word by its rarest letter and what follows: six letters to look for are three times as fast as nine common ones.
# The one word without such a letter, senha, is looked for by itself.
WORDED = Pattern("p(?:ass|wd)|c(?:ret|url|ontrase|k(?<=slack))|key|w(?:ww|ort|acht|ift)|zation|b(?:earer|ic|egin|undle)")
SILENT = frozenset({"text", "type", "rating", "source"})      # keys that say nothing of what stands under them


def is_dull(record: dict[str, Any]) -> bool:
    """Whether there is plainly nothing in a record. False means that it must be looked at.

    >>> is_dull({"user_id": "u_789", "text": "very good, thanks."}), is_dull({"text": "ann@example.org"})
    (True, False)
    """
    for name, value in record.items():
        if value.__class__ is str:
            if not (PLAIN_ID.fullmatch(value) if name in IDS else len(value) < LEAST or name in SILENT and _says_nothing(value)):
                return False
        elif value.__class__ in (dict, list):
            return False
    return True


def _says_nothing(text: str) -> bool:
    if len(text) < SHORT and DULL.fullmatch(text):
        return True
    small = text.lower()
    return bool(PLAIN.fullmatch(text)) and not WORDED.search(small) and "senha" not in small
