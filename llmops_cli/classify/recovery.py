"""What a run that died goes on from: the journal of its answers and the rows so far, both beside the output as dot files.

An answer is in the journal before its row is among the rows. Now and then a checkpoint says how many rows of the output
stand for how many lines of the input; whoever resumes passes over those lines without reading them as JSON.
"""

import os
import zlib
from array import array
from typing import Any, Callable, Iterator, NamedTuple

from .. import storage
from ..errors import UserError
from ..llm.journal import Journal
from ..storage.local import writing
from .replies import Judgement

VERSION = 1
EVERY_SECONDS, EVERY_ROWS = 0.5, 5000       # between checkpoints
SYNC_SECONDS = 10.0         # between times when all is made sure of against the death of the machine, not only of the process
_NONE = 2 ** 64 - 1


class Checkpoint(NamedTuple):
    """`rows` of the output, `size` bytes of them, stand for the first `lines` of the input, whose CRC-32 is `crc`; `failed`
    of the rows have no label, `rejects` of the lines gave no row. Answers about later rows stand from `floor` on."""

    rows: int = 0
    lines: int = 0
    size: int = 0
    crc: int = 0
    failed: int = 0
    rejects: int = 0
    floor: int = 0
    whole: bool = False


def beside(output: str) -> tuple[str, str]:
    """The journal and the rows so far of an output.

    >>> beside("/data/out.jsonl")
    ('/data/.out.jsonl.journal', '/data/.out.jsonl.rows')
    """
    folder, name = os.path.split(os.path.realpath(output))
    return os.path.join(folder, f".{name}.journal"), os.path.join(folder, f".{name}.rows")


def labelled_prefix(inputs: list[str], output: str) -> Checkpoint:
    """How far a finished output has labels and is of these inputs, line by line; `whole` when that is all of both."""
    rows = size = crc = 0
    crc32 = zlib.crc32
    with storage.open_source(output).stream as stream:
        for address in inputs:
            with storage.open_source(address).stream as lines:
                for raw in lines:
                    old = next(stream, b"")
                    end = len(raw) - 2
                    added = old[end:]
                    if not added.startswith(b', "task_category": ') or old[:end] != raw[:end] or b'"error": ' in added:
                        return Checkpoint(rows, rows, size, crc)
                    crc = crc32(b"}", crc32(raw[:end], crc))
                    rows += 1
                    size += len(old)
        return Checkpoint(rows, rows, size, crc, whole=not next(stream, b""))


class Recovery:
    """The two files of one run. `job` is what must be the same for a run to be gone on with; `now` is a clock in seconds;
    `done` says how far a finished output stands as it is."""

    def __init__(self, output: str, job: dict[str, Any], now: Callable[[], float], *, resume: bool, done: Checkpoint = Checkpoint()):
        self._output, self._job, self._now = output, job, now
        journal, self._rows_path = beside(output)
        self._journal = Journal(journal)
        if self._journal.size and self._journal.last(b'{"rows"') is None:
            self._journal.truncate()        # nothing was answered, so nothing is lost
        if self._journal.size and not resume:
            self._journal.close()
            raise UserError("a run that did not finish has left a journal here", where=output,
                            hint=f"--resume goes on with it and pays for nothing twice; to begin anew, remove {os.path.basename(journal)}")
        self.start, self.spent, self.rejects = Checkpoint(), [], {}
        self._offsets, self._base = array("Q"), 0
        self.amends = False         # whether rows of a finished output are kept that have a label
        if self._journal.size:
            self._restore()
        if not self._journal.size:
            self.amends = resume and os.path.isfile(output)
            self._journal.append({"journal": VERSION, "job": job, "amends": self.amends})
            self.start = done._replace(floor=self._journal.size)
            self._copy(done.size)
        with writing(output):
            self._rows = open(self._rows_path, "r+b" if self.start.rows else "wb", buffering=1 << 18)
            if self.start.rows:
                self._rows.truncate(self.start.size)
                self._rows.seek(self.start.size)
        self._size, self._since = self.start.size, 0
        self._told = self._synced = now()

    # What was there --------------------------------------------------------------------------------------------------

    def _restore(self) -> None:
        header = self._journal.at(0)
        if header.get("journal") != VERSION:
            raise UserError("the journal is of another version of this program", where=self._journal.path, hint="remove it to begin anew")
        if header["job"] != self._job:
            other = next(key for key in self._job if self._job[key] != header["job"].get(key))
            raise UserError(f"the run that did not finish was another one: its {other} differs", where=self._output,
                            hint=f"give the same options as then, or remove {os.path.basename(self._journal.path)} to begin anew")
        self.amends = header["amends"]
        last = self._journal.last(b'{"checkpoint"')
        size = os.path.getsize(self._rows_path) if os.path.exists(self._rows_path) else -1
        if last and Checkpoint(*last["checkpoint"]).whole and size < 0:
            self._journal.truncate()        # it had finished, and died before it could say so
            return
        self.start = self._best(last, size) or Checkpoint(floor=self._after_header())
        self._base = self.start.rows
        for offset, record in self._journal.records(self.start.floor, b'{"rows"'):
            for row, *_ in record["rows"]:
                if row >= self._base:
                    self._offsets.extend([_NONE] * (row - self._base + 1 - len(self._offsets)))
                    self._offsets[row - self._base] = offset
        if self.start.rejects:
            self.rejects = {line: (reason, column) for _, record in self._journal.records(0, b'{"reject"')
                            for line, reason, column in [record["reject"]] if line <= self.start.lines}
        told = self._journal.last(b'{"rows"')
        self.spent = max((one["spent"] for one in (last, told) if one), default=[])

    def _copy(self, size: int) -> None:
        """Have the first bytes of the finished output among the rows so far."""
        if size:
            with storage.open_source(self._output).stream as stream, writing(self._output), open(self._rows_path, "wb") as rows:
                while size:
                    size -= rows.write(stream.read(min(size, 1 << 20)))

    def _after_header(self) -> int:
        return next((offset for offset, record in self._journal.records() if "journal" not in record), self._journal.size)

    def _best(self, last: dict[str, Any] | None, size: int) -> Checkpoint | None:
        """The latest checkpoint whose rows are all there and all have a label."""
        if last is None:
            return None
        point = Checkpoint(*last["checkpoint"])
        if not point.failed and point.size <= size:
            return point
        best = None
        for _, record in self._journal.records(0, b'{"checkpoint"'):
            point = Checkpoint(*record["checkpoint"])
            if not point.failed and point.size <= size and (best is None or point.rows >= best.rows):
                best = point
        return best

    @property
    def known_until(self) -> int:
        """The number of the first row that no earlier run has an answer about, nor about any after it."""
        return self._base + len(self._offsets)

    def answered(self, row: int, mark: str) -> tuple[Judgement, int] | None:
        """What was answered about a row, and where that stands; `mark` tells its text."""
        at = row - self._base
        if not 0 <= at < len(self._offsets) or self._offsets[at] == _NONE:
            return None
        for number, text, *judgement in self._journal.at(self._offsets[at])["rows"]:
            if number == row and text == mark:
                return Judgement(*judgement), self._offsets[at]
        return None

    def pass_over(self, lines: Iterator[bytes], reject: Callable[[str, int], None]) -> None:
        """Leave the lines behind that have their rows already. UserError when they are not the lines they were."""
        crc, left, crc32 = 0, self.start.lines, zlib.crc32
        if left:
            number, rejects = 0, self.rejects
            for raw in lines:
                crc = crc32(raw, crc)
                number += 1
                if rejects and number in rejects:
                    reject(*rejects[number])
                if number == left:
                    break
            if number != left or crc != self.start.crc:
                raise UserError("the input is not the one of the run that did not finish", where=self._output,
                                hint=f"give the same files in the same order, or remove {os.path.basename(self._journal.path)} to begin anew")

    def kept_rows(self) -> Iterator[bytes]:
        """The rows of the finished output that is being amended, without those passed over."""
        source = storage.open_source(self._output)
        with source.stream as stream:
            for number, row in enumerate(stream):
                if number >= self.start.rows:
                    yield row.rstrip(b"\r\n")

    # What is new -----------------------------------------------------------------------------------------------------

    def answer(self, rows: list[list[Any]], spent: list[int]) -> int:
        """Note answers, each [row, mark, label, confidence, reason], and all that was spent; where the note stands."""
        return self._journal.append({"rows": rows, "spent": spent})

    def reject(self, line: int, reason: str, column: int) -> None:
        """Note that a line of the input gives no row."""
        self._journal.append({"reject": [line, reason, column]})

    def write(self, row: bytes) -> None:
        """The next row of the output."""
        with writing(self._output):
            self._rows.write(row)
        self._size += len(row)
        self._since += 1

    def due(self) -> bool:
        """Whether it is time for a checkpoint."""
        return self._since >= EVERY_ROWS or self._since > 0 and self._now() - self._told >= EVERY_SECONDS

    def checkpoint(self, point: Checkpoint, spent: list[int]) -> None:
        """Say how far it is; a `floor` below 0 is the end of the journal."""
        with writing(self._output):
            self._rows.flush()
            if self._now() - self._synced > SYNC_SECONDS:
                os.fsync(self._rows.fileno())
                self._journal.sync()
                self._synced = self._now()
        floor = self._journal.size if point.floor < 0 else point.floor
        self._journal.append({"checkpoint": list(point._replace(size=self._size, floor=floor)), "spent": spent})
        self._told, self._since = self._now(), 0

    def abandoned(self) -> bool:
        """Take the files away when nothing in them was paid for; whether that was so."""
        if self._journal.last(b'{"rows"') is not None:
            return False
        self._rows.close()
        for path in (self._rows_path, self._journal.path):
            os.unlink(path)
        return True

    def finish(self, point: Checkpoint, spent: list[int]) -> None:
        """Put the output in its place and take the journal away."""
        self.checkpoint(point._replace(whole=True), spent)
        with writing(self._output):
            os.fsync(self._rows.fileno())
            self._rows.close()
        self._journal.sync()
        if storage.compression.kind_of_name(self._output):
            with open(self._rows_path, "rb") as rows, storage.create(self._output) as output:
                while block := rows.read(1 << 20):
                    output.write(block)
            os.unlink(self._rows_path)
        else:
            with writing(self._output):
                target = os.path.realpath(self._output)
                if os.path.exists(target):
                    os.chmod(self._rows_path, os.stat(target).st_mode & 0o7777)     # what was private stays private
                os.replace(self._rows_path, target)
        self._journal.remove()
