"""Poland to the Caucasus, the Balkans and Greece."""
from __future__ import annotations

from ..checkdigits import digits, luhn, mod11_10, weighted, yymmdd
from ..detector import ALONE, NUMBER, Detector


def pesel(value: str) -> bool:
    """Polish person: date (20, 40, 60, 80 on the month name the century), weights 1 3 7 9.

    >>> pesel("44051401359"), pesel("44051401358")
    (True, False)
    """
    month = int(value[2:4]) % 20
    return 1 <= month <= 12 and 1 <= int(value[4:6]) <= 31 and weighted(value, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def nip(value: str) -> bool:
    """Polish firm: weights 6 5 7 2 3 4 5 6 7 modulo 11.

    >>> nip("8567346215"), nip("8567346216")
    (True, False)
    """
    return weighted(value, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == int(value[9]) and len(set(value)) > 2


def regon(value: str) -> bool:
    """Polish establishment: weights modulo 11.

    >>> regon("192598184"), regon("192598183")
    (True, False)
    """
    return weighted(value, (8, 9, 2, 3, 4, 5, 6, 7)) % 11 % 10 == int(value[8])


def pl_card(value: str) -> bool:
    """Polish identity card: weights 7 3 1 with the check digit after the letters.

    >>> pl_card("AIR834512"), pl_card("AIR834612")
    (False, False)
    """
    codes = [int(c, 36) for c in value]
    return (7 * codes[0] + 3 * codes[1] + codes[2] + 7 * codes[4] + 3 * codes[5] + codes[6] + 7 * codes[7] + 3 * codes[8]) % 10 == codes[3]


def rodne_cislo(value: str) -> bool:
    """Czech and Slovak person: date (women add 50 to the month), divisible by 11.

    >>> rodne_cislo("7103192745"), rodne_cislo("7103192746")
    (True, False)
    """
    month = int(value[2:4]) % 50
    month = month - 20 if month > 20 else month
    if not (1 <= month <= 12 and 1 <= int(value[4:6]) <= 31):
        return False
    return len(value) == 9 or int(value) % 11 == 0 or int(value[:9]) % 11 == 10 and value[9] == "0"


def ico(value: str) -> bool:
    """Czech and Slovak firm: weights 8 to 2 modulo 11.

    >>> ico("25596641"), ico("25596642")
    (True, False)
    """
    return (11 - weighted(value[:7], range(8, 1, -1)) % 11) % 10 == int(value[7])


def cnp(value: str) -> bool:
    """Romanian person: sex and century, date, county, weights 2 7 9 1 4 6 3 5 8 2 7 9 modulo 11.

    >>> cnp("1630615123457"), cnp("1630615123458")
    (True, False)
    """
    rest = weighted(value, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return value[0] != "0" and yymmdd(value[1:7]) and (1 if rest == 10 else rest) == int(value[12])


def cui(value: str) -> bool:
    """Romanian firm: weights 7 5 3 2 1 7 5 3 2, times ten, modulo 11.

    >>> cui("18547290"), cui("18547291")
    (True, False)
    """
    value = digits(value)
    return 2 <= len(value) <= 10 and 10 * weighted(value[:-1].zfill(9), (7, 5, 3, 2, 1, 7, 5, 3, 2)) % 11 % 10 == int(value[-1])


def egn(value: str) -> bool:
    """Bulgarian person: date (20 or 40 on the month name the century), weights 2 4 8 5 10 9 7 3 6 modulo 11.

    >>> egn("7523169263"), egn("8032056031"), egn("7523169264")
    (True, True, False)
    """
    month = int(value[2:4])
    month -= 40 if month > 40 else 20 if month > 20 else 0
    return 1 <= month <= 12 and 1 <= int(value[4:6]) <= 31 and weighted(value, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10 == int(value[9])


def bg_pnf(value: str) -> bool:
    """Bulgarian number of a foreigner: weights 21 19 17 13 11 9 7 3 1 modulo 10.

    >>> bg_pnf("7111042925"), bg_pnf("7111042922")
    (True, False)
    """
    return weighted(value, (21, 19, 17, 13, 11, 9, 7, 3, 1)) % 10 == int(value[9])


def jmbg(value: str) -> bool:
    """Person in the countries of former Yugoslavia: date, weights 7 6 5 4 3 2 twice modulo 11.

    >>> jmbg("0101006500006"), jmbg("0101006500007")
    (True, False)
    """
    rest = -weighted(value, (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return 1 <= int(value[:2]) <= 31 and 1 <= int(value[2:4]) <= 12 and value[4] in "09" and rest % 10 == int(value[12])


def oib(value: str) -> bool:
    """Croatian person or firm: ISO 7064 mod 11,10.

    >>> oib("33392005961"), oib("33392005962")
    (True, False)
    """
    return mod11_10(value)


def szemelyi(value: str) -> bool:
    """Hungarian person: sex and century, date, a weighted sum modulo 11.

    >>> szemelyi("28707152229"), szemelyi("98707152229")
    (False, False)
    """
    return value[0] in "12345678" and yymmdd(value[1:7]) and sum((i + 1) * int(d) for i, d in enumerate(value[:10])) % 11 == int(value[10])


def adoazonosito(value: str) -> bool:
    """Hungarian tax number of a person: begins with 8, sum of digit times place modulo 11.

    >>> adoazonosito("8071592153"), adoazonosito("8071592154")
    (True, False)
    """
    return value[0] == "8" and sum((i + 1) * int(d) for i, d in enumerate(value[:9])) % 11 == int(value[9])


def adoszam(value: str) -> bool:
    """Hungarian firm: weights 9 7 3 1 9 7 3 1.

    >>> adoszam("12892312"), adoszam("12892313")
    (True, False)
    """
    return weighted(value[:8], (9, 7, 3, 1, 9, 7, 3, 1)) % 10 == 0


def taj(value: str) -> bool:
    """Hungarian social insurance: weights 3 and 7 in turn modulo 10.

    >>> taj("111111110"), taj("111111112")
    (True, False)
    """
    return weighted(value, (3, 7) * 4) % 10 == int(value[8])


def amka(value: str) -> bool:
    """Greek person: date and Luhn.

    >>> amka("01013099997"), amka("01013099999")
    (True, False)
    """
    return 1 <= int(value[:2]) <= 31 and 1 <= int(value[2:4]) <= 12 and luhn(value)


def afm(value: str) -> bool:
    """Greek taxpayer: powers of two modulo 11.

    >>> afm("094259216"), afm("094259217")
    (True, False)
    """
    return weighted(value, (256, 128, 64, 32, 16, 8, 4, 2)) % 11 % 10 == int(value[8]) and len(set(value)) > 2


def inn(value: str) -> bool:
    """Russian taxpayer, ten or twelve digits.

    >>> inn("123456789047"), inn("1234567894"), inn("123456789037")
    (True, True, False)
    """
    if len(value) == 10:
        return weighted(value, (2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10 == int(value[9])
    return (weighted(value, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10 == int(value[10])
            and weighted(value, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10 == int(value[11]))


def snils(value: str) -> bool:
    """Russian pension number: weights 9 to 1 modulo 101.

    >>> snils("11223344595"), snils("11223344596")
    (True, False)
    """
    return weighted(value, range(9, 0, -1)) % 101 % 100 == int(value[9:])


def edrpou(value: str) -> bool:
    """Ukrainian firm: weights 1 to 7, or 7 1 2 3 4 5 6 for the middle range.

    >>> edrpou("32855961"), edrpou("32855968")
    (True, False)
    """
    weights = (1, 2, 3, 4, 5, 6, 7) if value[0] not in "345" else (7, 1, 2, 3, 4, 5, 6)
    rest = weighted(value, weights) % 11
    if rest > 9:
        rest = weighted(value, [w + 2 for w in weights]) % 11 % 10
    return rest == int(value[7])


def rntrc(value: str) -> bool:
    """Ukrainian taxpayer: weights -1 5 7 9 4 6 10 5 7 modulo 11.

    >>> rntrc("1759013776"), rntrc("1759013770")
    (True, False)
    """
    return weighted(value, (-1, 5, 7, 9, 4, 6, 10, 5, 7)) % 11 % 10 == int(value[9])


def pib(value: str) -> bool:
    """Serbian firm: ISO 7064 mod 11,10.

    >>> pib("101134702"), pib("101134703")
    (True, False)
    """
    return mod11_10(value)


def me_pib(value: str) -> bool:
    """Montenegrin firm: weights 8 to 2 modulo 11.

    >>> me_pib("02655284"), me_pib("02655283")
    (True, False)
    """
    return -weighted(value, range(8, 1, -1)) % 11 % 10 == int(value[7])


def edb(value: str) -> bool:
    """Macedonian firm: weights 7 6 5 4 3 2 twice modulo 11.

    >>> edb("4030000375897"), edb("4030000375890")
    (True, False)
    """
    return -weighted(value, (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11 % 10 == int(value[12])


def ddv(value: str) -> bool:
    """Slovenian taxpayer: weights 8 to 2 modulo 11.

    >>> ddv("50223054"), ddv("50223055")
    (True, False)
    """
    return value[0] != "0" and (11 - weighted(value, range(8, 1, -1)) % 11) % 10 == int(value[7])


def unp(value: str) -> bool:
    """Belarusian taxpayer: weights 29 23 19 17 13 7 5 3 modulo 11.

    >>> unp("200988541"), unp("200988542")
    (True, False)
    """
    return value.isdigit() and weighted(value, (29, 23, 19, 17, 13, 7, 5, 3)) % 11 == int(value[8])


def idno(value: str) -> bool:
    """Moldovan firm: weights 7 3 1 modulo 10.

    >>> idno("1008600038413"), idno("1008600038414")
    (True, False)
    """
    return weighted(value, (7, 3, 1) * 4) % 10 == int(value[12])


DETECTORS = (
    Detector("pl-pesel", "NATIONAL_ID", "Polish person", ("00000000000",), check=pesel, strength=NUMBER, words=("pesel",), finds=("PESEL 44051401359",), ignores=("PESEL 44051401358",), source="MSWiA"),
    Detector("pl-nip", "TAX_ID", "Polish firm", ("0000000000", "000-000-00-00", "000-00-00-000", "000 000 00 00", "AA 0000000000", "AA0000000000", "AA 000-000-00-00"), check=lambda v: nip(v.removeprefix("PL")), validator="nip", strength=NUMBER, words=("nip",), finds=("NIP 856-734-62-15",), ignores=("NIP 856-734-62-16",)),
    Detector("pl-regon", "TAX_ID", "Polish establishment", ("000000000",), check=regon, words=("regon",), finds=("REGON 192598184",), ignores=("REGON 192598183",)),
    Detector("pl-card", "NATIONAL_ID", "Polish identity card", ("AAA000000", "AAA 000000"), check=pl_card, words=("dowód", "dowodu", "osobisty"), finds=("dowód osobisty ABA300000",), ignores=("dowód ABA400000",)),
    Detector("cz-rodne-cislo", "NATIONAL_ID", "Czech or Slovak person", ("000000/0000", "000000/000", "0000000000"), check=rodne_cislo, strength=NUMBER, words=("rodné číslo", "rč", "rc", "rodné", "rodne"), finds=("rodné číslo 710319/2745",), ignores=("rodné číslo 710319/2746",)),
    Detector("cz-ico", "TAX_ID", "Czech or Slovak firm", ("00000000", "000 00 000"), check=ico, words=("ičo", "ico", "dič", "ič"), finds=("IČO 25596641",), ignores=("IČO 25596642",)),
    Detector("cz-dic", "TAX_ID", "Czech taxpayer", ("AA00000000", "AA000000000", "AA0000000000", "AA 00000000"), check=lambda v: v[:2] in ("CZ", "SK"), validator="country", words=("dič", "dic", "ič dph", "dph"), finds=("DIČ CZ25596641",)),
    Detector("ro-cnp", "NATIONAL_ID", "Romanian person", ("0000000000000",), check=cnp, strength=NUMBER, words=("cnp",), finds=("CNP 1630615123457",), ignores=("CNP 1630615123458",)),
    Detector("ro-cui", "TAX_ID", "Romanian firm", ("00000000", "0000000", "AA00000000", "AA 00000000", "AA 185 472 90", "000 000 00", "AA 000 000 00"), check=cui, words=("cui", "cif", "cod fiscal"), finds=("CUI RO 185 472 90",), ignores=("CUI 18547291",)),
    Detector("ro-onrc", "TAX_ID", "Romanian trade register", ("A00/000/0000", "A00/0000/0000", "A0/000/0000", "A00/00/0000", "A00/000/00.00.0000"), strength=NUMBER, words=("onrc", "registrul", "orc"), finds=("ONRC J52/750/2012",)),
    Detector("bg-egn", "NATIONAL_ID", "Bulgarian person", ("0000000000",), check=egn, strength=NUMBER, words=("egn", "егн"), finds=("EGN 8032056031",), ignores=("EGN 8032056032",)),
    Detector("bg-pnf", "NATIONAL_ID", "Bulgarian foreigner", ("0000000000", "000 000 0000"), check=bg_pnf, words=("pnf", "лнч", "lnc"), finds=("PNF 7111042925",), ignores=("PNF 7111042922",)),
    Detector("yu-jmbg", "NATIONAL_ID", "person in a country of former Yugoslavia", ("0000000000000",), check=jmbg, strength=NUMBER, words=("jmbg", "emšo", "emso", "ембг", "јмбг", "enotna matična", "matična"), finds=("JMBG 0101006500006",), ignores=("JMBG 0101006500007",)),
    Detector("hr-oib", "NATIONAL_ID", "Croatian person or firm", ("00000000000", "AA00000000000", "AA 00000000000"), check=lambda v: oib(v.removeprefix("HR")), validator="oib", strength=NUMBER, words=("oib",), finds=("OIB 33392005961",), ignores=("OIB 33392005962",)),
    Detector("rs-pib", "TAX_ID", "Serbian firm", ("000000000",), check=pib, words=("pib", "пиб"), finds=("PIB 101134702",), ignores=("PIB 101134703",)),
    Detector("me-pib", "TAX_ID", "Montenegrin firm", ("00000000",), check=me_pib, words=("pib",), finds=("PIB 02655284",), ignores=("PIB 02655283",)),
    Detector("mk-edb", "TAX_ID", "Macedonian firm", ("0000000000000", "AA0000000000000", "AA 0000000000000", "AA 4020 990 116747"), check=lambda v: edb(v[-13:]), validator="edb", strength=NUMBER, words=("едб", "edb", "даночен"), finds=("ЕДБ 4030000375897",), ignores=("ЕДБ 4030000375890",)),
    Detector("si-ddv", "TAX_ID", "Slovenian taxpayer", ("00000000", "AA 0000 0000", "AA00000000", "AA 00000000"), check=lambda v: ddv(v.removeprefix("SI")), validator="ddv", words=("ddv", "davčna"), finds=("ID za DDV SI 5022 3054",), ignores=("DDV SI 5022 3055",)),
    Detector("si-maticna", "TAX_ID", "Slovenian register number", ("0000000000", "0000000"), words=("matična", "poslovnega registra", "matična številka"), finds=("Matična številka 9331310000",)),
    Detector("hu-szemelyi", "NATIONAL_ID", "Hungarian person", ("00000000000", "0-000000-0000", "0 000000 0000"), check=szemelyi, words=("személyi", "szemelyi"), finds=()),
    Detector("hu-taj", "MEDICAL_ID", "Hungarian social insurance", ("000 000 000", "000000000", "000-000-000"), check=taj, words=("taj", "taj-szám", "taj szám"), finds=("TAJ 111 111 110",), ignores=("TAJ 111 111 112",)),
    Detector("hu-ado", "TAX_ID", "Hungarian tax number of a person", ("0000000000",), check=adoazonosito, words=("adóazonosító", "adoazonosito", "adó"), finds=("adóazonosító 8071592153",), ignores=("adóazonosító 8071592154",)),
    Detector("hu-adoszam", "TAX_ID", "Hungarian firm", ("00000000-0-00", "00000000", "AA-00000000", "AA00000000", "AA 00000000"), check=lambda v: adoszam(v.removeprefix("HU")), validator="adoszam", words=("anum", "adószám", "adoszam", "közösségi"), finds=("adószám 12892312-0-00".replace("0-00", "2-41"),), ignores=("adószám 12892313-2-41",)),
    Detector("gr-amka", "NATIONAL_ID", "Greek person", ("00000000000", "000000 00000", "000000-00000"), check=amka, words=("amka", "αμκα"), finds=("AMKA 01013099997",), ignores=("AMKA 01013099999",)),
    Detector("gr-afm", "TAX_ID", "Greek taxpayer", ("000000000", "00000000", "AA 000000000", "AA 00000000"), check=lambda v: afm(digits(v).zfill(9)), validator="afm", words=("afm", "αφμ"), finds=("AFM 094259216",), ignores=("AFM 094259217",)),
    Detector("ru-inn", "TAX_ID", "Russian taxpayer", ("0000000000", "000000000000"), check=inn, words=("inn", "инн"), strength=NUMBER, finds=("ИНН 123456789047",), ignores=("ИНН 123456789037",)),
    Detector("ru-snils", "NATIONAL_ID", "Russian pension number", ("000-000-000 00", "000-000-000-00", "00000000000"), check=snils, strength=NUMBER, words=("snils", "снилс"), finds=("СНИЛС 112-233-445 95",), ignores=("СНИЛС 112-233-445 96",)),
    Detector("ru-ogrn", "TAX_ID", "Russian firm", ("0000000000000", "000000000000000"), check=lambda v: int(v[:-1]) % (len(v) - 2) % 10 == int(v[-1]), validator="ogrn", words=("ogrn", "огрн"), finds=("ОГРН 1022200525819",), ignores=("ОГРН 1022200525818",)),
    Detector("ru-passport", "PASSPORT", "Russian passport", ("00 00 000000", "0000 000000", "0000000000", "00 0000000"), words=("паспорт", "серия"), finds=("паспорт 45 12 123456",)),
    Detector("ua-edrpou", "TAX_ID", "Ukrainian firm", ("00000000",), check=edrpou, words=("edrpou", "єдрпоу"), finds=("ЄДРПОУ 32855961",), ignores=("ЄДРПОУ 32855968",)),
    Detector("ua-rntrc", "TAX_ID", "Ukrainian taxpayer", ("0000000000",), check=rntrc, words=("rntrc", "рнокпп", "іпн"), finds=("РНОКПП 1759013776",), ignores=("РНОКПП 1759013770",)),
    Detector("by-unp", "TAX_ID", "Belarusian taxpayer", ("000000000", "AA0000000"), check=lambda v: unp(v) if v.isdigit() else v[0] in "ABCEHKMOPT", validator="unp", words=("unp", "унп"), finds=("УНП 200988541",), ignores=("УНП 200988542",)),
    Detector("md-idno", "TAX_ID", "Moldovan firm", ("0000000000000",), check=idno, words=("idno", "idnp"), finds=("IDNO 1008600038413",), ignores=("IDNO 1008600038414",)),
    Detector("al-nipt", "TAX_ID", "Albanian taxpayer", ("A00000000A", "AA A00000000 A", "AA A00000000A"), check=lambda v: v[-10:-9] in "JKLM", validator="first_letter", strength=NUMBER, words=("nipt", "niut"), finds=("NIPT J91402501L",)),
    Detector("am-hvhh", "TAX_ID", "Armenian taxpayer", ("00000000",), words=("հվհհ", "tin"), finds=("TIN 02582911",)),
    Detector("tr-tckn", "NATIONAL_ID", "Turkish person", ("00000000000", "000 000 000 00"), strength=NUMBER, words=("kimlik", "tckn", "tc", "t.c."),
             check=lambda v: v[0] != "0" and (7 * sum(map(int, v[0:9:2])) - sum(map(int, v[1:8:2]))) % 10 == int(v[9]) and sum(map(int, v[:10])) % 10 == int(v[10]), validator="tckn",
             finds=("TC Kimlik No: 10000000146",), ignores=("TC Kimlik No: 10000000145",), source="NVI"),
    Detector("tr-vkn", "TAX_ID", "Turkish firm", ("0000000000", "000 000 0000", "000-000-0000"), strength=NUMBER, words=("vkn", "vergi"),
             check=lambda v: -sum(((int(d) + 9 - i) % 10 * 2 ** (9 - i) % 9 or 9) if (int(d) + 9 - i) % 10 else 0 for i, d in enumerate(v[:9])) % 10 == int(v[9]), validator="vkn", finds=("VKN 4540536920",), ignores=("VKN 4540536921",)),
)
