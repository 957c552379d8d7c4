"""Conversations larger than memory: events in temporary files by hash of their group, joined one file at a time.

Each file becomes a run of conversations in output order, and the runs are merged. A file that outgrows memory (one
giant conversation, say) is sorted on disk first. Temporary files have no name, so nothing is left behind.
"""

import heapq
import marshal
import tempfile
from itertools import groupby
from operator import itemgetter
from typing import Any, BinaryIO, Callable, ContextManager, Iterable, Iterator

from ..storage import writing
from .assemble import FACTS, Conversation, Entry, Shelf, in_output_order, weight

BUCKETS = 64
BLOCK = 1 << 16         # bytes of entries that are written at a time
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
        self._buckets = [_Bucket() for _ in range(BUCKETS)]

    def add(self, group: str, entry: Entry) -> None:
        self._buckets[hash(group) % BUCKETS].add((group, *entry))

    def groups(self) -> Iterator[tuple[str, Iterable[Entry]]]:
        """Every group and its entries in time order; a group's entries are to be read before the next one is asked for."""
        with _on_disk():
            for bucket in self._buckets:
                if bucket.finish():
                    yield from self._small(bucket) if self._fits(bucket) else self._large(bucket)
                bucket.close()
            self._buckets.clear()

    def _fits(self, bucket: "_Bucket") -> bool:
        return bucket.size <= self._memory // 4

    def _small(self, bucket: "_Bucket") -> Iterator[tuple[str, list[Entry]]]:
        groups: dict[str, list[Entry]] = {}
        for row in bucket.rows():
            group = row[0]
            if group in groups:
                groups[group].append(row[1:])
            else:
                groups[group] = [row[1:]]
        while groups:
            group, entries = groups.popitem()
            entries.sort()
            yield group, entries

    def _large(self, bucket: "_Bucket") -> Iterator[tuple[str, Iterable[Entry]]]:
        rows = heapq.merge(*(part.rows() for part in self._sorted_parts(bucket)), key=in_group_order)
        for group, own in groupby(rows, key=itemgetter(0)):
            yield group, (row[1:] for row in own)

    def conversations(self, join: Join) -> Iterator[Conversation]:
        """Every conversation, in output order."""
        with _on_disk():
            runs = [self._run(bucket, join) for bucket in self._buckets if bucket.finish()]
            self._buckets.clear()
            yield from heapq.merge(*map(_read_run, runs), key=in_output_order)

    def _run(self, bucket: "_Bucket", join: Join) -> BinaryIO:
        """A file of the conversations of one bucket, in output order."""
        run = tempfile.TemporaryFile(buffering=1 << 17)
        if self._fits(bucket):
            found: list[Conversation] = []
            for group, entries in self._small(bucket):
                found.extend(join(group, entries, list))
            found.sort(key=in_output_order)
            for conversation in found:
                _write(run, conversation)
        else:
            self._run_on_disk(bucket, join, run)
        bucket.close()
        return run

    def _run_on_disk(self, bucket: "_Bucket", join: Join, run: BinaryIO) -> None:
        with tempfile.TemporaryFile(buffering=1 << 17) as unordered:
            index = []
            for group, own in self._large(bucket):
                for conversation in join(group, own, _DiskShelf):
                    index.append((conversation.started, conversation.id, unordered.tell()))
                    _write(unordered, conversation)
                    conversation.messages.close()
            index.sort()
            for _, _, at in index:
                unordered.seek(at)
                _write(run, _read(unordered))

    def _sorted_parts(self, bucket: "_Bucket") -> list["_Bucket"]:
        """The rows of a bucket in a few files, each sorted. Small ones are merged as they gather: open files are few."""
        levels: list[list[_Bucket]] = [[]]
        held, size = [], 0
        for row in bucket.rows():
            held.append(row)
            size += weight(row[-1]) + 500
            if size > max(self._memory // 8, SMALLEST_PART):
                levels[0].append(_Bucket.of(sorted(held, key=in_group_order)))
                held, size = [], 0
                _gather(levels)
        return [part for level in levels for part in level] + [_Bucket.of(sorted(held, key=in_group_order))]


def _on_disk() -> ContextManager[None]:
    """Within it, errors are said of the temporary files: the disk of the output may be another."""
    return writing(f"temporary files in {tempfile.gettempdir()}")


def _gather(levels: list[list["_Bucket"]]) -> None:
    """Merge the parts of each level that is full into one of the next."""
    for depth, parts in enumerate(levels):
        if len(parts) < FULL:
            return
        merged = _Bucket.of(heapq.merge(*(part.rows() for part in parts), key=in_group_order))
        for part in parts:
            part.close()
        parts.clear()
        if depth + 1 == len(levels):
            levels.append([])
        levels[depth + 1].append(merged)


class _Bucket:
    """Rows in a temporary file, written and read in blocks."""

    def __init__(self) -> None:
        self._file: BinaryIO | None = None
        self._held: list[tuple] = []
        self._waiting = 0
        self.size = 0

    @classmethod
    def of(cls, rows: Iterable[tuple]) -> "_Bucket":
        bucket = cls()
        for row in rows:
            bucket.add(row)
        return bucket

    def add(self, row: tuple) -> None:
        self._held.append(row)
        kept = row[7]
        self._waiting += 100 + (len(kept) if kept.__class__ is bytes else FACTS)
        if self._waiting >= BLOCK:
            self._flush()

    def _flush(self) -> None:
        block = marshal.dumps(self._held, FORM)
        with _on_disk():
            if self._file is None:
                self._file = tempfile.TemporaryFile()
            self._file.write(len(block).to_bytes(8, "little") + block)
            self._file.flush()
        self.size += self._waiting
        self._held.clear()
        self._waiting = 0

    def finish(self) -> int:
        """Write what waits; the size of it all."""
        if self._held:
            self._flush()
        return self.size

    def rows(self) -> Iterator[tuple]:
        if not self.finish():
            return
        self._file.seek(0)
        while head := self._file.read(8):
            yield from marshal.loads(self._file.read(int.from_bytes(head, "little")))

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


def _write(file: BinaryIO, conversation: Conversation) -> None:
    """Put a conversation at the end of a run: its keys, then its messages, each after its length."""
    keys = marshal.dumps(conversation[:4])
    file.write(len(keys).to_bytes(8, "little") + keys)
    if isinstance(conversation.messages, list):
        body = b", ".join(conversation.messages)
        file.write(len(body).to_bytes(8, "little") + body)
        return
    length_at = file.tell()
    file.write(bytes(8))
    size = 0
    for block in conversation.messages:
        file.write(block)
        size += len(block)
    end = file.tell()
    file.seek(length_at)
    file.write(size.to_bytes(8, "little"))
    file.seek(end)


def _read(file: BinaryIO) -> Conversation:
    keys = marshal.loads(file.read(int.from_bytes(file.read(8), "little")))
    size = int.from_bytes(file.read(8), "little")
    if size <= CHUNK:
        return Conversation(*keys, [file.read(size)])
    stretch = _Stretch(file, file.tell(), size)
    file.seek(size, 1)
    return Conversation(*keys, stretch)


def _read_run(run: BinaryIO) -> Iterator[Conversation]:
    end = run.seek(0, 2)
    at = run.seek(0)
    while at < end:
        conversation = _read(run)
        at = run.tell()
        yield conversation
        if not isinstance(conversation.messages, list):
            run.seek(at)        # the reader of a giant conversation moved the file
    run.close()
