"""Numbers of devices."""
from __future__ import annotations

from .checkdigits import luhn
from .detector import NAMED, NUMBER, Detector


def imei(value: str) -> bool:
    """Fifteen digits and Luhn; sixteen with a software version.

    >>> imei("490154203237518"), imei("490154203237517")
    (True, False)
    """
    return len(value) == 16 or luhn(value) and value[:2] != "00"


IMEI = Detector("imei", "IMEI", "international mobile equipment identity", ("000000000000000", "00-000000-000000-0", "00 000000 000000 0", "000000-00-000000-0", "00-000000-000000-00", "0000000000000000", "000000 00 000000 0"),
                check=imei, words=("imei", "imeisv", "meid"), finds=("IMEI 490154203237518", "imei: 35-209900-176148-1"), ignores=("IMEI 490154203237517", "490154203237518"), source="3GPP TS 23.003")
IMEI_FORM = Detector("imei-written", "IMEI", "fifteen digits written 2-6-6-1", ("00-000000-000000-0",), check=imei, strength=NUMBER, finds=("number 35-209900-176148-1",))
ICCID = Detector("iccid", "IMEI", "number of a SIM card", ("0" * 19, "0" * 20), check=lambda v: v.startswith("89") and (luhn(v) or len(v) == 20), validator="luhn", words=("iccid", "sim"), finds=("ICCID 8944500102198304826",), ignores=("8944500102198304826",), source="ITU-T E.118")
DETECTORS = (IMEI, IMEI_FORM, ICCID)
