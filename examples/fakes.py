"""Made-up personal data and secrets: well-formed, and from ranges set aside for tests and fiction where there are such.

Marks by which scanners know a secret are put together from parts, so that this file holds none.
"""

import base64
import json
import re
import string
from functools import partial
from random import Random
from typing import Callable

NAMES = "ann birgit carlos dagny elif finn greta henrik ines jonas kofi lena mikkel nora omar pia renee silas tove viktor".split()
SURNAMES = "aasen berg costa dahl eriksen friis garcia holm ivanov jensen kowal lund moreau nygaard okafor petrov".split()
DOMAINS = ("example.com", "example.org", "example.net", "mail.example.com", "harbourlogistics.example")
DIGITS, LETTERS = string.digits, string.ascii_letters + string.digits


def draw(random: Random, signs: str, length: int) -> str:
    return "".join(random.choice(signs) for _ in range(length))


def email(random: Random) -> str:
    return f"{random.choice(NAMES)}.{random.choice(SURNAMES)}{random.randrange(10, 99)}@{random.choice(DOMAINS)}"


def phone(random: Random) -> str:
    form = random.choice(("+44 20 7946 0###", "+1 (212) 555-01##", "415-555-01##", "+49 30 23125 ###", "+46 8 465 004 ##", "020 7946 0###"))
    return re.sub("#", lambda _: draw(random, DIGITS, 1), form)


def card(random: Random) -> str:
    number = random.choice(("424242", "411111", "555555", "222300")) + draw(random, DIGITS, 9)
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(number))
    number += str(-sum(value // 10 + value % 10 for value in doubled) % 10)
    return random.choice((" ", "-", "")).join(number[start:start + 4] for start in range(0, 16, 4))


def iban(random: Random) -> str:
    country, bank, length = random.choice((("DE", "", 22), ("GB", "NWFB", 22), ("NL", "NWFB", 18), ("DK", "", 18), ("SE", "", 24), ("NO", "", 15)))
    account = bank + draw(random, DIGITS, length - 4 - len(bank))
    check = 98 - int("".join(str(int(sign, 36)) for sign in f"{account}{country}00")) % 97
    number = f"{country}{check:02}{account}"
    return random.choice((" ", "")).join(number[start:start + 4] for start in range(0, length, 4))


def ssn(random: Random) -> str:
    return f"{random.randrange(100, 660)}-{random.randrange(10, 99)}-{random.randrange(1000, 9999)}"


def ip(random: Random) -> str:
    return random.choice(("10.20.4.", "192.168.7.", "203.0.113.", "198.51.100.")) + str(random.randrange(2, 254))


def url(random: Random) -> str:
    host = random.choice(("wiki.northwindferries.example", "files.northwindferries.example", "www.example.org", "gallery.example.net"))
    return f"https://{host}/{random.choice(('pages', 'folder', 'view'))}/{draw(random, LETTERS, 8)}"


def jwt(random: Random) -> str:
    header, claims = ({"alg": "HS256", "typ": "JWT"}, {"sub": f"crew-{random.randrange(1000, 9999)}", "aud": "booking-api", "exp": 1774000000})
    parts = (base64.urlsafe_b64encode(json.dumps(part, separators=(",", ":")).encode()).decode().rstrip("=") for part in (header, claims))
    return ".".join((*parts, draw(random, LETTERS, 43)))


def password(random: Random) -> str:
    return random.choice(("Fjord", "Beacon", "Kestrel", "Mooring", "Lantern")) + random.choice("-!_") + draw(random, DIGITS, 4) + random.choice("xqzk")


def private_key(random: Random) -> str:
    lines = [draw(random, LETTERS + "+/", 64) for _ in range(8)]
    name = "RSA " + "PRIVATE" + " KEY"
    return "\n".join((f"-----BEGIN {name}-----", *lines, f"-----END {name}-----"))


def token(mark: str, signs: str, length: int, random: Random) -> str:
    return mark + draw(random, signs, length)


def slack_token(random: Random) -> str:
    return "-".join(("xox" + "b", draw(random, "123456789", 12), draw(random, "123456789", 13), draw(random, LETTERS, 24)))


# Placeholder: how to make a value for it.
FAKES: dict[str, Callable[[Random], str]] = {
    "email": email, "phone": phone, "card": card, "iban": iban, "ssn": ssn, "ip": ip, "url": url, "jwt": jwt, "password": password,
    "private_key": private_key, "slack_token": slack_token,
    "aws_key": partial(token, "AK" + "IA", string.ascii_uppercase + "234567", 16),
    "github_token": partial(token, "gh" + "p_", LETTERS, 36),
    "openai_key": partial(token, "sk-" + "proj-", LETTERS + "_-", 74),
}
