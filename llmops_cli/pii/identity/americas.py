"""North and South America."""
from __future__ import annotations

from ..checkdigits import digits, is_date, luhn, weighted, yymmdd
from ..detector import ALONE, NAMED, NUMBER, Detector
from ..numbers import forms

_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def us_ssn(value: str) -> bool:
    """Area, group and serial are never all zeros, and area 666 was never given.

    >>> us_ssn("219099999"), us_ssn("000121234"), us_ssn("666121234")
    (True, False, False)
    """
    return value[:3] not in ("000", "666") and value[3:5] != "00" and value[5:] != "0000" and len(set(value)) > 1


def us_ssn_no_counting(value: str) -> bool:
    """A number that may have been given, and is not just counted.

    >>> us_ssn_no_counting("219099999"), us_ssn_no_counting("123456789")
    (True, False)
    """
    return us_ssn(value) and value not in "01234567890987654321"


def us_itin(value: str) -> bool:
    """Begins with 9; fourth and fifth digit 50-65, 70-88, 90-92 or 94-99.

    >>> us_itin("912903456"), us_itin("912343456")
    (True, False)
    """
    return value[0] == "9" and (50 <= int(value[3:5]) <= 65 or 70 <= int(value[3:5]) <= 88 or 90 <= int(value[3:5]) <= 92 or int(value[3:5]) >= 94)


def us_ein(value: str) -> bool:
    """A campus prefix that the revenue service uses.

    >>> us_ein("911144442"), us_ein("071144442")
    (True, False)
    """
    return value[:2] not in "07 08 09 17 18 19 28 29 49 69 70 78 79 89 96 97".split() and value[:2] != "00"


def npi(value: str) -> bool:
    """Luhn over the number with 80840 in front.

    >>> npi("1234567893"), npi("1234567890")
    (True, False)
    """
    return value[0] in "12" and luhn("80840" + value)


def dea(value: str) -> bool:
    """Sum of odd places and twice the sum of even ones ends in the last digit.

    >>> dea("AB1234563"), dea("AB1234564")
    (True, False)
    """
    d = [int(c) for c in value[2:]]
    return (d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10 == d[6]


def mbi(value: str) -> bool:
    """Medicare beneficiary: letters and digits in fixed places, without S L O I B Z.

    >>> mbi("1EG4TE5MK73"), mbi("1SG4TE5MK73")
    (True, False)
    """
    return value[0] in "123456789" and not set(value) & set("SLOIBZ")


def ca_sin(value: str) -> bool:
    """Luhn, and a first digit that is given out.

    >>> ca_sin("123456782"), ca_sin("046454286")
    (True, True)
    """
    return luhn(value) and len(set(value)) > 2


def bc_phn(value: str) -> bool:
    """British Columbia health number: begins with 9, weights 2 4 8 5 10 9 7 3 modulo 11.

    >>> bc_phn("9698658215"), bc_phn("9698658216")
    (True, False)
    """
    total = sum(int(d) * w % 11 for d, w in zip(value[1:9], (2, 4, 8, 5, 10, 9, 7, 3)))
    return value[0] == "9" and (11 - total % 11) % 11 == int(value[9])


def cpf(value: str) -> bool:
    """Two check digits modulo 11.

    >>> cpf("39053344705"), cpf("39053344704")
    (True, False)
    """
    if len(set(value)) == 1:
        return False
    first = weighted(value[:9], range(10, 1, -1)) * 10 % 11 % 10
    second = weighted(value[:10], range(11, 1, -1)) * 10 % 11 % 10
    return value[9:] == f"{first}{second}"


def cnpj(value: str) -> bool:
    """Two check digits modulo 11; since 2026 letters too, by their character code.

    >>> cnpj("16727230000197"), cnpj("16727230000198")
    (True, False)
    """
    codes = [ord(c) - 48 for c in value]
    if len(set(value)) < 3:
        return False
    for size in (12, 13):
        weights = ([6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])[13 - size:]
        rest = sum(c * w for c, w in zip(codes, weights)) % 11
        if codes[size] != (0 if rest < 2 else 11 - rest):
            return False
    return True


def cuit(value: str) -> bool:
    """Argentina: weights 5 4 3 2 7 6 5 4 3 2 modulo 11.

    >>> cuit("20055361682"), cuit("20055361683")
    (True, False)
    """
    return value[:2] in "20 23 24 25 26 27 30 33 34 50 51 55".split() and "012345678990"[11 - weighted(value, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11] == value[10]


def rut(value: str) -> bool:
    """Chile: modulo 11 with K for ten.

    >>> rut("125319092"), rut("12531909K"), rut("US125319092")
    (True, False, False)
    """
    body, last = value[:-1], value[-1]
    if not body.isdecimal():
        return False
    total = sum(int(d) * (i % 6 + 2) for i, d in enumerate(reversed(body)))
    return "0123456789K"[-total % 11] == last


def co_nit(value: str) -> bool:
    """Colombia: prime weights modulo 11.

    >>> co_nit("2131234321"), co_nit("2131234325")
    (True, False)
    """
    total = sum(w * int(d) for w, d in zip((3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71), reversed(value[:-1]))) % 11
    return "01987654321"[total] == value[-1]


def curp(value: str) -> bool:
    """Mexico: date, sex, state, and a check digit over base 37.

    >>> curp("BOXW310820HNERXN09"), curp("BOXW310820HNERXN08")
    (True, False)
    """
    if value[10] not in "HMX" or not yymmdd(value[4:10]):
        return False
    alphabet = "0123456789ABCDEFGHIJKLMN\u00d1OPQRSTUVWXYZ"
    return (10 - sum(alphabet.index(c) * (18 - i) for i, c in enumerate(value[:17])) % 10) % 10 == int(value[17]) if value[17].isdigit() else False


def rfc(value: str) -> bool:
    """Mexico: a date after three or four letters.

    >>> rfc("GODE561231GR8"), rfc("GODE561331GR8")
    (True, False)
    """
    body = digits(value[3:10])[:6]
    return len(body) == 6 and yymmdd(body)


def gt_nit(value: str) -> bool:
    """Guatemala: modulo 11 with K for ten.

    >>> gt_nit("576937K"), gt_nit("5769371")
    (True, False)
    """
    total = -sum(i * int(d) for i, d in enumerate(reversed(value[:-1]), 2)) % 11
    return "0123456789K"[total] == value[-1]


def pe_ruc(value: str) -> bool:
    """Peru: weights 5 4 3 2 7 6 5 4 3 2 modulo 11.

    >>> pe_ruc("20512333797"), pe_ruc("20512333798")
    (True, False)
    """
    return value[:2] in ("10", "15", "16", "17", "20") and (11 - weighted(value, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 10 == int(value[10])


def ec_ci(value: str) -> bool:
    """Ecuador: province, and Luhn over ten digits.

    >>> ec_ci("1714307103"), ec_ci("1714307104")
    (True, False)
    """
    return (1 <= int(value[:2]) <= 24 or value[:2] in ("30", "50")) and luhn(value[:10])


def ec_ruc(value: str) -> bool:
    """Ecuador: the number of a person, a firm or an office, then 001.

    >>> ec_ruc("1792060346001"), ec_ruc("1792060347001")
    (True, False)
    """
    if not (1 <= int(value[:2]) <= 24 or value[:2] in ("30", "50")) or value[10:] == "000":
        return False
    if value[2] == "9":
        return weighted(value[:10], (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0
    if value[2] == "6":
        return weighted(value[:9], (3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0
    return luhn(value[:10])


def uy_rut(value: str) -> bool:
    """Uruguay: weights 4 3 2 9 8 7 6 5 4 3 2 modulo 11.

    >>> uy_rut("211003420017"), uy_rut("211003420018")
    (True, False)
    """
    return "01" <= value[:2] <= "22" and value[8:11] == "001" and -weighted(value, (4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) % 11 == int(value[11])


def ve_rif(value: str) -> bool:
    """Venezuela: letter and eight digits modulo 11.

    >>> ve_rif("V114702834"), ve_rif("V114702835")
    (True, False)
    """
    kind = {"V": 4, "E": 8, "J": 12, "P": 16, "G": 20}.get(value[0])
    return kind is not None and "00987654321"[(kind + weighted(value[1:9], (3, 2, 7, 6, 5, 4, 3, 2))) % 11] == value[9]


def py_ruc(value: str) -> bool:
    """Paraguay: modulo 11.

    >>> py_ruc("800001052"), py_ruc("800001058")
    (True, False)
    """
    return -sum(i * int(d) for i, d in enumerate(reversed(value[:-1]), 2)) % 11 % 10 == int(value[-1])


def do_cedula(value: str) -> bool:
    """Dominican Republic: Luhn.

    >>> do_cedula("00113918205"), do_cedula("00113918204")
    (True, False)
    """
    return luhn(value) and len(set(value)) > 2


def do_rnc(value: str) -> bool:
    """Dominican Republic, firms: weights 7 9 8 6 5 4 3 2 modulo 11.

    >>> do_rnc("101850043"), do_rnc("101850042")
    (True, False)
    """
    return (10 - weighted(value, (7, 9, 8, 6, 5, 4, 3, 2)) % 11) % 9 + 1 == int(value[8])


def cu_ni(value: str) -> bool:
    """Cuba: birth date and a digit for the century.

    >>> cu_ni("91021027775"), cu_ni("91023927775")
    (True, False)
    """
    return yymmdd(value[:6])


def sv_nit(value: str) -> bool:
    """El Salvador: district, date, serial and check digit.

    >>> sv_nit("06142903580010"), sv_nit("06143203580010")
    (True, True)
    """
    return value[0] in "0192"


def bc_business(value: str) -> bool:
    """Canada, business number: Luhn over the first nine digits.

    >>> bc_business("123026635RC0001"), bc_business("123026634RC0001")
    (True, False)
    """
    return luhn(value[:9]) and value[9:11] in ("RC", "RM", "RP", "RT", "RR", "RZ") if len(value) > 9 else luhn(value)


_SSN = "000-00-0000"
DETECTORS = (
    Detector("us-ssn", "SSN", "US social security number, written 3-2-4", ("000-00-0000", "000.00.0000"), check=us_ssn, strength=ALONE,
             words=("ssn", "ssns", "social security", "social security number", "social"),
             finds=("my number is 219-09-9999",), ignores=("000-12-1234", "219-09-99999", "1219-09-9999"), source="Social Security Administration"),
    Detector("us-ssn-plain", "SSN", "US social security number without hyphens", ("000000000", "000 00 0000", "0 0 0 - 0 0 - 0 0 0 0"), check=us_ssn,
             words=("ssn", "ssns", "social security", "social security number", "social number", "social"),
             finds=("SSN 219099999", "social security number: 219 09 9999"), ignores=("219099999", "part 219099999")),
    Detector("us-ssn-spaced", "SSN", "US social security number, written 3-2-4 with spaces and no more digits beside it", ("000 00 0000",), check=us_ssn_no_counting, validator="us_ssn", strength=ALONE,
             finds=("my number is 219 09 9999",), ignores=("219 09 9999 1234", "000 12 1234", "part 219 09 9999"), source="Social Security Administration"),
    Detector("us-itin", "SSN", "US individual taxpayer number", ("000-00-0000", "000000000", "000 00 0000"), check=us_itin, words=("itin", "individual taxpayer"),
             finds=("ITIN 912-90-3456",), ignores=("912-34-3456",), source="Internal Revenue Service"),
    Detector("us-ein", "TAX_ID", "US employer number", ("00-0000000", "000000000"), check=us_ein, words=("ein", "fein", "employer identification", "federal tax"),
             finds=("EIN 91-1144442",), ignores=("91-1144442",), source="Internal Revenue Service"),
    Detector("us-ptin", "TAX_ID", "US tax preparer number", ("A00000000", "A-00000000"), words=("ptin",), finds=("PTIN P01594846",), ignores=("P01594846",)),
    Detector("us-atin", "SSN", "US adoption taxpayer number", ("000-00-0000",), check=lambda v: v[0] == "9" and v[3:5] == "93", validator="group", words=("atin",), finds=("ATIN 900-93-1234",)),
    Detector("us-npi", "MEDICAL_ID", "US health provider number", ("0000000000", "0000-000-000", "0000 000 000", "000-000-0000"), check=npi, strength=NUMBER,
             words=("npi", "npis", "national provider", "prescriber npi", "provider"), finds=("NPI: 1234567893",), ignores=("call 1234567893",), source="CMS"),
    Detector("us-npi-labelled", "MEDICAL_ID", "ten digits beside NPI", ("0000000000",), words=("npi", "npis"), finds=("NPI: 7275784461",), ignores=("call 7275784461",)),
    Detector("medical-record-prefixed", "MEDICAL_ID", "number with MRN or MED in front", tuple(f"AAA{s}" + "0" * n for s in ("-", "", "#", ": ") for n in range(5, 11)), check=lambda v: v[:3] == "MRN" or v[:3] == "MED" and len(v) > 10,
             validator="prefix", strength=ALONE, words=("mrn",), finds=("Incident ID MRN-294607 occurred", "we found MED75420936"), ignores=("ABC-294607",)),
    Detector("us-dea", "MEDICAL_ID", "US drug prescriber number", ("AA0000000", "A00000000"), check=dea, strength=NAMED, words=("dea", "prescriber", "controlled"),
             finds=("DEA AB1234563",), ignores=("AB1234563 is a part",), source="Drug Enforcement Administration"),
    Detector("us-mbi", "MEDICAL_ID", "US Medicare beneficiary number", tuple(
        "".join(p) for p in ((f"0A{x}0A{y}0AA00" for x in "0A" for y in "0A"))) + tuple(f"0A{x}0-A{y}0-AA00" for x in "0A" for y in "0A"),
             check=mbi, strength=ALONE, words=("mbi", "medicare", "beneficiary"), finds=("1EG4-TE5-MK73",), ignores=("1SG4-TE5-MK73",), source="CMS"),
    Detector("us-driver-license", "DRIVER_LICENSE", "US driver licence beside its name", ("A0000000", "A000-0000-0000", "A00000000000", "A000000000000", "A0000-00000-00000"),
             words=("driver", "drivers", "driver's", "driver’s", "dl", "dln"), finds=("driver license A1234567",), ignores=("A1234567",)),
    Detector("ca-sin", "SSN", "Canadian social insurance number", forms("000-000-000"), check=ca_sin, words=("sin", "social insurance", "nas", "assurance sociale"), strength=NAMED,
             finds=("SIN 046 454 286",), ignores=("SIN 046 454 287",), source="Service Canada"),
    Detector("ca-bn", "TAX_ID", "Canadian business number", ("000000000", "00000 0000", "000000000AA0000", "00000 0000 AA 0000", "00000 0000 AA0000", "000000000 AA0000", "000000000 AA 0000"), check=bc_business,
             words=("bn", "business number"), finds=("BN 12302 6635 RC 0001",), ignores=("12302 6634 RC 0001",)),
    Detector("ca-bc-phn", "MEDICAL_ID", "British Columbia health number", ("0000 000 000", "0000000000", "0000-000-000"), check=bc_phn, words=("phn", "bc phn", "health number", "personal health"),
             strength=NUMBER, finds=("PHN 9698 658 215",), ignores=("PHN 9698 658 216",)),
    Detector("br-cpf", "NATIONAL_ID", "Brazilian person", ("000.000.000-00", "00000000000", "000000000-00", "000.000.00-00"), check=cpf, strength=NUMBER, words=("cpf",),
             finds=("CPF 390.533.447-05", "number 390.533.447-05"), ignores=("390.533.447-06",), source="Receita Federal"),
    Detector("br-cnpj", "TAX_ID", "Brazilian firm", ("00.000.000/0000-00", "00000000000000", "00000000/0000-00") + tuple(
        f"{a}.{b}.{c}/{d}-00" for a, b, c, d in (("AA", "AAA", "AAA", "000A"), ("00", "AAA", "000", "0000"))), check=cnpj, strength=NUMBER, words=("cnpj",),
             finds=("CNPJ 16.727.230/0001-97",), ignores=("16.727.230/0001-98",), source="Receita Federal"),
    Detector("ar-cuit", "TAX_ID", "Argentine taxpayer", forms("00-00000000-0"), check=cuit, strength=NUMBER, words=("cuit", "cuil"),
             finds=("CUIT 20-05536168-2",), ignores=("CUIT 20-05536168-3",), source="AFIP"),
    Detector("ar-dni", "NATIONAL_ID", "Argentine identity document", ("00.000.000", "00000000"), words=("dni",), finds=("DNI 20.123.456",), ignores=("20.123.456",)),
    Detector("cl-rut", "NATIONAL_ID", "Chilean person or firm", ("00.000.000-0", "00.000.000-A", "0.000.000-0", "0.000.000-A", "00000000-0", "00000000-A", "0000000-0", "0000000-A", "000000000", "00000000A", "AA 00000000-0"),
             check=lambda v: rut(v.removeprefix("CL")), validator="rut", strength=NUMBER, words=("rut", "run"), finds=("RUT 12.531.909-2",), ignores=("RUT 12.531.909-3",), source="Registro Civil"),
    Detector("co-nit", "TAX_ID", "Colombian taxpayer", ("000.000.000-0", "000000000-0", "0000000000", "000000000"), check=co_nit, words=("nit",), strength=NUMBER,
             finds=("NIT 213.123.432-1",), ignores=("NIT 213.123.432-2",), source="DIAN"),
    Detector("mx-curp", "NATIONAL_ID", "Mexican person", ("AAAA000000AAAAAA00", "AAAA000000AAAAAAA0"), check=curp, strength=ALONE, words=("curp",),
             finds=("BOXW310820HNERXN09",), ignores=("BOXW310820HNERXN08",), source="RENAPO"),
    Detector("mx-rfc", "TAX_ID", "Mexican taxpayer", tuple(f"{n}{s}000000{s}{h}" for n in ("AAAA", "AAA") for s in ("", "-", " ") for h in
             ("000", "00A", "0A0", "0AA", "A00", "A0A", "AA0", "AAA")), check=rfc, strength=NUMBER, words=("rfc",), finds=("RFC GODE561231GR8",), ignores=("RFC GODE561331GR8",), source="SAT"),
    Detector("gt-nit", "TAX_ID", "Guatemalan taxpayer", ("000000-A", "0000000-0", "0000000-A", "000000-0", "00000000", "0000000A"), check=gt_nit, words=("nit",),
             finds=("NIT 576937-K",), ignores=("NIT 576937-1",)),
    Detector("pe-ruc", "TAX_ID", "Peruvian taxpayer", ("00000000000",), check=pe_ruc, strength=NUMBER, words=("ruc",), finds=("RUC 20512333797",), ignores=("RUC 20512333798",), source="SUNAT"),
    Detector("pe-dni", "NATIONAL_ID", "Peruvian identity document", ("00000000", "00000000-0", "00000000-A"), words=("dni", "cui"), finds=("DNI 10117410-2",), ignores=("10117410-2",)),
    Detector("ec-ci", "NATIONAL_ID", "Ecuadorian person", ("000000000-0", "0000000000"), check=ec_ci, strength=NUMBER, words=("ci", "cédula", "cedula"), finds=("CI 171430710-3",), ignores=("CI 171430710-4",)),
    Detector("ec-ruc", "TAX_ID", "Ecuadorian taxpayer", ("0000000000-000", "0000000000000"), check=ec_ruc, strength=NUMBER, words=("ruc",), finds=("RUC 1792060346-001",), ignores=("RUC 1792060347-001",)),
    Detector("uy-rut", "TAX_ID", "Uruguayan taxpayer", ("00-000000-000-0", "00 000000 000 0", "000000000000", "00-00000-000-0", "AA 00 000000 000 0"), check=lambda v: uy_rut(v.removeprefix("UY")), validator="uy_rut", strength=NUMBER, words=("rut",),
             finds=("RUT 21-100342-001-7",), ignores=("RUT 21-100342-001-8",)),
    Detector("uy-ci", "NATIONAL_ID", "Uruguayan person", ("0.000.000-0", "0000000-0", "00000000"), check=lambda v: -weighted(v, (2, 9, 8, 7, 6, 3, 4)) % 10 == int(v[7]), validator="uy_ci",
             words=("ci", "cédula", "cedula"), finds=("cédula 1.234.567-2",), ignores=("cédula 1.234.567-8",)),
    Detector("ve-rif", "TAX_ID", "Venezuelan taxpayer", ("A-00000000-0", "A000000000", "A-000000000", "A00000000-0"), check=ve_rif, strength=NUMBER, words=("rif",), finds=("RIF V-11470283-4",), ignores=("RIF V-11470283-5",)),
    Detector("py-ruc", "TAX_ID", "Paraguayan taxpayer", ("00000000-0", "0000000-0"), check=py_ruc, strength=NUMBER, words=("ruc",), finds=("RUC 80000105-2",), ignores=("RUC 80000105-8",)),
    Detector("do-cedula", "NATIONAL_ID", "Dominican person", ("000-0000000-0", "00000000000"), check=do_cedula, strength=NUMBER, words=("cedula", "cédula"), finds=("Cedula 00113918205",), ignores=("Cedula 00113918204",)),
    Detector("do-rnc", "TAX_ID", "Dominican firm", ("0-00-00000-0", "000000000"), check=do_rnc, words=("rnc",), strength=NUMBER, finds=("RNC 1-01-85004-3",), ignores=("RNC 1-01-85004-2",)),
    Detector("do-ncf", "TAX_ID", "Dominican fiscal receipt", ("A0000000000", "A000000000000"), words=("ncf", "e-ncf"), finds=("NCF E310000000005",)),
    Detector("cr-id", "NATIONAL_ID", "Costa Rican person or firm", ("0-000-000000", "0-0000-0000", "0000000000", "00000000000"), words=("cpj", "cpf", "cédula", "cr", "dimex"), finds=("CPJ 3-101-999999",), ignores=("3-101-999999",)),
    Detector("cu-ni", "NATIONAL_ID", "Cuban person", ("00000000000",), check=cu_ni, words=("ni", "carnet"), finds=("NI: 91021027775",), ignores=("91021027775",)),
    Detector("sv-nit", "TAX_ID", "Salvadoran taxpayer", ("0000-000000-000-0",), check=sv_nit, strength=NUMBER, words=("nit",), finds=("NIT 0614-050707-104-8",), ignores=("9614-050707-104-8 is",)),
    Detector("mx-clave-elector", "NATIONAL_ID", "Mexican voter key", ("AAAAAA00000000A000",), strength=NUMBER, words=("elector", "clave"), finds=("clave de elector GMVLMR80070501M100",)),
)
