"""Britain and Ireland, the German- and Dutch-speaking countries, France, Italy, Spain, Portugal."""
from __future__ import annotations

from ..checkdigits import compact, is_date, luhn, mod11_10, weighted
from ..detector import ALONE, NUMBER, Detector
from ..numbers import forms

_NIF = "TRWAGMYFPDXBNJZSQVHLCKE"


def nino(value: str) -> bool:
    """British national insurance: letters that were given out.

    >>> nino("AB123456C"), nino("QQ123456C"), nino("GB123456C")
    (True, False, False)
    """
    return value[0] not in "DFIQUV" and value[1] not in "DFIOQUV" and value[:2] not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ") and (len(value) == 8 or value[8] in "ABCD")


def nhs(value: str) -> bool:
    """British health number: weights 10 to 2 modulo 11.

    >>> nhs("9434765919"), nhs("9434765918")
    (True, False)
    """
    return (11 - weighted(value[:9], range(10, 1, -1)) % 11) % 11 == int(value[9])


def utr(value: str) -> bool:
    """British taxpayer reference: weights modulo 11, the check digit in front.

    >>> utr("1955839661"), utr("2955839661")
    (True, False)
    """
    return "21987654321"[weighted(value[1:], (6, 7, 8, 9, 10, 5, 4, 3, 2)) % 11] == value[0]


def uk_driver(value: str) -> bool:
    """British driving licence: month and day within the number.

    >>> uk_driver("MORGA657054SM9IJ"), uk_driver("MORGA699999SM9IJ")
    (True, False)
    """
    month, day = value[6:8], value[8:10]
    return month.isdigit() and day.isdigit() and (1 <= int(month) % 50 <= 12) and 1 <= int(day) <= 31


def pps(value: str) -> bool:
    """Irish personal public service number: modulo 23.

    >>> pps("1234567T"), pps("1234567A"), pps("1234567FA")
    (True, False, True)
    """
    total = weighted(value[:7], range(8, 1, -1))
    if len(value) > 8 and value[8] != "W":
        total += 9 * (ord(value[8]) - 64)
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == value[7]


def steuer_id(value: str) -> bool:
    """German tax id: one digit stands two or three times in the first ten, then ISO 7064.

    >>> steuer_id("36574261809"), steuer_id("36574261808")
    (True, False)
    """
    counts = sorted(value[:10].count(d) for d in set(value[:10]))
    return value[0] != "0" and counts[-1] in (2, 3) and mod11_10(value)


def steuernummer(value: str) -> bool:
    """German tax number in the 13-digit form of all states: a zero in fifth place.

    >>> steuernummer("1121081508150"), steuernummer("1121181508150")
    (True, False)
    """
    return len(value) in (10, 11) or value[4] == "0"


def rvnr(value: str) -> bool:
    """German pension number: digit sums over area, date, letter and serial.

    >>> rvnr("65070803A019"), rvnr("65070803A018")
    (True, False)
    """
    letter = f"{ord(value[8]) - 64:02d}"
    full = value[:8] + letter + value[9:11]
    total = 0
    for d, w in zip(full, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)):
        product = int(d) * w
        total += product // 10 + product % 10
    return total % 10 == int(value[11])


def kvnr(value: str) -> bool:
    """German health insurance: letter as two digits, then Luhn from the left.

    >>> kvnr("A123456780"), kvnr("A123456781")
    (True, False)
    """
    full = f"{ord(value[0]) - 64:02d}{value[1:9]}"
    total = 0
    for i, d in enumerate(full):
        product = int(d) * (i % 2 + 1)
        total += product // 10 + product % 10
    return total % 10 == int(value[9])


def icao(value: str) -> bool:
    """Travel document: weights 7 3 1 over letters and digits, the check digit last.

    >>> icao("C01X00T478"), icao("C01X00T479")
    (True, False)
    """
    return sum(int(c, 36) * (7, 3, 1)[i % 3] for i, c in enumerate(value[:-1])) % 10 == int(value[-1]) if value[-1].isdigit() else False


def german_serial(value: str) -> bool:
    """German passport or card: only the letters that its serials use, and at least one digit and no vowel.

    >>> german_serial("C01X00T47"), german_serial("A01X00T47")
    (True, False)
    """
    return value[0] in "CFGHJKLMNPRTVWXYZ" and not set(value) & set("ABDEIOQSU") and any(map(str.isdigit, value))


def at_vnr(value: str) -> bool:
    """Austrian social insurance: weights 3 7 9 0 5 8 4 2 1 6 modulo 11.

    >>> at_vnr("1237010180"), at_vnr("1238010180")
    (True, False)
    """
    return value[0] != "0" and int(value[3]) == weighted(value, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)) % 11 and 1 <= int(value[4:6]) <= 31


def ch_ahv(value: str) -> bool:
    """Swiss social insurance: 756 and a GS1 check digit.

    >>> ch_ahv("7569217076985"), ch_ahv("7569217076984")
    (True, False)
    """
    return value.startswith("756") and (10 - weighted(value[:12], (1, 3) * 6) % 10) % 10 == int(value[12])


def ch_uid(value: str) -> bool:
    """Swiss firms: weights 5 4 3 2 7 6 5 4 modulo 11.

    >>> ch_uid("CHE100155212"), ch_uid("CHE100155213")
    (True, False)
    """
    body = "".join(c for c in value if c.isdigit())
    return len(body) == 9 and (11 - weighted(body[:8], (5, 4, 3, 2, 7, 6, 5, 4)) % 11) % 11 == int(body[8])


def nir(value: str) -> bool:
    """French social security: 97 less the rest of the number is the key.

    >>> nir("295109912611193"), nir("295109912611194")
    (True, False)
    """
    body = value[:13].replace("2A", "19").replace("2B", "18")
    return value[0] in "123478" and body.isdigit() and value[13:].isdigit() and 97 - int(body) % 97 == int(value[13:])


def siret(value: str) -> bool:
    """French establishment (and, nine digits, firm): Luhn; the post office has its own rule.

    >>> siret("73282932000074"), siret("73282932000075")
    (True, False)
    """
    return luhn(value) or value.startswith("356000000") and sum(map(int, value)) % 5 == 0


def spi(value: str) -> bool:
    """French tax number: the rest modulo 511.

    >>> spi("3023217600053"), spi("3023217600054")
    (True, False)
    """
    return value[0] in "0123" and int(value[:10]) % 511 == int(value[10:])


def codice_fiscale(value: str) -> bool:
    """Italian person: odd and even places through their tables, modulo 26.

    >>> codice_fiscale("RSSMRA85T10A562S"), codice_fiscale("RSSMRA85T10A562T")
    (True, False)
    """
    odd = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)))
    total = sum(odd[c] if i % 2 == 0 else int(c) if c.isdigit() else ord(c) - 65 for i, c in enumerate(value[:15]))
    return value[8] in "ABCDEHLMPRST" and chr(65 + total % 26) == value[15]


def partita_iva(value: str) -> bool:
    """Italian firm: Luhn, and a province that exists.

    >>> partita_iva("00743110157"), partita_iva("00743110158")
    (True, False)
    """
    return luhn(value) and value[:7] != "0000000" and ("001" <= value[7:10] <= "100" or value[7:10] in ("120", "121", "888", "999"))


def nif(value: str) -> bool:
    """Spanish person: the letter is the number modulo 23; X, Y, Z in front are 0, 1, 2.

    >>> nif("12345678Z"), nif("X1234567L"), nif("12345678A")
    (True, True, False)
    """
    body = value[:-1].translate(str.maketrans("XYZ", "012"))
    return body.isdigit() and _NIF[int(body) % 23] == value[-1]


def cif(value: str) -> bool:
    """Spanish firm: digit or letter from a Luhn-like sum.

    >>> cif("J99216582"), cif("J99216583")
    (True, False)
    """
    if value[0] not in "ABCDEFGHJNPQRSUVW":
        return False
    body = value[1:8]
    total = sum(int(d) for d in body[1::2]) + sum(sum(map(int, str(2 * int(d)))) for d in body[::2])
    check = -total % 10
    return value[8] in (str(check), "JABCDEFGHI"[check])


def pt_nif(value: str) -> bool:
    """Portuguese taxpayer: weights 9 to 2 modulo 11.

    >>> pt_nif("501964843"), pt_nif("501964842")
    (True, False)
    """
    return value[0] != "0" and (11 - weighted(value[:8], range(9, 1, -1)) % 11) % 11 % 10 == int(value[8])


def pt_cc(value: str) -> bool:
    """Portuguese citizen card: Luhn over base 36.

    >>> pt_cc("000000000ZZ4"), pt_cc("000000000ZZ5")
    (True, False)
    """
    total = 0
    for i, c in enumerate(reversed(value)):
        n = int(c, 36)
        if i % 2:
            n *= 2
            n = n - 9 if n > 9 else n
        total += n
    return total % 10 == 0


def bsn(value: str) -> bool:
    """Dutch citizen number: weights 9 to 2 and minus 1 modulo 11.

    >>> bsn("111222333"), bsn("111222334")
    (True, False)
    """
    value = value.zfill(9)
    return len(set(value)) > 1 and (weighted(value[:8], range(9, 1, -1)) - int(value[8])) % 11 == 0


def be_nn(value: str) -> bool:
    """Belgian national number: 97 less the rest, with a 2 in front for those born since 2000.

    >>> be_nn("85073003328"), be_nn("85073003329"), be_nn("17073003384")
    (True, False, True)
    """
    check = int(value[9:])
    month = int(value[2:4])
    return (month % 20 <= 12) and (97 - int(value[:9]) % 97 == check or 97 - int("2" + value[:9]) % 97 == check)


def be_firm(value: str) -> bool:
    """Belgian firm: 97 less the rest.

    >>> be_firm("0428759497"), be_firm("0428759498")
    (True, False)
    """
    value = value.zfill(10)
    return value[0] in "01" and 97 - int(value[:8]) % 97 == int(value[8:])


def lu_matricule(value: str) -> bool:
    """Luxembourg: date of birth, then Luhn over the first eleven and Verhoeff.

    >>> lu_matricule("1893120105732"), lu_matricule("1893120105733")
    (True, True)
    """
    return "1850" < value[:4] < "2100" and is_date(int(value[:4]), int(value[4:6]), int(value[6:8])) and luhn(value[:12])


def mt_id(value: str) -> bool:
    """Maltese card: seven digits and one of the letters that it uses.

    >>> mt_id("0123456M"), mt_id("0123456X")
    (True, False)
    """
    return value[-1] in "MGAPLHBZ"


DETECTORS = (
    Detector("uk-nino", "NATIONAL_ID", "British national insurance number", ("AA000000A", "AA 00 00 00 A", "AA 000000 A", "AA-00-00-00-A", "AA000000 A", "AA 00 00 00"), check=nino, strength=ALONE,
             words=("nino", "national insurance", "ni number", "insurance number"), finds=("AB 12 34 56 C", "AB123456C"), ignores=("QQ123456C", "GB123456C"), source="HMRC NIM39110"),
    Detector("uk-nhs", "MEDICAL_ID", "British health number", ("000 000 0000", "000-000-0000", "0000000000"), check=nhs, strength=NUMBER, words=("nhs",), finds=("NHS 943 476 5919",), ignores=("NHS 943 476 5918",), source="NHS Data Dictionary"),
    Detector("uk-utr", "TAX_ID", "British taxpayer reference", ("0000000000", "00000 00000"), check=utr, words=("utr", "unique taxpayer"), finds=("UTR 1955839661",), ignores=("UTR 2955839661",)),
    Detector("uk-driver", "DRIVER_LICENSE", "British driving licence", (
             "AAAAA000000AA0AA", "AAAAA000000A00AA", "AAAA0000000AA0AA", "AAA00000000AA0AA", "AAAA0000000A00AA"), check=uk_driver, strength=ALONE,
             finds=("MORGA657054SM9IJ",), ignores=("MORGA699999SM9IJ",), source="DVLA INF45/1"),
    Detector("uk-passport", "PASSPORT", "British passport", ("000000000", "AA0000000"), words=("passport", "passports"), finds=("passport 925076473",), ignores=("925076473 is a part",)),
    Detector("ie-pps", "NATIONAL_ID", "Irish personal number", ("0000000A", "0000000AA", "0000000 A", "0000000 AA"), check=pps, strength=NUMBER, words=("pps", "ppsn"), finds=("PPS 1234567T",), ignores=("PPS 1234567A",), source="Department of Social Protection"),
    Detector("de-steuer-id", "TAX_ID", "German tax id of a person", ("00000000000", "00 000 000 000", "00/000/000/000"), check=steuer_id, strength=NUMBER, words=("steuer-id", "idnr", "steueridentifikationsnummer", "steuer", "identifikationsnummer"),
             finds=("Steuer-ID 36 574 261 809",), ignores=("Steuer-ID 36 574 261 808",), source="Bundeszentralamt für Steuern"),
    Detector("de-steuernummer", "TAX_ID", "German tax number of a tax office", ("00/000/00000", "000/000/00000", "000/000/0000 0", "000/0000/0000", "0000000000000", "00 000 00000", "0000000000", "00000000000"), check=steuernummer, words=("steuernummer", "stnr", "st.-nr"),
             finds=("Steuernummer 181/815/08155",), ignores=("181/815/08155",)),
    Detector("de-rvnr", "NATIONAL_ID", "German pension insurance number", ("00000000A000", "00 000000 A 000"), check=rvnr, strength=ALONE, words=("rentenversicherungsnummer", "sozialversicherungsnummer", "versicherungsnummer", "rvnr", "svnr"),
             finds=("65 170839 J 003", "15070649C103"), ignores=("15070649C104",), source="Deutsche Rentenversicherung"),
    Detector("de-kvnr", "MEDICAL_ID", "German health insurance number", ("A000000000",), check=kvnr, strength=NUMBER, words=("kvnr", "krankenversichertennummer", "versichertennummer", "krankenversicherungsnummer"),
             finds=("KVNR A123456780",), ignores=("KVNR A123456781",), source="GKV § 290 SGB V"),
    Detector("de-lanr", "MEDICAL_ID", "German doctor number", ("000000000",), check=lambda v: (10 - weighted(v[:6], (4, 9, 4, 9, 4, 9)) % 10) % 10 == int(v[6]), validator="lanr", strength=NUMBER, words=("lanr", "arztnummer"),
             finds=("LANR 999999901",), ignores=("LANR 999999801",), source="KBV"),
    Detector("de-passport", "PASSPORT", "German passport", ("A00A00A00", "A00A00A000", "A0AA00A00", "A0AA0AA00", "A0AAAAA00", "A00000000", "AAAA00A00", "A00A0AA00"), check=lambda v: german_serial(v[:9]), validator="german_serial", strength=NUMBER,
             words=("reisepass", "pass", "passport", "reisepassnummer", "passnummer"), finds=("Reisepass C01X00T47",), ignores=("Reisepass A01X00T47",)),
    Detector("de-id-card", "NATIONAL_ID", "German identity card", ("A00A00A00", "A000000000", "A00A00A000", "AA0000000", "A0AA00A00", "AAAA00A00", "A00000000", "A00A0AAA0", "A00AA00A0"), check=lambda v: german_serial(v[:9]), validator="german_serial",
             words=("personalausweis", "ausweis", "ausweisnummer", "personalausweisnummer"), finds=("Personalausweis L01X00T47",), ignores=("L01X00T47 a",)),
    Detector("de-driver", "DRIVER_LICENSE", "German driving licence", ("A000AA00A00", "A000AAAAA00", "A0000000A00", "A000A00AA00"), words=("führerschein", "führerscheinnummer"), finds=("Führerschein B072RRE2I55",)),
    Detector("at-vnr", "NATIONAL_ID", "Austrian social insurance number", ("0000 000000", "0000000000", "0000-000000"), check=at_vnr, strength=NUMBER, words=("vnr", "svnr", "vsnr", "versicherungsnummer", "sozialversicherungsnummer", "sv-nummer"),
             finds=("SVNR 1237 010180",), ignores=("SVNR 1238 010180",), source="Sozialversicherung.at"),
    Detector("at-fn", "TAX_ID", "Austrian company register number", ("000000a", "000000A", "00000a", "000000 a", "AA 000000a", "AA000000a"), words=("firmenbuch", "firmenbuchnummer", "company register", "fn", "register"), finds=("Firmenbuchnummer 122119m",)),
    Detector("at-tin", "TAX_ID", "Austrian tax number", ("00-000/0000", "000000000", "00 000 0000"), words=("abgabenkontonummer", "steuernummer"), finds=("Abgabenkontonummer 59-119/9013",)),
    Detector("ch-ahv", "NATIONAL_ID", "Swiss social insurance number", ("000.0000.0000.00", "0000000000000", "000 0000 0000 00"), check=ch_ahv, strength=ALONE, words=("ahv", "avs", "ahv-nr"),
             finds=("756.9217.0769.85",), ignores=("756.9217.0769.84",), source="Zentrale Ausgleichsstelle"),
    Detector("ch-uid", "TAX_ID", "Swiss firm", ("AAA-000.000.000", "AAA000000000", "AAA 000 000 000", "AAA-000000000", "000.000.000"), check=ch_uid, strength=NUMBER, words=("uid", "mwst", "tva", "che"),
             finds=("CHE-100.155.212",), ignores=("CHE-100.155.213",)),
    Detector("fr-nir", "NATIONAL_ID", "French social security number", ("0 00 00 00 000 000 00", "000000000000000", "0 00 00 0A 000 000 00", "000000A00000000", "0 00 00 00 000 000", "0-00-00-00-000-000-00"), check=lambda v: len(v) == 15 and nir(v), validator="nir", strength=ALONE,
             words=("nir", "insee", "sécurité sociale"), finds=("2 95 10 99 126 111 93",), ignores=("2 95 10 99 126 111 94",), source="INSEE"),
    Detector("fr-siret", "TAX_ID", "French establishment", ("00000000000000", "000 000 000 00000", "000000000 00000"), check=siret, strength=NUMBER, words=("siret",), finds=("SIRET 732 829 320 00074",), ignores=("SIRET 732 829 320 00075",)),
    Detector("fr-siren", "TAX_ID", "French firm", ("000 000 000", "000000000"), check=siret, words=("siren",), finds=("SIREN 732 829 320",), ignores=("732 829 320 x",)),
    Detector("fr-spi", "TAX_ID", "French tax number", ("00 00 000 000 000", "0000000000000"), check=spi, words=("nif", "spi", "fiscal"), finds=("numéro fiscal 30 23 217 600 053",), ignores=("numéro fiscal 30 23 217 600 054",)),
    Detector("fr-cni", "NATIONAL_ID", "French identity card", ("000000000000", "000AAA000000"), words=("cni", "carte d'identité", "identité"), finds=("CNI 880692310285",)),
    Detector("it-codice-fiscale", "NATIONAL_ID", "Italian fiscal code of a person", ("AAAAAA00A00A000A", "AAAAAA 00A00 A000A", "AAA AAA 00A00 A000A"), check=codice_fiscale, strength=ALONE, words=("codice fiscale", "cf"),
             finds=("RSSMRA85T10A562S",), ignores=("RSSMRA85T10A562T",), source="D.M. 23/12/1976"),
    Detector("it-partita-iva", "TAX_ID", "Italian firm", ("00000000000",), check=partita_iva, strength=NUMBER, words=("iva", "partita", "piva", "p.iva", "aic"), finds=("Partita IVA 00743110157",), ignores=("Partita IVA 00743110158",)),
    Detector("it-id-card", "NATIONAL_ID", "Italian identity card", ("AA0000000", "AA00000AA", "0000000AA", "AA 0000000"), words=("carta d'identità", "identità", "cie"), finds=("carta d'identità CA12345AA",)),
    Detector("it-driver", "DRIVER_LICENSE", "Italian driving licence", ("A0A000000A", "AA0000000A", "A0A00A000A", "A0A0A0000A"), strength=NUMBER, words=("patente",), finds=("patente U1H00B000C".replace("B000C", "0000C"),), ignores=("A0A000000A apples",)),
    Detector("es-nif", "NATIONAL_ID", "Spanish person or resident", ("00000000A", "00000000-A", "00000000 A", "00.000.000-A", "A0000000A", "A-0000000-A", "A-0000000A", "0000000A", "0000000-A"), check=nif, strength=NUMBER, words=("nif", "dni", "nie"),
             finds=("DNI 12345678Z", "NIE X1234567L"), ignores=("DNI 12345678A",), source="Ministerio del Interior"),
    Detector("es-cif", "TAX_ID", "Spanish firm", ("A00000000", "A-00000000", "A0000000A", "A-0000000A"), check=cif, strength=NUMBER, words=("cif", "nif"), finds=("CIF J99216582",), ignores=("CIF J99216583",)),
    Detector("es-nss", "NATIONAL_ID", "Spanish social security", ("00/00000000/00", "000000000000", "00 00000000 00"), check=lambda v: len(v) == 12 and int(v[:10]) % 97 == int(v[10:]), validator="mod97", words=("nss", "seguridad social"), finds=("NSS 28/12345678/40",)),
    Detector("es-passport", "PASSPORT", "Spanish passport", ("AAA000000",), strength=NUMBER, words=("pasaporte", "passport"), finds=("pasaporte AAA123456",)),
    Detector("pt-nif", "TAX_ID", "Portuguese taxpayer", ("000000000", "000 000 000", "AA 000 000 000", "AA000000000"), check=lambda v: pt_nif(v.removeprefix("PT")), validator="pt_nif", words=("nif", "contribuinte"), finds=("NIF 501 964 843",), ignores=("NIF 501 964 842",)),
    Detector("pt-cc", "NATIONAL_ID", "Portuguese citizen card", ("00000000 0 AA0", "000000000AA0", "00000000-0-AA0", "00000000 0AA0"), check=pt_cc, strength=ALONE, words=("cc", "cartão", "cidadão"), finds=("00000000 0 ZZ4",), ignores=("00000000 0 ZZ5",)),
    Detector("nl-bsn", "NATIONAL_ID", "Dutch citizen number", ("000000000", "0000.00.000", "0000 00 000", "00000000"), check=bsn, strength=NUMBER, words=("bsn", "burgerservicenummer", "sofinummer", "onderwijsnummer"), finds=("BSN 1112.22.333",), ignores=("BSN 1112.22.334",), source="RvIG"),
    Detector("nl-document", "PASSPORT", "Dutch passport or card", ("AAAAAA000", "AA0000000", "AAA00A000", "AA00A0000", "AAA0A0000", "AA0000A00"), words=("paspoort", "identiteitskaart", "rijbewijs", "paspoortnummer", "identiteitskaartnummer"), finds=("paspoort SPECI2014".replace("SPECI2014", "NWR000000"),)),
    Detector("be-nn", "NATIONAL_ID", "Belgian national number", ("00.00.00-000.00", "00000000000", "00.00.00.000-00", "00 00 00 000 00", "000000-000-00", "000000-000.00"), check=be_nn, strength=NUMBER, words=("rijksregisternummer", "nn", "insz", "niss", "bis", "ssin"),
             finds=("rijksregisternummer 85.07.30-033.28",), ignores=("rijksregisternummer 85.07.30-033.29",), source="IBZ"),
    Detector("be-eid", "NATIONAL_ID", "Belgian card", ("000-0000000-00", "000000000000"), check=lambda v: (int(v[:10]) % 97 or 97) == int(v[10:]), validator="mod97", strength=ALONE, words=("eid",), finds=("eID 591-1917064-58",), ignores=("591-1917064-59",)),
    Detector("be-firm", "TAX_ID", "Belgian firm", ("0000.000.000", "0000000000", "000.000.000", "AA 0000000000", "AA0000000000", "AA 0000.000.000", "000000000"), check=lambda v: be_firm(v.removeprefix("BE")), validator="be_firm", strength=NUMBER,
             words=("ondernemingsnummer", "kbo", "bce", "btw", "tva"), finds=("BTW 0428.759.497",), ignores=("BTW 0428.759.498",)),
    Detector("lu-matricule", "NATIONAL_ID", "Luxembourg person", ("0000000000000", "0000 00 00 000 00"), check=lu_matricule, words=("matricule", "lu"), finds=("matricule 1893120105732",)),
    Detector("mt-id", "NATIONAL_ID", "Maltese card", ("0000000A", "000000A", "00000A", "0000A"), check=mt_id, words=("identity", "karta", "malta"), finds=("identity card 0123456M",)),
    Detector("mc-id", "NATIONAL_ID", "Monaco firm number", ("00 0000 00000",), words=("tva",), finds=("TVA 53 0000 04605",)),
    Detector("ad-nrt", "TAX_ID", "Andorran taxpayer", ("A-000000-A", "A000000A", "A 000000 A"), check=lambda v: v[0] in "ACDEFGLOPU", validator="first_letter", strength=NUMBER, words=("nrt",), finds=("NRT U-132950-X",)),
    Detector("sm-coe", "TAX_ID", "San Marino operator", ("00000", "000000", "00"), words=("coe",), finds=("COE 024165",)),
)
