"""Any other form: the user says where to find each key (`--map content=body.text --map role==user`)."""

from typing import Any

from ...errors import UserError
from ...jsonl import BadLine
from . import content, figures, times
from .format import Decoder, Event, Format, Settings

_COUNTS = ("input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens", "reasoning_tokens")
_ORDER = ("event_time", "conversation_id", "message_id", "role", "content", "team", "user_id", "model")
_MISSING = object()


def _at(record: Any, path: list[str]) -> Any:
    for step in path:
        if isinstance(record, str):
            record = figures.unpacked(record)
        if isinstance(record, dict):
            record = record.get(step, _MISSING)
        elif isinstance(record, list) and step.lstrip("-").isdigit() and -len(record) <= int(step) < len(record):
            record = record[int(step)]
        else:
            return _MISSING
    return record


def _text(said: Any) -> str:
    if said.__class__ in (int, float, bool):
        return content.as_json(said)
    text = content.text(said)
    if not text and said and not any(map(content.is_wordless, said if isinstance(said, list) else [said])):
        raise BadLine("content is no text")
    return text


class _Decoder(Decoder):
    def __init__(self, settings: Settings = Settings()):
        super().__init__(settings)
        self._constants = {key: path[1:] for key, path in settings.mapping.items() if path[:1] == "="}
        self._paths = {key: path.split(".") for key, path in settings.mapping.items() if path[:1] != "="}
        self._list = next((path[:path.index("*")] for path in self._paths.values() if "*" in path), None)
        missing = [key for key in ("event_time", "role", "content") if key not in settings.mapping and key not in settings.given]
        if settings.mapping and missing:
            raise UserError(f"no place given for {', '.join(missing)}", where="--map",
                            hint=f"--map {missing[0]}=PATH, or --map {missing[0]}==TEXT for a constant")

    def decode(self, record: dict[str, Any]) -> list[Event]:
        if self._list is None:
            return [self._event(record, self._paths, 0)]
        listed = _at(record, self._list)
        if not isinstance(listed, list):
            raise BadLine("no list where --map has a *")
        return [self._event(record, {key: [str(number) if step == "*" else step for step in path] for key, path in self._paths.items()}, number)
                for number in range(len(listed))]

    def _event(self, record: dict[str, Any], paths: dict[str, list[str]], number: int) -> Event:
        found = dict(self._constants)
        for key, path in paths.items():
            value = _at(record, path)
            if value is not _MISSING and value is not None:
                found[key] = value
        given = self.settings.given
        if "event_time" not in found and "event_time" in given:
            found["event_time"] = times.later(times.stamp(given["event_time"]) or "", number)
        found |= {key: value for key, value in given.items() if key != "event_time"}
        for key in ("event_time", "role", "content"):
            if key not in found:
                raise BadLine(f"nothing at the place of {key}")
        event = {key: found[key] for key in _ORDER if key in found} | found
        event["event_time"] = times.stamp(found["event_time"])
        if event["event_time"] is None:
            raise BadLine("event_time is not a time")
        event["role"] = content.role_of(found["role"])
        event["content"] = _text(found["content"])
        for key, value in found.items():
            if key in _COUNTS:
                event[key] = figures.whole(value)
            elif key == "latency_ms":
                event[key] = times.duration(value)
            elif key == "cost_usd":
                event[key] = figures.dollars(value)
            elif key == "model":
                event |= figures.model(value)
            elif key.endswith("_id") or key == "team":
                event[key] = figures.name(value)
        return {key: value for key, value in event.items() if value is not None}


FORMAT = Format("mapped", "any other records, with --map", "anywhere", lambda record: False, _Decoder, {}, "", ())
