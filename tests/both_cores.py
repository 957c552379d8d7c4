"""A run of many tests is shared by two processes, as most of a test is waiting: each takes the next file until none is left.

The processes send what they find to the one that was started, which counts and prints it as if it had run them itself.
Where somebody wants to stop at the first failure, or to look into one, the tests run in one process as ever.
"""

import itertools
import os
import signal
from multiprocessing.connection import Connection, Pipe, wait
from typing import Iterator

import pytest
from _pytest.config import create_terminal_writer

_PROCESSES = 2
_LEAST = 200    # tests for which it pays


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> object:
    """Run the tests of a session in two processes; None where one is to do it."""
    option = session.config.option
    if len(session.items) < _LEAST or session.testsfailed or option.collectonly or option.usepdb or option.maxfail or (os.cpu_count() or 1) < _PROCESSES:
        return None
    files = [list(items) for _, items in itertools.groupby(session.items, lambda item: item.path)]
    session.config._tmp_path_factory.getbasetemp()      # both keep their folders in the same place, which is cleaned up as ever
    # Two bytes for each file: who reads them runs its tests.
    next_file, numbers = os.pipe()
    os.write(numbers, b"".join(number.to_bytes(2, "big") for number in range(len(files))))
    os.close(numbers)
    running: dict[Connection, int] = {}
    for _ in range(_PROCESSES):
        receives, sends = Pipe(duplex=False)
        process = os.fork()
        if not process:
            try:
                _work(session.config, _taken(files, next_file), sends)
            finally:
                os._exit(0)
        sends.close()
        running[receives] = process
    os.close(next_file)
    try:
        _gather(session, running)
    finally:
        for process in running.values():
            os.kill(process, signal.SIGKILL)
    return True


def _taken(files: list[list[pytest.Item]], next_file: int) -> Iterator[pytest.Item]:
    while number := os.read(next_file, 2):
        yield from files[int.from_bytes(number, "big")]


def _work(config: pytest.Config, items: Iterator[pytest.Item], sends: Connection) -> None:
    config.pluginmanager.getplugin("terminalreporter")._tw = create_terminal_writer(config, open(os.devnull, "w"))
    capture = config.pluginmanager.getplugin("capturemanager")
    capture.stop_global_capturing()
    capture.start_global_capturing()
    config.pluginmanager.register(_Sender(config, sends))
    item = next(items, None)
    while item is not None:
        after = next(items, None)
        config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        item = after


class _Sender:
    """Sends on what a process says about its tests, as the name of a hook and what it is called with."""

    def __init__(self, config: pytest.Config, sends: Connection) -> None:
        self.config = config
        self.sends = sends

    def pytest_runtest_logstart(self, nodeid: str, location: object) -> None:
        self.sends.send(("pytest_runtest_logstart", {"nodeid": nodeid, "location": location}))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.sends.send(("pytest_runtest_logreport", {"report": self.config.hook.pytest_report_to_serializable(config=self.config, report=report)}))

    def pytest_runtest_logfinish(self, nodeid: str, location: object) -> None:
        self.sends.send(("pytest_runtest_logfinish", {"nodeid": nodeid, "location": location}))

    def pytest_warning_recorded(self, warning_message: object, when: str, nodeid: str, location: object) -> None:
        self.sends.send(("pytest_warning_recorded", {"warning_message": warning_message, "when": when, "nodeid": nodeid, "location": location}))


def _gather(session: pytest.Session, running: dict[Connection, int]) -> None:
    """Count and print what the processes send, until all of them ended. That one died before its time is an error."""
    hook, ended = session.config.hook, 0
    while running:
        for receives in wait(list(running)):
            try:
                name, said = receives.recv()
            except EOFError:
                os.waitpid(running.pop(receives), 0)
                continue
            if "report" in said:
                said["report"] = hook.pytest_report_from_serializable(config=session.config, data=said["report"])
            if name == "pytest_warning_recorded":
                hook.pytest_warning_recorded.call_historic(kwargs=said)
            else:
                getattr(hook, name)(**said)
            ended += name == "pytest_runtest_logfinish"
    if ended < len(session.items):
        raise session.Interrupted(f"{len(session.items) - ended} tests did not end: a process died")
