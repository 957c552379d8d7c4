"""South, East and South-East Asia, Australia and New Zealand."""
from __future__ import annotations

from ..checkdigits import digits, is_date, luhn, mod11_2, verhoeff, weighted, yymmdd
from ..detector import ALONE, NUMBER, Detector
from ..numbers import forms

_CN_PROVINCES = frozenset("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91".split())
_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def aadhaar(value: str) -> bool:
    """Indian resident: Verhoeff, never beginning with 0 or 1, no palindrome.

    >>> aadhaar("234123412346"), aadhaar("234123412347")
    (True, False)
    """
    return value[0] not in "01" and value != value[::-1] and verhoeff(value)


def aadhaar_virtual(value: str) -> bool:
    """Sixteen-digit stand-in of an Aadhaar number, with its own Verhoeff digit.

    >>> aadhaar_virtual("2341234123412341"), aadhaar_virtual("2341234123412342")
    (True, False)
    """
    return value[0] not in "01" and verhoeff(value)


def pan(value: str) -> bool:
    """Indian taxpayer: fourth letter tells the kind of holder.

    >>> pan("ACUPA7085R"), pan("ACUXA7085R")
    (True, False)
    """
    return value[3] in "ABCFGHLJPTKE" and value[5:9] != "0000"


def gstin(value: str) -> bool:
    """Indian goods and services tax: state, PAN, and a check character modulo 36.

    >>> gstin("27AAPFU0939F1ZV"), gstin("27AAPFU0939F1ZO")
    (True, False)
    """
    total = 0
    for i, c in enumerate(value[:14]):
        product = _BASE36.index(c) * (i % 2 + 1)
        total += product // 36 + product % 36
    return "01" <= value[:2] <= "38" and _BASE36[-total % 36] == value[14]


def gstin_form(value: str) -> bool:
    """State and PAN of a GSTIN whose check character was made up.

    >>> gstin_form("27ABCPE1234F1Z5"), gstin_form("99ABCPE1234F1Z5")
    (True, False)
    """
    return ("01" <= value[:2] <= "38" or value[:2] == "97") and value[13] == "Z"


def cn_id(value: str) -> bool:
    """Chinese resident: province, date, ISO 7064 mod 11-2.

    >>> cn_id("11010519491231002X"), cn_id("110105194912310021")
    (True, False)
    """
    return value[:2] in _CN_PROVINCES and "1850" < value[6:10] < "2100" and is_date(int(value[6:10]), int(value[10:12]), int(value[12:14])) and mod11_2(value)


def cn_old_id(value: str) -> bool:
    """The fifteen-digit form before 1999.

    >>> cn_old_id("110101491001001"), cn_old_id("110101491301001")
    (True, False)
    """
    return value[:2] in _CN_PROVINCES and yymmdd(value[6:12])


def uscc(value: str) -> bool:
    """Chinese firm: base 31 weights 1 3 9 27 … modulo 31.

    >>> uscc("91110000600037341L"), uscc("91110000600037342L")
    (True, False)
    """
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    if any(c not in alphabet for c in value):
        return False
    return alphabet[-sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(value[:17])) % 31] == value[17]


def hkid(value: str) -> bool:
    """Hong Kong: letters count 10 to 35 (a missing one 36), weights 9 to 1 modulo 11.

    >>> hkid("A1234563"), hkid("A1234564")
    (True, False)
    """
    body = value if len(value) == 9 else " " + value
    codes = [36 if c == " " else 10 if c == "A" and i == 8 else int(c, 36) for i, c in enumerate(body)]
    return sum(c * w for c, w in zip(codes, range(9, 0, -1))) % 11 == 0


def tw_id(value: str) -> bool:
    """Taiwan: county letter as two digits, weights 1 9 8 7 6 5 4 3 2 1 1 modulo 10.

    >>> tw_id("A123456789"), tw_id("A123456788")
    (True, False)
    """
    code = "ABCDEFGHJKLMNPQRSTUVXYWZIO".find(value[0]) + 10
    return value[1] in "1289" and (code // 10 + code % 10 * 9 + weighted(value[1:], (8, 7, 6, 5, 4, 3, 2, 1, 1))) % 10 == 0


def my_number(value: str) -> bool:
    """Japanese person: weights 6 5 4 3 2 7 6 5 4 3 2 modulo 11.

    >>> my_number("621498320257"), my_number("621498320258")
    (True, False)
    """
    rest = weighted(value, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return (0 if rest <= 1 else 11 - rest) == int(value[11]) and len(set(value)) > 2


def jp_firm(value: str) -> bool:
    """Japanese firm: 9 less a sum modulo 9, in front.

    >>> jp_firm("5835678256246"), jp_firm("4835678256246")
    (True, False)
    """
    return 9 - weighted(value[1:], (2, 1) * 6) % 9 == int(value[0])


def rrn(value: str) -> bool:
    """Korean resident: a date and a digit for sex and century (the check digit fell away in 2020).

    >>> rrn("9710131019902"), rrn("9713131019902")
    (True, False)
    """
    return yymmdd(value[:6]) and value[6] in "12345678"


def rrn_checked(value: str) -> bool:
    """Korean resident with the check digit that was given until 2020.

    >>> rrn_checked("9710139019902"), rrn_checked("9710139019903")
    (True, False)
    """
    return yymmdd(value[:6]) and (11 - weighted(value, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10 == int(value[12])


def brn(value: str) -> bool:
    """Korean firm: weights 1 3 7 1 3 7 1 3 5.

    >>> brn("1168200276"), brn("1168200275")
    (True, False)
    """
    total = weighted(value, (1, 3, 7, 1, 3, 7, 1, 3, 5)) + int(value[8]) * 5 // 10
    return -total % 10 == int(value[9])


def nric(value: str) -> bool:
    """Singapore person: weights 2 7 6 5 4 3 2 and a letter table for each series.

    >>> nric("S1234567D"), nric("S1234567E")
    (True, False)
    """
    total = weighted(value[1:8], (2, 7, 6, 5, 4, 3, 2)) + {"T": 4, "G": 4, "M": 3}.get(value[0], 0)
    table = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK", "M": "XWUTRQPNJLK"}.get(value[0])
    if value[0] == "M":
        return table is not None and value[8] in "KLJNPQRTUWX"
    return table is not None and table[total % 11] == value[8]


def uen(value: str) -> bool:
    """Singapore firm: weights modulo 11, or the newer form with its kind of body.

    >>> uen("53125226D"), uen("53125226E")
    (True, False)
    """
    if value[0].isdigit() and len(value) == 9:
        return "XMKECAWLJDB"[weighted(value[:8], (10, 4, 9, 3, 8, 2, 7, 1)) % 11] == value[8]
    if value[0].isdigit():
        return "1800" <= value[:4] <= "2100" and "ZKCMDNERGWH"[weighted(value[:9], (10, 8, 6, 4, 9, 7, 5, 3, 1)) % 11] == value[9]
    return value[0] in "RST" and value[1:3].isdigit() and value[3:5].isalpha()


def th_id(value: str) -> bool:
    """Thai person: weights 13 to 2 modulo 11.

    >>> th_id("3100600445635"), th_id("3100600445636")
    (True, False)
    """
    return value[0] != "0" and (11 - weighted(value, range(13, 1, -1)) % 11) % 10 == int(value[12])


def nric_my(value: str) -> bool:
    """Malaysian person: a date and a place of birth.

    >>> nric_my("770305021234"), nric_my("771305021234")
    (True, False)
    """
    return yymmdd(value[:6]) and value[6:8] not in ("00", "17", "18", "19", "20", "69", "70", "73", "80", "81", "94", "95", "96", "97")


def npwp(value: str) -> bool:
    """Indonesian taxpayer: Luhn over the first nine digits.

    >>> npwp("013000666091000"), npwp("013000667091000")
    (True, False)
    """
    return luhn(value[:9])


def nik(value: str) -> bool:
    """Indonesian person: province, date (women add 40 to the day).

    >>> nik("3171011708450001"), nik("3171013708450001"), nik("0071011708450001")
    (True, False, False)
    """
    day = int(value[6:8])
    return 11 <= int(value[:2]) <= 96 and 1 <= day % 40 <= 31 and 1 <= int(value[8:10]) <= 12 and value[12:] != "0000"


def tfn(value: str) -> bool:
    """Australian taxpayer: weights 1 4 3 7 5 8 6 9 10 modulo 11.

    >>> tfn("123456782"), tfn("123456789")
    (True, False)
    """
    return weighted(value, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0 and len(set(value)) > 2


def abn(value: str) -> bool:
    """Australian firm: first digit less one, weights 10 1 3 … modulo 89.

    >>> abn("83914571673"), abn("83914571674")
    (True, False)
    """
    return value[0] != "0" and weighted(str(int(value[0]) - 1) + value[1:], (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)) % 89 == 0


def acn(value: str) -> bool:
    """Australian company: weights 8 to 1 modulo 10.

    >>> acn("004085616"), acn("004085617")
    (True, False)
    """
    return -weighted(value, range(8, 0, -1)) % 10 == int(value[8])


def medicare_au(value: str) -> bool:
    """Australian health insurance: weights 1 3 7 9 1 3 7 9, the check digit in ninth place.

    >>> medicare_au("2123456701"), medicare_au("2123456711")
    (True, False)
    """
    return value[0] in "23456" and weighted(value, (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == int(value[8])


def ird(value: str) -> bool:
    """New Zealand taxpayer: weights 3 2 7 6 5 4 3 2, then 7 4 3 2 5 2 7 6, modulo 11.

    >>> ird("49091850"), ird("49091851")
    (True, False)
    """
    value = value.zfill(9)
    if not 10_000_000 < int(value) < 150_000_000:
        return False
    rest = -weighted(value[:8], (3, 2, 7, 6, 5, 4, 3, 2)) % 11
    if rest == 10:
        rest = -weighted(value[:8], (7, 4, 3, 2, 5, 2, 7, 6)) % 11
    return rest == int(value[8])


def nz_nhi(value: str) -> bool:
    """New Zealand health index: three letters without I and O.

    >>> nz_nhi("ZAA0083"), nz_nhi("IAA0083")
    (True, False)
    """
    return not set(value[:3]) & {"I", "O"}


def cnic(value: str) -> bool:
    """Pakistani person: province, and a last digit for sex.

    >>> cnic("3420105013258"), cnic("9420105013258")
    (True, False)
    """
    return value[0] in "1234567" and value[12] != "0"


DETECTORS = (
    Detector("in-aadhaar", "NATIONAL_ID", "Indian resident", forms("0000-0000-0000"), check=aadhaar, strength=NUMBER, words=("aadhaar", "aadhar", "uidai", "आधार"), finds=("Aadhaar 2341 2341 2346",), ignores=("Aadhaar 2341 2341 2347",), source="UIDAI"),
    Detector("in-vid", "NATIONAL_ID", "Indian resident, virtual", ("0000000000000000", "0000 0000 0000 0000"), check=aadhaar_virtual, words=("vid", "virtual id"), finds=("VID 2341234123412341",), ignores=("VID 2341234123412342",)),
    Detector("in-pan", "TAX_ID", "Indian taxpayer", ("AAAAA0000A",), check=pan, strength=ALONE, words=("pan", "permanent account"), finds=("PAN ACUPA7085R",), ignores=("ACUXA7085R",), source="Income Tax Department"),
    Detector("in-pan-named", "TAX_ID", "Indian taxpayer beside its name", ("AAAAA0000A", "A0000AAAAA", "AAAAA00000"), words=("pan", "permanent account"), finds=("PAN ABCDE1234F",)),
    Detector("in-gstin", "TAX_ID", "Indian goods and services tax", tuple(f"00AAAAA0000A{a}{b}{c}" for a in "0A" for b in "0A" for c in "0A"), check=gstin, strength=ALONE, words=("gstin", "gst"), finds=("27AAPFU0939F1ZV",), ignores=("27AAPFU0939F1ZO",), source="GSTN"),
    Detector("in-gstin-form", "TAX_ID", "state, PAN and Z of an Indian GSTIN", tuple(f"00AAAAA0000A{a}A{c}" for a in "0A" for c in "0A"), check=gstin_form, strength=NUMBER, words=("gstin", "gst"), finds=("GSTIN 27ABCDE1234F1Z5",)),
    Detector("in-voter", "NATIONAL_ID", "Indian voter card", ("AAA0000000",), words=("epic", "voter", "elector"), strength=NUMBER, finds=("voter id KSD1287349",)),
    Detector("in-passport", "PASSPORT", "Indian passport", ("A0000000", "A 0000000"), words=("passport",), finds=("passport T3569075",)),
    Detector("in-driver", "DRIVER_LICENSE", "Indian driving licence", ("AA0000000000000", "AA00 00000000000", "AA-0000000000000"), strength=NUMBER, words=("driving", "licence"), finds=("driving licence MH1420110062821",)),
    Detector("in-vehicle", "VEHICLE", "Indian number plate", ("AA00AA0000", "AA 00 AA 0000", "AA-00-AA-0000", "AA00A0000", "AA 00 A 0000", "AA0AA0000", "AA0AAA0000", "AA00AAA0000"), strength=NUMBER,
             check=lambda v: v[:2] in "AN AP AR AS BH BR CG CH DD DL DN GA GJ HP HR JH JK KA KL LA LD MH ML MN MP MZ NL OD OR PB PY RJ SK TN TR TS UK UP WB".split(), validator="state", finds=("plate KA03AB1234",), ignores=("KX03AB1234",)),
    Detector("cn-id", "NATIONAL_ID", "Chinese resident", ("000000000000000000", "00000000000000000A"), check=cn_id, strength=ALONE, words=("ric", "身份证", "身份证号"), finds=("11010519491231002X",), ignores=("110105194912310021",), source="GB 11643-1999"),
    Detector("cn-id-old", "NATIONAL_ID", "Chinese resident before 1999", ("000000000000000",), check=cn_old_id, words=("身份证", "ric"), finds=("身份证 110101491001001",)),
    Detector("cn-uscc", "TAX_ID", "Chinese firm", ("000000000000000000", "00000000000000000A", "00000000AA00000000", "00000000AA0000000A", "00000000A000000000", "00000000AAA0000A0A", "00000000AA0AAA000A", "00000000AA000000AA"), check=uscc, strength=NUMBER, words=("uscc", "统一社会信用代码", "税号"), finds=("USCC 91110000600037341L",), ignores=("USCC 91110000600037342L",), source="GB 32100-2015"),
    Detector("cn-passport", "PASSPORT", "Chinese passport", ("A00000000", "AA0000000"), words=("护照", "passport"), finds=("护照 E12345678",)),
    Detector("hk-id", "NATIONAL_ID", "Hong Kong", ("A000000(0)", "A000000(A)", "AA000000(0)", "AA000000(A)", "A0000000", "A000000 0", "A000000(0", "A000000(A", "AA000000(0", "AA0000000", "A000000A"), check=hkid, strength=NUMBER, words=("hkid", "香港身份證", "身份證"), finds=("HKID A123456(3)",), ignores=("HKID A123456(4)",)),
    Detector("mo-id", "NATIONAL_ID", "Macau", ("0000000(0", "0/000000/0"), words=("bir", "macau", "澳門"), finds=("Macau BIR 5215299(8)",)),
    Detector("tw-id", "NATIONAL_ID", "Taiwan", ("A000000000",), check=tw_id, strength=NUMBER, words=("身分證", "taiwan"), finds=("身分證 A123456789",), ignores=("身分證 A123456788",)),
    Detector("tw-ubn", "TAX_ID", "Taiwanese firm", ("00000000",), words=("統一編號", "ubn"), finds=("UBN 00501503",)),
    Detector("jp-my-number", "NATIONAL_ID", "Japanese person", forms("0000-0000-0000"), check=my_number, strength=NUMBER, words=("マイナンバー", "個人番号", "my number", "kojin bango", "in"), finds=("マイナンバー 6214 9832 0257",), ignores=("マイナンバー 6214 9832 0258",), source="総務省令"),
    Detector("jp-firm", "TAX_ID", "Japanese firm", ("0-0000-0000-0000", "0000000000000"), check=jp_firm, strength=NUMBER, words=("法人番号", "houjin bangou", "corporate number", "cn"), finds=("法人番号 5-8356-7825-6246",), ignores=("法人番号 4-8356-7825-6246",)),
    Detector("jp-passport", "PASSPORT", "Japanese passport", ("AA0000000",), words=("旅券", "パスポート", "passport"), finds=("旅券番号 TK1234567",)),
    Detector("jp-driver", "DRIVER_LICENSE", "Japanese driving licence", ("000000000000",), words=("運転免許", "免許証"), finds=("運転免許 305012345678",)),
    Detector("kr-rrn", "NATIONAL_ID", "Korean resident", ("000000-0000000",), check=rrn_checked, strength=ALONE, words=("rrn", "주민등록번호", "주민번호"), finds=("971013-9019902",), ignores=("971313-9019902",), source="주민등록법"),
    Detector("kr-rrn-form", "NATIONAL_ID", "Korean resident or foreigner, number given since 2020", ("000000-0000000",), check=rrn, strength=ALONE, words=("rrn", "frn", "주민등록번호", "주민번호", "외국인등록번호"), finds=("주민등록번호 971013-1019903",)),
    Detector("kr-rrn-plain", "NATIONAL_ID", "Korean resident without hyphen", ("0000000000000", "000000 0000000"), check=rrn_checked, strength=NUMBER, words=("rrn", "주민등록번호", "주민번호", "frn", "외국인등록번호"), finds=("주민등록번호 9710139019902",), ignores=("number 9710139019903",)),
    Detector("kr-brn", "TAX_ID", "Korean firm", ("000-00-00000", "0000000000"), check=brn, strength=NUMBER, words=("brn", "사업자등록번호", "사업자"), finds=("사업자등록번호 116-82-00276",), ignores=("사업자등록번호 116-82-00275",)),
    Detector("kr-driver", "DRIVER_LICENSE", "Korean driving licence", ("00-00-000000-00", "000000000000"), words=("운전면허", "면허번호"), check=lambda v: 11 <= int(v[:2]) <= 28, validator="region", finds=("운전면허 11-22-333333-44",)),
    Detector("kr-passport", "PASSPORT", "Korean passport", ("A000A0000", "A00000000"), strength=NUMBER, words=("여권", "여권번호", "passport"), check=lambda v: v[0] in "MSRODG", validator="first_letter", finds=("여권 M123A4567",), ignores=("여권 B123A4567",)),
    Detector("sg-nric", "NATIONAL_ID", "Singapore person", ("A0000000A",), check=nric, strength=ALONE, words=("nric", "fin"), finds=("NRIC S1234567D",), ignores=("S1234567E",), source="ICA"),
    Detector("sg-uen", "TAX_ID", "Singapore firm", ("00000000A", "000000000A", "A00AA0000A"), check=uen, strength=NUMBER, words=("uen",), finds=("UEN 53125226D",), ignores=("UEN 53125226E",)),
    Detector("th-id", "NATIONAL_ID", "Thai person", ("0-0000-00000-00-0", "0000000000000", "0 0000 00000 00 0"), check=th_id, strength=NUMBER, words=("บัตรประชาชน", "tnin", "thai", "moa", "เลขประจำตัวประชาชน", "pin"), finds=("Thai ID 3-1006-00445-63-5",), ignores=("Thai ID 3-1006-00445-63-6",), source="กรมการปกครอง"),
    Detector("my-nric", "NATIONAL_ID", "Malaysian person", ("000000-00-0000", "000000000000"), check=nric_my, strength=NUMBER, words=("nric", "mykad", "kad pengenalan", "ic"), finds=("NRIC No. 770305-02-1234",), ignores=("NRIC 771305-02-1234",)),
    Detector("id-npwp", "TAX_ID", "Indonesian taxpayer", ("00.000.000.0-000.000", "000000000000000", "00.000.000.0.000.000"), check=npwp, strength=NUMBER, words=("npwp",), finds=("NPWP 01.300.066.6-091.000",), ignores=("NPWP 01.300.066.7-091.000",)),
    Detector("id-nik", "NATIONAL_ID", "Indonesian person", ("0000000000000000", "000000 000000 0000"), check=nik, strength=NUMBER, words=("nik", "ktp"), finds=("NIK 3171011708450001",), ignores=("NIK 0071011708450001",)),
    Detector("vn-mst", "TAX_ID", "Vietnamese taxpayer", ("0000000000", "0000000000-000", "0000000000 000"), check=lambda v: (10 - weighted(v, (31, 29, 23, 19, 17, 13, 7, 5, 3)) % 11) == int(v[9]), validator="mst", words=("mst", "mã số thuế", "thuế"), strength=NUMBER, finds=("MST 0100233488",), ignores=("MST 0100233489",)),
    Detector("vn-cccd", "NATIONAL_ID", "Vietnamese person", ("000000000000", "000000000"), words=("cccd", "cmnd", "căn cước"), finds=("CCCD 001099012345",)),
    Detector("ph-tin", "TAX_ID", "Philippine taxpayer", ("000-000-000", "000-000-000-000", "000000000", "000000000000", "000-000-000-00000", "000-000-000 000"), words=("tin", "bir", "tin:"), finds=("BIR TIN 000-123-456-000",), ignores=("000-123-456-000 x",)),
    Detector("ph-umid", "NATIONAL_ID", "Philippine UMID, SSS, PhilHealth", ("0000-0000000-0", "00-0000000-0", "00-000000000-0"), strength=NUMBER, words=("umid", "sss", "crn", "philhealth", "gsis"), finds=("UMID 0028-1215160-9",)),
    Detector("pk-cnic", "NATIONAL_ID", "Pakistani person", ("00000-0000000-0", "0000000000000"), check=cnic, words=("cnic", "nicop"), finds=("CNIC 34201-0501325-8",), ignores=("CNIC 94201-0501325-8",)),
    Detector("lk-nic", "NATIONAL_ID", "Sri Lankan person", ("000000000A", "000000000000"), words=("nic",), finds=("NIC 851234567V",)),
    Detector("bd-nid", "NATIONAL_ID", "Bangladeshi person", ("0000000000", "0000000000000", "00000000000000000"), words=("nid",), finds=("NID 1234567890",)),
    Detector("au-tfn", "TAX_ID", "Australian taxpayer", ("000 000 000", "000000000", "000-000-000"), check=tfn, strength=NUMBER, words=("tfn", "tax file"), finds=("TFN 123 456 782",), ignores=("TFN 123 456 789",), source="ATO"),
    Detector("au-abn", "TAX_ID", "Australian firm", ("00 000 000 000", "00000000000"), check=abn, strength=NUMBER, words=("abn",), finds=("ABN 83 914 571 673",), ignores=("ABN 83 914 571 674",), source="ABR"),
    Detector("au-acn", "TAX_ID", "Australian company", ("000 000 000", "000000000"), check=acn, words=("acn",), strength=NUMBER, finds=("ACN 004 085 616",), ignores=("ACN 004 085 617",)),
    Detector("au-medicare", "MEDICAL_ID", "Australian health insurance", ("0000 00000 0", "0000000000", "0000-00000-0"), check=medicare_au, strength=NUMBER, words=("medicare",), finds=("Medicare 2123 45670 1",), ignores=("Medicare 2123 45671 1",)),
    Detector("nz-ird", "TAX_ID", "New Zealand taxpayer", ("00-000-000", "000-000-000", "00000000", "000000000", "00 000 000"), check=ird, words=("ird",), finds=("IRD 49-091-850",), ignores=("IRD 49-091-851",), source="Inland Revenue"),
    Detector("nz-nhi", "MEDICAL_ID", "New Zealand health index", ("AAA0000", "AAA00AA"), check=nz_nhi, words=("nhi",), finds=("NHI ZAA0083",)),
    Detector("kz-iin", "NATIONAL_ID", "Kazakh person", ("000000000000",), check=lambda v: yymmdd(v[:6]), validator="yymmdd", words=("иин", "iin", "жсн"), finds=("ИИН 850101300123",)),
)
