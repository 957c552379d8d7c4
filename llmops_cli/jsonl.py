"""JSON lines in and out: records with their place, bad lines counted and never silently lost."""

import json
from contextlib import contextmanager
from itertools import chain
from typing import Any, Callable, Iterable, Iterator

from .errors import DamagedInput, UserError


class BadLine(ValueError):
    """Why a line is not a record: a reason that quotes nothing, and the column (from 1; 0 when unknown)."""

    def __init__(self, reason: str, column: int = 0):
        super().__init__(reason)
        self.reason, self.column = reason, column


def _not_json(constant: str) -> Any:
    raise BadLine("NaN and Infinity are not JSON")


_decoder = json.JSONDecoder(parse_constant=_not_json)
scan = _decoder.scan_once       # (text, start) -> (value, end): json.loads without its two white-space searches
# What JSONEncoder.encode does, made once and not for every record: a quarter faster.
_pieces = json.encoder.c_make_encoder(None, None, json.encoder.encode_basestring, None, ": ", ", ", False, False, False)
_encode_ascii = json.JSONEncoder(ensure_ascii=True, allow_nan=False).encode


def parse(line: bytes) -> dict[str, Any]:
    """The record on a line.

    >>> parse(b'{"role": "user"}')
    {'role': 'user'}
    """
    try:
        record = _decoder.decode(line.decode())
    except BadLine:
        raise
    except UnicodeDecodeError as error:
        raise BadLine("not UTF-8", error.start + 1) from None
    except json.JSONDecodeError as error:
        raise BadLine(f"not JSON: {error.msg.partition(':')[0]}", error.colno) from None
    except RecursionError:
        raise BadLine("nested too deeply") from None
    except ValueError:
        raise BadLine("a number of too many digits") from None
    if record.__class__ is not dict:
        raise BadLine("not a JSON object", 1)
    return record


def glance(line: bytes) -> dict[str, Any] | None:
    """The record on a line that is one and no more, None of any other; `parse` says why."""
    try:
        text = line.decode()
        record, end = scan(text, 0)
    except (StopIteration, ValueError, RecursionError):
        return None
    return record if end == len(text) and record.__class__ is dict else None


def dump(record: Any) -> bytes:
    """A record as a line without its end. Lone surrogates stay escaped. BadLine when a number is out of range."""
    try:
        return "".join(_pieces(record, 0)).encode()
    except UnicodeEncodeError:
        return _encode_ascii(record).encode()
    except ValueError:
        raise BadLine("a number out of range") from None
    except RecursionError:
        raise BadLine("nested too deeply") from None


class Rejects:
    """The lines that were not taken: how many, the first few said aloud, all of them listed if asked.

    `say` gets a line for a person; `keep` gets each reject as a dict with its text already masked by `mask`.
    """

    SHOWN = 5
    TEXT_LIMIT = 500        # characters of a masked line that are kept

    def __init__(self, say: Callable[[str], None], *, stop: bool = False,
                 keep: Callable[[dict], None] | None = None, mask: Callable[[str], str] | None = None):
        self.count = 0
        self._say, self._stop, self._keep, self._mask = say, stop, keep, mask

    def add(self, file: str, line: int, reason: str, column: int = 0, raw: bytes = b"") -> None:
        """Count one. With `stop`, the first one is final: UserError."""
        place = f"{file}:{line}:{column}" if column else f"{file}:{line}"
        if self._stop:
            raise UserError(reason, where=place, hint="without --on-error stop such lines are set aside and counted")
        self.count += 1
        if self.count <= self.SHOWN:
            self._say(f"{place}: {reason}")
        if self._keep:
            self._keep({"file": file, "line": line, "column": column, "reason": reason, "text": self._masked(raw)})

    def summary(self) -> str:
        """What to say at the end, "" when nothing was rejected."""
        if not self.count:
            return ""
        unsaid = self.count - self.SHOWN
        more = f" ({unsaid:,} more than named above)" if unsaid > 0 else ""
        return f"{self.count:,} line{'s' if self.count > 1 else ''} rejected{more}"

    def _masked(self, raw: bytes) -> str:
        if self._mask is None:
            return ""
        text = self._mask(readable(raw))
        return text if len(text) <= self.TEXT_LIMIT else text[:self.TEXT_LIMIT] + "…"


def readable(raw: bytes) -> str:
    """A broken line as text, `\\uXXXX` escapes resolved, so that nothing hides from the mask behind them."""
    import re
    text = raw.decode("utf-8", "replace").rstrip("\r\n")
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text) \
        .encode("utf-8", "replace").decode()


class Reader:
    """The records of some inputs, one after another; `name`, `line` and `raw` tell where the current one stands.

    `sources` are opened one at a time: an iterable of objects with `name` and `stream`, and `line` if lines stood before.
    """

    def __init__(self, sources: Iterable, rejects: Rejects):
        self._sources, self.rejects = sources, rejects
        self.name, self.line, self.raw = "", 0, b""
        self.blank = False          # whether blank lines are given too
        self.cut = False            # whether the first line has more, see `lines`
        self.lines_read = 0         # lines given
        self.bytes_read = 0         # of these lines

    def reject(self, reason: str, column: int = 0) -> None:
        """Set the current line aside."""
        self.rejects.add(self.name, self.line, reason, column, self.raw)

    def lines(self, first: int = -1) -> Iterator[bytes]:
        """Each line that is not blank, or every one, without its end; no JSON is read. The first line of a file comes without what is beyond
        `first` bytes, which `rest_of_line` or `blocks` must give then."""
        for source in self._sources:
            self.name, self.line = source.name, getattr(source, "line", 0)
            with self._guarded(source) as stream:
                self._stream = stream
                for raw in stream if first < 0 else chain(filter(None, [stream.readline(first)]), stream):
                    self.line += 1
                    if self.line == 1:
                        self.cut = len(raw) == first and raw[-1:] != b"\n"
                        raw = raw.removeprefix(b"\xef\xbb\xbf")
                    raw = raw[:-2] if raw[-2:] == b"\r\n" else raw[:-1] if raw[-1:] == b"\n" else raw
                    if raw and not raw.isspace() or self.blank:
                        self.raw = raw
                        self.lines_read += 1
                        self.bytes_read += len(raw)
                        yield raw

    def rest_of_line(self) -> bytes:
        """What a first line that was cut has more."""
        rest = self._stream.readline()
        self.raw += rest.rstrip(b"\r\n")
        self.bytes_read += len(rest)
        return self.raw

    def blocks(self, size: int = 1 << 20) -> Iterator[bytes]:
        """What the file has after the line at hand, in blocks."""
        with self._readable():
            if not self.cut:
                yield b"\n"
            while block := self._stream.read1(size) or self._stream.read1(size):    # a member of an archive that is damaged says so after its end
                yield block
                self.line += block.count(b"\n")
                self.bytes_read += len(block)

    def pieces(self, size: int = 1 << 20) -> Iterator[tuple[str, int, bytes]]:
        """The inputs in pieces of about `size` bytes, whole lines each: (file, lines before it, lines as they stand)."""
        for source in self._sources:
            self.name, self.line = source.name, getattr(source, "line", 0)
            held, waiting = [], 0
            with self._guarded(source) as stream:
                try:
                    while block := stream.read1(size):
                        held.append(block)
                        waiting += len(block)
                        if waiting >= size and (end := block.rfind(b"\n") + 1):
                            rest = block[end:]
                            held[-1] = block[:end]
                            yield self._piece(held)
                            held, waiting = [rest], len(rest)
                except DamagedInput:
                    whole = b"".join(held)
                    if end := whole.rfind(b"\n") + 1:      # the line that was cut is none
                        yield self._piece([whole[:end]])
                    raise
                if waiting:
                    yield self._piece(held)

    def _piece(self, blocks: list[bytes]) -> tuple[str, int, bytes]:
        lines, before = b"".join(blocks), self.line
        self.line += lines.count(b"\n")
        return self.name, before, lines

    @contextmanager
    def _guarded(self, source: Any) -> Iterator[Any]:
        """The stream of a source: what stood before a cut is used, the cut is a reject."""
        try:
            with self._readable(), source.stream as stream:
                yield stream
        except DamagedInput as error:
            self.line += 1
            self.raw = b""
            self.lines_read += 1
            self.reject(str(error))

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            raise UserError(f"cannot be read on: {error.strerror or error}", where=self.name) from None

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self.records(self.lines())

    def records(self, lines: Iterator[bytes]) -> Iterator[dict[str, Any]]:
        """The records of lines of this reader; those that are none are set aside."""
        decode = scan
        for raw in lines:
            try:
                text = raw.decode()
                record, end = decode(text, 0)
                if end != len(text) or record.__class__ is not dict:
                    raise ValueError
            except (StopIteration, ValueError, RecursionError):
                try:
                    record = parse(raw)
                except BadLine as error:
                    self.reject(error.reason, error.column)
                    continue
            yield record
