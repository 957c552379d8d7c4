"""Names that say secret and are given a value: in code, YAML, JSON, XML, environment files, flags and plain sentences."""
from __future__ import annotations

import functools
import re

from ..detector import NAMED, Detector, Hit
from ..page import Page
from .providers import TOKENS
from .tokens import is_cut
from .variety import entropy, is_placeholder, random_looking

SECRET = Detector(
    "secret-assignment", "SECRET", "a value with the entropy of a key, given to a name such as api_key, token, client_secret", strength=NAMED, validator="entropy",
    finds=('api_key = "aK3jf92nFk20dj3LmQ"', "export SERVICE_TOKEN=9f8a7b6c5d4e3f2a1b0c", "<authToken>\n  q7w8e9r0t1y2u3i4o5p6\n</authToken>",
           '"client_secret": "dGhpcy1pcy1hLXZlcnktc2VjcmV0"', 'setProperty("API_TOKEN", "aK3jf92nFk20dj3LmQ")'),
    ignores=("max_tokens=4096", 'token = os.environ["TOKEN"]', "api_key: ${API_KEY}", 'public_key = "aK3jf92nFk20dj3LmQ"', "key: value", "token_count = 123456789012"))
PASSWORD = Detector(
    "password-assignment", "PASSWORD", "a value given to a name such as password, passwd, pwd, Passwort, contraseña", strength=NAMED, validator="not_placeholder",
    finds=('password = "h4nt3r!99"', "DB_PASSWORD=s3cr3tP4ss", "my password is h4nt3r99", "Passwort: geheim123!"),
    ignores=('password = "${DB_PASSWORD}"', "password: string", "password = input()", "password=<your-password>", "the password must be 8 characters"))
KUBERNETES = Detector(
    "kubernetes-secret", "SECRET", "values in the data of a manifest of kind Secret", strength=NAMED, validator="base64",
    finds=("apiVersion: v1\nkind: Secret\ndata:\n  password: aHVudGVyMkBleGFtcGxl\n",), ignores=("apiVersion: v1\nkind: ConfigMap\ndata:\n  password: aHVudGVyMkBleGFtcGxl\n",))
DETECTORS = (SECRET, PASSWORD, KUBERNETES)

# Operators look alike, quotes look alike, and so do letters, digits and the signs that keys are made of.
# A digit with six more of the signs of keys around it: all before it, or three or more behind it.
_SIGN = rb"[0Aa:=>_.+/~$!%^&*#@?-]"
ANCHOR = rb"0(?:(?<=S{6}0)|(?=S{3})(?:S{6}|(?<=S0)S{5}|(?<=SS0)S{4}|(?<=SSS0)))".replace(b"S", _SIGN)
_CLASSES = bytes(
    48 if 48 <= c < 58 else 97 if 65 <= c < 91 or 97 <= c < 123 else 61 if c in b"=:>" else 34 if c in b"\"'`" else 32 if c in b" \t\r\n"
    else 45 if c in b"_.+/-~$!%^&*#@?" else c for c in range(256))
_VALUE = re.compile(rb'=[= "(@]{0,12}[a-]{0,64}0[a0=-][a0=-][a0=-]')
_QUOTED_ARGUMENT = re.compile(rb'",[ ]?"[a-]{0,64}0[a0-]{6}')
_NAME = re.compile(r"([A-Za-z_$@][\w.$-]{0,80}(?: (?i:key|token|secret|id))?|[\w.\-/]{1,80})[\"'`\]\\]{0,3}(?:\[\d*\])?[ \t]*(?:(?:string|String|str)[ \t]*)?(?:[:=?.+|&~!<-]{0,5}>?[=:]|=>|>|\.=|:)$")
_SIMPLE_NAME = re.compile(r"(?<![\w.$-])([A-Za-z_][\w.$-]{1,40})[\"']?[ ]?[:=]$")
_XML_NAME = re.compile(r"<(?:string name=\"|add key=\")?([\w.:-]{1,80})(?:\"| [^<>]{0,80})?>$")
_GO = re.compile(r"[\w\"'\]]\s*(?:=>|->|[:?+.]{0,4}=+|:)\s*$")
_BARE = re.compile(r"[^\s\"'`,;<>()\[\]{}\\|]{6,4000}")
_SECRET_NAME = re.compile(
    r"token|secret|api[_.\- ]?key|apikey|access[_.\-]?key|auth|credential|private[_.\-]?key|encryption[_.\-]?key|signing[_.\-]?key|master[_.\-]?key|service[_.\-]?key|"
    r"app(?:lication)?[_.\-]?key|account[_.\-]?key|storage[_.\-]?key|consumer[_.\-]?key|server[_.\-]?key|root[_.\-]?key|write[_.\-]?key|license[_.\-]?key|integration[_.\-]?key|sdk[_.\-]?key|"
    r"(?:^|[_.\-])key$|[a-z0-9]Key$|_KEY$|[A-Za-z_-]key\d?$|(?:^|[_.\-])(?:jwt|bearer|sas|dsn|pat)(?:$|[_.\-])|webhook|hmac|salt$|signature$|(?:^|[_.\-])session(?:[_\-]?(?:id|key|token))?$|\.login$|PRIVATE$|(?:^|_)private$", re.I)
_NOT_SECRET_NAME = re.compile(
    r"public|publish|primary|foreign|keyboard|keyword|key[_.\-]?(?:name|id$|type|size|length|path|file|code|frame|word|pair|alias|vault|ring|count|space|press)|monkey|donkey|turkey|hockey|whiskey|"
    r"max[_.\-]?token|token[_.\-]?(?:count|limit|type|name|url|uri|id$|s$|izer|budget|usage|endpoint|address)|tokens$|num[_.\-]?token|n[_.\-]tokens|total[_.\-]?token|tokeniz|author(?!iz)|authenticated|authority|"
    r"secret[_.\-]?(?:name|arn|id$|ref|version|path|manager|store)|_url$|_uri$|endpoint|csrf|xsrf|nonce|_at$|_time$|timestamp|expir|sort[_.\-]?key|cache[_.\-]?key|partition|idempotency|row[_.\-]?key|"
    r"object[_.\-]?key|s3[_.\-]?key|map[_.\-]?key|dict|hash[_.\-]?key|group[_.\-]?key|field|column|index|messages?[_.\-]?(?:id|key|auth)|status|error|enabled|required|method|kms|client[_.\-]?key|keyid|fingerprint|thumbprint|pub[_.\-]?key(?!token)", re.I)
# What every name of a secret has in it somewhere.
_SAYS = b"key tok sec pass pw auth cred salt sess sign hook dsn pat jwt login private pin wort senha bearer hmac sas".split()
_SAID: dict[bytes, bool] = {}       # words met so far: has one of these parts in it?
_PASS_NAME = re.compile(r"pass(?:word|wd|wrd|phrase|code|wort|wörter)?(?:$|[_.\-\d])|pass(?:word|wd|phrase|code|wort)|passwd|pwd|(?:^|[_.\-])(?:pass|pw|pin)$|contrase|senha|kennwort|motdepasse|wachtwoord|parola|hasło|пароль|密码|パスワード|비밀번호", re.I)
_PASS_BACK = re.compile(r"[\w.-]{0,40}")
_PASS = re.compile(
    r"(?:pass(?:word|wd|phrase|code|wort|e)?|pwd|secrete?|kennwort|senha|contraseña|wachtwoord|key)[\w.-]{0,40}[\"'`\]]{0,2}(?:\[\d{0,4}\])?"
    r"(\s{0,4}(?:=>|->|:=|!==?|===?|=|:)\s{0,4}|\s(?:is|was|lautet|ist|es|est|è|are|to|as|set to)[: ]\s?|\s(?=[\"'`]))@?(\"([^\"\n]{3,200})\"|'([^'\n]{3,200})'|`([^`\n]{3,200})`|[^\s\"'`;<>]{4,200})", re.I)
_REVERSED = re.compile(r"([\"'])([^\"'\n]{6,200})\1\s{0,3}(?:!==?|===?)\s{0,3}[\w.]{0,40}(?:pass|pwd|secret)", re.I)
_PASS_WORDS = ("пароль", "密码", "密碼", "パスワード", "비밀번호", "كلمة", "סיסמ", "hasło")
_PASS_FOREIGN = re.compile(r"(?:пароль|密码|密碼|パスワード|비밀번호|كلمة المرور|סיסמה|סיסמא|hasło)\s{0,3}(?:[:=：]|是|は|это|—|-)\s{0,3}([^\s\"',;]{4,100})", re.I)
# Bundler reads user and password of a gem server from BUNDLE_<HOST>, with __ for a dot.
_BUNDLER = re.compile(r"BUNDLE_[A-Z0-9_]+__(?:COM|ORG|NET|IO|DEV)[\"']?\s{0,3}[:=]\s{0,3}[\"']?([\w.-]{3,60}:[\w.-]{3,60})")
_YAML_VALUE = re.compile(r"^[ \t]+[\w.-]{1,60}:[ \t]*(?:[|>]-?[ \t]*\n[ \t]+)?[\"']?([A-Za-z0-9+/]{8,}={0,2})[\"']?[ \t]*$", re.M)


def look(page: Page, hits: list[Hit]) -> None:
    """Assignments of all forms."""
    text, plain = page.text, page.plain
    if page.long >= 0 and (b"=" in plain or b":" in plain or b">" in plain or b'"' in plain or b"'" in plain):
        _look_behind_operators(page, hits)
    _look_behind_words(page, hits)
    if page.name:
        _named_field(page, hits)


def _look_behind_operators(page: Page, hits: list[Hit]) -> None:
    text = page.text
    classes = page.plain.translate(_CLASSES)
    done = 0
    for match in _VALUE.finditer(classes):
        if match.start() < done:
            continue
        done = _assigned(page, text, classes, match, hits)
    if b'"' in page.plain or b"'" in page.plain:
        for match in _QUOTED_ARGUMENT.finditer(classes):
            _argument(text, match, hits)


def _look_behind_words(page: Page, hits: list[Hit]) -> None:
    text, plain, letters = page.text, page.plain, page.letters
    there = [word for word in _WORDS if word.search(letters)]
    if b"=" in plain or not page.ascii or len(plain) < _SHORT:
        there += [word for word in _RARE_WORDS if word.search(letters)]
    secret = _SECRET_WORD in there
    if there:
        _passwords(page, there, hits)
        if b"=" in plain and (b"==" in plain or b"!=" in plain):
            for match in _REVERSED.finditer(text):
                if not is_placeholder(match.group(2)) or not match.group(2).isalnum():
                    hits.append(Hit(*match.span(2), 600, PASSWORD, "password"))
    if not page.ascii and any(word[0] in text and word in text for word in _PASS_WORDS):
        for match in _PASS_FOREIGN.finditer(text):
            if not is_placeholder(match.group(1)):
                hits.append(Hit(*match.span(1), 620, PASSWORD, match.group()[:2]))
    if secret and re.search(rb"kind:[ \t]*[\"']?secret", plain.lower()):
        _manifest(text, hits)
    if page.capitals and b"BUNDLE_" in plain:
        for match in _BUNDLER.finditer(text):
            hits.append(Hit(*match.span(1), 640, SECRET, "bundle"))


@functools.lru_cache(8192)
def kind_of(name: str) -> Detector | None:
    """The rule that the name of a value calls for.

    >>> [kind_of(n) and kind_of(n).kind for n in ("apiKey", "DB_PASSWORD", "public_key", "max_tokens", "colour")]
    ['SECRET', 'PASSWORD', None, None, None]
    """
    if _PASS_NAME.search(name):
        return PASSWORD
    if _SECRET_NAME.search(name) and not _NOT_SECRET_NAME.search(name):
        return SECRET
    return None


_PROVIDERS = frozenset(token.rule.id.partition("-")[0] for token in TOKENS) | frozenset(
    "pyowm openweather greptile sonarqube okta zendesk algolia mixpanel amplitude firebase pusher intercom hubspot salesforce jira confluence bitbucket trello "
    "twitter linkedin instagram pinterest spotify paypal braintree adyen klarna stripe coinbase kraken binance kucoin bittrex twitch vimeo dropbox wordpress contentful sanity "
    "prismic cloudinary imgix fastly akamai rollbar bugsnag sentry splunk loggly papertrail sumo logdna grafana prometheus kibana elastic opensearch snowflake databricks "
    "ollama deepgram stability cloudsmith codecov droneci travis appveyor jenkins teamcity octopus rapidapi finnhub alphavantage polygon quandl nytimes messagebird sendbird vonage nexmo plivo".split())
_NAME_WORD = re.compile(r"[A-Za-z]+")


def is_key_of_provider(name: str, value: str) -> bool:
    """A name that is just that of a provider, and a value of thirty-two or more random characters.

    >>> is_key_of_provider("cloudflare", "oj9Yoyq0zmOyWmPPob1aoY5YSNNuJ0fbZSOURBlX"), is_key_of_provider("commit", "6d2FabeB6ADd229Bc199FabA28fD3efb57dF0bD3")
    (True, False)
    """
    words = _NAME_WORD.findall(name.lower())
    return len(value) >= 32 and 0 < len(words) <= 2 and words[0] in _PROVIDERS and words[-1] not in ("version", "hash", "commit", "digest", "checksum", "sha") and entropy(value) > 3.2


def _assigned(page: Page, text: str, classes: bytes, match: re.Match[bytes], hits: list[Hit]) -> int:
    at = match.start()
    window = page.letters[max(0, at - 72):at]
    told = not page.ascii or says(window)
    if not told and _PROVIDERS.isdisjoint(window.decode().split()[-3:]):
        return match.end()
    start = at
    while start < match.end() and classes[start] in b'=" (@':
        start += 1
    quote = text[start - 1] if start and text[start - 1] in "\"'`" else ""
    if quote:
        limit = text.find(quote, start, start + 4000)
        bare = None if limit >= 0 and "\n" not in text[start:limit] else _BARE.match(text, start)
        end = bare.end() if bare else limit if limit >= 0 and "\n" not in text[start:limit] else start
    else:
        bare = _BARE.match(text, start)
        end = bare.end() if bare else start
    value = text[start:end]
    if not quote:
        while value and value[-1] in ".,:!?\\":
            value = value[:-1]
            end -= 1
    if value.endswith("\\"):
        value, end = value[:-1], end - 1
    if len(value) < 8 or " " in value and value.count(" ") > 2:
        return match.end()
    name = _name_before(text, at + 1) if told or len(value) > 24 else ""
    if not name:
        return match.end()
    rule = kind_of(name)
    if rule is None and is_key_of_provider(name, value):
        rule = SECRET
    if rule is None:
        return match.end()
    if not random_looking(value, 2.6 if len(value) < 20 else 2.2 if not value.isdigit() else 2.0):
        if not (value.isdigit() and len(value) > 14 and len(set(value)) > 3):
            return match.end()
    if is_cut(value):
        return match.end()
    if rule is SECRET and (len(value) < 10 or len(value) < 14 and value.isdigit() or re.fullmatch(r"[\d.,:/ -]+", value) and len(value) < 15):
        return match.end()
    hits.append(Hit(start, end, 630 if rule is SECRET else 635, rule, name[-24:].lower()))
    return end


def says(window: bytes) -> bool:
    """Whether the name of a secret may be among these small letters.

    >>> says(b"api_key = "), says(b"colour: ")
    (True, False)
    """
    said = _SAID
    for word in window.split():
        says_so = said.get(word)
        if says_so is None:
            if len(said) > 20_000:
                said.clear()
            says_so = any(part in word for part in _SAYS)
            if len(word) < 40:
                said[word] = says_so
        if says_so:
            return True
    return False


def _name_before(text: str, stop: int) -> str:
    window = text[max(0, stop - 72):stop]
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


def _argument(text: str, match: re.Match[bytes], hits: list[Hit]) -> None:
    quote = text[match.start()]
    opening = text.find(quote, match.start() + 1)
    end = text.find(quote, opening + 1, opening + 400)
    before = text.rfind(quote, max(0, match.start() - 80), match.start())
    if opening < 0 or end < 0 or before < 0:
        return
    name, value = text[before + 1:match.start()], text[opening + 1:end]
    if len(value) >= 10 and kind_of(name) and (random_looking(value) or value.isdigit() and len(value) > 14 and len(set(value)) > 3):
        hits.append(Hit(opening + 1, end, 620, kind_of(name) or SECRET, name[-24:].lower()))


_KEYWORD = re.compile(r"pass|pwd|secret|kennwort|senha|contraseña|wachtwoord|(?:api|private|access)[_-]?key", re.I)
# What a name of a password or key has in it; each is searched by itself, which beats one pattern for all by far.
_SECRET_WORD = re.compile(rb"cret(?<=secret)")
_KEY_WORD = re.compile(rb"key")
_WORDS = (re.compile(rb"pass"), _SECRET_WORD, _KEY_WORD)
_RARE_WORDS = tuple(map(re.compile, (rb"pwd", rb"kennwort", rb"senha", rb"contrase", rb"wachtwoord")))
_SHORT = 400


def _passwords(page: Page, words: list[re.Pattern[bytes]], hits: list[Hit]) -> None:
    """From each word such as password to the value behind it."""
    text = page.text
    for word in words:
        done = 0
        for found in word.finditer(page.letters):
            at = found.start() if word is not _SECRET_WORD else found.start() - 2
            if at >= done and (word is not _KEY_WORD or page.plain[max(0, at - 8):at].lower().endswith(_KEY_OF)):
                match = _PASS.match(text, at)
                if match:
                    done = match.end()
                    name = _PASS_BACK.match(text[max(0, at - 40):at][::-1]).group()[::-1]  # type: ignore[union-attr]
                    _password(text, name + text[at:match.start(1)], match, hits)


_KEY_OF = (b"api", b"api_", b"api-", b"private_", b"private-", b"private", b"access_", b"access-", b"access")
_MESSAGE = re.compile(r"password|passwort|required|must|enter|please|your|invalid|incorrect|wrong|least|match|forgot|reset|confirm|should|cannot|missing|changed|success|fail|secret|key|\{\}", re.I)
_ORDINARY = frozenset(
    "none null nil true false string str text int integer bool boolean undefined required optional password passwd secret reset change changed changes forgot strength input field "
    "hash hashed hashing manager policy protected protection generator validation incorrect invalid wrong correct same different empty visible hidden show hide char varchar".split())


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
    hits.append(Hit(start, end, 610, rule, re.sub(r"[^\w-]", "", name)[-24:]))


def _manifest(text: str, hits: list[Hit]) -> None:
    for section in re.finditer(r"(?mi)^[ \t]{0,8}(?:string)?data:[ \t]*\n((?:[ \t]+[^\n]*\n?){1,60})", text):
        for value in _YAML_VALUE.finditer(section.group(1)):
            word = value.group(1)
            if len(word) % 4 == 0 and (not word.isalpha() or word not in (word.lower(), word.upper(), word.title()) and len(word) > 12) or word.endswith("="):
                at = section.start(1) + value.start(1)
                if len(word) >= 8 and entropy(word) > 2.5:
                    hits.append(Hit(at, at + len(word), 660, KUBERNETES, "kind: secret"))


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
        hits.append(Hit(start, start + len(value), 625, rule, page.name[-24:].lower()))
