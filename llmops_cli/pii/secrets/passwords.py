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
    r"(\s{0,4}(?:=>|->|:=|!==?|===?|=|:)\s{0,4}|\s(?:is|was|lautet|ist|es|est|è|are|to|as|set to)[: ]\s?|\s(?=[\"'`]))@?(\"[^\"\n]{3,200}\"|'[^'\n]{3,200}'|`[^`\n]{3,200}`|[^\s\"'`;<>]{4,200})", re.I)
_REVERSED = Pattern(r"([\"'])([^\"'\n]{6,200})\1\s{0,3}(?:!==?|===?)\s{0,3}[\w.]{0,40}(?:pass|pwd|secret)", re.I)
_PASS_WORDS = ("пароль", "密码", "密碼", "パスワード", "비밀번호", "كلمة", "סיסמ", "hasło")
_PASS_FOREIGN = Pattern(r"(?:пароль|密码|密碼|パスワード|비밀번호|كلمة المرور|סיסמה|סיסמא|hasło)\s{0,3}(?:[:=：]|是|は|это|—|-)\s{0,3}([^\s\"',;]{4,100})", re.I)
# Bundler reads user and password of a gem server from BUNDLE_<HOST>, with __ for a dot.
_BUNDLER = Pattern(r"BUNDLE_[A-Z0-9_]+__(?:COM|ORG|NET|IO|DEV)[\"']?\s{0,3}[:=]\s{0,3}[\"']?([\w.-]{3,60}:[\w.-]{3,60})")
_KIND_SECRET = Pattern(rb"kind:[ \t]*[\"']?secret")
_DATA = Pattern(r"^[ \t]{0,8}(?:string)?data:[ \t]*\n((?:[ \t]+[^\n]*\n?){1,60})", re.I | re.M)
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
_ORDINARY = frozenset(
    "none null nil true false string str text int integer bool boolean undefined required optional password passwd secret reset change changed changes forgot strength input field "
    "hash hashed hashing manager policy protected protection generator validation incorrect invalid wrong correct same different empty visible hidden show hide char varchar".split())
_QUOTES = frozenset("\"'`")
_ASSIGNS = frozenset(("=", ":", ":=", "=>", "==", "===", "!=", "!==", ""))
_GIVES = frozenset((":", "=", "=>", ":="))
_SAYS = frozenset(("is", "was", "lautet", "ist", "es", "est", "è", "are", "to", "as", "set to"))
_PASSWORD_NAME = Pattern(r"pass|pwd|kennwort|senha|contrase|wachtwoord")
_ABOUT = Pattern(r"(?:name|arn|id|ref|file|path|hash|field|input|length|policy)[\"'\]]*$")
_OPENING = frozenset("[({<$&%/")        # signs that an expression begins with
_CODE = Pattern(r"[\w.]+[(\[].*|[a-z_]+(?:\.[a-z_]+)+|[\d.]{1,4}|\d+(?:px|em|%|chars?)")
_PLAIN = Pattern(r"[\w.=/+-]*")
_SIGN = Pattern(r"[^\w\s.]")
_BETWEEN_WORDS = str.maketrans("", "", " -_.'")
_MESSAGE = Pattern(r"password|passwort|required|must|enter|please|your|invalid|incorrect|wrong|least|match|forgot|reset|confirm|should|cannot|missing|changed|success|fail|secret|key|\{\}", re.I)


def look(page: Page, hits: list[Hit]) -> None:
    """Passwords and keys behind their words, values of a manifest and of Bundler."""
    text = page.text
    words = _words_of(page)
    if words:
        _passwords(page, words, hits)
        if "=" in text and ("==" in text or "!=" in text):     # one sign is found far faster than two
            _reversed(text, hits)
        if _SECRET_WORD in words and _KIND_SECRET.search(page.small):
            _manifest(text, hits)
    if not page.ascii and any(word[0] in text and word in text for word in _PASS_WORDS):
        _foreign(text, hits)
    if page.capitals >= 0 and b"BUNDLE_" in page.plain:
        for match in _BUNDLER.finditer(text):
            hits.append(Hit(*match.span(1), 640, SECRET, "bundle"))


def _words_of(page: Page) -> list[Pattern]:
    """The words for passwords and keys that are in a text; the rare ones only where it costs little, or values are assigned."""
    small = page.small
    words = [word for word in _WORDS if word.search(small)]
    if "=" in page.text or not page.ascii or len(small) < _SHORT:
        if _WITH_W.search(small) or _WITH_SE.search(small):
            words += [word for word in _RARE_WORDS if word.search(small)]
    return words


def _reversed(text: str, hits: list[Hit]) -> None:
    """Values that are compared with a password behind them."""
    for match in _REVERSED.finditer(text):
        if not is_placeholder(match.group(2)) or not match.group(2).isalnum():
            hits.append(Hit(*match.span(2), 600, PASSWORD, "password"))


def _foreign(text: str, hits: list[Hit]) -> None:
    for match in _PASS_FOREIGN.finditer(text):
        if not is_placeholder(match.group(1)):
            hits.append(Hit(*match.span(1), 620, PASSWORD, match.group()[:2]))


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
    """The value behind a word for passwords, unless it is an expression, a gap to be filled or a sentence."""
    operator = match.group(1).strip()
    start, end = match.span(2)
    quoted = text[start] in _QUOTES
    value = text[start + 1:end - 1] if quoted else _without_tail(text[start:end])
    start += quoted
    name = name.lower()
    if text[match.start() - 1:match.start()] in ("@", "/") or _is_about_a_secret(name, operator):
        return
    if not quoted and (len(value) < 4 or _is_expression(value) or _is_too_plain(value)):
        return
    if _is_left_out(value) or _is_of_words(value, operator, quoted) or operator in _SAYS and not _stands_out(value):
        return
    # Plain values of keys are assignments, and weighed there.
    if "key" in name and "pass" not in name and _PLAIN.fullmatch(value):
        return
    rule = PASSWORD if _PASSWORD_NAME.search(name) else SECRET
    hits.append(Hit(start, start + len(value), 610, rule, last_words(name.rstrip("\"'`]) "))))


def _without_tail(value: str) -> str:
    """A value that no quotes end, without what follows it: the next of a list, the end of a sentence, closing brackets."""
    comma = value.find(",")
    if comma > 0 and ("=" in value[comma:] or ":" in value[comma:] or value[:comma].isalnum()):
        value = value[:comma]
    while value and (value[-1] in ".,:)]}" or value[-1] in "!?" and value[:-1].isalpha()):
        value = value[:-1]
    return value


def _is_about_a_secret(name: str, operator: str) -> bool:
    """Whether a name is that of a secret's file, id or length, or talk of a secret: "the secret is to keep it short"."""
    talk = "secret" in name and "pass" not in name and operator not in _ASSIGNS
    return talk or _ABOUT.search(name) is not None


def _is_expression(value: str) -> bool:
    """Whether a value without quotes is a variable, a path, a call, an attribute, a small number or a measure."""
    return value[0] in _OPENING or _CODE.fullmatch(value) is not None


def _is_too_plain(value: str) -> bool:
    """Whether a value without quotes and digits has no variety by which it could not be a word or code."""
    if _has_digit(value):
        return False
    closed = len(value) < 16 and (")" in value or "]" in value)
    return closed or len(value) < 8 or not _SIGN.search(value) or entropy(value) <= 2.7


def _is_left_out(value: str) -> bool:
    """Whether in place of a value there is a placeholder, a reference or an ordinary word."""
    if value.lower().strip() in _ORDINARY:
        return True
    if not is_placeholder(value):
        return False
    if _PLAIN.fullmatch(value) or value[0] in "<$%{[":
        return True
    # A password may have such signs in it among many others.
    return ("${" in value or "{{" in value) and (value[0] == "(" or len(set(value)) < 10)


def _is_of_words(value: str, operator: str, quoted: bool) -> bool:
    """Whether a value is a word or a message; quoted words in small letters may be a passphrase."""
    if not value.translate(_BETWEEN_WORDS).isalpha():
        return False
    spaces = value.count(" ")
    if quoted and spaces > 1 and value.islower() and operator in _GIVES and not _MESSAGE.search(value):
        return False
    return not quoted or spaces > 5 or value.islower() or value.isupper() or value.istitle()


def _stands_out(value: str) -> bool:
    """Whether a value is unlike the words of a sentence: it has a digit, and is no short number."""
    return _has_digit(value) and not (value.isdigit() and len(value) < 4)


def _has_digit(value: str) -> bool:
    return any(map(str.isdigit, value))


def _manifest(text: str, hits: list[Hit]) -> None:
    for section in _DATA.finditer(text):
        for value in _YAML_VALUE.finditer(section.group(1)):
            word = value.group(1)
            if _is_base64(word) and entropy(word) > 2.5:
                at = section.start(1) + value.start(1)
                hits.append(Hit(at, at + len(word), 660, KUBERNETES, "kind: secret"))


def _is_base64(word: str) -> bool:
    """Whether letters, digits and signs of base64 are more than a word in one of the usual cases."""
    if word.endswith("="):
        return True
    cased = word in (word.lower(), word.upper(), word.title())
    return len(word) % 4 == 0 and (not word.isalpha() or not cased and len(word) > 12)
