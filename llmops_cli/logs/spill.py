"""Conversations larger than memory: events in temporary files by hash of their group, joined one file at a time.

Each file becomes a run of conversations in output order, and the runs are merged. A file that outgrows memory (one
giant conversation, say) is sorted on disk first. Temporary files have no name, so nothing is left behind.
"""

import heapq
import marshal
import tempfile
from itertools import groupby
from operator import itemgetter
from typing import Any, BinaryIO, Callable, Iterable, Iterator

from ..storage import writing_temporary
from .assemble import Conversation, Entry, Shelf, in_output_order, weight

BUCKETS = 64
BLOCK = 1 << 16         # bytes of rows that are written, and read, at a time
CHUNK = 1 << 20         # bytes of a giant conversation that are copied at a time
SMALLEST_PART = 1 << 20 # bytes that are sorted at a time, however little memory is granted
FULL = 32               # sorted files that may gather before they are merged into one
FORM = 2                # of marshal: without references, which take longer to find than to write out
in_group_order = itemgetter(0, 1, 2)

Join = Callable[[str, Iterable[Entry], Shelf], Iterator[Conversation]]


class Spill:
    """Entries on disk. `memory` bounds what is held at a time, whatever the size of a group."""

    def __init__(self, memory: int):
        self._memory = memory
        self._buckets = [_Blocks() for _ in range(BUCKETS)]

    def add(self, entry: Entry) -> None:
        self._buckets[hash(entry[0]) % BUCKETS].add(entry)

    def groups(self) -> Iterator[tuple[str, Iterable[Entry]]]:
        """Every group and its entries in time order; a group's entries are to be read before the next one is asked for."""
        with writing_temporary():
            for bucket in self._buckets:
                if bucket.finish():
                    yield from self._small(bucket) if self._fits(bucket) else self._large(bucket)
                bucket.close()
            self._buckets.clear()

    def _fits(self, bucket: "_Blocks") -> bool:
        return bucket.size <= self._memory // 4

    def _small(self, bucket: "_Blocks") -> Iterator[tuple[str, list[Entry]]]:
        groups: dict[str, list[Entry]] = {}
        for row in bucket.rows():
            group = row[0]
            if group in groups:
                groups[group].append(row)
            else:
                groups[group] = [row]
        while groups:
            group, entries = groups.popitem()
            entries.sort()
            yield group, entries

    def _large(self, bucket: "_Blocks") -> Iterator[tuple[str, Iterable[Entry]]]:
        rows = heapq.merge(*(part.rows() for part in self._sorted_parts(bucket)), key=in_group_order)
        yield from groupby(rows, key=itemgetter(0))

    def conversations(self, join: Join) -> Iterator[Conversation]:
        """Every conversation, in output order."""
        with writing_temporary():
            runs = [self._run(bucket, join) for bucket in self._buckets if bucket.finish()]
            self._buckets.clear()
            yield from (_conversation(*row) for row in heapq.merge(*(_with_bodies(run, bodies) for run, bodies in runs)))

    def _run(self, bucket: "_Blocks", join: Join) -> tuple["_Blocks", BinaryIO | None]:
        """The conversations of one bucket in output order, and the file of those of them that are long."""
        run = _Blocks()
        if not self._fits(bucket):
            bodies = self._run_on_disk(bucket, join, run)
            bucket.close()
            return run, bodies
        found: list[Conversation] = []
        for group, entries in self._small(bucket):
            found.extend(join(group, entries, list))
        bucket.close()
        found.sort(key=in_output_order)
        for conversation in found:
            run.add((*conversation[:4], b", ".join(conversation.messages)))
        return run, None

    def _run_on_disk(self, bucket: "_Blocks", join: Join, run: "_Blocks") -> BinaryIO:
        bodies = tempfile.TemporaryFile(buffering=1 << 17)
        index = []
        for group, own in self._large(bucket):
            for conversation in join(group, own, _DiskShelf):
                at = bodies.tell()
                for block in conversation.messages:
                    bodies.write(block)
                conversation.messages.close()
                index.append((*conversation[:4], at, bodies.tell() - at))
        index.sort(key=in_output_order)     # and not by more: turns that begin at one moment stay in their order
        for *head, at, size in index:
            if size > CHUNK:
                run.add((*head, (at, size)))
            else:
                bodies.seek(at)
                run.add((*head, bodies.read(size)))
        return bodies

    def _sorted_parts(self, bucket: "_Blocks") -> list["_Blocks"]:
        """The rows of a bucket in a few files, each sorted. Small ones are merged as they gather: open files are few."""
        levels: list[list[_Blocks]] = [[]]
        held, size = [], 0
        for row in bucket.rows():
            held.append(row)
            size += weight(row[-1]) + 500
            if size > max(self._memory // 8, SMALLEST_PART):
                levels[0].append(_Blocks.of(sorted(held, key=in_group_order)))
                held, size = [], 0
                _gather(levels)
        return [part for level in levels for part in level] + [_Blocks.of(sorted(held, key=in_group_order))]


def _gather(levels: list[list["_Blocks"]]) -> None:
    """Merge the parts of each level that is full into one of the next."""
    for depth, parts in enumerate(levels):
        if len(parts) < FULL:
            return
        merged = _Blocks.of(heapq.merge(*(part.rows() for part in parts), key=in_group_order))
        for part in parts:
            part.close()
        parts.clear()
        if depth + 1 == len(levels):
            levels.append([])
        levels[depth + 1].append(merged)


class _Blocks:
    """Rows in a temporary file, read again in blocks of some size."""

    def __init__(self) -> None:
        self._file: BinaryIO | None = None
        self._write: Callable[[bytes], int] = self._open
        self._count = 0         # rows since the last mark
        self._marked = 0        # where that is
        self._marks: list[tuple[int, int]] = []     # (rows, bytes) of each block
        self.size = 0           # bytes written

    @classmethod
    def of(cls, rows: Iterable[tuple]) -> "_Blocks":
        blocks = cls()
        for row in rows:
            blocks.add(row)
        return blocks

    def add(self, row: tuple) -> None:
        # Written out at once and not a block at a time: what has just been made is still near the processor.
        piece = marshal.dumps(row, FORM)
        try:
            self._write(piece)
        except OSError:
            with writing_temporary():
                raise
        self._count += 1
        self.size += len(piece)
        if self.size - self._marked > BLOCK:
            self._mark()

    def _open(self, piece: bytes) -> int:
        self._file = tempfile.TemporaryFile(buffering=BLOCK)
        self._write = self._file.write
        return self._write(piece)

    def _mark(self) -> None:
        self._marks.append((self._count, self.size - self._marked))
        self._count, self._marked = 0, self.size

    def finish(self) -> int:
        """Write what waits; the size of it all."""
        if self._count:
            self._mark()
            with writing_temporary():
                self._file.flush()
        return self.size

    def rows(self) -> Iterator[tuple]:
        if not self.finish():
            return
        self._file.seek(0)
        for count, size in self._marks:
            # A list as `marshal` would have written it.
            yield from marshal.loads(b"[" + count.to_bytes(4, "little") + self._file.read(size))

    def close(self) -> None:
        if self._file:
            self._file.close()


class _DiskShelf:
    """The messages of a conversation that may not fit in memory: like a list that can only be added to."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=CHUNK)
        self._started = False

    def append(self, raw: bytes) -> None:
        self._file.write(b", " + raw if self._started else raw)
        self._started = True

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(0)
        while block := self._file.read(CHUNK):
            yield block

    def close(self) -> None:
        self._file.close()


class _Stretch:
    """A part of a file, read in chunks when it is asked for."""

    def __init__(self, file: BinaryIO, at: int, size: int):
        self._file, self._at, self._size = file, at, size

    def __iter__(self) -> Iterator[bytes]:
        at, left = self._at, self._size
        while left:
            self._file.seek(at)
            block = self._file.read(min(left, CHUNK))
            at, left = at + len(block), left - len(block)
            yield block


def _with_bodies(run: _Blocks, bodies: BinaryIO | None) -> Iterator[tuple]:
    """The rows of a run, each with the file that its long bodies are in."""
    for row in run.rows():
        yield *row, bodies
    run.close()


def _conversation(started: str, identity: str, head: bytes, repeated: int, body: bytes | tuple[int, int], bodies: BinaryIO | None) -> Conversation:
    return Conversation(started, identity, head, repeated, [body] if body.__class__ is bytes else _Stretch(bodies, *body))
