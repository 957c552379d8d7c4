"""Work on blocks in several processes, results in the order of the blocks, however long each takes."""

from collections import deque
from typing import Any, Callable, Iterable, Iterator, NamedTuple

from .jsonl import BadLine, Reader

WINDOW = 3      # blocks per process that are under way or done and waiting for their turn

_work: Callable[[Any], Any]


def ordered(work: Callable[[Any], Any], blocks: Iterable[Any], jobs: int) -> Iterator[Any]:
    """`work(block)` for each block. With one job everything happens here; with more, `work` is carried into child
    processes as it stands (closures too), and blocks and results travel between them."""
    if jobs <= 1:
        yield from map(work, blocks)
        return
    global _work
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context
    _work = work        # the children inherit it: nothing of it has to be pickled
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork"), initializer=_leave_interrupts_to_the_parent) as pool:
        waiting: deque = deque()
        try:
            for block in blocks:
                waiting.append(pool.submit(_do, block))
                if len(waiting) >= jobs * WINDOW:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _do(block: Any) -> Any:
    return _work(block)


def _leave_interrupts_to_the_parent() -> None:
    import signal
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


# Lines ----------------------------------------------------------------------------------------------------------------

BLOCK = 1 << 19     # bytes of lines that travel together


class Done(NamedTuple):
    """What became of a line: where it stands, and what the work made of it."""

    file: str
    line: int
    result: Any


def lines(reader: Reader, work: Callable[[bytes], Any], jobs: int, *, gather: Callable[[], Any] = lambda: None,
          collect: Callable[[Any], None] = lambda gathered: None) -> Iterator[Done]:
    """`work(line)` for each line of the inputs, in order, in one or more processes; a BadLine rejects its line.

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
                yield Done(reader.name, reader.line, result)
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
            yield Done(name, number, result)


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
