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
_SCHEME = Pattern(r"[A-Za-z][A-Za-z0-9+.-]{1,30}$")
_USERINFO = Pattern(r"([^\s/:@\"'`<>]{0,100}):([^\s@\"'`<>/]{1,200}|[^\s@\"'`<>]{1,80})@(?=[\w\[.$-])")
_LOOSE_USERINFO = Pattern(r"([^\s/:@\"'`<>]{0,100}):([^\s\"'`<>]{1,120})@(?=[\w.-]{3,})")
_LONGEST_USER = 310     # characters from :// to the @ behind user and password
_REST = Pattern(r"[^\s\"'`<>|]{1,500}")
_WEB = frozenset("http https ftp ftps sftp ssh git git+https git+http ws wss smb imap smtp smtps".split())
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
_CURL = Pattern(r"(?:\s-u|--user|--proxy-user)[= ]?\s?[\"']?([^\s\"':]{0,100}:[^\s\"']{3,200})")


def look(page: Page, hits: list[Hit]) -> None:
    """Framed secrets, each behind the literal of its frame."""
    text = page.text
    if page.capitals >= 0 and b"-----BEGIN" in page.plain:
        closing = 0
        for begin in _BEGIN.finditer(text):
            if 0 <= closing < begin.end():
                closing = text.find("-----END", begin.end())
            end = _END.search(text, closing, begin.end() + 20000) if closing >= 0 else None
            if end and begin.end() < end.start():
                body = text[begin.end():end.start()]
                stop = end.end()
            else:
                armour = _ARMOUR.match(text, begin.end())
                body, stop = armour.group(), armour.end()
            dense = body.replace("\\n", "").replace("\\r", "")
            if sum(map(str.isalnum, dense)) >= 24 and not is_placeholder(dense[:40].strip()):
                hits.append(Hit(begin.start(), stop, 990, PRIVATE_KEY, ""))
    linked = page.link >= 0
    if linked:
        _connections(text, hits)
    if page.long >= 0:
        for name in _HOOK_HOST.finditer(page.plain):
            hook = _HOOKS.match(text, name.start() - 10)
            if hook:
                hits.append(Hit(*hook.span(), 960, WEBHOOK, ""))
    small = page.small
    for name in _AUTH_NAME.finditer(small):
        header = _AUTH.match(text, name.start() - 7)
        if header and not is_placeholder(header.group(1)) and (any(map(str.isdigit, header.group(1))) or len(header.group(1)) > 30):
            hits.append(Hit(*header.span(1), 700, HEADER, "authorization"))
    for name in _BEARER_NAME.finditer(small) if page.long >= 0 else ():
        header = _BEARER.match(text, name.start() + 1)
        if header and not is_placeholder(header.group(1)) and any(map(str.isdigit, header.group(1))) and any(map(str.isalpha, header.group(1))):
            hits.append(Hit(*header.span(1), 690, HEADER, "bearer"))
    if linked and b"curl" in small:
        for option in (b" -u", b"--user", b"--proxy-user"):
            at = page.plain.find(option)
            while at >= 0:
                curl = _CURL.match(text, at)
                if curl and not is_placeholder(curl.group(1).partition(":")[2]):
                    hits.append(Hit(*curl.span(1), 710, HEADER, "curl"))
                at = page.plain.find(option, at + 3)


def _connections(text: str, hits: list[Hit]) -> None:
    at, sign = text.find("://"), -1
    while at >= 0:
        host = text[at + 3:at + 60]
        if "hook" in host or "api.telegram" in host or "chat.googleapis" in host or "logic.azure" in host or "dingtalk" in host or "/open-apis/bot" in host:
            hook = _HOOKS.match(text, text.rfind("h", max(0, at - 5), at))
            if hook:
                hits.append(Hit(*hook.span(), 960, WEBHOOK, ""))
        if sign < at:
            sign = text.find("@", at)
            if sign < 0:
                sign = len(text) + _LONGEST_USER
        if sign > at + _LONGEST_USER:
            at = text.find("://", at + 3)
            continue
        scheme = _SCHEME.search(text[max(0, at - 20):at])
        user = _USERINFO.match(text, at + 3)
        if scheme and user is None and text.find("@", at, at + 160) > 0:
            loose = _LOOSE_USERINFO.match(text, at + 3, at + 260)
            user = loose if loose and "/" not in loose.group(1) and "?" not in loose.group(2) and "#" not in loose.group(2) else None
        if scheme and user and not is_placeholder(user.group(2)) or scheme and user and len(user.group(2)) < 6 and len(set(user.group(2))) > 1 and user.group(2).isalnum():
            name = scheme.group().lower()
            start = at - len(scheme.group())
            password = user.group(2)
            if name in _WEB:
                if not password.isdigit() or len(password) > 5:
                    hits.append(Hit(start, user.end(), 920, CREDENTIALS, ""))
            elif password.lower() not in ("password", "pass", "pwd", "secret", "postgres", "root", "guest", "mysql"):
                rest = _REST.match(text, user.end())
                end = rest.end() if rest else user.end()
                while text[end - 1] in ",;.)":
                    end -= 1
                hits.append(Hit(start, end, 955, CONNECTION, name))
        at = text.find("://", at + 3)
