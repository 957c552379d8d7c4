"""Each format proves itself: its sample becomes its events, no other format takes it, its fields are documented."""

import copy
import doctest
import functools
import importlib
import io
import json
import pkgutil
import random
import re

import pytest

from llmops_cli.jsonl import Reader, Rejects, dump
from llmops_cli.logs import formats
from llmops_cli.logs.formats.format import Settings
from llmops_cli.logs.ingest import Ingest
from llmops_cli.records import event_problem
from llmops_cli.storage import Source

HASH = re.compile(r"[0-9a-f]{32}")
EACH = pytest.mark.parametrize("form", formats.FORMATS, ids=formats.NAMES)


def decoded(form, *files):
    decoder = form.decoder(Settings(form.given))
    events = []
    for records in files:
        events += [event for record in records for event in decoder.decode(record)] + decoder.end_file()
    return [*events, *decoder.finish()]


def plain(events):
    """Events with hashes written as "-"."""
    return [event | {"message_id": "-"} if HASH.fullmatch(str(event.get("message_id"))) else dict(event) for event in events]


def sample(form):
    return [json.loads(line) for line in form.sample.splitlines()]


@EACH
def test_the_sample_becomes_its_events(form):
    assert plain(decoded(form, sample(form))) == list(form.events)


@EACH
def test_the_events_are_events_and_their_fields_documented(form):
    for event in form.events:
        assert not event_problem(event)
    undocumented = {key for event in form.events for key in event} - set(form.fields) - {"model_id", "conversation_inferred", "mood"}
    assert not undocumented


@EACH
def test_the_format_is_told_by_its_sample(form):
    assert next(filter(None, map(formats.detect, sample(form)))).name == form.name


@EACH
def test_copies_of_the_sample_add_nothing(form):
    if form.name == "events":
        pytest.skip("our own events are passed on; assemble drops their repeats")
    assert plain(decoded(form, sample(form), sample(form))) == list(form.events)


def test_doctests():
    for module in pkgutil.iter_modules(formats.__path__, formats.__name__ + "."):
        assert not doctest.testmod(importlib.import_module(module.name)).failed
    for name in ("history", "documents", "people", "ingest", "shelf", "archives"):
        assert not doctest.testmod(importlib.import_module(f"llmops_cli.logs.{name}")).failed


JUNK = (None, True, 0, -1, 1e300, 10 ** 30, "", "x", "\ud800", "{", "[1]", '{"a":1}', [], [None], [1, "a"], {}, {"a": None}, [[]], [{}], {"type": "text"})


def spots(value, path=()):
    """The path of everything inside a record."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*path, key)
        yield from spots(value[key], (*path, key))


def spoiled(record, chance):
    """A copy of a record of which some parts are something else or gone."""
    record = copy.deepcopy(record)
    for _ in range(chance.choice((1, 1, 2, 3))):
        if path := chance.choice(list(spots(record)) or [()]):
            holder = functools.reduce(lambda inner, key: inner[key], path[:-1], record)
            if isinstance(holder, dict) and chance.random() < 0.3:
                del holder[path[-1]]
            else:
                holder[path[-1]] = copy.deepcopy(chance.choice(JUNK))
    return record


@EACH
def test_no_record_breaks_a_format(form):
    chance = random.Random(7)
    text = "\n".join(json.dumps(spoiled(record, chance)) for _ in range(120) for record in sample(form)).encode()
    reader = Reader([Source("spoiled", io.BytesIO(text), None, int)], Rejects(lambda line: None))
    given = {"event_time": "2026-03-02T08:00:00Z"}
    events = [event for one in Ingest(form.name, given).feed(reader) for event in one.events]
    for event in events:
        assert not event_problem(event) and event["event_time"].endswith("Z") and dump(event)
        if form.name != "events":
            assert all(isinstance(event[key], str) and event[key] for key in ("message_id", "conversation_id", "team", "user_id", "model", "error") if key in event)
            assert all(event[key] >= 0 for key in ("input_tokens", "output_tokens", "latency_ms", "cost_usd") if key in event)
    assert events and reader.rejects.count < reader.lines_read
