"""docs/providers.md: its settings can be read, its commands are commands."""

import re
import tomllib

from .conftest import ROOT

PAGE = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")


def test_the_settings_are_settings(llmops, tmp_path):
    settings = "\n".join(re.findall(r"```toml\n(.*?)```", PAGE, re.S))
    assert {"llm", "prices"} == set(tomllib.loads(settings))
    (tmp_path / "llmops.toml").write_text(settings)
    (tmp_path / "in.jsonl").write_text('{"text": "hello"}\n')
    done = llmops("classify", "--with", "openai", "--model", "our-model", "--dry-run", "in.jsonl")
    assert done.status == 0 and b'"cost_usd": 0.000' in done.out


def test_the_commands_are_commands(llmops, tmp_path):
    """Every command line of the page is understood: it fails on what is not there, never on how it is written."""
    import shlex
    for line in re.findall(r"^    (llmops .*?)(?:  #.*)?$", PAGE, re.M) + re.findall(r"`(?:[A-Z_]+=\S+ )*(llmops classify --with .*?)`", PAGE):
        (tmp_path / "chats.jsonl").write_text("")
        words = shlex.split(line)[1:]
        done = llmops(*words, "--dry-run", *(() if "--with" in words or "--to" in words or "batch" in line else ("--with", "openai")))
        assert done.status in (0, 2) and "unknown option" not in done.err and "usage" not in done.err, line
