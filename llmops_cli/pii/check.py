"""What was found and where, never what: as text for people, as the formats that CI systems read."""

import json
from collections import Counter
from typing import Any, Callable, Iterable, Iterator, NamedTuple

from ..jsonl import dump
from .detector import Finding

ANNOTATIONS = 10    # GitHub shows no more than ten annotations of a step


class Place(NamedTuple):
    """A finding with where it stands: the file, the line (from 1), the path of its string in the record."""

    file: str
    line: int
    path: str
    finding: Finding
    fingerprint: str

    def row(self) -> dict[str, Any]:
        """The finding as a record."""
        said = self.finding._asdict()
        del said["depth"]
        return {"file": self.file, "line": self.line, "path": self.path, **said}


Lines = Iterator[bytes]
Format = Callable[[Iterable[Place]], Lines]


def text(places: Iterable[Place]) -> Lines:
    """A line a finding, the counts at the end; nothing when there is nothing."""
    found: Counter = Counter()
    for place in places:
        if not found:
            yield f"{'kind':<15} {'rule':<26} place".encode() + b"\n"
        finding = place.finding
        found[finding.kind] += 1
        where = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in f"{place.file}:{place.line} {place.path}")
        yield f"{finding.kind:<15} {finding.rule:<26} {where}:{finding.start}-{finding.end}\n".encode("utf-8", "backslashreplace")
    if found:
        yield f"\n{summary(found)}\n".encode()


def summary(found: Counter) -> str:
    """The counts in a line.

    >>> summary(Counter(EMAIL=2))
    '2 findings: EMAIL 2'
    """
    total = found.total()
    kinds = ", ".join(f"{kind} {number:,}" for kind, number in sorted(found.items()))
    return f"{total:,} finding{'s' * (total != 1)}: {kinds}"


def jsonl(places: Iterable[Place]) -> Lines:
    """A JSON line a finding, with the keyed fingerprint of its value: the form that --baseline takes."""
    for place in places:
        yield dump({**place.row(), "fingerprint": place.fingerprint}) + b"\n"


def sarif(places: Iterable[Place]) -> Lines:
    """A SARIF 2.1.0 log (OASIS standard), for code scanning."""
    results, rules = [], {}
    for place in places:
        finding = place.finding
        rules.setdefault(finding.rule, {"id": finding.rule, "shortDescription": {"text": f"{finding.kind} ({finding.rule})"}})
        results.append({
            "ruleId": finding.rule, "level": "error", "message": {"text": f"{finding.kind} found by the rule {finding.rule} at {place.path}"},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(place.file)}, "region": {"startLine": place.line}},
                           "logicalLocations": [{"fullyQualifiedName": place.path}]}],
            "partialFingerprints": {"llmops/v1": place.fingerprint},
            "properties": {"kind": finding.kind, "start": finding.start, "end": finding.end}})
    driver = {"name": "llmops", "informationUri": "https://spdx.org/licenses/MIT.html", "rules": [rules[name] for name in sorted(rules)]}
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
           "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}]}
    yield json.dumps(log, indent=1, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def junit(places: Iterable[Place]) -> Lines:
    """JUnit XML: a failed test case a finding, one that passed when there is none."""
    cases = []
    for place in places:
        finding = place.finding
        message = f"{finding.kind} found by the rule {finding.rule} at {place.path}:{finding.start}-{finding.end}"
        cases.append(f"    <testcase classname={_attribute(place.file)} name={_attribute(f'line {place.line}: {finding.kind}')}>"
                     f"<failure type={_attribute(finding.kind)} message={_attribute(message)}/></testcase>")
    failures = len(cases)
    cases = cases or ['    <testcase classname="llmops" name="no personal data, no secrets"/>']
    yield "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>",
                     f'  <testsuite name="llmops sanitize --check" tests="{len(cases)}" failures="{failures}" errors="0">',
                     *cases, "  </testsuite>", "</testsuites>", ""]).encode("utf-8", "xmlcharrefreplace")


def github(places: Iterable[Place]) -> Lines:
    """Workflow commands of GitHub Actions: at most ten annotations, then a count."""
    found: Counter = Counter()
    for number, place in enumerate(places):
        finding = place.finding
        found[finding.kind] += 1
        if number < ANNOTATIONS:
            message = f"found by the rule {finding.rule} at {place.path}"
            yield (f"::error file={_property(place.file)},line={place.line},title={_property(finding.kind)}::{_message(message)}\n").encode("utf-8", "backslashreplace")
    if found:
        more = found.total() - ANNOTATIONS
        yield f"{summary(found)}{f' ({more:,} without an annotation)' if more > 0 else ''}\n".encode()


FORMATS: dict[str, Format] = {"text": text, "jsonl": jsonl, "sarif": sarif, "junit": junit, "github": github}


def _uri(path: str) -> str:
    from urllib.parse import quote
    return quote(path.replace("\\", "/"), safe=":/" if "://" in path else "/", errors="surrogateescape")


def _attribute(text: str) -> str:
    """Text as an XML attribute, without the signs that XML 1.0 cannot hold."""
    from html import escape
    printable = "".join(sign if sign >= " " and not 0xD800 <= ord(sign) <= 0xDFFF and ord(sign) not in (0xFFFE, 0xFFFF) else "?" for sign in text)
    return f'"{escape(printable)}"'


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
