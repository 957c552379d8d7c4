"""What can go wrong for a user, and the exit statuses of the program."""

OK = 0
FOUND = 1           # the answer is "no", or something was found
FAILED = 2          # usage, configuration, input or output, provider
PARTIAL = 3         # finished, but not whole: records were rejected, or too little data to decide
INTERRUPTED = 130   # Ctrl-C
BROKEN_PIPE = 141   # the reader of a pipe went away

_RANK = {OK: 0, PARTIAL: 1, FOUND: 2, FAILED: 3}


class UserError(Exception):
    """Something the user can mend: what went wrong, where (`file:line:column`), and how to mend it.

    The message never quotes the text of a record: it may be the very thing that must not be shown.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = ""):
        super().__init__(message)
        self.message, self.where, self.hint = message, where, hint

    def __str__(self) -> str:
        line = f"{self.where}: {self.message}" if self.where else self.message
        return f"{line}\n  hint: {self.hint}" if self.hint else line


class DamagedInput(Exception):
    """A compressed input that is cut short or broken; everything read before it still counts. `where` is its name, if known."""

    def __init__(self, message: str, where: str = ""):
        super().__init__(message)
        self.where = where


def worst(*statuses: int) -> int:
    """The status that counts when several apply: 2 goes before 1, 1 before 3, 3 before 0.

    >>> worst(0, 3, 1)
    1
    >>> worst(0, 3)
    3
    """
    return max(statuses, key=_RANK.__getitem__, default=OK)


def closest(word: str, known: "list[str] | tuple[str, ...]") -> str:
    """The known word most like `word`, "" when none is alike.

    >>> closest("--memroy", ["--memory", "--gap"])
    '--memory'
    """
    from difflib import get_close_matches
    begun = [one for one in known if one.startswith(word)]
    return next(iter(begun if len(begun) == 1 else get_close_matches(word, known, n=1, cutoff=0.6)), "")


def nearest(word: str, known: "list[str] | tuple[str, ...]") -> str:
    """A hint that names the known word most like `word`, or all of them when none is alike."""
    close = closest(word, known)
    return f"did you mean {close!r}?" if close else "one of: " + ", ".join(known)
