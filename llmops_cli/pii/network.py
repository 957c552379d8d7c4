"""IP addresses and MAC addresses."""
from __future__ import annotations

import re

from .detector import ALONE, NAMED, Detector, Hit
from .numbers import Run
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
_MAC_DOTS = Pattern(r"\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![0-9A-Za-z])")
_TWELVE = Pattern(rb"AAAAAAAAAAAA(?:A{4})?(?![0Aa_-])")
_VERSION = Pattern(r"(?:version|release|ver|build|v|rev|section|§|chapter|firmware|chrome/|safari/|gecko/|edg/|opr/|firefox/)[ :=.]{0,3}$", re.I)


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
        at, end = dots.start() + 1, dots.end()
        start = at
        while start and marks[start - 1] == 48 and at - start < 4:
            start -= 1
        if start == at or not is_ipv4(text[start:end]):
            continue
        before = text[start - 1:start]
        if before and (before.isalnum() and before.isascii() or before in "._-$%" or before == "," and text[start - 2:start - 1].isdigit()):
            continue
        after = text[end:end + 2]
        if after and (after[0].isalnum() and after[0].isascii() or after[0] in "_%" or after[0] in ".-" and after[1:].isalnum() and after[1:].isascii()):
            continue
        if before == "/" and not text[:start].endswith("//") and text[start - 2:start - 1].isalnum():
            continue
        if _VERSION.search(text[max(0, start - 16):start]):
            continue
        prefix = _PREFIX.match(text, end)
        if prefix and int(prefix.group(1)) <= 32:
            end = prefix.end()
        hits.append(Hit(start, end, 875, IPV4, ""))
    for dot in _MAC_DOTS.finditer(text, max(0, page.long - _LONGEST_MAC)):
        start = dot.start() - 4
        value = text[max(0, start):dot.end()]
        if start >= 0 and _HEX.fullmatch(value) and ":" not in value and not (start and (text[start - 1].isalnum() or text[start - 1] in "._")):
            if not value.replace(".", "").isdigit() or "mac" in page.before(start):
                hits.append(Hit(start, dot.end(), 888, MAC, ""))


def _look_at_colons(text: str, hits: list[Hit]) -> None:
    done = 0
    for colon in _COLON.finditer(text):
        if colon.start() < done:
            continue
        low = max(done, colon.start() - 48)
        back = _BACK.match(text[low:colon.start()][::-1]).end()
        start = colon.start() - back
        found = _HEX.match(text, start)
        if not found:
            continue
        done = found.end()
        if start and (text[start - 1].isalnum() and text[start - 1].isascii() or text[start - 1] == "_"):
            continue
        value = found.group().rstrip(".")
        # A MAC address has five colons, an IPv6 address without :: seven, or six before one with dots.
        if value.count(":") < 5 and "::" not in value:
            continue
        end = start + len(value)
        if text[end:end + 1].isalnum() and text[end].isascii() or text[end:end + 1] == "_":
            continue
        if _MAC_COLON.fullmatch(value):
            hits.append(Hit(start, end, 890, MAC, ""))
            continue
        if value.endswith(":") and not value.endswith("::"):
            value = value[:-1]
            end -= 1
        if value.startswith(":") and not value.startswith("::"):
            value = value[1:]
            start += 1
        if is_ipv6(value):
            zone = _ZONE.match(text, end)
            low_window = text[max(0, start - 24):start].lower()
            if value == "::" and not zone and not any(w in low_window for w in ("ip", "src", "dst", "addr", "unspecified", "bind", "listen", "host")):
                continue
            if not any(map(str.isdigit, value)) and value != "::" and value.count(":") < 4:
                continue
            if zone:
                end = zone.end()
            hits.append(Hit(start, end, 885, IPV6, ""))


def _look_at_hyphens(text: str, first: int, hits: list[Hit]) -> None:
    for hyphen in _MAC_HYPHEN.finditer(text, first):
        start = hyphen.start() - 2
        found = _MAC_WHOLE.match(text, start) if start >= 0 else None
        if found and not (start and (text[start - 1].isalnum() or text[start - 1] in "-_")):
            hits.append(Hit(start, found.end(), 890, MAC, ""))
