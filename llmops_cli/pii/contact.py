"""E-mail addresses and URLs, each found by the one literal that every one of them has."""
from __future__ import annotations

from .detector import ALONE, Detector, Hit
from .page import Page
from .pattern import Pattern

EMAIL = Detector(
    "email", "EMAIL", "mailbox at a domain, with sub-addresses and international names", strength=ALONE, validator="mailbox",
    finds=("ann.smith+news@example.co.uk", "mailto:bob@example.org", "josé@correo.es", "EMAIL=c@d.io"),
    ignores=("git@github.com:me/it.git", "@decorator", "left-pad@1.3.0", "icon@2x.png", "a@b", "@app.route"),
    source="RFC 5321, RFC 6531")
URL = Detector(
    "url", "URL", "web or file address with a scheme, or beginning with www.", strength=ALONE, validator="host",
    finds=("https://example.org/a?b=c", "www.example.org", "ftp://files.example.org", "http://кулік.укр"),
    ignores=("http://", "std::vector", "://x", "www."), source="RFC 3986")
DETECTORS = (EMAIL, URL)

_LOCAL = Pattern(r"[A-Za-z0-9.+%&'*!#$~^_\u00c0-\u06ff-]{0,64}")
_LOCAL_ANY = Pattern(r"[\w.+-]{0,64}")
_DOMAIN = Pattern(r"\w(?:[\w-]{0,62}\w)?(?:\.\w(?:[\w-]{0,62}\w)?){1,8}")
_ASCII_DOMAIN = Pattern(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?){1,8}")
_NOT_DOMAINS = frozenset(
    "png jpg jpeg gif svg webp ico css js jsx ts tsx json py rb go rs java class jar php html htm xml yml yaml toml md txt csv pdf "
    "zip gz exe dll cfg ini conf log lock route command property setter getter task event".split())
_SCHEME = Pattern(r"[A-Za-z][A-Za-z0-9+.-]{0,15}")
WEB = frozenset("http https ftp ftps sftp ws wss rtsp rtmp gopher telnet irc mms".split())
_WEB_ENDS = frozenset(c for scheme in WEB for c in (scheme[-1], scheme[-1].upper()))
_ADDRESS = Pattern(r"[!#-;=?-Z\[\]_a-z~\u00a1-\uffff]{1,2048}|$")
_ASCII_ADDRESS = Pattern(r"[!#-;=?-Z\[\]_a-z~]{1,2048}")
_HOST_AHEAD = Pattern(r"(?:[^\s/@?#]{0,256}@)?(\[|[^\s/?#:@()\[\]]{1,253})")
_WWW = Pattern(rb"www\.")
_HOST = Pattern(r"(?:[^\s/@?#]{0,256}@)?(\[[0-9A-Fa-f:.]+\]|[^\s/?#:@()\[\]]{1,253})(?::\d{0,5})?(?=[/?#]|$|\W)")


def mailbox(text: str, at: int) -> tuple[int, int] | None:
    """Where the address around the @ at `at` begins and ends.

    >>> mailbox("to: ann@example.org.", 7)
    (4, 19)
    """
    if text[at + 1:at + 2] in ("", " ", "@", "\n"):
        return None
    domain = _ASCII_DOMAIN.match(text, at + 1)
    if domain and text[domain.end():domain.end() + 1] == "@":
        return None
    back = text[max(0, at - 65):at][::-1]
    local = _LOCAL.match(back).group()[::-1] if back[:1].isascii() else ""
    if not local:
        local = _LOCAL_ANY.match(back).group()[::-1]
    local = local.lstrip(".'*!#$&%^~+-")
    if not local or local[-1] == "." or not any(map(str.isalnum, local)):
        return None
    wide = None
    if not domain or not text[domain.end():domain.end() + 1].isascii():
        wide = _DOMAIN.match(text, at + 1)
    if not domain and not wide:
        return None
    if not domain or wide and wide.end() > domain.end() and not _label_ok(domain.group()):
        domain = wide
    end = domain.end()
    name = domain.group()
    if not _label_ok(name):
        # "ann@example.org.1" or "ann@example.org_x": keep what is a domain.
        return None
    following = text[end:end + 1]
    if following == "@" or following == "_" or local == "git" and following == ":":
        return None
    return at - len(local), end


def _label_ok(domain: str) -> bool:
    top = domain.rpartition(".")[2]
    return len(top) > 1 and (top.isalpha() or top.startswith("xn--")) and top.lower() not in _NOT_DOMAINS


def look_emails(page: Page, hits: list[Hit]) -> None:
    """Addresses around each @."""
    text = page.text
    at = text.find("@")
    while at >= 0:
        found = mailbox(text, at) if at else None
        if found:
            hits.append(Hit(*found, 880, EMAIL, ""))
        at = text.find("@", at + 1)


def trim(address: str) -> str:
    """An address without the punctuation of the sentence it stands in.

    >>> trim("https://example.org/a_(b)). ")
    'https://example.org/a_(b)'
    """
    address = address.rstrip()
    while address and address[-1] in ".,;:!?*)_]'~>":
        c = address[-1]
        if c == ")" and address.count("(") >= address.count(")") or c == "]" and address.count("[") >= address.count("]"):
            break
        if c == "_" and address[-2:-1].isalnum():
            break
        address = address[:-1]
    return address


def look_urls(page: Page, hits: list[Hit]) -> None:
    """Addresses with a scheme or with www."""
    text = page.text
    at = page.link
    while at >= 0:
        scheme = text[at - 1:at] in _WEB_ENDS and _SCHEME.match(text[max(0, at - 16):at][::-1])
        if scheme:
            name = scheme.group()[::-1].lower().lstrip("+.-0123456789")
            if name in WEB:
                end = _address_end(text, at + 3)
                if end:
                    hits.append(Hit(at - len(name), end, 870, URL, name))
        at = text.find("://", at + 3)
    for found in _WWW.finditer(page.plain):
        at = found.start()
        if not at or not (text[at - 1].isalnum() or text[at - 1] in "/@.-_"):
            end = _address_end(text, at)
            if end and "." in text[at + 4:end]:
                hits.append(Hit(at, end, 860, URL, "www"))


def _address_end(text: str, start: int) -> int:
    ahead = _HOST_AHEAD.match(text, start)
    if not ahead or "." not in ahead.group(1) and ahead.group(1)[0] != "[":
        return 0
    found = _ASCII_ADDRESS.match(text, start)
    if not found or "." not in found.group() and not found.group().startswith("localhost"):
        found = _ADDRESS.match(text, start) if text[start:start + 1] else None
        if not found:
            return 0
    address = found.group()
    cut = address.find("](")
    if cut >= 0:
        address = address[:cut]
    address = trim(address)
    host = _HOST.match(address)
    if not host:
        return 0
    name = host.group(1)
    if "." not in name.strip(".") and not name.startswith("["):
        return 0
    return start + len(address)
