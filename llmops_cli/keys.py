"""The key of pseudonyms, hashes and fingerprints: `$LLMOPS_HASH_KEY`, else one made at random on first need."""

import os
from typing import Callable, Mapping

from .errors import UserError

VARIABLE = "LLMOPS_HASH_KEY"


class HashKey:
    """The key, looked for when it is first asked for. `id` tells keys apart and gives nothing of them away. One that is
    `shared` by several machines must be given: a key that one of them keeps for itself would not do."""

    def __init__(self, environ: Mapping[str, str], say: Callable[[str], None], *, shared: bool = False):
        self._environ, self._say, self._shared = environ, say, shared
        self._key: bytes | None = None
        self.used = False       # whether it was asked for since this was last set

    def given(self) -> bytes | None:
        """The key that the user gave, None when there is none."""
        return self._environ[VARIABLE].encode("utf-8", "surrogateescape") if self._environ.get(VARIABLE) else None

    def __call__(self) -> bytes:
        self.used = True
        if self._key is None:
            self._key = self.given() or (self._must_be_given() if self._shared else self._kept())
        return self._key

    def _must_be_given(self) -> bytes:
        raise UserError("an id in the logs is personal, and the pseudonym for it needs a key that every machine has",
                        hint=f"set {VARIABLE}, the same wherever this lake is written")

    def id(self) -> str:
        """Eight hexadecimal digits, "" when no key was needed so far."""
        if self._key is None:
            return ""
        from hashlib import sha256
        return sha256(b"id of a key\0" + self._key).hexdigest()[:8]

    def _kept(self) -> bytes:
        """The key in the user's state folder, made on first need and readable by its owner alone."""
        home = self._environ.get("XDG_STATE_HOME") or os.path.join(self._environ.get("HOME") or os.path.expanduser("~"), ".local", "state")
        path = os.path.join(home, "llmops", "key")
        if home.startswith("~"):
            raise UserError("no key for pseudonyms: this user has no home folder to keep one in", hint=f"set {VARIABLE}, or XDG_STATE_HOME to a folder")
        try:
            if not os.path.exists(path):
                self._make(path)
            with open(path, encoding="ascii") as file:
                key = file.read().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"no key for pseudonyms: {getattr(error, 'strerror', None) or 'the file is broken'}", where=path,
                            hint=f"set {VARIABLE}, or make that folder writable") from None
        if len(key) < 16:
            raise UserError("no key for pseudonyms: the file is too short", where=path, hint=f"take it away, or set {VARIABLE}")
        return key.encode()

    def _make(self, path: str) -> None:
        import secrets
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        partial = f"{path}.{os.getpid()}"
        try:
            with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32) + "\n")
            os.link(partial, path)      # the first of several processes wins
            self._say(f"made a key for pseudonyms: {path} (keep it, or set {VARIABLE})")
        except FileExistsError:
            pass
        finally:
            if os.path.lexists(partial):
                os.unlink(partial)


def alias(key: Callable[[], bytes]) -> Callable[[str, str], str]:
    """A function from an id's name and value to what sanitizing makes of it: itself, or a pseudonym when it is personal."""
    from .pii import catalogue
    from .pii.records import Sanitizer
    from .pii.redaction import Redactor
    from .pii.scanner import Scanner
    sanitizer = Sanitizer(Scanner(catalogue.choose()), Redactor(), key_source=key)
    return lambda name, value: sanitizer.record({name: value})[name]
