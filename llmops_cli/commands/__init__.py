"""One file a command: its help, its options, and a `run` that reads like the help. Here is which there are."""

from importlib import import_module
from types import ModuleType

from ..errors import UserError, nearest

# name, module, what it answers
COMMANDS = (
    ("run", "run", "the whole pipeline: logs to reports, in a folder that can be run again"),
    ("ingest", "ingest", "any log to events, one message a line"),
    ("sanitize", "sanitize", "personal data and secrets out"),
    ("restore", "restore", "the values that sanitize --vault kept, put back"),
    ("assemble", "assemble", "events to conversations"),
    ("classify", "classify", "what each conversation is about"),
    ("label", "label", "labels by hand, a key each, the least certain conversations first"),
    ("train", "train", "a local model of your own labels"),
    ("evaluate", "evaluate", "how right a local model is, and how sure it may be"),
    ("aggregate", "aggregate", "count: usage, cost and health by date, team and task"),
    ("monitor", "monitor", "is it healthy, what does it cost: alerts, budgets, a dashboard"),
    ("feedback", "feedback", "what people think: collected, summed up, theirs to erase"),
    ("report", "report", "what the numbers say, for people"),
    ("show", "show", "the sanitized conversations behind a number"),
    ("prune", "prune", "retention: what a lake has kept long enough, taken away"),
    ("forget", "forget", "one person erased from a lake, or shown what it holds"),
    ("rollback-check", "rollback_check", "a new release held against the one before: keep, roll back, or cannot tell yet"),
    ("serve", "serve", "the dashboard, an API and Prometheus from a lake, over HTTP"),
    ("config", "config", "each setting, its value and where it comes from"),
    ("completion", "completion", "completion script for bash, zsh or fish"),
)


def module_of(name: str) -> ModuleType:
    """The module of a command; UserError with the nearest name when there is none."""
    module = {name: module for name, module, _ in COMMANDS}.get(name)
    if module is None:
        raise UserError(f"unknown command {name!r}", hint=nearest(name, [name for name, _, _ in COMMANDS]))
    return import_module(f".{module}", __package__)
