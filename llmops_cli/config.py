"""Settings with their origins: flag, `LLMOPS_*`, `./llmops.toml`, the user's own file, default."""

import os
from typing import Any, Mapping, NamedTuple

from .errors import UserError, nearest


class Setting(NamedTuple):
    """One thing that can be set: its key (`command.option`, or `option` where all commands share it)."""

    key: str
    default: str | None
    about: str

    @property
    def variable(self) -> str:
        return "LLMOPS_" + self.key.upper().replace(".", "_").replace("-", "_")


SETTINGS = (
    Setting("color", "auto", "colour: auto, always, never"),
    Setting("timezone", "UTC", "where days, weeks and months begin"),
    Setting("week-start", "mon", "first day of a week: mon, sun"),
    Setting("on-error", "skip", "a bad line: skip it, or stop"),
    Setting("people", None, "file of users, teams and headcounts"),
    Setting("sanitize.as", "label", "what stands in place of a finding"),
    Setting("sanitize.only", None, "look for these kinds only"),
    Setting("sanitize.skip", None, "leave these kinds alone"),
    Setting("sanitize.rules", None, "file of detectors of your own"),
    Setting("sanitize.deny", None, "file of values that are always removed"),
    Setting("sanitize.allow", None, "file of values that are kept"),
    Setting("assemble.gap", "30m", "silence that ends a conversation without an id"),
    Setting("assemble.memory", "256M", "memory before sorting goes to disk"),
    Setting("classify.with", "local", "who classifies"),
    Setting("classify.model", None, "model file or model id"),
    Setting("classify.base-url", None, "the server of a provider"),
    Setting("classify.concurrency", "16", "calls to a provider at a time"),
    Setting("classify.pack", "1", "conversations in a call to a provider"),
    Setting("classify.max-usd", None, "dollars that a run may spend"),
    Setting("classify.cache", None, "folder of a provider's answers"),
    Setting("aggregate.by", "date,team,task_category", "keys of a group"),
    Setting("aggregate.format", "jsonl", "form of the rows"),
    Setting("monitor.rules", None, "file of limits, budgets and mutes"),
    Setting("monitor.window", None, "length of a window"),
    Setting("monitor.by", None, "keys that have windows of their own"),
    Setting("monitor.fail-on", None, "severity from which the exit status is 1"),
    Setting("feedback.store", ".llmops/feedback.jsonl", "the store of feedback"),
    Setting("run.memory", "64M", "memory before sorting goes to disk"),
    Setting("run.lookback", "2", "days back that a late message may reopen"),
)

# Tables whose keys are the user's own names; the rooms that read them check their values.
FREE_TABLES = ("budget", "prices", "llm")

# Secrets come from the environment alone; `llmops config` says only whether they are there.
SECRETS = (
    ("LLMOPS_HASH_KEY", "key of pseudonyms and of --as hash"),
    ("LLMOPS_API_TOKEN", "token that `serve` asks for"),
    ("LLMOPS_MONITOR_WEBHOOK", "address that `monitor` sends alerts to"),
    ("PAGERDUTY_ROUTING_KEY", "key of a PagerDuty service"),
    ("OPENAI_API_KEY", "key of an OpenAI-compatible server"),
    ("AWS_ACCESS_KEY_ID", "AWS credentials"),
    ("AWS_BEARER_TOKEN_BEDROCK", "Bedrock bearer token"),
)

# Variables of the program that are not settings of an option.
OTHER_VARIABLES = ("LLMOPS_HASH_KEY", "LLMOPS_API_TOKEN", "LLMOPS_MONITOR_WEBHOOK", "LLMOPS_LAKE", "LLMOPS_SERVE_ALLOW_ORIGIN", "LLMOPS_TEST_DATA",
                   "LLMOPS_S3_SSE", "LLMOPS_S3_SSE_KMS_KEY_ID")     # encryption at rest of what is written to s3://


class Value(NamedTuple):
    """A setting's value and where it came from."""

    value: str | None
    origin: str


class Config:
    """The settings of one invocation, in order of precedence below the flags."""

    def __init__(self, layers: list[tuple[str, dict[str, Any]]], environ: Mapping[str, str]):
        self._layers, self._environ = layers, environ

    def get(self, key: str) -> Value:
        """The value of a setting of SETTINGS and its origin."""
        setting = next(setting for setting in SETTINGS if setting.key == key)
        if self._environ.get(setting.variable):     # an empty variable is one that is not set
            return Value(self._environ[setting.variable], setting.variable)
        for origin, values in self._layers:
            if key in values:
                value = values[key]
                return Value(",".join(map(str, value)) if isinstance(value, list) else str(value), origin)
        return Value(setting.default, "default")

    def table(self, name: str) -> dict[str, Any]:
        """A free table, nearer files before farther ones, key by key."""
        merged: dict[str, Any] = {}
        for origin, values in reversed(self._layers):
            own = values.get(name, {})
            if not isinstance(own, dict):
                raise UserError(f"{name} is not a table", where=origin, hint=f"[{name}] on a line of its own, its keys below it")
            merged.update(own)
        return merged

    def unknown(self) -> list[tuple[str, str, str]]:
        """(where, key, hint) of every key that nothing reads."""
        known = [setting.key for setting in SETTINGS]
        found = [(origin, key, nearest(key, known + list(FREE_TABLES)))
                 for origin, values in self._layers for key in values if key not in known and key not in FREE_TABLES]
        variables = [setting.variable for setting in SETTINGS] + list(OTHER_VARIABLES)
        found += [("environment", name, nearest(name, variables))
                  for name in sorted(self._environ) if name.startswith("LLMOPS_") and name not in variables]
        return found


def load(environ: Mapping[str, str], explicit: str | None = None) -> Config:
    """Read the settings: the file named with --config in place of ./llmops.toml, then the user's own file."""
    home = environ.get("XDG_CONFIG_HOME") or os.path.join(environ.get("HOME") or "/", ".config")
    layers = []
    for path, needed in ((explicit or "llmops.toml", explicit is not None), (os.path.join(home, "llmops", "config.toml"), False)):
        if needed or os.path.isfile(path):
            layers.append((path, _flat(read_toml(path))))
    return Config(layers, environ)


def read_toml(path: str) -> dict[str, Any]:
    """The tables of a TOML file; UserError when it cannot be read or is none."""
    import tomllib
    try:
        with open(path, "rb") as file:
            return tomllib.loads(file.read().decode("utf-8-sig"))
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=path) from None
    except UnicodeDecodeError:
        raise UserError("not TOML: not UTF-8", where=path) from None
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"not TOML: {error}", where=path) from None


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """`{"sanitize": {"as": "hash"}}` as `{"sanitize.as": "hash"}`; underscores are as good as hyphens."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if key in FREE_TABLES:
            flat[key] = value
        elif isinstance(value, dict):
            flat |= {f"{key}.{inner.replace('_', '-')}": content for inner, content in value.items()}
        else:
            flat[key.replace("_", "-")] = value
    return flat
