"""The deployment examples: every command line in them parses, packages hold what they need, settings agree with each other."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from llmops_cli import cli, options

from .conftest import ROOT

EXAMPLES = ROOT / "examples"
FILES = sorted(path for folder in ("aws", "container", "kubernetes", "systemd", "github-actions") for path in (EXAMPLES / folder).iterdir() if path.is_file())
LINE = re.compile(r"(?:\bllmops|python3 -m llmops_cli) ((?:run|report|serve|sanitize|ingest|monitor|prune) [^;|&\n\"']*(?:\"[^\"]*\"[^;|&\n\"']*)*)")


def commands() -> list:
    """Every command line that stands in an example or in a code block of docs/deploy.md."""
    found = []
    for path in [*FILES, EXAMPLES / "crontab", ROOT / "docs/deploy.md"]:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".md":
            text = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.S))
        text = re.sub(r"\\\n\s*", " ", text)
        found += [pytest.param(match[1], id=f"{path.name}-{number}") for number, match in enumerate(LINE.finditer(text))]
    return found


@pytest.mark.parametrize("line", commands())
def test_every_command_line_parses(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = shlex.split(line.partition("  #")[0].replace('\\"', '"'))
    end = next((at for at, word in enumerate(words) if word.startswith((">", "2>"))), len(words))
    options.parse(cli.module_of(words[0]), words[1:end])


def test_the_kubernetes_server_runs_with_its_arguments():
    text = (EXAMPLES / "kubernetes/llmops.yaml").read_text(encoding="utf-8")
    words = re.search(r"args: \[(serve, [^\]]*)\]", text)[1].split(", ")
    args = options.parse(cli.module_of(words[0]), words[1:])
    assert args.host == "0.0.0.0" and args.allow_host == ["llmops", "ai.example.com"]


def test_the_lambda_package_holds_what_the_handlers_need(tmp_path):
    for name in ("one.zip", "two.zip"):
        subprocess.run(["sh", "examples/aws/package-lambda.sh", str(tmp_path / name)], cwd=ROOT, check=True, capture_output=True)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert (tmp_path / "one.zip").stat().st_size < 5_000_000
    (tmp_path / "lake").mkdir()
    script = ("from llmops_cli.server import lambda_handler, collect_handler\nimport json\n"
              "event = {'id': 'e', 'time': '2026-03-02T08:00:00Z', 'detail': {'session_id': 'c', 'query': 'Hi', 'response': 'Hello.'}}\n"
              "print(json.dumps([lambda_handler({'rawPath': '/', 'requestContext': {'http': {'method': 'GET'}}})['statusCode'], collect_handler(event)]))")
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True,
                          env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "one.zip"), "LLMOPS_LAKE": str(tmp_path / "lake")})
    assert done.returncode == 0, done.stderr
    status, stored = json.loads(done.stdout)
    assert status == 200 and (tmp_path / "lake" / stored["stored"][0]).exists()


def test_handlers_and_secrets_are_named_as_the_program_names_them():
    stack = (EXAMPLES / "aws/stack.yaml").read_text(encoding="utf-8")
    from llmops_cli import server
    for handler in re.findall(r"Handler: llmops_cli\.server\.(\w+)", stack):
        assert callable(getattr(server, handler))
    from llmops_cli.config import OTHER_VARIABLES, SECRETS
    known = {name for name, _ in SECRETS} | set(OTHER_VARIABLES)
    for path in FILES:
        for name in re.findall(r"\bLLMOPS_[A-Z_]+", path.read_text(encoding="utf-8")):
            assert name in known, f"{path.name}: {name}"


def test_shell_scripts_parse():
    for path in FILES:
        if path.suffix == ".sh":
            assert os.access(path, os.X_OK)
            subprocess.run(["sh", "-n", str(path)], check=True)
