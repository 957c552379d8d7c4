"""Features as the words of a text that they were made of, for `classify --explain`."""

from .features import FIRST, OPENING, ends, read_words

FORMS = {"~words": "its length", "~lines": "its lines", "~numbers": "its numbers", "~question": "a question mark", "~no question": "no question mark",
         "~ends as question": "a question at the end", "~ends otherwise": "no question at the end",
         "~small start": "a small letter first", "~other start": "no small letter first"}


def said(text: str) -> dict[str, str]:
    """For each feature (of `features.tasks`) that words of a text make, these words as they stand there.

    >>> said("Summarize this thread")["<SUM>"], said("Summarize this thread")["^<READING>"]
    ('summarize', 'thread')
    """
    words, kinds = read_words(ends(text).lower())
    shown = ["a number" if word[0] == "0" else word for word in words]
    found: dict[str, str] = {}
    for at, (word, kind, plain) in enumerate(zip(words, kinds, shown)):
        made = [word, kind]
        if at < OPENING:
            made += ["^" + word, "^" + kind]
        if at < FIRST:
            made += [f"{at}{word}", f"{at}{kind}"]
        for feature in made:
            found.setdefault(feature, plain)
        if at:
            found.setdefault(f"{kinds[at - 1]} {kind}", f"{shown[at - 1]} {plain}")
    return found


def name(feature: str, words: dict[str, str]) -> str:
    """A feature as a person reads it: the words in `words`, a turn of phrase by its name, a form in words.

    >>> name("^<SUM>", {"^<SUM>": "recap"}), name("~summarise", {}), name("~lines 1", {}), name("#tran", {}), name("<SUM>", {})
    ('recap', 'summarise', 'its lines', 'tran', 'a word like sum')
    """
    if feature in words:
        return words[feature]
    if feature[:1] == "~":
        return FORMS.get(feature.rstrip("0123456789 "), feature[1:])
    plain = feature[1:] if feature[:1] in "#^" and len(feature) > 1 else feature
    return f"a word like {plain[1:-1].lower()}" if plain[:1] == "<" and plain[-1:] == ">" and len(plain) > 2 else plain
