"""Providers' batch files, at half the price: questions out, split where a provider wants it, and answers back in any order."""

import os
import re
from array import array
from contextlib import ExitStack
from typing import Any, BinaryIO, Iterable, NamedTuple

from .. import storage
from ..errors import UserError
from ..jsonl import BadLine, dump, parse
from ..llm import bedrock, openai
from ..llm.answers import BadAnswer, Usage, code_of
from . import asking, prompt, replies
from .prompt import Item, Task
from .replies import Judgement

_OURS = re.compile(r"0[0-9a-z]{5}[0-9a-f]{5}").fullmatch       # sixty million rows are enough for everybody
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Limits(NamedTuple):
    """What a provider takes in one file, and the least that it takes in a job."""

    requests: int
    size: int
    least: int = 1


# OpenAI: reference of POST /v1/batches. Bedrock: service quotas "Records per input file per batch inference job",
# "Batch inference input file size" and "Minimum number of records per batch inference job".
LIMITS = {"openai": Limits(50_000, 200_000_000), "bedrock": Limits(50_000, 1_000_000_000, 100)}


def batch_id(row: int, mark: str) -> str:
    """The id of a row in a batch file: eleven letters and digits, which is what Bedrock asks for.

    >>> batch_id(71, "a7b6eda801e5347d"), row_of("00001za7b6e")
    ('00001za7b6e', (71, 'a7b6e'))
    """
    letters = ""
    while row:
        row, digit = divmod(row, 36)
        letters = _DIGITS[digit] + letters
    return letters.rjust(6, "0") + mark[:5]


def row_of(name: Any) -> tuple[int, str] | None:
    """(row, what tells its text) of an id of ours, None for another."""
    if name.__class__ is not str or not _OURS(name):
        return None
    return int(name[:6], 36), name[6:]


# Out ------------------------------------------------------------------------------------------------------------------

class Export:
    """Batch files: `path` first, then `path` with -2, -3 … before its ending."""

    def __init__(self, stack: ExitStack, path: str, provider: str, model: str, task: Task, pack: int):
        self._stack, self._path, self._provider, self._model, self._task, self._pack_size = stack, path, provider, model, task, pack
        self._limits, self._pack = LIMITS[provider], []
        self._file: BinaryIO | None = None
        self._requests = self._size = 0
        self.files: list[str] = []
        self.requests = self.rows = 0

    def add(self, row: int, text: str, mark: str) -> "prompt.Ask | None":
        """Put in a row; what is asked when that makes a request whole."""
        self.rows += 1
        self._pack.append(Item(row, batch_id(row, mark), text))
        return self.flush() if len(self._pack) >= self._pack_size else None

    def flush(self) -> "prompt.Ask | None":
        """Write what has been gathered."""
        if not self._pack:
            return None
        asked = prompt.ask(self._task, self._pack)
        line = dump(request_line(self._provider, self._pack[0].key, self._model, asked)) + b"\n"
        if self._file is None or self._requests >= self._limits.requests or self._size + len(line) > self._limits.size:
            self.files.append(part_name(self._path, len(self.files) + 1))
            self._file = self._stack.enter_context(storage.create(self.files[-1]))
            self._requests = self._size = 0
        self._file.write(line)
        self._requests, self._size, self.requests = self._requests + 1, self._size + len(line), self.requests + 1
        self._pack = []
        return asked

    @property
    def least(self) -> int:
        """Requests that the provider takes at the least in a job."""
        return self._limits.least

    @property
    def too_few(self) -> bool:
        """Whether the provider takes no job of so few."""
        return 0 < self.requests < self._limits.least


def part_name(path: str, number: int) -> str:
    """The name of the n-th file.

    >>> part_name("out/batch.jsonl", 1), part_name("out/batch.jsonl", 2)
    ('out/batch.jsonl', 'out/batch-2.jsonl')
    """
    root, ending = os.path.splitext(path)
    return path if number == 1 else f"{root}-{number}{ending}"


def request_line(provider: str, name: str, model: str, asked: prompt.Ask) -> dict[str, Any]:
    """A line of a batch file."""
    if provider == "bedrock":
        return {"recordId": name, "modelInput": bedrock.body(asked)}
    return {"custom_id": name, "method": "POST", "url": "/v1/chat/completions", "body": openai.body(asked, model)}


# Back -----------------------------------------------------------------------------------------------------------------

class Answers:
    """The answers of some result files, by row. Held are a few bytes a row, however many there are."""

    def __init__(self, task: Task):
        self._task = task
        self._labels, self._sure, self._marks = array("H"), array("d"), array("L")
        self._reasons: dict[int, str] = {}      # of a label; or why there is none, where that was said
        self.lines = self.foreign = self.failed = 0
        self.usage = Usage()
        self.provider = self.model = ""

    def read(self, paths: Iterable[str]) -> None:
        """Take in result files and error files; a label found later goes before one found earlier, and before an error."""
        for path in paths:
            source = storage.open_source(path)
            with source.stream as stream:
                for number, line in enumerate(stream, 1):
                    if line.strip():
                        try:
                            self._line(parse(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line))
                        except BadLine as error:
                            raise UserError(error.reason, where=f"{path}:{number}", hint="--import-batch takes the files that the provider wrote") from None
        if self.lines and self.foreign == self.lines:
            raise UserError("no line is an answer to a file of --export-batch", where=", ".join(paths), hint="--import-batch takes the files that the provider wrote")

    def _line(self, line: dict[str, Any]) -> None:
        self.lines += 1
        name = line.get("custom_id", line.get("recordId"))
        place = row_of(name)
        if place is None:
            self.foreign += 1
            return
        document, code = _document(line)
        if document is None:
            self.failed += 1
            self._fail(*place, f"the batch gave no answer: {code}" if code else "the batch gave no answer")
            return
        module = bedrock if "recordId" in line else openai
        self.provider = module.NAME
        try:
            answer = module.answer(document)
        except BadAnswer as error:
            self.failed += 1
            self._fail(*place, f"the answer is broken: {error.reason}")
            return
        if document.get("model").__class__ is str:
            self.model = document["model"]
        if answer.usage:
            self.usage = Usage(*(old + new for old, new in zip(self.usage, answer.usage)))
        if answer.end == "refused":
            self._fail(*place, asking.REFUSED)
            return
        self._judge(answer.text, name)

    def _judge(self, text: str, name: str) -> None:
        """Take the judgements out of an answer; one about several rows says which by their ids."""
        several = replies.named(text)
        if several:
            for key, said in several:
                place = row_of(key)
                if place:
                    read = replies.judgement(said, self._task)
                    self._take(*place, read) if read else self._fail(*place, asking.NO_LABEL)
            return
        read = replies.read(text, [Item(0, name, "")], self._task)
        place = row_of(name)
        self._take(*place, read.judged[0]) if read.judged else self._fail(*place, asking.NO_LABEL)

    def _room(self, row: int) -> None:
        if row >= len(self._labels):
            more = row + 1 - len(self._labels)
            self._labels.frombytes(bytes(more * self._labels.itemsize))
            self._sure.frombytes(bytes(more * self._sure.itemsize))
            self._marks.frombytes(bytes(more * self._marks.itemsize))

    def _take(self, row: int, mark: str, judgement: Judgement) -> None:
        self._room(row)
        self._labels[row] = 1 + self._task.labels.index(judgement.label)
        self._sure[row], self._marks[row] = judgement.confidence, int(mark, 16)
        self._reasons.pop(row, None)
        if judgement.reason:
            self._reasons[row] = judgement.reason

    def _fail(self, row: int, mark: str, reason: str) -> None:
        self._room(row)
        if not self._labels[row]:
            self._reasons[row] = reason

    def of(self, row: int, mark: str) -> Judgement | str:
        """What was answered about a row, or why there is no answer."""
        if row >= len(self._labels) or not self._labels[row]:
            return self._reasons.get(row, "the batch files say nothing of it")
        if self._marks[row] != int(mark[:5], 16):
            return "the batch files are about another text"
        return Judgement(self._task.labels[self._labels[row] - 1], self._sure[row], self._reasons.get(row, ""))


def _document(line: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
    """(the response that a line holds, or None; the code of the error)."""
    if "recordId" in line:
        output, error = line.get("modelOutput"), line.get("error")
        if error.__class__ is dict:
            return None, "expired" if error.get("expired") else code_of(error.get("errorCode")) or str(error.get("errorCode") or "")[:3]
        return (output, "") if output.__class__ is dict else (None, "")
    response, error = line.get("response"), line.get("error")
    if error.__class__ is dict and error:
        return None, code_of(error.get("code"))
    body = response.get("body") if response.__class__ is dict else None
    status = response.get("status_code") if response.__class__ is dict else None
    if status != 200 or body.__class__ is not dict:
        inner = body.get("error") if body.__class__ is dict else None
        return None, (code_of(inner.get("code"), inner.get("type")) if inner.__class__ is dict else "") or str(status or "")[:3]
    return body, ""
