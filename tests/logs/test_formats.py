"""Each format proves itself: its sample becomes its events, no other format takes it, its fields are documented."""

import doctest
import importlib
import json
import pkgutil
import re

import pytest

from llmops_cli.logs import formats
from llmops_cli.logs.formats.format import Settings
from llmops_cli.records import event_problem

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
