"""Names that say secret and are given a value: in code, YAML, JSON, XML, environment files, flags and plain sentences."""
from __future__ import annotations

from ..detector import Hit
from ..page import LETTERS, Page
from ..pattern import Pattern
from .names import LONGEST, PASSWORD, PROVIDERS, SECRET, is_key_of_provider, kind_of, last_words, says
from .tokens import is_cut
from .variety import is_placeholder, random_looking

# A digit with six more of the signs of keys around it: all before it, or three or more behind it.
_SIGN = rb"[0Aa:=>_.+/~$!%^&*#@?-]"
ANCHOR = rb"0(?:(?<=S{6}0)|(?=S{3})(?:S{6}|(?<=S0)S{5}|(?<=SS0)S{4}|(?<=SSS0)))".replace(b"S", _SIGN)
_BEFORE = 80    # characters from the operator or the quote to the first digit behind it
_OPERATORS = frozenset("=:> \t\r\n\"'`(@")
# Operators look alike, quotes look alike, and so do letters, digits and the signs that keys are made of.
_CLASSES = bytes(
    48 if 48 <= c < 58 else 97 if 65 <= c < 91 or 97 <= c < 123 else 61 if c in b"=:>" else 34 if c in b"\"'`" else 32 if c in b" \t\r\n"
    else 45 if c in b"_.+/-~$!%^&*#@?" else c for c in range(256))
_VALUE = Pattern(rb'=[= "(@]{0,12}[a-]{0,64}0[a0=-][a0=-][a0=-]')
_QUOTED_ARGUMENT = Pattern(rb'",[ ]?"[a-]{0,64}0[a0-]{6}')
_NAME = Pattern(r"([A-Za-z_$@][\w.$-]{0,80}(?: (?i:key|token|secret|id))?|[\w.\-/]{1,80})[\"'`\]\\]{0,3}(?:\[\d*\])?[ \t]*(?:(?:string|String|str)[ \t]*)?(?:[:=?.+|&~!<-]{0,5}>?[=:]|=>|>|\.=|:)$")
_SIMPLE_NAME = Pattern(r"(?<![\w.$-])([A-Za-z_][\w.$-]{1,40})[\"']?[ ]?[:=]$")
_XML_NAME = Pattern(r"<(?:string name=\"|add key=\")?([\w.:-]{1,80})(?:\"| [^<>]{0,80})?>$")
_SIGHT = 72     # characters before a value in which its name is looked for
_QUOTES = frozenset("\"'`")
_LONGEST_VALUE = 4000
_BARE = Pattern(r"[^\s\"'`,;<>()\[\]{}\\|]{6,4000}")
_NUMERIC = Pattern(r"[\d.,:/ -]+")


def look(page: Page, hits: list[Hit]) -> None:
    """Assignments of all forms."""
    text = page.text
    if page.long >= 0 and ("=" in text or ":" in text or ">" in text or '"' in text or "'" in text):
        _look_behind_operators(page, hits)
    if page.name:
        _named_field(page, hits)


def _look_behind_operators(page: Page, hits: list[Hit]) -> None:
    text = page.text
    # Nothing before the first digit that counts is a value, but its operator may be there.
    first = max(0, page.long - _BEFORE)
    classes = page.plain[first:].translate(_CLASSES)
    done = quiet = 0
    for match in _VALUE.finditer(classes):
        at, stop = first + match.start(), first + match.end()
        if at < done:
            continue
        low = max(0, at - _SIGHT)
        # What was quiet before another operator is not searched again.
        told = says(page.small, max(low, quiet), at) or not page.ascii and not text[low:at].isascii()
        if not told:
            quiet = at - LONGEST
        named = told or not PROVIDERS.isdisjoint(page.plain[low:at].translate(LETTERS).rsplit(None, 3)[-3:])
        done = _assigned(page, at, stop, told, hits) if named else stop
    if '"' in text or "'" in text:
        for match in _QUOTED_ARGUMENT.finditer(classes):
            _argument(text, first + match.start(), hits)


def _assigned(page: Page, at: int, stop: int, told: bool, hits: list[Hit]) -> int:
    """Where to look on behind a value whose operator is at `at`; `told` says that a word of secrets is before it."""
    text, start = page.text, at
    while start < stop and text[start] in _OPERATORS:
        start += 1
    value = _value_at(text, start)
    if len(value) < 8 or value.count(" ") > 2:
        return stop
    name = _name_before(text, at + 1) if told or len(value) > 24 else ""
    rule = kind_of(name) or (SECRET if is_key_of_provider(name, value) else None)
    if rule is None or not _is_secret(value) or rule is SECRET and _is_no_key(value):
        return stop
    end = start + len(value)
    hits.append(Hit(start, end, 630 if rule is SECRET else 635, rule, last_words(name)))
    return end


def _value_at(text: str, start: int) -> str:
    """The value that begins at a place: up to the quote that was opened there, else to the end of the word."""
    quote = text[start - 1]
    if quote in _QUOTES:
        end = text.find(quote, start, start + _LONGEST_VALUE)
        if end >= 0 and text.find("\n", start, end) < 0:
            return text[start:end].removesuffix("\\")
    bare = _BARE.match(text, start)
    value = bare.group() if bare else ""
    return value if quote in _QUOTES else value.rstrip(".,:!?")


def _is_secret(value: str) -> bool:
    """Whether a value is random enough behind the name of a secret, and no token that was cut."""
    bits = 2.6 if len(value) < 20 else 2.0 if value.isdigit() else 2.2
    return (random_looking(value, bits) or _is_long_number(value)) and not is_cut(value)


def _is_long_number(value: str) -> bool:
    return value.isdigit() and len(value) > 14 and len(set(value)) > 3


def _is_no_key(value: str) -> bool:
    """Whether a value is shorter than keys are, or a number, date or time."""
    return len(value) < 10 or len(value) < 14 and value.isdigit() or len(value) < 15 and _NUMERIC.fullmatch(value) is not None


def _name_before(text: str, stop: int) -> str:
    window = text[max(0, stop - _SIGHT):stop]
    cut = window.rfind("\n")
    line = window[cut + 1:]
    if line.rstrip().endswith(">"):
        tag = _XML_NAME.search(line.rstrip())
        if tag:
            return tag.group(1)
    line = line.rstrip()
    # The operator may be longer than its first sign ("::=", " => ").
    simple = _SIMPLE_NAME.search(line, max(0, len(line) - 44))
    if simple and simple.start() and simple.group(1).lower() not in ("string", "str", "text", "auto"):
        return simple.group(1)
    found = _NAME.search(line)
    if not found:
        found = _NAME.search(line.rstrip(":=>?.+|&~!<- ") + "=")
    return found.group(1) if found else ""


def _argument(text: str, at: int, hits: list[Hit]) -> None:
    """A value behind its name in a list of arguments; the name ends at the quote at `at`."""
    quote = text[at]
    opening = text.find(quote, at + 1)
    end = text.find(quote, opening + 1, opening + 400)
    before = text.rfind(quote, max(0, at - 80), at)
    if opening < 0 or end < 0 or before < 0:
        return
    name, value = text[before + 1:at], text[opening + 1:end]
    rule = kind_of(name)
    if rule and len(value) >= 10 and (random_looking(value) or _is_long_number(value)):
        hits.append(Hit(opening + 1, end, 620, rule, last_words(name)))


def _named_field(page: Page, hits: list[Hit]) -> None:
    """The whole text is the value of a field whose name says secret."""
    value = page.text.strip()
    if not 4 <= len(value) <= 4000 or " " in value:
        return
    rule = kind_of(page.name)
    if rule is None or is_placeholder(value):
        return
    if rule is PASSWORD and not value.isalpha() or rule is SECRET and len(value) >= 10 and random_looking(value, 2.6):
        start = page.text.index(value)
        hits.append(Hit(start, start + len(value), 625, rule, last_words(page.name)))
