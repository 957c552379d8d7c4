"""Which windows had traffic: whole numbers as spans, however many there are."""

from bisect import bisect_right

MOST = 2000     # spans that are remembered, the newest


class Spans:
    """A set of whole numbers, held as spans without gaps.

    >>> spans = Spans()
    >>> [spans.add(number) for number in (5, 6, 9, 7, 7, 20)]
    [True, True, True, True, False, True]
    >>> spans.spans, spans.gaps()
    ([[5, 7], [9, 9], [20, 20]], [(8, 8), (10, 19)])
    """

    def __init__(self, spans: list[list[int]] | None = None):
        self.spans = spans or []

    def add(self, number: int) -> bool:
        """Whether it was not there before."""
        spans = self.spans
        at = bisect_right(spans, number, key=lambda span: span[0])
        if at and number <= spans[at - 1][1]:
            return False
        after_last, before_next = at and spans[at - 1][1] + 1 == number, at < len(spans) and spans[at][0] - 1 == number
        if after_last and before_next:
            spans[at - 1][1] = spans.pop(at)[1]
        elif after_last:
            spans[at - 1][1] = number
        elif before_next:
            spans[at][0] = number
        else:
            spans.insert(at, [number, number])
            del spans[:-MOST]
        return True

    def discard(self, number: int) -> None:
        """Take away a number that stands alone."""
        if [number, number] in self.spans:
            self.spans.remove([number, number])

    def gaps(self) -> list[tuple[int, int]]:
        """First and last of the numbers that are missing between two spans."""
        return [(one[1] + 1, two[0] - 1) for one, two in zip(self.spans, self.spans[1:])]
