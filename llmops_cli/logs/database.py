"""The SQLite log of the `llm` program as JSON lines: a turn with its messages each, then the responses of older versions."""

import json
from typing import Any, Iterator
from urllib.parse import quote

from ..errors import UserError

_TURN = ("id", "thread_id", "tip_message_hash", "model", "resolved_model", "input_tokens", "output_tokens", "duration_ms", "datetime_utc")
_RESPONSE = ("id", "model", "resolved_model", "prompt", "system", "response", "conversation_id", "duration_ms", "datetime_utc", "input_tokens", "output_tokens")
_NEEDED = {"turns": {"id", "thread_id", "tip_message_hash", "datetime_utc"}, "messages": {"hash", "parent_hash", "role"},
           "parts": {"message_hash", "position", "type", "text"}, "responses": {"id", "prompt", "response", "conversation_id", "datetime_utc"}}


class Lines:
    """The lines of a database, opened read-only."""

    def __init__(self, path: str, name: str):
        self._path, self._name = path, name
        self._lines = self._read()

    def __enter__(self) -> "Lines":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def close(self) -> None:
        pass

    def __iter__(self) -> Iterator[bytes]:
        return self._lines

    def readline(self, size: int = -1) -> bytes:
        return next(self._lines, b"")

    def _read(self) -> Iterator[bytes]:
        import sqlite3
        try:
            connection = sqlite3.connect(f"file:{quote(self._path)}?mode=ro", uri=True, timeout=2)
            try:
                for record in _records(connection, self._name):
                    yield json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
            finally:
                connection.close()
        except sqlite3.Error as error:
            locked = "locked" in str(error) or "busy" in str(error)
            raise UserError("the database is locked by a program that writes it" if locked else "the database is damaged or not readable", where=self._name,
                            hint="try again when that program has ended, or read a copy of the file") from None


def _records(connection: Any, name: str) -> Iterator[dict[str, Any]]:
    tables = {table: {row[1] for row in connection.execute(f"pragma table_info({table})")} for table in _NEEDED}
    old = _NEEDED["responses"] <= tables["responses"]
    new = all(_NEEDED[table] <= tables[table] for table in ("turns", "messages", "parts"))
    if tables["turns"] and not new or not old and not new:
        raise UserError("a database of a form that is not known", where=name, hint="logs.db of the llm program is known; `llm logs --json` prints newer ones")
    if new:
        for turn in _rows(connection, "turns", _TURN, tables, "order by datetime_utc, id"):
            yield turn | {"messages": _messages(connection, turn.pop("tip_message_hash"), "payload" in tables["parts"], "tool_name" in tables["parts"])}
    if old:
        known = "where id not in (select id from turns)" if new else ""
        yield from _rows(connection, "responses", _RESPONSE, tables, f"{known} order by datetime_utc, id")


def _rows(connection: Any, table: str, columns: tuple[str, ...], tables: dict[str, set[str]], rest: str) -> Iterator[dict[str, Any]]:
    there = [column for column in columns if column in tables[table]]
    for row in connection.execute(f"select {', '.join(there)} from {table} {rest}"):
        yield dict(zip(there, row))


def _messages(connection: Any, tip: str | None, payloads: bool, tools: bool) -> list[dict[str, Any]]:
    """The messages up to a tip, the oldest first."""
    found: list[dict[str, Any]] = []
    seen = set()
    while tip and tip not in seen:
        seen.add(tip)
        row = connection.execute("select hash, parent_hash, role from messages where hash = ?", (tip,)).fetchone()
        if row is None:
            break
        columns = f"type, text, {'payload' if payloads else 'null'}, {'tool_name' if tools else 'null'}"
        parts = [_part(*part) for part in connection.execute(f"select {columns} from parts where message_hash = ? order by position", (tip,))]
        found.append({"hash": row[0], "role": row[2], "content": parts})
        tip = row[1]
    return found[::-1]


def _part(kind: str, text: str | None, payload: str | None, tool: str | None) -> dict[str, Any]:
    try:
        more = json.loads(payload) if payload else {}
    except ValueError:
        more = {}
    return (more if isinstance(more, dict) else {"arguments": more}) | {"type": kind} | ({"text": text} if text is not None else {}) | ({"name": tool} if tool else {})
