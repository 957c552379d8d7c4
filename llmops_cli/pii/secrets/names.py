"""Names of values: which of them say that the value is a secret."""
from __future__ import annotations

import functools
import re

from ..detector import NAMED, Detector
from ..pattern import Pattern
from .providers import TOKENS
from .variety import entropy

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

_SECRET_NAME = Pattern(
    r"token|secret|api[_.\- ]?key|apikey|access[_.\-]?key|auth|credential|private[_.\-]?key|encryption[_.\-]?key|signing[_.\-]?key|master[_.\-]?key|service[_.\-]?key|"
    r"app(?:lication)?[_.\-]?key|account[_.\-]?key|storage[_.\-]?key|consumer[_.\-]?key|server[_.\-]?key|root[_.\-]?key|write[_.\-]?key|license[_.\-]?key|integration[_.\-]?key|sdk[_.\-]?key|"
    r"(?:^|[_.\-])key$|[a-z0-9]Key$|_KEY$|[A-Za-z_-]key\d?$|(?:^|[_.\-])(?:jwt|bearer|sas|dsn|pat)(?:$|[_.\-])|webhook|hmac|salt$|signature$|(?:^|[_.\-])session(?:[_\-]?(?:id|key|token))?$|\.login$|PRIVATE$|(?:^|_)private$", re.I)
_NOT_SECRET_NAME = Pattern(
    r"public|publish|primary|foreign|keyboard|keyword|key[_.\-]?(?:name|id$|type|size|length|path|file|code|frame|word|pair|alias|vault|ring|count|space|press)|monkey|donkey|turkey|hockey|whiskey|"
    r"max[_.\-]?token|token[_.\-]?(?:count|limit|type|name|url|uri|id$|s$|izer|budget|usage|endpoint|address)|tokens$|num[_.\-]?token|n[_.\-]tokens|total[_.\-]?token|tokeniz|author(?!iz)|authenticated|authority|"
    r"secret[_.\-]?(?:name|arn|id$|ref|version|path|manager|store)|_url$|_uri$|endpoint|csrf|xsrf|nonce|_at$|_time$|timestamp|expir|sort[_.\-]?key|cache[_.\-]?key|partition|idempotency|row[_.\-]?key|"
    r"object[_.\-]?key|s3[_.\-]?key|map[_.\-]?key|dict|hash[_.\-]?key|group[_.\-]?key|field|column|index|messages?[_.\-]?(?:id|key|auth)|status|error|enabled|required|method|kms|client[_.\-]?key|keyid|fingerprint|thumbprint|pub[_.\-]?key(?!token)", re.I)
# What every name of a secret has in it somewhere, in small letters.
_PART = Pattern(rb"key|tok|s(?:ec|a(?:lt|s)|ess|ign|enha)|p(?:a(?:ss|t)|w|rivate|in)|auth|cred|hook|dsn|jwt|login|wort|bearer|hmac")
LONGEST = 7     # letters of the longest of these parts
_PASS_NAME = Pattern(r"pass(?:word|wd|wrd|phrase|code|wort|wörter)?(?:$|[_.\-\d])|pass(?:word|wd|phrase|code|wort)|passwd|pwd|(?:^|[_.\-])(?:pass|pw|pin)$|contrase|senha|kennwort|motdepasse|wachtwoord|parola|hasło|пароль|密码|パスワード|비밀번호", re.I)


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


PROVIDERS = frozenset(token.rule.id.partition("-")[0].encode() for token in TOKENS) | frozenset(
    b"pyowm openweather greptile sonarqube okta zendesk algolia mixpanel amplitude firebase pusher intercom hubspot salesforce jira confluence bitbucket trello "
    b"twitter linkedin instagram pinterest spotify paypal braintree adyen klarna stripe coinbase kraken binance kucoin bittrex twitch vimeo dropbox wordpress contentful sanity "
    b"prismic cloudinary imgix fastly akamai rollbar bugsnag sentry splunk loggly papertrail sumo logdna grafana prometheus kibana elastic opensearch snowflake databricks "
    b"ollama deepgram stability cloudsmith codecov droneci travis appveyor jenkins teamcity octopus rapidapi finnhub alphavantage polygon quandl nytimes messagebird sendbird vonage nexmo plivo".split())
_NAME_WORD = Pattern(r"[A-Za-z]+")


def is_key_of_provider(name: str, value: str) -> bool:
    """A name that is just that of a provider, and a value of thirty-two or more random characters.

    >>> is_key_of_provider("cloudflare", "oj9Yoyq0zmOyWmPPob1aoY5YSNNuJ0fbZSOURBlX"), is_key_of_provider("commit", "6d2FabeB6ADd229Bc199FabA28fD3efb57dF0bD3")
    (True, False)
    """
    words = _NAME_WORD.findall(name.lower())
    return len(value) >= 32 and 0 < len(words) <= 2 and words[0].encode() in PROVIDERS and words[-1] not in ("version", "hash", "commit", "digest", "checksum", "sha") and entropy(value) > 3.2


_LAST_WORDS = Pattern(r"(?:^|[\W_])((?:[^\W\d_]+[_-]){0,8}[^\W\d_]+)$")


def last_words(name: str) -> str:
    """What a report may tell of a name: its last words. A part with digits or other signs in it may be a value itself.

    >>> last_words("DB_PASSWORD"), last_words("4111111111111111_token"), last_words("ann@example.org: api-key")
    ('db_password', 'token', 'api-key')
    """
    found = _LAST_WORDS.search(name, max(0, len(name) - 100))
    return found[1][-24:].lower() if found else ""


def says(text: bytes, start: int, end: int) -> bool:
    """Whether the name of a secret may stand between two places of a text in small letters.

    >>> says(b"the api key", 0, 11), says(b"the colour", 0, 10)
    (True, False)
    """
    return _PART.search(text, start, end) is not None
