"""The Nordic and the Baltic countries."""
from __future__ import annotations

from ..checkdigits import ddmmyy, digits, is_date, luhn, weighted, yymmdd
from ..detector import ALONE, NUMBER, Detector

_CENTURIES = "-+ABCDEFUVWXY"


def personnummer(value: str) -> bool:
    """Swedish person: date (a coordination number adds 60 to the day), then Luhn.

    >>> personnummer("199109242397"), personnummer("9109242398")
    (True, False)
    """
    body = digits(value)[-10:]
    day = int(body[4:6])
    return luhn(body) and yymmdd(body[:4] + f"{day - 60 if day > 60 else day:02d}")


def orgnr_se(value: str) -> bool:
    """Swedish firm: third digit at least 2, Luhn.

    >>> orgnr_se("5567037485"), orgnr_se("5567037486")
    (True, False)
    """
    return value[2] >= "2" and luhn(value) and len(set(value)) > 2


def fodselsnummer(value: str) -> bool:
    """Norwegian person: date (D-numbers add 40 to the day), two check digits modulo 11.

    >>> fodselsnummer("15108695088"), fodselsnummer("15108695089")
    (True, False)
    """
    first = -weighted(value, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
    second = -weighted(value, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    day, month = int(value[:2]), int(value[2:4])
    return value[9:] == f"{first}{second}" and 1 <= day % 40 <= 31 and 1 <= month % 40 <= 12 and len(set(value)) > 2


def orgnr_no(value: str) -> bool:
    """Norwegian firm: weights 3 2 7 6 5 4 3 2 modulo 11.

    >>> orgnr_no("988077917"), orgnr_no("988077918")
    (True, False)
    """
    return value[0] in "89" and -weighted(value, (3, 2, 7, 6, 5, 4, 3, 2)) % 11 == int(value[8])


def cpr(value: str) -> bool:
    """Danish person: a date; the old modulo 11 rule no longer holds for all.

    >>> cpr("2110625629"), cpr("3213625629")
    (True, False)
    """
    return ddmmyy(value[:6])


def cvr(value: str) -> bool:
    """Danish firm: weights 2 7 6 5 4 3 2 1 modulo 11.

    >>> cvr("13585628"), cvr("13585629")
    (True, False)
    """
    return value[0] != "0" and weighted(value, (2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def hetu(value: str) -> bool:
    """Finnish person: date, century sign, serial, and a character modulo 31.

    >>> hetu("131052-308T"), hetu("131052-308U")
    (True, False)
    """
    plain = digits(value[:6]) + digits(value[-4:-1])
    return len(plain) == 9 and ddmmyy(plain[:6]) and "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(plain) % 31] == value[-1]


def y_tunnus(value: str) -> bool:
    """Finnish firm: weights 7 9 10 5 8 4 2 modulo 11.

    >>> y_tunnus("20774740"), y_tunnus("20774741")
    (True, False)
    """
    return weighted(value, (7, 9, 10, 5, 8, 4, 2, 1)) % 11 == 0


def kennitala(value: str) -> bool:
    """Icelandic person or firm: date, weights 3 2 7 6 5 4 3 2 modulo 11.

    >>> kennitala("1201743399"), kennitala("1201743389")
    (True, False)
    """
    return 1 <= int(value[:2]) % 40 <= 31 and 1 <= int(value[2:4]) <= 12 and weighted(value, (3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0 and value[9] in "089"


def baltic(value: str) -> bool:
    """Estonian and Lithuanian person: century, date, two rounds of weights modulo 11.

    >>> baltic("36805280109"), baltic("33309240064"), baltic("36805280108")
    (True, True, False)
    """
    if value[0] not in "123456" or not yymmdd(value[1:7]):
        return False
    rest = weighted(value, (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    if rest == 10:
        rest = weighted(value, (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10
    return rest == int(value[10])


def personas_kods(value: str) -> bool:
    """Latvian person: a date and a weighted sum, or the new form that begins with 32.

    >>> personas_kods("16117519997"), personas_kods("16117519998")
    (True, False)
    """
    if value[:2] == "32":
        return True
    return ddmmyy(value[:6]) and (1 + weighted(value, (10, 5, 8, 4, 2, 1, 6, 3, 7, 9))) % 11 % 10 == int(value[10])


DETECTORS = (
    Detector("se-personnummer", "NATIONAL_ID", "Swedish person", ("000000-0000", "00000000-0000", "0000000000", "000000000000", "000000 0000", "00000000 0000", "000000+0000"), check=personnummer, strength=NUMBER,
             words=("personnummer", "pnr", "samordningsnummer", "personnr"), finds=("personnummer 19910924-2397",), ignores=("personnummer 19910924-2398",), source="Skatteverket SKV 704"),
    Detector("se-orgnr", "TAX_ID", "Swedish firm", ("000000-0000", "0000000000"), check=orgnr_se, strength=NUMBER, words=("organisationsnummer", "orgnr", "org.nr"), finds=("organisationsnummer 556703-7485",), ignores=("organisationsnummer 556703-7486",)),
    Detector("no-fodselsnummer", "NATIONAL_ID", "Norwegian person", ("00000000000", "000000 00000", "000000-00000"), check=fodselsnummer, strength=NUMBER, words=("fødselsnummer", "fodselsnummer", "fnr", "personnummer"),
             finds=("fødselsnummer 151086 95088",), ignores=("fødselsnummer 151086 95089",), source="Skatteetaten"),
    Detector("no-orgnr", "TAX_ID", "Norwegian firm", ("000000000", "000 000 000", "AA 000 000 000 AAA", "000 000 000 AAA"), check=lambda v: orgnr_no("".join(c for c in v if c.isdigit())), validator="orgnr_no", words=("orgnr", "organisasjonsnummer", "mva"), finds=("orgnr 988 077 917",), ignores=("orgnr 988 077 918",)),
    Detector("dk-cpr", "NATIONAL_ID", "Danish person", ("000000-0000", "0000000000", "000000 0000"), check=cpr, words=("cpr", "cpr-nummer", "cpr-nr", "personnummer"), finds=("CPR 211062-5629",), ignores=("CPR 321362-5629",), source="CPR-kontoret"),
    Detector("dk-cvr", "TAX_ID", "Danish firm", ("00000000", "00 00 00 00", "AA00000000", "AA 00000000"), check=lambda v: cvr(v.removeprefix("DK")), validator="cvr", words=("cvr", "cvr-nummer", "moms"), finds=("CVR 13585628",), ignores=("CVR 13585629",)),
    Detector("fi-hetu", "NATIONAL_ID", "Finnish person", tuple(f"000000{s}000{e}" for s in ("-", "+", "A") for e in ("0", "A")), check=hetu, strength=ALONE, words=("hetu", "henkilötunnus", "henkilötunnukseni"),
             finds=("131052-308T", "020594X902N"), ignores=("131052-308U",), source="Digi- ja väestötietovirasto"),
    Detector("fi-y-tunnus", "TAX_ID", "Finnish firm", ("0000000-0", "00000000", "AA 0000000-0"), check=lambda v: y_tunnus(v.removeprefix("FI")), validator="y_tunnus", words=("y-tunnus", "ytunnus", "tunnus", "alv"), finds=("Y-tunnus 2077474-0",), ignores=("Y-tunnus 2077474-1",)),
    Detector("fi-passport", "PASSPORT", "Finnish passport", ("AA0000000",), words=("passi", "passin"), finds=("passi XP8271602",)),
    Detector("is-kennitala", "NATIONAL_ID", "Icelandic person or firm", ("000000-0000", "0000000000", "000000 0000"), check=kennitala, strength=NUMBER, words=("kennitala", "kt"), finds=("kennitala 120174-3399",), ignores=("kennitala 120174-3389",), source="Þjóðskrá"),
    Detector("is-vsk", "TAX_ID", "Icelandic firm", ("00000", "000000", "AA00000", "AA 00000", "AA000000"), words=("vsk", "vsk number", "virðisauka"), finds=("VSK 00621",)),
    Detector("ee-isikukood", "NATIONAL_ID", "Estonian person", ("00000000000",), check=baltic, strength=NUMBER, words=("isikukood", "ik"), finds=("isikukood 36805280109",), ignores=("isikukood 36805280108",)),
    Detector("ee-registrikood", "TAX_ID", "Estonian firm", ("00000000", "000000000", "AA000000000", "AA 000000000"), check=lambda v: v[0] in "1789E", validator="first_digit", words=("registrikood", "kmkr"), finds=("registrikood 12345678",)),
    Detector("lt-asmens-kodas", "NATIONAL_ID", "Lithuanian person", ("00000000000",), check=baltic, strength=NUMBER, words=("asmens kodas", "asmens", "kodas"), finds=("asmens kodas 33309240064",), ignores=("asmens kodas 33309240065",)),
    Detector("lv-personas-kods", "NATIONAL_ID", "Latvian person", ("000000-00000", "00000000000"), check=personas_kods, strength=NUMBER, words=("personas kods", "personas", "pk", "pvn"), finds=("personas kods 161175-19997",), ignores=("personas kods 161175-19998",)),
    Detector("fo-vn", "TAX_ID", "Faroese firm", ("000000", "000.000", "000 000"), words=("v-tal", "vtal", "vinnutal", "v number"), finds=("vinnutal 623857",)),
)
