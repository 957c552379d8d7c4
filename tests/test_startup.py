"""What the program imports before it works: start-up is part of the interface."""

import subprocess
import sys

import pytest

from .conftest import environment

EVENT = b'{"event_time": "2026-01-03T10:15:00Z", "conversation_id": "c1", "role": "user", "content": "hello there", "team": "Sales"}\n'
RUN = """
import sys
before = set(sys.modules)
from llmops_cli import cli
try:
    status = cli.main(sys.argv[1:])
except SystemExit as end:       # argparse, after --help
    status = end.code
sys.stderr.write(" ".join(sorted(set(sys.modules) - before)))
sys.exit(status)
"""


def imported(tmp_path, *args: str) -> set[str]:
    """The modules that a command line imports, in a Python without its site packages."""
    done = subprocess.run([sys.executable, "-S", "-c", RUN, *args], capture_output=True, cwd=tmp_path, env=environment(tmp_path))
    assert done.returncode == 0, done.stderr.decode()
    return set(done.stderr.decode().splitlines()[-1].split())


def test_help_imports_no_command_and_next_to_nothing_else(tmp_path):
    names = imported(tmp_path, "--help")
    assert {name for name in names if name.startswith("llmops_cli")} == \
        {"llmops_cli", "llmops_cli.cli", "llmops_cli.commands", "llmops_cli.errors", "llmops_cli.version"}
    assert names & {"argparse", "json", "urllib", "ssl", "sqlite3", "http", "re", "typing", "datetime", "tomllib", "zoneinfo", "logging"} == set()


@pytest.mark.parametrize("command", ["run", "ingest", "train", "monitor", "feedback", "report", "show", "prune", "forget"])
def test_the_help_of_a_command_imports_none_of_what_works(tmp_path, command):
    names = imported(tmp_path, command, "--help")
    assert f"llmops_cli.commands.{command}" in names
    assert names & {f"llmops_cli.{name}" for name in ("pii.scanner", "logs.ingest", "classify.local", "classify.training", "metrics.tally", "pipeline.publish",
                                                      "monitor.watcher", "report.evidence", "report.text")} == set()


def test_a_plain_opinion_is_kept_without_the_detectors(tmp_path):
    assert "llmops_cli.pii.scanner" not in imported(tmp_path, "feedback", "add", "--rating", "up", "--user", "u_7", "--text", "Works well, thanks.")


HEAVY = {"urllib.request", "ssl", "sqlite3", "http", "http.server", "http.client", "multiprocessing", "asyncio", "logging", "email",
         "concurrent.futures", "zoneinfo", "importlib.resources"}


@pytest.mark.parametrize("command", ["ingest", "sanitize", "assemble", "classify", "aggregate", "config", "completion"])
def test_no_command_imports_what_it_does_not_use(tmp_path, command):
    (tmp_path / "in.jsonl").write_bytes(EVENT)
    names = imported(tmp_path, command, *{"config": [], "completion": ["bash"]}.get(command, ["-q", "in.jsonl"]))
    assert f"llmops_cli.commands.{command}" in names
    assert names & HEAVY == set()
    if command != "completion":     # it asks every command for its options
        assert {name for name in names if name.startswith("llmops_cli.commands.")} == {f"llmops_cli.commands.{command}"}
