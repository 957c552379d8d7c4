"""How numbers are written for people: never more certain than they are, and 100 % only when it is all of them."""

from datetime import date
from math import sqrt

SMALL = 20      # fewer than this are too few for a percentage: they are shown as they are counted

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def percent(part: float, whole: float, places: int = 0) -> str:
    """A share of a whole; 0 % is none and 100 % is all.

    >>> percent(1999, 2000), percent(2000, 2000), percent(1, 2000), percent(0, 2000), percent(11, 412, 1)
    ('>99 %', '100 %', '<1 %', '0 %', '2.7 %')
    """
    if not whole:
        return "-"
    if part in (0, whole):
        return "100 %" if part else "0 %"
    text = f"{100 * part / whole:.{places}f}"
    if float(text) >= 100:
        text = f">{100 - 10 ** -places:.{places}f}"
    elif float(text) == 0:
        text = f"<{10 ** -places:.{places}f}"
    return f"{text} %"


def share(part: int, whole: int, places: int = 0) -> str:
    """A percentage, or both counts where a percentage would make much of little.

    >>> share(3, 7), share(30, 70)
    ('3 of 7', '43 %')
    """
    return percent(part, whole, places) if whole >= SMALL else f"{part} of {whole}"


def change(now: int, before: int) -> str:
    """From `before` to `now`: in percent, or as a difference where a percentage would make much of little.

    >>> change(60, 50), change(50, 60), change(9, 3), change(50, 50), change(401, 400), change(900, 30), change(1999, 1000)
    ('+20 %', '-17 %', '+6', '±0', '+0.2 %', '×30', '+99.9 %')
    """
    if now == before:
        return "±0"
    if before < SMALL:
        return f"{now - before:+,}"
    if now >= 10 * before:
        return f"×{now / before:,.0f}"
    points = 100 * (now - before) / before
    if abs(points) < 0.1:
        return f"{'+' if points > 0 else '-'}<0.1 %"
    if now and points < -99.9:
        return "->99.9 %"
    nearly_all = round(abs(points)) == 100 and abs(points) != 100      # 100 % is said of 100 % alone
    return f"{points:+.{1 if nearly_all or abs(points) < 1 else 0}f} %"


def likely(part: int, whole: int) -> tuple[float, float]:
    """Where the true share lies, 19 times in 20 (Wilson 1927).

    >>> [round(bound, 3) for bound in likely(11, 412)]
    [0.015, 0.047]
    """
    if not whole:
        return 0.0, 1.0
    z, rate = 1.959964, part / whole
    centre, spread = rate + z * z / (2 * whole), z * sqrt(rate * (1 - rate) / whole + z * z / (4 * whole * whole))
    return max(0.0, (centre - spread) / (1 + z * z / whole)), min(1.0, (centre + spread) / (1 + z * z / whole))


def between(low: float, high: float, places: int = 0) -> str:
    """A range of shares, as exact as `percent`.

    >>> between(0.667, 0.841), between(0.9999, 1), between(0, 0.0234, 1)
    ('67 to 84 %', '>99 to 100 %', '0 to 2.3 %')
    """
    return f"{percent(low, 1, places).removesuffix(' %')} to {percent(high, 1, places)}"


def differ(now: int, before: int) -> bool:
    """Whether two counts differ by more than chance would have it, 19 times in 20.

    >>> differ(60, 30), differ(33, 30)
    (True, False)
    """
    return abs(now - before) > 1.96 * sqrt(now + before)


def dollars(amount: float | None, among: float | None = None) -> str:
    """Money with as many digits as matter beside the greatest amount that it stands among.

    >>> dollars(0.00164), dollars(0.6), dollars(12.345), dollars(1234.5), dollars(2_500_000), dollars(0), dollars(None)
    ('$0.0016', '$0.60', '$12.35', '$1,234', '$2.50 M', '$0', 'not known')
    >>> dollars(0.0164, among=3.5), dollars(0.0016, among=3.5)
    ('$0.02', '<$0.01')
    """
    if amount is None:
        return "not known"
    sign, amount = "-" * (amount < 0), abs(amount)
    most = max(amount, among or 0)
    if amount == 0:
        return "$0"
    if most >= 999_999.5:
        return f"{sign}${amount / 1e6:,.2f} M" if amount >= 5000 else f"<{sign}$0.01 M"
    places = 0 if most >= 999.995 else 2 if most >= 0.095 else 4 if most >= 0.00095 else 6
    smallest = 10.0 ** -places
    return f"{sign}${amount:,.{places}f}" if amount >= smallest / 2 else f"<{sign}${smallest:.{places}f}"


def milliseconds(value: float | None) -> str:
    """A length of time.

    >>> milliseconds(812.4), milliseconds(1337), milliseconds(65_000), milliseconds(0.4), milliseconds(None)
    ('812 ms', '1.3 s', '1 min 05 s', '0.4 ms', 'not known')
    """
    if value is None:
        return "not known"
    if value < 999.5:
        return f"{value:.0f} ms" if value >= 1 or not value else f"{value:.1g} ms"
    seconds = value / 1000
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    return f"{round(seconds) // 60} min {round(seconds) % 60:02} s"


def brief(number: float) -> str:
    """A large number in three digits.

    >>> brief(950), brief(12_345), brief(999_600), brief(4_200_000)
    ('950', '12.3 k', '1.00 M', '4.20 M')
    """
    for limit, scale, unit in ((999.5, 1, ""), (999_500, 1e3, " k"), (999_500_000, 1e6, " M"), (float("inf"), 1e9, " G")):
        if number < limit:
            break
    value = number / scale
    places = 0 if not unit or value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:,.{places}f}{unit}"


def people(number: int | None, exact: bool = True) -> str:
    """A head count.

    >>> people(12), people(52341, False), people(None)
    ('12', 'about 52,300', 'not known')
    """
    if number is None:
        return "not known"
    return f"{number:,}" if exact else f"about {round(number, 3 - len(str(number))):,}"


def day(iso: str, year: bool = False, short: bool = False) -> str:
    """`2 March`.

    >>> day("2026-03-02"), day("2026-03-02", year=True), day("2026-03-02", short=True)
    ('2 March', '2 March 2026', '2 Mar')
    """
    when = date.fromisoformat(iso)
    name = MONTHS[when.month - 1]
    return f"{when.day} {name[:3] if short else name}{f' {when.year}' if year else ''}"


def days_of(first: str, last: str) -> int:
    """How many days a span has, its ends included.

    >>> days_of("2026-02-28", "2026-03-01")
    2
    """
    return (date.fromisoformat(last) - date.fromisoformat(first)).days + 1


def period(first: str, last: str) -> str:
    """A span of dates.

    >>> period("2026-03-02", "2026-03-31"), period("2026-02-02", "2026-03-01"), period("2025-12-01", "2026-01-31")
    ('2 – 31 March 2026', '2 February – 1 March 2026', '1 December 2025 – 31 January 2026')
    """
    if first == last:
        return day(first, year=True)
    if first[:7] == last[:7]:
        return f"{int(first[8:])} – {day(last, year=True)}"
    return f"{day(first, year=first[:4] != last[:4])} – {day(last, year=True)}"
