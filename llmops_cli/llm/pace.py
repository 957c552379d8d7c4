"""The pace that a limit allows: a rate that grows from its last cut, until the next 429.

Once the right rate is known it follows the curve of TCP CUBIC (RFC 9438): a small cut on 429, back to just below the rate at
which it came, long there, then upward faster and faster.
"""

CUT, RISE = 0.06, 0.2       # depth of a cut once the rate is known, steepness of the way up from there, as shares of the rate
DEEP_CUT, NEAR_CUT = 0.8, 0.85              # what is left of the rate while the right one is searched for, and is nearly known
SEARCH_GROWTH, NEAR_GROWTH = 1.5, 1.12      # its growth in a second (or ten calls), before and after a first estimate
ENOUGH = 8                  # good answers that make an estimate
VAIN_CUTS = 6               # so many cuts in a row that did not help, and no cut does
CALLS_PER_CURVE = 120       # a 429 or two for so many calls keeps what is wasted well under 2 %
SECONDS_PER_CURVE = 4.0     # at least


class Pace:
    """A rate, in calls a second: first searching for the right one, growing evenly fast, then on the curve.

    From one 429 to the next a server has let through what it allows, however large a burst it takes: that is the estimate.
    The owner counts good answers in `good`.
    """

    def __init__(self, now: float, rate: float):
        self._searching, self._estimate = True, 0.0
        self._top, self._cut_at = rate, now
        self._empty_at, self.good = now, 0      # the last 429 that counts, and the good answers since
        self._span, self._in_vain = 0.0, 0

    def rate(self, now: float) -> float:
        """The rate of this moment."""
        if self._searching:
            growth, span = (NEAR_GROWTH, max(1.0, 10 / self._top)) if self._estimate else (SEARCH_GROWTH, 1.0)
            return self._top * growth ** (max(0.0, now - self._cut_at) / span)
        away = (now - self._cut_at) / self._span - 1      # -1 at the cut, 0 back at the top
        return self._top * (1 + (CUT if away < 0 else RISE) * away ** 3)

    def hold(self, until: float) -> None:
        """Nothing goes for a while: that is no time to grow in."""
        if self._searching and not self._estimate:
            self._top = max(1.0, self._top * DEEP_CUT)
        self._cut_at = max(self._cut_at, until)

    def cut(self, now: float) -> bool:
        """A 429 at today's rate: below it from now on. True when cuts, time after time, have not helped."""
        rate, passed = self.rate(now), now - self._empty_at
        self._in_vain = self._in_vain + 1 if not self._searching and now - self._cut_at < self._span / 2 else 0
        if self.good < ENOUGH:      # too few to say: what has been counted goes on counting
            self._top = rate * DEEP_CUT
        else:
            measured = self.good / passed
            floor = rate * (1 - CUT) if not self._searching else rate * NEAR_CUT if self._estimate else 0.0
            if self._searching:
                self._searching = not self._estimate or abs(measured / self._estimate - 1) > 0.2
                self._estimate = measured
            self._top = min(rate, max(measured, floor))
            self._empty_at, self.good = now, 0
        self._top, self._cut_at = max(self._top, 0.05), now
        self._span = max(SECONDS_PER_CURVE, CALLS_PER_CURVE / self._top)
        return self._in_vain > VAIN_CUTS
