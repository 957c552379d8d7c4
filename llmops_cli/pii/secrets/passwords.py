"""Passwords and keys behind the word for them, in code, configuration and plain sentences."""
from __future__ import annotations

import re

from ..detector import Hit
from ..page import Page
from ..pattern import Pattern
from .names import KUBERNETES, PASSWORD, SECRET, last_words
from .variety import entropy, is_placeholder

_PASS_BACK = Pattern(r"[\w.-]{0,40}")
_PASS = Pattern(
    r"(?:pass(?:word|wd|phrase|code|wort|e)?|pwd|secrete?|kennwort|senha|contraseña|wachtwoord|key)[\w.-]{0,40}[\"'`\]]{0,2}(?:\[\d{0,4}\])?"
    r"(\s{0,4}(?:=>|->|:=|!==?|===?|=|:)\s{0,4}|\s(?:is|was|lautet|ist|es|est|è|are|to|as|set to)[: ]\s?|\s(?=[\"'`]))@?(\"([^\"\n]{3,200})\"|'([^'\n]{3,200})'|`([^`\n]{3,200})`|[^\s\"'`;<>]{4,200})", re.I)
_REVERSED = Pattern(r"([\"'])([^\"'\n]{6,200})\1\s{0,3}(?:!==?|===?)\s{0,3}[\w.]{0,40}(?:pass|pwd|secret)", re.I)
_PASS_WORDS = ("пароль", "密码", "密碼", "パスワード", "비밀번호", "كلمة", "סיסמ", "hasło")
_PASS_FOREIGN = Pattern(r"(?:пароль|密码|密碼|パスワード|비밀번호|كلمة المرور|סיסמה|סיסמא|hasło)\s{0,3}(?:[:=：]|是|は|это|—|-)\s{0,3}([^\s\"',;]{4,100})", re.I)
# Bundler reads user and password of a gem server from BUNDLE_<HOST>, with __ for a dot.
_BUNDLER = Pattern(r"BUNDLE_[A-Z0-9_]+__(?:COM|ORG|NET|IO|DEV)[\"']?\s{0,3}[:=]\s{0,3}[\"']?([\w.-]{3,60}:[\w.-]{3,60})")
_YAML_VALUE = Pattern(r"^[ \t]+[\w.-]{1,60}:[ \t]*(?:[|>]-?[ \t]*\n[ \t]+)?[\"']?([A-Za-z0-9+/]{8,}={0,2})[\"']?[ \t]*$", re.M)
# What a name of a password or key has in it; each is searched by itself, which beats one pattern for all by far.
_SECRET_WORD = Pattern(rb"cret(?<=secret)")
_KEY_WORD = Pattern(rb"key(?:(?<=apikey)|(?<=api.key)|(?<=privatekey)|(?<=private.key)|(?<=accesskey)|(?<=access.key))")
_WORDS = (Pattern(rb"pass"), _SECRET_WORD, _KEY_WORD)
# Two searches for five of them: by the letter that three share, and by the two letters that the others share.
_WITH_W, _WITH_SE = Pattern(rb"w(?:d(?<=pwd)|ort(?<=kennwort)|achtwoord)"), Pattern(rb"se(?:nha|(?<=contrase))")
_RARE_WORDS = tuple(map(Pattern, (rb"pwd", rb"kennwort", rb"senha", rb"contrase", rb"wachtwoord")))
_SHORT = 400
_KEY_OF = (b"api", b"api_", b"api-", b"private_", b"private-", b"private", b"access_", b"access-", b"access")
_MESSAGE = Pattern(r"password|passwort|required|must|enter|please|your|invalid|incorrect|wrong|least|match|forgot|reset|confirm|should|cannot|missing|changed|success|fail|secret|key|\{\}", re.I)
_ORDINARY = frozenset(
    "none null nil true false string str text int integer bool boolean undefined required optional password passwd secret reset change changed changes forgot strength input field "
    "hash hashed hashing manager policy protected protection generator validation incorrect invalid wrong correct same different empty visible hidden show hide char varchar".split())


def look(page: Page, hits: list[Hit]) -> None:
    """Passwords and keys behind their words, values of a manifest and of Bundler."""
    text, plain, small = page.text, page.plain, page.small
    there = [word for word in _WORDS if word.search(small)]
    if "=" in text or not page.ascii or len(plain) < _SHORT:
        if _WITH_W.search(small) or _WITH_SE.search(small):
            there += [word for word in _RARE_WORDS if word.search(small)]
    secret = _SECRET_WORD in there
    if there:
        _passwords(page, there, hits)
        if "=" in text and ("==" in text or "!=" in text):
            for match in _REVERSED.finditer(text):
                if not is_placeholder(match.group(2)) or not match.group(2).isalnum():
                    hits.append(Hit(*match.span(2), 600, PASSWORD, "password"))
    if not page.ascii and any(word[0] in text and word in text for word in _PASS_WORDS):
        for match in _PASS_FOREIGN.finditer(text):
            if not is_placeholder(match.group(1)):
                hits.append(Hit(*match.span(1), 620, PASSWORD, match.group()[:2]))
    if secret and re.search(rb"kind:[ \t]*[\"']?secret", small):
        _manifest(text, hits)
    if page.capitals >= 0 and b"BUNDLE_" in plain:
        for match in _BUNDLER.finditer(text):
            hits.append(Hit(*match.span(1), 640, SECRET, "bundle"))


def _passwords(page: Page, words: list[Pattern], hits: list[Hit]) -> None:
    """From each word such as password to the value behind it."""
    text = page.text
    for word in words:
        done = 0
        for found in word.finditer(page.small):
            at = found.start() if word is not _SECRET_WORD else found.start() - 2
            if at >= done and (word is not _KEY_WORD or page.small.endswith(_KEY_OF, max(0, at - 8), at)):
                match = _PASS.match(text, at)
                if match:
                    done = match.end()
                    name = _PASS_BACK.match(text[max(0, at - 40):at][::-1]).group()[::-1]  # type: ignore[union-attr]
                    _password(text, name + text[at:match.start(1)], match, hits)


def _password(text: str, name: str, match: re.Match[str], hits: list[Hit]) -> None:
    operator = match.group(1)
    quoted = next((g for g in (3, 4, 5) if match.group(g) is not None), 0)
    start, end = match.span(quoted or 2)
    value = text[start:end]
    name = name.lower()
    if "@" in name or text[match.start() - 1:match.start()] in ("@", "/"):
        return
    if not quoted:
        comma = value.find(",")
        if comma > 0 and ("=" in value[comma:] or ":" in value[comma:] or value[:comma].isalnum()):
            value = value[:comma]
        while value and value[-1] in ".,:)]}" or value[-1:] in "!?" and value[:-1].isalpha():
            value = value[:-1]
        end = start + len(value)
        if value[:1] in "[({<$&%/" or len(value) < 4:
            return
    if "secret" in name and "pass" not in name and operator.strip() not in ("=", ":", ":=", "=>", "==", "===", "!=", "!==", "") or re.search(r"_?(?:name|arn|id|ref|file|path|hash|field|input|length|policy|key_ref)[\"'\]]*$", name):
        return
    simple = value.lower().strip()
    if re.fullmatch(r"[\w.=/+-]*", value) and (is_placeholder(value) or "key" in name and "pass" not in name):
        return
    if is_placeholder(value) and (value.isalnum() or "${" in value or "{{" in value or value[:1] in "<$%{[") or simple in _ORDINARY:
        if not (re.search(r"[^\w\s]", value) and len(set(value)) > 9 and not re.match(r"[<$%{\[(]", value)):
            return
    if re.fullmatch(r"[\w.]+\([^)]*\)?.*|[a-z_]+(?:\.[a-z_]+)+|[\w.]+\[.*", value) and not quoted:
        return
    letters_only = value.replace(" ", "").replace("-", "").replace("_", "").replace(".", "").replace("'", "").isalpha()
    if letters_only:
        if not quoted or " " in value and value.count(" ") > 5 or value.islower() or value.isupper() or value.istitle():
            if not (quoted and value.count(" ") > 1 and value.islower() and operator.strip() in (":", "=", "=>", ":=") and not _MESSAGE.search(value)):
                return
    if operator.strip() in ("is", "was", "lautet", "ist", "es", "est", "è", "are", "to", "as", "set to") and (not any(map(str.isdigit, value)) or value.isdigit() and len(value) < 4):
        return
    if not any(map(str.isdigit, value)) and not quoted and (")" in value or "]" in value) and len(value) < 16:
        return
    if not any(map(str.isdigit, value)) and not quoted and not (re.search(r"[^\w\s.]", value) and len(value) > 7 and entropy(value) > 2.7):
        return
    if not quoted and re.fullmatch(r"[\d.]{1,4}|\d+(?:px|em|%|chars?)", value):
        return
    rule = PASSWORD if re.search(r"pass|pwd|kennwort|senha|contrase|wachtwoord", name) else SECRET
    hits.append(Hit(start, end, 610, rule, last_words(name.rstrip("\"'`]) "))))


def _manifest(text: str, hits: list[Hit]) -> None:
    for section in re.finditer(r"(?mi)^[ \t]{0,8}(?:string)?data:[ \t]*\n((?:[ \t]+[^\n]*\n?){1,60})", text):
        for value in _YAML_VALUE.finditer(section.group(1)):
            word = value.group(1)
            if len(word) % 4 == 0 and (not word.isalpha() or word not in (word.lower(), word.upper(), word.title()) and len(word) > 12) or word.endswith("="):
                at = section.start(1) + value.start(1)
                if len(word) >= 8 and entropy(word) > 2.5:
                    hits.append(Hit(at, at + len(word), 660, KUBERNETES, "kind: secret"))
