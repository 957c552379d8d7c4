"""The log formats that `ingest` reads: one file each, found by a file's first records."""

from typing import Any

from ...errors import UserError, nearest
from . import (agentcore, azure, bedrock, chatgpt, claude, claude_code, codex, codex_exec, helicone, langfuse, litellm, llm, mapped, native, oasst, openai,
               openai_batch, otel, sharegpt, wildchat)
from .format import Format

# In the order that they are tried: the more telling ones first.
FORMATS: tuple[Format, ...] = (
    native.FORMAT, bedrock.FORMAT, litellm.FORMAT, langfuse.FORMAT, helicone.FORMAT, azure.FORMAT, openai_batch.FORMAT, openai.FORMAT, otel.FORMAT,
    claude_code.FORMAT, codex.FORMAT, codex_exec.FORMAT, chatgpt.FORMAT, claude.FORMAT, llm.FORMAT, sharegpt.FORMAT, oasst.FORMAT, wildchat.FORMAT, agentcore.FORMAT)
NAMES = tuple(format.name for format in FORMATS)


def detect(record: dict[str, Any]) -> Format | None:
    """The format that a record is of, None when it tells nothing."""
    return next((format for format in FORMATS if format.matches(record)), None)


def named(name: str) -> Format:
    """A format by its name."""
    for format in FORMATS:
        if format.name == name:
            return format
    raise UserError(f"unknown format {name!r}", where="--from", hint=nearest(name, NAMES))
