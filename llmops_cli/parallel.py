"""Work on blocks in several processes, results in the order of the blocks, however long each takes."""

import io
import marshal
import os
from collections import deque
from typing import Any, BinaryIO, Callable, Iterable, Iterator, NamedTuple

from .errors import UserError
from .jsonl import BadLine, Reader, Rejects

MOST = 128      # processes, whatever was asked for
WINDOW = 3      # blocks per process that are under way or done and waiting for their turn

_work: Callable[[Any], Any]


def ordered(work: Callable[[Any], Any], blocks: Iterable[Any], jobs: int) -> Iterator[Any]:
    """`work(block)` for each block. With one job everything happens here; with more, `work` is carried into child
    processes as it stands (closures too), and blocks and results travel between them."""
    if jobs <= 1:
        yield from map(work, blocks)
        return
    jobs = min(jobs, MOST)
    global _work
    from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
    from multiprocessing import get_context
    _work = work        # the children inherit it: nothing of it has to be pickled
    life = os.pipe()
    try:
        with ProcessPoolExecutor(jobs, mp_context=get_context("fork"), initializer=_live_no_longer_than_the_parent, initargs=life) as pool:
            waiting: deque = deque()
            try:
                for block in blocks:
                    waiting.append(pool.submit(_do, block))
                    if len(waiting) >= jobs * WINDOW:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            except BrokenExecutor:
                raise _killed() from None
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    finally:
        for end in life:
            os.close(end)


def _killed() -> UserError:
    return UserError("one of the processes was killed", hint="mostly memory was short: try a smaller -j")


def _do(block: Any) -> Any:
    return _work(block)


def _live_no_longer_than_the_parent(life: int, kept_open: int) -> None:
    """A child ends with its parent, however that ended: one that is stuck in a pipe which nobody reads any more would
    stay for ever, and whoever writes to its standard input with it."""
    import threading
    _leave_interrupts_to_the_parent()
    os.close(kept_open)
    threading.Thread(target=lambda: os._exit(len(os.read(life, 1)) + 1), daemon=True).start()


def _leave_interrupts_to_the_parent() -> None:
    import signal
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


# Lines ----------------------------------------------------------------------------------------------------------------

BLOCK = 1 << 19     # bytes of lines that travel together


def lines(reader: Reader, work: Callable[[bytes], Any], jobs: int, *, gather: Callable[[], Any] = lambda: None,
          collect: Callable[[Any], None] = lambda gathered: None) -> Iterator[tuple[str, int, Any]]:
    """`work(line)` for each line of the inputs, in order, in one or more processes: (file, line from 1, result). A BadLine rejects its line.

    What the work keeps on the side (counts, say) stays in the process that did it: `gather` takes it there after each
    block, `collect` gets it here.
    """
    if jobs <= 1:
        for raw in reader.lines():
            try:
                result = work(raw)
            except BadLine as error:
                reader.reject(error.reason, error.column)
            else:
                yield reader.name, reader.line, result
        collect(gather())
        return

    def block_work(block: tuple[str, list[int], list[bytes]]) -> tuple[str, list, list, Any]:
        name, numbers, raws = block
        results, rejects = [], []
        for number, raw in zip(numbers, raws):
            try:
                results.append((number, work(raw)))
            except BadLine as error:
                rejects.append((number, error.reason, error.column, raw))
        return name, results, rejects, gather()

    for name, results, rejects, gathered in ordered(block_work, _blocks(reader), jobs):
        for number, reason, column, raw in rejects:
            reader.rejects.add(name, number, reason, column, raw)
        collect(gathered)
        for number, result in results:
            yield name, number, result


def _blocks(reader: Reader) -> Iterator[tuple[str, list[int], list[bytes]]]:
    """Lines of one file, with their numbers, some hundred kilobytes at a time."""
    name, numbers, raws, size = "", [], [], 0
    for raw in reader.lines():
        if size >= BLOCK or (reader.name != name and raws):
            yield name, numbers, raws
            numbers, raws, size = [], [], 0
        name = reader.name
        numbers.append(reader.line)
        raws.append(raw)
        size += len(raw)
    if raws:
        yield name, numbers, raws


# Shares ---------------------------------------------------------------------------------------------------------------

PIPE = 1 << 20      # bytes that a pipe to a process may hold
Piece = tuple[str, int, bytes]      # file, lines before it, whole lines: what `Reader.pieces` gives


class _Lines(NamedTuple):
    """A piece as a reader's source."""

    name: str
    line: int
    stream: BinaryIO


class _Collected(Rejects):
    """Rejects of one process, with the piece each stands in, to be told of by another."""

    def __init__(self) -> None:
        super().__init__(lambda line: None)
        self.piece = 0
        self.found: list[tuple] = []

    def add(self, file: str, line: int, reason: str, column: int = 0, raw: bytes = b"") -> None:
        self.found.append((self.piece, line, file, reason, column, raw))


def shares(reader: Reader, pieces: Iterable[Piece], jobs: int, work: Callable[[Reader], Iterable[Any]]) -> Iterator[Any]:
    """What `work` gives of each share of the pieces that a reader gives, from as many processes as there are jobs; plain values only.

    A process gives nothing before it has read all of its share. Lines that were rejected are told of at the end, in order.
    """
    workers: list[_Worker] = []
    rejects, own = reader.rejects, _Collected()
    reader.rejects = own        # an archive that is cut is told of in its turn, too
    try:
        for _ in range(jobs := min(jobs, MOST)):
            workers.append(_Worker(work, workers))
        for number, piece in enumerate(pieces):
            own.piece = number
            workers[number % jobs].send(piece)
        for worker in workers:
            worker.no_more()
        rejected = own.found
        for number, worker in enumerate(workers):
            yield from worker.results()
            rejected += [(piece * jobs + number, *rest) for piece, *rest in worker.rejected]
    finally:
        reader.rejects = rejects
        for worker in workers:
            worker.end()
    for _, line, file, reason, column, raw in sorted(rejected):
        rejects.add(file, line, reason, column, raw)


class _Worker:
    """A child process: pieces go in, then results come out."""

    def __init__(self, work: Callable[[Reader], Iterable[Any]], others: "list[_Worker]"):
        into, self._into = os.pipe()
        self._out, out = os.pipe()
        self.rejected: list[tuple] = []
        self._id = os.fork()
        if not self._id:
            status = 1
            try:
                _leave_interrupts_to_the_parent()
                for inherited in (self._into, self._out, *(end for other in others for end in (other._into, other._out))):
                    os.close(inherited)
                results = open(out, "wb", buffering=BLOCK)      # held until the exit: else what is left in it would be written to a parent that ended
                _serve(work, open(into, "rb", buffering=BLOCK), results)
                status = 0
            except BrokenPipeError:     # the parent ended
                pass
            except Exception:
                import traceback
                traceback.print_exc()
            finally:
                os._exit(status)
        os.close(into)
        os.close(out)
        _widen(self._into)
        self._sender, self._results = open(self._into, "wb", buffering=0), open(self._out, "rb", buffering=BLOCK)

    def send(self, piece: Piece) -> None:
        name, before, lines = piece
        try:
            for data in (_framed((name, before, len(lines))), lines):      # the lines as they are: each copy of them takes its time
                left = memoryview(data)
                while left:
                    left = left[self._sender.write(left):]
        except BrokenPipeError:
            raise _killed() from None

    def no_more(self) -> None:
        self._sender.close()

    def results(self) -> Iterator[Any]:
        for kind, value in _frames(self._results):
            if kind == "result":
                yield value
            elif kind == "error":
                message, where, hint = value
                raise UserError(message, where=where, hint=hint)
            else:
                self.rejected = value
                return
        raise _killed()

    def end(self) -> None:
        for stream in (self._sender, self._results):
            stream.close()
        os.waitpid(self._id, 0)


def _widen(pipe: int) -> None:
    """Let a pipe hold a piece, where the system can, so that who sends it need not wait for who takes it."""
    import fcntl
    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)
    except (AttributeError, OSError):       # not on this system, or more than it grants: the pipe stays as it is
        pass


def reader_of(pieces: Iterable[Piece], rejects: Rejects) -> Reader:
    """A reader of the lines of some pieces."""
    return Reader((_Lines(name, line, io.BytesIO(lines)) for name, line, lines in pieces), rejects)


def _serve(work: Callable[[Reader], Iterable[Any]], pieces: BinaryIO, out: BinaryIO) -> None:
    """What a child does: read its share, give the results."""
    rejects = _Collected()

    def own() -> Iterator[Piece]:
        for rejects.piece, (name, before, size) in enumerate(_frames(pieces)):
            yield name, before, pieces.read(size)

    try:
        for result in work(reader_of(own(), rejects)):
            out.write(_framed(("result", result)))
        out.write(_framed(("rejected", rejects.found)))
    except UserError as error:
        out.write(_framed(("error", (error.message, error.where, error.hint))))
    out.flush()


def _framed(value: Any) -> bytes:
    data = marshal.dumps(value, 2)
    return len(data).to_bytes(8, "little") + data


def _frames(stream: BinaryIO) -> Iterator[Any]:
    while head := stream.read(8):
        yield marshal.loads(stream.read(int.from_bytes(head, "little")))
