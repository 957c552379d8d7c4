"""What a group of texts talks about that the others do not: its most telling words and pairs of words."""

import re
from collections import Counter
from math import log, sqrt
from typing import Iterable, NamedTuple

_WORD = re.compile(r"[^\W\d_]{2,}(?:['’-][^\W\d_]+)*|[^\W\d_]")
_TOKEN = re.compile(r"\[[A-Z_]+(?:[_:][^\]\s]*)?\]")        # what sanitize leaves: it tells of nothing
_PRIOR = 0.2        # the prior weighs a fifth of what was counted: five texts against none stand out, two do not
_LEAST = 2          # texts that a theme stands in
_SURE = 1.64        # z of a word that stands out; one-sided 95 %

# Words that join others and mean little alone, in the languages that texts come in most.
_JOINING = frozenset("""
a about after all also an and any are as at be been but by can could did do does for from get got had has have he her him his how i if in into is
it its just like me more my no not of on one only or our out over she so some such than that the their them then there these they this to too up us
very was we were what when where which who why will with would you your im ive it's i'm don't
aber als am an auch auf aus bei bin bis das dass dem den der des die doch du ein eine einem einen einer er es für hat ich im in ist ja kann man mich mir
mit nach nicht noch nur oder sehr sein sich sie sind so und uns von war was wenn wie wir wird zu zum zur
au aux avec ce ces dans de des du elle en est et il ils je la le les leur lui ma mais me mes moi mon ne nous on ou par pas plus pour qu que qui sa se ses
son sont sur ta te tu un une vous y
al con como de del el ella en era es esta este la las lo los más me mi muy no o para pero por que se si sin su también un una y ya
che di da del della e ha il in la le lo ma mi nel non per più si sono un una
as ao com da das do dos e em é foi mais mas na nas não no nos o os ou para por se sem um uma
aan dat de die een en er het hij ik in is je maar met niet of om op te van voor was we wel ze zijn
""".split())


class Theme(NamedTuple):
    """A word or pair of words, in how many texts of the group and of the rest it stands, and how far it stands out (z)."""

    words: str
    texts: int
    others: int
    z: float


def terms(text: str) -> set[str]:
    """The words of a text that mean something, and its pairs of neighbours, in small letters.

    >>> sorted(terms("The answer was wrong: wrong price!"))
    ['answer', 'answer wrong', 'price', 'wrong', 'wrong price']
    """
    words = [word for word in _WORD.findall(_TOKEN.sub(" ", text).lower()) if word not in _JOINING]
    found = set(words)
    found.update(f"{one} {two}" for one, two in zip(words, words[1:]) if one != two)
    return found


def telling(group: Iterable[str], rest: Iterable[str], most: int = 8) -> list[Theme]:
    """The terms that stand in more texts of `group` than those of `rest` let one expect, most telling first.

    Weighted log-odds with an informative Dirichlet prior, counted in texts: Monroe, Colaresi and Quinn, "Fightin' Words",
    Political Analysis 16 (2008), equations 16, 20 and 22. A pair replaces the words that stand in it alone.

    >>> [theme.words for theme in telling(["too slow"] * 9, ["very good"] * 9, most=1)]
    ['slow']
    """
    ours, theirs = _counted(group), _counted(rest)
    all_ours, all_theirs = ours.total(), theirs.total()
    prior_total = _PRIOR * (all_ours + all_theirs)
    found = []
    for words, count in ours.items():
        if count < _LEAST:
            continue
        other = theirs[words]
        prior = _PRIOR * (count + other)
        mine, yours = count + prior, other + prior
        z = (_log_odds(mine, all_ours + prior_total) - _log_odds(yours, all_theirs + prior_total)) / sqrt(1 / mine + 1 / yours)
        if z >= _SURE:
            found.append(Theme(words, count, other, round(z, 2)))
    found.sort(key=lambda theme: (-theme.z, theme.words))
    return _without_parts(found, most)


def _counted(texts: Iterable[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(terms(text))
    return counts


def _log_odds(count: float, total: float) -> float:
    return log(count / max(total - count, 0.5))


def _without_parts(found: list[Theme], most: int) -> list[Theme]:
    """Themes without those words that stand, nearly always, in a pair which is a theme as well, and without such pairs' doubles."""
    pairs = [theme for theme in found if " " in theme.words]
    kept: list[Theme] = []
    for theme in found:
        if " " not in theme.words and any(theme.words in pair.words.split() and pair.texts >= 0.8 * theme.texts for pair in pairs):
            continue
        if " " in theme.words and any(set(theme.words.split()) & set(one.words.split()) for one in kept):
            continue
        kept.append(theme)
        if len(kept) == most:
            break
    return kept
