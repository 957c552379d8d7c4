"""What the tests share: the program run from outside, and the folder of public test data."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Callable, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent


class Result(NamedTuple):
    """How a command line ended."""

    status: int
    out: bytes
    err: str


def environment(home: Path, extra: dict[str, str] | None = None) -> dict[str, str]:
    """The environment of a test's command: this one without its LLMOPS_ variables, at home in `home`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LLMOPS_") and name != "NO_COLOR"}
    return {**kept, "PYTHONPATH": str(ROOT), "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_STATE_HOME": str(home / ".state"), **(extra or {})}


PROGRAM = [sys.executable, "-m", "llmops_cli"]


@pytest.fixture
def llmops(tmp_path: Path) -> Callable[..., Result]:
    """`llmops("assemble", "-q", stdin=b"…")`: run the program as a process of its own in an empty folder."""
    def run(*args: object, stdin: bytes = b"", env: dict[str, str] | None = None, cwd: object = None) -> Result:
        done = subprocess.run([*PROGRAM, *map(str, args)], input=stdin, capture_output=True, env=environment(tmp_path, env),
                              cwd=cwd or tmp_path, timeout=120)
        return Result(done.returncode, done.stdout, done.stderr.decode())
    return run


@pytest.fixture
def start(tmp_path: Path):
    """`start("assemble", stdin=PIPE)`: the program as a running process, ended with the test at the latest."""
    running: list[subprocess.Popen] = []

    def run(*args: object, env: dict[str, str] | None = None, **streams: object) -> subprocess.Popen:
        running.append(subprocess.Popen([*PROGRAM, *map(str, args)], env=environment(tmp_path, env), cwd=tmp_path, **streams))
        return running[-1]
    yield run
    for process in running:
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                stream.close()
        process.kill()
        process.wait()


@pytest.fixture
def data() -> Path:
    """The folder of public test data that LLMOPS_TEST_DATA names."""
    folder = os.environ.get("LLMOPS_TEST_DATA")
    if not folder:
        pytest.skip("LLMOPS_TEST_DATA is not set: it names a folder of public test data")
    return Path(folder)
