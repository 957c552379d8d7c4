"""Secrets that span lines or have a frame: private keys, connection strings, headers, webhooks."""
from __future__ import annotations

import re

from ..detector import ALONE, Detector, Hit
from ..page import Page
from ..pattern import Pattern
from .variety import is_placeholder

PRIVATE_KEY = Detector(
    "private-key", "SECRET", "PEM or PGP private key block, also with its line ends written \\n", strength=ALONE, validator="armour",
    finds=("-----BEGIN RSA PRIVATE KEY-----\nMIICWwIBAAKBgQCYdGaf5uYMsilGHfnx/zxXtihdGFr3hCWwebHGhgEAVn0xlsTd\n-----END RSA PRIVATE KEY-----",),
    ignores=("-----BEGIN PUBLIC KEY-----\nMIICWwIBAAKBgQCYdGaf5uYMsilGHfnx\n-----END PUBLIC KEY-----", "-----BEGIN PRIVATE KEY-----\nanything\n-----END PRIVATE KEY-----"),
    source="RFC 7468, RFC 9580")
CONNECTION = Detector(
    "connection-string", "SECRET", "address of a database or queue with user and password", strength=ALONE, validator="not_placeholder",
    finds=("postgres://app:s3cr3tP4ss@db.example.net:5432/prod", "redis://:p4ssw0rd@10.0.0.1:6379"),
    ignores=("postgres://localhost:5432/prod", "mongodb://<user>:<password>@host/db", "mysql://${USER}:${PASS}@db/app"))
CREDENTIALS = Detector(
    "url-credentials", "SECRET", "user and password in a web address", strength=ALONE, validator="not_placeholder",
    finds=("https://ann:h4nt3r99@example.org/a",), ignores=("https://example.org/a:b@c", "https://user@example.org"))
WEBHOOK = Detector(
    "webhook", "SECRET", "address that lets anybody who knows it post", strength=ALONE,
    finds=("https://hooks.slack.com/services/" + "T0A1B2C3D/B0A1B2C3D/aB3dE5gH7jK9mN1pQ4sT6vW8",), ignores=("https://hooks.slack.com/services/",))
HEADER = Detector(
    "authorization-header", "SECRET", "Basic, Bearer or key header, or curl -u", strength=ALONE, validator="not_placeholder",
    finds=("Authorization: Bearer aB3dE5gH7jK9mN1pQ4sT6vW8", "curl -u ann:h4nt3r99 https://example.org"),
    ignores=("Authorization: Bearer $TOKEN", "Authorization: Bearer <token>"))
DETECTORS = (PRIVATE_KEY, CONNECTION, CREDENTIALS, WEBHOOK, HEADER)

_BEGIN = Pattern(r"-----BEGIN (?:[A-Z0-9 ]{0,30})PRIVATE KEY(?: BLOCK)?-----")
_END = Pattern(r"-----END (?:[A-Z0-9 ]{0,30})PRIVATE KEY(?: BLOCK)?-----")
_ARMOUR = Pattern(r"(?:[A-Za-z0-9+/=\s]|\\[nrt]|[\w-]{1,20}: [^\n]{0,80}\n|[\"',])*")
_LONGEST_KEY = 20_000
_SCHEME = Pattern(r"[A-Za-z][A-Za-z0-9+.-]{1,30}$")
_USERINFO = Pattern(r"([^\s/:@\"'`<>]{0,100}):([^\s@\"'`<>/]{1,200}|[^\s@\"'`<>]{1,80})@(?=[\w\[.$-])")
_LOOSE_USERINFO = Pattern(r"([^\s/:@\"'`<>]{0,100}):([^\s\"'`<>]{1,120})@(?=[\w.-]{3,})")
_LONGEST_USER = 310     # characters from :// to the @ behind user and password
_REST = Pattern(r"[^\s\"'`<>|]{1,500}")
_WEB = frozenset("http https ftp ftps sftp ssh git git+https git+http ws wss smb imap smtp smtps".split())
_COMMON = frozenset("password pass pwd secret postgres root guest mysql".split())       # passwords of examples
_HOOK_PARTS = ("hook", "api.telegram", "chat.googleapis", "logic.azure", "dingtalk", "/open-apis/bot")
_HOOKS = Pattern(
    r"(?:https?://)?hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/_-]{20,90}|https://(?:ptb\.|canary\.)?discord(?:app)?\.com/api/webhooks/\d{17,20}/[\w-]{60,70}"
    r"|https://[a-z0-9-]+\.webhook\.office\.com/webhookb2/[A-Za-z0-9@/-]{60,200}|https://hooks\.zapier\.com/hooks/catch/\d+/[a-z0-9]+"
    r"|https://outlook\.office\.com/webhook/[A-Za-z0-9@/-]{60,200}|https://chat\.googleapis\.com/v1/spaces/[^\s\"']{20,200}"
    r"|https://open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/v2/hook/[\w-]{30,40}|https://oapi\.dingtalk\.com/robot/send\?access_token=\w{40,}"
    r"|https://hook\.(?:eu\d|us\d)\.make\.com/\w{20,}|https://[\w-]+\.logic\.azure\.com[^\s\"']{40,400}|https://api\.telegram\.org/bot\d{5,16}:[\w-]{30,40}")
# Searched by their rarest letters, which is twice as fast as from the front.
_HOOK_HOST = Pattern(rb"k\.com/(?<=hooks\.slack\.com/)")
_AUTH_NAME = Pattern(rb"zation(?<=uthorization)")
_BEARER_NAME = Pattern(rb"bearer\s")
_AUTH = Pattern(r"uthorization[\"']?\s{0,3}(?:[:=]|=>|,)\s{0,3}[\"']?(?:(?:basic|bearer|token|apikey|bot|digest|key)\s+)?([A-Za-z0-9+/=_.~:-]{8,2000})", re.I)
_BEARER = Pattern(r"earer\s+([A-Za-z0-9+/=_.~-]{16,2000})")
_CURL_OPTION = Pattern(rb" -u|--user|--proxy-user")
_CURL = Pattern(r"(?:\s-u|--user|--proxy-user)[= ]?\s?[\"']?([^\s\"':]{0,100}:[^\s\"']{3,200})")


def look(page: Page, hits: list[Hit]) -> None:
    """Framed secrets, each behind the literal of its frame."""
    if page.capitals >= 0 and b"-----BEGIN" in page.plain:
        _private_keys(page.text, hits)
    if page.link >= 0:
        _links(page.text, hits)
        if b"curl" in page.small:
            _users_of_curl(page, hits)
    if page.long >= 0:
        for name in _HOOK_HOST.finditer(page.plain):
            _webhook(page.text, name.start() - 10, hits)
        _bearers(page, hits)
    for name in _AUTH_NAME.finditer(page.small):
        header = _AUTH.match(page.text, name.start() - 7)
        if header and not is_placeholder(header.group(1)) and (_has_digit(header.group(1)) or len(header.group(1)) > 30):
            hits.append(Hit(*header.span(1), 700, HEADER, "authorization"))


def _private_keys(text: str, hits: list[Hit]) -> None:
    """Private keys up to the line that ends them; where that was cut off, as far as the armour goes."""
    closing = 0     # where the next such line stands, -1 for none
    for begin in _BEGIN.finditer(text):
        start = begin.end()
        if 0 <= closing < start:
            closing = text.find("-----END", start)
        end = _END.search(text, closing, start + _LONGEST_KEY) if closing >= 0 else None
        if end:
            low, stop = end.span()
        else:
            low = stop = _ARMOUR.match(text, start).end()  # type: ignore[union-attr]
        key = text[start:low].replace("\\n", "").replace("\\r", "")
        if sum(map(str.isalnum, key)) >= 24 and not is_placeholder(key[:40].strip()):
            hits.append(Hit(begin.start(), stop, 990, PRIVATE_KEY, ""))


def _bearers(page: Page, hits: list[Hit]) -> None:
    for name in _BEARER_NAME.finditer(page.small):
        header = _BEARER.match(page.text, name.start() + 1)
        if header and not is_placeholder(header.group(1)) and _has_digit(header.group(1)) and any(map(str.isalpha, header.group(1))):
            hits.append(Hit(*header.span(1), 690, HEADER, "bearer"))


def _users_of_curl(page: Page, hits: list[Hit]) -> None:
    """User and password behind the options that curl takes them with."""
    for option in _CURL_OPTION.finditer(page.plain):
        curl = _CURL.match(page.text, option.start())
        if curl and not is_placeholder(curl.group(1).partition(":")[2]):
            hits.append(Hit(*curl.span(1), 710, HEADER, "curl"))


def _links(text: str, hits: list[Hit]) -> None:
    """Webhooks, and user and password in an address, at each ://."""
    at, sign = text.find("://"), -1
    while at >= 0:
        if any(map(text[at + 3:at + 60].__contains__, _HOOK_PARTS)):
            _webhook(text, text.rfind("h", max(0, at - 5), at), hits)
        if sign < at:
            sign = text.find("@", at)
            if sign < 0:
                sign = len(text) + _LONGEST_USER
        hit = _credentials(text, at) if sign <= at + _LONGEST_USER else None
        if hit:
            hits.append(hit)
        at = text.find("://", at + 3)


def _webhook(text: str, at: int, hits: list[Hit]) -> None:
    hook = _HOOKS.match(text, at)
    if hook:
        hits.append(Hit(*hook.span(), 960, WEBHOOK, ""))


def _credentials(text: str, at: int) -> Hit | None:
    """User and password in the address whose :// is at `at`; of a database or queue, the whole address."""
    scheme = _SCHEME.search(text[max(0, at - 20):at])
    user = _userinfo(text, at + 3) if scheme else None
    if not scheme or not user or _is_left_out(user.group(2)):
        return None
    name, password = scheme.group().lower(), user.group(2)
    start, end = at - len(name), user.end()
    if name in _WEB:
        port = password.isdigit() and len(password) < 6
        return None if port else Hit(start, end, 920, CREDENTIALS, "")
    if password.lower() in _COMMON:
        return None
    rest = _REST.match(text, end)
    end = rest.end() if rest else end
    while text[end - 1] in ",;.)":
        end -= 1
    return Hit(start, end, 955, CONNECTION, name)


def _userinfo(text: str, start: int) -> re.Match[str] | None:
    """User and password before the @ of an address; a password may have an @ or / in it where nothing else can be meant."""
    user = _USERINFO.match(text, start)
    if user or text.find("@", start, start + 157) < 0:
        return user
    loose = _LOOSE_USERINFO.match(text, start, start + 257)
    return loose if loose and "?" not in loose.group(2) and "#" not in loose.group(2) else None


def _is_left_out(password: str) -> bool:
    """Whether a password is a placeholder; a few letters and digits look like one, but people take such."""
    return is_placeholder(password) and not (len(password) < 6 and password.isalnum() and len(set(password)) > 1)


def _has_digit(value: str) -> bool:
    return any(map(str.isdigit, value))
