"""What the tests share: the program run from outside, and the folder of public test data."""

import contextlib
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, NamedTuple

import pytest

from .both_cores import pytest_runtestloop  # noqa: F401: a hook of pytest

gc.set_threshold(200_000)       # much is held and little of it in circles: looking for them less often saves a fifteenth of the time
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


@pytest.fixture(scope="session")
def zygote():
    """The address of the process that forks runs of the program."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder}/zygote")
        listener.listen(64)
        process = subprocess.Popen([sys.executable, ROOT / "tests" / "zygote.py", str(listener.fileno())], stdin=subprocess.PIPE,
                                   env=environment(Path(folder)), cwd=folder, pass_fds=[listener.fileno()])
        yield listener.getsockname()
        process.stdin.close()
        process.wait()


@pytest.fixture
def llmops(tmp_path: Path, zygote: str) -> Callable[..., Result]:
    """`llmops("assemble", "-q", stdin=b"…")`: run the program as a process of its own in an empty folder."""
    def run(*args: object, stdin: bytes = b"", env: dict[str, str] | None = None, cwd: object = None) -> Result:
        wanted = {"arguments": list(map(str, args)), "environment": environment(tmp_path, env), "folder": str(cwd or tmp_path)}
        (reads, to_it), (from_it, out), (of_it, err) = os.pipe(), os.pipe(), os.pipe()
        with socket.socket(socket.AF_UNIX) as asked, ThreadPoolExecutor(3) as threads:
            asked.settimeout(120)
            asked.connect(zygote)
            socket.send_fds(asked, [json.dumps(wanted).encode() + b"\n"], [reads, out, err])
            for end in (reads, out, err):
                os.close(end)
            threads.submit(_fill, to_it, stdin)
            printed, said = threads.submit(_drain, from_it), threads.submit(_drain, of_it)
            with asked.makefile("rb") as answer:
                process = int(answer.readline())
                try:
                    status = int(answer.readline())
                except TimeoutError:
                    os.kill(process, signal.SIGKILL)
                    raise
            return Result(status, printed.result(), said.result().decode())
    return run


def _fill(pipe: int, content: bytes) -> None:
    with contextlib.suppress(BrokenPipeError), open(pipe, "wb") as file:
        file.write(content)


def _drain(pipe: int) -> bytes:
    with open(pipe, "rb") as file:
        return file.read()


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
