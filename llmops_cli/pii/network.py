"""IP addresses and MAC addresses."""
from __future__ import annotations

import re

from .detector import ALONE, NAMED, Detector, Hit
from .numbers import WORD_SIGNS, Run
from .page import Page
from .pattern import Pattern

IPV4 = Detector(
    "ip-v4", "IP", "four octets, with or without a prefix length", strength=ALONE, validator="octets",
    finds=("10.0.0.1", "from 192.168.1.77 port 22", "172.16.0.0/12"), ignores=("1.2.3.4.5", "v1.2.3.4", "256.1.1.1", "version 4.8.0.0", "1.2.3"),
    source="RFC 791, RFC 4632")
IPV6 = Detector(
    "ip-v6", "IP", "eight groups of hexadecimal digits, or fewer with ::", strength=ALONE, validator="groups",
    finds=("2001:db8::1", "fe80::1ff:fe23:4567:890a", "::ffff:10.0.0.1"), ignores=("std::vector", "10:15:00", "x :: Int", "a::b"),
    source="RFC 4291")
MAC = Detector(
    "mac", "MAC", "six (or eight) octets with colons, hyphens or dots", strength=ALONE, validator="octets",
    finds=("98:17:b5:59:2e:ed", "01-AB-03-04-05-06", "aabb.ccdd.ee01"), ignores=("10:15:00:12:30:11:99:88:77", "12-34-56", "aabb.ccdd"),
    source="IEEE 802, EUI-48 and EUI-64")
MAC_BARE = Detector(
    "mac-bare", "MAC", "twelve or sixteen hexadecimal digits beside a word such as MAC", strength=NAMED, pattern=r"[0-9A-Fa-f]{12}(?:[0-9A-Fa-f]{4})?",
    finds=("MAC address: 01AB03040506", "MAC: FFFFFFFFFFFF"), ignores=("id 01AB03040506",))
DETECTORS = (IPV4, IPV6, MAC, MAC_BARE)

# A digit of an address with dots: three more signs of one behind it, or the end of a MAC address.
# An address of less than eight characters; longer ones are found by the digits of keys.
ANCHOR = rb"0\.0{1,3}\.0{1,3}\.0"
_LONGEST_MAC = 24
_DOTTED = Pattern(rb"0\.0{1,3}\.0{1,3}\.0{1,3}")
_DIGIT, = b"0"      # a mark, as it is found in bytes
_NOT_BEFORE = frozenset(".-$%")
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_OCTETS = Pattern(rf"(?:{_OCTET}\.){{3}}{_OCTET}")
_COLON = Pattern(r":[0-9A-Fa-f]{0,4}:")
_BACK = Pattern(r"[0-9A-Fa-f:.]{0,48}")
_HEX = Pattern(r"[0-9A-Fa-f:.]{2,64}")
_ZONE = Pattern(r"%[\w.-]{1,16}|/\d{1,3}(?![\w.])|/\d{1,3}(?=\.(?:\W|$))")
_PREFIX = Pattern(r"/(\d{1,2})(?!\w|\.\d)")
_MAC_COLON = Pattern(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}(?:(?::[0-9A-Fa-f]{2}){2})?")
_MAC_HYPHEN = Pattern(r"-[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2}-")
_MAC_WHOLE = Pattern(r"[0-9A-Fa-f]{2}([-. ])[0-9A-Fa-f]{2}(?:\1[0-9A-Fa-f]{2}){4}(?:(?:\1[0-9A-Fa-f]{2}){2})?(?![-:]?[0-9A-Za-z])")
_MAC_HEAD = Pattern(r"[0-9A-Fa-f.]{4}")
_MAC_DOTS = Pattern(r"\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![0-9A-Za-z])")
_TWELVE = Pattern(rb"AAAAAAAAAAAA(?:A{4})?(?![0Aa_-])")
_VERSION = Pattern(r"(?:version|release|ver|build|v|rev|section|§|chapter|firmware|chrome/|safari/|gecko/|edg/|opr/|firefox/)[ :=.]{0,3}$", re.I)
_HOST_WORDS = ("ip", "src", "dst", "addr", "unspecified", "bind", "listen", "host")     # beside which a :: alone is an address


def is_ipv4(text: str) -> bool:
    """Four octets without leading zeros.

    >>> is_ipv4("10.0.0.255"), is_ipv4("10.0.0.256"), is_ipv4("10.0.01.1")
    (True, False, False)
    """
    return _OCTETS.fullmatch(text) is not None


def is_ipv6(text: str) -> bool:
    """RFC 4291 text forms.

    >>> [is_ipv6(x) for x in ("::", "2001:db8::1", "1:2:3:4:5:6:7:8", "1:2:3", "::1::2", "::ffff:10.0.0.1")]
    [True, True, True, False, False, True]
    """
    head, gap, tail = text.partition("::")
    if "::" in tail or ":::" in text:
        return False
    groups = [g for part in (head, tail) if part for g in part.split(":")]
    room = 8
    if groups and "." in groups[-1]:
        if not is_ipv4(groups.pop()):
            return False
        room = 6
    if any(not 1 <= len(g) <= 4 or "." in g for g in groups):
        return False
    return len(groups) < room if gap else len(groups) == room


def look_run(page: Page, run: Run, hits: list[Hit]) -> None:
    """Twelve or sixteen hexadecimal digits, bare or in pairs, near a word such as MAC."""
    if len(run.value) in (12, 16) and "mac" in page.before(run.start) and not set(run.value) - set("0123456789ABCDEF"):
        hits.append(Hit(run.start, run.end, 880, MAC_BARE, page.before(run.start)["mac"][1]))


def look(page: Page, hits: list[Hit]) -> None:
    """Addresses by their dots and colons."""
    if page.long >= 0 and "." in page.text:
        _look_at_dots(page, hits)
        _look_at_dotted_macs(page, hits)
    if ":" in page.text:
        _look_at_colons(page.text, hits)
        if page.capitals >= 0:
            _look_at_capitals(page, hits)
    if "-" in page.text and (page.long >= 0 or page.capitals >= 0):
        _look_at_hyphens(page.text, max(0, page.long - _LONGEST_MAC) if page.capitals < 0 else 0, hits)


def _look_at_capitals(page: Page, hits: list[Hit]) -> None:
    """Bare addresses of capitals alone, which are no numbers to anybody else."""
    for run in _TWELVE.finditer(page.marks, page.capitals):
        start, end = run.span()
        if not page.marks[start - 1:start].isalnum() and not page.text[start:end].strip("ABCDEF") and "mac" in page.before(start):
            hits.append(Hit(start, end, 880, MAC_BARE, page.before(start)["mac"][1]))


def _look_at_dots(page: Page, hits: list[Hit]) -> None:
    text, marks = page.text, page.marks
    for dots in _DOTTED.finditer(marks, page.long):
        start, end = dots.span()
        while start and marks[start - 1] == _DIGIT and dots.start() - start < 3:
            start -= 1
        if is_ipv4(text[start:end]) and _may_begin(text, start) and _may_end(text, end):
            prefix = _PREFIX.match(text, end)
            if prefix and int(prefix.group(1)) <= 32:
                end = prefix.end()
            hits.append(Hit(start, end, 875, IPV4, ""))


def _look_at_dotted_macs(page: Page, hits: list[Hit]) -> None:
    text = page.text
    for dot in _MAC_DOTS.finditer(text, max(0, page.long - _LONGEST_MAC)):
        start, end = dot.start() - 4, dot.end()
        if start >= 0 and _MAC_HEAD.match(text, start) and not _is_joined(text, start, "._"):
            # Digits alone are numbers, as long as nothing says otherwise.
            if not text[start:end].replace(".", "").isdigit() or "mac" in page.before(start):
                hits.append(Hit(start, end, 888, MAC, ""))


def _may_begin(text: str, start: int) -> bool:
    """Whether an address with dots may begin here: not within a word, an amount, a longer number or a path, nor as that of a version."""
    before, earlier = text[start - 1:start], text[start - 2:start - 1]
    if before in WORD_SIGNS or before in _NOT_BEFORE or before == "," and earlier.isdigit() or before == "/" and earlier.isalnum():
        return False
    return not _VERSION.search(text[max(0, start - 16):start])


def _may_end(text: str, end: int) -> bool:
    after, later = text[end:end + 1], text[end + 1:end + 2]
    if after in (".", "-"):
        return not (later.isalnum() and later.isascii())
    return after != "%" and after not in WORD_SIGNS


def _is_joined(text: str, start: int, signs: str) -> bool:
    """Whether a letter or digit of any script, or one of some signs, stands before a place."""
    return start > 0 and (text[start - 1].isalnum() or text[start - 1] in signs)


def _look_at_colons(text: str, hits: list[Hit]) -> None:
    done = 0
    for colon in _COLON.finditer(text):
        at = colon.start()
        if at < done:
            continue
        start = at - _BACK.match(text[max(done, at - 48):at][::-1]).end()  # type: ignore[union-attr]
        found = _HEX.match(text, start)
        done = found.end()  # type: ignore[union-attr]
        value = text[start:done].rstrip(".")
        # A MAC address has five colons, an IPv6 address without :: seven, or six before one with dots.
        if value.count(":") < 5 and "::" not in value:
            continue
        end = start + len(value)
        if text[start - 1:start] in WORD_SIGNS or text[end:end + 1] in WORD_SIGNS:
            continue
        hit = Hit(start, end, 890, MAC, "") if _MAC_COLON.fullmatch(value) else _ipv6(text, start, value)
        if hit:
            hits.append(hit)


def _ipv6(text: str, start: int, value: str) -> Hit | None:
    """An address with the zone or prefix length behind it, unless it is likelier to be code: a :: alone, or between letters."""
    if value.endswith(":") and not value.endswith("::"):
        value = value[:-1]
    if value.startswith(":") and not value.startswith("::"):
        start, value = start + 1, value[1:]
    if not is_ipv6(value):
        return None
    end = start + len(value)
    zone = _ZONE.match(text, end)
    if value == "::":
        if not zone and not any(map(text[max(0, start - 24):start].lower().__contains__, _HOST_WORDS)):
            return None
    elif value.count(":") < 4 and not any(map(str.isdigit, value)):
        return None
    return Hit(start, zone.end() if zone else end, 885, IPV6, "")


def _look_at_hyphens(text: str, first: int, hits: list[Hit]) -> None:
    for hyphen in _MAC_HYPHEN.finditer(text, first):
        start = hyphen.start() - 2
        found = _MAC_WHOLE.match(text, start) if start >= 0 else None
        if found and not _is_joined(text, start, "-_"):
            hits.append(Hit(start, found.end(), 890, MAC, ""))
