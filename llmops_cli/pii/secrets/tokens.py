"""Tokens that carry their maker's mark: found as one long run of letters and digits, then looked up by how it begins."""
from __future__ import annotations

import re

from .. import crypto
from ..detector import ALONE, Detector, Hit
from ..page import Page
from ..pattern import Pattern
from .providers import TOKENS, Token, compiled
from .variety import entropy, jwt_header, variety

PREFIXED = Detector(
    "prefixed-token", "SECRET", "a short name, - or _, and at least twenty random letters and digits", strength=ALONE, validator="variety",
    finds=("acme_live_a8Kd93jXm2Qp7vB4nT6zR1c", "zpq-9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c"), ignores=("some_long_name_of_a_function_v2", "bundle-2023-01-01-final"))
DETECTORS = (PREFIXED,)

ANCHOR = rb"0[0Aa_-]{5}"
_DIGIT = Pattern(ANCHOR)
_BACK = Pattern(rb"[0Aa_.~:=/+-]{0,200}")
_AHEAD = Pattern(rb"[0Aa_.~=/+-]{0,4000}(?::[0Aa_-]{8,4000})?")
_STARTS = Pattern(r"(?:^|(?<=[.:=/+~-]))[A-Za-z0-9_]")
_PREFIXED = Pattern(r"(?<![A-Za-z0-9])(?!(?:sha\d*|md5|uuid|guid|hash|id|commit|build|chunk|img|image|css|js|main|bundle|file|tmp|temp|page|sg|vpc|ami|subnet|eni|vol|snap|rtb|igw|arn|urn|req|res|run|log|job|pid|trace|span|session|cache|etag|e|x|v|msg|call|toolu|chatcmpl|resp|conv)[-_])"
                    r"([A-Za-z][A-Za-z0-9]{1,11})((?:[-_][a-z]{2,12}\d?){0,3})[-_]([A-Za-z0-9]{20,200})(?![A-Za-z0-9])")
_LONG_WORD = Pattern(r"[A-Za-z0-9]{25,}")
_SPREAD = Pattern(r"\d[A-Za-z]+\d[A-Za-z]*\d")
_UUID = Pattern(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-")


def _by_head() -> tuple[dict[str, list[Token]], list[Token]]:
    heads: dict[str, list[Token]] = {}
    free = []
    for token in TOKENS:
        if len(token.head) >= 2:
            heads.setdefault(token.head[:2], []).append(token)
        else:
            free.append(token)
    return heads, free


_HEADS, _FREE = _by_head()
_FIRST_FOUR = frozenset(token.head[:4] for token in TOKENS)
# What those that begin with anything have elsewhere in them.
_MARKS = {"asana-pat": "/", "azure-devops": "AZDO", "line-token": "line", "mailchimp-key": "-us", "newrelic-license": "NRAL",
          "newrelic-license-eu": "NRAL", "maxmind-license": "_mmk", "hashicorp-atlas": ".atlasv1.", "gcp-service-id": ".apps.google",
          "azure-ad-secret": "Q~", "telegram-bot": ":A", "discord-bot-m": ".", "discord-bot-n": ".", "discord-bot-o": ".", "ghost-admin": ":", "mailgun-signing": "-"}
_MARKED = tuple((_MARKS[token.rule.id], token.rule) for token in _FREE if token.rule.id in _MARKS)
_BESIDE_KEY = frozenset(("ghost-admin", "mailgun-signing"))      # which look like much else


def provider(text: str, start: int) -> tuple[int, Detector] | None:
    """End and rule of the token that begins at `start` and bears a known mark."""
    best = None
    for token in _HEADS.get(text[start:start + 2], ()):
        if text.startswith(token.head, start):
            found = compiled(token.rule.pattern).match(text, start)
            if found and (best is None or found.end() > best[0]) and (variety(found.group()) or token.rule.id == "artifactory-password"):
                if token.rule.id.startswith("discord") and not any(map(str.isdigit, found.group()[:20])):
                    continue
                if token.rule.id.startswith("jwt") and not jwt_header(found.group()):
                    continue
                best = (found.end(), token.rule)
    return best


def look(page: Page, hits: list[Hit]) -> None:
    """Tokens around runs in which letters and digits mix."""
    marks, text = page.marks, page.text
    done = 0
    for digit in _DIGIT.finditer(marks, page.long):
        at = digit.start()
        if at < done:
            continue
        low = max(done, at - 200)
        start = at - _BACK.match(marks[low:at][::-1]).end()
        end = _AHEAD.match(marks, at).end()
        done = end
        if end - start < 13:
            continue
        _token(page, text, start, end, hits)


def _token(page: Page, text: str, start: int, end: int, hits: list[Hit]) -> None:
    """What a run is or has in it: tokens with a mark, else addresses of money and tokens with a prefix."""
    run = text[start:end]
    if _with_head(text, run, start, hits) or len(run) < 20:
        return
    hit = _with_mark(text, run, start)
    if hit:
        hits.append(hit)
        return
    for word in _LONG_WORD.finditer(run):
        hit = _wallet(page, start, word)
        if hit:
            hits.append(hit)
    for found in _PREFIXED.finditer(run):
        if not _is_part(run, found.start()) and _is_body(found.group(3)) and not is_cut(found.group()):
            hits.append(Hit(start + found.start(), start + found.end(), 640, PREFIXED, ""))


def _with_head(text: str, run: str, start: int, hits: list[Hit]) -> bool:
    """Add the tokens in a run that begin as a provider's do; whether there are any."""
    known = 0
    for begin in _STARTS.finditer(run):
        at = start + begin.start()
        if at < known or _is_inside(text, at, start):
            continue
        found = provider(text, at)
        if found:
            known, rule = found
            hits.append(Hit(at, known, 950, rule, ""))
    return known > 0


def _is_inside(text: str, at: int, start: int) -> bool:
    """Whether a place in a run that begins at `start` is within a name: behind a _, or behind a - unless a token may begin there."""
    before = text[at - 1:at]
    return before == "_" or before == "-" and at > start and text[at:at + 2] not in _HEADS


def _with_mark(text: str, run: str, start: int) -> Hit | None:
    """A token that has its mark elsewhere than at its beginning."""
    for mark, rule in _MARKED:
        if mark in run:
            found = compiled(rule.pattern).search(text, start, start + len(run) + 60)
            if found and variety(found.group()) and not text[found.start() - 1:found.start()].isalnum():
                if rule.id not in _BESIDE_KEY or "key" in text[max(0, start - 40):start].lower():
                    return Hit(found.start(), found.end(), 940, rule, "")
    return None


def _wallet(page: Page, start: int, word: re.Match[str]) -> Hit | None:
    """An address of money in a run that begins at `start`."""
    low, high = start + word.start(), start + word.end()
    rule = crypto.look_token(word.group())
    if rule:
        return Hit(low, high, 930, rule, "")
    named = crypto.look_named(word.group(), page.before(start))
    return Hit(low, high, 700, *named) if named else None


def _is_part(run: str, start: int) -> bool:
    """Whether a token with a prefix is part of a path, a longer name or a UUID."""
    return start > 0 and run[start - 1] in "/._-" or _UUID.search(run) is not None


def is_cut(token: str) -> bool:
    """Whether a token bears a provider's mark but is shorter than all that the provider gives out."""
    if token[1:3] in _HEADS and any(token.startswith(one.head, 1) and len(one.head) > 3 for one in _HEADS[token[1:3]]) or token[:4].isupper() and token[:4].lower() in _FIRST_FOUR:
        return True
    known = [one.least for one in _HEADS.get(token[:2], ()) if len(one.head) > 2 and token.startswith(one.head)]
    return bool(known) and len(token) < 0.95 * min(known)


def _is_body(body: str) -> bool:
    """Random enough to be no name: many digits among the letters, spread about."""
    digits = sum(c.isdigit() for c in body)
    low = body.lower()
    if "abcdef" in low or "1234567" in low or "aabbcc" in low:
        return False
    return digits >= 3 and not body.isdigit() and entropy(body) >= (3.2 if len(body) < 32 else 3.0) and _SPREAD.search(body) is not None
