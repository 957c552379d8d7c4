"""Africa and the Middle East."""
from __future__ import annotations

from ..checkdigits import luhn, weighted, yymmdd
from ..detector import ALONE, NUMBER, Detector


def il_id(value: str) -> bool:
    """Israeli person or firm: Luhn from the left.

    >>> il_id("516179157"), il_id("516179158")
    (True, False)
    """
    value = value.zfill(9)
    return luhn(value) and len(set(value)) > 2


def za_id(value: str) -> bool:
    """South African person: date, citizenship 0 to 2, Luhn.

    >>> za_id("7503305044089"), za_id("7503305044088")
    (True, False)
    """
    return yymmdd(value[:6]) and value[10] in "012" and luhn(value)


def eg_id(value: str) -> bool:
    """Egyptian person: century, date, governorate.

    >>> eg_id("29001011234567"), eg_id("29013011234567")
    (True, False)
    """
    return value[0] in "23" and yymmdd(value[1:7]) and (1 <= int(value[7:9]) <= 35 or value[7:9] == "88")


def ir_id(value: str) -> bool:
    """Iranian person: weights 10 to 2 modulo 11.

    >>> ir_id("0499370899"), ir_id("0499370898")
    (True, False)
    """
    rest = weighted(value, range(10, 1, -1)) % 11
    return len(set(value)) > 1 and (rest if rest < 2 else 11 - rest) == int(value[9])


def uae_id(value: str) -> bool:
    """Emirates id: 784, year, Luhn or not (the check digit is disputed).

    >>> uae_id("784198012345678"), uae_id("783198012345678")
    (True, False)
    """
    return value.startswith("784") and "1900" <= value[3:7] <= "2099"


def sa_id(value: str) -> bool:
    """Saudi citizen (1) or resident (2): Luhn.

    >>> sa_id("1000000008"), sa_id("1000000009")
    (True, False)
    """
    return value[0] in "12" and luhn(value)


def kw_id(value: str) -> bool:
    """Kuwaiti civil number: century, date, weights 2 1 6 3 7 9 10 5 8 4 2 modulo 11.

    >>> kw_id("273032401586"), kw_id("273032401587")
    (False, False)
    """
    return value[0] in "123" and yymmdd(value[1:7]) and 11 - weighted(value, (2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11 == int(value[11])


def ma_ice(value: str) -> bool:
    """Moroccan firm: ISO 7064 mod 97.

    >>> ma_ice("002136093000040"), ma_ice("002136093000041")
    (True, False)
    """
    return int(value) % 97 == 0


def mu_nid(value: str) -> bool:
    """Mauritian person: initial, date, and a check character.

    >>> mu_nid("J2906201304089"), mu_nid("12906201304089")
    (True, False)
    """
    return value[0].isalpha() and 1 <= int(value[1:3]) <= 31 and 1 <= int(value[3:5]) <= 12


DETECTORS = (
    Detector("il-id", "NATIONAL_ID", "Israeli person", ("000000000", "00000000", "0000000-0", "00000000-0"), check=il_id, words=("teudat zehut", "zehut", "זהות", "ת.ז", "identity number", "mispar zehut", "hp", "company number"), finds=("Teudat Zehut 039337423",), ignores=("Teudat Zehut 039337424",)),
    Detector("za-id", "NATIONAL_ID", "South African person", ("0000000000000", "000000 0000 000", "000000 0000 00 0"), check=za_id, strength=NUMBER, words=("south african", "idnr", "sa id"), finds=("ID number 7503305044089",), ignores=("ID number 7503305044088",), source="Department of Home Affairs"),
    Detector("za-tin", "TAX_ID", "South African taxpayer", ("0000000000", "0000/000/00/0"), check=lambda v: v[0] in "01239" and luhn(v), validator="luhn", words=("tin", "tax"), finds=("TIN 0001339050",), ignores=("TIN 0001339051",)),
    Detector("eg-id", "NATIONAL_ID", "Egyptian person", ("00000000000000",), check=eg_id, words=("الرقم القومي", "egyptian"), strength=NUMBER, finds=("national id 29001011234567",)),
    Detector("eg-tn", "TAX_ID", "Egyptian taxpayer", ("000-000-000", "000000000"), words=("tax registration", "registration number", "tax registration number"), finds=("Tax Registration Number: 100-531-385",)),
    Detector("ir-id", "NATIONAL_ID", "Iranian person", ("0000000000", "000-000000-0"), check=ir_id, words=("کد ملی", "melli"), finds=("کد ملی 0499370899",), ignores=("کد ملی 0499370898",)),
    Detector("ae-id", "NATIONAL_ID", "Emirates id", ("000-0000-0000000-0", "000000000000000"), check=uae_id, strength=ALONE, words=("emirates",), finds=("784-1980-1234567-8",), ignores=("783-1980-1234567-8",)),
    Detector("sa-id", "NATIONAL_ID", "Saudi person", ("0000000000",), check=sa_id, words=("iqama", "saudi", "هوية", "الهوية"), finds=("iqama 2000000006",), ignores=("iqama 2000000007",)),
    Detector("kw-id", "NATIONAL_ID", "Kuwaiti person", ("000000000000",), check=kw_id, words=("civil", "kuwait"), finds=()),
    Detector("ma-ice", "TAX_ID", "Moroccan firm", ("000000000000000", "00 00 00 00 00 00 000", "00 00 00 00 00 00 00 0", "000 000 000 000 000", "00 00 00 00 00 00 0 00"), check=ma_ice, strength=NUMBER, words=("ice",), finds=("ICE 00 21 36 09 30 00 040",), ignores=("ICE 00 21 36 09 30 00 041",)),
    Detector("dz-nif", "TAX_ID", "Algerian taxpayer", ("000000000000000", "00000000000000000000", "000 000 000 000 000"), words=("nif",), finds=("NIF 416001000000007",)),
    Detector("tn-mf", "TAX_ID", "Tunisian taxpayer", ("0000000A/A/A/000", "0000000AAA000", "0000000/A/A/A/000", "0000000A", "0000000AA/000", "0000000/A"), words=("mf", "matricule fiscal"), strength=NUMBER, finds=("MF 1496298/T/P/N/000",)),
    Detector("ke-pin", "TAX_ID", "Kenyan taxpayer", ("A000000000A",), check=lambda v: v[0] in "AP", validator="first_letter", strength=ALONE, words=("pin", "kra"), finds=("PIN P051365947M",), ignores=("X051365947M",)),
    Detector("gh-tin", "TAX_ID", "Ghanaian taxpayer", ("A0000000000", "A000000000A"), check=lambda v: v[0] in "PCGQV", validator="first_letter", strength=NUMBER, words=("tin",), finds=("TIN C0000803561",)),
    Detector("gh-card", "NATIONAL_ID", "Ghana card", ("AAA-000000000-0",), strength=ALONE, words=("ghana",), finds=("GHA-123456789-1",), check=lambda v: v[:3].isalpha(), validator="country"),
    Detector("ng-nin", "NATIONAL_ID", "Nigerian person", ("00000000000",), words=("nin", "bvn"), finds=("NIN 12345678901",), ignores=("12345678901 naira",)),
    Detector("ng-tin", "TAX_ID", "Nigerian taxpayer", ("00000000-0000", "000000000000", "0000000000"), words=("tin", "jtb"), finds=("TIN 12345678-0001",)),
    Detector("ng-vehicle", "VEHICLE", "Nigerian number plate", ("AAA-000AA", "AAA000AA", "AAA 000 AA"), strength=NUMBER, words=("plate",), finds=("plate ABC-123DE",)),
    Detector("mz-nuit", "TAX_ID", "Mozambican taxpayer", ("000000000", "000 000 000"), words=("nuit",), finds=("NUIT 400339910",)),
    Detector("mu-nid", "NATIONAL_ID", "Mauritian person", ("A0000000000000", "A000000000000A"), check=mu_nid, words=("nid",), strength=NUMBER, finds=("NID J2906201304089",)),
    Detector("gn-nifp", "TAX_ID", "Guinean taxpayer", ("000000000", "000-000-000"), check=luhn, words=("nifp",), finds=("NIFp 693770885",)),
    Detector("sn-ninea", "TAX_ID", "Senegalese firm", ("0000000 0A0", "00000000A0", "0000000 0AA", "0000000"), words=("ninea",), finds=("NINEA 3067221 2H2",)),
    Detector("sz-pin", "NATIONAL_ID", "Eswatini person", ("0000000000000",), check=lambda v: yymmdd(v[:6]), validator="yymmdd", words=("eswatini",), finds=("eswatini 8501011100123",)),
)
