"""What an address holds, file by file: a folder of sessions, the members of a zip archive, the rows of a database."""

import os
import tempfile
from contextlib import contextmanager
from itertools import islice
from typing import Callable, Iterator

from .. import storage
from ..errors import DamagedInput, UserError
from ..jsonl import BadLine, parse
from . import formats
from .ingest import SNIFFED

SESSIONS = ("claude-code", "codex")     # formats whose files fill folders
_ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.bz2", ".jsonl.xz")


def open_sources(address: str, on_wait: Callable[[], None] | None = None) -> Iterator[storage.Source]:
    """The inputs that an address stands for, opened one at a time."""
    if address != "-" and os.path.isdir(address):
        yield from map(storage.open_source, session_files(address))
        return
    source = storage.open_source(address, on_wait, archives=True)
    head = storage.first_bytes(source.stream)
    if head.startswith(b"PK\x03\x04"):
        from . import archives
        with _as_file(address, source) as path:
            yield from (source._replace(name=f"{source.name}/{name}", stream=stream) for name, stream in archives.members(path, source.name))
    elif head.startswith(b"SQLite format 3\0"):
        from . import database
        with _as_file(address, source) as path:
            yield source._replace(stream=database.Lines(path, source.name))
    else:
        yield source


def session_files(folder: str) -> list[str]:
    """The files of a folder, at any depth, that are of a session format."""
    paths = sorted(os.path.join(place, name) for place, _, names in os.walk(folder) for name in names if name.endswith(_ENDINGS))
    forms = {path: form_of(path) for path in paths}
    if not any(forms.values()) or set(forms.values()) - {*SESSIONS, ""}:
        raise UserError("is a folder whose files are not of a session format" if paths else "is a folder without session files", where=folder,
                        hint="name the files in it, as in FOLDER/*.jsonl; folders are read of " + " and ".join(SESSIONS))
    return [path for path, form in forms.items() if form]


def form_of(path: str) -> str:
    """The name of the format of a file of lines, "" when its first lines do not tell."""
    try:
        with storage.open_source(path, archives=True).stream as stream:
            for line in islice(stream, SNIFFED):
                try:
                    form = formats.detect(parse(line))
                except BadLine:
                    continue
                if form:
                    return form.name
    except (DamagedInput, storage.ForeignInput):
        pass        # told when it is read
    return ""


@contextmanager
def _as_file(address: str, source: storage.Source) -> Iterator[str]:
    """The path of an input that must be read back and forth: its own, or that of a copy when it came through a pipe or compressed."""
    if os.path.isfile(address) and _is_plain(address):
        source.stream.close()
        yield address
        return
    with tempfile.NamedTemporaryFile(buffering=0) as copy:
        with source.stream as stream:
            try:
                while block := stream.read(1 << 20):
                    with storage.writing_temporary():
                        while block:
                            block = block[copy.write(block):]
            except DamagedInput:
                pass        # what is missing shows when it is read
        yield copy.name


def _is_plain(path: str) -> bool:
    with open(path, "rb") as file:
        return file.read(2) in (b"PK", b"SQ")
